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
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.places import place_code, place_name
from forecasting.measures import EV_FLOWS, MEASURES, nearest
from forecasting.parameters.naming import country_slug
from forecasting.parameters.schema import Scenario, load_scenario, scenario_from_parameters
from forecasting.periods import Period, as_date, month, span, year
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
    growth, expected : float
        Percent a year from then on that the number, and the forecast's median, would take; NaN where nothing grows.
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
    growth: float
    expected: float

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
        if self.growth != self.growth:
            return said
        takes = f"It takes {self.growth:+.0f} % a year from {self.from_year} on"
        return f"{said} {takes}; the median takes {self.expected:+.0f} %."

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
        A year, a month, a day of a stock, or two dates joined by ``/``.
    value : float
        The number.
    as_of : date, optional
        Day of the forecast; default the newest fact of the flow.
    params : path-like
        Folder whose ``<country>-baseline.yaml`` says what is assumed, as in the reports; without it the defaults hold.

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
    if measure not in MEASURES or MEASURES[measure].kind == "statement":
        near = nearest(measure, MEASURES)
        raise InputError(f"{measure!r} is unknown" + (f"; did you mean {near}?" if near else ""))
    asked, code = _period(period), place_code(place)
    made = outlook(_scenario(ledger, code, measure, asked, as_of, Path(params)), ledger)
    draws = _draws(made, measure, asked)
    low, median, high = (float(edge) for edge in np.quantile(draws, (0.1, 0.5, 0.9)))
    growth, expected, start = _growth(made, measure, asked, value)
    below = float((draws < value).mean())
    return Claim(code, measure, asked, value, made.as_of, below, low, median, high, start, growth, expected)


def _period(text: str) -> Period:
    if re.fullmatch(r"\d{4}", text):
        return year(int(text))
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return month(text)
    first, _, last = text.partition("/")
    return span(as_date(first), as_date(last or first))


def _scenario(
    ledger: Ledger, code: str, measure: str, asked: Period, as_of: str | dt.date | None, params: Path
) -> Scenario:
    """What a report assumes of the place, to the year that is asked for."""
    country = bool(re.fullmatch("[A-Z]{2}", code))
    file = params / f"{country_slug(code)}-baseline.yaml" if country else None
    scenario = load_scenario(file) if file is not None and file.is_file() else None
    if scenario is None or (measure in EV_FLOWS and scenario.measure != measure):
        counted = [flow for flow in EV_FLOWS if len(ledger.select(code, flow))]
        flow = measure if measure in EV_FLOWS or not country else [*counted, EV_FLOWS[0]][0]
        where: dict[str, Any] = {"country": code} if country else {"corridor": code, "places": [code]}
        given = {"scenario": "claim", "as_of": "latest", "horizon": asked.end.year, "seed": 0, "measure": flow}
        scenario = scenario_from_parameters(where | given)
    day = scenario.known_by(ledger) if as_of is None else as_date(as_of)
    return scenario.model_copy(update={"as_of": day, "horizon": max(asked.end.year, day.year)})


def _draws(made: Outlook, measure: str, asked: Period) -> Array:
    """The forecast's draws of a quantity over a period, or at its end."""
    if measure == made.scenario.measure and made.forecast is not None:
        return made.forecast.totals(asked)
    values = made.results.values
    if measure not in values:
        raise InputError(
            f"no forecast of {place_name(made.results.country)} tells {measure}; it tells {', '.join(sorted(values))}"
        )
    if asked.end.year not in made.years:
        raise InputError(f"{asked.label} lies outside the forecast's years, {made.years[0]} to {made.years[-1]}")
    if MEASURES[measure].kind == "flow" and asked != year(asked.end.year):
        raise InputError(f"{measure} is forecast by year; {asked.label} is no whole year")
    return np.asarray(values[measure][:, made.years.index(asked.end.year)])


def _growth(made: Outlook, measure: str, asked: Period, value: float) -> tuple[float, float, int]:
    """Percent a year that a number and the median take, and from when: the last year before the forecast."""
    start = max(made.first_year - 1, made.years[0])
    ahead = asked.end.year - start
    whole = asked == year(asked.end.year) or MEASURES[measure].kind == "stock"
    base = float(np.median(_draws(made, measure, year(start))))
    if ahead < 1 or not whole or base <= 0:
        return np.nan, np.nan, start
    median = float(np.median(_draws(made, measure, asked)))
    return *(100 * ((number / base) ** (1 / ahead) - 1) for number in (value, median)), start
