"""The catalogues that ship are complete, and a translator is told what is left to do."""

import importlib.util
import re
from pathlib import Path

import pytest

from forecasting.demand.parameters import load_parameters
from forecasting.evidence.bases import basis_name, shipped_bases
from forecasting.evidence.policies import policies_of
from forecasting.reporting.labels import (
    event_term,
    label_of,
    policy_term,
    reason_term,
    scenario_title,
)
from forecasting.scenarios.question import find_scenarios
from forecasting.vocabulary.catalogues import (
    ENGLISH,
    catalogue_file,
    languages,
    read_catalogue,
    written_in,
)
from forecasting.vocabulary.measures import MEASURES

SCRIPT = Path(__file__).parents[1] / "binder/languages.py"
COMPLETE = ("ru",)


@pytest.fixture(scope="module")
def script():
    """The command of a translator."""
    spec = importlib.util.spec_from_file_location("catalogues_of_languages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("code", COMPLETE)
def test_a_catalogue_is_complete_and_in_line(script, code):
    catalogue = script.updated(code)
    assert [*script.tasks(catalogue)] == []
    assert not catalogue.obsolete


@pytest.mark.parametrize("code", languages()[1:])
def test_no_entry_names_a_place_that_its_message_has_not(script, code):
    tasks = script.tasks(script.updated(code))
    assert [line for line in tasks if not line.startswith("missing")] == []


def test_a_sentence_that_changes_makes_one_entry_fuzzy(script, monkeypatch):
    changed = script.answer.EXPECTED.replace("we expect", "we foresee")
    monkeypatch.setattr(script.answer, "EXPECTED", changed)
    (task,) = script.tasks(script.updated("ru"))
    assert task.startswith("fuzzy  message: By the end of {horizon} we foresee")


def test_a_new_language_is_begun(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "catalogue_file", lambda code: tmp_path / code / "LC_MESSAGES/x.po")
    catalogue = script.updated("tg")
    script.write(catalogue, tmp_path / "tg/LC_MESSAGES/x.po")
    assert all(line.startswith("missing") for line in script.tasks(catalogue))
    assert len(read_catalogue(tmp_path / "tg/LC_MESSAGES/x.po")) > 300


def test_english_has_no_catalogue():
    assert languages()[0] == ENGLISH
    assert not catalogue_file(ENGLISH).exists()


def _in_english(words):
    return not re.search("[а-яё]", str(words).lower())


def test_what_data_names_is_said_in_russian():
    with written_in("ru"):
        labels = {name: label_of(name) for name in MEASURES}
        agencies = {code: basis_name(code) for code in shipped_bases()}
        classes = {row.name: row.label for row in load_parameters().classes}
        policies = {row.id: policy_term(row.id) for row in policies_of("UZ") + policies_of("KZ")}
        events = {}
        for scenario in find_scenarios():
            events |= {f"{scenario.name} title": scenario_title(scenario.parameters())}
            for driver in scenario.drivers:
                events |= {f"{scenario.name} {driver.name}": reason_term(driver)}
                events |= {driver.name: event_term(driver.name)}
        named = labels | agencies | classes | policies | events
        assert [name for name, words in named.items() if _in_english(words)] == []
