"""What the tests of the engine share: facts in one line, and paths drawn from the prior by a
recursion of their own.
"""

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.ledger import Ledger
from forecasting.evidence.observation import observations_of, usable_facts
from forecasting.growth.path import (
    ANOTHER_SIZE,
    ANOTHER_SIZE_SD,
    NEXT_YEAR_WIDER,
    SAME_SIZE_SD,
)
from forecasting.growth.prior import COMMON_NU, POSITION, REACH, REFERENCE_LOG_ODDS, SIZE_NU
from forecasting.reporting.caveat_words import lines_of


def _facts(*rows):
    """(relation, quantity, period, value) or with a mapping of further columns; a period is a year
    or 'start/end'.
    """
    table = []
    for relation, quantity, period, value, *more in rows:
        start, end = (
            str(period).split("/") if "/" in str(period) else (f"{period}-01-01", f"{period}-12-31")
        )
        row = {
            "relation": relation,
            "quantity": quantity,
            "period_start": start,
            "period_end": end,
            "value": value,
        }
        table.append(row | (more[0] if more else {}))
    return pd.DataFrame(table)


@pytest.fixture(scope="session")
def facts():
    return _facts


@pytest.fixture(scope="session")
def usable():
    def usable(table):
        used, caveats = usable_facts(Ledger.from_frame(table, measure=None, place=None))
        return used, lines_of(caveats)

    return usable


@pytest.fixture(scope="session")
def observed():
    """The usable facts of a table as observations."""

    def observed(table, discrete=True):
        ledger = Ledger.from_frame(table, measure=None, place=None)
        return observations_of(usable_facts(ledger)[0], discrete)

    return observed


def _coordinates(path, rng, draws):
    """Coordinates drawn from the prior: normal, but for shocks (Student t), for the size that may
    be another, and for months, whose spread goes with the kind of market.

    With the scale of the market's noise."""
    within = path.prior.within_year
    own, uneven = (
        rng.choice(
            [times for _, times in kinds], draws, p=np.array(kinds)[:, 0] / np.sum(kinds, axis=0)[0]
        )[:, None]
        for kinds in (within.own_seasons, within.steadiness)
    )
    x = rng.standard_normal((draws, path.width))
    x[:, path.columns["pattern"]] *= own
    x[:, path.columns["noise"]] *= uneven
    x[:, path.columns["tilt"]] *= uneven
    nu = path.prior.shock_nu
    x[:, path.columns["shock"]] = rng.standard_t(nu, (draws, path.years))
    x[:, path.columns["shock"].stop - 1] *= NEXT_YEAR_WIDER
    if path.start.launch:
        launch = path.prior.launch
        column = path.columns["shock"].start + path.start_index + 1
        growth = launch.growth + launch.growth_sd * rng.standard_normal(draws)
        launched = rng.random(draws) < path.start.launch
        x[:, column] = np.where(launched, growth, x[:, column])
    other = rng.random(draws) < ANOTHER_SIZE
    x[:, path.columns["another_size"]] *= np.where(other, 1, SAME_SIZE_SD / ANOTHER_SIZE_SD)[
        :, None
    ]
    return x, uneven


def _walk(path, x):
    """Log-odds by year, step by step as docs/model.md says: shape (draws, years)."""
    prior, at = path.prior, path.columns
    level = (
        prior.level
        + np.hypot(np.sqrt(prior.covariance[0][0]), prior.market_sd) * x[:, at["level"]].ravel()
    )
    slope = prior.slope + np.sqrt(prior.covariance[1][1]) * x[:, at["slope"]].ravel()
    commons = []
    for i in range(path.years):
        year, unit = path.first_year + i, x[:, at["common"]][:, i]
        if year > prior.common.last_year and i > 0:
            commons.append(_effect(prior, commons[-1], unit))
        else:
            mean, sd = prior.common.at(year)
            commons.append(mean + sd * unit)

    sizes = _sizes(path, x)

    def growth(z, i, here):
        distance = np.clip(z - REFERENCE_LOG_ODDS, *REACH)
        shock = _scale(path, z, sizes[:, here]) * x[:, at["shock"]][:, i]
        return level + slope * distance + _lift(path, z, sizes[:, here]) + commons[i] + shock

    walk = {
        path.start_index: path.start.log_odds + path.start.log_odds_sd * x[:, at["start"]].ravel()
    }
    for i in range(path.start_index + 1, path.years):
        walk[i] = walk[i - 1] + growth(walk[i - 1], i, i - 1)
    for i in range(path.start_index, 0, -1):  # back from where it starts
        walk[i - 1] = walk[i] - growth(walk[i], i, i)
    return np.stack([walk[i] for i in range(path.years)], axis=1), level, slope, commons


def _sizes(path, x):
    """Log size of the market by year."""
    sizes = path.log_sizes[0] + x[:, path.columns["size"]] @ path.log_sizes[1].T
    return sizes + ANOTHER_SIZE_SD * x[:, path.columns["another_size"]]


def _shortfall(path, z, size):
    """Log by which sales fall short of 3,000, of a market of known size."""
    return 0.0 if path.start.of_flow else np.log(3000) - (size - np.logaddexp(0.0, -z))


def _lift(path, z, size):
    """By how much growth out of a year is faster as few are sold."""
    return path.prior.shortfall_lift * np.clip(_shortfall(path, z, size), 0.0, 1.0)


def _scale(path, z, size):
    """Scale of the shock out of a year: wider where few are sold."""
    prior = path.prior
    by_share = prior.shock_slope * np.clip(z - REFERENCE_LOG_ODDS, *REACH)
    by_size = prior.shortfall_slope * np.clip(_shortfall(path, z, size), 0.0, REACH[1])
    return prior.shock_sd * np.exp(by_share + by_size)


def _effect(prior, before, unit):
    """Common effect of a year that the panel lacks, from that of the year before."""
    rho = prior.common.persistence
    return rho * before + prior.common.spread * np.sqrt(1 - rho**2) * unit


def _simulate(path, rng, draws, until):
    """Monthly flows from the path's first year to ``until``: shape (draws, months)."""
    prior, within = path.prior, path.prior.within_year
    x, uneven = _coordinates(path, rng, draws)
    walk, level, slope, commons = _walk(path, x)
    sizes = _sizes(path, x)
    for year in range(path.last_year + 1, until + 1):
        z = walk[:, -1]
        commons.append(_effect(prior, commons[-1], rng.standard_t(COMMON_NU, draws)))
        distance = np.clip(z - REFERENCE_LOG_ODDS, *REACH)
        shock = _scale(path, z, sizes[:, -1]) * rng.standard_t(prior.shock_nu, draws)
        mean, sd = prior.size.at(year)
        size = sizes[:, -1] + mean + np.hypot(sd, prior.size_sd) * rng.standard_t(SIZE_NU, draws)
        growth = level + slope * distance + _lift(path, z, sizes[:, -1]) + commons[-1] + shock
        walk = np.column_stack([walk, z + growth])
        sizes = np.column_stack([sizes, size])
    expected = sizes - np.logaddexp(0.0, -walk)
    years = walk.shape[1]
    growth = np.diff(expected, axis=1)
    before = np.column_stack([growth[:, :1], growth])
    before[:, path.start_index] = growth[:, min(path.start_index, growth.shape[1] - 1)]
    after = np.column_stack([growth, growth[:, -1:]])
    tilt = within.slope_on_growth * before + within.slope_on_next * after
    tilt = tilt + within.slope_sd * uneven * rng.standard_normal((draws, years))
    noise = uneven[:, :, None] * (
        rng.standard_normal((draws, years, 12)) @ within.noise_of_year().T
    )
    lasting = np.array(within.pattern) + within.pattern_sd * x[:, path.columns["pattern"]]
    rare = np.exp(-expected) * path.discrete
    part = np.sqrt(1 + np.log1p(12 * 6 * rare) / within.noise_sd**2)
    shape = lasting[:, None, :] + tilt[:, :, None] * POSITION + part[:, :, None] * noise
    chance = np.sqrt(np.log1p(rare))
    total = expected + chance * rng.standard_normal((draws, years)) - chance**2 / 2
    share = np.exp(shape) / np.exp(shape).sum(axis=2, keepdims=True)
    return (np.exp(total)[:, :, None] * share).reshape(draws, -1)


@pytest.fixture(scope="session")
def walk_of():
    return _walk


@pytest.fixture(scope="session")
def coordinates():
    return _coordinates


@pytest.fixture(scope="session")
def simulate():
    return _simulate
