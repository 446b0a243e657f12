"""One fact: its words, dates and tolerance."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

from forecasting.evidence import datasets
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.errors import LedgerError, PeriodError


def test_facts_are_made_one_by_one_and_go_back() -> None:
    fact = Fact(
        id="a",
        measure="ev_stock",
        place="KZ",
        period_end="2023-05-01",
        relation="equals",
        value="2,472".replace(",", ""),
    )
    assert (fact.quantity, fact.unit, fact.value, fact.rounding) == (
        "stock",
        "vehicles",
        2472.0,
        0.5,
    )
    assert fact.period.days == 1
    assert str(fact) == "Kazakhstan, electric vehicles on the road, 2023-05-01: 2,472 vehicles"
    assert Fact(**fact.model_dump()) == fact
    assert Ledger([fact]).get("a") == fact


def test_a_fact_of_no_date_or_no_column() -> None:
    with pytest.raises(
        LedgerError, match=r"a: 'valu' is an unknown column \(did you mean value\?\)"
    ):
        Fact(id="a", measure="claim", place="UZ", valu="2023")
    said = Fact(id="a", measure="claim", place="UZ", kind="claim", quote="it is so")
    assert str(said) == "Uzbekistan, claim: it is so"
    assert not said.is_observation
    with pytest.raises(PeriodError, match="fact 'a' has no dates"):
        _ = said.period


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"value": 35000, "relation": "greater_than"}, "more than 35,000 vehicles"),
        ({"value": 410.4, "quantity": "yoy_growth_percent"}, "up 410.4 % on the year before"),
        ({"value": -500, "quantity": "yoy_difference"}, "down 500 vehicles on the year before"),
        (
            {"value": -12, "quantity": "yoy_growth_percent", "relation": "greater_than"},
            "down less than 12 % on the year",
        ),
        ({"value": 5, "quantity": "cumulative"}, "5 vehicles since 1 Jan 2023"),
        (
            {"value": 5, "quantity": "cumulative", "period_start": "2023-04-30"},
            "5 vehicles since the launch",
        ),
        ({"value": 80.1, "quantity": "share_percent"}, "80.1 % of the whole"),
        (
            {"value": 80.1, "quantity": "share_percent", "reference": "article-07"},
            "80.1 % of another printed number",
        ),
        (
            {"measure": "policy", "quote": "testing at the border", "relation": ""},
            ": testing at the border",
        ),
        (
            {"value": 100, "quantity": "per_day", "relation": "at_least"},
            "at least 100 vehicles a day",
        ),
        ({"kind": "event", "quote": "imports have begun"}, ": imports have begun"),
        (
            {"measure": "investment", "unit": "USD billion", "value": 0.0},
            "0 billion USD",
        ),
        (
            {"measure": "investment", "unit": "USD billion", "value": 0.25},
            "250 million USD",
        ),
        (
            {"relation": "less_than", "reference": "ev_imports@UZ:2022-01-01/2022-12-31"},
            "less than electric vehicles imp",
        ),
    ],
)
def test_a_fact_in_words(columns: dict[str, object], words: str) -> None:
    base = {"id": "a", "measure": "ev_imports", "place": "UZ", "relation": "equals"}
    fact = Fact(**(base | {"period_start": "2023-01-01", "period_end": "2023-04-30"} | columns))
    assert words in str(fact)


def test_tolerance_is_nothing_for_a_count_and_half_a_digit_else() -> None:
    base = {
        "id": "a",
        "place": "UZ",
        "relation": "equals",
        "period_start": "2023-01-01",
        "period_end": "2023-04-30",
    }
    assert Fact(**base, measure="ev_imports", value=2544).tolerance == 0.0
    assert Fact(**base, measure="ev_import_value", value=120).tolerance == 0.5
    assert (
        Fact(**(base | {"relation": "about"}), measure="ev_imports", value=15100).tolerance == 50.0
    )


def test_facts_that_are_read_are_those_that_are_made_one_by_one() -> None:
    read = [fact for fact in datasets.central_asia() if fact.value == fact.value][:40]
    made = [Fact(**fact.row()) for fact in read]
    for one, other in zip(read, made, strict=True):
        assert one.model_copy(update={"reference_period": None}) == other.model_copy(
            update={"reference_period": None}
        )
        assert pickle.loads(pickle.dumps(one)) == one
        assert one.model_fields_set == other.model_fields_set | {"reference_period"}
    frame = Ledger(read).frame
    rows = pd.DataFrame([fact.row() for fact in read]).astype(frame.dtypes.to_dict())
    pd.testing.assert_frame_equal(frame, rows)
