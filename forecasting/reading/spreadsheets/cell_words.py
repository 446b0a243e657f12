"""What the words of one cell say: a measure, a unit, a period, a place, a sum, all at once.

>>> label = label_of("Ввоз электромобилей, тыс. шт., янв-июнь 2023")
>>> label.number, label.factor, str(label.dating.period())
('ev_imports', 1000.0, '2023-01..2023-06')
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from forecasting.reading import press_words as words
from forecasting.reading.mapping import NUMBER_TARGETS, UNKNOWN, read_head, target_of
from forecasting.reading.press import GROWTH
from forecasting.reading.spreadsheets.dating import AS_OF, NOTHING, Dating, dating_in
from forecasting.reading.spreadsheets.terms import (
    FORECAST_WORDS,
    MONEY_WORDS,
    OTHER_DRIVES,
    OTHER_VEHICLES,
    PUBLICATION_WORDS,
    STOCK_DAY,
    SUMS,
    in_english,
    names_in_languages,
    unit_of,
    unit_of_title,
    without_footnote_marks,
)
from forecasting.vocabulary.limits import MAX_LABEL_CHARACTERS
from forecasting.vocabulary.measures import MEASURES, NEW_EVS
from forecasting.vocabulary.places import countries_in, find_place

OF_PUBLICATION = re.compile(
    rf"{PUBLICATION_WORDS.pattern}|\bedition\b|издани|источник|source", re.IGNORECASE
)
OTHER_PLACES = "other"
OF_THE_FUTURE = "is a forecast or a plan"
OF_MONEY = "is an amount of money"
RATIO = "may be the percent of the year before: 117 % of it is a growth of 17 %"
ALL_CARS = {"imports": "car_imports", "registrations": "car_registrations", "sales": "car_sales"}
MARKET_SIZE = "market_size"  # all new cars, whatever is counted of them
# The stock that a count means where it is dated by a day, not by a period
COUNTS_OF_A_DAY = {
    "ev_registrations": "ev_stock",
    "car_registrations": "vehicle_stock",
    MARKET_SIZE: "vehicle_stock",
}
_MARKETS = re.compile(r"\bmarket|\bpazar|\bрын(?:ок|ка|ке)|市场|\bbozor|\bбозор", re.IGNORECASE)
_OF_A_DAY = re.compile(STOCK_DAY, re.IGNORECASE)
# Words that change nothing in the head of a table: of new cars, of all of them
NEUTRAL_HERE = r"(?i)\b(?:new(?! energy)|all|public|passenger)\b"
PART = re.compile(
    rf"\W*(?:{words.OF_WHICH}|в т\.\s?ч\.|shu jumladan|jumladan|шу жумладан|жумладан|оның ішінде|"
    rf"анын ичинде|"
    r"аз ҷумла|аз он\w*|bunun|bunlardan|of them|მათ შორის)\W*",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True)
class Label:
    """What a text says.

    Parameters
    ----------
    text : str
        As the table has it, without marks of notes.
    number : str
        A measure, a quantity or both, as in a mapping's values; empty where none is named.
    factor : float
        What numbers are multiplied by; 0 where nothing is said.
    kind : str
        Of the unit: count, percent, money.
    dating : Dating
        The period, or a part of it.
    place : str
        Its code; empty where none is named.
    when : str
        The words of the period.
    is_sum : bool
        Whether it is of a sum, and of nothing that another row or column names.
    is_part : bool
        Whether it is of a part of the row above.
    target : str
        Of a column: what its cells say.
    remainder : str
        What remains once unit and period are taken away.
    doubts : tuple of str
        Why its numbers may be of something else.
    """

    text: str = ""
    number: str = ""
    factor: float = 0.0
    kind: str = ""
    dating: Dating = NOTHING
    place: str = ""
    when: str = ""
    is_sum: bool = False
    is_part: bool = False
    target: str = ""
    remainder: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether it names a measure, a period, a place or a sum."""
        return bool(self.number or self.dating != NOTHING or self.place or self.is_sum)


NO_LABEL = Label()


def growth_of(measure: str) -> str:
    """The growth of a measure, as a number of a mapping."""
    return f"{measure} {GROWTH}"


@lru_cache(maxsize=16384)
def label_of(text: str, context: str = "") -> Label:
    """What a text says, with the words above it.

    Parameters
    ----------
    text : str
        Of one cell, or of the heads of a column.
    context : str
        Words of a title or of a section, for what the text leaves open: of which cars, what is
        done with them.
    """
    clean = without_footnote_marks(text)
    if not clean:
        return NO_LABEL
    if len(clean) > MAX_LABEL_CHARACTERS:
        return Label(clean, doubts=(f"has more than {MAX_LABEL_CHARACTERS} characters",))
    unit = unit_of(clean)
    part = PART.match(unit.remainder)
    body = unit.remainder[part.end() :] if part else unit.remainder
    place = _place(body)
    dating = NOTHING
    remainder = body
    if not place or len(body) > 3:
        dating, remainder = dating_in(body)
    number, doubts = _number(remainder, context)
    number = _on_a_day(number, remainder, f"{clean}. {context}")
    doubts = _doubts_of(clean, unit.kind, doubts)
    label = Label(
        clean,
        number,
        unit.factor,
        unit.kind,
        dating,
        place,
        is_sum=SUMS.match(remainder.strip(" :")) is not None and not number,
        is_part=part is not None,
        target=target_of(unit.remainder),
        remainder=remainder,
        doubts=doubts,
    )
    if dating == NOTHING:
        return label
    return replace(label, place=place or _place(remainder), when=clean, target="")


def _doubts_of(text: str, kind: str, doubts: tuple[str, ...]) -> tuple[str, ...]:
    """Why the numbers below a text may be of something else."""
    if kind == "money" or MONEY_WORDS.search(text):
        return (OF_MONEY,)
    return (*doubts, OF_THE_FUTURE) if FORECAST_WORDS.search(text) else doubts


def _place(text: str) -> str:
    """The code of the place that a text is the name of, or a sum of one: "Республика Казахстан"."""
    word = re.sub(
        r"(?i)\b(?:республика|republic of|respublikasi|республикаси)\b|\W+всего$", "", text
    )
    word = word.strip(" ,:.()-–—")
    if "еспублика" in text and (code := find_place(text.strip(" ,:.()-–—"))):
        return code  # Кыргызская Республика
    if not _may_name_place(word):
        return ""
    code = find_place(word) or names_in_languages("country").get(word.casefold(), "")
    return "" if code == OTHER_PLACES and " " not in word else code  # "Other" of anything


def _may_name_place(word: str) -> bool:
    is_short = len(word) < 4 and word.isascii() and not word.isupper()
    if len(word) < 2 or word.isdecimal() or is_short:
        return False
    return word not in ("EV", "BEV", "PHEV", "HEV", "FCEV", "NEV", "YTD", "GDP")


def _number(text: str, context: str) -> tuple[str, tuple[str, ...]]:
    """The measure that a text names, by itself or with the words above it, and what is doubtful."""
    english = in_english(text)
    number, doubts = _number_in_english(english)
    if not context or number not in ("", GROWTH):
        return number, doubts
    title = in_english(context).lower()
    if "electric cars" in title and "cars" not in english:
        of_electric_cars = _number_in_english(f"electric cars {english}".strip())
        if of_electric_cars[0]:
            return of_electric_cars
    event = _event_in(title)
    if number == GROWTH:
        return _growth_of_event(event, text), doubts
    if event and "cars" in english.lower():
        return _number_in_english(f"{english} {event}")
    return _electric_ones(text, context) or (number, doubts)


def _growth_of_event(event: str, text: str) -> str:
    """The growth of what a title counts, where the text is of the electric ones of it."""
    measure = f"ev_{event}"
    return growth_of(measure) if measure in NEW_EVS and is_electric(text) else GROWTH


def _electric_ones(text: str, context: str) -> tuple[str, tuple[str, ...]] | None:
    """What a text such as "Electric" counts in a table of cars; None where it is of something
    else.
    """
    title = in_english(context).lower()
    if "cars" not in title or not is_electric(text) or OTHER_VEHICLES.search(context):
        return None
    event = _event_in(title) or ("sales" if _MARKETS.search(context) else "")
    words_besides = in_english(text).replace("electric", " ")
    return _number_in_english(f"electric cars {words_besides} {event}") if event else None


def is_electric(text: str) -> bool:
    """Whether a text names what is electric, and neither hybrids nor other vehicles than cars."""
    english = in_english(text)
    is_of_others = OTHER_DRIVES.search(text) or OTHER_VEHICLES.search(text)
    return re.search(r"(?i)\belectric\b", english) is not None and not is_of_others


def proposed_number(text: str, label: Label, context: Label) -> str:
    """What is proposed for a row or a column that is not read; empty where nothing is plausible.

    >>> proposed_number("Elektrik", NO_LABEL, label_of("Import of cars"))
    'ev_imports'
    >>> proposed_number("Hibrit", NO_LABEL, NO_LABEL), proposed_number("xyz", NO_LABEL, NO_LABEL)
    ('nothing', '')
    """
    if _is_no_count(text, label):
        return "nothing"
    if label.number in MEASURES:
        return label.number
    event = _event_in(in_english(f"{text}. {context.text}"))
    number = {"fleet": "ev_stock"}.get(event, f"ev_{event}")
    return number if is_electric(text) and number in MEASURES else ""


def _is_no_count(text: str, label: Label) -> bool:
    """Whether a row or a column is certainly none of electric cars, or of all cars."""
    doubts = {OF_MONEY, OF_THE_FUTURE, RATIO} & {*label.doubts}
    if doubts or "may be of the value" in "; ".join(label.doubts):
        return True
    if OTHER_DRIVES.search(text) or OTHER_VEHICLES.search(text):
        return True
    is_share = label.kind == "percent" and label.number not in MEASURES
    return is_share or (label.is_part and not is_electric(text))


def _on_a_day(number: str, text: str, whole_text: str) -> str:
    """The measure of a text: a stock where it, or the words above it, say that a day is meant."""
    if number and number not in COUNTS_OF_A_DAY:
        return number
    if not (_OF_A_DAY.search(whole_text) or AS_OF.search(whole_text)):
        return number
    english = in_english(text)
    if number or re.search(r"charging|station|exports|imports|sales|production", english):
        return COUNTS_OF_A_DAY.get(number, number)
    if is_electric(text):
        return "ev_stock"
    return "vehicle_stock" if "cars" in english.lower() and "hybrid" not in english else ""


def _event_in(english: str) -> str:
    """The event of cars that a text names, as imports; empty where it names none or several."""
    events = [
        event for event in (*ALL_CARS, "exports", "fleet", "production") if event in english.lower()
    ]
    return events[0] if len(events) == 1 else ""


@lru_cache(maxsize=16384)
def _number_in_english(text: str) -> tuple[str, tuple[str, ...]]:
    phrase = " ".join(re.sub(NEUTRAL_HERE, " ", text).split())
    head = read_head(phrase)
    doubts = tuple(doubt for doubt in head.doubts if doubt != UNKNOWN)
    if re.search(r"\bratio\b", text):
        doubts = (RATIO, *doubts)
    if head.number == GROWTH or head.number in NUMBER_TARGETS:
        return head.number, doubts
    if "production" in text and "electric cars" in text:
        return "ev_production", _unknown(phrase)
    if number := _count_of_all_cars(text.lower()):
        return number, _unknown(phrase)
    return "", doubts


def _count_of_all_cars(text: str) -> str:
    """The count of cars of all kinds that a text names; empty where it names none."""
    is_of_some = re.search("electric|hybrid|charging", text) or OTHER_VEHICLES.search(text)
    if is_of_some or not re.search(r"\b(?:cars?|vehicles)\b", text):
        return ""
    events = [name for event, name in ALL_CARS.items() if re.search(rf"\b{event}\b", text)]
    if events:
        return events[0] if len(events) == 1 else ""
    if re.search(r"\bfleet\b|\bon the roads?\b", text):
        return "vehicle_stock"
    return MARKET_SIZE if re.search(r"\bnew\b", text) else ""


def _unknown(text: str) -> tuple[str, ...]:
    """A doubt of words that no rule knows, or that change what is counted."""
    doubts = words.doubts_of(words.WHOLE_DOUBTS | words.TEXT_DOUBTS, text.lower())
    if unknown := words.unknown_words(re.sub("production", " ", text), []):
        doubts.append(f"holds words that no rule knows: {', '.join(unknown[:6])}")
    return tuple(doubts)


def title_label(texts: list[str]) -> Label:
    """What the lines above a table say of all of it; words that no rule knows change nothing there.

    Parameters
    ----------
    texts : list of str
        The name of the sheet, titles, and notes that name a unit.
    """
    units = (unit_of_title(text) for text in reversed(texts))
    unit = next((unit for unit in units if unit.factor), unit_of(""))
    titles = [text for text in texts if not OF_PUBLICATION.search(text)]
    places = {place for text in titles for place in _places_in(text)}
    number, doubts = _number_of_titles(texts)
    number = _number_of_whole_table(number, texts)
    return Label(
        ". ".join(texts),
        number,
        unit.factor,
        unit.kind,
        _dating_of_titles(titles),
        _only_place(places),
        doubts=doubts,
    )


def _only_place(places: set[str]) -> str:
    """The one place of several titles, a region before its country; empty where they name more."""
    regions = {place for place in places if "-" in place}
    places = places - {region.partition("-")[0] for region in regions}
    if len(places) != 1:
        return ""
    return places.pop()


def _number_of_whole_table(number: str, texts: list[str]) -> str:
    """What titles count together; whether exports to a place are its imports is asked."""
    if number == "ev_exports" and any(map(_goes_to_a_place, texts)):
        return ""
    return _on_a_day(number, "", ". ".join(texts)) if number else ""


def _goes_to_a_place(text: str) -> bool:
    """Whether a title names the one place to which cars go, and none from which they come."""
    starts = {code: start for start, code in _spans_of_places(text)}
    behind = [text[:start].rstrip().lower() for start in starts.values()]
    return len(behind) == 1 and re.search(r"(?:\bв|\bto|\binto|对|向|往)\Z", behind[0]) is not None


def _dating_of_titles(texts: list[str]) -> Dating:
    for text in texts:
        dating, _ = dating_in(without_footnote_marks(unit_of(text).remainder))
        if dating.year or dating.months:
            return dating
    return NOTHING


def _number_of_titles(texts: list[str]) -> tuple[str, tuple[str, ...]]:
    """The one measure that titles name, and what is doubtful; empty where they name several."""
    measures: dict[str, tuple[str, ...]] = {}
    for text in texts:
        number, doubts = _number(dating_in(unit_of(text).remainder)[1], "")
        if number in MEASURES:
            measures[number] = tuple(doubt for doubt in doubts if "no rule knows" not in doubt)
    return measures.popitem() if len(measures) == 1 else ("", ())


def _places_in(text: str) -> list[str]:
    """The places that a title counts in: neither those that cars come from nor go to."""
    parts = re.split(r"[:.,;()（）：，。]|\s[-–—]\s", text)
    if codes := [place for part in parts if (place := _place(unit_of(part).remainder))]:
        return codes
    lower = text.lower()
    return [
        code
        for start, code in _spans_of_places(text)
        if not re.search(words.BEFORE["from"], lower[max(start - 12, 0) : start])
    ]


def _spans_of_places(text: str) -> Iterator[tuple[int, str]]:
    """Where a text names countries, and their codes."""
    for match in _name_stems().finditer(text.casefold()):
        yield match.start(), names_in_languages("country")[match[0]]
    for code, pattern in words.PLACE_WORDS.items():
        if code.isupper() and (place := re.search(pattern, text.lower())):
            yield place.start(), code
    for country in countries_in(text):
        if not country.case:
            yield country.start, country.code


@lru_cache(maxsize=1)
def _name_stems() -> re.Pattern[str]:
    """The names of countries, to which endings may be added."""
    long_names = (name for name in names_in_languages("country") if len(name) > 4)
    names = sorted(long_names, key=len, reverse=True)
    latin_or_other = "|".join(re.escape(name) for name in names)
    return re.compile(rf"(?<![^\W\d_\u4e00-\u9fff])(?:{latin_or_other})(?!\w*(?:дан|dan)\b)")
