"""A table is a declaration: its columns, its caption, and what stands there where it has no row.

A column says its head, its unit, where its cell comes from in a row, and how that is printed. The
page, the notebook, Word and the workbook write the `Table` that follows, and know nothing of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

from forecasting.vocabulary.catalogues import digits, language
from forecasting.vocabulary.quantiles import RANGE_LEVELS
from forecasting.vocabulary.sentences import day_in_digits, sentence
from forecasting.writers.display import Table, plain_frame

Row = Mapping[Any, Any]
MISSING = "–"
LEVEL_HEADS: dict[float, str] = {
    0.025: "2.5 %",
    0.1: "10 %",
    0.25: "25 %",
    0.5: "median",
    0.75: "75 %",
    0.9: "90 %",
    0.975: "97.5 %",
}
# Of an 80 % range, and of the median between its ends
INTERVAL_LEVELS = {LEVEL_HEADS[level]: level for level in RANGE_LEVELS}
LOW, MEDIAN, HIGH = INTERVAL_LEVELS


def words_or_dash(value: object) -> object:
    """A number or a text as it is, a day as text, and a dash where nothing is known.

    >>> words_or_dash(None), words_or_dash(float("nan")), words_or_dash(dt.date(2024, 3, 9))
    ('–', '–', '2024-03-09')
    """
    if value is None or value != value:
        return MISSING
    if isinstance(value, dt.date):
        return day_in_digits(value)
    return value


def inside_words(inside: object) -> str:
    """Whether an outcome lies in its range.

    >>> inside_words(True)
    'yes'
    """
    return "yes" if inside else "no"


def rows_beside(key: str, groups: Mapping[Any, Mapping[Any, object]]) -> list[Row]:
    """The rows of a table in which groups of columns stand beside each other.

    Parameters
    ----------
    key : str
        Under which a row has its name.
    groups : mapping of mappings
        What each group has of each row, by the group's key in a row and by the row's name.

    Examples
    --------
    >>> rows_beside("year", {"imports": {2025: 1}, "stock": {2025: 2, 2026: 3}})
    [{'year': 2025, 'imports': 1, 'stock': 2}, {'year': 2026, 'stock': 3}]
    """
    rows: dict[Any, dict[Any, object]] = {}
    for group, cells in groups.items():
        for name, cell in cells.items():
            rows.setdefault(name, {key: name})[group] = cell
    return [*rows.values()]


def table_words(words: str, kind: str) -> str:
    """A head of a table, or the words of a cell, in the language; what is said in it already, or is
    no word, stays.

    >>> table_words("median", "head"), table_words("2,180", "cell")
    ('median', '2,180')
    """
    return language().says(str(words), kind)


class _CellForm(Formatter):
    """How the places of a cell are filled: with numbers and words of the language."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value as its place asks for it."""
        if isinstance(value, str):
            return table_words(value, "cell")
        if isinstance(value, dt.date) and not format_spec:
            return day_in_digits(value)
        text = str(super().format_field(value, format_spec))
        return digits(text) if format_spec else text


FORM = _CellForm()


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name : str
        What is read above it, without its unit.
    source : str, number or callable
        Where its cell comes from: the key of a row, a message that names keys in braces, or a
        function of the row. The name itself by default.
    form : callable
        How the value behind a key is printed.
    unit : str
        Of its amounts; it stands in the head.
    address : str
        Where its cells lead: the key of a row that says it, or a place in the page, a message that
        begins with ``#``.
    missing : str
        What stands there where nothing is known.
    group : str
        What is read above it and its neighbours together.
    look : str
        How a page shows it: ``amount``, digit under digit, as every column of numbers alone is but
        the first; ``date``, of digits that are no amount; ``words``, with room; ``id``, of facts by
        their ids, which lead to their rows.

    Examples
    --------
    >>> column = Column("margin", "usd", "{:,.0f}".format, unit="USD")
    >>> column.head, column.cell({"usd": 1234.5})
    ('margin, USD', '1,234')
    >>> column.cell({"usd": float("nan")})
    '–'
    >>> Column("number", "{count:,.0f} {unit}").cell({"count": 3000, "unit": "points"})
    '3,000 points'
    """

    name: str
    source: str | float | Callable[[Row], object] = ""
    form: Callable[[Any], object] = words_or_dash
    unit: str = ""
    address: str = ""
    missing: str = MISSING
    group: str = ""
    look: str = ""

    @property
    def head(self) -> str:
        """What is read above it."""
        return ", ".join(table_words(words, "head") for words in (self.name, self.unit) if words)

    def cell(self, row: Row) -> object:
        """What stands in the column of a row.

        Parameters
        ----------
        row : mapping
            By key.
        """
        if callable(self.source):
            cell = self.source(row)
        elif isinstance(self.source, str) and "{" in self.source:
            return FORM.vformat(self.source, (), row)
        else:
            value = row.get(self.source or self.name)
            is_missing = words_or_dash(value) == MISSING
            cell = self.missing if is_missing else self.form(value)
        cell = words_or_dash(cell)
        return table_words(str(cell), "cell") if isinstance(cell, str) else cell

    def links(self, rows: Sequence[Row]) -> list[str]:
        """Where its cells lead; nothing where they lead nowhere.

        Parameters
        ----------
        rows : sequence of mapping
            By key.
        """
        if self.address.startswith("#"):
            return [self.address.format_map(row) for row in rows]
        return [row.get(self.address) or "" for row in rows]


@dataclass(frozen=True)
class TableForm:
    """The declaration of a table.

    Parameters
    ----------
    columns : sequence of Column
        From left to right.
    caption : str
        One line above the table, a message that may name what `table` is given besides the rows.
    nothing : str
        What stands there where there is no row, a message in the same manner.
    kind : str
        As of `Table`.

    Examples
    --------
    >>> form = TableForm([Column("year"), Column("points")], "As of {day}")
    >>> form.table([{"year": 2030, "points": 400}], day="9 March 2026")
    As of 9 March 2026
    year points
    2030    400
    """

    columns: Sequence[Column]
    caption: str = ""
    nothing: str = ""
    kind: str = ""

    def with_columns(self, columns: Iterable[Column], before: str = "") -> TableForm:
        """The same table with further columns, such as one for each year.

        Parameters
        ----------
        columns : iterable of Column
            The further ones.
        before : str
            The name of the column that follows them; at the end by default.
        """
        names = [column.name for column in self.columns]
        place = names.index(before) if before else len(names)
        return replace(self, columns=[*self.columns[:place], *columns, *self.columns[place:]])

    def upright(self, row: Row, head: str) -> Table:
        """The table of one row, upright: a line for each column that has something in it.

        Parameters
        ----------
        row : mapping
            By key.
        head : str
            Of the cells.
        """
        cells = [(column.head, column.cell(row)) for column in self.columns]
        lines = [line for line in cells if line[1] not in ("", MISSING)]
        return Table(plain_frame(lines, ["", head]))

    def table(self, rows: Iterable[Row], **context: object) -> Table:
        """The table of some rows.

        Parameters
        ----------
        rows : iterable of mapping
            What the columns are made from.
        **context : object
            What all rows share; the caption may name it, too.
        """
        whole = [{**context, **row} for row in rows]
        heads: list[Any] = [column.head for column in self.columns]
        if any(column.group for column in self.columns):
            heads = [
                (table_words(column.group, "head") or column.head, column.group and column.head)
                for column in self.columns
            ]
        cells = [[column.cell(row) for column in self.columns] for row in whole]
        frame = plain_frame(cells, heads)
        columns = dict(zip(heads, self.columns, strict=True))
        links = {head: column.links(whole) for head, column in columns.items()}
        looks = {head: column.look for head, column in columns.items()}
        caption = sentence(self.caption if whole else self.nothing, **context)
        return Table(frame, links, caption, self.kind, looks)
