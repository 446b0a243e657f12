"""IEA's published table, as it can be downloaded, into the panel."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.sources import iea
from forecasting.evidence.sources.iea import PANEL, annual_sales, read_iea_panel
from forecasting.evidence.sources.polite import Page, PageReader
from forecasting.vocabulary.errors import EvidenceError, RunError

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


ANSWER = """region,category,parameter,mode,powertrain,year,unit,value
Norway,Historical,EV sales,Cars,BEV,2023,Vehicles,100000
Norway,Historical,EV sales,Cars,BEV,2021,Vehicles,5
Norway,Historical,EV sales,Cars,BEV,2026,Vehicles,6
Norway,Historical,EV sales,Cars,BEV,2025,Vehicles,120000
Sweden,Historical,EV sales,Cars,BEV,2023,Vehicles,7
Norway,Projection-STEPS,EV sales,Cars,BEV,2023,Vehicles,8
Norway,Historical,EV charging points,EV,Publicly available fast,2023,charging points,9000
Norway,Historical,EV charging points,EV,Publicly available slow,2023,charging points,21000
Norway,Historical,EV charging points,EV,Publicly available fast,2024,charging points,9500
"""


def test_years_that_have_ended_are_proposed_and_sums_that_are_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(_: PageReader, path: str, question: dict[str, str], of: Any) -> Page:
        assert (path, question["region"]) == ("evs", "Norway")
        return Page(of(ANSWER), "https://example.org", dt.date(2026, 3, 15), b"")

    monkeypatch.setattr(PageReader, "page", read)
    rows = [*iea.proposed_rows(["NO"], 2023, "https://example.org", dt.date(2026, 3, 15))]
    told = [row and (row["measure"], row["period_end"], row["value"]) for row in rows]
    assert told == [
        ("ev_sales", "2023-12-31", "100000"),
        ("ev_sales", "2025-12-31", "120000"),
        ("charging_points", "2023-12-31", "30000"),
        None,
    ]
    sales = rows[0]
    assert sales is not None
    assert (sales["relation"], sales["kind"], sales["basis"]) == ("about", "estimate", "iea")
    assert sales["quote"] == "Norway, 2023: EV sales, Cars, BEV: 100,000"


def test_an_answer_without_lines_is_empty_and_another_table_is_refused() -> None:
    assert [iea._lines(text) for text in ("", " \n", "[]\n")] == [[], [], []]
    assert len(iea._lines(ANSWER)) == 9
    with pytest.raises(RunError, match="has no column parameter, mode, powertrain, year, value"):
        iea._lines("region,category\nNorway,Historical\n")
    with pytest.raises(RunError, match="the answer is no CSV: "):
        iea._lines('region\n"Norway')
