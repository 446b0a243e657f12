"""Pages of notebooks: nothing dropped, nothing fetched, nothing that a stranger wrote is run."""

from __future__ import annotations

import json
import re

import nbformat
import pytest
from nbformat import v4

from forecasting.reporting import figures, html, result_tables as tables
from forecasting.vocabulary.errors import RunError
from forecasting.writers.messages import PLOTLY_TYPE
from forecasting.writers.page import check_page, figure_html

TITLE = "Uzbekistan, baseline"


def shown(value):
    if hasattr(value, "to_json"):
        return v4.new_output("display_data", {PLOTLY_TYPE: json.loads(value.to_json())})
    data = {"text/html": value._repr_html_(), "text/plain": repr(value)}
    return v4.new_output("execute_result", data, execution_count=1)


def notebook(*outputs, title="# A country's outlook", tags=()):
    cells = [v4.new_markdown_cell(f"{title}\n\nWhat will come?")]
    for output in outputs:
        cells.append(
            v4.new_code_cell(
                "figures.fan_chart(outlook)", outputs=[output], metadata={"tags": list(tags)}
            )
        )
    return v4.new_notebook(cells=cells)


def test_a_page_shows_prose_tables_and_figures(outlook, ledger):
    made = notebook(shown(figures.fan_chart(outlook)), shown(tables.facts_table(ledger)))
    page = html.notebook_to_html(made, title=TITLE)
    assert page.count('class="figure" data-json=') == 1
    assert f"<h1>{TITLE}</h1>" in page.replace('<h1 id="Uzbekistan,-baseline">', "<h1>")
    assert "What will come?" in page
    assert "more than 3,500 vehicles" in page
    assert 'src="../assets/plotly.min.js"' in page
    assert len(page) < 500_000


def test_the_notebook_is_left_as_it_was(outlook):
    made = notebook(shown(figures.fan_chart(outlook)))
    before = nbformat.writes(made)
    html.notebook_to_html(made, title=TITLE)
    assert nbformat.writes(made) == before


def test_pages_do_not_depend_on_pages_before(outlook):
    made = notebook(shown(figures.fan_chart(outlook)))
    assert html.notebook_to_html(made, title=TITLE) == html.notebook_to_html(made, title=TITLE)


def test_code_is_there_and_hidden(outlook):
    page = html.notebook_to_html(
        notebook(shown(tables.outlook_table(outlook, "ev_stock"))), title=TITLE
    )
    assert '<div class="input"><pre>figures.fan_chart(outlook)</pre></div>' in page
    assert ".input { display: none;" in page


def test_what_is_about_code_is_an_aside(outlook):
    page = html.notebook_to_html(
        notebook(shown(tables.outlook_table(outlook, "ev_stock")), tags=["about-code"]), title=TITLE
    )
    brief = page.partition('<section id="brief">')[2].partition("</section>")[0]
    aside = page.partition('<div class="aside">')[2]
    assert "fc-table" not in brief
    assert "fc-table" in aside


def test_streams_and_errors_are_escaped():
    text = v4.new_output("stream", name="stdout", text="<script>alert(1)</script>")
    failed = v4.new_output(
        "error", ename="E", evalue="<b>", traceback=["\x1b[31m<img src=x>\x1b[0m"]
    )
    page = html.notebook_to_html(notebook(text, failed), title="<script>x</script>")
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page
    assert "<title>&lt;script&gt;x&lt;/script&gt;</title>" in page


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (
            "[a](javascript:alert(1)) ![b](https://example.org/x.png)",
            "[a](javascript:alert(1)) ![b](https://",
        ),
        ("*a* _b_ `c` $d$ \\ #", "*a* _b_ `c` $d$ \\ #"),
        ("Xinjiang & Kazakhstan, 2.5 % – high", "Xinjiang &amp; Kazakhstan, 2.5 % – high"),
        ("two\n\n<b>lines</b>", "two &lt;b&gt;lines&lt;/b&gt;"),
    ],
)
def test_a_title_is_shown_as_it_is_written(title, shown):
    page = html.notebook_to_html(notebook(), title=title)
    heading = page.partition("<h1")[2].partition(">")[2].partition("</h1>")[0]
    assert heading.startswith(shown)
    assert "<" not in heading


@pytest.mark.slow
def test_of_very_much_that_was_printed_a_page_shows_both_ends():
    text = v4.new_output("stream", name="stdout", text="first " + "x" * 50_000_000 + " last")
    page = html.notebook_to_html(notebook(text), title=TITLE)
    assert len(page) < 100_000
    assert "<pre>first x" in page
    assert "x last</pre>" in page
    assert "… 49,980,011 more characters are in the notebook …" in page


def test_a_figure_cannot_close_its_script():
    wild = v4.new_output(
        "display_data",
        {PLOTLY_TYPE: {"data": [{"name": "</script><script>alert(1)"}], "layout": {}}},
    )
    page = html.notebook_to_html(notebook(wild), title=TITLE)
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<script src="//cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="http://example.org/x.css">',
        '<img src="https://example.org/x.png">',
        '<style>@import "https://example.org/x.css";</style>',
        "<style>p { background: url(https://example.org/x.png) }</style>",
        '<iframe src="https://example.org"></iframe>',
    ],
)
def test_an_address_outside_fails_the_page(page):
    with pytest.raises(RunError, match="must open without a network"):
        check_page(page, name="x")


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://example.org">a source</a>',
        '<img src="data:image/png;base64,AA//AA==">',
        '<script src="../assets/plotly.min.js"></script>',
        "<p>url(https://example.org)</p>",
    ],
)
def test_links_and_files_beside_the_page_are_fine(page):
    check_page(page, name="x")


def test_a_report_is_titled_by_its_scenario(tmp_path, outlook):
    made = notebook(shown(tables.outlook_table(outlook, "ev_stock")))
    made.metadata["papermill"] = {"parameters": {"title": TITLE}}
    page = html.write_report(tmp_path / "report.ipynb", made).read_text(encoding="utf-8")
    assert f"<title>{TITLE}</title>" in page


def test_a_report_leads_to_the_files_beside_it(tmp_path):
    path = tmp_path / "report.ipynb"
    assert "outlook.xlsx" not in html.write_report(path, notebook()).read_text(encoding="utf-8")
    (tmp_path / "outlook.xlsx").touch()
    page = html.write_report(path, notebook()).read_text(encoding="utf-8")
    assert '<a href="report.ipynb">Notebook</a><a href="outlook.xlsx">Excel</a>' in page


def test_without_a_scenario_the_first_heading_is_the_title(tmp_path):
    page = html.write_report(tmp_path / "report.ipynb", notebook()).read_text(encoding="utf-8")
    assert "<title>A country&#39;s outlook</title>" in page


def test_a_page_begins_with_its_brief_and_folds_each_part_under_a_line_that_says_what_is_in_it():
    cells = [
        v4.new_markdown_cell(words)
        for words in ("# T", "a", "## A\n\nWhat A\nhas.\n\nMore.", "### B\n\nb", "## D")
    ]
    page = html.notebook_to_html(
        v4.new_notebook(cells=cells),
        title=TITLE,
        since="<p>new</p>",
        since_sentence="Two <numbers> moved.",
    )
    brief = page[page.index('<section id="brief">') : page.index("</section>")]
    assert "<p>a</p>" in brief
    assert '<p class="fc-change">Two &lt;numbers&gt; moved.</p>' in brief
    new, first, last = re.findall(r'<details class="fold">.*?</details>', page, re.DOTALL)
    assert "What changed since the last run" in new
    assert "<p>new</p>" in new
    assert '<summary><h2 id="a">A</h2>' in first
    assert '<span class="about">What A has.</span></summary>' in first
    assert first.index("<p>More.</p>") < first.index('<h3 id="b">B</h3>') < first.index("<p>b</p>")
    assert '<h2 id="d">' in last
    assert page.index("</section>") < page.index('<details class="fold">')


def test_neither_code_nor_the_data_of_a_figure_stand_in_the_brief(outlook):
    page = html.notebook_to_html(notebook(shown(figures.fan_chart(outlook))), title=TITLE)
    brief = page[page.index('<section id="brief">') : page.index("</section>")]
    assert 'class="figure" data-json=' in brief
    assert "<script" not in brief
    assert "fan_chart" not in brief


def test_contents_lead_to_each_heading():
    cells = [
        v4.new_markdown_cell(words) for words in ("# T", "## What comes, & when?", "### B", "## C")
    ]
    page = html.notebook_to_html(v4.new_notebook(cells=cells), title=TITLE)
    assert '<li><a href="#what-comes-when">What comes, &amp; when?</a></li>' in page
    assert '<h2 id="what-comes-when">' in page
    assert '<li class="sub"><a href="#b">B</a></li>' in page


def test_a_figure_is_named_for_who_does_not_see_it(outlook):
    page = html.notebook_to_html(notebook(shown(figures.fan_chart(outlook))), title=TITLE)
    named = page.partition('role="img" aria-label="')[2].partition('"')[0]
    assert named.startswith("Uzbekistan, baseline: 10,000 electric cars imported in the year 2023")
    assert page.count("data-keep=") == 3
    assert page.count("data-copy=") == 2
    empty = figure_html({"data": [], "layout": {"title": {"text": "nothing"}}}, "f")
    assert "data-keep=" not in empty
    assert "Keep as" not in empty
