"""Whatever an answer holds, it is one JSON document that a strict reader takes."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.vocabulary.errors import InputError, Problem, RunError
from forecasting.vocabulary.periods import year
from forecasting.writers.json_text import error_text, json_text


def refuse(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def read(text: str) -> object:
    assert text.isascii()
    return json.loads(text, parse_constant=refuse)


def test_each_kind_of_value_has_one_form():
    value = {
        "numbers": np.array([1.5, np.nan, np.inf]),
        "count": np.int64(3),
        "flag": np.bool_(True),
        "half": np.float32(0.5),
        "day": dt.date(2026, 3, 9),
        "no day": pd.NaT,
        "period": year(2026),
        "file": Path("a/b.csv"),
        2026: ("x", None),
        "words": "\x1b[31m \x9b Тошкент \udc80",
    }
    assert read(json_text(value)) == {
        "numbers": [1.5, None, None],
        "count": 3,
        "flag": True,
        "half": 0.5,
        "day": "2026-03-09",
        "no day": None,
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "file": "a/b.csv",
        "2026": ["x", None],
        "words": "\x1b[31m \x9b Тошкент \udc80",
    }


def test_an_error_has_the_hints_of_all_its_problems():
    problems = [
        Problem("a:1", "wrong", "do this"),
        Problem("a:2", "wrong"),
        Problem("a:3", "x", "y"),
    ]
    error = InputError(problems)
    told = json.loads(error_text("check", 2, str(error), error))["error"]
    assert told["hint"] == "do this; y"
    assert told["problems"][1] == {"where": "a:2", "fault": "wrong", "hint": ""}


def test_an_error_of_one_sentence_has_what_follows_the_fault_as_its_hint():
    error = RunError("another run holds reports; wait for it")
    told = json.loads(error_text("run", 1, str(error), error))["error"]
    assert (told["hint"], told["problems"]) == ("wait for it", [])
    space = OSError(28, "No space left on device")
    told = json.loads(error_text("run", 2, "reports: No space left on device", space))["error"]
    assert (told["kind"], told["hint"]) == ("OSError", "")
