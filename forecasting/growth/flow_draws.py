"""Draws of a flow's monthly path: totals, quantiles and probabilities of any period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.arguments import flag, number, of, probability, several, takes
from forecasting.caveats import Caveat
from forecasting.errors import EvidenceError
from forecasting.growth.likelihood import flow_weights
from forecasting.periods import Period, year
from forecasting.showing import Shown, chart

Array = NDArray[np.float64]


def sums_of_years(monthly: Array) -> Array:
    """Sums of twelve months, in each draw.

    Parameters
    ----------
    monthly : ndarray, shape (draws, months)
        From a January on, whole years.

    Examples
    --------
    >>> sums_of_years(np.ones((1, 24))).tolist()
    [[12.0, 12.0]]
    """
    return np.asarray(monthly.reshape(len(monthly), -1, 12).sum(axis=2))


PERIOD = of(Period, words="a Period, e.g. fc.year(2025)")


@dataclass(frozen=True, repr=False)
class FlowDraws(Shown):
    """Draws of a flow's monthly path, and what can be said from them alone.

    Attributes
    ----------
    periods, months, monthly, market, basis, measure, place, diagnostics, caveats
        As of :class:`forecasting.growth.forecast.FlowForecast`.
    """

    periods: tuple[Period, ...]
    months: tuple[Period, ...]
    monthly: Array
    market: Array | None
    basis: str
    measure: str = ""
    place: str = ""
    diagnostics: Mapping[str, object] = field(default_factory=dict)
    caveats: tuple[Caveat, ...] = ()

    def __repr__(self) -> str:
        medians = ", ".join(
            f"{label} {median:,.0f}"
            for label, median in zip(self._index, self._totals_median, strict=True)
        )
        return (
            f"<{type(self).__name__} {self.measure} {self.place} {self.basis}: {medians}>".replace(
                "  ", " "
            )
        )

    @takes(EvidenceError, log=flag())
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

        Raises
        ------
        EvidenceError
            Where log is neither true nor false.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> [trace.name for trace in forecast.plot().data][:2]
        ['forecast, 80 %', None]
        """
        return chart(self, log)

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

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.totals(year(2023)).shape
        (200,)
        """
        if period.start < self.months[0].start or period.end > self.months[-1].end:
            raise EvidenceError(
                f"{period} reaches outside the forecast's months, {self.months[0]} to "
                f"{self.months[-1]}"
            )
        weights = flow_weights(period, self.months[0].start.year, len(self.months))
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
    def quantiles(
        self, levels: Sequence[float] | Array = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
    ) -> pd.DataFrame:
        """Quantiles by period: one row per period, one column per level.

        Parameters
        ----------
        levels : sequence of float
            From 0 to 1.

        Returns
        -------
        DataFrame, shape (periods, levels)
            In the measure's unit.

        Raises
        ------
        EvidenceError
            For a level outside 0 to 1.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.quantiles([0.1, 0.9]).shape
        (1, 2)
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

        Raises
        ------
        EvidenceError
            For an alpha that is no probability.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.summary_frame(alpha=0.2).columns.tolist()
        ['mean', 'median', 'pi_lower', 'pi_upper']
        """
        low, median, high = np.quantile(self._totals, [alpha / 2, 0.5, 1 - alpha / 2], axis=1)
        columns = {
            "mean": self._totals.mean(axis=1),
            "median": median,
            "pi_lower": low,
            "pi_upper": high,
        }
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

        Raises
        ------
        EvidenceError
            Where `above` is not a number.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.probability(above=0).tolist()
        [1.0]
        """
        return pd.Series(
            (self._totals > above).mean(axis=1), index=self._index, name=f"above {above:g}"
        )

    @takes(EvidenceError, monthly=of(np.ndarray, words="an array"))
    def with_monthly(self, monthly: Array) -> Self:
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

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> doubled = forecast.with_monthly(2 * forecast.monthly)
        >>> bool(np.allclose(doubled.totals(year(2023)), 2 * forecast.totals(year(2023))))
        True
        """
        of_months = monthly.shape[1:] == self.monthly.shape[1:]
        if not of_months or monthly.dtype.kind not in "fiu" or not np.isfinite(monthly).all():
            raise EvidenceError(
                f"monthly has shape {monthly.shape}: give finite numbers, draws by"
                f" {len(self.months)} months"
            )
        return replace(self, monthly=monthly.astype(float))

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
            from_year, from_flow (median of the last year before the forecast's first period),
            years, growth_percent (a year), probability.

        Raises
        ------
        EvidenceError
            For a target of 0 or less, and a period outside the path.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.growth_to(5000, year(2023))["from_year"]
        np.float64(2022.0)
        """
        start = min(p.start.year for p in self.periods) - 1
        flow = float(np.median(self.totals(year(max(start, self.months[0].start.year)))))
        years = period.end.year - start
        growth = 100 * ((target / flow) ** (1 / years) - 1)
        probability = float((self.totals(period) >= target).mean())
        message = {"from_year": start, "from_flow": flow, "years": years, "growth_percent": growth}
        return pd.Series(message | {"probability": probability})
