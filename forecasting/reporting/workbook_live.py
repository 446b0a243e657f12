"""A workbook that lives: yellow cells for the reader's own values, the chain as formulas over whole
draws, and answers with their intervals.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from forecasting.demand.charging import HOURS_A_YEAR, side
from forecasting.demand.consequences import cost_per_point, point_business
from forecasting.demand.symbols import (
    LABELS,
    Cell,
    Label,
    Node,
    Part,
    SharedTable,
    reachable,
    render,
)
from forecasting.evidence.fact import label_of
from forecasting.reporting.charging_tables import BUSINESS, BUSY_SHARES, NEED, SOLD_AT, price_words
from forecasting.reporting.labels import parameter_words, scenario_title, unit_words
from forecasting.reporting.result_tables import headline
from forecasting.reporting.workbook import COLOURS, chart_words, grounds
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.what_if import point_prices, year_of_points
from forecasting.scenarios.workbook_values import (
    INPUT_HEADS,
    OWN,
    SHEETS,
    TARGET,
    TARGET_YEAR,
    WorkbookChain,
    chain_of_report,
    limits_of_cell,
    stamp,
)
from forecasting.vocabulary.catalogues import digits
from forecasting.vocabulary.errors import in_digits
from forecasting.vocabulary.measures import HEADLINE, MEASURES, PRICES
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array
from forecasting.vocabulary.sentences import Term, sentence, uncapital
from forecasting.writers.columns import INTERVAL_LEVELS, Column, Row, TableForm
from forecasting.writers.sheets import (
    Book,
    NumberColumn,
    SheetNumber,
    letters,
    sheet_column,
    with_columns,
)

FIRST_ROW = 2  # of the draws, counted from 0: heads and words stand above
LONGEST_FORMULA = 1200  # characters of a part that is used more than once and is written in place
LONGEST_WORDS = 500  # characters of a formula in words
ANSWER_LINES = (  # column of the sheet answer, its name, its look
    (3, "yours, median", "solid", 2.5, COLOURS[0]),
    (2, "yours, 10 %", "dash", 1.25, COLOURS[0]),
    (4, "yours, 90 %", "dash", 1.25, COLOURS[0]),
    (8, "scenario, median", "square_dot", 1.5, COLOURS[2]),
)
MAX_MISS = 0.001  # of an answer, by which the rounded draws may miss that of the report
# What must hold, and its formula: of the cells of wrong inputs and of the reader's own numbers, and
# of the rows of the sheet answer
CHECKS = {
    "No yellow cell holds what it does not take": "{wrong}=0",
    "No lower end lies above its median, and no median above its upper end": (
        "SUMPRODUCT((answer!C2:C{end}>answer!D2:D{end})+(answer!D2:D{end}>answer!E2:E{end}))=0"
    ),
    # Where electricity is made of coal, an electric car may emit more
    "No answer lies below 0, other than {signed}": (
        "SUMPRODUCT({unsigned}*(answer!C2:E{end}<0))=0"
    ),
    "Without a number of yours, each median is that of the report": (
        "OR(COUNT({own})>0,"
        "SUMPRODUCT(--(ABS(answer!D2:D{end}-answer!I2:I{end})>{miss}*ABS(answer!I2:I{end})))=0)"
    ),
}
ABOUT_BUSINESS = (
    "Where no price is printed, give one on the sheet inputs. Rent, upkeep and taxes are not taken "
    "off. A point without a margin never pays back. Costs are medians, in dollars of 2024."
)
READ_ME = (
    "Change a yellow cell on the sheet inputs, and the answers with their 80 % intervals follow.",
    "inputs: one row for each thing that you can change. An empty yellow cell leaves it as the "
    "scenario has it, with its range; a number in it holds in every draw.",
    "answer: each measure by year; 10 % and 90 % are the ends of the 80 % interval. Beside them "
    "stands what the scenario has. The charts move.",
    "checks: what must hold of the answers; each line says ok, or where to look.",
    "business: what a slow and a fast public point earn in a year, by how busy they are, and how "
    "long their cost takes to come back. The prices of public charging and of electricity move "
    "this sheet alone.",
    "model: one row for each of the report's {draws} draws; a column is one formula for all of "
    "them, and the second row has it in words. The formulas are those of the report's own chain.",
    "draws: the report's draws of each assumption, and what no yellow cell moves, as values. "
    "tables: what all draws share, such as how busy a station may be that keeps a promise of ten "
    "minutes' wait, by its points.",
    "As in the report are the facts, the climate, the ages of vehicles and of points, and what is "
    "dated: plants, orders of vans, buses and trucks, roll-outs.",
    "To make a report of your numbers: ev-forecast new --from THIS_FILE, then ev-forecast run.",
    "Names: own.annual_km is a yellow cell, ev_stock_2030 the three answers of a measure and a "
    "year; all of them are in the list of names beside the formula bar.",
    "Colours: yellow cells are yours, grey words explain, all else is computed or printed.",
    "The sheets are protected without a password, so that no formula is overwritten by chance.",
)


TAKES = "takes {low} to {high} {unit}"
TO_CHECK = "to check"
STEP = "step {number}"
# A column of the model; of an answer it is the measure, and has its unit
COLUMN_LABEL = "{what}[, {of}][ {year}][, {unit}]"
YOUR_CELL = "your {name}"
CHECK_INPUTS = "check inputs"
CHECKS_TITLE = "What must hold of the answers"
HOLDS = "ok"
LOOK_HERE = "look here"
DO_ALL_HOLD = "Do all checks hold?"
ALL_HOLD = "yes"
SEE_CHECKS = "see the sheet checks"
SET_IN = "set it in {cell}"
HOURS_OF_YEAR = "hours of a year"
TARGET_LEVER = "Public points that are to stand, and are built"
TARGET_YEAR_LEVER = "By the end of which year; {horizon} if none"
OWN_FLOW = "{label} in {year}, times what the scenario has"
OWN_PRICE = "{label}; moves the sheet business alone"
NO_PRINTED_PRICE = "none is printed"
ANSWER_TABLE = TableForm(
    [
        *map(Column, ("measure", "year")),
        *(
            sheet_column(
                head, level, f'IF({{wrong}}>0,"{{check_inputs}}",PERCENTILE({{draws}},{level}))'
            )
            for head, level in INTERVAL_LEVELS.items()
        ),
        Column("what it is", "measure", label_of),
        Column("unit", "measure", unit_words),
        *(Column(f"scenario, {head}", level) for head, level in INTERVAL_LEVELS.items()),
        sheet_column("median changes, %", "change", "100*(D{row}/I{row}-1)"),
    ]
)
BRIEF_LEVER_COUNT = 5
ABOUT_BRIEF = (
    "As of {day}: medians, and the ends of the 80 % interval. What you set on the sheet inputs "
    "moves them."
)
BRIEF_ANSWERS = TableForm(
    [
        Column("the answer", "measure", label_of),
        Column("year"),
        *(
            sheet_column(head, head, f"answer!{letter}{{row}}", 0)
            for head, letter in zip(INTERVAL_LEVELS, "CDE", strict=True)
        ),
        Column("unit", "measure", unit_words),
    ]
)
# The need where one of them is in its lowest or highest tenth
BRIEF_LEVERS = TableForm(
    [
        Column("five levers, by what they do to the need", "words"),
        sheet_column("need, lowest tenth", "low", decimals=0),
        sheet_column("need, highest tenth", "high", decimals=0),
    ]
)
# Of a public point, under the heads that the report's own table has
YEAR_OF_POINT = {
    "mwh": "B{row}/100*$B$3*C{row}/1000",
    "revenue": "1000*F{row}*$B$1",
    "margin": "G{row}-1000*F{row}/D{row}*$B$2",
    "payback": 'IF(H{row}>0,E{row}/H{row},"")',
}
HEADS_OF_POINT = {column.source or column.name: column.head for column in BUSINESS.columns}
POINTS_TABLE = TableForm(
    [
        Column("public point", "setting", parameter_words),
        sheet_column("in use, % of hours", "percent", decimals=0),
        sheet_column("kW while in use", "kw", decimals=0),
        sheet_column("of a kWh bought, sold", "efficiency", "{own_efficiency}"),
        sheet_column("cost, USD", "cost", "{own_cost}"),
        *(sheet_column(HEADS_OF_POINT[key], key, text) for key, text in YEAR_OF_POINT.items()),
        sheet_column("scenario: of a kWh bought, sold", "efficiency"),
        sheet_column("scenario: cost, USD", "cost", decimals=0),
        sheet_column("scenario: charger, USD", "charger", decimals=0),
        sheet_column("scenario: connection, USD", "connection", decimals=0),
    ]
)


def live_workbook(report: Outlook) -> bytes:
    """The workbook of a report.

    Raises
    ------
    InputError
        Where the scenario no longer gives the report's numbers: facts or the package have changed.
    """
    book = _LiveBook(*chain_of_report(report))
    return with_columns(book.content(), book.columns, FIRST_ROW)


class _LiveBook(Book):
    """A workbook while a chain is written into it."""

    def __init__(self, outlook: Outlook, chain: WorkbookChain) -> None:
        self.outlook = outlook
        self.chain = chain
        self.draws = outlook.results.count
        self.places: dict[object, str] = {}  # cells of nodes, arrays, tables and yellow cells
        self.spots: dict[str, int] = {}  # the column of some cells
        self.labels: dict[bytes, str] = {}  # of values
        self.columns: dict[str, list[NumberColumn]] = {
            name: [] for name in ("model", "draws", "tables")
        }
        title = scenario_title(outlook.scenario.parameters())
        super().__init__(title, outlook.as_of)
        self.answer_rows: dict[tuple[str, int], int] = {}
        front_sheet = self.sheet("read me", title, (46, *[16] * 5))
        self.sheets = {name: self.sheet(name, "", [14] * 300) for name in SHEETS}
        wrong = self._inputs()
        self._model()
        self._answer(wrong)
        self._business(wrong)
        self._checks(wrong)
        row = self._brief(front_sheet)
        for at, words in enumerate(READ_ME, start=row + 1):
            text = sentence(words, draws=self.draws)
            front_sheet.merge_range(at, 0, at, 5, text, self.looks["text"])
            front_sheet.set_row(at, 15 * (1 + len(text) // 120))
        grounds(self, outlook)
        cells = {name: _written(self.sheets[name]) for name in ("inputs", "answer", "business")}
        stamp(self.book, outlook.scenario.parameters(), cells | self._cells_of_columns())
        for sheet in self.book.worksheets():
            sheet.protect("", {"format_columns": True, "format_rows": True})

    def _inputs(self) -> str:
        """A row for each lever; gives the cell that counts what is wrong."""
        sheet = self.sheets["inputs"]
        heads = [str(Term(head, "head")) for head in INPUT_HEADS]
        sheet.write_row(0, 0, heads, self.looks["head"])
        sheet.set_column("A:B", 38)
        sheet.set_column("H:H", 34)
        sheet.set_column("I:I", 90)
        value_column = INPUT_HEADS.index(OWN)
        check = letters(value_column + 1)
        levers = enumerate(_levers(self.outlook, self.chain), start=2)
        for row, (name, words, unit, value, ends, (low_limit, high_limit), source) in levers:
            for column, content in enumerate((name, words, unit, value, *ends, "", "", source)):
                self.cell(sheet, row - 1, column, content)
            cell = f"{letters(value_column)}{row}"
            low, high = in_digits(low_limit), in_digits(high_limit)
            takes = sentence(TAKES, low=digits(low), high=digits(high), unit=unit)
            rule = {"validate": "decimal", "criteria": "between", "input_message": takes}
            rule |= {"minimum": low_limit, "maximum": high_limit, "error_message": takes}
            sheet.data_validation(cell, rule)
            sheet.write_blank(cell, None, self.looks["own"])
            inside = f"AND({cell}>={low_limit:.10g},{cell}<={high_limit:.10g})"
            text = f'=IF(IF(ISNUMBER({cell}),{inside},ISBLANK({cell})),"","{takes}")'
            sheet.write_formula(f"{check}{row}", text, self.looks["note"], "")
            self.places[Cell(name)] = f"inputs!${letters(value_column)}${row}"
            self.book.define_name(f"own.{name}", f"={self._yellow(name)}")
        fault_count = f'=COUNTIF({check}2:{check}{row},"?*")'  # where anything is said
        sheet.write_string(row, value_column, sentence(TO_CHECK), self.looks["note"])
        sheet.write_formula(row, value_column + 1, fault_count, self.looks["year"], 0)
        sheet.freeze_panes(1, 1)
        return f"inputs!${check}${row + 1}"

    def _model(self) -> None:
        """The columns of the model: answers, and what several of them stand on."""
        answers = self._answers()
        formulas = [part for *_, part in answers if isinstance(part, Node)]
        for measure, year, part in answers:
            if isinstance(part, Node):
                LABELS[part] = Label(measure, year=year)
        uses = reachable(formulas)
        self.labels = _labels_of_levers(uses)
        for node in uses:
            if node.by_row or (uses[node] > 1 and self._is_long(node)):
                self._place(node)
        for name in ("model", "draws"):
            self.sheets[name].freeze_panes(2, 0)

    def _answers(self) -> list[tuple[str, int, Part]]:
        return [
            (measure, year, part)
            for measure, by_year in self.chain.results.items()
            for year, part in by_year.items()
        ]

    def _is_long(self, node: Node) -> bool:
        """Whether a part is told by a name of its own, or takes too much room in place."""
        if _is_lever(node):
            return False
        return bool(node.label) or len(render(node, self._refer)) > LONGEST_FORMULA

    def _refer(self, part: Part) -> str:
        """The cells in which a part stands; nothing for a node that is written out in place."""
        if isinstance(part, np.ndarray | SharedTable):
            return self._place(part)
        return self.places.get(part, "")

    def _place(self, part: Part) -> str:
        """Write a part into a column of its own, where it has none."""
        key = part.tobytes() if isinstance(part, np.ndarray) else part
        if key not in self.places:
            if isinstance(part, SharedTable):
                self.places[key] = self._write_table(part)
            elif isinstance(part, Node):
                self.places[key] = self._write_formula(part)
            else:
                self.places[key] = self._write_values(part)
        return self.places[key]

    def _write_formula(self, node: Node) -> str:
        """A column of the model, and above it what it is and its formula in words."""
        side_by_side = [self._write_formula(part) for part in _parts_by_row(node)]
        words = render(node, self._words)
        if side_by_side:
            ends = [self.spots[place] for place in (side_by_side[0], side_by_side[-1])]
            first_letters, last_letters = (letters(column) for column in ends)
            table = self._place(node.parts[-1])
            rows = range(FIRST_ROW + 1, FIRST_ROW + self.draws + 1)
            texts = [
                node.formula.format(f"{first_letters}{row}:{last_letters}{row}", table)
                for row in rows
            ]
            return self._add_column("model", _label_words(node.label), words, node.values, texts)
        text = render(node, self._refer)
        return self._add_column("model", _label_words(node.label), words, node.values, [text])

    def _write_values(self, values: Array) -> str:
        """A column of values of the report, one a draw."""
        return self._add_column("draws", self.labels.get(values.tobytes(), ""), "", values)

    def _write_table(self, table: SharedTable) -> str:
        """Numbers that all draws share."""
        columns = table.numbers.reshape(len(table.numbers), -1).T
        label = str(Term(table.label, "column"))
        places = [self._add_column("tables", label, "", column) for column in columns]
        return f"{places[0].split(':')[0]}:{places[-1].split(':')[1]}"

    def _add_column(
        self,
        name: str,
        label: str,
        words: str,
        values: Array,
        formulas: Sequence[str] = (),
    ) -> str:
        """A new column of a sheet with its head; gives its cells."""
        columns = self.columns[name]
        at = len(columns)
        sheet = self.sheets[name]
        sheet.write_string(0, at, label or _step_words(at), self.looks["head"])
        if words:
            sheet.write_string(1, at, words[:LONGEST_WORDS], self.looks["note"])
        columns.append(NumberColumn(values, formulas))
        letter = letters(at)
        place = f"{name}!${letter}${FIRST_ROW + 1}:${letter}${FIRST_ROW + len(values)}"
        self.spots[place] = at
        return place

    def _words(self, part: Part) -> str:
        """What a part of a formula is called; nothing for one that is written out in place."""
        if isinstance(part, Cell):
            return f"[{sentence(YOUR_CELL, name=part.name)}]"
        if isinstance(part, SharedTable):
            return f"[{Term(part.label, 'column')}]"
        if isinstance(part, Node):
            label = _label_words(part.label)
            if part in self.places:
                return f"[{label or _step_words(self.spots[self.places[part]])}]"
            return f"[{label}]" if label and _is_lever(part) else ""
        return f"[{self.labels.get(part.tobytes()) or Term('value', 'column')}]"

    def _cells_of_columns(self) -> dict[str, Iterator[tuple[int, int, object]]]:
        """What the sheets of many columns hold."""
        return {name: _all_cells(self.sheets[name], self.columns[name]) for name in self.columns}

    def _answer(self, wrong: str) -> None:
        """Each measure by year: quantiles of the model's draws, beside the scenario's own."""
        sheet = self.sheets["answer"]
        rows = []
        spans: dict[str, list[int]] = {}
        for row, (measure, year, part) in enumerate(self._answers(), start=2):
            spans.setdefault(measure, []).append(row - 1)
            draws = self.outlook.results.values[measure][:, self.outlook.years.index(year)]
            exact = dict(zip(RANGE_LEVELS, np.quantile(draws, RANGE_LEVELS).tolist(), strict=True))
            place = {"row": row, "measure": measure, "year": year, "draws": self._place(part)}
            rows.append(place | exact)
            self.book.define_name(f"{measure}_{year}", f"=answer!$C${row}:$E${row}")
            self.answer_rows[measure, year] = row
        self.table(
            sheet,
            0,
            ANSWER_TABLE.table(rows, wrong=wrong, check_inputs=sentence(CHECK_INPUTS), change=0.0),
        )
        sheet.set_column("A:A", 30)
        sheet.set_column("F:F", 40)
        sheet.freeze_panes(1, 2)
        chart_measures = [
            name for name in dict.fromkeys((next(iter(spans)), *HEADLINE)) if name in spans
        ]
        charts = [
            (
                chart_words(measure),
                [((spans[measure][0], spans[measure][-1]), *line) for line in ANSWER_LINES],
            )
            for measure in chart_measures
        ]
        self.charts(sheet, 12, 1, charts)

    def _checks(self, wrong: str) -> None:
        """What must hold of the answers, line by line."""
        sheet = self.sheet("checks", sentence(CHECKS_TITLE), (80, 14))
        own_column = letters(INPUT_HEADS.index(OWN))
        end = 1 + len(self._answers())
        signed = [measure for measure in MEASURES.values() if measure.signed]
        places = {
            "wrong": wrong,
            "own": f"inputs!{own_column}:{own_column}",
            "end": end,
            "miss": MAX_MISS,
            "signed": ", ".join(uncapital(label_of(measure.name)) for measure in signed),
            "unsigned": "*".join(f'(answer!A2:A{end}<>"{measure.name}")' for measure in signed),
        }
        holds = sentence(HOLDS)
        for row, (words, condition) in enumerate(CHECKS.items(), start=2):
            formula = f'=IF({condition.format(**places)},"{holds}","{sentence(LOOK_HERE)}")'
            sheet.write_string(row, 0, sentence(words, **places), self.looks["text"])
            sheet.write_formula(row, 1, formula, self.looks["text"], holds)

    def _brief(self, sheet: Any) -> int:
        """The answers, the levers that move the need most, and whether the checks hold, for a
        reader of one sheet: all of it is looked up on the others. Gives the row after it.
        """
        outlook = self.outlook
        assert outlook.demand is not None
        sheet.write_string(1, 0, sentence(ABOUT_BRIEF, day=outlook.as_of), self.looks["note"])
        entries = headline(outlook.results, outlook.measure, outlook.headline_year)
        answers = [
            entry | {"row": self.answer_rows[key]}
            for entry in entries
            if (key := (entry["measure"], entry["year"])) in self.answer_rows
        ]
        row = self.table(sheet, 3, BRIEF_ANSWERS.table(answers))
        levers = []
        for swing in outlook.demand.swings_of(NEED).to_dict("records"):
            name = swing["input"]
            if name == "imports":
                name = f"{outlook.measure}.{self.chain.first_year}"
            if Cell(name) in self.places:
                levers.append(swing | {"words": parameter_words(swing["input"]), "lever": name})
        levers = levers[:BRIEF_LEVER_COUNT]
        row = self.table(sheet, row + 1, BRIEF_LEVERS.table(levers))
        for at, lever in enumerate(levers, start=row - len(levers)):
            cell = self._yellow(lever["lever"])
            words = sentence(SET_IN, cell=cell.replace("$", ""))
            sheet.write_url(at, 3, f"internal:{cell}", self.looks["link"], words)
        sheet.write_string(row + 1, 0, sentence(DO_ALL_HOLD), self.looks["head"])
        end = 2 + len(CHECKS)
        yes = sentence(ALL_HOLD)
        holding = f'COUNTIF(checks!B3:B{end},"{sentence(HOLDS)}")={len(CHECKS)}'
        text = f'=IF({holding},"{yes}","{sentence(SEE_CHECKS)}")'
        sheet.write_formula(row + 1, 1, text, self.looks["text"], yes)
        return row + 2

    def _business(self, wrong: str) -> None:
        """A year of a public point by how busy it is, at the printed prices or the reader's."""
        assert self.outlook.demand is not None
        sheet = self.sheets["business"]
        sheet.set_column("A:A", 36)
        prices = point_prices(self.outlook, [year_of_points(self.outlook)])
        paid = [prices[name].median if name in prices else math.nan for name in PRICES]
        for row, (name, price) in enumerate(zip(PRICES, paid, strict=True)):
            price_formula = self._reader_value(
                name, self._scenario_value(name) if name in prices else '""'
            )
            self.cell(sheet, row, 0, f"{label_of(name)}, {unit_words(name)}")
            text = f'IF({wrong}>0,"{sentence(CHECK_INPUTS)}",{price_formula})'
            self.cell(sheet, row, 1, SheetNumber(price, text))
        sheet.write_string(2, 0, sentence(HOURS_OF_YEAR))
        sheet.write_number(2, 1, HOURS_A_YEAR, self.numbers[0])
        sheet.write_string(3, 0, sentence(ABOUT_BUSINESS))
        points = enumerate(itertools.product(SOLD_AT, BUSY_SHARES), start=6)
        rows = [self._point_row(row, setting, use, *paid) for row, (setting, use) in points]
        self.table(sheet, 4, POINTS_TABLE.table(rows))

    def _point_row(self, row: int, setting: str, use: float, sold: float, bought: float) -> Row:
        """One kind of point and one use: what the scenario has, in medians, and where the reader's
        own numbers go instead.
        """
        assert self.outlook.demand is not None
        sample = self.outlook.demand.sample
        part_costs = [f"{part}_cost.{setting}" for part in ("charger", "connection")]
        efficiency_name = f"charger_efficiency.{side(setting)}"
        names = (efficiency_name, *part_costs)
        efficiency, charger, connection = (float(np.median(sample[name])) for name in names)
        # The median of a sum is not the sum of medians
        cost = float(np.median(cost_per_point(setting, sample)))
        year = point_business(setting, use, sold, bought, sample, year_of_points(self.outlook))
        set_costs = f"COUNT({','.join(map(self._yellow, part_costs))})"
        cost_of_parts = "+".join(map(self._reader_value, part_costs, (f"L{row}", f"M{row}")))
        return year | {
            "row": row,
            "setting": setting,
            "percent": 100 * use,
            "efficiency": efficiency,
            "own_efficiency": self._reader_value(efficiency_name, f"J{row}"),
            "cost": cost,
            "own_cost": f"IF({set_costs}=0,K{row},{cost_of_parts})",
            "charger": charger,
            "connection": connection,
        }

    def _scenario_value(self, name: str) -> str:
        """The cell of what the scenario has, in the row of the reader's number."""
        own_column, scenario_column = (
            letters(INPUT_HEADS.index(head)) for head in (OWN, "scenario")
        )
        return self._yellow(name).replace(f"${own_column}$", f"${scenario_column}$")

    def _reader_value(self, name: str, otherwise: float | str) -> str:
        """The reader's number, or another."""
        return f"IF(ISNUMBER({self._yellow(name)}),{self._yellow(name)},{otherwise})"

    def _yellow(self, name: str) -> str:
        return self.places[Cell(name)]


def _labels_of_levers(nodes: Iterable[Node]) -> dict[bytes, str]:
    """What the draws of each assumption are called, by their values."""
    of_levers = [(node.parts[-1], _label_words(node.label)) for node in nodes if _is_lever(node)]
    return {
        values.tobytes(): label for values, label in of_levers if isinstance(values, np.ndarray)
    }


def _label_words(label: Label | None) -> str:
    """The name of a column for a reader; nothing for one without a name."""
    if not label:
        return ""
    return sentence(
        COLUMN_LABEL,
        what=Term(label.words, "column"),
        of=", ".join(map(parameter_words, label.of)),
        year=label.year,
        unit=unit_words(label.words) if label.year else "",
    )


def _step_words(column: int) -> str:
    """What the head of a column without a name says."""
    return sentence(STEP, number=column + 1)


def _is_lever(node: Node) -> bool:
    """Whether it is what a reader may set, or else the draws of one assumption."""
    return len(node.parts) == 2 and isinstance(node.parts[0], Cell)


def _parts_by_row(node: Node) -> list[Node]:
    """The parts of a formula by row, each as a column of its own."""
    if not node.by_row:
        return []
    return [
        part
        if isinstance(part, Node)
        else Node(np.broadcast_to(part, node.values.shape), "{}", (part,))
        for part in node.parts[:-1]
    ]


def _written(sheet: Any) -> Iterator[tuple[int, int, object]]:
    """What a sheet of xlsxwriter holds."""
    texts = {index: text for text, index in sheet.str_table.string_table.items()}
    for row, cells in sheet.table.items():
        for column, cell in cells.items():
            if hasattr(cell, "formula"):
                yield row, column, f"={cell.formula}"
            elif hasattr(cell, "string"):
                yield row, column, texts[cell.string]
            elif hasattr(cell, "number"):
                yield row, column, cell.number


def _all_cells(sheet: Any, columns: Sequence[NumberColumn]) -> Iterator[tuple[int, int, object]]:
    """What a sheet holds whose columns are written beside the library: their formulas, or their
    numbers at once, by their first row. What a formula gives is no content.
    """
    yield from _written(sheet)
    for at, column in enumerate(columns):
        for row, text in enumerate(column.formulas, start=FIRST_ROW):
            yield row, at, f"={text}"
        if not column.formulas:
            yield FIRST_ROW, at, np.array(column.texts, dtype=float)


def _levers(outlook: Outlook, chain: WorkbookChain) -> Iterator[tuple[Any, ...]]:
    """Each lever: its name, its words and unit, what the scenario has, its range, what it may be,
    and its source.
    """
    assert outlook.demand is not None
    horizon = outlook.scenario.horizon
    parameters = outlook.demand.parameters
    nothing = ("", "")
    of_target = {
        TARGET: (sentence(TARGET_LEVER), unit_words(TARGET)),
        TARGET_YEAR: (sentence(TARGET_YEAR_LEVER, horizon=horizon), str(Term("year", "unit"))),
    }

    first_year = max(chain.first_year, outlook.as_of.year)

    def limits(name: str) -> tuple[float, float]:
        return limits_of_cell(name, outlook.scenario, parameters, first_year)

    for name in chain.levers:
        stem, _, year = name.partition(".")
        if name in of_target:
            yield name, *of_target[name], "", nothing, limits(name), ""
        elif stem == outlook.measure:
            words = sentence(OWN_FLOW, label=label_of(stem), year=year)
            yield name, words, str(Term("factor", "unit")), 1.0, nothing, limits(name), ""
        else:
            row = parameters[name]
            ends = (row.low, row.high)
            kind = str(Term(row.kind, "kind"))
            # A judgement is said once
            source = kind if row.source in ("", row.kind) else f"{kind} {row.source}"
            unit = str(Term(row.unit, "unit"))
            yield name, parameter_words(name), unit, row.mode, ends, limits(name), source
    prices = point_prices(outlook, [year_of_points(outlook)])
    for name in PRICES:
        words = sentence(OWN_PRICE, label=label_of(name))
        value: float | str = ""
        source = sentence(NO_PRINTED_PRICE)
        if name in prices:
            value = prices[name].median
            fact = prices[name].fact
            source = ", ".join([price_words(prices[name]), *([fact.source] if fact else [])])
        yield name, words, unit_words(name), value, nothing, limits(name), source
