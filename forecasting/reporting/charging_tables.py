"""Tables beside the three answers on charging: targets, the markets at the same stock, what comes
with the vehicles.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting.demand.choice import expected_regret
from forecasting.demand.consequences import cost_checks
from forecasting.demand.corridor import FAST_TO, RESERVE, road_vehicle
from forecasting.demand.queueing import station_service
from forecasting.errors import AssumptionError, in_digits
from forecasting.measures import CONSEQUENCES, SHOWN_BY_REGION
from forecasting.parameters.values import Choice
from forecasting.reporting.caveat_words import gap_words
from forecasting.reporting.display import HIGH, LOW, BulletList, Table, plain_frame
from forecasting.reporting.labels import SETTINGS, amount, amounts, readable
from forecasting.reporting.result_tables import (
    beside,
    leading,
    measures_by_year,
    small_table,
    with_unit,
)
from forecasting.scenarios.regions import by_region

if TYPE_CHECKING:
    from forecasting.demand.demand_outlook import DemandOutlook
    from forecasting.scenarios.outlook import Outlook

NEED = "charging_points_need"
NOTHING = "Nothing is said about charging: this outlook has no vehicles of a country, or was read from files."
NONE = Table(pd.DataFrame(), caption=NOTHING)
ASK = "choice: {missing: ..., idle: ...} in the params file"


def balance_table(outlook: Outlook) -> Table:
    """Printed stocks beside what is modelled, and what each gap points to.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    """
    if outlook.demand is None:
        return NONE
    balance = outlook.demand.balance.set_index("fact")
    columns = balance[["explanation", "printed", "modelled"]].itertuples(index=False)
    shown = balance[["date", "printed", "modelled_low", "modelled", "modelled_high"]]
    return small_table(shown.assign(reason=[gap_words(*cells) for cells in columns]))


def why(outlook: Outlook) -> BulletList:
    """One sentence on why need and practice differ, and one on where both lie among markets at the
    same stock.
    """
    return BulletList([NOTHING] if outlook.demand is None else _why(outlook.demand))


def _why(demand: DemandOutlook) -> list[str]:
    need, slow, practice = (
        np.median(demand.results[f"charging_points_{name}"][:, -1])
        for name in ("need", "need_slow", "practice")
    )
    if not need:
        return ["Without electric vehicles there is neither need nor practice."]
    said = (
        f"Need counts the public points that carry the energy of {demand.years[-1]} at a use that drivers can live "
        f"with, {100 * slow / need:.0f} % of them slow overnight points for those without a charger at home; practice "
        "starts from what stands and grows as other markets did, whatever the need."
    )
    band = demand.band.iloc[-1]
    if not band["markets"]:
        return [said]
    results = demand.results
    without_slow = (
        results["charging_points_need"][:, -1] - results["charging_points_need_slow"][:, -1]
    )
    faster, ends = float(np.median(without_slow)), (float(band["low"]), float(band["high"]))
    needed = _beside(
        faster, *ends, "most energy is charged at home or slowly", "little is charged at home"
    )
    built = _beside(float(practice), *ends, "it starts from few", "it starts from many")
    beside = (
        f"Four in five of the {band['markets']:.0f} markets that had about as many vehicles had "
        f"{amounts(*ends, 'charging_points')} points: "
        f"need without slow overnight points, {amount(faster, NEED)}, {needed}; "
        f"practice, {amount(float(practice), NEED)}, {built}."
    )
    return [said, beside]


def _beside(points: float, low: float, high: float, below: str, above: str) -> str:
    if low <= points <= high:
        return "lies among them"
    return f"lies below them, as {below}" if points < low else f"lies above them, as {above}"


def targets_table(outlook: Outlook) -> Table:
    """Announced targets: how much of each stands, the pace that it takes, and its probability."""
    demand = outlook.demand
    if demand is None:
        return NONE
    rows, last = [], demand.years[-1]
    for row in demand.target_table.to_dict("records"):
        rows.append({
            "by": f"{row['date']}, passed" if row["date"] <= outlook.as_of else str(row["date"]),
            "number": f"{row['number']:,.0f} {row['unit']}",
            "stands": _percent(100 * row["stands"]),
            "points a year needed": _number(row["pace_needed"]),
            "points a year by practice": _number(row["pace_of_practice"]),
            "probability": _percent(100 * row["probability"]) if row["date"].year <= last else f"after {last}",
            "fact": row["target"],
        })  # fmt: skip
    return Table(
        plain_frame(rows), caption="No target of public charging is known." if not rows else ""
    )


def band_table(outlook: Outlook) -> Table:
    """Public points of the markets that had as many vehicles, beside need, need without slow
    points, and practice.
    """
    demand = outlook.demand
    if demand is None:
        return NONE
    nothing = dict.fromkeys(["their points", LOW, HIGH], "–")
    rows = []
    for row in demand.band[demand.band["year"] >= outlook.first_year].to_dict("records"):
        at = demand.years.index(int(row["year"]))
        need, slow, practice = (
            demand.results[f"charging_points_{name}"][:, at]
            for name in ("need", "need_slow", "practice")
        )
        known = row["markets"] > 0
        rows.append({
            "year": int(row["year"]),
            "vehicles": amount(float(row["stock"]), "ev_stock"),
            "markets": str(int(row["markets"])) if known else "–",
            **(_spread("their points", row, "points", "charging_points") if known else nothing),
            "need, points": amount(float(np.median(need)), NEED),
            "need without slow, points": amount(float(np.median(need - slow)), NEED),
            "practice, points": amount(float(np.median(practice)), NEED),
        })  # fmt: skip
    measures = {
        "need, points": "charging_points_need",
        "practice, points": "charging_points_practice",
    }
    measures["vehicles"] = "ev_stock"
    return Table(
        pd.DataFrame(rows), leading({head: [name] * len(rows) for head, name in measures.items()})
    )


def _at_the_horizon(outlook: Outlook, table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows of the last year in which a column has something."""
    return table[(table["year"] == outlook.scenario.horizon) & (table[column] > 0)]


def settings_table(outlook: Outlook) -> Table:
    """Points needed at the horizon by place of charging, private ones included."""
    demand = outlook.demand
    if demand is None:
        return NONE
    last = _at_the_horizon(outlook, demand.by_setting, "points")
    rows = [
        {
            "charging": SETTINGS[row["setting"]],
            **_spread("points", row, "points", "charging_points"),
            "MW installed": readable(row["installed_mw"]),
            "GWh a year": readable(row["energy_gwh"]),
        }
        for row in last.to_dict("records")
    ]
    measures = {"points": "charging_points_need", "GWh a year": "energy_gwh"}
    return Table(
        plain_frame(rows), leading({head: [name] * len(rows) for head, name in measures.items()})
    )


def cost_table(outlook: Outlook) -> Table:
    """Dollars of 2024 in the horizon year for the points needed, by place of charging."""
    demand = outlook.demand
    if demand is None:
        return NONE
    last = _at_the_horizon(outlook, demand.by_cost, "usd")
    rows = [
        {"charging": SETTINGS[row["setting"]]}
        | _spread("USD million", row, "usd", "investment_usd", 1e6)
        for row in last.to_dict("records")
    ]
    links = leading({"USD million": ["investment_usd"] * len(rows)})
    return Table(
        plain_frame(rows),
        links,
        "Chargers with installation and connection to the grid, dollars of 2024",
    )


def cost_checks_table(outlook: Outlook) -> Table:
    """Costs of fast stations that were printed, beside what this report reckons for the same
    points.
    """
    demand = outlook.demand
    if demand is None:
        return NONE
    found = cost_checks(demand.drawn)
    rows = [
        {
            "printed elsewhere": row["what"],
            "USD": ("at least " if row["relation"] == "at_least" else "") + readable(row["usd"]),
            **_spread("USD here", row, "middle", "investment_usd"),
            "source": row["source"],
        }
        for row in found.to_dict("records")
    ]
    caption = "Printed costs of fast stations beside the costs that are taken here, dollars of 2024"
    return Table(plain_frame(rows), links={"source": found["url"].tolist()}, caption=caption)


def heavy_table(outlook: Outlook) -> Table:
    """Vans, buses and trucks at the horizon: on the road, their share of the energy, their depots."""
    demand = outlook.demand
    if demand is None:
        return NONE
    last = _at_the_horizon(outlook, demand.heavy, "high")
    rows = [
        {
            "class": row["vehicle_class"],
            **_spread("on the road, vehicles", row, "stock", "ev_stock"),
            "share of energy": _percent(row["energy_percent"]),
            "depot points": readable(row["depot_points"]),
            "depot MW": readable(row["depot_mw"]),
        }
        for row in last.to_dict("records")
    ]
    return Table(
        plain_frame(rows),
        caption="" if rows else "No count of electric vans, buses or trucks is known.",
    )


def consequences_table(outlook: Outlook) -> Table:
    """Investment, shares of the country's power, fuel and carbon avoided, first ahead and at the
    horizon.
    """
    if outlook.demand is None:
        return NONE
    years = (outlook.first_year, outlook.scenario.horizon)
    shown = measures_by_year(outlook.results, CONSEQUENCES, years, "what")
    return Table(shown, leading({str(year): CONSEQUENCES for year in years}))


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else "under 1 %" if 0 <= value < 1 else f"{value:.0f} %"


def _number(value: float) -> str:
    return "–" if np.isnan(value) else readable(float(value))


def _spread(
    head: str, row: Mapping[Hashable, Any], name: str, measure: str, unit: float = 1.0
) -> dict[str, str]:
    """A median and the two ends of its 80 % interval, in columns of their own."""
    keys = {head: name, LOW: "low", HIGH: "high"}
    return {column: amount(float(row[key]) / unit, measure) for column, key in keys.items()}


def regions_table(outlook: Outlook) -> Table:
    """Vehicles, need and stations at the horizon by part of the country, where a count is printed;
    the most first.
    """
    if outlook.demand is None:
        return NONE
    found = by_region(outlook)
    # Of a count of every part no rest is left
    found = found[found["high"] >= 1].sort_values("median", ascending=False)
    parts = {
        with_unit(str(measure)): pd.DataFrame(
            [_spread("median", row, "median", str(measure)) for row in rows.to_dict("records")],
            list(rows["name"]),
        )
        for measure in SHOWN_BY_REGION
        if len(rows := found[found["measure"] == measure])
    }
    if not parts:
        return Table(pd.DataFrame(), caption="No count is printed for a part of the country.")
    shown = beside(parts, "where").sort_values(
        ("where", ""), key=lambda names: names == "the rest", kind="stable"
    )
    made_of = {name: name for name in SHOWN_BY_REGION} | {
        "charging_stations": "charging_points_practice"
    }
    return Table(
        shown, leading({with_unit(name): [made_of[name]] * len(shown) for name in SHOWN_BY_REGION})
    )


def stations_table(sizes: Sequence[int] = (1, 2, 4, 8, 16)) -> Table:
    """Stations that are equally busy, and how long drivers wait: one arrival an hour and point.

    Parameters
    ----------
    sizes : sequence of int
        Points of each station.
    """
    services = {points: station_service(points, points) for points in sizes}
    return small_table(pd.DataFrame(services).T.rename_axis("points"))


def fast_charge_table(temperatures: Sequence[float] = (-20, 0, 20)) -> Table:
    """How far a fast charge carries a car, and at what power it is taken, by temperature.

    Parameters
    ----------
    temperatures : sequence of float
        Degrees Celsius.
    """
    car = road_vehicle("car")
    rows = [
        {
            "degrees": str(degrees),
            "km to the next charge": readable(car.range_km(degrees) * (FAST_TO - RESERVE)),
            "kW": readable(car.power_kw(degrees)),
        }
        for degrees in temperatures
    ]
    return Table(plain_frame(rows))


def choice_table(
    outlook: Outlook,
    missing: float | None = None,
    idle: float | None = None,
    own: float | None = None,
) -> Table:
    """What it means to build to need, practice, standard or a number of one's own at the horizon,
    from the same draws.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    missing, idle : float, optional
        Cost of one public point too few, and of one too many, a year; the reader's own, in one
        money. Default as the scenario says; where it says nothing, no number is better than
        another.
    own : float, optional
        A number of points of one's own.
    """
    if outlook.demand is None:
        return NONE
    choice = choice_of(outlook, missing, idle, own)
    options = choice_options(outlook, choice)
    wanted = outlook.demand.results["charging_points_need"][:, -1]
    missing, idle = (choice.missing, choice.idle) if choice else (1.0, 1.0)
    found = expected_regret(wanted, options, missing=missing, idle=idle)
    rows = [
        {
            "build to": row["option"],
            "points": amount(row["points"], NEED),
            "too few": _percent(100 * row["too_few"]),
            "missing in the mean": readable(row["missing_points"]),
            "idle in the mean": readable(row["idle_points"]),
            "best where a missing point costs so many idle ones": readable(row["right_at"], 2),
        }
        | ({"regret": readable(row["regret"])} if choice else {})
        for row in (found if choice else found.sort_values("points")).to_dict("records")
    ]
    said = (
        f"A missing point at {in_digits(choice.missing)}, an idle one at {in_digits(choice.idle)} a year, t"
        if choice
        else "T"
    )
    more = (
        "the least regret first" if choice else f"with your own costs ({ASK}) each has its regret"
    )
    caption = (
        f"{said}he need of each draw being what is wanted in {outlook.scenario.horizon}; {more}"
    )
    return Table(plain_frame(rows), caption=caption)


def choice_of(
    outlook: Outlook, missing: float | None, idle: float | None, own: float | None
) -> Choice | None:
    """The reader's costs: as given, else as the scenario says; None where neither does."""
    if missing is not None and idle is not None:
        # Looked at where regret is reckoned
        return Choice.model_construct(missing=missing, idle=idle, own=own)
    if missing is not None or idle is not None:
        raise AssumptionError(
            "choice: one of the two costs is given; give missing and idle, in one money"
        )
    said = outlook.scenario.choice
    return said.model_copy(update={"own": own}) if said and own is not None else said


def choice_options(outlook: Outlook, choice: Choice | None) -> dict[str, float]:
    """Numbers of points by name: the medians of the three answers, and the reader's own."""
    values = outlook.results.values
    answers = {
        name: values[f"charging_points_{name}"][:, -1] for name in ("need", "practice", "standard")
    }
    named = {name: float(np.median(points)) for name, points in answers.items()}
    return named if choice is None or choice.own is None else named | {"one's own": choice.own}
