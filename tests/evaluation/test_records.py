"""docs/records.md says what its commands print."""

import datetime as dt
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evaluation.track_record import by_place, record_known_by
from forecasting.evidence.datasets import path
from forecasting.reporting.score_words import CHAIN, EVENTS, figures_in, scores_text

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/records.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```text\n\$ ev-forecast (.+?)\n(.+?)\n```", PAGE, re.DOTALL))
# Those whose files come with the package
REPEATED = [command for command in BLOCKS if "iea_global" not in command]
NUMBER = r"\d[\d,]*\.?\d*"


@pytest.mark.parametrize("command", REPEATED)
def test_a_command_still_prints_what_the_page_says(command, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, shlex.split(command))
    assert done.exit_code == 0, done.output
    printed, page = done.output.strip(), BLOCKS[command]
    assert re.sub(rf"{NUMBER}|\s+", "", printed) == re.sub(rf"{NUMBER}|\s+", "", page)
    numbers, expected = (
        [float(number.replace(",", "")) for number in re.findall(NUMBER, text)]
        for text in (printed, page)
    )
    assert numbers == pytest.approx(expected, rel=0.02, abs=0.02)


def test_two_commands_are_repeated():
    assert [command.split()[0] for command in REPEATED] == ["backtest", "track-record"]


def test_the_record_of_events_is_the_one_that_ships():
    (page,) = [text for command, text in BLOCKS.items() if command.endswith("--events")]
    assert page == scores_text(pd.read_csv(path("events_record.csv"), index_col="method"), EVENTS)


def test_the_record_of_the_chain_is_the_one_that_ships():
    (page,) = [text for command, text in BLOCKS.items() if command.endswith("--chain")]
    lines = pd.read_csv(path("chain_record.csv"), index_col="what")
    assert page == figures_in(lines, CHAIN).to_string()


def test_the_table_of_places_is_that_of_the_record_that_ships():
    part = PAGE.split("## Central Asia")[1].split("\n\n")[2]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines()[2:]]
    table = by_place(record_known_by(dt.date(2100, 1, 1)))
    assert rows == [
        [
            row.place,
            str(row.outcomes),
            str(row.inside),
            f"{row.expected_low} to {row.expected_high}",
            f"{row.score:.3f}",
            f"{row.rule_score:.3f}".replace("nan", "–"),
        ]
        for row in table.itertuples()
    ]
