"""What a run says: why a report is made again, what became of it, how old it is; each is one
message with named places, as `forecasting.vocabulary.sentences.sentence` fills them.
"""

# Why a report is made again
FORCED = "forced[; also {reason}][fresh? (was fresh)]"
NEW_VERSION = "{key} {old} is now {new}"
NEW_CONTENT = "{key} changed"

# Why it could not be made
OVER_MEMORY = "{message}[; the memory limit is {memory:,} MB]"
WITHOUT_WORD = "{ending}[log?; logs/engine.log may say why]"
NO_REASON = "no reason was kept"

# What became of one report, and of all
OUTCOME = "{name} {status}[: {reason}]"
OUTCOMES = "{counts} in {seconds:.1f} s[index?; see {folder}/index.html]"

# What is kept where a signal ended a run
STOPPED = "{made} of {number} reports were made and are in {folder}; the next run makes the others"
RECORD_AS_IT_WAS = "the record {folder} is as it was"
NOTHING_SENT = "nothing was written to {address}"

# How old it is; the units with their seconds
TIMES_AGO = (
    ("{} day ago", "{} days ago", 86_400),
    ("{} hour ago", "{} hours ago", 3600),
    ("{} minute ago", "{} minutes ago", 60),
)
NOW = "just now"
AGE = "[{failure}; ][report made {age}][missing?no report]"
