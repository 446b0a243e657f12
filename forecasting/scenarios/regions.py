"""Shares of the parts of a country in its vehicles and stations, with their own uncertainty.

A share of today drifts: Tashkent had 50 % of Uzbekistan's stations in May 2024 and 59 % a year
later, Almaty kept 58 to 59 % of Kazakhstan's electric cars from 2023 to 2024. A part cannot have
more electric cars than cars: the odds that a car there is electric stay in proportion to the
country's. A part without a printed count is not shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from forecasting.scenarios.drivers import DAYS_A_YEAR
from forecasting.scenarios.facts_on_day import REGISTER, PartCount
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.measures import DIVIDED_BY, EV_STOCK_SHARE
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array, quantiles, stream_of

if TYPE_CHECKING:
    from forecasting.evidence.fact import Fact
    from forecasting.scenarios.outlook import Outlook

# Standard deviation of a year's change of the log of a part's share over the rest's: Tashkent's
# stations moved by 0.33 in a year, Almaty's cars by 0.03; a judgement between the two.
SHARE_DRIFT = 0.2
LEAST_SHARE = 1e-6  # of cars that are electric, so that its log-odds are finite
ROUNDS = 30  # after which the parts' electric cars add up to the country's
# By year; two tables of a report ask for the same, which goes with its outlook
REGION_TABLES: WeakKeyDictionary[Outlook, dict[int, pd.DataFrame]] = WeakKeyDictionary()


def by_region(outlook: Outlook, year: int | None = None) -> pd.DataFrame:
    """Vehicles, energy and charging points by part of the country, at the end of a year.

    Parameters
    ----------
    outlook : Outlook
        Of a country, with its draws.
    year : int, optional
        One of its years; default the horizon.

    Returns
    -------
    pandas.DataFrame
        ``measure, region, name, share, low, median, high``: the share as it was counted; low,
        median and high in that year, of the country's draws and of a share that drifts. The
        last row of each measure is the rest.

    Raises
    ------
    InputError
        For another year.

    Examples
    --------
    >>> from forecasting.scenarios.outlook import outlook
    >>> table = by_region(outlook("UZ", draws=200)).set_index(["measure", "region"])
    >>> bool(0.6 < table.loc[("ev_stock", "UZ-TK"), "share"] < 0.8)
    True
    """
    when = year or outlook.years[-1]
    if when not in outlook.years:
        start_year, *_, final_year = outlook.years
        raise InputError(
            f"{outlook.scenario.name} has no year {when}; it has {start_year} to {final_year}"
        )
    tables = REGION_TABLES.setdefault(outlook, {})
    if when not in tables:
        tables[when] = _by_region(outlook, when)
    return tables[when].copy()


def _by_region(outlook: Outlook, year: int) -> pd.DataFrame:
    column = outlook.years.index(year)
    counts = outlook.counts_of_parts.newest
    all_cars = {count.fact.place: count.share for count in counts if count.fact.measure == REGISTER}
    rows = []
    for measure_counted in sorted({count.fact.measure for count in counts} - {REGISTER}):
        parts = [count for count in counts if count.fact.measure == measure_counted]
        share_draws = _share_draws(parts, all_cars, outlook, year)
        names = [(part.fact.place, place_name(part.fact.place), part.share) for part in parts]
        names.append(("", "the rest", np.nan))
        for measure in DIVIDED_BY[measure_counted]:
            if measure in outlook.results.values:
                total = outlook.results.values[measure][:, [column]]
                ends = quantiles(total * share_draws, RANGE_LEVELS).T
                rows += [(measure, *name, *end) for name, end in zip(names, ends, strict=True)]
    columns = ["measure", "region", "name", "share", "low", "median", "high"]
    return pd.DataFrame(rows, columns=columns)


def _share_draws(
    parts: Sequence[PartCount], all_cars: Mapping[str, float], outlook: Outlook, year: int
) -> Array:
    """Shares of the parts and of the rest in each draw: the log-odds drift from the count to the
    end of the year. Of electric cars no part has more than it has cars; a part without a count of
    its cars is taken to have the same share of all cars as of electric ones.
    """
    share = np.array([part.share for part in parts])
    ends = [part.fact.period.end for part in parts]
    years_since = np.array([max((dt.date(year, 12, 31) - end).days, 0) for end in ends])
    years_since = years_since / DAYS_A_YEAR
    seed = outlook.scenario.seed
    streams = [stream_of(seed, part.fact.place + part.fact.measure) for part in parts]
    normal = np.column_stack([s.standard_normal(outlook.results.count) for s in streams])
    drift = np.pad(SHARE_DRIFT * np.sqrt(years_since) * normal, ((0, 0), (0, 1)))
    # Shares of stations have no limit, and drift like those of very few electric cars
    cars = share
    electric_at_count = LEAST_SHARE
    country = np.full(len(drift), LEAST_SHARE)
    if parts[0].fact.measure == "ev_stock":
        cars = np.array([all_cars.get(part.fact.place, part.share) for part in parts])
        electric = outlook.results.values[EV_STOCK_SHARE] / 100
        columns = np.array([max(ends).year, year]) - outlook.years[0]
        count_column, column = np.clip(columns, 0, len(outlook.years) - 1)
        electric_at_count = float(np.median(electric[:, count_column]))
        country = electric[:, column]
    shares, cars = (np.append(part, max(1 - part.sum(), 1e-6)) for part in (share, cars))
    return electric_shares(shares * electric_at_count / cars, drift, cars, country)


def electric_shares(electric: Array, drift: Array, cars: Array, country: Array) -> Array:
    """Shares of parts in a country's electric cars, as these become many.

    Parameters
    ----------
    electric : ndarray, shape (parts,)
        Of the cars of each part, the share that was electric at the count.
    drift : ndarray, shape (draws, parts)
        Change of the log odds of it since.
    cars : ndarray, shape (parts,)
        Shares of the parts in all cars; they add to 1.
    country : ndarray, shape (draws,)
        Of the country's cars, the share that is electric.

    Returns
    -------
    ndarray, shape (draws, parts)

    Examples
    --------
    >>> electric, cars = np.array([0.08, 0.02]), np.array([0.2, 0.8])
    >>> country = np.array([0.001, 0.3, 0.9])
    >>> electric_shares(electric, np.zeros((3, 2)), cars, country)[:, 0].round(2).tolist()
    [0.52, 0.38, 0.22]
    """
    from scipy.special import expit, logit

    odds = logit(np.clip(electric, LEAST_SHARE, 1 - LEAST_SHARE)) + drift
    whole = np.clip(country, LEAST_SHARE, 1 - LEAST_SHARE)[:, None]
    for _ in range(ROUNDS):  # the log-odds of all parts rise alike until they add up
        part_electric = cars * expit(odds)
        odds = odds + logit(whole) - logit(part_electric.sum(axis=1, keepdims=True))
    return np.asarray(part_electric / part_electric.sum(axis=1, keepdims=True))


def passed_registers(outlook: Outlook, places: pd.DataFrame) -> list[Fact]:
    """The counts of all vehicles of parts of which more electric ones are forecast.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    places : DataFrame
        From `by_region`.
    """
    medians = places[places["measure"] == "ev_stock"].set_index("region")["median"]
    registers = outlook.ledger.select(measure=REGISTER, as_of=outlook.as_of)
    return [
        fact
        for fact in registers
        if fact.is_count and fact.place in medians and medians[fact.place] > fact.value
    ]
