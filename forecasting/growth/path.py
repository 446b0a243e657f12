"""The latent monthly path of one market: unit normal coordinates in, monthly flows out.

The log-odds of a year's share walk as :mod:`forecasting.growth.prior` says; times the size of the
market they are the year's flow, which the within-year pattern lays on its months. Every step but
the last few is linear in the coordinates, so that the path has a cheap exact gradient and facts of
any period can be read off it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.common import Common
from forecasting.growth.prior import RANGE, REFERENCE, Prior
from forecasting.growth.within_year import FOLLOWS_SD, POSITION

__all__ = ["LatentPath", "Start", "from_reference", "shock_scale"]

Array = NDArray[np.float64]

REACH = (RANGE[0] - REFERENCE, RANGE[1] - REFERENCE)  # about the reference of a prior


@dataclass(frozen=True)
class Start:
    """Where the path starts, before any fact.

    Parameters
    ----------
    log_odds, log_odds_sd : float
        Of the share in that year.
    log_size, log_size_sd : float
        Of the path's first year's market.
    log_stock, log_stock_sd : float
        Of what stood when the year ``stood`` began, for stocks.
    year : int, optional
        From which the path walks, on and back: by default its first.
    stood : int, optional
        No stock is told of an earlier year than this: by default the path's first.
    """

    log_odds: float = -5.0
    log_odds_sd: float = 2.5
    log_size: float = 10.0
    log_size_sd: float = 10.0
    log_stock: float = 0.0
    log_stock_sd: float = 1.5
    year: int | None = None
    stood: int | None = None


def shock_scale(prior: Prior, distance: Array) -> Array:
    """Standard deviation of a year's shock, by how far from the reference it starts."""
    return prior.shock_sd * np.exp(prior.shock_slope * distance)


def from_reference(prior: Prior, log_odds: Array) -> Array:
    """How far log-odds lie from the reference of a prior, as far as growth depends on it."""
    # Np.clip takes longer
    return np.minimum(np.maximum(log_odds - prior.reference, REACH[0]), REACH[1])


def _effects(common: Common, years: Sequence[int], parts: Sequence[float]) -> tuple[Array, Array]:
    """Mean and square-root factor of the common effects of the years: known ones apart, later ones
    chained.

    ``parts`` are those of the effects of earlier years, the latest first, that a later one holds.
    """
    n = len(years)
    mean, factor = np.zeros(n), np.zeros((n, n))
    for i, year in enumerate(years):
        if year > common.last_year and i > 0:
            for lag, part in enumerate(parts, 1):
                mean[i] += part * (mean[i - lag] if lag <= i else common.at(year - lag)[0])
                factor[i] += part * factor[i - lag] if lag <= i else 0.0
            factor[i, i] = common.new_sd
        else:
            mean[i], factor[i, i] = common.at(year)
    return mean, factor


class LatentPath:
    """The map from coordinates to flows over some years, linear parts kept as matrices.

    Parameters
    ----------
    prior : Prior
        Growth learned from analogue markets.
    first_year, last_year : int
        The years that facts speak of, and one more.
    start : Start
        Before any fact.
    sizes : mapping of int to (float, float), optional
        Log size of the market, and how well it is known, in the years that are known.
    bases : int
        Number of agencies' offsets.
    drifts : sequence of (int, int)
        Of each offset that drifts, as its agency counts something else, its number and the year of
        its first fact.
    curves : int
        Number of curves that draws may follow.

    Notes ----- Coordinates are unit normal, but for the shocks, whose variance is theirs to be
    drawn, and for lasting pattern, noise and tilt, whose variance goes with the kind of market
    (``kind_share``, ``kind_variance``). They are start, level, slope, stock at the start,
    scrappage; then size, shock, common effect and tilt by year; how far the market follows what all
    months of a year have in common, where that is known; lasting pattern by month of the year;
    noise by month; offsets of bases, and their drift by year. Of several curves, the number of the
    one that a draw follows is a coordinate, too, without variance.

    Examples
    --------
    >>> path = LatentPath(Prior(), 2020, 2023, Start(log_size=11.5, log_size_sd=0.05))
    >>> flows = path.flows(np.zeros((1, path.width)))
    >>> flows.shape, bool((flows > 0).all())
    ((1, 49), True)
    """

    def __init__(
        self,
        prior: Prior,
        first_year: int,
        last_year: int,
        start: Start,
        sizes: Mapping[int, tuple[float, float]] | None = None,
        bases: int = 0,
        drifts: Sequence[tuple[int, int]] = (),
        curves: int = 1,
    ) -> None:
        self.prior, self.start = prior, start
        self.first_year, self.last_year = first_year, last_year
        self.years = n = last_year - first_year + 1
        self.months = 12 * n
        self.begins = 0 if start.year is None else start.year - first_year
        self.stood = first_year if start.stood is None else start.stood
        widths = {
            "start": 1,
            "level": 1,
            "slope": 1,
            "stock": 1,
            "scrappage": 1,
            "size": n,
            "shock": n,
            "common": n,
            "tilt": n,
        }
        self.common_months, self.months_open = prior.within_year.in_years(first_year, n)
        widths |= {
            "follows": int(self.common_months.any()),
            "pattern": 12,
            "noise": self.months,
            "basis": bases,
            "drift": len(drifts) * n,
        }
        widths["curve"] = int(curves > 1)
        edges = np.concatenate([[0], np.cumsum(list(widths.values()))])
        self.at_ = {
            name: slice(int(a), int(b))
            for name, a, b in zip(widths, edges, edges[1:], strict=False)
        }
        self.width = int(edges[-1])
        clock = [self.clock(year) for year in range(first_year, last_year + 1)]
        self.common_effects = _effects(prior.common, clock, prior.common_parts)
        self.sizes, self.bases, self.drifts, self.curves = sizes or {}, bases, tuple(drifts), curves
        self.size_mean, self.size_map = self._sizes(self.sizes)
        self.shape_mean, self.shape_map = self._shape()
        # All that a year's shape depends on
        self.shaped = slice(self.at_["tilt"].start, self.at_["noise"].stop)
        self.kind_share, self.kind_variance = self._kinds()

    def clock(self, year: int) -> int:
        """What common effects go by: the year, or the years since the walk's first where growth
        goes by age.
        """
        return year if self.prior.aging is None else year - self.first_year - self.begins

    def distance(self, log_odds: Array, years: int | NDArray[np.int_]) -> Array:
        """How far from the prior's reference a step of the walk begins: in log-odds, or in the log
        of age.

        Parameters
        ----------
        log_odds : ndarray, shape (..., years), or any for one year
            Where the steps begin.
        years : int or ndarray
            Years in which they begin; the age is that of the year after.
        """
        if self.prior.aging is None:
            return from_reference(self.prior, log_odds)
        age = np.clip(
            np.asarray(years) + 1 - self.first_year - self.begins, 1, self.prior.common.last_year
        )
        return np.broadcast_to(np.log(age) - self.prior.aging, log_odds.shape)

    def reaching(self, last_year: int) -> LatentPath:
        """The same path up to a later year."""
        if last_year <= self.last_year:
            return self
        return LatentPath(
            self.prior, self.first_year, last_year, self.start, self.sizes, self.bases, self.drifts
        )

    def _sizes(self, known: Mapping[int, tuple[float, float]]) -> tuple[Array, Array]:
        """Log size of the market by year: a random walk, tied to the sizes that are known."""
        of_all = self.prior.size
        mean, factor = _effects(
            of_all, range(self.first_year, self.last_year + 1), [of_all.persistence]
        )
        steps = np.diag(factor) ** 2 + self.prior.size_sd**2
        mean[0], steps[0] = self.start.log_size, self.start.log_size_sd**2
        walk = np.tri(self.years)
        mean, covariance = np.cumsum(mean), walk @ (steps[:, None] * walk.T)
        rows = [
            year - self.first_year for year in known if self.first_year <= year <= self.last_year
        ]
        if rows:
            value, sd = np.array([known[row + self.first_year] for row in rows]).T
            gain = np.linalg.solve(
                covariance[np.ix_(rows, rows)] + np.diag(sd**2), covariance[rows]
            ).T
            mean = mean + gain @ (value - mean[rows])
            covariance = covariance - gain @ covariance[rows]
        linear = np.zeros((self.years, self.width))
        linear[:, self.at_["size"]] = np.linalg.cholesky(covariance + 1e-12 * np.eye(self.years))
        return mean, linear

    def _shape(self) -> tuple[Array, Array]:
        """Log of a month against its year, but for the slope that the years' growth gives it."""
        within = self.prior.within_year
        linear = np.zeros((self.months, self.width))
        linear[:, self.at_["noise"]] = np.kron(np.eye(self.years), within.noise_of_year())
        linear[:, self.at_["pattern"]] = within.pattern_sd * np.tile(np.eye(12), (self.years, 1))
        linear[:, self.at_["tilt"]] = within.slope_sd * np.kron(
            np.eye(self.years), POSITION[:, None]
        )
        linear[:, self.at_["follows"]] = FOLLOWS_SD * self.common_months.reshape(-1, 1)
        return (np.asarray(within.pattern) + self.common_months).ravel(), linear

    def _kinds(self) -> tuple[Array, Array]:
        """Kinds of markets: the probability of each, and the variance of every coordinate under it."""
        within = self.prior.within_year
        both = [(a, b) for a in within.own_seasons for b in within.steadiness]
        share = np.array([own[0] * steady[0] for own, steady in both])
        self.kind_noise = np.array([steady[1] for _, steady in both])
        variance = np.ones((len(both), self.width))
        for row, (own, steady) in zip(variance, both, strict=True):
            row[self.at_["pattern"]] = own[1] ** 2
            row[self.at_["tilt"]] = steady[1] ** 2 * self.months_open
            row[self.at_["noise"]] = np.repeat(row[self.at_["tilt"]], 12)
            row[self.at_["curve"]] = 0.0
        return share / share.sum(), variance

    def _walk(self, x: Array) -> tuple[Array, Array]:
        """Log-odds and shocks by year, each of shape (draws, years)."""
        prior, at = self.prior, self.at_
        effect_mean, effect_map = self.common_effects
        level = (
            prior.level
            + prior.level_sd * x[:, at["level"]]
            + effect_mean
            + x[:, at["common"]] @ effect_map.T
        )
        slope = prior.slope + prior.slope_sd * x[:, at["slope"]].ravel()
        z, shocks = np.empty((len(x), self.years)), np.zeros((len(x), self.years))
        z[:, self.begins] = self.start.log_odds + self.start.log_odds_sd * x[:, at["start"]].ravel()
        for here, there in self._steps():
            y, distance = max(here, there), self.distance(z[:, here], self.first_year + here)
            shocks[:, y] = shock_scale(prior, distance) * x[:, at["shock"].start + y]
            echo = sum(part * shocks[:, y - lag] for lag, part in self._echoes(y))
            z[:, there] = z[:, here] + (there - here) * (
                level[:, y] + slope * distance + shocks[:, y] + echo
            )
        return z, shocks

    def _steps(self) -> list[tuple[int, int]]:
        """From which year to which the walk steps: on from where it starts, then back from there."""
        on = [(y - 1, y) for y in range(self.begins + 1, self.years)]
        return on + [(y, y - 1) for y in range(self.begins, 0, -1)]

    def _echoes(self, year: int) -> list[tuple[int, float]]:
        """Lag and part of the earlier shocks that come again in a year: none from before the start."""
        return list(enumerate(self.prior.echo[: max(year - 1 - self.begins, 0)], 1))

    def _walk_gradient(self, x: Array, z: Array, shocks: Array) -> Array:
        """Gradient of the log-odds by year at one point, from what it walks there: shape (years,
        width).
        """
        prior, at = self.prior, self.at_
        distance = self.distance(z, self.first_year + np.arange(self.years))
        scale, slope = (
            shock_scale(prior, distance),
            prior.slope + prior.slope_sd * float(x[at["slope"]].sum()),
        )
        inside = (distance > REACH[0]) & (distance < REACH[1]) & (prior.aging is None)
        gradient, of_shock = np.zeros((self.years, self.width)), np.zeros((self.years, self.width))
        gradient[self.begins, at["start"]] = self.start.log_odds_sd
        for here, there in self._steps():
            y, before = max(here, there), gradient[here] * inside[here]
            of_shock[y] = prior.shock_slope * shocks[y] * before
            of_shock[y, at["shock"].start + y] += scale[here]
            step = slope * before + of_shock[y]
            step[at["level"]] += prior.level_sd
            step[at["slope"]] += prior.slope_sd * distance[here]
            step[at["common"]] += self.common_effects[1][y]
            for lag, part in self._echoes(y):
                step += part * of_shock[y - lag]
            gradient[there] = gradient[here] + (there - here) * step
        return gradient

    def totals(self, x: Array) -> tuple[Array, Array]:
        """Log-odds and log flow by year, each of shape (draws, years)."""
        log_odds, _ = self._walk(x)
        return log_odds, self._log_totals(x, log_odds)

    def _log_totals(self, x: Array, log_odds: Array) -> Array:
        size = self.size_mean + x[:, self.at_["size"]] @ self.size_map[:, self.at_["size"]].T
        return np.asarray(size - np.logaddexp(0.0, -log_odds))

    def offset(self, basis: int) -> Array:
        """Map from coordinates to the log offset of an agency's counts, by year: shape (years,
        width).

        Constant, but for what drifts: then a random walk by year, from the year of its first fact.
        """
        linear = np.zeros((self.years, self.width))
        linear[:, self.at_["basis"].start + basis] = self.prior.basis_sd
        for number, (drifting, since) in enumerate(self.drifts):
            if drifting == basis:
                year = np.arange(self.years) - (since - self.first_year)
                walked = (year[:, None] >= year) & (year > 0) | (year[:, None] <= year) & (year < 0)
                start = self.at_["drift"].start + number * self.years
                linear[:, start : start + self.years] = self.prior.basis_drift * walked
        return linear

    def start_of_flow(self) -> Start:
        """A start for paths that speak of the flow itself: its scale as far as market and share
        tell, spread wide.
        """
        known = self.start
        return replace(
            known,
            log_size=known.log_size + known.log_odds,
            log_size_sd=float(np.hypot(4.0, known.log_size_sd)),
        )

    def totals_gradient(self, x: Array) -> tuple[Array, Array]:
        """Log flow by year at one point, and its gradient: shapes (years,) and (years, width)."""
        log_odds, shocks = self._walk(x[None, :])
        unsaturated = 1 / (1 + np.exp(log_odds[0]))
        gradient = self.size_map + unsaturated[:, None] * self._walk_gradient(
            x, log_odds[0], shocks[0]
        )
        return self._log_totals(x[None, :], log_odds)[0], gradient

    def slopes(self, log_totals: Array) -> Array:
        """Slope within each year that the growth over the year before and of the next gives it.

        A missing neighbour's growth is taken to be the other's; what lies before the start tells
        nothing after it.
        """
        within = self.prior.within_year
        growth = np.diff(log_totals, axis=-1)
        if not growth.shape[-1]:
            return np.zeros_like(log_totals)
        before = np.concatenate([growth[..., :1], growth], axis=-1)
        before[..., self.begins] = growth[..., self.begins]
        after = np.concatenate([growth, growth[..., -1:]], axis=-1)
        return np.asarray(within.slope_on_growth * before + within.slope_on_next * after)

    def laid_on_months(self, log_totals: Array, shape: Array) -> Array:
        """Each year's total on its months.

        Parameters
        ----------
        log_totals : ndarray, shape (draws, years)
            Log flow by year.
        shape : ndarray, shape (draws, months)
            Log of a month against its year, the slope from growth left out.
        """
        years = log_totals.shape[-1]
        tilted = (
            shape.reshape(*shape.shape[:-1], years, 12)
            + self.slopes(log_totals)[..., None] * POSITION
        )
        most = tilted[..., 0]
        for k in range(1, 12):  # in a fifth of the time that a maximum over so short an axis takes
            most = np.maximum(most, tilted[..., k])
        part = np.exp(tilted - most[..., None])
        flows = np.exp(log_totals)[..., None] * part / part.sum(axis=-1, keepdims=True)
        return np.asarray(flows.reshape(*shape.shape))

    def flows(self, x: Array) -> Array:
        """Monthly flows, with what stood at the start as the last entry: shape (draws, months + 1)."""
        return self._laid_out(x, self.totals(x)[1])

    def _laid_out(self, x: Array, log_totals: Array) -> Array:
        shape = self.shape_mean + x[:, self.shaped] @ self.shape_map[:, self.shaped].T
        monthly = self.laid_on_months(log_totals, shape)
        stock = np.exp(self.start.log_stock + self.start.log_stock_sd * x[:, self.at_["stock"]])
        return np.concatenate([monthly, stock], axis=1)

    def gradient(self, x: Array) -> tuple[Array, Array]:
        """Flows at one point and the gradient of their logs, shapes (months + 1,) and (months + 1,
        width).
        """
        log_totals, d_totals = self.totals_gradient(x)
        d_slopes = self.slopes(d_totals.T).T
        flows = self._laid_out(x[None, :], log_totals[None, :])[0]
        part = flows[:-1].reshape(self.years, 12) / np.exp(log_totals)[:, None]
        gradient = np.zeros((self.months + 1, self.width))
        # Changed in place: it is large
        by_month = gradient[:-1].reshape(self.years, 12, self.width)
        np.multiply(POSITION[None, :, None], d_slopes[:, None, :], out=by_month)
        by_month += self.shape_map.reshape(by_month.shape)
        by_month -= np.einsum("yk,ykd->yd", part, by_month)[:, None, :]
        by_month += d_totals[:, None, :]
        gradient[-1, self.at_["stock"]] = self.start.log_stock_sd
        return flows, gradient
