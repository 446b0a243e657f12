"""The catalogues that ship are complete, and a translator is told what is left to do."""

import importlib.util
from pathlib import Path

import pytest

from forecasting.vocabulary.catalogues import ENGLISH, catalogue_file, languages, read_catalogue

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
