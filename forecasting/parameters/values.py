"""The kinds of values in a params file: ranges, days, places, measures, safe names.

>>> float(Range(low=0, mode=1, high=2).quantile(0.5))
1.0
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeGuard

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    model_validator,
)

from forecasting.arguments import shown
from forecasting.demand.parameters import triangular
from forecasting.errors import in_digits, visible
from forecasting.evidence.places import place_code
from forecasting.measures import LARGEST_COST, MEASURES, did_you_mean
from forecasting.parameters.naming import country_code, unsafe_name
from forecasting.periods import as_date

LARGEST_MARKET = 200_000_000  # new vehicles a year: twice those of the world
SIZE = f"a number above 0 and up to {LARGEST_MARKET:,} new vehicles a year"


class Strict(BaseModel):
    """A model that accepts nothing unknown, converts nothing silently and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, str_strip_whitespace=True)


class Range(Strict):
    """A judgement: the lowest, the likeliest and the highest value, drawn as a triangle.

    Parameters
    ----------
    low, mode, high : float
        In the unit of what they describe; a single number stands for all three.

    Examples
    --------
    >>> Range.model_validate(2)
    Range(low=2.0, mode=2.0, high=2.0)
    """

    low: FiniteFloat
    mode: FiniteFloat
    high: FiniteFloat

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

    def quantile(self, level: Any) -> Any:
        """The triangle's quantile at a level between 0 and 1; an array gives an array.

        >>> float(Range(low=0, mode=0, high=2).quantile(0.75))
        1.0
        """
        return triangular(level, self.low, self.mode, self.high)


def _cost(example: str) -> Any:
    return Field(gt=0, le=LARGEST_COST, examples=[example])


class Choice(Strict):
    """What a reader pays for too few and for too many charging points: it decides how many to
    build, so none ships.

    Parameters
    ----------
    missing : float
        Cost of one public point too few, a year: drivers' waits, sales lost; above 0, in any one
        money.
    idle : float
        Cost of one public point too many, a year, in the same money.
    own : float
        A number of points of one's own, to stand beside the three answers; default none.

    Examples
    --------
    >>> Choice.model_validate({"missing": 3000, "idle": 1000}).own is None
    True
    """

    missing: FiniteFloat = _cost("what one point too few costs a year, above 0")
    idle: FiniteFloat = _cost("what one point too many costs a year, above 0")
    own: FiniteFloat | None = Field(None, ge=0, examples=["points of your own, 0 or more"])


def _day(value: object) -> object:
    if isinstance(value, str | dt.date):
        return as_date(value)
    return value


def _safe(text: str) -> str:
    if problem := unsafe_name(text):
        raise ValueError(f"{short(text)} {problem}")
    return text


def _measure(word: str) -> str:
    if word not in MEASURES or MEASURES[word].kind != "flow":
        flows = [name for name, measure in MEASURES.items() if measure.kind == "flow"]
        near = did_you_mean(word, flows)
        words = [f"{word!r} is not a flow that is forecast", near]
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
    return re.fullmatch("[0-9]{4}", str(key)) is not None and 1900 <= int(str(key)) <= 2200


def short(value: Any) -> str:
    """A value as a message shows it: one line, not too long.

    >>> short(40_000_000.0), short("word")
    ('40,000,000', "'word'")
    """
    if type(value) in (int, float) and 10_000 <= abs(value) < 1e16:
        return in_digits(value)
    return shown(value)


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
Texts = Annotated[tuple[str, ...], BeforeValidator(listed)]
Places = Annotated[tuple[Annotated[str, AfterValidator(place_code)], ...], BeforeValidator(listed)]
