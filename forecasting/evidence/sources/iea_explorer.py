"""IEA's Global EV Data Explorer: cars sold and on the road, buses, trucks and public points of a
country, by year.

The table of the Explorer
(https://www.iea.org/data-and-statistics/data-tools/global-ev-data-explorer, CC BY 4.0) is read from
``api.iea.org/evs`` with ``region`` and ``csv=true``. The IEA documents no interface: public
programs ask it so, and get the columns region, category, parameter, mode, powertrain, year, unit,
value.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Sequence

from forecasting.errors import LedgerError, RunError
from forecasting.evidence.places import place_code, place_name
from forecasting.evidence.rules import number_text
from forecasting.evidence.sources.polite import PageReader, count, only_countries

ADDRESS = "https://api.iea.org"
LEFT_OUT = (
    "the answer does not say its edition, so each row is known from the day it was fetched; "
    "projections and shares are not proposed"
)
COLUMNS = ("region", "category", "parameter", "mode", "powertrain", "year", "unit", "value")
REGIONS = {"US": "USA", "CZ": "Czech Republic", "RU": "Russia"}  # where the IEA's name is another
FAST, SLOW = "Publicly available fast", "Publicly available slow"
# What the Explorer calls a series, and what it is here.
SERIES = {
    ("EV sales", "Cars", "BEV"): ("ev_sales", "battery-cars"),
    ("EV sales", "Cars", "PHEV"): ("ev_sales", "plug-in-hybrids"),
    ("EV stock", "Cars", "BEV"): ("ev_stock", "battery-cars"),
    ("EV stock", "Cars", "PHEV"): ("ev_stock", "plug-in-hybrids"),
    ("EV stock", "Buses", "BEV"): ("ebus_stock", "electric-buses"),
    ("EV stock", "Trucks", "BEV"): ("etruck_stock", "electric-trucks"),
}
Count = tuple[str, str, int, float, str]  # measure, product, year, value, what the table says


def proposed_rows(
    places: Sequence[str], since: int, base: str, today: dt.date
) -> tuple[list[dict[str, str]], int]:
    """Yearly sales, stocks and public charging points of each place.

    Parameters
    ----------
    places : sequence of str
        Countries by ISO 3166 alpha-2.
    since : int
        First year.
    base : str
        The beginning of the addresses.
    today : date
        No year that has not ended by then is proposed.

    Returns
    -------
    tuple
        Rows in a ledger's columns, and how many sums of points had a part missing.

    Raises
    ------
    InputError
        For a place that is no country.
    RunError
        Where the source fails.
    """
    only_countries("the IEA", places)
    rows = []
    without = 0
    with PageReader("IEA", base) as reader:
        for place in places:
            region = REGIONS.get(place, place_name(place))
            page = reader.page("evs", {"region": region, "csv": "true"}, _table)
            lines = [
                line
                for line in page.content
                if line["category"] == "Historical" and since <= int(line["year"]) < today.year
            ]
            series, half = _series([line for line in lines if _same(line["region"], place)])
            rows += [page.stamped(_row(place, *row)) for row in series]
            without += half
    return rows, without


def _same(region: str, place: str) -> bool:
    try:
        return place_code(region) == place
    except LedgerError:
        return False


def _table(text: str) -> list[dict[str, str]]:
    """The lines of the table; nothing where the IEA has nothing under that name."""
    if text.strip() in ("", "[]"):
        return []
    try:
        lines = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise RunError(f"the answer is no CSV: {error}") from None
    head = text.splitlines()[0].split(",")
    if missing := [column for column in COLUMNS if column not in head]:
        raise RunError(f"the answer has no column {', '.join(missing)}: its table has changed")
    for number, line in enumerate(lines, start=2):
        if None in line or None in line.values():
            raise RunError(
                f"line {number} has not {len(head)} cells: "
                "the answer was cut off, or its table has changed"
            )
        count(line, "value", f"line {number}")
        if not line["year"].isdecimal():
            raise RunError(f"line {number}: year is {line['year'][:20]!r}: its table has changed")
    return lines


def _series(lines: Sequence[dict[str, str]]) -> tuple[list[Count], int]:
    """The series that are wanted, fast and slow points added; and how many of these had one part
    only.
    """
    counts: list[Count] = []
    points: dict[int, dict[str, float]] = defaultdict(dict)
    for line in lines:
        key = (line["parameter"], line["mode"], line["powertrain"])
        year = int(line["year"])
        value = float(line["value"])
        if key[2] in (FAST, SLOW):
            points[year][key[2]] = value
        elif key in SERIES:
            counts.append((*SERIES[key], year, value, ", ".join(key)))
    for year, parts in points.items():
        if len(parts) == 2:
            words = f"public charging points, {parts[FAST]:,.0f} fast and {parts[SLOW]:,.0f} slow"
            counts.append(("charging_points", "public", year, sum(parts.values()), words))
    return counts, sum(len(parts) == 1 for parts in points.values())


def _row(
    place: str, measure: str, product: str, year: int, value: float, words: str
) -> dict[str, str]:
    flow = measure == "ev_sales"
    return {
        "id": f"{place}-{measure}-{year}-{product}-iea".lower().replace("_", "-"),
        "measure": measure,
        "place": place,
        "product": product,
        "basis": "iea",
        "period_start": f"{year}-01-01" if flow else "",
        "period_end": f"{year}-12-31",
        "relation": "about",
        "value": number_text(value),
        "kind": "estimate",
        "source": "IEA, Global EV Data Explorer",
        "quote": f"{place_name(place)}, {year}: {words}: {value:,.0f}",
        "note": "the IEA rounds; CC BY 4.0",
    }
