"""A forecast of a flow: draws of its monthly path, and what can be said from them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.arguments import number, of, probability, several, shown, takes
from forecasting.errors import EvidenceError
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.words import in_words
from forecasting.growth.likelihood import Observation, flow_weights
from forecasting.growth.posterior import Posterior
from forecasting.growth.sharing import made_once
from forecasting.periods import Period, year
from forecasting.showing import show

if TYPE_CHECKING:
    from forecasting.growth.request import Request

__all__ = ["FACTS", "PERIOD", "FlowForecast", "ledger_of"]

Array = NDArray[np.float64]
PERIOD = of(Period, words="a Period, e.g. fc.year(2025)")
FACTS = of(Ledger, pd.DataFrame, words="a Ledger, or a table of facts")


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
    caveats : tuple of str
        What a reader should know: facts left out, facts that disagree.

    Examples
    --------
    >>> from forecasting.growth.flow import annual_totals, forecast_flow
    >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
    >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
    >>> forecast.summary_frame(alpha=0.2).columns.tolist()
    ['mean', 'median', 'pi_lower', 'pi_upper']
    """

    periods: tuple[Period, ...]
    months: tuple[Period, ...]
    monthly: Array
    market: Array | None
    basis: str
    measure: str = ""
    place: str = ""
    diagnostics: Mapping[str, object] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    _asked: Request | None = None
    _fit: tuple[tuple[Observation, ...], Posterior] | None = None

    def __repr__(self) -> str:
        spoken = ", ".join(
            f"{label} {median:,.0f}" for label, median in zip(self._index, self._totals_median, strict=True)
        )
        return f"<FlowForecast {self.measure} {self.place} {self.basis}: {spoken}>".replace("  ", " ")

    def _repr_html_(self) -> str:
        return str(show("forecast_html", self))

    @property
    def evidence(self) -> Ledger | None:
        """The facts that it rests on; None of a forecast that was not made from facts."""
        return self._asked.evidence if self._asked else None

    def plot(self, log: bool = False) -> Any:
        """The periods with their intervals, and the facts that they rest on, as a plotly figure.

        Parameters
        ----------
        log : bool
            A logarithmic scale.

        Returns
        -------
        plotly.graph_objects.Figure
            In the measure's unit.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> chart = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200).plot()
        >>> [trace.name for trace in chart.data][:4]
        ['95 %', '80 %', '50 %', 'Median']
        """
        return show("forecast_chart", self, log)

    @takes(EvidenceError, period=PERIOD)
    def totals(self, period: Period) -> Array:
        """The flow over any period inside the path, one value a draw.

        Parameters
        ----------
        period : Period
            Any days inside the path.

        Returns
        -------
        ndarray, shape (draws,)
            In the measure's unit; a month that is covered in part counts by its days.

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
    def _log_median(self) -> Array:
        return np.asarray(np.log(np.maximum(np.median(self._totals, axis=1), 1e-9)))

    @property
    def _totals_median(self) -> list[float]:
        return [float(value) for value in np.median(self._totals, axis=1)]

    @property
    def _index(self) -> pd.Index:
        return pd.Index([period.label for period in self.periods], name="period")

    @takes(EvidenceError, levels=several(number(0, 1), "numbers from 0 to 1, e.g. [0.1, 0.5, 0.9]"))
    def quantiles(self, levels: Sequence[float] | Array = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)) -> pd.DataFrame:
        """Quantiles by period: one row per period, one column per level.

        Parameters
        ----------
        levels : sequence of float
            From 0 to 1.

        Returns
        -------
        DataFrame, shape (periods, levels)
            In the measure's unit.
        """
        columns = [float(level) for level in levels]
        table = np.quantile(self._totals, columns, axis=1).T
        return pd.DataFrame(table, index=self._index, columns=pd.Index(columns, name="quantile"))

    @takes(EvidenceError, alpha=probability())
    def summary_frame(self, alpha: float = 0.2) -> pd.DataFrame:
        """Mean, median and the 1 - alpha prediction interval by period, in statsmodels' columns.

        Parameters
        ----------
        alpha : float
            Probability outside the interval, half of it on either side.

        Returns
        -------
        DataFrame
            Columns mean, median, pi_lower, pi_upper, in the measure's unit; one row per period.
        """
        low, median, high = np.quantile(self._totals, [alpha / 2, 0.5, 1 - alpha / 2], axis=1)
        columns = {"mean": self._totals.mean(axis=1), "median": median, "pi_lower": low, "pi_upper": high}
        return pd.DataFrame(columns, index=self._index)

    @takes(EvidenceError, above=number())
    def probability(self, above: float) -> pd.Series:
        """Probability that the flow exceeds a number, by period.

        Parameters
        ----------
        above : float
            In the measure's unit.

        Returns
        -------
        Series
            From 0 to 1, by period.
        """
        return pd.Series((self._totals > above).mean(axis=1), index=self._index, name=f"above {above:g}")

    def with_monthly(self, monthly: Array) -> FlowForecast:
        """The same forecast with other draws, as drivers make them.

        Parameters
        ----------
        monthly : ndarray, shape (draws, months)
            In the measure's unit.

        Returns
        -------
        FlowForecast
            Its facts, periods and caveats stay.

        Raises
        ------
        EvidenceError
            Where the numbers are not finite, or not of as many months.
        """
        made = np.asarray(monthly)
        if made.shape[1:] != self.monthly.shape[1:] or made.dtype.kind not in "fiu" or not np.isfinite(made).all():
            raise EvidenceError(f"monthly is {shown(monthly)}: give finite numbers, draws by {len(self.months)} months")
        return replace(self, monthly=made.astype(float))

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
            said = (o.fact.id, o.fact.period.label, o.fact.basis, in_words(o.fact))
            rows.append((*said, shown, middle, low, high, surprise, float(fit.doubted[i])))
        return pd.DataFrame(rows, columns=columns)

    def influence(self) -> pd.DataFrame:
        """What each fact does to the forecast: the median without it, and by how much it moves the median.

        A fact's move is that of the posterior's mode, found anew without it: as the median moves, without the noise
        of new draws.

        Returns
        -------
        DataFrame
            Columns fact, period, without, change_percent (what the fact moved); the largest movers first.
        """
        asked = self._question()
        moved = made_once(lambda: asked.moved(self.periods), asked, str(self.periods))
        table = moved.rename_axis(index="fact").reset_index().melt("fact", var_name="period", value_name="move")
        median = table["period"].map(self.quantiles([0.5]).iloc[:, 0])
        change = 100 * np.expm1(table.pop("move"))
        table = table.assign(without=median / (1 + change / 100), change_percent=change)
        return table.sort_values("change_percent", key=abs, ascending=False, kind="stable", ignore_index=True)

    def contraction(self) -> pd.Series:
        """How much of the answer is the facts': 1 less the ratio of variances of the log flow with and without them.

        0 means that the prior speaks alone, 1 that the facts do. Where no market size is known, the first total stays:
        without it there is no scale.

        Returns
        -------
        Series
            From 0 to 1, by period.
        """
        before = made_once(self._log_variance_without_facts, self._question(), str(self.periods))
        ratio = np.log(self._totals).var(axis=1) / before
        return pd.Series(1 - ratio, index=self._index, name="contraction").clip(0.0, 1.0)

    def _log_variance_without_facts(self) -> Array:
        asked = self._question()
        rest = asked.evidence.head(0 if asked.market_size is not None else 1)
        before = replace(asked, evidence=rest, periods=self.periods, basis=None, curve="pooled").answer()
        return np.asarray(np.log(np.maximum(before._totals, 1e-9)).var(axis=1))

    @takes(EvidenceError, target=number(0, ends=False), period=PERIOD)
    def growth_to(self, target: float, period: Period) -> pd.Series:
        """What growth a target would take, and how likely it is.

        Parameters
        ----------
        target : float
            The flow in that period.
        period : Period
            A calendar year.

        Returns
        -------
        Series
            from_year, from_flow (median of the last year before the forecast's first period), years, growth_percent (a
            year), probability.
        """
        start = min(p.start.year for p in self.periods) - 1
        flow = float(np.median(self.totals(year(max(start, self.months[0].start.year)))))
        years = period.end.year - start
        growth = 100 * ((target / flow) ** (1 / years) - 1)
        probability = float((self.totals(period) >= target).mean())
        said = {"from_year": start, "from_flow": flow, "years": years, "growth_percent": growth}
        return pd.Series(said | {"probability": probability})

    def _question(self) -> Request:
        if self._asked is None:
            raise EvidenceError("this forecast was not made from facts, so that none can be added or left out")
        return self._asked

    @takes(EvidenceError, more=FACTS)
    def news(self, more: Ledger | pd.DataFrame) -> pd.DataFrame:
        """What each new fact moved in the forecast: the facts are added one by one, as they were published.

        First and last medians are of the draws; what lies between moves as the posterior's mode does, so that a fact
        that says nothing new moves nothing.

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
        asked = replace(self._question(), periods=self.periods)
        facts = sorted(ledger_of(more, len(asked.evidence)), key=lambda fact: fact.known_from or dt.date.min)
        told = [asked.with_evidence(asked.evidence + Ledger(facts[:n])) for n in range(len(facts) + 1)]
        whole = told[-1].answer()._log_median - self._log_median
        moved = np.diff([request.at_mode(self.periods) for request in told], axis=0)
        share = np.abs(moved) + 1e-9
        moved += (whole - moved.sum(axis=0)) * share / share.sum(axis=0)
        after = np.exp(self._log_median + moved.cumsum(axis=0))
        before = np.vstack([np.exp(self._log_median), after[:-1]])
        rows = [
            (fact.id, label, before[i, j], after[i, j], after[i, j] - before[i, j])
            for i, fact in enumerate(facts)
            for j, label in enumerate(self._index)
        ]
        return pd.DataFrame(rows, columns=["fact", "period", "before", "after", "revision"])


def ledger_of(evidence: Ledger | pd.DataFrame, before: int = 0) -> Ledger:
    """Facts as they are, or a table read at the ledger's door.

    A table may leave unsaid what it counts, and where. Its facts are named in their order, and its numbers are taken to
    the last digit: a number does not know which of its zeros were printed.
    """
    if isinstance(evidence, Ledger):
        return evidence
    names = pd.Series([f"fact {before + number}" for number in range(1, len(evidence) + 1)], evidence.index)
    table = evidence.assign(id=evidence["id"].fillna(names) if "id" in evidence else names)
    if "rounding" not in table and "value" in table:
        numbers = pd.to_numeric(table["value"], errors="coerce")
        table["rounding"] = (0.05 + 0.45 * (numbers % 1 == 0)).where(numbers.notna())
    return Ledger.from_frame(table, measure=None, place=None)
