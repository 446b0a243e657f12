"""A forecast of the backtest of charging points, worked out by hand."""

import math

import numpy as np
import pytest

from forecasting.evaluation.chargers import _by_practice
from forecasting.evaluation.scores import SCORE_LEVELS
from forecasting.panels.practice import Practice


def test_a_count_is_of_the_end_of_its_year() -> None:
    step = {
        "year": 2020,
        "horizon": 3,
        "stock": 1000.0,
        "points": 100.0,
        "stock_grown": math.log(8),
        "stock_next": math.nan,
        "own_grown": math.nan,
    }
    practice = Practice(
        elasticity=0.5,
        elasticity_error=0.0,
        horizons=(1.0, 5.0),
        spread=(0.0, 0.0),
        size_slope=0.0,
        level=math.log(800),
        level_slope=0.0,
        level_spread=0.0,
        catch_up=math.log(2),
    )
    # Half the stock's growth, and of the gap of log 8 to the level a half is left each year: in
    # the three years from the end of 2020 to that of 2023 seven eighths of it are made up
    expected = (1 / 2 + 7 / 8) * math.log(8)
    assert _by_practice(step, practice) == pytest.approx(np.full(len(SCORE_LEVELS), expected))
