"""Arrays of draws that remember how they were computed, so that a step of the chain writes its
own formula.

A step of the chain is a function of arrays. Given `Symbols` in their place it computes the same
numbers, and each column of its result is a `Node`: an operation on other columns. A workbook writes
a node as one formula over all draws. A result that no reader's cell moves stays an array, and
stands in a formula as a column of values.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from forecasting.vocabulary.quantiles import Array

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)  # how closely a formula binds its parts
# By operation of numpy: the formula, how closely it binds, and how closely each part has to
FORMULAS: dict[str, tuple[str, int, tuple[int, ...]]] = {
    "add": ("{}+{}", SUM, (SUM, SUM)),
    "subtract": ("{}-{}", SUM, (SUM, PRODUCT)),
    "multiply": ("{}*{}", PRODUCT, (PRODUCT, PRODUCT)),
    "divide": ("{}/{}", PRODUCT, (PRODUCT, SIGN)),
    "negative": ("-{}", SIGN, (POWER,)),
    "power": ("{}^{}", POWER, (ATOM, ATOM)),
    "exp": ("EXP({})", ATOM, (SUM,)),
    "log": ("LN({})", ATOM, (SUM,)),
    "ceil": ("ROUNDUP({},0)", ATOM, (SUM,)),
    "isfinite": ("ISNUMBER({})", ATOM, (SUM,)),
    "greater": ("({}>{})", ATOM, (SUM, SUM)),
    "less": ("({}<{})", ATOM, (SUM, SUM)),
    "less_equal": ("({}<={})", ATOM, (SUM, SUM)),
    "greater_equal": ("({}>={})", ATOM, (SUM, SUM)),
    # The greater of two columns, row by row: MAX would give the greatest of all rows
    "maximum": ("IF({0}>{1},{0},{1})", ATOM, (SUM, SUM)),
    "minimum": ("IF({0}<{1},{0},{1})", ATOM, (SUM, SUM)),
    "where": ("IF({},{},{})", ATOM, (SUM, SUM, SUM)),
}
# The neutral value of each side of an operation, with which the result is the other side
NEUTRAL = {
    "add": (0.0, 0.0),
    "subtract": (None, 0.0),
    "multiply": (1.0, 1.0),
    "divide": (None, 1.0),
}
CURVE = ("points of a station", "share of the day in use", "more with each point")
CURVE_FORMULA = "LOOKUP({0},{1},{2})+({0}-LOOKUP({0},{1},{1}))*LOOKUP({0},{1},{3})"
# Part of a formula: a Node, a number, an array with one value a draw, a Cell or a SharedTable
Part = Any


@dataclass(frozen=True, eq=False)
class Node:
    """One column of draws and the formula behind it.

    Parameters
    ----------
    values : ndarray, shape (draws,)
        Its values in the scenario.
    formula : str
        With a pair of braces for each part.
    parts : tuple
        Nodes, numbers, or arrays of values.
    binding : int
        How closely the formula binds its parts.
    needs : tuple of int
        How closely each part has to bind so that it needs no parentheses.
    by_row : bool
        Whether each draw has a formula of its own over parts that stand side by side.
    """

    values: Array
    formula: str
    parts: tuple[Part, ...]
    binding: int = ATOM
    needs: tuple[int, ...] = ()
    by_row: bool = False

    @property
    def label(self) -> Label | None:
        """The name that a reader sees, where a step gives one."""
        return LABELS.get(self)


class Cell(NamedTuple):
    """A cell in which the reader may set a number.

    Parameters
    ----------
    name : str
        What the number is.
    """

    name: str


class Label(NamedTuple):
    """The name of a column, which whoever shows it says in the reader's language.

    Parameters
    ----------
    words : str
        What it is, in English.
    of : tuple of str
        Names of the class of vehicle and of the place of charging.
    year : int, optional
        Of the column.
    """

    words: str
    of: tuple[str, ...] = ()
    year: int | None = None


LABELS: WeakKeyDictionary[Node, Label] = WeakKeyDictionary()
# Nodes that are in use, by their operation and its parts
NODES: WeakValueDictionary[tuple[Any, ...], Node] = WeakValueDictionary()


@dataclass(frozen=True, eq=False)
class SharedTable:
    """Numbers that all draws share, as of a curve between whole points.

    Parameters
    ----------
    label : str
        The name that a reader sees.
    numbers : ndarray
        One column, or several side by side.
    """

    label: str
    numbers: Array


class Symbols(NDArrayOperatorsMixin):
    """Columns of draws that remember how they were computed.

    Parameters
    ----------
    columns : sequence
        For each column a `Node`, or a number or an array where nothing moves it.
    draws : int
        Number of rows.

    Examples
    --------
    >>> stock = Symbols([Node(np.array([3.0, 5.0]), "stock", ())], 2)
    >>> energy = np.maximum(stock * 2.0, 7.0)
    >>> energy.values[:, 0], render(energy.columns[0], lambda part: part.formula * (not part.parts))
    (array([ 7., 10.]), 'IF(stock*2>7,stock*2,7)')
    """

    def __init__(self, columns: Sequence[Part], draws: int) -> None:
        self.columns = list(columns)
        self.draws = draws

    @property
    def shape(self) -> tuple[int, int]:
        """Draws, and columns."""
        return self.draws, len(self.columns)

    def __len__(self) -> int:
        return self.draws

    @property
    def values(self) -> Array:
        """The numbers alone, shape (draws, columns)."""
        columns = [np.broadcast_to(_values(part), self.draws) for part in self.columns]
        return np.column_stack(columns)

    def any(self) -> bool:
        """Whether any value differs from 0."""
        return bool(self.values.any())

    def sum(self, axis: int, keepdims: bool) -> Symbols:
        """The sum of the columns, as one column."""
        if axis != 1 or not keepdims:
            raise NotImplementedError("columns alone can be added")
        total: Part = 0.0
        for part in self.columns:
            total = operation("add", total, part)
        return Symbols([total], self.draws)

    def __getitem__(self, place: Any) -> Symbols:
        rows, index = place if isinstance(place, tuple) else (place, slice(None))
        if rows != slice(None):
            raise NotImplementedError("all draws have one formula")
        if index is None:
            return self
        columns = self.columns[index] if isinstance(index, slice) else self._columns_at(index)
        return Symbols(columns, self.draws)

    def _columns_at(self, index: Any) -> list[Part]:
        return [self.columns[int(place)] for place in np.atleast_1d(index)]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **_: Any) -> Any:
        if method != "__call__" or ufunc.__name__ not in FORMULAS:
            return NotImplemented
        return _by_column(ufunc.__name__, inputs, self.draws)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        if function not in FUNCTIONS:
            return NotImplemented
        return FUNCTIONS[function](*args, **kwargs)


def _values(part: Part) -> Any:
    return part.values if isinstance(part, Node) else part


def _multiple(part: Part) -> tuple[Node | None, Part]:
    """The node of which a column is a fixed multiple, if any, and the multiple."""
    if not isinstance(part, Node):
        return None, part
    if part.formula == FORMULAS["multiply"][0] and not isinstance(part.parts[1], Node):
        return part.parts[0], part.parts[1]
    return part, 1.0


def operation(name: str, *parts: Part) -> Part:
    """One operation of numpy on columns; a result that no reader's cell moves stays a number or an
    array.

    Multiples of one column are added and divided as multiples, so that vehicles of earlier years
    stay one column of values.

    >>> operation("add", 2.0, 3.0)
    5.0
    """
    if not any(isinstance(part, Node) for part in parts):
        return column_of(_function(name)(*parts))
    if name == "where" and isinstance(parts[0], float):
        return parts[1] if parts[0] else parts[2]
    for side, neutral in enumerate(NEUTRAL.get(name, ())):
        if neutral is not None and _is_number(parts[side], neutral):
            return parts[1 - side]
    if name in ("add", "subtract", "multiply", "divide"):
        return _arithmetic(name, *parts)
    return _node(name, parts)


def _arithmetic(name: str, first: Part, second: Part) -> Part:
    """A sum, product or ratio of two columns, at least one of them a node."""
    first_node, first_factor = _multiple(first)
    second_node, second_factor = _multiple(second)
    if name == "multiply":
        product = first_node or second_node
        if first_node is not None and second_node is not None:
            product = _node(name, (first_node, second_node))
        return _weighted(product, column_of(first_factor * second_factor))
    if name == "divide":
        if second_node is None:
            return _weighted(first_node, column_of(first_factor / second_factor))
        if first_node is second_node or _is_number(first, 0.0):
            return column_of(np.divide(first_factor, second_factor))
    elif first_node is second_node:
        return _weighted(first_node, column_of(_function(name)(first_factor, second_factor)))
    return _node(name, (first, second))


def _weighted(node: Node | None, weight: Part) -> Part:
    if _is_number(weight, 0.0):
        return 0.0
    return node if _is_number(weight, 1.0) else _node("multiply", (node, weight))


def _function(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(np, name)
    return function


def _node(name: str, parts: tuple[Part, ...]) -> Node:
    """A node, the same one for the same operation on the same parts."""
    keys = [part.tobytes() if isinstance(part, np.ndarray) else part for part in parts]
    key = (name, *keys)
    node = NODES.get(key)
    if node is None:
        formula, binding, needs = FORMULAS[name]
        values = np.asarray(_function(name)(*map(_values, parts)))
        NODES[key] = node = Node(values, formula, parts, binding, needs)
    return node


def _is_number(part: Part, number: float) -> bool:
    return not isinstance(part, Node) and bool(np.all(np.asarray(part) == number))


def column_of(values: Any) -> Part:
    """An array; a number in place of one with the same value everywhere.

    >>> column_of(np.ones(3))
    1.0
    """
    array = np.asarray(values, dtype=float)
    if array.ndim == 0 or (array.size and (array == array.flat[0]).all()):
        return float(array.flat[0])
    return array


def _column(table: Any, place: int) -> Part:
    """One column of a table that has a row for each draw, or one row for all."""
    if isinstance(table, Symbols):
        return table.columns[place if len(table.columns) > 1 else 0]
    array = np.asarray(table, dtype=float)
    if array.ndim < 2:
        return float(array.flat[place if array.size > 1 else 0])
    return column_of(array[:, place if array.shape[1] > 1 else 0])


def _by_column(name: str, tables: Sequence[Any], draws: int) -> Any:
    widths = [np.shape(table)[-1] if np.ndim(table) else 1 for table in tables]
    columns = [
        operation(name, *(_column(table, place) for table in tables))
        for place in range(max(widths))
    ]
    result = Symbols(columns, draws)
    return result if any(isinstance(part, Node) for part in columns) else result.values


def _draws(*tables: Any) -> int:
    return next(table.draws for table in tables if isinstance(table, Symbols))


def _where(*tables: Any) -> Any:
    return _by_column("where", tables, _draws(*tables))


def _clip(table: Any, low: Any, high: Any) -> Any:
    floor = table if low is None else np.maximum(table, low)
    return floor if high is None else np.minimum(floor, high)


def _concatenate(tables: Sequence[Any], axis: int = 0) -> Symbols:
    if axis != 1:
        raise NotImplementedError("tables stand side by side")
    columns = [_column(table, place) for table in tables for place in range(np.shape(table)[1])]
    return Symbols(columns, _draws(*tables))


def _diff(table: Symbols, axis: int, prepend: float) -> Any:
    return table - _concatenate([np.full((1, 1), prepend), table[:, :-1]], axis=axis)


def _interp(places: Symbols, grid: Array, heights: Array) -> Symbols:
    """The same as `numpy.interp`, by a table in the workbook."""
    (part,) = places.columns
    slopes = np.diff(heights, append=heights[-1]) / np.diff(grid, append=grid[-1] + 1)
    tables = [
        SharedTable(CURVE[0], grid),
        SharedTable(CURVE[1], heights),
        SharedTable(CURVE[2], slopes),
    ]
    node = Node(np.interp(part.values, grid, heights), CURVE_FORMULA, (part, *tables), SUM)
    return Symbols([node], places.draws)


def by_row(formula: str, parts: Sequence[Any], table: SharedTable, values: Array) -> Any:
    """The result of a function of several columns, with a formula for each draw.

    Parameters
    ----------
    formula : str
        With braces for the cells of the parts, side by side, and for the table.
    parts : sequence of Symbols or ndarray
        Of as many columns each.
    table : SharedTable
        The table that the formula also needs.
    values : ndarray, shape (draws, columns)
        The result.
    """
    columns = [
        Node(
            values[:, place],
            formula,
            (*(_column(part, place) for part in parts), table),
            by_row=True,
        )
        for place in range(values.shape[1])
    ]
    return Symbols(columns, len(values))


FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: _where,
    np.clip: _clip,
    np.concatenate: _concatenate,
    np.diff: _diff,
    np.interp: _interp,
    np.ndim: lambda _: 2,
    np.shape: lambda table: table.shape,
    np.zeros_like: lambda table: np.zeros(table.shape),
    np.ones_like: lambda table: np.ones(table.shape),
    np.any: lambda table: table.any(),
    np.broadcast_to: lambda table, _: table,
    np.min: lambda table: table.values.min(),
    np.reshape: lambda table, _: table,
    np.median: lambda table, **options: np.median(table.values, **options),
}


def total(tables: Iterable[Array]) -> Array:
    """The sum of tables of one shape, in their order.

    >>> total([np.ones(2), np.ones(2)])
    array([2., 2.])
    """
    return functools.reduce(operator.add, tables)


def labelled(words: str, table: Any, years: Sequence[int] = (), of: tuple[str, ...] = ()) -> Any:
    """The same table; of `Symbols`, each column gets the name that a reader sees.

    >>> labelled("stock", np.ones(1))
    array([1.])
    """
    labels = [Label(words, of, year) for year in years] or [Label(words, of)]
    for part, label in zip(getattr(table, "columns", ()), itertools.cycle(labels)):
        if isinstance(part, Node):
            LABELS.setdefault(part, label)
    return table


def render(node: Node, refer: Callable[[Part], str]) -> str:
    """The formula of a node.

    Parameters
    ----------
    node : Node
        What is written.
    refer : callable
        Gives the text that stands for a part: the cells in which it stands, or an empty text for a
        node that is written out in place.
    """
    texts = []
    needs = (*node.needs, *itertools.repeat(SUM, len(node.parts) - len(node.needs)))
    for part, need in zip(node.parts, needs, strict=True):
        text = "" if isinstance(part, float) else refer(part)
        binding = ATOM
        if isinstance(part, float):
            text = f"{part:.12g}"
            binding = SIGN if part < 0 else ATOM
        elif not text:
            text = render(part, refer)
            binding = part.binding
        texts.append(text if binding >= need else f"({text})")
    return node.formula.format(*texts)


def reachable(nodes: Iterable[Node]) -> dict[Node, int]:
    """All nodes on which some nodes depend, parts first, and how often each is used."""
    uses: dict[Node, int] = {}
    order: dict[Node, None] = {}

    def visit(node: Node) -> None:
        for part in node.parts:
            if isinstance(part, Node):
                uses[part] = uses.get(part, 0) + 1
                if part not in order:
                    visit(part)
        order[node] = None

    for node in nodes:
        if node not in order:
            visit(node)
    return {node: uses.get(node, 0) for node in order}
