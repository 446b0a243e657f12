"""What analogue markets teach: how fast young markets grow, how that falls with share, and how far markets stray.

The log-odds z of the share of electric vehicles in new vehicles moves from one year's mean to the next by

    growth = level + slope * (z + 4) + market + common[year] + shock

``market`` is lasting and a market's own, ``common`` is shared by all markets in a year and mildly persistent, ``shock`` is
Student t with a scale that differs between markets and shrinks as share rises. :func:`estimate_prior` learns all of it
from a panel, by expectation-maximisation over the scale mixtures; nothing is asked of years that the panel lacks.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.errors import ModelError
from forecasting.growth.within_year import WithinYear, estimate_within_year

__all__ = ["REFERENCE", "Common", "Prior", "estimate_prior", "log_odds"]

Array = NDArray[np.float64]

REFERENCE = -4.0  # log-odds at which `level` holds: a share of 1.8 %
RANGE = (-9.0, 1.0)  # growth depends on log-odds within these, and is flat beyond
FEWEST_SALES = 20  # growth out of fewer is counting noise
SHARE_LIMITS = (1e-6, 0.985)

# Before any panel: a logistic diffusion's growth rate is the coefficient of imitation q, whose mean over 213 published
# applications is 0.38 (Sultan, Farley and Lehmann 1990), spread wide enough for the panel to speak.
LEVEL_BEFORE, LEVEL_SD_BEFORE = 0.40, 0.15
SLOPE_BEFORE, SLOPE_SD_BEFORE = -0.04, 0.03
SHOCK_NU, MARKET_NU, COMMON_NU, SIZE_NU = 4.0, 4.0, 10.0, 5.0
COMMON_AR = 0.2
COMMON_BEFORE = 0.2  # believed spread of years, as six years of it: policies and crises come to all markets at once
STEPS = 30


def log_odds(share: Array | float) -> Array:
    """Log-odds of a share, kept finite.

    >>> log_odds(0.5).item()
    0.0
    """
    clipped = np.clip(np.asarray(share, dtype=float), *SHARE_LIMITS)
    return np.asarray(np.log(clipped / (1 - clipped)))


@dataclass(frozen=True)
class Common:
    """Year effects shared by all markets: their mean and spread by year, and what holds in other years.

    Parameters
    ----------
    first_year : int
        Year of the first entry of ``mean`` and ``sd``.
    mean, sd : tuple of float
        By year, as the panel tells them.
    spread, persistence : float
        Standard deviation and first-order autocorrelation in years that the panel lacks.

    Examples
    --------
    >>> mean, sd = Common(2020, (0.4,), (0.1,), 0.2, 0.5).at(2021)
    >>> round(mean, 3), round(sd, 3)
    (0.2, 0.18)
    """

    first_year: int = 2020
    mean: tuple[float, ...] = (0.0,)
    sd: tuple[float, ...] = (0.2,)
    spread: float = 0.2
    persistence: float = COMMON_AR

    @property
    def last_year(self) -> int:
        """Last year that the panel tells of."""
        return self.first_year + len(self.mean) - 1

    def at(self, year: int) -> tuple[float, float]:
        """Mean and standard deviation of the effect in a year."""
        index = year - self.first_year
        if index < 0:
            return 0.0, self.spread
        if index < len(self.mean):
            return self.mean[index], self.sd[index]
        rho = self.persistence ** (year - self.last_year)
        return rho * self.mean[-1], float(np.sqrt((rho * self.sd[-1]) ** 2 + (1 - rho**2) * self.spread**2))


@dataclass(frozen=True)
class Prior:
    """What is believed of a market's growth before its own facts are read.

    Parameters
    ----------
    level, slope : float
        Yearly growth of log-odds at the reference share, and its change per unit of log-odds.
    covariance : tuple of tuple of float
        Of level and slope, 2 by 2.
    market_sd : float
        Spread of a market's own lasting growth.
    shock_sd, shock_nu, shock_slope : float
        Scale and degrees of freedom of a year's shock, and how its log scale changes with log-odds.
    market_nu : float
        Degrees of freedom of a market's own scale: its square is inverse gamma about the common one.
    common, size : Common
        Year effects on growth, and on the size of the market (log).
    size_sd : float
        Spread of the yearly log change of a market's size.
    latest, latest_sd : float
        Mean and spread of markets' log-odds in the panel's last year.
    basis_sd : float
        Spread of the log offset between two agencies' counts of one flow.
    within_year : WithinYear
        How a year falls on its months.
    perimeter, source : str
        What was counted, and where the numbers come from.
    markets, last_year : int
        Size and end of the panel.

    Examples
    --------
    >>> Prior.shipped().perimeter
    'battery cars'
    """

    level: float = LEVEL_BEFORE
    slope: float = SLOPE_BEFORE
    covariance: tuple[tuple[float, float], tuple[float, float]] = ((0.0225, 0.0), (0.0, 0.0009))
    market_sd: float = 0.08
    shock_sd: float = 0.3
    shock_nu: float = SHOCK_NU
    shock_slope: float = -0.1
    market_nu: float = MARKET_NU
    common: Common = field(default_factory=Common)
    size: Common = field(default_factory=lambda: Common(2020, (0.0,), (0.1,), 0.08, 0.0))
    size_sd: float = 0.12
    latest: float = -4.0
    latest_sd: float = 2.0
    basis_sd: float = 0.4
    within_year: WithinYear = field(default_factory=WithinYear)
    perimeter: str = "all electric vehicles"
    source: str = "judgement, before any panel"
    markets: int = 0
    last_year: int = 0

    def to_json(self) -> str:
        """The prior as readable JSON."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Prior:
        """Read what :meth:`to_json` wrote.

        >>> Prior.from_json(Prior().to_json()) == Prior()
        True
        """
        raw = json.loads(text)
        for key in ("common", "size"):
            entry = raw[key]
            raw[key] = Common(**{**entry, "mean": tuple(entry["mean"]), "sd": tuple(entry["sd"])})
        within = raw["within_year"]
        raw["within_year"] = WithinYear(**{**within, "pattern": tuple(within["pattern"])})
        raw["covariance"] = tuple(tuple(row) for row in raw["covariance"])
        return cls(**raw)

    @classmethod
    def read(cls, path: str | Path) -> Prior:
        """Read a prior from a file."""
        return cls.from_json(Path(path).read_text(encoding="utf-8"))

    @classmethod
    def shipped(cls, perimeter: str = "battery cars") -> Prior:
        """The prior that ships, for battery cars or for all electric vehicles.

        Raises
        ------
        ModelError
            For another perimeter.
        """
        names = {"battery cars": "prior_battery_cars.json", "all electric vehicles": "prior_all_electric.json"}
        if perimeter not in names:
            raise ModelError(f"no prior ships for {perimeter!r}; there is one for {' and one for '.join(names)}")
        return cls.from_json(resources.files("forecasting.data").joinpath(names[perimeter]).read_text(encoding="utf-8"))


def estimate_prior(panel: pd.DataFrame, months: pd.DataFrame | None = None, *, perimeter: str = "") -> Prior:
    """Learn the prior from a panel of analogue markets.

    Parameters
    ----------
    panel : DataFrame
        Columns market, year, sales (vehicles) and share (of new vehicles, 0 to 1; may be missing). Years may be missing.
        Only what it holds is used: give rows up to a date for a forecast made then.
    months : DataFrame, optional
        Columns market, month, registrations: for the within-year pattern. By default the shipped pattern.
    perimeter : str
        What the panel counts, for the record.

    Returns
    -------
    Prior

    Raises
    ------
    ModelError
        Where a column is missing or the panel holds no two years in a row.

    Notes
    -----
    The first growth of a market is not used: its first year is mostly a part year. Gaussian given scales, the model is a
    regression with random effects; scales, variances and effects are updated in turn (expectation-maximisation), Lange,
    Little and Taylor 1989 for the t part.

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
    steps = rows[rows["growth"].notna() & (rows["before"] >= FEWEST_SALES) & (rows["age"] >= 2)]
    if steps.empty:
        raise ModelError("the panel holds no market with three years in a row, so no growth can be learned from it")
    within = estimate_within_year(months) if months is not None else Prior.shipped().within_year
    last = rows[rows["year"] >= rows["year"].max() - 1].groupby("market")["z"].last().dropna()
    base = Prior(
        within_year=within,
        perimeter=perimeter or "as the panel's",
        source=f"estimated on {rows['market'].nunique()} markets up to {int(rows['year'].max())}",
        markets=int(rows["market"].nunique()),
        last_year=int(rows["year"].max()),
        latest=float(last.median()) if len(last) else -4.0,
        latest_sd=float(max(last.std(), 1.0)) if len(last) > 2 else 2.0,
    )
    return _with_sizes(_fit_growth(steps, base), rows)


def _growth_rows(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with log-odds, growth over the year before where there is one, and years since the market's first row."""
    rows = panel[panel["sales"] > 0].sort_values(["market", "year"]).reset_index(drop=True)
    share = rows["share"] if "share" in rows else pd.Series(np.nan, index=rows.index)
    rows = rows.assign(z=log_odds(share.to_numpy(dtype=float)), log_sales=np.log(rows["sales"].astype(float)))
    rows["log_size"] = rows["log_sales"] - np.log(share.astype(float))
    by_market = rows.groupby("market")
    follows = by_market["year"].diff() == 1
    growth = by_market["z"].diff().fillna(by_market["log_sales"].diff())  # of sales where the share is not known
    rows["growth"] = growth.where(follows)
    rows["size_change"] = by_market["log_size"].diff().where(follows)
    rows["z_before"] = by_market["z"].shift(1).fillna(REFERENCE)
    rows["before"] = by_market["sales"].shift(1)
    rows["age"] = rows["year"] - by_market["year"].transform("min")
    return rows


@dataclass
class _Fit:
    """The unknowns of the regression, updated in turn."""

    shock: float = 0.3
    slope: float = -0.1
    market: float = 0.07
    common: float = 0.15


def _fit_growth(steps: pd.DataFrame, base: Prior) -> Prior:
    """Expectation-maximisation for level, slope, effects of markets and years, and all scales."""
    y = steps["growth"].to_numpy(dtype=float)
    zc = np.clip(steps["z_before"].to_numpy(dtype=float), *RANGE) - REFERENCE
    names, market = np.unique(steps["market"].to_numpy(dtype=str), return_inverse=True)
    first, last = int(steps["year"].min()), int(steps["year"].max())
    n, years, markets = len(y), last - first + 1, len(names)
    design = np.zeros((n, 2 + years + markets))
    design[:, 0], design[:, 1] = 1.0, zc
    design[np.arange(n), 2 + steps["year"].to_numpy(dtype=int) - first] = 1.0
    design[np.arange(n), 2 + years + market] = 1.0
    in_years, in_markets = slice(2, 2 + years), slice(2 + years, None)
    steps_of_common = np.eye(years) - COMMON_AR * np.eye(years, k=-1)
    inflate = np.r_[1.0, np.full(years - 1, 1 / (1 - COMMON_AR**2))]

    fit, weight, scale, common_weight = _Fit(), np.ones(n), np.ones(markets), np.ones(years)
    per_market = np.bincount(market, minlength=markets)
    for step in range(STEPS):
        spread = np.exp(fit.slope * zc)
        precision = weight / (fit.shock**2 * scale[market] * spread**2)
        a = (design * precision[:, None]).T @ design
        b = (design * precision[:, None]).T @ y
        a[0, 0] += 1 / LEVEL_SD_BEFORE**2
        a[1, 1] += 1 / SLOPE_SD_BEFORE**2
        b[0] += LEVEL_BEFORE / LEVEL_SD_BEFORE**2
        b[1] += SLOPE_BEFORE / SLOPE_SD_BEFORE**2
        a[in_years, in_years] += steps_of_common.T @ (
            (common_weight * inflate / fit.common**2)[:, None] * steps_of_common
        )
        a[in_markets, in_markets] += np.eye(markets) / fit.market**2
        cov = np.linalg.inv(a)
        x = cov @ b
        square = ((y - design @ x) ** 2 + np.einsum("ij,jk,ik->i", design, cov, design)) / spread**2
        weight = (SHOCK_NU + 1) / (SHOCK_NU + square / (fit.shock**2 * scale[market]))
        weighted = weight * square
        scale = (MARKET_NU + np.bincount(market, weighted, markets) / fit.shock**2) / (MARKET_NU + per_market)
        fit.shock = float(np.sqrt(np.mean(weighted / scale[market])))
        effects, effects_cov = x[in_years], cov[in_years, in_years]
        moved = (steps_of_common @ effects) ** 2 + np.diag(steps_of_common @ effects_cov @ steps_of_common.T)
        common_weight = (COMMON_NU + 1) / (COMMON_NU + moved * inflate / fit.common**2)
        fit.common = float(np.sqrt((np.sum(common_weight * moved * inflate) + 6 * COMMON_BEFORE**2) / (years + 6)))
        own = x[in_markets] ** 2 + np.diag(cov)[in_markets]
        fit.market = float(np.sqrt((own.sum() + 4 * 0.07**2) / (markets + 4)))
        if step > 3:  # the scale's slope moves slowly, once the rest has settled
            excess = weighted / (fit.shock**2 * scale[market]) - 1
            fit.slope = float(np.clip(fit.slope + 0.5 * (excess @ zc) / (2 * zc @ zc + 50), -0.3, 0.05))
    return replace(
        base,
        level=float(x[0]),
        slope=float(x[1]),
        covariance=((float(cov[0, 0]), float(cov[0, 1])), (float(cov[1, 0]), float(cov[1, 1]))),
        market_sd=fit.market,
        shock_sd=fit.shock,
        shock_slope=fit.slope,
        common=Common(
            first,
            tuple(float(v) for v in effects),
            tuple(float(v) for v in np.sqrt(np.diag(effects_cov))),
            fit.common,
            COMMON_AR,
        ),
    )


def _with_sizes(prior: Prior, rows: pd.DataFrame) -> Prior:
    """Add how market sizes move: a robust mean by year, and the spread about it."""
    moves = rows.dropna(subset=["size_change"])
    if len(moves) < 10:
        return prior
    first, last = int(moves["year"].min()), int(moves["year"].max())
    medians = moves.groupby("year")["size_change"].median().reindex(range(first, last + 1), fill_value=0.0)
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
