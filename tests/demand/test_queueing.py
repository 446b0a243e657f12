"""Erlang's formulas against textbook values, Poisson sums and their own limits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import poisson

from forecasting.demand.charging import (
    ceilings,
    erlang_b,
    erlang_c,
    points_for,
    station_service,
    utilisation_ceiling,
    wait_exceeds,
)

few = settings(max_examples=40)


@pytest.mark.parametrize(
    ("servers", "load", "expected"),
    [
        (1, 0.5, 1 / 2),
        (2, 1, 1 / 3),
        (2, 1.5, 9 / 14),
        (3, 2, 4 / 9),
        (4, 3, 27 / 53),
        (5, 4, 128 / 231),
    ],
)
def test_erlang_c_of_textbooks(servers, load, expected):
    assert erlang_c(servers, load) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("servers", "load", "expected"), [(10, 8, 0.40918), (20, 18, 0.550769)])
def test_erlang_c_of_larger_systems(servers, load, expected):
    assert erlang_c(servers, load) == pytest.approx(expected, abs=5e-6)


@pytest.mark.parametrize(
    ("servers", "load", "expected"), [(2, 1, 0.2), (5, 4, 0.199067), (14, 10, 0.056819)]
)
def test_erlang_b_of_textbooks(servers, load, expected):
    assert erlang_b(servers, load) == pytest.approx(expected, abs=5e-7)


def test_the_call_centre_with_ten_erlang_on_fourteen_servers():
    assert erlang_c(14, 10) == pytest.approx(0.17413, abs=5e-6)
    assert 1 - wait_exceeds(14, 10, time=20, service=180) == pytest.approx(0.8884, abs=5e-5)


@pytest.mark.parametrize(("servers", "minutes"), [(6, 20.7), (8, 2.1), (10, 0.26)])
def test_mean_waits_of_a_published_teaching_page(servers, minutes):
    """Six arrivals an hour and service of 48 minutes: those of 9.6 an hour with 30 minutes wait in
    proportion.
    """
    wait = station_service(servers, 9.6)["mean_wait_minutes"]
    assert wait * 48 / 30 == pytest.approx(minutes, abs=0.05)


@pytest.mark.parametrize(
    ("servers", "load"), [(100, 80.0), (10_000, 9_900.0), (10_000, 5.0), (10_000, 10_500.0)]
)
def test_erlang_b_is_a_ratio_of_poisson_probabilities_however_large(servers, load):
    expected = math.exp(poisson.logpmf(servers, load) - poisson.logcdf(servers, load))
    assert erlang_b(servers, load) == pytest.approx(expected, rel=1e-8, abs=1e-300)


def test_ten_thousand_servers_near_capacity_wait_as_heavy_traffic_says():
    """Halfin and Whitt: with beta = (c - a)/sqrt(a) the share waiting is 1/(1 + beta
    Phi(beta)/phi(beta)).
    """
    load = 9_900.0
    beta = (10_000 - load) / math.sqrt(load)
    cdf, pdf = (
        0.5 * math.erfc(-beta / math.sqrt(2)),
        math.exp(-beta * beta / 2) / math.sqrt(2 * math.pi),
    )
    assert erlang_c(10_000, load) == pytest.approx(1 / (1 + beta * cdf / pdf), rel=0.01)


def test_at_capacity_everybody_waits_for_ever_and_nobody_waits_without_load():
    assert (erlang_c(2, 2), erlang_c(2, 2.5)) == (1.0, 1.0)
    assert wait_exceeds(2, 2, time=1e6, service=30) == 1.0
    assert (erlang_c(3, 0), points_for(0, 30)) == (0.0, 1)
    assert station_service(3, 0)["mean_wait_minutes"] == 0


@few
@given(st.integers(1, 300), st.floats(0.01, 0.999))
def test_more_servers_never_longer_waits(servers, occupancy):
    load = servers * occupancy
    assert erlang_c(servers + 1, load) <= erlang_c(servers, load) + 1e-12
    fewer, more = (station_service(points, 2 * load) for points in (servers, servers + 1))
    assert more["mean_wait_minutes"] <= fewer["mean_wait_minutes"] + 1e-12


@few
@given(st.floats(0.001, 500))
def test_points_for_is_the_smallest_number_that_keeps_the_promise(load):
    points = points_for(load, 25)
    assert wait_exceeds(points, load, 10, 25) <= 0.1
    assert points == 1 or wait_exceeds(points - 1, load, 10, 25) > 0.1


@pytest.mark.parametrize(
    ("points", "ceiling"), [(1, 0.065), (2, 0.158), (4, 0.253), (8, 0.33), (16, 0.39)]
)
def test_the_utilisation_ceiling_rises_with_the_size_of_the_station(points, ceiling):
    assert utilisation_ceiling(points) == pytest.approx(ceiling, abs=0.006)


def test_a_promise_of_no_wait_is_one_on_the_share_that_waits():
    assert wait_exceeds(14, 10, time=0, service=30) == erlang_c(14, 10)


def test_ceilings_between_whole_points_lie_between_theirs():
    low, middle, high = ceilings(np.array([2.0, 2.5, 3.0]))
    assert middle == pytest.approx((low + high) / 2)


def test_a_station_at_its_ceiling_just_keeps_the_promise_in_the_busiest_hour():
    load = utilisation_ceiling(4) * 4 * 24 * 0.085
    assert wait_exceeds(4, load, 10, 30) == pytest.approx(0.1, abs=1e-9)
