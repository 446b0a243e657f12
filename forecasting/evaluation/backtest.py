"""Backtest of annual forecasts on markets that the prior has not seen.

A case is a market, an origin and a horizon: the forecaster sees the market's annual sales up to the
origin and, through the prior, the other markets' rows up to it, and is scored on the sales of the
year a horizon later. What was known on the first day after the origin comes from
:class:`forecasting.scenarios.facts_on_day.FlowInputs`, as in reports.
"""

import datetime as dt
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evaluation.markets import Panel, read_panel
from forecasting.evaluation.peers import (
    HORIZONS,
    LEAST_SALES,
    NAIVE,
    SINGLE,
    AnalogueRegression,
    single_series,
)
from forecasting.evaluation.records import (
    THIS_PACKAGE,
    Forecaster,
    Mapped,
    Quantiles,
    forecast_cases,
    results,
)
from forecasting.evaluation.scores import (
    LATE_ORIGIN,
    SCORE_LEVELS,
    SHORT_HISTORY,
    clustered_mean,
    coverage,
    mean_scores,
    ratio_to,
)
from forecasting.evidence.ledger import Ledger, ledger_of
from forecasting.growth.flow import annual_totals, forecast_flow
from forecasting.growth.prior import Prior, region_of
from forecasting.growth.starting import MarketSize
from forecasting.panels.growth_prior import panel_of_shares
from forecasting.scenarios.facts_on_day import FlowInputs, inputs_on_day
from forecasting.vocabulary.arguments import instance, optional, takes
from forecasting.vocabulary.errors import EvidenceError, ModelError
from forecasting.vocabulary.periods import year
from forecasting.vocabulary.sentences import plural

REGRESSION = "analogue regression"
FIRST_ORIGIN = 2014
FEWEST_YEARS = 3
BACKTEST_DRAWS = 2000
NAMED_MARKETS = 3  # that a warning lists
SUBSTITUTED = ("low", "median", "high", "wis", "ale", "in80", "in95")
NO_CASES = EvidenceError(
    f"the panel has no market with {FEWEST_YEARS} years in a row up to one from"
    f" {FIRST_ORIGIN} on, {LEAST_SALES} sales in it and an outcome after it"
)
# Conditions on the columns of a score, and the region
GROUPS = {
    "all": "h > 0",
    **{plural(h, "{} year ahead", "{} years ahead"): f"h == {h}" for h in HORIZONS},
    "Europe": "region == 'Europe'",
    "elsewhere": "region != 'Europe'",
    "at most 4 years of history": "years <= 4",
    f"at most {SHORT_HISTORY} years of history": f"years <= {SHORT_HISTORY}",
    "under 500 sales": "sales < 500",
    "500 to 3,000 sales": "500 <= sales < 3000",
    "above 3,000 sales": "sales >= 3000",
    "share above 30 %": "share > 0.3",
}


@dataclass(frozen=True)
class MarketYear:
    """One market at one origin.

    Parameters
    ----------
    market : str
        Its name.
    origin : int
        Last year that the forecaster sees.
    history : Series
        Sales by year up to the origin, without a gap.
    share : float
        Of the origin year, NaN where unknown.
    inputs : FlowInputs
        Facts, market size and prior on the first day after the origin.
    outcomes : dict of int to float
        Sales by horizon.
    prior_key : tuple of str and int
        The market that is left out where the prior is learned, if one is, and the origin.
    """

    market: str
    origin: int
    history: pd.Series
    share: float
    inputs: FlowInputs
    outcomes: dict[int, float]
    prior_key: tuple[str, int]

    @property
    def row(self) -> dict[str, object]:
        """Columns that identify the case."""
        return {
            "market": self.market,
            "origin": self.origin,
            "years": len(self.history),
            "sales": float(self.history.iloc[-1]),
            "share": self.share,
        }

    @property
    def size(self) -> MarketSize:
        """New cars in the last year of which their number is known; None where none is."""
        sizes = self.inputs.market.sizes
        return float(sizes.iloc[-1]) if isinstance(sizes, pd.Series) else sizes


def backtest_skill(
    panel: Panel, train: Panel | None = None, *, peers: bool = False, mapped: Mapped = map
) -> pd.DataFrame:
    """Score every case of a panel by this package and by the analogue regression.

    Parameters
    ----------
    panel : DataFrame or path
        Markets to score: market, year, sales_bev, sales_phev, sales_share_percent.
    train : DataFrame or path, optional
        Markets to learn from, in the same columns. Without it each market is scored with a prior
        from the others.
    peers : bool
        Score the other peers too: statsmodels' own, and statsforecast's where it is installed.
    mapped : callable
        As of :func:`forecasting.evaluation.records.forecast_cases`.

    Returns
    -------
    DataFrame
        As :func:`forecasting.evaluation.records.results` has it, of ``market, origin, years`` (of
        history), ``sales, share`` (at the origin), ``h, scored`` (the year). With peers,
        ``fitted`` says whether a method could be fitted; where it could not, its scores are those
        of the naive forecast.

    Raises
    ------
    EvidenceError
        Where the panel cannot be read, or has no market with three years and an outcome.
    """
    panel_rows = read_panel(panel)
    training = None if train is None else read_panel(train)
    if training is None and panel_rows["market"].nunique() == 1:
        raise EvidenceError(
            f"the panel has {panel_rows['market'].iloc[0]} alone, and growth is learned from other"
            " markets; give more of them, or some to learn from (--train)"
        )
    methods = _methods(panel_rows if training is None else training, peers)
    table = results(
        forecast_cases(methods, _origins(panel_rows, training), mapped),
        NO_CASES,
    )
    return _with_naive_scores(table) if peers else table


def _with_naive_scores(table: pd.DataFrame) -> pd.DataFrame:
    """Results in which a method that could not be fitted has the scores of the naive forecast, so
    that all methods are scored on the same cases.
    """
    missing = table["wis"].isna()
    table = table.assign(fitted=~missing)
    case = ["market", "origin", "h"]
    substitute = table[table["method"] == NAIVE].set_index(case)
    cases = pd.MultiIndex.from_frame(table.loc[missing, case])
    for name in SUBSTITUTED:
        table.loc[missing, name] = substitute[name].loc[cases].to_numpy()
    return table


@takes(
    ModelError,
    panel=instance(pd.DataFrame, words="a table with the columns market, year and sales"),
    prior=optional(instance(Prior, words="a Prior, as fc.estimate_prior makes it")),
)
def backtest(panel: pd.DataFrame, prior: Prior | None = None) -> pd.DataFrame:
    """Score forecasts of a panel's markets, each from what was known at the end of a year.

    Parameters
    ----------
    panel : DataFrame
        In the columns of `forecasting.estimate_prior`: market, year, sales, and share or size.
    prior : Prior, optional
        What forecasts start from, whatever years it was learned from. By default each market is
        scored with what the other markets had taught by then, beside a regression on them.

    Returns
    -------
    DataFrame
        A row a method: ``wis`` (weighted interval score of the log, lower is better), ``h1`` and
        so on by years ahead, ``in80, in95`` (how often ranges held) with standard errors ``se80,
        se95``, ``cases``. Under ``attrs["cases"]`` a row a forecast.

    Raises
    ------
    ModelError
        Where a column is missing, or no share or size is told.
    EvidenceError
        Where no market has three years in a row, 2014 or a later one at their end, and an outcome.

    Warns
    -----
    UserWarning
        Where the prior was learned from markets of the panel: their outcomes are known to it, and
        scores are better than they would be on new markets.

    Examples
    --------
    >>> rows = [("A", 2012 + t, 100 * 1.5**t, 1e5) for t in range(4)]
    >>> panel = pd.DataFrame(rows, columns=["market", "year", "sales", "size"])
    >>> backtest(panel, prior=Prior.shipped())["cases"].tolist()
    [1]
    """
    rows = panel_of_shares(panel)
    if prior is None and rows["market"].nunique() == 1:
        raise EvidenceError(
            f"the panel has {rows['market'].iloc[0]} alone, and growth is learned from other"
            " markets; give more of them, or a prior="
        )

    seen = sorted({*rows["market"].map(str)}.intersection(prior.market_names if prior else ()))
    if seen:
        named = ", ".join([*seen[:NAMED_MARKETS], *(["..."] if seen[NAMED_MARKETS:] else [])])
        number = plural(len(seen), "{} market", "{} markets")
        warnings.warn(
            f"the prior was learned from {number} of this panel ({named}), so scores are better"
            " than on new markets; leave prior out, and each market is scored with what the others"
            " had taught",
            stacklevel=3,
        )
    ours: Forecaster = partial(_package, prior=prior)
    methods = {THIS_PACKAGE: ours} if prior else _methods(rows, peers=False)
    table = results(forecast_cases(methods, _origins(rows, rows if prior else None)), NO_CASES)
    horizons = {f"h{h}": f"h == {h}" for h in sorted(table["h"].unique())}
    lines = mean_scores(table, {"wis": "h > 0"} | horizons).round(3).join(coverage(table))
    lines.attrs["cases"] = table
    return lines


def _origins(panel: pd.DataFrame, train: pd.DataFrame | None = None) -> Iterator[MarketYear]:
    """Every origin of a panel; its analogues are the training markets, or all of the panel but the
    scored one.
    """
    for market, rows in panel.groupby("market"):
        rows = rows.set_index("year").sort_index()
        facts = _published(rows["sales"])
        analogues = panel[panel["market"] != market] if train is None else train
        sizes = (rows["sales"] / rows["share"]).dropna()
        for origin in rows.index[rows.index >= FIRST_ORIGIN].tolist():
            day = dt.date(origin + 1, 1, 1)
            sales = rows["sales"].loc[:origin].astype(float)
            runs = sales.index - np.arange(len(sales))  # the same number in years without a gap
            history = sales[runs == runs[-1]]
            horizons = [h for h in HORIZONS if origin + h in rows.index]
            outcomes = {h: float(rows["sales"][origin + h]) for h in horizons}
            if len(history) >= FEWEST_YEARS and history.iloc[-1] >= LEAST_SALES and outcomes:
                since = year(int(history.index[0])).start
                inputs = inputs_on_day(
                    facts,
                    None,
                    None,
                    day,
                    sizes,
                    size_from_ledger=False,
                    since=since,
                    analogues=analogues,
                )
                share = float(rows["share"][origin])
                name = str(market)
                prior_key = (name if train is None else "", origin)
                yield MarketYear(name, origin, history, share, inputs, outcomes, prior_key)


def _published(sales: pd.Series) -> Ledger:
    """Annual totals as facts, each of them published on the first day after its year."""
    days = [f"{y + 1}-01-01" for y in sales.index]
    return ledger_of(annual_totals(sales).assign(published=days))


def _package(markets: list[MarketYear], prior: Prior | None = None) -> list[Quantiles]:
    """Forecasts of this package, by default with the prior that the markets share."""
    prior = prior or markets[0].inputs.prior
    return [totals_ahead(past, past.inputs, prior, past.size, HORIZONS) for past in markets]


def totals_ahead(
    past: Any, inputs: FlowInputs, prior: Prior, size: MarketSize, horizons: Sequence[int]
) -> Quantiles:
    """Quantiles of the totals of years after a market's origin, by this package."""
    periods = [year(past.origin + h) for h in horizons]
    forecast = forecast_flow(
        inputs.facts, periods, prior, size, draws=BACKTEST_DRAWS, place=past.market
    )
    return dict(zip(horizons, forecast.quantiles(SCORE_LEVELS).to_numpy(), strict=True))


def _methods(analogues: pd.DataFrame, peers: bool) -> dict[str, Forecaster]:
    """The methods that are scored, by name."""

    def of_history(peer: Callable[[pd.Series], Quantiles]) -> Forecaster:
        return lambda markets: [peer(past.history) for past in markets]

    def of_analogues(*regressors: int) -> Forecaster:
        rule = AnalogueRegression(analogues, regressors)
        return lambda markets: [
            rule.forecast(past.prior_key[0], past.history, past.share) for past in markets
        ]

    methods: dict[str, Forecaster] = {}
    if peers:
        methods = {name: of_history(peer) for name, peer in single_series().items()}
        methods["analogue average growth"] = of_analogues(0)
    return methods | {REGRESSION: of_analogues(0, 1, 2), THIS_PACKAGE: _package}


def summarise(table: pd.DataFrame) -> pd.DataFrame:
    """One line per method, from the cases of :func:`backtest_skill`.

    Returns
    -------
    DataFrame
        Indexed by method: ``wis`` over all cases, ``h1`` and so on by horizon, ``short`` with at
        most five years of history; ``ratio, ratio_h1, ratio_short`` to the best single-series tool
        in each, and ``ratio_regression`` to the analogue regression, where they were scored;
        ``in80, in95`` with standard errors ``se80, se95`` clustered by market; ``cases``, and of
        peers those that were ``unfit``, which could not be fitted. Beside
        the regression, :func:`by_group` is in ``attrs["groups"]``.

    Examples
    --------
    >>> one = {"method": [THIS_PACKAGE, THIS_PACKAGE, REGRESSION, REGRESSION], "market": [*"ABAB"],
    ...        "origin": 2020, "h": 1, "scored": 2021, "years": 4, "sales": 900.0, "share": 0.01,
    ...        "wis": [0.1, 0.3, 0.2, 0.3], "ale": 0.2, "in80": [True, False] * 2, "in95": True}
    >>> lines = summarise(pd.DataFrame(one))
    >>> lines.loc[THIS_PACKAGE, ["wis", "ratio_regression", "in80", "se80"]].tolist()
    [0.2, 0.8, 0.5, 0.5]
    """
    horizons = {f"h{h}": f"h == {h}" for h in sorted(table["h"].unique())}
    lines = mean_scores(table, {"wis": "h > 0"} | horizons | {"short": f"years <= {SHORT_HISTORY}"})
    single = lines[lines.index.isin(SINGLE)]
    for column, name in (("wis", "ratio"), ("h1", "ratio_h1"), ("short", "ratio_short")):
        if len(single) and column in lines:
            lines[name] = lines[column] / single[column].min()
    lines["ratio_regression"] = lines["wis"] / float(lines["wis"][REGRESSION])
    lines = lines.round(3).join(coverage(table))
    if "fitted" in table:
        lines["unfit"] = (~table["fitted"]).groupby(table["method"]).sum()
    lines.attrs["groups"] = by_group(table)
    return lines


def by_group(table: pd.DataFrame) -> pd.DataFrame:
    """Scores of this package in groups of cases, and their ratio to the analogue regression.

    Parameters
    ----------
    table : DataFrame
        From :func:`backtest_skill`.

    Returns
    -------
    DataFrame
        Indexed by `GROUPS` that have cases: ``cases``, ``wis``, ``ratio`` to the regression,
        ``late`` the same of origins from 2017 on, ``in80``; ``ratio_se, late_se, se80`` are
        standard errors, clustered by market and by the year that is scored.
    """
    table = table.assign(region=table["market"].map(region_of))
    rows = {}
    for name, condition in GROUPS.items():
        cases = table.query(condition)
        ours = cases[cases["method"] == THIS_PACKAGE]
        if ours.empty:
            continue
        rows[name] = {"cases": len(ours), "wis": ours["wis"].mean()}
        for column, part in (("ratio", cases), ("late", cases[cases["origin"] >= LATE_ORIGIN])):
            if len(part):
                ratio = ratio_to(part, THIS_PACKAGE, REGRESSION)
                rows[name] |= {column: ratio.mean, f"{column}_se": ratio.error}
        inside = clustered_mean(ours["in80"], ours)
        rows[name] |= {"in80": inside.mean, "se80": inside.error}
    return pd.DataFrame.from_dict(rows, orient="index").astype({"cases": int})
