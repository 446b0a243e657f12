"""The calendar of a series: each observation's own period, in time since launch, and the periods
that follow.

Time is counted in years where the index is a calendar, so that parameters mean the same for months
and for years: whole years, half-years, quarters and months are exact fractions of a year; other
spans count days of 1/365.25 year.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from pandas.errors import InvalidIndexError

from forecasting.curves.definitions import Sampling
from forecasting.vocabulary.arguments import short_repr
from forecasting.vocabulary.errors import ModelError
from forecasting.vocabulary.periods import DAY, FIRST_YEAR, LAST_YEAR, Period, as_date
from forecasting.vocabulary.quantiles import Array

DAYS_PER_YEAR = 365.25
MAX_TIME = 1e300
LABELS_AHEAD = 500  # periods after the last one that are found by their labels
POSITIONS_AHEAD = 9_500  # periods after those that a position may still name
CALENDAR_MONTHS = (1, 3, 6, 12)  # lengths of the periods of a calendar


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

    def launched(self, launch: object, kind: str) -> tuple[Timeline, float]:
        """The timeline and the time of launch: by default the start of the first period, and time 0
        for a stock at plain times.

        Where only the ends of periods were given, the first period begins at launch.
        """
        if launch is None and kind == "stock" and not self.calendar:
            return self, 0.0
        if launch is None:
            return self, float(self.starts[0])
        time = moment(launch, self.calendar)
        timeline = self
        if kind == "flow" and self.open_start:
            starts = np.append(time, self.starts[1:])
            timeline = replace(self, starts=starts, open_start=False)
        start = timeline.starts[0]
        end = self.ends[0]
        latest = start if kind == "flow" else end
        if start >= end or time > latest + 1e-9:
            raise ModelError(
                f"launch {short_repr(launch)} comes after the first observation; it is when the"
                " curve starts"
            )
        return timeline, time

    def sampling(self, launch: float, kind: str) -> Sampling:
        """The periods in time since launch."""
        if kind == "stock":
            return Sampling(self.ends - launch)
        return Sampling(self.ends - launch, self.starts - launch)

    @property
    def step(self) -> float:
        """Length of the steps of a forecast: that of the last period, or for a stock the time
        between its last two levels.
        """
        return float(self.ends[-1] - self.starts[-1])

    def future(self, steps: int) -> Timeline:
        """The periods that follow, as long as the last one."""
        edges = np.asarray(self.ends[-1] + self.step * np.arange(steps + 1), dtype=float)
        labels = self._following(edges).rename(self.labels.name)
        return Timeline(labels, edges[:-1], edges[1:], self.calendar)

    def _following(self, edges: Array) -> pd.Index:
        """Labels that continue those of the series."""
        labels = self.labels
        steps = len(edges) - 1
        if isinstance(labels, pd.PeriodIndex):
            return pd.period_range(labels[-1] + 1, periods=steps)
        if isinstance(labels, pd.DatetimeIndex):
            return pd.DatetimeIndex([*map(self._date_ahead, range(1, steps + 1))])
        if self.calendar and labels.dtype == object:  # made from a sequence of Period
            return pd.Index([_label(start, end) for start, end in pairwise(edges)])
        if pd.api.types.is_integer_dtype(labels) and labels[-1] + 1 <= edges[1] + 1e-9:
            start = int(labels[-1]) + 1
            return pd.RangeIndex(start, start + steps)
        if not isinstance(labels, pd.IntervalIndex):
            return pd.Index(edges[1:])
        breaks: Any = edges
        if self.calendar:
            breaks = pd.DatetimeIndex([*map(_date, edges)])
        return pd.IntervalIndex.from_breaks(breaks, closed=labels.closed)

    def _date_ahead(self, count: int) -> Any:
        months = self.step * 12
        final_date = self.labels[-1]
        if abs(months - round(months)) > 1e-6:
            return final_date + count * pd.Timedelta(days=round(self.step * DAYS_PER_YEAR, 6))
        date = final_date + pd.DateOffset(months=count * round(months))
        if final_date.is_month_end:
            date += pd.offsets.MonthEnd(0)
        return date

    def part(self, start: int, stop: int) -> Timeline:
        """The periods from one position up to another, continued where there are fewer."""
        timeline = self
        if stop > len(self.labels):
            timeline = self.followed_by(self.future(stop - len(self.labels)))
        rows = slice(start, stop)
        return replace(
            timeline,
            labels=timeline.labels[rows],
            starts=timeline.starts[rows],
            ends=timeline.ends[rows],
        )

    def position(self, label: Any) -> int:
        """Position of an observation, or of a period after the last one, by its label; a number
        that is no label is a position itself.
        """
        labels = self.part(0, len(self.labels) + LABELS_AHEAD).labels
        if isinstance(label, dt.date):
            label = pd.Timestamp(label)
        try:
            place: Any = labels.get_loc(label)
        except (KeyError, TypeError, ValueError, InvalidIndexError):
            if (
                isinstance(label, (int, np.integer))
                and abs(int(label)) <= len(labels) + POSITIONS_AHEAD
            ):
                return int(label)
            raise ModelError(
                f"{short_repr(label)} is not an observation, nor one of the {LABELS_AHEAD} periods"
                f" that follow; give a position, or a label as {self.labels[0]} to"
                f" {self.labels[-1]}"
            ) from None
        return int(getattr(place, "start", place))

    def followed_by(self, continuation: Timeline) -> Timeline:
        """The timeline with a later one appended."""
        if self.calendar != continuation.calendar or continuation.starts[0] < self.ends[-1] - 1e-6:
            raise ModelError(
                f"the new observations start at {continuation.labels[0]}, not after"
                f" {self.labels[-1]}"
            )
        return replace(
            self,
            labels=self.labels.append(continuation.labels),
            starts=np.append(self.starts, continuation.starts),
            ends=np.append(self.ends, continuation.ends),
        )


def moment(value: object, calendar: bool) -> float:
    """A date as years, or a number as it is."""
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        if not -MAX_TIME < value < MAX_TIME:
            raise ModelError(f"time {short_repr(value)} is not finite, or too far")
        return float(value)
    if not calendar:
        raise ModelError(
            f"{short_repr(value)} is a date, but the series has no calendar; give a number, or a"
            " calendar index"
        )
    if isinstance(value, pd.Period):
        value = value.start_time
    return _years(as_date(value))


def _years(day: dt.date) -> float:
    """A day's beginning in years; months are exact twelfths."""
    part = (day.day - 1) / monthrange(day.year, day.month)[1]
    return day.year + (day.month - 1 + part) / 12


def _label(start: float, end: float) -> str:
    """The label of a period of whole months, else of its rounded days."""
    start_day = _date(start)
    return Period(start_day, max(_date(end) - DAY, start_day)).label


def _date(years: float) -> dt.date:
    months, part = divmod(round(years * 12, 6), 1)
    year, month = divmod(int(months), 12)
    days = round(part * monthrange(year, month + 1)[1])
    return dt.date(year, month + 1, 1) + dt.timedelta(days)


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
    times = index if time is None else time
    if times is None:
        times = pd.RangeIndex(count)
    values = _sequence(times)
    are_periods = all(isinstance(value, Period) for value in values)
    are_edges = len(values) == count + 1 and time is not None and kind == "flow"
    if len(values) != count and (are_periods or not are_edges):
        raise ModelError(
            f"time has {len(values)} entries and endog {count}; give one per observation, or all"
            " edges"
        )
    if are_periods:
        labels = pd.Index([period.label for period in values], dtype=object)
        return _of_days(labels, [(period.start, period.end) for period in values])
    labels = _index(times, values)
    if are_edges:
        if isinstance(labels, pd.PeriodIndex):
            labels = labels.to_timestamp()
        labels = pd.IntervalIndex.from_breaks(labels)
    return _of_labels(labels, kind, as_time=time is not None)


def _sequence(times: Any) -> list[Any]:
    """The times as a list; refused where they are no sequence of one dimension."""
    no_sequence = isinstance(times, (str, bytes, Mapping, set)) or not hasattr(times, "__len__")
    if no_sequence or getattr(times, "ndim", 1) != 1:
        raise ModelError(
            f"time is {short_repr(times)}: give a date, a period or a number for each observation"
        )
    return list(times)


def _of_labels(labels: pd.Index, kind: str, as_time: bool) -> Timeline:
    if isinstance(labels, pd.PeriodIndex):
        return _of_days(labels, [(span.start_time.date(), span.end_time.date()) for span in labels])
    if isinstance(labels, pd.IntervalIndex):
        return _of_intervals(labels)
    if not isinstance(labels, pd.DatetimeIndex):
        return _of_numbers(labels, as_time)
    if kind == "flow":
        return _of_dates(labels)
    # A level is that at the end of its day
    ends = np.array([_years(day.date() + DAY) for day in labels])
    return _of_ends(labels, ends, calendar=True)


def _index(times: Any, values: list[Any]) -> pd.Index:
    """The times as an Index of pandas, refused where out of order; text is read as dates."""
    labels = times if isinstance(times, pd.Index) else pd.Index(values)
    if labels.dtype == object or pd.api.types.is_string_dtype(labels.dtype):
        try:
            labels = pd.DatetimeIndex(pd.to_datetime(labels, format="ISO8601"))
        except (TypeError, ValueError):
            raise _unread(labels) from None
    if labels.hasnans:
        place = int(np.argmax(labels.isna()))
        raise ModelError(f"the index has a missing time at position {place}; drop or name it")
    if labels.has_duplicates:
        raise ModelError(
            f"the time {labels[labels.duplicated()][0]} occurs twice; keep one observation of each"
            " period"
        )
    if not labels.is_monotonic_increasing:
        raise ModelError(
            "the times are not in order; sort the series first, e.g. series.sort_index()"
        )
    return labels


def _unread(labels: pd.Index) -> ModelError:
    return ModelError(
        f"the time {labels[0]!r} cannot be read; give dates, periods, years or numbers"
    )


def _of_days(labels: pd.Index, spans: list[tuple[dt.date, dt.date]]) -> Timeline:
    starts = np.array([_years(start) for start, _ in spans])
    ends = np.array([_years(end + DAY) for _, end in spans])
    wrong = starts[1:] < np.maximum(ends[:-1] - 1e-9, starts[:-1])
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ModelError(
            f"the periods {labels[place]} and {labels[place + 1]} overlap or are not in order"
        )
    return Timeline(labels, starts, ends, calendar=True)


def _of_intervals(labels: pd.IntervalIndex) -> Timeline:
    if labels.is_overlapping:
        raise ModelError("the intervals of the index overlap; give each observation its own period")
    if isinstance(labels.left, pd.DatetimeIndex):
        return _of_days(labels, [(span.left.date(), span.right.date() - DAY) for span in labels])
    return Timeline(labels, labels.left.to_numpy(float), labels.right.to_numpy(float), False)


def _of_ends(labels: pd.Index, ends: Array, calendar: bool) -> Timeline:
    """Periods that begin where the one before ends; the first is taken to be as long as the
    second.
    """
    steps = np.diff(ends, prepend=ends[0] - 1)
    steps[0] = steps[:2][-1]
    return Timeline(labels, ends - steps, ends, calendar, open_start=not calendar)


def _of_dates(labels: pd.DatetimeIndex) -> Timeline:
    """Flows belong to the calendar period of their date; ends of months end their period."""
    if len(labels) < 2:
        raise ModelError("one date does not tell how long its period is; give a PeriodIndex")
    month = (labels.month - 1).to_numpy()
    months = labels.year.to_numpy() * 12 + month
    steps = np.unique(np.diff(months))
    base = int(steps[0])
    ambiguous = base < 12 and np.isin(steps[1:], CALENDAR_MONTHS).any()
    if base not in CALENDAR_MONTHS or (steps % base).any() or ambiguous:
        raise ModelError(
            f"the dates are {', '.join(map(str, steps))} months apart: gaps or mixed periods, which"
            " dates do not tell apart; give time= as a PeriodIndex or an IntervalIndex, or NaN for"
            " a missing period"
        )
    months_to_end = base - month % base
    if labels.is_month_end.all():
        months_to_end = np.ones_like(month)
    ends = (months + months_to_end) / 12
    return Timeline(labels, ends - base / 12, ends, calendar=True)


def _of_numbers(labels: pd.Index, as_time: bool) -> Timeline:
    try:
        numbers = labels.to_numpy(dtype=float)
    except (TypeError, ValueError):
        raise _unread(labels) from None
    if not np.isfinite(numbers).all():
        raise ModelError("a time is infinite; give finite numbers")
    is_integer = pd.api.types.is_integer_dtype(labels)
    years = is_integer and numbers.min() >= FIRST_YEAR and numbers.max() <= LAST_YEAR
    if years or (is_integer and not as_time):
        return Timeline(labels, numbers, numbers + 1, calendar=bool(years))
    return _of_ends(labels, numbers, calendar=False)
