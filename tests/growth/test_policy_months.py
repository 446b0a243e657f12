"""What policies do to months, as a forecast of facts takes them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import forecasting as fc
from forecasting.evidence.policies import Policy, checked_policies
from forecasting.growth.forecast import changed_policy
from forecasting.growth.policy_months import (
    Effect,
    Policies,
    PolicyEffects,
    course,
    months_since,
    numbers_of,
    pooled,
)
from forecasting.growth.prior import Prior
from forecasting.vocabulary.errors import LedgerError

FACTS = fc.annual_totals(pd.Series({2021: 809, 2022: 2180}))
DECEMBER, JANUARY = fc.month("2023-12"), fc.month("2024-01")
ENDS = pd.DataFrame({"kind": ["ends"], "start": ["2024-01-01"], "price_share": [0.1]})


def forecast(policies: object = None, facts: pd.DataFrame = FACTS, **more: object):
    asked = {"periods": [DECEMBER, JANUARY], "market_size": 3e5, "draws": 400} | more
    return fc.forecast_flow(facts, policies=policies, **asked)


def medians(made: fc.FlowForecast) -> np.ndarray:
    return made.quantiles([0.5])[0.5].to_numpy()


def policy(**cells: object) -> Policy:
    row = {"id": "mine", "place": "NO", "kind": "ends", "start": "2024-01-01"}
    return checked_policies([row | cells])["mine"]


def test_buyers_hurry_then_stay_away() -> None:
    # So many draws that chance moves a median by 2 %, as events differ much
    without, told = medians(forecast(draws=4000)), medians(forecast(ENDS, draws=4000))
    assert told[0] > 1.2 * without[0]
    assert told[1] < 0.85 * without[1]


def test_without_policies_not_one_bit_changes() -> None:
    late = ENDS.assign(announced="2023-06-01")
    plain = forecast().monthly
    for nothing in (None, (), ENDS.head(0)):
        assert (forecast(nothing).monthly == plain).all()
    assert (forecast(late, as_of="2023-05-31").monthly == plain).all()
    assert (forecast().without_policies() == plain).all()
    assert forecast().effects().columns.tolist() == [
        "policy",
        "kind",
        "month",
        "effect_percent",
        "low",
        "high",
    ]


def test_a_policy_is_known_from_its_announcement_on() -> None:
    on_the_day = ENDS.assign(announced="2022-12-31")
    assert len(forecast(on_the_day).effects())
    later = FACTS.assign(published="2023-07-01")
    assert len(forecast(ENDS.assign(announced="2023-06-01"), later).effects())
    of_july = ENDS.assign(announced="2023-07-02")
    assert len(forecast(of_july, later).effects())  # it counts from its announcement on
    assert not len(forecast(of_july, later, as_of="2023-07-01").effects())


def test_policies_of_another_place_or_measure_do_nothing() -> None:
    facts = fc.datasets.central_asia().select(place="UZ", measure="ev_imports", as_of="2023-06-26")
    asked = {"periods": [DECEMBER], "draws": 100}
    rows = ENDS.assign(place=["Norway"], id=["mine"])
    assert not len(fc.forecast_flow(facts, policies=rows, **asked).effects())
    rows = ENDS.assign(place=["Uzbekistan"], measure=["ev_exports"])
    assert not len(fc.forecast_flow(facts, policies=rows, **asked).effects())
    rows = ENDS.assign(place=["Uzbekistan"], measure=["ev_imports"])
    assert fc.forecast_flow(facts, policies=rows, **asked).effects()["policy"].unique() == [
        "policy 1"
    ]


def test_effects_have_one_row_a_policy_and_month() -> None:
    two = pd.concat([ENDS, ENDS.assign(kind="begins", start="2025-03-01")])
    made = forecast(two, periods=[fc.year(2025)])
    table = made.effects()
    assert not table.duplicated(["policy", "month"]).any()
    assert set(table["policy"]) == {"policy 1", "policy 2"}
    assert (table["low"] <= table["effect_percent"]).all()
    assert (table["effect_percent"] <= table["high"]).all()
    first = table[table["policy"] == "policy 1"].set_index("month")["effect_percent"]
    assert first["2023-12"] > 20
    assert first["2023-12"] > first["2023-11"] > 0 > first["2024-06"] > first["2024-01"]
    second = table[table["policy"] == "policy 2"].set_index("month")["effect_percent"]
    assert second["2025-02"] < 0 < second["2025-04"]
    logs = np.log(made.monthly / made.without_policies())
    month = [m.label for m in made.months].index("2023-12")
    assert np.median(logs[:, month]) == pytest.approx(np.log1p(first["2023-12"] / 100), abs=0.05)


def test_a_policy_explains_a_month_that_is_doubted_without_it() -> None:
    months = [
        {"period_start": f"2023-{k:02d}-01", "period_end": f"2023-{k:02d}-28", "value": v}
        for k, v in zip(range(1, 13), [300.0] * 11 + [1100.0], strict=True)
    ]
    rows = pd.concat([FACTS, pd.DataFrame(months).assign(relation="equals", quantity="total")])
    asked = {"facts": rows, "periods": [fc.year(2024)], "place": "NO"}
    doubt, told = (forecast(p, **asked).fit_table()["doubted"].iloc[-1] for p in (None, ENDS))
    assert told < 0.5 * doubt
    after, known = medians(forecast(None, **asked)), medians(forecast(ENDS, **asked))
    assert known[0] < after[0]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"start": ""}, r"policies:1 start: is empty \(give the day"),
        ({"end": "2023-01-01"}, "policies:1 end: .*2023-01-01.* before .*2024-01-01"),
        ({"place": "Atlantis"}, "policies:1 place: .*Atlantis"),
        ({"price_share": 13}, "policies:1 price_share: 13 is more than the price"),
        ({"kind": "end"}, "policies:1 kind: 'end' is unknown .*did you mean ends"),
        ({"announce": 0.1}, "policies: 'announce' is an unknown column .*announced"),
    ],
)
def test_wrong_rows_are_refused_by_row_and_remedy(cells: dict[str, object], words: str) -> None:
    with pytest.raises(LedgerError, match=words):
        forecast(ENDS.assign(**cells))


def test_all_wrong_rows_are_told_at_once() -> None:
    rows = pd.concat([ENDS.assign(id="a", start=None), ENDS.assign(id="a", price_share=2.0)])
    with pytest.raises(
        LedgerError, match=r"(?s)1 start.*2 price_share.*'a' is a duplicate of policies:1"
    ):
        forecast(rows)


def test_a_month_counts_by_the_days_before_the_event() -> None:
    since = months_since(dt.date(2024, 2, 16), numbers_of(2024, 3))
    assert since == pytest.approx([-1 - 15 / 29, -15 / 29, 1 - 15 / 29])
    rush, fall, stays = course(since, Effect(rush_kept=0.5, fall_kept=0.5)).T
    assert rush == pytest.approx([0.5 ** (15 / 29), 15 / 29, 0.0])
    assert stays == pytest.approx([0.0, -14 / 29, -1.0])
    assert fall[2] == pytest.approx(-(0.5 ** (14 / 29)))


def test_sizes_follow_share_and_notice() -> None:
    effects = PolicyEffects(hurry=1.0, usual_share=0.08)
    small, large = (effects.sizes(policy(price_share=share))[2] for share in (0.05, 0.3))
    assert small < effects.sizes(policy())[2] < large < 2 * small + 0.1
    soon, long = (effects.sizes(policy(announced=day))[0] for day in ("2023-12-30", "2023-01-01"))
    assert soon < 0.1
    assert 0.99 < long <= effects.sizes(policy())[0]
    assert effects.sizes(policy(kind="step", price_share=-0.1)).tolist()[:2] == [0.0, 0.0]
    assert effects.sizes(policy(kind="step", price_share=-0.1))[2] > 0
    assert (effects.sizes(policy(kind="begins", price_share=0.1)) < 0).all()


def test_a_privilege_that_comes_back_leaves_nothing() -> None:
    back = Policies((policy(end="2024-06-30"),)).courses(numbers_of(2023, 36))[0]
    assert abs(back.shape[15].sum()) > 0.05
    assert back.shape[18:] == pytest.approx(0.0)


def test_a_blocked_trade_gives_back_what_it_withheld() -> None:
    held = Policies((policy(kind="blocked", start="2024-03-01", end="2024-08-31"),))
    course_of_trade = held.courses(numbers_of(2024, 36))[0]
    mean = course_of_trade.mean
    assert mean[:2] == pytest.approx(0.0)
    assert mean[2] == pytest.approx(np.log(0.5))
    assert (np.diff(mean[2:8]) > 0).all()
    assert mean[7] < -0.2
    assert mean[8] > mean[9] > mean[10] > 0
    assert np.exp(mean).sum() == pytest.approx(36, abs=0.1)
    assert course_of_trade.shape.shape == (36, 1)
    blocked = policy(kind="blocked", start="2024-03-01")
    open_end = Policies((blocked,)).courses(numbers_of(2024, 36))[0].mean
    assert open_end[2] == pytest.approx(np.log(0.5))
    assert 0 < open_end[-1] < 0.1
    assert np.exp(open_end).sum() == pytest.approx(36, abs=0.25)


def test_a_rush_has_one_sign_and_what_follows_either_and_the_slopes_are_true() -> None:
    policies = Policies((policy(), policy(kind="blocked", start="2024-03-01", end="2024-08-31")))
    months = numbers_of(2023, 24)
    x = np.random.default_rng(0).standard_normal((500, policies.width))
    rush, fall, stays = np.moveaxis(policies.courses(months)[0].parts(x[:, :3]), 2, 0)
    assert (rush[:, 11] > 0).all()
    for after in (fall[:, 12], stays[:, 13]):
        assert np.median(after) < 0
        assert 0.02 < (after > 0).mean() < 0.5
    step = 1e-6
    for row, (own, row_course) in enumerate(
        zip((x[:, :3], x[:, 3:]), policies.courses(months), strict=True)
    ):
        for direction in np.eye(own.shape[1]):
            up, down = (
                row_course.parts(own + sign * step * direction).sum(axis=2) for sign in (1, -1)
            )
            slope = row_course.slopes(own, direction[:, None])[..., 0] @ row_course.shape.T
            assert slope == pytest.approx((up - down) / (2 * step), abs=1e-6), row


def test_rows_of_one_month_are_pooled_and_orders_come_later() -> None:
    vat = policy(price_share=0.05, announced="2023-05-01")
    weight = policy(start="2024-01-02", announced="2023-03-01")
    ordered = policy(dated_by="order")
    one, later = pooled([vat, weight, ordered])
    assert (one.price_share, one.announced, one.start) == (0.05, dt.date(2023, 3, 1), vat.start)
    assert later.start == dt.date(2024, 3, 1)


def test_what_begins_again_the_day_after_an_end_brings_it_back_itself() -> None:
    used_up = policy(start="2025-09-26", end="2025-12-31")
    again = policy(kind="begins", start="2026-01-01")
    assert pooled([used_up])[0].end == dt.date(2025, 12, 31)
    assert pooled([used_up, again])[0].end is None


def test_a_step_of_no_known_size_is_left_out() -> None:
    assert pooled([policy(kind="step")]) == ()
    assert len(pooled([policy(kind="step", price_share=-0.02)])) == 1


def test_a_policy_that_comes_later_smaller_or_never() -> None:
    made = forecast(ENDS, periods=[fc.year(2025)])
    months = [month.label for month in made.months]
    draws = np.ones(len(made.monthly))
    normal = np.random.default_rng(0).standard_normal((len(draws), 3))

    def medians_of(day: str, size: float = 1.0, policy: str = "policy 1") -> dict[str, float]:
        start = float(dt.date.fromisoformat(day).toordinal()) if day else 1e7
        change = changed_policy(made, policy, start * draws, size * draws, normal)
        return dict(zip(months, np.median(change, axis=0), strict=True))

    assert set(medians_of("2024-01-01").values()) == {0.0}
    never = medians_of("")
    assert never["2023-12"] == 0.0  # buyers hurried for a day that brought nothing
    assert never["2024-02"] == never["2024-12"] > 0.1
    assert medians_of("2024-01-01", 0.5)["2024-12"] == pytest.approx(0.5 * never["2024-12"])
    later = medians_of("2025-01-01")
    assert later["2023-12"] == 0.0
    assert later["2024-12"] > 0.2
    assert abs(later["2025-06"]) < 0.01
    earlier = medians_of("2023-07-01")
    assert earlier["2023-06"] == 0.0  # not known yet
    assert earlier["2023-10"] == pytest.approx(-never["2024-12"], rel=0.05)


def test_a_policy_of_another_place_is_added_and_a_privilege_taken_away() -> None:
    made = forecast(periods=[fc.year(2025)])
    months = [month.label for month in made.months]
    draws = np.ones(len(made.monthly))
    normal = np.random.default_rng(0).standard_normal((len(draws), 3))
    for policy in ("be-vlg-2024-11-premium", "uz-2019-01-duty"):  # one ends, the other has begun
        start = dt.date(2025, 1, 1).toordinal() * draws
        change = changed_policy(made, policy, start, draws, normal)
        middle = dict(zip(months, np.median(change, axis=0), strict=True))
        assert middle["2024-12"] == 0.0  # without notice
        assert middle["2025-06"] < -0.1
        assert (change <= 0).all()  # a rise after the end came from elsewhere


def test_the_effects_of_a_prior_are_stored_with_it() -> None:
    prior = Prior(policies=PolicyEffects(ends=Effect(rush=0.7, events=3), hurry=2.0))
    assert Prior.from_json(prior.to_json()) == prior
    older = Prior.from_json(Prior().to_json().replace('"policies"', '"echo"', 1))
    assert older == Prior()


def test_what_ships_is_learned_from_events() -> None:
    ends, begins = (Prior.shipped().policies.effect_of(kind) for kind in ("ends", "begins"))
    assert ends.events >= 20
    assert begins.events >= 15
    assert 0.2 < ends.rush < 0.8
    assert ends.fall > 0
    assert ends.elasticity > 1
