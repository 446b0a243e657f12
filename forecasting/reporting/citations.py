"""Every fact that a report mentions is a link to its row: what was printed, by whom, when, and what
it moved.

A mention carries the fact's id in its address only. The page gives each row of the list a number
and each mention that of its row, so that the numbers are notes on paper; a mention of a fact that
is not in the list is plain words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import Fact, in_order
from forecasting.evidence.words import in_words, when_words
from forecasting.measures import CAR_COUNTS, CHARGING_COUNTS, GRID
from forecasting.reporting.caveat_words import published_words
from forecasting.reporting.display import BulletList, Line, Link, mention
from forecasting.reporting.labels import label_of, phrase

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from forecasting.evidence.ledger import Ledger
    from forecasting.growth.flow import FlowForecast
    from forecasting.scenarios.outlook import Outlook

# What stands, what is promised, and what the grid carries: its facts are listed, too
BESIDE = (*CAR_COUNTS, *CHARGING_COUNTS, *GRID)
# Links to rows of a page: of facts, and of what numbers rest on
INSIDE = re.compile(r'<a (class="fact" )?href="#((?:fact|grounds)-[^"]*)">(.*?)</a>', re.DOTALL)
LEAST = 0.5  # percent by which a fact must move a forecast to be mentioned
ROW = re.compile(r'<li id="((?:fact|grounds)-[^"]*)">')


def fact_name(fact: Fact) -> str:
    """A fact as people name it: what was printed, of which period, by whom.

    >>> from forecasting.evidence.datasets import central_asia
    >>> fact_name(next(iter(central_asia().select("UZ", "ev_imports", basis="uz-statistics"))))
    '2,180 vehicles in 2022, Statistics Agency, battery cars'
    """
    words = in_words(fact) or label_of(fact.measure).lower()
    when = when_words(fact.period) if fact.period_end else ""
    if not words.endswith(when):  # a share names the day of its whole
        words += f" {when}"
    return ", ".join(filter(None, (words, basis_name(fact.basis, fact.measure))))


def numbered(page: str, rows: str = "") -> str:
    """Give each mention of a fact the number of its row; of a link to a row that is not there, keep
    the words.

    Parameters
    ----------
    page : str
        HTML with mentions.
    rows : str
        HTML with the list of facts, where it is not in the page.

    Examples
    --------
    >>> mentions = mention("a", "A").html() + mention("b", "B").html()
    >>> print(numbered(mentions + '<ol><li id="fact-a">'))
    <a class="fact" href="#fact-a">A<sup>1</sup></a>B<ol><li id="fact-a">
    """
    places = ROW.findall(rows or page)
    facts = [name for name in places if name.startswith("fact-")]
    numbers = {name: number for number, name in enumerate(facts, start=1)}

    def linked(link: re.Match[str]) -> str:
        kind, name, words = link.groups()
        if name not in places:
            return words
        if not kind:
            return link[0]
        if name == f"fact-{words}":  # an id says nothing to a reader
            words = "fact"
        return f'<a class="fact" href="#{name}">{words}<sup>{numbers[name]}</sup></a>'

    return INSIDE.sub(linked, page)


def _row(fact: Fact, day: dt.date, moved: str) -> Line:
    """A fact in words, who printed it, where and when, what it refers to and what it moved."""
    printer: str | Link = f"{fact.source}, published {published_words(fact.published)}"
    if fact.url.startswith(("http://", "https://")):
        printer = Link(str(printer), fact.url)
    line: list[str | Link] = [Link(_told(fact)), ". ", phrase("“{}” ", fact.quote), printer, "."]
    if fact.known_from and fact.known_from > day:
        line.append(" Printed after the day of this forecast.")
    if fact.reference and "@" not in fact.reference:
        line += [" It refers to ", mention(fact.reference, "this number"), "."]
    return [*line, phrase(" {}", moved)]


def _told(fact: Fact) -> str:
    kind = fact.kind.replace("outcome", "")
    return f"{label_of(fact.measure)}: {fact_name(fact)}{phrase(' ({})', kind)}"


def fact_list(outlook: Outlook, beside: Ledger | None = None) -> BulletList:
    """Every fact that an outlook used, or that counts what is forecast: the rows that mentions lead
    to.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results. Its facts are of any place and partner: events may rest on a city's,
        or on one of a later day.
    beside : Ledger, optional
        Facts that tables of the same page show.

    Returns
    -------
    BulletList
        Every fact in words, with its address.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.tables.fact_list(outlook).anchors[0][:8]
    'fact-tm-'
    """
    moved = {
        str(fact): _moved(row)
        for flow in outlook.baseline_forecasts.values()
        for fact, row in moves(flow).iterrows()
    }
    used = _used(outlook) | {fact.id for fact in beside or ()}
    listed = [fact for fact in in_order(outlook.ledger) if fact.id in used]
    listed.sort(key=lambda fact: fact.measure)
    rows = [_row(fact, outlook.as_of, moved.get(fact.id, "")) for fact in listed]
    return BulletList(rows or ["None."], "fc-facts", [f"fact-{fact.id}" for fact in listed], "ol")


def _used(outlook: Outlook) -> set[str]:
    """The facts that were used, or that an event cites, what counts the places, and what any of
    these refers to.
    """
    scenario = outlook.scenario
    used = set(outlook.facts_used)
    used.update(*(driver.fact_ids() for driver in scenario.drivers))
    places = {*scenario.places, scenario.place}
    measures = {scenario.measure, *BESIDE}
    known = outlook.ledger.select(as_of=outlook.as_of)
    used |= {fact.id for fact in known if fact.measure in measures and fact.place in places}
    return used | {fact.reference for fact in outlook.ledger if fact.id in used}


def _moved(row: pd.Series) -> str:
    """What a fact moved, in words; nothing where it moved nothing."""
    words = [f"{period} by {by:+.0f} %" for period, by in row.items() if abs(by) >= LEAST]
    return phrase("It moves {}.", ", ".join(words))


def moves(flow: FlowForecast) -> pd.DataFrame:
    """By how many percent each fact moves the forecast of the first two periods.

    Parameters
    ----------
    flow : FlowForecast
        Before drivers.

    Returns
    -------
    pandas.DataFrame
        A row a fact, a column a period; no row where nothing counts the flow.
    """
    wide = flow.influence().pivot(index="fact", columns="period", values="change_percent")
    return wide.reindex(columns=[period.label for period in flow.periods[:2]])
