"""What a scenario rests on: the facts known on its day, and the size of its market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.evidence.ledger import Ledger
from forecasting.evidence.places import place_name
from forecasting.evidence.rules import COUNTED
from forecasting.measures import MEASURES

if TYPE_CHECKING:
    from forecasting.parameters.schema import Driver, Scenario

__all__ = [
    "TWO_NUMBERS",
    "KnownMarket",
    "driver_facts",
    "facts_of_scenario",
    "flow_evidence",
    "known_drivers",
    "last_day",
    "market_size",
    "never_used",
    "no_counts",
    "nothing_known",
]

NEW_CARS = (("car_registrations", "car_sales"), ("car_imports",))  # what stands for new vehicles a year, best first
SHORTEST = 150  # days of a part-year from which a market's year is scaled up; growth within a year is small by then

JUDGED = "a judgement of the params file"
TWO_NUMBERS = (
    "Two numbers would give vehicles and chargers: the new cars of a year (market_size in the params file), and the "
    "electric cars of a year (a fact in a ledger of your own)."
)


@dataclass(frozen=True)
class KnownMarket:
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


def facts_of_scenario(scenario: Scenario) -> Ledger:
    """All facts that a scenario may use on some day: those that ship, and those of its own files.

    Raises
    ------
    LedgerError
        Where a file of its own is not there or not in order.
    """
    from forecasting.evidence.datasets import facts_of

    return facts_of(scenario.ledger, scenario.shipped_facts)


def never_used(scenario: Scenario, as_of: dt.date) -> list[str]:
    """What a reader must know of a scenario's own facts that are not used, counted.

    Parameters
    ----------
    scenario : Scenario
        With files of its own.
    as_of : date
        Day of the forecast.
    """
    from forecasting.evidence.datasets import facts_of

    days = [fact.known_from for fact in facts_of(scenario.ledger, False)]
    undated, late = sum(day is None for day in days), sum(day is not None and day > as_of for day in days)
    said = f"of {len(days)} facts of your own"
    found = [f"{undated} {said} have no date of publication and are never used: fill in published."] if undated else []
    return found + ([f"{late} {said} were published after {as_of} and are not used."] if late else [])


def flow_evidence(ledger: Ledger, place: str, scenario: Scenario, as_of: dt.date) -> Ledger:
    """The facts that a flow is forecast from, as known on a day.

    A flow that is counted on the register is also known from the vehicles registered, so stocks join registrations.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    place : str
        Where it is counted.
    scenario : Scenario
        For the measure, and the first day of the history that counts.
    as_of : date
        Nothing published later.

    Returns
    -------
    Ledger
        Outcomes, estimates and judgements only; may be empty.
    """
    found = ledger.select(place=place, measure=scenario.measure, kind=COUNTED, as_of=as_of, since=scenario.since)
    if scenario.measure == "ev_registrations":
        stocks = ledger.select(place=place, measure="ev_stock", kind=COUNTED, as_of=as_of, since=scenario.since)
        found = found + stocks
    return found


def last_day(evidence: Ledger, as_of: dt.date) -> dt.date:
    """The last day that the facts cover; the day of the forecast where there are none."""
    return min(max((fact.period_end for fact in evidence if fact.period_end), default=as_of), as_of)


def market_size(scenario: Scenario, place: str, ledger: Ledger, as_of: dt.date) -> KnownMarket:
    """New vehicles a year: what the params file says, else what the ledger knows on the day of the forecast.

    Of numbers by year in the params file, those of years not over by then are left out as hindsight.
    """
    if isinstance(scenario.market_size, dict):
        by_year = {year: size for year, size in scenario.market_size.items() if year < as_of.year}
        if by_year:
            return KnownMarket(pd.Series(by_year, dtype=float), (), JUDGED)
    elif scenario.market_size is not None:
        return KnownMarket(float(scenario.market_size), (), JUDGED)
    if MEASURES[scenario.measure].unit != "vehicles" or not scenario.country:
        return KnownMarket(None)
    return _from_ledger(ledger, place, as_of)


def _from_ledger(ledger: Ledger, place: str, as_of: dt.date) -> KnownMarket:
    for measures in NEW_CARS:
        chosen = [ledger.select(place=place, measure=name, kind=COUNTED, as_of=as_of).frame for name in measures]
        facts = pd.concat(chosen)
        counted = (facts["quantity"] == "total") & facts["relation"].isin(["equals", "about"]) & facts["value"].gt(0)
        if len(sizes := _by_year(facts[counted])):
            said = " or ".join(MEASURES[name].label.lower() for name in measures)
            return KnownMarket(sizes["value"], tuple(sizes["id"]), f"{said}, {', '.join(map(str, sizes.index))}")
    return KnownMarket(None)


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
        days = [ledger.get(name).known_from for name in driver.fact_ids()]
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


def nothing_known(place: str) -> str:
    """The first sentences of an outlook without a count and without the size of the market.

    >>> nothing_known("NO")[:90]
    'Nothing is known of the market of Norway: no count of electric vehicles, no number of new '
    """
    return (
        f"Nothing is known of the market of {place_name(place)}: no count of electric vehicles, no number of new cars. "
        f"So these are shares of new cars only, as markets that went before had them. {TWO_NUMBERS}"
    )
