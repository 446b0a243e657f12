"""The observations of a monthly flow as arrays: contrasts of logs, their slopes, their noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from forecasting.growth.mixtures import Mixtures
from forecasting.growth.observation import SCRAPPAGE_SD, WRONG, Observation
from forecasting.growth.path import LatentPath
from forecasting.vocabulary.quantiles import Array, Flags, Indices

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

    @property
    def exact(self) -> Flags:
        """Which facts are numbers, with one narrow component, not bounds."""
        return np.asarray((self.noise.weight > 0).sum(axis=1) <= 1 + len(WRONG))

    @property
    def outlier(self) -> Array:
        """Probability that each fact is wrong, before any other is known."""
        return np.asarray(self.noise.weight[:, -len(WRONG) :].sum(axis=1))

    @property
    def certain(self) -> Flags:
        """Which facts are decided to be right."""
        return np.asarray(self.outlier == 0)

    def decided(self, row: int, right: bool) -> Contrasts:
        """The same with one number decided to be right, or wrong."""
        weight = self.noise.weight.copy()
        split = weight.shape[1] - len(WRONG)
        excluded = slice(split, None) if right else slice(0, split)
        weight[row, excluded] = 0.0
        return replace(self, noise=replace(self.noise, weight=weight))

    def doubt(self, contrasts: Array, spread: Array | float = 0.0) -> Array:
        """Probability that each fact is wrong, given its contrast or what is expected of it."""
        part = self.noise.parts(contrasts - self.value, spread)
        return np.asarray(part[..., -len(WRONG) :].sum(axis=-1))

    @cached_property
    def _sparse(self) -> list[csr_array]:
        """Weights without their zeros: facts are of few months each."""
        return [csr_array(weights) for weights in (self.numerator, self.denominator, self.aged)]

    def subset(self, rows: Indices) -> Contrasts:
        """Some of the facts."""
        names = [f.name for f in fields(self) if f.name not in ("months", "scrappage", "noise")]
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
        """The contrasts of logs, shape (draws, facts)."""
        return self._sums(np.exp(log_flows), x)[2]

    def tangents(
        self,
        log_flows: Array,
        d_log_flows: Array,
        x: Array,
        directions: Array,
        combined: Array | None = None,
    ) -> tuple[Array, Array]:
        """The contrasts, shape (draws, facts), and derivatives: (draws, facts, directions).

        Parameters
        ----------
        log_flows, d_log_flows : ndarray
            As :meth:`LatentPath.tangents` gives them.
        x, directions : ndarray
            As it takes them.
        combined : ndarray, shape (combinations, facts), optional
            Combinations of the contrasts whose derivatives are asked for, in place of their own.
        """
        rows = np.eye(len(self.value)) if combined is None else combined
        flows = np.exp(log_flows)
        top, bottom, contrasts, age = self._sums(flows, x)
        scrapped = SCRAPPAGE_SD * x[:, self.scrappage]
        numerator, denominator, aged = self._sparse
        part = _month_weights(rows, (1 + scrapped * age) / top, numerator)
        if denominator.nnz:
            part -= _month_weights(rows, 1 / bottom, denominator)
        slopes = rows @ (self.offsets @ directions)
        if aged.nnz:
            part -= _month_weights(rows, scrapped / top, aged)
            slopes = slopes - SCRAPPAGE_SD * (age @ rows.T)[:, :, None] * directions[self.scrappage]
        if self.base_offsets.any():
            part_of_base = self._constant(x) / bottom
            slopes = slopes + (rows * part_of_base[:, None, :]) @ (self.base_offsets @ directions)
        slopes = slopes + (part * flows[:, None, :]) @ d_log_flows
        return contrasts, slopes

    def _constant(self, x: Array) -> Array:
        """Constants as the forecast's own basis counts them."""
        return self.constant * np.exp(-(x @ self.base_offsets.T))

    def base(self, log_flows: Array, x: Array) -> Array:
        """What each fact is compared with, as its own agency counts it, at one point."""
        return self.denominator @ np.exp(log_flows) * np.exp(self.base_offsets @ x)

    def log_density(self, contrasts: Array) -> Array:
        """Log density of the noise at some contrasts, shape (draws, facts)."""
        return self._by_fact(Mixtures.log_density, contrasts)

    def precision(self, contrasts: Array) -> Array:
        """Precision of the noise at some contrasts, over its components: shape (draws, facts)."""
        return self._by_fact(Mixtures.precision, contrasts)

    def _by_fact(self, statistic: Callable[[Mixtures, Array], Array], contrasts: Array) -> Array:
        result = np.empty_like(contrasts)
        for rows in (self.exact, ~self.exact):  # numbers have fewer components than bounds
            error = contrasts[:, rows] - self.value[rows]
            result[:, rows] = statistic(self.noise.rows(rows), error)
        return result


def _month_weights(rows: Array, scale: Array, weights: csr_array) -> Array:
    """Weights of months of combinations of facts, each fact scaled by draw: shape (draws,
    combinations, months).
    """
    facts, months = weights.shape
    shape = (len(scale), len(rows), months)
    scaled = (rows * scale[:, None, :]).reshape(shape[0] * shape[1], facts)
    return np.asarray(scaled @ weights).reshape(shape)


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
        numerator[i, : path.months] = o.numerator
        denominator[i, : path.months] = o.denominator
        if o.of_market:  # the market is the same in each month of a year
            by_year = denominator[i, : path.months].reshape(path.years, 12)
            denominator[i, path.months :] = by_year.mean(axis=1)
            denominator[i, : path.months] = 0.0
        aged[i, : path.months] = o.numerator * o.ages
        column = bases.get(o.basis)
        if column is not None:
            offsets[i], base_offsets[i] = _offsets(o, path, column)
    months = np.flatnonzero((numerator + denominator).any(axis=0))
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
        noise=Mixtures.stacked([NO_NOISE, *(o.noise for o in observations)]),
    )


def _offsets(o: Observation, path: LatentPath, basis: int) -> tuple[Array, Array]:
    """What an agency's offset adds to a contrast, and to the denominator alone.

    Where the agency counts both sides, only the offset's drift between them stays. The denominator
    needs its own where a number of the agency's is added to it.
    """
    by_year = path.offset(basis)

    def mean_offset(weights: Array) -> Array:
        if o.offset_year is not None:
            final_year = min(o.offset_year - path.first_year, path.years - 1)
            return np.asarray(by_year[final_year])
        year = weights.reshape(path.years, 12).sum(axis=1)
        return np.asarray(year @ by_year / year.sum())

    if o.of_market or not o.denominator.any():
        return mean_offset(o.numerator), np.zeros(path.width)
    base = mean_offset(o.denominator)
    return mean_offset(o.numerator) - base, base if o.constant else np.zeros(path.width)
