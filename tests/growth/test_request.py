"""What a request draws from, and the years that no fact speaks of."""

from dataclasses import replace

import numpy as np
from scipy.stats import spearmanr, t

from forecasting.growth.flow import forecast_flow
from forecasting.growth.likelihood import as_arrays
from forecasting.growth.posterior import sample
from forecasting.growth.prior import COMMON_NU, Prior
from forecasting.growth.request import common_shocks, with_new_last_year
from forecasting.growth.starting import path_of
from forecasting.vocabulary.periods import year

SIZE = 300_000.0


def test_common_shocks_hold_their_quantiles_with_few_draws():
    for draws in (10, 500):
        level = np.sort(t.cdf(common_shocks(3, 2030, draws), COMMON_NU))
        edges = np.arange(draws + 1) / draws
        assert ((edges[:-1] <= level) & (level <= edges[1:])).all()
    one, other = (common_shocks(3, y, 500) for y in (2030, 2031))
    assert abs(spearmanr(one, other).statistic) < 0.15


def test_a_new_last_year_leaves_the_prior_and_the_facts_as_they_were(facts, observed):
    """Told are a year and half of it, whose tilt takes back all that the new growth moves."""
    told = observed(
        facts(
            ("equals", "total", 2022, 2000, {"rounding": 400.0}),
            ("equals", "total", "2022-01-01/2022-06-30", 800),
        )
    )
    prior = Prior.shipped().of_measure("ev_imports")
    path = path_of(prior, {2022: SIZE}, told, (2022, 2023), 0, [])
    contrasts = as_arrays(told, path, {})
    draws = 20_000
    common = np.random.default_rng(0).standard_normal((draws, path.years))
    before = sample(path, contrasts.subset(np.zeros(0, int)), common, np.random.default_rng(1))
    x = with_new_last_year(path, before.x, before.kind, 0, "m1")
    shock, tilt = path.columns["shock"].start + 1, path.columns["tilt"].start
    assert 0.5 < (x[:, shock] != before.x[:, shock]).mean() < 0.95
    for column, atol in ((shock, 0.05), (tilt, 0.02)):
        ends = (np.quantile(item[:, column], [0.1, 0.5, 0.9]) for item in (x, before.x))
        np.testing.assert_allclose(*ends, atol=atol)
    assert abs(np.corrcoef(x[:, shock], x[:, tilt])[0, 1]) < 0.02
    met = [contrasts.at(path.log_flows(item), item) for item in (x, before.x)]
    np.testing.assert_allclose(*met, atol=1e-9)


def test_a_request_draws_from_its_rows_alone_on_the_path_of_all(facts):
    told = facts(("equals", "total", 2021, 900), ("equals", "total", 2022, 9_000))
    all_facts = forecast_flow(told, [year(2022)], market_size=SIZE, draws=20)
    first = replace(all_facts.request, rows=(0,)).answer()
    assert first.months == all_facts.months
    assert [len(forecast.posterior.doubted) for forecast in (all_facts, first)] == [2, 1]
    medians = [np.median(f.totals(year(2022))) for f in (all_facts, first)]
    assert abs(medians[0] / 9_000 - 1) < 0.1
    assert medians[1] < 4_500
    assert first.diagnostics["facts"] == 1
