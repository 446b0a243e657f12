"""What new observations change in a forecast, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from forecasting.curves.results import GrowthResults

__all__ = ["forecast_news"]


def forecast_news(results: GrowthResults, endog: object, steps: int) -> pd.DataFrame:
    """Median forecasts before and after, and the impact of each new observation in the order of
    time.

    Parameters
    ----------
    results : GrowthResults
        The forecast before.
    endog : Series or array_like
        Observations that follow the series.
    steps : int
        Periods after the last new one.

    Returns
    -------
    DataFrame
        Columns ``previous``, one per new observation (what it moved), ``updated``; one row per
        period. The impacts add up to the difference.

    Examples
    --------
    >>> from forecasting.curves.model import GrowthModel
    >>> news = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0], curve="logistic").fit().news([140.0], steps=2)
    >>> news.columns.tolist(), news.index.tolist()
    (['previous', 5, 'updated'], [6, 7])
    """
    full = results.model.extended(endog)
    known, count = len(results.model.endog), len(full.endog)
    stages, names = [results], []
    for place in range(known, count):
        if np.isfinite(full.endog[place]):
            seen = full.until(place + 1)
            stages.append(seen.fit_constrained(results.fixed))
            names.append(full.index[place])
    ahead = full.timeline.future(steps)
    medians = [np.median(stage.predict_at(ahead).draws, axis=0) for stage in stages]
    impacts = {
        name: after - before
        for name, before, after in zip(names, medians, medians[1:], strict=False)
    }
    return pd.DataFrame(
        {"previous": medians[0], **impacts, "updated": medians[-1]}, index=ahead.labels
    )
