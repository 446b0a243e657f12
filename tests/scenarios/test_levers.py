"""What a scenario can pull: drivers add, targets and prices do what they say, and scenarios keep
their order.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from forecasting.demand.chain import demand_outlook
from forecasting.demand.deployed import ExistingCharging, Target
from forecasting.demand.parameters import load_parameters
from forecasting.demand.service import UNMET, USE, WAIT
from forecasting.evidence.datasets import central_asia, programmes
from forecasting.evidence.ledger import Ledger
from forecasting.parameters.schema import scenario_from_file, scenario_from_parameters
from forecasting.scenarios.assumptions import (
    demand_parameters,
    least_standing,
    standing_today,
    target_faults,
)
from forecasting.scenarios.check_params import read_checked
from forecasting.scenarios.drivers import draw_event
from forecasting.scenarios.outlook import outlook
from forecasting.vocabulary.errors import AssumptionError, ScenarioError

pytestmark = pytest.mark.usefixtures("shared_forecasts")

PARAMS = Path(__file__).parents[2] / "params"
COUNTRIES = ("kazakhstan", "kyrgyzstan", "tajikistan", "turkmenistan", "uzbekistan")
GIVEN = {
    "country": "UZ",
    "scenario": "test",
    "as_of": "2026-03-31",
    "horizon": 2030,
    "seed": 1,
    "market_size": 450_000,
}


def driver(**changes):
    base = {
        "name": "event",
        "kind": "demand",
        "quantity": "local_assembly",
        "start": "2027-01-01",
        "size": 1000,
    }
    return base | {"reason": "a test", "source": "judgement"} | changes


def parameters(*drivers, **given):
    scenario = scenario_from_parameters(GIVEN | {"drivers": list(drivers)} | given)
    return demand_parameters(scenario, scenario.drivers, 200)


def chain(assumed, **given):
    flow = np.full((200, 6), 10_000.0)
    plain = {"reexport_share": 0, "inventory_share": 0, "assembly_phev": 0}
    return demand_outlook(
        flow, range(2025, 2031), parameters=assumed.override(plain), place="UZ", seed=1, **given
    )


@pytest.mark.parametrize(
    ("start", "size", "today", "key"),
    [
        ("2027-12-31", 1000, (1000, "points"), ()),  # as many as stand
        ("2027-12-31", 1000, (1001, "points"), ("size",)),
        ("2027-12-31", 1000, (1001, "stations"), ()),  # of another unit nothing is known
        ("2026-04-01", 1000, None, ()),
        ("2026-03-31", 1000, None, ("start",)),  # the day of the forecast is over
        ("2027-12-31", 50_000_000, None, ()),
        ("2027-12-31", 50_000_001, None, ("size",)),
    ],
)
def test_limits_of_a_target_at_their_ties(start, size, today, key):
    row = driver(kind="target", quantity="charging_points", start=start, size=size)
    scenario = scenario_from_parameters(GIVEN | {"drivers": [row]})
    standing = today and ExistingCharging(today[0], dt.date(2025, 12, 31), today[1])
    faults = target_faults(scenario, standing, dt.date(2026, 3, 31))
    assert tuple(path[-1] for path, *_ in faults) == key


def test_two_plants_add():
    one, other = driver(), driver(name="second", start="2028-01-01", size=500)
    built = chain(parameters(one, other)).results["ev_registrations"][0] - 10_000
    assert built == pytest.approx([0, 0, 1000, 1500, 1500, 1500])
    assert chain(parameters(other, one)).results["ev_registrations"][0] - 10_000 == pytest.approx(
        built
    )


def test_two_roll_outs_multiply():
    today = ExistingCharging(1000, dt.date(2025, 12, 31))
    twice, more = (
        driver(name=n, quantity="charging_rollout", start="2028-12-31", size=s)
        for n, s in (("a", 2), ("b", 1.5))
    )
    base, both = (chain(parameters(*rows), charging_today=today) for rows in ((), (twice, more)))
    ratio = both.results["charging_points_practice"] / base.results["charging_points_practice"]
    assert ratio[0, -1] == pytest.approx(3)


def test_a_share_of_a_class_has_a_date():
    assumed = parameters(
        driver(quantity="class_share.bus", start="2028-01-01", size=0.1),
        driver(name="more", quantity="class_share.bus", start="2030-01-01", size=0.05),
        assumptions={"unregistered_trade": 1, "class_share.taxi": 0},
    )
    fleets = chain(assumed).fleets
    assert fleets["bus"].registrations[0] == pytest.approx([0, 0, 0, 1000, 1000, 1500])
    assert fleets["bev"].registrations[0] == pytest.approx([10_000] * 3 + [9000, 9000, 8500])


def test_assembly_displaces_a_stated_share_of_imports_and_builds_plug_ins():
    plant = driver(size=4000)
    out = chain(parameters(plant, assumptions={"assembly_displaces": 0.3}))
    assert out.displaced[0] == pytest.approx([0, 0, 1200, 1200, 1200, 1200])
    added = out.results["ev_registrations"] - chain(parameters()).results["ev_registrations"]
    assert added[0, 2:] == pytest.approx(4000 - 1200)
    plain = parameters(plant, assumptions={"unregistered_trade": 1})
    flow = np.full((200, 6), 10_000.0)
    mixed = demand_outlook(flow, range(2025, 2031), parameters=plain, place="UZ", seed=1)
    phev = mixed.fleets["phev"].registrations
    assert np.all(phev[:, :2] == 0)
    assert phev[:, 3] == pytest.approx(4000 * mixed.sample["assembly_phev"][:, 0])
    total = sum(fleet.registrations for fleet in mixed.fleets.values())
    assert total == pytest.approx(mixed.results["ev_registrations"])


def test_a_target_stands_on_its_day_where_it_is_met():
    today = ExistingCharging(1000, dt.date(2025, 12, 31))
    due = dt.date(2028, 12, 31)
    met = Target("plan", np.full(200, 32_400.0), "stations", due, True)
    base, out = (
        chain(parameters(), charging_today=today),
        chain(parameters(), charging_today=today, targets=[met]),
    )
    points = 32_400 * out.sample["points_per_station"][:, 0]
    assert out.results["charging_points_practice"][:, 3] == pytest.approx(points)
    assert out.results["charging_stations"][:, 3] == pytest.approx(32_400)
    assert out.results["charging_points_target"][:, -1] == pytest.approx(points)
    assert np.all(
        out.results["charging_points_practice"] >= base.results["charging_points_practice"] - 1e-9
    )
    row = out.target_table.iloc[0]
    assert row["probability"] == 0
    assert row["stands"] == pytest.approx(np.median(1000 / points))
    assert row["pace_needed"] == pytest.approx(np.median(points - 1000) / 3)


def test_a_target_partly_in_time_comes_late():
    today = ExistingCharging(1000, dt.date(2025, 12, 31))
    late = Target(
        "plan",
        np.full(200, 41_000.0),
        "points",
        dt.date(2027, 12, 31),
        True,
        0.25,
        np.full(200, 2.0),
    )
    out = chain(parameters(), charging_today=today, targets=[late]).results[
        "charging_points_practice"
    ]
    assert out[0, 1:] == pytest.approx([6000, 11_000, 26_000, 41_000, 41_000])


def test_a_target_of_the_ledger_is_compared_and_pushes_nothing():
    today = ExistingCharging(1000, dt.date(2025, 12, 31))
    fact = Target("a-fact", np.full(200, 5_000.0), "points", dt.date(2029, 12, 31))
    base, out = (
        chain(parameters(), charging_today=today),
        chain(parameters(), charging_today=today, targets=[fact]),
    )
    for name, values in base.results.items():
        assert np.array_equal(values, out.results[name])
    assert 0.02 < out.target_table["probability"].iloc[0] < 0.98
    assert out.results["charging_points_target"][0, 4] == pytest.approx(5_000)


def test_a_target_can_be_asked_of_a_scenario():
    target = driver(
        name="decree", kind="target", quantity="charging_stations", start="2030-12-31", size=32_400
    )
    made = outlook(
        scenario_from_parameters(GIVEN | {"drivers": [target]}), central_asia(), draws=200
    )
    table = made.table.query(
        "measure == 'charging_stations' and period_end == '2030-12-31' and quantile == 0.5"
    )
    assert table["value"].iloc[0] == pytest.approx(32_400, rel=0.05)
    assert "decree" in made.demand.target_table["target"].tolist()
    assert "uz-charging-stations-2026-12-31-target" in made.demand.target_table["target"].tolist()


def test_a_price_moves_the_flow_by_its_elasticity():
    duty = driver(kind="price", quantity="ev_imports", start="2028-01-01", size=0.15, elasticity=-2)
    with_duty, without = (
        outlook(
            scenario_from_parameters(GIVEN | {"drivers": rows}), central_asia(), draws=200
        ).results.values["ev_imports"]
        for rows in ([duty], [])
    )
    assert with_duty[:, -1] / without[:, -1] == pytest.approx(1.15**-2)
    assert with_duty[:, -4] == pytest.approx(without[:, -4])


SERVICE = (WAIT, UNMET, USE)
# Neither of these is to be lower: cars that came are scrapped later, buying depends on the growth
# of a year, where power is dirtier than fuel more cars avoid less, and more points are waited for
# less by more cars
NOT_ORDERED = {"ev_retirements", "co2_avoided_t", *SERVICE} | {
    f"investment{part}_usd" for part in ("", "_public", "_private")
}
# Plug-ins built in the country need fewer points, and hardly a fast one, than the battery cars that
# they replace; and a model that is built earlier is imported no longer, at most 11 % of the imports
SLACK = {
    "ev_imports": 0.11,
    "charging_points_need": 0.01,
    "charging_points_need_slow": 0.01,
    "charging_points_need_fast": 0.05,
}


@pytest.mark.parametrize("country", COUNTRIES)
def test_scenarios_of_a_country_have_one_ceiling_and_keep_their_order(country):
    base, faster, slower = (
        outlook(scenario_from_file(PARAMS / f"{country}-{name}.yaml"), draws=300)
        for name in ("baseline", "accelerated", "constrained")
    )
    ceilings = [
        [d.size for d in made.scenario.drivers if d.kind == "ceiling"]
        for made in (base, faster, slower)
    ]
    assert ceilings[0] == ceilings[1] == ceilings[2] != []
    # Of years that are counted, practice runs back from a count of this year
    for more, less in ((faster, base), (base, slower)):
        least = less.results.since(less.first_year).values
        for measure, values in more.results.since(more.first_year).values.items():
            wrong = (values < least[measure] * (1 - SLACK.get(measure, 1e-9))).mean(axis=0)
            assert measure in NOT_ORDERED or wrong.max() <= 0.02, (less.name, measure, wrong)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            driver(kind="target", quantity="chargers", size=5),
            r"quantity: 'chargers' has no target; one of charging_points",
        ),
        (
            driver(kind="price", quantity="ev_imports", size=15),
            r"size: 15 is outside -1 to 3 of the price; \+15 % is 0.15",
        ),
        (
            driver(kind="price", quantity="ev_imports", size=0.1, elasticity=0.5),
            r"elasticity: 0.5 is outside -15 to 0; what gets dearer sells less",
        ),
        (
            driver(kind="target", quantity="charging_points", size=0),
            r"size: 0 charging_points is no target",
        ),
        (
            driver(kind="tariff", quantity="ev_imports", size=0.1),
            r"quantity: 'ev_imports' has no tariff; one of charging_price, electricity_price",
        ),
        (
            driver(kind="tariff", quantity="electricity_price", size=900),
            r"size: 900 USD is no likely price of a kWh; give it in USD",
        ),
    ],
)
def test_a_wrong_lever_is_refused_by_key(row, message):
    with pytest.raises(ScenarioError, match=message):
        scenario_from_parameters(GIVEN | {"drivers": [row]})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [driver(kind="target", quantity="charging_stations", start="2025-12-31", size=9000)],
            r"drivers.0.start: event: 2025-12-31 has passed by 2026-03-31",
        ),
        (
            [driver(kind="target", quantity="charging_stations", start="2027-12-31", size=1000)],
            r"drivers.0.size: event: 1,000 stations is below the 1,399 that stood on 2025-05-01",
        ),
        (
            [
                driver(quantity="class_share.bus", size=0.6),
                driver(name="b", quantity="class_share.phev", size=0.5),
            ],
            r"drivers.1.size: shares of classes add to as much as 1.17 of the vehicles registered "
            r"\(at most 1",
        ),
        (
            [driver(quantity="class_share.tram", size=0.1)],
            r"class_share.tram|no such parameter \(did you mean class_share",
        ),
    ],
)
def test_a_lever_out_of_reach_is_refused_by_key(rows, message):
    with pytest.raises(AssumptionError, match=message):
        outlook(scenario_from_parameters(GIVEN | {"drivers": rows}), central_asia(), draws=200)


def test_check_says_so_before_anything_runs(tmp_path):
    lever = "  - {name: decree, kind: target, quantity: charging_stations,\n"
    lever += "     start: 2025-12-31, size: 900,\n"
    text = "country: UZ\nscenario: test\nas_of: latest\nhorizon: 2030\nseed: 1\ndrivers:\n" + lever
    text += "     reason: a test, source: judgement}\n"
    path = tmp_path / "uzbekistan-test.yaml"
    path.write_text(text)
    found = [str(problem) for problem in read_checked(path, central_asia()).problems]
    assert "has passed by" in found[0]
    assert ":8 " in found[0]
    assert "900 stations is below the 1,399 that stood" in found[1]


def test_a_later_bound_above_the_count_takes_its_place():
    """Kyrgyzstan: some 30 points at the end of 2023, more than 230 stations in March 2026;
    Kazakhstan's and Uzbekistan's counts stay.
    """
    ledger = central_asia()
    counts = {
        place: ledger.select(place=place, kind=("outcome", "estimate"))
        for place in ("KG", "KZ", "UZ")
    }
    assert standing_today(counts["KG"]) == ExistingCharging(
        230.0, dt.date(2026, 3, 2), "stations", place="Kyrgyzstan"
    )
    ministry = ExistingCharging(351.0, dt.date(2024, 12, 31), "stations", place="Kazakhstan")
    assert standing_today(counts["KZ"]) == ministry
    uz = standing_today(counts["UZ"])
    assert (uz.count, uz.date.isoformat()) == (1399.0, "2025-05-01")
    assert uz.grown == pytest.approx(np.log(1399 / 559) / (335 / 365.25), rel=0.01)


def test_a_part_of_the_country_is_the_least_that_stands():
    counts = central_asia().select(kind=("outcome", "estimate"))
    assert standing_today(counts.select(place="TJ")) is None
    dushanbe = ExistingCharging(136.0, dt.date(2024, 6, 6), "stations", place="Dushanbe")
    assert least_standing(counts, "TJ") == dushanbe
    almaty = ExistingCharging(400.0, dt.date(2025, 11, 20), "stations", place="Almaty")
    assert least_standing(counts, "KZ") == almaty
    assert least_standing(counts, "NO") is None
    cells = {"relation": "about", "value": 900.0}
    part = counts.select(place="TJ-DU", measure="charging_stations").frame.iloc[[0]].assign(**cells)
    about = least_standing(Ledger.from_frame(part), "TJ")
    assert (about.count, about.place) == (900.0, "Dushanbe")


def test_parameters_are_known_by_name():
    assert load_parameters().at("UZ")["assembly_phev"].mode == 1.0


def test_no_battery_car_is_built_before_the_first_was_announced():
    made = outlook("uzbekistan-baseline", draws=100).results
    years = [*made.years]
    battery_cars, plug_ins = made.values["bev_production"], made.values["phev_production"]
    assert battery_cars[:, : years.index(2026)].max() == 0
    assert np.median(battery_cars[:, -1]) > 3000
    assert plug_ins[:, years.index(2023)].max() == 0
    assert plug_ins[:, years.index(2024)] == pytest.approx(4000)
    assert 15_000 <= np.median(plug_ins[:, years.index(2025)]) <= 25_000


def test_a_plant_of_july_builds_half_a_year_and_replaces_when_it_builds():
    scenario = scenario_from_file(PARAMS / "uzbekistan-baseline.yaml")
    rows = {row.name: row for row in scenario.drivers}
    in_time = rows["jizzakh-battery-model"].model_copy(update={"on_time": 1.0})
    others = [row for row in scenario.drivers if row.name != in_time.name]
    made = outlook(scenario.model_copy(update={"drivers": (*others, in_time)}), draws=100).results
    built = made.values["bev_production"]
    place = made.years.index(2026)
    assert built[:, place] == pytest.approx(built[:, place + 1] * 184 / 365)
    replaced, model = (
        draw_event(rows[name], 500, scenario.seed, scenario.drivers).start
        for name in ("imports-replaced", "jizzakh-battery-model")
    )
    assert (replaced == model).all()


def test_params_say_of_programmes_what_their_record_is():
    every = programmes()
    assert (every["url"].str.match("https?://") & every["quote"].notna()).all()
    heavy = every["kind"].isin(["plants", "buses"])
    record = every[~heavy]
    in_time = int((record["share"] == 1).sum())
    late = record["years_late"][record["share"] < 1].dropna()
    lines = [line for file in PARAMS.glob("*.yaml") for line in file.read_text().splitlines()]
    published = [line.split("#") for line in lines if "published" in line]
    values = {value.strip() for value, comment in published if "published programmes" in comment}
    assert values == {f"on_time: {in_time / len(record):.2f}"}
    comments = [comment for value, comment in published if "delay_years" in value]
    assert len(comments) == 4  # programmes of charging; of plants and buses it is a judgement
    assert all(f"{late.min():.1f} to {late.max():.1f}" in comment for comment in comments)
    plants_and_buses = {line.split("#")[0].strip() for line in lines if "three of ten" in line}
    share_in_time = (every["share"][heavy] == 1).sum() / heavy.sum()
    assert (heavy.sum(), plants_and_buses) == (10, {f"on_time: {share_in_time:.1f}"})


def test_a_closed_way_to_russia_adds_no_cars_in_any_scenario():
    for name in ("baseline", "accelerated", "constrained"):
        scenario = scenario_from_file(PARAMS / f"kyrgyzstan-{name}.yaml")
        for driver in scenario.drivers:
            if "ru-policy-2026-04-01-union-fee" in driver.source:
                assert driver.size.high <= 1
                assert driver.start == dt.date(2026, 4, 1)
    assert "russia-closes" in [driver.name for driver in scenario.drivers]


def test_the_target_of_the_union_was_reached_in_time():
    row = programmes().set_index("id").loc["eu-2025-charging-points"]
    assert (row["share"], row["years_late"], row["stood"]) == (1, 0, 1_005_080)
