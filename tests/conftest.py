"""What every test shares: one thread for the matrices, no way to the network, one browser, and what
tests of several rooms make up.
"""

import importlib.util
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, sync_playwright

from forecasting.vocabulary.names import SHARED_VARIABLE

if TYPE_CHECKING:
    import pandas as pd

    from forecasting.evidence.fact import Fact

# numpy reads these when it is first loaded: the matrices are small, and threads only make them
# slower.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(scope="session", autouse=True)
def _no_network():
    """Refuse every connection that leaves this machine: results must not depend on what is online
    today.
    """
    connect = socket.socket.connect

    def local_only(self, address):
        if isinstance(address, tuple) and not str(address[0]).startswith(LOCAL):
            raise AssertionError(
                f"a test tried to reach {address[0]}; the package works without a network"
            )
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", local_only)
        yield


@pytest.fixture(scope="session")
def load_script() -> Callable[[Path], ModuleType]:
    """Load a script that belongs to no package, such as one of ``benches``."""

    def load(path: Path) -> ModuleType:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="module")
def shared_forecasts() -> Iterator[None]:
    """What several tests ask for alike is forecast once, as in a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SHARED_VARIABLE, os.environ["EV_FORECAST_TESTS"])
        yield


@pytest.fixture
def same_as_stored(request: pytest.FixtureRequest) -> Callable[[str, list[str]], None]:
    """Compare a whole output, line by line, with the one in `expected/` beside the test."""

    def same_as_stored(name: str, lines: list[str]) -> None:
        path = request.path.parent / "expected" / name
        text = "\n".join(lines) + "\n"
        if request.config.getoption("--store"):
            path.write_text(text, encoding="utf-8")
        assert text.split("\n") == path.read_text(encoding="utf-8").split("\n")

    return same_as_stored


@pytest.fixture(scope="session")
def more_exports() -> "Fact":
    """A fact without a value: more was exported in four months than in the year before."""
    # Not at the top: this loads numpy, and its threads must be set before
    from forecasting.evidence.fact import Fact

    return Fact(
        id="a",
        measure="vehicle_exports",
        place="horgos",
        period_start="2023-01-01",
        period_end="2023-04-30",
        relation="greater_than",
        reference="vehicle_exports@horgos:2022-01-01/2022-12-31",
    )


@pytest.fixture(scope="session")
def register_table() -> Callable[..., "pd.DataFrame"]:
    """Imports of 2019 to 2024, and a register that takes a share of them in each place."""
    # Not at the top, for the same reason
    import pandas as pd

    def register_table(shares, imports=1000.0, places=("GE", "AZ", "AM", "KG")):
        rows = []
        for place, share in zip(places, shares, strict=False):
            stock = 500.0
            for year in range(2019, 2025):
                rows.append((place, "ev_imports", f"{year}-01-01", f"{year}-12-31", imports))
                stock += share * imports
                rows.append((place, "ev_stock", "", f"{year}-12-31", stock))
        columns = ["place", "measure", "period_start", "period_end", "value"]
        return pd.DataFrame(rows, columns=columns).assign(relation="equals")

    return register_table


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as it is installed on this machine."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "no Chromium found; on Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()
