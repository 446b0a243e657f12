"""Where a market's path starts before its facts are read: share, size of the market, stock."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from forecasting.evidence.ledger import entries_by_year
from forecasting.evidence.observation import Observation
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.policy_months import NO_POLICIES, Policies
from forecasting.growth.prior import Prior, log_odds
from forecasting.vocabulary.arguments import Check, number, read
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import FIRST_YEAR, LAST_YEAR, Period, year

MarketSize = float | int | pd.Series | Mapping[int, float] | Mapping[Period, float] | None

VEHICLES = Check(
    "a number, which must be new vehicles a year, above 0 (1 or more: no share, and no millions)",
    number(1).read,
)
# A published market size is the agency's own and counts vehicles of its own perimeter
SIZE_SD = 0.05
# Spread of the log of a year's cars, where it follows from a part of the year by its days, over the
# root of days left to days seen: 0.08 to 0.12 after 2 to 11 months of 56 years of 11 markets (all
# new cars, without 2020; collected by Open-EV-Charts).
PART_SD = 0.1
# Spread of a market's log size in the path's first year about the earliest published size, and the
# least spread where only years before the path have one
FIRST_SIZE_SD = 1.0
OUTSIDE_SD = 0.15
# A market without counts lags the others: its mean log-odds are lower by the gap, its spread wider
LATE_MARKET_GAP = 1.0
LATE_MARKET_SD = 0.8
# Years of the path before the first count, in which the stock came: little is left of earlier ones
WALKED_BACK = 8
NEAR_MARKET = 0.9  # part of the market above which a caveat says that a flow comes near it
# Spread of the log of a flow before anything is read: it may be anything. Where only a stock or a
# difference tells of it, it is of the size of that, within a factor of 25 either way in the central
# 80 %; where only bounds do, within a factor of two. Judgement.
UNKNOWN_LEVEL_SD = 10.0
STOCK_LEVEL_SD = 2.5
BOUND_LEVEL_SD = 0.6


def path_of(
    prior: Prior,
    market_size: MarketSize,
    facts: Sequence[Observation],
    years: tuple[int, int],
    bases: int,
    drifts: Sequence[tuple[int, int]],
    discrete: bool = True,
    policies: Policies = NO_POLICIES,
) -> LatentPath:
    """The path over some years, started where facts, market size or analogues say.

    Parameters
    ----------
    prior : Prior
        Growth learned from analogue markets.
    market_size : float, Series, mapping or None
        New vehicles a year; of a period that is part of a year, the vehicles of that part.
    facts : sequence of Observation
        The facts.
    years : tuple of int
        First and last.
    bases : int
        Number of agencies' offsets.
    drifts : sequence of (int, int)
        Those that drift: number, and year from which.
    discrete : bool
        Whether the flow is of single things.
    policies : Policies
        What moves single months.

    Raises
    ------
    EvidenceError
        Where a market size is not a number above 0.
    """
    start_year, final_year = years
    sizes = _sizes(market_size, facts, start_year, final_year)
    final_year = max([final_year, *sizes])  # the path reaches every size that is known
    count_year = years_spoken_of(counts(facts))[0] if facts else start_year
    mean, sd = prior.share_in(max(count_year, FIRST_YEAR))
    if not sizes:
        size, size_sd = _level(facts)
        start = Start(mean, sd, size, size_sd, of_flow=True)
    elif facts:
        start = Start(log_size=next(iter(sizes.values()))[0], log_size_sd=FIRST_SIZE_SD)
        start = replace(start, launch=_launch(prior, facts, count_year, start))
    else:
        start = Start(
            log_odds=mean - LATE_MARKET_GAP,
            log_odds_sd=math.hypot(sd, LATE_MARKET_SD),
            log_size=next(iter(sizes.values()))[0],
            log_size_sd=FIRST_SIZE_SD,
        )
    if any(fact.accumulates for fact in facts):
        start_year = min(start_year, count_year) - WALKED_BACK
    start = replace(start, year=count_year)
    return LatentPath(
        prior, start_year, final_year, start, sizes, bases, drifts, discrete, policies
    )


def start_caveats(path: LatentPath, facts: Sequence[Observation]) -> list[Caveat]:
    """What a reader must know of a path's start: that a flow comes near the known size of its
    market, or that nothing is known of the flow but that size.
    """
    if not path.sizes:
        return []
    if not facts:
        return [Caveat("analogues_alone")]
    rates = [fact.yearly for fact in facts if fact.is_rate and fact.bound != -1]
    largest = max(rates, default=0.0)
    size = math.exp(max(size for size, _ in path.sizes.values()))
    if largest <= NEAR_MARKET * size:
        return []
    return [Caveat("flow_near_market", values={"flow": largest, "market": size})]


def _launch(prior: Prior, facts: Sequence[Observation], count_year: int, start: Start) -> float:
    """Probability that the year of the first total is that in which the market was launched.

    A half before the share is known: in the year of a launch shares are lower than in others.
    """
    whole_year = year(count_year)
    totals = [
        fact.amount
        for fact in facts
        if fact.is_rate and not fact.bound and fact.period == whole_year
    ]
    if not totals or min(totals) <= 0:
        return 0.0
    launch = prior.launch
    share = log_odds(totals[0] / math.exp(start.log_size))
    log_densities = [
        -0.5 * ((float(share) - mean) / sd) ** 2 - math.log(sd)
        for mean, sd in ((launch.log_odds, launch.log_odds_sd), (start.log_odds, start.log_odds_sd))
    ]
    # The logistic function: a share far from both leaves no density of either
    return 0.5 * (1 + math.tanh((log_densities[0] - log_densities[1]) / 2))


def _first_level(facts: Sequence[Observation]) -> float:
    """The first of some numbers, by the year; where there are only bounds, the highest lower bound,
    or without one the lowest upper bound.
    """
    numbers = [fact for fact in facts if not fact.bound]
    if numbers:
        return min(numbers, key=lambda fact: (fact.period, fact.amount)).yearly
    lower_bounds = [fact.yearly for fact in facts if fact.bound == 1]
    return max(lower_bounds) if lower_bounds else min(fact.yearly for fact in facts)


def _level(facts: Sequence[Observation]) -> tuple[float, float]:
    """Log of about what a flow is a year, and its spread: by totals, else by a stock, else by a
    difference.
    """
    levels = counts(
        [fact for fact in facts if not fact.quantity.is_percent and abs(fact.amount) > 0]
    )
    if rates := [fact for fact in levels if fact.is_rate]:
        only_bounds = all(fact.bound for fact in rates) and not opposite(rates)
        return math.log(_first_level(rates)), BOUND_LEVEL_SD if only_bounds else UNKNOWN_LEVEL_SD
    if stocks := [fact for fact in levels if fact.is_count]:
        # About a third of a growing stock came within the year
        return math.log(_first_level(stocks)) - 1, STOCK_LEVEL_SD
    if levels:
        return math.log(_first_level(levels)), STOCK_LEVEL_SD
    return 0.0, UNKNOWN_LEVEL_SD


def opposite(bounds: Sequence[Observation]) -> bool:
    """Whether two facts are opposite bounds of one quantity, and so a range."""
    sides = {(fact.basis, fact.quantity.name, fact.period, fact.bound) for fact in bounds}
    return any((*quantity_key, -side) in sides for *quantity_key, side in sides)


def years_spoken_of(facts: Sequence[Observation]) -> tuple[int, int]:
    """First and last year that facts speak of, those included with which they compare."""
    return min(fact.years[0] for fact in facts), max(fact.years[1] for fact in facts)


def counts(facts: Sequence[Observation]) -> Sequence[Observation]:
    """The facts that are no bounds, or all where there are only bounds: a bound on later years does
    not count.

    Parameters
    ----------
    facts : sequence of Observation
        Any.
    """
    return [fact for fact in facts if not fact.bound] or facts


def _size(value: object) -> float:
    return float(read(VEHICLES, "market_size", value, EvidenceError))


def _sizes(
    market_size: MarketSize, facts: Sequence[Observation], start_year: int, final_year: int
) -> dict[int, tuple[float, float]]:
    """Log size of the market in the years that are known."""
    if market_size is None:
        return {}
    sizes: dict[int, tuple[float, float]] = {}
    if isinstance(market_size, pd.Series | Mapping):
        numbers = entries_by_year(market_size, "market_size")
        entries = {period: _size(value) for period, value in numbers.items()}
        # The longest part of a year comes last, and overwrites shorter ones
        for period in sorted(entries, key=lambda part: part.days):
            sizes[period.start.year] = _of_year(period, entries[period])
    else:
        full_years = [
            fact.period.end.year
            for fact in counts(facts)
            if fact.period.days >= 365 or fact.accumulates
        ]
        last_full_year = max(full_years, default=max(final_year - 1, start_year))
        sizes[last_full_year] = math.log(_size(market_size)), SIZE_SD
    if not sizes:
        raise EvidenceError("market_size holds no number; it must be new vehicles a year, above 0")
    within_path = {y: sizes[y] for y in sorted(sizes) if y >= start_year}
    past_years = sizes.keys() - within_path.keys()
    if past_years and min(within_path, default=LAST_YEAR) > final_year:
        size, sd = sizes[max(past_years)]
        return {start_year: (size, max(sd, OUTSIDE_SD))} | within_path
    return within_path


def _of_year(part: Period, count: float) -> tuple[float, float]:
    """Log of a year's vehicles, and its spread, from the vehicles of a part of the year."""
    share = part.share_of_year
    return math.log(count / share), math.hypot(SIZE_SD, PART_SD * math.sqrt(1 / share - 1))
