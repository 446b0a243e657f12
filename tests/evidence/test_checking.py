"""One more fact: checked, appended, two at once losing neither."""

import csv
import subprocess
import sys

import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evidence.checking import append_fact
from forecasting.reading.user_ledgers import read_ledger
from forecasting.vocabulary.errors import LedgerError

GOOD = {
    "measure": "ev_sales", "place": "NO", "period_start": "2023-01-01", "period_end": "2023-12-31",
    "relation": "equals", "value": "104000", "published": "2024-01",
}  # fmt: skip


def test_a_file_is_made_and_grows_and_reads_back(tmp_path):
    path = tmp_path / "facts.csv"
    assert append_fact(path, GOOD) == "no-ev_sales-2023-12-31"
    assert append_fact(path, GOOD | {"value": "104500"}) == "no-ev_sales-2023-12-31-2"
    assert read_ledger(path).frame["value"].tolist() == [104000.0, 104500.0]


def test_a_file_holds_what_was_said_and_no_default_but_codes(tmp_path):
    path = tmp_path / "facts.csv"
    append_fact(path, GOOD | {"place": "Norway", "relation": "about"})
    append_fact(path, GOOD | {"unit": "cars", "rounding": "500"})
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    kept = [(row["place"], row["partner"], row["unit"], row["rounding"]) for row in rows]
    assert kept == [("NO", "World", "", ""), ("NO", "World", "cars", "500")]
    assert [row["quantity"] for row in rows] == ["total", "total"]
    assert read_ledger(path).frame["rounding"].tolist() == [500.0, 500.0]


def test_a_line_without_an_end_and_the_file_s_own_columns_are_kept(tmp_path):
    path = tmp_path / "facts.csv"
    path.write_text(
        "value,relation,id,measure,place,period_start,period_end\n7,equals,a,ev_sales,SE,2022-01-01,2022-12-31"
    )
    with pytest.raises(LedgerError, match=r"facts.csv: has no column published"):
        append_fact(path, GOOD)
    append_fact(path, {key: cell for key, cell in GOOD.items() if key != "published"})
    assert path.read_text().splitlines()[1:] == [
        "7,equals,a,ev_sales,SE,2022-01-01,2022-12-31",
        "104000,equals,no-ev_sales-2023-12-31,ev_sales,NO,2023-01-01,2023-12-31",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": "-1"}, "the fact value: -1 is negative"),
        (
            {"measure": "ev_sale"},
            r"the fact measure: 'ev_sale' is unknown \(did you mean ev_sales\?\)",
        ),
        ({"colour": "red"}, "the fact: 'colour' is an unknown column"),
        ({"published": "2023-02"}, "comes before the period ends"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(tmp_path, change, said):
    path = tmp_path / "facts.csv"
    with pytest.raises(LedgerError, match=said):
        append_fact(path, GOOD | change)
    assert not path.exists()


def test_an_id_that_is_taken_is_refused(tmp_path):
    path = tmp_path / "facts.csv"
    append_fact(path, GOOD | {"id": "a"})
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="'a' is a duplicate"):
        append_fact(path, GOOD | {"id": "a", "value": "5"})
    assert path.read_bytes() == before


def test_a_folder_that_is_none_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        append_fact(tmp_path / "none" / "facts.csv", GOOD)


@pytest.mark.slow
def test_several_at_once_lose_none(tmp_path):
    path = tmp_path / "facts.csv"
    code = (
        "from forecasting.evidence.checking import append_fact as a; import sys; a(sys.argv[1], {})"
    )
    code = code.replace("{}", "dict(item.split('=') for item in sys.argv[2:])")
    rows = [
        GOOD | {"period_start": f"{year}-01-01", "period_end": f"{year}-12-31"}
        for year in range(2015, 2021)
    ]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path), *(f"{k}={v}" for k, v in row.items())]
        )
        for row in rows
    ]
    assert [process.wait() for process in started] == [0] * len(rows)
    assert sorted(read_ledger(path).frame["period_end"]) == [row["period_end"] for row in rows]


def test_the_command_appends_what_options_say(tmp_path):
    path = str(tmp_path / "facts.csv")
    options = [
        "--place",
        "Norway",
        "--measure",
        "ev_stock",
        "--period",
        "2023-12",
        "--value",
        "690000",
    ]
    done = CliRunner().invoke(main, ["fact", path, *options, "--published", "2024-01-15"])
    assert done.exit_code == 0, done.output
    assert done.output == f"appended no-ev_stock-2023-12-31 to {path}\n"
    assert read_ledger(path).frame[["period_start", "period_end"]].values.tolist() == [
        ["", "2023-12-31"]
    ]


@pytest.mark.parametrize(
    ("known", "lacking"),
    [
        (["--place", "NO"], "--measure, --period, --value"),
        (["--reference", "a"], "--measure, --period, --place"),
    ],
)
def test_the_command_names_what_is_missing(tmp_path, known, lacking):
    done = CliRunner().invoke(main, ["fact", str(tmp_path / "facts.csv"), *known])
    assert done.exit_code == 2
    assert f"a fact needs {lacking}; or give a sentence with --text" in done.output


def test_the_command_proposes_and_appends_only_what_is_sure_and_asked_for(tmp_path):
    path = tmp_path / "facts.csv"
    text = "In 2023 Uzbekistan imported 2,000 electric cars"
    part = f"{text}, of which 1,900 were from China"
    two_numbers = f"{text} and 1,900 electric cars"
    for words, sure in ((text, True), (part, False), (two_numbers, False)):
        shown = CliRunner().invoke(
            main, ["fact", str(path), "--text", words, "--published", "2024-02-01"]
        )
        assert shown.exit_code == 0, shown.output
        first = shown.output.splitlines()[1].split()
        assert ("sure" in first) is sure
        assert first[3:7] == ["ev_imports", "total", "equals", "2000"]
        assert shown.output.endswith("nothing appended; --yes appends what is sure\n")
        assert not path.exists()
    taken = CliRunner().invoke(
        main, ["fact", str(path), "--text", text, "--published", "2024-02-01", "--yes"]
    )
    assert taken.output.endswith(f"appended uz-ev_imports-2023-12-31 to {path}\n")
    assert read_ledger(path).frame["quote"].tolist() == [text]


def test_the_command_says_that_a_fact_without_a_date_is_never_used_and_takes_no_address(tmp_path):
    options = [
        "--place",
        "Norway",
        "--measure",
        "ev_stock",
        "--period",
        "2023-12",
        "--value",
        "690000",
    ]
    done = CliRunner().invoke(main, ["fact", str(tmp_path / "facts.csv"), *options])
    assert "it has no date of publication, and is never used without one" in done.output
    refused = CliRunner().invoke(main, ["fact", "https://example.org/facts.csv", *options])
    assert refused.exit_code == 2
    assert (
        "https://example.org/facts.csv is a network address, and nothing is fetched unasked"
        in refused.output
    )


def test_a_fact_is_not_appended_to_a_workbook(tmp_path):
    with pytest.raises(LedgerError, match=r"new\.xlsx: facts are appended to a CSV, not to a work"):
        append_fact(tmp_path / "new.xlsx", GOOD)
    assert not [*tmp_path.iterdir()]
