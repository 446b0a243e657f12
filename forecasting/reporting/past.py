"""How earlier forecasts of a place did, and of all places: what was forecast at each year's end,
and what came; what changed since the last run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.evaluation.archive import archive_record
from forecasting.evaluation.scoreboard import by_place, record_known_by
from forecasting.evidence.bases import basis_name
from forecasting.evidence.datasets import central_asia, path
from forecasting.evidence.fact import label_of
from forecasting.reporting.html import Changes
from forecasting.reporting.labels import ANSWER_WORDS, amount, day_words, label_words, market_words
from forecasting.reporting.result_tables import spread, yearly
from forecasting.reporting.score_words import (
    EVENTS,
    chain_sentence,
    record_sentence,
    score_column,
)
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.outlook_files import load_record, load_results
from forecasting.vocabulary.catalogues import digits
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.measures import AT_THE_HORIZON
from forecasting.vocabulary.names import OUTLOOK_TABLE
from forecasting.vocabulary.quantiles import RANGE_LEVELS, standing_digits
from forecasting.vocabulary.sentences import Term, plural, sentence, uncapital
from forecasting.writers.columns import Column, Row, TableForm, inside_words
from forecasting.writers.display import BulletList, Line, Link, Table, mention
from forecasting.writers.messages import linked_sentence
from forecasting.writers.numbers import ENDS

Record = dict[str, Any]  # what a file holds of a report, or a page shows
MIN_CHANGE = 0.01  # a change of a headline number, as a share of it, from which it is told
MOVED = "{label}, {year}: {new}, before {old} ({share:+.0%})"
CHANGE_LINE = MOVED + "."
CHANGE_WORDS = "{name} in {year} from {old} to {new}"
CHANGE_SENTENCE = "Since {day}[ ({facts} more)]: {changes}."
TOLD_CHANGES = 2  # of a brief: those of the last year come first
CHANGE_SUMMARY = (
    "[{moved}][still?No number of the headline moved by a percent]. [Why: {reasons}.]"
    "[code?Why: neither facts, policies nor events, so the package, its priors or its parameters.]"
)
NO_CHANGE_SENTENCE = (
    "Since the outlook of {day}[ ({facts} more)] no number of the headline moved by a percent."
)
MORE_OR_LESS = "{counts} more, less or changed"
# What a report has more, less or otherwise than the one before, by its kind
DIFFERENCES = {
    "fact": ("One fact more: {name}", "One fact less: {name}", "One fact changed: {name}"),
    "policy": ("One policy more: {name}", "One policy less: {name}", "One policy changed: {name}"),
    "event": ("One event more: {name}", "One event less: {name}", "One event changed: {name}"),
    "scenario": (
        "One part of the scenario more: {name}",
        "One part of the scenario less: {name}",
        "One part of the scenario changed: {name}",
    ),
}
# Kinds of them in a summary, one and many
DIFFERENCE_COUNTS = {
    "fact": ("{} fact", "{:,} facts"),
    "policy": ("{} policy", "{:,} policies"),
    "event": ("{} event", "{:,} events"),
    "scenario": ("{} part of the scenario", "{:,} parts of the scenario"),
}
NOT_COMPARED = {"drivers", "as_of", "name", "title"}  # parts of a scenario


def _agencies(row: Row) -> str:
    """Who counted an outcome, and where another agency's counts were forecast, whose."""
    return sentence(
        "{agency}[; forecast were those of {basis}]",
        agency=basis_name(row["outcome_basis"]),
        basis=not row["own_basis"] and basis_name(row["basis"]),
    )


PAST_FORECASTS = TableForm(
    [
        Column("forecast of", "as_of"),
        Column("what", "measure", label_of),
        Column("period", form=label_words, look="date"),
        *spread("median", "median", "{measure}"),
        Column("printed since", lambda row: amount(row["outcome"], row["measure"])),
        Column("inside", form=inside_words),
        Column("counted by", _agencies),
    ],
    caption="[{record} ]{chain}",
    nothing="No forecast of an earlier year's end has an outcome yet: nothing was printed since, "
    "or before.",
)


def past_forecasts(outlook: Outlook) -> Table:
    """What would have been forecast at the end of each year with the facts of that day, beside what
    was printed since.

    Parameters
    ----------
    outlook : Outlook
        Of a country; earlier forecasts are without its events.

    Returns
    -------
    Table
        Forecasts of earlier days beside the outcomes, in the unit of the flow; a line where
        there is none.

    Examples
    --------
    >>> type(fc.tables.past_forecasts(outlook)).__name__
    'Table'
    """
    record = record_known_by(outlook.as_of, outlook.results.country)
    rows = record.to_dict("records")
    chain = pd.read_csv(path("chain_record.csv"), index_col="what")
    words = rows and record_sentence(record)
    return PAST_FORECASTS.table(rows, record=words, chain=chain_sentence(chain))


def scoreboard(day: dt.date) -> Record | None:
    """The same of all places for the index: one sentence, and a row a place.

    Parameters
    ----------
    day : date
        Nothing later is shown.

    Returns
    -------
    dict or None
        ``sentence`` and ``table``; None where no forecast has an outcome.
    """
    board = _board(record_known_by(day))
    return board and board | {"events": events_record()}


EVENT_SCORES = TableForm(
    [
        Column("forecast", "method"),
        *(score_column(name, EVENTS[name]) for name in ("events", "wis", "ratio", "in80")),
    ]
)


def events_record() -> Table:
    """How forecasts about the ends of privileges did, with their dates and without: figures that
    ``ev-forecast backtest --events --csv`` wrote.

    >>> events_record().frame["events"].tolist()
    ['34', '34', '34']
    """
    return EVENT_SCORES.table(pd.read_csv(path("events_record.csv")).to_dict("records"))


def kept_forecasts(folder: Path, day: dt.date) -> Record | None:
    """The same of forecasts that were kept as they were made.

    Parameters
    ----------
    folder : Path
        The archive of an output folder; it may be missing.
    day : date
        Nothing printed later is shown.
    """
    try:
        return _board(archive_record(folder, central_asia().select(as_of=day, partner=None)))
    except InputError:  # none is kept, or nothing was printed since
        return None


def changes_since(old_folder: Path, folder: Path) -> Changes:
    """What changed since the report that a new one replaces.

    Parameters
    ----------
    old_folder, folder : Path
        Of the two reports, with their stored results; without either nothing is said.
    """
    record_before, record = (load_record(home / OUTLOOK_TABLE) for home in (old_folder, folder))
    if not record_before or not record:
        return Changes()
    changes = [*_median_changes(old_folder, folder, record)]
    parts_before, parts = _parts(record_before), _parts(record)
    differences = {kind: [*_differences(kind, parts_before[kind], parts[kind])] for kind in parts}
    lines: list[Line] = [line for group in differences.values() for line in group]
    lines += [sentence(CHANGE_LINE, **change) for change in changes]
    since = BulletList(lines, "fc-since")._repr_html_() if lines else ""
    newer = ""
    if record_before["as_of"] != record["as_of"]:
        newer = _change_sentence(record_before, record, changes)
    summary = _change_summary(record, changes, differences) if lines else ""
    return Changes(since, newer, summary)


def _headline_of(record: Record, changes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of the flow its first year is told, of what stands at the horizon that."""
    horizon = record["parameters"]["horizon"]
    return [
        change
        for change in changes
        if (change["year"] == horizon) == (change["measure"] in AT_THE_HORIZON)
    ]


def _change_summary(
    record: Record,
    changes: Iterable[Mapping[str, Any]],
    differences: Mapping[str, Sequence[Line]],
) -> str:
    """Which medians moved, by how much, and what was given otherwise."""
    moved = "; ".join(sentence(MOVED, **change) for change in _headline_of(record, changes))
    counts = [
        plural(len(lines), *DIFFERENCE_COUNTS[kind]) for kind, lines in differences.items() if lines
    ]
    reasons = counts and sentence(MORE_OR_LESS, counts=", ".join(counts))
    return sentence(
        CHANGE_SUMMARY, moved=moved, still=not moved, reasons=reasons, code=moved and not reasons
    )


def _change_sentence(
    record_before: Record, record: Record, changes: Iterable[Mapping[str, Any]]
) -> str:
    headline = _headline_of(record, changes)
    headline.sort(key=lambda change: change["measure"] not in AT_THE_HORIZON)
    told = headline[:TOLD_CHANGES]
    words = "; ".join(sentence(CHANGE_WORDS, **change) for change in told)
    fact_count = len({*record["facts_used"]} - {*record_before["facts_used"]})
    pattern = CHANGE_SENTENCE if words else NO_CHANGE_SENTENCE
    return sentence(
        pattern,
        day=day_words(dt.date.fromisoformat(record_before["as_of"])),
        changes=words,
        facts=fact_count and plural(fact_count, "{} fact", "{:,} facts"),
    )


def _parts(record: Record) -> dict[str, Record]:
    """What a report was made from, by kind and by name."""
    keys = record["parameters"]
    return {
        "fact": dict.fromkeys(record["facts_used"]),
        "policy": record.get("policies", {}),
        "event": {event["name"]: event for event in keys.get("drivers", ())},
        "scenario": {name: keys[name] for name in keys.keys() - NOT_COMPARED},
    }


def _differences(kind: str, old: Record, new: Record) -> Iterator[Line]:
    for name in sorted({*old, *new}):
        words: str | Link = name.replace("_", " ")
        if kind == "fact":
            words = mention(name)
        addition, removal, change = DIFFERENCES[kind]
        if name not in old:
            yield linked_sentence(addition, name=words)
        elif name not in new:
            yield linked_sentence(removal, name=words)
        elif old[name] != new[name]:
            yield linked_sentence(change, name=words)


def _short_name(measure: str) -> Term | str:
    """A measure within a sentence; an answer on public charging in one word."""
    if measure in ANSWER_WORDS:
        return Term(ANSWER_WORDS[measure], "line")
    return uncapital(label_of(measure))


def _median_changes(old_folder: Path, folder: Path, record: Record) -> Iterator[dict[str, Any]]:
    """The medians of the headline that are others than before by a percent or more, in the digits
    that stand now.
    """
    bands_before, bands = (
        yearly(load_results(home / OUTLOOK_TABLE)) for home in (old_folder, folder)
    )
    old, new = bands_before[0.5], bands[0.5]
    flow = record["parameters"].get("measure", "")
    years = (record["first_year"], record["parameters"]["horizon"])
    for key in new.index.intersection(old.index, sort=False):
        measure, year = key[2:]
        if year in years and (measure == flow or measure in AT_THE_HORIZON):
            change = new[key] - old[key]
            low, _, high = bands.loc[key, RANGE_LEVELS]
            digits = standing_digits(low, high)
            words = {
                name: amount(value, measure, digits)
                for name, value in {"new": new[key], "old": old[key]}.items()
            }
            # What reads as before has not moved for a reader
            moved = words["new"] != words["old"]
            if moved and abs(change) >= MIN_CHANGE * abs(old[key]) > 0:
                yield words | {
                    "measure": measure,
                    "label": label_of(measure),
                    "name": _short_name(measure),
                    "year": year,
                    "share": change / old[key],
                }


OF_ALL = "{inside} of {outcomes}"
BOARD = TableForm(
    [
        Column("Place", "place", market_words),
        Column("Inside 80 %", lambda row: sentence(OF_ALL, **row)),
        Column(
            "Expected",
            lambda row: sentence(ENDS, low=row["expected_low"], high=row["expected_high"]),
        ),
        Column("Score", "{score:.2f}"),
        Column("The rule's", "rule_score", lambda score: digits(f"{score:.2f}")),
    ]
)


def _board(record: pd.DataFrame) -> Record | None:
    if record.empty:
        return None
    rows = by_place(record).to_dict("records")
    return {"sentence": record_sentence(record), "table": BOARD.table(rows)}
