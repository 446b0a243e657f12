"""The first screen of a report: the number, its interval and the age of the evidence; how many
chargers.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecasting.caveats import Caveat
from forecasting.demand.deployed import asked_for, moment
from forecasting.evidence.bases import basis_words
from forecasting.evidence.places import is_place, place_name
from forecasting.evidence.words import in_words, period_words
from forecasting.measures import EV_SHARE
from forecasting.reporting.caveat_words import TWO_NUMBERS, age_html
from forecasting.reporting.display import Line, Link, line_html, line_text
from forecasting.reporting.growth_tables import known_as_growth, percent
from forecasting.reporting.labels import (
    amount,
    amounts,
    interval,
    label_of,
    phrase,
    readable,
    uncapital,
)
from forecasting.scenarios.growth_on_year import yearly_growth

if TYPE_CHECKING:
    from forecasting.evidence.fact import Fact
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.joint_draws import Results
    from forecasting.scenarios.outlook import Outlook

TARGET = "charging_points_target"
# What each answer about chargers says, in the order of a page; those that an outlook lacks are left
# out.
QUESTIONS = {
    "charging_points_need": ("Need", "what the energy requires, chargers as busy as queues allow"),
    "charging_points_practice": ("Practice", "what markets with such a fleet have built"),
    "charging_points_standard": (
        "Standard",
        "what AFIR, the rule of the EU, would ask for: public power a vehicle",
    ),
    TARGET: ("Target", "what has been promised"),
}


@dataclass(frozen=True)
class Answer:
    """The sentence that a report begins with, and what its evidence's age is.

    Parameters
    ----------
    line : Line
        The number and its interval, each a link to what it rests on.
    counted_by : str
        Of a corridor, whose counts are forecast.
    age : Caveat or None
        When the newest outcome that it rests on ended and was published.
    events : str
        What the scenario assumes.
    """

    line: Line
    counted_by: str = ""
    age: Caveat | None = None
    events: str = ""

    @property
    def sentence(self) -> str:
        """The number and its interval."""
        return line_text(self.line)

    @property
    def evidence(self) -> str:
        """Whose counts, how old they are, and what the scenario assumes."""
        return " ".join(str(part) for part in (self.counted_by, self.age, self.events) if part)

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.evidence}"

    def _repr_html_(self) -> str:
        age = age_html(self.age) if self.age else ""
        parts = (html.escape(self.counted_by), age, html.escape(self.events))
        evidence = " ".join(filter(None, parts))
        return f'<p class="fc-lead">{line_html(self.line)}</p><p>{evidence}</p>'


def answer(outlook: Outlook) -> Answer:
    """The answer of an outlook in one sentence, and the age of its evidence.

    Parameters
    ----------
    outlook : Outlook
        Of a country or a corridor.

    Returns
    -------
    Answer
        Sentences with the median and the 80 % interval, in the unit of the measure.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> type(fc.tables.answer(outlook)).__name__
    'Answer'
    """
    if outlook.scenario.measure == EV_SHARE:
        return Answer(_shares(outlook), events=TWO_NUMBERS)
    if known_as_growth(outlook.scenario.measure):
        return Answer(_growth(outlook), "", outlook.age, _drivers(outlook))
    return Answer(_amounts(outlook), _who_counts(outlook), outlook.age, _drivers(outlook))


def _amounts(outlook: Outlook) -> Line:
    """The flow in the first year that the facts do not cover, and what stands at the horizon."""
    measure = outlook.scenario.measure
    results = outlook.results
    horizon = outlook.scenario.horizon
    soon = min(outlook.first_year, horizon)
    number, ends = _linked(results, measure, soon)
    label = uncapital(label_of(measure))
    line: list[str | Link] = []
    if outlook.evidence is not None and not len(outlook.evidence):
        line = ["Nothing has been counted of this market; from other markets alone: "]
    line += [f"{_where(outlook)} in {soon}: ", number, f" {label} (80 % interval ", ends, ")"]
    if "ev_stock" in results.values:
        stock, ends = _linked(results, "ev_stock", horizon)
        line += [", and ", stock, f" on the road at the end of {horizon} (", ends, ")"]
    elif horizon > soon:
        late, ends = _linked(results, measure, horizon)
        line += [", and ", late, f" in {horizon} (", ends, ")"]
    return [*line, "."]


def _where(outlook: Outlook) -> str:
    place = outlook.results.country
    if is_place(place):
        return place_name(place)
    where = place.replace("-", " ").capitalize()
    if len(outlook.parts) == 2:  # a corridor of which one place is counted, and the sum
        where += f" ({place_name(outlook.parts[0].country)} alone, as no other is counted)"
    return where


def _who_counts(outlook: Outlook) -> str:
    """Of a corridor: the agency whose count is forecast at each place, and the largest count that
    was printed.
    """
    if outlook.scenario.country or outlook.evidence is None or not outlook.forecasts:
        return ""
    agencies = "; ".join(
        place_name(place) + basis_words(" as counted by {}", flow.basis)
        for place, flow in outlook.forecasts.items()
    )
    largest = _largest_count(outlook.evidence)
    if largest is None:
        return f"This is {agencies}."
    when = f"{place_name(largest.place)}, {period_words(largest.period)}"
    printed = f"{in_words(largest)} ({when}{basis_words(', by {}', largest.basis)})"
    return f"This is {agencies}; the largest count ever printed is {printed}."


def _largest_count(evidence: Ledger) -> Fact | None:
    counts = [fact for fact in evidence if fact.quantity == "total" and fact.side != -1]
    printed = [fact for fact in counts if not math.isnan(fact.value)]
    return max(printed, key=lambda fact: fact.value, default=None)


def _shares(outlook: Outlook) -> str:
    """The answer for a market of which neither a count nor the size is known."""
    wide = outlook.results.bands(EV_SHARE)
    horizon = outlook.scenario.horizon
    shares = ", and ".join(
        f"in {year} {readable(wide[0.5][year])} % "
        f"(80 % interval {interval(wide[0.1][year], wide[0.9][year])} %)"
        for year in sorted({min(outlook.first_year, horizon), horizon})
    )
    return (
        f"Nothing is known of the market of {place_name(outlook.results.country)}, so these are "
        f"shares of new cars only: electric, as elsewhere before, {shares}."
    )


def _growth(outlook: Outlook) -> Line:
    """The answer for an index: how fast it grows, as its level is that of a base which nobody has
    printed.
    """
    measure = outlook.scenario.measure
    label = uncapital(label_of(measure).removesuffix(" index"))
    wide = yearly_growth(outlook.results, measure)
    before = f"{place_name(outlook.results.country)}: {label}, grow on the year before by "
    line: list[str | Link] = []
    for year in sorted({outlook.first_year, outlook.scenario.horizon} & set(wide.index)):
        low, median, high = (percent(wide[level][year]) for level in (0.1, 0.5, 0.9))
        ends = f"{low} to {high}"
        line += [before, _to_grounds(median, measure), f" in {year} (80 % interval "]
        line += [_to_grounds(ends, measure), ")"]
        before = ", and by "
    return [*line, "."]


def _linked(results: Results, measure: str, year: int) -> tuple[Link, Link]:
    """Median and 80 % interval of one year, which lead to what they rest on."""
    median, ends = median_and_ends(results, measure, year)
    return _to_grounds(median, measure), _to_grounds(ends, measure)


def median_and_ends(results: Results, measure: str, year: int) -> tuple[str, str]:
    """Median and 80 % interval of one year in words.

    Parameters
    ----------
    results : Results
        Joint draws.
    measure : str
        One of theirs.
    year : int
        One of theirs.
    """
    draws = results.values[measure][:, results.years.index(year)]
    low, median, high = np.quantile(draws, (0.1, 0.5, 0.9)).tolist()
    return amount(median, measure), amounts(low, high, measure)


def _to_grounds(words: str, measure: str) -> Link:
    return Link(words, f"#grounds-{measure}")


def _drivers(outlook: Outlook) -> str:
    """Which of the numbers these are: with the scenario's events."""
    many = len(outlook.scenario.drivers)
    if many > 1:
        return f"With the {many} events ahead that this scenario assumes."
    if many:
        return "With one assumed event ahead."
    return "Without any event ahead."


@dataclass(frozen=True)
class Answers:
    """Numbers side by side: each with its name, what it means, and its interval.

    Parameters
    ----------
    rows : sequence of tuple
        name, what it means, and median and interval as links to what they rest on.
    caption : str
        What the numbers are of.
    """

    rows: Sequence[tuple[str, str, Link, Link]]
    caption: str

    def __repr__(self) -> str:
        lines = [
            f"{name}: {median} (80 % interval {ends}), {means}"
            for name, means, median, ends in self.rows
        ]
        return "\n".join((self.caption, *lines))

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<div><span class="name">{html.escape(name)}</span> '
            f"<strong>{median.html()}</strong> "
            f'<span class="range">80 % interval {ends.html()}</span> '
            f'<span class="means">{html.escape(means)}</span></div>'
            for name, means, median, ends in self.rows
        )
        about = html.escape(self.caption)
        return f'<p class="fc-about">{about}</p><div class="fc-answers">{cells}</div>'


def charging_answers(outlook: Outlook) -> Answers:
    """How many charging points: the answers to three questions at the horizon, side by side and
    never averaged.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Answers
        Public points at the horizon by need, practice and standard, each with its 80 %
        interval.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> type(fc.tables.charging_answers(outlook)).__name__
    'Answers'
    """
    horizon = outlook.scenario.horizon
    questions = dict(QUESTIONS)
    if TARGET in outlook.results.values:
        questions[TARGET] = ("Target", _promised(outlook))
    rows = [
        (name, means, *_linked(outlook.results, measure, horizon))
        for measure, (name, means) in questions.items()
        if measure in outlook.results.values
    ]
    caption = f"Public charging points at the end of {horizon}, by three questions"
    if not rows:
        caption = "How many charging points takes the new cars of a year, which are not known here."
    return Answers(rows, caption)


def _promised(outlook: Outlook) -> str:
    """What has been promised, and the targets that the path is drawn to; these are not known where
    the outlook was read from files.
    """
    _, promised = QUESTIONS[TARGET]
    demand = outlook.demand
    if demand is None:
        return promised
    start = moment(outlook.as_of)
    if demand.standing is not None:
        start = max(start, moment(demand.standing.date))
    targets = ", ".join(
        f"{readable(float(np.median(target.count)))} {target.unit} by {target.date}"
        + (f" by the {target.by}, no target of the state" if target.by else "")
        for target in asked_for(demand.targets, start)
    )
    return promised + phrase(": {}, in equal steps from what stands", targets)
