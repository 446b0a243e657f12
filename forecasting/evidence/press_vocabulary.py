"""The words that the rules for sentences of the press know; a sentence with another word in it is
never sure.

A rule that does not see a word cannot know what it does: "fiscal", "expected", "from China", "in
Tashkent" all change what a number counts. So whatever is left of a text once its numbers, dates,
places and measures are taken out must be a word that changes nothing.

>>> unknown_words("Uzbekistan's customs data: the fiscal total of electric cars", [])
['fiscal']
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from forecasting.evidence.press_words import (
    AMOUNTS,
    DOWN,
    ELECTRIC,
    HEAVY,
    LAST_YEAR,
    MEASURE_WORDS,
    OF_WHICH,
    PERCENT,
    PLACE_WORDS,
    RELATION_WORDS,
    SHARE,
    UP,
)
from forecasting.quantities import PRINTED

__all__ = ["unknown_words"]

_ENGLISH = """
a an the this that these it its there in into to of for at as by on was were is are has have had been be and with
all total totals totaled totalled totaling number numbers count amount amounts amounted amounting reached reaching
stood stands came come made comprised equalled car cars vehicle vehicles unit units auto autos automobile
automobiles passenger battery country republic customs committee agency statistics statistical state national
ministry service bureau department center centre data figures report reported reports said says showed shows show
according official officials press news year years month months quarter half first same period compared against from
earlier before previous ago alone during between through end beginning worth value volume volumes year-on-year yoy
january february march april may june july august september october november december jan feb mar apr jun jul aug
sep sept oct nov dec only so far now just people locals importers buyers imported exports imports ev evs bev bevs
more than rate pace growth increase y s twice many record operate operates operating
"""
_RUSSIAN = """
в во на с со из к по за и а это эта этот году года год годом годов было был была были составил составила составило
составили составляет достиг достигла достигло достигли количество число объем объём общий общее общая всего итого
автомобиль автомобиля автомобилей автомобили машин машины машина легковых единиц единицы единица штук штуки шт ед
страну страна стране страны республики республика республику комитет комитета таможенный таможенного таможни таможня
агентство агентства статистики статистике статистический национальный национального национальным данным данные
сообщает сообщил сообщили сообщило согласно министерство министерства бюро месяц месяца месяцев квартал квартале
полугодие полугодии полугодия период периоду периодом аналогичный аналогичным аналогичного прошлого прошлым сравнению
сравнении чем начала начало начале конец конца конце состоянию состояние января февраля марта апреля мая июня июля
августа сентября октября ноября декабря январе феврале марте апреле мае июне июле августе сентябре октябре ноябре
декабре сумму сумма стоимость стоимостью около только уже имеется состояло состоит учете г гг тыс м п
работает работают действует первые против
"""
_UZBEK = """
ta dona bir yil yili yilda yilning yilga yilgi yilida oy oyi oyida oyining oylarida oylari holatiga holatida sanasiga
mashina mashinalar avtomobil avtomobillar avtomobili soni jami qilindi qilingan etildi etilgan bo bor mavjud tashkil
etdi etgan va bilan ma lumotlariga ko ra davlat qo mitasi statistika bojxona agentligi respublikasi respublikasiga
mamlakatga mamlakatimizga yanvar fevral mart aprel may iyun iyul avgust sentabr sentyabr oktabr oktyabr noyabr dekabr
та дона йил йили йилда йилнинг йилга йилги йилида ой ойи ойида ойининг ойларида ҳолатига ҳолатида машина
автомобил сони жами қилинди қилинган этилди этилган бор мавжуд ташкил этди ва билан маълумотларига кўра давлат
қўмитаси статистика божхона агентлиги республикаси республикасига эса январь февраль март апрель май июнь июль
август сентябрь октябрь ноябрь декабрь ulgurji atigi
tani taga bu yaqin nisbatan boshidan тани тага бу яқин нисбатан бошидан
"""
_CHINESE = (
    r"[辆台座个量额的了共为在至到月年日和与及,、。，：:“”\s]|累计|达到?|同比|截至|其中|总计|全国|数据显示|据|显示|数量|总量|"
    r"总数|全年|比?上年|汽车|车辆|整车|口岸|海关|今年|去年|以来|前|向|经|由|是|上半年|底|末|完成|实现|统计|委员会"
)


def _alone(words: str) -> str:
    """Words that are not part of a longer one."""
    return rf"(?<![a-zа-яё])(?:{words})(?![a-zа-яё])"


_WORDS = frozenset((_ENGLISH + _RUSSIAN + _UZBEK).split())
_TAKEN_OUT = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        *(rf"(?:{words})(?:[a-zа-яʻ‘'’]*)" for _, words in PLACE_WORDS),
        LAST_YEAR,
        *(rf"(?:{words})[a-zа-яʻ‘'’]*" for _, words in MEASURE_WORDS),
        rf"(?:{ELECTRIC})[a-zа-яʻ‘'’]*",
        AMOUNTS,
        *(
            _alone(words)
            for words in (
                *(words for _, words in RELATION_WORDS),
                UP,
                DOWN,
                SHARE,
                *PRINTED.values(),
            )
        ),
        *(words for words, _ in HEAVY),
        PERCENT,
        OF_WHICH,
        r"(?:dan|дан)?\s?(?:ortiq|ортиқ|atrofida)|больше|меньше|余|左右|多(?=[辆个])",
    )
)


def unknown_words(text: str, spans: Iterable[tuple[int, int]]) -> list[str]:
    """Words of a text of which no rule knows what they do.

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
    left = "".join(letters)
    for pattern in _TAKEN_OUT:
        left = pattern.sub(lambda found: " " * len(found[0]), left)
    left = re.sub(_CHINESE, " ", left)
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", left)
    return [word for word in words if not _known(word.lower())]


def _known(word: str) -> bool:
    return word in _WORDS or all(part in _WORDS for part in word.split("-"))
