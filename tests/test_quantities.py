"""What is declared of each quantity holds together, and no other module spells it anew."""

import ast
import math
from pathlib import Path

import numpy as np
import pytest

from forecasting.quantities import (
    BOUNDS,
    EXACT,
    OPPOSITE,
    QUANTITIES,
    RELATION_WORDS,
    RELATIONS,
    default_quantity,
    on_a_day,
    quantity_of,
)

PACKAGE = Path(__file__).parent.parent / "forecasting"


def test_relations_are_numbers_or_bounds_each_with_its_opposite():
    assert {*EXACT} | {*BOUNDS} == {*RELATIONS} == {*RELATION_WORDS}
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
        ("yoy_growth_percent", 410.4, ("period", "before", 0.0, 5.104)),
        ("yoy_difference", 500.0, ("period", "before", 500.0, 1.0)),
        ("yoy_difference", -500.0, ("before", "period", 500.0, 1.0)),
        ("share_percent", 80.0, ("period", "before", 0.0, 0.8)),
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
    assert quantity.before(quantity.after(1114.0, 30.0), 30.0) == pytest.approx(1114.0)


@pytest.mark.parametrize(
    ("name", "of_own", "possible", "impossible"),
    [
        ("total", False, (0.0, 1e12), (-1.0,)),
        ("yoy_growth_percent", False, (-99.9, 41_000.0), (-100.0, -101.0)),
        ("yoy_difference", False, (-5e6, 5e6), ()),
        ("share_percent", False, (0.0, 100.0), (-0.1, 100.1)),
        ("share_percent", True, (0.0, 100_000.0), (-0.1, 100_001.0)),
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
