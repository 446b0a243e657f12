"""Whole reports only, one run at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forecasting.runs.output import folders as store_module
from forecasting.runs.output.folders import Store, clear_folder, drop_earlier, read_json, write_json
from forecasting.runs.runner import run
from forecasting.scenarios.outlook_files import METADATA_KEY
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.names import OUTLOOK_TABLE


def report(store: Store, name: str, number: int, *files: str) -> None:
    folder = clear_folder(store.folder(name))
    for file in files:
        (folder / file).touch()
    record = {"name": name, "n": number, "files": dict.fromkeys(files, 0)}
    (folder / "run.json").write_text(json.dumps(record))


def test_a_report_replaces_the_last_one_whole(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        report(store, "a-b", 1, "old.txt")
        store.accept("a-b")
        report(store, "a-b", 2)
        store.accept("a-b")
    assert sorted(path.name for path in (tmp_path / "a-b").iterdir()) == ["run.json"]
    assert read_json(tmp_path / "a-b" / "run.json")["n"] == 2
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
    with Store(tmp_path):
        assert (tmp_path / "a-b" / "run.json").read_text() == '{"n": 1}'
    assert [path.name for path in sorted(tmp_path.iterdir())] == [".lock", "a-b"]


def test_what_failed_lies_beside_the_last_whole_report_until_it_works(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        report(store, "a-b", 1)
        store.accept("a-b")
        (clear_folder(store.folder("a-b")) / "failure.json").write_text("{}")
        store.reject("a-b")
        assert (tmp_path / "failures" / "a-b" / "failure.json").exists()
        assert read_json(tmp_path / "a-b" / "run.json")["n"] == 1
        report(store, "a-b", 2)
        store.accept("a-b")
    assert not (tmp_path / "failures" / "a-b").exists()


def test_a_file_that_is_there_by_name_only_is_a_run_s_and_one_of_another_size_is_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "a-b").mkdir()
    record = {"name": "a-b", "files": {"a.csv": 5}}
    (tmp_path / "a-b" / "run.json").write_text(json.dumps(record))
    strangers = {}
    for text in ("", "x,y\n1", "x,y"):
        (tmp_path / "a-b" / "a.csv").write_text(text)
        strangers[text] = [path.name for path in store_module._strangers_in(tmp_path / "a-b")]
    assert strangers == {"": [], "x,y\n1": [], "x,y": ["a.csv"]}


def test_a_link_in_place_of_a_report_is_replaced_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").touch()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a-b").symlink_to(outside)
    with Store(tmp_path / "out") as store:
        report(store, "a-b", 1)
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


@pytest.mark.slow
def test_the_lock_of_a_killed_process_holds_nobody(tmp_path: Path) -> None:
    code = "import os, sys; from forecasting.runs.output.folders import Store; "
    code += "Store(sys.argv[1]).__enter__(); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == -9
    with Store(tmp_path) as store:
        assert store.reports == tmp_path


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


def test_a_record_is_written_in_one_step(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"n": "old"})
    with pytest.raises(UnicodeEncodeError, match="surrogates"):
        write_json(tmp_path / "a", {"n": "\ud800"})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert read_json(tmp_path / "a") == {"n": "old"}


def test_what_is_no_object_reads_as_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("[1")
    (tmp_path / "b").write_text("[1]")
    assert [read_json(tmp_path / name) for name in "abc"] == [{}, {}, {}]


def dated(folder: Path, day: str, value: float = 1.0) -> bytes:
    """The results of a report of a day."""
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {METADATA_KEY: json.dumps({"as_of": day})}
    table = pa.table({"value": [value]}).replace_schema_metadata(metadata)
    pq.write_table(table, folder / OUTLOOK_TABLE)
    return (folder / OUTLOOK_TABLE).read_bytes()


def test_a_report_of_another_day_leaves_the_first_results_of_the_day_before(tmp_path: Path) -> None:
    kept = tmp_path / "archive" / "2024-12-31" / "a-b" / OUTLOOK_TABLE
    written = []
    days = ["2024-12-31", "2024-12-31", "2025-03-31", "2024-12-31", "2025-06-30"]
    with Store(tmp_path) as store:
        for number, day in enumerate(days):
            report(store, "a-b", number, OUTLOOK_TABLE)
            written.append(dated(store.folder("a-b"), day, number))
            record = {"name": "a-b", "files": {OUTLOOK_TABLE: len(written[-1])}}
            write_json(store.folder("a-b") / "run.json", record)
            store.accept("a-b")
            assert kept.exists() == (number > 1)  # of the same day: the same forecast
    assert kept.read_bytes() == written[1]
    assert {path.name for path in (tmp_path / "archive").iterdir()} == {"2024-12-31", "2025-03-31"}


def kept(out: Path, day: str, as_of: str = "") -> Path:
    """Results of a report that a run has kept under `day`, or under another day than they say."""
    folder = out / "archive" / day / "uz-a"
    dated(folder, as_of or day)
    return folder


def test_only_the_newest_days_are_kept_and_only_what_a_run_has_written_goes(tmp_path: Path) -> None:
    days = [kept(tmp_path, f"2024-0{month}-01").parent for month in range(1, 7)]
    (days[1] / "uz-a" / "thesis.txt").write_text("mine")
    (days[2] / "mine.txt").write_text("mine")
    other = kept(tmp_path, "2023-01-01", as_of="2024-01-01")
    named = tmp_path / "archive" / "notes" / "uz-a"
    named.mkdir(parents=True)
    (named / OUTLOOK_TABLE).write_text("no results")
    elsewhere = kept(tmp_path / "elsewhere", "2020-01-01").parent
    (tmp_path / "archive" / "2020-01-01").symlink_to(elsewhere)
    drop_earlier(tmp_path, 2)
    assert [day.is_dir() for day in days] == [False, True, True, False, True, True]
    assert [path.name for path in days[2].iterdir()] == ["mine.txt"]
    assert {path.name for path in (days[1] / "uz-a").iterdir()} == {OUTLOOK_TABLE, "thesis.txt"}
    assert all((folder / OUTLOOK_TABLE).is_file() for folder in (other, named, elsewhere / "uz-a"))
    drop_earlier(tmp_path, 0)
    assert [day.is_dir() for day in days] == [False, True, True, False, False, False]
    drop_earlier(tmp_path / "nothing", 1)


@pytest.mark.slow
def test_a_run_keeps_as_many_days_as_it_is_told(reported_project: Any) -> None:
    project = reported_project
    for month in range(1, 5):
        kept(project.out, f"2024-0{month}-01")
    project.scenario("uz-a")
    assert run([project.params], project.out, progress=False).count("done") == 1
    assert len([*project.out.glob("archive/*")]) == 4
    assert run([project.params], project.out, progress=False, keep=3).ok
    assert sorted(path.name for path in project.out.glob("archive/*")) == [
        "2024-02-01",
        "2024-03-01",
        "2024-04-01",
    ]


def test_what_cannot_be_removed_is_left_and_a_link_is_never_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a").touch()
    (tmp_path / "link").symlink_to("mine")
    store_module.remove(tmp_path / "link")
    store_module.remove(tmp_path / "nothing")
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "a"]

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "rmdir", refused)
        store_module.remove(tmp_path / "mine")
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]
    store_module.remove(tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
