"""Measures, parameters, places and days by the names that a reader sees, the same everywhere."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from forecasting.evidence.fact import Fact, label_of, period_words, place_term
from forecasting.vocabulary.catalogues import digits as in_digits, territory
from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.measures import EV_SHARE, MEASURES, measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.places import find_place, is_place, place_name
from forecasting.vocabulary.printed_periods import period_of
from forecasting.vocabulary.quantiles import RANGE_LEVELS, standing_digits
from forecasting.vocabulary.sentences import Term, day_in_digits, sentence, uncapital
from forecasting.writers.numbers import MINUS, range_words, readable

if TYPE_CHECKING:
    import pandas as pd

    from forecasting.demand.parameters import Assumption
    from forecasting.evidence.policies import Policy
    from forecasting.parameters.values import Driver

SETTING_WORDS = {  # places of charging, as a reader calls them
    "home": "at home",
    "work": "at work",
    "depot": "in depots",
    "overnight": "public, slow, overnight",
    "destination_ac": "public, destination, AC",
    "destination_dc": "public, destination, fast",
    "enroute_dc": "public, on the road, fast",
}
ANSWER_WORDS = {  # on public charging, in one word
    "charging_points_need": "need",
    "charging_points_practice": "practice",
    "charging_points_standard": "standard",
    "charging_points_target": "target",
}
DIGITS_OF_TENTH = 2  # of a median of a tenth of the draws
COUNTED_UNITS = ("vehicles", "points", "stations", "units")  # one by one
SUBJECTS = {
    "ev_imports": "Electric cars in {place}",
    "ev_registrations": "Electric cars in {place}",
    "ev_exports": "Electric cars through {place}",
    "vehicle_exports": "Vehicles of all types through {place}",
    "ev_export_value_index": "Value of electric cars from {place}",
    EV_SHARE: "Electric cars in {place}",
}
BASELINE = "baseline"  # the scenario that others are compared with
TITLE = "{place}, {scenario}"
# Between the words of an event's name, but for "re-export" and "plug-in"
WORD_BREAK = re.compile(r"(?<!\bre)(?<!\bplug)-")
POLICY_PLACE = re.compile(r"\S+-\d\d-")  # before the name in a policy's id
DAY = "{day:d MMMM y}"
BY_ANSWER = "{what}[ by {answer}]"
MILLIONS = "{number} million"
PARAMETER_OF = "{parameter}[, {of_parts}]"
SOURCE = "{printer}[ citing {cited}]"
UNIT_BY_YEAR = "{unit} a year"
# A number of a measure, by what its unit is
COUNTED = "{number} {label}"
WITHOUT_UNIT = "{label} {number}"
MEASURED = "{number} {unit} of {label}"
ON_UNKNOWN_DAY = "on an unknown day"
PUBLISHED_ON = "on {day:d MMMM y}"
PUBLISHED_IN_MONTH = "in {day:MMMM y}"
PUBLISHED_IN_YEAR = "in {day:y}"
MEMO_TITLE = "{subject}: outlook of {day}"
SCENARIO_TITLE = "{subject}: {scenario} outlook of {day}"
PARAMETERS = {  # those whose name does not say it
    "ac": "slow points",
    "dc": "fast points",
    "afir_kw": "power for each vehicle by the rule",
    "annual_km": "kilometres a year",
    "battery_kwh": "battery",
    "bev": "battery cars",
    "charging_cold_loss": "power of charging lost in frost",
    "charging_kw": "power of charging",
    "charging_rollout": "pace at which points are built",
    "coincidence_floor": "share of points busy at one time",
    "cold_slope": "energy that cold adds",
    "deliveries": "vehicles delivered by order",
    "depot_kw": "power of a depot charger",
    "depot_kw_per_vehicle": "depot power for each vehicle",
    "fast_share_scale": "share of the energy through fast points",
    "generation_gwh": "electricity generated in the country",
    "home_access": "share of drivers who can charge at home",
    "home_kw": "power of a home charger",
    "imports": "vehicles that come in each year",
    "inventory_share": "share not yet sold",
    "market_need": "lasting habits of a market",
    "payload_penalty": "payload lost to the battery",
    "peak_day": "busiest day of travel over a mean day",
    "phev": "plug-in hybrids",
    "plug_in_time": "hours of a plug-in hybrid at a slow point",
    "power_delivery_scale": "power that chargers deliver",
    "practice_catch_up": "how fast points catch up with other markets",
    "practice_elasticity": "growth of points as a power of the fleet's",
    "practice_fast_growth": "growth of the odds that a public point is fast",
    "practice_fast_share": "share of public points that are fast",
    "uncounted_trade": "vehicles that come or go uncounted",
    "practice_error": "how countries differ in practice",
    "public_point_kw": "power of a public point",
    "record_peak_mw": "highest load so far",
    "reexport_share": "share that leaves again",
    "session_kw": "mean power while a car is connected",
    "street_fast_share": "fast charging of those without a socket at home",
    "through_share": "traffic that drives on to the next section",
    "unregistered_trade": "vehicles that come or go uncounted, without a register",
    "utilisation_scale": "how busy points are",
    "vehicle_years": "years that vehicles stay on the road",
    "work_access": "share of drivers who can charge at work",
}


def amount(value: float, measure: str, digits: int = 3) -> str:
    """A result in so many digits; what is counted one by one has no decimals.

    Examples
    --------
    >>> amount(85.12, "charging_points_need"), amount(-85.12, "energy_gwh"), amount(0.4, "ev_stock")
    ('85', '−85.1', '0')
    >>> amount(74_230_000, "investment_usd"), amount(85_120, "ev_stock", 2)
    ('74.2 million', '85,000')
    """
    if unit_of(measure) == "USD" and abs(value) >= 1e6:
        return _millions(f"{float(f'{value / 1e6:.{digits}g}'):,g}")
    if unit_of(measure) in COUNTED_UNITS and math.isfinite(value):
        value = round(float(f"{value:.{digits}g}"))
        digits = 3
    return readable(value, digits).replace("-", MINUS)


def _millions(number: str) -> str:
    return sentence(MILLIONS, number=in_digits(number))


def amounts(lower: float, upper: float, measure: str, digits: int = 3) -> str:
    """The two ends of an interval of results.

    >>> amounts(13.9, 484.2, "charging_points_need")
    '14 to 484'
    """
    return range_words(amount(lower, measure, digits), amount(upper, measure, digits))


def levels_in_words(
    levels: Iterable[float], measure: str, words_of: Callable[[float, str, int], str] = amount
) -> list[str]:
    """The ends of an 80 % range and the median between them, in the digits that stand.

    >>> levels_in_words([28_740.0, 65_710.0, 110_300.0], "ev_imports")
    ['29,000', '66,000', '110,000']
    """
    low, median, high = levels
    digits = standing_digits(low, high)
    return [words_of(level, measure, digits) for level in (low, median, high)]


def median_and_range(
    levels: Iterable[float], measure: str, words_of: Callable[[float, str, int], str] = amount
) -> tuple[str, str]:
    """A median of draws and its 80 % range, in the digits that stand.

    >>> median_and_range([28_740.0, 65_710.0, 110_300.0], "ev_imports")
    ('66,000', '29,000 to 110,000')
    """
    low, median, high = levels_in_words(levels, measure, words_of)
    return median, range_words(low, high)


def spoken_median(bands: pd.Series, measure: str) -> str:
    """The median of a row of quantiles in a sentence, in the digits that stand."""
    return levels_in_words(bands[RANGE_LEVELS], measure, spoken)[1]


def spoken(value: float, measure: str, digits: int = 3) -> str:
    """A result in a sentence: from a million on in millions.

    >>> spoken(1_334_000, "ev_stock"), spoken(789_400, "ev_stock")
    ('1.33 million', '789,000')
    """
    if abs(value) >= 999_500:
        return _millions(f"{value / 1e6:.{digits}g}")
    return amount(value, measure, digits)


def unit_of(measure: str) -> str:
    """The unit of a measure, nothing for an unknown one.

    >>> unit_of("energy_gwh")
    'GWh'
    """
    return measure_of(measure).unit


def unit_words(measure: str) -> str:
    """The unit of a measure for a reader.

    >>> unit_words("peak_mw")
    'MW'
    """
    return str(Term(unit_of(measure), "unit"))


def answer_in_text(label: str) -> str:
    """The label of an answer on public charging as a sentence has it.

    >>> answer_in_text("public charging points: need")
    'public charging points by need'
    """
    what, _, answer = label.partition(": ")
    return sentence(BY_ANSWER, what=what, answer=answer)


def market_words(name: str) -> str:
    """A market of a panel by the name of its country; in English as the panel has it.

    >>> market_words("Turkiye")
    'Turkiye'
    """
    code = find_place(name)
    words = str(place_term(code)) if code else name
    return territory(code, name) if code and words == place_name(code) else words


def answer_term(measure: str) -> Term:
    """An answer on public charging, in one word.

    >>> str(answer_term("charging_points_need"))
    'need'
    """
    return Term(ANSWER_WORDS[measure], "cell")


def is_flow(measure: str) -> bool:
    """Whether a measure is counted over a period.

    >>> is_flow("ev_imports"), is_flow("ev_stock"), is_flow("ferry_tickets")
    (True, False, False)
    """
    return measure in MEASURES and MEASURES[measure].kind == "flow"


def unit_by_year(measure: str) -> str:
    """The unit of a measure by year: of a flow a year's.

    >>> unit_by_year("ev_imports"), unit_by_year("peak_mw")
    ('vehicles a year', 'MW')
    """
    unit = Term(unit_of(measure), "unit")
    if is_flow(measure) and unit not in ("percent", "index"):
        return sentence(UNIT_BY_YEAR, unit=unit)
    return str(unit)


def finding(measure: str, words: str, label: str = "") -> str:
    """A number of a measure as a sentence has it, by a label of its own if one is given.

    >>> finding("ev_imports", "66,600", "Battery cars imported"), finding("energy_gwh", "436")
    ('66,600 battery cars imported', '436 GWh of electricity for electric vehicles')
    """
    label = answer_in_text(uncapital(label or label_of(measure)))
    unit = unit_of(measure)
    message = MEASURED
    if unit in COUNTED_UNITS:
        message = COUNTED
    elif unit in ("", "index", "percent"):
        message = WITHOUT_UNIT
    return sentence(message, number=words, label=label, unit=Term(unit, "unit"))


def known_as_growth(measure: str) -> bool:
    """Whether only the growth of a measure is known: an index has a base, and no size."""
    return unit_of(measure) == "index"


def part_words(place: str) -> Term:
    """A part of a corridor, or the whole of it, by its name.

    >>> str(part_words("horgos")), str(part_words("all-ports"))
    ('Horgos', 'All ports')
    """
    if is_place(place):
        return place_term(place)
    return Term(place.replace("-", " ").capitalize(), f"place {place}")


def policy_term(policy_id: str) -> Term:
    """A policy by its name, which is the end of its id.

    >>> str(policy_term("kz-2026-01-vat")), str(policy_term("kz-2021-06-utilisation-fee"))
    ('VAT', 'utilisation fee')
    """
    name = POLICY_PLACE.sub("", policy_id).replace("-", " ").replace("vat", "VAT")
    return Term(name, f"policy {policy_id}")


def quote_term(policy: Policy) -> Term:
    """What a policy says, in the words of its row, or of those who translated them."""
    return Term(policy.quote, f"policy quote {policy.id}")


def event_term(driver_name: str) -> Term:
    """An event of a scenario by its name.

    >>> str(event_term("plug-ins-of-2023")), str(event_term("fee-taken-back"))
    ('plug-ins of 2023', 'fee taken back')
    """
    return Term(WORD_BREAK.sub(" ", driver_name), f"event name {driver_name}")


def reason_term(driver: Driver) -> Term:
    """Why an event of a scenario is assumed, in its author's words."""
    return Term(driver.reason, f"event {driver.name}")


def note_term(row: Assumption) -> Term:
    """What a parameter of the demand chain rests on."""
    cells = (row.name, row.vehicle_class, row.setting, row.place)
    return Term(row.note, "note on " + " ".join(filter(None, cells)))


def label_words(label: str) -> str:
    """The label of a period as a table has it; another text as it is.

    >>> label_words("2023-08..2023-10"), label_words("2024"), label_words("2024-03-09")
    ('Aug–Oct 2023', '2024', '2024-03-09')
    >>> label_words("2023-01-01..2023-06-26"), label_words("latest")
    ('1 Jan – 26 Jun 2023', 'latest')
    """
    try:
        period = period_of(label)
    except PeriodError:
        return label
    return period_in_table(period)


def period_in_table(period: Period) -> str:
    """A period as a table has it: in words, but for a day, which is in digits."""
    return day_in_digits(period.end) if period.days == 1 else period_words(period)


def day_words(day: dt.date) -> str:
    """A day as a sentence names it.

    >>> day_words(dt.date(2026, 3, 9))
    '9 March 2026'
    """
    return sentence(DAY, day=day)


def day_of_print(fact: Fact) -> str:
    """When a fact was published, as a table has it; empty where nobody knows."""
    return label_words(fact.published.label) if fact.published else ""


def source_terms(source: str) -> tuple[Term, Term]:
    """Who printed something, and whom it cites."""
    printer, _, cited = source.partition(" citing ")
    return Term(printer, "source"), Term(cited, "source cited")


def source_words(source: str) -> str:
    """Who printed something, and whom it cites, in words.

    >>> source_words("Kun.uz citing the Customs Committee")
    'Kun.uz citing the Customs Committee'
    """
    printer, cited = source_terms(source)
    return sentence(SOURCE, printer=printer, cited=cited)


def kind_words(fact: Fact) -> str:
    """Of what kind a fact is; the size of a quota is a limit, at which nobody aims."""
    is_limit = fact.kind == "target" and fact.measure == "duty_free_quota"
    return str(Term("limit" if is_limit else fact.kind, "cell"))


def memo_title(record: Mapping[str, Any]) -> str:
    """The title of a report: what it is about, where, and the day of the forecast.

    Parameters
    ----------
    record : mapping
        What a stored outlook says of itself: its parameters, and its day.

    Examples
    --------
    >>> keys = {"measure": "ev_imports", "scenario": "baseline", "title": "Uzbekistan, baseline"}
    >>> memo_title({"parameters": keys, "as_of": "2026-03-09"})
    'Electric cars in Uzbekistan: outlook of 9 March 2026'
    """
    keys = record["parameters"]
    subject = keys["title"]  # of the author's own words
    place = _place_of_title(keys)
    if place:
        subject = sentence(SUBJECTS.get(keys["measure"], "{place}"), place=place)
    message = MEMO_TITLE if keys["scenario"] == BASELINE else SCENARIO_TITLE
    scenario = Term(keys["scenario"], "scenario")
    day = day_words(dt.date.fromisoformat(record["as_of"]))
    return sentence(message, subject=subject, day=day, scenario=scenario)


def scenario_title(keys: Mapping[str, Any]) -> str:
    """The title of a scenario: its place and its name, unless its author gave it another.

    Parameters
    ----------
    keys : mapping
        Its parameters.
    """
    place = _place_of_title(keys)
    if not place:
        return str(keys["title"])
    return sentence(TITLE, place=place, scenario=Term(keys["scenario"], "scenario"))


def _place_of_title(keys: Mapping[str, Any]) -> Term | None:
    """The place at the head of a title that nobody has worded."""
    place, _, rest = keys["title"].partition(", ")
    code = keys.get("country") or keys.get("corridor") or ""
    return Term(place, f"place {code}") if rest == keys["scenario"] else None


def published_words(when: Period | None) -> str:
    """A day, a month or a year of publication in words.

    >>> published_words(None)
    'on an unknown day'
    """
    if when is None:
        return sentence(ON_UNKNOWN_DAY)
    message = PUBLISHED_IN_YEAR
    if when.days == 1:
        message = PUBLISHED_ON
    elif when.days <= 31:
        message = PUBLISHED_IN_MONTH
    return sentence(message, day=when.end)


def parameter_words(name: str) -> str:
    """A parameter of the demand chain, a class of vehicle or a place of charging for a reader.

    Examples
    --------
    >>> parameter_words("destination_dc"), parameter_words("annual_km.bus")
    ('public, destination, fast', 'kilometres a year, bus')
    """
    parameter, *parts = name.split(".")
    labels = SETTING_WORDS | PARAMETERS
    name = Term(labels.get(parameter, parameter.replace("_", " ")), "parameter")
    of_parts = ", ".join(str(Term(labels.get(part, part), "parameter")) for part in parts)
    return sentence(PARAMETER_OF, parameter=name, of_parts=of_parts)
