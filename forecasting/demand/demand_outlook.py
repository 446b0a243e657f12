"""The result of the chain: draws by measure, and the tables that a report shows, each made when
asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.caveats import Caveat
from forecasting.demand.charging import PUBLIC, SETTINGS, gross_additions, power_mix
from forecasting.demand.consequences import investment
from forecasting.demand.energy import MONTH_DAYS
from forecasting.demand.existing_charging import ExistingCharging
from forecasting.demand.fleet import Fleet
from forecasting.demand.load import load_day
from forecasting.demand.parameters import Parameters
from forecasting.demand.registrations import balance
from forecasting.demand.sensitivity import first_order
from forecasting.demand.targets import Target, standing_shares
from forecasting.measures import CHARGING_ANSWERS, DEMAND_STEPS, MEASURES
from forecasting.panels.practice import NORMAL_80, Practice, market_band
from forecasting.quantiles import medians, quantiles

__all__ = ["DemandOutlook"]

Array = npt.NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)
# Assumptions that lead to costs, shares of power, fuel and carbon, and to no answer on vehicles or
# chargers.
CONSEQUENCES_ALONE = (
    "charger_cost", "connection_cost", "fuel_", "generation_gwh", "grid_", "power_date", "power_growth",
    "record_peak_mw",
)  # fmt: skip


@dataclass(frozen=True)
class DemandOutlook:
    """Draws of every measure of the chain, and tables of them.

    Parameters
    ----------
    years : sequence of int
        Calendar years; stocks are at 31 December.
    results : dict of str to ndarray, shape (draws, years)
        By measure: registrations, retirements and stock, energy and peak, and the answers on
        charging.
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
    displaced : ndarray, shape (draws, years)
        Imports whose place cars built in the country took.
    unpushed : ndarray, shape (draws, years)
        Practice before a target pushes it.
    targets : tuple of Target
        Announced targets, those that the scenario pursues and those that are only compared.
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
    displaced: Array
    unpushed: Array
    targets: tuple[Target, ...]
    stock_facts: Iterable[Any] | pd.DataFrame
    standing: ExistingCharging | None
    start_stock: float

    def __repr__(self) -> str:
        draws = len(self.results["ev_stock"])
        return f"<DemandOutlook {self.years[0]} to {self.years[-1]}, {draws} draws of {len(self.results)} measures>"

    def quantiles(self, measure: str, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
        """Quantiles of a measure by year; one column per level."""
        table = quantiles(self.results[measure], levels).T
        return pd.DataFrame(table, index=pd.Index(self.years, name="year"), columns=list(levels))

    @cached_property
    def by_setting(self) -> pd.DataFrame:
        """Points needed by year and setting, with rated power, energy and gross additions (medians;
        80 % interval).
        """
        rows = []
        for setting in SETTINGS:
            points, energy = self.points_by_setting[setting], self.energy_by_setting[setting]
            built = gross_additions(points, self.drawn["charger_life"])
            low, middle, high = quantiles(points, LEVELS)
            columns = (
                low,
                middle,
                high,
                *map(medians, (self.megawatts[setting], energy / 1e6, built)),
            )
            rows += [
                (year, setting, setting in PUBLIC, *values)
                for year, *values in zip(self.years, *columns, strict=True)
            ]
        names = [
            "year",
            "setting",
            "public",
            "low",
            "points",
            "high",
            "installed_mw",
            "energy_gwh",
            "gross_additions",
        ]
        return pd.DataFrame(rows, columns=names)

    @cached_property
    def by_power(self) -> pd.DataFrame:
        """Public points needed by year and power class (medians)."""
        slow, fast = 22, 149
        classes = {
            f"AC, to {slow} kW": (0, slow),
            f"DC, to {fast} kW": (slow, fast),
            f"DC, {fast + 1} kW and more": (fast, np.inf),
        }
        rows = []
        for label, (above, up_to) in classes.items():
            parts = [
                _share_between(setting, above, up_to) * self.points_by_setting[setting]
                for setting in PUBLIC
            ]
            middle = medians(np.sum(parts, axis=0))
            rows += [(year, label, value) for year, value in zip(self.years, middle, strict=True)]
        return pd.DataFrame(rows, columns=["year", "power", "points"])

    @cached_property
    def by_class(self) -> pd.DataFrame:
        """Vehicles on the road, their mean age and electricity by year and class (means over the
        draws).
        """
        rows = [
            (
                year,
                name,
                fleet.stock[:, i].mean(),
                fleet.mean_age[:, i].mean(),
                self._gwh(name)[:, i].mean(),
            )
            for name, fleet in self.fleets.items()
            for i, year in enumerate(self.years)
        ]
        return pd.DataFrame(
            rows, columns=["year", "vehicle_class", "stock", "mean_age", "energy_gwh"]
        )

    @cached_property
    def heavy(self) -> pd.DataFrame:
        """Vans, buses and trucks by year: on the road, their share of the energy, depot points and
        megawatts.
        """
        total, rows = self.results["energy_gwh"], []
        for name in ("van", "bus", "truck"):
            stock = self.fleets[name].stock
            kept = stock * self.drawn[f"depot_access.{name}"][:, None]
            megawatts = kept * self.drawn[f"depot_kw_per_vehicle.{name}"][:, None] / 1000
            points = 1000 * megawatts / self.drawn[f"depot_kw.{name}"][:, None]
            share = 100 * np.divide(
                self._gwh(name), total, out=np.zeros_like(total), where=total > 0
            )
            columns = (*quantiles(stock, LEVELS), *map(medians, (share, points, megawatts)))
            rows += [(year, name, *row) for year, *row in zip(self.years, *columns, strict=True)]
        names = [
            "year",
            "vehicle_class",
            "low",
            "stock",
            "high",
            "energy_percent",
            "depot_points",
            "depot_mw",
        ]
        return pd.DataFrame(rows, columns=names)

    @cached_property
    def by_class_month(self) -> pd.DataFrame:
        """Electricity by year, month and class, GWh (means over the draws)."""
        rows = []
        for name, shares in self.month_shares.items():
            monthly = self._gwh(name).T @ shares / len(shares)
            rows += [
                (y, m + 1, name, monthly[i, m]) for i, y in enumerate(self.years) for m in range(12)
            ]
        return pd.DataFrame(rows, columns=["year", "month", "vehicle_class", "gwh"])

    def _gwh(self, name: str) -> Array:
        """Electricity of a class from the grid."""
        return np.asarray(
            self.fleets[name].mean_stock * (self.grid_per_vehicle[name] / 1e6)[:, None]
        )

    @cached_property
    def by_cohort(self) -> pd.DataFrame:
        """Mean stock by year and year of entry; cohort 0 came before the first year."""
        total = np.sum([fleet.by_cohort() for fleet in self.fleets.values()], axis=0)
        cohorts = [0, *self.years]
        rows = [
            (year, cohort, total[i, j])
            for i, year in enumerate(self.years)
            for j, cohort in enumerate(cohorts)
        ]
        table = pd.DataFrame(rows, columns=["year", "cohort", "stock"])
        return table[table["cohort"] <= table["year"]].reset_index(drop=True)

    @cached_property
    def by_month(self) -> pd.DataFrame:
        """Electricity by year and month, GWh (median and 80 % interval)."""
        by_class = {
            name: self._gwh(name) for name, fleet in self.fleets.items() if fleet.stock.any()
        }
        rows = []
        for i, year in enumerate(self.years):
            monthly = sum(
                (gwh[:, [i]] * self.month_shares[name] for name, gwh in by_class.items()),
                np.zeros(12),
            )
            low, middle, high = quantiles(np.broadcast_to(monthly, (len(self.imports), 12)), LEVELS)
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
        today = (
            np.full_like(per_station, np.nan)
            if self.standing is None
            else self.standing.points(per_station)
        )
        rows = []
        for measure in CHARGING_ANSWERS:
            points = self.results[measure]
            built = gross_additions(points, self.drawn["charger_life"])
            for i, year in enumerate(self.years):
                low, middle, high = np.quantile(points[:, i], LEVELS)
                missing = float(np.median(points[:, i] - today))
                rows.append(
                    (
                        year,
                        MEASURES[measure].label,
                        low,
                        middle,
                        high,
                        missing,
                        float(np.median(built[:, i])),
                    )
                )
        columns = [
            "year",
            "answer",
            "low",
            "points",
            "high",
            "less_standing_today",
            "gross_additions",
        ]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def target_table(self) -> pd.DataFrame:
        """Announced targets beside what stands and what practice comes to, as `standing_shares` has
        it.
        """
        per_station = self.drawn["points_per_station"]
        today = (
            None
            if self.standing is None
            else (self.standing.date, self.standing.points(per_station))
        )
        return standing_shares(self.targets, self.years, self.unpushed, today, per_station)

    @cached_property
    def band(self) -> pd.DataFrame:
        """Public points of the markets that had as many vehicles: ``year, stock, low, points, high,
        markets``.
        """
        stock = medians(self.results["ev_stock"])
        rows = [
            (year, count, *market_band(count))
            for year, count in zip(self.years, stock.tolist(), strict=True)
        ]
        return pd.DataFrame(rows, columns=["year", "stock", "low", "points", "high", "markets"])

    @cached_property
    def by_cost(self) -> pd.DataFrame:
        """Dollars of 2024 a year for the points needed, by year and setting (median and 80 %
        interval).
        """
        rows = []
        for setting, dollars in investment(self.points_by_setting, self.drawn).items():
            low, middle, high = quantiles(dollars, LEVELS)
            rows += list(
                zip(self.years, [setting] * len(self.years), low, middle, high, strict=True)
            )
        return pd.DataFrame(rows, columns=["year", "setting", "low", "usd", "high"])

    @cached_property
    def load_day(self) -> pd.DataFrame:
        """Mean load by hour and setting on a winter and a summer day of the last year (means over
        the draws).
        """
        per_day = self.month_shares["bev"] / MONTH_DAYS
        days = {"winter": per_day.max(axis=1), "summer": per_day[:, 5:8].mean(axis=1)}
        return load_day(
            {
                day: {
                    s: float((self.energy_by_setting[s][:, -1] * share).mean()) / 1000
                    for s in SETTINGS
                }
                for day, share in days.items()
            }
        )

    @cached_property
    def of_the_year(self) -> dict[str, Any]:
        """Of the last year what a series by hour is made from: GWh by setting and share by month,
        means over draws.
        """
        names = [name for name, fleet in self.fleets.items() if fleet.stock.any()]
        monthly = sum(
            (self._gwh(name)[:, -1:] * self.month_shares[name] for name in names), np.zeros((1, 12))
        )
        by_month = np.mean(monthly, axis=0)
        total = np.quantile(self.results["energy_gwh"][:, -1], LEVELS)
        by_setting = {s: float(self.energy_by_setting[s][:, -1].mean()) / 1e6 for s in SETTINGS}
        scale = total[1] / max(sum(by_setting.values()), 1e-12)  # the settings share the median out
        return {
            "year": int(self.years[-1]),
            "gwh": {setting: energy * scale for setting, energy in by_setting.items()},
            "month_shares": (by_month / max(by_month.sum(), 1e-12)).tolist(),
            "interval": total.tolist(),
        }

    @property
    def electric_share(self) -> float:
        """Electric among all vehicles on the road at the end of the last year, 0 to 1, the mean of
        the draws.
        """
        return float(
            (self.results["ev_stock"][:, -1] / self.all_vehicles[:, -1]).clip(max=1).mean()
        )

    @cached_property
    def caveats(self) -> list[Caveat]:
        """What a reader must know beside the numbers."""
        return [
            *self._beyond_all_vehicles(),
            *self._no_count(),
            *self._odd_ratio(),
            *self._not_closed(),
        ]

    def _beyond_all_vehicles(self) -> list[Caveat]:
        beyond = float((self.results["ev_stock"][:, -1] > self.all_vehicles[:, -1]).mean())
        if beyond < 0.01:
            return []
        return [Caveat("stock_above_all", values={"share": beyond, "year": int(self.years[-1])})]

    def _no_count(self) -> list[Caveat]:
        if self.standing is not None:
            return []
        factor = float(np.exp(NORMAL_80 * Practice.shipped().level_spread))
        return [Caveat("no_points_counted", values={"factor": factor})]

    def _odd_ratio(self) -> list[Caveat]:
        if self.standing is None or not self.standing.count:
            return []
        place = int(np.clip(self.standing.date.year - self.years[0], 0, len(self.years) - 1))
        points = np.median(self.standing.points(self.drawn["points_per_station"]))
        ratio = float(np.median(self.results["ev_stock"][:, place]) / points)
        if 1 <= ratio <= 100 or ratio == 0:
            return []
        return [Caveat("odd_ratio", values={"ratio": ratio, "year": int(self.years[place])})]

    def _not_closed(self) -> list[Caveat]:
        open_rows = self.balance[self.balance["explanation"] != "closes"]
        sides = [open_rows[open_rows["ratio"] > 1.25], open_rows[open_rows["ratio"] < 0.8]]
        return [_newest_gap(rows.sort_values("date")) for rows in sides if len(rows)]

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """What moves the last year's answers: first-order shares of variance and the swing from low
        to high.
        """
        acting = {
            key: values
            for key, values in self.drawn.items()
            if not key.startswith(CONSEQUENCES_ALONE)
        }
        inputs = {"imports": self.imports.sum(axis=1), **acting}
        outputs = {name: self.results[name][:, -1] for name in DEMAND_STEPS}
        return first_order(inputs, outputs)


def _newest_gap(rows: pd.DataFrame) -> Caveat:
    """The newest of the printed stocks that lie on one side of what is modelled, and how many lay
    there before it.
    """
    newest = rows.iloc[-1]
    values = {name: float(newest[name]) for name in ("printed", "modelled")}
    words = {"day": str(newest["date"]), "explanation": newest["explanation"]}
    return Caveat("stock_not_closed", values={**values, **words, "earlier": len(rows) - 1})


def _share_between(setting: str, above: float, up_to: float) -> float:
    mix = power_mix(setting)
    return float(mix.share[(mix.kw > above) & (mix.kw <= up_to)].sum())
