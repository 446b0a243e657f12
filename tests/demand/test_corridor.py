"""The corridor planner: winter range, spacing, stops, and the promise at each site."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.demand.corridor import Car, corridor_names, corridor_plan, plan_section
from forecasting.demand.queueing import wait_exceeds
from forecasting.errors import AssumptionError

few = settings(max_examples=30, deadline=None, derandomize=True)


def test_winter_takes_a_quarter_of_the_range_at_minus_twenty():
    assert Car().range_km(-20) / Car().range_km(15) == pytest.approx(1 / 1.343)


def test_a_section_by_hand():
    """60 kWh at 22 kWh/100 km: 203 km at -20 degC, 142 km between fast charges."""
    plan = plan_section(304, 200, temperature=-20)
    reach = 6000 / (22 * 1.343)
    assert plan.longest_gap_km == pytest.approx(0.7 * reach)
    assert plan.stops_per_trip == pytest.approx((304 - 0.9 * reach) / (0.7 * reach))
    assert plan.sites == 5
    assert plan.spacing_km == pytest.approx(304 / 6)
    assert plan.service_minutes == pytest.approx(42 / 80 * 60 + 5)
    assert plan.arrivals_per_hour == pytest.approx(200 * plan.stops_per_trip / 5 * 0.085)


def test_every_site_keeps_the_promise_in_the_busiest_hour():
    plan = plan_section(700, 800, temperature=-20)
    load = plan.arrivals_per_hour * plan.service_minutes / 60
    assert wait_exceeds(plan.points_per_site, load, 10, plan.service_minutes) <= 0.1
    assert wait_exceeds(plan.points_per_site - 1, load, 10, plan.service_minutes) > 0.1


@few
@given(st.floats(20, 1500), st.floats(0, 5000), st.floats(-35, 10), st.floats(0, 20))
def test_colder_never_needs_fewer_stops_nor_wider_spacing(length, vehicles, temperature, drop):
    mild, cold = (plan_section(length, vehicles, temperature=t) for t in (temperature, temperature - drop))
    assert cold.stops_per_trip >= mild.stops_per_trip - 1e-12
    assert cold.longest_gap_km <= mild.longest_gap_km + 1e-12
    assert cold.spacing_km <= max(cold.longest_gap_km, length / 2) + 1e-9


@few
@given(st.floats(20, 1500), st.floats(0, 2000), st.floats(0, 2000))
def test_more_traffic_never_needs_fewer_points(length, one, two):
    fewer, more = sorted((one, two))
    assert plan_section(length, more).points >= plan_section(length, fewer).points


def test_the_road_from_khorgos_to_tashkent():
    table = corridor_plan("khorgos-almaty-tashkent")
    middle = table[table["case"] == "middle"]
    assert middle["km"].sum() == pytest.approx(304 + 700 + 125)
    assert table[table["section"] == "Khorgos-Almaty"]["basis"].iloc[0] == "length source, traffic judgement"
    by_case = table.groupby("case")["points"].sum()
    assert by_case["low"] < by_case["middle"] < by_case["high"]


@pytest.mark.parametrize("name", ["khorgos-almaty-tashkent", "alashankou-almaty", "baktu-almaty"])
def test_every_corridor_ships_with_ordered_ranges(name):
    assert name in corridor_names()
    table = corridor_plan(name).pivot_table(index="section", columns="case", values="km", sort=False)
    assert (table["low"] <= table["middle"]).all()
    assert (table["middle"] <= table["high"]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plan_section(-5, 10), r"length_km: -5 km is outside 1 to 20000"),
        (lambda: plan_section(100, -1), r"electric_per_day: -1 vehicles per day is outside"),
        (lambda: plan_section(304_000, 10), r"length_km: 304000 km .*looks like metres; write 304"),
        (lambda: Car(consumption=0.22), r"consumption: 0.22 kWh/100 km .*looks like kWh/km; write 22"),
        (
            lambda: corridor_plan("khorgos-almaty"),
            r"no corridor 'khorgos-almaty'; did you mean khorgos-almaty-tashkent",
        ),
        (lambda: corridor_plan("baktu-almaty", electric_share=5), r"electric_share: 5 share .*per cent; write 0.05"),
    ],
)
def test_what_cannot_be_is_refused_by_name_value_unit_and_range(call, message):
    with pytest.raises(AssumptionError, match=message):
        call()
