"""The track record of a ledger: only what was known then, only what was published since, and how
few that is.
"""

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.records import RECORD_COLUMNS
from forecasting.evaluation.track_record import ledger_record
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.reporting.score_words import record_text
from forecasting.vocabulary.errors import EvidenceError

pytestmark = pytest.mark.slow

DAYS = ["2021-12-31", "2022-12-31"]


@pytest.fixture(scope="module")
def record() -> pd.DataFrame:
    return ledger_record(central_asia(), DAYS)


def test_every_forecast_with_an_outcome_is_there(record: pd.DataFrame) -> None:
    assert set(record["as_of"].astype(str)) == set(DAYS)
    assert {("UZ", "ev_imports"), ("TJ", "ev_imports"), ("horgos", "vehicle_exports")} <= set(
        zip(record["place"], record["measure"], strict=True)
    )
    assert not record["measure"].str.startswith("car_").any()  # the prior is of electric vehicles
    assert record["outcome"].notna().all()
    assert record.attrs["open"] > 0
    held = (record["low"] <= record["outcome"]) & (record["outcome"] <= record["high"])
    assert (held == record["inside"].astype(bool)).all()


def test_nothing_published_later_enters_a_forecast(record: pd.DataFrame) -> None:
    frame = central_asia().frame
    later = (
        frame["published"].str[:4].ge("2024") & frame["value"].notna() & frame["unit"].ne("percent")
    )
    changed = Ledger.from_frame(
        frame.assign(value=np.where(later, frame["value"] * 3, frame["value"]))
    )
    again = ledger_record(changed, DAYS, place="UZ")
    uz = record[record["place"] == "UZ"].reset_index(drop=True)
    columns = ["measure", "as_of", "facts", "period", "low", "median", "high"]
    pd.testing.assert_frame_equal(again[columns], uz[columns])
    assert (again["outcome"] != uz["outcome"]).any()


def test_any_flow_can_be_asked_for() -> None:
    cars = ledger_record(central_asia(), ["2023-12-31"], place="KZ", measure="car_sales")
    assert set(cars["measure"]) == {"car_sales"}


def test_the_text_says_how_few_they_are(record: pd.DataFrame) -> None:
    said = record_text(record)
    own = record[record["own_basis"].astype(bool)]
    assert (
        f"{own['inside'].sum()} of {len(own)} outcomes counted as the forecast counts lie inside"
        in said
    )
    assert f"of all {len(record)}, others' counts among them, {record['inside'].sum()}." in said
    assert "These are few, and not independent" in said
    assert f"Forecasts without an outcome so far: {record.attrs['open']}." in said
    one = record[record["inside"].astype(bool) & record["own_basis"].astype(bool)].iloc[:1]
    one.attrs["open"] = 1
    assert "1 of 1 outcomes counted as the forecast counts lie inside" in record_text(one)
    assert "from 1 series of" in record_text(one)


def test_the_columns_are_those_that_are_promised(record: pd.DataFrame) -> None:
    assert record.columns[:12].tolist() == [*RECORD_COLUMNS]
    assert RECORD_COLUMNS[-4:] == ("inside", "own_basis", "score", "rule_score")
    assert (record["score"] >= 0).all()


def test_a_part_of_a_year_on_the_own_perimeter_stands_beside_anothers_whole(
    record: pd.DataFrame,
) -> None:
    uz = record[(record["place"] == "UZ") & (record["as_of"].astype(str) == "2022-12-31")]
    imports = uz[uz["measure"] == "ev_imports"]
    assert imports[["period", "outcome", "own_basis"]].to_numpy().tolist() == [
        ["2022", 2180.0, True],
        ["2023", 21469.0, False],
        ["2023-01..2023-07", 7391.0, True],
    ]


def test_registers_and_chargers_are_in_it() -> None:
    uz = ledger_record(central_asia(), ["2024-12-31"], place="UZ", measure="charging_stations")
    assert uz[["period", "outcome", "own_basis", "inside"]].to_numpy().tolist() == [
        ["2025-05-01", 1399.0, True, True]
    ]
    kz = ledger_record(central_asia(), ["2024-12-31"], place="KZ", measure="ev_stock")
    assert kz["outcome"].tolist() == [12119.0, 12655.0]
    assert (kz["low"] > 11_000).all()  # the last count, of August, was about 10,600
    assert kz["rule_score"].notna().all()


def test_of_an_index_growth_is_set_beside_growth() -> None:
    xj = ledger_record(
        central_asia(), ["2023-12-31"], place="CN-XJ", measure="ev_export_value_index"
    )
    assert xj[["period", "own_basis"]].to_numpy().tolist() == [["2024-01..2024-02", True]]
    assert xj["outcome"].tolist() == pytest.approx([87.1])
    assert (xj["low"] < xj["median"]).all()
    assert (xj["low"] > -100).all()


def test_days_with_nothing_to_judge_are_refused() -> None:
    with pytest.raises(EvidenceError, match=r"no forecast has an outcome"):
        ledger_record(central_asia(), ["2010-12-31"])
    with pytest.raises(EvidenceError, match=r"no fact of this ledger has a date of publication"):
        ledger_record(Ledger())
