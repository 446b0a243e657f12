"""Processor and memory of the files that are worst to read, as shares of what the page of limits
promises.

    python benches/limits.py [FILE ...] [--command check new] [--repeat 3]

Without FILE it writes hostile tables, each just below a limit or far beyond one, and hands each to
the commands as a new process. A file of at most 1 MB may take 2 s of processor and 300 MB, one of
at most 50 MB 20 s and 1 GB; 1.00 is that. Of several turns the least processor and the most memory
count, as other work on the machine adds to both.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter

from forecasting.vocabulary.limits import (
    MAX_FILE_BYTES,
    MAX_LEDGER_ROWS,
    MAX_LINES,
    MAX_TABLE_CELLS,
    MAX_TABLE_CHARACTERS,
    MAX_TABLE_TEXTS,
)

SMALL_FILE = 1_000_000  # bytes
SECONDS = {True: 2.0, False: 20.0}  # of a small file and of a large one
MEGABYTES = {True: 300, False: 1000}
COLUMNS = "id,measure,place,period_end,relation,value\n"
COMMANDS = {
    "check": ["check", "{file}"],
    "new": ["new", "UZ", "--ledger", "{file}"],
    "fact": ["fact", "{file}", "--text", "Norway sold 9,180 electric cars in May 2026"],
    "evidence": ["evidence", "{file}"],
    "run": ["run", "{params}", "--dry-run"],
}
PARAMS = "country: UZ\nscenario: x\nas_of: 2024-06-01\nhorizon: 2026\nseed: 1\nledger: [{file}]\n"


def names(count: int) -> list[str]:
    """Words that no rule knows."""
    luck = random.Random(5)
    letters = "abcdefghijklmnoprstuvz"
    return ["".join(luck.choices(letters, k=9)).title() for _ in range(count)]


TEXTS = names(MAX_TABLE_TEXTS - 20)


def lines(head: str, rows: Iterable[str]) -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def places() -> bytes:
    numbers = range(MAX_TABLE_CELLS // 4 - 2)
    texts = itertools.cycle(TEXTS)
    return lines(
        "Country,Year,EV imports,Note",
        (f"{next(texts)},{1990 + number % 40},{7 * number % 9973},5" for number in numbers),
    )


def measures() -> bytes:
    texts = itertools.cycle(TEXTS)
    rows = (f"EV sales {next(texts)},{n},{n}" for n in range(MAX_TABLE_CELLS // 3 - 6))
    return lines("Indicator,2022,2023", rows)


def years_across() -> bytes:
    head = ",".join(["Country", *map(str, range(2000, 2007))])
    rows = (f"{text}," + ",".join(str(7 * n % 997) for n in range(7)) for text in TEXTS)
    return lines(head, rows)


def words() -> bytes:
    """One long text in each row."""
    rows = MAX_TABLE_TEXTS - 40
    length = min(200, MAX_TABLE_CHARACTERS // rows) - 5
    texts = (" ".join(TEXTS[at : at + 18])[:length] for at in range(rows))
    return lines("Indicator,2023", (f"{text},{at}" for at, text in enumerate(texts)))


def tables() -> bytes:
    rows = [f"EV imports {text}\nYear,EV imports\n2023,5\n" for text in TEXTS[:99]]
    return "\n".join(rows).encode()


def pairs() -> bytes:
    """A year and a number, side by side many times."""
    head = ",".join(["Year,EV sales"] * 52)
    rows = (",".join(f"{year},{7 * year + n}" for n in range(52)) for year in range(1980, 2025))
    return lines(head, rows)


def ledger(rows: int, value: str) -> bytes:
    facts = (f"fact-{n},ev_stock,UZ,2023-12-31,equals,{value}" for n in range(rows))
    return lines(COLUMNS.strip(), facts)


def workbook(path: Path, sheets: int, rows: int, form: Callable[..., object] | None = None) -> None:
    with xlsxwriter.Workbook(path) as book:
        for at in range(sheets):
            sheet = book.add_worksheet(f"S{at}")
            sheet.write_row(0, 0, ["Country", "Year", "EV imports"])
            for row in range(rows):
                sheet.write_row(row + 1, 0, [TEXTS[row % len(TEXTS)], 1990 + row % 40, row])
            if form:
                form(book, sheet)


def comments(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    for row in range(1000):
        sheet.write_comment(row, 3, "thousand units")


def styles(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    for row in range(900):
        sheet.write(row, 4, row, book.add_format({"num_format": f'0.0"k{row}"', "font_size": row}))


def merged(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    for row in range(0, 3000, 2):
        sheet.merge_range(row, 6, row + 1, 8, "x")


def bomb(path: Path) -> None:
    workbook(path, 1, 5)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book,
        book.open("xl/worksheets/sheet9.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(900):
            part.write(b" " * 1_000_000)


def write_files(folder: Path) -> list[Path]:
    """The tables, of each kind those that take longest."""
    contents = {
        "places.csv": places(),
        "measures.csv": measures(),
        "years-across.csv": years_across(),
        "long-texts.csv": words(),
        "tables.csv": tables(),
        "blank-lines.csv": lines("Year,EV imports", ["2023,5", *[""] * (MAX_LINES - 3)]),
        "commas.csv": b"Year,EV imports\n2023,5\n" + b"," * 950_000,
        "one-cell.csv": b"Year,EV imports\n2023," + b"x y1 " * 190_000,
        "wide.csv": lines(",".join(f"EV sales {n}" for n in range(30_000)), ["5"]),
        "surrogates.csv": b"Year,EV imports\n" + b"\xed\xa0\x80,5\n" * 100_000,
        "pairs.csv": pairs(),
        "pairs.mapping.yaml": b"read: [{counts: ev_sales, columns: [EV sales]}]",
        "ledger.csv": ledger(20_000, "5"),
        "ledger-refused.csv": ledger(20_000, "x"),
        "ledger-large.csv": ledger(MAX_LEDGER_ROWS, "5"),
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    for name, sheets, rows, form in (
        ("rows.xlsx", 1, 1600, None),
        ("sheets.xlsx", 500, 3, None),
        ("comments.xlsx", 1, 700, comments),
        ("styles.xlsx", 1, 700, styles),
        ("merged.xlsx", 1, 700, merged),
    ):
        workbook(folder / name, sheets, rows, form)
    bomb(folder / "bomb.xlsx")
    with (folder / "large.csv").open("wb") as file:
        file.write(b"Year,EV imports\n")
        for _ in range(MAX_FILE_BYTES // 4_000 - 1):
            file.write(b"1,2\n" * 1_000)
    return sorted(path for path in folder.iterdir() if path.suffix != ".yaml")


def cost(command: list[str], folder: Path) -> tuple[float, float, int]:
    """Seconds of processor, megabytes and exit status of one command."""
    program = "from forecasting.cli import main; main()"
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", program, *command],
        os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)
        ],
    )
    _, status, usage = os.wait4(process, 0)
    seconds = usage.ru_utime + usage.ru_stime
    return seconds, usage.ru_maxrss / 1000, os.waitstatus_to_exitcode(status)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--command", nargs="+", choices=[*COMMANDS], default=["check", "new"])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = options.files or write_files(folder)
        for file, command in itertools.product(files, options.command):
            params = folder / "uz-x.yaml"
            params.write_text(PARAMS.format(file=file.resolve()), encoding="utf-8")
            words_of_command = [
                word.format(file=file.resolve(), params=params) for word in COMMANDS[command]
            ]
            costs = [cost(words_of_command, folder) for _ in range(options.repeat)]
            seconds = min(taken for taken, _, _ in costs)
            megabytes = max(held for _, held, _ in costs)
            is_small = file.stat().st_size <= SMALL_FILE
            print(
                f"{command:9}{file.name:20}{seconds:6.2f} s{megabytes:6.0f} MB"
                f"{seconds / SECONDS[is_small]:6.2f}{megabytes / MEGABYTES[is_small]:6.2f}"
                f"   status {costs[0][2]}",
                flush=True,
            )


if __name__ == "__main__":
    main()
