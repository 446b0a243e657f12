"""All scenarios of a folder in one workbook and one CSV, beside ``comparison.parquet``.

The workbook's first sheet is alive: choose a measure and a year, and it looks up each scenario's
median and interval, the difference to the baseline, and the sum over countries, which it says is no
median of the region.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.evidence.files import write_whole
from forecasting.evidence.places import COUNTRIES, place_words
from forecasting.names import COMPARISON_CSV, COMPARISON_TABLE, COMPARISON_WORKBOOK
from forecasting.reporting.display import plain_frame
from forecasting.reporting.iamc import csv_bytes
from forecasting.reporting.labels import label_of, plural, unit_of
from forecasting.reporting.result_tables import yearly
from forecasting.reporting.sheets import LEVELS, Book
from forecasting.scenarios.outlook_files import load_results

Shown = Mapping[Any, Mapping[Any, float]]  # levels by scenario and place

FIRST = "ev_stock"  # the measure that the sheet shows when it is opened
HEAD = ("scenario", "country", "median", "10 %", "90 %", "minus baseline", "minus baseline, %")
SHOWN = {"J": 0.5, "H": 0.1, "L": 0.9}  # columns of the sheet All that are looked up
TOP = 9  # row of the first scenario
HOW_TO_READ = (
    "Choose a measure and a year in the two yellow cells; every number below is looked up on the "
    "sheet All.",
    "A difference is one of medians. Its interval is in the draws of both scenarios, which share "
    "their random numbers.",
    "A sum of medians is not the median of a sum, and interval ends do not add: the index has the "
    "region's total.",
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
    contents = {COMPARISON_CSV: csv_bytes(table), COMPARISON_WORKBOOK: _workbook(yearly(table))}
    return [write_whole(out / name, content) for name, content in contents.items()]


def _workbook(wide: pd.DataFrame) -> bytes:
    """A live sheet, the table that it looks numbers up in, and lists to choose from: a list in a
    cell's rule holds 255 characters only.
    """
    book = Book("All scenarios", dt.date(2020, 1, 1))
    live = book.sheet("Compare", "All scenarios side by side", (34, 38, *[16] * 5))
    _table(book, wide)
    lists = book.book.add_worksheet("Lists")
    measures = list(wide.index.unique("measure"))
    years = sorted(wide.index.unique("year"))
    for column, words in enumerate(([*map(label_of, measures)], years)):
        lists.write_column(0, column, words)
        letter = "AB"[column]
        rule = {"validate": "list", "source": f"=Lists!${letter}$1:${letter}${len(words)}"}
        live.data_validation(5 + column, 1, 5 + column, 1, rule)
    lists.hide()
    measure = FIRST if FIRST in measures else measures[0]
    runs = list(dict.fromkeys((key[0], key[1]) for key in wide.index))
    numbers = pd.DataFrame(wide.xs((measure, years[-1]), level=["measure", "year"])).reindex(runs)
    shown = numbers.to_dict("index")
    _choices(book, live, measure, years[-1])
    _scenarios(book, live, shown)
    _sums(book, live, shown)
    return book.content()


def _table(book: Book, wide: pd.DataFrame) -> None:
    """Every scenario's yearly results; the first column is what the live sheet looks up."""
    sheet = book.sheet("All", "", (8, 30, 26, 26))
    rows = [
        (
            f"{scenario}|{code}|{label_of(measure)}|{year}",
            scenario,
            place_words(code),
            label_of(measure),
            unit_of(measure),
            year,
            *cells,
        )
        for (scenario, code, measure, year), *cells in wide.itertuples()
    ]
    head = ["key", "scenario", "country", "measure", "unit", "year", *LEVELS.values()]
    book.table(sheet, 0, plain_frame(rows, columns=head))
    sheet.set_column(0, 0, None, None, {"hidden": True})
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 6)
    sheet.autofilter(0, 0, len(rows), len(head) - 1)


def _choices(book: Book, sheet: Any, measure: str, year: int) -> None:
    """How to read the sheet, and the choice of measure and year."""
    for row, words in enumerate(HOW_TO_READ, start=1):
        sheet.write_string(row, 0, words, book.looks["note"])
    for row, name, value in ((5, "Measure", label_of(measure)), (6, "Year", year)):
        sheet.write_string(row, 0, name)
        sheet.write(row, 1, value, book.looks["choice"])
    sheet.write_string(7, 0, "Unit")
    unit = '=IFERROR(INDEX(All!$E:$E,MATCH($B$6,All!$D:$D,0)),"")'
    sheet.write_formula(7, 1, unit, book.looks["note"], unit_of(measure))


def _scenarios(book: Book, sheet: Any, shown: Shown) -> None:
    """Each scenario of each place, looked up, and its median against that of the baseline."""
    for column, name in enumerate(HEAD):
        sheet.write_string(TOP - 1, column, name, book.looks["head"])
    rows = {run: TOP + number for number, run in enumerate(shown)}
    for run, row in rows.items():
        scenario, code = run
        sheet.write_string(row, 0, scenario)
        sheet.write_string(row, 1, place_words(code))
        key = f'"{scenario}|{code}|"&$B$6&"|"&$B$7'
        for column, (letter, level) in enumerate(SHOWN.items(), start=2):
            look = f"INDEX(All!${letter}:${letter},MATCH({key},All!$A:$A,0))"
            book.formula(sheet, row, column, look, shown[run][level], book.numbers[0])
        base = (f"{scenario.rpartition('-')[0]}-baseline", code)
        if base in rows and base != run:
            mine = f"C{row + 1}"
            other = f"C{rows[base] + 1}"
            before = shown[base][0.5]
            minus = shown[run][0.5] - before
            book.formula(sheet, row, 5, f"{mine}-{other}", minus, book.numbers[0])
            percent = 100 * minus / before if before else math.nan
            book.formula(sheet, row, 6, f"100*({mine}/{other}-1)", percent, book.numbers[2])
    sheet.freeze_panes(TOP, 2)


def _sums(book: Book, sheet: Any, shown: Shown) -> None:
    """The sum of the countries' medians by scenario, which is no median of the region."""
    look = book.looks["total"]
    of_countries: dict[str, dict[str, float]] = {}  # medians by their cells
    for number, ((scenario, code), levels) in enumerate(shown.items(), start=TOP + 1):
        if code in COUNTRIES:
            mine = of_countries.setdefault(scenario.rpartition("-")[2], {})
            mine[f"C{number}"] = levels[0.5]
    for row, (ending, mine) in enumerate(of_countries.items(), start=TOP + 1 + len(shown)):
        sheet.write_string(row, 0, f"sum of medians, {ending} (not additive)", look)
        sheet.write_string(row, 1, plural(len(mine), "country", "countries"), look)
        total = sum(median for median in mine.values() if not math.isnan(median))
        sheet.write_formula(row, 2, f"=SUM({','.join(mine)})", look, total)
