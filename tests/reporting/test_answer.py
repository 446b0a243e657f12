"""The first screen: a sentence with the number, the age of the evidence, three answers."""

from __future__ import annotations

import dataclasses

from made_up import make_outlook

import forecasting as fc
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting import figures
from forecasting.reporting.answer import answer, charging_answers
from forecasting.scenarios.age import age_of


def test_one_sentence_has_the_number_its_interval_and_the_horizon(outlook):
    said = answer(outlook)
    assert said.sentence == (
        "Uzbekistan in 2023: 10,000 electric vehicles imported (80 % interval 6,820 to 14,700), "
        "and 205,000 on the road at the end of 2030 (57,200 to 735,000)."
    )
    assert said.evidence == (
        "The newest count it rests on ends on 26 June 2023 and was published on 26 June 2023. "
        "With one assumed event ahead."
    )


def test_without_a_count_it_says_so(outlook):
    age = age_of(None, "ev_imports", outlook.as_of)
    blind = dataclasses.replace(outlook, evidence=None, age=age)
    assert (
        "Nobody has printed electric vehicles imported by 26 June 2023: " in answer(blind).evidence
    )


def test_three_answers_stand_side_by_side(outlook):
    shown = charging_answers(outlook)
    assert [row[0] for row in shown.rows] == ["Need", "Practice", "Standard"]
    assert [str(row[2]) for row in shown.rows] == ["6,830", "15,400", "27,300"]
    assert shown._repr_html_().count("<strong>") == 3


def test_what_a_stranger_wrote_is_escaped():
    made = make_outlook()
    wild = dataclasses.replace(made.results, country="<b>x</b>")
    told = answer(dataclasses.replace(made, parts=(wild,)))._repr_html_()
    assert "<b>x" not in told.lower()


def test_of_an_unknown_market_the_first_line_says_so_and_the_next_names_what_would_give_vehicles():
    given = {"country": "NO", "scenario": "a", "as_of": "2026-03-31", "horizon": 2030, "seed": 1}
    made = fc.outlook(scenario_from_parameters(given), fc.datasets.central_asia(), draws=200)
    said = answer(made)
    assert said.sentence.startswith(
        "Nothing is known of the market of Norway, so these are shares of new cars only"
    )
    assert said.evidence.startswith(
        "Two numbers would give vehicles and chargers: the new cars of a year"
    )
    assert "which are not known here" in repr(charging_answers(made))
    drawn = [
        figures.charger_gap,
        figures.stock_chart,
        figures.energy_chart,
        figures.load_chart,
        figures.tornado,
    ]
    assert all("market_size in the params file" in str(draw(made)) for draw in drawn)
    sized = fc.outlook(
        scenario_from_parameters(given | {"market_size": 1000}),
        fc.datasets.central_asia(),
        draws=200,
    )
    assert answer(sized).sentence.startswith(
        "Nothing has been counted of this market; from other markets alone"
    )


def test_the_rule_and_the_one_who_promises_are_named():
    made = fc.outlook("uzbekistan-baseline", draws=200)
    means = {row[0]: row[1] for row in charging_answers(made).rows}
    assert means["Standard"].startswith("what AFIR, the rule of the EU, would ask for")
    assert means["Target"] == (
        "what has been promised: 50,000 stations by 2033-12-31 by the Henan Suda Agreement, "
        "no target of the state, in equal steps from what stands"
    )
