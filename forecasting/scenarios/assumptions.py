"""The demand chain's assumptions under a scenario: its overrides, and what dated events set in each
draw.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.demand.chain import demand_outlook
from forecasting.demand.deployed import ExistingCharging, Target, moment
from forecasting.demand.parameters import NEVER as NEVER_YEAR
from forecasting.demand.parameters import Event, Parameters, load_parameters
from forecasting.errors import AssumptionError, Problem
from forecasting.evidence.fact import in_order
from forecasting.evidence.ledger import Ledger
from forecasting.measures import CAR, CHARGING_COUNTS, MEASURES, count_of
from forecasting.parameters.schema import Driver, Scenario
from forecasting.parameters.strict_yaml import KeyPath
from forecasting.parameters.values import Range
from forecasting.periods import as_date
from forecasting.quantities import BOUNDS, EXACT
from forecasting.scenarios.drivers import DAYS_A_YEAR, NEVER, draw_event

if TYPE_CHECKING:
    import datetime as dt

    from forecasting.demand.demand_outlook import DemandOutlook

Array = NDArray[np.float64]
REEXPORT = "reexport_share"  # acts on the vehicles that come, from its year on
NATIONAL = "national_target"  # points by a day: a target
OF_CLASSES = ("class_share", "deliveries")  # what an event adds to, class by class
LARGEST_TARGET = 50_000_000


def demand_parameters(scenario: Scenario, drivers: Sequence[Driver], draws: int) -> Parameters:
    """The assumptions of one scenario.

    Parameters
    ----------
    scenario : Scenario
        Its assumptions, and its country's own rows.
    drivers : sequence of Driver
        Those of kind ``demand`` act on a parameter from their year on; ``reexport_share`` is left
        to `demand_of`.
    draws : int
        Number of draws.

    Raises
    ------
    AssumptionError
        With every unknown name and every value out of range.
    """
    problems = assumption_problems(scenario, drivers)
    if problems:
        where = f"{scenario.name} "
        raise AssumptionError(
            [Problem(where + ".".join(map(str, path)), p.what, p.hint) for path, p in problems]
        )
    changed = load_parameters().at(scenario.country).override(_plain(scenario))
    events: dict[str, list[Event]] = {}
    for driver in drivers:
        if driver.kind == "demand" and driver.quantity not in (REEXPORT, NATIONAL):
            drawn = draw_event(driver, draws, scenario.seed)
            first = first_years(drawn.start)
            events.setdefault(driver.quantity, []).append(
                Event(first, drawn.size, first + _years_long(driver) - 1)
            )
    return dataclasses.replace(changed, events=events)


def first_years(start: Array) -> Array:
    """The first calendar year of which an event has the larger part.

    >>> import datetime as dt
    >>> first_years(np.array([dt.date(2026, 5, 1).toordinal(), dt.date(2026, 9, 1).toordinal(), NEVER]))
    array([2026., 2027., 2100.])
    """
    middle = 1 + (start + 183) / 365.2425  # ordinal 1 is 1 January of year 1
    return np.where(start >= NEVER, float(NEVER_YEAR), np.minimum(np.floor(middle), NEVER_YEAR))


def _years_long(driver: Driver) -> float:
    """Calendar years of which an event has the larger part; without an end, more than any horizon
    has.
    """
    if driver.end is None:
        return float(NEVER_YEAR)
    ends = np.array([driver.start.toordinal(), driver.end.toordinal() + 1], dtype=float)
    return float(max(np.diff(first_years(ends))[0], 1))


def assumption_problems(
    scenario: Scenario, drivers: Sequence[Driver]
) -> list[tuple[KeyPath, Problem]]:
    """Every override that the demand chain does not know or that is out of its range, each with its
    key path.
    """
    shipped = load_parameters().at(scenario.country)
    found: list[tuple[KeyPath, Problem]] = []
    for name, size in scenario.assumptions.items():
        found += [(("assumptions", name), problem) for problem in refused(shipped, name, size)]
    for i, driver in enumerate(scenario.drivers):
        if driver.kind == "demand" and driver in drivers:
            wrong = refused(shipped, driver.quantity, driver.size)
            undated = [] if wrong else _undated(shipped, driver.quantity)
            key = (
                "size" if wrong and driver.quantity in {row.key for row in shipped} else "quantity"
            )
            found += [(("drivers", i, key), problem) for problem in wrong or undated]
    return found + _too_many(scenario, drivers, shipped)


def _too_many(
    scenario: Scenario, drivers: Sequence[Driver], shipped: Parameters
) -> list[tuple[KeyPath, Problem]]:
    """Shares of classes that could add to more than one."""
    total = 0.0
    last: KeyPath = ("assumptions", "class_share")
    shares = [row.key for row in shipped if row.name == "class_share"]
    for key in shares:
        given = scenario.assumptions.get(key)
        total += given.high if given else shipped[key].high
        last = ("assumptions", key) if given else last
    for i, driver in enumerate(scenario.drivers):
        if driver.kind == "demand" and driver.quantity in shares and driver in drivers:
            total, last = total + driver.size.high, ("drivers", i, "size")
    if total <= 1:
        return []
    what = f"shares of classes add to as much as {total:.3g} of the vehicles registered"
    return [(last, Problem("class_share", what, "at most 1; battery cars are what is left"))]


def refused(shipped: Parameters, name: str, size: Range) -> list[Problem]:
    """Why an override cannot be: no such parameter, or out of its range; empty where it can."""
    try:
        shipped.override({name: size.model_dump()})
    except AssumptionError as error:
        return list(error.problems)
    return []


def _undated(shipped: Parameters, name: str) -> list[Problem]:
    """A dated event needs a parameter that has a year of its own."""
    names = {row.key for row in shipped}
    by_class = {row.key for row in shipped if row.name in OF_CLASSES}
    dated = sorted({key for key in names if f"{key}_year" in names} | {REEXPORT} | by_class)
    if name in dated:
        return []
    return [
        Problem(
            name, "holds for all years", f"put it under assumptions; dated are {', '.join(dated)}"
        )
    ]


def _plain(scenario: Scenario) -> dict[str, Any]:
    return {name: size.model_dump() for name, size in scenario.assumptions.items()}


def demand_of(
    scenario: Scenario,
    parameters: Parameters,
    drivers: Sequence[Driver],
    counted: Ledger,
    years: Sequence[int],
    imports: Array,
    start_stock: Array | float = 0.0,
    announced: Ledger | None = None,
) -> DemandOutlook:
    """From the vehicles of each year to charging points.

    Parameters
    ----------
    scenario : Scenario
        Of a country, its day settled.
    parameters : Parameters
        From `demand_parameters`.
    drivers : sequence of Driver
        Of these, a ``reexport_share`` is a further share that leaves from its year on.
    counted : Ledger
        What stood on the road and at the kerb, as known on the day.
    years : sequence of int
        Calendar years.
    imports : ndarray, shape (draws, years)
        The flow that was forecast: registrations, where those are counted, are not thinned by
        re-export again.
    start_stock : ndarray, shape (draws,), or float
        Vehicles on the road before the first year.
    announced : Ledger, optional
        Targets of public charging, as known on the day.
    """
    targets = charging_targets(scenario, drivers, announced or Ledger(), len(imports))
    if MEASURES[scenario.measure].event == "registrations":
        parameters = parameters.override({"reexport_share": 0.0, "inventory_share": 0.0})
    today = standing_today(counted)
    vehicle = MEASURES[scenario.measure].vehicle or CAR
    stock = count_of("stock", vehicle)
    return demand_outlook(
        _kept(imports, years, drivers, scenario.seed),
        list(years),
        parameters=parameters,
        stock_facts=counted.select(measure=stock, since=scenario.since) if stock else (),
        charging_today=ExistingCharging(**today) if today else None,
        as_of=as_date(scenario.as_of),
        place=scenario.country,
        seed=scenario.seed,
        start_stock=start_stock,
        targets=targets,
        counted=vehicle,
    )


def charging_targets(
    scenario: Scenario, drivers: Sequence[Driver], announced: Ledger, draws: int
) -> list[Target]:
    """What is to stand by a day: the scenario's own targets, which are pursued, and those of the
    ledger, compared.

    Parameters
    ----------
    scenario : Scenario
        For the seed.
    drivers : sequence of Driver
        Those of kind ``target``, and a dated ``national_target``.
    announced : Ledger
        Facts of kind target of the country.
    draws : int
        Number of draws.
    """
    found = []
    for driver in drivers:
        if driver.kind == "target" or (driver.kind == "demand" and driver.quantity == NATIONAL):
            drawn = draw_event(driver, draws, scenario.seed)
            unit = "stations" if driver.quantity == "charging_stations" else "points"
            pursued = drawn.start < NEVER
            found.append(
                Target(
                    driver.name, drawn.size, unit, driver.start, pursued, driver.on_time, drawn.late
                )
            )
    for measure in CHARGING_COUNTS:
        for fact in in_order(announced.select(measure=measure)):
            if not fact.basis and fact.value > 0 and fact.is_amount and fact.period_end:
                found.append(
                    Target(
                        fact.id, np.full(draws, fact.value), MEASURES[measure].unit, fact.period_end
                    )
                )
    return found


def refuse_targets(scenario: Scenario, counted: Ledger, as_of: dt.date) -> None:
    """Raise an AssumptionError with every target that cannot be; nothing where all are well."""
    problems = target_problems(scenario, counted, as_of)
    where = [f"{scenario.name} {'.'.join(map(str, path))}" for path, _ in problems]
    if problems:
        raise AssumptionError(
            [
                Problem(w, f"{p.where}: {p.what}", p.hint)
                for w, (_, p) in zip(where, problems, strict=True)
            ]
        )


def target_problems(
    scenario: Scenario, counted: Ledger, as_of: dt.date
) -> list[tuple[KeyPath, Problem]]:
    """Targets of a scenario that have passed, or lie below what stands, each with its key path."""
    found: list[tuple[KeyPath, Problem]] = []
    targets = [(i, driver) for i, driver in enumerate(scenario.drivers) if driver.kind == "target"]
    today = standing_today(counted) if targets else None
    for i, driver in targets:
        unit = MEASURES[driver.quantity].unit
        if moment(driver.start) <= moment(as_of):
            what = f"{driver.start} has passed by {as_of}"
            found.append(
                (
                    ("drivers", i, "start"),
                    Problem(driver.name, what, "give the day by which it is to stand"),
                )
            )
        if today and today["unit"] == unit and driver.size.low < today["count"]:
            what = f"{driver.size.low:,.0f} {unit} is below the {today['count']:,.0f} that stood on {today['date']}"
            hint = f"a target is more than stands, up to {LARGEST_TARGET:,}"
            found.append((("drivers", i, "size"), Problem(driver.name, what, hint)))
        if driver.size.high > LARGEST_TARGET:
            what = f"{driver.size.high:,.0f} {unit} is outside 1 to {LARGEST_TARGET:,}"
            found.append((("drivers", i, "size"), Problem(driver.name, what, f"give it in {unit}")))
    return found


def _kept(imports: Array, years: Sequence[int], drivers: Sequence[Driver], seed: int) -> Array:
    """What is left of the imports where dated events send a further share of them on."""
    for driver in drivers:
        if driver.kind == "demand" and driver.quantity == REEXPORT:
            drawn = draw_event(driver, len(imports), seed)
            begun = np.asarray(years) >= first_years(drawn.start)[:, None]
            imports = imports * (1.0 - drawn.size[:, None] * begun)
    return imports


def standing_today(counted: Ledger) -> dict[str, Any] | None:
    """The newest count of public charging of the whole country, points before stations; None where
    there is none.

    A bound (at least 106 stations of one network) is no count: the chain then draws the level from
    other markets. But a later bound above the count (30 points, then more than 230 stations) says
    that the count is old, and replaces it.
    """
    kinds = [(name, counted.select(measure=name).frame) for name in CHARGING_COUNTS]
    exact = [(name, facts[facts["relation"].isin(EXACT)]) for name, facts in kinds]
    found = [(name, facts.sort_values("period_end")) for name, facts in exact if len(facts)]
    if not found:
        return None
    measure, facts = found[0]
    last = facts.iloc[-1]
    said = {
        "count": float(last["value"]),
        "unit": MEASURES[measure].unit,
        "date": last["period_end"],
    }
    for name, bounds in kinds:
        above = bounds[bounds["relation"].map(BOUNDS).eq(1) & bounds["value"].gt(said["count"])]
        later = above[above["period_end"] > said["date"]].sort_values("period_end")
        if len(later):
            row = later.iloc[-1]
            return {
                "count": float(row["value"]),
                "unit": MEASURES[name].unit,
                "date": row["period_end"],
            }
    return said | {"grown": _grown(facts)}


def _grown(facts: pd.DataFrame) -> float | None:
    """Log growth a year up to the newest count, from the count that lies nearest to a year before
    it.
    """
    counts, days = (
        facts["value"].to_numpy(dtype=float),
        pd.to_datetime(facts["period_end"]).to_numpy(),
    )
    years = (days[-1] - days) / np.timedelta64(1, "D") / DAYS_A_YEAR
    near = np.where((years > 0.5) & (years < 1.6), np.abs(years - 1), np.inf)
    first = int(np.argmin(near))
    return (
        float(np.log(counts[-1] / counts[first]) / years[first])
        if np.isfinite(near[first])
        else None
    )
