"""The demand chain's assumptions under a scenario: its overrides, and what dated events set in each draw."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.demand.parameters import Parameters, load_parameters
from forecasting.errors import AssumptionError, Problem
from forecasting.measures import MEASURES
from forecasting.parameters.schema import Driver, Scenario
from forecasting.parameters.strict_yaml import KeyPath
from forecasting.parameters.values import Range
from forecasting.periods import as_date
from forecasting.scenarios.drivers import DAYS_A_YEAR, NEVER, draw_luck

if TYPE_CHECKING:
    from forecasting.demand.demand_outlook import DemandOutlook
    from forecasting.evidence.ledger import Ledger

__all__ = ["DatedParameters", "assumption_problems", "demand_of", "demand_parameters", "refused"]

Array = NDArray[np.float64]
REEXPORT = "reexport_share"  # acts on the vehicles that come, from its year on
LAST_YEAR = 2100  # stands for never: no horizon reaches it


@dataclass(frozen=True)
class DatedParameters(Parameters):
    """Parameters of which some are set draw by draw, by events with luck of their own.

    Parameters
    ----------
    dated : mapping of str to ndarray, shape (draws,)
        Takes the place of what would be drawn.
    """

    dated: Mapping[str, Array] = field(default_factory=dict)

    def draw(self, rng: np.random.Generator, draws: int) -> dict[str, Array]:
        """Draws of every parameter; the dated ones as their events have it."""
        return super().draw(rng, draws) | dict(self.dated)


def demand_parameters(scenario: Scenario, drivers: Sequence[Driver], draws: int) -> Parameters:
    """The assumptions of one scenario.

    Parameters
    ----------
    scenario : Scenario
        Its assumptions, and its country's own rows.
    drivers : sequence of Driver
        Those of kind ``demand`` set a parameter and its year; ``reexport_share`` is left to `demand_of`.
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
        raise AssumptionError([Problem(where + ".".join(map(str, path)), p.what, p.hint) for path, p in problems])
    changed = load_parameters().at(scenario.country).override(_plain(scenario))
    dated: dict[str, Array] = {}
    for driver in drivers:
        if driver.kind == "demand" and driver.quantity != REEXPORT:
            luck = draw_luck(driver, draws, scenario.seed)
            dated |= {driver.quantity: luck.size, f"{driver.quantity}_year": first_years(luck.start)}
    return DatedParameters(**{f.name: getattr(changed, f.name) for f in dataclasses.fields(changed)}, dated=dated)


def first_years(start: Array) -> Array:
    """The first calendar year of which an event has the larger part.

    >>> import datetime as dt
    >>> first_years(np.array([dt.date(2026, 5, 1).toordinal(), dt.date(2026, 9, 1).toordinal(), NEVER]))
    array([2026., 2027., 2100.])
    """
    middle = 1 + (start + 183) / 365.2425  # ordinal 1 is 1 January of year 1
    return np.where(start >= NEVER, float(LAST_YEAR), np.minimum(np.floor(middle), LAST_YEAR))


def assumption_problems(scenario: Scenario, drivers: Sequence[Driver]) -> list[tuple[KeyPath, Problem]]:
    """Every override that the demand chain does not know or that is out of its range, each with its key path."""
    shipped = load_parameters().at(scenario.country)
    found: list[tuple[KeyPath, Problem]] = []
    for name, size in scenario.assumptions.items():
        found += [(("assumptions", name), problem) for problem in refused(shipped, name, size)]
    for i, driver in enumerate(scenario.drivers):
        if driver.kind == "demand" and driver in drivers:
            problems = refused(shipped, driver.quantity, driver.size) or _undated(shipped, driver.quantity)
            found += [(("drivers", i, "quantity"), problem) for problem in problems]
    return found


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
    dated = sorted({key for key in names if f"{key}_year" in names} | {REEXPORT})
    if name in dated:
        return []
    return [Problem(name, "holds for all years", f"put it under assumptions; dated are {', '.join(dated)}")]


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
        The flow that was forecast: registrations, where those are counted, are not thinned by re-export again.
    start_stock : ndarray, shape (draws,), or float
        Vehicles on the road before the first year.
    """
    from forecasting.demand.chain import demand_outlook

    if scenario.measure == "ev_registrations":
        parameters = parameters.override({"reexport_share": 0.0, "inventory_share": 0.0})
    stocks = counted.select(measure="ev_stock").frame
    if scenario.since is not None:
        stocks = stocks[stocks["period_end"] >= scenario.since.isoformat()]
    return demand_outlook(
        _kept(imports, years, drivers, scenario.seed),
        list(years),
        parameters=parameters,
        stock_facts=stocks,
        charging_today=standing_today(counted),
        as_of=as_date(scenario.as_of),
        place=scenario.country,
        seed=scenario.seed,
        start_stock=start_stock,
    )


def _kept(imports: Array, years: Sequence[int], drivers: Sequence[Driver], seed: int) -> Array:
    """What is left of the imports where dated events send a further share of them on."""
    for driver in drivers:
        if driver.kind == "demand" and driver.quantity == REEXPORT:
            luck = draw_luck(driver, len(imports), seed)
            begun = np.asarray(years) >= first_years(luck.start)[:, None]
            imports = imports * (1.0 - luck.size[:, None] * begun)
    return imports


def standing_today(counted: Ledger) -> dict[str, Any] | None:
    """The newest count of public charging of the whole country, points before stations; None where there is none.

    A bound (at least 106 stations of one network) is no count: the chain then draws the level from other markets.
    """
    for measure in ("charging_points", "charging_stations"):
        facts = counted.select(measure=measure).frame
        facts = facts[facts["relation"].isin(["equals", "about"])].sort_values("period_end")
        if len(facts):
            last = facts.iloc[-1]
            said = {"count": float(last["value"]), "unit": MEASURES[measure].unit, "date": last["period_end"]}
            return said | {"grown": _grown(facts)}
    return None


def _grown(facts: pd.DataFrame) -> float | None:
    """Log growth a year up to the newest count, from the count that lies nearest to a year before it."""
    counts, days = facts["value"].to_numpy(dtype=float), pd.to_datetime(facts["period_end"]).to_numpy()
    years = (days[-1] - days) / np.timedelta64(1, "D") / DAYS_A_YEAR
    near = np.where((years > 0.5) & (years < 1.6), np.abs(years - 1), np.inf)
    first = int(np.argmin(near))
    return float(np.log(counts[-1] / counts[first]) / years[first]) if np.isfinite(near[first]) else None
