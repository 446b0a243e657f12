"""Six numbers of every country's report, worked out by hand from its own assumptions and compared.

What is worked out here takes none of the chain's code: the vehicles of each year with their share
that is still on the road, kilometres, consumption and climate, the power that AFIR asks for. It
starts from the draws of the assumptions and from the vehicles registered, and ends with medians of
the last year. A number that is more than 2 % off ends the script with 1.

    OPENBLAS_NUM_THREADS=1 .venv/bin/python benches/by_hand.py
"""

import csv
import sys

import numpy as np
from scipy.stats import norm

import forecasting as fc
from forecasting.vocabulary.names import DATA

COUNTRIES = ("uzbekistan", "kazakhstan", "kyrgyzstan", "tajikistan", "turkmenistan")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MOST = 0.02  # apart


def stock_of(made, name: str, drawn: dict) -> tuple[np.ndarray, np.ndarray]:
    """Vehicles of a class on the road at the last two year-ends: registered, less those gone."""
    bought = made.demand.fleets[name].registrations
    scale = drawn.get(f"survival_scale.{name}", drawn["survival_scale"])
    shape = drawn["survival_shape"]
    used = drawn["used_share"]

    def left(age: float) -> np.ndarray:
        new = np.exp(-((age / scale) ** shape))
        entry = drawn["entry_age"]
        second = np.exp((entry / scale) ** shape - ((entry + age) / scale) ** shape)
        return (1 - used) * new + used * second

    years = bought.shape[1]
    ends = []
    for last in (years - 2, years - 1):
        ends.append(sum(bought[:, year] * left(last - year) for year in range(last + 1)))
        # Those before the first year: too few to matter by the horizon, but counted
        age = drawn["start_age"]
        old = np.exp((age / scale) ** shape - ((age + last + 1) / scale) ** shape)
        begin = made.demand.fleets[name].start[:, 0]
        first = np.exp((age / scale) ** shape - ((age + 1) / scale) ** shape)
        ends[-1] = ends[-1] + begin / first * old
    return ends[0], ends[1]


def climate_of(place: str, drawn: dict) -> np.ndarray:
    """The year's mean factor of the cold and the heat on what a car takes."""
    rows = [row for row in csv.DictReader((DATA / "climate.csv").open()) if row["place"] == place]
    weights = np.array([float(row["weight"]) for row in rows])
    spread = drawn["daily_spread"]
    total = 0.0
    for month in MONTHS:
        for row, weight in zip(rows, weights / weights.sum(), strict=True):
            mean = float(row[month]) + drawn["temperature_shift"]
            below = (15 - mean) / spread
            above = (mean - 20) / spread
            cold = spread * (below * norm.cdf(below) + norm.pdf(below))
            heat = spread * (above * norm.cdf(above) + norm.pdf(above))
            total = total + weight / 12 * (
                1 + drawn["cold_slope"] * cold + drawn["hot_slope"] * heat
            )
    return total


def by_hand(made) -> dict[str, tuple[float, float]]:
    """By name, the report's number of the last year and the same by hand."""
    demand = made.demand
    drawn = demand.drawn
    last = {name: values[:, -1] for name, values in made.results.values.items()}
    ends = {name: stock_of(made, name, drawn) for name in ("bev", "phev")}
    battery, plug_in = ends["bev"][1], ends["phev"][1]
    cars = battery + plug_in
    since = demand.years[-1] + 1 - drawn["vehicle_stock_date"]
    all_cars = drawn["vehicle_stock"] * np.maximum(1 + drawn["vehicle_stock_growth"] * since, 0.2)
    share = 100 * np.minimum(cars / (all_cars * drawn["car_share"]), 1)
    standard = (1.3 * battery + 0.8 * plug_in) / drawn["public_point_kw"]
    homes = drawn["home_access"] * (
        battery / drawn["evs_per_home_charger"] + plug_in / drawn["evs_per_home_charger.phev"]
    )
    # Battery cars alone, charged about as all are: a fifth by direct current
    loss = 0.8 * 0.95 * 0.95 + 0.2 * 0.98 * 0.9
    mean = sum(ends["bev"]) / 2
    climate = climate_of(made.scenario.country, drawn)
    kwh = drawn["annual_km"] * drawn["consumption"] / 100 * climate / loss
    energy = mean * kwh / 1e6
    shown = demand.by_class
    own = shown[(shown["year"] == demand.years[-1]) & (shown["vehicle_class"] == "bev")]
    ahead = demand.years[-1] - drawn["power_date"]
    power = drawn["generation_gwh"] * np.maximum(1 + drawn["power_growth"] * ahead, 0.2)
    table = {
        "cars on the road": (np.median(last["ev_stock"]), np.median(cars)),
        "% of passenger cars": (np.median(last["ev_stock_share_percent"]), np.median(share)),
        "points by AFIR": (np.median(last["charging_points_standard"]), np.median(standard)),
        "points at home": (np.median(last["charging_points_home"]), np.median(homes)),
        "GWh of battery cars": (float(own["energy_gwh"].iloc[0]), float(energy.mean())),
        "% of the electricity": (
            np.median(last["power_share_percent"]),
            np.median(100 * last["energy_gwh"] / power),
        ),
    }
    return {name: (float(report), float(hand)) for name, (report, hand) in table.items()}


def main() -> int:
    """Print each number of each country, and how far apart the two are."""
    worst = 0.0
    for name in COUNTRIES:
        made = fc.outlook(f"{name}-baseline")
        for number, (report, hand) in by_hand(made).items():
            apart = abs(hand / report - 1)
            worst = max(worst, apart)
            print(f"{name:14}{number:24}{report:14,.2f}{hand:14,.2f}{100 * apart:8.2f} %")
    print(f"the farthest apart: {100 * worst:.2f} %")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
