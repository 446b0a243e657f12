"""What all records share: cases, what each method had forecast of them, and one table."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import numpy as np
import pytest

from forecasting.evaluation.peers import BY_HAND
from forecasting.evaluation.records import (
    RECORDS,
    THIS_PACKAGE,
    Case,
    Quantiles,
    forecast_cases,
    results,
    with_rule_scores,
)
from forecasting.evaluation.scores import NO_QUANTILES
from forecasting.evaluation.track_record import RULE_COLUMNS
from forecasting.vocabulary.errors import EvidenceError

REFUSAL = EvidenceError("nobody has counted")


@dataclass(frozen=True)
class Market:
    """One market at one time, whose sales were as many as the year says."""

    name: str
    origin: int
    outcomes: dict[int, float]

    @property
    def row(self) -> dict[str, object]:
        return {"market": self.name}

    @property
    def prior_key(self) -> int:
        return self.origin


def level(size: float, horizons: tuple[int, ...] = (1, 2)) -> Quantiles:
    return dict.fromkeys(horizons, np.full(7, size))


def test_markets_of_one_prior_are_forecast_together_by_each_method() -> None:
    markets = [
        Market("A", 2020, {1: 50.0, 2: 100.0}),
        Market("B", 2021, {1: 100.0}),
        Market("C", 2020, {2: 200.0}),
    ]
    groups: list[list[str]] = []

    def ours(group: list[Market]) -> list[Quantiles]:
        groups.append([market.name for market in group])
        return [level(100.0) for _ in group]

    methods = {"ours": ours, "twice": lambda group: [level(200.0) for _ in group]}
    table = results(forecast_cases(methods, markets), REFUSAL)
    assert groups == [["A", "C"], ["B"]]
    assert table[["method", "market", "h", "scored"]].to_numpy().tolist() == [
        [method, market, h, scored]
        for market, h, scored in (("A", 1, 2021), ("A", 2, 2022), ("C", 2, 2022), ("B", 1, 2022))
        for method in methods
    ]
    by_method = table.pivot_table(values="ale", index="scored", columns="method")
    assert by_method.to_numpy()[0] == pytest.approx([np.log(2), np.log(4)])


def test_a_case_without_an_outcome_is_counted_and_no_case_at_all_is_refused() -> None:
    open_case = Case({"year": 2025})
    case = Case({"year": 2024}, 110.0, {"ours": np.arange(80.0, 150.0, 10.0)})
    table = results([open_case, case, open_case], REFUSAL)
    assert table.attrs["open"] == 2
    assert table[["low", "median", "high", "outcome"]].to_numpy().tolist() == [[90, 110, 130, 110]]
    with pytest.raises(EvidenceError, match=r"^nobody has counted$"):
        results([open_case], REFUSAL)


def test_the_rule_of_thumb_stands_beside_the_forecast() -> None:
    ours = np.full(7, 100.0)
    cases = [
        Case({"year": 2024}, 100.0, {THIS_PACKAGE: ours, BY_HAND: 2 * ours}),
        Case({"year": 2025}, 100.0, {THIS_PACKAGE: ours, BY_HAND: NO_QUANTILES}),
    ]
    record = with_rule_scores(results([*cases, Case({})], REFUSAL), RULE_COLUMNS)
    assert record["year"].tolist() == [2024, 2025]
    assert record["score"].tolist() == [0.0, 0.0]
    assert record["inside"].tolist() == [True, True]
    assert record["rule_score"].iloc[0] == pytest.approx(np.log(2))
    assert np.isnan(record["rule_score"].iloc[1])
    assert record.attrs["open"] == 1


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_names_functions_that_are_there(name: str) -> None:
    record = RECORDS[name]
    module = import_module(f"forecasting.evaluation.{record.module}")
    assert callable(getattr(module, record.cases))
    assert not record.summary or callable(getattr(module, record.summary))
    assert {*record.required} <= {*record.inputs}
