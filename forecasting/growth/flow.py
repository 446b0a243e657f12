"""The forecast of a flow from published facts: what the notebooks and the command line call.

>>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
>>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=500)
>>> bool(2180 < forecast.quantiles([0.5]).iloc[0, 0] < 8000)
True
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from forecasting.errors import EvidenceError, ForecastWarning
from forecasting.evidence.ledger import Ledger
from forecasting.growth.likelihood import Observation, flow_weights, observe
from forecasting.growth.onward import onward, shared
from forecasting.growth.posterior import Posterior, sample
from forecasting.growth.prior import Prior
from forecasting.growth.starting import MarketSize, path_of
from forecasting.growth.statements import Statement, read_statements, years_spoken_of
from forecasting.periods import Period, months_between, year

__all__ = ["FlowForecast", "annual_totals", "forecast_flow"]

Array = NDArray[np.float64]
UNMET = 0.25  # share of draws replaced from which the approximation is said to have failed
DOUBTED = 0.5  # probability of being wrong from which a fact is said to disagree with the others


def annual_totals(series: pd.Series) -> pd.DataFrame:
    """Facts from an annual series: one exact total a year.

    Parameters
    ----------
    series : Series
        Indexed by year.

    Examples
    --------
    >>> annual_totals(pd.Series({2022: 2180}))[["relation", "period_end", "value"]].values.tolist()
    [['equals', '2022-12-31', 2180.0]]
    """
    known = series.dropna()
    years = [int(str(y)[:4]) for y in known.index]
    return pd.DataFrame(
        {
            "relation": "equals",
            "quantity": "total",
            "period_start": [f"{y}-01-01" for y in years],
            "period_end": [f"{y}-12-31" for y in years],
            "value": known.to_numpy(dtype=float),
        }
    )


@dataclass(frozen=True)
class FlowForecast:
    """Draws of a flow's monthly path, and what can be said from them.

    Made by :func:`forecast_flow`.

    Attributes
    ----------
    periods : tuple of Period
        What was asked for.
    months : tuple of Period
        The months of the path.
    monthly : ndarray, shape (draws, months)
        The flow by month, on the forecast basis.
    market : ndarray, shape (draws, months), or None
        New vehicles by month, where the market's size is known.
    basis : str
        Whose definition is forecast.
    measure, place : str
        What and where, as far as the evidence says.
    diagnostics : dict
        How the draws were made, and whether they can be trusted.
    remarks : tuple of str
        What a reader should know: facts left out, facts that disagree.
    """

    periods: tuple[Period, ...]
    months: tuple[Period, ...]
    monthly: Array
    market: Array | None
    basis: str
    measure: str = ""
    place: str = ""
    diagnostics: Mapping[str, object] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    _asked: _Request | None = None
    _fit: tuple[tuple[Observation, ...], Posterior] | None = None

    def totals(self, period: Period) -> Array:
        """The flow over any period inside the path, one value a draw.

        Raises
        ------
        EvidenceError
            Where the period reaches outside the path.
        """
        if period.start < self.months[0].start or period.end > self.months[-1].end:
            raise EvidenceError(
                f"{period} reaches outside the forecast's months, {self.months[0]} to {self.months[-1]}"
            )
        weights = flow_weights(period, self.months[0].start.year, len(self.months))[:-1]
        return np.asarray(self.monthly @ weights)

    @cached_property
    def _totals(self) -> Array:
        return np.stack([self.totals(period) for period in self.periods])

    @property
    def _index(self) -> pd.Index:
        return pd.Index([period.label for period in self.periods], name="period")

    def quantiles(self, levels: Sequence[float] | Array = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)) -> pd.DataFrame:
        """Quantiles by period: one row per period, one column per level."""
        columns = [float(level) for level in levels]
        table = np.quantile(self._totals, columns, axis=1).T
        return pd.DataFrame(table, index=self._index, columns=pd.Index(columns, name="quantile"))

    def summary_frame(self, alpha: float = 0.2) -> pd.DataFrame:
        """Mean, median and the 1 - alpha prediction interval by period, in statsmodels' columns."""
        low, median, high = np.quantile(self._totals, [alpha / 2, 0.5, 1 - alpha / 2], axis=1)
        columns = {"mean": self._totals.mean(axis=1), "median": median, "pi_lower": low, "pi_upper": high}
        return pd.DataFrame(columns, index=self._index)

    def probability(self, above: float) -> pd.Series:
        """Probability that the flow exceeds a number, by period."""
        return pd.Series((self._totals > above).mean(axis=1), index=self._index, name=f"above {above:g}")

    def with_monthly(self, monthly: Array) -> FlowForecast:
        """The same forecast with other draws, as drivers make them."""
        return replace(self, monthly=np.asarray(monthly, dtype=float))

    def fit_table(self) -> pd.DataFrame:
        """Each fact beside what the others lead one to expect.

        Returns
        -------
        DataFrame
            Columns fact, period, basis, printed, value (what was printed, in its unit), expected and its 80 % range,
            surprise (in standard deviations of that range), doubted (probability that the fact is wrong).
        """
        columns = ["fact", "period", "basis", "printed", "value", "expected", "low", "high", "surprise", "doubted"]
        if self._fit is None:
            return pd.DataFrame(columns=columns)
        rows = []
        for i, o in enumerate(self._fit[0]):
            fit = self._fit[1]
            mean, sd = float(fit.expected[i]), float(fit.expected_sd[i])
            low, middle, high = (float(o.shown(mean + z * sd)) for z in (-1.2816, 0.0, 1.2816))
            surprise = (o.value - mean) / math.hypot(sd, min(o.noise.sd))
            shown = float(o.shown(o.value))
            said = (o.statement.name, o.statement.period.label, o.statement.basis, o.statement.printed)
            rows.append((*said, shown, middle, low, high, surprise, float(fit.doubted[i])))
        return pd.DataFrame(rows, columns=columns)

    def news(self, more: Ledger | pd.DataFrame) -> pd.DataFrame:
        """What each new fact moved in the forecast: the facts are added one by one, as they were published.

        Parameters
        ----------
        more : Ledger or DataFrame
            The new facts, as :func:`forecast_flow` takes them.

        Returns
        -------
        DataFrame
            One row per fact and period: median before and after, and the revision; revisions of a period sum to the
            whole.

        Raises
        ------
        EvidenceError
            Where the forecast holds no evidence to add to.
        """
        if self._asked is None:
            raise EvidenceError("this forecast was not made from facts, so that none can be added")
        table = more.frame if isinstance(more, Ledger) else more.copy()
        if "published" in table:
            table = table.sort_values("published", kind="stable")
        rows, before, known = [], self, self._asked.table
        for number in range(len(table)):
            known = pd.concat([known, table.iloc[[number]]], ignore_index=True)
            after = self._asked.with_table(known).forecast()
            old, new = (f.quantiles([0.5]).iloc[:, 0] for f in (before, after))
            name = str(table.iloc[number].get("id", f"fact {number + 1}"))
            for label in self._index:
                rows.append((name, label, old[label], new[label], new[label] - old[label]))
            before = after
        return pd.DataFrame(rows, columns=["fact", "period", "before", "after", "revision"])


@dataclass(frozen=True)
class _Request:
    """What :func:`forecast_flow` was asked, so that it can be asked again with more facts."""

    table: pd.DataFrame
    periods: tuple[Period, ...] | None
    prior: Prior
    market_size: MarketSize
    basis: str | None
    draws: int
    seed: int

    def with_table(self, table: pd.DataFrame) -> _Request:
        return replace(self, table=table)

    def forecast(self) -> FlowForecast:
        with threadpool_limits(
            limits=1, user_api="blas"
        ):  # the matrices are small: more threads only wait for each other
            return _forecast(self)


def forecast_flow(
    evidence: Ledger | pd.DataFrame,
    periods: Sequence[Period] | None = None,
    prior: Prior | None = None,
    market_size: MarketSize = None,
    basis: str | None = None,
    draws: int = 2000,
    seed: int = 0,
) -> FlowForecast:
    """Forecast a flow from a handful of published facts.

    Parameters
    ----------
    evidence : Ledger or DataFrame
        Facts of one measure and place; a table needs relation, quantity, period_start, period_end and value.
    periods : sequence of Period, optional
        What is asked for; by default the last year that facts speak of and the two after it.
    prior : Prior, optional
        What analogue markets teach; by default the one that ships.
    market_size : float, Series, mapping or None
        New vehicles a year: one number (for the last whole year that facts speak of) or by year. None where none is
        known or possible: then the prior is on the share that the first fact is of, and units do not matter.
    basis : str, optional
        The agency whose definition is forecast; by default the one with most facts.
    draws : int
        Number of draws.
    seed : int
        Forecasts with one seed share the shocks that are common to all markets, draw by draw, so that sums hold.

    Returns
    -------
    FlowForecast

    Raises
    ------
    EvidenceError
        Where facts cannot be read, or there are none and no market size either.

    Examples
    --------
    >>> facts = pd.DataFrame({"relation": ["equals", "equals"], "quantity": ["total", "yoy_growth_percent"],
    ...     "period_start": ["2023-01-01"] * 2, "period_end": ["2023-04-30"] * 2, "value": [2544, 300.0]})
    >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=500)
    >>> bool(forecast.probability(above=7632).iloc[0] > 0.5)
    True
    """
    table = evidence.frame if isinstance(evidence, Ledger) else evidence
    if draws < 2:
        raise EvidenceError(f"draws is {draws}; quantiles need at least 2, and a few hundred to mean something")
    request = _Request(
        table,
        tuple(periods) if periods is not None else None,
        prior or Prior.shipped(),
        market_size,
        basis,
        draws,
        seed,
    )
    return request.forecast()


def _forecast(ask: _Request) -> FlowForecast:
    measure = _single(ask.table, "measure")
    statements, remarks = read_statements(ask.table, measure)
    if ask.market_size is None:
        if not statements:
            raise EvidenceError("no facts and no market size: give at least one of them, e.g. market_size=100_000")
        statements = [replace(s, counted=s.counted and not math.isnan(s.rounding)) for s in statements]
    basis, bases = _bases(statements, ask.basis)
    periods = ask.periods or _default_periods(statements)
    first, last = years_spoken_of(statements, [] if statements else [year(min(p.start.year for p in periods) - 1)])
    last_asked = max(max(p.end.year for p in periods), last + 1)
    first = min(first, min(p.start.year for p in periods))
    path = path_of(ask.prior, ask.market_size, statements, (first, last + 1), len(bases), remarks)
    observations = [observe(s, first, path.months) for s in statements]
    common = np.stack([shared(ask.seed, y, ask.draws) for y in range(first, last + 2)], axis=1)
    rng = np.random.default_rng([ask.seed, *(_single(ask.table, "place").encode())])
    posterior = sample(path, observations, bases, common, rng)
    monthly, market = onward(path, posterior, last_asked, ask.seed, rng)
    remarks += _disagreeing(observations, posterior)
    return FlowForecast(
        periods, tuple(months_between(year(first).start, year(last_asked).end)), monthly,
        None if ask.market_size is None else market, basis, measure, _single(ask.table, "place"),
        _diagnostics(posterior, len(observations), ask.draws), tuple(dict.fromkeys(remarks)), ask,
        (tuple(observations), posterior),
    )  # fmt: skip


def _single(table: pd.DataFrame, column: str) -> str:
    """The commonest value of a column, or nothing."""
    if column not in table or table.empty:
        return ""
    values = table[column].dropna().astype(str)
    return str(values.mode().iloc[0]) if len(values) else ""


def _bases(statements: Sequence[Statement], asked: str | None) -> tuple[str, dict[str, int]]:
    """The basis that is forecast, and a column for the offset of each other one."""
    counts = pd.Series([s.basis for s in statements], dtype=str).value_counts(sort=False)
    if asked is not None and statements and asked not in counts.index:
        raise EvidenceError(f"no fact has the basis {asked!r}; there are {', '.join(map(repr, counts.index))}")
    basis = asked if asked is not None else (str(counts.idxmax()) if len(counts) else "")
    return basis, {str(name): i for i, name in enumerate(b for b in counts.index if b != basis)}


def _default_periods(statements: Sequence[Statement]) -> tuple[Period, ...]:
    if not statements:
        raise EvidenceError("no facts and no periods: say what to forecast, e.g. periods=[year(2025)]")
    last = max(s.period.end.year for s in statements)
    return tuple(year(y) for y in range(last, last + 3))


def _disagreeing(observations: Sequence[Observation], posterior: Posterior) -> list[str]:
    return [
        f"{o.statement.name} ({o.statement.printed}, {o.statement.period}) disagrees with the other facts"
        for o, wrong in zip(observations, posterior.doubted, strict=True)
        if wrong > DOUBTED
    ]


def _diagnostics(posterior: Posterior, facts: int, draws: int) -> dict[str, object]:
    """How the draws were made; a failed approximation is said aloud."""
    if posterior.unmet > UNMET:
        said = (
            f"{posterior.unmet:.0%} of the draws could not be brought to meet all facts: see fit_table() for conflicts"
        )
        warnings.warn(said, ForecastWarning, stacklevel=5)
    return {
        "method": "Gibbs over scales about the mode",
        "facts": facts,
        "draws": draws,
        "ess": round(posterior.effective),
        "unmet": round(posterior.unmet, 4),
    }
