"""A ledger as a value: selection, what was known when, round trips, digests."""

from __future__ import annotations

import datetime as dt
import gc
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from forecasting.evidence.ledger import MAX_SELECTIONS, Ledger
from forecasting.evidence.rules import printed_rounding, publication
from forecasting.reading.user_ledgers import read_ledger
from forecasting.vocabulary.errors import EvidenceError, LedgerError
from forecasting.vocabulary.quantities import QUANTITIES, RELATIONS

TABLE = pd.DataFrame(
    {
        "relation": ["equals", "equals", "equals"],
        "quantity": ["total", "total", "yoy_growth_percent"],
        "period_start": ["2022-01-01", "2023-01-01", "2023-01-01"],
        "period_end": ["2022-12-31", "2023-04-30", "2023-04-30"],
        "value": [2180.0, 2544.0, 410.4],
    }
)


def test_a_table_of_five_columns_is_a_ledger() -> None:
    frame = Ledger.from_frame(TABLE, place="Uzbekistan").frame
    assert frame["id"].is_unique
    assert frame["unit"].tolist() == ["vehicles", "vehicles", "percent"]
    assert frame["rounding"].tolist() == [0.5, 0.5, 0.05]
    assert set(frame["place"]) == {"UZ"}
    assert set(frame["kind"]) == {"outcome"}


def test_rows_that_say_the_same_stay_two_facts() -> None:
    assert len(Ledger.from_frame(pd.concat([TABLE, TABLE]))) == 6


def test_dates_of_pandas_and_missing_values_are_read() -> None:
    table = TABLE.assign(
        period_end=pd.to_datetime(TABLE["period_end"]), period_start=[dt.date(2022, 1, 1)] * 3
    )
    table = table.assign(
        published=[pd.Timestamp("2023-06-26"), pd.NaT, None],
        note=pd.array(["said", pd.NA, pd.NA], dtype="string"),
    )
    ledger = Ledger.from_frame(table)
    assert [str(fact.period_end) for fact in ledger] == ["2022-12-31", "2023-04-30", "2023-04-30"]
    assert [fact.known_from for fact in ledger] == [dt.date(2023, 6, 26), None, None]


def test_a_wrong_table_says_every_row() -> None:
    table = TABLE.assign(value=[-1.0, float("nan"), 410.4], relation=["equals", "equals", "equal"])
    with pytest.raises(LedgerError, match="row 0 value: -1 is negative") as caught:
        Ledger.from_frame(table)
    assert [problem.where for problem in caught.value.problems] == [
        "row 0 value",
        "row 1 value",
        "row 2 relation",
    ]
    with pytest.raises(
        LedgerError, match=r"'perod_end' is an unknown column \(did you mean period_end\?\)"
    ):
        Ledger.from_frame(TABLE.rename(columns={"period_end": "perod_end"}))
    with pytest.raises(LedgerError, match="column 'value' stands there twice"):
        Ledger.from_frame(pd.concat([TABLE, TABLE[["value"]]], axis=1))


def test_ledgers_are_equal_where_their_facts_are() -> None:
    one, other = Ledger.from_frame(TABLE), Ledger.from_frame(TABLE.assign(value=TABLE["value"] + 1))
    assert one == Ledger.from_frame(TABLE)
    assert [one == other, other == one] == [False, False]


@pytest.mark.parametrize(
    ("text", "relation", "half"),
    [
        ("2180", "equals", 0.5),
        ("35000", "equals", 0.5),
        ("35000", "greater_than", 500.0),
        ("100", "greater_than", 50.0),
        ("9653", "less_than", 0.5),
        ("410.4", "equals", 0.05),
        ("410.40", "equals", 0.005),
        ("0", "about", 0.5),
        ("2.5e3", "equals", 50.0),
    ],
)
def test_rounding_comes_from_the_printed_digits(text: str, relation: str, half: float) -> None:
    assert printed_rounding(text, relation) == pytest.approx(half, rel=1e-12)


@pytest.mark.parametrize(
    ("published", "known"),
    [("2023-06-26", "2023-06-26"), ("2024-02", "2024-02-29"), ("2023", "2023-12-31")],
)
def test_a_fact_is_known_from_the_last_day_of_the_span(published: str, known: str) -> None:
    assert publication(published).end == dt.date.fromisoformat(known)


def test_as_of_keeps_what_was_known() -> None:
    table = TABLE.assign(published=["2023-01", "2023-06-26", ""])
    ledger = Ledger.from_frame(table)
    assert [
        len(ledger.select(as_of=day))
        for day in ("2023-01-30", "2023-01-31", "2023-06-26", "2099-01-01")
    ] == [
        0,
        1,
        2,
        2,
    ]
    assert ledger.latest == dt.date(2023, 6, 26)
    with pytest.raises(EvidenceError, match="no fact of this ledger has a date of publication"):
        _ = Ledger.from_frame(TABLE).latest


def test_since_keeps_what_reaches_that_day_or_a_later_one() -> None:
    table = TABLE.assign(period_end=["2022-12-31", "2023-01-01", "2023-04-30"])
    table["period_start"] = "2022-01-01"
    ledger = Ledger.from_frame(table)
    days = ("2022-12-31", "2023-01-01", "2023-01-02", "2023-04-30", "2023-05-01")
    assert [len(ledger.select(since=day)) for day in days] == [3, 2, 1, 1, 0]


def test_kinds_are_one_or_several() -> None:
    ledger = Ledger.from_frame(TABLE.assign(kind=["outcome", "target", "estimate"]))
    assert ledger.select(kind="target").frame["kind"].tolist() == ["target"]
    both = ledger.select(kind=("estimate", "outcome"))
    assert both.frame["kind"].tolist() == ["outcome", "estimate"]
    with pytest.raises(LedgerError, match="'outcom' is unknown; did you mean outcome"):
        ledger.select(kind="outcom")


def test_partners_are_no_totals_unless_asked_for() -> None:
    ledger = Ledger.from_frame(TABLE.assign(partner=["World", "China", "China+Hong Kong"]))
    assert len(ledger.select()) == 1
    assert len(ledger.select(partner=None)) == 3
    assert ledger.select(partner="CN+HK").frame["value"].tolist() == [410.4]


def test_two_ledgers_are_one() -> None:
    first, second = Ledger.from_frame(TABLE.iloc[:2]), Ledger.from_frame(TABLE.iloc[1:])
    both = first + second
    assert len(both) == 3
    assert both == Ledger.from_frame(TABLE)
    clash = (
        Ledger.from_frame(TABLE.iloc[:1].assign(id="x")),
        Ledger.from_frame(TABLE.iloc[1:2].assign(id="x")),
    )
    with pytest.raises(LedgerError, match="id x: names two different facts"):
        clash[0].concat(clash[1])


def test_frames_are_copies() -> None:
    ledger = Ledger.from_frame(TABLE)
    before = ledger.hash()
    frame = ledger.frame
    frame.loc[0, "value"] = 0.0
    assert ledger.hash() == before


def test_an_empty_ledger_stands() -> None:
    empty = Ledger.from_frame(TABLE).select(place="TM")
    assert (len(empty), list(empty)) == (0, [])
    assert len(empty + empty) == 0
    assert Ledger.from_frame(TABLE.iloc[:0]) == empty


def test_html_shows_facts_and_escapes() -> None:
    html = Ledger.from_frame(TABLE.assign(source="<b>"))._repr_html_()
    assert "2,180 vehicles" in html
    assert "&lt;b&gt;" in html
    assert "and 8 more facts" in Ledger.from_frame(pd.concat([TABLE] * 7).iloc[:20])._repr_html_()


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from(',"\n;'),
    max_size=12,
)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31))


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = []
    for number in range(draw(st.integers(1, 6))):
        first, last = sorted((draw(DAYS), draw(DAYS)))
        quantity = draw(st.sampled_from([name for name in QUANTITIES if name != "stock"]))
        top = min(QUANTITIES[quantity].highest, 1e9)
        rows.append(
            {
                "id": f"fact-{number}",
                "relation": draw(st.sampled_from(RELATIONS)),
                "quantity": quantity,
                "period_start": first,
                "period_end": last,
                "value": draw(st.floats(0, top) | st.integers(0, int(top))),
                "rounding": draw(st.sampled_from([np.nan, 0.0, 0.25, 500.0])),
                "partner": draw(st.sampled_from(["", "World", "China", "CN+HK"])),
                "place": draw(st.sampled_from(["UZ", "Khorgos", "KAZ"])),
                "kind": draw(st.sampled_from(["estimate", "target", "judgement"])),
                "note": draw(WORDS),
                "quote": draw(WORDS),
            }
        )
    return pd.DataFrame(rows)


@pytest.mark.slow
@settings(max_examples=40)
@given(tables())
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: pd.DataFrame
) -> None:
    ledger = Ledger.from_frame(table)
    path: Path = tmp_path_factory.mktemp("ledger") / "facts.csv"
    ledger.to_csv(path)
    again = read_ledger(path)
    pd.testing.assert_frame_equal(again.frame, ledger.frame)
    assert again == ledger


@pytest.mark.slow
@settings(max_examples=25)
@given(tables(), st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order(table: pd.DataFrame, random: object) -> None:
    order = np.random.default_rng(random.getrandbits(32)).permutation(len(table))  # type: ignore[attr-defined]
    ledger = Ledger.from_frame(table)
    assert Ledger.from_frame(table.iloc[order]).hash() == ledger.hash()
    changed = table.assign(note=["changed", *table["note"].iloc[1:]])
    assert Ledger.from_frame(changed).hash() != ledger.hash()


@pytest.mark.slow
@settings(max_examples=60)
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_file_raises_anything_but_a_ledger_error(data: str | bytes) -> None:
    header = b"id,measure,place,period_start,period_end,relation,value\n"
    body = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    for content in (body, header + body):
        message = ""
        try:
            read_ledger(io.BytesIO(content))
        except LedgerError as error:
            message = str(error)
        assert not message or ": " in message


def test_a_ledger_that_is_asked_for_many_days_keeps_few_of_its_parts() -> None:
    """Each scenario of its own day cost 0.3 MB as long as the process lived."""
    facts = Ledger.from_frame(TABLE, place="Uzbekistan")
    gc.collect()
    before = sum(isinstance(thing, Ledger) for thing in gc.get_objects())
    for number in range(300):
        facts.select(as_of=dt.date(2022, 1, 1) + dt.timedelta(number))
    gc.collect()
    after = sum(isinstance(thing, Ledger) for thing in gc.get_objects())
    assert after - before <= MAX_SELECTIONS
    assert facts.select("UZ") is facts.select("UZ")
