"""The measures that facts and results speak of, each a row of ``data/measures.csv``: name, label,
unit, flow or stock, and the vehicles that it is of; and groups of measures.

>>> MEASURES["ev_imports"].unit, MEASURES["ev_imports"].kind
('vehicles', 'flow')
"""

import csv
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from forecasting.vocabulary.names import DATA

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
    vehicle : str
        Class of the vehicles that it is of, e.g. ``bus``; empty where it is of none, or of all.
    electric : bool
        Whether those vehicles are electric.
    event : str
        What happens to the vehicles that it counts, e.g. ``imports``; ``stock`` of those that stay.
    signed : bool
        Whether it may lie below 0.
    """

    name: str
    unit: str
    kind: Kind
    label: str
    vehicle: str = ""
    electric: bool = False
    event: str = ""
    signed: bool = False

    @property
    def is_share(self) -> bool:
        """Whether it is a part of a whole in percent, and so at most 100."""
        return self.unit == "percent"

    @property
    def of_electric_cars(self) -> bool:
        """Whether it is of the vehicles whose growth was learned in other markets."""
        return self.electric and self.vehicle == CAR

    @property
    def of_owners(self) -> bool:
        """Whether it counts vehicles that have an owner in the country: none of them leaves again
        or waits to be sold.
        """
        return self.event in ("registrations", "sales")


def _declarations() -> dict[str, Measure]:
    """The rows of the table by name; what is electric, or signed, has a yes."""
    with (DATA / "measures.csv").open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = [*csv.DictReader(file)]
    for row in rows:
        row |= {name: bool(row[name]) for name in ("electric", "signed")}
    return {row["name"]: Measure(**row) for row in rows}


MEASURES = _declarations()

# Groups of measures; a test refuses such lists anywhere else.
EV_FLOWS = ("ev_imports", "ev_registrations")  # how electric vehicles come to be on the road
# The flow that a count of electric cars is of; a stock is the register's
FLOW_OF_COUNT = dict(zip(EV_FLOWS, EV_FLOWS, strict=True)) | {
    "ev_sales": "ev_sales",
    "ev_stock": "ev_registrations",
}
# What crosses a border falls on months by the shipload
BORDER_MEASURES = frozenset(
    row.name for row in MEASURES.values() if row.event in ("imports", "exports")
) | frozenset(
    [
        "hybrid_imports",
        "hybrid_export_value",
        "car_imports",
        "car_export_value",
        "vehicle_exports",
        "border_crossings",
        "border_time",
        "ev_import_value",
        "ev_export_value",
        "ev_export_value_index",
        "goods_export_value",
        "new_three_export_value",
        "charging_station_imports",
    ]
)
# What stands for new vehicles a year, best first
NEW_CARS = (("car_registrations", "car_sales"), ("car_imports",))
# Of electric cars, and of the hybrids that customs count beside them
CAR_COUNTS = (
    "hybrid_imports",
    *(row.name for row in MEASURES.values() if row.event and row.vehicle == CAR),
)
# Electric cars by their drive, in words; no car is two of them
BATTERY_PRODUCT = "battery-cars"
DRIVES = {BATTERY_PRODUCT: "battery cars", "plug-in-hybrids": "plug-in hybrids"}
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
GRID_MEASURES = ("grid_peak_mw", "grid_deficit_mw")
WORKBOOK_ANSWERS = (  # of the workbook with yellow cells, after the flow
    *("ev_registrations", "ev_stock", EV_SHARE, EV_STOCK_SHARE, "energy_gwh", "peak_mw"),
    *("charging_points_need", "charging_points_need_slow", "charging_points_practice"),
    *("charging_points_standard", "charging_points_target", "charging_stations"),
    *("charging_wait_minutes", "charging_unmet_percent", "charging_use_percent"),
    *("charging_points_home", "investment_usd", "power_share_percent", "peak_share_percent"),
    *("oil_avoided_t", "co2_avoided_t"),
)
ELECTRICITY_PRICE = "electricity_price"
PRICES = ("charging_price", ELECTRICITY_PRICE)  # of a kWh sold at a public point, and bought
POINT_MARGIN = "point_margin"
DRIVER_PRICE = "driver_charging_price"  # of the price of a kWh sold, what the driver pays
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
    "charging_wait_minutes", "charging_unmet_percent", "charging_use_percent", "ev_kept_percent",
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
    names = (
        row.name for row in counts if row.electric and (row.event, row.vehicle) == (event, vehicle)
    )
    return next(names, "")


def nearest(word: str, vocabulary: Iterable[str]) -> str:
    """The known word closest to a misspelt one, or nothing: for messages that name the next move.

    Examples
    --------
    >>> nearest("ev_import", MEASURES)
    'ev_imports'
    >>> nearest("km_per_year", ["annual_km", "annual_kwh"])
    'annual_km'
    """
    names = [*vocabulary]
    if close := difflib.get_close_matches(str(word), names, n=1):
        return close[0]
    parts = {*str(word).lower().split("_")} - {"per", "year", "of"}
    # A name of the same parts otherwise put: km_per_year is annual_km
    alike = [name for name in names if parts & {*name.lower().split("_")}]
    return min(alike, key=len, default="")


def did_you_mean(word: str, vocabulary: Iterable[str], otherwise: str = "") -> str:
    """The next move after a misspelt word: the nearest known one, or what a caller says instead.

    Examples
    --------
    >>> did_you_mean("ev_import", MEASURES), did_you_mean("zzz", MEASURES, "see the list")
    ('did you mean ev_imports?', 'see the list')
    """
    name = nearest(word, vocabulary)
    return f"did you mean {name}?" if name else otherwise
