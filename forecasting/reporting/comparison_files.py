"""All scenarios of a folder in one workbook and one CSV, beside ``comparison.parquet``.

The workbook's first sheet is alive: choose a measure and a year, and it looks up each scenario's
median and interval, and the difference to the baseline. Another workbook, made when asked for, adds
the draws of chosen countries.
"""

import contextlib
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evidence.fact import label_of, place_term
from forecasting.reporting.labels import BASELINE, unit_of
from forecasting.reporting.result_tables import DIFFERENCE, yearly
from forecasting.reporting.workbook import RESULTS_TABLE
from forecasting.scenarios.joint_draws import Results, difference
from forecasting.scenarios.outlook_files import load_draws, load_record
from forecasting.vocabulary.catalogues import ENGLISH, file_in, written_in
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.files import write_whole
from forecasting.vocabulary.measures import EV_FLOWS, HEADLINE
from forecasting.vocabulary.names import (
    COMPARISON_CSV,
    COMPARISON_TABLE,
    COMPARISON_WORKBOOK,
    DRAWS_TABLE,
    OUTLOOK_TABLE,
)
from forecasting.vocabulary.places import is_place
from forecasting.vocabulary.quantiles import Array
from forecasting.vocabulary.sentences import Term, sentence
from forecasting.writers.columns import (
    INTERVAL_LEVELS,
    LEVEL_HEADS,
    Column,
    Row,
    TableForm,
    table_words,
)
from forecasting.writers.sheets import Book, csv_bytes, letters, sheet_column

Shown = Mapping[Any, Mapping[Any, float]]  # levels by scenario and place

DEFAULT_MEASURE = HEADLINE[0]  # the measure that a sheet shows when it is opened
# Of the median of a difference from the baseline and of the ends of its range, by level
DIFFERENCE_HEADS = {
    0.5: f"minus baseline: {DIFFERENCE}",
    0.1: "10 % of the difference",
    0.9: "90 % of the difference",
}


def _place_words(code: str) -> str:
    """The name of a place in the language; the code of a sum of places as it is."""
    return str(place_term(code)) if is_place(code) else code


ALL_RESULTS_TABLE = TableForm(
    [
        Column("key", lambda row: _key(row)),
        Column("scenario"),
        Column("country", form=_place_words),
        *RESULTS_TABLE.columns,
        *(Column(head, missing="") for head in DIFFERENCE_HEADS.values()),
    ]
)
# Of the sheet All what is printed, its first rows
ON_PAPER = (*EV_FLOWS, *HEADLINE)
YEARS_ON_PAPER = 5
# Columns of the sheet All that are looked up
LEVEL_COLUMNS = {"J": 0.5, "H": 0.1, "L": 0.9}
DIFFERENCE_COLUMNS = dict(zip("NOP", DIFFERENCE_HEADS.values(), strict=True))
LOOK_UP = (
    'INDEX(All!${column}:${column},MATCH("{{scenario}}|{{country}}|"&$B$6&"|"&$B$7,All!$A:$A,0))'
)
COMPARE_TABLE = TableForm(
    [
        Column("scenario"),
        Column("country", form=_place_words),
        *(
            sheet_column(LEVEL_HEADS[level], level, LOOK_UP.format(column=column), 0)
            for column, level in LEVEL_COLUMNS.items()
        ),
        *(
            sheet_column(head, head, LOOK_UP.format(column=column), 0)
            for column, head in DIFFERENCE_COLUMNS.items()
        ),
        sheet_column("in % of the baseline's median", "percent", "100*F{row}/C{base}", 2),
    ]
)
SCENARIO_ROW = 9  # row of the first scenario
HOW_TO_READ = (
    "Choose a measure and a year in the two yellow cells; every number below is looked up on the "
    "sheet All.",
    "A difference is taken draw by draw: both scenarios share their random numbers. Its median is "
    "not the difference of the medians beside it.",
    "Medians of countries do not add. To choose countries, and to add their draws: "
    "ev-forecast export REPORTS --xlsx FILE, of the folder of all reports.",
)
ALL_SCENARIOS = "All scenarios"
SIDE_BY_SIDE = "All scenarios side by side"
CHOSEN_HEADS = ("Measure", "Year", "Unit")
CHOSEN_TOGETHER = "Chosen countries together"
HOW_TO_CHOOSE = (
    "compare: choose in the yellow cells a measure, a year, a scenario, and for each country yes "
    "or no. Draws of the chosen countries are added one by one, and so are those of their "
    "baselines; both sums and their difference have 80 % intervals of their own.",
    "Where a country has no such scenario, its baseline stands in.",
    "draws: the reports' draws as values, and first the sums. Draw by draw all scenarios of one "
    "seed share their random numbers: a difference is of what was changed, and not of chance.",
)
MAX_DRAW_CELLS = 480_000  # of draws: with more the file would be too large
WEIGHTS_ROW = (
    4  # row of the sheet draws that says which columns are added, and the next of baselines
)
FIRST_DRAW = 7
SUM_NAMES = tuple(Term(name, "sum") for name in ("chosen", "baseline", "difference"))
YES = Term("yes", "cell")


def write_comparison(folder: Path, table: pd.DataFrame, codes: Sequence[str] = (ENGLISH,)) -> None:
    """Write ``comparison.parquet``, and the same as CSV and, in each language, as a workbook.

    Parameters
    ----------
    folder : Path
        A folder of reports.
    table : pandas.DataFrame
        The results of all of them, one row or more.
    codes : sequence of str
        The languages of the workbooks.
    """
    contents = {
        COMPARISON_TABLE: table.to_parquet(index=False),
        COMPARISON_CSV: csv_bytes(table),
    }
    wide = yearly(table).join(_differences(folder))
    for code in codes:
        with written_in(code):
            contents[file_in(COMPARISON_WORKBOOK, code)] = _workbook(wide)
    for name, content in contents.items():
        write_whole(folder / name, content)


def _differences(folder: Path) -> pd.DataFrame:
    """Each scenario minus its baseline, draw by draw: median and 80 % range by scenario, place,
    measure and year, of reports of one seed and version.
    """
    reports = {name: (parts, _origin(record, parts[0])) for name, parts, record in _reports(folder)}
    names = ["scenario", "country", "measure", "year"]
    tables = {}
    for name, (parts, origin) in reports.items():
        base_parts, base_origin = reports.get(_baseline_of(name), ((), ""))
        if origin != base_origin or name == _baseline_of(name):
            continue
        for part, base in itertools.product(parts, base_parts):
            if part.country == base.country:
                changes = difference(part, base)
                for measure in changes.values:
                    bands = changes.bands(measure)[[*DIFFERENCE_HEADS]]
                    tables[name, part.country, measure] = bands.rename(columns=DIFFERENCE_HEADS)
    if not tables:
        index = pd.MultiIndex.from_tuples([], names=names)
        return pd.DataFrame(columns=[*DIFFERENCE_HEADS.values()], index=index, dtype=float)
    return pd.concat(tables, names=names)


def _baseline_of(name: str) -> str:
    """The name of the baseline of a scenario's place."""
    return f"{name.rpartition('-')[0]}-{BASELINE}"


def _reports(
    folder: Path, measures: Sequence[str] | None = None
) -> Iterator[tuple[str, tuple[Results, ...], dict[str, Any]]]:
    """Each report of a folder whose draws are whole: its name, its draws, and its record."""
    for path in sorted(folder.glob(f"*/{DRAWS_TABLE}")):
        with contextlib.suppress(InputError):
            parts = load_draws(path, measures)
            yield path.parent.name, parts, load_record(path.with_name(OUTLOOK_TABLE))


def _origin(record: Mapping[str, Any], part: Results) -> str:
    """What the draws of two reports have in common where they are of the same worlds."""
    seed = record.get("parameters", {}).get("seed")
    return f"seed {seed}, {part.count:,} draws, version {record.get('version')}"


def _workbook(wide: pd.DataFrame) -> bytes:
    """A live sheet, and the table that it looks numbers up in."""
    book = Book(sentence(ALL_SCENARIOS))
    live = book.sheet("Compare", sentence(SIDE_BY_SIDE), (34, 38, *[16] * 7))
    _table(book, wide)
    measures = list(wide.index.unique("measure"))
    years = sorted(wide.index.unique("year"))
    measure = DEFAULT_MEASURE if DEFAULT_MEASURE in measures else measures[0]
    for row, words in enumerate(HOW_TO_READ, start=1):
        live.write_string(row, 0, sentence(words), book.looks["note"])
    measure_head, year_head, unit_head = (table_words(head, "head") for head in CHOSEN_HEADS)
    book.choice(live, 5, measure_head, [*map(label_of, measures)], label_of(measure))
    book.choice(live, 6, year_head, years, years[-1])
    live.write_string(7, 0, unit_head)
    unit = '=IFERROR(INDEX(All!$E:$E,MATCH($B$6,All!$D:$D,0)),"")'
    live.write_formula(7, 1, unit, book.looks["note"], str(Term(unit_of(measure), "unit")))
    runs = list(dict.fromkeys((key[0], key[1]) for key in wide.index))
    numbers = pd.DataFrame(wide.xs((measure, years[-1]), level=["measure", "year"])).reindex(runs)
    _scenarios(book, live, numbers.to_dict("index"))
    final_row = SCENARIO_ROW + len(runs) - 1
    live.print_area(0, 0, final_row, len(COMPARE_TABLE.columns) - 1)
    return book.content()


def _key(row: Row) -> str:
    """What the live sheet looks a row up by."""
    return f"{row['scenario']}|{row['country']}|{label_of(row['measure'])}|{row['year']}"


def _table(book: Book, wide: pd.DataFrame) -> None:
    """Every scenario's yearly results; the first column is what the live sheet looks up."""
    sheet = book.sheet("All", "", (8, 30, 18, 40, 12, 8, *[13] * len(LEVEL_HEADS), *[16] * 3))
    rows = wide.rename(columns=LEVEL_HEADS).reset_index().to_dict("records")
    since = max(row["year"] for row in rows) - YEARS_ON_PAPER

    def is_on_paper(row: Row) -> bool:
        return row["measure"] in ON_PAPER and row["year"] > since

    rows.sort(key=is_on_paper, reverse=True)
    table = ALL_RESULTS_TABLE.table(rows)
    book.table(sheet, 0, table, frozen=6)
    sheet.print_area(0, 0, sum(map(is_on_paper, rows)), len(table.frame.columns) - 1)
    # As wide as its words: LibreOffice makes a row as high as what is wrapped in it, seen or not
    sheet.set_column(0, 0, max(len(_key(row)) for row in rows), None, {"hidden": True})
    sheet.repeat_rows(0)


def _scenarios(book: Book, sheet: Any, levels: Shown) -> None:
    """Each scenario of each place, looked up, and its median against that of the baseline."""
    places = {run: SCENARIO_ROW + number for number, run in enumerate(levels, start=1)}
    rows = []
    for (scenario, code), row in places.items():
        cells = {"scenario": scenario, "country": code, "row": row, **levels[scenario, code]}
        base = (_baseline_of(scenario), code)
        if base not in places or base == (scenario, code):
            for head in DIFFERENCE_HEADS.values():
                del cells[head]
        else:
            baseline_median = levels[base][0.5]
            minus = cells[DIFFERENCE_HEADS[0.5]]
            percent = 100 * minus / baseline_median if baseline_median else math.nan
            cells |= {"base": places[base], "percent": percent}
        rows.append(cells)
    book.table(sheet, SCENARIO_ROW - 1, COMPARE_TABLE.table(rows))
    sheet.freeze_panes(SCENARIO_ROW, 2)


def live_comparison(folder: Path) -> bytes:
    """A workbook that adds draws of chosen countries under a chosen scenario, beside the baseline.

    Parameters
    ----------
    folder : Path
        A folder of reports.

    Raises
    ------
    InputError
        Where no report there is the baseline of a country.
    """
    parts = _of_countries(folder)
    places, scenarios = (list(dict.fromkeys(words)) for words in zip(*parts, strict=True))
    width = len(parts) * len(HEADLINE)
    count = min(len(next(iter(parts.values())).values[DEFAULT_MEASURE]), MAX_DRAW_CELLS // width)
    years = sorted(set.intersection(*({*part.years} for part in parts.values())))
    years = years[-max(MAX_DRAW_CELLS // (count * width), 1) :]
    title = sentence(CHOSEN_TOGETHER)
    book = Book(title)
    readme = book.sheet("read me", title, (110,))
    readme.write_column(2, 0, map(sentence, HOW_TO_CHOOSE), book.looks["text"])
    draws = book.sheet("draws", "", [14] * len(SUM_NAMES))
    compare = book.sheet("compare", title, (26, 28, 4, *[16] * 4))
    measures = [Term(measure, "measure to choose") for measure in HEADLINE]
    choices: dict[Term, Sequence[Term | int]] = {
        Term("measure", "head"): measures,
        Term("year", "head"): years[::-1],
        Term("scenario", "head"): scenarios,
        **dict.fromkeys(places, (YES, Term("no", "cell"))),
    }
    cells: dict[str, str] = {}
    for row, (name, values_to_choose) in enumerate(choices.items(), start=2):
        words = _said(values_to_choose)
        cells[name] = book.choice(compare, row, str(name), words, words[0])
    heads = [(*head, *key) for head in itertools.product(measures, years) for key in parts]
    end_column = letters(len(SUM_NAMES) + len(heads) - 1)
    sums = np.zeros((count, 2))
    for column, head in enumerate(heads, start=len(SUM_NAMES)):
        measure, year, place, scenario = head
        part = parts[place, scenario]
        values = part.values[measure][:count, part.years.index(year)]
        short = [float(f"{value:.4g}") for value in values]
        draws.write_column(0, column, _said(head))
        draws.write_column(FIRST_DRAW, column, short)
        # What is chosen when the file is opened: the first measure and scenario, the last year
        weights = np.zeros(2)
        if (measure, year) == (HEADLINE[0], years[-1]):
            baseline = scenario == BASELINE
            stands_in = baseline and (place, scenarios[0]) not in parts
            weights[:] = scenario == scenarios[0] or stands_in, baseline
        _write_weights(draws, column, head, weights, cells, end_column)
        sums += np.outer(short, weights)
    _sums(draws, sums, end_column)
    _answers(book, compare, sums)
    for sheet in book.book.worksheets():
        sheet.protect("")
    compare.activate()
    return book.content()


def _said(values: Iterable[Term | int]) -> list[str | int]:
    """Names in the language, and years as they are."""
    return [str(value) if isinstance(value, Term) else value for value in values]


def _write_weights(
    draws: Any,
    column: int,
    head: tuple[Term, int, Term, Term],
    weights: Array,
    cells: Mapping[str, str],
    end_column: str,
) -> None:
    """Whether a column of draws counts under the chosen scenario and under the baseline: 1 or 0.

    A country without the chosen scenario counts with its baseline.
    """
    *_, place, scenario = head
    at = letters(column)
    same = f'{at}1={cells["measure"]},{at}2={cells["year"]},{cells[place]}="{YES}"'
    selected = f"{at}4={cells['scenario']}"
    baseline = scenario == BASELINE
    if baseline:
        scenario_count = (
            f"COUNTIFS($D3:${end_column}3,{at}3,$D4:${end_column}4,{cells['scenario']})"
        )
        selected = f"OR({selected},{scenario_count}=0)"
    for row, when in enumerate((selected, str(baseline).upper())):
        text = f"=IF(AND({same},{when}),1,0)"
        draws.write_formula(WEIGHTS_ROW + row, column, text, None, int(weights[row]))


def _sums(sheet: Any, sums: Array, end_column: str) -> None:
    """Each draw's sum under the chosen scenario and under the baseline, and the first less the
    second.
    """
    sheet.write_row(FIRST_DRAW - 1, 0, _said(SUM_NAMES))
    for row, (chosen, baseline) in enumerate(sums.tolist(), start=FIRST_DRAW + 1):
        cells = f"D{row}:{end_column}{row}"
        formulas = {
            f"=SUMPRODUCT(D$5:{end_column}$5,{cells})": chosen,
            f"=SUMPRODUCT(D$6:{end_column}$6,{cells})": baseline,
            f"=A{row}-B{row}": chosen - baseline,
        }
        for column, (text, value) in enumerate(formulas.items()):
            sheet.write_formula(row - 1, column, text, None, value)


def _answers(book: Book, sheet: Any, sums: Array) -> None:
    """Medians and 80 % intervals of the sums and of their difference."""
    levels = [table_words(head, "head") for head in INTERVAL_LEVELS]
    sheet.write_row(1, 3, ["", *levels], book.looks["head of numbers"])
    end = FIRST_DRAW + len(sums)
    # Of whatever size the numbers are that are chosen
    look = book.book.add_format({"num_format": "[>=100]#,##0;[<=-100]-#,##0;0.00"})
    for row, (name, added) in enumerate(
        zip(SUM_NAMES, (*sums.T, sums @ [1, -1]), strict=True), start=2
    ):
        sheet.write_string(row, 3, str(name))
        letter = letters(row - 2)
        for column, level in enumerate(INTERVAL_LEVELS.values(), start=4):
            text = f"PERCENTILE(draws!${letter}${FIRST_DRAW + 1}:${letter}${end},{level})"
            book.formula(sheet, row, column, text, float(np.quantile(added, level)), look)


def _of_countries(folder: Path) -> dict[tuple[Term, Term], Results]:
    """Draws of a folder's reports by country and scenario, where the country has a baseline.

    Raises
    ------
    InputError
        Where there is none, or the draws of two reports are not of the same worlds.
    """
    parts = {}
    origins = {}
    for _, (part, *_), record in _reports(folder, HEADLINE):
        if {*HEADLINE} <= {*part.values} and record:  # the report of a country
            scenario = Term(record["parameters"]["scenario"], "scenario")
            key = (place_term(part.country), scenario)
            parts[key] = part
            origins[key] = _origin(record, part)
    compared = {key: part for key, part in parts.items() if (key[0], BASELINE) in parts}
    if not compared:
        raise InputError(f"{folder} holds no report of a country's baseline; run one first")
    reference, *keys = compared
    for key in keys:
        if origins[key] != origins[reference]:
            raise InputError(
                f"{parts[reference].scenario} ({origins[reference]}) and {parts[key].scenario} "
                f"({origins[key]}) do not share their random numbers, so their draws cannot be "
                "added; give both params files one seed, and run them again"
            )
    return compared
