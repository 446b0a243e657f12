"""What can be changed of a scenario by hand, and by how much: events, levers, assumptions with
their ranges.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from forecasting.demand.parameters import Assumption, load_parameters
from forecasting.measures import CHARGING_ANSWERS
from forecasting.parameters.driver_kinds import Driver
from forecasting.parameters.values import Range

if TYPE_CHECKING:
    from forecasting.parameters.schema import Scenario
    from forecasting.scenarios.outlook import Outlook

LEVERS = {"level": "more-or-fewer", "growth": "faster-or-slower"}  # by kind of driver
SHOWN = 8  # assumptions: those that explain most of the answers below


def levers(scenario: Scenario, outlook: Outlook) -> Iterator[Driver]:
    """What every scenario can be asked: a factor on the flow, from the first open year on, once or
    each year.
    """
    begins = f"{max(outlook.first_year, outlook.as_of.year)}-01-01"
    for kind, name in LEVERS.items():
        cells = {
            "name": name,
            "kind": kind,
            "quantity": scenario.measure,
            "size": 1.0,
            "source": "judgement",
        }
        yield Driver.model_validate(cells | {"start": begins, "reason": "set by hand"})


def assumptions_that_matter(outlook: Outlook, scenario: Scenario) -> list[Assumption]:
    """The assumptions that a scenario changes, and those that explain most of its answers."""
    if outlook.demand is None:
        return []
    set_by_events = {driver.quantity for driver in scenario.drivers}
    rows = {
        row.key: row
        for row in load_parameters().at(scenario.country)
        if row.key not in set_by_events
    }
    swings = outlook.demand.sensitivity
    of_answers = swings["input"].isin(rows) & swings["output"].isin(
        ["energy_gwh", *CHARGING_ANSWERS]
    )
    share = swings[of_answers].groupby("input")["share"].max().sort_values(ascending=False)
    names = dict.fromkeys([*scenario.assumptions, *share.head(SHOWN).index])
    return [rows[name] for name in names if name in rows]


def shipped(row: Assumption) -> Range:
    """The range of an assumption where a scenario says nothing."""
    return Range(low=row.low, mode=row.mode, high=row.high)


def size_in(row: Assumption, scenario: Scenario) -> Range:
    """What a scenario says of an assumption, or what ships."""
    return scenario.assumptions.get(row.key, shipped(row))


def moved(ends: tuple[float, float], start: Range, now: Range | None) -> Range:
    """A range whose ends were moved: what is likeliest keeps its place between them.

    >>> moved((0.2, 0.6), Range(low=0.0, mode=0.5, high=1.0), None)
    Range(low=0.2, mode=0.4, high=0.6)
    """
    for known in (now, start):
        if known is not None and (known.low, known.high) == tuple(ends):
            return known
    low, high = (float(f"{end:.6g}") for end in ends)
    place = (start.mode - start.low) / (start.high - start.low) if start.high > start.low else 0.5
    return Range(
        low=low, mode=min(max(float(f"{low + place * (high - low):.6g}"), low), high), high=high
    )
