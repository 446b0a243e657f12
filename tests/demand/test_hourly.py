"""Hours for grid models: energy is conserved, the managed case has the lowest night that holds what
is moved.
"""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st

from forecasting.cli import main
from forecasting.demand.load import MOVABLE, NIGHT, hourly_load, managed_day
from forecasting.evidence.datasets import central_asia
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.scenarios.outlook import outlook

SHARES = np.array([10, 9, 9, 8, 7, 7, 8, 8, 7, 8, 9, 10]) / 100


def test_energy_is_conserved_by_setting_month_and_case():
    table = hourly_load({"home": 60.0, "work": 40.0}, SHARES, (50.0, 100.0, 220.0), 2028)
    assert len(table) == 8760
    assert table[
        ["home", "work", "total", "total_low", "total_high", "managed"]
    ].sum().tolist() == pytest.approx([60e3, 40e3, 100e3, 50e3, 220e3, 100e3])
    by_month = table["total"].groupby(pd.to_datetime(table.index).month).sum()
    assert by_month.to_numpy() == pytest.approx(SHARES * 100e3)
    assert not any("-02-29" in hour for hour in table.index)
    assert table.index[[0, -1]].tolist() == ["2028-01-01 00:00:00", "2028-12-31 23:00:00"]


loads = st.lists(st.floats(0, 1000), min_size=24, max_size=24).map(np.array)


@pytest.mark.slow
@given(loads, loads)
def test_a_managed_day_moves_energy_to_the_night_and_fills_it_evenly(home, work):
    day = managed_day({"home": home, "work": work})
    left = home * (1 - MOVABLE["home"]) + work
    assert day.sum() == pytest.approx(home.sum() + work.sum(), abs=1e-6)
    assert (day >= left - 1e-9).all()
    night = day[list(NIGHT)]
    filled = night > left[list(NIGHT)] + 1e-6
    assert not filled.any() or np.ptp(night[filled]) < 1e-6
    others = [hour for hour in range(24) if hour not in NIGHT]
    assert day[others] == pytest.approx(left[others])


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    given_ = {
        "country": "UZ",
        "scenario": "hours",
        "as_of": "2024-06-30",
        "horizon": 2028,
        "seed": 1,
    }
    made = outlook(
        scenario_from_parameters(given_ | {"market_size": 450_000}), central_asia(), draws=300
    )
    folder = tmp_path_factory.mktemp("report")
    made.save(folder)
    return folder, made


@pytest.mark.slow
def test_a_stored_report_is_exported_and_says_the_same_energy(report, tmp_path):
    folder, made = report
    done = CliRunner().invoke(
        main, ["export", str(folder), "--hourly", str(tmp_path / "hours.csv")]
    )
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "hours.csv", index_col=0, parse_dates=True)
    low, middle, high = (
        np.quantile(made.demand.results["energy_gwh"][:, -1], (0.1, 0.5, 0.9)) * 1000
    )
    assert table[["total_low", "total", "total_high"]].sum().tolist() == pytest.approx(
        [low, middle, high], rel=1e-4
    )
    on_the_road = sum(fleet.mean_stock[:, -1] for fleet in made.demand.fleets.values())
    per_vehicle = 1000 * table["total"].max() / np.median(on_the_road)
    # KW, as measured at the peak of fleets with uncontrolled charging
    assert 0.5 < per_vehicle < 1.5


def test_a_corridor_has_no_hours(tmp_path):
    given_ = {
        "corridor": "xinjiang",
        "scenario": "hours",
        "as_of": "2023-06-26",
        "horizon": 2024,
        "seed": 1,
    }
    outlook(scenario_from_parameters(given_), central_asia(), draws=100).save(tmp_path / "report")
    done = CliRunner().invoke(
        main, ["export", str(tmp_path / "report"), "--hourly", str(tmp_path / "hours.csv")]
    )
    assert done.exit_code == 2
    assert "has no charging by hour" in done.output
    assert not (tmp_path / "hours.csv").exists()
