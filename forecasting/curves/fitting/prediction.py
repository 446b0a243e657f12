"""A forecast: its draws, and what statsmodels' prediction results say of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.arguments import number, several, shown, takes, whole
from forecasting.errors import ModelError

__all__ = ["MANY", "GrowthPrediction", "check_alpha", "check_count"]

Array = NDArray[np.float64]
MANY = 10_000  # periods, or paths: each takes a thousand draws


def check_alpha(alpha: float) -> None:
    """Refuse an alpha that no interval has."""
    # Beyond, an interval is infinite
    if not isinstance(alpha, (int, float)) or not 1e-12 < alpha < 1 - 1e-12:
        raise ModelError(
            f"alpha {shown(alpha)}: give a number between 0 and 1, e.g. 0.1 for a 90 % interval"
        )


def check_count(what: str, count: object) -> int:
    """A whole number of 1 or more."""
    try:
        return int(whole(1, MANY).read(count))
    except (TypeError, ValueError):
        raise ModelError(
            f"{what} {shown(count)}: give a whole number of 1 or more, at most {MANY:,}"
        ) from None


class GrowthPrediction:
    """Predictions of one series.

    Parameters
    ----------
    draws : ndarray (draws, periods)
        Observations drawn from the posterior.
    labels : pandas Index
        One per period.

    Examples
    --------
    >>> GrowthPrediction(np.array([[1.0], [2.0], [3.0]]), pd.Index(["2024"])).summary_frame()["median"].tolist()
    [2.0]
    """

    def __init__(self, draws: Array, labels: pd.Index) -> None:
        self.draws, self.row_labels = draws, labels

    def __repr__(self) -> str:
        medians = zip(self.row_labels, np.median(self.draws, axis=0), strict=True)
        return f"<GrowthPrediction: medians {', '.join(f'{label} {median:.4g}' for label, median in medians)}>"

    @property
    def predicted_mean(self) -> pd.Series:
        """Mean of each observation."""
        return pd.Series(self.draws.mean(axis=0), index=self.row_labels, name="predicted_mean")

    @property
    def se_mean(self) -> pd.Series:
        """Standard deviation of each observation about its forecast: of the curve and of the
        scatter about it.
        """
        return pd.Series(self.draws.std(axis=0), index=self.row_labels, name="mean_se")

    @takes(
        ModelError,
        levels=several(number(0, 1, ends=False), "numbers between 0 and 1, e.g. [0.1, 0.5, 0.9]"),
    )
    def quantiles(self, levels: Sequence[float]) -> pd.DataFrame:
        """One row per period, one column per level."""
        values = np.quantile(self.draws, levels, axis=0)
        return pd.DataFrame(values.T, index=self.row_labels, columns=list(levels))

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Prediction intervals, columns ``lower`` and ``upper``."""
        check_alpha(alpha)
        return self.quantiles([alpha / 2, 1 - alpha / 2]).set_axis(["lower", "upper"], axis=1)

    def summary_frame(self, alpha: float = 0.05) -> pd.DataFrame:
        """Mean, median, ``mean_se`` (as ``se_mean``) and prediction interval of each period."""
        interval = self.conf_int(alpha)
        return pd.DataFrame(
            {
                "mean": self.predicted_mean,
                "median": np.median(self.draws, axis=0),
                "mean_se": self.se_mean,
                "pi_lower": interval["lower"],
                "pi_upper": interval["upper"],
            }
        )
