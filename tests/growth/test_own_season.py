"""Markets with a season of their own: half-year plates, January registrations, a tax that rises
with the year.
"""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.growth.flow import forecast_flow
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.prior import Prior
from forecasting.panels.seasons import estimate_within_year
from forecasting.vocabulary.periods import span, year

SIZE = 100_000
EARLY = "{0}-01-01/{0}-02-28"
SEASONS = {
    "half-year plates": np.array([3.0, 0.8, 0.8, 0.8, 0.8, 0.3, 3.0, 0.8, 0.8, 0.8, 0.8, 0.3]),
    "January": np.array([3.5, 1.5, *[0.7] * 10]),
    "year's end": np.array([0.3, *[0.8] * 10, 3.7]),
}


@pytest.mark.slow
def test_the_same_months_of_four_years_tell_the_fifth(facts):
    rows = [("equals", "total", y, 10_000) for y in range(2021, 2025)]
    rows += [("equals", "total", EARLY.format(y), 3500) for y in range(2021, 2026)]
    forecast = forecast_flow(facts(*rows), [year(2025)], market_size=SIZE, draws=8000)
    low, middle, high = forecast.quantiles([0.1, 0.5, 0.9]).loc["2025"]
    assert 8500 < low < high < 15_000
    # The same share of the year makes 10,000; growth of a tenth is common where a tenth is electric
    assert middle == pytest.approx(10_500, rel=0.1)
    assert forecast.fit_table()["doubted"].max() < 0.1


@pytest.mark.slow
def test_growth_the_same_months_and_the_rest_of_the_year_say_the_same(facts):
    told = [("equals", "total", 2023, 10_000), ("equals", "total", EARLY.format(2024), 3000)]
    ways = [
        ("equals", "yoy_growth_percent", EARLY.format(2024), 20.0),
        ("equals", "total", EARLY.format(2023), 2500),
        ("equals", "total", "2023-03-01/2023-12-31", 7500),
    ]
    found = [
        forecast_flow(facts(*told, way), [year(2024)], market_size=SIZE, draws=8000)
        .quantiles([0.1, 0.5, 0.9])
        .loc["2024"]
        for way in ways
    ]
    for other in found[1:]:
        np.testing.assert_allclose(np.log(other), np.log(found[0]), atol=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("season", SEASONS)
def test_a_season_of_its_own_is_recovered(facts, season):
    """From two whole years by quarters and halves of quarters, the next year's months are shared as
    the season says.
    """
    share = SEASONS[season] / SEASONS[season].sum()
    rows = []
    for y in (2022, 2023):
        months = 12_000 * share * np.exp(0.05 * np.random.default_rng(y).standard_normal(12))
        for m, count in enumerate(months):
            end = pd.Timestamp(y, m + 1, 1) + pd.offsets.MonthEnd(0)
            rows.append(("equals", "total", f"{y}-{m + 1:02d}-01/{end.date()}", round(count)))
    half = span("2024-01-01", "2024-06-30")
    forecast = forecast_flow(facts(*rows), [half, year(2024)], market_size=SIZE)
    part = np.median(forecast.totals(half) / forecast.totals(year(2024)))
    assert part == pytest.approx(share[:6].sum(), abs=0.07)
    assert forecast.fit_table()["doubted"].max() < 0.1


def test_kinds_of_markets_are_estimated_as_a_mixture(simulate):
    """Of thirty simulated markets a third have a season of their own: the share is seen."""
    truth = replace(
        Prior.shipped().within_year, own_seasons=((0.65, 1.0), (0.0, 4.0), (0.35, 10.0))
    )
    prior = replace(Prior.shipped(), within_year=truth)
    path = LatentPath(
        prior, 2018, 2023, Start(log_odds=-3.0, log_odds_sd=0.5, log_size=12.5, log_size_sd=0.3)
    )
    monthly = simulate(path, np.random.default_rng(0), 30, 2023)
    names = [f"{y}-{m:02d}" for y in range(2018, 2024) for m in range(1, 13)]
    table = pd.DataFrame(monthly, columns=names).rename_axis("market").reset_index()
    seen = estimate_within_year(table.melt("market", var_name="month", value_name="registrations"))
    shares = {times: share for share, times in seen.own_seasons}
    # The belief in fewer counts as twenty markets
    assert shares[10.0] == pytest.approx(0.25, abs=0.1)
    assert seen.pattern_sd == pytest.approx(truth.pattern_sd, rel=0.5)
    assert math.sqrt(np.mean(np.square(np.subtract(seen.pattern, truth.pattern)))) < 0.1


def test_imports_are_flat_and_wide():
    prior = Prior.shipped()
    imports, registered = (
        prior.of_measure("ev_imports").within_year,
        prior.of_measure("ev_registrations").within_year,
    )
    assert set(imports.pattern) == {0.0}
    assert registered == prior.within_year
    assert imports.noise_sd > registered.noise_sd
    assert imports.pattern_sd > registered.pattern_sd
