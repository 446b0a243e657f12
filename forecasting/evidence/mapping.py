"""How a table of one's own is read as facts: which column says what, and what holds for every row.

A mapping lies beside its table, ``facts.mapping.yaml`` beside ``facts.csv``; without one, a mapping
is proposed.

>>> print(propose_mapping(["Country", "Year", "EV sales"]).to_yaml(), end="")
columns:
  place: Country
  year: Year
values:
  ev_sales: EV sales
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from forecasting.errors import LedgerError, Problem
from forecasting.evidence.rules import COLUMNS
from forecasting.measures import MEASURES, did_you_mean, nearest

# What a column can say: the ledger's own words, or a period in one cell
TARGETS = (*COLUMNS, "year", "month", "date")
TABLES = {"columns": TARGETS, "values": tuple(MEASURES), "constants": COLUMNS}
OPTIONS = ("separator", "encoding", "decimal", "dates", "sheet", "each")
EACH = ("year", "quarter", "month", "day")

# Words by which columns of other people's tables are known, in lower case.
_COLUMN_WORDS = {
    "place": "country land pays place region location market economy nation territory "
    "iso iso2 iso3 страна регион mamlakat 国家",
    "year": "year год yil annee jahr 年份 年",
    "month": "month месяц oy 月份 月",
    "date": "date day period quarter дата период sana 日期",
    "period_start": "start from begin beginning",
    "period_end": "end to until till",
    "published": "published publication released reported",
    "partner": "partner origin exporter",
    "product": "product powertrain technology type",
    "basis": "agency basis definition",
    "source": "source publisher источник manba 来源",
    "url": "url link address website",
    "note": "note notes comment comments remark remarks",
    "unit": "unit units",
    "value": "value count number amount quantity количество значение",
}  # fmt: skip
# Parts of words by which a column of numbers names its measure; the first that fits is proposed.
_MEASURE_WORDS = (
    ("charging_stations", "station"),
    ("charging_points", "point|charger|pile"),
    ("ebus_stock", "bus"),
    ("ev_registrations", "regist"),
    ("ev_imports", "import|импорт"),
    ("ev_exports", "export|экспорт"),
    ("ev_stock", "stock|fleet|on the road|parc|парк"),
    ("ev_sales", "sale|sold|продаж|销量"),
)
_ELECTRIC = ("ev", "bev", "phev", "electric", "электр", "elektr", "电动", "nev", "plug")


@dataclass(frozen=True)
class Mapping:
    """Which column of a table says what.

    Parameters
    ----------
    columns : dict of str to str
        A word of the ledger (place, period_start, value, ...), or ``year``, ``month``, ``date`` for
        a period in one cell, to the name of the table's column.
    values : dict of str to str
        Of a table with one column of numbers per measure: the measure to its column.
    constants : dict of str to str
        What holds for every row, e.g. measure, source, published.
    separator, encoding, decimal, dates, sheet, each : str
        How the file is written: what stands between its columns, its encoding, the decimal mark,
        the form of its dates (as in ``%d.%m.%Y``), the sheet of a workbook, and the length of the
        periods that dates stand for (year, quarter, month, day). Empty where it can be seen from
        the file.
    """

    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    separator: str = ""
    encoding: str = ""
    decimal: str = ""
    dates: str = ""
    sheet: str = ""
    each: str = ""

    def to_yaml(self, in_one_line: bool = False) -> str:
        """The mapping as the text of its file.

        >>> Mapping({"place": "Land"}).to_yaml(in_one_line=True)
        '{columns: {place: Land}}'
        """
        filled = {key: value for key, value in vars(self).items() if value}
        text = yaml.safe_dump(
            filled,
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=in_one_line,
            width=10_000 if in_one_line else 80,
        )
        return text.strip("\n") if in_one_line else text

    @property
    def lacks(self) -> list[str]:
        """What no column and no constant says, though every fact needs it."""
        named = {*self.columns, *self.constants}
        if self.values:
            named |= {"value", "measure"}
        missing = [word for word in ("value", "measure", "place") if word not in named]
        if not named & {"year", "month", "date", "period_end"}:
            missing.append("year, month, date or period_end")
        return missing


def propose_mapping(header: Sequence[str]) -> Mapping:
    """The mapping that a table's column names suggest.

    Parameters
    ----------
    header : sequence of str
        Names of the table's columns.
    """
    columns: dict[str, str] = {}
    values: dict[str, str] = {}
    for name in header:
        plain = re.sub(r"[^\w]+|_", " ", name).strip().lower()
        target = _target_of(name, plain)
        measure = _measure_of(name, plain)
        if measure and target not in COLUMNS[:8]:
            values.setdefault(measure, name)
        elif target:
            columns.setdefault(target, name)
    if values:  # a column that is called a number is not needed beside one that names its measure
        columns.pop("value", None)
    return Mapping(columns=columns, values=values)


def _target_of(name: str, plain: str) -> str:
    if name in COLUMNS:
        return name
    words = {word: target for target, known in _COLUMN_WORDS.items() for word in known.split()}
    return words.get(plain) or words.get(plain.split(" ")[0], "")


def _measure_of(name: str, plain: str) -> str:
    if name in MEASURES:
        return name
    electric = any(part in plain.split() or (len(part) > 4 and part in plain) for part in _ELECTRIC)
    for measure, words in _MEASURE_WORDS:
        if re.search(words, plain) and (electric or measure.startswith("charging")):
            return measure
    return ""


def mapping_path(table: Path) -> Path:
    """Where the mapping of a table lies.

    >>> mapping_path(Path("facts.csv")).name
    'facts.mapping.yaml'
    """
    return table.with_name(f"{table.stem}.mapping.yaml")


def read_mapping(path: Path) -> Mapping:
    """Read a mapping's file.

    Raises
    ------
    LedgerError
        With every problem at once.
    """
    try:
        keys: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())[:150]
        problem = Problem(path.name, f"cannot be read: {reason}", "see `ev-forecast check`")
        raise LedgerError([problem]) from None
    if not isinstance(keys, dict):
        hint = "write columns: and, below it, place: Country"
        raise LedgerError([Problem(path.name, "is not a list of keys", hint)])
    if problems := list(_mapping_problems(path.name, keys)):
        raise LedgerError(problems)
    columns, values, constants = (
        {str(word): str(text) for word, text in (keys.get(key) or {}).items()} for key in TABLES
    )
    return Mapping(columns, values, constants, *(str(keys.get(key) or "") for key in OPTIONS))


def _mapping_problems(name: str, keys: dict[str, Any]) -> Iterable[Problem]:
    known = (*TABLES, *OPTIONS)
    for key, table in keys.items():
        where = f"{name} {key}"
        if key not in known:
            yield Problem(where, "is not a key of a mapping", nearest(str(key), known))
        elif key in TABLES and not isinstance(table, dict):
            yield Problem(where, "is not a list of keys", "write name: column lines below it")
        elif key in TABLES:
            for word in table:
                if word not in TABLES[key]:
                    hint = did_you_mean(str(word), TABLES[key])
                    yield Problem(f"{where}.{word}", "is unknown", hint)
    if len(str(keys.get("separator") or "")) > 1:
        fault = f"{keys['separator']!r} is not one character"
        yield Problem(f"{name} separator", fault, "e.g. separator: ';', of tabs \"\\t\"")
    if keys.get("each") not in (None, *EACH):
        yield Problem(f"{name} each", f"{keys['each']!r} is unknown", "one of " + ", ".join(EACH))
