"""Facts of one forecast count one thing in one place, or things that are tied by a declared
relation.
"""

import itertools

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.bases import are_related
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import ledger_of
from forecasting.evidence.observation import usable_facts
from forecasting.evidence.rules import OBSERVATION_KINDS
from forecasting.growth.flow import forecast_flow
from forecasting.vocabulary.errors import EvidenceError, LedgerError
from forecasting.vocabulary.limits import MAX_FORECAST_FACTS
from forecasting.vocabulary.periods import year

MANY = {
    "id": "a",
    "measure": "ev_imports",
    "place": "UZ",
    "product": "battery-cars",
    "basis": "x",
    "published": "2023-01",
}


def two(facts, **other):
    rows = [
        ("equals", "total", 2022, 2180, MANY),
        ("equals", "total", 2022, 90, MANY | {"id": "b"} | other),
    ]
    return facts(*rows)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            {"place": "KZ"},
            r"two places: UZ \(as a\) and KZ \(as b\); forecast one of them, e.g. "
            r"ledger.select\(place='UZ'",
        ),
        (
            {"product": "electric-buses"},
            r"two products: battery-cars \(as a\) and electric-buses \(as b\); forecast one of "
            r"them, e.g. ledger.select\(product='battery-cars'\)",
        ),
        ({"measure": "car_imports"}, r"two measures: ev_imports \(as a\) and car_imports \(as b\)"),
        ({"measure": "ev_exports"}, r"two measures: ev_imports \(as a\) and ev_exports \(as b\)"),
    ],
)
def test_two_things_are_refused_by_name(facts, other, message):
    with pytest.raises(EvidenceError, match=message):
        forecast_flow(two(facts, **other), [year(2023)])


def test_one_of_two_products_is_chosen_by_name(facts):
    both = ledger_of(two(facts, product="electric-buses"))
    assert [fact.id for fact in both.select(product="battery-cars")] == ["a"]
    assert [fact.id for fact in both.select(product="electric-buses", kind="outcome")] == ["b"]
    with pytest.raises(LedgerError, match="product is 5; give text, or None"):
        both.select(product=5)


def test_a_whole_ledger_is_refused():
    with pytest.raises(EvidenceError, match=r"the facts are of two places: "):
        forecast_flow(central_asia(), [year(2025)])


def test_what_is_not_counted_is_of_no_matter(facts, usable):
    table = two(facts, place="KZ", kind="target")
    assert [s.id for s in usable(table)[0]] == ["a"]


def test_a_product_that_contains_another_is_tied_to_it_by_an_offset(facts, usable):
    table = two(facts, product="electric-cars", published="2023-02")
    told, caveats = usable(table)
    assert [s.basis for s in told] == ["x", "x (electric-cars)"]
    assert caveats == []  # no vintage of the other
    table.loc[1, "value"] = 3270
    forecast = forecast_flow(table, [year(2022)])
    assert forecast.quantiles([0.5]).iloc[0, 0] == pytest.approx(2180, rel=0.02)


def test_a_product_that_is_not_named_is_the_one_that_its_agency_names(facts, usable):
    told, _ = usable(
        two(facts, product="", period_start="2023-01-01", period_end="2023-12-31", published="2024")
    )
    assert [s.basis for s in told] == ["x", "x"]


def test_the_whole_is_at_least_what_a_partner_has_of_it(facts, usable):
    table = two(
        facts,
        partner="CN",
        value=5000,
        period_start="2023-01-01",
        period_end="2023-12-31",
        published="2024",
    )
    told, caveats = usable(table)
    assert [(s.relation, s.value) for s in told] == [("equals", 2180), ("at_least", 5000)]
    assert caveats == ["5,000 vehicles in 2023 is of one partner, CN: the total is at least that"]
    assert forecast_flow(table, [year(2023)], basis="x").probability(above=4900).iloc[0] > 0.9
    upper, caveats = usable(table.assign(relation=["equals", "at_most"]))
    assert len(upper) == 1
    assert caveats == [
        "at most 5,000 vehicles in 2023 is of one partner, CN, and was not used for the total"
    ]


def test_facts_of_one_partner_are_of_the_flow_with_it(facts, usable):
    told, caveats = usable(
        two(facts, period_start="2023-01-01", period_end="2023-12-31", published="2024").assign(
            partner="CN"
        )
    )
    assert [s.relation for s in told] == ["equals", "equals"]
    assert caveats == ["all facts are of one partner, CN: so is the forecast, not of the whole"]
    with pytest.raises(
        EvidenceError,
        match=(
            r"two partners: CN and DE, and none of World; forecast one of them, e.g. "
            r"ledger.select\(partner='CN'\)"
        ),
    ):
        usable(two(facts).assign(partner=["CN", "DE"]))


def test_a_stock_is_tied_to_the_flow_that_it_adds_up(facts):
    stock = {
        "id": "b",
        "measure": "ev_stock",
        "relation": "equals",
        "quantity": "stock",
        "value": 8000,
        "period_end": "2022-12-31",
        "place": "UZ",
    }
    table = pd.concat([facts(("equals", "total", 2022, 2180, MANY)), pd.DataFrame([stock])])
    assert np.isfinite(
        forecast_flow(table, [year(2023)], market_size=300_000).quantiles([0.5])
    ).all(axis=None)
    assert are_related("ev_stock", "ev_imports")
    assert not are_related("ev_registrations", "ev_imports")


def test_ties_run_along_what_contains_what():
    assert are_related("battery-cars", "new-energy-vehicles")
    assert not are_related("electric-passenger-cars", "plug-in-hybrids")
    assert not are_related("battery-cars", "somebody's own")


def test_what_ships_of_one_measure_and_place_is_tied():
    told = central_asia().frame.query(
        "kind in @COUNTED and partner == 'World'", local_dict={"COUNTED": OBSERVATION_KINDS}
    )
    for (place, measure), rows in told.groupby(["place", "measure"]):
        for one, other in itertools.combinations(rows["product"].unique(), 2):
            assert are_related(one, other), f"{place} {measure}: {one}, {other}"


@pytest.mark.parametrize("drop", [True, False])
def test_a_flow_without_its_first_day_is_refused(facts, drop):
    table = facts(("equals", "total", 2022, 2180, {"id": "a"}))
    table = table.drop(columns="period_start") if drop else table.assign(period_start="")
    with pytest.raises(
        EvidenceError,
        match=r"row 0 period_start: is empty \(a flow is counted over a period: give its",
    ):
        forecast_flow(table, [year(2023)])


@pytest.mark.parametrize("quantity", ["total", "yoy_growth_percent", "per_day"])
def test_a_number_beyond_any_count_is_refused(facts, quantity):
    with pytest.raises(
        EvidenceError,
        match=r"a: a .* of 1e\+308 is beyond any count; the largest taken is 1,000,000,000,000,000",
    ):
        forecast_flow(facts(("equals", quantity, 2022, 1e308, {"id": "a"})), [year(2023)])


@pytest.mark.parametrize("text", ["2023-W01", "2023-W01-1", "20230101", "2023-001", "2023-1-1"])
def test_a_date_is_written_in_one_way(facts, text):
    with pytest.raises(
        LedgerError, match=f"row 0 period_start: '{text}' is not a date; write it as YYYY-MM-DD"
    ):
        forecast_flow(facts(("equals", "total", f"{text}/{text}", 70)), [year(2023)])


@pytest.mark.parametrize("more", [0, 1])
def test_a_forecast_takes_so_many_facts_and_no_more(facts, more):
    rows = [
        ("equals", "total", 2022, 2180, MANY | {"id": f"fact-{number}", "basis": f"b{number}"})
        for number in range(MAX_FORECAST_FACTS + more)
    ]
    if more:
        with pytest.raises(EvidenceError, match="1,001 facts are of one flow, 1,000 are the most"):
            usable_facts(ledger_of(facts(*rows)))
    else:
        assert len(usable_facts(ledger_of(facts(*rows)))[0]) == MAX_FORECAST_FACTS
