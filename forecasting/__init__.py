"""Forecasts of young markets from published facts, and what they mean for charging.

Importing the package reads no file and loads no heavy library: each public name is fetched on first
use.
"""

import functools
import importlib
from typing import TYPE_CHECKING, Any

# The one list of public names. Type checkers read it here; `_homes` reads it for all others.
if TYPE_CHECKING:
    from forecasting import tables as tables
    from forecasting.curves.batch import fit_curves as fit_curves
    from forecasting.curves.model import GrowthModel as GrowthModel
    from forecasting.curves.results import GrowthResults as GrowthResults
    from forecasting.curves.sktime import GrowthForecaster as GrowthForecaster
    from forecasting.demand.corridor import corridor_plan as corridor_plan
    from forecasting.evaluation.backtest import backtest as backtest
    from forecasting.evidence import datasets as datasets
    from forecasting.evidence.fact import Fact as Fact
    from forecasting.evidence.ledger import (
        Ledger as Ledger,
        annual_totals as annual_totals,
        fact as fact,
    )
    from forecasting.growth.flow import (
        FlowForecast as FlowForecast,
        forecast_flow as forecast_flow,
    )
    from forecasting.growth.prior import Prior as Prior
    from forecasting.panels.growth_prior import estimate_prior as estimate_prior
    from forecasting.parameters.schema import Scenario as Scenario
    from forecasting.reading.user_ledgers import read_ledger as read_ledger
    from forecasting.reporting import figures as figures, notebook as notebook
    from forecasting.reporting.explore import explore as explore, new as new
    from forecasting.runs.output.result import RunSummary as RunSummary
    from forecasting.runs.runner import run as run
    from forecasting.scenarios.joint_draws import Results as Results, region_total as region_total
    from forecasting.scenarios.outlook import (
        Outlook as Outlook,
        load_outlook as load_outlook,
        outlook as outlook,
        outlooks as outlooks,
    )
    from forecasting.scenarios.question import load_scenario as load_scenario
    from forecasting.vocabulary.caveats import Caveat as Caveat
    from forecasting.vocabulary.errors import (
        AssumptionError as AssumptionError,
        EvidenceError as EvidenceError,
        ForecastingError as ForecastingError,
        InputError as InputError,
        LedgerError as LedgerError,
        ModelError as ModelError,
        PeriodError as PeriodError,
        Problem as Problem,
        RunError as RunError,
        ScenarioError as ScenarioError,
    )
    from forecasting.vocabulary.periods import (
        Period as Period,
        month as month,
        span as span,
        year as year,
    )

__version__ = "0.2.0"


@functools.cache
def _homes() -> dict[str, tuple[str, str]]:
    """The module that each public name comes from, and its name there, as imported above."""
    import ast
    import pkgutil

    source = pkgutil.get_data(__name__, "__init__.py") or b""
    (names,) = [node for node in ast.parse(source).body if isinstance(node, ast.If)]
    imports = [node for node in names.body if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in imports
        for alias in node.names
    }


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted(_homes())
    if name.startswith("__") or name not in _homes():
        import difflib

        close = difflib.get_close_matches(name, _homes(), n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise AttributeError(f"module 'forecasting' has no attribute {name!r}{hint}")
    home, inside = _homes()[name]
    module = importlib.import_module(home)
    if inside not in vars(module):  # a module of its own
        importlib.import_module(f"{home}.{inside}")
    value = vars(module)[inside]
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_homes())
