"""Backtest of forecasts from three printed facts, on markets never seen, beside the rules of thumb.

A case is a market, a year and a month. The forecaster knows the total of the year before, the total
from January to that month and its growth on the same months a year before, as a newspaper prints
them, and is scored on the totals of this year and the next. The prior is learned from other markets
alone, annual and monthly, in the years before: what was known on the last day of that month comes
from :class:`forecasting.scenarios.known.Known`, as in reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from forecasting.errors import EvidenceError, ModelError, Problem
from forecasting.evaluation.backtest import DRAWS, THIS_PACKAGE, Panel, read_panel
from forecasting.evaluation.peers import LEAST_SALES
from forecasting.evaluation.rules_of_thumb import RULES, Forecast, PartYear, rule_of_thumb
from forecasting.evaluation.scores import LEVELS, clustered_ratio, coverage, score_rows
from forecasting.growth.flow import forecast_flow
from forecasting.growth.forecast import ledger_of
from forecasting.growth.prior import Prior
from forecasting.measures import nearest
from forecasting.periods import month, span, year
from forecasting.scenarios.known import Known

COUNTS = ("bev", "registrations")  # what the counted column may be called
MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
MOST_SHOWN = 5

Monthly = pd.DataFrame | str | Path

MONTHS = (2, 4, 6, 9)  # last month of the part year


def read_monthly(monthly: Monthly) -> pd.DataFrame:
    """Read counts by market and month.

    Parameters
    ----------
    monthly : DataFrame or path
        Columns ``market``, ``month`` (YYYY-MM), ``bev`` (battery cars; ``registrations`` is read as
        the same) and, where it is known, ``all_cars``. An empty cell is a month without a count.

    Returns
    -------
    DataFrame
        ``market, month, registrations, all_cars, year, k`` (of the month, 1 to 12), sorted;
        all_cars NaN where unknown.

    Raises
    ------
    EvidenceError
        Where the file cannot be read, is empty, lacks a column, holds what is not a count or a
        month, or a month twice.

    Examples
    --------
    >>> months = ["2020-02", "2020-01"]
    >>> counts = pd.DataFrame({"market": ["A", "A"], "month": months, "bev": [7, 5]})
    >>> read_monthly(counts)[["month", "registrations", "k"]].values.tolist()
    [['2020-01', 5.0, 1], ['2020-02', 7.0, 2]]
    """
    table, name = _table(monthly)
    counted = next((column for column in COUNTS if column in table), "bev")
    columns = [str(column) for column in table.columns]
    missing = [column for column in ("market", "month", counted) if column not in columns]
    if missing:
        raise EvidenceError(
            f"{name} lacks {', '.join(missing)}{_near(missing, columns)}; it has"
            f" {', '.join(columns)}"
        )
    if table.empty:
        raise EvidenceError(f"{name} has no rows; give counts by market and month")
    table = table.assign(all_cars=table.get("all_cars", float("nan")))
    market, months = (table[name].astype("str").str.strip() for name in ("market", "month"))
    wrong = ~months.str.fullmatch(MONTH)
    _refuse(name, table["month"], wrong, "is not a month", "write YYYY-MM, as 2024-01")
    result = pd.DataFrame({"market": market, "month": months})
    for column, cells in (("registrations", table[counted]), ("all_cars", table["all_cars"])):
        numbers = pd.to_numeric(cells, errors="coerce").astype(float)
        wrong = numbers.isna() & cells.notna()
        _refuse(name, cells, wrong, "is not a number", "write digits and a point")
        _refuse(name, cells, numbers < 0, "is negative", "counts are 0 or more")
        result[column] = numbers
    twice = (market + " " + months).rename("month")
    _refuse(name, twice, twice.duplicated(), "is there twice", "keep one row a month")
    result = result.assign(year=months.str[:4].astype(int), k=months.str[5:].astype(int))
    return result.sort_values(["market", "month"], ignore_index=True)


def _table(monthly: Monthly) -> tuple[pd.DataFrame, str]:
    if isinstance(monthly, pd.DataFrame):
        return monthly.reset_index(drop=True), "the table of months"
    try:
        return pd.read_csv(monthly, dtype="str", encoding="utf-8-sig"), Path(monthly).name
    except (OSError, UnicodeDecodeError, pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise EvidenceError(
            f"{monthly} cannot be read: {error}; give a CSV file in UTF-8"
        ) from None


def _near(missing: list[str], columns: list[str]) -> str:
    words = [word for column in missing if (word := nearest(column, columns))]
    return f" (is it {', '.join(map(repr, words))}?)" if words else ""


def _refuse(name: str, cells: pd.Series, wrong: pd.Series, message: str, hint: str) -> None:
    """Raise for the cells of a column that are wrong, with the first lines and the first value."""
    if wrong.any():
        lines = ", ".join(str(row + 2) for row in cells.index[wrong][:MOST_SHOWN])
        more = " and more" if wrong.sum() > MOST_SHOWN else ""
        where = f"{name}:{lines}{more} {cells.name}"
        raise EvidenceError([Problem(where, f"{str(cells[wrong].iloc[0])!r} {message}", hint)])


def backtest_part_year(panel: Panel, monthly: Monthly, train: Panel | None = None) -> pd.DataFrame:
    """Score in one line per method: :func:`summarise_part_year` of :func:`part_year_skill`."""
    return summarise_part_year(part_year_skill(panel, monthly, train))


def part_year_skill(panel: Panel, monthly: Monthly, train: Panel | None = None) -> pd.DataFrame:
    """Score every case, of ours and of the rules of thumb.

    Parameters
    ----------
    panel : DataFrame or path
        Annual sales to learn growth from, as :func:`forecasting.evaluation.backtest.read_panel`
        reads them; of battery cars alone. Every market of ``monthly`` is in it by the same name, so
        that it can be left out.
    monthly : DataFrame or path
        Markets to score, as :func:`read_monthly` reads them; the
        within-year pattern of each is learned from the others.
    train : DataFrame or path, optional
        Other markets to learn growth from, in place of the panel; one of the same name as a scored
        market is left out.

    Returns
    -------
    DataFrame
        ``method, market, year, k`` (last month known), ``h`` (0 this year, 1 the next), ``scored``
        (which year that is), ``wis`` (weighted interval score of the log total), ``ale`` (absolute
        log error of the median), ``in80, in95``.

    Raises
    ------
    EvidenceError
        Where a file cannot be read, a market has another name in the panel, or no market has two
        whole years in a row.

    Examples
    --------
    >>> months = pd.period_range("2019-01", "2021-12", freq="M").astype(str)
    >>> counts = pd.concat([pd.DataFrame({"market": m, "month": months, "bev": 100}) for m in "AB"])
    >>> rows = [(m, y, 900.0 + y % 3, 0.0, 5.0) for m in "ABC" for y in range(2015, 2021)]
    >>> columns = ["market", "year", "sales_bev", "sales_phev", "sales_share_percent"]
    >>> scores = part_year_skill(pd.DataFrame(rows, columns=columns), counts)
    >>> scores[["market", "year", "k", "h"]].iloc[:3].values.tolist()
    [['A', 2020, 2, 0], ['A', 2020, 2, 1], ['A', 2020, 4, 0]]
    """
    months = read_monthly(monthly)
    analogues = read_panel(panel if train is None else train, battery_only=True)
    if train is None:
        _check_names(months, analogues)
    cases = list(_cases(months))
    if not cases:
        raise EvidenceError(
            f"no market has two whole years of months in a row, {LEAST_SALES} or more in the first;"
            " give more months"
        )
    ours = PackagePartYear(analogues, months)
    methods: dict[str, Callable[[PartYear], Forecast]] = {
        name: partial(rule_of_thumb, name) for name in RULES
    }
    methods[THIS_PACKAGE] = ours
    rows = [
        row
        for name, method in methods.items()
        for case in tqdm(cases, name, leave=False, disable=None)
        for row in score_rows({"method": name, **case.row}, case.year, method(case), case.outcomes)
    ]
    return pd.DataFrame(rows)


def _check_names(months: pd.DataFrame, panel: pd.DataFrame) -> None:
    """Refuse a market that the panel may hold by another name: its own rows would enter the prior
    of its forecast.
    """
    names = sorted(set(panel["market"]))
    for market in sorted(set(months["market"]) - set(names)):
        hint = f", which has {', '.join(names[:MOST_SHOWN])} ...;"
        if alike := nearest(market, names):
            hint = f"; is it {alike!r}?"
        raise EvidenceError(
            f"the market {market!r} of the months is not in the panel{hint} Name it the same in"
            " both, so that it can be left out, or give other markets to learn from as --train"
        )


def _cases(months: pd.DataFrame) -> Iterator[PartYear]:
    for market, rows in months.groupby("market"):
        counts = _by_year(rows, "registrations")
        cars = _by_year(rows, "all_cars").sum(axis=1, skipna=False)
        totals = counts.sum(axis=1, skipna=False).dropna()
        for y in totals.index:
            if totals.get(y - 1, 0.0) < LEAST_SALES:
                continue
            size = float(cars[y - 1]) if cars[y - 1] > 0 else None
            outcomes = {h: float(totals.get(y + h, 0.0)) for h in (0, 1)}
            outcomes = {h: total for h, total in outcomes.items() if total > 0}
            before = counts.loc[y - 1].cumsum()
            parts = counts.loc[y].cumsum()
            for k in MONTHS:
                if before[k] > 0 and parts[k] > 0:
                    growth = float(round(100 * (parts[k] / before[k] - 1), 1))
                    facts = (float(totals[y - 1]), float(parts[k]), growth)
                    yield PartYear(str(market), int(y), k, *facts, size, outcomes)


def _by_year(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """A row a year and a column a month."""
    wide = rows.pivot(index="year", columns="k", values=column)
    return wide.reindex(columns=range(1, 13))


class PackagePartYear:
    """The engine on what was known; the cases of one market in one year have the same prior."""

    def __init__(self, panel: pd.DataFrame, months: pd.DataFrame) -> None:
        self.panel = panel
        self.months = months
        self.priors: dict[tuple[str, int], Prior] = {}

    def known(self, case: PartYear) -> Known:
        """The three facts, published on the last day of the part, the market's size, and the other
        markets.
        """
        part = span(year(case.year).start, month(f"{case.year}-{case.k:02d}").end)
        facts = [
            ("total", year(case.year - 1), case.last_year),
            ("total", part, case.part),
            ("yoy_growth_percent", part, case.growth),
        ]
        rows = [
            (quantity, period.start.isoformat(), period.end.isoformat(), value)
            for quantity, period, value in facts
        ]
        table = pd.DataFrame(rows, columns=["quantity", "period_start", "period_end", "value"])
        ledger = ledger_of(table.assign(relation="equals", published=part.end.isoformat()))
        panel = self.panel[self.panel["market"] != case.market]
        months = self.months[self.months["market"] != case.market]
        size = None
        if case.size is not None:
            size = {case.year - 1: case.size}
        return Known(
            ledger, None, None, part.end, size, False, analogues=panel, analogue_months=months
        )

    def prior(self, case: PartYear, known: Known) -> Prior:
        """The prior of a case, learned once for all cases of its market and year."""
        at = (case.market, case.year)
        if at not in self.priors:
            try:
                self.priors[at] = known.prior
            except ModelError as error:
                raise EvidenceError(
                    f"{at[0]} in {at[1]}, its own rows left out: {error}; give earlier years"
                ) from None
        return self.priors[at]

    def __call__(self, case: PartYear) -> Forecast:
        """Quantiles of this year's total and of the next's."""
        known = self.known(case)
        periods = [year(case.year + h) for h in (0, 1)]
        prior = self.prior(case, known)
        forecast = forecast_flow(
            known.facts, periods, prior, known.market.sizes, draws=DRAWS, place=case.market
        )
        return dict(enumerate(forecast.quantiles(LEVELS).to_numpy()))


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
    ...        "k": 2, "h": 0, "wis": [0.1, 0.2], "ale": 0.2, "in80": True, "in95": True}
    >>> float(summarise_part_year(pd.DataFrame(one)).loc[THIS_PACKAGE, "ratio"])
    0.5
    """
    lines = pd.DataFrame(index=table["method"].unique())
    for h, before in ((0, ""), (1, "next_")):
        rows = table[table["h"] == h]
        lines[f"{before}wis"] = rows.groupby("method")["wis"].mean()
        lines[f"{before}ale"] = rows.groupby("method")["ale"].median()
        rules = lines[f"{before}wis"].reindex([*RULES]).dropna()
        if len(rules) and THIS_PACKAGE in lines.index:
            both = rows.pivot(index=["market", "year", "k"], columns="method", values="wis")
            clusters = [both.index.get_level_values(name) for name in ("market", "year")]
            ratio = clustered_ratio(both[THIS_PACKAGE], both[rules.idxmin()], *clusters)
            lines.loc[THIS_PACKAGE, f"{before}ratio"] = ratio.mean
            lines.loc[THIS_PACKAGE, f"{before}ratio_se"] = ratio.error
    this_year = table[table["h"] == 0].pivot_table(index="method", columns="k", values="wis")
    lines = lines.join(this_year.rename(columns="k{}".format))
    return lines.round(3).join(coverage(table)).rename_axis("method")
