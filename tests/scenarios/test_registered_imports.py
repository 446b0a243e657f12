"""What stays of a year's imports."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.panels.registers import KEPT
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting.charging_tables import why
from forecasting.reporting.register_words import register_sentence
from forecasting.scenarios.assumptions import kept_shares, register_growths
from forecasting.scenarios.outlook import outlook
from forecasting.scenarios.question import find_scenario

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_imports_stay_less_what_the_scenario_says_leaves_again():
    plain = find_scenario("turkmenistan-baseline").replace(assumptions={"reexport_share": 0.25})
    made = outlook(plain, draws=50)
    assert made.results.values[KEPT] == pytest.approx(75.0)


def test_imports_of_a_counted_register_stay_as_pairs_tell():
    """Uzbekistan's register grew by 83 % and 48 % of the imports of two quarters: 1.10 and 0.91 of
    those that were due.
    """
    made = outlook("uzbekistan-baseline", draws=1000)
    day, middle = made.as_of, (made.as_of.year + made.years[-1]) // 2
    of_pairs = (
        100 * kept_shares(register_growths(made.ledger, day)[0], "UZ", day, [middle], 1, 1000)[:, 0]
    )
    kept = made.results.values[KEPT][:, -1]
    levels = (0.1, 0.3, 0.5, 0.9)
    assert np.quantile(kept, levels) == pytest.approx(np.quantile(of_pairs, levels), abs=1.5)
    assert kept.min() > 0
    assert kept.max() <= 100
    text = register_sentence(made)
    assert "48 %, after 83 %" in text
    assert "of the cars that were due in those days it took 91 %" in text
    assert "Of what comes in 2026, 93 % (46 % to 100 %) is expected to stay, by counts" in text
    assert "here and elsewhere (Azerbaijan, Georgia, Kazakhstan, Kyrgyzstan)." in text


def test_a_scenario_says_itself_what_leaves_and_nothing_is_told_before_a_count():
    plain = find_scenario("uzbekistan-baseline")
    told = outlook(plain.replace(assumptions={"reexport_share": 0.3}), draws=20)
    assert told.results.values[KEPT] == pytest.approx(70.0)
    before = outlook(plain.replace(drivers=[]), as_of="2025-03-31", draws=200)
    assert before.results.values[KEPT].min() > 90


@pytest.mark.parametrize("place", ["AZ", "GE"])
def test_each_count_of_a_country_that_teaches_is_used(place):
    """Azerbaijan and Georgia are in the ledger for what they tell of registers alone."""
    day = dt.date(2026, 3, 31)
    facts = [*central_asia()]
    told = register_growths(central_asia(), day)
    for fact in facts:
        if fact.place == place:
            without = Ledger(other for other in facts if other is not fact)
            assert register_growths(without, day) != told, fact.id


def test_an_event_of_re_export_acts_from_its_day_on():
    made = outlook("uzbekistan-constrained", draws=200)
    kept = np.median(made.results.values[KEPT], axis=0)
    assert kept[made.years.index(2030)] < kept[made.years.index(2026)] - 5
    assert made.results.values[KEPT].max() <= 100


def test_of_registrations_pairs_of_imports_and_registers_tell():
    """Of Kyrgyzstan 38 % were registered in 2023 and 72 % in 2025, and ways were closed since."""
    made = outlook("kyrgyzstan-baseline", draws=500)
    medians = np.median(made.results.values[KEPT], axis=0)
    of_year = dict(zip(made.years, medians, strict=True))
    assert 45 < of_year[2023] < 65 < of_year[2025] < 80 < of_year[2026] <= 100
    low, _, high = np.quantile(made.results.values[KEPT][:, -1], (0.1, 0.5, 0.9))
    assert 40 < low < 70 < high <= 100
    text = register_sentence(made)
    assert "grew by 9,870: 72 %, after 38 % from 1 January 2023" in text
    assert "begin on 1 April 2024, 1 May 2025, 22 January 2026, 1 April 2026" in text
    assert "went 54,000 cars of every drive from 1 January 2025" in text


def counts_of(country, imported, *stocks):
    """The shipped facts, and imports of 2023 and 2024 beside three counts of a register."""
    start = dt.date(2022, 12, 31)
    days = [start.replace(year=start.year + i) for i in range(len(stocks))]
    usual = {"place": country, "relation": "equals", "kind": "outcome", "source": "office"}
    usual |= {"basis": "office", "product": "battery-cars", "published": "2025-02-01"}
    rows = [
        usual | {"measure": "ev_stock", "quantity": "stock", "period_end": str(day), "value": count}
        for day, count in zip(days, stocks, strict=True)
    ]
    rows += [
        usual
        | {"measure": "ev_imports", "quantity": "total", "value": imported}
        | {"period_start": f"{day.year}-01-01", "period_end": str(day)}
        for day in days[1:]
    ]
    return central_asia() + Ledger.from_frame(pd.DataFrame(rows))


def report_on_turkmenistan(ledger):
    cells = {"country": "TM", "scenario": "test", "as_of": "2025-03-31", "horizon": 2035, "seed": 1}
    return outlook(scenario_from_parameters(cells | {"market_size": 15_000}), ledger, draws=100)


def test_a_register_that_falls_is_said_and_the_report_is_made():
    made = report_on_turkmenistan(counts_of("TM", 1000, 4000, 3400))
    text = " ".join(map(str, why(made).lines))
    assert "From 1 January 2023 to 31 December 2023, when about 1,000 electric cars came" in text
    assert "its register fell by 600: of those days it is not known what stays." in text
    assert made.results.values[KEPT].min() > 90
    both = report_on_turkmenistan(counts_of("TM", 1000, 4000, 3400, 4200))
    text = register_sentence(both)
    assert "the register grew by 800: 80 %; the rest was passed on" in text
    assert text.endswith("its register fell by 600: of those days it is not known what stays.")


def test_a_share_above_one_is_said_and_no_more_than_all_stays():
    made = report_on_turkmenistan(counts_of("TM", 1000, 100, 1900))
    text = register_sentence(made)
    assert "the register grew by 1,800: 180 %; more than came: cars from before those days" in text
    assert "the rest was passed on" not in text
    assert made.results.values[KEPT].max() == 100


@pytest.mark.parametrize("country", ["KG", "UZ"])
def test_of_buses_nothing_is_said_of_cars_that_stay_or_of_owners(country):
    """Of Kyrgyzstan ways are closed, and of Uzbekistan parts are counted: of cars alone."""
    cells = {"country": country, "scenario": "test", "as_of": "2026-03-31", "horizon": 2030}
    cells |= {"measure": "ebus_imports", "market_size": 2000, "seed": 1}
    made = outlook(scenario_from_parameters(cells), draws=20)
    text = " ".join(map(str, why(made).lines))
    assert text
    assert "who charges at home" not in text
    assert "the register grew" not in text
