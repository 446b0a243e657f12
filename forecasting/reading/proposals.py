"""What English and Russian words of a table propose: what a line counts, its unit, whether it runs
since January. One declaration; whatever stands in other words is asked.

>>> proposal_of("EV sales (thousands)").counts, unit_said(["EV sales (thousands)"])
('ev_sales', (1000.0, 'EV sales (thousands)'))
>>> proposal_of("Non-EV sales").sure, proposal_of("Импорт электромобилей, шт.").sure
(False, True)
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from forecasting.reading.shape import MONTH_HEADS, QUARTER_HEADS
from forecasting.vocabulary.languages import country_names, folded
from forecasting.vocabulary.places import spellings
from forecasting.vocabulary.printed_numbers import MULTIPLIERS, multiplier_in
from forecasting.vocabulary.printed_periods import TO_DATE, period_in

GROWTH = "yoy_growth_percent"
EVENTS = {"sales", "registrations", "registered", "imports", "exports", "stock"}
GROWTH_WORDS = {"growth", "on the year"}
SHORTEST_COUNTRY = 4  # letters of a name that a text is searched for
# The words of heads, by what they say; each is a pattern of a whole word, folded
WORDS = {
    "electric": r"evs?|bevs?|electric(?:al)?|battery|электро\w*|электрич\w*|электрокар\w*",
    "vehicles": r"vehicles?|cars?|passenger|light|"
                r"автомобил\w*|автомашин\w*|машин\w*|авто|легков\w*",
    "sales": r"sales?|sold|продаж\w*|продан\w*",
    "registrations": r"registrations?|регистрац\w*",
    "registered": r"registered|зарегистрирован\w*",
    "imports": r"imports?|imported|импорт\w*|ввоз\w*|ввезен\w*",
    "exports": r"exports?|exported|экспорт\w*|вывоз\w*",
    "stock": r"stock|fleet|parc|on the road|in use|парк\w*|на учете|в эксплуатации",
    "points": r"charging points?|charge points?|chargers?|зарядн\w* (?:точ\w*|пункт\w*|колон\w*)",
    "stations": r"charging stations?|зарядн\w* станц\w*|эзс",
    "new": r"new|newly|first|нов\w*|перв\w*|первичн\w*",
    "used": r"used|second[- ]hand|подержан\w*|б/у|бывш\w*",
    "all": r"all|всех?|все",
    "growth": r"growth|change|increase|прирост\w*|рост\w*|темп\w*",
    "on the year": r"y/y|yoy|year[- ]on[- ]year|(?:on|over|to|vs) (?:the )?(?:previous|last) year|"
                   r"к (?:прошлому|предыдущему) году|год к году|г/г",
}  # fmt: skip
# The heads that are proposed: the words that stand in them, and the measure
HEADS = {
    ("electric", "sales"): "ev_sales",
    ("electric", "registrations"): "ev_registrations",
    ("electric", "imports"): "ev_imports",
    ("electric", "exports"): "ev_exports",
    ("electric", "stock"): "ev_stock",
    ("points",): "charging_points",
    ("stations",): "charging_stations",
    ("all", "stock", "vehicles"): "vehicle_stock",
    ("new", "sales", "vehicles"): "car_sales",
    ("new", "registrations", "vehicles"): "car_registrations",
    ("new", "vehicles"): "car_registrations",
    ("imports", "vehicles"): "car_imports",
}
# Words that change nothing of what is counted
FILLERS = re.compile(
    r"(?<![^\W\d_])(?:of which|из них|в том числе|number|quantity|count|total number|of|in|at|the|"
    r"by|to|from|and|units?|pcs|pieces|public|publicly|available|month|monthly|annual|annually|yearly|year|quarterly|quarter|"
    r"количеств\w*|числ\w*|единиц\w*|ед|шт|штук\w*|по|в|за|на|и|год\w*|годам|месяц\w*|общедоступн\w*|"
    r"vs|thousands?|period)(?![^\W\d_])\.?",
)
# Words of titles that change nothing either: who counted, when, in which table
TITLE_FILLERS = re.compile(
    r"(?<![^\W\d_])(?:republics?|markets?|tables?|data|sheets?|types?|fuels?|engines?|codes?|hs|"
    r"source|statistic\w*|national|offices?|bureau|committee|agency|ministry|customs|services?|since|"
    r"half|end|beginning|республик\w*|рын\w*|таблиц\w*|данны\w*|лист\w*|код\w*|тн вэд|"
    r"источник\w*|статисти\w*|национальн\w*|комитет\w*|бюро|министерств\w*|таможенн\w*|с начала|"
    r"начало|конец|кыргызск\w*|состоящ\w*)(?![^\W\d_])"
)
MONEY = re.compile(
    r"[$€£¥₽₸₴₺]|(?<![^\W\d_])(?:usd|eur|rub|cny|gbp|kzt|uzs|tjs|kgs|gel|amd|azn|uah|byn|inr|jpy|"
    r"dollars?|euros?|долл\w*|руб\w*|евро|тенге|сум(?:ов|а)?|сом\w*|value|cost|price|cif|fob|"
    r"стоимост\w*|цен\w*|美元|万元|亿元|千元)(?![^\W\d_])\.?"
)
# Lines of them are none of electric cars
OTHER_FUEL = re.compile(
    r"(?<![^\W\d_])(?:petrol|gasoline|diesel|gas|cng|lpg|hybrids?|m?hevs?|"
    r"бензин\w*|дизел\w*|газ\w*|гибрид\w*)(?![^\W\d_])"
)
# But where they are charged from outside, as plug-in hybrids are
PLUG = re.compile(r"(?<![^\W\d_])(?:plug|phev|rechargeable|внешн)|подключаем|заряжаем|от сети")
KINDS = {
    "motorcycles": r"motor ?cycles?|motorbikes?|mopeds?|two[- ]wheelers?|scooters?|"
                   r"мотоцикл\w*|мопед\w*",
    "buses": r"bus(?:es)?|coach(?:es)?|автобус\w*",
    "trucks": r"trucks?|lorr(?:y|ies)|goods vehicles?|грузов\w*",
    "tractors": r"tractors?|трактор\w*|trailers?|прицеп\w*",
}  # fmt: skip
PERCENT = re.compile(r"%|(?<!\w)(?:per ?cent|percent\w*|pct|share|доля|удельн\w*|процент\w*)(?!\w)")
OF_SHARES = "say counts: {measure} market_share_percent, or leave it out"
OF_A_PART = "it is a part of the country: say basis, or leave it out"
# What numbers may be that count no vehicles of their period, and what to answer
OTHER_NUMBERS = {
    r"^\W*(?:market )?(?:share|доля|удельн\w* вес)|as an? (?:share|proportion) of|"
    r"(?<!\d)(?<!\d )(?:%|per ?cent|percent\w*|prozent|процент\w*)":
        OF_SHARES,
    r"index|индекс\w*": "an index is not read: leave it out",
    r"rolling|moving (?:average|annual|sum|total)|trailing|last (?:12|twelve) months|скользящ\w*|"
    r"(?:12|twelve)[- ]month (?:average|sum|total)|последни\w* 12 мес\w*":
        "sums of twelve months are not read: name the line of single months, or leave it out",
    r"per (?:1[, ]?000|10[, ]?000|100[, ]?000|thousand|million|capita|inhabitants?|person)|"
    r"на (?:1 ?000|10 ?000|100 ?000|тысячу|душу)": "such a rate is not read: leave it out",
    r"(?:city|town|province|region) of": OF_A_PART,
    r"(?:and|with|incl\w*\.?|и|вкл\w*) (?:full |all )?(?:hybrids?|гибрид\w*)":
        "name the line of electric cars alone, or leave it out",
}  # fmt: skip
CUMULATIVE = re.compile(
    r"^(?!.*(?:с начала года|year[- ]to[- ]date|since (?:the )?(?:beginning|start|january)))"
    r".*(?:cumulative|нараст\w* итог\w*|накоплен\w*)"
)
CARS = re.compile(r"(?<![^\W\d_])(?:cars?|passenger|light[- ]duty|легков\w*|pkw)(?![^\W\d_])")
TOTALS = re.compile(
    r"^\W*(?:grand |sub-?)?(?:totals?|sum|all|overall|всего|итого|итог|в целом|сумма|jami|жами|"
    r"барлығы|бардыгы|합계|合计|总计|合計|計|gesamt|insgesamt|summe|razem|ogolem|celkem|spolu|toplam|"
    r"cami|osszesen|yhteensa|totaal|totale|totalt|ukupno|skupaj|kokku|kopa|is viso)(?!\w)",
    re.IGNORECASE,
)
# Flows that are not of a stock, in titles
FLOW_WORDS = re.compile(
    r"(?<![^\W\d_])(?:first (?:registrations?|time)|for the first time|new(?:ly)? regist\w*|sales?|"
    r"sold|imports?|imported|registrations|впервые|первичн\w*|продаж\w*|импорт\w*|ввоз\w*)(?![^\W\d_])"
)


@dataclass(frozen=True)
class HeadProposal:
    """What the words of a line propose.

    Parameters
    ----------
    counts : str
        A measure, or a quantity of one; empty where no word says.
    money : bool
        Whether it speaks of money.
    words : frozenset of str
        Which of `WORDS` it has.
    percent, other_fuel : bool
        Whether it speaks of percent, of cars that are not electric.
    unknown : tuple of str
        The words that no declaration has.
    """

    counts: str = ""
    money: bool = False
    words: frozenset[str] = frozenset()
    percent: bool = False
    other_fuel: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether every word is known, and together they are a head that is declared."""
        return bool(self.counts) and not self.unknown and not self.money

    @property
    def counts_other_things(self) -> bool:
        """Whether it speaks of money, of percent or of cars with another fuel."""
        return self.money or self.percent or self.other_fuel

    @property
    def is_growth_alone(self) -> bool:
        """Whether it is of growth in percent, and does not say of what."""
        is_growth = bool(self.words) and self.words <= GROWTH_WORDS and not self.unknown
        return is_growth and self.percent


@lru_cache(maxsize=2048)
def proposal_of(head: str, titles: Collection[str] = ()) -> HeadProposal:
    """What a head proposes.

    Parameters
    ----------
    head : str
        Of a line: all its levels.
    titles : tuple of str
        The texts above, which say what the head leaves open.

    Examples
    --------
    >>> proposal_of("Sales", ("Electric cars",)).counts
    'ev_sales'
    >>> proposal_of("EV sales growth %").counts
    'ev_sales yoy_growth_percent'
    """
    words, unknown = _words_in(head)
    of_titles = [_words_in(title)[0] for title in titles]
    meaning = _with_words_of_titles(words, of_titles)
    if "registered" in meaning:  # of a period, or on a day
        meaning = meaning - {"registered"} | {"registrations"}
        if not words.union(*of_titles) & {"new", "registrations"}:
            unknown = (*unknown, "registered")
    measure = _measure_of(meaning) if words or not unknown else ""
    if measure and words & GROWTH_WORDS:
        measure = f"{measure} {GROWTH}"
    text = folded(head)
    money, percent, other_fuel, plug = (
        pattern.search(text) is not None for pattern in (MONEY, PERCENT, OTHER_FUEL, PLUG)
    )
    return HeadProposal(measure, money, words, percent, other_fuel and not plug, unknown)


def _with_words_of_titles(
    words: frozenset[str], titles: Collection[frozenset[str]]
) -> frozenset[str]:
    """The words of a head, and those of the titles that say what it leaves open."""
    if words & {"points", "stations"} or {"all", "stock"} <= words:
        return words
    meaning = words
    for title in titles:
        if not words & {"all", "new", "used"}:  # of all cars, beside the electric ones
            meaning |= title & {"electric"}
        if not meaning & EVENTS:
            meaning |= title & EVENTS
    return meaning


def _measure_of(words: frozenset[str]) -> str:
    """The measure of which the words of a head are; empty where none is, or several are."""
    events = words & EVENTS
    if "stock" in events:
        events -= {"registrations"}
    if len(events) > 1:
        return ""
    for names, measure in HEADS.items():
        if {*names} <= words and ("electric" in names) == ("electric" in words):
            return measure
    return ""


@lru_cache(maxsize=4096)
def _words_in(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Which words a text has, and those that no declaration has."""
    words = folded(text)
    names = set()
    period = period_in(text)
    if period.says or period.to_date:
        words = period.rest
    for name, pattern in reversed(WORDS.items()):
        words, count = re.subn(rf"(?<![^\W\d_])(?:{pattern})(?![^\W\d_])\.?", " ", words)
        if count:
            names.add(name)
    if names & {"points", "stations"}:
        names -= {"electric"}
    for pattern in MULTIPLIERS.values():
        words = re.sub(rf"(?<![\w.,])(?:{pattern})(?!\w)", " ", words)
    words = FILLERS.sub(" ", words)
    if names & GROWTH_WORDS:
        words = re.sub(r"%|процент\w*", " ", words)
    return frozenset(names), tuple(re.findall(r"[^\W\d_]+|%", words))


def unknown_words(titles: Iterable[str]) -> tuple[str, ...]:
    """The words of titles that no declaration has, and that are no names of countries.

    >>> unknown_words(["EV sales in Norway, 2024"]), unknown_words(["EV sales, rolling sum"])
    ((), ('rolling', 'sum'))
    """
    words = (_words_in(TITLE_FILLERS.sub(" ", without_countries(folded(t))))[1] for t in titles)
    return tuple(word for of_title in words for word in of_title if len(word) > 1)


@lru_cache(maxsize=1024)
def may_name_period(text: str) -> bool:
    """Whether what a label says beside its period may be a part of the period: a number, a length
    of time, a word that no declaration has.

    >>> may_name_period("EV sales in Norway"), may_name_period("week 5")
    (False, True)
    """
    words = without_countries(folded(text))
    for pattern in (TOTALS, MONEY, PERCENT):
        words = pattern.sub(" ", words)
    is_part = re.search(
        rf"(?<!\d)\d{{1,2}}(?!\d)|{MONTH_HEADS.pattern}|{QUARTER_HEADS.pattern}", words
    )
    return is_part is not None or bool(_words_in(words)[1])


def unit_said(texts: Iterable[str]) -> tuple[float, str]:
    """The first thousand or million that some texts say, and the text; 1 where none does."""
    units = ((multiplier_in(folded(text)), text) for text in texts)
    return next((pair for pair in units if pair[0] != 1.0), (1.0, ""))


def is_percent_line(text: str) -> bool:
    """Whether a head or a label is of percent, or of a share or growth.

    >>> is_percent_line("Growth, %"), is_percent_line("Sales")
    (True, False)
    """
    words = folded(text)
    return PERCENT.search(words) is not None or bool(_words_in(text)[0] & GROWTH_WORDS)


def is_total(text: str) -> bool:
    """Whether a text begins with a word for a sum.

    >>> is_total("Всего, шт."), is_total("Totally new")
    (True, False)
    """
    return TOTALS.match(folded(text)) is not None


def kinds_in(text: str) -> set[str]:
    """The kinds of vehicles besides cars that a text names.

    >>> sorted(kinds_in("Buses and trucks"))
    ['buses', 'trucks']
    """
    words = folded(text)
    return {
        kind
        for kind, pattern in KINDS.items()
        if re.search(rf"(?<![^\W\d_])(?:{pattern})(?![^\W\d_])", words)
    }


def other_number_in(text: str) -> str:
    """What to answer where a text is of numbers that count no vehicles of their period.

    >>> other_number_in("EV sales, index 2019 = 100"), other_number_in("EV sales and share")
    ('an index is not read: leave it out', '')
    """
    words = folded(text)
    hints = (
        hint
        for pattern, hint in OTHER_NUMBERS.items()
        if re.search(rf"(?<![^\W\d_])(?:{pattern})(?![^\W\d_])", words)
    )
    return next(hints, "")


def says_to_date(text: str) -> bool:
    """Whether a text says that numbers count since the year began."""
    return TO_DATE.search(folded(text)) is not None


def countries_named(text: str) -> set[str]:
    """The countries that a text names in English or Russian, in any case of the word.

    >>> countries_named("Импорт электромобилей в Грузию"), countries_named("Papua New Guinea")
    ({'GE'}, {'PG'})
    """
    return _countries_in(folded(text))[0]


def without_countries(words: str) -> str:
    """A folded text without the names of countries."""
    return _countries_in(words)[1]


def _countries_in(words: str) -> tuple[set[str], str]:
    codes = set()
    for code, pattern in _country_patterns():
        words, count = pattern.subn(" ", words)
        if count:
            codes.add(code)
    return codes, words


@lru_cache(maxsize=1)
def _country_patterns() -> list[tuple[str, re.Pattern[str]]]:
    """A pattern of each name of a country, the longest first."""
    names = country_names("en", "ru") | {
        name: code for name, code in spellings().items() if len(code) == 2
    }
    patterns = []
    for name, code in sorted(names.items(), key=lambda pair: -len(pair[0])):
        if len(name) < SHORTEST_COUNTRY:
            continue
        stem, ending = name, ""
        if re.search("[а-я]", name):
            stem = re.sub("(?:ия|ья|ь|[аяыи])$", "", name)
            ending = "[а-я]{0,3}"
        patterns.append((code, re.compile(rf"(?<!\w){re.escape(stem)}{ending}(?!\w)")))
    return patterns
