"""Several outlooks, or several methods, in one table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from forecasting.errors import InputError
from forecasting.evidence.places import COUNTRIES, place_name
from forecasting.reporting.caveat_words import lines_of
from forecasting.reporting.display import HIGH, LOW, BulletList, Table
from forecasting.reporting.labels import readable
from forecasting.reporting.result_tables import small_table
from forecasting.scenarios.joint_draws import region_places, region_total

if TYPE_CHECKING:
    from forecasting.curves.results import GrowthResults
    from forecasting.scenarios.outlook import Outlook

# Why a country is not in the sum of the region, by whether it is of the five
OUTSIDE = {
    False: "which is none of the five countries",
    True: "which has no measure in common with them, only shares of new cars",
}


def joined(outlooks: Iterable[Outlook]) -> pd.DataFrame:
    """All results of several outlooks in one long table, as ``comparison.parquet`` holds them.

    Parameters
    ----------
    outlooks : sequence of Outlook
        Of several scenarios or places.

    Returns
    -------
    pandas.DataFrame
        A row per scenario, measure, period and quantile; values in the unit beside them.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlooks = fc.outlooks("turkmenistan-b*", draws=50).values()
    >>> list(fc.tables.joined(outlooks))
    ['scenario', 'country', 'measure', 'unit', 'period_start', 'period_end', 'quantile',
    'value']
    """
    return pd.concat([outlook.table for outlook in outlooks], ignore_index=True)


def caveats_of(outlooks: Iterable[Outlook]) -> BulletList:
    """What must be known of several outlooks before their numbers.

    Parameters
    ----------
    outlooks : sequence of Outlook
        Of several places.

    Returns
    -------
    BulletList
        A line for each, the place named.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlooks = fc.outlooks("turkmenistan-b*", draws=50).values()
    >>> type(fc.tables.caveats_of(outlooks)).__name__
    'BulletList'
    """
    lines = [
        (outlook.scenario.title.partition(",")[0], words)
        for outlook in outlooks
        for words in lines_of([outlook.age, *outlook.caveats])
    ]
    return BulletList([words if place in words else f"{place}: {words}" for place, words in lines])


def region_members(outlooks: Collection[Outlook], scenario: str = "baseline") -> BulletList:
    """Which countries are in the sum of the region, and why another scenario's country is not.

    Parameters
    ----------
    outlooks : collection of Outlook
        As `forecasting.region_total` takes them.
    scenario : str
        Which scenario of each country is added.

    Returns
    -------
    BulletList
        A line for the sum, and one for each country that is not in it.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlooks = fc.outlooks("turkmenistan-b*", draws=50).values()
    >>> fc.tables.region_members(outlooks)
    - In the sum: Turkmenistan.
    """
    chosen = [outlook for outlook in outlooks if outlook.scenario.scenario == scenario]
    members = region_places(region_total(chosen, scenario))
    lines = [f"In the sum: {', '.join(map(place_name, members))}."]
    others = {outlook.scenario.country for outlook in chosen} - {None, *members}
    for code in sorted(others):
        lines.append(f"Not in it: {place_name(code)}, {OUTSIDE[code in COUNTRIES]}.")
    return BulletList(lines)


def methods_table(
    forecasts: Mapping[str, pd.DataFrame], year: int, happened: float | None = None
) -> Table:
    """What several methods said of one year.

    Parameters
    ----------
    forecasts : mapping of str to pandas.DataFrame
        For each method a summary frame: median (or mean), pi_lower, pi_upper, one row per year.
    year : int
        Which year.
    happened : float, optional
        What came of it.

    Returns
    -------
    Table
        In the unit of the forecasts.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> columns = {"median": [90.0], "pi_lower": [50.0], "pi_upper": [200.0]}
    >>> frame = pd.DataFrame(columns, index=[2025])
    >>> methods_table({"Bass": frame}, 2025, happened=210.0)
    method median 10 % 90 % happened inside
      Bass     90   50  200      210     no
    """
    rows = []
    for name, frame in forecasts.items():
        years = [str(period)[:4] for period in frame.index]
        if str(year) not in years:
            raise InputError(f"{name} has nothing of {year}; it has {', '.join(years)}")
        row = frame.iloc[years.index(str(year))]
        middle = row["median"] if "median" in frame else row["mean"]
        shown = {"method": name, "median": readable(middle)}
        shown |= {LOW: readable(row["pi_lower"]), HIGH: readable(row["pi_upper"])}
        if happened is not None:
            inside = "yes" if row["pi_lower"] <= happened <= row["pi_upper"] else "no"
            shown |= {"happened": readable(happened), "inside": inside}
        rows.append(shown)
    return Table(pd.DataFrame(rows))


def parameters_table(results: GrowthResults) -> Table:
    """A curve's estimates and their standard errors.

    Parameters
    ----------
    results : GrowthResults
        A fitted curve.

    Returns
    -------
    Table
        In the units of the curve's parameters.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> import pandas as pd
    >>> sales = pd.Series([12.0, 28.0, 61.0, 118.0, 197.0, 264.0])
    >>> list(fc.tables.parameters_table(fc.GrowthModel(sales).fit()).frame)
    ['parameter', 'estimate', 'standard error']
    """
    names = list(results.params.index)
    shown = {"estimate": results.params, "standard error": results.bse.reindex(names)}
    return small_table(pd.DataFrame(shown).rename_axis("parameter"))
