"""The keys of a params file as JSON Schema, so that an editor completes and checks them while one
writes.

``python -m forecasting.parameters.editor_schema`` writes ``forecasting/data/params.schema.json``.
In an editor that knows YAML, the comment ``# yaml-language-server: $schema=PATH`` in a params file
points to it. What only a ledger can tell (ids of facts, bases) remains for ``ev-forecast check``.
"""

import json
import re
from typing import Any

from forecasting.evidence.places import COUNTRIES
from forecasting.measures import MEASURES
from forecasting.names import DATA
from forecasting.parameters.schema import CORRIDORS, Scenario
from forecasting.parameters.values import Choice, Driver, Range

FILE = DATA / "params.schema.json"
DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
HIDDEN = ("title", "default", "examples")
POSITIVE = {"type": "number", "exclusiveMinimum": 0}
# What a params file may say more shortly than the model that it is read into.
SAID: dict[str, dict[str, Any]] = {
    "as_of": {"anyOf": [DAY, {"const": "latest"}]},
    "since": DAY,
    "start": DAY,
    "end": DAY,
    "notes": TEXTS,
    "ledger": TEXTS,
    "places": TEXTS,
    "corridor": {"type": "string", "examples": sorted(CORRIDORS)},
    "country": {"type": "string", "examples": [*COUNTRIES]},
    "measure": {"enum": [name for name, measure in MEASURES.items() if measure.kind == "flow"]},
    "market_size": {"anyOf": [POSITIVE, {"type": "object", "additionalProperties": POSITIVE}]},
}


def editor_schema() -> dict[str, Any]:
    """The schema of a params file.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12.

    Examples
    --------
    >>> made = editor_schema()
    >>> made["required"], made["properties"]["as_of"]["description"][:20]
    (['scenario', 'as_of', 'horizon', 'seed'], 'A date, or ``latest`')
    """
    made = Scenario.model_json_schema()
    defs = made["$defs"]
    models: dict[type, dict[str, Any]] = {
        Scenario: made,
        Driver: defs["Driver"],
        Range: defs["Range"],
        Choice: defs["Choice"],
    }
    for model, schema in models.items():
        meant = meanings(model)
        schema["description"] = meant[""]
        for name, field in schema["properties"].items():
            usual = {key: value for key, value in field.items() if key not in HIDDEN}
            schema["properties"][name] = SAID.get(name, usual) | {"description": meant[name]}
    one = {"type": "number", "description": "one number stands for lowest, likeliest and highest"}
    defs["Range"] = {"anyOf": [one, defs["Range"]]}
    made["oneOf"] = [{"required": ["country"]}, {"required": ["corridor"]}]
    return made | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A params file of ev-forecast",
    }


def meanings(model: type) -> dict[str, str]:
    """What the docstring of a model says of it, by no name, and of each of its parameters.

    Parameters
    ----------
    model : type
        With a docstring as numpydoc has it.

    Examples
    --------
    >>> meanings(Scenario)["horizon"]
    'Last year of the outlook.'
    """
    text = str(model.__doc__)
    meant = {"": " ".join(text.partition("\n\n")[0].split())}
    for names, words in re.findall(r"^ {4}(\w[\w, ]*) : .*\n((?: {8}.*\n?)+)", text, re.MULTILINE):
        meant |= dict.fromkeys(names.split(", "), " ".join(words.split()))
    return meant


def main() -> None:
    """Write the schema beside what ships."""
    FILE.write_text(json.dumps(editor_schema(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
