"""What is declared of each quantity holds together, and no other module spells it anew."""

import ast
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.fact import Fact
from forecasting.evidence.observation import observations_of
from forecasting.growth.flow import forecast_flow
from forecasting.growth.likelihood import contrast_weights
from forecasting.reading.press import propose_facts
from forecasting.reporting.figures.fan import marks_of
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.periods import year
from forecasting.vocabulary.quantities import (
    BOUNDS,
    EXACT_RELATIONS,
    OPPOSITE,
    QUANTITIES,
    RELATION_WORDS,
    RELATIONS,
    default_quantity,
    on_a_day,
    quantity_of,
)

PACKAGE = Path(__file__).parents[2] / "forecasting"


def test_relations_are_numbers_or_bounds_each_with_its_opposite():
    assert {*EXACT_RELATIONS} | {*BOUNDS} == {*RELATIONS} == {*RELATION_WORDS}
    assert all(BOUNDS[OPPOSITE[name]] == -side for name, side in BOUNDS.items())
    assert all(OPPOSITE[OPPOSITE[name]] == name for name in BOUNDS)


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_value_is_read_back_from_its_contrast(name):
    quantity = QUANTITIES[name]
    contrast = quantity.contrast(40.0, 120)
    assert (contrast.denominator is None) == (quantity.says == "count")
    if not quantity.added:
        back = quantity.value_of(np.array([contrast.ratio]), 120)
        assert back == pytest.approx([40.0])


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("total", 2544.0, ("period", None, 1.0, 2544.0)),
        ("stock", 2544.0, ("period", None, 1.0, 2544.0)),
        ("cumulative", 2544.0, ("period", None, 1.0, 2544.0)),
        ("yoy_growth_percent", 410.4, ("period", "before", 0.0, 5.104)),
        ("yoy_difference", 500.0, ("period", "before", 500.0, 1.0)),
        ("yoy_difference", -500.0, ("before", "period", 500.0, 1.0)),
        ("share_percent", 80.0, ("period", "before", 0.0, 0.8)),
        ("market_share_percent", 5.0, ("period", "market", 0.0, 0.05)),
        ("per_day", 100.0, ("period", None, 1.0, 12_000.0)),
    ],
)
def test_what_a_value_says_of_a_flow(name, value, said):
    contrast = QUANTITIES[name].contrast(value, 120)
    assert (contrast.numerator, contrast.denominator) == said[:2]
    assert (contrast.constant, contrast.ratio) == pytest.approx(said[2:])


@pytest.mark.parametrize("name", ["yoy_growth_percent", "yoy_difference"])
def test_a_change_leads_from_one_year_to_the_next_and_back(name):
    quantity = QUANTITIES[name]
    assert quantity.previous_total(quantity.next_total(1114.0, 30.0), 30.0) == pytest.approx(1114.0)


@pytest.mark.parametrize(
    ("name", "of_own", "possible", "impossible"),
    [
        ("total", False, (0.0, 1e12), (-1.0,)),
        ("yoy_growth_percent", False, (-99.9, 41_000.0), (-100.0, -101.0)),
        ("yoy_difference", False, (-5e6, 5e6), ()),
        ("share_percent", False, (0.0, 100.0), (-0.1, 100.1)),
        ("share_percent", True, (0.0, 100_000.0), (-0.1, 100_001.0)),
        ("market_share_percent", False, (0.1, 100.0), (-0.1, 100.1)),
        ("per_day", False, (0.0, 100.0), (-1.0,)),
    ],
)
def test_which_values_are_possible(name, of_own, possible, impossible):
    quantity = QUANTITIES[name]
    assert [quantity.fault(value, of_own) for value in possible] == [False] * len(possible)
    assert [quantity.fault(value, of_own) for value in impossible] == [True] * len(impossible)


def test_a_number_of_some_days_at_its_rate_of_a_year():
    assert QUANTITIES["total"].yearly(2544.0, 120) == pytest.approx(7738.0)
    assert QUANTITIES["per_day"].yearly(100.0, 120, 366) == 36_600.0


def test_an_empty_cell_means_what_the_measure_is():
    kinds = {"flow": "total", "stock": "stock", "statement": ""}
    assert {kind: default_quantity(kind) for kind in kinds} == kinds
    assert quantity_of("").unit_of("km") == "km"
    assert math.isinf(quantity_of("").highest)


def test_only_what_comes_over_days_needs_a_first_one():
    assert on_a_day("ev_stock", "")
    assert on_a_day("", "stock")
    assert on_a_day("ev_imports", "cumulative")
    assert not on_a_day("ev_imports", "cumulative", since=True)
    assert not on_a_day("ev_imports", "yoy_growth_percent")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_other_module_lists_quantities_or_relations(path):
    if path.name in ("quantities.py", "measures.py"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            names = {part.value for part in node.elts if isinstance(part, ast.Constant)}
            assert len(names & {*QUANTITIES} - {"total", "stock"}) < 2, ast.unparse(node)
            assert not names >= {"total", "stock"}, ast.unparse(node)
            assert len(names & {*RELATIONS}) < 2, ast.unparse(node)


def since_launch(value, end, start="", relation="equals"):
    cells = {"period_start": start, "period_end": end, "relation": relation}
    return {"quantity": "cumulative", "value": value} | cells


def test_all_that_came_since_the_launch_is_told_and_checked_as_it_is_printed():
    columns = {"id": "a", "measure": "ev_sales", "place": "NO"}
    sofar = Fact(**columns, **since_launch(45_000, "2023-12-31"))
    assert str(sofar).endswith("sold, 2023-12-31: 45,000 vehicles since the launch")
    recent = Fact(**columns, **since_launch(9000, "2023-12-31", "2021-05-01", "at_least"))
    assert str(recent).endswith("2021-05..2023-12: at least 9,000 vehicles since 1 May 2021")
    assert (sofar.accumulates, sofar.is_rate, sofar.stock) == (True, False, False)
    assert (recent.accumulates, recent.is_rate, recent.is_count) == (False, True, True)
    with pytest.raises(LedgerError, match="'cumulative' does not fit ev_stock, a stock"):
        Fact(**columns | {"measure": "ev_stock"}, **since_launch(45_000, "2023-12-31"))


def test_all_that_came_since_the_launch_weighs_every_month_alike():
    columns = {"id": "a", "measure": "ev_sales", "place": "NO"}
    sofar, recent = observations_of(
        [
            Fact(**columns, **since_launch(45_000, "2022-06-30")),
            Fact(**columns, **since_launch(9000, "2022-06-30", "2021-03-01")),
        ]
    )
    numerator, denominator, _ = contrast_weights(sofar, 2021, 24)
    assert numerator.tolist() == [1.0] * 18 + [0.0] * 6
    assert not denominator.any()
    assert math.exp(sofar.value) == pytest.approx(45_000)
    assert contrast_weights(recent, 2021, 24)[0].tolist() == [0.0] * 2 + [1.0] * 16 + [0.0] * 6


def test_what_came_up_to_one_day_is_no_flow_of_that_day():
    columns = {"id": "a", "measure": "ev_sales", "place": "NO"}
    one_day = Fact(**columns, **since_launch(45_000, "2022-06-30", "2022-06-30"))
    assert str(one_day).endswith("2022-06-30: 45,000 vehicles since the launch")
    assert (one_day.accumulates, one_day.is_rate) == (True, False)
    (sofar,) = observations_of([one_day])
    assert contrast_weights(sofar, 2021, 24)[0].tolist() == [1.0] * 18 + [0.0] * 6


def market_share(value, start, end):
    dates = {"period_start": start, "period_end": end, "relation": "equals"}
    return {"quantity": "market_share_percent", "value": value} | dates


def test_a_share_of_the_market_needs_no_reference_and_says_what_it_is_of():
    columns = {"id": "a", "measure": "ev_sales", "place": "NO"}
    share = Fact(**columns, **market_share(5, "2022-01-01", "2022-12-31"))
    assert str(share).endswith("2022: 5 % of all new vehicles")
    assert (share.compares, share.is_count, share.is_change) == (False, False, False)
    with pytest.raises(LedgerError, match=r"a share of 140 % is outside 0 to 100 % \(5 % of new"):
        Fact(**columns, **market_share(140, "2022-01-01", "2022-12-31"))


def test_a_share_of_a_market_of_known_size_is_as_many_vehicles():
    table = pd.DataFrame([market_share(2, "2022-01-01", "2022-12-31") | {"rounding": 0.005}])
    forecast = forecast_flow(table, [year(2022)], market_size=100_000)
    assert not forecast.caveats
    low, middle, high = forecast.quantiles([0.1, 0.5, 0.9]).iloc[0]
    assert middle == pytest.approx(2000, rel=0.02)
    # As exact as the size of the market
    assert math.log(high / low) == pytest.approx(2 * 1.28 * 0.06, rel=0.3)
    assert forecast.fit_table()["value"].tolist() == [2.0]


def test_a_share_tells_growth_where_no_size_is_known():
    total = {"quantity": "total", "value": 2000, "relation": "equals"}
    total |= {"period_start": "2022-01-01", "period_end": "2022-12-31"}
    middles = []
    for share in (0.5, 40):
        table = pd.DataFrame([total, market_share(share, "2022-01-01", "2022-12-31")])
        middles.append(forecast_flow(table, [year(2023)]).quantiles([0.5]).iloc[0, 0])
    assert middles[0] > 1.2 * middles[1] > 2000


def test_a_share_of_a_part_of_a_year_is_of_the_vehicles_of_that_part():
    total = {"quantity": "total", "value": 2000, "relation": "equals"}
    half = {"period_start": "2023-01-01", "period_end": "2023-06-30"}
    table = pd.DataFrame([market_share(4, *half.values())])
    counted = pd.DataFrame([total | half])
    told = [forecast_flow(rows, [year(2023)], market_size=100_000) for rows in (table, counted)]
    share, count = (forecast.quantiles([0.5]).iloc[0, 0] for forecast in told)
    assert share == pytest.approx(count, rel=0.04)


def test_two_numbers_since_the_launch_give_the_year_between_them():
    table = pd.DataFrame([since_launch(10_000, "2022-12-31"), since_launch(25_000, "2023-12-31")])
    forecast = forecast_flow(table, [year(2023)], market_size=300_000)
    low, middle, high = forecast.quantiles([0.1, 0.5, 0.9]).iloc[0]
    assert middle == pytest.approx(15_000, rel=0.01)
    assert high / low < 1.1


def test_since_a_day_is_the_total_since_that_day():
    days = {"period_start": ["2022-01-01"], "period_end": ["2023-12-31"]}
    told = [
        pd.DataFrame({"relation": ["equals"], "quantity": [name], "value": [10_000]} | days)
        for name in ("cumulative", "total")
    ]
    one, other = (forecast_flow(table, [year(2023)]).quantiles([0.1, 0.5, 0.9]) for table in told)
    pd.testing.assert_frame_equal(one, other)


def test_a_sentence_says_that_a_number_is_of_all_that_came():
    text = "By the end of 2023 Kazakhstan imported 45,000 electric cars since the launch"
    (proposal,) = propose_facts(text, {"published": "2024-02-01"})
    assert (proposal.cells["quantity"], proposal.cells["period_end"]) == (
        "cumulative",
        "2023-12-31",
    )
    assert "period_start" not in proposal.cells
    assert "not known here: since, launch" in proposal.doubts[0]


def test_all_that_came_since_the_launch_has_no_height_among_yearly_flows():
    columns = {"place": "NO", "measure": "ev_sales", "published": "2024"}
    facts = [
        Fact(id="a", **columns, **since_launch(45_000, "2023-12-31")),
        Fact(id="b", **columns, **since_launch(9000, "2023-12-31", "2023-01-01")),
    ]
    assert [mark.height for mark in marks_of(facts, "ev_sales")] == [9000.0]
