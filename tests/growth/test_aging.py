"""Markets that rise and fall: growth by age is learned where the panel shows it, and nowhere else."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.growth.common import Common
from forecasting.growth.flow import annual_totals, forecast_flow
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.prior import Prior
from forecasting.panels import growth_prior
from forecasting.panels.growth_prior import estimate_prior
from forecasting.periods import year

AGING = Prior(
    level=-0.2,
    slope=-0.4,
    aging=1.5,
    common=Common(2, (0.1, -0.1, 0.05), (0.05, 0.1, 0.2), 0.1, 0.9),
    covariance=((0.01, 0.0), (0.0, 0.01)),
)


def panel_of(growth, markets=8, years=16, seed=0, apart=2):
    """Sales whose log grows each year as a function of age says; markets begin some years apart."""
    rng, rows = np.random.default_rng(seed), []
    for i in range(markets):
        log_sales, own, bend = 8.0, 0.1 * rng.standard_normal(), 0.05 * rng.standard_normal()
        for age in range(years):
            if age:
                log_sales += growth(age) + own + bend * np.log(age / 5) + 0.05 * rng.standard_t(4)
            rows.append((f"m{i}", 2000 + apart * i + age, np.exp(log_sales)))
    return pd.DataFrame(rows, columns=["market", "year", "sales"])


def rising_then_falling(age):
    return 0.6 - 0.45 * np.log(age)


@pytest.fixture(scope="module")
def falling():
    return estimate_prior(panel_of(rising_then_falling))


def test_growth_by_age_is_recovered(falling):
    for age in (2, 4, 8, 14):
        at, _ = falling.common.at(age)
        found = falling.level + falling.slope * (np.log(age) - falling.aging) + at
        assert found == pytest.approx(rising_then_falling(age), abs=0.12), age
    assert falling.slope == pytest.approx(-0.45, abs=3 * np.sqrt(falling.covariance[1][1]))
    assert falling.until(1990).common == falling.common  # ages are known, whatever the year


def test_a_market_seen_up_to_its_peak_is_forecast_to_fall(falling):
    growth = [rising_then_falling(age) for age in range(1, 14)]
    logs = 9 + np.cumsum([0.0, *growth])
    told = annual_totals(pd.Series(np.exp(logs[:5]), range(2020, 2025)))
    ahead = [year(2024 + h) for h in range(1, 10)]
    low, middle, high = (
        np.log(forecast_flow(told, ahead, prior=falling, draws=1000).quantiles([0.1, 0.5, 0.9]))
        .to_numpy()
        .T
    )
    assert (np.diff(middle) < 0).all()
    np.testing.assert_allclose(middle, logs[5:], atol=0.35)
    assert ((low < logs[5:]) & (logs[5:] < high)).all()
    steady = replace(falling, aging=None)
    climbing = forecast_flow(told, ahead[-1:], prior=steady, draws=200).quantiles([0.5]).iloc[0, 0]
    assert np.log(climbing) > logs[-1] + 1  # the same numbers, read by share


@pytest.mark.parametrize(
    ("growth", "apart"),
    [
        (lambda age: 0.6 * np.exp(-age / 3), 2),  # rises to a plateau
        (lambda age: 0.3, 2),
        (lambda age: 0.3 if age < 9 else -0.2, 0),  # all began at once, and a bad time came to all
    ],
)
def test_a_panel_that_does_not_show_it_teaches_what_it_always_did(monkeypatch, growth, apart):
    panel = panel_of(growth, apart=apart)
    found = estimate_prior(panel)
    monkeypatch.setattr(growth_prior, "_falls", lambda steps: False)
    assert found == estimate_prior(panel)
    assert found.aging is None


@pytest.mark.parametrize(
    ("markets", "apart", "shown"), [(8, 2, True), (4, 2, True), (1, 2, False), (8, 0, False)]
)
def test_a_fall_must_be_shown_by_several_markets_of_different_ages(markets, apart, shown):
    assert (
        estimate_prior(panel_of(rising_then_falling, markets, apart=apart)).aging is not None
    ) is shown


@pytest.mark.parametrize(
    ("mean", "markets", "shown"),
    [(-0.16, 3, False), (-0.32, 3, True), (-0.16, 6, True), (-0.05, 6, False)],
)
def test_how_far_below_zero_goes_with_how_many_markets_there_are(mean, markets, shown):
    """Old markets differ by 0.1 about a mean: three need 2.9 standard errors, six need 2.0."""
    rows = []
    for i, own in enumerate(0.1 * np.resize([-1.0, 0.0, 1.0], markets)):
        for age in range(12):
            log_sales = 8 + 0.3 * min(age, 5) + (mean + own) * max(age - 5, 0)
            rows.append((f"m{i}", 2000 + 2 * i + age, np.exp(log_sales)))
    prior = estimate_prior(pd.DataFrame(rows, columns=["market", "year", "sales"]))
    assert (prior.aging is not None) is shown


def test_walk_by_age_is_the_recursion_that_the_model_tells(coordinates):
    path = LatentPath(AGING, 2020, 2027, Start(log_size=11.0, log_size_sd=1.0))
    x, _, _ = coordinates(path, np.random.default_rng(3), 20)
    at, common, shocks = path.at_, np.zeros(len(x)), []
    level = AGING.level + np.hypot(0.1, AGING.market_sd) * x[:, at["level"]].ravel()
    slope = AGING.slope + 0.1 * x[:, at["slope"]].ravel()
    z = path.start.log_odds + path.start.log_odds_sd * x[:, at["start"]].ravel()
    walk = [z]
    for age in range(1, 8):
        unit = x[:, at["common"]][:, age]
        if age > 4:
            common = 0.9 * common + 0.1 * np.sqrt(1 - 0.81) * unit
        else:
            mean, sd = AGING.common.at(age)
            common = mean + sd * unit
        distance = np.log(min(age, 4)) - 1.5
        shocks.append(
            AGING.shock_sd * np.exp(AGING.shock_slope * distance) * x[:, at["shock"]][:, age]
        )
        echo = sum(
            (part * shock for part, shock in zip(AGING.echo, shocks[-2::-1], strict=False)),
            start=0.0,
        )
        z = z + level + slope * distance + common + shocks[-1] + echo
        walk.append(z)
    np.testing.assert_allclose(path.totals(x)[0], np.stack(walk, axis=1), atol=1e-9)


def test_gradient_by_age_is_the_difference_quotient():
    path = LatentPath(AGING, 2020, 2026, Start(log_size=11.0, log_size_sd=1.0))
    x, step = np.random.default_rng(0).standard_normal(path.width), 1e-6
    moved = x + step * np.concatenate([np.eye(path.width), -np.eye(path.width)])
    logs = path.totals(moved)[1]
    quotient = (logs[: path.width] - logs[path.width :]).T / (2 * step)
    np.testing.assert_allclose(path.totals_gradient(x)[1], quotient, atol=2e-8)


def test_a_forecast_beyond_its_facts_goes_on_as_the_walk_does():
    """Facts that end early leave the rest to the extrapolation; facts that say nothing of the end,
    to the walk.
    """
    told = annual_totals(pd.Series({2020: 1000.0, 2021: 1500.0}))
    slack = pd.DataFrame([{"relation": "at_most", "quantity": "total", "period_start": "2030-01-01",
                           "period_end": "2030-12-31", "value": 1e9}])  # fmt: skip
    periods = [year(y) for y in range(2023, 2031)]
    short, far = (
        np.log(
            forecast_flow(facts, periods, prior=AGING, draws=4000).quantiles([0.1, 0.5, 0.9])
        ).to_numpy()
        for facts in (told, pd.concat([told, slack], ignore_index=True))
    )
    np.testing.assert_allclose(short[:, 1], far[:, 1], atol=0.1)
    np.testing.assert_allclose(short, far, atol=0.25)  # of 1.8 to 5 between the quantiles


def test_priors_stored_before_have_no_age():
    stored = json.loads(Prior().to_json())
    del stored["aging"]
    assert Prior.from_json(json.dumps(stored)) == Prior()
    assert Prior.from_json(AGING.to_json()) == AGING


def test_age_counts_from_the_facts_whatever_earlier_year_is_asked_for(falling):
    told = annual_totals(pd.Series({2020: 3000.0, 2021: 5500.0, 2022: 8000.0}))
    alone, among = (
        np.log(forecast_flow(told, years, prior=falling, draws=2000).quantiles([0.5])[0.5])
        for years in ([year(2026)], [year(2017), year(2026)])
    )
    assert among["2026"] == pytest.approx(alone["2026"], abs=0.1)
    assert among["2017"] < np.log(3000)


def test_one_bad_year_for_all_is_no_fall():
    """Every market loses two thirds at an old age, and all in one year: from year to year nothing
    falls.
    """
    rng, rows = np.random.default_rng(2), []
    for i in range(8):
        steps = 0.01 * rng.standard_normal(16) - np.where(np.arange(16) == 12 - i % 4, 1.1, 0.0)
        rows += [
            (f"m{i}", 2000 + i % 4 + age, 5000 * np.exp(steps[1 : age + 1].sum()))
            for age in range(16)
        ]
    panel = pd.DataFrame(rows, columns=["market", "year", "sales"])
    assert estimate_prior(panel).aging is None
    lasting = panel.assign(
        sales=lambda of: of["sales"] * np.exp(-0.3 * np.maximum(of["year"] - 2008, 0))
    )
    assert estimate_prior(lasting).aging is not None
