"""The lines of a table that may be series, each with what its words propose.

Where the rows name periods each column may be a series, where the columns do each row, and where
both do the whole table; of a table with one number a row each text of a column of words may be one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from forecasting.reading.answers import SeriesAnswer
from forecasting.reading.cells import column_letter
from forecasting.reading.named_lines import place_column
from forecasting.reading.proposals import (
    GROWTH,
    HeadProposal,
    is_percent_line,
    is_total,
    proposal_of,
)
from forecasting.reading.shape import COLUMN, NUMBER_HEADS, ROW, Shape, TableNumber

MOST_TEXTS = 12  # of a column of words whose rows are each a series
LONGEST_LABEL = 40  # characters of a head in the list


@dataclass(frozen=True)
class Candidate:
    """A line, or lines, that may be a series.

    Parameters
    ----------
    series : SeriesAnswer
        Which lines, and what is proposed of them.
    label : str
        What a person reads in the list.
    numbers : tuple of TableNumber
        Those of its lines.
    proposal : HeadProposal
        Of its words.
    """

    series: SeriesAnswer
    label: str
    numbers: tuple[TableNumber, ...]
    proposal: HeadProposal

    @property
    def is_total(self) -> bool:
        """Whether its line is a sum of others, which is read where a person says so."""
        return any(is_total(text) for axis in (ROW, COLUMN) for text in self._texts(axis))

    def _texts(self, axis: int) -> tuple[str, ...]:
        named = self.series.rows if axis == ROW else self.series.columns
        return self.numbers[0].texts(axis) if len(named) == 1 else ()

    @property
    def titles(self) -> tuple[str, ...]:
        """The texts above its numbers."""
        return self.numbers[0].titles


@lru_cache(maxsize=4)
def candidates_of(shapes: tuple[Shape, ...], needs_title: bool = False) -> tuple[Candidate, ...]:
    """The lines of a table that may be series.

    Parameters
    ----------
    shapes : tuple of Shape
        Of its sheets.
    needs_title : bool
        Whether the answers have to name a sheet.
    """
    return tuple(
        candidate
        for shape in shapes
        for candidate in _with_growth(_of_sheet(shape, (shape.title,) if needs_title else ()))
    )


def _of_sheet(shape: Shape, sheets: tuple[str, ...]) -> Iterator[Candidate]:
    """The lines of a sheet, whose title the answers have to name where it is given."""
    rows_name_periods = bool(shape.period_columns) or _names_periods(shape, ROW)
    columns_name_periods = _names_periods(shape, COLUMN)
    if rows_name_periods and columns_name_periods:
        return iter([_of_whole_table(shape, sheets)])
    if not columns_name_periods:
        return _of_columns(shape, sheets)
    if place_column(shape) is not None:
        return iter([_all_numbers(shape, sheets, "")])
    return _of_rows(shape, sheets)


def likeliest(candidates: Sequence[Candidate]) -> Candidate | None:
    """The first line whose words say what it counts, or speak of electric cars; else the first."""

    def likelihood(candidate: Candidate) -> tuple[bool, bool, bool]:
        proposal = candidate.proposal
        counts = not (proposal.money or candidate.is_total)
        return (
            counts and proposal.sure,
            counts and bool(proposal.counts),
            counts and "electric" in proposal.words,
        )

    return max(candidates, key=likelihood, default=None)


def _names_periods(shape: Shape, axis: int) -> bool:
    """Whether most lines of an axis name a period."""
    lines = shape.lines(axis)
    naming = [
        line
        for line in lines
        if any(shape.forms.period_in(text).says for text in shape.texts(axis, line))
    ]
    return 2 * len(naming) > len(lines)


def _of_rows(shape: Shape, sheets: tuple[str, ...]) -> Iterator[Candidate]:
    for row in shape.lines(ROW):
        text = shape.text(ROW, row)
        series = SeriesAnswer("", sheets, rows=(row,))
        label = f"row {row} {text[:LONGEST_LABEL]!r}"
        yield _candidate(series, label, text, shape.numbers_of(ROW, row))


def _of_columns(shape: Shape, sheets: tuple[str, ...]) -> Iterator[Candidate]:
    kind_column = _kind_column(shape)
    for column in shape.lines(COLUMN):
        head = shape.text(COLUMN, column)
        if NUMBER_HEADS.fullmatch(head):
            continue
        letter = column_letter(column)
        label = f"column {letter} {head[:LONGEST_LABEL]!r}"
        series = SeriesAnswer("", sheets, columns=(letter,))
        numbers = shape.numbers_of(COLUMN, column)
        if kind_column is None:
            yield _candidate(series, label, head, numbers)
            continue
        by_kind: dict[str, list[TableNumber]] = {}
        for number in numbers:
            kind = shape.label(number.place[ROW], kind_column)
            by_kind.setdefault(kind, []).append(number)
        for kind, some_numbers in by_kind.items():
            if kind and not is_total(kind):
                series = replace(series, where={column_letter(kind_column): kind})
                yield _candidate(series, f"{kind!r} in {label}", f"{kind} {head}", some_numbers)


def _kind_column(shape: Shape) -> int | None:
    """The column of words that tells rows of one period apart; None where none does."""
    columns = {column for number in shape.numbers.values() for column in number.labels}
    for column in sorted(columns - shape.period_columns - {place_column(shape)}):
        texts = [shape.label(row, column) for row in shape.lines(ROW)]
        count = len({*texts} - {""})
        if 1 < count < len(texts) and count <= max(MOST_TEXTS, len(texts) // 2):
            return column
    return None


def _of_whole_table(shape: Shape, sheets: tuple[str, ...]) -> Candidate:
    """All numbers of a table whose rows and columns both name periods, with the words that the
    heads of its columns say besides, where these are the same.
    """
    heads = (shape.text(COLUMN, column) for column in shape.lines(COLUMN))
    words = {shape.forms.period_in(head).rest for head in heads}
    return _all_numbers(shape, sheets, words.pop() if len(words) == 1 else "")


def _all_numbers(shape: Shape, sheets: tuple[str, ...], words: str) -> Candidate:
    numbers = [*shape.numbers.values()]
    return _candidate(SeriesAnswer("", sheets), "all numbers", words, numbers)


def _candidate(
    series: SeriesAnswer, label: str, words: str, numbers: Collection[TableNumber]
) -> Candidate:
    """A candidate, with what its words and the titles above propose."""
    titles = next(iter(numbers)).titles
    proposal = proposal_of(words, titles)
    if any(number.percent for number in numbers) or is_percent_line(words):
        counts = proposal.counts if proposal.counts.endswith("percent") else ""
        percent = proposal.percent or any(number.percent for number in numbers)
        proposal = replace(proposal, counts=counts, percent=percent)
    series = replace(series, counts=proposal.counts)
    return Candidate(series, label, tuple(numbers), proposal)


def _with_growth(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Candidates; a line of growth that names no count is of the count before it."""
    measure = ""
    for candidate in candidates:
        proposal = candidate.proposal
        if proposal.sure and not proposal.counts.endswith(GROWTH):
            measure = proposal.counts
        if measure and proposal.is_growth_alone:
            counts = f"{measure} {GROWTH}"
            yield replace(
                candidate,
                proposal=replace(proposal, counts=counts),
                series=replace(candidate.series, counts=counts),
            )
        else:
            yield candidate
