"""When a quota is used up: somebody's day set beside the forecast, and the record of artificial
quotas on months of other markets.

An artificial quota is a share of a year's total of a market that was counted by month. Its day is
forecast from the year before and the months up to February, April or June, with a prior and a
pattern that are learned from other markets, and set beside two rules: the months so far go on
evenly, and last year's months grow as the months so far did.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from forecasting.errors import EvidenceError, InputError
from forecasting.evaluation.backtest import THIS_PACKAGE
from forecasting.evaluation.markets import Panel, read_monthly, read_panel
from forecasting.evaluation.part_year import check_names, counts_of, inputs_of, part_year, prior_of
from forecasting.evaluation.peers import PartYear
from forecasting.evaluation.scores import clustered_mean
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.policies import Policy, shipped_policies
from forecasting.growth.flow import FlowForecast, forecast_flow
from forecasting.growth.prior import Prior
from forecasting.growth.quotas import QuotaDays, days_used_up, quota_days
from forecasting.parameters.schema import Scenario
from forecasting.periods import Period, as_date, year
from forecasting.quantiles import RANGE_LEVELS, Array
from forecasting.reading.places import place_code, place_name
from forecasting.scenarios.facts_on_day import FlowInputs, facts_of_scenario, flow_inputs
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.question import find_scenario

EVEN_MONTHS = "the months so far go on"
GROWN_MONTHS = "last year's months times growth"
TOLD_MONTHS = (2, 4, 6)
QUOTA_SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the year's total
QUOTA_DRAWS = 1000
HIGH_QUANTILE = 0.975  # quantile of a flow that nobody expects to be passed


@dataclass(frozen=True)
class QuotaForecast:
    """A quota, and the forecast of the flow that it counts.

    Parameters
    ----------
    quota : Policy
        As known on the day of the forecast.
    flow : FlowForecast
        Of what customs count where that has been printed, else of the scenario's own flow; before
        the scenario's events.
    measure : str
        Which flow it is.
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

    @property
    def days(self) -> QuotaDays:
        """On which it is used up, and the probability that it is."""
        return quota_days(self.flow.monthly, self.flow.months, self.quota)

    @property
    def vehicles(self) -> tuple[Array, Array, Array]:
        """How many come within the quota, how many after it in its year, and how many in the year
        after, in each draw.
        """
        in_force = Period(self.quota.start, self.quota.last_day)
        total = self.flow.totals(in_force)
        within = np.minimum(total, self.quota.quota or 0.0)
        return within, total - within, self.flow.totals(year(in_force.end.year + 1))


@dataclass(frozen=True)
class QuotaClaim(QuotaForecast):
    """A day set beside the forecast of the day on which a quota is used up.

    Parameters
    ----------
    scenario : str
        That was asked.
    day : date
        The day that somebody names.
    """

    scenario: str
    day: dt.date

    @property
    def probability(self) -> float:
        """That it is used up by the day."""
        days = days_used_up(self.flow.monthly, self.flow.months, self.quota)
        return float((days <= self.day.toordinal()).mean())


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
        hint = ", ".join(map(str, quotas)) or "another place: AM, BY, KG or KZ"
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
    """Set a day beside the forecast of the day on which a quota is used up.

    Parameters
    ----------
    place : str
        A country.
    period : str
        The year of the quota.
    day : str
        By which it is used up, as somebody says.
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
    forecast = quota_forecast(quota, scenario, facts, scenario.known_by(facts))
    if forecast is None:
        raise InputError(
            f"the quota of {period} was announced on {quota.announced}, later than the day of the "
            "forecast; ask as of a later day"
        )
    return QuotaClaim(**vars(forecast), scenario=scenario.name, day=asked_day)


def quota_forecast(
    quota: Policy, scenario: Scenario, facts: Ledger, day: dt.date
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
    """
    known_quota = quota.as_known(day)
    if known_quota is None:
        return None
    inputs = flow_inputs(scenario, quota.place, facts, day)
    if not len(inputs.facts):
        inputs = FlowInputs(facts, quota.place, "ev_registrations", day)
    customs = FlowInputs(facts, quota.place, quota.measure, day)
    if len(customs.facts):
        inputs = customs
    if not len(inputs.facts) and inputs.market.sizes is None:
        raise InputError(
            f"nobody has counted electric cars in {place_name(quota.place)} by {day}; add facts "
            "with --ledger"
        )
    flow = forecast_flow(
        inputs.facts,
        [year(quota.start.year), year(quota.start.year + 1)],
        inputs.prior,
        inputs.market.sizes,
        seed=scenario.seed,
        place=quota.place,
        policies=inputs.policies,
    )
    return QuotaForecast(known_quota, flow, inputs.measure or quota.measure, day)


def open_quotas(outlook: Outlook) -> list[QuotaForecast]:
    """The quotas of an outlook's country that are not used up on its day.

    Parameters
    ----------
    outlook : Outlook
        Of any scenario; a corridor has no quota.
    """
    forecasts = [
        quota_forecast(quota, outlook.scenario, outlook.ledger, outlook.as_of)
        for quota in shipped_quotas(outlook.scenario.place)
        if quota.last_day >= outlook.as_of
    ]
    return [forecast for forecast in forecasts if forecast and forecast.quota.is_open_quota]


def size_that_lifts(outlook: Outlook, quota: Policy) -> float | None:
    """The number that a scenario puts in the place of a quota, where it is more than come.

    Parameters
    ----------
    outlook : Outlook
        Of any scenario.
    quota : Policy
        One of its country.

    Examples
    --------
    >>> import forecasting as fc
    >>> raised = fc.outlook("kyrgyzstan-accelerated", draws=50)
    >>> size_that_lifts(raised, open_quotas(raised)[0].quota)
    1000000.0
    """
    flow = outlook.results.values[outlook.measure]
    high_flow = np.quantile(flow, HIGH_QUANTILE, axis=0).max()
    sizes = [
        driver.size.low
        for driver in outlook.scenario.drivers
        if driver.kind == "quota" and driver.policy == quota.id
    ]
    return min(sizes) if sizes and min(sizes) > high_flow else None


def quota_skill(panel: Panel, monthly: Panel, train: Panel | None = None) -> pd.DataFrame:
    """Forecast the days of artificial quotas on months of other markets.

    Parameters
    ----------
    panel : DataFrame or path
        Markets that growth is learned from, by year.
    monthly : DataFrame or path
        Markets whose quotas are forecast, by month; each is left out of what is learned.
    train : DataFrame or path, optional
        Markets to learn growth from in place of the panel.

    Returns
    -------
    DataFrame
        ``method, market, year, k`` (months told), ``share`` (of the year's total), ``scored``,
        ``error`` (of the median, in months), ``inside`` (whether the 80 % range holds the day; of
        rules missing).

    Raises
    ------
    EvidenceError
        Where no market has two whole years of months in a row.
    """
    analogues = read_panel(panel if train is None else train, battery_only=True)
    months = read_monthly(monthly)
    if train is None:
        check_names(months, analogues)
    cases = list(_cases(months))
    if not cases:
        raise EvidenceError(
            "no market has two whole years of months in a row; give more months of the markets"
        )
    rows: list[dict[str, object]] = []
    priors: dict[object, Prior] = {}  # the same for all cases of a market and year
    for sales, case in tqdm(cases, "quotas", leave=False, disable=None):
        inputs = inputs_of(case, analogues, months)
        if case.prior_key not in priors:
            priors = {case.prior_key: prior_of(case, inputs)}
        rows += _scores(case, sales, inputs, priors[case.prior_key])
    return pd.DataFrame(rows)


def summarise_quotas(table: pd.DataFrame) -> pd.DataFrame:
    """One line per method, from the cases of :func:`quota_skill`.

    Returns
    -------
    DataFrame
        Indexed by method: ``error`` (the median absolute error in months) of all cases, ``k2`` and
        so on by months told; ``in80`` with ``se80``, clustered by market and year, of this
        package; ``cases``.

    Examples
    --------
    >>> case = {"market": "A", "year": 2024, "k": 2, "share": 0.5, "scored": 2024}
    >>> rows = [case | {"method": THIS_PACKAGE, "error": -0.4, "inside": 1.0}]
    >>> float(summarise_quotas(pd.DataFrame(rows)).loc[THIS_PACKAGE, "error"])
    0.4
    """
    size = table.assign(size=table["error"].abs())
    lines = size.groupby("method", sort=False)["size"].median().to_frame("error")
    for k in sorted(table["k"].unique()):
        lines[f"k{k}"] = size[size["k"] == k].groupby("method")["size"].median()
    ours = table[table["method"] == THIS_PACKAGE]
    inside = clustered_mean(ours["inside"], ours)
    lines.loc[THIS_PACKAGE, ["in80", "se80"]] = [inside.mean, inside.error]
    lines = lines.round(3)
    lines["cases"] = table.groupby("method").size()
    return lines.rename_axis("method")


def _cases(months: pd.DataFrame) -> Iterator[tuple[pd.Series, PartYear]]:
    """Each whole year after a whole one, told up to some month, with the counts of the market."""
    for market in months["market"].unique():
        counts = counts_of(months, market)
        sales = counts["registrations"]
        for of_year in counts["year"].unique():
            actual = sales.reindex(_months_of(of_year))
            if actual.isna().any():
                continue
            for k in TOLD_MONTHS:
                case = part_year(counts, market, pd.Period(f"{of_year}-{k:02d}"))
                if case is not None:
                    yield sales, case


def _months_of(of_year: int) -> pd.PeriodIndex:
    return pd.period_range(f"{of_year}-01", f"{of_year}-12", freq="M")


def _scores(
    case: PartYear, sales: pd.Series, inputs: FlowInputs, prior: Prior
) -> Iterator[dict[str, object]]:
    """Rows of a case: each artificial quota that is not used up yet, by each method."""
    actual = sales.reindex(_months_of(case.origin)).to_numpy(dtype=float)
    past = sales.reindex(_months_of(case.origin - 1)).to_numpy(dtype=float)
    total = float(actual.sum())
    numbers = {share: share * total for share in QUOTA_SHARES if share * total > case.part}
    if not numbers:
        return
    forecast = forecast_flow(
        inputs.facts,
        [year(case.origin), year(case.origin + 1)],
        prior,
        inputs.market.sizes,
        draws=QUOTA_DRAWS,
        place=case.market,
    )
    start = next(
        place for place, month in enumerate(forecast.months) if month.start.year == case.origin
    )
    draws = forecast.monthly[:, start : start + 24]
    so_far = actual[: case.k]
    flows = {
        THIS_PACKAGE: draws,
        EVEN_MONTHS: np.append(so_far, np.full(24 - case.k, so_far.mean()))[None],
        GROWN_MONTHS: np.append(so_far, _grown(past, case)[case.k :])[None],
    }
    for share, number in numbers.items():
        day = months_used_up(actual[None], number)[0]
        of_case = {"market": case.market, "year": case.origin, "k": case.k, "share": share}
        for method, flow in flows.items():
            days = months_used_up(flow, number)
            low, median, high = np.quantile(days, RANGE_LEVELS, method="inverted_cdf")
            row = {"method": method, "scored": case.origin, "error": median - day, "inside": np.nan}
            if method == THIS_PACKAGE:
                row["inside"] = float(low <= day <= high)
            yield row | of_case


def _grown(past: Array, case: PartYear) -> Array:
    """Last year's months, and those of the year after it, as the growth so far has them."""
    factor = 1 + case.growth / 100
    return np.append(past * factor, past * factor**2)


def months_used_up(flow: Array, number: float) -> Array:
    """After how many months a sum of months reaches a number, by draw; of one that never does, the
    number of months. Within a month the flow is even.

    >>> months_used_up(np.array([[10.0, 20.0, 20.0]]), 20.0)
    array([1.5])
    """
    counts = np.arange(flow.shape[1] + 1)
    return np.array([np.interp(number, [0.0, *row], counts) for row in np.cumsum(flow, axis=1)])
