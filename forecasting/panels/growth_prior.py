"""The growth prior, from a panel: how fast young markets grow, how that falls with share, how much
markets differ.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from forecasting.arguments import of, optional, takes, text
from forecasting.errors import ModelError
from forecasting.evidence.sources.iea import IEA, annual_sales, read_iea_panel
from forecasting.growth.common import Common
from forecasting.growth.prior import NO_SHARES, REFERENCE, SHIPPED, Prior, log_odds
from forecasting.growth.within_year import estimate_within_year
from forecasting.panels.growth_regression import (
    BY_AGE,
    BY_SALES,
    BY_SHARE,
    STEADY,
    GrowthRegression,
    fitted,
)

__all__ = ["estimate_drift", "estimate_prior"]

Array = NDArray[np.float64]

FEWEST_SALES = 20  # growth out of fewer is counting noise
FEWEST_COMPARED = 200  # of which a share is known to a few percent

# Of a panel without shares: standard errors by which a fall of growth must be seen, and markets
# that must show it.
SHOWN, FEWEST_MARKETS = 3.0, 8
# And for a fall of sales: how likely it may be by chance, from market to market and from year to
# year, and which part of it must lie in years in which other markets were young.
BY_CHANCE, AMONG_YOUNG = 0.05, 0.2


@takes(
    ModelError,
    panel=of(pd.DataFrame, words="a table with the columns market, year and sales"),
    months=optional(
        of(pd.DataFrame, words="a table with the columns market, month and registrations")
    ),
    perimeter=text(),
)
def estimate_prior(
    panel: pd.DataFrame, months: pd.DataFrame | None = None, *, perimeter: str = ""
) -> Prior:
    """Learn the prior from a panel of analogue markets.

    Parameters
    ----------
    panel : DataFrame
        Columns market, year, sales (vehicles) and share (of new vehicles, 0 to 1; may be missing).
        Years may be missing. Only what it holds is used: give rows up to a date for a forecast made
        then.
    months : DataFrame, optional
        Columns market, month, registrations: for the within-year pattern. By default the shipped
        pattern.
    perimeter : str
        What the panel counts, for the record.

    Returns
    -------
    Prior

    Raises
    ------
    ModelError
        Where a column is missing or the panel holds no two years in a row.

    Notes ----- The first growth of a market is not used: its first year is mostly a part year.
    Gaussian given scales, the model is a regression with random effects; scales, variances and
    effects are updated in turn (expectation-maximisation; Lange, Little and Taylor 1989 for the t
    part).

    Of a panel without shares, growth falls with how far a market's sales have come since its first
    row, where eight markets or more show that it does: at a rate of the market's own, as the first
    row may lie anywhere on its way. Where the panel shows that its markets fall in the end, as what
    a successor replaces does, growth goes by age instead: the years since a market's first row.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> z = -6 + np.cumsum(0.4 + 0.1 * rng.standard_normal((12, 10)), axis=1)
    >>> panel = pd.DataFrame([(f"m{i}", 2010 + t, 1e5 / (1 + np.exp(-z[i, t])), 1 / (1 + np.exp(-z[i, t])))
    ...                       for i in range(12) for t in range(10)], columns=["market", "year", "sales", "share"])
    >>> bool(abs(estimate_prior(panel).level - 0.4) < 0.05)
    True
    """
    missing = {"market", "year", "sales"} - set(panel.columns)
    if missing:
        raise ModelError(
            f"the panel lacks the column(s) {', '.join(sorted(missing))}; it has {', '.join(panel.columns)}"
        )
    rows = _growth_rows(panel)
    usable = rows["growth"].notna() & (rows["before"] >= FEWEST_SALES) & (rows["age"] >= 2)
    if not usable.any():
        raise ModelError(
            "the panel holds no market with three years in a row, so no growth can be learned from it"
        )
    within = estimate_within_year(months) if months is not None else Prior.shipped().within_year
    base = Prior(
        within_year=within,
        perimeter=perimeter or "as the panel's",
        source=f"estimated on {rows['market'].nunique()} markets up to {int(rows['year'].max())}",
        markets=int(rows["market"].nunique()),
        last_year=int(rows["year"].max()),
    )
    prior, rows = _with_shares(base, rows)
    if rows["size_change"].notna().any():
        return _with_sizes(_learned(fitted(rows[usable], BY_SHARE), prior), rows)
    if _falls(rows[usable]):
        by_age, reference = _from_ages(rows[usable])
        return _without_sizes(_learned(fitted(by_age, BY_AGE), replace(prior, aging=reference)))
    slowing = fitted(_from_first_rows(rows)[usable], BY_SALES)
    seen = slowing.effects[1] < -SHOWN * np.sqrt(slowing.covariance[1, 1])
    shown = seen and len(slowing.scale) >= FEWEST_MARKETS
    return _without_sizes(_learned(slowing if shown else fitted(rows[usable], STEADY), prior))


def _growth_rows(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with log-odds, growth over the year before where there is one, and years since a
    market's first row.
    """
    rows = panel[panel["sales"] > 0].sort_values(["market", "year"]).reset_index(drop=True)
    share = rows["share"] if "share" in rows else pd.Series(np.nan, index=rows.index)
    rows = rows.assign(
        z=log_odds(np.asarray(share, dtype=float)), log_sales=np.log(rows["sales"].astype(float))
    )
    rows["log_size"] = rows["log_sales"] - np.log(share.astype(float))
    by_market = rows.groupby("market")
    follows = by_market["year"].diff() == 1
    # Of sales where the share is not known
    growth = by_market["z"].diff().fillna(by_market["log_sales"].diff())
    rows["growth"] = growth.where(follows)
    rows["size_change"] = by_market["log_size"].diff().where(follows)
    rows["z_before"] = by_market["z"].shift(1)
    rows["before"] = by_market["sales"].shift(1)
    rows["age"] = rows["year"] - by_market["year"].transform("min")
    return rows


def _with_shares(prior: Prior, rows: pd.DataFrame) -> tuple[Prior, pd.DataFrame]:
    """Add how markets' shares rise with the years; and the rows, shares that were not printed
    filled in by it.

    A share is taken to lie as far from the common line as the market's nearest printed one, or on
    it.
    """
    known = rows[rows["z"].notna() & (rows["sales"] >= FEWEST_SALES)]
    if known["market"].nunique() < 3 or known["year"].nunique() < 2:
        return prior, rows.fillna({"z_before": REFERENCE})
    rise, start = np.polyfit(known["year"], known["z"], 1)
    apart = rows["z"] - start - rise * rows["year"]
    own = apart.groupby(rows["market"]).transform(lambda a: a.ffill().bfill()).fillna(0.0)
    filled = rows.fillna({"z_before": start + rise * (rows["year"] - 1) + own})
    latest = float(start + rise * prior.last_year)
    return replace(
        prior, latest=latest, latest_sd=float(max(apart.std(), 1.0)), rise=float(rise)
    ), filled


def _from_first_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, each as far from the reference as its market's sales have come since the first, in
    logs.
    """
    come = rows["log_sales"] - rows.groupby("market")["log_sales"].transform("first")
    return rows.assign(z_before=REFERENCE + come.groupby(rows["market"]).shift(1))


def _learned(fit: GrowthRegression, base: Prior) -> Prior:
    """The prior with what was fitted; markets' own slopes are part of the slope's spread."""
    (aa, ab), (_, bb) = fit.covariance[:2, :2].tolist()
    return replace(
        base,
        level=float(fit.effects[0]),
        slope=float(fit.effects[1]),
        covariance=((aa, ab), (ab, bb + fit.slope_sd**2)),
        market_sd=fit.market_sd,
        shock_sd=fit.shock,
        shock_slope=fit.shock_slope,
        common=fit.every_year(),
    )


def _falls(steps: pd.DataFrame) -> bool:
    """Whether the panel shows that its markets fall in the end.

    The older half of its growths must lie below zero, from market to market and from year to year,
    by as many standard errors as Student's t asks for their number. And a part of it must lie in
    years in which other markets were young: where all began at once, a bad time for all looks like
    age.
    """
    is_old = steps["age"] > steps["age"].median()
    old, young = steps[is_old], steps[~is_old]
    among_young = old["year"].isin(young["year"]).mean() > AMONG_YOUNG
    return among_young and all(
        _below_zero(old.groupby(by)["growth"].mean()) for by in ("market", "year")
    )


def _below_zero(means: pd.Series) -> bool:
    """Whether their mean is, by Student's t; of a single one nobody knows."""
    error = means.std() / np.sqrt(len(means))
    return bool(means.mean() < stdtrit(len(means) - 1, BY_CHANCE) * error)


def _from_ages(steps: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """The rows with ages for years, each as far from the reference as its age; and the log of the
    age that that is.
    """
    log_age = np.log(steps["age"])
    reference = float(log_age.mean())
    return steps.assign(year=steps["age"], z_before=REFERENCE + log_age - reference), reference


def _with_sizes(prior: Prior, rows: pd.DataFrame) -> Prior:
    """Add how market sizes move: a robust mean by year, and the spread about it."""
    moves = rows.dropna(subset=["size_change"])
    if len(moves) < 10:
        return prior
    first, last = int(moves["year"].min()), int(moves["year"].max())
    medians = (
        moves.groupby("year")["size_change"]
        .median()
        .reindex(range(first, last + 1), fill_value=0.0)
    )
    counts = moves.groupby("year").size().reindex(range(first, last + 1), fill_value=0)
    mean = medians * counts / (counts + 3)
    left = moves["size_change"].to_numpy() - mean.loc[moves["year"].to_numpy()].to_numpy()
    spread = 1.4826 * float(np.median(np.abs(left)))
    size = Common(
        first,
        tuple(float(v) for v in mean),
        tuple(float(v) for v in 1.25 * spread / np.sqrt(counts + 3)),
        float(max(np.sqrt(np.mean(np.square(mean))), 0.03)),
        0.0,
    )
    return replace(prior, size=size, size_sd=float(np.clip(1.2 * spread, 0.05, 0.25)))


def _without_sizes(prior: Prior) -> Prior:
    """Of a panel without shares: its growth is that of size and share together, and shares start at
    one mark.
    """
    still = Common(prior.last_year, (0.0,), (0.0,), 0.0, 0.0)
    return replace(
        prior, reference=NO_SHARES, latest=NO_SHARES, latest_sd=0.0, size=still, size_sd=0.0
    )


def estimate_drift(narrow: pd.DataFrame, wide: pd.DataFrame, years: int = 5) -> float:
    """How far two counts of different things drift apart in a year, as a random walk of their log
    ratio.

    Parameters
    ----------
    narrow, wide : DataFrame
        Columns market, year, sales: of what one counts, and of what the other counts, too.
    years : int
        The longest span over which the ratio's change is looked at.

    Returns
    -------
    float
        Spread of a year's change: least squares of the changes' variances on their spans.

    Examples
    --------
    >>> cars = pd.DataFrame({"market": "A", "year": range(2015, 2025), "sales": 1000.0})
    >>> estimate_drift(cars, cars)
    0.0
    """
    both = narrow.merge(wide, on=["market", "year"], suffixes=("", "_wide"))
    both = both[both["sales"] >= FEWEST_COMPARED]
    both = both.assign(ratio=np.log(both["sales_wide"]) - np.log(both["sales"]))
    table = both.pivot(index="year", columns="market", values="ratio")
    table = table.reindex(range(int(table.index.min()), int(table.index.max()) + 1))
    spans = range(1, years + 1)
    variances = [float(np.nanvar((table - table.shift(span)).to_numpy())) for span in spans]
    return float(np.sqrt(sum(variances) / sum(spans)))


def main(argv: Sequence[str] | None = None) -> None:
    """Make the priors that ship: ``python -m forecasting.panels.growth_prior PANEL MONTHS FOLDER``.

    Parameters
    ----------
    argv : sequence of str, optional
        PANEL is IEA's Global EV Data table, MONTHS a CSV with columns market, month and
        registrations, FOLDER where to write.
    """
    panel_path, months_path, folder = argv if argv is not None else sys.argv[1:]
    table, months = read_iea_panel(panel_path), pd.read_csv(months_path)
    wide = annual_sales(table, False)
    drift = estimate_drift(annual_sales(table, True), wide[wide["parts"].str.contains("phev")])
    for perimeter, name in SHIPPED.items():
        prior = estimate_prior(
            annual_sales(table, perimeter == "battery cars"), months, perimeter=perimeter
        )
        source = (
            f"{prior.source}; {IEA}; {prior.within_year.source}: national "
            "agencies as collected by Open-EV-Charts; python -m forecasting.panels.growth_prior PANEL MONTHS FOLDER"
        )
        Path(folder, name).write_text(
            replace(prior, source=source, basis_drift=drift).to_json(), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
