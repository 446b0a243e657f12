"""Small tables: the right numbers, in words, the same in text and HTML."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from made_up import FIT, make_outlook, make_results

import forecasting as fc
from forecasting.evidence import datasets
from forecasting.reporting import grounds, result_tables as tables
from forecasting.scenarios.joint_draws import RESULT_COLUMNS
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.periods import span

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def bands(table, measure, place=("uzbekistan-baseline", "UZ")):
    return tables.stored_results(table)[place].bands(measure)


def test_bands_are_the_quantiles_of_the_draws(outlook):
    wide = bands(outlook.table, "ev_stock")
    draws = outlook.results.values["ev_stock"]
    assert wide.loc[2030, 0.9] == pytest.approx(np.quantile(draws[:, -1], 0.9))
    assert list(wide.index) == list(outlook.years)


def test_months_are_not_years(outlook):
    monthly = outlook.table.assign(period_start="2023-12-01", period_end="2023-12-31", value=-1.0)
    wide = bands(pd.concat([outlook.table, monthly], ignore_index=True), "ev_imports")
    assert wide.loc[2023, 0.5] == pytest.approx(10_000)


def test_one_place_of_several():
    both = pd.concat([make_results().table, make_results("kazakhstan-baseline", "KZ", 0.5).table])
    place = ("kazakhstan-baseline", "KZ")
    assert bands(both, "ev_stock", place).loc[2023, 0.5] == pytest.approx(6_000)
    assert list(tables.stored_results(both)) == [("uzbekistan-baseline", "UZ"), place]


def test_stored_results_are_those_of_each_scenario_and_place():
    runs = [
        make_results("uzbekistan-baseline", "UZ", 1.6),
        make_results("kazakhstan-baseline", "KZ", 0.5),
        make_results("kazakhstan-accelerated", "KZ", 0.7).since(2024),
    ]
    stored = tables.stored_results(pd.concat([run.table for run in reversed(runs)]))
    assert len(stored) == 3
    for run in runs:
        for name in run.values:
            wide = stored[run.scenario, run.country].bands(name)
            pd.testing.assert_frame_equal(
                wide, run.bands(name), check_names=False, check_column_type=False
            )


def test_a_table_without_rows_has_no_results():
    assert tables.stored_results(pd.DataFrame(columns=RESULT_COLUMNS)) == {}


def test_the_headline_is_the_near_years_and_the_end_of_the_chain(outlook):
    assert tables.headline_numbers(outlook) == {
        "ev_imports 2023": 10_000,
        "ev_imports 2024": 15_000,
        "ev_stock 2030": 205_000,
        "charging_points_need 2030": 6_830,
        "charging_points_practice 2030": 15_400,
    }


def test_a_flow_alone_has_a_headline_too():
    table = make_results().table.query("measure == 'ev_imports'")
    (flow,) = tables.stored_results(table).values()
    assert [row["year"] for row in tables.headline(flow, "ev_imports", 2029)] == [2029, 2030]
    assert [row["year"] for row in tables.headline(flow, "ev_imports", 2023)] == [2023, 2024, 2030]


def test_the_outlook_table_starts_where_the_facts_end(outlook):
    frame = tables.outlook_table(outlook, "ev_stock", "peak_mw").frame
    assert frame.columns.tolist() == [
        ("year", ""),
        *(("Electric cars on the road, vehicles", name) for name in ("median", "10 %", "90 %")),
        *(("Peak charging load, MW", name) for name in ("median", "10 %", "90 %")),
    ]
    assert frame.iloc[0].tolist()[:4] == ["2023", "12,000", "8,200", "18,000"]


def test_medians_and_bounds_stand_in_cells_of_their_own_and_lead_to_what_they_rest_on(outlook):
    page = tables.outlook_table(outlook, "ev_stock")._repr_html_()
    head = '<th colspan="3">Electric cars on the road, vehicles</th>'
    assert f'<tr><th rowspan="2">year</th>{head}</tr>' in page
    cells = "".join(
        f'<td class="amount"><a href="#grounds-ev_stock">{words}</a></td>'
        for words in ("12,000", "8,200", "18,000")
    )
    assert f'<tr><td class="number">2023</td>{cells}</tr>' in page


def test_facts_lead_to_their_sources(ledger):
    shown = tables.facts_table(ledger)
    assert shown.frame["statement"].tolist()[-1] == "more than 3,500 vehicles"
    assert shown._repr_html_().count('<a href="https://example.org/a">Daily</a>') == len(ledger)
    assert len(tables.facts_table(ledger, limit=3).frame) == 3


def test_fit_tables_show_the_most_surprising_first(outlook):
    frame = pd.concat([FIT, FIT.assign(fact="X", surprise=-2.0)], ignore_index=True)
    outlook.forecast.fit_table = lambda: frame
    assert tables.fit_table(outlook.forecast).frame["fact"].tolist() == ["X", "F2022"]
    assert tables.fit_table(outlook.forecast, limit=1).frame["surprise"].tolist() == ["−2"]


def test_a_fact_that_nothing_else_speaks_of_may_be_anything(outlook):
    outlook.forecast.fit_table = lambda: FIT.assign(expected=14_200.0, low=0.03, high=6.5e9)
    row = tables.fit_table(outlook.forecast).frame.iloc[0]
    assert (row["expected"], row["10 %"], row["90 %"]) == ("anything", "–", "–")
    outlook.forecast.fit_table = lambda: FIT.assign(expected=14_200.0, low=1_000.0, high=200_000.0)
    assert tables.fit_table(outlook.forecast).frame["expected"].tolist() == ["14,200"]


def test_drivers_and_assumptions_of_the_scenario(outlook):
    columns = ["likeliest", "lowest", "highest", "unit"]
    assert tables.drivers_table(outlook).frame[columns].to_numpy().tolist() == [
        [1.2, 1.0, 1.5, "times as many"]
    ]
    assert " 1.2      1     1.5 times as many" in repr(tables.drivers_table(outlook))
    assert tables.assumptions_table(outlook).frame["assumption"].tolist() == ["kilometres a year"]
    assert len(tables.assumptions_table(outlook, all_of_them=True).frame) > 30


def test_conflicts_of_the_shipped_ledger():
    shown = tables.conflicts_table(
        datasets.central_asia().select("TJ", "ev_imports"), limit=1
    ).frame
    assert shown.iloc[0, :3].tolist() == ["Electric vehicles imported", "2023", "1,500"]


def test_sources_are_counted(ledger):
    assert tables.sources_table(ledger).frame.to_numpy().tolist() == [["Daily", "9", "2023-06-26"]]


def test_several_outlooks_in_one_table():
    both = [make_outlook(), make_outlook("kazakhstan-baseline", "KZ")]
    assert tables.joined(both)["country"].unique().tolist() == ["UZ", "KZ"]
    assert grounds.caveats_of(both).lines[3] == "Kazakhstan: a made-up caveat"


def test_methods_with_and_without_a_median():
    frame = pd.DataFrame({"mean": [5.0, 9.0], "pi_lower": [1.0, 2.0], "pi_upper": [8.0, 10.0]})
    frame.index = pd.PeriodIndex(["2024", "2025"], freq="Y")
    shown = tables.methods_table({"ETS": frame}, 2025, happened=3.0).frame
    assert shown.to_numpy().tolist() == [["ETS", "9", "2", "10", "3", "yes"]]


def test_policies_are_told_with_their_months(kyrgyz_policies):
    table = tables.policies_table(kyrgyz_policies)
    frame = table.frame.iloc[:2]
    assert frame["on"].tolist() == ["2025-09-26", "2026-01-22"]
    assert frame["change"].tolist() == ["ends", "begins"]
    before = frame[tables.BEFORE_HEAD].tolist()
    after = frame[tables.AFTER_HEAD].tolist()
    assert after[0].startswith("−")
    assert after[1].startswith("+")
    assert all(" % (" in cell for cell in [*before, *after])
    assert table.caption.endswith("learned from 34 ends elsewhere")
    assert "judgement" not in table.caption


def test_what_is_held_up_is_called_a_judgement():
    held_up = tables.policies_table(fc.outlook("UZ", draws=50)).caption
    assert held_up.endswith("what is held up, and how it fades, is a judgement")


def test_policies_of_an_outlook_from_files_are_not_known(outlook):
    with pytest.raises(InputError, match="was read from files, which hold no policies"):
        tables.policies_table(outlook)


def test_an_event_of_a_policy_is_told_by_what_it_moves_also_where_nothing_is_sold(monkeypatch):
    """Nothing is sold before it begins; then it moves what is sold by a half, for three months."""
    months = [*span("2024-01-01", "2025-12-31").months()]
    monthly = np.full((3, 24), 100.0)
    monthly[:, :3] = 0.0
    effects = {"moves": 1.5, "moves nothing": 1.0, "ends all": 0.0}

    def applied(forecast, drivers, until, seed):
        assert (until, seed) == ("the last day", 7)
        after = monthly.copy()
        after[:, 3:6] *= effects[drivers[0].name]
        return SimpleNamespace(monthly=after)

    drivers = [
        SimpleNamespace(
            name=name, kind=kind, policy="uz-2019-01-duty", reason=name, start=dt.date(2024, 4, 1)
        )
        for name, kind in (("not asked", "demand"), *((name, "policy") for name in effects))
    ]
    monkeypatch.setattr(tables, "apply_drivers", applied)
    monkeypatch.setattr(tables, "drivers_on_day", lambda *_: (drivers, None))
    monkeypatch.setattr(tables, "last_day", lambda *_: "the last day")
    asked = SimpleNamespace(
        scenario=SimpleNamespace(seed=7), ledger=None, evidence=None, as_of=dt.date(2024, 3, 31)
    )
    forecast = SimpleNamespace(months=months, monthly=monthly)
    rows = [*tables._scenario_policies(asked, forecast)]
    assert [
        (row["policy"], row[tables.BEFORE_HEAD], row[tables.AFTER_HEAD], row[tables.YEAR_ON_HEAD])
        for row in rows
    ] == [
        ("moves", "–", "+50 % (+50 to +50)", "–"),
        ("ends all", "–", "−100 % (−100 to −100)", "–"),
    ]
    assert {(row["change"], row["on"]) for row in rows} == {
        ("in this scenario", dt.date(2024, 4, 1))
    }


@pytest.fixture(scope="module")
def kyrgyz_policies():
    return fc.outlook("KG", draws=200)


@pytest.mark.parametrize(
    ("scenario", "flow", "stock"),
    [
        # Customs count battery cars; plug-in hybrids are built in the country, and imported apart
        ("uzbekistan-baseline", "Battery cars imported", "Battery and plug-in cars on the road"),
        ("kazakhstan-baseline", "Battery cars registered", "Battery cars on the road"),
        # Of these nobody says which electric cars are counted
        ("kyrgyzstan-baseline", "Electric cars registered", "Electric cars on the road"),
        ("turkmenistan-baseline", "Electric cars imported", "Electric cars on the road"),
    ],
)
def test_heads_say_which_electric_cars_are_counted(scenario, flow, stock):
    made = fc.outlook(scenario, draws=50)
    shown = tables.outlook_table(made, made.scenario.measure, "ev_stock", "ebus_stock").frame
    heads = list(dict.fromkeys(shown.columns.get_level_values(0)))
    assert heads[1:3] == [f"{flow}, vehicles a year", f"{stock}, vehicles"]
    assert set(heads[3:]) <= {"Electric buses on the road, vehicles"}


def test_a_period_in_the_table_of_a_ledger_is_no_fact(ledger):
    page = ledger._repr_html_()
    assert "2023-01..2023-04: " in page
    assert "#fact-" not in page


def test_a_column_without_a_name_has_its_numbers_and_is_no_address_of_the_others():
    shown = tables.small_table(pd.DataFrame({"": [52], "about": [1]}, index=["total"]))
    assert shown.frame.iloc[0].tolist() == ["total", "52", "1"]
    assert "<a " not in shown._repr_html_()


def test_which_electric_cars_a_measure_counts_is_that_of_its_agency_or_of_all():
    def results(*plug_ins: float) -> SimpleNamespace:
        values = {"phev_stock": None} if plug_ins else {}
        return SimpleNamespace(
            values=values, bands=lambda name: {0.5: pd.Series([*plug_ins], dtype=float)}
        )

    def words(made: SimpleNamespace, measure: str, basis: str | None = "uz-customs-2023") -> str:
        return str(tables.vehicles_in(made, basis, "ev_imports", measure))

    agency = tables.shipped_bases()["uz-customs-2023"].vehicles or "electric cars"
    assert words(results(5, 1), "ev_stock") == "battery and plug-in cars"
    assert words(results(5, 0), "ev_stock") == agency
    assert words(results(), "ev_stock") == agency
    assert words(results(5, 1), "ev_imports") == agency
    assert words(results(), "ev_imports", None) == "electric cars"
