"""What the ends and beginnings of privileges do, learned from the months of other markets.

About an event the log of a month's flow is taken to be a line, a random walk, the common season, a
season of the market's own, noise, and the event's rush, fall and what stays. All but the three is
integrated out, market by market; mean and covariance of the three over events follow by
expectation-maximisation, how fast rush and fall fade from a grid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.evidence.places import find_place
from forecasting.evidence.policies import BATTERY_CARS, Policy, shipped_policies
from forecasting.growth.policy_months import (
    Effect,
    PolicyEffects,
    course,
    first_month,
    months_since,
    pooled,
)
from forecasting.growth.prior import Prior
from forecasting.growth.within_year import WithinYear
from forecasting.quantiles import Array

Indices = NDArray[np.int_]

KINDS = ("ends", "begins")
BEFORE = 30  # months about an event that are looked at
AFTER = 14
FEWEST = 18  # months with a count, of those
FEWEST_BEFORE = 12
LEAST = 20  # vehicles in a month
ANOTHER_SD = 0.7  # of rush, fall and step of another event within those months
# Believed before any event, each worth so many events
BELIEVED = Effect()
BELIEVED_EVENTS = 4.0
FADING = (0.2, 0.35, 0.5, 0.65)
HURRY = (0.5, 1.0, 2.0)
ROUNDS = 60
# Of the level of a market's months, and of its growth a year about the usual
LEVEL_SD = 3.0
GROWTH_SD = 0.3


@dataclass(frozen=True)
class PolicyEvent:
    """Policies of one market and month, with the market's months about them.

    Parameters
    ----------
    market : str
        Its name in the table of months.
    policy : Policy
        Pooled.
    counts : Series
        By month, a Period.
    own : tuple of Policy
        All of the same market, this one among them.
    """

    market: str
    policy: Policy
    counts: pd.Series
    own: tuple[Policy, ...]

    @property
    def first(self) -> pd.Period:
        """The first month that lies, for most of its days, after the start."""
        return first_month(self.policy.start)


def events(
    months: pd.DataFrame, policies: Iterable[Policy], kinds: Sequence[str] = KINDS
) -> list[PolicyEvent]:
    """Dated events of the markets of a table of months.

    Left out is what is dated by orders, what touches no battery cars or a part of them alone, and
    what lies where the market has no single months.

    Parameters
    ----------
    months : DataFrame
        Columns market, month and registrations, of battery cars.
    policies : iterable of Policy
        Of any markets.
    kinds : sequence of str
        Which kinds.
    """
    registered = [*filter(_moves_registrations, policies)]
    dated = []
    for market, rows in months.groupby("market", sort=True):
        place = find_place(str(market))
        own = pooled(policy for policy in registered if policy.place == place)
        index = pd.PeriodIndex(rows["month"], freq="M")
        counts = rows.set_index(index)["registrations"].sort_index()
        every = [PolicyEvent(str(market), policy, counts, own) for policy in own]
        dated += [event for event in every if event.policy.kind in kinds and _has_months(event)]
    return dated


def _moves_registrations(policy: Policy) -> bool:
    """Whether it touches the registrations of all battery cars, by the day of registration."""
    measured = policy.measure in ("ev_registrations", "")
    return measured and policy.vehicles in BATTERY_CARS and policy.dated_by != "order"


def _has_months(event: PolicyEvent) -> bool:
    """Whether enough months are counted, and single ones: a third of a quarter is none."""
    about = _window(event)
    adjacent = about.loc[event.first - 4 : event.first + 3]
    quarters = (adjacent.diff() == 0) & (adjacent.shift().diff() == 0)
    before = about.loc[: event.first - 1]
    enough = about.count() >= FEWEST and before.count() >= FEWEST_BEFORE
    return bool(enough and adjacent.count() >= 4 and not quarters.any())


def _window(event: PolicyEvent) -> pd.Series:
    about = pd.period_range(event.first - BEFORE, event.first + AFTER, freq="M")
    counts = event.counts.reindex(about)
    return counts.where(counts >= LEAST)


def estimate_policy_effects(
    months: pd.DataFrame, policies: Iterable[Policy] | None = None
) -> PolicyEffects:
    """Learn what policies do from the months of some markets.

    The season, and how growth varies, are those of the prior that ships.

    Parameters
    ----------
    months : DataFrame
        Columns market, month and registrations, of battery cars.
    policies : iterable of Policy, optional
        By default those that ship.

    Returns
    -------
    PolicyEffects
        Shrunk towards what is believed where few events are seen.

    Examples
    --------
    >>> none = pd.DataFrame({"market": ["Norway"], "month": ["2022-12"], "registrations": [9.0]})
    >>> estimate_policy_effects(none).ends.mean.round(2).tolist() == Effect().mean.tolist()
    True
    """
    dated = events(months, shipped_policies().values() if policies is None else policies)
    shares = [e.policy.price_share for e in dated if e.policy.price_share is not None]
    base = PolicyEffects(usual_share=float(np.median([PolicyEffects.usual_share, *shares])))
    seen = [_Seen(event, Prior.shipped()) for event in dated]
    fits = [(_fitted(seen, "ends", replace(base, hurry=hurry)), hurry) for hurry in HURRY]
    (_, effect), hurry = max(fits, key=lambda fit: fit[0][0])
    base = replace(base, hurry=hurry, ends=effect)
    return replace(base, begins=_fitted(seen, "begins", base)[1])


def without_events(months: pd.DataFrame, effects: PolicyEffects) -> pd.DataFrame:
    """Months as they would be without the policies that ship, so that no season holds them.

    Parameters
    ----------
    months : DataFrame
        Columns market, month and registrations.
    effects : PolicyEffects
        What such policies do; of each event its own months say how much.

    Returns
    -------
    DataFrame
        The same with other registrations about events.
    """
    moved = pd.Series(0.0, index=months.index)
    for event in events(months, shipped_policies().values()):
        seen = _Seen(event, Prior.shipped())
        effect = effects.of(event.policy.kind)
        precision, pull = seen.says(effect, effects)
        spread = np.linalg.inv(np.array(effect.covariance))
        own = np.linalg.solve(precision + spread, pull + spread @ effect.mean)
        rows = months["market"] == event.market
        index = pd.PeriodIndex(months.loc[rows, "month"], freq="M")
        shape = _course(event.policy, effect, index) * effects.sizes(event.policy)
        moved[rows] += shape @ own
    return months.assign(registrations=months["registrations"] / np.exp(moved))


def _course(policy: Policy, shape: Effect, index: pd.PeriodIndex) -> Array:
    """The course of a policy in some months, in any order."""
    return course(months_since(policy.start, _numbers_of(index)), shape)


def _numbers_of(index: pd.PeriodIndex) -> Indices:
    return np.asarray(12 * index.year + index.month - 1)


class _Seen:
    """What an event's months say of rush, fall and what stays, however fast the first two fade.

    Parameters
    ----------
    event : PolicyEvent
        With its months.
    prior : Prior
        For the season and for how growth varies.
    """

    def __init__(self, event: PolicyEvent, prior: Prior) -> None:
        self.market, self.policy = event.market, event.policy
        counts = _window(event).dropna()
        self.months = pd.PeriodIndex(counts.index)
        at = _numbers_of(self.months)
        years = (at - at[-1]) / 12
        within = prior.within_year
        values = np.log(counts.to_numpy(dtype=float)) - np.asarray(within.pattern)[at % 12]
        values = values - prior.level * years
        values = values - values.mean()
        open_to = [np.full((len(years), 1), LEVEL_SD), GROWTH_SD * years[:, None]]
        others = [p for p in event.own if p is not event.policy and p.kind in KINDS]
        open_to += [ANOTHER_SD * _course(policy, BELIEVED, self.months) for policy in others]
        wide = np.hstack(open_to)
        likeliest = -np.inf
        for share, times in within.steadiness:
            covariance = wide @ wide.T + _covariance(at, within, prior, times)
            inverse: Array = np.linalg.inv(covariance)
            square = values @ inverse @ values + np.linalg.slogdet(covariance)[1]
            log_density = np.log(share) - 0.5 * square
            if log_density > likeliest:
                likeliest = log_density
                self.inverse = inverse
        self.pulled = self.inverse @ values

    def says(self, shape: Effect, effects: PolicyEffects) -> tuple[Array, Array]:
        """Precision and pull of the three numbers."""
        design = _course(self.policy, shape, self.months) * effects.sizes(self.policy)
        return design.T @ self.inverse @ design, design.T @ self.pulled


def _fitted(seen: Sequence[_Seen], kind: str, effects: PolicyEffects) -> tuple[float, Effect]:
    """The effect of one kind, and its log likelihood."""
    seen = [event for event in seen if event.policy.kind == kind]
    fits = []
    for rush_kept, fall_kept in product(FADING, FADING):
        shape = replace(BELIEVED, rush_kept=rush_kept, fall_kept=fall_kept)
        fits.append(_over_events([event.says(shape, effects) for event in seen], shape))
    likelihood, effect = max(fits, key=lambda fit: fit[0])
    return likelihood, replace(effect, events=len(seen))


def _covariance(at: Indices, within: WithinYear, prior: Prior, steady: float) -> Array:
    """Of a market's months: its own season, noise, and a random walk."""
    own = sum(share * times**2 for share, times in within.own_seasons) * within.pattern_sd**2
    lag = np.abs(at[:, None] - at[None, :])
    noise = (steady * within.noise_sd) ** 2
    walk = np.minimum.outer(at - at[0], at - at[0]) * prior.shock_sd**2 / 12
    return np.asarray(own * (lag % 12 == 0) + noise * within.noise_ar**lag + walk)


def _over_events(seen: Sequence[tuple[Array, Array]], believed: Effect) -> tuple[float, Effect]:
    """Mean and covariance over events, by expectation-maximisation; with their log likelihood."""
    precision = np.array([precision for precision, _ in seen]).reshape(-1, 3, 3)
    pull = np.array([pull for _, pull in seen]).reshape(-1, 3)
    mean = believed.mean
    before = np.array(believed.covariance)
    covariance = before
    weight = BELIEVED_EVENTS + len(seen)
    for _ in range(ROUNDS):
        spread = np.linalg.inv(covariance)
        known = np.linalg.inv(precision + spread)
        at = np.einsum("eij,ej->ei", known, pull + spread @ mean)
        mean = (BELIEVED_EVENTS * believed.mean + at.sum(axis=0)) / weight
        apart = at - mean
        moved = before + np.outer(believed.mean - mean, believed.mean - mean)
        covariance = (BELIEVED_EVENTS * moved + known.sum(axis=0) + apart.T @ apart) / weight
    rest = pull - precision @ mean
    within = np.linalg.inv(np.linalg.inv(covariance) + precision)
    likelihood = (pull @ mean + rest @ mean).sum() + np.einsum("ei,eij,ej->", rest, within, rest)
    likelihood -= np.linalg.slogdet(np.eye(3) + covariance @ precision)[1].sum()
    numbers = dict(zip(("rush", "fall", "elasticity"), mean.tolist(), strict=True))
    between = tuple(map(tuple, covariance.tolist()))
    return 0.5 * float(likelihood), replace(believed, **numbers, covariance=between)
