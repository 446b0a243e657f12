"""Where the path of a market starts."""

import math
from types import SimpleNamespace

import pytest

from forecasting.growth.path import Start
from forecasting.growth.prior import Launch
from forecasting.growth.starting import _launch, start_caveats
from forecasting.vocabulary.periods import year


def launch_probability(count, size, launch_mean, other_mean, spread):
    """Of a first total of some size, where launches and other years have means of their own."""
    total = SimpleNamespace(amount=count, is_rate=True, bound=0, period=year(2020))
    start = Start(other_mean, spread, math.log(size), 0.1)
    prior = SimpleNamespace(launch=Launch(log_odds=launch_mean, log_odds_sd=spread))
    return _launch(prior, [total], 2020, start)


def test_a_launch_is_weighed_by_the_densities_of_the_share():
    # Half of the market: log odds of 0, one and two spreads from the means
    assert launch_probability(50, 100, 1.0, 2.0, 1.0) == pytest.approx(1 / (1 + math.exp(-1.5)))
    assert launch_probability(50, 100, -1.0, 1.0, 1.0) == pytest.approx(0.5)


def test_a_share_far_from_all_markets_is_of_the_nearer():
    assert launch_probability(10, 1e6, -4.0, -3.0, 0.01) == 1
    assert launch_probability(10, 1e6, -3.0, -4.0, 0.01) == 0


@pytest.mark.parametrize(
    ("sizes", "facts", "kinds"),
    [
        ({2022: 1000.0}, [], ["analogues_alone"]),
        ({}, [], []),
        ({}, [(True, 0, 2000.0)], []),
        ({2022: 1000.0}, [(True, 0, 899.0)], []),
        ({2022: 1000.0}, [(True, 0, 901.0)], ["flow_near_market"]),
        ({2022: 1000.0, 2023: 1100.0}, [(True, 1, 901.0)], []),  # of the largest market
        ({2022: 1000.0}, [(True, -1, 2000.0)], []),  # an upper bound may lie anywhere above
        ({2022: 1000.0}, [(False, 0, 2000.0)], []),  # a stock
    ],
)
def test_a_flow_near_its_market_and_one_without_a_fact_are_told(sizes, facts, kinds):
    path = SimpleNamespace(sizes={y: (math.log(size), 0.05) for y, size in sizes.items()})
    told = [
        SimpleNamespace(is_rate=is_rate, bound=bound, yearly=yearly)
        for is_rate, bound, yearly in facts
    ]
    assert [caveat.kind for caveat in start_caveats(path, told)] == kinds
