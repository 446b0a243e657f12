"""Growth curves as declarations: parameter names, bounds, cumulative share, and its derivatives;
and when a series was observed, and what a curve shows then.

A curve is ``N(t) = m * G(t)`` with ``t`` the time since launch; ``m`` is linear and is the ceiling,
except for the exponential, which has none (there it is the level at launch). Each curve also says
which parameters put the share ``reached`` at a given time and take ``takeover`` (the time from 10
to 90 % of the ceiling): starting values and priors speak of these two quantities, which mean the
same for every curve, or nearly.

>>> sorted(CURVES)
['bass', 'exponential', 'gompertz', 'logistic', 'richards', 'shifted_gompertz', 'weibull']
>>> find_curve("bass").parameters
('m', 'p', 'q')
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit, log_expit

from forecasting.vocabulary.errors import ModelError
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.quantiles import Array, Indices

Arrays = tuple[Array, ...]
POSITIVE = (0.0, np.inf)
REAL = (-np.inf, np.inf)
LOG_81 = np.log(81.0)  # a logistic curve goes from 10 to 90 % in log(81) / b
GOMPERTZ_SPAN = np.log(np.log(10.0)) - np.log(-np.log(0.9))


@dataclass(frozen=True)
class Curve:
    """One growth curve.

    Parameters
    ----------
    name : str
        The word that selects it.
    formula : str
        The cumulative share ``G(t)``.
    names : tuple of str
        Shape parameters, in order; the scale ``m`` comes before them.
    bounds : tuple of (float, float)
        Open bounds of the shape parameters.
    tangent : callable
        ``tangent(t, *shape)``: the share and its derivatives by each shape parameter, broadcasting.
    locate : callable
        ``locate(reached, takeover, skew, end)``: shape parameters of the curve that has the share
        ``reached`` at time ``end``; ``skew`` is the third parameter where there is one. NaN where
        no such curve exists.
    skewed : bool
        Whether ``locate`` uses ``skew``.
    ceiling : bool
        Whether ``m`` is a ceiling.

    Examples
    --------
    >>> bass = CURVES["bass"]
    >>> float(round(bass.share(np.array(10.0), 0.03, 0.38), 4))
    0.8128
    """

    name: str
    formula: str
    names: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]
    tangent: Callable[..., Arrays]
    locate: Callable[..., Arrays]
    skewed: bool = False
    ceiling: bool = True

    def share(self, t: Any, *shape: Any) -> Array:
        """Cumulative share ``G(t)`` at times since launch, broadcasting."""
        return self.tangent(t, *shape)[0]

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameters, the scale first."""
        return ("m", *self.names)

    @property
    def domain(self) -> dict[str, tuple[float, float]]:
        """Range of each parameter; a ceiling is above zero."""
        scale = POSITIVE if self.ceiling else REAL
        return {"m": scale, **dict(zip(self.names, self.bounds, strict=True))}


def _exponential(t: Array, b: Array) -> Arrays:
    share = np.exp(b * t)
    return share, t * share


def _exponential_locate(reached: Array, takeover: Array, skew: Array, end: float) -> Arrays:
    """It grows, or declines, as the flow of the logistic curve does at ``end``."""
    return (LOG_81 / takeover * (1 - 2 * reached),)


def _logistic(t: Array, a: Array, b: Array) -> Arrays:
    share = expit(b * t - a)
    slope = share * (1 - share)
    return share, -slope, t * slope


def _logistic_locate(reached: Array, takeover: Array, skew: Array, end: float) -> Arrays:
    speed = LOG_81 / takeover
    return speed * end - np.log(reached / (1 - reached)), speed


def _gompertz(t: Array, a: Array, b: Array) -> Arrays:
    decay = np.exp(-b * t)
    share = np.exp(-a * decay)
    slope = share * decay
    return share, -slope, t * (a * slope)


def _gompertz_locate(reached: Array, takeover: Array, skew: Array, end: float) -> Arrays:
    speed = GOMPERTZ_SPAN / takeover
    return -np.log(reached) * np.exp(speed * end), speed


def _bass(t: Array, p: Array, q: Array) -> Arrays:
    rate = p + q
    decay = np.exp(-rate * t)
    rise = 1 - decay
    inverse = 1 / (p + q * decay)
    decay *= inverse * inverse
    by_decay = (p * rate) * t  # both derivatives have this part, from that of the decay
    return p * (rise * inverse), (by_decay + q * rise) * decay, (by_decay - p * rise) * decay


def _bass_locate(reached: Array, takeover: Array, skew: Array, end: float) -> Arrays:
    rate = LOG_81 / takeover
    ratio = (-np.expm1(-rate * end) / reached - 1) * np.exp(rate * end)  # q / p
    ratio = np.where(ratio > 0, ratio, np.nan)
    return rate / (1 + ratio), rate * ratio / (1 + ratio)


def _richards(t: Array, a: Array, b: Array, c: Array) -> Arrays:
    log_base = log_expit(b * t - a)
    share = np.exp(log_base / c)
    slope = share * (1 - np.exp(log_base)) / c
    return share, -slope, t * slope, -share * log_base / (c * c)


def _richards_locate(reached: Array, takeover: Array, skew: Array, end: float) -> Arrays:
    speed = (_log_odds(0.9, skew) - _log_odds(0.1, skew)) / takeover
    return speed * end - _log_odds(reached, skew), speed, skew


def _log_odds(reached: Any, skew: Array) -> Array:
    """``b t - a`` where a Richards curve reaches a share."""
    return np.asarray(-np.log(np.expm1(-skew * np.log(reached))))


def _weibull(t: Array, a: Array, b: Array) -> Arrays:
    power = (t / a) ** b
    slope = power * np.exp(-power)
    return -np.expm1(-power), -slope * b / a, slope * np.log(np.maximum(t / a, 1e-300))


def _weibull_locate(reached: Array, takeover: Array, skew: Array, end: float) -> Arrays:
    """At first the curve is a power of time, so that its own 10-90 % time says little of an early
    market: ``takeover`` is that of the logistic curve whose log-odds rise as fast at ``end``.
    """
    power = -np.log1p(-reached)
    speed = LOG_81 / takeover * end * reached / power
    return end / power ** (1 / speed), speed


def _shifted_gompertz(t: Array, a: Array, b: Array, c: Array) -> Arrays:
    decay = np.exp(-b * t)
    # By its log: a tiny a with a huge c would lose all digits
    log_base = np.log1p(a * decay)
    base = 1 + a * decay
    power = np.exp(-c * log_base)
    share = -np.expm1(-b * t) * power
    return (
        share,
        -share * c * decay / base,
        t * decay * (power + share * c * a / base),
        -share * log_base,
    )


def _shifted_gompertz_locate(reached: Array, takeover: Array, skew: Array, end: float) -> Arrays:
    speed = LOG_81 / takeover
    ratio = np.expm1(np.log(-np.expm1(-speed * end) / reached) / skew) * np.exp(speed * end)
    return np.where(ratio > 0, ratio, np.nan), speed, skew


CURVES: dict[str, Curve] = {
    curve.name: curve
    for curve in (
        Curve(
            "exponential", "exp(b t)", ("b",), (REAL,),
            _exponential, _exponential_locate, ceiling=False,
        ),
        Curve(
            "logistic", "1 / (1 + exp(a - b t))", ("a", "b"), (REAL, POSITIVE),
            _logistic, _logistic_locate,
        ),
        Curve(
            "gompertz", "exp(-a exp(-b t))", ("a", "b"), (POSITIVE, POSITIVE),
            _gompertz, _gompertz_locate,
        ),
        Curve(
            "bass", "(1 - exp(-(p + q) t)) / (1 + q / p exp(-(p + q) t))",
            ("p", "q"), (POSITIVE, POSITIVE), _bass, _bass_locate,
        ),
        Curve(
            "richards", "(1 + exp(a - b t)) ** (-1 / c)",
            ("a", "b", "c"), (REAL, POSITIVE, POSITIVE), _richards, _richards_locate, skewed=True,
        ),
        Curve(
            "weibull", "1 - exp(-(t / a) ** b)", ("a", "b"), (POSITIVE, POSITIVE),
            _weibull, _weibull_locate,
        ),
        Curve(
            "shifted_gompertz", "(1 - exp(-b t)) (1 + a exp(-b t)) ** -c",
            ("a", "b", "c"), (POSITIVE,) * 3,
            _shifted_gompertz, _shifted_gompertz_locate, skewed=True,
        ),
    )
}  # fmt: skip


def find_curve(curve: str | Curve) -> Curve:
    """The curve of that name.

    Raises
    ------
    ModelError
        For a name that no curve has, with the nearest one.

    Examples
    --------
    >>> find_curve("gompertz").formula
    'exp(-a exp(-b t))'
    """
    if isinstance(curve, Curve):
        return curve
    word = str(curve).lower().replace(" ", "_").replace("-", "_")
    if word not in CURVES:
        hint = did_you_mean(word, CURVES, f"one of {', '.join(CURVES)}")
        raise ModelError(f"curve {curve!r} is unknown; {hint}")
    return CURVES[word]


@dataclass(frozen=True)
class Sampling:
    """Observation times since launch.

    Parameters
    ----------
    ends : ndarray (periods,)
        Ends of the periods of a flow; times of a stock.
    starts : ndarray (periods,) or None
        Starts of the periods of a flow; None for a stock.

    Examples
    --------
    >>> Sampling.regular(3).observe(np.array([0.0, 1.0, 4.0, 9.0]))
    array([1., 3., 5.])
    """

    ends: Array
    starts: Array | None = None
    times: Array = field(init=False)
    places: list[Indices] = field(init=False)

    def __post_init__(self) -> None:
        edges = self.ends
        if self.starts is not None:
            edges = np.concatenate([self.ends, self.starts])
        times, places = np.unique(edges, return_inverse=True)  # periods in a row share edges
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "places", np.split(places, len(edges) // len(self.ends)))

    @classmethod
    def regular(cls, periods: int) -> Sampling:
        """Flows of periods of length one, the first one from launch on."""
        edges = np.arange(periods + 1.0)
        return cls(edges[1:], edges[:-1])

    @property
    def window(self) -> float:
        """Time seen, from the start of the first period to the end of the last one."""
        return float(self.times[-1] - self.times[0]) or float(self.ends[-1]) or 1.0

    def observe(self, values: Array) -> Array:
        """Flows or levels, from values of a cumulative curve at ``times`` (the first axis)."""
        if self.starts is None:
            return values[self.places[0]]
        end, start = self.places
        return values[end] - values[start]

    def design(self, curve: Curve, shape: Array) -> Array:
        """What a curve with ``m = 1`` shows, (periods, series), for shape parameters (parameters,
        series).
        """
        return self.observe(curve.share(self.times[:, None], *shape))

    def fitted(self, curve: Curve, params: Array) -> Array:
        """What a curve shows, (periods, series), for parameters (parameters, series), ``m``
        first.
        """
        with np.errstate(all="ignore"):
            return np.asarray(params[0] * self.design(curve, params[1:]))

    def tangent(self, curve: Curve, shape: Array) -> tuple[Array, list[Array]]:
        """The design, and its derivatives by each shape parameter, each (periods, series)."""
        share, *slopes = curve.tangent(self.times[:, None], *shape)
        return self.observe(share), [self.observe(slope) for slope in slopes]
