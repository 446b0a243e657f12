"""Results of a growth model: estimates, their uncertainty, forecasts, and what new observations change."""

from __future__ import annotations

import datetime as dt
import pickle
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.arguments import flag, shown, takes
from forecasting.curves.definitions import Curve
from forecasting.curves.fitting.estimate import Estimate, estimate_at, leaves_open
from forecasting.curves.fitting.intervals import profile_intervals, wald_intervals
from forecasting.curves.fitting.mixture import Mixture
from forecasting.curves.fitting.prediction import GrowthPrediction, check_alpha, check_count
from forecasting.curves.fitting.timeline import Timeline
from forecasting.errors import ModelError
from forecasting.showing import show

if TYPE_CHECKING:
    from forecasting.curves.model import GrowthModel

__all__ = ["GrowthResults"]

Array = NDArray[np.float64]
DRAWS = 8000  # of a forecast


class GrowthResults:
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
        Log-likelihood, sum of squared residuals, and the residuals' standard deviation (least squares) or relative
        standard deviation (other errors).
    converged : bool
        Whether a minimum was found.
    fixed : dict
        Values of fixed parameters.
    from_prior : bool
        Whether the data do not tell the parameters, so that they are the centre of the posterior.
    carried : bool
        Whether the parameters were estimated on other data than the model's: by ``append``, ``extend`` or ``apply``.

    Examples
    --------
    >>> from forecasting.curves.model import GrowthModel
    >>> results = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0, 110.0, 163.0], curve="logistic").fit()
    >>> results.get_forecast(2).summary_frame(alpha=0.2).columns.tolist()
    ['mean', 'median', 'mean_se', 'pi_lower', 'pi_upper']
    """

    def __init__(self, model: GrowthModel, curve: Curve, found: Estimate, mixture: Mixture | None = None) -> None:
        self.model, self._curve, self.fixed = model, curve, dict(model._fixed)
        if mixture is not None:
            self.__dict__["posterior"] = mixture
        self.converged, self.from_prior, self.carried = found.converged, False, False
        problem = model.problem(curve)
        if leaves_open(problem, found):
            centre = self.posterior.centre(curve)
            found, self.from_prior = estimate_at(problem, centre, model.errors, found.converged), True
        self._found = found
        self.llf, self.sse, self.scatter = found.llf, found.sse, found.scatter

    # what statsmodels' results have

    def __repr__(self) -> str:
        said = ", ".join(f"{name} {value:.4g}" for name, value in self.params.items())
        return f"<GrowthResults {self.model.curve}: {said}>"

    @property
    def curve(self) -> str:
        """Name of the curve that ``params`` belong to."""
        return self._curve.name

    @property
    def params(self) -> pd.Series:
        """Estimates by name."""
        return pd.Series(self._found.params, index=list(self._curve.parameters), name="params")

    @property
    def bse(self) -> pd.Series:
        """Asymptotic standard errors; NaN for a fixed parameter and where the data do not tell.

        They overstate the precision of growth curves (Boswijk and Franses 2005): ``conf_int`` does not rest on them.
        """
        with np.errstate(invalid="ignore"):
            values = np.sqrt(np.diag(self._found.covariance))
        return pd.Series(values, index=self.params.index, name="bse")

    def cov_params(self) -> pd.DataFrame:
        """Asymptotic covariance of the estimates."""
        names = self.params.index
        return pd.DataFrame(self._found.covariance, index=names, columns=names)

    def conf_int(
        self, alpha: float = 0.05, method: Literal["posterior", "profile", "wald"] = "posterior"
    ) -> pd.DataFrame:
        """Intervals of the parameters, columns ``lower`` and ``upper``.

        Parameters
        ----------
        alpha : float
            One less the probability of the intervals.
        method : {"posterior", "profile", "wald"}
            Quantiles of the posterior; values that the likelihood does not exclude while the other parameters follow
            (as R's ``confint`` of an ``nls``), infinite on a side where it excludes none; or estimates plus and minus
            standard errors (as statsmodels), which overstate the precision of growth curves. NaN for fixed parameters
            in the last two.

        Raises
        ------
        ModelError
            For another method or alpha, and for a profile where there is no estimate on these data to start from.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> demand, days = [8.3, 10.3, 19.0, 16.0, 15.6, 19.8], [1, 2, 3, 4, 5, 7]  # Bates and Watts 1988, A1.4
        >>> model = GrowthModel(demand, curve="weibull", kind="stock", time=days)
        >>> model.fit_constrained({"b": 1.0}).conf_int(0.05, method="profile").loc["m"].round(2).tolist()
        [14.05, 38.46]
        """
        check_alpha(alpha)
        if not isinstance(method, str) or method not in ("posterior", "profile", "wald"):
            raise ModelError(f"method {shown(method)} is unknown; there are 'posterior', 'profile' and 'wald'")
        if method == "posterior":
            draws = self.posterior.parameters(self._curve, DRAWS, np.random.default_rng(0))
            bounds = np.quantile(draws, [alpha / 2, 1 - alpha / 2], axis=0).T
        elif method == "wald":
            bounds = wald_intervals(self.model.problem(self._curve), self.model.errors, self._found, alpha)
        else:
            self._check_estimated()
            bounds = profile_intervals(self.model.problem(self._curve), self.model.errors, self._found, alpha)
        return pd.DataFrame(bounds, index=self.params.index, columns=["lower", "upper"])

    def _check_estimated(self) -> None:
        if self.from_prior or self.carried:
            why = "come from other data" if self.carried else "are the centre of the posterior, not a minimum"
            raise ModelError(f"the estimates {why}: there is nothing to profile; use method='posterior'")

    @property
    def nobs(self) -> int:
        """Number of observations."""
        return self.model.nobs

    @property
    def df_model(self) -> int:
        """Number of estimated parameters, the scatter not counted."""
        return len(self.params) - sum(name in self.fixed for name in self.params.index)

    @property
    def df_resid(self) -> int:
        """Observations less estimated parameters."""
        return self.nobs - self.df_model

    @property
    def _counted(self) -> int:
        return self.df_model + (self.model.errors != "poisson")

    @property
    def aic(self) -> float:
        """Akaike's criterion, the scatter counted as a parameter."""
        return 2 * self._counted - 2 * self.llf

    @property
    def bic(self) -> float:
        """Schwarz's criterion."""
        return float(self._counted * np.log(self.nobs) - 2 * self.llf)

    @property
    def mse(self) -> float:
        """Mean squared residual."""
        return self.sse / self.nobs

    @property
    def fittedvalues(self) -> pd.Series:
        """The curve at each observation, missing ones included."""
        fitted = self.model.problem(self._curve).fitted(self._found.params)
        return pd.Series(fitted, index=self.model.index, name="fittedvalues")

    @property
    def resid(self) -> pd.Series:
        """Observations less fitted values; NaN where missing."""
        return (pd.Series(self.model.endog, index=self.model.index) - self.fittedvalues).rename("resid")

    # the posterior

    @cached_property
    def posterior(self) -> Mixture:
        """Weighted curves that forecasts and intervals come from."""
        return self.model.posterior()

    @property
    def weights(self) -> pd.Series:
        """Weight of each averaged curve."""
        names = [part.curve.name for part in self.posterior.parts]
        return pd.Series(self.posterior.weights, index=names, name="weights")

    @property
    def prior_share(self) -> float:
        """How much of what is known of the ceiling is the prior: posterior over prior variance of the share reached."""
        return self.posterior.prior_share()

    @property
    def formula(self) -> str:
        """Cumulative curve as text."""
        return f"m {self._curve.formula}"

    @property
    def has_ceiling(self) -> bool:
        """Whether the curve saturates."""
        return self._curve.ceiling

    @property
    def reached(self) -> pd.Series:
        """Share of the ceiling reached at the last observation: posterior median and 90 % interval."""
        draws = self.posterior.reached(self.model.sampling, DRAWS)
        return pd.Series(np.quantile(draws, [0.05, 0.5, 0.95]), index=["lower", "median", "upper"], name="reached")

    # forecasts

    def get_prediction(self, start: Any = None, end: Any = None) -> GrowthPrediction:
        """Predictions of the observations ``start`` to ``end`` (positions or labels, both included), or later ones.

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
        """
        timeline = self.model.timeline
        if isinstance(steps, (str, dt.date, pd.Period, np.datetime64)):
            steps = timeline.position(steps) - len(timeline.labels) + 1
        return self.predict_at(timeline.future(check_count("steps", steps)))

    def forecast(self, steps: Any = 1) -> pd.Series:
        """Mean forecasts."""
        return self.get_forecast(steps).predicted_mean

    def predict(self, start: Any = None, end: Any = None) -> pd.Series:
        """Mean predictions."""
        return self.get_prediction(start, end).predicted_mean

    def simulate(
        self,
        nsimulations: int,
        anchor: Any = "end",
        repetitions: int = 1,
        random_state: int | np.random.Generator | None = 0,
    ) -> pd.DataFrame:
        """Paths of observations, (periods, repetitions), each from one curve of the posterior.

        Parameters
        ----------
        nsimulations : int
            How many periods.
        anchor : {"end", "start"}, position or label
            The first of them: the one after the last observation, the first observation, or another.
        repetitions : int
            How many paths.
        random_state : int, Generator or None
            Of the draws.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().simulate(3, repetitions=4).shape
        (3, 4)
        """
        rng, timeline = np.random.default_rng(random_state), self.model.timeline
        first = {"end": len(timeline.labels), "start": 0}.get(anchor) if isinstance(anchor, str) else None
        first = timeline.position(anchor) if first is None else first
        last = first + check_count("nsimulations", nsimulations)
        timeline = timeline.until(last).part(first, last)
        sampling = timeline.sampling(self.model.launch, self.model.kind)
        draws = rng.permutation(self.posterior.draws(sampling, check_count("repetitions", repetitions), rng))
        return pd.DataFrame(draws.T, index=timeline.labels)

    def predict_at(self, timeline: Timeline) -> GrowthPrediction:
        """Predictions of the periods of a timeline."""
        sampling = timeline.sampling(self.model.launch, self.model.kind)
        rng = np.random.default_rng(0)
        return GrowthPrediction(self.posterior.draws(sampling, DRAWS, rng), timeline.labels)

    def append(self, endog: object, refit: bool = False) -> GrowthResults:
        """Results of this series with later observations appended.

        Parameters
        ----------
        endog : Series or array_like
            The observations that follow; an array takes the next periods.
        refit : bool
            Whether to estimate anew; else parameters and posterior stay as they are.
        """
        return self._carry(self.model.extended(endog), refit)

    def extend(self, endog: object) -> GrowthResults:
        """Results of the later observations alone, with these parameters."""
        return self._carry(self.model.extended(endog, alone=True), refit=False)

    def apply(self, endog: object, refit: bool = False) -> GrowthResults:
        """Results of another series with these parameters."""
        return self._carry(self.model._like(endog, self.model._launch_given), refit)

    @takes(ModelError, refit=flag())
    def _carry(self, model: GrowthModel, refit: bool) -> GrowthResults:
        if refit:
            return model.fit_constrained(self.fixed)
        from forecasting.curves.fitting.estimate import log_likelihood

        problem, params = model.problem(self._curve), self._found.params
        residual = np.where(problem.seen, problem.y - problem.fitted(params), 0.0)
        scatter = None if model.errors == "poisson" else self.scatter
        llf = log_likelihood(problem, params, model.errors, scatter)
        results = GrowthResults.__new__(GrowthResults)
        results.__dict__.update(self.__dict__ | {"posterior": self.posterior, "model": model, "llf": llf})
        results.sse, results.carried = float(residual**2 @ problem.weights), True
        return results

    def news(self, endog: object, steps: int = 5) -> pd.DataFrame:
        """What each new observation changes in the forecast, one after the other, as statsmodels' ``news``.

        Parameters
        ----------
        endog : Series or array_like
            Observations that follow the series.
        steps : int
            Periods after the last new one.

        Returns
        -------
        DataFrame
            One row per period, its median before and after, and a column per new observation: the impact of each.
        """
        from forecasting.curves.fitting.news import forecast_news

        return forecast_news(self, endog, check_count("steps", steps))

    def plot(self, steps: int = 5, alpha: float = 0.1, **kwargs: Any) -> Any:
        """Observations, fitted curve and forecast with its interval; keyword arguments go to ``DataFrame.plot``."""
        if not kwargs:
            return show("results_chart", self, steps, alpha)
        future = self.get_forecast(steps).summary_frame(alpha)[["median", "pi_lower", "pi_upper"]]
        past = pd.DataFrame({"observed": self.model.endog, "fitted": self.fittedvalues}, index=self.model.index)
        frame = pd.concat([past, future])
        if isinstance(frame.index, pd.PeriodIndex):
            frame.index = frame.index.to_timestamp()
        return frame.plot(**kwargs)

    def summary(self, alpha: float = 0.05) -> Any:
        """A statsmodels ``Summary``: ``as_text``, ``as_html``, ``as_latex``."""
        from forecasting.curves.fitting.summary import growth_summary

        return growth_summary(self, alpha)

    def save(self, path: str | Path) -> None:
        """Write a pickle."""
        Path(path).write_bytes(pickle.dumps(self))

    @staticmethod
    def load(path: str | Path) -> GrowthResults:
        """Read what ``save`` wrote. As every pickle, only from a source that you trust."""
        results = pickle.loads(Path(path).read_bytes())
        if not isinstance(results, GrowthResults):
            raise ModelError(f"{path} holds {type(results).__name__}, not GrowthResults")
        return results
