"""The choice of a number of points: regret by hand, the best number a quantile, costs that are the
reader's.
"""

import numpy as np
import pytest

from forecasting.demand.consequences import expected_regret


def test_the_best_number_is_the_quantile_of_the_costs():
    wanted = np.random.default_rng(0).lognormal(9, 0.6, 20_000)
    options = {
        f"{level:.2f}": float(np.quantile(wanted, level)) for level in np.arange(0.05, 1, 0.05)
    }
    assert expected_regret(wanted, options, missing=3, idle=1)["option"].iloc[0] == "0.75"
    assert expected_regret(wanted, options, missing=1, idle=9)["option"].iloc[0] == "0.10"


def test_regret_by_hand():
    wanted = np.array([100.0, 300.0])
    row = expected_regret(wanted, {"practice": 200}, missing=2, idle=1).iloc[0]
    assert row[["too_few", "missing_points", "idle_points", "right_at", "regret"]].tolist() == [
        0.5,
        50,
        50,
        1,
        150,
    ]


def test_a_number_that_is_just_enough_is_not_too_few():
    """Of 100, 200 and 300 wanted, 200 are too few once: twice as often enough."""
    row = expected_regret(np.array([100.0, 200.0, 300.0]), {"a": 200}, missing=2, idle=1).iloc[0]
    assert row[["too_few", "right_at", "regret"]].tolist() == pytest.approx([1 / 3, 2, 100])


def test_a_number_is_the_best_where_the_costs_stand_as_the_table_says():
    wanted = np.random.default_rng(0).lognormal(9, 0.6, 20_000)
    numbers = np.quantile(wanted, [0.1, 0.3, 0.5])
    options = {f"{number:.0f}": number for number in numbers}
    ratio = expected_regret(wanted, options, missing=1, idle=1).set_index("option")["right_at"]
    for name, number in options.items():
        over = np.array([[0.97], [1.0], [1.03]]) * number - wanted
        cost = (ratio[name] * np.maximum(-over, 0) + np.maximum(over, 0)).mean(axis=1)
        assert cost[1] == min(cost)


def test_costs_have_no_default():
    with pytest.raises(TypeError, match="missing 2 required keyword-only arguments"):
        expected_regret(np.ones(3), {"need": 1.0})
