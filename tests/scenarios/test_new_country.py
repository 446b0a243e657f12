"""A params file for a country of one's own facts: what is asked, proposed, written and refused."""

import re
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.parameters.schema import load_scenario
from forecasting.runs.runner import run
from forecasting.scenarios.new_country import NewCountry
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.limits import MAX_FORECAST_FACTS

pytestmark = pytest.mark.usefixtures("shared_forecasts")

ROOT = Path(__file__).parents[2]
TABLE = "Country,Year,EV sales,Rank\nGeorgia,2022,1500,1\nGeorgia,2023,4000,2\nWorld,2023,9,3\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def planned(monkeypatch):
    """The run is planned and checked, and makes no report: others here make theirs."""
    monkeypatch.setattr("forecasting.runs.runner.run", partial(run, dry_run=True))


def _table(text=TABLE, name="mine.csv"):
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def _asked(made, **answers):
    """The questions, each answered as given, else as proposed."""
    asked = {}
    for question in made.questions():
        asked[question.key] = question.proposed
        made.answers[question.key] = question.read(answers.get(question.key, question.proposed))
    return asked


def test_a_table_becomes_a_report_in_one_command():
    _table()
    told = CliRunner().invoke(main, ["new", "Georgia", "--ledger", "mine.csv", "--yes"])
    assert told.exit_code == 0, told.output
    assert Path("reports/georgia-baseline/report.html").is_file()
    assert "What does 'EV sales' count? ev_sales\n" in told.stdout
    assert "wrote params/georgia-baseline.yaml, which forecasts ev_sales\n" in told.stdout
    assert "left out of row 4: 'World' is a sum of places" in told.stdout
    assert told.stdout.splitlines()[-1].startswith(
        "the report is reports/georgia-baseline/report.html"
    )
    page = Path("reports/georgia-baseline/report.html").read_text(encoding="utf-8")
    assert "new electric vehicles sold" in page
    assert Path("mine.mapping.yaml").read_text().startswith("columns:\n  place: Country\n")


def test_a_growth_is_of_the_count_that_the_title_names():
    text = "Импорт электромобилей в Казахстан;;\nГод;Ввоз;Прирост, %\n2022;131;\n2023;809;517,6\n"
    made = NewCountry("KZ", _table(text, "ввоз.csv"))
    asked = _asked(made, published="2024-02-29")
    assert asked["column Ввоз"] == "ev_imports"
    made.write(Path("params"))
    written = Path("ввоз.mapping.yaml").read_text(encoding="utf-8")
    assert "  ev_imports yoy_growth_percent: Прирост, %\n" in written
    values = {fact.quantity: fact.value for fact in made.facts() if fact.period.start.year == 2023}
    assert values == {"total": 809.0, "yoy_growth_percent": 517.6}
    again = NewCountry("KZ", Path("ввоз.csv"), made.published)
    assert {fact.value for fact in again.facts()} == {131.0, 809.0, 517.6}


@pytest.mark.usefixtures("planned")
def test_a_size_of_the_market_is_proposed_with_its_origin_in_words():
    _table("Year,EV sales,New car sales\n2022,15,900\n2023,19,950\n")
    told = CliRunner().invoke(main, ["new", "GE", "--ledger", "mine.csv", "--yes"])
    (line,) = (line for line in told.stdout.splitlines() if line.startswith("New cars a year"))
    assert line == (
        "New cars a year in Georgia (or unknown)? 950 (new cars registered or new cars sold, "
        "2022, 2023; the newest is mine-ge-car_sales-2023-12-31)"
    )


def test_what_is_answered_is_written():
    made = NewCountry("GE", _table("Year;Sold;New cars\n2022;15;900\n2023;19;950\n", "ev.csv"))
    answers = {"column Sold": "ev_registrations", "column New cars": "car_registrations"}
    asked = _asked(
        made, **answers, published="2024-02-29", horizon="2035", market_size="1.2 million"
    )
    columns = ["column Sold", "column New cars"]
    assert [*asked] == [*columns, "published", "market_size", "horizon", "vehicle_stock"]
    assert asked["market_size"] == "950"
    scenario = load_scenario(made.write(Path("params")))
    assert scenario.measure == "ev_registrations"
    assert str(scenario.published) == "2024-02-29"
    assert (scenario.horizon, scenario.market_size) == (2035, 1_200_000)
    assert [Path(file).resolve() for file in scenario.ledger] == [Path("ev.csv").resolve()]


def test_of_several_flows_one_is_asked_for_and_no_date_where_the_table_has_it():
    text = "Year,EV sales,EV registrations,Published\n2022,5,,2023-01\n2023,9,8,2024-01\n"
    made = NewCountry("Georgia", _table(text))
    asked = _asked(made, **{"measure of all": "ev_registrations"})
    assert asked["measure of all"] == "ev_sales"
    assert "published" not in asked
    assert load_scenario(made.write(Path("params"))).measure == "ev_registrations"


def test_the_country_is_proposed_by_the_table_and_the_count_by_the_name_of_the_file():
    text = "Region,2022,2023\nArmenia,7,\nGeorgia,5,6\n"
    made = NewCountry("", _table(text, "ev-imports.csv"))
    asked = _asked(made)
    assert (asked["country"], asked["measure"]) == ("GE", "ev_imports")
    assert made.country == "GE"


def test_a_column_may_be_called_as_a_question_is():
    rows = "Georgia,2022,1500,2023-02-01\nGeorgia,2023,4000,\n"
    made = NewCountry("", _table(f"country,Year,EV sales,published\n{rows}"))
    asked = _asked(made, published="2024-03-01")
    assert (asked["country"], asked["column EV sales"]) == ("GE", "ev_sales")
    frame = made.facts().frame
    assert frame["value"].tolist() == [1500, 4000]
    assert frame["published"].tolist() == ["2023-02-01", "2024-03-01"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Country,Year,EV sales\nArmenia,2023,5\n", "tells nothing of Georgia, but of Armenia"),
        ("Country,Year,EV sales\nGeorgia,2023,many\n", "mine.csv:2 value: 'many' is not a number"),
        ("Country,Year,Number\nGeorgia,2023,5\n", "What do the numbers count. Nothing says it"),
        ("Country,EV sales\nGeorgia,5\n", "no column says year, month, date"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(text, words):
    _table(text)
    told = CliRunner().invoke(main, ["new", "Georgia", "--ledger", "mine.csv", "--yes"])
    assert told.exit_code == 2
    assert words.split(".")[0] in told.stderr
    assert [path.name for path in Path().iterdir()] == ["mine.csv"]


def test_nothing_is_written_over():
    _table()
    Path("params").mkdir()
    Path("params/georgia-baseline.yaml").write_text("mine")
    made = NewCountry("GE", Path("mine.csv"))
    _asked(made)
    with pytest.raises(InputError, match=r"georgia-baseline.yaml exists already; edit it, or"):
        made.write(Path("params"))
    assert Path("params/georgia-baseline.yaml").read_text() == "mine"
    assert not Path("mine.mapping.yaml").exists()


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("published", "soon", "is not a date"),
        ("market_size", "many", "is not a number above 0"),
        ("horizon", "1930", "greater than or equal to 1990"),
        ("column EV sales", "ev_sale", "did you mean ev_sales"),
    ],
)
def test_an_answer_that_is_none_is_refused(key, answer, words):
    made = NewCountry("GE", _table())
    with pytest.raises(InputError, match=words):
        _asked(made, **{key: answer})


@pytest.mark.usefixtures("planned")
def test_a_terminal_is_asked_until_the_answer_fits(monkeypatch):
    _table()
    monkeypatch.setattr("forecasting.cli._on_terminal", lambda: True)
    answers = "\n2024-02-29\nmany\n61,000\n2032\n1.9 million\n"
    told = CliRunner().invoke(main, ["new", "GE", "--ledger", "mine.csv"], input=answers)
    assert told.exit_code == 0, told.output
    assert "'many' is not a number above 0" in told.stdout
    unread = "note: mine.csv: not read of its columns: Rank: no word says what it holds"
    assert unread in told.stdout.splitlines()
    scenario = load_scenario("params/georgia-baseline.yaml")
    assert (scenario.market_size, scenario.horizon) == (61_000, 2032)
    assert scenario.assumptions["vehicle_stock"].mode == 1_900_000


def test_the_walk_of_the_readme_leads_from_the_table_that_ships_to_its_report():
    walk = re.search(r"## Install.*?```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    lines = [line.partition("#")[0].split() for line in walk[1].splitlines()]
    for _, *words in lines[1:]:
        told = CliRunner().invoke(main, [*words, *["--yes"] * ("new" in words)])
        assert told.exit_code == 0, told.output
    assert len(lines) <= 5
    page = Path("reports/colombia-baseline/report.html").read_text(encoding="utf-8")
    assert "Colombia" in page
    assert "19,000" in page  # of 2025, as the table has it
    assert "1 fresh" in told.stdout
    assert "outnumber" not in page  # the table counts all vehicles


OFFICE = "Электромобили в Грузии;;\nГод;Ввоз;Примечание\n2022;1,37;\n2023;2,5;оценка\n"


@pytest.mark.usefixtures("planned")
def test_what_is_not_certain_is_refused_without_a_terminal_and_answered_by_a_file():
    _table(OFFICE)
    command = ["new", "Georgia", "--ledger", "mine.csv", "--yes"]
    told = CliRunner().invoke(main, command)
    assert told.exit_code == 2
    assert "1.37 is no whole number of vehicles" in told.stderr
    assert "--answers FILE" in told.stderr
    assert [path.name for path in Path().iterdir()] == ["mine.csv"]
    remedy = re.search(r"columns: \{.*\}\}", told.stderr)[0]
    Path("said.yaml").write_text(remedy)
    told = CliRunner().invoke(main, [*command, "--answers", "said.yaml"])
    assert told.exit_code == 0, told.output
    assert "2022: 1,37 -> 1,370 vehicles" in told.stdout
    assert load_scenario("params/georgia-baseline.yaml").measure == "ev_imports"
    assert "factor: 1000" in Path("mine.mapping.yaml").read_text()


@pytest.mark.usefixtures("planned")
def test_a_terminal_is_shown_the_table_and_asked_for_the_unit(monkeypatch):
    _table(OFFICE)
    monkeypatch.setattr("forecasting.cli._on_terminal", lambda: True)
    answers = "\n\n2024-02-29\nunknown\n2032\nunknown\n"
    told = CliRunner().invoke(main, ["new", "GE", "--ledger", "mine.csv"], input=answers)
    assert told.exit_code == 0, told.output
    assert told.stdout.index("B 'Ввоз': ev_imports") < told.stdout.index("multiplied by?")
    assert "2022: 1,37 -> 1,370 vehicles" in told.stdout
    assert all(len(line) <= 80 for line in told.stdout.splitlines()[:8])


@pytest.mark.usefixtures("planned")
def test_a_table_elsewhere_becomes_a_report_and_says_how_it_runs_again(tmp_path, monkeypatch):
    (tmp_path / "downloads").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "downloads" / "mine.csv").write_text("Year,EV sales\n2022,2400\n2023,5400\n")
    monkeypatch.chdir(tmp_path / "work")
    table = ["--ledger", "../downloads/mine.csv", "--published", "2024-03-01", "--yes"]
    made = CliRunner().invoke(main, ["new", "Georgia", *table])
    assert made.exit_code == 0, made.output
    again = "ev-forecast run params/georgia-baseline.yaml --allow ../downloads"
    assert f"to run it again: {again}" in made.output
    checked = CliRunner().invoke(main, ["check", "params/georgia-baseline.yaml"])
    assert checked.exit_code == 2
    assert "lies outside of the working folder" in checked.output
    allowed = ["check", "params/georgia-baseline.yaml", "--allow", "../downloads"]
    assert CliRunner().invoke(main, allowed).exit_code == 0


@pytest.mark.parametrize("more", [0, 1])
def test_a_table_of_more_facts_than_a_forecast_takes_is_refused_when_it_is_read(tmp_path, more):
    rows = [f"f{n},ev_stock,NO,,2023-12-31,about,5" for n in range(MAX_FORECAST_FACTS + more)]
    table = tmp_path / "facts.csv"
    heads = "id,measure,place,period_start,period_end,relation,value"
    table.write_text("\n".join([heads, *rows]) + "\n")
    country = NewCountry("NO", table)
    if more:
        with pytest.raises(InputError, match="1,001 facts of one measure, 1,000 are the most"):
            country.facts()
    else:
        assert country.facts() is country.facts()
        assert len(country.facts()) == MAX_FORECAST_FACTS


def test_the_name_of_a_table_writes_no_key(folder):
    made = NewCountry("Georgia", _table(name='a\\1"]\nseed: 5\nx: ["b.csv'))
    _asked(made)
    scenario = load_scenario(made.write(Path("params"), "baseline"))
    assert [Path(file).name for file in scenario.ledger] == [made.table.name]
    assert scenario.seed != 5
