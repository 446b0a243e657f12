"""The first screen of a report: the number, its interval and the age of the evidence; how many
chargers.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.caveats import Caveat
from forecasting.demand.deployed import asked_for, moment
from forecasting.evidence.bases import basis_words
from forecasting.evidence.places import is_place, place_name
from forecasting.evidence.words import in_words, period_words
from forecasting.measures import EV_SHARE
from forecasting.reporting.caveat_words import TWO_NUMBERS, age_html
from forecasting.reporting.growth_tables import known_as_growth, percent
from forecasting.reporting.labels import amount, amounts, interval, label_of, readable
from forecasting.scenarios.growth_on_year import yearly_growth

if TYPE_CHECKING:
    from forecasting.scenarios.joint_draws import Results
    from forecasting.scenarios.outlook import Outlook

# What each answer about chargers says, in the order of a page; those that an outlook lacks are left
# out.
QUESTIONS = {
    "charging_points_need": ("Need", "what the energy requires, chargers as busy as queues allow"),
    "charging_points_practice": ("Practice", "what markets with such a fleet have built"),
    "charging_points_standard": ("Standard", "what a rule would ask for"),
    "charging_points_target": ("Target", "what has been promised"),
}


@dataclass(frozen=True)
class Answer:
    """The sentence that a report begins with, and what its evidence's age is.

    Parameters
    ----------
    sentence : str
        The number and its interval.
    counted_by : str
        Of a corridor, whose counts are forecast.
    age : Caveat or None
        When the newest outcome that it rests on ended and was published.
    events : str
        What the scenario assumes.
    numbers : tuple of tuple of str
        Each number and interval of the sentence and its measure, whose grounds it leads to.
    """

    sentence: str
    counted_by: str = ""
    age: Caveat | None = None
    events: str = ""
    numbers: tuple[tuple[str, str], ...] = ()

    @property
    def evidence(self) -> str:
        """Whose counts, how old they are, and what the scenario assumes."""
        parts = (self.counted_by, self.age, self.events)
        return " ".join(str(part) for part in parts if part)

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.evidence}"

    def _repr_html_(self) -> str:
        said = html.escape(self.sentence)
        for number, measure in self.numbers:
            said = re.sub(
                rf"(?<![\d,>]){re.escape(number)}(?![\d,<])",
                f'<a href="#grounds-{measure}">{number}</a>',
                said,
                count=1,
            )
        age = age_html(self.age) if self.age else ""
        parts = (html.escape(self.counted_by), age, html.escape(self.events))
        return f'<p class="fc-lead">{said}</p><p>{" ".join(filter(None, parts))}</p>'


def answer(outlook: Outlook) -> Answer:
    """The answer of an outlook in one sentence, and the age of its evidence.

    Parameters
    ----------
    outlook : Outlook
        Of a country or a corridor.
    """
    if EV_SHARE in outlook.results.values:
        return _shares_only(outlook)
    if known_as_growth(outlook.scenario.measure):
        return _growth_only(outlook)
    measure, results, horizon = outlook.scenario.measure, outlook.results, outlook.scenario.horizon
    soon = min(outlook.first_year, horizon)
    where = (
        place_name(results.country)
        if is_place(results.country)
        else results.country.replace("-", " ").capitalize()
    )
    if len(outlook.parts) == 2:  # a corridor of which one place is counted, and the sum
        where += f" ({place_name(outlook.parts[0].country)} alone, as no other is counted)"
    number, ends = _cell(results, measure, soon)
    sentence, numbers = (
        f"{where} in {soon}: {_words(measure, number, ends)}",
        [(number, measure), (ends, measure)],
    )
    late = "ev_stock" if "ev_stock" in results.values else measure
    if late != measure or horizon > soon:
        median, ends = _cell(results, late, horizon)
        when = f"on the road at the end of {horizon}" if late == "ev_stock" else f"in {horizon}"
        sentence += f", and {median} {when} ({ends})"
        numbers += [(median, late), (ends, late)]
    if outlook.evidence is not None and not len(outlook.evidence):
        sentence = f"Nothing has been counted of this market; from other markets alone: {sentence}"
    return Answer(
        f"{sentence}.", _who_counts(outlook), outlook.age, _drivers(outlook), tuple(numbers)
    )


def _who_counts(outlook: Outlook) -> str:
    """Of a corridor: the agency whose count is forecast at each place, and the largest count that
    was printed.
    """
    if outlook.scenario.country or outlook.evidence is None or not outlook.forecasts:
        return ""
    by = "; ".join(
        place_name(place) + basis_words(" as counted by {}", each.basis)
        for place, each in outlook.forecasts.items()
    )
    counts = [fact for fact in outlook.evidence if fact.quantity == "total" and fact.side != -1]
    largest = max(
        (fact for fact in counts if fact.value == fact.value),
        key=lambda fact: fact.value,
        default=None,
    )
    if largest is None:
        return f"This is {by}."
    printed = f"{place_name(largest.place)}, {period_words(largest.period)}{basis_words(', by {}', largest.basis)}"
    return f"This is {by}; the largest count ever printed is {in_words(largest)} ({printed})."


def _shares_only(outlook: Outlook) -> Answer:
    """The answer for a market of which neither a count nor the size is known; what would give more
    is named.
    """
    wide = outlook.results.bands(EV_SHARE)
    years = dict.fromkeys(
        (min(outlook.first_year, outlook.scenario.horizon), outlook.scenario.horizon)
    )
    said = [f"in {year} {readable(wide[0.5][year])} % ({_ends(wide, year)})" for year in years]
    where = place_name(outlook.results.country)
    sentence = f"Nothing is known of the market of {where}, so these are shares of new cars only"
    return Answer(
        f"{sentence}: electric, as elsewhere before, {', and '.join(said)}.", events=TWO_NUMBERS
    )


def _growth_only(outlook: Outlook) -> Answer:
    """The answer for an index: how fast it grows, as its level is that of a base which nobody has
    printed.
    """
    measure, wide = (
        outlook.scenario.measure,
        yearly_growth(outlook.results, outlook.scenario.measure),
    )
    years = sorted({outlook.first_year, outlook.scenario.horizon} & set(wide.index))
    ends = {each: f"{percent(wide[0.1][each])} to {percent(wide[0.9][each])}" for each in years}
    said = [f"{percent(wide[0.5][each])} in {each} (80 % interval {ends[each]})" for each in years]
    label = label_of(measure).removesuffix(" index")
    sentence = f"{place_name(outlook.results.country)}: {label[:1].lower() + label[1:]}, grow on the year before by "
    numbers = tuple(
        (words, measure) for each in years for words in (percent(wide[0.5][each]), ends[each])
    )
    return Answer(
        f"{sentence}{', and by '.join(said)}.",
        age=outlook.age,
        events=_drivers(outlook),
        numbers=numbers,
    )


def _ends(wide: pd.DataFrame, year: int) -> str:
    return f"80 % interval {interval(wide[0.1][year], wide[0.9][year])} %"


def _cell(results: Results, measure: str, year: int) -> tuple[str, str]:
    """Median and 80 % interval of one year."""
    low, median, high = np.quantile(
        results.values[measure][:, results.years.index(year)], (0.1, 0.5, 0.9)
    ).tolist()
    return amount(median, measure), amounts(low, high, measure)


def _words(measure: str, median: str, ends: str) -> str:
    """A number with what it counts.

    >>> _words("ev_imports", "44,500", "12,900 to 136,000")
    '44,500 electric vehicles imported (80 % interval 12,900 to 136,000)'
    """
    label = label_of(measure)
    label = label if label[:2].isupper() else label[:1].lower() + label[1:]
    return f"{median} {label} (80 % interval {ends})"


def _drivers(outlook: Outlook) -> str:
    """Which of the numbers these are: with the scenario's events."""
    many = len(outlook.scenario.drivers)
    if not many:
        return "Without any event ahead."
    return (
        f"With the {many} events ahead that this scenario assumes."
        if many > 1
        else "With one assumed event ahead."
    )


@dataclass(frozen=True)
class Answers:
    """Numbers side by side: each with its name, what it means, and its interval.

    Parameters
    ----------
    rows : tuple of tuple of str
        name, what it means, median, interval, and the measure whose grounds both lead to.
    caption : str
        What the numbers are of.
    """

    rows: tuple[tuple[str, str, str, str, str], ...]
    caption: str

    def __repr__(self) -> str:
        lines = [
            f"{name}: {median} (80 % interval {ends}), {means}"
            for name, means, median, ends, _ in self.rows
        ]
        return "\n".join((self.caption, *lines))

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<div><span class="name">{html.escape(name)}</span> '
            f'<strong><a href="#grounds-{measure}">{html.escape(median)}</a></strong> '
            f'<span class="range">80 % interval <a href="#grounds-{measure}">{html.escape(ends)}</a></span> '
            f'<span class="means">{html.escape(means)}</span></div>'
            for name, means, median, ends, measure in self.rows
        )
        return f'<p class="fc-about">{html.escape(self.caption)}</p><div class="fc-answers">{cells}</div>'


def charging_answers(outlook: Outlook) -> Answers:
    """How many charging points: the answers to three questions at the horizon, side by side and
    never averaged.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    """
    rows = []
    for measure, (name, means) in QUESTIONS.items():
        if measure in outlook.results.values:
            median, ends = _cell(outlook.results, measure, outlook.scenario.horizon)
            means = _promised(outlook) or means if measure == "charging_points_target" else means
            rows.append((name, means, median, ends, measure))
    if not rows:
        return Answers(
            (), "How many charging points takes the new cars of a year, which are not known here."
        )
    return Answers(
        tuple(rows),
        f"Public charging points at the end of {outlook.scenario.horizon}, by three questions",
    )


def _promised(outlook: Outlook) -> str:
    """Which targets the path to them is drawn to; nothing where the outlook was read from files."""
    demand = outlook.demand
    if demand is None:
        return ""
    start = max(
        moment(outlook.as_of), 0.0 if demand.standing is None else moment(demand.standing.date)
    )
    asked = [
        f"{readable(float(np.median(target.count)))} {target.unit} by {target.date}"
        for target in asked_for(demand.targets, start)
    ]
    return (
        f"what has been promised: {', '.join(asked)}, in equal steps from what stands"
        if asked
        else ""
    )
