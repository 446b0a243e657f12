"""What is asked of a browser, and what is said of its answers; other tests print pages by one."""

from __future__ import annotations

import base64
import html
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from forecasting.vocabulary.errors import InputError, RunError
from forecasting.writers import browser


def answers(monkeypatch: pytest.MonkeyPatch, output: str, pdf: bytes = b"") -> list[list[str]]:
    """Have the browser print something, and write a file where it is asked for one."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        for word in command:
            if pdf and word.startswith("--print-to-pdf="):
                Path(word.partition("=")[2]).write_bytes(pdf)
        return subprocess.CompletedProcess(command, 0, output.encode(), b"from the errors")

    monkeypatch.setattr(browser, "find_browser", lambda: "chrome")
    monkeypatch.setattr("subprocess.run", run)
    return commands


def test_a_page_or_its_brief_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commands = answers(monkeypatch, "", b"%PDF-1.4")
    page = tmp_path / "report.html"
    page.write_text("<p>")
    assert browser.print_page(page, tmp_path / "a.pdf").read_bytes() == b"%PDF-1.4"
    browser.print_page(page, tmp_path / "a.pdf", brief=True)
    assert [command[-1] for command in commands] == [page.as_uri(), f"{page.as_uri()}?brief"]
    assert "--no-pdf-header-footer" in commands[0]


@pytest.mark.parametrize(
    ("output", "pdf", "reason"),
    [
        ("", b"", "did not print .*: from the errors$"),
        ("  ", b"", "it wrote nothing$"),
        ("z" + "x" * 199 + "y", b"<html>", f"report.html: {'x' * 199}y$"),
    ],
)
def test_the_end_of_what_the_browser_said_is_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, output: str, pdf: bytes, reason: str
) -> None:
    answers(monkeypatch, output, pdf)
    page = tmp_path / "report.html"
    page.write_text("<p>")
    with pytest.raises(RunError, match=reason):
        browser.print_page(page, tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.parametrize(("user", "flag"), [(0, "--no-sandbox"), (1000, "--headless")])
def test_the_sandbox_is_left_out_for_root_alone(
    monkeypatch: pytest.MonkeyPatch, user: int, flag: str
) -> None:
    commands = answers(monkeypatch, "said")
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert browser._browse("folder", "address") == "said"
    assert commands[0][:2] == ["chrome", flag]
    assert commands[0][-2:] == ["--user-data-dir=folder/profile", "address"]


def test_each_figure_has_its_picture_or_none_has(monkeypatch: pytest.MonkeyPatch) -> None:
    images = [f"data:image/png;base64,{base64.b64encode(name).decode()}" for name in (b"a", b"b")]
    answers(monkeypatch, f'<pre id="made">{html.escape(json.dumps(images))}</pre>')
    figure = {"data": [], "layout": {"title": "</script>"}, "frames": []}
    assert browser.pictures([]) == []
    assert browser.pictures([figure, figure]) == [b"a", b"b"]
    with pytest.raises(RunError, match="the browser drew 2 of 1 figures"):
        browser.pictures([figure])
    answers(monkeypatch, "<pre>")
    with pytest.raises(RunError, match="the browser drew 0 of 1 figures"):
        browser.pictures([figure])


def test_the_first_browser_of_the_path_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(browser, "BROWSER_PATHS", (str(tmp_path / "a"), str(tmp_path / "b")))
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(InputError, match="no Chromium or Chrome was found"):
        browser.find_browser()
    (tmp_path / "b").touch()
    assert browser.find_browser() == str(tmp_path / "b")
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}" if "google" in name else None)
    assert browser.find_browser() == "/bin/google-chrome"


def test_a_browser_that_stands_still_or_does_not_start_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers(monkeypatch, "")

    def slow(command: list[str], **_: Any) -> None:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr("subprocess.run", slow)
    with pytest.raises(RunError, match="chrome did not answer within 180 seconds"):
        browser._browse("folder")

    def missing(*_: Any, **__: Any) -> None:
        raise OSError("no such file")

    monkeypatch.setattr("subprocess.run", missing)
    with pytest.raises(RunError, match="chrome does not start: no such file"):
        browser._browse("folder")
