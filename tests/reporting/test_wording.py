"""Numbers and names as a reader sees them."""

import pytest
from hypothesis import given, settings, strategies as st

from forecasting.evidence.fact import Fact, period_words
from forecasting.reporting.grounds import fact_name
from forecasting.vocabulary.periods import month, span, year
from forecasting.writers.numbers import interval, readable, rounded
from forecasting.writers.sheets import inert


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (13, "13"),
        (9653, "9,653"),
        (2543.7, "2,540"),
        (22_400, "22,400"),
        (1_234_567, "1,230,000"),
        (12.34, "12.3"),
        (1.0, "1"),
        (0.0312, "0.031"),
        (-2.487, "-2.49"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_numbers_have_few_digits(value, words):
    assert readable(value) == words


@given(st.floats(0.01, 1e12))
@settings(max_examples=60)
def test_a_readable_number_is_near_the_number(value):
    assert float(readable(value).replace(",", "")) == pytest.approx(value, rel=0.06)


@given(st.lists(st.floats(-1e9, 1e9), max_size=5))
@settings(max_examples=40)
def test_rounding_twice_changes_nothing(values):
    once = rounded(values)
    assert rounded(once) == once


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (year(2022), "2022"),
        (month("2024-02"), "Feb 2024"),
        (span("2023-01-01", "2023-04-30"), "Jan–Apr 2023"),
        (span("2022-07-01", "2023-06-30"), "Jul 2022 – Jun 2023"),
        (span("2023-05-01", "2023-05-01"), "1 May 2023"),
        (span("2022-12-30", "2023-01-02"), "30 Dec 2022 – 2 Jan 2023"),
    ],
)
def test_periods_in_words(period, words):
    assert period_words(period) == words


def test_a_share_names_the_day_of_its_whole_once():
    told = {
        "id": "a",
        "measure": "ev_stock",
        "place": "UZ",
        "period_start": "2026-12-31",
        "period_end": "2026-12-31",
    }
    whole = {"reference": "vehicle_stock@UZ:2026-12-31/2026-12-31", "relation": "about"}
    share = Fact(**told, **whole, quantity="share_percent", value=2, unit="percent")
    assert fact_name(share) == "about 2 % of vehicles of all types on the road on 31 Dec 2026"
    assert fact_name(Fact(**told, relation="equals", value=5)) == "5 vehicles on 31 Dec 2026"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_text_is_a_formula(text):
    assert inert(text) == f"'{text}"


def test_plain_text_stays():
    assert inert("Kun.uz") == "Kun.uz"
    assert interval(1, 2) == "1 to 2"
