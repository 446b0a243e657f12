"""Formulas of a workbook that numpy reckons too, so that a cell's value is right before a
spreadsheet has opened it.

A formula is written as a spreadsheet has it, with names in the place of cells: ``stock *
home_access``. A name is small letters; ``@2027`` says of which year, and a name without a year is
of the formula's own. Names of one stem, such as ``points.home`` and ``points.work``, stand side by
side, and the stem alone is their range.
"""

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


class Formula:
    """A formula of a year, its names looked up once.

    Parameters
    ----------
    text : str
        Of the package's own: it is run as code.
    names : mapping
        All that it may stand on.
    year : int, optional
        Its year.

    Attributes
    ----------
    needs : set of str
        The names that it stands on.

    Examples
    --------
    >>> values = {"stock@2026": np.array([[3.0]]), "stock@2027": np.array([[4.0]])}
    >>> float(Formula("MAX(stock - stock@2026, 0)^2", values, 2027).value(values)[0, 0])
    1.0
    """

    def __init__(self, text: str, names: Mapping[str, Any], year: int | None = None) -> None:
        self._parts: list[list[str]] = []

        def put(match: re.Match[str]) -> str:
            self._parts.append(named(match[0], names, year))
            return f"cells[{len(self._parts) - 1}]"

        self._code = compile(NAME.sub(put, text).replace("^", "**"), text, "eval")
        self.needs = {key for keys in self._parts for key in keys}

    def value(self, values: Mapping[str, Array]) -> Array:
        """Its value, by numpy; one row per draw."""
        cells = [
            values[keys[0]] if len(keys) == 1 else np.hstack([values[key] for key in keys])
            for keys in self._parts
        ]
        known = {"__builtins__": {}, **FUNCTIONS, "cells": cells}
        return np.asarray(eval(self._code, known), dtype=float)


def letters(column: int) -> str:
    """What a spreadsheet calls a column.

    >>> letters(0), letters(27), letters(702)
    ('A', 'AB', 'AAA')
    """
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


class Cell(NamedTuple):
    """Where a name stands: a sheet, and a column and a row, counted from 0; the first of many where
    each draw has a row of its own.
    """

    sheet: str
    column: int
    row: int
    each: bool = True

    def __str__(self) -> str:
        return f"${letters(self.column)}${self.row + 1}"


def template_of(
    formula: str, cells: Mapping[str, Cell], sheet: str, year: int | None = None
) -> tuple[str, list[int]]:
    """A formula with cells for names, ``%d`` for each row of a draw's own, and those rows of the
    first draw.

    Examples
    --------
    >>> cells = {"stock": Cell("draws", 2, 1), "access": Cell("inputs", 3, 4, each=False)}
    >>> template_of("stock * access", cells, "model")
    ('draws!C%d * inputs!$D$5', [2])
    """
    rows: list[int] = []

    def place(cell: Cell) -> str:
        if not cell.each:
            return str(cell)
        rows.append(cell.row + 1)
        return f"{letters(cell.column)}%d"

    def put(match: re.Match[str]) -> str:
        first, *others = (cells[key] for key in named(match[0], cells, year))
        ends = ":".join(map(place, [first, *others[-1:]]))
        return ends if first.sheet == sheet else f"{first.sheet}!{ends}"

    return NAME.sub(put, formula), rows
