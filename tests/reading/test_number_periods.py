"""What a number's texts leave open of its period, and which answers close it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from forecasting.reading.number_periods import PeriodError, PeriodReader
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
