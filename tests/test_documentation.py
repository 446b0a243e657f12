"""The documentation builds without a warning, its examples run, and every public name stands in it."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import forecasting as fc

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").glob("**/*.md"))
COMMANDS = sorted(
    {name for page in PAGES for name in re.findall(r"^ev-forecast ([\w-]+)", page.read_text(), re.MULTILINE)}
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "docs", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_pages_are_built_and_ask_no_network(site):
    for name in ("index", "model", "tour", "api", "how-to/own-facts", "notebooks/country_outlook"):
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        assert not re.findall(r'(?:src|href)="https?://[^"]+\.(?:js|css)"', text), name
    assert "<math" in (site / "model.html").read_text(encoding="utf-8")


def test_every_public_name_is_in_the_reference(site):
    text = (site / "api.html").read_text(encoding="utf-8")
    assert [name for name in fc.__all__ if name not in text] == []


@pytest.mark.parametrize("page", [page for page in PAGES if ">>>" in page.read_text()], ids=lambda page: page.stem)
def test_examples_give_what_they_print(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    source = "\n".join(re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(doctest.DocTestParser().get_doctest(source, {}, page.name, page.name, 0), out=told.append)
    assert runner.tries
    assert not runner.failures, "".join(told)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_exist(command):
    from forecasting.cli import main

    assert command in main.commands
