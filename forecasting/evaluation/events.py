"""Backtest about the ends of privileges: forecasts made before, with and without the event's date.

A case is a market and the day on which a privilege ended there. Four months before, the forecaster
knows the total of the year before, the total from January on and its growth, and is scored on the
last month with the privilege, the three months after it and the twelve. What policies do is learned
from the months of the other markets, and so is the prior.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from forecasting.evaluation.backtest import BACKTEST_DRAWS
from forecasting.evaluation.markets import Panel, read_monthly, read_panel
from forecasting.evaluation.part_year import counts_of, inputs_of, part_year, prior_of, total_of
from forecasting.evaluation.records import Case, results
from forecasting.evaluation.scores import SCORE_LEVELS, coverage, mean_scores, ratio_to
from forecasting.evidence.policies import Policy, read_policies
from forecasting.growth.flow import forecast_flow
from forecasting.growth.prior import Prior
from forecasting.panels.policy_effects import PolicyEvent, estimate_policy_effects, events
from forecasting.scenarios.facts_on_day import FlowInputs
from forecasting.vocabulary.errors import EvidenceError, Problem
from forecasting.vocabulary.periods import Period, month
from forecasting.vocabulary.places import find_place

WITH_DATE = "with its date"
WITHOUT_DATE = "without"
MULTIPLIER = "one multiplier"
# Of each scored span the first and the last month, counted from the first one after the event, and
# the median effect on the visible markets as a factor, whatever the size and the notice
SCORED_SPANS = {"last": (-1, -1, 1.5), "three": (0, 2, 0.7), "twelve": (0, 11, 0.75)}
MULTIPLIER_SD = 0.5
MONTHS_BEFORE = 4  # months that facts end before the event


def event_skill(panel: Panel, monthly: Panel, policies: str | Path | None = None) -> pd.DataFrame:
    """Score every event, each market left out in turn.

    Parameters
    ----------
    panel : DataFrame or path
        Annual sales to learn growth from, as :func:`forecasting.evaluation.markets.read_panel`
        reads them.
    monthly : DataFrame or path
        Months of the markets, as :func:`forecasting.evaluation.markets.read_monthly` reads them.
    policies : path, optional
        A table of policies in place of those that ship; each of its places needs months.

    Returns
    -------
    DataFrame
        As :func:`forecasting.evaluation.records.results` has it, of ``market, policy, known``
        (whether it had been announced by then), ``scored`` (the year of the event), ``months``
        (``last``, ``three``, ``twelve``).

    Raises
    ------
    EvidenceError
        Where a file cannot be read, a policy's place has no months, or no event lies within them.

    Examples
    --------
    >>> counts = pd.DataFrame({"market": "Norway", "month": ["2022-12"], "bev": 100})
    >>> rows = [("Norway", 2021, 900.0, 0.0, 5.0)]
    >>> columns = ["market", "year", "sales_bev", "sales_phev", "sales_share_percent"]
    >>> event_skill(pd.DataFrame(rows, columns=columns), counts)
    Traceback (most recent call last):
    forecasting.EvidenceError: no privilege that ended ... has a year of months before ...
    """
    analogues = read_panel(panel, battery_only=True)
    names = {find_place(name): name for name in analogues["market"].unique()}
    months = read_monthly(monthly)
    # Markets by their names in the panel, so that they can be left out of it
    panel_names = {name: names.get(find_place(name), name) for name in months["market"].unique()}
    months = months.assign(market=months["market"].map(panel_names))
    rows = read_policies(policies)
    if policies is not None:
        _check_places(rows, set(panel_names), Path(policies).name)
    return results(
        _cases(analogues, months, rows.values()),
        EvidenceError(
            "no privilege that ended in these markets has a year of months before it; give months"
            " of Norway from 2021 to 2023, e.g."
        ),
    )


def _check_places(policies: Mapping[str, Policy], markets: set[str], name: str) -> None:
    """Refuse the policies of places that have no months."""
    places = {find_place(market) for market in markets}
    hint = "leave it out, or give that place's months"
    problems = [
        Problem(f"{name}:{row} place", f"{policy.id}: {policy.place} has no months", hint)
        for row, policy in enumerate(policies.values(), start=2)
        if policy.place not in places
    ]
    if problems:
        raise EvidenceError(problems)


def _cases(
    analogues: pd.DataFrame, months: pd.DataFrame, policies: Collection[Policy]
) -> Iterator[Case]:
    """The cases of every event before which a year of months is known."""
    for event in tqdm(events(months, policies, ["ends"]), leave=False, disable=None):
        final_month = event.start_month - MONTHS_BEFORE - 1
        past = part_year(counts_of(months, event.market), event.market, final_month)
        if past is not None:
            inputs = inputs_of(past, analogues, months)
            effects = estimate_policy_effects(months[months["market"] != event.market], policies)
            yield from _cases_of(event, inputs, replace(prior_of(past, inputs), policies=effects))


def _cases_of(event: PolicyEvent, inputs: FlowInputs, prior: Prior) -> Iterator[Case]:
    """The cases of an event: each span of months."""
    outcomes: dict[str, tuple[Period, float]] = {}
    for name, (begins, ends, _) in SCORED_SPANS.items():
        start = event.start_month + begins
        end = event.start_month + ends
        if (outcome := total_of(event.counts, start, end)) > 0:
            period = Period(month(str(start)).start, month(str(end)).end)
            outcomes[name] = (period, outcome)
    policy = event.policy
    is_announced = policy.as_known(inputs.day) is not None
    if not is_announced:  # its later announcement is not used, only its date
        policy = replace(policy, announced=None)
    with_date, without_date = (
        forecast_flow(
            inputs.facts,
            [period for period, _ in outcomes.values()],
            prior,
            inputs.market.sizes,
            draws=BACKTEST_DRAWS,
            place=event.market,
            policies=policies,
        )
        for policies in ((policy,), ())
    )
    spread = np.exp(MULTIPLIER_SD * np.random.default_rng(0).standard_normal(BACKTEST_DRAWS))
    event_row = {
        "market": event.market,
        "policy": policy.id,
        "known": is_announced,
        "scored": event.start_month.year,
    }
    for span, (period, outcome) in outcomes.items():
        flow = without_date.totals(period)
        by_multiplier = flow * SCORED_SPANS[span][-1] * spread
        draws = {
            WITH_DATE: with_date.totals(period),
            WITHOUT_DATE: flow,
            MULTIPLIER: by_multiplier,
        }
        forecasts = {name: np.quantile(totals, SCORE_LEVELS) for name, totals in draws.items()}
        yield Case(event_row | {"months": span}, outcome, forecasts)


def summarise_events(table: pd.DataFrame) -> pd.DataFrame:
    """One line per method, from the cases of :func:`event_skill`.

    Returns
    -------
    DataFrame
        Indexed by method: ``wis`` of all cases, ``last, three, twelve`` by months; ``ratio`` to the
        forecast without the event, with ``ratio_se`` clustered by market and year, and
        ``ratio_last`` and so on by months, ``ratio_known`` where the event had been announced by
        then; ``in80, in95`` with ``se80, se95``; ``cases`` and ``events``.

    Examples
    --------
    >>> one = {"method": [WITH_DATE, WITHOUT_DATE], "market": "A", "policy": "tax", "known": True,
    ...        "months": "last", "scored": 2024, "wis": [0.1, 0.2], "ale": 0.2, "in80": True,
    ...        "in95": True}
    >>> float(summarise_events(pd.DataFrame(one)).loc[WITH_DATE, "ratio"])
    0.5
    """
    months = {name: f"months == '{name}'" for name in SCORED_SPANS if name in {*table["months"]}}
    lines = mean_scores(table, {"wis": "wis >= 0"} | months | {"known": "known"})
    for method in lines.index:
        lines.loc[method, ["ratio", "ratio_se"]] = [*ratio_to(table, method, WITHOUT_DATE)]
    for name in (*months, "known"):
        lines[f"ratio_{name}"] = lines[name] / float(lines[name][WITHOUT_DATE])
    lines = lines.drop(columns="known").round(3).join(coverage(table))
    events = table.groupby("method")["policy"].nunique()
    return lines.assign(events=events).rename_axis("method")
