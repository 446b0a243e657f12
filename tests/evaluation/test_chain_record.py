"""The record of the chain: what is told, what is set beside it, and what is refused."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecasting.demand.parameters import DECILE
from forecasting.evaluation import chain_record as chain_record_module
from forecasting.evaluation.chain_record import (
    ANSWERS_BY_WHAT,
    LASTING,
    chain_record,
    lasting_spreads,
    shipped_spreads,
    summarise_chain,
)
from forecasting.evaluation.records import RECORDS
from forecasting.evidence.datasets import path
from forecasting.vocabulary.errors import EvidenceError


def panel(**changes):
    years = np.arange(2019, 2024)
    sales = 2000.0 * 1.5 ** np.arange(5)
    table = pd.DataFrame(
        {
            "market": "Norway",
            "year": years,
            "sales_bev": sales,
            "sales_phev": 500.0,
            "sales_share_percent": 100 * sales / 100_000,
            "stock_bev": sales.cumsum(),
            "public_fast_points": sales.cumsum() / 50,
            "public_slow_points": sales.cumsum() / 20,
        }
    )
    return table.assign(**changes)


def test_each_answer_stands_beside_what_was_counted():
    record = chain_record(panel(), draws=100)
    assert {*RECORDS["chain"].columns} <= {*record.columns}
    assert record.groupby("year")["what"].agg(list).to_dict() == {
        2022: list(ANSWERS_BY_WHAT),
        2023: list(ANSWERS_BY_WHAT),
    }
    stock = record[record["what"] == "stock"].set_index("year")
    assert stock["stands"].to_dict() == pytest.approx({2022: 16_250, 2023: 26_375})
    # All sales of the market are told: the stock is theirs, but for what nobody counts
    assert stock["median"].to_numpy() == pytest.approx(stock["stands"], rel=0.06)
    assert np.all((stock["low"] < stock["stands"]) & (stock["stands"] < stock["high"]))
    width = np.log(stock["high"] / stock["low"])
    assert np.all((width > 0.12) & (width < 0.3))


def test_practice_is_learned_without_the_market():
    """Of a market that has four times the points of others no forecast may know."""
    markets = {"Norway": 4.0, "Sweden": 1.0, "Germany": 1.0, "France": 1.0}
    parts = [
        panel(market=market, public_slow_points=times * panel()["public_slow_points"])
        for market, times in markets.items()
    ]
    record = chain_record(pd.concat(parts, ignore_index=True), draws=100)
    practice = record[(record["what"] == "practice") & (record["year"] == 2023)]
    practice = practice.set_index("market")["median"]
    stock = record[(record["what"] == "stock") & (record["year"] == 2023)]["stands"].iloc[0]
    # 1 fast point to 50 battery cars and 1 slow one to 20
    assert practice["Norway"] == pytest.approx(stock * 0.07, rel=0.15)
    assert practice["Sweden"] > 1.3 * practice["Norway"]


def test_errors_are_clustered_by_market():
    rows = [("stock", market, 100, 105, 0.05, True) for market in "AB"] * 2
    columns = ["what", "market", "median", "stands", "ale", "in80"]
    score = summarise_chain(pd.DataFrame(rows, columns=columns)).loc["stock"]
    assert score["n"] == 4
    assert score["ratio"] == pytest.approx(100 / 105)
    assert (score["in80"], score["se80"]) == (1, 0)


def test_a_panel_without_a_column_or_a_market_of_some_size_says_so():
    with pytest.raises(EvidenceError, match="the panel lacks public_slow_points; it has market"):
        chain_record(panel().drop(columns="public_slow_points"))
    with pytest.raises(EvidenceError, match="no known market with 2,000 battery cars and both"):
        chain_record(panel(stock_bev=1500.0))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"market": "Atlantis"},
            "the panel's market 'Atlantis' is no country: name it as ISO 3166",
        ),
        ({"stock_bev": 0.0}, "public points of Norway and no stock of battery cars: fill stock"),
    ],
)
def test_a_panel_that_tells_nothing_is_refused(changes, message):
    with pytest.raises(EvidenceError, match=message):
        chain_record(panel(**changes), draws=50)


def error_rows(what, errors, variance=0.0):
    return [
        {"what": what, "market": f"market {i}", "error": error, "variance": variance}
        for i, error in enumerate(errors)
    ]


def test_the_spread_of_a_lasting_error_holds_four_markets_in_five():
    """Errors of -2 to 2: the 80 % quantile of the squares is 4 at 80 %, of a variance of 1 less."""
    rows = error_rows("stock", [-2, -1, 0, 1, 2]) + error_rows("need", [-2, -1, 0, 1, 2], 1.0)
    spreads = lasting_spreads(pd.DataFrame(rows))
    least = 4 / DECILE**2
    assert spreads["stock"] ** 2 - spreads["need"] ** 2 == pytest.approx(1.0)
    assert least < spreads["stock"] ** 2 < 2 * least
    # A market that was counted in more years is still one market
    twice = pd.DataFrame(rows + error_rows("stock", [-2, -1, 0, 1, 2]))
    assert lasting_spreads(twice) == pytest.approx(spreads)


def test_a_lasting_error_of_all_points_is_that_of_its_parts():
    """Of 3 points one is fast: with an error of all points alone, one of 3 stays fast."""
    measures = [*ANSWERS_BY_WHAT.values(), "ev_stock", "charging_points_need_slow"]
    at_end = {name: np.ones(500) for name in measures}
    at_end |= {"charging_points_need": np.full(500, 3.0)}
    at_end |= {"charging_points_need_slow": np.full(500, 2.0)}
    answers = chain_record_module._Answers("Norway", 2023, {}, at_end)
    spreads = dict.fromkeys(LASTING, 0.3) | {"stock": 0.0}
    made = answers._with_lasting_errors(spreads)
    fast = made["charging_points_need_fast"]
    assert np.quantile(np.log(fast), [0.1, 0.5, 0.9]) / 0.3 == pytest.approx(
        [-DECILE, 0, DECILE], abs=0.02
    )
    assert made["charging_points_need"] == pytest.approx(3 * fast)
    assert made["charging_points_need_slow"] == pytest.approx(2 * fast)


def test_no_lasting_error_where_the_ranges_hold_all():
    assert lasting_spreads(pd.DataFrame(error_rows("need", [0.1, -0.1, 0.2], 1.0)))["need"] == 0


def test_each_market_is_forecast_with_what_the_others_teach():
    """A market that lies far off widens the ranges of the others, not its own."""
    errors = pd.DataFrame(
        [
            row
            for what in LASTING
            for row in error_rows(what, [0.1, -0.1] * 5 + [2.0])  # the last lies far off
        ]
    )
    others = errors[errors["market"] != "market 10"]
    assert lasting_spreads(others)["need"] < 0.3 * lasting_spreads(errors)["need"]


def test_the_assumptions_that_ship_are_those_of_the_record_that_ships():
    learned = pd.read_csv(path("chain_record.csv"), index_col="what")["market_spread"].dropna()
    assert learned.to_dict() == pytest.approx(shipped_spreads(), abs=0.001)


@pytest.mark.parametrize("before", [[], [2020], [2018, 2019, 2020]])
def test_a_market_is_told_its_sales_and_its_size_in_the_last_year(monkeypatch, before):
    """In 2021 and 2022, of which the share is printed in 2021 alone; hybrids are within 1 %. In the
    years before a share is printed, and no sales.
    """
    monkeypatch.setattr(chain_record_module, "outlook", lambda *told, draws: (*told, draws))
    columns = ["year", "sales_bev", "sales_phev", "sales_share_percent"]
    rows = [(of_year, 0, 0, 2.0) for of_year in before]
    rows += [(2021, 900, np.nan, 6.0), (2022, 1500, 100, np.nan)]
    history = pd.DataFrame(rows, columns=columns)
    scenario, ledger, draws = chain_record_module._told_sales("NO", history, 2022, 70)
    assert draws == 70
    assert scenario.market_size == {2021: 15_000}
    assert (scenario.as_of, scenario.horizon) == (dt.date(2023, 3, 1), 2023)
    assert [(fact.period.end.year, fact.value) for fact in ledger] == [(2021, 900), (2022, 1500)]
    assert [str(fact.known_from) for fact in ledger] == ["2022-02-01", "2023-02-01"]
    (hybrids,) = scenario.drivers
    assert (hybrids.size.low, hybrids.size.mode, hybrids.size.high) == (99, 100, 101)
    assert (hybrids.start, hybrids.end) == (dt.date(2022, 1, 1), dt.date(2022, 12, 31))
