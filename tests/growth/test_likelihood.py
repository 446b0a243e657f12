"""Each kind of fact as a contrast of logs: what is read from a row, what it weighs, how the truth
may lie about it.
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from forecasting.evidence.ledger import Ledger
from forecasting.evidence.observation import observations_of, usable_facts
from forecasting.growth.flow import forecast_flow
from forecasting.growth.likelihood import contrast_weights, flow_weights
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.prior import Prior
from forecasting.growth.starting import years_spoken_of
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import span, year

QUICK = settings(max_examples=40)
DAYS = st.dates(
    min_value=pd.Timestamp("2021-01-01").date(), max_value=pd.Timestamp("2023-12-31").date()
)


def one(table, discrete=True):
    facts, caveats = usable_facts(Ledger.from_frame(table, measure=None, place=None))
    assert caveats == []
    (observation,) = observations_of(facts, discrete)
    return observation


def narrow_sd(observation):
    return min(sd for _, _, sd in observation.noise)


@QUICK
@given(DAYS, DAYS, DAYS)
def test_weights_of_periods_add(a, b, c):
    first, middle, last = sorted((a, b, c))
    if middle == last:
        return
    next_day = (pd.Timestamp(middle) + pd.Timedelta(days=1)).date()
    whole = flow_weights(span(first, last), 2021, 36)
    parts = flow_weights(span(first, middle), 2021, 36) + flow_weights(
        span(next_day, last), 2021, 36
    )
    np.testing.assert_allclose(whole, parts, atol=1e-12)


def test_weights_of_a_year_and_of_half_a_month():
    assert flow_weights(year(2022), 2021, 24).tolist() == [0.0] * 12 + [1.0] * 12
    assert flow_weights(span("2021-02-01", "2021-02-14"), 2021, 12)[1] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("quantity", "value", "expected"),
    [
        ("total", 2180.0, 2180.0),
        ("yoy_growth_percent", 410.4, 5.104),
        ("yoy_growth_percent", -40.0, 0.6),
        ("yoy_difference", 2846.0, 1.0),
        ("per_day", 100.0, 12_000.0),
    ],
)
def test_value_of_the_contrast(facts, quantity, value, expected):
    seen = one(facts(("equals", quantity, "2023-01-01/2023-04-30", value)))
    assert math.exp(seen.value) == pytest.approx(expected)
    assert contrast_weights(seen, 2022, 24)[0][12:16].tolist() == [1.0] * 4


def test_growth_and_difference_weigh_the_same_months_a_year_before(facts):
    grown = one(facts(("equals", "yoy_growth_percent", "2023-01-01/2023-05-31", 100)))
    more = one(facts(("equals", "yoy_difference", "2023-01-01/2023-05-31", 500)))
    fewer = one(facts(("equals", "yoy_difference", "2023-01-01/2023-05-31", -500)))
    for seen in (grown, more):
        assert np.flatnonzero(contrast_weights(seen, 2022, 24)[1]).tolist() == [0, 1, 2, 3, 4]
    assert (grown.constant, more.constant, fewer.constant) == (0.0, 500.0, 500.0)
    # The year before is up by as many
    assert np.flatnonzero(contrast_weights(fewer, 2022, 24)[0]).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("quantity", "value"), [("total", 500.0), ("yoy_growth_percent", 33.5), ("per_day", 7.0)]
)
def test_a_fact_is_shown_as_it_was_printed(facts, quantity, value):
    seen = one(facts(("equals", quantity, "2023-01-01/2023-04-30", value)))
    assert seen.in_print_unit(seen.value) == pytest.approx(value)


@pytest.mark.parametrize("more", [500.0, -500.0])
def test_a_difference_is_shown_as_one_from_what_it_is_compared_with(facts, more):
    seen = one(facts(("equals", "yoy_difference", "2023-01-01/2023-04-30", more)))
    assert seen.in_print_unit(0.0, 10_000) == pytest.approx(more)
    sign = 1 if more > 0 else -1
    assert seen.in_print_unit(np.log(2), 10_000) == pytest.approx(sign * (2 * 10_500 - 10_000))


@pytest.mark.parametrize(
    ("relation", "quantity", "value", "side"),
    [
        ("at_least", "total", 500, 1),
        ("at_most", "total", 500, -1),
        ("at_least", "yoy_difference", 500, 1),
        ("at_least", "yoy_difference", -500, -1),
        ("equals", "total", 500, 0),
    ],
)
def test_a_bound_that_holds_is_no_surprise(facts, relation, quantity, value, side):
    seen = one(facts((relation, quantity, "2023-01-01/2023-04-30", value)))
    assert seen.side == side
    above, below = seen.residual(seen.value + 0.7), seen.residual(seen.value - 0.7)
    assert (above, below) == pytest.approx((0.0 if side == 1 else -0.7, 0.0 if side == -1 else 0.7))


def test_what_is_counted_to_the_unit_is_exact_and_chance_is_in_the_flow(facts):
    rows = [one(facts(("equals", "total", 2022, n))) for n in (3, 2180)]
    assert [narrow_sd(observation) for observation in rows] == [0.01, 0.01]
    path = LatentPath(Prior(), 2022, 2022, Start(log_odds=0.0, log_size=np.log(6.0)))
    x = np.zeros((1, path.width))
    x[0, path.columns["chance"]] = 1.0
    ratio = path.flows(x).sum() / path.flows(np.zeros((1, path.width))).sum()
    assert np.log(ratio) == pytest.approx(math.sqrt(math.log1p(1 / 3)), rel=1e-6)


def test_printed_digits_and_about_widen(facts):
    def narrow(relation, rounding):
        row = (relation, "total", 2022, 15_000, {"rounding": rounding})
        return narrow_sd(one(facts(row)))

    assert narrow("equals", 500.0) > narrow("equals", 0.5)
    assert narrow("about", 0.5) > 2 * narrow("equals", 0.5)


def test_a_stock_counts_what_came_before_less_what_was_scrapped(facts):
    table = facts(("equals", "stock", "2023-12-31/2023-12-31", 8000)).assign(measure="ev_stock")
    seen = one(table)
    weights, _, _ = contrast_weights(seen, 2022, 24)
    assert (np.diff(weights) > 0).all()
    assert weights[-1] == pytest.approx(1.0)
    assert 0.9 < weights[0] < 1.0


def test_a_vehicle_leaves_the_register_by_four_percent_a_year(facts):
    table = facts(("equals", "stock", "2023-06-15/2023-06-15", 8000)).assign(measure="ev_stock")
    weights, _, _ = contrast_weights(one(table), 2022, 24)
    # Of June half is there
    assert weights[[0, 5, 11, 17]] == pytest.approx([0.96 ** (17 / 12), 0.96, 0.96**0.5, 0.5])
    assert weights[18:24].tolist() == [0.0] * 6


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2021-10-31", [0.0] * 3),  # all came in after it
        ("2021-12-31", [0.0] * 3),
        ("2022-01-31", [1.0, 0.0, 0.0]),
        ("2022-02-14", [0.96 ** (1 / 12), 0.5, 0.0]),
        ("2022-04-15", [0.96 ** (3 / 12), 0.96 ** (2 / 12), 0.96 ** (1 / 12)]),
    ],
)
def test_a_stock_holds_no_month_after_its_day_on_any_grid(facts, day, expected):
    table = facts(("equals", "stock", f"{day}/{day}", 8000)).assign(measure="ev_stock")
    weights, _, _ = contrast_weights(one(table), 2022, 3)
    assert weights.tolist() == pytest.approx(expected, abs=1e-15)


def test_a_register_is_less_exact_than_a_count_of_sales(facts):
    table = facts(("equals", "stock", "2023-12-31/2023-12-31", 1e6)).assign(measure="ev_stock")
    assert narrow_sd(one(table)) == pytest.approx(math.hypot(0.01, 0.03), rel=1e-3)


@pytest.mark.parametrize(
    ("relation", "sign"), [("greater_than", 1), ("at_least", 1), ("less_than", -1), ("at_most", -1)]
)
def test_bounds_lie_on_their_side(facts, relation, sign):
    noise = one(facts((relation, "total", 2022, 35_000))).noise
    assert np.sign(sum(weight * mean for weight, mean, _ in noise)) == sign


def test_a_reference_to_another_fact_or_to_a_period_nobody_printed(facts, usable):
    rows = facts(
        ("equals", "total", "2023-01-01/2023-04-30", 9653, {"id": "a"}),
        ("greater_than", "total", "2023-01-01/2023-04-30", np.nan, {"id": "b", "reference": "c"}),
        ("equals", "total", 2022, 5000, {"id": "c"}),
        (
            "greater_than", "total", "2023-01-01/2023-04-30", np.nan,
            {"id": "d", "reference": "vehicle_exports@baktu:2021-01-01/2021-12-31"},
        ),
    )  # fmt: skip
    told, _ = usable(rows)
    other = {s.id: s.reference_period for s in told}
    assert other == {"a": None, "b": year(2022), "c": None, "d": year(2021)}
    assert years_spoken_of(observations_of(told)) == (2021, 2023)


def test_growth_speaks_of_the_year_before(facts, usable):
    told, _ = usable(facts(("equals", "yoy_growth_percent", 2023, 50)))
    assert years_spoken_of(observations_of(told)) == (2022, 2023)


def test_only_outcomes_estimates_and_judgements_are_read(facts, usable):
    kinds = ("outcome", "estimate", "judgement", "target", "event", "claim", "context")
    table = facts(
        *(("equals", "total", 2010 + i, 100, {"kind": kind}) for i, kind in enumerate(kinds))
    )
    told, _ = usable(table)
    assert [s.kind for s in told] == ["outcome", "estimate", "judgement"]


def test_the_later_vintage_counts(facts, usable):
    table = facts(
        ("equals", "total", 2022, 1114, {"id": "revised", "published": "2023-08-07"}),
        ("equals", "total", 2022, 1125, {"id": "first", "published": "2023-01-18"}),
    )
    for rows in (table, table.iloc[::-1]):
        told, caveats = usable(rows)
        assert [s.value for s in told] == [1114.0]
        assert caveats == [
            "1,125 in 2022, printed on 18 January 2023, was printed anew as 1,114 and was not used"
        ]


def test_a_number_that_is_repeated_in_fewer_digits_is_no_new_vintage(facts, usable):
    first = ("equals", "total", 2022, 2544, {"id": "first", "published": "2023-06-26"})
    for relation, value, rounding in (("about", 2500, 0.5), ("equals", 2500, 50)):
        later = (
            relation,
            "total",
            2022,
            value,
            {"id": "later", "published": "2024", "rounding": rounding},
        )
        for rows in ((first, later), (later, first)):
            told, caveats = usable(facts(*rows))
            assert ([s.id for s in told], caveats) == (["first"], [])
    far = ("about", "total", 2022, 3000, {"id": "later", "published": "2024"})
    assert [s.id for s in usable(facts(first, far))[0]] == ["later"]


def test_a_judgement_is_no_surer_than_other_numbers(facts):
    table = facts(("equals", "total", 2022, 5000, {"kind": "judgement"}))
    assert narrow_sd(one(table, discrete=False)) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("equals", "total", 2022, -5), r"row 0 value: -5 is negative"),
        (
            ("equals", "yoy_growth_percent", 2022, -100),
            r"row 0 value: a growth of -100 % is -100 % or less",
        ),
        (
            ("equals", "yoy_growth_percent", 2022, -150),
            r"row 0 value: a growth of -150 % is -100 % or less",
        ),
        (("equals", "per_day", 2022, 0, {"id": "a"}), r"a: a rate of 0 a day"),
        (("equals", "total", 2022, np.inf), r"row 0 value: 'inf' is not a number"),
        (("equals", "total", 2022, "many"), r"row 0 value: 'many' is not a number"),
        (
            ("equal", "total", 2022, 5),
            r"row 0 relation: 'equal' is unknown \(one of equals, about, ",
        ),
        (
            ("equals", "totals", 2022, 5),
            r"row 0 quantity: 'totals' is unknown \(did you mean total\?\)",
        ),
    ],
)
def test_impossible_facts_are_refused_by_name(facts, row, message, usable):
    with pytest.raises(EvidenceError, match=message):
        usable(facts(row))


def test_a_table_without_values_says_what_is_missing(usable):
    with pytest.raises(
        EvidenceError,
        match=r"table: column 'value' is missing \(a ledger needs relation, period_end, value\)",
    ):
        usable(pd.DataFrame({"relation": ["equals"], "period_end": ["2022-12-31"]}))


def test_a_share_of_another_measure_is_left_out_aloud(facts, usable):
    told = {
        "measure": "ev_imports",
        "place": "TJ",
        "reference": "car_imports@TJ:2022-01-01/2022-12-31",
    }
    told, caveats = usable(facts(("equals", "share_percent", 2022, 40, told)))
    assert told == []
    assert "40 % of cars imported in 2022 refers to nothing" in caveats[0]


def test_two_prints_of_one_number_are_one_measurement(facts, observed):
    rows = [("equals", "total", 2022, value) for value in (2180, 2195, 2600)]
    rows.append(("equals", "total", 2022, 2185, {"basis": "another agency"}))
    (alone,) = observed(facts(rows[0]))
    alone = np.array([sd for _, _, sd in alone.noise])
    first, second, apart, other = (
        np.array([sd for _, _, sd in o.noise]) for o in observed(facts(*rows))
    )
    np.testing.assert_allclose(first, alone * [math.sqrt(2), 1, 1])
    np.testing.assert_allclose(second, first)
    np.testing.assert_allclose([apart, other], [alone, alone])


def test_two_prints_of_one_number_leave_as_much_open_as_one(facts):
    once = forecast_flow(facts(("equals", "total", 2022, 2180)), [year(2022)], market_size=300_000)
    rows = [("equals", "total", 2022, value) for value in (2175, 2185)]
    twice = forecast_flow(facts(*rows), [year(2022)], market_size=300_000)
    one, two = (np.log(f.quantiles([0.1, 0.9]).iloc[0]).diff().iloc[1] for f in (once, twice))
    assert two == pytest.approx(one, rel=0.1)
