"""The observations of a monthly flow as arrays: contrasts of logs, their slopes, their noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from forecasting.evidence.observation import WRONG, Observation
from forecasting.growth.mixtures import Mixtures
from forecasting.growth.path import LatentPath, PathTangents
from forecasting.vocabulary.periods import Period, month_number
from forecasting.vocabulary.quantiles import Array, Flags, Indices

# Share of a register that leaves it in a year; judgement, 0.01 to 0.08
SCRAPPAGE = 0.04
SCRAPPAGE_SD = 0.02
NO_NOISE = Mixtures(*np.zeros((3, 0, 1 + len(WRONG))))


@dataclass(frozen=True)
class Contrasts:
    """The observations as arrays, one row each.

    Parameters
    ----------
    months : ndarray of int
        The path's months that the facts speak of; after its last, years of the market.
    numerator, denominator : ndarray, shape (facts, months)
        Weights over them.
    constant : ndarray, shape (facts,)
        Added to the denominator.
    aged : ndarray, shape (facts, months)
        Of stocks, weights times years on the register: how much a higher scrappage takes away.
    offsets, base_offsets : ndarray, shape (facts, width)
        What the agencies' offsets add to the contrast, by coordinate; and to the denominator alone,
        where a constant in the agency's own counts is added to that.
    scrappage : slice
        The coordinate of scrappage.
    value : ndarray, shape (facts,)
        What each fact says its contrast of logs is.
    noise : Mixtures
        A row each.
    exact : ndarray of bool, shape (facts,)
        Which facts are numbers, with one narrow component, not bounds.
    years : int
        Of the path.
    """

    months: Indices
    numerator: Array
    denominator: Array
    constant: Array
    aged: Array
    offsets: Array
    base_offsets: Array
    scrappage: slice
    value: Array
    noise: Mixtures
    exact: Flags
    years: int

    def decided(self, row: int, right: bool) -> Contrasts:
        """The same with one number decided to be right, or wrong."""
        weight = self.noise.weight.copy()
        split = weight.shape[1] - len(WRONG)
        excluded = slice(split, None) if right else slice(0, split)
        weight[row, excluded] = 0.0
        return replace(self, noise=replace(self.noise, weight=weight))

    def doubt(self, contrasts: Array, spread: Array | float = 0.0) -> Array:
        """Probability that each fact is wrong, given its contrast or what is expected of it."""
        return self.noise.doubt(contrasts - self.value, spread)

    def subset(self, rows: Indices) -> Contrasts:
        """Some of the facts."""
        of_all = ("months", "scrappage", "noise", "years")
        names = [field.name for field in fields(self) if field.name not in of_all]
        tables = {name: getattr(self, name)[rows] for name in names}
        return replace(self, noise=self.noise.rows(rows), **tables)

    def _sums(self, flows: Array, x: Array) -> tuple[Array, Array, Array, Array]:
        """Numerators, denominators, the contrasts, and mean years on the register of a stock."""
        top = np.maximum(flows @ self.numerator.T, 1e-300)
        bottom = np.maximum(flows @ self.denominator.T + self._constant(x), 1e-300)
        contrasts = np.log(top) - np.log(bottom) + x @ self.offsets.T
        age = np.zeros_like(top)
        if self.aged.any():
            age = flows @ self.aged.T / top
            contrasts -= SCRAPPAGE_SD * x[:, self.scrappage] * age
        return top, bottom, contrasts, age

    def at(self, log_flows: Array, x: Array) -> Array:
        """The contrasts of logs, shape (draws, facts).

        Parameters
        ----------
        log_flows : ndarray, shape (draws, months + years)
            As :meth:`LatentPath.log_flows` gives them.
        x : ndarray, shape (draws, width)
            Coordinates.
        """
        return self._sums(np.exp(log_flows[:, self.months]), x)[2]

    def tangents(self, tangents: PathTangents, x: Array, directions: Array) -> tuple[Array, Array]:
        """The contrasts, shape (draws, facts), and derivatives: (draws, facts, directions).

        Parameters
        ----------
        tangents : PathTangents
            As :meth:`LatentPath.tangents` gives them.
        x, directions : ndarray
            As it takes them.
        """
        flows = np.exp(tangents.log_flows[:, self.months])
        top, bottom, contrasts, age = self._sums(flows, x)
        scrapped = SCRAPPAGE_SD * x[:, self.scrappage]
        factors = np.stack([(1 + scrapped * age) / top, -1 / bottom, -scrapped / top])
        factors = factors.astype(directions.dtype)
        of_offsets = (self.offsets @ directions).astype(directions.dtype)
        slopes = np.repeat(of_offsets[None], len(x), axis=0)
        if self.aged.any():
            slopes -= SCRAPPAGE_SD * age[:, :, None] * directions[self.scrappage]
        if self.base_offsets.any():
            slopes += (self._constant(x) / bottom)[:, :, None] * (self.base_offsets @ directions)
        for year, (rows, months, place, tables) in enumerate(self._by_year):
            parts = [
                f[:, rows, None] * table
                for f, table in zip(factors, tables, strict=True)
                if table.any()
            ]
            # A fact of a year weighs its twelve months, and behind them the year's market
            weights = np.zeros((len(x), len(rows), 13), dtype=directions.dtype)
            weights[:, :, place] = sum(parts) * flows[:, None, months]
            slopes[:, rows] += tangents.weighted(year, weights)
        return contrasts, slopes

    @cached_property
    def _by_year(self) -> list[tuple[Indices, Indices, Indices, list[Array]]]:
        """Of each year the facts that speak of it, its months among `months`, which of the twelve
        these are (the year's market is the thirteenth), and what the tables hold of them.
        """
        year, place = self.months // 12, self.months % 12
        market = self.months >= 12 * self.years
        year[market], place[market] = self.months[market] - 12 * self.years, 12
        tables = (self.numerator, self.denominator, self.aged)
        spoken = np.any([table != 0 for table in tables], axis=0)
        result = []
        for number in range(self.years):
            months = np.flatnonzero(year == number)
            rows = np.flatnonzero(spoken[:, months].any(axis=1))
            of_year = [table[np.ix_(rows, months)] for table in tables]
            result.append((rows, months, place[months], of_year))
        return result

    def _constant(self, x: Array) -> Array:
        """Constants as the forecast's own basis counts them."""
        if not self.base_offsets.any():
            return self.constant
        return self.constant * np.exp(-(x @ self.base_offsets.T))

    def base(self, log_flows: Array, x: Array) -> Array:
        """What each fact is compared with, as its own agency counts it, at one point."""
        return self.denominator @ np.exp(log_flows[self.months]) * np.exp(self.base_offsets @ x)

    def of_noise(self, statistic: Callable[[Mixtures, Array], Array], contrasts: Array) -> Array:
        """A statistic of the noise at some contrasts: shape (draws, facts).

        Parameters
        ----------
        statistic : callable
            `Mixtures.log_density`, `Mixtures.precision` or `Mixtures.doubt`.
        contrasts : ndarray, shape (draws, facts)
            Contrasts of logs.
        """
        result = np.empty_like(contrasts)
        for rows in (self.exact, ~self.exact):  # numbers have fewer components than bounds
            error = contrasts[:, rows] - self.value[rows]
            result[:, rows] = statistic(self.noise.rows(rows), error)
        return result


def flow_weights(period: Period, first_year: int, months: int) -> Array:
    """Share of each month that a period covers.

    Parameters
    ----------
    period : Period
        Any days.
    first_year, months : int
        The grid: months from January of that year on.

    Returns
    -------
    ndarray, shape (months,)

    Examples
    --------
    >>> from forecasting.vocabulary.periods import span
    >>> flow_weights(span("2023-01-01", "2023-02-14"), 2023, 12)[:3]
    array([1. , 0.5, 0. ])
    """
    weights = np.zeros(months)
    for month in period.months():
        index = month_number(month.start) - 12 * first_year
        if 0 <= index < months:
            weights[index] = month.overlap(period) / month.days
    return weights


def stock_ages(period: Period, first_year: int, months: int) -> Array:
    """Years on the register by the end of a period, of each month's flow.

    >>> from forecasting.vocabulary.periods import span
    >>> stock_ages(span("2023-12-31", "2023-12-31"), 2022, 24)[[0, 12, 23]].round(2)
    array([1.92, 0.92, 0.  ])
    """
    until = month_number(period.end) - 12 * first_year
    return np.maximum(until - np.arange(months), 0) / 12


def _count_weights(o: Observation, period: Period, first_year: int, months: int) -> Array:
    """Share of each month's flow that is still counted at the period's end."""
    months_before = month_number(period.end) - 12 * first_year - np.arange(months)
    survival = 1 - SCRAPPAGE if o.stock else 1.0
    (last_month,) = Period(period.end, period.end).months()
    share = np.clip(months_before + period.end.day / last_month.days, 0, 1)
    return np.asarray(share * survival ** stock_ages(period, first_year, months))


def contrast_weights(o: Observation, first_year: int, months: int) -> tuple[Array, Array, Array]:
    """Weights of an observation over the months of a grid: of its numerator, of its denominator,
    and how many years what came in each month has been on the register.

    Parameters
    ----------
    o : Observation
        Any.
    first_year, months : int
        The grid: months from January of that year on.

    Returns
    -------
    tuple of ndarray, shape (months,)
        The denominator may be all zero; of a share of the market it weighs all new vehicles.
    """

    def weights(period: Period) -> Array:
        if o.accumulates:
            return _count_weights(o, period, first_year, months)
        return flow_weights(period, first_year, months)

    of_period = weights(o.period)
    sides = {"period": of_period, "market": of_period, None: np.zeros(months)}
    if o.base_period is not None:
        sides["before"] = weights(o.base_period)
    ages = stock_ages(o.period, first_year, months) if o.stock else np.zeros(months)
    return sides[o.numerator], sides[o.denominator], ages


def as_arrays(
    observations: Sequence[Observation], path: LatentPath, bases: Mapping[str, int]
) -> Contrasts:
    """Observations as arrays.

    Parameters
    ----------
    observations : sequence of Observation
        On the path's months.
    path : LatentPath
        The map from coordinates to flows.
    bases : mapping of str to int
        Column of each basis that has an offset.
    """
    n = len(observations)
    aged, numerator, denominator = np.zeros((3, n, path.months + path.years))
    offsets, base_offsets = np.zeros((2, n, path.width))
    for i, o in enumerate(observations):
        top, bottom, ages = contrast_weights(o, path.first_year, path.months)
        numerator[i, : path.months] = top
        denominator[i, : path.months] = bottom
        if o.denominator == "market":  # the market is the same in each month of a year
            by_year = denominator[i, : path.months].reshape(path.years, 12)
            denominator[i, path.months :] = by_year.mean(axis=1)
            denominator[i, : path.months] = 0.0
        aged[i, : path.months] = top * ages
        column = bases.get(o.basis)
        if column is not None:
            offsets[i], base_offsets[i] = _offsets(o, top, bottom, path, column)
    months = np.flatnonzero((numerator + denominator).any(axis=0))
    noise = Mixtures.stacked([NO_NOISE, *(Mixtures.from_parts(o.noise) for o in observations)])
    return Contrasts(
        months=months,
        numerator=numerator[:, months],
        denominator=denominator[:, months],
        constant=np.array([o.constant for o in observations]),
        aged=aged[:, months],
        offsets=offsets,
        base_offsets=base_offsets,
        scrappage=path.columns["scrappage"],
        value=np.array([o.value for o in observations]),
        noise=noise,
        exact=(noise.weight > 0).sum(axis=1) <= 1 + len(WRONG),
        years=path.years,
    )


def _offsets(
    o: Observation, top: Array, bottom: Array, path: LatentPath, basis: int
) -> tuple[Array, Array]:
    """What an agency's offset adds to a contrast, and to the denominator alone.

    Where the agency counts both sides, only the offset's drift between them stays. The denominator
    needs its own where a number of the agency's is added to it.
    """
    by_year = path.offset(basis)

    def mean_offset(weights: Array) -> Array:
        if o.accumulates:  # the offset of the last year holds for all that came until then
            final_year = min(o.period.end.year - path.first_year, path.years - 1)
            return np.asarray(by_year[final_year])
        year = weights.reshape(path.years, 12).sum(axis=1)
        return np.asarray(year @ by_year / year.sum())

    if o.denominator in ("market", None):
        return mean_offset(top), np.zeros(path.width)
    base = mean_offset(bottom)
    return mean_offset(top) - base, base if o.constant else np.zeros(path.width)
