"""Growth on the year in tables: as it is forecast, as a forecast of an earlier day had it, and as
it was printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from forecasting.evidence.places import is_place, place_name
from forecasting.measures import MEASURES
from forecasting.reporting.display import BulletList, Table, beside
from forecasting.reporting.labels import plural, readable
from forecasting.scenarios.growth_on_year import yearly_growth

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

LEVELS = {"median": 0.5, "10 %": 0.1, "90 %": 0.9}
DEPARTS = 0.25  # of growth a year, from where on it is said


def percent(value: float) -> str:
    """A rate of growth: a rise with its sign, in whole per cent from ten on.

    >>> percent(363.3), percent(-7.44), percent(0.0)
    ('+363 %', '-7.4 %', '0 %')
    """
    digits = int(abs(value) < 10)
    short = readable(round(value, digits))
    if value > 0 and short != "0":
        return f"+{short} %"
    return f"{short} %"


def known_as_growth(measure: str) -> bool:
    """Whether only the growth of a measure is known: an index has a base, and no size."""
    return MEASURES[measure].unit == "index"


def part_words(place: str) -> str:
    """A part of a corridor, or the whole of it, by its name.

    >>> part_words("horgos"), part_words("all-ports")
    ('Horgos', 'All ports')
    """
    if is_place(place):
        return place_name(place)
    return place.replace("-", " ").capitalize()


def growth_by_year(outlook: Outlook) -> Table:
    """Growth of each year on the one before, of each place and of their sum, with 80 % ranges.

    Parameters
    ----------
    outlook : Outlook
        Of a corridor or a country.

    Returns
    -------
    Table
        Per cent on the year before: medians, and the ends of the 80 % range.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> road = fc.outlook("xinjiang-baseline", draws=50)
    >>> fc.tables.growth_by_year(road).caption
    'Growth on the year before'
    """
    several = len(outlook.parts) > 2  # places, and their sum
    groups = {}
    for part in outlook.parts if several else outlook.parts[:1]:
        wide = yearly_growth(part, outlook.scenario.measure).loc[outlook.first_year - 1 :]
        groups[part_words(part.country)] = pd.DataFrame(
            {head: wide[level].map(percent) for head, level in LEVELS.items()}
        )
    return Table(beside(groups, "year"), caption="Growth on the year before")


def analogues_lines(outlook: Outlook) -> BulletList:
    """What markets at about this share did in the year after, and where the forecast departs from
    the market's own past.

    Parameters
    ----------
    outlook : Outlook
        As it was made from facts.

    Returns
    -------
    BulletList
        Sentences; none where the size of the market is not known.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.tables.analogues_lines(outlook).lines[0][:44]
    '34 market-years stood at about the share of '
    """
    forecast = outlook.forecast
    if forecast is None or forecast.market is None:
        return BulletList([])
    table = forecast.analogues()
    others = table.iloc[:-1]
    own = table.iloc[-1]
    where = f"{place_name(outlook.results.country)} in {own['year']}"
    rates = others["growth"].quantile([0.1, 0.5, 0.9]).tolist()
    rates += own[["growth", "low", "high", "before"]].tolist()
    low, middle, high, here, least, most, before = (percent(100 * rate) for rate in rates)
    lines = [
        f"{plural(len(others), 'market-year')} stood at about the share of {where}, "
        f"{readable(100 * own['share'])} % of new vehicles. In the year after they grew by {low} "
        f"to {high} (four in five of them), half of them by more than {middle}; this forecast says "
        f"{here} ({least} to {most})."
    ]
    if abs(own["growth"] - own["before"]) > DEPARTS:
        alike = readable(others["growth"].corr(others["before"], method="spearman"), 2)
        lines.append(
            f"It departs from the market's own past, {before} in {own['year']}: at one share, last "
            "year's growth says little of next year's (among these market-years their rank "
            f"correlation is {alike}; 0 is none, 1 a full one)."
        )
    return BulletList(lines)
