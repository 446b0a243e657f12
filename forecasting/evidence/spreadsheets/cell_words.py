"""What the words of one cell say: a measure, a unit, a period, a place, a sum, all at once.

>>> label = label_of("Ввоз электромобилей, тыс. шт., янв-июнь 2023")
>>> label.number, label.factor, str(label.dating.period())
('ev_imports', 1000.0, '2023-01..2023-06')
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from forecasting.evidence import press_words as words
from forecasting.evidence.mapping import NUMBER_TARGETS, UNKNOWN, read_head, target_of
from forecasting.evidence.places import countries_in, find_place
from forecasting.evidence.press import GROWTH
from forecasting.evidence.spreadsheets.dating import (
    NOTHING,
    TABLE_LANGUAGES,
    Dating,
    dating_in,
)
from forecasting.evidence.spreadsheets.terms import (
    PUBLICATION_WORDS,
    SUMS,
    in_english,
    unit_of,
    without_footnote_marks,
)
from forecasting.measures import MEASURES

RATIO = "may be the percent of the year before: 117 % of it is a growth of 17 %"
ALL_CARS = {"imports": "car_imports", "registrations": "car_registrations", "sales": "car_sales"}
MARKET_SIZE = "market_size"  # all new cars, whatever is counted of them
# Words that change nothing in the head of a table: of new cars, of all of them
NEUTRAL_HERE = r"(?i)\b(?:new(?! energy)|all|public|passenger)\b"
PART = re.compile(
    rf"\W*(?:{words.OF_WHICH}|в т\.\s?ч\.|shu jumladan|jumladan|шу жумладан|жумладан|оның ішінде|"
    rf"анын ичинде|"
    r"аз ҷумла|bunun|bunlardan|of them)\W*",
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
    rest : str
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
    rest: str = ""
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
    unit = unit_of(clean)
    part = PART.match(unit.rest)
    body = unit.rest[part.end() :] if part else unit.rest
    place = _place(body)
    dating, rest = (NOTHING, body) if place and len(body) < 4 else dating_in(body)
    number, doubts = _number(rest, context)
    if unit.kind == "money" and not doubts:
        doubts = ("is an amount of money",)
    summed = SUMS.match(rest.strip(" :")) is not None
    return Label(
        clean,
        number,
        unit.factor,
        unit.kind,
        dating,
        place or (_place(rest) if dating != NOTHING else ""),
        clean if dating != NOTHING else "",
        summed and not number,
        part is not None,
        target_of(unit.rest) if dating == NOTHING else "",
        rest,
        doubts,
    )


def _place(text: str) -> str:
    """The code of the place that a text is the name of, or a sum of one: "Республика Казахстан"."""
    word = re.sub(
        r"(?i)\b(?:республика|republic of|respublikasi|республикаси)\b|\W+всего$", "", text
    )
    word = word.strip(" ,:.()-–—")
    if (
        len(word) < 2
        or word.isdecimal()
        or (len(word) < 4 and word.isascii() and not word.isupper())
    ):
        return ""
    if word in ("EV", "BEV", "PHEV", "HEV", "FCEV", "NEV", "YTD", "GDP"):
        return ""
    return find_place(word) or territories().get(word.casefold(), "")


@lru_cache(maxsize=1)
def territories() -> dict[str, str]:
    """The codes of countries, by their names in the languages of tables."""
    from babel import Locale

    return {
        name.casefold(): code
        for language in (*TABLE_LANGUAGES, "zh")
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha()
    }


def _number(text: str, context: str) -> tuple[str, tuple[str, ...]]:
    """The measure that a text names, by itself or with the words above it, and what is doubtful."""
    number, doubts = _number_in_english(in_english(text))
    if (number and number != GROWTH) or not context:
        return number, doubts
    english = in_english(context)
    lead = "electric cars" if "electric cars" in english and "cars" not in in_english(text) else ""
    joined, more = _number_in_english(f"{lead} {in_english(text)}".strip())
    if joined and lead:
        return joined, more
    events = [event for event in (*ALL_CARS, "exports", "fleet", "production") if event in english]
    if len(events) == 1 and not number and "cars" in in_english(text):
        return _number_in_english(f"{in_english(text)} {events[0]}")
    return number, doubts


@lru_cache(maxsize=16384)
def _number_in_english(text: str) -> tuple[str, tuple[str, ...]]:
    plain = " ".join(re.sub(NEUTRAL_HERE, " ", text).split())
    head = read_head(plain)
    doubts = tuple(doubt for doubt in head.doubts if doubt != UNKNOWN)
    if re.search(r"\bratio\b", text):
        doubts = (RATIO, *doubts)
    if head.number == GROWTH or head.number in NUMBER_TARGETS:
        return head.number, doubts
    if "production" in text and "electric cars" in text:
        return "ev_production", _unknown(plain)
    lower = text.lower()
    if re.search(r"\b(?:cars?|vehicles)\b", lower) and not re.search(
        "electric|hybrid|charging", lower
    ):
        events = [name for event, name in ALL_CARS.items() if re.search(rf"\b{event}\b", lower)]
        if len(events) == 1:
            return events[0], _unknown(plain)
        if not events and re.search(r"\bfleet\b|\bon the roads?\b", lower):
            return "vehicle_stock", _unknown(plain)
        if not events and re.search(r"\bnew\b", lower):
            return MARKET_SIZE, _unknown(plain)
    return "", doubts


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
    joined = ". ".join(texts)
    unit = next((unit_of(text) for text in reversed(texts) if unit_of(text).factor), unit_of(""))
    dating = NOTHING
    places: dict[str, None] = {}
    for text in texts:
        if re.search(PUBLICATION_WORDS, text) or re.search(
            r"(?i)\bedition\b|издани|источник|source", text
        ):
            continue
        found, _ = dating_in(without_footnote_marks(unit_of(text).rest))
        if found != NOTHING and dating == NOTHING and (found.year or found.months):
            dating = found
        places |= dict.fromkeys(_places_in(text))
    measures: dict[str, tuple[str, ...]] = {}
    for text in texts:
        number, doubts = _number(dating_in(unit_of(text).rest)[1], "")
        if number in MEASURES:
            measures[number] = tuple(doubt for doubt in doubts if "no rule knows" not in doubt)
    number, doubts = "", ()
    if len(measures) == 1:
        ((number, doubts),) = measures.items()
    place = next(iter(places)) if len(places) == 1 else ""
    return Label(joined, number, unit.factor, unit.kind, dating, place, doubts=doubts)


def _places_in(text: str) -> list[str]:
    """The places that a title counts in: neither those that cars come from nor go to."""
    parts = re.split(r"[:.,;()（）：，。]|\s[-–—]\s", text)
    if codes := [place for part in parts if (place := _place(unit_of(part).rest))]:
        return codes
    stems = [*_name_stems().finditer(text.casefold())]
    spans = [(match.start(), territories()[match[0]]) for match in stems]
    lower = text.lower()
    for code, pattern in words.PLACE_WORDS.items():
        if len(code) == 2 and (match := re.search(pattern, lower)):
            spans.append((match.start(), code))
    spans += [(country.start, country.code) for country in countries_in(text) if not country.case]
    return [
        code
        for start, code in spans
        if not re.search(words.BEFORE["from"], lower[max(start - 12, 0) : start])
    ]


@lru_cache(maxsize=1)
def _name_stems() -> re.Pattern[str]:
    """The names of countries, to which endings may be added."""
    names = sorted((name for name in territories() if len(name) > 4), key=len, reverse=True)
    latin_or_other = "|".join(re.escape(name) for name in names)
    return re.compile(rf"(?<![^\W\d_\u4e00-\u9fff])(?:{latin_or_other})(?!\w*(?:дан|dan)\b)")
