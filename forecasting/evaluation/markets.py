"""Tables of markets that backtests read: sales by year, and counts by month."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from forecasting.errors import EvidenceError, Problem
from forecasting.evidence.sources.iea import annual_sales, read_iea_panel, read_texts
from forecasting.growth.within_year import MONTH

SALES = ("market", "year", "sales_bev", "sales_share_percent")
MONTHLY = ("market", "month", "bev")
MOST_SHOWN = 5

Panel = pd.DataFrame | str | Path


def read_panel(panel: Panel, battery_only: bool = False) -> pd.DataFrame:
    """Rows with sales: market, year, sales (vehicles), share (0 to 1, NaN where unknown).

    Parameters
    ----------
    panel : DataFrame or path
        IEA's table, or one with market, year, sales_bev, sales_share_percent and, where it is
        known, sales_phev.
    battery_only : bool
        Battery cars alone; otherwise plug-in hybrids too.

    Raises
    ------
    EvidenceError
        Where the file cannot be read, a column is missing, a cell is not a number, or a market has
        a year twice.
    """
    raw = panel if isinstance(panel, pd.DataFrame) else read_iea_panel(panel)
    _check(raw, _name(panel, "the panel"), SALES, ["market", "year"])
    sales = annual_sales(raw.reindex(columns=[*SALES, "sales_phev"]), battery_only)
    return sales[["market", "year", "sales", "share"]]


def read_monthly(monthly: Panel) -> pd.DataFrame:
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
    table = monthly
    if not isinstance(table, pd.DataFrame):
        table = read_texts(Path(table))
    name = _name(monthly, "the table of months")
    if "bev" not in table:
        table = table.rename(columns={"registrations": "bev"})
    table = table.reset_index(drop=True)
    table = table.assign(all_cars=table.get("all_cars", float("nan")))
    _check(table, name, MONTHLY, ["market", "month"])
    texts = table[["market", "month"]].astype("str").apply(lambda cells: cells.str.strip())
    wrong = ~texts["month"].str.fullmatch(MONTH)
    _refuse(name, table["month"], wrong, "is not a month", "write YYYY-MM, as 2024-01")
    counts = table[["bev", "all_cars"]].apply(pd.to_numeric, errors="coerce").astype(float)
    for column, numbers in counts.items():
        cells = table[column]
        wrong = (numbers.isna() & cells.notna()) | (numbers < 0)
        _refuse(name, cells, wrong, "is not a count", "write digits and a point, 0 or more")
    result: pd.DataFrame = texts.assign(
        registrations=counts["bev"],
        all_cars=counts["all_cars"],
        year=texts["month"].str[:4].astype(int),
        k=texts["month"].str[5:].astype(int),
    )
    return result.sort_values(["market", "month"], ignore_index=True)


def _name(source: Panel, otherwise: str) -> str:
    """What messages call a table."""
    return otherwise if isinstance(source, pd.DataFrame) else Path(source).name


def _check(table: pd.DataFrame, name: str, needed: Sequence[str], key: list[str]) -> None:
    """Refuse a table that is empty, lacks a column, or tells something twice."""
    by = " and ".join(key)
    if table.empty:
        raise EvidenceError(f"{name} has no rows; give counts by {by}")
    missing = [column for column in needed if column not in table or table[column].isna().all()]
    if missing:
        raise EvidenceError(
            f"{name} lacks {', '.join(missing)}; it has {', '.join(map(str, table.columns))}"
        )
    twice = table[table.duplicated(key)]
    if len(twice):
        first = " ".join(map(str, twice[key].iloc[0]))
        raise EvidenceError(f"{name} holds {first} twice; keep one row for each {by}")


def _refuse(name: str, cells: pd.Series, wrong: pd.Series, message: str, hint: str) -> None:
    """Raise for the cells of a column that are wrong, with the first lines and the first value."""
    if wrong.any():
        lines = ", ".join(str(row + 2) for row in cells.index[wrong][:MOST_SHOWN])
        where = f"{name}:{lines} {cells.name}"
        raise EvidenceError([Problem(where, f"{str(cells[wrong].iloc[0])!r} {message}", hint)])
