"""The demand chain's assumptions under a scenario: its overrides, and what dated events set in each
draw.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from forecasting.demand.chain import Inputs, demand_outlook
from forecasting.demand.counted_stock import StockCount
from forecasting.demand.demand_outlook import DemandOutlook
from forecasting.demand.deployed import ExistingCharging, Target, moment
from forecasting.demand.parameters import (
    NEVER_YEAR,
    REST,
    Event,
    Parameters,
    load_parameters,
    parts_of_years,
)
from forecasting.evidence.fact import Fact, in_order
from forecasting.evidence.ledger import Ledger
from forecasting.panels.registers import (
    KEPT,
    PARTNERS,
    REGISTER_MEASURES,
    RegisterCount,
    RegisterGrowth,
    closed_ways,
    growths_between,
    registered_share,
)
from forecasting.parameters.schema import Driver, Scenario
from forecasting.parameters.values import Range
from forecasting.scenarios.drivers import DAYS_A_YEAR, NEVER_DAY, draw_event
from forecasting.scenarios.facts_on_day import concentration_of
from forecasting.scenarios.place_flows import OutlookRequest, PlaceFlow, by_year, stock_before
from forecasting.vocabulary.errors import AssumptionError, Problem
from forecasting.vocabulary.measures import CAR, CHARGING_COUNTS, MEASURES, count_of
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.quantiles import (
    RANGE_LEVELS,
    Array,
    ratio,
    strata,
    stream_of,
    sums_of_years,
)
from forecasting.vocabulary.strict_yaml import KeyPath

ROLLOUT = "charging_rollout"  # a factor that is reached by a day, not at work for a part of a year
NATIONAL = "national_target"  # points by a day: a target
CLASS_PARAMETERS = ("class_share", "deliveries")  # an event adds to them, class by class
LARGEST_TARGET = 50_000_000
REEXPORT = "reexport_share"
LETTERS_OF_A_COUNTRY = 2


class KeyProblem(NamedTuple):
    """What is wrong with one key of a scenario."""

    path: KeyPath
    reason: str
    hint: str


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
    refuse(scenario, assumption_faults(scenario))
    sizes = {name: size.model_dump() for name, size in scenario.assumptions.items()}
    parameters = load_parameters().at(scenario.country).override(sizes)
    events: dict[str, list[Event]] = {}
    for driver in drivers:
        if driver.kind == "demand" and driver.quantity not in (REEXPORT, NATIONAL):
            event = dated_event(driver, draws, scenario.seed, drivers)
            events.setdefault(driver.quantity, []).append(event)
    return dataclasses.replace(parameters, events=events)


def has_rollout(scenario: Scenario) -> bool:
    """Whether an event of a scenario changes the pace at which points are built."""
    return any(driver.quantity == ROLLOUT and driver.probability > 0 for driver in scenario.drivers)


def dated_event(driver: Driver, draws: int, seed: int, drivers: Sequence[Driver]) -> Event:
    """What a driver does to a parameter or a price, in each draw.

    Parameters
    ----------
    driver, draws, seed, drivers
        As of `draw_event`.
    """
    event_draws = draw_event(driver, draws, seed, drivers)
    moments = moments_of(event_draws.start)
    if driver.quantity == ROLLOUT:
        moments = first_years(event_draws.start)
    end = np.full_like(moments, float(NEVER_YEAR))
    if driver.end is not None:
        # In years, so that what comes late is as much as what comes in time
        days = np.array([driver.start.toordinal(), driver.end.toordinal() + 1])
        end = moments + np.diff(moments_of(days))
    return Event(moments[:, None], event_draws.size[:, None], end[:, None])


def refuse(scenario: Scenario, faults: Iterable[KeyProblem]) -> None:
    """Raise an AssumptionError with every fault of a scenario; nothing where there is none."""
    problems = [
        Problem(f"{scenario.name} {'.'.join(map(str, fault.path))}", fault.reason, fault.hint)
        for fault in faults
    ]
    if problems:
        raise AssumptionError(problems)


def moments_of(days: Array) -> Array:
    """Ordinal days as years and their fractions; far days as `NEVER_YEAR`.

    >>> import datetime as dt
    >>> days = [dt.date(2026, 1, 1).toordinal(), dt.date(2026, 7, 2).toordinal()]
    >>> moments_of(np.array([*days, NEVER_DAY])).round(2)
    array([2026. , 2026.5, 2100. ])
    """
    last_day = dt.date(NEVER_YEAR, 1, 1).toordinal()
    since_epoch = np.minimum(days, last_day).astype(int) - dt.date(1970, 1, 1).toordinal()
    dates = since_epoch.astype("datetime64[D]")
    years = dates.astype("datetime64[Y]")
    next_years = years + np.timedelta64(1, "Y")
    begins, ends = (year.astype("datetime64[D]") for year in (years, next_years))
    fraction = (dates - begins) / (ends - begins)
    return np.asarray(years.astype(int) + 1970 + fraction)


def first_years(start: Array) -> Array:
    """The first calendar year of which an event has the larger part.

    >>> import datetime as dt
    >>> days = [dt.date(2026, month, 1).toordinal() for month in (5, 9)]
    >>> first_years(np.array([*days, NEVER_DAY]))
    array([2026., 2027., 2100.])
    """
    middle = 1 + (start + 183) / 365.2425  # ordinal 1 is 1 January of year 1
    return np.where(start >= NEVER_DAY, float(NEVER_YEAR), np.minimum(np.floor(middle), NEVER_YEAR))


def assumption_faults(scenario: Scenario) -> Iterator[KeyProblem]:
    """Every override that the demand chain does not know or that is out of its range."""
    shipped = load_parameters().at(scenario.country)
    parameter_keys = {row.key for row in shipped}
    for name, size in scenario.assumptions.items():
        yield from refused(shipped, name, size, ("assumptions", name))
    for i, driver in enumerate(scenario.drivers):
        if driver.kind == "demand":
            key = "size" if driver.quantity in parameter_keys else "quantity"
            faults = [*refused(shipped, driver.quantity, driver.size, ("drivers", i, key))]
            yield from faults or _undated(shipped, driver.quantity, ("drivers", i, "quantity"))
    yield from _too_many(scenario, shipped)


def _too_many(scenario: Scenario, shipped: Parameters) -> Iterator[KeyProblem]:
    """Shares of classes that could add to more than one."""
    shares = {row.key: row.high for row in shipped if row.name == "class_share"}
    path: KeyPath = ("assumptions", "class_share")
    for key in shares:
        if size := scenario.assumptions.get(key):
            shares[key] = size.high
            path = ("assumptions", key)
    for i, driver in enumerate(scenario.drivers):
        if driver.kind == "demand" and driver.quantity in shares:
            shares[driver.quantity] += driver.size.high
            path = ("drivers", i, "size")
    total = sum(shares.values())
    if total > 1:
        fault = f"shares of classes add to as much as {total:.3g} of the vehicles registered"
        yield KeyProblem(path, fault, "at most 1; battery cars are what is left")


def refused(shipped: Parameters, name: str, size: Range, path: KeyPath) -> Iterator[KeyProblem]:
    """Why an override cannot be: no such parameter, or out of its range."""
    try:
        shipped.override({name: size.model_dump()})
    except AssumptionError as error:
        yield from (KeyProblem(path, problem.fault, problem.hint) for problem in error.problems)


def _undated(shipped: Parameters, name: str, path: KeyPath) -> Iterator[KeyProblem]:
    """The fault of a parameter that no dated event can act on: it has no year of its own."""
    names = {row.key for row in shipped}
    dated = {key for key in names if f"{key}_year" in names} | {REEXPORT}
    dated |= {row.key for row in shipped if row.name in CLASS_PARAMETERS}
    if name not in dated:
        hint = f"put it under assumptions; dated are {', '.join(sorted(dated))}"
        yield KeyProblem(path, "holds for all years", hint)


def demand_of(
    request: OutlookRequest, flow: PlaceFlow, parameters: Parameters, symbols: Inputs | None = None
) -> DemandOutlook:
    """From the vehicles of each year to charging points, of a country.

    A driver of ``reexport_share`` is a further share of the vehicles that leaves from its year on.
    Registrations are counted after re-export, and so are not reduced by it.

    Parameters
    ----------
    request : OutlookRequest
        The scenario, its facts, its day and its drivers.
    flow : PlaceFlow
        The vehicles.
    parameters : Parameters
        From `demand_parameters`.
    symbols : callable, optional
        As of `demand_outlook`.
    """
    scenario = request.scenario
    place = scenario.place
    all_counts = request.ledger.select(kind=("outcome", "estimate"), as_of=request.as_of)
    of_charging = Ledger(fact for fact in all_counts if fact.measure in CHARGING_COUNTS)
    today = standing_today(of_charging.select(place))
    refuse(scenario, target_faults(scenario, today, request.as_of))
    years, imports = by_year(flow.forecast)
    vehicle = MEASURES[scenario.measure].vehicle or CAR
    if MEASURES[scenario.measure].of_owners:
        parameters = parameters.override({REEXPORT: 0.0, "inventory_share": 0.0})
    elif vehicle == CAR:
        growths, _ = register_growths(request.ledger, request.as_of)
        parameters = with_learned_share(parameters, growths, scenario, request.as_of)
    for driver in request.drivers:
        if driver.kind == "demand" and driver.quantity == REEXPORT:
            event_draws = draw_event(driver, len(imports), scenario.seed, request.drivers)
            in_force = parts_of_years(years, moments_of(event_draws.start)[:, None])
            imports = imports * (1.0 - event_draws.size[:, None] * in_force)
    stock = count_of("stock", vehicle)
    stocks = all_counts.select(place, stock, since=scenario.since) if stock else ()
    announced = request.ledger.select(place, kind="target", as_of=request.as_of)
    cars = flow.forecast.market
    concentration = 1.0  # parts count their electric cars alone
    if vehicle == CAR:
        concentration = concentration_of(request.parts)
    return demand_outlook(
        imports,
        list(years),
        parameters=parameters,
        stock_counts=printed_stocks(stocks),
        charging_today=today,
        charging_least=least_standing(of_charging, place),
        as_of=request.as_of,
        place=place,
        seed=scenario.seed,
        start_stock=stock_before(flow),
        targets=charging_targets(scenario, request.drivers, request.draws, announced),
        vehicle_class=vehicle,
        new_cars=None if cars is None else sums_of_years(cars),
        monthly=flow.forecast.monthly,
        concentration=concentration,
        symbols=symbols,
    )


def printed_stocks(facts: Iterable[Fact]) -> list[StockCount]:
    """What was counted of the vehicles on the road: bounds and growth rates are no counts.

    Parameters
    ----------
    facts : iterable of Fact
        Of one stock.
    """
    counts = [fact for fact in facts if fact.is_exact and fact.is_count]
    return [StockCount(fact.id, fact.period.end, fact.value, fact.basis) for fact in counts]


def charging_targets(
    scenario: Scenario, drivers: Sequence[Driver], draws: int, announced: Ledger
) -> list[Target]:
    """Targets of charging: the scenario's own, which are pursued, and those of the ledger, with
    which the outlook is compared.

    Parameters
    ----------
    scenario : Scenario
        For its seed.
    drivers : sequence of Driver
        Of the day: those of kind ``target``, and a dated ``national_target``.
    draws : int
        Number of draws.
    announced : Ledger
        Facts of kind target of the country, as known on the day.
    """
    targets = []
    for driver in drivers:
        national = driver.quantity == NATIONAL
        if national or driver.kind == "target":
            event_draws = draw_event(driver, draws, scenario.seed, drivers)
            unit = "points" if national else MEASURES[driver.quantity].unit
            pursued = event_draws.start < NEVER_DAY
            in_time = (pursued, driver.on_time, event_draws.delay)
            targets.append(Target(driver.name, event_draws.size, unit, driver.start, *in_time))
    for measure in CHARGING_COUNTS:
        for fact in filter(_is_whole_target, in_order(announced.select(measure=measure))):
            by = fact.product.replace("-", " ").title()
            number = np.full(draws, fact.value)
            unit = MEASURES[measure].unit
            targets.append(Target(fact.id, number, unit, fact.period.end, by=by))
    return targets


def statements_of_days(facts: Ledger, days: Collection[dt.date]) -> list[Fact]:
    """Statements about public charging on some days that are neither targets nor counts.

    Parameters
    ----------
    facts : Ledger
        Of a country.
    days : collection of date
        Those of its targets.
    """
    context = [fact for name in CHARGING_COUNTS for fact in facts.select(measure=name)]
    return [
        fact
        for fact in context
        if fact.kind == "context" and fact.is_amount and fact.period.end in days
    ]


def _is_whole_target(fact: Fact) -> bool:
    """Whether a target is a dated number of the whole country."""
    dated = fact.is_amount and fact.period_end is not None
    return dated and fact.value > 0 and not fact.basis


def target_faults(
    scenario: Scenario, today: ExistingCharging | None, as_of: dt.date
) -> Iterator[KeyProblem]:
    """Targets of a scenario that have passed, or lie below what stands today."""
    targets = [(i, driver) for i, driver in enumerate(scenario.drivers) if driver.kind == "target"]
    for i, driver in targets:
        unit = MEASURES[driver.quantity].unit
        size = driver.size
        key: KeyPath = ("drivers", i, "size")
        if moment(driver.start) <= moment(as_of):
            fault = f"{driver.name}: {driver.start} has passed by {as_of}"
            yield KeyProblem(("drivers", i, "start"), fault, "give the day by which it is to stand")
        if today and today.unit == unit and size.low < today.count:
            fault = (
                f"{driver.name}: {size.low:,.0f} {unit} is below "
                f"the {today.count:,.0f} that stood on {today.date}"
            )
            yield KeyProblem(key, fault, f"a target is more than stands, up to {LARGEST_TARGET:,}")
        if size.high > LARGEST_TARGET:
            fault = f"{driver.name}: {size.high:,.0f} {unit} is outside 1 to {LARGEST_TARGET:,}"
            yield KeyProblem(key, fault, f"give it in {unit}")


def standing_today(facts: Ledger) -> ExistingCharging | None:
    """The newest count of public charging of the whole country, points before stations; None where
    there is none.

    A bound alone (at least 106 stations of one network) is no count: the chain then draws the level
    from other markets. But a later bound above the count (30 points, then more than 230 stations)
    shows that the count is old, and replaces it.

    Parameters
    ----------
    facts : Ledger
        Outcomes and estimates of the country.
    """
    statements = [
        fact for name in reversed(CHARGING_COUNTS) for fact in in_order(facts.select(measure=name))
    ]
    counts = [fact for fact in statements if fact.is_exact]
    if not counts:
        return None
    newest = counts[-1]
    if bounds := [fact for fact in statements if _is_above(fact, newest)]:
        return _existing(bounds[-1])
    same_measure = [fact for fact in counts if fact.measure == newest.measure]
    return dataclasses.replace(_existing(newest), grown=_growth(same_measure))


def least_standing(facts: Ledger, place: str) -> ExistingCharging | None:
    """The largest number that a lower bound, or a count of a part of the country, says to stand, a
    station counted with its likeliest number of points.
    """
    per_station = np.array([[load_parameters()["points_per_station"].mode]])
    least = [
        _existing(fact)
        for name in CHARGING_COUNTS
        for fact in facts.select(measure=name)
        if fact.is_amount and fact.place.startswith(place)
        if fact.side == 1 or (fact.is_exact and fact.place != place)
    ]
    return max(least, key=lambda count: count.points(per_station).item(), default=None)


def _existing(fact: Fact) -> ExistingCharging:
    unit = MEASURES[fact.measure].unit
    return ExistingCharging(fact.value, fact.period.end, unit, place=place_name(fact.place))


def _is_above(bound: Fact, count: Fact) -> bool:
    """Whether a bound says that more stands than was counted before it."""
    is_newer = bound.period.end > count.period.end
    return bound.side == 1 and bound.value > count.value and is_newer


def _growth(counts: Sequence[Fact]) -> float | None:
    """Log growth a year from the count nearest to a year before the newest count, up to that."""
    newest = counts[-1]
    values_by_age = {
        (newest.period.end - fact.period.end).days / DAYS_A_YEAR: fact.value
        for fact in reversed(counts)
    }
    ages = sorted((age for age in values_by_age if 0.5 < age < 1.6), key=lambda age: abs(age - 1))
    if not ages:
        return None
    return float(np.log(newest.value / values_by_age[ages[0]]) / ages[0])


def register_growths(
    ledger: Ledger, as_of: dt.date
) -> tuple[list[RegisterGrowth], list[RegisterGrowth]]:
    """By how much the registers of countries grew, and fell, beside what came, as was known on a
    day.

    Parameters
    ----------
    ledger : Ledger
        Facts of all places.
    as_of : date
        Nothing published later is used.
    """
    counts = [
        RegisterCount(
            fact.place,
            fact.measure,
            fact.product,
            fact.basis,
            fact.partner,
            fact.period_start,
            fact.period_end,
            fact.value,
        )
        for fact in ledger.select(kind=("outcome", "estimate"), partner=None, as_of=as_of)
        if fact.measure in REGISTER_MEASURES and len(fact.place) == LETTERS_OF_A_COUNTRY
        if fact.is_exact and fact.is_amount and fact.partner in PARTNERS and fact.period_end
    ]
    return growths_between(counts)


def registered_percent(request: OutlookRequest, yearly: Array, demand: DemandOutlook) -> Array:
    """Per cent of a year's imports that stay in the country.

    Of imports it is what the share that leaves again (`with_learned_share`) and the events of the
    scenario leave; of registrations, which are counted after the others have left, it is what pairs
    of imports and registers tell.

    Parameters
    ----------
    request : OutlookRequest
        The scenario and its facts.
    yearly : ndarray, shape (draws, years)
        The flow of the scenario.
    demand : DemandOutlook
        What follows from it.

    Returns
    -------
    ndarray, shape (draws, years)
        0 to 100.
    """
    scenario = request.scenario
    if not MEASURES[scenario.measure].of_owners:
        after_events = ratio(demand.imports, yearly, 1.0)
        percent: Array = 100 * after_events * (1 - demand.sample[REEXPORT])
        return percent
    growths, _ = register_growths(request.ledger, request.as_of)
    place, day = scenario.place, request.as_of
    return 100 * kept_shares(growths, place, day, demand.years, scenario.seed, len(yearly))


def with_learned_share(
    parameters: Parameters, growths: Sequence[RegisterGrowth], scenario: Scenario, as_of: dt.date
) -> Parameters:
    """The assumptions with the share of the imports that leaves again as pairs of imports and
    registers tell, where the register of the place was counted beside its imports; what a scenario
    sets stays. All years have the share of the middle one of those ahead.

    Parameters
    ----------
    parameters : Parameters
        Of the scenario.
    growths : sequence of RegisterGrowth
        Of all places, as `register_growths` gives them.
    scenario : Scenario
        Of imports of electric cars.
    as_of : date
        Its day.
    """
    middle = (as_of.year + scenario.horizon) // 2
    shares = _LearnedShares(growths, scenario.place, as_of)
    if REEXPORT in parameters.changed or not shares.place_growths:
        return parameters
    kept = np.minimum(shares.of_year(middle, np.array(RANGE_LEVELS)), 1.0)
    high, mode, low = (1 - kept).tolist()
    row = dataclasses.replace(
        parameters[REEXPORT],
        low=low,
        mode=mode,
        high=high,
        distribution=REST,
        kind="source",
        source="imports and registers",
        url="",
        note="from counts of imports and of registers, here and in other countries",
    )
    return dataclasses.replace(parameters, changed={**parameters.changed, REEXPORT: row})


def kept_shares(
    growths: Sequence[RegisterGrowth],
    place: str,
    as_of: dt.date,
    years: Sequence[int],
    seed: int,
    draws: int,
) -> Array:
    """Part of the imports of some years that stays, by what pairs of imports and registers tell.

    Parameters
    ----------
    growths : sequence of RegisterGrowth
        Of all places, as `register_growths` gives them.
    place : str
        A country.
    as_of : date
        Nothing announced later is used.
    years : sequence of int
        Calendar years.
    seed, draws : int
        Of a scenario.

    Returns
    -------
    ndarray, shape (draws, years)
        0 to 1; of one draw all years are alike high or low.
    """
    shares = _LearnedShares(growths, place, as_of)
    levels = strata(stream_of(seed, KEPT), draws, 1)
    columns = [shares.of_year(year, levels) for year in years]
    return np.minimum(np.concatenate(columns, axis=1), 1.0)


class _LearnedShares:
    """What pairs of imports and registers tell on a day of the share that a place registers."""

    def __init__(self, growths: Sequence[RegisterGrowth], place: str, as_of: dt.date) -> None:
        self.place = place
        self.place_growths = [growth for growth in growths if growth.place == place]
        self.other_growths = [growth for growth in growths if growth.place != place]
        self.rules = closed_ways(place, as_of)

    def of_year(self, year: int, levels: Array) -> Array:
        """The share of a year's imports at some probabilities, unbounded."""
        # Whoever checks params needs no share
        from scipy.special import ndtri

        days = (dt.date(year - 1, 12, 31), dt.date(year, 12, 31))
        growth = RegisterGrowth(self.place, *days, 1.0, 1.0, 1.0)
        mean, spread = registered_share(growth, self.place_growths, self.other_growths, self.rules)
        return np.asarray(np.exp(mean + spread * ndtri(levels)))
