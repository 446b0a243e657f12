"""Simulation-based calibration of the whole engine: truths drawn from the prior, facts printed of
them, even ranks.

Talts, Betancourt, Simpson, Vehtari and Gelman 2018: a truth drawn from the prior ranks uniformly
among draws given the facts that were printed of it, whatever the facts are."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from forecasting.growth.flow import forecast_flow
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.prior import Prior
from forecasting.vocabulary.periods import year

pytestmark = pytest.mark.slow

REPLICATIONS, DRAWS, BINS = 100, 200, 10  # `benches/calibration.py` takes 300 truths
SIZE = 300_000.0
FIRST, NOW = 2021, 2023  # of 2023 a part is known, 2022 is whole, of 2021 a bound is told
LEAST = 0.002  # of eight p-values: by chance one is smaller in one run of sixty
ASKED = range(NOW - 1, NOW + 3)
LAST_DAY = (31, 28, 31, 30, 31, 30, 31, 31, 30)


def truth(prior, simulate, rng):
    """A market's months 2021 to 2025, shape (years, months), of those that a newspaper would write
    of.
    """
    start = Start(log_size=math.log(SIZE), log_size_sd=1.0)
    path = LatentPath(prior, FIRST, NOW + 1, start, {NOW - 1: (math.log(SIZE), 0.05)})
    while True:
        monthly = simulate(path, rng, 1, NOW + 2)[0].reshape(-1, 12)
        if monthly[1:3].sum(axis=1).min() >= 30:
            return monthly


def printed(monthly, rng, facts, basis_sd):
    """Annual total, part-year total with its growth, a bound, another agency's count; counted and
    rounded.
    """

    def counted(number):
        return round(max(number * math.exp(0.01 * rng.standard_normal()), 1))

    month = int(rng.integers(1, 9))
    part = f"{NOW}-01-01/{NOW}-{month + 1:02d}-{LAST_DAY[month]}"
    last, now = monthly[1], monthly[2]
    ratio = (
        now[: month + 1].sum() / last[: month + 1].sum() * math.exp(0.01 * rng.standard_normal())
    )
    rows = [
        ("equals", "total", NOW - 1, counted(last.sum())),
        ("equals", "total", part, counted(now[: month + 1].sum())),
        ("equals", "yoy_growth_percent", part, round(100 * (ratio - 1), 1)),
    ]
    beyond = monthly[0].sum() * math.exp(-rng.exponential(0.1))
    if beyond >= 10:
        step = 10 ** math.floor(math.log10(beyond))
        rows.append(("greater_than", "total", FIRST, math.floor(beyond / step) * step))
    if rng.random() < 0.5:
        other = last.sum() * math.exp(basis_sd * rng.standard_normal())
        rows.append(("equals", "total", NOW - 1, counted(other), {"basis": "another agency"}))
    return facts(*rows)


def ranks(prior, believed, simulate, facts, replications):
    """Rank of the truth among the draws, between 0 and 1: shape (replications, years asked for)."""
    found = np.empty((replications, len(ASKED)))
    for i in range(replications):
        rng = np.random.default_rng([57, i])
        monthly = truth(prior, simulate, rng)
        table = printed(monthly, rng, facts, prior.basis_sd)
        forecast = forecast_flow(
            table, [year(y) for y in ASKED], believed, SIZE, basis="", draws=DRAWS, seed=i
        )
        for j, y in enumerate(ASKED):
            below = (forecast.totals(year(y)) < monthly[y - FIRST].sum()).sum()
            found[i, j] = (below + rng.random()) / (DRAWS + 1)
    return found


@pytest.fixture(scope="module")
def calibrated(simulate, facts):
    prior = Prior.shipped()
    return ranks(prior, prior, simulate, facts, REPLICATIONS)


@pytest.mark.parametrize("asked", ASKED)
def test_ranks_are_uniform(calibrated, asked):
    u = calibrated[:, asked - ASKED[0]]
    counts = np.histogram(u, BINS, (0, 1))[0]
    assert stats.chisquare(counts).pvalue > LEAST
    assert stats.kstest(u, "uniform").pvalue > LEAST


@pytest.mark.parametrize(("share", "tolerance"), [(0.5, 0.11), (0.8, 0.09), (0.95, 0.05)])
def test_intervals_hold_what_they_say(calibrated, share, tolerance):
    held = np.abs(calibrated - 0.5) < share / 2
    assert held[:, 1:].mean() == pytest.approx(share, abs=tolerance)


def test_a_prior_too_sure_of_itself_is_found_out(simulate, facts):
    """Power of the test above: with a quarter of the shocks' spread, the same ranks are far from
    uniform.
    """
    prior = Prior.shipped()
    common = replace(prior.common, spread=0.05)
    sure = replace(
        prior, shock_sd=0.25 * prior.shock_sd, market_sd=0.3 * prior.market_sd, common=common
    )
    u = ranks(prior, sure, simulate, facts, 60)[:, -1]
    assert stats.chisquare(np.histogram(u, BINS, (0, 1))[0]).pvalue < 0.001
