"""What stays: growth of registers from imports, scored; what is read of a table and what is
refused.
"""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evaluation.records import RECORDS
from forecasting.evaluation.register_record import register_skill, summarise_registers
from forecasting.panels.registers import (
    growths_of,
)
from forecasting.reporting.score_words import registers_text
from forecasting.vocabulary.errors import EvidenceError

YEARS = range(2019, 2025)


def test_each_growth_of_a_register_is_scored(register_table):
    record = register_skill(register_table([0.5, 0.9, 0.4]))
    assert {*RECORDS["registers"].columns} <= {*record.columns}
    assert len(record) == 3 * (len(YEARS) - 1)
    of_georgia = record[record["place"] == "GE"]
    assert of_georgia["outcome"].tolist() == pytest.approx([500.0] * 5)
    assert of_georgia["period_start"].tolist()[0] == "2020-01-01"
    # After some years the share of the place is known
    late = of_georgia.iloc[-1]
    assert late["median"] == pytest.approx(500, rel=0.15)
    assert late["low"] < 500 < late["high"]
    assert late["score"] < late["all_stays_score"]


def test_a_share_that_jumps_about_one_level_is_not_the_last_one():
    """The last ratio follows each chance; what stays is a level."""
    rng = np.random.default_rng(3)
    rows = []
    for place in ("GE", "AZ", "AM", "KG", "KZ", "UZ"):
        stock = 500.0
        for year in YEARS:
            rows.append((place, "ev_imports", f"{year}-01-01", f"{year}-12-31", 1000.0))
            stock += 1000 * 0.6 * np.exp(0.35 * rng.standard_normal())
            rows.append((place, "ev_stock", "", f"{year}-12-31", stock))
    columns = ["place", "measure", "period_start", "period_end", "value"]
    record = register_skill(pd.DataFrame(rows, columns=columns).assign(relation="equals"))
    scores = summarise_registers(record)["score"]
    assert scores["this package"] < 0.85 * scores["the last ratio"]
    assert scores["this package"] < 0.85 * scores["all stays"]
    assert 0.6 < record["inside"].mean() < 0.97


def test_the_register_follows_by_a_quarter():
    """Imports that double each year: the register takes those of now, of a quarter and of half a
    year before, in equal parts.
    """
    rows = [("GE", "ev_imports", f"{y}-01-01", f"{y}-12-31", 100 * 2 ** (y - 2019)) for y in YEARS]
    rows += [("GE", "ev_registrations", "2021-01-01", "2021-12-31", 340.0)]
    columns = ["place", "measure", "period_start", "period_end", "value"]
    record = register_skill(pd.DataFrame(rows, columns=columns).assign(relation="equals"))
    # 91 and 182 days of 2020 (200 a year), the rest of 2021 (400 a year); all stays, as nobody has
    # counted otherwise
    parts = [200 * days / 366 + 400 * (365 - days) / 365 for days in (0, 91, 182)]
    lagged = sum(parts) / 3
    assert record["median"].item() == pytest.approx(lagged, rel=1e-6)


def test_a_register_that_falls_and_a_share_above_one_are_said(register_table):
    given = pd.concat(
        [
            register_table([0.5]),
            register_table([1.4], places=["AZ"]),
            register_table([-0.05], places=["BY"]),
        ]
    )
    record = register_skill(given)
    assert not (record["place"] == "BY").any()
    text = registers_text(summarise_registers(record))
    assert "A register fell, not scored: BY 2019-12-31 to 2020-12-31: -50" in text
    assert "AZ 2019-12-31 to 2020-12-31: 1,400 registered of 1,000 imported" in text
    assert "too few" in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": "many"}, "the table's ev_imports of GE, 2019-01-01 to 2019-12-31: 'many' is no"),
        ({"value": -5}, "'-5' is no count of a period; correct the row"),
        (
            {"measure": "ev_stock"},
            "no register of the table has imports of the same days beside it",
        ),
        ({"relation": "greater_than"}, "no register of the table has imports of the same days"),
    ],
)
def test_a_table_that_tells_nothing_is_refused(register_table, changes, message):
    with pytest.raises(EvidenceError, match=message):
        register_skill(register_table([0.5]).assign(**changes))


def test_the_command_writes_the_record(register_table, tmp_path):
    register_table([0.5, 0.9]).to_csv(tmp_path / "stays.csv", index=False)
    asked = ["backtest", "--registers", str(tmp_path / "stays.csv")]
    done = CliRunner().invoke(main, [*asked, "--csv", str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    assert [*pd.read_csv(tmp_path / "out.csv")] == [*RECORDS["registers"].columns]
    refused = CliRunner().invoke(main, [*asked, "--panel", str(tmp_path / "stays.csv")])
    assert refused.exit_code == 2
    assert "--panel does not go with --registers" in refused.output
    assert "Missing option '--panel'" in CliRunner().invoke(main, ["backtest"]).output


def test_cars_that_were_on_the_way_are_those_of_a_quarter_and_of_half_a_year_before():
    """One a day came in 2022 and two a day in 2023: 730, 91 + 2 x 274 and 182 + 2 x 183."""
    rows = [
        ("KG", "ev_imports", "2022-01-01", "2022-12-31", 365),
        ("KG", "ev_imports", "2023-01-01", "2023-12-31", 730),
        ("KG", "ev_registrations", "2023-01-01", "2023-12-31", 500),
    ]
    columns = ["place", "measure", "period_start", "period_end", "value"]
    (growth,), _ = growths_of(pd.DataFrame(rows, columns=columns).assign(relation="equals"))
    assert growth.imported == pytest.approx(730)
    assert growth.lagged == pytest.approx((730 + 639 + 548) / 3)


@pytest.mark.parametrize(
    ("register_end", "imports_end", "imported"),
    [
        ("2023-01-28", "2023-01-28", [280]),  # four weeks are long enough
        ("2023-01-27", "2023-01-28", []),
        ("2023-01-30", "2023-01-18", [300]),  # six days in ten are known
        ("2023-01-30", "2023-01-17", []),
    ],
)
def test_a_growth_is_of_four_weeks_of_which_most_days_are_known(
    register_end, imports_end, imported
):
    """Ten cars came a day."""
    days = int(imports_end[-2:])
    rows = [
        ("KG", "ev_imports", "2023-01-01", imports_end, 10 * days),
        ("KG", "ev_registrations", "2023-01-01", register_end, 100),
    ]
    columns = ["place", "measure", "period_start", "period_end", "value"]
    growths, _ = growths_of(pd.DataFrame(rows, columns=columns).assign(relation="equals"))
    assert [growth.imported for growth in growths] == pytest.approx(imported)
