"""Shares of a variance by hand."""

import numpy as np
import pytest

from forecasting.demand.sensitivity import first_order

COUNT = 400
EVEN = np.tile(np.arange(20.0), COUNT // 20)
ODD = np.repeat(np.arange(20.0), COUNT // 20)


def test_what_one_input_explains_alone_and_where_its_ends_lead():
    """Every pair of levels occurs once, and the log goes with 2 a + b: shares of 4/5 and 1/5,
    less what chance gives the means of twenty draws, a 19th of what the other input does.
    """
    table = first_order(
        {"b": ODD, "a": EVEN, "fixed": np.ones(COUNT)}, {"y": np.exp((2 * EVEN + ODD) / 10)}
    )
    assert table[["output", "input"]].values.tolist() == [["y", "a"], ["y", "b"]]
    assert table["share"].tolist() == pytest.approx([(4 - 1 / 19) / 5, (1 - 4 / 19) / 5])
    # Of the lowest tenth of an input, 0 and 1, the median of the other lies in the middle
    low, high = np.log(table["low"][0]), np.log(table["high"][0])
    assert (low, high) == pytest.approx((1.05, 4.65), abs=0.06)
    assert (table["swing"] == table["high"] - table["low"]).all()


def test_what_chance_could_give_is_no_share_and_what_stands_still_has_no_row():
    noise = np.random.default_rng(0).permutation(COUNT).astype(float)
    table = first_order({"a": EVEN, "noise": noise}, {"y": np.exp(EVEN), "still": np.ones(COUNT)})
    assert table["output"].unique().tolist() == ["y"]
    assert table.set_index("input")["share"]["noise"] == 0
    assert first_order({"fixed": np.ones(COUNT)}, {"y": EVEN}).empty
