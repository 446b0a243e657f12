"""Record of what stays: from the imports of a country, by how much its register grows.

The register follows the imports by about a quarter. Of what came, a share is registered; it moves
slowly, and differs from place to place. Each forecast knows the imports up to the day that is
counted, the counts of the place before it, and what the other places teach; the place itself taught
nothing beside its earlier counts.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from forecasting.evaluation.markets import Panel
from forecasting.evaluation.scores import SCORE_LEVELS, judged
from forecasting.evidence.sources.iea import read_texts
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.quantiles import Array

LAG = dt.timedelta(days=91)  # from the border to the register: about a quarter
SHORTEST = 28  # days of an interval between counts; in a shorter one the lag is all
COLUMNS = ("place", "measure", "period_start", "period_end", "relation", "value")
KEYS = ("product", "basis")  # counts of one agency and of one kind of vehicle are of one register
IMPORTS = "ev_imports"
FLOWS = ("ev_registrations", "ev_stock_change")
STOCK = "ev_stock"
EXACT = ("equals", "about", "")
COUNTS = ("outcome", "estimate", "")
# Spreads that are tried, of the log: of a place, of what a year changes, and of one interval
PLACE_SPREADS = (0.2, 0.4, 0.7)
YEAR_SPREADS = (0.1, 0.25, 0.5)
INTERVAL_SPREADS = (0.1, 0.2, 0.35, 0.6)
USUAL_SHARE = 0.75  # before any place is seen, and its spread: judgements
USUAL_SPREAD = 0.4
FEWEST_ERRORS = 3  # of other places, from which a rule's spread is learned
SPREAD_UNKNOWN = 0.5
LEAST_SPREAD = 0.1
ALL_STAYS = "all stays"
LAST_RATIO = "the last ratio"
OURS = "this package"


@dataclass(frozen=True)
class Growth:
    """By how much a register grew between two days, and what came in that time.

    Parameters
    ----------
    place : str
        Of the register.
    start, end : date
        The day of the count before, and of the count.
    registered, imported, lagged : float
        Vehicles: growth of the register, imports of those days, and of days a quarter earlier.
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

    @property
    def log_share(self) -> float:
        """Log of what was registered over the imports of a quarter earlier."""
        return float(np.log(self.registered / self.lagged))


def register_skill(registers: Panel) -> pd.DataFrame:
    """Forecasts of the growth of registers from imports, and what was counted.

    Parameters
    ----------
    registers : pandas.DataFrame or path
        Rows with ``place, measure`` (ev_imports; ev_stock, ev_registrations or ev_stock_change),
        ``period_start, period_end, relation, value``, and where known ``product, basis, quantity,
        kind, partner``. Bounds, shares and targets are left out.

    Returns
    -------
    pandas.DataFrame
        ``place, as_of`` (the day that is counted, up to which imports are known), ``period_start,
        period_end, low, median, high, outcome, inside, score, all_stays_score, last_ratio_score``:
        interval scores of the log. ``attrs["left_out"]`` says which registers fell, and
        ``attrs["above_one"]`` where more was registered than had come.

    Raises
    ------
    EvidenceError
        Where a column is missing, or no register has imports beside it.

    Examples
    --------
    >>> register_skill(pd.DataFrame({"place": ["GE"]}))
    Traceback (most recent call last):
    forecasting.EvidenceError: the table lacks measure, period_start, period_end, relation, value
    """
    growths, fallen = _growths(_rows(registers))
    if not growths:
        raise EvidenceError(
            "no register of the table has imports of the same days beside it"
            + ("; fallen: " + "; ".join(fallen) if fallen else "")
            + ": give ev_imports and two counts of ev_stock, or ev_registrations, of one place"
        )
    table = pd.DataFrame([_scored(growth, growths) for growth in growths])
    table.attrs["left_out"] = fallen
    table.attrs["above_one"] = [
        f"{growth.place} {growth.start} to {growth.end}: {growth.registered:,.0f} registered of "
        f"{growth.imported:,.0f} imported"
        for growth in growths
        if growth.registered > growth.imported
    ]
    return table


def _rows(registers: Panel) -> pd.DataFrame:
    """The counts of a table, with days and numbers."""
    table = registers if isinstance(registers, pd.DataFrame) else read_texts(Path(registers))
    if missing := [name for name in COLUMNS if name not in table]:
        raise EvidenceError(f"the table lacks {', '.join(missing)}")
    texts = table.reindex(columns=[*COLUMNS, *KEYS, "quantity", "kind", "partner"])
    texts = texts.fillna("").astype(str)
    is_count = (
        texts["measure"].isin([IMPORTS, STOCK, *FLOWS])
        & texts["relation"].isin(EXACT)
        & texts["quantity"].isin(["", "total", "stock"])
        & texts["kind"].isin(COUNTS)
        & texts["partner"].isin(["", "World"])
        & (texts["value"] != "")
    )
    rows = texts[is_count].drop_duplicates()
    value = pd.to_numeric(rows["value"], errors="coerce")
    end = pd.to_datetime(rows["period_end"], format="%Y-%m-%d", errors="coerce")
    start = pd.to_datetime(rows["period_start"], format="%Y-%m-%d", errors="coerce")
    needs_start = rows["measure"] != STOCK
    faulty = (
        value.isna() | (value < 0) | end.isna() | (needs_start & (start.isna() | (start > end)))
    )
    if faulty.any():
        row = rows[faulty].iloc[0]
        raise EvidenceError(
            f"the table's {row['measure']} of {row['place']}, {row['period_start']} to "
            f"{row['period_end']}: {row['value']!r} is no count of a period; correct the row"
        )
    return rows.assign(value=value, start=start.dt.date, end=end.dt.date)


def _growths(rows: pd.DataFrame) -> tuple[list[Growth], list[str]]:
    """Growths of registers with imports beside them, in the order of their days, and what fell."""
    growths = []
    fallen = []
    for place, of_place in rows.groupby("place"):
        imports = [
            _daily(series)
            for _, series in of_place[of_place["measure"] == IMPORTS].groupby([*KEYS])
        ]
        for start, end, registered in _increments(of_place):
            imported = _over(imports, start, end)
            if imported is None:
                continue
            if registered <= 0:
                fallen.append(f"{place} {start} to {end}: {registered:+,.0f}")
                continue
            lagged = _over(imports, start - LAG, end - LAG)
            growths.append(Growth(str(place), start, end, registered, imported, lagged or imported))
    return sorted(growths, key=lambda growth: (growth.end, growth.place)), fallen


def _increments(of_place: pd.DataFrame) -> Iterator[tuple[dt.date, dt.date, float]]:
    """Start, end and growth of each interval of the registers of a place, each interval once."""
    found: dict[tuple[dt.date, dt.date], float] = {}
    flows = of_place[of_place["measure"].isin(FLOWS)]
    for start, end, value in flows[["start", "end", "value"]].itertuples(index=False):
        found[start - dt.timedelta(days=1), end] = value
    for _, counts in of_place[of_place["measure"] == STOCK].groupby([*KEYS]):
        of_days = counts.sort_values("end").drop_duplicates("end")[["end", "value"]]
        for (start, before), (end, after) in itertools.pairwise(of_days.itertuples(index=False)):
            found.setdefault((start, end), after - before)
    for (start, end), value in found.items():
        if (end - start).days >= SHORTEST:
            yield start, end, float(value)


def _daily(series: pd.DataFrame) -> dict[dt.date, float]:
    """Imports of each day, even within what is printed: a longer period holds the shorter ones."""
    days: dict[dt.date, float] = {}
    by_length = series.assign(
        length=[end - start for start, end in zip(series["start"], series["end"], strict=True)]
    )
    for start, end, value in by_length.sort_values("length")[["start", "end", "value"]].itertuples(
        index=False
    ):
        period = [start + dt.timedelta(days=day) for day in range((end - start).days + 1)]
        empty = [day for day in period if day not in days]
        rest = value - sum(days[day] for day in period if day in days)
        if empty and rest >= 0:
            days |= dict.fromkeys(empty, rest / len(empty))
    return days


def _over(imports: Iterable[dict[dt.date, float]], start: dt.date, end: dt.date) -> float | None:
    """Imports after one day up to another, of the first series that knows all of those days."""
    period = [start + dt.timedelta(days=day) for day in range(1, (end - start).days + 1)]
    for days in imports:
        known = [days[day] for day in period if day in days]
        if len(known) == len(period) and sum(known) > 0:
            return sum(known)
    return None


def _scored(growth: Growth, growths: Sequence[Growth]) -> dict[str, object]:
    """The row of one growth."""
    own = [other for other in growths if other.place == growth.place and other.end <= growth.start]
    others = [other for other in growths if other.place != growth.place]
    mean, spread = kept_share(growth, own, others)
    logs = {
        OURS: (mean + np.log(growth.lagged), spread),
        ALL_STAYS: (np.log(growth.imported), _rule_spread(others, [])),
        LAST_RATIO: (
            np.log(growth.imported) + _last_ratio(growth, growths),
            _rule_spread(others, growths),
        ),
    }
    scores = {
        name: judged(np.exp(median + width * ndtri(SCORE_LEVELS)), growth.registered)
        for name, (median, width) in logs.items()
    }
    ours = scores[OURS]
    return {
        "place": growth.place,
        "as_of": str(growth.end),
        "period_start": str(growth.start + dt.timedelta(days=1)),
        "period_end": str(growth.end),
        **{name: ours[name] for name in ("low", "median", "high", "outcome")},
        "inside": ours["in80"],
        "score": ours["wis"],
        "all_stays_score": scores[ALL_STAYS]["wis"],
        "last_ratio_score": scores[LAST_RATIO]["wis"],
    }


def _last_ratio(growth: Growth, growths: Iterable[Growth]) -> float:
    """Log of what was registered of the imports when the place was counted last; all, before."""
    earlier = [
        other for other in growths if other.place == growth.place and other.end <= growth.start
    ]
    if not earlier:
        return 0.0
    last = max(earlier, key=lambda other: other.end)
    return float(np.log(last.registered / last.imported))


def _rule_spread(others: Sequence[Growth], growths: Sequence[Growth]) -> float:
    """Spread of the errors of a rule in other places; without growths the rule that all stays."""
    errors = [
        np.log(other.registered / other.imported) - (_last_ratio(other, growths) if growths else 0)
        for other in others
    ]
    if len(errors) < FEWEST_ERRORS:
        return SPREAD_UNKNOWN
    return max(float(np.sqrt(np.mean(np.square(errors)))), LEAST_SPREAD)


def kept_share(
    growth: Growth, own: Sequence[Growth], others: Sequence[Growth]
) -> tuple[float, float]:
    """Mean and spread of the log of the share that is registered in an interval.

    A place has a level of its own about the usual one, and walks from year to year; an interval has
    a chance of its own, the less the longer it is. How large each is, is the likeliest of some
    values in the other places.

    Parameters
    ----------
    growth : Growth
        Whose share is forecast; what was registered is not used.
    own : sequence of Growth
        Earlier ones of the place.
    others : sequence of Growth
        Of other places.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> day = [dt.date(2020 + year, 12, 31) for year in range(4)]
    >>> of_years = [Growth("GE", a, b, 50.0, 100.0, 100.0) for a, b in zip(day, day[1:])]
    >>> none, after_two = kept_share(of_years[0], [], []), kept_share(of_years[2], of_years[:2], [])
    >>> round(float(np.exp(none[0])), 2), round(float(np.exp(after_two[0])), 2)
    (0.75, 0.53)
    """
    choices = itertools.product(PLACE_SPREADS, YEAR_SPREADS, INTERVAL_SPREADS)
    spreads = max(choices, key=lambda choice: _log_likelihood(others, choice))
    told = [*others, *own]
    if not told:
        return float(np.log(USUAL_SHARE)), float(_covariance([growth], spreads)[0, 0] ** 0.5)
    joint = _covariance([*told, growth], spreads)
    gain = np.linalg.solve(joint[:-1, :-1], joint[:-1, -1])
    departures = np.array([other.log_share for other in told]) - np.log(USUAL_SHARE)
    variance = joint[-1, -1] - gain @ joint[:-1, -1]
    return float(np.log(USUAL_SHARE) + gain @ departures), float(np.sqrt(variance))


def _covariance(growths: Sequence[Growth], spreads: Sequence[float]) -> Array:
    """Of the log shares of some intervals."""
    place, year, interval = spreads
    day = np.array([growth.end.toordinal() / 365.25 for growth in growths])
    first = day.min()
    same_place = np.equal.outer(
        [growth.place for growth in growths], [growth.place for growth in growths]
    )
    walked = year**2 * (np.minimum.outer(day, day) - first)
    chance = [interval**2 / min(max(growth.years, 0.1), 1.0) for growth in growths]
    return np.asarray(
        USUAL_SPREAD**2 + same_place * (place**2 + walked) + np.diag(chance), dtype=float
    )


def _log_likelihood(growths: Sequence[Growth], spreads: Sequence[float]) -> float:
    """Of the log shares of some places."""
    if not growths:
        return -abs(spreads[0] - 0.4) - abs(spreads[1] - 0.25) - abs(spreads[2] - 0.35)
    departures = np.array([growth.log_share for growth in growths]) - np.log(USUAL_SHARE)
    covariance = _covariance(growths, spreads)
    _, log_volume = np.linalg.slogdet(covariance)
    return float(-log_volume - departures @ np.linalg.solve(covariance, departures)) / 2


def summarise_registers(record: pd.DataFrame) -> pd.DataFrame:
    """Mean scores of the record, a line a method.

    Parameters
    ----------
    record : pandas.DataFrame
        From `register_skill`.

    Returns
    -------
    pandas.DataFrame
        By method: ``n`` outcomes, their ``places``, the mean ``score``, and the share ``inside``
        the 80 % range, of this package alone.
    """
    scores = {OURS: "score", ALL_STAYS: "all_stays_score", LAST_RATIO: "last_ratio_score"}
    rows = {name: {"score": record[column].mean()} for name, column in scores.items()}
    table = pd.DataFrame(rows).T.rename_axis("method")
    table.insert(0, "places", record["place"].nunique())
    table.insert(0, "n", len(record))
    table["inside"] = [record["inside"].mean(), np.nan, np.nan]
    table.attrs |= record.attrs
    return table
