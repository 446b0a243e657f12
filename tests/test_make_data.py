"""What ships is made by one script from what it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecasting.growth.prior import Prior
from forecasting.panels.charger_panel import CHARGER_COLUMNS
from forecasting.vocabulary.names import DATA

SCRIPT = Path(__file__).parent.parent / "benches" / "make_data.py"


@pytest.fixture(scope="module")
def made(load_script: Callable[[Path], ModuleType]) -> ModuleType:
    return load_script(SCRIPT)


def run(made: ModuleType, out: Path, *arguments: object) -> None:
    result = CliRunner().invoke(made.main, [*map(str, arguments), "--out", str(out)])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("package", "datapackage.json"),
        ("schema", "params.schema.json"),
    ],
)
def test_what_ships_is_what_is_made(made, tmp_path, command, name):
    run(made, tmp_path, command)
    assert (tmp_path / name).read_text("utf-8") == (DATA / name).read_text("utf-8")


def test_practice_is_made_from_a_panel(made, tmp_path):
    rows = [
        (f"M{m}", 2012 + y, 1000 * 2.0**y, 0, 10 * 2 ** (0.7 * y), 90 * 2 ** (0.7 * y))
        for m in range(6)
        for y in range(7)
    ]
    pd.DataFrame(rows, columns=CHARGER_COLUMNS).to_csv(tmp_path / "panel.csv", index=False)
    run(made, tmp_path, "practice", tmp_path / "panel.csv")
    record = json.loads((tmp_path / "practice.json").read_text())
    assert record["practice"]["elasticity"] == pytest.approx(0.7)
    assert record["source"].startswith(
        "estimated on 6 markets with both fast and slow points up to 2018"
    )
    assert record["band"][0] == [1000, 100, 100, 100, 6]


def test_priors_are_made_from_a_panel_and_months(made, tmp_path):
    rows = []
    for market in range(8):
        share = 1 / (1 + np.exp(5 - 0.4 * np.arange(10) - 0.05 * market))
        rows += [
            (f"M{market}", 2012 + t, round(1e5 * s), round(5e4 * s), 100 * s)
            for t, s in enumerate(share.tolist())
        ]
    columns = ["market", "year", "sales_bev", "sales_phev", "sales_share_percent"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "panel.csv", index=False)
    months = [f"{year}-{month:02d}" for year in (2020, 2021) for month in range(1, 13)]
    flat = pd.DataFrame({"market": "A", "month": months, "bev": 100})
    flat.to_csv(tmp_path / "months.csv", index=False)
    run(made, tmp_path, "priors", tmp_path / "panel.csv", tmp_path / "months.csv")
    prior = Prior.from_json((tmp_path / "prior_battery_cars.json").read_text("utf-8"))
    assert (prior.markets, prior.last_year, prior.perimeter) == (8, 2021, "battery cars")
    assert prior.basis_drift == pytest.approx(0.0, abs=1e-3)  # all plug-in cars are 1.5 times those
    assert "make_data.py priors PANEL MONTHS" in prior.source
    analogues = pd.read_csv(tmp_path / "analogues.csv")
    assert set(analogues["perimeter"]) == {"battery cars", "all electric vehicles"}
    assert analogues["growth"].between(0.2, 0.5).all()


def test_market_years_are_told_with_the_growth_before_and_after(made):
    sales = pd.DataFrame(
        {
            "market": "A",
            "year": [2022, 2023, 2024],
            "parts": "bev",
            "sales": [10.0, 20.0, 50.0],
            "share": [0.01, 0.02, 0.05],
        }
    )
    rows = made.analogue_rows(sales, "battery cars")[["year", "before", "growth"]]
    assert rows.iloc[0].isna().tolist() == [False, True, False]
    assert rows.iloc[1].tolist() == [2023, 1.0, 1.5]


def test_two_counts_drift_apart_as_their_ratio_walks(made):
    rng = np.random.default_rng(1)
    walk = np.cumsum(0.2 * rng.standard_normal((60, 12)), axis=1)
    rows = [
        (f"m{m}", 2010 + t, 1000.0, 1500 * np.exp(walk[m, t])) for m in range(60) for t in range(12)
    ]
    panel = pd.DataFrame(rows, columns=["market", "year", "sales", "wide"])
    narrow = panel[["market", "year", "sales"]]
    wide = panel[["market", "year", "wide"]].rename(columns={"wide": "sales"})
    assert made.estimate_drift(narrow, wide) == pytest.approx(0.2, abs=0.02)
