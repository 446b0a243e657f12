"""The words by which the press says what a number is: patterns in five languages.

A sentence with a word that no rule knows is never sure: a rule that does not see a word cannot know
what it does. "Fiscal", "expected", "from China", "in Tashkent" all change what a number counts. So
whatever is left of a text once its numbers, dates, places and measures are taken out must be one of
`NEUTRAL`, which change nothing.

>>> unknown_words("Uzbekistan's customs data: the fiscal total of electric cars", [])
['fiscal']
"""

import re
from collections.abc import Iterable, Mapping

from forecasting.reading.printed_periods import ENGLISH_MONTHS
from forecasting.vocabulary.quantities import PRINTED

MORE = r"more than|over|above|exceed\w*|surpass\w*|свыше|более|больше|превы\w+|超过|突破|超|逾"
RELATION_PATTERNS = {
    # just before a number
    "at_least": r"at least|not? (?:less|fewer) than|не менее|не меньше|kamida|камида|不少于|至少",
    "at_most": r"at most|not? more than|not above|up to|не более|не больше|до|不超过",
    "greater_than": MORE,
    "less_than": r"less than|fewer than|below|under|менее|меньше|不到|不足",
    "about": (
        r"about|around|approximately|roughly|some|nearly|almost|close to|"
        r"(?:an )?estimated(?: at)?|~|около|примерно|порядка|почти|qariyb|қарийб|"
        r"taxminan|约|近|将近"
    ),
}
UP = (
    r"\bup\b|\bris\w+|\brose\b|grow\w*|grew|increas\w*|surg\w*|jump\w*|soar\w*|climb\w*|рост\w*|"
    r"вырос\w*|увелич\w*|"
    r"прирост\w*|增长|增加|增|上升|o['ʻ‘]s\w*|ошган|ошди|oshgan|oshdi|ko['ʻ‘]paygan|кўп|ortdi|ортди"
)
DOWN = (
    r"\bdown\b|decreas\w*|\bfell\b|\bfall\w*|declin\w*|drop\w*|shr[aiu]nk\w*|сниз\w*|сократ\w*|"
    r"уменьш\w*|упал\w*|下降|减少|kamay\w*|камай\w*|qisqar\w*|қисқар\w*|pasay\w*|пасай\w*"
)
UP_OR_DOWN = rf"{UP}|{DOWN}"
_RELATIONS_BEHIND = {
    "greater_than": (
        r"\s?(?:ta|та)?(?:dan|дан)?\s?(?:ortiq|ортиқ|oshiq|ошиқ|ziyod|зиёд)|"
        r"\s?(?:ta|та)?(?:dan|дан) (?:ko['ʻ‘]p|кўп)|余|多[辆个]"
    ),
    "about": r"\s?(?:左右|atrofida|атрофида|(?:(?:ta|та)?(?:ga|га) )?(?:yaqin|яқин))",
}
DOWN_BEHIND = r"меньше|less than|fewer|\bkam\b|\bкам\b|\bbelow\b|\blower\b|\bниже\b"  # a number
# Searched in the words before a number, a bar, and the words behind it
RELATIONS = [
    *(
        (relation, rf"(?:^|[^a-zа-я])(?:{pattern})\s?(?:(?:the|a|чем|на|в) )*[$€]?\|")
        for relation, pattern in RELATION_PATTERNS.items()
    ),
    *((relation, rf"\|(?:{pattern})") for relation, pattern in _RELATIONS_BEHIND.items()),
]
DIFFERENCE = (
    rf"(?:{UP_OR_DOWN})(?:\W+(?:by|на))?\s*\||\bby\s\||"
    r"\|\s?(?:\w+\s){0,2}?(?:more|less|fewer|higher|lower|больше|меньше) (?:than|чем)|"
    r"\|\s(?:more|fewer|less)\b|"
    rf"\|\s?(?:ta|та|taга|тага|таси)\S*\s(?:ko['ʻ‘]p|кўп|kam\b|кам\b|{UP_OR_DOWN})|"
    r"\bна\s\|[^,.;]{0,20}?(?:больше|меньше|более чем|менее чем)|"
    rf"(?:{UP_OR_DOWN}).*\bна\s\|"
)
TIMES_DOUBTS = {
    # searched in the words before a factor, a bar, and the factor itself
    r"\bна\s\|": "by N times: N00 % more, or N times as much",
    r"\|(?:twice|thrice|double$|triple$)": (
        "is a multiple of something: see that this is the year before"
    ),
    r"\|.*(?:times|fold|x\b)": (
        "times: +N00 % where a Chinese text was translated, (N-1)00 % elsewhere"
    ),
    r"倍": "times in Chinese usage: an increase of N times is +N00 %, N times as much is less",
}
# Before a number
SOME_OF_THEM = (
    r"\b(?:first|another|other|further|last|next|перв\w+|друг\w+|ещ[её])\s$|首批\D{0,8}$|"
    r"\b(?:half|third|quarter|part|most|some|all but|none) of (?:the |its )?$|"
    r"\b(?:половин\w+|трет\w+|четверт\w+|част\w+)\s(?:из\s|от\s)?$"
)
MONEY_BEFORE = r"\b(?:worth|valued? (?:at|of)|на сумму|стоимость\w*)\s(?:\w+\s)?$"
SHARE = (
    r"account\w*|\bshare\b|\bof (?:the|all|total|its|\d)|доля|доли|от общ|占|"
    r"ulush\w*|улуш\w*|foizi|="
)
PERCENT = r"\s?(?:%|per ?cent|pct\b|процент\w*|foiz\w*|фоиз\w*|个百分点)"
SHARED = (  # of the words around a percent
    rf"(?:\bshare\b|доля|долю).*\||(?:{SHARE})\W{{0,3}}(?:\w+\W){{0,2}}\||"
    rf"\|{PERCENT}\s*(?:of|от)\b"
)
AMOUNTS = (
    r"\$|(?:us |u\.s\. |american |американских |aqsh |美)?(?:usd|dollar\w*|доллар\w*|доллор\w*|元)|"
    r"yuan|юан\w*|tenge|тенге|сум\b|soum|сўм|so['ʻ‘]m|евро|euro|rubl\w*|рубл\w*"
)
CURRENCIES = {"USD": r"\$|usd|dollar|доллар|доллор|美元", "CNY": r"yuan|юан|(?<!美)元"}
_PER_MONTH = (
    r"\b(?:a|per|each|every|one|an) (?:month|week|quarter|hour)|monthly|weekly|hourly|"
    r"/ ?month|в (?:месяц|неделю|час)\b|"
    r"ежемесячно|еженедельно|каждый (?:месяц|квартал)|[月周季]均|每[个月周季]|\bhar oy|\bҳар ой"
)
LEVEL = (  # between the word of a change and a number that is what it came to
    r"\bto|reach\w*|\bat|total\w*|was|were|came|stood|до|состав\w*|достиг\w*|至|到|达|为|tashkil|"
    r"ташкил"
)
_M = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
NOT_AFTER_A_MONTH = r"(?<!\d )" + "".join(
    rf"(?<!{month} )"
    for month in (*_M.split("|"), "uary", "arch", "pril", "june", "july", "gust", "mber", "ober")
)
ON_DATE = r"на \d\d?(?:-е)? (?:янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек)\w*"
UNTIL = (
    rf"\b(?:by|as of|until|till|up to|before) (?:the )?(?:end|close|start|beginning|middle|early|"
    rf"late|mid|{_M}|20\d\d)|"
    r"\bк (?:концу|началу|середине|янв|фев|март|апр|ма[юя]|июн|июл|авг|сен|окт|ноя|дек)|по "
    r"состоянию|"
    rf"{NOT_AFTER_A_MONTH}through (?:the end|end|{_M})|"
    r"截至|截止|holatiga|ҳолатига|"
    rf"на (?:начало|конец)|{ON_DATE}"
)
PLAN = (
    r"\bwill\b|\bwould\b|\bcould\b|\bmight\b|\bshould\b|\bexpect\w*|forecast\w*|predict\w*|"
    r"\baims?\b|intend\w*|\bmay (?:be|have|also|reach|import|export|sell|buy|rise|fall|grow|"
    r"exceed|become|soon|well|double)\b|\bif\b|ожида\w*|прогноз\w*|могут|может\b|\bесли\b|预计|将|"
    r"kutilmoqda|\bplan\w*|target\w*|\bby 20[2-9]\d|is to be|\b(?:was|were|is|are) to\b|"
    r"запланир\w*|планир\w*|намер\w*|будет|будут|к 20[2-9]\d|rejala\w*|计划|力争|needed|нужно|"
    r"propos\w*|draft"
)
_LIMIT = r"quota|\blimit\b|\bcap\b|ceiling|квот\w*|лимит\w*|配额"
_CAPACITY = (
    r"capacity|per year|a year\b(?! (?:earlier|before|ago))|/ ?ye?a?r|в год\b|мощност\w*|年产"
)
_OTHER_GOODS = (
    r"new energy|新能源|plug-?in|hybrid\w*|гибрид\w*|gibrid\w*|混合|混动|petrol|gasoline|"
    r"\bэлектро(?!мобил|кар|автомоб|машин|автобус|бус|заправ|заряд|грузов)\w+|\belektro(?!mobil|"
    r"avto|bus|kar)\w+|бензин\w*|motorcycle|scooter|importers|exporters|dealers|compan\w+|"
    r"brands?\b|импорт[её]р\w*|экспорт[её]р\w*|компани\w+"
)
OTHERS_TOO = "counts other vehicles, too, or instead"
WHOLE_DOUBTS = {
    # what words anywhere in a text do to each of its numbers
    rf"\b(?:includ\w+|в том числе|включая|包括)\D*(?:{_OTHER_GOODS})": OTHERS_TOO,
    rf"{PLAN}|{_LIMIT}|{_CAPACITY}": (
        "may tell of a plan, a limit or a capacity, or of what has happened by now: no outcome"
    ),
    r"\A[\W\d]*\Z": "is a bare number: nothing says what it is",
}
OTHER_UNIT = (
    r"\s?(?:us )?(?:cents?|центов|kwh|kw\b|mw\b|gwh|km\b|kilomet\w+|км\b|кВт|hours?|minutes?|"
    r"days?|months?|years?|people|persons|percent(?:age)? points?|процентн\w+ пункт\w*|п\. ?п|公里|"
    r"小时|个月|个?百分点|models?\b|automakers|countries|ordinal|st\b|nd\b|rd\b|th\b|йил|yil|год\w*|лет|"
    r"年|月|oy\w*|месяц\w*)"
)
OF_THE_YEAR_BEFORE = (  # behind a percent: what it is a percent of
    r"(?:of|от|к|по отношению к)\s(?:the |that of |its |that in )?(?:20\d\d (?=level|figure|"
    r"total|result)|(?:(?:level|figure|total|result|уровн|показател)\w*\s)?)(?:of |in |за |"
    r"в )?(?:20\d\d|level\w*|figure|total|result|last year|the (?:previous|prior) year|"
    r"the year before|a year (?:earlier|before|ago)|прошл\w+ год\w*|предыдущ\w+ год\w*)"
)
_VALUE = (  # of a growth: in money it is another than in number
    r"\bvalue\b|\bworth\b|in money|in (?:us )?dollar|revenue|стоимост\w*|в денежн\w+|"
    r"в долларов\w+|на сумму|金额|货值|[进出]口额|qiymat\w*|қиймат\w*"
)
COUNTER = (  # what follows a count that looks like a year
    r"\s?(?:辆|台|座|个(?!月)|(?:ta|та|dona|дона)\b|electric|evs?\b|cars?\b|vehicles|units|stations|"
    r"points|электро|машин|единиц|автомоб|станци)"
)
BEFORE_A_NAME = r"(?:article|no\.?|№|hs|code|level|model|зако\w+)\s?$"
BEFORE_A_YEAR = r"(?:\b(?:in|of|since|by|during|for)|в|за)\s$"
BETWEEN_PARTS = r"[/*x:–-]|of|on|to|out of|in|and|и|из|до|="  # of a range, a sum or a share
YEARS = r"(?<!\d)20\d\d(?!\d)|last year|прошл\w+ году|去年(?!同期)|o'tgan yil|ўтган йил"
YEAR_BEHIND = (
    r"\s(?:(?!than|чем|from|against|против|as\b)[^\W\d]+\s){0,3}?(?:in|в|за)\s"
    r"(?P<year>20\d\d)(?![\d-])"
)
PARTS = (  # the last: what is compared with, a number or the blanks in its place
    r"[;；()]|\.\s|,?\s(?=(?:(?:up|down|rising|falling)\s)?"
    r"(?:from|versus|vs|against|compared (?:with|to)|против)\s[\d\s])"
)
OF_WHICH = r"of (?:which|them)|of those|including|out of|из них|в том числе|shundan|шундан|其中"
_NOT = (
    r"\b(?:almost|nearly) (?:import|s[oe]l|regist|export)\w+|почти (?:импорт|прода|ввез)\w+|"
    r"\bnot?\b(?! (?:less|fewer|more|than|above))|n't\b|\bnever\b|\bwithout\b|\bне (?!менее|"
    r"меньше|более|больше)|\bнет\b|没有|未|\bemas\b|\bэмас\b|madi\b|мади\b"
)
_OTHER_SPAN = (
    r"\b(?:year|months) to\b|before 20\d\d|"
    r"(?<!than )(?<!from )(?<!with )(?<!over )(?<!against )(?<!on )(?:a|the|one) year (?:earlier|"
    r"before|ago)|"
    r"over the (?:past|last)|fiscal|financial year|\bsince (?:19|20)\d\d|cumulative|season|week|"
    r"(?:in|over|within) (?:\w+ )?(?:two|three|four|five|several|\d) years|annual\w*|с (?:19|"
    r"20)\d\d год|за последн|"
    r"за \w+ (?:лет|года)\b|недел|近\d?年|自20|周|(?:last|past|previous|recent|последн\w+|"
    r"прошедш\w+|so['ʻ‘]nggi|"
    r"сўнгги|近)\s?(?:\w+\s)?(?:months|месяц|oy\b|ой\b|个月)"
)
BEFORE = {  # the name of a country
    "from": r"(?:\b(?:from|out of|mainland|из|aus|von)|自|从|由)\s?(?:the )?$",
    "to": r"(?:\b(?:to|into|mainland|в|во|nach)|向|对|往)\s?(?:the )?$",
}
_MONTHS = "|".join(ENGLISH_MONTHS).lower()
_AGAINST_ANOTHER_MONTH = (
    r"\bq/q\b|from the (?:first|second|third)\b|\bqoq\b|(?:quarter|month|week)[- ](?:on|over|"
    r"to)[- ](?:quarter|month|week)|on the (?:month|quarter)|(?:from|against|versus|vs\.?|with|"
    r"to|over) (?:in )?(?:the )?(?:previous|prior|last|preceding) (?:month|quarter)|(?:month|"
    r"quarter) (?:earlier|before|ago)|"
    rf"(?:compared (?:with|to)|against|versus|vs\.?|over|from) (?:in )?(?:{_MONTHS})"
    r"(?! (?:20\d\d )?(?:to|through|until|till|and)\b)|с (?:январем|январём|февралем|февралём|"
    r"мартом|апрелем|маем|июнем|июлем|августом|сентябрем|сентябрём|октябрем|октябрём|ноябрем|"
    r"ноябрём|декабрем|декабрём)|(?:прошл|предыдущ)\w+ (?:месяц|квартал)|месяц\w* к месяц|"
    r"(?:o'tgan|oldingi|avvalgi) (?:oy|chorak)|(?:ўтган|олдинги|аввалги) (?:ой|чорак)|"
    r"上月|上个月|上季度|"
    r"\bm/m\b|\bmom\b|month[- ]on[- ]month|к предыдущему|than (?:in )?(?:the )?(?:previous|"
    r"last) month|than (?:in )?(?:" + _MONTHS + r")|"
    r"oyiga nisbatan|ойига нисбатан|к \w+[юу] 20\d\d|к (?:янв|фев|мар|апр|мая|маю|июн|июл|авг|сен|"
    r"окт|ноя|дек)\w*|环比|"
    r"since (?:jan|feb|mar|apr)"
)
TEXT_DOUBTS = {
    # what words do to each number of their own part
    _NOT: "says that something is not so",
    _OTHER_SPAN: "speaks of a span of time that no rule knows",
    _OTHER_GOODS: OTHERS_TOO,
    _PER_MONTH: "may be of each month or week, not of the period",
}
CHANGE_DOUBTS = {
    # what words do to a change
    _AGAINST_ANOTHER_MONTH: "may be against another month, not the year before",
    _VALUE: "may be of the value, not of the number",
}
LAST_YEAR = (
    r"(?:exceed\w*|more than|surpass\w*|above|превы\w+|больше) (?:the )?(?:total|whole|"
    r"all)?(?: of)? ?(?:last year|прошл\w+ год\w*)"
)
ELECTRIC = (
    r"electric|\bevs?\b|\bbev|elektromobil|электромобил|электрокар|электр|纯电|电动|"
    r"new energy|新能源"
)
MEASURE_WORDS = {
    # the first that fits is meant
    (
        r"charging station|charger|充电站|электрозаправ|зарядн\w+ станци|zaryadlash stansiya|"
        r"зарядлаш станция|\bstations?\b|станци"
    ): "charging_stations",
    r"charging (?:point|pile)|зарядн\w+ (?:пункт|точ)|充电桩": "charging_points",
    (
        r"import\w*|\bentered\b|brought in\w*|olib kel\w*|олиб кел\w*|импорт\w*|ввез\w*|ввоз\w*|"
        r"进口|keltiril\w*|келтирил\w*"
    ): "ev_imports",
    r"export\w*|экспорт\w*|出口": "ev_exports",
    (
        r"on (?:the|its|their) roads?|registered (?:electric|evs?\b)|number of (?:electric|evs?\b)|"
        r"\bfleet\b|in total|holatiga|ҳолатига|имеется|"
        r"состоит на уч|на учет|парк\b|保有量|насчитывается"
    ): "ev_stock",
    r"registration\w*|регистрац\w*|registered|зарегистрир\w*": "ev_registrations",
    r"\bsales\b|\bsold\b|продаж\w*|продан\w*|销量|sotil\w*|сотил\w*": "ev_sales",
    # Where nothing else says what is counted
    rf"\bas of\b|\bat (?:the )?end of|по состоянию на|на конец|{ON_DATE}": "ev_stock",
}
ON_A_DAY = (
    rf"\bas of\b|\bat (?:the )?end of|по состоянию на|на конец|{ON_DATE}|на учет|holatiga|ҳолатига|"
    "on the road"
)
CARS = r"\bcars?\b|легков\w*|\bevs?\b|электромобил\w*|elektromobil\w*|轿车"
HEAVY = {
    # the classes of vehicle that are counted instead of cars
    r"bus(?:es)?\b|автобус\w*|электробус\w*|avtobus\w*|客车|公交": "bus",
    r"trucks?\b|lorr\w+|грузов\w*|卡车|货车": "truck",
}
PLACE_WORDS = {
    "UZ": r"uzbek|узбек|o['ʻ‘]zbek|ўзбек|乌兹别克(?:斯坦)?",
    "KZ": r"kazakh|казах|qozog|哈萨克(?:斯坦)?",
    "KG": r"kyrgyz|кыргыз|киргиз|吉尔吉斯(?:斯坦)?",
    "TJ": r"tajik|таджик|tojik|塔吉克(?:斯坦)?",
    "TM": r"turkmen|туркмен|土库曼(?:斯坦)?",
    "horgos": r"[kh]+orgos|хоргос|霍尔果斯",
    "alashankou": r"alashankou|алашанькоу|阿拉山口",
    "baktu": r"\bbakt[uy]?\b|бахты|巴克图",
    "CN-XJ": r"xinjiang|синьцзян|新疆",
}

# English, Russian and Uzbek words that do not change what is counted; then such Chinese signs
_NEUTRAL = """
a an the this that these it its there in into to of for at as by on was were is are has have had
been be and with all total totals totaled totalled totaling number numbers count amount amounts
amounted amounting reached reaching stood stands came come made comprised equalled car cars vehicle
vehicles unit units auto autos automobile automobiles passenger battery country republic customs
committee agency statistics statistical state national ministry service bureau department center
centre data figures report reported reports said says showed shows show according official
officials press news year years month months quarter half first same period compared against from
earlier before previous ago alone during between through end beginning worth value volume volumes
yoy january february march april may june july august september october november december jan feb
mar apr jun jul aug sep sept oct nov dec only so far now just people locals importers buyers
imported exports imports ev evs bev bevs more than rate pace growth increase y s twice many record
operate operates operating
в во на с со из к по за и а это эта этот году года год годом годов было был была были составил
составила составило составили составляет достиг достигла достигло достигли количество число объем
объём общий общее общая всего итого автомобиль автомобиля автомобилей автомобили машин машины
машина легковых единиц единицы единица штук штуки шт ед страну страна стране страны республики
республика республику комитет комитета таможенный таможенного таможни таможня агентство агентства
статистики статистике статистический национальный национального национальным данным данные сообщает
сообщил сообщили сообщило согласно министерство министерства бюро месяц месяца месяцев квартал
квартале полугодие полугодии полугодия период периоду периодом аналогичный аналогичным аналогичного
прошлого прошлым сравнению сравнении чем начала начало начале конец конца конце состоянию состояние
января февраля марта апреля мая июня июля августа сентября октября ноября декабря январе феврале
марте апреле мае июне июле августе сентябре октябре ноябре декабре сумму сумма стоимость стоимостью
около только уже имеется состояло состоит учете г гг тыс м п работает работают действует первые
против
ta dona bir yil yili yilda yilning yilga yilgi yilida oy oyi oyida oyining oylarida oylari holatiga
holatida sanasiga mashina mashinalar avtomobil avtomobillar avtomobili soni jami qilindi qilingan
etildi etilgan bo bor mavjud tashkil etdi etgan va bilan ma lumotlariga ko ra davlat qo mitasi
statistika bojxona agentligi respublikasi respublikasiga mamlakatga mamlakatimizga yanvar fevral
mart aprel may iyun iyul avgust sentabr sentyabr oktabr oktyabr noyabr dekabr та дона йил йили
йилда йилнинг йилга йилги йилида ой ойи ойида ойининг ойларида ҳолатига ҳолатида машина автомобил
сони жами қилинди қилинган этилди этилган бор мавжуд ташкил этди ва билан маълумотларига кўра
давлат қўмитаси статистика божхона агентлиги республикаси республикасига эса январь февраль март
апрель май июнь июль август сентябрь октябрь ноябрь декабрь ulgurji atigi tani taga bu yaqin
nisbatan boshidan тани тага бу яқин нисбатан бошидан
"""
NEUTRAL = frozenset(_NEUTRAL.split())
NEUTRAL_SIGNS = (
    r"[辆台座个量额的了共为在至到月年日和与及,、。，：:“”\s]|累计|达到?|同比|截至|其中|总计|全国|数据显示|据|显示|数量|总量|总数|全年|比?上年|汽车|车辆|整车|"
    r"口岸|海关|今年|去年|以来|前|向|经|由|是|上半年|底|末|完成|实现|统计|委员会"
)
_TO_THE_END = "[a-zа-яʻ‘'’]*"
_WHOLE = (*RELATION_PATTERNS.values(), UP, DOWN, SHARE, *PRINTED.values())
_STEMS = (*PLACE_WORDS.values(), *MEASURE_WORDS, ELECTRIC)
KNOWN = re.compile(
    "|".join(
        f"(?:{words})"
        for words in (
            LAST_YEAR,
            *(rf"(?:{words}){_TO_THE_END}" for words in _STEMS),
            AMOUNTS,
            *(rf"(?<![a-zа-яё])(?:{words})(?![a-zа-яё])" for words in _WHOLE),
            *HEAVY,
            PERCENT,
            OF_WHICH,
            r"(?:dan|дан)?\s?(?:ortiq|ортиқ|atrofida)|больше|меньше|余|左右|多(?=[辆个])",
            NEUTRAL_SIGNS,
        )
    ),
    re.I,
)


def doubts_of(table: Mapping[str, str], text: str) -> list[str]:
    """The doubts of a table whose words stand in a text.

    >>> doubts_of(TEXT_DOUBTS, "never imported, weekly")[0]
    'says that something is not so'
    """
    return [doubt for pattern, doubt in table.items() if re.search(pattern, text)]


def unknown_words(text: str, spans: Iterable[tuple[int, int]]) -> list[str]:
    """Words of a text that no rule knows: they may change what its numbers say.

    Parameters
    ----------
    text : str
        From `printed_numbers.plain_text`.
    spans : iterable of (int, int)
        What has been read as a number or a date.

    Returns
    -------
    list of str
        In their order; of Chinese, runs of signs.
    """
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    remainder = KNOWN.sub(" ", "".join(letters))
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", remainder)
    return [word for word in words if not NEUTRAL.issuperset(word.lower().split("-"))]
