"""A stranger's table as a whole: its cells and its shapes, and what the answers make of them.

>>> from forecasting.reading.dialogue import proposal_of_table
>>> table = UserTable(UserFile("own.csv", b"Country,Year,EV sales%cGE,2023,5400" % 10))
>>> reading = table.read(proposal_of_table(table).answers)
>>> [(fact.value, fact.place, str(fact.period)) for fact in reading.facts]
[(5400.0, 'GE', '2023')]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from forecasting.evidence.rules import FoundRow, normalise, number_text
from forecasting.reading.answers import CALENDAR_NAMES, Answers, SeriesAnswer
from forecasting.reading.candidates import Candidate, candidates_of
from forecasting.reading.cell_files import sheets_of
from forecasting.reading.cells import Place, Sheets, UserFile, cell_name
from forecasting.reading.checks import problems_of
from forecasting.reading.proposals import countries_named
from forecasting.reading.shape import COLUMN, ROW, Shape, shapes_of
from forecasting.reading.table_facts import SeriesReading, TableFact, series_of
from forecasting.vocabulary.errors import LedgerError, Problem
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.printed_periods import period_cells
from forecasting.vocabulary.quantities import on_a_day, quantity_of

MOST_WORDS = 15  # of a quote


@dataclass(frozen=True)
class TableReading:
    """A table, read by answers.

    Parameters
    ----------
    name : str
        Of its file.
    answers : Answers
        By which it was read.
    facts : tuple of TableFact
        Of all series.
    problems : tuple of Problem
        What hinders the reading.
    left_out : tuple of str
        Lines and cells that are not read, each with its reason.
    """

    name: str
    answers: Answers
    facts: tuple[TableFact, ...]
    problems: tuple[Problem, ...] = ()
    left_out: tuple[str, ...] = ()

    def at(self, place: str) -> TableReading:
        """The same, of a place where the table names none."""
        facts = (replace(fact, place=fact.place or place) for fact in self.facts)
        return replace(self, facts=tuple(facts))

    def rows(self) -> list[FoundRow]:
        """The rows of a ledger."""
        stem = re.sub(r"[^\w-]+", "-", self.name.rpartition(".")[0]).lower()
        counts: Counter[str] = Counter()
        rows = []
        for fact in self.facts:
            cells = self._cells(fact)
            name = f"{stem}-{cells['place'].lower()}-{cells['measure']}-{cells['period_end']}"
            if cells["quantity"] and not quantity_of(cells["quantity"]).default:
                name += f"-{cells['quantity']}"
            counts[name] += 1
            cells["id"] = name if counts[name] == 1 else f"{name}-{counts[name]}"
            rows.append(FoundRow(f"{self.name}:{fact.name}", normalise(cells)))
        return rows

    def _cells(self, fact: TableFact) -> dict[str, str]:
        series = fact.series
        number = fact.numbers[0]
        relations = {number.relation for number in fact.numbers}
        texts = [*number.labels.values(), *number.heads, fact.text]
        one_day = on_a_day(series.measure, series.quantity)
        return {
            "measure": series.measure,
            "quantity": series.quantity,
            "place": fact.place,
            "relation": relations.pop() if len(relations) == 1 else "about",
            "value": number_text(fact.value),
            "rounding": number_text(fact.half_digit),
            "published": self.answers.published,
            "source": f"{self.name}, {fact.name}",
            "quote": " ".join(" ".join(texts).split()[:MOST_WORDS]),
            **period_cells(fact.period, one_day),
            **fact.shape.row_cells(number.place[ROW]),
            **series.cells,
        }


class UserTable:
    """A table of a user's, whose cells are read once.

    Parameters
    ----------
    file : UserFile
        With its content.
    titles : tuple of str
        The sheets that are looked at; default all.

    Raises
    ------
    LedgerError
        Where it is no table, or one beyond a limit.
    """

    def __init__(self, file: UserFile, titles: tuple[str, ...] = ()) -> None:
        self.file = file
        self.titles = titles
        self.name = file.name
        self._readings: dict[str, SeriesReading] = {}

    def sheets(self, answers: Answers) -> Sheets:
        """The file as cells, as answers have it written."""
        file = replace(self.file, encoding=answers.encoding, separator=answers.separator)
        return sheets_of(file)

    def shapes_for(self, answers: Answers, series: SeriesAnswer | None = None) -> tuple[Shape, ...]:
        """The shape of each sheet that holds numbers, as answers have the file read."""
        calendar = series.periods if series and series.periods in CALENDAR_NAMES else ""
        shapes = shapes_of(self.sheets(answers), answers.decimal, calendar)
        if not self.titles:
            return shapes
        titles = [shape.title for shape in shapes]
        if missing := {*self.titles} - {*titles}:
            hint = did_you_mean(min(missing), titles, f"there are {', '.join(titles)[:200]}")
            raise LedgerError.at(self.name, f"has no sheet {min(missing)!r} with numbers", hint)
        return tuple(shape for shape in shapes if shape.title in self.titles)

    # Reading

    def read(self, answers: Answers) -> TableReading:
        """Read the table by answers.

        Parameters
        ----------
        answers : Answers
            What is said of it.

        Returns
        -------
        TableReading
            With what hinders it; a fault of the file itself is raised.
        """
        readings = [self.read_series(answers, index) for index in range(len(answers.read))]
        facts = [fact for reading in readings for fact in reading.facts]
        problems = [problem for reading in readings for problem in reading.problems]
        problems += self._overlaps(answers, readings)
        problems += self.open_forms(answers)
        if not problems:
            problems += problems_of(facts, self.name)
        left_out = [line for reading in readings for line in reading.left_out]
        left_out += self._unread(self.shapes_for(answers), readings)
        return TableReading(self.name, answers, tuple(facts), tuple(problems), tuple(left_out))

    def read_series(self, answers: Answers, index: int) -> SeriesReading:
        """What one entry of the answers gives."""
        key = repr((index, answers))
        if key not in self._readings:
            shapes = self.shapes_for(answers, answers.read[index])
            self._readings[key] = series_of(answers, index, shapes, self.name)
        return self._readings[key]

    def _overlaps(self, answers: Answers, readings: Sequence[SeriesReading]) -> Iterator[Problem]:
        """Cells that two entries name."""
        for index, reading in enumerate(readings):
            for earlier_index, previous in enumerate(readings[:index]):
                for _, *place in sorted(reading.cells & previous.cells)[:1]:
                    name = cell_name((place[ROW], place[COLUMN]))
                    fault = f"reads {name}, which read[{earlier_index}] reads, too"
                    hint = "name each line in one entry"
                    yield Problem(answers.where(index), fault, hint)

    def open_forms(self, answers: Answers) -> Iterator[Problem]:
        """What the file leaves open of how it is written: its commas, its encoding."""
        sheets = self.sheets(answers)
        if sheets.separator == ",":
            yield from self._rows_beyond_heads(self.shapes_for(answers))
        for encoding, lines in sheets.encodings.items():
            fault = f"may be in {encoding}: {lines}"
            yield Problem(self.name, fault, f"say encoding: {encoding}, if that reads right")

    def _rows_beyond_heads(self, shapes: Sequence[Shape]) -> Iterator[Problem]:
        """The first row with more cells than the heads, as of a number with a comma in it."""
        for shape in shapes:
            rows = shape.sheet.rows()
            head_end = max((max(rows[row]) for row in shape.head_rows), default=0)
            for row in shape.lines(ROW):
                if head_end and max(rows[row]) > head_end:
                    fault = "has more cells than the heads above it"
                    hint = "a number with a comma needs quotation marks around it"
                    yield Problem(f"{self.name}:{row}", fault, hint)
                    return

    def _unread(self, shapes: Sequence[Shape], readings: Sequence[SeriesReading]) -> Iterator[str]:
        """The lines with numbers that no entry names, and what is hidden."""
        cells = {cell for reading in readings for cell in reading.cells}
        for shape in shapes:
            lead = f"sheet {shape.title}, " if len(shapes) > 1 else ""
            places = {(row, column) for title, row, column in cells if title == shape.title}
            if not places:
                yield f"sheet {shape.title or self.name}"
                continue
            lines = [*_unread_lines(shape, places)]
            lines += [f"{line}: is hidden" for line in shape.sheet.hidden]
            yield from (f"{lead}{line}" for line in lines)

    def candidates(self, answers: Answers | None = None) -> list[Candidate]:
        """The lines that may be series, in the order of the table."""
        shapes = self.shapes_for(answers or Answers())
        return [*candidates_of(shapes, needs_title=len(shapes) > 1 or bool(self.titles))]

    def place(self, answers: Answers) -> str:
        """The country that the titles name; empty where they name none, or several."""
        return _country_of_titles(self.shapes_for(answers))


@lru_cache(maxsize=8)
def _country_of_titles(shapes: tuple[Shape, ...]) -> str:
    numbers = (number for shape in shapes for number in shape.numbers.values())
    texts = {text for number in numbers for text in number.titles}
    codes = {code for text in texts for code in countries_named(text)}
    return codes.pop() if len(codes) == 1 else ""


def _unread_lines(shape: Shape, places: Collection[Place]) -> Iterator[str]:
    """The columns with numbers of which no cell is named, and the rows beside named columns."""
    columns = {column for _, column in places}
    rows = {row for row, _ in places}
    for column in shape.lines(COLUMN):
        if column not in columns:
            yield shape.name(COLUMN, column)
    for row in shape.lines(ROW):
        of_row = {number.place[COLUMN] for number in shape.numbers_of(ROW, row)}
        if row not in rows and of_row & columns:
            yield shape.name(ROW, row)
