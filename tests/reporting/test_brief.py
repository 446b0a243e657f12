"""The brief in Russian: its letters, its marks, and the same numbers as in English."""

import re

import pytest

import forecasting as fc
from forecasting.reporting.brief import brief_in
from forecasting.vocabulary import catalogues
from forecasting.writers.messages import PLOTLY_TYPE

BASELINES = (
    *(f"{name}-baseline" for name in ("kazakhstan", "kyrgyzstan", "tajikistan", "turkmenistan")),
    *(f"{name}-baseline" for name in ("uzbekistan", "horgos", "ports", "xinjiang")),
)
MOST_LATIN = 0.08  # letters for one of the language's own
NAMES = {"AFIR", "BYD", "html", "report", "ev", "forecasting", "br", "alt"}


def _words(brief):
    """What a reader sees of a brief, a figure's words among it."""
    parts = [brief.metadata["title"]]
    for cell in brief.cells:
        parts.append(cell.source)
        for output in cell.get("outputs", ()):
            data = output["data"]
            parts.append(data.get("text/plain", ""))
            if figure := data.get(PLOTLY_TYPE):
                layout = figure["layout"]
                parts += [layout["title"]["text"], layout["title"]["subtitle"]["text"]]
                parts += [layout["meta"]["alt"], layout["annotations"][0]["text"]]
                parts += [text for trace in figure["data"] for text in trace.get("text", ())]
    return "\n".join(parts)


@pytest.mark.slow
@pytest.mark.parametrize("name", BASELINES)
def test_a_brief_is_in_russian_but_for_names(name):
    words = _words(brief_in(fc.outlook(name, draws=60), "ru"))
    latin, cyrillic = (len(re.findall(letters, words)) for letters in ("[A-Za-z]", "[А-Яа-яЁё]"))
    assert latin <= MOST_LATIN * cyrillic
    assert {*re.findall("[A-Za-z]{2,}", words)} <= NAMES
    assert not re.search(r"\d,\d{3}\b|\d %|\"|None|\{|\}", words)


@pytest.mark.slow
def test_the_numbers_of_a_brief_are_those_of_english():
    outlook = fc.outlook("kyrgyzstan-baseline", draws=60)
    english, russian = (_words(brief_in(outlook, code)) for code in ("en", "ru"))
    numbers = [
        sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[,\xa0](?=\d{3}\b)", "", words)))
        for words in (english, russian)
    ]
    assert [*filter(lambda number: len(number) > 2, numbers[0])] == [
        *filter(lambda number: len(number) > 2, numbers[1])
    ]


def test_a_catalogue_that_lacks_sentences_says_so(monkeypatch, tmp_path):
    file = tmp_path / "uk" / catalogues.DOMAIN
    file.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    file.write_text(f'{head}msgid "Need"\nmsgstr "Потреба"\n')
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    brief = brief_in(fc.outlook("turkmenistan-baseline", draws=50), "uk")
    assert re.match(
        r"The catalogue of uk is of another version: it lacks \d+ ", brief.cells[0].source
    )
    file.write_bytes(b"")
    brief = brief_in(fc.outlook("turkmenistan-baseline", draws=50), "uk")
    assert brief.cells[0].source.startswith("The catalogue of uk cannot be read")
    assert brief.metadata["language"] == "en"
