"""IEA's published table, as it can be downloaded, into the panel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.sources.iea import PANEL, annual_sales, read_iea_panel
from forecasting.vocabulary.errors import EvidenceError

LONG = """region,category,parameter,mode,powertrain,year,unit,value
Norway,Historical,EV sales,Cars,BEV,2023,Vehicles,100000
Norway,Historical,EV sales,Cars,PHEV,2023,Vehicles,10000
Norway,Historical,EV sales share,Cars,EV,2023,percent,90
Norway,Historical,EV stock,Cars,BEV,2023,Vehicles,690000
Norway,Historical,EV charging points,EV,Publicly available fast,2023,charging points,12000
Norway,Historical,EV sales,Buses,BEV,2023,Vehicles,400
Norway,Projection-STEPS,EV sales,Cars,BEV,2030,Vehicles,150000
World,Historical,EV sales,Cars,BEV,2023,Vehicles,9500000
Austria,Historical,EV sales,Cars,BEV,2010,Vehicles,110
"""


def test_the_published_table(tmp_path: Path) -> None:
    path = tmp_path / "iea.csv"
    path.write_text(LONG)
    panel = read_iea_panel(path)
    assert tuple(panel.columns) == PANEL
    assert panel[["market", "year"]].to_numpy().tolist() == [["Austria", 2010], ["Norway", 2023]]
    norway = panel.iloc[1]
    assert (norway["sales_bev"], norway["sales_phev"], norway["sales_share_percent"]) == (
        100000,
        10000,
        90,
    )
    assert (norway["stock_bev"], norway["public_fast_points"]) == (690000, 12000)
    assert np.isnan(norway["public_slow_points"])


def test_the_edition_of_2025_names_its_column_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "iea.csv"
    path.write_text(LONG.replace("region,", "region_country,", 1))
    assert len(read_iea_panel(path)) == 2


def test_a_panel_is_read_as_it_is_and_goes_round(tmp_path: Path) -> None:
    path, again = tmp_path / "iea.csv", tmp_path / "panel.csv"
    path.write_text(LONG)
    read_iea_panel(path).to_csv(again, index=False)
    pd.testing.assert_frame_equal(read_iea_panel(again), read_iea_panel(path))


def test_sales_and_shares_by_perimeter(tmp_path: Path) -> None:
    path = tmp_path / "iea.csv"
    path.write_text(LONG)
    panel = read_iea_panel(path)
    every, battery = annual_sales(panel), annual_sales(panel, battery_only=True)
    assert every["sales"].tolist() == [110.0, 110000.0]
    assert every["parts"].tolist() == ["bev", "bev+phev"]
    assert every["share"].iloc[1] == pytest.approx(0.9)
    assert battery["share"].iloc[1] == pytest.approx(0.9 * 10 / 11)
    assert np.isnan(every["share"].iloc[0])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "market,year,sales\nA,2020,5\n",
            r"iea.csv:1: column 'sales_bev' is missing \(did you mean sales\?\)",
        ),
        (LONG.replace("powertrain", "power"), "column 'powertrain' is missing"),
        (
            "market,year,sales_bev\nA,2020,5\nB,2021,many\n",
            "3 sales_bev: .many. is not a count",
        ),
        ("market,year,sales_bev\nA,,5\nA,2020,5\n", "iea.csv:2 year: .nan. is not a year"),
        ("", "cannot be read"),
    ],
)
def test_files_that_are_neither(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "iea.csv"
    path.write_text(content)
    with pytest.raises(EvidenceError, match=said):
        read_iea_panel(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"cannot be read: .*No such file"):
        read_iea_panel(tmp_path / "none.csv")
