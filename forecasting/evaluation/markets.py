"""Tables of markets that backtests read: sales by year, and counts by month."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from forecasting.evidence.sources.iea import annual_sales, read_iea_panel, read_texts
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.market_rows import market_rows

SALES = ("sales_bev", "sales_share_percent")
PLUG_IN_SALES = "sales_phev"

Panel = pd.DataFrame | str | Path


def panel_of(
    panel: Panel, counts: Sequence[str], optional_counts: Sequence[str] = ()
) -> pd.DataFrame:
    """A panel of markets by year, given or from its file; its rows are checked, once.

    Parameters
    ----------
    panel : DataFrame or path
        IEA's table, or one with market, year and the counts.
    counts, optional_counts : sequence of str
        As of `market_rows`.

    Examples
    --------
    >>> table = pd.DataFrame({"market": ["Norway"], "year": [2024], "sales_bev": ["7"]})
    >>> panel_of(table, ["sales_bev"])["sales_bev"].tolist()
    [7.0]
    """
    if isinstance(panel, pd.DataFrame):
        return market_rows(panel, "the panel", "year", counts, optional_counts, EvidenceError)
    return read_iea_panel(panel, counts)


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
    rows = panel_of(panel, SALES, [PLUG_IN_SALES])
    columns = ["market", "year", *SALES, PLUG_IN_SALES]
    sales = annual_sales(rows.reindex(columns=columns), battery_only)
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
    name = "the table of months"
    if not isinstance(table, pd.DataFrame):
        name = Path(table).name
        table = read_texts(Path(table))
    if "bev" not in table:
        table = table.rename(columns={"registrations": "bev"})
    table = table.assign(all_cars=table.get("all_cars", float("nan")))
    rows = market_rows(table, name, "month", ["bev"], ["all_cars"], EvidenceError)
    rows = rows.rename(columns={"bev": "registrations"})
    result = rows[["market", "month", "registrations", "all_cars"]].assign(
        year=rows["month"].str[:4].astype(int), k=rows["month"].str[5:].astype(int)
    )
    return result.sort_values(["market", "month"], ignore_index=True)
