"""Need: by hand, the published utilisation curve and its repair, shares, monotonicity."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from forecasting.demand.charging import (
    PUBLIC,
    charging_need,
    energy_split,
    gross_additions,
    power_mix,
    standard,
    utilisation,
    utilisation_ceiling,
)
from forecasting.demand.parameters import SETTINGS, load_parameters, read_table
from forecasting.demand.symbols import Node, Symbols

CLASSES = {vehicle.name: vehicle for vehicle in load_parameters().classes}
few = settings(max_examples=40)
share = st.floats(0, 1)


def drawn(draws=1, **changed):
    fixed = {row.key: np.full(draws, row.mode) for row in load_parameters()}
    return fixed | {
        name.replace("__", "."): np.full(draws, value) for name, value in changed.items()
    }


def cars(bev, phev):
    none = np.zeros((1, 1))
    return {"bev": np.array([[bev]]), "phev": np.array([[phev]]), "van": none, "taxi": none}


def test_points_by_hand():
    energy = {setting: np.array([[1e6]]) for setting in SETTINGS}
    values = drawn(
        onboard_efficiency__ac=0.95, utilisation_low__overnight=0.1, utilisation_high__overnight=0.1
    )
    points = charging_need(energy, np.array([[0.1]]), [2023], values)
    delivered = power_mix("overnight").delivered([2023])[0]
    by_hand = 1e6 / 0.95 / (delivered * 0.1 * values["utilisation_scale"][0] * 8760)
    assert points["overnight"][0, 0] == pytest.approx(by_hand)


def test_utilisation_by_hand():
    # 10 % is the geometric middle of 2 and 50 %
    assert utilisation(0.10, 0.05, 0.25) == pytest.approx(0.15, abs=1e-15)
    assert utilisation(0.25, 0.05, 0.25) == pytest.approx(0.20693, abs=5e-6)
    assert utilisation(0.10, 0.08, 0.25) == pytest.approx(0.165, abs=1e-12)
    assert utilisation(np.array([0.0, 0.01, 0.9]), 0.1, 0.25).tolist() == [0.1, 0.1, 0.25]


def test_the_published_defaults_lose_points_as_the_first_cars_come_and_ours_do_not():
    shares = np.linspace(0.02, 0.0243, 50)
    published = shares / (0.05 + 0.2 * np.log(shares / 0.02) / np.log(25))
    mended = shares / utilisation(shares, 0.05, 0.25)
    assert published[-1] / published[0] - 1 == pytest.approx(-0.022, abs=1e-3)
    assert np.all(np.diff(mended) > 0)


@few
@given(share, share, st.floats(0.001, 1), st.floats(0.001, 1))
def test_more_vehicles_never_fewer_points_at_any_utilisation(one, two, low, high):
    fewer, more = sorted((one, two))
    points = [s / float(utilisation(s, low, high)) for s in (fewer, more)]
    assert points[1] >= points[0] * (1 - 1e-12)


@pytest.mark.parametrize("vehicle_class", ["bev", "van", "bus", "truck"])
@few
@given(h=share, c=share, w=share, d=share, n=st.floats(0.05, 1))
def test_shares_of_battery_vehicles_sum_to_one(vehicle_class, h, c, w, d, n):
    depots = {f"depot_access.{name}": np.array([d]) for name in ("van", "bus", "truck")}
    values = depots | drawn(home_access=h, commuter_share=c, work_access=w, noncommuter_km=n)
    values |= {key: np.array([d]) for key in depots}
    split = np.stack([*energy_split(CLASSES[vehicle_class], values).values()])
    assert split.sum(axis=0) == pytest.approx(1, abs=1e-12)
    assert np.all(split >= 0)


@few
@given(h=share, c=share, w=share)
def test_a_plug_in_hybrid_never_drives_more_than_all_its_kilometres_on_electricity(h, c, w):
    shares = drawn(home_access=h, commuter_share=c, work_access=w)
    total = sum(share.item() for share in energy_split(CLASSES["phev"], shares).values())
    assert 0.15 - 1e-12 <= total <= 0.70 + 1e-12


@pytest.mark.parametrize("vehicle_class", ["bev", "phev"])
@few
@given(one=share, two=share, c=share, w=share)
def test_more_home_charging_is_never_more_public(vehicle_class, one, two, c, w):
    less, more = sorted((one, two))
    splits = [
        energy_split(CLASSES[vehicle_class], drawn(home_access=h, commuter_share=c, work_access=w))
        for h in (less, more)
    ]
    # in all: a plug-in hybrid that has a home charger drives more on electricity, some of it from
    # destination chargers
    public = [sum(split[setting].item() for setting in PUBLIC) for split in splits]
    assert public[1] <= public[0] + 1e-12


def test_printed_shares_that_do_not_sum_to_one_are_only_those_noted():
    for row in read_table("charging_groups.csv"):
        total = sum(float(row[setting]) for setting in SETTINGS)
        assert total == pytest.approx(1) or (
            row["vehicle_class"] == "van" and "1.01" in row["note"]
        )


def test_a_bev_with_home_commute_and_work_charges_as_the_table_says():
    access = {"home_access": 1, "commuter_share": 1, "work_access": 1}
    split = energy_split(CLASSES["bev"], drawn(fast_share_scale=1, **access))
    assert split["home"].item() == pytest.approx(0.70)
    # Half as much again goes through fast points, for which the other settings make room
    scaled = energy_split(CLASSES["bev"], drawn(fast_share_scale=1.5, **access))
    assert scaled["destination_dc"].item() == pytest.approx(1.5 * 0.03)
    assert scaled["home"].item() == pytest.approx(0.70 * 0.88 / 0.92)
    assert sum(share.item() for share in scaled.values()) == pytest.approx(1)
    depot = energy_split(CLASSES["truck"], drawn(fast_share_scale=1.5, depot_access__truck=1))
    assert depot["enroute_dc"].item() == pytest.approx(0.12)


@pytest.mark.parametrize("setting", ["work", *PUBLIC])
def test_power_mixes_are_whole_and_deliver_more_with_the_years(setting):
    mix = power_mix(setting)
    assert mix.share.sum() == pytest.approx(1)
    early, middle, late, later = mix.delivered([2023, 2029, 2035, 2050])
    assert early <= middle <= late == later <= mix.mean_kw


def need(energy=1e8, ev_share=0.05, year=2030, **changed):
    table = {setting: np.full((1, 1), energy) for setting in SETTINGS}
    return charging_need(table, np.full((1, 1), ev_share), [year], drawn(**changed))


def test_need_of_a_setting_by_hand():
    changed = {"station_size__enroute_dc": 4.0, "session_kw__enroute_dc": 60.0}
    points = need(1e8, 0.5, 2023, peak_day=1.0, **changed)["enroute_dc"][0, 0]
    assert points == pytest.approx(1e8 / 0.98 / (60.0 * 0.25 * 8760), rel=1e-9)
    # 2035: 0.80 of 150 kW for four fifths and 0.70 of 350 kW for one fifth, 145 kW for 113 kW
    later = need(1e8, 0.5, 2035, peak_day=1.0, **changed)["enroute_dc"][0, 0]
    assert later == pytest.approx(points * 113 / 145, rel=1e-9)


def test_a_promise_for_the_busiest_day_takes_more_points_where_it_binds():
    base = need(1e8, 0.5, peak_day=1.0, station_size__destination_dc=4.0)["destination_dc"][0, 0]
    points = need(1e8, 0.5, peak_day=2.0, station_size__destination_dc=4.0)["destination_dc"][0, 0]
    assert points == pytest.approx(base * 0.25 / (utilisation_ceiling(4) / 2), rel=1e-9)
    early = [need(1e8, 0.01, peak_day=day)["destination_dc"][0, 0] for day in (1.0, 2.0)]
    assert early[0] == early[1]


def test_small_stations_cannot_be_as_busy_and_need_more_points():
    points = [
        need(1e8, 0.5, station_size__enroute_dc=size)["enroute_dc"][0, 0]
        for size in (1.0, 2.0, 8.0)
    ]
    assert points[0] > points[1] > points[2]


def test_higher_utilisation_or_power_delivered_is_fewer_points():
    base = need()
    for changed in (need(utilisation_scale=1.3), need(power_delivery_scale=1.1)):
        assert all(
            changed[setting][0, 0] < base[setting][0, 0] for setting in ("work", "overnight")
        )


def test_no_energy_no_points():
    assert all(np.all(points == 0) for points in need(0.0).values())


@few
@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=10), st.floats(3, 30))
def test_gross_additions_rebuild_the_stock_of_points(points, life):
    standing = np.maximum.accumulate(np.array([points]), axis=1)
    built = gross_additions(standing, np.array([[life]]))
    kept = np.exp(-((np.arange(len(points)) / life) ** 4))
    rebuilt = [sum(built[0, c] * kept[t - c] for c in range(t + 1)) for t in range(len(points))]
    assert rebuilt == pytest.approx(standing[0].tolist(), rel=1e-9, abs=1e-6)
    assert np.all(built >= np.diff(standing, prepend=0) - 1e-6)


def test_afir_by_hand():
    """Regulation (EU) 2023/1804: 1.3 kW a battery car and 0.8 kW a plug-in hybrid."""
    points = standard(CLASSES.values(), cars(13.4e6, 3.2e6), drawn(public_point_kw=1e6))
    assert points[0, 0] == pytest.approx(19.98, abs=1e-12)
    both = standard(CLASSES.values(), cars(1000.0, 500.0), drawn())
    assert both[0, 0] == pytest.approx((1000 * 1.3 + 500 * 0.8) / 30)


def test_who_has_no_socket_at_home_charges_at_fast_points_what_others_charge_over_night():
    """Half of the overnight 50 % of a commuter without a socket goes to fast points."""
    cars = load_parameters().classes[0]
    one = np.ones((1, 1))
    sample = {"home_access": 0 * one, "commuter_share": one, "work_access": 0 * one}
    sample |= {"noncommuter_km": one, "fast_share_scale": one}
    before = energy_split(cars, sample)
    after = energy_split(cars, sample | {"street_fast_share": 0.5 * one})
    assert before["overnight"].item() == pytest.approx(0.5)
    assert after["overnight"].item() == pytest.approx(0.25)
    assert after["destination_dc"].item() == pytest.approx(0.3 + 0.25)
    assert sum(share.item() for share in after.values()) == pytest.approx(1)


def test_the_split_of_the_region_has_a_range_and_that_of_europe_is_as_published():
    shipped = load_parameters()
    assert shipped["street_fast_share"].high == 0
    for place in ("UZ", "KZ", "KG", "TJ", "TM"):
        row = shipped.at(place)["street_fast_share"]
        assert row.low < row.mode < row.high


def test_the_formula_of_additions_comes_to_what_ages_of_points_give():
    """Also where fewer than one point is added, and where points are taken down."""
    points, life = np.array([[100.0, 100.5, 50.0, 60.0]]), np.array([[12.0]])
    symbols = Symbols([Node(column, f"c{n}", ()) for n, column in enumerate(points.T)], 1)
    made = gross_additions(symbols, life)
    np.testing.assert_allclose(made.values, gross_additions(points, life))
