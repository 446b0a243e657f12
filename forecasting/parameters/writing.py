"""Params files with comments: one for any country, ready to edit, and a scenario written as the
file that reads back as the same scenario.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from forecasting.demand.parameters import load_parameters
from forecasting.parameters.naming import country_code, country_slug, names_of_place
from forecasting.parameters.schema import Scenario
from forecasting.parameters.values import DRIVER_KINDS, Driver
from forecasting.vocabulary.errors import InputError, in_digits, visible
from forecasting.vocabulary.files import write_new
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.sentences import sentence

SEED = 20230626
PARAMS_TEMPLATE = """\
# {name}, {scenario}: change what you know better, delete what you do not need;
# `ev-forecast check` reads it over.
country: "{code}"          # ISO 3166 alpha-2, in quotes: NO and ON are not words in YAML 1.1
scenario: {scenario}       # with the country, this file's name
as_of: latest          # nothing published later is used; or a date such as 2023-06-26
horizon: 2030          # last year of the outlook
seed: {seed}         # scenarios with one seed share their draws: they can be compared and added

# New vehicles a year, by year or one number. Without it the ledger's registrations, sales or
# imports are taken; where it has none, the report gives shares of new cars only, no vehicles and no
# chargers.
# market_size: {{2024: 150000}}

# Whose definition is forecast, where agencies disagree. Without it, the best documented.
# basis: statistics

# Dated events. What the size of each kind is:
{kinds}
drivers: []
#  - name: duty-returns
#    kind: level
#    quantity: ev_imports
#    start: 2027-01-01
#    size: {{low: 0.6, mode: 0.8, high: 1.0}}   # factor; 0.8 is 20 % fewer
#    probability: 0.5                         # that it happens at all
#    reason: one sentence on why it changes this quantity
#    source: judgement                        # or a fact's id, a citation, an address
#  - name: programme
#    kind: target
#    quantity: charging_stations              # or charging_points
#    start: 2030-12-31                        # the day by which they are to stand
#    size: 5000
#    on_time: 0.52                            # of what is missing; the rest comes later
#    delay_years: {{low: 0.5, mode: 2, high: 4}}
#    reason: one sentence
#    source: judgement

# Assumptions of the charging chain that differ here; a number, or low, mode and high.
assumptions: {{}}
#  annual_km: {{low: 8000, mode: 12000, high: 20000}}    # km per car and year

# How many points to build: what one too few and one too many cost you a year, in one money, and a
# number of your own.
# choice: {{missing: 3000, idle: 1000, own: 20000}}
"""


def new_params(
    country: str, scenario: str = "baseline", keys: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Name and text of a params file for a country.

    Parameters
    ----------
    country : str
        ISO 3166 code or name.
    scenario : str
        What the scenario is called.
    keys : dict of str to str, optional
        Keys that are known, each with its value as YAML has it; empty of one that is not.

    Returns
    -------
    tuple of str
        File name and content.

    Raises
    ------
    InputError
        Where no country is known by that name.

    Examples
    --------
    >>> new_params("Norway")[0]
    'norway-baseline.yaml'
    """
    code = country_code(country)
    kinds = "\n".join(f"#   {name}: {kind.words}" for name, kind in DRIVER_KINDS.items())
    text = PARAMS_TEMPLATE.format(
        name=place_name(code), code=code, scenario=scenario, seed=SEED, kinds=kinds
    )
    for key, value in (keys or {}).items():
        if not value:
            continue
        line = f"{key}: {value}"
        found = re.search(rf"(?m)^(# )?{key}: (\w+|{{.*}})", text)
        if found:
            text = text[: found.start()] + line + text[found.end() :]
        else:
            text = text.replace("\n\n", f"\n{line}\n\n", 1)
    return f"{country_slug(code)}-{scenario}.yaml", text


def write_params(path: Path, text: str) -> None:
    """Write a params file, or what goes with it, where there is none; its folder is made.

    Raises
    ------
    InputError
        Where something is there, or its folder is a file.
    """
    if path.parent.is_file():
        raise InputError(f"{path.parent} is a file; give a folder to write {path.name} into")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_new(path, text.encode())
    except FileExistsError:
        raise InputError(
            f"{path} exists already; edit it, or give another name with --scenario"
        ) from None


# Of each key the first part of its meaning, as a comment beside it
KEY_MEANINGS = {
    key: re.split(r"[;.](?: |$)", str(field.description))[0].replace("``", "")
    for key, field in {**Scenario.model_fields, **Driver.model_fields}.items()
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
        YAML that `scenario_from_file` reads back as the same scenario, but for its name and title.

    Examples
    --------
    >>> from forecasting.parameters.schema import scenario_from_parameters
    >>> given = {"country": "NO", "scenario": "low", "as_of": "latest", "horizon": 2030, "seed": 1}
    >>> given["assumptions"] = {"home_access": {"low": 0.7, "mode": 0.8, "high": 0.9}}
    >>> print(params_text(scenario_from_parameters(given), "norway-mine"))
    # Norway, mine.
    country: "NO"  # An ISO 3166 alpha-2 code
    scenario: "mine"  # Which one: baseline, accelerated, constrained or a name of your own
    as_of: "latest"  # A date, or latest: the last day on which any fact or policy of the country or
    its partners was published
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
    usual_title = f"{heading}, {scenario.scenario}"
    if values.get("title") in (usual_title, usual_title.replace("-changed", ", changed")):
        del values["title"]
    if values["shipped_facts"]:
        del values["shipped_facts"]
    del values["name"]
    drivers = values.pop("drivers", [])
    assumptions = values.pop("assumptions", {})
    heading = sentence("# {place}, {name}[: {origin}].", place=heading, name=name, origin=origin)
    lines = [" ".join(visible(heading).split())]  # a name of a file may hold line breaks
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
        yield f"  {key}: {yaml_value(size)}  # {row.unit}; {usual}"


def yaml_value(value: Any) -> str:
    r"""A value in one line of YAML; a text is in quotes, so that no reader takes it for something
    else, and what does not print is escaped: some such characters end a line, too.

    Parameters
    ----------
    value : object
        Of JSON.

    Examples
    --------
    >>> print(yaml_value(["sales.csv", "line" + chr(0x2028) + "break"]), yaml_value(2.0))
    ["sales.csv", "line\u2028break"] 2
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {yaml_value(part)}" for key, part in value.items()) + "}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _line(key: str, value: Any, words: dict[str, str]) -> str:
    meaning = words.pop(key, "")
    if key == "kind":
        meaning = DRIVER_KINDS[value].words
    return f"{key}: {yaml_value(value)}" + (f"  # {meaning}" if meaning else "")
