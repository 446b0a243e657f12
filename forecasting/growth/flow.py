"""The forecast of a flow from published facts: what the notebooks and the command line call.

>>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
>>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=500)
>>> bool(2180 < forecast.quantiles([0.5]).iloc[0, 0] < 8000)
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from forecasting.arguments import number, of, optional, read, several, takes, text, whole
from forecasting.errors import EvidenceError
from forecasting.evidence.ledger import Ledger
from forecasting.growth.flow_draws import PERIOD
from forecasting.growth.forecast import FACTS, ledger_of
from forecasting.growth.forecast import FlowForecast as FlowForecast
from forecasting.growth.prior import Prior
from forecasting.growth.request import Request
from forecasting.growth.sharing import made_once
from forecasting.growth.starting import MarketSize
from forecasting.periods import Period, year

MANY = 100_000  # draws, from which memory is short


@takes(EvidenceError, series=of(pd.Series, words="a Series of numbers indexed by year"))
def annual_totals(series: pd.Series) -> pd.DataFrame:
    """Facts from an annual series: one exact total a year.

    Parameters
    ----------
    series : Series
        Indexed by year.

    Returns
    -------
    DataFrame
        Columns relation, quantity, period_start, period_end, value; one row per year, missing years
        left out.

    Raises
    ------
    EvidenceError
        For an index that is no year, and a total that is no number of 0 or more.

    Examples
    --------
    >>> annual_totals(pd.Series({2022: 2180}))[["relation", "period_end", "value"]].values.tolist()
    [['equals', '2022-12-31', 2180.0]]
    """
    known = series.dropna()
    years = [int(year(str(y).removesuffix(".0")[:4]).label) for y in known.index]
    values = [
        read(number(0), f"the total of {y}", known.iloc[row], EvidenceError)
        for row, y in enumerate(years)
    ]
    return pd.DataFrame(
        {
            "relation": "equals",
            "quantity": "total",
            "period_start": [f"{y}-01-01" for y in years],
            "period_end": [f"{y}-12-31" for y in years],
            "value": np.array(values, dtype=float),
        }
    )


@takes(
    EvidenceError,
    evidence=FACTS,
    periods=optional(several(PERIOD, "a list of Periods, e.g. [fc.year(2025)]", 2400)),
    prior=optional(of(Prior, words="a Prior, as fc.estimate_prior makes it")),
    market_size=optional(
        of(
            int,
            float,
            np.number,
            pd.Series,
            Mapping,
            words="a number above 0, or numbers by year or period",
        )
    ),
    basis=optional(text()),
    draws=whole(8, MANY),
    seed=whole(),
    curve=text(),
    place=optional(text()),
)
def forecast_flow(
    evidence: Ledger | pd.DataFrame,
    periods: Sequence[Period] | None = None,
    prior: Prior | None = None,
    market_size: MarketSize = None,
    basis: str | None = None,
    draws: int = 2000,
    seed: int = 0,
    curve: str = "pooled",
    place: str | None = None,
) -> FlowForecast:
    """Forecast a flow from a handful of published facts.

    Parameters
    ----------
    evidence : Ledger or DataFrame
        Facts of one measure and place; a table needs relation, quantity, period_start, period_end
        and value.
    periods : sequence of Period, optional
        What is asked for; by default the last year that facts speak of and the two after it.
    prior : Prior, optional
        Growth learned from analogue markets; by default the one that ships.
    market_size : float, Series, mapping or None
        New vehicles a year: one number (for the last whole year that facts count) or by year. Where
        a key is a period within a year, the vehicles of that part, from which the year follows by
        its days with a spread. None where none is known or possible: then the prior is on the share
        that the first fact is of, and units do not matter.
    basis : str, optional
        The agency whose definition is forecast; by default the one with most facts.
    draws : int
        Number of draws.
    seed : int
        Forecasts with one seed share the shocks that are common to all markets, draw by draw, so
        that sums hold.
    curve : str
        ``"pooled"``: growth as analogue markets grew. ``"bass"``, ``"gompertz"``, ``"logistic"``,
        ``"exponential"``: that curve on the same facts, of the share of the market where its size
        is known; the exponential ends at the market itself. ``"average"``: equal shares of the
        four, their draws in that order.
    place : str, optional
        Where: a code or a common name, for what the markets of a region have in common. By default
        the place of the facts; where none is known, the regions are mixed.

    Returns
    -------
    FlowForecast

    Raises
    ------
    LedgerError
        With every problem of a table's rows at once.
    EvidenceError
        Where the facts are not of one thing, speak of more than 80 years, or there are none and no
        market size either.

    Examples
    --------
    >>> facts = pd.DataFrame({"relation": ["equals", "equals"], "quantity": ["total", "yoy_growth_percent"],
    ...     "period_start": ["2023-01-01"] * 2, "period_end": ["2023-04-30"] * 2, "value": [2544, 300.0]})
    >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=500)
    >>> bool(forecast.probability(above=7632).iloc[0] > 0.5)
    True
    """
    asked = tuple(periods) if periods is not None else None
    unit = isinstance(evidence, Ledger) or "rounding" in evidence
    request = Request(
        ledger_of(evidence),
        asked,
        prior or Prior.shipped(),
        market_size,
        basis,
        draws,
        seed,
        curve,
        unit,
        place,
    )
    return made_once(request.answer, request)
