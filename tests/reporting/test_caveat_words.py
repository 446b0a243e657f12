"""Each kind of caveat has one wording, and each wording a caveat that is made somewhere."""

import ast
from pathlib import Path

import pytest

import forecasting
from forecasting.reporting.caveat_words import CLAUSES, SENTENCES, lines_of, size_words, words_of
from forecasting.vocabulary.caveats import Caveat

PACKAGE = Path(forecasting.__file__).parent


def strings(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}


def kinds_made() -> set[str]:
    """The kinds that the package makes caveats of: written in the call, or given the name kind."""
    kinds = set()
    texts = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    for text in texts:
        for node in ast.walk(ast.parse(text)) if "import Caveat" in text else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func).lower() == "caveat":
                kinds |= strings(node.args[0])
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "kind":
                kinds |= strings(node.value)
    return kinds - {"", "kind"}


def test_every_kind_has_its_wording_and_every_wording_its_kind() -> None:
    assert not CLAUSES.keys() & SENTENCES.keys()
    assert kinds_made() == CLAUSES.keys() | SENTENCES.keys()


def test_a_clause_of_a_forecast_is_a_sentence_of_its_place() -> None:
    caveat = Caveat("few_draws_count", values={"share": 0.0314})
    assert words_of(caveat) == (
        "only 3 % of the possible futures that were drawn carry weight, as its facts pull in "
        "different directions: its ranges are rough, and fit_table() names the facts"
    )
    assert words_of(caveat.with_values(place="KZ")) == f"Kazakhstan: {words_of(caveat)}."


def test_a_note_of_a_check_begins_with_what_it_is_about() -> None:
    values = {"undated": 1, "number": 3}
    note = Caveat("own_facts_undated", values=values).with_values(subject="uzbekistan-own")
    assert words_of(note) == (
        "uzbekistan-own: 1 of 3 facts of your own have no date of publication and are never used: "
        "say published: DATE in the params file, or run with `--published DATE`."
    )


@pytest.mark.parametrize(
    ("explanation", "printed", "earlier", "words"),
    [
        (
            "fewer",
            250,
            1,
            "On 31 December 2023 the register had 250 vehicles, this model 1,000: 75 % "
            "of the modelled stock is not on the register, as cars went on to other countries or "
            "fewer kinds are counted (as on one earlier day).",
        ),
        (
            "more",
            2000,
            2,
            "On 31 December 2023 the register had 2,000 vehicles, this model 1,000: "
            "2.0 times, through uncounted imports, cars built in the country, or more kinds "
            "(as on 2 earlier days).",
        ),
        (
            "thousands",
            1,
            0,
            "On 31 December 2023 the register had 1 vehicle, this model 1,000: a factor "
            "near 1000, so look at the units, thousands or vehicles.",
        ),
    ],
)
def test_a_stock_that_does_not_close_says_what_it_points_to(
    explanation: str, printed: int, earlier: int, words: str
) -> None:
    values = {
        "day": "2023-12-31",
        "printed": printed,
        "modelled": 1000,
        "earlier": earlier,
        "battery": False,
    }
    caveat = Caveat("stock_not_closed", values=values | {"explanation": explanation})
    assert words_of(caveat) == words
    battery_alone = words.replace("model 1,000:", "model 1,000 (battery cars alone):")
    assert words_of(caveat.with_values(battery=True)) == battery_alone


def test_practice_lies_at_no_less_than_the_count_of_a_part() -> None:
    values = {"part": "Dushanbe", "count": 136, "unit": "stations", "factor": 2.5}
    caveat = Caveat("part_of_points_counted", values=values | {"day": "2024-06-06"})
    assert words_of(caveat) == (
        "The country's public charging is not counted: Dushanbe had at least 136 stations on "
        "6 June 2024. Practice is never below that; else it follows other markets, and may be "
        "wrong by a factor of 2.5 either way."
    )


def test_where_a_market_size_comes_from() -> None:
    counted = Caveat("size_counted", values={"measures": ["car_imports"], "years": [2019, 2024]})
    assert size_words(counted) == "cars imported, 2019, 2024"
    assert words_of(counted) == "The size of the market is cars imported, 2019, 2024."
    assert size_words(Caveat("size_judged")) == "a judgement of the params file"
    assert size_words(Caveat("stored", values={"sentence": "cars sold, 2022"})) == "cars sold, 2022"
    assert size_words(None) == ""


def test_a_sentence_is_told_once_though_numbers_differ_in_digits_that_no_one_reads() -> None:
    shares = [Caveat("shared_limit", values={"percent": percent}) for percent in (4.01, 4.02)]
    assert len(lines_of(shares)) == 1


def test_places_and_other_lists_are_shown_in_part() -> None:
    values = {"subject": "a.csv", "places": ["AM", "AZ", "GE", "KG", "KZ"]}
    assert words_of(Caveat("several_places", values=values)).startswith(
        "a.csv: facts of 5 places (AM, AZ, GE, KG, ...)"
    )
