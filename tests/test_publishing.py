"""What a release rests on besides the code: workflows, recipe, citation, paper, data's versions."""

from __future__ import annotations

import http.server
import json
import re
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from forecasting.vocabulary.names import DATA

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RECORDS = (ROOT / "docs" / "records.md").read_text("utf-8")
PAPER = (ROOT / "docs" / "paper.md").read_text("utf-8")
FACT_CHANGES = (DATA / "CHANGES.md").read_text("utf-8")


def jobs_of(workflow: Path) -> dict[str, dict]:
    return yaml.safe_load(workflow.read_text("utf-8"))["jobs"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_read_and_no_more_unless_a_job_says_so(workflow: Path) -> None:
    told = yaml.safe_load(workflow.read_text("utf-8"))
    assert told["permissions"] == {"contents": "read"}
    for job in told["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 60
        writes = {name for name, kind in job.get("permissions", {}).items() if kind == "write"}
        allowed = {"id-token", "attestations", "pages"}
        if workflow.stem == "refresh":
            allowed = {"contents", "pull-requests"}
        assert writes <= allowed


def test_an_action_is_one_commit_everywhere_and_says_its_version() -> None:
    used = {
        use
        for workflow in WORKFLOWS
        for use in re.findall(r"uses: (.+)", workflow.read_text("utf-8"))
    }
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use) for use in used)
    assert len({use.partition("@")[0] for use in used}) == len(used)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_what_the_makefile_has(workflow: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    steps = [step for job in jobs_of(workflow).values() for step in job["steps"]]
    commands = " ; ".join(step.get("run", "") for step in steps)
    assert set(re.findall(r"\bmake ([a-z-]+)", commands)) <= targets
    assert set(re.findall(r"\bmake: ([a-z-]+)", workflow.read_text("utf-8"))) <= targets
    for path in re.findall(r"(?:params|binder)/[\w./-]+", commands):
        assert (ROOT / path).exists(), path


def test_every_python_that_is_named_is_tested() -> None:
    versions = jobs_of(ROOT / ".github" / "workflows" / "test.yml")["test"]["strategy"]["matrix"]
    named = [
        text.rpartition(" ")[2] for text in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", text)
    ]
    assert versions["python"] == named
    assert PROJECT["requires-python"] == f">={named[0]}"
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.findall(r"(?m)^(?:OLDEST|NEWEST) := (.+)$", makefile) == named


def test_what_is_published_is_what_was_built_and_attested() -> None:
    jobs = jobs_of(ROOT / ".github" / "workflows" / "release.yml")
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["environment"] == "pypi"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    names = [
        step["with"]["name"]
        for job in jobs.values()
        for step in job["steps"]
        if "name" in step.get("with", {})
    ]
    assert names == ["dist", "dist"]
    assert "secrets." not in (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")


def test_the_recipe_needs_what_the_package_needs() -> None:
    recipe = yaml.safe_load((ROOT / "binder" / "recipe.yaml").read_text("utf-8"))
    needs = {need.replace(" ", "").replace("_", "-") for need in recipe["requirements"]["run"]}
    wanted = {need.lower().replace("_", "-") for need in PROJECT["dependencies"]}
    assert needs == wanted | {"python>=${{python-min}}"}
    assert PROJECT["requires-python"] == f">={recipe['context']['python_min']}"
    assert recipe["tests"][0]["python"]["python_version"] == "${{ python_min }}.*"
    assert recipe["context"]["version"] == PROJECT["version"]
    assert recipe["source"] == {"url": "", "sha256": ""}  # blank until there is a release


def test_the_citation_has_the_version_and_its_day() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## {citation['version']} ({citation['date-released']})" in changelog


@pytest.mark.parametrize("form", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml")))
def test_a_form_of_issues_has_what_the_site_asks_for(form: Path) -> None:
    told = yaml.safe_load(form.read_text("utf-8"))
    assert {"name", "description", "body"} <= told.keys()
    assert all(part["attributes"]["label"] for part in told["body"])


def numbers(text: str) -> list[str]:
    """The numbers of a text that are figures of a record: with digits after a point, or above 12,
    and no year.
    """
    found = re.findall(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?", text)
    return [
        number
        for number in found
        if "." in number
        or (float(number.replace(",", "")) > 12 and not re.fullmatch("20..", number))
    ]


def test_every_number_of_the_papers_record_stands_in_the_records() -> None:
    section = PAPER.split("# How well it forecasts")[1].split("\n# ")[0]
    told = numbers(section)
    assert len(told) > 15
    known = set(numbers(RECORDS))
    assert [number for number in told if number not in known and number not in ("0.1", "80")] == []


def test_the_paper_has_its_sections_figures_and_citations() -> None:
    heads = re.findall(r"^# (.+)$", PAPER, re.MULTILINE)
    assert heads == [
        *("Summary", "Statement of need", "State of the field", "Software design"),
        *("How well it forecasts", "Research impact statement", "AI usage disclosure"),
        *("Acknowledgements", "References"),
    ]
    figures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", PAPER)
    assert len(figures) == 2
    assert all((ROOT / "docs" / figure).is_file() for figure in figures)
    entries = re.findall(r"^@\w+\{(\w+),", (ROOT / "docs" / "paper.bib").read_text(), re.MULTILINE)
    assert sorted(set(re.findall(r"@(\w+)", PAPER.split("---")[2]))) == entries
    assert len(entries) >= 15
    assert 750 < len(PAPER.split()) < 1750


def test_every_path_of_the_page_for_contributors_is_there() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    paths = re.findall(r"[`(]([\w.-]+(?:/[\w.-]+)+\.\w+)[`)]", page)
    assert len(paths) > 30
    folders = ("benches", "binder", "docs", "examples", "forecasting", "tests")
    files = [file.as_posix() for name in folders for file in (ROOT / name).rglob("*.*")]
    assert [path for path in paths if not any(file.endswith(f"/{path}") for file in files)] == []


def test_the_datas_version_is_that_of_its_newest_change() -> None:
    package = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    versions = re.findall(r"^## (\d{4}\.\d{2}\.\d{2})$", FACT_CHANGES, re.MULTILINE)
    assert package["version"] == versions[0]
    assert versions == sorted(versions, reverse=True)


def test_what_the_changes_of_facts_name_is_there_or_gone() -> None:
    tables = [*(DATA / "ledger").glob("*.csv"), DATA / "policies.csv", DATA / "programmes.csv"]
    ids = {
        line.partition(",")[0] for table in tables for line in table.read_text("utf-8").split("\n")
    }
    for block in FACT_CHANGES.split("\n\n"):
        named = {name for name in re.findall(r"`([a-z0-9-]+)`", block) if name.count("-") > 2}
        gone = re.findall(r"^- ((?:`[a-z0-9-]+`(?:, )?)+):", block, re.MULTILINE)
        taken_out = {name for names in gone for name in re.findall(r"`([^`]+)`", names)}
        if "Taken out" in FACT_CHANGES.split(block)[0][-14:]:
            assert not taken_out & ids
            named -= taken_out
        assert named <= ids


@pytest.fixture(scope="module")
def links(load_script: Callable[[Path], ModuleType]) -> ModuleType:
    return load_script(ROOT / "benches" / "links.py")


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path[1:4]))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_dead_links_are_named(links: ModuleType, capsys, monkeypatch) -> None:
    monkeypatch.setattr(links, "PAUSE", 0)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}"
        status = links.main([f"{home}/200", f"{home}/404", f"{home}/403", f"{home}/500"])
        server.shutdown()
    told = capsys.readouterr().out.splitlines()
    assert status == 1
    assert told == [
        f"{home}/404 (given): status 404",
        f"{home}/500 (given): status 500",
        "4 addresses, 2 dead",
    ]


def test_every_address_of_the_data_is_tried(links: ModuleType) -> None:
    places = links.addresses()
    assert len(places) > 300
    assert any("policies.csv" in names for names in places.values())
