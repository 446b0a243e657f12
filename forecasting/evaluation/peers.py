"""What a user would pick instead of this package: single-series tools, simple rules learned from
analogues, and rules of thumb.

Tools and learned rules map a market's unbroken annual history to quantiles of its sales at
:data:`SCORE_LEVELS`, by horizon. Rules of thumb are what an analyst would write down by hand for a
year of which a part is known, for a flow of which totals were printed, and for a stock.

>>> sorted(RULES)
['annualised part year', 'growth, halved next year', 'last year times growth']
"""

import datetime as dt
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evaluation.records import Quantiles
from forecasting.evaluation.scores import NO_QUANTILES, SCORE_LEVELS
from forecasting.evidence.bases import same_perimeter
from forecasting.evidence.fact import in_order
from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.periods import Period, year
from forecasting.vocabulary.quantiles import ALPHA, Array

HORIZONS = (1, 2, 3, 5)
NORMAL: Array = np.array([NormalDist().inv_cdf(level) for level in SCORE_LEVELS])
LEAST_SALES = 100  # growth from fewer is mostly chance, and is not scored
MIN_REGRESSION_STEPS = 20  # analogues that a regression needs
INTERVAL_FACTOR = 1.1  # wider intervals, as coefficients are estimates

LOG_LIMITS = (-5, 25)  # of what a peer may say
Bands = tuple[Array, Array]  # median and upper end of the 80 % interval, by step
Peer = Callable[[pd.Series], Quantiles]

NAIVE = "naive"
SINGLE = (
    NAIVE,
    "drift of log",
    "Theta of log",
    "ETS of log, damped",
    "local trend of log",
    "AutoETS",
    "AutoETS of log, damped",
    "AutoTheta of log",
    "AutoARIMA of log",
)


def naive(history: pd.Series) -> Quantiles:
    """A random walk of logs from the last value, its step the root mean square of those seen.

    >>> naive(pd.Series([100.0, 200.0, 400.0]))[1][3].round().item()
    400.0
    """
    logs = np.log(history.to_numpy(dtype=float))
    step = np.sqrt(np.mean(np.diff(logs) ** 2))
    return {h: np.exp(logs[-1] + NORMAL * step * np.sqrt(h)) for h in HORIZONS}


def drift(history: pd.Series) -> Quantiles:
    """A random walk of logs that goes on growing as it did on average; its step is at least 0.1.

    >>> drift(pd.Series([100.0, 200.0, 400.0]))[1][3].round().item()
    800.0
    """
    logs = np.log(history.to_numpy(dtype=float))
    steps = np.diff(logs)
    step = max(float(steps.std(ddof=1)), 0.1)
    return {
        h: np.exp(logs[-1] + h * steps.mean() + NORMAL * step * np.sqrt(h * (1 + h / len(steps))))
        for h in HORIZONS
    }


def _theta(logs: pd.Series, steps: int) -> Bands:
    """Theta (Assimakopoulos and Nikolopoulos 2000), by statsmodels."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    fit = ThetaModel(logs, period=1, deseasonalize=False).fit()
    middle = fit.forecast(steps).to_numpy()
    return middle, fit.prediction_intervals(steps, alpha=ALPHA)["upper"].to_numpy()


def _damped_ets(logs: pd.Series, steps: int) -> Bands:
    """Exponential smoothing with a damped trend, by statsmodels."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fit = ETSModel(logs, error="add", trend="add", damped_trend=True).fit(disp=0)
    ahead = fit.get_prediction(start=len(logs), end=len(logs) + steps - 1)
    middle = ahead.predicted_mean.to_numpy()
    return middle, middle + NORMAL[5] * np.sqrt(np.asarray(ahead.forecast_variance))


def _local_trend(logs: pd.Series, steps: int) -> Bands:
    """A local linear trend as a state-space model, by statsmodels."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    fit = UnobservedComponents(logs.to_numpy(), "local linear trend").fit(disp=0)
    ahead = fit.get_forecast(steps)
    return ahead.predicted_mean, ahead.conf_int(alpha=ALPHA)[:, 1]


def _of_logs(bands: Callable[[pd.Series, int], Bands]) -> Peer:
    """A model of logs as a peer: from its median and its upper 80 % end, a normal forecast."""

    def forecast(history: pd.Series) -> Quantiles:
        logs = pd.Series(np.log(history.to_numpy(dtype=float)))
        middle, upper = bands(logs, max(HORIZONS))
        spread = (upper - middle) / NORMAL[5]
        logs_ahead = middle[:, None] + NORMAL * spread[:, None]
        return {h: np.exp(np.clip(logs_ahead[h - 1], *LOG_LIMITS)) for h in HORIZONS}

    return forecast


def _statsforecast(model: Any, log: bool = True) -> Peer:
    """A model of statsforecast."""
    columns = ("lo-95", "lo-80", "lo-50", "mean", "hi-50", "hi-80", "hi-95")

    def forecast(history: pd.Series) -> Quantiles:
        y = history.to_numpy(dtype=float)
        bands_of = model.forecast(y=np.log(y) if log else y, h=max(HORIZONS), level=[50, 80, 95])
        bands = np.stack([bands_of[column] for column in columns], axis=1)
        bands = np.exp(np.clip(bands, *LOG_LIMITS)) if log else np.maximum(bands, 1)
        return {h: bands[h - 1] for h in HORIZONS}

    return forecast


def _attempt(peer: Peer) -> Peer:
    """A peer that has no quantiles of a series that it cannot fit."""

    def forecast(history: pd.Series) -> Quantiles:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a peer warns of short series
                quantiles = peer(history)
        except Exception:  # a peer may raise any error on a series of three years
            quantiles = {}
        if quantiles and all(np.isfinite(values).all() for values in quantiles.values()):
            return quantiles
        return dict.fromkeys(HORIZONS, NO_QUANTILES)

    return forecast


def single_series() -> dict[str, Peer]:
    """The tools that see one series alone, by name: of :data:`SINGLE` those of this package and of
    statsmodels, and those of statsforecast where it is installed. Of a series that a tool cannot
    fit its quantiles are missing.

    Examples
    --------
    >>> theta = single_series()["Theta of log"]
    >>> theta(pd.Series([100.0, 200.0, 400.0]))[1][3].round()
    np.float64(566.0)
    >>> theta(pd.Series([0.0, 200.0, 400.0]))[1][3]
    np.float64(nan)
    """
    peers: dict[str, Peer] = {
        NAIVE: naive,
        "drift of log": drift,
        "Theta of log": _of_logs(_theta),
        "ETS of log, damped": _of_logs(_damped_ets),
        "local trend of log": _of_logs(_local_trend),
    }
    try:
        from statsforecast.models import AutoARIMA, AutoETS, AutoTheta
    except ImportError:  # not in the lock
        return {name: _attempt(peer) for name, peer in peers.items()}
    peers |= {
        "AutoETS": _statsforecast(AutoETS(season_length=1), log=False),
        "AutoETS of log, damped": _statsforecast(
            AutoETS(season_length=1, model="ZZN", damped=True)
        ),
        "AutoTheta of log": _statsforecast(AutoTheta(season_length=1)),
        "AutoARIMA of log": _statsforecast(AutoARIMA(season_length=1)),
    }
    return {name: _attempt(peer) for name, peer in peers.items()}


class AnalogueRegression:
    """Growth over a horizon regressed on log-odds of share and last growth, over other markets'
    rows up to the origin.

    Parameters
    ----------
    panel : DataFrame
        Markets to learn from: market, year, sales, share.
    regressors : sequence of int
        0 the constant, 1 log-odds, 2 last growth; (0,) is the others' average growth and its
        spread.

    Examples
    --------
    >>> panel = pd.DataFrame([(f"m{i}", 2000 + t, 100.0 * 2**t, np.nan)
    ...                       for i in range(9) for t in range(8)],
    ...                      columns=["market", "year", "sales", "share"])
    >>> history = pd.Series([100.0, 150.0, 200.0], index=[2005, 2006, 2007])
    >>> AnalogueRegression(panel, (0,)).forecast("mine", history, np.nan)[1][3].round(-1).item()
    400.0
    """

    def __init__(self, panel: pd.DataFrame, regressors: Sequence[int] = (0, 1, 2)) -> None:
        self.regressors = list(regressors)
        self.steps = {h: _steps(panel, h) for h in HORIZONS}

    def forecast(self, market: str, history: pd.Series, share: float) -> Quantiles:
        """Quantiles by horizon: the regression's centre with its residuals' quantiles, a tenth
        wider.

        Parameters
        ----------
        market : str
            Left out of the regression.
        history : Series
            Annual sales by year, up to the origin.
        share : float
            Of the origin year; NaN where unknown.
        """
        previous_sales, sales = history.to_numpy(dtype=float)[-2:]
        features = self._features(np.array([share]), np.array([np.log(sales / previous_sales)]))[0]
        ridge = np.diag(np.array([0.1, 5.0, 5.0])[self.regressors])
        result = dict(drift(history))
        for h, steps in self.steps.items():
            is_finished = steps["year"] + h <= history.index[-1]
            past_steps = steps[(steps["market"] != market) & is_finished]
            if len(past_steps) >= MIN_REGRESSION_STEPS:
                x = self._features(past_steps["share"].to_numpy(), past_steps["growth"].to_numpy())
                y = past_steps["ahead"].to_numpy()
                beta = np.linalg.solve(x.T @ x + ridge, x.T @ y)
                centre = np.log(sales) + features @ beta
                result[h] = np.exp(
                    centre + INTERVAL_FACTOR * np.quantile(y - x @ beta, SCORE_LEVELS)
                )
        return result

    def _features(self, share: Array, growth: Array) -> Array:
        """The columns of the regressors: a constant, the log-odds of the share (-4 where unknown)
        and the last growth, both within limits.
        """
        clipped = np.clip(share, 1e-5, 0.97)
        odds = np.where(np.isnan(share), -4.0, np.log(clipped / (1 - clipped)))
        columns = np.column_stack([np.ones(len(share)), odds, np.clip(growth, -1, 2)])
        return columns[:, self.regressors]


def _steps(panel: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Growth over the horizon from every row that has a year before it and one the horizon after
    it.
    """
    rows = panel[["market", "year", "sales", "share"]]
    rows_before, rows_after = (
        rows[["market", "year", "sales"]].assign(year=rows["year"] + move) for move in (1, -horizon)
    )
    steps = rows.merge(rows_before, on=["market", "year"], suffixes=("", "_before"))
    steps = steps.merge(rows_after, on=["market", "year"], suffixes=("", "_after"))
    steps = steps[steps["sales"] >= LEAST_SALES]
    return steps.assign(
        growth=np.log(steps["sales"] / steps["sales_before"]),
        ahead=np.log(steps["sales_after"] / steps["sales"]),
    )


@dataclass(frozen=True)
class PartYear:
    """One market in one year, known up to one month.

    Parameters
    ----------
    market : str
        Its name.
    origin, k : int
        The year, and the last month that is known.
    last_year, part, growth : float
        The three facts: a total, a total from January on, and its growth in percent.
    size : float or None
        New cars of the year before, where known.
    outcomes : dict of int to float
        Total of this year (0) and of the next (1), where known.
    """

    market: str
    origin: int
    k: int
    last_year: float
    part: float
    growth: float
    size: float | None
    outcomes: dict[int, float]

    @property
    def row(self) -> dict[str, object]:
        """Columns that identify the case."""
        return {"market": self.market, "year": self.origin, "k": self.k}

    @property
    def prior_key(self) -> tuple[str, int]:
        """The same for cases with the same prior."""
        return self.market, self.origin


ANNUALISED = "annualised part year"
HALVED = "growth, halved next year"
# Each rule's spread (log) of this year's total and of the next's, as seen on the markets on which
# the rules were first tried: hindsight that favours the rules.
RULES = {ANNUALISED: (0.30, 0.71), "last year times growth": (0.27, 0.75), HALVED: (0.27, 0.62)}
SPREADS = RULES[HALVED]
BY_HAND = "rule of thumb"  # the method that follows, for whatever was printed


def rule_of_thumb(name: str, case: PartYear) -> Quantiles:
    """Quantiles that one of :data:`RULES` gives for this year (0) and the next (1).

    Examples
    --------
    >>> case = PartYear("A", 2023, 4, 1000.0, 500.0, 50.0, None, {})
    >>> [rule_of_thumb(name, case)[1][3].round().item() for name in RULES]
    [2250.0, 2250.0, 1875.0]
    """
    growth = 1 + case.growth / 100
    total = case.last_year * growth
    if name == ANNUALISED:
        total = case.part * 12 / case.k
        growth = total / case.last_year
    elif name == HALVED:
        growth = 1 + (growth - 1) / 2
    spreads = enumerate(RULES[name])
    return {h: np.exp(np.log(total * growth**h) + NORMAL * spread) for h, spread in spreads}


def by_hand(facts: Ledger, basis: str, period: Period) -> Array:
    """Quantiles of a flow by the rule of thumb; missing where no total of a year or of its first
    months is known.

    Parameters
    ----------
    facts : Ledger
        Facts of the flow, as known on the day.
    basis : str
        Whose totals are used, and those of the same perimeter.
    period : Period
        Asked for: a year or a part of one, taken to be as the year is.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> facts = central_asia().select("UZ", "ev_imports", as_of="2023-06-26")
    >>> by_hand(facts, "uz-statistics", year(2023))[3].round()  # 2,544 in four months
    np.float64(7738.0)
    """
    yearly = {  # of each year the last total from 1 January on, which is the longest
        fact.period.end.year: fact.value / fact.period.share_of_year
        for fact in in_order(facts)
        if fact.is_exact
        and fact.quantity == "total"
        and fact.of_world
        and fact.value > 0
        and same_perimeter(fact.basis, basis)
        and fact.period.start == year(fact.period.end.year).start
    }
    if not yearly:
        return NO_QUANTILES
    base_year = max(yearly)
    base = yearly[base_year]
    growth = base / yearly.get(base_year - 1, base)
    horizon = max(period.end.year - base_year, 0)
    total = base * float(np.prod([1 + (growth - 1) / 2**step for step in range(1, horizon + 1)]))
    return max(total, 1.0) * period.share_of_year * np.exp(NORMAL * SPREADS[min(horizon, 1)])


def stock_by_hand(counts: list[tuple[dt.date, float]], day: dt.date) -> Array:
    """Quantiles of a stock by the same rule: half the growth of the last year, from the last count
    on.

    Parameters
    ----------
    counts : list of (date, float)
        The counts that were known, the last one last.
    day : date
        Asked for.

    Examples
    --------
    >>> counts = [(dt.date(2022, 12, 31), 1000.0), (dt.date(2023, 12, 31), 3000.0)]
    >>> stock_by_hand(counts, dt.date(2024, 12, 31))[3].round()
    np.float64(6008.0)
    """
    count_day, count = counts[-1]
    past_counts = [
        (past_day, value)
        for past_day, value in counts
        if (count_day - past_day).days >= 180 and value > 0
    ]
    growth = 1.0
    if past_counts:
        past_day, value = min(past_counts, key=lambda past: abs((count_day - past[0]).days - 365))
        growth = (count / value) ** (365 / (count_day - past_day).days)
    years = (day - count_day).days / 365
    return max(count * (1 + (growth - 1) / 2 * years), 1.0) * np.exp(
        NORMAL * SPREADS[0] * min(years, 1.0)
    )
