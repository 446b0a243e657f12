"""World Bank: population and gross domestic product of a country, by year.

Addresses and parameters are those of the Indicators API,
https://datahelpdesk.worldbank.org/knowledgebase/articles/898581-api-basic-call-structure: it needs
no key, gives pages, and a page is a list of two: what it is a page of, and its records.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forecasting.errors import PeriodError, RunError
from forecasting.evidence.places import place_name
from forecasting.evidence.rules import number_text
from forecasting.evidence.sources.polite import (
    Page,
    PageReader,
    count,
    json_object,
    only_countries,
    records_of,
)
from forecasting.periods import as_date

ADDRESS = "https://api.worldbank.org"
LEFT_OUT = "vehicles in use are not proposed: no documented series of them was found"
Answer = tuple[dict[str, Any], list[Mapping[str, Any]]]
# Measure; indicator units in one; in words; the days of a year that it is of; note
INDICATORS = {
    "SP.POP.TOTL": ("population", 1.0, "{:,.0f} people", ("", "06-30"), "mid-year"),
    "NY.GDP.MKTP.CD": (
        "gdp", 1e9, "{:,.2f} billion dollars of today", ("01-01", "12-31"), "current dollars",
    ),
}  # fmt: skip
MOST_PAGES = 100


def proposed_rows(
    places: Sequence[str], since: int, base: str, today: dt.date
) -> tuple[list[dict[str, str]], int]:
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

    Returns
    -------
    tuple
        Rows in a ledger's columns, and how many records had no value.

    Raises
    ------
    InputError
        For a place that is no country.
    RunError
        Where the source fails.
    """
    only_countries("the World Bank", places)
    rows = []
    without = 0
    with PageReader("World Bank", base) as reader:
        for indicator in INDICATORS:
            for page in _pages(reader, indicator, places, f"{since}:{today.year}"):
                about, records = page.content
                edition = _edition(about)
                for record in records:
                    if record["value"] is None:
                        without += 1
                    elif record["country"]["id"] in places:
                        rows.append(page.stamped(_row(record, indicator, edition)))
    return rows, without


def _pages(
    reader: PageReader, indicator: str, places: Sequence[str], years: str
) -> Iterator[Page[Answer]]:
    """Every page of an indicator."""
    number = pages = 1
    while number <= pages:
        parameters = {"format": "json", "date": years, "per_page": "100", "page": str(number)}
        page = reader.page(
            f"v2/country/{';'.join(places)}/indicator/{indicator}", parameters, _records
        )
        yield page
        pages = int(page.content[0]["pages"])
        number += 1


def _edition(about: Mapping[str, Any]) -> str:
    """The day on which the table was changed last; empty where the page does not say it."""
    try:
        return as_date(about.get("lastupdated")).isoformat()
    except PeriodError:
        return ""


def _records(text: str) -> Answer:
    """The head and the records of a page."""
    content = json_object(text)
    if not isinstance(content, list) or not content or not isinstance(content[0], dict):
        raise RunError("the answer is no list that begins with a head: its table has changed")
    about = content[0]
    if message := about.get("message"):
        raise RunError(f"the answer is an error: {str(message)[:100]}")
    if (pages := count(about, "pages", "the page's head")) > MOST_PAGES:
        raise RunError(f"{pages:,.0f} pages, more than {MOST_PAGES}: its table has changed")
    if content[1:] in ([], [None]) and about.get("total") in (0, "0"):
        return about, []
    records = records_of([*content, None][1], "records", ("country", "date", "value"))
    for number, record in enumerate(records):
        _check(record, f"records[{number}]")
    return about, records


def _check(record: Mapping[str, Any], where: str) -> None:
    named = isinstance(record["country"], dict) and "id" in record["country"]
    if not named or not str(record["date"]).isdecimal():
        raise RunError(f"{where}: country or date has another form: its table has changed")
    if record["value"] is not None:
        count(record, "value", where)


def _row(record: Mapping[str, Any], indicator: str, edition: str) -> dict[str, str]:
    measure, units, words, days, note = INDICATORS[indicator]
    place = str(record["country"]["id"])
    year = int(record["date"])
    value = count(record, "value", "record") / units
    start, end = (f"{year}-{day}" if day else "" for day in days)
    return {
        "id": f"{place}-{measure}-{year}-world-bank".lower(),
        "measure": measure,
        "place": place,
        "basis": "world-bank",
        "period_start": start,
        "period_end": end,
        "relation": "equals",
        "value": number_text(round(value, 6)),
        "kind": "estimate",
        "source": f"World Bank, {indicator}",
        "quote": f"{place_name(place)}, {year}: {words.format(value)}",
        "published": edition if edition >= f"{year + 1}" else "",
        "note": note,
    }
