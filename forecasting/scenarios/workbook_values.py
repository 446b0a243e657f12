"""From a workbook back to a params file: the reader's yellow cells, and a refusal where anything
else was changed.

A sheet ``stamp``, hidden, holds the version, the scenario, and for each row and column of the other
sheets a sum over what their cells say: a changed cell is where a row and a column do not agree.
"""

import itertools
import json
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from forecasting import __version__
from forecasting.demand.chain_formulas import LEVERS, TARGET, TARGET_YEAR, Chain
from forecasting.errors import InputError, in_digits
from forecasting.measures import HEADLINE, PRICES
from forecasting.parameters.naming import names_of_place
from forecasting.parameters.schema import Scenario, scenario_from_parameters
from forecasting.parameters.writing import params_text
from forecasting.scenarios.known import drivers_on_day
from forecasting.scenarios.outlook import Outlook, outlook
from forecasting.scenarios.place_flows import OutlookRequest, PlaceFlow, by_year, place_flow

STAMP = "stamp"
# Of the flow, from none to the most that may be set
FLOW_FACTORS = (0.0, 0.01, 1.0, 1.5, 2.0, 4.0, 20.0)
NUMBER_IN_FORMULA = re.compile(r"(?<![A-Z$\d.])\d+\.?\d*(?:E[-+]?\d+)?")
OWN = "your own value"
INPUT_HEADS = (
    "name",
    "what it is",
    "unit",
    "scenario",
    "lowest",
    "highest",
    OWN,
    "check",
    "source",
)
SHEETS = ("inputs", "answer", "business", "model", "taken", "draws", "tables")
MAX_CELL_CHARACTERS = 30_000  # characters of a cell; Excel takes hardly more

Filled = Iterable[tuple[int, int, object]]  # row, column, content


def stamp(book: Any, scenario: dict[str, Any]) -> None:
    """Add the stamp to a book of which all other sheets are written."""
    sheet = book.add_worksheet(STAMP)
    text = json.dumps(scenario)
    parts = [
        text[start : start + MAX_CELL_CHARACTERS]
        for start in range(0, len(text), MAX_CELL_CHARACTERS)
    ]
    sheet.write_row(0, 0, [__version__, *parts])
    for row, name in enumerate(SHEETS, start=1):
        marks = _marks(_written(book.get_worksheet_by_name(name)))
        sheet.write_row(row, 0, [json.dumps(row_marks) for row_marks in marks])
    sheet.hide()


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


def _marks(cells: Filled) -> list[list[int]]:
    """Of each row, and of each column, a mark of what its cells hold, as far as a spreadsheet that
    saves them anew leaves it.
    """
    marks: list[dict[int, int]] = [{}, {}]
    for row, column, content in cells:
        text = str(content).strip()
        if text.startswith("="):
            text = NUMBER_IN_FORMULA.sub(
                lambda number: f"{float(number[0]):.5g}", text.replace(" ", "")
            )
        elif not isinstance(content, str):
            text = f"{float(text):.5g}"
        mark = zlib.crc32(f"{row},{column},{text}".encode()) % 65536
        for place, line in zip((row, column), marks, strict=True):
            line[place] = line.get(place, 0) ^ mark
    return [[line.get(place, 0) for place in range(max(line) + 1)] for line in marks]


def with_cells(scenario: Scenario, cells: Mapping[str, float]) -> Scenario:
    """The scenario that the yellow cells of its workbook amount to.

    Examples
    --------
    >>> from forecasting.scenarios.question import find_scenario
    >>> mine = with_cells(find_scenario("TM"), {"home_access": 0.5, "ev_imports.2027": 1.2})
    >>> mine.assumptions["home_access"].mode, mine.drivers[-1].start.year
    (0.5, 2027)
    """
    values = scenario.parameters()
    drivers = [*values["drivers"]]
    origin = {"reason": "set in a workbook", "source": "judgement"}
    for name, value in cells.items():
        measure, _, year = name.partition(".")
        if measure == scenario.measure:
            days = {"start": f"{year}-01-01", "end": f"{year}-12-31"}
            kind = {"kind": "level", "quantity": measure, "size": value}
            drivers.append({"name": f"own-factor-{year}", **kind, **days, **origin})
    if TARGET in cells:
        target_year = int(cells.get(TARGET_YEAR, scenario.horizon))
        kind = {"kind": "target", "quantity": "charging_points", "size": cells[TARGET]}
        drivers.append({"name": "own-target", **kind, "start": f"{target_year}-12-31", **origin})
    set_here = {name: value for name, value in cells.items() if name in LEVERS}
    values |= {"drivers": drivers, "assumptions": {**values["assumptions"], **set_here}}
    return scenario_from_parameters(values)


def chain_of_report(report: Outlook) -> tuple[Outlook, Chain]:
    """A report's outlook made again, with its draws, and the chain as formulas on them.

    Raises
    ------
    InputError
        Where the scenario no longer gives the report's numbers: facts or the package have changed.
    """
    scenario = report.scenario
    count = report.results.count
    flow_cache: dict[str, PlaceFlow] = {}

    def outlook_with(**cells: float) -> Outlook:
        return outlook(with_cells(scenario, cells), draws=count, flow_cache=flow_cache)

    remade = outlook_with()
    for measure in (scenario.measure, *HEADLINE):
        now = np.median(remade.results.values[measure][:, -1])
        stored = np.median(report.results.values[measure][:, -1])
        if not math.isclose(now, stored, rel_tol=1e-6):
            raise InputError(
                f"{report.name} gives other numbers than its report: facts or the package have "
                "changed since; run it again"
            )
    years = [f"{scenario.measure}.{year}" for year in remade.years if year >= remade.first_year]
    flows = {}
    for factor in FLOW_FACTORS:
        changed = with_cells(remade.scenario, dict.fromkeys(years, factor))
        drivers, _ = drivers_on_day(changed, remade.ledger, remade.as_of)
        request = OutlookRequest(
            changed, remade.ledger, remade.as_of, drivers, None, count, flow_cache
        )
        # Before cars built in the country take a part's place
        flows[factor] = by_year(place_flow(request, changed.place).forecast)[1]
    single = outlook_with(points_per_station=1.0)
    assert remade.demand is not None
    assert single.demand is not None
    chain = Chain(
        remade.demand,
        flows,
        single.demand.unpushed,
        flow=scenario.measure,
        first_year=remade.first_year,
        as_of=remade.as_of,
        beyond=max((driver.beyond for driver in scenario.drivers), default=0.0),
    )
    return remade, chain


def params_of_workbook(path: Path, name: str, folder: Path) -> tuple[str, str]:
    """The params file that the yellow cells of a workbook amount to.

    Parameters
    ----------
    path : Path
        A workbook of ``ev-forecast export REPORT --xlsx FILE``.
    name : str
        Of the scenario.
    folder : Path
        Where the file will be: it names ledgers of one's own from there.

    Returns
    -------
    tuple of str
        Its name, and its text.

    Raises
    ------
    InputError
        Where it is no such workbook, is of another version, was changed outside its yellow cells,
        or a yellow cell holds what it does not take; the message names the cell.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path)
        sheets = {sheet: book[sheet] for sheet in (*SHEETS, STAMP)}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidFileException) as error:
        raise InputError(
            f"{path} is no workbook of `ev-forecast export REPORT --xlsx FILE`: {error}"
        ) from None
    version, *parts = [cell.value for cell in sheets[STAMP][1] if cell.value is not None]
    if version != __version__:
        raise InputError(
            f"{path} {STAMP}!A1: made by version {version}, and this is {__version__}; "
            "export it again"
        )
    inputs = sheets["inputs"]
    column = INPUT_HEADS.index(OWN)
    cells: dict[str, float] = {}
    for row in inputs.iter_rows(min_row=2):
        cell = row[column]
        if cell.protection.locked or cell.value is None:
            continue
        lowest, highest = _bounds(inputs, cell.coordinate)
        if not isinstance(cell.value, int | float) or not lowest <= cell.value <= highest:
            raise InputError(
                f"{path} inputs!{cell.coordinate}: {cell.value!r} is not {in_digits(lowest)} to "
                f"{in_digits(highest)} {row[2].value}, which {row[0].value} takes"
            )
        cells[str(row[0].value)] = float(cell.value)
        cell.value = None
    for row, name_of_sheet in enumerate(SHEETS, start=2):
        stored = [cell.value for cell in sheets[STAMP][row]]
        _refuse_changed(path, sheets[name_of_sheet], stored)
    scenario = with_cells(scenario_from_parameters(json.loads("".join(map(str, parts)))), cells)
    origin = f"from {path.name}"
    left_out = [f"{price} {cells[price]:g}" for price in PRICES if price in cells]
    if left_out:
        origin += f"; without {' and '.join(left_out)}: no result of a run depends on a price"
    stem = f"{names_of_place(scenario.place)[0]}-{name}"
    return f"{stem}.yaml", params_text(scenario, stem, origin, folder)


def _bounds(inputs: Any, cell: str) -> tuple[float, float]:
    """What a cell takes, as its own rule says."""
    (rule,) = [rule for rule in inputs.data_validations.dataValidation if cell in rule.sqref]
    return float(rule.formula1), float(rule.formula2)


def _refuse_changed(path: Path, sheet: Any, stored: Iterable[str]) -> None:
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)
    marks = _marks((cell.row - 1, cell.column - 1, cell.value) for cell in cells)
    changed = [
        [place for place, (mark, old_mark) in enumerate(pairs, start=1) if mark != old_mark]
        for pairs in (
            itertools.zip_longest(line, json.loads(stored_line), fillvalue=0)
            for line, stored_line in zip(marks, stored, strict=True)
        )
    ]
    if any(changed):
        row, column = (places[0] if places else 1 for places in changed)
        where = f"{sheet.title}!{sheet.cell(row, column).coordinate}"
        raise InputError(
            f"{path} {where} is not as it was exported; only yellow cells are to be changed: "
            "export it again, and set them"
        )
