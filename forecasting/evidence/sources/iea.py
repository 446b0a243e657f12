"""The International Energy Agency's Global EV Data: electric cars, buses, trucks and public
chargers by country and year.

The Global EV Data Explorer
(https://www.iea.org/data-and-statistics/data-tools/global-ev-data-explorer) shows the table of the
Global EV Outlook, here its edition of 2026, with the columns region, category, parameter, mode,
powertrain, year, unit, value, and lets it be downloaded as CSV, under CC BY 4.0
(https://www.iea.org/terms/creative-commons-cc-licenses). Lines of one country are read from
``api.iea.org/evs`` with ``region`` and ``csv=true``. The IEA documents no interface: public
programs ask it so.
"""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
from pydantic import BaseModel

from forecasting.evidence.rules import Row, number_text
from forecasting.evidence.sources.polite import Amount, PageReader, only_countries, read_answer
from forecasting.vocabulary.errors import EvidenceError, Problem, RunError
from forecasting.vocabulary.files import read_whole
from forecasting.vocabulary.market_rows import market_rows
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.periods import year
from forecasting.vocabulary.places import find_place, place_name

# As what is estimated from it names it
IEA = "IEA, Global EV Data Explorer, edition 2026 (CC BY 4.0 as IEA states it)"

PANEL = (
    "market", "year", "sales_bev", "sales_phev", "stock_bev", "stock_phev",
    "sales_share_percent", "stock_share_percent", "public_fast_points", "public_slow_points",
)  # fmt: skip

_LONG = ("region", "category", "parameter", "mode", "powertrain", "year", "value")

FAST_POINTS = "EV charging points, EV, Publicly available fast"
SLOW = "EV charging points, EV, Publicly available slow"
_SERIES = {  # by parameter, mode and powertrain
    "EV sales, Cars, BEV": "sales_bev",
    "EV sales, Cars, PHEV": "sales_phev",
    "EV stock, Cars, BEV": "stock_bev",
    "EV stock, Cars, PHEV": "stock_phev",
    "EV sales share, Cars, EV": "sales_share_percent",
    "EV stock share, Cars, EV": "stock_share_percent",
    FAST_POINTS: "public_fast_points",
    SLOW: "public_slow_points",
}
# What the Explorer calls a series, and the measure and product that a ledger has for it, which adds
# up all series that have the same
_FACTS = {
    "EV sales, Cars, BEV": ("ev_sales", "battery-cars"),
    "EV sales, Cars, PHEV": ("ev_sales", "plug-in-hybrids"),
    "EV stock, Cars, BEV": ("ev_stock", "battery-cars"),
    "EV stock, Cars, PHEV": ("ev_stock", "plug-in-hybrids"),
    "EV stock, Buses, BEV": ("ebus_stock", "electric-buses"),
    "EV stock, Trucks, BEV": ("etruck_stock", "electric-trucks"),
    **dict.fromkeys((FAST_POINTS, SLOW), ("charging_points", "public")),
}
IEA_ADDRESS = "https://api.iea.org"
NOT_PROPOSED = (
    "the answer does not say its edition, so each row is known from the day it was fetched; "
    "projections and shares are not proposed"
)
IEA_REGIONS = {
    "US": "USA",
    "CZ": "Czech Republic",
    "RU": "Russia",
}  # where the IEA's name is another

_AGGREGATES = frozenset({
    "Advanced economies", "Africa", "Asia Pacific", "Central and South America", "EU27", "Eurasia",
    "Europe", "European Union", "Latin America", "Middle East", "Middle East and Caspian",
    "North America", "Other Africa", "Other Asia Pacific", "Other Europe", "Rest of the world",
    "Southeast Asia", "World",
})  # fmt: skip


def read_iea_panel(path: str | Path, counts: Sequence[str] = ("sales_bev",)) -> pd.DataFrame:
    """Read the IEA's table, or a file already in the panel's columns.

    Parameters
    ----------
    path : str or Path
        CSV with the IEA's columns (region, category, parameter, mode, powertrain, year, unit,
        value), or with those of `PANEL`.
    counts : sequence of str
        Which of `PANEL` it must have, besides market and year, with a number in some row; a file
        without the first is no panel.

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
    table = read_texts(Path(path))
    columns = [str(column) for column in table.columns]
    if {*_LONG} <= {*columns}:
        of_country = (table["category"] == "Historical") & ~table["region"].isin(list(_AGGREGATES))
        names = table["parameter"] + ", " + table["mode"] + ", " + table["powertrain"]
        wide = (
            table.assign(series=names.map(_SERIES), value=table["value"].where(of_country))
            .dropna(subset=["series", "value"])
            .astype({"value": "float64"})
            .pivot_table(
                index=["region", "year"], columns="series", values="value", aggfunc="first"
            )
            .reset_index()
            .rename(columns={"region": "market"})
        )
        wide.columns.name = None
        return _rows(wide, path, counts)
    required = ("market", "year", counts[0])
    if {*required} <= {*columns}:
        return _rows(table, path, counts)
    where = f"{Path(path).name}:1"
    otherwise = "see IEA's Global EV Data"
    raise EvidenceError([
        Problem(where, f"column {name!r} is missing", did_you_mean(name, columns, otherwise))
        for name in (required if "market" in columns else _LONG)
        if name not in columns
    ])  # fmt: skip


def read_texts(path: Path) -> pd.DataFrame:
    """A table of texts; the IEA's columns in lower case, and as the newest edition names them."""
    try:
        content = io.BytesIO(read_whole(path))
        table = pd.read_csv(content, dtype="str", encoding="utf-8-sig", quoting=csv.QUOTE_MINIMAL)
    except (OSError, ValueError) as error:
        raise EvidenceError.at(
            path, f"cannot be read: {error}", "give a CSV file in UTF-8"
        ) from None
    headings = {name: str(name).strip().lower() for name in table.columns}
    names = {name: word for name, word in headings.items() if word in _LONG}
    return table.rename(columns=names | {"region_country": "region"})


def _rows(table: pd.DataFrame, path: str | Path, counts: Sequence[str]) -> pd.DataFrame:
    rows = market_rows(table, Path(path).name, "year", counts, PANEL[2:], EvidenceError)
    rows = rows.reindex(columns=list(PANEL))
    return rows.sort_values(["market", "year"], ignore_index=True)


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
    bev = panel["sales_bev"]
    phev = panel["sales_phev"]
    total = panel[["sales_bev", "sales_phev"]].sum(axis=1, min_count=1)
    sales = total
    parts = pd.Series("bev+phev", panel.index).where(phev.notna(), "bev").where(bev.notna(), "phev")
    if battery_only:
        sales = bev
        parts = pd.Series("bev", panel.index)
    share = panel["sales_share_percent"] / 100 * sales / total.where(total > 0)
    table = panel[["market", "year"]].assign(sales=sales, share=share, parts=parts)
    return table[table["sales"] > 0].reset_index(drop=True)


class ExplorerLine(BaseModel):
    """A line of the Explorer's table."""

    region: str
    category: str
    parameter: str
    mode: str
    powertrain: str
    year: int
    value: Amount
    surplus: None = None  # cells that no column has


def proposed_rows(
    places: Sequence[str], since: int, base: str, today: dt.date
) -> Iterator[Row | None]:
    """Yearly sales, stocks and public charging points of each place.

    Parameters
    ----------
    places : sequence of str
        Countries by ISO 3166 alpha-2.
    since : int
        First year.
    base : str
        The beginning of the addresses.
    today : date
        No year that has not ended by then is proposed.

    Yields
    ------
    dict or None
        A row in a ledger's columns; None of a sum of points with a part missing.

    Raises
    ------
    InputError
        For a place that is no country.
    RunError
        Where the source fails.
    """
    only_countries("the IEA", places)
    reader = PageReader("IEA", base)
    for place in places:
        region = IEA_REGIONS.get(place, place_name(place))
        page = reader.page("evs", {"region": region, "csv": "true"}, _lines)
        counts: dict[tuple[str, str, int], dict[str, float]] = defaultdict(dict)
        for line in page.content:
            series = f"{line.parameter}, {line.mode}, {line.powertrain}"
            ended = line.category == "Historical" and since <= line.year < today.year
            if ended and series in _FACTS and find_place(line.region) == place:
                counts[*_FACTS[series], line.year][series] = line.value
        for (measure, product, of_year), parts in counts.items():
            if len(parts) < [*_FACTS.values()].count((measure, product)):
                yield None
                continue
            words = "; ".join(f"{series}: {value:,.0f}" for series, value in parts.items())
            yield page.row(
                measure,
                place,
                year(of_year),
                "iea",
                product,
                basis="iea",
                relation="about",
                value=number_text(sum(parts.values())),
                kind="estimate",
                source="IEA, Global EV Data Explorer",
                quote=f"{place_name(place)}, {of_year}: {words}",
                note="the IEA rounds; CC BY 4.0",
            )


def _lines(text: str) -> list[ExplorerLine]:
    """The lines of the table; nothing where the IEA has nothing under that name."""
    if text.strip() in ("", "[]"):
        return []
    table = csv.DictReader(io.StringIO(text), restkey="surplus", strict=True)
    try:
        lines = list(table)
    except csv.Error as error:
        raise RunError(f"the answer is no CSV: {error}") from None
    if missing := [column for column in _LONG if column not in (table.fieldnames or ())]:
        raise RunError(f"the answer has no column {', '.join(missing)}: its table has changed")
    read: list[ExplorerLine] = read_answer(list[ExplorerLine], lines)
    return read
