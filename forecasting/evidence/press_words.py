"""The words by which the press says how a number stands to what was counted: patterns in five
languages.
"""

from __future__ import annotations

__all__ = [
    "AGAINST_ANOTHER_MONTH", "AMOUNTS", "CAPACITY", "CARS", "COUNTER", "CURRENCIES", "DOWN", "DOWN_BEHIND", "ELECTRIC",
    "HEAVY", "LAST_YEAR", "LEVEL", "LIMIT", "MEASURE_WORDS", "NOT", "OF_THE_YEAR_BEFORE", "OF_WHICH", "ONE_PARTNER",
    "ON_A_DAY", "OTHER_GOODS", "OTHER_SPAN", "OTHER_UNIT", "PERCENT", "PER_MONTH", "PLACE_WORDS", "PLAN",
    "RELATION_WORDS", "SHARE", "SOME_OF_THEM", "UNTIL", "UP", "VALUE",
]  # fmt: skip

MORE = r"more than|over|above|exceed\w*|surpass\w*|свыше|более|больше|превы\w+|超过|突破|超|逾"
RELATION_WORDS = (  # just before a number
    ("at_least", r"at least|not? (?:less|fewer) than|не менее|не меньше|kamida|камида|不少于|至少"),
    ("at_most", r"at most|not? more than|not above|up to|не более|не больше|до|不超过"),
    ("greater_than", MORE),
    ("less_than", r"less than|fewer than|below|under|менее|меньше|不到|不足"),
    (
        "about",
        r"about|around|approximately|roughly|some|nearly|almost|close to|an estimated|estimated|около|примерно|порядка|"
        r"почти|qariyb|қарийб|"
        r"taxminan|约|近|将近",
    ),
)
UP = (
    r"\bup\b|\bris\w+|\brose\b|grow\w*|grew|increas\w*|surg\w*|jump\w*|soar\w*|climb\w*|рост\w*|вырос\w*|увелич\w*|"
    r"прирост\w*|增长|增加|增|上升|o['ʻ‘]s\w*|ошган|ошди|oshgan|oshdi|ko['ʻ‘]paygan|кўп|ortdi|ортди"
)
DOWN = (
    r"\bdown\b|decreas\w*|\bfell\b|\bfall\w*|declin\w*|drop\w*|shr[aiu]nk\w*|сниз\w*|сократ\w*|уменьш\w*|упал\w*|"
    r"下降|减少|kamay\w*|камай\w*|qisqar\w*|қисқар\w*|pasay\w*|пасай\w*"
)
DOWN_BEHIND = r"меньше|less than|fewer|\bkam\b|\bкам\b|\bbelow\b|\blower\b|\bниже\b"  # a number
# Before a number
SOME_OF_THEM = r"\b(?:first|another|other|further|last|next|перв\w+|друг\w+|ещ[её])\s$|首批\D{0,8}$"
SHARE = r"account\w*|\bshare\b|\bof (?:the|all|total|its|\d)|доля|доли|от общ|占|ulush\w*|улуш\w*|foizi|="
PERCENT = r"\s?(?:%|per ?cent|pct\b|процент\w*|foiz\w*|фоиз\w*|个百分点)"
AMOUNTS = (
    r"\$|(?:us |u\.s\. |american |американских |aqsh |美)?(?:usd|dollar\w*|доллар\w*|доллор\w*|元)|yuan|юан\w*|tenge|"
    r"тенге|сум\b|soum|сўм|so['ʻ‘]m|евро|euro|rubl\w*|рубл\w*"
)
CURRENCIES = {"USD": r"\$|usd|dollar|доллар|доллор|美元", "CNY": r"yuan|юан|(?<!美)元"}
PER_MONTH = (
    r"\b(?:a|per|each|every|one|an) (?:month|week|quarter|hour)|monthly|weekly|hourly|"
    r"/ ?month|в (?:месяц|неделю|час)\b|"
    r"ежемесячно|еженедельно|каждый (?:месяц|квартал)|[月周季]均|每[个月周季]|\bhar oy|\bҳар ой"
)
LEVEL = (  # between the word of a change and a number that is what it came to
    r"\bto|reach\w*|\bat|total\w*|was|were|came|stood|до|состав\w*|достиг\w*|至|到|达|为|tashkil|ташкил"
)
_M = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
NOT_AFTER_A_MONTH = r"(?<!\d )" + "".join(
    rf"(?<!{month} )"
    for month in (*_M.split("|"), "uary", "arch", "pril", "june", "july", "gust", "mber", "ober")
)
ON_DATE = r"на \d\d?(?:-е)? (?:янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек)\w*"
UNTIL = (
    rf"\b(?:by|as of|until|till|up to|before) (?:the )?(?:end|close|start|beginning|middle|early|late|mid|{_M}|20\d\d)|"
    r"\bк (?:концу|началу|середине|янв|фев|март|апр|ма[юя]|июн|июл|авг|сен|окт|ноя|дек)|по состоянию|"
    rf"{NOT_AFTER_A_MONTH}through (?:the end|end|{_M})|"
    r"截至|截止|holatiga|ҳолатига|"
    rf"на (?:начало|конец)|{ON_DATE}"
)
PLAN = (
    r"\bwill\b|\bwould\b|\bcould\b|\bmight\b|\bshould\b|\bexpect\w*|forecast\w*|predict\w*|\baims?\b|intend\w*|"
    r"\bmay (?:be|have|also|reach|import|export|sell|buy|rise|fall|grow|exceed|become|soon|well|double)\b|\bif\b|"
    r"ожида\w*|прогноз\w*|могут|может\b|\bесли\b|预计|将|kutilmoqda|\bplan\w*|target\w*|\bby 20[2-9]\d|is to be|"
    r"\b(?:was|were|is|are) to\b|запланир\w*|планир\w*|намер\w*|будет|будут|к 20[2-9]\d|"
    r"rejala\w*|计划|力争|needed|нужно|propos\w*|draft"
)
LIMIT = r"quota|\blimit\b|\bcap\b|ceiling|квот\w*|лимит\w*|配额"
CAPACITY = (
    r"capacity|per year|a year\b(?! (?:earlier|before|ago))|/ ?ye?a?r|в год\b|мощност\w*|年产"
)
OTHER_UNIT = (
    r"\s?(?:us )?(?:cents?|центов|kwh|kw\b|mw\b|gwh|km\b|kilomet\w+|км\b|кВт|hours?|minutes?|days?|months?|years?|"
    r"people|persons|percent(?:age)? points?|процентн\w+ пункт\w*|п\. ?п|"
    r"公里|小时|个月|个?百分点|models?\b|automakers|countries|ordinal|"
    r"st\b|nd\b|rd\b|th\b|"
    r"йил|yil|год\w*|лет|年|月|oy\w*|месяц\w*)"
)
OF_THE_YEAR_BEFORE = (  # behind a percent: what it is a percent of
    r"(?:of|от|к|по отношению к)\s(?:the |that of |its |that in )?"
    r"(?:20\d\d (?=level|figure|total|result)|(?:(?:level|figure|total|result|уровн|показател)\w*\s)?)"
    r"(?:of |in |за |в )?(?:20\d\d|level\w*|figure|total|result|last year|the (?:previous|prior) year|the year before|"
    r"a year (?:earlier|before|ago)|прошл\w+ год\w*|предыдущ\w+ год\w*)"
)
VALUE = (  # of a growth: in money it is another than in number
    r"\bvalue\b|\bworth\b|in money|in (?:us )?dollar|revenue|стоимост\w*|в денежн\w+|в долларов\w+|на сумму|"
    r"金额|货值|[进出]口额|qiymat\w*|қиймат\w*"
)
COUNTER = (  # what follows a count that looks like a year
    r"\s?(?:辆|台|座|个(?!月)|(?:ta|та|dona|дона)\b|electric|evs?\b|cars?\b|vehicles|units|stations|points|электро|машин|"
    r"единиц|автомоб|станци)"
)
OF_WHICH = r"of (?:which|them)|of those|including|out of|из них|в том числе|shundan|шундан|其中"
NOT = (
    r"\bnot?\b(?! (?:less|fewer|more|than|above))|n't\b|\bnever\b|\bwithout\b|\bне (?!менее|меньше|более|больше)|"
    r"\bнет\b|没有|未|\bemas\b|\bэмас\b|madi\b|мади\b"
)
OTHER_SPAN = (
    r"\b(?:year|months) to\b|before 20\d\d|"
    r"(?<!than )(?<!from )(?<!with )(?<!over )(?<!against )(?<!on )(?:a|the|one) year (?:earlier|before|ago)|"
    r"over the (?:past|last)|fiscal|financial year|\bsince (?:19|20)\d\d|cumulative|season|week|"
    r"(?:in|over|within) (?:\w+ )?(?:two|three|four|five|several|\d) years|annual\w*|с (?:19|20)\d\d год|за последн|"
    r"за \w+ (?:лет|года)\b|недел|近\d?年|自20|周|(?:last|past|previous|recent|последн\w+|прошедш\w+|so['ʻ‘]nggi|"
    r"сўнгги|近)\s?(?:\w+\s)?(?:months|месяц|oy\b|ой\b|个月)"
)
ONE_PARTNER = (
    r"(?:\bfrom|\bto|из|自|从|对)\s?(?:mainland )?(?:china|кита\w+|中国)|x[iu]toy\w*|хитой\w*"
)
OTHER_GOODS = (
    r"new energy|新能源|plug-?in|hybrid\w*|гибрид\w*|gibrid\w*|混合|混动|petrol|gasoline|бензин\w*|motorcycle|scooter|"
    r"importers|exporters|dealers|compan\w+|brands?\b|импорт[её]р\w*|экспорт[её]р\w*|компани\w+"
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
AGAINST_ANOTHER_MONTH = (
    r"\bq/q\b|from the (?:first|second|third)\b|\bqoq\b|"
    r"(?:quarter|month|week)[- ](?:on|over|to)[- ](?:quarter|month|week)|on the (?:month|quarter)|"
    r"(?:from|against|versus|vs\.?|with|to|over) (?:in )?(?:the )?(?:previous|prior|last|preceding) (?:month|quarter)|"
    r"(?:month|quarter) (?:earlier|before|ago)|"
    rf"(?:compared (?:with|to)|against|versus|vs\.?|over|from) (?:in )?(?:{_MONTHS})"
    r"(?! (?:20\d\d )?(?:to|through|until|till|and)\b)|"
    r"с (?:январем|январём|февралем|февралём|мартом|апрелем|маем|июнем|июлем|августом|сентябрем|сентябрём|октябрем|"
    r"октябрём|ноябрем|ноябрём|декабрем|декабрём)|(?:прошл|предыдущ)\w+ (?:месяц|квартал)|месяц\w* к месяц|"
    r"(?:o'tgan|oldingi|avvalgi) (?:oy|chorak)|(?:ўтган|олдинги|аввалги) (?:ой|чорак)|上月|上个月|上季度|"
    r"\bm/m\b|\bmom\b|month[- ]on[- ]month|к предыдущему|than (?:in )?(?:the )?(?:previous|last) month|"
    r"than (?:in )?(?:" + _MONTHS + r")|"
    r"oyiga nisbatan|ойига нисбатан|к \w+[юу] 20\d\d|к (?:янв|фев|мар|апр|мая|маю|июн|июл|авг|сен|окт|ноя|дек)\w*|环比|"
    r"since (?:jan|feb|mar|apr)"
)
LAST_YEAR = (
    r"(?:exceed\w*|more than|surpass\w*|above|превы\w+|больше) (?:the )?(?:total|whole|all)?(?: of)? ?"
    r"(?:last year|прошл\w+ год\w*)"
)
ELECTRIC = r"electric|\bevs?\b|\bbev|elektromobil|электромобил|электрокар|электр|纯电|电动|new energy|新能源"
MEASURE_WORDS = (  # the first that fits is meant
    (
        "charging_stations",
        r"charging station|charger|充电站|"
        r"электрозаправ|зарядн\w+ станци|zaryadlash stansiya|зарядлаш станция|\bstations?\b|"
        r"станци",
    ),
    ("charging_points", r"charging (?:point|pile)|зарядн\w+ (?:пункт|точ)|充电桩"),
    (
        "ev_imports",
        r"import\w*|\bentered\b|brought in\w*|olib kel\w*|олиб кел\w*|импорт\w*|ввез\w*|ввоз\w*|进口|keltiril\w*|"
        r"келтирил\w*",
    ),
    ("ev_exports", r"export\w*|экспорт\w*|出口"),
    (
        "ev_stock",
        r"on (?:the|its|their) roads?|registered (?:electric|evs?\b)|number of (?:electric|evs?\b)|"
        r"\bfleet\b|in total|holatiga|ҳолатига|имеется|"
        r"состоит на уч|на учет|парк\b|保有量|насчитывается",
    ),
    ("ev_registrations", r"registration\w*|регистрац\w*|registered|зарегистрир\w*"),
    ("ev_sales", r"\bsales\b|\bsold\b|продаж\w*|продан\w*|销量|sotil\w*|сотил\w*"),
    # Where nothing else says what is counted
    ("ev_stock", rf"\bas of\b|по состоянию на|{ON_DATE}"),
)
ON_A_DAY = rf"\bas of\b|по состоянию на|{ON_DATE}|на учет|holatiga|ҳолатига|on the road"
CARS = r"\bcars?\b|легков\w*|\bevs?\b|электромобил\w*|elektromobil\w*|轿车"
HEAVY = (  # the classes of vehicle that are counted instead of cars
    (r"bus(?:es)?\b|автобус\w*|электробус\w*|avtobus\w*|客车|公交", "bus"),
    (r"trucks?\b|lorr\w+|грузов\w*|卡车|货车", "truck"),
)
PLACE_WORDS = (
    ("UZ", r"uzbek|узбек|o['ʻ‘]zbek|ўзбек|乌兹别克(?:斯坦)?"),
    ("KZ", r"kazakh|казах|qozog|哈萨克(?:斯坦)?"),
    ("KG", r"kyrgyz|кыргыз|киргиз|吉尔吉斯(?:斯坦)?"),
    ("TJ", r"tajik|таджик|tojik|塔吉克(?:斯坦)?"),
    ("TM", r"turkmen|туркмен|土库曼(?:斯坦)?"),
    ("horgos", r"[kh]+orgos|хоргос|霍尔果斯"),
    ("alashankou", r"alashankou|алашанькоу|阿拉山口"),
    ("baktu", r"\bbakt[uy]?\b|бахты|巴克图"),
    ("CN-XJ", r"xinjiang|синьцзян|新疆"),
)
