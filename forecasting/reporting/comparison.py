"""Outlooks side by side: the sum of several countries and the difference to a baseline, from joint draws.

Draw number i of every country shares the region's shocks, and draw i of every scenario of a country the same random
numbers; so sums and differences are taken draw by draw, and only then summarised.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from forecasting.errors import InputError
from forecasting.reporting.tables import Table
from forecasting.reporting.wording import interval, readable

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

__all__ = ["LEVELS", "against_baseline", "joint_table", "regional_total"]

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


def _draws(outlooks: Iterable[Outlook], measure: str) -> dict[str, pd.DataFrame]:
    """For each outlook the draws of one measure: a row per draw, a column per year."""
    found = {}
    for outlook in outlooks:
        rows = outlook.draws[outlook.draws["measure"] == measure]
        if rows.empty:
            raise InputError(
                f"{outlook.scenario.name} has no draws of {measure!r}; leave it out or choose another measure"
            )
        found[outlook.scenario.name] = rows.pivot_table(index="draw", columns="year", values="value")
    return found


def regional_total(outlooks: Iterable[Outlook], measure: str) -> pd.DataFrame:
    """Quantiles of the sum over countries, by year.

    Parameters
    ----------
    outlooks : iterable of Outlook
        One for each country, computed with one seed.
    measure : str
        What is summed.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, a column per level of `LEVELS`; years that every country has.

    Raises
    ------
    InputError
        Where an outlook lacks the measure.
    """
    parts = list(_draws(outlooks, measure).values())
    total = sum(parts[1:], start=parts[0]).dropna(axis="columns", how="all")
    return total.quantile(list(LEVELS)).T


def against_baseline(baseline: Outlook, others: Iterable[Outlook], measure: str) -> dict[str, pd.DataFrame]:
    """Quantiles of scenario minus baseline, by year, for each scenario.

    Parameters
    ----------
    baseline : Outlook
        What is subtracted.
    others : iterable of Outlook
        Scenarios of the same country and seed.
    measure : str
        What is compared.

    Returns
    -------
    dict of str to pandas.DataFrame
        For each scenario's name: indexed by year, a column per level.
    """
    base = next(iter(_draws([baseline], measure).values()))
    return {name: (draws - base).quantile(list(LEVELS)).T for name, draws in _draws(others, measure).items()}


def joint_table(wide: pd.DataFrame, unit: str) -> Table:
    """Quantiles by year in words: median and 80 % interval."""
    rows = [
        {"year": str(year), f"median, {unit}": readable(row[0.5]), "80 % interval": interval(row[0.1], row[0.9])}
        for year, row in wide.iterrows()
    ]
    return Table(pd.DataFrame(rows))
