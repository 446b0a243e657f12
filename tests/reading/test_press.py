"""Sentences of the press become proposed facts; what is sure is right, all else is a doubt."""

import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.reading.press import propose_facts, quoted
from forecasting.vocabulary.limits import MAX_PROPOSALS

FRESH = Path(__file__).with_name("fresh_sentences.txt").read_text(encoding="utf-8").splitlines()
# How a sentence may be spaced, which changes nothing of what it says
FORMS = {
    "as it is": lambda text: text,
    "no break": lambda text: text.replace(" ", "\N{NO-BREAK SPACE}"),
    "in lines": lambda text: text.replace(" ", "\r\n"),
    "hyphenated": lambda text: re.sub(r"(?<=[^\W\d_]{4})(?=[^\W\d_]{3})", "\N{SOFT HYPHEN}", text),
}


@pytest.mark.parametrize("form", FORMS)
def test_of_fresh_sentences_what_is_sure_is_right(form):
    wrong, sure_count = [], 0
    for line in FRESH[1:]:
        text, *right = line.split(" => ")
        for fact in propose_facts(FORMS[form](text)):
            if fact.sure:
                cells = fact.cells
                words = [
                    cells[key] for key in ("place", "measure", "relation", "quantity", "value")
                ]
                days = "/".join(filter(None, (cells.get("period_start"), cells["period_end"])))
                sure_count += 1
                if " ".join([*words, days]) not in right:
                    wrong.append((text, cells))
    assert wrong == []
    assert sure_count >= 50


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Georgia imported 5,412 electric vehicles from Germany in 2024", "several places"),
        ("Georgia imported 5,412 vehicles in 2024", "does not say that the vehicles are electric"),
        ("Electric vehicle imports to Georgia rose by 5,412 in 2024", "may be a change"),
        ("Georgia imported 5,412 electric vehicles", "names no period"),
        (
            "Georgia has imported 5,412 electric vehicles in the fiscal year 2024",
            "read in two ways",
        ),
        (
            "Georgia imported electric vehicles worth 5,412 dollars in 2024",
            "not known here: worth, dollars",
        ),
        ("Georgia imported 412 electric vehicle chargers in 2024", "not known here: chargers"),
        ("Georgia imported 512 electric buses in 2024", "not known here: buses"),
        ("In 2024 Armenia imported 9,800 electric vehicles and 70 trucks", "one of 2 numbers"),
        ("BYD sold 5,000 electric cars in Armenia in 2024", "not known here: byd"),
        ("Deutschland registrierte 2024 380.609 Elektroautos", "give --measure"),
    ],
)
def test_what_may_be_wrong_is_said(text, doubt):
    proposals = propose_facts(text)
    assert proposals
    assert not any(proposal.sure for proposal in proposals)
    assert any(doubt in said for said in proposals[0].doubts), proposals[0].doubts


def test_what_a_reader_says_counts():
    text = "5,412 electric vehicles were imported"
    (fact,) = propose_facts(text, {"place": "Georgia", "period": "2024-01-01/2024-06-30"})
    assert fact.sure
    assert (fact.cells["place"], fact.cells["period_end"]) == ("GE", "2024-06-30")
    (late,) = propose_facts(f"{text} in 2024", {"place": "GE", "published": "2024-05-01"})
    assert "ends after the day of the text" in late.doubts


def test_a_whole_and_its_part_are_asked():
    text = "Uzbekistan imported 2,544 electric cars in 2023, of which 1,900 were from China."
    for fact, value in zip(propose_facts(text), ("2544", "1900"), strict=True):
        assert fact.cells["value"] == value
        assert "is one of 2 numbers of the text" in fact.doubts


def test_a_text_without_a_count_is_refused():
    assert propose_facts("Electric cars were sold in Georgia") == []
    command = ["fact", "own.csv", "--text", "Electric cars were sold in Georgia"]
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 2
    assert "holds no number that counts something" in refused.stderr


def test_a_pasted_page_takes_little_of_the_processor():
    page = "".join(
        f"In May of 2024, Georgia imported {number:,} electric cars, up {number % 97}%.\n"
        "The ministry, founded in 1995, employs 214 people and said nothing else.\n"
        for number in range(1000, 1800)
    )
    assert len(page) > 100_000
    propose_facts("In 2024 Georgia imported 5 electric cars")  # names of countries are loaded once
    started = time.process_time()
    assert len(propose_facts(page)) == MAX_PROPOSALS
    assert time.process_time() - started < 5


@pytest.mark.parametrize(("count", "dots"), [(15, ""), (16, "...")])
def test_fifteen_words_are_quoted(count, dots):
    assert quoted(" ".join("x" * count)) == " ".join("x" * 15) + dots
