"""Facts of one's own in a scenario: named in its params file or on the command line, checked,
counted and used.
"""

import datetime as dt

import pandas as pd
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.parameters.schema import scenario_from_file, scenario_from_parameters
from forecasting.reading.user_ledgers import facts_of
from forecasting.reporting.answer import answer
from forecasting.reporting.caveat_words import lines_of
from forecasting.reporting.figures.fan import place_marks
from forecasting.reporting.grounds import grounds
from forecasting.runs.plan import Survey
from forecasting.scenarios.facts_on_day import day_of_forecast, facts_of_scenario, unused_facts
from forecasting.scenarios.outlook import outlook
from forecasting.vocabulary.errors import LedgerError, ScenarioError

pytestmark = pytest.mark.usefixtures("shared_forecasts")

HEADER = "id,measure,place,period_start,period_end,relation,value,published\n"
ROWS = HEADER + "own-2022,ev_imports,TM,2022-01-01,2022-12-31,equals,120,2023-02\n"
PARAMS = (
    "country: TM\nscenario: own\nas_of: 2023-06-26\nhorizon: 2024\nseed: 1\nmarket_size: 15000\n"
)


@pytest.fixture
def params(tmp_path):
    (tmp_path / "facts.csv").write_text(ROWS)
    (tmp_path / "params").mkdir()
    path = tmp_path / "params" / "turkmenistan-own.yaml"
    path.write_text(PARAMS + "ledger: [../facts.csv]\n")
    return path


def test_a_file_is_found_beside_its_params_file(params):
    scenario = scenario_from_file(params)
    assert "own-2022" in set(facts_of_scenario(scenario).frame["id"])
    assert len(facts_of_scenario(scenario)) == len(central_asia()) + 1


def test_user_facts_enter_the_forecast(params):
    scenario = scenario_from_file(params)
    with_own = outlook(scenario, facts_of_scenario(scenario), draws=300)
    assert with_own.facts_used == ["own-2022"]
    assert with_own.first_year == 2023
    assert not any(
        "No count of electric vehicles imported" in said for said in lines_of(with_own.caveats)
    )


def test_without_the_facts_that_ship(params):
    params.write_text(params.read_text() + "shipped_facts: false\n")
    assert facts_of_scenario(scenario_from_file(params)).frame["id"].tolist() == ["own-2022"]


def test_a_file_that_is_not_there_is_named_with_its_line(params):
    params.write_text(PARAMS + "ledger: [fact.csv]\n")
    with pytest.raises(
        ScenarioError, match=r"turkmenistan-own.yaml:7 ledger\[0\]: 'fact.csv' is not in"
    ):
        scenario_from_file(params)


def test_a_network_address_is_refused(params):
    params.write_text(PARAMS + "ledger: ['https://example.org/f.csv']\n")
    with pytest.raises(ScenarioError, match="is a network address"):
        scenario_from_file(params)


def test_a_notebook_s_parameters_look_where_they_run_and_in_params(params, monkeypatch):
    monkeypatch.chdir(params.parent.parent)
    given = {"country": "TM", "scenario": "own", "as_of": "latest", "horizon": 2024, "seed": 1}
    (params.parent / "more.csv").write_text(ROWS.replace("own-2022", "more-2022"))
    found = facts_of_scenario(
        scenario_from_parameters(given | {"ledger": ["facts.csv", "more.csv"]})
    )
    assert {"own-2022", "more-2022"} <= set(found.frame["id"])
    with pytest.raises(LedgerError, match=r"none.csv: is not there \(looked in .*params"):
        facts_of_scenario(scenario_from_parameters(given | {"ledger": ["none.csv"]}))


def test_facts_that_are_never_used_are_counted(params):
    late = "late,ev_imports,TM,2023-01-01,2023-03-31,equals,40,2023-07-01\n"
    undated = "undated,ev_imports,TM,2023-01-01,2023-02-28,equals,30,\n"
    (params.parent.parent / "facts.csv").write_text(ROWS + late + undated)
    scenario = scenario_from_file(params)
    known = facts_of_scenario(scenario)
    said = unused_facts(scenario, day_of_forecast(scenario, known))
    assert lines_of(said) == [
        "1 of 3 facts of your own have no date of publication and are never used: "
        "say published: DATE in the params file, or run with `--published DATE`.",
        "1 of 3 facts of your own were published after 26 June 2023 and are not used.",
    ]
    assert outlook(scenario, facts_of_scenario(scenario), draws=200).caveats[:2] == said
    checked = CliRunner().invoke(main, ["check", str(params)])
    assert checked.exit_code == 0, checked.output
    assert "note: turkmenistan-own: 1 of 3 facts of your own have no date" in checked.output


def test_check_says_how_a_table_is_read(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("Country,Year,EV sales\nNorway,2023,104000\n")
    checked = CliRunner().invoke(main, ["check", str(path)])
    assert checked.exit_code == 0, checked.output
    assert "is read by its words, as these answers say; save them as mine.mapping.yaml" in (
        checked.output
    )
    assert "      - counts: ev_sales\n        columns: [C]\n" in checked.output
    assert "1 of 1 facts have no date of publication" in checked.output


def test_problems_of_a_named_file_are_told_before_anything_runs(params, tmp_path):
    (tmp_path / "facts.csv").write_text(ROWS.replace("equals", "equal"))
    done = CliRunner().invoke(main, ["run", str(params), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert (
        "ledger[0] facts.csv:2 relation: 'equal' is unknown (one of equals, about," in done.output
    )
    assert not (tmp_path / "out").exists()


def test_ledgers_of_the_command_line_reach_every_scenario(params, tmp_path):
    beside = tmp_path / "beside.csv"
    beside.write_text(ROWS.replace("own-2022", "beside-2022").replace(",120,", ",130,"))
    (run,) = Survey([params], tmp_path / "out", ledger=[beside]).runs()
    assert run.parameters["ledger"] == [str(tmp_path / "params" / ".." / "facts.csv"), str(beside)]
    listed = CliRunner().invoke(main, ["evidence", "--place", "TM", "--ledger", str(beside)])
    assert "beside-2022" in listed.output


def test_a_change_of_a_file_or_of_its_mapping_is_noticed(params, tmp_path):
    (before,) = Survey([params], tmp_path / "out").runs()
    (tmp_path / "facts.csv").write_text(ROWS.replace(",120,", ",125,"))
    (after,) = Survey([params], tmp_path / "out").runs()
    assert before.sources["own_facts"] != after.sources["own_facts"]
    assert before.identity["facts"] != after.identity["facts"]


def test_a_flow_that_nobody_names_is_the_one_that_is_counted(tmp_path):
    (tmp_path / "facts.csv").write_text(
        "Country,Year,EV sales,Published\nNorway,2021,113715,2022-01-05\n"
        "Norway,2022,138265,2023-01-04\n"
    )
    params = tmp_path / "norway-own.yaml"
    given = "country: 'NO'\nscenario: own\nas_of: 2023-06-26\nhorizon: 2024\nseed: 1\n"
    params.write_text(given + "market_size: 500000\nledger: [facts.csv]\n")
    made = outlook(params, draws=200)
    assert made.scenario.measure == "ev_sales"
    stock, *_, flow = str(answer(made)).splitlines()
    assert stock.startswith("Norway had about ")
    assert flow.startswith("Norway will see about ")
    assert " new electric vehicles sold in 2024 (" in flow
    assert "2 facts, 2 counted by an agency that is not named" in str(grounds(made))
    assert len(place_marks(made, "ev_sales", "NO")) == 2
    params.write_text(params.read_text() + "measure: ev_imports\n")
    assert scenario_from_file(params).measure == "ev_imports"


@pytest.mark.slow
def test_what_nobody_dated_is_the_last_word_and_is_dated_in_one_word(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("Country,Year,EV sales\nNorway,2021,113715\n")
    params = tmp_path / "norway-own.yaml"
    params.write_text(
        "country: 'NO'\nscenario: own\nas_of: latest\nhorizon: 2030\nseed: 1\nledger: [mine.csv]\n"
    )
    for words in (["check", "mine.csv"], ["check", str(params)], ["run", str(params)]):
        told = CliRunner().invoke(main, words)
        last = told.stdout.splitlines()[-1]
        assert told.exit_code == 0, told.output
        assert "1 of 1 facts" in last
        assert "--published DATE" in last
        assert "in order" not in last
        dated = CliRunner().invoke(main, [*words, "--published", "2022-01"])
        assert "of publication" not in dated.stdout, dated.output
    table = pd.read_csv(tmp_path / "reports" / "comparison.csv")
    assert {"ev_sales", "ev_stock"} <= {*table["measure"]}


def test_the_counted_part_of_an_unfinished_year_stands_in_the_headline(tmp_path):
    table = tmp_path / "half.csv"
    table.write_text(
        "Country,Period,EV sales,Published\nNorway,2024,100,2025-02\nNorway,2025,150,2026-02\n"
        "Norway,Q1 2026,40,2026-05\nNorway,April-June 2026,60,2026-08\n"
    )
    made = outlook("NO", facts_of([str(table)]), draws=200)
    assert made.first_year == 2026
    assert made.counted_part == (100, dt.date(2026, 6, 30))
    flow = str(answer(made)).splitlines()[-1]
    assert " electric vehicles sold in 2026 (" in flow
    assert flow.endswith("), 100 of them counted by 30 June.")
    early = outlook("NO", facts_of([str(table)]), draws=200, as_of="2026-03-01")
    assert early.counted_part is None


def test_a_ledger_that_is_given_without_dates_is_said_to_be_unused():
    row = {"id": "x", "measure": "ev_imports", "place": "UZ", "relation": "equals", "value": 60_000}
    days = {"period_start": "2026-01-01", "period_end": "2026-06-30"}
    own = Ledger.from_frame(pd.DataFrame([row | days]))
    said = lines_of(outlook("uzbekistan-baseline", own, draws=50).caveats)
    assert said[0].startswith("1 of 1 facts of your own have no date of publication and are never")
    dated = Ledger.from_frame(own.frame.assign(published="2026-07-20"))
    said = lines_of(outlook("uzbekistan-baseline", dated, draws=50).caveats)
    assert not any("of your own" in line for line in said)


def test_a_history_that_begins_late_is_said_to_lack_what_came_before(tmp_path):
    rows = [
        {
            "id": f"sold-{y}",
            "measure": "ev_sales",
            "place": "NO",
            "relation": "equals",
            "published": "2025-01",
            "period_start": f"{y}-01-01",
            "period_end": f"{y}-12-31",
            "value": count,
        }
        for y, count in ((2020, 10_000), (2023, 104_590), (2024, 114_400))
    ]
    given = {"country": "NO", "scenario": "a", "as_of": "2025-01-31", "horizon": 2026, "seed": 1}
    scenario = scenario_from_parameters(given | {"market_size": 128_000, "measure": "ev_sales"})

    def said(*facts):
        own = Ledger.from_frame(pd.DataFrame(facts))
        return "\n".join(lines_of(outlook(scenario, own, draws=50).caveats))

    late = said(*rows[1:])
    assert "48 % of all vehicles that Norway's facts tell of came in 2023, the first year" in late
    assert "the first year told" not in said(*rows)
