"""Every fact that a report mentions is a link to its row: what was printed, by whom, when, and what
it moved.

A mention carries the fact's id in its address only. The page gives each row of the list a number
and each mention that of its row, so that the numbers are notes on paper; a mention of a fact that
is not in the list is plain words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import Fact, in_order
from forecasting.evidence.words import in_words, when_words
from forecasting.measures import CAR_COUNTS, CHARGING_COUNTS
from forecasting.reporting.display import Link, line_html, mention
from forecasting.reporting.labels import label_of, phrase

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from forecasting.growth.flow import FlowForecast
    from forecasting.scenarios.outlook import Outlook

# What stands and what is promised: its facts are listed, too
BESIDE = (*CAR_COUNTS, *CHARGING_COUNTS)
MENTION = re.compile(r'<a class="fact" href="#fact-([^"]*)">(.*?)</a>', re.DOTALL)
LEAST = 0.5  # percent by which a fact must move a forecast to be mentioned
ROW = re.compile(r'<li id="fact-([^"]*)">')


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
    """Give each mention the number of its row; of a fact that is in no row, keep the words.

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
    numbers = {name: number for number, name in enumerate(ROW.findall(rows or page), start=1)}

    def linked(link: re.Match[str]) -> str:
        name, words = link.groups()
        if name not in numbers:
            return words
        if name == words:  # an id says nothing to a reader
            words = "fact"
        return f'<a class="fact" href="#fact-{name}">{words}<sup>{numbers[name]}</sup></a>'

    return MENTION.sub(linked, page)


@dataclass(frozen=True)
class FactList:
    """The facts of a report, one row each, numbered.

    Parameters
    ----------
    facts : sequence of Fact
        In their order.
    moved : mapping of str to str
        What each moved, in words, by its id; empty of one that moved nothing.
    day : date
        Of the forecast: of a fact that was printed later, that is said.
    """

    facts: Sequence[Fact]
    moved: Mapping[str, str]
    day: dt.date

    def __repr__(self) -> str:
        lines = (
            f"{at}. {_told(fact)}. {self._printer(fact)} {self.moved.get(fact.id, '')}".rstrip()
            for at, fact in enumerate(self.facts, start=1)
        )
        return "\n".join(lines) or "None."

    def _repr_html_(self) -> str:
        rows = "".join(map(self._row, self.facts))
        return f'<ol class="fc-facts">{rows}</ol>' if rows else "<p>None.</p>"

    def _printer(self, fact: Fact) -> str:
        """Who printed it, where and when."""
        words = f"{fact.source}, {fact.published or 'no date'}."
        if fact.known_from and fact.known_from > self.day:
            words += " Printed after the day of this forecast."
        return words

    def _row(self, fact: Fact) -> str:
        printer = self._printer(fact)
        web = fact.url.startswith(("http://", "https://"))
        parts = [f"<b>{html.escape(_told(fact))}</b>."]
        if fact.quote:
            parts.append(f"<q>{html.escape(fact.quote)}</q>")
        parts.append(line_html([Link(printer, fact.url) if web else printer]))
        if fact.reference and "@" not in fact.reference:
            parts.append(line_html(["It refers to ", mention(fact.reference, "this number"), "."]))
        if moved := self.moved.get(fact.id):
            parts.append(f'<span class="moved">{html.escape(moved)}</span>')
        return f'<li id="fact-{html.escape(fact.id)}">{" ".join(parts)}</li>'


def _told(fact: Fact) -> str:
    kind = fact.kind.replace("outcome", "")
    return f"{label_of(fact.measure)}: {fact_name(fact)}{phrase(' ({})', kind)}"


def fact_list(outlook: Outlook) -> FactList:
    """Every fact that an outlook used, or that counts what is forecast: the rows that mentions lead
    to.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results. Its facts are of any place and partner: events may rest on a city's,
        or on one of a later day.

    Returns
    -------
    FactList
        Every fact in words, with its address.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> type(fc.tables.fact_list(outlook)).__name__
    'FactList'
    """
    moved = {
        str(fact): _moved(row)
        for flow in outlook.baseline_forecasts.values()
        for fact, row in moves(flow).iterrows()
    }
    used = _used(outlook)
    listed = [fact for fact in in_order(outlook.ledger) if fact.id in used]
    return FactList(sorted(listed, key=lambda fact: fact.measure), moved, outlook.as_of)


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
