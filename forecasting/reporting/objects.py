"""What a notebook shows of the package's objects: tables of a fact, a ledger, a scenario, a
forecast, an outlook.
"""

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

import pandas as pd

from forecasting.caveats import Caveat
from forecasting.evidence.bases import basis_name, basis_words
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.words import in_words, period_words
from forecasting.growth.forecast import FlowForecast
from forecasting.measures import AT_THE_HORIZON, MEASURES
from forecasting.parameters.schema import Scenario
from forecasting.reading.places import place_words
from forecasting.reporting.answer import answer
from forecasting.reporting.caveat_words import lines_of, words_of
from forecasting.reporting.figures import fan_chart
from forecasting.reporting.figures.fan import forecast_chart
from forecasting.reporting.figures.scenario_contrast import results_chart
from forecasting.reporting.labels import label_of, phrase
from forecasting.reporting.result_tables import outlook_table, with_unit
from forecasting.scenarios.outlook import Outlook
from forecasting.showing import Shown
from forecasting.writers.display import BulletList, Prose, Table, plain_frame
from forecasting.writers.numbers import interval, readable

MAX_FACT_ROWS = 12  # of a ledger


@singledispatch
def html_of(thing: Shown) -> str:
    """What a notebook shows of an object, as HTML.

    Parameters
    ----------
    thing : Shown
        Of a class that is registered below.
    """
    raise NotImplementedError(f"{type(thing).__name__} has no table")


@html_of.register
def _caveat_html(caveat: Caveat) -> str:
    """A caveat in words."""
    return Prose([words_of(caveat)], "fc-caveat")._repr_html_()


# The figure of what is registered here, else of a fitted curve: nothing of curves is loaded for it
chart_of = singledispatch(results_chart)
chart_of.register(FlowForecast, forecast_chart)
chart_of.register(Outlook, fan_chart)


def _rows(rows: Mapping[str, str], caption: str) -> str:
    filled = [row for row in rows.items() if row[1]]
    return Table(plain_frame(filled, columns=["", caption]))._repr_html_()


@html_of.register
def _fact_html(fact: Fact) -> str:
    """A fact as a small table: what is said, of what, by whom, since when."""
    published = str(fact.published or "") + phrase(" by {}", fact.source)
    rows = {
        "says": in_words(fact),
        "of": label_of(fact.measure) + phrase(", {}", place_words(fact.place)),
        "period": str(fact.period_end or ""),
        "counted by": basis_name(fact.basis, fact.measure),
        "kind": fact.kind,
        "published": published.strip(),
        "quote": fact.quote,
        "note": fact.note,
    }
    if fact.period_start and fact.period_end:
        rows["period"] = period_words(fact.period)
    return _rows(rows, fact.id)


@html_of.register
def _ledger_html(ledger: Ledger) -> str:
    """The first facts of a ledger as a table, and how many more there are."""
    cells = [
        (str(fact), fact.kind, str(fact.published or ""), fact.source)
        for fact in ledger.head(MAX_FACT_ROWS)
    ]
    table = Table(plain_frame(cells, columns=["fact", "kind", "published", "source"]))
    remainder = len(ledger) - len(cells)
    return table._repr_html_() + phrase("<p>and {} more facts</p>", remainder)


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
    agency = basis_words(", as counted by {}", scenario.basis)
    rows = {
        "known on": str(scenario.as_of),
        "to": str(scenario.horizon),
        "forecast": label_of(scenario.measure) + agency,
        "new vehicles a year": _sizes(scenario.market_size),
        "events": "; ".join(events),
        "assumes": "; ".join(sizes),
        "own facts": ", ".join(scenario.ledger),
        "notes": "; ".join(scenario.notes),
    }
    return _rows(rows, scenario.title)


def _sizes(size: Any) -> str:
    """The size of a market in one line, one number or one by year."""
    if isinstance(size, dict):
        return ", ".join(f"{year}: {value:,.0f}" for year, value in size.items())
    return phrase("{:,.0f}", size)


def _ends(size: Any) -> str:
    if size.low == size.high:
        return readable(size.low)
    return f"{interval(size.low, size.high)}, likeliest {readable(size.mode)}"


@html_of.register
def _forecast_html(forecast: FlowForecast) -> str:
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
    label = "Forecast"
    if forecast.measure in MEASURES:
        label = with_unit(forecast.measure)
    where = phrase("{}: ", place_words(forecast.place))
    title = where + label + basis_words(", as counted by {}", forecast.basis)
    table = Table(pd.DataFrame(columns), caption=title)
    if not forecast.caveats:
        return table._repr_html_()
    return table._repr_html_() + BulletList(lines_of(forecast.caveats))._repr_html_()


@html_of.register
def _outlook_html(outlook: Outlook) -> str:
    """An outlook as a report begins: the answer, and the main numbers by year."""
    main = outlook_table(outlook, *dict.fromkeys((outlook.measure, *AT_THE_HORIZON)))
    return answer(outlook)._repr_html_() + main._repr_html_()
