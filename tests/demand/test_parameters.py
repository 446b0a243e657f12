"""Every default has a source or says judgement; every override is checked; draws follow their
ranges.
"""

import dataclasses
import re

import numpy as np
import pytest

from forecasting.demand.parameters import load_parameters, read_table
from forecasting.vocabulary.errors import AssumptionError

TABLES = (
    "demand_parameters.csv",
    "charging_groups.csv",
    "vehicle_classes.csv",
    "charging_power.csv",
    "climate.csv",
    "load_profiles.csv",
)
ROADS = ("corridors.csv", "truck_corridor.csv", "road_vehicles.csv")


@pytest.mark.parametrize("table", [*TABLES, *ROADS, "survival_sets.csv", "truck_outlook.csv"])
def test_every_default_has_a_source_or_says_judgement(table):
    for row in read_table(table):
        assert row["kind"] in ("source", "judgement"), row
        if row["kind"] == "source":
            assert row["source"], row
            assert row["url"].startswith(("https://", "http://")), row
        else:
            assert row["note"], row


def test_a_corridors_traffic_has_a_source_or_says_judgement():
    for row in read_table("corridors.csv"):
        assert row["traffic_kind"] == "judgement" or row["traffic_url"].startswith("https://"), row


def test_judgements_that_matter_are_wide():
    rules = {
        "utilisation_low",
        "utilisation_high",
        "national_target",
        "class_share",
        "local_assembly",
        "battery_assembly",
    }
    rules |= {
        "deliveries",
        "vehicle_stock_date",
        "power_date",
        "assembly_displaces",
        "assembly_phev",
    }
    levers = rules | {
        "local_assembly_year",
        "battery_assembly_year",
        "national_target_year",
        "charging_rollout",
        "charging_rollout_year",
    }
    for row in load_parameters().rows:
        if row.kind == "judgement" and row.name not in levers | {"coverage_km"}:
            assert row.high > row.low, row.key
            assert row.high - row.low >= 0.15 * abs(row.mode), row.key


def test_every_row_lies_inside_its_own_bounds_and_in_order():
    for row in load_parameters().rows:
        assert row.minimum <= row.low <= row.mode <= row.high <= row.maximum, row.key
        assert row.unit, row.key
        assert row.distribution in ("triangular", "lognormal", "fixed"), row.key


def test_keys_are_unique_within_a_place():
    rows = load_parameters().rows
    assert len({(row.key, row.place) for row in rows}) == len(rows)
    assert {row.key for row in rows if row.place} <= {row.key for row in rows if not row.place}


def test_a_places_rows_win_over_defaults_and_overrides_over_both():
    parameters = load_parameters()
    assert parameters["reexport_share"].mode == 0.02
    assert parameters.at("KG")["reexport_share"].mode == 0.55
    changed = parameters.override({"reexport_share": 0.3}).at("KG")
    assert changed["reexport_share"].mode == 0.3
    assert changed["reexport_share"].source == "scenario"
    assert parameters.at("NO")["reexport_share"].mode == 0.02


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"consumption": 0.21},
            r"consumption: 0.21 kWh/100 km is outside 5 to 60 \(looks like kWh/km; write 21\)",
        ),
        (
            {"utilisation_low.enroute_dc": 0},
            r"utilisation_low.enroute_dc: 0 share of hours is outside 0.001 to 1",
        ),
        (
            {"utilisation_high.enroute_dc": 1.2},
            r"utilisation_high.enroute_dc: 1.2 share of hours is outside",
        ),
        ({"annual_km": -5}, r"annual_km: -5 km per year is outside 1000 to 150,000"),
        ({"survival_scale": 0}, r"survival_scale: 0 years is outside 1 to 60"),
        ({"home_access": 35}, r"home_access: 35 share .*looks like per cent; write 0.35"),
        (
            {"vehicle_stock": 4690.9},
            r"vehicle_stock: 4690.9 vehicles .*looks like thousands; write 4690900",
        ),
        ({"home_kw": 7.4e-6}, r"home_kw: 7.4e-06 kW .*looks like GW; write 7.4"),
        ({"home_kw": 0.0074}, r"home_kw: 0.0074 kW .*looks like MW; write 7.4"),
        ({"home_acess": 0.4}, r"home_acess: no such parameter \(did you mean home_access\?\)"),
    ],
)
def test_a_wrong_override_is_named_with_value_unit_and_range(changes, message):
    with pytest.raises(AssumptionError, match=message):
        load_parameters().override(changes)


def test_all_problems_come_at_once():
    with pytest.raises(AssumptionError, match="no such parameter") as caught:
        load_parameters().override({"consumption": 0.2, "nonsense": 1, "home_access": 2})
    assert len(caught.value.problems) == 3


def test_an_unknown_name_is_refused_on_reading_too():
    with pytest.raises(
        AssumptionError, match=r"anual_km: no such parameter \(did you mean annual_km\?\)"
    ):
        load_parameters()["anual_km"]


def test_a_value_at_the_end_of_its_range_is_no_problem():
    row = load_parameters()["consumption"]
    assert load_parameters().override({row.key: row.maximum})[row.key].mode == row.maximum


def test_draws_keep_to_their_ranges_and_medians():
    parameters = load_parameters()
    drawn = parameters.draw(np.random.default_rng(1), 4000)
    for row in parameters:
        assert drawn[row.key].shape == (4000, 1)
        assert drawn[row.key].min() >= row.minimum
        assert drawn[row.key].max() <= row.maximum
    triangle = drawn["home_access"]
    assert triangle.mean() == pytest.approx((0.4 + 0.65 + 0.9) / 3, abs=1e-3)
    assert np.quantile(drawn["annual_km"], [0.1, 0.5, 0.9]) == pytest.approx(
        [8_000, 12_000, 20_000], rel=0.01
    )


def test_overriding_one_parameter_leaves_the_draws_of_all_others():
    parameters = load_parameters()
    before = parameters.draw(np.random.default_rng(1), 100)
    after = parameters.override({"home_access": 0.5}).draw(np.random.default_rng(1), 100)
    assert all(np.array_equal(before[key], after[key]) for key in before if key != "home_access")
    assert np.all(after["home_access"] == 0.5)


def test_one_more_parameter_leaves_the_draws_of_all_others():
    parameters = load_parameters()
    fewer = dataclasses.replace(parameters, rows=parameters.rows[1:])
    some = fewer.draw(np.random.default_rng(1), 100)
    assert "reexport_share" not in some
    every = parameters.draw(np.random.default_rng(1), 100)
    assert all(np.array_equal(some[key], every[key]) for key in some)


def test_the_same_seed_gives_the_same_draws():
    parameters = load_parameters()
    one, two = (parameters.draw(np.random.default_rng(7), 50) for _ in range(2))
    assert all(np.array_equal(one[key], two[key]) for key in one)


def test_most_assumptions_have_a_page_and_none_a_bare_address():
    rows = load_parameters().rows
    assert sum(bool(row.url) for row in rows) >= 110
    bare = [row.key for row in rows if row.url and re.fullmatch(r"https?://[^/]+/?", row.url)]
    assert bare == []
    assert all(row.source for row in rows if row.url)


def test_the_rest_of_a_share_can_be_lognormal():
    """Of what stays the quantiles are 0.5, 0.8 and 1."""
    row = load_parameters()["reexport_share"]
    leaves = dataclasses.replace(row, distribution="rest", low=0.0, mode=0.2, high=0.5)
    values = leaves.quantile(np.array([0.001, 0.1, 0.5, 0.9, 0.999]))
    assert values[:4] == pytest.approx([0.0, 0.0, 0.2, 0.5])
    assert 0.6 < values[4] < 0.75
    alike = dataclasses.replace(leaves, low=0.2, high=0.2)
    assert alike.quantile(np.array([0.1, 0.9])) == pytest.approx(0.2)
