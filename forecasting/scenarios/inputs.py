"""What a scenario rests on: the facts known on its day, and the size of its market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.errors import EvidenceError
from forecasting.evidence.places import place_name
from forecasting.evidence.rules import COUNTED, known_from
from forecasting.measures import MEASURES

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.schema import Driver, Scenario

__all__ = ["MarketSize", "driver_facts", "flow_evidence", "known_drivers", "last_day", "market_size"]

NEW_CARS = ("car_registrations", "car_sales", "car_imports")  # what stands for new vehicles a year, best first
SHORTEST = 150  # days of a part-year from which a market's year is scaled up; growth within a year is small by then


@dataclass(frozen=True)
class MarketSize:
    """New vehicles a year, and where that comes from.

    Parameters
    ----------
    value : float, pandas.Series or None
        One number, or numbers by year.
    facts : tuple of str
        Facts that it was read from.
    said : str
        In words, for the reader.
    """

    value: float | pd.Series | None
    facts: tuple[str, ...] = ()
    said: str = ""


def flow_evidence(ledger: Ledger, place: str, measure: str, as_of: dt.date) -> Ledger:
    """The facts that a flow is forecast from, as known on a day.

    A flow that is counted on the register is also known from the vehicles registered, so stocks join registrations.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    place, measure : str
        What is forecast.
    as_of : date
        Nothing published later.

    Returns
    -------
    Ledger
        Outcomes, estimates and judgements only; may be empty.
    """
    found = ledger.select(place=place, measure=measure, kind=COUNTED, as_of=as_of)
    if measure == "ev_registrations":
        return found + ledger.select(place=place, measure="ev_stock", kind=COUNTED, as_of=as_of)
    return found


def last_day(evidence: Ledger, as_of: dt.date) -> dt.date:
    """The last day that the facts cover; the day of the forecast where there are none."""
    ends = [end for end in evidence.frame["period_end"] if end]
    return min(dt.date.fromisoformat(max(ends)), as_of) if ends else as_of


def market_size(scenario: Scenario, place: str, ledger: Ledger, as_of: dt.date) -> MarketSize:
    """New vehicles a year: what the params file says, else what the ledger knows on the day of the forecast.

    Raises
    ------
    EvidenceError
        Where the params file gives numbers by year and none is of the day or before.
    """
    if MEASURES[scenario.measure].unit != "vehicles" or not scenario.country:
        return MarketSize(None)
    if isinstance(scenario.market_size, dict):
        by_year = {year: size for year, size in scenario.market_size.items() if year <= as_of.year}
        if not by_year:
            raise EvidenceError(f"market_size of {scenario.name} has no year up to {as_of.year}; add one")
        return MarketSize(pd.Series(by_year, dtype=float), (), "a judgement of the params file")
    if scenario.market_size is not None:
        return MarketSize(float(scenario.market_size), (), "a judgement of the params file")
    return _from_ledger(ledger, place, as_of)


def _from_ledger(ledger: Ledger, place: str, as_of: dt.date) -> MarketSize:
    for measure in NEW_CARS:
        facts = ledger.select(place=place, measure=measure, kind=COUNTED, as_of=as_of).frame
        facts = facts[
            (facts["quantity"] == "total") & facts["relation"].isin(["equals", "about"]) & facts["value"].gt(0)
        ]
        if len(sizes := _by_year(facts)):
            label = MEASURES[measure].label.lower()
            return MarketSize(sizes["value"], tuple(sizes["id"]), f"{label}, {', '.join(map(str, sizes.index))}")
    return MarketSize(None)


def _by_year(facts: pd.DataFrame) -> pd.DataFrame:
    """The longest count of each calendar year, scaled to the whole year by days."""
    if facts.empty:
        return facts
    starts, ends = pd.to_datetime(facts["period_start"]), pd.to_datetime(facts["period_end"])
    days = (ends - starts).dt.days + 1
    part = facts.assign(year=ends.dt.year, days=days)[(starts.dt.year == ends.dt.year) & (days >= SHORTEST)]
    part = part.sort_values(["year", "days"]).drop_duplicates("year", keep="last").set_index("year")
    whole = np.where(part.index.to_series() % 4 == 0, 366, 365)
    return part.assign(value=part["value"] * whole / part["days"])


def driver_facts(drivers: Sequence[Driver]) -> list[str]:
    """Ids of the facts that drivers cite, each once."""
    return list(dict.fromkeys(name for driver in drivers for name in driver.fact_ids()))


def known_drivers(scenario: Scenario, ledger: Ledger, as_of: dt.date) -> tuple[list[Driver], list[str]]:
    """The drivers that could be known on the day of the forecast, and a sentence on each that is left out.

    A driver whose facts were all published later would be hindsight.

    Raises
    ------
    LedgerError
        Where a driver cites a fact that the ledger does not have.
    """
    kept, said = [], []
    for driver in scenario.drivers:
        days = [known_from(ledger.get(name).published) for name in driver.fact_ids()]
        if days and all(day is None or day > as_of for day in days):
            said.append(f"The driver {driver.name} is left out: nothing about it was published by {as_of}.")
        else:
            kept.append(driver)
    return kept, said


def no_counts(place: str, measure: str) -> str:
    """The first sentence of an outlook without a single count.

    >>> no_counts("TM", "ev_imports")[:70]
    'No count of electric vehicles imported is published for Turkmenistan: '
    """
    return (
        f"No count of {MEASURES[measure].label.lower()} is published for {place_name(place)}: "
        "this outlook rests on the markets that went before and on the size of the market alone."
    )
