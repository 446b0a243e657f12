"""A stranger's table as a whole: its cells and its shapes, what the answers make of them, and what
its words propose where nobody has answered.

>>> table = UserTable(UserFile("own.csv", b"Country,Year,EV sales%cGE,2023,5400" % 10))
>>> read = table.read(table.proposal().answers)
>>> [(fact.value, fact.place, str(fact.period)) for fact in read.facts]
[(5400.0, 'GE', '2023')]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from forecasting.evidence.rules import FoundRow, cell_text, normalise, number_text
from forecasting.reading.answers import (
    CALENDAR_NAMES,
    YEAR_TO_DATE,
    Answers,
    SeriesAnswer,
)
from forecasting.reading.cells import Sheets, UserFile, column_letter, sheets_of
from forecasting.reading.checks import problems_of
from forecasting.reading.proposals import (
    EVENTS,
    GROWTH,
    HeadProposal,
    countries_named,
    is_percent_line,
    is_total,
    proposal_of,
    says_to_date,
)
from forecasting.reading.shape import NUMBER_HEADS, CellNumber, Shape, shapes_of
from forecasting.reading.table_facts import ReadSeries, TableFact, place_column, series_of
from forecasting.vocabulary.errors import LedgerError, Problem
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.measures import did_you_mean, measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.printed_numbers import multiplier_in
from forecasting.vocabulary.printed_periods import period_cells
from forecasting.vocabulary.quantities import on_a_day, quantity_of

MOST_WORDS = 15  # of a quote
LEAST_RUN = 4  # numbers that may run since January where the words say so
RUNNING_MONTHS = 5  # that never fall within a year, from which on they may run since January


@dataclass(frozen=True)
class Candidate:
    """A line, or lines, that may be a series.

    Parameters
    ----------
    series : SeriesAnswer
        Which lines, and what is proposed of them.
    label : str
        What a person reads in the list.
    numbers : tuple of CellNumber
        Some of its numbers.
    proposal : HeadProposal
        Of its words.
    """

    series: SeriesAnswer
    label: str
    numbers: tuple[CellNumber, ...]
    proposal: HeadProposal


@dataclass(frozen=True)
class TableProposal:
    """Answers that the words of a table propose.

    Parameters
    ----------
    answers : Answers
        All that is proposed, the main series first.
    open : tuple of str
        What is not certain of them, in words; empty where all is.
    """

    answers: Answers
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableRead:
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

    def at(self, place: str) -> TableRead:
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
            title = f"{fact.shape.sheet.title}!" if fact.shape.sheet.title else ""
            rows.append(FoundRow(f"{self.name}:{title}{fact.name}", normalise(cells)))
        return rows

    def _cells(self, fact: TableFact) -> dict[str, str]:
        series = self.answers.read[fact.series]
        relations = {number.relation for number in fact.numbers}
        title = f"{fact.shape.sheet.title}!" if fact.shape.sheet.title else ""
        head = fact.shape.head_text(fact.numbers[0].place[1])
        label = fact.shape.row_text(fact.numbers[0].place[0])
        quote = " ".join(" ".join(filter(None, [label, head, fact.printed])).split()[:MOST_WORDS])
        one_day = on_a_day(series.measure, series.quantity)
        return {
            "measure": series.measure,
            "quantity": series.quantity,
            "place": fact.place,
            "relation": relations.pop() if len(relations) == 1 else "about",
            "value": number_text(fact.value),
            "rounding": number_text(fact.half_digit),
            "published": self.answers.published,
            "source": f"{self.name}, {title}{fact.name}",
            "quote": quote,
            **period_cells(fact.period, one_day),
            **fact.shape.row_cells(fact.numbers[0].place[0]),
            **{key: cell_text(text) for key, text in self.answers.cells.items()},
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

    @lru_cache(maxsize=8)  # noqa: B019  a table lives as long as its command
    def sheets(self, encoding: str = "", separator: str = "") -> Sheets:
        """The file as cells."""
        return sheets_of(replace(self.file, encoding=encoding, separator=separator))

    @lru_cache(maxsize=16)  # noqa: B019
    def shapes(
        self, encoding: str = "", separator: str = "", decimal: str = "", calendar: str = ""
    ) -> tuple[Shape, ...]:
        """The shape of each sheet that holds numbers."""
        shapes = shapes_of(self.sheets(encoding, separator), decimal, calendar)
        if missing := {*self.titles} - {shape.sheet.title for shape in shapes}:
            titles = [shape.sheet.title for shape in shapes]
            hint = did_you_mean(min(missing), titles, f"there are {', '.join(titles)[:200]}")
            raise LedgerError.at(self.name, f"has no sheet {min(missing)!r} with numbers", hint)
        return tuple(s for s in shapes if s.sheet.title in self.titles or not self.titles)

    def shapes_for(self, answers: Answers, series: SeriesAnswer | None = None) -> tuple[Shape, ...]:
        """The shapes as answers have the file read."""
        calendar = series.periods if series and series.periods in CALENDAR_NAMES else ""
        return self.shapes(answers.encoding, answers.separator, answers.decimal, calendar)

    # Reading

    def read(self, answers: Answers) -> TableRead:
        """Read the table by answers.

        Parameters
        ----------
        answers : Answers
            What is said of it.

        Returns
        -------
        TableRead
            With what hinders it; a fault of the file itself is raised.
        """
        problems: list[Problem] = []
        facts: list[TableFact] = []
        left_out: list[str] = []
        parts: list[ReadSeries] = []
        shapes = self.shapes_for(answers)
        for index, series in enumerate(answers.read):
            part = series_of(answers, index, self.shapes_for(answers, series), self.name)
            problems += part.problems
            facts += part.facts
            left_out += part.left_out
            parts.append(part)
        problems += self._overlaps(answers, parts)
        problems += self.open_forms(answers, parts)
        if not problems:
            problems += problems_of(answers, facts, shapes, self.name)
        left_out += self._unread(shapes, parts)
        return TableRead(self.name, answers, tuple(facts), tuple(problems), tuple(left_out))

    def _overlaps(self, answers: Answers, parts: Sequence[ReadSeries]) -> Iterator[Problem]:
        """Cells that two entries name."""
        seen: dict[tuple[str, int, int], int] = {}
        told = set()
        for index, part in enumerate(parts):
            for cell in sorted(part.cells):
                other = seen.setdefault(cell, index)
                if other != index and (other, index) not in told:
                    told.add((other, index))
                    name = f"{column_letter(cell[2])}{cell[1]}"
                    yield Problem(
                        answers.where(index),
                        f"reads {name}, which read[{other}] reads, too",
                        "name each line in one entry",
                    )

    def open_forms(self, answers: Answers, parts: Sequence[ReadSeries] = ()) -> Iterator[Problem]:
        """What the file leaves open of how it is written: its encoding, its decimal mark."""
        sheets = self.sheets(answers.encoding, answers.separator)
        for shape in self.shapes_for(answers) if sheets.separator == "," else ():
            ends: dict[int, int] = {}
            for row, column in shape.sheet.cells:
                ends[row] = max(column, ends.get(row, 0))
            for row, rows in shape.head_rows.items():
                if rows and ends[row] > max(ends[head] for head in rows):
                    yield Problem(
                        f"{self.name}:{row}",
                        "has more cells than the heads above it",
                        "a number with a comma needs quotation marks around it",
                    )
                    return
        if len(sheets.encodings) > 1:
            readings = "; ".join(f"{name}: {line}" for name, line in sheets.encodings.items())
            yield Problem(
                self.name,
                f"may be in several encodings; its first line that differs: {readings[:200]}",
                f"say the right one, e.g. encoding: {next(iter(sheets.encodings))}",
            )

    def _unread(self, shapes: Sequence[Shape], parts: Sequence[ReadSeries]) -> Iterator[str]:
        """The lines with numbers that no entry names, and what is hidden."""
        read = {cell for part in parts for cell in part.cells}
        for shape in shapes:
            title = shape.sheet.title
            rows = {row for sheet, row, _ in read if sheet == title}
            columns = {column for sheet, _, column in read if sheet == title}
            lead = f"sheet {title}, " if len(shapes) > 1 else ""
            if not rows:
                yield f"sheet {title or self.name}"
                continue
            for column in shape.columns:
                if column not in columns:
                    yield f"{lead}{shape.name_of_column(column)}"
            for row in shape.rows:
                if row not in rows and any((row, column) in shape.numbers for column in columns):
                    yield f"{lead}{shape.name_of_row(row)}"
            for line in shape.sheet.hidden:
                yield f"{lead}{line}: is hidden"

    # Proposing

    @cached_property
    def place(self) -> str:
        """The country that the titles name; empty where they name none, or several."""
        texts = {text for shape in self.shapes() for row in shape.titles.values() for text in row}
        found = {code for text in texts for code in countries_named(text)}
        return found.pop() if len(found) == 1 else ""

    def candidates(self, answers: Answers | None = None) -> list[Candidate]:
        """The lines that may be series, in the order of the table."""
        found: list[Candidate] = []
        shapes = self.shapes_for(answers or Answers())
        for shape in shapes:
            sheets = (shape.sheet.title,) if len(shapes) > 1 or self.titles else ()
            found += _with_growth(_candidates(shape, sheets))
        return found

    def proposal(self, answers: Answers | None = None) -> TableProposal:
        """What the words of the table propose, and what of it is not certain.

        Parameters
        ----------
        answers : Answers, optional
            What is said already of how the file is written.
        """
        said = answers or Answers()
        candidates = self.candidates(said)
        sure = [candidate for candidate in candidates if candidate.proposal.sure]
        best = likeliest(candidates)
        main = sure or ([best] if best else [])
        open_words = [*map(str, self.open_forms(said)), *self._open_lines(said, candidates, main)]
        once: dict[tuple[str, tuple[str, ...]], Candidate] = {}
        for candidate in main:
            once.setdefault((candidate.series.counts, candidate.series.sheets), candidate)
        proposed = replace(said, read=tuple(candidate.series for candidate in once.values()))
        for index, candidate in enumerate(once.values()):
            open_words += self._open_unit(candidate)
            open_words += self._open_periods(proposed, index, candidate)
        if not open_words:
            open_words += map(str, self.read(proposed).problems)
        return TableProposal(proposed, tuple(dict.fromkeys(open_words)))

    def _open_lines(
        self, said: Answers, candidates: Sequence[Candidate], main: Sequence[Candidate]
    ) -> Iterator[str]:
        """What is not certain of which lines are read, and of what they count."""
        if not candidates:
            yield "which lines are read? (no numbers were found)"
        shapes = self.shapes_for(said)
        if len(shapes) > 1:
            titles = ", ".join(shape.sheet.title for shape in shapes)
            yield f"which sheet is read: {titles[:200]}?"
        is_main = any("electric" in candidate.proposal.words for candidate in main)
        for candidate in candidates:
            doubt = candidate.proposal
            may_count = "electric" in doubt.words or (doubt.words & EVENTS and not is_main)
            if may_count and not doubt.sure and not doubt.money:
                unknown = ", ".join(doubt.unknown[:4])
                because = f" (not known here: {unknown})" if unknown else ""
                yield f"{candidate.label}: what does it count?{because}"
        for name, number in Counter(candidate.series.counts for candidate in main).items():
            if number > 1:
                yield f"which of {number} lines counts {name}?"
        if main and not main[0].proposal.sure:
            yield f"{main[0].label}: what does it count?"

    def _open_unit(self, candidate: Candidate) -> Iterator[str]:
        series = candidate.series
        if quantity_of(series.quantity).is_percent:
            return
        if not self.sheets().knows_forms and not candidate.proposal.says_unit:
            yield f"{candidate.label}: what is a 1 of it? ({self.name} does not tell its formats)"
        unit = series.unit or 1.0
        fractions = [n for n in candidate.numbers if n.scale == 1 and (n.value * unit) % 1 > 1e-6]
        if fractions and not (unit == 1 and not series.counts):
            yield f"{candidate.label}: what is a 1 of it? ({fractions[0].text} is no whole number)"

    def _open_periods(self, answers: Answers, index: int, candidate: Candidate) -> Iterator[str]:
        part = series_of(answers, index, self.shapes_for(answers, answers.read[index]), self.name)
        for problem in part.problems:
            yield str(problem)
        texts = [*part.facts[0].shape.titles.get(part.facts[0].numbers[0].place[0], ()),
                 candidate.label] if part.facts else []  # fmt: skip
        if answers.read[index].periods == YEAR_TO_DATE:
            return
        if any(says_to_date(text) for text in texts):
            yield f"{candidate.label}: is each number of its own period, or since the year began?"
        elif runs_since_january(part.facts):
            yield (
                f"{candidate.label}: is each number of its own month, or since the year began? "
                "(they never fall within a year)"
            )


def likeliest(candidates: Sequence[Candidate]) -> Candidate | None:
    """The first line whose words say what it counts, or speak of electric cars; else the first."""
    for says in (
        lambda proposal: proposal.sure,
        lambda proposal: proposal.counts,
        lambda proposal: "electric" in proposal.words,
    ):
        for candidate in candidates:
            if says(candidate.proposal) and not candidate.proposal.money:
                return candidate
    return candidates[0] if candidates else None


def runs_since_january(facts: Sequence[TableFact]) -> bool:
    """Whether the months of a year never fall, so that they may count since it began."""
    by_year: dict[tuple[int, str], list[tuple[Period, float]]] = {}
    for fact in facts:
        if fact.period.days <= 31 and fact.period.days != 1:
            by_year.setdefault((fact.period.start.year, fact.place), []).append(
                (fact.period, fact.value)
            )
    for months in by_year.values():
        values = [value for _, value in sorted(months, key=lambda pair: pair[0].start)]
        if len(values) >= RUNNING_MONTHS and values == sorted(values) and values[0] < values[-1]:
            return True
    return False


def _candidates(shape: Shape, sheets: tuple[str, ...]) -> Iterator[Candidate]:
    """The lines of a sheet that may be series: its columns where rows name periods, its rows where
    columns do; what a column says where a table has one number a row.
    """
    in_rows, in_columns = _periods_at(shape)
    split = None if in_columns else _split_column(shape)
    if in_rows and in_columns and not split:
        yield from _of_matrix(shape, sheets)
    elif in_columns and not in_rows and place_column(shape) is not None:
        numbers = tuple(shape.numbers.values())
        titles = shape.titles.get(shape.rows[0], ())
        yield _candidate(SeriesAnswer("", sheets), "all numbers", "", titles, numbers)
    elif in_columns and not in_rows:
        yield from _of_rows(shape, sheets)
    else:
        yield from _of_columns(shape, sheets, split)


def _of_rows(shape: Shape, sheets: tuple[str, ...]) -> Iterator[Candidate]:
    for row in shape.rows:
        text = shape.row_text(row)
        if is_total(text) and len(shape.rows) > 1:
            continue
        numbers = tuple(n for (at, _), n in shape.numbers.items() if at == row)
        label = f"row {row} {text[:40]!r}"
        titles = shape.titles.get(row, ())
        yield _candidate(SeriesAnswer("", sheets, rows=(row,)), label, text, titles, numbers)


def _of_columns(shape: Shape, sheets: tuple[str, ...], split: int | None) -> Iterator[Candidate]:
    titles = shape.titles.get(shape.rows[0], ())
    for column in shape.columns:
        head = shape.head_text(column)
        if NUMBER_HEADS.fullmatch(head):
            continue
        letter = column_letter(column)
        label = f"column {letter} {head[:40]!r}"
        numbers = tuple(n for (_, at), n in shape.numbers.items() if at == column)
        if split is None:
            series = SeriesAnswer("", sheets, columns=(letter,))
            yield _candidate(series, label, head, titles, numbers)
            continue
        by_text: dict[str, list[CellNumber]] = {}
        for number in numbers:
            by_text.setdefault(shape.label_in(number.place[0], split), []).append(number)
        for text, found in by_text.items():
            some = tuple(found)
            if text and not is_total(text):
                where = {column_letter(split): text}
                series = SeriesAnswer("", sheets, columns=(letter,), where=where)
                words = f"{text} {head}"
                yield _candidate(series, f"{text!r} in {label}", words, titles, some)


def _with_growth(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Candidates; a line of growth that names no count is of the count before it."""
    measure = ""
    for candidate in candidates:
        proposal = candidate.proposal
        if proposal.sure and " " not in proposal.counts:
            measure = proposal.counts
        if measure and proposal.words == {"growth"} and not proposal.unknown:
            counts = f"{measure} {GROWTH}"
            yield replace(
                candidate,
                proposal=replace(proposal, counts=counts),
                series=replace(candidate.series, counts=counts),
            )
        else:
            yield candidate


def _of_matrix(shape: Shape, sheets: tuple[str, ...]) -> Iterator[Candidate]:
    """Lines of a table whose rows and columns both name periods: all of it, or the columns whose
    heads say the same besides.
    """
    titles = shape.titles.get(shape.rows[0], ())
    groups: dict[str, list[int]] = {}
    for column in shape.columns:
        head = shape.head_text(column)
        groups.setdefault(shape.forms.period_in(head).rest, []).append(column)
    for rest, columns in groups.items():
        numbers = tuple(n for (_, at), n in shape.numbers.items() if at in columns)
        if len(groups) == 1:
            yield _candidate(SeriesAnswer("", sheets), "all numbers", rest, titles, numbers)
        else:
            lines = tuple(map(column_letter, columns))
            label = f"columns {', '.join(lines[:4])}" + (" ..." if len(lines) > 4 else "")
            series = SeriesAnswer("", sheets, columns=lines)
            yield _candidate(series, f"{label} {rest[:40]!r}", rest, titles, numbers)


def _periods_at(shape: Shape) -> tuple[bool, bool]:
    """Whether rows name periods, and whether columns do."""
    rows = [
        any(shape.forms.period_in(text).says for text in shape.labels(row).values())
        for row in shape.rows
    ]
    columns = [
        any(
            shape.forms.period_in(text).says
            for text in shape.heads((shape.rows[0], column))
            or shape.heads((shape.rows[-1], column))
        )
        for column in shape.columns
    ]
    in_rows = bool(shape.period_columns) or 2 * sum(rows) > len(rows)
    return in_rows, 2 * sum(columns) > len(columns)


def _split_column(shape: Shape) -> int | None:
    """The column of words that tells rows of one period apart; None where none does."""
    label_columns = sorted(
        {
            column
            for row in shape.rows
            for column in shape.labels(row)
            if column not in shape.period_columns
        }
    )
    places = place_column(shape)
    for column in label_columns:
        texts = [shape.label_in(row, column) for row in shape.rows]
        distinct = {*filter(None, texts)}
        if (
            column != places
            and 1 < len(distinct) <= max(12, len(texts) // 2)
            and (len(distinct) < len(texts))
        ):
            return column
    return None


def _candidate(
    series: SeriesAnswer,
    label: str,
    words: str,
    titles: tuple[str, ...],
    numbers: tuple[CellNumber, ...],
) -> Candidate:
    proposal = proposal_of(words, titles)
    percent = any(number.percent for number in numbers) or is_percent_line(words)
    counts = proposal.counts
    if percent and counts and not counts.endswith("percent"):
        counts = ""
    unit = proposal.unit
    says = proposal.says_unit
    if not says and not percent and measure_of(counts.partition(" ")[0]).unit == "vehicles":
        units = [multiplier_in(folded(title)) for title in titles]
        unit = next((value for value in units if value != 1), 1.0)
        says = unit != 1
    proposal = replace(proposal, counts=counts, unit=unit, says_unit=says)
    periods = ""
    is_flow = measure_of(counts.partition(" ")[0]).kind == "flow"
    if is_flow and any(map(says_to_date, (words, *titles))) and _never_falls(numbers):
        periods = YEAR_TO_DATE
    series = replace(series, counts=counts, unit=unit if says else None, periods=periods)
    return Candidate(series, label, numbers, proposal)


def _never_falls(numbers: Sequence[CellNumber]) -> bool:
    """Whether numbers only grow, but for the beginning of a year, at least four in a row."""
    falls = sum(later.value < number.value for number, later in pairwise(numbers))
    return len(numbers) >= LEAST_RUN and falls <= len(numbers) // 12


def open_problems(name: str, proposal: TableProposal, hint: str = "") -> list[Problem]:
    """What is not certain of a table, each as a problem of it."""
    problems = []
    for words in proposal.open:
        place = re.match(rf"{re.escape(name)}[^:]*: ", words)
        where = place[0].removesuffix(": ") if place else name
        problems.append(Problem(where, words[place.end() if place else 0 :], hint))
    return problems


def problem_of_questions(name: str, proposal: TableProposal) -> LedgerError:
    """What a table leaves open, where nobody can be asked."""
    answers = f"{name.rpartition('.')[0]}.mapping.yaml"
    hint = f"`ev-forecast new --ledger {name}` asks, or write {answers}"
    return LedgerError(open_problems(name, proposal, hint))
