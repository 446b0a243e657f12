"""Where somebody's number lies in a forecast, and what growth it would take."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecasting.caveats import Caveat
from forecasting.errors import InputError, in_digits
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.places import place_code, place_name
from forecasting.evidence.printed_periods import period_of
from forecasting.measures import EV_FLOWS, MEASURES, nearest
from forecasting.parameters.schema import Scenario, scenario_from_parameters
from forecasting.periods import Period, as_date, year
from forecasting.scenarios.known import facts_of_scenario
from forecasting.scenarios.outlook import Outlook, outlook
from forecasting.scenarios.question import find_scenario, new_scenario, params_file

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Claim:
    """A number beside the forecast of the same quantity.

    Parameters
    ----------
    place, measure, value
        What was said.
    period : Period
        Of which it was said; of a stock its last day counts.
    as_of : date
        Day of the forecast.
    scenario, file : str
        The scenario that was asked, and its params file; no file where the facts alone answer.
    facts : int
        How many facts it rests on.
    ledgers : tuple of str
        Files of facts that the scenario names.
    below : float
        Share of the draws that lie below the number.
    low, median, high : float
        The forecast: its median and 80 % interval.
    from_year : int
        The last year before the forecast.
    base : float
        What is forecast, or known, of that year.
    growth, expected : float
        Percent a year from then on that the number, and the forecast's median, would take; NaN
        where nothing grows.
    age : Caveat
        When the newest count that the forecast rests on ended and was published.
    printed : Fact or None
        What was printed of it by then, the newest print.
    """

    place: str
    measure: str
    period: Period
    value: float
    as_of: dt.date
    scenario: str
    file: str
    facts: int
    ledgers: tuple[str, ...]
    below: float
    low: float
    median: float
    high: float
    from_year: int
    base: float
    growth: float
    expected: float
    age: Caveat
    printed: Fact | None = None


def claim_of(
    place: str,
    measure: str,
    period: str,
    value: float,
    as_of: str | dt.date | None = None,
    params: str | Path | None = None,
    ledger: Ledger | None = None,
) -> Claim:
    """Set a number beside the forecast of what it speaks of.

    Parameters
    ----------
    place, measure : str
        A country, or a port; a flow, or another measure of an outlook such as ``ev_stock``.
    period : str
        A year, a quarter, a month, months such as Jan-Apr 2026, a day of a stock, or two dates
        joined by ``/``.
    value : float
        The number.
    as_of : date, optional
        Day of the forecast; default that of the scenario.
    params : str or path-like, optional
        The scenario that is asked, as `forecasting.outlook` takes it; default the baseline of the
        place, or of the corridor that the place belongs to.
    ledger : Ledger, optional
        Facts beside those that the scenario itself reads.

    Returns
    -------
    Claim

    Raises
    ------
    InputError
        Where the number, the measure or the period is none that a forecast speaks of, or the
        scenario is one of another place.

    Examples
    --------
    >>> claim = claim_of("UZ", "ev_imports", "2024", 1_000_000, as_of="2023-06-26")
    >>> claim.below, claim.from_year, claim.scenario
    (1.0, 2022, 'uzbekistan-baseline')
    """
    if not np.isfinite(value) or value <= 0:
        raise InputError(f"{in_digits(value)} is no number to compare; give one above 0")
    counted = [name for name, known in MEASURES.items() if known.kind != "statement"]
    if measure not in counted:
        near = nearest(measure, counted)
        raise InputError(f"{measure!r} is unknown" + (f"; did you mean {near}?" if near else ""))
    asked, code = period_of(period), place_code(place)
    file = params_file(code if params is None else params)
    scenario = _scenario_of_place(code, file)
    if measure in EV_FLOWS and scenario.measure != measure:
        file = None
    if file is None and scenario.country:
        scenario = _facts_alone(code, measure, facts_of_scenario(scenario, ledger))
    day = scenario.as_of if as_of is None else as_date(as_of)
    last = max(scenario.horizon, asked.end.year)
    made = outlook(scenario.model_copy(update={"as_of": day, "horizon": last}), ledger)
    draws = _draws(made, code, measure, asked)
    low, median, high = np.quantile(draws, (0.1, 0.5, 0.9)).tolist()
    from_year, base, growth, expected = _growth(made, code, measure, asked, value)
    return Claim(
        place=code,
        measure=measure,
        period=asked,
        value=value,
        as_of=made.as_of,
        scenario=scenario.name,
        file="" if file is None else str(file),
        facts=len({*made.facts_used}),
        ledgers=scenario.ledger,
        below=float((draws < value).mean()),
        low=low,
        median=median,
        high=high,
        from_year=from_year,
        base=base,
        growth=growth,
        expected=expected,
        age=made.age,
        printed=_printed(made, code, measure, asked),
    )


def _scenario_of_place(code: str, file: Path | None) -> Scenario:
    scenario = find_scenario(code if file is None else file)
    if code != scenario.country and code not in scenario.places:
        raise InputError(
            f"{file} is of {scenario.place}, the claim of {code}; give a params file of {code}"
        )
    return scenario


def _facts_alone(code: str, measure: str, facts: Ledger) -> Scenario:
    """A country's scenario without events: of the flow that is asked for, else of one counted."""
    counted = [flow for flow in EV_FLOWS if len(facts.select(code, flow))]
    flow = measure if measure in EV_FLOWS else [*counted, EV_FLOWS[0]][0]
    given = new_scenario(code).parameters() | {"measure": flow, "scenario": "facts-alone"}
    return scenario_from_parameters(given | {"name": "", "title": ""})


def _printed(made: Outlook, code: str, measure: str, asked: Period) -> Fact | None:
    """The newest count of just that period."""
    is_stock = MEASURES[measure].kind == "stock"
    known = [
        fact
        for fact in made.facts.select(code, measure, kind=("outcome", "estimate"))
        if fact.is_amount and fact.value == fact.value and fact.period_end == asked.end
        if is_stock or fact.period == asked
    ]
    return max(known, key=lambda fact: str(fact.known_from), default=None)


def _draws(made: Outlook, code: str, measure: str, asked: Period) -> Array:
    """The forecast's draws of a quantity over a period, or at its end."""
    (values,) = [part.values for part in made.parts if part.country == code]
    is_flow = MEASURES[measure].kind == "flow"
    whole_year = asked == year(asked.end.year)
    if measure == made.scenario.measure and (not whole_year or asked.end.year not in made.years):
        return made.forecasts[code].totals(asked)
    if measure not in values:
        near = [name for name in sorted(values) if name.startswith(measure)] or sorted(values)
        raise InputError(
            f"no forecast of {place_name(code)} tells {measure}; it tells {', '.join(near)}"
        )
    if asked.end.year not in made.years:
        raise InputError(
            f"{asked.label} lies outside the forecast's years, {made.years[0]} to {made.years[-1]}"
        )
    if is_flow and not whole_year:
        raise InputError(f"{measure} is forecast by year; {asked.label} is no whole year")
    return np.asarray(values[measure][:, made.years.index(asked.end.year)])


def _growth(
    made: Outlook, code: str, measure: str, asked: Period, value: float
) -> tuple[int, float, float, float]:
    """The last year before the forecast, what it had, and the percent a year that a number and the
    median take.
    """
    start = max(made.first_year - 1, made.years[0])
    ahead = asked.end.year - start
    whole = asked == year(asked.end.year) or MEASURES[measure].kind == "stock"
    base = float(np.median(_draws(made, code, measure, year(start))))
    if ahead < 1 or not whole or base <= 0:
        return start, base, np.nan, np.nan
    median = float(np.median(_draws(made, code, measure, asked)))
    growth, expected = (100 * ((n / base) ** (1 / ahead) - 1) for n in (value, median))
    return start, base, growth, expected
