"""The result of the chain: draws by measure, and the tables that a report shows, each made when asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.demand.charging import PUBLIC, SETTINGS, gross_additions, power_mix
from forecasting.demand.energy import MONTH_DAYS
from forecasting.demand.fleet import Fleet
from forecasting.demand.load import load_day
from forecasting.demand.parameters import Parameters
from forecasting.demand.registrations import balance
from forecasting.demand.sensitivity import first_order
from forecasting.errors import AssumptionError
from forecasting.measures import MEASURES
from forecasting.panels.practice import NORMAL_80, Practice
from forecasting.periods import as_date

__all__ = ["DemandOutlook", "Standing", "moment"]

Array = npt.NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)
ANSWERS = ("charging_points_need", "charging_points_practice", "charging_points_standard")


def moment(day: dt.date) -> float:
    """The end of a day as a year and its fraction, so that 31 December 2023 is 2024.

    >>> moment(dt.date(2023, 12, 31))
    2024.0
    """
    return day.year + day.timetuple().tm_yday / (366 if day.year % 4 == 0 else 365)


@dataclass(frozen=True)
class Standing:
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
    >>> standing = Standing(1085, dt.date(2024, 12, 15), "stations")
    >>> standing.points(np.array([2.0])), round(standing.when, 2)
    (array([2170.]), 2024.96)
    """

    count: float
    date: dt.date
    unit: Literal["points", "stations"] = "points"
    grown: float | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.count) and self.count >= 0):
            raise AssumptionError(f"charging_today = {self.count} {self.unit}; it must be 0 or more")
        if self.unit not in ("points", "stations"):
            raise AssumptionError(f"charging_today has unit {self.unit!r}; it must be points or stations")

    @classmethod
    def read(cls, given: Standing | Mapping[str, Any] | float | None, first_year: int) -> Standing | None:
        """A count as given to the chain: a mapping, or a bare number of points at the end of the first year."""
        if given is None or isinstance(given, Standing):
            return given
        if isinstance(given, Mapping):
            unknown = set(given) - {"count", "date", "unit", "grown"}
            if unknown or "count" not in given or "date" not in given:
                raise AssumptionError(f"charging_today has count, date and unit; got {', '.join(map(str, given))}")
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


@dataclass(frozen=True)
class DemandOutlook:
    """Draws of every measure of the chain, and tables of them.

    Parameters
    ----------
    years : sequence of int
        Calendar years; stocks are at 31 December.
    results : dict of str to ndarray, shape (draws, years)
        By measure: ev_registrations, ev_retirements, ev_stock, energy_gwh, peak_mw, charging_points_need,
        charging_points_practice, charging_points_standard.
    imports : ndarray, shape (draws, years)
        What went in.
    fleets : dict of str to Fleet
        By class.
    points_by_setting, megawatts, energy_by_setting : dict of str to ndarray
        Points needed, their rated power, and kWh a year from the grid, by setting.
    month_shares : dict of str to ndarray, shape (draws, 12)
        Share of the year's energy by month, by class.
    grid_per_vehicle : dict of str to ndarray, shape (draws,)
        kWh a year from the grid per vehicle, by class.
    rules : dict of str to ndarray
        Points by each rule of the standard.
    drawn : dict of str to ndarray, shape (draws,)
        Draws of the assumptions.
    all_vehicles : ndarray, shape (draws, years)
        Vehicles of all drives on the road.
    parameters : Parameters
        The assumptions in force.
    stock_facts, standing, start_stock
        As given.

    Examples
    --------
    >>> from forecasting.demand.chain import demand_outlook
    >>> from forecasting.demand.parameters import load_parameters
    >>> outlook = demand_outlook(np.full((50, 2), 1000.0), [2024, 2025], parameters=load_parameters())
    >>> outlook.quantiles("ev_stock").shape, sorted(outlook.rules)
    ((2, 3), ['power per vehicle', 'vehicles per point'])
    """

    years: Sequence[int]
    results: dict[str, Array]
    imports: Array
    fleets: dict[str, Fleet]
    points_by_setting: dict[str, Array]
    megawatts: dict[str, Array]
    energy_by_setting: dict[str, Array]
    month_shares: dict[str, Array]
    grid_per_vehicle: dict[str, Array]
    rules: dict[str, Array]
    drawn: dict[str, Array]
    all_vehicles: Array
    parameters: Parameters
    stock_facts: Iterable[Any] | pd.DataFrame
    standing: Standing | None
    start_stock: float

    def __repr__(self) -> str:
        draws = len(self.results["ev_stock"])
        return f"<DemandOutlook {self.years[0]} to {self.years[-1]}, {draws} draws of {len(self.results)} measures>"

    def quantiles(self, measure: str, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
        """Quantiles of a measure by year; one column per level."""
        table = np.quantile(self.results[measure], levels, axis=0).T
        return pd.DataFrame(table, index=pd.Index(self.years, name="year"), columns=list(levels))

    @cached_property
    def by_setting(self) -> pd.DataFrame:
        """Points needed by year and setting, with rated power, energy and gross additions (medians; 80 % interval)."""
        rows = []
        for setting in SETTINGS:
            points, energy = self.points_by_setting[setting], self.energy_by_setting[setting]
            built = gross_additions(points, self.drawn["charger_life"])
            low, middle, high = np.quantile(points, LEVELS, axis=0)
            columns = (
                low,
                middle,
                high,
                *(np.median(x, axis=0) for x in (self.megawatts[setting], energy / 1e6, built)),
            )
            rows += [
                (year, setting, setting in PUBLIC, *values) for year, *values in zip(self.years, *columns, strict=True)
            ]
        names = ["year", "setting", "public", "low", "points", "high", "installed_mw", "energy_gwh", "gross_additions"]
        return pd.DataFrame(rows, columns=names)

    @cached_property
    def by_power(self) -> pd.DataFrame:
        """Public points needed by year and power class (medians)."""
        classes = {"AC, to 22 kW": (0, 22), "DC, to 149 kW": (22, 149), "DC, 150 kW and more": (149, 1e9)}
        rows = []
        for label, (above, up_to) in classes.items():
            parts = [_share_between(setting, above, up_to) * self.points_by_setting[setting] for setting in PUBLIC]
            middle = np.median(np.sum(parts, axis=0), axis=0)
            rows += [(year, label, value) for year, value in zip(self.years, middle, strict=True)]
        return pd.DataFrame(rows, columns=["year", "power", "points"])

    @cached_property
    def by_class(self) -> pd.DataFrame:
        """Vehicles on the road, their mean age and electricity by year and class (means over the draws)."""
        rows = [
            (year, name, fleet.stock[:, i].mean(), fleet.mean_age[:, i].mean(), self._gwh(name)[:, i].mean())
            for name, fleet in self.fleets.items()
            for i, year in enumerate(self.years)
        ]
        return pd.DataFrame(rows, columns=["year", "vehicle_class", "stock", "mean_age", "energy_gwh"])

    @cached_property
    def by_class_month(self) -> pd.DataFrame:
        """Electricity by year, month and class, GWh (means over the draws)."""
        rows = []
        for name, shares in self.month_shares.items():
            monthly = self._gwh(name).T @ shares / len(shares)
            rows += [(y, m + 1, name, monthly[i, m]) for i, y in enumerate(self.years) for m in range(12)]
        return pd.DataFrame(rows, columns=["year", "month", "vehicle_class", "gwh"])

    def _gwh(self, name: str) -> Array:
        """Electricity of a class from the grid."""
        return np.asarray(self.fleets[name].mean_stock * (self.grid_per_vehicle[name] / 1e6)[:, None])

    @cached_property
    def by_cohort(self) -> pd.DataFrame:
        """Mean stock by year and year of entry; cohort 0 came before the first year."""
        total = np.sum([fleet.by_cohort() for fleet in self.fleets.values()], axis=0)
        cohorts = [0, *self.years]
        rows = [(year, cohort, total[i, j]) for i, year in enumerate(self.years) for j, cohort in enumerate(cohorts)]
        table = pd.DataFrame(rows, columns=["year", "cohort", "stock"])
        return table[table["cohort"] <= table["year"]].reset_index(drop=True)

    @cached_property
    def by_month(self) -> pd.DataFrame:
        """Electricity by year and month, GWh (median and 80 % interval)."""
        by_class = {name: self._gwh(name) for name, fleet in self.fleets.items() if fleet.stock.any()}
        rows = []
        for i, year in enumerate(self.years):
            monthly = sum((gwh[:, [i]] * self.month_shares[name] for name, gwh in by_class.items()), np.zeros(12))
            low, middle, high = np.quantile(np.broadcast_to(monthly, (len(self.imports), 12)), LEVELS, axis=0)
            rows += [(year, m + 1, low[m], middle[m], high[m]) for m in range(12)]
        return pd.DataFrame(rows, columns=["year", "month", "low", "gwh", "high"])

    @cached_property
    def balance(self) -> pd.DataFrame:
        """Printed stocks beside the chain's, and what does not close."""
        return balance(self.results["ev_stock"], self.years, self.stock_facts, self.start_stock)

    @cached_property
    def gap(self) -> pd.DataFrame:
        """The three answers by year beside what stands today; never averaged."""
        per_station = self.drawn["points_per_station"]
        today = np.full_like(per_station, np.nan) if self.standing is None else self.standing.points(per_station)
        rows = []
        for measure in ANSWERS:
            points = self.results[measure]
            built = gross_additions(points, self.drawn["charger_life"])
            for i, year in enumerate(self.years):
                low, middle, high = np.quantile(points[:, i], LEVELS)
                missing = float(np.median(points[:, i] - today))
                rows.append((year, MEASURES[measure].label, low, middle, high, missing, float(np.median(built[:, i]))))
        columns = ["year", "answer", "low", "points", "high", "less_standing_today", "gross_additions"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def load_day(self) -> pd.DataFrame:
        """Mean load by hour and setting on a winter and a summer day of the last year (means over the draws)."""
        per_day = self.month_shares["bev"] / MONTH_DAYS
        days = {"winter": per_day.max(axis=1), "summer": per_day[:, 5:8].mean(axis=1)}
        return load_day(
            {
                day: {s: float((self.energy_by_setting[s][:, -1] * share).mean()) / 1000 for s in SETTINGS}
                for day, share in days.items()
            }
        )

    @cached_property
    def warnings(self) -> list[str]:
        """What a reader must know beside the numbers, one sentence each."""
        return [*self._beyond_all_vehicles(), *self._no_count(), *self._odd_ratio(), *self._not_closed()]

    def _beyond_all_vehicles(self) -> list[str]:
        beyond = (self.results["ev_stock"][:, -1] > self.all_vehicles[:, -1]).mean()
        if beyond < 0.01:
            return []
        words = f"electric vehicles outnumber all vehicles on the road in {self.years[-1]}"
        return [f"In {beyond:.0%} of the draws {words}, which cannot be."]

    def _no_count(self) -> list[str]:
        if self.standing is not None:
            return []
        factor = float(np.exp(NORMAL_80 * Practice.shipped().level_spread))
        words = "No count of public charging is known: practice takes its level from other markets, a factor of"
        return [f"{words} {factor:.1f} either way (80 %)."]

    def _odd_ratio(self) -> list[str]:
        if self.standing is None or not self.standing.count:
            return []
        place = int(np.clip(self.standing.date.year - self.years[0], 0, len(self.years) - 1))
        points = np.median(self.standing.points(self.drawn["points_per_station"]))
        ratio = float(np.median(self.results["ev_stock"][:, place]) / points)
        if 1 <= ratio <= 100 or ratio == 0:
            return []
        return [
            f"{ratio:.3g} vehicles per public point in {self.years[place]} is outside 1 to 100: look at both counts."
        ]

    def _not_closed(self) -> list[str]:
        open_rows = self.balance[~self.balance["explanation"].str.startswith("closes")]
        far = open_rows[(open_rows["ratio"] > 1.25) | (open_rows["ratio"] < 0.8)]
        return [
            f"Stock on {row.date}: {row.printed:,.0f} printed, {row.modelled:,.0f} modelled; {row.explanation}."
            for row in far.itertuples()
        ]

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """What moves the last year's answers: first-order shares of variance and the swing from low to high."""
        inputs = {"imports": self.imports.sum(axis=1), **self.drawn}
        outputs = {name: self.results[name][:, -1] for name in ("ev_stock", "energy_gwh", "peak_mw", *ANSWERS)}
        return first_order(inputs, outputs)


def _share_between(setting: str, above: float, up_to: float) -> float:
    mix = power_mix(setting)
    return float(mix.share[(mix.kw > above) & (mix.kw <= up_to)].sum())
