"""Charts, tables and lists of a made-up outlook, whole: every place, word, colour and number of
them, as a reader gets it. What changed on purpose is stored anew by ``pytest --store`` and read.
"""

import datetime as dt
import io
import json
import re
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from made_up import FACTS, PLANT, make_ledger, make_outlook, stored

import forecasting as fc
from forecasting import tables
from forecasting.demand.chain import demand_outlook
from forecasting.demand.counted_stock import StockCount
from forecasting.demand.deployed import ExistingCharging, Target
from forecasting.demand.parameters import load_parameters
from forecasting.evidence.ledger import Ledger
from forecasting.growth.forecast import FlowForecast
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting import figures
from forecasting.reporting.figures.drawing import HOUSE
from forecasting.reporting.figures.fan import forecast_chart
from forecasting.reporting.objects import html_of
from forecasting.reporting.workbook_live import live_workbook
from forecasting.scenarios.joint_draws import QUANTILES, Results, sum_outlooks
from forecasting.vocabulary.periods import month, span, year


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


def make_forecast(facts, scale=1.0):
    """Of each month as many vehicles as a draw has, times the months since 2020."""
    shocks = np.exp(np.random.default_rng(0).standard_normal(400) / 4)
    months = [
        month(f"{year}-{number:02d}") for year in range(2021, 2025) for number in range(1, 13)
    ]
    level = scale * 12 * np.arange(1, 49)

    def totals(period):
        inside = [period.start <= one.start and one.end <= period.end for one in months]
        return shocks * level[inside].sum()

    periods = [year(2023), span("2024-01-01", "2024-04-30"), month("2024-12")]

    def quantiles(levels=QUANTILES):
        rows = [np.quantile(totals(period), levels) for period in periods]
        return pd.DataFrame(rows, columns=levels)

    return SimpleNamespace(
        measure="ev_imports",
        place="UZ",
        basis="customs",
        evidence=facts,
        months=months,
        periods=periods,
        totals=totals,
        quantiles=quantiles,
        caveats=[stored("a made-up caveat"), stored("another")],
    )


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
    flows = more_facts.select(measure="ev_imports")
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
        "forecast": forecast_chart(make_forecast(flows), make_forecast(flows, 1.2)),
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


def with_demand(outlook, facts):
    """The outlook with all that follows from its imports of 2023 on, and counts of two cities."""
    imports = outlook.results.values["ev_imports"][:, 2:]
    classes = {"taxi": 0.1, "bus": 0.02, "truck": 0.01, "phev": 0.15}
    shares = {f"class_share.{name}": share for name, share in classes.items()}
    demand = demand_outlook(
        imports,
        range(2023, 2031),
        parameters=load_parameters().override(shares | {"vehicle_stock": 4e6}),
        place="UZ",
        charging_today=ExistingCharging(count=60, unit="stations", date=dt.date(2023, 5, 1)),
        start_stock=3000.0,
        stock_counts=[StockCount("S3", dt.date(2023, 5, 31), 5300.0)],
        targets=[Target("T1", np.full(802, 25_000.0), "points", dt.date(2026, 6, 30), False)],
        new_cars=20 * imports,
    )
    stock = {"measure": "ev_stock", "quantity": "stock", "period_start": "", "basis": "register"}
    cities = [("UZ", 8000.0, 4e6), ("UZ-TK", 5000.0, 6e5), ("UZ-SA", 400.0, 3e5)]
    rows = [
        FACTS[0]
        | stock
        | {"id": f"{place} {measure}", "place": place, "measure": measure}
        # The count of the second city lies too far from that of its country
        | {"period_end": "2023-02-01" if place == "UZ-SA" else "2023-06-01", "value": value}
        for place, *values in cities
        for measure, value in zip(("ev_stock", "vehicle_stock"), values, strict=True)
    ]
    told = {"unit": "vehicles", "relation": "equals", "kind": "outcome", "source": "Weekly"}
    told |= {"url": "https://example.org/b", "published": "2023-06-20"}
    frame = pd.concat([facts.frame, pd.DataFrame(rows)], ignore_index=True).fillna(told)
    results = Results("uzbekistan-baseline", "UZ", tuple(range(2023, 2031)), {})
    results = replace(results, values={"ev_imports": imports, **demand.results})
    ledger = Ledger.from_frame(frame.fillna(""))
    made = replace(outlook, demand=demand, parts=(results,), ledger=ledger)
    return replace(made, baseline_forecasts=outlook.forecasts)


def test_tables_of_what_follows_from_imports(outlook, more_facts, same_as_stored):
    made = with_demand(outlook, more_facts)
    names = (
        "business_table charging_answers choice_table consequences_table cost_checks_table "
        "counts_table grid_table growth_by_year heavy_table outlook_table regions_table "
        "settings_table share_targets_table stations_table targets_table truck_points_table "
        "truck_trip_table"
    )
    lines = []
    for name in names.split():
        table = getattr(tables, name)
        shown = table() if name.startswith(("truck", "stations")) else table(made)
        lines += [f"== {name}", *table_lines(shown)]
    for name in ("answer", "more_points", "why"):
        lines += [f"== {name}", *getattr(tables, name)(made)._repr_html_().splitlines()]
    headlines = tables.headline_numbers(made)
    lines += ["== headline_numbers", *(f"{name}: {value}" for name, value in headlines.items())]
    index = {"ev_export_value_index": outlook.results.values["ev_imports"]}
    results = replace(outlook.results, values=index)
    scenario = outlook.scenario.replace(measure="ev_export_value_index", drivers=())
    of_index = replace(outlook, scenario=scenario, parts=(results,), demand=None)
    lines += ["== answer of an index", *tables.answer(of_index)._repr_html_().splitlines()]
    same_as_stored("tables_of_demand.txt", lines)


def test_what_a_notebook_shows_of_objects(outlook, more_facts, same_as_stored):
    event = {"kind": "price", "quantity": "ev_imports", "start": "2024-06-01", "size": -0.25}
    event |= {"name": "duty", "reason": "a duty ends", "source": "judgement"}
    keys = {"country": "UZ", "scenario": "b", "as_of": "2023-06-26", "horizon": 2030, "seed": 1}
    sizes = {"market_size": {2022: 400_000, 2023: 450_000}, "assumptions": {"home_access": 0.5}}
    scenario = scenario_from_parameters(keys | sizes | {"drivers": [PLANT, event]})
    shown = {
        "fact": more_facts.get("C4"),
        "facts": more_facts,
        "scenario": scenario,
        "draws": outlook.results,
        "outlook": outlook,
    }
    lines = []
    for name, thing in shown.items():
        lines += [f"== {name}", repr(thing), *thing._repr_html_().splitlines()]
    forecast = html_of.dispatch(FlowForecast)(make_forecast(more_facts))
    same_as_stored("objects.txt", [*lines, "== forecast", *forecast.splitlines()])


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
