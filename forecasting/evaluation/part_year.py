"""Backtest of forecasts from three printed facts, on markets that the prior has not seen, against
rules of thumb.

A case is a market, a year and a month. The forecaster knows the total of the year before, the total
from January to that month and its growth on the same months a year before, as a newspaper prints
them, and is scored on the totals of this year and the next. The prior is learned from other markets
alone, annual and monthly, in the years before: what was known on the last day of that month comes
from :class:`forecasting.scenarios.facts_on_day.FlowInputs`, as in reports.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from forecasting.evaluation.backtest import totals_ahead
from forecasting.evaluation.markets import Panel, read_monthly, read_panel
from forecasting.evaluation.peers import LEAST_SALES, RULES, PartYear, rule_of_thumb
from forecasting.evaluation.records import (
    THIS_PACKAGE,
    Forecaster,
    Mapped,
    Quantiles,
    forecast_cases,
    results,
)
from forecasting.evaluation.scores import NO_QUANTILES, coverage, mean_scores, ratio_to
from forecasting.evidence.ledger import ledger_of
from forecasting.growth.prior import Prior
from forecasting.scenarios.facts_on_day import FlowInputs, inputs_on_day
from forecasting.vocabulary.errors import EvidenceError, ModelError
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.periods import month

PART_YEAR_MONTHS = (2, 4, 6, 9)  # last month of the part year
MOST_SHOWN = 5
SCORED_PARTS = {"wis": "h == 0", "next_wis": "h == 1"}


def part_year_skill(
    panel: Panel, monthly: Panel, train: Panel | None = None, mapped: Mapped = map
) -> pd.DataFrame:
    """Score every case by this package and by the rules of thumb.

    Parameters
    ----------
    panel : DataFrame or path
        Annual sales to learn growth from, as :func:`forecasting.evaluation.markets.read_panel`
        reads them; of battery cars alone. Every market of ``monthly`` is in it by the same name, so
        that it can be left out.
    monthly : DataFrame or path
        Markets to score, as
        :func:`forecasting.evaluation.markets.read_monthly` reads them; the
        within-year pattern of each is learned from the others.
    train : DataFrame or path, optional
        Other markets to learn growth from, in place of the panel; one of the same name as a scored
        market is left out.
    mapped : callable
        As of :func:`forecasting.evaluation.records.forecast_cases`.

    Returns
    -------
    DataFrame
        As :func:`forecasting.evaluation.records.results` has it, of ``market, year, k`` (last month
        known), ``h`` (0 this year, 1 the next), ``scored`` (which year that is). Years for which
        the other markets teach no growth yet are left out; ``attrs["without_prior"]`` holds them.

    Raises
    ------
    EvidenceError
        Where a file cannot be read, a market has another name in the panel, no market has two
        whole years in a row, or the other markets teach no growth for any year.

    Examples
    --------
    >>> months = pd.period_range("2019-01", "2021-12", freq="M").astype(str)
    >>> counts = pd.concat([pd.DataFrame({"market": m, "month": months, "bev": 100}) for m in "AB"])
    >>> rows = [(m, y, 900.0 + y % 3, 0.0, 5.0) for m in "ABC" for y in range(2015, 2021)]
    >>> columns = ["market", "year", "sales_bev", "sales_phev", "sales_share_percent"]
    >>> scores = part_year_skill(pd.DataFrame(rows, columns=columns), counts)
    >>> ours = scores[scores["method"] == THIS_PACKAGE]
    >>> ours[["market", "year", "k", "h"]].iloc[:3].values.tolist()
    [['A', 2020, 2, 0], ['A', 2020, 2, 1], ['A', 2020, 4, 0]]
    """
    months = read_monthly(monthly)
    analogues = read_panel(panel if train is None else train, battery_only=True)
    if train is None:
        check_names(months, analogues)

    def by_rule(name: str) -> Forecaster:
        return lambda markets: [rule_of_thumb(name, past) for past in markets]

    def package(markets: list[PartYear]) -> list[Quantiles]:
        inputs = [inputs_of(past, analogues, months) for past in markets]
        try:
            prior = inputs[0].prior
        except ModelError:
            return [dict.fromkeys((0, 1), NO_QUANTILES)] * len(markets)
        return [
            totals_ahead(past, past_inputs, prior, past_inputs.market.sizes, (0, 1))
            for past, past_inputs in zip(markets, inputs, strict=True)
        ]

    methods = {name: by_rule(name) for name in RULES} | {THIS_PACKAGE: package}
    cases = list(part_years(months, PART_YEAR_MONTHS))
    table = results(
        forecast_cases(methods, cases, mapped),
        EvidenceError(
            f"no market has two whole years of months in a row, {LEAST_SALES} or more in the first;"
            " give more months"
        ),
    )
    columns = ["market", "year"]
    has_no_prior = (
        table["median"].isna().groupby([table[name] for name in columns]).transform("any")
    )
    scored = table[~has_no_prior]
    if not len(scored):
        prior_of(cases[0], inputs_of(cases[0], analogues, months))  # its refusal says why
    years = table.loc[has_no_prior, columns].drop_duplicates().to_numpy()
    scored.attrs["without_prior"] = [f"{market} {year}" for market, year in years]
    return scored.reset_index(drop=True)


def check_names(months: pd.DataFrame, panel: pd.DataFrame) -> None:
    """Refuse a market that the panel may hold by another name: its own rows would enter the prior
    of its forecast.
    """
    names = sorted(set(panel["market"]))
    for market in sorted(set(months["market"]) - set(names)):
        hint = did_you_mean(market, names, f"it has {', '.join(names[:MOST_SHOWN])} ...")
        raise EvidenceError(
            f"the market {market!r} of the months is not in the panel; {hint} Name it the same in"
            " both, so that it can be left out, or give other markets to learn from as --train"
        )


def part_years(months: pd.DataFrame, final_months: Sequence[int]) -> Iterator[PartYear]:
    """The facts printed of every market and year by the end of some months, with the totals of the
    year, which must be whole, and of the next if it is.
    """
    for market in months["market"].unique():
        counts = counts_of(months, market)
        sales = counts["registrations"]
        for y in counts["year"].unique():
            totals = {
                h: total_of(sales, pd.Period(f"{y + h}-01"), pd.Period(f"{y + h}-12"))
                for h in (0, 1)
            }
            outcomes = {h: total for h, total in totals.items() if total > 0}
            if 0 in outcomes:
                parts = [part_year(counts, market, pd.Period(f"{y}-{k:02d}")) for k in final_months]
                yield from (replace(past, outcomes=outcomes) for past in parts if past)


def counts_of(months: pd.DataFrame, market: str) -> pd.DataFrame:
    """The counts of a market by month, each a Period."""
    rows = months[months["market"] == market]
    return rows.set_index(pd.PeriodIndex(rows["month"], freq="M"))


def total_of(counts: pd.Series, start: pd.Period, end: pd.Period) -> float:
    """The total of some months; NaN where one of them is missing."""
    return float(counts.reindex(pd.period_range(start, end)).sum(skipna=False))


def part_year(counts: pd.DataFrame, market: str, final_month: pd.Period) -> PartYear | None:
    """The facts printed of a market by the end of a month, without outcomes; None where months are
    missing, or too few were sold.
    """
    sales = counts["registrations"]
    january = final_month - final_month.month + 1
    year_before = (january - 12, january - 1)
    last_year = total_of(sales, *year_before)
    part = total_of(sales, january, final_month)
    part_before = total_of(sales, january - 12, final_month - 12)
    if not (last_year >= LEAST_SALES and part > 0 and part_before > 0):
        return None
    growth = round(100 * (part / part_before - 1), 1)
    cars = total_of(counts["all_cars"], *year_before)
    size = cars if cars > 0 else None
    return PartYear(market, final_month.year, final_month.month, last_year, part, growth, size, {})


def inputs_of(past: PartYear, panel: pd.DataFrame, months: pd.DataFrame) -> FlowInputs:
    """The three facts, published on the last day of the part, the market's size, and the other
    markets.
    """
    end = month(f"{past.origin}-{past.k:02d}").end
    january = f"{past.origin}-01-01"
    facts = pd.DataFrame(
        {
            "relation": "equals",
            "quantity": ["total", "total", "yoy_growth_percent"],
            "period_start": [f"{past.origin - 1}-01-01", january, january],
            "period_end": [f"{past.origin - 1}-12-31", str(end), str(end)],
            "value": [past.last_year, past.part, past.growth],
            "published": str(end),
        }
    )
    size = past.size and {past.origin - 1: past.size}
    other_markets, other_months = (rows[rows["market"] != past.market] for rows in (panel, months))
    return inputs_on_day(
        ledger_of(facts),
        None,
        None,
        end,
        size,
        size_from_ledger=False,
        analogues=other_markets,
        analogue_months=other_months,
    )


def prior_of(past: PartYear, inputs: FlowInputs) -> Prior:
    """The prior of a part year, the same for all of its market and year."""
    try:
        return inputs.prior
    except ModelError as error:
        raise EvidenceError(
            f"{past.market} in {past.origin}, its own rows left out: {error}; give earlier years"
        ) from None


def summarise_part_year(table: pd.DataFrame) -> pd.DataFrame:
    """One line per method, from the cases of :func:`part_year_skill`.

    Returns
    -------
    DataFrame
        Indexed by method: ``wis`` of this year, ``k2`` and so on by the last month known, ``ale``
        the median error; ``next_wis, next_ale`` of the next year; ``ratio, next_ratio`` of ours to
        the best rule of thumb in each, with ``ratio_se, next_ratio_se``; ``in80, in95`` with
        ``se80, se95``; ``cases``. Standard errors are clustered by market and year.

    Examples
    --------
    >>> one = {"method": [THIS_PACKAGE, "growth, halved next year"], "market": "A", "year": 2020,
    ...        "k": 2, "h": 0, "scored": 2020, "wis": [0.1, 0.2], "ale": 0.2, "in80": True,
    ...        "in95": True}
    >>> float(summarise_part_year(pd.DataFrame(one)).loc[THIS_PACKAGE, "ratio"])
    0.5
    """
    months = {f"k{k}": f"h == 0 and k == {k}" for k in sorted(table["k"].unique())}
    lines = mean_scores(table, SCORED_PARTS | months)
    lines[["ale", "next_ale"]] = mean_scores(table, SCORED_PARTS, "ale", "median")
    for prefix, h in (("", 0), ("next_", 1)):
        rules = lines[f"{prefix}wis"].reindex([*RULES]).dropna()
        if len(rules):
            ratio = ratio_to(table[table["h"] == h], THIS_PACKAGE, str(rules.idxmin()))
            lines.loc[THIS_PACKAGE, f"{prefix}ratio"] = ratio.mean
            lines.loc[THIS_PACKAGE, f"{prefix}ratio_se"] = ratio.error
    lines = lines.round(3).join(coverage(table)).rename_axis("method")
    lines.attrs["without_prior"] = table.attrs.get("without_prior", [])
    return lines
