"""What more points do, in words and in a table."""

import numpy as np
import pytest

import forecasting as fc
from forecasting.demand.service import UNMET, USE, WAIT
from forecasting.reporting.more_points import more_points_sentence, more_points_values
from forecasting.scenarios.outlook import outlook
from forecasting.scenarios.question import find_scenario

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


@pytest.fixture(scope="module")
def uzbekistan():
    return outlook("uzbekistan-baseline", draws=200)


def test_waits_are_those_of_the_outlook_and_of_twice_its_points(uzbekistan):
    values = more_points_values(uzbekistan)
    place = uzbekistan.years.index(values["year"])
    assert values["before"] == np.median(uzbekistan.results.values[WAIT][:, place])
    assert values["after"] < 0.6 * values["before"]
    twice = uzbekistan.demand.service(2.0)
    # The same energy at twice the points
    use = uzbekistan.results.values[USE][:, -1]
    below_all = use < 100
    assert twice[USE][below_all, -1] == pytest.approx(use[below_all] / 2)
    assert np.all(twice[UNMET] <= uzbekistan.results.values[UNMET] + 1e-9)


def test_the_need_is_met_in_the_first_year_in_which_half_of_the_draws_have_its_points(uzbekistan):
    demand = uzbekistan.demand
    times = 3.0
    built = times * demand.results["charging_points_practice"]
    shares = (built >= demand.results["charging_points_need"]).mean(axis=0)
    since = uzbekistan.first_year
    met = [year for year, share in zip(demand.years, shares, strict=True) if share >= 0.5]
    met = [year for year in met if year >= since]
    assert demand.need_met_in(since, times) == (met[0] if met else None)
    assert demand.need_met_in(since, 1e-6) is None
    assert demand.need_met_in(since, 1e6) == since


def test_the_sentence_has_the_numbers(uzbekistan):
    values = more_points_values(uzbekistan)
    told = more_points_sentence(uzbekistan)
    head = f"Twice as many: the busiest day's wait in {values['year']} falls from "
    assert told.startswith(head)
    caption = fc.tables.charging_answers(uzbekistan).caption
    assert told.rstrip(".") in caption


def test_the_table_has_a_line_for_each_number_of_points(uzbekistan):
    table = fc.tables.more_points(uzbekistan).frame
    assert table.iloc[:, 0].tolist() == ["as by practice", "1.5 times", "2 times", "3 times"]
    paybacks = table["payback, years"].astype(float).tolist()
    assert paybacks == sorted(paybacks)


def test_a_roll_out_that_never_meets_the_need_is_said_with_its_last_year():
    """Kazakhstan's network by practice is a third of the need, and a tenth of it stays so."""
    scenario = find_scenario("kazakhstan-baseline")
    few = scenario.replace(horizon=2035, assumptions={"charging_rollout": 0.1})
    made = outlook(few, draws=100)
    values = more_points_values(made)
    assert (values["met_before"], values["met"]) == (None, None)
    told = more_points_sentence(made)
    assert told.endswith("; the need is not met by 2035 in either case")
    assert told in fc.tables.charging_answers(made).caption
    table = fc.tables.more_points(made).frame
    assert table["need met in"].tolist() == ["not by 2035"] * 4


def test_a_need_that_twice_the_points_alone_meet_is_said(uzbekistan, monkeypatch):
    met_in = {1.0: None, 2.0: 2029}
    monkeypatch.setattr(
        type(uzbekistan.demand), "need_met_in", lambda self, since, times=1.0: met_in[times]
    )
    told = more_points_sentence(uzbekistan)
    assert told.endswith(", the need, without them not met by 2030, is met in 2029")
    met_in[1.0] = 2030
    assert more_points_sentence(uzbekistan).endswith(", the need is met in 2029 instead of 2030")


def test_a_port_has_no_points():
    made = outlook("xinjiang-baseline", draws=50)
    assert more_points_sentence(made) == ""
    assert fc.tables.more_points(made).frame.empty
