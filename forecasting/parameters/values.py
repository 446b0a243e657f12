"""The kinds of values in a params file: ranges, days, places, measures, safe names; and a dated
event, of which `forecasting.scenarios.drivers` says what it does.

>>> import numpy as np
>>> Range(low=0, mode=1, high=2).quantile(np.array([0.5]))
array([1.])
"""

from __future__ import annotations

import datetime as dt
import inspect
import math
import re
import textwrap
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, TypeGuard

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationInfo,
    field_validator,
    model_validator,
)

from forecasting.demand.parameters import triangular
from forecasting.evidence.policies import shipped_policies
from forecasting.parameters.naming import country_code, unsafe_name
from forecasting.vocabulary.arguments import other_languages, short_repr
from forecasting.vocabulary.errors import in_digits, visible
from forecasting.vocabulary.measures import (
    CHARGING_COUNTS,
    LARGEST_COST,
    MEASURES,
    PRICES,
    did_you_mean,
)
from forecasting.vocabulary.periods import FIRST_YEAR, LAST_YEAR, as_date
from forecasting.vocabulary.places import place_code
from forecasting.vocabulary.quantiles import Array

LARGEST_MARKET = 200_000_000  # new vehicles a year: twice those of the world
SIZE = f"a number above 0 and up to {LARGEST_MARKET:,} new vehicles a year"


class Strict(BaseModel):
    """A model that accepts nothing unknown, converts nothing silently and never changes. The
    descriptions of its fields are the parameters of its docstring.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, str_strip_whitespace=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Add to the docstring what the fields say of themselves."""
        words, heading, example = inspect.cleandoc(str(cls.__doc__)).partition("Examples\n---")
        entries = [
            f"{key}\n" + textwrap.indent(textwrap.fill(str(field.description), 92), "    ")
            for key, field in cls.model_fields.items()
        ]
        parameters = "\n".join(["Parameters", "----------", *entries])
        cls.__doc__ = f"{words}{parameters}\n\n{heading}{example}"


class Range(Strict):
    """A judgement: the lowest, the likeliest and the highest value, drawn as a triangle.

    Examples
    --------
    >>> Range.model_validate(2)
    Range(low=2.0, mode=2.0, high=2.0)
    """

    low: FiniteFloat = Field(description="Lowest, in the unit of what it describes.")
    mode: FiniteFloat = Field(description="Likeliest; a single number stands for all three.")
    high: FiniteFloat = Field(description="Highest.")

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: object) -> object:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return {"low": value, "mode": value, "high": value}
        if not isinstance(value, (Mapping, Range)):
            raise ValueError(f"{value!r} is neither a number nor low, mode and high")
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not self.low <= self.mode <= self.high:
            raise ValueError(
                f"low {in_digits(self.low)}, mode {in_digits(self.mode)}, "
                f"high {in_digits(self.high)} are not in rising order"
            )
        return self

    def quantile(self, level: Array) -> Array:
        """The triangle's quantiles at levels between 0 and 1.

        >>> import numpy as np
        >>> Range(low=0, mode=0, high=2).quantile(np.array([0.0, 0.75]))
        array([0., 1.])
        """
        return triangular(level, self.low, self.mode, self.high)


def _cost(example: str, description: str) -> Any:
    return Field(gt=0, le=LARGEST_COST, examples=[example], description=description)


class Choice(Strict):
    """What a reader pays for too few and for too many charging points: it decides how many to
    build, so none ships.

    Examples
    --------
    >>> Choice.model_validate({"missing": 3000, "idle": 1000}).own is None
    True
    """

    missing: FiniteFloat = _cost(
        "what one point too few costs a year, above 0",
        "Cost of one public point too few, a year: drivers' waits, sales lost; above 0, in any one "
        "money.",
    )
    idle: FiniteFloat = _cost(
        "what one point too many costs a year, above 0",
        "Cost of one public point too many, a year, in the same money.",
    )
    own: FiniteFloat | None = Field(
        None,
        ge=0,
        examples=["points of your own, 0 or more"],
        description="A number of points of one's own, to stand beside the three answers; default "
        "none.",
    )


def _day(value: object) -> object:
    if isinstance(value, str | dt.date):
        return as_date(value)
    return value


def _safe(text: str) -> str:
    if problem := unsafe_name(text, short(text)):
        raise ValueError(problem)
    return text


def _measure(word: str) -> str:
    if word not in MEASURES or MEASURES[word].kind != "flow":
        flows = [name for name, measure in MEASURES.items() if measure.kind == "flow"]
        words = [f"{word!r} is not a flow that is forecast", did_you_mean(word, flows)]
        raise ValueError("; ".join(filter(None, words)))
    return word


def _country(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(
            f"{value} is not a country; readers of YAML 1.1 take NO for false: write it in quotes"
        )
    if isinstance(value, str):
        return country_code(value)
    return value


def _as_of(value: object) -> dt.date | str:
    """A day, or the word latest."""
    if value == "latest":
        return "latest"
    if not isinstance(value, (str, dt.date)):
        raise ValueError(f"{short(value)} is not a date; write it as YYYY-MM-DD, or latest")
    return as_date(value)


def _sizes(value: object) -> float | dict[int, float] | None:
    """New vehicles a year: one number, or numbers by year."""
    if value is None:
        return None
    if _is_size(value):
        return float(value)
    if not isinstance(value, Mapping) or not value:
        raise ValueError(
            f"{short(value)} is not {SIZE}, nor such numbers by year, e.g. {{2023: 150000}}"
        )
    for key, size in value.items():
        if not (_is_year(key) and _is_size(size)):
            raise ValueError(f"{visible(str(key))}: {short(size)} is not a year with {SIZE}")
    return {int(key): float(value[key]) for key in sorted(value, key=int)}


def _is_size(value: object) -> TypeGuard[float]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 < value <= LARGEST_MARKET  # type: ignore[operator]


def _is_year(key: object) -> bool:
    text = str(key)
    return re.fullmatch("[0-9]{4}", text) is not None and FIRST_YEAR <= int(text) <= LAST_YEAR


def short(value: Any) -> str:
    """A value as a message shows it: one line, not too long.

    >>> short(40_000_000.0), short("word")
    ('40,000,000', "'word'")
    """
    if type(value) in (int, float) and 10_000 <= abs(value) < 1e16:
        return in_digits(value)
    return short_repr(value)


def listed(value: object) -> object:
    """A single text as a list of one, a list as a tuple."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Day = Annotated[dt.date, BeforeValidator(_day)]
AsOf = Annotated[Any, AfterValidator(_as_of)]
Country = Annotated[str, BeforeValidator(_country)]
Flow = Annotated[str, AfterValidator(_measure)]
MarketSizes = Annotated[Any, AfterValidator(_sizes)]
Name = Annotated[str, AfterValidator(_safe)]
Languages = Annotated[tuple[str, ...], BeforeValidator(listed), AfterValidator(other_languages)]
Texts = Annotated[tuple[str, ...], BeforeValidator(listed)]
Places = Annotated[tuple[Annotated[str, AfterValidator(place_code)], ...], BeforeValidator(listed)]


# A rebate for buyers of modest means in California: -2.1 (Muehlegger & Rapson 2022, Journal of
# Public Economics 216). Buyers who can order from the next country respond by more, buyers of few
# models by less: the ends are a judgement.
PRICE_ELASTICITY = Range(low=-4, mode=-2.1, high=-1)


class Kind(NamedTuple):
    """What the size of one kind of driver means, and its limits.

    Parameters
    ----------
    words : str
        Its meaning, as the comment beside it in a params file.
    minimum, maximum : float
        Its limits.
    too_low, too_high : str
        The message about a size beyond them.
    """

    words: str
    minimum: float = -math.inf
    too_low: str = ""
    maximum: float = math.inf
    too_high: str = ""


NEGATIVE = "{} is negative; a factor is 0 or more"
UNLIKELY = "{} is no likely factor; +30 % is 1.3"
DEAREST = 10.0  # dollars a kWh
OFF_FLOW = ("demand", "target", "tariff")  # kinds of driver that leave the flow as it is
NO_PRICE = "{} is outside -1 to 3 of the price; +15 % is 0.15"
DRIVER_KINDS = {
    "level": Kind("factor on the flow, the same from start on", 0, NEGATIVE, 20, UNLIKELY),
    "growth": Kind("factor on the flow for each further year", 0, NEGATIVE, 20, UNLIKELY),
    "ceiling": Kind(
        "highest share of new vehicles",
        0,
        NEGATIVE,
        1,
        "{} is above 1; a ceiling is a share of new vehicles, 0 to 1",
    ),
    "price": Kind(
        "change of what a car costs, to which the flow responds with elasticity; 0.15 is 15 % more",
        math.nextafter(-1, 0),
        NO_PRICE,
        3,
        NO_PRICE,
    ),
    "policy": Kind(
        "what becomes of a policy of the table; of what such ones did elsewhere, 1 is all",
        0,
        NEGATIVE,
        20,
        UNLIKELY,
    ),
    "quota": Kind(
        "vehicles of a quota of the table, each year from start on; probability 0: none is granted",
        math.nextafter(0, 1),
        "{} is no quota; it must be above 0",
    ),
    "demand": Kind(
        "sets a parameter of the charging chain, not the flow; several add, factors multiply"
    ),
    "tariff": Kind(
        "price of a kWh in USD: charging_price of one sold at a public point, electricity_price of "
        "one bought for it",
        0,
        "{} is negative; a price is 0 or more",
        DEAREST,
        "{} USD is no likely price of a kWh; give it in USD",
    ),
    "target": Kind(
        "public points or stations that are to stand on the day",
        math.nextafter(0, 1),
        "{} {quantity} is no target; it must be above 0",
    ),
}
# Limits of a driver's other ranges
NO_FALL = "{} is outside -15 to 0; what gets dearer sells less"
RANGE_LIMITS = {
    "elasticity": Kind("", -15, NO_FALL, 0, NO_FALL),
    "delay_years": Kind("", 0, "{} is negative; move start instead"),
}


def _share(default: float, description: str) -> Any:
    return Field(default, ge=0, le=1, examples=["a share, 0 to 1"], description=description)


class Driver(Strict):
    """A dated event that changes one named quantity.

    Examples
    --------
    >>> duty = {"name": "duty", "kind": "level", "quantity": "ev_imports", "start": "2026-01-01"}
    >>> Driver(**duty, size=0.8, reason="a duty of 15 %", source="judgement").size.mode
    0.8
    """

    name: Name = Field(
        description="Its own name within the scenario; the same name draws the same random draws "
        "in every scenario."
    )
    kind: Literal[
        "level", "growth", "ceiling", "price", "policy", "quota", "demand", "tariff", "target"
    ] = Field(
        examples=[", ".join(DRIVER_KINDS)],
        description="What its size is. "
        + " ".join(f"``{name}``: {kind.words}." for name, kind in DRIVER_KINDS.items()),
    )
    quantity: str = Field(
        description="The measure that is forecast, the parameter of the demand chain, a price, or "
        "``charging_points``, ``charging_stations``."
    )
    policy: str = Field(
        "",
        validate_default=True,
        description="Of kind ``policy`` or ``quota``: the id of the row. A policy comes as decided "
        "where `start` is its day, or later, or with a `probability`. A quota is granted each year "
        "to `end` with a `probability`: without it all pay the duty, and a number that nobody "
        "reaches is a privilege for all.",
    )
    start: Day = Field(
        examples=["a date such as 2026-01-01"],
        description="First day; of a target the day by which the points stand.",
    )
    end: Day | None = Field(None, description="Last day; without it what changes stays.")
    after: str = Field(
        "",
        description="The name of another driver that it follows: it happens only where that one "
        "does, as late as that one, and from its own `start` on where that one is in time.",
    )
    size: Range = Field(
        examples=["a number, or low, mode and high"],
        description="Plain numbers: a factor of 1.3 is +30 %.",
    )
    elasticity: Range = Field(
        PRICE_ELASTICITY,
        description="Of a price: per cent of the flow for one per cent of the price, 0 or less; "
        "default as published for electric cars, -2.1 (Muehlegger & Rapson 2022), from -4 to -1.",
    )
    probability: float = _share(1.0, "That it happens at all.")
    on_time: float = _share(
        1.0,
        "That it happens on `start`, given that it happens; the rest comes `delay_years` later. "
        "Announcements are mostly late: of 17 published programmes of charging and of electric "
        "cars four came in time (``fc.datasets.programmes()``), so 0.24 is what a params file says "
        "where it knows no better; of 10 plants and orders of buses of the region three did, 0.3. "
        "Of a target it is another thing, the share of what is missing that stands on the day: the "
        "median of those 17 programmes is 0.52; the rest follows within `delay_years`.",
    )
    delay_years: Range = Field(
        Range(low=0, mode=0, high=0),
        description="Years by which the late ones are late; five of those programmes came 0.6 to "
        "2.8 years late, eight have not come.",
    )
    reason: str = Field(
        min_length=1,
        examples=["one sentence: why this changes the quantity"],
        description="Why it changes the quantity.",
    )
    source: str = Field(
        min_length=1,
        examples=["a fact's id, judgement, a citation or an address"],
        description="Who says so: ids of facts in the ledger, joined by commas, or ``judgement``, "
        "a citation, an address.",
    )

    @field_validator("quantity")
    @classmethod
    def _check_quantity(cls, quantity: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        quantities = {"target": CHARGING_COUNTS, "tariff": PRICES}.get(str(kind))
        if quantities and quantity not in quantities:
            raise ValueError(f"{quantity!r} has no {kind}; one of {', '.join(quantities)}")
        return quantity

    @field_validator("policy")
    @classmethod
    def _check_policy(cls, policy: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        of_policy = kind in ("policy", "quota")
        if policy and not of_policy:
            raise ValueError("is of kind policy alone; leave it out")
        if of_policy and policy not in (rows := shipped_policies()):
            hint = did_you_mean(policy, rows, "name a row of policies.csv")
            raise ValueError(f"{policy!r} is no policy ({hint})")
        if kind == "quota" and shipped_policies()[policy].kind != "quota":
            raise ValueError(f"{policy!r} is no quota; name a row of kind quota")
        return policy

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: dt.date | None, info: ValidationInfo) -> dt.date | None:
        start = info.data.get("start")
        if end and start and end < start:
            raise ValueError(f"{end} comes before start {start}; swap the two dates")
        return end

    @field_validator("size", "elasticity", "delay_years")
    @classmethod
    def _in_range(cls, size: Range, info: ValidationInfo) -> Range:
        kind = RANGE_LIMITS.get(str(info.field_name)) or DRIVER_KINDS.get(
            info.data.get("kind", ""), Kind("")
        )
        quantity = info.data.get("quantity", "points")
        if size.low < kind.minimum:
            raise ValueError(kind.too_low.format(in_digits(size.low), quantity=quantity))
        if size.high > kind.maximum:
            raise ValueError(kind.too_high.format(in_digits(size.high)))
        return size

    @property
    def on_flow(self) -> bool:
        """Whether it changes the flow; the others are left to the demand chain."""
        return self.kind not in OFF_FLOW

    def acts_after(self, day: dt.date) -> bool:
        """Whether it has not ended by a day."""
        return (self.end or dt.date.max) > day

    def fact_ids(self) -> tuple[str, ...]:
        """The facts of a ledger that the source names: single words joined by commas."""
        return fact_ids(self.source)


def fact_ids(source: object) -> tuple[str, ...]:
    """Ids of facts in a source; none of a citation, an address or a judgement.

    >>> fact_ids("article-07, article-09"), fact_ids("Odenweller & Ueckerdt 2025")
    (('article-07', 'article-09'), ())
    """
    words = [word.strip() for word in str(source).split(",")]
    if not all(re.fullmatch(r"[^ /:]+", word) for word in words):
        return ()
    return tuple(word for word in words if word != "judgement")
