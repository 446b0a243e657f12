"""The prior of a market's growth, before its own facts are read, as a small readable file.

The log-odds z of the share of electric vehicles in new vehicles moves from one year's mean to the
next by

    growth = level + slope * (z + 4) + lift + market + common[year] + shock

``lift`` is what a market of few sales grows faster by, ``market`` is lasting and a market's own,
``common`` is shared by all markets in a year and mildly persistent, ``shock`` is Student t with a
scale that shrinks as share rises. The numbers are learned by
:func:`forecasting.panels.growth_prior.estimate_prior`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from forecasting.growth.common import Common
from forecasting.growth.policy_months import PolicyEffects
from forecasting.growth.within_year import WithinYear
from forecasting.showing import Shown
from forecasting.vocabulary.arguments import integer, optional, short_repr, takes, text
from forecasting.vocabulary.errors import ModelError
from forecasting.vocabulary.measures import BORDER_MEASURES
from forecasting.vocabulary.names import DATA
from forecasting.vocabulary.periods import FIRST_YEAR, LAST_YEAR
from forecasting.vocabulary.places import find_place
from forecasting.vocabulary.quantiles import Array

REFERENCE_LOG_ODDS = -4.0  # log-odds at which `level` holds: a share of 1.8 %
REACH = (-5.0, 5.0)  # log-odds about the reference, beyond which growth depends on them no more
SHARE_LIMITS = (1e-6, 0.985)
FULL_SALES = 3000.0  # vehicles a year above which more sales change neither growth nor shocks
LIFT_REACH = 1.0  # log below that, beyond which growth is lifted no further: 1,100 vehicles

# What is believed of level and slope before a panel is read
LEVEL_BEFORE = 0.40
SLOPE_BEFORE = -0.055
ANALOGUES = "analogues.csv"  # the market-years behind the priors
SHIPPED = {
    "battery cars": "prior_battery_cars.json",
    "all electric vehicles": "prior_all_electric.json",
}
SHOCK_NU = 4.0
SIZE_NU = 5.0


def log_odds(share: Array | float) -> Array:
    """Log-odds of a share, kept finite.

    >>> log_odds(0.5).item()
    0.0
    """
    clipped = np.clip(np.asarray(share, dtype=float), *SHARE_LIMITS)
    return np.asarray(np.log(clipped / (1 - clipped)))


MARKET_REGIONS = ("Europe", "elsewhere")
# Markets under the fleet limits of the European Union, which others took over: those limits moved
# them in 2020, and no other market
EU_MEMBERS = "AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK"
OTHER_EUROPEAN = "CH,GB,IS,LI,NO"
EUROPE = frozenset(f"{EU_MEMBERS},{OTHER_EUROPEAN}".split(","))


def region_of(place: str) -> str:
    """The region of a place, by its code or a common name; empty where no place is known by it.

    >>> region_of("Norway"), region_of("UZ"), region_of("CN-XJ"), region_of("m1")
    ('Europe', 'elsewhere', 'elsewhere', '')
    """
    code = find_place(place)
    if not code or code == "World":
        return ""
    return MARKET_REGIONS[0] if code[:2] in EUROPE else MARKET_REGIONS[1]


def student_mixture(nu: float) -> tuple[Array, Array]:
    """Student's t as a mixture of normals: their weights and standard deviations.

    >>> weight, sd = student_mixture(4.0)
    >>> round(float(weight @ sd**2), 1)  # nu / (nu - 2)
    2.0
    """
    log_sd = np.linspace(-0.8, 2.2, 8)
    # nu over the squared standard deviation is chi-squared with nu degrees of freedom
    density = np.exp(-nu * log_sd - 0.5 * nu * np.exp(-2 * log_sd))
    return density / density.sum(), np.exp(log_sd)


def _rounded(value: Any) -> Any:
    """The same with five significant digits: more would be noise in a file that people read."""
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_rounded(entry) for entry in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


@dataclass(frozen=True)
class Region:
    """How much the markets of a region differ.

    Parameters
    ----------
    shock_sd : float
        Scale of a year's shock.
    market_sd : float
        Spread of a market's own lasting growth.
    """

    shock_sd: float
    market_sd: float = 0.08


@dataclass(frozen=True)
class Launch:
    """What the first year of a market is like: mostly a part of a year.

    Parameters
    ----------
    log_odds, log_odds_sd : float
        Mean and spread of the share's log-odds in that year.
    growth, growth_sd : float
        Mean and spread of the shock of the year after it, in scales of a shock.
    """

    log_odds: float = -7.0
    log_odds_sd: float = 2.0
    growth: float = 1.5
    growth_sd: float = 2.0


@dataclass(frozen=True, repr=False)
class Prior(Shown):
    """The prior of a market's growth, before its own facts are read.

    Parameters
    ----------
    level, slope : float
        Yearly growth of log-odds at the reference share, and its change per unit of log-odds.
    covariance : tuple of tuple of float
        Of level and slope, 2 by 2.
    market_sd : float
        Spread of a market's own lasting growth.
    shock_sd, shock_nu, shock_slope : float
        Scale and degrees of freedom of a year's shock, and how its log scale changes with log-odds.
    shortfall_slope : float
        How that log scale grows with the log by which the year's flow falls short of 3,000.
    shortfall_lift : float
        How growth rises with that log, up to 1.
    launch : Launch
        What a market's first year is like.
    common, size : Common
        Year effects on growth, and on the size of the market (log).
    size_sd : float
        Spread of the yearly log change of a market's size.
    latest, latest_sd, rise : float
        Mean and spread of markets' log-odds in the panel's last year, and the mean's rise a year up
        to then.
    basis_sd : float
        Spread of the log offset between two agencies' counts of one flow.
    basis_drift : float
        Spread of that offset's change in a year, between agencies that count different things. The
        log ratio of all plug-in cars to battery cars in 32 markets moves by 0.26, 0.36, 0.43, 0.46
        and 0.47 within one to five years.
    within_year : WithinYear
        How a year falls on its months.
    policies : PolicyEffects
        What policies do to single months.
    regions : mapping of str to Region
        Spreads of each region; `shock_sd` and `market_sd` above mix the regions.
    perimeter, source : str
        What was counted, and where the numbers come from.
    markets, last_year : int
        Size and end of the panel.
    market_names : tuple of str
        The panel's markets, as it names them.

    Examples
    --------
    >>> Prior.shipped().perimeter
    'battery cars'
    """

    level: float = LEVEL_BEFORE
    slope: float = SLOPE_BEFORE
    covariance: tuple[tuple[float, float], tuple[float, float]] = ((0.0225, 0.0), (0.0, 0.0009))
    market_sd: float = 0.08
    shock_sd: float = 0.3
    shock_nu: float = SHOCK_NU
    shock_slope: float = -0.1
    shortfall_slope: float = 0.1
    shortfall_lift: float = 0.0
    common: Common = field(default_factory=Common)
    size: Common = field(default_factory=lambda: Common(2020, (0.0,), (0.1,), 0.08, 0.0))
    size_sd: float = 0.12
    latest: float = -5.0
    latest_sd: float = 2.5
    rise: float = 0.0
    basis_sd: float = 0.4
    basis_drift: float = 0.23
    within_year: WithinYear = field(default_factory=WithinYear)
    policies: PolicyEffects = field(default_factory=PolicyEffects)
    launch: Launch = field(default_factory=Launch)
    regions: Mapping[str, Region] = field(default_factory=dict)
    perimeter: str = "all electric vehicles"
    source: str = "judgement, before any panel"
    markets: int = 0
    last_year: int = 0
    market_names: tuple[str, ...] = ()

    def __repr__(self) -> str:
        learned = f"from {self.markets} markets up to {self.last_year}"
        return f"<Prior of {self.perimeter}, {learned if self.markets else self.source}>"

    @property
    def level_sd(self) -> float:
        """Spread of a market's level: the error of the mean of all markets, and its own spread."""
        return float(np.hypot(np.sqrt(self.covariance[0][0]), self.market_sd))

    @property
    def slope_sd(self) -> float:
        """Spread of the slope."""
        return float(np.sqrt(self.covariance[1][1]))

    @takes(ModelError, year=integer(FIRST_YEAR, LAST_YEAR))
    def share_in(self, year: int) -> tuple[float, float]:
        """Mean and spread of markets' log-odds in a year, up to the panel's last.

        Parameters
        ----------
        year : int
            A calendar year.

        Returns
        -------
        tuple of float
            Mean and standard deviation, in log-odds.

        Raises
        ------
        ModelError
            If the year is no whole number from 1900 to 2200.

        Examples
        --------
        >>> Prior(latest=-2.0, latest_sd=1.8, rise=0.5, last_year=2024).share_in(2020)
        (-4.0, 1.8)
        """
        return self.latest - self.rise * max(self.last_year - year, 0), self.latest_sd

    def to_json(self) -> str:
        """The prior as readable JSON.

        Returns
        -------
        str
            What `from_json` reads back to an equal prior.

        Examples
        --------
        >>> json.loads(Prior().to_json())["perimeter"]
        'all electric vehicles'
        """
        return json.dumps(_rounded(asdict(self)), indent=2) + "\n"

    @classmethod
    @takes(ModelError, text=text())
    def from_json(cls, text: str) -> Prior:
        """Read what :meth:`to_json` wrote.

        Parameters
        ----------
        text : str
            As `to_json` writes it.

        Returns
        -------
        Prior
            Equal to the one that was written.

        Raises
        ------
        ModelError
            For any other text.

        Examples
        --------
        >>> Prior.from_json(Prior().to_json()) == Prior()
        True
        """
        try:
            stored = json.loads(text)
            if not isinstance(stored, dict) or "level" not in stored:
                raise ValueError("no level")
            return TypeAdapter(cls).validate_json(text)
        except ValueError as error:
            raise ModelError(
                f"text is {short_repr(text)}, no prior as to_json writes it: {error}"
            ) from None

    @takes(ModelError, last_year=integer(FIRST_YEAR, LAST_YEAR))
    def until(self, last_year: int) -> Prior:
        """The prior without the year effects after a year: a forecast made then could not know
        them.

        Level, slope and spreads stay those of the whole panel.

        Parameters
        ----------
        last_year : int
            The last calendar year of which effects are known.

        Returns
        -------
        Prior
            A new one.

        Raises
        ------
        ModelError
            If the year is no whole number from 1900 to 2200.

        Examples
        --------
        >>> Prior.shipped().until(2022).common.last_year
        2022
        """
        common = self.common.until(last_year)
        return replace(self, common=common, size=self.size.until(last_year))

    @takes(ModelError, place=optional(text()))
    def in_region(self, place: str | None) -> Prior:
        """The prior of a place: the spreads of its region, in place of what mixes all.

        Parameters
        ----------
        place : str, optional
            A code or a common name.

        Returns
        -------
        Prior
            A new one, or this one where no region is known.

        Raises
        ------
        ModelError
            Where the place is no text.

        Examples
        --------
        >>> Prior.shipped().in_region("m1") == Prior.shipped()
        True
        """
        region = self.regions.get(region_of(place) if place else "")
        if region is None:
            return self
        return replace(self, shock_sd=region.shock_sd, market_sd=region.market_sd)

    @takes(ModelError, measure=text())
    def of_measure(self, measure: str) -> Prior:
        """The prior of one measure: imports and exports have another pattern within the year than
        registrations.

        Parameters
        ----------
        measure : str
            One of `forecasting.vocabulary.measures.MEASURES`.

        Returns
        -------
        Prior
            This one, or one with another pattern within the year.

        Raises
        ------
        ModelError
            If the measure is no text.

        Examples
        --------
        >>> set(Prior.shipped().of_measure("ev_imports").within_year.pattern)
        {0.0}
        """
        if measure in BORDER_MEASURES:
            return replace(self, within_year=self.within_year.across_a_border())
        return self

    @classmethod
    @takes(ModelError, perimeter=text())
    def shipped(cls, perimeter: str = "battery cars") -> Prior:
        """The prior that ships, for battery cars or for all electric vehicles.

        Parameters
        ----------
        perimeter : str
            What the markets count that it was learned from.

        Returns
        -------
        Prior
            As it is stored in the package.

        Raises
        ------
        ModelError
            For another perimeter.

        Examples
        --------
        >>> Prior.shipped("all electric vehicles").perimeter
        'all electric vehicles'
        """
        if perimeter not in SHIPPED:
            raise ModelError(
                f"no prior ships for {perimeter!r}; there is one for "
                f"{' and one for '.join(SHIPPED)}"
            )
        return _shipped(perimeter)


@cache
def _shipped(perimeter: str) -> Prior:
    return Prior.from_json((DATA / SHIPPED[perimeter]).read_text(encoding="utf-8"))
