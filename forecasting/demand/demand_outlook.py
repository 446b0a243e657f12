"""The result of the chain: draws by measure, and the tables that a report shows, each made when
asked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from forecasting.demand.charging import (
    FAST_SETTINGS,
    HOURS_A_YEAR,
    ceilings,
    depots,
    gross_additions,
    market_factor,
    power_in_use,
)
from forecasting.demand.consequences import investment
from forecasting.demand.counted_stock import StockCount, on_the_day
from forecasting.demand.deployed import ExistingCharging, Target, moment, standing_shares
from forecasting.demand.fleet import BATTERY_CLASSES, Fleet
from forecasting.demand.load import MONTH_DAYS, day_profile
from forecasting.demand.parameters import SETTINGS, Draws, Parameters, Years
from forecasting.demand.sensitivity import first_order
from forecasting.demand.service import service_of
from forecasting.demand.symbols import total
from forecasting.panels.practice import NORMAL_80, Practice
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.measures import (
    CHARGING_ANSWERS,
    DEMAND_STEPS,
    EV_SHARE,
    EV_STOCK_SHARE,
    MEASURES,
)
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array, medians, quantiles, ratio

MONTH_NUMBERS = range(1, 13)
ALL_CARS_PERCENT = 99.99  # from which the electric cars are all cars that are on the road
# Assumptions that lead to costs, shares of power, fuel and carbon, and to no answer on vehicles or
# chargers.
CONSEQUENCES_ALONE = (
    *("charger_cost", "connection_cost", "fuel_", "generation_gwh", "grid_", "power_date"),
    *("power_growth", "record_peak_mw"),
)


@dataclass(frozen=True)
class ShareTarget:
    """An announced electric share of cars by the end of a year.

    Parameters
    ----------
    name : str
        Of its fact.
    year : int
        In which it is due.
    percent : float
        Of all cars.
    of_stock : bool
        Whether of cars on the road, not of new cars.
    battery_alone : bool
        Whether plug-in hybrids do not count.
    """

    name: str
    year: int
    percent: float
    of_stock: bool
    battery_alone: bool


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
    grid_per_vehicle : dict of str to ndarray, shape (draws, 1)
        kWh a year from the grid per vehicle, by class.
    energy_at_end : dict of str to ndarray, shape (draws, years)
        kWh a year at the battery of the vehicles at 31 December, by setting.
    energy_served : dict of str to ndarray, shape (draws, years)
        The same as points serve it: plug-in hybrids stay longer for a kWh.
    sample : dict of str to ndarray, shape (draws, 1)
        Draws of the assumptions.
    cars : dict of str to ndarray, shape (draws, years)
        By measure of a share, the cars of every drive that it is a share of.
    parameters : Parameters
        The assumptions in force.
    displaced : ndarray, shape (draws, years)
        Imports whose place cars built in the country took.
    unpushed : ndarray, shape (draws, years)
        Practice before a target pushes it.
    targets : tuple of Target
        Announced targets, those that the scenario pursues and those that are only compared.
    stock_counts, standing, least, start_stock, vehicle_class, monthly, concentration
        As given.

    Examples
    --------
    >>> from forecasting.demand.chain import demand_outlook
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> imports = np.full((50, 2), 1000.0)
    >>> outlook = demand_outlook(imports, [2024, 2025], parameters=load_parameters())
    >>> outlook
    <DemandOutlook 2024 to 2025, 50 draws of ... measures>
    """

    years: Years
    results: Draws
    imports: Array
    fleets: dict[str, Fleet]
    points_by_setting: Draws
    megawatts: Draws
    energy_by_setting: Draws
    month_shares: Draws
    grid_per_vehicle: Draws
    energy_at_end: Draws
    energy_served: Draws
    sample: Draws
    cars: Draws
    parameters: Parameters
    displaced: Array
    unpushed: Array
    targets: tuple[Target, ...]
    stock_counts: Sequence[StockCount]
    standing: ExistingCharging | None
    least: ExistingCharging | None
    start_stock: float
    vehicle_class: str
    monthly: Array
    concentration: float

    def __repr__(self) -> str:
        span = f"{self.years[0]} to {self.years[-1]}"
        return f"<DemandOutlook {span}, {len(self.imports)} draws of {len(self.results)} measures>"

    def _table(self, label: str, groups: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
        """Columns by year, one group below the other."""
        tables = [
            pd.DataFrame({"year": self.years, label: name, **columns})
            for name, columns in groups.items()
        ]
        return pd.concat(tables, ignore_index=True)

    @cached_property
    def by_setting(self) -> pd.DataFrame:
        """Points needed by year and setting (median and 80 % interval), with medians of rated
        power, energy and what is built for them in dollars of 2024.
        """
        dollars = investment(self.points_by_setting, self.sample)
        groups = {
            setting: {
                **_ends("points", self.points_by_setting[setting]),
                "installed_mw": medians(self.megawatts[setting]),
                "energy_gwh": medians(self.energy_by_setting[setting] / 1e6),
                "usd": medians(dollars[setting]),
            }
            for setting in SETTINGS
        }
        return self._table("setting", groups)

    @cached_property
    def _gwh(self) -> Draws:
        """Electricity of each class from the grid."""
        return {
            name: fleet.mean_stock * (self.grid_per_vehicle[name] / 1e6)
            for name, fleet in self.fleets.items()
        }

    @cached_property
    def by_class(self) -> pd.DataFrame:
        """Every class by year: vehicles on the road (median and 80 % interval), their share of
        the electricity, and depots.
        """
        total = self.results["energy_gwh"]
        groups = {}
        for vehicle in self.parameters.classes:
            name = vehicle.name
            fleet = self.fleets[name]
            groups[name] = {
                **_ends("median", fleet.stock),
                "energy_percent": medians(100 * ratio(self._gwh[name], total, 0.0)),
            }
            if vehicle.parking == "depot":
                points, megawatts = depots(name, fleet.stock, self.sample)
                groups[name] |= {"depot_points": medians(points), "depot_mw": medians(megawatts)}
        return self._table("vehicle_class", groups)

    @cached_property
    def by_cohort(self) -> pd.DataFrame:
        """Mean stock by year and year of entry; cohort 0 came before the first year."""
        stock = np.sum([fleet.by_cohort() for fleet in self.fleets.values()], axis=0)
        table = _crossed({"year": self.years, "cohort": [0, *self.years]}, stock=stock)
        return table[table["cohort"] <= table["year"]].reset_index(drop=True)

    @cached_property
    def by_month(self) -> pd.DataFrame:
        """Electricity by year and month, GWh (median and 80 % interval)."""
        gwh = _ends("gwh", self._monthly.reshape(len(self.imports), -1))
        return _crossed({"year": self.years, "month": MONTH_NUMBERS}, **gwh)

    @cached_property
    def _monthly(self) -> Array:
        """Electricity of all classes by year and month, GWh, in each draw."""
        shares = self.month_shares.items()
        by_class = [self._gwh[name][:, :, None] * share[:, None] for name, share in shares]
        return np.asarray(np.sum(by_class, axis=0))

    @cached_property
    def balance(self) -> pd.DataFrame:
        """Printed stocks beside the chain's, and what does not close.

        Registers tell electric from hybrid: their counts are of battery cars.
        """
        stock = self.results.get("bev_stock", self.results["ev_stock"])
        return balance(stock, self.years, self.stock_counts, self.start_stock, monthly=self.monthly)

    @cached_property
    def gap(self) -> pd.DataFrame:
        """What each of the three answers has beyond what stands today, and what is built for it
        in the year (medians); never averaged.
        """
        life = self.sample["charger_life"]
        today: Array | float = np.nan
        if self.standing is not None:
            today = self.standing.points(self.sample["points_per_station"])
        groups = {
            MEASURES[measure].label: {
                "less_standing_today": medians(self.results[measure] - today),
                "gross_additions": medians(gross_additions(self.results[measure], life)),
            }
            for measure in CHARGING_ANSWERS
        }
        return self._table("answer", groups)

    @cached_property
    def fast_use(self) -> tuple[float, float, float]:
        """Of a fast point at the end of the last year, medians: kWh that it passes a day, and the
        share of the time for which a car is connected. Then the share of draws in which the promise
        of a short wait, and not the curve of use, says how busy it is where cars park.
        """
        sample = self.sample
        efficiency = sample["onboard_efficiency.dc"]
        points = {name: self.points_by_setting[name][:, -1:] for name in FAST_SETTINGS}
        kwh = {name: self.energy_at_end[name][:, -1:] / efficiency for name in FAST_SETTINGS}
        hours = {
            name: energy / power_in_use(name, self.years[-1:], sample)
            for name, energy in kwh.items()
        }
        all_points = total(points.values())
        daily = ratio(total(kwh.values()), 365 * all_points, 0.0)
        in_use = ratio(total(hours.values()), HOURS_A_YEAR * all_points, 0.0)
        parked = "destination_dc"
        ceiling = ceilings(sample[f"station_size.{parked}"]) / sample["peak_day"]
        by_energy = points[parked] / market_factor(parked, sample)
        bound = hours[parked] > 0.999 * HOURS_A_YEAR * ceiling * by_energy
        return float(np.median(daily)), float(np.median(in_use)), float(np.mean(bound))

    def service(self, times: float = 1.0) -> Draws:
        """Waits, charging that finds no free point, and use, as of `service_of`, if so many times
        the points of practice are built.

        Parameters
        ----------
        times : float
            Above 0; 1 is practice with its roll-outs.
        """
        points, fast = (
            times * self.results[name]
            for name in ("charging_points_practice", "charging_points_practice_fast")
        )
        return service_of(self.energy_served, points, fast, self.years, self.sample)

    def need_met_in(self, since: int, times: float = 1.0) -> int | None:
        """The first year at whose end at least as many points stand as are needed, in half of the
        draws, if so many times the points of practice are built; None where there is none.

        Parameters
        ----------
        since : int
            The first year that may be named.
        times : float
            As of `service`.
        """
        practice_points = times * self.results["charging_points_practice"]
        shares = np.mean(practice_points >= self.results["charging_points_need"], axis=0).tolist()
        met_years = [year for year, share in zip(self.years, shares, strict=True) if share >= 0.5]
        return next((year for year in met_years if year >= since), None)

    @cached_property
    def target_table(self) -> pd.DataFrame:
        """Announced targets beside what stands and what practice comes to, as `standing_shares` has
        it.
        """
        per_station = self.sample["points_per_station"]
        return standing_shares(self.targets, self.years, self.unpushed, self.standing, per_station)

    def path_to(
        self, measure: str, percent: float, since: int, until: int, shares: Array | None = None
    ) -> dict[int, float]:
        """Electric cars by year on an even way from a year's share to a share of a later one.

        Parameters
        ----------
        measure : str
            The share: one of `cars`.
        percent : float
            That is to be reached.
        since, until : int
            The first year and the last.
        shares : ndarray, shape (draws, years), optional
            Those of the cars that the target counts; default of battery cars and plug-in hybrids.

        Returns
        -------
        dict of int to float
            By year after ``since``: on the road, or new ones, as the measure is. None where the
            results begin after ``since``, or where the share of that year is reached.
        """
        if since not in self.years:
            return {}
        path_years = range(since + 1, until + 1)
        start_index = self.years.index(since) + 1
        measure_draws = self.results[measure] if shares is None else shares
        start = max(float(np.median(measure_draws[:, start_index - 1])), 0.001)
        if start >= percent:
            return {}
        path = np.geomspace(start, percent, len(path_years) + 1)[1:]
        cars = medians(self.cars[measure])[start_index : start_index + len(path_years)]
        return dict(zip(path_years, (path * cars / 100).tolist(), strict=True))

    def share_targets(self, announced: Iterable[ShareTarget], since: int) -> list[dict[str, Any]]:
        """Printed targets of a share of cars that lie ahead, each with its probability.

        Parameters
        ----------
        announced : iterable of ShareTarget
            Of any year.
        since : int
            The year from which the way to them begins.

        Returns
        -------
        list of dict
            ``target`` (its name), ``measure, forecast, probability`` (of the cars that the target
            counts: battery cars alone, or plug-in hybrids, too), ``with_plug_ins, battery`` (the
            probability of either), and ``path``, as of `path_to`.
        """
        fleets = [self.fleets[name] for name in BATTERY_CLASSES if name in self.fleets]
        battery = {
            EV_STOCK_SHARE: total(fleet.stock for fleet in fleets),
            EV_SHARE: total(fleet.registrations for fleet in fleets),
        }
        rows = []
        for target in announced:
            measure = EV_STOCK_SHARE if target.of_stock else EV_SHARE
            year = target.year
            if measure not in self.cars or year not in self.years:
                continue
            place = self.years.index(year)
            battery_share = 100 * battery[measure] / self.cars[measure]
            shares = {"with_plug_ins": self.results[measure], "battery": battery_share}
            reached = {
                name: float(np.mean(share[:, place] >= target.percent))
                for name, share in shares.items()
            }
            share_basis = "battery" if target.battery_alone else "with_plug_ins"
            rows.append(
                {
                    "target": target.name,
                    "measure": measure,
                    "forecast": float(np.median(shares[share_basis][:, place])),
                    "probability": reached[share_basis],
                    **reached,
                    "path": self.path_to(measure, target.percent, since, year, shares[share_basis]),
                }
            )
        return rows

    @cached_property
    def load_day(self) -> pd.DataFrame:
        """Mean load by hour and setting on a winter and a summer day of the last year (means over
        the draws).
        """
        per_day = self.month_shares["bev"] / MONTH_DAYS
        days = {"winter": per_day.max(axis=1), "summer": per_day[:, 5:8].mean(axis=1)}
        kwh = np.stack([self.energy_by_setting[setting][:, -1] for setting in SETTINGS])
        mwh = np.stack([(kwh * share).mean(axis=1) / 1000 for share in days.values()])
        mean = mwh[:, :, None] * day_profile()
        return _crossed({"day": days, "setting": SETTINGS, "hour": range(24)}, mw=mean)

    @cached_property
    def of_the_year(self) -> dict[str, Any]:
        """Of the last year what a series by hour is made from: GWh by setting and share by month,
        means over draws.
        """
        by_month = self._monthly[:, -1].mean(axis=0)
        total = np.quantile(self.results["energy_gwh"][:, -1], RANGE_LEVELS)
        by_setting = {
            setting: float(kwh[:, -1].mean()) / 1e6
            for setting, kwh in self.energy_by_setting.items()
        }
        scale = total[1] / max(sum(by_setting.values()), 1e-12)  # the settings share the median out
        return {
            "year": self.years[-1],
            "gwh": {setting: energy * scale for setting, energy in by_setting.items()},
            "month_shares": (by_month / max(by_month.sum(), 1e-12)).tolist(),
            "interval": total.tolist(),
        }

    @property
    def electric_share(self) -> float:
        """Electric among the passenger cars on the road at the end of the last year, 0 to 1, the
        mean of the draws.
        """
        return float(self.results[EV_STOCK_SHARE][:, -1].mean() / 100)

    @cached_property
    def caveats(self) -> list[Caveat]:
        """What a reader must know beside the numbers."""
        return [*self._of_vehicles(), *self._of_chargers(), *self._not_closed()]

    def _of_vehicles(self) -> Iterator[Caveat]:
        for row in self.parameters.classes:
            if row.name == self.vehicle_class:
                yield Caveat("practice_of_cars", values={"vehicles": row.label.lower()})
        share_of_draws = float((self.results[EV_STOCK_SHARE][:, -1] > ALL_CARS_PERCENT).mean())
        if share_of_draws >= 0.01:
            kind = "stock_above_guess"  # of all cars, which a params file can replace
            if self.parameters.knows("vehicle_stock"):
                kind = "stock_above_all"
            yield Caveat(kind, values={"share": share_of_draws, "year": self.years[-1]})

    def _of_chargers(self) -> Iterator[Caveat]:
        """Points that nobody counted, or so many or few that the count is in doubt."""
        if self.standing is None:
            factor = float(np.exp(NORMAL_80 * Practice.shipped().level_spread))
            charging = self.least
            if charging is None:
                yield Caveat("no_points_counted", values={"factor": factor})
                return
            count = {"part": charging.place, "count": charging.count, "unit": charging.unit}
            day = str(charging.date)
            yield Caveat("part_of_points_counted", values=count | {"factor": factor, "day": day})
            return
        place = np.clip(self.standing.date.year - self.years[0], 0, len(self.years) - 1)
        points = np.median(self.standing.points(self.sample["points_per_station"]))
        cars = np.median(self.results["ev_stock"][:, place])
        if points and cars and not 1 <= cars / points <= 100:
            yield Caveat(
                "odd_ratio", values={"ratio": float(cars / points), "year": self.years[place]}
            )

    def _not_closed(self) -> Iterator[Caveat]:
        """The newest of the printed stocks that lie on one side of what is modelled, and how many
        lay there before it.
        """
        open_rows = self.balance.query("explanation != 'closes'").sort_values("date")
        for direction in ("ratio > 1.25", "ratio < 0.8"):
            rows = open_rows.query(direction)
            if len(rows):
                newest = rows.iloc[-1]
                values = {
                    "printed": float(newest["printed"]),
                    "modelled": float(newest["modelled"]),
                    "day": str(newest["date"]),
                    "explanation": newest["explanation"],
                    "earlier": len(rows) - 1,
                    "battery": "bev_stock" in self.results,
                }
                yield Caveat("stock_not_closed", values=values)

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """What moves the last year's answers: first-order shares of variance and the swing from low
        to high.
        """
        sample = self.sample.items()
        inputs = {key: part[:, 0] for key, part in sample if not key.startswith(CONSEQUENCES_ALONE)}
        inputs = {"imports": self.imports.sum(axis=1)} | inputs
        outputs = {name: self.results[name][:, -1] for name in DEMAND_STEPS}
        return first_order(inputs, outputs)

    def swings_of(self, measure: str, min_share: float = 0.0) -> pd.DataFrame:
        """What moves one of the last year's answers more than chance alone, the most first.

        Parameters
        ----------
        measure : str
            One of the answers in `sensitivity`.
        min_share : float
            Share of its variance above which an input is named.
        """
        rows = self._swings
        return rows[(rows["output"] == measure) & (rows["share"] > min_share)]

    @cached_property
    def _swings(self) -> pd.DataFrame:
        """The rows of `sensitivity`, the largest swing first."""
        return self.sensitivity.sort_values("swing", key=lambda swing: -swing.abs(), kind="stable")


def _crossed(axes: Mapping[str, Iterable[Any]], **cells: Array) -> pd.DataFrame:
    """A row for each cell of some arrays, with what stands there on each axis."""
    index = pd.MultiIndex.from_product([*axes.values()], names=[*axes])
    return pd.DataFrame({name: cell.ravel() for name, cell in cells.items()}, index).reset_index()


def _ends(name: str, values: Array) -> Draws:
    """Median and 80 % interval by year."""
    low, middle, high = quantiles(values, RANGE_LEVELS)
    return {"low": low, name: middle, "high": high}


def balance(
    stock: Array,
    years: Years,
    printed: Sequence[StockCount],
    start: float = 0.0,
    *,
    monthly: Array,
) -> pd.DataFrame:
    """What the chain makes of the vehicles on the road, beside what was printed, and what does not
    close.

    Parameters
    ----------
    stock : ndarray, shape (draws, years)
        Vehicles at 31 December of each year.
    years : sequence of int
        The years.
    printed : sequence of StockCount
        Printed stocks, of any year.
    start : float
        Vehicles before the first year.
    monthly : ndarray, shape (draws, months)
        What came in each month of the years: by a day inside a year the stock has changed by as
        much of the year's change as came until then.

    Returns
    -------
    pandas.DataFrame
        ``fact, date, printed, modelled, ratio, explanation``; one row per count inside the years.
        The ratio is of modelled to printed. The explanation is ``closes`` where the printed stock
        lies inside the 80 % interval, or within 1 %; else ``thousands`` where a factor near 1000
        points to the units, ``fewer`` or ``more`` where the register holds fewer or more than is
        modelled.

    Examples
    --------
    >>> import datetime as dt
    >>> count = StockCount("a", dt.date(2023, 12, 31), 150.0)
    >>> months = np.ones((1, 24))
    >>> table = balance(np.array([[100.0, 300.0]]), [2022, 2023], [count], monthly=months)
    >>> table[["printed", "modelled", "ratio"]]
       printed  modelled  ratio
    0    150.0     300.0    2.0
    """
    edges = np.concatenate([np.full((len(stock), 1), start), stock], axis=1)
    counts = [row for row in printed if 0 <= moment(row.day) - years[0] <= len(years)]
    register_counts = np.array([row.count for row in counts], dtype=float)
    days = [moment(row.day) - years[0] for row in counts]
    modelled = [on_the_day(edges, monthly, day) for day in days]
    low, middle, high = quantiles(
        np.concatenate([np.empty((len(stock), 0)), *modelled], axis=1), RANGE_LEVELS
    )
    times = ratio(middle, register_counts, np.inf)
    closes = (low <= register_counts) & (register_counts <= high) | (np.abs(times - 1) < 0.01)
    thousands = (times >= 500) & (times <= 2000) | (times >= 1 / 2000) & (times <= 1 / 500)
    explained = [closes, thousands, times > 1]
    return pd.DataFrame(
        {
            "fact": [row.name for row in counts],
            "date": [row.day for row in counts],
            "printed": register_counts,
            "modelled": middle,
            "ratio": times,
            "explanation": np.select(explained, ["closes", "thousands", "fewer"], "more"),
        }
    )
