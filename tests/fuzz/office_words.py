"""The words in which offices head their tables, by language: made by hand, from how such tables
look, not from the tables of words that the package reads by."""

# ruff: noqa: SIM905
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What stands in the tables of one language.

    `year`, `quarter`, `month` and `to_date` take `y`, `q`, `Q` (Roman), `m` and `n` (its number).
    """

    months: list[str]
    year: list[str]
    quarter: list[str]
    month: list[str]
    to_date: list[str]
    fiscal: str
    since_january: str
    measures: dict[str, list[str]]
    growth: str
    share: str
    units: dict[int, list[str]]
    unit_note: str
    total: str
    period: list[str]
    place: str
    unit: str
    title: str
    preliminary: str
    source: str
    unknown: list[str]
    contents: str
    data: str
    other: list[str]


RUSSIAN = Words(
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split(),
    ["{y}", "{y} г.", "{y} год"],
    ["{Q} квартал {y} г.", "{q} кв. {y}", "{q}-й квартал {y} года"],
    ["{m} {y}", "{m} {y} г."],
    ["январь-{m} {y}", "январь–{m} {y} года", "{n} мес. {y} г."],
    "финансовый год {y}/{z} (апрель-март)",
    "с начала года",
    {
        "ev_imports": ["Ввоз электромобилей", "Импорт электромобилей"],
        "ev_registrations": [
            "Регистрация новых электромобилей",
            "Новые регистрации электромобилей",
        ],
        "ev_stock": ["Парк электромобилей на конец периода", "Электромобилей на учёте"],
        "market_size": ["Все новые легковые автомобили", "Продажи новых автомобилей, всего"],
        "charging_points": ["Общественные зарядные точки", "Число зарядных точек"],
    },
    "прирост к прошлому году",
    "доля электромобилей в новых автомобилях",
    {1: ["шт.", "единиц"], 1000: ["тыс. шт.", "тысяч единиц", "тыс. ед."]},
    "Примечание: данные приведены в {}",
    "Всего",
    ["Период", "Год", "Годы"],
    "Страна",
    "Ед. изм.",
    "Основные показатели рынка автомобилей",
    "Предварительные данные",
    "Источник: Комитет по статистике. Опубликовано {date}",
    ["…", "...", "н/д", "-", "–", "х"],
    "Содержание",
    "Данные",
    ["Автобусы по областям", "Область", "Автобусов"],
)  # fmt: skip
UZBEK = Words(
    "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr".split(),
    ["{y}", "{y}-yil", "{y} yil"],
    ["{y}-yil {Q} chorak", "{q}-chorak {y}"],
    ["{y}-yil {m}", "{m} {y}"],
    ["{y}-yil yanvar-{m}", "yanvar–{m} {y}"],
    "{y}/{z} moliya yili (aprel-mart)",
    "yil boshidan",
    {
        "ev_imports": ["Elektromobillar importi"],
        "ev_registrations": ["Yangi roʻyxatga olingan elektromobillar"],
        "ev_stock": ["Elektromobillar parki (davr oxirida)"],
        "market_size": ["Barcha yangi yengil avtomobillar"],
        "charging_points": ["Zaryadlash nuqtalari soni"],
    },
    "oʻtgan yilga nisbatan oʻsish",
    "yangi avtomobillarda elektromobillar ulushi",
    {1: ["dona", "birlik"], 1000: ["ming dona", "ming birlik"]},
    "Izoh: maʼlumotlar {} hisobida",
    "Jami",
    ["Davr", "Yil", "Yillar"],
    "Mamlakat",
    "Oʻlchov birligi",
    "Avtomobil bozorining asosiy koʻrsatkichlari",
    "Dastlabki maʼlumotlar",
    "Manba: Statistika qoʻmitasi, eʼlon qilingan: {date}",
    ["…", "-", "–", "maʼlumot yoʻq"],
    "Mundarija",
    "Maʼlumotlar",
    ["Avtobuslar viloyatlar kesimida", "Viloyat", "Avtobuslar"],
)  # fmt: skip
UZBEK_CYRILLIC = Words(
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split(),
    ["{y}", "{y} йил", "{y}-йил"],
    ["{y} йил {Q} чорак", "{q}-чорак {y}"],
    ["{y} йил {m}", "{m} {y}"],
    ["{y} йил январь-{m}", "январь–{m} {y}"],
    "{y}/{z} молия йили (апрель-март)",
    "йил бошидан",
    {
        "ev_imports": ["Электромобиллар импорти"],
        "ev_registrations": ["Янги рўйхатга олинган электромобиллар"],
        "ev_stock": ["Электромобиллар парки (давр охирида)"],
        "market_size": ["Барча янги енгил автомобиллар"],
        "charging_points": ["Зарядлаш нуқталари сони"],
    },
    "ўтган йилга нисбатан ўсиш",
    "янги автомобилларда электромобиллар улуши",
    {1: ["дона", "бирлик"], 1000: ["минг дона"]},
    "Изоҳ: маълумотлар {} ҳисобида",
    "Жами",
    ["Давр", "Йил"],
    "Мамлакат",
    "Ўлчов бирлиги",
    "Автомобиль бозорининг асосий кўрсаткичлари",
    "Дастлабки маълумотлар",
    "Манба: Статистика қўмитаси, эълон қилинган: {date}",
    ["…", "-", "маълумот йўқ"],
    "Мундарижа",
    "Маълумотлар",
    ["Автобуслар вилоятлар кесимида", "Вилоят", "Автобуслар"],
)  # fmt: skip
KAZAKH = Words(
    "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split(),
    ["{y}", "{y} жыл", "{y} ж."],
    ["{y} жылғы {Q} тоқсан", "{q}-тоқсан {y}"],
    ["{y} жылғы {m}", "{m} {y}"],
    ["{y} жылғы қаңтар-{m}", "қаңтар–{m} {y}"],
    "{y}/{z} қаржы жылы (сәуір-наурыз)",
    "жыл басынан",
    {
        "ev_imports": ["Электромобильдер импорты"],
        "ev_registrations": ["Жаңадан тіркелген электромобильдер"],
        "ev_stock": ["Электромобильдер паркі (кезең соңында)"],
        "market_size": ["Барлық жаңа жеңіл автомобильдер"],
        "charging_points": ["Зарядтау нүктелерінің саны"],
    },
    "өткен жылмен салыстырғанда өсім",
    "жаңа автомобильдердегі электромобильдер үлесі",
    {1: ["дана", "бірлік"], 1000: ["мың дана", "мың бірлік"]},
    "Ескертпе: деректер {} есебімен",
    "Барлығы",
    ["Кезең", "Жыл", "Жылдар"],
    "Ел",
    "Өлшем бірлігі",
    "Автомобиль нарығының негізгі көрсеткіштері",
    "Алдын ала деректер",
    "Дереккөз: Ұлттық статистика бюросы, жарияланған күні: {date}",
    ["…", "-", "деректер жоқ"],
    "Мазмұны",
    "Деректер",
    ["Облыстар бойынша автобустар", "Облыс", "Автобустар"],
)  # fmt: skip
KYRGYZ = Words(
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split(),
    ["{y}", "{y}-жыл", "{y} ж."],
    ["{y}-жылдын {Q} чейреги", "{q}-чейрек {y}"],
    ["{y}-жылдын {m}", "{m} {y}"],
    ["{y}-жылдын январь-{m}", "январь–{m} {y}"],
    "{y}/{z} каржы жылы (апрель-март)",
    "жыл башынан",
    {
        "ev_imports": ["Электромобилдердин импорту"],
        "ev_registrations": ["Жаңы катталган электромобилдер"],
        "ev_stock": ["Электромобилдер паркы (мезгилдин аягында)"],
        "market_size": ["Бардык жаңы жеңил автомобилдер"],
        "charging_points": ["Кубаттоо түйүндөрүнүн саны"],
    },
    "өткөн жылга салыштырмалуу өсүш",
    "жаңы автомобилдердеги электромобилдердин үлүшү",
    {1: ["даана", "бирдик"], 1000: ["миң даана"]},
    "Эскертүү: маалыматтар {} менен берилген",
    "Бардыгы",
    ["Мезгил", "Жыл"],
    "Өлкө",
    "Өлчөө бирдиги",
    "Автомобиль рыногунун негизги көрсөткүчтөрү",
    "Алдын ала маалымат",
    "Булак: Улуттук статистика комитети, жарыяланган: {date}",
    ["…", "-", "маалымат жок"],
    "Мазмуну",
    "Маалыматтар",
    ["Автобустар облустар боюнча", "Облус", "Автобустар"],
)  # fmt: skip
TAJIK = Words(
    "январ феврал март апрел май июн июл август сентябр октябр ноябр декабр".split(),
    ["{y}", "соли {y}", "{y} с."],
    ["семоҳаи {Q} соли {y}", "семоҳаи {q} {y}"],
    ["{m} {y}", "{m}и соли {y}"],
    ["январ-{m} {y}", "январ–{m}и соли {y}"],
    "соли молиявии {y}/{z} (апрел-март)",
    "аз аввали сол",
    {
        "ev_imports": ["Воридоти электромобилҳо"],
        "ev_registrations": ["Электромобилҳои нави бақайдгирифташуда"],
        "ev_stock": ["Парки электромобилҳо (дар охири давра)"],
        "market_size": ["Ҳамаи автомобилҳои нави сабукрав"],
        "charging_points": ["Шумораи нуқтаҳои барқгирӣ"],
    },
    "афзоиш нисбат ба соли гузашта",
    "ҳиссаи электромобилҳо дар автомобилҳои нав",
    {1: ["адад", "воҳид"], 1000: ["ҳазор адад"]},
    "Эзоҳ: маълумот бо {} оварда шудааст",
    "Ҳамагӣ",
    ["Давра", "Сол"],
    "Кишвар",
    "Воҳиди ченак",
    "Нишондиҳандаҳои асосии бозори автомобилҳо",
    "Маълумоти пешакӣ",
    "Манбаъ: Агентии омор, нашр шуд: {date}",
    ["…", "-", "маълумот нест"],
    "Мундариҷа",
    "Маълумот",
    ["Автобусҳо аз рӯи вилоятҳо", "Вилоят", "Автобусҳо"],
)  # fmt: skip
CHINESE = Words(
    [f"{number}月" for number in range(1, 13)],
    ["{y}年", "{y}"],
    ["{y}年第{c}季度", "{y}年{q}季度"],
    ["{y}年{m}"],
    ["{y}年1-{m}", "{y}年1—{m}"],
    "{y}/{z}财政年度（4月至次年3月）",
    "本年累计",
    {
        "ev_imports": ["电动汽车进口量", "纯电动汽车进口数量"],
        "ev_registrations": ["电动汽车新注册量", "新登记电动汽车"],
        "ev_stock": ["电动汽车保有量"],
        "market_size": ["全部新乘用车", "新车销量合计"],
        "charging_points": ["公共充电桩数量", "充电桩保有量"],
    },
    "同比增长",
    "电动汽车占新车比重",
    {1: ["辆"], 1000: ["千辆"], 10000: ["万辆"]},
    "注：数据单位为{}",
    "合计",
    ["时间", "年份", "期间"],
    "国家",
    "计量单位",
    "汽车市场主要指标",
    "初步数据",
    "数据来源：国家统计局，发布日期：{date}",
    ["…", "—", "-", "不详"],
    "目录",
    "数据",
    ["各省公共汽车", "省份", "公共汽车"],
)  # fmt: skip
ENGLISH = Words(
    "January February March April May June July August September October November December".split(),
    ["{y}", "CY {y}", "Year {y}"],
    ["Q{q} {y}", "{y} Q{q}", "{q}Q{y}"],
    ["{m} {y}", "{y} {m}"],
    ["January-{m} {y}", "Jan.–{m} {y}"],
    "FY{y}/{z} (April-March)",
    "year to date",
    {
        "ev_imports": ["Imports of electric cars", "Electric vehicle imports"],
        "ev_registrations": [
            "New registrations of electric cars",
            "Electric cars newly registered",
        ],
        "ev_stock": ["Stock of electric cars, end of period", "Electric cars in use"],
        "market_size": ["All new cars", "New passenger car market, total"],
        "charging_points": ["Public charging points", "Number of charging points"],
    },
    "change on the year",
    "share of electric cars in new cars",
    {1: ["units", "number"], 1000: ["thousand", "thousand units", "'000", "thousands"]},
    "Note: figures are in {}",
    "Total",
    ["Period", "Year"],
    "Country",
    "Unit",
    "Main indicators of the car market",
    "Preliminary",
    "Source: National Statistics Office; published on {date}",
    ["n/a", "..", ":", "-", "…", "x", "NA"],
    "Contents",
    "Data",
    ["Buses by region", "Region", "Buses"],
)  # fmt: skip
TURKISH = Words(
    "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık".split(),
    ["{y}", "{y} yılı"],
    ["{y} {q}. çeyrek", "{Q}. çeyrek {y}"],
    ["{m} {y}", "{y} {m}"],
    ["Ocak-{m} {y}", "{y} Ocak–{m}"],
    "{y}/{z} mali yılı (Nisan-Mart)",
    "yılbaşından itibaren",
    {
        "ev_imports": ["Elektrikli otomobil ithalatı"],
        "ev_registrations": ["Yeni kaydı yapılan elektrikli otomobiller"],
        "ev_stock": ["Trafikteki elektrikli otomobil sayısı (dönem sonu)"],
        "market_size": ["Tüm yeni otomobiller"],
        "charging_points": ["Halka açık şarj noktası sayısı"],
    },
    "bir önceki yıla göre değişim",
    "yeni otomobillerde elektrikli payı",
    {1: ["adet"], 1000: ["bin adet", "bin"]},
    "Not: veriler {} olarak verilmiştir",
    "Toplam",
    ["Dönem", "Yıl"],
    "Ülke",
    "Birim",
    "Otomobil pazarının temel göstergeleri",
    "Geçici veri",
    "Kaynak: İstatistik Kurumu, yayım tarihi: {date}",
    ["-", "…", "veri yok", "..."],
    "İçindekiler",
    "Veriler",
    ["İllere göre otobüsler", "İl", "Otobüs"],
)  # fmt: skip

LANGUAGES = {  # by Babel's codes
    "ru": RUSSIAN,
    "uz": UZBEK,
    "uz_Cyrl": UZBEK_CYRILLIC,
    "kk": KAZAKH,
    "ky": KYRGYZ,
    "tg": TAJIK,
    "zh": CHINESE,
    "en": ENGLISH,
    "tr": TURKISH,
}
