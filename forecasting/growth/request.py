"""From what was asked to draws: one request of a forecast, answered."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property

import numpy as np
from scipy.special import ndtri, stdtrit
from threadpoolctl import ThreadpoolController

from forecasting.evidence.bases import count_different_things
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.observation import Observation, ObservedFlow, observed_flow
from forecasting.evidence.policies import Policy
from forecasting.growth.forecast import FlowForecast
from forecasting.growth.likelihood import Contrasts, as_arrays, flow_weights
from forecasting.growth.mode import Mode
from forecasting.growth.path import LatentPath
from forecasting.growth.policy_months import Policies
from forecasting.growth.posterior import Posterior, resampled, sample
from forecasting.growth.prior import COMMON_NU, SHIPPED, SIZE_NU, Prior, region_of
from forecasting.growth.quotas import (
    days_used_up,
    weight_of_silence,
    with_cars_that_wait,
    with_quota,
)
from forecasting.growth.starting import (
    MarketSize,
    opposite,
    path_of,
    start_caveats,
    years_spoken_of,
)
from forecasting.vocabulary.caveats import Caveat, each_once
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.limits import MAX_PROBLEMS
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.periods import LAST_YEAR, Period, months_between, year
from forecasting.vocabulary.quantiles import Array, Indices, strata

FEWEST_COUNT = 100  # effective draws, below which a caveat says that the approximation failed
MAX_TAIL_SHAPE = 0.7  # of the largest weights, above which they cannot be trusted
EVEN_SHARE = 0.9  # part of effective draws, from which weights count as even whatever their shape
MAX_LEFT_OUT = 0.01  # probability of hypotheses not drawn from, above which a caveat says so
# By so much in logs a fact moves a forecast, from which a linear step does not tell it well enough
SMALL_STEP = 0.005
LONGEST_SPAN = 80  # years that facts may speak of: time and memory go with its square
# Probability of being wrong above which a caveat says that a fact disagrees: ten times that before
# any other fact
DOUBTED = 0.2


@cache
def _threads() -> ThreadpoolController:
    """Control of the threads of linear algebra, kept as the libraries take milliseconds to find."""
    return ThreadpoolController()


@dataclass(frozen=True)
class Request:
    """What a forecast was asked for, so that it can be asked again with other facts.

    Parameters
    ----------
    flow : ObservedFlow
        What is known of it.
    periods, prior, market_size, basis, draws, seed, place, policies
        As :func:`forecasting.growth.flow.forecast_flow` takes them.
    in_vehicles : bool
        Whether the numbers count single things; those of a table without a rounding may be in any
        unit.
    rows : tuple of int or None
        Numbers of the observations to draw from, on the path that all of them have; None for all.
    """

    flow: ObservedFlow
    periods: tuple[Period, ...] | None
    prior: Prior
    market_size: MarketSize
    basis: str | None
    draws: int
    seed: int
    in_vehicles: bool = True
    place: str | None = None
    policies: tuple[Policy, ...] = ()  # pooled
    quotas: tuple[Policy, ...] = ()  # whose end is a forecast
    rows: tuple[int, ...] | None = None

    @cached_property
    def key(self) -> tuple[object, ...]:
        """All that an answer depends on, part by part."""
        # In words, as a pickle depends on which of its parts are one object
        facts = hashlib.sha256(repr(self.flow).encode()).hexdigest()
        return facts, *list(self.__getstate__().values())[1:]

    def __getstate__(self) -> dict[str, object]:
        """The fields alone: what is prepared from them is large, and can be made again."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def with_facts(self, facts: Ledger, periods: tuple[Period, ...]) -> Request:
        """The same request with other facts, of some periods.

        Parameters
        ----------
        facts : Ledger
            All of them.
        periods : tuple of Period
            What is asked for.
        """
        flow = observed_flow(facts, self.market_size is not None, self.in_vehicles)
        return replace(self, flow=flow, periods=periods)

    def at_mode(self, periods: Sequence[Period]) -> Array:
        """Log flow of some periods at the mode, free of the noise of draws: shape (periods,).

        Parameters
        ----------
        periods : sequence of Period
            Within the path or beyond it; coordinates beyond it have their mean.
        """
        with self._linear_algebra():
            mode = Mode(self._prepared.path, self._prepared.facts).climb()
            return np.asarray(self._log_flows(mode.x[None], periods)[0])

    def each_left_out(self, periods: Sequence[Period]) -> Array:
        """By how much each fact moves the log flow of some periods at the mode: shape (facts,
        periods).

        Found by one linear step away from the mode; where that is larger than `SMALL_STEP`, by a
        climb to the mode of the other facts.

        Parameters
        ----------
        periods : sequence of Period
            As `at_mode` takes them.
        """
        with self._linear_algebra():
            path, facts = self._prepared.path, self._prepared.facts
            mode = Mode(path, facts).climb()
            x = mode.each_left_out()
            at_mode = self._log_flows(mode.x[None], periods)
            step = np.abs(self._log_flows(x, periods) - at_mode).max(axis=1, initial=0.0)
            for row in np.flatnonzero(step > SMALL_STEP):
                others = facts.subset(np.delete(np.arange(len(facts.value)), row))
                x[row] = Mode(path, others).climb(mode).x
            return np.asarray(at_mode - self._log_flows(x, periods))

    @contextmanager
    def _linear_algebra(self) -> Iterator[None]:
        """One thread, and an error that names the facts of which no system can be solved."""
        try:
            # The matrices are small: threads only wait for each other
            with _threads().limit(limits=1, user_api="blas"):
                yield
        except np.linalg.LinAlgError as error:
            names = ", ".join(fact.name for fact in self.flow.observations[:MAX_PROBLEMS])
            raise EvidenceError(
                f"the facts ({names}) contradict each other or the size of the market beyond what "
                f"can be computed: {error}; correct the number that is wrong, or leave facts out "
                "with select()"
            ) from error

    def _log_flows(self, x: Array, periods: Sequence[Period]) -> Array:
        """Log flow of some periods at some coordinates: shape (len(x), periods)."""
        path = self._prepared.path
        long_path = path.reaching(max(period.end.year for period in periods))
        long_x = np.zeros((len(x), long_path.width))
        long_x[:, long_path.columns_of(path)] = x
        weights = [
            flow_weights(period, long_path.first_year, long_path.months) for period in periods
        ]
        return np.asarray(np.log(long_path.flows(long_x) @ np.array(weights).T))

    @cached_property
    def _prepared(self) -> _Prepared:
        """The facts as observations, and the path that they are of."""
        facts, measure = self.flow.observations, self.flow.measure
        caveats = [*self.flow.caveats]
        caveats += _level_caveats(facts, self.market_size is not None)
        basis, bases = _bases(facts, self.basis)
        drifts = [
            (column, min(fact.period.end.year for fact in facts if fact.basis == name))
            for name, column in bases.items()
            if count_different_things(name, basis)
        ]
        periods = self.periods or _default_periods(facts)
        start_year, final_year, horizon = _years(facts, periods)
        place = self.place or self.flow.place
        prior = self.prior.in_region(place).of_measure(measure)
        caveats += _before_facts(years_spoken_of(facts)[0] if facts else 0, periods)
        caveats += _mixed_regions(self.place) + _learned_elsewhere(prior, measure)
        discrete = self.in_vehicles or self.market_size is not None
        years = (start_year, final_year + 1)
        policies = Policies(self.policies, prior.policies)
        path = path_of(
            prior, self.market_size, facts, years, len(bases), drifts, discrete, policies
        )
        caveats += start_caveats(path, facts)
        arrays = as_arrays(facts, path, bases)
        if self.rows is not None:
            facts = tuple(facts[row] for row in self.rows)
            arrays = arrays.subset(np.array(self.rows, dtype=int))
        months = tuple(months_between(dt.date(start_year, 1, 1), dt.date(horizon, 12, 31)))
        return _Prepared(path, start_year, facts, arrays, basis, periods, horizon, months, caveats)

    def answer(self) -> FlowForecast:
        """Draw the path."""
        with self._linear_algebra():
            prepared = self._prepared
            place = self.flow.place
            path, horizon = prepared.path, prepared.horizon
            years = range(path.first_year, path.last_year + 1)
            common = np.stack(
                [common_shocks(self.seed, y, self.draws, None) for y in years], axis=1
            )
            rng = np.random.default_rng([self.seed, *place.encode()])
            posterior = sample(path, prepared.facts, common, rng)
            # One year more: the slope within a year depends on the growth of the next
            long_path, x = carried_on(
                path, posterior.x, posterior.kind, horizon + 1, self.seed, place
            )
            start_month = 12 * (prepared.start_year - path.first_year)
            columns = slice(start_month, 12 * (horizon + 1 - path.first_year))
            market = None
            if self.market_size is not None:
                market = np.repeat(np.exp(long_path.sizes_of(x)) / 12, 12, axis=1)[:, columns]
            months = prepared.months
            monthly = self._under_quotas(long_path.flows(x)[:, columns], months)
            sizes = posterior.x[:, path.columns["policy"]]
            if self.quotas:
                index = self._unreported(monthly, months, common[:, -1], rng)
                monthly, sizes = monthly[index], sizes[index]
                market = market if market is None else market[index]
        # The coordinates take much memory, and a forecast needs them no more
        posterior = replace(posterior, x=posterior.x[:0].copy())
        return self.answer_of(monthly, market, sizes, posterior)

    def answer_of(
        self, monthly: Array, market: Array | None, sizes: Array, posterior: Posterior
    ) -> FlowForecast:
        """The same as `answer`, from draws that were made before.

        Parameters
        ----------
        monthly, market, sizes, posterior
            As a `FlowForecast` has them.
        """
        prepared = self._prepared
        caveats = [*prepared.caveats, *self._of_the_draws(posterior)]
        return FlowForecast(
            periods=prepared.periods,
            months=prepared.months,
            monthly=monthly,
            market=market,
            basis=prepared.basis,
            measure=self.flow.measure,
            place=self.flow.place,
            diagnostics={
                "method": "linear Gaussian mixtures about the modes of hypotheses, weighted",
                "hypotheses": posterior.hypotheses,
                "facts": len(prepared.observations),
                "draws": self.draws,
                "ess": round(min(posterior.effective, self.draws)),
                "tail": round(posterior.tail, 2),
            },
            caveats=each_once(caveats),
            request=self,
            sizes=sizes,
            _fit=(prepared.observations, posterior),
        )

    def _of_the_draws(self, posterior: Posterior) -> Iterator[Caveat]:
        """Facts that are doubted, and draws that cannot be relied on."""
        for observation, wrong in zip(self._prepared.observations, posterior.doubted, strict=True):
            if wrong > DOUBTED:
                yield Caveat("disagrees", (observation.fact,))
        if posterior.effective < min(FEWEST_COUNT, self.draws / 4):
            share = posterior.effective / self.draws
            yield Caveat("few_draws_count", values={"share": share})
        elif posterior.tail > MAX_TAIL_SHAPE and posterior.effective < EVEN_SHARE * self.draws:
            yield Caveat("weights_uneven")
        if posterior.left_out > MAX_LEFT_OUT:
            yield Caveat("hypothesis_left_out", values={"share": posterior.left_out})

    def _unreported(
        self, monthly: Array, months: Sequence[Period], common: Array, rng: np.random.Generator
    ) -> Indices:
        """Numbers of draws, fewer of those in which a quota ended though nobody reported that."""
        weight = np.ones(self.draws)
        for quota in self.quotas:
            weight *= weight_of_silence(monthly, months, quota)
        places = np.arange(self.draws)
        if weight.min() == weight.max():
            return places
        return resampled(weight / weight.sum(), places, common, rng)

    def _under_quotas(self, flow: Array, months: Sequence[Period]) -> Array:
        """The flow by month and draw under the quotas that are not used up yet."""
        known_until = self.flow.until
        effects = self.prior.policies
        policy_ids = {name for policy in self.policies for name in policy.id.split(", ")}
        final_day = np.full(self.draws, -np.inf)
        for quota in sorted(self.quotas, key=lambda quota: quota.start):
            # After a quota that was used up on a printed day, the policies hold the wait already
            if quota.beginning_id not in policy_ids:
                flow = with_cars_that_wait(
                    flow, months, quota, effects, final_day, known_until, self.seed
                )
            flow = with_quota(flow, months, quota, effects, known_until, self.seed)
            final_day = np.minimum(days_used_up(flow, months, quota), quota.last_day.toordinal())
        return flow


@dataclass(frozen=True)
class _Prepared:
    """What a request comes to before anything is drawn."""

    path: LatentPath
    start_year: int
    observations: tuple[Observation, ...]
    facts: Contrasts
    basis: str
    periods: tuple[Period, ...]
    horizon: int
    months: tuple[Period, ...]  # that are forecast
    caveats: Sequence[Caveat]


def _before_facts(first_year: int, periods: Sequence[Period]) -> list[Caveat]:
    """A caveat where periods are asked for that lie before all that the facts speak of."""
    early = [period.label for period in periods if period.end.year < first_year]
    if not early:
        return []
    return [Caveat("before_facts", values={"periods": ", ".join(early), "first_year": first_year})]


def _mixed_regions(place: str | None) -> list[Caveat]:
    """A caveat where the place that was named is in no region."""
    if not place or region_of(place):
        return []
    return [Caveat("no_region", values={"name": place})]


def _learned_elsewhere(prior: Prior, measure: str) -> list[Caveat]:
    """A caveat where the prior was learned on another thing than what is forecast."""
    if not measure or MEASURES[measure].of_electric_cars or prior.perimeter not in SHIPPED:
        return []
    learned = {name: getattr(prior, name) for name in ("perimeter", "markets", "last_year")}
    return [Caveat("learned_elsewhere", values={"measure": measure, **learned})]


def _level_caveats(facts: Sequence[Observation], size_known: bool) -> list[Caveat]:
    """A caveat where no fact tells the level of the flow, or only bounds or differences do."""
    # A share of a market of known size is a number of vehicles, too
    levels = [
        fact
        for fact in facts
        if not math.isnan(fact.amount)
        and (not fact.quantity.is_percent or (size_known and fact.quantity.of_market))
    ]
    if levels and all(fact.bound for fact in levels) and not opposite(levels):
        return [Caveat("only_bounds")]
    if levels and all(fact.quantity.says == "change" for fact in levels):
        return [Caveat("only_differences")]
    if levels or not facts:
        return []
    return [Caveat("no_level" if size_known else "no_scale")]


def _years(facts: Sequence[Observation], periods: Sequence[Period]) -> tuple[int, int, int]:
    """First year of the path, last year that facts speak of, last year that is asked for."""
    first_asked = min(period.start.year for period in periods)
    start = first_asked - 1
    final = first_asked - 1
    if facts:
        start, final = years_spoken_of(facts)
    if final - start >= LONGEST_SPAN:
        earliest_fact = min(facts, key=lambda fact: fact.years[0])
        latest_fact = max(facts, key=lambda fact: fact.years[1])
        raise EvidenceError(
            f"the facts speak of {start} to {final}, from {earliest_fact.name} "
            f"({earliest_fact.period}) to {latest_fact.name} ({latest_fact.period}); a "
            f"forecast takes at most {LONGEST_SPAN} years: correct the date that is wrong, or "
            "leave facts out with "
            "select()"
        )
    horizon = max(*(period.end.year for period in periods), final + 1)
    return min(start, first_asked), final, horizon


def _bases(facts: Sequence[Observation], requested: str | None) -> tuple[str, dict[str, int]]:
    """The basis that is forecast, and a column for the offset of each other one."""
    counts = Counter(fact.basis for fact in facts)
    if requested is not None and facts and requested not in counts:
        raise EvidenceError(
            f"no fact has the basis {requested!r}; there are {', '.join(map(repr, counts))}"
        )
    basis = requested
    if basis is None:
        basis = max(counts, key=counts.__getitem__, default="")
    other_bases = [name for name in counts if name != basis]
    return basis, {name: column for column, name in enumerate(other_bases)}


def _default_periods(facts: Sequence[Observation]) -> tuple[Period, ...]:
    if not facts:
        raise EvidenceError(
            "no facts and no periods: say what to forecast, e.g. periods=[year(2025)]"
        )
    final_year = max(fact.period.end.year for fact in facts)
    return tuple(year(y) for y in range(final_year, min(final_year + 3, LAST_YEAR + 1)))


def common_shocks(seed: int, of_year: int, draws: int, nu: float | None = COMMON_NU) -> Array:
    """Unit shocks behind a year's common effect: of the same order in every market with one seed.

    >>> bool((common_shocks(1, 2025, 3) == common_shocks(1, 2025, 3)).all())
    True
    """
    return _evenly(np.random.default_rng([seed, of_year]), nu, draws)


def _evenly(rng: np.random.Generator, nu: float | None, draws: int) -> Array:
    """Student t numbers, evenly drawn; normal ones without degrees of freedom."""
    level = strata(rng, draws, 1)[:, 0]
    return np.asarray(ndtri(level) if nu is None else stdtrit(nu, level))


def carried_on(
    path: LatentPath, drawn: Array, kind: Indices, until: int, seed: int, place: str
) -> tuple[LatentPath, Array]:
    """The same path up to a later year, and draws of its coordinates: those of years of which no
    fact speaks are drawn from the prior.

    Each year has random numbers of its own, so that they do not depend on the last year.

    Parameters
    ----------
    path : LatentPath
        Over the years that facts speak of, and one more.
    drawn : ndarray, shape (draws, width)
        Draws of its coordinates.
    kind : ndarray of int, shape (draws,)
        Kind of market of each draw.
    until : int
        Last year.
    seed : int
        Of all draws; those of common shocks are the same in every place.
    place : str
        Its own random numbers go with it.
    """
    long_path = path.reaching(until)
    draws = len(drawn)
    x = np.zeros((draws, long_path.width))
    x[:, long_path.columns_of(path)] = with_new_last_year(path, drawn, kind, seed, place)
    at = {name: columns.start for name, columns in long_path.columns.items()}
    spread = np.sqrt(long_path.kind_variance[kind])
    for later_year in range(path.last_year + 1, until + 1):
        rng = np.random.default_rng([seed, later_year, *place.encode()])
        column = later_year - path.first_year
        _draw_within_year(x, long_path, spread, column, rng)
        x[:, at["shock"] + column] = _evenly(rng, path.prior.shock_nu, draws)
        x[:, at["size"] + column] = _evenly(rng, SIZE_NU, draws)
        x[:, at["common"] + column] = common_shocks(seed, later_year, draws)
    return long_path, x


def with_new_last_year(path: LatentPath, x: Array, kind: Indices, seed: int, place: str) -> Array:
    """Draws of a path's coordinates, with the last year, of which no fact speaks, drawn anew.

    Draws that count for much are there many times, and all their copies would have one last year.
    It is drawn from the prior instead. What its growth changes in the months of the year before,
    the tilt of that year takes back, so that the facts are met as they were; a change is taken as
    often as the tilt's density says (Metropolis).

    Parameters
    ----------
    path : LatentPath
        Over the years that facts speak of, and one more.
    x, kind, seed, place
        As `carried_on` takes them, the draws as `drawn`.
    """
    draws = len(x)
    at = {name: columns.start for name, columns in path.columns.items()}
    spread = np.sqrt(path.kind_variance[kind])
    column = path.years - 1
    rng = np.random.default_rng([seed, path.last_year, *place.encode()])
    new = x.copy()
    _draw_within_year(new, path, spread, column, rng)
    shock = path.mixture.rows(slice(column, column + 1))
    part = rng.choice(shock.weight.shape[1], draws, p=shock.weight[0])
    new[:, at["shock"] + column] = shock.mean[0, part] + shock.sd[0, part] * _evenly(
        rng, None, draws
    )
    new[:, at["size"] + column] = _evenly(rng, None, draws)
    new[:, at["common"] + column] = common_shocks(seed, path.last_year, draws, None)
    none = np.zeros((path.width, 0))
    slope, new_slope = (path.slopes(path.totals(item, none)[1])[:, -2] for item in (x, new))
    tilt = at["tilt"] + column - 1
    new[:, tilt] += (slope - new_slope) / path.prior.within_year.slope_sd
    log_ratio = 0.5 * (x[:, tilt] ** 2 - new[:, tilt] ** 2) / spread[:, tilt] ** 2
    is_taken = np.log(rng.random(draws)) < log_ratio
    return np.where(is_taken[:, None], new, x)


def _draw_within_year(
    x: Array, path: LatentPath, spread: Array, column: int, rng: np.random.Generator
) -> None:
    """Draw what a year's months are like, and by how much chance moves it."""
    for name, months in (("chance", 1), ("tilt", 1), ("noise", 12)):
        columns = path.columns[name].start + months * column + np.arange(months)
        x[:, columns] = rng.standard_normal((len(x), months)) * spread[:, columns]
