"""What a statistician would build of dated statements with statsmodels alone: a state-space model
with a row of weights for each statement.

The state holds the logs of the newest months' flows and their slope, a local linear trend. A total
is a mean of months, a growth on the year the difference of two means: weights on the state, at the
month in which the statement's period ends. Bounds, and what other markets did, have no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.tsa.statespace.mlemodel import MLEModel

from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import Period, month_number
from forecasting.vocabulary.quantiles import ALPHA, Array

MEMORY = 24  # months in the state: those of a growth on the year
PRIOR_VARIANCE = 100.0  # of the log of a month's flow, before any statement
START_PARAMS = (0.1, 0.02, 0.05)


class StatementTrend(MLEModel):  # type: ignore[misc]
    """A local linear trend of monthly logs, seen through dated statements.

    Parameters
    ----------
    facts : Ledger
        Of one flow and one agency. Used are exact totals of whole months, a year at most, and exact
        growth on the year; the others have no row of weights.
    periods : sequence of Period
        Whole months, a year at most, what is forecast: each ends after the last statement.

    Raises
    ------
    EvidenceError
        Where fewer than three statements have a row.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> from forecasting.vocabulary.periods import year
    >>> facts = central_asia().select("UZ", "ev_imports", as_of="2023-06-26")
    >>> model = StatementTrend(facts.select(basis="uz-statistics"), [year(2023)])
    >>> model.totals(model.smooth(model.start_params)).columns.tolist()
    ['median', 'pi_lower', 'pi_upper']
    """

    def __init__(self, facts: Ledger, periods: Sequence[Period]) -> None:
        rows = [*_rows(facts)]
        if len(rows) < 3:
            raise EvidenceError(
                f"{len(rows)} statements are totals or growth of whole months; give three or more"
            )
        self.periods = list(periods)
        rows += [(period, _weights(period), np.nan) for period in self.periods]
        first = min(month_number(period.start) for period, _, _ in rows) - MEMORY
        last = max(month_number(period.end) for period, _, _ in rows)
        by_month: dict[int, list[tuple[Array, float]]] = {}
        self.places = []  # month and column of each statement
        for period, weights, value in rows:
            time = month_number(period.end) - first
            statements = by_month.setdefault(time, [])
            self.places.append((time, len(statements)))
            statements.append((weights, value))
        width = max(map(len, by_month.values()))
        endog = np.full((last - first + 1, width), np.nan)
        design = np.zeros((width, MEMORY + 1, len(endog)))
        for time, statements in by_month.items():
            for column, (weights, value) in enumerate(statements):
                endog[time, column] = value
                design[column, :MEMORY, time] = weights
        super().__init__(endog, k_states=MEMORY + 1, k_posdef=2)
        self["design"] = design
        self["transition"] = _transition()
        self["selection", 0, 0] = 1.0
        self["selection", MEMORY, 1] = 1.0
        self.ssm.initialize_known(np.zeros(MEMORY + 1), PRIOR_VARIANCE * np.eye(MEMORY + 1))

    @property
    def start_params(self) -> Array:
        """Standard deviations where the search starts."""
        return np.array(START_PARAMS)

    @property
    def param_names(self) -> list[str]:
        """What is estimated: standard deviations, by month and by statement."""
        return ["level", "slope", "statement"]

    def update(self, params: Any, **options: Any) -> None:
        """Set the variances of the system."""
        level, slope, statement = super().update(params, **options)
        self["state_cov"] = np.diag([level**2, slope**2])
        self["obs_cov"] = np.eye(self.k_endog) * statement**2

    def totals(self, results: Any, alpha: float = ALPHA) -> pd.DataFrame:
        """Forecasts of the periods that were asked for.

        Parameters
        ----------
        results : statsmodels MLEResults
            Of this model's ``fit``.
        alpha : float
            One less the probability of the interval.

        Returns
        -------
        DataFrame
            A row per period: ``median, pi_lower, pi_upper``.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals
        >>> from forecasting.growth.forecast import ledger_of
        >>> from forecasting.vocabulary.periods import year
        >>> doubling = pd.Series([100.0, 200.0, 400.0, 800.0], index=range(2020, 2024))
        >>> model = StatementTrend(ledger_of(annual_totals(doubling)), [year(2024)])
        >>> model.totals(model.smooth([0.02, 0.01, 0.01]))["median"].round(-1).to_dict()
        {'2024': 1600.0}
        """
        ahead = results.get_prediction()
        quantile = NormalDist().inv_cdf(1 - alpha / 2)
        places = self.places[-len(self.periods) :]
        table = {}
        for period, (time, column) in zip(self.periods, places, strict=True):
            middle = np.atleast_2d(ahead.predicted_mean.T).T[time, column]
            spread = quantile * np.sqrt(results.forecasts_error_cov[column, column, time])
            months = np.count_nonzero(_weights(period))
            ends = np.exp(middle + spread * np.array([0.0, -1.0, 1.0]))
            table[period.label] = months * ends
        return pd.DataFrame.from_dict(table, "index", columns=["median", "pi_lower", "pi_upper"])


def _rows(facts: Ledger) -> Iterator[tuple[Period, Array, float]]:
    """Of each statement that is linear in the logs of months: period, weights and value."""
    for fact in facts:
        if not (fact.is_exact and fact.of_world):
            continue
        weights = _weights(fact.period)
        months = np.count_nonzero(weights)
        if fact.quantity == "total" and months and fact.value > 0:
            yield fact.period, weights, np.log(fact.value / months)
        elif fact.quantity == "yoy_growth_percent" and months and fact.value > -100:
            yield fact.period, weights - np.roll(weights, 12), np.log1p(fact.value / 100)


def _weights(period: Period) -> Array:
    """Weights of a mean over the months of a period, the newest first; zero where it is no span of
    whole months, or more than a year.
    """
    weights = np.zeros(MEMORY)
    months = [*period.months()]
    is_whole = months[0].start == period.start and months[-1].end == period.end
    if is_whole and len(months) <= 12:
        weights[: len(months)] = 1 / len(months)
    return weights


def _transition() -> Array:
    """Each month moves back by one place, and the newest grows by the slope."""
    transition = np.eye(MEMORY + 1, k=-1)
    transition[MEMORY] = 0.0
    transition[0, [0, MEMORY]] = 1.0
    transition[MEMORY, MEMORY] = 1.0
    return transition
