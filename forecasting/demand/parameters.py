"""The assumptions of the demand chain: each a range with a unit, allowed bounds, and a source or an
honest judgement.

A parameter's name in files and messages is ``name`` or ``name.class`` or ``name.setting``:
``annual_km`` is a car's, ``annual_km.bus`` a bus's, ``utilisation_low.enroute_dc`` a setting's.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from forecasting.errors import AssumptionError, Problem, in_digits
from forecasting.measures import nearest
from forecasting.names import DATA

__all__ = [
    "NEVER",
    "Assumption",
    "Event",
    "Parameters",
    "check_value",
    "load_parameters",
    "read_table",
]

Array = npt.NDArray[np.float64]
NEVER = 2100  # a year that stands for never: no horizon reaches it
DECILE = 1.2815515655446004  # standard normal quantile of 0.9
# What a number is often mistaken for: the factor that turns the wrong unit into the right one.
MISTAKEN = {
    "kWh/100 km": [(100.0, "kWh/km")],
    "kW": [(1e6, "GW"), (1e3, "MW"), (1e-3, "W")],
    "vehicles": [(1e3, "thousands"), (1e6, "millions")],
    "km": [(1e-3, "metres"), (1e3, "thousands of km")],
    "share": [(0.01, "per cent")],
    "points": [(1e3, "thousands")],
    "USD": [(1e3, "thousands")],
    "MW": [(1e-3, "kW"), (1e3, "GW")],
    "GWh": [(1e3, "TWh"), (1e-3, "MWh")],
}


@dataclass(frozen=True)
class Assumption:
    """One parameter: its range, how it is drawn, what is allowed, and where it comes from.

    Parameters
    ----------
    name, vehicle_class, setting, place : str
        What it is and whom it holds for; an empty place holds everywhere.
    low, mode, high : float
        Triangular: the ends and the peak. Lognormal: 10 %, 50 % and 90 % quantiles. Fixed: all
        equal.
    minimum, maximum : float
        The range outside which a value is refused.
    distribution : {"triangular", "lognormal", "fixed"}
        How it is drawn.
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
        if self.low == self.high:
            return np.full_like(u, self.mode)
        if self.distribution == "lognormal":
            return np.clip(
                _lognormal(u, self.low, self.mode, self.high), self.minimum, self.maximum
            )
        return _triangular(u, self.low, self.mode, self.high)


def _triangular(u: Array, low: float, mode: float, high: float) -> Array:
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u * (high - low) < mode - low, rising, falling)


def _lognormal(u: Array, low: float, mode: float, high: float) -> Array:
    from scipy.special import ndtri

    z = ndtri(u)
    below, above = math.log(mode / low) / DECILE, math.log(high / mode) / DECILE
    return np.asarray(mode * np.exp(z * np.where(z < 0, below, above)))


def check_value(
    name: str, value: float, unit: str, minimum: float, maximum: float
) -> Problem | None:
    """The problem with a value, or None: outside its range, or no number at all.

    Where another unit would explain the number, the message says so.

    Examples
    --------
    >>> print(check_value("consumption", 0.21, "kWh/100 km", 5, 60))
    consumption: 0.21 kWh/100 km is outside 5 to 60 (looks like kWh/km; write 21)
    """
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | np.number)
        or not math.isfinite(value)
    ):
        return Problem(
            name,
            f"{value!r} is not a number",
            f"give it in {unit}, {in_digits(minimum)} to {in_digits(maximum)}",
        )
    if minimum <= value <= maximum:
        return None
    hint = f"give it in {unit}"
    for start, confusions in MISTAKEN.items():
        for factor, wrong in confusions:
            if f"{unit} ".startswith(f"{start} ") and minimum <= value * factor <= maximum:
                hint = f"looks like {wrong}; write {value * factor:.12g}"
    return Problem(
        name,
        f"{in_digits(value)} {unit} is outside {in_digits(minimum)} to {in_digits(maximum)}",
        hint,
    )


class Event(NamedTuple):
    """What a dated event does to a parameter.

    Parameters
    ----------
    first : ndarray, shape (draws,)
        The year from which it acts; `NEVER` where it does not.
    size : ndarray, shape (draws,)
        By how much.
    last : ndarray, shape (draws,)
        The last year in which it acts.
    """

    first: Array
    size: Array
    last: Array = np.array([float(NEVER)])


@dataclass(frozen=True)
class Parameters:
    """All assumptions of the chain, with what a place or a scenario changes.

    Parameters
    ----------
    rows : tuple of Assumption
        As shipped: defaults, and rows of single places.
    place : str
        Whose rows are in force.
    changed : mapping of str to Assumption
        What a scenario overrides; these win over a place's rows.
    events : mapping of str to sequence of Event
        What dated events do to a parameter.

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

    @cached_property
    def _in_force(self) -> dict[str, Assumption]:
        chosen = {row.key: row for row in self.rows if not row.place}
        chosen |= {row.key: row for row in self.rows if row.place and row.place == self.place}
        return chosen | dict(self.changed)

    def __iter__(self) -> Iterator[Assumption]:
        return iter(self._in_force.values())

    def __getitem__(self, key: str) -> Assumption:
        chosen = self._in_force
        if key not in chosen:
            raise AssumptionError([_unknown(key, chosen)])
        return chosen[key]

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
        chosen, problems, changed = self._in_force, [], dict(self.changed)
        for key, given in changes.items():
            found, row = _read_change(key, given, chosen)
            problems += found
            if row is not None:
                changed[key] = row
        if problems:
            raise AssumptionError(problems)
        return replace(self, changed=changed)

    def yearly(self, key: str, drawn: Mapping[str, Array], years: Sequence[int]) -> Array:
        """A parameter in each year: as drawn, from its own year on where it has one, and what
        events add to it.

        Parameters
        ----------
        key : str
            The parameter.
        drawn : mapping of str to ndarray, shape (draws,)
            From `draw`.
        years : sequence of int
            Calendar years.

        Returns
        -------
        ndarray, shape (draws, years)

        Examples
        --------
        >>> plants = [Event(np.array([2026.0]), np.array([500.0])), Event(np.array([2027.0]), np.array([90.0]))]
        >>> parameters = replace(load_parameters(), events={"local_assembly": plants})
        >>> drawn = parameters.draw(np.random.default_rng(0), 1)
        >>> parameters.yearly("local_assembly", drawn, [2025, 2026, 2027])
        array([[  0., 500., 590.]])
        """
        span = np.asarray(years)
        first = drawn.get(f"{key}_year", np.zeros_like(drawn[key]))
        value = drawn[key][:, None] * (span >= first[:, None])
        for event in self.events.get(key, ()):
            value = value + event.size[:, None] * (span >= event.first[:, None]) * (
                span <= event.last[:, None]
            )
        return np.asarray(value)

    def draw(self, rng: np.random.Generator, draws: int) -> dict[str, Array]:
        """Draws of every parameter, stratified, each from its own column of the same uniform table.

        Overriding one parameter leaves the draws of all others as they were: scenarios share random
        numbers.

        Parameters
        ----------
        rng : numpy.random.Generator
            The source of chance.
        draws : int
            How many.

        Returns
        -------
        dict of str to ndarray, shape (draws,)
        """
        chosen = self._in_force
        ranks = rng.permuted(np.tile(np.arange(draws), (len(chosen), 1)), axis=1)
        uniform = (ranks + rng.random(ranks.shape)) / draws
        return {
            key: chosen[key].quantile(u) for key, u in zip(sorted(chosen), uniform, strict=True)
        }


def _unknown(key: str, chosen: Mapping[str, Assumption]) -> Problem:
    close = nearest(key, chosen)
    return Problem(
        key, "no such parameter", f"did you mean {close}?" if close else "see demand_parameters.csv"
    )


def _read_change(
    key: str, given: Any, chosen: Mapping[str, Assumption]
) -> tuple[list[Problem], Assumption | None]:
    if key not in chosen:
        return [_unknown(key, chosen)], None
    row = chosen[key]
    if isinstance(given, Mapping):
        extra = set(given) ^ {"low", "mode", "high"}
        if extra:
            return [
                Problem(
                    key,
                    f"a range has low, mode and high; look at {', '.join(sorted(map(str, extra)))}",
                )
            ], None
        values = [given["low"], given["mode"], given["high"]]
    else:
        values = [given] * 3
    problems = {check_value(key, value, row.unit, row.minimum, row.maximum) for value in values} - {
        None
    }
    if problems:
        return [problem for problem in problems if problem is not None], None
    if not values[0] <= values[1] <= values[2]:
        return [
            Problem(key, f"low {values[0]}, mode {values[1]}, high {values[2]} are out of order")
        ], None
    low, mode, high = map(float, values)
    return [], replace(
        row,
        low=low,
        mode=mode,
        high=high,
        kind="judgement",
        source="scenario",
        url="",
        note="set by the scenario",
    )


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a small table that ships with the package."""
    text = (DATA / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def load_parameters() -> Parameters:
    """The assumptions that ship, each row with its source or marked as judgement.

    Examples
    --------
    >>> row = load_parameters()["consumption"]
    >>> row.low, row.mode, row.high, row.unit
    (15.0, 18.0, 22.0, 'kWh/100 km')
    """
    return Parameters(tuple(_read_row(row) for row in read_table("demand_parameters.csv")))


def _read_row(row: Mapping[str, str]) -> Assumption:
    numbers = ("low", "mode", "high", "minimum", "maximum")
    values: dict[str, Any] = {
        key: float(text) if key in numbers else text for key, text in row.items()
    }
    return Assumption(**values)
