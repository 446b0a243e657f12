"""Results of a growth model: forecasts of a fitted curve, and what new observations change."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting.arguments import flag, probability, takes
from forecasting.arguments import path as file_path
from forecasting.curves.curve_forecasts import CurveForecasts
from forecasting.curves.fitting.estimate import log_likelihood
from forecasting.curves.fitting.news import forecast_news
from forecasting.curves.fitting.prediction import check_count
from forecasting.curves.fitting.summary import growth_summary
from forecasting.errors import ModelError
from forecasting.evidence.files import read_whole, save_asked
from forecasting.showing import chart

if TYPE_CHECKING:
    from forecasting.curves.model import GrowthModel

__all__ = ["GrowthResults"]


class GrowthResults(CurveForecasts):
    """A fitted growth curve.

    Attributes
    ----------
    model : GrowthModel
        What was fitted.
    curve : str
        The curve that ``params`` belong to; of an average, the one with the most weight.
    params : Series
        Estimates by name.
    llf, sse, scatter : float
        Log-likelihood, sum of squared residuals, and the residuals' standard deviation (least
        squares) or relative standard deviation (other errors).
    converged : bool
        Whether a minimum was found.
    fixed : dict
        Values of fixed parameters.
    from_prior : bool
        Whether the data do not tell the parameters, so that they are the centre of the posterior.
    carried : bool
        Whether the parameters were estimated on other data than the model's: by ``append``,
        ``extend`` or ``apply``.

    Examples
    --------
    >>> from forecasting.curves.model import GrowthModel
    >>> results = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0, 110.0, 163.0], curve="logistic").fit()
    >>> results.get_forecast(2).summary_frame(alpha=0.2).columns.tolist()
    ['mean', 'median', 'mean_se', 'pi_lower', 'pi_upper']
    """

    def __repr__(self) -> str:
        said = ", ".join(f"{name} {value:.4g}" for name, value in self.params.items())
        return f"<GrowthResults {self.model.curve}: {said}>"

    def append(self, endog: object, refit: bool = False) -> GrowthResults:
        """Results of this series with later observations appended.

        Parameters
        ----------
        endog : Series or array_like
            The observations that follow; an array takes the next periods.
        refit : bool
            Whether to estimate anew; else parameters and posterior stay as they are.

        Returns
        -------
        GrowthResults
            New ones.

        Raises
        ------
        ModelError
            For values that are no numbers, and for periods that do not follow the series.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().append([110.0]).nobs
        6
        """
        return self._carry(self.model.extended(endog), refit)

    def extend(self, endog: object) -> GrowthResults:
        """Results of the later observations alone, with these parameters.

        Parameters
        ----------
        endog : Series or array_like
            The observations that follow; an array takes the next periods.

        Returns
        -------
        GrowthResults
            New ones; forecasts start after the last of the later observations.

        Raises
        ------
        ModelError
            As by :meth:`append`.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().extend([110.0, 163.0]).nobs
        2
        """
        return self._carry(self.model.extended(endog, alone=True), refit=False)

    def apply(self, endog: object, refit: bool = False) -> GrowthResults:
        """Results of another series with these parameters.

        Parameters
        ----------
        endog : Series or array_like
            The other series, whose clock starts as this one's did.
        refit : bool
            Whether to estimate anew; else parameters and posterior stay as they are.

        Returns
        -------
        GrowthResults
            New ones.

        Raises
        ------
        ModelError
            For a series that no growth curve can be fitted to.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> fitted = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit()
        >>> bool((fitted.apply([11.0, 20.0, 30.0, 52.0, 80.0]).params == fitted.params).all())
        True
        """
        return self._carry(self.model._like(endog, self.model._launch_given), refit)

    @takes(ModelError, refit=flag())
    def _carry(self, model: GrowthModel, refit: bool) -> GrowthResults:
        if refit:
            return model.fit_constrained(self.fixed)
        problem, params = model.problem(self._curve), self._found.params
        residual = np.where(problem.seen, problem.y - problem.fitted(params), 0.0)
        scatter = None if model.errors == "poisson" else self.scatter
        llf = log_likelihood(problem, params, model.errors, scatter)
        results = GrowthResults.__new__(GrowthResults)
        results.__dict__.update(
            self.__dict__ | {"posterior": self.posterior, "model": model, "llf": llf}
        )
        results.sse, results.carried = float(residual**2 @ problem.weights), True
        return results

    def news(self, endog: object, steps: int = 5) -> pd.DataFrame:
        """What each new observation changes in the forecast, one after the other, as statsmodels'
        ``news``.

        Parameters
        ----------
        endog : Series or array_like
            Observations that follow the series.
        steps : int
            Periods after the last new one.

        Returns
        -------
        DataFrame
            One row per period, its median before and after, and a column per new observation: the
            impact of each, in the unit of the observations. The impacts add up to the difference.

        Raises
        ------
        ModelError
            As by :meth:`append`, and for steps below 1.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> news = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0], curve="logistic").fit().news([140.0], steps=2)
        >>> news.columns.tolist(), news.index.tolist()
        (['previous', 5, 'updated'], [6, 7])
        """
        return forecast_news(self, endog, check_count("steps", steps))

    @takes(ModelError, alpha=probability())
    def plot(self, steps: int = 5, alpha: float = 0.1, **kwargs: Any) -> Any:
        """Observations, fitted curve and forecast with its interval.

        Parameters
        ----------
        steps : int
            Periods after the last observation.
        alpha : float
            One less the probability of the interval.
        **kwargs : object
            For ``DataFrame.plot``, which then draws with pandas' own backend.

        Returns
        -------
        plotly.graph_objects.Figure or matplotlib.axes.Axes
            The second with keyword arguments.

        Raises
        ------
        ModelError
            For steps below 1, and for an alpha that no interval has.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> len(GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().plot(steps=2).data) > 2
        True
        """
        if not kwargs:
            return chart(self, steps, alpha)
        future = self.get_forecast(steps).summary_frame(alpha)[["median", "pi_lower", "pi_upper"]]
        past = pd.DataFrame(
            {"observed": self.model.endog, "fitted": self.fittedvalues}, index=self.model.index
        )
        frame = pd.concat([past, future])
        if isinstance(frame.index, pd.PeriodIndex):
            frame.index = frame.index.to_timestamp()
        return frame.plot(**kwargs)

    def summary(self, alpha: float = 0.05) -> Any:
        """Estimates, intervals and what to know of them, in statsmodels' own tables.

        Parameters
        ----------
        alpha : float
            One less the probability of the intervals.

        Returns
        -------
        statsmodels.iolib.summary.Summary
            With ``as_text``, ``as_html`` and ``as_latex``.

        Raises
        ------
        ModelError
            For an alpha that no interval has.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> print(GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().summary().tables[0].title)
        Growth curve results
        """
        return growth_summary(self, alpha)

    @takes(ModelError, path=file_path())
    def save(self, path: str | Path) -> None:
        """Write a pickle.

        Parameters
        ----------
        path : str or Path
            Of the file; one that is there is replaced.

        Raises
        ------
        ModelError
            Where the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> from forecasting.curves.model import GrowthModel
        >>> results = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit()
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     results.save(Path(folder, "results.pickle"))
        ...     again = GrowthResults.load(Path(folder, "results.pickle"))
        >>> again.params.equals(results.params)
        True
        """
        save_asked(ModelError, path, pickle.dumps(self))

    @staticmethod
    @takes(ModelError, path=file_path())
    def load(path: str | Path) -> GrowthResults:
        """Read what :meth:`save` wrote. As with every pickle, only from a source that you trust.

        Parameters
        ----------
        path : str or Path
            Of the file.

        Returns
        -------
        GrowthResults
            As they were saved.

        Raises
        ------
        ModelError
            Where the file cannot be read, or holds something else.

        Examples
        --------
        >>> import tempfile
        >>> from forecasting.curves.model import GrowthModel
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().save(Path(folder, "results.pickle"))
        ...     print(GrowthResults.load(Path(folder, "results.pickle")).nobs)
        5
        """
        try:
            results = pickle.loads(read_whole(path))
        except Exception as error:  # whatever is in the file
            raise ModelError(f"{path} holds no saved results: {error}") from None
        if not isinstance(results, GrowthResults):
            raise ModelError(f"{path} holds {type(results).__name__}, not GrowthResults")
        return results
