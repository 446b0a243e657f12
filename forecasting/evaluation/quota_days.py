"""When a quota is used up: the forecast of the day, and a comparison with a day that is claimed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from forecasting.evidence.ledger import Ledger
from forecasting.evidence.policies import Policy, shipped_policies
from forecasting.growth.flow import FlowForecast, forecast_flow
from forecasting.growth.quotas import QuotaDays, days_used_up, quota_days
from forecasting.panels.registers import RegisterGrowth
from forecasting.parameters.schema import Scenario
from forecasting.scenarios.assumptions import kept_shares, register_growths
from forecasting.scenarios.facts_on_day import (
    basis_on_day,
    day_of_forecast,
    facts_of_scenario,
    flow_inputs,
    inputs_on_day,
    sets_quotas,
)
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.question import find_scenario
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.periods import Period, as_date, year
from forecasting.vocabulary.places import place_code, place_name
from forecasting.vocabulary.quantiles import Array

REGISTERED = "ev_registrations"
HIGH_QUANTILE = 0.975  # of a flow; a quota above it is taken as never used up
MEDIAN_DRAWS = 1_000  # of which a median is taken: one draw alone would be chance


@dataclass(frozen=True)
class QuotaForecast:
    """A quota, and the forecast of the flow that it counts.

    Parameters
    ----------
    quota : Policy
        As known on the day of the forecast.
    flow : FlowForecast
        Of imports; where the scenario forecasts registrations, those of which they are what stays,
        or where nothing is printed of imports, the registrations; before the scenario's events.
    measure : str
        The flow that is forecast.
    as_of : date
        Of the forecast.

    Examples
    --------
    >>> import forecasting as fc
    >>> open_quota = open_quotas(fc.outlook("KG", draws=50))[0]
    >>> open_quota.measure, open_quota.quota.quota
    ('ev_imports', 15000.0)
    """

    quota: Policy
    flow: FlowForecast
    measure: str
    as_of: dt.date

    @cached_property
    def days(self) -> QuotaDays:
        """The day on which it is used up, and the probability that it is."""
        return quota_days(self.flow.monthly, self.flow.months, self.quota.of_all_buyers())

    @property
    def vehicles(self) -> tuple[Array, Array, Array]:
        """How many come within the quota, how many after it in its year, and how many in the year
        after, in each draw.
        """
        in_force = Period(self.quota.start, self.quota.last_day)
        total = self.flow.totals(in_force)
        within_quota = np.minimum(total, self.quota.of_all_buyers().quota or 0.0)
        return within_quota, total - within_quota, self.flow.totals(year(in_force.end.year + 1))


@dataclass(frozen=True)
class QuotaClaim(QuotaForecast):
    """A claimed day, and the forecast of the day on which a quota is used up.

    Parameters
    ----------
    scenario : str
        The scenario that was asked.
    day : date
        The claimed day.
    """

    scenario: str
    day: dt.date

    @property
    def probability(self) -> float:
        """Probability that it is used up by the day."""
        quota = self.quota.of_all_buyers()
        days = days_used_up(self.flow.monthly, self.flow.months, quota)
        return float((days <= self.day.toordinal()).mean())

    def to_dict(self) -> dict[str, Any]:
        """The claim and the forecast for programs.

        Returns
        -------
        dict
            Place, period and number of vehicles of the quota, the claimed day, the scenario and its
            day, the probability that it is used up by the claimed day, and of the day on which it
            is used up the 80 % interval, the median, None where it lasts, and the probability that
            there is one. Where its end was printed, that day alone.
        """
        claim = {
            "place": self.quota.place,
            "period": Period(self.quota.start, self.quota.last_day),
            "quota": self.quota.quota,
            "day": self.day,
            "scenario": self.scenario,
            "as_of": self.as_of,
        }
        if not self.quota.is_open_quota:
            return claim | {"used_up_on": self.quota.last_day, "source": self.quota.source}
        return claim | {"probability": self.probability} | self.days._asdict()


def shipped_quotas(place: str | None = None) -> list[Policy]:
    """The quotas among the policies that ship, of one place or of all.

    >>> {quota.place for quota in shipped_quotas("KG")}
    {'KG'}
    """
    policies = shipped_policies().values()
    return [row for row in policies if row.kind == "quota" and place in (None, row.place)]


def quota_of(place: str, of_year: int) -> Policy:
    """The quota of a place and year among the policies that ship.

    Raises
    ------
    InputError
        Where none is known.

    Examples
    --------
    >>> quota_of("KG", 2026).quota
    15000.0
    """
    quotas = {quota.start.year: quota for quota in shipped_quotas(place)}
    if of_year not in quotas:
        hint = ", ".join(map(str, quotas)) or "another place: AM, BY, KG, KZ or UZ"
        raise InputError(f"no quota of {place_name(place)} is known for {of_year}; ask for {hint}")
    return quotas[of_year]


def quota_claim(
    place: str,
    period: str,
    day: str,
    as_of: str | dt.date | None = None,
    params: str | Path | None = None,
    ledger: Ledger | None = None,
) -> QuotaClaim:
    """Compare a claimed day with the forecast of the day on which a quota is used up.

    Parameters
    ----------
    place : str
        A country.
    period : str
        The year of the quota.
    day : str
        The day by which it is claimed to be used up.
    as_of, params, ledger
        As for :func:`forecasting.evaluation.claim.claim_of`.

    Returns
    -------
    QuotaClaim

    Raises
    ------
    InputError
        Where the year or the day is none, or no quota is known.

    Examples
    --------
    >>> answer = quota_claim("KG", "2026", "2026-06-30")
    >>> 0 <= answer.probability <= answer.days.used_up <= 1
    True
    """
    if not period.strip().isdecimal():
        raise InputError(f"{period!r} is no year; give the year of the quota, e.g. 2026")
    quota = quota_of(place_code(place), int(period))
    asked_day = as_date(day)
    scenario = find_scenario(params or quota.place)
    if as_of:
        scenario = scenario.on(as_date(as_of))
    facts = facts_of_scenario(scenario, ledger)
    forecast_day = day_of_forecast(scenario, facts)
    if scenario.as_of == "latest" and quota.announced:
        forecast_day = max(forecast_day, quota.announced)
    forecast = quota_forecast(quota, scenario, facts, forecast_day)
    if forecast is None:
        raise InputError(
            f"the quota of {period} was announced on {quota.announced}, later than the day of the "
            "forecast; ask as of a later day"
        )
    return QuotaClaim(**vars(forecast), scenario=scenario.name, day=asked_day)


def quota_forecast(
    quota: Policy, scenario: Scenario, facts: Ledger, day: dt.date, draws: int = 2000
) -> QuotaForecast | None:
    """The forecast of the flow that a quota counts; None of a quota that is not known yet.

    Parameters
    ----------
    quota : Policy
        Of kind ``quota``.
    scenario : Scenario
        Of its place.
    facts : Ledger
        All that the scenario may use.
    day : date
        Of the forecast.
    draws : int
        How many.
    """
    known_quota = quota.as_known(day)
    if known_quota is None:
        return None
    inputs = inputs_on_day(facts, quota.place, quota.measure, day)
    years = [quota.start.year, quota.start.year + 1]
    of_scenario = flow_inputs(scenario, quota.place, facts, day)
    counted_years = {fact.period.end.year for fact in inputs.facts if fact.is_exact}
    # Counts of imports of the year itself say more than what stays of the year before
    of_registered = (
        of_scenario.measure == REGISTERED
        and bool(counted_years)
        and quota.start.year not in counted_years
        and bool(len(of_scenario.facts))
    )
    policies = inputs.policies
    basis = _newest_basis(inputs.facts)
    growths: Sequence[RegisterGrowth] = ()
    if of_registered or _is_of_scenario(quota, scenario):
        inputs = of_scenario
        basis = basis_on_day(scenario, inputs.facts, facts)
    if of_registered:
        growths, _ = register_growths(facts, day)
        policies = _of_registered(policies, scenario, growths, day)
    elif not len(inputs.facts):
        inputs = of_scenario
        if not len(inputs.facts):
            inputs = inputs_on_day(facts, quota.place, REGISTERED, day)
        policies = inputs.policies
    if not len(inputs.facts) and inputs.market.sizes is None:
        raise InputError(
            f"nobody has counted electric cars in {place_name(quota.place)} by {day}; add facts "
            "with --ledger"
        )
    flow = forecast_flow(
        inputs.facts,
        list(map(year, years)),
        inputs.prior,
        inputs.market.sizes,
        draws=draws,
        seed=scenario.seed,
        place=quota.place,
        policies=policies,
        basis=basis,
    )
    if not of_registered:
        return QuotaForecast(known_quota, flow, inputs.measure or quota.measure, day)
    first_years = [month.start.year for month in flow.months[::12]]
    kept = kept_shares(growths, quota.place, day, first_years, scenario.seed, len(flow.monthly))
    imports = flow.with_monthly(flow.monthly / np.repeat(kept, 12, axis=1))
    return QuotaForecast(known_quota, imports, quota.measure, day)


def _is_of_scenario(quota: Policy, scenario: Scenario) -> bool:
    """Whether a scenario forecasts the flow that a quota counts.

    A scenario that names no basis forecasts the commonest, and a quota is counted by the newest.
    """
    return scenario.measure == quota.measure and scenario.basis is not None


def _newest_basis(imports: Ledger) -> str | None:
    """Who printed the count that ends last."""
    dated = [fact for fact in imports if fact.period_end]
    newest = max(dated, key=attrgetter("period_end"), default=None)
    return newest.basis or None if newest else None


def _of_registered(
    policies: Sequence[Policy],
    scenario: Scenario,
    growths: Sequence[RegisterGrowth],
    day: dt.date,
) -> tuple[Policy, ...]:
    """Policies as the flow of registrations feels them: a quota of imports is one of those of its
    cars that stay.
    """
    years = sorted({policy.start.year for policy in policies if policy.kind == "quota"})
    if not years:
        return tuple(policies)
    draws = kept_shares(growths, scenario.place, day, years, scenario.seed, MEDIAN_DRAWS)
    part_by_year = dict(zip(years, np.median(draws, axis=0).tolist(), strict=True))
    felt_policies = []
    for policy in policies:
        if policy.kind == "quota" and policy.quota is not None:
            part = part_by_year[policy.start.year]
            remainder = None if policy.remainder is None else policy.remainder * part
            policy = replace(policy, quota=policy.quota * part, remainder=remainder)
        felt_policies.append(policy)
    return tuple(felt_policies)


@lru_cache(maxsize=4)  # its sentences, its table and its chart ask one after the other
def open_quotas(outlook: Outlook) -> tuple[QuotaForecast, ...]:
    """The quotas of an outlook's country that are not used up on its day.

    Parameters
    ----------
    outlook : Outlook
        Of any scenario; a corridor has no quota.
    """
    forecasts = [
        _forecast_in(outlook, quota)
        for quota in shipped_quotas(outlook.scenario.place)
        if quota.last_day >= outlook.as_of
    ]
    return tuple(forecast for forecast in forecasts if forecast and forecast.quota.is_open_quota)


def _forecast_in(outlook: Outlook, quota: Policy) -> QuotaForecast | None:
    """The forecast of the flow that a quota counts: the outlook's own, where it is of that and
    reaches the year after the quota.
    """
    scenario, day = outlook.scenario, outlook.as_of
    known_quota = quota.as_known(day)
    flow = outlook.baseline_forecasts.get(quota.place)
    is_before_events = scenario.horizon > quota.last_day.year and not sets_quotas(scenario)
    if known_quota and flow and is_before_events and _is_of_scenario(quota, scenario):
        return QuotaForecast(known_quota, flow, quota.measure, day)
    return quota_forecast(quota, scenario, outlook.ledger, day, outlook.results.count)


def size_that_lifts(scenario: Scenario, flow: Array, quota: Policy) -> float | None:
    """The number that a scenario sets for a quota, where it is more than will come.

    Parameters
    ----------
    scenario : Scenario
        Any.
    flow : ndarray, shape (draws, years)
        What comes in it.
    quota : Policy
        One of its country.

    Examples
    --------
    >>> import forecasting as fc
    >>> raised = fc.outlook("kyrgyzstan-accelerated", draws=50)
    >>> flow = raised.results.values[raised.measure]
    >>> size_that_lifts(raised.scenario, flow, open_quotas(raised)[0].quota)
    1000000.0
    """
    high_flow = np.quantile(flow, HIGH_QUANTILE, axis=0).max()
    sizes = [
        driver.size.low
        for driver in scenario.drivers
        if driver.kind == "quota" and driver.policy == quota.id
    ]
    return min(sizes) if sizes and min(sizes) > high_flow else None
