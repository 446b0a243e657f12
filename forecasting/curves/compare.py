"""Growth curves beside the models that statsmodels has for a short series."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.curves.fitting.series import read_series
from forecasting.curves.model import GrowthModel

__all__ = ["compare_models"]

Array = NDArray[np.float64]


def compare_models(
    endog: object, steps: int = 5, alpha: float = 0.1, curve: str = "auto"
) -> pd.DataFrame:
    """Forecasts of exponential smoothing, unobserved components and growth curves, side by side.

    Parameters
    ----------
    endog : array_like or Series
        Flows, above zero for the unobserved components of the logarithm.
    steps : int
        Periods to forecast.
    alpha : float
        One less the probability of the intervals.
    curve : str
        Growth curve, as in ``GrowthModel``.

    Returns
    -------
    DataFrame
        One row per period; per model the columns ``median`` (for smoothing: the mean), ``pi_lower``
        and ``pi_upper``.

    Examples
    --------
    >>> table = compare_models([12.0, 19.0, 33.0, 49.0, 82.0, 110.0, 163.0], steps=2)
    >>> table.columns.get_level_values(0).unique().tolist()
    ['ETS, damped trend', 'Unobserved components of the log', 'Growth curves']
    """
    values, _, _ = read_series(endog)
    ours = GrowthModel(endog, curve=curve).fit().get_forecast(steps).summary_frame(alpha)
    models: dict[str, Callable[[Array, int, float], Array]] = {"ETS, damped trend": _smoothing}
    if np.nanmin(values) > 0:
        models["Unobserved components of the log"] = _components
    columns = ["median", "pi_lower", "pi_upper"]
    frames = {
        name: pd.DataFrame(model(values, steps, alpha), ours.index, columns)
        for name, model in models.items()
    }
    return pd.concat(frames | {"Growth curves": ours[columns]}, axis=1)


def _smoothing(values: Array, steps: int, alpha: float) -> Array:
    import warnings

    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = pd.Series(values, index=pd.RangeIndex(len(values)))
    with warnings.catch_warnings():
        # It warns of a start or an optimum that a short series leaves open
        warnings.simplefilter("ignore")
        fit = ETSModel(series, error="add", trend="add", damped_trend=True).fit(disp=0)
        frame = fit.get_prediction(start=len(values), end=len(values) + steps - 1).summary_frame(
            alpha=alpha
        )
    return np.asarray(frame[["mean", "pi_lower", "pi_upper"]], dtype=float)


def _components(values: Array, steps: int, alpha: float) -> Array:
    import warnings

    from statsmodels.tsa.statespace.structural import UnobservedComponents

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = UnobservedComponents(np.log(values), "lltrend").fit(disp=0, maxiter=500)
        frame = fit.get_forecast(steps).summary_frame(alpha=alpha)
    return np.asarray(np.exp(frame[["mean", "mean_ci_lower", "mean_ci_upper"]]), dtype=float)
