"""The record of artificial quotas, on months of other markets: when each was used up.

An artificial quota is a share of a year's total of a market that was counted by month. Its day is
forecast from the year before and the months up to February, April or June, with a prior and a
pattern that are learned from other markets. Two rules are scored, too: the mean of the months so
far goes on, and last year's months grow as the months so far did.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

import numpy as np
import pandas as pd
from tqdm import tqdm

from forecasting.evaluation.markets import Panel, read_monthly, read_panel
from forecasting.evaluation.part_year import check_names, counts_of, inputs_of, part_years, prior_of
from forecasting.evaluation.peers import PartYear
from forecasting.evaluation.records import THIS_PACKAGE, Case, results
from forecasting.evaluation.scores import SCORE_LEVELS, coverage, mean_scores
from forecasting.growth.flow import forecast_flow
from forecasting.growth.prior import Prior
from forecasting.growth.quotas import time_reached
from forecasting.scenarios.facts_on_day import FlowInputs
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import year
from forecasting.vocabulary.quantiles import Array

EVEN_MONTHS = "the months so far go on"
GROWN_MONTHS = "last year's months times growth"
TOLD_MONTHS = (2, 4, 6)
QUOTA_SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the year's total
QUOTA_DRAWS = 1000


def quota_skill(panel: Panel, monthly: Panel, train: Panel | None = None) -> pd.DataFrame:
    """Forecast the days of artificial quotas on months of other markets.

    Parameters
    ----------
    panel : DataFrame or path
        Markets that growth is learned from, by year.
    monthly : DataFrame or path
        Markets whose quotas are forecast, by month; each is left out of what is learned.
    train : DataFrame or path, optional
        Markets to learn growth from in place of the panel.

    Returns
    -------
    DataFrame
        As :func:`forecasting.evaluation.records.results` has it, of ``market, k`` (months told),
        ``share`` (of the year's total), ``scored``; in months from the year's first day. A rule
        says a day without a range.

    Raises
    ------
    EvidenceError
        Where no market has two whole years of months in a row.
    """
    analogues = read_panel(panel if train is None else train, battery_only=True)
    months = read_monthly(monthly)
    if train is None:
        check_names(months, analogues)
    return results(
        _cases(analogues, months),
        EvidenceError(
            "no market has two whole years of months in a row; give more months of the markets"
        ),
    )


def summarise_quotas(table: pd.DataFrame) -> pd.DataFrame:
    """One line per method, from the cases of :func:`quota_skill`.

    Returns
    -------
    DataFrame
        Indexed by method: ``error`` (the median absolute error in months) of all cases, ``k2`` and
        so on by months told; ``in80`` with ``se80``, clustered by market and year, of this
        package; ``cases``.

    Examples
    --------
    >>> case = {"market": "A", "scored": 2024, "k": 2, "in80": True, "in95": True}
    >>> row = case | {"method": THIS_PACKAGE, "median": 7.6, "outcome": 8.0}
    >>> float(summarise_quotas(pd.DataFrame([row])).loc[THIS_PACKAGE, "error"])
    0.4
    """
    with_error = table.assign(error=(table["median"] - table["outcome"]).abs())
    months = {f"k{k}": f"k == {k}" for k in sorted(table["k"].unique())}
    lines = mean_scores(with_error, {"error": "k > 0"} | months, "error", "median").round(3)
    inside = coverage(table[table["method"] == THIS_PACKAGE])
    cases = table.groupby("method").size()
    return lines.join(inside[["in80", "se80"]]).assign(cases=cases).rename_axis("method")


def _cases(analogues: pd.DataFrame, months: pd.DataFrame) -> Iterator[Case]:
    """The cases of each whole year after a whole one, told up to some month."""
    parts = tqdm([*part_years(months, TOLD_MONTHS)], "quotas", leave=False, disable=None)
    for _, same_year in groupby(parts, attrgetter("prior_key")):
        prior = None
        for past in same_year:
            inputs = inputs_of(past, analogues, months)
            prior = prior or prior_of(past, inputs)
            sales = counts_of(months, past.market)["registrations"]
            yield from _cases_of(past, sales, inputs, prior)


def _months_of(of_year: int) -> pd.PeriodIndex:
    return pd.period_range(f"{of_year}-01", f"{of_year}-12", freq="M")


def _cases_of(past: PartYear, sales: pd.Series, inputs: FlowInputs, prior: Prior) -> Iterator[Case]:
    """The cases of a part of a year: each artificial quota that is not used up yet."""
    actual = sales.reindex(_months_of(past.origin)).to_numpy(dtype=float)
    last_year = sales.reindex(_months_of(past.origin - 1)).to_numpy(dtype=float)
    total = float(actual.sum())
    numbers = {share: share * total for share in QUOTA_SHARES if share * total > past.part}
    if not numbers:
        return
    forecast = forecast_flow(
        inputs.facts,
        [year(past.origin), year(past.origin + 1)],
        prior,
        inputs.market.sizes,
        draws=QUOTA_DRAWS,
        place=past.market,
    )
    start = next(
        place for place, month in enumerate(forecast.months) if month.start.year == past.origin
    )
    counts = actual[: past.k]
    flows = {
        THIS_PACKAGE: forecast.monthly[:, start : start + 24],
        EVEN_MONTHS: np.append(counts, np.full(24 - past.k, counts.mean()))[None],
        GROWN_MONTHS: np.append(counts, _with_growth(last_year, past)[past.k :])[None],
    }
    case_row = {"market": past.market, "scored": past.origin, "k": past.k}
    for share, number in numbers.items():
        days = {
            method: np.quantile(months_used_up(flow, number), SCORE_LEVELS, method="inverted_cdf")
            for method, flow in flows.items()
        }
        day = months_used_up(actual[None], number)[0]
        yield Case(case_row | {"share": share}, day, days)


def _with_growth(last_year: Array, past: PartYear) -> Array:
    """The months of this year and the next: last year's, with the growth so far once and twice."""
    factor = 1 + past.growth / 100
    return np.append(last_year * factor, last_year * factor**2)


def months_used_up(flow: Array, number: float) -> Array:
    """After how many months a sum of months reaches a number, by draw; the number of all months
    where it never does.

    >>> months_used_up(np.array([[10.0, 20.0, 20.0]]), 20.0)
    array([1.5])
    """
    months = flow.shape[1]
    return np.minimum(time_reached(flow, number, range(months + 1)), months)
