"""The ledger as a data package: other people's tools read and check it."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from frictionless import Package

from forecasting.evidence import datasets
from forecasting.evidence.policies import read_policies

FILE = datasets.path("datapackage.json")
TOLD = json.loads(FILE.read_text("utf-8"))


@pytest.mark.slow
def test_frictionless_finds_nothing_wrong() -> None:
    report = Package(str(FILE)).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    facts = Package(str(FILE)).get_resource("facts").read_rows()
    assert [row["id"] for row in facts] == datasets.central_asia().frame["id"].tolist()
    policies = Package(str(FILE)).get_resource("policies").read_rows()
    assert [row["id"] for row in policies] == list(read_policies())


def test_frictionless_finds_what_is_wrong(tmp_path: Path) -> None:
    told = copy.deepcopy(TOLD)
    told["resources"][0]["path"] = "article.csv"
    text = (
        datasets.path("ledger/article.csv").read_text("utf-8").replace(",outcome,", ",outcom,", 1)
    )
    (tmp_path / "article.csv").write_text(text, "utf-8")
    for name in ("bases.csv", "policies.csv", "programmes.csv"):
        (tmp_path / name).write_bytes(datasets.path(name).read_bytes())
    (tmp_path / "datapackage.json").write_text(json.dumps(told), "utf-8")
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert [error[1] for error in report.flatten(["rowNumber", "fieldName"])] == ["kind"]


def test_every_source_has_its_terms() -> None:
    told = TOLD["sources"]
    assert {source["title"] for source in told} >= set(datasets.central_asia().frame["source"])
    assert all(source["licence"]["title"] for source in told)
    (iea,) = [
        source for source in told if source["title"].startswith("IEA, Global EV Data Explorer")
    ]
    assert "editions 2025 and 2026" in iea["title"]
    assert iea["licence"]["name"] == "CC-BY-4.0"
    assert {s["licence"]["name"] for s in told if s["title"].startswith("World Bank")} == {
        "CC-BY-4.0"
    }
