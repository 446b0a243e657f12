"""What stays of the cars that come: pairs of imports and of the growth of a register, and the share
that a place registers.

The register follows the imports by about a quarter: some cars are registered at once, others after
half a year. The share moves slowly, differs from place to place, and grows where a rule closes a
way on which cars left.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evidence.policies import Policy, policies_of
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import DAY
from forecasting.vocabulary.places import WORLD
from forecasting.vocabulary.quantiles import Array
from forecasting.vocabulary.quantities import EXACT_RELATIONS, default_quantity

# From the border to the register: from none to half a year, a quarter on average
LAGS = (91 * DAY, 182 * DAY)  # beside none
SHORTEST = 28  # days of an interval between counts; in a shorter one the lag is all
COLUMNS = ("place", "measure", "period_start", "period_end", "relation", "value")
# Products that one agency counts apart, and that together are all vehicles of a kind
CONDITIONS = ("new", "used")
IMPORTS = "ev_imports"
FLOWS = ("ev_registrations", "ev_stock_change")  # the second of a table of --registers alone
STOCK = "ev_stock"
REGISTER_MEASURES = (IMPORTS, *FLOWS, STOCK)
EXACT = (*EXACT_RELATIONS, "")
COUNTS = ("outcome", "estimate", "")
# Imports of all partners, then of the one from which nearly all come
PARTNERS = ("", WORLD, "CN")
DAYS_KNOWN = 0.6  # of an interval, from which its other days are taken to be as these
KEPT = "ev_kept_percent"
# Spreads of the log of the share that are weighed by how well each explains the counts: between
# regions of the world, of a place, of an interval of a year, and of a year's change, half as much
SPREADS = (0.1, 0.3, 0.6)
# Part of the cars that left which a closed way stops. New cars by Kyrgyzstan to Russia fell by
# 52.5 % in ten months of 2025 after two fees (24.kg citing Autostat); of others a judgement
STOPPED = 0.5
LEAST_SHARE_KEPT = 0.05  # that still stays where a way that was closed is open again: a judgement


@dataclass(frozen=True)
class RegisterGrowth:
    """By how much a register grew between two days, and what came in that time.

    Parameters
    ----------
    place : str
        Of the register.
    start, end : date
        The day of the count before, and of the count.
    registered, imported, lagged : float
        Vehicles: growth of the register, imports of those days, and those that would reach the
        register in those days if all stayed.
    """

    place: str
    start: dt.date
    end: dt.date
    registered: float
    imported: float
    lagged: float

    @property
    def years(self) -> float:
        """Length of the interval."""
        return (self.end - self.start).days / 365.25


@dataclass(frozen=True)
class RegisterCount:
    """A printed count of imports, of a register or of its growth.

    Parameters
    ----------
    place, measure, product, basis, partner : str
        What is counted, where, and by whom.
    start : date or None
        The first day of a flow; of a stock nobody asks for it.
    end : date
        The last day.
    value : float
        Vehicles.
    """

    place: str
    measure: str
    product: str
    basis: str
    partner: str
    start: dt.date | None
    end: dt.date
    value: float

    @property
    def first_day(self) -> dt.date:
        """Of a flow."""
        return self.start or self.end

    @property
    def register(self) -> tuple[str, str]:
        """Counts of one agency and of one kind of vehicle are of one register."""
        return self.product, self.basis


def growths_of(registers: pd.DataFrame) -> tuple[list[RegisterGrowth], list[RegisterGrowth]]:
    """Growths of the registers of a table, as of `growths_between`.

    Parameters
    ----------
    registers : pandas.DataFrame
        Rows with ``place, measure`` (ev_imports; ev_stock, ev_registrations or ev_stock_change),
        ``period_start, period_end, relation, value``, and where known ``product, basis, quantity,
        kind, partner``. Bounds, shares and targets are left out.

    Returns
    -------
    tuple of list of RegisterGrowth

    Raises
    ------
    EvidenceError
        Where a column is missing, or a value is no count.

    Examples
    --------
    >>> year = {"place": "GE", "period_start": "2017-01-01", "period_end": "2017-12-31"}
    >>> counts = {"ev_imports": 824, "ev_registrations": 810}
    >>> rows = [year | {"measure": name, "value": count} for name, count in counts.items()]
    >>> (growth,), decreases = growths_of(pd.DataFrame(rows).assign(relation="equals"))
    >>> growth.registered, round(growth.imported)
    (810.0, 824)
    """
    return growths_between(_counts(registers))


def growths_between(
    counts: Iterable[RegisterCount],
) -> tuple[list[RegisterGrowth], list[RegisterGrowth]]:
    """Growths of registers with imports beside them, in the order of their days, and what fell.

    Parameters
    ----------
    counts : iterable of RegisterCount
        Of any places; new and used vehicles of one agency and period are added.

    Returns
    -------
    tuple of list of RegisterGrowth
        Intervals in which a register grew, and those in which it did not, of which no share is
        known.
    """
    growths = [
        growth
        for place, of_place in _groups(_with_sums(counts), lambda count: count.place)
        for growth in _growths_of_place(str(place), of_place)
    ]
    growths.sort(key=lambda growth: (growth.end, growth.place))
    decreases = [growth for growth in growths if growth.registered <= 0]
    return [growth for growth in growths if growth.registered > 0], decreases


def _growths_of_place(place: str, counts: Sequence[RegisterCount]) -> Iterator[RegisterGrowth]:
    """The intervals of a place's registers of which the imports are known, grown or not."""
    of_imports = [count for count in counts if count.measure == IMPORTS]
    series = _groups(of_imports, lambda count: (*count.register, count.partner))
    imports = [_daily(of_series) for _, of_series in series]
    if not imports:
        return
    for start, end, registered in _increments(counts):
        imported = _imports_between(imports, start, end)
        if imported is not None:
            on_the_way = [_imports_between(imports, start - lag, end - lag) for lag in LAGS]
            lagged = float(np.mean([imported, *(n for n in on_the_way if n is not None)]))
            yield RegisterGrowth(place, start, end, registered, imported, lagged)


def _groups(
    counts: Iterable[RegisterCount], key: Callable[[RegisterCount], Any]
) -> list[tuple[Any, list[RegisterCount]]]:
    """Counts of one key together, in the order of the keys."""
    groups: dict[Any, list[RegisterCount]] = {}
    for count in counts:
        groups.setdefault(key(count), []).append(count)
    return sorted(groups.items())


def _with_sums(counts: Iterable[RegisterCount]) -> list[RegisterCount]:
    """The counts, with new and used vehicles of one agency and one period added, where no count has
    them together.
    """
    others = []
    parts: dict[RegisterCount, dict[str, RegisterCount]] = {}
    for count in counts:
        condition, _, product = count.product.partition("-")
        if condition in CONDITIONS and not product.startswith("energy"):
            together = replace(count, product=product, value=0.0)
            parts.setdefault(together, {}).setdefault(condition, count)
        else:
            others.append(count)
    counted_together = {replace(count, value=0.0) for count in others}
    for together, by_condition in parts.items():
        if len(by_condition) < len(CONDITIONS):
            others += by_condition.values()
        elif together not in counted_together:
            vehicles = sum(count.value for count in by_condition.values())
            others.append(replace(together, value=vehicles))
    return others


def _increments(of_place: Sequence[RegisterCount]) -> Iterator[tuple[dt.date, dt.date, float]]:
    """Start, end and growth of each interval of the registers of a place, each interval once: of
    several registers by the first in the order of their names, whatever the order of the rows.
    """
    increments: dict[tuple[dt.date, dt.date], float] = {}
    flows = [count for count in of_place if count.measure in FLOWS]
    for count in sorted(flows, key=lambda count: count.register):
        increments.setdefault((count.first_day - DAY, count.end), count.value)
    stocks = [count for count in of_place if count.measure == STOCK]
    for _, of_register in _groups(stocks, lambda count: count.register):
        of_days: dict[dt.date, float] = {}
        for count in of_register:
            of_days.setdefault(count.end, count.value)
        for (start, start_count), (end, end_count) in itertools.pairwise(sorted(of_days.items())):
            increments.setdefault((start, end), end_count - start_count)
    for (start, end), value in increments.items():
        if (end - start).days >= SHORTEST:
            yield start, end, value


def _daily(series: Iterable[RegisterCount]) -> dict[int, float]:
    """Imports by the number of the day, even within what is printed: a longer period holds the
    shorter ones.
    """
    days: dict[int, float] = {}
    periods = [
        (range(count.first_day.toordinal(), count.end.toordinal() + 1), count.value)
        for count in series
    ]
    for period_days, value in sorted(periods, key=lambda period: len(period[0])):
        empty = [day for day in period_days if day not in days]
        remainder = value - sum(days[day] for day in period_days if day in days)
        if empty and remainder >= 0:
            days |= dict.fromkeys(empty, remainder / len(empty))
    return days


def _imports_between(
    imports: Iterable[dict[int, float]], start: dt.date, end: dt.date
) -> float | None:
    """Imports after one day up to another, of the series that knows most of those days; what it
    does not know came as fast as the rest.
    """
    period_days = range(start.toordinal() + 1, end.toordinal() + 1)
    of_series = [[days[day] for day in period_days if day in days] for days in imports]
    daily_counts = max(of_series, key=len, default=[])
    if len(daily_counts) < DAYS_KNOWN * len(period_days) or sum(daily_counts) <= 0:
        return None
    return sum(daily_counts) * len(period_days) / len(daily_counts)


def _counts(registers: pd.DataFrame) -> Iterator[RegisterCount]:
    """The counts of a table."""
    if missing := [name for name in COLUMNS if name not in registers]:
        raise EvidenceError(f"the table lacks {', '.join(missing)}")
    columns = [*COLUMNS, "product", "basis", "quantity", "kind", "partner"]
    texts = registers.reindex(columns=columns)
    texts = texts.astype(str).where(texts.notna(), "")
    is_count = (
        texts["measure"].isin(REGISTER_MEASURES)
        & texts["relation"].isin(EXACT)
        & texts["quantity"].isin(["", default_quantity("flow"), default_quantity("stock")])
        & texts["kind"].isin(COUNTS)
        & texts["partner"].isin(PARTNERS)
        & (texts["value"] != "")
    )
    for row in texts[is_count].to_dict("records"):
        is_stock = row["measure"] == STOCK
        try:
            start = None if is_stock else dt.date.fromisoformat(row["period_start"])
            end = dt.date.fromisoformat(row["period_end"])
            value = float(row["value"])
            if not value >= 0 or (start and start > end):
                raise ValueError
        except ValueError:
            raise EvidenceError(
                f"the table's {row['measure']} of {row['place']}, {row['period_start']} to "
                f"{row['period_end']}: {row['value']!r} is no count of a period; correct the row"
            ) from None
        yield RegisterCount(
            row["place"],
            row["measure"],
            row["product"],
            row["basis"],
            row["partner"],
            start,
            end,
            value,
        )


def closed_ways(place: str, day: dt.date) -> list[Policy]:
    """Rules known on a day that close a way on which cars left a place, in the order of their days.

    >>> [policy.id for policy in closed_ways("KG", dt.date(2025, 6, 30))]
    ['eaeu-2024-04-russia-fee', 'eaeu-2025-05-russia-fee']
    """
    rules = [row for row in policies_of(place) if row.measure == KEPT and row.is_known(day)]
    return sorted(rules, key=lambda rule: rule.start)


def still_leaving(growth: RegisterGrowth, rules: Iterable[Policy]) -> float:
    """Part of the cars that once left a place which still leave in an interval, under some rules.

    >>> year = RegisterGrowth("KG", dt.date(2024, 12, 31), dt.date(2025, 12, 31), 1.0, 1.0, 1.0)
    >>> round(still_leaving(year, closed_ways("KG", year.end)), 2)
    0.33
    """
    days = (growth.end - growth.start).days
    parts = [_days_under(rule, growth) / days for rule in rules]
    return float(np.prod([1 - STOPPED * part for part in parts]))


def _days_under(rule: Policy, growth: RegisterGrowth) -> int:
    """Days of an interval on which a rule is in force."""
    first = max(rule.start, growth.start + DAY)
    last = min(rule.end or growth.end, growth.end)
    return max((last - first).days + 1, 0)


def registered_share(
    growth: RegisterGrowth,
    place_growths: Sequence[RegisterGrowth],
    other_growths: Sequence[RegisterGrowth],
    rules: Sequence[Policy] = (),
) -> tuple[float, float]:
    """Mean and spread of the log of the share that is registered in an interval.

    All that comes is registered, unless counts say otherwise. A place has a level of its own about
    the usual one, and walks from year to year; an interval has a chance of its own, the more the
    shorter it is. How wide each of these is, the counts tell: each mix of `SPREADS` weighs as much
    as it makes them likely. A rule that closes a way keeps a part of what left before it.

    Parameters
    ----------
    growth : RegisterGrowth
        Whose share is forecast; what was registered is not used.
    place_growths : sequence of RegisterGrowth
        Earlier ones of the place.
    other_growths : sequence of RegisterGrowth
        Of other places.
    rules : sequence of Policy
        As of `closed_ways`.

    Returns
    -------
    tuple of float
        Of the natural log; a share of 1 has the log 0.

    Examples
    --------
    >>> day = [dt.date(2020 + year, 12, 31) for year in range(4)]
    >>> years = zip(day, day[1:])
    >>> growths = [RegisterGrowth("GE", *ends, 50.0, 100.0, 100.0) for ends in years]
    >>> none = registered_share(growths[0], [], [])
    >>> after_two = registered_share(growths[2], growths[:2], [])
    >>> round(float(np.exp(none[0])), 2), round(float(np.exp(after_two[0])), 2)
    (1.0, 0.54)
    """
    shares = [interval.registered / interval.lagged for interval in other_growths]
    leaving = still_leaving(growth, rules)
    for earlier in place_growths:
        share = earlier.registered / earlier.lagged
        # Of the cars that left then, those whose way is open still
        open_part = leaving / still_leaving(earlier, rules)
        if earlier.end > growth.start:
            # Who stays under a rule does not tell how many left before it
            open_part = min(open_part, 1.0)
        least = min(share, LEAST_SHARE_KEPT)
        shares.append(max(1 - (1 - share) * open_part, least) if share < 1 else share)
    logs = np.log(shares)
    covariances = _covariances([*other_growths, *place_growths, growth])
    among, with_growth = covariances[:, :-1, :-1], covariances[:, :-1, -1:]
    gains = np.linalg.solve(among, with_growth)[:, :, 0]
    explained = np.linalg.solve(among, np.broadcast_to(logs[:, None], with_growth.shape))[:, :, 0]
    likelihood = -(explained @ logs + np.linalg.slogdet(among)[1]) / 2
    weights = np.exp(likelihood - likelihood.max())
    weights /= weights.sum()
    means = gains @ logs  # of each mix, given the counts
    variances = covariances[:, -1, -1] - (gains * with_growth[:, :, 0]).sum(axis=1)
    mean = weights @ means
    return float(mean), float(np.sqrt(weights @ (variances + (means - mean) ** 2)))


def _covariances(growths: Sequence[RegisterGrowth]) -> Array:
    """Of the log shares of some intervals, for each mix of spreads: shape (mixes, n, n)."""
    mixes = np.array([*itertools.product(SPREADS, repeat=4)]).T[:, :, None, None]
    usual, of_place, of_interval, of_year = mixes**2
    day = np.array([growth.end.toordinal() / 365.25 for growth in growths])
    places = [growth.place for growth in growths]
    walked = np.minimum.outer(day, day) - day.min()
    chance = np.diag([1 / min(max(growth.years, 0.1), 1.0) for growth in growths])
    same_place = np.equal.outer(places, places)
    covariances = usual + same_place * (of_place + of_year / 4 * walked) + of_interval * chance
    return np.asarray(covariances, dtype=float)
