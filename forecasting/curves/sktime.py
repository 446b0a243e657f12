"""The growth models as an sktime forecaster (optional extra ``sktime``)."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd

from forecasting.curves.model import GrowthModel
from forecasting.vocabulary.errors import InputError

try:
    from sktime.forecasting.base import BaseForecaster
except ImportError:

    class BaseForecaster:  # type: ignore[no-redef]
        """What stands in where sktime is not installed: the name is there, and says what to do."""

        def __init__(self) -> None:
            raise InputError("GrowthForecaster needs sktime: pip install 'ev-forecasting[sktime]'")


class GrowthForecaster(BaseForecaster):  # type: ignore[misc]
    """Growth curves with intervals that hold, for sktime's pipelines, tuning and evaluation; needs
    the extra ``sktime``.

    Parameters
    ----------
    curve : str, default="auto"
        Name of the curve, or ``"auto"``: an average over curves.
    kind : {"flow", "stock"}, default="flow"
        Whether the series counts flows or levels.

    Notes
    -----
    Periods are counted as one unit of time each, whatever the index. Missing values are
    gaps. Growth curves count from 0 up: a series with negative values is refused. ``predict`` is
    the median, as ``GrowthResults.forecast``. Fitted parameters are those of the curve; of an
    average over curves, which has none, the weight of each curve.

    Examples
    --------
    >>> import pandas as pd
    >>> from forecasting.curves.sktime import GrowthForecaster
    >>> years = pd.period_range("2019", periods=5, freq="Y")
    >>> sales = pd.Series([12.0, 19.0, 33.0, 49.0, 82.0], index=years)
    >>> forecaster = GrowthForecaster(curve="logistic").fit(sales, fh=[1, 2])
    >>> forecaster.predict_interval(coverage=0.9).shape
    (2, 2)
    """

    _tags: ClassVar[dict[str, Any]] = {
        "authors": [],
        "y_inner_mtype": "pd.Series",
        "X_inner_mtype": "pd.DataFrame",
        "scitype:y": "univariate",
        "capability:exogenous": False,
        "capability:missing_values": True,
        "capability:pred_int": True,
        "capability:pred_int:insample": True,
        "capability:update": True,
        "requires-fh-in-fit": False,
        "enforce_index_type": None,
    }

    # Set again below: its default warns
    _config: ClassVar[dict[str, Any]] = {"remember_data": False}

    def __init__(self, curve: str = "auto", kind: str = "flow") -> None:
        self.curve = curve
        self.kind = kind
        super().__init__()
        self._y = self._X = None
        self.set_config(remember_data=True)

    def _fit(self, y: pd.Series, X: Any = None, fh: Any = None) -> GrowthForecaster:
        self._name = y.name
        model = GrowthModel(
            y.to_numpy(dtype=float),
            curve=self.curve,
            kind=self.kind,  # type: ignore[arg-type]
        )
        self.results_ = model.fit()
        self._final_label = y.index[-1]
        return self

    def _update(self, y: pd.Series, X: Any = None, update_params: bool = True) -> GrowthForecaster:
        y_new = y[y.index > self._final_label]
        if len(y_new):
            self.results_ = self.results_.append(y_new.to_numpy(dtype=float), refit=update_params)
            self._final_label = y_new.index[-1]
        return self

    def _draws(self, fh: Any) -> tuple[np.ndarray[Any, Any], pd.Index]:
        """Draws at the steps of a horizon, in sample and beyond."""
        steps = fh.to_relative(self.cutoff).to_numpy().astype(int)
        positions = len(self.results_.model.endog) - 1 + steps
        start, end = int(positions.min()), int(positions.max())
        prediction = self.results_.get_prediction(start, end)
        return prediction.draws[:, positions - start], fh.to_absolute_index(self.cutoff)

    def _predict(self, fh: Any, X: Any = None) -> pd.Series:
        draws, index = self._draws(fh)
        return pd.Series(np.median(draws, axis=0), index=index, name=self._name)

    def _predict_quantiles(self, fh: Any, X: Any, alpha: list[float]) -> pd.DataFrame:
        draws, index = self._draws(fh)
        names = self._get_varnames()
        columns = pd.MultiIndex.from_product([names, alpha])
        return pd.DataFrame(np.quantile(draws, alpha, axis=0).T, index=index, columns=columns)

    def _get_fitted_params(self) -> dict[str, Any]:
        values = self.results_.params
        if self.results_.model.curve == "auto":
            values = self.results_.weights.add_prefix("weight_")
        return {str(name): float(value) for name, value in values.items()}

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Parameters with which sktime tests the class.

        Parameters
        ----------
        parameter_set : str
            One set for all tests.

        Returns
        -------
        list of dict
            What the class is made with.

        Examples
        --------
        >>> GrowthForecaster.get_test_params()[0]
        {'curve': 'bass'}
        """
        return [{"curve": "bass"}, {"curve": "auto"}, {"curve": "logistic", "kind": "stock"}]
