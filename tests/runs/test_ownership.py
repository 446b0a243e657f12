"""Nothing that somebody else made is deleted or overwritten, whatever it is called; a report in the
way fails alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.runs.output import folders
from forecasting.runs.runner import run
from forecasting.vocabulary.errors import InputError


def everything(folder: Path) -> dict[str, str]:
    """Every file and link of a folder, with what is in it."""
    return {
        str(path.relative_to(folder)): os.readlink(path)
        if path.is_symlink()
        else path.read_text("utf-8", "replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file() or path.is_symlink()
    }


@pytest.mark.parametrize(
    "theirs",
    [
        "uz-a/thesis.txt",
        "uz-a/run.json",
        "uz-a",
        ".work/mine",
        "failures/x",
        "failures/uz-a/thesis.txt",
        "index.html",
        "comparison.parquet",
        "comparison.csv",
        "comparison.xlsx",
        "assets",
        "logs/uz-a.log",
        "logs/engine.log",
        ".lock",
    ],
)
def test_what_somebody_else_made_is_refused_by_name_before_anything_runs(
    project: Any, theirs: str
) -> None:
    project.scenario("uz-a")
    path = project.out / theirs
    path.parent.mkdir(parents=True)
    path.write_text('{"mine": 1}')
    result = CliRunner().invoke(main, ["run", str(project.params), "--out", str(project.out)])
    assert result.exit_code == 2, result.output
    assert (
        f"{path}: was not written by a run (move it elsewhere, or give another --out)"
        in result.stderr
    )
    assert everything(project.out) == {theirs: '{"mine": 1}'}


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["uz-a", "failures/uz-b"])
@pytest.mark.parametrize("name", ["notes.txt", "report.ipynb"])
def test_what_is_added_or_changed_in_a_report_is_kept(
    used_project: Any, folder: str, name: str
) -> None:
    project = used_project
    with (project.out / folder / name).open("a") as file:
        file.write("my own words")
    before = everything(project.out)
    with pytest.raises(InputError, match=rf"{folder}/{name}: was not written by a run"):
        run([project.params], project.out, force=True, progress=False)
    assert everything(project.out) == before


@pytest.mark.slow
def test_what_lies_beside_the_reports_stays(project: Any) -> None:
    project.scenario("uz-a")
    for name in (
        "notes/thesis.txt",
        "logs/mine.log",
        "assets/logo.svg",
        "kz-a/thesis.txt",
        "uz-a/.DS_Store",
    ):
        (project.out / name).parent.mkdir(parents=True, exist_ok=True)
        (project.out / name).write_text("mine")
    for _ in range(2):
        assert run([project.params], project.out, force=True, progress=False).ok
    kept = everything(project.out)
    assert [
        kept[name]
        for name in ("notes/thesis.txt", "logs/mine.log", "assets/logo.svg", "kz-a/thesis.txt")
    ] == ["mine"] * 4


def test_an_empty_out_is_an_error(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project.scenario("uz-a")
    monkeypatch.chdir(project.root)
    before = everything(project.root)
    result = CliRunner().invoke(main, ["run", "--out", ""])
    assert (result.exit_code, "--out" in result.stderr, "is empty" in result.stderr) == (
        2,
        True,
        True,
    )
    with pytest.raises(InputError, match="out is ''; give a folder"):
        run([project.params], "", progress=False)
    assert everything(project.root) == before


@pytest.mark.parametrize(
    "name", [".work", "assets/plotly.min.js", "comparison.parquet", "logs/uz-a.log"]
)
@pytest.mark.parametrize(
    "folder", ["project", pytest.param("used_project", marks=pytest.mark.slow)]
)
def test_a_link_where_a_run_would_write_is_refused(
    request: pytest.FixtureRequest, name: str, folder: str
) -> None:
    project = request.getfixturevalue(folder)
    project.scenario("uz-a")
    precious = project.root / "precious"
    precious.write_text("mine")
    path = project.out / name
    folders.remove(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(precious)
    with pytest.raises(
        InputError, match=rf"{name}: is a link, and a run would write where it leads"
    ):
        run([project.params], project.out, force=True, progress=False)
    assert (precious.read_text(), path.is_symlink()) == ("mine", True)


@pytest.mark.slow
@pytest.mark.parametrize("name", [".index.html.part", "uz-a"])
def test_a_link_on_the_way_is_replaced_and_never_followed(used_project: Any, name: str) -> None:
    project = used_project
    precious = project.root / "precious"
    precious.mkdir() if name == "uz-a" else precious.write_text("mine")
    folders.remove(project.out / name)
    (project.out / name).symlink_to(precious)
    before = everything(precious) if precious.is_dir() else precious.read_text()
    assert run([project.params / "uz-a.yaml"], project.out, force=True, progress=False).ok
    assert before == (everything(precious) if precious.is_dir() else precious.read_text())
    assert (project.out / "index.html").read_text().startswith("<!")


@pytest.mark.slow
def test_a_log_with_a_second_name_is_not_written_through(used_project: Any) -> None:
    project = used_project
    project.notebook("import os; os.write(2, b'x')")
    precious, log = project.root / "precious", project.out / "logs" / "uz-a.log"
    precious.write_text("mine")
    log.unlink()
    log.hardlink_to(precious)
    for engine in ("fork", "kernel"):
        paths = [project.params / "uz-a.yaml"]
        assert run(paths, project.out, force=True, engine=engine, progress=False).count("done") == 1  # type: ignore[arg-type]
        assert precious.read_text() == "mine"


@pytest.mark.slow
def test_a_report_that_cannot_be_replaced_fails_by_name_and_the_others_finish(
    reported_project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = reported_project
    real, before = folders._replace, (project.out / "uz-b" / "run.json").read_bytes()

    def refused(side: Path, target: Path) -> None:
        if target == project.out / "uz-b":
            raise PermissionError(1, "Operation not permitted", str(target))
        real(side, target)

    monkeypatch.setattr(folders, "_replace", refused)
    result = CliRunner().invoke(
        main, ["run", str(project.params), "--out", str(project.out), "--force"]
    )
    assert result.exit_code == 1
    assert (
        "failed uz-b: its report cannot be put in its place: Operation not permitted\n"
        "1 done, 1 failed" in result.stdout
    )
    assert (project.out / "uz-b" / "run.json").read_bytes() == before
    assert "Operation not permitted" in (project.out / "index.html").read_text()
    monkeypatch.undo()
    assert run([project.params], project.out, force=True, progress=False).ok
    assert not (project.out / "failures").exists()


@pytest.mark.slow
def test_a_folder_of_somebody_else_that_appears_in_the_middle_is_kept(project: Any) -> None:
    project.notebook(
        f"import pathlib; path = pathlib.Path({str(project.out)!r}) / 'uz-b'",
        "path.mkdir(exist_ok=True); _ = (path / 'thesis.txt').write_text('mine')",
    )
    for name in ("uz-a", "uz-b"):
        project.scenario(name)
    done = run([project.params], project.out, progress=False)
    assert [(r.name, r.status) for r in done.results] == [("uz-a", "done"), ("uz-b", "failed")]
    assert "uz-b was not written by a run: move it elsewhere" in done.failed[0].reason
    assert (project.out / "uz-b" / "thesis.txt").read_text() == "mine"
    assert (project.out / "index.html").exists()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_an_output_folder_deleted_in_the_middle_fails_what_ran_and_the_others_finish(
    project: Any, engine: Any
) -> None:
    project.notebook(f"import shutil\nif name == 'uz-a': shutil.rmtree({str(project.out)!r})")
    for name in ("uz-a", "uz-b"):
        project.scenario(name)
    done = run([project.params], project.out, jobs=1, engine=engine, progress=False)
    assert [(r.name, r.status) for r in done.results] == [("uz-a", "failed"), ("uz-b", "done")]
    assert (
        "No such file or directory" in done.failed[0].reason
        or "ended with status 1" in done.failed[0].reason
    )
    written = {path.name for path in project.out.iterdir()}
    assert written >= {"index.html", "assets", "uz-b", ".lock"}
    again = run([project.params], project.out, dry_run=True)
    assert (again.count("fresh"), again.count("stale")) == (1, 1)


@pytest.mark.slow
def test_a_folder_that_can_no_longer_be_written_fails_scenario_by_scenario(project: Any) -> None:
    project.notebook(
        f"import pathlib, shutil; out = pathlib.Path({str(project.out)!r})",
        "if name == 'uz-a': shutil.rmtree(out); _ = out.write_text('a file')",
    )
    for name in ("uz-a", "uz-b"):
        project.scenario(name)
    done = run([project.params], project.out, jobs=1, progress=False)
    assert [r.status for r in done.results] == ["failed", "failed"]
    assert "cannot be written: " in done.failed[1].reason
    assert "the index could not be written" in done.problem
    assert project.out.read_text() == "a file"
