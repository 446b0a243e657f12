"""Which reports of a folder are added up on its index, without a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_up import make_results

from forecasting.reporting import site
from forecasting.vocabulary.errors import InputError

RUN = {"scenario": "baseline", "link": "a.html", "parameters": {"seed": 1}, "newest_count": None}
NAMES = {"kazakhstan": "KZ", "uzbekistan": "UZ", "kyrgyzstan": "KG"}


def told(monkeypatch: pytest.MonkeyPatch, *changes: dict[str, Any]) -> Any:
    """The countries whose draws are added, and what else the section is given."""
    runs = [
        RUN | {"name": f"{name}-baseline", "country": code, "place": name} | change
        for (name, code), change in zip(NAMES.items(), changes, strict=False)
    ]

    def read(path: Path, _: Any) -> list[Any]:
        name = path.parent.name
        if name.startswith("kyrgyzstan"):
            raise InputError("damaged")
        return [make_results(name, NAMES[name.partition("-")[0]])]

    monkeypatch.setattr(site, "load_draws", read)
    monkeypatch.setattr(site, "_region_part", lambda *given: given)
    results = {(run["name"], run["country"]): run["name"] for run in runs}
    return site._region(Path("reports"), runs, results)


def test_baselines_of_two_countries_and_more_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is damaged is named by its absence."""
    total, stored, counts = told(monkeypatch, {"newest_count": "a count"}, {}, {})
    assert stored == {
        "kazakhstan": ("a.html", "KZ", "kazakhstan-baseline"),
        "uzbekistan": ("a.html", "UZ", "uzbekistan-baseline"),
    }
    assert counts == ["a count"]
    ones = make_results().values["ev_stock"]
    assert total.values["ev_stock"] == pytest.approx(2 * ones)


@pytest.mark.parametrize(
    "change",
    [
        {"scenario": "accelerated"},
        {"link": ""},
        {"country": "NO"},
        {"parameters": {"seed": 2}},
    ],
)
def test_one_baseline_or_another_seed_makes_no_sum(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    assert told(monkeypatch, {}, change) is None
