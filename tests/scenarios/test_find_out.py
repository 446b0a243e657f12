"""What a number that nobody has printed is worth: the draws say it, and forecasts made with the
number agree.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecasting.demand.sensitivity import first_order
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.growth.flow import FlowForecast, annual_totals, forecast_flow
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.scenarios.facts_on_day import series_due
from forecasting.scenarios.find_out import NOISE, worth_finding_out
from forecasting.scenarios.outlook import Outlook, outlook
from forecasting.vocabulary.periods import month, year

SOLD = {2019: 300, 2020: 500, 2021: 809, 2022: 2180, 2023: 6100}


def forecast(sold: dict[int, int], draws: int) -> FlowForecast:
    facts = annual_totals(pd.Series(sold))
    return forecast_flow(facts, periods=[year(2024), year(2026)], market_size=300_000, draws=draws)


@pytest.mark.slow
def test_a_forecast_with_the_number_known_is_narrower_by_as_much_as_the_draws_say() -> None:
    before = forecast(SOLD, draws=4000)
    next_year, answer = before.totals(year(2024)), before.totals(year(2026))
    told = np.log(next_year) + NOISE["count"] * np.random.default_rng(0).standard_normal(
        len(next_year)
    )
    said = float(first_order({"next year": told}, {"answer": answer})["share"].iloc[0])
    known = [
        np.log(forecast({**SOLD, 2024: round(value)}, draws=4000).totals(year(2026))).var()
        for value in np.quantile(next_year, [0.1, 0.3, 0.5, 0.7, 0.9]).tolist()
    ]
    true = 1 - np.mean(known) / np.log(answer).var()
    assert 0.2 < said < 0.35
    assert abs(said - true) < 0.25  # a variance hangs on the few draws far out


@pytest.fixture(scope="module")
def uzbekistan() -> Outlook:
    given = {"country": "UZ", "scenario": "test", "as_of": "2023-06-26", "horizon": 2026, "seed": 1}
    return outlook(scenario_from_parameters(given), central_asia(), draws=1000)


def test_a_longer_count_is_worth_more_and_a_survey_narrows_what_it_asks_about(
    uzbekistan: Outlook,
) -> None:
    found = worth_finding_out(uzbekistan)
    imports = found[found["name"] == "ev_imports"].set_index("period")
    assert imports.loc[year(2023), "ev_stock"] > imports.loc[month("2023-05"), "ev_stock"] > 0
    survey = found.set_index("name").loc["annual_km"]
    assert survey["ev_stock"] == 0
    # The lasting habits of the market take the larger part, which no survey narrows
    assert survey["charging_points_need"] > 0.05
    assert found["charging_points_need"].is_monotonic_decreasing
    assert ((found.iloc[:, 4:] >= 0) & (found.iloc[:, 4:] <= 1)).all(axis=None)
    register = found.set_index("name").loc["ev_stock"]
    assert (register["kind"], register["place"], register["period"]) == (
        "register",
        "UZ",
        year(2023),
    )


def test_a_corridor_is_told_of_its_counts() -> None:
    given = {
        "corridor": "xinjiang",
        "scenario": "test",
        "as_of": "2023-06-26",
        "horizon": 2025,
        "seed": 1,
    }
    found = worth_finding_out(outlook(scenario_from_parameters(given), central_asia(), draws=500))
    assert found.columns.tolist() == [
        *("name", "kind", "place", "period"),
        "ev_export_value_index",
    ]
    assert set(found["kind"]) == {"count"}
    assert set(found["place"]) == {"CN-XJ"}


def printed(*rows: tuple[str, str], **other: str) -> Ledger:
    table = pd.DataFrame([{"period_end": end, "published": day} for end, day in rows])
    table = table.assign(
        place="NO",
        measure="ev_stock",
        relation="equals",
        value=range(100, 100 + len(rows)),
        **other,
    )
    return Ledger.from_frame(table.assign(id=[f"a-{n}" for n in range(len(rows))]))


QUARTERLY = (
    ("2023-12-31", "2024-01-20"), ("2024-03-31", "2024-04-20"), ("2024-03-31", "2024-04-25"),
             ("2024-06-30", "2024-07-20"))  # fmt: skip


def test_a_quarterly_series_is_due_after_a_quarter() -> None:
    facts = printed(*QUARTERLY, basis="register")
    row = series_due(facts, dt.date(2024, 10, 1)).iloc[0]
    assert (row["prints"], row["every_days"], row["late"], row["ended"]) == (3, 91, 0, False)
    assert row["next_print"] == dt.date(2024, 10, 19)
    late = series_due(facts, dt.date(2025, 1, 18)).iloc[0]
    assert late["late"] == pytest.approx(1.0)
    assert series_due(facts, dt.date(2026, 1, 16)).iloc[0]["ended"]
    assert series_due(facts, dt.date(2024, 7, 1)).empty  # the third print had not come


def test_targets_and_what_is_printed_seldom_have_no_rhythm() -> None:
    assert series_due(printed(*QUARTERLY[:2]), dt.date(2025, 1, 1)).empty
    assert series_due(printed(*QUARTERLY, kind="target"), dt.date(2025, 1, 1)).empty


@pytest.mark.parametrize(
    ("days", "prints", "interval"),
    [
        ((1, 15, 29), 3, 14),
        ((1, 14, 28, 45), 3, 15),  # within two weeks the last is the print
        ((1, 14, 27), 0, 0),
    ],
)
def test_prints_within_two_weeks_are_one(days, prints, interval) -> None:
    first = dt.date(2024, 1, 1)
    rows = [
        (f"2023-{number:02d}-28", str(first + dt.timedelta(days=day - 1)))
        for number, day in enumerate(days, start=1)
    ]
    due = series_due(printed(*rows, basis="register"), dt.date(2024, 3, 1))
    assert due[["prints", "every_days"]].to_numpy().tolist() == [[prints, interval]] * bool(prints)


@pytest.mark.parametrize(("day", "ended"), [(28 + 4 * 14, False), (28 + 4 * 14 + 1, True)])
def test_a_series_may_have_ended_after_more_than_three_prints_that_did_not_come(day, ended) -> None:
    first = dt.date(2024, 1, 1)
    rows = [
        (f"2023-{month:02d}-28", str(first + dt.timedelta(days=14 * month)))
        for month in range(1, 4)
    ]
    due = series_due(printed(*rows, basis="register"), first + dt.timedelta(days=day + 14))
    assert due[["late", "ended"]].to_numpy().tolist() == [[pytest.approx(day / 14 - 3), ended]]
