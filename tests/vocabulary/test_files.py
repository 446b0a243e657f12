"""Files are written whole or not at all, and only where nothing of somebody else's is lost."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evidence import checking
from forecasting.evidence.checking import append_fact
from forecasting.evidence.datasets import central_asia
from forecasting.vocabulary import files
from forecasting.vocabulary.errors import InputError, LedgerError
from forecasting.vocabulary.files import (
    cache_folder,
    fault_of_place,
    lock_file,
    write_asked,
    write_new,
    write_whole,
)
from forecasting.vocabulary.names import CACHE_VARIABLE, OUTPUT_VARIABLE

FACT = {"measure": "ev_sales", "place": "NO",
        "period_start": "2023-01-01", "period_end": "2023-12-31",
        "relation": "equals", "value": "104000", "published": "2024", "source": "x"}  # fmt: skip


@contextlib.contextmanager
def room(size: int) -> Iterator[None]:
    """No file can grow beyond a size, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("write", [write_whole, write_asked])
def test_a_file_that_finds_no_room_leaves_the_old_one_and_no_other(tmp_path: Path, write) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    with room(1000), pytest.raises((OSError, InputError), match="File too large"):
        write(path, b"x" * 5000)
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("a.csv", b"old")]
    write(path, b"new")
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("a.csv", b"new")]


def test_what_a_user_names_goes_where_his_link_leads_and_keeps_its_mode(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_bytes(b"old")
    real.chmod(0o600)
    link.symlink_to(real)
    write_asked(link, b"new")
    assert (real.read_bytes(), real.stat().st_mode & 0o777, link.is_symlink()) == (
        b"new",
        0o600,
        True,
    )


def test_a_new_file_replaces_nothing_and_is_whole(tmp_path: Path) -> None:
    with room(1000), pytest.raises(OSError, match="File too large"):
        write_new(tmp_path / "a", b"x" * 5000)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").symlink_to(tmp_path / "b")
    with pytest.raises(FileExistsError, match="exists"):
        write_new(tmp_path / "a", b"x")
    assert not (tmp_path / "b").exists()


def test_a_new_file_appears_whole_on_a_file_system_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    assert write_new(tmp_path / "a", b"x").read_bytes() == b"x"
    with pytest.raises(FileExistsError, match=r"File exists: '\S+/a'"):
        write_new(tmp_path / "a", b"y")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_process_that_is_killed_leaves_no_part_under_the_name(tmp_path: Path) -> None:
    """What it was writing bears another name, which nobody reads."""
    command = (
        "from forecasting.vocabulary import files; files.os.fsync = lambda _: files.os._exit(9);"
        f"files.write_new({os.fspath(tmp_path / 'a')!r}, b'x')"
    )
    assert subprocess.run([sys.executable, "-c", command]).returncode == 9
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]


class _Windows:
    """The module `msvcrt` as far as a lock uses it: it locks a byte at the file's place."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        self.places: list[int] = []

    def locking(self, number: int, _mode: int, _count: int) -> None:
        place = os.lseek(number, 0, os.SEEK_CUR)
        if place in self.places:
            raise PermissionError(errno.EACCES, "Permission denied")
        self.places.append(place)


def test_windows_locks_a_byte_beyond_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = _Windows()
    monkeypatch.setitem(sys.modules, "msvcrt", windows)
    monkeypatch.setattr(sys, "platform", "win32")
    with (tmp_path / "a").open("ab") as file, (tmp_path / "a").open("ab") as other:
        assert lock_file(file)
        assert not lock_file(other, seconds=0.1)
        file.write(b"text")
    assert windows.places == [1 << 30]
    assert (tmp_path / "a").read_bytes() == b"text"


def test_a_fact_waits_for_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "facts.csv"
    append_fact(path, FACT)
    monkeypatch.setattr(checking, "LONGEST_WAIT", 0.1)
    with path.open("ab") as file:
        assert lock_file(file)
        with pytest.raises(LedgerError, match=r"facts\.csv: is in use by another command"):
            append_fact(path, FACT)


def test_a_fact_that_finds_no_room_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    append_fact(path, FACT)
    before = path.read_bytes()
    with room(len(before) + 20), pytest.raises(OSError, match="File too large"):
        append_fact(path, FACT)
    assert path.read_bytes() == before
    append_fact(path, FACT)
    assert len(path.read_bytes()) > len(before)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda path: path.write_bytes(b"\xff\xfe\x00 not text"),
            "is not UTF-8: byte 0xff",
        ),
        (lambda path: path.write_text("my thesis\n"), "'my thesis' is an unknown column"),
        (
            lambda path: path.write_text("id;measure\n"),
            "facts.csv:1: has no commas between its columns (save it with commas",
        ),
        (os.mkfifo, "is not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "is not a regular file"),
        (os.mkdir, "Is a directory"),
    ],
)
def test_a_fact_is_appended_to_nothing_but_a_ledger(tmp_path: Path, make, said: str) -> None:
    make(tmp_path / "facts.csv")
    before = (tmp_path / "facts.csv").lstat()
    words = [
        word for name, cell in FACT.items() if "period" not in name for word in (f"--{name}", cell)
    ]
    done = CliRunner().invoke(
        main, ["fact", str(tmp_path / "facts.csv"), "--period", "2023", *words]
    )
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert (tmp_path / "facts.csv").lstat().st_size == before.st_size


def test_a_ledger_written_over_another_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text("mine")
    with (
        room(1000),
        pytest.raises(InputError, match=r"facts\.csv cannot be written: File too large; give"),
    ):
        central_asia().to_csv(path)
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [
        ("facts.csv", "mine")
    ]


@pytest.mark.parametrize("room_for", [0, 100])
def test_a_params_file_that_finds_no_room_is_not_begun(tmp_path: Path, room_for: int) -> None:
    with room(room_for):
        done = CliRunner().invoke(main, ["new", "NO", "--out", str(tmp_path)])
    assert (done.exit_code, "File too large" in done.stderr) == (2, True), done.output
    assert list(tmp_path.iterdir()) == []


def test_the_cache_is_where_the_user_has_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(CACHE_VARIABLE, "")
    assert cache_folder() is None
    monkeypatch.delenv(CACHE_VARIABLE)
    for named in ("", "not/from/the/root"):
        monkeypatch.setenv("XDG_CACHE_HOME", named)
        assert cache_folder() == tmp_path / ".cache" / "ev-forecasting"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert cache_folder() == tmp_path / "caches" / "ev-forecasting"
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    assert not any(tmp_path.iterdir())


def test_a_table_elsewhere_is_read_where_it_was_named_or_within_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, here = tmp_path / "facts.csv", tmp_path / "a" / "here"
    table.write_text("id")
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    monkeypatch.delenv(OUTPUT_VARIABLE, raising=False)
    outside = "lies outside of the working folder and of that of the params file"
    assert fault_of_place(table)[0] == outside
    with monkeypatch.context() as run:
        run.setenv(OUTPUT_VARIABLE, str(here))
        assert fault_of_place(table) == ("", "")
        assert fault_of_place(table, here)[0] == outside
    monkeypatch.setattr(files, "_files", {table})
    assert fault_of_place(table) == ("", "")
    assert fault_of_place(table, here)[0] == outside
    assert fault_of_place(table, tmp_path / "params") == ("", "")
    assert fault_of_place(table, tmp_path / "other")[0] == outside
