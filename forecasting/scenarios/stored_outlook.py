"""An outlook read back from the files that it was saved in."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import pandas as pd

from forecasting.errors import LedgerError
from forecasting.evidence.ledger import Ledger
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.scenarios.known import KnownMarket, facts_of_places, facts_of_scenario
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.outlook_files import load_tables, stored_caveat, stored_caveats


def load_outlook(folder: str | Path, ledger: Ledger | None = None) -> Outlook:
    """Read back what `Outlook.save` wrote: results, table, caveats; not the forecast objects.

    Parameters
    ----------
    folder : path-like
        Of one report.
    ledger : Ledger, optional
        The facts that it was made from, so that they can be shown; default those of its scenario,
        if still there.

    Raises
    ------
    InputError
        Where the folder has no outlook.
    """
    table, parts, record = load_tables(folder)
    whole = pd.to_datetime(table["period_end"]) - pd.to_datetime(
        table["period_start"]
    ) > pd.Timedelta(days=32)
    scenario, as_of = (
        scenario_from_parameters(record["parameters"]),
        dt.date.fromisoformat(record["as_of"]),
    )
    if ledger is None:
        with contextlib.suppress(LedgerError):  # files of its own may be elsewhere by now
            ledger = facts_of_scenario(scenario)
    return Outlook(
        scenario=scenario,
        as_of=as_of,
        first_year=record["first_year"],
        evidence=None if ledger is None else facts_of_places(scenario, ledger, as_of),
        ledger=ledger or Ledger(),
        forecasts={},
        baseline_forecasts={},
        parts=parts,
        monthly=table[~whole].reset_index(drop=True),
        market=KnownMarket(None, (), stored_caveat(record["market"])),
        caveats=stored_caveats(record),
        facts_used=record["facts_used"],
        stored=table,
        stored_age=stored_caveat(record.get("age")),
        stored_load=record.get("load", {}),
    )
