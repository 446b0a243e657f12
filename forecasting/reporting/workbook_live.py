"""A workbook that lives: yellow cells for the reader's own values, the chain as formulas over whole
draws, and answers with their intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.demand.chain_formulas import TARGET, TARGET_YEAR, Chain
from forecasting.demand.chosen_draws import chosen_draws
from forecasting.demand.formulas import Cell, template_of, text_of
from forecasting.errors import in_digits
from forecasting.measures import HEADLINE
from forecasting.quantiles import Array
from forecasting.reporting.labels import label_of, parameter_words, unit_of
from forecasting.reporting.sheets import ENDS, Book, decimals, letters
from forecasting.reporting.workbook import COLOURS, grounds, line_chart
from forecasting.scenarios.assumptions import LARGEST_TARGET
from forecasting.scenarios.workbook_values import (
    FACTORS,
    INPUT_HEADS,
    OWN,
    SHEETS,
    chain_of_report,
    stamp,
)

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

DRAWS = 400  # whole paths in a workbook, fewer where many years would make it too large
ROWS = 2400
NEAR = (-0.04, -0.02, 0.0, 0.02, 0.04)  # percentiles about a level, whose mean is steadier
LINES = (  # column of the sheet answer, its name, its look
    (3, "yours, median", "solid", 2.5, COLOURS[0]),
    (2, "yours, 10 %", "dash", 1.25, COLOURS[0]),
    (4, "yours, 90 %", "dash", 1.25, COLOURS[0]),
    (8, "scenario, median", "square_dot", 1.5, COLOURS[2]),
)
READ_ME = (
    "Change a yellow cell on the sheet inputs, and the answers with their 80 % intervals follow.",
    "inputs: one row for each thing that you can change. An empty yellow cell leaves it as the "
    "scenario has it, with its range; a number in it holds in every draw.",
    "answer: each measure by year; 10 % and 90 % are the ends of the 80 % interval. Beside them "
    "stands what the scenario has. The charts move.",
    "model: one row for each draw and year; its second row says each formula in words. What is "
    "called fit or more brings a draw to the report's own number.",
    "taken: what each draw takes, your number or its own. draws: whole paths of the report, as "
    "values. tables: what all draws share, such as how busy a station may be that keeps a promise "
    "of ten minutes' wait, by its points.",
    "These are {draws} of the report's {all} draws, chosen so that they tell the same as all of "
    "them. What they still miss a factor puts right, the same whatever you change. With a value of "
    "your own the median is mostly within 2 % of a new run, the ends of the interval within 5 %.",
    "Vans, buses and trucks, the climate and what the facts say are as in the report.",
    "The price of electricity is no cell here, as it moves none of these numbers: the report says "
    "what a public point earns, and how long its cost takes to come back, at the printed prices.",
    "To make a report of your numbers: ev-forecast new --from THIS_FILE, then ev-forecast run.",
    "The sheets are protected without a password, so that no formula is overwritten by chance.",
)


def live_workbook(report: Outlook) -> bytes:
    """The workbook of a report.

    Raises
    ------
    InputError
        Where the scenario no longer gives the report's numbers: facts or the package have changed.
    """
    again, chain = chain_of_report(report)
    chosen = chosen_draws(chain, min(DRAWS, ROWS // len(chain.years)))
    return _LiveBook(again, chain.only(chosen)).book.content()


class _LiveBook:
    """Writes a chain into a book."""

    def __init__(self, outlook: Outlook, chain: Chain) -> None:
        self.outlook = outlook
        self.chain = chain
        self.values = chain.values({})
        self.count = len(chain.drawn["known@" + str(chain.years[0])])
        self.cells: dict[str, Cell] = {}
        self.book = Book(outlook.scenario.title, outlook.as_of, f"As of {outlook.as_of}")
        of_all = len(outlook.results.values["ev_stock"])
        words = [words.format(draws=self.count, all=of_all) for words in READ_ME]
        sheet = self.book.sheet("read me", outlook.scenario.title, (110,))
        sheet.write_column(2, 0, words, self.book.looks["text"])
        self.sheets = {name: self.book.sheet(name, "", [14] * 300) for name in SHEETS}
        for sheet in self.sheets.values():
            # Most of the time would go into a search for functions of later spreadsheets
            sheet._prepare_formula = lambda text, *_: text.removeprefix("=")
        wrong = self._inputs()
        self._all_years()
        self._model()
        self._answer(wrong)
        grounds(self.book, outlook)
        stamp(self.book.book, outlook.scenario.parameters())
        for sheet in self.book.book.worksheets():
            sheet.protect("", {"format_columns": True, "format_rows": True})

    def _inputs(self) -> str:
        """A row for each lever; gives the cell that counts what is wrong."""
        sheet = self.sheets["inputs"]
        sheet.write_row(0, 0, INPUT_HEADS, self.book.looks["head"])
        sheet.set_column("A:B", 38)
        sheet.set_column("H:H", 34)
        sheet.set_column("I:I", 90)
        own = letters(INPUT_HEADS.index(OWN))
        check = letters(INPUT_HEADS.index(OWN) + 1)
        row = 1
        for name, words, unit, value, ends, limits, source in _levers(self.outlook, self.chain):
            row += 1
            for column, content in enumerate((name, words, unit, value, *ends, "", "", source)):
                self.book.cell(sheet, row - 1, column, content)
            cell = f"{own}{row}"
            takes = f"takes {in_digits(limits[0])} to {in_digits(limits[1])} {unit}"
            rule = {"validate": "decimal", "criteria": "between", "input_message": takes}
            rule |= {"minimum": limits[0], "maximum": limits[1], "error_message": takes}
            sheet.data_validation(cell, rule)
            sheet.write_blank(cell, None, self.book.looks["own"])
            inside = f"AND({cell}>={limits[0]:.10g},{cell}<={limits[1]:.10g})"
            text = f'=IF(IF(ISNUMBER({cell}),{inside},ISBLANK({cell})),"","{takes}")'
            sheet.write_formula(f"{check}{row}", text, self.book.looks["note"], "")
            self.cells[f"own.{name}"] = Cell("inputs", own, row, each=False)
        counted = f'=COUNTIF({check}2:{check}{row},"takes*")'
        sheet.write_string(f"{own}{row + 1}", "to check", self.book.looks["note"])
        sheet.write_formula(f"{check}{row + 1}", counted, self.book.looks["year"], 0)
        sheet.freeze_panes(1, 1)
        return f"inputs!${check}${row + 1}"

    def _all_years(self) -> None:
        """What holds in all years: in one cell where all draws share it, else in a column. Names of
        one stem stand side by side.
        """
        formulas = dict.fromkeys(self.chain.drawn, "") | self.chain.taken
        stems: dict[str, list[str]] = {}
        for name in formulas:
            stem, _, year = name.partition("@")
            stems.setdefault(f"{stem.rpartition('.')[0] or stem}@{year}", []).append(name)
        row = 0
        filled = {"draws": 0, "taken": 0}
        for names in stems.values():
            shared = all(np.ptp(self.values[name]) == 0 for name in names)
            row += 2 * shared
            for column, name in enumerate(names):
                if shared:
                    self._head("tables", row - 2, column, name, "")
                    self.cells[name] = Cell("tables", letters(column), row, each=False)
                else:
                    sheet = "taken" if formulas[name] else "draws"
                    self._head(sheet, 0, filled[sheet], name, formulas[name])
                    self.cells[name] = Cell(sheet, letters(filled[sheet]), 3)
                    filled[sheet] += 1
        for name, formula in formulas.items():
            self._fill(self.cells[name], self.values[name], formula)

    def _head(self, sheet: str, row: int, column: int, name: str, formula: str) -> None:
        self.sheets[sheet].write_string(row, column, name, self.book.looks["head"])
        if formula:
            self.sheets[sheet].write_string(row + 1, column, formula, self.book.looks["note"])

    def _fill(self, cell: Cell, values: Array, formula: str, year: int | None = None) -> None:
        """The cells of a name: values, or a formula in each draw."""
        sheet = self.sheets[cell.sheet]
        rows = np.broadcast_to(values, (self.count, 1))[:, 0]
        if not cell.each:
            rows = rows[:1]
        look = self.book.numbers[decimals(float(np.median(np.abs(rows))))]
        short = [float(f"{value:.5g}") for value in rows]
        if not formula:
            sheet.write_column(f"{cell.column}{cell.row}", short, look)
            return
        template, first = template_of(formula, self.cells, cell.sheet, year)
        for draw, value in enumerate(short):
            place = f"{cell.column}{cell.row + draw}"
            sheet.write_formula(place, text_of(template, first, draw), look, value)

    def _model(self) -> None:
        sheet = self.sheets["model"]
        last = self.chain.yearly[self.chain.years[-1]]
        for column, name in enumerate(("year", "draw")):
            self._head("model", 0, column, name, "")
        for column, (name, formula) in enumerate(last.items(), start=2):
            self._head("model", 0, column, name, formula)
            for block, year in enumerate(self.chain.years):
                row = 3 + block * self.count
                self.cells[f"{name}@{year}"] = Cell("model", letters(column), row)
        for block, (year, formulas) in enumerate(self.chain.yearly.items()):
            row = 2 + block * self.count
            sheet.write_column(row, 0, [year] * self.count, self.book.looks["year"])
            sheet.write_column(row, 1, range(1, self.count + 1), self.book.looks["year"])
            for name, formula in formulas.items():
                key = f"{name}@{year}"
                self._fill(self.cells[key], self.values[key], formula, year)
        sheet.freeze_panes(2, 2)

    def _answer(self, wrong: str) -> None:
        """Each measure by year: quantiles of the model's draws, beside the scenario's own."""
        sheet = self.sheets["answer"]
        beside = [f"{word}, {level}" for word in ("scenario", "sampling") for level in ENDS]
        heads = ("measure", "year", *ENDS, "what it is", "unit", *beside, "median changes, %")
        sheet.write_row(0, 0, heads, self.book.looks["head"])
        sheet.set_column("A:A", 30)
        sheet.set_column("F:F", 40)
        spans: dict[str, list[int]] = {}
        for row, ((measure, year), draws) in enumerate(self.chain.answers({}).items(), start=1):
            spans.setdefault(measure, []).append(row)
            words = {0: measure, 1: year, 5: label_of(measure), 6: unit_of(measure)}
            for column, word in words.items():
                self.book.cell(sheet, row, column, word)
            cell = self.cells[f"{self.chain.columns[measure]}@{year}"]
            last = cell.row + self.count - 1
            cells = f"model!${cell.column}${cell.row}:${cell.column}${last}"
            every = self.outlook.results.values[measure][:, self.outlook.years.index(year)]
            for column, level in enumerate(ENDS.values(), start=2):
                exact = float(np.quantile(every, level))
                found = float(np.quantile(draws, [level + step for step in NEAR]).mean())
                ratio = exact / found if exact * found > 0 else 1.0
                look = self.book.numbers[decimals(exact)]
                sheet.write_number(row, column + 5, exact, look)
                sheet.write_number(row, column + 8, ratio, self.book.numbers[3])
                around = ",".join(f"PERCENTILE({cells},{level + step:.2f})" for step in NEAR)
                text = f"{letters(column + 8)}{row + 1}*AVERAGE({around})"
                text = f'=IF({wrong}>0,"check inputs",{text})'
                sheet.write_formula(row, column, text, look, found * ratio)
            change = f"100*(D{row + 1}/I{row + 1}-1)"
            self.book.formula(sheet, row, 13, change, 0.0, self.book.numbers[1])
        sheet.freeze_panes(1, 2)
        shown = [name for name in dict.fromkeys((next(iter(spans)), *HEADLINE)) if name in spans]
        for place, measure in enumerate(shown):
            span = (spans[measure][0], spans[measure][-1])
            chart = line_chart(self.book, "answer", measure, span, 1, LINES)
            sheet.insert_chart(1 + 17 * place, 15, chart)


def _levers(outlook: Outlook, chain: Chain) -> Iterator[tuple[Any, ...]]:
    """Each lever: its name, its words and unit, what the scenario has, its range, what it may be,
    and its source.
    """
    assert outlook.demand is not None
    horizon = outlook.scenario.horizon
    first = max(chain.years[1], outlook.as_of.year)
    nothing = ("", "")
    of_target = {
        TARGET: ("Public points that are to stand, and are built", "points", (1, LARGEST_TARGET)),
        TARGET_YEAR: (f"By the end of which year; {horizon} if none", "year", (first, horizon)),
    }
    for name in chain.levers:
        stem, _, year = name.partition(".")
        if name in of_target:
            words, unit, limits = of_target[name]
            yield name, words, unit, "", nothing, limits, ""
        elif stem == outlook.scenario.measure:
            words = f"{label_of(stem)} in {year}, times what the scenario has"
            yield name, words, "factor", 1.0, nothing, (0, FACTORS[-1]), ""
        else:
            row = outlook.demand.parameters[name]
            ends = (row.low, row.high)
            most = (row.minimum, row.maximum)
            source = f"{row.kind} {row.source}"
            yield name, parameter_words(name), row.unit, row.mode, ends, most, source
