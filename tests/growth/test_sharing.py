"""What is asked for alike is made once, and is the same for all who ask."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import ThreadpoolController

from forecasting.growth import request, sharing
from forecasting.growth.flow import FlowForecast, annual_totals, forecast_flow
from forecasting.growth.sharing import made_once, read_cache
from forecasting.vocabulary.names import CACHE_VARIABLE, SHARED_VARIABLE
from forecasting.vocabulary.periods import year


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(SHARED_VARIABLE, str(tmp_path / "shared"))
    return tmp_path / "shared"


def counter() -> Callable[..., int]:
    """How often it was made what one asks for."""
    calls: list[int] = []

    def made() -> dict[str, np.ndarray]:
        calls.append(1)
        return {"calls": np.array(len(calls))}

    return lambda *question: int(made_once(made, *question)["calls"])


def test_it_is_made_once_where_a_folder_is_named(folder: Path) -> None:
    ask = counter()
    assert [ask("a", pd.Series([1.0])) for _ in range(3)] == [1, 1, 1]
    assert ask("a", pd.Series([2.0])) == 2
    assert len(list(folder.iterdir())) == 2


def test_it_is_made_each_time_where_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHARED_VARIABLE, raising=False)
    ask = counter()
    assert [ask("a") for _ in range(2)] == [1, 2]


def test_it_is_made_where_there_is_no_room_for_it(folder: Path) -> None:
    folder.touch()
    ask = counter()
    assert [ask("a") for _ in range(2)] == [1, 2]


def test_other_code_or_data_makes_it_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = counter()
    assert ask("a") == 1
    monkeypatch.setattr(sharing, "_method", lambda: "another version")
    assert ask("a") == 2


def test_the_kernels_of_linear_algebra_count_and_other_loaded_libraries_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def method(*libraries: dict[str, str]) -> str:
        monkeypatch.setattr(ThreadpoolController, "info", lambda _: libraries)
        return sharing._method.__wrapped__()

    blas, threads = {"architecture": "Haswell"}, {"user_api": "openmp"}
    assert method(blas) == method(blas, blas, threads)
    assert method(blas) != method({"architecture": "SkylakeX"})


def test_a_damaged_file_or_that_of_another_question_is_made_anew(folder: Path) -> None:
    ask = counter()
    ask("a")
    (stored,) = folder.iterdir()
    content = stored.read_bytes()
    for number, damaged in enumerate((b"", content[:-30], content.replace(b"calls", b"balls")), 2):
        stored.write_bytes(damaged)
        assert ask("a") == number
    ask("b")
    (other,) = {*folder.iterdir()} - {stored}
    stored.write_bytes(other.read_bytes())
    assert ask("a") == 6


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
    ask = counter()
    ask("a")
    (stored,) = folder.iterdir()
    assert (stored.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    stored.chmod(0o666)
    assert ask("a") == 2
    (tmp_path / "mine").write_bytes(stored.read_bytes())
    stored.unlink()
    stored.symlink_to(tmp_path / "mine")
    assert ask("a") == 3
    stored.unlink()
    os.mkfifo(stored)
    assert ask("a") == 4


def test_a_pickle_is_not_opened(folder: Path, tmp_path: Path) -> None:
    ask = counter()
    ask("a")
    (stored,) = folder.iterdir()
    evil = tmp_path / "evil"

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return evil.write_text, ("x",)

    with np.load(stored) as file:
        digest = file["digest"]
    np.savez(stored, digest=digest, calls=np.array([Evil()], dtype=object))
    assert ask("a") == 2
    stored.write_bytes(pickle.dumps(Evil()))
    assert ask("a") == 3
    assert not evil.exists()


def test_what_was_used_longest_ago_makes_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = counter()
    ask("a")
    (stored,) = folder.iterdir()
    monkeypatch.setattr(sharing, "MAX_CACHE_BYTES", 2 * stored.stat().st_size)
    (folder / "mine.npz").write_bytes(bytes(10_000))
    ask("b")
    for number, path in enumerate(sorted(folder.iterdir())):
        os.utime(path, (number, number))
    os.utime(stored, (0, 0))
    assert ask("a") == 1  # and is the one that was used last
    assert [ask(question) for question in "cab"] == [3, 1, 4]
    assert (folder / "mine.npz").exists()
    monkeypatch.setattr(sharing, "MAX_ANSWER_BYTES", 4)
    assert [ask("d"), ask("d")] == [5, 6]


def test_a_run_leaves_what_it_makes_for_notebooks_and_reads_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    ask = counter()
    assert ask("a") == 1
    read_cache()
    assert os.environ[SHARED_VARIABLE] == str(folder)
    (left,) = folder.iterdir()
    assert (tmp_path / "cache" / left.name).read_bytes() == left.read_bytes()
    left.unlink()
    assert ask("a") == 2
    monkeypatch.delenv(SHARED_VARIABLE)
    read_cache()
    assert (os.environ[SHARED_VARIABLE], ask("a")) == (str(tmp_path / "cache"), 2)


def test_what_is_just_as_large_as_may_be_is_stored_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays = {"a": np.zeros(3), "b": np.zeros(2)}
    monkeypatch.setattr(sharing, "MAX_ANSWER_BYTES", 39)
    sharing._store(tmp_path, "0" * 64, arrays)
    assert [*tmp_path.iterdir()] == []
    monkeypatch.setattr(sharing, "MAX_ANSWER_BYTES", 40)
    sharing._store(tmp_path, "0" * 64, arrays)
    (stored,) = tmp_path.iterdir()
    size = stored.stat().st_size
    monkeypatch.setattr(sharing, "MAX_CACHE_BYTES", size)
    sharing._make_room(tmp_path)
    assert stored.exists()
    monkeypatch.setattr(sharing, "MAX_CACHE_BYTES", size - 1)
    sharing._make_room(tmp_path)
    assert not stored.exists()
