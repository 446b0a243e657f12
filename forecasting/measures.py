"""The measures that facts and results speak of, declared once: name, unit, flow or stock, bounds,
and groups.

>>> MEASURES["ev_imports"].unit, MEASURES["ev_imports"].kind
('vehicles', 'flow')
"""

from __future__ import annotations

import bisect
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

LARGEST_COST = 1e12  # of one point and year, in any money, also one with many zeros
EV_SHARE = "ev_share_percent"  # the only forecast of a market of which nothing is known
EV_STOCK_SHARE = "ev_stock_share_percent"
CAR = "car"  # electric ones of every drive, and what is counted with them
Kind = Literal["flow", "stock", "statement"]


@dataclass(frozen=True)
class Measure:
    """A quantity that is counted or computed.

    Parameters
    ----------
    name : str
        The word used in ledgers, results and files.
    unit : str
        The unit of its values.
    kind : {"flow", "stock", "statement"}
        A flow is counted over a period, a stock stands on a day; a statement (an event, a claim) is
        not counted.
    label : str
        What a reader sees.
    upper : float or None
        Largest possible value; the smallest is 0.
    vehicle : str
        Class of the vehicles that it is of, e.g. ``bus``; empty where it is of none, or of all.
    electric : bool
        Whether those vehicles are electric.
    event : str
        What happens to the vehicles that it counts, e.g. ``imports``; ``stock`` of those that stay.
    """

    name: str
    unit: str
    kind: Kind
    label: str
    upper: float | None = None
    vehicle: str = ""
    electric: bool = False
    event: str = ""

    @property
    def of_electric_cars(self) -> bool:
        """Whether it is of the vehicles whose growth was learned in other markets."""
        return self.electric and self.vehicle == CAR


def _declare(
    *rows: tuple[str, str, Kind, str], vehicle: str = "", electric: bool = False
) -> dict[str, Measure]:
    most = {"percent": 100.0}
    return {
        name: Measure(name, unit, kind, label, most.get(unit), vehicle, electric)
        for name, unit, kind, label in rows
    }


def _count(vehicle: str, *rows: tuple[str, str, Kind, str]) -> dict[str, Measure]:
    """Counts of electric vehicles of a class: name, event, flow or stock, and label of each."""
    return {
        name: Measure(name, "vehicles", kind, label, None, vehicle, True, event)
        for name, event, kind, label in rows
    }


# vehicles that come, go and stay
MEASURES: dict[str, Measure] = _count(
    CAR,
    ("ev_imports", "imports", "flow", "Electric vehicles imported"),
    ("ev_exports", "exports", "flow", "Electric vehicles exported"),
    ("ev_registrations", "registrations", "flow", "Electric vehicles registered"),
    ("ev_production", "production", "flow", "Electric vehicles built"),
    ("ev_retirements", "retirements", "flow", "Electric vehicles retired"),
    ("ev_sales", "sales", "flow", "New electric vehicles sold"),
    ("ev_transactions", "transactions", "flow", "Electric vehicles changing hands"),
    ("ev_stock", "stock", "stock", "Electric vehicles on the road"),
)
MEASURES |= _count("bev", ("bev_stock", "stock", "stock", "Battery cars on the road"))
MEASURES |= _count("phev", ("phev_stock", "stock", "stock", "Plug-in hybrids on the road"))
MEASURES |= _count(
    "bus",
    ("ebus_imports", "imports", "flow", "Electric buses imported"),
    ("ebus_stock", "stock", "stock", "Electric buses on the road"),
)
MEASURES |= _count(
    "truck",
    ("etruck_imports", "imports", "flow", "Electric trucks imported"),
    ("etruck_stock", "stock", "stock", "Electric trucks on the road"),
)
MEASURES |= _declare(
    ("hybrid_imports", "vehicles", "flow", "Hybrid vehicles imported"),
    ("car_imports", "vehicles", "flow", "Cars imported"),
    ("car_registrations", "vehicles", "flow", "New cars registered"),
    ("car_sales", "vehicles", "flow", "New cars sold"),
    ("car_production", "vehicles", "flow", "Cars built"),
    ("hybrid_export_value", "USD million", "flow", "Hybrid vehicles exported, value"),
    ("car_export_value", "USD million", "flow", "Cars exported, value"),
    vehicle=CAR,
)
MEASURES |= _declare(
    ("vehicle_exports", "vehicles", "flow", "Vehicles exported, all types"),
    ("border_crossings", "vehicles", "flow", "Vehicles crossing, both ways"),
    ("freight_trains", "trains", "flow", "Freight trains, both ways"),
    ("vehicle_stock", "vehicles", "stock", "Vehicles on the road, all types"),
    ("vehicle_orders", "vehicles", "stock", "Vehicles ordered so far"),
    ("vehicle_production", "vehicles", "flow", "Vehicles built, all types"),
    ("plant_capacity", "vehicles per year", "stock", "Capacity of a plant"),
    ("duty_free_quota", "vehicles", "flow", "Vehicles free of duty, at most"),
)
# values
MEASURES |= _declare(
    ("ev_export_value_index", "index", "flow", "Electric vehicles exported, value index"),
    ("ev_import_value", "USD million", "flow", "Electric vehicles imported, value"),
    ("ev_export_value", "USD million", "flow", "Electric vehicles exported, value"),
    (EV_SHARE, "percent", "flow", "Electric share of new cars"),
    (EV_STOCK_SHARE, "percent", "stock", "Electric share of passenger cars on the road"),
    vehicle=CAR,
    electric=True,
)
MEASURES |= _declare(
    ("foreign_trade_value", "CNY billion", "flow", "Foreign trade, value"),
    ("goods_export_value", "CNY billion", "flow", "Goods exported, value"),
    (
        "new_three_export_value",
        "CNY billion",
        "flow",
        "EVs, batteries and solar cells exported, value",
    ),
    ("investment", "USD billion", "stock", "Investment agreed"),
    # energy and charging
    ("energy_gwh", "GWh", "flow", "Electricity for electric vehicles"),
    ("peak_mw", "MW", "stock", "Peak charging load"),
    ("peak_summer_mw", "MW", "stock", "Peak charging load, summer"),
    ("power_share_percent", "percent", "stock", "Share of the country's electricity"),
    ("peak_share_percent", "percent", "stock", "Share of the country's highest load, winter"),
    (
        "peak_share_summer_percent",
        "percent",
        "stock",
        "Share of the country's highest load, summer",
    ),
    ("investment_usd", "USD", "flow", "Investment: chargers"),
    ("investment_public_usd", "USD", "flow", "Investment: public chargers"),
    ("investment_private_usd", "USD", "flow", "Investment: chargers at homes, work and depots"),
    ("oil_avoided_t", "t", "flow", "Petrol and diesel avoided"),
    ("co2_avoided_t", "t CO2", "flow", "CO2 avoided"),
    ("charging_points", "points", "stock", "Public charging points standing"),
    ("charging_points_need", "points", "stock", "Public charging points: need"),
    (
        "charging_points_need_slow",
        "points",
        "stock",
        "Public charging points: need, slow overnight",
    ),
    ("charging_points_need_fast", "points", "stock", "Public charging points: need, fast"),
    ("charging_points_practice", "points", "stock", "Public charging points: practice"),
    ("charging_points_standard", "points", "stock", "Public charging points: standard"),
    ("charging_points_target", "points", "stock", "Public charging points: target"),
    ("charging_points_home", "points", "stock", "Charging points at home"),
    ("charging_stations", "stations", "stock", "Public charging stations"),
    ("charging_station_imports", "units", "flow", "Charging stations imported"),
    ("charging_users", "users", "stock", "Users of charging networks"),
    ("charging_parking_percent", "percent", "stock", "Parking places with a charger, by rule"),
    ("vehicles_per_station", "vehicles per station", "stock", "Vehicles per charging station"),
    ("charging_price", "USD/kWh", "stock", "Price of public charging"),
    ("electricity_price", "USD/kWh", "stock", "Price of electricity"),
    # the country
    ("grid_peak_mw", "MW", "stock", "Highest load of the country's grid"),
    ("grid_deficit_mw", "MW", "stock", "What the country's plants lack of the highest load"),
    ("population", "persons", "stock", "Population"),
    ("gdp", "USD billion", "flow", "Gross domestic product"),
    ("dwellings", "dwellings", "stock", "Dwellings"),
    ("house_share_percent", "percent", "stock", "Households that live in houses"),
    ("flat_share_percent", "percent", "stock", "Households that live in flats"),
    ("cars_per_1000", "cars per 1000 persons", "stock", "Cars per 1000 persons"),
    # said, not counted
    ("policy", "", "statement", "Policy"),
    ("event", "", "statement", "Event"),
    ("claim", "", "statement", "Claim"),
    ("geography", "km", "statement", "Distance"),
    ("border_time", "hours", "statement", "Time at the border"),
)

# Groups of measures; a test refuses such lists anywhere else.
EV_FLOWS = ("ev_imports", "ev_registrations")  # how electric vehicles come to be on the road
# The flow that a count of electric cars is of; a stock is the register's
FLOW_OF_COUNT = dict(zip(EV_FLOWS, EV_FLOWS, strict=True)) | {
    "ev_sales": "ev_sales",
    "ev_stock": "ev_registrations",
}
NEW_EVS = ("ev_sales", "ev_registrations")  # which are a share of new cars
# What stands for new vehicles a year, best first
NEW_CARS = (("car_registrations", "car_sales"), ("car_imports",))
# Of electric cars, and of the hybrids that customs count beside them
CAR_COUNTS = (
    "hybrid_imports",
    *(row.name for row in MEASURES.values() if row.event and row.vehicle == CAR),
)
CHARGING_ANSWERS = ("charging_points_need", "charging_points_practice", "charging_points_standard")
# What is counted today, and what a target promises
CHARGING_COUNTS = ("charging_points", "charging_stations")
# What follows from the flow
DEMAND_STEPS = ("ev_stock", "energy_gwh", "peak_mw", *CHARGING_ANSWERS)
AT_THE_HORIZON = ("ev_stock", *CHARGING_ANSWERS[:2])  # what a reader asks of the last year
# What evidence should narrow
WORTH_FINDING_OUT = ("charging_points_need", "ev_stock", "charging_points_practice")
# On the first screen, after the flow itself
HEADLINE = ("ev_stock", "energy_gwh", *CHARGING_ANSWERS[:2])
CONSEQUENCES = (
    "investment_usd", "investment_public_usd", "investment_private_usd", "power_share_percent",
    "peak_share_percent", "peak_share_summer_percent",
    "oil_avoided_t", "co2_avoided_t",
)  # fmt: skip
SHOWN_BY_REGION = (
    "ev_stock", "charging_points_need_slow", "charging_points_need_fast", "charging_stations",
)  # fmt: skip
GRID = ("grid_peak_mw", "grid_deficit_mw")
PRICES = ("charging_price", "electricity_price")  # of a kWh sold at a public point, and bought
# Stocks that were forecast and have been counted since
STOCKS_ON_RECORD = ("ev_stock", "charging_stations")
# What the parts of a country have of its vehicles, and what they have of its stations
DIVIDED_BY = {
    "ev_stock": (
        "ev_stock", "energy_gwh", "charging_points_need", "charging_points_need_slow",
        "charging_points_need_fast", "charging_points_home",
    ),
    "charging_stations": ("charging_stations", "charging_points_practice"),
}  # fmt: skip
NOT_ADDED = (  # over places: an index and a share have no sum, and peaks need not coincide
    "ev_export_value_index", "peak_mw", "peak_summer_mw", "peak_share_percent",
    "peak_share_summer_percent", "power_share_percent", EV_SHARE, EV_STOCK_SHARE,
)  # fmt: skip


UNNAMED_FLOW = Measure("", "", "flow", "An unnamed flow")


def measure_of(name: str) -> Measure:
    """The declaration of a measure; what nobody declares is an unnamed flow.

    Examples
    --------
    >>> measure_of("ev_stock").kind, measure_of("mine").kind, measure_of("mine").unit
    ('stock', 'flow', '')
    """
    return MEASURES.get(name, UNNAMED_FLOW)


def count_of(event: str, vehicle: str) -> str:
    """The measure that counts an event of a class of electric vehicles; empty where none does.

    Examples
    --------
    >>> count_of("stock", "bus"), count_of("sales", "bus")
    ('ebus_stock', '')
    """
    counts = MEASURES.values()
    own = (
        row.name for row in counts if row.electric and (row.event, row.vehicle) == (event, vehicle)
    )
    return next(own, "")


MANY = 1000  # words to look for a near one among; of more, those next to it in the alphabet


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word closest to a misspelt one, or nothing: for messages that name the next move.

    Examples
    --------
    >>> nearest("ev_import", MEASURES)
    'ev_imports'
    """
    names = list(known)
    if len(names) > MANY:  # all of them would take a second a word
        names.sort()
        place = bisect.bisect(names, word)
        names = names[max(place - MANY // 2, 0) : place + MANY // 2]
    return next(iter(difflib.get_close_matches(str(word), names, n=1, cutoff=0.6)), "")


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The next move after a misspelt word: the nearest known one, or what a caller says instead.

    Examples
    --------
    >>> did_you_mean("ev_import", MEASURES), did_you_mean("zzz", MEASURES, "see the list")
    ('did you mean ev_imports?', 'see the list')
    """
    name = nearest(word, known)
    return f"did you mean {name}?" if name else otherwise
