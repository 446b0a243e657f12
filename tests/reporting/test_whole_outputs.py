"""Charts, tables and lists of a made-up outlook, whole: every place, word, colour and number of
them, as a reader gets it. What changed on purpose is stored anew by ``pytest --store`` and read.
"""

import io
import json
import re
import zipfile
from dataclasses import replace

import pandas as pd
import pytest
from made_up import FACTS, make_ledger, make_outlook

import forecasting as fc
from forecasting import tables
from forecasting.evidence.ledger import Ledger
from forecasting.reporting import figures
from forecasting.reporting.figures.drawing import HOUSE
from forecasting.reporting.workbook_live import live_workbook
from forecasting.scenarios.joint_draws import sum_outlooks


@pytest.fixture
def more_facts():
    """The facts of the room, and others: bounds, a difference, growth of a printed base, stocks."""
    base = FACTS[0] | {"measure": "ev_imports", "place": "UZ", "published": "2023-06-20"}
    customs = base | {"basis": "customs"}
    year = {"period_start": "2022-01-01", "period_end": "2022-12-31"}
    months = {"period_start": "2022-01-01", "period_end": "2022-04-30"}
    spring = {"period_start": "2023-01-01", "period_end": "2023-05-31"}
    stock = base | {"measure": "ev_stock", "quantity": "stock", "period_start": ""}
    rows = [
        customs | months | {"id": "C1", "value": 600.0},
        customs | spring | {"id": "C2", "value": 5000.0, "relation": "less_than"},
        customs | spring | {"id": "C3", "value": 4500.0, "relation": "about"},
        customs
        | {"id": "C4", "period_start": "2023-01-01", "period_end": "2023-04-30", "value": 150.0}
        | {"quantity": "yoy_growth_percent", "unit": "percent", "relation": "greater_than"},
        base | year | {"id": "X1", "value": 1200.0, "relation": "at_least", "basis": "register"},
        stock | {"id": "S0", "period_end": "2021-12-20", "value": 900.0},
        stock | {"id": "S2", "period_end": "2022-12-31", "value": 3100.0},
        stock | {"id": "S3", "period_end": "2023-05-31", "value": 5300.0, "relation": "about"},
    ]
    frame = pd.concat([make_ledger().frame, pd.DataFrame(rows)], ignore_index=True)
    common = {"unit": "vehicles", "quantity": "total", "relation": "equals", "kind": "outcome"}
    common |= {"source": "Weekly", "url": "https://example.org/b", "basis": "statistics agency"}
    return Ledger.from_frame(frame.fillna(common).fillna({"period_start": ""}))


def as_lines(name, chart):
    """A line for each trace and each property of the layout, but for the style of all charts."""
    plain = json.loads(json.dumps(chart.to_dict()))
    yield f"== {name}"
    for trace in plain["data"]:
        yield json.dumps(trace, ensure_ascii=False, sort_keys=True)
    for key, value in sorted(plain["layout"].items()):
        if key != "template":
            yield f"{key}: {json.dumps(value, ensure_ascii=False, sort_keys=True)}"


def test_charts_of_a_made_up_outlook(outlook, comparison, more_facts, same_as_stored):
    rich = replace(outlook, ledger=more_facts)
    frame = more_facts.frame
    fewer = Ledger.from_frame(frame[frame["period_start"] != "2022-01-01"])
    other = make_outlook("kazakhstan-baseline", "KZ", 0.5)
    both = sum_outlooks([outlook.results, other.results], "central-asia-5", "sum")
    curve = pd.DataFrame({"median": [4.0, 7.0], "pi_lower": [2.0, 3.0], "pi_upper": [8.0, 20.0]})
    curve.index = pd.Index([2023, 2024])
    curves = {"Bass": curve, "Gompertz": 2 * curve}
    charts = {
        "flow": figures.fan_chart(outlook),
        "flow without a count of 2022": figures.fan_chart(replace(outlook, ledger=fewer)),
        "stock": figures.fan_chart(rich, "ev_stock", since=2021),
        "facts": figures.evidence_chart(more_facts, "ev_imports"),
        "facts of the stock": figures.evidence_chart(more_facts, "ev_stock"),
        "chargers": figures.charger_gap(outlook),
        "load": figures.load_chart(outlook),
        "no policies": figures.policy_chart(outlook),
        "tornado": figures.tornado(outlook),
        "tornado of the stock": figures.tornado(outlook, "ev_stock"),
        "scenarios": figures.scenario_comparison(comparison),
        "scenarios by year": figures.scenario_paths(comparison, "UZ"),
        "region": figures.region_chart(both, "ev_imports"),
        "curves": figures.growth_curves_chart(pd.Series({2021: 2.0, 2022: 3.0}), curves),
    }
    lines = [line for name, chart in charts.items() for line in as_lines(name, chart)]
    lines += (f"{key}: {json.dumps(value)}" for key, value in HOUSE.items())
    same_as_stored("charts.txt", lines)


def table_lines(table):
    """A line for the caption, the head and each row."""
    yield f"caption: {table.caption}"
    for cells in [table.frame.columns, *table.frame.itertuples(index=False)]:
        yield " | ".join("/".join(cell) if isinstance(cell, tuple) else str(cell) for cell in cells)


def test_tables_and_lists_of_a_made_up_outlook(outlook, more_facts, same_as_stored):
    rich = replace(outlook, ledger=more_facts, evidence=more_facts.select(measure="ev_imports"))
    of_outlook = (
        "assumptions_table business_table charging_answers drivers_table due_table growth_by_year "
        "outlook_table quotas_table regions_table"
    )
    of_ledger = "conflicts_table facts_table nesting_table revisions_table sources_table"
    lists = "answer caveats destinations evidence_summary fact_list grounds other_doubts"
    lines = []
    for names, given in ((of_outlook, rich), (of_ledger, more_facts)):
        for name in names.split():
            lines += [f"== {name}", *table_lines(getattr(tables, name)(given))]
    for name in lists.split():
        lines += [f"== {name}", *getattr(tables, name)(rich)._repr_html_().splitlines()]
    headlines = tables.headline_numbers(rich)
    lines += ["== headline_numbers", *(f"{name}: {value}" for name, value in headlines.items())]
    same_as_stored("tables.txt", lines)


# Of the workbook what a reader uses: formulas, rules and places, not the library's own XML
SHEETS = {1: "read me", 2: "inputs", 3: "answer", 4: "business", 8: "checks"}
PARTS = {f"worksheets/sheet{number}.xml": name for number, name in SHEETS.items()}
PARTS |= {"workbook.xml": "names", "styles.xml": "numbers", "charts/chart1.xml": "first chart"}
PARTS |= {"drawings/drawing1.xml": "places of charts"}
PIECES = re.compile(
    r"<pane [^>]*>|<cols>.*?</cols>|<row [^>]* ht=[^>]*>|<c [^>]*><f>.*?</c>|<sheetProtection[^>]*>"
    r"|<mergeCells.*?</mergeCells>|<dataValidation .*?</dataValidation>|<c:ser>.*?</c:ser>"
    r"|<definedName .*?</definedName>|<numFmt [^>]*>|<xdr:from>.*?</xdr:to>"
)


def part_lines(text):
    """The pieces of one part, without the values of cells; of those that differ in units, numbers
    and places alone, the first.
    """
    shapes = set()
    for piece in PIECES.findall(re.sub(r"<(c:)?v>[^<]*</(c:)?v>", "<v/>", text)):
        shape = re.sub(r"takes [^<]*?\"|_?[A-Z]{0,2}\$?-?\d[\d.]*|name=\"[a-z0-9_.]*", "", piece)
        if shape not in shapes or piece.startswith("<numFmt"):
            yield piece
        shapes.add(shape)


def test_formulas_rules_and_looks_of_a_workbook(same_as_stored):
    book = zipfile.ZipFile(io.BytesIO(live_workbook(fc.outlook("turkmenistan-baseline", draws=20))))
    lines = []
    for part, name in PARTS.items():
        lines += [f"== {name}", *part_lines(book.read(f"xl/{part}").decode())]
    same_as_stored("workbook.txt", lines)
