"""The pages of a run in a real browser: figures drawn, nothing on the console, nothing asked of the
network.
"""

import html
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from look.page_numbers import contradictions, numbers_of
from look.pages import PATIENCE, SETTLED, unreadable
from playwright.sync_api import Browser

from forecasting.evidence.fact import label_of
from forecasting.reporting.labels import amount
from forecasting.runs.runner import run
from forecasting.scenarios.outlook_files import load_results
from forecasting.vocabulary.measures import CHARGING_ANSWERS
from forecasting.vocabulary.quantiles import standing_digits

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SCENARIOS = ("uzbekistan-baseline", "turkmenistan-baseline", "turkmenistan-constrained")
# What a drawn figure has: a canvas of some size, and inside it lines, bars or points.
# Of one without data, its title says so.
DRAWN = """figure => {
    if (figure.hidden) return !!figure.closest("figure").querySelector("figcaption").textContent;
    const box = figure.querySelector(".main-svg")?.getBoundingClientRect();
    return !!box && box.width > 100 && box.height > 100
        && figure.querySelectorAll(".trace path, .points path, .barlayer path, .scatterlayer path")
            .length > 0;
}"""
FOLDS = """open => {
    for (const fold of document.querySelectorAll("details.fold")) fold.open = open;
    return new Promise(requestAnimationFrame);  // a fold says later that it was opened
}"""

# What keeps people out who do not see a page, or not well: the serious rules of WCAG 2.1, AA
BARRIERS = """() => {
    const all = selector => [...document.querySelectorAll(selector)];
    const bare = element => !element.textContent.trim() && !element.getAttribute("aria-label");
    const levels = all("h1, h2, h3, h4").map(head => Number(head.nodeName[1]));
    return [
        ...(document.documentElement.lang ? [] : ["no language"]),
        ...all("img:not([alt]), [role=img]:not([aria-label])").map(() => "a picture without words"),
        ...all("table").filter(table => !table.querySelector("th"))
            .map(() => "a table without heads"),
        ...all("th, button, a[href]").filter(bare).map(part => `an empty ${part.nodeName}`),
        ...all("input, select").filter(control => !control.labels.length && bare(control))
            .map(() => "a control without a label"),
        ...levels.filter((level, at) => level > 1 + (levels[at - 1] || 0))
            .map(() => "a skipped head"),
    ];
}"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    """The reports of three scenarios, the first in Russian, too, and their index, made as
    ``ev-forecast run`` makes them.
    """
    folder = tmp_path_factory.mktemp("site")
    out = folder / "reports"
    params = [
        shutil.copytree(ROOT / "params", folder / "params") / f"{SCENARIOS[0]}.yaml",
        *(ROOT / "params" / f"{name}.yaml" for name in SCENARIOS[1:]),
    ]
    with params[0].open("a", encoding="utf-8") as file:
        file.write("language: [ru]\n")
    summary = run(params, out, progress=False)
    assert summary.ok, str(summary)
    return out


class Visit:
    """A page with what it said and asked for while it was open."""

    def __init__(self, browser: Browser, address: str, width: int = 1400, scheme: str = "light"):
        context = browser.new_context(
            offline=True,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        self.page = page = context.new_page()
        self.errors: list[str] = []
        self.asked: list[str] = []
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type != "log" else None,
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(address)

    @property
    def outside(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))]

    @property
    def drawn(self) -> list[bool]:
        """Whether each figure is drawn, once its fold is open; the folds are closed again."""
        self.page.evaluate(FOLDS, True)
        figures = self.page.locator(".figure[data-json]").all()
        for figure in figures:
            figure.evaluate("it => it.scrollIntoView()")
        found = [figure.evaluate(DRAWN) for figure in figures]
        self.page.evaluate(FOLDS, False)
        return found


@pytest.fixture
def visit(browser) -> Iterator[Callable[[Path], Visit]]:
    """A page for a test that changes it."""
    visits = []

    def visit(path: Path, part: str = "") -> Visit:
        visits.append(Visit(browser, path.as_uri() + part))
        return visits[-1]

    yield visit
    for each in visits:
        each.page.context.close()


# Each page in one form, as drawing its figures takes seconds; Russian labels are the longest
INDEX = ("index.html", 1400, "dark")
REPORT = ("uzbekistan-baseline/report.html", 1400, "light")
SMALL_REPORT = ("turkmenistan-baseline/report.html", 1400, "light")
RUSSIAN_REPORT = ("uzbekistan-baseline/report.ru.html", 400, "dark")


@pytest.fixture(scope="module")
def opened(reports, browser) -> Callable[..., Visit]:
    """A page in one width and scheme, opened once."""

    @cache
    def opened(page: str, width: int, scheme: str) -> Visit:
        return Visit(browser, (reports / page).as_uri(), width, scheme)

    return opened


@pytest.fixture
def read(opened) -> Iterator[Callable[..., Visit]]:
    """A page that other tests read as well: its folds are closed when a test ends."""
    visits = []

    def read(*form: str | int) -> Visit:
        visits.append(opened(*form))
        return visits[-1]

    yield read
    for each in visits:
        each.page.evaluate(FOLDS, False)


@pytest.mark.parametrize("form", [INDEX, REPORT, SMALL_REPORT, RUSSIAN_REPORT])
def test_figures_are_drawn_without_error_or_network(read, form):
    seen = read(*form)
    drawn = seen.drawn
    assert drawn, "the page has no figure"
    assert all(drawn)
    assert not seen.errors
    assert not seen.outside


@pytest.mark.parametrize("page", ["index.html", "article.html", "uzbekistan-baseline/report.html"])
def test_nothing_runs_in_a_page_but_its_own_script(reports, visit, tmp_path, page):
    text = (reports / page).read_text(encoding="utf-8")
    hostile = (
        '<img src="x" onerror="document.title = 1"><script>document.title = 2</script>'
        '<a href="javascript:document.title = 3" id="hostile">a</a>'
        '<form action="https://evil.example/"><button id="send">b</button></form>'
    )
    opened = tmp_path / "report.html"
    opened.write_text(text.replace("<main>", f"<main>{hostile}", 1), encoding="utf-8")
    seen = visit(opened)
    seen.page.evaluate("document.getElementById('hostile').click()")
    seen.page.wait_for_timeout(200)
    assert seen.page.title() not in ("1", "2", "3")
    seen.page.evaluate("document.getElementById('send').click()")
    seen.page.wait_for_timeout(200)
    assert not seen.outside
    blocked = [error for error in seen.errors if "Content Security Policy" in error]
    assert len(blocked) >= 4, seen.errors


@pytest.mark.parametrize("form", [INDEX, REPORT, SMALL_REPORT, ("article.html", 1400, "light")])
def test_pages_keep_nobody_out(read, form):
    """Folded parts, too: their rules are those of a document, not of what is seen."""
    assert read(*form).page.evaluate(BARRIERS) == []


# A sample of what `make look` draws: index and report at both widths, in both schemes
SAMPLE = [INDEX, ("index.html", 400, "light"), REPORT, RUSSIAN_REPORT]
# Labels of charts that have no room, at most; a page of another language has longer ones
LOST_LABELS = {1400: 2, 400: 5}
LOST = """() => [...document.querySelectorAll(".textpoint text, .annotation-text, .bartext")]
    .filter(words => words.textContent.trim() && words.style.visibility === "hidden")
    .map(words => words.textContent)"""
TABLES_OUTSIDE = """() => [...document.querySelectorAll("table")].filter(table => {
    const box = table.closest(".output, .scroll");
    return box && box.scrollWidth > box.clientWidth;
}).map(table => table.textContent.slice(0, 80))"""


@pytest.mark.parametrize(("page", "width", "scheme"), SAMPLE)
def test_everything_on_a_page_can_be_read(read, page, width, scheme):
    drawn = read(page, width, scheme).page
    assert drawn.evaluate("document.documentElement.scrollWidth") <= width
    drawn.evaluate(FOLDS, True)
    drawn.wait_for_timeout(SETTLED)
    assert list(unreadable(drawn)) == []
    lost = drawn.evaluate(LOST)
    assert len(lost) <= LOST_LABELS[width], lost
    assert width < 1400 or drawn.evaluate(TABLES_OUTSIDE) == []


def test_what_cannot_be_read_is_seen(tmp_path, visit):
    page = tmp_path / "unreadable.html"
    page.write_text(
        """<!DOCTYPE html><body style="background: #fff"><p style="color: #999">grey</p>
        <div class="figure" style="width: 300px; height: 100px">
        <style>svg text, tspan { background: #eee } #false { color: #fff }</style>
        <svg class="main-svg" width="300" height="100"><rect width="300" height="100" fill="#eee"/>
        <rect x="150" width="150" height="100" fill="#555"/><path d="M0 25h100" stroke="#000"/>
        <g class="textpoint"><text x="10" y="30">struck</text></g><text x="200" y="30">dark</text>
        <text x="10" y="80">one</text><text x="20" y="84">two</text>
        <text x="80" y="80" id="false">false</text>
        <text x="108" y="31"><tspan class="line">of</tspan><tspan class="line">two</tspan></text>
        <text x="108" y="17">near</text>
        <g class="ytick" style="visibility: hidden"><text x="0" y="99">0</text></g>
        <text x="280" y="80" fill="#fff">beyond</text></svg></div>""",
        encoding="utf-8",
    )
    drawn = visit(page).page
    problems = {re.sub(r", [\d.]+( %)?:", ":", problem) for problem in unreadable(drawn)}
    assert problems == {
        "pale: grey",
        "outside: beyond",
        "over each other: one | two",
        "over each other: oftwo | near",
        "not on its axis: 0",
        "pale in a chart: dark",
        "on a mark: struck",
        "says rgb(0, 0, 0) on rgb(238, 238, 238): dark",
        "says rgb(255, 255, 255) on rgb(238, 238, 238): false",
        "says rgb(0, 0, 0) on rgb(238, 238, 238): beyond",
    }


def test_each_barrier_is_seen(tmp_path, visit):
    page = tmp_path / "barriers.html"
    page.write_text(
        "<!DOCTYPE html><h1>a</h1><h3>b</h3><img src='data:,'><table><tr><td>1</td></tr></table>"
        "<input><button></button>",
        encoding="utf-8",
    )
    assert visit(page).page.evaluate(BARRIERS) == [
        "no language",
        "a picture without words",
        "a table without heads",
        "an empty BUTTON",
        "a control without a label",
        "a skipped head",
    ]


def test_the_index_leads_to_every_report(reports, visit):
    index = visit(reports / "index.html").page
    links = {link.get_attribute("href") for link in index.locator("a.card").all()}
    assert links == {f"{name}/report.html" for name in SCENARIOS}
    index.locator('a.card[href^="turkmenistan-baseline"]').click()
    index.wait_for_url("**/turkmenistan-baseline/report.html")
    assert "Turkmenistan" in index.locator("h1").first.inner_text()


@pytest.mark.parametrize("form", [REPORT, SMALL_REPORT])
def test_a_report_is_a_brief_of_two_screens_and_closed_folds(read, form):
    page = read(*form).page
    brief = page.locator("section#brief")
    # The words of a memo are those beside its chart
    words = brief.evaluate(
        """part => {
            const memo = part.cloneNode(true);
            memo.querySelectorAll("figure, .figure, script, style").forEach(each => each.remove());
            return memo.textContent.split(/\\s+/).length;
        }"""
    )
    assert words <= 450
    assert brief.evaluate("part => part.getBoundingClientRect().bottom") <= 2400
    assert page.evaluate("document.documentElement.scrollHeight") <= 6000
    assert page.locator("details.fold > summary .about").count() > 8
    # With its head; all scenarios of ./params, whatever was run
    assert brief.locator("table.fc-scenarios tr").count() == 4


def test_a_link_opens_the_fold_that_it_leads_into_and_so_does_an_address(reports, visit):
    page = visit(reports / "uzbekistan-baseline" / "report.html", "#charging-points").page
    assert page.locator("#charging-points").evaluate("head => head.closest('details').open")
    page.locator(".fc-lead a").last.click()
    assert page.locator("#grounds-ev_stock").is_visible()


def test_what_the_browser_sees_can_fail(tmp_path, visit):
    page = tmp_path / "broken.html"
    body = '<div class="figure" data-json="none"></div><img src="http://127.0.0.1:9/a.png">'
    body += "<script>throw 1</script>"
    page.write_text(body, encoding="utf-8")
    seen = visit(page)
    assert seen.drawn == [False]
    assert seen.errors
    assert seen.outside == ["http://127.0.0.1:9/a.png"]


def test_one_click_leads_from_a_fact_to_its_row_and_from_a_number_to_what_it_rests_on(read):
    page = read(*REPORT).page
    page.locator(".fc-lead a").first.click()
    assert page.locator(":target").inner_text().startswith("Battery and plug-in cars on the road")
    page.locator(".fc-lead ~ p a[href='#grounds-ev_imports']").first.click()
    assert page.locator(":target").inner_text().startswith("Battery cars imported, Uzbekistan")
    link = page.locator(".fc-grounds a.fact").first
    link.focus()
    page.keyboard.press("Enter")
    row = page.locator(":target")
    assert row.evaluate("row => row.matches('.fc-facts > li') && /“/.test(row.textContent)")
    assert row.is_visible()
    page.evaluate(FOLDS, True)
    # Of the long tables, too, and by keyboard
    last = page.locator("td a[href='#grounds-charging_points_need']").last
    last.focus()
    page.keyboard.press("Enter")
    assert (
        page.locator(":target")
        .inner_text()
        .startswith("Public charging points: need: it follows from")
    )
    dead = """() => [...document.querySelectorAll('a[href^="#"]')]
        .map(link => link.getAttribute("href").slice(1))
        .filter(name => !document.getElementById(decodeURIComponent(name)))"""
    assert page.evaluate(dead) == []


def test_paper_has_its_figures_and_everything_that_is_folded(read):
    page = read(*REPORT).page
    assert page.locator("details.fold[open]").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    widths = page.locator(".figure .main-svg:first-child").evaluate_all(
        "all => all.map(one => one.clientWidth)"
    )
    assert set(widths) == {660}
    assert page.locator("details.fold").count() == page.locator("details.fold[open]").count() > 0
    page.emulate_media(media="print")
    arrows = page.locator(".fold > summary").evaluate_all(
        "all => all.map(head => getComputedStyle(head, '::before').content)"
    )
    assert set(arrows) == {"none"}  # it would lie on the first letter
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.fold[open]").count() == 0
    assert page.locator(".figure .main-svg").first.evaluate("one => one.clientWidth") != 660


def test_the_index_cuts_no_chart_on_paper(reports, visit):
    page = visit(reports / "index.html").page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 660, "height": 1000})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    cut = """() => [...document.querySelectorAll(".figure")].filter(place =>
        place.querySelector(".main-svg").getBoundingClientRect().width > place.clientWidth + 1
    ).length"""
    assert (
        page.locator(".small .figure, .pair .figure").count() == page.locator(".figure").count() > 4
    )
    assert page.evaluate(cut) == 0
    notes = page.locator(".place details li").evaluate_all(
        "all => all.map(it => it.checkVisibility())"
    )
    assert notes
    assert all(notes)  # what is folded on the screen is read on paper


def test_a_figure_is_kept_as_a_file_with_its_title(read, tmp_path):
    page = read(*REPORT).page
    with page.expect_download() as kept:
        page.locator('button[data-keep="svg"]').first.click()
    kept.value.save_as(tmp_path / "kept.svg")
    assert re.fullmatch(
        r"uzbekistan-baseline-[\d-]+-battery-cars-imported-in-the-year-2026-.+\.svg",
        kept.value.suggested_filename,
    )
    assert "Uzbekistan, baseline" in (tmp_path / "kept.svg").read_text(encoding="utf-8")


def test_a_figure_gives_its_numbers_its_address_and_what_to_quote(read, tmp_path):
    page = read(*REPORT).page
    with page.expect_download() as kept:
        page.locator('button[data-keep="csv"]').first.click()
    kept.value.save_as(tmp_path / "kept.csv")
    table = pd.read_csv(tmp_path / "kept.csv")
    median = table[table["series"] == "Median"].set_index("x").loc[2030]
    shade = table[table["series"] == "80 %"].set_index("x").loc[2030]
    assert shade["low"] < float(median["y"]) < shade["high"]
    assert median["words"].startswith("2030: ")
    copied = "() => navigator.clipboard.readText()"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator('button[data-copy="link"]').first.click()
    address = page.evaluate(copied)
    assert address.endswith("uzbekistan-baseline/report.html#figure-1-chart")
    page.locator('button[data-copy="quote"]').first.click()
    quote = page.evaluate(copied)
    title = page.locator("figcaption b").first.inner_text()
    assert quote.startswith(f"{title}. Electric cars in Uzbekistan: outlook of ")
    assert "Source: forecast of " in quote
    assert quote.endswith(
        f"with this line; growth is learned from data of the IEA, CC BY 4.0. {address}"
    )


NUMBERS = [
    (measure, 2030) for measure in ("ev_imports", "ev_stock", *CHARGING_ANSWERS, "energy_gwh")
]
NUMBERS += [("ev_imports", 2026)]
ENDS = (0.1, 0.5, 0.9)


def of_the_year(table: pd.DataFrame, measure: str, year: int) -> list[float]:
    """Low, median and high of a whole year, or of the stock at its end."""
    starts, ends = table["period_start"].astype(str), table["period_end"].astype(str)
    whole = (ends == f"{year}-12-31") & (starts.str.endswith("-01-01") | (starts == ends))
    mine = table[whole & (table["scenario"] == SCENARIOS[0]) & (table["measure"] == measure)]
    return [float(mine.loc[np.isclose(mine["quantile"], level), "value"].item()) for level in ENDS]


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", page)))


def test_a_scenario_alone_and_beside_another_of_its_country_gives_the_same_bytes(reports, tmp_path):
    name = SCENARIOS[-1]  # it reads what the one before it has shared
    files = {"outlook.parquet", "draws.parquet", "outlook.xlsx", "report.html"}
    assert run([ROOT / "params" / f"{name}.yaml"], tmp_path, progress=False).ok
    for file in files:
        assert (reports / name / file).read_bytes() == (tmp_path / name / file).read_bytes(), file
    # It is whole, and says nothing of this machine
    report = tmp_path / name
    assert {path.name for path in report.iterdir()} == files | {"report.ipynb", "run.json"}
    assert (report / "report.html").stat().st_size < 500_000
    assert sys.prefix not in (report / "report.ipynb").read_text()
    assert str(tmp_path) not in (report / "report.ipynb").read_text()


def test_one_number_has_one_value_wherever_a_run_writes_it(reports):
    folder = reports / SCENARIOS[0]
    table = load_results(reports / "comparison.parquet")
    notebook = nbformat.read(folder / "report.ipynb", as_version=4)
    outputs = [
        output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])
    ]
    printed = words_of(" ".join(str(data.get("text/plain", "")) for data in outputs))
    page = words_of((folder / "report.html").read_text(encoding="utf-8"))
    index = words_of((reports / "index.html").read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(folder / "outlook.xlsx", read_only=True)
    lines = list(book["Results"].values)[2:]
    sheets = [
        pd.DataFrame(lines[1:], columns=lines[0]),
        pd.read_excel(reports / "comparison.xlsx", sheet_name="All"),
    ]
    sheets[1] = sheets[1][sheets[1]["scenario"] == SCENARIOS[0]]
    files = pd.read_csv(reports / "comparison.csv"), load_results(folder / "outlook.parquet")
    for measure, year in NUMBERS:
        ends = of_the_year(table, measure, year)
        digits = standing_digits(ends[0], ends[-1])
        low, median, high = (amount(value, measure, digits) for value in ends)
        for file in files:
            assert of_the_year(file, measure, year) == pytest.approx(ends, rel=1e-9)
        for sheet in sheets:
            (row,) = sheet[
                (sheet["measure"] == label_of(measure)) & (sheet["year"] == year)
            ].to_dict("records")
            assert [row["10 %"], row["median"], row["90 %"]] == pytest.approx(ends, rel=1e-9)
        assert f"{median} {low} {high}" in page
        assert f"{median} {low} {high}" in printed
        # A card has the flow of the first years, no energy, and the standard is in each report
        is_in_report_alone = (measure, year) in NUMBERS[:1] + NUMBERS[-2:-1]
        if not is_in_report_alone and measure != "charging_points_standard":
            assert re.search(f"{median} {low} (to )?{high}", index), measure


def test_pages_say_one_number_of_one_measure_year_and_scenario(reports):
    numbers = [
        number
        for page in ("index.html", *(f"{name}/report.html" for name in SCENARIOS))
        for number in numbers_of(reports / page)
    ]
    assert contradictions(numbers) == []
    # The finding, titles of charts, tables and cards are read, those of three pages together
    counts = Counter((number.label, number.year) for number in numbers if number.level == 0.5)
    for label in ("cars on the road", "public charging points: need"):
        assert counts[label, 2030] >= 12, label


def test_a_number_that_differs_from_another_of_its_name_is_found(reports, tmp_path):
    report = reports / SCENARIOS[0] / "report.html"
    text = report.read_text(encoding="utf-8")
    stock = next(
        each for each in numbers_of(report) if each[1:4] == ("cars on the road", 2030, 0.5)
    )
    for words in (f">{stock.words.split()[0]}</a> (", f">{stock.words.split()[0]}</a></td>"):
        other = tmp_path / "report.html"
        assert words in text
        other.write_text(text.replace(words, words.replace(">", ">9", 1), 1), encoding="utf-8")
        (found,) = contradictions([*numbers_of(other)])[:1]
        assert "cars on the road 2030" in found
