"""Record of the chain: told a market's sales alone, how near it comes to the cars on the road and
the public points that stand at the end of a year.

A network is built ahead of its cars, so what stands is not what the energy needs; how far the two
are apart is said with the answer.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from tqdm import tqdm

from forecasting.demand.parameters import Draws
from forecasting.evaluation.markets import Panel, panel_of
from forecasting.evaluation.records import THIS_PACKAGE, Case, results
from forecasting.evaluation.scores import SCORE_LEVELS, cluster_sums
from forecasting.evidence.ledger import Ledger
from forecasting.growth.flow import annual_totals
from forecasting.panels.charger_panel import charger_counts, fast_odds, pooled_level
from forecasting.panels.practice import Practice
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.scenarios.outlook import Outlook, outlook
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.places import find_place

SCORED_YEARS = (2022, 2023, 2024, 2025)
MIN_CARS = 2000  # battery cars on the road, from which a market is scored
MAX_PLUG_INS = 1_000_000  # plug-in hybrids a year: the largest size of a driver
RECORD_DRAWS = 500
COUNTED = ("stock_bev", "public_fast_points", "public_slow_points")
NEEDED = ("sales_bev", "sales_phev", "sales_share_percent", *COUNTED)
MIN_MARKETS = 3  # others that practice is learned from; with fewer it is as shipped
PRACTICE = "charging_points_practice"
PRACTICE_FAST = "charging_points_practice_fast"
ANSWERS_BY_WHAT = {
    "stock": "bev_stock",
    "need_fast": "charging_points_need_fast",
    "need_slow": "charging_points_need_slow",
    "need": "charging_points_need",
    "practice": PRACTICE,
    "practice_fast": PRACTICE_FAST,
}


def chain_record(panel: Panel, draws: int = RECORD_DRAWS) -> pd.DataFrame:
    """Answers of the chain for other markets, beside what stands there.

    For each market and year the chain is told the sales of battery cars up to that year, those of
    plug-in hybrids, and the size of the market. What markets have built (practice) is learned from
    the others.

    Parameters
    ----------
    panel : pandas.DataFrame or path
        IEA's table, or one with market, year, sales_bev, sales_phev, sales_share_percent,
        stock_bev, public_fast_points and public_slow_points.
    draws : int
        Number of draws of each outlook.

    Returns
    -------
    pandas.DataFrame
        As :func:`forecasting.evaluation.records.results` has it, of ``what, market, year``; the
        outcome is called ``stands``.

    Raises
    ------
    EvidenceError
        Where a column is missing, or no market is known and has stocks and points.

    Examples
    --------
    >>> chain_record(pd.DataFrame({"market": ["Norway"], "year": [2023]}))
    Traceback (most recent call last):
    forecasting.EvidenceError: the panel lacks sales_bev, ...
    """
    table = panel_of(panel, NEEDED)
    _refuse_what_tells_nothing(table)
    counts = charger_counts(table)
    cases = (
        case
        for market, history in tqdm(table.groupby("market"), "chain", leave=False, disable=None)
        if not history["sales_phev"].max() > MAX_PLUG_INS
        for year in SCORED_YEARS
        for case in _cases(
            str(market),
            history[history["year"] <= year],
            year,
            draws,
            counts[counts["market"] != market],
        )
    )
    refusal = EvidenceError(
        f"the panel has no known market with {MIN_CARS:,} battery cars and both fast and slow "
        "points in the last years"
    )
    return results(cases, refusal).rename(columns={"outcome": "stands"})


def _refuse_what_tells_nothing(table: pd.DataFrame) -> None:
    """Markets that no country is called, and points without vehicles beside them."""
    unknown = [str(market) for market in table["market"].unique() if not find_place(str(market))]
    if unknown:
        raise EvidenceError(
            f"the panel's market {unknown[0]!r} is no country: name it as ISO 3166 does, e.g. "
            "Norway or NO, or leave its rows out"
        )
    for market, rows in table.groupby("market"):
        points = rows[["public_fast_points", "public_slow_points"]].max(axis=1) > 0
        if points.any() and not rows["stock_bev"].gt(0).any():
            raise EvidenceError(
                f"the panel has public points of {market} and no stock of battery cars: fill "
                "stock_bev, or leave its rows out"
            )


def _cases(
    market: str, history: pd.DataFrame, year: int, draws: int, other_markets: pd.DataFrame
) -> Iterator[Case]:
    """A case for each answer at the end of a year that can be set beside a count."""
    counts = history[history["year"] == year]
    if counts.empty or not counts["stock_bev"].iloc[0] >= MIN_CARS:
        return
    stock, fast, slow = (float(counts[name].iloc[0]) for name in COUNTED)
    points = fast + slow
    stands = dict(zip(ANSWERS_BY_WHAT, (stock, fast, slow, points, points, fast), strict=True))
    answers = _told_sales(find_place(market), history, year, draws).results
    at_end = {name: draws[:, answers.years.index(year)] for name, draws in answers.values.items()}
    if other_markets["market"].nunique() >= MIN_MARKETS:
        at_end |= _as_others_teach(at_end, other_markets)
    for what, measure in ANSWERS_BY_WHAT.items():
        if stands[what] > 0:
            row = {"what": what, "market": market, "year": year}
            quantiles = np.quantile(at_end[measure], SCORE_LEVELS)
            yield Case(row, stands[what], {THIS_PACKAGE: quantiles})


def _as_others_teach(at_end: Draws, other_markets: pd.DataFrame) -> Draws:
    """Practice, and its fast points, moved from what all markets teach to what the others do."""
    shipped = Practice.shipped()
    logs = np.log(at_end["ev_stock"])
    practice = at_end[PRACTICE]
    chance = np.log(practice) - shipped.level - shipped.level_slope * logs
    level, slope, spread = pooled_level(other_markets)
    practice_of_others = np.exp(level + slope * logs + spread * chance / shipped.level_spread)
    share = at_end[PRACTICE_FAST] / practice
    odds = share / (1 - share) * np.exp(fast_odds(other_markets)[0] - shipped.fast_level)
    fast_points = practice_of_others * odds / (1 + odds)
    return {PRACTICE: practice_of_others, PRACTICE_FAST: fast_points}


def _told_sales(place: str, history: pd.DataFrame, year: int, draws: int) -> Outlook:
    """The outlook of a market of which nothing but sales is told."""
    sold = history[history["sales_bev"] > 0]
    share = history[history["sales_share_percent"] > 0].iloc[-1]
    electric = share["sales_bev"] + np.nan_to_num(share["sales_phev"])
    drivers = [
        {
            "name": f"plug-in-hybrids-{row['year']}",
            "kind": "demand",
            "quantity": "deliveries.phev",
            "start": f"{row['year']}-01-01",
            "end": f"{row['year']}-12-31",
            "size": dict(
                low=0.99 * row["sales_phev"], mode=row["sales_phev"], high=1.01 * row["sales_phev"]
            ),
            "reason": "sold in that year",
            "source": "judgement",
        }
        for row in history[history["sales_phev"] > 0].to_dict("records")
    ]
    facts = annual_totals(sold.set_index("year")["sales_bev"]).assign(
        id=[f"sales-{sale}" for sale in sold["year"]],
        measure="ev_sales",
        place=place,
        value=sold["sales_bev"].astype(str).to_numpy(),  # with the digits of the table
        published=[f"{sale + 1}-02-01" for sale in sold["year"]],
        source="the panel",
    )
    scenario = scenario_from_parameters(
        {
            "country": place,
            "scenario": "baseline",
            "seed": 1,
            "as_of": f"{year + 1}-03-01",
            "horizon": year + 1,
            "measure": "ev_sales",
            "shipped_facts": False,
            "market_size": {
                int(share["year"]): round(electric / share["sales_share_percent"] * 100)
            },
            "drivers": drivers,
        }
    )
    return outlook(scenario, Ledger.from_frame(facts), draws=draws)


def summarise_chain(record: pd.DataFrame) -> pd.DataFrame:
    """Each answer over what stands, with errors clustered by market.

    Parameters
    ----------
    record : pandas.DataFrame
        From `chain_record`.

    Returns
    -------
    pandas.DataFrame
        By ``what``: ``n`` market-years, ``ratio`` (median of the answer over what stands),
        ``mean_ale`` (mean absolute error of the log) and ``in80`` (share inside the 80 % range),
        each of the last two with its standard error over markets.

    Examples
    --------
    >>> rows = [("stock", "A", 100, 110, 0.1, True), ("stock", "B", 100, 110, 0.1, False)]
    >>> record = pd.DataFrame(rows, columns=["what", "market", "median", "stands", "ale", "in80"])
    >>> summarise_chain(record)["in80"].tolist()
    [0.5]
    """
    error: pd.Series = np.log(record["median"]) - np.log(record["stands"])
    scored = record.assign(error=error, in80=record["in80"].astype(float))
    by_what = scored.groupby("what", sort=False)
    table = by_what.agg(n=("ale", "size"), mean_ale=("ale", "mean"), in80=("in80", "mean"))
    table.insert(1, "ratio", np.exp(by_what["error"].median()))
    for name, column in (("se_ale", "ale"), ("se80", "in80")):
        sums = [cluster_sums(rows[column], [rows["market"]]) for _, rows in by_what]
        table[name] = np.sqrt([(part**2).sum() for part in sums]) / table["n"]
    return table
