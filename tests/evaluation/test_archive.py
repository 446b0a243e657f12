"""Forecasts kept as they were made, beside what was printed since."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evaluation.archive import _forecast, archive_record
from forecasting.evaluation.records import RECORD_COLUMNS
from forecasting.evaluation.scores import weighted_interval_score
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.fact import Fact
from forecasting.reporting.past import kept_forecasts
from forecasting.scenarios.joint_draws import QUANTILES, quantile_table
from forecasting.scenarios.outlook_files import load_results, save_tables
from forecasting.vocabulary.errors import EvidenceError, InputError
from forecasting.vocabulary.names import OUTLOOK_TABLE
from forecasting.vocabulary.periods import month, year

LEVELS = np.array(QUANTILES)


def freeze(
    folder: Path, day: str = "2024-12-31", first_year: int = 2025, name: str = "uzbekistan-baseline"
) -> None:
    """Results of a report: imports of 2025 around 50,000, of June around 3,000; 50,000 and 100,000
    on the road.
    """
    spread = np.linspace(0.5, 2.0, 201)[:, None]
    years, months = [year(2024), year(2025)], [month("2025-06")]
    values = {"ev_imports": spread * [24_000, 50_000], "ev_stock": spread * [50_000, 100_000]}
    table = pd.concat(
        [
            quantile_table(name, "UZ", values, years),
            quantile_table(name, "UZ", {"ev_imports": spread * 3_000.0}, months),
        ]
    )
    told = {
        "as_of": day,
        "first_year": first_year,
        "basis": {"UZ": "uz-statistics"},
        "facts_used": [],
    }
    save_tables(folder, table.reset_index(drop=True), pd.DataFrame({"value": [1.0]}), told)


def test_a_sum_of_ports_is_no_place_and_has_no_outcome(tmp_path: Path) -> None:
    freeze(tmp_path / "uzbekistan-baseline")
    alone = archive_record(tmp_path, central_asia())
    values = {"vehicle_exports": np.linspace(0.5, 2.0, 201)[:, None] * [400_000.0]}
    table = quantile_table("frontier-baseline", "ports", values, [year(2025)])
    told = {"as_of": "2024-12-31", "first_year": 2025, "basis": {}, "facts_used": []}
    save_tables(tmp_path / "frontier", table, pd.DataFrame({"value": [1.0]}), told)
    both = archive_record(tmp_path, central_asia())
    pd.testing.assert_frame_equal(both, alone)
    assert (alone.attrs["open"], both.attrs["open"]) == (0, 1)


def test_a_kept_forecast_is_scored_by_what_was_printed_later(tmp_path: Path) -> None:
    freeze(tmp_path / "2024-12-31" / "uzbekistan-baseline")
    shutil.copytree(tmp_path / "2024-12-31", tmp_path / "copy")
    record = archive_record(tmp_path, central_asia()).set_index(["measure", "period"])
    assert record.index.is_unique
    assert record.columns.tolist()[:2] == ["place", "as_of"]
    year_2025 = record.loc[("ev_imports", "2025")]
    assert (year_2025["outcome"], year_2025["inside"], year_2025["own_basis"]) == (
        56_832,
        True,
        True,
    )
    quantiles = load_results(tmp_path / "copy" / "uzbekistan-baseline" / OUTLOOK_TABLE)
    mine = quantiles[
        (quantiles["measure"] == "ev_imports") & (quantiles["period_start"] == "2025-01-01")
    ]
    mine = mine[mine["period_end"] == "2025-12-31"].sort_values("quantile")["value"].to_numpy()
    assert year_2025["score"] == pytest.approx(
        weighted_interval_score(np.log(mine), np.log(56_832)), abs=1e-6
    )
    assert year_2025["median"] == pytest.approx(mine[3])
    assert ("ev_imports", "2024") not in record.index  # before the first year that was forecast
    assert record.loc[("ev_imports", "2025-06"), "outcome"] == 4567
    stock = record.loc[("ev_stock", "2025-10-01")]
    share = (dt.date(2025, 10, 1) - dt.date(2024, 12, 31)).days / 365
    assert stock["median"] == pytest.approx(1.25 * 50_000 * 2**share)
    assert np.isnan(stock["rule_score"])


def test_what_was_known_on_its_day_is_no_outcome(tmp_path: Path) -> None:
    freeze(tmp_path / "a", day="2026-12-31", first_year=2024)
    with pytest.raises(EvidenceError, match="nothing was printed since"):
        archive_record(tmp_path, central_asia())
    assert kept_forecasts(tmp_path, dt.date(2026, 12, 31)) is None


def test_wrong_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        archive_record(tmp_path / "no", central_asia())
    with pytest.raises(InputError, match=r"is no folder that holds an outlook\.parquet"):
        archive_record(tmp_path, central_asia())
    freeze(tmp_path / "uzbekistan-baseline")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / OUTLOOK_TABLE).write_bytes(b"no parquet")
    with pytest.raises(InputError, match=r"/broken: outlook\.parquet is damaged: .*; move that"):
        archive_record(tmp_path, central_asia())


def test_the_command_prints_and_writes_it(tmp_path: Path) -> None:
    freeze(tmp_path / "reports" / "archive" / "2024-12-31" / "uzbekistan-baseline")
    done = CliRunner().invoke(
        main, ["track-record", "--archive", str(tmp_path), "--csv", str(tmp_path / "r.csv")]
    )
    assert done.exit_code == 0, done.output
    assert "from 1 kept forecasts" in done.stdout
    assert pd.read_csv(tmp_path / "r.csv").columns.tolist() == [*RECORD_COLUMNS, "scenario"]
    both = CliRunner().invoke(main, ["track-record", "--archive", str(tmp_path), "--place", "UZ"])
    assert both.exit_code == 2
    assert "--archive stands without" in both.stderr
    assert (
        CliRunner().invoke(main, ["track-record", "--archive", str(tmp_path / "no")]).exit_code == 2
    )


def test_the_index_shows_it(tmp_path: Path) -> None:
    freeze(tmp_path / "2024-12-31" / "uzbekistan-baseline")
    board = kept_forecasts(tmp_path, dt.date(2026, 3, 31))
    assert board["table"].frame["Place"].tolist() == ["Uzbekistan", "All"]
    assert "outcomes counted as the forecast counts lie inside" in board["sentence"]


@pytest.mark.parametrize(
    ("day", "median"),
    [
        ("2024-12-30", None),
        ("2024-12-31", 100.0),
        ("2025-12-31", 200.0),
        ("2026-12-31", 400.0),
        ("2027-01-01", None),
    ],
)
def test_a_stock_is_forecast_from_the_first_day_to_the_last(day: str, median: float | None) -> None:
    quantiles = {year(2024 + n): np.full(7, 100.0 * 2**n) for n in range(3)}
    stock = {"measure": "ev_stock", "place": "UZ", "quantity": "stock", "relation": "equals"}
    fact = Fact(id="a", period_start="", period_end=day, value=5.0, **stock)
    forecast = _forecast(quantiles, fact)
    assert (forecast is None) == (median is None)
    assert forecast is None or forecast[3] == pytest.approx(median)
