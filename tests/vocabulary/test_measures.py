"""The table of measures holds what its columns may hold."""

import csv
from typing import get_args

from forecasting.vocabulary.measures import BORDER_MEASURES, CAR, MEASURES, Kind
from forecasting.vocabulary.names import DATA


def rows_of(table: str) -> list[dict[str, str]]:
    with (DATA / table).open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def test_every_row_is_a_measure_of_a_name_of_its_own():
    rows = rows_of("measures.csv")
    assert [row["name"] for row in rows] == [*MEASURES]
    assert all(row["name"] and row["label"] for row in rows)
    assert {row["kind"] for row in rows} == {*get_args(Kind)}
    assert {row["electric"] for row in rows} == {row["signed"] for row in rows} == {"", "yes"}


def test_vehicles_are_of_a_declared_class_and_their_event_is_in_the_name():
    classes = {row["name"] for row in rows_of("vehicle_classes.csv")}
    counts = [measure for measure in MEASURES.values() if measure.event]
    assert {measure.vehicle for measure in MEASURES.values()} <= classes | {CAR, ""}
    assert all(measure.electric and measure.unit == "vehicles" for measure in counts)
    assert all(measure.name.partition("_")[2] == measure.event for measure in counts)
    assert all((measure.kind == "stock") == (measure.event == "stock") for measure in counts)


def test_only_what_is_in_percent_is_a_share():
    assert MEASURES["ev_share_percent"].is_share
    assert not MEASURES["ev_stock"].is_share
    assert all(name.endswith("_percent") == row.is_share for name, row in MEASURES.items())


def test_avoided_carbon_and_the_margin_of_a_point_alone_may_lie_below_0():
    # Where electricity is made of coal, an electric car may emit more; a point may cost more
    # than it earns
    signed = [name for name, measure in MEASURES.items() if measure.signed]
    assert signed == ["co2_avoided_t", "point_margin"]


def test_what_crosses_a_border_is_each_import_and_export_and_what_is_named():
    assert {"ev_imports", "hybrid_imports", "border_time", "goods_export_value"} <= BORDER_MEASURES
    assert not {"ev_registrations", "ev_stock", "charging_points"} & BORDER_MEASURES
