"""Languages: what a catalogue says, and what becomes of one that is damaged, older or wrong."""

import datetime as dt

import pytest

from forecasting.evidence.fact import label_of, period_words, place_term, related, unit_term
from forecasting.reporting.labels import day_words, median_and_range, spoken
from forecasting.vocabulary import catalogues
from forecasting.vocabulary.catalogues import read_language, written_in
from forecasting.vocabulary.periods import month, span, year
from forecasting.vocabulary.sentences import Term, listed, plural, sentence
from forecasting.writers.numbers import percent, readable

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """A folder of catalogues, in which a test writes that of `xx`."""
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    file = tmp_path / "uk" / catalogues.DOMAIN
    file.parent.mkdir(parents=True)
    return file


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1\xa0зарядная станция"),
        (3, "3\xa0зарядные станции"),
        (21, "21\xa0зарядная станция"),
        (112, "112\xa0зарядных станций"),
    ],
)
def test_a_noun_takes_the_form_that_its_number_asks_for(number, words):
    with written_in("ru"):
        assert related("equals", str(number), unit_term("stations")) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "не менее 1\xa0зарядной станции"), (136, "не менее 136\xa0зарядных станций")],
)
def test_a_noun_takes_the_case_that_its_place_asks_for(number, words):
    with written_in("ru"):
        assert related("at_least", str(number), unit_term("stations")) == words


def test_numbers_days_and_ranges_are_written_as_the_language_does():
    with written_in("ru"):
        assert readable(1_234_567) == "1\xa0230\xa0000"
        assert readable(12.34) == "12,3"
        assert spoken(1_334_000, "ev_stock") == "1,33\xa0млн"
        assert percent(-7.44) == "−7,4\xa0%"
        assert median_and_range([28_740.0, 65_710.0, 110_300.0], "ev_imports") == (
            "66\xa0000",
            "29\xa0000–110\xa0000",
        )
        assert day_words(dt.date(2026, 3, 9)) == "9 марта 2026 года"
        assert period_words(year(2022)) == "2022 год"
        assert period_words(month("2023-05")) == "май 2023 г."
        assert period_words(span("2023-01-01", "2023-04-30")) == "янв.–апр. 2023 г."
        assert plural(22, "{} fact", "{:,} facts") == "22 опубликованных сообщения"
        assert listed(["А", "Б", "В"]) == "А и Б и В"


def test_places_and_measures_have_their_names():
    with written_in("ru"):
        assert str(place_term("KG")) == "Кыргызстан"
        assert place_term("KG").form("loc") == "Кыргызстане"
        assert label_of("ev_stock", Term("battery cars", "noun", "battery cars")) == (
            "Парк электромобилей"
        )
    assert label_of("ev_stock", "battery cars") == "Battery cars on the road"


def test_a_language_ends_with_its_block():
    with pytest.raises(ZeroDivisionError, match="division"), written_in("ru"):
        _ = 1 / 0
    assert readable(12_340) == "12,300"


def test_what_a_catalogue_lacks_is_said_in_english_and_noted(made_up):
    made_up.write_text(f'{HEAD}msgid "about {{number}}"\nmsgstr "близько {{number}}"\n')
    with written_in("uk") as language:
        assert sentence("about {number}", number=3) == "близько 3"
        assert sentence("over {number}", number=3) == "over 3"
        assert {*language.missing} == {"over {number}"}


def test_an_entry_with_other_places_is_not_used(made_up):
    made_up.write_text(f'{HEAD}msgid "about {{number}}"\nmsgstr "близько {{nomber}}"\n')
    with written_in("uk"):
        assert sentence("about {number}", number=3) == "about 3"


def test_a_fuzzy_entry_is_not_used(made_up):
    made_up.write_text(f'{HEAD}#, fuzzy\nmsgid "about {{number}}"\nmsgstr "x {{number}}"\n')
    with written_in("uk"):
        assert sentence("about {number}", number=3) == "about 3"


@pytest.mark.parametrize("content", [b"", b'msgid "a\nmsgstr', b"\xff\xfe\x00", b"<html>"])
def test_a_damaged_catalogue_gives_english_and_says_why(made_up, content):
    made_up.write_bytes(content)
    language = read_language("uk")
    assert language.damage
    assert language.says("Need") == "Need"
