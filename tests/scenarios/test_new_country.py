"""A params file for a country of one's own facts: what is asked, proposed, written and refused."""

import datetime as dt
import os
import re
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.parameters.schema import scenario_from_file
from forecasting.reading.answers import answers_in
from forecasting.runs.runner import run
from forecasting.scenarios.facts_on_day import MarketOnDay
from forecasting.scenarios.new_country import NewCountry, _size_of
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.limits import MAX_FORECAST_FACTS
from forecasting.vocabulary.periods import Period, year

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
    while question := made.waiting():
        asked[question.key] = question.proposed
        made.give(question, answers.get(question.key, question.proposed))
    return asked


@pytest.mark.slow
def test_a_table_becomes_a_report_in_one_command():
    _table()
    told = CliRunner().invoke(main, ["new", "Georgia", "--ledger", "mine.csv", "--yes"])
    assert told.exit_code == 0, told.output
    assert Path("reports/georgia-baseline/report.html").is_file()
    assert "column C 'EV sales' is read as ev_sales" in told.stdout
    assert "wrote params/georgia-baseline.yaml, which forecasts ev_sales\n" in told.stdout
    assert "note: mine.csv: not read: column D 'Rank'" in told.stdout
    assert told.stdout.splitlines()[-1].startswith(
        "the report is reports/georgia-baseline/report.html"
    )
    page = Path("reports/georgia-baseline/report.html").read_text(encoding="utf-8")
    assert "new electric vehicles sold" in page
    assert Path("mine.mapping.yaml").read_text() == (
        "read:\n  - counts: ev_sales\n    columns: [C]\n"
    )
    again = CliRunner().invoke(main, ["new", "Georgia", "--ledger", "mine.csv", "--yes"])
    assert "exists already" in again.stderr
    assert "mine.csv\n" not in again.stdout  # answered: silent


def test_a_year_that_was_not_over_on_the_day_that_is_said_is_asked_about():
    table = _table("Year,EV sales\n2022,15\n2023,19\n")
    asked = _asked(NewCountry("GE", table, dt.date(2024, 2, 29)))
    assert (asked["proposal"], "published" in asked) == ("yes", False)
    early = NewCountry("GE", table, dt.date(2023, 6, 30)).dialogue
    assert "2023 is not over on 2023-06-30" in " ".join(early.proposal().doubts)


def test_a_growth_is_of_the_count_beside_it():
    text = "Импорт электромобилей в Казахстан;;\nГод;Ввоз;Прирост, %\n2022;131;\n2023;809;517,6\n"
    made = NewCountry("KZ", _table(text, "ввоз.csv"))
    asked = _asked(made, published="2024-02-29")
    assert asked["proposal"] == "yes"
    made.write(Path("params"))
    written = Path("ввоз.mapping.yaml").read_text(encoding="utf-8")
    assert "  - counts: ev_imports yoy_growth_percent\n    columns: [C]\n" in written
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


@pytest.mark.parametrize(
    ("sizes", "size"),
    [
        (None, "unknown"),
        ({year(2023): 950.0}, "950"),
        ({year(2021): 800.0, year(2022): 900.0, year(2023): 950.0, year(2024): 1000.4}, "1000"),
        # 73 of the 365 days of 2023 are a fifth of it
        ({year(2022): 900.0, Period("2023-01-01", "2023-03-14"): 200.0}, "1000"),
    ],
)
def test_the_size_of_a_market_is_that_of_a_whole_year_at_its_end(sizes, size):
    assert _size_of(MarketOnDay(sizes)) == size


SOLD = {"1 lines": "1", "1 counts": "ev_registrations", "2 lines": "2"}


def test_what_is_answered_is_written():
    made = NewCountry("GE", _table("Year;Sold;New cars\n2022;15;900\n2023;19;950\n", "ev.csv"))
    answers = SOLD | {"2 counts": "car_registrations", "published": "2024-02-29"}
    answers |= {"horizon": "2035", "market_size": "1.2 million"}
    asked = _asked(made, **answers)
    table = [f"{number} {part}" for number in (1, 2) for part in ("lines", "counts", "unit",
                                                                  "periods")]  # fmt: skip
    table.append("3 lines")
    assert [*asked] == [*table, "published", "market_size", "horizon", "vehicle_stock"]
    assert asked["market_size"] == "950"
    assert (asked["2 lines"], asked["2 counts"]) == ("{columns: [C]}", "car_registrations")
    scenario = scenario_from_file(made.write(Path("params")))
    assert scenario.measure == "ev_registrations"
    assert str(scenario.published) == "2024-02-29"
    assert (scenario.horizon, scenario.market_size) == (2035, 1_200_000)
    assert [Path(file).resolve() for file in scenario.ledger] == [Path("ev.csv").resolve()]


def test_of_several_flows_one_is_asked_for_and_no_date_where_the_answers_have_it():
    table = _table("Year,EV sales,EV registrations\n2022,5,\n2023,9,8\n")
    answers = "read: [{counts: ev_sales, columns: [B]}, {counts: ev_registrations, columns: [C]}]\n"
    table.with_name("mine.mapping.yaml").write_text(answers + "published: 2024-01\n")
    made = NewCountry("Georgia", table)
    asked = _asked(made, **{"measure of all": "ev_registrations"})
    assert asked["measure of all"] == "ev_sales"
    assert "published" not in asked
    assert scenario_from_file(made.write(Path("params"))).measure == "ev_registrations"


def test_the_country_is_proposed_by_the_table():
    made = NewCountry("", _table("EV sales\nRegion,2022,2023\nArmenia,7,\nGeorgia,5,6\n"))
    assert _asked(made)["country"] == "GE"
    assert made.country == "GE"
    named = NewCountry("", _table("EV sales in Norway,\nYear,EV sales\n2023,6\n", "no.csv"))
    assert _asked(named)["country"] == "NO"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Country,Year,EV sales\nArmenia,2023,5\n", "tells nothing of Georgia, but of Armenia"),
        ("Country,Year,Number\nGeorgia,2023,5\n", "column C 'Number': What does it count?"),
        ("Country,EV sales\nGeorgia,5\n", "Of which period is each number? (B2 names no year)"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written_but_proposals(text, words):
    _table(text)
    told = CliRunner().invoke(main, ["new", "Georgia", "--ledger", "mine.csv", "--yes"])
    assert told.exit_code == 2
    assert words in told.stderr
    assert {path.name for path in Path().iterdir()} <= {"mine.csv", "mine.proposed.yaml"}


def test_a_table_of_plans_alone_is_said_to_be_one():
    table = _table("Year,EV sales\n2022,5\n2023,9\n")
    answers = "read: [{counts: ev_sales, columns: [B], kind: target}]\npublished: 2024-01\n"
    table.with_name("mine.mapping.yaml").write_text(answers)
    told = CliRunner().invoke(main, ["new", "Georgia", "--ledger", "mine.csv", "--answers",
                                     "mine.mapping.yaml", "--yes"])  # fmt: skip
    assert told.exit_code == 2
    assert "all its numbers of Georgia are of a plan (name the lines of the others)" in told.stderr


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
        ("proposal", "perhaps", "there are yes, no"),
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
    scenario = scenario_from_file("params/georgia-baseline.yaml")
    assert (scenario.market_size, scenario.horizon) == (61_000, 2032)
    assert scenario.assumptions["vehicle_stock"].mode == 1_900_000


@pytest.mark.slow
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
TERMINAL = "forecasting.cli._on_terminal"


@pytest.mark.usefixtures("planned")
def test_what_is_not_certain_is_proposed_in_a_file_that_is_corrected_and_taken():
    _table(OFFICE)
    command = ["new", "Georgia", "--ledger", "mine.csv", "--yes"]
    told = CliRunner().invoke(main, command)
    assert told.exit_code == 2
    assert "What is a 1 of it? (1,37 is no whole number)" in told.stderr
    given = "ev-forecast new GE --ledger mine.csv --answers mine.proposed.yaml --yes"
    assert given in told.stderr
    proposed = Path("mine.proposed.yaml").read_text(encoding="utf-8")
    assert "  - counts: ev_imports  # ev_registrations, ev_sales" in proposed
    command += ["--answers", "mine.proposed.yaml"]
    assert "no whole number of vehicles" in CliRunner().invoke(main, command).stderr
    Path("mine.proposed.yaml").write_text(proposed.replace("unit: 1 ", "unit: 1000 "), "utf-8")
    told = CliRunner().invoke(main, command)
    assert told.exit_code == 0, told.output
    assert "unit: 1000\n" in Path("mine.mapping.yaml").read_text()
    assert Path("mine.proposed.yaml").is_file()
    assert CliRunner().invoke(main, ["check", "mine.csv"]).exit_code == 0


@pytest.mark.usefixtures("planned")
def test_a_terminal_goes_back_explains_and_keeps_each_answer(monkeypatch):
    _table(OFFICE)
    monkeypatch.setattr(TERMINAL, lambda: True)
    command = ["new", "GE", "--ledger", "mine.csv"]
    broken_off = CliRunner().invoke(main, command, input="\nev_sale\n2\n?\nback\n3\n")
    assert broken_off.exit_code != 0
    assert "'ev_sale' is an unknown measure; did you mean ev_sales?" in broken_off.stdout
    assert "If the cell shows 12 and means 12,000 cars" in broken_off.stdout
    said = "the answers so far are kept in mine.proposed.yaml, and are proposed the next time"
    assert said in broken_off.stderr
    kept = Path("mine.proposed.yaml").read_text()
    assert kept == "read:\n  - counts: ev_imports\n    columns: [B]\n"
    answers = "\n\n\n2\n\n\n2024-02-29\nunknown\n2032\nunknown\n"
    told = CliRunner().invoke(main, command, input=answers)
    assert "an answer is needed here" in told.stdout
    assert told.exit_code == 0, told.output
    assert "unit: 1000\n" in Path("mine.mapping.yaml").read_text()
    assert all(len(line) <= 80 for line in told.stdout.splitlines()[:8])
    assert not Path("mine.proposed.yaml").exists()


@pytest.mark.usefixtures("planned")
def test_an_answer_that_cannot_be_right_is_asked_again_with_what_is_wrong(monkeypatch):
    _table("Year;Electro\n2022;5\n2023;1,5\n")
    monkeypatch.setattr(TERMINAL, lambda: True)
    answers = "1\n2\n1\n\n3\n2\n\n\n2024-02-29\n\n\n\n"
    told = CliRunner().invoke(main, ["new", "GE", "--ledger", "mine.csv"], input=answers)
    assert told.exit_code == 0, told.output
    said = "What do you answer otherwise? (1,5 is no whole number of vehicles (say unit: 1000"
    assert said in told.stdout
    assert "unit: 1000\n" in Path("mine.mapping.yaml").read_text()


def test_a_line_that_is_read_already_is_asked_again():
    made = NewCountry("GE", _table("Year;Electro\n2022;5\n2023;7\n"))
    answers = {"1 counts": "ev_sales", "2 lines": "B", "2 counts": "ev_sales"}
    asked = _asked(made, **answers, published="2024-02-29")
    assert asked["2 fix"] == "leave out"
    assert [series.counts for series in made.dialogue.answers().read] == ["ev_sales"]


@pytest.mark.parametrize(
    ("answer", "rows", "says"),
    [
        ("partner", "3", [("CN", "GE", 5.0), ("CN", "GE", 7.0)]),
        ("place", "3", [("World", "CN", 5.0), ("World", "CN", 7.0)]),
    ],
)
def test_a_country_beside_numbers_is_their_place_or_the_partner(answer, rows, says):
    text = "EVs of Georgia;;\nFrom;2022;2023\nChina;5;7\nJapan;8;9\n"
    made = NewCountry("GE", _table(text))
    answers = {"1 lines": f"row {rows}", "1 counts": "ev_imports", "1 country": answer}
    for question in made.dialogue.questions():
        made.give(question, answers.get(question.key, question.proposed))
    facts = made.table.read(made.dialogue.answers()).at("GE").rows()
    cells = [(row.cells["partner"], row.cells["place"], float(row.cells["value"])) for row in facts]
    assert cells == says


@pytest.mark.usefixtures("planned")
def test_a_mapping_is_never_written_over_and_an_old_one_names_what_replaces_its_keys():
    _table()
    Path("mine.mapping.yaml").write_text("columns:\n  place: Country\n")
    command = ["new", "Georgia", "--ledger", "mine.csv", "--yes"]
    old = CliRunner().invoke(main, command)
    assert old.exit_code == 2
    assert "whatever an earlier form had: read: [{counts: ev_sales, columns: [B]}]" in old.stderr
    assert Path("mine.mapping.yaml").read_text() == "columns:\n  place: Country\n"
    assert "counts: ev_sales" in Path("mine.proposed.yaml").read_text()
    other = "read: [{counts: ev_registrations, columns: [C]}]\n"
    Path("mine.mapping.yaml").write_text(other)
    told = CliRunner().invoke(main, [*command, "--answers", "mine.proposed.yaml"])
    assert "says otherwise and is not written over" in told.stderr
    assert Path("mine.mapping.yaml").read_text() == other


def test_the_dialogue_of_the_documentation_is_what_happens(monkeypatch):
    page = (ROOT / "docs/how-to/new-country.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- dialogue -->\n```text\n(.*?)```", page, re.S)[1]
    _table(
        "Registrations of cars in Georgia;;;\nMonth;Petrol;Diesel;Electro\n2025-01;1 210;320;131\n"
        "2025-02;1 180;301;142\n2025-03;1 405;297;128\n2025-04;1 390;288;190\n"
    )
    day = dt.datetime(2026, 12, 1).timestamp()
    os.utime("mine.csv", (day, day))
    monkeypatch.setattr(TERMINAL, lambda: True)
    monkeypatch.setattr("forecasting.runs.runner.run", partial(run, dry_run=True))
    answers = re.findall(
        r"(?m)^(?:Your choice|Since|New cars|Until|All vehicles).*?[\])?]: ?(.*)$", shown
    )
    told = CliRunner().invoke(
        main, ["new", "Georgia", "--ledger", "mine.csv"], input="\n".join(answers) + "\n"
    )
    assert told.exit_code == 0, told.output
    assert [line.rstrip() for line in shown.splitlines()] == [
        line.rstrip() for line in told.stdout.splitlines()
    ][: len(shown.splitlines())]


def test_the_answers_of_the_documentation_are_read():
    page = (ROOT / "docs/how-to/own-facts.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- answers -->\n```yaml\n(.*?)```", page, re.S)[1]
    answers = answers_in(shown)
    assert [series.counts for series in answers.read] == [
        "ev_imports", "charging_points", "ev_registrations",
    ]  # fmt: skip
    assert (answers.published, answers.place, answers.decimal) == ("2026-02-20", "GE", ",")


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
    scenario = scenario_from_file(made.write(Path("params"), "baseline"))
    assert [Path(file).name for file in scenario.ledger] == [made.table.name]
    assert scenario.seed != 5
