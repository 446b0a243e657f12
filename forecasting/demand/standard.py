"""Standard: what a rule asks for: AFIR's power per vehicle, vehicles per point, or a national
target.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from forecasting.errors import AssumptionError, in_digits

__all__ = ["afir_power_gw", "standards"]

Array = npt.NDArray[np.float64]


def afir_power_gw(
    bev: Array | float, phev: Array | float, kw_bev: float = 1.3, kw_phev: float = 0.8
) -> Array:
    """Public charging power that Regulation (EU) 2023/1804, article 3, asks for.

    Parameters
    ----------
    bev, phev : array_like
        Registered battery electric and plug-in hybrid light vehicles; vehicles, not thousands.
    kw_bev, kw_phev : float
        kW per vehicle.

    Returns
    -------
    ndarray
        GW.

    Raises
    ------
    AssumptionError
        Where a count is negative.

    Examples
    --------
    >>> round(float(afir_power_gw(13.4e6, 3.2e6)), 2)
    19.98
    """
    for name, value in (("bev", bev), ("phev", phev)):
        if np.min(value) < 0:
            raise AssumptionError(
                f"{name} = {in_digits(np.min(value))} vehicles; it must be 0 or more"
            )
    return np.asarray((np.asarray(bev) * kw_bev + np.asarray(phev) * kw_phev) / 1e6)


def standards(
    bev: Array, phev: Array, years: Sequence[int], drawn: Mapping[str, Array]
) -> dict[str, Array]:
    """Public points by each rule.

    Parameters
    ----------
    bev, phev : ndarray, shape (draws, years)
        Light vehicles on the road.
    years : sequence of int
        The years.
    drawn : mapping
        Draws of afir_kw, public_point_kw, vehicles_per_point, national_target and its year.

    Returns
    -------
    dict of str to ndarray, shape (draws, years)
        ``power per vehicle``, ``vehicles per point`` and, where there is one, ``national target``
        (0 before its year).

    Raises
    ------
    AssumptionError
        Where the target's year comes before the first year.

    Examples
    --------
    >>> from forecasting.demand.parameters import load_parameters
    >>> drawn = {row.key: np.array([row.mode]) for row in load_parameters()}
    >>> rules = standards(np.array([[3000.0]]), np.array([[0.0]]), [2030], drawn)
    >>> {rule: float(points[0, 0]) for rule, points in rules.items()}
    {'power per vehicle': 130.0, 'vehicles per point': 300.0}
    """
    per_bev, per_phev = drawn["afir_kw"][:, None], drawn["afir_kw.phev"][:, None]
    rules = {
        "power per vehicle": (bev * per_bev + phev * per_phev) / drawn["public_point_kw"][:, None],
        "vehicles per point": (bev + phev) / drawn["vehicles_per_point"][:, None],
    }
    if np.max(drawn["national_target"]) > 0:
        due = float(np.max(drawn["national_target_year"]))
        if due < years[0]:
            raise AssumptionError(
                f"national_target_year = {due:.0f} lies before the first year, {years[0]}"
            )
        reached = np.asarray(years) >= drawn["national_target_year"][:, None]
        rules["national target"] = np.where(reached, drawn["national_target"][:, None], 0.0)
    return rules
