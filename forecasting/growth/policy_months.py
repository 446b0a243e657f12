"""What policies do to single months: the rush before a privilege ends, the fall after it, and what
stays.

In the log of a month's flow, on the scale of the seasons, the end of a privilege that is worth a
share p of the price, and was announced n months before, adds

    rush (1 - exp(-n / hurry)) kept^(m - 1)        in the m-th month before it
    -fall kept^m - elasticity worth(p)             m months after it

with ``worth(p) = p / (1 + p / SATURATING_SHARE)``: beyond some part of the price little is added.
What begins does the same with the other sign: buyers wait for it, then come at once. A step has
neither rush nor fall. A blocked trade loses a part of each month, which comes after its end. The
numbers differ from event to event: mean and covariance are learned from the months of other markets
by :mod:`forecasting.panels.policy_effects`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from forecasting.evidence.policies import Policy
from forecasting.vocabulary.periods import DAY, month_number
from forecasting.vocabulary.quantiles import Array, Indices

DAYS_OF_MONTH = 365.25 / 12
DELIVERY = 60  # days from the order of a car to its registration; judgement
SATURATING_SHARE = 0.15
EFFECT = ("effect_percent", "low", "high")
RUSH_SOFTNESS = 0.1  # how near to 0 the softplus of a rush bends
# Judgement, on one trade that was held up: log-odds of the part withheld; how much comes later in a
# month, of what did in the month before; and how much is withheld in a month, of that in the month
# before, as trade finds other ways
WITHHELD = 0.0
WITHHELD_SD = 1.0
GIVEN_BACK = 0.5
STILL_HELD = 0.85


def numbers_of_latent(latent: Array) -> tuple[Array, Array]:
    """Rush, fall and elasticity of latent numbers, and the derivatives by these: shape (..., 3).

    A rush is the softplus of its latent number and never below 0; the others are these themselves.

    >>> numbers, _ = numbers_of_latent(np.array([0.4, -1.0, 3.0]))
    >>> numbers.round(3).tolist()
    [0.402, -1.0, 3.0]
    """
    # It takes longer to load than a params file to read, of which policies are a part
    from scipy.special import expit

    numbers, speed = latent.copy(), np.ones_like(latent)
    ratio = latent[..., 0] / RUSH_SOFTNESS
    numbers[..., 0] = RUSH_SOFTNESS * np.logaddexp(0.0, ratio)
    speed[..., 0] = expit(ratio)
    return numbers, speed


def latent_of_numbers(numbers: Array) -> Array:
    """The latent numbers behind rush, fall and elasticity."""
    latent = numbers.copy()
    latent[..., 0] = RUSH_SOFTNESS * np.log(np.expm1(numbers[..., 0] / RUSH_SOFTNESS))
    return latent


@dataclass(frozen=True)
class Effect:
    """What events of one kind do.

    Parameters
    ----------
    rush, fall, elasticity : float
        Medians over events: in logs the rush in the last month and the fall in the first one, and
        what stays by the privilege's share of the price.
    covariance : tuple of tuple of float
        Between events, of the latent numbers behind the three. A rush is never below 0; fall and
        what stays may change their sign, as they did in many events.
    rush_kept, fall_kept : float
        Part of rush and fall that the month farther from the event has.
    events : int
        How many it was learned from.

    Examples
    --------
    >>> Effect().rush > 0
    True
    """

    rush: float = 0.5
    fall: float = 0.3
    elasticity: float = 3.0
    covariance: tuple[tuple[float, ...], ...] = ((0.3, 0.0, 0.0), (0.0, 0.3, 0.0), (0.0, 0.0, 36.0))
    rush_kept: float = 0.4
    fall_kept: float = 0.4
    events: int = 0

    @property
    def median(self) -> Array:
        """The three medians."""
        return np.array([self.rush, self.fall, self.elasticity])

    @property
    def root(self) -> Array:
        """A root of that covariance."""
        return np.linalg.cholesky(np.array(self.covariance))

    def numbers(self, coordinates: Array) -> Array:
        """The three numbers of events, from standard normal coordinates: shape (draws, 3)."""
        return numbers_of_latent(latent_of_numbers(self.median) + coordinates @ self.root.T)[0]

    def losses(self, coordinates: Array) -> Array:
        """What a privilege's end does compared with no end: the three numbers, none below 0.

        Sales rose after the end of some privileges, but such a rise came from elsewhere: it comes
        with the end and without it, and is no part of the difference between the two.

        >>> Effect().losses(np.array([[0.0, 0.0, 0.0], [0.0, -9.0, -9.0]])).round(3).tolist()
        [[0.5, 0.3, 3.0], [0.5, 0.0, 0.0]]
        """
        return np.maximum(self.numbers(coordinates), 0.0)


@dataclass(frozen=True)
class PolicyEffects:
    """What policies do, by kind.

    Parameters
    ----------
    ends, begins : Effect
        Of a privilege that ends, and of one that begins.
    hurry : float
        Months of notice that two thirds of the rush need.
    usual_share : float
        Part of the price that a privilege is taken to be worth where none was printed.

    Examples
    --------
    >>> PolicyEffects().effect_of("begins") == Effect()
    True
    """

    ends: Effect = field(default_factory=Effect)
    begins: Effect = field(default_factory=Effect)
    hurry: float = 1.0
    usual_share: float = 0.08

    def effect_of(self, kind: str) -> Effect:
        """The effect that policies of a kind have."""
        return self.begins if kind == "begins" else self.ends

    def sizes(self, policy: Policy) -> Array:
        """Factors of a policy on the rush, fall and elasticity of its kind."""
        if policy.kind == "step":
            share = policy.price_share or 0.0
            return np.array([0.0, 0.0, -np.sign(share) * worth(abs(share))])
        share = self.usual_share if policy.price_share is None else policy.price_share
        notice = 1.0
        if policy.announced is not None:
            days = max((policy.start - policy.announced).days, 0)
            notice = -np.expm1(-days / DAYS_OF_MONTH / self.hurry)
        sizes = np.array([notice, 1.0, worth(share)])
        return -sizes if policy.kind == "begins" else sizes


def worth(share: float) -> float:
    """What a part of the price is worth to a buyer: beyond some part little is added.

    >>> worth(0.15)
    0.075
    """
    return share / (1 + share / SATURATING_SHARE)


def numbers_of(first_year: int, months: int) -> Indices:
    """Numbers of months from January of a year on, counted from January of the year 0.

    >>> numbers_of(2023, 2) - 12 * 2023
    array([0, 1])
    """
    return np.arange(12 * first_year, 12 * first_year + months)


def first_month(day: dt.date) -> pd.Period:
    """The first month that lies, for most of its days, after a day."""
    return pd.Period(pd.Timestamp(day) + pd.Timedelta(days=15), freq="M")


def percent_of(logs: Array, labels: Sequence[str]) -> pd.DataFrame:
    """Changes of months in percent: the median and an 80 % interval, one row a month.

    >>> percent_of(np.log([[1.1], [1.2], [1.3]]), ["2024-01"]).round(0).values.tolist()
    [[20.0, 12.0, 28.0]]
    """
    percent = 100 * np.expm1(np.quantile(logs, [0.5, 0.1, 0.9], axis=0))
    return pd.DataFrame(percent.T, [*labels], [*EFFECT])


def months_since(day: dt.date, months: Indices) -> Array:
    """How many months each month's first day lies after a day.

    >>> import datetime as dt
    >>> months_since(dt.date(2023, 2, 15), numbers_of(2023, 3))
    array([-1.5, -0.5,  0.5])
    """
    following = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    part = (day.day - 1) / (following - day.replace(day=1)).days
    return np.asarray(months - month_number(day) - part, dtype=float)


def course(since: Array, effect: Effect, until: Array | None = None) -> Array:
    """Rush, fall and what stays by month, one column each, of an event of size one.

    Parameters
    ----------
    since : ndarray, shape (months,)
        As :func:`months_since` gives it.
    effect : Effect
        For how fast rush and fall fade.
    until : ndarray, shape (months,), optional
        The same of the day after which all is as before.

    Examples
    --------
    >>> course(np.array([-2.0, -1.0, 0.0, 1.0]), Effect())[:, 0].tolist()
    [0.4, 1.0, 0.0, 0.0]
    """
    part_after = np.clip(since + 1, 0.0, 1.0)
    part_in_force = 1.0 if until is None else 1 - np.clip(until + 1, 0.0, 1.0)
    rush = (1 - part_after) * effect.rush_kept ** np.maximum(-since - 1, 0.0)
    fall = part_after * effect.fall_kept ** np.maximum(since, 0.0)
    return np.column_stack([rush, -fall * part_in_force, -part_after * part_in_force])


@dataclass(frozen=True)
class PolicyCourse:
    """What one policy does in some months, given standard normal coordinates.

    Parameters
    ----------
    mean : ndarray, shape (months,)
        Added to the log flow whatever the coordinates.
    shape : ndarray, shape (months, coordinates)
        By how much each of its numbers moves each month.
    effect : Effect, optional
        The effect whose numbers the coordinates stand for; None of a blocked trade, whose
        coordinates are the numbers.
    """

    mean: Array
    shape: Array
    effect: Effect | None

    def parts(self, coordinates: Array) -> Array:
        """Rush, fall and what stays, in logs: shape (draws, months, 3).

        The whole effect of a blocked trade counts as what stays.
        """
        if self.effect is None:
            lasting = self.mean + coordinates @ self.shape.T
            return np.pad(lasting[..., None], ((0, 0), (0, 0), (2, 0)))
        return self.effect.numbers(coordinates)[:, None] * self.shape

    def differences(self, coordinates: Array) -> Array:
        """The same parts as a difference between the months with and without the policy, which is
        never against its sign: see :meth:`Effect.losses`.
        """
        if self.effect is None:
            return self.parts(coordinates)
        return self.effect.losses(coordinates)[:, None] * self.shape

    def slopes(self, coordinates: Array, directions: Array) -> Array:
        """Derivatives along directions of the numbers by which `shape` moves months: shape (draws,
        numbers, directions).
        """
        if self.effect is None:
            return np.repeat(directions[None], len(coordinates), axis=0)
        centre = latent_of_numbers(self.effect.median)
        _, speed = numbers_of_latent(centre + coordinates @ self.effect.root.T)
        return np.asarray(speed[..., None] * (self.effect.root @ directions))


@dataclass(frozen=True)
class Policies:
    """Policies that are known, and what such policies do.

    Parameters
    ----------
    rows : tuple of Policy
        As :func:`pooled` gives them.
    effects : PolicyEffects
        Learned from other markets.

    Examples
    --------
    >>> NO_POLICIES.width, NO_POLICIES.courses(numbers_of(2023, 12))
    (0, [])
    """

    rows: tuple[Policy, ...] = ()
    effects: PolicyEffects = field(default_factory=PolicyEffects)

    def with_draws(self, coordinates: Array) -> list[tuple[Policy, Array]]:
        """Each policy and its own coordinates, of those of all, shape (draws, coordinates)."""
        ends = np.cumsum([_width(row) for row in self.rows])
        return [*zip(self.rows, np.split(coordinates, ends, axis=1), strict=False)]

    @property
    def width(self) -> int:
        """Number of coordinates of all policies."""
        return sum(_width(row) for row in self.rows)

    def courses(self, months: Indices) -> list[PolicyCourse]:
        """What each policy does in some months, numbered as by :func:`numbers_of`."""
        return [self.course_of(row, months) for row in self.rows]

    def course_of(self, row: Policy, months: Indices) -> PolicyCourse:
        """What one policy does in some months, numbered as by :func:`numbers_of`."""
        since, until = _since(row, months)
        if row.kind == "blocked":
            # Linear in the log-odds of the part withheld, by a difference of one spread either way
            mean = _blocked(since, until, WITHHELD)
            upper = _blocked(since, until, WITHHELD + WITHHELD_SD)
            lower = _blocked(since, until, WITHHELD - WITHHELD_SD)
            return PolicyCourse(mean, ((upper - lower) / 2)[:, None], None)
        effect = self.effects.effect_of(row.kind)
        shape = course(since, effect, until) * self.effects.sizes(row)
        return PolicyCourse(np.zeros(len(months)), shape, effect)

    def moves(self, coordinates: Array, months: Indices) -> list[tuple[Policy, Array]]:
        """Each policy, and what it adds to the log flow of each month, by draw; parameters as of
        :meth:`with_draws` and :meth:`courses`.
        """
        return [
            (row, self.course_of(row, months).parts(row_draws).sum(axis=2))
            for row, row_draws in self.with_draws(coordinates)
        ]


def _width(row: Policy) -> int:
    """Number of coordinates of a policy: rush, fall and what stays, or what is withheld."""
    return 1 if row.kind == "blocked" else 3


def _since(row: Policy, months: Indices) -> tuple[Array, Array | None]:
    """How many months each month lies after a policy's start, and after its end."""
    since = months_since(row.start, months)
    if row.end is None or row.kind == "begins":
        return since, None
    return since, months_since(row.end + DAY, months)


def _blocked(since: Array, until: Array | None, log_odds: float) -> Array:
    """What a blocked trade adds to the log flow: a part of each month waits, and comes after the
    end; where the end is not known, a part of what waits comes each month.
    """
    part = 1 / (1 + np.exp(-log_odds))
    part_blocked = np.clip(since + 1, 0.0, 1.0)
    withheld = part * part_blocked * STILL_HELD ** np.maximum(since, 0.0)
    if until is None:
        waiting = np.zeros(len(since) + 1)
        for place, part_withheld in enumerate(withheld):
            waiting[place + 1] = STILL_HELD * waiting[place] + part_withheld
        return np.asarray(np.log1p((1 - STILL_HELD) * waiting[:-1] - withheld))
    part_after = np.clip(until + 1, 0.0, 1.0)
    withheld *= 1 - part_after
    return_shape = part_after * GIVEN_BACK ** np.maximum(until, 0.0)
    late_flow = withheld.sum() * return_shape / max(return_shape.sum(), 1e-9)
    return np.asarray(np.log1p(late_flow - withheld))


NO_POLICIES = Policies()


def pooled(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    """Policies, those of one kind and month as one: their shares of the price add up.

    Where orders decide, the event is moved to when such cars are registered. A step of no known
    size is left out.

    Parameters
    ----------
    policies : iterable of Policy
        Of one market.

    Examples
    --------
    >>> from forecasting.evidence.policies import checked_policies
    >>> tax = {"place": "NO", "kind": "ends", "start": "2023-01-01", "price_share": 0.05}
    >>> both = checked_policies([tax | {"id": "vat"}, tax | {"id": "weight"}])
    >>> [(policy.id, policy.price_share) for policy in pooled(both.values())]
    [('vat, weight', 0.1)]
    """
    policies = [policy for policy in policies if policy.kind != "quota"]
    renewal_days = {policy.start for policy in policies if policy.kind == "begins"}
    by_month: dict[tuple[object, ...], list[Policy]] = {}
    for policy in policies:
        if policy.kind == "step" and not policy.price_share:
            continue
        if policy.end and policy.end + DAY in renewal_days:
            policy = replace(policy, end=None)  # the policy that begins undoes its effect
        if policy.dated_by == "order":
            registration = policy.start + dt.timedelta(days=DELIVERY)
            policy = replace(policy, start=registration, end=None)
        by_month.setdefault((policy.kind, first_month(policy.start)), []).append(policy)
    return tuple(_as_one(rows) for rows in by_month.values())


def _as_one(rows: list[Policy]) -> Policy:
    shares = [row.price_share for row in rows if row.price_share is not None]
    announced = [row.announced for row in rows if row.announced is not None]
    ends = [row.end for row in rows]
    return replace(
        min(rows, key=lambda row: row.start),
        id=", ".join(row.id for row in rows),
        end=None if None in ends else max(end for end in ends if end),
        announced=min(announced, default=None),
        price_share=sum(shares) if shares else None,
    )
