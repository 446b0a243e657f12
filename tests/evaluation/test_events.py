"""The backtest about the ends of privileges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.events import (
    MULTIPLIER,
    WITH_DATE,
    WITHOUT_DATE,
    event_skill,
    summarise_events,
)
from forecasting.vocabulary.errors import EvidenceError

PANEL = pd.DataFrame(
    [
        (m, y, 1000 * 1.5 ** (y - 2014), 0.0, 0.1 * 1.5 ** (y - 2014))
        for m in ("Norway", "Sweden", "New Zealand", "Czech Republic", "Chile")
        for y in range(2014, 2024)
    ],
    columns=["market", "year", "sales_bev", "sales_phev", "sales_share_percent"],
)


@pytest.fixture(scope="module")
def months() -> pd.DataFrame:
    """Norway before and after January 2023, and Sweden without an event of its own."""
    index = pd.period_range("2020-01", "2023-12", freq="M")
    logs = 7 + 0.03 * np.arange(48)
    norway = logs.copy()
    norway[35] += 1.0
    norway[36] -= 1.0
    return pd.concat(
        pd.DataFrame({"market": m, "month": index.astype(str), "bev": np.exp(v), "all_cars": 1e5})
        for m, v in (("Norway", norway), ("Chile", logs))
    )


def test_an_event_is_scored_with_and_without_its_date(months: pd.DataFrame) -> None:
    scores = event_skill(PANEL, months)
    assert set(scores["method"]) == {WITH_DATE, WITHOUT_DATE, MULTIPLIER}
    assert scores["policy"].unique().tolist() == ["no-2023-01-vat, no-2023-01-weight-tax"]
    assert scores[scores["method"] == WITH_DATE]["months"].tolist() == ["last", "three", "twelve"]
    assert scores["known"].all()
    last = scores[scores["months"] == "last"].set_index("method")["ale"]
    assert last[WITH_DATE] < 0.8 * last[WITHOUT_DATE]
    lines = summarise_events(scores)
    assert lines.loc[WITHOUT_DATE, "ratio"] == 1.0
    assert lines.loc[WITH_DATE, "ratio_last"] < 1.0
    assert lines["cases"].tolist() == [3, 3, 3]
    assert lines["events"].tolist() == [1, 1, 1]


def test_a_market_is_left_out_by_whatever_name(months: pd.DataFrame) -> None:
    """The panel's Norway must not tell of the forecast Norway, be it called NO."""
    renamed = months.assign(market=months["market"].replace("Norway", "NO"))
    first, second = event_skill(PANEL, months), event_skill(PANEL, renamed)
    pd.testing.assert_frame_equal(first, second)


def test_wrong_input_is_refused(months: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="no privilege that ended in these markets"):
        event_skill(PANEL, months[months["market"] == "Chile"])
    own = tmp_path / "own.csv"
    own.write_text("id,place,kind,start\nmine,ZA,ends,2023-01-01\n")
    with pytest.raises(
        EvidenceError, match=r"own.csv:2 place: mine: ZA has no months \(leave it out"
    ):
        event_skill(PANEL, months, own)
