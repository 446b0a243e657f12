"""From a params file, the name of a scenario or a place to the scenario that it stands for.

Every command, page and notebook asks here, so that one question has one answer.
"""

import fnmatch
import os
from pathlib import Path
from typing import Any

from forecasting.parameters.naming import (
    PARAMS_ENDINGS,
    country_code,
    country_slug,
    names_of_place,
)
from forecasting.parameters.schema import CORRIDORS, Scenario, scenario_from_file, scenario_of
from forecasting.parameters.writing import new_params
from forecasting.vocabulary.arguments import Check, takes
from forecasting.vocabulary.errors import InputError, ScenarioError
from forecasting.vocabulary.measures import did_you_mean, nearest
from forecasting.vocabulary.names import PARAMS, shipped_folder
from forecasting.vocabulary.places import place_code
from forecasting.vocabulary.strict_yaml import parse_yaml

BASELINE = "baseline"
QUESTION_WORDS = "a params file, the name of a scenario, a country, or a Scenario"


def _question(value: Any) -> Scenario | str | os.PathLike[str]:
    if not isinstance(value, Scenario | str | os.PathLike):
        raise TypeError
    return value


def find_scenario(question: Scenario | str | os.PathLike[str]) -> Scenario:
    """The scenario that a question stands for.

    Parameters
    ----------
    question : Scenario, str or path-like
        A scenario, its params file, its name, or a country: then its baseline. Names are looked for
        in ``./params``, in ``../params``, and among the scenarios that ship.

    Returns
    -------
    Scenario
        Of a country without a params file the one that `ev-forecast new` would write.

    Raises
    ------
    InputError
        Where there is no such file, scenario or country; with the nearest name.

    Examples
    --------
    >>> find_scenario("UZ").name, find_scenario("NO").name
    ('uzbekistan-baseline', 'norway-baseline')
    >>> find_scenario("uzbekistan-basline")
    Traceback (most recent call last):
    forecasting.InputError: uzbekistan-basline: no such file, scenario or country (did you
    mean uzbekistan-baseline?)
    """
    if isinstance(question, Scenario):
        return question
    file = params_file(question)
    if file is None:
        return new_scenario(str(question))
    return scenario_from_file(file)


@takes(ScenarioError, scenario=Check(QUESTION_WORDS, _question))
def load_scenario(scenario: Scenario | str | os.PathLike[str]) -> Scenario:
    """Read one scenario, as `forecasting.outlook` takes it.

    Parameters
    ----------
    scenario : str, path-like or Scenario
        A params file, the name of a scenario, or a country: then its baseline.

    Returns
    -------
    Scenario
        Checked.

    Raises
    ------
    ScenarioError
        With every problem of a params file at once: file, line, key path, and the nearest name.
    InputError
        Where there is no such file, scenario or country.

    Examples
    --------
    >>> load_scenario("uzbekistan-baseline").replace(horizon=2035).title
    'Uzbekistan, baseline, changed'
    """
    return find_scenario(scenario)


def new_scenario(country: str) -> Scenario:
    """The baseline of a country as `ev-forecast new` writes it: without events."""
    name, text = new_params(country, BASELINE)
    return scenario_of(parse_yaml(text, name), Path(name).stem)


def find_scenarios(pattern: str = "*") -> list[Scenario]:
    """The scenarios whose names match, of the first folder that has params files.

    Parameters
    ----------
    pattern : str
        With ``*`` for anything, e.g. ``*-baseline``.

    Raises
    ------
    InputError
        Where there is none, with the nearest name.
    """
    folder = next(filter(params_in, params_folders()))
    names = {file.stem: file for file in params_in(folder)}
    chosen = fnmatch.filter(names, pattern)
    if not chosen:
        hint = did_you_mean(pattern, names, f"there are {', '.join(names)}")
        raise InputError.at(pattern, f"no scenario of {folder}", hint)
    return [scenario_from_file(names[name]) for name in chosen]


def params_file(question: str | os.PathLike[str]) -> Path | None:
    """The params file that a path, a scenario's name or a place stands for.

    Parameters
    ----------
    question : str or path-like
        As for `find_scenario`; of a port or a province the baseline of its corridor.

    Returns
    -------
    pathlib.Path or None
        None for a country that has none.

    Raises
    ------
    InputError
        As for `find_scenario`.
    """
    path = Path(question)
    if path.suffix or len(path.parts) > 1:
        if path.is_file():
            return path
        files = {file.name: file for file in path.parent.glob("*") if file.is_file()}
        closest = nearest(path.name, files)
        hint = f"did you mean {files[closest]}?" if closest else "give the path of a file"
        raise InputError.at(path, "no such file", hint)
    name = str(question).strip()
    stem = name.lower()
    return (
        _file_of_scenario(stem)
        or _file_of_scenario(f"{stem}-{BASELINE}")
        or _file_of_scenario(f"{_slug(name)}-{BASELINE}")
    )


def existing_file(question: str | os.PathLike[str]) -> Path:
    """The params file that is asked for, where there must be one.

    Raises
    ------
    InputError
        As for `find_scenario`, and for a country without a params file.
    """
    if file := params_file(question):
        return file
    raise InputError.at(question, "has no params file", f"`ev-forecast new {question}` writes one")


def scenario_of_place(place: str, scenario: str) -> str:
    """What to ask for a scenario of a place; of the baseline the place alone, which has no file.

    >>> scenario_of_place("UZ", "accelerated"), scenario_of_place("ports", "baseline")
    ('uzbekistan-accelerated', 'ports')
    """
    if scenario == BASELINE:
        return place
    code = place if place in CORRIDORS else country_code(place)
    return f"{names_of_place(code)[0]}-{scenario}"


def params_folders() -> list[Path]:
    """Where scenarios are looked for by name; a notebook runs in a folder beside ``params``."""
    return [Path(PARAMS), Path("..") / PARAMS, shipped_folder(PARAMS)]


def scenario_names() -> list[str]:
    """The scenarios that can be asked for by name here."""
    files = (file for folder in params_folders() for file in params_in(folder))
    return sorted({file.stem for file in files})


def params_in(folder: Path) -> list[Path]:
    """The params files of a folder; none where there is no such folder."""
    return sorted(file for ending in PARAMS_ENDINGS for file in folder.glob(f"*{ending}"))


def _file_of_scenario(stem: str) -> Path | None:
    """The params file of a scenario, in the first folder that has one."""
    for folder in params_folders():
        files = [file for file in params_in(folder) if file.stem == stem]
        if len(files) > 1:
            raise InputError.at(
                files[1],
                f"is a second file of one name, beside {files[0]}",
                "rename or remove one of them",
            )
        if files:
            return files[0]
    return None


def _slug(name: str) -> str:
    """What the scenarios of a place are named after: its corridor, or the country."""
    try:
        place = place_code(name)
        corridors = [corridor for corridor, (_, places) in CORRIDORS.items() if place in places]
        if corridors:
            return corridors[0]
        return country_slug(country_code(place))
    except InputError as error:
        advice = str(error).partition("; ")[2]
        hint = did_you_mean(name.lower(), scenario_names(), advice)
        raise InputError.at(name, "no such file, scenario or country", hint) from None


# The question as it is, where the caller first sets the folders that a scenario may read
QUESTION_FORM = Check(QUESTION_WORDS, _question)
QUESTION = Check(QUESTION_FORM.words, lambda value: find_scenario(_question(value)))
