"""What was forecast then, and what happened: forecasts from facts known on a day, beside what was
published later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.errors import EvidenceError
from forecasting.evaluation.by_hand import SPREADS, by_hand
from forecasting.evaluation.peers import NORMAL
from forecasting.evaluation.scores import LEVELS, inside, log_score, weighted_interval_score
from forecasting.evidence.bases import same_perimeter
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.growth.flow import forecast_flow
from forecasting.periods import Period, as_date, year
from forecasting.scenarios.known import Known, facts_of_flow

__all__ = [
    "COLUMNS",
    "is_total",
    "beside",
    "growth_record_of",
    "outcomes_of",
    "record_of",
    "track_record",
]

SHORTEST = 59  # days of a part of a year that counts as its outcome: January and February
WHAT = ("as_of", "facts", "period", "basis", "median", "low", "high")
THEN = (
    "outcome", "fact", "outcome_basis", "inside", "own_basis", "percentile", "wis", "rule_wis", "log_score",
    "prior_year",
)  # fmt: skip
TINY = 1e-9
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
        Analogue markets by year (market, year, sales, share): the prior of each forecast is learned
        from the years before its own. Without it the prior that ships is used, without the effects
        of the day's own year and later ones; its level and spreads are those of all its years: see
        ``prior_year``.
    years : int
        Years forecast, the day's own first.
    seed : int
        Of the forecasts.

    Returns
    -------
    DataFrame
        One row per day and year: ``as_of, facts`` (their number), ``period, basis``, the ``median``
        and 80 % interval ``low, high``; the ``outcome``, the ``fact`` that tells it and its
        ``outcome_basis`` (NaN and empty where none was published later; another agency's where the
        forecast's basis has none); whether it was ``inside``, and ``own_basis``, counted within the
        forecast's perimeter; its ``percentile`` among the draws, weighted interval score ``wis``,
        that of annualising with growth halved ``rule_wis``, and ``log_score``, all of logs;
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
    flow = facts_of_flow(ledger, place, measure)
    rows = []
    for day in map(as_date, as_of):
        known = Known(
            ledger, place, measure, day, market_size, size_from_ledger=False, analogues=panel
        )
        rows += list(record_of(known, flow, basis, years, seed))
    return pd.DataFrame(rows, columns=COLUMNS)


def record_of(
    known: Known,
    flow: Ledger,
    basis: str | None = None,
    years: int = 2,
    seed: int = 0,
    parts: bool = False,
) -> Iterator[tuple[object, ...]]:
    """Rows of one day's forecast of one flow, in the order of :data:`COLUMNS`.

    Parameters
    ----------
    known : Known
        What the forecast may rest on.
    flow : Ledger
        All facts of the flow, also those published later: the outcomes.
    basis, years, seed
        As in :func:`track_record`.
    parts : bool
        Whether a year whose total was not printed within the forecast's own perimeter has a row of
        its longest part.

    Raises
    ------
    EvidenceError
        Where no fact was known.
    """
    day, prior = known.day, known.prior
    if not len(known.facts):
        raise EvidenceError(f"no fact was known on {day}; the first days of the ledger are later")
    periods = [year(day.year + k) for k in range(years)]
    forecast = forecast_flow(known.facts, periods, prior, known.market.sizes, basis, seed=seed)
    for period in periods:
        found = outcomes_of(flow, period, day, forecast.basis)
        outcomes: Sequence[Fact | None] = [f for f in found if parts or f.period == period] or [
            None
        ]
        for outcome in outcomes:
            compared_period = period if outcome is None else outcome.period
            rule = by_hand(known.facts, forecast.basis, compared_period)
            compared = beside(
                forecast.totals(compared_period), compared_period, forecast.basis, outcome, rule
            )
            yield (day, len(known.facts), *compared, prior.last_year)


def growth_record_of(known: Known, flow: Ledger) -> Iterator[tuple[object, ...]]:
    """Rows of one day's forecast of a flow of which growth alone is printed, in percent on the year
    before.

    Parameters
    ----------
    known : Known
        What the forecast may rest on.
    flow : Ledger
        All facts of the flow, also those published later: the longest growth of this year, and of
        the next.

    Yields
    ------
    tuple
        In the order of :data:`COLUMNS`; scores are of the factor's log, and the rule halves the
        last growth printed.
    """
    day, prior = known.day, known.prior
    rates = [fact for fact in known.facts if _is_growth(fact)]
    later = [fact for fact in flow if _is_growth(fact) and (fact.known_from or day) > day]
    for ahead in (0, 1):
        found = [
            f for f in later if f.period.end.year == day.year + ahead and f.period.days >= SHORTEST
        ]
        if not found or not rates:
            continue
        outcome = max(found, key=lambda fact: (fact.period.days, fact.known_from or day))
        period = outcome.period
        forecast = forecast_flow(known.facts, [year(period.end.year)], prior, known.market.sizes)
        draws = forecast.totals(period) / forecast.totals(period.year_before())
        last = max(rates, key=lambda fact: (fact.period.end, fact.period.days))
        rule = (1 + last.value / 200) * np.exp(NORMAL * SPREADS[1])
        factor = outcome.model_copy(update={"value": 1 + outcome.value / 100})
        row: list[Any] = list(beside(draws, period, forecast.basis, factor, rule))
        # Median, low, high and outcome, in percent
        row[2:6] = [100 * (value - 1) for value in row[2:6]]
        yield (day, len(known.facts), *row, prior.last_year)


def _is_growth(fact: Fact) -> bool:
    return (
        fact.is_change
        and fact.declared.is_percent
        and fact.relation == "equals"
        and fact.kind == "outcome"
    )


def outcomes_of(facts: Ledger, period: Period, day: dt.date, basis: str = "") -> list[Fact]:
    """What was published after a day of how a year ended: its total, and the longest part of it on
    the own perimeter.

    Bases of one perimeter count as one. A part counts where the forecast's own agency, or one of
    the same perimeter, printed no total of the year. Of two prints the last counts.

    Parameters
    ----------
    facts : Ledger
        Of one flow.
    period : Period
        A year.
    day : date
        What was known by then is no outcome.
    basis : str
        Whose definition is forecast.

    Returns
    -------
    list of Fact
        None, one or two.
    """

    def rank(fact: Fact) -> tuple[bool, bool, dt.date]:
        return same_perimeter(fact.basis, basis), fact.basis == basis, fact.known_from or day

    later = [fact for fact in facts if is_total(fact) and (fact.known_from or day) > day]
    whole = (
        [max(found, key=rank)]
        if (found := [fact for fact in later if fact.period == period])
        else []
    )
    if any(same_perimeter(fact.basis, basis) for fact in whole):
        return whole
    own = [fact for fact in facts if is_total(fact) and same_perimeter(fact.basis, basis)]
    newest = max((fact.period.end for fact in own if fact not in later), default=dt.date.min)
    parts = [
        f
        for f in own
        if f in later and period.start <= f.period.start and newest < f.period.end <= period.end
    ]
    parts = [fact for fact in parts if fact.period.days >= SHORTEST]
    return whole + ([max(parts, key=lambda fact: (fact.period.days, *rank(fact)))] if parts else [])


def is_total(fact: Fact) -> bool:
    """Whether a fact states how much the whole flow was."""
    exact = fact.is_exact and fact.is_amount and not fact.stock
    return exact and fact.kind == "outcome" and fact.of_world and fact.value > 0


def beside(
    draws: NDArray[np.float64],
    period: Period,
    basis: str,
    outcome: Fact | None,
    rule: NDArray[np.float64] | None,
) -> tuple[object, ...]:
    """Forecast and outcome of one period or day, with the scores that compare them, in the order of
    :data:`COLUMNS`.

    Parameters
    ----------
    draws : ndarray, shape (draws,)
        Of the forecast.
    period : Period
        Of which they are.
    basis : str
        Whose definition they follow.
    outcome : Fact or None
        What was published since.
    rule : ndarray or None
        Quantiles at `LEVELS` of the rule of thumb; None where the facts carry none.
    """
    logs = np.log(np.maximum(draws, TINY))
    quantiles = np.quantile(logs, LEVELS)
    low, median, high = np.exp(quantiles[[1, 3, 5]])
    forecast_cells = (period.label, basis, median, low, high)
    if outcome is None:
        return (*forecast_cells, np.nan, "", "", None, None, np.nan, np.nan, np.nan, np.nan)
    log = float(np.log(outcome.value))
    held, wis = bool(inside(quantiles, log, 0.8)), float(weighted_interval_score(quantiles, log))
    thumb = np.nan if rule is None else float(weighted_interval_score(np.log(rule), log))
    own = same_perimeter(outcome.basis, basis)
    scores = (held, own, float((logs < log).mean()), wis, thumb, log_score(logs, log))
    return (*forecast_cells, outcome.value, outcome.id, outcome.basis, *scores)
