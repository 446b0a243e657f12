"""The file of answers: what it may say, and what is written into it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st
from table_cases import one

from forecasting.reading.answers import Answers, SeriesAnswer, answers_in
from forecasting.vocabulary.errors import LedgerError


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reed: []\n", "'reed' is an unknown key (did you mean read?)"),
        ("read: []\n", "is no list of series"),
        ("read: [{counts: ev_sale, columns: [B]}]\n", "did you mean ev_sales?"),
        ("read: [{counts: ev_sales, colums: [B]}]\n", "did you mean columns?"),
        ("read: [{counts: ev_sales yoy_growth, columns: [B]}]\n", "unknown quantity"),
        ("read: [{counts: ev_sales, unit: 0}]\n", "no number above 0"),
        ("read: [{counts: ev_sales, periods: juli}]\n", "did you mean july?"),
        ("read: [{counts: ev_sales}]\nplace: Atlantis\n", "is not a known place"),
        ("read: [{counts: ev_sales}]\ndecimal: x\n", "is no decimal mark"),
        ("read: [{counts: ev_sales}]\npublished: soon\n", "is not a date"),
        ("read: [{counts: &a ev_sales}]\n", "anchor or alias"),
        (
            "columns: {place: Country}\n",
            "is no list of series (write it so, whatever an earlier form had: read: [{",
        ),
        ("", "is empty"),
    ],
)
def test_a_file_of_answers_is_refused_by_key_place_and_nearest_right_one(text, said):
    with pytest.raises(LedgerError, match="answers") as refused:
        answers_in(text)
    assert said in str(refused.value)


@given(
    st.builds(
        SeriesAnswer,
        st.sampled_from(["ev_sales", "ev_imports yoy_growth_percent", "ev_stock"]),
        columns=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C",)),
                                 min_size=1, max_size=9), max_size=3).map(tuple),
        rows=st.lists(st.integers(1, 999) | st.sampled_from(["12", "Total", "true", "a: b"]),
                      max_size=3).map(tuple),
        unit=st.sampled_from([None, 1.0, 1000.0]),
        periods=st.sampled_from(["", "year_to_date", "july before"]),
    )
)  # fmt: skip
@settings(max_examples=60)
def test_what_is_written_is_read_back(series):
    answers = Answers(read=(SeriesAnswer("ev_sales"), series))
    assert answers_in(answers.to_yaml()).read[1] == series


def test_a_year_is_said_under_periods():
    line = "columns: [B]\n    periods: '2024'"
    assert answers_in(one("ev_sales", line)).read[0].periods == "2024"
    with pytest.raises(LedgerError, match=r"read\[0\]\.year: 'year' is an unknown key"):
        answers_in(one("ev_sales", "columns: [B]", year=2024))
