"""Two agencies' offset: constant where they count one thing, wandering by year where they count
different ones.
"""

import numpy as np
import pytest

from forecasting.evidence.bases import count_different_things
from forecasting.evidence.datasets import central_asia
from forecasting.growth.flow import forecast_flow
from forecasting.growth.likelihood import as_arrays
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.prior import Prior
from forecasting.vocabulary.periods import year


def test_an_offset_that_drifts_is_a_walk_from_its_first_year():
    path = LatentPath(
        Prior(basis_sd=0.4, basis_drift=0.2), 2020, 2024, Start(), bases=2, drifts=[(1, 2022)]
    )
    steady, drifting = (path.offset(basis) for basis in (0, 1))
    np.testing.assert_allclose((steady**2).sum(axis=1), 0.4**2)
    np.testing.assert_allclose(
        (drifting**2).sum(axis=1), 0.4**2 + 0.2**2 * np.array([2, 1, 0, 1, 2])
    )
    # Of two years on one side one is shared
    np.testing.assert_allclose(drifting[3] @ drifting[4], 0.4**2 + 0.2**2)
    np.testing.assert_allclose(drifting[1] @ drifting[3], 0.4**2)
    assert path.reaching(2026).offset(1).shape == (7, path.reaching(2026).width)


def test_growth_on_a_basis_that_drifts_holds_what_it_drifted(facts, observed):
    path = LatentPath(Prior(basis_drift=0.2), 2022, 2024, Start(), bases=1, drifts=[(0, 2022)])
    rows = [("equals", "yoy_growth_percent", 2023, 100), ("equals", "total", 2023, 900)]
    told = observed(facts(*rows).assign(basis="other"))
    offsets = as_arrays(told, path, {"other": 0}).offsets
    np.testing.assert_allclose((offsets**2).sum(axis=1), [0.2**2, 0.4**2 + 0.2**2])
    still = LatentPath(Prior(), 2022, 2024, Start(), bases=1)
    constant = as_arrays(told, still, {"other": 0})
    np.testing.assert_allclose((constant.offsets**2).sum(axis=1), [0.0, 0.4**2])


@pytest.mark.slow
def test_counts_of_another_thing_inform_less(facts):
    ours = [
        ("equals", "total", y, v, {"basis": "a"})
        for y, v in ((2020, 300), (2021, 809), (2022, 2180))
    ]
    theirs = [("equals", "total", y, v) for y, v in ((2022, 3270), (2023, 12_000))]

    def spread(product):
        rows = [
            (*row, {"basis": "b" if not product else "a", "product": product}) for row in theirs
        ]
        table = facts(
            *[(*row[:4], row[4] | {"product": "battery-cars" if product else ""}) for row in ours],
            *rows,
        )
        forecast = forecast_flow(table, [year(2023)], market_size=3e5, basis="a")
        low, high = np.log(forecast.quantiles([0.1, 0.9]).iloc[0])
        return high - low

    assert count_different_things("a", "a (electric-cars)")
    assert not count_different_things("a", "b")
    assert spread("electric-cars") > 3 * spread("")
    alone = forecast_flow(facts(*ours), [year(2023)], market_size=3e5).quantiles([0.1, 0.9]).iloc[0]
    assert spread("electric-cars") < 0.8 * np.diff(np.log(alone)).item()


@pytest.mark.parametrize(
    ("quantity", "value"), [("yoy_growth_percent", 100), ("yoy_difference", 4360)]
)
def test_growth_told_by_another_agency_is_on_its_own_counts(facts, quantity, value):
    told = [
        ("equals", "total", y, v, {"basis": b})
        for y, v, b in ((2021, 800, "a"), (2022, 2180, "a"), (2022, 4360, "b"))
    ]
    forecast = forecast_flow(
        facts(*told, ("equals", quantity, 2023, value, {"basis": "b"})), [year(2023)], basis="a"
    )
    np.testing.assert_allclose(
        forecast.quantiles([0.1, 0.5, 0.9]).iloc[0], [4270, 4360, 4470], rtol=0.02
    )


def test_the_gradient_of_a_difference_on_another_basis_is_the_difference_quotient(facts, observed):
    path = LatentPath(Prior(), 2022, 2024, Start(), bases=2, drifts=[(1, 2022)])
    rows = [
        ("equals", "yoy_difference", 2023, v, {"basis": b})
        for v, b in ((900, "b"), (-900, "b"), (900, "c"))
    ]
    arrays = as_arrays(observed(facts(*rows)), path, {"b": 0, "c": 1})
    x = 0.5 * np.random.default_rng(0).standard_normal(path.width)
    every, here = np.eye(path.width), x[None, :]
    contrast, slopes = arrays.tangents(path.tangents(here, every), here, every)
    moved = x + 1e-6 * np.vstack([every, -every])
    up, down = np.split(arrays.at(path.log_flows(moved), moved), 2)
    np.testing.assert_allclose(slopes[0], (up - down).T / 2e-6, atol=1e-6)
    np.testing.assert_allclose(contrast, arrays.at(path.log_flows(here), here))
    assert np.abs(arrays.base_offsets).max() == pytest.approx(0.4)


@pytest.mark.slow
def test_horgos_by_all_modes_is_not_held_to_what_goes_by_road():
    known = central_asia().select("horgos", "vehicle_exports", as_of="2024-12-31")
    forecast = forecast_flow(
        known, [year(2023), year(2024)], Prior.shipped().until(2023), basis="cn-customs"
    )
    low, high = forecast.quantiles([0.1, 0.9]).loc["2024"]
    assert low < 421_000 < high
    assert high / low < 3.5
    told = forecast.fit_table().set_index("fact")["doubted"]
    assert told["horgos-vehicle-exports-2023-customs"] < 0.1
    assert told["horgos-vehicle-exports-2023-customs-growth"] < 0.3
    assert forecast.quantiles([0.5]).loc["2023"].item() == pytest.approx(304_000, rel=0.03)
