"""Tables beside the three answers on charging: targets, the markets at the same stock, what comes
with the vehicles; and of the truck corridor one trip, its megawatt points and its figures.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from forecasting.demand.chain import share_where_cars_are
from forecasting.demand.charging import station_service
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
from forecasting.demand.demand_outlook import DemandOutlook, ShareTarget
from forecasting.demand.parameters import read_table
from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import (
    in_order,
    in_words,
    label_of,
    place_term,
    related,
    statement_term,
    unit_term,
    when_words,
)
from forecasting.panels.practice import market_band
from forecasting.parameters.values import Choice
from forecasting.reporting.labels import (
    ANSWER_WORDS,
    amount,
    amounts,
    day_words,
    levels_in_words,
    median_and_range,
    parameter_words,
)
from forecasting.reporting.register_words import register_sentence
from forecasting.reporting.result_tables import (
    SOURCE_COLUMN,
    label_in,
    measure_rows,
    range_columns,
    range_levels,
    small_table,
    spread,
    with_unit,
)
from forecasting.scenarios.assumptions import statements_of_days
from forecasting.scenarios.facts_on_day import OF_USE
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.regions import by_region, passed_registers
from forecasting.scenarios.what_if import PointPrice, point_prices, year_of_points
from forecasting.vocabulary.errors import AssumptionError, in_digits
from forecasting.vocabulary.measures import (
    BATTERY_PRODUCT,
    CAR,
    CHARGING_ANSWERS,
    CONSEQUENCES,
    DRIVER_PRICE,
    EV_SHARE,
    EV_STOCK_SHARE,
    GRID_MEASURES,
    PRICES,
    SHOWN_BY_REGION,
)
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array
from forecasting.vocabulary.sentences import listed, sentence, uncapital
from forecasting.writers.columns import (
    HIGH,
    LOW,
    MISSING,
    Column,
    Row,
    TableForm,
    rows_beside,
    table_words,
)
from forecasting.writers.display import BulletList, Table
from forecasting.writers.numbers import UNDER, readable, whole_percent

NEED = "charging_points_need"
PRACTICE_POINTS = "charging_points_practice"
STATIONS_ANSWER = {"charging_stations": PRACTICE_POINTS}  # what a number of stations rests on
NO_CHARGING = (
    "Nothing is said about charging: this outlook has no vehicles of a country, or was read from "
    "files."
)
NO_CHARGING_TABLE = TableForm((), nothing=NO_CHARGING)
NO_VEHICLES = "Without electric vehicles there is neither need nor practice."
PEAKS = {
    "peak_mw": "charging on a winter evening, many points at once: the peak of all tables",
    "peak_summer_mw": "charging on a summer evening, many points at once",
}
BUSY_SHARES = (0.05, 0.1, 0.2)  # of the hours: United States' fast points are at 5 to 17 %
SOLD_AT = ("destination_ac", "destination_dc")  # a slow point, and a fast one
CARS_OF_SHARE = {EV_SHARE: "new cars", EV_STOCK_SHARE: "cars on the road"}


def share_words(share: float) -> str:
    """A share in per cent, a small one as such.

    >>> share_words(0.126), share_words(0.001), share_words(float("nan"))
    ('13 %', 'under 1 %', '–')
    """
    if 0 <= share < 0.01:
        return sentence(UNDER)
    if np.isnan(share):
        return MISSING
    return whole_percent(share)


def millions(value: float) -> str:
    """An amount of money in millions."""
    return readable(value / 1e6)


NEED_AND_PRACTICE = (
    "Need counts the public points that carry the energy of {year} with short queues, {slow} of "
    "them slow overnight points for those without a charger at home; practice starts from what "
    "stands and grows as other markets did, whatever the need."
)
START_OF_PRACTICE = (
    "Practice starts from {count:,.0f} {unit}, the newest count, of {day}, beside the {cars} "
    "vehicles at the end of {year}; in other markets both are of the end of a year."
)
AMONG_MARKETS = (
    "Four in five of the {markets} markets that had about as many vehicles had {range} points: "
    "need without slow overnight points, {need}, {need_position}; practice, {practice}, "
    "{practice_position}."
)
VEHICLES_A_POINT = (
    "One public point is needed for {vehicles} vehicles in {year}. Fleets as large differ by who "
    "charges at home, {home} of the owners here, and by the electric share of all vehicles where "
    "the electric cars stand, {local}[, {times:.1f} times the country's by counts of "
    "{count_years}]."
)
# Of an answer that is below what those markets had, among it, above it
NEED_POSITIONS = (
    "lies below them, as most energy is charged at home or slowly",
    "lies among them",
    "lies above them, as little is charged at home",
)
PRACTICE_POSITIONS = (
    "lies below them, as it starts from few",
    "lies among them",
    "lies above them, as it starts from many",
)
# Zapmap on the second quarter of 2025, Paren on 2025: sources of utilisation_scale
FAST_USE = (
    "A fast point then passes {kwh:,.0f} kWh a day, and a car is connected to it {in_use} of the "
    "time; in print this was 10 % in the United Kingdom and 16 % in the United States in 2025. How "
    "busy fast points are where cars park follows the promise of a short wait on the busiest days "
    "in {promise} of the draws[others?; in the others it follows a curve that rises with the share "
    "of electric cars]."
)


def why(outlook: Outlook) -> BulletList:
    """Why need and practice differ, how busy fast points are, and where both answers lie among
    markets at the same stock.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    BulletList
        Sentences, in public points.

    Examples
    --------
    >>> len(fc.tables.why(outlook).lines)
    4
    """
    demand = outlook.demand
    if demand is None:
        return BulletList([sentence(NO_CHARGING)])
    draws = demand.results
    slow = draws["charging_points_need_slow"]
    need = _last_median(draws[NEED])
    fast_draws = draws[NEED] - slow
    faster = _last_median(fast_draws)
    practice = _last_median(draws[PRACTICE_POINTS])
    if not need:
        return BulletList([sentence(NO_VEHICLES)])
    daily, in_use, promise = demand.fast_use
    promised = share_words(promise)
    lines = [
        sentence(
            NEED_AND_PRACTICE, year=demand.years[-1], slow=whole_percent(_last_median(slow) / need)
        ),
        sentence(
            FAST_USE,
            kwh=daily,
            in_use=share_words(in_use),
            promise=promised,
            others=promised != share_words(1.0),
        ),
    ]
    standing = demand.standing
    if standing is not None and standing.date.year in demand.years:
        year = standing.date.year
        cars = np.median(draws["ev_stock"][:, demand.years.index(year)])
        lines.append(
            sentence(
                START_OF_PRACTICE,
                count=standing.count,
                unit=unit_term(standing.unit),
                day=day_words(standing.date),
                cars=amount(float(cars), "ev_stock"),
                year=year,
            )
        )
    low, _, high, markets = market_band(_last_median(draws["ev_stock"]))
    if markets:
        lines.append(
            sentence(
                AMONG_MARKETS,
                markets=markets,
                range=amounts(low, high, "charging_points"),
                need=_last_median_in_words(fast_draws),
                need_position=sentence(NEED_POSITIONS[_side(faster, low, high)]),
                practice=_last_median_in_words(draws[PRACTICE_POINTS]),
                practice_position=sentence(PRACTICE_POSITIONS[_side(practice, low, high)]),
            )
        )
    if demand.vehicle_class == CAR:  # buses and trucks charge at depots
        lines.append(_vehicles_a_point(outlook, demand))
    if of_register := register_sentence(outlook):
        lines.append(of_register)
    return BulletList(lines)


def _vehicles_a_point(outlook: Outlook, demand: DemandOutlook) -> str:
    """Vehicles for one point of the need in the last year, and why fleets alike differ."""
    draws = outlook.results.values
    share = _last_median(draws[EV_STOCK_SHARE]) / 100
    local_share = float(share_where_cars_are(np.array(share), demand.concentration))
    counts = outlook.counts_of_parts.newest
    facts = [count.fact for count in counts if count.fact.measure in OF_USE]
    count_years = sorted({fact.period.end.year for fact in facts})
    return sentence(
        VEHICLES_A_POINT,
        vehicles=readable(_last_median(draws["ev_stock"]) / _last_median(draws[NEED]), 2),
        year=outlook.years[-1],
        home=whole_percent(float(np.median(demand.sample["home_access"]))),
        local=whole_percent(local_share),
        times=demand.concentration > 1 and local_share / share,
        count_years=listed(map(str, count_years)),
    )


def _last_median(draws: Array) -> float:
    """The median of the last year."""
    return float(np.median(draws[:, -1]))


def _last_median_in_words(draws: Array) -> str:
    """The median of public points in the last year, in the digits that stand."""
    return median_and_range(np.quantile(draws[:, -1], RANGE_LEVELS), NEED)[0]


def _side(points: float, low: float, high: float) -> int:
    """Whether a number is below an interval, in it or above it: 0, 1 or 2."""
    return int(points >= low) + int(points > high)


def _target_day(row: Row) -> str:
    day = row["date"]
    return sentence("{day}[passed?, passed]", day=day, passed=day <= row["as_of"])


def _pace_needed(row: Row) -> str:
    """None for a target whose day has passed or that is reached: nothing can be done for it."""
    return MISSING if row["date"] <= row["as_of"] else readable(row["pace_needed"])


def _target_chance(row: Row) -> str:
    if row["stands"] >= 1:
        return sentence(REACHED)
    if row["date"].year > row["final_year"]:
        return sentence(AFTER_YEAR, year=row["final_year"])
    return share_words(row["probability"])


REACHED = "reached"
AFTER_YEAR = "after {year}"
COUNT_WITH_UNIT = "{number:,.0f} {unit:counted number}"
TARGETS = TableForm(
    [
        Column("by", _target_day),
        Column(
            "number",
            lambda row: sentence(
                COUNT_WITH_UNIT, number=row["number"], unit=unit_term(row["unit"])
            ),
        ),
        Column("stands", form=share_words),
        Column("points a year needed", _pace_needed),
        Column("points a year by practice", "pace_of_practice", readable),
        Column("probability", _target_chance),
        Column("fact", "target", look="id"),
    ],
    caption="[Said beside these targets, of their day: {statements}]",
    nothing="No target of the state for public charging is known.",
)


STATEMENT_OF_DAY = "{agency}, {day}, “{quote}”"


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
        return NO_CHARGING_TABLE.table(())
    targets = demand.target_table.to_dict("records")
    day = outlook.as_of
    public = outlook.ledger.select(outlook.scenario.place, as_of=day)
    statements = [
        sentence(
            STATEMENT_OF_DAY,
            agency=basis_name(fact.basis, fact.measure),
            day=fact.period.end,
            quote=statement_term(fact),
        )
        for fact in statements_of_days(public, {row["date"] for row in targets})
    ]
    words = "; ".join(statements)
    return TARGETS.table(targets, statements=words, as_of=day, final_year=demand.years[-1])


def _share_target(row: Row) -> str:
    return sentence(
        "{share:g} % of {cars}[, in {counted}][reached?, reached in this model]",
        share=row["fact"].value,
        cars=sentence(row["cars"]),
        counted=table_words(row["fact"].product.replace("-", " "), "cell"),
        reached=row["reached"],
    )


SHARE_TARGETS = TableForm(
    [
        Column("by", "{fact.period.end}"),
        Column("target", _share_target),
        Column("forecast", form=lambda share: readable(share, 2), unit="%"),
        Column("probability", form=share_words),
        Column("with plug-in hybrids", "with_plug_ins", share_words),
        Column("of battery cars alone", "battery", share_words),
        Column("fact", "{fact.id}", look="id"),
    ],
    caption="Passenger cars; forecast and probability are of the cars that the target counts; "
    "those of each year on an even way to the target",
    nothing="No target of an electric share is known.",
)


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
        return NO_CHARGING_TABLE.table(())
    announced = outlook.facts.select(kind="target", since=outlook.as_of)
    targets = [
        ShareTarget(
            fact.id, fact.period.end.year, fact.value, fact.stock, fact.product == BATTERY_PRODUCT
        )
        for fact in announced
        if fact.declared.says == "share"
    ]
    since = outlook.first_year - 1
    rows = [
        {
            **row,
            **row["path"],
            "fact": announced.get(row["target"]),
            "cars": CARS_OF_SHARE[row["measure"]],
            "reached": not row["path"] and since in demand.years,
        }
        for row in demand.share_targets(targets, since)
    ]
    years = dict.fromkeys(year for row in rows for year in row["path"])
    by_year = [Column(str(year), year, readable) for year in years]
    return SHARE_TARGETS.with_columns(by_year, "fact").table(rows)


def _at_the_horizon(
    outlook: Outlook, table: pd.DataFrame, column: str
) -> list[dict[Hashable, Any]]:
    """The rows of the last year whose number in a column is above 0."""
    rows = table[(table["year"] == outlook.scenario.horizon) & (table[column] > 0)]
    return rows.to_dict("records")


BY_SETTING = TableForm(
    [
        Column("charging", "setting", parameter_words),
        *spread("points", "points", "charging_points", f"#grounds-{NEED}"),
        Column("MW installed", "installed_mw", readable),
        Column("GWh a year", "energy_gwh", readable, address="#grounds-energy_gwh"),
        Column("USD million", "usd", millions, address="#grounds-investment_usd"),
    ],
    caption="Points for the vehicles at the end of the year; GWh and dollars of the year",
)


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
    >>> list(fc.tables.settings_table(outlook).frame)
    ['charging', 'points', '10 %', '90 %', 'MW installed', 'GWh a year', 'USD million']
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE.table(())
    return BY_SETTING.table(_at_the_horizon(outlook, outlook.demand.by_setting, "points"))


COST_CHECKS = TableForm(
    [
        Column("printed elsewhere", "what"),
        Column("USD", lambda row: related(row["relation"], readable(row["usd"]))),
        *spread("USD here", "middle", "investment_usd"),
        SOURCE_COLUMN,
    ],
    caption="Printed costs of stations beside the costs that are taken here, dollars of 2024",
)


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
    >>> list(fc.tables.cost_checks_table(outlook).frame)
    ['printed elsewhere', 'USD', 'USD here', '10 %', '90 %', 'source']
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE.table(())
    return COST_CHECKS.table(cost_checks(outlook.demand.sample).to_dict("records"))


BY_CLASS = TableForm(
    [
        Column("class", "label"),
        *spread("on the road, vehicles", "median", "ev_stock"),
        Column("share of energy", lambda row: share_words(row["energy_percent"] / 100)),
        Column("depot points", "depot_points", readable),
        Column("depot MW", "depot_mw", readable),
    ],
    nothing="No electric vehicle is on the road.",
)


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
        return NO_CHARGING_TABLE.table(())
    labels = {row.name: row.label for row in outlook.demand.parameters.classes}
    return BY_CLASS.table(
        {**row, "label": labels[row["vehicle_class"]]}
        for row in _at_the_horizon(outlook, outlook.demand.by_class, "high")
    )


BY_MEASURE = TableForm([Column("what", "measure", with_unit)])


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
    >>> fc.tables.consequences_table(outlook).frame.columns[0]
    ('what', '')
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE.table(())
    years = (outlook.first_year, outlook.scenario.horizon)
    groups = {str(year): (outlook.results, year) for year in years}
    columns = [
        column for year in groups for column in range_columns(year, address="#grounds-{measure}")
    ]
    rows = measure_rows(groups, CONSEQUENCES)
    return BY_MEASURE.with_columns(columns).table(rows)


THE_REST = "the rest"
COUNT_OF_PART = "{place}, {count} {when}, “{quote}”"
REGISTER_OF_PART = "{place}, {count} ({agency}, {day})"
BY_REGION = TableForm(
    [Column("where", lambda row: place_term(row["where"]) if row["where"] else sentence(THE_REST))],
    caption="[Printed of a part: {counts}][More than an older register of all vehicles has: "
    "{registers}. The sources differ: electric cars are shared out as the newest print of their "
    "parts has them, and registers grow.]",
    nothing="No counts of {counted} are complete enough to split the country by region.",
)


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
        return NO_CHARGING_TABLE.table(())
    places = by_region(outlook, year)
    # Of a count of every part no rest is left
    places = places[places["high"] >= 1].sort_values("median", ascending=False)
    levels = {}
    columns = []
    for measure in measures:
        rows = places[places["measure"] == measure].set_index("region")
        if len(rows):
            levels[measure] = rows[["low", "median", "high"]].T.to_dict("list")
            head = with_unit(measure, label_in(outlook, measure))
            address = f"#grounds-{STATIONS_ANSWER.get(measure, measure)}"
            columns += range_columns(head, measure, measure, address)
    points = outlook.ledger.select(measure="charging_points", as_of=outlook.as_of)
    counts = [
        sentence(
            COUNT_OF_PART,
            place=place_term(fact.place),
            count=in_words(fact),
            when=when_words(fact.period),
            quote=statement_term(fact),
        )
        for fact in points
        if "charging_stations" in measures and fact.place in set(places["region"])
    ]
    registers = [
        sentence(
            REGISTER_OF_PART,
            place=place_term(fact.place),
            count=in_words(fact),
            agency=basis_name(fact.basis, fact.measure),
            day=day_words(fact.period.end),
        )
        for fact in passed_registers(outlook, places)
    ]
    return BY_REGION.with_columns(columns).table(
        sorted(rows_beside("where", levels), key=lambda row: row["where"] == ""),
        counts="; ".join(counts),
        registers=not counts and "; ".join(registers),
        counted=uncapital(label_in(outlook, measures[0])),
    )


GRID_LOAD = TableForm(
    [
        Column("load"),
        Column("MW"),
        Column(LOW, "low"),
        Column(HIGH, "high"),
        Column("when"),
        Column("fact", look="id"),
    ]
)
DAY_LOADS = {
    "winter": "charging on a mean winter day at {hour}:00, as in the curve of the day",
    "summer": "charging on a mean summer day at {hour}:00, as in the curve of the day",
}


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
        return NO_CHARGING_TABLE.table(())
    year = outlook.scenario.horizon
    when = str(year)
    rows: list[Row] = []
    for measure, words in PEAKS.items():
        low, middle, high = levels_in_words(range_levels(outlook.results, measure, year), measure)
        load = sentence(words)
        rows.append({"load": load, "when": when, "MW": middle, "low": low, "high": high})
    for day, loads in demand.load_day.groupby("day"):
        hours = loads.groupby("hour")["mw"].sum()
        words = sentence(DAY_LOADS[str(day)], hour=hours.idxmax())
        rows.append({"load": words, "when": when, "MW": readable(hours.max())})
    for fact in (fact for fact in in_order(outlook.facts) if fact.measure in GRID_MEASURES):
        printed = in_words(fact).removesuffix(str(unit_term("MW"))).rstrip()
        load, day = label_of(fact.measure), fact.period.end
        rows.append({"load": load, "MW": printed, "when": day, "fact": fact.id})
    return GRID_LOAD.table(rows)


BUSINESS = TableForm(
    [
        Column("point", "setting", parameter_words),
        Column("in use", "use", share_words),
        Column("MWh a year", "mwh", readable),
        Column("revenue", form=readable, unit="USD"),
        Column("margin", form=readable, unit="USD"),
        Column("payback", form=readable, unit="years"),
    ],
    caption="In {year}. Price of charging: {sold} ({place}); of its electricity: {bought}. A car "
    "takes the power that the need reckons with, not the rated power. Rent, upkeep and taxes "
    "are not taken off[. From {since} on the driver pays {paid} and the budget the rest: so much "
    "of the revenue hangs on it]",
    nothing="No price of public charging is printed.",
)
OF_THE_BUDGET = Column("of it by the budget", "of_the_budget", readable, unit="USD")


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
    ['point', ..., 'revenue, USD', 'of it by the budget, USD', 'margin, USD', 'payback, years']
    """
    year = year_of_points(outlook)
    prices = point_prices(outlook, [year])
    if outlook.demand is None or not {*PRICES} <= {*prices}:
        return BUSINESS.table([])
    sold, bought = (prices[name] for name in PRICES)
    sample = outlook.demand.sample
    rows: list[dict[str, Any]] = [
        {"setting": setting, "use": use}
        | point_business(setting, use, sold.median, bought.median, sample, year)
        for setting, use in product(SOLD_AT, BUSY_SHARES)
    ]
    place = sold.fact.place if sold.fact else outlook.scenario.place
    words = {"year": year, "sold": price_words(sold), "bought": price_words(bought)}
    words |= {"place": place_term(place)}
    form = BUSINESS
    drivers = outlook.ledger.select(place, DRIVER_PRICE, as_of=outlook.as_of)
    if drivers:
        newest = in_order(drivers)[-1]
        words |= {"paid": in_words(newest), "since": day_words(newest.period.end)}
        share_of_budget = 1 - newest.value / sold.median
        rows = [row | {"of_the_budget": row["revenue"] * share_of_budget} for row in rows]
        form = BUSINESS.with_columns([OF_THE_BUDGET], before="margin")
    return form.table(rows, **words)


PRICE_WORDS = "[{printed}, by the scenario then ]{price:.3g} USD/kWh"


def price_words(price: PointPrice) -> str:
    """A price as it is printed, and as a scenario sets it.

    Parameters
    ----------
    price : PointPrice
        Of one year.
    """
    printed = in_words(price.fact) if price.fact else ""
    if price.fact and price.median == price.fact.value:
        return printed
    return sentence(PRICE_WORDS, printed=printed, price=price.median)


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


few_digits = partial(readable, digits=2)  # of a mean over draws
CHOICE = TableForm(
    [
        Column("build to", "option"),
        Column("points", "number"),
        Column("too few", "too_few", share_words),
        Column("missing on average", "missing_points", few_digits),
        Column("idle on average", "idle_points", few_digits),
        Column(
            "best where one missing point costs as much as this many idle ones",
            "right_at",
            few_digits,
        ),
    ],
    caption="With costs of your own (choice: {{missing: ..., idle: ...}} in the params file) the "
    "table says what each choice costs; the need of each possible future is what is wanted in "
    "{year}",
)
CHOICE_WITH_COSTS = replace(
    CHOICE.with_columns([Column("regret", form=few_digits)]),
    caption="A missing point at {missing}, an idle one at {idle} a year, the need of each possible "
    "future is what is wanted in {year}; the smallest cost first",
)


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
    >>> list(fc.tables.choice_table(outlook, missing=3000, idle=1000).frame)[:3]
    ['build to', 'points', 'too few']
    """
    if outlook.demand is None:
        return NO_CHARGING_TABLE.table(())
    choice = _choice_of(outlook, missing, idle)
    results = outlook.demand.results
    # The medians of the three answers, and the reader's own
    options = {ANSWER_WORDS[name]: _last_median(results[name]) for name in CHARGING_ANSWERS}
    if choice and choice.own is not None:
        options["one's own"] = choice.own
    costs = choice or Choice.model_construct(missing=1.0, idle=1.0)
    regret = expected_regret(results[NEED][:, -1], options, missing=costs.missing, idle=costs.idle)
    words = {}
    for name in CHARGING_ANSWERS:
        levels = outlook.results.bands(name).iloc[-1][RANGE_LEVELS]
        words[ANSWER_WORDS[name]] = levels_in_words(levels, name)[1]
    regret["number"] = regret["option"].map(words).fillna(regret["points"].map(in_digits))
    year = outlook.scenario.horizon
    if choice is None:
        return CHOICE.table(regret.sort_values("points").to_dict("records"), year=year)
    prices = {"missing": in_digits(costs.missing), "idle": in_digits(costs.idle)}
    return CHOICE_WITH_COSTS.table(regret.to_dict("records"), year=year, **prices)


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


TRUCK_TRIP = TableForm(
    [
        Column("battery", form=readable, unit="kWh"),
        Column("°C", form=readable),
        Column("driving range", "range_km", readable, unit="km"),
        Column("kWh a km", "kwh_per_km", readable),
        Column("kWh a tonne-km", "kwh_per_tonne_km", readable),
        Column("payload", "payload_tonnes", readable, unit="t"),
        Column("at the wheel", "driving_hours", readable, unit="h"),
        Column("breaks and nights", "rest_hours", readable, unit="h"),
        Column("charges by day", "stops", readable),
        Column("charging by day", "charging_hours", readable, unit="h"),
        Column("beyond the breaks", "extra_hours", readable, unit="h"),
        Column("tonnes an hour", lambda row: readable(100 * row["of_diesel"]), unit="% of diesel"),
    ],
    caption="One trip of {km:,.0f} km, Urumqi – Horgos – Almaty – Tashkent",
)


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
    ['battery, kWh', '°C', 'driving range, km']
    """
    truck = road_vehicle("truck")
    rows = []
    for case in CASES:
        battery = road_figure("battery_kwh", "truck", case)
        for temperature in (MILD, road_figure("temperature")):
            trip = truck_trip(temperature, replace(truck, battery_kwh=battery))
            rows.append({"battery": battery, "°C": temperature, **trip})
    return TRUCK_TRIP.table(rows, km=truck_trip()["km"])


TRUCK_POINTS = TableForm(
    [
        Column("scenario"),
        Column("case"),
        Column("electric", form=readable, unit="% of trucks"),
        Column("electric trucks a day", "electric_per_day", readable, unit="busiest section"),
        Column("sites", form=readable),
        Column("megawatt points", "points", readable),
        Column("MW a site", "megawatts_per_site", readable, unit="at most"),
        Column("MWh a day", "mwh_per_day", readable),
    ],
    caption="Electric trucks in 2030, Urumqi – Horgos – Almaty – Tashkent, on a day of deep winter",
)


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
            sections = plan[plan["case"] == case]
            largest = sections[["electric_per_day", "megawatts_per_site"]].max()
            sums = sections[["sites", "points", "mwh_per_day"]].sum()
            electric = road_figure("electric_share", scenario, case)
            row = {"scenario": scenario, "case": case, "electric": electric}
            rows.append(row | largest.to_dict() | sums.to_dict())
    return TRUCK_POINTS.table(rows)


LENGTH = "{start}–{end}, length"
TRAFFIC = "{start}–{end}, trucks"
OF_SCENARIO = "{figure}[ {scenario}]"
TRUCK_FIGURES = TableForm(
    [
        Column("figure"),
        Column("unit"),
        Column("low", "{low:,g}"),
        Column("likely", "{likely:,g}"),
        Column("high", "{high:,g}"),
        Column("kind"),
        Column("source", address="url"),
    ]
)


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
        ends = {end: table_words(row[end], "cell") for end in ("start", "end")}
        rows.append(_figure(row, sentence(LENGTH, **ends), "km", "km", ""))
        rows.append(_figure(row, sentence(TRAFFIC, **ends), "a day", "vehicles", "traffic_"))
    trucks = [row for row in read_table("road_vehicles.csv") if row["vehicle"] == "truck"]
    for row in [*trucks, *read_table("truck_outlook.csv")]:
        quantity = row["quantity"]
        if quantity != "electric_against_cars" and "traffic" not in quantity:
            scenario = row.get("scenario", "") and table_words(row["scenario"], "cell")
            name = sentence(OF_SCENARIO, figure=parameter_words(quantity), scenario=scenario)
            rows.append(_figure(row, name, row["unit"], "", ""))
    return TRUCK_FIGURES.table(rows)


def _figure(row: Mapping[str, str], name: str, unit: str, key: str, prefix: str) -> Row:
    """A figure of a road with its range and its source, whose columns begin in some way."""
    columns = {"low": "low", "likely": "value", "high": "high"}
    if key:
        columns = {"low": f"{key}_low", "likely": key, "high": f"{key}_high"}
    sizes = {head: float(row[name]) for head, name in columns.items()}
    origin = {column: row[prefix + column] or None for column in ("kind", "source", "url")}
    return {"figure": name, "unit": unit or None} | sizes | origin
