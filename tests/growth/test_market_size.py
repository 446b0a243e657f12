"""The size of a market by year, told of whole years and of parts of a year."""

import math

import numpy as np
import pandas as pd
import pytest

from forecasting.growth.flow import forecast_flow
from forecasting.growth.prior import Prior
from forecasting.growth.starting import path_of
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import span, year

HALF, MONTHS = span("2023-01-01", "2023-06-30"), span("2023-01-01", "2023-02-28")


@pytest.fixture(scope="module")
def last(facts):
    """The electric cars of 2022: of a market of 100,000."""
    return facts(("equals", "total", 2022, 2180))


def size(sizes):
    """Log size of the market in 2022 and 2023: mean and spread."""
    path = path_of(Prior(), sizes, (), (2022, 2023), 0, [])
    return path.log_sizes[0], np.sqrt(np.sum(path.log_sizes[1] ** 2, axis=1))


def test_a_year_is_told_from_its_part_by_days_with_a_spread_that_ends_with_the_year():
    whole, half, months = (
        size({part: 80_000 * part.days / 365})[1][1] for part in (year(2023), HALF, MONTHS)
    )
    assert whole < half < months
    assert (whole, half, months) == pytest.approx((0.05, 0.112, 0.227), abs=0.005)
    assert size({HALF: 80_000 * HALF.days / 365})[0][1] == pytest.approx(math.log(80_000), abs=0.03)


def test_the_whole_year_holds_where_its_part_is_told_too():
    np.testing.assert_array_equal(
        size({year(2022): 1e5, HALF: 3e4, year(2023): 8e4}), size({2022: 1e5, 2023: 8e4})
    )


def test_part_years_of_simulated_markets_narrow_the_year_as_far_as_they_tell():
    rng, errors, inside = np.random.default_rng(0), [], []
    steps = math.hypot(Prior().size_sd, Prior().size.spread)
    for moved, strayed in zip(rng.normal(0, steps, 400), rng.standard_normal(400), strict=True):
        seen = (
            1e5 * math.exp(moved + 0.1 * math.sqrt(365 / HALF.days - 1) * strayed) * HALF.days / 365
        )
        mean, spread = size({year(2022): 1e5, HALF: seen})
        error = math.log(1e5) + moved - mean[1]
        errors.append((error, moved))
        inside.append(abs(error) < 1.2816 * spread[1])
    told, untold = np.sqrt(np.mean(np.square(errors), axis=0))
    assert told < 0.65 * untold
    # A published size has an error of its own, which these have not
    assert 0.76 < np.mean(inside) < 0.90


def test_a_larger_market_so_far_has_more_electric_cars(last):
    def median(sizes):
        return (
            forecast_flow(last, [year(2023)], market_size=sizes, draws=1000)
            .quantiles([0.5])
            .iloc[0, 0]
        )

    before = {year(2022): 100_000}
    grown = {part: 150_000 * part.days / 365 for part in (HALF, MONTHS)}
    alone, half, months = (
        median(before),
        *(median(before | {part: told}) for part, told in grown.items()),
    )
    assert 1.15 < half / alone < 1.5
    assert 1.03 < months / alone < half / alone


def test_a_market_of_more_than_one_year_is_refused(last):
    with pytest.raises(
        EvidenceError, match=r"market_size has the period 2022-07\.\.2023-06; it must be a year"
    ):
        forecast_flow(last, market_size={span("2022-07-01", "2023-06-30"): 1e5})
    with pytest.raises(
        EvidenceError, match="market_size has the index 'first half'; it must be a year"
    ):
        forecast_flow(last, market_size=pd.Series({"first half": 1e5}))


@pytest.mark.slow
def test_a_slack_bound_on_a_later_year_does_not_say_when_the_market_was_so_large(facts):
    told = [("equals", "total", y, v) for y, v in ((2020, 30_000), (2021, 60_000), (2022, 100_000))]
    alone, slack = (
        forecast_flow(facts(*told, *more), [year(2023), year(2027)], market_size=3e5, draws=16_000)
        for more in ([], [("at_most", "total", 2026, 10_000_000)])
    )
    np.testing.assert_allclose(
        slack.quantiles([0.1, 0.5, 0.9]), alone.quantiles([0.1, 0.5, 0.9]), rtol=0.1
    )


def test_a_size_of_a_later_year_is_reached_by_the_path(last):
    sizes = pd.Series({2022: 100_000, 2030: 300_000})
    forecast, alone = (
        forecast_flow(last, [year(2023), year(2030)], market_size=known, draws=400)
        for known in (sizes, sizes[:1])
    )
    told, untold = (np.median(made.market[:, -12:].sum(axis=1)) for made in (forecast, alone))
    assert told == pytest.approx(300_000, rel=0.03)
    assert untold < 200_000
    flows = forecast.quantiles([0.5]) / alone.quantiles([0.5])
    assert flows.loc["2030", 0.5] > 1.5


@pytest.mark.parametrize(
    "sizes",
    [
        pd.Series(1e4, index=pd.period_range("2022-01", periods=12, freq="M")),
        pd.Series(3e4, index=pd.period_range("2022Q1", periods=4, freq="Q")),
        {"2022-06": 1e4},
    ],
)
def test_a_month_or_a_quarter_is_no_year(last, sizes):
    with pytest.raises(EvidenceError, match=r"market_size has the index .*2022.*; it must be a"):
        forecast_flow(last, market_size=sizes)


def test_a_year_has_one_size(last):
    monthly = pd.Series(1e4, index=pd.date_range("2022-01-31", periods=12, freq="ME"))
    for sizes in (monthly, {2022: 1e5, "2022": 2e5}):
        with pytest.raises(EvidenceError, match="market_size has 2022 twice; give one number a"):
            forecast_flow(last, market_size=sizes)
