"""Where a forecast comes from, in tables: the prior's part, the curves, each fact; none of it fails
without facts.
"""

from __future__ import annotations

import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.growth.curve_path import CURVES_ON_FACTS
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting import grounds
from forecasting.scenarios.outlook import outlook as make

GIVEN = {"scenario": "test", "as_of": "latest", "horizon": 2030, "seed": 1}


@pytest.fixture(scope="module")
def kyrgyzstan():
    given = {"country": "KG", "measure": "ev_registrations", "market_size": 60_000} | GIVEN
    return make(scenario_from_parameters(given), central_asia(), draws=400)


@pytest.fixture(scope="module")
def turkmenistan():
    return make(
        scenario_from_parameters({"country": "TM", "market_size": 15_000} | GIVEN),
        central_asia(),
        draws=200,
    )


def test_the_basis_is_named_and_its_facts_are_counted(kyrgyzstan):
    flow = kyrgyzstan.baseline_forecast
    first, second, third = grounds.basis_lines(flow).lines
    assert first == (
        "What is forecast: electric vehicles registered, as counted by Ministry of Natural "
        "Resources."
    )
    own = int((flow.fit_table()["basis"] == flow.basis).sum())
    assert second.startswith(f"{own} of {len(flow.fit_table())} facts are on that definition")
    assert third.startswith("400 draws, as good as ")


def test_shares_are_the_contraction_and_add_up(kyrgyzstan):
    flow = kyrgyzstan.baseline_forecast
    frame = grounds.contraction_table(flow).frame
    facts, prior = (
        frame["from the facts, %"].astype(int),
        frame["from markets before it, %"].astype(int),
    )
    assert (facts + prior == 100).all()
    assert list(facts) == pytest.approx(list(100 * flow.contraction()), abs=0.51)
    assert facts.iloc[0] > facts.iloc[-1]


@pytest.mark.slow
def test_curves_stand_beside_the_pooled_path(kyrgyzstan):
    frame = grounds.curves_table(kyrgyzstan).frame.set_index("path")
    assert list(frame.index) == ["the forecast", *CURVES_ON_FACTS, "average of the curves"]
    labels = [period.label for period in kyrgyzstan.baseline_forecast.periods]
    parts = ("median", "10 %", "90 %")
    assert list(frame.columns) == [
        (label, part) for label in (*labels[:2], labels[-1]) for part in parts
    ]
    medians = {
        path: float(cell.replace(",", "")) for path, cell in frame[labels[0], "median"].items()
    }
    assert medians["the forecast"] == pytest.approx(
        kyrgyzstan.baseline_forecast.quantiles([0.5]).iloc[0, 0], rel=0.01
    )
    assert min(medians[c] for c in CURVES_ON_FACTS) <= medians["average of the curves"]
    assert max(medians[c] for c in CURVES_ON_FACTS) >= medians["average of the curves"]


def test_the_facts_that_move_most_are_shown(kyrgyzstan):
    flow = kyrgyzstan.baseline_forecast
    table = grounds.influence_table(flow)
    assert set(table.frame["fact"]) == set(flow.fit_table()["fact"])
    assert list(table.frame.columns)[1:] == [
        f"moves {period.label} by" for period in flow.periods[:2]
    ]
    assert grounds.influence_table(flow, most=1).frame.equals(table.frame.head(1))


def test_a_place_without_facts_says_so(turkmenistan):
    flow = turkmenistan.baseline_forecast
    assert "from analogue markets alone" in grounds.basis_lines(flow).lines[0]
    assert set(grounds.contraction_table(flow).frame["from the facts, %"]) == {"0"}
    assert repr(grounds.curves_table(turkmenistan)) == "None."
    assert grounds.influence_table(flow).lines == [
        "No fact counts this flow: there is none to leave out."
    ]


def test_without_a_market_there_is_no_scale_to_compare_with():
    given = {"corridor": "xinjiang"} | GIVEN
    flow = make(scenario_from_parameters(given), central_asia(), draws=200).baseline_forecast
    assert "No size of a market is known" in grounds.contraction_table(flow).lines[0]


def test_who_counts_what_stands_beside_the_forecast(kyrgyzstan, turkmenistan):
    table = grounds.counts_table(kyrgyzstan).frame.set_index("fact")
    own = table.loc["kg-ev-registrations-2025-environment-ministry"]
    assert own["counts"] == "electric vehicles on the register and new on it"
    assert own["number"] == "9,870"
    assert float(own["% of the forecast"]) > 0
    abroad = table.loc["kg-ev-imports-2023-01-to-08-diplomat-bound"]
    assert abroad["counts"] == "electric cars sent from China; charging points"
    assert abroad["% of the forecast"] == "–"
    assert not len(grounds.counts_table(turkmenistan).frame)
