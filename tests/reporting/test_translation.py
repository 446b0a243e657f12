"""A report in Russian: its letters, its marks, and the same numbers as in English."""

import re
from html import unescape

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import forecasting as fc
from forecasting.reporting.figures.drawing import use_notebook_renderer
from forecasting.reporting.translation import prose, prose_messages, said_again, translated
from forecasting.vocabulary import catalogues
from forecasting.vocabulary.catalogues import written_in
from forecasting.vocabulary.names import shipped_folder
from forecasting.writers.messages import PLOTLY_TYPE

# One of each kind: of a country that has most, one that has least, a port and a region
BASELINES = [f"{name}-baseline" for name in ("uzbekistan", "turkmenistan", "horgos", "xinjiang")]
MOST_LATIN = 0.08  # letters of a brief for one of the language's own
MOST_LATIN_OF_PAGE = 0.04  # of a whole page, without what stands in its language
# The names of sources, which lead to them; quotations; the ids of facts
IN_THEIR_LANGUAGE = re.compile(r"<a .*?</a>|«.*?»|\b[a-z]+(-\w+)+", re.DOTALL)
NAMES = {"AFIR", "BYD", "html", "report", "ev", "forecasting", "br", "alt"}
TAGS = re.compile("<style>.*?</style>|<[^>]*>", re.DOTALL)


@pytest.fixture
def shell():
    """What a notebook runs in."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.display_formatter.set_trait("active_types", shell.display_formatter.format_types)
    with shell.display_trap:
        yield shell
    InteractiveShell.clear_instance()


def executed(name, shell, most=None):
    """The first cells of the notebook of a report of few draws, or all, run in a shell."""
    outlook = fc.outlook(name, draws=60)
    kind = "corridor" if outlook.scenario.corridor else "country"
    notebook = nbformat.read(shipped_folder("notebooks") / f"{kind}_outlook.ipynb", as_version=4)
    shell.user_ns |= {"fc": fc, "outlook": outlook, "scenario": outlook.scenario}
    use_notebook_renderer()
    notebook.cells = notebook.cells[:most]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(cells, start=1):
        cell.execution_count = count
        source = cell.source.replace("outlook = fc.outlook(scenario)", "")
        if "scenario_of" in source or "Optional" in source or "notebook.store" in source:
            source = "None"
        with capture_output() as shown:
            shell.run_cell(source, store_history=True).raise_error()
        cell.outputs = [
            nbformat.v4.new_output("display_data", data=each.data) for each in shown.outputs
        ]
    shell.user_ns["In"].append("")
    return notebook


def report_in(code, notebook, shell):
    """The report in a language."""
    shown = said_again(shell, code)
    with written_in(code):
        return translated(notebook, shown)


def brief_of(report):
    """The cells above the first section."""
    heads = [cell.source.startswith("## ") for cell in report.cells]
    return report.cells[: heads.index(True)]


def words_of(cells):
    """What a reader sees of some cells, a figure's words among it."""
    parts = []
    for cell in cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source.removeprefix("# "))
        for output in cell.get("outputs", ()):
            data = output["data"]
            parts.append(unescape(TAGS.sub(" ", data.get("text/html", ""))))
            if figure := data.get(PLOTLY_TYPE):
                layout = figure["layout"]
                parts += [layout["title"]["text"], layout["title"]["subtitle"]["text"]]
                parts += [layout["meta"]["alt"], layout["annotations"][0]["text"]]
                parts += [text for trace in figure["data"] for text in trace.get("text", ())]
    return "\n".join(parts)


def numbers_of(report):
    """The numbers of three digits and more of a brief, in their order of size."""
    words = re.sub(r"(?<=\d)[,\xa0](?=\d{3}\b)", "", words_of(brief_of(report)))
    return sorted(re.findall(r"\d{3,}", words))


def letters(alphabet, words):
    return len(re.findall(alphabet, words))


@pytest.mark.slow
@pytest.mark.parametrize("name", BASELINES)
def test_a_report_is_in_russian_but_for_names_and_has_the_numbers_of_english(name, shell):
    notebook = executed(name, shell)
    report = report_in("ru", notebook, shell)
    assert numbers_of(report) == numbers_of(notebook)
    assert report.metadata["missing"] == []
    brief = words_of(cell for cell in brief_of(report) if "Optional" not in cell.source)
    brief = re.sub("Имя, которого нет.*", "", brief)
    assert letters("[A-Za-z]", brief) <= MOST_LATIN * letters("[А-Яа-яЁё]", brief)
    assert {*re.findall("[A-Za-z]{2,}", brief)} <= NAMES
    assert not re.search(r"\d,\d{3}\b|\d %|\"|None|\{|\}", brief)
    outputs = [each for cell in report.cells for each in cell.get("outputs", ())]
    shown = [each["data"].get("text/html", "") for each in outputs]
    page = TAGS.sub(" ", IN_THEIR_LANGUAGE.sub(" ", "\n".join(shown)))
    assert letters("[A-Za-z]", page) <= MOST_LATIN_OF_PAGE * letters("[А-Яа-яЁё]", page)


def test_a_catalogue_that_lacks_sentences_says_so(monkeypatch, tmp_path, shell):
    file = tmp_path / "uk" / catalogues.DOMAIN
    file.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    file.write_text(f'{head}msgid "Need"\nmsgstr "Потреба"\n')
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    notebook = executed("turkmenistan-baseline", shell, most=8)
    note = report_in("uk", notebook, shell).cells[1].source
    assert re.match(r"The catalogue of uk lacks \d+ sentences of this version", note)
    file.write_bytes(b"")
    note = report_in("uk", notebook, shell).cells[1].source
    assert note.startswith("The catalogue of uk cannot be read")


def test_prose_is_translated_block_by_block():
    source = "## The fleet\n\n- **Draw**: one possible\n  future.\n- two"
    assert prose_messages(source) == ["The fleet", "**Draw**: one possible future.", "two"]
    with written_in("ru"):
        assert prose("## The fleet\n\nThe facts") == "## Парк\n\nСообщения"


def test_only_the_last_statement_is_said_again(shell):
    shell.user_ns["seen"] = []
    for source in ("seen.append(1); x = 1", "x = 2\nfor n in range(2): display(x + n)"):
        with capture_output():
            shell.run_cell(source, store_history=True).raise_error()
    shell.user_ns["In"].append("")
    shown = said_again(shell, "ru")
    texts = [[each["data"]["text/plain"] for each in cell.outputs] for cell in shown.cells]
    assert texts == [[], ["2", "3"]]
    assert shell.user_ns["seen"] == [1]
