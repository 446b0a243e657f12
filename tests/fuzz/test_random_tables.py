"""Random tables of one's own: no number is read that is not in the table, and nothing hangs."""

import os
import random
import time

import pytest

from forecasting.reading.user_ledgers import read_ledger
from forecasting.vocabulary.errors import LedgerError

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0")) or 80
SEED = os.environ.get("FUZZ_SEED", "")
HEADS = [
    "Country", "Year", "Month", "Quarter", "Period", "EV sales", "EV sales, тыс.", "EV stock",
    "Growth, % y/y", "Rank", "Продажи электромобилей", "国家", "2023", "2024", "Jan 2024",
    "Feb 2024", "Published", "Note", "", "EV share, %", "Indicator", "Total", "Value", "Jahr",
]  # fmt: skip
CELLS = [
    "UZ", "Norway", "World", "Total", "2023", "2024", "2024-05", "Q1", "май", "III", "1,200",
    "1 200", "1.200", "12,5", "-", "", "n/a", "7", "-3", "1e3", "5 %", "H1 2024", "31.12.2024",
    "EV sales", "100000000000000", "½", "１２", '"', "=1+1", "12 (est.)", "3 4", "0",
]  # fmt: skip


@pytest.mark.parametrize("number", range(EXAMPLES))
def test_no_number_is_read_that_is_not_in_the_table(tmp_path, number):
    luck = random.Random(f"table {SEED} {number}")
    heads = luck.sample(HEADS, luck.randint(2, 7))
    if luck.random() < 0.7:
        heads[:3] = ["Country", luck.choice(["Year", "Period", "Jahr"]), "EV sales"]
    mark = luck.choice([",", ";", "\t"])
    rows = [heads] + [
        [luck.choice(CELLS) for _ in range(len(heads) - (luck.random() < 0.1))]
        for _ in range(luck.randint(0, 6))
    ]
    quoted = [[f'"{cell}"' if mark in cell else cell for cell in row] for row in rows]
    path = tmp_path / "own.csv"
    path.write_text("\n".join(mark.join(row) for row in quoted), encoding="utf-8")
    started = time.process_time()
    try:
        facts = [*read_ledger(path)]
    except LedgerError:
        facts = []
    assert time.process_time() - started < 5
    printed = {"1200", "12.5", "7", "-3", "1e3", "5", "100000000000000", "12", "2023", "2024", "0"}
    allowed = {float(number) * scale for number in printed for scale in (1, 1000)}
    assert {fact.value for fact in facts} <= allowed
