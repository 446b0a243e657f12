"""JupyterLab as ``make lab`` starts it, in a real browser: every notebook as it is stored, and some
after Run All.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Error, Page, TimeoutError as OutOfPatience

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared_forecasts")]

ROOT = Path(__file__).parent.parent
LAB = Path(f"{sys.prefix}-lab")  # where make puts it, beside the environment that runs this test
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
PLOTLY = "application/vnd.plotly.v1+json"
IDLE = ".jp-Notebook-ExecutionIndicator[data-status='idle']"  # the kernel is there and waits
SECONDS = 300  # of patience with one notebook on a busy machine
STANDSTILL = 120  # seconds after which a reader would start the kernel anew
AGAIN = 10  # seconds until a click or a key that changed nothing is repeated
MARKS = ".trace path, .points path, .barlayer path, .scatterlayer path"
DRAWN = f"""() => [...document.querySelectorAll(".jp-Notebook .js-plotly-plot")].filter(
    figure => figure.querySelectorAll("{MARKS}").length > 0
).length"""
PROMPTS = """() => [...document.querySelectorAll(".jp-Notebook .jp-CodeCell .jp-InputPrompt")].map(
    it => it.textContent
)"""
CLEARED = f"() => ({PROMPTS})().every(it => !/[\\d*]/.test(it))"
STARTED = f"() => !({CLEARED})()"
NUMBERED = f"() => ({PROMPTS})().every(it => /\\[\\d+\\]/.test(it))"
# A kernel that still starts as its page is closed may send nothing to the page that comes next.
SHUT_DOWN = """async number => {
    const headers = {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]+)/)[1]};
    let sessions = [];
    for (let tries = 0; tries < 600 && sessions.length < number; tries++) {
        await new Promise(then => setTimeout(then, 200));
        sessions = await (await fetch("/api/sessions")).json();
    }
    const ends = sessions.map(it => fetch(`/api/sessions/${it.id}`, {method: "DELETE", headers}));
    return (await Promise.all(ends)).map(answer => answer.status);
}"""
# anywidget says so after two seconds, and goes on: on a busy machine its model comes later, as the
# drawn figure shows.
LATE = "[anywidget] Failed to initialize model."
ERRORS = """() => [...document.querySelectorAll(
    ".jp-Notebook [data-mime-type='application/vnd.jupyter.error'], " +
    ".jp-Notebook [data-mime-type$='stderr']"
)].map(it => it.innerText)"""
RUN = f"() => ({NUMBERED})() || ({ERRORS})().length > 0"


def make(*arguments: str, **options) -> subprocess.Popen:
    command = ("make", "--silent", f"VENV={sys.prefix}", f"PYTHON={sys.executable}", *arguments)
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, **options)


@contextlib.contextmanager
def listener() -> Iterator[socket.socket]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        taken.setblocking(False)
        yield taken


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A copy of what a user works on, so that nothing that is stored here is touched."""
    desk = tmp_path_factory.mktemp("desk")
    for folder in ("notebooks", "params"):
        shutil.copytree(ROOT / folder, desk / folder)
    return desk


@pytest.fixture(scope="module")
def lab(desk) -> Iterator[str]:
    """The address of a server that ``make lab`` started; the environment from the lock is made if
    it is missing.
    """
    assert make(f"{LAB}/.ready").wait() == 0, (
        f"{LAB} cannot be set up from binder/requirements-lab.txt"
    )
    with listener() as free, listener() as outside:
        port, way_out = free.getsockname()[1], outside.getsockname()[1]
        free.close()
        proxy = {f"{scheme}_proxy": f"http://127.0.0.1:{way_out}" for scheme in ("http", "https")}
        settings = "--allow-root --no-browser --IdentityProvider.token= --ServerApp.port_retries=0"
        settings += f" --ServerApp.port={port} --ServerApp.root_dir={desk / 'notebooks'}"
        with (desk / "log").open("w") as log:
            server = make(
                "lab", f"LAB_ARGS={settings}", stdout=log, stderr=log, env=os.environ | proxy
            )
        try:
            wait_for(f"http://127.0.0.1:{port}/api", server, desk / "log")
            yield f"http://127.0.0.1:{port}"
            with pytest.raises(BlockingIOError, match="unavailable"):
                outside.accept()  # the server itself asked nobody anything
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(SECONDS * 10):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        with contextlib.suppress(OSError), urllib.request.urlopen(url):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}:\n{log.read_text(encoding='utf-8')}")


class Desk:
    """A page of the server, with the errors that it reported and what it asked for."""

    def __init__(self, page: Page, lab: str, door: str) -> None:
        self.page, self.lab = page, lab
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.report(message.text, message.type))
        page.on("pageerror", lambda error: self.report(str(error), "error"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(f"{lab}/{door}", timeout=SECONDS * 1000)

    def report(self, text: str, kind: str) -> None:
        if kind == "error" and LATE not in text:
            self.errors.append(text)

    @property
    def outside(self) -> list[str]:
        return [url for url in self.requests if not url.startswith((self.lab, "data:", "blob:"))]

    def until(self, state: str, seconds: float = SECONDS) -> None:
        """Wait for a state of the page; one that was reached before is seen, too."""
        self.page.wait_for_function(state, timeout=seconds * 1000)

    def repeat(self, act: Callable[[], object], state: str) -> None:
        """Do something until the page is in a state: Lab shows its buttons before it listens to
        them.
        """
        deadline = time.monotonic() + SECONDS
        while not self.page.evaluate(state):
            assert time.monotonic() < deadline, f"the page never came to {state}"
            with contextlib.suppress(Error):
                act()
                self.until(state, AGAIN)

    def choose(self, menu: str, item: str) -> None:
        self.page.keyboard.press("Escape")  # a menu that is open from an earlier attempt
        for name in (menu, item):
            entry = self.page.get_by_role("menuitem", name=name, exact=True)
            entry.click(timeout=AGAIN * 1000)

    def figures(self, promised: int) -> int:
        """How many figures are drawn, once it is as many as promised, or after some patience."""
        for _ in range(2 * SECONDS):
            if (drawn := self.page.evaluate(DRAWN)) >= promised:
                break
            self.page.wait_for_timeout(200)
        return drawn

    def run_all(self) -> None:
        """Run all cells, to the end or to the first error.

        Stored numbers are cleared first, so that each number which is seen is of this run.
        """
        self.page.wait_for_selector(IDLE, timeout=SECONDS * 1000)
        self.repeat(lambda: self.choose("Edit", "Clear Outputs of All Cells"), CLEARED)
        self.repeat(lambda: self.choose("Run", "Run All Cells"), STARTED)
        try:
            self.until(RUN, STANDSTILL)
        except OutOfPatience:
            # A run has stood still once, without an error, on a machine with other work
            self.choose("Kernel", "Restart Kernel and Run All Cells…")
            self.page.get_by_role("button", name="Confirm Kernel Restart").click()
            self.until(RUN)


def notebook_in_lab(page: Page, lab: str, name: str) -> Desk:
    desk = Desk(page, lab, f"lab/tree/{name}.ipynb?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=SECONDS * 1000)
    return desk


@pytest.fixture
def page(browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    yield page
    page.close()


def promised(name: str) -> int:
    """Figures that the stored notebook shows."""
    cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells
    return sum(
        PLOTLY in output.get("data", {}) for cell in cells for output in cell.get("outputs", ())
    )


def test_every_notebook_shows_its_figures_as_stored(lab, page):
    """In one page, as each opening of Lab itself takes seconds."""
    desk, total = Desk(page, lab, "lab?reset"), 0
    for name in NOTEBOOKS:
        total += promised(name)
        page.locator(f".jp-DirListing-item[title*='Name: {name}.ipynb']").dblclick()
        assert desk.figures(total) == total, name
    assert page.evaluate(ERRORS) == []
    assert desk.errors == []
    assert desk.outside == []
    assert page.evaluate(SHUT_DOWN, len(NOTEBOOKS)) == [204] * len(NOTEBOOKS)


def test_a_notebook_shows_its_figures_after_run_all(lab, page):
    """One without and, further below, one with a widget. All notebooks run in a kernel where their
    stored outputs are compared.
    """
    desk, figures = notebook_in_lab(page, lab, "growth_models"), promised("growth_models")
    desk.run_all()
    assert desk.figures(figures) == figures
    assert page.evaluate(ERRORS) == []
    cells = page.evaluate(PROMPTS)
    assert [int(prompt.strip(" []:")) for prompt in cells] == list(range(1, len(cells) + 1))
    assert desk.errors == []
    assert desk.outside == []


def test_a_cell_that_fails_is_seen(lab, desk, page):
    cell = nbformat.v4.new_code_cell("import sys; print(1, file=sys.stderr); 1 / 0")
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=kernel)
    nbformat.write(notebook, desk / "notebooks" / "broken.ipynb")
    broken = notebook_in_lab(page, lab, "broken")
    broken.run_all()
    broken.until(f"() => ({ERRORS})().length == 2")
    assert "ZeroDivisionError" in page.evaluate(ERRORS)[1]


SLIDER = """() => document.querySelector(".widget-vbox .widget-hslider .noUi-handle") !== null"""
FITS = """() => [...document.querySelectorAll(".widget-vbox .js-plotly-plot")].every(
    figure => figure.querySelector(".main-svg").clientWidth <= figure.clientWidth + 1
)"""
# Of a figure's layers those that hold a text alone are painted: an empty one lies above the others
LAYERS = """() => [...document.querySelectorAll(".widget-vbox .main-svg")].filter(
    layer => layer.checkVisibility() === !layer.querySelector("text")
).length"""
REACHED = """() => {
    const wide = [...document.querySelectorAll(".jp-RenderedHTML")].filter(
        box => box.scrollWidth > box.clientWidth
    );
    return wide.length > 0 && wide.every(box => box.tabIndex === 0);
}"""
# The lines of the explorer's chart as they are drawn
LINES = """() => [...document.querySelectorAll(".widget-vbox .js-plotly-plot .trace path")].map(
    line => line.getAttribute("d")
)"""
DIFFERENCES = """() => [...document.querySelectorAll(".widget-html table")].at(-1)?.innerText"""


@pytest.mark.parametrize("door", ["lab", "voila"])
def test_a_slider_of_the_explorer_is_answered(lab, page, door):
    """In Lab after Run All, and as an app, where nothing has to be run; nothing is asked of another
    machine.
    """
    if door == "lab":
        desk = notebook_in_lab(page, lab, "what_if")
        # Lab loses a widget whose kernel runs before its manager listens: the cells are run again.
        desk.repeat(desk.run_all, SLIDER)
        assert desk.figures(promised("what_if")) == promised("what_if")
        assert page.evaluate(ERRORS) == []
    else:
        desk = Desk(page, lab, "voila/render/what_if.ipynb")
        desk.until(SLIDER)
    page.wait_for_selector(".widget-vbox .main-svg .trace", timeout=SECONDS * 1000)
    desk.until(FITS)
    assert page.evaluate(LAYERS) == 0
    desk.until(f"() => ({DIFFERENCES})()?.includes('as given')")
    page.wait_for_timeout(1000)
    # The levers of assumptions are those that matter most, and change with the facts: not this.
    lever = page.locator(".widget-vbox", has_text="Faster or slower").last
    handle = lever.locator(".noUi-handle").last
    before, lines = json.dumps(page.evaluate(DIFFERENCES)), json.dumps(page.evaluate(LINES))
    desk.repeat(
        lambda: handle.press("ArrowLeft", timeout=AGAIN * 1000),
        f"() => ({DIFFERENCES})() !== {before}",
    )
    desk.until(f"() => JSON.stringify(({LINES})()) !== JSON.stringify({lines})")
    if door == "voila":
        page.set_viewport_size({"width": 400, "height": 900})
        desk.until(REACHED)
    assert desk.errors == []
    assert desk.outside == []
