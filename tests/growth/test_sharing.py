"""What is asked for alike is made once, and is the same for all who ask."""

from __future__ import annotations

import os
import pickle
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.growth import request
from forecasting.growth.flow import FlowForecast, annual_totals, forecast_flow
from forecasting.growth.sharing import made_once
from forecasting.names import SHARED_VARIABLE
from forecasting.periods import year


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(SHARED_VARIABLE, str(tmp_path / "shared"))
    return tmp_path / "shared"


def counted(calls: list[int]) -> int:
    calls.append(1)
    return len(calls)


def test_it_is_made_once_where_a_folder_is_named(folder: Path) -> None:
    calls: list[int] = []
    assert [made_once(lambda: counted(calls), "a", pd.Series([1.0])) for _ in range(3)] == [1, 1, 1]
    assert made_once(lambda: counted(calls), "a", pd.Series([2.0])) == 2
    assert len(list(folder.iterdir())) == 2


def test_it_is_made_each_time_where_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHARED_VARIABLE, raising=False)
    calls: list[int] = []
    assert [made_once(lambda: counted(calls), "a") for _ in range(2)] == [1, 2]


def test_it_is_made_where_there_is_no_room_for_it(folder: Path) -> None:
    folder.touch()
    assert made_once(lambda: 42, "a") == 42


def forecast() -> FlowForecast:
    facts = annual_totals(pd.Series({2020: 120, 2021: 809, 2022: 2180}))
    return forecast_flow(facts, [year(2023), year(2024)], market_size=300_000, draws=64, seed=3)


@pytest.mark.slow
def test_a_shared_forecast_is_the_same_to_the_bit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = forecast()
    influence = made.influence()
    monkeypatch.setattr(request, "sample", lambda *_: pytest.fail("made it again"))
    read = forecast()
    pd.testing.assert_frame_equal(read.influence(), influence, check_exact=True)
    monkeypatch.undo()
    monkeypatch.delenv(SHARED_VARIABLE, raising=False)
    alone = forecast()
    for other in (made, read):
        assert other.caveats == alone.caveats
        assert np.array_equal(other.monthly, alone.monthly)
        assert np.array_equal(other.totals(year(2024)), alone.totals(year(2024)))
    pd.testing.assert_frame_equal(read.fit_table(), alone.fit_table(), check_exact=True)
    pd.testing.assert_frame_equal(alone.influence(), influence, check_exact=True)


def test_a_forecast_that_was_read_asks_as_one_that_was_made(folder: Path) -> None:
    facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
    told = []
    for _ in range(2):
        forecast = forecast_flow(facts.copy(), [year(2023)], market_size=300_000, draws=50)
        told.append((forecast.influence(), forecast.contraction()))
        # The forecast, and what each of the two needs besides
        assert len(list(folder.iterdir())) == 3
    pd.testing.assert_frame_equal(told[0][0], told[1][0])
    pd.testing.assert_series_equal(told[0][1], told[1][1])


def test_what_another_user_may_have_written_is_not_read(folder: Path, tmp_path: Path) -> None:
    ask = partial(made_once, list, "a")
    ask()
    (left,) = folder.iterdir()
    assert left.stat().st_mode & 0o777 == 0o600
    evil = tmp_path / "evil"

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return evil.write_text, ("x",)

    left.write_bytes(pickle.dumps(Evil()))
    left.chmod(0o666)
    assert ask() == []
    assert not evil.exists()
    left.unlink()
    (tmp_path / "mine").write_bytes(pickle.dumps(Evil()))
    left.symlink_to(tmp_path / "mine")
    assert ask() == []
    assert not evil.exists()
    left.unlink()
    os.mkfifo(left)
    assert ask() == []
