"""Need: the charging points that carry the energy, by setting and power, at a utilisation that
drivers can live with. Standard: the points that the EU's rule asks for.

The groups, settings and utilisation curve are those that ICCT documents for EV CHARGE 1.2, rebuilt
from its equations, with two repairs: utilisation never rises faster than demand (by its defaults
the count of points *falls* as the first cars come), and at fast chargers it never exceeds what a
waiting-time promise allows a station of that size.

A station of ``servers`` points is an M/M/c queue (Erlang). That overstates waits where charging
times vary little, and understates them at holidays.
"""

import itertools
import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from forecasting.demand.parameters import (
    SETTINGS,
    Draws,
    Row,
    VehicleClass,
    Years,
    of_class,
    read_table,
)
from forecasting.demand.symbols import Symbols, labelled
from forecasting.vocabulary.quantiles import Array, ratio

PUBLIC = ("overnight", "destination_ac", "destination_dc", "enroute_dc")
ENERGY_SETTINGS = ("work", *PUBLIC)  # settings whose points follow the energy
FAST_SETTINGS = ("destination_dc", "enroute_dc")
LOW_SHARE, HIGH_SHARE = 0.02, 0.50  # EV stock shares between which ICCT's utilisation rises
HOURS_A_YEAR = 8760.0
# The limit: at most this share of arrivals waits longer than these minutes
MAX_WAITING_SHARE = 0.1
MAX_WAIT = 10.0
SERVICE = 30.0  # mean minutes at the point
LOAD_STEPS = 10**12  # of one erlang
LARGEST_STATION = 64  # points at one station
PEAK_HOUR = 0.085  # share of the day's arrivals that come in the busiest hour


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals lost where nobody can wait.

    The recursion runs on the inverse, ``1/B_k = 1 + k/(a B_{k-1})``, whose terms are all positive:
    nothing cancels, and an inverse beyond all floats is a loss of 0.

    Parameters
    ----------
    servers : int
        Charging points.
    load : float
        Offered load, erlang.

    Returns
    -------
    float
        Probability, 0 to 1.

    Examples
    --------
    >>> round(erlang_b(14, 10), 6)
    0.056819
    """
    if load == 0:
        return 0.0
    inverse = 1.0
    for k in range(1, servers + 1):
        inverse = 1 + k / load * inverse
    return 1 / inverse


def erlang_c(servers: int, load: float) -> float:
    """Share of arrivals that must wait; 1 where the load reaches the servers.

    Examples
    --------
    >>> round(erlang_c(3, 2), 12) == round(4 / 9, 12), erlang_c(2, 5)
    (True, 1.0)
    """
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return blocked / (1 - load / servers * (1 - blocked))


def wait_exceeds(servers: int, load: float, time: float, service: float) -> float:
    """Share of arrivals that wait longer than ``time``, where the servers can serve all of them.

    Examples
    --------
    >>> round(1 - wait_exceeds(14, 10, time=20, service=180), 4)
    0.8884
    """
    return erlang_c(servers, load) * math.exp(-(servers - load) * time / service)


def station_service(points: int, arrivals_per_hour: float) -> dict[str, float]:
    """Utilisation and waits at a station in an hour with so many arrivals.

    Parameters
    ----------
    points : int
        Charging points.
    arrivals_per_hour : float
        Vehicles an hour, fewer than the points can serve: else the queue would never end.

    Returns
    -------
    dict
        ``utilisation``, ``share_waiting``, ``mean_wait_minutes``.

    Examples
    --------
    >>> {key: round(value, 3) for key, value in station_service(4, 6).items()}
    {'utilisation': 0.75, 'share_waiting': 0.509, 'mean_wait_minutes': 15.283}
    """
    load = arrivals_per_hour * SERVICE / 60
    waits = erlang_c(points, load)
    return {
        "utilisation": load / points,
        "share_waiting": waits,
        "mean_wait_minutes": waits * SERVICE / (points - load),
    }


def points_for(load: float, service: float) -> int:
    """Fewest points at which at most one arrival in ten waits longer than ten minutes.

    Parameters
    ----------
    load : float
        Offered load of the busiest hour, erlang.
    service : float
        Mean time at the point, minutes.

    Returns
    -------
    int
        Points, one or more.

    Examples
    --------
    >>> points_for(0, 30), points_for(2.0, 30)
    (1, 4)
    """
    candidates = itertools.count(math.floor(load) + 1)  # with fewer the queue grows without end
    return next(
        points
        for points in candidates
        if wait_exceeds(points, load, MAX_WAIT, service) <= MAX_WAITING_SHARE
    )


@cache
def utilisation_ceiling(points: int) -> float:
    """Highest share of the day for which a station's points can be busy while waits in the busiest
    hour keep the limit.

    Parameters
    ----------
    points : int
        Points at one station: the larger the station, the higher its ceiling.

    Returns
    -------
    float
        Utilisation over 24 hours, 0 to 1.

    Examples
    --------
    >>> [round(utilisation_ceiling(c), 3) for c in (1, 2, 4)]
    [0.065, 0.158, 0.253]
    """
    # The ceiling is the first of equal steps of the load that is too high; a root of scipy.optimize
    # would take as long to import as pandas
    step = bisect_left(
        range(points * LOAD_STEPS),
        MAX_WAITING_SHARE,
        key=lambda step: wait_exceeds(points, step / LOAD_STEPS, MAX_WAIT, SERVICE),
    )
    return step / LOAD_STEPS / points / (24 * PEAK_HOUR)


def ceilings(sizes: Array) -> Array:
    """Utilisation ceilings of stations of given mean sizes, interpolated between whole points.

    Examples
    --------
    >>> np.round(ceilings(np.array([2.0, 3.0, 4.0])), 3)
    array([0.158, 0.215, 0.253])
    """
    return np.interp(sizes, *_ceiling_curve())


@cache
def _ceiling_curve() -> tuple[Array, Array]:
    """Points of a station, and the ceiling of each, up to the largest."""
    grid = np.arange(1.0, LARGEST_STATION + 1)
    return grid, np.array([utilisation_ceiling(int(points)) for points in grid])


def side(setting: str) -> str:
    """The current that a setting gives to vehicles: ``ac`` or ``dc``."""
    return "dc" if setting in FAST_SETTINGS else "ac"


def market_factor(setting: str, sample: Draws) -> Array:
    """Public points of a setting that a market has, over those that others would have for the same
    energy: how it builds, who may use a point, and how long cars stay there.
    """
    return sample["market_need"] * sample[f"market_need.{side(setting)}"]


def utilisation(share: Array | float, low: Array | float, high: Array | float) -> Array:
    """Utilisation of a setting at an EV stock share.

    Logarithmic between shares of 2 % and 50 %, flat outside. Points grow as ``share /
    utilisation``, which falls where utilisation is below its own slope per unit of ln(share): it is
    kept at or above that slope, which the published curve is not.

    Parameters
    ----------
    share : array_like
        EVs over all vehicles, 0 to 1.
    low, high : array_like
        Utilisation at 2 % and at 50 %, (0, 1].

    Returns
    -------
    ndarray

    Examples
    --------
    >>> utilisation(np.array([0.10, 0.25]), 0.05, 0.25).round(5)
    array([0.15   , 0.20693])
    >>> float(utilisation(0.02, 0.05, 0.25).round(4))  # published: 0.05
    0.0621
    """
    slope = (high - low) / np.log(HIGH_SHARE / LOW_SHARE)
    since_low_share = np.log(np.clip(share, LOW_SHARE, HIGH_SHARE) / LOW_SHARE)
    labelled("log of electric share over the lowest", since_low_share)
    curve = low + slope * since_low_share
    use: Array = np.maximum(curve, slope)
    return use


@dataclass(frozen=True)
class PowerMix:
    """The points of one setting by rated power: kW, shares, delivered over rated power in 2023 and
    in 2035.
    """

    kw: Array
    share: Array
    delivery_2023: Array
    delivery_2035: Array

    @property
    def mean_kw(self) -> float:
        """Mean rated power of a point, kW."""
        return float(self.kw @ self.share)

    def delivered(self, years: Years) -> Array:
        """Mean delivered power of a point in each year, kW."""
        progress = np.clip(np.subtract(years, 2023) / 12, 0, 1)[:, None]
        delivery = self.delivery_2023 + (self.delivery_2035 - self.delivery_2023) * progress
        return np.asarray((delivery * self.kw * self.share).sum(axis=1))


@cache
def power_mix(setting: str) -> PowerMix:
    """The points of a setting by rated power.

    >>> power_mix("destination_dc").mean_kw
    70.0
    """
    rows = [row for row in read_table("charging_power.csv") if row["setting"] == setting]
    columns = ("kw", "share", "delivery_2023", "delivery_2035")
    return PowerMix(*(np.array([float(row[name]) for row in rows]) for name in columns))


def energy_split(vehicle: VehicleClass, sample: Draws) -> Draws:
    """Where the energy of a class is charged, per unit of energy that all its kilometres would
    take.

    Parameters
    ----------
    vehicle : VehicleClass
        The class.
    sample : mapping
        Draws of home_access, commuter_share, work_access, noncommuter_km, fast_share_scale,
        street_fast_share,
        phev_electric_scale, depot_access.

    Returns
    -------
    dict of str to ndarray, shape (draws, 1)
        By setting; sums to 1 for battery vehicles, to the electric share for plug-in hybrids.

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> names = ("home_access", "commuter_share", "work_access", "noncommuter_km")
    >>> names += ("fast_share_scale",)
    >>> cars, sample = load_parameters().classes[0], {name: np.ones((1, 1)) for name in names}
    >>> split = energy_split(cars, sample)
    >>> {setting: round(share.item(), 2) for setting, share in split.items() if share.item()}
    {'home': 0.7, 'work': 0.2, 'destination_ac': 0.02, 'destination_dc': 0.03, 'enroute_dc': 0.05}
    """
    total: Draws = dict.fromkeys(SETTINGS, np.zeros((1, 1)))
    scale = sample.get(f"{vehicle.name}_electric_scale", np.ones((1, 1)))
    access = {
        "with_home": "home_access",
        "with_commute": "commuter_share",
        "with_work": "work_access",
        "with_depot": f"depot_access.{vehicle.name}",
    }
    for group in vehicle.groups:
        shares = _shares_of_group(group)
        if vehicle.parking == "home":
            shares = _with_fast_scale(shares, sample["fast_share_scale"])
        if group.get("with_home") == "0" and vehicle.name == "bev":
            # Who has no socket at home charges at a fast point what others charge over night
            moved = shares["overnight"] * sample.get("street_fast_share", 0.0)
            shares["overnight"] = shares["overnight"] - moved
            shares["destination_dc"] = shares["destination_dc"] + moved
        electric = np.minimum(float(group.get("electric_share") or 1) * scale, 1)
        weight: Array = np.ones((1, 1))
        for column, name in access.items():
            if group.get(column):
                weight = weight * (sample[name] if group[column] == "1" else 1 - sample[name])
        if commutes := group.get("with_commute"):  # those who do not commute drive less
            commuters = sample["commuter_share"]
            noncommuter_km = sample["noncommuter_km"]
            relative_km = 1.0 if commutes == "1" else noncommuter_km
            weight = weight * relative_km / (commuters + (1 - commuters) * noncommuter_km)
        for setting, share in shares.items():
            total[setting] = total[setting] + share * (weight * electric)
    return total


def _shares_of_group(group: Row) -> dict[str, Any]:
    """Where a group of owners charges, as shares that add to one."""
    shares = {setting: float(group[setting] or 0) for setting in SETTINGS}
    whole = sum(shares.values())
    return {setting: share / whole for setting, share in shares.items()}


def _with_fast_scale(shares: dict[str, Any], scale: Array) -> dict[str, Any]:
    """The shares with those of fast points scaled; the others change in proportion.

    >>> shares = _with_fast_scale({"home": 0.9, "enroute_dc": 0.1}, np.array([2.0]))
    >>> {setting: share.round(2).tolist() for setting, share in shares.items()}
    {'home': [0.8], 'enroute_dc': [0.2]}
    """
    fast = sum(share for setting, share in shares.items() if setting in FAST_SETTINGS)
    if not 0 < fast < 1:
        return shares
    through_fast = np.minimum(fast * scale, 1)
    fast_factor = through_fast / fast
    slow_factor = (1 - through_fast) / (1 - fast)
    return {
        setting: share * (fast_factor if setting in FAST_SETTINGS else slow_factor)
        for setting, share in shares.items()
    }


def charging_need(energy_kwh: Draws, share: Array, years: Years, sample: Draws) -> Draws:
    """Points of the shared settings, from workplace to en-route.

    Parameters
    ----------
    energy_kwh : mapping of str to ndarray, shape (draws, years)
        kWh a year at the battery, by setting.
    share : ndarray, shape (draws, years)
        EV stock share.
    years : sequence of int
        Years; delivered power improves from 2023 to 2035.
    sample : mapping
        Draws of the utilisation, power delivery, session power, peak day, station size and
        efficiency parameters.

    Returns
    -------
    dict of str to ndarray, shape (draws, years)
        By setting.

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> sample = {row.key: np.array([[row.mode]]) for row in load_parameters()}
    >>> energy = {setting: np.array([[1e6]]) for setting in SETTINGS}
    >>> points = charging_need(energy, np.array([[0.05]]), [2030], sample)
    >>> {setting: float(value[0, 0].round(1)) for setting, value in points.items()}
    {'work': 79.6, 'overnight': 132.3, 'destination_ac': 70.0, 'destination_dc': 32.8,
    'enroute_dc': 18.7}
    """
    points = {}
    for setting in ENERGY_SETTINGS:
        low, high = (
            np.minimum(sample[f"utilisation_{end}.{setting}"] * sample["utilisation_scale"], 1)
            for end in ("low", "high")
        )
        use = utilisation(share, low, high)
        if setting in FAST_SETTINGS:
            ceiling = ceilings(sample[f"station_size.{setting}"])
            use = np.minimum(use, ceiling / sample["peak_day"])
        labelled("share of the hours in use", use, years, (setting,))
        inlet = energy_kwh[setting] / sample[f"onboard_efficiency.{side(setting)}"]
        power = power_in_use(setting, years, sample)
        labelled("kW of a point in use", power, years, (setting,))
        needed = inlet / (power * use * HOURS_A_YEAR)
        points[setting] = labelled("points needed", needed, years, (setting,))
    return points


def power_in_use(setting: str, years: Years, sample: Draws) -> Array:
    """Mean power that a point gives to a car while it is in use, kW: at a fast point over the whole
    time for which the car is connected.

    Parameters
    ----------
    setting : str
        From work to the road.
    years : sequence of int
        Years; delivered power improves from 2023 to 2035.
    sample : mapping
        Draws of the power delivery and session power.

    Returns
    -------
    ndarray, shape (draws, years)

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> sample = {row.key: np.array([[row.mode]]) for row in load_parameters()}
    >>> power_in_use("destination_dc", [2023, 2035], sample).round(1)
    array([[32. , 38.8]])
    """
    mix = power_mix(setting)
    power = mix.delivered(years) * sample["power_delivery_scale"]
    if setting in FAST_SETTINGS:
        power = power / mix.delivered([2023]) * sample[f"session_kw.{setting}"]
    return np.minimum(power, mix.mean_kw)


def depots(name: str, stock: Array, sample: Draws) -> tuple[Array, Array]:
    """Points and megawatts at the depots of a class of vehicle: they follow vehicles, not energy.

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> sample = {row.key: np.array([[row.mode]]) for row in load_parameters()}
    >>> [float(each[0, 0].round(1)) for each in depots("bus", np.array([[100.0]]), sample)]
    [69.0, 5.5]
    """
    parked = stock * sample[f"depot_access.{name}"]
    power = parked * sample[f"depot_kw_per_vehicle.{name}"]
    return power / sample[f"depot_kw.{name}"], power / 1000


def gross_additions(points: Array, life: Array) -> Array:
    """Points to build each year: growth, and replacement of those that fail.

    Parameters
    ----------
    points : ndarray, shape (draws, years)
        Points standing at 31 December.
    life : ndarray, shape (draws, 1)
        Weibull scale of a point's life, years; shape 4.

    Returns
    -------
    ndarray, shape (draws, years)
        0 or more; where points are taken down nothing is built.

    Examples
    --------
    >>> gross_additions(np.full((1, 3), 100.0), np.array([[12.0]])).round(2)
    array([[1.e+02, 0.e+00, 7.e-02]])
    """
    if isinstance(points, Symbols):
        return _additions_by_share(points, life)
    draws, years = points.shape
    ages = np.arange(years + 1)
    # The fourth power, ten times as fast as **
    survival = np.exp(-np.square(np.square(ages / life)))
    additions = np.zeros((draws, years + 1))
    for year in range(1, years + 1):
        standing = np.einsum("dc,dc->d", additions[:, :year], survival[:, year:0:-1])
        additions[:, year] = np.maximum(points[:, year - 1] - standing, 0)
    return additions[:, 1:]


def _additions_by_share(points: Symbols, life: Array) -> Any:
    """Growth, plus the share of the points of a year before that is replaced in the scenario: the
    formulas of a workbook do not follow the ages of points.
    """
    previous_values = np.concatenate([np.zeros((len(points), 1)), points.values[:, :-1]], axis=1)
    growth = np.maximum(points.values - previous_values, 0)
    share = ratio(gross_additions(points.values, life) - growth, previous_values, 0.0)
    previous = np.concatenate([np.zeros((len(points), 1)), points[:, :-1]], axis=1)
    return np.maximum(points - previous, 0) + share * previous


def standard(classes: Iterable[VehicleClass], stocks: Draws, sample: Draws) -> Array:
    """Public points that AFIR, the rule of the EU, asks for: so much power for each light vehicle.

    Parameters
    ----------
    classes : iterable of VehicleClass
        Each with the kind of vehicle as which the rule counts it.
    stocks : mapping of str to ndarray, shape (draws, years)
        Vehicles on the road, by class.
    sample : mapping
        Draws of afir_kw and public_point_kw.

    Returns
    -------
    ndarray, shape (draws, years)

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> one, cars = np.ones(1), load_parameters().classes[:1]
    >>> sample = {"afir_kw": 1.3 * one, "public_point_kw": 30 * one}
    >>> standard(cars, {"bev": np.array([[3000.0]])}, sample)
    array([[130.]])
    """
    power = [
        stocks[vehicle.name] * of_class(sample, "afir_kw", vehicle.rule)
        for vehicle in classes
        if vehicle.rule
    ]
    return sum(power) / sample["public_point_kw"]
