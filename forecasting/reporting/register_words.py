"""What stays of the cars that came, as pairs of imports and of a register tell, where those go that
leave through a port, and trade in the mirror.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from forecasting.evidence.fact import (
    MEASURE_WHEN,
    Fact,
    in_words,
    label_of,
    period_words,
    place_term,
    when_words,
)
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.reconcile import mirror_pairs
from forecasting.panels.registers import IMPORTS, KEPT, RegisterGrowth, closed_ways
from forecasting.reporting.labels import day_words, source_words
from forecasting.scenarios.assumptions import kept_shares, register_growths
from forecasting.scenarios.outlook import Outlook
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.periods import DAY
from forecasting.vocabulary.places import COUNTRIES, REGION, WORLD, place_name
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array
from forecasting.vocabulary.sentences import Term, sentence, uncapital
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.display import BulletList, Table
from forecasting.writers.numbers import range_words, readable, whole_percent

REGISTER_SENTENCE = (
    "Of about {imported} electric cars that came to {place} from {start} to {end}, the register "
    "grew by {registered}: {share}[, after {share_before} from {start_before} to {end_before}]"
    "[less?; the rest was passed on to other countries, or was not yet registered][more?; more "
    "than came: cars from before those days, or of kinds that the imports do not count].[ A "
    "register follows by about a quarter, and of the cars that were due in those days it took "
    "{share_due}.][ Rules that close a way on which cars left begin on {days}.] Of what comes in "
    "{year}, {expected} is expected to stay[, by counts here and elsewhere ({others})].[ To "
    "{taker} went {taken} cars of every drive from {taken_start} to {taken_end} ({printer}).]"
)
FALL_SENTENCE = (
    "From {start} to {end}, when about {imported} electric cars came to {place}, its register fell "
    "by {fall}: of those days it is not known what stays."
)
SPLIT_SENTENCE = (
    "Of {whole} that left through {port} {period}, {part} went to {destination}: {share} "
    "({printer}). No later split is known; by that share {expected} of the {total} of "
    "{year} went there."
)
ARRIVALS_SENTENCE = (
    "In {year} these countries printed electric cars that came by every way: {counts}. Together "
    "they are at least {share} of the {total} that left through {port} in that year; the others "
    "went on to Russia and further, came after those days, or are of kinds that importers do not "
    "count."
)
ARRIVAL_OF_PLACE = "{place} {count} ({period})"
NO_SPLIT_SENTENCE = "It is not known where those go that leave through {port}."
KEPT_SHARE = "{median} ({range})"
LEAST_LAG = 0.02  # by which imports that were due differ from those of the same days
KEPT_DRAWS = 2_000  # of what stays in a country of which nothing else is forecast


def register_sentence(outlook: Outlook) -> str:
    """What the register of a country took of the cars that came, last and before.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    str
        Empty where no register is printed with imports of the same days, and of buses and trucks,
        of which no share that stays is forecast.

    Examples
    --------
    >>> import forecasting as fc
    >>> register_sentence(fc.outlook("kyrgyzstan-baseline", draws=50))
    'Of about 13,600 electric cars that came to Kyrgyzstan from 1 January 2025 to 31 December 2025,
    the register grew by 9,870: 72 %, after 38 % from 1 January 2023 to 31 December 2023; ...'
    """
    if KEPT not in outlook.results.values:
        return ""
    of_year = outlook.years.index(outlook.headline_year)
    kept_share = outlook.results.values[KEPT][:, of_year] / 100
    growths, decreases = register_growths(outlook.ledger, outlook.as_of)
    return _register_words(outlook, outlook.scenario.place, kept_share, growths, decreases)


def destinations(outlook: Outlook) -> BulletList:
    """Where the vehicles of a corridor go, and of the countries behind it what stays there of the
    electric cars, since when, and who takes the rest.

    Parameters
    ----------
    outlook : Outlook
        Of a corridor.

    Returns
    -------
    BulletList
        The split that is printed, applied to the last whole year; the imports of that year; and for
        each country with a register `register_sentence`.

    Examples
    --------
    >>> import forecasting as fc
    >>> fc.tables.destinations(fc.outlook("horgos-baseline", draws=200)).lines[0]
    'Of about 63,000 vehicles that left through Horgos in 2023, about 51,000 vehicles went to five
    Central Asian countries: 81 % (CCTV (reprint), Horgos Customs). ...'
    """
    scenario, day = outlook.scenario, outlook.as_of
    lines: list[str] = []
    for part in outlook.parts:
        if part.country in scenario.places:
            lines += _destinations_of(outlook, part.country, part.values[scenario.measure])
    growths, decreases = register_growths(outlook.ledger, day)
    for country in COUNTRIES:
        kept_share = kept_shares(
            growths, country, day, [outlook.headline_year], scenario.seed, KEPT_DRAWS
        )
        words = _register_words(outlook, country, kept_share, growths, decreases)
        if words:
            lines.append(words)
    return BulletList(lines)


def _destinations_of(outlook: Outlook, port: str, draws: Array) -> Iterator[str]:
    """Where those go that leave through a port, by a printed split and by what importers count."""
    year = outlook.as_of.year - 1
    split = _newest_split(outlook, port)
    if split is None or year not in outlook.years:
        yield sentence(NO_SPLIT_SENTENCE, port=place_term(port))
        return
    part, whole = split
    total = float(np.median(draws[:, outlook.years.index(year)]))
    of_port = {"port": place_term(port), "year": year, "total": readable(total)}
    share = part.value / whole.value
    destination = place_term(part.partner)
    if part.partner == REGION:
        destination = Term(uncapital(place_name(REGION)), f"place {REGION}")
    yield sentence(
        SPLIT_SENTENCE,
        whole=in_words(whole),
        period=when_words(whole.period),
        part=in_words(part),
        destination=destination,
        share=whole_percent(share),
        printer=source_words(part.source),
        expected=readable(share * total),
        **of_port,
    )
    arrivals = [_newest_arrival(outlook, country, year) for country in COUNTRIES]
    counts = [fact for fact in arrivals if fact is not None]
    if counts and MEASURES[outlook.scenario.measure].of_electric_cars:
        yield sentence(
            ARRIVALS_SENTENCE,
            counts="; ".join(map(_arrival_words, counts)),
            share=whole_percent(sum(fact.value for fact in counts) / total),
            **of_port,
        )


def _newest_split(outlook: Outlook, port: str) -> tuple[Fact, Fact] | None:
    """The newest count of those that went to one destination, and that of all of its days."""
    measure, day = outlook.scenario.measure, outlook.as_of
    counts = outlook.ledger.select(port, measure, partner=None, as_of=day)
    exports = [fact for fact in counts if fact.is_exact and fact.is_amount]
    wholes = {(fact.basis, fact.period): fact for fact in exports if fact.partner == WORLD}
    splits = [
        (fact, wholes[fact.basis, fact.period])
        for fact in exports
        if fact.partner != WORLD and (fact.basis, fact.period) in wholes
    ]
    return max(splits, key=lambda split: split[0].period.end, default=None)


def _arrival_words(fact: Fact) -> str:
    """A country's imports."""
    return sentence(
        ARRIVAL_OF_PLACE,
        place=place_term(fact.place),
        count=readable(fact.value),
        period=period_words(fact.period),
    )


def _newest_arrival(outlook: Outlook, country: str, year: int) -> Fact | None:
    """The count of a country's imports that reaches furthest into a year, from its first day."""
    counts = [
        fact
        for fact in outlook.ledger.select(country, IMPORTS, kind="outcome", as_of=outlook.as_of)
        if fact.is_exact and fact.is_amount
        if fact.period.start == dt.date(year, 1, 1) and fact.period.end.year == year
    ]
    return max(counts, key=lambda fact: fact.period.end, default=None)


def _register_words(
    outlook: Outlook,
    place: str,
    kept_share: Array,
    all_growths: Sequence[RegisterGrowth],
    all_decreases: Sequence[RegisterGrowth],
) -> str:
    """What the register of a country took, by the growths and decreases of all registers; what
    stays in the year that is forecast is given in draws.
    """
    growths = [growth for growth in all_growths if growth.place == place]
    other_places = sorted({growth.place for growth in all_growths} - {place})
    falls = [
        sentence(
            FALL_SENTENCE,
            place=place_term(place),
            imported=readable(decrease.imported),
            fall=readable(-decrease.registered),
            **_of_growth(decrease),
        )
        for decrease in all_decreases
        if decrease.place == place
    ]
    if not growths:
        return " ".join(falls)
    *earlier_growths, newest = growths
    words: dict[str, object] = {}
    if earlier_growths:
        words = {f"{name}_before": text for name, text in _of_growth(earlier_growths[-1]).items()}
    if abs(newest.lagged / newest.imported - 1) > LEAST_LAG:
        words["share_due"] = whole_percent(newest.registered / newest.lagged)
    rules = closed_ways(place, outlook.as_of)
    low, middle, high = map(whole_percent, np.quantile(kept_share, RANGE_LEVELS))
    of_newest = sentence(
        REGISTER_SENTENCE,
        less=newest.registered < newest.imported,
        more=newest.registered > newest.imported,
        place=place_term(place),
        imported=readable(newest.imported),
        registered=readable(newest.registered),
        days=", ".join(day_words(rule.start) for rule in rules),
        year=outlook.headline_year,
        others=", ".join(sorted(str(place_term(code)) for code in other_places)),
        expected=sentence(KEPT_SHARE, median=middle, range=range_words(low, high)),
        **_of_growth(newest),
        **words,
        **_taker(outlook, place),
    )
    return " ".join([of_newest, *falls])


def _taker(outlook: Outlook, place: str) -> dict[str, object]:
    """The country to which most cars that leave are printed to go, and the newest year's number."""
    day = outlook.as_of
    exports = outlook.ledger.select(place, "vehicle_exports", partner=None, as_of=day)
    counts = [fact for fact in exports if fact.is_amount and fact.partner != WORLD]
    if not counts:
        return {}
    newest = max(counts, key=lambda fact: (fact.period.end, fact.value))
    return {
        "taker": place_term(newest.partner),
        "taken": readable(newest.value),
        "taken_start": day_words(newest.period.start),
        "taken_end": day_words(newest.period.end),
        "printer": source_words(newest.source),
    }


def _of_growth(growth: RegisterGrowth) -> dict[str, str]:
    return {
        "share": whole_percent(growth.registered / growth.imported),
        "start": day_words(growth.start + DAY),
        "end": day_words(growth.end),
    }


MIRROR = TableForm(
    [
        Column("what left", lambda row: label_of(row["left"].measure)),
        Column("left", lambda row: _amount_words(row["left"])),
        Column("what arrived", lambda row: label_of(row["arrival"].measure)),
        Column("arrived", lambda row: _amount_words(row["arrival"])),
        Column("times", "{ratio:.1f}"),
        Column("facts", "{left.id}, {arrival.id}", look="id"),
    ],
    caption="From {origin} to {place}",
    nothing="Nothing has been printed by both sides.",
)


def mirror_table(ledger: Ledger, place: str, origin: str = "CN") -> Table:
    """What left for a country beside what arrived there, in the periods that are most alike.

    Parameters
    ----------
    ledger : Ledger
        The facts of both countries.
    place, origin : str
        Where the vehicles arrived, and where they came from.

    Returns
    -------
    Table
        A row for each printed amount that left: the two amounts with their measures and periods,
        and how many times the one arrived by the month as left by the month.

    Examples
    --------
    >>> import forecasting as fc
    >>> table = fc.tables.mirror_table(fc.datasets.central_asia(), "UZ")
    >>> table.caption
    'From China to Uzbekistan'
    >>> table.frame.loc[0, "left"], table.frame.loc[0, "times"]
    ('244 million USD in Jan–Jun 2025', '1.1')
    """
    pairs = [pair._asdict() for pair in mirror_pairs(ledger, place, origin)]
    return MIRROR.table(pairs, place=place_term(place), origin=place_term(origin))


def _amount_words(fact: Fact) -> str:
    return sentence(MEASURE_WHEN, measure=in_words(fact), when=when_words(fact.period))
