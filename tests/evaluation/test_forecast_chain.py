"""A record of forecasts: whatever was changed in it afterwards is found, by the file's name."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from test_archive import freeze

from forecasting.cli import main
from forecasting.evaluation import forecast_chain
from forecasting.evaluation.archive import archive_record
from forecasting.evaluation.forecast_chain import add_to_chain, chain_of, check_day, mend_chain
from forecasting.evidence.datasets import central_asia
from forecasting.reporting.score_words import archive_text
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.names import OUTLOOK_TABLE, RUN_RECORD

DAYS = [dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2025, 1, 5)]
NAMES = ["uzbekistan-baseline", "uzbekistan-constrained"]


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    for name in NAMES:
        freeze(tmp_path / "reports" / name, name=name)
        record = {"identity": {"facts": "0123456789abcdef", "package": "fedcba9876543210"}}
        (tmp_path / "reports" / name / RUN_RECORD).write_text(json.dumps(record))
    return tmp_path / "reports"


@pytest.fixture
def record(tmp_path: Path, reports: Path) -> Path:
    """Three days of two scenarios."""
    folder = tmp_path / "record"
    for day in DAYS:
        assert len(add_to_chain(folder, reports, NAMES, day)) == 2
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_record_holds_one_file_a_day_and_scenario_each_after_another(record: Path) -> None:
    chain = chain_of(record)
    assert [link.file for link in chain] == [f"{day}/{name}.json" for day in DAYS for name in NAMES]
    assert chain[0].content["before"] is None
    assert chain[3].content["before"] == {"file": chain[2].file, "sha256": chain[2].sha256}
    assert chain[0].content["inputs"]["facts"] == "0123456789abcdef"
    assert len(chain[0].content["inputs"][OUTLOOK_TABLE]) == 64
    stock = chain[0].table.query("measure == 'ev_stock' and period_end == '2025-12-31'")
    assert stock.set_index("quantile")["value"][0.5] == pytest.approx(125_000)


def test_an_ordinary_tool_checks_it(record: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=record, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stdout.count(": OK\n") == 6


def test_a_scenario_has_one_forecast_a_day(record: Path, reports: Path) -> None:
    before = contents(record)
    assert add_to_chain(record, reports, NAMES, DAYS[-1]) == []
    assert contents(record) == before


def test_a_report_without_results_adds_nothing(record: Path, reports: Path) -> None:
    (reports / NAMES[0] / OUTLOOK_TABLE).unlink()
    added = add_to_chain(record, reports, NAMES, dt.date(2025, 2, 1))
    assert [link.file for link in added] == [f"2025-02-01/{NAMES[1]}.json"]


@pytest.mark.parametrize("place", range(6))
def test_a_changed_byte_is_found_by_name(record: Path, reports: Path, place: int) -> None:
    file = record / chain_of(record)[place].file
    data = bytearray(file.read_bytes())
    data[len(data) * place // 6] ^= 1
    file.write_bytes(data)
    refused(record, reports, rf"{file.parent.name}/{file.name} was changed after it was written")


@pytest.mark.parametrize("place", range(6))
def test_a_missing_day_is_found_by_name(record: Path, reports: Path, place: int) -> None:
    file = record / chain_of(record)[place].file
    file.unlink()
    refused(record, reports, rf"{file.parent.name}/{file.name} is missing")


def refused(record: Path, reports: Path, message: str) -> None:
    """Each use of the record is refused, and nothing is written."""
    before = contents(record)
    for use in (
        lambda: chain_of(record),
        lambda: check_day(record, dt.date(2026, 1, 1)),
        lambda: add_to_chain(record, reports, NAMES, dt.date(2026, 1, 1)),
        lambda: archive_record(record, central_asia()),
    ):
        with pytest.raises(InputError, match=message):
            use()
    assert contents(record) == before


def test_a_missing_day_whose_line_is_gone_too_is_found(record: Path, reports: Path) -> None:
    gone = chain_of(record)[2]
    (record / gone.file).unlink()
    sums = record / "SHA256SUMS"
    lines = sums.read_text().splitlines(keepends=True)
    sums.write_text("".join(line for line in lines if gone.file not in line))
    refused(record, reports, rf"was written after {gone.file}, and stands after 2024-12-31/uzbek")


def test_a_chain_in_another_order_is_found(record: Path, reports: Path) -> None:
    sums = record / "SHA256SUMS"
    lines = sums.read_text().splitlines(keepends=True)
    sums.write_text("".join([lines[0], lines[2], lines[1], *lines[3:]]))
    refused(record, reports, r"2025-01-01/uzbekistan-baseline\.json was written after 2024-12-31/")


def test_two_files_in_each_others_place_are_found(record: Path, reports: Path) -> None:
    one, two = (record / chain_of(record)[place].file for place in (0, 1))
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)
    refused(record, reports, r"uzbekistan-baseline\.json was changed after it was written")
    sums = record / "SHA256SUMS"
    lines = sums.read_text().splitlines()
    hashes = [line[:64] for line in lines]
    swapped = [f"{hashes[1]}{lines[0][64:]}", f"{hashes[0]}{lines[1][64:]}", *lines[2:]]
    sums.write_text("\n".join(swapped))
    refused(record, reports, "holds the forecast of uzbekistan-constrained on 2024-12-31")


def test_two_chains_in_a_folder_are_refused(record: Path, reports: Path, tmp_path: Path) -> None:
    add_to_chain(tmp_path / "other", reports, NAMES, dt.date(2025, 3, 1))
    shutil.copytree(tmp_path / "other" / "2025-03-01", record / "2025-03-01")
    refused(record, reports, r"holds more than one chain: .*2025-03-01/uzbekistan-baseline\.json")


def test_a_day_before_the_last_is_refused(record: Path, reports: Path) -> None:
    before = contents(record)
    with pytest.raises(InputError, match="2025-01-05, and today is 2025-01-04: a day before the"):
        add_to_chain(record, reports, NAMES, dt.date(2025, 1, 4))
    assert contents(record) == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no JSON", "is no forecast that a run has kept"),
        ("{}", "is no forecast that a run has kept"),
        ("[1]", "is no forecast that a run has kept"),
        ("[" * 100_000, "is no forecast that a run has kept"),
    ],
)
def test_a_file_of_another_kind_is_named(
    record: Path, reports: Path, text: str, message: str
) -> None:
    (record / "2025-01-05" / "zambia-baseline.json").write_text(text)
    refused(record, reports, rf"2025-01-05/zambia-baseline\.json {message}")


def test_a_run_that_ended_before_the_list_is_gone_on_with(record: Path, reports: Path) -> None:
    sums = record / "SHA256SUMS"
    lines = sums.read_text().splitlines(keepends=True)
    sums.write_text("".join(lines[:-1]))
    assert len(chain_of(record)) == 6
    add_to_chain(record, reports, NAMES, dt.date(2025, 2, 1))
    assert sums.read_text().splitlines(keepends=True)[:6] == lines


def test_the_record_is_scored_as_the_reports_are(record: Path, reports: Path) -> None:
    of_reports = archive_record(reports, central_asia())
    of_record = archive_record(record, central_asia())
    pd.testing.assert_frame_equal(of_record, of_reports)
    assert len(of_record) > 5


def test_what_is_withdrawn_is_told_and_not_scored(record: Path, reports: Path) -> None:
    file = f"{DAYS[1]}/{NAMES[0]}.json"
    (record / "withdrawals.csv").write_text(f'file,reason\n{file},"a fact, counted twice"\n')
    scored = archive_record(record, central_asia())
    assert scored.attrs["withdrawn"] == {file: "a fact, counted twice"}
    told = archive_text(scored)
    assert told.endswith(f"Withdrawn and not scored: {file}: a fact, counted twice")
    added = add_to_chain(record, reports, NAMES, dt.date(2025, 2, 1))
    assert added[0].content["withdrawals"] == {file: "a fact, counted twice"}
    (record / "withdrawals.csv").unlink()
    refused(record, reports, rf"withdrawals\.csv no longer says of {file} what 2025-02-01/uzbek")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,why\n", r"withdrawals\.csv, line 1: has other columns than file,reason"),
        ("file,reason\n2024-12-31/uzbekistan-baseline.json,\n", "line 2: has no reason"),
        ("file,reason\n2024-12-31/mars.json,a slip\n", "withdraws 2024-12-31/mars.json, which is"),
    ],
)
def test_a_withdrawal_says_what_and_why(
    record: Path, reports: Path, text: str, message: str
) -> None:
    (record / "withdrawals.csv").write_text(text)
    refused(record, reports, message)


def test_the_command_checks_before_it_scores(record: Path) -> None:
    done = CliRunner().invoke(main, ["track-record", "--archive", str(record)])
    assert done.exit_code == 0, done.output
    assert "from 2 kept forecasts" in done.stdout
    (record / chain_of(record)[0].file).write_text("{}")
    done = CliRunner().invoke(main, ["track-record", "--archive", str(record)])
    assert done.exit_code == 2
    assert "uzbekistan-baseline.json was changed after it was written" in done.output


def test_two_runs_that_end_at_once_write_one_after_the_other(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content_of = forecast_chain._forecast_of

    def slow_content(*question: Any) -> dict[str, Any]:
        time.sleep(0.2)
        return content_of(*question)

    monkeypatch.setattr(forecast_chain, "_forecast_of", slow_content)
    folder = tmp_path / "record"

    def add(name: str) -> int:
        return len(add_to_chain(folder, reports, [name], DAYS[0]))

    with ThreadPoolExecutor(2) as threads:
        assert [*threads.map(add, NAMES)] == [1, 1]
    assert {link.content["scenario"] for link in chain_of(folder)} == {*NAMES}
    assert len((folder / "SHA256SUMS").read_text().splitlines()) == 2


def test_a_run_that_waits_in_vain_says_who_has_the_record(
    record: Path, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast_chain, "LONGEST_WAIT", 0.1)
    with (record / ".lock").open("ab") as file:
        assert forecast_chain.lock_file(file)
        with pytest.raises(RunError, match=r"record is in use by another run: wait until it ends"):
            add_to_chain(record, reports, NAMES, dt.date(2025, 2, 1))


def test_an_empty_file_that_a_run_left_is_written_by_the_next(record: Path, reports: Path) -> None:
    day = dt.date(2025, 2, 1)
    (record / str(day)).mkdir()
    (record / f"{day}/{NAMES[0]}.json").touch()
    assert len(chain_of(record)) == 6
    assert [link.file for link in add_to_chain(record, reports, NAMES[:1], day)] == [
        f"{day}/{NAMES[0]}.json"
    ]
    assert len(chain_of(record)) == 7


def test_parts_of_files_that_killed_runs_left_go_with_the_next_and_nothing_else(
    record: Path, reports: Path
) -> None:
    code = (
        "import datetime as dt, sys; from forecasting.evaluation import forecast_chain as chain\n"
        "from forecasting.vocabulary import files; files.os.fsync = lambda _: files.os._exit(9)\n"
        "chain.add_to_chain(*sys.argv[1:3], sys.argv[3:], dt.date(2025, 2, 1))"
    )
    command = [sys.executable, "-c", code, str(record), str(reports), NAMES[0]]
    assert subprocess.run(command).returncode == 9
    (part,) = record.glob("2025-02-01/*")
    of_user = [record / f"2025-02-01/{name}" for name in (".notes.part", "a.part", f"x{part.name}")]
    of_user += [record / part.name, record / "mine" / part.name]
    of_user[-1].parent.mkdir()
    for path in of_user:
        path.write_text("mine")
    add_to_chain(record, reports, NAMES[:1], dt.date(2025, 3, 1))
    assert not part.exists()
    assert [path.read_text() for path in of_user] == ["mine"] * 5


def forked(record: Path, reports: Path) -> str:
    """Add two files that both say they come after the last, as two runs at once did; the name of
    the one that is not listed.
    """
    day = dt.date(2025, 2, 1)
    copy = shutil.copytree(record, record.parent / "copy")
    add_to_chain(copy, reports, NAMES[1:], day)
    add_to_chain(record, reports, NAMES[:1], day)
    shutil.copy(copy / f"{day}/{NAMES[1]}.json", record / str(day))
    return f"{day}/{NAMES[1]}.json"


def test_a_record_with_two_ends_is_mended_and_loses_nothing(record: Path, reports: Path) -> None:
    file = forked(record, reports)
    refused(record, reports, r"holds more than one chain: .*`ev-forecast mend \S+record` keeps")
    before = contents(record)
    done = CliRunner().invoke(main, ["mend", str(record)])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        f"moved {file} to set-aside/{file}: it does not follow from the files that stay",
        f"the record holds 7 files, the last 2025-02-01/{NAMES[0]}.json",
    ]
    assert contents(record) == {
        f"set-aside/{name}" if name == file else name: data for name, data in before.items()
    }
    assert len(chain_of(record)) == 7
    assert len(add_to_chain(record, reports, NAMES, dt.date(2025, 3, 1))) == 2
    done = CliRunner().invoke(main, ["mend", str(record)])
    assert done.stdout.endswith(
        "the last 2025-03-01/uzbekistan-constrained.json; nothing was to be mended\n"
    )
    done = CliRunner().invoke(main, ["mend", str(record), "--json"])
    told = json.loads(done.stdout)
    assert (len(told["files"]), told["set_aside"]) == (9, [])
    assert told["files"][-1] == "2025-03-01/uzbekistan-constrained.json"


def test_a_program_is_told_what_was_set_aside(record: Path, reports: Path) -> None:
    file = forked(record, reports)
    done = CliRunner().invoke(main, ["mend", str(record), "--json"])
    told = json.loads(done.stdout)
    assert (told["set_aside"], len(told["files"])) == ([file], 7)


def test_the_longer_of_two_ends_stays_where_neither_is_listed(record: Path, reports: Path) -> None:
    file = forked(record, reports)
    sums = record / "SHA256SUMS"
    sums.write_text("".join(sums.read_text().splitlines(keepends=True)[:6]))
    copy = record.parent / "copy"
    add_to_chain(copy, reports, NAMES[1:], dt.date(2025, 3, 1))
    shutil.copytree(copy / "2025-03-01", record / "2025-03-01")
    chain, moved = mend_chain(record)
    assert [link.file for link in chain[6:]] == [file, f"2025-03-01/{NAMES[1]}.json"]
    assert moved == [f"2025-02-01/{NAMES[0]}.json"]


def test_what_was_set_aside_before_is_not_replaced(record: Path, reports: Path) -> None:
    file = forked(record, reports)
    (record / "set-aside" / file).parent.mkdir(parents=True)
    (record / "set-aside" / file).write_text("mine")
    before = contents(record)
    with pytest.raises(InputError, match=r"constrained\.json is there already: move it elsewhere"):
        mend_chain(record)
    assert contents(record) == before


def test_a_changed_file_is_not_mended(record: Path) -> None:
    (record / chain_of(record)[2].file).write_text("{}")
    before = contents(record)
    with pytest.raises(InputError, match="was changed after it was written"):
        mend_chain(record)
    assert contents(record) == before


def rewritten(record: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the last file, and its hash in the list: a record that agrees with itself."""
    sums = record / "SHA256SUMS"
    *lines, last = sums.read_text().splitlines()
    file = record / last.partition("  ")[2]
    content = json.loads(file.read_bytes())
    changed = change(content)
    file.write_text(json.dumps(content if changed is None else changed))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    sums.write_text("\n".join([*lines, f"{digest}  {last.partition('  ')[2]}"]) + "\n")


HOSTILE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a null day": lambda content: content.update(day=None),
    "a null date of a row": lambda content: content["forecasts"][0].update(period_start=None),
    "a period that ends first": lambda content: content["forecasts"][0].update(
        period_start="2030-01-01"
    ),
    "a list of withdrawals": lambda content: content.update(withdrawals=["a"]),
    "a list for a reason": lambda content: content.update(withdrawals={"a": ["b"]}),
    "a text before": lambda content: content.update(before="x"),
    "a row that is no mapping": lambda content: content["forecasts"].append(3),
    "no rows": lambda content: content.update(forecasts=[]),
    "an infinite value": lambda content: content["forecasts"][0].update({"0.5": float("inf")}),
    "a huge value": lambda content: content["forecasts"][0].update({"0.5": 10**400}),
    "a text for a value": lambda content: content["forecasts"][0].update({"0.5": "many"}),
    "a quantile beyond one": lambda content: content["forecasts"][0].update({"5": 1.0}),
    "a quantile in words": lambda content: content["forecasts"][0].update({"median": 1.0}),
    "no day of evidence": lambda content: content.update(as_of=None),
    "a year in words": lambda content: content.update(first_year="x"),
    "a year far off": lambda content: content.update(first_year=10**30),
    "a basis that is a list": lambda content: content.update(basis=[1]),
    "facts that are a number": lambda content: content.update(facts_used=1),
    "no object": lambda content: [content],
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_with_its_own_hash_ends_in_one_message(
    record: Path, reports: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    rewritten(record, change)
    refused(record, reports, r"2025-01-05/uzbekistan-constrained\.json is no forecast that a run")


@pytest.mark.parametrize("name", ["2025-01-05/x.json", "withdrawals.csv"])
def test_a_pipe_in_a_record_is_refused_at_once(record: Path, name: str) -> None:
    os.mkfifo(record / name)
    with pytest.raises(InputError, match="is not a regular file"):
        archive_record(record, central_asia())


@pytest.mark.parametrize("length", [200_000, 5_000])
def test_a_reason_without_an_end_is_refused(record: Path, reports: Path, length: int) -> None:
    file = f"{DAYS[1]}/{NAMES[0]}.json"
    (record / "withdrawals.csv").write_text(f"file,reason\n{file},{'x' * length}\n")
    # A library in the same process may have raised the limit of a cell
    refused(record, reports, rf"withdrawals\.csv.* (field larger than|has {length:,} characters)")


def test_one_withdrawal_has_one_reason_and_blank_lines_say_nothing(
    record: Path, reports: Path
) -> None:
    file = f"{DAYS[1]}/{NAMES[0]}.json"
    withdrawals = record / "withdrawals.csv"
    withdrawals.write_text(f"file,reason\n\n{file},a slip\n,\n{file},a slip\n\n")
    assert archive_record(record, central_asia()).attrs["withdrawn"] == {file: "a slip"}
    withdrawals.write_text(f"file,reason\n{file},a slip\n{file},no slip\n")
    refused(record, reports, rf"line 3: withdraws {file} for another reason than a line above")
