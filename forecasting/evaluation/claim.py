"""Where somebody's number lies in a forecast, and what growth it would take."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting.errors import InputError, in_digits
from forecasting.evidence.bases import basis_name
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.own_tables import period_of
from forecasting.evidence.places import place_code, place_name
from forecasting.evidence.words import in_words
from forecasting.measures import EV_FLOWS, MEASURES, nearest
from forecasting.parameters.naming import country_slug
from forecasting.parameters.schema import Scenario, load_scenario, scenario_from_parameters
from forecasting.periods import Period, as_date, year
from forecasting.scenarios.outlook import Outlook, outlook

__all__ = ["Claim", "claim_of"]

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
    printed : str
        What was printed of it by then, and by whom; empty where nothing was.
    """

    place: str
    measure: str
    period: Period
    value: float
    as_of: dt.date
    below: float
    low: float
    median: float
    high: float
    from_year: int
    base: float
    growth: float
    expected: float
    printed: str = ""

    @property
    def sentence(self) -> str:
        """The claim and its place in the forecast, in words."""
        measure = MEASURES[self.measure]
        what = f"{measure.label.lower()}, {place_name(self.place)}, {self.period.label}"
        ends = f"80 % interval {self.low:,.0f} to {self.high:,.0f}"
        said = (
            f"{self.value:,.0f} {measure.unit} ({what}): {self.below:.0%} of the draws lie below it. The forecast of "
            f"{self.as_of}: {self.median:,.0f}, {ends}; the number lies {self._side}."
        )
        if self.printed:
            return f"{said} Printed: {self.printed}."
        if self.growth != self.growth:
            return said
        takes = f"From {self.base:,.0f} in {self.from_year} it takes {self.growth:+,.0f} % a year"
        return f"{said} {takes}; the median takes {self.expected:+,.0f} %."

    @property
    def _side(self) -> str:
        if self.low <= self.value <= self.high:
            return "inside"
        return "above" if self.value > self.high else "below"


def claim_of(
    ledger: Ledger,
    place: str,
    measure: str,
    period: str,
    value: float,
    as_of: str | dt.date | None = None,
    params: str | Path = "params",
) -> Claim:
    """Set a number beside the forecast of what it speaks of.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    place, measure : str
        A country, or a port; a flow, or another measure of an outlook such as ``ev_stock``.
    period : str
        A year, a quarter, a month, months such as Jan-Apr 2026, a day of a stock, or two dates
        joined by ``/``.
    value : float
        The number.
    as_of : date, optional
        Day of the forecast; default the newest fact of the flow, or of what the claim is of.
    params : path-like
        Folder whose ``<country>-baseline.yaml`` says what is assumed, as in the reports; without it
        the defaults hold.

    Returns
    -------
    Claim

    Raises
    ------
    InputError
        Where the number, the measure or the period is none that a forecast speaks of.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> claim = claim_of(central_asia(), "UZ", "ev_imports", "2024", 1_000_000, as_of="2023-06-26", params="")
    >>> claim.below, claim.from_year
    (1.0, 2022)
    """
    if not np.isfinite(value) or value <= 0:
        raise InputError(f"{in_digits(value)} is no number to compare; give one above 0")
    counted = [name for name, known in MEASURES.items() if known.kind != "statement"]
    if measure not in counted:
        near = nearest(measure, counted)
        raise InputError(f"{measure!r} is unknown" + (f"; did you mean {near}?" if near else ""))
    asked, code = period_of(period), place_code(place)
    made = outlook(_scenario(ledger, code, measure, asked, as_of, Path(params)), ledger)
    draws = _draws(made, measure, asked)
    low, median, high = (float(edge) for edge in np.quantile(draws, (0.1, 0.5, 0.9)))
    below = float((draws < value).mean())
    grown, printed = (
        _growth(made, measure, asked, value),
        _printed(ledger, code, measure, asked, made.as_of),
    )
    return Claim(code, measure, asked, value, made.as_of, below, low, median, high, *grown, printed)


def _printed(ledger: Ledger, code: str, measure: str, asked: Period, day: dt.date) -> str:
    """The newest count of just that period, and who printed it."""
    known = [
        fact
        for fact in ledger.select(code, measure, kind=("outcome", "estimate"), as_of=day)
        if fact.is_amount and fact.value == fact.value and fact.period_end == asked.end
        if MEASURES[measure].kind == "stock" or fact.period == asked
    ]
    if not known:
        return ""
    newest = max(known, key=lambda fact: str(fact.known_from))
    by = basis_name(newest.basis) or newest.source
    return f"{in_words(newest)} ({by + ', ' if by else ''}{newest.published})"


def _scenario(
    ledger: Ledger,
    code: str,
    measure: str,
    asked: Period,
    as_of: str | dt.date | None,
    params: Path,
) -> Scenario:
    """What a report assumes of the place, to the year that is asked for."""
    country = bool(re.fullmatch("[A-Z]{2}", code))
    file = params / f"{country_slug(code)}-baseline.yaml" if country else None
    scenario = load_scenario(file) if file is not None and file.is_file() else None
    if scenario is None or (measure in EV_FLOWS and scenario.measure != measure):
        counted = [flow for flow in EV_FLOWS if len(ledger.select(code, flow))]
        flow = measure if measure in EV_FLOWS or not country else [*counted, EV_FLOWS[0]][0]
        where: dict[str, Any] = (
            {"country": code} if country else {"corridor": code.lower(), "places": [code]}
        )
        given = {
            "scenario": "claim",
            "as_of": "latest",
            "horizon": asked.end.year,
            "seed": 0,
            "measure": flow,
        }
        scenario = scenario_from_parameters(where | given)
    day = scenario.known_by(ledger) if as_of is None else as_date(as_of)
    if as_of is None and (
        days := [fact.known_from for fact in ledger.select(code, measure) if fact.known_from]
    ):
        day = max(day, *days)
    return scenario.model_copy(update={"as_of": day, "horizon": max(asked.end.year, day.year)})


def _draws(made: Outlook, measure: str, asked: Period) -> Array:
    """The forecast's draws of a quantity over a period, or at its end."""
    if measure == made.scenario.measure and made.forecast is not None:
        return made.forecast.totals(asked)
    values = made.results.values
    if measure not in values:
        near = [name for name in sorted(values) if name.startswith(measure)] or sorted(values)
        raise InputError(
            f"no forecast of {place_name(made.results.country)} tells {measure}; it tells {', '.join(near)}"
        )
    if asked.end.year not in made.years:
        raise InputError(
            f"{asked.label} lies outside the forecast's years, {made.years[0]} to {made.years[-1]}"
        )
    if MEASURES[measure].kind == "flow" and asked != year(asked.end.year):
        raise InputError(f"{measure} is forecast by year; {asked.label} is no whole year")
    return np.asarray(values[measure][:, made.years.index(asked.end.year)])


def _growth(
    made: Outlook, measure: str, asked: Period, value: float
) -> tuple[int, float, float, float]:
    """The last year before the forecast, what it had, and the percent a year that a number and the
    median take.
    """
    start = max(made.first_year - 1, made.years[0])
    ahead = asked.end.year - start
    whole = asked == year(asked.end.year) or MEASURES[measure].kind == "stock"
    base = float(np.median(_draws(made, measure, year(start))))
    if ahead < 1 or not whole or base <= 0:
        return start, base, np.nan, np.nan
    median = float(np.median(_draws(made, measure, asked)))
    return start, base, *(100 * ((number / base) ** (1 / ahead) - 1) for number in (value, median))
