"""Titles and units."""

from __future__ import annotations

import pandas as pd
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.reporting.caveat_words import fact_words
from forecasting.reporting.labels import kind_words, memo_title, source_words, spoken
from forecasting.reporting.result_tables import facts_table
from forecasting.scenarios.question import find_scenario
from forecasting.vocabulary.catalogues import written_in

pytestmark = pytest.mark.usefixtures("shared_forecasts")


@pytest.mark.parametrize(
    ("keys", "title"),
    [
        ({}, "Electric cars in Uzbekistan: outlook of 9 March 2026"),
        (
            {"scenario": "accelerated", "title": "Uzbekistan, accelerated"},
            "Electric cars in Uzbekistan: accelerated outlook of 9 March 2026",
        ),
        ({"title": "Cars of mine"}, "Cars of mine: outlook of 9 March 2026"),
    ],
)
def test_the_title_says_what_where_and_of_which_day(keys, title):
    given = {"measure": "ev_imports", "scenario": "baseline", "title": "Uzbekistan, baseline"}
    assert memo_title({"parameters": given | keys, "as_of": "2026-03-09"}) == title


def test_a_million_is_said_in_millions():
    assert spoken(1_334_000, "ev_stock") == "1.33 million"
    assert spoken(999_600, "ev_stock") == "1 million"
    assert spoken(999_400, "ev_stock") == "999,000"


def test_titles_of_corridors_say_what_goes_through_them():
    titles = [
        memo_title({"parameters": find_scenario(name).parameters(), "as_of": "2026-01-01"})
        for name in ("horgos", "ports")
    ]
    assert titles == [
        "Electric cars through Horgos: outlook of 1 January 2026",
        "Vehicles of all types through Xinjiang's ports: outlook of 1 January 2026",
    ]


def test_a_source_and_whom_it_cites_are_named_in_russian():
    with written_in("ru"):
        printed = source_words("Kursiv citing the Customs Committee")
        assert printed == "«Курсив» со ссылкой на Таможенный комитет"
        assert source_words("My paper citing my friend") == "My paper со ссылкой на my friend"


def test_statements_stand_with_their_days_as_russian_has_them():
    facts = central_asia()
    words = {
        "article-24": "за янв.–апр. 2023 г. — больше, "
        "чем экспорт автомобилей всех типов за 2022 год",
        "article-25": "за 2022 год — меньше, чем число за янв.–апр. 2023 г.",
        "uz-ev-imports-2024-customs-cn-share": "99,5 % от числа за 2024 год",
        "uz-ev-transactions-2021-cerr": "около 1 700 сделок за 2021 год",
        "horgos-border-crossings-2024-to-10-12-frontier-inspection": "более 400 000 пересечений "
        "с 1 января по 12 октября 2024 г.",
    }
    with written_in("ru"):
        said = {
            name: fact_words(facts.get(name)).replace("\N{NO-BREAK SPACE}", " ") for name in words
        }
    assert said == words


def test_the_size_of_a_quota_is_a_limit_and_no_target():
    quota = central_asia().get("kg-duty-free-quota-2026-eaeu")
    assert (quota.kind, kind_words(quota)) == ("target", "limit")


def test_a_fact_of_any_year_has_its_period_in_a_table():
    row = {"measure": "ev_stock", "place": "UZ", "relation": "equals", "quantity": "stock"}
    days = ["1948-03-31", "2069-12-31", "2075-12-31"]
    facts = [
        {"id": f"far-{day}", "period_end": day, "value": 5, "kind": "target", "source": "a plan"}
        for day in days
    ]
    table = facts_table(Ledger.from_frame(pd.DataFrame([row | fact for fact in facts])))
    assert sorted(table.frame["period"]) == days
