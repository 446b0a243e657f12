"""Growth on the year, of an index and of ports; the limit that ports share; a port that fell
silent.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from forecasting.evidence import datasets
from forecasting.parameters.schema import scenario_from_file, scenario_from_parameters
from forecasting.reporting import figures, result_tables
from forecasting.reporting.answer import answer, evidence_summary
from forecasting.reporting.caveat_words import lines_of
from forecasting.scenarios.outlook import (
    Outlook,
    first_rate_forecasts,
    growth_in,
    load_outlook,
    outlook,
    printed_growth,
    yearly_growth,
)
from forecasting.scenarios.place_flows import within_one_limit
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import span, year

PARAMS = Path(__file__).parents[2] / "params"


def made(name: str, **changes: object) -> Outlook:
    scenario = scenario_from_parameters(
        scenario_from_file(PARAMS / f"{name}.yaml").parameters() | changes
    )
    return outlook(scenario, datasets.central_asia(), draws=500)


@pytest.fixture(scope="module")
def xinjiang() -> Outlook:
    return made("xinjiang-baseline")


@pytest.fixture(scope="module")
def ports() -> Outlook:
    return made("ports-baseline")


def test_the_first_rate_foretold_those_that_were_printed_later(xinjiang):
    day, told = first_rate_forecasts(xinjiang, "CN-XJ")
    assert day == dt.date(2023, 6, 26)
    assert [period.label for period in told] == [
        "2023-01..2023-06",
        "2023-01..2023-07",
        "2023",
        "2024-01..2024-02",
        "2024",
    ]
    later = [fact for fact in printed_growth(xinjiang, "CN-XJ") if fact.known_from > day]
    assert [fact.value for fact in later] == [363.3, 326.0, 87.1]
    for fact in later:
        low, _, high = told[fact.period]
        assert low < fact.value < high


def test_growth_of_what_was_printed_is_what_was_printed(xinjiang):
    first = growth_in(xinjiang.forecast, span("2023-01-01", "2023-06-30"))
    assert np.median(first) == pytest.approx(363.3, rel=0.03)
    by_year = yearly_growth(xinjiang.results, "ev_export_value_index")
    assert np.median(growth_in(xinjiang.forecast, year(2024))) == pytest.approx(by_year[0.5][2024])
    with pytest.raises(EvidenceError, match="reaches outside the forecast's months"):
        growth_in(xinjiang.forecast, year(2022))


def test_an_index_is_told_as_growth_on_its_first_screen(xinjiang, tmp_path):
    said = answer(xinjiang)
    assert said.sentence.startswith(
        "The value of the electric cars that leave Xinjiang will grow by about "
    )
    assert said._repr_html_().count('<a href="#grounds-ev_export_value_index">') == 4
    xinjiang.save(tmp_path)
    kept = answer(load_outlook(tmp_path)).sentence  # of the years whose year before was kept
    assert kept.partition(" in 2025 and ")[2] == said.sentence.partition(" in 2024 and ")[2]


def test_the_table_and_the_figure_say_the_same(xinjiang):
    assert (
        result_tables.growth_by_year(xinjiang).frame["Xinjiang", "median"].str.startswith("+").all()
    )
    chart = figures.growth_chart(xinjiang, "CN-XJ")
    assert [trace.name for trace in chart.data][1:] == [
        "forecast of 26 June 2023",
        "printed",
    ]
    assert list(chart.data[2].x) == [410.4, 363.3, 326.0, 87.1]
    shown = [text.partition("</b>")[0].partition(": ")[2] for text in chart.data[1].hovertext]
    # Two digits of each are printed
    assert [float(of.strip("+ %")) for of in shown] == pytest.approx(
        list(chart.data[1].x), rel=0.05
    )


def test_without_a_second_rate_there_is_nothing_to_compare():
    early = made("xinjiang-baseline", as_of="2023-06-26", horizon=2024)
    assert first_rate_forecasts(early, "CN-XJ") is None


def test_a_port_that_fell_silent_is_unknown(ports):
    assert [part.country for part in ports.parts] == ["horgos", "ports"]
    (said,) = [words for words in lines_of(ports.caveats) if words.startswith("Baktu")]
    assert said.startswith(
        "Baktu is unknown: its last count is of 9,653 vehicles in Jan–Apr 2023; "
    )
    assert "baktu" not in set(ports.table["country"])


def test_the_first_screen_of_the_ports_names_the_agency_and_the_largest_count(ports):
    words = "leave through Horgos, the only place that is counted, in 2026 and about "
    assert words in answer(ports).sentence
    assert "It is about Horgos, as counted by China's customs, all modes." in str(
        evidence_summary(ports)
    )


def test_ports_share_one_limit():
    both = made("ports-baseline", as_of="2024-12-31", market_size={2023: 310_000}, horizon=2028)
    assert [part.country for part in both.parts] == ["horgos", "baktu", "ports"]
    flows = both.forecasts
    first = [month.start.year >= both.first_year for month in flows["horgos"].months]
    limit = flows["horgos"].market[:, first].reshape(500, -1, 12).sum(axis=2)
    total = both.results.since(both.first_year).values["vehicle_exports"]
    assert (total <= limit * (1 + 1e-9)).all()
    assert (total > limit * (1 - 1e-9)).any()
    assert any(
        words.startswith("The places share one limit: in ") for words in lines_of(both.caveats)
    )


def test_one_port_alone_is_not_held(ports):
    assert within_one_limit({}) == ({}, 0.0)
    assert not any("share one limit" in words for words in lines_of(ports.caveats))
