"""The article, statement by statement: the verdicts hold against the ledger and the scenarios."""

import html
import re
from pathlib import Path

import pytest

import forecasting as fc
from forecasting.reporting.article import (
    USE_WORDS,
    article_checked,
    article_doubts,
    article_table,
    write_article,
)
from forecasting.vocabulary.names import ARTICLE_PAGE

PARAMS = sorted((Path(__file__).parents[2] / "params").glob("*.yaml"))
SCENARIOS = [fc.load_scenario(path) for path in PARAMS]
CHECKED = article_checked(SCENARIOS)
BY_NUMBER = {row.fact.id: row for row in CHECKED}


def test_each_of_the_statements_has_a_verdict_and_a_reason():
    assert list(BY_NUMBER) == [f"article-{number:02d}" for number in range(1, 55)]
    assert {row.use for row in CHECKED} == set(USE_WORDS)
    assert all(len(row.why) > 10 and row.why.endswith(".") for row in CHECKED)


@pytest.mark.parametrize("row", CHECKED, ids=lambda row: row.fact.id)
def test_a_verdict_is_what_the_scenarios_do(row):
    assert (row.use == "forecast") == bool(row.enters)
    assert (row.use == "driver") == (bool(row.cited) and not row.enters)
    if row.use == "words":
        assert row.fact.value != row.fact.value or row.fact.kind in ("claim", "context", "event")
    if row.use == "once":
        assert row.fact.reference
    assert row.fact.id not in {fact.id for fact in row.since}


def test_what_was_printed_since_is_of_the_same_thing():
    assert [fact.value for fact in BY_NUMBER["article-18"].since] == [363.3, 326.0, 87.1]
    assert {fact.place for row in CHECKED if row.use == "forecast" for fact in row.since} <= {
        "horgos",
        "UZ",
        "CN-XJ",
    }
    counted = [fact for row in CHECKED if row.use == "forecast" for fact in row.since]
    assert all(
        fact.measure in ("vehicle_exports", "ev_imports", "ev_export_value_index")
        for fact in counted
    )


def test_hong_kong_is_counted_with_china_in_one_statement_alone():
    """2,544 less 2,480 are 64; by February 81 cars had come from elsewhere than the mainland."""
    ledger = fc.datasets.central_asia()
    others = BY_NUMBER["article-09"].fact.value - BY_NUMBER["article-10"].fact.value
    february = "uz-ev-imports-2023-01-to-02-statistics"
    assert ledger.get(february).value - ledger.get(f"{february}-cn").value > others
    assert BY_NUMBER["article-10"].doubt.startswith("With Hong Kong")


def test_the_doubts_that_matter_are_told():
    said = repr(article_doubts(CHECKED))
    for words in ("Dollars or yuan?", "With Hong Kong", "All vehicles, not electric ones"):
        assert words in said


def test_the_table_says_who_uses_a_statement():
    table = article_table(CHECKED, "forecast", "driver").frame.set_index("no.")
    assert table.loc["09", "used by"] == "the forecast of Uzbekistan; statements 13"
    assert table.loc["33", "used by"] == "an event of Kazakhstan; statements 34, 54"
    assert "up 363.3 % on the year before in Jan–Jun 2023" in table.loc["18", "printed elsewhere"]
    assert '<a href="uzbekistan-baseline/report.html">the forecast of Uzbekistan' in (
        article_table(CHECKED, "forecast")._repr_html_()
    )


def test_a_port_that_no_forecast_gives_a_number_enters_none():
    """Baktu printed one count, in 2023: it stands beside; the buses of Kazakhstan are its own."""
    assert {BY_NUMBER[f"article-{number}"].use for number in (23, 24)} == {"beside"}
    assert not BY_NUMBER["article-23"].enters
    assert {fact.place for fact in BY_NUMBER["article-44"].since} == {"KZ"}
    forwarder = BY_NUMBER["article-02"].since
    assert [fact.basis for fact in forwarder] == ["horgos-haocheng", "horgos-haocheng"]


def test_a_page_is_written_where_a_report_uses_the_article(tmp_path):
    assert write_article(tmp_path, [scenario.parameters() for scenario in SCENARIOS], ["en", "ru"])
    page = (tmp_path / ARTICLE_PAGE).read_text(encoding="utf-8")
    assert '<a href="article.ru.html">Русский</a>' in page
    assert page.count("<h2>") == 4
    assert "has received 3,446 orders" in page
    assert page.count("China News Service") == 1  # a link to the article stands in each row instead


MAKERS = {
    "BYD",
    "Chery",
    "Changan",
    "Great",
    "Wall",
    "Shaanxi",
    "Auto",
    "Xinjiang",
    "UzAuto",
    "Yuan",
    "Yutong",
    "Bus",
}


def test_the_russian_page_has_english_words_beside_its_statements_and_names_alone(tmp_path):
    (tmp_path / "uzbekistan-baseline").mkdir()
    (tmp_path / "uzbekistan-baseline/report.ru.html").touch()
    assert write_article(tmp_path, [scenario.parameters() for scenario in SCENARIOS], ["ru"])
    page = (tmp_path / "article.ru.html").read_text(encoding="utf-8")
    assert '<a href="index.ru.html">' in page
    assert '<a href="uzbekistan-baseline/report.ru.html">прогноз (Узбекистан)' in page
    assert '<a href="ports-baseline/report.html">прогноз (Погранпереходы)' in page
    text = re.sub("<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
    for row in CHECKED:
        for fact in (row.fact, *row.since):
            text = text.replace(html.escape(fact.quote or "-"), "")
    latin = {*re.findall("[A-Za-z]{3,}", html.unescape(text))}
    assert latin == {"Kun"} | MAKERS
    assert "из них 2\u00a0480 — из Китая (англ. “of which 2,480 were from China”)" in page


def test_no_page_where_none_does(tmp_path):
    norway = {"country": "NO", "scenario": "a", "as_of": "latest", "horizon": 2030, "seed": 1}
    assert not write_article(tmp_path, [norway, {"country": "Nowhere"}])
    assert not list(tmp_path.iterdir())
