"""The yearly engine once more, in plain numpy, written from docs/model.md alone.

Nothing of the engine is imported: numbers come from the prior's file, and what was set by hand is
written here as the page has it. Years with a total are walked from one total to the next, so that a
draw needs no search: size, noise and chance are drawn, the log-odds follow from the total, and the
draw's weight is the density of the shocks that this takes. Years without one are drawn.
"""

import json
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

import forecasting as fc

DRAWS = 200_000
AHEAD = 3
PRIOR = json.loads((files("forecasting") / "data/prior_battery_cars.json").read_text("utf-8"))
# Totals by year; bounds from below by year; size of the market by year; place
TABLES = {
    "one year": ({2022: 2180}, {}, {2022: 300_000}, ""),
    "two years": ({2021: 809, 2022: 2180}, {}, {2022: 300_000}, "UZ"),
    "a long history": (
        {2016: 240, 2017: 420, 2018: 900, 2019: 1800, 2020: 4100, 2021: 9400, 2022: 14000},
        {},
        {year: 150_000 for year in range(2016, 2023)},
        "PT",
    ),
    "a fall": ({2020: 3000, 2021: 5200, 2022: 1700}, {}, {2022: 90_000}, "UZ"),
    "near the market": ({2021: 52_000, 2022: 66_000}, {}, {2022: 80_000}, "NO"),
    "few": ({2021: 4, 2022: 7}, {}, {2022: 60_000}, ""),
    "a year that is missing": ({2019: 300, 2021: 1500}, {}, {2021: 200_000}, ""),
    "a bound": ({2021: 809}, {2022: 2000}, {2022: 300_000}, "UZ"),
}


def of_region(place):
    """Spreads of shocks and of markets of a place."""
    region = {"PT": "Europe", "NO": "Europe", "UZ": "elsewhere"}.get(place)
    return PRIOR["regions"][region] if region else PRIOR


def effect(common, year):
    """Mean and spread of a known year's effect, or of one before the panel."""
    at = year - common["first_year"]
    return (common["mean"][at], common["sd"][at]) if at >= 0 else (0.0, common["spread"])


def commons(rng, common, years):
    """Effects by year: known ones, then a persistent series with Student t news."""
    last = common["first_year"] + len(common["mean"]) - 1
    rho = common["persistence"]
    drawn = []
    for year in years:
        if year <= last or not drawn:
            mean, sd = effect(common, min(year, last))
            drawn.append(mean + sd * rng.standard_normal(DRAWS))
        else:
            news = common["spread"] * np.sqrt(1 - rho**2) * rng.standard_t(10, DRAWS)
            drawn.append(rho * drawn[-1] + news)
    return drawn


def sizes(rng, known, years, last_told):
    """Log size by year: a walk tied to what is known, and the size that may be another."""
    common = PRIOR["size"]
    last = common["first_year"] + len(common["mean"]) - 1
    steps = [effect(common, y) if y <= last else (0.0, common["spread"]) for y in years]
    mean = np.cumsum([np.log(known[min(known)]), *[step for step, _ in steps[1:]]])
    variance = np.array([1.0, *[sd**2 + PRIOR["size_sd"] ** 2 for _, sd in steps[1:]]])
    told = [i for i, year in enumerate(years) if year <= last_told + 1]
    walk = np.tri(len(told))
    covariance = walk @ np.diag(variance[told]) @ walk.T
    rows = [years.index(year) for year in known]
    tied = covariance[np.ix_(rows, rows)] + 0.05**2 * np.eye(len(rows))
    gain = covariance[:, rows] @ np.linalg.inv(tied)
    logs = np.log(list(known.values()))
    centre = mean[told] + gain @ (logs - mean[rows])
    spread = np.linalg.cholesky(covariance - gain @ covariance[rows] + 1e-12 * np.eye(len(told)))
    drawn = centre + rng.standard_normal((DRAWS, len(told))) @ spread.T
    for i in range(len(told), len(years)):
        step = mean[i] - mean[i - 1] + np.sqrt(variance[i]) * rng.standard_t(5, DRAWS)
        drawn = np.column_stack([drawn, drawn[:, -1] + step])
    other = np.where(rng.random(DRAWS) < 0.1, 0.7, 0.02)
    return drawn + (other * rng.standard_normal(DRAWS))[:, None]


def printed(rng, total):
    """Log of what came, given what was printed of it: a mixture, as a number may be wrong."""
    wrong = rng.random(DRAWS)
    sd = np.where(wrong < 0.98, 0.01, np.where(wrong < 0.98 + 0.02 * 0.75, 0.5, 2.5))
    return np.log(total) + sd * rng.standard_normal(DRAWS)


def normal(x, sd):
    return np.exp(-0.5 * (x / sd) ** 2) / sd


# Integral of `student` over that of `normal`, both without their constants
NORMAL_CONSTANT = 2.5066283 / 2.6666667


def student(x):
    """Density of Student's t with four degrees of freedom, but for a constant."""
    return (1 + x**2 / 4) ** -2.5


def beyond(log_flow, bound):
    """Density of what lies beyond a bound from below."""
    unit = 10 ** np.floor(np.log10(bound))
    step = np.log(1 + unit / bound)
    means = 0.1 * 2.0 ** np.arange(12)
    height = np.where(np.arange(12) <= 3, 6.0, means**-0.6)
    weight = 0.98 * height * means / (height * means)[:4].sum()
    x = log_flow - np.log(bound)
    density = 0.1 * normal(x - 0.02, 0.02) + 0.004 * normal(x, 0.5) + 0.0002 * normal(x, 2.5)
    for part, mean in zip(weight, means, strict=True):
        density = density + part * normal(x - mean * step, 0.3 * mean * step)
    return density


def before_chance(log_flow, unit):
    """What is expected, where so much came: log F of  log F + k v - k^2 / 2 = what came."""
    expected = log_flow
    for _ in range(60):
        spread = np.sqrt(np.log1p(np.exp(-expected)))
        expected = 0.5 * expected + 0.5 * (log_flow - spread * unit + spread**2 / 2)
    return expected


def with_chance(rng, expected):
    spread = np.sqrt(np.log1p(np.exp(-expected)))
    return expected + spread * rng.standard_normal(DRAWS) - spread**2 / 2


def chance_slope(expected, unit):
    """By how much log flow rises as log F does."""
    rare = np.exp(-expected)
    spread = np.sqrt(np.log1p(rare))
    return 1 + unit * -rare / (2 * spread * (1 + rare)) + 0.5 * rare / (1 + rare)


def launch_probability(share):
    """That a share is of the year of a launch, rather than of any year."""
    z = np.log(share / (1 - share))
    launch = PRIOR["launch"]
    of_launch = normal(z - launch["log_odds"], launch["log_odds_sd"])
    return of_launch / (of_launch + normal(z + 5, 2.5))


def shortfall(z, size):
    """Log by which sales fall short of 3,000."""
    return np.log(3000) - (size - np.log1p(np.exp(-z)))


def widening(z, size):
    """By how much shocks are wider at a share and a size than at the reference and large sales."""
    by_share = PRIOR["shock_slope"] * np.clip(z + 4, -5, 5)
    return np.exp(by_share + PRIOR["shortfall_slope"] * np.clip(shortfall(z, size), 0, 5))


def shock_density(shock, launched):
    """Density of a shock out of a year that was that of the launch with some probability."""
    launch = normal(shock - PRIOR["launch"]["growth"], PRIOR["launch"]["growth_sd"])
    return (1 - launched) * student(shock) + launched * launch / NORMAL_CONSTANT


def shocks(rng, launched, wider):
    """Draws of such a shock."""
    news = wider * rng.standard_t(4, DRAWS)
    launch = PRIOR["launch"]["growth"] + PRIOR["launch"]["growth_sd"] * rng.standard_normal(DRAWS)
    return np.where(rng.random(DRAWS) < launched, launch, news)


def plain(totals, bounds, known, place, seed):
    """Quantiles 0.1, 0.5 and 0.9 of the years ahead."""
    rng = np.random.default_rng(seed)
    region = of_region(place)
    first = min(totals)
    last_told = max([*totals, *bounds])
    years = list(range(first, last_told + AHEAD + 1))
    level_sd = np.hypot(np.sqrt(PRIOR["covariance"][0][0]), region["market_sd"])
    level = PRIOR["level"] + level_sd * rng.standard_normal(DRAWS)
    slope = PRIOR["slope"] + np.sqrt(PRIOR["covariance"][1][1]) * rng.standard_normal(DRAWS)
    common = commons(rng, PRIOR["common"], years)
    size = sizes(rng, known, years, last_told)
    log_weight = np.zeros(DRAWS)
    launched = launch_probability(totals[first] / known[min(known)])
    flows = {}
    z = None
    for i, year in enumerate(years):
        if z is not None:
            distance = np.clip(z + 4, -5, 5)
            scale = region["shock_sd"] * widening(z, size[:, i - 1])
            lift = PRIOR["shortfall_lift"] * np.clip(shortfall(z, size[:, i - 1]), 0, 1)
            expected_z = z + level + slope * distance + lift + common[i]
        if year in totals:
            unit = rng.standard_normal(DRAWS)
            expected = before_chance(printed(rng, totals[year]), unit)
            below = expected < size[:, i] - 1e-9  # a flow above the market needs another size
            share = np.exp(np.where(below, expected - size[:, i], -1.0))
            new = np.log(share) - np.log1p(-share)
            if z is None:
                density = normal(new + 5, 2.5)
            else:
                density = shock_density((new - expected_z) / scale, launched * (i == 1)) / scale
            density = density / (1 - share) / chance_slope(expected, unit)
            with np.errstate(divide="ignore"):
                log_weight += np.where(below, np.log(np.maximum(density, 1e-300)), -np.inf)
        else:
            wider = 1.1 if year == last_told + 1 else 1.0
            new = expected_z + scale * shocks(rng, launched * (i == 1), wider)
            expected = size[:, i] - np.log1p(np.exp(-new))
            flows[year] = with_chance(rng, expected)
            if year in bounds:
                log_weight += np.log(beyond(flows[year], bounds[year]))
        z = new
    weight = np.exp(log_weight - log_weight.max())
    result = []
    for year in years[-AHEAD:]:
        order = np.argsort(flows[year])
        below = np.cumsum(weight[order]) / weight.sum()
        result.append(np.interp([0.1, 0.5, 0.9], below, flows[year][order]))
    return np.array(result), 1 / ((weight / weight.sum()) ** 2).sum()


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_the_package_is_what_its_page_says(name):
    totals, bounds, known, place = TABLES[name]
    facts = pd.DataFrame(
        [("equals", year, total) for year, total in totals.items()]
        + [("at_least", year, bound) for year, bound in bounds.items()],
        columns=["relation", "year", "value"],
    )
    start, end = (facts["year"].astype(str) + day for day in ("-01-01", "-12-31"))
    facts = facts.assign(quantity="total", period_start=start, period_end=end)
    last = int(facts["year"].max())
    asked = [fc.year(last + ahead) for ahead in range(1, AHEAD + 1)]
    # The upper end of "a fall" scatters by 0.12 over seeds of 8,000 draws: four are pooled
    forecasts = [
        fc.forecast_flow(
            facts.drop(columns="year"),
            asked,
            market_size=pd.Series(known),
            place=place or None,
            draws=4000,
            seed=seed,
        )
        for seed in range(4)
    ]
    logs = [np.log(np.concatenate([f.totals(period) for f in forecasts])) for period in asked]
    ours = np.quantile(logs, [0.1, 0.5, 0.9], axis=1).T
    expected, effective = plain(totals, bounds, known, place, seed=1)
    assert effective > 1000
    spread = (expected[:, 2] - expected[:, 0])[:, None] / 2.56
    assert (ours - expected) / spread == pytest.approx(np.zeros((AHEAD, 3)), abs=0.1)
