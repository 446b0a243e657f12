"""A scenario written as the commented params file that reads back as the same scenario."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from forecasting.demand.parameters import load_parameters
from forecasting.parameters.naming import names_of_place
from forecasting.parameters.schema import Scenario
from forecasting.parameters.values import DRIVER_KINDS, Driver
from forecasting.vocabulary.errors import in_digits
from forecasting.vocabulary.sentences import sentence


def meanings(model: type) -> dict[str, str]:
    """The words of a model's docstring: of the model, under an empty name, and of each parameter.

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
    meaning_of_key = {"": " ".join(text.partition("\n\n")[0].split())}
    for names, words in re.findall(r"^ {4}(\w[\w, ]*) : .*\n((?: {8}.*\n?)+)", text, re.MULTILINE):
        meaning_of_key |= dict.fromkeys(names.split(", "), " ".join(words.split()))
    return meaning_of_key


# Of each key the first part of its meaning, as a comment beside it
KEY_MEANINGS = {
    key: re.split(r"[;.](?: |$)", words)[0].replace("``", "")
    for key, words in (meanings(Scenario) | meanings(Driver)).items()
}


def params_text(scenario: Scenario, stem: str, origin: str = "", folder: Path | None = None) -> str:
    """A scenario as a params file.

    Parameters
    ----------
    scenario : Scenario
        What is written, every digit of it.
    stem : str
        Name of the file without its ending, which names the scenario.
    origin : str
        What the scenario was made from, for the first line.
    folder : Path, optional
        Where the file is to lie: its ledgers are named relative to it.

    Returns
    -------
    str
        YAML that `load_scenario` reads back as the same scenario, but for its name and title.

    Examples
    --------
    >>> from forecasting.parameters.schema import scenario_from_parameters
    >>> given = {"country": "NO", "scenario": "low", "as_of": "latest", "horizon": 2030, "seed": 1}
    >>> given["assumptions"] = {"home_access": {"low": 0.7, "mode": 0.8, "high": 0.9}}
    >>> print(params_text(scenario_from_parameters(given), "norway-mine"))
    # Norway, mine.
    country: "NO"  # One of the two: an ISO 3166 alpha-2 code, or the name of a corridor
    scenario: "mine"  # Which one: baseline, accelerated, constrained or a name of your own
    as_of: "latest"  # A date, or latest: the last day on which anything that is used was published
    horizon: 2030  # Last year of the outlook
    seed: 1  # Scenarios that share it share their random draws, so that they can be compared and
    added
    measure: "ev_imports"  # The flow that is forecast
    <BLANKLINE>
    assumptions:
      home_access: {low: 0.7, mode: 0.8, high: 0.9}  # share of car owners;
    0.72 to 0.9 (0.82) by default
    <BLANKLINE>
    """
    keys = scenario.parameters()
    if folder is not None:
        keys["ledger"] = [
            os.path.relpath(Path(file).resolve(), folder.resolve()) for file in scenario.ledger
        ]
    values = {key: value for key, value in keys.items() if value not in (None, [], {})}
    prefix, heading = names_of_place(scenario.place)
    name = stem.removeprefix(f"{prefix}-")
    values["scenario"] = name
    if values.get("title") == f"{heading}, {scenario.scenario}":
        del values["title"]
    if values["shipped_facts"]:
        del values["shipped_facts"]
    del values["name"]
    drivers = values.pop("drivers", [])
    assumptions = values.pop("assumptions", {})
    lines = [sentence("# {place}, {name}[: {origin}].", place=heading, name=name, origin=origin)]
    words = {**KEY_MEANINGS}  # each is taken out where its key stands first
    lines += [_line(key, value, words) for key, value in values.items()]
    lines += [*_drivers(drivers, words), *_assumptions(assumptions, scenario.country)]
    return "\n".join(lines) + "\n"


def _drivers(drivers: Sequence[Mapping[str, Any]], words: dict[str, str]) -> Iterator[str]:
    if drivers:
        yield from ("", "# Dated events, each with its reason and its source.", "drivers:")
    usual = Driver.model_construct().model_dump(mode="json", warnings=False)
    for driver in drivers:
        changed = [key for key, value in driver.items() if value != usual.get(key, ...)]
        yield "  - " + "\n    ".join(_line(key, driver[key], words) for key in changed)


def _assumptions(assumptions: Mapping[str, Any], country: str | None) -> Iterator[str]:
    """Lines of assumptions, each with its unit and the range that ships."""
    if assumptions:
        yield from ("", "assumptions:")
    shipped = {row.key: row for row in load_parameters().at(country)}
    for key, size in assumptions.items():
        row = shipped[key]
        usual = f"{in_digits(row.low)} to {in_digits(row.high)} ({in_digits(row.mode)}) by default"
        yield f"  {key}: {_yaml_value(size)}  # {row.unit}; {usual}"


def _yaml_value(value: Any) -> str:
    """A value in one line of YAML; a text is in quotes, so that no reader takes it for something
    else.
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml_value(part)}" for key, part in value.items()) + "}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _line(key: str, value: Any, words: dict[str, str]) -> str:
    meaning = words.pop(key, "")
    if key == "kind":
        meaning = DRIVER_KINDS[value].words
    return f"{key}: {_yaml_value(value)}" + (f"  # {meaning}" if meaning else "")
