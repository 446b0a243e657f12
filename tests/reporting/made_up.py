"""A small made-up outlook of the real classes, so that reporting is tested on known numbers and
without a forecast.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd

from forecasting.demand.demand_outlook import DemandOutlook
from forecasting.demand.load import day_profile
from forecasting.demand.parameters import SETTINGS, load_parameters
from forecasting.evidence.ledger import Ledger
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.scenarios.facts_on_day import age_of
from forecasting.scenarios.joint_draws import Results
from forecasting.scenarios.outlook import Outlook
from forecasting.vocabulary.caveats import Caveat

YEARS = tuple(range(2021, 2031))
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
COUNT = {
    "measure": "ev_imports",
    "place": "UZ",
    "basis": "statistics agency",
    "unit": "vehicles",
    "relation": "equals",
}
TOLD = {
    "kind": "outcome",
    "published": "2023-06-26",
    "source": "Daily",
    "url": "https://example.org/a",
}
STOCK = {"quantity": "stock", "period_start": ""}
FACTS = [
    {"id": "F2021", "period_start": "2021-01-01", "period_end": "2021-12-31", "value": 809.0},
    {"id": "F2022", "period_start": "2022-01-01", "period_end": "2022-12-31", "value": 2180.0},
    {
        "id": "C2022",
        "period_start": "2022-01-01",
        "period_end": "2022-12-31",
        "value": 2570.0,
        "basis": "customs",
    },
    {"id": "P1", "period_start": "2023-01-01", "period_end": "2023-04-30", "value": 2544.0},
    {
        "id": "B1",
        "period_start": "2023-01-01",
        "period_end": "2023-06-26",
        "value": 3500.0,
        "relation": "greater_than",
    },
    {
        "id": "G1",
        "period_start": "2023-01-01",
        "period_end": "2023-04-30",
        "value": 250.0,
        "unit": "percent",
    }
    | {"quantity": "yoy_growth_percent"},
    {"id": "S1", "measure": "ev_stock", "period_end": "2023-01-01", "value": 3100.0} | STOCK,
    {
        "id": "K1",
        "measure": "charging_stations",
        "period_end": "2023-05-01",
        "value": 60.0,
        "unit": "stations",
    }
    | STOCK,
    {
        "id": "K2",
        "measure": "charging_points",
        "period_end": "2023-05-01",
        "value": 180.0,
        "unit": "points",
    }
    | STOCK,
]
PLANT = {
    "name": "plant",
    "kind": "level",
    "quantity": "ev_imports",
    "start": "2024-06-01",
    "size": {"low": 1.0, "mode": 1.2, "high": 1.5},
    "probability": 0.7,
    "reason": "a plant opens",
    "source": "judgement",
}
FIT = pd.DataFrame(
    [("F2022", "2022", "2,180 vehicles", 2171.3, 2100.0, 2250.0, 0.41, 0.03)],
    columns=["fact", "period", "printed", "expected", "low", "high", "surprise", "doubted"],
)


def make_ledger() -> Ledger:
    """The facts above."""
    return Ledger.from_frame(
        pd.DataFrame([{"quantity": "total"} | COUNT | TOLD | fact for fact in FACTS])
    )


def make_results(
    name: str = "uzbekistan-baseline", country: str = "UZ", scale: float = 1.0
) -> Results:
    """Draws that grow by half every year; the medians of 2023 are `MEDIANS` times the scale."""
    shocks = np.random.default_rng(0).standard_normal(401)
    shocks = np.append(shocks, -shocks)  # so that the median is exact
    growth = np.array([1.5 ** (year - 2023) for year in YEARS])
    spread = np.array([0.02, 0.02, *(0.3 + 0.1 * step for step in range(len(YEARS) - 2))])
    paths = growth * np.exp(shocks[:, None] * spread)
    return Results(
        name,
        country,
        YEARS,
        {measure: scale * median * paths for measure, median in MEDIANS.items()},
    )


def stored(sentence: str) -> Caveat:
    return Caveat("stored", values={"sentence": sentence})


def _load_day() -> pd.DataFrame:
    mwh = {("winter", "home"): 24.0, ("winter", "enroute_dc"): 12.0, ("summer", "home"): 20.0}
    profile = dict(zip(SETTINGS, day_profile(), strict=True))
    rows = [
        (day, setting, hour, energy * profile[setting][hour])
        for (day, setting), energy in mwh.items()
        for hour in range(24)
    ]
    return pd.DataFrame(rows, columns=["day", "setting", "hour", "mw"])


def make_outlook(
    name: str = "uzbekistan-baseline", country: str = "UZ", scale: float = 1.0
) -> Outlook:
    """An outlook, made by hand."""
    given = {
        "country": country,
        "scenario": name.rpartition("-")[2],
        "as_of": "2023-06-26",
        "horizon": 2030,
        "seed": 1,
    }
    results = make_results(name, country, scale)
    sensitivity = pd.DataFrame(
        [
            ("charging_points_need", "home_access", 0.6, 9520.0, 5300.0),
            ("ev_stock", "imports", 0.9, 9000.0, 90000.0),
            ("charging_points_need", "annual_km", 0.1, 6380.0, 7430.0),
        ],
        columns=["output", "input", "share", "low", "high"],
    )
    demand = SimpleNamespace(
        of_the_year={},
        standing=None,
        targets=(),
        sensitivity=sensitivity.assign(swing=sensitivity["high"] - sensitivity["low"]),
        load_day=_load_day(),
        parameters=load_parameters().override({"annual_km": 15000}),
    )
    demand._swings = DemandOutlook._swings.func(demand)
    demand.swings_of = partial(DemandOutlook.swings_of, demand)
    facts = make_ledger().select(measure="ev_imports")
    return Outlook(
        scenario=scenario_from_parameters(
            given | {"drivers": [PLANT], "assumptions": {"annual_km": 15000}}
        ),
        as_of=dt.date(2023, 6, 26),
        age=age_of(facts, "ev_imports", dt.date(2023, 6, 26)),
        first_year=2023,
        evidence=facts,
        ledger=make_ledger(),
        forecasts={
            country: SimpleNamespace(
                basis="statistics agency",
                diagnostics={"facts": 3},
                evidence=(),
                fit_table=lambda: FIT,
            )
        },  # type: ignore[dict-item]
        baseline_forecasts={},
        parts=(results,),
        monthly=results.table.iloc[:0],
        demand=demand,  # type: ignore[arg-type]
        caveats=[stored("a made-up caveat")],
    )
