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
from dataclasses import dataclass
from functools import reduce
from typing import Any

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


@dataclass(frozen=True)
class Cell:
    """Where a name stands: a sheet, a column's letters, a row; the first of many where each draw
    has a row of its own.
    """

    sheet: str
    column: str
    row: int
    each: bool = True

    def parts(self, sheet: str) -> list[str | int]:
        """What a formula on a sheet calls it by; a number is of the first draw's row."""
        other = f"{self.sheet}!" if self.sheet != sheet else ""
        if self.each:
            return [f"{other}{self.column}", self.row]
        return [f"{other}${self.column}${self.row}"]


def parts_of(
    formula: str, cells: Mapping[str, Cell], sheet: str, year: int | None = None
) -> list[str | int]:
    """A formula with cells for names, in parts: the numbers among them are rows of the first draw.

    Examples
    --------
    >>> cells = {"stock": Cell("draws", "C", 2), "access": Cell("inputs", "D", 5, each=False)}
    >>> parts_of("stock * access", cells, "model")
    ['', 'draws!C', 2, ' * ', 'inputs!$D$5', '']
    """
    parts: list[str | int] = []
    end = 0
    for match in NAME.finditer(formula):
        keys = named(match[0], cells, year)
        parts += [formula[end : match.start()], *cells[keys[0]].parts(sheet)]
        if len(keys) > 1:
            last = cells[keys[-1]]
            parts += [":", *last.parts(last.sheet)]
        end = match.end()
    return [*parts, formula[end:]]


def text_of(parts: list[str | int], draw: int) -> str:
    """A formula of one draw.

    >>> text_of(["draws!C", 2, " * 3"], 5)
    '=draws!C7 * 3'
    """
    return "=" + "".join(part if isinstance(part, str) else str(part + draw) for part in parts)
