"""Each kind of caveat in words: the sentences that a reader meets, and nothing else of it.

What is said of a forecast is a clause; where the forecast is one of a place, the place stands
before it. A check's note begins with the file or the scenario that it is about.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from typing import Any

from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import (
    MEASURE_WHEN,
    Fact,
    in_words,
    label_of,
    period_words,
    place_term,
    statement_term,
    unit_term,
    when_words,
)
from forecasting.reporting.labels import day_words, published_words
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.sentences import OR, filled, listed, plural, sentence
from forecasting.writers.display import Dated, Link
from forecasting.writers.numbers import readable, whole_percent

TWO_NUMBERS = (
    "Two numbers would give vehicles and chargers: the new cars of a year (market_size in the "
    "params file), and the electric cars of a year (a fact in a ledger of your own)."
)


def words_of(caveat: Caveat) -> str:
    """A caveat as a reader meets it.

    Parameters
    ----------
    caveat : Caveat
        Of any kind.

    Returns
    -------
    str
        A sentence, or a clause of what is said of one forecast.

    Raises
    ------
    InputError
        Where it is given something else than a caveat.

    Examples
    --------
    >>> words_of(Caveat("only_differences", values={"place": "UZ"}))[:60]
    'Uzbekistan: no total is told, only how many more or fewer th'
    """
    kind = caveat.kind
    places = _places(caveat)
    if kind in PLACES_OF_KIND:
        places |= PLACES_OF_KIND[kind](caveat)
    if kind not in CLAUSES:
        words = sentence(SENTENCES[kind], **places)
        return filled("[{subject}: ]{words}", subject=places.get("subject"), words=words)
    words = sentence(CLAUSES[kind], **places)
    return filled("[{place}: ]{words}[place?.]", place=places.get("place"), words=words)


def lines_of(caveats: Iterable[Caveat]) -> list[str]:
    """Caveats as a reader meets them, each sentence once.

    Parameters
    ----------
    caveats : iterable of Caveat
        Of any kind.
    """
    return list(dict.fromkeys(map(words_of, caveats)))


def _places(caveat: Caveat) -> dict[str, Any]:
    """What a wording may name: the values, the place by its name, measures by their labels, a day
    as a sentence names it, and the facts in words.
    """
    places: dict[str, Any] = dict(caveat.values)
    if "measure" in places:
        label = label_of(places["measure"])
        places |= {"measure": label, "measure_in_text": label.lower()}
    if "place" in places:
        places["place"] = place_term(places["place"])
    if "part" in places:
        places["part"] = place_term(places["part"])
    if "unit" in places:
        places["unit"] = unit_term(places["unit"])
    if "day" in places:
        places["day_in_text"] = day_words(dt.date.fromisoformat(places["day"]))
    if "share" in places:
        places["percent"] = whole_percent(places["share"])
    if caveat.facts:
        fact = caveat.facts[0]
        places |= {
            "fact": fact_words(fact),
            "agency": basis_name(fact.basis),
            "end": day_words(fact.period.end),
            "printed": published_words(fact.published),
            "last_says": in_words(caveat.facts[-1]),
        }
    return places


STATEMENT_WHEN = "{statement}, {period}"
COMPARED_WHEN = "{comparison} {when}"


def fact_words(fact: Fact) -> str:
    """A fact in words, for a reader who knows no ids.

    Parameters
    ----------
    fact : Fact
        Any.
    """
    words = in_words(fact) or label_of(fact.measure).lower()
    when = when_words(fact.period) if fact.period_end else ""
    if when in words:  # a share names the day of its whole, a quotation its own
        return words
    if words == statement_term(fact).form():
        return sentence(STATEMENT_WHEN, statement=words, period=period_words(fact.period))
    if math.isnan(fact.value):
        return sentence(COMPARED_WHEN, comparison=words, when=when)
    return sentence(MEASURE_WHEN, measure=words, when=when)


SIZE_COUNTED = "{measures}, {years}"
SIZE_JUDGED = "a judgement of the params file"


def size_words(caveat: Caveat | None) -> str:
    """Where the size of a market comes from.

    Parameters
    ----------
    caveat : Caveat or None
        As a market that is known holds it; None of one that is not.
    """
    if caveat is None:
        return ""
    if caveat.kind == "size_counted":
        measures = [label_of(name).lower() for name in caveat.values["measures"]]
        years = ", ".join(map(str, caveat.values["years"]))
        return sentence(SIZE_COUNTED, measures=listed(measures, OR), years=years)
    if caveat.kind == "stored":
        return words_of(caveat)
    return sentence(SIZE_JUDGED)


AGE_TODAY = "{age}[ That count is {months} months old.]"


def age_today(age: Caveat, today: dt.date) -> str:
    """When the newest count ended, and how long ago that is on the day on which it is read.

    Parameters
    ----------
    age : Caveat
        Of an outlook.
    today : date
        Of reading.
    """
    months = [round((today - fact.period.end).days / 30.44) for fact in age.facts]
    return sentence(AGE_TODAY, age=words_of(age), months=next((n for n in months if n > 1), 0))


def age_line(age: Caveat) -> str | Link:
    """The same for a page, whose script reckons from the day on which it is opened."""
    if not age.facts:
        return words_of(age)
    return Dated(words_of(age), str(age.facts[0].period.end))


def _limit(caveat: Caveat) -> dict[str, Any]:
    is_lower = caveat.facts[0].relation == "at_least"
    return {"every": is_lower, "most": not is_lower}


def _fall(caveat: Caveat) -> dict[str, Any]:
    fall, *lower_counts = map(fact_words, caveat.facts)
    return {"fall": fall, "lower": lower_counts and lower_counts[0]}


def _gap_of_stock(caveat: Caveat) -> dict[str, Any]:
    values = caveat.values
    repetitions = values["earlier"]
    modelled = values["modelled"]
    share = values["printed"] / modelled if modelled else math.inf
    return {
        "register": plural(round(values["printed"]), "{} vehicle", "{:,} vehicles"),
        "modelled": readable(modelled),
        "reason": sentence(GAPS[values["explanation"]], missing=100 * (1 - share), times=share),
        "days": repetitions and plural(repetitions, "one earlier day", "{:,} earlier days"),
    }


# What the gap between a printed stock and the modelled one points to
GAPS = {
    "closes": "inside the 80 % range, or within 1 %",
    "thousands": "a factor near 1000, so look at the units, thousands or vehicles",
    "fewer": "{missing:.0f} % of the modelled stock is not on the register, as cars went on to "
    "other countries or fewer kinds are counted",
    "more": "{times:.1f} times, through uncounted imports, cars built in the country, or more "
    "kinds",
}


def _part_above_whole(caveat: Caveat) -> dict[str, Any]:
    """Of a part the whole is its register of all vehicles, or the count of the country."""
    part, whole = caveat.values["place"], caveat.values["of"]
    return {"register": part == whole, "country": part != whole and place_term(whole)}


def _lines_left_out(caveat: Caveat) -> dict[str, Any]:
    some = caveat.values["some"]
    return {"lines": "; ".join(some), "more": max(caveat.values["number"] - len(some), 0)}


def _names_of_places(caveat: Caveat) -> dict[str, Any]:
    """The first places that a caveat names, and how many there are."""
    places = caveat.values["places"]
    return {"count": len(places), "names": ", ".join(places[:4]), "more": len(places) > 4}


# What some wordings name besides
PLACES_OF_KIND: dict[str, Callable[[Caveat], dict[str, Any]]] = {
    "part_above_whole": _part_above_whole,
    "every_count": _limit,
    "zeros_before_start": lambda caveat: {
        "facts": plural(len(caveat.facts), "{} fact", "{:,} facts"),
        "final_day": day_words(max(fact.period.end for fact in caveat.facts)),
    },
    "stock_falls": _fall,
    "place_silent": lambda caveat: {"count": "".join(map(fact_words, caveat.facts))},
    "size_judged": lambda caveat: {"size": size_words(caveat)},
    "size_counted": lambda caveat: {"size": size_words(caveat)},
    "stock_not_closed": _gap_of_stock,
    "read_by_words": lambda caveat: {
        "lines": caveat.values["answers"].rstrip().replace("\n", "\n    ")
    },
    "lines_left_out": _lines_left_out,
    "several_places": _names_of_places,
    "parts_of_count": lambda caveat: {"thousands": 1000 * float(caveat.values["value"])},
}

# Of a forecast: a clause without its full stop
CLAUSES = {
    "one_partner": (
        "all facts are of one partner, {partner}: so is the forecast, not of the whole"
    ),
    "partner_is_bound": "{fact} is of one partner, {partner}: the total is at least that",
    "partner_unused": "{fact} is of one partner, {partner}, and was not used for the total",
    "nothing_compared": (
        "{fact} has neither a value nor a reference to compare with, and was not used"
    ),
    "no_other_period": (
        "{fact} refers to nothing of another period of this flow, and was not used"
    ),
    "every_count": (
        "{fact} says that a count is [every?0 or more, which every count is]"
        "[most?not 0, and no more than that], and was not used"
    ),
    "zeros_before_start": (
        "{facts} of none counted up to {final_day}: the market is taken to begin then, and zeros "
        "before its beginning are no trend"
    ),
    "new_vintage": "{fact}, printed {printed}, was printed anew as {last_says} and was not used",
    "stock_falls": (
        "a stock that falls ([lower?from ]{fall}[ to {lower}]) loses more than it gains, and what "
        "it gains is known only to be less than that: where a register was cleaned, or is counted "
        "otherwise since, leave out what was counted before"
    ),
    "only_bounds": (
        "only bounds tell of the level: the tightest of a year is taken to be near, as it was "
        "printed for that"
    ),
    "only_differences": (
        "no total is told, only how many more or fewer than a year before: its size is known but "
        "roughly"
    ),
    "no_level": (
        "no fact tells a level, only how one period compares with another: it rests on analogue "
        "markets alone"
    ),
    "no_scale": (
        "no fact tells a level and no market size is given: the scale of this forecast means "
        "nothing, only the ratios of its periods do"
    ),
    "learned_elsewhere": (
        "the prior was learned on {perimeter} ({markets} markets up to {last_year}), and "
        "{measure_in_text} may grow otherwise; estimate_prior(panel) learns from a panel of such"
    ),
    "flow_near_market": (
        "a flow of {flow:,.0f} a year is near or above the market of {market:,.0f} vehicles a "
        "year: re-export, stock in transit or another perimeter; the market's size is given more "
        "room"
    ),
    "analogues_alone": "no fact counts this flow: the forecast rests on analogue markets alone",
    "before_facts": (
        "no fact speaks of {periods}, before {first_year}: what stands there is how such markets"
        " began, not this one"
    ),
    "no_region": "no place is known as {name}: what the markets of all regions share is mixed",
    "disagrees": "{fact}[, {agency},] disagrees with the other facts",
    "hypothesis_left_out": (
        "explanations of its facts worth {percent} by a first look were left out of the draws"
    ),
    "weights_uneven": (
        "a few of the possible futures that were drawn carry much of the weight: its ranges are "
        "rough, and another seed may move them"
    ),
    "few_draws_count": (
        "only {percent} of the possible futures that were drawn carry weight, as its facts pull "
        "in different directions: its ranges are rough, and fit_table() names the facts"
    ),
}

# Of an outlook, and of what is checked
SENTENCES = {
    "stored": "{sentence}",
    "nothing_known": (
        "Nothing is known of the market of {place}: no count of electric vehicles, no number of "
        f"new cars. So these are shares of new cars only, as markets that went before had them. "
        f"{TWO_NUMBERS}"
    ),
    "no_counts": (
        "No count of {measure_in_text} is published for {place}: this outlook rests on the markets "
        "that went before and on the size of the market alone."
    ),
    "size_judged": "The size of the market is {size}.",
    "size_counted": "The size of the market is {size}.",
    "history_starts": (
        "Facts from before {day_in_text} are left out: the params file starts the history there."
    ),
    "earlier_unknown": (
        "{percent:.0f} % of all vehicles that {place}'s facts tell of came in {year}, the first "
        "year told: those that came before are missing from the vehicles on the road, and from "
        "what they need. Give facts of the years before, too."
    ),
    "above_market": (
        "In {percent:.0f} % of the draws {place}'s flow exceeds the whole market in some year: "
        "vehicles that leave again or wait unsold, or a market larger than assumed."
    ),
    "unstudied_market": (
        "{measure}: no market of this kind has been studied. How fast such flows grow, and how far "
        "apart they are, is taken from sales of battery cars in other markets."
    ),
    "index_of_value": (
        "An index of value says nothing of the number of vehicles: prices and models change, too."
    ),
    "nothing_bounds": "No size of a market is known, so nothing bounds this growth.",
    "shared_limit": (
        "The places share one limit: in {percent:.0f} % of the draws they would together pass it "
        "in some year, and are held to it in proportion."
    ),
    "place_uncounted": "{place} has no count of {measure_in_text}: it is not in the sum.",
    "place_silent": (
        "{place} is unknown: [its last count is of {count}; ]nothing was counted in the two years "
        "to {day_in_text}, so no number is given for it, and it is not in the sum."
    ),
    "driver_unbounded": (
        "The driver {driver} is left out: the market of which it bounds the share was not known."
    ),
    "driver_unpublished": (
        "The driver {driver} is left out: nothing about it was published by {day_in_text}."
    ),
    "evidence_none": (
        "No count of {measure_in_text} was published by {day_in_text}: this rests on other markets "
        "alone."
    ),
    "evidence_new": "Its newest count ends on {end}.",
    "own_facts_undated": (
        "{undated} of {number} facts of your own have no date of publication and are never used: "
        "say published: DATE in the params file, or run with `--published DATE`."
    ),
    "own_facts_late": (
        "{late} of {number} facts of your own were published after {day_in_text} and are not used."
    ),
    "stock_above_all": (
        "In {percent} of the draws every car on the road is electric in {year}, and what came "
        "beyond that is taken to have left the country again. A driver of kind ceiling in the "
        "params file keeps such draws out."
    ),
    "stock_above_guess": (
        "How many vehicles there are of all kinds is a guess: in {percent} of the draws every car "
        "on the road is electric in {year}, and what came beyond that is taken to have left the "
        "country again. Give their count: vehicle_stock, among the assumptions of the params file."
    ),
    "no_points_counted": (
        "No count of public charging is known: the answer by practice takes its level from other "
        "markets, which may be wrong by a factor of {factor:.1f} either way."
    ),
    "part_of_points_counted": (
        "The country's public charging is not counted: {part} had at least {count:,.0f} {unit} on "
        "{day_in_text}. Practice is never below that; else it follows other markets, and may be "
        "wrong by a factor of {factor:.1f} either way."
    ),
    "practice_of_cars": (
        "How many points are built, by practice and by a target, is known of electric cars alone: "
        "of {vehicles} only the need can be told."
    ),
    "part_above_whole": (
        "{id}: {value:,.0f} in {place} are more than the {limit:,.0f} of [register?all vehicles of "
        "its register][{country}]; the count is left out, correct one of the two."
    ),
    "odd_ratio": (
        "{ratio:.3g} vehicles per public point in {year} is outside 1 to 100: look at both counts."
    ),
    "stock_not_closed": (
        "On {day_in_text} the register had {register}, this model {modelled}[battery? (battery "
        "cars alone)]: {reason}[ (as on {days})]."
    ),
    "named_otherwise": "the file has another name than its scenario, {scenario}",
    "shares_only": (
        "nothing is known of this market, so that the report gives shares of new cars only; give "
        "market_size, or facts, for vehicles and chargers"
    ),
    "sizes_ahead": (
        "market_size of {years} is not used: what was known on the day of the forecast ends with "
        "{last}, the last year that was over"
    ),
    "read_by_words": (
        "is read by its words, as these answers say; save them as {own} to keep or change them:"
        "\n    {lines}"
    ),
    "lines_left_out": "not read: {lines}[; and {more} more]",
    "several_places": (
        "facts of {count} places ({names}[more?, ...]); a forecast takes those of its own place"
    ),
    "two_numbers": (
        "two numbers of one quantity and day, {one} and {another}; where these are two agencies' "
        "or two days', say so in basis or published"
    ),
    "parts_of_count": (
        "{value} is no whole number of {unit}: thousands? then write {thousands:.0f}"
        "[ (and {more} more)]"
    ),
    "facts_undated": (
        "{undated} of {number} facts have no date of publication and are not used: date them with "
        "`--published DATE`, or in a column published"
    ),
}
