"""Load: energy conserved over the hours, a peak between its bounds."""

import numpy as np
from hypothesis import given, settings, strategies as st

from forecasting.demand.charging import SETTINGS
from forecasting.demand.load import day_profile, peak_load

few = settings(max_examples=30)


def test_homes_charge_in_the_evening_and_workplaces_in_the_morning():
    profile = dict(zip(SETTINGS, day_profile(), strict=True))
    assert profile["home"].argmax() in range(18, 23)
    assert profile["work"].argmax() in range(7, 11)
    assert profile["enroute_dc"].argmax() in range(10, 18)


@few
@given(st.floats(1, 1e7), st.floats(1, 1e7), st.floats(0.01, 1))
def test_the_share_drawn_at_once_falls_with_the_number_of_points(one, two, floor):
    def table(at_home):
        return {setting: np.full((1, 1), at_home * (setting == "home")) for setting in SETTINGS}

    few_points, many = (
        peak_load(table(0.0), table(number), table(1.0), np.array([[floor]]))[0, 0]
        for number in sorted((one, two))
    )
    assert floor * (1 - 1e-12) <= many <= few_points <= 1 + 1e-12


@few
@given(st.floats(0, 50), st.floats(1, 1e5), st.floats(0.1, 1))
def test_the_peak_lies_between_the_mean_of_the_busiest_hour_and_rated_power(
    energy_per_mw, points, floor
):
    megawatts = np.full(len(SETTINGS), points * 0.01)
    energy = np.minimum(megawatts * energy_per_mw, megawatts / day_profile().max(axis=1))
    day, standing, power = (
        {setting: np.full((1, 1), value) for setting, value in zip(SETTINGS, values, strict=True)}
        for values in (energy, np.full(len(SETTINGS), points), megawatts)
    )
    peak = peak_load(day, standing, power, np.array([[floor]]))[0, 0]
    hourly = (energy @ day_profile()).max()
    assert hourly * (1 - 1e-12) <= peak <= megawatts.sum() * (1 + 1e-12)
    assert peak >= energy.sum() / 24 * (1 - 1e-12)


def test_nothing_plugged_in_is_no_load():
    none = dict.fromkeys(SETTINGS, np.zeros((2, 3)))
    assert np.all(peak_load(none, none, none, np.full((2, 1), 0.2)) == 0)
