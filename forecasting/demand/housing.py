"""Home charging from housing: who lives in a house can mostly put up a charger, who lives in a flat
mostly not.
"""

from __future__ import annotations

import pandas as pd

from forecasting.demand.parameters import read_table
from forecasting.errors import AssumptionError

__all__ = ["home_access", "households"]

# Owners in houses with a charger of their own: ICCT EV CHARGE v1.2 has 0.80 to 0.90
IN_HOUSES = 0.9
IN_FLATS = (
    # A judgement: in the United States 0.14 have an outlet near (EIA), ICCT's survey of EV owners
    # says more
    0.125
)


def households(place: str) -> pd.DataFrame:
    """Households by kind of dwelling, as counted, in the parts of a country where electric cars are
    counted apart.

    Parameters
    ----------
    place : str
        ISO code.

    Returns
    -------
    pandas.DataFrame
        ``part, ev_share, houses, flats, other``; shares of the country's electric cars, and of the
        part's households.

    Raises
    ------
    AssumptionError
        Where no count of the country is known.

    Examples
    --------
    >>> households("UZ")[["part", "ev_share", "houses"]].values.tolist()
    [['Tashkent', 0.568, 0.352], ['the rest', 0.432, 0.918]]
    """
    rows = [row for row in read_table("housing.csv") if row["place"] == place]
    if not rows:
        raise AssumptionError(
            f"no count of households by dwelling is known for {place!r}; home_access is a judgement"
        )
    numbers = ("ev_share", "houses", "flats", "other")
    return pd.DataFrame(
        [{"part": row["part"]} | {name: float(row[name]) for name in numbers} for row in rows]
    )


def home_access(
    place: str, in_houses: float = IN_HOUSES, in_flats: float = IN_FLATS
) -> dict[str, float]:
    """Share of owners who charge at home, by part of the country and, last, for the country,
    weighted by cars.

    Parameters
    ----------
    place : str
        ISO code.
    in_houses, in_flats : float
        Share of those who live in houses and in flats that have a charger.

    Returns
    -------
    dict of str to float

    Examples
    --------
    >>> {part: round(share, 2) for part, share in home_access("UZ").items()}
    {'Tashkent': 0.39, 'the rest': 0.84, 'UZ': 0.58}
    """
    table = households(place)
    by_part = table["houses"] * in_houses + table["flats"] * in_flats
    country = float((by_part * table["ev_share"]).sum() / table["ev_share"].sum())
    return {**dict(zip(table["part"].tolist(), by_part.tolist(), strict=True)), place: country}
