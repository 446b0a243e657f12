"""What a user would pick instead of this package: single-series tools, and simple rules learned
from analogues.

Each peer maps a market's unbroken annual history to quantiles of its sales at :data:`LEVELS`, by
horizon.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.errors import ModelError
from forecasting.evaluation.scores import LEVELS, Quantiles

Array = NDArray[np.float64]

HORIZONS = (1, 2, 3, 5)
NORMAL: Array = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
LEAST_SALES = 100  # growth out of fewer is counting noise, and no case for a score
FEWEST_STEPS = 20  # analogues that a regression needs
WIDER = 1.1  # for coefficients that are themselves estimated

SINGLE = (
    "naive",
    "drift of log",
    "AutoETS",
    "AutoETS of log, damped",
    "AutoTheta of log",
    "AutoARIMA of log",
)


def naive(history: pd.Series) -> Quantiles:
    """A random walk of logs from the last value, its step the root mean square of those seen.

    >>> naive(pd.Series([100.0, 200.0, 400.0]))[1][3].round().item()
    400.0
    """
    logs = np.log(history.to_numpy(dtype=float))
    step = np.sqrt(np.mean(np.diff(logs) ** 2))
    return {h: np.exp(logs[-1] + NORMAL * step * np.sqrt(h)) for h in HORIZONS}


def drift(history: pd.Series) -> Quantiles:
    """A random walk of logs that goes on growing as it did on average; its step is at least 0.1.

    >>> drift(pd.Series([100.0, 200.0, 400.0]))[1][3].round().item()
    800.0
    """
    logs = np.log(history.to_numpy(dtype=float))
    steps = np.diff(logs)
    step = max(float(steps.std(ddof=1)), 0.1)
    return {
        h: np.exp(logs[-1] + h * steps.mean() + NORMAL * step * np.sqrt(h * (1 + h / len(steps))))
        for h in HORIZONS
    }


def _statsforecast(make: Callable[[], object], log: bool) -> Callable[[pd.Series], Quantiles]:
    """A model of statsforecast; a series too short for it gets the naive forecast."""
    columns = ("lo-95", "lo-80", "lo-50", "mean", "hi-50", "hi-80", "hi-95")

    def forecast(history: pd.Series) -> Quantiles:
        y = history.to_numpy(dtype=float)
        model: object = make()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a peer warns of short series
                levels = np.log(y) if log else y
                bands_of = model.forecast(  # type: ignore[attr-defined]
                    y=levels, h=max(HORIZONS), level=[50, 80, 95]
                )
        except Exception:  # whatever a peer raises on a series of three years is its way to say no
            return naive(history)
        bands = np.stack([bands_of[column] for column in columns], axis=1)
        if not np.isfinite(bands).all():
            return naive(history)
        bands = np.exp(np.clip(bands, -5, 25)) if log else np.maximum(bands, 1)
        return {h: bands[h - 1] for h in HORIZONS}

    return forecast


def single_series() -> dict[str, Callable[[pd.Series], Quantiles]]:
    """The tools that see one series alone, by name: those of :data:`SINGLE`.

    Raises
    ------
    ModelError
        Where statsforecast is not installed.
    """
    try:
        from statsforecast.models import AutoARIMA, AutoETS, AutoTheta
    except ImportError:
        raise ModelError(
            "the peers need statsforecast, which is not installed; pip install"
            " 'ev-forecasting[bench]'"
        ) from None
    return {
        "naive": naive,
        "drift of log": drift,
        "AutoETS": _statsforecast(lambda: AutoETS(season_length=1), log=False),
        "AutoETS of log, damped": _statsforecast(
            lambda: AutoETS(season_length=1, model="ZZN", damped=True), log=True
        ),
        "AutoTheta of log": _statsforecast(lambda: AutoTheta(season_length=1), log=True),
        "AutoARIMA of log": _statsforecast(lambda: AutoARIMA(season_length=1), log=True),
    }


class AnalogueRegression:
    """Growth over a horizon regressed on log-odds of share and last growth, over other markets'
    rows up to the origin.

    Parameters
    ----------
    panel : DataFrame
        Markets to learn from: market, year, sales, share.
    regressors : sequence of int
        0 the constant, 1 log-odds, 2 last growth; (0,) is the others' average growth and its
        spread.

    Examples
    --------
    >>> panel = pd.DataFrame([(f"m{i}", 2000 + t, 100.0 * 2**t, np.nan)
    ...                       for i in range(9) for t in range(8)],
    ...                      columns=["market", "year", "sales", "share"])
    >>> history = pd.Series([100.0, 150.0, 200.0], index=[2005, 2006, 2007])
    >>> AnalogueRegression(panel, (0,)).forecast("mine", history, np.nan)[1][3].round(-1).item()
    400.0
    """

    def __init__(self, panel: pd.DataFrame, regressors: Sequence[int] = (0, 1, 2)) -> None:
        self.regressors = list(regressors)
        self.steps = {h: _steps(panel, h) for h in HORIZONS}

    def forecast(self, market: str, history: pd.Series, share: float) -> Quantiles:
        """Quantiles by horizon: the regression's centre with its residuals' quantiles, a tenth
        wider.

        Parameters
        ----------
        market : str
            Left out of the regression.
        history : Series
            Annual sales by year, up to the origin.
        share : float
            Of the origin year; NaN where unknown.
        """
        last = history.to_numpy(dtype=float)
        own = _features(np.array([share]), np.array([np.log(last[-1] / last[-2])]))[
            0, self.regressors
        ]
        fallback = drift(history)
        result = {}
        for h, steps in self.steps.items():
            known = steps[
                (steps["market"] != market) & (steps["year"] + h <= int(history.index[-1]))
            ]
            if len(known) < FEWEST_STEPS:
                result[h] = fallback[h]
                continue
            x = _features(known["share"].to_numpy(), known["growth"].to_numpy())[:, self.regressors]
            y = known["ahead"].to_numpy()
            ridge = np.diag(np.array([0.1, 5.0, 5.0])[self.regressors])
            beta = np.linalg.solve(x.T @ x + ridge, x.T @ y)
            centre = np.log(last[-1]) + own @ beta
            result[h] = np.exp(centre + WIDER * np.quantile(y - x @ beta, LEVELS))
        return result


def _features(share: Array, growth: Array) -> Array:
    """Constant, log-odds of the share (-4 where unknown), last growth, all kept within reason."""
    inside = np.clip(share, 1e-5, 0.97)
    odds = np.where(np.isnan(share), -4.0, np.log(inside / (1 - inside)))
    return np.column_stack([np.ones(len(share)), odds, np.clip(growth, -1, 2)])


def _steps(panel: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Growth over the horizon from every row that has a year before it and one the horizon after
    it.
    """
    rows = panel[["market", "year", "sales", "share"]]
    before, after = (
        rows[["market", "year", "sales"]].assign(year=rows["year"] + move) for move in (1, -horizon)
    )
    steps = rows.merge(before, on=["market", "year"], suffixes=("", "_before"))
    steps = steps.merge(after, on=["market", "year"], suffixes=("", "_after"))
    steps = steps[steps["sales"] >= LEAST_SALES]
    return steps.assign(
        growth=np.log(steps["sales"] / steps["sales_before"]),
        ahead=np.log(steps["sales_after"] / steps["sales"]),
    )
