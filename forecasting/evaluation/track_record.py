"""What was forecast then, and what happened: forecasts from facts known on a day, beside what was published later."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from forecasting.errors import EvidenceError, ForecastWarning
from forecasting.evaluation.scores import LEVELS, inside, log_score, weighted_interval_score
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import COUNTED
from forecasting.growth.flow import FlowForecast, forecast_flow
from forecasting.growth.prior import Prior
from forecasting.growth.starting import MarketSize
from forecasting.panels.growth_prior import estimate_prior
from forecasting.periods import Period, as_date, year

__all__ = ["COLUMNS", "is_total", "outcome_of", "record_of", "track_record"]

WHAT = ("as_of", "facts", "period", "basis", "median", "low", "high")
THEN = ("outcome", "fact", "outcome_basis", "inside", "percentile", "wis", "log_score", "prior_year")
COLUMNS = [*WHAT, *THEN]


def track_record(
    ledger: Ledger,
    as_of: Sequence[str | dt.date],
    *,
    place: str,
    measure: str = "ev_imports",
    basis: str | None = None,
    market_size: Mapping[int, float] | pd.Series | None = None,
    panel: pd.DataFrame | None = None,
    years: int = 2,
    seed: int = 0,
) -> pd.DataFrame:
    """Forecasts made with the facts known on each day, beside the outcome that was published later.

    Parameters
    ----------
    ledger : Ledger
        All facts, with the day on which each was published.
    as_of : sequence of date
        Days on which to forecast.
    place, measure, basis : str
        What is forecast; by default on the basis with most facts on that day.
    market_size : mapping or Series, optional
        New vehicles by year; only years before a forecast's own are used.
    panel : DataFrame, optional
        Analogue markets by year (market, year, sales, share): the prior of each forecast is learned from the years
        before its own. Without it the prior that ships is used, without the effects of the day's own year and later
        ones; its level and spreads are those of all its years: see ``prior_year``.
    years : int
        Years forecast, the day's own first.
    seed : int
        Of the forecasts.

    Returns
    -------
    DataFrame
        One row per day and year: ``as_of, facts`` (their number), ``period, basis``, the forecast's ``median`` and
        80 % interval ``low, high``; the ``outcome``, the ``fact`` that tells it and its ``outcome_basis`` (NaN and
        empty where none was published later; another agency's where the forecast's basis has none); whether it was
        ``inside``, its ``percentile`` among the draws, weighted interval score ``wis`` and ``log_score``, both of logs;
        ``prior_year``, the last year that the prior learned from.

    Raises
    ------
    EvidenceError
        Where no fact of the place was known on a day.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> record = track_record(central_asia(), ["2022-03-31"], place="UZ", market_size={2021: 250_000}, years=1)
    >>> record[["period", "outcome", "outcome_basis", "inside"]].values.tolist()
    [['2022', 2180.0, 'uz-statistics', True]]
    """
    chosen = ledger.select(place=place, measure=measure, kind=COUNTED)
    rows = [
        row
        for day in map(as_date, as_of)
        for row in record_of(chosen, day, _sizes(market_size, day), _prior(panel, day), basis, years, seed)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _sizes(market_size: Mapping[int, float] | pd.Series | None, day: dt.date) -> dict[int, float] | None:
    """Sizes of the years that were over."""
    if market_size is None:
        return None
    return {int(str(y)): float(v) for y, v in market_size.items() if int(str(y)) < day.year} or None


def _prior(panel: pd.DataFrame | None, day: dt.date) -> Prior:
    if panel is None:
        return Prior.shipped().until(day.year - 1)
    return estimate_prior(panel[panel["year"] < day.year])


def record_of(
    facts: Ledger,
    day: dt.date,
    sizes: MarketSize,
    prior: Prior,
    basis: str | None = None,
    years: int = 2,
    seed: int = 0,
) -> Iterator[tuple[object, ...]]:
    """Rows of one day's forecast of one flow, in the order of :data:`COLUMNS`.

    Parameters
    ----------
    facts : Ledger
        All facts of the flow.
    day : date
        Of the forecast.
    sizes, prior, basis, years, seed
        As in :func:`track_record`, as known on that day.

    Raises
    ------
    EvidenceError
        Where no fact was known.
    """
    known = facts.select(as_of=day)
    if not len(known):
        raise EvidenceError(f"no fact was known on {day}; the first days of the ledger are later")
    periods = [year(day.year + k) for k in range(years)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ForecastWarning)  # a reservation about one forecast is part of its record
        forecast = forecast_flow(known, periods, prior, sizes, basis, seed=seed)
    for period in periods:
        outcome = outcome_of(facts, period, day, forecast.basis)
        yield (day, len(known), *_beside(forecast, period, outcome), prior.last_year)


def outcome_of(facts: Ledger, period: Period, day: dt.date, basis: str = "") -> Fact | None:
    """The last published total of a period that was not known on a day; on the basis, if there is one."""
    later = [fact for fact in facts if is_total(fact) and fact.period == period and (fact.known_from or day) > day]
    return max(later, key=lambda fact: (fact.basis == basis, fact.known_from), default=None)


def is_total(fact: Fact) -> bool:
    """Whether a fact states how much the whole flow was."""
    exact = fact.relation in ("equals", "about") and fact.quantity in ("", "total")
    return exact and fact.kind == "outcome" and fact.partner == "World" and fact.value > 0


def _beside(forecast: FlowForecast, period: Period, outcome: Fact | None) -> tuple[object, ...]:
    """Forecast and outcome of one period, with the scores that compare them."""
    draws = np.log(forecast.totals(period))
    quantiles = np.quantile(draws, LEVELS)
    low, median, high = np.exp(quantiles[[1, 3, 5]])
    told = (period.label, forecast.basis, median, low, high)
    if outcome is None:
        return (*told, np.nan, "", "", None, np.nan, np.nan, np.nan)
    log = float(np.log(outcome.value))
    held, wis = bool(inside(quantiles, log, 0.8)), float(weighted_interval_score(quantiles, log))
    scores = (held, float((draws < log).mean()), wis, log_score(draws, log))
    return (*told, outcome.value, outcome.id, outcome.basis, *scores)
