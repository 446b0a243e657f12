"""Speed of the growth curves, each against its peer in the same run on one core.

    OPENBLAS_NUM_THREADS=1 python benches/curves.py [--series 20000] [--peers]

Batched least squares against scipy.optimize.curve_fit from the same start on the same data (with
the sums of squares of both), in CPU time; 100,000 series of 14 periods with the memory that they
take; one fit with intervals against statsmodels' damped ETS, and with --peers against
statsforecast's AutoETS (the group `bench` of pyproject.toml). With --ceilings, how many intervals
of the ceiling hold it.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings
from collections.abc import Callable

import numpy as np
from scipy.optimize import OptimizeWarning, curve_fit

from forecasting.curves.batch import fit_curves
from forecasting.curves.definitions import CURVES
from forecasting.curves.model import GrowthModel

PERIODS = 14
TRUTHS = {"bass": (0.02, 0.4), "logistic": (4.0, 0.5), "gompertz": (5.0, 0.25)}


def simulate(curve: str, series: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shape = [value * np.exp(rng.normal(0, 0.3, series)) for value in TRUTHS[curve]]
    share = CURVES[curve].share(np.arange(PERIODS + 1.0)[:, None], *shape)
    scale = np.exp(rng.uniform(7, 16, series))
    return (scale * np.diff(share, axis=0) * np.exp(rng.normal(0, 0.12, (PERIODS, series)))).T


def best_of(action: Callable[[], object], rounds: int = 3) -> float:
    times = []
    for _ in range(rounds):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return min(times)


def scipy_fits(curve: str, data: np.ndarray) -> np.ndarray:
    edges, share = np.arange(PERIODS + 1.0), CURVES[curve].share

    def flows(_: np.ndarray, m: float, *shape: float) -> np.ndarray:
        return m * np.diff(share(edges, *shape))

    squares = np.full(len(data), np.nan)
    for row, y in enumerate(data):
        try:
            found, _ = curve_fit(flows, edges[1:], y, p0=(2 * y.sum(), *TRUTHS[curve]))
            squares[row] = ((y - flows(edges, *found)) ** 2).sum()
        except RuntimeError:
            continue
    return squares


def against_scipy(series: int) -> None:
    for curve, shape in TRUTHS.items():
        data = simulate(curve, series)
        few, starts = (
            data[:300],
            np.column_stack([2 * data.sum(axis=1), np.tile(shape, (series, 1))]),
        )
        fit_curves(few, curve)
        scan = best_of(lambda data=data, curve=curve: fit_curves(data, curve)) / series
        same = (
            best_of(
                lambda data=data, curve=curve, starts=starts: fit_curves(
                    data, curve, start_params=starts
                )
            )
            / series
        )
        peer = best_of(lambda few=few, curve=curve: scipy_fits(curve, few)) / len(few)
        fits, squares = fit_curves(few, curve), scipy_fits(curve, few)
        both = fits.converged & np.isfinite(squares)
        excess = np.max(fits.sse[both] / squares[both] - 1)
        print(
            f"{curve:9s} curve_fit {peer * 1e6:6.1f} us a series; "
            f"ours {scan * 1e6:5.2f} us: {peer / scan:4.0f} x; "
            f"from its start {same * 1e6:5.2f} us: {peer / same:4.0f} x; "
            f"largest excess in the sum of squares {excess:.0e}"
        )


def many(series: int = 100_000) -> None:
    data = simulate("bass", series)
    seconds = best_of(lambda: fit_curves(data, "bass"), rounds=1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{series:,} series of {PERIODS}: {seconds:.2f} s, "
        f"peak memory of the process {memory:.2f} GB"
    )


def one_fit(peers: bool) -> None:
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    y = simulate("bass", 1)[0, :10]

    def ets() -> None:
        fit = ETSModel(pd.Series(y), error="add", trend="add", damped_trend=True).fit(disp=0)
        fit.get_prediction(start=len(y), end=len(y) + 4).summary_frame(alpha=0.1)

    def ours(curve: str) -> Callable[[], object]:
        return lambda: GrowthModel(y, curve=curve).fit().get_forecast(5).summary_frame(alpha=0.1)

    others = {"statsmodels ETS": ets}
    if peers:
        from statsforecast.models import AutoETS

        others["statsforecast AutoETS"] = lambda: AutoETS(season_length=1).forecast(
            y=y, h=5, level=[90]
        )
    times = {name: best_of(action, rounds=10) for name, action in others.items()}
    for curve in ("bass", "auto"):
        own = best_of(ours(curve), rounds=10)
        ratios = ", ".join(
            f"{own / spent:.1f} x the time of {name}" for name, spent in times.items()
        )
        print(f"one fit with intervals, {curve}: {own * 1e3:.1f} ms; {ratios}")


def ceilings(series: int) -> None:
    """How many 90 % intervals of the ceiling hold it: from standard errors, and the posterior's."""
    rng = np.random.default_rng(0)
    periods, noise, ceiling = 12, 0.12, 1e5
    for reached in (0.1, 0.3, 0.5, 0.8):
        inside: dict[str, list[bool]] = {"standard errors": [], "posterior": []}
        for number in range(series):
            curve = CURVES[[*TRUTHS][number % len(TRUTHS)]]
            takeover = np.array(12 * np.exp(rng.normal(0, 0.35)))
            shape = curve.locate(np.array(reached), takeover, np.ones(()), float(periods))
            flows = ceiling * np.diff(curve.share(np.arange(periods + 1.0), *shape))
            if not flows[0] >= 1:  # a market has something to count in its first year
                continue
            results = GrowthModel(flows * np.exp(rng.normal(0, noise, periods)), curve.name).fit()
            low, high = results.conf_int(0.1).loc["m"]
            inside["posterior"].append(low <= ceiling <= high)
            if np.isfinite(results.bse["m"]):
                error = 1.645 * results.bse["m"]
                inside["standard errors"].append(abs(results.params["m"] - ceiling) <= error)
        words = ", ".join(
            f"{name} {np.mean(held):.0%} of {len(held)}" for name, held in inside.items()
        )
        print(f"share of the ceiling reached {reached}: {words}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=int, default=20_000)
    parser.add_argument("--peers", action="store_true", help="also statsforecast")
    parser.add_argument("--ceilings", type=int, default=0, help="series of each share reached")
    args = parser.parse_args()
    warnings.filterwarnings("ignore", category=OptimizeWarning)
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    against_scipy(args.series)
    many()
    one_fit(args.peers)
    if args.ceilings:
        ceilings(args.ceilings)


if __name__ == "__main__":
    main()
