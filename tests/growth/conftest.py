"""What the tests of the engine share: facts in one line, and paths drawn from the prior by a
recursion of their own.
"""

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.ledger import Ledger
from forecasting.growth.common import COMMON_NU
from forecasting.growth.prior import RANGE, REFERENCE, SIZE_NU
from forecasting.growth.usable import usable_facts
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


def _coordinates(path, rng, draws):
    """Coordinates drawn from the prior: normal, but for shocks (Student t by scales) and common
    effects (Student t).

    With the squared scale of the market's shocks, and the scale of its noise: markets are of
    several kinds."""
    within = path.prior.within_year
    own, uneven = (
        rng.choice(
            [times for _, times in kinds], draws, p=np.array(kinds)[:, 0] / np.sum(kinds, axis=0)[0]
        )[:, None]
        for kinds in (within.own_seasons, within.steadiness)
    )
    x = rng.standard_normal((draws, path.width))
    x[:, path.at_["pattern"]] *= own
    open_ = np.sqrt(within.in_years(path.first_year, path.years)[1])
    x[:, path.at_["noise"]] *= uneven * np.repeat(open_, 12)
    x[:, path.at_["tilt"]] *= uneven * open_
    nu, market_nu = path.prior.shock_nu, path.prior.market_nu
    market = market_nu / rng.chisquare(market_nu, draws)
    year = nu / rng.chisquare(nu, (draws, path.years))
    x[:, path.at_["shock"]] *= np.sqrt(market[:, None] * year)
    x[:, path.at_["common"]] = rng.standard_t(COMMON_NU, (draws, path.years))
    return x, market, uneven


def _walk(path, x):
    """Log-odds by year, step by step as the prior says, nothing made linear: shape (draws, years)."""
    prior, at = path.prior, path.at_
    level = (
        prior.level
        + np.hypot(np.sqrt(prior.covariance[0][0]), prior.market_sd) * x[:, at["level"]].ravel()
    )
    slope = prior.slope + np.sqrt(prior.covariance[1][1]) * x[:, at["slope"]].ravel()
    z = path.start.log_odds + path.start.log_odds_sd * x[:, at["start"]].ravel()
    walk, commons, shocks = (
        [z],
        [np.full(len(x), prior.common.at(path.first_year - k)[0]) for k in (4, 3, 2, 1)],
        [],
    )
    assert path.begins in (0, 1)
    for i in range(path.years):
        year = path.first_year + i
        if year > prior.common.last_year and i > 0:
            commons.append(_effect(prior, commons, x[:, at["common"]][:, i]))
        else:
            mean, sd = prior.common.at(year)
            commons.append(mean + sd * x[:, at["common"]][:, i])
        if i > 0:
            centred = np.clip(z, *RANGE) - REFERENCE
            scale = prior.shock_sd * np.exp(prior.shock_slope * centred)
            if i == path.begins:  # a year back from where it starts
                walk.insert(
                    0, z - (level + slope * centred + commons[-1] + scale * x[:, at["shock"]][:, i])
                )
                continue
            shocks.append(scale * x[:, at["shock"]][:, i])
            z = z + level + slope * centred + commons[-1] + shocks[-1] + _echo(prior, shocks[:-1])
            walk.append(z)
    return np.stack(walk, axis=1), level, slope, commons, shocks


def _effect(prior, before, unit):
    """Common effect of a year that the panel lacks, from those before it, the latest last."""
    rho, (_, two, three, four) = prior.common.persistence, prior.echo
    new = prior.common.spread * np.sqrt(1 - rho**2) * unit
    return rho * before[-1] + two * before[-2] + three * before[-3] + four * before[-4] + new


def _echo(prior, shocks):
    """What comes again of earlier shocks, the latest last."""
    return sum(
        (part * shock for part, shock in zip(prior.echo, reversed(shocks), strict=False)), start=0.0
    )


def _simulate(path, rng, draws, until):
    """Monthly flows from the path's first year to ``until``: shape (draws, months)."""
    prior = path.prior
    x, market, uneven = _coordinates(path, rng, draws)
    walk, level, slope, commons, shocks = _walk(path, x)
    sizes = path.size_mean + x @ path.size_map.T
    for year in range(path.last_year + 1, until + 1):
        z = walk[:, -1]
        commons.append(_effect(prior, commons, rng.standard_t(COMMON_NU, draws)))
        centred = np.clip(z, *RANGE) - REFERENCE
        scale = prior.shock_sd * np.exp(prior.shock_slope * centred)
        shocks.append(scale * np.sqrt(market) * rng.standard_t(prior.shock_nu, draws))
        z = z + level + slope * centred + commons[-1] + shocks[-1] + _echo(prior, shocks[:-1])
        mean, sd = prior.size.at(year)
        size = sizes[:, -1] + mean + np.hypot(sd, prior.size_sd) * rng.standard_t(SIZE_NU, draws)
        walk, sizes = np.column_stack([walk, z]), np.column_stack([sizes, size])
    shape = path.shape_mean + x @ path.shape_map.T
    more = 12 * (walk.shape[1] - path.years)
    within = prior.within_year
    shift, open_ = within.in_years(path.last_year + 1, more // 12)
    lasting = np.tile(
        np.array(within.pattern) + within.pattern_sd * x[:, path.at_["pattern"]], more // 12
    )
    noise = (
        within.noise_sd
        * np.sqrt(np.repeat(open_, 12))
        * uneven
        * rng.standard_normal((draws, more))
    )
    shape = np.column_stack([shape, lasting + shift.ravel() + noise])
    return path.laid_on_months(sizes - np.logaddexp(0.0, -walk), shape)


@pytest.fixture(scope="session")
def walk_of():
    return _walk


@pytest.fixture(scope="session")
def coordinates():
    return _coordinates


@pytest.fixture(scope="session")
def simulate():
    return _simulate
