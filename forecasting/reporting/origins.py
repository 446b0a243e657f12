"""Where a forecast comes from: whose definition, how much of it the facts say and how much the
prior, which facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.evidence.bases import agency_words, basis_name
from forecasting.reporting.display import BulletList, Table
from forecasting.reporting.labels import label_of
from forecasting.reporting.result_tables import beside, in_columns, leading, with_unit

if TYPE_CHECKING:
    from forecasting.growth.flow import FlowForecast
    from forecasting.periods import Period
    from forecasting.scenarios.outlook import Outlook

Array = NDArray[np.float64]
CURVES = ("bass", "gompertz", "logistic", "exponential")
DRAWS = 240  # of each curve: a hundred independent ones, enough for a table
MOST = 12  # facts shown, the largest movers


def basis_lines(forecast: FlowForecast) -> BulletList:
    """Whose definition is forecast, what is tied to it, and how the draws were made.

    Parameters
    ----------
    forecast : FlowForecast
        Of one place.
    """
    counts = forecast.fit_table()["basis"].value_counts()
    made, others = forecast.diagnostics, counts.drop(forecast.basis, errors="ignore")
    counted = (
        f"as counted by {agency_words(forecast.basis)}"
        if len(counts)
        else "from analogue markets alone"
    )
    lines = [f"What is forecast: {label_of(forecast.measure).lower() or 'the flow'}, {counted}."]
    if len(counts):
        own = f"{counts.get(forecast.basis, 0)} of {counts.sum()} facts are on that definition"
        names = (
            (basis_name(str(code)) or "no agency named", number)
            for code, number in sorted(others.items())
        )
        tied = ", ".join(f"{name} ({number})" for name, number in names)
        lines.append(
            f"{own}; tied to it by an offset that is learned: {tied}." if tied else f"{own}."
        )
    if "ess" in made:
        few = round(float(str(made["ess"])), -1)
        lines.append(f"{len(forecast.monthly):,} draws, as good as {few:,.0f} independent ones.")
    return BulletList(lines)


def contraction_table(forecast: FlowForecast) -> Table | BulletList:
    """How much of each year's answer is the facts' and how much the prior's, in percent of the
    variance.

    Parameters
    ----------
    forecast : FlowForecast
        Before drivers: what drivers add is neither's.
    """
    if forecast.market is None:
        return BulletList(
            ["No size of a market is known: without the facts there is no scale to compare with."]
        )
    of_facts = (100 * forecast.contraction()).round().astype(int)
    shares = {
        "from the facts, %": of_facts.astype(str),
        "from markets before it, %": (100 - of_facts).astype(str),
    }
    return Table(
        pd.DataFrame(
            {"year": of_facts.index.astype(str)} | {name: list(s) for name, s in shares.items()}
        )
    )


def curves_table(outlook: Outlook) -> Table:
    """The classic curves on the same facts, and their average, beside the pooled path; before
    drivers.

    Parameters
    ----------
    outlook : Outlook
        Of a country. One without facts has no curves: nothing but other markets tells of its
        growth.

    Returns
    -------
    Table
        Medians with 80 % intervals in the first two years that the facts do not cover, and in the
        last.
    """
    pooled = outlook.baseline_forecast
    if pooled is None or pooled.fit_table().empty or outlook.evidence is None:
        return Table(pd.DataFrame(columns=["path"]))
    periods = _shown(pooled)
    draws = {"the forecast": np.stack([pooled.totals(period) for period in periods])}
    average = _on_curves(outlook, pooled)
    draws |= dict(zip(CURVES, np.split(average, len(CURVES), axis=1), strict=True))
    draws["average of the curves"] = average
    measure = outlook.scenario.measure
    rows = pd.Index(draws, name="path")
    quantiles = np.stack(
        [np.quantile(totals, [0.1, 0.5, 0.9], axis=1) for totals in draws.values()]
    )  # path, level, period
    wide = {
        period.label: pd.DataFrame(quantiles[:, :, at], rows, [0.1, 0.5, 0.9])
        for at, period in enumerate(periods)
    }
    cells = {label: in_columns(frame, measure) for label, frame in wide.items()}
    links = leading({label: [measure] * len(rows) for label in cells})
    return Table(beside(cells, "path"), links, f"{with_unit(measure)}, before the events ahead")


def _shown(forecast: FlowForecast) -> list[Period]:
    """The first two periods and the last."""
    return list(dict.fromkeys([*forecast.periods[:2], forecast.periods[-1]]))


def _on_curves(outlook: Outlook, pooled: FlowForecast) -> Array:
    from forecasting.growth.flow import forecast_flow

    assert outlook.evidence is not None  # so that it was made here, not read from files
    found = forecast_flow(
        outlook.evidence,
        pooled.periods,
        market_size=outlook.market.sizes,
        basis=pooled.basis or None,
        draws=DRAWS * len(CURVES),
        seed=outlook.scenario.seed,
        curve="average",
    )
    return np.stack([found.totals(period) for period in _shown(pooled)])


def influence_table(forecast: FlowForecast, most: int = MOST) -> Table | BulletList:
    """What each fact moves: the forecast's median with it against that without it, in percent; the
    largest movers.

    Parameters
    ----------
    forecast : FlowForecast
        Before drivers.
    most : int
        Number of facts shown.
    """
    if forecast.fit_table().empty:
        return BulletList(["No fact counts this flow: there is none to leave out."])
    moved = forecast.influence()
    first = [period.label for period in forecast.periods[:2]]
    wide = moved.pivot(index="fact", columns="period", values="change_percent")[first]
    wide = wide.loc[wide.abs().max(axis=1).sort_values(ascending=False, kind="stable").index[:most]]
    said = wide.map(lambda value: f"{round(value):+d} %").rename(
        columns=lambda label: f"moves {label} by"
    )
    return Table(said.reset_index().rename_axis(columns=None))
