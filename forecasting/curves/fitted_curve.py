"""A fitted growth curve: its estimates, and how far they can be trusted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from forecasting.arguments import shown
from forecasting.curves.definitions import Curve
from forecasting.curves.fitting.estimate import Estimate, estimate_at, leaves_open
from forecasting.curves.fitting.intervals import profile_intervals, wald_intervals
from forecasting.curves.fitting.mixture import Mixture
from forecasting.curves.fitting.prediction import check_alpha
from forecasting.errors import ModelError

if TYPE_CHECKING:
    from forecasting.curves.model import GrowthModel

__all__ = ["DRAWS", "FittedCurve"]

DRAWS = 8000  # of the posterior


class FittedCurve:
    """The estimates of a growth curve, their uncertainty and the fit, in statsmodels' names.

    Parameters
    ----------
    model : GrowthModel
        What was fitted.
    curve : Curve
        The curve that the estimates belong to.
    found : Estimate
        The least-squares or maximum-likelihood estimates.
    mixture : Mixture, optional
        The posterior, where it is known already.
    """

    def __init__(
        self, model: GrowthModel, curve: Curve, found: Estimate, mixture: Mixture | None = None
    ) -> None:
        self.model, self._curve, self.fixed = model, curve, dict(model._fixed)
        if mixture is not None:
            self.__dict__["posterior"] = mixture
        self.converged, self.from_prior, self.carried = found.converged, False, False
        problem = model.problem(curve)
        if leaves_open(problem, found):
            centre = self.posterior.centre(curve)
            found, self.from_prior = (
                estimate_at(problem, centre, model.errors, found.converged),
                True,
            )
        self._found = found
        self.llf, self.sse, self.scatter = found.llf, found.sse, found.scatter

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

        They overstate the precision of growth curves (Boswijk and Franses 2005): ``conf_int`` does
        not rest on them.
        """
        with np.errstate(invalid="ignore"):
            values = np.sqrt(np.diag(self._found.covariance))
        return pd.Series(values, index=self.params.index, name="bse")

    def cov_params(self) -> pd.DataFrame:
        """Asymptotic covariance of the estimates.

        Returns
        -------
        DataFrame, shape (parameters, parameters)
            The inverse of the information at the estimates; NaN for fixed parameters and where
            there is no minimum.

        Examples
        --------
        >>> from forecasting.curves.model import GrowthModel
        >>> results = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0, 110.0, 163.0], curve="logistic").fit()
        >>> results.cov_params().shape
        (3, 3)
        """
        names = self.params.index
        return pd.DataFrame(self._found.covariance, index=names, columns=names)

    def conf_int(
        self, alpha: float = 0.05, method: Literal["posterior", "profile", "wald"] = "posterior"
    ) -> pd.DataFrame:
        """Intervals of the parameters.

        Parameters
        ----------
        alpha : float
            One less the probability of the intervals.
        method : {"posterior", "profile", "wald"}
            Quantiles of the posterior; values that the likelihood does not exclude while the other
            parameters follow (as R's ``confint`` of an ``nls``), infinite on a side where it
            excludes none; or estimates plus and minus standard errors (as statsmodels), which
            overstate the precision of growth curves. NaN for fixed parameters in the last two.

        Returns
        -------
        DataFrame, shape (parameters, 2)
            Columns ``lower`` and ``upper``, in the units of the parameters.

        Raises
        ------
        ModelError
            For another method or alpha, and for a profile where there is no estimate on these data
            to start from.

        Notes ----- Profiles: Bates and Watts (1988), Nonlinear Regression Analysis and Its
        Applications, section 6.1.

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
            raise ModelError(
                f"method {shown(method)} is unknown; there are 'posterior', 'profile' and 'wald'"
            )
        if method == "posterior":
            draws = self.posterior.parameters(self._curve, DRAWS, np.random.default_rng(0))
            bounds = np.quantile(draws, [alpha / 2, 1 - alpha / 2], axis=0).T
        elif method == "wald":
            bounds = wald_intervals(
                self.model.problem(self._curve), self.model.errors, self._found, alpha
            )
        else:
            self._check_estimated()
            bounds = profile_intervals(
                self.model.problem(self._curve), self.model.errors, self._found, alpha
            )
        return pd.DataFrame(bounds, index=self.params.index, columns=["lower", "upper"])

    def _check_estimated(self) -> None:
        if self.from_prior or self.carried:
            why = (
                "come from other data"
                if self.carried
                else "are the centre of the posterior, not a minimum"
            )
            raise ModelError(
                f"the estimates {why}: there is nothing to profile; use method='posterior'"
            )

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
        return (pd.Series(self.model.endog, index=self.model.index) - self.fittedvalues).rename(
            "resid"
        )

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
        """How much of what is known of the ceiling is the prior: posterior over prior variance of
        the share reached.
        """
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
        return pd.Series(
            np.quantile(draws, [0.05, 0.5, 0.95]),
            index=["lower", "median", "upper"],
            name="reached",
        )
