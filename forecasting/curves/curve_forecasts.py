"""Forecasts of a fitted growth curve, drawn from its posterior."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from forecasting.arguments import of, takes
from forecasting.curves.fitted_curve import DRAWS, FittedCurve
from forecasting.curves.fitting.prediction import GrowthPrediction, check_count
from forecasting.curves.fitting.timeline import Timeline
from forecasting.errors import ModelError

__all__ = ["CurveForecasts"]


class CurveForecasts(FittedCurve):
    """A fitted curve that is drawn on: predictions, forecasts and simulated paths, in statsmodels'
    names.

    Parameters
    ----------
    model, curve, found, mixture
        As :class:`forecasting.curves.fitted_curve.FittedCurve` takes them.
    """

    def get_prediction(self, start: Any = None, end: Any = None) -> GrowthPrediction:
        """Predictions of observations and of the periods that follow.

        Parameters
        ----------
        start, end : int or label, optional
            First and last period, both included: positions or labels. By default the whole series.

        Returns
        -------
        GrowthPrediction
            Draws of the observations, from the posterior.

        Raises
        ------
        ModelError
            Where the start comes after the end or before the series, and for a label that is no
            period of it.

        Examples
        --------
        >>> import pandas as pd
        >>> from forecasting.curves.model import GrowthModel
        >>> sales = pd.Series([12.0, 19.0, 33.0, 49.0, 82.0], pd.period_range("2019", periods=5, freq="Y"))
        >>> GrowthModel(sales).fit().get_prediction("2023", "2025").summary_frame().index.astype(str).tolist()
        ['2023', '2024', '2025']
        """
        count = len(self.model.endog)
        timeline = self.model.timeline
        first = 0 if start is None else timeline.position(start)
        last = count - 1 if end is None else timeline.position(end)
        if not 0 <= first <= last:
            raise ModelError(
                f"prediction from {start!r} to {end!r}: the start comes after the end, or before the series"
            )
        return self.predict_at(timeline.until(last + 1).part(first, last + 1))

    def get_forecast(self, steps: Any = 1) -> GrowthPrediction:
        """Forecasts of the periods after the last observation.

        Parameters
        ----------
        steps : int or label
            How many periods, each as long as the last one; or the label of the last one.

        Returns
        -------
        GrowthPrediction
            Draws of the observations, from the posterior.

        Raises
        ------
        ModelError
            For a number below 1, and for a label that is no later period.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().get_forecast(2).summary_frame(alpha=0.2).shape
        (2, 5)
        """
        timeline = self.model.timeline
        if isinstance(steps, (str, dt.date, pd.Period, np.datetime64)):
            steps = timeline.position(steps) - len(timeline.labels) + 1
        return self.predict_at(timeline.future(check_count("steps", steps)))

    def forecast(self, steps: Any = 1) -> pd.Series:
        """Mean forecasts of the periods after the last observation.

        Parameters
        ----------
        steps : int or label
            As for :meth:`get_forecast`.

        Returns
        -------
        Series, shape (steps,)
            In the unit of the observations.

        Raises
        ------
        ModelError
            As by :meth:`get_forecast`.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().forecast(2).index.tolist()
        [5, 6]
        """
        return self.get_forecast(steps).predicted_mean

    def predict(self, start: Any = None, end: Any = None) -> pd.Series:
        """Mean predictions of observations and of the periods that follow.

        Parameters
        ----------
        start, end : int or label, optional
            As for :meth:`get_prediction`.

        Returns
        -------
        Series
            In the unit of the observations; one value per period.

        Raises
        ------
        ModelError
            As by :meth:`get_prediction`.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> len(GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().predict(3, 6))
        4
        """
        return self.get_prediction(start, end).predicted_mean

    def simulate(
        self,
        nsimulations: int,
        anchor: Any = "end",
        repetitions: int = 1,
        random_state: int | np.random.Generator | None = 0,
    ) -> pd.DataFrame:
        """Paths of observations, each from one curve of the posterior.

        Parameters
        ----------
        nsimulations : int
            How many periods.
        anchor : {"end", "start"}, position or label
            The first of them: the one after the last observation, the first observation, or
            another.
        repetitions : int
            How many paths.
        random_state : int, Generator or None
            Of the draws.

        Returns
        -------
        DataFrame, shape (nsimulations, repetitions)
            In the unit of the observations.

        Raises
        ------
        ModelError
            For counts below 1, and for an anchor that is no period of the series.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().simulate(3, repetitions=4).shape
        (3, 4)
        """
        rng, timeline = np.random.default_rng(random_state), self.model.timeline
        first = (
            {"end": len(timeline.labels), "start": 0}.get(anchor)
            if isinstance(anchor, str)
            else None
        )
        first = timeline.position(anchor) if first is None else first
        last = first + check_count("nsimulations", nsimulations)
        timeline = timeline.until(last).part(first, last)
        sampling = timeline.sampling(self.model.launch, self.model.kind)
        draws = rng.permutation(
            self.posterior.draws(sampling, check_count("repetitions", repetitions), rng)
        )
        return pd.DataFrame(draws.T, index=timeline.labels)

    @takes(ModelError, timeline=of(Timeline, words="a Timeline, e.g. model.timeline.future(2)"))
    def predict_at(self, timeline: Timeline) -> GrowthPrediction:
        """Predictions of the periods of a timeline.

        Parameters
        ----------
        timeline : Timeline
            As ``model.timeline``, its parts and what follows it.

        Returns
        -------
        GrowthPrediction
            Draws of the observations, from the posterior.

        Raises
        ------
        ModelError
            For anything but a timeline.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> results = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit()
        >>> results.predict_at(results.model.timeline.future(2)).draws.shape
        (8000, 2)
        """
        sampling = timeline.sampling(self.model.launch, self.model.kind)
        rng = np.random.default_rng(0)
        return GrowthPrediction(self.posterior.draws(sampling, DRAWS, rng), timeline.labels)
