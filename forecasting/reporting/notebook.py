"""What a notebook calls besides the package itself: its set-up, the check of its parameters, where
its results go.
"""

import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forecasting.growth.sharing import read_cache
from forecasting.parameters.schema import Scenario, stored_scenario
from forecasting.reporting.translation import said_again
from forecasting.reporting.workbook import write_workbook
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.question import find_scenario, scenario_of_place
from forecasting.vocabulary.arguments import instance, takes
from forecasting.vocabulary.catalogues import file_in
from forecasting.vocabulary.door import names_of_module
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.names import (
    OUTLOOK_WORKBOOK,
    OUTPUT_VARIABLE,
    REPORT_NOTEBOOK,
)

# What every params file says; where a notebook does not, the file of its scenario is read
REQUIRED_KEYS = ("scenario", "as_of", "horizon", "seed")


def setup() -> None:
    """Keep a notebook's output small and the same from run to run, and its forecasts for the next.

    Figures are stored as JSON, warnings in one line. What is drawn is kept in the user's cache, and
    read by whoever asks the same again: `EV_FORECAST_CACHE` names another folder; empty, none.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     setup()
    """
    from forecasting.reporting.figures.drawing import use_notebook_renderer

    read_cache()
    use_notebook_renderer()
    warnings.formatwarning = lambda message, category, *_, **__: f"{category.__name__}: {message}\n"


@takes(InputError, namespace=instance(Mapping, words="globals()"))
def scenario_of(namespace: Mapping[str, Any]) -> Scenario:
    """The scenario that a notebook's parameters describe.

    A notebook as it is opened names a country or a corridor alone: then its baseline is meant, or
    the scenario that is named, with what else the parameters say. papermill and `ev-forecast run`
    give all that a params file says, and no file is read.

    Parameters
    ----------
    namespace : mapping
        ``globals()``, in the cell after the parameters.

    Returns
    -------
    Scenario
        Checked.

    Raises
    ------
    InputError
        With every problem at once, and the nearest right name: papermill lets a misspelt parameter
        pass and writes it into a cell of its own, where it would change nothing.

    Examples
    --------
    >>> scenario_of({"country": "UZ", "horizon": 2028}).name
    'uzbekistan-baseline'
    >>> keys = {"country": "UZ", "scenario": "a", "as_of": "latest", "horizon": 2030, "seed": 1}
    >>> scenario_of(keys | {"titel": "x"})
    Traceback (most recent call last):
    forecasting.ScenarioError: parameters titel: is not a key of a scenario (did you mean
    title?)
    """
    keys = _parameters(namespace)
    place = keys.get("country") or keys.get("corridor")
    if isinstance(place, str) and not keys.keys() >= {*REQUIRED_KEYS}:
        question = scenario_of_place(place, str(keys.get("scenario", "baseline")))
        keys = find_scenario(question).parameters() | keys
    return stored_scenario(keys)


@takes(InputError, outlook=instance(Outlook, words="an Outlook, as fc.outlook makes it"))
def store(outlook: Outlook) -> None:
    """Save the results, the workbook, and what the cells show in other languages, where the runner
    wants them; without a runner, nowhere.

    Parameters
    ----------
    outlook : Outlook
        The notebook's result.

    Raises
    ------
    InputError
        Where the folder cannot be written to.

    Examples
    --------
    >>> import forecasting as fc
    >>> store(fc.outlook("TM", draws=50))
    """
    folder = os.environ.get(OUTPUT_VARIABLE)
    if folder:
        outlook.save(Path(folder))
        write_workbook(outlook, Path(folder) / OUTLOOK_WORKBOOK)
        # A notebook runs in a shell, which has loaded it
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        for code in outlook.scenario.language if shell else ():
            shown = said_again(shell, code)  # type: ignore[arg-type]
            text = json.dumps(shown)
            Path(folder, file_in(REPORT_NOTEBOOK, code)).write_text(text, encoding="utf-8")


def _parameters(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The plain data among a notebook's names: what its parameters cell and papermill have set.

    >>> _parameters({"country": "UZ", "contry": "KZ", "title": None, "_": 1, "In": []})
    {'country': 'UZ', 'contry': 'KZ'}
    """
    data_types = (str, bool, int, float, list, dict)
    return {
        name: value
        for name, value in namespace.items()
        if isinstance(value, data_types) and not name.startswith("_") and name not in ("In", "Out")
    }


def __dir__() -> list[str]:
    return names_of_module(globals())
