"""All scenarios of a folder in one workbook and one CSV, beside ``comparison.parquet``.

The workbook's first sheet is alive: choose a measure and a year, and it looks up each scenario's
median and interval, the difference to the baseline, and the sum over countries, which it says is no
median of the region.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.evidence.files import write_whole
from forecasting.evidence.places import COUNTRIES, place_words
from forecasting.names import COMPARISON_CSV, COMPARISON_TABLE, COMPARISON_WORKBOOK
from forecasting.reporting.iamc import csv_bytes
from forecasting.reporting.labels import label_of, unit_of
from forecasting.scenarios.outlook_files import load_results

LEVELS = {
    0.025: "2.5 %",
    0.1: "10 %",
    0.25: "25 %",
    0.5: "median",
    0.75: "75 %",
    0.9: "90 %",
    0.975: "97.5 %",
}
KEY = ["scenario", "country", "measure", "year"]
FIRST = "ev_stock"  # the measure that the sheet shows when it is opened
HOW_TO_READ = (
    "Choose a measure and a year in the two yellow cells; every number below is looked up on the sheet All.",
    "A difference is one of medians. Its interval is in the draws of both scenarios, which share their random numbers.",
    "A sum of medians is not the median of a sum, and interval ends do not add: the index has the region's total.",
)


def write_comparison(out: Path) -> list[Path]:
    """Write ``comparison.csv`` and ``comparison.xlsx`` from ``comparison.parquet`` of the same
    folder.

    Parameters
    ----------
    out : Path
        A folder of reports.

    Returns
    -------
    list of Path
        What was written; nothing where there is no table.
    """
    source = out / COMPARISON_TABLE
    if not source.is_file():
        return []
    table = load_results(source)
    contents = {COMPARISON_CSV: csv_bytes(table), COMPARISON_WORKBOOK: _workbook(_yearly(table))}
    return [write_whole(out / name, content) for name, content in contents.items()]


def _yearly(table: pd.DataFrame) -> pd.DataFrame:
    """A row per scenario, place, measure and year, a column per quantile; the months are in the
    CSV.
    """
    starts, ends = table["period_start"].astype(str), table["period_end"].astype(str)
    whole = table[ends.str.endswith("-12-31") & (starts.str.endswith("-01-01") | (starts == ends))]
    whole = whole.assign(year=whole["period_end"].astype(str).str[:4].astype(int))
    index = [whole[name].astype(str) for name in KEY[:3]] + [whole["year"], whole["quantile"]]
    wide = pd.Series(whole["value"].to_numpy(), index=pd.MultiIndex.from_arrays(index)).unstack()
    return wide.rename_axis(index=KEY).reset_index()


def _workbook(wide: pd.DataFrame) -> bytes:
    import datetime as dt

    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        # Equal tables, equal bytes
        book.set_properties({"title": "All scenarios", "created": dt.datetime(2020, 1, 1)})
        _Sheets(book, wide).write()
    return content.getvalue()


class _Sheets:
    """The two sheets: the live one, and the table that it looks numbers up in."""

    def __init__(self, book: Any, wide: pd.DataFrame) -> None:
        self.book, self.wide = book, wide
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.note = book.add_format({"italic": True, "font_color": "#5F6B76"})
        self.choice = book.add_format({"bg_color": "#FFF8E6", "border": 1, "bold": True})
        self.whole = book.add_format({"num_format": "#,##0"})
        self.small = book.add_format({"num_format": "#,##0.00"})
        self.total = book.add_format({"num_format": "#,##0", "top": 1, "italic": True})
        self.labels = {label_of(name): name for name in wide["measure"].unique()}
        rows = wide[[*KEY, 0.5, 0.1, 0.9]].itertuples(index=False, name=None)
        self.known = {
            (name, code, measure, year): cells for name, code, measure, year, *cells in rows
        }

    def write(self) -> None:
        """Both sheets, the live one first."""
        live, table = self.book.add_worksheet("Compare"), self.book.add_worksheet("All")
        for sheet in (live, table):
            sheet.set_landscape()
            sheet.set_paper(9)  # A4
            sheet.fit_to_pages(1, 0)
        table.repeat_rows(0)
        self._table(table)
        self._live(live)

    def _table(self, sheet: Any) -> None:
        """Every scenario's yearly results; the first column is what the other sheet looks up."""
        head = ["key", "scenario", "country", "measure", "unit", "year", *LEVELS.values()]
        for column, name in enumerate(head):
            sheet.write_string(0, column, name, self.head)
        for row, given in enumerate(self.wide.itertuples(index=False, name=None), start=1):
            scenario, code, measure, year, *cells = given
            label = label_of(measure)
            for column, text in enumerate(
                (f"{scenario}|{code}|{label}|{year}", scenario, place_words(code), label)
            ):
                sheet.write_string(row, column, text)
            sheet.write_string(row, 4, unit_of(measure))
            sheet.write_number(row, 5, year)
            for column, value in enumerate(cells, start=6):
                if math.isfinite(value):
                    sheet.write_number(
                        row, column, value, self.whole if abs(value) >= 100 else self.small
                    )
        sheet.set_column(0, 0, None, None, {"hidden": True})
        sheet.set_column(1, 1, 30)
        sheet.set_column(2, 3, 26)
        sheet.freeze_panes(1, 6)
        sheet.autofilter(0, 0, len(self.wide), len(head) - 1)

    def _live(self, sheet: Any) -> None:
        years = sorted({int(year) for year in self.wide["year"]})
        measure = label_of(FIRST) if label_of(FIRST) in self.labels else next(iter(self.labels))
        sheet.write_string(0, 0, "All scenarios side by side", self.title)
        for row, words in enumerate(HOW_TO_READ, start=1):
            sheet.write_string(row, 0, words, self.note)
        sheet.write_string(5, 0, "Measure")
        sheet.write_string(5, 1, measure, self.choice)
        sheet.write_string(6, 0, "Year")
        sheet.write_number(6, 1, years[-1], self.choice)
        sheet.write_string(7, 0, "Unit")
        unit = '=IFERROR(INDEX(All!$E:$E,MATCH($B$6,All!$D:$D,0)),"")'
        sheet.write_formula(7, 1, unit, self.note, unit_of(self.labels[measure]))
        self._choices(sheet, years)
        head = [
            "scenario",
            "country",
            "median",
            "10 %",
            "90 %",
            "minus baseline",
            "minus baseline, %",
        ]
        for column, name in enumerate(head):
            sheet.write_string(8, column, name, self.head)
        runs = list(dict.fromkeys(zip(self.wide["scenario"], self.wide["country"], strict=True)))
        at = {run: 9 + number for number, run in enumerate(runs)}
        for run, row in at.items():
            self._run(sheet, row, run, at, self.labels[measure], years[-1])
        self._sums(sheet, 10 + len(runs), runs, self.labels[measure], years[-1])
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 38)
        sheet.set_column(2, 6, 16)
        sheet.freeze_panes(9, 2)

    def _choices(self, sheet: Any, years: Sequence[int]) -> None:
        """The lists to choose from, on the table's sheet: a list in a cell's rule holds 255
        characters only.
        """
        side = self.book.add_worksheet("Lists")
        for row, label in enumerate(self.labels):
            side.write_string(row, 0, label)
        for row, year in enumerate(years):
            side.write_number(row, 1, year)
        side.hide()
        sheet.data_validation(
            5, 1, 5, 1, {"validate": "list", "source": f"=Lists!$A$1:$A${len(self.labels)}"}
        )
        sheet.data_validation(
            6, 1, 6, 1, {"validate": "list", "source": f"=Lists!$B$1:$B${len(years)}"}
        )

    def _run(
        self,
        sheet: Any,
        row: int,
        run: tuple[str, str],
        at: dict[tuple[str, str], int],
        measure: str,
        year: int,
    ) -> None:
        """One scenario of one place: looked up, and set against the baseline of its place."""
        scenario, code = run
        sheet.write_string(row, 0, scenario)
        sheet.write_string(row, 1, place_words(code))
        key = f'"{scenario}|{code}|"&$B$6&"|"&$B$7'
        found = self.known.get((scenario, code, measure, year), [math.nan] * 3)
        for column, (letter, value) in enumerate(zip("JHL", found, strict=True), start=2):
            look = f'=IFERROR(INDEX(All!${letter}:${letter},MATCH({key},All!$A:$A,0)),"")'
            sheet.write_formula(
                row, column, look, self.whole, value if math.isfinite(value) else ""
            )
        base = (f"{scenario.rpartition('-')[0]}-baseline", code)
        if base in at and base != run:
            mine, other = f"C{row + 1}", f"C{at[base] + 1}"
            before = self.known.get((*base, measure, year), [math.nan])[0]
            gap = found[0] - before
            values = (gap, 100 * gap / before) if before and math.isfinite(gap) else ("", "")
            sheet.write_formula(row, 5, f'=IFERROR({mine}-{other},"")', self.whole, values[0])
            sheet.write_formula(
                row, 6, f'=IFERROR(100*({mine}/{other}-1),"")', self.small, values[1]
            )

    def _sums(
        self, sheet: Any, row: int, runs: Sequence[tuple[str, str]], measure: str, year: int
    ) -> None:
        """The sum of medians over countries, scenario by scenario, said to be one."""
        endings = [name.rpartition("-")[2] for name, code in runs if code in COUNTRIES]
        for number, ending in enumerate(dict.fromkeys(endings)):
            mine = [run for run in runs if run[1] in COUNTRIES and run[0].endswith(f"-{ending}")]
            value = sum(self.known.get((*run, measure, year), [0.0])[0] for run in mine)
            sheet.write_string(
                row + number, 0, f"sum of medians, {ending} (not additive)", self.total
            )
            sheet.write_string(
                row + number,
                1,
                f"{len(mine)} {'country' if len(mine) == 1 else 'countries'}",
                self.total,
            )
            cells = ",".join(f"C{10 + runs.index(run)}" for run in mine)
            sheet.write_formula(
                row + number, 2, f"=SUM({cells})", self.total, value if math.isfinite(value) else ""
            )
