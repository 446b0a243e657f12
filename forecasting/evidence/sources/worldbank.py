"""World Bank: population and gross domestic product of a country, by year.

Addresses and parameters are those of the Indicators API,
https://datahelpdesk.worldbank.org/knowledgebase/articles/898581-api-basic-call-structure: it needs
no key, gives pages, and a page is a list of two: what it is a page of, and its records.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from forecasting.errors import InputError, PeriodError, RunError
from forecasting.evidence.places import place_name
from forecasting.evidence.rules import number_text
from forecasting.evidence.sources.polite import PageReader, count, json_object
from forecasting.periods import as_date

__all__ = ["ADDRESS", "LEFT_OUT", "proposed_rows"]

ADDRESS = "https://api.worldbank.org"
LEFT_OUT = "vehicles in use are not proposed: no documented series of them was found"
# Measure; indicator units in one
INDICATORS = {"SP.POP.TOTL": ("population", 1.0), "NY.GDP.MKTP.CD": ("gdp", 1e9)}
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
    if others := sorted(place for place in places if len(place) != 2):
        raise InputError(
            f"the World Bank knows countries, not {', '.join(others)}; give an ISO 3166 code such as UZ"
        )
    rows, without = [], 0
    with PageReader("World Bank", base) as reader:
        for indicator in INDICATORS:
            path = f"v2/country/{';'.join(places)}/indicator/{indicator}"
            number = pages = 1
            while number <= pages:
                asked = {
                    "format": "json",
                    "date": f"{since}:{today.year}",
                    "per_page": "100",
                    "page": str(number),
                }
                page = reader.page(path, asked, _records)
                about, records = page.content
                pages = int(about["pages"])
                full = [
                    record
                    for record in records
                    if record["value"] is not None and _asked(record, places)
                ]
                edition = _edition(about)
                rows += [page.stamped(_row(record, indicator, edition)) for record in full]
                without += sum(record["value"] is None for record in records)
                number += 1
    return rows, without


def _edition(about: Mapping[str, Any]) -> str:
    """The day on which the table was changed last; empty where the page does not say it."""
    try:
        return as_date(about.get("lastupdated")).isoformat()
    except PeriodError:
        return ""


def _asked(record: Mapping[str, Any], places: Sequence[str]) -> bool:
    return record["country"]["id"] in places


def _records(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The head and the records of a page."""
    content = json_object(text)
    if not isinstance(content, list) or not content or not isinstance(content[0], dict):
        raise RunError("the answer is no list that begins with a head: its table has changed")
    about = content[0]
    if said := about.get("message"):
        raise RunError(f"the answer is an error: {str(said)[:100]}")
    if (pages := count(about, "pages", "the page's head")) > MOST_PAGES:
        raise RunError(f"{pages:,.0f} pages, more than {MOST_PAGES}: its table has changed")
    records = content[1] if len(content) > 1 else None
    if records is None and about.get("total") in (0, "0"):
        return about, []
    if not isinstance(records, list):
        raise RunError("the answer has no list of records: its table has changed")
    for number, record in enumerate(records):
        where = f"record {number}"
        whole = (
            isinstance(record, dict)
            and isinstance(record.get("country"), dict)
            and "id" in record["country"]
        )
        if not whole or "value" not in record or not str(record.get("date", "")).isdecimal():
            raise RunError(f"{where}: country, date or value missing: its table has changed")
        if record["value"] is not None:
            count(record, "value", where)
    return about, records


def _row(record: Mapping[str, Any], indicator: str, edition: str) -> dict[str, str]:
    measure, units = INDICATORS[indicator]
    place, year = str(record["country"]["id"]), int(record["date"])
    value = count(record, "value", "record") / units
    said = (
        f"{value:,.0f} people"
        if measure == "population"
        else f"{value:,.2f} billion dollars of today"
    )
    stock = measure == "population"
    return {
        "id": f"{place}-{measure}-{year}-world-bank".lower(),
        "measure": measure,
        "place": place,
        "basis": "world-bank",
        "period_start": "" if stock else f"{year}-01-01",
        "period_end": f"{year}-06-30" if stock else f"{year}-12-31",
        "relation": "equals",
        "value": number_text(round(value, 6)),
        "kind": "estimate",
        "source": f"World Bank, {indicator}",
        "quote": f"{place_name(place)}, {year}: {said}",
        "published": edition if edition >= f"{year + 1}" else "",
        "note": "mid-year" if stock else "current dollars",
    }
