"""Need against published studies, the failures kept on record.

The studies' own inputs are only partly published: the fleets are theirs; kilometres, consumption
and access are ours, plain values for the country, not fitted to the results. Agreement within a
factor of 1.25 is what can be asked."""

import numpy as np
import pytest

from forecasting.demand.chain import DemandOutlook, demand_outlook
from forecasting.demand.charging import PUBLIC
from forecasting.demand.parameters import load_parameters

# The studies' consumption holds their climate
MILD = {"cold_slope": 0, "hot_slope": 0, "temperature_shift": 0}
PLAIN = MILD | {
    "utilisation_scale": 1,
    "power_delivery_scale": 1,
    "phev_electric_scale": 1,
    "used_share": 0,
}
GERMANY = {
    "vehicle_stock": 49e6,
    "vehicle_stock_growth": 0,
    "annual_km": 12_500,
    "home_access": 0.65,
    "work_access": 0.40,
}
STATES = {
    "vehicle_stock": 290e6,
    "vehicle_stock_growth": 0,
    "annual_km": 18_500,
    "home_access": 0.75,
    "work_access": 0.45,
}
EUROPE = {
    "vehicle_stock": 270e6,
    "vehicle_stock_growth": 0,
    "annual_km": 13_000,
    "home_access": 0.65,
    "work_access": 0.40,
}
CALIFORNIA = {
    "vehicle_stock": 30e6,
    "vehicle_stock_growth": 0,
    "annual_km": 18_500,
    "home_access": 0.66,
    "work_access": 0.45,
}


def fleet(bev: float, phev: float, where: dict[str, float], year: int = 2030) -> DemandOutlook:
    total = bev + phev
    given = {
        "class_share.phev": phev / total,
        "commuter_share": 0.6,
        "consumption": 19,
        "consumption.phev": 19,
        # The studies have no lasting habits of a market
        "market_need": 1,
        "market_need.ac": 1,
        "market_need.dc": 1,
    }
    parameters = load_parameters().override(PLAIN | given | where)
    return demand_outlook(np.zeros((400, 1)), [year], parameters=parameters, start_stock=total)


def public(outlook: DemandOutlook) -> float:
    return float(np.median(outlook.results["charging_points_need"]))


def fast(outlook: DemandOutlook) -> float:
    table = outlook.by_setting.set_index("setting")["points"]
    return float(table["destination_dc"] + table["enroute_dc"])


def public_gw(outlook: DemandOutlook) -> float:
    table = outlook.by_setting.set_index("setting")["installed_mw"]
    return float(table[list(PUBLIC)].sum()) / 1000


def within(factor: float, ours: float, published: float) -> bool:
    return published / factor <= ours <= published * factor


def test_germany_2030_of_the_national_centre():
    """520,000 points in the reference case, 384,000 to 681,000 over its cases (2024)."""
    assert within(1.25, public(fleet(13.4e6, 3.2e6, GERMANY)), 520e3)
    low = public(fleet(13.4e6, 3.2e6, GERMANY | {"home_access": 0.5}))
    assert within(1.25, low, 681e3)


def test_germany_2030_of_2020():
    """440,000 to 843,000 points for up to 14.8 million vehicles."""
    assert 440e3 / 1.25 <= public(fleet(10.5e6, 4.3e6, GERMANY)) <= 843e3


def test_united_states_2030_of_icct():
    """26 million vehicles: 0.9 million public and 0.18 million fast points (2021)."""
    assert within(1.25, public(fleet(20.3e6, 5.7e6, STATES)), 1.08e6)


def test_united_states_2030_of_nrel():
    """33 million vehicles: 1.0 million public slow and 182,000 fast ports (2023)."""
    assert within(1.25, public(fleet(25.7e6, 7.3e6, STATES)), 1.182e6)


@pytest.mark.xfail(
    strict=True, reason="27.5 GW published: far more high-power points than ICCT's power mix"
)
def test_germany_2030_power():
    assert within(1.25, public_gw(fleet(13.4e6, 3.2e6, GERMANY)), 27.5)


@pytest.mark.xfail(
    strict=True,
    reason="182,000 published: ICCT's split of energy gives fast points too little of it",
)
def test_united_states_2030_fast_points_of_nrel():
    assert within(1.25, fast(fleet(25.7e6, 7.3e6, STATES)), 182e3)


@pytest.mark.xfail(
    strict=True,
    reason="1.01 million published: it counts shared points at apartments and workplaces too",
)
def test_california_2030_of_the_energy_commission():
    assert within(1.25, public(fleet(5.7e6, 1.4e6, CALIFORNIA)), 1.01e6)


@pytest.mark.xfail(
    strict=True,
    reason="3.4 to 6.8 million published: utilisation there is a fraction of ICCT's curve",
)
def test_european_union_2030_of_the_manufacturers():
    assert within(1.25, public(fleet(34.4e6, 13.7e6, EUROPE)), 3.4e6)


@pytest.mark.xfail(
    strict=True,
    reason="about 1 per 1,000 published: pooled fast points at ICCT's utilisation are half that",
)
def test_fast_points_per_thousand_cars_of_gnann():
    outlook = fleet(10_000, 1, GERMANY | {"vehicle_stock": 1e6}, year=2023)
    enroute = outlook.by_setting.set_index("setting")["points"]["enroute_dc"]
    assert within(1.25, float(enroute) / 10, 1.0)


@pytest.mark.xfail(
    strict=True,
    reason="0.12 of what stands: the Netherlands deploy about eight times the energy need",
)
def test_the_netherlands_2023():
    """About 0.42 million battery cars and 0.28 million hybrids, some 145,000 public points."""
    assert within(
        1.25, public(fleet(0.42e6, 0.28e6, GERMANY | {"vehicle_stock": 9.2e6}, year=2023)), 145e3
    )
