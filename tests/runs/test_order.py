"""Scenarios that rest on the same forecasts run near each other, and the first of them ahead."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from forecasting.runs.order import AT_ONCE, arranged
from forecasting.runs.plan import Run
from forecasting.runs.runner import run

FILES = ("outlook.parquet", "draws.parquet", "outlook.xlsx", "report.html")
PARAMS = Path(__file__).parents[2] / "params"

pytestmark = pytest.mark.slow


def made(name: str, country: str, seed: int = 1, reason: str = "never run") -> Run:
    parameters: dict[str, Any] = {"country": country, "as_of": "latest", "seed": seed}
    return Run(
        name, Path(f"{name}.yaml"), Path("country_outlook.ipynb"), parameters, {}, {}, reason
    )


def test_the_first_of_each_country_runs_before_the_others() -> None:
    names = ["kz-a", "kz-b", "uz-a", "uz-b", "uz-c", "tm-a"]
    ordered = arranged(made(name, name[:2]) for name in names)
    assert [run.name for run, _ in ordered] == ["kz-a", "uz-a", "tm-a", "kz-b", "uz-b", "uz-c"]
    shared = {run.name: name for run, name in ordered}
    assert shared["kz-a"] == shared["kz-b"] != shared["uz-a"] == shared["uz-b"] == shared["uz-c"]
    assert shared["tm-a"] == ""


def test_few_countries_are_under_way_at_a_time() -> None:
    ordered = arranged(
        made(f"c{number}-{letter}", f"C{number}")
        for number in range(3 * AT_ONCE)
        for letter in "ab"
    )
    places = [run.parameters["country"] for run, _ in ordered]
    assert max(places[at + 1 :].index(place) for at, place in enumerate(places[:AT_ONCE])) < AT_ONCE
    assert len(ordered) == 6 * AT_ONCE


def test_other_seeds_share_nothing_and_what_is_fresh_is_left_out() -> None:
    ordered = arranged(
        [made("uz-a", "UZ"), made("uz-b", "UZ", seed=2), made("uz-c", "UZ", reason="")]
    )
    assert [(run.name, shared) for run, shared in ordered] == [("uz-a", ""), ("uz-b", "")]


def test_a_scenario_alone_and_beside_another_of_its_country_gives_the_same_bytes(
    tmp_path: Path,
) -> None:
    (tmp_path / "params").mkdir()
    # The second reads what the first has shared
    for name in ("kyrgyzstan-baseline", "kyrgyzstan-constrained"):
        shutil.copy(PARAMS / f"{name}.yaml", tmp_path / "params")
    together, alone = tmp_path / "together", tmp_path / "alone"
    assert not run([tmp_path / "params"], together, progress=False).failed
    assert not run([tmp_path / "params" / f"{name}.yaml"], alone, progress=False).failed
    for file in FILES:
        assert (together / name / file).read_bytes() == (alone / name / file).read_bytes(), file
