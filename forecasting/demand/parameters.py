"""The assumptions of the demand chain: each a range with a unit, allowed bounds, and a source or an
honest judgement.

A parameter's name in files and messages is ``name`` or ``name.class`` or ``name.setting``:
``annual_km`` is a car's, ``annual_km.bus`` a bus's, ``utilisation_low.enroute_dc`` a setting's.

A class of vehicle is a row of ``vehicle_classes.csv``. Its numbers stand in the row itself, or,
where each has a source of its own, in rows of ``demand_parameters.csv``; where it charges stands in
the row itself, or in rows of ``charging_groups.csv``, one for each group of owners. Where a class
lacks a number, that of cars holds.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np

from forecasting.vocabulary.errors import AssumptionError, Problem, in_digits
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.names import DATA
from forecasting.vocabulary.quantiles import Array, strata, stream_of
from forecasting.vocabulary.sentences import Term

# Parameters or results by name: a row for each draw, a column for each year; a parameter has one
# column, for all years
Draws = dict[str, Array]
Row = Mapping[str, str]  # of a table that ships
Years = Sequence[int]
NEVER_YEAR = 2100  # a year that stands for never: no horizon reaches it
DECILE = 1.2815515655446004  # standard normal quantile of 0.9
REST = "rest"  # a distribution: the rest is lognormal, of a share that leaves the one that stays
SETTINGS = ("home", "depot", "work", "overnight", "destination_ac", "destination_dc", "enroute_dc")
CLASSES_TABLE = "vehicle_classes.csv"
AT_A_DEPOT = ("depot_access", "depot_kw_per_vehicle", "depot_kw")
WORDS_OF_A_CLASS = {
    "kept": ("home", "depot"),
    "fuel": ("petrol", "diesel"),
    "rule": ("bev", "phev", ""),
}
# Units that are often used in place of the right one, and the factor from the wrong to the right
UNIT_CONFUSIONS = {
    "kWh/100 km": {"kWh/km": 100.0},
    "kW": {"GW": 1e6, "MW": 1e3, "W": 1e-3},
    "vehicles": {"thousands": 1e3, "millions": 1e6},
    "km": {"metres": 1e-3, "thousands of km": 1e3},
    "share": {"per cent": 0.01},
    "points": {"thousands": 1e3},
    "USD": {"thousands": 1e3},
    "MW": {"kW": 1e-3, "GW": 1e3},
    "GWh": {"TWh": 1e3, "MWh": 1e-3},
}


@dataclass(frozen=True)
class Assumption:
    """One parameter: its range, how it is drawn, what is allowed, and where it comes from.

    Parameters
    ----------
    name, vehicle_class, setting, place : str
        Its name, and for what it holds; an empty place means everywhere.
    low, mode, high : float
        Triangular: the ends and the peak. Lognormal and rest: 10 %, 50 % and 90 % quantiles.
        Fixed: all equal.
    minimum, maximum : float
        The range outside which a value is refused.
    distribution : {"triangular", "lognormal", "rest", "fixed"}
        How it is drawn; of ``rest`` one less the parameter is lognormal.
    unit, kind, source, url, note : str
        ``kind`` is ``source`` or ``judgement``.
    """

    name: str
    vehicle_class: str
    setting: str
    place: str
    low: float
    mode: float
    high: float
    minimum: float
    maximum: float
    distribution: str
    unit: str
    kind: str
    source: str
    url: str
    note: str

    @cached_property
    def key(self) -> str:
        """``name``, with its class or setting after a dot."""
        return ".".join(part for part in (self.name, self.vehicle_class, self.setting) if part)

    def quantile(self, u: Array) -> Array:
        """Values at probabilities ``u`` inside (0, 1)."""
        if self.distribution == REST and self.low < self.high:
            rest = replace(
                self,
                low=1 - self.high,
                mode=1 - self.mode,
                high=1 - self.low,
                minimum=1 - self.maximum,
                maximum=1 - self.minimum,
                distribution="lognormal",
            )
            return np.asarray(1 - rest.quantile(1 - u))
        if self.distribution != "lognormal" or self.low == self.high:
            return triangular(u, self.low, self.mode, self.high)
        from scipy.special import ndtri

        z = ndtri(u)
        lower_scale = math.log(self.mode / self.low) / DECILE
        upper_scale = math.log(self.high / self.mode) / DECILE
        values = self.mode * np.exp(z * np.where(z < 0, lower_scale, upper_scale))
        return np.asarray(np.clip(values, self.minimum, self.maximum))


def triangular(u: Array, low: float, mode: float, high: float) -> Array:
    """Values at probabilities ``u`` of a triangle with these ends and this peak.

    >>> triangular(np.array([0.0, 0.75]), 0.0, 0.0, 2.0)
    array([0., 1.])
    """
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u * (high - low) < mode - low, rising, falling)


def of_class(sample: Draws, name: str, vehicle_class: str) -> Array:
    """Draws of a parameter of a class of vehicle, or, where it has none of its own, of cars.

    >>> sample = {"fuel_use": np.array([8.0]), "fuel_use.bus": np.array([38.0])}
    >>> of_class(sample, "fuel_use", "bus"), of_class(sample, "fuel_use", "bev")
    (array([38.]), array([8.]))
    """
    return sample.get(f"{name}.{vehicle_class}", sample[name])


@dataclass(frozen=True)
class VehicleClass:
    """A class of vehicle: what is the same of all its vehicles.

    Parameters
    ----------
    name, label : str
        Its name in files and measures; what a reader sees.
    parking : {"home", "depot"}
        Where it stands at night, and charges if it can.
    fuel : {"petrol", "diesel"}
        What the vehicle would burn that it replaces.
    rule : {"bev", "phev", ""}
        The kind as which the standard of public power counts it; empty where it does not.
    groups : tuple of mapping
        Where it is charged, by who has access.
    numbers : tuple of Assumption
        Those that stand in its own row.

    Examples
    --------
    >>> [(vehicle.name, vehicle.parking) for vehicle in load_parameters().classes]
    [('bev', 'home'), ('phev', 'home'), ('van', 'depot'), ('bus', 'depot'), ('truck', 'depot'),
    ('taxi', 'depot')]
    """

    name: str
    label: str
    parking: str
    fuel: str
    rule: str
    groups: tuple[Row, ...]
    numbers: tuple[Assumption, ...] = ()


class Event(NamedTuple):
    """The effect of a dated event on a parameter.

    Parameters
    ----------
    start : ndarray, shape (draws, 1)
        When it begins, as a year and its fraction; `NEVER_YEAR` where it does not.
    size : ndarray, shape (draws, 1)
        By how much a year.
    end : ndarray, shape (draws, 1)
        When it ends, as a year and its fraction.
    """

    start: Array
    size: Array
    end: Array = np.array([float(NEVER_YEAR)])


def parts_of_years(years: Years, start: Array, end: Array | float = NEVER_YEAR) -> Array:
    """The part of each year that lies between two moments.

    >>> parts_of_years([2025, 2026, 2027], np.array([[2026.5]]))
    array([[0. , 0.5, 1. ]])
    """
    first_days = np.asarray(years, dtype=float)
    held = np.minimum(first_days + 1, end) - np.maximum(first_days, start)
    return np.asarray(np.clip(held, 0.0, 1.0))


@dataclass(frozen=True)
class Parameters:
    """All assumptions of the chain, with the changes of a place and of a scenario.

    Parameters
    ----------
    rows : tuple of Assumption
        As shipped: defaults, and rows of single places.
    place : str
        The place whose rows are in force.
    changed : mapping of str to Assumption
        Those that a scenario overrides; they win over a place's rows.
    events : mapping of str to sequence of Event
        Dated events by parameter.
    classes : tuple of VehicleClass
        All classes; the first has the rest of a series, after the shares of the others.

    Examples
    --------
    >>> parameters = load_parameters().override({"home_access": 0.5})
    >>> parameters["home_access"].mode, parameters.at("KG")["reexport_share"].high
    (0.5, 0.9)
    """

    rows: tuple[Assumption, ...]
    place: str = ""
    changed: Mapping[str, Assumption] = field(default_factory=dict)
    events: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    classes: tuple[VehicleClass, ...] = ()

    @cached_property
    def _in_force(self) -> dict[str, Assumption]:
        chosen = {row.key: row for vehicle in self.classes for row in vehicle.numbers}
        chosen |= {row.key: row for row in self.rows if not row.place}
        chosen |= {row.key: row for row in self.rows if row.place and row.place == self.place}
        return chosen | dict(self.changed)

    def __iter__(self) -> Iterator[Assumption]:
        return iter(self._in_force.values())

    def __getitem__(self, key: str) -> Assumption:
        if key not in self._in_force:
            hint = did_you_mean(key, self._in_force, "see demand_parameters.csv")
            raise AssumptionError([Problem(key, "no such parameter", hint)])
        return self._in_force[key]

    def knows(self, key: str) -> bool:
        """Whether the place or the scenario gives a number of its own.

        Examples
        --------
        >>> parameters = load_parameters()
        >>> parameters.knows("vehicle_stock"), parameters.at("UZ").knows("vehicle_stock")
        (False, True)
        """
        return key in self.changed or bool(self[key].place)

    def at(self, place: str | None) -> Parameters:
        """The same with a place's own rows in force (ISO code; None leaves all as it is)."""
        return self if place is None else replace(self, place=place)

    def override(self, changes: Mapping[str, Any]) -> Parameters:
        """The same with some assumptions replaced: a number, or a range with low, mode and high.

        Raises
        ------
        AssumptionError
            With every problem found: unknown names, values out of range, ranges out of order.
        """
        problems: list[Problem] = []
        changed = dict(self.changed)
        for key, size in changes.items():
            try:
                changed[key] = _with_size(self[key], size)
            except AssumptionError as error:
                problems += error.problems
        if problems:
            raise AssumptionError(problems)
        return replace(self, changed=changed)

    def yearly(self, key: str, sample: Draws, years: Years) -> Array:
        """A parameter in each year: as drawn, from its own year on where it has one, plus the sizes
        of events, by the part of the year in which each is at work.

        Parameters
        ----------
        key : str
            The parameter.
        sample : mapping of str to ndarray, shape (draws, 1)
            From `draw`.
        years : sequence of int
            Calendar years.

        Returns
        -------
        ndarray, shape (draws, years)

        Examples
        --------
        >>> sizes = {2026.5: 500.0, 2027.0: 90.0}
        >>> plants = [Event(np.array([year]), np.array([size])) for year, size in sizes.items()]
        >>> parameters = replace(load_parameters(), events={"local_assembly": plants})
        >>> sample = parameters.draw(np.random.default_rng(0), 1)
        >>> parameters.yearly("local_assembly", sample, [2025, 2026, 2027])
        array([[  0., 250., 590.]])
        """
        start_year = sample.get(f"{key}_year", np.zeros_like(sample[key]))
        value = np.where(years >= start_year, sample[key], 0.0)
        for event in self.events.get(key, ()):
            value = value + event.size * parts_of_years(years, event.start, event.end)
        return value

    def draw(self, rng: np.random.Generator, draws: int) -> Draws:
        """Draws of every parameter, stratified, each from a stream of its own name.

        Overriding or adding one parameter leaves the draws of all others as they were: scenarios
        share random numbers.

        Parameters
        ----------
        rng : numpy.random.Generator
            The source of chance.
        draws : int
            How many.

        Returns
        -------
        dict of str to ndarray, shape (draws, 1)
        """
        seed = int(rng.integers(2**63))
        sample = {}
        for key, row in self._in_force.items():
            sample[key] = row.quantile(strata(stream_of(seed, key), draws, 1))
        return sample


def _with_size(row: Assumption, size: Any) -> Assumption:
    """An assumption as a scenario sets it: one number, or low, mode and high in their order."""
    ends = size if isinstance(size, Mapping) else dict.fromkeys(("low", "mode", "high"), size)
    values = dict.fromkeys(ends.values())
    if outside := [value for value in values if not row.minimum <= value <= row.maximum]:
        raise AssumptionError([_outside(row, value) for value in outside])
    changes: dict[str, Any] = {name: float(value) for name, value in ends.items()}
    changes |= {"kind": "judgement", "source": "scenario", "url": "", "note": "set by the scenario"}
    return replace(row, **changes)


def _outside(row: Assumption, value: float) -> Problem:
    """The problem of a value outside its range, with a hint where another unit would explain it."""
    unit = row.unit
    hint = f"give it in {unit}"
    for start, confusions in UNIT_CONFUSIONS.items():
        for other_unit, factor in confusions.items():
            is_likely = row.minimum <= value * factor <= row.maximum
            if is_likely and f"{unit} ".startswith(f"{start} "):
                hint = f"looks like {other_unit}; write {value * factor:.12g}"
    low = in_digits(row.minimum)
    high = in_digits(row.maximum)
    return Problem(row.key, f"{in_digits(value)} {unit} is outside {low} to {high}", hint)


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a small table that ships with the package."""
    text = (DATA / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def load_parameters() -> Parameters:
    """The assumptions that ship, each row with its source or marked as judgement.

    Raises
    ------
    AssumptionError
        With every fault in the row of a class of vehicle.

    Examples
    --------
    >>> row = load_parameters()["consumption"]
    >>> row.low, row.mode, row.high, row.unit
    (15.0, 18.0, 22.0, 'kWh/100 km')
    """
    rows = []
    for row in read_table("demand_parameters.csv"):
        cells: dict[str, Any] = {**row}
        cells |= {key: float(row[key]) for key in ("low", "mode", "high", "minimum", "maximum")}
        rows.append(Assumption(**cells))
    groups = read_table("charging_groups.csv")
    classes = [_vehicle_class(row, rows, groups) for row in read_table(CLASSES_TABLE)]
    return Parameters(tuple(rows), classes=tuple(classes))


def _vehicle_class(row: Row, shipped: Sequence[Assumption], groups: Sequence[Row]) -> VehicleClass:
    """A class of vehicle from its row, and from its rows in other tables."""
    templates = {line.name: line for line in reversed(shipped)}
    cells = {key: text for key, text in row.items() if key in templates and text}
    if cells:  # none is counted or ordered unless a scenario says so
        cells |= {"class_share": "0", "deliveries": "0"}
    numbers = tuple(_number_of_class(row, templates[key], text) for key, text in cells.items())
    places = [group for group in groups if group["vehicle_class"] == row["name"]] or [row]
    provided = {line.name for line in shipped if line.vehicle_class == row["name"]}
    if problems := _problems_of_class(row, provided | cells.keys(), places[0]):
        raise AssumptionError(problems)
    return VehicleClass(
        name=row["name"],
        label=Term(row["label"], f"class {row['name']}"),
        parking=row["kept"],
        fuel=row["fuel"],
        rule=row["rule"],
        groups=tuple(places),
        numbers=numbers,
    )


def _problems_of_class(row: Row, provided: Container[str], place: Row) -> list[Problem]:
    where = f"{CLASSES_TABLE} {row['name']}"
    problems = [
        Problem(where, f"{key} is {row[key]!r}, not one of {', '.join(words)}")
        for key, words in WORDS_OF_A_CLASS.items()
        if row[key] not in words
    ]
    requirements = AT_A_DEPOT if row["kept"] == "depot" else ()
    problems += [
        Problem(where, f"is kept at a depot and has no {key}")
        for key in requirements
        if key not in provided
    ]
    if not any(place[setting] for setting in SETTINGS):
        problems.append(Problem(where, "is charged nowhere", f"shares of {', '.join(SETTINGS)}"))
    return problems


def _number_of_class(row: Row, template: Assumption, cell: str) -> Assumption:
    """One number in the row of a class, or low, mode and high; its unit and its bounds are those of
    the first class that has it, widened where the row goes beyond them.
    """
    ends = cell.split()
    try:
        low, mode, high = sorted(map(float, ends if len(ends) > 1 else 3 * ends))
    except ValueError:
        where = f"{CLASSES_TABLE} {row['name']} {template.name}"
        raise AssumptionError(
            [Problem(where, f"{cell!r} is neither a number nor low, mode and high")]
        ) from None
    return replace(
        template,
        vehicle_class=row["name"],
        low=low,
        mode=mode,
        high=high,
        minimum=min(template.minimum, low),
        maximum=max(template.maximum, high),
        **{key: row[key] for key in ("kind", "source", "url", "note")},
    )
