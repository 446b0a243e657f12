"""The brief of a report: the finding as one would say it aloud, the answers on charging with their
questions, and what was known until when.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecasting.caveats import Caveat
from forecasting.demand.deployed import asked_for, moment
from forecasting.evidence.bases import basis_words, shipped_bases
from forecasting.evidence.places import is_place, place_name
from forecasting.measures import EV_SHARE
from forecasting.reporting.caveat_words import TWO_NUMBERS, age_html, day_words
from forecasting.reporting.display import Line, Link, line_html, line_text
from forecasting.reporting.growth_tables import known_as_growth, percent
from forecasting.reporting.labels import (
    amount,
    amounts,
    interval,
    label_of,
    phrase,
    plural,
    readable,
    spoken,
    uncapital,
)
from forecasting.scenarios.growth_on_year import yearly_growth

if TYPE_CHECKING:
    from forecasting.scenarios.joint_draws import Results
    from forecasting.scenarios.outlook import Outlook

TARGET = "charging_points_target"
# What each answer about chargers is called, and its question, in the order of a page; those that an
# outlook lacks are left out.
QUESTIONS = {
    "charging_points_need": (
        "Need",
        "How many does the electricity take, with points as busy as queues allow?",
    ),
    "charging_points_practice": (
        "By practice elsewhere",
        "How many have markets with as many electric cars built?",
    ),
    "charging_points_standard": (
        "By the standard",
        "How many does AFIR, the rule of the EU, ask for?",
    ),
    TARGET: ("Target", "How many have been promised?"),
}
# The finding on a flow; what stands on the road at the end, or the flow in the last year, follows
FINDINGS = {
    "ev_imports": "{where} will import about {first} electric cars in {soon}",
    "ev_registrations": "{where} will register about {first} electric cars in {soon}",
    "ev_exports": "About {first} electric cars will leave through {where} in {soon}",
    "vehicle_exports": "About {first} vehicles of all types will leave through {where} in {soon}",
    "ev_export_value_index": "The value of the electric cars that leave {where} will grow by about "
    "{first} in {soon}",
}
ANY_FINDING = "{where} will see about {first} {label} in {soon}"
BLIND = "Nobody has counted this market; judging by other markets alone, "
WIDTHS = {10: "the range is very wide", 1.6: "the range is wide", 0: "the range is"}
FOUR_IN_FIVE = "A range holds what comes four times in five."


@dataclass(frozen=True)
class Answer:
    """The finding that a report begins with, and how it is to be read.

    Parameters
    ----------
    line : Line
        The finding and its range, each number a link to what it rests on.
    reading : Line
        The range of the first year, or what else is read beside the finding.
    """

    line: Line
    reading: Line = ""

    @property
    def sentence(self) -> str:
        """The finding."""
        return line_text(self.line)

    def __repr__(self) -> str:
        return f"{self.sentence}\n{line_text(self.reading)}"

    def _repr_html_(self) -> str:
        return f'<p class="fc-lead">{line_html(self.line)}</p><p>{line_html(self.reading)}</p>'


def answer(outlook: Outlook) -> Answer:
    """The finding of an outlook, as one would say it aloud.

    Parameters
    ----------
    outlook : Outlook
        Of a country or a corridor.

    Returns
    -------
    Answer
        Sentences with the median and the 80 % range, in the unit of the measure.

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
        return Answer(_shares(outlook), TWO_NUMBERS)
    return _finding(outlook)


def _sentence(pattern: str, parts: dict[str, str | Link]) -> list[str | Link]:
    """A pattern as a sentence; each name in braces is a part, which may lead somewhere."""
    pieces = enumerate(re.split("[{}]", pattern))
    return [parts[piece] if at % 2 else piece for at, piece in pieces]


def _finding(outlook: Outlook) -> Answer:
    """The flow in the first year that the facts do not cover, and what stands at the horizon; of an
    index its growth, as its level is that of a base which nobody has printed.
    """
    measure = outlook.scenario.measure
    horizon = outlook.scenario.horizon
    soon = min(outlook.first_year, horizon)
    pattern = FINDINGS.get(measure, ANY_FINDING)
    if outlook.evidence is not None and not len(outlook.evidence):
        pattern = BLIND + uncapital(pattern)
    if outlook.counted_part and outlook.first_year < horizon and not known_as_growth(measure):
        count, until = outlook.counted_part
        pattern += f", {amount(count, measure)} of them counted by {until.day} {until:%B},"
    last = measure
    if "ev_stock" in outlook.results.values:
        last = "ev_stock"
        pattern += " and have about {later} on the road by the end of {horizon}"
    elif horizon > soon:
        pattern += " and about {later} in {horizon}"
    low, _, high = _levels(outlook.results, last, horizon)
    width = next(words for least, words in WIDTHS.items() if high >= least * max(low, 1))
    linked = _linked
    if known_as_growth(measure):
        linked = _grown
        soon = max(soon, int(yearly_growth(outlook.results, measure).index[0]))
    first, first_ends = linked(outlook.results, measure, soon)
    later, ends = linked(outlook.results, last, horizon)
    parts: dict[str, str | Link] = {
        "where": _where(outlook),
        "label": uncapital(label_of(measure)),
        "soon": str(soon),
        "horizon": str(horizon),
        "first": first,
        "first_ends": first_ends,
        "later": later,
        "ends": ends,
    }
    reading = _sentence(f"For {soon} the range is {{first_ends}}. {FOUR_IN_FIVE}", parts)
    return Answer(_sentence(f"{pattern}; {width}: {{ends}}.", parts), reading)


def _where(outlook: Outlook) -> str:
    place = outlook.results.country
    if is_place(place):
        return place_name(place)
    if len(outlook.parts) == 2:  # a corridor of which one place is counted, and the sum
        return f"{place_name(outlook.parts[0].country)}, the only place that is counted,"
    return place.replace("-", " ").capitalize()


@dataclass(frozen=True)
class KnownUntil:
    """What an outlook knew, and until when.

    Parameters
    ----------
    parts : sequence of str
        Sentences.
    age : Caveat
        When the newest count ended and was published.
    """

    parts: Sequence[str]
    age: Caveat

    def __repr__(self) -> str:
        return " ".join(filter(None, (*self.parts, str(self.age))))

    def _repr_html_(self) -> str:
        told = " ".join(filter(None, (*map(html.escape, self.parts), age_html(self.age))))
        return f'<p class="fc-known">{told}</p>'


def known(outlook: Outlook) -> KnownUntil:
    """What was known, and until when: the day of the forecast, how many facts, whose counts, and
    when the newest ended.

    Parameters
    ----------
    outlook : Outlook
        Of a country or a corridor.

    Returns
    -------
    KnownUntil
        A few sentences.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> fc.tables.known(fc.outlook("turkmenistan-baseline", draws=50))
    Known on 31 March 2026; nothing published later is used. It assumes 1 event ahead. Nobody ...
    """
    day = f"Known on {day_words(outlook.as_of)}; nothing published later is used."
    facts = phrase("It rests on {}.", outlook.evidence and plural(len(outlook.evidence), "fact"))
    many = plural(len(outlook.scenario.drivers), "event").replace("0 events", "no event")
    events = f"It assumes {many} ahead."
    return KnownUntil([day, facts, _who_counts(outlook), events], outlook.age)


def _who_counts(outlook: Outlook) -> str:
    """What the forecast counts; of a corridor, the agency whose count is forecast at each place."""
    if outlook.scenario.country:
        basis = shipped_bases().get(outlook.scenario.basis or "")
        return phrase("Counted are {}.", basis and basis.counts) + _on_the_road(outlook.results)
    agencies = " and ".join(
        place_name(place) + basis_words(" as counted by {}", flow.basis)
        for place, flow in outlook.forecasts.items()
    )
    return phrase("It is about {}.", agencies)


def _on_the_road(results: Results) -> str:
    """Which drives stand on the road, where more than one does."""
    plug_in = results.values.get("phev_stock")
    if plug_in is None or not np.median(plug_in[:, -1]):
        return ""
    return " On the road are battery cars and plug-in hybrids."


def _shares(outlook: Outlook) -> str:
    """The answer for a market of which neither a count nor the size is known."""
    wide = outlook.results.bands(EV_SHARE)
    horizon = outlook.scenario.horizon
    shares = ", and ".join(
        f"in {year} {readable(wide[0.5][year])} % "
        f"(80 % range {interval(wide[0.1][year], wide[0.9][year])} %)"
        for year in sorted({min(outlook.first_year, horizon), horizon})
    )
    return (
        f"Nothing is known of the market of {place_name(outlook.results.country)}, so these are "
        f"shares of new cars only: electric, as elsewhere before, {shares}."
    )


def _linked(results: Results, measure: str, year: int) -> tuple[Link, Link]:
    """Median and 80 % range of one year as they are said, which lead to what they rest on."""
    low, median, high = (spoken(value, measure) for value in _levels(results, measure, year))
    return _to_grounds(median, measure), _to_grounds(f"{low} to {high}", measure)


def _grown(results: Results, measure: str, year: int) -> tuple[Link, Link]:
    """The same of the growth on the year before."""
    wide = yearly_growth(results, measure)
    low, median, high = (percent(wide[level][year]) for level in (0.1, 0.5, 0.9))
    return _to_grounds(median.lstrip("+"), measure), _to_grounds(f"{low} to {high}", measure)


def _levels(results: Results, measure: str, year: int) -> list[float]:
    """The lower end, the median and the upper end of one year."""
    draws = results.values[measure][:, results.years.index(year)]
    levels: list[float] = np.quantile(draws, (0.1, 0.5, 0.9)).tolist()
    return levels


def median_and_ends(results: Results, measure: str, year: int) -> tuple[str, str]:
    """Median and 80 % range of one year in words.

    Parameters
    ----------
    results : Results
        Joint draws.
    measure : str
        One of theirs.
    year : int
        One of theirs.
    """
    low, median, high = _levels(results, measure, year)
    return amount(median, measure), amounts(low, high, measure)


def _to_grounds(words: str, measure: str) -> Link:
    return Link(words, f"#grounds-{measure}")


@dataclass(frozen=True)
class Answers:
    """Numbers side by side: each with its name, its question, and its range.

    Parameters
    ----------
    rows : sequence of tuple
        name, question, and median and range as links to what they rest on.
    caption : str
        What the numbers are of.
    """

    rows: Sequence[tuple[str, str, Link, Link]]
    caption: str

    def __repr__(self) -> str:
        lines = [
            f"{name}: {question} {median} (range {ends})"
            for name, question, median, ends in self.rows
        ]
        return "\n".join((self.caption, *lines))

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<div><span class="name">{html.escape(name)}</span> '
            f"<strong>{median.html()}</strong> "
            f'<span class="range">range {ends.html()}</span> '
            f'<span class="means">{html.escape(question)}</span></div>'
            for name, question, median, ends in self.rows
        )
        about = html.escape(self.caption)
        return f'<p class="fc-about">{about}</p><div class="fc-answers">{cells}</div>'


def charging_answers(outlook: Outlook) -> Answers:
    """How many charging points: an answer to each question at the horizon, side by side and
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
    caption = (
        f"How many public charging points by the end of {horizon}? That depends on the question"
    )
    if not rows:
        caption = (
            "How many charging points it takes follows from the new cars of a year, which are not "
            "known here."
        )
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
        start = max(start, demand.standing.when)
    targets = ", ".join(
        f"{readable(float(np.median(target.count)))} {target.unit} by {day_words(target.date)}"
        + phrase(" by the {}, no target of the state", target.by)
        for target in asked_for(demand.targets, start)
    )
    return promised + phrase(" {}, in equal steps from what stands.", targets)
