"""Conflicts, revisions and sums that must close, on small ledgers and on the shipped one."""

from __future__ import annotations

import pandas as pd

from forecasting.evidence import datasets
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.reconcile import conflicts, nesting, revisions

UZ = datasets.central_asia().select("UZ", "ev_imports", partner=None)


def ledger(*rows: dict[str, object]) -> Ledger:
    base = {
        "measure": "ev_imports",
        "place": "UZ",
        "relation": "equals",
        "quantity": "total",
        "basis": "agency",
    }
    whole = {"period_start": "2023-01-01", "period_end": "2023-12-31", "published": "2024-02-01"}
    return Ledger.from_frame(pd.DataFrame([{**base, **whole, **row} for row in rows]))


def test_one_agency_printing_twice_is_a_revision_not_a_conflict() -> None:
    twice = ledger({"value": 100}, {"value": 110, "published": "2024-05-01"})
    assert len(conflicts(twice)) == 0
    assert revisions(twice)[["first", "later", "change_percent"]].round(6).to_numpy().tolist() == [
        [100.0, 110.0, 10.0]
    ]


def test_two_agencies_are_a_conflict() -> None:
    table = conflicts(ledger({"value": 100}, {"value": 150, "basis": "ministry"}))
    assert table[["why", "ratio"]].to_numpy().tolist() == [["two agencies", 1.5]]
    other = conflicts(ledger({"value": 100}, {"value": 150, "product": "all-types"}))
    assert other["why"].tolist() == ["two definitions"]


def test_a_number_that_was_revised_conflicts_with_nobody() -> None:
    ministry = {"value": 150, "basis": "ministry", "published": "2024-02-01"}
    revised = {"value": 101, "basis": "ministry", "published": "2024-06-01"}
    (pair,) = conflicts(ledger({"value": 100}, ministry, revised)).to_dict("records")
    assert {pair["value_a"], pair["value_b"]} == {100.0, 101.0}
    assert not len(conflicts(ledger({"value": 101}, ministry, revised)))


def test_another_source_and_a_weaker_print_take_no_number_back() -> None:
    papers = [
        {"value": value, "basis": "", "source": paper, "published": f"2024-0{month}-01"}
        for month, (paper, value) in enumerate([("News A", 200), ("News B", 300)], 1)
    ]
    agency = {"value": 500, "basis": "customs"}
    values = conflicts(ledger(agency, *papers))[["value_a", "value_b"]].to_numpy().tolist()
    assert {tuple(sorted(pair)) for pair in values} >= {(200.0, 500.0), (300.0, 500.0)}
    outcome = {"value": 150, "basis": "ministry", "published": "2024-02-01"}
    estimate = outcome | {"value": 600, "kind": "estimate", "published": "2024-06-01"}
    values = conflicts(ledger({"value": 100}, outcome, estimate))[["value_a", "value_b"]]
    assert {100.0, 150.0} in map(set, values.to_numpy().tolist())


def test_a_round_figure_and_a_bound_agree_with_what_they_allow() -> None:
    assert (
        len(
            conflicts(
                ledger({"value": 1430}, {"value": 1500, "relation": "about", "basis": "ministry"})
            )
        )
        == 0
    )
    assert (
        len(
            conflicts(
                ledger({"value": 1420}, {"value": 1500, "relation": "about", "basis": "ministry"})
            )
        )
        == 1
    )
    assert (
        len(
            conflicts(
                ledger(
                    {"value": 1480},
                    {"value": 1400, "relation": "greater_than", "basis": "ministry"},
                )
            )
        )
        == 0
    )
    assert (
        len(
            conflicts(
                ledger(
                    {"value": 1480},
                    {"value": 1600, "relation": "greater_than", "basis": "ministry"},
                )
            )
        )
        == 1
    )


def test_growth_and_difference_imply_the_base() -> None:
    before = {
        "value": 100,
        "period_start": "2022-01-01",
        "period_end": "2022-12-31",
        "published": "2023-02-01",
    }
    same = revisions(ledger(before, {"value": 300}, {"value": 200, "quantity": "yoy_difference"}))
    assert len(same) == 0
    revised = revisions(
        ledger(before, {"value": 300}, {"value": 190, "quantity": "yoy_difference"})
    )
    assert revised[["first", "later"]].to_numpy().tolist() == [[100.0, 110.0]]
    close = revisions(
        ledger(before, {"value": 301}, {"value": 201, "quantity": "yoy_growth_percent"})
    )
    assert len(close) == 0  # 301 / 3.005 to 301 / 3.015: holds 100
    far = revisions(
        ledger(before, {"value": 300}, {"value": 150.0, "quantity": "yoy_growth_percent"})
    )
    assert far["later"].tolist() == [120.0]


def test_a_growth_implies_a_whole_number_where_one_is_within_its_digits() -> None:
    before = {
        "value": 120,
        "period_start": "2022-01-01",
        "period_end": "2022-12-31",
        "published": "2023-02-01",
    }
    growth = {"value": 201, "rounding": 2, "quantity": "yoy_growth_percent"}
    table = revisions(ledger(before, {"value": 300}, growth))
    assert table["later"].tolist() == [100.0]  # 300 / 3.03 is 99.01, 300 / 2.99 is 100.33
    table = revisions(ledger(before, {"value": 300}, growth | {"rounding": 0.5}))
    assert table["later"].round(3).tolist() == [99.668]  # 99.50 to 99.83: no whole number
    wide = growth | {"value": 155, "rounding": 5}  # 300 / 2.6 is 115.4, 300 / 2.5 is 120
    assert len(revisions(ledger(before, {"value": 300}, wide))) == 0
    assert len(revisions(ledger(before | {"value": 115.4}, {"value": 300}, wide))) == 0


def test_a_base_that_its_agency_printed_alike_is_compared_once() -> None:
    before = {"period_start": "2022-01-01", "period_end": "2022-12-31"}
    table = conflicts(
        ledger(
            before | {"value": 100},
            before | {"value": 10, "basis": "forwarder"},
            {"value": 300},
            {"value": 200, "quantity": "yoy_difference"},
        )
    )
    assert table[["value_a", "value_b"]].to_numpy().tolist() == [[100.0, 10.0]]


def test_one_agency_that_counts_two_products_names_them_and_revises_neither() -> None:
    twice = ledger(
        {"value": 100, "product": "passenger-cars"},
        {"value": 40, "product": "petrol-cars", "published": "2024-05-01"},
    )
    assert conflicts(twice)[["why", "sentence"]].to_numpy().tolist() == [
        [
            "two definitions",
            "UZ ev_imports 2023: 100 (agency: passenger cars) against 40 (agency: petrol cars), "
            "a factor of 2.50",
        ]
    ]
    assert len(revisions(twice)) == 0


def test_a_part_above_the_whole_is_a_conflict() -> None:
    part = {
        "value": 500,
        "basis": "customs",
        "relation": "greater_than",
        "period_end": "2023-10-31",
    }
    table = conflicts(ledger({"value": 400}, part))
    assert table["sentence"].tolist() == [
        "UZ ev_imports 2023-01..2023-10, within 2023: at least 500 (customs) above 400 (agency), "
        "a factor of 1.25"
    ]


def test_targets_and_repeats_do_not_conflict() -> None:
    assert len(conflicts(ledger({"value": 100}, {"value": 500, "kind": "target"}))) == 0
    repeat = {"value": 101, "kind": "context", "reference": "first"}
    assert (
        len(
            revisions(
                ledger(
                    {"value": 100, "id": "first"}, {**repeat, "id": "again", "published": "2025"}
                )
            )
        )
        == 0
    )


def test_periods_close_to_the_unit() -> None:
    months = (
        {"value": 1668, "period_end": "2023-03-31"},
        {"value": 876, "period_start": "2023-04-01", "period_end": "2023-04-30"},
    )
    right = nesting(ledger(*months, {"value": 2544, "period_end": "2023-04-30"}))
    assert right[["identity", "parts", "whole", "closes"]].to_numpy().tolist() == [
        ["periods", 2544.0, 2544.0, True]
    ]
    wrong = nesting(ledger(*months, {"value": 2545, "period_end": "2023-04-30"}))
    assert wrong[["gap", "closes"]].to_numpy().tolist() == [[-1.0, False]]
    assert wrong["sentence"].item() == (
        "UZ ev_imports 2023-01..2023-04 (agency): 1,668 + 876 against 2,545: does not close, by 1"
    )


def test_partners_reach_the_world_where_the_others_are_printed() -> None:
    parts = ({"value": 90, "partner": "CN"}, {"value": 5, "partner": "DE"})
    assert nesting(ledger({"value": 100}, *parts))["closes"].tolist() == [True]
    assert nesting(ledger({"value": 100}, *parts, {"value": 4, "partner": "other"}))[
        "closes"
    ].tolist() == [False]
    assert nesting(ledger({"value": 94}, *parts))["closes"].tolist() == [False]
    assert nesting(ledger({"value": 100}, {"value": 101, "partner": "CN+HK"}))[
        "closes"
    ].tolist() == [False]


def test_the_shipped_ledger_closes() -> None:
    table = nesting(datasets.central_asia())
    assert table["closes"].all()
    sentences = "\n".join(table["sentence"])
    assert "1,668 + 876 against 2,544: closes" in sentences


def test_the_known_disagreements_of_uzbekistan_and_tajikistan_are_shown() -> None:
    table = conflicts(UZ)
    found = {(row.period, row.value_a, row.value_b) for row in table.itertuples()}
    assert ("2022", 2180.0, 3641.0) in found
    # The second is implied by 20,190 less 6,730
    assert ("2023-01..2023-10", 22400.0, 13460.0) in found
    tajikistan = conflicts(datasets.central_asia().select("TJ", "ev_imports"))
    assert {(row.value_a, row.value_b) for row in tajikistan.itertuples()} == {
        (1500.0, 3316.0),
        (767.0, 770.0),
    }
    assert [(row.period, row.first, row.later) for row in revisions(UZ).itertuples()] == [
        ("2021-01..2021-06", 268.0, 250.0),
        ("2022-01", 122.0, 123.0),
        ("2022-01..2022-06", 1125.0, 1114.0),
        ("2024-01..2024-09", 16209.0, 16205.0),
    ]


def test_parts_of_what_an_agency_counts_are_no_conflict() -> None:
    cars = {"measure": "car_imports", "product": "passenger-cars", "value": 100}
    petrol = {"measure": "car_imports", "product": "petrol-and-hybrid-cars", "value": 30}
    assert len(conflicts(ledger(cars, petrol))) == 0
    assert len(conflicts(ledger(cars, petrol | {"value": 130}))) == 1
    assert len(conflicts(ledger(cars, petrol | {"basis": "ministry"}))) == 1


def test_battery_cars_and_plug_ins_of_one_agency_are_no_conflict() -> None:
    battery = {"value": 5_600, "product": "battery-cars"}
    plug_in = {"value": 17_000, "product": "plug-in-hybrids"}
    assert len(conflicts(ledger(battery, plug_in))) == 0
    assert len(conflicts(ledger(battery, plug_in | {"basis": "ministry"}))) == 1


def test_the_iea_stands_beside_the_ministry_customs_and_the_register() -> None:
    table = conflicts(datasets.central_asia().select("UZ")).set_index(["fact_a", "fact_b"])
    sold = table.loc[("uz-ev-sales-2024-iea-bev", "uz-ev-sales-2024-cerr-new"), "sentence"]
    assert sold.startswith("UZ ev_sales 2024: 5,600 (IEA")
    assert "24,095 that customs cleared" in sold
    stand = ("uz-ev-stock-2024-12-31-energy-ministry", "uz-ev-stock-2024-12-31-iea-bev")
    on_the_road = table.loc[stand, "sentence"]
    assert "44,000 (Ministry of Energy, all electric cars) against 6,400 (IEA" in on_the_road
    assert "the register had 65,200" in on_the_road


def test_what_matters_comes_first_and_no_pair_twice() -> None:
    known = datasets.central_asia()
    table = conflicts(known.select(partner=None))
    electric = table["measure"].str.startswith("ev_").tolist()
    assert electric == sorted(electric, reverse=True)
    assert not table.duplicated(["fact_a", "fact_b"]).any()
    parts = table[table["sentence"].str.contains(", within ")]
    assert not parts.duplicated(["fact_b", "basis_a"]).any()
    sentences = "\n".join(table["sentence"])
    assert "2,480 (China News Service, Hong Kong not told apart) against at most 2,463" in sentences
    assert "217 million dollars were about 1.55 billion yuan" in sentences


def test_an_empty_ledger_gives_empty_tables() -> None:
    nothing = UZ.select("TM")
    assert [len(table(nothing)) for table in (conflicts, revisions, nesting)] == [0, 0, 0]
    assert "sentence" in conflicts(nothing).columns
