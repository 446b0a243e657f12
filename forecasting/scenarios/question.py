"""What is asked: a params file, the name of a scenario or a place, and the scenario it stands for.

Every command, page and notebook asks here, so that one question has one answer.
"""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path
from typing import Any

from forecasting.arguments import Check
from forecasting.errors import InputError, Problem
from forecasting.evidence.places import place_code
from forecasting.measures import nearest
from forecasting.names import PARAMS, shipped_folder
from forecasting.parameters.naming import PARAMS_ENDINGS, country_code, country_slug
from forecasting.parameters.schema import CORRIDORS, Scenario, load_scenario, scenario_of
from forecasting.parameters.strict_yaml import parse_yaml
from forecasting.parameters.template import new_params

BASELINE = "baseline"
LONGEST_NAME = 200


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
    forecasting.errors.InputError: uzbekistan-basline: no such file, scenario or country (did you
    mean uzbekistan-baseline?)
    """
    if isinstance(question, Scenario):
        return question
    file = params_file(question)
    return new_scenario(str(question)) if file is None else load_scenario(file)


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
        near = nearest(pattern, names)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(names)}"
        raise InputError([Problem(pattern[:LONGEST_NAME], f"no scenario of {folder}", hint)])
    return [load_scenario(names[name]) for name in chosen]


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
        if not path.is_file():
            raise _no_such_file(path)
        return path
    name = str(question).strip().lower()
    for stem in (name, f"{name}-{BASELINE}"):
        if file := _named(stem):
            return file
    place = _place_or_refuse(str(question).strip())
    stem = (_corridors_of(place) or [country_slug(place)])[0]
    return _named(f"{stem}-{BASELINE}")


def existing_file(question: str | os.PathLike[str]) -> Path:
    """The params file that is asked for, where there must be one.

    Raises
    ------
    InputError
        As for `find_scenario`, and for a country without a params file.
    """
    file = params_file(question)
    if file is None:
        hint = f"`ev-forecast new {question}` writes one"
        raise InputError([Problem(str(question), "has no params file", hint)])
    return file


def scenario_of_place(place: str, scenario: str) -> str:
    """What to ask for a scenario of a place; of the baseline the place alone, which has no file.

    >>> scenario_of_place("UZ", "accelerated"), scenario_of_place("ports", "baseline")
    ('uzbekistan-accelerated', 'ports')
    """
    if scenario == BASELINE:
        return place
    stem = place if place in CORRIDORS else country_slug(country_code(place))
    return f"{stem}-{scenario}"


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


def _no_such_file(path: Path) -> InputError:
    """What is said of a file that is not there, with the nearest one that is."""
    beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
    near = nearest(path.name, beside)
    hint = f"did you mean {path.parent / near}?" if near else "give the path of a file"
    return InputError([Problem(str(path)[:LONGEST_NAME], "no such file", hint)])


def _named(stem: str) -> Path | None:
    """The params file of a scenario, in the first folder that has one."""
    for folder in params_folders():
        files = [
            file for ending in PARAMS_ENDINGS if (file := folder / f"{stem}{ending}").is_file()
        ]
        if len(files) > 1:
            what = f"is a second file of one name, beside {files[0]}"
            raise InputError([Problem(str(files[1]), what, "rename or remove one of them")])
        if files:
            return files[0]
    return None


def _place_or_refuse(text: str) -> str:
    try:
        place = place_code(text)
        return place if _corridors_of(place) else country_code(place)
    except InputError as error:
        near = nearest(text.lower(), scenario_names())
        hint = f"did you mean {near}?" if near else str(error).partition("; ")[2]
        what = "no such file, scenario or country"
        raise InputError([Problem(text[:LONGEST_NAME], what, hint)]) from None


def _corridors_of(place: str) -> list[str]:
    return [name for name, (_, places) in CORRIDORS.items() if place in places]


def _read_question(value: Any) -> Scenario:
    if not isinstance(value, Scenario | str | os.PathLike):
        raise TypeError
    return find_scenario(value)


QUESTION = Check("a params file, the name of a scenario, a country, or a Scenario", _read_question)
