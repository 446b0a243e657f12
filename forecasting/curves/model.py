"""Growth curves in statsmodels' manner: ``GrowthModel(endog, curve).fit()`` gives ``GrowthResults``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from forecasting.arguments import number, numbers, of, optional, several, shown, takes
from forecasting.curves.definitions import CURVES, Curve, find_curve, generalised_bass
from forecasting.curves.fitting.constraints import check_names, read_bounds, read_fixed, within_domain
from forecasting.curves.fitting.curve_posterior import PRIOR, CurvePrior, sample_curve
from forecasting.curves.fitting.estimate import Estimate, SeriesToFit, estimate
from forecasting.curves.fitting.mixture import Mixture
from forecasting.curves.fitting.noise import NOISES, ErrorFamily
from forecasting.curves.fitting.series import read_series
from forecasting.curves.fitting.timeline import moment, read_timeline
from forecasting.curves.results import GrowthResults
from forecasting.errors import ModelError
from forecasting.measures import nearest

__all__ = ["AVERAGED", "GrowthModel", "GrowthResults"]

Array = NDArray[np.float64]
AVERAGED = tuple(name for name, curve in CURVES.items() if curve.ceiling)  # what "auto" averages
ERRORS = ("least_squares", *NOISES)


class GrowthModel:
    """A growth curve of one series of flows or levels.

    Parameters
    ----------
    endog : array_like, Series or DataFrame of one column
        Observations, 0 or more, NaN where missing. Numbers beyond 2**53 are read as floats, to 16 digits.
    curve : str
        ``"exponential"``, ``"logistic"``, ``"gompertz"``, ``"bass"``, ``"richards"``, ``"weibull"``,
        ``"shifted_gompertz"``, or ``"auto"``: an average over curves.
    kind : {"flow", "stock"}
        Flows are differences of the cumulative curve over each observation's own period, a stock is its level.
    time : index, sequence or array, optional
        When; by default the index of ``endog``. A PeriodIndex, dates, an IntervalIndex, periods, whole years, or
        numbers: the ends of the periods (with one more number than observations, all edges), the times of a stock.
        Calendar time is counted in years.
    launch : date or number, optional
        When the curve's clock starts; by default at the start of the first period (time 0 for a stock at plain times).
        Where ``time`` gives the ends of periods, the first period begins here.
    errors : {"least_squares", "lognormal", "poisson", "negative_binomial"}
        How parameters are estimated. Least squares is what the literature reports; its forecasts then take the
        scatter as proportional to the curve (lognormal; negative binomial where zeros occur).
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
        For an unknown curve, kind, parameter or error family, and for a series that no growth curve can be fitted to.

    Notes
    -----
    A series that declines throughout is a Bass curve past its peak (``p > q``). Forecasts and intervals come from
    a posterior with scale-free priors (``forecasting.curves.fitting.curve_posterior``): multiplying the series by a
    constant multiplies them by it.

    Examples
    --------
    >>> sales = [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500]  # air conditioners, 1949-61
    >>> GrowthModel(sales, curve="bass").fit().params.round(4).to_dict()
    {'m': 18712.7416, 'p': 0.0094, 'q': 0.3748}
    """

    @takes(
        ModelError,
        curve=of(str, Curve, words="the name of a curve, or 'auto'"),
        weights=optional(several(number(0), "finite numbers of 0 or more, one per observation", 10**6)),
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
        _check_word("kind", kind, ("flow", "stock"))
        _check_word("errors", errors, ERRORS)
        self.kind, self.errors, self.prior = kind, errors, prior
        self.endog, index, self.endog_names = read_series(endog)
        self.timeline = read_timeline(index, time, len(self.endog), kind).from_launch(launch, kind)
        self._launch_given = launch
        self.launch = self.timeline.launch(launch, kind)
        self.sampling = self.timeline.sampling(self.launch, kind)
        self.weights = _read_weights(weights, len(self.endog))
        self.shocks = dict(shocks or {})
        self.curves = self._curves(curve)
        self.bounds = read_bounds(bounds, self.curves)
        self._fixed: dict[str, float] = {}
        self.noise = self._noise()

    def __repr__(self) -> str:
        return f"<GrowthModel {self.curve}, {self.kind}, {self.nobs} observations>"

    @property
    def curve(self) -> str:
        """Name of the curve, or ``"auto"``."""
        return self.curves[0].name if len(self.curves) == 1 else "auto"

    @property
    def nobs(self) -> int:
        """Number of observations."""
        return int(np.isfinite(self.endog).sum())

    @property
    def param_names(self) -> list[str]:
        """Names of the parameters; of the averaged curves', each once."""
        return list(dict.fromkeys(name for curve in self.curves for name in curve.parameters))

    @property
    def index(self) -> pd.Index:
        """Labels of the observations."""
        return self.timeline.labels

    def _curves(self, curve: str | Curve) -> list[Curve]:
        if self.shocks:
            if curve not in ("bass", "generalised_bass", "generalized_bass"):
                raise ModelError(f"shocks belong to the Bass curve, not to {curve!r}; leave curve='bass'")
            wrong = [n for n, pair in self.shocks.items() if not isinstance(pair, (tuple, list)) or len(pair) != 2]
            if wrong:
                raise ModelError(f"shocks: {wrong[0]!r} is {shown(self.shocks[wrong[0]])}; give a pair, (start, end)")
            spans = {name: self._span(*pair) for name, pair in self.shocks.items()}
            return [generalised_bass(spans)]
        if isinstance(curve, str) and curve.lower() == "auto":
            return [CURVES[name] for name in AVERAGED]
        return [find_curve(curve)]

    def _span(self, start: object, end: object) -> tuple[float, float]:
        calendar = self.timeline.calendar
        return moment(start, calendar) - self.launch, np.inf if end is None else moment(end, calendar) - self.launch

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

    def problem(self, curve: Curve) -> SeriesToFit:
        """What is estimated for one of the curves."""
        fixed = {name: value for name, value in self._fixed.items() if name in curve.parameters}
        return SeriesToFit(curve, self.sampling, self.endog, self.weights, within_domain(self.bounds, curve), fixed)

    def posterior(self) -> Mixture:
        """Weighted curves, of one curve or of all that are averaged."""
        parts = [sample_curve(self.problem(curve), self.noise, self.prior) for curve in self.curves]
        return Mixture(parts, self.noise, self.problem(self.curves[0]).level)

    @takes(ModelError, start_params=optional(numbers()))
    def fit(self, start_params: ArrayLike | Mapping[str, float] | None = None, *, disp: object = None) -> GrowthResults:
        """Estimate the parameters.

        Parameters
        ----------
        start_params : array_like or mapping, optional
            Where the search starts, ``m`` first, or by name; by default at the best of a scan of curves.
        disp : object, optional
            Taken as by statsmodels' models; nothing is printed whatever it is.

        Returns
        -------
        GrowthResults
            Where the data do not tell the ceiling (no least-squares minimum, less than 1 % of it reached, fewer
            observations than parameters), the parameters are the posterior's medians, and ``summary()`` says so.
        """
        start = None if start_params is None else self._start(start_params)
        mixture = self.posterior() if len(self.curves) > 1 else None
        curve = self.curves[0] if mixture is None else self.curves[int(np.argmax(mixture.weights))]
        return GrowthResults(copy(self), curve, self._estimate(curve, start), mixture)  # its fixed values stay

    def _start(self, start_params: ArrayLike | Mapping[str, float]) -> Array:
        if len(self.curves) > 1:
            raise ModelError("start_params have no meaning for an average over curves; name one curve")
        names = self.curves[0].parameters
        if isinstance(start_params, Mapping):
            check_names(start_params, "start_params", self.curves)
            start_params = [start_params.get(name, np.nan) for name in names]
        start = np.asarray(start_params, dtype=float).ravel()
        if len(start) != len(names) or not np.isfinite(start).all():
            raise ModelError(f"start_params: give {len(names)} finite numbers, for {', '.join(names)}")
        return start

    def _estimate(self, curve: Curve, start: Array | None) -> Estimate:
        problem = self.problem(curve)
        return estimate(problem, self.errors, start)

    @contextmanager
    def fix_params(self, params: Mapping[str, float]) -> Iterator[None]:
        """Within the context, parameters keep these values.

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

    def fit_constrained(self, constraints: Mapping[str, float], **kwargs: Any) -> GrowthResults:
        """Fit with some parameters held at given values.

        Examples
        --------
        >>> GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0]).fit_constrained({"q": 0.4}).params["q"]
        np.float64(0.4)
        """
        with self.fix_params(constraints):
            return self.fit(**kwargs)

    def predict(self, params: ArrayLike) -> Array:
        """Flows or levels of the curve at the observations, for given parameters."""
        return self.problem(self._single()).fitted(self._start(params))

    def loglike(self, params: ArrayLike, scatter: float | None = None) -> float:
        """Log-likelihood at given parameters; the scatter at its best value, if not given.

        For least squares, errors are normal.
        """
        from forecasting.curves.fitting.estimate import log_likelihood

        return log_likelihood(self.problem(self._single()), self._start(params), self.errors, scatter)

    def extended(self, endog: object, alone: bool = False) -> GrowthModel:
        """The model of this series with later observations appended, or of those alone."""
        values, index, _ = read_series(endog, least=1)
        later = (
            self.timeline.future(len(values))
            if index is None or isinstance(index, pd.RangeIndex)
            else read_timeline(index, None, len(values), self.kind)
        )
        other = copy(self)
        other.timeline = later if alone else self.timeline.followed_by(later)
        other.endog = values if alone else np.append(self.endog, values)
        other.weights = np.ones(len(values)) if alone else np.append(self.weights, np.ones(len(values)))
        other.sampling = other.timeline.sampling(self.launch, self.kind)
        other.noise = other._noise()
        return other

    def until(self, count: int) -> GrowthModel:
        """The model of the first observations."""
        other = copy(self)
        other.timeline = self.timeline.part(0, count)
        other.endog, other.weights = self.endog[:count], self.weights[:count]
        other.sampling = other.timeline.sampling(self.launch, self.kind)
        other.noise = other._noise()
        return other

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


def _check_word(what: str, word: object, known: tuple[str, ...]) -> None:
    if not isinstance(word, str) or word not in known:
        hint = nearest(word, known) if isinstance(word, str) else ""
        raise ModelError(
            f"{what} {shown(word)} is unknown; " + (f"did you mean {hint!r}?" if hint else f"one of {known}")
        )


def _read_weights(weights: ArrayLike | None, count: int) -> Array:
    if weights is None:
        return np.ones(count)
    values = np.asarray(weights, dtype=float).ravel()
    if len(values) != count or not np.isfinite(values).all() or (values < 0).any() or not values.any():
        raise ModelError(f"weights: give {count} finite numbers of 0 or more, one per observation")
    return values
