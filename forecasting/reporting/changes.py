"""What changed since the run before: headline medians then and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from forecasting.reporting.labels import amount, label_of

LEAST = 0.01  # a change of a headline number, as a share of it, from which it is shown
SHOWN = 15

Key = tuple[str, str, str, int]


def medians(table: pd.DataFrame) -> dict[Key, float]:
    """Medians of whole years and of stocks, by scenario, place, measure and year.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results, as ``comparison.parquet`` holds them.

    Examples
    --------
    >>> row = {"scenario": "uz-a", "country": "UZ", "measure": "ev_imports", "quantile": 0.5, "value": 9.0}
    >>> medians(pd.DataFrame([row | {"period_start": "2025-01-01", "period_end": "2025-12-31"}]))
    {('uz-a', 'UZ', 'ev_imports', 2025): 9.0}
    """
    rows = table[(table["quantile"] - 0.5).abs() < 1e-9]
    starts, ends = rows["period_start"].astype(str), rows["period_end"].astype(str)
    rows = rows[ends.str.endswith("-12-31") & (starts.str.endswith("-01-01") | (starts == ends))]
    years = rows["period_end"].astype(str).str[:4].astype(int)
    keys = zip(
        rows["scenario"].astype(str),
        rows["country"].astype(str),
        rows["measure"].astype(str),
        years,
        strict=True,
    )
    return dict(zip(keys, rows["value"].astype(float), strict=True))


def moved(before: pd.DataFrame | None, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The headline numbers that moved by a percent or more, the largest moves first.

    Parameters
    ----------
    before : pandas.DataFrame or None
        All results as the run before left them; None where there was none.
    runs : sequence of mapping
        name, reason and headline (entries with measure, year, place and median) of each report.

    Returns
    -------
    dict or None
        rows to show, how many more there are, and how many numbers were compared; None without a
        run before.
    """
    if before is None:
        return None
    known, rows = medians(before), []
    for run in runs:
        for entry in run["headline"]:
            then = known.get((run["name"], entry["place"], entry["measure"], int(entry["year"])))
            if then is not None:
                rows.append(_row(run, entry, then))
    changed = sorted(
        (row for row in rows if abs(row["share"]) >= LEAST), key=lambda row: -abs(row["share"])
    )
    return {"rows": changed[:SHOWN], "more": max(len(changed) - SHOWN, 0), "compared": len(rows)}


def _row(run: Mapping[str, Any], entry: Mapping[str, Any], then: float) -> dict[str, Any]:
    now, measure = float(entry["median"]), entry["measure"]
    share = now / then - 1 if then > 0 else float(now > 0)
    return {
        "name": run["name"],
        "link": bool(run["written"]),
        "number": f"{label_of(measure)}, {entry['year']}",
        "before": amount(then, measure),
        "now": amount(now, measure),
        "share": share,
        "change": f"{100 * share:+,.0f} %",
        "why": run["reason"],
    }
