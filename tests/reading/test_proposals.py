"""What the words of a table propose, and what they leave open."""

from __future__ import annotations

import pytest
from table_cases import one, proposed, read


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Country,Year,EV sales\nUZ,2022,2180\n", ["ev_sales"]),
        ("Year,EV sales (thousands)\n2022,25\n", ["ev_sales"]),
        ("Год;Импорт электромобилей, шт.\n2022;2180\n", ["ev_imports"]),
        ("Electric cars in Norway;\nYear;Sales\n2022;5\n", ["ev_sales"]),
        ("Year,EV sales,Growth %\n2022,100,\n2023,150,50\n",
         ["ev_sales", "ev_sales yoy_growth_percent"]),
        ("Электромобили: ввоз с начала года;\nМесяц;Импорт электромобилей\nянварь 2025;5\n"
         "февраль 2025;9\nмарт 2025;12\nапрель 2025;20\n", ["ev_imports"]),
        ("Year,EVs on the road,Charging points\n2022,5,6\n", ["ev_stock", "charging_points"]),
    ],
)  # fmt: skip
def test_plain_heads_leave_nothing_open(text, counts):
    assert proposed(text) == (counts, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Month,Petrol,Electric\n2025-01,10,3\n", "'Electric': What does it count?"),
        ("Year,Non-EV sales\n2022,5\n", "not known here: non"),
        ("Year,EV sales target\n2022,5\n", "not known here: target"),
        ("Year,Registered electric cars\n2022,5\n", "not known here: registered"),
        ("Year,EV sales\n2022,1.37\n", "What is a 1 of it? (1.37 is no whole number)"),
        ("Year,EV sales (USD)\n2022,5\n", "What is a 1 of it? (it speaks of money)"),
        ("Year,EV sales\n2022/23,5\n", "begins in another month"),
        ("Month,EV sales\n" + "".join(f"2024-{m:02d},{m}\n" for m in range(1, 8)),
         "never fall within a year"),
        ("Year,EV sales,EV sales\n2022,5,7\n",
         "'EV sales': what does it count? (the line that is read says the same)"),
        ("EV sales forecast;\nYear;EV sales\n2022;5\n", "not known here: forecast"),
        ("EV sales, rolling sum;\nMonth;EV sales\n2024-01;5\n", "not known here: rolling"),
        ("Share of EVs, %;\nYear;EV sales\n2022;5\n", "not known here: share"),
        ("EV sales,,\nYear,BEV,PHEV\n2022,5,7\n",
         "column C 'PHEV': what does it count? (not known here: phev)"),
        ("EV imports of Georgia,\nCountry,2023\nChina,5\nJapan,7\n",
         "Beside the numbers stands China, Japan: what is it?"),
        ("Month,EV sales,Growth %\n2024-01,100,\n2024-02,150,50\n",
         "it may be growth on the year before, or on the period before"),
    ],
)  # fmt: skip
def test_what_is_not_certain_stays_open(text, said):
    assert said in proposed(text)[1]


def test_a_note_of_other_vehicles_is_asked_about():
    table = "EV sales\nYear,EV sales\n2023,40\nIncludes buses and motorcycles\n"
    assert "a note says 'Includes buses and motorcycles'" in proposed(table)[1]
    assert "a note says" not in proposed(table.replace("buses and motorcycles", "all cars"))[1]
    assert read(table, one("ev_sales", "columns: [B]")) == {"2023": 40}


@pytest.mark.parametrize(
    ("line", "is_asked"),
    [("Plugin hybrids", True), ("Plug-in hybrid (petrol)", True), ("Подзаряжаемые гибриды", True),
     ("Подключаемые гибриды", True), ("Rechargeable hybrids", True), ("Hybrids", False),
     ("Гибриды", False)],
)  # fmt: skip
def test_a_line_of_hybrids_is_asked_about_where_they_are_plugged_in(line, is_asked):
    doubts = proposed(f"Year,EV sales,{line}\n2023,40,7\n")[1]
    assert (f"column C '{line}': what does it count?" in doubts) == is_asked
