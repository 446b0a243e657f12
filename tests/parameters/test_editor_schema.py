"""What an editor is told of a params file: every shipped one is right by it, and what is wrong
shows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from forecasting.evidence.datasets import path
from forecasting.vocabulary.strict_yaml import read_yaml

PARAMS = sorted((Path(__file__).parents[2] / "params").glob("*.yaml"))
SCHEMA = json.loads(path("params.schema.json").read_text("utf-8"))


def as_editor_reads(file: Path) -> dict[str, Any]:
    """An editor sees dates as text, and keys, too."""
    read: dict[str, Any] = json.loads(json.dumps(read_yaml(file).value, default=str))
    return read


def test_what_ships_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", PARAMS, ids=lambda file: file.stem)
def test_every_shipped_params_file_is_right(file: Path) -> None:
    jsonschema.validate(as_editor_reads(file), SCHEMA)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizn": 2030}, "'horizn' was unexpected"),
        ({"measure": "ev_import"}, "'ev_import' is not one of"),
        ({"as_of": "yesterday"}, "'yesterday' does not match"),
        ({"corridor": "ports"}, "is valid under each of"),
        ({"market_size": -1}, "-1 is less than or equal to the minimum of 0"),
    ],
)
def test_what_is_wrong_shows(change: dict[str, Any], message: str) -> None:
    given = {"country": "UZ", "scenario": "a", "as_of": "latest", "horizon": 2030, "seed": 1}
    jsonschema.validate(given, SCHEMA)
    with pytest.raises(jsonschema.ValidationError, match=message):
        jsonschema.validate(given | change, SCHEMA)


def test_every_key_says_what_it_means() -> None:
    assert all(field.get("description") for field in SCHEMA["properties"].values())
    assert SCHEMA["properties"]["horizon"]["description"] == "Last year of the outlook."
