"""The corridor planner: winter range, spacing, stops, and the promise at each site."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings, strategies as st

from forecasting.demand.charging import wait_exceeds
from forecasting.demand.corridor import (
    TRUCK_SCENARIOS,
    RoadVehicle,
    corridor_names,
    corridor_plan,
    plan_section,
    road_figure,
    road_vehicle,
    stops_along,
    stops_by_section,
    truck_plan,
    truck_trip,
)
from forecasting.vocabulary.errors import AssumptionError

CAR = road_vehicle("car")
few = settings(max_examples=30)


def section(length, vehicles, temperature=-20):
    """Where all start full, as a table of one row."""
    stops = stops_along(length, CAR, temperature)
    planned = plan_section(
        length, vehicles, stops, CAR, temperature=temperature, spacing_km=60, least_points=2
    )
    return SimpleNamespace(**planned)


def test_winter_takes_a_quarter_of_the_range_at_minus_twenty():
    assert CAR.range_km(-20) / CAR.range_km(15) == pytest.approx(1 / 1.343)


def test_a_section_by_hand():
    """60 kWh at 22 kWh/100 km: 203 km at -20 degC, 142 km between fast charges."""
    plan = section(304, 200)
    reach = 6000 / (22 * 1.343)
    assert plan.longest_gap_km == pytest.approx(0.7 * reach)
    assert plan.stops_per_trip == pytest.approx((304 - 0.9 * reach) / (0.7 * reach))
    assert plan.sites == 5
    assert CAR.minutes_at_point(0.7, -20) == pytest.approx(
        42 / (80 * (1 - 0.25 * 45 / 25)) * 60 + 5
    )


def test_every_site_keeps_the_promise_in_the_busiest_hour():
    plan = section(700, 800)
    minutes = CAR.minutes_at_point(0.7, -20)
    load = 800 * plan.stops_per_trip / plan.sites * 0.085 * minutes / 60
    points = plan.points // plan.sites
    assert wait_exceeds(points, load, 10, minutes) <= 0.1
    assert wait_exceeds(points - 1, load, 10, minutes) > 0.1


@few
@given(st.floats(20, 1500), st.floats(0, 5000), st.floats(-35, 10), st.floats(0, 20))
def test_colder_never_needs_fewer_stops_nor_wider_spacing(length, vehicles, temperature, drop):
    mild, cold = (section(length, vehicles, t) for t in (temperature, temperature - drop))
    assert cold.stops_per_trip >= mild.stops_per_trip - 1e-12
    assert cold.longest_gap_km <= mild.longest_gap_km + 1e-12
    assert length / (cold.sites + 1) <= max(cold.longest_gap_km, length / 2) + 1e-9


@few
@given(st.floats(20, 1500), st.floats(0, 2000), st.floats(0, 2000))
def test_more_traffic_never_needs_fewer_points(length, one, two):
    fewer, more = sorted((one, two))
    assert section(length, more).points >= section(length, fewer).points


def test_the_road_from_khorgos_to_tashkent():
    table = corridor_plan("khorgos-almaty-tashkent")
    middle = table[(table["case"] == "middle") & (table["vehicle"] == "car")]
    assert middle["km"].sum() == pytest.approx(304 + 700 + 125)
    assert (
        table[table["section"] == "Khorgos-Almaty"]["basis"].iloc[0]
        == "length source, traffic judgement"
    )
    by_case = table.groupby("case")["points"].sum()
    assert by_case["low"] < by_case["middle"] < by_case["high"]


def test_roads_of_uzbekistan_stand_beside_the_corridors_from_the_border():
    names = {"khorgos-almaty-tashkent", "alashankou-almaty", "baktu-almaty"}
    assert {*corridor_names()} == names | {"m39-tashkent-termez", "a380-guzar-beineu"}


@pytest.mark.parametrize("name", corridor_names())
def test_every_corridor_ships_with_ordered_ranges(name):
    table = (
        corridor_plan(name)
        .query("vehicle == 'car'")
        .pivot_table(index="section", columns="case", values="km", sort=False)
    )
    assert (table["low"] <= table["middle"]).all()
    assert (table["middle"] <= table["high"]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: corridor_plan("baktu-almaty", temperature=-100),
            r"temperature is -100; give a number from -60 to 60",
        ),
        (
            lambda: corridor_plan("baktu-almaty", spacing_km=0),
            r"spacing_km is 0; give a number from 1 to 1000",
        ),
        (
            lambda: corridor_plan("khorgos-almaty"),
            r"no corridor 'khorgos-almaty'; did you mean khorgos-almaty-tashkent",
        ),
        (
            lambda: corridor_plan("baktu-almaty", {"UZ": 0.1}),
            r"electric_share has none for KZ; give one share for all, or one for each country",
        ),
        (
            lambda: corridor_plan("baktu-almaty", vehicles=["trcuk"]),
            r"vehicles is \['trcuk'\]; give some of car, bus, truck",
        ),
        (
            lambda: corridor_plan("baktu-almaty", electric_share=5),
            r"electric_share is 5; give a share from 0 to 1, or one for each country",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name_value_unit_and_range(call, message):
    with pytest.raises(AssumptionError, match=message):
        call()


def test_who_drives_through_keeps_the_state_of_the_battery():
    """700 km and 125 km in the cold: 182 km to the first stop, 142 km to each one after it."""
    first, leg = 0.9 * CAR.range_km(-20), 0.7 * CAR.range_km(-20)
    apart, together = (
        stops_by_section([700, 125], [100, 100], through, CAR, -20) for through in (0.0, 1.0)
    )
    assert apart[1] == 0.0  # who starts full at each town never charges on the last stretch
    # There: all of it; back: full from the town
    assert together[1] == pytest.approx((125 / leg + 0.0) / 2)
    assert together[0] == pytest.approx(((700 - first) / leg + (825 - first) / leg) / 2)
    whole = stops_along(825, CAR, -20)
    assert sum(
        stops_along(km, CAR, -20, [(before, 1.0)]) for before, km in ((0, 700), (700, 125))
    ) == pytest.approx(whole)


@few
@given(
    st.lists(st.tuples(st.floats(5, 800), st.floats(0, 5000)), min_size=1, max_size=5),
    st.floats(0, 1),
)
def test_through_traffic_never_needs_fewer_stops(road, through):
    lengths, traffic = zip(*road, strict=True)
    alone, joined = (
        stops_by_section(lengths, traffic, share, CAR, -20) for share in (0.0, through)
    )
    assert all(more >= one - 1e-9 for one, more in zip(alone, joined, strict=True))


def test_each_road_has_the_electric_share_of_its_country():
    by_country = corridor_plan(
        "khorgos-almaty-tashkent", {"KZ": 0.024, "UZ": 0.15}, vehicles=["car"]
    )
    one_for_all = corridor_plan("khorgos-almaty-tashkent", 0.15, vehicles=["car"])
    middle = by_country[by_country["case"] == "middle"].set_index("section")
    assert middle.loc["Khorgos-Almaty", "electric_per_day"] == pytest.approx(3000 * 0.75 * 0.024)
    assert middle.loc["Zhibek Zholy-Tashkent", "electric_per_day"] == pytest.approx(
        6000 * 0.75 * 0.15
    )
    assert middle["points"].sum() < one_for_all[one_for_all["case"] == "middle"]["points"].sum() / 3


def test_classes_of_vehicles_have_shares_and_points_of_their_own():
    table = corridor_plan("khorgos-almaty-tashkent", 0.1, vehicles=["car", "bus", "truck"])
    shares = table[table["case"] == "middle"].groupby("vehicle")["electric_per_day"].sum()
    assert shares["bus"] / shares["car"] == pytest.approx(0.05 / 0.75 * 0.63)
    assert shares["truck"] / shares["car"] == pytest.approx(0.2 / 0.75 * 0.25)
    assert sum(
        road_figure("traffic_share", name) for name in ("car", "bus", "truck")
    ) == pytest.approx(1)


def test_a_cold_battery_charges_more_slowly_but_never_stands_still():
    minutes = [CAR.minutes_at_point(0.7, celsius) - 5 for celsius in (25, 40, 0, -60)]
    assert minutes == pytest.approx([42 / kw * 60 for kw in (80, 80, 60, 0.4 * 80)])


def test_a_truck_between_urumqi_and_tashkent():
    trip = truck_trip(15)
    assert trip["kwh_per_tonne_km"] == pytest.approx(1.3 / (24 * 0.89))
    assert trip["driving_hours"] == pytest.approx(1845 / 65)
    # Four days, three nights, a break in most days
    assert trip["rest_hours"] == pytest.approx(3 * 0.75 + 3 * 11)
    assert trip["extra_hours"] == 0
    assert trip["of_diesel"] == pytest.approx(0.89)  # the battery's weight is all that is lost
    small = truck_trip(-20, RoadVehicle(350, 130, 250, 10, 0.0041, 0.15))
    assert small["extra_hours"] == pytest.approx(small["charging_hours"] - 3 * 0.75)
    assert small["of_diesel"] < 0.87


def test_megawatt_points_follow_the_scenario():
    plans = {name: truck_plan(name) for name in TRUCK_SCENARIOS}
    points = {name: plan.groupby("case")["points"].sum() for name, plan in plans.items()}
    assert (
        points["constrained"]["middle"]
        <= points["baseline"]["middle"]
        < points["accelerated"]["middle"]
    )
    assert points["baseline"]["low"] < points["baseline"]["middle"] < points["baseline"]["high"]
    middle = plans["baseline"].query("case == 'middle'").set_index("section")
    assert middle.loc["Urumqi-Horgos", "electric_per_day"] == pytest.approx(
        1450 * road_figure("electric_share", "baseline") / 100
    )
    assert middle.loc["Urumqi-Horgos", "country"] == "CN"
    taken = middle["electric_per_day"] * middle["stops_per_trip"] * 0.35  # 70 % of 500 kWh
    assert middle["mwh_per_day"].to_numpy() == pytest.approx(taken.to_numpy())
