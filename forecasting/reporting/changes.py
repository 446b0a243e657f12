"""What changed since the run before: headline medians then and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from forecasting.reporting.display import Table, plain_frame
from forecasting.reporting.labels import amount, label_of
from forecasting.reporting.result_tables import yearly

LEAST = 0.01  # a change of a headline number, as a share of it, from which it is shown
SHOWN = 15


def moved(before: pd.DataFrame, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The headline numbers that moved by a percent or more, the largest moves first.

    Parameters
    ----------
    before : pandas.DataFrame
        All results as the run before left them.
    runs : sequence of mapping
        name, reason, written and headline (entries with measure, year, place and median) of each
        report.

    Returns
    -------
    dict
        The table to show, how many more there are, and how many numbers were compared.
    """
    known = {} if before.empty else yearly(before)[0.5].to_dict()
    compared = 0
    changes = []
    for run in runs:
        for entry in run["headline"]:
            key = (run["name"], entry["place"], entry["measure"], int(entry["year"]))
            if key in known:
                compared += 1
                share = _share(known[key], float(entry["median"]))
                changes.append((share, run, entry, known[key]))
    large = [change for change in changes if abs(change[0]) >= LEAST]
    large.sort(key=lambda change: -abs(change[0]))
    shown = large[:SHOWN]
    rows = [
        {
            "Scenario": run["name"],
            "Number": f"{label_of(entry['measure'])}, {entry['year']}",
            "Before": amount(then, entry["measure"]),
            "Now": amount(entry["median"], entry["measure"]),
            "Change": f"{100 * share:+,.0f} %",
            "Why": run["reason"],
        }
        for share, run, entry, then in shown
    ]
    pages = [f"{run['name']}/report.html" if run["written"] else "" for _, run, *_ in shown]
    table = Table(plain_frame(rows), {"Scenario": pages}) if rows else None
    return {"table": table, "more": len(large) - len(shown), "compared": compared}


def _share(then: float, now: float) -> float:
    return now / then - 1 if then > 0 else float(now > 0)
