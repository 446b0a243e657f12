"""Sentences of the press become proposed facts, and whatever may be read wrongly is marked as unsure."""

import datetime as dt

import pytest

from forecasting.evidence.press import propose_facts
from forecasting.evidence.printed_numbers import numbers_in, plain_text
from forecasting.evidence.printed_periods import printed_period
from forecasting.periods import span

DAY = dt.date(2024, 7, 20)


def _first(text, **known):
    return propose_facts(text, **({"published": DAY} | known))[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,345 cars", 12345),
        ("12 345 машин", 12345),
        ("12\xa0345", 12345),
        ("12 345,6 млн", 12345600000.0),
        ("3,4 тысячи", 3400),
        ("6.7k sold", 6700),
        ("1.25 million", 1250000.0),
        ("2,1 mingtani", 2100),
        ("22,5 mingta", 22500),
        ("7.2万辆", 72000),
        ("1 миллион 234 тысяч 567", 1234567),
        ("3千", 3000),
        ("1.234 million", 1234000.0),
        ("15ta", 15),
    ],
)  # fmt: skip
def test_numbers_as_they_are_printed(text, value):
    (number,) = numbers_in(plain_text(text))
    assert number.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("from January to May 2023", "2023-01..2023-05"),
        ("за январь-март 2024", "2024-01..2024-03"),
        ("in Q2 2024", "2024-04..2024-06"),
        ("in the first half of 2024", "2024-01..2024-06"),
        ("1H24", "2024-01..2024-06"),
        ("2024年1至7月", "2024-01..2024-07"),
        ("so far this year", "2024-01-01..2024-07-20"),
        ("last year", "2023"),
        ("in March", "2024-03"),
        ("in 2021", "2021"),
        ("first nine months of this year", "2024-01..2024-09"),
        ("в мае 2023", "2023-05"),
    ],
)  # fmt: skip
def test_periods_as_they_are_printed(text, period):
    assert str(printed_period(text, DAY)) == period


def test_a_stock_stands_on_the_day_that_is_printed():
    assert printed_period("as of 1 April 2024 there were", DAY, stock=True).end == dt.date(2024, 4, 1)
    assert printed_period("nothing is dated here") is None


@pytest.mark.parametrize(
    ("text", "relation", "quantity", "value"),
    [
        ("Kazakhstan imported more than 4,100 electric cars in 2023", "greater_than", "total", 4100),
        ("Kazakhstan imported at least 4,100 electric cars in 2023", "at_least", "total", 4100),
        ("Узбекистан импортировал свыше 5 тысяч электромобилей в 2023 году", "greater_than", "total", 5000),
        ("Узбекистан импортировал около 5,2 тыс. электромобилей в 2023 году", "about", "total", 5200),
        ("Imports of electric cars to Uzbekistan rose 43.2% in 2023", "equals", "yoy_growth_percent", 43.2),
        ("Imports of electric cars to Uzbekistan fell by 12 percent in 2023", "equals", "yoy_growth_percent", -12),
        ("Импорт электромобилей в Узбекистан вырос в 2,5 раза в 2023 году", "equals", "yoy_growth_percent", 150),
        ("2023年乌兹别克斯坦进口电动汽车超过3.5万辆", "greater_than", "total", 35000),
        ("1,450 EVs were registered in Kyrgyzstan in 2023", "equals", "total", 1450),
        ("In 2023 Kazakhstan imported 120 electric cars a day", "equals", "per_day", 120),
    ],
)
def test_plain_sentences_are_read_and_sure(text, relation, quantity, value):
    found = _first(text)
    assert (found.cells["relation"], found.cells["quantity"], float(found.cells["value"])) == (
        relation,
        quantity,
        value,
    )
    assert found.sure, found.doubts
    assert found.cells["period_end"] == "2023-12-31"


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Exports of electric cars from Xinjiang increased 3.26 times in 2023", "times: .N00 %"),
        ("2023年新疆出口电动汽车增长3.26倍", "Chinese usage"),
        ("Electric car exports through Horgos exceeded 2 million in 2023", "million may be ten thousand"),
        ("Uzbekistan will import 4,000 electric cars in 2023", "a plan"),
        ("The quota lets Kyrgyzstan import 15,000 electric cars in 2023", "a limit"),
        ("Uzbekistan imported 300-400 electric cars in 2023", "a range"),
        ("Uzbekistan imported 31 electric cars in May 2023, 12 more than in April", "another month"),
        ("Uzbekistan imported 4,000 electric cars", "names no period"),
        ("4,000 electric cars were imported in 2023", "names no place"),
        ("Uzbekistan and Kazakhstan imported 4,000 electric cars in 2023", "several places"),
        ("Uzbekistan imported 4,000 cars in 2023", "electric"),
        ("Uzbekistan imported electric cars for 90 million yuan in 2023", "another currency"),
        ("4,000", "bare number"),
    ],
)  # fmt: skip
def test_what_may_be_read_wrongly_is_unsure_and_says_why(text, doubt):
    found = propose_facts(text, dt.date(2024, 2, 1) if "4,000 electric cars" not in text or "2023" in text else None)
    assert any(doubt in said or doubt.replace(".N00", "+N00") in said for proposal in found for said in proposal.doubts)
    assert not all(proposal.sure for proposal in found)


def test_more_than_last_year_s_total_is_a_bound_on_a_total_that_nobody_printed():
    text = "From January to April 2023, 9,000 vehicles were exported through Baktu, exceeding the total of last year"
    total, bound = propose_facts(text)
    assert (total.cells["value"], bound.cells["relation"]) == ("9000", "greater_than")
    assert bound.cells["reference"] == "vehicle_exports@baktu:2022-01-01/2022-12-31"


def test_what_the_reader_knows_comes_first():
    period = span("2022-01-01", "2022-06-30")
    found = _first("1,125 electric vehicles", place="UZ", measure="ev_imports", period=period)
    assert found.sure
    assert (found.cells["place"], found.cells["period_end"]) == ("UZ", "2022-06-30")


def test_dates_and_names_are_no_counts():
    assert propose_facts("On 24 May 2023 the Model 3 went on sale, 12 kilometers away") == []


def test_the_second_count_of_a_sentence_is_unsure():
    first, second = propose_facts("In 2023 Uzbekistan imported 2,000 electric cars, of which 1,900 were from China")
    assert first.sure
    assert "is not the first count of the text: it may be of a part, or of another place" in second.doubts
