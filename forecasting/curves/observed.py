"""A series as a growth model observes it: its values, their times, their weights and their errors."""

from __future__ import annotations

from copy import copy
from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from forecasting.arguments import flag, takes, whole
from forecasting.curves.fitting.constraints import check_word, read_weights
from forecasting.curves.fitting.noise import NOISES, ErrorFamily
from forecasting.curves.fitting.series import read_series
from forecasting.curves.fitting.timeline import read_timeline
from forecasting.errors import ModelError

__all__ = ["ERRORS", "ObservedSeries"]

ERRORS = ("least_squares", *NOISES)


class ObservedSeries:
    """What a model observes, whatever the curve.

    Parameters
    ----------
    endog, kind, time, launch, errors, weights
        As :class:`forecasting.curves.model.GrowthModel` takes them.

    Raises
    ------
    ModelError
        For an unknown kind or error family, and for a series, times or weights that cannot be read.
    """

    def __init__(
        self,
        endog: object,
        kind: Literal["flow", "stock"],
        time: object,
        launch: object,
        errors: str,
        weights: ArrayLike | None,
    ) -> None:
        check_word("kind", kind, ("flow", "stock"))
        check_word("errors", errors, ERRORS)
        self.kind, self.errors = kind, errors
        self.endog, index, self.endog_names = read_series(endog)
        self.timeline = read_timeline(index, time, len(self.endog), kind).from_launch(launch, kind)
        self._launch_given = launch
        self.launch = self.timeline.launch(launch, kind)
        self.sampling = self.timeline.sampling(self.launch, kind)
        self.weights = read_weights(weights, len(self.endog))
        self.noise = self._noise()

    @property
    def nobs(self) -> int:
        """Number of observations."""
        return int(np.isfinite(self.endog).sum())

    @property
    def index(self) -> pd.Index:
        """Labels of the observations."""
        return self.timeline.labels

    def _noise(self) -> ErrorFamily:
        zeros = (self.endog == 0).any()
        if self.errors == "lognormal" and zeros:
            raise ModelError(
                f"observation {self.index[int(np.argmax(self.endog == 0))]} is zero, which lognormal errors exclude;"
                " use errors='negative_binomial' or 'poisson'"
            )
        if self.errors == "least_squares":
            return NOISES["negative_binomial" if zeros else "lognormal"]
        return NOISES[self.errors]

    @takes(ModelError, alone=flag())
    def extended(self, endog: object, alone: bool = False) -> Self:
        """The model of this series with later observations appended, or of those alone.

        Parameters
        ----------
        endog : Series or array_like
            The observations that follow; an array takes the next periods.
        alone : bool
            Whether the model is of the later observations only; the curve's clock starts where it
            did.

        Returns
        -------
        GrowthModel
            A new one.

        Raises
        ------
        ModelError
            For values that are no numbers, and for periods that do not follow the series.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> GrowthModel([10.0, 14.0, 19.0, 24.0]).extended([28.0]).nobs
        5
        """
        values, index, _ = read_series(endog, least=1)
        later = (
            self.timeline.future(len(values))
            if index is None or isinstance(index, pd.RangeIndex)
            else read_timeline(index, None, len(values), self.kind)
        )
        other = copy(self)
        other.timeline = later if alone else self.timeline.followed_by(later)
        other.endog = values if alone else np.append(self.endog, values)
        other.weights = (
            np.ones(len(values)) if alone else np.append(self.weights, np.ones(len(values)))
        )
        other.sampling = other.timeline.sampling(self.launch, self.kind)
        other.noise = other._noise()
        return other

    @takes(ModelError, count=whole(1))
    def until(self, count: int) -> Self:
        """The model of the first observations.

        Parameters
        ----------
        count : int
            How many, no more than there are.

        Returns
        -------
        GrowthModel
            A new one.

        Raises
        ------
        ModelError
            For a number below 1, or above that of the observations.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0]).until(4).nobs
        4
        """
        if count > len(self.endog):
            raise ModelError(f"count is {count}; there are {len(self.endog)} observations")
        other = copy(self)
        other.timeline = self.timeline.part(0, count)
        other.endog, other.weights = self.endog[:count], self.weights[:count]
        other.sampling = other.timeline.sampling(self.launch, self.kind)
        other.noise = other._noise()
        return other
