"""Counts of the parts of a country beside those of the whole, and how far its electric cars stand
together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import pandas as pd

from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.measures import DIVIDED_BY
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.quantities import EXACT_RELATIONS

REGISTER = "vehicle_stock"
OF_USE = ("ev_stock", REGISTER)  # counts by which use follows where the electric cars stand
FAULT = ("id", "measure", "place", "value", "of", "limit")  # of a count that cannot be
# Share of the vehicles in parts that are not counted, below which it is the difference of two days
LEAST_REMAINDER = 0.02
MAX_DAYS_APART = 45  # days between the count of a part and that of the country


def region_shares(
    ledger: Ledger, place: str, as_of: dt.date, measures: Collection[str] = tuple(DIVIDED_BY)
) -> pd.DataFrame:
    """Shares of the parts of a country in its vehicles and its stations, from counts of the same
    time.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    place : str
        ISO code of the country.
    as_of : datetime.date
        Nothing published later.
    measures : collection of str
        What is counted.

    Returns
    -------
    pandas.DataFrame
        The newest count of each part beside which the country's own lies within 45 days, in the
        columns of the ledger, with its ``day``, the ``name`` of the part and its ``share``; empty
        where nothing is printed. ``attrs["faults"]`` are counts that cannot be, which are left out.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> shares = region_shares(central_asia(), "UZ", dt.date(2026, 3, 31))
    >>> stations = shares[shares["measure"] == "charging_stations"].set_index("place")["share"]
    >>> round(float(stations["UZ-TK"]), 3)
    0.586
    >>> len(region_shares(central_asia(), "TM", dt.date(2026, 3, 31)))
    0
    """
    facts = ledger.select(kind=("outcome", "estimate"), as_of=as_of).frame
    # A growth or a share is no count
    is_count = facts["relation"].isin(EXACT_RELATIONS) & facts["quantity"].isin(["", "stock"])
    facts = facts[is_count & (facts["period_end"] != "")]
    of_parts = facts["place"].str.startswith(f"{place}-")
    beyond = _beyond_their_register(facts[of_parts])
    is_possible = ~facts["id"].isin(beyond["id"])
    facts = facts[is_possible & (of_parts | (facts["place"] == place))]
    counts = facts[facts["measure"].isin(measures) & (facts["value"] > 0)]
    counts = counts.assign(day=pd.to_datetime(counts["period_end"]))
    parts = counts[counts["place"].str.startswith(f"{place}-")]
    country_counts = counts.loc[counts["place"] == place, ["measure", "basis", "day", "value"]]
    pairs = parts.merge(country_counts, on=["measure", "basis"], suffixes=("", "_whole"))
    pairs["apart"] = (pairs["day"] - pairs["day_whole"]).dt.days.abs()
    pairs = pairs[pairs["apart"] <= MAX_DAYS_APART]
    pairs = pairs.assign(of=place, limit=pairs["value_whole"])
    larger = pairs[pairs["value"] > pairs["limit"]]
    pairs = pairs[pairs["value_whole"] > pairs["value"]]
    pairs = pairs.sort_values(["day", "apart"], ascending=[False, True], kind="stable")
    newest = pairs.drop_duplicates(["measure", "place"]).sort_values("place")
    table = newest.assign(
        name=newest["place"].map(place_name), share=newest["value"] / newest["value_whole"]
    )
    faults = pd.concat([beyond, larger.drop_duplicates("id")])[[*FAULT]]
    table.attrs["faults"] = faults.to_dict("records")
    return table


def concentration_of(ledger: Ledger, place: str, as_of: dt.date) -> float:
    """How many times a country's electric share is that of the parts where its electric cars stand:
    the mean of the parts' own, weighed by their electric cars. 1 where no part is counted.

    Parameters
    ----------
    ledger, place, as_of
        As of `region_shares`.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> day = dt.date(2026, 3, 31)
    >>> [round(concentration_of(central_asia(), place, day), 1) for place in ("UZ", "KZ", "KG")]
    [3.7, 3.1, 1.8]
    """
    if not _counts_parts(ledger, place):
        return 1.0
    shares = region_shares(ledger, place, as_of, OF_USE)
    by_part = shares.pivot(index="place", columns="measure", values="share")
    if not {*OF_USE} <= {*by_part}:
        return 1.0
    counted = by_part.dropna()
    parts = counted
    remainder = (1 - counted.sum()).clip(lower=0)
    if remainder[REGISTER] > LEAST_REMAINDER:
        parts = pd.concat([counted, remainder.to_frame().T])
    return max(float((parts["ev_stock"] ** 2 / parts[REGISTER]).sum()), 1.0)


def part_faults(ledger: Ledger, place: str, as_of: dt.date) -> list[Caveat]:
    """Counts of parts of a country that cannot be: more electric cars than the part has vehicles,
    or more than the country has. They are left out.

    Parameters
    ----------
    ledger, place, as_of
        As of `region_shares`.
    """
    if not _counts_parts(ledger, place):
        return []
    faults = region_shares(ledger, place, as_of).attrs["faults"]
    return [Caveat("part_above_whole", values=fault) for fault in faults]


def _counts_parts(ledger: Ledger, place: str) -> bool:
    """Whether anything is counted of a part: tables take their time, and most places have none."""
    return any(fact.place.startswith(f"{place}-") for fact in ledger)


def _beyond_their_register(counts: pd.DataFrame) -> pd.DataFrame:
    """The newest counts of electric cars of parts that are more than all vehicles of the part."""
    in_order = counts.sort_values("period_end", kind="stable")
    newest = in_order.groupby(["measure", "place"]).tail(1)
    electric = newest[newest["measure"] == "ev_stock"]
    vehicles = newest[newest["measure"] == REGISTER][["place", "value"]]
    pairs = electric.merge(vehicles.rename(columns={"value": "limit"}), on="place")
    pairs = pairs.assign(of=pairs["place"])
    return pairs[pairs["value"] > pairs["limit"]]
