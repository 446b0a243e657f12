"""Made-up imports, and the chain that they go through."""

import datetime as dt

import numpy as np
import pytest

from forecasting.demand.chain import demand_outlook
from forecasting.demand.deployed import ExistingCharging
from forecasting.demand.parameters import load_parameters


def _paths(draws=300, years=10, seed=0):
    rng = np.random.default_rng(seed)
    return 5000 * np.exp(np.cumsum(rng.normal(0.2, 0.2, (draws, years)), axis=1))


def _run(imports=None, changes=None, **given):
    flow = _paths() if imports is None else imports
    given = {"parameters": load_parameters().override(changes or {}), "place": "KZ"} | given
    if isinstance(today := given.get("charging_today"), dict):
        day = dt.date.fromisoformat(today["date"])
        given["charging_today"] = ExistingCharging(**today | {"date": day})
    return demand_outlook(flow, range(2024, 2024 + flow.shape[1]), **given)


@pytest.fixture(scope="session")
def paths():
    """Draws of yearly imports."""
    return _paths


@pytest.fixture(scope="session")
def run():
    """The outlook of a place whose imports begin in 2024."""
    return _run
