"""UN Comtrade: electric and hybrid vehicles that China exported to a country, by month.

Addresses and parameters are those of the UN's own package comtradeapicall 1.3.2 and of
https://uncomtrade.org/docs/un-comtrade-api: with a key ``data/v1/get``, without one
``public/v1/preview``, which gives at most 500 records. One month is asked for at a time.
"""

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from pydantic import BaseModel, ConfigDict

from forecasting.evidence.rules import Row, number_text
from forecasting.evidence.sources.polite import Amount, Code, Page, PageReader, read_answer
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.periods import month, months_between
from forecasting.vocabulary.places import COUNTRIES, place_name

COMTRADE_ADDRESS = "https://comtradeapi.un.org"
COMTRADE_KEY = "COMTRADE_SUBSCRIPTION_KEY"
NOT_PROPOSED = "values in dollars are not proposed, and no other reporter than China is asked"
CHINA = "156"  # its code in the UN's M49
PARTNERS = dict(zip(COUNTRIES, ("398", "417", "762", "795", "860"), strict=True))  # M49
ALL_TRADE = {"motCode": "0", "customsCode": "C00", "partner2Code": "0"}  # all modes and procedures
MAX_RECORDS = 500  # records of a preview
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


class TradeRecord(BaseModel):
    """What one country sent to another in a month, under one heading; in the UN's own names.

    Totals of all modes of transport and procedures have the codes of `WHOLE`, or name none.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    period: Code
    reporterCode: Code
    partnerCode: Code
    cmdCode: Code
    flowCode: Code
    qty: Amount | None
    qtyUnitCode: Code
    isQtyEstimated: bool | None = False
    altQty: Amount | None = None
    altQtyUnitCode: Code = ""
    isAltQtyEstimated: bool | None = False

    def answers(self, question: Mapping[str, str]) -> bool:
        """Whether it is one of the records that were asked for."""
        return all(
            str(getattr(self, field, values)) in values.split(",")
            for field, values in question.items()
        )

    @property
    def count(self) -> tuple[bool, float] | None:
        """Whether vehicles are estimated, and how many; counted before estimated; None where
        nothing was counted in pieces.
        """
        counts = [
            (bool(self.isQtyEstimated), self.qty, self.qtyUnitCode),
            (bool(self.isAltQtyEstimated), self.altQty, self.altQtyUnitCode),
        ]
        pieces = sorted(
            (estimated, amount) for estimated, amount, unit in counts if amount and unit == ITEMS
        )
        return next(iter(pieces), None)


class TradeAnswer(BaseModel):
    """The records of a month."""

    data: list[TradeRecord]
    error: str | None = None


def proposed_rows(
    places: Sequence[str], since: int, base: str, today: dt.date
) -> Iterator[Row | None]:
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

    Yields
    ------
    dict or None
        A row in a ledger's columns; None of a record without a count in pieces.

    Raises
    ------
    InputError
        For another place, or a key that cannot be one.
    RunError
        Where the source fails.
    """
    if unknown := sorted({*places} - {*COUNTRIES}):
        raise InputError(f"comtrade is asked for {', '.join(COUNTRIES)}, not {', '.join(unknown)}")
    month_end = today.replace(day=1) - dt.timedelta(days=1)
    periods = [f"{part.start:%Y%m}" for part in months_between(dt.date(since, 1, 1), month_end)]
    key = _key()
    path = "data/v1/get/C/M/HS" if key else "public/v1/preview/C/M/HS"
    headers = {"Ocp-Apim-Subscription-Key": key} if key else None
    reader = PageReader("UN Comtrade", base, headers)
    for period in periods:
        question = ALL_TRADE | {
            "reporterCode": CHINA,
            "period": period,
            "partnerCode": ",".join(PARTNERS[place] for place in places),
            "cmdCode": ",".join(GOODS),
            "flowCode": "X",
        }
        page = reader.page(path, question, partial(_records, question=question))
        for record in page.content:
            yield _row(page, record, *record.count) if record.count else None


def _key() -> str:
    key = os.environ.get(COMTRADE_KEY, "").strip()
    if key and not re.fullmatch(r"[0-9A-Za-z_-]{1,128}", key):
        raise InputError(f"what {COMTRADE_KEY} holds is no key: letters and digits only")
    return key


def _records(text: str, question: Mapping[str, str]) -> list[TradeRecord]:
    """The records of an answer that were asked for, one a heading and partner."""
    answer = read_answer(TradeAnswer, text)
    if answer.error:
        raise RunError(f"the answer is an error: {answer.error[:100]}")
    if len(answer.data) >= MAX_RECORDS:
        raise RunError(
            f"{len(answer.data)} records, the most that an answer holds: some may be missing"
        )
    record_of_key: dict[tuple[str, str], TradeRecord] = {}
    for record in answer.data:
        if not record.answers(question):
            continue
        code = record.cmdCode
        if record_of_key.setdefault((code, record.partnerCode), record).qty != record.qty:
            raise RunError(
                f"two counts of {code} to {record.partnerCode} in {record.period}: "
                "its table has changed"
            )
    return list(record_of_key.values())


def _row(page: Page, record: TradeRecord, estimated: bool, vehicles: float) -> Row:
    place = next(place for place, code in PARTNERS.items() if code == record.partnerCode)
    measure, product = GOODS[record.cmdCode]
    note = "by the month of leaving China"
    if estimated:
        note += "; the quantity is estimated"
    return page.row(
        measure,
        place,
        month(f"{record.period[:4]}-{record.period[4:]}"),
        "comtrade",
        product,
        partner="CN",
        basis="China's exports, UN Comtrade",
        relation="about" if estimated else "equals",
        value=number_text(vehicles),
        kind="estimate" if estimated else "outcome",
        source="UN Comtrade, China as reporter",
        quote=f"HS {record.cmdCode}: {vehicles:,.0f} pieces exported from China to "
        f"{place_name(place)}",
        note=note,
    )
