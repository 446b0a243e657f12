"""A ledger is read and checked at one door: every problem at once, with file, line, column and the
next move.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from forecasting.evidence import datasets
from forecasting.evidence.rules import LEDGER_COLUMNS
from forecasting.reading.user_ledgers import read_ledger
from forecasting.vocabulary.errors import LedgerError, PeriodError
from forecasting.vocabulary.places import place_code

GOOD = {
    "id": "a",
    "measure": "ev_imports",
    "place": "UZ",
    "partner": "World",
    "product": "battery-cars",
    "basis": "uz-statistics",
    "period_start": "2023-01-01",
    "period_end": "2023-04-30",
    "relation": "equals",
    "quantity": "total",
    "value": "2544",
    "unit": "vehicles",
    "rounding": "",
    "reference": "",
    "kind": "outcome",
    "published": "2023-06-26",
    "source": "a newspaper",
    "url": "https://example.org/a,b",
    "quote": "",
    "note": "",
}


def text(*rows: dict[str, str], columns: tuple[str, ...] = LEDGER_COLUMNS) -> str:
    lines = [",".join(columns)]
    lines += [",".join('"' + row.get(column, "") + '"' for column in columns) for row in rows]
    return "\n".join(lines) + "\n"


def problems(*rows: dict[str, str]) -> list[str]:
    return problems_of(io.StringIO(text(*rows)))


def problems_of(source):
    try:
        read_ledger(source)
    except LedgerError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_a_good_row_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"measure": "ev_import"},
            "ledger:2 measure: 'ev_import' is unknown (did you mean ev_imports?)",
        ),
        (
            {"measure": ""},
            "ledger:2 measure: is empty (one of ev_imports, ev_exports, ev_registrations, "
            "ev_production, ev_retirements, ev_sales, ev_transactions, ev_stock)",
        ),
        ({"unit": "vehicels"}, "ledger:2 unit: 'vehicels' is an unknown unit (use vehicles)"),
        (
            {"unit": "USD million"},
            "ledger:2 unit: 'USD million' does not fit total of ev_imports (use vehicles)",
        ),
        (
            {"relation": "equal"},
            "ledger:2 relation: 'equal' is unknown (one of equals, about, at_least, at_most,"
            " greater_than, less_than)",
        ),
        ({"relation": ""}, "ledger:2 relation: is empty (one of equals, about"),
        (
            {"quantity": "yoy_growth"},
            "ledger:2 quantity: 'yoy_growth' is unknown (did you mean yoy_growth_percent?)",
        ),
        (
            {"quantity": "stock"},
            "ledger:2 quantity: 'stock' does not fit ev_imports, a flow (use total)",
        ),
        ({"kind": "outcom"}, "ledger:2 kind: 'outcom' is unknown (did you mean outcome?)"),
        (
            {"place": "Uzbekistann"},
            "ledger:2 place: 'Uzbekistann' is not a known place (did you mean UZ (Uzbekistan)?)",
        ),
        ({"place": ""}, "ledger:2 place: is empty"),
        (
            {"partner": "Chnia"},
            "ledger:2 partner: 'Chnia' is not a known place (did you mean CN (China)?)",
        ),
        ({"value": "-5"}, "ledger:2 value: -5 is negative (counts and amounts are 0 or more)"),
        (
            {"value": "2,544"},
            "ledger:2 value: '2,544' is not a number (without thousands separators: 2544)",
        ),
        (
            {"value": "2 544"},
            "ledger:2 value: '2 544' is not a number (without thousands separators: 2544)",
        ),
        (
            {"value": "1,5"},
            "ledger:2 value: '1,5' is not a number (digits and a decimal point only)",
        ),
        (
            {"value": "many"},
            "ledger:2 value: 'many' is not a number (digits and a decimal point only)",
        ),
        ({"value": "nan"}, "ledger:2 value: 'nan' is not a number"),
        ({"value": "1" * 59 + "xyz"}, f"ledger:2 value: '{'1' * 59}x' is not a number"),
        ({"value": "1e999"}, "ledger:2 value: '1e999' is not a number"),
        ({"value": ""}, "ledger:2 value: is empty, and there is no reference"),
        ({"rounding": "-1"}, "ledger:2 rounding: -1 is negative"),
        (
            {"period_start": "2023-05-01"},
            "ledger:2 period_end: 2023-04-30 comes before period_start 2023-05-01",
        ),
        (
            {"period_end": "2023-04-31"},
            "ledger:2 period_end: '2023-04-31' is not a date; write it as YYYY-MM-DD",
        ),
        ({"period_start": ""}, "ledger:2 period_start: is empty (a flow is counted over a period"),
        ({"published": "June 2023"}, "ledger:2 published: 'June 2023' is not a day, month or year"),
        (
            {"published": "2023-04-29"},
            "ledger:2 published: 2023-04-29 comes before the period ends on 2023-04-30",
        ),
        ({"reference": "b"}, "ledger:2 reference: 'b' refers to nothing"),
        ({"reference": "a"}, "ledger:2 reference: 'a' refers to itself"),
        ({"reference": "ev_imports@UZ"}, "ledger:2 reference: 'ev_imports@UZ' cannot be read"),
        (
            {"reference": "ev_import@UZ:2022-01-01/2022-12-31"},
            "ledger:2 reference: 'ev_import' is unknown (did you",
        ),
        (
            {"reference": "ev_imports@UZ:2022-13-01/2022-12-31"},
            "ledger:2 reference: in 'ev_imports@UZ:2022-13-01",
        ),
        ({"id": ""}, "ledger:2 id: is empty"),
        (
            {"quantity": "share_percent", "unit": "percent", "value": "120"},
            "ledger:2 value: a share of 120 % is outside 0 to 100 %",
        ),
        (
            {"quantity": "yoy_growth_percent", "unit": "percent", "value": "-100"},
            "ledger:2 value: a growth of -100 % is -100 % or less",
        ),
        (
            {"measure": "ev_stock", "quantity": "stock", "period_start": "", "period_end": ""},
            "ledger:2 period_end: is empty (a stock needs its day",
        ),
    ],
)
def test_each_rule_says_one_clear_thing(change: dict[str, str], said: str) -> None:
    found = problems(GOOD | change)
    assert len(found) == 1
    assert found[0].startswith(said)


def test_all_problems_come_at_once_with_their_lines() -> None:
    rows = [
        GOOD,
        GOOD | {"value": "-1", "unit": "vehicels"},
        GOOD | {"id": "c", "kind": "guess", "place": "Utopia"},
    ]
    with pytest.raises(LedgerError, match="ledger:3 value: -1 is negative") as caught:
        read_ledger(io.StringIO(text(*rows)))
    where = [problem.where for problem in caught.value.problems]
    assert where == [
        "ledger:3 value",
        "ledger:3 unit",
        "ledger:3 id",
        "ledger:4 kind",
        "ledger:4 place",
    ]


def test_lines_are_counted_over_cells_with_line_breaks() -> None:
    found = problems(GOOD | {"note": "two\nlines"}, GOOD | {"id": "b", "value": "-1"})
    assert found == ["ledger:4 value: -1 is negative (counts and amounts are 0 or more)"]


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(text(GOOD | {"value": "-5"}))
    assert problems_of(path)[0].startswith("facts.csv:2 value: -5 is negative")


def test_columns_unknown_missing_and_twice() -> None:
    columns = tuple("vlaue" if column == "value" else column for column in LEDGER_COLUMNS)
    found = problems_of(io.StringIO(text(GOOD, columns=(*columns, "id"))))
    assert found[0] == "ledger:1: 'vlaue' is an unknown column (did you mean value?)"
    assert found[1].startswith("ledger:1: column 'value' is missing")
    assert found[2] == "ledger:1: column 'id' stands there twice (keep one)"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        ("id,measure\né".encode("latin-1"), "ledger:2: is not UTF-8: byte 0xe9"),
        ("id".encode("utf-16"), "is not UTF-8"),
        (b"id;measure;place\na;b;c\n", "has no commas between its columns"),
        (text(GOOD).replace('"2544"', "2,544").encode(), "has 21 cells, the header has 20"),
        (text(GOOD).replace('"a"', '"a').encode(), "is not CSV"),
    ],
)
def test_files_that_are_no_ledger(data: bytes, said: str) -> None:
    with pytest.raises(LedgerError, match=said):
        read_ledger(io.BytesIO(data))


def test_no_file_and_no_folder(tmp_path: Path) -> None:
    assert "no such file" in problems_of(tmp_path / "none.csv")[0]
    assert "holds no .csv file" in problems_of(tmp_path)[0]


def test_a_folder_is_one_ledger(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text(GOOD))
    (tmp_path / "b.csv").write_text(text(GOOD | {"id": "b", "reference": "a", "kind": "context"}))
    assert len(read_ledger(tmp_path)) == 2
    (tmp_path / "c.csv").write_text(text(GOOD))
    assert problems_of(tmp_path) == [
        "c.csv:2 id: 'a' is a duplicate of a.csv:2 (ids are used once)"
    ]


def test_a_few_columns_and_other_spellings_are_enough() -> None:
    ledger = read_ledger(
        io.StringIO(
            "\ufeffid, measure ,place,period_start,period_end,relation,value,unit\r\n"
            "a,ev_imports,uzbekistan,2023-01-01,2023-04-30,equals,2544,cars\r\n"
            "\r\n"
            "b,vehicle_exports,Khorgos,2023-01-01,2023-06-26,greater_than,35000,\r\n"
        )
    )
    first, second = ledger
    assert (first.place, first.partner, first.kind, first.quantity, first.unit) == (
        "UZ",
        "World",
        "outcome",
        "total",
        "vehicles",
    )
    assert (second.place, second.rounding, second.known_from) == ("horgos", 500.0, None)


def test_selecting_by_a_word_that_nobody_knows() -> None:
    ledger = datasets.central_asia()
    with pytest.raises(LedgerError, match="'ev_import' is unknown; did you mean ev_imports"):
        ledger.select(measure="ev_import")
    with pytest.raises(LedgerError, match="'Narnia' is not a known place"):
        ledger.select(place="Narnia")
    with pytest.raises(LedgerError, match="'facts' is unknown"):
        ledger.select(kind="facts")
    with pytest.raises(PeriodError, match="'yesterday' is not a date"):
        ledger.select(as_of="yesterday")
    with pytest.raises(LedgerError, match="no fact has the id 'article-9'; did you mean"):
        ledger.get("article-9")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Norge", "NO"),
        ("Узбекистан", "UZ"),
        ("Kasachstan", "KZ"),
        ("挪威", "NO"),
        ("TURKEI", "TR"),
        ("Hrvatska", "HR"),
    ],
)
def test_a_country_is_found_by_its_name_in_any_language(name, code):
    assert place_code(name) == code


@pytest.mark.parametrize(
    ("slip", "hint"),
    [
        ("Kasachstn", "did you mean KZ"),
        ("Deutschlnd", "did you mean DE"),
        ("Atlantis", "use an ISO 3166 code"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_name_and_no_name_at_all_with_none(slip, hint):
    with pytest.raises(LedgerError, match=f"is not a known place; {hint}"):
        place_code(slip)
