"""What to find out next: how much of what is open about the last year a number would take away that
is not printed yet.

The draws answer it. A number not yet printed (a month's total, a count on the register, what a
survey would find) has a value in each draw; printed with the noise of its kind, it explains a share
of the variance of the log of an answer, by `forecasting.demand.sensitivity.first_order`. That is
the share by which the variance falls, on average over what the number may turn out to be, if it is
made known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.demand.sensitivity import first_order
from forecasting.evidence.words import period_words
from forecasting.measures import MEASURES, WORTH_FINDING_OUT
from forecasting.periods import Period, month, span, year
from forecasting.quantiles import Array
from forecasting.scenarios.known import last_day

if TYPE_CHECKING:
    from forecasting.growth.flow import FlowForecast
    from forecasting.scenarios.outlook import Outlook

Number = tuple[str, str, Array]  # what would be printed, of which kind, its value in each draw
NOISE = {"count": 0.02, "register": 0.05, "survey": 0.10}  # of the log: judgements
SURVEYS = {
    "home_access": "A survey of charging at home",
    "work_access": "A survey of charging at work",
    "annual_km": "A survey of the distance driven in a year",
    "consumption": "Measured consumption of the cars on the road",
    "utilisation_scale": "The use of public points, from an operator",
    "reexport_share": "Vehicles exported again, from customs",
    "survival_scale": "The age at which vehicles are scrapped, from the register",
}


def worth_finding_out(outlook: Outlook) -> pd.DataFrame:
    """Numbers that nobody has printed, those that would narrow the answer of the last year most
    first.

    Parameters
    ----------
    outlook : Outlook
        Made here, not read from files: what a survey would find is in no file.

    Returns
    -------
    pandas.DataFrame
        Columns number, kind ("count", "register" or "survey"), and one for each answer: the share
        of the variance of its log in the last year that the number would take away, from 0 to 1.
        Ordered by the first answer, then by the others; a number that would take away nothing of
        any is left out.

    Examples
    --------
    >>> from forecasting.scenarios.outlook import outlook
    >>> made = outlook("kyrgyzstan-baseline", as_of="2025-01-31", draws=1000)
    >>> numbers = worth_finding_out(made)
    >>> numbers.columns.tolist()
    ['number', 'kind', 'charging_points_need', 'ev_stock', 'charging_points_practice']
    >>> set(numbers["kind"]) <= {"count", "register", "survey"}
    True
    """
    measures = [name for name in WORTH_FINDING_OUT if name in outlook.results.values] or [
        outlook.scenario.measure
    ]
    answers = {name: outlook.results.values[name][:, -1] for name in measures}
    numbers = list(_numbers(outlook))
    chance = np.random.default_rng(outlook.scenario.seed)
    candidates = {
        name: np.log(np.maximum(values, 1e-9)) + NOISE[kind] * chance.standard_normal(len(values))
        for name, kind, values in numbers
    }
    explained = first_order(candidates, answers).pivot(
        index="input", columns="output", values="share"
    )
    shares = explained.reindex(index=list(candidates), columns=measures).fillna(0.0)
    shares.insert(0, "kind", [kind for _, kind, _ in numbers])
    shares = shares[shares[measures].any(axis=1)]
    shares = shares.sort_values(measures, ascending=False, kind="stable")
    return shares.rename_axis(index="number", columns=None).reset_index()


def width_left(share: float) -> float:
    """What is left of an interval's width, on a log scale, where a number takes away a share of the
    variance.

    >>> round(width_left(0.75), 2), width_left(0.0)
    (0.5, 1.0)
    """
    return float(np.sqrt(1.0 - share))


def _numbers(outlook: Outlook) -> Iterator[Number]:
    for place, flow in outlook.forecasts.items():
        evidence = flow.evidence
        until = last_day(evidence, outlook.as_of) if evidence is not None else outlook.as_of
        where = "" if len(outlook.forecasts) == 1 else f", {place}"
        yield from _totals(flow, until, f"{MEASURES[outlook.scenario.measure].label}{where}")
    if outlook.demand is not None:
        yield from _of_the_chain(outlook)


def _totals(flow: FlowForecast, until: dt.date, label: str) -> Iterator[Number]:
    """The next month, the quarter that it ends or lies in, and the year; and the size of the market
    in that year.
    """
    first = until + dt.timedelta(days=1)
    quarter = 3 * ((first.month - 1) // 3) + 1
    periods: list[Period] = [
        month(f"{first:%Y-%m}"),
        span(dt.date(first.year, quarter, 1), month(f"{first.year}-{quarter + 2:02}").end),
        year(first.year),
    ]
    for period in periods:
        if period.end <= flow.months[-1].end:
            yield f"{label} in {period_words(period)}", "count", flow.totals(period)
    if flow.market is not None:
        inside = [at for at, part in enumerate(flow.months) if part.start.year == first.year]
        if inside:
            yield f"All new vehicles in {first.year}", "count", flow.market[:, inside].sum(axis=1)


def _of_the_chain(outlook: Outlook) -> Iterator[Number]:
    """What stands at the end of the first year that the facts do not cover, and what surveys would
    find.
    """
    at, demand = outlook.years.index(outlook.first_year), outlook.demand
    assert demand is not None
    for measure, kind, words in (
        ("ev_stock", "register", "Electric vehicles on the register"),
        ("charging_points_practice", "count", "A count of public charging points"),
    ):
        if measure in outlook.results.values and outlook.first_year < outlook.years[-1]:
            end = f"at the end of {outlook.first_year}"
            yield f"{words} {end}", kind, outlook.results.values[measure][:, at]
    for name, words in SURVEYS.items():
        if name in demand.drawn:
            yield words, "survey", demand.drawn[name]
