"""What stays: growth of registers from imports, scored; what is read of a table and what is
refused.
"""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evaluation.records import RECORDS
from forecasting.evaluation.register_record import register_skill, summarise_registers
from forecasting.evidence.policies import Policy
from forecasting.panels.registers import (
    RegisterGrowth,
    closed_ways,
    growths_of,
    registered_share,
    still_leaving,
)
from forecasting.reporting.score_words import registers_text
from forecasting.vocabulary.errors import EvidenceError

YEARS = range(2019, 2025)


def table(shares, imports=1000.0, places=("GE", "AZ", "AM", "KG")):
    """Imports of each year, and a register that takes a share of them."""
    rows = []
    for place, share in zip(places, shares, strict=False):
        stock = 500.0
        for year in YEARS:
            rows.append((place, "ev_imports", f"{year}-01-01", f"{year}-12-31", imports))
            stock += share * imports
            rows.append((place, "ev_stock", "", f"{year}-12-31", stock))
    columns = ["place", "measure", "period_start", "period_end", "value"]
    return pd.DataFrame(rows, columns=columns).assign(relation="equals")


def test_each_growth_of_a_register_is_scored():
    record = register_skill(table([0.5, 0.9, 0.4]))
    assert [*record.columns] == [*RECORDS["registers"].columns]
    assert len(record) == 3 * (len(YEARS) - 1)
    of_georgia = record[record["place"] == "GE"]
    assert of_georgia["outcome"].tolist() == pytest.approx([500.0] * 5)
    assert of_georgia["period_start"].tolist()[0] == "2020-01-01"
    # After some years the share of the place is known
    late = of_georgia.iloc[-1]
    assert late["median"] == pytest.approx(500, rel=0.15)
    assert late["low"] < 500 < late["high"]
    assert late["score"] < late["all_stays_score"]


def test_of_two_registers_of_an_interval_the_order_of_rows_decides_nothing():
    rows = table([0.5])
    flow = rows[rows["measure"] == "ev_imports"].assign(measure="ev_registrations")
    registers = [flow.assign(value=count, basis=name) for count, name in ((300, "a"), (700, "b"))]
    for in_order in (registers, registers[::-1]):
        growths, _ = growths_of(pd.concat([rows, *in_order]))
        assert {growth.registered for growth in growths} == {300.0}


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


def test_what_the_place_will_do_is_not_known():
    growths = [
        RegisterGrowth(
            "GE", dt.date(2019 + i, 12, 31), dt.date(2020 + i, 12, 31), 100.0 * i + 50, 500, 500
        )
        for i in range(3)
    ]
    before = registered_share(growths[1], growths[:1], [])
    other = RegisterGrowth("GE", growths[1].start, growths[1].end, 9999.0, 500, 500)
    assert registered_share(other, growths[:1], []) == before


def year_of(place, year, registered):
    """A year of which 100 vehicles came."""
    days = (dt.date(year - 1, 12, 31), dt.date(year, 12, 31))
    return RegisterGrowth(place, *days, registered, 100.0, 100.0)


def test_spreads_are_those_of_the_counts():
    """Four places that keep one share leave less open than four that do not."""
    places = ("GE", "AZ", "AM", "UA")
    alike = [year_of(place, year, 60.0) for place in places for year in (2021, 2022)]
    apart = [
        year_of(place, year, registered)
        for place, registered in zip(places, (25.0, 95.0, 40.0, 80.0), strict=True)
        for year in (2021, 2022)
    ]
    asked = year_of("KG", 2023, 1.0)
    mean, narrow = registered_share(asked, [], alike)
    _, wide = registered_share(asked, [], apart)
    assert np.exp(mean) == pytest.approx(0.6, abs=0.03)
    assert narrow < 0.35
    assert wide > 0.6


def test_a_closed_way_keeps_half_of_what_left():
    """Of Kyrgyzstan's cars 60 % left before the way to Russia was closed on 1 April 2024."""
    rules = closed_ways("KG", dt.date(2025, 1, 1))
    assert [rule.id for rule in rules] == ["eaeu-2024-04-russia-fee"]
    earlier = [year_of("KG", year, 40.0) for year in (2021, 2022, 2023)]
    before, _ = registered_share(year_of("KG", 2025, 1.0), earlier, [])
    after, _ = registered_share(year_of("KG", 2025, 1.0), earlier, [], rules)
    as_before, _ = registered_share(year_of("KG", 2024, 1.0), earlier[:1], [], rules[:0])
    assert np.exp(before) == pytest.approx(0.42, abs=0.04)
    assert np.exp(after) == pytest.approx(0.71, abs=0.03)
    assert as_before < after


def rule_of(start, end=None):
    return Policy("rule", "KG", "ends", start, end)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (rule_of(dt.date(2024, 1, 1)), 366),  # the year is a leap year, and its first day counts
        (rule_of(dt.date(2024, 12, 31)), 1),
        (rule_of(dt.date(2025, 1, 1)), 0),
        (rule_of(dt.date(2023, 3, 1), dt.date(2024, 1, 31)), 31),
        (rule_of(dt.date(2023, 3, 1), dt.date(2023, 12, 31)), 0),
    ],
)
def test_a_rule_acts_from_its_first_day_to_its_last(rule, days):
    leaving = still_leaving(year_of("KG", 2024, 1.0), [rule])
    assert leaving == pytest.approx(1 - 0.5 * days / 366)


def test_what_a_rule_stopped_leaves_again_when_it_ends():
    """Under the rule 30 of 100 left: without it, as many again, and never nearly all."""
    rule = rule_of(dt.date(2021, 1, 1), dt.date(2023, 12, 31))
    earlier = [year_of("KG", year, 70.0) for year in (2021, 2022, 2023)]
    under, _ = registered_share(year_of("KG", 2024, 1.0), earlier, [])
    after, _ = registered_share(year_of("KG", 2024, 1.0), earlier, [], [rule])
    assert np.exp(under) == pytest.approx(0.71, abs=0.02)
    assert np.exp(after) == pytest.approx(0.42, abs=0.03)
    few = [year_of("KG", year, 40.0) for year in (2021, 2022, 2023)]
    floor, _ = registered_share(year_of("KG", 2024, 1.0), few, [], [rule])
    assert 0.03 < np.exp(floor) < 0.2


def counts_apart(**products):
    """Imports and registrations of a year, by product, of one agency."""
    rows = [
        ("GE", measure, product, "2023-01-01", "2023-12-31", value)
        for product, values in products.items()
        for measure, value in zip(("ev_imports", "ev_registrations"), values, strict=True)
    ]
    columns = ["place", "measure", "product", "period_start", "period_end", "value"]
    counts = pd.DataFrame(rows, columns=columns).assign(relation="equals", basis="agency")
    return counts.assign(product=counts["product"].str.replace("_", "-"))


def test_new_and_used_vehicles_of_one_period_are_added():
    (growth,), _ = growths_of(counts_apart(new_cars=(300, 200), used_cars=(700, 350)))
    assert (growth.registered, round(growth.imported)) == (550, 1000)


def test_a_count_of_both_is_not_added_to_its_parts():
    counts = counts_apart(new_cars=(300, 200), used_cars=(700, 350), cars=(1010, 560))
    (growth,), _ = growths_of(counts)
    assert (growth.registered, round(growth.imported)) == (560, 1010)


def test_new_energy_is_no_condition_and_a_part_alone_is_its_own_register():
    (growth,), _ = growths_of(counts_apart(new_energy_cars=(300, 200), used_energy_cars=(90, 80)))
    assert growth.registered == 200
    (growth,), _ = growths_of(counts_apart(new_cars=(300, 200)))
    assert growth.registered == 200


def test_a_rule_is_known_from_its_announcement_on():
    assert "ru-2026-04-union-fee" not in {row.id for row in closed_ways("KZ", dt.date(2026, 2, 12))}
    assert "ru-2026-04-union-fee" in {row.id for row in closed_ways("KZ", dt.date(2026, 2, 13))}
    assert closed_ways("UZ", dt.date(2026, 12, 1)) == []


def test_a_register_that_falls_and_a_share_above_one_are_said():
    given = pd.concat(
        [
            table([0.5]),
            table([1.4], places=["AZ"]),
            table([-0.05], places=["BY"]),
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
def test_a_table_that_tells_nothing_is_refused(changes, message):
    with pytest.raises(EvidenceError, match=message):
        register_skill(table([0.5]).assign(**changes))


def test_the_command_writes_the_record(tmp_path):
    table([0.5, 0.9]).to_csv(tmp_path / "stays.csv", index=False)
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


def test_days_that_nobody_counted_came_as_fast_as_the_others():
    """4,085 in the first eight months of 2023, and 2,310 registered in the year: 38 %."""
    rows = [
        ("KG", "ev_imports", "2023-01-01", "2023-08-31", 4085, "CN"),
        ("KG", "ev_registrations", "2023-01-01", "2023-12-31", 2310, "World"),
    ]
    columns = ["place", "measure", "period_start", "period_end", "value", "partner"]
    (growth,), _ = growths_of(pd.DataFrame(rows, columns=columns).assign(relation="equals"))
    assert growth.imported == pytest.approx(4085 * 365 / 243)
    assert growth.registered / growth.imported == pytest.approx(0.3765, abs=1e-3)
