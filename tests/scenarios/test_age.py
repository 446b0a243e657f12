"""The age of the evidence: said of every outlook, reckoned on the day of reading."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.policies import shipped_policies
from forecasting.parameters.schema import Scenario, scenario_from_file, scenario_from_parameters
from forecasting.reporting.caveat_words import age_line, age_today, words_of
from forecasting.scenarios.age import age_of
from forecasting.scenarios.facts_on_day import day_of_forecast
from forecasting.scenarios.outlook import load_outlook, outlook
from forecasting.scenarios.outlook_files import stored_caveat

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
    assert words_of(made.age) == (
        "Its newest count ends on 30 June 2024, published on 8 August 2024."
    )
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
        age_today(made.age, dt.date(2024, 11, 30)) == f"{words_of(made.age)} That is 24 months ago."
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
