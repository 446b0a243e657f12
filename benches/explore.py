"""How long a slider of the what-if explorer takes to be answered on the screen, in JupyterLab as
`make lab` starts it.

python benches/explore.py

It needs what the tests need: Chromium, and the environment of `make lab`. Handles of sliders are
moved by the keyboard; the time runs from the key to the frame in which the figure has changed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

from playwright.sync_api import Error, Page, sync_playwright

ROOT = Path(__file__).parents[1]
PATIENCE = 180_000  # milliseconds
AGAIN = 40_000  # until Run All is asked for again
# The time from a key on a handle to the frame in which a line of the figure is another one.
MOVE = """async ([label, key]) => {
    const boxes = [...document.querySelectorAll(".widget-vbox")];
    const box = boxes.filter(it => it.innerText.startsWith(label)).at(-1);
    const handle = [...box.querySelectorAll(".noUi-handle")].at(-1);
    const lines = () => [...document.querySelectorAll(".widget-vbox .main-svg path")];
    const drawn = () => lines().map(it => it.getAttribute("d")).join();
    const before = drawn();
    handle.focus();
    const start = performance.now();
    handle.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    while (drawn() === before) {
        if (performance.now() - start > 60000) throw new Error("no answer to " + label);
        await new Promise(requestAnimationFrame);
    }
    return performance.now() - start;
}"""
SLIDER = """() => document.querySelector(".widget-vbox .widget-hslider .noUi-handle") !== null"""
# The table below the figure is made last: before it is there, nobody listens to the sliders.
TABLES = """[...document.querySelectorAll(".widget-html table")]"""
READY = f"() => {TABLES}.at(-1)?.innerText.includes('as given')"


@contextlib.contextmanager
def lab(folder: Path) -> Iterator[str]:
    """The address of a server on copies of the notebooks and params files."""
    for name in ("notebooks", "params"):
        copytree(ROOT / name, folder / name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--allow-root --no-browser --ServerApp.port={port} --IdentityProvider.token="
    options += f" --ServerApp.root_dir={folder / 'notebooks'}"
    command = [
        "make",
        "--silent",
        f"VENV={sys.prefix}",
        f"PYTHON={sys.executable}",
        "lab",
        f"LAB_ARGS={options}",
    ]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        while server.poll() is None:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api"),
            ):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def first_figure(page: Page, address: str) -> float:
    """Seconds from Run All to the explorer's figure."""
    page.goto(f"{address}/lab/tree/what_if.ipynb?reset", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=PATIENCE)
    deadline = time.monotonic() + PATIENCE / 1000
    # Lab loses what is run before its kernel and its widgets listen: it is asked again
    while time.monotonic() < deadline:
        page.get_by_role("menuitem", name="Run", exact=True).click()
        start = time.perf_counter()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with contextlib.suppress(Error):
            page.wait_for_function(SLIDER, timeout=AGAIN)
            page.wait_for_selector(".widget-vbox .main-svg", timeout=PATIENCE)
            return time.perf_counter() - start
    raise RuntimeError("no slider was shown; look at what_if.ipynb in `make lab`")


def moves(page: Page, label: str, times: int) -> list[float]:
    """Seconds from a key on a slider's handle to the changed figure, so many times."""
    keys = ["ArrowRight", "ArrowLeft"] * (times // 2 + 1)
    found = []
    for key in keys[:times]:
        found.append(page.evaluate(MOVE, [label, key]) / 1000)
        page.wait_for_timeout(1000)  # until all is at rest
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--repeat", type=int, default=10, help="moves of each slider")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        lab(Path(folder)) as address,
        sync_playwright() as engine,
    ):
        page = engine.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        ).new_page(viewport={"width": 1400, "height": 1000})
        print(f"first figure after Run All {first_figure(page, address):.1f} s")
        page.wait_for_function(READY, timeout=PATIENCE)
        page.wait_for_timeout(5000)
        for words, label in (
            ("an assumption", "Kilometres a year, km"),
            ("a lever", "More or fewer"),
        ):
            took = moves(page, label, asked.repeat)
            print(
                f"{words}: median {statistics.median(took):.3f} s, "
                f"from {min(took):.3f} to {max(took):.3f} s"
            )


if __name__ == "__main__":
    main()
