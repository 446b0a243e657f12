"""The ledger that ships: complete, clean, and read as its sources mean it."""

from __future__ import annotations

import re

import pytest

from forecasting.evidence import datasets
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import number_text
from forecasting.reading.user_ledgers import read_ledger
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.places import COUNTRIES, PLACES

LEDGER = datasets.central_asia()
SAID_IN_WORDS = ("policy", "geography", "border_time", "electricity_price")


def values(ledger: Ledger) -> list[float]:
    return ledger.frame["value"].tolist()


def test_it_has_no_problem() -> None:
    assert read_ledger(datasets.path("ledger")) == LEDGER
    assert len(LEDGER) > 400


def test_parts_of_countries_have_names_without_the_slow_table_of_all() -> None:
    parts = {place for place in LEDGER.frame["place"] if "-" in place}
    assert parts <= PLACES.keys()


def test_every_statement_of_the_article_is_there() -> None:
    ids = [name for name in LEDGER.frame["id"] if name.startswith("article-")]
    assert ids == [f"article-{number:02d}" for number in range(1, 55)]
    article = LEDGER.frame[LEDGER.frame["id"].isin(ids)]
    assert set(article["published"]) == {"2023-06-26"}
    assert (article["quote"].str.len() > 0).all()


@pytest.mark.parametrize(
    ("name", "place", "measure", "partner", "relation", "quantity", "value"),
    [
        ("article-01", "horgos", "vehicle_exports", "World", "greater_than", "total", 35000),
        ("article-02", "horgos", "vehicle_exports", "World", "greater_than", "per_day", 100),
        ("article-07", "UZ", "ev_imports", "World", "equals", "total", 2180),
        ("article-08", "UZ", "ev_imports", "CN", "equals", "total", 1941),
        ("article-09", "UZ", "ev_imports", "World", "equals", "total", 2544),
        ("article-10", "UZ", "ev_imports", "CN+HK", "equals", "total", 2480),
        ("article-14", "CN-XJ", "foreign_trade_value", "World", "equals", "total", 125.06),
        ("article-15", "CN-XJ", "foreign_trade_value", "central-asia-5", "equals", "total", 100.13),
        (
            "article-16",
            "CN-XJ",
            "foreign_trade_value",
            "central-asia-5",
            "equals",
            "yoy_growth_percent",
            99.9,
        ),
        (
            "article-17",
            "CN-XJ",
            "foreign_trade_value",
            "central-asia-5",
            "equals",
            "share_percent",
            80.1,
        ),
        (
            "article-18",
            "CN-XJ",
            "ev_export_value_index",
            "World",
            "equals",
            "yoy_growth_percent",
            410.4,
        ),
        ("article-20", "baktu", "border_time", "KZ", "about", "", 0.5),
        ("article-23", "baktu", "vehicle_exports", "World", "equals", "total", 9653),
        ("article-33", "CN-XJ", "vehicle_orders", "World", "equals", "stock", 3446),
        ("article-34", "CN-XJ", "vehicle_production", "World", "greater_than", "total", 2900),
        ("article-36", "KZ", "investment", "CN", "equals", "stock", 1.55),
    ],
)
def test_the_article_in_the_ledgers_columns(
    name: str, place: str, measure: str, partner: str, relation: str, quantity: str, value: float
) -> None:
    fact = LEDGER.get(name)
    assert (fact.place, fact.measure, fact.partner, fact.relation) == (
        place,
        measure,
        partner,
        relation,
    )
    assert (fact.quantity, fact.value) == (quantity, value)


def test_a_figure_that_nobody_printed_is_a_reference() -> None:
    fact = LEDGER.get("article-24")
    assert (fact.relation, fact.reference) == (
        "greater_than",
        "vehicle_exports@baktu:2022-01-01/2022-12-31",
    )
    assert fact.value != fact.value
    assert LEDGER.get("article-25").kind == "context"  # the same relation again: counts once


def test_plans_claims_and_events_are_not_outcomes() -> None:
    kinds = {
        name: LEDGER.get(f"article-{name}").kind
        for name in ("03", "31", "35", "36", "38", "46", "49", "50")
    }
    assert kinds == {
        "03": "claim",
        "31": "event",
        "35": "target",
        "36": "claim",
        "38": "event",
        "46": "context",
        "49": "claim",
        "50": "claim",
    }
    assert "yuan" in LEDGER.get("article-36").note
    quotas = LEDGER.select(measure="duty_free_quota").frame
    assert set(quotas["kind"]) == {"target"}
    assert 2500 in values(LEDGER.select("UZ", "charging_stations", kind="target"))


def test_uzbekistan_as_known_on_the_day_of_the_article() -> None:
    known = LEDGER.select(place="UZ", measure="ev_imports", as_of="2023-06-26")
    assert set(known.frame["basis"]) == {"uz-statistics"}
    totals = [value for fact in known if fact.quantity == "total" for value in [fact.value]]
    assert {13, 39, 131, 809, 2180, 389, 786, 2544} <= set(totals)
    assert not {1668, 876, 3816, 22400, 3641} & set(totals)
    counted = [fact for fact in known if fact.is_observation and fact.value == 2180]
    assert len(counted) == 1
    assert known.latest.isoformat() == "2023-06-26"


def test_agencies_are_bases_of_their_own() -> None:
    bases = set(LEDGER.select("UZ", "ev_imports").frame["basis"])
    assert bases == {"uz-statistics", "uz-customs-2023", "uz-customs", "uz-energy-ministry"}
    assert set(LEDGER.select("TJ", "ev_imports", kind="outcome").frame["basis"]) == {
        "tj-customs",
        "tj-transport",
    }
    ministry = LEDGER.select("UZ", "ev_imports", basis="uz-energy-ministry")
    # Probably partial
    assert [fact.kind for fact in ministry if fact.period.label == "2024"] == ["context"]


def test_the_value_index_of_xinjiang_is_growth_on_a_defined_base() -> None:
    index = LEDGER.select("CN-XJ", "ev_export_value_index")
    growth = {
        fact.period.label: fact.value for fact in index if fact.quantity == "yoy_growth_percent"
    }
    assert growth == {
        "2023-01..2023-05": 410.4,
        "2023-01..2023-06": 363.3,
        "2023-01..2023-07": 326.0,
        "2024-01..2024-02": 87.1,
    }
    (base,) = [fact for fact in index if fact.quantity == "total"]
    assert (base.value, base.rounding, base.period.label) == (100.0, 0.0, "2022-01..2022-05")
    assert len(index.select(as_of="2023-06-26")) == 2


def test_the_corridors() -> None:
    assert len(LEDGER.select("horgos", "vehicle_exports", basis="frontier-inspection")) >= 8
    assert not len(LEDGER.select("alashankou", "vehicle_exports"))  # no count was published
    assert {fact.kind for fact in LEDGER.select("alashankou")} == {"claim", "context"}
    assert [fact.value for fact in LEDGER.select("horgos", basis="horgos-haocheng")] == [
        20000,
        9500,
    ]
    torugart = LEDGER.select("torugart", "vehicle_exports", kind="outcome")
    assert values(torugart) == [35000.0]


def test_countries_without_counts_say_so() -> None:
    turkmenistan = LEDGER.select("TM", "ev_imports", partner=None)
    assert [fact.kind for fact in turkmenistan] == ["event"]
    assert all(len(LEDGER.select(code, "population")) == 7 for code in COUNTRIES)


def test_every_number_has_a_source_and_few_words_are_quoted() -> None:
    frame = LEDGER.frame
    assert (frame["source"] != "").all()
    assert (frame["published"] != "").all()
    assert frame["quote"].str.split().str.len().max() <= 15
    odd = re.compile(r"\.\.\.|\d+\.\d+\.\d+\.\d+")
    assert not [
        url for url in frame["url"] if url and (odd.search(url) or not url.startswith("http"))
    ]
    derived = frame[frame["note"].str.startswith("derived")]
    assert set(derived["kind"]) == {"estimate"}


def test_every_fact_leads_back_to_its_sentence() -> None:
    assert (LEDGER.frame["quote"] != "").all()
    printed = {
        name: LEDGER.get(name).quote
        for name in ("uz-ev-imports-2018-statistics", "kz-ev-stock-2023-05-01-bns")
    }
    assert printed == {
        "uz-ev-imports-2018-statistics": "2018 йилда – 13 та",
        "kz-ev-stock-2023-05-01-bns": "passenger cars on electricity increased 5.5 times, "
        "from 449 to 2472",
    }
    for fact in LEDGER:
        if fact.note.startswith("derived"):
            continue
        digits = (
            re.sub(r"\D", "", number_text(fact.value)).strip("0")
            if fact.value == fact.value
            else ""
        )
        words = fact.quantity == "yoy_growth_percent" or fact.measure in SAID_IN_WORDS
        assert words or digits in re.sub(r"\D", "", fact.quote), fact.id


@pytest.mark.parametrize(
    ("place", "measure", "basis", "period", "value"),
    [
        ("UZ", "ev_imports", "uz-customs", "2025", 56832),
        ("UZ", "ev_imports", "uz-customs", "2026-01..2026-02", 9698),
        ("UZ", "ev_imports", "uz-statistics", "2025-01..2025-09", 40345),
        ("UZ", "ev_stock", "uz-register", "2025-10-01", 86100),
        ("UZ", "charging_stations", "uz-economy-ministry", "2025-05-01", 1399),
        ("UZ", "house_share_percent", "uz-household-survey", "2023-11-30", 86.2),
        ("UZ-TK", "house_share_percent", "uz-household-survey", "2023-11-30", 35.2),
        ("UZ", "dwellings", "uz-statistics-housing", "2023-01-01", 7301164),
        ("KZ", "ev_imports", "kz-revenue-committee", "2025", 16108),
        ("KZ", "ebus_stock", "kz-bns", "2025-02-01", 189),
        ("KZ", "etruck_stock", "kz-bns", "2025-02-01", 350),
        ("KZ", "vehicle_stock", "kz-interior-ministry", "2025-12-01", 5843358),
        ("KG", "ev_registrations", "kg-environment-ministry", "2025", 9870),
        ("KG", "ev_stock", "kg-environment-ministry", "2025-12-31", 15278),
        ("TJ", "ev_stock", "tajikauto", "2025-12-31", 34000),
        ("horgos", "vehicle_exports", "cn-customs", "2025", 450000),
        ("CN-XJ", "foreign_trade_value", "urumqi-customs", "2025", 520.4),
        ("UZ", "ev_imports", "uz-statistics", "2022-01..2022-02", 228),
        ("UZ", "ev_imports", "uz-statistics", "2024-01", 1600),
        ("UZ", "ev_sales", "uzavtosanoat", "2025", 6240),
        ("UZ-TK", "charging_points", "tashkent-city", "2026-03-06", 1300),
        ("KG", "ebus_stock", "kg-environment-ministry", "2026-02-02", 120),
        ("KZ", "grid_peak_mw", "kegoc", "2022-12-07", 16459),
        ("KZ", "grid_deficit_mw", "kegoc", "2026-03-31", 900),
    ],
)
def test_what_was_printed_since_2025(
    place: str, measure: str, basis: str, period: str, value: float
) -> None:
    facts = [
        fact
        for fact in LEDGER.select(place, measure, basis=basis)
        if fact.quantity in ("total", "stock")
    ]
    assert [fact.value for fact in facts if period in (fact.period.label, fact.period_end)] == [
        value
    ]


def test_figures_that_are_printed_twice_are_counted_once() -> None:
    counted = [
        fact for fact in LEDGER.select("UZ", "ev_imports", kind="outcome") if fact.value == 56832
    ]
    assert len(counted) == 1
    assert LEDGER.select("UZ-TK", "charging_stations").frame["value"].tolist().count(820) == 1
    regions = LEDGER.frame[
        LEDGER.frame["id"].str.fullmatch("uz-..-charging-stations-2025-05-01-economy-ministry")
    ]
    assert regions["value"].sum() == 1399
    dwellings = LEDGER.frame[LEDGER.frame["measure"] == "dwellings"].set_index("place")["value"]
    assert dwellings.drop("UZ").sum() == dwellings["UZ"]


def test_paths_of_what_ships() -> None:
    assert datasets.path("ledger/article.csv").name == "article.csv"
    with pytest.raises(
        InputError, match=r"'ledger/atlantis.csv' does not ship; there are: .*ledger/uzbekistan.csv"
    ):
        datasets.path("ledger/atlantis.csv")
    with pytest.raises(InputError, match="does not ship"):
        datasets.path("../errors.py")


def test_the_newest_fact_is_no_vague_year() -> None:
    assert LEDGER.latest.isoformat() == "2026-03-31"
    later = LEDGER.frame[LEDGER.frame["published"].str.len() == 4]
    assert later["published"].max() <= "2025"
