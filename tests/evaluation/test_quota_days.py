"""The day on which a quota is used up, as somebody claims it, and the record of such days."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evaluation import quota_days
from forecasting.evaluation.quota_days import open_quotas, quota_claim
from forecasting.evidence.datasets import central_asia
from forecasting.scenarios.outlook import outlook
from forecasting.scenarios.question import find_scenario
from forecasting.vocabulary import periods
from forecasting.vocabulary.errors import InputError

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_the_day_of_2025_lay_within_the_range_of_june():
    answer = quota_claim("KG", "2025", "2025-09-25", as_of="2025-06-30")
    assert answer.days.low is not None
    assert answer.days.low <= dt.date(2025, 9, 25)
    assert answer.days.high is None or answer.days.high >= dt.date(2025, 9, 25)
    assert answer.quota.quota == 10_000
    assert answer.measure == "ev_imports"
    # That the quotas of 2023 and 2024 were not reported as used up says that less came
    assert 0.15 < answer.probability < answer.days.used_up < 0.6


@pytest.mark.slow
def test_a_quota_that_was_used_up_is_told_with_its_day():
    told = CliRunner().invoke(main, ["claim", "KG", "quota", "2025", "2025-09-25"])
    assert "was used up on 25 September 2025 (24.kg citing the Customs Service)" in told.stdout
    assert quota_claim("KZ", "2025", "2025-10-13").probability == 0.0
    assert quota_claim("KZ", "2025", "2025-10-14").probability == 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("place", "of_year"), [("KG", 2024), ("KZ", 2023), ("KZ", 2024)])
def test_a_past_quota_of_which_nobody_reported_the_end_most_likely_lasted(place, of_year):
    answer = quota_claim(place, str(of_year), f"{of_year}-12-31")
    assert answer.probability == answer.days.used_up <= 0.3


def test_a_quota_that_was_used_up_on_a_day_is_the_total_to_that_day():
    answer = quota_claim("KG", "2025", "2025-09-25")
    within_quota, _, _ = answer.vehicles
    assert answer.flow.basis == "kg-customs"
    assert np.median(within_quota) == pytest.approx(10_000, rel=0.01)


@pytest.mark.slow
def test_imports_of_a_quota_are_the_registrations_over_what_stays():
    """Of one country a report has one story: what is registered is what stays of the imports."""
    made = outlook("kyrgyzstan-baseline", draws=1000)
    (forecast,) = open_quotas(made)
    registered = made.baseline_forecast.totals(periods.year(2026))
    imported = forecast.flow.totals(periods.year(2026))
    kept = np.median(made.results.values["ev_kept_percent"][:, made.years.index(2026)]) / 100
    assert np.median(registered) / np.median(imported) == pytest.approx(kept, abs=0.08)
    assert 1 < np.median(imported) / 9870 < 3  # registered in 2025


def test_a_quota_of_the_flow_that_the_scenario_forecasts_is_forecast_as_the_scenario(monkeypatch):
    asked = []
    monkeypatch.setattr(quota_days, "forecast_flow", lambda *told, **named: asked.append(named))
    quota_claim("UZ", "2026", "2026-12-31")
    quota_claim("AM", "2026", "2026-12-31")
    # Armenia's scenario names no basis: the quota is counted by who printed the newest count
    assert [named["basis"] for named in asked] == ["uz-statistics", "am-revenue-committee"]


def test_no_horizon_and_no_event_changes_who_counts_a_quota(monkeypatch):
    asked = []
    monkeypatch.setattr(quota_days, "forecast_flow", lambda *told, **named: asked.append(named))
    scenario = find_scenario("uzbekistan-baseline")
    facts = central_asia()
    quota = quota_days.quota_of("UZ", 2026)
    for horizon in (2026, 2030):
        changed = scenario.model_copy(update={"horizon": horizon})
        quota_days.quota_forecast(quota, changed, facts, dt.date(2026, 10, 1), 400)
    assert [named["basis"] for named in asked] == ["uz-statistics"] * 2
    assert [named["draws"] for named in asked] == [400] * 2


def test_a_quota_without_a_count_of_its_year_is_asked_as_of_its_announcement():
    answer = quota_claim("AM", "2026", "2026-06-30")
    # The union's newest rule was announced after the quota
    assert answer.as_of == dt.date(2026, 2, 13)
    assert 0 < answer.probability < 1
    with pytest.raises(InputError, match="ask as of a later day"):
        quota_claim("AM", "2026", "2026-06-30", as_of="2025-11-30")


def test_a_quota_is_not_known_before_it_was_announced():
    with pytest.raises(InputError, match="announced on 2025-12-12, later than the day of the"):
        quota_claim("KG", "2026", "2026-06-30", as_of="2025-11-30")


def test_a_later_day_is_never_less_likely():
    answers = [quota_claim("KG", "2026", day) for day in ("2026-01-31", "2026-06-30", "2026-12-31")]
    chances = [answer.probability for answer in answers]
    assert chances[0] < 0.01
    assert chances == sorted(chances)
    assert chances[-1] == answers[-1].days.used_up


@pytest.mark.parametrize(
    ("place", "period", "day", "message"),
    [
        ("KG", "2019", "2026-06-30", "no quota of Kyrgyzstan is known for 2019; ask for 2022"),
        ("TJ", "2026", "2026-06-30", "known for 2026; ask for another place: AM, BY, KG"),
        ("KG", "2026-01", "2026-06-30", "'2026-01' is no year"),
        ("KG", "2026", "soon", "'soon' is not a date"),
    ],
)
def test_a_claim_of_a_quota_that_cannot_be_is_refused(place, period, day, message):
    with pytest.raises(InputError, match=message):
        quota_claim(place, period, day)


def test_the_command_prints_the_probability_and_the_range():
    told = CliRunner().invoke(main, ["claim", "KG", "quota", "2026", "2026-06-30"])
    assert told.exit_code == 0, told.output
    assert "The quota of 15,000 of Kyrgyzstan, 2026, is used up by 30 June 2026" in told.stdout
    assert "80 % interval" in told.stdout


def test_a_record_of_quotas_needs_months():
    told = CliRunner().invoke(main, ["backtest", "--panel", __file__, "--quotas"])
    assert told.exit_code == 2
    assert "--quotas needs --panel and --monthly" in told.stderr


@pytest.mark.parametrize(
    ("as_of", "announced", "day"),
    [
        ("latest", "2026-05-01", "2026-05-01"),
        ("latest", "2026-01-01", "2026-03-31"),
        ("latest", None, "2026-03-31"),
        ("2026-03-31", "2026-05-01", "2026-03-31"),
    ],
)
def test_a_quota_is_asked_of_on_the_last_day_of_facts_or_that_of_its_announcement(
    monkeypatch, as_of, announced, day
):
    quota = SimpleNamespace(place="KG", announced=announced and dt.date.fromisoformat(announced))
    scenario = SimpleNamespace(as_of=as_of, name="kyrgyzstan-baseline")
    asked = []
    monkeypatch.setattr(quota_days, "quota_of", lambda place, year: quota)
    monkeypatch.setattr(quota_days, "find_scenario", lambda name: scenario)
    monkeypatch.setattr(quota_days, "facts_of_scenario", lambda *_: None)
    monkeypatch.setattr(quota_days, "day_of_forecast", lambda *_: dt.date(2026, 3, 31))
    monkeypatch.setattr(quota_days, "quota_forecast", lambda *told: asked.append(told[-1]))
    with pytest.raises(InputError, match=r"the quota of 2026 was announced on .*, later than"):
        quota_claim("KG", "2026", "2026-09-30")
    assert asked == [dt.date.fromisoformat(day)]
