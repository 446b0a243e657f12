"""A record is a case, draws and a score: what came of each case, what each method had forecast of
it, and one table of results; and who makes the cases of each kind of record and sums them up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pandas as pd
from tqdm import tqdm

from forecasting.evaluation.scores import judged
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.quantiles import Array

Quantiles = Mapping[int, Array]  # horizon in years -> quantiles at SCORE_LEVELS
Forecaster = Callable[[list[Any]], list[Quantiles]]
Mapped = Callable[[Forecaster, Iterable[list[Any]]], Iterable[list[Quantiles]]]
THIS_PACKAGE = "this package"


@dataclass(frozen=True)
class Case:
    """A quantity that was forecast, and what came of it.

    Parameters
    ----------
    row : dict
        What tells it apart from other cases, by column of the table of results.
    outcome : float
        What came, above 0; NaN where nobody has counted it so far.
    forecasts : mapping of str to ndarray
        By method: quantiles of its draws at `SCORE_LEVELS`; NaN where a method has none.
    """

    row: dict[str, Any]
    outcome: float = float("nan")
    forecasts: Mapping[str, Array] = field(default_factory=dict)


def results(cases: Iterable[Case], refusal: EvidenceError) -> pd.DataFrame:
    """The table of results of any record.

    Parameters
    ----------
    cases : iterable of Case
        In the order of the table.
    refusal : EvidenceError
        Raised where no case has an outcome.

    Returns
    -------
    DataFrame
        ``method``, the row of the case, and `judged`: a line for each case and method.
        ``attrs["open"]`` counts cases without an outcome.

    Raises
    ------
    EvidenceError
        The refusal.

    Examples
    --------
    >>> import numpy as np
    >>> forecasts = {"a": np.full(7, 100.0), "b": np.full(7, 200.0)}
    >>> cases = [Case({"year": 2024}, 100.0, forecasts), Case({"year": 2025})]
    >>> table = results(cases, EvidenceError("nobody has counted"))
    >>> table[["method", "year", "median", "outcome", "wis"]].round(2).values.tolist()
    [['a', 2024, 100.0, 100.0, 0.0], ['b', 2024, 200.0, 100.0, 0.69]]
    >>> table.attrs["open"]
    1
    """
    rows = []
    open_cases = 0
    for case in cases:
        open_cases += not case.forecasts
        for method, quantiles in case.forecasts.items():
            rows.append({"method": method, **case.row, **judged(quantiles, case.outcome)})
    if not rows:
        raise refusal
    table = pd.DataFrame(rows)
    table.attrs["open"] = open_cases
    return table


def with_rule_scores(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """A line for each case: the forecast of this package, with the scores of rules of thumb.

    Parameters
    ----------
    table : DataFrame
        Of `results`, in which each case has all of the methods.
    columns : mapping of str to str
        The column for the score of each rule.
    """
    record = table[table["method"] == THIS_PACKAGE].reset_index(drop=True)
    for rule, column in columns.items():
        record[column] = table.loc[table["method"] == rule, "wis"].to_numpy()
    return record.rename(columns={"in80": "inside", "wis": "score"})


def forecast_cases(
    methods: Mapping[str, Forecaster], markets: Iterable[Any], mapped: Mapped = map
) -> Iterator[Case]:
    """Have every method forecast every market.

    Parameters
    ----------
    methods : mapping of str to callable
        By name: quantiles at `SCORE_LEVELS` by horizon for each of some markets that share a prior.
    markets : iterable
        One market at one time each: ``row`` is what tells it apart, ``origin`` the year from which
        horizons count, ``outcomes`` what happened by horizon, and those of one ``prior_key`` share
        a prior.
    mapped : callable
        By what a method is applied to groups of markets, in their order; ``map`` does it here.

    Yields
    ------
    Case
        One for each outcome; its row has the horizon ``h`` and the year that is ``scored``, too.
    """
    by_prior: dict[object, list[Any]] = {}
    for market in markets:
        by_prior.setdefault(market.prior_key, []).append(market)
    groups = by_prior.values()
    by_method = [mapped(method, groups) for method in methods.values()]
    lines = zip(groups, *by_method, strict=True)
    for group, *forecasts_of_group in tqdm(lines, total=len(groups), leave=False, disable=None):
        for market, *forecasts in zip(group, *forecasts_of_group, strict=True):
            for h, outcome in market.outcomes.items():
                quantiles = [forecast[h] for forecast in forecasts]
                row = market.row | {"h": h, "scored": market.origin + h}
                yield Case(row, outcome, dict(zip(methods, quantiles, strict=True)))


@dataclass(frozen=True)
class Record:
    """One kind of record.

    Parameters
    ----------
    module : str
        Of `forecasting.evaluation`, which makes it.
    cases : str
        Its function from a panel or a ledger to the table of results.
    summary : str
        Its function that sums up the table, a line a method; empty where it is read as it is.
    inputs : tuple of str
        What the first takes beside the panel.
    required : tuple of str
        Those that it cannot do without.
    implied : tuple of str
        Options that change nothing, as it does what they ask for in any case.
    columns : tuple of str
        Those of the table of results that are written; where none is named, the summary is.
    of_panel : bool
        Whether the first takes a panel of markets.
    """

    module: str
    cases: str
    summary: str = ""
    inputs: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    of_panel: bool = True

    def scores(self, **inputs: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The summary of the table of results, and the table that is written.

        Parameters
        ----------
        **inputs
            The panel or the ledger, and what is given of `inputs`.
        """
        module = import_module(f"forecasting.evaluation.{self.module}")
        table = getattr(module, self.cases)(**inputs)
        summary = getattr(module, self.summary)(table) if self.summary else table
        return summary, table[[*self.columns]] if self.columns else summary.reset_index()


# What was forecast, and what came: the columns of every case of the track record
RECORD_COLUMNS = (
    *("place", "measure", "as_of", "period", "low", "median", "high", "outcome"),
    *("inside", "own_basis", "score", "rule_score"),
)
# By the option that asks for it; the last is of yearly sales, and is asked for by none
RECORDS = {
    "chargers": Record("chargers", "charger_skill", "summarise_chargers", ("train",)),
    "chain": Record(
        "chain_record",
        "chain_record",
        "summarise_chain",
        columns=("what", "market", "year", "low", "median", "high", "stands"),
    ),
    "registers": Record(
        "register_record",
        "register_skill",
        "summarise_registers",
        ("registers",),
        columns=(
            *("place", "as_of", "period_start", "period_end", "low", "median", "high", "outcome"),
            *("inside", "score", "all_stays_score", "last_ratio_score"),
        ),
        of_panel=False,
    ),
    "events": Record(
        "events", "event_skill", "summarise_events", ("monthly", "policies"), ("monthly",)
    ),
    "quotas": Record(
        "quota_record", "quota_skill", "summarise_quotas", ("monthly", "train"), ("monthly",)
    ),
    "monthly": Record(
        "part_year",
        "part_year_skill",
        "summarise_part_year",
        ("monthly", "train", "mapped"),
        implied=("peers",),
    ),
    "ledger": Record(
        "track_record",
        "ledger_record",
        inputs=("place", "measure", "as_of"),
        columns=RECORD_COLUMNS,
    ),
    "archive": Record(
        "archive", "archive_record", inputs=("folder",), columns=(*RECORD_COLUMNS, "scenario")
    ),
    "panel": Record("backtest", "backtest_skill", "summarise", ("train", "peers", "mapped")),
}
