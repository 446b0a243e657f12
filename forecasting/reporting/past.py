"""How earlier forecasts of a place did, and of all places: what was forecast at each year's end,
and what came; what changed since the last run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from forecasting.evaluation.archive import archive_record
from forecasting.evaluation.track_record import by_place, record_known_by
from forecasting.evidence.bases import basis_name
from forecasting.evidence.datasets import central_asia, path
from forecasting.evidence.fact import label_of
from forecasting.reporting.labels import (
    amount,
    day_words,
    event_term,
    label_words,
    market_words,
    policy_term,
)
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
from forecasting.vocabulary.sentences import Term, plural, sentence
from forecasting.writers.columns import Column, Row, TableForm, inside_words
from forecasting.writers.display import BulletList, Line, Link, Table, mention
from forecasting.writers.messages import linked_sentence
from forecasting.writers.numbers import ENDS

Record = dict[str, Any]  # what a file holds of a report, or a page shows
Differences = Mapping[str, Mapping[str, str]]  # how each name of a kind differs
MIN_CHANGE = 0.01  # a change of a headline number, as a share of it, from which it is told
MOVED = "{label}, {year}: {new}, before {old} ({percent:+.0f}%)"
CHANGE_LINE = MOVED + "."
SINCE_DAY = "Since {day}: {summary}"
CHANGE_SUMMARY = (
    "[{moved}][still?No number of the headline moved by a percent]. [Why: {reasons}.]"
    "[code?Why: neither facts, policies nor events, so the package, its priors or its parameters.]"
)
MORE_OR_LESS = "{counts} more, less or changed"
MORE, LESS, OTHERWISE = "more", "less", "changed"
# What a report has more, less or otherwise than the one before, by its kind
DIFFERENCES = {
    "fact": {
        MORE: "One fact more: {name}",
        LESS: "One fact less: {name}",
        OTHERWISE: "One fact changed: {name}",
    },
    "policy": {
        MORE: "One policy more: {name}",
        LESS: "One policy less: {name}",
        OTHERWISE: "One policy changed: {name}",
    },
    "event": {
        MORE: "One event more: {name}",
        LESS: "One event less: {name}",
        OTHERWISE: "One event changed: {name}",
    },
    "scenario": {
        MORE: "One part of the scenario more: {name}",
        LESS: "One part of the scenario less: {name}",
        OTHERWISE: "One part of the scenario changed: {name}",
    },
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
        Column("forecast of", "as_of", label_words),
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


class Changes(NamedTuple):
    """What changed since the report that a new one replaces; empty where nothing changed.

    Parameters
    ----------
    since : str
        The facts used, the policies, what the scenario says, and the medians of the headline, as
        HTML.
    since_sentence : str
        The medians in a sentence for the brief, where the earlier report is of another day.
    since_summary : str
        The medians that moved, by how much and why, in a line for the index.
    """

    since: str = ""
    since_sentence: str = ""
    since_summary: str = ""


def changes_since(old_folder: Path, folder: Path) -> Record:
    """What changed since the report that a new one replaces, as ``run.json`` keeps it: keys and
    values, which `changes_in_words` says; empty where nothing changed.

    Parameters
    ----------
    old_folder, folder : Path
        Of the two reports, with their stored results; without either nothing is said.
    """
    record_before, record = (load_record(home / OUTLOOK_TABLE) for home in (old_folder, folder))
    if not record_before or not record:
        return {}
    parts_before, parts = _parts(record_before), _parts(record)
    differences = {kind: _differences(parts_before[kind], parts[kind]) for kind in parts}
    medians = [*_median_changes(old_folder, folder, record)]
    if not medians and not any(differences.values()):
        return {}
    days = [record_before["as_of"], record["as_of"]]
    return {"days": days, "differences": differences, "medians": medians}


def changes_in_words(changes: Record) -> Changes:
    """What changed, in the language in which words are written now.

    Parameters
    ----------
    changes : dict
        As of `changes_since`.
    """
    with suppress(LookupError, TypeError, ValueError, AttributeError):
        return _words_of_changes(changes)
    return Changes()  # nothing changed, or another version has kept it in another form


def _words_of_changes(changes: Record) -> Changes:
    medians = [_median_words(change) for change in changes["medians"]]
    differences: Differences = changes["differences"]
    lines: list[Line] = [
        linked_sentence(DIFFERENCES[kind][way], name=_name_of_part(kind, name))
        for kind, names in differences.items()
        for name, way in names.items()
    ]
    lines += [sentence(CHANGE_LINE, **change) for change in medians]
    headline = [change for change in medians if change["headline"]]
    before, now = changes["days"]
    summary = _change_summary(headline, differences)
    day = day_words(dt.date.fromisoformat(before))
    return Changes(
        BulletList(lines, "fc-since")._repr_html_(),
        sentence(SINCE_DAY, day=day, summary=summary) if before != now else "",
        summary,
    )


def _change_summary(headline: Iterable[Record], differences: Differences) -> str:
    """Which medians moved, by how much, and what was given otherwise."""
    moved = "; ".join(sentence(MOVED, **change) for change in headline)
    counts = [
        plural(len(names), *DIFFERENCE_COUNTS[kind]) for kind, names in differences.items() if names
    ]
    reasons = counts and sentence(MORE_OR_LESS, counts=", ".join(counts))
    return sentence(
        CHANGE_SUMMARY, moved=moved, still=not moved, reasons=reasons, code=moved and not reasons
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


def _differences(old: Record, new: Record) -> dict[str, str]:
    """What there is more, less or otherwise than before, by name."""
    ways = {}
    for name in sorted({*old, *new}):
        if name not in old:
            ways[name] = MORE
        elif name not in new:
            ways[name] = LESS
        elif old[name] != new[name]:
            ways[name] = OTHERWISE
    return ways


def _name_of_part(kind: str, name: str) -> str | Link:
    """What a report was made from, as a reader calls it."""
    if kind == "fact":
        return mention(name)
    if kind == "policy":
        return policy_term(name)
    if kind == "event":
        return event_term(name)
    return Term(name.replace("_", " "), "part of a scenario")


def _median_changes(old_folder: Path, folder: Path, record: Record) -> Iterator[Record]:
    """The medians of the headline that are others than before by a percent or more, and the digits
    that stand of them now; of the flow the headline is its first year, of what stands the horizon.
    """
    bands_before, bands = (
        yearly(load_results(home / OUTLOOK_TABLE)) for home in (old_folder, folder)
    )
    old, new = bands_before[0.5], bands[0.5]
    flow = record["parameters"].get("measure", "")
    horizon = record["parameters"]["horizon"]
    for key in new.index.intersection(old.index, sort=False):
        measure, year = key[2:]
        if year in (record["first_year"], horizon) and measure in (flow, *AT_THE_HORIZON):
            low, _, high = bands.loc[key, RANGE_LEVELS]
            change = {
                "measure": measure,
                "year": int(year),
                "old": float(old[key]),
                "new": float(new[key]),
                "digits": standing_digits(low, high),
                "headline": bool((year == horizon) == (measure in AT_THE_HORIZON)),
            }
            words = _median_words(change)
            # What reads as before has not moved for a reader
            moved = words["new"] != words["old"]
            if moved and abs(new[key] - old[key]) >= MIN_CHANGE * abs(old[key]) > 0:
                yield change


def _median_words(change: Record) -> Record:
    """A median before and now, in the digits that stand."""
    measure, old, new = (change[name] for name in ("measure", "old", "new"))
    return change | {
        "label": label_of(measure),
        "old": amount(old, measure, change["digits"]),
        "new": amount(new, measure, change["digits"]),
        "percent": 100 * (new / old - 1) if old else 0,
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
    *rows, of_all = by_place(record).to_dict("records")
    rows.sort(key=lambda row: market_words(row["place"]))  # by the alphabet of the language
    return {"sentence": record_sentence(record), "table": BOARD.table([*rows, of_all])}
