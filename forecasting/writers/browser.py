"""The browser of this machine, used to print a page and to draw figures as pictures; it asks
nothing of the network.
"""

import base64
import html
import importlib.resources
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.files import write_asked
from forecasting.writers.page import plotly_script, template_text

BROWSER_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
BROWSER_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/snap/bin/chromium",
)
BROWSER_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # Milliseconds of the page's own clock, which runs ahead where nothing happens
    "--virtual-time-budget=30000",
)
BROWSER_SECONDS = 180  # seconds
PICTURE_WIDTH = 900  # pixels of a picture
PICTURE_HEIGHT = 450


def find_browser() -> str:
    """The installed Chromium or Chrome.

    Raises
    ------
    InputError
        Where there is none.
    """
    paths = [path for name in BROWSER_NAMES if (path := shutil.which(name))]
    paths += [path for path in BROWSER_PATHS if Path(path).is_file()]
    if not paths:
        raise InputError(
            "no Chromium or Chrome was found, which draws the figures; install one (on Debian and "
            "Ubuntu: apt-get install chromium), or open the report in any browser and print it "
            "from there"
        )
    return paths[0]


def print_page(page: Path, target: Path, brief: bool = False) -> Path:
    """Print a page as PDF, as its styles for paper say.

    Parameters
    ----------
    page : Path
        HTML.
    target : Path
        The file; written whole or not at all.
    brief : bool
        Print the brief alone, which the page's script shows for this address.

    Raises
    ------
    InputError
        Where there is no page or no browser.
    RunError
        Where the browser does not print it.
    """
    if not page.is_file():
        raise InputError(f"{page} is not there; make the report first: ev-forecast run")
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "page.pdf"
        address = page.resolve().as_uri()
        if brief:
            address = f"{address}?brief"
        reply = _browse(folder, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", address)
        content = pdf.read_bytes() if pdf.is_file() else b""
        if not content.startswith(b"%PDF"):
            why = reply.strip()[-200:] or "it wrote nothing"
            raise RunError(f"the browser did not print {page}: {why}")
    return write_asked(target, content)


def pictures(figures: Sequence[dict[str, Any]]) -> list[bytes]:
    """Draw figures as PNG without their titles, which captions say, in one visit of the browser.

    Parameters
    ----------
    figures : sequence of dict
        ``data`` and ``layout``, as plotly stores them.

    Raises
    ------
    InputError
        Where there is no browser.
    RunError
        Where it does not draw them.
    """
    if not figures:
        return []
    content = [{"data": figure["data"], "layout": figure["layout"]} for figure in figures]
    figures_json = json.dumps(content).replace("<", "\\u003c")
    with (
        tempfile.TemporaryDirectory() as folder,
        importlib.resources.as_file(plotly_script()) as script,
    ):
        page = Path(folder) / "figures.html"
        page.write_text(_drawing(script.as_uri(), figures_json), encoding="utf-8")
        dom = _browse(folder, "--dump-dom", page.as_uri())
    images_json = re.search(r'<pre id="made">(.*?)</pre>', dom, re.DOTALL)
    images = json.loads(html.unescape(images_json[1])) if images_json else []
    if len(images) != len(figures):
        raise RunError(f"the browser drew {len(images)} of {len(figures)} figures")
    return [base64.b64decode(image.partition(",")[2]) for image in images]


def _drawing(script: str, figures: str) -> str:
    return f"""<!DOCTYPE html><meta charset="utf-8"><body><pre id="waiting"></pre>
<script src="{html.escape(script)}"></script>
<script>
{template_text("labels.js")}
// Without its title a chart begins with its legend
const untitled = (layout) => {{
  const margin = layout.margin || {{}}, spare = Math.max((margin.t || 0) - 44, 0);
  const height = (layout.height || {PICTURE_HEIGHT}) - spare;
  return {{...layout, title: {{}}, height, margin: {{...margin, t: margin.t - spare}}}};
}};
const drawn = {figures}.map(({{data, layout}}) => ({{data, layout: untitled(layout)}})).map(
  (figure) => picture(figure, "png", {PICTURE_WIDTH}, figure.layout.height)
);
Promise.all(drawn).then((images) => {{
  const made = document.getElementById("waiting");
  made.textContent = JSON.stringify(images);
  made.id = "made";
}});
</script>"""


def _browse(folder: str, *arguments: str) -> str:
    """Run the browser once, with a profile that is thrown away; what it printed."""
    command = [find_browser(), *BROWSER_FLAGS, f"--user-data-dir={folder}/profile", *arguments]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # as root it starts only so
    try:
        process = subprocess.run(command, capture_output=True, timeout=BROWSER_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise RunError(f"{command[0]} did not answer within {BROWSER_SECONDS} seconds") from None
    except OSError as error:
        raise RunError(f"{command[0]} does not start: {error}") from None
    return process.stdout.decode("utf-8", "replace") or process.stderr.decode("utf-8", "replace")
