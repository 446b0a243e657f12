"""Joint draws: their table, their sum over places, their difference between scenarios."""

import numpy as np
import pytest

from forecasting.scenarios.joint_draws import (
    QUANTILES,
    Results,
    difference,
    results_from,
    sum_outlooks,
)
from forecasting.vocabulary.errors import ModelError


def made(
    country: str,
    scenario: str,
    years: tuple[int, ...] = (2025, 2026),
    draws: int = 4000,
    seed: int = 0,
) -> Results:
    common = np.random.default_rng(99).normal(size=(draws, 1))  # the region's shocks
    own = np.random.default_rng(seed).normal(size=(draws, len(years)))
    stock = np.exp(8 + common + 0.3 * own)
    values = {"ev_imports": stock / 4, "ev_stock": stock, "peak_mw": stock / 100}
    return Results(scenario, country, years, values)


def test_the_table_has_every_quantile_of_every_year() -> None:
    results = made("UZ", "uzbekistan-baseline")
    table = results.table
    assert list(table.columns) == [
        "scenario",
        "country",
        "measure",
        "unit",
        "period_start",
        "period_end",
        "quantile",
        "value",
    ]
    assert len(table) == 3 * 2 * len(QUANTILES)
    row = table[
        (table["measure"] == "ev_stock")
        & (table["period_end"] == "2026-12-31")
        & (table["quantile"] == 0.9)
    ]
    assert row["value"].item() == pytest.approx(np.quantile(results.values["ev_stock"][:, 1], 0.9))
    assert row["unit"].item() == "vehicles"


def test_draws_come_back_as_they_were() -> None:
    results = made("UZ", "uzbekistan-baseline")
    (back,) = results_from(results.draws())
    assert (back.scenario, back.country, back.years) == ("uzbekistan-baseline", "UZ", (2025, 2026))
    assert all(np.array_equal(back.values[name], draws) for name, draws in results.values.items())
    assert set(results.since(2026).draws()["year"]) == {2026}


def test_the_sum_is_of_draws_not_of_quantiles() -> None:
    parts = [
        made("UZ", "uzbekistan-baseline", seed=1),
        made("KZ", "kazakhstan-baseline", (2024, 2025, 2026), seed=2),
    ]
    total = sum_outlooks(parts, "central-asia-5", "central-asia-5-baseline")
    assert (total.scenario, total.country, total.years) == (
        "central-asia-5-baseline",
        "central-asia-5",
        (2025, 2026),
    )
    assert set(total.values) == {"ev_imports", "ev_stock"}  # peaks do not add
    assert np.allclose(
        total.values["ev_stock"], parts[0].values["ev_stock"] + parts[1].values["ev_stock"][:, 1:]
    )
    apart = (
        np.random.default_rng(5).permutation(parts[0].values["ev_stock"])
        + parts[1].values["ev_stock"][:, 1:]
    )
    # Shared shocks widen the sum
    assert np.quantile(total.values["ev_stock"], 0.9) > np.quantile(apart, 0.9)


def test_the_difference_is_that_of_common_luck() -> None:
    base = made("UZ", "uzbekistan-baseline")
    high = Results(
        "uzbekistan-high",
        "UZ",
        base.years,
        {name: 1.1 * draws for name, draws in base.values.items()},
    )
    gained = difference(high, base)
    assert gained.scenario == "uzbekistan-high minus uzbekistan-baseline"
    assert np.allclose(gained.values["ev_stock"], 0.1 * base.values["ev_stock"])
    assert (gained.values["ev_stock"] > 0).all()


def test_what_rounding_alone_tells_apart_is_no_difference() -> None:
    base = Results("base", "UZ", (2030,), {"charging_unmet_percent": np.array([[0.0], [44.1]])})
    again = Results("again", "UZ", (2030,), {"charging_unmet_percent": np.array([[0.0], [44.1]])})
    again.values["charging_unmet_percent"][1] += 1.3e-14
    assert again.values["charging_unmet_percent"][1] != 44.1
    assert (difference(again, base).values["charging_unmet_percent"] == 0).all()


def test_what_cannot_be_added_is_refused() -> None:
    names = ("two", "two-baseline")
    one = made("UZ", "uzbekistan-baseline")
    with pytest.raises(ModelError, match="one outlook per place, and has UZ, UZ"):
        sum_outlooks([one, one], *names)
    with pytest.raises(ModelError, match="has none"):
        sum_outlooks([], *names)
    with pytest.raises(ModelError, match="numbers of draws differ"):
        sum_outlooks([one, made("KZ", "kazakhstan-baseline", draws=100)], *names)
    with pytest.raises(ModelError, match="no year in common"):
        sum_outlooks([one, made("KZ", "kazakhstan-baseline", (2030, 2031))], *names)
    with pytest.raises(ModelError, match="compare one place"):
        difference(one, made("KZ", "kazakhstan-baseline"))
