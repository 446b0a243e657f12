"""The questions about a table, one after the other, and the answers that they come to."""

from __future__ import annotations

import pytest
from table_cases import one, proposed, read, workbook

from forecasting.reading.answers import answers_in
from forecasting.reading.cells import UserFile
from forecasting.reading.dialogue import TableDialogue, proposal_of_table
from forecasting.reading.user_table import UserTable
from forecasting.vocabulary.errors import LedgerError


def test_the_unit_of_an_earlier_time_is_proposed_as_it_was():
    table = UserTable(UserFile("own.csv", b"Year,EVs\n2023,12\n2024,14\n"))
    earlier = answers_in(one("ev_sales", "columns: [B]", unit=2.5))
    dialogue = TableDialogue(table, earlier=earlier)
    proposals = {}
    for question in dialogue.questions():
        proposals[question.key] = question.proposed
        dialogue.given[question.key] = question.answer("")
    assert proposals["1 unit"] == "2.5"
    assert dialogue.answers().read[0].unit == 2.5


def test_a_doubt_names_the_line_of_its_own_sheet():
    def change(sheet):
        sheet.parent.create_sheet("Buses").append(["Year", "Buses sold"])
        for year in (2023, 2024):
            sheet.parent["Buses"].append([year, 7])

    data = workbook([["Year", "EVs foo"], [2023, 5], [2024, 9]], change)
    _, doubts = proposed(data, "own.xlsx")
    assert "column B 'EVs foo': What does it count? (not known here: foo)" in doubts


def answered(text, **answers):
    """The answers that a dialogue comes to: as given by the question's name, else as proposed."""
    dialogue = TableDialogue(UserTable(UserFile("own.csv", text.encode())))
    answers = {"proposal": "no"} | answers
    for question in dialogue.questions():
        name = question.key.rpartition(" ")[2]
        dialogue.give(question.key, question.answer(answers.get(name, "")))
    return dialogue.answers()


@pytest.mark.parametrize(
    ("table", "happened"),
    [("EV sales in target markets\nYear,EV sales\n2023,40\n", "outcome"),
     ("EV sales\nYear,EV sales\n2059,40\n", "estimate")],
)  # fmt: skip
def test_whether_numbers_have_happened_is_asked_and_kept(table, happened):
    assert "Have these numbers happened?" in proposed(table)[1]
    for kind in (happened, "target"):
        answers = answered(table, kind=kind)
        (series,) = answers.read
        assert (series.periods, series.cells) == ("", {"kind": kind})
        assert [*read(table, answers.to_yaml()).values()] == [40]


def kind_question(text, earlier=None):
    """The question whether numbers have happened, all before it answered as proposed."""
    dialogue = TableDialogue(UserTable(UserFile("own.csv", text.encode())), earlier=earlier)
    for question in dialogue.questions():
        if question.key.endswith("kind"):
            return question
        dialogue.give(question.key, question.answer(""))
    return None


def test_a_period_that_is_not_over_is_offered_no_outcome():
    assert [*kind_question("Year,EV sales\n2023,40\n2059,90\n").choices] == ["target", "estimate"]
    of_words = kind_question("Year,EV sales\n2023,40\n2024 (forecast),90\n")
    assert [*of_words.choices] == ["target", "estimate", "outcome"]
    found = read("Year,EVs\n2059,40\n", one("ev_sales", "columns: [B]"))
    assert "(kind: estimate or target, or leave its line out)" in found


def test_an_earlier_kind_is_proposed_and_still_asked_about():
    answers = one("ev_sales", "columns: [B]", kind="estimate")
    text = "Year,EV sales\n2023,40\n2059,90\n"
    question = kind_question(text, answers_in(answers))
    assert question.proposed == "estimate"
    assert "is not over" in question.doubt
    refused = kind_question(text, answers_in(answers.replace("estimate", "outcome")))
    assert refused.proposed == ""


def test_whether_numbers_have_happened_is_never_proposed():
    text = "Year,EV sales\n2023,40\n2025 (forecast),900\n"
    proposal = proposal_of_table(UserTable(UserFile("own.csv", text.encode())))
    (series,) = proposal.answers.read
    assert series.cells == {}


def test_encodings_that_read_a_file_alike_are_one_choice_and_another_may_be_said():
    data = "Année;Véhicules\n2023;5\n".encode("cp1252")
    dialogue = TableDialogue(UserTable(UserFile("own.csv", data)))
    question = next(dialogue.questions())
    assert {"cp1250", "cp1252", "cp1254"} & {*question.choices} == {"cp1250"}
    assert question.answer("iso8859-15") == "iso8859-15"
    with pytest.raises(LedgerError, match=r"unknown encoding: latin-99 .*e\.g\. encoding: cp1251"):
        question.answer("latin-99")
    with pytest.raises(LedgerError, match="'utf-8' codec can't decode"):
        question.answer("utf-8")
