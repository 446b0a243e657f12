"""The International Energy Agency's Global EV Data: electric cars and public chargers by country
and year.

The Global EV Data Explorer
(https://www.iea.org/data-and-statistics/data-tools/global-ev-data-explorer) shows the table of the
Global EV Outlook, here its edition of 2026, with the columns region, category, parameter, mode,
powertrain, year, unit, value, and lets it be downloaded as CSV, under CC BY 4.0
(https://www.iea.org/terms/creative-commons-cc-licenses).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from forecasting.errors import EvidenceError, Problem
from forecasting.measures import nearest

# As what is estimated from it names it
IEA = "IEA, Global EV Data Explorer, edition 2026 (CC BY 4.0 as IEA states it)"

PANEL = (
    "market", "year", "sales_bev", "sales_phev", "stock_bev", "stock_phev",
    "sales_share_percent", "stock_share_percent", "public_fast_points", "public_slow_points",
)  # fmt: skip

_LONG = ("region", "category", "parameter", "mode", "powertrain", "year", "value")

_SERIES = {
    ("EV sales", "Cars", "BEV"): "sales_bev",
    ("EV sales", "Cars", "PHEV"): "sales_phev",
    ("EV stock", "Cars", "BEV"): "stock_bev",
    ("EV stock", "Cars", "PHEV"): "stock_phev",
    ("EV sales share", "Cars", "EV"): "sales_share_percent",
    ("EV stock share", "Cars", "EV"): "stock_share_percent",
    ("EV charging points", "EV", "Publicly available fast"): "public_fast_points",
    ("EV charging points", "EV", "Publicly available slow"): "public_slow_points",
}

_AGGREGATES = frozenset({
    "Advanced economies", "Africa", "Asia Pacific", "Central and South America", "EU27", "Eurasia",
    "Europe", "European Union", "Latin America", "Middle East", "Middle East and Caspian",
    "North America", "Other Africa", "Other Asia Pacific", "Other Europe", "Rest of the world",
    "Southeast Asia", "World",
})  # fmt: skip


def read_iea_panel(path: str | Path) -> pd.DataFrame:
    """Read the IEA's table, or a file already in the panel's columns.

    Parameters
    ----------
    path : str or Path
        CSV with the IEA's columns (region, category, parameter, mode, powertrain, year, unit,
        value), or with those of `PANEL`, of which market, year and sales_bev are needed.

    Returns
    -------
    pandas.DataFrame
        One row per market and year, sorted, with the columns `PANEL`: cars sold and on the road by
        the end of the year (vehicles), shares (percent), public charging points; NaN where not
        published. Projections and groups of countries are left out.

    Raises
    ------
    EvidenceError
        Where the file cannot be read or has neither set of columns.
    """
    table = _table(Path(path))
    if "region_country" in table.columns:  # the name in the edition of 2025
        table = table.rename(columns={"region_country": "region"})
    if set(_LONG) <= set(table.columns):
        return _widened(table)
    if {"market", "year", "sales_bev"} <= set(table.columns):
        return _numeric(table.reindex(columns=list(PANEL)), path)
    needed = ("market", "year", "sales_bev") if "market" in table.columns else _LONG
    columns = [str(column) for column in table.columns]
    problems = []
    for column in needed:
        if column not in columns:
            alike = nearest(column, columns)
            hint = f"is it {alike!r}?" if alike else "see IEA's Global EV Data"
            problems.append(Problem(f"{Path(path).name}:1", f"column {column!r} is missing", hint))
    raise EvidenceError(problems)


def _table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype="str", encoding="utf-8-sig", quoting=csv.QUOTE_MINIMAL)
    except (OSError, UnicodeDecodeError, pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise EvidenceError(
            [Problem(str(path), f"cannot be read: {error}", "give a CSV file in UTF-8")]
        ) from None
    return table.rename(
        columns=lambda name: (
            str(name).strip().lower() if str(name).strip().lower() in _LONG else name
        )
    )


def _widened(table: pd.DataFrame) -> pd.DataFrame:
    keys = pd.Series(
        list(zip(table["parameter"], table["mode"], table["powertrain"], strict=True)),
        index=table.index,
    )
    keep = (
        keys.isin(list(_SERIES))
        & (table["category"] == "Historical")
        & ~table["region"].isin(list(_AGGREGATES))
    )
    rows = table.loc[keep].assign(
        series=keys[keep].map(_SERIES), value=pd.to_numeric(table.loc[keep, "value"])
    )
    wide = rows.pivot_table(
        index=["region", "year"], columns="series", values="value", aggfunc="first"
    )
    wide = wide.reset_index().rename(columns={"region": "market"})
    return _numeric(wide.reindex(columns=list(PANEL)), "table")


def _numeric(panel: pd.DataFrame, path: str | Path) -> pd.DataFrame:
    numbers: pd.DataFrame = panel.drop(columns="market").apply(pd.to_numeric, errors="coerce")
    bad = (numbers.isna() & panel[numbers.columns].notna()).any(axis=1) | numbers["year"].isna()
    if bad.any():
        lines = ", ".join(str(line + 2) for line in panel.index[bad][:5])
        raise EvidenceError(
            [
                Problem(
                    f"{Path(path).name}:{lines}", "holds what is not a number", "digits and a point"
                )
            ]
        )
    numbers.insert(0, "market", panel["market"].astype("str"))
    numbers.columns.name = None
    return numbers.astype({"year": "int64"}).sort_values(["market", "year"], ignore_index=True)


def annual_sales(panel: pd.DataFrame, battery_only: bool = False) -> pd.DataFrame:
    """Sales and their share by market and year, as `forecasting.estimate_prior` takes them.

    Parameters
    ----------
    panel : pandas.DataFrame
        What `read_iea_panel` returns.
    battery_only : bool
        Battery cars alone; otherwise plug-in hybrids too.

    Returns
    -------
    pandas.DataFrame
        market, year, sales (vehicles, above 0), share (0..1 of new cars, NaN where not published)
        and parts: which powertrains the sum holds, since a year in which one is missing is not
        comparable with the others.

    Examples
    --------
    >>> panel = pd.DataFrame({"market": ["A"], "year": [2024], "sales_bev": [60.0],
    ...                       "sales_phev": [20.0], "sales_share_percent": [8.0]})
    >>> print(annual_sales(panel, battery_only=True).to_string(index=False))
    market  year  sales  share parts
         A  2024   60.0   0.06   bev
    """
    parts = panel[["sales_bev", "sales_phev"]]
    every = parts.sum(axis=1, min_count=1)
    sales = panel["sales_bev"] if battery_only else every
    both = parts.notna().all(axis=1)
    held = (
        both.map({True: "bev+phev", False: ""})
        .mask(~both & parts["sales_bev"].notna(), "bev")
        .replace("", "phev")
    )
    out = pd.DataFrame({
        "market": panel["market"],
        "year": panel["year"],
        "sales": sales,
        "share": panel["sales_share_percent"] / 100 * sales / every.where(every > 0),
        "parts": "bev" if battery_only else held,
    })  # fmt: skip
    return out[out["sales"] > 0].reset_index(drop=True)
