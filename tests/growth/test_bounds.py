"""Bounds inform where they bite, and nowhere else; zeros before a start are no trend; a missing
level is said.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from forecasting.evidence.observation import noise_of_bound
from forecasting.growth.flow import forecast_flow
from forecasting.reporting.caveat_words import lines_of
from forecasting.vocabulary.periods import span, year

# What several tests ask for alike
pytestmark = pytest.mark.usefixtures("shared_forecasts")

LAST = ("equals", "total", 2022, 2180)
HALF = "2023-01-01/2023-06-30"
LEVELS = [0.1, 0.5, 0.9]


def quantiles(table, **asked):
    return forecast_flow(table, [year(2023)], **asked).quantiles(LEVELS).iloc[0].to_numpy()


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("step", [0.1, 0.69])
def test_a_bound_is_near_its_number_by_a_step_and_then_falls_ever_less(side, step):
    parts = noise_of_bound(step, side)

    def density(steps, parts=parts):
        return sum(w * stats.norm.pdf(side * steps * step, m, s) for w, m, s in parts)

    assert density(0.4) == pytest.approx(density(0.8), rel=0.35)
    assert density(1.8) < 0.3 * density(0.5)
    for steps in (1.6, 6.4, 25.6):
        assert density(2 * steps) / density(steps) == pytest.approx(2**-0.6, abs=0.1)
    assert density(-0.2, parts[:-2]) < 0.1 * density(0.3)


def test_the_step_is_that_of_the_leading_digit(facts, observed):
    rows = [("at_least", "total", y, v) for y, v in ((2020, 35_000), (2021, 90_000), (2022, 1000))]
    found = [o.noise[1][1] for o in observed(facts(*rows))]
    steps = np.log1p([10 / 35, 1 / 9, 1.0])
    np.testing.assert_allclose(np.array(found) / found[0], steps / steps[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    "slack",
    [
        ("at_least", "total", HALF, 1),
        ("at_least", "total", HALF, 100),
        ("greater_than", "total", HALF, 300),
        ("at_most", "total", 2023, 10_000_000),
        ("greater_than", "yoy_growth_percent", 2023, -90),
        ("at_least", "yoy_difference", 2023, -2100),
        ("at_least", "per_day", HALF, 0.1),
    ],
)
def test_a_slack_bound_moves_nothing_and_doubts_no_total(facts, slack):
    told = forecast_flow(facts(LAST, slack), [year(2023)], draws=8000)
    alone = quantiles(facts(LAST), draws=8000)
    low, middle, high = told.quantiles(LEVELS).iloc[0] / alone
    # The bound of a difference is within two of its steps: by weighted draws of the prior the
    # middle is 0.845 of that without it
    assert middle == pytest.approx(1.0, abs=0.17)
    assert high == pytest.approx(1.0, abs=0.15)
    assert 0.5 < low < 1.15
    assert told.fit_table()["doubted"].max() < 0.05
    assert not told.caveats


@pytest.mark.slow
def test_several_bounds_far_off_move_nothing(facts):
    told = [("equals", "total", 2019 + i, v) for i, v in enumerate((589, 492, 414, 407, 352))]
    far = [
        ("at_most", "stock", "2020-12-31/2020-12-31", 1_000_000_000),
        ("at_most", "total", 2025, 1_000_000_000),
        ("at_most", "per_day", 2024, 10_000_000),
        ("at_least", "total", 2025, 1),
    ]
    alone, beside = (
        forecast_flow(facts(*told, *more), [year(2024), year(2025)], draws=3000).quantiles(LEVELS)
        for more in ((), far)
    )
    np.testing.assert_allclose(beside, alone, rtol=0.2)


@pytest.mark.slow
def test_at_least_none_says_nothing(facts):
    told = forecast_flow(facts(LAST, ("at_least", "total", HALF, 0, {"id": "b"})), [year(2023)])
    np.testing.assert_array_equal(told.quantiles(LEVELS).iloc[0], quantiles(facts(LAST)))
    (said,) = lines_of(told.caveats)
    assert said.startswith("at least 0 in Jan–Jun 2023")
    assert said.endswith("says that a count is 0 or more, which every count is, and was not used")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("relation", "period", "bounds"),
    [
        ("at_least", HALF, (1, 100, 300, 500, 1000, 1500, 2000, 3000, 5000, 10_000)),
        ("at_most", 2023, (500, 1000, 1500, 2000, 3000, 5000, 20_000, 10_000_000)),
    ],
)
def test_quantiles_rise_with_the_bound(facts, relation, period, bounds):
    found = np.array(
        [quantiles(facts(LAST, (relation, "total", period, bound)), draws=4000) for bound in bounds]
    )
    assert (found[1:, 1] > 0.8 * found[:-1, 1]).all()
    assert (found[-1] > 1.2 * found[0]).all()


@pytest.mark.slow
def test_a_bound_that_bites_is_kept(facts):
    for bound in (2000, 3000, 5000):
        forecast = forecast_flow(
            facts(LAST, ("at_least", "total", HALF, bound)), [span("2023-01-01", "2023-06-30")]
        )
        assert forecast.probability(above=0.95 * bound).iloc[0] > 0.85
    for bound in (1000, 1500):
        forecast = forecast_flow(facts(LAST, ("at_most", "total", 2023, bound)), [year(2023)])
        assert forecast.probability(above=1.05 * bound).iloc[0] < 0.15


@pytest.mark.slow
@pytest.mark.parametrize(
    "published", [("2024-01-10", "2024-02-10"), ("2024-02-10", "2024-01-10"), ("2024", "2024")]
)
def test_opposite_bounds_both_hold_whenever_they_were_published(facts, published):
    one, other = ({"published": day} for day in published)
    bounds = [("at_least", "total", 2023, 20_000, one), ("at_most", "total", 2023, 22_000, other)]
    forecast = forecast_flow(facts(("equals", "total", 2022, 9000), *bounds), [year(2023)])
    totals = forecast.totals(year(2023))
    assert ((totals > 19_500) & (totals < 22_500)).mean() > 0.85
    assert 20_000 < np.median(totals) < 22_000
    assert not forecast.caveats
    # Nine times the year before: still between them
    surprising = forecast_flow(facts(LAST, *bounds), [year(2023)])
    assert 19_500 <= surprising.quantiles([0.5]).iloc[0, 0] <= 22_000
    assert surprising.quantiles([0.25]).iloc[0, 0] > 19_000
    # The bounds are kept; what stands against them is the year before, in some seeds above 0.25
    last, *bounds_doubted = surprising.fit_table()["doubted"]
    assert last < 0.35
    assert max(bounds_doubted) < 0.05


@pytest.mark.slow
def test_a_kept_bound_holds_with_any_seed(facts):
    """With chains that began elsewhere, a bound that holds was broken with 0.07 to 0.10."""
    bounds = [("at_least", "total", 2023, 20_000), ("at_most", "total", 2023, 22_000)]
    for seed in range(8):
        low, high = (
            forecast_flow(facts(LAST, *bounds), [year(2023)], seed=seed)
            .quantiles([0.1, 0.9])
            .iloc[0]
        )
        assert 19_000 < low < high < 23_000


def test_of_bounds_alone_the_tightest_of_a_period_is_near(facts):
    so_far = "2023-01-01/2023-06-26"
    told = [("greater_than", "per_day", so_far, 100), ("greater_than", "total", so_far, 35_000)]
    forecast = forecast_flow(facts(*told), [span("2023-01-01", "2023-06-26")])
    assert 35_000 < forecast.quantiles([0.5]).iloc[0, 0] < 50_000
    assert forecast.fit_table()["doubted"].max() < 0.05


def test_a_month_without_any_does_not_make_a_total_doubtful(facts):
    forecast = forecast_flow(
        facts(LAST, ("equals", "total", "2023-01-01/2023-01-31", 0)), [year(2023)]
    )
    total, none = forecast.fit_table()["doubted"]
    assert total < 0.15
    assert none > 0.7
    assert lines_of(forecast.caveats) == ["0 in Jan 2023 disagrees with the other facts"]


def test_a_range_alone_leaves_open_where_in_it(facts):
    forecast = forecast_flow(
        facts(("at_least", "total", 2023, 2000), ("at_most", "total", 2023, 22_000)), [year(2023)]
    )
    low, middle, high = forecast.quantiles(LEVELS).iloc[0]
    assert 2000 < low < 3500
    assert low < middle < 15_000  # near one of them or the other
    assert 14_000 < high < 22_500


def test_bounds_that_meet_are_a_number(facts):
    bounds = [(relation, "total", 2023, 20_000) for relation in ("at_least", "at_most")]
    forecast = forecast_flow(facts(("equals", "total", 2022, 9000), *bounds), [year(2023)])
    assert forecast.quantiles([0.5]).iloc[0, 0] == pytest.approx(20_000, rel=0.03)


def test_a_bound_is_read_alike_whatever_else_is_there(facts, observed):
    def noises(*more):
        rows = facts(("at_least", "total", 2022, 20_000), *more)
        return {(o.amount, o.bound): o.noise for o in observed(rows)}

    alone = noises()
    beside = noises(("equals", "total", 2015, 50), ("at_most", "total", 2022, 25_000))
    assert beside[20_000, 1] == alone[20_000, 1]


@pytest.mark.slow
def test_up_by_at_least_so_many_is_a_bound(facts):
    forecast = forecast_flow(facts(LAST, ("at_least", "yoy_difference", 2023, 2000)), [year(2023)])
    assert forecast.probability(above=4100).iloc[0] > 0.9
    assert quantiles(facts(LAST, ("at_most", "yoy_difference", 2023, -500)))[1] < 1800


@pytest.mark.slow
@pytest.mark.parametrize("market_size", [None, 300_000])
def test_zeros_before_a_start_are_no_trend(facts, market_size):
    zeros = [("equals", "total", y, 0, {"id": f"none {y}"}) for y in range(2018, 2022)]
    forecast = forecast_flow(facts(*zeros, LAST), [year(2023)], market_size=market_size)
    alone = quantiles(facts(LAST), market_size=market_size)
    np.testing.assert_array_equal(forecast.quantiles(LEVELS).iloc[0], alone)
    assert (
        "4 facts of none counted up to 31 December 2021: the market is taken to begin then"
        in lines_of(forecast.caveats)[0]
    )


def test_a_zero_at_the_start_of_the_first_count_is_no_trend(facts, usable):
    told, caveats = usable(facts(("equals", "total", "2022-01-01/2022-03-31", 0), LAST))
    assert [fact.value for fact in told] == [2180]
    assert caveats[0].startswith("1 fact of none counted up to 31 March 2022")


@pytest.mark.parametrize(
    ("relation", "values"), [("at_most", [30, 2180]), ("greater_than", [30, 0, 2180])]
)
def test_a_market_has_begun_where_some_were_counted_for_certain(facts, usable, relation, values):
    told, _ = usable(facts((relation, "total", 2019, 30), ("equals", "total", 2020, 0), LAST))
    assert [fact.value for fact in told] == values


def test_more_than_none_says_only_that_there_were_some(facts, usable):
    told, caveats = usable(facts(LAST, ("greater_than", "total", HALF, 0)))
    assert len(told) == 1
    assert caveats == [
        "more than 0 in Jan–Jun 2023 says that a count is not 0, and no more than that, and was "
        "not used"
    ]


@pytest.mark.slow
def test_zeros_within_a_market_are_read(facts):
    forecast = forecast_flow(facts(LAST, ("equals", "total", 2023, 0)), [year(2024)])
    assert forecast.fit_table()["printed"].tolist() == ["2,180", "0"]
    # A fall without bounds is a path that draws can reach
    assert forecast.diagnostics["ess"] > 500


@pytest.mark.parametrize(("relation", "side"), [("greater_than", 1), ("at_most", -1)])
@pytest.mark.parametrize("market_size", [None, 300_000])
def test_a_bound_that_alone_tells_the_level_is_near_it(facts, relation, side, market_size):
    part = span("2023-01-01", "2023-06-30")
    forecast = forecast_flow(
        facts((relation, "total", HALF, 35_000)), [part], market_size=market_size
    )
    beyond = side * np.log(forecast.totals(part) / 35_000)
    assert (beyond > -0.05).mean() > 0.9
    assert 0.05 < np.median(beyond) < (0.45 if side > 0 else 3.0)
    assert "only bounds tell of the level" in lines_of(forecast.caveats)[0]


@pytest.mark.slow
def test_growth_alone_says_what_it_cannot_know(facts):
    table = facts(("equals", "yoy_growth_percent", HALF, 100))
    forecast = forecast_flow(
        table, [span("2022-01-01", "2022-06-30"), span("2023-01-01", "2023-06-30")]
    )
    assert (
        "the scale of this forecast means nothing, only the ratios of its periods do"
        in lines_of(forecast.caveats)[0]
    )
    before, after = (forecast.totals(period) for period in forecast.periods)
    assert np.median(after / before) == pytest.approx(2.0, rel=0.02)
    sized = forecast_flow(table, [year(2023)], market_size=300_000)
    assert "no fact tells a level" in lines_of(sized.caveats)[0]
    assert "analogue markets alone" in lines_of(sized.caveats)[0]


@pytest.mark.slow
def test_an_upper_bound_above_the_market_is_no_sign_of_another_perimeter(facts):
    table = facts(LAST, ("at_most", "total", 2023, 10_000_000))
    assert not forecast_flow(table, [year(2023)], market_size=300_000).caveats
    pd.testing.assert_series_equal(
        forecast_flow(table, [year(2022)], market_size=300_000).quantiles([0.5]).iloc[0],
        forecast_flow(facts(LAST), [year(2022)], market_size=300_000).quantiles([0.5]).iloc[0],
        rtol=0.01,
    )


@pytest.mark.parametrize(
    "early", [("at_most", "total", 2012, 100_000_000), ("at_least", "per_day", 2012, 1e-4)]
)
@pytest.mark.parametrize("market_size", [None, 300_000])
def test_a_path_starts_where_numbers_do(facts, early, market_size):
    """A bound of an earlier year, wherever it stands in the table, and a period asked for, move no
    start.
    """
    told = [("equals", "total", 2020, 800), LAST]
    at_mode = [
        forecast_flow(facts(*rows), asked, market_size=market_size, draws=8).request.at_mode(
            [year(2024)]
        )[0]
        for rows, asked in (
            (told, [year(2023)]),
            ([early, *told], [year(2023)]),
            ([*told, early], [year(2023)]),
            (told, [year(2012), year(2023)]),
        )
    ]
    np.testing.assert_allclose(at_mode, at_mode[0], atol=0.05)


@pytest.mark.parametrize(
    "more",
    [
        [("at_least", "total", 2023, 1)],
        [("at_least", "per_day", HALF, 0.01)],
        [("at_most", "total", 2014, 100_000_000)],
        [("greater_than", "yoy_growth_percent", 2015, -99)],
    ],
)
def test_beside_stocks_a_bound_of_a_flow_sets_no_scale_and_no_start(facts, more):
    """Where stocks tell the level, `at least 1` of a flow was once taken for the flow itself."""
    stocks = [
        ("equals", "stock", f"{y}-12-31/{y}-12-31", v)
        for y, v in ((2020, 1000), (2021, 1900), (2022, 4100))
    ]
    alone, beside = (
        forecast_flow(facts(*rows), [year(2023)], draws=100) for rows in (stocks, stocks + more)
    )
    at_mode = [each.request.at_mode([year(2023)])[0] for each in (alone, beside)]
    assert at_mode[1] == pytest.approx(at_mode[0], abs=0.06)
    assert beside.fit_table()["doubted"].max() < 0.1


QUARTER = "2023-01-01/2023-03-31"
ONLY_BOUNDS = "only bounds tell of the level"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tight", "loose"),
    [
        (("greater_than", "total", 2023, 50_000), ("greater_than", "total", QUARTER, 1000)),
        (("greater_than", "total", QUARTER, 50_000), ("greater_than", "total", 2023, 51_000)),
        (("at_most", "total", 2023, 50_000), ("at_most", "total", QUARTER, 1_000_000)),
        (("at_most", "total", QUARTER, 1000), ("at_most", "per_day", HALF, 10_000)),
        (("greater_than", "total", 2023, 50_000), ("at_most", "total", 2024, 1_000_000_000)),
        (
            ("greater_than", "total", 2023, 50_000),
            ("at_most", "stock", "2023-12-31/2023-12-31", 1_000_000_000),
        ),
        (
            ("greater_than", "stock", "2023-12-31/2023-12-31", 50_000),
            ("at_least", "stock", "2023-03-31/2023-03-31", 9),
        ),
    ],
)
def test_of_bounds_alone_the_one_that_tells_more_is_near_and_the_other_only_a_side(
    facts, tight, loose
):
    alone, beside, turned = (
        forecast_flow(facts(*rows), [year(2023)])
        for rows in ([tight], [tight, loose], [loose, tight])
    )
    expected = np.log(alone.quantiles(LEVELS).iloc[0].to_numpy())
    for each in (beside, turned):
        found = np.log(each.quantiles(LEVELS).iloc[0].to_numpy())
        # The tightest tells most; the other one takes a little away from what it leaves open
        assert found[1] == pytest.approx(expected[1], abs=2.0)
        assert each.fit_table()["doubted"].max() < 0.06
        assert lines_of(each.caveats)[0].startswith(ONLY_BOUNDS)


def test_opposite_bounds_of_parts_of_one_year_are_a_range(facts):
    forecast = forecast_flow(
        facts(("at_least", "total", QUARTER, 1000), ("at_most", "total", 2023, 50_000)),
        [year(2023)],
    )
    low, middle, high = forecast.quantiles(LEVELS).iloc[0]
    assert 3000 < low < middle < high < 50_500


def test_of_bounds_of_two_years_far_apart_one_was_not_near(facts):
    """No market grows by a factor of 50, so that the looser one leaves more open than usual."""
    told = [("greater_than", "total", 2022, 1000), ("greater_than", "total", 2023, 50_000)]
    forecast = forecast_flow(facts(*told), [year(2022), year(2023)])
    assert forecast.quantiles([0.5]).loc["2022", 0.5] > 10_000
    np.testing.assert_allclose(
        forecast.quantiles([0.1, 0.5]).loc["2023"], [52_000, 70_000], rtol=0.25
    )
    assert forecast.fit_table()["doubted"].max() < 0.12


@pytest.mark.slow
@pytest.mark.parametrize("market_size", [None, 300_000])
def test_a_stock_that_falls_says_what_it_cannot_know(facts, market_size):
    """What enters is less than what leaves a register, and no more than that: not next to none, and
    not any number.
    """
    stocks = [
        ("equals", "stock", f"{y}-12-31/{y}-12-31", v)
        for y, v in ((2020, 20_000), (2021, 18_500), (2022, 17_000))
    ]
    forecast = forecast_flow(facts(*stocks), [year(2021), year(2022)], market_size=market_size)
    middle, high = forecast.quantiles([0.5, 0.9]).to_numpy().T
    assert (middle > 20).all()
    assert (high < 1500).all()
    said = lines_of(forecast.caveats)[0]
    assert said.startswith(
        "a stock that falls (from 18,500 on 31 Dec 2021 to 17,000 on 31 Dec 2022) loses more "
        "than it "
    )


def test_a_stock_that_is_off_by_a_little_is_no_fall(facts, usable):
    def said(*values, growth=-2):
        stocks = [
            ("equals", "stock", f"{2020 + i}-12-31/{2020 + i}-12-31", v)
            for i, v in enumerate(values)
        ]
        grown = ("equals", "yoy_growth_percent", "2024-12-31/2024-12-31", growth)
        rows = facts(*stocks, grown).assign(
            measure="ev_stock", place="UZ", id=[f"{i}" for i in range(len(values) + 1)]
        )
        return [caveat for caveat in usable(rows)[1] if "falls" in caveat]

    assert not said(449, 443, 500)
    assert (
        "from 449 vehicles on 31 Dec 2020 to 400 vehicles on 31 Dec 2021" in said(449, 400, 500)[0]
    )
    assert "down 12 %" in said(449, 443, 500, growth=-12)[0]


@pytest.mark.parametrize(
    ("bound", "low", "high"),
    [
        (("at_least", "total", "2022-01-01/2022-06-30", 4000), 2000, 20_000),
        (("at_least", "per_day", 2022, 11), 2000, 8000),
        (("at_most", "total", 2022, 1000), 700, 2400),
    ],
)
def test_of_a_number_and_a_bound_that_contradict_each_other_either_tells_the_level(
    facts, bound, low, high
):
    """Were the number wrong, the bound would be near: it does not leave just anything open."""
    forecast = forecast_flow(facts(LAST, bound), [year(2022)])
    (found,) = forecast.quantiles([0.1, 0.9]).to_numpy()
    assert 0.7 * low < found[0] < found[1] < 1.5 * high
    assert forecast.fit_table()["doubted"].sum() > 0.8


def test_a_difference_alone_tells_the_level_roughly_and_says_so(facts):
    forecast = forecast_flow(facts(("equals", "yoy_difference", 2022, -500)), [year(2022)])
    assert lines_of(forecast.caveats)[0].startswith(
        "no total is told, only how many more or fewer than a year before"
    )
    assert forecast.quantiles([0.9]).iloc[0, 0] < 1e7
    more = facts(("equals", "yoy_difference", 2022, -500), LAST)
    # A fall surprises a market that is expected to grow, so that its draws may be uneven
    kinds = {caveat.kind for caveat in forecast_flow(more, [year(2022)]).caveats}
    assert kinds <= {"weights_uneven"}


@pytest.mark.parametrize(
    "bound",
    [
        ("at_most", "stock", "2016-12-31/2016-12-31", 1e8),
        ("at_least", "stock", "2016-06-30/2016-06-30", 1),
    ],
)
def test_a_bound_of_an_earlier_stock_moves_no_start(facts, bound):
    told = [
        ("equals", "total", 2021, 800),
        LAST,
        ("equals", "stock", "2022-12-31/2022-12-31", 4000),
    ]
    alone, beside = (
        forecast_flow(facts(*rows), [year(2023)], draws=8) for rows in (told, [*told, bound])
    )
    at_mode = [each.request.at_mode([year(2023), year(2025)]) for each in (alone, beside)]
    np.testing.assert_allclose(at_mode[1], at_mode[0], atol=0.04)


@pytest.mark.slow
def test_a_bound_of_an_earlier_stock_informs_where_it_bites(facts):
    """No more than 500 stood three years before 5,000 did: most of them came since."""
    told = ("equals", "stock", "2022-12-31/2022-12-31", 5000)
    alone, beside = (
        forecast_flow(facts(told, *more), [span("2020-01-01", "2022-12-31")])
        .quantiles(LEVELS)
        .iloc[0]
        for more in ((), [("at_most", "stock", "2019-12-31/2019-12-31", 500)])
    )
    assert beside[0.1] > 4200 > alone[0.1]
