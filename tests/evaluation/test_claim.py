"""A number that somebody said, beside the forecast of the same quantity."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evaluation.claim import claim_of
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.reporting.answer import evidence_summary
from forecasting.reporting.score_words import claim_text
from forecasting.scenarios.outlook import outlook
from forecasting.vocabulary.errors import EvidenceError, ForecastingError, InputError
from forecasting.writers.numbers import readable

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared_forecasts")]

PARAMS = Path(__file__).parents[2] / "params"
THEN = "2024-12-31"


def test_it_is_the_forecast_of_the_report() -> None:
    told = claim_of("Uzbekistan", "ev_imports", "2026", 100_000, THEN)
    made = outlook(PARAMS / "uzbekistan-baseline.yaml", as_of=THEN)
    draws = made.results.values["ev_imports"][:, made.years.index(2026)]
    assert told.levels[1] == pytest.approx(np.median(draws))
    assert told.probability_below == pytest.approx((draws < 100_000).mean())
    low, median, high = told.levels
    assert low < median < high


def test_the_params_file_given_is_the_one_that_answers() -> None:
    told = claim_of("UZ", "ev_stock", "2030", 5e5, params="uzbekistan-accelerated")
    assert (told.outlook.name, told.file) == (
        "uzbekistan-accelerated",
        "params/uzbekistan-accelerated.yaml",
    )
    assert told.levels[1] > claim_of("UZ", "ev_stock", "2030", 5e5).levels[1]
    with pytest.raises(InputError, match=r"is of KZ, the claim of UZ; give a params file of UZ"):
        claim_of("UZ", "ev_stock", "2030", 5e5, params=PARAMS / "kazakhstan-baseline.yaml")


def test_a_claim_of_a_partner_is_held_against_its_part() -> None:
    told = claim_of("UZ", "ev_imports", "2022", "1941", partner="CN")
    assert told.partner_share == pytest.approx(1941 / 2180)
    assert told.levels[1] == pytest.approx(1941, rel=0.01)
    assert told.fact is not None
    assert told.fact.value == 1941
    words = claim_text(told)
    assert "imported, Uzbekistan, from China, 2022)" in words
    assert "Printed: 1,941 vehicles (Statistics Agency" in words
    assert "Also printed" not in words  # but this very number
    with pytest.raises(InputError, match=r"no part of France .* is printed beside a total"):
        claim_of("UZ", "ev_imports", "2022", 5, partner="FR")


def test_a_bound_is_true_in_so_many_draws() -> None:
    less, more = (
        claim_of("KZ", "ev_registrations", "2027", text) for text in ("<9000", "over 9000")
    )
    assert (less.relation, more.relation, less.value) == ("less_than", "greater_than", 9000)
    assert less.probability_true == less.probability_below
    assert less.probability_true + more.probability_true == pytest.approx(1)
    assert "and it is true in" in claim_text(more)
    assert claim_of("KZ", "ev_registrations", "2027", 9000).probability_true is None


def test_what_comes_in_a_day_is_held_against_the_whole_period() -> None:
    told = claim_of("UZ", "ev_imports", "2026", "more than 100 a day")
    assert (told.value, told.relation) == (36_500, "greater_than")


def test_a_claim_of_a_part_of_a_flow_names_who_counts_what() -> None:
    told = claim_of("horgos", "vehicle_exports", "2023-01-01/2023-06-26", ">35000", "2024-03-01")
    words = claim_text(told)
    assert "as counted by China's customs, all modes" in words
    assert "Printed: more than 35,000 vehicles (Frontier inspection, by road" in words
    assert "Also printed: more than 100 vehicles a day" in words
    assert told.probability_true > 0.9


def test_growth_is_from_the_last_year_before_the_forecast() -> None:
    told = claim_of("KZ", "ev_stock", "2027", 40_000, "2025-12-31")
    assert (told.from_year, told.period.label) == (2025, "2027")
    growth, expected = (told.growth_to(value) for value in (told.value, told.levels[1]))
    assert (growth > expected) == (told.value > told.levels[1])
    assert (1 + growth / 100) ** 2 / (1 + expected / 100) ** 2 == pytest.approx(
        told.value / told.levels[1]
    )
    takes = f"it takes {growth:+.0f} % a year; the median takes {expected:+.0f} %."
    assert f"From {readable(told.base)}" in claim_text(told)
    assert takes in claim_text(told)
    assert told.base == pytest.approx(22_000, rel=0.05)
    assert told.base * (1 + growth / 100) ** 2 == pytest.approx(40_000)


def test_what_was_printed_is_said_in_place_of_a_growth() -> None:
    told = claim_of("UZ", "ev_imports", "2025", 60_000, "2026-03-09")
    assert "Printed: 56,832 vehicles (Customs Committee, battery cars, 2026-01-23)." in claim_text(
        told
    )


def test_a_count_of_nobody_in_particular_is_told_with_its_day() -> None:
    row = {
        "id": "a",
        "measure": "ev_registrations",
        "place": "NO",
        "relation": "equals",
        "published": "2024-01",
    }
    own = pd.DataFrame(
        [row | {"period_start": "2023-01-01", "period_end": "2023-12-31", "value": 5000}]
    )
    told = claim_of("NO", "ev_registrations", "2023", 4000, ledger=Ledger.from_frame(own))
    assert claim_text(told).endswith(
        "Printed: 5,000 vehicles (Jan 2024). Scenario norway-facts-alone: no params file forecasts "
        "this, the facts alone answer. Facts it rests on: 1."
    )


def test_a_province_and_a_quarter_and_the_newest_count() -> None:
    assert claim_of("CN-XJ", "ev_export_value_index", "2024", 9.0, "2024-03-31").place == "CN-XJ"
    told = claim_of("KG", "charging_stations", "2027", 900)
    assert told.outlook.as_of.isoformat() == "2026-03-31"
    assert told.levels[0] > 150
    assert claim_of("UZ", "ev_imports", "2025Q1", 9_000, THEN).period.label == "2025-01..2025-03"


def test_a_part_of_a_year_and_a_number_far_off() -> None:
    told = claim_of("UZ", "ev_imports", "2025-01-01/2025-03-31", 1_000_000, THEN)
    assert told.probability_below == 1.0
    assert told.growth_to(told.value) != told.growth_to(told.value)
    assert "the number lies above. Scenario" in claim_text(told)


def test_a_share_is_understood() -> None:
    told = claim_of("Uzbekistan", "share", "2026", "20 %")
    assert told.measure == "ev_share_percent"
    assert told.levels[0] < 20 < told.levels[2]


def test_a_port_has_no_country() -> None:
    told = claim_of("Khorgos", "vehicle_exports", "2026", 500_000, "2025-12-31")
    assert told.place == "horgos"
    assert told.levels[0] < 500_000 < told.levels[2]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (("UZ", "ev_import", "2026", 5.0), r"'ev_import' is unknown; did you mean ev_imports\?"),
        (("UZ", "ev_imports", "2026", 0.0), r"0 is no number to compare; give one above 0"),
        (("UZ", "ev_imports", "2026", float("nan")), r"nan is no number to compare"),
        (
            ("UZ", "charging_points", "2026", 5.0),
            r"it tells charging_points_home, .*_practice",
        ),
        (("UZ", "chargers", "2026", 5.0), "did you mean charging_points_need or charging_points_"),
        (("UZ", "event", "2026", 5.0), "'event' is unknown; ask for one such as ev_imports"),
        (
            ("UZ", "population", "2026", 5.0),
            r"no forecast of Uzbekistan tells population; it tells .*ev_stock",
        ),
        (
            ("UZ", "energy_gwh", "2026-01", 5.0),
            r"energy_gwh is forecast by year; 2026-01 is no whole year",
        ),
    ],
)
def test_what_no_forecast_speaks_of_is_refused(
    said: tuple[str, str, str, float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        claim_of(*said, as_of=THEN)


def test_places_and_days_that_are_none() -> None:
    with pytest.raises(ForecastingError, match="'Atlantis' is not a known place"):
        claim_of("Atlantis", "ev_imports", "2026", 5.0)
    with pytest.raises(ForecastingError, match="is not a period such as"):
        claim_of("UZ", "ev_imports", "soon", 5.0)


def test_a_share_of_cars_is_told_with_the_cars_that_it_takes() -> None:
    told = claim_of("UZ", "ev_stock_share_percent", "2030", 10)
    draws = told.outlook.results.values
    demand = told.outlook.demand
    assert demand is not None
    cars = demand.cars["ev_stock_share_percent"]
    share = np.minimum(100 * (draws["bev_stock"] + draws["phev_stock"]) / cars, 100)
    assert told.draws == pytest.approx(share[:, told.outlook.years.index(2030)])
    assert list(told.path) == [2026, 2027, 2028, 2029, 2030]
    assert told.path[2030] == pytest.approx(0.1 * np.median(cars[:, -1]))
    text = claim_text(told)
    assert "Electric cars on an even way to it: " in text
    assert re.search(r": [\d.]+ %, 80 % interval [\d.]+ to [\d.]+ %[,;] ", text)
    assert re.search(r"From [\d.]+ % in 2025, which this model estimates, it takes", text)
    new = claim_of("UZ", "ev_share_percent", "2030", 33)
    registered = new.outlook.results.values["ev_registrations"][:, -1]
    assert new.path[2030] / registered.mean() == pytest.approx(33 / new.draws.mean(), rel=0.2)
    assert claim_of("UZ", "ev_stock", "2030", 5e5).path == {}


def test_the_forecast_s_own_agency_is_the_one_that_printed_it() -> None:
    told = claim_of("UZ", "ev_imports", "2022", "2180")
    assert "Printed: 2,180 vehicles (Statistics Agency, battery cars, Jan 2023)." in claim_text(
        told
    )


def test_claim_and_brief_name_the_same_facts_and_the_same_count_of_the_year() -> None:
    told = claim_of("Uzbekistan", "imports", "2026", "70000")
    assert (told.place, told.measure, told.value) == ("UZ", "ev_imports", 70_000)
    assert told.base_fact is not None
    assert told.base == told.base_fact.value == 56_832
    assert "From 56,832 in 2025 it takes " in claim_text(told)
    number = len(told.outlook.evidence or ())
    assert claim_text(told).endswith(f"Facts it rests on: {number}.")
    assert f"Rests on {number} facts" in evidence_summary(told.outlook).sentence


def test_a_port_that_is_counted_no_more_is_refused_with_what_was_printed() -> None:
    with pytest.raises(
        InputError,
        match=r"its newest count ends on 2023-04-30; printed are 9,653 vehicles in Jan–Apr",
    ):
        claim_of("baktu", "vehicle_exports", "2023-01..2023-04", "9,653")
    with pytest.raises(
        InputError, match=r"^Alashankou has no forecast: no count of vehicles of all"
    ):
        claim_of("alashankou", "vehicle_exports", "2026", "9,653")
    told = claim_of("baktu", "vehicle_exports", "2023-01..2023-04", "9,653", "2023-06-26")
    assert told.levels[1] == pytest.approx(9653, rel=0.01)
    assert told.fact is not None
    assert told.fact.id == "article-23"


def test_a_growth_is_set_beside_the_growth_that_is_forecast() -> None:
    told = claim_of("CN-XJ", "ev_export_value_index", "2023-01..2023-05", "+410.4%")
    assert (told.quantity, told.value) == ("yoy_growth_percent", 410.4)
    assert told.levels[0] < 410.4 < told.levels[2]
    assert claim_text(told).startswith("410.4 % (growth on the year before of electric vehicles")
    assert "Printed: up 410.4 % on the year before (Urumqi Customs, 2023-06-26)." in claim_text(
        told
    )
    with pytest.raises(EvidenceError, match="2021 reaches outside the forecast's months"):
        claim_of("CN-XJ", "ev_export_value_index", "2022", "+10%")
    with pytest.raises(InputError, match="a growth of -120 % is -100 % or less"):
        claim_of("UZ", "ev_imports", "2026", "-120 %")


@pytest.mark.parametrize("period", ["2026-06", "2026-06-30", "2026Q3"])
def test_a_stock_is_forecast_of_the_end_of_a_year_alone(period: str) -> None:
    with pytest.raises(InputError, match=r"ev_stock is forecast of the end of each year; .*2026$"):
        claim_of("UZ", "ev_stock", period, 5e5)


def test_a_percentage_is_no_count() -> None:
    with pytest.raises(InputError, match="'10 %' is a percentage, and ev_imports is in vehicles"):
        claim_of("UZ", "ev_imports", "2030", "10 %")
    with pytest.raises(InputError, match="'ten' is not a number; write it as 100,000"):
        claim_of("UZ", "ev_imports", "2030", "ten")
    told = claim_of("UZ", "ev_share_percent", "2030", "10 %")
    assert told.value == 10
    assert claim_text(told).startswith("10 % (electric share of new cars, Uzbekistan, 2030)")


def test_sales_of_one_s_own_are_forecast_without_a_params_file() -> None:
    rows = [
        {
            "id": f"sold-{year}",
            "measure": "ev_sales",
            "place": "GE",
            "relation": "equals",
            "published": "2024-01",
            "period_start": f"{year}-01-01",
            "period_end": f"{year}-12-31",
            "value": count,
        }
        for year, count in ((2022, 2180), (2023, 5400))
    ]
    own = Ledger.from_frame(pd.DataFrame(rows))
    told = claim_of("GE", "ev_sales", "2023", 5000, ledger=own)
    assert told.levels[1] == pytest.approx(5400, rel=0.01)
    assert told.outlook.name == "georgia-facts-alone"
    assert claim_of("GE", "ev_stock", "2025", 5000, ledger=own).levels[1] > 7580
    shipped = claim_of("UZ", "ev_sales", "2025", 40_000)
    assert "Printed: about 40,700 vehicles" in claim_text(shipped)


# The places of the article, and the countries that it means by the five: a number of each, and what
# is answered
SYSTEMS = [
    ("horgos", "vehicle_exports", "2023-01-01..2023-06-26", "35000", "vehicles of all types"),
    ("alashankou", "vehicle_exports", "2023", "1000", "no count of vehicles of all types exported"),
    ("baktu", "vehicle_exports", "2023-01..2023-04", "9653", "newest count ends on 2023-04-30"),
    ("CN-XJ", "ev_export_value_index", "2023-01..2023-05", "+410.4%", "growth on the year before"),
    ("UZ", "ev_imports", "2022", "2180", "Printed: 2,180 vehicles"),
    ("KZ", "ev_stock", "2030", "100000", "electric vehicles on the road, Kazakhstan, 2030"),
    ("KG", "ev_registrations", "2026", "10000", "electric vehicles registered, Kyrgyzstan, 2026"),
    ("TJ", "ev_imports", "2026", "10000", "electric vehicles imported, Tajikistan, 2026"),
    ("TM", "charging_points_need", "2030", "500", "need, Turkmenistan, 2030"),
    ("CN", "ev_exports", "2026", "2000000", "no forecast of China tells ev_exports"),
    ("UZ-TK", "ev_stock", "2030", "500000", "the report of Uzbekistan shares its answers out"),
    ("central-asia-5", "ev_stock", "2030", "1000000", "has the sum of the five countries"),
    ("World", "ev_sales", "2030", "1000000", "ask for one of them: KZ, KG, TJ, TM or UZ"),
]


@pytest.mark.parametrize("said", SYSTEMS, ids=lambda said: said[0])
def test_each_system_of_the_article_has_a_number_or_a_reason(said: tuple[str, ...]) -> None:
    *claim, answer = said
    told = CliRunner().invoke(main, ["claim", *claim])
    assert told.exit_code in (0, 2)
    assert answer in " ".join(told.output.split())
    if told.exit_code == 2:
        assert "Traceback" not in told.output
        assert told.output.count("\n") == 1  # one sentence


def test_every_place_of_the_article_is_among_those_systems() -> None:
    statements = [fact for fact in central_asia() if fact.id.startswith("article-")]
    assert len(statements) == 54
    assert {fact.place for fact in statements} <= {place for place, *_ in SYSTEMS}


@pytest.mark.parametrize(
    "fact",
    [
        fact
        for fact in central_asia()
        if fact.id.startswith("article-") and fact.value == fact.value
    ],
    ids=lambda fact: fact.id,
)
def test_a_number_of_the_article_is_answered_or_refused_in_a_sentence(fact: Fact) -> None:
    period = fact.period.label if fact.period_end else "2023"
    value = f"+{fact.value:g}%" if fact.is_change else f"{fact.value:g}"
    told = CliRunner().invoke(main, ["claim", fact.place, fact.measure, period, value])
    assert told.exit_code in (0, 2), told.output
    if told.exit_code == 2:
        assert told.output.startswith("ev-forecast claim: ")
        assert told.output.count("\n") == 1


def test_a_number_that_no_forecast_tells_is_answered_with_its_print() -> None:
    printed = r"printed: 100\.13 billion CNY in Jan–May 2023 \(Urumqi Customs, article-15\); no f"
    with pytest.raises(InputError, match=printed):
        claim_of(
            "CN-XJ", "foreign_trade_value", "2023-01/2023-05", 100.13, "2023-06-26",
            partner="central-asia-5",
        )  # fmt: skip
    with pytest.raises(
        InputError, match=r"^no forecast of Xinjiang tells vehicle_orders; it tells"
    ):
        claim_of("CN-XJ", "vehicle_orders", "2022", 3446, "2023-06-26")
