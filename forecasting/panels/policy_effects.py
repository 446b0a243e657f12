"""What the ends and beginnings of privileges do, learned from the months of other markets.

About an event the log of a month's flow is taken to be the sum of a line, a random walk, the common
season, a season of the market's own, noise, and the event's rush, fall and lasting step. All but
these three are integrated out, market by market. A rush has one sign, as the softplus of a normal
number: medians and covariance over events follow by expectation-maximisation, and how fast rush and
fall fade from a grid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from forecasting.evidence.policies import BATTERY_CARS, Policy, shipped_policies
from forecasting.growth.policy_months import (
    Effect,
    PolicyEffects,
    course,
    first_month,
    latent_of_numbers,
    months_since,
    numbers_of_latent,
    pooled,
)
from forecasting.growth.prior import Prior, WithinYear
from forecasting.vocabulary.places import find_place
from forecasting.vocabulary.quantiles import Array, Indices

EVENT_KINDS = ("ends", "begins")
MONTHS_BEFORE = 30  # months about an event that are used
MONTHS_AFTER = 14
MIN_MONTHS = 18  # of those, with a count
MIN_MONTHS_BEFORE = 12
MIN_COUNT = 20  # vehicles; months with fewer are left out
ANOTHER_SD = 0.7  # of rush, fall and step of another event within those months
# The effect before any event is read, with the weight of so many events
PRIOR_EFFECT = Effect()
PRIOR_EVENTS = 8.0
# Values to choose from for `rush_kept` and `fall_kept`, and for `hurry`
FADING = (0.2, 0.35, 0.5, 0.65)
HURRY = (0.5, 1.0, 2.0)
EFFECT_ROUNDS = 30
MODE_STEPS = 12
# Spread of the level of a market's months, and of its growth a year about the usual
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
    market_policies : tuple of Policy
        All policies of the market, this one among them.
    """

    market: str
    policy: Policy
    counts: pd.Series
    market_policies: tuple[Policy, ...]

    @property
    def start_month(self) -> pd.Period:
        """The first month that lies, for most of its days, after the start."""
        return first_month(self.policy.start)


def events(
    months: pd.DataFrame, policies: Iterable[Policy], kinds: Sequence[str] = EVENT_KINDS
) -> list[PolicyEvent]:
    """Dated events of the markets of a table of months.

    Policies that are dated by orders, or that do not concern all battery cars, are left out, and
    those about which the market has too few months of its own.

    Parameters
    ----------
    months : DataFrame
        Columns market, month and registrations, of battery cars.
    policies : iterable of Policy
        Of any markets.
    kinds : sequence of str
        Which kinds.
    """
    relevant = [*filter(_moves_registrations, policies)]
    result = []
    for market, rows in months.groupby("market", sort=True):
        place = find_place(str(market))
        market_policies = pooled(policy for policy in relevant if policy.place == place)
        index = pd.PeriodIndex(rows["month"], freq="M")
        counts = rows.set_index(index)["registrations"].sort_index()
        candidates = [
            PolicyEvent(str(market), policy, counts, market_policies) for policy in market_policies
        ]
        result += [
            event for event in candidates if event.policy.kind in kinds and _has_months(event)
        ]
    return result


def _moves_registrations(policy: Policy) -> bool:
    """Whether a policy moves the registrations of all battery cars, by the day of registration."""
    of_registrations = policy.measure in ("ev_registrations", "")
    of_battery_cars = policy.vehicles in BATTERY_CARS
    return of_registrations and of_battery_cars and policy.dated_by != "order"


def _has_months(event: PolicyEvent) -> bool:
    """Whether enough months are counted, and each on its own: three equal ones are thirds of a
    quarter.
    """
    window = _window(event)
    adjacent = window.loc[event.start_month - 4 : event.start_month + 3]
    three_equal = (adjacent.diff() == 0) & (adjacent.shift().diff() == 0)
    history = window.loc[: event.start_month - 1]
    enough = window.count() >= MIN_MONTHS and history.count() >= MIN_MONTHS_BEFORE
    return bool(enough and adjacent.count() >= 4 and not three_equal.any())


def _window(event: PolicyEvent) -> pd.Series:
    span = pd.period_range(
        event.start_month - MONTHS_BEFORE, event.start_month + MONTHS_AFTER, freq="M"
    )
    counts = event.counts.reindex(span)
    return counts.where(counts >= MIN_COUNT)


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
        Shrunk towards the default where few events are seen.

    Examples
    --------
    >>> none = pd.DataFrame({"market": ["Norway"], "month": ["2022-12"], "registrations": [9.0]})
    >>> estimate_policy_effects(none).ends.events, estimate_policy_effects(none).begins.events
    (0, 0)
    """
    market_events = events(months, shipped_policies().values() if policies is None else policies)
    shares = [e.policy.price_share for e in market_events if e.policy.price_share is not None]
    base = PolicyEffects(usual_share=float(np.median([PolicyEffects.usual_share, *shares])))
    evidence = [_EventEvidence(event, Prior.shipped()) for event in market_events]
    fits = [(_fit(evidence, "ends", replace(base, hurry=hurry)), hurry) for hurry in HURRY]
    (_, effect), hurry = max(fits, key=lambda fit: fit[0][0])
    base = replace(base, hurry=hurry, ends=effect)
    return replace(base, begins=_fit(evidence, "begins", base)[1])


def without_events(months: pd.DataFrame, effects: PolicyEffects) -> pd.DataFrame:
    """Months as they would be without the policies that ship, so that no season holds them.

    Parameters
    ----------
    months : DataFrame
        Columns market, month and registrations.
    effects : PolicyEffects
        What such policies do in general; each event's own months say how much it did.

    Returns
    -------
    DataFrame
        The same with other registrations about events.
    """
    log_effect = pd.Series(0.0, index=months.index)
    for event in events(months, shipped_policies().values()):
        evidence = _EventEvidence(event, Prior.shipped())
        effect = effects.effect_of(event.policy.kind)
        mean = latent_of_numbers(effect.median)
        event_evidence = [evidence.precision_and_pull(effect, effects)]
        latent, _, _ = _modes(event_evidence, mean, np.array(effect.covariance), mean[None])
        rows = months["market"] == event.market
        index = pd.PeriodIndex(months.loc[rows, "month"], freq="M")
        shape = _course(event.policy, effect, index) * effects.sizes(event.policy)
        log_effect[rows] += shape @ numbers_of_latent(latent[0])[0]
    return months.assign(registrations=months["registrations"] / np.exp(log_effect))


def _course(policy: Policy, shape: Effect, index: pd.PeriodIndex) -> Array:
    """The course of a policy in some months, in any order."""
    return course(months_since(policy.start, _numbers_of(index)), shape)


def _numbers_of(index: pd.PeriodIndex) -> Indices:
    return np.asarray(12 * index.year + index.month - 1)


class _EventEvidence:
    """What an event's months say of its rush, fall and lasting step.

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
        month = _numbers_of(self.months)
        years = (month - month[-1]) / 12
        within_year = prior.within_year
        values = np.log(counts.to_numpy(dtype=float)) - np.asarray(within_year.pattern)[month % 12]
        values = values - prior.level * years
        values = values - values.mean()
        columns = [np.full((len(years), 1), LEVEL_SD), GROWTH_SD * years[:, None]]
        other_policies = [
            p for p in event.market_policies if p is not event.policy and p.kind in EVENT_KINDS
        ]
        columns += [
            ANOTHER_SD * _course(policy, PRIOR_EFFECT, self.months) for policy in other_policies
        ]
        root = np.hstack(columns)  # of the covariance of level, growth and other events
        best_density = -np.inf
        for share, times in within_year.steadiness:
            covariance = root @ root.T + _covariance(month, within_year, prior, times)
            inverse: Array = np.linalg.inv(covariance)
            square = values @ inverse @ values + np.linalg.slogdet(covariance)[1]
            log_density = np.log(share) - 0.5 * square
            if log_density > best_density:
                best_density = log_density
                self.inverse = inverse
        self.pull = self.inverse @ values

    def precision_and_pull(self, shape: Effect, effects: PolicyEffects) -> tuple[Array, Array]:
        """Precision and pull of the three numbers, where rush and fall fade as in a shape."""
        design = _course(self.policy, shape, self.months) * effects.sizes(self.policy)
        return design.T @ self.inverse @ design, design.T @ self.pull


def _fit(
    evidence: Sequence[_EventEvidence], kind: str, effects: PolicyEffects
) -> tuple[float, Effect]:
    """The log likelihood of the best effect of one kind, and the effect."""
    evidence = [event for event in evidence if event.policy.kind == kind]
    fits = []
    for rush_kept, fall_kept in product(FADING, FADING):
        shape = replace(PRIOR_EFFECT, rush_kept=rush_kept, fall_kept=fall_kept)
        parts = [event.precision_and_pull(shape, effects) for event in evidence]
        fits.append(_over_events(parts, shape))
    likelihood, effect = max(fits, key=lambda fit: fit[0])
    return likelihood, replace(effect, events=len(evidence))


def _covariance(month: Indices, within_year: WithinYear, prior: Prior, noise_times: float) -> Array:
    """Covariance of a market's months: its own season, noise, and a random walk."""
    season_variance = (
        sum(share * times**2 for share, times in within_year.own_seasons)
        * within_year.pattern_sd**2
    )
    lag = np.abs(month[:, None] - month[None, :])
    noise = (noise_times * within_year.noise_sd) ** 2
    walk = np.minimum.outer(month - month[0], month - month[0]) * prior.shock_sd**2 / 12
    return np.asarray(season_variance * (lag % 12 == 0) + noise * within_year.noise_ar**lag + walk)


def _over_events(
    evidence: Sequence[tuple[Array, Array]], prior_effect: Effect
) -> tuple[float, Effect]:
    """Medians and covariance over events, by expectation-maximisation, each event's latent numbers
    taken as normal about their mode; with their log likelihood.
    """
    if not evidence:
        return 0.0, prior_effect
    prior_mean = latent_of_numbers(prior_effect.median)
    prior_covariance = np.array(prior_effect.covariance)
    mean = prior_mean
    covariance = prior_covariance
    total_weight = PRIOR_EVENTS + len(evidence)
    latent = np.tile(mean, (len(evidence), 1))
    for _ in range(EFFECT_ROUNDS):
        latent, event_covariance, log_density = _modes(evidence, mean, covariance, latent)
        mean = (PRIOR_EVENTS * prior_mean + latent.sum(axis=0)) / total_weight
        departure = latent - mean
        prior_scatter = prior_covariance + np.outer(prior_mean - mean, prior_mean - mean)
        scatter = event_covariance.sum(axis=0) + departure.T @ departure
        covariance = (PRIOR_EVENTS * prior_scatter + scatter) / total_weight
    numbers = dict(
        zip(("rush", "fall", "elasticity"), numbers_of_latent(mean)[0].tolist(), strict=True)
    )
    covariance_rows = tuple(map(tuple, covariance.tolist()))
    return log_density, replace(prior_effect, **numbers, covariance=covariance_rows)


def _modes(
    evidence: Sequence[tuple[Array, Array]], mean: Array, covariance: Array, latent: Array
) -> tuple[Array, Array, float]:
    """Latent numbers of each event at their mode, the covariance about it, and the log density of
    all events. By Gauss-Newton steps, as the log likelihood is quadratic in the numbers.
    """
    precision = np.array([precision for precision, _ in evidence])
    pull = np.array([pull for _, pull in evidence])
    prior_precision = np.linalg.inv(covariance)
    for _ in range(MODE_STEPS):
        numbers, speed = numbers_of_latent(latent)
        residual_pull = pull - np.einsum("eij,ej->ei", precision, numbers)
        gradient = speed * residual_pull - (latent - mean) @ prior_precision
        information = speed[:, :, None] * precision * speed[:, None, :] + prior_precision
        step = np.linalg.solve(information, gradient[..., None])[..., 0]
        latent = latent + step
    departure = latent - mean
    square = np.einsum("ei,ij,ej->e", departure, prior_precision, departure)
    fit = (numbers * (pull + residual_pull)).sum(axis=1) - square
    volume = np.linalg.slogdet(information)[1] + np.linalg.slogdet(covariance)[1]
    return latent, np.linalg.inv(information), 0.5 * float((fit - volume).sum())
