"""What a scenario is given: its dated events and its assumptions, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecasting.evidence.words import period_words
from forecasting.measures import MEASURES
from forecasting.periods import span
from forecasting.reporting.display import Table, plain_frame
from forecasting.reporting.labels import ReadNumber, capital, label_of, parameter_words, unit_of

if TYPE_CHECKING:
    from forecasting.demand.parameters import Assumption
    from forecasting.parameters.schema import Driver, Range
    from forecasting.scenarios.outlook import Outlook

# Of what is judged: no quantiles, the ends of what is thought possible
RANGE = ("likeliest", "lowest", "highest")
SIZES = {
    "level": "factor",
    "growth": "factor a year",
    "ceiling": "share of new vehicles",
    "cap": "vehicles a year",
}
SIZES |= {"price": "change of the price"}


def drivers_table(outlook: Outlook) -> Table:
    """The scenario's dated events: what, when, how large, how likely, and why."""
    rows = [
        {
            "event": capital(driver.name.replace("-", " ")),
            "acts on": capital(_acts_on(driver.quantity)),
            "when": _dated(driver),
            **_range(driver.size),
            "unit": _unit(driver),
            "probability": ReadNumber(driver.probability),
            "reason": driver.reason,
            "facts": driver.source,
        }
        for driver in outlook.scenario.drivers
    ]
    columns = ["event", "acts on", "when", *RANGE, "unit", "probability", "reason", "facts"]
    return Table(plain_frame(rows, columns=columns))


def _acts_on(quantity: str) -> str:
    return label_of(quantity) if quantity in MEASURES else parameter_words(quantity)


def _unit(driver: Driver) -> str:
    """Of a driver's size."""
    from forecasting.demand.parameters import load_parameters

    return (
        SIZES.get(driver.kind)
        or unit_of(driver.quantity)
        or load_parameters()[driver.quantity].unit
    )


def size_words(driver: Driver) -> str:
    """What a driver's size is, with its unit: of a parameter of the demand chain its name, too."""
    return (
        _unit(driver) if driver.kind in SIZES else f"{_acts_on(driver.quantity)}, {_unit(driver)}"
    )


def _dated(driver: Driver) -> str:
    """From when, or in which period, in words."""
    if driver.end:
        return period_words(span(str(driver.start), str(driver.end)))
    first = driver.start.month == driver.start.day == 1
    return f"from {driver.start.year if first else driver.start}"


def _range(size: Range | Assumption) -> dict[str, object]:
    """What is likeliest of a range, and its ends where it has two, each in a column of its own."""
    if getattr(size, "unit", "") == "year":
        likeliest: object = round(size.mode)
    else:
        likeliest = ReadNumber(size.mode)
    ends = ("–", "–") if size.low == size.high else (ReadNumber(size.low), ReadNumber(size.high))
    return dict(zip(RANGE, (likeliest, *ends), strict=True))


def assumptions_table(outlook: Outlook, *, all_of_them: bool = False) -> Table:
    """The assumptions of the chain: those that the scenario changes, or all in force.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    all_of_them : bool
        Also those that the scenario leaves as they ship.
    """
    from forecasting.scenarios.assumptions import demand_parameters

    scenario, changed = outlook.scenario, outlook.scenario.assumptions
    in_force = demand_parameters(scenario, scenario.drivers, draws=2) if scenario.country else ()
    chosen = [item for item in in_force if all_of_them or item.key in changed]
    rows = [
        {
            "assumption": parameter_words(item.key),
            **_range(item),
            "unit": item.unit,
            "kind": "this scenario" if item.key in changed else item.kind,
            "source": item.source,
        }
        for item in chosen
    ]
    columns = ["assumption", *RANGE, "unit", "kind", "source"]
    return Table(
        plain_frame(rows, columns=columns), links={"source": [item.url for item in chosen]}
    )
