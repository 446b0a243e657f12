"""What registers counted beside imports, and the rules that close a way."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.policies import Policy
from forecasting.panels.registers import (
    RegisterGrowth,
    closed_ways,
    growths_of,
    registered_share,
    still_leaving,
)


def test_of_two_registers_of_an_interval_the_order_of_rows_decides_nothing(register_table):
    rows = register_table([0.5])
    flow = rows[rows["measure"] == "ev_imports"].assign(measure="ev_registrations")
    registers = [flow.assign(value=count, basis=name) for count, name in ((300, "a"), (700, "b"))]
    for in_order in (registers, registers[::-1]):
        growths, _ = growths_of(pd.concat([rows, *in_order]))
        assert {growth.registered for growth in growths} == {300.0}


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
