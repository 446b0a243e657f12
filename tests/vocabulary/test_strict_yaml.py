"""Params files are plain data: nothing is guessed, nothing runs, and every fault has its line."""

import json
import math

import pytest
from hypothesis import given, settings, strategies as st

from forecasting.vocabulary.errors import ScenarioError
from forecasting.vocabulary.limits import MAX_PARAMS_BYTES, MAX_PARAMS_LEVELS, MAX_PARAMS_VALUES
from forecasting.vocabulary.strict_yaml import parse_yaml, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("0123", "0123"),
        ("12:30", "12:30"),
        ("2023-06-26", "2023-06-26"),
        ("1_000", "1_000"),
        ("0x1f", "0x1f"),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("=", "="),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("-7", -7),
        ("0", 0),
        ("1e3", 1000.0),
        ("1.10", 1.1),
        (".5", 0.5),
        ("'12'", "12"),
        ('"true"', "true"),
        ("+3", 3),
        ("9" * 400, "9" * 400),
    ],
)
def test_scalars_are_what_they_show(text: str, value: object) -> None:
    read = parse_yaml(f"key: {text}").value
    assert read == {"key": value}
    assert type(read["key"]) is type(value)


def test_keys_are_the_text_that_was_written() -> None:
    assert parse_yaml("{2024: 1, no: 2, null: 3, 1.0: 4}").value == {
        "2024": 1,
        "no": 2,
        "null": 3,
        "1.0": 4,
    }


def test_every_fault_is_named_with_its_line() -> None:
    text = "a: 1\nb: &x {c: 1}\na: 2\nd: *x\n"
    text += "e: !!python/object/apply:os.system ['true']\nf: !secret x\n"
    with pytest.raises(ScenarioError, match="anchor or alias") as caught:
        parse_yaml(text, "p.yaml")
    assert [problem.where for problem in caught.value.problems] == [
        "p.yaml:2 b",
        "p.yaml:3 a",
        "p.yaml:4 d",
        "p.yaml:5 e",
        "p.yaml:6 f",
    ]
    assert "os.system" in str(caught.value)


def test_nested_anchors_do_not_explode() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 40)]
    with pytest.raises(ScenarioError, match="write the value out"):
        parse_yaml("\n".join(["l0: &l0 [x]", *levels]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("  \n\n", "is empty"),
        ("a: [1", "is not YAML"),
        ("a: b: c", "p:1: is not YAML"),
        ("a: 1\n---\nb: 2", "holds 2 documents"),
        ("[" * 5000, "nested deeper"),
        ("? [a]\n: 1", "key that is not a word"),
        ("a: \x07", "is not YAML"),
        ("\tkey: 1", "is not YAML"),
        ('a: "\\ud800"', "half a character"),
    ],
)
def test_what_is_not_a_plain_mapping_is_refused(text: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        parse_yaml(text, "p")


def test_files_are_read_with_care(tmp_path) -> None:
    (tmp_path / "latin.yaml").write_bytes("title: Türkiye".encode("latin-1"))
    (tmp_path / "utf16.yaml").write_bytes("title: x".encode("utf-16"))
    (tmp_path / "bom.yaml").write_bytes("﻿title: Türkiye".encode())
    (tmp_path / "huge.yaml").write_bytes(b"#" * (MAX_PARAMS_BYTES + 1))
    assert read_yaml(tmp_path / "bom.yaml").value == {"title": "Türkiye"}
    for name, message in [
        ("latin", "not UTF-8: byte 8"),
        ("utf16", "not UTF-8"),
        ("huge", "larger than 200,000"),
        ("none", "No such file"),
    ]:
        with pytest.raises(ScenarioError, match=message):
            read_yaml(tmp_path / f"{name}.yaml")
    with pytest.raises(ScenarioError, match="Is a directory"):
        read_yaml(tmp_path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_yaml("a\0b.yaml")


letters = st.characters(categories=["L", "N", "P", "S", "Zs"])
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(-1e300, 1e300)
    | st.text(letters),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(letters, min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.dictionaries(st.text(letters, min_size=1, max_size=9), plain, min_size=1, max_size=4))
def test_json_comes_back_as_it_was(data: dict) -> None:
    assert _same(parse_yaml(json.dumps(data, ensure_ascii=False)).value, data)


def _same(left: object, right: object) -> bool:
    if isinstance(right, float):
        return isinstance(left, (int, float)) and math.isclose(left, right)
    if isinstance(right, dict):
        return (
            isinstance(left, dict)
            and left.keys() == right.keys()
            and all(_same(left[k], right[k]) for k in right)
        )
    if isinstance(right, list):
        return isinstance(left, list) and len(left) == len(right) and all(map(_same, left, right))
    return left == right and type(left) is type(right)


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_message(text: str) -> None:
    problems = []
    try:
        parse_yaml(text, "p")
    except ScenarioError as error:
        problems = [str(problem) for problem in error.problems]
    assert all(problem.startswith("p") for problem in problems)


def test_a_file_holds_so_many_values() -> None:
    words = ["x"] * (MAX_PARAMS_VALUES - 2)  # beside the file and the list
    assert len(parse_yaml(f"notes: [{', '.join(words)}]", "a.yaml").value["notes"]) == 4_998
    with pytest.raises(ScenarioError, match=r"notes\[4998\]: is more than the 5,000 values"):
        parse_yaml(f"notes: [{', '.join([*words, 'x'])}]", "a.yaml")


def test_a_file_has_so_many_levels() -> None:
    assert MAX_PARAMS_LEVELS == 16  # a scenario needs four
    deepest = f"notes: {'[' * 15}1{']' * 15}"
    assert parse_yaml(deepest, "a.yaml").value["notes"]
    with pytest.raises(ScenarioError, match="is nested deeper than 16 levels"):
        parse_yaml(f"notes: {'[' * 16}1{']' * 16}", "a.yaml")
