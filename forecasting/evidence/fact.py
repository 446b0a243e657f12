"""One published statement: a quantity of a measure over a period, in a relation to a value or to
another quantity.

A fact is typed once, where it is read: its dates are dates, its period is a Period, what it refers
to is known.

>>> fact = Fact(id="a", measure="ev_imports", place="UZ", relation="equals", value=2544,
...             period_start="2023-01-01", period_end="2023-04-30", published="2023-06")
>>> print(fact)
Uzbekistan, electric vehicles imported, 2023-01..2023-04: 2,544 vehicles
>>> fact.rounding, fact.period.days, fact.known_from
(0.5, 120, datetime.date(2023, 6, 30))
"""

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, InstanceOf

from forecasting.evidence.rules import (
    INTEGER_UNITS,
    LEDGER_COLUMNS,
    OBSERVATION_KINDS,
    REFERENCE_PATTERN,
    column_problems,
    faults,
    normalise,
    number_text,
    own_period,
    publication,
)
from forecasting.showing import Shown
from forecasting.vocabulary.arguments import flag, instance, optional, takes
from forecasting.vocabulary.catalogues import digits
from forecasting.vocabulary.errors import InputError, LedgerError, PeriodError, Problem
from forecasting.vocabulary.measures import MEASURES, measure_of
from forecasting.vocabulary.models import CheckedCall
from forecasting.vocabulary.periods import Period, as_date, span
from forecasting.vocabulary.places import WORLD, is_place, place_code, place_name
from forecasting.vocabulary.quantities import (
    BOUNDS,
    EXACT_RELATIONS,
    OPPOSITE,
    REFERENCE_WORDS,
    RELATION_WORDS,
    Quantity,
    quantity_of,
)
from forecasting.vocabulary.sentences import Term, capital, filled, sentence, uncapital

Cells = Mapping[str, Any]  # of a row, by column
FOLLOWS: Any = Field(exclude=True, repr=False)  # an attribute that follows from the columns


class Fact(Shown, BaseModel, metaclass=CheckedCall):
    """One published statement.

    Parameters
    ----------
    id : str
        Its name in the ledger.
    measure : str
        One of `forecasting.vocabulary.measures.MEASURES`.
    place, partner : str
        Where, and with whom (``World`` is everybody); `forecasting.vocabulary.places`.
    product, basis : str
        What is counted, and whose definition counts it.
    period_start, period_end : date, or str as YYYY-MM-DD
        Both included; a stock stands on its last day. None where the fact has no such day.
    relation, quantity : str
        One of those declared in `forecasting.vocabulary.quantities`; the quantity defaults to total
        or stock, as the measure is.
    value : float
        In `unit`; NaN where the relation is to `reference`, or nothing was counted.
    unit : str
        Defaults to the measure's.
    rounding : float
        Half-width of the printed digits; defaults to half a unit of the last one.
    reference : str
        Another fact's id, or ``measure@place:start/end``.
    kind : str
        One of `KINDS`.
    published : Period, or str
        The day, month or year in which it was published; None where that is not known.
    source, url, quote, note : str
        Who said it, where, in which words, and what a reader must know.

    Attributes
    ----------
    reference_period : Period or None
        The period that a share, or a fact without a value, is compared with: that of the fact, or
        of the quantity, that `reference` names. None where that is another flow, or a fact that was
        not read together with this one.
    declared : Quantity
        What is declared of its quantity.
    known_from : date or None
        The last day of the span in which it was published; None where that is not known.
    of_world : bool
        Whether it is of the whole, not of what one partner has of it.
    stock : bool
        Whether it tells what stands on a day, not what comes over a period.
    accumulates : bool
        Whether it counts what has gathered up to its last day, however long ago it came. What is
        dated to one day alone is not of that day's flow.
    is_exact : bool
        Whether it is a number, be it about so many, and not a bound.
    side : int
        On which side of its value a bound leaves the truth: 1 above, -1 below; 0 of a number.
    is_count, is_change : bool
        Whether it says how many there are or came, not how that compares with others; whether it
        says how much changed from the same dates a year before.
    is_amount : bool
        Whether it is the measure's own number: a flow's total, or what stands of a stock.
    is_rate : bool
        Whether it says how many came over its period, so that it tells of a year's flow.
    compares : bool
        Whether it tells of a period by another one, which its reference names.
    is_observation : bool
        Whether it may enter a likelihood: an outcome, an estimate or a judgement of something
        counted.
    tolerance : float
        How far two prints of the same figure may differ: nothing for a count printed to the unit.

    Raises
    ------
    LedgerError
        With every problem of the statement at once.

    Examples
    --------
    >>> Fact(id="b", measure="ev_imports", place="UZ", relation="equals", value=-1,
    ...      period_start="2023-01-01", period_end="2023-04-30")
    Traceback (most recent call last):
    ...
    forecasting.LedgerError: b value: -1 is negative (counts and amounts are 0 or more)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    refusal: ClassVar[type[InputError]] = LedgerError

    id: str
    measure: str
    place: str
    partner: str
    product: str
    basis: str
    period_start: dt.date | None
    period_end: dt.date | None
    relation: str
    quantity: str
    value: float
    unit: str
    rounding: float
    reference: str
    kind: str
    published: Period | None
    source: str
    url: str
    quote: str
    note: str
    reference_period: Period | None = Field(default=None, exclude=True)
    # What follows from the columns is found once, when the fact is made
    # A field of its own: by pydantic 2.8 all fields that share one would be checked as this one is
    declared: InstanceOf[Quantity] = Field(exclude=True, repr=False)
    known_from: dt.date | None = FOLLOWS
    of_world: bool = FOLLOWS
    stock: bool = FOLLOWS
    accumulates: bool = FOLLOWS
    is_exact: bool = FOLLOWS
    side: int = FOLLOWS
    is_count: bool = FOLLOWS
    is_change: bool = FOLLOWS
    is_amount: bool = FOLLOWS
    is_rate: bool = FOLLOWS
    compares: bool = FOLLOWS
    is_observation: bool = FOLLOWS
    tolerance: float = FOLLOWS

    def __init__(self, **columns: Any) -> None:
        name = str(columns.get("id") or "fact")
        problems = [*column_problems(name, [*columns], ())]
        row = normalise(columns)
        problems += [Problem(f"{name} {column}", *fault) for column, *fault in faults(row)]
        if problems:
            raise LedgerError(problems)
        super().__init__(**_typed(row, {}))

    @takes(LedgerError, update=optional(instance(Mapping, words="cells by column")), deep=flag())
    def model_copy(self, *, update: Cells | None = None, deep: bool = False) -> Self:
        """A copy with other cells, which are not checked, and with all that follows from them.

        Parameters
        ----------
        update : mapping, optional
            Typed cells by column.
        deep : bool
            Whether its cells are copied, too.

        Returns
        -------
        Fact

        Raises
        ------
        LedgerError
            Where a fact has no such column.

        Examples
        --------
        >>> fact = Fact(id="a", measure="ev_stock", place="UZ", period_end="2023-12-31",
        ...             relation="equals", value=30_000)
        >>> fact.side, fact.model_copy(update={"relation": "at_least"}).side
        (0, 1)
        """
        cells = dict(update or {})
        columns = [str(column) for column in cells if column != "reference_period"]
        if problems := [*column_problems(self.id, columns, ())]:
            raise LedgerError(problems)
        cells = vars(super().model_copy(deep=deep)) | cells
        return self.model_construct(**cells | _meaning(cells))

    def __getstate__(self) -> dict[Any, Any]:
        """Alike in every process: which columns were given is a set, in an order of the process."""
        return super().__getstate__() | {"__pydantic_fields_set__": set()}

    @property
    def period(self) -> Period:
        """The days that the fact speaks of; one day where only one is given.

        Raises
        ------
        PeriodError
            Where the fact has no date.
        """
        days = [day for day in (self.period_start, self.period_end) if day is not None]
        if not days:
            raise PeriodError(f"fact {self.id!r} has no dates; give it a period_end")
        return Period(days[0], days[-1])

    def row(self) -> dict[str, Any]:
        """The fact in the columns of a ledger: value and rounding as numbers, all else as text.

        Returns
        -------
        dict
            One entry per column, in the ledger's order.

        Examples
        --------
        >>> fact = Fact(id="a", measure="ev_stock", place="UZ", period_end="2023-12-31",
        ...             relation="about", value=30_000)
        >>> fact.row()["period_end"], fact.row()["value"]
        ('2023-12-31', 30000.0)
        """
        cells = {column: vars(self)[column] for column in LEDGER_COLUMNS}
        for column in ("period_start", "period_end", "published"):
            cells[column] = str(cells[column] or "")
        return cells

    def __str__(self) -> str:
        return sentence(
            FACT_IN_LINE,
            place=place_term(self.place),
            partner=not self.of_world and place_term(self.partner),
            measure=uncapital(label_of(self.measure)),
            period=self.period_end and self.period,
            start=not self.period_end and self.period_start,
            words=in_words(self),
        )


def place_term(code: str) -> Term:
    """A place by its name, which a language declines; of several, as CN+HK, all of them.

    >>> str(place_term("horgos")), str(place_term("CN+HK"))
    ('Horgos', 'China and Hong Kong')
    """
    place_id = place_code(code) if is_place(code) else code
    return Term(place_name(code), f"place {place_id}")


def label_of(measure: str, vehicles: str = "", case: str = "") -> str:
    """What a reader sees of a measure, and of electric cars which of them are counted.

    Parameters
    ----------
    measure : str
        By its name.
    vehicles : str
        Which electric cars are counted.
    case : str
        As of `Term.form`, of a measure that is not of electric cars.

    Examples
    --------
    >>> label_of("ev_stock"), label_of("ferry_tickets")
    ('Electric vehicles on the road', 'ferry tickets')
    >>> label_of("ev_sales", "battery cars"), label_of("ebus_stock", "battery cars")
    ('New battery cars sold', 'Electric buses on the road')
    """
    if measure not in MEASURES:
        return measure.replace("_", " ")
    label = MEASURES[measure].label
    if not MEASURES[measure].of_electric_cars:
        return Term(label, f"measure {measure}").form(case)
    message = Term(re.sub("(?i)electric vehicles", "{vehicles}", label), f"measure {measure}")
    if not isinstance(vehicles, Term):
        words = vehicles or "electric vehicles"
        vehicles = Term(words, "noun", words)
    return capital(filled(str(message), vehicles=vehicles))


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Facts by the time that they speak of, those that end last at the end."""
    return sorted(
        facts, key=lambda fact: (str(fact.period_end or ""), str(fact.period_start or ""), fact.id)
    )


def typed_facts(rows: Iterable[Cells]) -> list[Fact]:
    """Facts of rows that have been checked, read together, so that each knows what the others say
    of it.

    Parameters
    ----------
    rows : iterable of mapping
        Normalised rows without faults, as of `Fact.row`.
    """
    rows_by_id = {row["id"]: row for row in rows}
    return [Fact.model_construct(**_typed(row, rows_by_id)) for row in rows_by_id.values()]


def _typed(row: Cells, rows_by_id: Mapping[str, Cells]) -> dict[str, Any]:
    """A row's cells: dates as dates, spans as periods, numbers as numbers, NaN where empty."""
    cells: dict[str, Any] = dict(row)
    for column in ("value", "rounding"):
        cells[column] = float(row[column] or "nan")
    for column in ("period_start", "period_end"):
        cells[column] = as_date(row[column]) if row[column] else None
    cells["published"] = publication(row["published"])
    cells |= _meaning(cells)
    cells["reference_period"] = (
        _reference_period(row, rows_by_id) if cells["compares"] and row["reference"] else None
    )
    return cells


def _meaning(cells: Cells) -> dict[str, Any]:
    """What follows from the typed cells of a row, as the attributes of a `Fact`."""
    declared, relation = quantity_of(cells["quantity"]), cells["relation"]
    measure_kind = measure_of(cells["measure"]).kind
    stock = declared.of_stock or measure_kind == "stock"
    dated_to_a_day = cells["period_start"] in (None, cells["period_end"])
    accumulates = stock or (declared.accumulates and dated_to_a_day)
    is_count = declared.says == "count" and cells["quantity"] != ""
    printed_to_the_unit = (
        relation == "equals"
        and cells["unit"] in ("", *INTEGER_UNITS)  # without a name of what it is of, of things
        and cells["rounding"] == 0.5
        and cells["value"].is_integer()
    )
    return {
        "declared": declared,
        "known_from": cells["published"] and cells["published"].end,
        "of_world": cells["partner"] == WORLD,
        "stock": stock,
        "accumulates": accumulates,
        "is_exact": relation in EXACT_RELATIONS,
        "side": BOUNDS.get(relation, 0),
        "is_count": is_count,
        "is_change": declared.says == "change",
        "is_amount": declared.default,
        "is_rate": is_count and not accumulates,
        "compares": declared.says == "share" or math.isnan(cells["value"]),
        "is_observation": cells["kind"] in OBSERVATION_KINDS and measure_kind != "statement",
        "tolerance": 0.0 if printed_to_the_unit else cells["rounding"],
    }


def _reference_period(row: Cells, rows_by_id: Mapping[str, Cells]) -> Period | None:
    """The period of the same flow that a reference names, by a fact's id or written out; None for
    another flow.
    """
    target = rows_by_id.get(row["reference"])
    if target is not None:
        same = all(target[column] == row[column] for column in ("measure", "place", "product"))
        days = [day for day in (target["period_start"], target["period_end"]) if day]
        if same and days:
            return span(days[0], days[-1])
        return None
    return own_period(row)


# Vehicles for which another language has nouns of their own, by the measure that counts them
NOUNS_OF_VEHICLES = {
    "ebus_imports": "noun of buses",
    "ebus_stock": "noun of buses",
    "ev_transactions": "noun of deals",
    "border_crossings": "noun of crossings",
}
ONE_UNIT = {
    "days": "day",
    "dwellings": "dwelling",
    "hours": "hour",
    "persons": "person",
    "points": "point",
    "stations": "station",
    "trains": "train",
    "units": "unit",
    "users": "user",
    "vehicles": "vehicle",
}
# A fact in a line; what it says of a quantity, and in which relation, is declared with these
FACT_IN_LINE = "{place}[ with {partner}], {measure}[, {period}][, since {start}]: {words}"
# When it is of, by the length of the period
ON_DAY = "on {period}"
IN_PERIOD = "in {period}"
ONE_YEAR = "{end:y}"
ONE_DAY = "{end:d MMM y}"
ONE_MONTH = "{end:MMM y}"
SEVERAL = {  # whole months or days, of one year or of several
    (True, True): "{start:MMM}–{end:MMM y}",
    (True, False): "{start:MMM y} – {end:MMM y}",
    (False, True): "{start:d MMM} – {end:d MMM y}",
    (False, False): "{start:d MMM y} – {end:d MMM y}",
}
# Days in a sentence, of one year or of several
FROM_DAY_TO_DAY = {
    True: "from {start:d MMM} to {end:d MMM y}",
    False: "from {start:d MMM y} to {end:d MMM y}",
}
ANOTHER_NUMBER = "another printed number"
NUMBER_OF = "the number of {period}"
MEASURE_WHEN = "{measure} {when}"


def in_words(fact: Fact) -> str:
    """What a fact says: its relation and what it stands to, as a sentence writes it.

    Parameters
    ----------
    fact : Fact
        Any fact; a claim, an event or a policy is worded by its quote.

    Returns
    -------
    str
        Without place, measure and period, which stand beside it.

    Examples
    --------
    >>> columns = {"id": "a", "measure": "vehicle_exports", "place": "horgos",
    ...            "period_start": "2023-01-01", "period_end": "2023-12-31"}
    >>> in_words(Fact(**columns, relation="greater_than", value=35000))
    'more than 35,000 vehicles'
    >>> in_words(Fact(**columns, relation="at_least", quantity="yoy_growth_percent", value=-12))
    'down at most 12 % on the year before'
    >>> in_words(Fact(**columns, relation="equals", value=1))
    '1 vehicle'
    >>> other = "vehicle_exports@baktu:2022-01-01/2022-12-31"
    >>> in_words(Fact(**columns, relation="greater_than", reference=other))
    'more than vehicles of all types exported in 2022'
    """
    if fact.quote and fact.measure in ("claim", "event", "policy"):
        return str(statement_term(fact))
    relation = fact.relation
    start = fact.period_start
    case = "gen" if fact.declared.says == "share" else ""
    reference = Term("the whole", "noun").form(case)
    if fact.reference:
        reference = reference_words(fact.reference, fact.reference_period, case)
    if math.isnan(fact.value):
        if relation and fact.reference:
            return sentence(REFERENCE_WORDS[relation], reference=reference)
        return str(statement_term(fact))
    message = fact.declared.words
    if fact.declared.turned(fact.value):
        message = fact.declared.fall
        relation = OPPOSITE.get(relation, relation)
    since = str(Term("the launch", "noun"))
    if start and not fact.accumulates:
        since = period_words(Period(start, start))
    noun = NOUNS_OF_VEHICLES.get(fact.measure, "noun")
    number = _related(relation or "equals", abs(fact.value), fact.unit, noun)
    return sentence(message, number=number, reference=reference, since=since)


def statement_term(fact: Fact) -> Term:
    """A statement in the words of its quote, which a catalogue may have in its language."""
    return Term(fact.quote, f"statement {fact.id}")


def _related(relation: str, value: float, unit: str, noun: str) -> str:
    """A number with its unit, in its relation."""
    unit = "%" if unit == "percent" else unit.removesuffix(" per day")
    money, _, multiple = unit.partition(" ")
    if multiple and money in ("USD", "CNY"):
        if multiple == "million" and value >= 1000:
            value, multiple = value / 1000, "billion"
        elif multiple == "billion" and 0 < value < 1:
            value, multiple = round(1000 * value, 6), "million"
        unit = f"{multiple} {money}"
    number = digits(f"{value:,.0f}" if value.is_integer() else number_text(value))
    return related(relation, number, unit and unit_term(unit, noun))


def unit_term(unit: str, noun: str = "noun") -> Term:
    """A unit; what is counted one by one is a noun, which its number puts into its form.

    Parameters
    ----------
    unit : str
        In English.
    noun : str
        The context of its entries in a catalogue, where it is a noun.

    Examples
    --------
    >>> unit_term("stations").form(number=1), unit_term("GWh").form(number=1)
    ('station', 'GWh')
    """
    return Term(unit, noun if unit in ONE_UNIT else "unit", ONE_UNIT.get(unit, ""))


def related(relation: str, number: str, unit: str = "") -> str:
    """A number or what stands for it, and its unit, in a relation.

    >>> related("at_least", "136", "stations")
    'at least 136 stations'
    """
    return sentence(RELATION_WORDS[relation], number=number, unit=unit)


def reference_words(reference: str, period: Period | None = None, case: str = "") -> str:
    """What a fact refers to: another fact, which stands in a row of its own, or a quantity that
    nobody printed.

    Parameters
    ----------
    reference : str
        As in a ledger's column.
    period : Period, optional
        That it is of, where it is of the same flow.
    case : str
        As of `Term.form`.

    Examples
    --------
    >>> reference_words("vehicle_exports@baktu:2022-01-01/2022-12-31")
    'vehicles of all types exported in 2022'
    >>> reference_words("article-09")
    'another printed number'
    >>> reference_words("article-09", span("2022-01-01", "2022-12-31"))
    'the number of 2022'
    """
    written = REFERENCE_PATTERN.fullmatch(reference)
    if not written or written["measure"] not in MEASURES:
        if period:
            return filled(Term(NUMBER_OF, "noun").form(case), period=period_words(period))
        return Term(ANOTHER_NUMBER, "noun").form(case)
    when = when_words(span(written["start"], written["end"]))
    measure = label_of(written["measure"], case=case).lower()
    return sentence(MEASURE_WHEN, measure=measure, when=when)


def when_words(period: Period) -> str:
    """A period as a sentence names it: in a year or in some months, on a day.

    Parameters
    ----------
    period : Period
        Any days.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import year
    >>> when_words(year(2022)), when_words(span("2025-05-01", "2025-05-01"))
    ('in 2022', 'on 1 May 2025')
    >>> when_words(span("2025-01-01", "2025-10-14"))
    'from 1 Jan to 14 Oct 2025'
    """
    start = period.start
    end = period.end
    if start == end:
        return sentence(ON_DAY, period=period_words(period))
    if period.is_of_months:
        return sentence(IN_PERIOD, period=period_words(period))
    return sentence(FROM_DAY_TO_DAY[start.year == end.year], start=start, end=end)


def period_words(period: Period) -> str:
    """A period in words.

    Parameters
    ----------
    period : Period
        Any days.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import month, year
    >>> period_words(year(2022)), period_words(month("2023-05"))
    ('2022', 'May 2023')
    >>> period_words(span("2023-01-01", "2023-04-30"))
    'Jan–Apr 2023'
    >>> period_words(span("2023-01-01", "2023-06-26"))
    '1 Jan – 26 Jun 2023'
    """
    start = period.start
    end = period.end
    label = period.label
    message = SEVERAL[period.is_of_months, start.year == end.year]
    if len(label) == 4:
        message = ONE_YEAR
    elif len(label) == 7:
        message = ONE_MONTH
    elif start == end:
        message = ONE_DAY
    return sentence(message, start=start, end=end)
