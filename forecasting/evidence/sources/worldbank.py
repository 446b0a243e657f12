"""World Bank: population and gross domestic product of a country, by year.

Addresses and parameters are those of the Indicators API,
https://datahelpdesk.worldbank.org/knowledgebase/articles/898581-api-basic-call-structure: it needs
no key, gives pages, and a page is a list of two: what it is a page of, and its records.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Annotated

from pydantic import BaseModel, Field

from forecasting.evidence.rules import Row, number_text
from forecasting.evidence.sources.polite import (
    Amount,
    Page,
    PageReader,
    only_countries,
    read_answer,
)
from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.periods import as_date, year
from forecasting.vocabulary.places import place_name

WORLDBANK_ADDRESS = "https://api.worldbank.org"
NOT_PROPOSED = "vehicles in use are not proposed: no documented series of them was found"
# Measure; indicator units in one; in words; the last day that it is of; note
INDICATORS = {
    "SP.POP.TOTL": ("population", 1.0, "{:,.0f} people", "06-30", "mid-year"),
    "NY.GDP.MKTP.CD": (
        "gdp", 1e9, "{:,.2f} billion dollars of today", "12-31", "current dollars",
    ),
}  # fmt: skip
MOST_PAGES = 100


class PageHead(BaseModel):
    """What a page is a page of."""

    pages: Annotated[int, Field(ge=0, le=MOST_PAGES)]
    lastupdated: str = ""

    @property
    def edition(self) -> str:
        """The day on which the table was changed last; empty where the page does not say it."""
        with contextlib.suppress(PeriodError):
            return as_date(self.lastupdated).isoformat()
        return ""


class IndicatorCountry(BaseModel):
    """The country of a record."""

    id: str


class IndicatorValue(BaseModel):
    """The value of an indicator in a country and year."""

    country: IndicatorCountry
    date: int
    value: Amount | None


Answer = tuple[PageHead, list[IndicatorValue] | None]


def proposed_rows(
    places: Sequence[str], since: int, base: str, today: dt.date
) -> Iterator[Row | None]:
    """Population and gross domestic product of each place, by year.

    Parameters
    ----------
    places : sequence of str
        Countries by ISO 3166 alpha-2.
    since : int
        First year.
    base : str
        The beginning of the addresses.
    today : date
        Its year is the last that is asked for.

    Yields
    ------
    dict or None
        A row in a ledger's columns; None of a record without a value.

    Raises
    ------
    InputError
        For a place that is no country.
    RunError
        Where the source fails.
    """
    only_countries("the World Bank", places)
    reader = PageReader("World Bank", base)
    for indicator in INDICATORS:
        path = f"v2/country/{';'.join(places)}/indicator/{indicator}"
        question = {"format": "json", "date": f"{since}:{today.year}", "per_page": "100"}
        pages = 1
        number = 0
        while number < pages:
            number += 1
            read = partial(read_answer, Answer)
            page = reader.page(path, question | {"page": str(number)}, read)
            head, records = page.content
            pages = head.pages
            for record in records or ():
                if record.value is None:
                    yield None
                elif record.country.id in places:
                    yield _row(page, record, record.value, indicator, head.edition)


def _row(page: Page, record: IndicatorValue, value: float, indicator: str, edition: str) -> Row:
    measure, units, words, last_day, note = INDICATORS[indicator]
    place = record.country.id
    amount = value / units
    row = page.row(
        measure,
        place,
        year(record.date),
        "world-bank",
        basis="world-bank",
        relation="equals",
        value=number_text(round(amount, 6)),
        kind="estimate",
        source=f"World Bank, {indicator}",
        quote=f"{place_name(place)}, {record.date}: {words.format(amount)}",
        published=edition if edition >= f"{record.date + 1}" else "",
        note=note,
    )
    return row | {"period_end": f"{record.date}-{last_day}"}
