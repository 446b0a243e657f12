"""What a notebook shows of the package's objects: tables of a fact, a ledger, a scenario, a
forecast, an outlook.
"""

import math
from collections.abc import Iterable
from functools import singledispatch
from typing import Any

from forecasting.curves.results import GrowthPrediction
from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import Fact, in_words, label_of, period_words
from forecasting.evidence.ledger import Ledger
from forecasting.growth.forecast import FlowForecast
from forecasting.growth.prior import REFERENCE_LOG_ODDS, Prior, log_odds
from forecasting.parameters.schema import Driver, Scenario
from forecasting.reporting.answer import answer
from forecasting.reporting.caveat_words import lines_of, words_of
from forecasting.reporting.figures import fan_chart
from forecasting.reporting.figures.fan import forecast_chart
from forecasting.reporting.figures.scenario_contrast import results_chart
from forecasting.reporting.labels import day_of_print, kind_words, period_in_table, source_words
from forecasting.reporting.result_tables import outlook_table, results_table, with_unit
from forecasting.scenarios.joint_draws import Results
from forecasting.scenarios.outlook import Outlook
from forecasting.showing import Shown
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.measures import AT_THE_HORIZON, MEASURES
from forecasting.vocabulary.places import place_words
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.display import BulletList, Prose
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


def caveat_text(caveats: Iterable[Caveat]) -> str:
    """Caveats in words, each on a line of its own below what an object says of itself."""
    return "".join(f"\n  {line}" for line in lines_of(caveats))


# The figure of what is registered here, else of a fitted curve: nothing of curves is loaded for it
chart_of = singledispatch(results_chart)
chart_of.register(FlowForecast, forecast_chart)
chart_of.register(Outlook, fan_chart)


FACT_TABLE = TableForm(
    [
        Column("says", lambda row: in_words(row["fact"])),
        Column("of", lambda row: sentence("{label}[, {place}]", **row)),
        Column("period"),
        Column("counted by", "agency"),
        Column("kind", lambda row: kind_words(row["fact"])),
        Column("published", lambda row: sentence("[{day}][both? ][by {source}]", **row)),
        Column("quote", "{fact.quote}"),
        Column("note", "{fact.note}"),
    ]
)


@html_of.register
def _fact_html(fact: Fact) -> str:
    """A fact as a small table: what is said, of what, by whom, since when."""
    period = fact.period_end and period_in_table(fact.period)
    row = {
        "fact": fact,
        "label": label_of(fact.measure),
        "place": place_words(fact.place),
        "period": period,
        "agency": basis_name(fact.basis, fact.measure),
        "day": day_of_print(fact),
        "source": source_words(fact.source),
        "both": fact.published and fact.source,
    }
    return FACT_TABLE.upright(row, fact.id)._repr_html_()


LEDGER_TABLE = TableForm(
    [
        Column("fact", "{fact}"),
        Column("kind", lambda row: kind_words(row["fact"])),
        Column("published", lambda row: day_of_print(row["fact"]), look="date"),
        Column("source", lambda row: source_words(row["fact"].source)),
    ]
)
MORE_FACTS = "{table}[<p>and {more} more facts</p>]"


@html_of.register
def _ledger_html(ledger: Ledger) -> str:
    """The first facts of a ledger as a table, and how many more there are."""
    table = LEDGER_TABLE.table({"fact": fact} for fact in ledger.head(MAX_FACT_ROWS))
    remainder = max(len(ledger) - MAX_FACT_ROWS, 0)
    return sentence(MORE_FACTS, table=table._repr_html_(), more=remainder)


SCENARIO_TABLE = TableForm(
    [
        Column("known on", "{scenario.as_of}"),
        Column("to", "{scenario.horizon}"),
        Column("forecast", lambda row: sentence("{label}[, as counted by {agency}]", **row)),
        Column("new vehicles a year", lambda row: _sizes(row["scenario"].market_size)),
        Column("events", lambda row: "; ".join(map(_event, row["scenario"].drivers))),
        Column("assumes", "sizes"),
        Column("own facts", lambda row: ", ".join(row["scenario"].ledger)),
        Column("notes", lambda row: "; ".join(row["scenario"].notes)),
    ]
)


@html_of.register
def _scenario_html(scenario: Scenario) -> str:
    """A scenario as a small table: the question, its events, what it assumes otherwise than the
    package.
    """
    sizes = [f"{name} {_ends(size)}" for name, size in scenario.assumptions.items()]
    row = {
        "scenario": scenario,
        "label": label_of(scenario.measure),
        "agency": basis_name(scenario.basis or ""),
        "sizes": "; ".join(sizes),
    }
    return SCENARIO_TABLE.upright(row, scenario.title)._repr_html_()


def _event(driver: Driver) -> str:
    return f"{driver.name} from {driver.start} ({driver.kind} {_ends(driver.size)})"


def _sizes(size: Any) -> str:
    """The size of a market in one line, one number or one by year."""
    if isinstance(size, dict):
        return ", ".join(f"{year}: {value:,.0f}" for year, value in size.items())
    return sentence("[{size:,.0f}]", size=size)


def _ends(size: Any) -> str:
    if size.low == size.high:
        return readable(size.low)
    return f"{interval(size.low, size.high)}, likeliest {readable(size.mode)}"


FORECAST_TABLE = TableForm(
    [
        Column("period", form=period_words),
        Column("median", 0.5, readable),
        Column("80 % interval", lambda row: interval(row[0.1], row[0.9])),
        Column("95 % interval", lambda row: interval(row[0.025], row[0.975])),
    ],
    caption="[{place}: ]{label}[, as counted by {agency}]",
)


@html_of.register
def _forecast_html(forecast: FlowForecast) -> str:
    """A forecast as a table: a row per period, the median, and the 80 and 95 % intervals; below it
    what a reader must know.
    """
    label = "Forecast"
    if forecast.measure in MEASURES:
        label = with_unit(forecast.measure)
    rows = forecast.quantiles().to_dict("records")
    table = FORECAST_TABLE.table(
        [{"period": period, **row} for period, row in zip(forecast.periods, rows, strict=True)],
        place=place_words(forecast.place),
        label=label,
        agency=basis_name(forecast.basis),
    )
    if not forecast.caveats:
        return table._repr_html_()
    return table._repr_html_() + BulletList(lines_of(forecast.caveats))._repr_html_()


PREDICTION_TABLE = TableForm(
    [
        Column("period", form=str),
        Column("median", form=readable),
        Column("80 % interval", lambda row: interval(row["pi_lower"], row["pi_upper"])),
    ]
)


@html_of.register
def _prediction_html(prediction: GrowthPrediction) -> str:
    """Predictions of a growth curve as a table: a row per period, the median, and its interval."""
    frame = prediction.summary_frame().assign(period=prediction.row_labels.astype(str))
    return PREDICTION_TABLE.table(frame.to_dict("records"))._repr_html_()


@html_of.register
def _results_html(results: Results) -> str:
    """Joint draws as a table: the main numbers by year, or all where it has none of these."""
    main = [measure for measure in AT_THE_HORIZON if measure in results.values]
    return results_table(results, *(main or results.values))._repr_html_()


PRIOR_TABLE = TableForm(
    [
        Column("counts", "{prior.perimeter}"),
        Column("learned from", "{prior.source}"),
        Column("growth at a share of 1 %", lambda row: _growth_at(row["prior"], 0.01)),
        Column("growth at a share of 10 %", lambda row: _growth_at(row["prior"], 0.1)),
    ]
)


@html_of.register
def _prior_html(prior: Prior) -> str:
    """A prior as a small table: what it counts, where it was learned, what growth it expects."""
    return PRIOR_TABLE.upright({"prior": prior}, "Growth learned from other markets")._repr_html_()


def _growth_at(prior: Prior, share: float) -> str:
    """The growth of the odds in a year that is expected of a market at a share."""
    log_growth = prior.level + prior.slope * (log_odds(share) - REFERENCE_LOG_ODDS)
    return f"{math.expm1(log_growth):.0%} a year"


@html_of.register
def _outlook_html(outlook: Outlook) -> str:
    """An outlook as a report begins: the answer, and the main numbers by year."""
    main = outlook_table(outlook, *dict.fromkeys((outlook.measure, *AT_THE_HORIZON)))
    return answer(outlook)._repr_html_() + main._repr_html_()
