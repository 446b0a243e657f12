"""The track record of a ledger: only what was known then, only what was published since, and how few that is."""

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import EvidenceError
from forecasting.evaluation.ledger_record import ledger_record, record_text
from forecasting.evaluation.track_record import track_record
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger

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
    later = frame["published"].str[:4].ge("2024") & frame["value"].notna() & frame["unit"].ne("percent")
    changed = Ledger.from_frame(frame.assign(value=np.where(later, frame["value"] * 3, frame["value"])))
    again = ledger_record(changed, DAYS, place="UZ")
    uz = record[record["place"] == "UZ"].reset_index(drop=True)
    columns = ["measure", "as_of", "facts", "period", "low", "median", "high"]
    pd.testing.assert_frame_equal(again[columns], uz[columns])
    assert (again["outcome"] != uz["outcome"]).any()


def test_it_is_the_track_record_of_each_flow(record: pd.DataFrame) -> None:
    """Of one whose market has no size in the ledger of that day."""
    one = track_record(central_asia(), DAYS[1:], place="horgos", measure="vehicle_exports")
    row = record[(record["place"] == "horgos") & (record["measure"] == "vehicle_exports")].iloc[0]
    assert row["median"] == one["median"].iloc[row["period"] == one["period"]].iloc[0]


def test_any_flow_can_be_asked_for() -> None:
    cars = ledger_record(central_asia(), ["2023-12-31"], place="KZ", measure="car_sales")
    assert set(cars["measure"]) == {"car_sales"}


def test_the_text_says_how_few_they_are(record: pd.DataFrame) -> None:
    said = record_text(record)
    assert f"{record['inside'].astype(int).sum()} of {len(record)} outcomes lie inside their 80 % interval" in said
    assert "These are few, and not independent" in said
    assert f"Forecasts without an outcome so far: {record.attrs['open']}." in said
    one = record[record["inside"].astype(bool)].iloc[:1]
    one.attrs["open"] = 1
    assert "1 of 1 outcomes lie inside" in record_text(one)
    assert "from 1 flow of" in record_text(one)


def test_days_with_nothing_to_judge_are_refused() -> None:
    with pytest.raises(EvidenceError, match=r"no forecast has an outcome"):
        ledger_record(central_asia(), ["2010-12-31"])
    with pytest.raises(EvidenceError, match=r"no fact of this ledger has a date of publication"):
        ledger_record(Ledger())
