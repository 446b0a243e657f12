"""Whole reports only, one run at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from forecasting.errors import InputError, RunError
from forecasting.runs.output import folders as store_module
from forecasting.runs.output.folders import Store, read_json, write_text

pytestmark = pytest.mark.slow


def report(store: Store, name: str, text: str) -> None:
    (store.side(name) / "run.json").write_text(text)


def test_a_report_replaces_the_last_one_whole(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        report(store, "a-b", '{"n": 1}')
        (store.folder("a-b") / "old.txt").touch()
        store.accept("a-b")
        report(store, "a-b", '{"n": 2}')
        store.accept("a-b")
    assert sorted(path.name for path in (tmp_path / "a-b").iterdir()) == ["run.json"]
    assert read_json(tmp_path / "a-b" / "run.json") == {"n": 2}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "a-b"]


def test_without_a_swap_of_the_system_the_result_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_exchange", lambda first, second: False)
    test_a_report_replaces_the_last_one_whole(tmp_path)


def test_a_report_on_its_way_out_when_the_power_failed_is_put_back(tmp_path: Path) -> None:
    work = tmp_path / ".work" / f"ev-forecast-{'0' * 32}"
    old = work / "a-b.old"
    old.mkdir(parents=True)
    (old / "run.json").write_text('{"n": 1}')
    (work / "half").mkdir()
    with Store(tmp_path) as store:
        assert list(store.records()) == ["a-b"]
    assert not (tmp_path / ".work").exists()


def test_what_failed_lies_beside_the_last_whole_report_until_it_works(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        report(store, "a-b", '{"n": 1}')
        store.accept("a-b")
        (store.side("a-b") / "failure.json").write_text("{}")
        store.reject("a-b")
        assert (tmp_path / "failures" / "a-b" / "failure.json").exists()
        assert read_json(tmp_path / "a-b" / "run.json") == {"n": 1}
        report(store, "a-b", '{"n": 2}')
        store.accept("a-b")
    assert not (tmp_path / "failures" / "a-b").exists()


def test_a_link_in_place_of_a_report_is_replaced_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").touch()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a-b").symlink_to(outside)
    with Store(tmp_path / "out") as store:
        report(store, "a-b", "{}")
        store.accept("a-b")
    assert (outside / "precious").exists()
    assert not (tmp_path / "out" / "a-b").is_symlink()


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        Store(tmp_path),
        pytest.raises(RunError, match=rf"in use by process {os.getpid()} on .* give another --out"),
    ):
        Store(tmp_path).__enter__()
    with Store(tmp_path):
        pass  # the lock is gone with its holder


def test_the_lock_of_a_killed_process_holds_nobody(tmp_path: Path) -> None:
    code = "import os, sys; from forecasting.runs.output.folders import Store; "
    code += "Store(sys.argv[1]).__enter__(); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == -9
    with Store(tmp_path) as store:
        assert store.out == tmp_path


def test_an_output_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    with pytest.raises(InputError, match="file is a file"):
        Store(tmp_path / "file").__enter__()
    with pytest.raises(InputError, match="link is a link to nothing"):
        Store(tmp_path / "link").__enter__()
    with pytest.raises(InputError, match="cannot write to /proc/reports"):
        Store("/proc/reports").__enter__()


@pytest.mark.parametrize("name", [".lock", ".work", "assets", "failures", "logs"])
def test_a_link_inside_the_output_folder_that_leads_out_is_refused(
    tmp_path: Path, name: str
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).symlink_to(outside)
    with pytest.raises(
        InputError, match=rf"{name}: is a link, and a run would write where it leads"
    ):
        Store(tmp_path / "out").__enter__()
    assert outside.read_text() == "precious"


def test_text_is_written_in_one_step(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "old")
    with pytest.raises(UnicodeEncodeError, match="surrogates"):
        write_text(tmp_path / "a", "\ud800")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_what_is_no_object_reads_as_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("[1")
    (tmp_path / "b").write_text("[1]")
    assert [read_json(tmp_path / name) for name in "abc"] == [{}, {}, {}]
