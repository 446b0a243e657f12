"""Reports in an object store: fresh ones stay, a report is whole when its record is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest

from forecasting.errors import InputError, RunError
from forecasting.runs import remote
from forecasting.runs.runner import RunResult, RunSummary, run


def pretend(project: Any, made: dict[str, str]) -> Callable[[Path], RunSummary]:
    """A run that writes what a run writes, in no time."""

    def run_into(mirror: Path) -> RunSummary:
        for name, status in made.items():
            folder = mirror / name if status == "done" else mirror / "failures" / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ("run.json" if status == "done" else "failure.json")).write_text(json.dumps({"name": name}))
            (folder / "report.html").write_text(status)
        (mirror / "index.html").write_text(",".join(sorted(path.parent.name for path in mirror.glob("*/run.json"))))
        return RunSummary(mirror, tuple(RunResult(name, status) for name, status in made.items()))  # type: ignore[arg-type]

    return run_into


def listed(address: str) -> list[str]:
    system, root = fsspec.core.url_to_fs(address)
    return sorted(str(path).removeprefix(root.rstrip("/") + "/") for path in system.find(root))


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_what_was_made_is_sent_and_what_is_there_is_known(project: Any, kind: str) -> None:
    address = f"memory://{project.root.name}/reports" if kind == "memory" else f"file://{project.root}/store"
    done = remote.run_remote(address, pretend(project, {"uz-a": "done", "uz-b": "failed"}))
    assert done.out == address
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


def test_a_report_that_was_not_sent_whole_has_no_record(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"file://{project.root}/store"
    remote.run_remote(address, pretend(project, {"uz-a": "done"}))
    put = remote._Remote._put

    def failing(self: Any, mirror: Path, path: Path) -> None:
        if path.name == "report.html":
            raise OSError(28, "No space left on device")
        put(self, mirror, path)

    monkeypatch.setattr(remote._Remote, "_put", failing)
    with pytest.raises(RunError, match=r"cannot write to file://.*No space left"):
        remote.run_remote(address, pretend(project, {"uz-a": "done"}))
    assert "uz-a/run.json" not in listed(address)


def test_a_real_run_into_a_store_is_fresh_the_second_time(project: Any) -> None:
    project.scenario("uz-a", 5)
    address = f"memory://{project.root.name}/real"
    options: dict[str, Any] = {"progress": False}
    assert run([project.params], address, **options).count("done") == 1
    assert {"uz-a/run.json", "uz-a/report.html", "index.html", "assets/plotly.min.js"} <= set(listed(address))
    assert run([project.params], address, dry_run=True).count("fresh") == 1
    assert run([project.params], address, **options).count("fresh") == 1


def test_an_address_that_no_store_has_is_refused(project: Any) -> None:
    project.scenario("uz-a")
    with pytest.raises(InputError, match=r"nowhere://x: .*give a folder, or an address such as s3://bucket/reports"):
        run([project.params], "nowhere://x", progress=False)
    assert remote.remote_address("reports") == ""
    assert remote.remote_address(Path("gs://bucket/x")) == "gs://bucket/x"
