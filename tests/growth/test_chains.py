"""The sampler's algebra against dense matrices, and what its draws are worth."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, t

from forecasting.growth.chains import Chains
from forecasting.growth.contrasts import as_arrays
from forecasting.growth.covariance import Covariance
from forecasting.growth.evenly import evenly
from forecasting.growth.flow import forecast_flow
from forecasting.growth.likelihood import observe
from forecasting.growth.mode import Mode
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.prior import Prior
from forecasting.growth.scales import draw_scales
from forecasting.growth.settled import ALWAYS, Settled, sort_facts
from forecasting.periods import year

SIZE = 300_000


def monthly(facts, first, months, every_third="at_least"):
    """A month's total for each month of a growing market, and a bound a fifth below it for every
    third.
    """
    rows = []
    for i, month in enumerate(pd.period_range(first, periods=months, freq="M")):
        level = 20 * 1.03**i
        relation, value = (every_third, 0.8 * level) if i % 3 == 2 else ("equals", level)
        rows.append(
            (
                relation,
                "total",
                f"{month.start_time:%Y-%m-%d}/{month.end_time:%Y-%m-%d}",
                round(value),
            )
        )
    return facts(*rows)


@pytest.mark.parametrize(("n", "width"), [(3, 5), (5, 3), (0, 2), (2, 0)])
def test_a_covariance_is_divided_by_in_either_dimension(n, width):
    rng = np.random.default_rng(n)
    root, noise, x = (
        rng.standard_normal((n, width)),
        rng.uniform(0.1, 2, n),
        rng.standard_normal((n, 2)),
    )
    inverse, found = np.linalg.inv(root @ root.T + np.diag(noise)), Covariance(root, noise)
    np.testing.assert_allclose(found.solve(x), inverse @ x, atol=1e-9)
    np.testing.assert_allclose(found.solve(x[:, 0]), inverse @ x[:, 0], atol=1e-9)
    np.testing.assert_allclose(found.diagonal, np.diag(inverse), atol=1e-9)
    assert found.log_determinant == pytest.approx(-np.linalg.slogdet(inverse)[1])


@pytest.fixture(scope="module")
def told(facts, usable):
    """Two years of a market's months about their mode: path, facts, mode."""
    path = LatentPath(
        Prior.shipped(),
        2021,
        2023,
        Start(log_size=np.log(SIZE), log_size_sd=1.0),
        {2022: (12.6, 0.05)},
    )
    counts, _ = usable(monthly(facts, "2021-01", 24))
    told = as_arrays([observe(s, 2021, path.months) for s in counts], path, {})
    mode = Mode(path, told)
    mode.climb()
    return path, told, [mode]


def test_each_fact_is_expected_by_the_others_as_dense_algebra_has_it(told):
    _, contrasts, (mode,) = told
    noise, target = np.linspace(0.01, 0.4, 24), contrasts.value + 0.1
    inverse = np.linalg.inv((mode.jacobian * mode.variance) @ mode.jacobian.T + np.diag(noise))
    left = inverse @ (target - mode.contrast + mode.jacobian @ mode.x)
    mean, variance = mode.left_out(noise, target, mode.variance)
    np.testing.assert_allclose(mean, target - left / np.diag(inverse), atol=1e-7)
    np.testing.assert_allclose(variance, 1 / np.diag(inverse) - noise, atol=1e-7)


def test_scales_are_drawn_from_their_density_given_the_shocks(told):
    chains = Chains(*told, np.zeros(24, dtype=bool), 400, np.random.default_rng(1))
    shocks, nu, own = np.array([0.3, -2.1, 4.0]), chains.prior.shock_nu, chains.prior.market_nu
    market, year = draw_scales(np.tile(shocks, (20_000, 1)), chains.prior, chains.rng)
    logs = np.linspace(-4, 9, 2001)
    # Inverse gamma, of the log of the squared scale
    density = np.exp(-0.5 * own * (logs + np.exp(-logs)))
    for shock in shocks:
        density *= t.pdf(shock / np.exp(0.5 * logs), nu) / np.exp(0.5 * logs)
    density /= density.sum()
    mean = density @ logs
    assert np.log(market).mean() == pytest.approx(mean, abs=0.03)
    assert np.log(market).std() == pytest.approx(np.sqrt(density @ (logs - mean) ** 2), rel=0.04)
    expected = (nu + shocks**2 / market[:, None]) / (nu - 1)  # the mean of an inverse gamma
    assert (year / expected).mean(axis=0) == pytest.approx(np.ones(3), abs=0.03)


def test_shocks_are_stretched_by_the_density_of_the_scale_given_their_proportions(told):
    chains = Chains(*told, np.zeros(24, dtype=bool), 800, np.random.default_rng(2))
    chains.sweep()
    chains.kind[:], chains.component[:], chains.market[:] = 0, 0, 1.0
    begun = np.tile([0.3, -0.4, 0.6], (chains.chains, 1))
    settled, (noise, target), logs = chains.settled[0], chains.noise(), np.linspace(-6, 8, 2801)
    covariance = np.linalg.inv(settled.c + np.diag(noise[0] ** 2))
    density = []
    for factor in np.exp(0.5 * logs):
        left = target[0] - settled.mean - settled.f @ (factor * begun[0])
        of_settled = (
            factor * begun[0] @ settled.pull
            - 0.5 * factor**2 * begun[0] @ settled.precision @ begun[0]
        )
        density.append(of_settled - 0.5 * left @ covariance @ left)
    own = chains.prior.market_nu
    log_density = np.array(density) - 0.5 * own * (logs + np.exp(-logs))
    weight = np.exp(log_density - log_density.max())
    weight /= weight.sum()
    mean = weight @ logs
    shocks, seen = begun, []
    for _ in range(60):
        shocks = chains._stretched(shocks)
        chains.market = (shocks[:, 0] / begun[:, 0]) ** 2
        seen.append(np.log(chains.market))
    found = np.array(seen[10:])
    np.testing.assert_allclose(shocks / shocks[:, :1], begun / begun[:, :1])
    spread = np.sqrt(weight @ (logs - mean) ** 2)
    assert found.mean() == pytest.approx(mean, abs=0.1 * spread)
    assert found.std() == pytest.approx(spread, rel=0.06)


def test_of_numbers_that_agree_only_the_most_doubtful_are_sampled(facts, usable, told):
    path, _, _ = told
    counts, _ = usable(monthly(facts, "2021-01", 24, "equals"))
    contrasts = as_arrays([observe(count, 2021, path.months) for count in counts], path, {})
    mode = Mode(path, contrasts)
    mode.climb()
    split = sort_facts(contrasts, [mode], np.zeros(24, dtype=bool))
    assert (len(split.doubtful), len(split.settled), len(split.contested)) == (
        ALWAYS,
        24 - ALWAYS,
        0,
    )


def test_settled_facts_are_eliminated_as_dense_algebra_has_it(told):
    path, told, (mode,) = told
    split = sort_facts(told, [mode], np.zeros(24, dtype=bool))
    assert len(split.doubtful) >= 8  # the bounds, and the numbers most in doubt
    assert sorted([*split.doubtful, *split.settled, *split.silent]) == list(range(24))
    scaled = np.arange(path.width)[path.at_["shock"]]
    settled, p, a = Settled(mode, split, scaled, np.ones(path.width)), split.settled, split.doubtful
    variance = np.random.default_rng(0).uniform(0.3, 3.0, len(scaled))
    prior = np.ones(path.width)
    prior[scaled] = variance
    whole = (mode.jacobian * prior) @ mode.jacobian.T
    offset = mode.contrast - mode.jacobian @ mode.x
    on_settled = np.linalg.inv(whole[np.ix_(p, p)] + np.diag(split.noise[p]))
    gain = whole[np.ix_(a, p)] @ on_settled
    shock_cov = np.linalg.inv(settled.precision + np.diag(1 / variance))
    bent = settled.f @ shock_cov
    np.testing.assert_allclose(
        settled.c + bent @ settled.f.T, whole[np.ix_(a, a)] - gain @ whole[np.ix_(p, a)], atol=1e-7
    )
    expected = offset[a] + gain @ (split.target[p] - offset[p])
    np.testing.assert_allclose(settled.mean + bent @ settled.pull, expected, atol=1e-6)
    noise = np.full(len(a), 0.02)
    inverse = np.linalg.inv(settled.c + bent @ settled.f.T + np.diag(noise))
    residual = told.value[a] - expected
    mean, spread = settled.left_out(shock_cov, inverse, inverse @ residual)
    both = np.r_[p, a]
    dense = np.linalg.inv(whole[np.ix_(both, both)] + np.diag(np.r_[split.noise[p], noise]))
    left = np.r_[split.target[p], told.value[a]] - offset[both]
    diagonal = np.diag(dense)[: len(p)]
    np.testing.assert_allclose(
        mean, split.target[p] - (dense @ left)[: len(p)] / diagonal, atol=1e-6
    )
    np.testing.assert_allclose(spread, 1 / diagonal - split.noise[p], atol=1e-6)


def test_explanations_are_weighed_with_two_facts_left_open_as_dense_algebra_has_it(told):
    _, contrasts, (mode,) = told
    chains = Chains(*told, np.zeros(24, dtype=bool), 80, np.random.default_rng(3))
    chains.sweep()
    chains.kind[:] = 0
    first, second = np.full(chains.chains, 2), np.full(chains.chains, 5)
    found, parts = chains.breaks._left_open(first, second)
    both = np.r_[chains.sorted.settled, chains.asked]
    offset, jacobian = (mode.contrast - mode.jacobian @ mode.x)[both], mode.jacobian[both]
    weight, expected = contrasts.doubting(1.0)[chains.asked], []
    for c in range(4):
        variance = chains.kind_variance[0].copy()
        variance[chains.shock] = chains.variance[c]
        noise, target = (of[c].copy() for of in chains.noise())
        log_part = np.full(parts.shape[1:], -np.inf)
        for i, j in np.argwhere(
            weight[2, : log_part.shape[0], None] * weight[5, : log_part.shape[1]] > 0
        ):
            for fact, part in ((2, i), (5, j)):
                noise[fact], target[fact] = (
                    chains.sds[fact, part],
                    chains.value[fact] + chains.means[fact, part],
                )
            errors = np.r_[chains.sorted.noise[chains.sorted.settled], noise**2]
            left = np.r_[chains.sorted.target[chains.sorted.settled], target] - offset
            facts = multivariate_normal(
                np.zeros(len(both)), (jacobian * variance) @ jacobian.T + np.diag(errors)
            )
            log_part[i, j] = facts.logpdf(left) + np.log(weight[2, i] * weight[5, j])
        np.testing.assert_allclose(
            parts[c] / parts[c].sum(), np.exp(log_part - logsumexp(log_part)), atol=1e-6
        )
        scales = np.r_[np.log(chains.market[c]), np.log(chains.year[c])]
        nu = np.r_[chains.prior.market_nu, np.full(len(scales) - 1, chains.prior.shock_nu)]
        expected.append(logsumexp(log_part) - 0.5 * (nu * (scales + np.exp(-scales))).sum())
    np.testing.assert_allclose(np.diff(found[:4]), np.diff(expected), atol=1e-5)


@pytest.mark.parametrize(
    "bound", [("at_most", 2022, 500), ("at_least", "2022-01-01/2022-06-30", 4000)]
)
def test_beside_a_bound_that_contradicts_it_a_total_is_forecast_alike_with_any_seed(facts, bound):
    relation, period, number = bound
    table = facts(("equals", "total", 2022, 2180), (relation, "total", period, number))
    found = [forecast_flow(table, [year(2022), year(2023)], seed=seed) for seed in range(8)]
    logs = np.array([np.log(forecast.quantiles([0.1, 0.9])) for forecast in found])
    own = np.array(
        [[np.log(forecast.totals(y)).std() for y in forecast.periods] for forecast in found]
    ).mean(axis=0)
    assert (logs.std(axis=0, ddof=1) / own[:, None]).max() < 0.06


@pytest.mark.slow
def test_draws_from_sixty_facts_are_worth_half_their_number(facts):
    table = monthly(facts, "2018-01", 60)
    asked = [year(2022), year(2023), year(2024)]
    found = [forecast_flow(table, asked, market_size=SIZE, seed=seed) for seed in range(8)]
    assert min(forecast.diagnostics["ess"] for forecast in found) >= 1000
    logs = np.array([np.log(forecast.quantiles([0.1, 0.9])) for forecast in found])
    spread = np.log([forecast.totals(period) for forecast in found for period in asked])
    own = spread.reshape(8, 3, -1).std(axis=2).mean(axis=0)
    assert (logs.std(axis=0, ddof=1) / own[:, None]).mean() < 0.06


@pytest.mark.slow
def test_draws_of_a_curve_are_counted_by_its_scale_alone(facts):
    forecast = forecast_flow(
        monthly(facts, "2021-01", 24), [year(2023)], market_size=SIZE, draws=400, curve="logistic"
    )
    assert 100 < forecast.diagnostics["ess"] <= 400


@pytest.mark.slow
def test_a_thousand_facts_with_slack_bounds_tell_what_the_numbers_tell(facts):
    numbers = monthly(facts, "2014-01", 96, "equals")
    bounds = [
        numbers.assign(relation="at_least", value=(numbers["value"] * 0.9**k).round())
        for k in range(2, 12)
    ]
    asked = [year(2021), year(2022)]
    alone, told = (
        forecast_flow(t, asked, market_size=SIZE, draws=400)
        for t in (numbers, pd.concat([numbers, *bounds]))
    )
    assert told.diagnostics["facts"] > 1000
    ratio = told.quantiles([0.1, 0.5, 0.9]) / alone.quantiles([0.1, 0.5, 0.9])
    assert np.abs(np.log(ratio)).max(axis=None) < 0.15
    assert not told.caveats


def test_lots_do_not_hang_on_how_a_processor_rounds():
    rows = np.repeat([0.2, 0.5, 1 / 3], 4)
    elsewhere = rows * (1 + 1e-13 * np.random.default_rng(0).standard_normal(12))
    first, second = (evenly(np.random.default_rng(1), of) for of in (rows, elsewhere))
    np.testing.assert_array_equal(first, second)
    assert (np.diff(np.sort(first)) < 2 / 12).all()  # spread evenly over all
