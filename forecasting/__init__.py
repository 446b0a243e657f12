"""Forecasts of young markets from published facts, and what they mean for charging.

Importing the package reads no file and loads no heavy library: each public name is fetched on first
use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecasting.caveats import Caveat
    from forecasting.curves.batch import fit_curves
    from forecasting.curves.model import GrowthModel, GrowthResults
    from forecasting.errors import (
        AssumptionError,
        EvidenceError,
        ForecastingError,
        InputError,
        LedgerError,
        ModelError,
        PeriodError,
        Problem,
        RunError,
        ScenarioError,
    )
    from forecasting.evidence import datasets
    from forecasting.evidence.fact import Fact
    from forecasting.evidence.ledger import Ledger
    from forecasting.evidence.ledger_files import read_ledger
    from forecasting.growth.flow import FlowForecast, annual_totals, forecast_flow
    from forecasting.growth.prior import Prior
    from forecasting.panels.growth_prior import estimate_prior
    from forecasting.parameters.schema import Scenario, load_scenario
    from forecasting.periods import Period, month, span, year
    from forecasting.reporting.explore import explore
    from forecasting.scenarios.outlook import Outlook, outlook

__version__ = "0.1.0"

_HOME = {
    "AssumptionError": "errors",
    "EvidenceError": "errors",
    "ForecastingError": "errors",
    "InputError": "errors",
    "LedgerError": "errors",
    "ModelError": "errors",
    "PeriodError": "errors",
    "Problem": "errors",
    "RunError": "errors",
    "ScenarioError": "errors",
    "Caveat": "caveats",
    "Fact": "evidence.fact",
    "Ledger": "evidence.ledger",
    "read_ledger": "evidence.ledger_files",
    "FlowForecast": "growth.flow",
    "annual_totals": "growth.flow",
    "forecast_flow": "growth.flow",
    "Prior": "growth.prior",
    "estimate_prior": "panels.growth_prior",
    "GrowthModel": "curves.model",
    "GrowthResults": "curves.model",
    "fit_curves": "curves.batch",
    "Period": "periods",
    "month": "periods",
    "span": "periods",
    "year": "periods",
    "explore": "reporting.explore",
    "Outlook": "scenarios.outlook",
    "outlook": "scenarios.outlook",
    "Scenario": "parameters.schema",
    "load_scenario": "parameters.schema",
}

__all__ = [
    "AssumptionError",
    "Caveat",
    "EvidenceError",
    "Fact",
    "FlowForecast",
    "ForecastingError",
    "GrowthModel",
    "GrowthResults",
    "InputError",
    "Ledger",
    "LedgerError",
    "ModelError",
    "Outlook",
    "Period",
    "PeriodError",
    "Prior",
    "Problem",
    "RunError",
    "Scenario",
    "ScenarioError",
    "annual_totals",
    "datasets",
    "estimate_prior",
    "explore",
    "fit_curves",
    "forecast_flow",
    "load_scenario",
    "month",
    "outlook",
    "read_ledger",
    "span",
    "year",
]


def __getattr__(name: str) -> object:
    if name == "datasets":
        return importlib.import_module("forecasting.evidence.datasets")
    if name not in _HOME:
        raise AttributeError(f"module 'forecasting' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"forecasting.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
