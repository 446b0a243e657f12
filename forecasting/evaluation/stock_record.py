"""The track record of what stands: registers and charging stations, forecast on a day, beside later
counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forecasting.errors import ForecastingError
from forecasting.evaluation.rules_of_thumb import stock_by_hand
from forecasting.evaluation.track_record import Row, beside, is_later, is_outcome, quantiles_of
from forecasting.evidence.bases import same_perimeter
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import COUNTED
from forecasting.growth.flow import forecast_flow
from forecasting.growth.prior import Prior
from forecasting.growth.starting import MarketSize
from forecasting.measures import EV_FLOWS
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.periods import Period, span, year
from forecasting.scenarios.outlook import outlook

Array = NDArray[np.float64]
# The last count and a later day -> draws of the stock on that day
Forecast = Callable[[Fact, dt.date], Array]


def register_rows(facts: Ledger, day: dt.date, sizes: MarketSize, prior: Prior) -> Iterator[Row]:
    """Rows of one day's forecast of a register: its last count, and what is registered from then
    on.

    Parameters
    ----------
    facts : Ledger
        Stocks of electric vehicles of one place, and registrations.
    day : date
        Of the forecast.
    sizes, prior
        As known on that day.

    Yields
    ------
    dict
        As :func:`forecasting.evaluation.track_record.record_of`: one row for this year and one for
        the next, the last count of each.
    """
    counts = _counts(facts.select(as_of=day))
    if not counts:
        return
    known = facts.select(as_of=day, since=_shrank(counts))

    def forecast(last: Fact, then: dt.date) -> Array:
        years = [year(y) for y in range(last.period.end.year, then.year + 1)]
        flow = forecast_flow(known, years, prior, sizes, last.basis)
        return last.value + flow.totals(span(last.period.end + dt.timedelta(days=1), then))

    yield from _rows(facts, counts, day, forecast)


def charger_rows(ledger: Ledger, place: str, day: dt.date, prior: Prior) -> Iterator[Row]:
    """Rows of one day's forecast of charging stations: those that markets with such a fleet have
    built in practice.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    place : str
        A country.
    day : date
        Of the forecast.
    prior : Prior
        As known on that day.
    """
    facts = ledger.select(place, "charging_stations", kind=COUNTED)
    counts = _counts(facts.select(as_of=day))
    if not counts:
        return
    measure = next((m for m in EV_FLOWS if len(ledger.select(place, m, as_of=day))), "")
    if not measure:
        return
    parameters = {
        "country": place,
        "scenario": "then",
        "as_of": day,
        "horizon": day.year + 1,
        "seed": 0,
        "measure": measure,
        "shipped_facts": False,  # the ledger given is all that is known
    }

    def forecast(last: Fact, then: dt.date) -> Array:
        made = outlook(scenario_from_parameters(parameters), ledger, prior, draws=1000)
        ends = np.array([dt.date(y, 12, 31).toordinal() for y in made.years])
        after = ends > last.period.end.toordinal()
        days = np.r_[last.period.end.toordinal(), ends[after]]
        logs = np.log(made.results.values["charging_stations"][:, after])
        path = np.column_stack([np.full(len(logs), np.log(last.value)), logs])
        return np.exp([np.interp(then.toordinal(), days, row) for row in path])

    yield from _rows(facts, counts, day, forecast)


def _counts(known: Ledger) -> list[Fact]:
    """The counts of one perimeter, the one with the newest count, by day."""
    exact = sorted(filter(_is_count, known), key=lambda fact: fact.period.end)
    return [fact for fact in exact if same_perimeter(fact.basis, exact[-1].basis)]


def _is_count(fact: Fact) -> bool:
    return fact.stock and fact.is_amount and is_outcome(fact)


def _shrank(counts: Sequence[Fact]) -> dt.date | None:
    """When a register was last seen to shrink: until then it was that of another market."""
    falls = [after.period.end for before, after in pairwise(counts) if after.value < before.value]
    return max(falls, default=None)


def _last_of_years(facts: Ledger, last: Fact, day: dt.date) -> list[Fact]:
    """The last count of the year of a day and of the next, as published since."""
    later = [fact for fact in filter(_is_count, facts) if is_later(fact, day)]
    own = [fact for fact in later if same_perimeter(fact.basis, last.basis)]
    own.sort(key=lambda fact: (fact.period.end, fact.known_from))
    by_year = {fact.period.end.year: fact for fact in own if fact.period.end > last.period.end}
    return [by_year[y] for y in (day.year, day.year + 1) if y in by_year]


def _rows(facts: Ledger, counts: Sequence[Fact], day: dt.date, forecast: Forecast) -> Iterator[Row]:
    last = counts[-1]
    for outcome in _last_of_years(facts, last, day):
        then = outcome.period.end
        try:
            draws = forecast(last, then)
        except ForecastingError:  # nothing could have been said on that day
            continue
        rule = stock_by_hand([(fact.period.end, fact.value) for fact in counts], then)
        row = beside(quantiles_of(draws), last.basis, outcome, rule)
        yield row | {"as_of": day, "facts": len(counts), "period": Period(then, then).label}
