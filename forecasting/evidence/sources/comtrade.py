"""UN Comtrade: electric and hybrid vehicles that China exported to a country, by month.

Addresses and parameters are those of the UN's own package comtradeapicall 1.3.2 and of
https://uncomtrade.org/docs/un-comtrade-api: with a key ``data/v1/get``, without one
``public/v1/preview``, which gives at most 500 records. One month is asked for at a time.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from forecasting.errors import InputError, RunError
from forecasting.evidence.places import COUNTRIES, place_name
from forecasting.evidence.rules import number_text
from forecasting.evidence.sources.polite import PageReader, count, json_object, records_of
from forecasting.periods import month, months_between

ADDRESS = "https://comtradeapi.un.org"
KEY = "COMTRADE_SUBSCRIPTION_KEY"
LEFT_OUT = "values in dollars are not proposed, and no other reporter than China is asked"
CHINA = "156"  # its code in the UN's M49
PARTNERS = dict(zip(COUNTRIES, ("398", "417", "762", "795", "860"), strict=True))  # M49
WHOLE = {"motCode": "0", "customsCode": "C00", "partner2Code": "0"}  # all modes and procedures
MOST = 500  # records of a preview
# Relation, kind and note of a number that is estimated, or not
TOLD = {
    False: ("equals", "outcome", ""),
    True: ("about", "estimate", "; the quantity is estimated"),
}
ITEMS = "5"  # the code of a quantity in pieces
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
    periods = [f"{part.start:%Y%m}" for part in months_between(dt.date(since, 1, 1), last)]
    key = _key()
    path = "data/v1/get/C/M/HS" if key else "public/v1/preview/C/M/HS"
    headers = {"Ocp-Apim-Subscription-Key": key} if key else None
    rows = []
    without = 0
    with PageReader("UN Comtrade", base, headers) as reader:
        for period in periods:
            question = _question(places, period)
            page = reader.page(path, question, partial(_records, question=question))
            for record in page.content:
                amount, estimated = _amount(record)
                if amount:
                    rows.append(page.stamped(_row(record, amount, estimated)))
                else:
                    without += 1
    return rows, without


def _key() -> str:
    key = os.environ.get(KEY, "").strip()
    if key and not re.fullmatch(r"[0-9A-Za-z_-]{1,128}", key):
        raise InputError(f"what {KEY} holds is no key: letters and digits only")
    return key


def _question(places: Sequence[str], period: str) -> dict[str, str]:
    return WHOLE | {
        "reporterCode": CHINA,
        "period": period,
        "partnerCode": ",".join(PARTNERS[place] for place in places),
        "cmdCode": ",".join(GOODS),
        "flowCode": "X",
    }


def _records(text: str, question: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """The records of an answer that were asked for, one a heading and partner."""
    content = json_object(text)
    if not isinstance(content, dict):
        raise RunError("the answer is no object: its table has changed")
    if error := content.get("error"):
        raise RunError(f"the answer is an error: {str(error)[:100]}")
    records = records_of(content.get("data"), "data", FIELDS)
    if len(records) >= MOST:
        raise RunError(
            f"{len(records)} records, the most that an answer holds: some may be missing"
        )
    first: dict[tuple[str, str], Mapping[str, Any]] = {}
    for number, record in enumerate(records):
        _amount(record, f"data[{number}]")
        if not _answers(record, question):
            continue
        code = (str(record["cmdCode"]), str(record["partnerCode"]))
        if first.setdefault(code, record)["qty"] != record["qty"]:
            period = question["period"]
            raise RunError(
                f"two counts of {code[0]} to {code[1]} in {period}: its table has changed"
            )
    return list(first.values())


def _answers(record: Mapping[str, Any], question: Mapping[str, str]) -> bool:
    """Whether a record is one of those asked for: a total of all modes and procedures."""
    return all(
        str(record.get(field, wanted)) in wanted.split(",") for field, wanted in question.items()
    )


def _amount(record: Mapping[str, Any], where: str = "record") -> tuple[float, bool]:
    """Vehicles, counted before estimated, and whether they are estimated; 0 where nothing was
    counted in pieces.
    """
    amounts: list[tuple[bool, float]] = []
    for quantity, unit, estimated in (
        ("qty", "qtyUnitCode", "isQtyEstimated"),
        ("altQty", "altQtyUnitCode", "isAltQtyEstimated"),
    ):
        amount = 0.0 if record.get(quantity) is None else count(record, quantity, where)
        if amount and str(record.get(unit)) == ITEMS:
            amounts.append((bool(record.get(estimated)), amount))
    by_estimate, vehicles = min(amounts, key=itemgetter(0), default=(False, 0.0))
    return vehicles, by_estimate


def _row(record: Mapping[str, Any], amount: float, estimated: bool) -> dict[str, str]:
    place = next(place for place, code in PARTNERS.items() if code == str(record["partnerCode"]))
    code = str(record["cmdCode"])
    text = str(record["period"])
    measure, product = GOODS[code]
    relation, kind, note = TOLD[estimated]
    period = month(f"{text[:4]}-{text[4:]}")
    return {
        "id": f"{place}-{measure}-{period.label}-{product}-comtrade".lower().replace("_", "-"),
        "measure": measure,
        "place": place,
        "partner": "CN",
        "product": product,
        "basis": "China's exports, UN Comtrade",
        "period_start": period.start.isoformat(),
        "period_end": period.end.isoformat(),
        "relation": relation,
        "value": number_text(amount),
        "kind": kind,
        "source": "UN Comtrade, China as reporter",
        "quote": f"HS {code}: {amount:,.0f} pieces exported from China to {place_name(place)}",
        "note": f"by the month of leaving China{note}",
    }
