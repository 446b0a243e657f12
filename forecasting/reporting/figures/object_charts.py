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
from forecasting.reporting.figures.drawing import Trace, area, band, line, over, scatter
from forecasting.reporting.figures.facts import basis_colours, fact_traces, marks, yearly_rate
from forecasting.reporting.figures.style import BLUE, INK, new_chart, tint
from forecasting.reporting.labels import label_of, rounded, unit_of

if TYPE_CHECKING:
    from forecasting.curves.results import GrowthResults
    from forecasting.growth.forecast import FlowForecast

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
    label = label_of(measure) if measure else "Forecast"
    title = f"{label}: {place_words(forecast.place)}" if forecast.place else label
    words = "as long as the period, as high as its yearly rate"
    basis = basis_words("as counted by {}; ", forecast.basis)
    chart = new_chart(title, basis + words, y=f"{unit_of(measure)} a year".strip(), height=440)
    scale = [yearly_rate(1.0, period) for period in forecast.periods]
    rates = forecast.quantiles().mul(scale, axis=0)
    for low, high, name, opacity in SHADES:
        style = {"name": name, "fillcolor": tint(BLUE, opacity)}
        chart.add_trace(_boxes(forecast.periods, rates[low], rates[high], **style))
    chart.add_trace(_medians(forecast, rates[0.5]))
    shown = marks(forecast.evidence, measure) if forecast.evidence is not None and measure else []
    colours = basis_colours([mark.basis for mark in shown], forecast.basis)
    chart.add_traces(fact_traces(shown, forecast.basis, colours))
    top = 1.05 * max([*rates[0.975], *(mark.height for mark in shown)])
    axis: dict[str, Any] = {"type": "log"} if log else {"range": [0, float(f"{top:.3g}")]}
    return chart.update_yaxes(**axis).figure()


def _boxes(periods: Sequence[Period], low: pd.Series, high: pd.Series, **style: Any) -> Trace:
    """A closed box for each period, all in one trace."""
    x: list[str | None] = []
    y: list[float] = []
    for period, bottom, top in zip(periods, low, high, strict=True):
        start, end = _ends(period)
        x += [start, end, end, start, start, None]
        y += [top, top, bottom, bottom, top, float("nan")]
    return area(x, y, **style)


def _ends(period: Period) -> tuple[str, str]:
    return period.start.isoformat(), period.end.isoformat()


def _medians(forecast: FlowForecast, rates: pd.Series) -> Trace:
    x: list[str | None] = []
    y: list[float] = []
    hover: list[str] = []
    rows = forecast.quantiles([0.1, 0.5, 0.9]).to_numpy()
    for period, rate, row in zip(forecast.periods, rates, rows, strict=True):
        x += [*_ends(period), None]
        y += [rate, rate, float("nan")]
        hover += [over(period_words(period), *row)] * 3
    return line(x, y, BLUE, name="Median", hovertext=hover, hoverinfo="text")


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
    fill = tint(BLUE, 0.22)
    chart.add_trace(band(future, ahead["pi_lower"], ahead["pi_upper"], name=level, fillcolor=fill))
    dashed = {"color": BLUE, "width": 2, "dash": "dot"}
    chart.add_trace(line(past, results.fittedvalues, BLUE, name="Fitted", line=dashed))
    chart.add_trace(line(future, ahead["median"], BLUE, name="Median", mode="lines+markers"))
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
