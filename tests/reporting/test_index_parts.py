"""The parts of the index by hand: names, columns, places, and what must be known of them."""

from dataclasses import replace

import pytest
from made_up import make_results

from forecasting.reporting import site


def run_of(place, scenario, caveats=(), lines=()):
    names = {"country": place[:2].upper(), "place": place, "scenario": scenario}
    return names | {"caveats": caveats, "lines": lines, "link": f"{scenario}.html", "age": ""}


@pytest.mark.parametrize(
    ("name", "keys", "country", "place", "scenario"),
    [
        ("uzbekistan-baseline", {}, "UZ", "Uzbekistan", "baseline"),
        ("uzbekistan-no-duty", {"country": "UZ"}, "UZ", "Uzbekistan", "no-duty"),
        ("second-baseline", {"country": "UZ"}, "UZ", "Uzbekistan", "second-baseline"),
        ("norway-baseline", {"country": "NO"}, "NO", "Norway", "baseline"),
    ],
)
def test_a_run_is_of_a_place_and_a_scenario(name, keys, country, place, scenario):
    names = {"name": name, "country": country, "place": place, "scenario": scenario}
    assert site._run_names(name, keys) == names


def test_usual_scenarios_come_first_and_the_others_by_name():
    names = ["zeta", "constrained", "alpha", "baseline"]
    assert site._columns([{"scenario": name} for name in names]) == [
        *("baseline", "constrained", "alpha", "zeta")
    ]


def test_what_one_scenario_alone_must_know_is_told_with_it():
    runs = [run_of("uz", "baseline", ["x.", "y."]), run_of("uz", "constrained", ["x."])]
    assert [*site._caveats_of_place(runs)] == ["x.", "Baseline: y."]


def test_a_place_has_a_card_a_scenario_and_what_those_with_numbers_must_know():
    baseline = run_of("uz", "baseline", ["x."], ["a line"]) | {"age": "old"}
    failed = run_of("uz", "constrained", ["never told"]) | {"link": ""}
    row = site._row("Uzbekistan", [failed, baseline], ["baseline", "constrained", "other"])
    assert row["cards"] == [baseline, failed, None]
    assert (row["link"], row["age"], row["caveats"]) == ("baseline.html", "old", ["x."])
    assert row["caveats_head"] == "1 thing to know"


@pytest.mark.parametrize(("scenarios", "many"), [(6, False), (7, True)])
def test_more_than_six_scenarios_do_not_fit_beside_each_other(scenarios, many):
    (section,) = site._sections([run_of("uz", f"s{number}") for number in range(scenarios)])
    assert (section["id"], section["many"]) == ("countries", many)


def test_countries_of_the_region_come_first_and_corridors_apart():
    corridor = run_of("A road", "baseline") | {"country": None}
    runs = [corridor, *(run_of(place, "baseline") for place in ("norway", "uz", "kz"))]
    sections = {section["id"]: section for section in site._sections(runs)}
    places = {key: [row["place"] for row in section["rows"]] for key, section in sections.items()}
    assert places == {"countries": ["kz", "uz", "norway"], "corridors": ["A road"]}


def test_a_card_tells_the_numbers_of_its_own_run():
    results = {("uzbekistan-baseline", "UZ"): make_results()}
    lines = [*site._lines("uzbekistan-baseline", {}, {"headline_year": 2024}, results)]
    first = lines[0]
    assert (first["year"], first["median"]) == ("2024", "15,000")
    assert not [*site._lines("uzbekistan-other", {}, {}, results)]
    assert not [*site._lines("uzbekistan-baseline", {"measure": "ev_sales"}, {}, results)]


@pytest.mark.parametrize(
    ("stored", "years"),
    [
        ({"headline_year": 2024, "first_year": 2023}, ["2024", "2025"]),
        ({"first_year": 2023}, ["2023", "2024"]),
        ({}, ["2021", "2022"]),
    ],
)
def test_a_card_begins_with_the_year_that_its_run_names_or_with_its_first(stored, years):
    """The flow is 10,000 in 2023, and grows by half a year from 2021 to 2030."""
    results = {("uzbekistan-baseline", "UZ"): make_results()}
    lines = [*site._lines("uzbekistan-baseline", {}, stored, results)]
    assert [line["year"] for line in lines[:2]] == years
    medians = [float(line["median"].replace(",", "")) for line in lines[:2]]
    expected = [10_000 * 1.5 ** (int(label) - 2023) for label in years]
    assert medians == pytest.approx(expected, rel=0.05)
    assert {line["year"] for line in lines[2:]} == {"2030"}


def test_of_an_index_a_card_tells_the_growth_of_years_that_have_one():
    made = make_results()
    index = "ev_export_value_index"
    made = replace(made, values={index: made.values["ev_imports"]})
    results = {("china-baseline", "CN"): made}
    stored = {"headline_year": 2024, "growth": {"2024": {"0.1": -12.4, "0.5": 21.6, "0.9": 50.2}}}
    (growth, *_) = site._lines("china-baseline", {"measure": index}, stored, results)
    (level, *_) = site._lines(
        "china-baseline", {"measure": index}, {"headline_year": 2024}, results
    )
    assert growth["label"] == "Growth on the year: electric cars exported, value"
    assert (growth["median"], growth["range"]) == ("+22 %", "−12 % to +50 %")
    assert level["label"] == "Electric cars exported, value index"
    assert (level["year"], level["median"]) == ("2024", "15,000")
