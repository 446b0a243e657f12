"""What a number's texts leave open of its period, and which answers close it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from forecasting.reading.answers import answers_in
from forecasting.reading.cells import UserFile
from forecasting.reading.number_periods import PeriodError, PeriodReader
from forecasting.reading.user_table import UserTable
from forecasting.vocabulary.printed_periods import PeriodWords

OPEN = PeriodWords(year=2024, open="it may be fiscal")
TO_JUNE = PeriodWords(year=2024, months=(1, 6), to_date=True)
IN_JUNE = PeriodWords(year=2024, months=(6, 6), to_date=True)


@pytest.mark.parametrize(
    ("words", "answer", "fault"),
    [
        (OPEN, "", "may be of another period: it may be fiscal"),
        (OPEN, "july", "may be of another period: it may be fiscal"),
        (OPEN, "own", ""),
        (OPEN, "year_to_date", ""),
        (OPEN, "quarter", ""),
        (PeriodWords(year=2024), "", ""),
        (TO_JUNE, "", ""),
        (IN_JUNE, "", "a text says that it counts since the year began"),
        (IN_JUNE, "own", ""),
        (PeriodWords(year=2024, to_date=True), "", "a text says that it counts since the year"),
    ],
)
def test_what_is_open_is_closed_by_an_answer_of_its_kind(
    words: PeriodWords, answer: str, fault: str
) -> None:
    reader = SimpleNamespace(entry=SimpleNamespace(series=SimpleNamespace(periods=answer)))
    if fault:
        with pytest.raises(PeriodError, match=fault):
            PeriodReader._check_open(reader, words)
    else:
        PeriodReader._check_open(reader, words)


def test_the_labels_of_a_row_are_looked_at_once_for_all_of_its_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A year beside each of many numbers took half a minute."""
    texts = []

    def words_of_label(reader: PeriodReader, column: int, text: str) -> PeriodWords:
        texts.append(text)
        return PeriodWords(year=int(text))

    monkeypatch.setattr(PeriodReader, "_words_of_label", words_of_label)
    table = UserTable(UserFile("own.csv", b"Year,EVs,Year,EVs\n2023,5,2023,6\n2024,7,2024,8\n"))
    table.read(answers_in("read: [{counts: ev_sales, columns: [B, D]}]"))
    assert texts == ["2023", "2023", "2024", "2024"]
