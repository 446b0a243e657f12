"""The page of a report: its notebook, code hidden, beside one shared copy of plotly.js; what
changed since the last run; its title and files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.reporting.labels import memo_title
from forecasting.reporting.translation import translated
from forecasting.vocabulary.catalogues import (
    ENGLISH,
    file_in,
    language as chosen_language,
    name_of_language,
    written_in,
)
from forecasting.vocabulary.files import write_whole
from forecasting.vocabulary.names import (
    INDEX_PAGE,
    OTHER_NOTEBOOKS,
    OUTLOOK_TABLE,
    OUTLOOK_WORKBOOK,
    REPORT_PAGE,
)
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.display import number_facts
from forecasting.writers.page import (
    Content,
    figure_html,
    filled_page,
    page_form,
    sections,
    template_text,
    with_contents,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOK_LINK = "Notebook"  # what the file of it is called in a page
REPORTING = "forecasting.reporting"


# What the scripts of a page say
SCRIPT_WORDS = (
    "may have ended",
    "due",
    "not yet",
    "today",
    "copied",
    "Free to reproduce with this line; growth is learned from data of the IEA, CC BY 4.0.",
)


@cache
def page_template(name: str) -> Any:
    """A template of the package, ready to be filled; to make it ready takes longer than that."""
    return page_form(template_text(name, REPORTING))


def _filled(template: str, name: str, **values: Any) -> str:
    """A template with its values, the style, and the scripts that draw the figures of a page, tell
    how old its evidence is on the day on which it is opened, and find a card of the index.
    """
    scripts = [template_text(script, REPORTING) for script in ("figures.js", "age.js", "filter.js")]
    return filled_page(
        page_template(template),
        name,
        "".join([template_text("labels.js"), *scripts]),
        style=template_text("style.css", REPORTING),
        **values,
    )


def _said_in_scripts() -> str:
    """What the scripts say, as JSON by the English words; nothing in English."""
    if chosen_language().code == ENGLISH:
        return ""
    return json.dumps({words: sentence(words) for words in SCRIPT_WORDS}, ensure_ascii=False)


def notebook_to_html(
    notebook: NotebookNode,
    *,
    title: str,
    files: Mapping[str, str] | None = None,
    language: str = ENGLISH,
    index: str = INDEX_PAGE,
    since: str = "",
    since_sentence: str = "",
) -> str:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.
    title : str
        Of the page.
    files : mapping of str to str, optional
        Files beside the page, by what they are called in it.
    language : str
        Of the words.
    index : str
        The page of all reports.
    since : str
        What changed since the last run, as HTML.
    since_sentence : str
        The same of the headline, for the brief.

    Returns
    -------
    str

    Raises
    ------
    RunError
        If the page would load anything from outside.
    """
    contents: list[str] = []

    def figure(stored: Content) -> str:
        """Its place; what is drawn there goes to the end of the page."""
        place, _, content = figure_html(stored, f"figure-{len(contents) + 1}").partition("<script")
        contents.append(f"<script{content}")
        return place

    brief, *parts = sections(notebook.cells)
    page = _filled(
        "report.html.j2",
        title,
        title=" ".join(title.split()),
        language=language,
        index=index,
        files=files or {},
        brief=brief,
        sections=parts,
        since=since,
        since_sentence=since_sentence,
        figure=figure,
        contents=contents,
        said=_said_in_scripts(),
    )
    return number_facts(with_contents(page))


def write_page(path: Path, template: str, **values: Any) -> Path:
    """Fill a template of the package, check the page and write it.

    Parameters
    ----------
    path : Path
        The page; written whole or not at all.
    template : str
        Its name.
    **values : object
        What the template names, but for the style and the script that all pages have.

    Raises
    ------
    RunError
        If the page would load anything from outside.
    """
    return write_whole(path, _filled(template, path.name, **values).encode())


def pages_in(name: str, codes: Iterable[str]) -> dict[str, str]:
    """The same page in the languages in which words are not written now, by their names."""
    return {
        name_of_language(code): file_in(name, code)
        for code in codes
        if code != chosen_language().code
    }


def page_of_report(folder: Path, name: str) -> str:
    """Where the page of a report lies in a folder of reports, in the language in which words are
    written now or in English; nothing where there is none.
    """
    pages = (f"{name}/{file_in(REPORT_PAGE, code)}" for code in (chosen_language().code, ENGLISH))
    return next((page for page in pages if (folder / page).is_file()), "")


def write_report(path: Path, notebook: NotebookNode, changes: Content | None = None) -> Path:
    """Write the page of a stored notebook beside it, ``report.ipynb`` to ``report.html``, with the
    title of the scenario or the notebook's first heading.

    Parameters
    ----------
    path : Path
        An executed notebook.
    notebook : NotebookNode
        The same, as it was read or made.
    changes : dict, optional
        What changed since the last run, as `forecasting.reporting.past.changes_since` gives it.

    Raises
    ------
    RunError
        As `notebook_to_html` does.
    """
    title = stored_title(path.parent) or report_title(notebook) or path.stem
    page = path.with_suffix(".html")
    files = {}
    if path.with_name(OUTLOOK_WORKBOOK).is_file():
        files["Excel"] = OUTLOOK_WORKBOOK
    others = sorted(path.parent.glob(OTHER_NOTEBOOKS))
    pages = {name_of_language(_code(other)): other.with_suffix(".html").name for other in others}
    here = {NOTEBOOK_LINK: path.name, **files, **pages}
    words = _what_changed(changes)
    text = notebook_to_html(notebook, title=title, files=here, **words)
    page.write_text(text, encoding="utf-8")
    for other in others:
        with written_in(_code(other)):
            words = _what_changed(changes)
            files_there = files | {name_of_language(ENGLISH): page.name}
            _write_translation(other, notebook, files_there, words)
    return page


def _what_changed(changes: Content | None) -> dict[str, str]:
    """What changed since the last run, as a page says it."""
    if not changes:
        return {}
    # It brings pandas, which a page without results does without
    from forecasting.reporting.past import changes_in_words

    since, since_sentence, _ = changes_in_words(changes)
    return {"since": since, "since_sentence": since_sentence}


def _code(notebook: Path) -> str:
    """The language of a notebook such as report.ru.ipynb."""
    return notebook.stem.rpartition(".")[2]


def _write_translation(
    path: Path, notebook: NotebookNode, files: dict[str, str], changes: dict[str, str]
) -> None:
    """The page of a report in the language in which words are written now; its notebook, which
    holds what the cells show, has the whole report from then on.
    """
    import nbformat

    shown = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    report = translated(notebook, shown)
    report.metadata["title"] = title = stored_title(path.parent) or report_title(report)
    # By `json` alone: to write it in lines takes longer than the page
    path.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    files = {sentence(NOTEBOOK_LINK): path.name, **files}
    written = ENGLISH if chosen_language().damage else _code(path)
    index = file_in(INDEX_PAGE, _code(path))
    page = notebook_to_html(
        report, title=title, files=files, language=written, index=index, **changes
    )
    path.with_suffix(".html").write_text(page, encoding="utf-8")


def stored_title(folder: Path) -> str:
    """The title of the report whose results a folder holds; nothing where it holds none."""
    if not (folder / OUTLOOK_TABLE).is_file():
        return ""
    # It brings pandas, which a page without results does without
    from forecasting.scenarios.outlook_files import load_record

    record = load_record(folder / OUTLOOK_TABLE)
    # A notebook of one's own may store less than a scenario
    if "as_of" in record and {"title", "measure", "scenario"} <= record["parameters"].keys():
        return memo_title(record)
    return ""


def report_title(notebook: NotebookNode) -> str:
    """The title of the scenario that a notebook was run for, or its first heading; nothing where it
    has neither.
    """
    title = notebook.metadata.get("papermill", {}).get("parameters", {}).get("title")
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search("^# +(.*)", text, re.MULTILINE)
    return str(title or (heading and heading[1]) or "")
