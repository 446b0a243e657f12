"""The pictures of the documentation, drawn from a folder of reports: ``make pictures``.

    python docs/pictures.py reports [NAME ...]

Each is what a reader sees at that place: a page in a browser, a notebook as JupyterLab's server
shows it, a sheet as LibreOffice draws it.
"""

import contextlib
import doctest
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
from playwright.sync_api import Page, sync_playwright

import forecasting as fc
from forecasting.reporting.workbook_live import live_workbook
from forecasting.writers.browser import find_browser

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LAB = Path(f"{sys.prefix}-lab/bin/jupyter")
SECONDS = 300  # of patience with the server
WIDTH = 1000
SCENARIO = "uzbekistan-baseline"
WITH_QUOTA = "kyrgyzstan-baseline"
CHART = 3  # of the sheet: public charging points needed
DRAWS = 200
LEVER = ("home_access", 0.3)
# LibreOffice calculates a workbook of another program only where it is told to
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def forecast(page: Page, reports: Path) -> bytes:
    """The picture of README, by the lines that README shows."""
    sys.path.append(str(ROOT / "tests" / "notebooks"))
    from refresh import picture

    names: dict[str, Any] = {}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for example in doctest.DocTestParser().get_examples(readme):
        exec(example.source, names)
        if "figure" in names:
            break
    return picture(names["figure"].to_plotly_json(), "forecast").encode()


def brief(page: Page, reports: Path) -> bytes:
    """The brief of a report."""
    page.goto((reports / SCENARIO / "report.html").resolve().as_uri())
    page.wait_for_selector("#brief .main-svg .trace")
    return page.locator("#brief").screenshot()


def index(page: Page, reports: Path) -> bytes:
    """The first screen of the index of all reports."""
    page.goto((reports / "index.html").resolve().as_uri())
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def quota(page: Page, reports: Path) -> bytes:
    """The day on which a quota is used up."""
    page.goto((reports / WITH_QUOTA / "report.html").resolve().as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    chart = page.locator("figure", has_text="used up").first
    chart.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    return chart.screenshot()


def explorer(page: Page, reports: Path) -> bytes:
    """The sliders of the notebook what_if, with their answer."""
    with served(ROOT / "notebooks" / "what_if.ipynb") as address:
        page.goto(address, timeout=SECONDS * 1000)
        page.wait_for_selector(".widget-vbox .main-svg .trace", timeout=SECONDS * 1000)
        page.wait_for_timeout(2000)
        return page.screenshot()


def table(page: Page, reports: Path) -> bytes:
    """The form of a new country, with a table as a grid."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "examples" / "colombia.csv", folder)
        cell = nbformat.v4.new_code_cell(
            'import forecasting as fc\n\nfc.new("Colombia", "colombia.csv")'
        )
        notebook = Path(folder) / "new_country.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebook)
        with served(notebook) as address:
            page.goto(address, timeout=SECONDS * 1000)
            page.wait_for_selector(".widget-vbox .widget-button", timeout=SECONDS * 1000)
            page.wait_for_timeout(1000)
            return page.screenshot()


def workbook(page: Page, reports: Path) -> bytes:
    """The chart of points needed, of a workbook in which one assumption is set."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Of few draws, as LibreOffice takes minutes to draw the sheets of many
        plan = live_workbook(fc.outlook(SCENARIO, draws=DRAWS))
        (folder / "plan.xlsx").write_bytes(plan)
        set_input(folder / "plan.xlsx", folder / "mine.xlsx")
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS)
        call = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
        call += ["--convert-to", "html", "--outdir", name, str(folder / "mine.xlsx")]
        subprocess.run(call, check=True, capture_output=True)
        html = (folder / "mine.html").read_text(encoding="utf-8", errors="replace")
        charts = re.findall(r'<img src="([^"]+)"', html, re.IGNORECASE)
        return (folder / charts[CHART]).read_bytes()


def set_input(source: Path, target: Path) -> None:
    """A copy of a workbook with one of its yellow cells filled, as a spreadsheet would."""
    name, value = LEVER
    book = openpyxl.load_workbook(source, read_only=True)
    rows = list(book["inputs"].iter_rows())
    heads = [str(cell.value) for cell in rows[0]]
    column = next(i for i, head in enumerate(heads) if "own" in head)
    cell = next(row[column].coordinate for row in rows if row[0].value == name)
    sheet = f"xl/worksheets/sheet{1 + book.sheetnames.index('inputs')}.xml"
    book.close()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            if part == sheet:
                blank = rf'<c r="{cell}" s="(\d+)"/>'.encode()
                filled = rf'<c r="{cell}" s="\1"><v>{value}</v></c>'.encode()
                text, count = re.subn(blank, filled, text)
                if count != 1:
                    raise LookupError(f"the cell {cell} of {source.name} is not empty")
            new.writestr(part, text)


@contextlib.contextmanager
def served(notebook: Path) -> Iterator[str]:
    """The address at which a server of this machine shows a notebook as an app."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = ["--allow-root", "--no-browser", "--IdentityProvider.token="]
    settings += [f"--ServerApp.port={port}", f"--ServerApp.root_dir={notebook.parent}"]
    folders = {
        name: str(ROOT / "binder" / "jupyter") for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH")
    }
    environment = os.environ | folders | {"PLOTLY_RENDERER": "plotly_mimetype"}
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [LAB, "lab", *settings], cwd=notebook.parent, env=environment, stdout=log, stderr=log
        )
        try:
            for _ in range(SECONDS * 10):
                with (
                    contextlib.suppress(OSError),
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api"),
                ):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/voila/render/{notebook.name}"
        finally:
            server.terminate()
            server.wait()


PICTURES = {
    "forecast": (forecast, 900),
    "brief": (brief, 900),
    "index": (index, 900),
    "quota": (quota, 900),
    "explorer": (explorer, 900),
    "table": (table, 760),
    "workbook": (workbook, 900),
}

if __name__ == "__main__":
    reports = Path(sys.argv[1])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        for name in sys.argv[2:] or PICTURES:
            draw, height = PICTURES[name]
            page = browser.new_page(viewport={"width": WIDTH, "height": height})
            content = draw(page, reports)
            ending = "svg" if content.startswith(b"<svg") else "png"
            (DOCS / f"{name}.{ending}").write_bytes(content)
            page.close()
        browser.close()
