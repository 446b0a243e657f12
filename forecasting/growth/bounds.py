"""Bounds as the other facts let them be read: a side, one end of a range, or near to what they
bound.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from forecasting.evidence.fact import Fact
from forecasting.growth.likelihood import EDGE, Noise, Observation

__all__ = ["only_bounds", "read_bounds_together", "tells_level"]


def tells_level(fact: Fact) -> bool:
    """Whether a fact says how much, not only how it compares with another period."""
    return not fact.declared.is_percent and not math.isnan(fact.value)


def only_bounds(facts: Sequence[Fact]) -> bool:
    """Whether what tells of the level are bounds alone, and no two of them a range."""
    sides = {(_of_years(fact), fact.side) for fact in facts if tells_level(fact)}
    return bool(sides) and not any(side == 0 or (of, -side) in sides for of, side in sides)


def _of_years(fact: Fact) -> tuple[object, ...]:
    """What bounds share that can be set against each other: an agency's flow, or register, of the
    same years.
    """
    what = (fact.basis, fact.stock, fact.accumulates, fact.is_change)
    return (*what, fact.period.start.year, fact.period.end.year)


def _quantity(fact: Fact) -> tuple[object, ...]:
    """What a fact speaks of."""
    return (fact.basis, fact.stock, fact.quantity, fact.accumulates, fact.period, fact.other)


def read_bounds_together(observations: Sequence[Observation]) -> tuple[Observation, ...]:
    """Bounds as the other facts let them be read.

    Where only bounds tell of the level, the tightest of each year is near: someone chose to print
    it. What more than 1,000 in a quarter leaves open, more than 50,000 in its year tells. Bounds
    from above are near only where none is from below. One that a number contradicts is near, too:
    should the number be wrong, it alone tells. Two opposite ones of one quantity are a range, as
    good as a number of those digits.

    >>> import numpy as np
    >>> from forecasting.growth.likelihood import observe
    >>> bound = Fact(id="a", measure="vehicle_exports", place="horgos", relation="at_least", value=35_000,
    ...              period_start="2022-01-01", period_end="2022-12-31")
    >>> near = read_bounds_together([observe(bound, 2022, 12)])[0].noise
    >>> round(float(np.dot(near.weight, near.mean)), 2)
    0.26
    """
    if only_bounds([o.fact for o in observations]):
        levels = [o for o in observations if tells_level(o.fact)]
        side = max(o.side for o in levels)
        ordered = sorted((o for o in levels if o.side == side), key=lambda o: side * _by_day(o))
        tightest = {id(o) for o in {_of_years(o.fact): o for o in ordered}.values()}
        return tuple(
            replace(o, noise=Noise.near(side)) if id(o) in tightest else o for o in observations
        )
    # the tightest of each side; of two that are told from a base, that tells how far they are apart
    sided = [o for o in observations if o.side and not o.of_base]
    bounds = {
        (_quantity(o.fact), o.side): o.value for o in sorted(sided, key=lambda o: o.side * o.value)
    }
    numbers = defaultdict(list)
    for number in (o for o in observations if tells_level(o.fact) and not o.side):
        for key in _touched(number.fact):
            numbers[key].append(number)
    found = []
    for o in observations:
        if o.side and any(
            _contradicts(number, o) for key in _touched(o.fact) for number in numbers.get(key, ())
        ):
            found.append(replace(o, noise=Noise.near(o.side)))
            continue
        width = o.side * (bounds.get((_quantity(o.fact), -o.side), math.nan) - o.value)
        found.append(replace(o, noise=o.noise.denser(1 / max(width, EDGE))) if width >= 0 else o)
    return tuple(found)


def _touched(fact: Fact) -> list[tuple[object, ...]]:
    """An agency's flow, or register, in each year that a fact speaks of: two that overlap have one
    in common.
    """
    return [
        (fact.basis, fact.stock, fact.accumulates, year)
        for year in range(fact.period.start.year, fact.period.end.year + 1)
    ]


def _contradicts(number: Observation, bound: Observation) -> bool:
    """Whether no flow of an agency is as its number and bound have it: a part is no more than its
    whole.
    """
    one, other = number.fact, bound.fact
    if not tells_level(other):
        return False
    if one.is_change or other.is_change or bound.side * (bound.value - number.value) <= EDGE:
        return False
    part, whole = (other, one) if bound.side > 0 else (one, other)
    if one.accumulates:
        return one.period == other.period
    return whole.period.covers(part.period)


def _by_day(o: Observation) -> float:
    """Log of the flow of a day that a bound speaks of, or of a register."""
    return o.value - (0.0 if o.fact.accumulates else math.log(o.fact.period.days))
