"""Record of what stays: from the imports of a country, by how much its register grows.

Each forecast knows the imports up to the day that is counted, the counts of the place before it,
the rules of that day, and what the other places teach, spreads included; the place itself taught
nothing beside its earlier counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from forecasting.evaluation.markets import Panel
from forecasting.evaluation.records import THIS_PACKAGE, Case, results, with_rule_scores
from forecasting.evaluation.scores import SCORE_LEVELS
from forecasting.evidence.sources.iea import read_texts
from forecasting.panels.registers import (
    RegisterGrowth,
    closed_ways,
    growths_of,
    registered_share,
)
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import DAY

FEWEST_ERRORS = 3  # of other places, from which a rule's spread is learned
SPREAD_UNKNOWN = 0.5
LEAST_SPREAD = 0.1
ALL_STAYS = "all stays"
LAST_RATIO = "the last ratio"
SCORE_COLUMNS = {ALL_STAYS: "all_stays_score", LAST_RATIO: "last_ratio_score"}


def register_skill(registers: Panel) -> pd.DataFrame:
    """Forecasts of the growth of registers from imports, and what was counted.

    Parameters
    ----------
    registers : pandas.DataFrame or path
        As of `forecasting.panels.registers.growths_of`.

    Returns
    -------
    pandas.DataFrame
        As of `forecasting.evaluation.records.with_rule_scores`: ``place, as_of`` (the day that is
        counted, up to which imports are known), ``period_start, period_end``, what was judged, and
        interval scores of the log, ``score, all_stays_score, last_ratio_score``.
        ``attrs["left_out"]`` says which registers fell, and ``attrs["above_one"]`` where more was
        registered than had come.

    Raises
    ------
    EvidenceError
        Where a column is missing, or no register has imports beside it.

    Examples
    --------
    >>> register_skill(pd.DataFrame({"place": ["GE"]}))
    Traceback (most recent call last):
    forecasting.EvidenceError: the table lacks measure, period_start, period_end, relation, value
    """
    table = registers
    if not isinstance(table, pd.DataFrame):
        table = read_texts(Path(table))
    growths, fallen = growths_of(table)
    decreases = [
        f"{growth.place} {growth.start} to {growth.end}: {growth.registered:+,.0f}"
        for growth in fallen
    ]
    refusal = EvidenceError(
        "no register of the table has imports of the same days beside it"
        + ("; these counts fall: " + "; ".join(decreases) if decreases else "")
        + ": give ev_imports and two counts of ev_stock, or ev_registrations, of one place"
    )
    cases = (_case(growth, growths) for growth in growths)
    record = with_rule_scores(results(cases, refusal), SCORE_COLUMNS)
    record.attrs["left_out"] = decreases
    record.attrs["above_one"] = [
        f"{growth.place} {growth.start} to {growth.end}: {growth.registered:,.0f} registered of "
        f"{growth.imported:,.0f} imported"
        for growth in growths
        if growth.registered > growth.imported
    ]
    return record


def _case(growth: RegisterGrowth, growths: Sequence[RegisterGrowth]) -> Case:
    """One growth, as this package and two rules forecast it."""
    place_growths = _earlier_growths(growth, growths)
    other_growths = [row for row in growths if row.place != growth.place]
    rules = closed_ways(growth.place, growth.end)
    mean, spread = registered_share(growth, place_growths, other_growths, rules)
    logs = {
        THIS_PACKAGE: (mean + np.log(growth.lagged), spread),
        ALL_STAYS: (np.log(growth.imported), _rule_spread(other_growths, [])),
        LAST_RATIO: (
            np.log(growth.imported) + _last_ratio(growth, growths),
            _rule_spread(other_growths, growths),
        ),
    }
    row = {
        "place": growth.place,
        "as_of": str(growth.end),
        "period_start": str(growth.start + DAY),
        "period_end": str(growth.end),
    }
    forecasts = {
        name: np.exp(median + width * ndtri(SCORE_LEVELS)) for name, (median, width) in logs.items()
    }
    return Case(row, growth.registered, forecasts)


def _earlier_growths(
    growth: RegisterGrowth, growths: Iterable[RegisterGrowth]
) -> list[RegisterGrowth]:
    """Those of the same place that ended before a growth began."""
    return [row for row in growths if row.place == growth.place and row.end <= growth.start]


def _last_ratio(growth: RegisterGrowth, growths: Iterable[RegisterGrowth]) -> float:
    """Log of what was registered of the imports when the place was counted last; all, before."""
    earlier_growths = _earlier_growths(growth, growths)
    if not earlier_growths:
        return 0.0
    newest = max(earlier_growths, key=lambda row: row.end)
    return float(np.log(newest.registered / newest.imported))


def _rule_spread(
    other_growths: Sequence[RegisterGrowth], growths: Sequence[RegisterGrowth]
) -> float:
    """Spread of the errors of a rule in other places; without growths the rule that all stays."""
    errors = [
        np.log(row.registered / row.imported) - (_last_ratio(row, growths) if growths else 0)
        for row in other_growths
    ]
    if len(errors) < FEWEST_ERRORS:
        return SPREAD_UNKNOWN
    return max(float(np.sqrt(np.mean(np.square(errors)))), LEAST_SPREAD)


def summarise_registers(record: pd.DataFrame) -> pd.DataFrame:
    """Mean scores of the record, a line a method.

    Parameters
    ----------
    record : pandas.DataFrame
        From `register_skill`.

    Returns
    -------
    pandas.DataFrame
        By method: ``n`` outcomes, their ``places``, the mean ``score``, and the share ``inside``
        the 80 % range, of this package alone.
    """
    scores = {THIS_PACKAGE: "score", **SCORE_COLUMNS}
    rows = {name: {"score": record[column].mean()} for name, column in scores.items()}
    table = pd.DataFrame(rows).T.rename_axis("method")
    table.insert(0, "places", record["place"].nunique())
    table.insert(0, "n", len(record))
    table["inside"] = [record["inside"].mean(), np.nan, np.nan]
    table.attrs |= record.attrs
    return table
