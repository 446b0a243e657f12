"""What to find out next: by how much a number that is not printed yet would narrow the answers of
the last year.

A number not yet printed (a month's total, a count on the register, the result of a survey) has a
value in each draw. With the noise of its kind added, it explains a share of the variance of the log
of an answer (`forecasting.demand.sensitivity.first_order`). By that share the variance would fall
if the number were printed, on average over its possible values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from forecasting.demand.sensitivity import first_order
from forecasting.scenarios.facts_on_day import last_day
from forecasting.vocabulary.measures import WORTH_FINDING_OUT
from forecasting.vocabulary.periods import DAY, Period, month, span, year
from forecasting.vocabulary.quantiles import Array

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

NOISE = {"count": 0.02, "register": 0.05, "survey": 0.10}  # of the log: judgements
# Assumptions that a survey, an operator, customs or the register could tell
SURVEYED = (
    "home_access",
    "work_access",
    "street_fast_share",
    "annual_km",
    "consumption",
    "utilisation_scale",
    "reexport_share",
    "survival_scale",
)


class Unprinted(NamedTuple):
    """A number that nobody has printed.

    Parameters
    ----------
    name : str
        The measure or the assumption, or "market" for all new vehicles.
    kind : str
        "count", "register" or "survey": who would print it.
    place : str
        Where it would be counted; empty of an assumption.
    period : Period or None
        The period that it would count; None of an assumption.
    draws : ndarray
        Its value in each draw.
    """

    name: str
    kind: str
    place: str
    period: Period | None
    draws: Array


def worth_finding_out(outlook: Outlook) -> pd.DataFrame:
    """Numbers that nobody has printed, those that would narrow the answer of the last year most
    first.

    Parameters
    ----------
    outlook : Outlook
        With its draws; one that was read from files does not hold those of the assumptions.

    Returns
    -------
    pandas.DataFrame
        Columns name, kind, place and period, as of `Unprinted`, and one for each answer: the share
        of the variance of its log in the last year that the number would take away, from 0 to 1.
        Ordered by the first answer, then by the others; a number that would take away nothing of
        any is left out.

    Examples
    --------
    >>> from forecasting.scenarios.outlook import outlook
    >>> made = outlook("kyrgyzstan-baseline", as_of="2025-01-31", draws=1000)
    >>> numbers = worth_finding_out(made)
    >>> numbers.columns.tolist()[:4]
    ['name', 'kind', 'place', 'period']
    >>> numbers.columns.tolist()[4:]
    ['charging_points_need', 'ev_stock', 'charging_points_practice']
    >>> set(numbers["kind"]) <= {"count", "register", "survey"}
    True
    """
    measures = [name for name in WORTH_FINDING_OUT if name in outlook.results.values]
    measures = measures or [outlook.measure]
    answers = {name: outlook.results.values[name][:, -1] for name in measures}
    numbers = list(_numbers(outlook))
    rng = np.random.default_rng(outlook.scenario.seed)
    candidates = {}
    for row, number in enumerate(numbers):
        noise = NOISE[number.kind] * rng.standard_normal(len(number.draws))
        candidates[str(row)] = np.log(np.maximum(number.draws, 1e-9)) + noise
    explained = first_order(candidates, answers)
    shares = explained.pivot(index="input", columns="output", values="share")
    shares = shares.reindex(index=list(candidates), columns=measures).fillna(0.0)
    descriptions = [number[:-1] for number in numbers]
    table = pd.DataFrame(descriptions, shares.index, Unprinted._fields[:-1]).join(shares)
    table = table[shares.any(axis=1)]
    return table.sort_values(measures, ascending=False, kind="stable").reset_index(drop=True)


def _numbers(outlook: Outlook) -> Iterator[Unprinted]:
    measure = outlook.measure
    for place, flow in outlook.forecasts.items():
        start = last_day(flow.evidence, outlook.as_of) + DAY
        quarter = 3 * ((start.month - 1) // 3) + 1
        end = month(f"{start.year}-{quarter + 2:02}").end
        of_quarter = span(dt.date(start.year, quarter, 1), end)
        for period in (month(f"{start:%Y-%m}"), of_quarter, year(start.year)):
            if period.end <= flow.months[-1].end:
                yield Unprinted(measure, "count", place, period, flow.totals(period))
        columns = [i for i, part in enumerate(flow.months) if part.start.year == start.year]
        if flow.market is not None and columns:
            size = flow.market[:, columns].sum(axis=1)
            yield Unprinted("market", "count", place, year(start.year), size)
    if outlook.demand is not None:
        yield from _of_the_chain(outlook, outlook.demand.sample)


def _of_the_chain(outlook: Outlook, assumptions: Mapping[str, Array]) -> Iterator[Unprinted]:
    """The stock and the points at the end of the first year that the facts do not cover, and the
    results of surveys.
    """
    place = outlook.results.country
    first_year = outlook.first_year
    column = outlook.years.index(first_year)
    for measure, kind in (("ev_stock", "register"), ("charging_points_practice", "count")):
        if measure in outlook.results.values and first_year < outlook.years[-1]:
            yield Unprinted(
                measure, kind, place, year(first_year), outlook.results.values[measure][:, column]
            )
    for name in SURVEYED:
        if name in assumptions:
            yield Unprinted(name, "survey", "", None, assumptions[name][:, 0])
