"""Tables beside the three answers on charging: targets, the markets at the same stock, what comes
with the vehicles; and of the truck corridor one trip, its megawatt points and its figures.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from forecasting.demand.consequences import cost_checks, expected_regret, point_business
from forecasting.demand.corridor import (
    CASES,
    MILD,
    TRUCK_ROAD,
    TRUCK_SCENARIOS,
    road_figure,
    road_vehicle,
    stretches,
    truck_plan,
    truck_trip,
)
from forecasting.demand.parameters import read_table
from forecasting.demand.queueing import station_service
from forecasting.errors import AssumptionError, in_digits
from forecasting.evidence.fact import Fact, in_order
from forecasting.evidence.places import place_name
from forecasting.evidence.words import in_words, when_words
from forecasting.measures import (
    CHARGING_ANSWERS,
    CONSEQUENCES,
    EV_SHARE,
    EV_STOCK_SHARE,
    GRID_MEASURES,
    PRICES,
    SHOWN_BY_REGION,
)
from forecasting.panels.practice import market_band
from forecasting.parameters.values import Choice
from forecasting.quantiles import Array
from forecasting.quantities import RELATION_WORDS
from forecasting.reporting.display import (
    HIGH,
    LOW,
    BulletList,
    Table,
    plain_frame,
    rows_table,
    side_by_side,
)
from forecasting.reporting.labels import (
    SETTING_WORDS,
    amount,
    amounts,
    day_words,
    label_of,
    parameter_words,
    phrase,
    readable,
)
from forecasting.reporting.result_tables import (
    in_columns,
    label_in,
    measures_beside,
    small_table,
    with_unit,
)
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.regions import by_region

BAND_LEVELS = [0.1, 0.5, 0.9]
NEED = "charging_points_need"
PRACTICE_POINTS = "charging_points_practice"
STATIONS_ANSWER = {"charging_stations": PRACTICE_POINTS}  # what a number of stations rests on
NO_CHARGING = (
    "Nothing is said about charging: this outlook has no vehicles of a country, or was read from "
    "files."
)
NO_CHARGING_TABLE = Table(pd.DataFrame(), caption=NO_CHARGING)
PEAKS = {
    "peak_mw": "charging on a winter evening, many points at once: the peak of all tables",
    "peak_summer_mw": "charging on a summer evening, many points at once",
}
BUSY_SHARES = (0.05, 0.1, 0.2)  # of the hours: United States' fast points are at 5 to 17 %
SOLD_AT = ("destination_ac", "destination_dc")  # a slow point, and a fast one
CARS_OF_SHARE = {EV_SHARE: "new cars", EV_STOCK_SHARE: "cars on the road"}
COSTS_HINT = "choice: {missing: ..., idle: ...} in the params file"
ROAD_WORDS = "Urumqi – Horgos – Almaty – Tashkent"


def why(outlook: Outlook) -> BulletList:
    """One sentence on why need and practice differ, and one on where both lie among markets at the
    same stock.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    BulletList
        One or two sentences, in public points.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> len(fc.tables.why(outlook).lines)
    2
    """
    demand = outlook.demand
    if demand is None:
        return BulletList([NO_CHARGING])
    draws = demand.results
    slow = draws["charging_points_need_slow"]
    need = _last_median(draws[NEED])
    faster = _last_median(draws[NEED] - slow)
    practice = _last_median(draws[PRACTICE_POINTS])
    if not need:
        return BulletList(["Without electric vehicles there is neither need nor practice."])
    lines = [
        f"Need counts the public points that carry the energy of {demand.years[-1]} at a use that "
        f"drivers can live with, {100 * _last_median(slow) / need:.0f} % of them slow overnight "
        "points for those without a charger at home; practice starts from what stands and grows "
        "as other markets did, whatever the need."
    ]
    standing = demand.standing
    if standing is not None and standing.date.year in demand.years:
        year = standing.date.year
        cars = np.median(draws["ev_stock"][:, demand.years.index(year)])
        lines.append(
            f"Practice starts from {standing.count:,.0f} {standing.unit}, the newest count, of "
            f"{day_words(standing.date)}, beside the {amount(float(cars), 'ev_stock')} vehicles at "
            f"the end of {year}; in other markets, too, points and vehicles are those of one day, "
            "the end of a year."
        )
    low, _, high, markets = market_band(_last_median(draws["ev_stock"]))
    if markets:
        ends = (low, high)
        saved = ("most energy is charged at home or slowly", "little is charged at home")
        need_position = _among(faster, *ends, *saved)
        practice_position = _among(practice, *ends, "it starts from few", "it starts from many")
        lines.append(
            f"Four in five of the {markets} markets that had about as many vehicles had "
            f"{amounts(*ends, 'charging_points')} points: need without slow overnight points, "
            f"{amount(faster, NEED)}, {need_position}; practice, {amount(practice, NEED)}, "
            f"{practice_position}."
        )
    return BulletList(lines)


def _last_median(draws: Array) -> float:
    """The median of the last year."""
    return float(np.median(draws[:, -1]))


def _among(points: float, low: float, high: float, low_reason: str, high_reason: str) -> str:
    if points < low:
        return f"lies below them, as {low_reason}"
    if points > high:
        return f"lies above them, as {high_reason}"
    return "lies among them"


def targets_table(outlook: Outlook) -> Table:
    """Announced targets: how much of each stands, the pace that it takes, and its probability.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        Points or stations, per cent of them standing, points a year, and the probability in per
        cent.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("uzbekistan-baseline", draws=50)
    >>> list(fc.tables.targets_table(outlook).frame)
    ['by', 'number', 'stands', 'points a year needed', 'points a year by practice',
    'probability', 'fact']
    """
    demand = outlook.demand
    if demand is None:
        return NO_CHARGING_TABLE
    final_year = demand.years[-1]
    rows = []
    for row in demand.target_table.to_dict("records"):
        day = row["date"]
        reached = f"after {final_year}"
        if day.year <= final_year:
            reached = _percent(row["probability"])
        line = {
            "by": f"{day}, passed" if day <= outlook.as_of else str(day),
            "number": f"{row['number']:,.0f} {row['unit']}",
            "stands": _percent(row["stands"]),
            "points a year needed": readable(row["pace_needed"]),
            "points a year by practice": readable(row["pace_of_practice"]),
            "probability": reached,
            "fact": row["target"],
        }
        rows.append(line)
    return rows_table(rows, nothing="No target of public charging is known.")


def share_targets_table(outlook: Outlook) -> Table:
    """Printed targets of an electric share of cars: the probability of each, and the electric cars
    of each year on an even way to it.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        Per cent, and battery and plug-in cars by year: on the road, or new, as the target has it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("uzbekistan-baseline", draws=50)
    >>> fc.tables.share_targets_table(outlook).frame.columns[:4].tolist()
    ['by', 'target', 'forecast, %', 'probability']
    """
    demand = outlook.demand
    if demand is None:
        return NO_CHARGING_TABLE
    announced = outlook.facts.select(kind="target", since=outlook.as_of)
    rows = [
        {
            "by": str(row["fact"].period.end),
            "target": f"{row['fact'].value:g} % of {CARS_OF_SHARE[row['measure']]}",
            "forecast, %": readable(row["forecast"], 2),
            "probability": _percent(row["probability"]),
            "of battery cars alone": _percent(row["battery"]),
            **{str(year): readable(cars) for year, cars in row["path"].items()},
            "fact": row["fact"].id,
        }
        for row in demand.share_targets(announced, outlook.first_year - 1)
    ]
    caption = (
        "Passenger cars; those of each year, battery and plug-in, on an even way to the target"
    )
    nothing = "No target of an electric share is known."
    return rows_table(rows, caption=caption, nothing=nothing)


def _at_the_horizon(
    outlook: Outlook, table: pd.DataFrame, column: str
) -> list[dict[Hashable, Any]]:
    """The rows of the last year in which a column has something."""
    rows = table[(table["year"] == outlook.scenario.horizon) & (table[column] > 0)]
    return rows.to_dict("records")


def settings_table(outlook: Outlook) -> Table:
    """Points needed at the horizon by place of charging, private ones included, and what is built
    for them in that year.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        Points with 80 % ranges, megawatts, gigawatt-hours a year, and millions of dollars of
        2024: chargers with installation and connection to the grid.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> list(fc.tables.settings_table(outlook).frame)
    ['charging', 'points', '10 %', '90 %', 'MW installed', 'GWh a year', 'USD million']
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE
    rows = [
        {
            "charging": SETTING_WORDS[row["setting"]],
            **_spread("points", row, "points", "charging_points"),
            "MW installed": readable(row["installed_mw"]),
            "GWh a year": readable(row["energy_gwh"]),
            "USD million": readable(row["usd"] / 1e6),
        }
        for row in _at_the_horizon(outlook, outlook.demand.by_setting, "points")
    ]
    measures = {"points": NEED, "GWh a year": "energy_gwh", "USD million": "investment_usd"}
    caption = "Points for the vehicles at the end of the year; GWh and dollars of the year"
    return rows_table(rows, measures, caption=caption)


def cost_checks_table(outlook: Outlook) -> Table:
    """Costs of stations that were printed, beside what this report reckons for the same
    points.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        Dollars of 2024 for the same points.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> list(fc.tables.cost_checks_table(outlook).frame)
    ['printed elsewhere', 'USD', 'USD here', '10 %', '90 %', 'source']
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE
    rows = [
        {
            "printed elsewhere": row["what"],
            "USD": RELATION_WORDS[row["relation"]] + readable(row["usd"]),
            **_spread("USD here", row, "middle", "investment_usd"),
            "source": row["source"],
            "url": row["url"],
        }
        for row in cost_checks(outlook.demand.sample).to_dict("records")
    ]
    caption = "Printed costs of stations beside the costs that are taken here, dollars of 2024"
    return rows_table(rows, caption=caption)


def heavy_table(outlook: Outlook) -> Table:
    """Battery cars, plug-in hybrids, vans, buses and trucks at the horizon: on the road, share of
    the energy, depots.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        Vehicles, per cent of the energy, points and megawatts.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("kazakhstan-baseline", draws=50)
    >>> type(fc.tables.heavy_table(outlook)).__name__
    'Table'
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE
    labels = {row.name: row.label for row in outlook.demand.parameters.classes}
    rows = [
        {
            "class": labels[row["vehicle_class"]],
            **_spread("on the road, vehicles", row, "median", "ev_stock"),
            "share of energy": _percent(row["energy_percent"] / 100),
            "depot points": readable(row["depot_points"]),
            "depot MW": readable(row["depot_mw"]),
        }
        for row in _at_the_horizon(outlook, outlook.demand.by_class, "high")
    ]
    return rows_table(rows, nothing="No electric vehicle is on the road.")


def consequences_table(outlook: Outlook) -> Table:
    """Investment, shares of the country's power, fuel and carbon avoided, first ahead and at the
    horizon.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        Medians and 80 % ranges, each in the unit of its head.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.tables.consequences_table(outlook).frame.columns[0]
    ('what', '')
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE
    years = (outlook.first_year, outlook.scenario.horizon)
    groups = {str(year): (outlook.results, year) for year in years}
    frame = measures_beside(groups, CONSEQUENCES, "what")
    return rows_table(frame, {str(year): CONSEQUENCES for year in years})


def _percent(share: float) -> str:
    if 0 <= share < 0.01:
        return "under 1 %"
    if np.isnan(share):
        return "–"
    return f"{100 * share:.0f} %"


def _spread(head: str, row: Mapping[Hashable, Any], name: str, measure: str) -> dict[str, str]:
    """A median and the two ends of its 80 % range, in columns of their own."""
    keys = {head: name, LOW: "low", HIGH: "high"}
    return {column: amount(float(row[key]), measure) for column, key in keys.items()}


def regions_table(
    outlook: Outlook, year: int | None = None, measures: Sequence[str] = SHOWN_BY_REGION
) -> Table:
    """Vehicles, slow and fast points needed and stations by part of the country, where a count is
    printed; the most first.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    year : int, optional
        At whose end; default the horizon.
    measures : sequence of str
        The columns; a part without any of them has no row.

    Returns
    -------
    Table
        Medians and 80 % ranges, each in the unit of its head.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("uzbekistan-baseline", draws=50)
    >>> fc.tables.regions_table(outlook).frame.columns[0]
    ('where', '')
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE
    places = by_region(outlook, year)
    # Of a count of every part no rest is left
    places = places[places["high"] >= 1].sort_values("median", ascending=False)
    heads = {with_unit(name, label_in(outlook, name)): name for name in measures}
    parts = {}
    for head, measure in heads.items():
        rows = places[places["measure"] == measure].set_index("name")
        if len(rows):
            levels = rows.rename(columns={"low": 0.1, "median": 0.5, "high": 0.9})
            parts[head] = in_columns(levels, measure)
    if not parts:
        return rows_table([], nothing="No count is printed for a part of the country.")
    frame = side_by_side(parts, "where").sort_values(
        ("where", ""), key=lambda names: names == "the rest", kind="stable"
    )
    rests_on = {head: STATIONS_ANSWER.get(name, name) for head, name in heads.items()}
    points = outlook.ledger.select(measure="charging_points", as_of=outlook.as_of)
    counts = [
        f"{place_name(fact.place)}, {in_words(fact)} {when_words(fact.period)}, “{fact.quote}”"
        for fact in points
        if "charging_stations" in measures and fact.place in set(places["region"])
    ]
    return rows_table(frame, rests_on, caption=phrase("Printed of a part: {}", "; ".join(counts)))


def grid_table(outlook: Outlook) -> Table:
    """The load of charging at the horizon beside what was printed of the grid's own.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        Megawatts, with the ends of the 80 % range.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("kazakhstan-baseline", draws=50)
    >>> list(fc.tables.grid_table(outlook).frame)
    ['load', 'MW', '10 %', '90 %', 'when', 'fact']
    """
    demand = outlook.demand
    if demand is None:
        return NO_CHARGING_TABLE
    year = outlook.scenario.horizon
    rows = []
    for measure, words in PEAKS.items():
        low, middle, high = map(readable, outlook.results.bands(measure).loc[year, BAND_LEVELS])
        rows.append({"load": words, "when": str(year), "MW": middle, LOW: low, HIGH: high})
    for day, load in demand.load_day.groupby("day"):
        hours = load.groupby("hour")["mw"].sum()
        words = f"charging on a mean {day} day at {hours.idxmax()}:00, as in the curve of the day"
        rows.append({"load": words, "when": str(year), "MW": readable(hours.max())})
    for fact in (fact for fact in in_order(outlook.facts) if fact.measure in GRID_MEASURES):
        number = in_words(fact).removesuffix(" MW")
        day = str(fact.period.end)
        rows.append({"load": label_of(fact.measure), "MW": number, "when": day, "fact": fact.id})
    columns = ["load", "MW", LOW, HIGH, "when", "fact"]
    return rows_table(plain_frame(rows, columns=columns))


def business_table(outlook: Outlook) -> Table:
    """A year of one public point by how busy it is, at the prices that were printed.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        Megawatt-hours, dollars, and years until a point has earned its cost.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("uzbekistan-baseline", draws=50)
    >>> list(fc.tables.business_table(outlook).frame)
    ['point', 'in use', 'MWh a year', 'revenue, USD', 'margin, USD', 'payback, years']
    """
    prices = point_prices(outlook)
    if outlook.demand is None or len(prices) < len(PRICES):
        return rows_table([], nothing="No price of public charging is printed.")
    sold, bought = (prices[name] for name in PRICES)
    heads = ["point", "in use", "MWh a year", "revenue, USD", "margin, USD", "payback, years"]
    rows = []
    for setting, use in product(SOLD_AT, BUSY_SHARES):
        year = point_business(setting, use, sold.value, bought.value, outlook.demand.sample)
        rows.append([SETTING_WORDS[setting], f"{100 * use:.0f} %", *map(readable, year.values())])
    caption = (
        f"Price of charging: {in_words(sold)} ({place_name(sold.place)}); of its electricity: "
        f"{in_words(bought)}; rent, upkeep and taxes are not taken off"
    )
    return Table(plain_frame(rows, columns=heads), caption=caption)


def point_prices(outlook: Outlook) -> dict[str, Fact]:
    """The newest printed prices of a kWh sold at a public point and of one bought, by measure; of
    the country, or of a part.
    """
    facts = outlook.ledger.select(as_of=outlook.as_of)
    # What is told beside the facts is of households: a station pays another price
    return {
        fact.measure: fact
        for fact in sorted(facts, key=lambda fact: str(fact.period_end))
        if fact.measure in PRICES
        and fact.kind != "context"
        and fact.place.startswith(outlook.scenario.place)
    }


def stations_table() -> Table:
    """Stations that are equally busy, and how long drivers wait: one arrival an hour and point.

    Returns
    -------
    Table
        Points, arrivals and waiting times by size of the station.

    Examples
    --------
    >>> import forecasting as fc
    >>> len(fc.tables.stations_table().frame)
    5
    """
    services = {points: station_service(points, points) for points in (1, 2, 4, 8, 16)}
    return small_table(pd.DataFrame(services).T.rename_axis("points"))


def choice_table(
    outlook: Outlook,
    missing: float | None = None,
    idle: float | None = None,
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

    Returns
    -------
    Table
        Public points and, with costs, the expected regret in the money of the costs.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> list(fc.tables.choice_table(outlook, missing=3000, idle=1000).frame)[:3]
    ['build to', 'points', 'too few']
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE
    choice = _choice_of(outlook, missing, idle)
    results = outlook.demand.results
    # The medians of the three answers, and the reader's own
    options = {name.rpartition("_")[2]: _last_median(results[name]) for name in CHARGING_ANSWERS}
    if choice and choice.own is not None:
        options["one's own"] = choice.own
    costs = choice or Choice.model_construct(missing=1.0, idle=1.0)
    regret = expected_regret(results[NEED][:, -1], options, missing=costs.missing, idle=costs.idle)
    when = f"the need of each possible future is what is wanted in {outlook.scenario.horizon}"
    paid = f"{in_digits(costs.missing)}, an idle one at {in_digits(costs.idle)} a year"
    caption = f"A missing point at {paid}, {when}; the smallest cost first"
    if choice is None:
        regret = regret.sort_values("points")
        caption = (
            f"With costs of your own ({COSTS_HINT}) the table says what each choice costs; {when}"
        )
    columns = {
        "build to": regret["option"],
        "points": [amount(points, NEED) for points in regret["points"]],
        "too few": regret["too_few"].map(_percent),
        "missing on average": regret["missing_points"].map(readable),
        "idle on average": regret["idle_points"].map(readable),
        "best if a missing point costs as much as so many idle ones": [
            readable(ratio, 2) for ratio in regret["right_at"]
        ],
    }
    if choice:
        columns["regret"] = regret["regret"].map(readable)
    return rows_table(columns, caption=caption)


def _choice_of(outlook: Outlook, missing: float | None, idle: float | None) -> Choice | None:
    """The reader's costs: as given, else as the scenario says; None where neither does."""
    if missing is None and idle is None:
        return outlook.scenario.choice
    if missing is None or idle is None:
        raise AssumptionError(
            "choice: one of the two costs is given; give missing and idle, in one money"
        )
    # The door has looked at both
    return Choice.model_construct(missing=missing, idle=idle, own=None)


def truck_trip_table() -> Table:
    """One drive over the whole road on a mild and on a cold day, with a small, a usual and a large
    battery.

    Returns
    -------
    Table
        Each figure in the unit of its head.

    Examples
    --------
    >>> import forecasting as fc
    >>> list(fc.tables.truck_trip_table().frame)[:3]
    ['battery, kWh', '°C', 'range, km']
    """
    truck = road_vehicle("truck")
    rows = []
    for case in CASES:
        battery = road_figure("battery_kwh", "truck", case)
        for temperature in (MILD, road_figure("temperature")):
            trip = truck_trip(temperature, replace(truck, battery_kwh=battery))
            row = {
                "battery, kWh": battery,
                "°C": temperature,
                "range, km": trip["range_km"],
                "kWh a km": trip["kwh_per_km"],
                "kWh a tonne-km": trip["kwh_per_tonne_km"],
                "payload, t": trip["payload_tonnes"],
                "at the wheel, h": trip["driving_hours"],
                "breaks and nights, h": trip["rest_hours"],
                "charges by day": trip["stops"],
                "charging by day, h": trip["charging_hours"],
                "beyond the breaks, h": trip["extra_hours"],
                "tonnes an hour, % of diesel": 100 * trip["of_diesel"],
            }
            rows.append(row)
    caption = f"One trip of {truck_trip()['km']:,.0f} km, {ROAD_WORDS}"
    return small_table(pd.DataFrame(rows).set_index("battery, kWh"), caption)


def truck_points_table() -> Table:
    """Electric trucks and megawatt points in 2030 by scenario: the whole road, low, middle and
    high.

    Returns
    -------
    Table
        Trucks a day, sites, points, megawatts and megawatt-hours a day.

    Examples
    --------
    >>> import forecasting as fc
    >>> list(fc.tables.truck_points_table().frame)[:2]
    ['scenario', 'case']
    """
    rows = []
    for scenario in TRUCK_SCENARIOS:
        plan = truck_plan(scenario)
        for case in CASES:
            mine = plan[plan["case"] == case]
            row = {
                "scenario": scenario,
                "case": case,
                "electric, % of trucks": road_figure("electric_share", scenario, case),
                "electric trucks a day, busiest section": mine["electric_per_day"].max(),
                "sites": mine["sites"].sum(),
                "megawatt points": mine["points"].sum(),
                "MW a site, at most": mine["megawatts_per_site"].max(),
                "MWh a day": mine["mwh_per_day"].sum(),
            }
            rows.append(row)
    caption = f"Electric trucks in 2030, {ROAD_WORDS}, on a day of deep winter"
    return small_table(pd.DataFrame(rows).set_index("scenario"), caption)


def truck_figures_table() -> Table:
    """Every figure that the truck corridor uses, with its range and its source.

    Returns
    -------
    Table
        A row for each figure, in the unit beside it.

    Examples
    --------
    >>> import forecasting as fc
    >>> list(fc.tables.truck_figures_table().frame)
    ['figure', 'unit', 'low', 'likely', 'high', 'kind', 'source']
    """
    rows = []
    for row in stretches(TRUCK_ROAD):
        where = f"{row['start']}–{row['end']}"
        rows.append(_figure(row, f"{where}, length", "km", "km", ""))
        rows.append(_figure(row, f"{where}, trucks", "a day", "vehicles", "traffic_"))
    trucks = [row for row in read_table("road_vehicles.csv") if row["vehicle"] == "truck"]
    for row in [*trucks, *read_table("truck_outlook.csv")]:
        quantity = row["quantity"]
        if quantity != "electric_against_cars" and "traffic" not in quantity:
            name = f"{parameter_words(quantity)} {row.get('scenario', '')}".strip()
            rows.append(_figure(row, name, row["unit"], "", ""))
    return rows_table(pd.DataFrame(rows).replace("", "–"))


def _figure(row: Mapping[str, str], name: str, unit: str, key: str, prefix: str) -> dict[str, str]:
    """A figure of a road with its range and its source, whose columns begin in some way."""
    columns = {"low": "low", "likely": "value", "high": "high"}
    if key:
        columns = {"low": f"{key}_low", "likely": key, "high": f"{key}_high"}
    columns |= {column: prefix + column for column in ("kind", "source", "url")}
    cells = {head: row[name] for head, name in columns.items()}
    sizes = {head: f"{float(cells[head]):,g}" for head in ("low", "likely", "high")}
    return {"figure": name, "unit": unit} | cells | sizes
