"""Where a forecast comes from, in tables: who counts what, each fact; none of it fails
without facts.
"""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting import grounds
from forecasting.reporting.grounds import _effect_words
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


def test_who_counts_what_stands_beside_the_forecast(kyrgyzstan, turkmenistan):
    table = grounds.counts_table(kyrgyzstan).frame.set_index("fact")
    own = table.loc["kg-ev-registrations-2025-environment-ministry"]
    assert own["counts"] == (
        "electric vehicles on the register and new on it; plug-in hybrids may be among them"
    )
    assert (own["number"], own["is forecast"]) == ("9,870", "yes")
    assert float(own["% of expected"]) > 0
    abroad = table.loc["kg-ev-imports-2023-01-to-08-diplomat-bound"]
    assert abroad["counts"] == "electric cars sent from China; charging points"
    assert abroad["% of expected"] == "–"
    assert not len(grounds.counts_table(turkmenistan).frame)


def test_agencies_stand_side_by_side_in_one_year():
    given = {"country": "UZ", "measure": "ev_imports", "market_size": 350_000} | GIVEN
    uzbekistan = make(scenario_from_parameters(given), central_asia(), draws=200)
    table = grounds.counts_table(uzbekistan).frame.set_index("fact")
    assert table["is forecast"].iloc[0] == "yes"
    of_year = table["2024"][table["is forecast"] != "yes"].to_dict()
    first_without = [*of_year.values()].index("–")
    assert {*[*of_year.values()][first_without:]} == {"–"}  # those of one year come first
    assert of_year["uz-ev-imports-2025-customs"] == "24,100"
    assert of_year["uz-ev-imports-2024-energy-ministry"] == "16,500"
    assert of_year["uz-ev-stock-2024-12-31-energy-ministry"] == "44,000"
    assert of_year["uz-ev-sales-2024-iea-bev"] == "5,600"
    assert of_year["uz-ev-sales-2024-iea-phev"] == "17,000"
    assert of_year["uz-ev-stock-2025-10-01-register"] == "–"
    own = table.loc["uz-ev-sales-2024-iea-phev"]
    assert (own["who"], own["what"]) == ("IEA", "New plug-in hybrids sold")
    assert "market researchers" in own["counts"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (0.51, "without it the forecast of 2026 would be 1,230, 1 % lower"),
        (12.4, "without it the forecast of 2026 would be 1,230, 12 % lower"),
        (-12.4, "without it the forecast of 2026 would be 1,230, 12 % higher"),
        (-0.51, "without it the forecast of 2026 would be 1,230, 1 % higher"),
        (0.49, "the forecast of 2026 would be the same without it"),
        (-0.49, "the forecast of 2026 would be the same without it"),
    ],
)
def test_what_a_fact_does_is_told_from_half_a_percent_on(change, words):
    row = {"fact": "a", "period": "2026", "change_percent": change, "without": 1230.0}
    periods = [SimpleNamespace(label="2026")]
    flow = SimpleNamespace(periods=periods, influence=lambda: pd.DataFrame([row]))
    assert grounds._effect(flow, "a") == words


@pytest.mark.parametrize(
    ("effects", "words"),
    [
        ([900, 0.2], "It moves 2026 by +900 %."),
        ([-4.4, 1500], "It moves 2026 by −4 %."),
        ([1500, 2000], "It gives the forecast its scale."),
        ([0.1, 0.2], ""),
    ],
)
def test_what_a_fact_moved_is_said_within_what_a_percentage_can_say(effects, words):
    said = _effect_words(pd.Series(effects, index=["2026", "2027"]))
    assert said.replace(" ", " ") == words
