"""What a notebook calls besides the package itself: its set-up, the check of its parameters, where
its results go.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.errors import InputError
from forecasting.names import OUTLOOK_WORKBOOK, OUTPUT_VARIABLE, PARAMS
from forecasting.parameters.schema import load_scenario, scenario_from_parameters

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.parameters.schema import Scenario
    from forecasting.scenarios.outlook import Outlook

__all__ = ["evidence_of", "scenario_of", "scenarios", "setup", "store"]


def setup() -> None:
    """Keep a notebook's output small and the same from run to run: figures as JSON, warnings in one
    line.
    """
    from forecasting.reporting.figures import use_notebook_renderer

    use_notebook_renderer()
    warnings.formatwarning = _one_line


def _one_line(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    line: str | None = None,
) -> str:
    return f"{category.__name__}: {message}\n"


def scenario_of(namespace: Mapping[str, Any]) -> Scenario:
    """The scenario that a notebook's parameters describe; a name that is no key of a scenario is an
    error.

    papermill lets a misspelt parameter pass and writes it into a cell of its own, where it would
    change nothing.

    Parameters
    ----------
    namespace : mapping
        ``globals()``, in the cell after the parameters.

    Raises
    ------
    ScenarioError
        With every problem at once, and the nearest right name.

    Examples
    --------
    >>> scenario_of({"country": "UZ", "scenario": "a", "as_of": "latest", "horizon": 2030, "seed": 1, "titel": "x"})
    Traceback (most recent call last):
    forecasting.errors.ScenarioError: parameters titel: is not a key of a scenario (did you mean title?)
    """
    return scenario_from_parameters(notebook_parameters(namespace))


def evidence_of(scenario: Scenario) -> Ledger:
    """The facts that a scenario may use: those that ship, and those of its own files.

    Parameters
    ----------
    scenario : Scenario
        From `scenario_of`.
    """
    from forecasting.scenarios.known import facts_of_scenario

    return facts_of_scenario(scenario)


def scenarios(pattern: str = "*", folder: str | Path | None = None) -> list[Scenario]:
    """The scenarios of the params folder whose names match.

    Parameters
    ----------
    pattern : str
        With ``*`` for anything, e.g. ``*-baseline``.
    folder : path-like, optional
        Where the params files are; the folder ``params`` here or further up if not given.

    Raises
    ------
    InputError
        Where there is no such folder or no such scenario.
    """
    here = Path.cwd()
    found = [place / PARAMS for place in (here, *here.parents) if (place / PARAMS).is_dir()]
    home = Path(folder) if folder else next(iter(found), here / PARAMS)
    paths = sorted(home.glob(f"{pattern}.yaml"))
    if not paths:
        raise InputError(
            f"no params file in {home} matches {pattern}.yaml; give the folder that holds the params files"
        )
    return [load_scenario(path) for path in paths]


def store(outlook: Outlook) -> None:
    """Save the results, and the workbook, where the runner wants them; without a runner, nowhere.

    Parameters
    ----------
    outlook : Outlook
        The notebook's result.
    """
    folder = os.environ.get(OUTPUT_VARIABLE)
    if folder:
        from forecasting.reporting.workbook import write_workbook

        outlook.save(Path(folder))
        write_workbook(outlook, Path(folder) / OUTLOOK_WORKBOOK)


def notebook_parameters(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The plain data among a notebook's names: what its parameters cell and papermill have set so
    far.

    Parameters
    ----------
    namespace : mapping
        ``globals()`` of the notebook, in the cell after the parameters.

    Examples
    --------
    >>> notebook_parameters({"country": "UZ", "contry": "KZ", "_": 1, "In": [], "fc": object()})
    {'country': 'UZ', 'contry': 'KZ'}
    """
    plain = (str, bool, int, float, list, dict, type(None))
    return {
        name: value
        for name, value in namespace.items()
        if isinstance(value, plain) and not name.startswith("_") and name not in ("In", "Out")
    }
