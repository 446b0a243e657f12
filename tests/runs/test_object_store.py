"""Reports in an object store: fresh ones stay, a report is whole when its record is there."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest

from forecasting.runs.output import object_store as remote
from forecasting.runs.runner import RunResult, RunSummary, run
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.names import LOCK


def pretend(project: Any, made: dict[str, str]) -> Callable[[Path], RunSummary]:
    """A run that writes what a run writes, in no time."""

    def run_into(mirror: Path) -> RunSummary:
        for name, status in made.items():
            folder = mirror / name if status == "done" else mirror / "failures" / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ("run.json" if status == "done" else "failure.json")).write_text(
                json.dumps({"name": name})
            )
            (folder / "report.html").write_text(status)
        (mirror / "index.html").write_text(
            ",".join(sorted(path.parent.name for path in mirror.glob("*/run.json")))
        )
        return RunSummary(mirror, tuple(RunResult(name, status) for name, status in made.items()))  # type: ignore[arg-type]

    return run_into


def listed(address: str) -> list[str]:
    system, root = fsspec.core.url_to_fs(address)
    return sorted(str(path).removeprefix(root.rstrip("/") + "/") for path in system.find(root))


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_what_was_made_is_sent_and_what_is_there_is_known(project: Any, kind: str) -> None:
    address = (
        f"memory://{project.root.name}/reports"
        if kind == "memory"
        else f"file://{project.root}/store"
    )
    done = remote.run_remote(address, pretend(project, {"uz-a": "done", "uz-b": "failed"}))
    assert done.folder == address
    first = [
        "failures/uz-b/failure.json",
        "failures/uz-b/report.html",
        "index.html",
        "uz-a/report.html",
        "uz-a/run.json",
    ]
    assert listed(address) == first
    remote.run_remote(address, pretend(project, {"uz-b": "done"}))
    whole = ["index.html", "uz-a/report.html", "uz-a/run.json", "uz-b/report.html", "uz-b/run.json"]
    assert listed(address) == whole
    system, root = fsspec.core.url_to_fs(address)
    assert system.cat(f"{root}/index.html") == b"uz-a,uz-b"
    assert system.cat(f"{root}/uz-a/report.html") == b"done"


def test_of_what_lies_beside_the_reports_the_lock_is_not_sent(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    summary = pretend(None, {"uz-a": "done"})(mirror)
    (mirror / LOCK).write_text("held here")
    (mirror / "runs.json").write_text("{}")
    system = fsspec.filesystem("file")
    remote._Remote(system, str(tmp_path / "store"), mirror).push(summary)
    sent = ["index.html", "runs.json", "uz-a/report.html", "uz-a/run.json"]
    assert listed(f"file://{tmp_path}/store") == sent


def test_a_report_that_was_not_sent_whole_has_no_record(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"file://{project.root}/store"
    remote.run_remote(address, pretend(project, {"uz-a": "done"}))
    put = remote._Remote._upload

    def failing(self: Any, path: Path) -> None:
        if path.name == "report.html":
            raise OSError(28, "No space left on device")
        put(self, path)

    monkeypatch.setattr(remote._Remote, "_upload", failing)
    with pytest.raises(RunError, match=r"cannot write to file://.*No space left"):
        remote.run_remote(address, pretend(project, {"uz-a": "done"}))
    assert "uz-a/run.json" not in listed(address)


@pytest.mark.slow
def test_a_real_run_into_a_store_is_fresh_the_second_time(project: Any) -> None:
    project.scenario("uz-a", 5)
    address = f"memory://{project.root.name}/real"
    options: dict[str, Any] = {"progress": False}
    assert run([project.params], address, **options).count("done") == 1
    assert {"uz-a/run.json", "uz-a/report.html", "index.html", "assets/plotly.min.js"} <= set(
        listed(address)
    )
    assert run([project.params], address, dry_run=True).count("fresh") == 1
    assert run([project.params], address, **options).count("fresh") == 1


def test_an_address_that_no_store_has_is_refused(project: Any) -> None:
    project.scenario("uz-a")
    with pytest.raises(
        InputError, match=r"nowhere://x: .*give a folder, or an address such as s3://bucket/reports"
    ):
        run([project.params], "nowhere://x", progress=False)
    assert remote.remote_address("reports") == ""
    assert remote.remote_address(Path("gs://bucket/x")) == "gs://bucket/x"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that is renewed, and taken for dead, in no time."""
    for name, seconds in {"RENEWED": 0.05, "GONE": 0.4, "SETTLE_SECONDS": 0.02}.items():
        monkeypatch.setattr(remote, name, seconds)


def test_two_runs_do_not_share_a_folder_of_a_store(project: Any, quick: None) -> None:
    address = f"memory://{project.root.name}/shared"
    system, root = fsspec.core.url_to_fs(address)
    with (
        remote.Lease(system, f"{root}/.lock", address),
        pytest.raises(RunError, match=rf"{address} is in use by process \d+ on "),
    ):
        remote.run_remote(address, lambda _: pytest.fail("ran"))
    assert remote.run_remote(address, pretend(project, {"uz-a": "done"})).ok
    assert ".lock" not in listed(address)


def test_the_lock_of_a_run_that_was_killed_is_taken_over(project: Any, quick: None) -> None:
    address = f"memory://{project.root.name}/killed"
    system, root = fsspec.core.url_to_fs(address)
    system.pipe_file(
        f"{root}/.lock", b'{"holder": "process 1 on elsewhere", "token": "x", "beat": 7}'
    )
    assert remote.run_remote(address, pretend(project, {"uz-a": "done"})).ok
    assert listed(address) == ["index.html", "uz-a/report.html", "uz-a/run.json"]


def test_a_run_that_was_suspended_and_lost_its_lock_sends_nothing(
    project: Any, quick: None
) -> None:
    address = f"memory://{project.root.name}/suspended"
    system, root = fsspec.core.url_to_fs(address)

    def run_into(mirror: Path) -> RunSummary:
        system.pipe_file(
            f"{root}/.lock", b'{"holder": "process 2 on elsewhere", "token": "y", "beat": 1}'
        )
        return pretend(project, {"uz-a": "done"})(mirror)

    with pytest.raises(RunError, match="is in use by process 2 on elsewhere"):
        remote.run_remote(address, run_into)
    assert listed(address) == [".lock"]


def test_a_dry_run_into_a_store_writes_nothing(project: Any) -> None:
    project.scenario("uz-a")
    address = f"memory://{project.root.name}/dry"
    assert run([project.params], address, dry_run=True).count("stale") == 1
    assert listed(address) == []


KEYS = (
    "../../x/run.json",
    "uz-a/../../../x/run.json",
    "/etc/run.json",
    "uz-a//run.json",
    "./run.json",
    "a\\\\b/run.json",
)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_key_that_leads_out_of_its_folder_is_refused(
    project: Any, monkeypatch: pytest.MonkeyPatch, key: str, dry_run: bool
) -> None:
    project.scenario("uz-a")
    address = f"memory://{project.root.name}/hostile"
    system, root = fsspec.core.url_to_fs(address)
    scratch = project.root / "deep" / "scratch"
    scratch.mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(
        type(system), "find", lambda self, path: [f"{root}/uz-a/index.html", f"{root}/{key}"]
    )
    monkeypatch.setattr(
        type(system), "get_file", lambda self, path, here: Path(here).write_text("from outside")
    )
    before = sorted(project.root.rglob("*"))
    with pytest.raises(InputError, match=r"has the key '.*', which leads out of it: remove it"):
        run([project.params], address, dry_run=dry_run, progress=False)
    assert sorted(project.root.rglob("*")) == before


def test_what_another_put_into_a_store_is_never_removed(project: Any) -> None:
    address = f"memory://{project.root.name}/shared-by-two"
    system, root = fsspec.core.url_to_fs(address)
    assert (
        remote.run_remote(address, pretend(project, {"uz-a": "done", "uz-b": "failed"})).ok is False
    )

    def run_into(mirror: Path) -> RunSummary:
        for name in ("uz-a/theirs.txt", "failures/uz-b/theirs.txt"):
            system.pipe_file(f"{root}/{name}", b"precious")
        return pretend(project, {"uz-a": "done", "uz-b": "done"})(mirror)

    remote.run_remote(address, run_into)
    assert {"uz-a/theirs.txt", "failures/uz-b/theirs.txt"} <= set(listed(address))
    project.scenario("uz-a")
    with pytest.raises(InputError, match=r"theirs\.txt: was not written by a run"):
        run([project.params], address, force=True, progress=False)


def test_a_folder_that_a_store_lists_is_no_report(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.scenario("uz-a")
    address = f"memory://{project.root.name}/marked"
    system, root = fsspec.core.url_to_fs(address)
    monkeypatch.setattr(type(system), "find", lambda self, path: [f"{root}/", f"{root}/uz-a/"])
    assert run([project.params], address, dry_run=True).count("stale") == 1


def test_what_a_store_needs_besides_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(name: str) -> None:
        raise ImportError("no gcsfs")

    monkeypatch.setattr(remote.importlib, "import_module", missing)
    told = (
        r"^gs://x needs more to be installed: pip install 'ev-forecasting\[remote\]' \(no gcsfs\)$"
    )
    with pytest.raises(InputError, match=told):
        remote._connect("gs://x", tmp_path)


def test_a_name_that_is_too_long_for_the_disk_is_told_in_part(tmp_path: Path) -> None:
    system, root = fsspec.core.url_to_fs(f"memory://{tmp_path.name}/long")
    path = f"{root}/{'a' * 300}/run.json"
    system.pipe(path, b"{}")
    with pytest.raises(InputError, match=r"^cannot read ") as caught:
        remote._Remote(system, root, tmp_path).pull()
    assert str(caught.value) == f"cannot read {path[:200]!a}: File name too long"
