"""What is asked of UN Comtrade, and what its records say, without a server."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from forecasting.evidence.sources import comtrade
from forecasting.evidence.sources.polite import Page
from forecasting.vocabulary.errors import InputError, RunError

RECORD: dict[str, Any] = {
    **{"period": "202601", "reporterCode": "156", "partnerCode": "860", "cmdCode": "870380"},
    **{"flowCode": "X", "qty": 1234.0, "qtyUnitCode": "5"},
}
QUESTION = {"reporterCode": "156", "partnerCode": "398,860", "cmdCode": "870380,870240"}


def record(**changes: Any) -> comtrade.TradeRecord:
    return comtrade.TradeRecord.model_validate(RECORD | changes)


def answer(*records: dict[str, Any], **more: Any) -> str:
    return json.dumps({"data": [RECORD | changes for changes in records]} | more)


class Reader:
    """In place of the reader of pages: one record a month."""

    def __init__(self, *question: Any) -> None:
        Reader.opened = question
        Reader.asked: list[tuple[str, dict[str, str]]] = []

    def page(self, path: str, question: dict[str, str], read: Callable[[str], Any]) -> Page:
        Reader.asked.append((path, question))
        content = read(answer({"period": question["period"]}))
        return Page(content, "https://example.org/a", dt.date(2026, 3, 15), b"")


def test_each_month_from_january_on_until_the_last_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comtrade, "PageReader", Reader)
    monkeypatch.setenv(comtrade.COMTRADE_KEY, " a-key ")
    rows = [*comtrade.proposed_rows(["KZ", "UZ"], 2025, "base", dt.date(2026, 3, 1))]
    periods = [question["period"] for _, question in Reader.asked]
    assert periods == [f"2025{number:02}" for number in range(1, 13)] + ["202601", "202602"]
    assert Reader.opened == ("UN Comtrade", "base", {"Ocp-Apim-Subscription-Key": "a-key"})
    path, question = Reader.asked[0]
    assert path == "data/v1/get/C/M/HS"
    assert (question["partnerCode"], question["flowCode"]) == ("398,860", "X")
    assert len(rows) == 14
    first = rows[0]
    assert first is not None
    assert (first["measure"], first["product"], first["place"]) == (
        *("ev_imports", "battery-cars", "UZ"),
    )
    assert (first["period_start"], first["period_end"]) == ("2025-01-01", "2025-01-31")
    assert (first["value"], first["relation"], first["kind"]) == ("1234", "equals", "outcome")
    monkeypatch.delenv(comtrade.COMTRADE_KEY)
    assert len([*comtrade.proposed_rows(["UZ"], 2026, "base", dt.date(2026, 2, 28))]) == 1
    assert Reader.asked[0][0] == "public/v1/preview/C/M/HS"
    assert Reader.opened[2] is None


def test_another_place_and_a_key_that_is_none_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"asked for KZ, KG, TJ, TM, UZ, not DE, FR$"):
        next(comtrade.proposed_rows(["UZ", "FR", "DE"], 2026, "", dt.date(2026, 2, 1)))
    for key in ("a b", "x" * 129):
        monkeypatch.setenv(comtrade.COMTRADE_KEY, key)
        with pytest.raises(InputError, match="is no key: letters and digits only"):
            comtrade._key()
    monkeypatch.setenv(comtrade.COMTRADE_KEY, "x" * 128)
    assert comtrade._key() == "x" * 128


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, (False, 1234)),
        ({"isQtyEstimated": True}, (True, 1234)),
        ({"qtyUnitCode": "8"}, None),
        ({"qty": 0}, None),
        ({"qty": None, "altQty": 7, "altQtyUnitCode": "5"}, (False, 7)),
        ({"isQtyEstimated": True, "altQty": 7, "altQtyUnitCode": "5"}, (False, 7)),
    ],
)
def test_vehicles_are_counted_in_pieces(changes: Any, count: tuple[bool, float] | None) -> None:
    assert record(**changes).count == count


def test_an_answer_holds_what_was_asked_for_once() -> None:
    text = answer({}, {}, {"partnerCode": "417"}, {"cmdCode": "870240"})
    found = comtrade._records(text, QUESTION)
    assert [(row.cmdCode, row.partnerCode) for row in found] == [
        ("870380", "860"),
        ("870240", "860"),
    ]
    with pytest.raises(RunError, match="two counts of 870380 to 860 in 202601: its table"):
        comtrade._records(answer({}, {"qty": 5}), QUESTION)
    with pytest.raises(RunError, match=f"the answer is an error: {'x' * 100}$"):
        comtrade._records(answer({}, error="x" * 101), QUESTION)


def test_as_many_records_as_an_answer_holds_may_lack_some() -> None:
    assert len(comtrade._records(answer(*[{}] * 499), QUESTION)) == 1
    with pytest.raises(RunError, match="500 records, the most that an answer holds"):
        comtrade._records(answer(*[{}] * 500), QUESTION)


def test_a_row_says_what_was_estimated() -> None:
    page = Page([], "https://example.org/a", dt.date(2026, 3, 15), b"")
    row = comtrade._row(page, record(cmdCode="870240", partnerCode="398"), True, 1234.0)
    assert (row["measure"], row["product"], row["place"]) == (
        "ebus_imports",
        "electric-buses",
        "KZ",
    )
    assert (row["relation"], row["kind"]) == ("about", "estimate")
    assert row["quote"] == "HS 870240: 1,234 pieces exported from China to Kazakhstan"
    assert row["note"].startswith("by the month of leaving China; the quantity is estimated; retr")
