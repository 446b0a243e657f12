"""From a DataFrame to rows, by the same rules as from a file, each problem with the row's label;
and back to cells.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import LedgerError, Problem
from forecasting.evidence.reading import FoundRow, checked_rows
from forecasting.evidence.rules import COLUMNS, normalise, number_text, printed_rounding
from forecasting.measures import nearest

__all__ = ["facts_frame", "frame_rows", "printed_cells"]

NUMERIC = ("value", "rounding")
# Of small tables that are often cut: Arrow's costs four times as much
TEXT = pd.StringDtype("python", na_value=np.nan)


def facts_frame(rows: Collection[Mapping[str, Any]]) -> pd.DataFrame:
    """Facts as a table, in which value and rounding are numbers and all else is text.

    Parameters
    ----------
    rows : collection of mapping
        One for each fact, without faults: as normalised, or as of `Fact.row`.
    """

    def cells(column: str) -> pd.Series[Any]:
        if column in NUMERIC:
            return pd.Series([float(row[column] or "nan") for row in rows], dtype="float64")
        return pd.Series([row[column] for row in rows], dtype=TEXT)

    # By column, as a large ledger has many rows
    return pd.DataFrame({column: cells(column) for column in COLUMNS})


def frame_rows(frame: pd.DataFrame, measure: str | None, place: str | None) -> list[FoundRow]:
    """The rows of a table of facts, checked.

    Parameters
    ----------
    frame : pandas.DataFrame
        One fact per row; any of the ledger's columns.
    measure, place : str or None
        Used where the table has no such column; None leaves it unsaid.

    Raises
    ------
    LedgerError
        With every problem of every row.
    """
    names = [str(column) for column in frame.columns]
    unsaid = [column for column, word in (("measure", measure), ("place", place)) if word is None]
    problems = [
        Problem("table", f"{name!r} is an unknown column", _near(name))
        for name in names
        if name not in COLUMNS
    ]
    problems += [
        Problem("table", f"column {n!r} stands there twice", "keep one")
        for n in {*names}
        if names.count(n) > 1
    ]
    problems += [
        Problem("table", f"column {name!r} is missing", f"it has {', '.join(names)}")
        for name in ("relation", "period_end", "value")
        if name not in names
    ]
    if problems:
        raise LedgerError(problems)
    rows = []
    for label, values in zip(frame.index, frame.to_dict("records"), strict=True):
        cells = normalise(
            {"measure": measure, "place": place, **{str(k): v for k, v in values.items()}}
        )
        rows.append(FoundRow(f"row {label}", {**cells, "id": cells["id"] or _content_id(cells)}))
    if "id" not in frame.columns:
        rows = _numbered(rows)
    if problems := checked_rows(rows, unsaid):
        raise LedgerError(problems)
    return rows


def printed_cells(frame: pd.DataFrame) -> list[list[str]]:
    """Every cell as a file holds it: numbers in their shortest form, a default rounding left out."""
    rows = []
    for row in frame.to_dict("records"):
        printed = "" if np.isnan(row["value"]) else number_text(row["value"])
        default = printed_rounding(printed, row["relation"]) if printed else np.nan
        same = np.isnan(row["rounding"]) or row["rounding"] == default
        row |= {"value": printed, "rounding": "" if same else number_text(row["rounding"])}
        rows.append([str(row[column]) for column in COLUMNS])
    return rows


def _near(name: str) -> str:
    near = nearest(name, COLUMNS)
    return f"did you mean {near}?" if near else ""


def _content_id(cells: dict[str, str]) -> str:
    return "fact-" + hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()[:8]


def _numbered(rows: list[FoundRow]) -> list[FoundRow]:
    """Rows that say the same get ids of their own."""
    seen: dict[str, int] = {}
    numbered = []
    for where, cells in rows:
        count = seen[cells["id"]] = seen.get(cells["id"], 0) + 1
        name = cells["id"] if count == 1 else f"{cells['id']}-{count}"
        numbered.append(FoundRow(where, {**cells, "id": name}))
    return numbered
