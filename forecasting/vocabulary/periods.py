"""Periods: two dates, both included, and the arithmetic of their overlap.

>>> year(2023).days, month("2023-02").days, span("2023-01-01", "2023-04-30").label
(365, 28, '2023-01..2023-04')
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from forecasting.vocabulary.arguments import integer, short_repr, takes
from forecasting.vocabulary.errors import PeriodError

FIRST_YEAR, LAST_YEAR = 1900, 2200
DAY = dt.timedelta(days=1)


def as_date(value: object) -> dt.date:
    """Read an ISO date, a ``date``, a ``datetime`` or a pandas timestamp.

    Raises
    ------
    PeriodError
        Where the value is none of these, or lies outside 1900 to 2200.

    Examples
    --------
    >>> as_date("2023-06-26")
    datetime.date(2023, 6, 26)
    """
    # Pandas.Timestamp is one too, and so is its missing one
    if isinstance(value, dt.datetime) and value == value:
        day = value.date()
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        day = value
    else:
        text = _text(value)
        try:  # a week or a compact date is ISO, too, but compared as text it would stand elsewhere
            day = dt.date.fromisoformat(text if text[4:8:3] == "--" else "")
        except ValueError:
            raise PeriodError(
                f"{short_repr(value)} is not a date; write it as YYYY-MM-DD, e.g. 2023-06-26"
            ) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PeriodError(f"{day.isoformat()} lies outside {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _text(value: object) -> str:
    """What is written, or what other libraries' dates would be written as."""
    if isinstance(value, str) or type(value).__name__ in ("datetime64", "Period"):
        return str(value)
    return ""


def _year_before(day: dt.date) -> dt.date:
    """The same day a year before; 29 February has 28 February."""
    if (day.month, day.day) == (2, 29):
        return day.replace(year=day.year - 1, day=28)
    return day.replace(year=day.year - 1)


@dataclass(frozen=True, order=True)
class Period:
    """A span of days, both ends included.

    Parameters
    ----------
    start, end : datetime.date
        First and last day.

    Raises
    ------
    PeriodError
        Where the end comes before the start.

    Examples
    --------
    >>> part = span("2023-01-01", "2023-04-30")
    >>> part.days, round(part.share_of_year, 2), part.year_before().label
    (120, 0.33, '2022-01..2022-04')
    """

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            if type(getattr(self, name)) is not dt.date:
                object.__setattr__(self, name, as_date(getattr(self, name)))
        if self.end < self.start:
            raise PeriodError(
                f"a period ends on {self.end} before it starts on {self.start}; swap the two dates"
            )

    @property
    def days(self) -> int:
        """Number of days, both ends counted."""
        return (self.end - self.start).days + 1

    @property
    def share_of_year(self) -> float:
        """Share of the days of the year that it ends in; of a whole year, 1."""
        return self.days / (366 if calendar.isleap(self.end.year) else 365)

    @property
    def label(self) -> str:
        """The shortest that is exact: ``2023``, ``2023-05``, ``2023-01..2023-04``, or dates."""
        if self.start == self.end:
            return f"{self.start}"
        if not self.is_of_months:
            return f"{self.start}..{self.end}"
        start_month = f"{self.start:%Y-%m}"
        end_month = f"{self.end:%Y-%m}"
        if start_month == end_month:
            return start_month
        if self.start.year == self.end.year and self.start.month == 1 and self.end.month == 12:
            return f"{self.start.year}"
        return f"{start_month}..{end_month}"

    @property
    def is_of_months(self) -> bool:
        """Whether its months are whole."""
        _, days = calendar.monthrange(self.end.year, self.end.month)
        return self.start.day == 1 and self.end.day == days

    def __str__(self) -> str:
        return self.label

    def overlap(self, period: Period) -> int:
        """Days that the two periods share.

        Parameters
        ----------
        period : Period
            Any days.

        Returns
        -------
        int
            Days; 0 where they do not meet.

        Raises
        ------
        PeriodError
            For anything but a period.

        Examples
        --------
        >>> year(2023).overlap(span("2022-12-01", "2023-01-31"))
        31
        """
        if not isinstance(period, Period):
            raise PeriodError(f"period is {short_repr(period)}; give a Period, e.g. fc.year(2025)")
        return max((min(self.end, period.end) - max(self.start, period.start)).days + 1, 0)

    def covers(self, period: Period) -> bool:
        """Whether all days of another period are among its own.

        Parameters
        ----------
        period : Period
            Any days.

        Returns
        -------
        bool
            False where one of them lies outside.

        Examples
        --------
        >>> year(2023).covers(span("2023-01-01", "2023-04-30"))
        True
        """
        return self.overlap(period) == period.days

    def year_before(self) -> Period:
        """The same dates a year before; whole months stay whole, 29 February has 28 February.

        Returns
        -------
        Period
            As long, but for leap days.

        Examples
        --------
        >>> span("2025-01-01", "2025-02-28").year_before().label
        '2024-01..2024-02'
        >>> span("2024-02-29", "2024-02-29").year_before().label
        '2023-02-28'
        """
        end = _year_before(self.end)
        if self.is_of_months:
            end = _month_of(end.replace(day=1)).end
        return Period(_year_before(self.start), end)

    def months(self) -> Iterator[Period]:
        """The calendar months that the period touches, whole.

        Returns
        -------
        iterator of Period
            In order.

        Examples
        --------
        >>> [part.label for part in span("2023-01-15", "2023-03-02").months()]
        ['2023-01', '2023-02', '2023-03']
        """
        return months_between(self.start, self.end)


@takes(PeriodError)
def year(value: int | str) -> Period:
    """The calendar year, as a whole number or as four digits of text.

    Parameters
    ----------
    value : int or str
        E.g. 2024.

    Returns
    -------
    Period
        1 January to 31 December.

    Examples
    --------
    >>> year(2024).days
    366
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}", value):
        value = int(value)
    return _year(value)  # type: ignore[arg-type]


@takes(PeriodError, value=integer(FIRST_YEAR, LAST_YEAR))
def _year(value: int) -> Period:
    return Period(dt.date(value, 1, 1), dt.date(value, 12, 31))


@takes(PeriodError)
def month(value: str) -> Period:
    """The calendar month written ``YYYY-MM``.

    Parameters
    ----------
    value : str
        E.g. ``2024-02``.

    Returns
    -------
    Period
        Its first to its last day.

    Raises
    ------
    PeriodError
        Where the text is no month.

    Examples
    --------
    >>> month("2024-02").end
    datetime.date(2024, 2, 29)
    """
    text = _text(value)
    try:
        start = dt.date.fromisoformat(f"{text}-01" if text[4:5] == "-" else "")
    except ValueError:
        raise PeriodError(
            f"{short_repr(value)} is not a month; write it as YYYY-MM, e.g. 2023-05"
        ) from None
    return _month_of(as_date(start))


def _month_of(start: dt.date) -> Period:
    return Period(start, start.replace(day=calendar.monthrange(start.year, start.month)[1]))


@takes(PeriodError)
def span(start: object, end: object) -> Period:
    """The days from start to end, both included.

    Parameters
    ----------
    start, end : date, or str as YYYY-MM-DD
        Both included.

    Returns
    -------
    Period
        These days.

    Raises
    ------
    PeriodError
        Where one is no date, or the end comes first.

    Examples
    --------
    >>> span("2023-01-01", "2023-06-26").days
    177
    """
    return Period(as_date(start), as_date(end))


def read_period(value: object) -> Period:
    """A period as it is written: a year, a month, a day, or two of them and all between.

    Parameters
    ----------
    value : Period, int, str or pandas.Period
        E.g. ``2026``, ``"2026-04"``, ``"2026-01/2026-04"``; a label of a `Period` is read as well.

    Returns
    -------
    Period
        Both ends included.

    Raises
    ------
    PeriodError
        Where it is none of these.

    Examples
    --------
    >>> read_period("2026-01/2026-04").label, read_period(2026).label
    ('2026-01..2026-04', '2026')
    """
    if isinstance(value, Period):
        return value
    start, end = (getattr(value, name, None) for name in ("start_time", "end_time"))
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime):  # a period of pandas
        return Period(start.date(), end.date())
    if not isinstance(value, str):
        return year(value)  # type: ignore[arg-type]
    first, *others = re.split(r"/|\.\.", value.strip())
    if len(others) > 1:
        raise PeriodError(f"{short_repr(value)} is not a period; write it as 2026-01/2026-04")
    ends = [_written_period(text.strip()) for text in (first, *others)]
    return Period(ends[0].start, ends[-1].end)


def _written_period(text: str) -> Period:
    if len(text) == len("2026"):
        return year(text)
    if len(text) == len("2026-04"):
        return month(text)
    return span(text, text)


def month_number(day: dt.date) -> int:
    """Which month a day lies in, counted from the year 0 on.

    >>> month_number(dt.date(2024, 1, 31)) - month_number(dt.date(2023, 11, 1))
    2
    """
    return day.year * 12 + day.month - 1


def months_between(start: dt.date, end: dt.date) -> Iterator[Period]:
    """Whole calendar months from the one of ``start`` to the one of ``end``.

    >>> [m.label for m in months_between(dt.date(2023, 11, 15), dt.date(2024, 1, 2))]
    ['2023-11', '2023-12', '2024-01']
    """
    # A path may reach a year beyond what can be asked for
    for number in range(month_number(start), month_number(end) + 1):
        yield _month_of(dt.date(number // 12, number % 12 + 1, 1))
