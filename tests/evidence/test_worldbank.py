"""Rows of the World Bank's pages by hand, without a server."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from forecasting.evidence.sources.polite import Page, PageReader
from forecasting.evidence.sources.worldbank import PageHead, proposed_rows
from forecasting.vocabulary.errors import InputError

DAY = dt.date(2026, 3, 31)
POPULATION = [
    [
        [{"pages": 2, "lastupdated": "2025-12-01"}, [("UZ", 2024, 36_000_000), ("UZ", 2023, None)]],
        [{"pages": 2, "lastupdated": "2025-12-01"}, [("XX", 2024, 5.0), ("UZ", 2025, 36_700_000)]],
    ],
    [[{"pages": 1, "lastupdated": "soon"}, [("UZ", 2024, 114_965_300_000.0)]]],
]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """The questions of a reader that has its pages already."""
    questions: list[tuple[str, dict[str, str]]] = []
    pages = iter([page for indicator in POPULATION for page in indicator])

    def page(
        self: PageReader, path: str, parameters: Mapping[str, str], read: Callable[[str], Any]
    ) -> Page:
        questions.append((path, dict(parameters)))
        head, records = next(pages)
        answer = [
            head,
            [{"country": {"id": place}, "date": str(y), "value": v} for place, y, v in records],
        ]
        return Page(read(json.dumps(answer)), "https://a.org", DAY, b"")

    monkeypatch.setattr(PageReader, "page", page)
    return questions


def test_every_value_of_every_page_is_a_row(asked: list[tuple[str, dict[str, str]]]) -> None:
    rows = [*proposed_rows(["UZ"], 2023, "https://api.worldbank.org", DAY)]
    assert rows[1] is None  # without a value
    columns = ("id", "value", "period_end", "kind", "published")
    assert [tuple(row[column] for column in columns) for row in rows if row] == [
        ("uz-population-2024-world-bank", "36000000", "2024-06-30", "estimate", "2025-12-01"),
        # The edition is older than the year is over: known since it came
        ("uz-population-2025-world-bank", "36700000", "2025-06-30", "estimate", "2026-03-31"),
        ("uz-gdp-2024-world-bank", "114.9653", "2024-12-31", "estimate", "2026-03-31"),
    ]
    assert rows[0] is not None
    assert rows[0]["quote"] == "Uzbekistan, 2024: 36,000,000 people"
    assert rows[-1] is not None
    assert rows[-1]["quote"] == "Uzbekistan, 2024: 114.97 billion dollars of today"
    assert [(path, question["page"]) for path, question in asked] == [
        ("v2/country/UZ/indicator/SP.POP.TOTL", "1"),
        ("v2/country/UZ/indicator/SP.POP.TOTL", "2"),
        ("v2/country/UZ/indicator/NY.GDP.MKTP.CD", "1"),
    ]
    assert asked[0][1]["date"] == "2023:2026"


def test_only_countries_are_asked_for() -> None:
    with pytest.raises(InputError, match="horgos"):
        next(proposed_rows(["horgos"], 2023, "https://api.worldbank.org", DAY))


@pytest.mark.parametrize(("printed", "edition"), [("2025-12-01", "2025-12-01"), ("soon", "")])
def test_an_edition_is_a_day_or_not_known(printed: str, edition: str) -> None:
    assert PageHead(pages=1, lastupdated=printed).edition == edition
