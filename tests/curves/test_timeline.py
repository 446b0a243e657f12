"""Calendars: every index that a series may have, and those that are refused."""

import numpy as np
import pandas as pd
import pytest

from forecasting.curves.definitions import CURVES
from forecasting.curves.model import GrowthModel
from forecasting.curves.timeline import read_timeline
from forecasting.vocabulary.errors import ModelError
from forecasting.vocabulary.periods import span, year

P, Q, M = 0.01, 0.5, 5e4


def flows(edges):
    return M * np.diff(CURVES["bass"].share(np.asarray(edges, dtype=float), P, Q))


CALENDARS = {  # index and length of its periods in years
    "years": (pd.period_range("2010", periods=10, freq="Y"), 1),
    "quarters": (pd.period_range("2010Q1", periods=30, freq="Q"), 1 / 4),
    "months": (pd.period_range("2010-01", periods=90, freq="M"), 1 / 12),
    "half-years": (pd.period_range("2010-01", periods=18, freq="6M"), 1 / 2),
    "year ends": (pd.date_range("2010-12-31", periods=10, freq="YE"), 1),
    "month ends": (pd.date_range("2010-01-31", periods=90, freq="ME"), 1 / 12),
    "half-year ends": (pd.date_range("2010-06-30", periods=18, freq="6ME"), 1 / 2),
    "whole numbers": (pd.Index(range(2010, 2020)), 1),
}


@pytest.mark.parametrize("name", CALENDARS)
def test_parameters_are_per_year_whatever_the_calendar(name):
    index, length = CALENDARS[name]
    series = pd.Series(flows(np.arange(len(index) + 1) * length), index=index)
    np.testing.assert_allclose(GrowthModel(series).fit().params, [M, P, Q], rtol=1e-6)


def test_unequal_periods_by_their_ends():
    edges = np.array([0.0, 0.5, 1.5, 2.0, 4.0, 5.0, 7.5, 8.0])
    results = GrowthModel(flows(edges), time=edges[1:], launch=0).fit()
    np.testing.assert_allclose(results.params, [M, P, Q], rtol=1e-6)
    np.testing.assert_allclose(
        GrowthModel(flows(edges), time=edges).fit().params, [M, P, Q], rtol=1e-6
    )
    intervals = pd.IntervalIndex.from_breaks(edges)
    np.testing.assert_allclose(
        GrowthModel(flows(edges), time=intervals).fit().params, [M, P, Q], rtol=1e-6
    )


def test_launch_before_the_first_period():
    series = pd.Series(
        flows(np.arange(0.5, 11.0)), index=pd.period_range("2010", periods=10, freq="Y")
    )
    np.testing.assert_allclose(
        GrowthModel(series, launch="2009-07-01").fit().params, [M, P, Q], rtol=1e-6
    )


@pytest.mark.parametrize("freq", ["YE-MAR", "QE-FEB", "6ME"])
def test_ends_of_months_end_their_periods(freq):
    ends = pd.date_range("2010-03-31" if freq != "QE-FEB" else "2010-05-31", periods=10, freq=freq)
    since = np.array([(day.year - 2010) + day.month / 12 for day in ends])
    edges = np.append(since[0] - (since[1] - since[0]), since) + 1
    series = pd.Series(flows(edges), index=ends)
    np.testing.assert_allclose(
        GrowthModel(series, launch="2009-01-01").fit().params, [M, P, Q], rtol=1e-6
    )


def test_gap_and_partial_last_year():
    periods = [
        year(2010),
        year(2011),
        year(2013),
        year(2014),
        year(2015),
        span("2016-01-01", "2016-04-30"),
    ]
    edges = np.array([[0, 1], [1, 2], [3, 4], [4, 5], [5, 6], [6, 6 + 1 / 3]])
    y = np.array([flows(edge)[0] for edge in edges])
    results = GrowthModel(y, time=periods).fit()
    np.testing.assert_allclose(results.params, [M, P, Q], rtol=1e-6)
    assert results.get_forecast(2).row_labels.tolist() == ["2016-05..2016-08", "2016-09..2016-12"]


def test_missing_year_in_an_index_and_missing_value_are_the_same():
    full = pd.Series(
        [3.0, 7, 15, np.nan, 60, 95, 140, 170], index=pd.period_range("2010", periods=8, freq="Y")
    )
    with_gap, without = GrowthModel(full).fit(), GrowthModel(full.dropna()).fit()
    np.testing.assert_allclose(with_gap.params, without.params, rtol=1e-6)
    dates = full.dropna().copy()
    dates.index = dates.index.to_timestamp(how="end").normalize()
    np.testing.assert_allclose(GrowthModel(dates).fit().params, without.params, rtol=1e-6)


def test_stock_at_dates():
    dates = pd.to_datetime(
        ["2011-12-31", "2012-12-31", "2014-06-30", "2015-12-31", "2017-12-31", "2019-12-31"]
    )
    levels = M * CURVES["bass"].share(np.array([1, 2, 3.5, 5, 7, 9.0]), P, Q)
    results = GrowthModel(pd.Series(levels, index=dates), kind="stock", launch="2011-01-01").fit()
    np.testing.assert_allclose(results.params, [M, P, Q], rtol=1e-6)


@pytest.mark.parametrize(
    ("index", "last"),
    [
        (pd.period_range("2015Q3", periods=4, freq="Q"), pd.Period("2017Q1", "Q")),
        (
            pd.to_datetime(["2012-12-31", "2013-12-31", "2015-12-31", "2016-12-31"]),
            pd.Timestamp("2019-12-31"),
        ),
        (pd.RangeIndex(4), 6),
        (pd.Index([1.0, 2.0, 3.0, 5.0]), 11.0),
    ],
)
def test_labels_go_on(index, last):
    assert read_timeline(index, None, 4, "flow").future(3).labels[-1] == last


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (pd.PeriodIndex(["2010", "2010", "2011", "2012"], freq="Y"), "2010 occurs twice"),
        (pd.PeriodIndex(["2011", "2010", "2012", "2013"], freq="Y"), "not in order"),
        (
            pd.to_datetime(["2010-12-31", "2011-12-31", "2012-03-31", "2012-06-30"]),
            "3, 12 months apart",
        ),
        (pd.Index(["one", "two", "three", "four"]), "the time 'one' cannot be read"),
        (
            pd.DatetimeIndex(["2010-01-01", None, "2012-01-01", "2013-01-01"]),
            "missing time at position 1",
        ),
        (pd.IntervalIndex.from_tuples([(0, 2), (1, 3), (3, 4), (4, 5)]), "overlap"),
    ],
)
def test_bad_calendars_are_refused(index, message):
    with pytest.raises(ModelError, match=message):
        GrowthModel(pd.Series([1.0, 2.0, 4.0, 5.0], index=index))


@pytest.mark.parametrize(
    ("launch", "message"),
    [
        (3, "comes after the first observation"),
        ("2010-01-01", "has no calendar"),
        (np.inf, "is not finite"),
    ],
)
def test_bad_launch_is_refused(launch, message):
    with pytest.raises(ModelError, match=message):
        GrowthModel([1.0, 2.0, 4.0], launch=launch)


def test_time_of_another_length_is_refused():
    with pytest.raises(ModelError, match="time has 2 entries and endog 4"):
        GrowthModel([1.0, 2.0, 4.0, 5.0], time=[1, 2])
