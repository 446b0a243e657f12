"""The article, checked: each of its statements, where it enters a forecast or why not, what came
since, what to doubt.

The verdicts are rows of a small shipped table in our own words; what enters, and what cites it, is
read from the scenarios themselves.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.evidence.datasets import central_asia, path
from forecasting.evidence.fact import Fact, period_words, place_term, statement_term
from forecasting.evidence.ledger import Ledger
from forecasting.parameters.schema import Scenario, stored_scenario
from forecasting.reporting.caveat_words import fact_words
from forecasting.reporting.html import page_of_report, pages_in, write_page
from forecasting.reporting.labels import part_words
from forecasting.scenarios.facts_on_day import day_of_forecast, facts_of_flows
from forecasting.scenarios.place_flows import missing_places
from forecasting.scenarios.question import find_scenarios
from forecasting.vocabulary.catalogues import ENGLISH, file_in, language, written_in
from forecasting.vocabulary.errors import ForecastingError
from forecasting.vocabulary.names import ARTICLE_PAGE, INDEX_PAGE, REPORT_PAGE
from forecasting.vocabulary.sentences import Term, sentence
from forecasting.writers.columns import MISSING, Column, TableForm
from forecasting.writers.display import BulletList, Prose, Table

ARTICLE_DAY = dt.date(2023, 6, 26)
TABLE = "article_checked.csv"
ARTICLE_TITLE = "The article, checked"
ARTICLE_SUMMARY = (
    "What China News Service printed on 26 June 2023, statement by statement: where it enters a "
    "forecast or why it does not, what was printed elsewhere, and what to doubt. The verdicts are "
    "ours."
)
# What the article's count of four months was worth, in the words of the facts by these names
FINDING = (
    "The article counts {part:,.0f} electric cars in four months of 2023; three times that, as one "
    "annualises by hand, are {annualised:,.0f} in the year. More than twice as many came: "
    "{ten_months:,.0f} in ten months alone by the same agency ({later:,.0f} in those of 2024, "
    "{more:,.0f} more than a year before), and {whole:,.0f} in the whole year by the Ministry of "
    "Energy."
)
FINDING_FACTS = {
    "part": "article-09",
    "later": "uz-ev-imports-2024-01-to-10-statistics",
    "more": "uz-ev-imports-2024-01-to-10-statistics-difference",
    "whole": "uz-ev-imports-2023-energy-ministry",
}
USE_WORDS = {
    "forecast": "enters a forecast",
    "driver": "cited by a scenario's event",
    "once": "says again what another fact says, and counts once",
    "beside": "a number that is shown, and enters no forecast",
    "words": "no number",
}
DOUBT = "{number}, “{quote}”: {doubt}"
STATEMENT = "{words}[ (“{english}”)]"
IN_ALL = "in all"
USERS = ("the forecast of {names}", "an event of {names}", "statements {names}")
ARTICLE_SECTIONS = (
    ("Statements that enter a forecast, or an event", ("forecast", "driver")),
    ("Numbers that are shown beside, or that count once", ("beside", "once")),
    ("Statements without a number", ("words",)),
)


@dataclass(frozen=True)
class Verdict:
    """A statement of the article with what became of it.

    Parameters
    ----------
    fact : Fact
        The statement.
    use, why, doubt : str
        What became of it, the reason, and what to doubt ("" for nothing).
    enters, cited : tuple of str
        Scenarios whose forecast of the article's day rests on it, and those of which an event cites
        it.
    referred : tuple of str
        Facts that refer to it.
    since : tuple of Fact
        What was printed of the same thing, before or since.
    """

    fact: Fact
    use: str
    why: str
    doubt: str
    enters: tuple[str, ...]
    cited: tuple[str, ...]
    referred: tuple[str, ...]
    since: tuple[Fact, ...]


def article_checked(scenarios: Iterable[Scenario] | None = None) -> list[Verdict]:
    """Every statement of the article with its verdict.

    Parameters
    ----------
    scenarios : iterable of Scenario, optional
        Those that are asked whether they use it; default all that can be asked for by name.

    Returns
    -------
    list of Verdict
        In the article's order.

    Examples
    --------
    >>> [row.use for row in article_checked([])][6:10]
    ['once', 'once', 'forecast', 'beside']
    """
    ledger = central_asia()
    chosen = find_scenarios() if scenarios is None else list(scenarios)
    enters = {scenario.name: _facts_used(scenario, ledger) for scenario in chosen}
    cites = {
        scenario.name: {name for driver in scenario.drivers for name in driver.fact_ids()}
        for scenario in chosen
    }
    refers = {fact.id: {fact.reference} for fact in ledger}
    rows = pd.read_csv(path(TABLE), dtype=str, keep_default_na=False)
    return [
        Verdict(
            ledger.get(name),
            use,
            Term(why, f"article why {name}"),
            Term(doubt, f"article doubt {name}"),
            _holding(enters, name),
            _holding(cites, name),
            _holding(refers, name),
            tuple(map(ledger.get, re.findall(r"[^;\s]+", since))),
        )
        for name, use, why, since, doubt in rows.itertuples(index=False)
    ]


def article_finding() -> Prose:
    """What became of the article's main number.

    Returns
    -------
    Prose
        One paragraph.

    Examples
    --------
    >>> article_finding()
    The article counts 2,544 electric cars in four months of 2023; three times that, as one
    annualises by hand, are 7,632 in the year. More than twice as many came: 13,460 in ten months
    alone by the same agency (20,190 in those of 2024, 6,730 more than a year before), and 21,469 in
    the whole year by the Ministry of Energy.
    """
    ledger = central_asia()
    values = {name: float(ledger.get(fact).value or 0) for name, fact in FINDING_FACTS.items()}
    ten_months = values["later"] - values["more"]
    words = sentence(FINDING, annualised=3 * values["part"], ten_months=ten_months, **values)
    return Prose([words], "fc-lead")


def _facts_used(scenario: Scenario, ledger: Ledger) -> set[str]:
    """Facts of the article's day that a flow is forecast from, of places that have a forecast
    today.
    """
    uncounted_places = missing_places(scenario, ledger, day_of_forecast(scenario, ledger))
    facts = facts_of_flows(scenario, ledger, ARTICLE_DAY)
    return {fact.id for fact in facts if fact.place not in uncounted_places}


def _holding(sets: Mapping[str, set[str]], fact: str) -> tuple[str, ...]:
    return tuple(name for name, facts in sets.items() if fact in facts)


def _number(name: str) -> str:
    """A statement as the article's list has it."""
    return name.removeprefix("article-")


def _with_english(fact: Fact) -> str:
    """A statement, and beside it the English words by which the list of facts has it; the article
    itself is Chinese.
    """
    words = str(statement_term(fact))
    return sentence(STATEMENT, words=words, english=fact.quote if words != fact.quote else "")


STATEMENT_COUNTS = TableForm(
    [Column("statements", form=str), Column("what becomes of them", "use")]
)


def article_counts(checked: Iterable[Verdict]) -> Table:
    """How many statements enter a forecast, and what becomes of the others.

    Parameters
    ----------
    checked : sequence of Verdict
        From `article_checked`.

    Returns
    -------
    Table
        How many statements there are of each use.

    Examples
    --------
    >>> import forecasting as fc
    >>> checked = fc.tables.article_checked()
    >>> list(fc.tables.article_counts(checked).frame)
    ['statements', 'what becomes of them']
    """
    count = Counter(row.use for row in checked)
    rows = [{"use": words, "statements": count[use]} for use, words in USE_WORDS.items()]
    return STATEMENT_COUNTS.table([*rows, {"use": IN_ALL, "statements": count.total()}])


STATEMENTS = TableForm(
    [
        Column("no.", lambda row: _number(row["fact"].id)),
        Column("said of", lambda row: place_term(row["fact"].place)),
        Column("period", lambda row: _period(row["fact"]), look="date"),
        Column("sentence", lambda row: _with_english(row["fact"]), address="url", look="words"),
        Column("what becomes of it", "use"),
        Column("reason", look="words"),
        Column("used by", "users", address="report"),
        Column("printed elsewhere", "since"),
    ]
)


def article_table(checked: Iterable[Verdict], *uses: str) -> Table:
    """The statements one by one: what is said, what becomes of it and why, who uses it, and what
    was printed since.

    Parameters
    ----------
    checked : iterable of Verdict
        From `article_checked`.
    *uses : str
        Only those with such a use; all if none is given.

    Returns
    -------
    Table
        A row for each statement, in the article's words.

    Examples
    --------
    >>> import forecasting as fc
    >>> checked = fc.tables.article_checked()
    >>> list(fc.tables.article_table(checked, "words").frame)
    ['no.', 'said of', 'period', 'sentence', 'what becomes of it', 'reason', 'used by',
    'printed elsewhere']
    """
    return _statements(checked, uses, Path())


def _statements(checked: Iterable[Verdict], uses: Sequence[str], folder: Path) -> Table:
    """The same; its cells lead to the pages in a folder of reports."""
    return STATEMENTS.table(
        {
            "fact": row.fact,
            "url": row.fact.url,
            "use": USE_WORDS[row.use],
            "reason": row.why,
            "users": _users(row),
            "report": _report(row, folder),
            "since": "; ".join(map(fact_words, row.since)) or MISSING,
        }
        for row in checked
        if not uses or row.use in uses
    )


def article_doubts(checked: Iterable[Verdict]) -> BulletList:
    """What to doubt, statement by statement.

    Parameters
    ----------
    checked : sequence of Verdict
        From `article_checked`.

    Returns
    -------
    BulletList
        A line for each doubt.

    Examples
    --------
    >>> import forecasting as fc
    >>> checked = fc.tables.article_checked()
    >>> len(fc.tables.article_doubts(checked).lines) > 0
    True
    """
    return BulletList(
        [
            sentence(
                DOUBT,
                number=_number(row.fact.id),
                quote=statement_term(row.fact),
                doubt=row.doubt,
            )
            for row in checked
            if row.doubt
        ]
    )


def write_article(
    folder: Path, parameters: Iterable[Mapping[str, Any]], codes: Sequence[str] = (ENGLISH,)
) -> bool:
    """Write ``article.html`` into a folder of reports, if one of them uses a statement of the
    article, and its pages in other languages.

    Parameters
    ----------
    folder : Path
        The folder of reports.
    parameters : iterable of mapping
        Parameters of the scenarios of its reports; those that are in no order are left out.
    codes : sequence of str
        The languages of the pages.

    Returns
    -------
    bool
        Whether it was written.

    Raises
    ------
    RunError
        If the page would load anything from outside.
    """
    scenarios = []
    for keys in parameters:
        with contextlib.suppress(ForecastingError):  # its own report tells what is wrong with it
            scenarios.append(stored_scenario(dict(keys)))
    checked = article_checked(scenarios)
    if not any(row.enters or row.cited for row in checked):
        return False
    for code in codes:
        with written_in(code):
            _write_article(folder, checked, codes)
    return True


def _write_article(folder: Path, checked: Sequence[Verdict], codes: Sequence[str]) -> None:
    """The page in the language in which words are written now, beside those in others."""
    write_page(
        folder / file_in(ARTICLE_PAGE, language().code),
        "article.html.j2",
        language=language().code,
        pages=pages_in(ARTICLE_PAGE, codes),
        index=file_in(INDEX_PAGE, language().code),
        title=sentence(ARTICLE_TITLE),
        summary=sentence(ARTICLE_SUMMARY),
        finding=article_finding(),
        counts=article_counts(checked),
        sections={
            sentence(head): _statements(checked, uses, folder) for head, uses in ARTICLE_SECTIONS
        },
        doubts=article_doubts(checked),
    )


def _report(row: Verdict, folder: Path) -> str:
    """The report in which a statement is used, of several the baseline's."""
    names = row.enters or row.cited
    baselines = [name for name in names if name.endswith("-baseline")]
    if not names:
        return ""
    name = (baselines or names)[0]
    return page_of_report(folder, name) or f"{name}/{REPORT_PAGE}"


def _users(row: Verdict) -> str:
    """In words, who uses a statement: forecasts, events, other facts."""
    groups = (_places(row.enters), _places(row.cited), [*map(_number, row.referred)])
    roles = [
        sentence(words, names=", ".join(names))
        for words, names in zip(USERS, groups, strict=True)
        if names
    ]
    return "; ".join(roles) or MISSING


def _places(scenarios: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(str(part_words(name.rpartition("-")[0])) for name in scenarios))


def _period(fact: Fact) -> str:
    return period_words(fact.period) if fact.period_start and fact.period_end else "–"
