"""An outlook as an Excel workbook: summary, results with native charts, assumptions, drivers, facts
with links.

What is text stays text: no cell becomes a formula or a link by its looks. Equal outlooks give equal
bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import in_order
from forecasting.evidence.files import write_asked
from forecasting.evidence.words import in_words
from forecasting.measures import CHARGING_ANSWERS, HEADLINE, MEASURES
from forecasting.reporting.caveat_words import lines_of, size_words
from forecasting.reporting.display import plain_frame
from forecasting.reporting.labels import label_of, unit_of
from forecasting.reporting.result_tables import (
    CHAIN,
    assumptions_table,
    bands,
    drivers_table,
    headline,
)

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

__all__ = ["write_workbook"]

LEVELS = {
    0.025: "2.5 %",
    0.1: "10 %",
    0.25: "25 %",
    0.5: "median",
    0.75: "75 %",
    0.9: "90 %",
    0.975: "97.5 %",
}
COLOURS = ("#0072B2", "#009E73", "#B3659A")
SIZES = {"likeliest", "lowest", "highest", "probability"}  # columns of numbers
LONGEST_LINK = 2079  # characters; Excel takes no longer ones


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
    import xlsxwriter

    content = io.BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    with xlsxwriter.Workbook(content, options) as book:
        # Not now: equal outlooks give equal bytes
        made = dt.datetime.combine(outlook.as_of, dt.time())
        book.set_properties(
            {"title": outlook.scenario.title, "subject": f"As of {outlook.as_of}", "created": made}
        )
        pages = _Pages(book)
        _summary(pages, outlook)
        _results(pages, outlook)
        if "ev_stock" in outlook.results.values:
            _chargers(pages, outlook)
        _assumptions(pages, outlook)
        _facts(pages, outlook)
    return write_asked(path, content.getvalue())


class _Pages:
    """The sheets of a workbook and the few formats that they share."""

    def __init__(self, book: Any) -> None:
        self.book = book
        plain = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        self.text = book.add_format(plain | {"text_wrap": True})
        self.title = book.add_format(plain | {"bold": True, "font_size": 16})
        self.head = book.add_format(plain | {"bold": True, "bottom": 1, "text_wrap": True})
        self.head_number = book.add_format(
            plain | {"bold": True, "bottom": 1, "text_wrap": True, "align": "right"}
        )
        self.link = book.add_format(
            plain | {"font_color": "#0072B2", "underline": 1, "text_wrap": True}
        )
        self.note = book.add_format(
            plain | {"italic": True, "font_color": "#5F6B76", "text_wrap": True}
        )
        self.numbers = {
            digits: book.add_format(plain | {"num_format": _pattern(digits)}) for digits in range(4)
        }
        self.year = book.add_format(plain | {"num_format": "0", "align": "left"})

    def sheet(self, name: str, title: str, widths: Sequence[float]) -> Any:
        """A sheet with its title in the first row, and the header row frozen below it."""
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, title, self.title)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def table(self, sheet: Any, row: int, frame: pd.DataFrame, links: Sequence[str] = ()) -> int:
        """A frame from a row on; its last column leads to `links`. Returns the row after it."""
        rows = frame.to_numpy(dtype=object).tolist()
        for column, name in enumerate(frame.columns):
            numeric = bool(rows) and isinstance(rows[0][column], float)
            sheet.write_string(row, column, str(name), self.head_number if numeric else self.head)
        for offset, values in enumerate(rows, start=row + 1):
            for column, value in enumerate(values):
                self.cell(sheet, offset, column, value)
            address = links[offset - row - 1] if links else ""
            if address.startswith(("http://", "https://")) and len(address) <= LONGEST_LINK:
                sheet.write_url(offset, len(values) - 1, address, self.link, str(values[-1]))
        return row + 1 + len(frame)

    def cell(self, sheet: Any, row: int, column: int, value: object) -> None:
        """A number as a number, everything else as text."""
        if isinstance(value, (int, float)) and math.isfinite(value):
            sheet.write_number(
                row,
                column,
                value,
                self.year if isinstance(value, int) else self.numbers[_digits(value)],
            )
        elif str(value) not in ("", "nan"):
            sheet.write_string(row, column, str(value), self.text)


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _digits(value: float) -> int:
    """Decimals that leave a number three digits.

    >>> _digits(1234.5), _digits(12.34), _digits(0.02)
    (0, 1, 3)
    """
    size = abs(value)
    return 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2 if size >= 1 else 3


def _summary(pages: _Pages, outlook: Outlook) -> None:
    sheet = pages.sheet("Summary", outlook.scenario.title, (44, 10, 14, 14, 14, 12))
    sheet.write_string(
        1, 0, f"As of {outlook.as_of}: medians, and the ends of the 80 % interval", pages.note
    )
    entries = headline(outlook.results, outlook.scenario.measure, outlook.first_year)
    rows = [
        (label_of(t["measure"]), t["year"], t["median"], t["lower80"], t["upper80"], t["unit"])
        for t in entries
    ]
    head = ["measure", "year", "median", "10 %", "90 %", "unit"]
    row = pages.table(sheet, 3, plain_frame(rows, columns=head)) + 1
    for words in (*lines_of(outlook.caveats), *outlook.scenario.notes):
        sheet.merge_range(row, 0, row, 5, "", pages.note)
        sheet.write_string(row, 0, words, pages.note)
        sheet.set_row(row, 15 * (1 + len(words) // 95))
        row += 1


def _results(pages: _Pages, outlook: Outlook) -> None:
    """Every measure by year, and a chart of the flow."""
    sheet = pages.sheet("Results", "Results by year", (40, 14, 8, *[13] * len(LEVELS)))
    head = ["measure", "unit", "year", *LEVELS.values()]
    rows: list[tuple[Any, ...]] = []
    spans: dict[str, tuple[int, int]] = {}
    shown = [
        name
        for name in dict.fromkeys((*CHAIN, outlook.scenario.measure))
        if name in outlook.results.values
    ]
    for measure in shown:
        wide = bands(outlook.results, measure).loc[outlook.first_year :]
        spans[measure] = (3 + len(rows), 2 + len(rows) + len(wide))
        rows += [
            (label_of(measure), unit_of(measure), int(year), *map(float, row))
            for year, row in zip(wide.index, wide.to_numpy(), strict=True)
        ]
    pages.table(sheet, 2, plain_frame(rows, columns=head))
    sheet.freeze_panes(3, 3)
    sheet.autofilter(2, 0, 2 + len(rows), len(head) - 1)
    drawn = [name for name in (outlook.scenario.measure, *HEADLINE[:2]) if name in spans]
    for place, measure in enumerate(drawn):
        sheet.insert_chart(
            2 + 17 * place, len(head) + 1, _fan(pages.book, measure, *spans[measure])
        )


def _fan(book: Any, measure: str, first: int, last: int) -> Any:
    """Median with the ends of the 80 % interval, as a chart that Excel draws itself."""
    chart = book.add_chart({"type": "line"})
    for column, (name, dash, width) in {
        6: ("median", "solid", 2.5),
        4: ("10 %", "dash", 1.25),
        8: ("90 %", "dash", 1.25),
    }.items():
        line = {"color": COLOURS[0], "width": width, "dash_type": dash}
        places = {
            "categories": ["Results", first, 2, last, 2],
            "values": ["Results", first, column, last, column],
        }
        chart.add_series({"name": name, "line": line} | places)
    _dress(
        chart,
        label_of(measure),
        unit_of(measure) + (" a year" if MEASURES[measure].kind == "flow" else ""),
    )
    return chart


def _dress(chart: Any, title: str, unit: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_y_axis(
        {
            "name": unit,
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": "#E6E9ED"}},
        }
    )
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 620, "height": 320})


def _chargers(pages: _Pages, outlook: Outlook) -> None:
    """Need, practice and standard side by side, never averaged."""
    sheet = pages.sheet("Chargers", "Charging points: need, practice, standard", (8, *[16] * 9))
    columns: dict[str, list[Any]] = {}
    for answer in CHARGING_ANSWERS:
        wide, name = (
            bands(outlook.results, answer).loc[outlook.first_year :],
            answer.rpartition("_")[2],
        )
        heads = {name: 0.5, f"{name}, 10 %": 0.1, f"{name}, 90 %": 0.9}
        columns |= {"year": wide.index.tolist()} | {
            head: wide[level].tolist() for head, level in heads.items()
        }
    frame = plain_frame(columns)
    pages.table(sheet, 2, frame)
    sheet.freeze_panes(3, 1)
    chart = pages.book.add_chart({"type": "column"})
    for place, answer in enumerate(CHARGING_ANSWERS):
        column, last = 1 + 3 * place, 2 + len(frame)
        values = {
            "categories": ["Chargers", 3, 0, last, 0],
            "values": ["Chargers", 3, column, last, column],
        }
        chart.add_series(
            {"name": answer.rpartition("_")[2], "fill": {"color": COLOURS[place]}} | values
        )
    _dress(chart, "Charging points at 31 December, medians", "public points")
    sheet.insert_chart(4 + len(frame), 0, chart)


def _assumptions(pages: _Pages, outlook: Outlook) -> None:
    scenario = outlook.scenario
    sheet = pages.sheet(
        "Assumptions", "Assumptions and drivers", (36, 26, 20, 14, 36, 14, 50, 14, 50, 40)
    )
    given = {
        "as of": outlook.as_of,
        "horizon": scenario.horizon,
        "seed": scenario.seed,
        "market": size_words(outlook.market.origin),
    }
    row = 2
    for key, value in given.items():
        sheet.write_string(row, 0, key, pages.text)
        pages.cell(sheet, row, 1, value)
        row += 1
    row = pages.table(sheet, row + 1, _in_numbers(drivers_table(outlook).frame))
    shown = assumptions_table(outlook, all_of_them=True)
    if len(shown.frame):
        pages.table(sheet, row + 1, _in_numbers(shown.frame), shown.links["source"])


def _in_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """The sizes of a table that is made to be read, as numbers again; a year keeps its looks.

    >>> _in_numbers(pd.DataFrame({"lowest": ["15,000", "2025", "–"], "unit": ["1", "2", "3"]})).to_numpy().tolist()
    [[15000.0, '1'], [2025, '2'], ['–', '3']]
    """
    cells = {name: frame[name].tolist() for name in frame.columns}
    return plain_frame(
        cells | {name: [_number(str(cell)) for cell in cells[name]] for name in SIZES & set(cells)}
    )


def _number(text: str) -> float | str:
    if re.fullmatch(r"(19|20)\d\d", text):
        return int(text)
    return float(text.replace(",", "")) if re.fullmatch(r"-?[\d,]*\.?\d+", text) else text


def _facts(pages: _Pages, outlook: Outlook) -> None:
    """The facts that the forecast rests on, each with its link."""
    sheet = pages.sheet("Facts", "Facts", (14, 12, 12, 26, 34, 30, 12, 12, 40))
    if outlook.evidence is None:
        sheet.write_string(2, 0, "The facts are in the ledger.", pages.note)
        return
    facts = in_order(outlook.evidence)
    columns = [
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
    rows = [
        fact.row() | {"statement": in_words(fact), "basis": basis_name(fact.basis, fact.measure)}
        for fact in facts
    ]
    shown = plain_frame(rows, columns=columns)
    last = pages.table(sheet, 2, shown, [fact.url for fact in facts])
    sheet.freeze_panes(3, 1)
    sheet.autofilter(2, 0, last - 1, len(shown.columns) - 1)
