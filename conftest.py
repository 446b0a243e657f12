"""In which order the tests run, and what the examples of docstrings share: `fc`, and the `outlook`
that they show.
"""

import os
import random
import re
import tempfile
from collections.abc import Generator
from importlib.metadata import requires, version
from itertools import groupby

import pytest
from _pytest.doctest import DoctestItem
from hypothesis import settings

from forecasting.vocabulary.names import CACHE_VARIABLE, SHARED_VARIABLE

OUTLOOK = "turkmenistan-baseline"
FORECASTS = "EV_FORECAST_TESTS"  # names the folder of forecasts that tests share
# The same examples at each run, and no limit of time, which a busy machine would not keep
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """A folder for forecasts that several tests ask for alike, whichever process they run in."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="forecasts-")
        os.environ[FORECASTS] = folder.name
        os.environ[CACHE_VARIABLE] = ""  # tests neither read nor leave anything
        config.add_cleanup(folder.cleanup)


def pytest_report_header() -> str:
    """The versions of what the package needs: a warning of any of them is an error."""
    needs = [re.split("[<>=; ]", need) for need in requires("ev-forecasting") or ()]
    names = [parts[0] for parts in needs if "extra" not in parts]
    return "with " + ", ".join(f"{name} {version(name)}" for name in names)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tests in another order: what one leaves must not help another. Whole outputs are stored anew
    to be read before they are committed.
    """
    parser.addoption("--random-order", metavar="SEED", help="Files, and tests in each, by chance.")
    parser.addoption("--store", action="store_true", help="Write whole outputs anew.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no process is left with one at the end. Or shuffle
    the files, and the tests in each; the tests of a file stay together.
    """
    seed = config.getoption("--random-order")
    if seed is None:
        slow_files = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow_files)
        return
    luck = random.Random(seed)
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    luck.shuffle(files)
    for tests in files:
        luck.shuffle(tests)
    items[:] = [item for tests in files for item in tests]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """The kernel of a notebook starts with the forecasts that others have made, as in a run."""
    if item.path.suffix != ".ipynb":
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SHARED_VARIABLE, os.environ[FORECASTS])
        return (yield)


@pytest.fixture(scope="session")
def outlook_of_examples() -> object:
    """The outlook of a small market, made once for all examples."""
    import forecasting as fc

    return fc.outlook(OUTLOOK, draws=50)


@pytest.fixture(autouse=True)
def _names_of_examples(
    request: pytest.FixtureRequest, doctest_namespace: dict[str, object]
) -> None:
    """Examples that speak of `outlook` know it and `fc`."""
    item = request.node
    if not isinstance(item, DoctestItem):
        return
    doctest_namespace.clear()
    if re.search(r"\(outlook\b(?!\()", item.dtest.docstring):
        import forecasting as fc

        doctest_namespace["fc"] = fc
        doctest_namespace["outlook"] = request.getfixturevalue("outlook_of_examples")
