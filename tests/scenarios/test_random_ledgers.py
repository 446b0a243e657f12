"""What `check` accepts runs, or names the facts that no number can hold together: random ledgers of
yearly totals, stocks, growths and shares.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

import forecasting as fc
from forecasting.scenarios.check import check_paths
from forecasting.vocabulary.errors import InputError

pytestmark = pytest.mark.slow

HEAD = "id,measure,place,period_start,period_end,relation,quantity,value,unit,published,source"
RELATIONS = ["equals", "equals", "equals", "about", "at_least", "at_most"]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0")) // 6 or 4
SEED = os.environ.get("FUZZ_SEED", "")


def values_of(kind: str, luck: random.Random) -> int:
    ends = {"yoy_growth_percent": (-95, 900), "market_share_percent": (0, 90)}
    if kind in ends:
        return luck.randint(*ends[kind])
    return luck.choice([0, 1, luck.randint(0, 50), luck.randint(0, 52_000)])


def ledger(luck: random.Random, place: str) -> str:
    kinds = ["total", "stock", "yoy_growth_percent", "market_share_percent"]
    lines = [HEAD]
    for kind in luck.sample(kinds, luck.randint(1, 4)):
        first = luck.randint(2015, 2024)
        for year in range(first, luck.randint(first, 2025) + 1):
            if luck.random() < 0.25:
                continue
            stock = kind == "stock"
            start = "" if stock else f"{year}-01-01"
            unit = "percent" if kind.endswith("percent") else "vehicles"
            row = [f"f{len(lines)}", "ev_stock" if stock else "ev_registrations", place, start,
                   f"{year}-12-31", luck.choice(RELATIONS), kind, str(values_of(kind, luck)), unit,
                   f"{year + 1}-02-01", "office"]  # fmt: skip
            lines.append(",".join(row))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("number", range(EXAMPLES))
def test_what_check_accepts_runs(tmp_path: Path, number: int) -> None:
    luck = random.Random(f"ledger {SEED} {number}")
    place = luck.choice(["CO", "GE", "NO", "PE"])
    size = luck.choice(["", "market_size: 20000\n", "market_size: 200000\n"])
    runs(tmp_path, place, ledger(luck, place), size)


def test_a_count_of_the_stock_before_the_first_year_is_where_the_path_begins(
    tmp_path: Path,
) -> None:
    rows = [
        "a,ev_stock,NO,,2023-12-31,equals,stock,0,vehicles,2024-02-01,office",
        "b,ev_stock,NO,,2024-12-31,at_least,stock,1,vehicles,2025-02-01,office",
    ]
    outlook = runs(tmp_path, "NO", "\n".join([HEAD, *rows]) + "\n", "market_size: 200000\n")
    assert outlook is not None
    assert outlook.results.years[0] == 2024
    assert outlook.results.values["ev_stock"].min() >= 0


def runs(folder: Path, place: str, facts: str, size: str) -> fc.Outlook | None:
    """The outlook, of as little work as there can be; None of what is refused."""
    (folder / "mine.csv").write_text(facts)
    path = folder / f"{place.lower()}-own.yaml"
    path.write_text(
        f"country: '{place}'\nscenario: own\nas_of: latest\nhorizon: 2027\nseed: 1\n"
        f"shipped_facts: false\nledger: [mine.csv]\n{size}"
    )
    try:
        check_paths([path])
    except InputError:
        return None
    try:
        return fc.outlook(path, draws=20)
    except fc.EvidenceError as error:
        if "contradict each other or the size of the market" not in str(error):
            raise
        return None
