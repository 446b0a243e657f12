"""The truck corridor in tables: one trip, electric beside diesel; the megawatt points by scenario;
the figures used.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from forecasting.demand.corridor import (
    CASES,
    MILD,
    SCENARIOS,
    TRUCK_ROAD,
    road_figure,
    road_vehicle,
    truck_plan,
    truck_trip,
)
from forecasting.demand.parameters import read_table
from forecasting.reporting.display import Table
from forecasting.reporting.labels import readable

ROAD_WORDS = "Urumqi – Horgos – Almaty – Tashkent"


def truck_trip_table() -> Table:
    """One drive over the whole road on a mild and on a cold day, with a small, a usual and a large
    battery.
    """
    truck = road_vehicle("truck")
    rows = []
    for case in CASES:
        battery = road_figure("battery_kwh", "truck", case)
        for temperature in (MILD, road_figure("temperature")):
            trip = truck_trip(temperature, replace(truck, battery_kwh=battery))
            row = {
                "battery, kWh": battery,
                "degrees": temperature,
                "range, km": trip.range_km,
                "kWh a km": trip.kwh_per_km,
                "kWh a tonne-km": trip.kwh_per_tonne_km,
                "payload, t": trip.payload_tonnes,
                "at the wheel, h": trip.driving_hours,
                "breaks and nights, h": trip.rest_hours,
                "charges by day": trip.stops,
                "charging by day, h": trip.charging_hours,
                "beyond the breaks, h": trip.extra_hours,
                "tonnes an hour, % of diesel": 100 * trip.of_diesel,
            }
            rows.append({name: readable(value) for name, value in row.items()})
    return Table(pd.DataFrame(rows), caption=f"One trip of {truck_trip().km:,.0f} km, {ROAD_WORDS}")


def truck_points_table() -> Table:
    """Electric trucks and megawatt points in 2030 by scenario: the whole road, low, middle and
    high.
    """
    rows = []
    for scenario in SCENARIOS:
        plan = truck_plan(scenario)
        for case in CASES:
            mine = plan[plan["case"] == case]
            row = {
                "electric, % of trucks": road_figure("electric_share", scenario, case),
                "electric trucks a day, busiest section": mine["electric_per_day"].max(),
                "sites": float(mine["sites"].sum()),
                "megawatt points": float(mine["points"].sum()),
                "MW a site, at most": mine["megawatts_per_site"].max(),
                "MWh a day": mine["mwh_per_day"].sum(),
            }
            rows.append(
                {"scenario": scenario, "case": case}
                | {name: readable(value) for name, value in row.items()}
            )
    return Table(
        pd.DataFrame(rows),
        caption=f"Electric trucks in 2030, {ROAD_WORDS}, on a day of deep winter",
    )


def truck_figures_table() -> Table:
    """Every figure that the truck corridor uses, with its range and its source."""
    sections = [
        {"figure": f"{row['start']}–{row['end']}, {what}", "unit": unit}
        | {
            "low": row[f"{key}_low"],
            "likely": row[key],
            "high": row[f"{key}_high"],
            "kind": row[kind],
        }
        | {"source": row[source], "url": row[url]}
        for row in read_table("truck_corridor.csv")
        for what, unit, key, kind, source, url in (
            ("length", "km", "km", "kind", "source", "url"),
            ("trucks", "a day", "vehicles", "traffic_kind", "traffic_source", "traffic_url"),
        )
        if row["corridor"] == TRUCK_ROAD
    ]
    trucks = [
        row
        for row in read_table("road_vehicles.csv")
        if row["vehicle"] == "truck" and "traffic" not in row["quantity"]
    ]
    others = [
        {
            "figure": " ".join(
                [row["quantity"].replace("_", " "), row.get("scenario", "")]
            ).strip(),
            "unit": row["unit"],
        }
        | {"low": row["low"], "likely": row["value"], "high": row["high"], "kind": row["kind"]}
        | {"source": row["source"], "url": row["url"]}
        for row in [*trucks, *read_table("truck_outlook.csv")]
        if row["quantity"] != "electric_against_cars"
    ]
    frame = pd.DataFrame([*sections, *others])
    return Table(
        frame.drop(columns="url").replace("", "–"), links={"source": frame["url"].tolist()}
    )
