"""The latent monthly path of one market: unit normal coordinates in, logs of monthly flows out.

The log-odds of a year's share walk as :mod:`forecasting.growth.prior` says. Times the size of the
market they are the year's flow, which the within-year pattern lays on its months. The same code
gives the derivatives along any directions, so that facts of any period can be made linear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from forecasting.growth.mixtures import Mixtures
from forecasting.growth.policy_months import NO_POLICIES, Policies, PolicyCourse, numbers_of
from forecasting.growth.prior import (
    FULL_SALES,
    LIFT_REACH,
    LOT,
    POSITION,
    REACH,
    REFERENCE_LOG_ODDS,
    Common,
    Prior,
    student_mixture,
)
from forecasting.vocabulary.quantiles import Array, Indices

# A published market size may count another perimeter: with this probability, the size is another
ANOTHER_SIZE = 0.1
ANOTHER_SIZE_SD = 0.7  # spread of its log then
SAME_SIZE_SD = 0.02  # and else
# Shocks of the first year of which no fact speaks are wider: of markets held back 0.75 of the next
# year's outcomes lay in intervals of 80 %, and more of those farther ahead
NEXT_YEAR_WIDER = 1.1


@dataclass(frozen=True)
class Start:
    """Where the path starts, before any fact.

    Parameters
    ----------
    log_odds, log_odds_sd : float
        Of the share in the year ``year``.
    log_size, log_size_sd : float
        Of the market in the path's first year.
    year : int, optional
        From which the path runs forwards and backwards: by default its first.
    of_flow : bool
        Whether the size is that of the flow itself in that year, not of the market.
    launch : float
        Probability that the market was launched in that year.
    """

    log_odds: float = -5.0
    log_odds_sd: float = 2.5
    log_size: float = 10.0
    log_size_sd: float = 10.0
    year: int | None = None
    of_flow: bool = False
    launch: float = 0.0


def chained_effects(common: Common, years: Sequence[int]) -> tuple[Array, Array]:
    """Mean and square-root factor of the common effects of some years; those after the panel
    follow from the year before.
    """
    mean = np.zeros(len(years))
    factor = np.zeros((len(years), len(years)))
    for i, year in enumerate(years):
        if year > common.last_year and i > 0:
            mean[i] = common.persistence * mean[i - 1]
            factor[i] = common.persistence * factor[i - 1]
            factor[i, i] = common.new_sd
        else:
            mean[i], factor[i, i] = common.at(year)
    return mean, factor


@dataclass(frozen=True, eq=False)
class PathTangents:
    """Logs of flows by month, and what their derivatives along some directions are made of.

    Derivatives by month take most of the memory and time of a draw, and facts speak of few months
    of few years: they are made as sums over months of a year, weighted as facts do.

    Parameters
    ----------
    log_flows : ndarray, shape (draws, months + years)
        Of each month; then the log of the market's size in each year.
    expected, market : ndarray, shape (draws, years, directions)
        Derivatives of the logs of the flow that is expected in a year, and of the market's size.
    share, noise : ndarray, shape (draws, years, 12)
        Of the months of a year, the noise before its factor.
    chance : ndarray, shape (4, draws, years)
        As `LatentPath._by_chance` gives it.
    tilts : ndarray, shape (years, years)
        By how much what is expected tilts each year.
    fixed : ndarray, shape (years, 26, directions)
        Derivatives of a year's tilt and chance, of the lasting pattern of twelve months, and of
        their noise before its factor, that are alike in all draws.
    policies : list of (ndarray, ndarray)
        By how much each number of a policy moves each month, and the numbers' derivatives.
    """

    log_flows: Array
    expected: Array
    market: Array
    share: Array
    noise: Array
    chance: Array
    tilts: Array
    fixed: Array
    policies: list[tuple[Array, Array]]

    def weighted(self, year: int, weights: Array) -> Array:
        """Derivatives of sums over the months of a year, and its market.

        Parameters
        ----------
        year : int
            Counted from the first.
        weights : ndarray, shape (draws, sums, 13)
            Of its twelve months, then of its market.

        Returns
        -------
        ndarray, shape (draws, sums, directions)
        """
        months, market = weights[:, :, :12], weights[:, :, 12:]
        total = months.sum(axis=2, keepdims=True)
        # What the pattern gives to one month it takes from the others
        shape = months - total * self.share[:, year, None]
        tilt = shape @ POSITION.astype(shape.dtype)[:, None]
        sd, factor, by_expected, factor_by_expected = self.chance[:, :, year, None, None]
        of_fixed = np.concatenate([tilt, total * sd, shape, shape * factor], axis=2)
        of_expected = tilt * self.tilts[year]
        of_expected[:, :, year : year + 1] += total * by_expected
        of_noise = shape @ self.noise[:, year, :, None]
        of_expected[:, :, year : year + 1] += of_noise * factor_by_expected
        result = of_fixed @ self.fixed[year]
        result += of_expected @ self.expected
        if market.any():
            result += market * self.market[:, year, None]
        for policy_shape, slopes in self.policies:
            shape_of_year = policy_shape[12 * year : 12 * year + 12]
            if shape_of_year.any():
                result += (months @ shape_of_year) @ slopes
        return np.asarray(result)


@dataclass(frozen=True, eq=False)
class LatentPath:
    """The map from coordinates to monthly flows over some years.

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
    discrete : bool
        Whether the flow is of single things, which come by chance.
    policies : Policies
        What moves single months: added to the logs of the monthly flows, so that any fact sees it.
    size_weights : tuple of float
        Probability that the market's size is as told, and that it is another.

    Notes
    -----
    Coordinates are unit normal, but for two kinds. Shocks, and the coordinate that gives the
    market another size, are mixtures of normals (``mixed``, ``mixture``). The variance of lasting
    pattern, noise and tilt goes with the kind of market (``kind_share``, ``kind_variance``).

    Examples
    --------
    >>> path = LatentPath(Prior(), 2020, 2023, Start(log_size=11.5, log_size_sd=0.05))
    >>> path.flows(np.zeros((1, path.width))).shape
    (1, 48)
    """

    prior: Prior
    first_year: int
    last_year: int
    start: Start
    sizes: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    bases: int = 0
    drifts: Sequence[tuple[int, int]] = ()
    discrete: bool = True
    policies: Policies = NO_POLICIES
    size_weights: tuple[float, float] = (1 - ANOTHER_SIZE, ANOTHER_SIZE)

    @property
    def years(self) -> int:
        """Number of years."""
        return self.last_year - self.first_year + 1

    @property
    def months(self) -> int:
        """Number of months."""
        return 12 * self.years

    @cached_property
    def start_index(self) -> int:
        """The year from which the path runs, counted from its first."""
        return 0 if self.start.year is None else self.start.year - self.first_year

    @cached_property
    def policy_courses(self) -> list[PolicyCourse]:
        """What each policy does in the months of the path."""
        return self.policies.courses(numbers_of(self.first_year, self.months))

    @cached_property
    def columns(self) -> dict[str, slice]:
        """Where the coordinates of each kind stand."""
        n = self.years
        widths = {
            "start": 1,
            "level": 1,
            "slope": 1,
            "scrappage": 1,
            "another_size": 1,
            "size": n,
            "shock": n,
            "common": n,
            "chance": n,
            "tilt": n,
            "pattern": 12,
            "noise": self.months,
            "basis": self.bases,
            "drift": len(self.drifts) * n,
            "policy": self.policies.width,
        }
        edges = np.cumsum([0, *widths.values()]).tolist()
        return {name: slice(a, b) for name, a, b in zip(widths, edges[:-1], edges[1:], strict=True)}

    @cached_property
    def width(self) -> int:
        """Number of coordinates."""
        return int(self.columns["policy"].stop)

    @cached_property
    def common_effects(self) -> tuple[Array, Array]:
        """Mean and root of the common effects on growth by year."""
        return chained_effects(self.prior.common, range(self.first_year, self.last_year + 1))

    @cached_property
    def noise_map(self) -> Array:
        """Map from unit normals to the noise of a year's months."""
        return self.prior.within_year.noise_of_year()

    def reaching(self, last_year: int) -> LatentPath:
        """The same path up to a later year."""
        return replace(self, last_year=max(last_year, self.last_year))

    @cached_property
    def log_sizes(self) -> tuple[Array, Array]:
        """Mean and root of the market's log size by year: a random walk, tied to known sizes."""
        years = range(self.first_year, self.last_year + 1)
        mean, factor = chained_effects(self.prior.size, years)
        step_variance = np.diag(factor) ** 2 + self.prior.size_sd**2
        mean[0] = self.start.log_size
        step_variance[0] = self.start.log_size_sd**2
        sum_of_steps = np.tri(self.years)
        mean = np.cumsum(mean)
        covariance = sum_of_steps @ (step_variance[:, None] * sum_of_steps.T)
        published = {y: v for y, v in self.sizes.items() if y in years}
        if published:
            rows = np.array(list(published)) - self.first_year
            value, sd = np.array(list(published.values())).T
            innovation_covariance = covariance[np.ix_(rows, rows)] + np.diag(sd**2)
            gain = np.linalg.solve(innovation_covariance, covariance[rows]).T
            mean = mean + gain @ (value - mean[rows])
            covariance = covariance - gain @ covariance[rows]
        root = np.linalg.cholesky(covariance + 1e-12 * np.eye(self.years))
        return mean, np.asarray(root, dtype=float)

    @cached_property
    def kinds(self) -> tuple[Array, Array]:
        """Kinds of markets: the probability of each, and every coordinate's variance under it."""
        within_year = self.prior.within_year
        kinds = [
            (season, steady)
            for season in within_year.own_seasons
            for steady in within_year.steadiness
        ]
        share = np.array([season[0] * steady[0] for season, steady in kinds])
        variance = np.ones((len(kinds), self.width))
        for row, (season, steady) in zip(variance, kinds, strict=True):
            row[self.columns["pattern"]] = season[1] ** 2
            row[self.columns["tilt"]] = steady[1] ** 2
            row[self.columns["noise"]] = steady[1] ** 2
        return share / share.sum(), variance

    @property
    def kind_share(self) -> Array:
        """Probability of each kind of market."""
        return self.kinds[0]

    @property
    def kind_variance(self) -> Array:
        """Variance of every coordinate in each kind of market."""
        return self.kinds[1]

    @cached_property
    def mixed(self) -> Indices:
        """The coordinates that are mixtures of normals."""
        return np.asarray(np.r_[self.columns["shock"], self.columns["another_size"]])

    @cached_property
    def mixture(self) -> Mixtures:
        """Mixtures of the mixed coordinates, a row each.

        The first year may be that of the launch: then the shock of the year after it is another.
        Of the last year no fact speaks.
        """
        weight, sd = student_mixture(self.prior.shock_nu)
        usual, wider = (
            [*zip(weight, np.zeros_like(sd), times * sd, strict=True)]
            for times in (1.0, NEXT_YEAR_WIDER)
        )
        parts = [usual] * (self.years - 1) + [wider]
        after_launch = self.start_index + 1
        if self.start.launch and after_launch < self.years:
            launch = self.prior.launch
            of_launch = (self.start.launch, launch.growth, launch.growth_sd)
            parts[after_launch] = [
                *((w * (1 - self.start.launch), mean, sd) for w, mean, sd in parts[after_launch]),
                of_launch,
            ]
        shocks = [Mixtures.from_parts(part) for part in parts]
        same, another = self.size_weights
        size = [(same, 0.0, SAME_SIZE_SD / ANOTHER_SIZE_SD), (another, 0.0, 1.0)]
        return Mixtures.stacked([*shocks, Mixtures.from_parts(size)])

    def log_density(self, x: Array) -> Array:
        """Log density of coordinates before any fact, but for a constant: shape (draws,)."""
        result = self.mixture.log_density(x[:, self.mixed]).sum(axis=1)
        normal = np.setdiff1d(np.arange(self.width), self.mixed)
        variance = self.kind_variance[:, normal]
        square = x[:, normal] ** 2 @ (1 / variance).T
        log_part = np.log(self.kind_share) - 0.5 * (square + np.log(variance).sum(axis=1))
        return np.asarray(result + np.logaddexp.reduce(log_part, axis=1))

    def totals(self, x: Array, directions: Array) -> tuple[Array, Array, Array, Array]:
        """Log-odds, log flow that is expected by year, and the derivatives of the log of the share
        and of that flow.

        Parameters
        ----------
        x : ndarray, shape (draws, width)
            Coordinates.
        directions : ndarray, shape (width, directions)
            Along which derivatives are asked for.

        Returns
        -------
        tuple of ndarray
            Shapes (draws, years) twice, then (draws, years, directions) twice.
        """
        at = self.columns
        size = self.sizes_of(x)
        d_size = self.log_sizes[1] @ directions[at["size"]]
        d_size = d_size + ANOTHER_SIZE_SD * directions[at["another_size"]]
        z, dz = self._walk(x, directions, size, d_size)
        of_share = (1 / (1 + np.exp(z)))[..., None].astype(dz.dtype) * dz
        total = size - np.logaddexp(0.0, -z)
        d_total = of_share + d_size.astype(dz.dtype)
        if self.start.of_flow:  # the size is the flow's: the share of the start year divides out
            b = self.start_index
            total = total + np.logaddexp(0.0, -z[:, b, None])
            d_total -= of_share[:, b, None]
        return z, total, of_share, d_total

    def columns_of(self, path: LatentPath) -> Indices:
        """Where the coordinates of a path that ends earlier stand among those of this one."""
        parts = []
        for name, part in path.columns.items():
            rows = max(len(self.drifts), 1) if name == "drift" else 1
            columns = np.arange(self.width)[self.columns[name]].reshape(rows, -1)
            parts.append(columns[:, : (part.stop - part.start) // rows].ravel())
        return np.concatenate(parts)

    def sizes_of(self, x: Array) -> Array:
        """Log size of the market by year: shape (draws, years)."""
        at = self.columns
        size = self.log_sizes[0] + x[:, at["size"]] @ self.log_sizes[1].T
        return size + ANOTHER_SIZE_SD * x[:, at["another_size"]]

    def _walk(self, x: Array, directions: Array, size: Array, d_size: Array) -> tuple[Array, Array]:
        """Log-odds by year, and their derivatives.

        Where few vehicles are sold growth is faster and shocks are wider, as long as the size of
        the market tells how many those are.
        """
        prior = self.prior
        at = self.columns
        level = prior.level + prior.level_sd * x[:, at["level"]] + self.common_effects[0]
        level = level + x[:, at["common"]] @ self.common_effects[1].T
        d_level = prior.level_sd * directions[at["level"]]
        d_level = d_level + self.common_effects[1] @ directions[at["common"]]
        slope = prior.slope + prior.slope_sd * x[:, at["slope"]].ravel()
        d_slope = prior.slope_sd * directions[at["slope"]]
        z = np.empty((len(x), self.years))
        dz = np.empty((len(x), self.years, directions.shape[1]), dtype=directions.dtype)
        z[:, self.start_index] = (
            self.start.log_odds + self.start.log_odds_sd * x[:, at["start"]].ravel()
        )
        dz[:, self.start_index] = self.start.log_odds_sd * directions[at["start"]]
        forward = [(y - 1, y) for y in range(self.start_index + 1, self.years)]
        backward = [(y, y - 1) for y in range(self.start_index, 0, -1)]
        for source_year, target_year in forward + backward:
            y = max(source_year, target_year)
            sign = target_year - source_year
            distance = np.clip(z[:, source_year] - REFERENCE_LOG_ODDS, *REACH)
            inside = (distance > REACH[0]) & (distance < REACH[1])
            shortfall = np.zeros(len(x))
            if not self.start.of_flow:
                sales = size[:, source_year] - np.logaddexp(0.0, -z[:, source_year])
                shortfall = np.clip(np.log(FULL_SALES) - sales, 0.0, REACH[1])
            lift = prior.shortfall_lift * np.minimum(shortfall, LIFT_REACH)
            scale = prior.shock_sd * np.exp(
                prior.shock_slope * distance + prior.shortfall_slope * shortfall
            )
            unit = x[:, at["shock"].start + y]
            z[:, target_year] = z[:, source_year] + sign * (
                level[:, y] + slope * distance + lift + scale * unit
            )
            # Derivatives of growth by the log of sales, and by the log-odds of the share
            widening = prior.shortfall_slope * ((shortfall > 0) & (shortfall < REACH[1]))
            lifting = prior.shortfall_lift * ((shortfall > 0) & (shortfall < LIFT_REACH))
            by_sales = -lifting - widening * scale * unit
            by_odds = inside * (slope + prior.shock_slope * scale * unit)
            by_odds = by_odds + by_sales / (1 + np.exp(z[:, source_year]))
            by_step = np.stack([np.ones(len(x)), scale, distance, by_sales], axis=1)
            steps = np.stack(
                [d_level[y], directions[at["shock"].start + y], d_slope[0], d_size[source_year]]
            )
            dz[:, target_year] = (1 + sign * by_odds)[:, None].astype(dz.dtype) * dz[:, source_year]
            dz[:, target_year] += sign * (by_step.astype(dz.dtype) @ steps.astype(dz.dtype))
        return z, dz

    def slopes(self, log_totals: Array) -> Array:
        """Slope within each year that the growth over the year before and of the next gives it.

        Years are the second axis. The growth of a missing neighbour is taken to be the other's;
        growth up to the start year is not used for that year.
        """
        within_year = self.prior.within_year
        growth = np.diff(log_totals, axis=1)
        if not growth.shape[1]:
            return np.zeros_like(log_totals)
        past_growth = np.concatenate([growth[:, :1], growth], axis=1)
        past_growth[:, self.start_index] = growth[:, min(self.start_index, growth.shape[1] - 1)]
        next_growth = np.concatenate([growth, growth[:, -1:]], axis=1)
        return within_year.slope_on_growth * past_growth + within_year.slope_on_next * next_growth

    def tangents(self, x: Array, directions: Array) -> PathTangents:
        """Logs of monthly flows, and what their derivatives along some directions are made of.

        Parameters
        ----------
        x : ndarray, shape (draws, width)
            Coordinates.
        directions : ndarray, shape (width, directions)
            Along which derivatives are asked for, which have its precision.
        """
        at = self.columns
        within_year = self.prior.within_year
        n = directions.shape[1]
        z, expected, d_share, d_expected = self.totals(x, directions)
        noise = x[:, at["noise"]].reshape(len(x), self.years, 12) @ self.noise_map.T
        tilt = self.slopes(expected) + within_year.slope_sd * x[:, at["tilt"]]
        lasting = np.asarray(within_year.pattern) + within_year.pattern_sd * x[:, at["pattern"]]
        total, chance = self._by_chance(x[:, at["chance"]], expected)
        shape = lasting[:, None, :] + tilt[..., None] * POSITION + chance[1, ..., None] * noise
        shape -= shape.max(axis=2, keepdims=True)
        share = np.exp(shape)
        total_share = share.sum(axis=2, keepdims=True)
        log_flows = (total[..., None] + shape - np.log(total_share)).reshape(len(x), self.months)
        d_lasting = np.broadcast_to(
            within_year.pattern_sd * directions[at["pattern"]], (self.years, 12, n)
        )
        d_noise = self.noise_map @ directions[at["noise"]].reshape(self.years, 12, n)
        d_tilt = within_year.slope_sd * directions[at["tilt"]]
        fixed = [d_tilt[:, None], directions[at["chance"]][:, None], d_lasting, d_noise]
        policy_slopes = []
        policy_draws = self.policies.with_draws(x[:, at["policy"]])
        policy_directions = self.policies.with_draws(directions[at["policy"]].T)
        for policy_course, (_, draws), (_, toward) in zip(
            self.policy_courses, policy_draws, policy_directions, strict=True
        ):
            log_flows += policy_course.parts(draws).sum(axis=2)
            policy_slopes.append((policy_course.shape, policy_course.slopes(draws, toward.T)))
        market = expected + np.logaddexp(0.0, -z)
        precision = directions.dtype
        return PathTangents(
            log_flows=np.concatenate([log_flows, market], axis=1),
            expected=d_expected,
            market=d_expected - d_share,
            share=(share / total_share).astype(precision),
            noise=noise.astype(precision),
            chance=chance.astype(precision),
            tilts=self.slopes(np.eye(self.years)).T.astype(precision),
            fixed=np.concatenate(fixed, axis=1, dtype=precision),
            policies=policy_slopes,
        )

    def _by_chance(self, unit: Array, expected: Array) -> tuple[Array, Array]:
        """Log flow by year where single things come by chance; and its standard deviation, the
        factor of that on the noise of months, and the derivatives of log flow and factor by what is
        expected.

        The count of a year is lognormal with the mean and the variance of a Poisson count. That of
        a month is of lots of `LOT` things each.
        """
        if not self.discrete:
            zero, one = np.zeros_like(expected), np.ones_like(expected)
            return expected, np.stack([zero, one, one, zero])
        relative_variance = np.exp(-np.clip(expected, -30.0, 60.0))
        sd = np.sqrt(np.log1p(relative_variance))
        d_sd = -relative_variance / (2 * sd * (1 + relative_variance))
        by_expected = 1 + unit * d_sd + 0.5 * relative_variance / (1 + relative_variance)
        noise_variance = self.prior.within_year.noise_sd**2
        of_lots = 12 * LOT * relative_variance
        noise_factor = np.sqrt(1 + np.log1p(of_lots) / noise_variance)
        factor_by_expected = -of_lots / ((1 + of_lots) * 2 * noise_factor * noise_variance)
        total = expected + unit * sd - 0.5 * sd**2
        return total, np.stack([sd, noise_factor, by_expected, factor_by_expected])

    def log_flows(self, x: Array) -> Array:
        """Logs of monthly flows, then of the market's size: shape (draws, months + years)."""
        return self.tangents(x, np.zeros((self.width, 0))).log_flows

    def flows(self, x: Array) -> Array:
        """Monthly flows: shape (draws, months)."""
        return np.exp(self.log_flows(x)[:, : self.months])

    def offset(self, basis: int) -> Array:
        """Map from coordinates to the log offset of an agency's counts: shape (years, width).

        Constant, but for what drifts: then a random walk by year, from the year of its first fact.
        """
        offset_map = np.zeros((self.years, self.width))
        offset_map[:, self.columns["basis"].start + basis] = self.prior.basis_sd
        for number, (drift_basis, first_fact_year) in enumerate(self.drifts):
            if drift_basis == basis:
                year = np.arange(self.years) - (first_fact_year - self.first_year)
                steps_after = (year[:, None] >= year) & (year > 0)
                steps_before = (year[:, None] <= year) & (year < 0)
                start = self.columns["drift"].start + number * self.years
                drift = self.prior.basis_drift * (steps_after | steps_before)
                offset_map[:, start : start + self.years] = drift
        return offset_map
