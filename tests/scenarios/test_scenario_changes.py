"""A scenario in hand: read by its name, changed, compared, asked for probabilities."""

import numpy as np
import pandas as pd
import pytest

import forecasting as fc

pytestmark = pytest.mark.usefixtures("shared_forecasts")
DUTY = {"name": "duty", "kind": "level", "start": "2028-01-01", "size": 0.5}


@pytest.fixture(scope="module")
def scenario():
    return fc.load_scenario("uzbekistan-accelerated")


@pytest.fixture(scope="module")
def base():
    return fc.outlook("turkmenistan-baseline", draws=60)


def names(scenario):
    return [driver.name for driver in scenario.drivers]


def test_drivers_are_added_changed_and_left_out_by_name(scenario):
    more = scenario.replace(drivers=[DUTY])
    assert names(more) == [*names(scenario), "duty"]
    assert (more.drivers[-1].quantity, more.drivers[-1].source) == ("ev_imports", "judgement")
    changed = more.replace(drivers={"duty": {"size": 0.7}, "market-limit": None})
    assert "market-limit" not in names(changed)
    assert (changed.drivers[-1].size.mode, changed.drivers[-1].start.year) == (0.7, 2028)
    assert changed.drivers[0] == scenario.drivers[0]
    assert names(scenario.replace(drivers=[])) == []


def test_a_change_is_named_as_one(scenario):
    changed = scenario.replace(assumptions={"annual_km": 15_000})
    assert changed.name == "uzbekistan-accelerated-changed"
    assert changed.title == "Uzbekistan, accelerated, changed"
    again = changed.replace(horizon=2031)
    assert (again.name, again.title) == (changed.name, changed.title)
    assert scenario.replace(horizon=scenario.horizon) == scenario
    assert scenario.replace(name="mine", title="Mine").title == "Mine"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"drivers": {"market-limt": None}}, r"'market-limt' is no driver of .*market-limit\?"),
        ({"drivers": {"duty": 3}}, r"drivers.*: 3 is not a list of keys"),
        ({"drivers": 5}, r"drivers: 5 is not a list"),
        ({"drivers": [{"name": "x"}]}, r"kind: is missing"),
        ({"assumptions": {"annual_km": "far"}}, r"'far' is neither a number nor low, mode"),
        ({"horizn": 2031}, r"horizn: is not a key of a scenario \(did you mean horizon\?\)"),
    ],
)
def test_a_change_that_cannot_be_is_refused(scenario, changes, words):
    with pytest.raises(fc.ScenarioError, match=words):
        scenario.replace(**changes)


def test_an_outlook_is_made_of_a_scenario_with_changes(base):
    far = fc.outlook("turkmenistan-baseline", draws=60, assumptions={"annual_km": 30_000})
    assert far.minus(base).probability("energy_gwh", above=0) > 0.9
    assert not far.minus(base).values["ev_stock"].any()
    less = fc.outlook("turkmenistan-baseline", draws=60, drivers=[DUTY])
    assert less.minus(base).probability("ev_imports", above=0) == 0.0
    with pytest.raises(fc.AssumptionError, match=r"km_per_year.*did you mean annual_km\?"):
        fc.outlook("turkmenistan-baseline", draws=60, assumptions={"km_per_year": 1})


def test_outlooks_of_other_worlds_are_not_compared(base):
    other = fc.outlook(base.scenario.replace(seed=5), draws=60)
    with pytest.raises(fc.InputError, match=r"has seed .* and .* seed 5"):
        base.minus(other)
    with pytest.raises(fc.InputError, match=r"numbers of draws differ: .* 60, .* 50"):
        base.minus(fc.outlook("turkmenistan-baseline", draws=50))


def test_probabilities_are_shares_of_draws_also_jointly(base):
    table = base.wide(2029)
    stock, energy = table["ev_stock"], table["energy_gwh"]
    limits = {"ev_stock": stock.median(), "energy_gwh": energy.median()}
    both = ((stock > limits["ev_stock"]) & (energy > limits["energy_gwh"])).mean()
    assert base.probability(limits, year=2029) == pytest.approx(both)
    assert base.probability("ev_stock", above=stock.median(), year=2029) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"measure": "ev_stok", "above": 1}, r"no measure 'ev_stok'.*ev_stock\?"),
        ({"measure": "ev_stock"}, "above is missing"),
        ({"measure": "ev_stock", "above": 1, "year": 1999}, "year is 1999; .* has 2025 to 2030"),
        ({"measure": {"ev_stock": "many"}}, "ev_stock is 'many'; give a number"),
        ({"measure": {"ev_stock": 1}, "above": 1}, "above is 1 beside measures"),
        ({"measure": {}}, "measure is empty"),
    ],
)
def test_a_probability_of_nothing_is_refused(base, given, words):
    with pytest.raises(fc.InputError, match=words):
        base.probability(**given)


def test_draws_of_two_countries_are_of_the_same_worlds(base):
    other = fc.outlook("tajikistan-baseline", draws=60)
    total = base.wide(2030)["ev_stock"] + other.wide(2030)["ev_stock"]
    summed = fc.region_total([base, other]).wide(2030)["ev_stock"]
    pd.testing.assert_series_equal(total, summed)
    assert base.wide().shape == (60, len(base.results.values))
    assert np.array_equal(base.wide(), base.wide(base.scenario.horizon))
    fewer = fc.outlook("tajikistan-baseline", draws=50)
    assert (base.wide(2030)["ev_stock"] + fewer.wide(2030)["ev_stock"]).isna().all()


def test_a_misspelt_assumption_is_refused_as_it_is_set(scenario):
    with pytest.raises(fc.AssumptionError, match=r"km_per_year: no .*did you mean annual_km\?"):
        scenario.replace(assumptions={"km_per_year": 15_000})


def test_scenarios_caveats_and_runs_are_told_in_a_line(scenario, base):
    changed = scenario.replace(assumptions={"annual_km": 15_000})
    assert repr(changed) == str(changed)
    assert repr(changed).startswith("<Scenario uzbekistan-accelerated-changed: ev_imports, as of ")
    assert repr(changed).endswith("; assumes annual_km 15000>")
    caveat = base.caveats[0]
    assert str(caveat) == f"<Caveat no_counts: {fc.tables.words_of(caveat)}>"
    assert repr(fc.RunSummary("reports", ())) == "<RunSummary reports: nothing ran>"


def test_several_scenarios_are_asked_for_by_their_names():
    asked = ["turkmenistan-baseline", "turkmenistan-con*"]
    assert list(fc.outlooks(asked, draws=20)) == [
        "turkmenistan-baseline",
        "turkmenistan-constrained",
    ]
    with pytest.raises(fc.InputError, match="did you mean turkmenistan-baseline"):
        fc.outlooks(["turkmenistan-basline"], draws=20)
