"""What was forecast then, and what happened: forecasts from facts known on a day, beside what was
published later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting.errors import EvidenceError
from forecasting.evaluation.peers import NORMAL
from forecasting.evaluation.rules_of_thumb import SPREADS, by_hand
from forecasting.evaluation.scores import LEVELS, judged, weighted_interval_score
from forecasting.evidence.bases import same_perimeter
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.growth.flow import forecast_flow
from forecasting.periods import Period, year
from forecasting.scenarios.known import Known

Array = NDArray[np.float64]
Row = dict[str, Any]
SHORTEST = 59  # days of a part of a year that counts as its outcome: January and February
TINY = 1e-9


def record_of(known: Known, flow: Ledger) -> Iterator[Row]:
    """Rows of one day's forecasts of one flow, of that year and of the next.

    A year whose total was not printed within the forecast's own perimeter has a row of its longest
    part as well.

    Parameters
    ----------
    known : Known
        What the forecast may rest on.
    flow : Ledger
        All facts of the flow, also those published later: the outcomes.

    Yields
    ------
    dict
        As :func:`beside` has them, and ``as_of``, ``facts`` (their number) and ``period``.

    Raises
    ------
    EvidenceError
        Where no fact was known.
    """
    day = known.day
    if not len(known.facts):
        raise EvidenceError(f"no fact was known on {day}; the first days of the ledger are later")
    periods = [year(day.year + ahead) for ahead in (0, 1)]
    forecast = forecast_flow(known.facts, periods, known.prior, known.market.sizes)
    for period in periods:
        outcomes: list[Fact | None] = [*outcomes_of(flow, period, day, forecast.basis)]
        for outcome in outcomes or [None]:
            asked = period if outcome is None else outcome.period
            rule = by_hand(known.facts, forecast.basis, asked)
            row = beside(quantiles_of(forecast.totals(asked)), forecast.basis, outcome, rule)
            yield row | {"as_of": day, "facts": len(known.facts), "period": asked.label}


def growth_record_of(known: Known, flow: Ledger) -> Iterator[Row]:
    """Rows of one day's forecasts of a flow of which growth alone is printed, in percent on the
    year before.

    Parameters
    ----------
    known : Known
        What the forecast may rest on.
    flow : Ledger
        All facts of the flow, also those published later: the longest growth of this year, and of
        the next.

    Yields
    ------
    dict
        As :func:`record_of`; scores are of the factor's log, and the rule halves the last growth
        printed.
    """
    rates = [fact for fact in known.facts if _is_growth(fact)]
    if not rates:
        return
    last = max(rates, key=lambda fact: (fact.period.end, fact.period.days))
    rule = (1 + last.value / 200) * np.exp(NORMAL * SPREADS[1])
    later = [fact for fact in flow if _is_growth(fact) and is_later(fact, known.day)]
    for ahead in (0, 1):
        outcome = _longest_growth(later, known.day.year + ahead)
        if outcome is None:
            continue
        period = outcome.period
        years = [year(period.end.year)]
        forecast = forecast_flow(known.facts, years, known.prior, known.market.sizes)
        factors = forecast.totals(period) / forecast.totals(period.year_before())
        grown = outcome.model_copy(update={"value": 1 + outcome.value / 100})
        row = beside(quantiles_of(factors), forecast.basis, grown, rule)
        for name in ("low", "median", "high", "outcome"):
            row[name] = 100 * (row[name] - 1)
        yield row | {"as_of": known.day, "facts": len(known.facts), "period": period.label}


def _is_growth(fact: Fact) -> bool:
    exact = fact.quantity == "yoy_growth_percent" and fact.relation == "equals"
    return exact and fact.kind == "outcome"


def _longest_growth(facts: Sequence[Fact], in_year: int) -> Fact | None:
    long = [f for f in facts if f.period.end.year == in_year and f.period.days >= SHORTEST]
    return max(long, key=lambda f: (f.period.days, f.known_from or dt.date.min), default=None)


def is_later(fact: Fact, day: dt.date) -> bool:
    """Whether a fact was published after a day."""
    return fact.known_from is not None and fact.known_from > day


def rank(fact: Fact, basis: str) -> tuple[bool, bool, dt.date]:
    """Of facts of one period the greatest tells the outcome: of the forecast's own perimeter before
    others, the last print.
    """
    known_from = fact.known_from or dt.date.min
    return same_perimeter(fact.basis, basis), fact.basis == basis, known_from


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
    totals = [fact for fact in facts if is_total(fact)]
    later = [fact for fact in totals if is_later(fact, day)]
    whole = _best([fact for fact in later if fact.period == period], basis)
    if whole and same_perimeter(whole[0].basis, basis):
        return whole
    known = [fact.period.end for fact in totals if fact not in later and _own(fact, basis)]
    newest = max(known, default=dt.date.min)
    parts = [fact for fact in later if _own(fact, basis) and fact.period.end > newest]
    return whole + _best([fact for fact in parts if _is_long_part(fact.period, period)], basis)


def _own(fact: Fact, basis: str) -> bool:
    return same_perimeter(fact.basis, basis)


def _best(facts: Sequence[Fact], basis: str) -> list[Fact]:
    """The fact that tells most: of the longest period, then by rank; none of none."""
    return sorted(facts, key=lambda fact: (fact.period.days, *rank(fact, basis)))[-1:]


def _is_long_part(part: Period, whole: Period) -> bool:
    within = whole.start <= part.start and part.end <= whole.end
    return within and part.days >= SHORTEST


def is_total(fact: Fact) -> bool:
    """Whether a fact states how much the whole flow was."""
    exact = fact.is_exact and fact.quantity in ("", "total")
    return exact and fact.kind == "outcome" and fact.of_world and fact.value > 0


def quantiles_of(draws: Array) -> Array:
    """Quantiles of draws at `LEVELS`."""
    return np.asarray(np.exp(np.quantile(np.log(np.maximum(draws, TINY)), LEVELS)))


def beside(quantiles: Array, basis: str, outcome: Fact | None, rule: Array | None) -> Row:
    """Forecast and outcome of one period or day, with the scores that compare them.

    Parameters
    ----------
    quantiles : ndarray
        Of the forecast, at `LEVELS`.
    basis : str
        Whose definition they follow.
    outcome : Fact or None
        What was published since.
    rule : ndarray or None
        Quantiles at `LEVELS` of the rule of thumb; None where the facts carry none.
    """
    _, low, _, median, _, high, _ = quantiles
    row: Row = {"basis": basis, "low": low, "median": median, "high": high, "outcome": np.nan}
    if outcome is None:
        return row
    verdict = judged(quantiles, outcome.value)
    row |= {
        "outcome": outcome.value,
        "fact": outcome.id,
        "outcome_basis": outcome.basis,
        "inside": verdict.in80,
        "own_basis": same_perimeter(outcome.basis, basis),
        "score": verdict.wis,
        "rule_score": np.nan,
    }
    if rule is not None:
        row["rule_score"] = float(weighted_interval_score(np.log(rule), np.log(outcome.value)))
    return row
