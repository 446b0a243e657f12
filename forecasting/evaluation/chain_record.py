"""Record of the chain: told a market's sales alone, how near it comes to the cars on the road and
the public points that stand at the end of a year.

A network is built ahead of its cars, so what stands is not what the energy needs; how far the two
are apart is said with the answer.

A market departs from the others in all years alike: the errors of its years are one error. How
large it is, is learned from whole markets, and each market is forecast with what the others teach:
the width of its ranges, and what markets build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri
from tqdm import tqdm

from forecasting.demand.parameters import DECILE, Draws, load_parameters
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
from forecasting.vocabulary.quantiles import strata, stream_of

SCORED_YEARS = (2022, 2023, 2024, 2025)
MIN_CARS = 2000  # battery cars on the road, from which a market is scored
MAX_PLUG_INS = 1_000_000  # plug-in hybrids a year: the largest size of a driver
RECORD_DRAWS = 500
COUNTED = ("stock_bev", "public_fast_points", "public_slow_points")
NEEDED = ("sales_bev", "sales_phev", "sales_share_percent", *COUNTED)
MIN_MARKETS = 3  # others that practice is learned from; with fewer it is as shipped
MIN_ERRORS = 8  # other markets that the width of ranges is learned from; likewise
RESAMPLES = 2000
PARTS_OF_NEED = ("need_slow", "need_fast")  # whose error adds to that of "need"
PRACTICE = "charging_points_practice"
PRACTICE_FAST = "charging_points_practice_fast"
NEED = "charging_points_need"
NEED_FAST = "charging_points_need_fast"
NEED_SLOW = "charging_points_need_slow"
STOCK = "bev_stock"
ANSWERS_BY_WHAT = {
    "stock": STOCK,
    "need_fast": NEED_FAST,
    "need_slow": NEED_SLOW,
    "need": NEED,
    "practice": PRACTICE,
    "practice_fast": PRACTICE_FAST,
}
# The assumption that holds the lasting error of a market, by the answer that it is learned from;
# that of all points is a part of those of slow and of fast ones
LASTING = {
    "stock": "unregistered_trade",
    "need": "market_need",
    "need_slow": "market_need.ac",
    "need_fast": "market_need.dc",
}


def chain_record(panel: Panel, draws: int = RECORD_DRAWS) -> pd.DataFrame:
    """Answers of the chain for other markets, beside what stands there.

    For each market and year the chain is told the sales of battery cars up to that year, those of
    plug-in hybrids, and the size of the market. What markets have built (practice), and how far a
    market departs from the others, is learned from the other markets alone.

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
        outcome is called ``stands``. ``attrs["market_spread"]`` has the spread of the lasting error
        of a market that all of them teach, by ``what``.

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
    answers = [
        answer
        for market, history in tqdm(table.groupby("market"), "chain", leave=False, disable=None)
        if not history["sales_phev"].max() > MAX_PLUG_INS
        for year in SCORED_YEARS
        for answer in _answers(str(market), history[history["year"] <= year], year, draws)
    ]
    errors = pd.DataFrame([error for answer in answers for error in answer.lasting_errors()])
    cases = (
        case
        for answer in answers
        for case in answer.cases(
            counts[counts["market"] != answer.market], errors[errors["market"] != answer.market]
        )
    )
    refusal = EvidenceError(
        f"the panel has no known market with {MIN_CARS:,} battery cars and both fast and slow "
        "points in the last years"
    )
    record = results(cases, refusal).rename(columns={"outcome": "stands"})
    record.attrs["market_spread"] = lasting_spreads(errors)
    return record


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


@dataclass(frozen=True)
class _Answers:
    """What the chain says of a market at the end of a year, without a lasting error of the market.

    Parameters
    ----------
    market, year
        Of which.
    stands : dict of str to float
        What was counted, by ``what``.
    at_end : dict of str to ndarray, shape (draws,)
        Draws by measure.
    """

    market: str
    year: int
    stands: dict[str, float]
    at_end: Draws

    def lasting_errors(self) -> Iterator[dict[str, object]]:
        """By ``what``, the log of what stands over the median, and the variance of the log."""
        for answer in LASTING:
            if self.stands[answer] > 0:
                draws = self.at_end[ANSWERS_BY_WHAT[answer]]
                low, median, high = np.log(np.quantile(draws, (0.1, 0.5, 0.9)))
                yield {
                    "what": answer,
                    "market": self.market,
                    "error": np.log(self.stands[answer]) - median,
                    "variance": ((high - low) / (2 * DECILE)) ** 2,
                }

    def cases(self, other_markets: pd.DataFrame, errors: pd.DataFrame) -> Iterator[Case]:
        """A case for each answer that can be set beside a count, as the other markets teach it."""
        spreads = shipped_spreads()
        if errors["market"].nunique() >= MIN_ERRORS:
            spreads |= lasting_spreads(errors)
        at_end = self._with_lasting_errors(spreads)
        if other_markets["market"].nunique() >= MIN_MARKETS:
            at_end |= _as_others_teach(at_end, other_markets)
        for answer, measure in ANSWERS_BY_WHAT.items():
            if self.stands[answer] > 0:
                row = {"what": answer, "market": self.market, "year": self.year}
                quantiles = np.quantile(at_end[measure], SCORE_LEVELS)
                yield Case(row, self.stands[answer], {THIS_PACKAGE: quantiles})

    def _with_lasting_errors(self, spreads: Mapping[str, float]) -> Draws:
        """The draws with a lasting error of the market of some spread."""
        at_end = self.at_end
        draws = len(at_end[STOCK])
        stock, common, slow, fast = (
            np.exp(spread * ndtri(strata(stream_of(0, LASTING[answer]), draws, 1)[:, 0]))
            for answer, spread in own_spreads(spreads).items()
        )
        slow = slow * common
        fast = fast * common
        need_fast = at_end[NEED_FAST] * fast
        other_need = (at_end[NEED] - at_end[NEED_FAST]) * slow
        # Practice follows the stock by the rule that has no count of today
        practice = stock ** Practice.shipped().level_slope
        return at_end | {
            STOCK: at_end[STOCK] * stock,
            "ev_stock": at_end["ev_stock"] * stock,
            NEED_FAST: need_fast * stock,
            NEED_SLOW: at_end[NEED_SLOW] * slow * stock,
            NEED: (need_fast + other_need) * stock,
            PRACTICE: at_end[PRACTICE] * practice,
            PRACTICE_FAST: at_end[PRACTICE_FAST] * practice,
        }


def _answers(market: str, history: pd.DataFrame, year: int, draws: int) -> Iterator[_Answers]:
    """The answers at the end of a year, where it has counts to set them beside."""
    counts = history[history["year"] == year]
    if counts.empty or not counts["stock_bev"].iloc[0] >= MIN_CARS:
        return
    stock, fast, slow = (float(counts[name].iloc[0]) for name in COUNTED)
    points = fast + slow
    stands = dict(zip(ANSWERS_BY_WHAT, (stock, fast, slow, points, points, fast), strict=True))
    answers = _told_sales(find_place(market), history, year, draws).results
    at_end = {name: draws[:, answers.years.index(year)] for name, draws in answers.values.items()}
    yield _Answers(market, year, stands, at_end)


def own_spreads(spreads: Mapping[str, float]) -> dict[str, float]:
    """The spread of each assumption of `LASTING`, in its order: of slow and of fast points what
    they have beside the error of all points.

    >>> own_spreads({"stock": 0.1, "need": 0.3, "need_slow": 0.5, "need_fast": 0.2})
    {'stock': 0.1, 'need': 0.3, 'need_slow': 0.4, 'need_fast': 0.0}
    """
    common = spreads["need"] ** 2
    excess = {answer: max(spreads[answer] ** 2 - common, 0.0) for answer in PARTS_OF_NEED}
    spreads_beside = {answer: round(float(np.sqrt(part)), 9) for answer, part in excess.items()}
    return {answer: spreads_beside.get(answer, spreads[answer]) for answer in LASTING}


def shipped_spreads() -> dict[str, float]:
    """The spread of the log of a market's lasting error as it ships, by ``what`` of `LASTING`.

    >>> [*shipped_spreads()]
    ['stock', 'need', 'need_slow', 'need_fast']
    """
    rows = {answer: load_parameters()[name] for answer, name in LASTING.items()}
    spreads = {answer: float(np.log(row.high / row.mode)) / DECILE for answer, row in rows.items()}
    total_spreads = {
        answer: float(np.hypot(spreads[answer], spreads["need"])) for answer in PARTS_OF_NEED
    }
    return spreads | total_spreads


def lasting_spreads(errors: pd.DataFrame) -> dict[str, float]:
    """Spread of the lasting error of a market, by ``what``.

    The error of a market is the mean over its years. The spread is the least with which a normal
    law of it, and of what the ranges say of themselves, holds 80 % of the markets; one standard
    error of it over markets is added, by resampling: a market that nobody saw is none of them.

    Parameters
    ----------
    errors : pandas.DataFrame
        ``what, market, error`` (of the log) and ``variance`` (of the log, which the ranges have
        without it).

    Examples
    --------
    >>> rows = [("stock", market, error, 0.0) for market, error in zip("ABCDE", (-2, -1, 0, 1, 2))]
    >>> errors = pd.DataFrame(rows, columns=["what", "market", "error", "variance"])
    >>> lasting_spreads(errors)["stock"] > 2 / DECILE
    True
    """
    spreads = {}
    for answer, rows in errors.groupby("what", sort=False):
        means = rows.groupby("market")[["error", "variance"]].mean()
        excess = (means["error"].to_numpy() / DECILE) ** 2 - means["variance"].to_numpy()
        picks = np.random.default_rng(0).integers(0, len(excess), (RESAMPLES, len(excess)))
        standard_error = np.quantile(excess[picks], 0.8, axis=1).std()
        spreads[str(answer)] = float(np.sqrt(max(np.quantile(excess, 0.8) + standard_error, 0.0)))
    return spreads


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
            "assumptions": dict.fromkeys(LASTING.values(), 1.0),
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
        each of the last two with its standard error over markets, and ``market_spread``, the
        spread of the lasting error of a market, where one is learned.

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
    return table.assign(market_spread=pd.Series(record.attrs.get("market_spread", {}), dtype=float))
