"""What all markets' months have in common in a year: told apart from their own noise, used where
the year is over.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.growth.flow import forecast_flow
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.prior import Prior
from forecasting.growth.within_year import POSITION, WithinYear, estimate_within_year
from forecasting.periods import year

# Of a year like 2020
SPRING = np.array([0.2, 0.2, 0.1, -0.6, -0.5, -0.3, 0.0, 0.1, 0.2, 0.1, 0.1, 0.4])


def registrations(markets, common_sd, own_sd=0.15, years=8, seed=0):
    """Months of markets whose years have something in common; in the last but one, SPRING."""
    rng = np.random.default_rng(seed)
    shifts = common_sd * rng.standard_normal((years, 12))
    shifts[-2] = SPRING * bool(common_sd)
    rows = []
    for market in range(markets):
        lasting = 0.05 * rng.standard_normal(12)
        for y in range(years):
            part = np.exp(
                lasting + shifts[y] + 0.4 * 0.3 * POSITION + own_sd * rng.standard_normal(12)
            )
            count = 1e5 * np.exp(0.3 * y) * part / part.sum()
            rows += [(f"m{market}", f"{2015 + y}-{k + 1:02d}", count[k]) for k in range(12)]
    return pd.DataFrame(rows, columns=["market", "month", "registrations"])


def test_years_that_all_markets_share_are_told_apart_from_their_own_noise():
    within = estimate_within_year(registrations(10, common_sd=0.15))
    shift, left = within.in_years(2021, 1)
    assert within.common == pytest.approx(0.5, abs=0.12)
    assert np.corrcoef(shift[0], SPRING)[0, 1] > 0.95
    # One year in eight, drawn to the rest
    assert shift[0] @ SPRING / (SPRING @ SPRING) == pytest.approx(0.8, abs=0.12)
    assert left[0] < 1 - 0.8 * within.common  # ten markets leave little of it open
    alone = estimate_within_year(registrations(10, common_sd=0.0))
    assert alone.common < 0.25  # a third is believed before, as of six years
    assert np.abs(alone.in_years(2021, 1)[0]).max() < 0.15


def test_a_year_of_which_nothing_is_known_is_the_pattern():
    within = replace(WithinYear(), shifts=((2021, 0.2, tuple(SPRING.tolist())),))
    shift, left = within.in_years(2020, 3)
    np.testing.assert_allclose(shift, [np.zeros(12), SPRING, np.zeros(12)])
    np.testing.assert_allclose(left, [1.0, 1 - within.common * 0.8, 1.0])
    path = LatentPath(replace(Prior(), within_year=within), 2020, 2022, Start())
    np.testing.assert_allclose(path.shape_mean.reshape(3, 12) - within.pattern, shift, atol=1e-12)
    noise = path.kind_variance[:, path.at_["noise"]].reshape(-1, 3, 12)
    np.testing.assert_allclose(noise[:, 1] / noise[:, 0], left[1])


def test_a_forecast_of_a_day_knows_no_later_year():
    prior = Prior.shipped()
    assert [known for known, _, _ in prior.until(2020).within_year.shifts] == [
        2017,
        2018,
        2019,
        2020,
    ]
    assert prior.of_measure("ev_imports").within_year.shifts == ()


def test_growth_over_a_spring_that_was_lost_everywhere_is_not_the_years_growth(facts):
    """April to June twice as high as in a year whose spring was low for all: the year is up by less
    than twice.
    """
    prior = Prior.shipped()
    lost = replace(
        prior, within_year=replace(prior.within_year, shifts=((2022, 0.2, tuple(SPRING.tolist())),))
    )
    told = facts(
        ("equals", "total", "2022-01-01/2022-12-31", 12_000),
        ("equals", "total", "2023-04-01/2023-06-30", 4_000),
        ("equals", "yoy_growth_percent", "2023-04-01/2023-06-30", 100.0),
    )
    unaware, aware = (
        np.median(forecast_flow(told, [year(2023)], of, market_size=300_000).totals(year(2023)))
        for of in (replace(prior, within_year=replace(prior.within_year, shifts=())), lost)
    )
    assert aware < 0.95 * unaware
