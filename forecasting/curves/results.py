"""Results of a growth model in statsmodels' names: estimates and how far they can be trusted,
forecasts drawn from the posterior, and what new observations change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting.curves.curve_posterior import Mixture
from forecasting.curves.definitions import Curve
from forecasting.curves.least_squares import Estimate, leaves_open
from forecasting.curves.timeline import Timeline
from forecasting.showing import Shown, chart
from forecasting.vocabulary.arguments import (
    flag,
    integer,
    number,
    probability,
    read,
    sequence,
    takes,
)
from forecasting.vocabulary.errors import ModelError, in_digits
from forecasting.vocabulary.quantiles import ALPHA, Array

if TYPE_CHECKING:
    from forecasting.curves.model import GrowthModel

POSTERIOR_DRAWS = 8000
MAX_FORECAST_STEPS = 10_000  # periods: the draws of more would not fit into memory
MAX_REPR_PERIODS = 6


def short_number(value: float) -> str:
    """A number of a result in four digits.

    >>> short_number(18712.7), short_number(0.0093812)
    ('18,710', '0.009381')
    """
    return in_digits(float(f"{value:.4g}"))


@dataclass(frozen=True, eq=False)
class GrowthPrediction(Shown):
    """Predictions of one series.

    Parameters
    ----------
    draws : ndarray (draws, periods)
        Observations drawn from the posterior.
    row_labels : pandas Index
        One per period.

    Examples
    --------
    >>> draws = np.array([[1.0], [2.0], [3.0]])
    >>> GrowthPrediction(draws, pd.Index(["2024"])).summary_frame()["median"].tolist()
    [2.0]
    """

    draws: Array
    row_labels: pd.Index

    def __repr__(self) -> str:
        frame = self.summary_frame().iloc[:MAX_REPR_PERIODS].map(short_number)
        periods = [
            f"{row.Index} {row.median} ({row.pi_lower} to {row.pi_upper})"
            for row in frame.itertuples()
        ]
        remainder = len(self.row_labels) - len(periods)
        if remainder:
            periods.append(f"and {remainder:,} more")
        level = 100 * (1 - ALPHA)
        return f"<GrowthPrediction: {', '.join(periods)}; medians and {level:.0f} % ranges>"

    @property
    def predicted_mean(self) -> pd.Series:
        """Mean of each observation; where the ceiling is open, rare high curves carry it far above
        the median.
        """
        return pd.Series(self.draws.mean(axis=0), index=self.row_labels, name="predicted_mean")

    @property
    def predicted_median(self) -> pd.Series:
        """Median of each observation."""
        medians = np.median(self.draws, axis=0)
        return pd.Series(medians, index=self.row_labels, name="predicted_median")

    @property
    def se_mean(self) -> pd.Series:
        """Standard deviation of each observation about its forecast: of the curve and of the
        scatter about it.
        """
        return pd.Series(self.draws.std(axis=0), index=self.row_labels, name="mean_se")

    @takes(
        ModelError,
        levels=sequence(number(0, 1, ends=False), "numbers between 0 and 1, e.g. [0.1, 0.5, 0.9]"),
    )
    def quantiles(self, levels: Sequence[float]) -> pd.DataFrame:
        """One row per period, one column per level."""
        values = np.quantile(self.draws, levels, axis=0)
        return pd.DataFrame(values.T, index=self.row_labels, columns=list(levels))

    @takes(ModelError, alpha=probability())
    def conf_int(self, alpha: float = ALPHA) -> pd.DataFrame:
        """Prediction intervals, columns ``lower`` and ``upper``."""
        return self.quantiles([alpha / 2, 1 - alpha / 2]).set_axis(["lower", "upper"], axis=1)

    @takes(ModelError)
    def summary_frame(self, alpha: float = ALPHA) -> pd.DataFrame:
        """Mean, median, ``mean_se`` (as ``se_mean``) and prediction interval of each period."""
        columns = {
            "mean": self.predicted_mean,
            "median": self.predicted_median,
            "mean_se": self.se_mean,
        }
        return pd.DataFrame(columns).join(self.conf_int(alpha).add_prefix("pi_"))


class GrowthResults:
    """A fitted growth curve, as `GrowthModel.fit` gives it; it is made in no other way.

    Attributes
    ----------
    model : GrowthModel
        What was fitted.
    params : Series
        Estimates by name.
    converged : bool
        Whether a minimum was found.
    constraints : dict
        Values of the parameters that were not estimated, by name.
    from_prior : bool
        Whether the data do not tell the parameters, so that they are the centre of the posterior.

    Examples
    --------
    >>> from forecasting.curves.model import GrowthModel
    >>> sales = [12.0, 19.0, 33.0, 49.0, 82.0, 110.0, 163.0]
    >>> results = GrowthModel(sales, curve="logistic").fit()
    >>> results.get_forecast(2).summary_frame(alpha=0.2).columns.tolist()
    ['mean', 'median', 'mean_se', 'pi_lower', 'pi_upper']
    """

    def __init__(self, *_: object, **__: object) -> None:
        raise ModelError("GrowthResults are what GrowthModel(...).fit() gives: call that")

    @classmethod
    def _of_fit(
        cls,
        model: GrowthModel,
        curve: Curve,
        estimates: Estimate,
        posterior: Mixture | None = None,
    ) -> GrowthResults:
        """What was fitted; of an average of curves, with that of most weight."""
        results = cls.__new__(cls)
        results._set(model, curve, estimates, posterior)
        return results

    def _set(
        self, model: GrowthModel, curve: Curve, estimates: Estimate, posterior: Mixture | None
    ) -> None:
        self.model = model
        self._curve = curve
        self.constraints = dict(model.constraints)
        if posterior is not None:
            self.__dict__["posterior"] = posterior
        self._problem = model._to_fit(curve)
        self.from_prior = leaves_open(self._problem, estimates)
        if self.from_prior:
            draws = self.posterior.parameters(curve, 2000, np.random.default_rng(0))
            no_covariance = np.full_like(estimates.covariance, np.nan)
            estimates = Estimate(np.median(draws, axis=0), no_covariance, estimates.converged)
        self._estimates = estimates
        self.converged = estimates.converged

    def __repr__(self) -> str:
        curve = f"{self.curve} curve"
        if len(self.model.curves) > 1:
            curve = f"average over curves, most weight {self.weights.max():.2f} {self.curve}"
        values = ", ".join(f"{name} {short_number(value)}" for name, value in self.params.items())
        index = self.model.index
        words = f"{curve}, {values}; {self.nobs} {self.model.kind}s, {index[0]} to {index[-1]}"
        if self.from_prior:
            words += "; the data do not tell the parameters"
        return f"<GrowthResults: {words}; ranges of {100 * (1 - ALPHA):.0f} %>"

    def _repr_html_(self) -> str:
        return str(self.summary().as_html())

    @cached_property
    def posterior(self) -> Mixture:
        """Weighted curves that forecasts and intervals come from."""
        return self.model.posterior()

    @property
    def curve(self) -> str:
        """Name of the curve that ``params`` belong to."""
        return self._curve.name

    @property
    def params(self) -> pd.Series:
        """Estimates by name."""
        return pd.Series(self._estimates.params, index=list(self._curve.parameters), name="params")

    @property
    def bse(self) -> pd.Series:
        """Asymptotic standard errors; NaN for a fixed parameter and where the data do not tell.

        They overstate the precision of growth curves (Boswijk and Franses 2005): ``conf_int`` does
        not rest on them.
        """
        with np.errstate(invalid="ignore"):
            values = np.sqrt(np.diag(self._estimates.covariance))
        return pd.Series(values, index=self.params.index, name="bse")

    def cov_params(self) -> pd.DataFrame:
        """Asymptotic covariance of the estimates.

        Returns
        -------
        DataFrame
            A row and a column for each parameter.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> results = GrowthModel([12, 28, 61, 118, 197, 264], curve="bass").fit()
        >>> results.cov_params().columns.tolist()
        ['m', 'p', 'q']
        """
        names = self.params.index
        return pd.DataFrame(self._estimates.covariance, names, names)

    @takes(ModelError, alpha=probability())
    def conf_int(self, alpha: float = ALPHA) -> pd.DataFrame:
        """Intervals of the parameters: quantiles of the posterior.

        Parameters
        ----------
        alpha : float
            One less the probability of the intervals.

        Returns
        -------
        DataFrame, shape (parameters, 2)
            Columns ``lower`` and ``upper``, in the units of the parameters.

        Raises
        ------
        ModelError
            For an alpha that no interval has.

        Notes
        -----
        Estimates plus and minus standard errors (``bse``) overstate the precision of growth curves.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> results = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit()
        >>> results.conf_int(0.1).columns.tolist()
        ['lower', 'upper']
        """
        draws = self.posterior.parameters(self._curve, POSTERIOR_DRAWS, np.random.default_rng(0))
        bounds = np.quantile(draws, [alpha / 2, 1 - alpha / 2], axis=0).T
        return pd.DataFrame(bounds, index=self.params.index, columns=["lower", "upper"])

    @property
    def llf(self) -> float:
        """Log-likelihood of the model's observations, the scatter at its best value."""
        variance = max(self.sse / self.nobs, 1e-300)
        return float(-0.5 * self.nobs * (np.log(2 * np.pi * variance) + 1))

    @property
    def sse(self) -> float:
        """Sum of squared residuals."""
        return self._problem.sse(self._estimates.params)

    @property
    def scatter(self) -> float:
        """The residuals' standard deviation."""
        return float(np.sqrt(self.sse / max(self._problem.spare, 1)))

    @property
    def nobs(self) -> int:
        """Number of observations."""
        return self.model.nobs

    @property
    def df_model(self) -> int:
        """Number of estimated parameters, the scatter not counted."""
        return int(self._problem.is_estimated.sum())

    @property
    def df_resid(self) -> int:
        """Observations beyond the estimated parameters."""
        return self._problem.spare

    @property
    def aic(self) -> float:
        """Akaike's criterion, the scatter counted as a parameter."""
        return 2 * (self.df_model + 1 - self.llf)

    @property
    def aicc(self) -> float:
        """Akaike's criterion for short series (Hurvich and Tsai 1989); infinite where the
        observations are no more than its parameters and one.
        """
        count = self.df_model + 1
        spare = self.nobs - count - 1
        return self.aic + 2 * count * (count + 1) / spare if spare > 0 else float("inf")

    @property
    def bic(self) -> float:
        """Schwarz's criterion."""
        return float((self.df_model + 1) * np.log(self.nobs) - 2 * self.llf)

    @property
    def fittedvalues(self) -> pd.Series:
        """The curve at each observation, missing ones included."""
        return self.predict().rename("fittedvalues")

    @property
    def resid(self) -> pd.Series:
        """Observations less fitted values; NaN where missing."""
        observed = pd.Series(self.model.endog, index=self.model.index, name="resid")
        return observed - self.fittedvalues.rename("resid")

    @property
    def weights(self) -> pd.Series:
        """Weight of each averaged curve."""
        return pd.Series(self.posterior.weights, index=list(self.posterior.parts), name="weights")

    @property
    def prior_share(self) -> float:
        """How much of what is known of the ceiling is the prior: posterior over prior variance of
        the share reached.
        """
        return self.posterior.prior_share()

    @property
    def reached(self) -> pd.Series:
        """Share of the ceiling reached at the last observation: posterior median and 90 %
        interval.
        """
        draws = self.posterior.reached(self.model.sampling.ends[-1], POSTERIOR_DRAWS)
        levels = {"lower": 0.05, "median": 0.5, "upper": 0.95}
        return pd.Series(np.quantile(draws, [*levels.values()]), index=[*levels], name="reached")

    @takes(ModelError)
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
        >>> years = pd.period_range("2019", periods=5, freq="Y")
        >>> results = GrowthModel(pd.Series([12.0, 19.0, 33.0, 49.0, 82.0], years)).fit()
        >>> results.get_prediction("2023", "2025").row_labels.astype(str).tolist()
        ['2023', '2024', '2025']
        """
        timeline = self.model.timeline
        start_position = 0 if start is None else timeline.position(start)
        end_position = len(timeline.labels) - 1 if end is None else timeline.position(end)
        if not 0 <= start_position <= end_position:
            raise ModelError(
                f"prediction from {start!r} to {end!r}: the start comes after the end, or before"
                " the series"
            )
        return self._predicted(timeline.part(start_position, end_position + 1))

    def _predicted(self, timeline: Timeline) -> GrowthPrediction:
        """Predictions of the periods of a timeline."""
        sampling = timeline.sampling(self.model.launch, self.model.kind)
        draws = self.posterior.draws(sampling, POSTERIOR_DRAWS, np.random.default_rng(0))
        return GrowthPrediction(draws, timeline.labels)

    @takes(ModelError)
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
        >>> results = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit()
        >>> results.get_forecast(2).summary_frame(alpha=0.2).shape
        (2, 5)
        """
        return self._predicted(self._ahead(steps))

    def _ahead(self, steps: Any) -> Timeline:
        """The periods after the last observation, by their number or by the last one's label."""
        timeline = self.model.timeline
        if isinstance(steps, (str, dt.date, pd.Period, np.datetime64)):
            steps = timeline.position(steps) - len(timeline.labels) + 1
        count = read(integer(1, MAX_FORECAST_STEPS), "steps", steps, ModelError)
        return timeline.future(count)

    @takes(ModelError)
    def predict(self, steps: Any = None) -> pd.Series:
        """The fitted curve: what ``params`` say, without what is not known of them.

        Parameters
        ----------
        steps : int or label, optional
            As for :meth:`get_forecast`; by default the curve at the observations.

        Returns
        -------
        Series, shape (steps,)
            In the unit of the observations; of an average over curves, the one with the most
            weight.

        Raises
        ------
        ModelError
            As by :meth:`get_forecast`.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> results = GrowthModel([12.0, 28.0, 61.0, 118.0, 197.0, 264.0], curve="bass").fit()
        >>> results.predict(2).round().tolist(), results.forecast(2).round().tolist()
        ([261.0, 192.0], [249.0, 174.0])
        """
        timeline = self.model.timeline if steps is None else self._ahead(steps)
        sampling = timeline.sampling(self.model.launch, self.model.kind)
        values = sampling.fitted(self._curve, self._estimates.params[:, None])[:, 0]
        return pd.Series(values, index=timeline.labels, name="predict")

    @takes(ModelError)
    def forecast(self, steps: Any = 1) -> pd.Series:
        """Forecasts of the periods after the last observation: medians of the posterior.

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
        return self.get_forecast(steps).predicted_median

    @takes(ModelError, refit=flag())
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
        model = self.model._extended(endog)
        if refit:
            return model.fit_constrained(self.constraints)
        results = copy(self)
        results.__dict__["posterior"] = self.posterior
        results.model = model
        results._problem = model._to_fit(self._curve)
        return results

    @takes(ModelError, alpha=probability())
    def plot(self, steps: int = 5, alpha: float = ALPHA) -> Any:
        """Observations, the fitted curve (:meth:`predict`), and the forecast (:meth:`forecast`)
        with the whole of its range.

        Parameters
        ----------
        steps : int
            Periods after the last observation.
        alpha : float
            One less the probability of the interval.

        Returns
        -------
        plotly.graph_objects.Figure
            A chart.

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
        return chart(self, steps, alpha)

    @takes(ModelError, alpha=probability())
    def summary(self, alpha: float = ALPHA) -> Any:
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
        from statsmodels.iolib.summary import Summary
        from statsmodels.iolib.table import SimpleTable
        from statsmodels.iolib.tableformatting import fmt_2cols, fmt_params

        curve = self.curve if self.model.curve != "auto" else f"auto, most weight: {self.curve}"
        model = self.model
        settings = {
            "Dep. Variable:": model.endog_names,
            "Curve:": curve,
            "Formula:": f"m {self._curve.formula}",
            "Kind:": model.kind,
            "Errors:": "least squares",
            "Sample:": f"{model.index[0]} - {model.index[-1]}",
            "Converged:": "yes" if self.converged else "no",
            "Intervals:": f"{100 * (1 - alpha):g} %",
        }
        fit_statistics = {
            "No. Observations:": str(self.nobs),
            "Df Residuals:": str(self.df_resid),
            "Log Likelihood:": f"{self.llf:.3f}",
            "AIC:": f"{self.aic:.3f}",
            "AICc:": f"{self.aicc:.3f}",
            "BIC:": f"{self.bic:.3f}",
            "Sum of Squares:": f"{self.sse:.5g}",
            "Scatter:": f"{self.scatter:.5g}",
        }
        left_table, right_table = (
            SimpleTable([[value] for value in cells.values()], stubs=[*cells], txt_fmt=fmt_2cols)
            for cells in (settings, fit_statistics)
        )
        left_table.title = "Growth curve results"
        left_table.extend_right(right_table)
        interval = self.conf_int(alpha)
        numbers = pd.concat([self.params, self.bse, interval], axis=1).map("{:.5g}".format)
        headers = ["estimate", "std err", f"[{alpha / 2:g}", f"{1 - alpha / 2:g}]"]
        body = SimpleTable(
            numbers.to_numpy().tolist(), headers, [*self.params.index], txt_fmt=fmt_params
        )
        summary = Summary()
        summary.tables += [left_table, body]
        summary.add_extra_txt(self._lines(interval))
        return summary

    def _lines(self, interval: pd.DataFrame) -> list[str]:
        """What to know of the estimates, below their table."""
        lines = [
            "Intervals are posterior quantiles under scale-free priors and "
            f"{self.model.noise.label} scatter; standard errors are asymptotic."
        ]
        if len(self.weights) > 1:
            weights = ", ".join(f"{name} {weight:.2f}" for name, weight in self.weights.items())
            lines.append(f"Forecasts average the curves with weights {weights}.")
        outside = ~self.params.between(interval["lower"], interval["upper"])
        if outside.any():
            lines.append(
                f"Outside their intervals: {', '.join(self.params.index[outside])}. Least squares"
                " weigh the large observations, the posterior all in proportion."
            )
        if self.from_prior:
            lines.append(
                "The data do not tell the parameters: estimates are the centre of the posterior,"
                " not a minimum."
            )
        if self._curve.ceiling:
            low, middle, high = self.reached
            lines.append(
                f"Share of the ceiling reached at the last observation: {100 * middle:.0f} %, 90 %"
                f" interval {100 * low:.0f} % to {100 * high:.0f} %. {100 * self.prior_share:.0f} %"
                " of its prior variance remains: so much of the ceiling is the prior's."
            )
        return lines
