"""The quantities of a measure that a statement may give, and the relations in which it gives them:
each declared once.

A declaration holds what the other modules ask for: the words, the unit, what a row must hold, over
which days of the flow the value is a ratio, how exact a printed number is, its height on a chart.
A new quantity is one more declaration here.

>>> grown = QUANTITIES["yoy_growth_percent"]
>>> grown.says, grown.unit_of("vehicles"), grown.contrast(50.0, 365)
('change', 'percent', Contrast(numerator='period', denominator='before', constant=0.0, ratio=1.5))
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from forecasting.vocabulary.measures import Kind, measure_of

if TYPE_CHECKING:
    from forecasting.vocabulary.quantiles import Array

RELATIONS = ("equals", "about", "at_least", "at_most", "greater_than", "less_than")
EXACT_RELATIONS = ("equals", "about")  # the relations of a number; the others are bounds
# 1 from below, -1 from above
BOUNDS = {"at_least": 1, "greater_than": 1, "at_most": -1, "less_than": -1}
# Of a number with its unit, whose form its number asks for
RELATION_WORDS = {
    "equals": "{number}[ {unit: number}]",
    "about": "about {number}[ {unit: number}]",
    "at_least": "at least {number}[ {unit: number}]",
    "at_most": "at most {number}[ {unit: number}]",
    "greater_than": "more than {number}[ {unit: number}]",
    "less_than": "less than {number}[ {unit: number}]",
}
# How a relation is worded where it is one to another statement, and not to a number
REFERENCE_WORDS = {
    name: words.replace("{number}[ {unit: number}]", "{reference}")
    for name, words in RELATION_WORDS.items()
}
# A growth above -12 % is a fall by less than 12 %.
OPPOSITE = {
    "at_least": "at_most",
    "at_most": "at_least",
    "greater_than": "less_than",
    "less_than": "greater_than",
}

# the fact's own period; the year before, or the reference's; all new vehicles of the period
Span = Literal["period", "before", "market"]
FIT = 0.01  # no agency's total is better than 1 % of itself: late declarations, revisions
OUTLIER = 0.02  # any fact may be wrong


@dataclass(frozen=True)
class Contrast:
    """What a value says of a flow: ``numerator / (denominator + constant)`` is `ratio`.

    Parameters
    ----------
    numerator, denominator : {"period", "before", "market"} or None
        The flow of the fact's own days, or of the days that it is compared with; or all new
        vehicles of its days.
    constant : float
        Added to the denominator.
    ratio : float
        What it comes to.
    """

    numerator: Span
    denominator: Span | None
    constant: float
    ratio: float


@dataclass(frozen=True)
class Spread:
    """How far the truth may lie from a printed number, in logs.

    Parameters
    ----------
    fit : float
        Standard deviation of a number without faults.
    digits : bool
        Whether the digits that were left out make it less exact.
    coarse : bool
        Whether a number is so rough that counting and revisions add nothing to `fit`.
    outlier : float
        Probability that the number is wrong.
    """

    fit: float = FIT
    digits: bool = True
    coarse: bool = False
    outlier: float = OUTLIER


@dataclass(frozen=True)
class Quantity:
    """One quantity, with all that the package knows of it.

    Parameters
    ----------
    name : str
        The word in a ledger's column.
    meaning : str
        What it is, for documents.
    says : {"count", "change", "share", "market share"}
        How many; how many more than on the same dates a year before; which part of a reference, or
        of all new vehicles of the same days.
    kinds : tuple of str
        The kinds of measure that it may be of; of a statement it may be any.
    words : str
        As a sentence writes it: ``{number}`` is relation, value and unit, ``{reference}`` what it
        is a part of, ``{since}`` the first day, or the launch of the market.
    fall : str
        The same of a change below 0.
    unit : str
        ``{unit}`` is the measure's.
    needs : tuple of str
        Columns that a row must fill.
    default : bool
        Whether an empty cell means it, of a measure of its kind.
    daily : bool
        Whether the value is of each day, not of all days together.
    accumulates : bool
        Whether it counts what has gathered up to the last day of the period, whenever it came;
        where a first day is given, what has come since.
    lowest, highest : float
        The values that are possible.
    highest_of_own : float
        The highest value where the reference is another period of the same flow.
    impossible, remedy : str
        What a message says of a value outside; ``{}`` is the value.
    zero : str
        A value of 0 in words, where it says nothing of a growing flow; else empty.
    spread : Spread
        How exact a printed number is.
    pattern : str
        A pattern of the words, beside a number of a sentence, by which it is known.
    """

    name: str
    meaning: str
    says: Literal["count", "change", "share", "market share"]
    kinds: tuple[Kind, ...] = ("flow", "stock")
    words: str = "{number}"
    fall: str = ""
    unit: str = "{unit}"
    needs: tuple[str, ...] = ("period_end",)
    default: bool = False
    daily: bool = False
    accumulates: bool = False
    lowest: float = 0.0
    highest: float = math.inf
    highest_of_own: float = math.inf
    impossible: str = "{} is negative"
    remedy: str = "counts and amounts are 0 or more"
    zero: str = ""
    spread: Spread = field(default_factory=Spread)
    pattern: str = ""

    @property
    def is_percent(self) -> bool:
        """Whether the value compares two numbers and has no unit of its own."""
        return self.unit == "percent"

    @property
    def of_market(self) -> bool:
        """Whether it is a part of all new vehicles."""
        return self.says == "market share"

    @property
    def of_stock(self) -> bool:
        """Whether it can only be of what stands on a day."""
        return self.kinds == ("stock",)

    @property
    def added(self) -> bool:
        """Whether the value is added to a base, not a multiple of it."""
        return self.says == "change" and not self.is_percent

    def unit_of(self, unit: str) -> str:
        """The unit of its values, of a measure in some unit."""
        if unit or self.is_percent:
            return self.unit.format(unit=unit)
        return ""

    def turned(self, value: float) -> bool:
        """Whether a bound on the value is one on its size from the other side, as of a fall."""
        return self.says == "change" and value < 0

    def fault(self, value: float, of_own: bool) -> bool:
        """Whether a value is impossible; `of_own` where the reference is of the same flow."""
        highest = self.highest_of_own if of_own else self.highest
        return not self.lowest <= value <= highest

    def contrast(self, value: float, days: int) -> Contrast:
        """What a value says of the flow of a period of so many days.

        Examples
        --------
        >>> QUANTITIES["yoy_difference"].contrast(-500.0, 365)  # so many more the year before
        Contrast(numerator='before', denominator='period', constant=500.0, ratio=1.0)
        """
        if self.added:
            if value < 0:
                return Contrast("before", "period", -value, 1.0)
            return Contrast("period", "before", value, 1.0)
        if self.is_percent:
            whole: Span = "market" if self.of_market else "before"
            return Contrast("period", whole, 0.0, (self.says == "change") + value / 100)
        return Contrast("period", None, 1.0, value * (days if self.daily else 1))

    def value_of(self, ratio: Array, days: int) -> Array:
        """The value, in its own unit, of a ratio of flows; the inverse of `contrast`."""
        if self.is_percent:
            return 100 * (ratio - (self.says == "change"))
        if self.daily:
            return ratio / days
        return ratio

    def next_total(self, previous_total: float, value: float) -> float:
        """The total that a change makes of the total of the year before."""
        if self.added:
            return previous_total + value
        return previous_total * (1 + value / 100)

    def previous_total(self, total: float, value: float) -> float:
        """The total of the year before that a change implies."""
        if self.added:
            return total - value
        return total / (1 + value / 100)

    def yearly(self, value: float, days: int, year: int = 365) -> float:
        """A number of some days, at its rate of a year."""
        return value * year / (1 if self.daily else days)


QUANTITIES = {
    quantity.name: quantity
    for quantity in (
        Quantity(
            "total",
            "all that came over the period",
            "count",
            ("flow",),
            needs=("period_start", "period_end"),
            default=True,
        ),
        Quantity(
            "stock",
            "what stands on the last day of the period",
            "count",
            ("stock",),
            default=True,
            accumulates=True,
        ),
        Quantity(
            "cumulative",
            "all that came up to the last day, since the market began or since the first day given",
            "count",
            ("flow",),
            words="{number} since {since}",
            accumulates=True,
            pattern=r"since (?:the |its )?launch|с (?:момента|начала) (?:запуска|продаж)|"
            "自上市以来",
        ),
        Quantity(
            "yoy_growth_percent",
            "growth on the same dates a year before, in percent",
            "change",
            words="up {number} on the year before",
            fall="down {number} on the year before",
            unit="percent",
            lowest=math.nextafter(-100.0, 0.0),
            impossible="a growth of {} % is -100 % or less",
            remedy="+20 % is 20, a fall to half is -50",
        ),
        Quantity(
            "yoy_difference",
            "how many more than on the same dates a year before, fewer with a minus",
            "change",
            words="up {number} on the year before",
            fall="down {number} on the year before",
            lowest=-math.inf,
            spread=Spread(1.5 * FIT, digits=False, outlier=0.05),
        ),
        Quantity(
            "share_percent",
            "which part of the reference it is, in percent",
            "share",
            words="{number} of {reference}",
            unit="percent",
            highest=100.0,
            highest_of_own=100_000.0,
            impossible="a share of {} % is outside 0 to 100 %",
            remedy="shares are in percent of the reference",
            zero="a share of 0 %",
        ),
        Quantity(
            "market_share_percent",
            "which part of all new vehicles of the same days it is, in percent",
            "market share",
            ("flow",),
            words="{number} of all new vehicles",
            unit="percent",
            needs=("period_start", "period_end"),
            highest=100.0,
            impossible="a share of {} % is outside 0 to 100 %",
            remedy="5 % of new vehicles is 5",
            zero="a share of 0 %",
        ),
        Quantity(
            "per_day",
            "how many came on each day of the period",
            "count",
            ("flow",),
            words="{number} a day",
            unit="{unit} per day",
            daily=True,
            zero="a rate of 0 a day",
            spread=Spread(0.05, coarse=True),
            pattern=r"(?:every|each|per|a) day|daily|ежедневно|в (?:день|сутки)|kuniga|кунига|"
            "每天|日均",
        ),
    )
}
# The words beside a number by which a sentence says which quantity it is of
PRINTED = {quantity.name: quantity.pattern for quantity in QUANTITIES.values() if quantity.pattern}
# Of a statement that counts nothing, or a row whose quantity nobody knows
UNNAMED = Quantity("", "", "count", ("statement",))


def quantity_of(name: str) -> Quantity:
    """The declaration of a quantity; an unnamed number has that of a plain amount.

    >>> quantity_of("per_day").unit_of("vehicles"), quantity_of("").unit_of("km")
    ('vehicles per day', 'km')
    """
    return QUANTITIES.get(name, UNNAMED)


@cache
def default_quantity(kind: Kind) -> str:
    """The quantity that an empty cell means, of a measure of some kind; empty of a statement.

    >>> default_quantity("flow"), default_quantity("stock"), default_quantity("statement")
    ('total', 'stock', '')
    """
    defaults = (quantity for quantity in QUANTITIES.values() if quantity.default)
    return next((quantity.name for quantity in defaults if kind in quantity.kinds), "")


def on_a_day(measure: str, quantity: str, since: bool = False) -> bool:
    """Whether a quantity of a measure has no first day: it counts up to the last one.

    Parameters
    ----------
    measure, quantity : str
        As in a ledger.
    since : bool
        Whether a first day was named on purpose, not a year or a month that has one.

    Examples
    --------
    >>> on_a_day("ev_stock", "yoy_growth_percent"), on_a_day("ev_imports", "total")
    (True, False)
    """
    declared = quantity_of(quantity)
    if declared.of_stock or measure_of(measure).kind == "stock":
        return True
    return declared.accumulates and not since
