"""The record of stored forecasts: the ``outlook.parquet`` of earlier reports, scored by what was
printed since.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain as chained
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.evaluation.forecast_chain import Origin, chain_of, origin_of, withdrawals_of
from forecasting.evaluation.peers import BY_HAND, by_hand
from forecasting.evaluation.records import (
    RECORD_COLUMNS,
    THIS_PACKAGE,
    Case,
    results,
    with_rule_scores,
)
from forecasting.evaluation.scores import SCORE_LEVELS
from forecasting.evaluation.track_record import (
    RULE_COLUMNS,
    agencies_of,
    is_later,
    is_outcome,
    rank,
    stock_on,
)
from forecasting.evidence.bases import same_perimeter
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.scenarios.facts_on_day import facts_of_flow
from forecasting.scenarios.outlook_files import load_record, load_results
from forecasting.vocabulary.errors import EvidenceError, InputError
from forecasting.vocabulary.limits import MAX_ARCHIVE_FILES
from forecasting.vocabulary.names import OUTLOOK_TABLE
from forecasting.vocabulary.periods import Period, span
from forecasting.vocabulary.quantiles import Array

ARCHIVE_COLUMNS = [*RECORD_COLUMNS, "scenario", "basis", "outcome_basis", "fact", "facts"]


def archive_record(folder: str | Path, ledger: Ledger) -> pd.DataFrame:
    """Forecasts kept in a folder, each with an outcome printed after its day.

    Parameters
    ----------
    folder : path-like
        Every ``outlook.parquet`` in it is read, however deep it lies: copies of reports, or what
        `run` keeps in ``archive`` of its output folder. One forecast that lies there twice counts
        once. A record of ``run --keep-record`` is checked first, and what was withdrawn is left
        out.
    ledger : Ledger
        All facts that are known by now.

    Returns
    -------
    pandas.DataFrame
        As `forecasting.evaluation.track_record.ledger_record` has it, and ``scenario``: one row
        for each year, month, or day of a stock, that was forecast and has an outcome since. A stock
        between two years' ends is interpolated between their logs. ``attrs["open"]`` counts kept
        forecasts without any outcome so far; ``attrs["withdrawn"]`` has the reason of each
        withdrawal.

    Raises
    ------
    InputError
        Where the folder holds no kept forecast, or one that cannot be read; where a record was
        changed.
    EvidenceError
        Where no forecast has an outcome so far.
    """
    home = Path(folder)
    files = sorted(home.rglob(OUTLOOK_TABLE))[:MAX_ARCHIVE_FILES]
    chain = chain_of(home)
    withdrawals = withdrawals_of(home)
    if not files and not chain:
        raise InputError(
            f"{home} is no folder that holds an {OUTLOOK_TABLE}; give one with earlier reports,"
            " e.g. reports/archive"
        )
    tables = [_table_and_origin(file) for file in files]
    tables += [
        (link.table, origin_of(link.content, home / link.file))
        for link in chain
        if link.file not in withdrawals
    ]
    cases_of_files = [list(_cases(table, stored, ledger)) for table, stored in tables]
    table = results(
        chained.from_iterable(cases or [Case({})] for cases in cases_of_files),
        EvidenceError(
            f"nothing was printed since of what the {len(tables)} forecasts in {home} are about"
        ),
    )
    table.attrs["withdrawn"] = withdrawals
    record = with_rule_scores(table, RULE_COLUMNS).drop_duplicates(
        ["scenario", "as_of", "measure", "place", "period", "median", "fact"]
    )
    return record[ARCHIVE_COLUMNS].sort_values(
        ["own_basis", "as_of", "place"],
        ascending=[False, True, True],
        kind="stable",
        ignore_index=True,
    )


def _table_and_origin(file: Path) -> tuple[pd.DataFrame, Origin]:
    """The results of a kept report, and what they were made from."""
    try:
        table = load_results(file)
        record = load_record(file)
    except InputError as error:
        raise InputError(f"{file.parent}: {error}; move that folder away") from None
    return table, origin_of(record, file)


def _cases(table: pd.DataFrame, origin: Origin, ledger: Ledger) -> Iterator[Case]:
    """The cases of one kept forecast."""
    day = dt.date.fromisoformat(origin.as_of)
    for names, part in table.groupby(["country", "measure"], observed=True):
        place, measure = map(str, names)
        facts = [f for f in ledger if (f.place, f.measure) == (place, measure)]
        bases = _bases(origin, place, facts)
        quantiles = _quantiles(part)
        outcomes = [f for f in facts if is_later(f, day) and f.period.end.year >= origin.first_year]
        for fact in _outcomes(outcomes, bases[0]):
            forecast = _forecast(quantiles, fact)
            if forecast is None:
                continue
            facts_on_day = facts_of_flow(ledger, place, measure).select(as_of=day)
            rule = by_hand(facts_on_day, bases[0], fact.period)
            row = agencies_of(fact, bases[0]) | {
                "place": place,
                "measure": measure,
                "own_basis": any(same_perimeter(fact.basis, basis) for basis in bases if basis),
                "as_of": day.isoformat(),
                "period": fact.period.label,
                "scenario": str(table["scenario"].iloc[0]),
                "facts": len(facts_on_day),
            }
            yield Case(row, fact.value, {THIS_PACKAGE: forecast, BY_HAND: rule})


def _bases(origin: Origin, place: str, facts: list[Fact]) -> list[str]:
    """The basis of a kept forecast, then those of the facts that it used."""
    fact_ids = {*(origin.facts_used or ())}
    bases = sorted(fact.basis for fact in facts if fact.id in fact_ids)
    stored_basis = (origin.basis or {}).get(place)
    return [stored_basis or max(bases, key=bases.count, default=""), *bases]


def _quantiles(part: pd.DataFrame) -> dict[Period, Array]:
    """Quantiles at `SCORE_LEVELS` by period, of one measure of one place."""
    wide = part.pivot_table(
        index=["period_start", "period_end"], columns="quantile", values="value", observed=True
    )
    wide = wide.reindex(columns=SCORE_LEVELS.tolist()).dropna()
    return {
        span(str(start), str(end)): row
        for (start, end), row in zip(wide.index, wide.to_numpy(float), strict=True)
    }


def _outcomes(facts: Iterable[Fact], basis: str) -> list[Fact]:
    """The outcome of each period, in the order of time."""
    best: dict[Period, Fact] = {}
    for fact in sorted(facts, key=lambda fact: rank(fact, basis), reverse=True):
        if is_outcome(fact):
            best.setdefault(fact.period, fact)
    return sorted(best.values(), key=lambda fact: (fact.period.end, fact.period.start))


def _forecast(quantiles: Mapping[Period, Array], fact: Fact) -> Array | None:
    """The forecast of a fact's period; None where there is none."""
    if not fact.stock:
        return quantiles.get(fact.period)
    days = [period.end.toordinal() for period in quantiles]
    if not days or not days[0] <= fact.period.end.toordinal() <= days[-1]:
        return None
    return stock_on(fact.period.end, days, np.transpose([*quantiles.values()]))
