"""An outlook as an Excel workbook: summary, results with native charts, assumptions, drivers, facts
with links.

What is text stays text: no cell becomes a formula or a link by its looks. Equal outlooks give equal
bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import in_order
from forecasting.evidence.files import write_asked
from forecasting.evidence.words import in_words
from forecasting.measures import CHARGING_ANSWERS, HEADLINE
from forecasting.reporting.caveat_words import lines_of, size_words
from forecasting.reporting.display import plain_frame
from forecasting.reporting.labels import label_of, unit_by_year, unit_of
from forecasting.reporting.result_tables import CHAIN, assumptions_table, drivers_table, headline
from forecasting.reporting.sheets import LEVELS, Book

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

COLOURS = ("#0072B2", "#009E73", "#B3659A")
Lines = Sequence[tuple[int, str, str, float, str]]
LINES: Lines = (
    (6, "median", "solid", 2.5, COLOURS[0]),
    (4, "10 %", "dash", 1.25, COLOURS[0]),
    (8, "90 %", "dash", 1.25, COLOURS[0]),
)
HOW_TO_CHANGE = (
    "These are values. To change an assumption and see the answers move: "
    "ev-forecast export REPORT --xlsx FILE"
)
FACT_COLUMNS = [
    "id",
    "period_start",
    "period_end",
    "value",
    "statement",
    "basis",
    "kind",
    "published",
    "source",
]


def write_workbook(outlook: Outlook, path: str | Path) -> Path:
    """Write one outlook as a workbook.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results, computed or read back from files.
    path : path-like
        The file, ``.xlsx``; an older one is replaced.

    Returns
    -------
    Path
    """
    title = outlook.scenario.title
    book = Book(title, outlook.as_of, f"As of {outlook.as_of}")
    _summary(book, outlook)
    _results(book, outlook)
    if "ev_stock" in outlook.results.values:
        _chargers(book, outlook)
    grounds(book, outlook)
    return write_asked(path, book.content())


def _summary(book: Book, outlook: Outlook) -> None:
    sheet = book.sheet("Summary", outlook.scenario.title, (44, 10, 14, 14, 14, 12))
    note = book.looks["note"]
    sheet.write_string(
        1, 0, f"As of {outlook.as_of}: medians, and the ends of the 80 % interval", note
    )
    entries = headline(outlook.results, outlook.scenario.measure, outlook.first_year)
    frame = plain_frame(entries).rename(columns={"lower80": "10 %", "upper80": "90 %"})
    frame["measure"] = frame["measure"].map(label_of)
    row = book.table(sheet, 3, frame) + 1
    lines = [*lines_of([outlook.age, *outlook.caveats]), *outlook.scenario.notes]
    if "ev_stock" in outlook.results.values:
        lines.append(HOW_TO_CHANGE)
    for words in lines:
        sheet.merge_range(row, 0, row, 5, "", note)
        sheet.write_string(row, 0, words, note)
        sheet.set_row(row, 15 * (1 + len(words) // 95))
        row += 1


def _results(book: Book, outlook: Outlook) -> None:
    """Every measure by year, and a chart of the flow."""
    sheet = book.sheet("Results", "Results by year", (40, 14, 8, *[13] * len(LEVELS)))
    head = ["measure", "unit", "year", *LEVELS.values()]
    rows: list[tuple[Any, ...]] = []
    spans: dict[str, tuple[int, int]] = {}
    for measure in dict.fromkeys((*CHAIN, outlook.scenario.measure)):
        if measure in outlook.results.values:
            wide = outlook.results.bands(measure).loc[outlook.first_year :]
            spans[measure] = (3 + len(rows), 2 + len(rows) + len(wide))
            named = (label_of(measure), unit_of(measure))
            rows += [(*named, int(cells[0]), *cells[1:]) for cells in wide.itertuples()]
    book.table(sheet, 2, plain_frame(rows, columns=head))
    sheet.freeze_panes(3, 3)
    sheet.autofilter(2, 0, 2 + len(rows), len(head) - 1)
    drawn = [name for name in (outlook.scenario.measure, *HEADLINE[:2]) if name in spans]
    for place, measure in enumerate(drawn):
        chart = line_chart(book, "Results", measure, spans[measure], 2, LINES)
        sheet.insert_chart(2 + 17 * place, len(head) + 1, chart)


def line_chart(
    book: Book, sheet: str, measure: str, rows: tuple[int, int], across: int, lines: Lines
) -> Any:
    """Lines of one measure by year, as a chart that a spreadsheet draws itself.

    Parameters
    ----------
    book, sheet : Book and str
        Where the numbers stand.
    measure : str
        The measure.
    rows : (int, int)
        Its first row and its last.
    across : int
        The column of the years.
    lines : sequence of tuple
        For each line its column, its name, dashes, width and colour.
    """
    chart = book.book.add_chart({"type": "line"})
    for column, name, dash, width, colour in lines:
        look = {"color": colour, "width": width, "dash_type": dash}
        chart.add_series({"name": name, "line": look} | _places(sheet, *rows, across, column))
    _dress(chart, label_of(measure), unit_by_year(measure))
    return chart


def _places(sheet: str, first: int, last: int, across: int, column: int) -> dict[str, Any]:
    """The rows that a series of a chart is drawn from."""
    return {
        "categories": [sheet, first, across, last, across],
        "values": [sheet, first, column, last, column],
    }


def _dress(chart: Any, title: str, unit: str) -> None:
    grid = {"visible": True, "line": {"color": "#E6E9ED"}}
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_y_axis({"name": unit, "num_format": "#,##0", "major_gridlines": grid})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 620, "height": 320})


def _chargers(book: Book, outlook: Outlook) -> None:
    """Need, practice and standard side by side, never averaged."""
    sheet = book.sheet("Chargers", "Charging points: need, practice, standard", (8, *[16] * 9))
    columns: dict[str, list[Any]] = {}
    chart = book.book.add_chart({"type": "column"})
    for place, answer in enumerate(CHARGING_ANSWERS):
        name = answer.rpartition("_")[2]
        wide = outlook.results.bands(answer).loc[outlook.first_year :]
        last = 2 + len(wide)
        columns["year"] = wide.index.tolist()
        for head, level in {name: 0.5, f"{name}, 10 %": 0.1, f"{name}, 90 %": 0.9}.items():
            columns[head] = wide[level].tolist()
        series = {"name": name, "fill": {"color": COLOURS[place]}}
        chart.add_series(series | _places("Chargers", 3, last, 0, 1 + 3 * place))
    book.table(sheet, 2, plain_frame(columns))
    sheet.freeze_panes(3, 1)
    _dress(chart, "Charging points at 31 December, medians", "public points")
    sheet.insert_chart(last + 2, 0, chart)


def grounds(book: Book, outlook: Outlook) -> None:
    """What the numbers rest on: assumptions and facts.

    Parameters
    ----------
    book : Book
        Gains two sheets.
    outlook : Outlook
        A scenario's results.
    """
    _assumptions(book, outlook)
    _facts(book, outlook)


def _assumptions(book: Book, outlook: Outlook) -> None:
    widths = (36, 26, 20, 14, 36, 14, 50, 14, 50, 40)
    sheet = book.sheet("Assumptions", "Assumptions and drivers", widths)
    question = {
        "as of": outlook.as_of,
        "horizon": outlook.scenario.horizon,
        "seed": outlook.scenario.seed,
        "market": size_words(outlook.market.origin),
    }
    for row, (key, value) in enumerate(question.items(), start=2):
        book.cell(sheet, row, 0, key)
        book.cell(sheet, row, 1, value)
    row = book.table(sheet, 3 + len(question), drivers_table(outlook).frame)
    shown = assumptions_table(outlook, all_of_them=True)
    if len(shown.frame):
        book.table(sheet, row + 1, shown.frame, shown.links["source"])


def _facts(book: Book, outlook: Outlook) -> None:
    """The facts that the forecast rests on, each with its link."""
    sheet = book.sheet("Facts", "Facts", (14, 12, 12, 26, 34, 30, 12, 12, 40))
    if outlook.evidence is None:
        sheet.write_string(2, 0, "The facts are in the ledger.", book.looks["note"])
        return
    facts = in_order(outlook.evidence)
    rows = [
        fact.row() | {"statement": in_words(fact), "basis": basis_name(fact.basis, fact.measure)}
        for fact in facts
    ]
    shown = plain_frame(rows, columns=FACT_COLUMNS)
    last = book.table(sheet, 2, shown, [fact.url for fact in facts])
    sheet.freeze_panes(3, 1)
    sheet.autofilter(2, 0, last - 1, len(FACT_COLUMNS) - 1)
