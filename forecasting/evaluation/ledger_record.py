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
    is_later,
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
    # Flows, then indices, then stocks
    series = sorted(
        {(fact.place, fact.measure) for fact in facts if fact.measure in recorded},
        key=lambda one: (one[1] in STOCKS_ON_RECORD, one[1] in INDICES, one),
    )
    rows = [
        row | {"place": where, "measure": name}
        for where, name in tqdm(series, leave=False, disable=None)
        for day in days
        for row in _rows_of(ledger, where, name, day)
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


def _rows_of(ledger: Ledger, place: str, measure: str, day: dt.date) -> Iterator[Row]:
    """Rows of one day's forecasts of one series. Of an index it is known by its growth alone how it
    came; of a port, a province or other vehicles no market is known.
    """
    stock = measure in STOCKS_ON_RECORD
    flow = MEASURES["ev_registrations" if stock else measure]
    country = COUNTRY.fullmatch(place) is not None
    cars = flow.of_electric_cars and flow.unit == "vehicles"
    facts = facts_of_flow(ledger, place, flow.name)
    known = Known(ledger, place, flow.name, day, size_from_ledger=cars and country)
    if measure in INDICES:
        return growth_record_of(known, facts)
    if not stock:
        return _flow_rows(known, facts)
    if not country:
        return iter(())
    if measure == "ev_stock":
        return register_rows(facts, day, known.market.sizes, known.prior)
    return charger_rows(ledger, place, day, known.prior)


def _flow_rows(known: Known, facts: Ledger) -> Iterator[Row]:
    """Rows of a flow of which a whole year has been counted; two without an outcome for a day after
    which no total was printed.
    """
    totals = list(filter(is_total, facts))
    whole = any(fact.period == year(fact.period.end.year) for fact in totals)
    if whole and len(known.facts):
        if any(is_later(fact, known.day) for fact in totals):
            yield from record_of(known, facts)
        else:
            yield from ({"outcome": float("nan"), "facts": 0},) * 2
