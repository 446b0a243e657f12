"""Cohorts: vehicles conserved, survival as published, used vehicles that enter at an age."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.special import gamma

from forecasting.demand.fleet import (
    conditional_survival,
    registrations,
    run_fleet,
    vehicles_on_the_road,
)
from forecasting.demand.parameters import load_parameters, read_table

few = settings(max_examples=30)
one = np.ones((1, 1))


def carried(registered, scale, shape, used=0.0, entry=0.0, start=0.0):
    drawn = {"survival_scale": scale, "survival_shape": shape, "used_share": used}
    drawn |= {"entry_age": entry, "start_age": 1.0}
    return run_fleet("bev", registered, start, {key: value * one for key, value in drawn.items()})


def survival(ages, scale, shape):
    """Of new vehicles."""
    return conditional_survival(np.atleast_1d(ages), 0 * one, scale * one, shape * one)[0]


def mean_life(scale, shape):
    return scale * gamma(1 + 1 / shape)


def test_survival_to_the_scale_is_one_over_e_and_the_mean_life_is_shorter():
    """China's private cars, Hao et al. 2011."""
    assert survival(14.46, 14.46, 4.79) == pytest.approx(np.exp(-1))
    assert survival(np.linspace(0, 60, 100_001), 14.46, 4.79).mean() * 60 == pytest.approx(
        mean_life(14.46, 4.79), abs=1e-3
    )
    assert mean_life(14.46, 4.79) == pytest.approx(13.24, abs=0.005)
    assert 1 - survival(5, 14.46, 4.79) == pytest.approx(0.006, abs=5e-4)


def test_the_survival_of_cars_lies_among_the_published_ones():
    """Some publish the Weibull scale, some the mean life."""
    scales = [
        float(row["life"])
        / (1.0 if row["parameter"] == "scale" else mean_life(1, float(row["shape"])))
        for row in read_table("survival_sets.csv")
        if row["vehicle_class"] == "car"
    ]
    shipped = load_parameters()["survival_scale"]
    assert min(scales) < shipped.mode < max(scales)
    assert np.mean([shipped.low <= scale <= shipped.high for scale in scales]) > 0.8


def test_survival_starts_at_one_and_never_rises():
    values = survival(np.arange(60.0), 16, 4.79)
    assert values[0] == 1
    assert np.all(np.diff(values) <= 0)


def test_conditional_survival_is_a_ratio_of_survivals():
    ages = np.arange(10.0)
    entered = conditional_survival(ages, 4 * one, 14 * one, 3 * one)[0]
    assert entered == pytest.approx(survival(4 + ages, 14, 3) / survival(4, 14, 3))


flows = st.lists(st.floats(0, 1e6), min_size=1, max_size=8)


@few
@given(flows, st.floats(0, 0.95), st.floats(0, 0.5))
def test_no_vehicle_is_lost_between_border_and_register(imports, reexport, inventory):
    flow = np.array([imports])
    registered = registrations(flow, np.array([reexport]), np.array([inventory]))
    retained = flow * (1 - reexport)
    opening, closing = retained[0, 0] * inventory, retained[0, -1] * inventory
    assert registered.sum() == pytest.approx(retained.sum() + opening - closing, abs=1e-6)
    assert np.all(registered >= 0)


def test_inventory_delays_and_assembly_adds():
    registered = registrations(
        np.array([[100.0, 200.0]]), np.array([0.0]), np.array([0.1]), assembly=5.0
    )
    assert registered.tolist() == [[105.0, 195.0]]


@few
@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=15),
    st.floats(2, 40),
    st.floats(0.6, 10),
    st.floats(0, 1),
    st.floats(0, 20),
    st.floats(0, 1e6),
)
def test_vehicles_are_conserved(flow, scale, shape, used, entry, start):
    fleet = carried(np.array([flow]), scale, shape, used, entry, start)
    before = np.concatenate([[start], fleet.stock[0, :-1]])
    gap = fleet.stock[0] - before - fleet.registrations[0] + fleet.retirements[0]
    assert np.abs(gap).max() <= 1e-9 * max(start + sum(flow), 1)
    assert np.all(fleet.retirements >= 0)
    assert fleet.by_cohort().sum(axis=1) == pytest.approx(fleet.stock[0])


def test_constant_registrations_approach_the_mean_life():
    fleet = carried(np.full((1, 80), 1000.0), 14.46, 4.79)
    # counted at the end of each year, a cohort is there for half a year more than from mid-year on
    assert fleet.stock[0, -1] / 1000 == pytest.approx(mean_life(14.46, 4.79) + 0.5, rel=1e-3)


def test_older_vehicles_leave_sooner():
    new = carried(np.full((1, 12), 100.0), 14, 5)
    used = carried(np.full((1, 12), 100.0), 14, 5, used=1.0, entry=6.0)
    assert np.all(used.stock <= new.stock)


def test_an_empty_fleet_has_no_losses():
    fleet = carried(np.zeros((1, 3)), 16, 5)
    assert np.all(fleet.stock == 0)
    assert np.all(fleet.retirements == 0)


def test_what_comes_after_the_last_count_of_a_register_is_traded_as_its_draws_say():
    assumptions = load_parameters().override({"reexport_share": 0, "inventory_share": 0})
    sample = assumptions.draw(np.random.default_rng(0), 1)
    sample |= {"uncounted_trade": 1.5 * one, "unregistered_trade": 3.0 * one}
    flow = np.array([[100.0, 100.0, 100.0]])

    def entered(register_year):
        made = vehicles_on_the_road(
            flow, [2024, 2025, 2026], assumptions, sample, 0.0, "van", register_year
        )
        return made.fleets["van"].registrations.tolist()

    assert entered(2025) == [pytest.approx([100, 100, 150])]
    assert entered(2026) == [pytest.approx([100, 100, 100])]
    assert entered(0) == [pytest.approx([300, 300, 300])]


def test_vehicles_of_the_start_are_of_the_class_that_is_counted():
    assumptions = load_parameters()
    sample = assumptions.draw(np.random.default_rng(0), 1)
    made = vehicles_on_the_road(np.zeros((1, 2)), [2024, 2025], assumptions, sample, 1000.0, "van")
    stocks = {name: fleet.stock[0, 0] for name, fleet in made.fleets.items()}
    assert 900 < stocks.pop("van") < 1000
    assert {*stocks.values()} == {0}
