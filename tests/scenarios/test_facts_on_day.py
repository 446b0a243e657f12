"""What was known on a day: nothing of a year that was not over, nothing published later."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.policies import shipped_policies
from forecasting.growth.prior import Prior
from forecasting.parameters.schema import Scenario, scenario_from_file, scenario_from_parameters
from forecasting.reporting.caveat_words import age_line, age_today, words_of
from forecasting.scenarios.facts_on_day import (
    age_of,
    day_of_forecast,
    flow_inputs,
    inputs_on_day,
)
from forecasting.scenarios.outlook import load_outlook, outlook
from forecasting.scenarios.outlook_files import stored_caveat
from forecasting.vocabulary.periods import span

DAY = dt.date(2023, 6, 30)


def known(day=DAY, **given):
    return inputs_on_day(central_asia(), "UZ", "ev_imports", day, **given)


@pytest.mark.parametrize(
    "sizes", [{2021: 1.0, 2022: 2.0, 2023: 3.0}, pd.Series({2021: 1.0, 2022: 2.0, 2023: 3.0})]
)
def test_the_size_of_a_year_that_is_not_over_is_hindsight(sizes):
    assert known(given_size=sizes).market.sizes.to_dict() == {2021: 1.0, 2022: 2.0}
    assert known(dt.date(2023, 12, 31), given_size=sizes).market.sizes.to_dict() == {
        2021: 1.0,
        2022: 2.0,
    }
    assert known(dt.date(2024, 1, 1), given_size=sizes).market.sizes.to_dict() == {
        2021: 1.0,
        2022: 2.0,
        2023: 3.0,
    }


def test_sizes_of_later_years_alone_are_none():
    assert known(given_size={2023: 3.0}, size_from_ledger=False).market.sizes is None


def test_a_scenario_s_own_sizes_are_cut_in_the_same_place():
    told = {
        "country": "UZ",
        "scenario": "a",
        "as_of": DAY,
        "horizon": 2030,
        "seed": 1,
        "market_size": {2022: 5, 2023: 6},
    }
    found = flow_inputs(scenario_from_parameters(told), "UZ", central_asia(), DAY)
    assert found.market.sizes.to_dict() == {2022: 5.0}


def test_the_prior_knows_no_effect_of_the_day_s_own_year():
    assert known(dt.date(2021, 12, 31)).prior.common.last_year == 2020
    assert known(dt.date(2021, 12, 31), analogues=Prior.shipped()).prior.size.last_year == 2020


def test_a_panel_teaches_nothing_of_the_day_s_own_year(monkeypatch):
    panel = pd.DataFrame(
        {"market": "A", "year": [2021, 2022, 2023], "sales": [1.0, 2.0, 4.0], "share": 0.1}
    )

    def years(*tables):
        return [None if table is None else table["year"].tolist() for table in tables]

    monkeypatch.setattr("forecasting.panels.growth_prior.estimate_prior", years)
    assert known(analogues=panel).prior == [[2021, 2022], None]
    assert known(analogues=panel, analogue_months=panel[1:]).prior == [[2021, 2022], [2022]]


def test_a_fact_is_known_from_the_last_day_of_its_publication():
    row = {
        "relation": "equals",
        "quantity": "total",
        "period_start": "2023-01-01",
        "period_end": "2023-04-30",
    }
    ledger = Ledger.from_frame(
        pd.DataFrame([row | {"value": 2544, "published": "2023-06", "place": "UZ"}])
    )
    counts = [
        len(inputs_on_day(ledger, "UZ", "ev_imports", DAY - dt.timedelta(days=ago)).facts)
        for ago in (1, 0)
    ]
    assert counts == [0, 1]


def test_market_of_the_ledger_ends_with_what_was_published():
    early, late = (
        inputs_on_day(central_asia(), "KZ", "ev_imports", dt.date(day, 6, 30)).market.sizes
        for day in (2022, 2024)
    )
    assert (max(early).end.year, max(late).end.year) == (2019, 2023)


@pytest.mark.parametrize(("year", "days"), [(2023, 365 / 181), (2024, 366 / 182)])
def test_a_market_told_for_half_a_year_is_scaled_to_all_of_its_days(year, days):
    row = {
        "measure": "car_registrations",
        "place": "UZ",
        "relation": "equals",
        "quantity": "total",
        "value": 1000,
    }
    row |= {
        "period_start": f"{year}-01-01",
        "period_end": f"{year}-06-30",
        "published": f"{year}-07-15",
    }
    market = inputs_on_day(
        Ledger.from_frame(pd.DataFrame([row])), "UZ", "ev_imports", dt.date(2026, 1, 1)
    ).market
    (half,) = market.sizes
    assert market.sizes == {span(f"{year}-01-01", f"{year}-06-30"): 1000.0}
    assert 1 / half.share_of_year == pytest.approx(days)


def cars(**until):
    """The market of Uzbekistan as known from cars sold from January up to some days."""
    rows = pd.DataFrame(
        {"period_end": [day.replace("_", "-")[1:] for day in until], "value": list(until.values())}
    )
    rows = rows.assign(
        measure="car_sales", place="UZ", relation="equals", quantity="total", published="2024-12-01"
    )
    rows["period_start"] = rows["period_end"].str[:4] + "-01-01"
    return inputs_on_day(Ledger.from_frame(rows), "UZ", "ev_imports", dt.date(2026, 1, 1)).market


def test_the_longest_count_of_a_year_is_its_market_two_months_move_it_and_one_does_not():
    market = cars(_2022_02_28=2, _2022_09_30=9, _2022_06_30=6, _2023_02_28=4, _2024_01_31=1)
    assert market.sizes == {
        span("2022-01-01", "2022-09-30"): 9.0,
        span("2023-01-01", "2023-02-28"): 4.0,
    }
    assert cars(_2023_02_28=4).sizes is None


def test_policies_are_known_once_announced_and_their_ends_once_told():
    def ids(place: str, measure: str, day: str) -> list[str]:
        known = inputs_on_day(central_asia(), place, measure, dt.date.fromisoformat(day)).policies
        return [policy.id for policy in known]

    assert "uz-2025-05-utilisation-fee" not in ids("UZ", "ev_imports", "2025-02-04")
    assert "uz-2025-05-utilisation-fee" in ids("UZ", "ev_imports", "2025-02-05")
    known = inputs_on_day(central_asia(), "UZ", "ev_imports", dt.date(2025, 3, 1)).policies
    (testing,) = (policy for policy in known if policy.kind == "blocked")
    assert testing.end is None
    # A union's duty is its members'; what is imported is registered; of what is vague nothing is
    # known
    kyrgyz = ids("KG", "ev_registrations", "2026-03-01")
    assert {"eaeu-2020-05-duty", "kg-2025-01-quota"} <= {*kyrgyz}
    assert "eaeu-2020-05-duty" not in ids("UZ", "ev_imports", "2026-03-01")
    assert "tj-2022-01-duty" not in ids("TJ", "ev_imports", "2026-03-01")
    assert ids("CN", "ev_exports", "2026-03-01") == []
    assert ids("horgos", "vehicle_exports", "2026-03-01") == []


LEDGER = central_asia()
THEN = LEDGER.select(as_of="2024-10-31", partner=None)
PARAMS = Path(__file__).parents[2] / "params"
PACKAGE = PARAMS.parent / "forecasting"


def asked(country: str, **other: object) -> Scenario:
    given = {
        "country": country,
        "scenario": "test",
        "as_of": "latest",
        "horizon": 2027,
        "seed": 1,
    } | other
    return scenario_from_parameters(given)


@pytest.mark.parametrize(
    ("country", "measure", "day"),
    [
        (
            "UZ",
            "ev_imports",
            dt.date(2024, 10, 31),
        ),  # the month in which a fact of China was printed
        ("KZ", "ev_registrations", dt.date(2024, 9, 30)),
        ("TJ", "ev_imports", dt.date(2024, 10, 2)),
        ("TM", "ev_imports", THEN.latest),  # nothing is counted: the newest of any fact
    ],
)
def test_latest_is_the_newest_print_about_the_country_or_its_partners(
    country: str, measure: str, day: dt.date
) -> None:
    assert day_of_forecast(asked(country, measure=measure), THEN) == day


def test_all_scenarios_of_a_country_have_one_day() -> None:
    scenarios = [scenario_from_file(path) for path in PARAMS.glob("*.yaml")]
    days = {(s.place, day_of_forecast(s, LEDGER)) for s in scenarios if s.country}
    assert len(days) == 5


def test_a_policy_moves_the_day_where_the_ledger_reaches_so_far() -> None:
    """A ledger of one's own that ends earlier is of an earlier day, whatever policies ship."""
    flow = LEDGER.select("UZ", "ev_imports", as_of="2024-10-15")
    assert day_of_forecast(asked("UZ"), flow) == flow.latest == dt.date(2024, 4, 6)
    elsewhere = LEDGER.select("TJ").frame.head(1).assign(published="2024-11-20")
    other = flow.concat(Ledger.from_frame(elsewhere))
    assert day_of_forecast(asked("UZ"), other) == shipped_policies()["uz-2024-11-testing"].start


def test_the_newest_count_is_stored_and_not_whether_it_is_old(tmp_path: Path) -> None:
    made = outlook(PARAMS / "tajikistan-baseline.yaml", draws=100)
    assert words_of(made.age) == ("Its newest count ends on 30 June 2024.")
    assert made.age not in made.caveats
    made.save(tmp_path)
    assert load_outlook(tmp_path).age == made.age


def test_a_report_of_an_earlier_version_says_when_the_newest_count_was() -> None:
    age = age_of(LEDGER.select("TJ", "ev_imports"), "ev_imports", dt.date(2026, 3, 31))
    assert stored_caveat(age.row() | {"kind": "evidence_old"}) == age


def test_age_is_reckoned_on_the_day_of_reading() -> None:
    made = outlook(asked("UZ", as_of="2022-12-31"), draws=100)
    assert "ends on 30 November 2022" in words_of(made.age)
    assert age_today(made.age, dt.date(2022, 12, 12)) == words_of(made.age)
    assert (
        age_today(made.age, dt.date(2024, 11, 30))
        == f"{words_of(made.age)} That count is 24 months old."
    )
    assert '<span data-counted="2022-11-30">Its newest' in age_line(made.age).html()


def test_nothing_that_is_stored_depends_on_the_day_of_the_run() -> None:
    """What makes results, tables and figures never looks at the clock."""
    rooms = (PACKAGE / "scenarios", PACKAGE / "reporting", PACKAGE / "demand", PACKAGE / "growth")
    for path in (path for room in rooms for path in room.rglob("*.py")):
        assert not re.search(r"\b(today|now|utcnow)\(\)", path.read_text("utf-8")), path


def test_where_nothing_is_counted() -> None:
    nothing = LEDGER.select("TM", "ev_imports")
    age = age_of(nothing, "ev_imports", dt.date(2026, 3, 31))
    assert words_of(age) == (
        "No count of electric vehicles imported was published by 31 March 2026: "
        "this rests on other markets alone."
    )
    assert age_today(age, dt.date(2027, 1, 1)) == age_line(age) == words_of(age)
