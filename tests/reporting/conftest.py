"""Made-up outlooks for every test of the room."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from made_up import make_ledger, make_outlook, make_results

from forecasting.evidence.ledger import Ledger
from forecasting.scenarios.outlook import Outlook

# No doctests here, and pytest confuses files of this name that it collects
collect_ignore = ["conftest.py"]


@pytest.fixture
def ledger() -> Ledger:
    """The facts of the made-up outlook."""
    return make_ledger()


@pytest.fixture
def outlook() -> Outlook:
    """A made-up outlook."""
    return make_outlook()


@pytest.fixture(scope="session")
def traces() -> Callable[..., list[object]]:
    """The traces of a chart that have these attributes."""

    def traces(chart, **wanted):
        return [
            trace
            for trace in chart.data
            if all(getattr(trace, key, None) == value for key, value in wanted.items())
        ]

    return traces


@pytest.fixture
def comparison() -> pd.DataFrame:
    """Two countries by three scenarios in one long table."""
    grid = [
        (f"{country}-{scenario}", code, scale)
        for country, code in (("uzbekistan", "UZ"), ("kazakhstan", "KZ"))
        for scenario, scale in (("baseline", 1.0), ("accelerated", 1.6), ("constrained", 0.6))
    ]
    return pd.concat([make_results(*row).table for row in grid], ignore_index=True)
