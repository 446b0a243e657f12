"""Quotas of vehicles that are open: a sentence of the brief and a table of the report on the day on
which each is used up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from forecasting.evaluation.quota_days import QuotaForecast, open_quotas, size_that_lifts
from forecasting.evidence.fact import label_of
from forecasting.reporting.charging_tables import share_words
from forecasting.reporting.labels import median_and_range
from forecasting.reporting.result_tables import SOURCE_COLUMN
from forecasting.vocabulary.periods import year
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array
from forecasting.vocabulary.sentences import Term, filled, sentence, uncapital
from forecasting.writers.columns import HIGH, LOW, Column, TableForm
from forecasting.writers.display import Table
from forecasting.writers.numbers import ReadNumber, probability_words

if TYPE_CHECKING:
    from forecasting.evidence.policies import Policy
    from forecasting.scenarios.outlook import Outlook

USED_UP = "The {name} is used up between {low:MMMM} and {high:MMMM} {year}."
USED_UP_OR_NOT = (
    "The {name} is used up in {year} with a probability of {chance}, hardly "
    "before {low:MMMM}, and as likely by {median:MMMM} as later or not at all."
)
MAY_LAST = "The {name} is likely to last: it is used up in {year} with a probability of {chance}."
LIFTED = "This scenario lifts the {name}: the {size:,.0f} in its place are more than come."
DUTY_FREE = "duty-free quota of {number:,.0f}"
OF_SOME_BUYERS = "quota of {number:,.0f} {privileges}"  # such as loans
PRIVILEGES = "{number:,.0f} {privileges}"
COUNTS_BUYERS = "{privileges}, which {share} of the buyers take, a judgement"
QUOTA_COUNTS = "{quota} It counts {counted}[, the forecast {flow}]."
NOT_IN_TIME = "not in its time"
VEHICLES_OF_QUOTA = ("until then", "after it, in its year", "in the year after")
OPEN_QUOTAS = TableForm(
    [
        Column("quota", lambda row: _size(row["quota"])),
        Column("from", "{quota.start}"),
        Column("used up", "median", missing=NOT_IN_TIME),
        Column(LOW, "low", missing=NOT_IN_TIME),
        Column(HIGH, "high", missing=NOT_IN_TIME),
        Column("probability", "used_up", ReadNumber),
        *map(Column, VEHICLES_OF_QUOTA),
        SOURCE_COLUMN,
    ],
    caption="{measure}, before the events of the scenario, with 80 % ranges[. {imported} are "
    "imported in {year}, and {registered} registered, {without_events} without the events: the "
    "other cars go on to another country, wait at the customs, or are registered in a later year]",
    nothing="No quota is open.",
)


def quota_sentences(outlook: Outlook) -> Iterator[str]:
    """Of each open quota when it is used up, or that the scenario lifts it; one that is likely to
    last is left to the table of quotas.

    Parameters
    ----------
    outlook : Outlook
        Of any scenario.

    Examples
    --------
    >>> import forecasting as fc
    >>> next(quota_sentences(fc.outlook("kyrgyzstan-accelerated", draws=50)))[:46]
    'This scenario lifts the duty-free quota of 15,'
    """
    flow = outlook.results.values[outlook.measure]
    for forecast in open_quotas(outlook):
        size = size_that_lifts(outlook.scenario, flow, forecast.quota)
        if size is not None:
            yield sentence(LIFTED, name=_name(forecast.quota), size=size)
        elif forecast.days.median is not None:
            yield quota_sentence(forecast, outlook.measure)


def _name(quota: Policy) -> str:
    """A quota of cars free of duty, or of what a part of the buyers take."""
    pattern = OF_SOME_BUYERS if quota.buyer_share else DUTY_FREE
    return sentence(pattern, number=quota.quota, privileges=_privileges(quota))


def _size(quota: Policy) -> str:
    """How many vehicles, or how many of what a part of the buyers take."""
    if not quota.buyer_share:
        return filled("{number:,.0f}", number=quota.quota)
    return sentence(PRIVILEGES, number=quota.quota, privileges=_privileges(quota))


def _privileges(quota: Policy) -> Term:
    """What a part of the buyers take, in which the id of a quota ends."""
    return Term(quota.id.rpartition("-")[2], "noun")


def quota_sentence(forecast: QuotaForecast, measure: str) -> str:
    """When a quota is used up, by the ends of its 80 % range, or how likely that is.

    Parameters
    ----------
    forecast : QuotaForecast
        Of an open quota.
    measure : str
        The flow that the report forecasts, which may be another than the quota counts.

    Examples
    --------
    >>> import forecasting as fc
    >>> (forecast,) = open_quotas(fc.outlook("kyrgyzstan-baseline", draws=50))
    >>> quota_sentence(forecast, "ev_registrations")[:42]
    'The duty-free quota of 15,000 is used up i'
    """
    low, median, high, used_up = forecast.days
    pattern = MAY_LAST
    if high is not None:
        pattern = USED_UP
    elif median is not None:
        pattern = USED_UP_OR_NOT
    days = {"low": low, "median": median, "high": high}
    cars, flow = (uncapital(label_of(name)) for name in (forecast.quota.measure, measure))
    share = forecast.quota.buyer_share
    if share:
        words = share_words(share)
        cars = flow = sentence(COUNTS_BUYERS, privileges=_privileges(forecast.quota), share=words)
    quota = sentence(
        pattern,
        name=_name(forecast.quota),
        year=forecast.quota.start.year,
        chance=probability_words(used_up),
        **days,
    )
    return sentence(QUOTA_COUNTS, quota=quota, counted=cars, flow=flow != cars and flow)


def quotas_table(outlook: Outlook) -> Table:
    """On which day each quota that is open is used up, and how many vehicles come until then,
    after it, and in the year that follows.

    Parameters
    ----------
    outlook : Outlook
        Of any scenario.

    Returns
    -------
    Table
        One row a quota; a day that lies beyond its end is not told.

    Examples
    --------
    >>> import forecasting as fc
    >>> fc.tables.quotas_table(fc.outlook("turkmenistan-baseline", draws=50))
    No quota is open.
    """
    rows = []
    label = ""
    caption_words: dict[str, object] = {}
    for forecast in open_quotas(outlook):
        quota = forecast.quota
        label = label_of(forecast.measure)
        ranges = (_with_range(draws, forecast.measure) for draws in forecast.vehicles)
        vehicles = dict(zip(VEHICLES_OF_QUOTA, ranges, strict=True))
        origin = {"quota": quota, "source": quota.source, "url": quota.url}
        rows.append(origin | forecast.days._asdict() | vehicles)
        if (forecast.measure, outlook.measure) == ("ev_imports", "ev_registrations"):
            caption_words = _imports_and_registrations(outlook, forecast)
    return OPEN_QUOTAS.table(rows, measure=label, **caption_words)


def _imports_and_registrations(outlook: Outlook, forecast: QuotaForecast) -> dict[str, object]:
    """What comes in the year of a quota, and what is registered of it with the events of the
    scenario and without.
    """
    of_year = forecast.quota.start.year
    imported = forecast.flow.totals(year(of_year))
    place = outlook.results.country
    without_events = outlook.baseline_forecasts[place].totals(year(of_year))
    registered = outlook.wide(of_year)[outlook.measure].to_numpy()
    return {
        "year": of_year,
        "imported": _with_range(imported, forecast.measure),
        "registered": _with_range(registered, outlook.measure),
        "without_events": _with_range(without_events, outlook.measure),
    }


def _with_range(draws: Array, measure: str) -> str:
    median, ends = median_and_range(np.quantile(draws, RANGE_LEVELS), measure)
    return filled("{median} ({ends})", median=median, ends=ends)
