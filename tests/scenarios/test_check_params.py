"""What is wrong with a params file beside the facts."""

from pathlib import Path

import pytest

from forecasting.reporting.caveat_words import lines_of
from forecasting.scenarios.check_params import read_checked

GOOD = "country: UZ\nscenario: test\nas_of: latest\nhorizon: 2035\nseed: 1\n"

DRIVER = """drivers:
  - name: duty
    kind: level
    quantity: ev_imports
    start: 2027-01-01
    size: 0.8
    reason: a test
    source: {}
"""

DEMAND = DRIVER.format("judgement").replace("level", "demand").replace("ev_imports", "{}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            GOOD + DRIVER.format("article-99"),
            "no fact has the id 'article-99' (did you mean article-",
        ),
        (GOOD + "basis: uz-statistic\n", "did you mean uz-statistics?"),
        (GOOD + "assumptions: {anual_km: 12000}\n", "did you mean annual_km?"),
        (GOOD + "assumptions: {annual_km: 12}\n", "annual_km: 12 km"),
        (GOOD.replace("2035", "2025"), "2025 has passed by then"),
        (
            GOOD.replace("country: UZ", "corridor: horgos").replace("latest", "2019-01-01"),
            "no count of ev_exports was known by 2019-01-01 at horgos (a later day",
        ),
        (GOOD + DEMAND.format("home_access"), "put it under assumptions"),
        (GOOD + DEMAND.format("local_asembly"), "did you mean local_assembly?"),
    ],
)
def test_what_only_shows_beside_the_ledger(text: str, message: str, tmp_path: Path, ledger) -> None:
    path = tmp_path / "uzbekistan-test.yaml"
    path.write_text(text)
    (problem,) = read_checked(path, ledger).problems
    assert message in str(problem)
    assert str(problem).startswith("uzbekistan-test.yaml:")


def test_a_missing_fact_is_named_beside_other_faults(tmp_path: Path, ledger) -> None:
    path = tmp_path / "uzbekistan-test.yaml"
    path.write_text(GOOD.replace("seed: 1", "sed: 1") + DRIVER.format("nowhere-1"))
    found = "\n".join(map(str, read_checked(path, ledger).problems))
    assert "did you mean seed?" in found
    assert "no fact has the id 'nowhere-1'" in found


def test_problems_come_in_the_order_of_the_lines_and_all_at_once(tmp_path: Path, ledger) -> None:
    path = tmp_path / "uzbekistan-test.yaml"
    given = "assumptions: {home_acess: 0.3, home_access: 3}\nmarket_size: many\n"
    path.write_text(
        GOOD.replace("UZ", "XX") + given + DRIVER.format("nowhere-1").replace("level", "levle")
    )
    told = [str(problem) for problem in read_checked(path, ledger).problems]
    expected = [
        "not a known country",
        "did you mean home_access?",
        "home_access: 3",
        "'many'",
        "mean level?",
        "nowhere-1",
    ]
    assert [words in line for words, line in zip(expected, told, strict=True)] == [True] * len(
        expected
    )


def test_a_market_size_of_a_year_to_come_is_worth_a_note(tmp_path: Path, ledger) -> None:
    file = tmp_path / "uzbekistan-test.yaml"
    dated = GOOD.replace("latest", "2024-06-01")
    file.write_text(dated + "market_size: {2023: 300000, 2024: 400000, 2030: 600000}\n")
    (said,) = lines_of(read_checked(file, ledger).caveats())
    assert "market_size of 2024, 2030 is not used" in said
    assert said.endswith("ends with 2023, the last year that was over")
    file.write_text(dated + "market_size: {2023: 300000}\n")
    assert lines_of(read_checked(file, ledger).caveats()) == []
