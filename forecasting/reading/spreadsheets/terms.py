"""What the words above and beside the numbers of a table say: a unit, a measure, a sum, a note.

Tables are written in more languages than sentences of the press are read in. `TERMS` turns the
words of Russian, Uzbek, Kazakh, Kyrgyz, Tajik, Chinese and Turkish tables into English ones, which
`forecasting.reading.mapping.read_head` knows. A new word is one more alternative of its row.

>>> in_english("Ввоз электромобилей"), in_english("Elektrikli araç satışları")
('imports electric cars', 'electric cars sales')
>>> unit_of("Импорт, тыс. шт.")[:2]
(1000.0, 'count')
"""

import csv
import re
from functools import lru_cache
from typing import NamedTuple

from forecasting.reading.press_words import AMOUNTS
from forecasting.vocabulary.names import DATA

LANGUAGE_NAMES = DATA / "language_names.csv"  # as Babel has them, which takes long to load
# Signs and words for a number that is not known
_UNKNOWN_SIGNS = """
    - – — ― − -- --- . .. ... … …. : :: x х × * ** / \\ ? ?? n/a n.a. n.a na n/d n.d. nd nan
    nil none null #n/a #н/д #yok tbd tba unknown missing n/k nk c (s) (d) (x) (-) (..) (...)
    н/д н.д. н.д нд н/п м/ж м/й m/y k.a. б/д y/q й/қ ж/қ жоқ жок йўқ йук yo'q yoq yok нест нет
    无 無 不详 不詳 暂无 未知 缺 缺失 ——
"""
NOT_KNOWN = {*_UNKNOWN_SIGNS.split()} | {
    "not available", "no data", "not known", "not applicable", "нет данных", "данных нет",
    "нет свед.", "нет сведений", "не известно", "неизвестно", "маълумот йўқ", "ma'lumot yo'q",
    "мәлімет жоқ", "деректер жоқ", "дерек жоқ", "маалымат жок", "маълумот нест", "veri yok",
    "bilinmiyor", "mevcut değil", "暂无数据", "无数据", "没有数据",
}  # fmt: skip
RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"
# Behind a number, a year or a head: it leads to a note below the table
_MARK = re.compile(
    rf"\s*(?:[*†‡§#]+\)?|[{RAISED_DIGITS}ᵃᵇᶜᵈᵉᵖʳ]+\)?|\[(?:\d{{1,2}}|[a-zа-я])\]|(?<=[^\W\d]|"
    rf"\))\d\)|"
    r"(?<=[\d\s])\s?\((?:\d|[a-zа-я]|est\.?|prov\.?|prelim\.?|предв\.?|оценка|пред\.?|revised|"
    r"rev\.?|"
    r"taxminiy|дастл\.?|алдын ала|geçici|初步|预计)\)|(?<=\d)\s[1-9]\)|(?<=\d)\s?[pre]|"
    r"(?<=\D)\s\d\))\Z",
    re.IGNORECASE,
)

_THOUSAND = (
    r"(?:in |в )?(?<![\d,.])(?:1[,. ]?000s?|'?000s?|10\s?(?:³|\^3|\*\*3))(?![\d,.]\d|\d)|"
    r"(?<![^\W\d_])(?:thousands?|thous\.?|ths\.?|k|тысяч\w*|тыс\b\.?|мың\w*|миң\w*|минг(?:та)?|"
    r"ming(?:ta)?|ҳазор|bin)(?![^\W\d_])|千"
)
_HUNDRED = r"(?:in |в )?(?<![\d,.])'00(?!\d)|(?<![^\W\d_])(?:hundreds|сот(?:ен|ни)|百辆)"
_MILLION = (
    r"(?<![^\W\d_])(?:millions?|mln\.?|mn|млн\b\.?|миллион\w*|milyon|million)(?![^\W\d_])|百万|"
    r"10\s?(?:⁶|\^6)"
)
MULTIPLES = {
    # of what a unit counts, the first that fits
    1e4: r"万|(?<![^\W\d_])wan(?![^\W\d_])",
    1e6: _MILLION,
    1e3: _THOUSAND,
    1e2: _HUNDRED,
    1e9: r"(?<![^\W\d_])(?:billions?|bn|млрд\b\.?|миллиард\w*)(?![^\W\d_])",
}
COUNT_UNITS = (
    r"(?<![^\W\d_])(?:штук\w*|шт\b\.?|единиц\w*|ед\b\.?(?:\s?изм\.?)?|экз\b\.?|dona(?:da)?|"
    r"дона(?:да)?|ədəd|anzahl|stück|unidades|unités|szt\b\.?|sztuk|"
    r"дана(?:мен)?|даана|бирдик\w*|бірлік\w*|birlik|бирлик|адад|воҳид|adet|units?|"
    r"number(?!\s\w)|nos\b\.?|pcs\b\.?|pieces|items|"
    r"number of (?:vehicles|units)|vehicles|cars|машин\w*|автомобил(?:ей|ь|я)|мошин\w*|araç)"
    r"(?![^\W\d_])|辆|台|个|座"
)
_PERCENT = (
    r"%|(?<![^\W\d_])(?:per ?cent|pct|процент\w*|проц\b\.?|foiz\w*|фоиз\w*|пайыз\w*|пайиз\w*|yüzde)"
    r"(?![^\W\d_])|百分比"
)
# What stands for an amount of money without a currency
MONEY_WORDS = re.compile(
    r"\b(?:cif|fob|customs|import|export|trade) value\b|стоимост\w*|на сумму|金额|货值|"
    r"qiymat\w*|қиймат\w*|\bқұны\b|\bнаркы\b|\bарзиш\w*|\b(?:toplam )?tutar\w*",
    re.IGNORECASE,
)
KINDS_OF_UNIT = {"percent": _PERCENT, "money": AMOUNTS, "count": COUNT_UNITS}
_LEADING = (
    r"(?<![^\W\d_])(?:единиц\w* измерения|ед\.\s?изм\.|в|in|unit(?:s)?(?: of measure(?:ment)?)?|"
    r"o'lchov birligi|"
    r"ўлчов бирлиги|өлшем бірлігі|өлчөө бирдиги|воҳиди ченак|birim(?:i)?|单位|figures|данные)"
)


SEVERAL_UNITS = re.compile(r"[、，,;/]")


class Unit(NamedTuple):
    """What a text says of the unit of numbers.

    Parameters
    ----------
    factor : float
        What they are multiplied by; 0 where the text says nothing of a unit.
    kind : {"count", "percent", "money", ""}
        What they are.
    remainder : str
        The text without it.
    """

    factor: float
    kind: str
    remainder: str


@lru_cache(maxsize=4096)
def unit_of(text: str) -> Unit:
    """The unit that a text names.

    >>> unit_of("EV sales (in 1,000s)"), unit_of("Продажи, %").kind
    (Unit(factor=1000.0, kind='', remainder='EV sales'), 'percent')
    """
    text = re.sub(rf"(?<=[^\W\d])\s?(?:[{RAISED_DIGITS}]+|\[\d\]|\*+)(?=\W|$)", "", text)
    text = text.replace("\u2019", "'").replace("\u00a0", " ")
    factor, body = _factor_in(re.sub(rf"{_LEADING}\s?[:：]\s?", "", text, flags=re.IGNORECASE))
    kind = ""
    for name, pattern in KINDS_OF_UNIT.items():
        matches = re.finditer(pattern, body, re.IGNORECASE)
        match = next((m for m in matches if name != "count" or _stands_apart(body, m)), None)
        if match:
            kind = name
            if name != "money":
                body = body[: match.start()] + "\u0001" + body[match.end() :]
            break
    if not factor and not kind:
        return Unit(0.0, "", text)
    return Unit(factor or 1.0, kind, _without_unit(body))


def unit_of_title(text: str) -> Unit:
    """The unit of counts that a line above a table names, percents beside it or not.

    >>> unit_of_title("单位：万辆、%")[:2], unit_of_title("Продажи, %").kind
    ((10000.0, 'count'), 'percent')
    """
    unit = unit_of(text)
    if unit.kind != "percent":
        return unit
    counts = [unit_of(part) for part in SEVERAL_UNITS.split(text)]
    return next((part for part in counts if part.factor and part.kind != "percent"), unit)


def _factor_in(text: str) -> tuple[float, str]:
    """What a text says that numbers are multiplied by, and the text with a mark in its place."""
    for multiple, pattern in MULTIPLES.items():
        if re.search(pattern, text, re.IGNORECASE):
            return multiple, re.sub(pattern, "\u0001", text, count=1, flags=re.IGNORECASE)
    return 0.0, text


def _stands_apart(text: str, match: re.Match[str]) -> bool:
    """Whether a word such as "vehicles" is a unit, and not what is counted: it stands alone, behind
    a comma or a colon, or in brackets.
    """
    lead = text[: match.start()].rstrip()
    if "\u0001" in text[max(match.start() - 3, 0) : match.start()]:
        return True  # it follows a multiple
    tail = text[match.end() :].lstrip(" .)]）")
    if tail[:1] in (",", ";", ":", "，"):
        tail = ""
    lead = re.sub(rf"{_LEADING}$", "", lead, flags=re.IGNORECASE).rstrip()
    return not tail and (not lead or lead[-1] in ",:;(（，：-–—[/")


def _without_unit(text: str) -> str:
    """The text without the places of a unit, the brackets and the marks about it."""
    text = re.sub(
        rf"[(\[（【]?\s*(?:{_LEADING}\s?[:：]?\s?)?(?:\u0001[\s./]*)+\s*[)\]）】]?",
        "\u0002",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(r"[\s,:;，：–—-]*\u0002[\s,;，.]*", " ", text)
    return text.strip()


_EV = "electric cars"
STOCK_DAY = (  # when in a period a stock is counted
    r"(?:на|к) кон(?:ец|цу) (?:отч[её]тн\w+ )?(?:периода|года|квартала|месяца)|"
    r"(?:davr|yil|oy) oxiri\w*|(?:давр|йил|ой) охири\w*|"
    r"(?:кезең|жыл|ай)\w* (?:соңы|аяғы)\w*|(?:мезгил|жыл|ай)\w* аягы\w*|"
    r"(?:дар |ба )?охири (?:давра|сол|моҳ)|(?:dönem|yıl|ay) sonu\w*|[期年月]末|"
    r"(?:at )?(?:the )?end of (?:the )?(?:period|year|quarter|month)|"
    r"(?:at )?(?:the )?(?:year|month|quarter)[- ]end\b"
)
TERMS: tuple[tuple[str, str], ...] = (
    # words of a table in other languages, and what they are in English; the first that fits
    (r"№\s?(?:п/п|т/р|р/с|р/т)?|(?<!\w)(?:п/п|т/р|р/с|no\.?|nr\.?|#|s/n|sıra(?: no)?)(?!\w)|"
     r"序号", "#"),
    # the world's nomenclature of trade: cars with an electric motor alone, and with two motors
    (r"(?<!\d)8703[. ]?80(?:[. ]?\d\d){0,2}(?!\d)", f" {_EV} "),
    (r"(?<!\d)8703[. ]?[4-7]0(?:[. ]?\d\d){0,2}(?!\d)", " hybrid "),
    (STOCK_DAY, " "),
    (  # in a month, beside a column of the year to date
        r"за (?:отч[её]тный )?(?:месяц|период|квартал)|in the (?:month|period|quarter)|"
        r"当[月期季]|本月|"
        r"(?:ay|dönem) içinde|(?:oy|davr) davomida|(?:ой|давр) давомида|ай ішінде|ай ичинде|"
        r"дар (?:давоми )?моҳ",
        " ",
    ),
    (  # a growth on the year before
        r"(?:прирост|рост|изменение|o'sish|o'zgarish|ўсиш|ўзгариш)\w* (?:к|по сравнению с|"
        r"по отношению к|"
        r"относительно) (?:соответствующ\w+ период\w* )?(?:прошл|предыдущ)\w+ год\w*|"
        r"o'tgan yilga nisbatan (?:o'sish|o'zgarish)\w*|ўтган йилга нисбатан (?:ўсиш|ўзгариш)\w*|"
        r"өткен жылмен салыстырғанда(?:ғы)? (?:өсім|өсу|өзгеріс)\w*|"
        r"өткөн жылга салыштырмалуу (?:өсүү|өсүш|өзгөрүү)\w*|"
        r"(?:афзоиш|рушд|тағйирот) нисбат ба соли гузашта|"
        r"(?:bir )?önceki yıla göre (?:değişim|artış|büyüme)|(?:yıllık|yıldan yıla) (?:değişim|"
        r"artış)|"
        r"(?:change|growth|increase) (?:on|over|from|against|versus|vs\.?) (?:the )?"
        r"(?:(?:previous|prior|last) )?year|year[- ](?:on|over)[- ]year(?: (?:change|growth))?|"
        r"annual (?:change|growth)|较上年(?:增长|变化)",
        " growth ",
    ),
    (r"общественн\w+|публичн\w+|ommaviy|оммавий|қоғамдық|жалпыға|коомдук|ҷамъиятӣ|умумӣ|halka açık|"
     r"p[úu]blic[oa]s?(?![^\W\d_])|公共", " public "),
    (r"трафикте\w*|trafikte\w*|в эксплуатации|эксплуатируем\w+|in (?:use|circulation|operation)|"
     r"қатнашатын|жолдардағы", " fleet "),
    (r"新车", " new cars "),
    (r"\bnewly\b|\bнов(?:ых|ые|ый|ая|ое|ого|ой)\b|впервые|yangi|янги|жаңадан|жаңа|жаңы|\bнави?\b|"
     r"\byeni\b|新(?!能源|疆)", " new "),
    (r"(?<![^\W\d_])(?:все(?:го|х)?|обще[ей]|общий|barcha|барча|jami|жами|барлық|барлығы|бардык|"
     r"бардыгы|"
     r"ҳамаи|ҳамагӣ|hammasi|tüm|bütün|toplam|total|insgesamt)(?![^\W\d_])|"
     r"全部|所有|总计|合计", " all "),
    (
        r"(?:плагин|подключаем\w+|заряжаем\w+|plug-?in\w*|插电(?:式)?)[\s-]*(?:гибрид\w*|hybrid\w*|"
        r"混合动力\w*|"
        r"混动)?|гибрид\w*|gibrid\w*|дурагай\w*|hibrit\w*|混合动力|混动",
        " hybrid ",
    ),
    (
        r"электромобил\w*|электрокар\w*|электрлі (?:авто)?көлік\w*|электр(?:ли|лик|лі)? (?:авто)?"
        r"(?:мобил|көлік|көліг|унаа|машина)\w*|электрокөлі[кг]\w*|электроунаа\w*|"
        r"мошин\w+ (?:бар[қк]ӣ|электрикӣ)|"
        r"автомобил\w+ (?:бар[қк]ӣ|электрикӣ)|электр(?:ическ\w+|o)? ?(?:авто)?(?:мобил|машин|"
        r"транспорт)\w*|"
        r"(?:легков\w+ )?(?:автомобил|машин|авто)\w* (?:с|на) электр\w+(?: двигател\w+| тяг\w+)?|"
        r"elektromobil\w*|elektr (?:avto)?(?:mobil|mashina)\w*|elektrikli (?:otomobil|araç|taşıt|"
        r"araba)\w*|"
        r"elektrokar\w*|elektroautos?|(?:纯)?电动(?:汽车|轿车|乘用车|车辆?)|电车|新能源(?:汽车|乘用车|车辆?)?|"
        r"\bbev\b|\bevs?\b|battery[- ]electric (?:vehicle|car)s?|"
        r"electric (?:passenger )?(?:vehicle|car)s?",
        f" {_EV} ",
    ),
    (
        r"(?:veh[íi]culos|autom[óo]viles|autos|carros|coches|voitures|v[ée]hicules|automobili)"
        r" [ée]l[ée]ctri\w+|elektro(?:fahrzeug|auto|-?pkw)\w*|elektrikli avtomobil\w*|"
        r"mobil listrik|xe (?:ô tô )?điện|전기차|전기자동차|電気自動車|السيارات الكهربائية|"
        r"samochod\w+ (?:osobow\w+ )?(?:elektryczn\w+|z napędem elektrycznym)|"
        r"ელექტრომობილ\w*|цахилгаан (?:автомашин|машин)\w*|електромобіл\w*|خودرو\w* برقی",
        f" {_EV} ",
    ),
    (r"누적 ?등록\w*|보유 ?대수|保有台数", " fleet "),
    (
        r"(?:с |на )?электр\w+ (?:двигател\w+|тяг\w+)|\bэлектр\w*\b|\belektr(?:ik\w*|lik?|o)?\b|"
        r"барқӣ|纯电动?|电动|\bel[eé]c?tric[oa]s?\b|\belettric\w+|\b[ée]lectriques?\b|"
        r"\bbattery[- ]electric\b|"
        r"\b(?:fully |purely? |all-)electric\b",
        " electric ",
    ),
    (r"(?:charging )?(?:connectors?|outlets?)(?=\W|$)|коннектор\w*|"
        r"puntos? de (?:re)?carga|points? de (?:re)?charge|bornes? de recharge|ladepunkte?n?",
     " charging points "),
    (r"(?:veh[íi]culos|autom[óo]viles|autos|carros|coches|voitures|v[ée]hicules|fahrzeuge|pkw|"
     r"ავტომობილ\w*)(?![^\W\d_])", " cars "),
    (r"реєстрац\w*|등록\w*|登録台数|rejestrac\w*|đăng ký|emplacament\w*|المرخصة|"
     r"inscri(?:tos|ptos|ciones)|matricula\w+|immatriculation\w*|(?:neu)?zulassung\w*|"
     r"\blicensed\b(?: for the first time)?|qeydiyyat\w*|რეგისტრ\w*", " registrations "),
    (r"판매\w*|販売(?:台数)?|sprzeda\w*|\bpenjualan\b|\bvendas?\b|"
     r"مبيعات|فروش|\bventas?\b|\bvendidos\b|\bventes?\b|\bverkäufe\b", " sales "),
    (r"\bimpor\b|수입\w*|輸入(?:台数)?|імпорт\w*|nhập khẩu|واردات|استيراد|"
     r"importaci\w+|\bimportad\w+|\bimportations?\b|\bidxal\w*|იმპორტ\w*", " imports "),
    (r"exportaci\w+|\bixrac\w*|ექსპორტ\w*", " exports "),
    (r"ჰიბრიდ\w*|\bh[íi]brid\w+|\bhybrides?\b", " hybrid "),
    (r"მსუბუქი|მსუბუქ", " passenger "),
    (
        r"(?:зарядн\w+|зарядк\w+|электрозарядн\w+|электрозаправ\w+|zaryadlash|zaryad|quvvatlash|"
        r"зарядлаш|қувватлаш|"
        r"зарядтау|қуаттау|кубаттоо|заряддоо|барқгир\w+|барқдиҳӣ|şarj) (?:точ\w+|пункт\w*|"
        r"пост\w*|колон\w+|nuqta\w*|нуқта\w*|"
        r"нүкте\w*|түйүн\w*|чекит\w*|пунктт\w*|nokta\w*|ünite\w*|soket\w*)|нуқта\w+ (?:барқгир\w+|"
        r"барқдиҳӣ|зарядгир\w+|пуркуни\w* ?(?:барқӣ)?)|"
        r"точ\w+ зарядки|充电桩|充电点",
        " charging points ",
    ),
    (
        r"\bcharging stations \(?sites\)?|"
        r"(?:зарядн\w+|зарядк\w+|электрозарядн\w+|электрозаправ\w+|zaryadlash|quvvatlash|"
        r"зарядлаш|қувватлаш|зарядтау|"
        r"қуаттау|кубаттоо|заряддоо|şarj) (?:станц\w+|станса\w*|stansiya\w*|бекет\w*|istasyon\w*)|"
        r"истгоҳ\w+ (?:барқ\w+|зарядгир\w+)|электрозаправ\w+|充电站|\bэзс\b",
        " charging stations ",
    ),
    (
        r"(?:темп\w* роста|рост к|индекс\w*|в\s?%\s?к|% к|процент\w* к)|темп\w* роста|"
        r"o'sish sur'at\w*|ўсиш суръат\w*|өсу қарқын\w*|өсүү темп\w*",
        " ratio ",
    ),
    (
        r"темп\w* прироста|прирост\w*|\bрост(?:а|ом)?\b|o'sish\w*|ўсиш\w*|өсім\w*|өсу\w*|өсүү\w*|"
        r"өсүш\w*|рушд\w*|"
        r"афзоиш\w*|artış\w*|büyüme\w*|同比(?:增长|增速)?|增长率?|增速|\bизменени[ея]\b|"
        r"год к году|г/г|y/y|yoy|\bзміна\b|معدل التغير|증감\w*|\bwzrost\w*|pertumbuhan|crecimiento|"
        r"\bcroissance\b|veränderung",
        " growth ",
    ),
    (r"\bчастка\b|비중|\budział\w*|\bpangsa\b|\bpart\b(?=\W*$)|"
     r"\bдол[яиюе]\b|удельн\w+ вес\w*|ulush\w*|улуш\w*|үлес\w*|үлүш\w*|ҳисса\w*|саҳм\w*|"
     r"\bpayı?\b|占比|比重|比例|份额|渗透率", " share "),
    (r"экспорт\w*|вывоз\w*|содирот\w*|ihracat\w*|eksport\w*|出口(?:量|数量)?", " exports "),
    (
        r"импорт\w*|ввоз\w*|ввезен\w*|завоз\w*|завезен\w*|воридот\w*|ithalat\w*|import(?:i|lari|"
        r"ı|ed|s)?\b|"
        r"olib kiri\w*|олиб кири\w*|әкелін\w*|әкелу\w*|алып келин\w*|进口(?:量|数量)?",
        " imports ",
    ),
    (
        r"зарегистрир\w*|регистрац\w*|постановк\w+ на уч[её]т|первичн\w+ регистр\w+|тірке\w*|"
        r"катто\w*|катталган\w*|"
        r"ба қайд гириф\w*|бақайдгир\w*|tescil\w*|kay[ıd]\w*(?: yapıl\w+)?|ro'yxatdan o'tka\w*|"
        r"ro'yxatga olin\w*|"
        r"рўйхатдан ўтка\w*|"
        r"рўйхатга олин\w*|注册(?:量)?|上牌(?:量)?|登记(?:量)?|registrations?|registered",
        " registrations ",
    ),
    (
        r"продаж\w*|продан\w*|реализац\w*|savdo\w*|савдо\w*|sotuv\w*|sotil\w*|сотув\w*|сотил\w*|сатылым\w*|"
        r"сатыл\w*|сату\w*|сатык\w*|"
        r"фурӯш\w*|фуруш\w*|satış\w*|satılan|销售量?|销量",
        " sales ",
    ),
    (
        r"(?:автомобильн\w+ |авто)?парк(?!инг|овк|омат)\w*|состо\w+ на уч[её]те|на уч[её]те|"
        r"числен\w+ парка|avtopark\w*|"
        r"\bparki?\b|saroy\w*|автопарк\w*|(?:avtomobil )?parkı|araç parkı|保有量|在用|"
        r"existing fleet",
        " fleet ",
    ),
    (
        r"производств\w*|произведен\w*|выпуск\w*|ishlab chiqar\w*|ишлаб чиқар\w*|өндіріс\w*|"
        r"өндір\w*|өндүр\w*|истеҳсол\w*|"
        r"üretim\w*|产量|生产",
        " production ",
    ),
    (
        r"(?:все(?:го|х)?|обще[ей]|общий|barcha|барча|jami|жами|барлық|бардык|ҳамаи|hammasi|tüm|"
        r"toplam|所有|全部|总|all|total) "
        r"(?:новы\w+ )?(?:легков\w+ )?(?:авто\w*|машин\w*|avtomobil\w*|автомобил\w*|мошин\w*|"
        r"otomobil\w*|araç\w*|cars|vehicles|"
        r"passenger cars)|汽车总(?=销|进)|乘用车|(?:легков\w+|yengil|енгил|жеңіл|жеңил|сабукрав) "
        r"(?:авто\w*|машин\w*|avto\w*|mashina\w*|көлік\w*|унаа\w*|мошин\w*)|легковушк\w*|"
        r"otomobil\w*|轿车",
        " cars ",
    ),
    (r"(?:авто(?:мобил|транспорт|машин|көлік|унаа)|avtomobil|mashina|машин|мошин|автомобил)\w*|"
     r"汽车|车辆", " cars "),
    (
        r"\bquantity\b|количеств\w*|кол-во|числ[оа]\b|число|объ[её]м\w*|сони\b|soni\b|саны\b|миқдор\w*|"
        r"miqdor\w*|hajmi?\b|ҳажми?\b|көлемі?\b|"
        r"көлөмү?\b|шумора\w*|теъдод\w*|ҳаҷм\w*|sayısı|adedi|miktarı?|数量|总量|新(?:车)?(?=\s)|"
        r"нов(?:ых|ые)\b|yangi|янги|жаңа|yeni|нав",
        " number ",
    ),
    (
        r"(?:passenger )?car(?:s)? market|рын(?:ок|ка) (?:легков\w+ )?(?:автомобил\w*|cars)|"
        r"(?:汽|轿|乘用)车市场",
        " cars ",
    ),
    (r"мусофирбар\w*|легков\w+|пассажирск\w+|yengil|енгил|жеңіл|жеңил|сабукрав|binek",
     " passenger "),
    (
        r"\b(?:республик\w*|respublika\w*|республикаси\w*|ҷумҳурии|cumhuriyeti)\b|\bданны[ех]\b|"
        r"\bпоказател[иь]\w*|кўрсаткич\w*|"
        r"ko'rsatkich\w*|көрсеткіш\w*|көрсөткүч\w*|нишондиҳанда\w*|gösterge\w*|指标|\bпо\b|бўйича|"
        r"bo'yicha|бойынша|боюнча|"
        r"(?<![^\W\d_])(?:бо|ба|аз|дар|барои|ва|ve|va|жана|және|менен|мен)(?![^\W\d_])|占(?=.*比)",
        " ",
    ),
)  # fmt: skip
_SIMPLE_LETTERS = str.maketrans("İıſ", "iis")  # which are the same where case is ignored


def _lower(text: str) -> str:
    """A text in lower case, in which a pattern is searched for in half the time."""
    return text.translate(_SIMPLE_LETTERS).lower()


_TERMS = tuple(
    (re.compile(pattern.translate(_SIMPLE_LETTERS)), pattern, english) for pattern, english in TERMS
)


@lru_cache(maxsize=3)
def names_in_languages(kind: str) -> dict[str, str]:
    """The code by name, in lower case, of each month or country in the languages of tables.

    Parameters
    ----------
    kind : {"month", "short month", "country"}
        Short names of months are other words elsewhere.

    Examples
    --------
    >>> names_in_languages("month")["tháng 5"], names_in_languages("country")["özbekistan"]
    ('5', 'UZ')
    """
    with LANGUAGE_NAMES.open(encoding="utf-8", newline="") as file:
        return {name: code for table, code, name in csv.reader(file) if table == kind}


@lru_cache(maxsize=4096)
def in_english(text: str) -> str:
    """A head with the words of `TERMS` in English, each other word as it stands."""
    text = re.sub("[‘’ʻʼ`´]", "'", text)
    lower_text = _lower(text)
    for lower_pattern, pattern, english in _TERMS:
        if lower_pattern.search(lower_text):
            text = re.sub(pattern, english, text, flags=re.IGNORECASE)
            lower_text = _lower(text)
    return " ".join(text.split())


@lru_cache(maxsize=16384)
def without_footnote_marks(text: str) -> str:
    """A text without the mark of a footnote behind it.

    >>> [without_footnote_marks(text) for text in ("1 370*", "2023¹⁾", "Ввоз 1)", "1 370 (p)")]
    ['1 370', '2023', 'Ввоз', '1 370']
    """
    if re.search(r"10\s?[³⁶]\W*\Z", text):
        return text.strip()  # a power of ten
    while shorter := _MARK.sub("", text):
        if shorter == text:
            break
        text = shorter
    return text.strip()


def is_not_known(text: str, signs: tuple[str, ...] = ()) -> bool:
    """Whether a text stands for a number that is not known.

    >>> is_not_known("…"), is_not_known("н/д"), is_not_known("12")
    (True, True, False)
    """
    word = " ".join(re.sub("[‘’ʻʼ`´]", "'", text).split()).lower()
    return not word or word in NOT_KNOWN or text.strip() in signs


_MANY_MEANINGS = r"(?:данные|маълумот\w*|ma'lumot\w*|data|figures?|数据)?"
FORECAST_WORDS = re.compile(  # beside numbers that are no facts yet
    r"прогноз|\bплан(?:овы\w+|ируем\w+)?\b|forecast|projection|projected|\btargets?\b|\bplan(?:ned)?\b|"
    r"prognoz|proqnoz|reja(?:lashtir\w*)?\b|режа|болжам|божомол|пешгӯй|tahmin|öngörü|hedef|预测|预计|计划|目标",
    re.IGNORECASE,
)
CODE_WORDS = re.compile(
    r"\bкод\w*|\bcodes?\b|\bhs\b|тн вэд|\bkod\w*|编码|代码|\bкоди\b|\bгтип\b", re.IGNORECASE
)
# In brackets behind a period: which release of its number this is
REVISED = re.compile(
    rf"\(\s*(?:уточн\w+|пересмотр\w+|окончательн\w+|revised|final|aniqlangan|yakuniy|аниқланган|"
    rf"якуний|нақтыланған|такталган|kesin(?:leşmiş)?|修订|最终)\s*{_MANY_MEANINGS}\s*\)",
    re.IGNORECASE,
)
FIRST_ESTIMATE = re.compile(
    rf"\(\s*(?:оперативн\w+|предварит\w+|preliminary|provisional|tezkor|dastlabki|дастлабки|"
    rf"оперативлик|алдын ала|geçici|初步)\s*{_MANY_MEANINGS}\s*\)",
    re.IGNORECASE,
)
OTHER_VEHICLES = re.compile(  # than cars: electric ones among them are not counted as cars
    r"мото(?:цикл|роллер)|мопед|скутер|трактор|тягач|грузов|автобус|троллейбус|трамва|прицеп|"
    r"велосипед|"
    r"motorc|\bmotos?\b|moped|scooter|tractor|truck|lorr|\bbus(?:es)?\b|trolley|trailer|bicycle|"
    r"wheelers?\b|rickshaw|mototsikl|traktor|avtobus|yuk |kamyon|otobüs|traktör|motosiklet|"
    r"autob[úu]s|"
    r"camion|мотосикл|юк машина|жүк|сарбор|摩托|卡车|客车|货车|拖拉机|三轮|двухкол",
    re.IGNORECASE,
)
OTHER_DRIVES = re.compile(
    r"гибрид|бензин|дизел|газов|двигател\w* внутреннего|hybrid|petrol|gasoline|diesel|\bgas\b|"
    r"\blpg\b|"
    r"\bcng\b|benzin|dizel|otogaz|hibrit|gibrid|h[íi]brid|混|汽油|柴油|燃油|ჰიბრიდ|бенз|дурагай|"
    r"\bphev|\bhev|internal combustion|\bice\b|\bother\b|прочие|другие|boshqa|бошқа|diğer|其他",
    re.IGNORECASE,
)
REGION_WORDS = re.compile(  # the name of a part of a country
    r"\w{3,}(?:ская|ской) обл(?:асть|асти|\.)|\bг(?:\.|ороде?) ?[А-ЯӘІҢҒҮҰҚӨҺ]\w+|"
    r"\w+ (?:viloyati|shahri|вилояти|шаҳри|облысы|қаласы|облусу|шаары)\w*|"
    r"(?<![各分\u4e00-\u9fff])[\u4e00-\u9fff]{2,3}(?:省|自治区)|"
    r"[Pp]rovince of [A-Z]\w+|[Ss]tate of [A-Z]\w+|"
    r"[A-Z]\w+ (?:[Oo]blast|[Pp]rovince|[Pp]refecture)\b|"
    r"\b(?:[Ee]stado|[Pp]rov[ií]ncia) d[eo] [A-Z]\w+|\bwojew[oó]dztw\w+ \w+"
)
SUMS = re.compile(
    r"(?:в том числе )?(?:(?:grand |sub)?total\w*|sum|სულ|итог[оа]?|всего|в целом|jami|жами|"
    r"барлығы|барлыгы|бардыгы|бары|"
    r"ҳамагӣ|ҷамъ|hammasi|ҳаммаси|toplam\w*|genel toplam|gesamt|insgesamt|summe|合计|总计|小计|"
    r"共计|razem|og[oó]łem|łącznie|разом|усього|cəmi|tổng(?: cộng| số)?|cả nước|jumlah|celkem|"
    r"ensemble|합계|총계|合計|総計|(?:ال)?[إا]جمالي|المجموع|جمع|कुल)(?![^\W\d_])",
    re.IGNORECASE,
)
FOOTNOTES = re.compile(
    r"\W*(?:примечани\w*|прим\.|notes?\b|источник\w*|source\w*|сноск\w*|izoh\w*|изоҳ\w*|"
    r"ескерт\w*|эскерт\w*|эзоҳ|"
    r"manba\w*|манба\w*|дереккөз\w*|булак\w*|сарчашма\w*|kaynak\w*|dipnot\w*|注|来源|资料来源|数据来源|备注|"
    r"remarks?|comments?)",
    re.IGNORECASE,
)
SOURCE_WORDS = re.compile(
    r"\W*(?:источник\w*|source\w*|manba\w*|манба\w*|дереккөз\w*|булак\w*|сарчашма\w*|kaynak\w*|fuente\w*|"
    r"mənbə\w*|წყარო|资料来源|数据来源|来源)",
    re.IGNORECASE,
)
YEAR_TO_DATE = re.compile(
    r"с начал[ао] (?:20\d\d\s?)?(?:года|г\.)|нарастающ\w+ итог\w*|накоплен\w+(?: итог\w*)?|"
    r"нараст\.?\s?итог\w*|"
    r"year[- ]to[- ]date|\bytd\b|\bcumul(?:ative|ated)\b (?:since|from) (?:january|1 jan\w*)|"
    r"since january|"
    r"(?:yil|йил) ?боши?дан(?: бери)?|yil boshidan(?: beri)?|(?:өсу|өспелі) қорытынды\w*|"
    r"жыл басынан(?: бері| бери)?|"
    r"жыл башынан(?: бери)?|аз аввали сол|yıl ?başından(?: beri| bu yana| itibaren)?|kümülatif|"
    r"本年累计|年初至今|累计|kumuliert(?: seit jahresbeginn)?|seit jahresbeginn|acumulad\w+|"
    r"\bcumulés?\b|narastająco|наростаючим\w*|з початку року",
    re.IGNORECASE,
)
PUBLICATION_WORDS = re.compile(
    r"опубликован\w*|дата публикации|дата выпуска|обновлен\w*|publish\w*|publication(?: date)?|"
    r"released?\b|updated|"
    r"e'lon qilin\w*|эълон қилин\w*|chop etil\w*|nashr\w*|жариялан\w*|жарыялан\w*|нашр\w*|"
    r"yayım\w*|yayın\w*|发布|公布|"
    r"as published",
    re.IGNORECASE,
)
