"""The track record of one flow: what was known on a day, beside what was published since."""

import contextlib
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation import track_record
from forecasting.evaluation.records import Case, results, with_rule_scores
from forecasting.evaluation.track_record import (
    RULE_COLUMNS,
    flow_cases,
    ledger_record,
    outcomes_of,
)
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.growth.prior import Prior
from forecasting.scenarios.facts_on_day import facts_of_flow, inputs_on_day
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import year

pytestmark = pytest.mark.slow

UNCOUNTED = EvidenceError("nobody has counted")
SIZES = {2021: 250_000, 2022: 300_000, 2023: 9e9}
FLOW = facts_of_flow(central_asia(), "UZ", "ev_imports")


def cases_of(day: dt.date) -> list[Case]:
    ledger = central_asia()
    known = inputs_on_day(ledger, "UZ", "ev_imports", day, SIZES, size_from_ledger=False)
    return list(flow_cases(known, facts_of_flow(ledger, "UZ", "ev_imports")))


@pytest.fixture(scope="module")
def record() -> pd.DataFrame:
    days = [dt.date(2022, 3, 31), dt.date(2023, 6, 26)]
    cases = [case for day in days for case in cases_of(day)]
    return with_rule_scores(results(cases, UNCOUNTED), RULE_COLUMNS)


def test_outcomes_stand_beside_forecasts(record: pd.DataFrame) -> None:
    first = record.iloc[0]
    assert (first["period"], first["outcome"], first["basis"]) == ("2022", 2180.0, "uz-statistics")
    assert first["low"] < first["median"] < first["high"]
    assert first["inside"] == (first["low"] <= 2180 <= first["high"])
    assert record["facts"].is_monotonic_increasing
    this_year = record[(record["as_of"] == dt.date(2023, 6, 26)) & (record["period"] == "2023")]
    assert (this_year["low"] > 2544).all()  # what was known of the first four months


def test_an_outcome_of_another_agency_is_named(record: pd.DataFrame) -> None:
    named = record[["period", "outcome", "outcome_basis", "own_basis"]].to_numpy().tolist()
    assert ["2023", 21_469.0, "uz-energy-ministry", False] in named


def test_a_year_that_nobody_has_counted_is_left_open() -> None:
    later = cases_of(dt.date(2026, 12, 31))
    assert [case.row["period"] for case in later] == ["2026", "2027"]
    assert all(np.isnan(case.outcome) and not case.forecasts for case in later)
    with pytest.raises(EvidenceError, match=r"^nobody has counted$"):
        results(later, UNCOUNTED)


def test_the_own_total_of_a_year_stands_alone() -> None:
    (own,) = outcomes_of(FLOW, year(2022), dt.date(2022, 3, 31), "uz-statistics")
    assert (own.value, own.basis) == (2180, "uz-statistics")
    assert outcomes_of(FLOW, year(2022), dt.date(2026, 12, 31), "uz-statistics") == []


def test_the_record_of_uzbekistan_is_no_worse_with_its_policies() -> None:
    ledger = central_asia()
    flow = facts_of_flow(ledger, "UZ", "ev_imports")
    scores: dict[bool, list[float]] = {True: [], False: []}
    for day in ("2024-12-31", "2025-12-31"):  # before these no policy moves the forecast
        for known, own in scores.items():
            inputs = inputs_on_day(ledger, "UZ", "ev_imports", dt.date.fromisoformat(day))
            if not known:
                vars(inputs)["policies"] = ()
            table = results(flow_cases(inputs, flow), UNCOUNTED)
            own += with_rule_scores(table, RULE_COLUMNS)["score"].tolist()
    assert len(scores[True]) == 4
    assert sum(scores[True]) <= sum(scores[False])


def test_quotas_of_the_union_stand_in_the_record() -> None:
    record = ledger_record(central_asia(), measure="quota_days")
    assert set(record["place"]) == {"AM", "BY", "KG", "KZ"}
    kyrgyz = record[record["place"] == "KG"]
    assert [str(day) for day in kyrgyz["as_of"]] == ["2024-12-31", "2025-03-31", "2025-06-30"]
    assert set(kyrgyz["outcome"]) == {268.0}  # 25 September
    assert kyrgyz["inside"].all()
    assert kyrgyz["own_basis"].all()
    assert not record[record["place"] == "KZ"]["own_basis"].any()
    assert record["high"].max() == 367.0  # it lasts, in a leap year
    on_a_day = ledger_record(central_asia(), ["2025-06-30"], "KG", "quota_days")
    assert on_a_day["median"].tolist() == kyrgyz["median"].tolist()[-1:]


@pytest.mark.parametrize(("second", "number"), [(100, 2), (99, 1)])
def test_a_register_that_stood_still_is_one_market_and_one_that_shrank_another(
    monkeypatch: pytest.MonkeyPatch, second: int, number: int
) -> None:
    counts = [("2021-12-31", 100), ("2022-12-31", second), ("2023-12-31", 300)]
    facts = Ledger(
        Fact(
            id=f"f-{day}",
            measure="ev_stock",
            place="UZ",
            period_end=day,
            relation="equals",
            value=value,
            kind="outcome",
            published=day,
        )
        for day, value in counts
    )
    used: list[int] = []

    def forecast(evidence: Ledger, *_: object) -> None:
        used.append(len(evidence))
        raise EvidenceError("enough")

    monkeypatch.setattr(track_record, "forecast_flow", forecast)
    with contextlib.suppress(EvidenceError):
        list(track_record.register_cases(facts, dt.date(2023, 1, 31), None, Prior()))
    assert {*used} == {number}
