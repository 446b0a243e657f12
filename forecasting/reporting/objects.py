"""What a notebook shows of the package's objects: tables of a fact, a ledger, a scenario, a
forecast, an outlook.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

import pandas as pd

from forecasting.errors import InputError
from forecasting.evidence.bases import basis_name, basis_words
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.places import place_name, place_words
from forecasting.evidence.words import in_words, period_words
from forecasting.growth.flow_draws import FlowDraws
from forecasting.measures import MEASURES, nearest
from forecasting.parameters.schema import Scenario
from forecasting.reporting.answer import answer
from forecasting.reporting.caveat_words import lines_of
from forecasting.reporting.display import BulletList, Table, plain_frame
from forecasting.reporting.figures import fan_chart
from forecasting.reporting.figures.fan import forecast_chart, results_chart
from forecasting.reporting.labels import interval, label_of, readable, unit_of
from forecasting.reporting.result_tables import headline_table
from forecasting.scenarios.outlook import Outlook

if TYPE_CHECKING:
    from forecasting.showing import Shown

FACTS_SHOWN = 12  # of a ledger


@singledispatch
def html_of(thing: Shown) -> str:
    """What a notebook shows of an object, as HTML.

    Parameters
    ----------
    thing : Shown
        Of a class that is registered below.
    """
    raise NotImplementedError(f"{type(thing).__name__} has no table")


@singledispatch
def chart_of(results: Any, *options: Any) -> Any:
    """The figure of an object.

    Parameters
    ----------
    results : GrowthResults
        Or an object of a class that is registered below. A fitted curve is none, so that nothing
        but its own module loads the library that fits it.
    *options : object
        Of its figure.
    """
    return results_chart(results, *options)


chart_of.register(FlowDraws, forecast_chart)


def _rows(said: dict[str, str], caption: str) -> str:
    frame = pd.DataFrame(
        [(name, text) for name, text in said.items() if text], columns=["", caption]
    )
    return Table(frame)._repr_html_()


@html_of.register
def _fact_html(fact: Fact) -> str:
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


@html_of.register
def _ledger_html(ledger: Ledger) -> str:
    """The first facts of a ledger as a table, and how many more there are."""
    cells = [
        (str(fact), fact.kind, str(fact.published or ""), fact.source)
        for fact in ledger.head(FACTS_SHOWN)
    ]
    table = Table(plain_frame(cells, columns=["fact", "kind", "published", "source"]))
    more = len(ledger) - len(cells)
    rest = f"<p>and {more} more facts</p>" if more > 0 else ""
    return table._repr_html_() + rest


@html_of.register
def _scenario_html(scenario: Scenario) -> str:
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


@html_of.register
def _forecast_html(forecast: FlowDraws) -> str:
    """A forecast as a table: a row per period, the median, and the 80 and 95 % intervals; below it
    what a reader must know.
    """
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
    table = Table(pd.DataFrame(columns), caption=_forecast_title(forecast))
    caveats = BulletList(lines_of(forecast.caveats))._repr_html_() if forecast.caveats else ""
    return table._repr_html_() + caveats


def _forecast_title(forecast: FlowDraws) -> str:
    """What is forecast, where, and by whose count, as far as the facts say."""
    label = (
        f"{label_of(forecast.measure)}, {unit_of(forecast.measure)}"
        if forecast.measure in MEASURES
        else "Forecast"
    )
    where = place_words(forecast.place)
    basis = basis_words("as counted by {}", forecast.basis)
    return ": ".join(filter(None, [where, label])) + (f", {basis}" if basis else "")


@chart_of.register
def _outlook_chart(outlook: Outlook, measure: str, log: bool | None) -> Any:
    """The figure of one measure of an outlook; a measure that it has not is an error."""
    known = outlook.results.values
    if measure not in known:
        near = nearest(measure, known)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
        raise InputError(f"{outlook.name} has no {measure!r}; {hint}")
    return fan_chart(outlook, measure, log=log)


@html_of.register
def _outlook_html(outlook: Outlook) -> str:
    """An outlook as a report begins: the answer, and the main numbers."""
    return answer(outlook)._repr_html_() + headline_table(outlook)._repr_html_()
