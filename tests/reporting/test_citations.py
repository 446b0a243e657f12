"""One click to the sentence: mentions lead to rows, rows say who printed what, numbers lead to what
they rest on.
"""

from __future__ import annotations

import dataclasses
import re

import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting.answer import answer, charging_answers
from forecasting.reporting.grounds import caveats, doubts, fact_list, grounds, other_doubts
from forecasting.reporting.result_tables import facts_table, fit_table
from forecasting.scenarios.outlook import outlook as make
from forecasting.writers.display import line_text, mention, number_facts


@pytest.fixture(scope="module")
def made():
    given = {"country": "KG", "scenario": "test", "as_of": "2026-03-31", "horizon": 2028, "seed": 1}
    return make(scenario_from_parameters(given), central_asia(), draws=300)


def test_every_fact_that_had_a_say_has_a_row_with_source_and_what_it_moved(made):
    page = fact_list(made)._repr_html_()
    rows = re.findall(r'<li id="fact-([^"]*)">(.*?)</li>', page)
    assert {name for name, _ in rows} >= set(made.evidence.frame["id"])
    moved = [text for name, text in rows if name in set(made.forecast.fit_table()["fact"])]
    assert moved
    assert all("It moves" in text for text in moved)
    assert all("“" in text or 'href="http' in text for _, text in rows)


@pytest.mark.slow
def test_each_mention_leads_to_its_row_by_number(made):
    body = "".join(
        shown._repr_html_()
        for shown in (
            fit_table(made.forecast),
            facts_table(made.evidence),
            grounds(made),
            fact_list(made),
        )
    )
    page = number_facts(body)
    links = re.findall(r'<a class="fact" href="#(fact-[^"]*)">(.*?)</a>', page)
    targets = re.findall(r'<li id="(fact-[^"]*)">', page)
    assert links
    for anchor, words in links:
        assert words.endswith(f"<sup>{targets.index(anchor) + 1}</sup>")
        assert anchor.removeprefix("fact-") not in words


def test_a_fact_without_a_row_is_plain_words():
    assert number_facts(mention("a-1", "<b>").html()) == "&lt;b&gt;"


def test_no_id_stands_in_a_sentence(made):
    ids = set(central_asia().frame["id"])
    for shown in (answer(made), caveats(made), grounds(made), fact_list(made)):
        assert not {word.strip("();.,") for word in repr(shown).split()} & ids


def test_numbers_of_the_first_screen_lead_to_what_they_rest_on(made):
    there = set(re.findall(r'id="(grounds-[^"]*)"', grounds(made)._repr_html_()))
    wanted = re.findall(
        r'href="#([^"]*)"', answer(made)._repr_html_() + charging_answers(made)._repr_html_()
    )
    # Each number and its interval: stock, need and flow; practice; the table's answers
    in_sentences = len(re.findall("#grounds-", answer(made)._repr_html_()))
    assert in_sentences == 8
    assert len(wanted) == in_sentences + 2 * len(charging_answers(made).frame)
    assert set(wanted) <= there


def test_what_disagrees_is_told_with_what_it_does(made):
    frame = made.forecast.fit_table()
    told = list(map(line_text, doubts(made)))
    assert len(told) == (frame["doubted"] > 0.2).sum()
    assert all("lead one to expect" in text and "the forecast of" in text for text in told)


def test_caveats_are_never_empty(outlook):
    first, *open_ones = caveats(outlook).lines
    assert first == "a made-up caveat"
    assert open_ones
    outlook.caveats.clear()
    blind = dataclasses.replace(outlook, demand=None, baseline_forecasts={})
    assert repr(caveats(blind)) == "- The checks of this outlook found nothing to doubt."
    assert "There is no further doubt" in repr(other_doubts(blind))
