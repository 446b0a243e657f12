"""What offices write that only some of them do: each form in a small table of its own."""

import io
import zipfile

import openpyxl
import pytest

from forecasting.reading.mapping import Mapping
from forecasting.reading.spreadsheets.reading import read_spreadsheet
from forecasting.vocabulary.errors import LedgerError


def reading_of(text, answers=None, encoding="utf-8"):
    mapping = Mapping.model_validate(answers or {})
    return read_spreadsheet("table.csv", text.encode(encoding), mapping)


def facts_of(reading):
    assert (reading.questions, reading.problems, reading.lacks) == ([], [], [])
    return {
        (fact.number, fact.place, str(fact.period)): (round(fact.value, 6), fact.partner)
        for fact in reading.facts
    }


def values_of(text, answers=None, encoding="utf-8"):
    facts = facts_of(reading_of(text, answers, encoding))
    return {key: value for key, (value, _) in facts.items()}


def questions_of(text, answers=None):
    reading = reading_of(text, answers)
    return [(question.key, question.proposed) for question in reading.questions]


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        (
            "Импорт электромобилей в Казахстан, шт.\nГод;январь;февраль;март;апрель\n"
            "2022;3;9;14;30\n2023;8;21;40;77\n",
            "B C D E",
        ),
        (
            "Импорт электромобилей в Казахстан, шт.\nМесяц;2022;2023\n"
            "январь;3;8\nфевраль;9;21\nмарт;14;40\nапрель;30;77\n",
            "B C",
        ),
        (
            "Импорт электромобилей в Казахстан, шт.\nМесяц;2022\nянварь;3\nфевраль;9\nмарт;14\n"
            "апрель;30\nмай;52\nиюнь;71\n",
            "B",
        ),
        (
            "Импорт электромобилей в Казахстан нарастающим итогом, шт.\nМесяц;2022\nянварь;30\n"
            "февраль;39\n",
            "B",
        ),
    ],
)
def test_months_that_only_grow_are_asked_about_once(text, letters):
    assert questions_of(text) == [(("columns", letters, "dates"), "year_to_date")]
    answers = {letter: {"dates": "year_to_date"} for letter in letters.split()}
    values = values_of(text, {"columns": answers})
    assert values["ev_imports", "KZ", "2022-01..2022-02"] in (9, 39)


def test_months_that_grow_over_the_turn_of_the_year_are_their_own():
    text = (
        "Импорт электромобилей в Казахстан, шт.\nМесяц;2022;2023\n"
        "январь;30;80\nфевраль;39;91\nмарт;44;95\nапрель;60;99\n"
    )
    assert values_of(text)["ev_imports", "KZ", "2022-04"] == 60


IMPORTS = "Import of vehicles into Georgia, units\n"


def test_two_rows_that_say_two_numbers_of_one_thing_are_asked_about():
    text = IMPORTS + "Kind,2022,2023\nElectric cars,50,70\nElectric cars,51,72\n"
    assert questions_of(text) == [(("rows", "3"), ""), (("rows", "4"), "")]
    values = values_of(text, {"rows": {3: "nothing"}})
    assert values["ev_imports", "GE", "2023"] == 72


def test_of_a_first_and_a_revised_number_the_revised_one_is_proposed():
    text = (
        "Ввоз электромобилей в Узбекистан\nПериод;Штук\n2022 г.;310\n"
        "2023 г. (оперативные данные);905\n2023 г. (уточнённые данные);917\n"
        "2024 г. (прогноз);2000\n"
    )
    assert questions_of(text) == [(("rows", "4"), "nothing")]
    values = values_of(text, {"rows": {4: "nothing"}})
    assert values == {("ev_imports", "UZ", "2022"): 310, ("ev_imports", "UZ", "2023"): 917}


def test_what_is_said_of_a_row_holds_on_another_sheet_for_a_row_of_the_same_form_alone():
    book = openpyxl.Workbook()
    norway, sweden = book.active, book.create_sheet("Sweden")
    norway.title = "Norway"
    for row in (["EV sales"], [], [None, "Unit", 2022, 2023], ["EV sales", "number", 500, 700]):
        norway.append(row)
    for row in (["EV sales"], [None, 2022, 2023], ["EV sales", 300, 400]):
        sweden.append(row)
    content = io.BytesIO()
    book.save(content)
    mapping = Mapping.model_validate({"rows": {1: "note", 2: "nothing", 3: "heads"}})
    reading = read_spreadsheet("table.xlsx", content.getvalue(), mapping)
    assert sorted(fact.value for fact in reading.facts) == [300, 400, 500, 700]


def test_percents_below_a_count_change_nothing_of_its_unit():
    """Most cells of a column say that they are percents, and the count is in thousands."""
    text = (
        "Показатель;Ед. изм.;2023;2024\nРегистрации электромобилей в Казахстане;тыс. шт.;46;52\n"
        "Прирост к прошлому году;%;35,7 %;13,0 %\nДоля электромобилей;%;2,7 %;3,1 %\n"
    )
    values = values_of(text, {"place": "KZ"})
    assert values["ev_registrations", "KZ", "2023"] == 46_000
    assert values["ev_registrations", "KZ", "2024"] == 52_000


def test_trucks_tractors_and_motorcycles_are_no_cars_and_codes_no_counts():
    text = (
        "Импорт транспортных средств в Узбекистан\nКод ТН ВЭД;Наименование;Ед. изм.;2022;2023\n"
        "8701;Тракторы;шт;900;950\n8703;Автомобили легковые, всего;шт;4000;5000\n"
        "8703 80;из них: с электрическим двигателем;шт;300;700\n"
        "8704;Автомобили грузовые;шт;800;810\n8711;Мотоциклы;шт;70;60\n"
        "8711 60;из них: с электрическим двигателем;шт;20;30\n"
    )
    assert values_of(text) == {
        ("car_imports", "UZ", "2022"): 4000,
        ("car_imports", "UZ", "2023"): 5000,
        ("ev_imports", "UZ", "2022"): 300,
        ("ev_imports", "UZ", "2023"): 700,
    }


STOCK = "Парк автомобилей в Таджикистане, на конец года\n"


def test_a_factor_that_makes_electric_cars_more_than_all_is_not_proposed():
    text = STOCK + "Год;Автомобили;Электромобили\n2022;410,5;150\n2023;452,6;4300\n"
    assert questions_of(text) == [(("columns", "B", "factor"), "1000")]
    values = values_of(text, {"columns": {"B": {"factor": 1000}}})
    assert values["ev_stock", "TJ", "2022"] == 150
    assert values["vehicle_stock", "TJ", "2023"] == 452_600


def test_electric_cars_above_all_are_asked_about_whatever_was_answered():
    text = STOCK + "Год;Автомобили;Электромобили\n2022;410500;150\n2023;452600;4300\n"
    assert questions_of(text, {"columns": {"C": {"factor": 1000}}}) == [
        (("columns", "B", "factor"), "")
    ]
    both = {"columns": {"B": {"factor": 1}, "C": {"factor": 1000}}}
    assert questions_of(text, both) == [(("columns", "C", "factor"), "")]


def test_a_unit_of_the_title_that_holds_for_one_column_alone():
    text = (
        "New private cars licensed for the first time, Ireland (thousand units)\n"
        "Year;All new cars;Battery electric\n2022;105.2;15500\n2023;122.1;22700\n"
    )
    assert questions_of(text) == [(("columns", "C", "factor"), "1")]
    values = values_of(text, {"columns": {"C": {"factor": 1}}})
    assert values["ev_registrations", "IE", "2023"] == 22_700
    assert values["car_registrations", "IE", "2023"] == 122_100


def test_a_small_share_of_an_early_market_needs_no_question():
    text = (
        "Import of cars into Bangladesh by fiscal year (July-June)\n"
        "Fiscal year;Electric cars Quantity (Nos.);CIF value (million Tk);"
        "All cars Quantity (Nos.)\n"
        "2021-22;14;120,5;21000\n2022-23;150;1300,1;18000\n"
    )
    values = values_of(text)
    assert values["ev_imports", "BD", "2022-07..2023-06"] == 150
    assert len(values) == 4


@pytest.mark.parametrize(
    ("title", "row", "number"),
    [
        ("TÜRKİYE OTOMOBİL PAZARI", "Elektrik", "ev_sales"),
        ("Imports of passenger cars, Georgia", "Electric", "ev_imports"),
        ("Sales of new cars in Norway", "Battery electric", "ev_sales"),
        ("Registered cars in Ireland at year-end", "of which battery electric", "ev_stock"),
        ("Vehículos inscritos en Costa Rica", "Automóviles eléctricos", "ev_registrations"),
        ("Импорт легковых автомобилей в Казахстан", "Электромобили", "ev_imports"),
        (
            "Шумораи автомобилҳо дар Тоҷикистон (ба охири сол)",
            "аз онҳо: электромобилҳо",
            "ev_stock",
        ),
        ("Yil oxirida avtomobillar soni, Oʻzbekiston", "Elektromobillar", "ev_stock"),
    ],
)
def test_the_electric_ones_of_a_table_of_cars_are_counted_as_its_title_says(title, row, number):
    values = values_of(f"{title};;\nA;2022;2023\n{row};1305;2406\n")
    assert {key[0] for key in values} == {number}
    values = values_of(f"{title};\nYear;{row}\n2022;1305\n2023;2406\n")
    assert {key[0] for key in values} == {number}


def test_a_row_can_be_said_to_be_a_measure():
    text = "Auto market of Norway,,\nKind,2022,2023\nZap cars,50,70\nOther things,5,7\n"
    assert questions_of(text)[0] == (("rows", "3"), "")
    values = values_of(text, {"rows": {3: "ev_sales", 4: "nothing"}})
    assert values == {("ev_sales", "NO", "2022"): 50, ("ev_sales", "NO", "2023"): 70}


def test_a_column_that_nothing_explains_is_never_proposed_to_be_nothing():
    text = "Auto market of Norway\nYear,Zap cars,Hybrid\n2022,50,9\n"
    assert questions_of(text) == [
        (("columns", "B", "what"), ""),
        (("columns", "C", "what"), "nothing"),
    ]


EXPORTS = (
    "中国对中亚国家电动汽车出口数量,,,\n,,,单位：辆\n国家,2022年,2023年\n哈萨克斯坦,104,220\n"
    "乌兹别克斯坦,78,311\n合计,182,531\n"
)


def test_exports_of_a_country_by_country_have_partners():
    facts = facts_of(reading_of(EXPORTS))
    assert facts["ev_exports", "CN", "2023"] == (531, "")
    assert {partner for _, partner in facts.values()} == {""}  # the total of all stands last
    reading = reading_of(EXPORTS)
    assert {fact.partner for fact in reading.facts} == {"KZ", "UZ", ""}
    answers = {"columns": {"B": {"what": "ev_imports"}, "C": {"what": "ev_imports"}}}
    assert values_of(EXPORTS, answers)["ev_imports", "UZ", "2023"] == 311


def test_exports_to_the_country_of_a_title_are_not_its_own():
    text = "Экспорт Китая в Казахстан: электромобили, шт.\nМесяц;2023;2024\nЯнварь;200;500\n"
    assert reading_of(text).lacks == ["measure"]
    values = values_of(text, {"constants": {"measure": "ev_imports"}})
    assert values["ev_imports", "KZ", "2024-01"] == 500


def test_imports_of_a_country_by_country_have_partners_and_a_total():
    text = (
        "Импорт электромобилей в Узбекистан по странам\nСтрана;2022;2023\n"
        "Китай;2500;25000\nГермания;100;120\nВсего;2600;25120\n"
    )
    facts = facts_of(reading_of(text))
    assert {place for _, place, _ in facts} == {"UZ"}
    assert facts["ev_imports", "UZ", "2023"] == (25120, "")


def test_a_growth_without_a_period_beside_months_by_years_is_named_and_not_read():
    text = (
        "Import of electric cars into Georgia\nMonth;2023;2024;Growth, %\n"
        "January;412;390;-5,3\nFebruary;530;622;17,4\n"
    )
    reading = reading_of(text)
    assert len(facts_of(reading)) == 4
    assert reading.unread() == {"Growth, %": "names no period, as other columns do"}


def test_a_sum_is_checked_against_parts_that_are_not_read():
    rows = "Benzin,900,800\nDizel,90,80\nElectric cars,10,30\n"
    text = f"{IMPORTS}Kind,2022,2023\n{rows}Total,1000,990\n"
    assert questions_of(text) == [(("rows", "6"), "sum")]
    right = values_of(f"{IMPORTS}Kind,2022,2023\n{rows}Total,1000,910\n")
    assert right["ev_imports", "GE", "2023"] == 30


def test_a_total_of_a_column_beside_the_electric_cars_is_the_market():
    text = (
        "Imports of passenger cars in Georgia in 2023\nMonth;Total;Electric;Hybrid;Other\n"
        "January;700;50;100;550\nFebruary;800;60;140;600\n"
    )
    assert values_of(text)["car_imports", "GE", "2023-02"] == 800
    wrong = text.replace("800", "880")
    assert questions_of(wrong) == [(("columns", "B", "what"), "sum")]


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2022-yil 1-yanvar holatiga", "2021"),
        ("на 1 января 2022 г.", "2021"),
        ("по состоянию на 01.01.2022", "2021"),
        ("as of 1 January 2022", "2021"),
        ("截至2021年12月31日", "2021"),
    ],
)
def test_a_stock_as_of_a_day_is_of_the_day_before_the_first(cell, period):
    reading = reading_of(f"Norway,\nDate,Electric cars\n{cell},1240\n")
    (fact,) = reading.facts
    assert (fact.number, fact.value) == ("ev_stock", 1240)
    assert str(fact.period.end) == f"{period}-12-31"


def test_a_title_of_several_months_stands_above_each_of_them():
    text = (
        "2025年1-2月中国电动汽车销售情况,,,\n,,,单位：万辆、%\n月份,当月销量,同比增长,累计销量\n"
        "1月,41.2,12.1,41.2\n2月,38.9,68.4,80.1\n"
    )
    values = values_of(text, encoding="gb18030")
    assert values["ev_sales", "CN", "2025-02"] == 389_000
    assert values["ev_sales", "CN", "2025-01..2025-02"] == 801_000
    assert values["ev_sales yoy_growth_percent", "CN", "2025-02"] == 68.4


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-16"])
def test_a_text_is_read_in_the_encoding_that_it_shows(encoding):
    text = "Ввоз электромобилей в Казахстан\nГод;Ввоз, шт.\n2022;1305\n"
    assert values_of(text, encoding=encoding) == {("ev_imports", "KZ", "2022"): 1305}


def test_turkish_text_of_windows_is_read():
    text = "Türkiye elektrikli otomobil satışları\nYıl;Satış\n2022;1305\n"
    assert values_of(text, encoding="cp1254") == {("ev_sales", "TR", "2022"): 1305}


def test_growth_in_times_with_a_sign_apart_and_percents_before_their_number():
    text = (
        "Ввоз электромобилей в Узбекистан\nГод;Ввезено, шт.;Прирост\n2021;812;x\n"
        "2022;2 644;в 3,3 раза\n2023;3 050;+ 18,4 %\n2024;3 000;-%1,6\n"
    )
    values = values_of(text)
    growth = [
        values.get(("ev_imports yoy_growth_percent", "UZ", str(y))) for y in range(2022, 2025)
    ]
    assert growth == [230, 18.4, -1.6]


@pytest.mark.parametrize(
    ("note", "day"),
    [
        ("Источник: Автостат, 15.01.2025", "2025-01-15"),
        ("Manba: vazirlik, 2025-yil 3-fevral", "2025-02-03"),
        ("Манба: қўмита, 2025 йил 15 октябрда эълон қилинган", "2025-10-15"),
        ("Kaynak: ODMD, 3 Ocak 2025", "2025-01-03"),
        ("资料来源：海关总署，2025年1月18日", "2025-01-18"),
        ("Источник: Автостат, за 2024 год", ""),
    ],
)
def test_a_source_with_a_day_tells_when_a_table_was_published(note, day):
    reading = reading_of(f"Ввоз электромобилей в Казахстан\nГод;Ввоз, шт.\n2022;1305\n{note};\n")
    assert reading.published == day


def test_a_forecast_in_a_head_is_no_outcome():
    text = "EV imports of Georgia\nPlace,2023,2024 (forecast)\nGeorgia,50,70\n"
    assert values_of(text) == {("ev_imports", "GE", "2023"): 50}


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<table:table table:name="Data">'
    '<table:table-column table:number-columns-repeated="3"/>'
    '<table:table-column table:visibility="collapse"/>{rows}'
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    "</table:table></office:document-content>"
)


def ods_row(*cells):
    texts = "".join(
        f'<table:table-cell office:value-type="{kind}" office:{key}="{value}" {more}>'
        f"<text:p>{text}</text:p></table:table-cell>"
        for kind, key, value, text, more in cells
    )
    return f"<table:table-row>{texts}</table:table-row>"


def words(text, more=""):
    return ("string", "string-value", "", text, more)


def ods(rows):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as parts:
        parts.writestr("content.xml", ODS.format(rows=rows))
    return data.getvalue()


def test_an_open_document_is_read_with_its_merged_hidden_and_percent_cells():
    rows = ods_row(words("EV imports of Georgia", 'table:number-columns-spanned="3"'))
    rows += ods_row(words("Year"), words("EV imports"), words("Change on the year"), words("Memo"))
    rows += ods_row(
        ("date", "date-value", "2023-12-31", "31.12.23", ""),
        ("float", "value", "1305", "1 305", ""),
        ("percentage", "value", "0.184", "18.4%", ""),
        ("float", "value", "7", "7", ""),
    )
    reading = read_spreadsheet("table.ods", ods(rows), Mapping())
    assert {key: value for key, (value, _) in facts_of(reading).items()} == {
        ("ev_imports", "GE", "2023"): 1305,
        ("ev_imports yoy_growth_percent", "GE", "2023"): 18.4,
    }
    assert reading.titles == ["Data"]


def locked(data):
    """As if its parts asked for a password."""
    return data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


@pytest.mark.parametrize(
    "data",
    [
        b"no zip",
        ods("<unclosed>"),
        locked(ods(ods_row(words("x")))),
        ods(ods_row(words("x", 'table:number-columns-repeated="many"'))),
        ods(ods_row(("date", "date-value", "soon", "5", ""))),
        ods(ods_row(("float", "value", "many", "5", ""))),
    ],
    ids=["no zip", "no XML", "locked", "repeats", "date", "number"],
)
def test_what_is_no_open_document_is_refused_with_a_way_out(data):
    with pytest.raises(LedgerError, match=r"no OpenDocument .*save it as \.xlsx"):
        read_spreadsheet("table.ods", data, Mapping())


def test_a_very_long_open_document_is_refused():
    repeated = '<table:table-row table:number-rows-repeated="900000"'
    row = ods_row(words("x")).replace("<table:table-row", repeated)
    with pytest.raises(LedgerError, match=r"Data: is no OpenDocument .*it is very large"):
        read_spreadsheet("table.ods", ods(row), Mapping())


IMPORTS_OF_KYRGYZSTAN = "Импорт электромобилей в Кыргызстан, шт."


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("березень 2023", "2023-03"),
        ("styczeń–marzec 2023", "2023-01..2023-03"),
        ("fev/23", "2023-02"),
        ("ago-dez 2023", "2023-08..2023-12"),
        ("Agustus 2023", "2023-08"),
        ("3T 2023", "2023-07..2023-09"),
        ("T4 2023", "2023-10..2023-12"),
        ("2º trimestre 2023", "2023-04..2023-06"),
        ("2e semestre 2023 (p)", "2023-07..2023-12"),
        ("1. Halbjahr 2023", "2023-01..2023-06"),
        ("III rüb 2023", "2023-07..2023-09"),
        ("2023년 4월", "2023-04"),
        ("ديسمبر ٢٠٢٣", "2023-12"),
        ("Año 2023", "2023"),
    ],
)
def test_periods_of_more_languages_are_read(cell, period):
    text = f"{IMPORTS_OF_KYRGYZSTAN}\nПериод;Ввоз\n{cell};1370\n"
    assert values_of(text) == {("ev_imports", "KG", period): 1370.0}


@pytest.mark.parametrize("cell", ["Ιανουάριος 2023", "январ-хордад 2023", "Primavera 2023"])
def test_words_beside_a_year_that_no_rule_knows_are_asked_about(cell):
    text = f"{IMPORTS_OF_KYRGYZSTAN}\n;Штук\n{cell};137\nИтого;137\n"
    assert questions_of(text) == [(("rows", "3"), "")]
    values = values_of(text, {"rows": {3: "2023-01..2023-02"}})
    assert values == {("ev_imports", "KG", "2023-01..2023-02"): 137.0}


def test_a_head_that_says_more_than_a_year_is_asked_about_after_its_column_was_named():
    text = "Казахстан\n;Ανοιξη 2023;Ανοιξη 2024\nЭлектромобили;8;21\n"
    answers = {"columns": {"B": {"what": "ev_sales"}, "C": {"what": "ev_sales"}}}
    answers["rows"] = {3: "ev_sales"}
    assert questions_of(text, answers) == [
        (("columns", "B", "dates"), ""),
        (("columns", "C", "dates"), ""),
    ]
    answers["columns"]["B"]["dates"] = "2023-Q2"
    answers["columns"]["C"]["dates"] = "period"
    assert values_of(text, answers) == {
        ("ev_sales", "KZ", "2023-04..2023-06"): 8.0,
        ("ev_sales", "KZ", "2024"): 21.0,
    }


def test_a_row_without_a_period_is_a_question_that_a_period_answers():
    text = f"{IMPORTS_OF_KYRGYZSTAN}\nГод;Ввоз\n2022;8\nв прошлом;21\n"
    assert questions_of(text) == [(("rows", "4"), "")]
    assert values_of(text, {"rows": {4: "2023"}}) == {
        ("ev_imports", "KG", "2022"): 8.0,
        ("ev_imports", "KG", "2023"): 21.0,
    }


def test_digits_of_arabic_and_hindi_are_read():
    text = f"{IMPORTS_OF_KYRGYZSTAN}\nГод;Ввоз\n٢٠٢٢;١٬٣٧٠\n२०२३;४५६\n"
    assert values_of(text) == {
        ("ev_imports", "KG", "2022"): 1370.0,
        ("ev_imports", "KG", "2023"): 456.0,
    }


def test_japanese_text_of_windows_and_its_fiscal_years_are_read():
    title = "日本の電気自動車（度）は4月から翌年3月まで"
    text = f"{title}\n年度,EVの販売台数\n令和4年度,130\n令和5年度,210\n"
    answers = {"place": "JP", "columns": {"B": {"what": "ev_sales"}}}
    assert values_of(text, answers, "cp932") == {
        ("ev_sales", "JP", "2022-04..2023-03"): 130.0,
        ("ev_sales", "JP", "2023-04..2024-03"): 210.0,
    }


def test_days_below_a_head_that_says_so_are_days_of_a_stock():
    text = (
        "Өзбекстан: тіркелген электромобильдер саны (дана)\nкүнге карата;Электромобильдер\n"
        "01.01.2023;1370\n01.01.2024;2105\n"
    )
    assert values_of(text, {"place": "UZ"}) == {
        ("ev_stock", "UZ", "2023-01-01"): 1370.0,
        ("ev_stock", "UZ", "2024-01-01"): 2105.0,
    }


@pytest.mark.parametrize(("numbers", "proposed"), [((137, 210, 456), "ev_stock"), ((9, 5, 7), "")])
def test_registrations_dated_by_days_may_be_all_that_stand(numbers, proposed):
    days = ("31.12.2022", "31.12.2023", "31.12.2024")
    rows = "".join(f"{day};{number}\n" for day, number in zip(days, numbers, strict=True))
    text = f"Зарегистрировано электромобилей в Беларуси\nДата;Электромобили\n{rows}"
    assert questions_of(text) == [(("columns", "B", "what"), proposed)]
    assert questions_of(text, {"each": "year"}) == []
    answers = {"columns": {"B": {"what": "ev_registrations"}}}
    assert ("ev_registrations", "BY", "2023") in values_of(text, answers)


@pytest.mark.parametrize(
    ("mark", "note"),
    [("*", "* январь–сентябрь"), ("¹", "¹ First nine months"), ("†", "† neuf premiers mois")],
)
def test_a_year_whose_note_names_months_is_asked_about(mark, note):
    text = f"{IMPORTS_OF_KYRGYZSTAN}\nГод;Ввоз\n2022;137\n2023{mark};456\n{note}\n"
    assert questions_of(text) == [(("rows", "4"), "")]
    values = values_of(text, {"rows": {4: "2023-01..2023-09"}})
    assert values["ev_imports", "KG", "2023-01..2023-09"] == 456.0


def test_a_note_of_a_source_asks_nothing():
    text = f"{IMPORTS_OF_KYRGYZSTAN}\nГод;Ввоз\n2022;137\n2023*;456\n* по данным таможни\n"
    assert values_of(text)["ev_imports", "KG", "2023"] == 456.0


REGIONS = "Ошская;41\nЧуйская;63\nТалас;8\nНарын;25\n"


@pytest.mark.parametrize("total", ["Бардыгы;137", "Кыргызстан;137", "Vsego po strane;137"])
def test_regions_that_add_up_to_the_country_are_named_and_not_read(total):
    text = f"Импорт электромобилей, шт., 2023\nОбласть;Ввоз\n{REGIONS}{total}\n"
    reading = reading_of(text, {"constants": {"place": "KG"}})
    assert facts_of(reading) == {("ev_imports", "KG", "2023"): (137.0, "")}
    unknown = [str(problem) for problem in reading.left_out()]
    assert [reason.split(" ")[1] for reason in unknown] == [
        "'Ошская'",
        "'Чуйская'",
        "'Талас'",
        "'Нарын'",
    ]


def test_regions_without_a_sum_are_no_country():
    text = f"Импорт электромобилей, шт., 2023\nОбласть;Ввоз\n{REGIONS}"
    facts = reading_of(text, {"constants": {"place": "KG"}}).facts
    assert {fact.place for fact in facts} == {"Ошская", "Чуйская", "Талас", "Нарын"}


def test_of_rows_that_no_word_explains_their_sum_is_asked_about():
    text = "Грузия: импорт, 2023\nკატეგორია;Электромобили\nა;3\nბ;5\nგ;9\nд;17\n"
    reading = reading_of(text)
    assert [question.key for question in reading.questions] == [("rows", "6")]
    assert "is the sum of all other rows" in reading.questions[0].asks
    assert values_of(text, {"rows": {6: "ev_imports"}}) == {("ev_imports", "GE", "2023"): 17.0}


def test_codes_of_the_nomenclature_of_trade_say_which_cars():
    text = (
        "Код ТН ВЭД;Год;Ввоз, шт.;Ввоз, тыс. долл. США\n"
        "8703801000;2022;137;4110,5\n8703801000;2023;210;5220,1\n"
    )
    assert values_of(text, {"place": "TJ"}) == {
        ("ev_imports", "TJ", "2022"): 137.0,
        ("ev_imports", "TJ", "2023"): 210.0,
    }
    text = "Казахстан, импорт, шт.\nГод;Автомобили 8703.80;Автомобили 8703.60\n2023;137;21\n"
    assert values_of(text) == {("ev_imports", "KZ", "2023"): 137.0}


def test_the_region_of_a_title_is_no_country():
    text = "中国新疆新能源汽车销量（辆）\n年份,销量\n2023,137\n2024,210\n"
    assert {place for _, place, _ in values_of(text)} == {"CN-XJ"}


def test_years_to_date_of_hybrids_are_none_of_the_electric_cars_before_them():
    text = (
        "Neuzulassungen von Pkw in Österreich 2024\n;Elektro;;Hybrid;\n"
        "Monat;Anzahl;kumuliert;Anzahl;kumuliert\nJanuar;137;137;21;21\nFebruar;63;200;9;30\n"
    )
    assert values_of(text, {"place": "AT"}) == {
        ("ev_registrations", "AT", "2024-01"): 137.0,
        ("ev_registrations", "AT", "2024-02"): 63.0,
        ("ev_registrations", "AT", "2024-01..2024-02"): 200.0,
    }


def test_the_sum_of_rows_in_an_unknown_language_may_be_of_a_part_of_the_year():
    text = "Импорт электромобилей в Иран, шт.\n;1403\nمهر;112\nآبان;240\nآذر;388\nجمع;740\n"
    assert questions_of(text) == [(("rows", "6"), "")]
    values = values_of(text, {"rows": {6: "2024-09-22..2024-12-20"}})
    assert values == {("ev_imports", "IR", "2024-09-22..2024-12-20"): 740.0}


def test_a_quarter_of_a_year_of_another_calendar_is_not_the_year():
    text = "Импорт электромобилей в Иран, шт.\n;1402;1403\nI кв.;112;240\nII кв.;130;388\n"
    assert "contradicts" in str(reading_of(text).problems[0])


def test_shares_of_the_rows_in_their_sum_are_no_share_of_electric_cars():
    text = (
        "Регистрации электромобилей в Молдове, 2023\nТип;Электромобили, шт.;Доля, %\n"
        "Новые;41;41\nС пробегом;59;59\nИтого;100;100\n"
    )
    reading = reading_of(text, {"rows": {5: "ev_registrations"}, "place": "MD"})
    assert {fact.number for fact in reading.facts} <= {"ev_registrations", "ev_share_percent"}
    assert [fact.value for fact in reading_of(text).facts if "share" in fact.number] == []


def test_a_sum_of_neighbours_is_proposed_and_its_parts_are_not():
    text = (
        "Продажи в Армении, шт.\nГод;EV (zxc);EV (qwe);EV сигма;Гибриды\n"
        "2022;13040;9120;22160;7\n2023;33120;44010;77130;9\n"
    )
    assert dict(questions_of(text)) == {
        ("columns", "B", "what"): "nothing",
        ("columns", "C", "what"): "nothing",
        ("columns", "D", "what"): "ev_sales",
        ("columns", "E", "what"): "nothing",
    }


@pytest.mark.parametrize(
    "title",
    [
        "Регистрация электромобилей в Алматинской области",
        "Ввоз электромобилей, г. Бишкек",
        "Toshkent viloyatiga elektromobillar importi",
        "广东省电动汽车销量",
        "EV sales in the province of Cordoba",
    ],
)
def test_the_part_of_a_country_that_a_title_names_is_asked_about(title):
    text = f"{title}\nYear;EV sales\n2022;160\n2023;711\n"
    assert (("place",), "") in questions_of(text, {"constants": {"place": "KZ"}})
    assert (("place",), "") not in questions_of(text, {"place": "KZ"})


@pytest.mark.parametrize(
    "title", ["EV sales by province", "各省电动汽车销量", "Электромобили по областям"]
)
def test_a_table_of_all_parts_of_a_country_asks_for_no_place(title):
    text = f"{title}\nYear;EV sales\n2022;160\n2023;711\n"
    assert questions_of(text, {"constants": {"place": "KZ"}}) == []


def test_the_period_that_a_reader_gives_a_row_holds_against_the_year_of_its_head():
    text = "Импорт электромобилей в Иран, шт.\n;1402;1403\nمهر;112;240\nآبان;130;388\n"
    answers = {
        "columns": {"B": {"what": "nothing"}},
        "rows": {3: "2024-09-22..2024-10-21", 4: "nothing"},
    }
    assert values_of(text, answers) == {("ev_imports", "IR", "2024-09-22..2024-10-21"): 240.0}


def test_the_last_day_of_the_calendar_is_the_end_of_a_month_that_is_refused():
    text = "Country,Date,EV sales\nNorway,9999-11-30,5\nNorway,9999-12-31,7\n"
    faults = [problem.fault for problem in reading_of(text).problems]
    assert faults == [f"9999-{month}-01 lies outside 1900 to 2200" for month in (11, 12)]
