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

from forecasting.growth.policy_months import PolicyEffects
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
COMMON_AR = 0.2  # autocorrelation of the effect on growth, from year to year
COMMON_NU = 10.0  # degrees of freedom of its shock in a new year, Student t
Kinds = tuple[tuple[float, float], ...]

# Middle of each month, in years from the middle of the year
POSITION: Array = (np.arange(12) - 5.5) / 12
# Months of a small market are as uneven as if so many cars came together, by the ship or for a
# fleet: estimated from the months of 28 markets, whose noise falls with their size
LOT = 6.0
# Judgement: new cars are registered at the ends of quarters and of the year, when makers and
# dealers close their books. The mean factor is 1
CLOSINGS = (-0.32, -0.22, 0.16, -0.18, -0.08, 0.12, -0.10, -0.14, 0.17, 0.01, 0.12, 0.28)
# Judgement: shares of markets, and by how many times their lasting departure, and their noise,
# exceed the usual. Seven in ten have the common season; half-year plates or a tax at the year's end
# move months by a factor of two or more.
OWN_SEASONS = ((0.70, 1.0), (0.15, 4.0), (0.15, 10.0))
STEADINESS = ((0.25, 0.5), (0.5, 1.0), (0.25, 1.8))
# Judgement: imports and exports come by the shipload, and do not follow the books of dealers. The
# slope within a year is a mean of the growth up to it and after it: the rate, where that is steady
STEADY_IMPORTS = ((0.1, 0.5), (0.9, 1.0))
IMPORTS_ON_GROWTH = 0.9
IMPORTS_ON_NEXT = 0.1
# Factors on the spreads of registrations
BORDER_PATTERN_FACTOR = 1.5
BORDER_SLOPE_FACTOR = 2.0
BORDER_NOISE_FACTOR = 1.6


@dataclass(frozen=True)
class WithinYear:
    """The within-year pattern and its spread.

    Parameters
    ----------
    pattern : tuple of float
        Twelve log factors, January to December, that a typical market shows; their mean factor is
        1.
    pattern_sd : float
        Spread of a market's own lasting departure from the pattern (log, by month), where the
        market is a usual one.
    own_seasons, steadiness : tuple of (float, float)
        Kinds of markets: the share of markets, and by how many times their lasting departure, or
        their noise and the spread of their slope, exceeds the usual.
    slope_on_growth, slope_on_next : float
        Slope within the year per unit of log growth over the year before, and of the next year over
        this one.
    slope_sd : float
        Spread of the slope about that.
    noise_sd, noise_ar : float
        Spread of a month's noise (log) and its correlation with the month before.
    source : str
        Where the numbers come from.

    Examples
    --------
    >>> round(float(np.mean(np.exp(WithinYear().pattern))), 2)
    1.0
    """

    pattern: tuple[float, ...] = CLOSINGS
    pattern_sd: float = 0.08
    own_seasons: tuple[tuple[float, float], ...] = OWN_SEASONS
    steadiness: tuple[tuple[float, float], ...] = STEADINESS
    slope_on_growth: float = 0.4
    slope_on_next: float = 0.1
    slope_sd: float = 0.45
    noise_sd: float = 0.27
    noise_ar: float = 0.35
    source: str = "judgement: quarters and years close high"

    def noise_of_year(self) -> Array:
        """Map from twelve unit normals to the noise of a year's months: shape (12, 12)."""
        factor = np.linalg.cholesky(correlation_of_months(self.noise_ar))
        return np.asarray(self.noise_sd * factor)

    def across_a_border(self) -> WithinYear:
        """The same for imports and exports: a flat pattern, a slope that follows growth, and wider
        spreads.
        """
        return replace(
            self,
            pattern=(0.0,) * 12,
            pattern_sd=BORDER_PATTERN_FACTOR * self.pattern_sd,
            steadiness=STEADY_IMPORTS,
            slope_on_growth=IMPORTS_ON_GROWTH,
            slope_on_next=IMPORTS_ON_NEXT,
            slope_sd=BORDER_SLOPE_FACTOR * self.slope_sd,
            noise_sd=BORDER_NOISE_FACTOR * self.noise_sd,
            source=f"flat, by judgement; {self.source}",
        )


def correlation_of_months(noise_ar: float) -> Array:
    """Correlation of the noise of a year's months: shape (12, 12).

    Parameters
    ----------
    noise_ar : float
        Correlation of neighbouring months.

    Examples
    --------
    >>> correlation_of_months(0.5)[1, :3].tolist()
    [0.5, 1.0, 0.5]
    """
    months = np.arange(12)
    by_distance = noise_ar**months
    return np.asarray(by_distance[abs(np.subtract.outer(months, months))])


@dataclass(frozen=True)
class Common:
    """Year effects shared by markets: mean and spread by year, and the spread in other years.

    Parameters
    ----------
    first_year : int
        Year of the first entry of ``mean`` and ``sd``.
    mean, sd : tuple of float
        Of each year's effect, as the panel tells it.
    spread, persistence : float
        Standard deviation and first-order autocorrelation in years that the panel lacks.

    Examples
    --------
    >>> mean, sd = Common(2020, (0.4,), (0.1,), 0.2, 0.5).at(2021)
    >>> round(mean, 3), round(sd, 3)
    (0.2, 0.18)
    """

    first_year: int = 2020
    mean: tuple[float, ...] = (0.0,)
    sd: tuple[float, ...] = (0.2,)
    spread: float = 0.2
    persistence: float = COMMON_AR

    @property
    def last_year(self) -> int:
        """Last year that the panel tells of."""
        return self.first_year + len(self.mean) - 1

    @property
    def new_sd(self) -> float:
        """Standard deviation of the shock that each year after the panel adds."""
        return self.spread * float(np.sqrt(1 - self.persistence**2))

    def at(self, year: int) -> tuple[float, float]:
        """Mean and standard deviation of the effect in a year."""
        index = year - self.first_year
        if index < 0:
            return 0.0, self.spread
        if index < len(self.mean):
            return self.mean[index], self.sd[index]
        rho = self.persistence ** (year - self.last_year)
        variance = (1 - rho**2) * self.spread**2
        return rho * self.mean[-1], float(np.sqrt((rho * self.sd[-1]) ** 2 + variance))

    def until(self, last_year: int) -> Common:
        """The same without the effects of later years."""
        count = max(min(last_year - self.first_year + 1, len(self.mean)), 1)
        return replace(self, mean=self.mean[:count], sd=self.sd[:count])


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
