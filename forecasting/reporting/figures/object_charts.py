"""A forecast of a flow and a fitted growth curve, each as its object draws itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from forecasting.evidence.bases import basis_words
from forecasting.evidence.places import place_words
from forecasting.evidence.words import period_words
from forecasting.measures import MEASURES
from forecasting.periods import Period
from forecasting.reporting.figures.drawing import Trace, scatter
from forecasting.reporting.figures.facts import basis_colours, fact_traces
from forecasting.reporting.figures.marks import marks, yearly_rate
from forecasting.reporting.figures.style import BLUE, INK, band, new_chart, tint
from forecasting.reporting.labels import interval, label_of, readable, rounded, unit_of

if TYPE_CHECKING:
    from forecasting.curves.results import GrowthResults
    from forecasting.growth.forecast import FlowForecast

__all__ = ["forecast_chart", "results_chart"]

SHADES = ((0.025, 0.975, "95 %", 0.14), (0.1, 0.9, "80 %", 0.22), (0.25, 0.75, "50 %", 0.34))


def forecast_chart(forecast: FlowForecast, log: bool = False) -> go.Figure:
    """The periods that were asked for, with their 50, 80 and 95 % intervals, and the facts that
    they rest on.

    Parameters
    ----------
    forecast : FlowForecast
        Of any periods.
    log : bool
        A logarithmic scale.
    """
    measure = forecast.measure if forecast.measure in MEASURES else ""
    label, where = label_of(measure) if measure else "Forecast", forecast.place
    title = f"{label}: {place_words(where)}" if where else label
    words = "as long as the period, as high as its yearly rate"
    basis = basis_words("as counted by {}; ", forecast.basis)
    chart = new_chart(
        title, basis + words, y=f"{unit_of(measure)} a year" if measure else "a year", height=440
    )
    rates = forecast.quantiles().mul(
        [yearly_rate(1.0, period) for period in forecast.periods], axis=0
    )
    for low, high, name, opacity in SHADES:
        chart.add_trace(
            _boxes(forecast.periods, rates[low], rates[high], name, tint(BLUE, opacity))
        )
    chart.add_trace(_medians(forecast, rates[0.5]))
    shown = marks(forecast.evidence, measure) if forecast.evidence is not None and measure else []
    chart.add_traces(
        list(
            fact_traces(
                shown, forecast.basis, basis_colours([mark.basis for mark in shown], forecast.basis)
            )
        )
    )
    top = 1.05 * max([*rates[0.975], *(mark.height for mark in shown)])
    axis: dict[str, Any] = {"type": "log"} if log else {"range": [0, float(f"{top:.3g}")]}
    return chart.update_yaxes(**axis).figure()


def _boxes(
    periods: Sequence[Period], low: pd.Series, high: pd.Series, name: str, fill: str
) -> Trace:
    """A closed box for each period, all in one trace."""
    x: list[str | None] = []
    y: list[float] = []
    for period, under, over in zip(periods, low, high, strict=True):
        start, end = period.start.isoformat(), period.end.isoformat()
        x += [start, end, end, start, start, None]
        y += [over, over, under, under, over, float("nan")]
    style: dict[str, Any] = {
        "fill": "toself",
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    return scatter(x=x, y=rounded(y), name=name, fillcolor=fill, **style)


def _medians(forecast: FlowForecast, rates: pd.Series) -> Trace:
    x: list[str | None] = []
    y: list[float] = []
    said: list[str] = []
    for period, rate, row in zip(
        forecast.periods, rates, forecast.quantiles().to_dict("records"), strict=True
    ):
        x += [period.start.isoformat(), period.end.isoformat(), None]
        y += [rate, rate, float("nan")]
        said += [
            f"<b>{period_words(period)}: {readable(row[0.5])}</b><br>80 %: {interval(row[0.1], row[0.9])}"
        ] * 3
    line = {"color": BLUE, "width": 2.5}
    return scatter(
        x=x, y=rounded(y), mode="lines", name="Median", line=line, hovertext=said, hoverinfo="text"
    )


def results_chart(results: GrowthResults, steps: int = 5, alpha: float = 0.1) -> go.Figure:
    """What was observed, the fitted curve, and its forecast with the interval of 1 - alpha.

    Parameters
    ----------
    results : GrowthResults
        Of one series.
    steps : int
        How far the forecast goes.
    alpha : float
        One less the level of the interval.
    """
    ahead, index = results.get_forecast(steps).summary_frame(alpha), results.model.index
    level = f"{100 * (1 - alpha):g} %"
    chart = new_chart(
        f"{results.curve.capitalize()} curve",
        f"median and {level} interval; dots are what was observed",
    )
    past, future = _across(index), _across(ahead.index)
    chart.add_trace(
        band(future, ahead["pi_lower"], ahead["pi_upper"], name=level, fillcolor=tint(BLUE, 0.22))
    )
    dashed = {"color": BLUE, "width": 2, "dash": "dot"}
    chart.add_trace(
        scatter(x=past, y=rounded(results.fittedvalues), mode="lines", name="Fitted", line=dashed)
    )
    line = {"color": BLUE, "width": 2.5}
    chart.add_trace(
        scatter(
            x=future, y=rounded(ahead["median"]), mode="lines+markers", name="Median", line=line
        )
    )
    dots = {"color": INK, "size": 8}
    observed = np.asarray(results.model.endog, dtype=float)
    chart.add_trace(
        scatter(x=past, y=rounded(observed), mode="markers", name="Observed", marker=dots)
    )
    return chart.update_yaxes(rangemode="tozero").figure()


def _across(index: pd.Index) -> list[Any]:
    """Labels of a series as an axis takes them: a period by its first day, anything else as it is."""
    return [
        label.start_time.date().isoformat() if isinstance(label, pd.Period) else label
        for label in index.tolist()
    ]
