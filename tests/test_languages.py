"""The catalogues that ship are complete, and a translator is told what is left to do."""

import datetime as dt
import importlib.util
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import forecasting as fc
from forecasting.cli import main
from forecasting.demand.parameters import load_parameters
from forecasting.evidence.bases import basis_name, shipped_bases
from forecasting.evidence.fact import label_of
from forecasting.evidence.policies import policies_of
from forecasting.reading.questions import TABLE_QUESTIONS
from forecasting.reporting.answer import answer, charging_answers
from forecasting.reporting.labels import (
    event_term,
    note_term,
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
from forecasting.vocabulary.names import RUN_RECORD

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")

SCRIPT = Path(__file__).parents[1] / "binder/languages.py"


@pytest.fixture(scope="module")
def script():
    """The command of a translator."""
    spec = importlib.util.spec_from_file_location("catalogues_of_languages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("code", languages()[1:])
def test_a_catalogue_is_complete_unless_its_head_calls_it_a_stub(script, code):
    catalogue = script.updated(code)
    if script.is_stub(catalogue):
        assert code != "ru"
        return
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


def _answer(*command):
    return CliRunner().invoke(main, [*command, "--language", "ru"])


def test_a_claim_is_answered_in_russian():
    answer_of_claim = _answer("claim", "UZ", "ev_imports", "2025", "56,000")
    assert not answer_of_claim.stderr
    answer = answer_of_claim.stdout
    assert answer.startswith("56\u00a0000 автомобилей (импорт электрических автомобилей, Узбек")
    assert "80-процентный прогнозный интервал" in answer
    assert "Опубликовано: 56\u00a0832\u00a0автомобиля (Таможенный комитет, электромобили" in answer
    assert "Последние данные — по состоянию на" in answer


def test_evidence_is_told_in_russian_and_its_source_as_printed():
    answer = _answer("evidence", "--place", "TJ", "--measure", "ev_imports").stdout
    assert "Таджикистан, импорт электрических автомобилей, 2021: 20\u00a0автомобилей" in answer
    assert "oiina.org citing the Ministry of Transport, 2022-09" in answer
    assert re.search(r"\n\d+ опубликованн\w+ сообщени\w\n$", answer)


def test_facts_that_disagree_are_told_in_russian():
    answer = _answer("evidence", "--place", "UZ", "--measure", "ev_imports", "--conflicts").stdout
    assert answer.startswith(
        "   раз  что расходится и почему\n  1,67  UZ, ev_imports, 2022: 2\u00a0"
    )
    assert "[два определения]" in answer


def test_a_folder_of_reports_is_told_of_in_russian(tmp_path):
    record = tmp_path / "kyrgyzstan-baseline" / RUN_RECORD
    record.parent.mkdir()
    finished = dt.datetime.now(dt.UTC) - dt.timedelta(days=3, hours=1)
    record.write_text(json.dumps({"name": "kyrgyzstan-baseline", "finished": finished.isoformat()}))
    answer = _answer("status", str(tmp_path)).stdout
    assert answer.splitlines() == [
        "готово kyrgyzstan-baseline: отчёт готов 3 дня назад",
        "1 сценарий, с ошибкой 0",
    ]


def test_a_params_file_is_the_same_in_every_language(tmp_path):
    answer = _answer("new", "Uzbekistan", "--out", str(tmp_path / "a")).stdout
    assert "(Узбекистан); файл готов к запуску" in answer
    CliRunner().invoke(main, ["new", "Uzbekistan", "--out", str(tmp_path / "b")])
    name = "uzbekistan-baseline.yaml"
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_any_country_has_its_name(tmp_path):
    answer = _answer("new", "Norway", "--out", str(tmp_path)).stdout
    assert "norway-baseline.yaml (Норвегия); файл" in answer


def test_the_figures_of_an_answer_are_the_same_in_every_language():
    command = ["claim", "KG", "quota", "2026", "2026-09-30", "--json"]
    assert _answer(*command).stdout == CliRunner().invoke(main, command).stdout


def test_a_stub_says_what_it_has_and_english_the_rest():
    outlook = fc.outlook("uzbekistan-baseline", draws=200)
    with written_in("uz") as uzbek:
        words = str(answer(outlook))
        table = charging_answers(outlook).frame
    assert re.search(r"\d+-yil oxirida Oʻzbekistonda taxminan \d+\u00a0000", words)
    assert "ta elektromobil va quvvatlanadigan gibrid bor edi" in words
    assert re.search(r"\d+-yilda Oʻzbekistonga taxminan .* olib kiriladi", words)
    assert list(table) == ["javob", "nuqtalar", "oraliq", "savol"]
    assert any(message.startswith("Public points, end of") for message in uzbek.missing)


@pytest.mark.slow
def test_a_table_is_asked_about_in_russian_and_its_report_is_as_in_english(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("Year,EV sales\n2023,5400\n2024,8000\n")
    told = _answer("new", "Georgia", "--ledger", "t.csv", "--published", "2025-02-01", "--yes")
    assert told.exit_code == 0, told.stderr
    assert "С какого дня известны эти числа?" not in told.stdout  # the option says it
    assert "До какого года? 2030" in told.stdout
    assert "Сколько всего автомобилей в парке" in told.stdout
    assert "отчёт — reports/georgia-baseline/report.html; чтобы его изменить" in told.stdout
    assert "could not be written" not in told.stdout
    page = (tmp_path / "reports/georgia-baseline/report.html").read_text()
    assert "<title>Georgia: outlook of " in page
    assert not re.search("[а-я]{4}", page)


def test_a_question_about_a_table_takes_its_answer_in_russian():
    with written_in("ru"):
        question = TABLE_QUESTIONS["unit"].said()
    assert question.asks == "Чему равна единица?"
    assert [question.answer(text) for text in ("2", "тысяче", "1000")] == ["1000"] * 3
    assert TABLE_QUESTIONS["unit"].said() == TABLE_QUESTIONS["unit"]


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("msgid", "The catalogue of ru cannot be read (forecasting.po, line"),
        ('msgid "just now"\nmsgstr "только что"\n', "The catalogue of ru lacks "),
    ],
)
def test_of_a_damaged_or_older_catalogue_one_line_says_so(words, note, tmp_path, monkeypatch):
    file = tmp_path / "ru/LC_MESSAGES/forecasting.po"
    file.parent.mkdir(parents=True)
    file.write_text(words)
    monkeypatch.setattr("forecasting.vocabulary.catalogues.LOCALE", tmp_path)
    answer = _answer("claim", "UZ", "ev_imports", "2025", "56,000")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("56")
    assert "of the draws lie below it" in answer.stdout
    assert answer.stderr.startswith(note)
    assert answer.stderr.count("\n") == 1


def test_an_unknown_language_is_refused_with_the_list():
    refused = CliRunner().invoke(main, ["status", "--language", "xx"])
    assert refused.exit_code == 2
    assert "there is no language 'xx'; give en or ru or uz" in refused.stderr


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
        notes = {term.context: term for term in map(note_term, load_parameters().rows) if term}
        named = labels | agencies | classes | policies | events | notes
        assert [name for name, words in named.items() if _in_english(words)] == []
