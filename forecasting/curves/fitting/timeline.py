"""The calendar of a series: each observation's own period, in time since launch, and the periods
that follow.

Time is counted in years where the index is a calendar, so that parameters mean the same for months
and for years: whole years, half-years, quarters and months are exact fractions of a year; other
spans count days of 1/365.25 year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.errors import InvalidIndexError

from forecasting.arguments import shown
from forecasting.curves.fitting.sampling import Sampling
from forecasting.errors import ModelError, in_digits
from forecasting.periods import FIRST_YEAR, LAST_YEAR, Period, as_date

__all__ = ["Timeline", "read_timeline"]

Array = NDArray[np.float64]
DAYS = 365.25
LATEST = 1e300  # the largest number that a time may be
FARTHEST = 9_500  # periods beyond these that a position may name
AHEAD = 500  # periods after the last one that have labels to be found by
CALENDAR = (1, 3, 6, 12)  # months that a period of a calendar has


@dataclass(frozen=True)
class Timeline:
    """Periods of observations, as labels and as times.

    Parameters
    ----------
    labels : pandas Index
        One label per observation.
    starts, ends : ndarray (periods,)
        Bounds of each period, in years for a calendar, else in the unit of the numbers given.
    calendar : bool
        Whether times are years of a calendar.
    open_start : bool
        Whether the start of the first period is a guess: as long as the second.
    """

    labels: pd.Index
    starts: Array
    ends: Array
    calendar: bool
    open_start: bool = False

    def from_launch(self, launch: object, kind: str) -> Timeline:
        """With the first period begun at launch, where only the ends of the periods were given."""
        if launch is None or kind == "stock" or not self.open_start:
            return self
        begin = moment(launch, self.calendar)
        if begin >= self.ends[0]:
            raise ModelError(
                f"launch {shown(launch)} comes after the first observation; it is when the curve starts"
            )
        return replace(self, starts=np.append(begin, self.starts[1:]), open_start=False)

    def launch(self, launch: object, kind: str) -> float:
        """Time of launch; by default the start of the first period, and time 0 for a stock at plain
        times.
        """
        if launch is None:
            return 0.0 if kind == "stock" and not self.calendar else float(self.starts[0])
        time = moment(launch, self.calendar)
        if (kind == "flow" and time > self.starts[0] + 1e-9) or time > self.ends[0] + 1e-9:
            raise ModelError(
                f"launch {shown(launch)} comes after the first observation; it is when the curve starts"
            )
        return time

    def sampling(self, launch: float, kind: str) -> Sampling:
        """The periods in time since launch."""
        return Sampling(self.ends - launch, self.starts - launch if kind == "flow" else None)

    @property
    def step(self) -> float:
        """Length of the steps of a forecast: of the last period, or for levels between the last two
        times.
        """
        return float(self.ends[-1] - self.starts[-1])

    def future(self, steps: int) -> Timeline:
        """The periods that follow: of the frequency of the index, or as long as the last one."""
        last = float(self.ends[-1])
        edges = np.asarray(last + self.step * np.arange(steps + 1), dtype=float)
        if self.calendar and self.labels.dtype == object:  # labels of Periods
            labels = pd.Index([_label(start, end) for start, end in pairwise(edges)])
        else:
            labels = _following(self.labels, edges[1:], steps)
        return Timeline(labels, edges[:-1], edges[1:], self.calendar)

    def part(self, first: int, last: int) -> Timeline:
        """The periods from one position up to another."""
        return Timeline(
            self.labels[first:last], self.starts[first:last], self.ends[first:last], self.calendar
        )

    def until(self, count: int) -> Timeline:
        """So many periods at least: continued where there are fewer."""
        missing = count - len(self.labels)
        return self if missing <= 0 else self.followed_by(self.future(missing))

    def position(self, label: Any) -> int:
        """Place of an observation, or of a period after the last one, by its label; else a position
        as it is.
        """
        labels = self.until(len(self.labels) + AHEAD).labels
        if isinstance(label, dt.date):
            label = pd.Timestamp(label)
        try:
            place = labels.get_loc(label)
        except (KeyError, TypeError, ValueError, InvalidIndexError):
            if isinstance(label, (int, np.integer)) and abs(int(label)) <= len(labels) + FARTHEST:
                return int(label)
            raise ModelError(
                f"{shown(label)} is not an observation, nor one of the {AHEAD} periods that follow; give a position, or"
                f" a label as {self.labels[0]} to {self.labels[-1]}"
            ) from None
        return int(place.start) if isinstance(place, slice) else int(np.asarray(place))

    def followed_by(self, later: Timeline) -> Timeline:
        """Both, in a row."""
        if self.calendar != later.calendar or later.starts[0] < self.ends[-1] - 1e-6:
            raise ModelError(
                f"the new observations start at {later.labels[0]}, not after {self.labels[-1]}"
            )
        labels = self.labels.append(later.labels)
        return Timeline(
            labels,
            np.append(self.starts, later.starts),
            np.append(self.ends, later.ends),
            self.calendar,
        )


def moment(value: object, calendar: bool) -> float:
    """A date as years, or a number as it is."""
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        if not -LATEST < value < LATEST:
            raise ModelError(f"time {shown(value)} is not finite, or too far")
        return float(value)
    if not calendar:
        raise ModelError(
            f"{shown(value)} is a date, but the series has no calendar; give a number, or a calendar index"
        )
    if isinstance(value, pd.Period):
        value = value.start_time
    return _years(as_date(value))


def _years(day: dt.date) -> float:
    """A day's beginning in years; months are exact twelfths."""
    length = (
        day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)
        - day.replace(day=1)
    ).days
    return day.year + (day.month - 1 + (day.day - 1) / length) / 12


def _label(start: float, end: float) -> str:
    """The label of a period of whole months, else of its rounded days."""
    first, last = _date(start), _date(end)
    return Period(first, max(last - dt.timedelta(1), first)).label


def _date(years: float) -> dt.date:
    months, part = divmod(round(years * 12, 6), 1)
    year, month = divmod(int(months), 12)
    day = dt.date(year, month + 1, 1)
    length = (day.replace(year=year + (month + 1) // 12, month=(month + 1) % 12 + 1) - day).days
    return day + dt.timedelta(round(part * length))


def read_timeline(index: Any, time: Any, count: int, kind: str) -> Timeline:
    """The timeline of a series.

    Parameters
    ----------
    index : pandas Index or None
        The index of the series, used where ``time`` is None. Whole numbers count periods of length
        one.
    time : index, array_like or sequence of Period, optional
        PeriodIndex; DatetimeIndex (for flows, of whole months); IntervalIndex;
        ``forecasting.Period``s; whole years such as 2015; numbers: the ends of the periods, the
        times of a stock, or one more than observations: all edges.
    count : int
        Number of observations.
    kind : {"flow", "stock"}
        A stock's times are those of its levels.

    Examples
    --------
    >>> read_timeline(None, [2.0, 3.0, 7.0], 3, "flow").starts
    array([1., 2., 3.])
    """
    if time is None and index is None:
        return _numbered(pd.RangeIndex(count), np.arange(float(count)))
    given = index if time is None else time
    if (
        isinstance(given, (str, bytes, Mapping, set))
        or not hasattr(given, "__len__")
        or np.ndim(given) != 1
    ):
        raise ModelError(
            f"time is {shown(given)}: give a date, a period or a number for each observation"
        )
    values = list(given)
    if len(values) == count + 1 and time is not None and kind == "flow":
        return read_timeline(None, pd.IntervalIndex.from_breaks(_edges(values)), count, kind)
    if len(values) != count:
        raise ModelError(
            f"time has {len(values)} entries and endog {count}; give one per observation, or all edges"
        )
    if values and all(isinstance(value, Period) for value in values):
        return _of_days(
            pd.Index([value.label for value in values], dtype=object),
            [(v.start, v.end) for v in values],
        )
    labels = _labels(index if time is None else time, values)
    _check_order(labels)
    if isinstance(labels, pd.PeriodIndex):
        return _of_days(
            labels, [(period.start_time.date(), period.end_time.date()) for period in labels]
        )
    if isinstance(labels, pd.IntervalIndex):
        return _of_intervals(labels)
    if isinstance(labels, pd.DatetimeIndex):
        return _of_dates(labels, kind)
    return _of_numbers(labels, time is not None, kind)


def _edges(values: list[Any]) -> pd.Index:
    edges = _labels(values, values)
    _check_order(edges)
    return edges


def _labels(given: Any, values: list[Any]) -> pd.Index:
    """As an Index of pandas; text is read as dates."""
    labels = given if isinstance(given, pd.Index) else pd.Index(values)
    if labels.dtype != object and not pd.api.types.is_string_dtype(labels.dtype):
        return labels
    try:
        return pd.DatetimeIndex(pd.to_datetime(labels, format="ISO8601"))
    except (TypeError, ValueError):
        raise ModelError(
            f"the time {labels[0]!r} cannot be read; give dates, periods, years or numbers"
        ) from None


def _check_order(labels: pd.Index) -> None:
    if labels.hasnans:
        raise ModelError(
            f"the index has a missing time at position {int(np.argmax(labels.isna()))}; drop or name it"
        )
    if labels.has_duplicates:
        raise ModelError(
            f"the time {labels[labels.duplicated()][0]} occurs twice; keep one observation of each period"
        )
    if not labels.is_monotonic_increasing:
        raise ModelError(
            "the times are not in order; sort the series first, e.g. series.sort_index()"
        )


def _numbered(labels: pd.Index, numbers: Array) -> Timeline:
    return Timeline(labels, numbers, numbers + 1, calendar=False)


def _of_days(labels: pd.Index, spans: list[tuple[dt.date, dt.date]]) -> Timeline:
    starts = np.array([_years(start) for start, _ in spans])
    ends = np.array([_years(end + dt.timedelta(1)) for _, end in spans])
    if (np.diff(starts) <= 0).any() or (starts[1:] < ends[:-1] - 1e-9).any():
        place = int(np.argmax(starts[1:] < ends[:-1] - 1e-9))
        raise ModelError(
            f"the periods {labels[place]} and {labels[place + 1]} overlap or are not in order"
        )
    return Timeline(labels, starts, ends, calendar=True)


def _of_intervals(labels: pd.IntervalIndex) -> Timeline:
    if labels.is_overlapping:
        raise ModelError("the intervals of the index overlap; give each observation its own period")
    if isinstance(labels.left, pd.DatetimeIndex):
        starts, ends = (
            np.array([_years(day.date()) for day in side]) for side in (labels.left, labels.right)
        )
        return Timeline(labels, starts, ends, calendar=True)
    return Timeline(
        labels, labels.left.to_numpy(float), labels.right.to_numpy(float), calendar=False
    )


def _of_dates(labels: pd.DatetimeIndex, kind: str) -> Timeline:
    """Levels stand at the end of their day; flows belong to the calendar period of their date."""
    if kind == "stock":
        ends = np.array([_years(day.date() + dt.timedelta(1)) for day in labels])
        steps = np.diff(ends)
        return Timeline(
            labels,
            ends - np.append(steps[:1], steps) if len(steps) else ends - 1,
            ends,
            calendar=True,
        )
    months = np.diff(labels.year * 12 + labels.month)
    if len(labels) < 2:
        raise ModelError("one date does not tell how long its period is; give a PeriodIndex")
    if (months == 0).any():
        return _of_short_steps(labels)
    base = int(months.min())
    ratios = set(np.unique(months // base)) if (months % base == 0).all() else {0}
    if (
        base not in CALENDAR
        or 0 in ratios
        or (base < 12 and {base * r for r in ratios - {1}} & {3, 6, 12})
    ):
        seen = ", ".join(str(step) for step in np.unique(months))
        raise ModelError(
            f"the dates are {seen} months apart: gaps or mixed periods, which dates do not tell apart; give time= as a"
            " PeriodIndex or an IntervalIndex, or NaN for a missing period"
        )
    ends_here = bool(labels.is_month_end.all())
    ends = np.array(
        [(day.year * 12 + day.month - 1 + _length(base, day, ends_here)) / 12 for day in labels]
    )
    return Timeline(labels, ends - base / 12, ends, calendar=True)


def _length(base: int, day: pd.Timestamp, ends_here: bool) -> int:
    """Months from the date's month to the end of its calendar period; ends of months end their
    period.
    """
    if ends_here or base == 1:
        return 1
    return base - (day.month - 1) % base


def _of_short_steps(labels: pd.DatetimeIndex) -> Timeline:
    days = np.diff(labels).astype("timedelta64[s]").astype(float) / 86400
    base = float(days.min())
    if np.abs(days / base - np.rint(days / base)).max() > 1e-6:
        raise ModelError(
            f"the dates are {in_digits(days.min())} to {in_digits(days.max())} days apart; "
            "give time= as an IntervalIndex"
        )
    first = _years(labels[0].date())
    starts = first + (np.append(0.0, np.cumsum(days))) / DAYS
    return Timeline(labels, starts, starts + base / DAYS, calendar=True)


def _of_numbers(labels: pd.Index, given: bool, kind: str) -> Timeline:
    try:
        numbers = labels.to_numpy(dtype=float)
    except (TypeError, ValueError):
        raise ModelError(
            f"the time {labels[0]!r} cannot be read; give dates, periods, years or numbers"
        ) from None
    if not np.isfinite(numbers).all():
        raise ModelError("a time is infinite; give finite numbers")
    whole = pd.api.types.is_integer_dtype(labels.dtype)
    if whole and numbers.min() >= FIRST_YEAR and numbers.max() <= LAST_YEAR:
        return Timeline(labels, numbers, numbers + 1, calendar=True)
    if whole and not given:
        return _numbered(labels, numbers)
    steps = np.diff(numbers)
    starts = numbers - np.append(steps[:1], steps) if len(steps) else np.minimum(numbers - 1, 0)
    return Timeline(labels, starts, numbers, calendar=False, open_start=True)


def _following(labels: pd.Index, ends: Array, steps: int) -> pd.Index:
    """Labels that go on as those of the series."""
    if isinstance(labels, pd.PeriodIndex):
        return pd.period_range(labels[-1] + 1, periods=steps, freq=labels.freq, name=labels.name)
    if isinstance(labels, pd.DatetimeIndex):
        return _following_dates(labels, steps)
    if pd.api.types.is_integer_dtype(labels.dtype) and labels[-1] + 1 <= ends[0] + 1e-9:
        return pd.RangeIndex(int(labels[-1]) + 1, int(labels[-1]) + 1 + steps, name=labels.name)
    if isinstance(labels, pd.IntervalIndex) and not isinstance(labels.left, pd.DatetimeIndex):
        return pd.IntervalIndex.from_breaks(
            np.append(labels.right[-1], ends), closed=labels.closed, name=labels.name
        )
    return pd.Index(ends, name=labels.name)


def _following_dates(labels: pd.DatetimeIndex, steps: int) -> pd.Index:
    freq = labels.freq or (pd.infer_freq(labels) if len(labels) > 2 else None)
    if freq is not None:
        return pd.date_range(labels[-1], periods=steps + 1, freq=freq, name=labels.name)[1:]
    months = int(np.diff(labels.year * 12 + labels.month).min()) if len(labels) > 1 else 12
    dates = [labels[-1] + pd.DateOffset(months=months * i) for i in range(1, steps + 1)]
    if labels[-1].is_month_end:
        dates = [date + pd.offsets.MonthEnd(0) for date in dates]
    return pd.DatetimeIndex(dates, name=labels.name)
