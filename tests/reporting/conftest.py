"""A small made-up outlook with the attributes of a real one, so that reporting is tested on known numbers."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
YEARS = tuple(range(2023, 2031))
MEDIANS = {
    "ev_imports": 10_000.0,
    "ev_registrations": 9_500.0,
    "ev_stock": 12_000.0,
    "energy_gwh": 30.0,
    "peak_mw": 8.0,
    "charging_points_need": 400.0,
    "charging_points_practice": 900.0,
    "charging_points_standard": 1_600.0,
}
STOCKS = ("ev_stock", "peak_mw", "charging_points_need", "charging_points_practice", "charging_points_standard")
HEADLINE = {"year": 2023, "median": 10_000.0, "lower80": 7_000.0, "upper80": 15_000.0, "unit": "vehicles"}
COLUMNS = (  # noqa: SIM905
    "id measure place partner product basis period_start period_end relation quantity value unit rounding reference "
    "kind published source url quote note"
).split()


def fact(**given: Any) -> dict[str, Any]:
    """One row of a ledger; what is not given is empty."""
    usual = {
        "measure": "ev_imports",
        "place": "UZ",
        "partner": "World",
        "basis": "statistics agency",
        "unit": "vehicles",
    }
    usual |= {"relation": "equals", "quantity": "total", "kind": "outcome", "published": "2023-06-26"}
    usual |= {"source": "Daily", "url": "https://example.org/a"}
    return {column: given.get(column, usual.get(column, "")) for column in COLUMNS}


def yearly(year: int, value: float, **given: Any) -> dict[str, Any]:
    """A year's total."""
    return fact(id=f"F{year}", period_start=f"{year}-01-01", period_end=f"{year}-12-31", value=value, **given)


FACTS = [
    yearly(2021, 809.0),
    yearly(2022, 2180.0),
    yearly(2022, 2570.0, basis="customs") | {"id": "C2022"},
    fact(id="P1", period_start="2023-01-01", period_end="2023-04-30", value=2544.0),
    fact(id="B1", period_start="2023-01-01", period_end="2023-06-26", value=3500.0, relation="greater_than"),
    fact(id="G1", period_start="2023-01-01", period_end="2023-04-30", value=250.0, quantity="yoy_growth_percent"),
    fact(id="S1", measure="ev_stock", period_end="2023-01-01", value=3100.0, quantity="stock"),
    fact(id="K1", measure="charging_stations", period_end="2023-05-01", value=60.0, quantity="stock", unit="stations"),
    fact(id="K2", measure="charging_points", period_end="2023-05-01", value=180.0, quantity="stock", unit="points"),
]


def facts_frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The frame of a ledger."""
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["value"] = pd.to_numeric(frame["value"], errors="coerce")
    return frame


def long_table(name: str = "uzbekistan-baseline", country: str = "UZ", scale: float = 1.0) -> pd.DataFrame:
    """A long table of results: each measure grows by half every year, with a wide interval."""
    rows = []
    for measure, median in MEDIANS.items():
        for index, year in enumerate(YEARS):
            spread = 0.3 + 0.1 * index
            for level in LEVELS:
                shift = {0.025: -2, 0.1: -1.3, 0.25: -0.7, 0.5: 0, 0.75: 0.7, 0.9: 1.3, 0.975: 2}[level]
                value = scale * median * 1.5**index * float(np.exp(spread * shift))
                start = f"{year}-12-31" if measure in STOCKS else f"{year}-01-01"
                rows.append((name, country, measure, start, f"{year}-12-31", level, value))
    columns = ["scenario", "country", "measure", "period_start", "period_end", "quantile", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    units = {"energy_gwh": "GWh", "peak_mw": "MW"}
    frame.insert(3, "unit", [units.get(m, "points" if "points" in m else "vehicles") for m in frame["measure"]])
    return frame


def make_outlook(name: str = "uzbekistan-baseline", scale: float = 1.0) -> Any:
    """An outlook, made by hand."""
    place, _, scenario = name.partition("-")
    driver = SimpleNamespace(
        name="plant", kind="level", start=dt.date(2024, 6, 1), end=None, size={"low": 1.0, "mode": 1.2, "high": 1.5},
        probability=0.7, delay_years=0.5, reason="a plant opens", source="S30",
    )  # fmt: skip
    described = SimpleNamespace(
        name=name, title=f"{place.title()}: {scenario}", country="UZ", corridor=None, scenario=scenario,
        as_of=dt.date(2023, 6, 26), horizon=2030, seed=1, measure="ev_imports", basis="statistics agency",
        market_size=None, drivers=[driver], assumptions={"annual_km": 15000}, notes="",
    )  # fmt: skip
    sensitivity = pd.DataFrame(
        {
            "parameter": ["home_access", "annual_km"],
            "low": [300.0, 380.0],
            "high": [520.0, 430.0],
            "mid": [400.0, 400.0],
        }
    )
    load = pd.DataFrame({"hour": range(24), "home": np.linspace(0, 2, 24), "public": np.linspace(1, 0, 24)})
    return SimpleNamespace(
        scenario=described,
        evidence=SimpleNamespace(frame=facts_frame(FACTS)),
        forecast=SimpleNamespace(measure="ev_imports", place="UZ", basis="statistics agency"),
        demand=SimpleNamespace(sensitivity=sensitivity, load_day=load),
        table=long_table(name, scale=scale),
        headline={"ev_imports": HEADLINE},
        warnings=["a made-up reservation"],
    )  # fmt: skip


@pytest.fixture
def outlook() -> Any:
    """A made-up outlook."""
    return make_outlook()


@pytest.fixture
def comparison() -> pd.DataFrame:
    """Two countries by three scenarios in one long table."""
    parts = [
        long_table(f"{country}-{scenario}", code, scale)
        for country, code in (("uzbekistan", "UZ"), ("kazakhstan", "KZ"))
        for scenario, scale in (("baseline", 1.0), ("accelerated", 1.6), ("constrained", 0.6))
    ]
    return pd.concat(parts, ignore_index=True)
