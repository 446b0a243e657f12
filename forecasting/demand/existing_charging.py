"""Public charging that stands on a day, as it was counted: points or stations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from forecasting.errors import AssumptionError
from forecasting.periods import as_date

__all__ = ["ExistingCharging", "moment"]

Array = npt.NDArray[np.float64]


def moment(day: dt.date) -> float:
    """The end of a day as a year and its fraction, so that 31 December 2023 is 2024.

    >>> moment(dt.date(2023, 12, 31))
    2024.0
    >>> round((moment(dt.date(2024, 6, 30)) - 2024) * 366, 6)
    182.0
    """
    return day.year + day.timetuple().tm_yday / (366 if day.year % 4 == 0 else 365)


@dataclass(frozen=True)
class ExistingCharging:
    """Public charging that stands on a day; points and stations are different units.

    Parameters
    ----------
    count : float
        How many, 0 or more.
    date : datetime.date
        When counted.
    unit : {"points", "stations"}
        What was counted; stations become points through the parameter ``points_per_station``.
    grown : float, optional
        Log growth of that count over the year before, where an earlier count is known.

    Raises
    ------
    AssumptionError
        Where the count is negative or the unit unknown.

    Examples
    --------
    >>> standing = ExistingCharging(1085, dt.date(2024, 12, 15), "stations")
    >>> standing.points(np.array([2.0])), round(standing.when, 2)
    (array([2170.]), 2024.96)
    """

    count: float
    date: dt.date
    unit: Literal["points", "stations"] = "points"
    grown: float | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.count) and self.count >= 0):
            raise AssumptionError(
                f"charging_today = {self.count} {self.unit}; it must be 0 or more"
            )
        if self.unit not in ("points", "stations"):
            raise AssumptionError(
                f"charging_today has unit {self.unit!r}; it must be points or stations"
            )

    @classmethod
    def read(
        cls, given: ExistingCharging | Mapping[str, Any] | float | None, first_year: int
    ) -> ExistingCharging | None:
        """A count as given to the chain: a mapping, or a bare number of points at the end of the
        first year.
        """
        if given is None or isinstance(given, ExistingCharging):
            return given
        if isinstance(given, Mapping):
            unknown = set(given) - {"count", "date", "unit", "grown"}
            if unknown or "count" not in given or "date" not in given:
                raise AssumptionError(
                    f"charging_today has count, date and unit; got {', '.join(map(str, given))}"
                )
            day, unit = as_date(given["date"]), given.get("unit", "points")
            return cls(float(given["count"]), day, unit, given.get("grown"))
        return cls(float(given), dt.date(first_year, 12, 31))

    @property
    def when(self) -> float:
        """The end of the day of the count, as `moment` has it."""
        return moment(self.date)

    def points(self, per_station: Array) -> Array:
        """Points, per draw."""
        return self.count * (per_station if self.unit == "stations" else np.ones_like(per_station))
