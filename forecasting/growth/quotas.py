"""The day on which a quota is used up, and what the flow does before and after it.

A quota is a privilege for a number of vehicles from a day on: its end is a forecast. With R of the
number left before a month whose flow with the privilege is f, the month's flow is

    a = f exp(rush rush_kept^max(R / f - 1, 0))    while something is left,
    b = f exp(-fall fall_kept^m - elasticity worth(p))    m months after that,

and the part s = R / a of the month, at most the whole, flows as a, the other part as b. Rush and
fall are those of a privilege that ends, scaled by its worth p as a part of the price: at 0 nothing
is changed, and the day is that on which the sum of the draws reaches the number. The fall is of
those who had hurried: it takes no more vehicles than the rush brought, and no quota brings fewer
than its absence. The months that facts speak of stay as they are: what the quota did to them is in
the facts.

Cars wait for a quota that is announced: of the flow without a privilege, m months before its first
day, the part 1 - exp(-wait wait_kept^(m - 1)) comes in its first months instead, and none is lost.
Wait is the rush of a privilege that begins, with its sign turned.

The end of a quota is reported. One whose end was not reported by the day of the forecast, be it of
this year or of an earlier one, was most likely not used up a month before that: draws in which it
was have the weight `UNREPORTED`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
import pandas as pd

from forecasting.evidence.policies import Policy
from forecasting.growth.policy_months import PolicyEffects, months_since, numbers_of, worth
from forecasting.vocabulary.periods import DAY, Period
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array, stream_of

QUOTA_COLUMNS = ["policy", "start", "quota", "low", "median", "high", "used_up"]
LEAST_FLOW = 1e-9
# Judgements: the ends of 2024 and 2025 were printed 0 to 15 days after them, and one without a day
REPORTED_WITHIN = 30  # days
UNREPORTED = 0.05


def dated_changes(quotas: Iterable[Policy]) -> list[Policy]:
    """The policies that quotas used up on a printed day come to: the privilege ends on the next
    day, and begins with the next quota.

    Parameters
    ----------
    quotas : iterable of Policy
        Of one flow; one with a day on which its end was announced is used up.

    Examples
    --------
    >>> used_up = Policy("a", "KG", "quota", dt.date(2025, 1, 1), dt.date(2025, 9, 25), quota=10.0,
    ...                  end_announced=dt.date(2025, 9, 30))
    >>> new = Policy("b", "KG", "quota", dt.date(2026, 1, 22), quota=15.0)
    >>> [(row.kind, row.start.isoformat()) for row in dated_changes([used_up, new])]
    [('ends', '2025-09-26'), ('begins', '2026-01-22')]
    """
    rows = sorted(quotas, key=lambda quota: quota.start)
    changes = []
    for quota, renewal in zip_longest(rows, rows[1:]):
        if quota.end is None or quota.end_announced is None:
            continue
        ends = replace(quota, kind="ends", start=quota.end + DAY, end=None)
        changes.append(replace(ends, announced=quota.end_announced))
        if renewal is not None:
            begins = replace(renewal, kind="begins", id=renewal.beginning_id, end=None)
            changes.append(replace(begins, price_share=quota.price_share))
    return changes


def months_in_force(quota: Policy, months: Sequence[Period]) -> Array:
    """The part of each month in which a quota holds: shape (months,).

    >>> from forecasting.vocabulary.periods import year
    >>> quota = Policy("mine", "NO", "quota", dt.date(2026, 1, 16), dt.date(2026, 2, 28), quota=9.0)
    >>> months_in_force(quota, list(year(2026).months())[:3]).round(2)
    array([0.52, 1.  , 0.  ])
    """
    first_day = np.array([quota.start.toordinal()])
    (parts,) = parts_of_months(months, first_day, quota.last_day.toordinal())
    return np.asarray(parts)


def parts_of_months(months: Sequence[Period], first_day: Array, last_day: float) -> Array:
    """The part of each month that lies between two ordinal days, by days: shape (draws, months).

    >>> from forecasting.vocabulary.periods import year
    >>> first_day = np.array([dt.date(2026, 1, 16).toordinal()])
    >>> parts_of_months(list(year(2026).months())[:2], first_day, np.inf).round(2)
    array([[0.52, 1.  ]])
    """
    starts = np.array([month.start.toordinal() for month in months])
    ends = np.array([month.end.toordinal() + 1 for month in months])
    days = np.minimum(ends, last_day + 1) - np.maximum(starts, first_day[:, None])
    return np.asarray(np.clip(days, 0.0, None) / (ends - starts))


def with_cars_that_wait(
    flow: Array,
    months: Sequence[Period],
    quota: Policy,
    effects: PolicyEffects,
    privilege_ended: Array,
    known_until: dt.date,
    seed: int,
) -> Array:
    """The flow where cars wait for a quota that is announced, and come in its first months.

    Parameters
    ----------
    flow, months, quota, effects, known_until, seed
        As of :func:`with_quota`.
    privilege_ended : ndarray, shape (draws,)
        Ordinal day on which the privilege before it was used up, which may be infinite.

    Returns
    -------
    ndarray, shape (draws, months)
        With the same sum in each draw, where its months reach far enough.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import year
    >>> quota = Policy("mine", "NO", "quota", dt.date(2026, 7, 1), quota=900.0, price_share=0.13,
    ...                announced=dt.date(2026, 3, 31))
    >>> flow = with_cars_that_wait(np.full((1, 12), 100.0), list(year(2026).months()), quota,
    ...                            PolicyEffects(), np.full(1, -np.inf), dt.date(2025, 12, 31), 1)
    >>> bool(flow[0, 5] < 100 < flow[0, 6]), round(float(flow.sum()))
    (True, 1200)
    """
    effect = effects.begins
    size = _size(quota, effects) * -effects.sizes(replace(quota, kind="begins"))[0]
    rng = stream_of(seed, f"{quota.id}, wait")
    wait = effect.numbers(rng.standard_normal((len(flow), 3)))[:, [0]] * size
    first_year = months[0].start.year
    since = months_since(quota.start, numbers_of(first_year, len(months)))
    wait_begins = np.maximum(privilege_ended + 1, (quota.announced or quota.start).toordinal())
    parts = parts_of_months(months, wait_begins, quota.start.toordinal() - 1)
    parts[:, [month.start <= known_until for month in months]] = 0.0
    fading = effect.rush_kept ** np.maximum(-since - 1, 0.0)
    waiting = flow * parts * -np.expm1(-wait * fading)
    in_force = months_in_force(quota, months)
    arrival = in_force * effect.fall_kept ** np.maximum(since, 0.0)
    arrival /= max(arrival.sum(), LEAST_FLOW)
    return np.asarray(flow - waiting + waiting.sum(axis=1, keepdims=True) * arrival)


def weight_of_silence(flow: Array, months: Sequence[Period], quota: Policy) -> Array:
    """The weight of each draw, given that nobody has reported the end of a quota.

    Parameters
    ----------
    flow, months, quota
        As of :func:`days_used_up`.

    Returns
    -------
    ndarray, shape (draws,)
        1, or `UNREPORTED` where it was used up a month or more before the day of the forecast.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import year
    >>> quota = Policy("mine", "NO", "quota", dt.date(2026, 1, 1), quota=15.0,
    ...                open_on=dt.date(2026, 6, 30))
    >>> flow = np.array([[10.0], [1.0]]) * np.ones(12)
    >>> weight_of_silence(flow, list(year(2026).months()), quota).tolist()
    [0.05, 1.0]
    """
    if quota.open_on is None:
        return np.ones(len(flow))
    reported = quota.open_on.toordinal() - REPORTED_WITHIN
    return np.where(days_used_up(flow, months, quota) < reported, UNREPORTED, 1.0)


def _size(quota: Policy, effects: PolicyEffects) -> float:
    """Worth of a quota's privilege relative to a usual one: at most 1, 0 without a privilege."""
    return min(worth(quota.price_share or 0.0) / worth(effects.usual_share), 1.0)


def with_quota(
    flow: Array,
    months: Sequence[Period],
    quota: Policy,
    effects: PolicyEffects,
    known_until: dt.date,
    seed: int,
    number: Array | None = None,
) -> Array:
    """The flow under one quota, in the months after those that facts speak of.

    Parameters
    ----------
    flow : ndarray, shape (draws, months)
        As long as the privilege holds.
    months : sequence of Period
        The months.
    quota : Policy
        Of kind ``quota``.
    effects : PolicyEffects
        What the end of a privilege does.
    known_until : date
        The last day that facts cover; no month that begins by then changes.
    seed : int
        Of the draws of rush, fall and elasticity.
    number : ndarray, shape (draws,), optional
        Of vehicles in each draw, in place of the quota's own. 0 is no quota: the flow is that
        without the privilege, with neither rush nor fall.

    Returns
    -------
    ndarray, shape (draws, months)
    """
    share = quota.price_share or 0.0
    size = _size(quota, effects)
    if size <= 0:
        return flow
    effect = effects.ends
    rng = stream_of(seed, quota.id)
    numbers = effect.losses(rng.standard_normal((len(flow), 3)))
    rush, fall, elasticity = numbers.T * np.array([[size], [size], [worth(share)]])
    remainder = np.full(len(flow), float(quota.quota or 0.0))
    if number is not None:
        remainder = number
    hurried = np.zeros(len(flow))
    elapsed = np.zeros(len(flow))
    result = np.array(flow, dtype=float)
    for column, (month, part) in enumerate(
        zip(months, months_in_force(quota, months), strict=True)
    ):
        if part <= 0:
            continue
        usual = np.maximum(flow[:, column], LEAST_FLOW)
        months_left = np.maximum(remainder / usual - 1, 0.0)
        part_hurried = -np.expm1(-rush * effect.rush_kept**months_left)
        if month.start <= known_until:
            hurried += np.minimum(part * usual, remainder) * part_hurried
            remainder = np.maximum(remainder - part * usual, 0.0)
            continue
        with_rush = usual / (1 - part_hurried)
        before_end = np.clip(remainder / with_rush, 0.0, part)
        hurried += before_end * with_rush * part_hurried
        flow_after = (part - before_end) * usual * np.exp(-elasticity)
        stay_away = np.minimum(flow_after * -np.expm1(-fall * effect.fall_kept**elapsed), hurried)
        flow_in_force = before_end * with_rush + flow_after - stay_away
        result[:, column] = (1 - part) * usual + flow_in_force
        remainder = np.maximum(remainder - before_end * with_rush, 0.0)
        hurried -= stay_away
        elapsed += part - before_end
    return result


def time_reached(flow: Array, number: float, bounds: Sequence[float] | Array) -> Array:
    """When the sum of a flow reaches a number, in each draw: infinite where it never does. Within a
    month the flow is even.

    Parameters
    ----------
    flow : ndarray, shape (draws, months)
        By month.
    number : float
        Above 0.
    bounds : array_like, shape (months + 1)
        When each month begins, and when the last one ends.

    Examples
    --------
    >>> time_reached(np.array([[10.0, 20.0, 20.0], [1.0, 1.0, 1.0]]), 20.0, range(4))
    array([1.5, inf])
    """
    totals = np.cumsum(flow, axis=1)
    return np.array([np.interp(number, [0.0, *row], bounds, right=np.inf) for row in totals])


def days_used_up(flow: Array, months: Sequence[Period], quota: Policy) -> Array:
    """The day on which a flow has used up a quota, as an ordinal, in each draw: infinite where it
    lasts. A day that was printed is the same in all draws.

    Parameters
    ----------
    flow : ndarray, shape (draws, months)
        By month.
    months : sequence of Period
        The months.
    quota : Policy
        Of kind ``quota``.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import year
    >>> quota = Policy("mine", "NO", "quota", dt.date(2026, 1, 1), quota=15.0)
    >>> days = days_used_up(np.full((1, 12), 10.0), list(year(2026).months()), quota)
    >>> dt.date.fromordinal(int(days[0])).isoformat()
    '2026-02-14'
    """
    if not quota.is_open_quota:
        return np.full(len(flow), float(quota.last_day.toordinal()))
    first_day = quota.start.toordinal()
    bounds = [month.start.toordinal() for month in months] + [months[-1].end.toordinal() + 1]
    in_force = np.clip(bounds, first_day, quota.last_day.toordinal() + 1)
    flow_in_force = flow * months_in_force(quota, months)
    days = time_reached(flow_in_force, float(quota.quota or 0.0), in_force)
    # A quota that is used up at the end of a day is used up on that day, not on the next
    return np.asarray(np.maximum(np.ceil(days - LEAST_FLOW) - 1, first_day))


class QuotaDays(NamedTuple):
    """The day on which a quota is used up, None where it lasts, and the probability that it is."""

    low: dt.date | None
    median: dt.date | None
    high: dt.date | None
    used_up: float


def quota_days(flow: Array, months: Sequence[Period], quota: Policy) -> QuotaDays:
    """Median and 80 % range of the day, and the probability; parameters as of `days_used_up`."""
    days = days_used_up(flow, months, quota)
    levels = np.quantile(days, RANGE_LEVELS, method="inverted_cdf")
    low, median, high = (
        dt.date.fromordinal(int(day)) if np.isfinite(day) else None for day in levels
    )
    return QuotaDays(low, median, high, float(np.isfinite(days).mean()))


def quota_table(flow: Array, months: Sequence[Period], quotas: Iterable[Policy]) -> pd.DataFrame:
    """A row for each quota, as `QUOTA_COLUMNS` names them; parameters as of `days_used_up`."""
    rows = [
        (quota.id, quota.start, quota.quota, *quota_days(flow, months, quota)) for quota in quotas
    ]
    return pd.DataFrame(rows, columns=QUOTA_COLUMNS)
