"""The rule that every forecast is set beside: what is written down by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation import peers
from forecasting.evaluation.peers import AnalogueRegression, by_hand, stock_by_hand
from forecasting.evaluation.scores import SCORE_LEVELS
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.periods import month, year

UZ = central_asia().select("UZ", "ev_imports")


def test_the_last_year_and_half_its_growth() -> None:
    known = UZ.select(as_of="2023-01-31")
    assert by_hand(known, "uz-statistics", year(2022))[3] == pytest.approx(2180)
    assert by_hand(known, "uz-statistics", year(2023))[3] == pytest.approx(
        2180 * (1 + (2180 / 809 - 1) / 2)
    )
    further = (1 + (2180 / 809 - 1) / 2) * (1 + (2180 / 809 - 1) / 4)
    assert by_hand(known, "uz-statistics", year(2024))[3] == pytest.approx(2180 * further)


def test_a_part_is_taken_to_be_as_the_year_is() -> None:
    known = UZ.select(as_of="2023-06-26")
    whole = 2544 * 365 / 120
    assert by_hand(known, "uz-statistics", year(2023))[3] == pytest.approx(whole)
    assert by_hand(known, "uz-statistics", month("2023-12"))[3] == pytest.approx(whole * 31 / 365)


def test_agencies_of_one_perimeter_are_one_series() -> None:
    known = UZ.select(as_of="2025-05-31")
    assert by_hand(known, "uz-statistics", year(2024))[3] == pytest.approx(24_095)
    assert by_hand(known, "uz-customs-2023", year(2024))[3] != pytest.approx(24_095)


def test_without_a_total_there_is_no_rule() -> None:
    bounds = central_asia().select(
        "horgos", "vehicle_exports", basis="horgos-zone", as_of="2023-12-31"
    )
    assert np.isnan(by_hand(bounds, "horgos-zone", year(2024))).all()


def test_a_stock_of_one_count_stays() -> None:
    assert stock_by_hand([(dt.date(2024, 1, 1), 500.0)], dt.date(2024, 12, 31))[3] == pytest.approx(
        500
    )


def test_a_regression_on_other_markets_is_least_squares_with_three_more_rows():
    """The ridge is what rows of its square roots add, whose outcome is zero."""
    sales = {"a": [200, 300, 600, 900, 2000], "b": [100, 400, 500, 900, 1000]}
    sales |= {
        name: [100 * k, 150 * k, 180 * k, 300 * k, 310 * k] for k, name in enumerate("cdef", 1)
    }
    shares = [0.01, np.nan, 0.04, 0.2, 0.99]
    rows = [
        (market, 2015 + step, float(cars), share)
        for market, counts in sales.items()
        for step, (cars, share) in enumerate(zip(counts, shares, strict=True))
    ]
    panel = pd.DataFrame(
        [*rows, *((f"{market}2", *rest) for market, *rest in rows)],
        columns=["market", "year", "sales", "share"],
    )
    history = pd.Series([100.0, 200.0, 700.0], index=[2017, 2018, 2019])

    features, outcomes = [], []
    for counts in sales.values():
        for step in (1, 2, 3):
            share = shares[step]
            odds = -4.0 if np.isnan(share) else np.log(share / (1 - share))
            growth = min(np.log(counts[step] / counts[step - 1]), 2.0)
            features += [[1.0, odds, growth]] * 2
            outcomes += [np.log(counts[step + 1] / counts[step])] * 2
    x, y = np.array(features), np.array(outcomes)
    ridge = np.diag(np.sqrt([0.1, 5.0, 5.0]))
    beta = np.linalg.lstsq(np.vstack([x, ridge]), np.append(y, np.zeros(3)), rcond=None)[0]
    now = np.array([1.0, np.log(0.3 / 0.7), np.log(3.5)])
    expected = 700 * np.exp(now @ beta + 1.1 * np.quantile(y - x @ beta, SCORE_LEVELS))

    forecast = AnalogueRegression(panel).forecast("mine", history, 0.3)
    np.testing.assert_allclose(forecast[1], expected)
    # Of three steps in each market one goes two years ahead too few: the drift of logs answers
    assert forecast[5][3] == pytest.approx(700 * 7 ** (5 / 2))


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ([("2023-07-05", 500.0)], 1000),  # of 179 days no growth is known
        ([("2023-07-04", 500.0)], 1000 * (1 + (2 ** (365 / 180) - 1) / 2)),
        ([("2023-07-04", 0.0)], 1000),
        ([("2021-12-31", 100.0), ("2022-12-01", 250.0)], 1000 * (1 + (4 ** (365 / 395) - 1) / 2)),
    ],
)
def test_a_stock_grows_by_half_of_what_it_grew_about_a_year_before(earlier, expected):
    """A year after 1,000 on the last day of 2023."""
    counts = [(dt.date.fromisoformat(day), count) for day, count in earlier]
    counts += [(dt.date(2023, 12, 31), 1000.0)]
    assert stock_by_hand(counts, dt.date(2024, 12, 30))[3] == pytest.approx(expected)


@pytest.mark.parametrize(
    "bands", [peers._theta, peers._damped_ets, peers._local_trend], ids=lambda bands: bands.__name__
)
def test_a_model_of_logs_spreads_with_time_about_its_middle(bands):
    """Of a series that doubles by chance; the upper end is 1.28 spreads above the middle."""
    logs = pd.Series(np.cumsum([4.0, 0.6, 0.8, 0.7, 0.5, 0.9, 0.6, 0.8, 0.7, 0.6]))
    middle, upper = bands(logs, 5)
    assert len(middle) == len(upper) == 5
    assert (np.diff(middle) > 0).all()
    assert ((upper - middle) > 0).all()
    assert (np.diff(upper - middle) > 0).all()


def test_the_rule_rests_on_whole_counts_of_the_world_from_the_first_of_january_on():
    """2 in 2022 and 1 in 2021: growth of 2, halved. What is no such count changes nothing."""
    base = {"measure": "ev_imports", "place": "UZ", "basis": "agency", "unit": "vehicles"}
    base |= {"quantity": "total", "relation": "equals", "kind": "outcome", "source": "a"}
    base |= {"url": "https://example.org/a", "published": "2023-06-20"}
    rows = [
        ("2021-01-01", "2021-12-31", 1.0, {}),
        ("2022-01-01", "2022-12-31", 2.0, {}),
        ("2022-03-01", "2022-12-31", 70.0, {}),
        ("2023-01-01", "2023-04-30", 0.0, {}),
        ("2023-01-01", "2023-05-31", 90.0, {"relation": "at_least"}),
    ]
    facts = [
        base | change | {"id": str(n), "period_start": start, "period_end": end, "value": value}
        for n, (start, end, value, change) in enumerate(rows)
    ]
    ledger = Ledger.from_frame(pd.DataFrame(facts))
    assert by_hand(ledger, "agency", year(2022))[3] == 2
    assert by_hand(ledger, "agency", year(2023))[3] == pytest.approx(3)
    assert by_hand(ledger, "agency", year(2024))[3] == pytest.approx(3.75)
