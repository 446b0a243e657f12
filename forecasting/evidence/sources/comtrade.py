"""UN Comtrade: electric and hybrid vehicles that China exported to a country, by month.

Addresses and parameters are those of the UN's own package comtradeapicall 1.3.2
(https://pypi.org/project/comtradeapicall/) and of https://uncomtrade.org/docs/un-comtrade-api: with
a key ``data/v1/get``, without one ``public/v1/preview``, which gives at most 500 records. One month
is asked for at a time.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from forecasting.errors import InputError, RunError
from forecasting.evidence.places import COUNTRIES, place_name
from forecasting.evidence.rules import number_text
from forecasting.evidence.sources.polite import Page, PageReader, count, json_object
from forecasting.periods import month, months_between

__all__ = ["ADDRESS", "KEY", "LEFT_OUT", "proposed_rows"]

ADDRESS = "https://comtradeapi.un.org"
KEY = "COMTRADE_SUBSCRIPTION_KEY"
LEFT_OUT = "values in dollars are not proposed, and no other reporter than China is asked"
CHINA, MOST = 156, 500  # its code in the UN's M49; records of a preview
PARTNERS = dict(zip(COUNTRIES, (398, 417, 762, 795, 860), strict=True))  # M49
ITEMS = 5  # the code of a quantity in pieces
# Headings of the Harmonized System, edition of 2022, each with what it counts.
GOODS = {
    "870240": ("ebus_imports", "electric-buses"),
    "870340": ("hybrid_imports", "petrol-hybrids"),
    "870350": ("hybrid_imports", "diesel-hybrids"),
    "870360": ("hybrid_imports", "petrol-plug-in-hybrids"),
    "870370": ("hybrid_imports", "diesel-plug-in-hybrids"),
    "870380": ("ev_imports", "battery-cars"),
    "870460": ("etruck_imports", "electric-trucks"),
}
FIELDS = ("period", "reporterCode", "partnerCode", "cmdCode", "flowCode", "qty", "qtyUnitCode")


def proposed_rows(
    places: Sequence[str], since: int, base: str, today: dt.date
) -> tuple[list[dict[str, str]], int]:
    """Vehicles exported from China to each place, by month and heading.

    Parameters
    ----------
    places : sequence of str
        Some of the five countries.
    since : int
        First year.
    base : str
        The beginning of the addresses.
    today : date
        The last month asked for is the one before.

    Returns
    -------
    tuple
        Rows in a ledger's columns, and how many records had no count in pieces.

    Raises
    ------
    InputError
        For another place, or a key that cannot be one.
    RunError
        Where the source fails.
    """
    if others := sorted(set(places) - set(COUNTRIES)):
        raise InputError(f"comtrade is asked for {', '.join(COUNTRIES)}, not {', '.join(others)}")
    last = today.replace(day=1) - dt.timedelta(days=1)
    periods = (
        [f"{part.start:%Y%m}" for part in months_between(dt.date(since, 1, 1), last)]
        if since <= last.year
        else []
    )
    key = _key()
    path = "data/v1/get/C/M/HS" if key else "public/v1/preview/C/M/HS"
    rows, without = [], 0
    with PageReader(
        "UN Comtrade", base, {"Ocp-Apim-Subscription-Key": key} if key else None
    ) as reader:
        for period in periods:
            page = reader.page(
                path, _question(places, period), partial(_records, period=period, places=places)
            )
            found = [_row(record, page) for record in page.content]
            rows += [row for row in found if row]
            without += found.count({})
    return rows, without


def _key() -> str:
    key = os.environ.get(KEY, "").strip()
    if key and not re.fullmatch(r"[0-9A-Za-z_-]{1,128}", key):
        raise InputError(f"what {KEY} holds is no key: letters and digits only")
    return key


def _question(places: Sequence[str], period: str) -> dict[str, str]:
    return {
        "reporterCode": str(CHINA),
        "period": period,
        "partnerCode": ",".join(str(PARTNERS[place]) for place in places),
        "partner2Code": "0",
        "cmdCode": ",".join(GOODS),
        "flowCode": "X",
        "customsCode": "C00",
        "motCode": "0",
    }


def _records(text: str, period: str, places: Sequence[str]) -> list[Mapping[str, Any]]:
    """The records of an answer that were asked for, each with the fields that are needed."""
    content = json_object(text)
    if not isinstance(content, dict):
        raise RunError("the answer is no object: its table has changed")
    if said := content.get("error"):
        raise RunError(f"the answer is an error: {str(said)[:100]}")
    records = content.get("data")
    if not isinstance(records, list):
        raise RunError("the answer has no list of data: its table has changed")
    for number, record in enumerate(records):
        missing = [field for field in FIELDS if not isinstance(record, dict) or field not in record]
        if missing:
            raise RunError(f"data[{number}]: {', '.join(missing)} missing: its table has changed")
        _amount(record, f"data[{number}]")
    if len(records) >= MOST:
        raise RunError(
            f"{len(records)} records, the most that an answer holds: some may be missing"
        )
    return list(_chosen(records, period, places))


def _amount(record: Mapping[str, Any], where: str = "record") -> tuple[float | None, bool]:
    """Vehicles, counted before estimated, and whether they are estimated; None where nothing was
    counted in pieces.
    """
    found: list[tuple[float, bool]] = []
    for quantity, unit, estimated in (
        ("qty", "qtyUnitCode", "isQtyEstimated"),
        ("altQty", "altQtyUnitCode", "isAltQtyEstimated"),
    ):
        if record.get(quantity) is not None:
            amount = count(record, quantity, where)
            if str(record.get(unit)) == str(ITEMS) and amount > 0:
                found.append((amount, bool(record.get(estimated))))
    return min(found, key=lambda pair: pair[1]) if found else (None, False)


def _chosen(
    records: Sequence[Mapping[str, Any]], period: str, places: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """The records that were asked for, one a heading and partner: totals of all modes and
    procedures.
    """
    seen: dict[tuple[str, str], Any] = {}
    wanted = {str(PARTNERS[place]) for place in places}
    for record in records:
        total = all(
            str(record.get(field, whole)) == whole
            for field, whole in (("motCode", "0"), ("customsCode", "C00"), ("partner2Code", "0"))
        )
        asked = str(record["period"]) == period and str(record["reporterCode"]) == str(CHINA)
        asked = asked and record["flowCode"] == "X" and str(record["partnerCode"]) in wanted
        code = (str(record["partnerCode"]), str(record["cmdCode"]))
        if not (total and asked and code[1] in GOODS):
            continue
        if code in seen and seen[code] != record["qty"]:
            raise RunError(
                f"two counts of {code[1]} to {code[0]} in {period}: its table has changed"
            )
        if code not in seen:
            yield record
        seen[code] = record["qty"]


def _row(record: Mapping[str, Any], page: Page[Any]) -> dict[str, str]:
    """The proposed row; empty where nothing was counted in pieces."""
    amount, estimated = _amount(record)
    if amount is None:
        return {}
    place = next(
        place for place, code in PARTNERS.items() if str(code) == str(record["partnerCode"])
    )
    code, text = str(record["cmdCode"]), str(record["period"])
    measure, product = GOODS[code]
    period = month(f"{text[:4]}-{text[4:]}")
    row = {
        "id": f"{place}-{measure}-{period.label}-{product}-comtrade".lower().replace("_", "-"),
        "measure": measure,
        "place": place,
        "partner": "CN",
        "product": product,
        "basis": "China's exports, UN Comtrade",
        "period_start": period.start.isoformat(),
        "period_end": period.end.isoformat(),
        "relation": "about" if estimated else "equals",
        "value": number_text(amount),
        "kind": "estimate" if estimated else "outcome",
        "source": "UN Comtrade, China as reporter",
        "quote": f"HS {code}: {amount:,.0f} pieces exported from China to {place_name(place)}",
        "note": "by the month of leaving China"
        + ("; the quantity is estimated" if estimated else ""),
    }
    return page.stamped(row)
