"""Growth curves in statsmodels' manner: ``GrowthModel(endog, curve).fit()`` gives
``GrowthResults``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from forecasting.curves.curve_posterior import (
    LOGNORMAL,
    NEGATIVE_BINOMIAL,
    ErrorFamily,
    Mixture,
    sample_curve,
)
from forecasting.curves.definitions import CURVES, Curve, Sampling, find_curve
from forecasting.curves.least_squares import SeriesToFit, estimate
from forecasting.curves.results import GrowthResults
from forecasting.curves.timeline import read_timeline
from forecasting.vocabulary.arguments import (
    fitting,
    flag,
    instance,
    numbers,
    optional,
    short_repr,
    takes,
)
from forecasting.vocabulary.errors import ModelError, in_digits
from forecasting.vocabulary.quantiles import Array

Pair = tuple[float, float]
# Between these, the squares of observations and of a ceiling are still floats
MIN_SERIES_VALUE = 1e-100
MAX_SERIES_VALUE = 1e100
# Where only an upper bound is given, the lower is so far below it: no estimate gets there
BOUND_SPAN = 1e4
AUTO_CURVES = tuple(name for name, curve in CURVES.items() if curve.ceiling)


class GrowthModel:
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
    bounds : mapping of str to (float, float), optional
        Bounds of parameters by name; None for no bound on that side.

    Raises
    ------
    ModelError
        For an unknown curve, kind or parameter, and for a series that no growth curve can be fitted
        to.

    Notes
    -----
    Parameters are estimated by least squares, as in the literature; forecasts take the scatter as
    proportional to the curve (lognormal; negative binomial where zeros occur). A series that
    declines throughout is a Bass curve past its peak (``p > q``). Forecasts and
    intervals come from a posterior with scale-free priors (``forecasting.curves.curve_posterior``):
    multiplying the series by a constant multiplies them by it.

    Examples
    --------
    >>> # Air conditioners, 1949-61
    >>> sales = [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500]
    >>> GrowthModel(sales, curve="bass").fit().params.round(4).to_dict()
    {'m': 18712.7416, 'p': 0.0094, 'q': 0.3748}
    """

    @takes(
        ModelError,
        curve=instance(str, Curve, words="the name of a curve, or 'auto'"),
        kind=fitting("flow or stock", ("flow", "stock").__contains__),
        bounds=optional(
            instance(Mapping, words="a mapping of names to pairs, e.g. {'m': (0, 1000)}")
        ),
    )
    def __init__(
        self,
        endog: object,
        curve: str | Curve = "bass",
        kind: Literal["flow", "stock"] = "flow",
        time: object = None,
        launch: object = None,
        *,
        bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
    ) -> None:
        self.kind = kind
        self.endog, index, self.endog_names = read_series(endog)
        timeline = read_timeline(index, time, len(self.endog), kind)
        self.timeline, self.launch = timeline.launched(launch, kind)
        if isinstance(curve, str) and curve.lower() == "auto":
            self.curves = [CURVES[name] for name in AUTO_CURVES]
        else:
            self.curves = [find_curve(curve)]
        check_names(bounds or {}, "bounds", self.curves)
        self.bounds = {name: _pair(name, pair) for name, pair in (bounds or {}).items()}
        for growth_curve in self.curves:
            within_domain(self.bounds, growth_curve)
        self.constraints: dict[str, float] = {}

    def __repr__(self) -> str:
        return f"<GrowthModel {self.curve}, {self.kind}, {self.nobs} observations>"

    @property
    def curve(self) -> str:
        """Name of the curve, or ``"auto"``."""
        return "auto" if len(self.curves) > 1 else self.curves[0].name

    @property
    def nobs(self) -> int:
        """Number of observations."""
        return int(np.isfinite(self.endog).sum())

    @property
    def index(self) -> pd.Index:
        """Labels of the observations."""
        return self.timeline.labels

    @property
    def sampling(self) -> Sampling:
        """When the series was observed, in time since launch."""
        return self.timeline.sampling(self.launch, self.kind)

    @property
    def noise(self) -> ErrorFamily:
        """How forecasts scatter about the curve."""
        return NEGATIVE_BINOMIAL if (self.endog == 0).any() else LOGNORMAL

    def _to_fit(self, curve: Curve) -> SeriesToFit:
        """What is estimated for one of the curves: observations, and the bounds and fixed values of
        that curve's parameters.
        """
        bounds = within_domain(self.bounds, curve)
        constraints = {
            name: (value, value) for name, value in self.constraints.items() if name in bounds
        }
        return SeriesToFit(curve, self.sampling, self.endog, bounds | constraints)

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
        problems = [self._to_fit(curve) for curve in self.curves]
        return Mixture([sample_curve(problem, self.noise) for problem in problems], self.noise)

    @takes(ModelError, start_params=optional(numbers()), disp=flag())
    def fit(
        self, start_params: ArrayLike | Mapping[str, float] | None = None, disp: bool = False
    ) -> GrowthResults:
        """Estimate the parameters.

        Parameters
        ----------
        start_params : array_like or mapping, optional
            Where the search starts, ``m`` first, or by name; by default at the best of a scan of
            curves.
        disp : bool
            Whether to print the results in one line.

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
        curve = self.curves[0]
        names = curve.parameters
        start = None
        if isinstance(start_params, Mapping):
            check_names(start_params, "start_params", self.curves)
            start_params = [start_params.get(name, np.nan) for name in names]
        if start_params is not None:
            start = np.asarray(start_params, dtype=float).reshape(1, -1)
        posterior = None
        if len(self.curves) > 1:
            if start is not None:
                raise ModelError(
                    "start_params have no meaning for an average over curves; name one curve"
                )
            posterior = self.posterior()
            curve = self.curves[int(np.argmax(posterior.weights))]
        elif start is not None and (start.size != len(names) or not np.isfinite(start).all()):
            raise ModelError(
                f"start_params: give {len(names)} finite numbers, for {', '.join(names)}"
            )
        estimates = estimate(self._to_fit(curve), start)
        results = GrowthResults._of_fit(self, curve, estimates, posterior)
        if disp:
            print(results)  # noqa: T201
        return results

    @takes(ModelError, constraints=instance(Mapping, words="numbers by name, e.g. {'m': 1000}"))
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
            Its attribute ``constraints`` holds them.

        Raises
        ------
        ModelError
            For a name that no curve of the model has, a value that the curve does not allow, and as
            by :meth:`fit`.

        Examples
        --------
        >>> model = GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0])
        >>> model.fit_constrained({"q": 0.4}).params["q"]
        np.float64(0.4)
        """
        check_names(constraints, "constraints", self.curves)
        model = copy(self)
        model.constraints = {name: _number(value) for name, value in constraints.items()}
        for curve in self.curves:
            check_domain(constraints, "constraints", curve)
        return model.fit(**kwargs)

    @takes(ModelError, params=numbers())
    def predict(self, params: ArrayLike | Mapping[str, float]) -> pd.Series:
        """The curve at the observations, with given parameters.

        Parameters
        ----------
        params : array_like or mapping
            Of one curve, ``m`` first, or by name.

        Returns
        -------
        Series, shape (nobs,)
            In the unit of the observations.

        Raises
        ------
        ModelError
            For an average over curves, and where a parameter is missing, unknown, or none that the
            curve allows.

        Examples
        --------
        >>> model = GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0], curve="bass")
        >>> model.predict({"m": 300.0, "p": 0.03, "q": 0.3}).round(1).tolist()
        [10.3, 13.2, 16.5, 19.9, 23.1]
        """
        if len(self.curves) > 1:
            raise ModelError("params have no meaning for an average over curves; name one curve")
        (curve,) = self.curves
        names = curve.parameters
        if isinstance(params, Mapping):
            check_names(params, "params", self.curves)
            params = [params.get(name, np.nan) for name in names]
        values = np.asarray(params, dtype=float).ravel()
        if len(values) != len(names) or not np.isfinite(values).all():
            raise ModelError(f"params: give {len(names)} finite numbers, for {', '.join(names)}")
        check_domain(dict(zip(names, values.tolist(), strict=True)), "params", curve)
        fitted = self.sampling.fitted(curve, values[:, None])[:, 0]
        if not np.isfinite(fitted).all():
            raise ModelError("params: the curve has no finite value with these; give smaller ones")
        return pd.Series(fitted, index=self.index, name="predict")

    def _extended(self, endog: object) -> GrowthModel:
        """The model of this series with later observations appended.

        Parameters
        ----------
        endog : Series or array_like
            The observations that follow; an array takes the next periods.

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
        >>> GrowthModel([10.0, 14.0, 19.0, 24.0])._extended([28.0]).nobs
        5
        """
        values, index, _ = read_series(endog, min_count=1)
        timeline = self.timeline.future(len(values))
        if index is not None and not isinstance(index, pd.RangeIndex):
            timeline = read_timeline(index, None, len(values), self.kind)
        model = copy(self)
        model.timeline = self.timeline.followed_by(timeline)
        model.endog = np.append(self.endog, values)
        return model


def read_series(endog: object, min_count: int = 2) -> tuple[Array, pd.Index | None, str]:
    """Values, index (None for a plain array) and name of a series.

    Parameters
    ----------
    endog : array_like, Series or DataFrame of one column
        Zero or more, NaN where missing.
    min_count : int
        Fewest observations.

    Raises
    ------
    ModelError
        For an empty, non-numeric, infinite, negative or all-zero series, or one with too few
        observations.

    Examples
    --------
    >>> read_series([3, None, 7.5])[0]
    array([3. , nan, 7.5])
    """
    series = _column(endog)
    labels = series.index if isinstance(endog, (pd.Series, pd.DataFrame)) else None
    values = _numbers(series)
    has_value = np.isfinite(values)
    overflow = (values > MAX_SERIES_VALUE) | ((values > 0) & (values < MIN_SERIES_VALUE))
    for wrong, words in (
        (np.isinf(values), "infinite"),
        (values < 0, "negative; growth curves count from 0 up"),
        (overflow, "beyond floats; count in another unit"),
    ):
        if wrong.any():
            place = int(np.argmax(wrong))
            raise ModelError(
                f"the observation {series.index[place]} is {series.iloc[place]}: {words}"
            )
    if has_value.sum() < min_count:
        raise ModelError(
            f"the series has {has_value.sum()} observation(s); growth needs {min_count} or more;"
            " for fewer, forecast_flow learns from markets that went before"
        )
    if not values[has_value].any():
        raise ModelError("all observations are zero: there is nothing that grows yet")
    return values, labels, "y" if series.name is None else str(series.name)


def _column(endog: object) -> pd.Series:
    """One column of numbers as a series."""
    if isinstance(endog, pd.DataFrame):
        if endog.shape[1] != 1:
            raise ModelError(f"endog has {endog.shape[1]} columns; give one, e.g. frame['sales']")
        endog = endog.iloc[:, 0]
    if not isinstance(endog, pd.Series):
        try:
            values = np.asarray(endog if hasattr(endog, "__len__") else [endog])
        except ValueError:
            raise ModelError("endog has parts of unequal length; give one series") from None
        if values.ndim > 1 and values.size != max(values.shape):
            raise ModelError(
                f"endog has shape {values.shape}; give one series, and many to fit_curves"
            )
        if values.dtype.kind in "Mm":
            values = values.astype(str)  # pandas would take dates as numbers
        endog = pd.Series(values.ravel(), dtype=values.dtype)
    if endog.empty:
        raise ModelError("endog is empty; give a series of two observations or more")
    return endog


def _numbers(series: pd.Series) -> Array:
    try:
        if series.dtype.kind in "cMm" or any(isinstance(value, str) for value in series):
            raise TypeError
        return series.astype(object).where(series.notna(), np.nan).to_numpy(dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise ModelError(
            f"endog is not numeric ({series.dtype}): {short_repr(series.iloc[0])}; convert it, e.g."
            " pandas.to_numeric"
        ) from None


def check_names(values: Mapping[str, object], argument: str, curves: Sequence[Curve]) -> None:
    """Refuse a name that no curve has."""
    names = list(dict.fromkeys(name for curve in curves for name in curve.parameters))
    for name in values:
        if name not in names:
            curve = curves[0].name if len(curves) == 1 else "auto"
            raise ModelError(
                f"{argument}: the {curve} curve has no parameter {name!r}; it has"
                f" {', '.join(names)}"
            )


def check_domain(values: Mapping[str, float], argument: str, curve: Curve) -> None:
    """Refuse a value that a curve does not allow for its parameter."""
    for name, value in values.items():
        number = _number(value)
        low, high = curve.domain.get(name, (-np.inf, np.inf))
        inside = np.isfinite(number) and low <= number <= high
        if not inside or (name == "m" and number == 0):
            raise ModelError(
                f"{argument}: {name!r} cannot be {short_repr(value)}; the"
                f" {curve.name} curve has it between {in_digits(low)} and {in_digits(high)}"
            )


def _pair(name: str, pair: object) -> Pair:
    if not isinstance(pair, (tuple, list, np.ndarray)) or len(pair) != 2:
        raise ModelError(
            f"bounds of {name!r}: {short_repr(pair)}; give a pair, with None where there is no"
            " bound"
        )
    low = -np.inf if pair[0] is None else _number(pair[0])
    high = np.inf if pair[1] is None else _number(pair[1])
    return low, high


def within_domain(bounds: Mapping[str, Pair], curve: Curve) -> dict[str, Pair]:
    """Bounds of each parameter of a curve: a user's, within those that the curve allows."""
    limits = dict(curve.domain)
    for name in bounds.keys() & limits.keys():
        domain_low, domain_high = limits[name]
        low = max(bounds[name][0], domain_low)
        high = min(bounds[name][1], domain_high)
        if not low < high:
            raise ModelError(
                f"bounds of {name!r}: ({in_digits(bounds[name][0])}, {in_digits(bounds[name][1])});"
                " give a lower one below an upper one, within"
                f" ({in_digits(domain_low)}, {in_digits(domain_high)})"
            )
        if low == -np.inf and high < np.inf:
            low = high - BOUND_SPAN
        limits[name] = (low, high)
    return limits


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")
