"""Each kind of forecast that is held against what came: who makes its cases and sums them up."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Record:
    """How forecasts of one kind are scored: cases, each with draws and an outcome, and a summary.

    Parameters
    ----------
    module : str
        Of `forecasting.evaluation`, which scores them.
    cases : str
        Its function that forecasts and scores the cases of a panel.
    summary : str
        Its function that sums up the cases, a line a method; empty where the cases are summed up
        already.
    inputs : tuple of str
        What the first takes beside the panel.
    required : tuple of str
        Those that it cannot do without.
    implied : tuple of str
        Options that change nothing, as it does what they ask for in any case.
    lists_cases : bool
        Whether the table that is written holds the cases in place of their summary.
    columns : tuple of str
        Those that are written; all where none is named.
    """

    module: str
    cases: str
    summary: str
    inputs: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()
    lists_cases: bool = False
    columns: tuple[str, ...] = ()

    def scores(self, **inputs: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The summary of the cases, and the table that is written.

        Parameters
        ----------
        **inputs
            The panel or the ledger, and what is given of `inputs`.
        """
        module = import_module(f"forecasting.evaluation.{self.module}")
        cases = getattr(module, self.cases)(**inputs)
        if not self.summary:
            return cases, cases[[*self.columns]] if self.columns else cases
        summary = getattr(module, self.summary)(cases)
        return summary, cases if self.lists_cases else summary.reset_index()


# What was forecast, and what came: the columns of every case of the track record
RECORD_COLUMNS = (
    *("place", "measure", "as_of", "period", "low", "median", "high", "outcome"),
    *("inside", "own_basis", "score", "rule_score"),
)
# By the option that asks for it; the last is of yearly sales, and is asked for by none
RECORDS = {
    "chargers": Record("chargers", "backtest_chargers", "", ("train",)),
    "chain": Record("chain_record", "chain_record", "summarise_chain", lists_cases=True),
    "events": Record(
        "events", "event_skill", "summarise_events", ("monthly", "policies"), ("monthly",)
    ),
    "quotas": Record(
        "quota_days", "quota_skill", "summarise_quotas", ("monthly", "train"), ("monthly",)
    ),
    "monthly": Record(
        "part_year",
        "part_year_skill",
        "summarise_part_year",
        ("monthly", "train", "mapped"),
        implied=("peers",),
    ),
    "ledger": Record(
        "track_record", "ledger_record", "", ("place", "measure", "as_of"), columns=RECORD_COLUMNS
    ),
    "archive": Record(
        "archive", "archive_record", "", ("folder",), columns=(*RECORD_COLUMNS, "scenario")
    ),
    "panel": Record("backtest", "backtest_skill", "summarise", ("train", "peers", "mapped")),
}
