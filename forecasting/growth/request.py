"""From what was asked to draws: one request of a forecast, answered."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from forecasting.caveats import Caveat, each_once
from forecasting.errors import EvidenceError
from forecasting.evidence.bases import apart
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.growth.bounds import only_bounds, read_bounds_together, tells_level
from forecasting.growth.curve_path import CURVES_ON_FACTS, CurvePath
from forecasting.growth.extrapolation import carried_on, common_shocks, extrapolate
from forecasting.growth.forecast import FlowForecast
from forecasting.growth.influence import log_flow_at_mode, moves
from forecasting.growth.likelihood import Observation, observe
from forecasting.growth.path import LatentPath
from forecasting.growth.posterior import Posterior, sample
from forecasting.growth.prior import SHIPPED, Prior
from forecasting.growth.starting import MarketSize, counts, path_of
from forecasting.growth.usable import usable_facts, years_spoken_of
from forecasting.measures import MEASURES, nearest
from forecasting.periods import LAST_YEAR, Period, months_between, year

__all__ = ["CHOICES", "Request"]

Array = NDArray[np.float64]

CHOICES = ("pooled", *CURVES_ON_FACTS, "average")
UNMET = 0.25  # share of draws replaced from which the approximation is said to have failed
LONGEST_SPAN = 80  # years that facts may speak of: time and memory go with its square
# Probability of being wrong, ten times that before any other fact, from which it is said to
# disagree
DOUBTED = 0.2


@dataclass(frozen=True)
class Request:
    """What a forecast was asked for, so that it can be asked again with other facts.

    Parameters
    ----------
    evidence : Ledger
        The facts.
    periods, prior, market_size, basis, draws, seed, curve
        As :func:`forecasting.growth.flow.forecast_flow` takes them.
    unit : bool
        Whether the numbers are in a unit; those of a table that tells no rounding may be in
        anybody's.
    """

    evidence: Ledger
    periods: tuple[Period, ...] | None
    prior: Prior
    market_size: MarketSize
    basis: str | None
    draws: int
    seed: int
    curve: str = "pooled"
    unit: bool = True

    def __post_init__(self) -> None:
        if self.draws < 8:
            raise EvidenceError(
                f"draws is {self.draws}; give 8 or more, and a few hundred for quantiles to mean much"
            )
        if self.curve not in CHOICES:
            close = nearest(self.curve, CHOICES) or "pooled"
            raise EvidenceError(
                f"unknown curve {self.curve!r}; did you mean {close!r}? There are {', '.join(CHOICES)}"
            )

    def with_evidence(self, evidence: Ledger) -> Request:
        """The same question with other facts."""
        return replace(self, evidence=evidence)

    def answer(self) -> FlowForecast:
        """Draw the path."""
        # The matrices are small: threads only wait for each other
        with threadpool_limits(limits=1, user_api="blas"):
            return self._answer()

    def moved(self, periods: Sequence[Period]) -> pd.DataFrame:
        """By how much each fact moves the log flow of some periods: a row for each fact, a column
        for each period.
        """
        if self.curve == "average":
            parts = [replace(self, curve=curve).moved(periods) for curve in CURVES_ON_FACTS]
            return pd.concat(parts).groupby(level=0, sort=False).mean()
        asked = self._prepared()
        with threadpool_limits(limits=1, user_api="blas"):
            moved = moves(asked.path, asked.observations, asked.bases, periods)
        names = [o.fact.id for o in asked.observations]
        return pd.DataFrame(moved, names, [period.label for period in periods])

    def at_mode(self, periods: Sequence[Period]) -> Array:
        """Log flow of some periods at the mode, free of the noise of draws."""
        if self.curve == "average":
            return np.asarray(
                np.mean(
                    [replace(self, curve=curve).at_mode(periods) for curve in CURVES_ON_FACTS],
                    axis=0,
                )
            )
        asked = self._prepared()
        with threadpool_limits(limits=1, user_api="blas"):
            return log_flow_at_mode(asked.path, asked.observations, asked.bases, periods)

    def _prepared(self) -> _Prepared:
        """Facts read, and the path that they are of."""
        measure = _single(self.evidence, "measure")
        facts, caveats = usable_facts(self.evidence, measure)
        if self.market_size is None and not facts:
            why = f" ({'; '.join(map(str, caveats[:3]))})" if caveats else ""
            raise EvidenceError(
                f"no facts{why} and no market size: give at least one of them, e.g. market_size=100_000"
            )
        caveats += _open_levels(facts, self.market_size is not None)
        basis, bases = _bases(facts, self.basis)
        drifts = [
            (i, _first_year_of(facts, other)) for other, i in bases.items() if apart(other, basis)
        ]
        periods = self.periods or _default_periods(facts)
        first, last, until = _years(facts, periods)
        prior = self.prior.of_measure(measure)
        caveats += _learned_elsewhere(prior, measure)
        path = path_of(
            prior, self.market_size, facts, (first, last + 1), len(bases), drifts, caveats
        )
        if self.curve != "pooled":
            if not facts:
                raise EvidenceError(
                    f"curve={self.curve!r} needs facts; with none, only analogue markets tell of growth"
                )
            curves = CURVES_ON_FACTS if self.curve == "average" else [self.curve]
            facts_end = max(fact.period.end.year for fact in counts(facts))
            path = CurvePath(
                prior,
                first,
                last + 1,
                facts_end,
                path.start_of_flow(),
                curves,
                path.sizes,
                len(bases),
                drifts,
            )
        counted = self.unit or self.market_size is not None
        observations = read_bounds_together(
            [observe(fact, first, path.months, counted, path.stood) for fact in facts]
        )
        return _Prepared(path, observations, basis, bases, periods, until, measure, caveats)

    def _answer(self) -> FlowForecast:
        asked, place = self._prepared(), _single(self.evidence, "place")
        path, first, until = asked.path, asked.path.first_year, asked.until
        # Of each curve: facts this few do not tell which is right
        share = max(self.draws // path.curves, 8)
        years = range(first, path.last_year + 1)
        common = np.stack([common_shocks(self.seed, y, path.curves * share) for y in years], axis=1)
        rng = np.random.default_rng([self.seed, *place.encode()])
        posterior = sample(path, asked.observations, asked.bases, common, rng)
        if isinstance(path, CurvePath):
            far, by_curve = (
                path.reaching(until),
                np.arange(path.curves * share).reshape(share, -1).T.ravel(),
            )
            monthly, market = (
                far.flows(carried_on(path, posterior, far, rng)[by_curve])[:, :-1],
                None,
            )
        else:
            monthly, market = extrapolate(path, posterior, until, self.seed, rng)
        return FlowForecast(
            periods=asked.periods,
            months=tuple(months_between(dt.date(first, 1, 1), dt.date(until, 12, 31))),
            monthly=monthly,
            market=None if self.market_size is None else market,
            basis=asked.basis,
            measure=asked.measure,
            place=place,
            diagnostics=_diagnostics(posterior, len(asked.observations), len(monthly)),
            caveats=each_once(
                [
                    *asked.caveats,
                    *_disagreeing(asked.observations, posterior),
                    *_facts_unmet(posterior),
                ]
            ),
            _asked=self,
            # Coordinates fill much room
            _fit=(asked.observations, replace(posterior, x=posterior.x[:0].copy())),
        )


@dataclass(frozen=True)
class _Prepared:
    """What a request comes to before anything is drawn."""

    path: LatentPath
    observations: tuple[Observation, ...]
    basis: str
    bases: Mapping[str, int]
    periods: tuple[Period, ...]
    until: int
    measure: str
    caveats: Sequence[Caveat]


def _learned_elsewhere(prior: Prior, measure: str) -> list[Caveat]:
    """A caveat where the prior was learned on another thing than what is forecast."""
    if not measure or MEASURES[measure].of_electric_cars or prior.perimeter not in SHIPPED:
        return []
    learned = {name: getattr(prior, name) for name in ("perimeter", "markets", "last_year")}
    return [Caveat("learned_elsewhere", values={"measure": measure, **learned})]


def _open_levels(facts: Sequence[Fact], sized: bool) -> list[Caveat]:
    """What facts that tell no level, or only bounds of it, leave open."""
    if only_bounds(facts):
        return [Caveat("only_bounds")]
    levels = [fact for fact in facts if tells_level(fact)]
    if levels and all(fact.is_change for fact in levels):
        return [Caveat("only_differences")]
    if levels or not facts:
        return []
    return [Caveat("no_level" if sized else "no_scale")]


def _years(facts: Sequence[Fact], periods: Sequence[Period]) -> tuple[int, int, int]:
    """First year of the path, last year that facts speak of, last year that is asked for."""
    before = [] if facts else [year(min(p.start.year for p in periods) - 1)]
    first, last = years_spoken_of(facts, before)
    if last - first >= LONGEST_SPAN:
        early, late = (
            pick(facts, key=lambda fact: years_spoken_of([fact], [])[at])
            for at, pick in enumerate((min, max))
        )
        raise EvidenceError(
            f"the facts speak of {first} to {last}, from {early.id} ({early.period}) to {late.id} ({late.period}); a "
            f"forecast takes at most {LONGEST_SPAN} years: correct the date that is wrong, or leave facts out with "
            "select()"
        )
    first = min(first, min(p.start.year for p in periods))
    return first, last, max(max(p.end.year for p in periods), last + 1)


def _single(evidence: Ledger, column: str) -> str:
    """The commonest word of a column, the first in the alphabet of several; nothing where there are
    no facts.
    """
    counts = Counter(getattr(fact, column) for fact in evidence)
    return min(counts, key=lambda word: (-counts[word], word), default="")


def _bases(facts: Sequence[Fact], asked: str | None) -> tuple[str, dict[str, int]]:
    """The basis that is forecast, and a column for the offset of each other one."""
    counts = pd.Series([fact.basis for fact in facts], dtype=str).value_counts(sort=False)
    if asked is not None and facts and asked not in counts.index:
        raise EvidenceError(
            f"no fact has the basis {asked!r}; there are {', '.join(map(repr, counts.index))}"
        )
    basis = asked if asked is not None else (str(counts.idxmax()) if len(counts) else "")
    return basis, {str(name): i for i, name in enumerate(b for b in counts.index if b != basis)}


def _first_year_of(facts: Sequence[Fact], basis: str) -> int:
    return min(fact.period.end.year for fact in facts if fact.basis == basis)


def _default_periods(facts: Sequence[Fact]) -> tuple[Period, ...]:
    if not facts:
        raise EvidenceError(
            "no facts and no periods: say what to forecast, e.g. periods=[year(2025)]"
        )
    last = max(fact.period.end.year for fact in facts)
    return tuple(year(y) for y in range(last, min(last + 3, LAST_YEAR + 1)))


def _disagreeing(observations: Sequence[Observation], posterior: Posterior) -> list[Caveat]:
    return [
        Caveat("disagrees", (o.fact,))
        for o, wrong in zip(observations, posterior.doubted, strict=True)
        if wrong > DOUBTED
    ]


def _facts_unmet(posterior: Posterior) -> list[Caveat]:
    """A caveat where the approximation of the posterior has failed."""
    share = float(posterior.unmet)
    return [Caveat("facts_unmet", values={"share": share})] if share > UNMET else []


def _diagnostics(posterior: Posterior, facts: int, draws: int) -> dict[str, object]:
    """How the draws were made."""
    return {
        "method": "Gibbs over scales about the mode",
        "facts": facts,
        "draws": draws,
        "ess": round(posterior.effective),
        "unmet": round(posterior.unmet, 4),
    }
