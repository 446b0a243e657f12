"""Formulas of a workbook that numpy reckons too, so that a cell's value is right before a
spreadsheet has opened it.

A formula is written as a spreadsheet has it, with names in the place of cells: ``stock *
home_access``. A name is small letters; ``@2027`` says of which year, and a name without a year is
of the formula's own. Names of one stem, such as ``points.home`` and ``points.work``, stand side by
side, and the stem alone is their range.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from forecasting.quantiles import Array

NAME = re.compile(r"(?<![\w.])[a-z]\w*(?:\.[a-z0-9_]+)*(?:@\d{4})?")
FUNCTIONS: dict[str, Any] = {
    "EXP": np.exp,
    "IF": np.where,
    "INDEX": lambda table, place: np.take(table, np.asarray(place, dtype=int) - 1, mode="clip"),
    "INT": np.floor,
    "ISNUMBER": np.isfinite,
    "LN": np.log,
    "MAX": lambda *values: reduce(np.maximum, values),
    "MIN": lambda *values: reduce(np.minimum, values),
    "SQRT": np.sqrt,
    "SUMPRODUCT": lambda cells, weights: np.sum(cells * weights, axis=-1, keepdims=True),
}


def named(name: str, names: Mapping[str, Any], year: int | None = None) -> list[str]:
    """What a name in a formula of a year stands for: itself, or the names of its stem, in order.

    Raises
    ------
    KeyError
        Where nothing has that name.

    Examples
    --------
    >>> named("points", {"points.home@2027": 0, "points.work@2027": 0, "share@2027": 0}, 2027)
    ['points.home@2027', 'points.work@2027']
    """
    keys = (f"{name}@{year}", name)
    for key in keys:
        if key in names:
            return [key]
    for key in keys:
        stem, at, when = key.partition("@")
        found = [one for one in names if one.startswith(f"{stem}.") and one.endswith(at + when)]
        if found:
            return found
    raise KeyError(f"{name} of {year}")


def reckon(formula: str, values: Mapping[str, Any], year: int | None = None) -> Array:
    """The value of a formula, by numpy.

    Parameters
    ----------
    formula : str
        Of the package's own: it is run as code.
    values : mapping of str to ndarray
        By name; one row per draw.
    year : int, optional
        Its year.

    Examples
    --------
    >>> values = {"stock@2026": np.array([[3.0]]), "stock@2027": np.array([[4.0]])}
    >>> float(reckon("MAX(stock - stock@2026, 0)^2", values, 2027)[0, 0])
    1.0
    """
    used: list[Any] = []

    def put(match: re.Match[str]) -> str:
        parts = [values[key] for key in named(match[0], values, year)]
        used.append(parts[0] if len(parts) == 1 else np.hstack(parts))
        return f"cells[{len(used) - 1}]"

    code = NAME.sub(put, formula).replace("^", "**")
    return np.asarray(eval(code, {"__builtins__": {}, **FUNCTIONS, "cells": used}), dtype=float)


class Cell(NamedTuple):
    """Where a name stands: a sheet, a column's letters, a row; the first of many where each draw
    has a row of its own.
    """

    sheet: str
    column: str
    row: int
    each: bool = True


def template_of(
    formula: str, cells: Mapping[str, Cell], sheet: str, year: int | None = None
) -> tuple[str, list[int]]:
    """A formula with cells for names, ``%d`` for each row of a draw's own, and those rows of the
    first draw.

    Examples
    --------
    >>> cells = {"stock": Cell("draws", "C", 2), "access": Cell("inputs", "D", 5, each=False)}
    >>> template_of("stock * access", cells, "model")
    ('draws!C%d * inputs!$D$5', [2])
    """
    rows: list[int] = []

    def place(cell: Cell) -> str:
        if not cell.each:
            return f"${cell.column}${cell.row}"
        rows.append(cell.row)
        return f"{cell.column}%d"

    def put(match: re.Match[str]) -> str:
        first, *others = (cells[key] for key in named(match[0], cells, year))
        ends = ":".join(map(place, [first, *others[-1:]]))
        return ends if first.sheet == sheet else f"{first.sheet}!{ends}"

    return NAME.sub(put, formula), rows


def text_of(template: str, rows: list[int], draw: int) -> str:
    """A formula of one draw.

    >>> text_of("draws!C%d * 3", [2], 5)
    '=draws!C7 * 3'
    """
    return "=" + template % tuple(row + draw for row in rows)
