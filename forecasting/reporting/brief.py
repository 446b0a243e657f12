"""The brief in another language: the first part of a report is said again from the same outlook,
and nothing is computed again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nbformat import v4

from forecasting.reporting import answer, grounds
from forecasting.reporting.figures.fan import fan_chart
from forecasting.reporting.labels import memo_title
from forecasting.scenarios.outlook import Outlook
from forecasting.vocabulary.catalogues import ENGLISH, written_in
from forecasting.vocabulary.names import REPORT_PAGE
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.messages import PLOTLY_TYPE

if TYPE_CHECKING:
    from nbformat import NotebookNode

DOUBTS = "Doubts that matter"
GROUNDS_IN_ENGLISH = (
    "The grounds of each number, every table and the sources follow in English: {report}."
)
FULL_REPORT = "the full report"
DAMAGED = "The catalogue of {code} cannot be read ({damage}): this page is in English."
OLDER = (
    "The catalogue of {code} is of another version: it lacks {number} sentences, "
    "which stand here in English."
)
HISTORY_OF_CORRIDOR = 3  # years before the forecast that its chart shows


def brief_in(outlook: Outlook, code: str) -> NotebookNode:
    """The brief of an outlook in a language, as a notebook of outputs.

    Parameters
    ----------
    outlook : Outlook
        Of a country or a corridor.
    code : str
        Of a language that ships.

    Returns
    -------
    NotebookNode
        What a page, a document and a print are made from.

    Examples
    --------
    >>> import forecasting as fc
    >>> brief = brief_in(fc.outlook("turkmenistan-baseline", draws=50), "ru")
    >>> brief.metadata["title"]
    'Электрические автомобили в Туркменистане: прогноз от 31 марта 2026 года'
    """
    with written_in(code) as language:
        cells = [_cell(part) for part in _parts(outlook)]
        if language.damage:
            line = DAMAGED.format(code=code, damage=language.damage)
        elif language.missing:
            line = OLDER.format(code=code, number=len(language.missing))
        else:
            line = ""
        if line:
            cells.insert(0, _cell(line))
        names = {"language": ENGLISH if language.damage else code, "title": _title(outlook)}
        brief: NotebookNode = v4.new_notebook(cells=cells, metadata=names)  # type: ignore[no-untyped-call]
        return brief


def _parts(outlook: Outlook) -> Iterator[Any]:
    """What a brief shows, in the order in which the notebooks show it."""
    yield answer.date_line(outlook)
    yield answer.answer(outlook)
    if outlook.scenario.corridor:
        yield fan_chart(outlook, since=outlook.first_year - HISTORY_OF_CORRIDOR)
    else:
        yield fan_chart(outlook)
        yield answer.charging_answers(outlook)
        yield answer.scenarios_table(outlook)
        yield answer.scenario_assumptions(outlook, most=1)
    yield f"**{sentence(DOUBTS)}**"
    yield grounds.caveats(outlook)
    yield answer.evidence_summary(outlook)
    full_report = f"[{sentence(FULL_REPORT)}]({REPORT_PAGE})"
    yield sentence(GROUNDS_IN_ENGLISH, report=full_report)


def _cell(part: Any) -> NotebookNode:
    """A paragraph, or what a cell would show."""
    if isinstance(part, str):
        return v4.new_markdown_cell(part)  # type: ignore[no-untyped-call, no-any-return]
    if hasattr(part, "to_json"):
        data = {PLOTLY_TYPE: json.loads(part.to_json())}
    else:
        data = {"text/plain": repr(part), "text/html": part._repr_html_()}
    output = v4.new_output("display_data", data=data)  # type: ignore[no-untyped-call]
    return v4.new_code_cell(outputs=[output])  # type: ignore[no-untyped-call, no-any-return]


def _title(outlook: Outlook) -> str:
    return memo_title(
        {"parameters": outlook.scenario.parameters(), "as_of": outlook.as_of.isoformat()}
    )
