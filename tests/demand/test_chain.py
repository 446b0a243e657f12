"""The whole chain: joint draws, conservation, monotonicity, tables, levers of a scenario, bad
input.
"""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from forecasting.demand.chain import DemandOutlook
from forecasting.demand.charging import PUBLIC
from forecasting.demand.counted_stock import StockCount
from forecasting.demand.load import MONTH_DAYS
from forecasting.demand.parameters import SETTINGS
from forecasting.reporting.caveat_words import lines_of
from forecasting.vocabulary.errors import AssumptionError

few = settings(max_examples=12)
MIXED = {
    "class_share.phev": 0.1,
    "class_share.van": 0.02,
    "class_share.bus": 0.01,
    "class_share.truck": 0.02,
}
MEASURES = {
    "ev_registrations", "ev_retirements", "ev_stock", "energy_gwh", "peak_mw",
    "charging_points_need", "charging_points_practice", "charging_points_practice_fast",
    "charging_points_standard",
    "charging_points_need_slow", "charging_points_home", "charging_stations", "power_share_percent",
    "peak_share_percent", "peak_share_summer_percent", "investment_usd", "oil_avoided_t",
    "co2_avoided_t", "ev_stock_share_percent", "peak_summer_mw", "charging_points_need_fast",
    "investment_public_usd", "investment_private_usd", "charging_wait_minutes",
    "charging_unmet_percent", "charging_use_percent",
}  # fmt: skip


def printed(day, value):
    return StockCount(day, dt.date.fromisoformat(day), value)


@pytest.fixture(scope="module")
def outlook(run) -> DemandOutlook:
    return run(
        changes=MIXED,
        charging_today={"count": 400, "unit": "stations", "date": "2024-12-15"},
        stock_counts=[printed("2024-12-31", 6000), printed("2026-12-31", 1.0)],
        start_stock=800.0,
    )


def test_results_are_the_measures_by_draw_and_year(outlook):
    assert set(outlook.results) == MEASURES | {
        "ebus_stock",
        "etaxi_stock",
        "etruck_stock",
        "bev_stock",
        "phev_stock",
    }
    assert (
        repr(outlook)
        == f"<DemandOutlook 2024 to 2033, 300 draws of {len(outlook.results)} measures>"
    )
    for name, values in outlook.results.items():
        assert values.shape == (300, 10), name
        assert np.all(np.isfinite(values)), name
        assert name == "co2_avoided_t" or values.min() >= 0, name


def test_vehicles_are_conserved_over_all_classes(run):
    outlook = run(changes=MIXED | {"unregistered_trade": 1}, start_stock=800.0)
    results = outlook.results
    before = np.concatenate([np.full((300, 1), 800.0), results["ev_stock"][:, :-1]], axis=1)
    gap = results["ev_stock"] - before - results["ev_registrations"] + results["ev_retirements"]
    assert np.abs(gap).max() <= 1e-9 * results["ev_stock"].max()
    assert sum(outlook.fleets[name].stock for name in outlook.fleets) == pytest.approx(
        results["ev_stock"]
    )


def test_energy_by_setting_and_month_sums_to_the_year(outlook):
    total = sum(outlook.energy_by_setting.values()) / 1e6
    assert total == pytest.approx(outlook.results["energy_gwh"])
    assert all(shares.sum(axis=1) == pytest.approx(1) for shares in outlook.month_shares.values())
    assert sum(outlook.points_by_setting[s] for s in PUBLIC) == pytest.approx(
        outlook.results["charging_points_need"]
    )


def test_a_car_takes_as_much_from_the_grid_as_the_world_measures(run, outlook):
    """IEA implies 1.5 to 2.0 MWh per car and year in most regions and 3.8 in the United States;
    ours lie between.
    """
    cars = run(changes={"reexport_share": 0})
    each = 1000 * np.median(cars.results["energy_gwh"][:, -1] / cars.results["ev_stock"][:, -1])
    assert 1.5 < each < 5.0


def test_the_same_seed_gives_the_same_outlook_and_another_does_not(run):
    one, two, other = run(seed=5), run(seed=5), run(seed=6)
    assert all(np.array_equal(one.results[name], two.results[name]) for name in MEASURES)
    assert not np.array_equal(
        one.results["charging_points_need"], other.results["charging_points_need"]
    )


@few
@given(st.floats(1.0, 30.0))
def test_more_vehicles_never_fewer_chargers_by_any_answer(run, paths, factor):
    flow, today = paths(60, 5), {"count": 300, "date": "2024-12-31"}
    fewer, more = (run(flow * f, charging_today=today, start_stock=500.0) for f in (1.0, factor))
    for name in (
        "ev_stock",
        "energy_gwh",
        "peak_mw",
        "charging_points_need",
        "charging_points_standard",
    ):
        assert np.all(more.results[name] >= fewer.results[name] * (1 - 1e-12)), name


@few
@given(st.floats(0, 1), st.floats(0, 1))
def test_more_home_charging_is_never_more_public(run, paths, one, two):
    less, more = (run(paths(40, 4), MIXED | {"home_access": h}) for h in sorted((one, two)))
    assert np.all(
        more.results["charging_points_need"] <= less.results["charging_points_need"] * (1 + 1e-12)
    )


def test_colder_is_never_less_energy(run, paths):
    mild, cold = (run(paths(50, 3), {"temperature_shift": shift}) for shift in (0.0, -6.0))
    assert np.all(cold.results["energy_gwh"] > mild.results["energy_gwh"])
    assert np.all(cold.results["peak_mw"] >= mild.results["peak_mw"])


def test_no_vehicles_no_energy_and_no_chargers(run):
    today = {"count": 100.0, "date": "2024-12-31"}
    empty = run(np.zeros((20, 4)), {"coverage_km": 0}, charging_today=today)
    assert all(np.all(values == 0) for values in empty.results.values())
    assert empty.sensitivity.empty
    assert len(empty.by_setting) == 4 * len(SETTINGS)


def test_roads_to_cover_set_a_floor_under_en_route_points_even_without_vehicles(run):
    covered = run(
        np.zeros((20, 2)), {"coverage_km": 1000, "coverage_spacing": 60, "coverage_points": 2}
    )
    assert np.all(covered.points_by_setting["enroute_dc"] == 2 * 17 * 2)


def test_re_export_assembly_and_classes_do_what_they_say(run):
    flow = np.full((10, 3), 1000.0)
    plain = {"reexport_share": 0.4, "inventory_share": 0, "used_share": 0, "unregistered_trade": 1}
    out = run(
        flow, plain | {"local_assembly": 500, "local_assembly_year": 2025, "class_share.bus": 0.1}
    )
    assert out.results["ev_registrations"][0] == pytest.approx([600, 1100, 1100])
    assert out.fleets["bus"].registrations[0] == pytest.approx([60, 110, 110])


def test_a_plug_in_hybrid_that_charges_slowly_takes_more_slow_points_and_no_more_energy(run):
    base, slower = (
        run(changes=MIXED | {"class_share.phev": 0.5, "plug_in_time": hours}).results
        for hours in (1.0, 3.0)
    )
    slow = "charging_points_need_slow"
    assert np.all(slower[slow][:, -1] > 1.02 * base[slow][:, -1])
    for measure in ("charging_points_need_fast", "energy_gwh"):
        assert np.array_equal(slower[measure], base[measure])


def test_taxis_live_on_fast_points(run):
    base, taxis = (
        run(changes={"class_share.taxi": share, "coverage_km": 0}).results for share in (0.0, 0.05)
    )
    fast = "charging_points_need_fast"
    assert np.all(np.median(taxis[fast], axis=0) > 1.3 * np.median(base[fast], axis=0))
    slow = "charging_points_need_slow"
    assert np.all(np.median(taxis[slow], axis=0) < np.median(base[slow], axis=0))
    share = taxis["etaxi_stock"][:, -1] / taxis["ev_stock"][:, -1]
    assert 0.03 < np.median(share) < 0.05  # they are scrapped sooner


def test_vehicles_that_nobody_counted_follow_the_size_of_the_market(run):
    years_on_the_road = {"vehicle_years": 20.0, "car_share": 0.8}
    new_cars = np.full((300, 10), 50_000.0)
    flow = {"place": "NO", "new_cars": new_cars, "changes": years_on_the_road}
    stocks = run(**flow).results
    shares = stocks["ev_stock_share_percent"]
    assert shares == pytest.approx(100 * np.minimum(stocks["ev_stock"] / 1_000_000, 1))
    told = run(**flow | {"changes": years_on_the_road | {"vehicle_stock": 5e6}}).results
    assert np.all(told["ev_stock_share_percent"] < shares)


def test_a_roll_out_multiplies_practice_by_its_year_and_no_earlier_than_today(run):
    today = {"count": 300, "date": "2024-12-31"}
    base = run(charging_today=today)
    faster = run(
        changes={"charging_rollout": 2, "charging_rollout_year": 2030}, charging_today=today
    )
    ratio = faster.results["charging_points_practice"] / base.results["charging_points_practice"]
    assert ratio[0] == pytest.approx([2 ** (k / 6) for k in range(7)] + [2, 2, 2])


def test_a_roll_out_changes_nothing_before_the_day_of_the_forecast(run):
    plan, day = {"charging_rollout": 2, "charging_rollout_year": 2030}, dt.date(2026, 12, 31)
    for today in (None, {"count": 300, "date": "2024-12-31"}):
        base, faster = (
            run(changes=changes, charging_today=today, as_of=day) for changes in ({}, plan)
        )
        ratio = (
            faster.results["charging_points_practice"] / base.results["charging_points_practice"]
        )
        assert ratio[0] == pytest.approx([1, 1, 1, 2**0.25, 2**0.5, 2**0.75, 2, 2, 2, 2])


def test_a_roll_out_that_never_comes_changes_nothing(run):
    today = {"count": 300, "date": "2024-12-31"}
    never = run(
        changes={"charging_rollout": 2, "charging_rollout_year": 2100}, charging_today=today
    )
    base = run(charging_today=today)
    assert np.array_equal(
        never.results["charging_points_practice"], base.results["charging_points_practice"]
    )


def test_without_a_count_practice_is_wider_than_with_one(run):
    spread = []
    for today in (None, {"count": 500, "date": "2024-12-31"}):
        low, high = np.quantile(
            run(charging_today=today).results["charging_points_practice"][:, 1], [0.1, 0.9]
        )
        spread.append(high / low)
    assert spread[0] > 1.5 * spread[1]


def test_the_tables_of_a_report(outlook):
    setting = outlook.by_setting
    assert list(setting.columns) == [
        "year", "setting", "low", "points", "high", "installed_mw", "energy_gwh", "usd",
    ]  # fmt: skip
    assert (setting["low"] <= setting["points"]).all()
    assert (setting["points"] <= setting["high"]).all()
    assert outlook.by_cohort.groupby("year")["stock"].sum().to_numpy() == pytest.approx(
        outlook.results["ev_stock"].mean(axis=0)
    )
    by_month = outlook.by_month
    winter = by_month[(by_month["year"] == 2033) & (by_month["month"] == 1)]["gwh"].iloc[0]
    summer = by_month[(by_month["year"] == 2033) & (by_month["month"] == 6)]["gwh"].iloc[0]
    assert winter > 1.1 * summer


def test_of_one_draw_every_table_tells_the_same_numbers(run, paths):
    out = run(
        paths(1),
        changes=MIXED | {"deliveries.bus": 40},
        charging_today={"count": 300, "date": "2024-12-31"},
    )
    results = {name: values[0] for name, values in out.results.items()}
    by_setting = out.by_setting.pivot(index="year", columns="setting")
    for name, table in (("points", out.points_by_setting), ("energy_gwh", out.energy_by_setting)):
        unit = 1e6 if name == "energy_gwh" else 1
        for setting in SETTINGS:
            assert by_setting[name][setting].to_numpy() == pytest.approx(
                table[setting][0] / unit
            ), (name, setting)
    assert by_setting["low"].equals(by_setting["points"])
    assert by_setting["high"].equals(by_setting["points"])
    public = by_setting["points"][list(PUBLIC)].sum(axis=1)
    assert public.to_numpy() == pytest.approx(results["charging_points_need"])
    assert by_setting["energy_gwh"].sum(axis=1).to_numpy() == pytest.approx(results["energy_gwh"])

    heavy = out.by_class.groupby("year")
    assert heavy["depot_points"].sum().to_numpy() == pytest.approx(
        by_setting["points"]["depot"].to_numpy()
    )
    assert heavy["depot_mw"].sum().to_numpy() == pytest.approx(
        by_setting["installed_mw"]["depot"].to_numpy()
    )
    fleets = sum(fleet.stock[0] for fleet in out.fleets.values())
    assert heavy["median"].sum().to_numpy() == pytest.approx(fleets)
    assert heavy["energy_percent"].sum().to_numpy() == pytest.approx(100)
    answers = out.gap.pivot(index="year", columns="answer")
    need = results["charging_points_need"]
    assert (
        need - answers["less_standing_today"]["Public charging points: need"]
    ).to_numpy() == pytest.approx(300)

    assert by_setting["usd"].sum(axis=1).to_numpy() == pytest.approx(results["investment_usd"])

    last = out.of_the_year
    months = out.by_month[out.by_month["year"] == 2033]["gwh"].to_numpy()
    assert (
        sum(last["gwh"].values())
        == pytest.approx(results["energy_gwh"][-1])
        == pytest.approx(months.sum())
    )
    assert last["interval"] == pytest.approx([results["energy_gwh"][-1]] * 3)
    assert np.array(last["month_shares"]) * months.sum() == pytest.approx(months)
    assert np.median(out.results["energy_gwh"], axis=0) == pytest.approx(results["energy_gwh"])
    per_day = 1000 * results["energy_gwh"][-1] * out.month_shares["bev"][0] / MONTH_DAYS
    days = out.load_day.groupby("day")["mw"].sum()
    assert days[["winter", "summer"]].tolist() == pytest.approx(
        [per_day[0], per_day[[5, 6, 7]].mean()]
    )


def test_without_coincidence_the_peak_is_as_large_as_the_fleet(run, paths):
    changes = {"coincidence_floor": 1.0, "coverage_km": 0}
    large, small = (run(paths(20, 4) * size, changes).results["peak_mw"] for size in (1.0, 1e-3))
    assert small == pytest.approx(large / 1000, rel=1e-9)


def test_a_fleet_that_outgrows_all_cars_is_bounded_by_them_and_told(run):
    flow = np.column_stack([np.full(50, 10.0), np.full(50, 1e8)])
    made = run(flow)
    assert lines_of(made.caveats)[0].startswith(
        "In 100 % of the draws every car on the road is electric"
    )
    all_cars = made.cars["ev_stock_share_percent"]
    assert made.results["ev_stock"][:, 1] == pytest.approx(all_cars[:, 1])
    assert (made.results["ev_stock"][:, 0] < all_cars[:, 0]).all()


@given(st.lists(st.floats(0, 3e6), min_size=2, max_size=8))
def test_electric_cars_never_outnumber_all_cars_and_no_car_comes_back(run, flow):
    made = run(np.tile(flow, (5, 1)))
    cars = made.cars["ev_stock_share_percent"]
    assert (made.results["ev_stock"] <= cars * (1 + 1e-9)).all()
    fleets = [made.fleets[name] for name in ("bev", "taxi", "phev")]
    stock, new, retired = (
        sum(getattr(fleet, name) for fleet in fleets)
        for name in ("stock", "registrations", "retirements")
    )
    assert stock[:, 1:] == pytest.approx((stock[:, :-1] + new[:, 1:] - retired[:, 1:]), abs=1e-3)


def test_months_have_the_days_of_four_years():
    assert MONTH_DAYS.sum() == 365.25
    assert MONTH_DAYS.tolist()[:3] == [31, 28.25, 31]


def test_three_answers_stand_side_by_side_with_what_stands_today(outlook):
    gap = outlook.gap
    assert gap["answer"].nunique() == 3
    need = gap[(gap["answer"] == "Public charging points: need") & (gap["year"] == 2033)].iloc[0]
    points = (
        outlook.results["charging_points_need"][:, -1]
        - 400 * outlook.sample["points_per_station"][:, 0]
    )
    assert need["less_standing_today"] == pytest.approx(np.median(points))


def test_the_balance_shows_what_does_not_close(outlook):
    table = outlook.balance
    assert table["printed"].tolist() == [6000, 1]
    assert (table["ratio"] == table["modelled"] / table["printed"]).all()
    assert table["explanation"].tolist() == ["closes", "fewer"]


def test_the_load_of_a_day_holds_the_energy_of_that_day(outlook):
    table = outlook.load_day
    days = table.groupby("day")["mw"].sum()
    assert days["winter"] > days["summer"]
    year = outlook.results["energy_gwh"][:, -1].mean() * 1000
    assert 365 * days["summer"] < year < 365 * days["winter"]


def test_a_reader_is_told_what_the_numbers_rest_on(run, paths, outlook):
    (gap,) = lines_of(outlook.caveats)
    assert gap.startswith("On 31 December 2026 the register had 1 vehicle, this model 19,3")
    assert lines_of(run(paths(50, 2)).caveats) == [
        "No count of public charging is known: the answer by practice takes its level from other "
        "markets, which may be wrong by a factor of 2.5 either way."
    ]
    standing = {"count": 300, "date": "2024-12-31"}
    crowded = lines_of(run(paths(50, 2) * 1e4, charging_today=standing).caveats)
    assert crowded[0].startswith("In 100 % of the draws every car on the road is electric in 2025")
    assert "vehicles per public point in 2024 is outside 1 to 100" in crowded[1]
    assert run(paths(50, 2), charging_today=standing).caveats == []


def test_the_tornado_puts_what_matters_first(outlook):
    first = outlook.sensitivity.groupby("output").first()
    assert first.loc["ev_stock", "input"] == "imports"
    assert first.loc["charging_points_practice", "input"] == "practice_error"
    shares = outlook.sensitivity.groupby("output")["share"].sum()
    assert shares["ev_stock"] < 1.3
    need = outlook.sensitivity.set_index(["output", "input"]).loc["charging_points_need"]
    assert need.loc["utilisation_scale", "swing"] < 0 < need.loc["annual_km", "swing"]


def test_a_roll_out_before_the_first_year_is_refused(run):
    with pytest.raises(
        AssumptionError, match=r"charging_rollout_year = 2020 lies before the first year, 2024"
    ):
        run(changes={"charging_rollout": 2, "charging_rollout_year": 2020})


def test_a_least_network_of_roads_stands_whatever_the_traffic(run, paths):
    few = paths(200, 4) * 0.05
    with_roads, without = (run(few, {"coverage_km": km, "coverage_points": 2}) for km in (6000, 0))
    points = with_roads.points_by_setting["enroute_dc"]
    assert np.all(points >= 400)
    assert np.all(points >= without.points_by_setting["enroute_dc"])
    assert np.median(points[:, -1]) > 2 * np.median(without.points_by_setting["enroute_dc"][:, -1])
    peaks = [each.results["peak_mw"] for each in (with_roads, without)]
    assert peaks[0] == pytest.approx(peaks[1])  # what stands idle takes no power
    assert np.all(with_roads.megawatts["enroute_dc"] >= without.megawatts["enroute_dc"])


def test_more_electric_taxis_than_cars_are_refused(run):
    changes = {"deliveries.taxi": 900_000, "vehicle_stock": 500_000}
    message = "electric taxis in 2024 are more than the country's .* cars; lower deliveries.taxi"
    with pytest.raises(AssumptionError, match=message):
        run(changes=changes)


def test_a_country_with_a_rule_of_its_own_has_an_answer_by_it(run):
    assert "charging_stations_standard" not in run().results
    uzbekistan = run(place="UZ", changes={"cars_per_station": 12}).results
    stations = uzbekistan["charging_stations_standard"]
    assert stations == pytest.approx(uzbekistan["ev_stock"] / 12)


def test_taxis_are_battery_cars_of_the_country(run):
    results = run(changes={"class_share.taxi": 0.2}).results
    taxis = np.median(results["etaxi_stock"] / results["bev_stock"], axis=0)
    assert np.all((taxis > 0.1) & (taxis < 0.21))
    share = 100 * results["ev_stock"] / results["ev_stock_share_percent"]
    assert np.all(np.median(share, axis=0) > 4_000_000)
