"""The track record of a whole ledger: every flow, forecast at each year's end, beside what was
published since.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

import pandas as pd
from tqdm import tqdm

from forecasting.errors import EvidenceError
from forecasting.evaluation.track_record import (
    Row,
    charger_rows,
    growth_record_of,
    is_total,
    record_of,
    register_rows,
)
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import COUNTED
from forecasting.measures import MEASURES, STOCKS_ON_RECORD
from forecasting.periods import as_date, year
from forecasting.scenarios.known import Known, facts_of_flow

RECORD_COLUMNS = [
    "place", "measure", "as_of", "period", "low", "median", "high", "outcome",
    "inside", "own_basis", "score", "rule_score",
]  # fmt: skip
COLUMNS = [*RECORD_COLUMNS, "facts", "basis", "outcome_basis", "fact"]
COUNTRY = re.compile("[A-Z]{2}")
INDICES = {name for name, row in MEASURES.items() if row.unit == "index"}
RECORDED = (
    {name for name, row in MEASURES.items() if row.of_electric_cars and row.event}
    | {"vehicle_exports", *STOCKS_ON_RECORD}
    | INDICES
)


def ledger_record(
    ledger: Ledger,
    as_of: Sequence[str | dt.date] = (),
    place: str | None = None,
    measure: str | None = None,
) -> pd.DataFrame:
    """Forecasts of every flow of a ledger, each with what was known on the day alone, beside later
    outcomes.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    as_of : sequence of date
        Days on which to forecast that year and the next; by default the end of each year.
    place, measure : str, optional
        Only these. Without a measure: flows of electric vehicles, and of vehicles at ports and
        corridors, registers of electric vehicles, charging stations, and the growth of indices in
        percent. Values in money are forecast in no report.

    Returns
    -------
    DataFrame
        `COLUMNS`; one row per forecast that has an
        outcome. Facts, market size and prior are those of a report made on the day. ``score`` is
        the weighted interval score of the log, ``rule_score`` that of annualising with growth
        halved. ``attrs["open"]`` counts forecasts without an outcome so far.

    Raises
    ------
    EvidenceError
        Where no forecast has an outcome.
    LedgerError
        Where place or measure is unknown.
    PeriodError
        Where a day is not a date.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> record = ledger_record(central_asia(), ["2022-12-31"], place="TJ", measure="ev_imports")
    >>> record[["measure", "period", "outcome"]].values.tolist()
    [['ev_imports', '2022', 767.0], ['ev_imports', '2023', 1500.0]]
    """
    days = [as_date(day) for day in as_of] or _year_ends(ledger)
    facts = ledger.select(place, measure, kind=COUNTED)
    recorded = {measure} if measure else RECORDED
    series = sorted({(fact.place, fact.measure) for fact in facts if fact.measure in recorded})
    rows = [
        row | {"place": where, "measure": name}
        for rows_of in (_flow_rows, _index_rows, _stock_rows)
        for where, name in tqdm(series, leave=False, disable=None)
        for row in rows_of(ledger, where, name, days)
    ]
    record = pd.DataFrame(rows, columns=COLUMNS)
    still_open = record["outcome"].isna()
    record = record[~still_open].reset_index(drop=True)
    if record.empty:
        raise EvidenceError(
            "no forecast has an outcome: no flow that was asked for had both a fact by one of the"
            " days and a total of that year or the next published after it; give other days, or"
            " another place or measure"
        )
    record.attrs["open"] = int(still_open.sum())
    return record


def _year_ends(ledger: Ledger) -> list[dt.date]:
    last = ledger.latest.year
    first = min(fact.known_from for fact in ledger if fact.known_from)
    return [dt.date(y, 12, 31) for y in range(first.year, last)]


def _flow_rows(ledger: Ledger, place: str, measure: str, days: Sequence[dt.date]) -> Iterator[Row]:
    """Rows of a flow of which a whole year has been counted; two without an outcome for a day after
    which no total was printed.
    """
    facts = facts_of_flow(ledger, place, measure)
    totals = list(filter(is_total, facts))
    whole = any(fact.period == year(fact.period.end.year) for fact in totals)
    if not whole or measure in INDICES:
        return
    newest = max(fact.known_from for fact in totals if fact.known_from)
    for day in days:
        if not len(facts.select(as_of=day)):
            continue
        if day >= newest:
            yield from ({"outcome": float("nan"), "facts": 0},) * 2
        else:
            yield from record_of(_known(ledger, place, measure, day), facts)


def _index_rows(ledger: Ledger, place: str, measure: str, days: Sequence[dt.date]) -> Iterator[Row]:
    """Rows of an index: of its growth alone it is known how it came."""
    if measure in INDICES:
        flow = facts_of_flow(ledger, place, measure)
        for day in days:
            yield from growth_record_of(_known(ledger, place, measure, day), flow)


def _stock_rows(ledger: Ledger, place: str, measure: str, days: Sequence[dt.date]) -> Iterator[Row]:
    """Rows of a country's electric vehicles, or charging stations, that have been counted."""
    if measure not in STOCKS_ON_RECORD or not COUNTRY.fullmatch(place):
        return
    flow = facts_of_flow(ledger, place, "ev_registrations")
    for day in days:
        known = _known(ledger, place, "ev_registrations", day)
        if measure == "ev_stock":
            yield from register_rows(flow, day, known.market.sizes, known.prior)
        else:
            yield from charger_rows(ledger, place, day, known.prior)


def _known(ledger: Ledger, place: str, measure: str, day: dt.date) -> Known:
    """What a report of that day rests on; of a port, a province or other vehicles no market is
    known.
    """
    flow = MEASURES[measure]
    cars = flow.of_electric_cars and flow.unit == "vehicles"
    country = COUNTRY.fullmatch(place) is not None
    return Known(ledger, place, measure, day, size_from_ledger=cars and country)
