"""What an answer to a question may be, and the lines that a person types."""

from __future__ import annotations

import pytest

from forecasting.reading.answers import SeriesAnswer
from forecasting.reading.questions import TABLE_QUESTIONS, Question, typed_lines
from forecasting.vocabulary.errors import InputError

LINES = [SeriesAnswer("", columns=("B",)), SeriesAnswer("", columns=("C",), rows=(4,))]


@pytest.mark.parametrize(
    ("key", "text", "kept"),
    [
        ("unit", "12,500", "12500"),
        ("unit", "a million", "1000000"),
        ("periods", "Year to date", "year_to_date"),
        ("periods", "july before", "july before"),
        ("kind", "they are esti", "estimate"),
        ("proposal", "", "yes"),
        ("fix", "4", "periods"),
    ],
)
def test_an_answer_is_a_number_of_the_list_its_words_or_what_is_read(key, text, kept):
    assert TABLE_QUESTIONS[key].answer(text) == kept


def test_the_beginning_of_two_choices_names_none_and_nothing_is_no_answer():
    with pytest.raises(InputError, match=r"'they are' is none of the answers"):
        TABLE_QUESTIONS["kind"].answer("they are")
    with pytest.raises(InputError, match="an answer is needed here"):
        Question("country", "Which one?").answer("  ")


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("1, 2", ("B", "C"), (4,)),
        ("b c", ("B", "C"), ()),
        ("rows 12 and 14", (), (12, 14)),
        ("column Electric, Hybrid", ("Electric", "Hybrid"), ()),
        ("all", (), ()),
    ],
)
def test_lines_are_typed_by_numbers_of_the_list_letters_rows_or_heads(text, columns, rows):
    assert typed_lines(text, LINES, []) == SeriesAnswer("", columns=columns, rows=rows)


def test_lines_of_different_words_are_no_one_series():
    cars = SeriesAnswer("", columns=("C",), where={"B": "Cars"})
    with pytest.raises(InputError, match="lines of different words are no one series"):
        typed_lines("1 and 2", [LINES[0], cars], [])
