"""Waits at the points that are built: against Erlang, by hand, and against a simulation."""

import heapq

import numpy as np
import pytest

from forecasting.demand.charging import erlang_c
from forecasting.demand.parameters import SETTINGS, load_parameters
from forecasting.demand.service import UNMET, USE, WAIT, mean_wait, no_free_point, service_of


@pytest.mark.parametrize(
    ("points", "load"), [(1, 0.5), (2, 0.75), (3, 2 / 3), (4, 0.75), (10, 0.8)]
)
def test_the_share_that_finds_no_free_point_is_erlangs(points, load):
    """Published values of C(c, a): 1/2, 9/14, 4/9, 27/53 and 0.40918."""
    assert no_free_point(np.array([load]), points)[0] == pytest.approx(
        erlang_c(points, points * load), abs=0.045
    )


def test_a_station_that_cannot_serve_all_has_no_free_point():
    assert no_free_point(np.array([0.0, 1.0, 3.0]), 2.0).tolist() == [0.0, 1.0, 1.0]


def test_a_low_load_waits_as_in_an_endless_queue():
    # Two points, a load of 0.2: C = 0.2 ** (6 ** 0.5 - 1) = 0.097; 0.097 * 30 / (2 * 0.8) = 1.8
    assert mean_wait(np.array([0.2]), 2.0)[0] == pytest.approx(1.80, abs=0.02)


def test_an_overloaded_station_has_a_queue_that_grows_for_four_hours():
    # Twice the load: the last to come waits 240 minutes, the mean is half of that
    assert mean_wait(np.array([2.0]), 64.0)[0] == pytest.approx(120, rel=0.01)
    assert mean_wait(np.array([50.0]), 2.0)[0] == 240


def simulated_wait(points: int, load: float, before: float) -> float:
    """Mean minutes of wait over many busiest times of four hours, after four hours with a part of
    the load.
    """
    rng = np.random.default_rng(0)
    waits = []
    for _ in range(300):
        now = -240.0
        free_from = [now] * points
        while True:
            part = before if now < 0 else 1.0
            now += rng.exponential(30 / (points * load * max(part, 1e-9)))
            if now > 240:
                break
            if now > 0:
                waits.append(max(free_from[0] - now, 0.0))
            start = max(heapq.heappop(free_from), now)
            heapq.heappush(free_from, start + rng.exponential(30))
    return float(np.mean(waits))


@pytest.mark.slow
@pytest.mark.parametrize("load", [0.5, 0.8, 1.0])
@pytest.mark.parametrize("points", [1, 2, 4])
def test_waits_lie_between_those_of_an_empty_and_a_busy_station_before(points, load):
    wait = mean_wait(np.array([load]), points)[0]
    busy = simulated_wait(points, load, 0.75)
    assert 0.8 * simulated_wait(points, load, 0.2) < wait < 1.4 * busy + 1


def modes() -> dict[str, np.ndarray]:
    return {row.key: np.array([[row.mode]]) for row in load_parameters()}


def test_service_by_hand():
    """A million kWh at fast points: 1,020,408 kWh at the inlet."""
    served = {setting: np.zeros((1, 1)) for setting in SETTINGS}
    served["destination_dc"] = np.array([[1e6]])
    sample = modes()
    found = service_of(served, np.array([[40.0]]), np.array([[20.0]]), [2023], sample)
    hours = 1e6 / 0.98 / 32.0  # at 32 kW while a car is connected
    assert found[USE].item() == pytest.approx(100 * hours / (8760 * 20), rel=1e-6)
    load = hours / 365 * 1.6 * 0.085 / 20  # the busiest day is 1.6 times a mean one
    share = load ** (6**0.5 - 1)
    assert found[UNMET].item() == pytest.approx(100 * share, rel=1e-6)
    excess = 1 - load
    bend = 8 * share * 15 / 240
    assert found[WAIT].item() == pytest.approx(60 * ((excess**2 + bend) ** 0.5 - excess), rel=1e-6)


def test_no_cars_no_waits_and_no_points_no_division():
    served = {setting: np.zeros((1, 2)) for setting in SETTINGS}
    none = np.zeros((1, 2))
    found = service_of(served, none, none, [2025, 2026], modes())
    assert all((draws == 0).all() for draws in found.values())


def test_more_points_never_make_drivers_wait_longer():
    served = {setting: np.full((1, 1), 5e6) for setting in SETTINGS}
    waits = [
        service_of(served, np.full((1, 1), 4.0 * fast), np.full((1, 1), fast), [2028], modes())
        for fast in (50.0, 100.0, 200.0)
    ]
    for name in (WAIT, UNMET, USE):
        values = [found[name].item() for found in waits]
        assert values == sorted(values, reverse=True)
        assert values[0] > values[-1]


def test_stations_of_a_holiday_in_nepal_have_queues_as_printed():
    """39 sessions a station on the busiest day, 11 kWh each, and queues at 10 of 51 stations in the
    weeks after it, when stations took about half of that: two fast points at a station of 142 kW.
    """
    for sessions, least, most in ((39, 0.2, 0.5), (39 * 0.53, 0.05, 0.25)):
        load = sessions * 0.085 * (11 / 32) / 2
        assert least < no_free_point(np.array([load]), 2.0)[0] < most
