"""A report on paper, as a Word document, as tables: whole or not at all, with one message where it
cannot be.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import docx
import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from made_up import make_outlook
from nbformat import v4

from forecasting.cli import main
from forecasting.reporting import figures, html, result_tables as tables
from forecasting.reporting.answer import answer
from forecasting.reporting.comparison_files import write_comparison
from forecasting.reporting.exports import export_report
from forecasting.reporting.site import write_assets
from forecasting.scenarios.outlook import load_outlook
from forecasting.scenarios.outlook_files import load_draws, save_tables
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.writers import browser
from forecasting.writers.messages import PLOTLY_TYPE

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared_forecasts")]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The folder of one report, its notebook made by hand."""
    out, outlook = tmp_path_factory.mktemp("out"), make_outlook()
    folder = out / outlook.name
    folder.mkdir()
    outlook.save(folder)
    figure = json.loads(figures.fan_chart(outlook).to_json())
    shown = [answer(outlook), tables.facts_table(outlook.evidence)]
    outputs = [v4.new_output("display_data", {"text/html": each._repr_html_()}) for each in shown]
    outputs.insert(1, v4.new_output("display_data", {PLOTLY_TYPE: figure}))
    cells = [v4.new_markdown_cell("# A country"), v4.new_code_cell("", outputs=outputs[:2])]
    cells += [v4.new_markdown_cell("## The facts\n\n- **one** of [them](https://example.org/b)")]
    cells += [v4.new_code_cell("", outputs=outputs[2:])]
    made = v4.new_notebook(cells=cells)
    made.metadata["papermill"] = {"parameters": {"title": "Uzbekistan, <baseline>"}}
    nbformat.write(made, folder / "report.ipynb")
    html.write_report(folder / "report.ipynb", made)
    write_assets(out)
    return folder


def test_a_page_is_printed_and_its_brief_is_shorter(report, tmp_path):
    whole, brief = tmp_path / "whole.pdf", tmp_path / "brief.pdf"
    export_report(report, {"pdf": whole})
    export_report(report, {"pdf": brief}, brief=True)
    assert whole.read_bytes().startswith(b"%PDF")
    assert whole.stat().st_size > 20_000
    assert whole.stat().st_size > 1.1 * brief.stat().st_size
    assert brief.read_bytes().count(b"/Type /Page\n") in (1, 2)
    assert {path.name for path in tmp_path.iterdir()} == {"whole.pdf", "brief.pdf"}


def test_a_brief_in_word_ends_where_the_sections_begin(report, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(report, tmp_path / "reports" / "uzbekistan-baseline")
    notebook = nbformat.read(report / "report.ipynb", as_version=4)
    assert any(cell.source.startswith("## The facts") for cell in notebook.cells)
    # By its name alone: of a report in ./reports
    name = Path("uzbekistan-baseline")
    (made,) = export_report(name, {"docx": tmp_path / "a.docx"}, brief=True)
    text = [paragraph.text for paragraph in docx.Document(made).paragraphs]
    assert "Uzbekistan had about 8,000 electric cars at the end of 2022." in "\n".join(text)
    assert not {"Contents", "The facts"} & set(text)


def test_a_document_has_the_styles_of_its_template_and_none_of_its_words(report, tmp_path):
    house = docx.Document()
    house.styles["Normal"].font.name = "Georgia"
    house.add_paragraph("Dear reader")
    house.save(tmp_path / "house.docx")
    # Without a figure, which a browser would draw
    folder = shutil.copytree(report, tmp_path / report.name)
    nbformat.write(v4.new_notebook(cells=[v4.new_markdown_cell("Words")]), folder / "report.ipynb")
    (made,) = export_report(folder, {"docx": tmp_path / "a.docx"}, template=tmp_path / "house.docx")
    document = docx.Document(made)
    assert document.styles["Normal"].font.name == "Georgia"
    assert "Dear reader" not in [paragraph.text for paragraph in document.paragraphs]
    (tmp_path / "no.docx").write_text("no document")
    with pytest.raises(InputError, match=r"no\.docx is no Word document; give one"):
        export_report(report, {"docx": tmp_path / "b.docx"}, template=tmp_path / "no.docx")
    assert not (tmp_path / "b.docx").exists()


ARABIC = "وزارة النقل، ٢٠٢٣"
HEBREW = "משרד התחבורה"


def test_words_from_right_to_left_turn_no_number_round(report, tmp_path):
    """In a line from left to right a number behind such words stands before them, unless the words
    are set apart.
    """
    folder = shutil.copytree(report, tmp_path / report.name)
    stored = nbformat.read(folder / "report.ipynb", as_version=4)
    text = f"## The facts\n\n- counted by {ARABIC}, 2,180 in 2023, by {HEBREW} 12,345"
    stored.cells = [v4.new_markdown_cell(text)]
    nbformat.write(stored, folder / "report.ipynb")
    html.write_report(folder / "report.ipynb", stored)
    line_of_page = f"by <bdi>{ARABIC}</bdi>, 2,180 in 2023, by <bdi>{HEBREW}</bdi> 12,345"
    assert line_of_page in (folder / "report.html").read_text()
    (word,) = export_report(folder, {"docx": tmp_path / "a.docx"})
    (line,) = [each for each in docx.Document(word).paragraphs if "2,180" in each.text]
    mark = "\u200e"  # LibreOffice needs it beside the direction of the run
    assert line.text == f"counted by {ARABIC}{mark}, 2,180 in 2023, by {HEBREW}{mark} 12,345"
    assert [run.text for run in line.runs if run.font.rtl] == [ARABIC, HEBREW]


def test_a_document_has_the_sentence_the_figure_the_table_and_its_sources(report, tmp_path):
    (made,) = export_report(report, {"docx": tmp_path / "a.docx"})
    document = docx.Document(made)
    text = [paragraph.text for paragraph in document.paragraphs]
    assert "Uzbekistan had about 8,000 electric cars at the end of 2022." in "\n".join(text)
    assert len(document.inline_shapes) == 1
    assert (
        document.inline_shapes[0]
        ._inline.docPr.get("descr")
        .startswith("Uzbekistan, baseline: 10,000 electric")
    )
    places = [
        place for place, each in enumerate(document.paragraphs) if each.style.name == "Caption"
    ]
    assert [text[place].partition(". ")[0] for place in places] == ["Figure 1", "Table 1"]
    assert document.paragraphs[0].style.name == "Title"
    # The brief begins below the title; contents follow it
    assert text[2].startswith("Uzbekistan had about")
    contents = text.index("Contents")
    assert text[contents + 1] == "The facts"
    assert text.index("The facts", contents + 2) > contents
    sources = [each for each in document.paragraphs if each.text.startswith("[1] ")]
    assert [each.style.name for each in sources] == ["Reference"]
    assert document.core_properties.title == "Electric cars in Uzbekistan: outlook of 26 June 2023"
    assert document.core_properties.author == "ev-forecasting"
    (table,) = document.tables
    assert table.rows[0].cells[0].text == "period"
    assert len(table.rows) == 1 + 6
    # A short table is not cut, nor is a figure parted from its caption, which alone has its title
    rows = [
        [cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells]
        for row in table.rows
    ]
    assert [all(row) for row in rows] == [True] * 6 + [False]
    assert document.paragraphs[places[0] - 1].paragraph_format.keep_with_next
    assert document.inline_shapes[0].width > 2.1 * document.inline_shapes[0].height
    assert "one of them [1]" in text
    assert "[1] them: https://example.org/b" in text
    assert any(
        line.startswith("[2] ") and line.endswith(": https://example.org/a") for line in text
    )


def test_without_a_browser_one_message_says_what_to_do(report, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(browser, "BROWSER_PATHS", ())
    with pytest.raises(InputError, match="no Chromium or Chrome was found"):
        export_report(report, {"pdf": tmp_path / "a.pdf"})
    with pytest.raises(InputError, match="no Chromium or Chrome was found"):
        export_report(report, {"docx": tmp_path / "a.docx"})
    assert not list(tmp_path.iterdir())


def test_a_browser_that_fails_leaves_nothing(report, tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_text("older")
    said = subprocess.CompletedProcess([], 1, b"", b"no display")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: said)
    with pytest.raises(RunError, match=r"did not print .*: no display"):
        export_report(report, {"pdf": tmp_path / "a.pdf"}, force=True)
    assert (tmp_path / "a.pdf").read_text() == "older"


@pytest.mark.parametrize("form", ["xlsx", "iamc", "csv", "hourly", "pdf", "docx"])
def test_a_file_of_the_users_is_replaced_only_by_force(report, tmp_path, form):
    mine = tmp_path / "a"
    mine.write_text("mine")
    with pytest.raises(InputError, match="exists already; give another name, or --force"):
        export_report(report, {"csv": tmp_path / "b", form: mine})
    (tmp_path / "link").symlink_to(mine)
    for path in (tmp_path / "link", Path("/dev/null")):
        with pytest.raises(InputError, match="is a link or a device"):
            export_report(report, {form: path}, force=True)
    assert mine.read_text() == "mine"
    assert not (tmp_path / "b").exists()
    assert export_report(report, {"csv": mine}, force=True) == [mine]
    assert mine.read_text().startswith("scenario,")


@pytest.mark.parametrize("form", ["xlsx", "iamc", "csv", "pdf", "docx"])
def test_a_folder_in_the_way_or_missing_is_said(report, tmp_path, form):
    with pytest.raises(InputError, match="is a folder; give the name of a file"):
        export_report(report, {form: tmp_path})
    with pytest.raises(InputError, match=r"there is no folder .*nowhere to write"):
        export_report(report, {form: tmp_path / "nowhere" / "a"})
    if form in ("pdf", "docx"):
        with pytest.raises(InputError, match="make the report first"):
            export_report(tmp_path, {form: tmp_path / "a"})


def test_the_results_are_one_table(report, tmp_path):
    (made,) = export_report(report, {"csv": tmp_path / "a.csv"})
    pd.testing.assert_frame_equal(
        pd.read_csv(made),
        pd.read_parquet(report / "outlook.parquet"),
        check_dtype=False,
        check_categorical=False,
    )


@pytest.fixture
def compared(tmp_path):
    grid = [
        ("uzbekistan-baseline", "UZ", 1.0),
        ("uzbekistan-high", "UZ", 1.6),
        ("kazakhstan-baseline", "KZ", 0.5),
    ]
    outlooks = {name: make_outlook(name, *rest) for name, *rest in grid}
    # The worlds of one scenario in another order: medians stay, and their differences do not
    high = outlooks["uzbekistan-high"].results
    for name, draws in high.values.items():
        high.values[name] = draws[np.argsort(np.sin(np.arange(len(draws))))]
    for name, outlook in outlooks.items():
        record = {"parameters": {"seed": 1}, "version": "0"}
        save_tables(tmp_path / name, outlook.table, outlook.draws, record)
    write_comparison(tmp_path, pd.concat([outlook.table for outlook in outlooks.values()]))
    return tmp_path


def test_all_scenarios_are_in_one_csv_and_one_workbook(compared):
    table = pd.read_parquet(compared / "comparison.parquet")
    assert len(pd.read_csv(compared / "comparison.csv")) == len(table)
    book = openpyxl.load_workbook(compared / "comparison.xlsx")
    assert book.sheetnames[:2] == ["Compare", "All"]
    row = next(
        r
        for r in book["All"].values
        if r[1:4] == ("uzbekistan-high", "Uzbekistan", "Electric vehicles on the road")
    )
    assert row[5] == 2026  # what is printed stands first
    key = book["All"].column_dimensions["A"]
    assert key.hidden
    assert key.width >= max(len(row[0]) for row in book["All"].values)


def test_the_live_sheet_looks_up_medians_and_differences(compared):
    live, shown = (
        openpyxl.load_workbook(compared / "comparison.xlsx", data_only=kept)["Compare"]
        for kept in (False, True)
    )
    high = next(row for row in range(1, 20) if live.cell(row, 1).value == "uzbekistan-high")
    base = next(row for row in range(1, 20) if live.cell(row, 1).value == "uzbekistan-baseline")
    assert live.cell(high, 3).value.startswith(
        '=IFERROR(INDEX(All!$J:$J,MATCH("uzbekistan-high|UZ|"&$B$6&"|"&$B$7'
    )
    assert live.cell(high, 6).value == live.cell(high, 3).value.replace("$J:$J", "$N:$N")
    medians = [shown.cell(row, 3).value for row in (high, base)]
    assert medians[0] == pytest.approx(1.6 * medians[1])
    draws = [
        load_draws(compared / name / "draws.parquet", ["ev_stock"])[0].values["ev_stock"][:, -1]
        for name in ("uzbekistan-high", "uzbekistan-baseline")
    ]
    paired = np.median(draws[0] - draws[1])
    assert shown.cell(high, 6).value == pytest.approx(paired, rel=1e-6)
    assert abs(paired - (medians[0] - medians[1])) > 0.02 * paired
    assert live.cell(8 + 1, 6).value == "minus baseline: difference, draw by draw"
    assert shown.cell(high, 9).value == pytest.approx(100 * paired / medians[1])
    assert shown.cell(base, 6).value is None


def test_equal_tables_give_equal_workbooks(compared):
    before = (compared / "comparison.xlsx").read_bytes()
    write_comparison(compared, pd.read_parquet(compared / "comparison.parquet"))
    assert (compared / "comparison.xlsx").read_bytes() == before


def test_a_table_in_word_has_headings_over_their_columns_and_facts_by_number(report, tmp_path):
    notebook = nbformat.read(report / "report.ipynb", as_version=4)
    heads = '<tr><th rowspan="2">year</th><th colspan="2">vehicles</th></tr>'
    heads += "<tr><th>low</th><th>high</th></tr>"
    row = '<tr><td>2030</td><td class="amount">10</td><td class="amount">1,380,000</td></tr>'
    page = f"<table><thead>{heads}</thead><tbody>{row}</tbody></table>"
    rows = '<li id="fact-uz-a">A, <i>a</i></li><li id="fact-uz-b">B</li>'
    listed = (
        f'<p>As <a class="fact" href="#fact-uz-b">40</a> says</p><ol class="fc-facts">{rows}</ol>'
    )
    outputs = [v4.new_output("display_data", {"text/html": each}) for each in (page, listed)]
    notebook.cells = [v4.new_code_cell("", outputs=outputs)]
    nbformat.write(notebook, report / "report.ipynb")
    (made,) = export_report(report, {"docx": tmp_path / "a.docx"})
    document = docx.Document(made)
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["year", "vehicles", "vehicles"],
        ["year", "low", "high"],
        ["2030", "10", "1,380,000"],
    ]
    widths = [column.width.cm for column in table.columns]
    assert sum(widths) == pytest.approx(18.2, abs=0.1)
    assert widths[2] > 1.5 * widths[1]
    text = [paragraph.text for paragraph in document.paragraphs]
    assert {"As 40² says", "1. A, a", "2. B"} <= set(text)


def test_the_age_of_the_evidence_is_the_subtitle_and_stands_once(report, tmp_path):
    notebook = nbformat.read(report / "report.ipynb", as_version=4)
    words = "By ev-forecasting 0.2.0. Its newest count ends on 30 April 2023."
    shown = {"text/html": f'<p class="fc-known">{words}</p>', "text/plain": words}
    notebook.cells.insert(0, v4.new_code_cell("", outputs=[v4.new_output("display_data", shown)]))
    nbformat.write(notebook, report / "report.ipynb")
    (made,) = export_report(report, {"docx": tmp_path / "a.docx"})
    paragraphs = docx.Document(made).paragraphs
    assert [each.style.name for each in paragraphs if each.text == words] == ["Subtitle"]


def test_wide_tables_lie_across_with_the_texts_that_introduce_them(report, tmp_path):
    def cells_of(text, words):
        row = "".join(f"<td>{'x' * letters}</td>" for letters in words)
        page = f"<table><tr>{row}</tr></table>"
        output = v4.new_output("display_data", {"text/html": page})
        return v4.new_markdown_cell(text), v4.new_code_cell("", outputs=[output])

    notebook = nbformat.read(report / "report.ipynb", as_version=4)
    # Many columns of short words stand upright
    texts = {"Narrow.": [1, 1], "Wide.": [16] * 9, "Wider.": [9] * 16, "Slim.": [4] * 12}
    notebook.cells = [cell for each in texts.items() for cell in cells_of(*each)]
    nbformat.write(notebook, report / "report.ipynb")
    (made,) = export_report(report, {"docx": tmp_path / "a.docx"})
    pages = docx.Document(made).sections
    contents = [
        [each.text.partition(" ")[0] for each in page.iter_inner_content() if hasattr(each, "text")]
        for page in pages
    ]
    assert [page.page_width > page.page_height for page in pages] == [False, True, False]
    assert [[word for word in words if word.endswith(".")] for words in contents] == [
        ["Narrow."],
        ["Wide.", "Wider."],
        ["Slim."],
    ]


def test_two_forms_are_two_files(report, tmp_path):
    same = tmp_path / "same.csv"
    with pytest.raises(InputError, match="two forms would be one file; give each a name"):
        export_report(report, {"csv": same, "iamc": same})
    assert not same.exists()


def test_a_forecast_hub_takes_the_table(report, tmp_path):
    """What the hubverse asks of a model's output: its columns, one row per task and quantile, the
    same levels for each task, and values that rise with them.
    """
    told = CliRunner().invoke(
        main, ["export", str(report), "--hub", f"{tmp_path}/hub.csv", "--json"]
    )
    assert json.loads(told.stdout) == {"written": [f"{tmp_path}/hub.csv"]}
    hub = pd.read_csv(tmp_path / "hub.csv", dtype={"location": "string"}, keep_default_na=False)
    task = ["origin_date", "target", "horizon", "location"]
    assert [*hub.columns] == [*task, "output_type", "output_type_id", "value"]
    outlook = load_outlook(report)
    assert {*hub["origin_date"]} == {outlook.as_of.isoformat()}
    assert {*hub["output_type"]} == {"quantile"}
    assert pd.api.types.is_integer_dtype(hub["horizon"])
    assert not hub.duplicated([*task, "output_type_id"]).any()
    levels = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]
    for _, rows in hub.groupby(task):
        assert rows["output_type_id"].tolist() == levels
        assert rows["value"].is_monotonic_increasing
    assert hub["horizon"].min() == outlook.first_year - outlook.as_of.year
    assert hub["horizon"].max() == outlook.scenario.horizon - outlook.as_of.year
    table = outlook.table
    last = table["period_end"].astype(str) == f"{outlook.scenario.horizon}-12-31"
    stock = table[last & (table["measure"] == "ev_stock")]
    assert hub.query("target == 'ev_stock' and horizon == horizon.max()")["value"].tolist() == (
        pytest.approx(stock["value"].tolist())
    )
