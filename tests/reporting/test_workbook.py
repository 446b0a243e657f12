"""A workbook that lives: with no cell set it has the report's answers, with one set those of a new
run; LibreOffice reckons it anew.
"""

from __future__ import annotations

import csv
import dataclasses
import itertools
import re
import shutil
import subprocess
import time
import zipfile
from copy import copy
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

import forecasting as fc
from forecasting.cli import main
from forecasting.demand import chain
from forecasting.demand.chain import all_vehicles
from forecasting.demand.consequences import point_business
from forecasting.demand.parameters import load_parameters
from forecasting.growth.flow import save_flow
from forecasting.parameters.writing import new_params
from forecasting.reporting.charging_tables import SOLD_AT
from forecasting.reporting.comparison_files import live_comparison
from forecasting.reporting.exports import export_report
from forecasting.reporting.workbook_live import live_workbook
from forecasting.scenarios import assumptions
from forecasting.scenarios.outlook import load_outlook
from forecasting.scenarios.question import find_scenario
from forecasting.scenarios.workbook_values import INPUT_HEADS, OWN, params_of_workbook, with_cells
from forecasting.vocabulary.catalogues import written_in
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.names import FLOW_DRAWS
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.numbers import readable
from forecasting.writers.sheets import Book, sheet_column

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared_forecasts")]

LEVELS = {"10 %": 0.1, "median": 0.5, "90 %": 0.9}
TOGETHER = {"annual_km": 9_000, "home_access": 0.6, "utilisation_scale": 0.8}
# What is set in each workbook: every kind of lever once, no more than four beside each other
LEVERS = {
    "uzbekistan-baseline": (
        {},
        {"annual_km": 16_000, "power_delivery_scale": 0.8, "points_per_station": 3},
        {"consumption": 21, "public_point_kw": 45, "class_share.phev": 0.2},
        {
            "home_access": 0.3,
            "utilisation_scale": 1.3,
            "charger_efficiency.dc": 0.8,
            "charger_cost.enroute_dc": 90_000,
        },
    ),
    "kazakhstan-baseline": ({}, TOGETHER),
    "kyrgyzstan-constrained": ({}, TOGETHER),
}
LIMIT = 0.01  # of a new run, at each level
# How old the points are is the scenario's; of few draws an end is one draw's, which feels it
LIMIT_OF_FEW = 0.03
MANY_DRAWS = 300
# LibreOffice reckons a workbook of another program only where it is told to
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


DRAWS = 60  # as many columns and formulas as with more, in a small part of the time


class Made:
    """A scenario's outlook, its workbook, and outlooks with other assumptions."""

    def __init__(self, name, folder, draws=DRAWS):
        self.kept = {}
        self.draws = draws
        self.scenario = find_scenario(name)
        self.outlook = self.with_cells({})
        self.path = folder / f"{self.scenario.name}.xlsx"
        self.path.write_bytes(live_workbook(self.outlook))
        book = openpyxl.load_workbook(self.path, read_only=True)
        own = INPUT_HEADS.index(OWN)
        rows = [row for row in book["inputs"].iter_rows(min_row=2) if row[0].value]
        self.cells = {row[0].value: row[own].coordinate for row in rows}
        book.close()

    def with_cells(self, own):
        return fc.outlook(with_cells(self.scenario, own), draws=self.draws, flow_cache=self.kept)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return {name: Made(name, tmp_path_factory.mktemp(name)) for name in LEVERS}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return Made("uzbekistan-baseline", tmp_path_factory.mktemp("small"), draws=20)


@pytest.mark.parametrize(
    "table",
    [
        (Path(__file__).parents[2] / "examples" / "colombia.csv").read_text(),
        "Country,Quarter,EV sales\nColombia,2025Q1,100\nColombia,2025Q2,200\n",
    ],
)
def test_a_market_of_unknown_size_or_short_history_has_its_answers(table, tmp_path):
    (tmp_path / "mine.csv").write_text(table)
    keys = {"ledger": "[mine.csv]", "measure": "ev_sales", "published": "2026-06-30"}
    name, text = new_params("Colombia", keys=keys)
    (tmp_path / name).write_text(text)
    colombia = Made(tmp_path / name, tmp_path, draws=20)
    assert "ev_share_percent" not in colombia.outlook.results.values
    book = openpyxl.load_workbook(colombia.path, data_only=True)
    sheet = book["answer"]
    answers = {(row[0], row[1]): row[2:5] for row in sheet.iter_rows(min_row=2, values_only=True)}
    # A step without a name is told by the head of its column, which stands before it
    heads, words = itertools.islice(book["model"].iter_rows(values_only=True), 2)
    steps = [(at, step) for at, text in enumerate(words) for step in re.findall(r"step \d+", text)]
    assert steps
    assert all(step in heads[:at] for at, step in steps)
    assert {"ev_sales", "charging_points_need"} <= {measure for measure, _ in answers}
    for (measure, year), ends in answers.items():
        draws = colombia.outlook.results.values[measure][:, colombia.outlook.years.index(year)]
        assert ends == pytest.approx(np.quantile(draws, [0.1, 0.5, 0.9]), rel=1e-6)


def set_cells(path, target, values, sheet="inputs"):
    """A copy with cells filled, as a spreadsheet would, in a second rather than the ten that it
    takes to read and write all of it.
    """
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = re.findall('<sheet name="([^"]+)"', old.read("xl/workbook.xml").decode())
        for part in old.namelist():
            text = old.read(part)
            if part == f"xl/worksheets/sheet{names.index(sheet) + 1}.xml":
                for cell, value in values.items():
                    there = rf'<c r="{cell}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'.encode()
                    filled = rf'<c r="{cell}"\1 {content_of(value)}</c>'.encode()
                    text, count = re.subn(there, filled, text)
                    assert count == 1
            new.writestr(part, text)
    return target


def content_of(value):
    """What stands in a cell, as a workbook writes it."""
    if isinstance(value, bool):
        return f't="b"><v>{int(value)}</v>'
    if isinstance(value, int | float):
        return f"><v>{value}</v>"
    if str(value).startswith("="):
        return f"><f>{value[1:]}</f>"
    return f't="str"><v>{escape(value)}</v>'


def converted(paths, folder, form):
    """The folder with each workbook in another form, after LibreOffice has reckoned it."""
    office = shutil.which("soffice")
    assert office, "soffice is missing: apt-get install libreoffice-calc-nogui"
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS)
    where = [f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    call = [office, *where, "--convert-to", form, "--outdir", folder, *paths]
    subprocess.run(call, check=True, capture_output=True)
    return folder


def reckoned(paths, folder):
    """The sheets of each workbook, as files by their names."""
    converted(paths, folder, EVERY_SHEET)
    files = [sorted(folder.glob(f"{path.stem}-*.csv")) for path in paths]
    return [{file.stem.rpartition("-")[2]: file for file in each} for each in files]


def rows_of(path):
    return list(csv.reader(path.read_text().splitlines()))


def read_answers(path):
    with path.open() as file:
        return {(row["measure"], int(row["year"])): row for row in csv.DictReader(file)}


def misses(answers, outlook):
    """How far answers are from an outlook's quantiles, by level, in logs."""
    apart = {level: {} for level in LEVELS}
    for (measure, year), row in answers.items():
        draws = outlook.results.values[measure][:, outlook.years.index(year)]
        for name, level in LEVELS.items():
            exact = np.quantile(draws, level)
            spread = np.quantile(draws, 0.9) - np.quantile(draws, 0.1)
            # Where an answer may be on either side of 0, a share of it says nothing
            scale = abs(exact) if np.quantile(draws, 0.02) > 0 else spread
            apart[name][measure, year] = abs(float(row[name]) - exact) / max(scale, 1e-9)
    return apart


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """Reports of three countries, one of them without a second scenario, and their workbook."""
    folder = tmp_path_factory.mktemp("together")
    for name in ("UZ", "uzbekistan-accelerated", "KZ", "kazakhstan-accelerated", "TM"):
        scenario = find_scenario(name)
        fc.outlook(scenario, draws=200).save(folder / scenario.name)
    (folder / "comparison.parquet").touch()
    export_report(folder, {"xlsx": folder / "c.xlsx"})
    return folder


# What is chosen: the first as the workbook is exported
QUESTIONS = {
    "all": {"measure": "ev_stock", "year": 2030, "scenario": "accelerated", "without": ()},
    "two": {
        "measure": "charging_points_need",
        "year": 2028,
        "scenario": "accelerated",
        "without": ("Kazakhstan",),
    },
    "one": {
        "measure": "energy_gwh",
        "year": 2029,
        "scenario": "baseline",
        "without": ("Uzbekistan", "Turkmenistan"),
    },
}


def ask(folder, name, target):
    """A copy of the workbook of countries in which a question is asked."""
    path = folder / "c.xlsx"
    question = QUESTIONS[name]
    book = openpyxl.load_workbook(path, read_only=True)
    rows = list(book["compare"].values)
    book.close()
    cells = {row[0]: f"B{number}" for number, row in enumerate(rows, start=1) if row[0]}
    chosen = {name: question[name] for name in ("measure", "year", "scenario")}
    chosen |= dict.fromkeys(question["without"], "no")
    asked = {cells[name]: value for name, value in chosen.items()}
    return set_cells(path, target / f"{name}.xlsx", asked, "compare")


def check_sums(rows, folder, measure, year, scenario, without):
    """What a sheet shows against sums of draws, where a country has no such scenario of its
    baseline's.
    """
    places = {"uzbekistan", "kazakhstan", "turkmenistan"} - {name.lower() for name in without}
    sums = []
    for ending in (scenario, "baseline"):
        own = [
            folder / f"{place}-{ending}"
            if (folder / f"{place}-{ending}").is_dir()
            else folder / f"{place}-baseline"
            for place in places
        ]
        draws = pd.concat(pd.read_parquet(path / "draws.parquet") for path in own)
        draws = draws[(draws["measure"] == measure) & (draws["year"] == year)]
        sums.append(draws.groupby("draw")["value"].sum())
    expected = {"chosen": sums[0], "baseline": sums[1], "difference": sums[0] - sums[1]}
    shown = {row[3]: [float(cell) for cell in row[4:7]] for row in rows if row[3] in expected}
    assert shown.keys() == expected.keys()
    for name, draws in expected.items():
        exact = np.quantile(draws, [*LEVELS.values()])
        # Draws stand in the workbook in four digits: each is off by one part in 2,000 at most
        assert shown[name] == pytest.approx(exact, abs=5e-4 * sums[0].max()), name


def lists_of(book):
    """What the yellow cells of the sheet compare offer."""
    ends = [rule.formula1 for rule in book["compare"].data_validations.dataValidation]
    cells = [book["lists"][span.removeprefix("lists!").replace("$", "")] for span in ends]
    return [tuple(row[0].value for row in rows) for rows in cells]


def test_sums_of_countries_are_right_before_a_spreadsheet_reckons(together):
    book = openpyxl.load_workbook(together / "c.xlsx", data_only=True)
    assert (together / "c.xlsx").stat().st_size < 3_000_000
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book)
    rows = list(book["compare"].values)
    check_sums(rows, together, **QUESTIONS["all"])
    assert lists_of(book) == [
        ("ev_stock", "energy_gwh", "charging_points_need", "charging_points_practice"),
        (*range(2030, 2025, -1),),
        ("accelerated", "baseline"),
        *[("yes", "no")] * 3,
    ]
    with pytest.raises(InputError, match="holds no report of a country's baseline; run one first"):
        live_comparison(together / "uzbekistan-baseline")


def test_lists_of_many_long_names_can_be_chosen_from(tmp_path):
    long = "with-a-name-that-is-much-longer-than-most"
    scenario = find_scenario("TM")
    kept = {}
    for name in ("baseline", *(f"{number}-{long}" for number in range(40))):
        full = {"name": f"turkmenistan-{name}", "scenario": name}
        outlook = fc.outlook(scenario.model_copy(update=full), draws=20, flow_cache=kept)
        outlook.save(tmp_path / name)
    (tmp_path / "a.xlsx").write_bytes(live_comparison(tmp_path))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    scenarios = lists_of(book)[2]
    assert len(scenarios) == 41
    assert f"39-{long}" in scenarios
    assert {*scenarios} == {cell.value for cell in book["draws"][4][3:]}


@pytest.mark.parametrize(("seed", "draws"), [(1, 20), (20230626, 30)])
def test_draws_of_other_worlds_are_not_added(small, tmp_path, seed, draws):
    small.outlook.save(tmp_path / "uzbekistan-baseline")
    other = find_scenario("TM").model_copy(update={"seed": seed})
    fc.outlook(other, draws=draws).save(tmp_path / other.name)
    (tmp_path / "comparison.parquet").touch()
    asked = ["export", str(tmp_path), "--xlsx", str(tmp_path / "a.xlsx")]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 2
    words = (
        f"turkmenistan-baseline \\(seed {seed}, {draws} draws, version {fc.__version__}\\) and "
        r"uzbekistan-baseline \(seed 20230626, 20 draws, version \S+\) do not share their random "
        "numbers, so their draws cannot be added; give both params files one seed"
    )
    assert re.search(words, result.output)
    assert not (tmp_path / "a.xlsx").exists()


def test_libreoffice_reckons_what_the_report_and_a_new_run_have(made, together, tmp_path):
    first = made["uzbekistan-baseline"]
    cases = [(first, {"annual_km": "far"}, tmp_path / "wrong.xlsx")]
    for name, settings in LEVERS.items():
        for number, own in enumerate(settings):
            cases.append((made[name], own, tmp_path / f"{name}-{number}.xlsx"))
    for each, own, path in cases:
        set_cells(each.path, path, {each.cells[lever]: value for lever, value in own.items()})
    paths = [path for _, _, path in cases]
    asked = {ask(together, name, tmp_path): QUESTIONS[name] for name in QUESTIONS}
    files = reckoned([*paths, *asked], tmp_path)
    for sheets, question in zip(files[len(paths) :], asked.values(), strict=True):
        check_sums(rows_of(sheets["compare"]), together, **question)
    for (each, own, _), sheets in zip(cases, files, strict=False):
        inputs, *others = (row[1] for row in rows_of(sheets["checks"])[2:])
        assert inputs == ("look here" if "far" in own.values() else "ok"), own
        assert own or others == ["ok"] * 3
        found = read_answers(sheets["answer"])
        if "far" in own.values():
            shown = {row[level] for row in found.values() for level in LEVELS}
            assert shown == {"check inputs"}
            continue
        for level, of_level in misses(found, each.with_cells(own)).items():
            worst = max(of_level, key=of_level.get)
            assert of_level[worst] < (LIMIT_OF_FEW if own else 0.0005), (own, level, worst)


def test_with_many_draws_no_answer_misses_a_new_run(tmp_path):
    each = Made("uzbekistan-baseline", tmp_path, draws=MANY_DRAWS)
    book = openpyxl.load_workbook(each.path, data_only=True)
    assert check_first_sheet(book, each.outlook) >= 1  # few draws tell of none that it matters
    path = set_cells(
        each.path,
        tmp_path / "together.xlsx",
        {each.cells[lever]: value for lever, value in TOGETHER.items()},
    )
    (sheets,) = reckoned([path], tmp_path)
    for level, of_level in misses(
        read_answers(sheets["answer"]), each.with_cells(TOGETHER)
    ).items():
        worst = max(of_level, key=of_level.get)
        # Of an investment the ages of points are the scenario's
        limit = 1.5 * LIMIT if worst[0] == "investment_usd" else LIMIT
        assert of_level[worst] < limit, (level, worst)


def test_the_flow_and_a_target_can_be_set(made, tmp_path):
    each = made["kyrgyzstan-constrained"]
    flow = each.scenario.measure
    own = {f"{flow}.2027": 1.5, f"{flow}.2026": 0.7, "charging_points_target": 40_000}
    own["charging_points_target_year"] = 2029
    path = set_cells(
        each.path, tmp_path / "a.xlsx", {each.cells[name]: value for name, value in own.items()}
    )
    (sheets,) = reckoned([path], tmp_path)
    for level, of_level in misses(read_answers(sheets["answer"]), each.with_cells(own)).items():
        assert max(of_level.values()) < LIMIT, level


def test_what_a_public_point_earns_follows_prices_and_costs(small, tmp_path):
    own = {"charger_cost.destination_dc": 30_000, "charger_efficiency.ac": 0.9}
    prices = {"charging_price": 0.3, "electricity_price": 0.1}
    cells = {small.cells[name]: value for name, value in (own | prices).items()}
    paths = [small.path, set_cells(small.path, tmp_path / "set.xlsx", cells)]
    loss = {small.cells["electricity_price"]: 0.4}
    paths.append(set_cells(small.path, tmp_path / "loss.xlsx", loss))
    shown = [rows_of(sheets["business"])[5:] for sheets in reckoned(paths, tmp_path)]
    table = fc.tables.business_table(small.outlook).frame
    table = table.drop(columns="of it by the budget, USD")  # of what was printed, not of own prices
    for row, printed in zip(shown[0], table.itertuples(index=False), strict=True):
        assert (row[0], f"{row[1]} %") == printed[:2]
        assert [readable(float(cell)) for cell in row[5:9]] == [*printed[2:]]
    drawn = small.with_cells(own).demand.sample
    for row, setting in zip(shown[1], np.repeat(SOLD_AT, 3), strict=True):
        use = float(row[1]) / 100
        year = point_business(setting, use, *prices.values(), drawn, 2028)
        printed = [float(row[2]), *map(float, row[5:9])]
        assert printed == pytest.approx([*year.values()])
    assert {row[8] for row in shown[2]} == {""}
    assert min(float(row[7]) for row in shown[2]) < 0


def test_prices_are_asked_for_where_none_is_printed(tmp_path):
    made = Made("turkmenistan-baseline", tmp_path, draws=20)
    prices = {made.cells["charging_price"]: 0.2, made.cells["electricity_price"]: 0.05}
    paths = [made.path, set_cells(made.path, tmp_path / "set.xlsx", prices)]
    none, both = (rows_of(sheets["business"]) for sheets in reckoned(paths, tmp_path))
    assert [row[1] for row in none[:2]] == ["", ""]  # of electricity, one of households alone
    assert {*none[5][6:9]} == {""}
    assert float(both[5][6]) == pytest.approx(200 * float(both[5][5]))


def check_first_sheet(book, outlook):
    """The answers, levers that lead to their yellow cells, and whether the checks hold; gives how
    many levers there are.
    """
    rows = [row for row in book["read me"].iter_rows() if row[0].value]
    by_words = {row[0].value: row for row in rows}
    need = by_words["Public charging points: need"]
    exact = outlook.results.bands("charging_points_need").iloc[-1][[0.1, 0.5, 0.9]]
    assert [cell.value for cell in need[2:5]] == pytest.approx([*exact], rel=1e-3)
    links = [row[3].hyperlink for row in rows if row[3].hyperlink]
    assert len(links) <= 5
    names = [book["inputs"][link.location.split("!")[1].replace("$", "")] for link in links]
    assert [cell.value for cell in names] == [None] * len(links)  # yellow, and empty
    swings = [abs(row[2].value - row[1].value) for row in rows if row[3].hyperlink]
    assert swings == sorted(swings, reverse=True)
    assert by_words["Do all checks hold?"][1].value == "yes"
    return len(links)


def test_what_is_shown_before_a_spreadsheet_reckons_is_right_and_locked(made):
    each = made["kazakhstan-baseline"]
    assert each.path.stat().st_size < 5_000_000
    book = openpyxl.load_workbook(each.path, data_only=True)
    shown = {
        "inputs",
        "answer",
        "business",
        "model",
        "draws",
        "tables",
        "read me",
        "checks",
        "Facts",
    }
    assert shown <= {*book.sheetnames}
    assert all(sheet.protection.sheet for sheet in book)
    assert all(not sheet.protection.password for sheet in book)
    check_first_sheet(book, each.outlook)
    heads, *rows = book["answer"].iter_rows(values_only=True)
    assert heads[:5] == ("measure", "year", *LEVELS)
    answers = {row[:2]: dict(zip(heads, row, strict=True)) for row in rows}
    apart = misses(answers, each.outlook)
    assert max(max(of_level.values()) for of_level in apart.values()) < 1e-6
    assert book["draws"].max_row == 2 + DRAWS
    heads, *rows = book["inputs"].iter_rows(values_only=True)
    sources = [row[heads.index("source")] for row in rows]
    assert "judgement" in sources
    assert "judgement judgement" not in sources
    assert "annual_km" in [row[0] for row in rows]
    assert sum("own" in head for head in heads) == 1
    formulas = openpyxl.load_workbook(each.path)
    unlocked = [
        cell.coordinate for row in formulas["inputs"] for cell in row if not cell.protection.locked
    ]
    assert unlocked == list(each.cells.values())
    assert not {"INDIRECT", "OFFSET", "RAND", "NOW", "TODAY", "LET", "_xlfn"} & {
        word for row in formulas["model"].iter_rows(min_row=3, max_row=3) for cell in row
        for word in re.findall(r"[A-Z_a-z]+", getattr(cell.value, "text", str(cell.value)))
    }  # fmt: skip


def test_a_new_assumption_is_in_the_workbook_without_another_line(small, monkeypatch, tmp_path):
    shipped = load_parameters()
    row = dataclasses.replace(
        shipped["home_access"], name="winter_garage", low=0.5, mode=0.6, high=0.8, note="made up"
    )
    longer = dataclasses.replace(shipped, rows=(*shipped.rows, row))
    monkeypatch.setattr(assumptions, "load_parameters", lambda: longer)
    monkeypatch.setattr(
        chain,
        "all_vehicles",
        lambda sample, years: all_vehicles(sample, years) * sample["winter_garage"],
    )
    made = Made("turkmenistan-baseline", tmp_path, draws=20)
    assert "winter_garage" in made.cells
    book = openpyxl.load_workbook(made.path)
    heads = [cell.value for cell in book["draws"][1]]
    column = get_column_letter(heads.index("winter_garage") + 1)
    formulas = [getattr(cell.value, "text", "") for cell in book["model"][3]]
    assert any(f"draws!${column}$3" in formula for formula in formulas)


def test_yellow_cells_become_a_params_file_that_runs(small, tmp_path):
    each = small
    own = {"home_access": 0.3, "ev_imports.2028": 1.2, "charging_points_target": 30_000}
    cells = {each.cells[name]: value for name, value in own.items()}
    cells[each.cells["electricity_price"]] = 0.1
    path = set_cells(each.path, tmp_path / "mine.xlsx", cells)
    first = CliRunner().invoke(main, ["new", "--from", str(path), "--out", str(tmp_path)])
    assert first.exit_code == 0, first.output
    first_line = (tmp_path / "uzbekistan-own.yaml").read_text().partition("\n")[0]
    assert first_line == "# Uzbekistan, own: from mine.xlsx."
    again = fc.outlook(tmp_path / "uzbekistan-own.yaml", draws=20)
    caption = fc.tables.business_table(again).caption
    assert "about 0.078 USD/kWh, by the scenario then 0.1 USD/kWh." in caption
    expected = each.with_cells(own)
    for measure, draws in expected.results.values.items():
        np.testing.assert_array_equal(draws, again.results.values[measure])
    second = CliRunner().invoke(main, ["new", "--from", str(path), "--out", str(tmp_path)])
    assert second.exit_code == 2
    assert "exists already" in second.output


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "message"),
    [
        ("inputs", "D9", 5, "inputs!D9 is not as it was exported"),
        ("inputs", "annual_km", "far", "'far' is not 1000 to 150,000 km per year"),
        ("inputs", "annual_km", -5, "-5 is not 1000 to 150,000 km per year"),
        ("stamp", "A1", "0.0.1", "stamp!A1: made by version 0.0.1"),
    ],
)
def test_a_workbook_that_was_changed_elsewhere_is_refused(
    small, tmp_path, sheet, cell, value, message
):
    changed = {small.cells.get(cell, cell): value}
    path = set_cells(small.path, tmp_path / "changed.xlsx", changed, sheet)
    with pytest.raises(InputError, match=re.escape(message)):
        params_of_workbook(path, "own", tmp_path)


def test_a_formula_and_a_draw_that_were_changed_elsewhere_are_named(small, tmp_path):
    book = openpyxl.load_workbook(small.path)
    for sheet, place in (("draws", "B12"), ("model", "F30")):  # what stands first is named
        book[sheet][place] = 5
        book.save(tmp_path / "changed.xlsx")
        with pytest.raises(InputError, match=f"{sheet}!{place} is not as it was exported"):
            params_of_workbook(tmp_path / "changed.xlsx", "own", tmp_path)


def test_a_workbook_in_russian_is_read_back_as_an_english_one(small, tmp_path):
    with written_in("ru"):
        (tmp_path / "ru.xlsx").write_bytes(live_workbook(small.outlook))
    own = {"home_access": 0.3, "ev_imports.2028": 1.2, "charging_points_target": 30_000}
    cells = {small.cells[name]: value for name, value in own.items()}
    params = [
        params_of_workbook(set_cells(path, tmp_path / "mine.xlsx", cells), "own", tmp_path)
        for path in (small.path, tmp_path / "ru.xlsx")
    ]
    assert params[0] == params[1]
    book = openpyxl.load_workbook(tmp_path / "ru.xlsx", read_only=True, data_only=True)
    assert {"inputs", "answer", "read me", "Facts"} <= {*book.sheetnames}  # names are keys
    _, *levers = book["inputs"].iter_rows(values_only=True)
    words = [text for row in levers for text in row[1:3]]
    for name in ("read me", "business", "checks"):
        words += [cell for row in book[name].iter_rows(values_only=True) for cell in row]
    in_english = [text for text in words if re.search("[a-z]", str(text)) and isinstance(text, str)]
    assert [text for text in in_english if not re.search("[а-я]", text)] == []
    heads, formulas = itertools.islice(book["model"].iter_rows(values_only=True), 2)
    assert "потребность в точках, на работе, 2030" in heads
    assert any("ваше ev_imports.2028]*[значение]" in words for words in formulas if words)


def test_a_workbook_that_a_spreadsheet_program_has_saved_is_read_back(small, tmp_path):
    own = {"home_access": 0.3, "ev_imports.2028": 1.2, "charging_points_target": 30_000}
    cells = {small.cells[name]: value for name, value in own.items()}
    path = set_cells(small.path, tmp_path / "mine.xlsx", cells)
    saved = converted([path], tmp_path / "saved", "xlsx") / "mine.xlsx"
    before, after = (params_of_workbook(file, "own", tmp_path) for file in (path, saved))
    assert after == before
    assert "home_access: {low: 0.3, mode: 0.3, high: 0.3}" in after[1]


def changed_part(small, path, part, old, new):
    """A copy of the workbook in which a part has another text."""
    with zipfile.ZipFile(small.path) as book, zipfile.ZipFile(path, "w", 8) as copy:
        for name in book.namelist():
            text = book.read(name)
            if name == part:
                assert old in text
                text = text.replace(old, new, 1)
            copy.writestr(name, text)
    return path


MANY_BLANKS = b"".join(
    b'<row r="%d">' % row + b"<c/>" * 1000 + b"</row>" for row in range(900, 2000)
)
SHEET = "xl/worksheets/sheet5.xml"  # the model
END = b"</sheetData>"
TOO_MUCH = {
    "a cell far out": (SHEET, END, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + END),
    "blanks": (SHEET, END, MANY_BLANKS + END),
    "a row that no sheet has": (SHEET, END, b'<row r="99999999999"><c><v>1</v></c></row>' + END),
    "a text in a text": (
        "xl/sharedStrings.xml",
        b"<sst",
        b'<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa">]><sst',
    ),
    "styles cut off": ("xl/styles.xml", b"</cellXfs>", b""),
    "no styles": ("xl/styles.xml", b"<cellXfs", b"<cellNone"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_workbook_that_is_too_much_or_damaged_is_refused_soon(small, tmp_path, name):
    path = changed_part(small, tmp_path / "much.xlsx", *TOO_MUCH[name])
    before = time.process_time()
    with pytest.raises(InputError, match=r"much\.xlsx") as caught:
        params_of_workbook(path, "own", tmp_path)
    assert time.process_time() - before < 10
    assert str(caught.value).count("\n") == 0
    assert len(str(caught.value)) < 600


def test_a_yellow_cell_that_was_pasted_over_is_a_yellow_cell(small, tmp_path):
    each = small
    book = openpyxl.load_workbook(each.path)
    sheet = book["inputs"]
    cell = each.cells["annual_km"]
    sheet[cell]._style = copy(sheet["A5"]._style)
    sheet.data_validations.dataValidation = []
    sheet[cell] = 15_000
    book.save(tmp_path / "pasted.xlsx")
    _, text = params_of_workbook(tmp_path / "pasted.xlsx", "own", tmp_path)
    assert "annual_km: {low: 15000, mode: 15000, high: 15000}" in text
    sheet[cell] = 200_000
    book.save(tmp_path / "pasted.xlsx")
    message = (
        rf"pasted\.xlsx inputs!{cell}: 200000 is not 1000 to 150,000 km per year, which annual_k"
    )
    with pytest.raises(InputError, match=message):
        params_of_workbook(tmp_path / "pasted.xlsx", "own", tmp_path)


def test_what_a_yellow_cell_takes_is_said_by_the_package(small, tmp_path):
    each = small
    book = openpyxl.load_workbook(each.path)
    rules = book["inputs"].data_validations.dataValidation
    wider = [DataValidation("decimal", "-1e9", "1e9", sqref=rule.sqref) for rule in rules]
    rules[:] = [*wider, *wider]
    book["inputs"][each.cells["home_access"]] = 7
    book.save(tmp_path / "wide.xlsx")
    with pytest.raises(
        InputError, match=r": 7 is not \S+ to \S+ share of .* which home_access tak"
    ):
        params_of_workbook(tmp_path / "wide.xlsx", "own", tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("home_access", True, "True is not "),
        ("charging_points_target", "=1000", "'=1000' is not 1 to 50,000,000 points"),
        ("charging_points_target_year", 2027.5, "2027.5 is no year; give a whole one"),
        ("charging_points_target_year", 1990, "1990 is not 20"),
        ("ev_imports.2028", -0.1, "-0.1 is not 0 to 20 factor, which ev_imports.2028 takes"),
        ("charging_price", 11, "11 is not 0 to 10 "),
    ],
)
def test_a_yellow_cell_takes_numbers_within_its_limits(small, tmp_path, name, value, message):
    path = set_cells(small.path, tmp_path / "set.xlsx", {small.cells[name]: value})
    where = f"set.xlsx inputs!{small.cells[name]}: "
    with pytest.raises(InputError, match=re.escape(where + message)):
        params_of_workbook(path, "own", tmp_path)


def test_true_is_no_one(small, tmp_path):
    book = openpyxl.load_workbook(small.path, read_only=True)
    (cell, *_) = (row[3].coordinate for row in book["inputs"].iter_rows() if row[3].value == 1)
    book.close()
    path = set_cells(small.path, tmp_path / "true.xlsx", {cell: True})
    with pytest.raises(InputError, match=rf"inputs!{cell} is not as it was exported"):
        params_of_workbook(path, "own", tmp_path)


@pytest.mark.parametrize(
    "value",
    ["", "no JSON", "[1]", "[" * 20_000, '{"scenario": {}, "marks": {"inputs": [["a"], []]}}'],
)
def test_a_damaged_stamp_is_named(small, tmp_path, value):
    set_cells(small.path, tmp_path / "stamp.xlsx", {"B1": value}, "stamp")
    message = r"stamp\.xlsx stamp!B1 is not as it was exported: export it again"
    with pytest.raises(InputError, match=message):
        params_of_workbook(tmp_path / "stamp.xlsx", "own", tmp_path)


def test_the_name_of_a_file_writes_no_key(small, tmp_path):
    path = tmp_path / "mine\nseed: 5\u2028horizon: 2099\x85as_of: 2001-01-01 .xlsx"
    set_cells(small.path, path, {small.cells["home_access"]: 0.3})
    name, text = params_of_workbook(path, "own", tmp_path)
    assert text.splitlines()[0].startswith("# Uzbekistan, own: from mine seed: 5")
    assert text.splitlines()[1].startswith("country:")
    (tmp_path / name).write_text(text)
    assert fc.load_scenario(tmp_path / name).seed == small.scenario.seed


def test_what_is_no_workbook_of_ours_is_refused(tmp_path):
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("text")
    for name in ("other.xlsx", "text.xlsx"):
        with pytest.raises(InputError, match="is no workbook of `ev-forecast export REPORT --xlsx"):
            params_of_workbook(tmp_path / name, "own", tmp_path)


def test_a_workbook_of_the_stored_flow_is_that_of_a_flow_drawn_anew(small, tmp_path):
    small.outlook.save(tmp_path)
    report = load_outlook(tmp_path)
    assert (tmp_path / FLOW_DRAWS).is_file()
    assert live_workbook(report) == live_workbook(dataclasses.replace(report, folder=None))
    # The flow of another report: that its draws are read shows in the message
    flow = small.outlook.baseline_forecast
    save_flow(dataclasses.replace(flow, monthly=2 * flow.monthly), tmp_path)
    with pytest.raises(InputError, match="gives other numbers than its report"):
        live_workbook(report)


def test_a_report_that_other_facts_made_is_refused(small):
    part = small.outlook.results
    values = {name: 1.1 * draws for name, draws in part.values.items()}
    older = dataclasses.replace(small.outlook, parts=(dataclasses.replace(part, values=values),))
    with pytest.raises(InputError, match="gives other numbers than its report"):
        live_workbook(older)


def test_a_corridor_has_the_workbook_without_a_chain(tmp_path):
    fc.outlook("horgos-baseline", draws=20).save(tmp_path / "report")
    (path,) = export_report(tmp_path / "report", {"xlsx": tmp_path / "a.xlsx"})
    book = openpyxl.load_workbook(path)
    assert "Results" in book.sheetnames
    words = [str(row[0]) for row in book["Summary"].values]
    assert any("without yellow cells: vehicles that only pass" in line for line in words)


def test_a_column_of_a_sheet_is_a_formula_with_the_number_that_it_gives(tmp_path):
    form = TableForm(
        [Column("what"), sheet_column("half", "half", "A{row}/2", 1), sheet_column("all", "all")]
    )
    rows = [{"what": "a", "row": 2, "half": 2.5, "all": 5.0}, {"what": "b", "row": 3, "all": 12.0}]
    book = Book("Halves")
    book.table(book.sheet("one", "", (10,)), 0, form.table(rows))
    path = tmp_path / "halves.xlsx"
    path.write_bytes(book.content())
    cells = openpyxl.load_workbook(path)["one"]
    assert [[cell.value for cell in row] for row in cells.iter_rows()] == [
        ["what", "half", "all"],
        ["a", '=IFERROR(A2/2,"")', 5],
        ["b", None, 12],
    ]
    assert openpyxl.load_workbook(path, data_only=True)["one"]["B2"].value == 2.5
    assert (cells["B2"].number_format, cells["C3"].number_format) == ("#,##0.0", "#,##0.0")
