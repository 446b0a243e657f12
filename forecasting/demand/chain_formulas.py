"""The chain from imports to charging points as formulas over the draws of an outlook.

What no lever moves is a value; the rest are formulas. Where a formula is simpler than the chain, a
value beside it (``fit`` times, or ``more`` added) brings each draw to the chain's own result, so
that with nothing set every draw is the outlook's.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from forecasting.demand.chain import all_vehicles
from forecasting.demand.charging import (
    ENERGY_SETTINGS,
    FAST_SETTINGS,
    HOURS_A_YEAR,
    PUBLIC,
    energy_split,
    power_mix,
    side,
)
from forecasting.demand.consequences import DENSITY
from forecasting.demand.deployed import moment
from forecasting.demand.energy import MONTH_DAYS
from forecasting.demand.formulas import Formula
from forecasting.demand.load import day_profile
from forecasting.demand.parameters import SETTINGS, Draws
from forecasting.demand.queueing import utilisation_ceiling
from forecasting.measures import EV_SHARE, EV_STOCK_SHARE, MEASURES
from forecasting.panels.practice import Practice
from forecasting.quantiles import Array, ratio

if TYPE_CHECKING:
    from forecasting.demand.demand_outlook import DemandOutlook

Formulas = dict[str, str]  # by the name of what they give
TARGET = "charging_points_target"
TARGET_YEAR = "charging_points_target_year"
LARGEST_STATION = 64
BUSY_HOURS = (9, 10, 18, 19, 20, 21, 22)  # whatever is set, hardly a draw has its peak in another
CARS = {"bev": "consumption", "phev": "consumption.phev"}
LEVERS = (
    *("annual_km", *CARS.values(), "home_access", "utilisation_scale", "power_delivery_scale"),
    *("home_kw", "public_point_kw", "charger_efficiency.ac", "charger_efficiency.dc"),
    *("station_size.destination_dc", "station_size.enroute_dc", "class_share.phev"),
    *("reexport_share", "points_per_station", "grid_carbon"),
    *(f"{part}_cost.{setting}" for part in ("charger", "connection") for setting in SETTINGS),
)
OTHERS = (
    *("onboard_efficiency.ac", "onboard_efficiency.dc", "coincidence_floor", "practice_catch_up"),
    *("evs_per_home_charger", "evs_per_home_charger.phev", "afir_kw", "afir_kw.phev"),
    *("grid_losses", "inventory_share", "practice_elasticity"),
    *(f"utilisation_{end}.{setting}" for end in ("low", "high") for setting in ENERGY_SETTINGS),
)
ANSWERS = {  # columns of the model, by measure
    "ev_registrations": "registered",
    "ev_stock": "stock",
    EV_SHARE: "share_of_new",
    EV_STOCK_SHARE: "share_of_cars",
    "energy_gwh": "energy",
    "peak_mw": "peak",
    "charging_points_need": "need",
    "charging_points_need_slow": "points.overnight",
    "charging_points_practice": "practice",
    "charging_points_standard": "standard",
    TARGET: "target",
    "charging_stations": "stations",
    "charging_points_home": "points.home",
    "investment_usd": "investment",
    "power_share_percent": "power_percent",
    "peak_share_percent": "peak_percent",
    "oil_avoided_t": "oil",
    "co2_avoided_t": "carbon",
}


class Chain:
    """Draws of an outlook of electric cars, and formulas on them.

    Parameters
    ----------
    demand : DemandOutlook
        As it was made.
    flows : mapping of float to ndarray, shape (draws, years)
        The flow at factors of 0, of little, of 1 and of very much.
    single : ndarray, shape (draws, years)
        Points of practice were each station of one point.
    flow : str
        The measure that was forecast.
    first_year : int
        The first year shown.
    as_of : datetime.date
        Day of the forecast.
    beyond : float
        Share of what exceeds a cap that comes all the same.

    Attributes
    ----------
    years : list of int
        The year before the first that is shown, and those shown.
    levers : list of str
        What can be set: the flow of a year as a factor, assumptions, a target and its year.
    drawn : dict of str to ndarray, shape (draws, 1)
        Values of each draw, by name.
    taken : dict of str to str
        Formulas of a draw for all years.
    yearly : dict of int to dict of str to str
        Formulas of each year.
    formulas : dict of str to Formula
        All of them by name, each after those that it needs.
    columns : dict of str to str
        The formula of each measure.
    """

    def __init__(
        self,
        demand: DemandOutlook,
        flows: Mapping[float, Array],
        single: Array,
        *,
        flow: str,
        first_year: int,
        as_of: dt.date,
        beyond: float,
    ) -> None:
        self.demand = demand
        self.flow = flow
        self.beyond = beyond
        self.years = [*range(first_year - 1, demand.years[-1] + 1)]
        fixed = {*demand.parameters.events}
        if MEASURES[flow].event == "registrations":
            fixed.add("reexport_share")
        levers = [name for name in LEVERS if name not in fixed]
        factors = [f"{flow}.{year}" for year in self.years[1:]]
        self.levers = [*factors, *levers, TARGET, TARGET_YEAR]
        self.drawn: Draws = {}
        self.taken: Formulas = {}
        self.yearly: dict[int, Formulas] = {}
        self.formulas: dict[str, Formula] = {}
        for name in (*LEVERS, *OTHERS):
            free = name in levers
            self._put(f"drawn.{name}" if free else name, demand.sample[name])
            if free:
                self.taken[name] = f"IF(ISNUMBER(own.{name}),own.{name},drawn.{name})"
        self.start = max(float(demand.years[0]), moment(as_of))
        if demand.standing is not None:
            self.start = max(self.start, moment(demand.standing.date))
        self._vehicles(flows, single)
        self._cars()
        self._charging()
        self._formulas()

    def values(self, own: Mapping[str, float], empty: Draws | None = None) -> Draws:
        """Every value and formula, with some of the reader's cells filled. Where the values with
        empty cells are given, what no filled cell moves is taken from them, the very same.
        """
        filled = {f"own.{name}": np.array([[value]]) for name, value in own.items()}
        values = (empty or self.drawn | self._empty()) | filled
        moved = {*filled}
        for name, formula in self.formulas.items():
            if empty is None or not moved.isdisjoint(formula.needs):
                values[name] = formula.value(values)
                moved.add(name)
        return values

    def _empty(self) -> Draws:
        return dict.fromkeys([f"own.{name}" for name in self.levers], np.array([[np.nan]]))

    def answers(self, own: Mapping[str, float]) -> dict[tuple[str, int], Array]:
        """Draws of each measure and year shown, with some of the reader's cells filled."""
        values = self.values(own)
        return {
            (measure, year): values[f"{column}@{year}"][:, 0]
            for measure, column in self.columns.items()
            for year in self.years[1:]
        }

    def only(self, draws: Sequence[int]) -> Chain:
        """The same of some of the draws."""
        fewer = copy.copy(self)
        fewer.drawn = {name: x[draws] for name, x in self.drawn.items()}
        return fewer

    def _put(self, name: str, values: Array | float) -> None:
        column = np.reshape(np.asarray(values, dtype=float), (-1, 1))
        self.drawn[name] = np.broadcast_to(column, (len(self.demand.imports), 1))

    def _in(self, table: Array, year: int) -> Array:
        """One year of the chain's results; before its first there was nothing."""
        place = year - self.demand.years[0]
        return table[:, [place]] if place >= 0 else np.zeros((len(table), 1))

    def _vehicles(self, flows: Mapping[float, Array], single: Array) -> None:
        demand = self.demand
        drawn = demand.sample
        results = demand.results
        practice = results["charging_points_practice"]
        _, little, *_, most = sorted(flows)
        free = (flows[little] - flows[0]) / little
        limit = flows[most] - flows[0]
        # Of what exceeds a cap a share comes: a line above the cap, through any factor's flow
        lines = [flow - flows[0] - self.beyond * factor * free for factor, flow in flows.items()]
        kept = demand.imports * (1 - drawn["reexport_share"])
        registered = results["ev_registrations"].cumsum(axis=1)
        of_year = {
            "known": flows[0],
            "open": free,
            "limit": np.where(limit < most * free * 0.999, limit, 1e12),
            "room": np.max(lines, axis=0),
            "stays": demand.imports / np.maximum(flows[1], 1e-9),
            "imported": kept.cumsum(axis=1) / np.maximum(registered, 1),
            "vehicles": all_vehicles(drawn, demand.years),
            "depot_points": demand.points_by_setting["depot"],
            "depot_mw": demand.megawatts["depot"],
            # Practice where a target that the scenario pursues is above it
            "pursued": np.where(demand.unpushed < practice, practice, 0.0),
        }
        if TARGET in results:
            of_year["targeted"] = results[TARGET]
        size = np.log(np.maximum(drawn["points_per_station"], 1.01))
        of_one = np.maximum(demand.unpushed, 1e-9) / np.maximum(single, 1e-9)
        of_year["per_station"] = np.log(of_one) / size
        power = drawn["grid_carbon"] * 1000 / (1 - drawn["grid_losses"])
        burnt = results["co2_avoided_t"] + results["energy_gwh"] * power
        of_year["burnt"] = burnt / np.maximum(results["oil_avoided_t"], 1e-9)
        of_share = drawn["class_share.phev"] * results["ev_stock"]
        of_year["plugins"] = demand.fleets["phev"].stock - of_share
        for (name, table), year in itertools.product(of_year.items(), self.years):
            self._put(f"{name}@{year}", self._in(table, year))

    def _cars(self) -> None:
        """What a car takes at each setting with and without a charger at home."""
        demand = self.demand
        taken = self.taken
        by_name = {row.name: row for row in demand.parameters.classes}
        for name, consumption in CARS.items():
            mild = demand.sample["annual_km"] * demand.sample[consumption]
            year = demand.kwh_per_vehicle[name] / mild
            for end, access in {"at_home": 1.0, "no_home": 0.0}.items():
                alone = {**demand.sample, "home_access": np.full_like(mild, access)}
                split = energy_split(by_name[name], alone)
                self._put(f"electric_{end}.{name}", split.sum(axis=0))
                for setting, share in zip(SETTINGS, split, strict=True):
                    self._put(f"{end}_{name}.{setting}", year * share)
            for setting in SETTINGS:
                taken[f"kwh_{name}.{setting}"] = (
                    f"annual_km*{consumption}*(home_access*at_home_{name}.{setting}"
                    f"+(1-home_access)*no_home_{name}.{setting})"
                )
        taken["electric"] = (
            "home_access*electric_at_home.phev+(1-home_access)*electric_no_home.phev"
        )

    def _charging(self) -> None:
        """What of a point, of a setting and of the grid does not change with the years."""
        demand = self.demand
        taken = self.taken
        for points in range(1, LARGEST_STATION + 2):
            self._put(f"queue.{points}", utilisation_ceiling(points))
        self._put("burns", demand.sample["fuel_use"] * DENSITY["petrol"] / 200_000)
        self._put("busy_day", (demand.month_shares["bev"] / MONTH_DAYS).max(axis=1))
        for setting, shape in zip(SETTINGS, day_profile(), strict=True):
            both = f"onboard_efficiency.{side(setting)}*charger_efficiency.{side(setting)}"
            taken[f"grid.{setting}"] = f"1/({both})"
            taken[f"mwh_a_day.{setting}"] = f"busy_day/1000/({both})"
            for hour in BUSY_HOURS:
                self._put(f"hour_{hour}.{setting}", shape[hour] / shape.max())
        for setting in ENERGY_SETTINGS:
            mix = power_mix(setting)
            self._put(f"kw.{setting}", mix.mean_kw)
            for year, kw in zip(self.years, mix.delivered(self.years), strict=True):
                self._put(f"delivered.{setting}@{year}", kw / mix.mean_kw)
            low = f"MIN(utilisation_low.{setting}*utilisation_scale,1)"
            taken[f"low.{setting}"] = low
            taken[f"rise.{setting}"] = f"MIN(utilisation_high.{setting}*utilisation_scale,1)-{low}"
            taken[f"ceiling.{setting}"] = "1"
        for setting in FAST_SETTINGS:
            size = f"station_size.{setting}"
            taken[f"ceiling.{setting}"] = (
                f"INDEX(queue,INT({size}))+({size}-INT({size}))"
                f"*(INDEX(queue,INT({size})+1)-INDEX(queue,INT({size})))"
            )
        standing = demand.standing
        taken["standing"] = "0"
        if standing is not None:
            taken["standing"] = f"{standing.count:.10g}"
            if standing.unit == "stations":
                taken["standing"] += "*points_per_station"

    def _formulas(self) -> None:
        """The formulas of each year, each draw brought to the chain's own result."""
        demand = self.demand
        columns = {self.flow: "imports", **ANSWERS}
        results = {name: demand.results[name] for name in columns if name in demand.results}
        exact = {columns[measure]: table for measure, table in results.items()}
        exact |= {f"kwh.{name}": table for name, table in demand.energy_at_end.items()}
        exact |= {f"points.{name}": table for name, table in demand.points_by_setting.items()}
        exact |= {"bev": demand.fleets["bev"].stock, "unpushed": demand.unpushed}
        values = self.drawn | self._empty()
        for name, text in self.taken.items():
            self.formulas[name] = Formula(text, values)
            values[name] = self.formulas[name].value(values)
        for year in self.years:
            self.yearly[year] = self._year(year)
            for name, text in self.yearly[year].items():
                made = Formula(text, values, year)
                key = f"{name}@{year}"
                values[key] = made.value(values)
                if name in exact:
                    target = self._in(exact[name], year)
                    fitted = self._fitted(name, year, values[key], target)
                    self.yearly[year][name] = fitted
                    made = Formula(fitted, values | self.drawn, year)
                    values[key] = target
                self.formulas[key] = made
            values |= self.drawn
        last = self.yearly[self.years[-1]]
        self.columns = {name: column for name, column in columns.items() if column in last}

    def _fitted(self, name: str, year: int, made: Array, exact: Array) -> str:
        """A formula that gives each draw the chain's own result, by a factor, or where other
        vehicles come on top by what they add.
        """
        formula = self.yearly[year][name]
        if name.startswith(("kwh", "oil", "registered")):
            if np.abs(exact - made).max() < 1e-6:
                return formula
            self._put(f"more_{name}@{year}", exact - made)
            return f"{formula}+more_{name}"
        factor = ratio(exact, made, 1.0)
        if np.abs(factor - 1).max() < 1e-9:
            return formula
        self._put(f"fit_{name}@{year}", factor)
        return f"({formula})*fit_{name}"

    def _year(self, year: int) -> Formulas:
        before = year - 1
        own = f"own.{self.flow}.{year}"
        wanted = f"IF(ISNUMBER({own}),{own},1)*open"
        room = f",room+{wanted}*{self.beyond:.6g}" if self.beyond else ""
        made = {
            "imports": f"known+MIN({wanted}{room},limit)",
            "registered": (
                "(imports*stays*(1-inventory_share)"
                f"+imports@{before}*stays@{before}*inventory_share)*(1-reexport_share)"
            ),
            "stock": f"stock@{before}+registered",
        }
        if year == self.years[0]:
            made = {"imports": "known", "stock": f"1+imported*({self._still('reexport_share')}-1)"}
        made["phev"] = f"stock*class_share.phev+plugins*{self._still('class_share.phev')}"
        made["bev"] = "stock-phev"
        for setting in SETTINGS:
            made[f"kwh.{setting}"] = f"bev*kwh_bev.{setting}+phev*kwh_phev.{setting}"
        made["progress"] = "LN(MIN(MAX(stock/MAX(vehicles,1),0.02),0.5)/0.02)/LN(25)"
        for setting in SETTINGS:
            made[f"points.{setting}"] = self._points(setting)
        if year == self.years[0]:
            return made
        made |= self._practice(year)
        for setting in SETTINGS:
            power = {"home": "points.home*home_kw/1000", "depot": "depot_mw"}.get(
                setting, f"points.{setting}*kw.{setting}/1000"
            )
            made[f"load.{setting}"] = (
                f"MAX((coincidence_floor+(1-coincidence_floor)/SQRT(MAX(points.{setting},1)))*{power},"
                f"kwh.{setting}*mwh_a_day.{setting}*{day_profile().max(axis=1)[SETTINGS.index(setting)]:.6g})"
            )
        hours = ",".join(f"SUMPRODUCT(load,hour_{hour})" for hour in BUSY_HOURS)
        cars = f"bev@{before}+bev+(phev@{before}+phev)*electric"
        made |= {
            "need": "+".join(f"points.{setting}" for setting in PUBLIC),
            "standard": "(bev*afir_kw+phev*afir_kw.phev)/public_point_kw",
            "energy": f"SUMPRODUCT(kwh@{before}+kwh,grid)/2/1000000",
            "peak": f"MAX({hours})",
            "investment": (
                f"SUMPRODUCT((points>points@{before})*(points-points@{before}),"
                "charger_cost+connection_cost)"
            ),
            "share_of_cars": "bev+phev",
            "power_percent": "energy",
            "peak_percent": "peak",
            "oil": f"({cars})*annual_km*burns",
            "carbon": "oil*burnt-energy*1000*grid_carbon/(1-grid_losses)",
        }
        if EV_SHARE in self.demand.results:
            made["share_of_new"] = "registered"
        return made

    def _still(self, share: str) -> str:
        """What a share leaves, over what it leaves in the draw."""
        if share in self.levers:
            return f"(1-{share})/(1-drawn.{share})"
        return "1"

    def _points(self, setting: str) -> str:
        if setting == "home":
            return "home_access*(bev/evs_per_home_charger+phev/evs_per_home_charger.phev)"
        if setting == "depot":
            return "depot_points"
        rise = f"rise.{setting}"
        use = f"MIN(MAX(low.{setting}+{rise}*progress,{rise}/LN(25)),ceiling.{setting})"
        power = f"kw.{setting}*MIN(delivered.{setting}*power_delivery_scale,1)"
        return (
            f"kwh.{setting}/onboard_efficiency.{side(setting)}/({power}*{use}*{HOURS_A_YEAR:.0f})"
        )

    def _practice(self, year: int) -> Formulas:
        """What practice builds, raised to targets."""
        rule = Practice.shipped()
        standing = self.demand.standing
        growth = f"stock^{rule.level_slope}"
        if standing is not None:
            counted = moment(standing.date)
            anchor = self._stock_on(counted)
            ahead = max(year + 1 - counted, 0.0)
            gone = f"EXP(-practice_catch_up*{ahead:.6g})"
            growth = (
                f"(stock/{anchor})^practice_elasticity*{anchor}^({rule.level_slope}*(1-{gone}))"
            )
            if standing.unit == "stations":
                growth += "*(points_per_station/drawn.points_per_station)^per_station"
            if standing.grown is not None and ahead:
                later = self._stock_on(counted + 1) if ahead >= 1 else "stock"
                growth += f"*({later}/{anchor})^(-{rule.own_weight}*practice_elasticity)"
        due = f"IF(ISNUMBER(own.{TARGET_YEAR}),own.{TARGET_YEAR},{self.years[-1]})"
        way = f"{year + 1 - self.start:.6g}/MAX({due}+1-{self.start:.6g},1E-9)"
        path = f"standing+(own.{TARGET}-standing)*MIN({way},1)"
        reached = f"MIN({path},own.{TARGET})"
        own = f"IF(ISNUMBER(own.{TARGET}),{{}},{{}})"
        made = {
            "unpushed": growth,
            "practice": f"MAX(unpushed,pursued,{own.format(reached, 0)})",
            "stations": "practice/points_per_station",
        }
        if TARGET in self.demand.results:
            scale = "targeted"
            if {target.unit for target in self.demand.targets} == {"stations"}:
                scale += "*points_per_station/drawn.points_per_station"
            made["target"] = own.format(path, scale)
        return made

    def _stock_on(self, day: float) -> str:
        """Vehicles on a day, between the year before the first that is shown and the first."""
        before, first, *_ = self.years
        weight = min(max(day - first, 0.0), 1.0)
        ends = {before: 1 - weight, first: weight}
        powers = (f"MAX(stock@{year},1)^{part:.6g}" for year, part in ends.items() if part)
        return f"({'*'.join(powers)})"
