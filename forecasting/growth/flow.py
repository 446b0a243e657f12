"""The forecast of a flow from published facts: what the notebooks and the command line call.

>>> from forecasting.vocabulary.periods import year
>>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
>>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=500)
>>> bool(2180 < forecast.quantiles([0.5]).iloc[0, 0] < 8000)
True
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evidence.ledger import (
    EVIDENCE,
    PERIODS,
    Ledger,
    annual_totals as annual_totals,
    ledger_of,
)
from forecasting.evidence.observation import observed_flow
from forecasting.evidence.policies import Policy, facts_by, facts_of_quotas, policies_in_force
from forecasting.growth.forecast import FlowForecast as FlowForecast
from forecasting.growth.policy_months import pooled
from forecasting.growth.posterior import Posterior
from forecasting.growth.prior import Prior
from forecasting.growth.quotas import dated_changes
from forecasting.growth.request import Request
from forecasting.growth.sharing import digest_of, made_once, read_arrays, write_arrays
from forecasting.growth.starting import MarketSize
from forecasting.vocabulary.arguments import (
    Check,
    instance,
    integer,
    optional,
    takes,
    text,
)
from forecasting.vocabulary.errors import EvidenceError, InputError
from forecasting.vocabulary.names import FLOW_DRAWS
from forecasting.vocabulary.periods import Period, as_date, read_period

MAX_DRAWS = 100_000  # more would not fit into memory
MANY_FACTS = 12  # with fewer, drawing takes little longer than reading

_REPORT: ContextVar[Path | None] = ContextVar("report", default=None)


def _read_policies(value: object) -> object:
    rows = value if isinstance(value, tuple) else (None,)
    if isinstance(value, pd.DataFrame) or all(isinstance(row, Policy) for row in rows):
        return value
    raise TypeError


Evidence = Ledger | pd.DataFrame | pd.Series | Mapping[int, float] | Sequence[pd.DataFrame]
POLICIES = Check("a table of policies with kind and start", _read_policies)


@takes(
    EvidenceError,
    evidence=EVIDENCE,
    periods=optional(PERIODS),
    prior=optional(instance(Prior, words="a Prior, as fc.estimate_prior makes it")),
    market_size=optional(
        instance(
            int,
            float,
            np.number,
            pd.Series,
            Mapping,
            words="a number above 0, or numbers by year or period",
        )
    ),
    basis=optional(text()),
    draws=integer(8, MAX_DRAWS),
    seed=integer(),
    place=optional(text()),
    policies=optional(POLICIES),
    as_of=optional(Check("a date, e.g. 2023-06-26", as_date)),
)
def forecast_flow(
    evidence: Evidence,
    periods: Sequence[Period | int | str] | range | pd.PeriodIndex | None = None,
    prior: Prior | None = None,
    market_size: MarketSize = None,
    basis: str | None = None,
    draws: int = 2000,
    seed: int = 0,
    place: str | None = None,
    policies: pd.DataFrame | tuple[Policy, ...] | None = None,
    as_of: dt.date | str | None = None,
) -> FlowForecast:
    """Forecast a flow from a handful of published facts.

    Parameters
    ----------
    evidence : Ledger, DataFrame, Series, mapping or list of tables
        Facts of one measure and place; a table needs relation, quantity, period_start, period_end
        and value, as `forecasting.fact` makes one of a single statement; a Series or a mapping has
        totals by year.
    periods : sequence of Period, optional
        What is asked for, also as years, a range of them, text such as ``2026-01/2026-04`` or a
        PeriodIndex; by default the last year that facts speak of and the two after it.
    prior : Prior, optional
        Growth learned from analogue markets; by default the one that ships.
    market_size : float, Series, mapping or None
        New vehicles a year: one number (for the last whole year that facts count) or by year. Where
        a key is a period within a year, the vehicles of that part: the year's number follows by the
        share of days, with a spread. None where it is not known: then the share in the year of the
        first fact is taken to be that of analogue markets, and units do not matter.
    basis : str, optional
        The agency whose definition is forecast; by default the one with most facts.
    draws : int
        Number of draws.
    seed : int
        Forecasts with one seed share the shocks that are common to all markets, draw by draw, so
        that sums hold.
    place : str, optional
        Where: a code or a common name, for what the markets of a region have in common. By default
        the place of the facts; where none is known, the regions are mixed.
    policies : DataFrame, optional
        What moves the flow, one row a policy: kind (``ends``, ``begins``, ``blocked``, ``step``,
        ``quota``), start (of ``ends`` the first day without the privilege), of a quota the number
        of vehicles in the column quota and what was left of it in remainder at the end of the
        day remainder_on, and where they are known end,
        announced and price_share (the part of a vehicle's price that the privilege is worth);
        further columns as :class:`forecasting.evidence.policies.Policy` has them. A tuple of
        policies is used as it is.
    as_of : date or str, optional
        Day of the forecast: facts that were published, and policies that were announced, after it
        are left out; of facts that do not tell when, those that cover days after it. By default
        the last day on which a fact was published or a policy announced, so that none is left out.

    Returns
    -------
    FlowForecast

    Raises
    ------
    LedgerError
        With every problem of a table's rows at once, of facts or of policies.
    EvidenceError
        Where the facts are not of one thing, speak of more than 80 years, or there are none and no
        market size either.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import year
    >>> facts = pd.DataFrame(
    ...     {"relation": "equals", "quantity": ["total", "yoy_growth_percent"],
    ...      "period_start": "2023-01-01", "period_end": "2023-04-30", "value": [2544, 300.0]})
    >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=500)
    >>> bool(forecast.probability(above=7632).iloc[0] > 0.5)
    True

    A subsidy of a tenth of the price ends, and buyers hurry:

    >>> ends = pd.DataFrame({"kind": ["ends"], "start": ["2024-01-01"], "price_share": [0.1]})
    >>> rush = forecast_flow(facts, [year(2023)], market_size=300_000, draws=500, policies=ends)
    >>> bool(rush.quantiles([0.5]).iloc[0, 0] > forecast.quantiles([0.5]).iloc[0, 0])
    True
    """
    given_periods = None if periods is None else tuple(map(read_period, periods))
    in_vehicles = isinstance(evidence, Ledger) or "rounding" in evidence
    facts = ledger_of(evidence)  # type: ignore[arg-type]
    day = None if as_of is None else as_date(as_of)
    if day:
        facts_of_day = Ledger(facts_by(day, facts))
        if facts and not facts_of_day and market_size is None:
            raise EvidenceError(
                f"as_of leaves out all facts: none is of {day} or before; give a later day, or a "
                "market_size"
            )
        facts = facts_of_day
    if isinstance(policies, pd.DataFrame):
        policies = policies_in_force(policies, [*facts], place, day)
        facts = facts.concat(Ledger(facts_of_quotas(policies, facts)))
    in_force = policies or ()
    quotas = [policy for policy in in_force if policy.kind == "quota"]
    request = Request(
        observed_flow(facts, market_size is not None, in_vehicles),
        given_periods,
        prior or Prior.shipped(),
        market_size,
        basis,
        draws,
        seed,
        in_vehicles,
        place,
        pooled([*in_force, *dated_changes(quotas)]),
        tuple(quota for quota in quotas if quota.is_open_quota),
    )
    return answer_to(request)


def save_flow(forecast: FlowForecast, folder: Path) -> None:
    """Write the draws of a forecast into a folder, where its facts are many.

    Parameters
    ----------
    forecast : FlowForecast
        As `answer_to` gave it.
    folder : Path
        Of a report; what an earlier one left there is removed.

    Raises
    ------
    InputError
        Where the file cannot be written.
    """
    path = folder / FLOW_DRAWS
    path.unlink(missing_ok=True)
    if len(forecast.request.flow.observations) < MANY_FACTS:
        return
    try:
        write_arrays(path, digest_of(forecast.request.key), _arrays_of(forecast), mode=0o666)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}") from None


@contextlib.contextmanager
def flow_of_report(folder: Path | None) -> Iterator[None]:
    """Let `answer_to` read what `save_flow` wrote.

    Parameters
    ----------
    folder : Path or None
        Of a report; None of an outlook that was not read from one.
    """
    token = _REPORT.set(folder)
    try:
        yield
    finally:
        _REPORT.reset(token)


POSTERIOR_FIELDS = [field.name for field in fields(Posterior)]


def answer_to(request: Request) -> FlowForecast:
    """The answer to a request, from the draws stored in the report where they belong to it.

    Parameters
    ----------
    request : Request
        What is asked.
    """
    arrays = _stored_in_report(request)
    if arrays is None:
        arrays = {**made_once(lambda: _arrays_of(request.answer()), *request.key)}
    monthly, sizes = arrays.pop("monthly"), arrays.pop("sizes")
    market = np.repeat(arrays.pop("market"), 12, axis=1) if "market" in arrays else None
    posterior = {name: value if value.ndim else value.item() for name, value in arrays.items()}
    return request.answer_of(monthly, market, sizes, Posterior(**posterior))


def _stored_in_report(request: Request) -> dict[str, Any] | None:
    """The arrays that the report keeps of a request's answer; None where it keeps none of them, or
    not all, or of another number of draws.
    """
    folder = _REPORT.get()
    if folder is None:
        return None
    arrays = read_arrays(folder / FLOW_DRAWS, digest_of(request.key), of_anybody=True)
    if arrays is None or not {"monthly", "sizes", *POSTERIOR_FIELDS} <= arrays.keys():
        return None
    return arrays if len(arrays["monthly"]) == request.draws else None


def _arrays_of(forecast: FlowForecast) -> dict[str, Any]:
    """The arrays from which `answer_to` makes the forecast again."""
    arrays: dict[str, Any] = {
        name: np.asarray(value) for name, value in vars(forecast.posterior).items()
    }
    arrays |= {"monthly": forecast.monthly, "sizes": forecast.sizes}
    if forecast.market is not None:
        arrays["market"] = forecast.market[:, ::12]  # one number a year
    return arrays
