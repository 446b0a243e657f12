"""Every fact that a report mentions is a link to its row: what was printed, by whom, when, and what
it moved.

A mention carries the fact's id in its address only. The page gives each row of the list a number
and each mention that of its row, so that the numbers are notes on paper; a mention of a fact that
is not in the list is plain words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import Fact, in_order
from forecasting.evidence.words import in_words, when_words
from forecasting.measures import CHARGING_COUNTS
from forecasting.reporting.labels import label_of

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

# What stands and what is promised: its facts are listed, too
BESIDE = ("ev_stock", *CHARGING_COUNTS)
MENTION = re.compile(r'<a class="fact" href="#fact-([^"]*)">(.*?)</a>', re.DOTALL)
LEAST = 0.5  # percent by which a fact must move a forecast to be mentioned
ROW = re.compile(r'<li id="fact-([^"]*)">')


def mention(name: str, words: str) -> str:
    """A fact in a sentence, as a link to its row.

    >>> mention("a-1", "2,180 vehicles")
    '<a class="fact" href="#fact-a-1">2,180 vehicles</a>'
    """
    return f'<a class="fact" href="#fact-{html.escape(name)}">{html.escape(words)}</a>'


def fact_name(fact: Fact) -> str:
    """A fact as people name it: what was printed, of which period, by whom.

    >>> from forecasting.evidence.datasets import central_asia
    >>> fact_name(next(iter(central_asia().select("UZ", "ev_imports", basis="uz-statistics"))))
    '2,180 vehicles in 2022, Statistics Agency, battery cars'
    """
    when = when_words(fact.period) if fact.period_end else ""
    said = in_words(fact) or label_of(fact.measure).lower()
    said = said if said.endswith(when) else f"{said} {when}"  # a share names the day of its whole
    return ", ".join(filter(None, (said, basis_name(fact.basis, fact.measure))))


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
    >>> print(numbered(mention("a", "A") + mention("b", "B") + '<ol><li id="fact-a">'))
    <a class="fact" href="#fact-a">A<sup>1</sup></a>B<ol><li id="fact-a">
    """
    numbers = {name: number for number, name in enumerate(ROW.findall(rows or page), start=1)}

    def linked(found: re.Match[str]) -> str:
        name, words = found[1], "fact" if found[1] == found[2] else found[2]
        return (
            f'<a class="fact" href="#fact-{name}">{words}<sup>{numbers[name]}</sup></a>'
            if name in numbers
            else found[2]
        )

    return MENTION.sub(linked, page)


@dataclass(frozen=True)
class FactList:
    """The facts of a report, one row each, numbered.

    Parameters
    ----------
    rows : tuple of dict
        name, said, printer (who, when and where), quote, url, moved and of (the fact that it refers
        to) of each.
    """

    rows: tuple[Mapping[str, str], ...]

    def __repr__(self) -> str:
        lines = (
            f"{at}. {row['said']}. {row['printer']} {row['moved']}"
            for at, row in enumerate(self.rows, start=1)
        )
        return "\n".join(line.strip() for line in lines) or "None."

    def _repr_html_(self) -> str:
        return (
            f'<ol class="fc-facts">{"".join(map(self._row, self.rows))}</ol>'
            if self.rows
            else "<p>None.</p>"
        )

    @staticmethod
    def _row(row: Mapping[str, str]) -> str:
        printer = html.escape(row["printer"])
        if row["url"].startswith(("http://", "https://")):
            printer = f'<a href="{html.escape(row["url"])}">{printer}</a>'
        quote = f" <q>{html.escape(row['quote'])}</q>" if row["quote"] else ""
        moved = f' <span class="moved">{html.escape(row["moved"])}</span>' if row["moved"] else ""
        of = f" It refers to {mention(row['of'], 'this number')}." if row["of"] else ""
        said = f"<b>{html.escape(row['said'])}</b>.{quote} {printer}{of}{moved}"
        return f'<li id="fact-{html.escape(row["name"])}">{said}</li>'


def fact_list(outlook: Outlook) -> FactList:
    """Every fact that an outlook used, or that counts what is forecast: the rows that mentions lead
    to.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results. Its facts are of any place and partner: events may rest on a city's,
        or on one of a later day.
    """
    facts = outlook.ledger
    cited = (name for driver in outlook.scenario.drivers for name in driver.fact_ids())
    used, places = {*outlook.facts_used, *cited}, {*outlook.scenario.places, outlook.scenario.place}
    measures = {outlook.scenario.measure, *BESIDE}
    known = facts.select(as_of=outlook.as_of)
    used |= {fact.id for fact in known if fact.measure in measures and fact.place in places}
    used |= {fact.reference for fact in facts if fact.id in used}
    moved = _moved(outlook)
    by_measure = sorted(
        (fact for fact in in_order(facts) if fact.id in used), key=lambda fact: fact.measure
    )
    return FactList(
        tuple(_listed(fact, moved.get(fact.id, ""), str(outlook.as_of)) for fact in by_measure)
    )


def _listed(fact: Fact, moved: str, day: str) -> dict[str, str]:
    who = f"{fact.source}, {fact.published or 'no date'}."
    if str(fact.known_from or "") > day:
        who += " Printed after the day of this forecast."
    of = "" if "@" in fact.reference else fact.reference
    said = f"{label_of(fact.measure)}: {fact_name(fact)}" + (
        "" if fact.kind == "outcome" else f" ({fact.kind})"
    )
    return {
        "name": fact.id,
        "said": said,
        "printer": who,
        "quote": fact.quote,
        "url": fact.url,
        "moved": moved,
        "of": of,
    }


def _moved(outlook: Outlook) -> dict[str, str]:
    """What each fact moved, in words; nothing of an outlook that was read from files."""
    found: dict[str, str] = {}
    for flow in outlook.baseline_forecasts.values():
        if flow.fit_table().empty:
            continue
        moves, moved = flow.influence(), dict[str, dict[str, float]]()
        for fact, period, by in zip(
            moves["fact"], moves["period"], moves["change_percent"], strict=True
        ):
            moved.setdefault(fact, {})[period] = by
        first = [period.label for period in flow.periods[:2]]
        for fact, by in moved.items():
            said = ", ".join(
                f"{period} by {by[period]:+.0f} %" for period in first if abs(by[period]) >= LEAST
            )
            found[fact] = f"It moves {said}." if said else ""
    return found
