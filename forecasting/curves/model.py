"""Growth curves in statsmodels' manner: ``GrowthModel(endog, curve).fit()`` gives
``GrowthResults``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from forecasting.arguments import number, numbers, of, optional, several, shown, takes
from forecasting.curves.definitions import CURVES, Curve, find_curve, generalised_bass
from forecasting.curves.fitting.constraints import (
    check_names,
    read_bounds,
    read_fixed,
    within_domain,
)
from forecasting.curves.fitting.curve_posterior import PRIOR, CurvePrior, sample_curve
from forecasting.curves.fitting.estimate import Estimate, SeriesToFit, estimate, log_likelihood
from forecasting.curves.fitting.mixture import Mixture
from forecasting.curves.fitting.timeline import moment
from forecasting.curves.observed import ObservedSeries
from forecasting.curves.results import GrowthResults
from forecasting.errors import ModelError

__all__ = ["AVERAGED", "GrowthModel", "GrowthResults"]

Array = NDArray[np.float64]
AVERAGED = tuple(name for name, curve in CURVES.items() if curve.ceiling)  # what "auto" averages


BY_NAME = of(Mapping, words="numbers by name, e.g. {'m': 1000}")


class GrowthModel(ObservedSeries):
    """A growth curve of one series of flows or levels.

    Parameters
    ----------
    endog : array_like, Series or DataFrame of one column
        Observations, 0 or more, NaN where missing. Numbers beyond 2**53 are read as floats, to 16
        digits.
    curve : str
        ``"exponential"``, ``"logistic"``, ``"gompertz"``, ``"bass"``, ``"richards"``,
        ``"weibull"``, ``"shifted_gompertz"``, or ``"auto"``: an average over curves.
    kind : {"flow", "stock"}
        Flows are differences of the cumulative curve over each observation's own period, a stock is
        its level.
    time : index, sequence or array, optional
        When; by default the index of ``endog``. A PeriodIndex, dates, an IntervalIndex, periods,
        whole years, or numbers: the ends of the periods (with one more number than observations,
        all edges), the times of a stock. Calendar time is counted in years.
    launch : date or number, optional
        When the curve's clock starts; by default at the start of the first period (time 0 for a
        stock at plain times). Where ``time`` gives the ends of periods, the first period begins
        here.
    errors : {"least_squares", "lognormal", "poisson", "negative_binomial"}
        How parameters are estimated. Least squares is what the literature reports; its forecasts
        then take the scatter as proportional to the curve (lognormal; negative binomial where zeros
        occur).
    weights : array_like, optional
        Weights of the observations, 0 or more.
    shocks : mapping of str to (start, end), optional
        Dated shocks of a generalised Bass curve; an end of None makes one permanent.
    bounds : mapping of str to (float, float), optional
        Bounds of parameters by name; None for no bound on that side.
    prior : CurvePrior
        Priors of the intervals.

    Raises
    ------
    ModelError
        For an unknown curve, kind, parameter or error family, and for a series that no growth curve
        can be fitted to.

    Notes ----- A series that declines throughout is a Bass curve past its peak (``p > q``).
    Forecasts and intervals come from a posterior with scale-free priors
    (``forecasting.curves.fitting.curve_posterior``): multiplying the series by a constant
    multiplies them by it.

    Examples
    --------
    >>> sales = [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500]  # air conditioners, 1949-61
    >>> GrowthModel(sales, curve="bass").fit().params.round(4).to_dict()
    {'m': 18712.7416, 'p': 0.0094, 'q': 0.3748}
    """

    @takes(
        ModelError,
        curve=of(str, Curve, words="the name of a curve, or 'auto'"),
        weights=optional(
            several(number(0), "finite numbers of 0 or more, one per observation", 10**6)
        ),
        shocks=optional(of(Mapping, words="a mapping of names to (start, end)")),
        bounds=optional(of(Mapping, words="a mapping of names to pairs, e.g. {'m': (0, 1000)}")),
        prior=of(CurvePrior, words="a CurvePrior"),
    )
    def __init__(
        self,
        endog: object,
        curve: str | Curve = "bass",
        kind: Literal["flow", "stock"] = "flow",
        time: object = None,
        launch: object = None,
        *,
        errors: str = "least_squares",
        weights: ArrayLike | None = None,
        shocks: Mapping[str, tuple[object, object]] | None = None,
        bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
        prior: CurvePrior = PRIOR,
    ) -> None:
        super().__init__(endog, kind, time, launch, errors, weights)
        self.prior = prior
        self.shocks = dict(shocks or {})
        self.curves = self._curves(curve)
        self.bounds = read_bounds(bounds, self.curves)
        self._fixed: dict[str, float] = {}

    def __repr__(self) -> str:
        return f"<GrowthModel {self.curve}, {self.kind}, {self.nobs} observations>"

    @property
    def curve(self) -> str:
        """Name of the curve, or ``"auto"``."""
        return self.curves[0].name if len(self.curves) == 1 else "auto"

    @property
    def param_names(self) -> list[str]:
        """Names of the parameters; of the averaged curves', each once."""
        return list(dict.fromkeys(name for curve in self.curves for name in curve.parameters))

    def _curves(self, curve: str | Curve) -> list[Curve]:
        if self.shocks:
            if curve not in ("bass", "generalised_bass", "generalized_bass"):
                raise ModelError(
                    f"shocks belong to the Bass curve, not to {curve!r}; leave curve='bass'"
                )
            wrong = [
                n
                for n, pair in self.shocks.items()
                if not isinstance(pair, (tuple, list)) or len(pair) != 2
            ]
            if wrong:
                raise ModelError(
                    f"shocks: {wrong[0]!r} is {shown(self.shocks[wrong[0]])}; give a pair, (start, end)"
                )
            spans = {name: self._span(*pair) for name, pair in self.shocks.items()}
            return [generalised_bass(spans)]
        if isinstance(curve, str) and curve.lower() == "auto":
            return [CURVES[name] for name in AVERAGED]
        return [find_curve(curve)]

    def _span(self, start: object, end: object) -> tuple[float, float]:
        calendar = self.timeline.calendar
        return moment(start, calendar) - self.launch, np.inf if end is None else moment(
            end, calendar
        ) - self.launch

    @takes(ModelError, curve=of(Curve, words="a Curve, one of the model's curves"))
    def problem(self, curve: Curve) -> SeriesToFit:
        """What is estimated for one of the curves.

        Parameters
        ----------
        curve : Curve
            One of ``curves``.

        Returns
        -------
        SeriesToFit
            Observations, weights, and the bounds and fixed values of that curve's parameters.

        Raises
        ------
        ModelError
            For anything but a curve.

        Examples
        --------
        >>> model = GrowthModel([10.0, 14.0, 19.0, 24.0], curve="logistic")
        >>> model.problem(model.curves[0]).y.tolist()
        [10.0, 14.0, 19.0, 24.0]
        """
        fixed = {name: value for name, value in self._fixed.items() if name in curve.parameters}
        return SeriesToFit(
            curve, self.sampling, self.endog, self.weights, within_domain(self.bounds, curve), fixed
        )

    def posterior(self) -> Mixture:
        """The posterior: weighted curves, of one curve or of all that are averaged.

        Returns
        -------
        Mixture
            By adaptive importance sampling (Cornuet et al. 2012), the same at every call.

        Examples
        --------
        >>> mixture = GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0], curve="auto").posterior()
        >>> float(mixture.weights.sum().round(9)), len(mixture.parts) > 1
        (1.0, True)
        """
        parts = [sample_curve(self.problem(curve), self.noise, self.prior) for curve in self.curves]
        return Mixture(parts, self.noise, self.problem(self.curves[0]).level)

    @takes(ModelError, start_params=optional(numbers()))
    def fit(
        self, start_params: ArrayLike | Mapping[str, float] | None = None, *, disp: object = None
    ) -> GrowthResults:
        """Estimate the parameters.

        Parameters
        ----------
        start_params : array_like or mapping, optional
            Where the search starts, ``m`` first, or by name; by default at the best of a scan of
            curves.
        disp : object, optional
            Taken as by statsmodels' models; nothing is printed whatever it is.

        Returns
        -------
        GrowthResults
            Where the data do not determine the ceiling (no least-squares minimum, less than 1 % of
            it reached, fewer observations than parameters), the parameters are the posterior's
            medians, and ``summary()`` says so.

        Raises
        ------
        ModelError
            For start values of another number than the curve has parameters, and of an average over
            curves.

        Examples
        --------
        >>> GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0], curve="bass").fit().params.index.tolist()
        ['m', 'p', 'q']
        """
        start = None if start_params is None else self._start(start_params)
        mixture = self.posterior() if len(self.curves) > 1 else None
        curve = self.curves[0] if mixture is None else self.curves[int(np.argmax(mixture.weights))]
        # Its fixed values stay
        return GrowthResults(copy(self), curve, self._estimate(curve, start), mixture)

    def _start(self, start_params: ArrayLike | Mapping[str, float]) -> Array:
        if len(self.curves) > 1:
            raise ModelError(
                "start_params have no meaning for an average over curves; name one curve"
            )
        names = self.curves[0].parameters
        if isinstance(start_params, Mapping):
            check_names(start_params, "start_params", self.curves)
            start_params = [start_params.get(name, np.nan) for name in names]
        start = np.asarray(start_params, dtype=float).ravel()
        if len(start) != len(names) or not np.isfinite(start).all():
            raise ModelError(
                f"start_params: give {len(names)} finite numbers, for {', '.join(names)}"
            )
        return start

    def _estimate(self, curve: Curve, start: Array | None) -> Estimate:
        problem = self.problem(curve)
        return estimate(problem, self.errors, start)

    @contextmanager
    @takes(ModelError, params=BY_NAME)
    def fix_params(self, params: Mapping[str, float]) -> Iterator[None]:
        """Within the context, parameters keep these values.

        Parameters
        ----------
        params : mapping of str to float
            Values by name of the parameter.

        Yields
        ------
        None

        Raises
        ------
        ModelError
            For a name that no curve of the model has, and a value that the curve does not allow.

        Examples
        --------
        >>> model = GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0], curve="bass")
        >>> with model.fix_params({"m": 400.0}):
        ...     print(model.fit().params["m"])
        400.0
        """
        before, self._fixed = self._fixed, self._fixed | read_fixed(params, self.curves)
        try:
            yield
        finally:
            self._fixed = before

    @takes(ModelError, constraints=BY_NAME)
    def fit_constrained(self, constraints: Mapping[str, float], **kwargs: Any) -> GrowthResults:
        """Fit with some parameters held at given values.

        Parameters
        ----------
        constraints : mapping of str to float
            Values by name of the parameter.
        **kwargs : object
            As for :meth:`fit`.

        Returns
        -------
        GrowthResults
            Its ``fixed`` holds the constraints.

        Raises
        ------
        ModelError
            As by :meth:`fix_params` and :meth:`fit`.

        Examples
        --------
        >>> GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0]).fit_constrained({"q": 0.4}).params["q"]
        np.float64(0.4)
        """
        with self.fix_params(constraints):
            return self.fit(**kwargs)

    @takes(ModelError, params=numbers())
    def predict(self, params: ArrayLike) -> Array:
        """The curve at the observations, for given parameters.

        Parameters
        ----------
        params : array_like or mapping
            One value per parameter, ``m`` first, or by name.

        Returns
        -------
        ndarray, shape (nobs,)
            Flows or levels, in the unit of the observations.

        Raises
        ------
        ModelError
            For another number of parameters, and of an average over curves.

        Examples
        --------
        >>> model = GrowthModel([1.0, 2.0, 4.0], curve="exponential")
        >>> model.predict(model.fit().params).round(2).tolist()
        [1.0, 2.0, 4.0]
        """
        return self.problem(self._single()).fitted(self._at(params))

    @takes(ModelError, params=numbers(), scatter=optional(number(1e-12)))
    def loglike(self, params: ArrayLike, scatter: float | None = None) -> float:
        """Log-likelihood at given parameters.

        Parameters
        ----------
        params : array_like or mapping
            One value per parameter, ``m`` first, or by name.
        scatter : float, optional
            Standard deviation of the residuals (least squares, errors then normal) or relative
            standard deviation (other errors); by default its best value.

        Returns
        -------
        float
            In nats.

        Raises
        ------
        ModelError
            For another number of parameters, and of an average over curves.

        Examples
        --------
        >>> model = GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0])
        >>> results = model.fit()
        >>> bool(np.isclose(model.loglike(results.params), results.llf))
        True
        """
        return log_likelihood(self.problem(self._single()), self._at(params), self.errors, scatter)

    def _at(self, params: ArrayLike | Mapping[str, float]) -> Array:
        """Parameters that the curve allows, and at which it has values."""
        curve, values = self._single(), self._start(params)
        read_fixed(dict(zip(curve.parameters, values.tolist(), strict=True)), self.curves, "params")
        with np.errstate(all="ignore"):
            whole = np.isfinite(self.problem(curve).fitted(values)).all()
        if not whole:
            raise ModelError(
                f"params: the {curve.name} curve has no finite values at {shown(values.tolist())}"
            )
        return values

    def _single(self) -> Curve:
        if len(self.curves) > 1:
            raise ModelError("curve='auto' has no parameters of its own; name one curve")
        return self.curves[0]

    def _like(self, endog: object, launch: object) -> GrowthModel:
        """The same model of another series."""
        return GrowthModel(
            endog,
            "auto" if len(self.curves) > 1 else ("bass" if self.shocks else self.curves[0]),
            self.kind,
            launch=launch,
            errors=self.errors,
            shocks=self.shocks,
            bounds=self.bounds,
            prior=self.prior,
        )
