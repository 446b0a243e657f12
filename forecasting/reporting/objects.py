"""What a notebook shows of the package's objects: tables of a fact, a ledger, a scenario, a
forecast, an outlook.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from forecasting.errors import InputError
from forecasting.evidence.bases import basis_name, basis_words
from forecasting.evidence.places import place_name, place_words
from forecasting.evidence.words import in_words, period_words
from forecasting.measures import MEASURES, nearest
from forecasting.reporting.answer import answer
from forecasting.reporting.display import Table
from forecasting.reporting.figures import fan_chart
from forecasting.reporting.figures.object_charts import forecast_chart, results_chart
from forecasting.reporting.labels import interval, label_of, readable, unit_of
from forecasting.reporting.result_tables import headline_table

if TYPE_CHECKING:
    from forecasting.evidence.fact import Fact
    from forecasting.evidence.ledger import Ledger
    from forecasting.growth.forecast import FlowForecast
    from forecasting.parameters.schema import Scenario
    from forecasting.scenarios.outlook import Outlook

__all__ = [
    "fact_html",
    "forecast_chart",
    "forecast_html",
    "ledger_html",
    "outlook_chart",
    "outlook_html",
    "results_chart",
    "scenario_html",
]

FACTS_SHOWN = 12  # of a ledger


def _rows(said: dict[str, str], caption: str) -> str:
    frame = pd.DataFrame(
        [(name, text) for name, text in said.items() if text], columns=["", caption]
    )
    return Table(frame)._repr_html_()


def fact_html(fact: Fact) -> str:
    """A fact as a small table: what is said, of what, by whom, since when."""
    place = place_name(fact.place) if fact.place else ""
    said = {
        "says": in_words(fact),
        "of": ", ".join(filter(None, [label_of(fact.measure), place])),
        "period": period_words(fact.period)
        if fact.period_start and fact.period_end
        else str(fact.period_end or ""),
        "counted by": basis_name(fact.basis, fact.measure),
        "kind": fact.kind,
        "published": " ".join(
            filter(None, [str(fact.published or ""), f"by {fact.source}" if fact.source else ""])
        ),
        "quote": fact.quote,
        "note": fact.note,
    }
    return _rows(said, fact.id)


def ledger_html(ledger: Ledger) -> str:
    """The first facts of a ledger as a table, and how many more there are."""
    shown = [
        (str(fact), fact.kind, str(fact.published or ""), fact.source)
        for fact in ledger.head(FACTS_SHOWN)
    ]
    head = "".join(
        f"<th style='text-align:left'>{name}</th>"
        for name in ("fact", "kind", "published", "source")
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in shown
    )
    rest = f"<p>and {len(ledger) - len(shown)} more facts</p>" if len(ledger) > len(shown) else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def scenario_html(scenario: Scenario) -> str:
    """A scenario as a small table: the question, its events, what it assumes otherwise than the
    package.
    """
    events = [
        f"{driver.name} from {driver.start} ({driver.kind} {_ends(driver.size)})"
        for driver in scenario.drivers
    ]
    sizes = [f"{name} {_ends(size)}" for name, size in scenario.assumptions.items()]
    counted = basis_words(", as counted by {}", scenario.basis)
    said = {
        "known on": str(scenario.as_of),
        "to": str(scenario.horizon),
        "forecast": label_of(scenario.measure) + counted,
        "new vehicles a year": _sizes(scenario.market_size),
        "events": "; ".join(events),
        "assumes": "; ".join(sizes),
        "own facts": ", ".join(scenario.ledger),
        "notes": "; ".join(scenario.notes),
    }
    return _rows(said, scenario.title)


def _sizes(size: Any) -> str:
    """The size of a market in one line, one number or one by year."""
    if isinstance(size, dict):
        return ", ".join(f"{year}: {value:,.0f}" for year, value in size.items())
    return f"{size:,.0f}" if size else ""


def _ends(size: Any) -> str:
    same = size.low == size.high
    return (
        readable(size.low)
        if same
        else f"{interval(size.low, size.high)}, likeliest {readable(size.mode)}"
    )


def forecast_html(forecast: FlowForecast) -> str:
    """A forecast as a table: a row per period, the median, and the 80 and 95 % intervals."""
    wide = forecast.quantiles()
    ends = {"80 % interval": (0.1, 0.9), "95 % interval": (0.025, 0.975)}
    columns = {
        "period": [period_words(period) for period in forecast.periods],
        "median": wide[0.5].map(readable).tolist(),
    }
    columns |= {
        name: [interval(low, high) for low, high in zip(wide[lower], wide[upper], strict=True)]
        for name, (lower, upper) in ends.items()
    }
    return Table(pd.DataFrame(columns), caption=forecast_title(forecast))._repr_html_()


def forecast_title(forecast: FlowForecast) -> str:
    """What is forecast, where, and by whose count, as far as the facts say."""
    label = (
        f"{label_of(forecast.measure)}, {unit_of(forecast.measure)}"
        if forecast.measure in MEASURES
        else "Forecast"
    )
    where = place_words(forecast.place)
    basis = basis_words("as counted by {}", forecast.basis)
    return ": ".join(filter(None, [where, label])) + (f", {basis}" if basis else "")


def outlook_chart(outlook: Outlook, measure: str, log: bool | None) -> Any:
    """The figure of one measure of an outlook; a measure that it has not is an error."""
    known = outlook.results.values
    if measure not in known:
        near = nearest(measure, known)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
        raise InputError(f"{outlook.name} has no {measure!r}; {hint}")
    return fan_chart(outlook, measure, log=log)


def outlook_html(outlook: Outlook) -> str:
    """An outlook as a report begins: the answer, and the main numbers."""
    return answer(outlook)._repr_html_() + headline_table(outlook)._repr_html_()
