"""Growth on the year in tables: by year as it is forecast, as it was told on an earlier day, and as it was printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from forecasting.evidence.bases import basis_name, perimeter
from forecasting.evidence.places import PLACES, place_name
from forecasting.evidence.words import in_words, period_words
from forecasting.measures import MEASURES
from forecasting.reporting.display import BulletList, Table
from forecasting.reporting.labels import readable
from forecasting.scenarios.growth_on_year import first_told, printed_growth, yearly_growth

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

__all__ = ["growth_by_perimeter", "growth_by_year", "growth_headline", "growth_told", "percent", "told_as_growth"]

NOTHING_SINCE = "No rate of growth has been printed twice by the agency that is forecast: nothing to compare yet."


def percent(value: float) -> str:
    """A rate of growth: a rise with its sign, in whole per cent from ten on.

    >>> percent(363.3), percent(-7.44), percent(0.0)
    ('+363 %', '-7.4 %', '0 %')
    """
    short = readable(round(value) if abs(value) >= 10 else round(value, 1))
    return f"+{short} %" if value > 0 and short != "0" else f"{short} %"


def told_as_growth(measure: str) -> bool:
    """Whether only growth can be told of a measure: an index has a base, and no size."""
    return MEASURES[measure].unit == "index"


def growth_by_year(outlook: Outlook) -> Table:
    """Growth of each year on the one before, of each place and of their sum, with 80 % intervals.

    Parameters
    ----------
    outlook : Outlook
        Of a corridor or a country.
    """
    rows: dict[str, dict[str, str]] = {}
    several = len(outlook.parts) > 2  # places, and their sum
    for part in outlook.parts if several else outlook.parts[:1]:
        name = place_name(part.country) if part.country in PLACES else part.country.replace("-", " ").capitalize()
        for when, row in yearly_growth(part, outlook.scenario.measure).loc[outlook.first_year - 1 :].iterrows():
            said = f"{percent(row[0.5])} ({percent(row[0.1])} to {percent(row[0.9])})"
            rows.setdefault(str(when), {"year": str(when)})[name] = said
    return Table(pd.DataFrame(list(rows.values())).fillna("–"), caption="Growth on the year before, with 80 % interval")


def growth_headline(outlook: Outlook) -> Table:
    """Growth in the years to read first, in the columns of a headline: the first two not yet known, and the last."""
    wide = yearly_growth(outlook.results, outlook.scenario.measure)
    shown = sorted({outlook.first_year, outlook.first_year + 1, outlook.scenario.horizon} & set(wide.index))
    rows = [
        {
            "growth on the year before": str(when),
            "median": percent(wide[0.5][when]),
            "10 %": percent(wide[0.1][when]),
            "90 %": percent(wide[0.9][when]),
        }
        for when in shown
    ]
    anchor = f"#grounds-{outlook.scenario.measure}"
    return Table(pd.DataFrame(rows), links={"median": [anchor] * len(rows)})


def growth_told(outlook: Outlook) -> Table | BulletList:
    """What the first printed rate led one to expect, with 80 % intervals, beside what was printed later.

    Parameters
    ----------
    outlook : Outlook
        As it was made from facts.
    """
    rows: list[dict[str, Any]] = []
    for place in outlook.forecasts:
        found = first_told(outlook, place)
        for told in found[1] if found else ():
            inside = told.printed and told.low <= told.printed.value <= told.high
            row = {
                "place": place_name(place),
                "forecast of": f"{found[0]}" if found else "",
                "period": period_words(told.period),
                "growth": percent(told.median),
                "80 % interval": f"{percent(told.low)} to {percent(told.high)}",
                "printed later": percent(told.printed.value) if told.printed else "–",
                "inside": "–" if inside is None else "yes" if inside else "no",
                "fact": told.printed.id if told.printed else "–",
            }
            rows.append(row)
    if not rows:
        return BulletList([NOTHING_SINCE])
    frame = pd.DataFrame(rows)
    alone = frame.drop(columns="place") if frame["place"].nunique() == 1 else frame
    caption = "Growth on the year before, told from the first printed rate alone and what was known by its day"
    return Table(alone, caption=caption)


def growth_by_perimeter(outlook: Outlook) -> Table | BulletList:
    """Every printed rate of growth, with what its agency counts: rates of two perimeters are not of one flow.

    Parameters
    ----------
    outlook : Outlook
        With its evidence.
    """
    places = outlook.scenario.places or [outlook.results.country]
    facts = [fact for place in places for fact in printed_growth(outlook, place)]
    rows = [
        {
            "place": place_name(fact.place),
            "what is counted": perimeter(fact.basis),
            "period": period_words(fact.period),
            "printed": in_words(fact).removesuffix(" on the year before"),
            "by": basis_name(fact.basis),
            "fact": fact.id,
        }
        for fact in sorted(facts, key=lambda fact: (fact.place, perimeter(fact.basis), fact.period.end))
    ]
    return Table(pd.DataFrame(rows)) if rows else BulletList(["No rate of growth has been printed."])
