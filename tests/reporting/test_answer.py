"""The brief: the finding in a sentence, the answers to each question, what was known until when."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from made_up import make_outlook

import forecasting as fc
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting import figures
from forecasting.reporting.answer import (
    answer,
    charging_answers,
    date_line,
    evidence_summary,
    scenario_assumptions,
)
from forecasting.reporting.grounds import caveats, grounds
from forecasting.reporting.labels import median_and_range, spoken
from forecasting.scenarios.facts_on_day import age_of
from forecasting.vocabulary.names import SHARED_VARIABLE
from forecasting.vocabulary.quantiles import standing_digits

pytestmark = pytest.mark.usefixtures("shared_forecasts")

PARAMS = sorted((Path(__file__).parents[2] / "params").glob("*.yaml"))


def test_the_finding_is_a_sentence_that_one_would_say(outlook):
    said = answer(outlook)
    assert said.sentence == (
        "Uzbekistan had about 8,000 electric cars at the end of 2022. By the end of 2030 we expect "
        "210,000 (57,000 to 730,000, four times in five); they need about 6,800 public charging "
        "points (1,900 to 24,000); at the pace of other markets there will be 15,000."
    )
    assert str(said).endswith(
        "Uzbekistan will import about 10,000 electric cars in 2023 (6,800 to 15,000), 2,540 of "
        "them counted by 30 April."
    )
    assert "grounds-ev_stock" in said._repr_html_()


def test_it_says_what_was_known_and_until_when(outlook):
    assert str(evidence_summary(outlook)) == (
        "Rests on 6 facts; nothing published after 26 June 2023 is used."
    )
    assert str(date_line(outlook)) == (
        f"By ev-forecasting {fc.__version__}. Its newest count ends on 26 June 2023."
    )
    assert 'data-counted="2023-06-26"' in date_line(outlook)._repr_html_()


def test_each_scenario_has_a_line_on_what_it_assumes():
    lines = scenario_assumptions(fc.outlook("uzbekistan-baseline", draws=50)).lines
    assert [line.partition(":")[0] for line in lines] == ["Baseline", "Accelerated", "Constrained"]
    assert "licences are given to fewer" in lines[2]
    assert lines[2].endswith("; 4 more.")


@pytest.mark.parametrize(
    ("scenario", "assumptions"),
    [
        (
            "kyrgyzstan-constrained",
            [
                "cars meant for it come no longer (0.75 times as many, from 1 April",
                "few get the licence",
                "each one was followed by another (from 2027)",
            ],
        ),
        ("tajikistan-constrained", ["granted for ten years, is withdrawn early (1.25 times"]),
        ("kazakhstan-accelerated", ["a quota is granted again"]),
        ("kazakhstan-constrained", ["the union's duty stays", "(1.5 times the effect elsewhere"]),
    ],
)
def test_events_that_a_scenario_has_otherwise_are_named_with_their_size(scenario, assumptions):
    place, _, name = scenario.partition("-")
    lines = scenario_assumptions(fc.outlook(f"{place}-baseline", draws=50)).lines
    (line,) = [line for line in lines if line.startswith(name.capitalize())]
    for words in assumptions:
        assert words in line


def test_without_a_count_it_says_so(outlook):
    age = age_of(None, "ev_imports", outlook.as_of)
    blind = dataclasses.replace(outlook, evidence=None, age=age)
    assert "No count of electric vehicles imported was published by 26 June 2023: " in str(
        date_line(blind)
    )


def test_an_answer_to_each_question_stands_side_by_side(outlook):
    shown = charging_answers(outlook).frame
    assert shown["answer"].tolist() == ["Need", "By practice elsewhere", "By the standard"]
    assert shown["question"].str.contains("?", regex=False).all()
    assert shown["question"].str.contains("Plan by this one").tolist() == [True, False, False]
    assert shown["points"].tolist() == ["6,800", "15,000", "27,000"]


@pytest.mark.slow
@pytest.mark.parametrize("path", PARAMS, ids=lambda path: path.stem)
def test_the_words_of_a_brief_are_few_and_its_numbers_those_of_the_results(path):
    made = fc.outlook(path, draws=200)
    tables = [answer(made), caveats(made), evidence_summary(made)]
    if made.demand:
        tables.append(charging_answers(made))
    page = " ".join(table._repr_html_() for table in tables)
    text = re.sub("<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    words = re.findall(r"\S*\w\S*", text)  # a bracket between two links is no word
    assert len(words) < 330  # with title, figure and the scenarios beside at most 450
    if "ev_stock" in made.results.values:
        draws = made.results.values["ev_stock"][:, -1]
        levels = np.quantile(draws, (0.1, 0.5, 0.9))
        digits = standing_digits(levels[0], levels[-1])
        low, median, high = (spoken(level, "ev_stock", digits) for level in levels)
        assert f">{median}</a> (<a" in page
        assert f">{low} to {high}</a>" in page


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
    assert "Two numbers would give vehicles and chargers: the new cars of a year" in str(said)
    assert "which are not known here" in repr(charging_answers(made))
    drawn = [
        figures.charger_gap,
        lambda outlook: figures.fan_chart(outlook, "ev_stock"),
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
        "Nobody has counted this market; judging by other markets alone, Norway had about "
    )


def test_the_rule_and_the_one_who_promises_are_named():
    made = fc.outlook("uzbekistan-baseline", draws=200)
    means = charging_answers(made).frame.set_index("answer")["question"]
    standard = "How many by AFIR, the EU's rule?"
    assert means["By the standard"] == standard
    assert means["Target"] == (
        "How many are promised? 4,000 stations by 31 December 2026 = 8,000 points; 50,000 stations "
        "by 31 December 2033 = 100,000 points (Henan Suda Agreement, not the state)."
    )


def test_the_scenarios_of_a_place_stand_side_by_side_with_the_numbers_of_their_reports():
    made = fc.outlook("turkmenistan-constrained", draws=200)
    table = fc.tables.scenarios_table(made)
    assert table.caption == "Scenarios"
    shown = table.frame
    assert shown["scenario"].tolist() == ["Baseline", "Accelerated", "Constrained"]
    for name, row in shown.set_index("scenario").iterrows():
        other = fc.outlook(f"turkmenistan-{name.lower()}", draws=200)
        stock = np.quantile(other.results.values["ev_stock"][:, -1], (0.1, 0.5, 0.9))
        median, ends = median_and_range(stock, "ev_stock")
        cell = row["Electric cars on the road, 2030"]
        assert cell.replace("\N{NO-BREAK SPACE}", " ") == f"{median} ({ends})"


def test_the_scenarios_say_a_million_as_the_first_sentence_does():
    shown = fc.tables.scenarios_table(fc.outlook("uzbekistan-baseline", draws=50)).frame
    cells = shown["Battery and plug-in cars on the road, 2030"]
    assert cells.str.contains("million").any()
    assert not cells.str.contains(r"\d,\d{3},\d{3}").any()


def test_scenarios_of_one_name_keep_their_own_numbers_in_one_run(tmp_path, monkeypatch):
    monkeypatch.setenv(SHARED_VARIABLE, str(tmp_path))
    shipped = fc.outlook("turkmenistan-baseline", draws=50)
    smaller = fc.outlook(shipped.scenario.model_copy(update={"market_size": 1000.0}), draws=50)
    first, second = (fc.tables.scenarios_table(made).frame for made in (shipped, smaller))
    assert first.loc[0].ne(second.loc[0]).any()
    assert first.loc[1].equals(second.loc[1])


def test_a_place_with_one_scenario_says_so():
    alone = fc.outlook("NO", draws=200)
    assert "No other scenario of this place" in repr(fc.tables.scenarios_table(alone))


def test_events_that_have_ended_or_leave_the_flow_alone_are_not_ahead():
    told = fc.outlook("uzbekistan-baseline", draws=50)
    acting = [driver for driver in told.scenario.drivers if driver.on_flow]
    assert len(told.scenario.drivers) > len(acting) == 2  # imports that are replaced, a ceiling
    assert "Then 2 assumed events ahead." in str(grounds(told))


def test_a_year_that_is_over_is_told_in_the_past():
    told = fc.outlook("tajikistan-baseline", draws=200)
    assert (told.first_year, told.running_year) == (2024, 2026)
    sentence = str(answer(told))
    assert re.match(r"Tajikistan had about [0-9,]+ electric cars .* at the end of 2025", sentence)
    assert re.search(r"Tajikistan will import about [0-9,]+ electric cars in 2026 \(", sentence)
    assert re.search(
        r"Tajikistan imported about [0-9,]+ electric cars in 2024 \([0-9,]+ to [0-9,]+\), "
        r"[0-9,]+ in 2025 \([0-9,]+ to [0-9,]+\); no whole count of 2024 or 2025 "
        r"was found\.",
        sentence,
    )
    # A forecast of an earlier day, with newer counts passed over, is of its own time
    assert fc.outlook("uzbekistan-baseline", as_of="2023-06-26", draws=50).running_year == 2023


def test_points_of_a_scenario_with_a_roll_out_are_not_said_to_follow_other_markets():
    baseline, accelerated = (
        answer(fc.outlook(f"uzbekistan-{name}", draws=50)).sentence
        for name in ("baseline", "accelerated")
    )
    assert "1,399 charging stations on 1 May 2025 (about 2,800 points, 1 to 3 each)" in baseline
    assert "; at the pace of other markets there will be " in baseline
    assert "; built at the pace of this scenario, there will be " in accelerated
