"""Ledgers of a user's own files."""

import datetime as dt
from pathlib import Path

import pytest
from table_cases import MONTHS, one

import forecasting as fc
from forecasting.reading.answers import read_answers
from forecasting.reading.user_ledgers import _read_once, facts_of
from forecasting.vocabulary.errors import LedgerError

pytestmark = pytest.mark.usefixtures("shared_forecasts")

HEADER = "id,measure,place,period_start,period_end,relation,value,published\n"

ROWS = HEADER + "own-2022,ev_imports,TM,2022-01-01,2022-12-31,equals,120,2023-02\n"


def test_one_fact_in_two_files_counts_once_and_two_of_one_id_are_refused(tmp_path):
    for name, text in (("a", ROWS), ("b", ROWS), ("c", ROWS.replace(",120,", ",121,"))):
        (tmp_path / f"{name}.csv").write_text(text)
    same, other = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")], str(tmp_path / "c.csv")
    assert len(facts_of(same, shipped=False)) == 1
    with pytest.raises(LedgerError, match="id own-2022: names two different facts"):
        facts_of([*same, other], shipped=False)


def test_a_refused_file_is_read_again_once_it_or_its_mapping_has_changed(tmp_path: Path) -> None:
    """To read it takes up to two seconds, and a scenario asks for its facts several times."""
    table = tmp_path / "own.csv"
    table.write_text("Country,2022,2023\nTM,120,150\n")
    _read_once.cache_clear()
    for _ in range(3):
        with pytest.raises(LedgerError, match="What does it count"):
            facts_of([str(table)], shipped=False)
    assert _read_once.cache_info().misses == 1
    (tmp_path / "own.mapping.yaml").write_text("read: [{counts: ev_imports}]\n")
    assert len(facts_of([str(table)], shipped=False)) == 2


@pytest.mark.parametrize("answers", ["", "read: [{counts: ev_imports, columns: [B]}]\n"])
def test_a_year_that_was_not_over_when_a_table_was_published_is_asked(tmp_path, answers):
    table = tmp_path / "own.csv"
    table.write_text("Year,EV imports\n2022,120\n2023,150\n")
    if answers:
        (tmp_path / "own.mapping.yaml").write_text(answers)
    assert len(facts_of([str(table)], False, dt.date(2024, 2, 29), "TM")) == 2
    with pytest.raises(LedgerError, match="2023 is not over on 2023-06-30"):
        facts_of([str(table)], False, dt.date(2023, 6, 30), "TM")


def test_a_table_beside_its_answers_is_silent_and_names_its_cells(tmp_path):
    (tmp_path / "own.csv").write_text(MONTHS)
    with pytest.raises(LedgerError, match=r"`ev-forecast new --ledger own\.csv` asks"):
        fc.read_ledger(tmp_path / "own.csv")
    (tmp_path / "own.mapping.yaml").write_text(
        "place: GE\npublished: 2025-03-01\nsource: the agency\n" + one("ev_sales", "columns: [C]")
    )
    frame = fc.read_ledger(tmp_path / "own.csv").frame
    assert frame["id"].tolist() == ["own-ge-ev_sales-2025-01-31", "own-ge-ev_sales-2025-02-28"]
    assert set(frame["published"]) == {"2025-03-01"}
    assert set(frame["source"]) == {"the agency"}
    assert frame["quote"][0] == "2025-01 Electric 3"
    assert read_answers(tmp_path / "own.mapping.yaml").place == "GE"
