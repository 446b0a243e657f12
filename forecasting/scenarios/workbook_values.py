"""From a workbook back to a params file: the reader's yellow cells, and an error where any other
cell was changed.

A hidden sheet, ``stamp``, holds the version, the scenario, and a checksum of each row and of each
column of the other sheets: a changed cell lies where the sums of a row and of a column differ.
"""

import datetime as dt
import io
import itertools
import json
import math
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from forecasting import __version__
from forecasting.demand.chain import fast_share
from forecasting.demand.demand_outlook import DemandOutlook
from forecasting.demand.deployed import progress_to, start_of_plans
from forecasting.demand.fleet import PLUG_IN
from forecasting.demand.parameters import Assumption, Draws, Parameters, load_parameters
from forecasting.demand.service import service_of
from forecasting.demand.symbols import (
    LABELS,
    Cell,
    Label,
    Node,
    Part,
    Symbols,
    column_of,
    labelled,
    reachable,
)
from forecasting.growth.flow import flow_of_report
from forecasting.parameters.naming import names_of_place
from forecasting.parameters.schema import Scenario, stored_scenario
from forecasting.parameters.values import DEAREST
from forecasting.parameters.writing import params_text
from forecasting.reading.workbook_extent import check_extent
from forecasting.scenarios.assumptions import LARGEST_TARGET, demand_of, demand_parameters
from forecasting.scenarios.facts_on_day import drivers_on_day, sets_quotas
from forecasting.scenarios.outlook import Outlook, outlook
from forecasting.scenarios.place_flows import OutlookRequest, PlaceFlow, by_year, place_flow
from forecasting.vocabulary.errors import InputError, in_digits, shortened
from forecasting.vocabulary.files import read_whole
from forecasting.vocabulary.limits import (
    BOOK_BYTES_A_BYTE,
    BOOK_BYTES_AN_ELEMENT,
    MAX_BOOK_COLUMNS,
    MAX_BOOK_ROWS,
    MAX_CELL_ELEMENTS,
    MAX_UNPACKED_BYTES,
)
from forecasting.vocabulary.measures import HEADLINE, MEASURES, PRICES, WORKBOOK_ANSWERS
from forecasting.vocabulary.quantiles import Array, ratio

STAMP = "stamp"
TARGET = "charging_points_target"
TARGET_YEAR = "charging_points_target_year"
# Factors on the flow at which it is computed, from 0 to the largest that may be set
FLOW_FACTORS = (0.0, 0.01, 1.0, 2.0, 20.0)
# Further ones under a quota, which bends the line of the flow at another factor in each draw
QUOTA_FACTORS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.35, 1.5)
NUMBER_IN_FORMULA = re.compile(r"(?<![A-Z$\d.])\d+\.?\d*(?:[Ee][-+]?\d+)?")
FORMULA_OF_ROWS = re.compile(r"\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?(\d+)")
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
SHEETS = ("inputs", "answer", "business", "model", "draws", "tables")
# Assumptions whose effect the workbook holds as values, so that they cannot be set there: the
# climate by month, ages of vehicles and points, and dated plants, orders and roll-outs
BY_TABLE = (
    *("temperature_shift", "daily_spread", "cold_slope", "hot_slope"),
    *(
        "inventory_share",
        "survival_scale",
        "survival_shape",
        "used_share",
        "entry_age",
        "start_age",
        "charger_life",
    ),
    *("charging_rollout", "charging_rollout_year", "national_target", "national_target_year"),
    *("local_assembly", "local_assembly_year", "assembly_displaces", "assembly_phev"),
    *("battery_assembly", "battery_assembly_year"),
    *("deliveries", "vehicle_stock_date", "power_date"),
)
MAX_CELL_CHARACTERS = 30_000  # Excel takes 32,767

# Row, column, and the content of a cell, or an array of numbers from that cell down
CellContent = tuple[int, int, object]
CellContents = Iterable[CellContent]


class _Stamp(BaseModel):
    """What the stamp holds beside the version: the scenario, and of each sheet the checksums of its
    rows, and of its columns.
    """

    scenario: dict[str, Any]
    marks: dict[str, tuple[list[int], list[int]]]


def stamp(book: Any, scenario: dict[str, Any], cells: Mapping[str, CellContents]) -> None:
    """Add the stamp to a book of which all other sheets are written.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        The book.
    scenario : dict of str to object
        Its parameters.
    cells : mapping of str to iterable of (int, int, object)
        What each sheet holds.
    """
    sheet = book.add_worksheet(STAMP)
    marks = {name: _marks(cells[name]) for name in SHEETS}
    text = json.dumps({"scenario": scenario, "marks": marks})
    starts = range(0, len(text), MAX_CELL_CHARACTERS)
    parts = [text[start : start + MAX_CELL_CHARACTERS] for start in starts]
    sheet.write_row(0, 0, [__version__, *parts])
    sheet.hide()


def _marks(cells: CellContents) -> list[list[int]]:
    """A checksum of each row, and of each column: of texts and of five digits of numbers, which a
    spreadsheet program keeps when it saves the file again.
    """
    texts = []
    numbers = []
    blocks = []
    for row, column, content in cells:
        if isinstance(content, np.ndarray):
            rows = row + np.arange(len(content))
            blocks.append(np.column_stack([rows, np.full(len(content), column), content]))
            continue
        if isinstance(content, int | float) and not isinstance(content, bool):
            numbers.append((row, column, content))
            continue
        text = getattr(content, "text", str(content)).strip()  # of a formula for many rows
        if text.startswith("="):
            text = NUMBER_IN_FORMULA.sub(_five_digits, text.replace(" ", ""))
        texts.append((row, column, zlib.crc32(text.encode())))
    of_numbers = np.concatenate([np.array(numbers, dtype=float).reshape(-1, 3), *blocks])
    sizes = np.abs(of_numbers[:, 2])
    powers = np.floor(np.log10(sizes, where=sizes > 0, out=np.zeros_like(sizes)))
    # The five digits in which it stands, and their power of ten
    digits = np.floor(sizes / 10.0 ** (powers - 4) + 0.5) * np.sign(of_numbers[:, 2])
    of_numbers[:, 2] = digits * 31 + powers
    lines = np.concatenate([of_numbers, np.array(texts, dtype=float).reshape(-1, 3)]).astype(int)
    mixed = (lines @ [7919, 104729, 31]) % 65521
    marks = []
    for places in lines[:, :2].T:
        total = np.zeros(places.max(initial=-1) + 1, dtype=int)
        np.bitwise_xor.at(total, places, mixed)
        marks.append(total.tolist())
    return marks


def _five_digits(number: re.Match[str]) -> str:
    return f"{float(number[0]):.5g}"


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
    assumptions = dict(values["assumptions"])
    grounds = {"reason": "set in a workbook", "source": "judgement"}
    for name, value in cells.items():
        measure, _, year = name.partition(".")
        if measure == scenario.measure:
            days = {"start": f"{year}-01-01", "end": f"{year}-12-31"}
            kind = {"kind": "level", "quantity": measure, "size": value}
            drivers.append({"name": f"own-factor-{year}", **kind, **days, **grounds})
        elif name == TARGET:
            day = f"{int(cells.get(TARGET_YEAR, scenario.horizon))}-12-31"
            kind = {"kind": "target", "quantity": "charging_points", "size": value}
            drivers.append({"name": "own-target", **kind, "start": day, **grounds})
        elif name in PRICES:
            kind = {"kind": "tariff", "quantity": name, "size": value}
            drivers.append({"name": f"own-{name}", **kind, "start": values["as_of"], **grounds})
        elif name != TARGET_YEAR:
            assumptions[name] = value
    return stored_scenario(values | {"drivers": drivers, "assumptions": assumptions})


@dataclass(frozen=True)
class WorkbookChain:
    """The chain of an outlook with the reader's cells in it.

    Parameters
    ----------
    results : dict of str to dict of int to object
        By measure and year a column of draws: a `Node` where a cell moves it, else an array.
    levers : list of str
        What can be set and moves a result: the flow of a year as a factor, assumptions, a target
        and its year.
    first_year : int
        The first year in which the flow can be set.
    """

    results: dict[str, dict[int, Part]]
    levers: list[str]
    first_year: int


def chain_of_report(report: Outlook) -> tuple[Outlook, WorkbookChain]:
    """A report's outlook made again, with its draws, and the chain run on symbols.

    Raises
    ------
    InputError
        Where the scenario no longer gives the report's numbers: facts or the package have changed.
    """
    scenario = report.scenario
    count = report.results.count
    flow_cache: dict[str, PlaceFlow] = {}
    with flow_of_report(report.folder):
        remade = outlook(scenario, draws=count, flow_cache=flow_cache)
    _refuse_other_numbers(report, remade)
    flows = _flows_by_factor(remade, count, flow_cache)
    cells = _ReaderCells(
        scenario.measure,
        remade.years,
        remade.first_year,
        {factor: by_year(flow.forecast)[1] for factor, flow in flows.items()},
        sets_quotas(scenario),
    )
    request = _request(scenario, remade, count, flow_cache)
    parameters = demand_parameters(scenario, request.drivers, count)
    demand = demand_of(request, flows[1.0], parameters, cells.symbols)
    results = {scenario.measure: cells.flow - demand.displaced} | demand.results
    results |= _with_own_target(demand, remade.as_of)
    answers = _answers(results, remade)
    names = _names_of_cells(part for table in answers.values() for part in table.values())
    order = [*cells.names, TARGET, TARGET_YEAR]
    return remade, WorkbookChain(
        answers, [name for name in order if name in names], remade.first_year
    )


def _flows_by_factor(
    remade: Outlook, count: int, flow_cache: dict[str, PlaceFlow]
) -> dict[float, PlaceFlow]:
    """The flow where each year that can be set is multiplied by a factor."""
    scenario = remade.scenario
    flows = {}
    flow_factors = FLOW_FACTORS + (QUOTA_FACTORS if sets_quotas(scenario) else ())
    for factor in flow_factors:
        factors = {
            f"{scenario.measure}.{year}": factor
            for year in remade.years
            if year >= remade.first_year
        }
        changed = with_cells(scenario, {} if factor == 1 else factors)
        request = _request(changed, remade, count, flow_cache)
        flows[factor] = place_flow(request, scenario.place)
    return flows


def _answers(results: Mapping[str, Any], remade: Outlook) -> dict[str, dict[int, Part]]:
    """The results that a cell moves, by measure and by year from the first that can be set."""
    return {
        measure: {
            year: column
            for year, column in zip(remade.years, results[measure].columns, strict=True)
            if year >= remade.first_year
        }
        for measure in dict.fromkeys((remade.scenario.measure, *WORKBOOK_ANSWERS))
        if isinstance(results.get(measure), Symbols)
    }


def _refuse_other_numbers(report: Outlook, remade: Outlook) -> None:
    for measure in (report.scenario.measure, *HEADLINE):
        now = np.median(remade.results.values[measure][:, -1])
        stored = np.median(report.results.values[measure][:, -1])
        if not math.isclose(now, stored, rel_tol=1e-6):
            raise InputError(
                f"{report.name} gives other numbers than its report: facts or the package have "
                "changed since; run it again"
            )


def _request(
    scenario: Scenario, remade: Outlook, count: int, flow_cache: dict[str, PlaceFlow]
) -> OutlookRequest:
    drivers, _ = drivers_on_day(scenario, remade.ledger, remade.as_of)
    return OutlookRequest(
        scenario,
        remade.ledger,
        remade.as_of,
        drivers,
        None,
        count,
        flow_cache,
        remade.counts_of_parts,
    )


def _names_of_cells(parts: Iterable[Part]) -> set[str]:
    """The names of the reader's cells that move any of some columns."""
    nodes = reachable(part for part in parts if isinstance(part, Node))
    return {part.name for node in nodes for part in node.parts if isinstance(part, Cell)}


class _ReaderCells:
    """Symbols in the place of a flow and of the assumptions that a reader may set.

    Parameters
    ----------
    measure : str
        Of the flow.
    years : sequence of int
        Of the flow.
    first_year : int
        The first of them that can be set.
    flows : mapping of float to ndarray, shape (draws, years)
        The flow by factor, from 0 to the largest that may be set.
    quotas : bool
        Whether the scenario sets quotas, under which only a part of a larger flow comes.
    """

    def __init__(
        self,
        measure: str,
        years: Sequence[int],
        first_year: int,
        flows: Mapping[float, Array],
        quotas: bool,
    ) -> None:
        self.names = [f"{measure}.{year}" for year in years if year >= first_year]
        self.flows = flows
        self.quotas = quotas
        # Registered vehicles are not exported again
        self.unsettable = {"reexport_share"} if MEASURES[measure].of_owners else set()
        draws = len(flows[1.0])
        columns: list[Part] = []
        for place, year in enumerate(years):
            column: Part = flows[1.0][:, place]
            if year >= first_year:
                column = self._scaled(f"{measure}.{year}", place)
            columns.append(column)
        self.flow = labelled("vehicles that come", Symbols(columns, draws), years)

    def _scaled(self, name: str, place: int) -> Node:
        """The flow of a year with the reader's factor: the part that the facts cover, plus the
        factor times the other, up to a limit. The flow of the scenario where no factor is set.
        """
        table = {size: flow[:, [place]] for size, flow in self.flows.items()}
        _, small_factor, *_, large_factor = sorted(table)
        fixed_part = table[0.0]
        unit_flow = (table[small_factor] - fixed_part) / small_factor
        limit = table[large_factor] - fixed_part
        values = table[1.0][:, 0]
        factor = Symbols([Node(np.ones_like(values), "{}", (Cell(name),))], len(values))
        scaled_part: Any = factor * unit_flow
        if self.quotas:
            # The line bends at each factor
            sizes = sorted(table)[:-1]
            flows = np.hstack([table[size] for size in sizes])
            bends = np.diff(np.diff(flows) / np.diff(sizes))
            for size, bend in zip(sizes[1:-1], bends.T, strict=True):
                scaled_part = scaled_part + np.maximum(factor - size, 0.0) * bend[:, None]
        if np.any(limit < large_factor * unit_flow * 0.999):
            scaled_part = np.minimum(scaled_part, limit)
        parts = (Cell(name), (fixed_part + scaled_part).columns[0], values)
        return Node(values, "IF(ISNUMBER({0}),{1},{2})", parts)

    def symbols(self, imports: Array, sample: Draws, parameters: Parameters) -> tuple[Any, Any]:
        """Imports and draws of assumptions, with the reader's cells in them."""
        import_ratio: Any = ratio(imports, self.flows[1.0], 1.0)
        levers = {
            row.key: Symbols([_settable(row.key, sample[row.key][:, 0])], len(imports))
            for row in parameters
            if _can_be_set(row, parameters) and row.key not in self.unsettable
        }
        self.names += levers
        return self.flow * import_ratio, sample | levers


def _can_be_set(row: Assumption, parameters: Parameters) -> bool:
    """Whether a reader may set an assumption: it is of electric cars, no dated event acts on it,
    and the workbook computes its effect.
    """
    of_cars = row.vehicle_class in ("", "bev", PLUG_IN)
    return of_cars and row.name not in BY_TABLE and row.key not in parameters.events


def _settable(name: str, values: Array) -> Node:
    """The reader's value, or where the cell is empty each draw's."""
    node = Node(values, "IF(ISNUMBER({0}),{0},{1})", (Cell(name), column_of(values)))
    LABELS[node] = Label(name)
    return node


def _with_own_target(demand: DemandOutlook, as_of: dt.date) -> Draws:
    """Practice, its stations, their service and the targets as formulas of the workbook: as they
    are, unless the reader's cell sets a target.
    """
    per_station = demand.sample["points_per_station"]
    draws = len(per_station)
    until = float(demand.years[-1])
    number: Any
    year: Any
    number, year = (
        Symbols(
            [Node(np.full(draws, value), "IF(ISNUMBER({0}),{0},{1})", (Cell(name), value))], draws
        )
        for name, value in ((TARGET, 0.0), (TARGET_YEAR, until))
    )
    is_set: Any = Symbols([Node(np.zeros(draws), "ISNUMBER({})", (Cell(TARGET),))], draws)
    start = start_of_plans(demand.years, demand.standing, as_of)
    standing = np.zeros((draws, 1))
    if demand.standing is not None:
        standing = demand.standing.points(per_station)
    missing = np.maximum(number, standing) - standing
    path: Any = standing + missing * progress_to(demand.years, start, year + 1.0)
    results = demand.results
    practice = np.maximum(results["charging_points_practice"], np.where(is_set, path, 0.0))
    announced = results.get(TARGET)
    own_path = path
    if announced is not None and any(np.any(target.pursued) for target in demand.targets):
        own_path = np.maximum(path, announced)
    changed = {"charging_points_practice": practice, "charging_stations": practice / per_station}
    fast = practice * fast_share(demand.sample, demand.years)
    changed |= service_of(demand.energy_served, practice, fast, demand.years, demand.sample)
    if announced is not None:
        changed[TARGET] = np.where(is_set, own_path, announced)
    return changed


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
    book = _open(path)
    version, *parts = [content for *_, content in _cells_of(path, book, STAMP)] or [None]
    if version != __version__:
        raise InputError(
            f"{path} {STAMP}!A1: made by version {shortened(str(version))}, and this is"
            f" {__version__}; export it again"
        )
    try:
        stamped = _Stamp.model_validate_json("".join(map(str, parts)))
    except ValidationError:
        raise InputError(f"{path} {STAMP}!B1 is not as it was exported: export it again") from None
    entries: list[_Entry] = []
    for name_of_sheet in SHEETS:
        cells = _cells_of(path, book, name_of_sheet)
        if name_of_sheet == "inputs":
            cells, entries = _entries_of(cells)
        _refuse_changed(path, name_of_sheet, cells, stamped.marks.get(name_of_sheet, ([], [])))
    scenario = stored_scenario(stamped.scenario)
    cell_values = _checked_values(path, entries, scenario)
    stem = f"{names_of_place(scenario.place)[0]}-{name}"
    text = params_text(with_cells(scenario, cell_values), stem, f"from {path.name}", folder)
    return f"{stem}.yaml", text


def limits_of_cell(
    name: str, scenario: Scenario, parameters: Parameters, first_year: int
) -> tuple[float, float]:
    """The least and the largest number that a yellow cell takes.

    Parameters
    ----------
    name : str
        Of the cell.
    scenario : Scenario
        Of the workbook.
    parameters : Parameters
        The assumptions of its country.
    first_year : int
        The first in which anything can be set.

    Raises
    ------
    AssumptionError
        Where there is no such cell.

    Examples
    --------
    >>> from forecasting.demand.parameters import load_parameters
    >>> from forecasting.scenarios.question import find_scenario
    >>> limits_of_cell("annual_km", find_scenario("UZ"), load_parameters(), 2027)
    (1000.0, 150000.0)
    """
    if name == TARGET:
        return 1, LARGEST_TARGET
    if name == TARGET_YEAR:
        return first_year, scenario.horizon
    if name in PRICES:
        return 0, DEAREST
    if name.partition(".")[0] == scenario.measure:
        return 0, FLOW_FACTORS[-1]
    row = parameters[name]
    return row.minimum, row.maximum


def _open(path: Path) -> Any:
    """A workbook of this package, read as a stream."""
    import openpyxl

    try:
        data = read_whole(path)
        check_extent(
            str(path),
            data,
            "export it again",
            MAX_UNPACKED_BYTES + BOOK_BYTES_A_BYTE * len(data),
            MAX_CELL_ELEMENTS + len(data) // BOOK_BYTES_AN_ELEMENT,
        )
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        missing = {*SHEETS, STAMP} - {*book.sheetnames}
    except InputError:
        raise
    except Exception as error:  # for a damaged file the library raises errors of many kinds
        raise _no_workbook(path, error) from None
    if missing:
        raise _no_workbook(path, f"it has no sheet {min(missing)}")
    return book


def _no_workbook(path: Path, reason: object) -> InputError:
    words = " ".join(str(reason).split())[:150]
    return InputError(
        f"{path} is no workbook of `ev-forecast export REPORT --xlsx FILE`: {words}; export it"
        " again"
    )


def _cells_of(path: Path, book: Any, sheet: str) -> list[CellContent]:
    """The cells of a sheet that hold something, but for what formulas give."""
    cells: list[CellContent] = []
    ends: dict[int, int] = {}  # by column, the last row of the formula that stands above
    try:
        book[sheet].reset_dimensions()  # the library would leave out what lies beyond them
        for number, row in enumerate(book[sheet].iter_rows(), start=1):
            if number > MAX_BOOK_ROWS or len(row) > MAX_BOOK_COLUMNS:
                raise InputError(
                    f"{path} {sheet}, row {number:,}: lies, or ends, far from all that was"
                    " exported; delete what is there"
                )
            for cell in row:
                if cell.value is None or cell.row <= ends.get(cell.column, 0):
                    continue
                cells.append((cell.row - 1, cell.column - 1, cell.value))
                if rows := FORMULA_OF_ROWS.fullmatch(getattr(cell.value, "ref", "")):
                    ends[cell.column] = int(rows[1])
    except InputError:
        raise
    except Exception as error:  # as in `_open`
        raise _no_workbook(path, f"{sheet}: {error}") from None
    return cells


@dataclass(frozen=True)
class _Entry:
    """What a reader may set: a row of the inputs, with the value in its yellow cell."""

    name: str
    cell: str
    unit: object
    value: Any


def _entries_of(cells: Iterable[CellContent]) -> tuple[list[CellContent], list[_Entry]]:
    """The cells of the inputs without the yellow ones, which are empty in the checksums, and the
    entries in those. A cell is a yellow one by its place: its looks and its rules go where another
    cell is pasted over it.
    """
    own = INPUT_HEADS.index(OWN)
    table = {(row, column): content for row, column, content in cells}
    rows = [row for row, column in table if row and not column]
    entries = [
        _Entry(
            str(table[row, 0]),
            _cell_name("inputs", row, own),
            table.get((row, 2)),
            table.pop((row, own), None),
        )
        for row in rows
    ]
    return [(row, column, content) for (row, column), content in table.items()], entries


def _checked_values(path: Path, entries: Sequence[_Entry], scenario: Scenario) -> dict[str, float]:
    """The reader's numbers by the names of their cells."""
    parameters = load_parameters().at(scenario.country)
    prefix = f"{scenario.measure}."
    years = [entry.name.removeprefix(prefix) for entry in entries if entry.name.startswith(prefix)]
    first_year = min((int(year) for year in years if year.isdecimal()), default=scenario.horizon)
    values: dict[str, float] = {}
    for entry in entries:
        value = entry.value
        if value is None:
            continue
        least, most = limits_of_cell(entry.name, scenario, parameters, first_year)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise InputError(
                f"{path} {entry.cell}: {shortened(repr(value))} is not {in_digits(least)} to "
                f"{in_digits(most)} {entry.unit}, which {entry.name} takes"
            )
        if entry.name == TARGET_YEAR and value != int(value):
            raise InputError(f"{path} {entry.cell}: {value} is no year; give a whole one")
        values[entry.name] = float(value)
    return values


def _cell_name(sheet: str, row: int, column: int) -> str:
    """How a message calls a cell, e.g. ``inputs!G5``."""
    from openpyxl.utils import get_column_letter

    return f"{sheet}!{get_column_letter(column + 1)}{row + 1}"


def _refuse_changed(
    path: Path, sheet: str, cells: Iterable[CellContent], stored: Sequence[Sequence[int]]
) -> None:
    changed = []
    for sums, stored_sums in zip(_marks(cells), stored, strict=True):
        pairs = itertools.zip_longest(sums, stored_sums, fillvalue=0)
        changed.append([place for place, (now, old) in enumerate(pairs, start=1) if now != old])
    if any(changed):
        row, column = (places[0] if places else 1 for places in changed)
        where = _cell_name(sheet, row - 1, column - 1)
        raise InputError(
            f"{path} {where} is not as it was exported; only yellow cells are to be changed: export"
            " it again, and set them"
        )
