"""A workbook that lives: yellow cells for the reader's own values, the chain as formulas over whole
draws, and answers with their intervals.
"""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from forecasting.demand.chain_formulas import TARGET, TARGET_YEAR, Chain
from forecasting.demand.charging import HOURS_A_YEAR, power_mix, side
from forecasting.demand.chosen_draws import LEVELS, below_zero, chosen_draws, near
from forecasting.demand.consequences import cost_per_point, point_business
from forecasting.demand.formulas import Cell, letters, template_of
from forecasting.errors import in_digits
from forecasting.evidence.words import in_words
from forecasting.measures import HEADLINE, PRICES
from forecasting.quantiles import Array, ratio
from forecasting.reporting.charging_tables import BUSY_SHARES, SOLD_AT, point_prices
from forecasting.reporting.labels import (
    SETTING_WORDS,
    label_of,
    parameter_words,
    unit_by_year,
    unit_of,
)
from forecasting.reporting.workbook import COLOURS, grounds
from forecasting.scenarios.assumptions import LARGEST_TARGET
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.workbook_values import (
    FLOW_FACTORS,
    INPUT_HEADS,
    OWN,
    SHEETS,
    chain_of_report,
    stamp,
)
from forecasting.writers.display import plain_frame
from forecasting.writers.sheets import INTERVAL_LEVELS, Book, decimals

WORKBOOK_DRAWS = 400  # whole paths in a workbook, fewer where many years would make it too large
MAX_MODEL_ROWS = 2400
ANSWER_LINES = (  # column of the sheet answer, its name, its look
    (3, "yours, median", "solid", 2.5, COLOURS[0]),
    (2, "yours, 10 %", "dash", 1.25, COLOURS[0]),
    (4, "yours, 90 %", "dash", 1.25, COLOURS[0]),
    (8, "scenario, median", "square_dot", 1.5, COLOURS[2]),
)
DEAREST = 10.0  # dollars a kWh
ABOUT_BUSINESS = (
    "Where no price is printed, give one on the sheet inputs. Rent, upkeep and taxes are not taken "
    "off. A point without a margin never pays back. Costs are medians, in dollars of 2024."
)
BUSINESS_HEADS = (
    *("in use, % of hours", "kW", "of a kWh bought, sold", "cost, USD"),
    *("MWh a year", "revenue, USD", "margin, USD", "payback, years"),
)
READ_ME = (
    "Change a yellow cell on the sheet inputs, and the answers with their 80 % intervals follow.",
    "inputs: one row for each thing that you can change. An empty yellow cell leaves it as the "
    "scenario has it, with its range; a number in it holds in every draw.",
    "answer: each measure by year; 10 % and 90 % are the ends of the 80 % interval. Beside them "
    "stands what the scenario has. The charts move.",
    "business: what a slow and a fast public point earn in a year, by how busy they are, and how "
    "long their cost takes to come back. The prices of public charging and of electricity move "
    "this sheet alone.",
    "model: one row for each draw and year; its second row says each formula in words. What is "
    "called fit or more brings a draw to the report's own number.",
    "taken: what each draw takes, your number or its own. draws: whole paths of the report, as "
    "values. tables: what all draws share, such as how busy a station may be that keeps a promise "
    "of ten minutes' wait, by its points.",
    "These are {draws} of the report's {all} draws, chosen so that they tell the same as all of "
    "them. What they still miss a factor puts right, or a difference where an answer may be below "
    "0, the same whatever you change. With a value of your own the median is within 2 % of a new "
    "run, the ends of the interval within 5 %, but for few of many hundred answers.",
    "Vans, buses and trucks, the climate and what the facts say are as in the report.",
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
    chosen = chosen_draws(chain, min(WORKBOOK_DRAWS, MAX_MODEL_ROWS // len(chain.years)))
    return _LiveBook(again, chain.only(chosen)).content()


class _LiveBook(Book):
    """A workbook while a chain is written into it."""

    def __init__(self, outlook: Outlook, chain: Chain) -> None:
        self.outlook = outlook
        self.chain = chain
        self.values = chain.values({})
        self.count = len(chain.drawn["known@" + str(chain.years[0])])
        self.cells: dict[str, Cell] = {}
        super().__init__(outlook.scenario.title, outlook.as_of)
        of_all = len(outlook.results.values["ev_stock"])
        words = [words.format(draws=self.count, all=of_all) for words in READ_ME]
        sheet = self.sheet("read me", outlook.scenario.title, (110,))
        sheet.write_column(2, 0, words, self.looks["text"])
        self.sheets = {name: self.sheet(name, "", [14] * 300) for name in SHEETS}
        for sheet in self.sheets.values():
            # Most of the time would go into a search for functions of later spreadsheets
            sheet._prepare_formula = lambda text, *_: text.removeprefix("=")
        wrong = self._inputs()
        self._all_years()
        self._model()
        self._answer(wrong)
        self._business(wrong)
        grounds(self, outlook)
        stamp(self.book, outlook.scenario.parameters())
        for sheet in self.book.worksheets():
            sheet.protect("", {"format_columns": True, "format_rows": True})

    def _inputs(self) -> str:
        """A row for each lever; gives the cell that counts what is wrong."""
        sheet = self.sheets["inputs"]
        sheet.write_row(0, 0, INPUT_HEADS, self.looks["head"])
        sheet.set_column("A:B", 38)
        sheet.set_column("H:H", 34)
        sheet.set_column("I:I", 90)
        own = INPUT_HEADS.index(OWN)
        check = letters(own + 1)
        levers = enumerate(_levers(self.outlook, self.chain), start=2)
        for row, (name, words, unit, value, ends, (least, most), source) in levers:
            for column, content in enumerate((name, words, unit, value, *ends, "", "", source)):
                self.cell(sheet, row - 1, column, content)
            cell = f"{letters(own)}{row}"
            takes = f"takes {in_digits(least)} to {in_digits(most)} {unit}"
            rule = {"validate": "decimal", "criteria": "between", "input_message": takes}
            rule |= {"minimum": least, "maximum": most, "error_message": takes}
            sheet.data_validation(cell, rule)
            sheet.write_blank(cell, None, self.looks["own"])
            inside = f"AND({cell}>={least:.10g},{cell}<={most:.10g})"
            text = f'=IF(IF(ISNUMBER({cell}),{inside},ISBLANK({cell})),"","{takes}")'
            sheet.write_formula(f"{check}{row}", text, self.looks["note"], "")
            self.cells[f"own.{name}"] = Cell("inputs", own, row - 1, each=False)
        counted = f'=COUNTIF({check}2:{check}{row},"takes*")'
        sheet.write_string(row, own, "to check", self.looks["note"])
        sheet.write_formula(row, own + 1, counted, self.looks["year"], 0)
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
                    self.cells[name] = Cell("tables", column, row - 1, each=False)
                else:
                    sheet = "taken" if formulas[name] else "draws"
                    self._head(sheet, 0, filled[sheet], name, formulas[name])
                    self.cells[name] = Cell(sheet, filled[sheet], 2)
                    filled[sheet] += 1
                self._fill(self.cells[name], self.values[name], formulas[name])

    def _head(self, sheet: str, row: int, column: int, name: str, formula: str) -> None:
        self.sheets[sheet].write_string(row, column, name, self.looks["head"])
        if formula:
            self.sheets[sheet].write_string(row + 1, column, formula, self.looks["note"])

    def _fill(self, cell: Cell, values: Array, formula: str, year: int | None = None) -> None:
        """The cells of a name: values, or a formula in each draw."""
        sheet = self.sheets[cell.sheet]
        rows = np.broadcast_to(values, (self.count, 1))[:, 0]
        if not cell.each:
            rows = rows[:1]
        look = self.numbers[decimals(float(np.median(np.abs(rows))))]
        short = [float(f"{value:.5g}") for value in rows]
        if not formula:
            sheet.write_column(cell.row, cell.column, short, look)
            return
        template, first = template_of(formula, self.cells, cell.sheet, year)
        for draw, value in enumerate(short):
            text = "=" + template % tuple(row + draw for row in first)
            sheet.write_formula(cell.row + draw, cell.column, text, look, value)

    def _model(self) -> None:
        sheet = self.sheets["model"]
        last = self.chain.yearly[self.chain.years[-1]]
        columns = {}
        for column, (name, formula) in enumerate({"year": "", "draw": "", **last}.items()):
            self._head("model", 0, column, name, formula)
            columns[name] = column
        for block, (year, formulas) in enumerate(self.chain.yearly.items()):
            row = 2 + block * self.count
            sheet.write_column(row, 0, [year] * self.count, self.looks["year"])
            sheet.write_column(row, 1, range(1, self.count + 1), self.looks["year"])
            for name, formula in formulas.items():
                cell = Cell("model", columns[name], row)
                self.cells[f"{name}@{year}"] = cell
                self._fill(cell, self.values[f"{name}@{year}"], formula, year)
        sheet.freeze_panes(2, 2)

    def _answer(self, wrong: str) -> None:
        """Each measure by year: quantiles of the model's draws, beside the scenario's own."""
        sheet = self.sheets["answer"]
        rows = []
        spans: dict[str, list[int]] = {}
        for row, ((measure, year), draws) in enumerate(self.chain.answers({}).items(), start=2):
            spans.setdefault(measure, []).append(row - 1)
            every = self.outlook.results.values[measure][:, self.outlook.years.index(year)]
            exact = np.quantile(every, [*INTERVAL_LEVELS.values()])
            found = near(draws)
            sign = "+" if below_zero(every) else "*"
            right = exact - found
            if sign == "*":
                right = ratio(exact, found, 1.0)
            words = [label_of(measure), unit_of(measure)]
            rows.append([measure, year, *[math.nan] * 3, *words, *exact.tolist(), *right.tolist()])
            cell = self.cells[f"{self.chain.columns[measure]}@{year}"]
            column = letters(cell.column)
            cells = f"model!{column}{cell.row + 1}:{column}{cell.row + self.count}"
            for place, value in enumerate(exact.tolist()):
                around = ",".join(f"PERCENTILE({cells},{level:.2f})" for level in LEVELS[place])
                text = f"AVERAGE({around}){sign}{letters(10 + place)}{row}"
                text = f'IF({wrong}>0,"check inputs",{text})'
                self.formula(sheet, row - 1, 2 + place, text, value)
            self.formula(sheet, row - 1, 13, f"100*(D{row}/I{row}-1)", 0.0)
        beside = [
            f"{word}, {level}" for word in ("scenario", "sampling") for level in INTERVAL_LEVELS
        ]
        heads = ["measure", "year", *INTERVAL_LEVELS, "what it is", "unit", *beside]
        self.table(sheet, 0, plain_frame(rows, columns=heads))
        sheet.write_string(0, 13, "median changes, %", self.looks["head"])
        sheet.set_column("A:A", 30)
        sheet.set_column("F:F", 40)
        sheet.freeze_panes(1, 2)
        shown = [name for name in dict.fromkeys((next(iter(spans)), *HEADLINE)) if name in spans]
        charts = [
            (
                label_of(measure),
                unit_by_year(measure),
                [((spans[measure][0], spans[measure][-1]), *line) for line in ANSWER_LINES],
            )
            for measure in shown
        ]
        self.charts(sheet, 15, 1, charts)

    def _business(self, wrong: str) -> None:
        """A year of a public point by how busy it is, at the printed prices or the reader's."""
        assert self.outlook.demand is not None
        sheet = self.sheets["business"]
        drawn = self.outlook.demand.sample
        sheet.set_column("A:A", 36)
        prices = point_prices(self.outlook)
        paid = [prices[name].value if name in prices else math.nan for name in PRICES]
        for row, (name, price) in enumerate(zip(PRICES, paid, strict=True)):
            own = self._own(name, price if name in prices else '""')
            self.cell(sheet, row, 0, f"{label_of(name)}, {unit_of(name)}")
            self.formula(sheet, row, 1, f'IF({wrong}>0,"check inputs",{own})', price)
        sheet.write_string(2, 0, ABOUT_BUSINESS)
        sheet.write_string(4, 0, "public point", self.looks["head"])
        sheet.write_row(4, 1, BUSINESS_HEADS, self.looks["head of numbers"])
        for row, (setting, use) in enumerate(itertools.product(SOLD_AT, BUSY_SHARES), start=6):
            costs = [f"{part}_cost.{setting}" for part in ("charger", "connection")]
            kept = f"charger_efficiency.{side(setting)}"
            halves = [float(np.median(drawn[name])) for name in costs]
            efficiency = float(np.median(drawn[kept]))
            # The median of a sum is not the sum of medians
            cost = float(np.median(cost_per_point(setting, drawn)))
            of_own = "+".join(map(self._own, costs, halves))
            sheet.write_string(row - 1, 0, SETTING_WORDS[setting])
            kw = power_mix(setting).mean_kw
            sheet.write_row(row - 1, 1, (100 * use, kw), self.numbers[0])
            year = point_business(setting, use, paid[0], paid[1], drawn)
            cells = {
                self._own(kept, efficiency): efficiency,
                f"IF(COUNT({','.join(map(self._yellow, costs))})=0,{cost},{of_own})": cost,
                f"C{row}*{HOURS_A_YEAR / 100000}*B{row}*D{row}": year["mwh"],
                f"1000*F{row}*B1": year["revenue"],
                f"G{row}-1000*F{row}/D{row}*B2": year["margin"],
                f'IF(H{row}>0,E{row}/H{row},"")': year["payback"],
            }
            for column, (text, value) in enumerate(cells.items(), start=3):
                self.formula(sheet, row - 1, column, text, value)

    def _own(self, name: str, otherwise: float | str) -> str:
        """The reader's number, or another."""
        return f"IF(ISNUMBER({self._yellow(name)}),{self._yellow(name)},{otherwise})"

    def _yellow(self, name: str) -> str:
        return f"inputs!{self.cells[f'own.{name}']}"


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
        elif stem == outlook.measure:
            words = f"{label_of(stem)} in {year}, times what the scenario has"
            yield name, words, "factor", 1.0, nothing, (0, FLOW_FACTORS[-1]), ""
        else:
            row = outlook.demand.parameters[name]
            ends = (row.low, row.high)
            most = (row.minimum, row.maximum)
            source = f"{row.kind} {row.source}"
            yield name, parameter_words(name), row.unit, row.mode, ends, most, source
    prices = point_prices(outlook)
    for name in PRICES:
        words = f"{label_of(name)}; moves the sheet business alone"
        value: float | str = ""
        source = "none is printed"
        if name in prices:
            value = prices[name].value
            source = f"{in_words(prices[name])}, {prices[name].source}"
        yield name, words, unit_of(name), value, nothing, (0, DEAREST), source
