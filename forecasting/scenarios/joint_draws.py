"""Joint draws of measures by year: their table, their sum over places, their difference between
scenarios.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting.parameters.naming import country_slug
from forecasting.showing import Shown
from forecasting.vocabulary.arguments import (
    Check,
    integer,
    number,
    optional,
    read,
    sequence,
    short_repr,
    takes,
    text,
)
from forecasting.vocabulary.errors import InputError, ModelError
from forecasting.vocabulary.measures import HEADLINE, MEASURES, NOT_ADDED, did_you_mean
from forecasting.vocabulary.periods import Period, year
from forecasting.vocabulary.places import COUNTRIES, REGION
from forecasting.vocabulary.quantiles import Array, quantiles

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

EXAMPLE_ABOVE = 1_000_000  # of a message
QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
RESULT_COLUMNS = [
    "scenario",
    "country",
    "measure",
    "unit",
    "period_start",
    "period_end",
    "quantile",
    "value",
]


@dataclass(frozen=True, eq=False)
class Results(Shown):
    """Draws of several measures of one place under one scenario.

    Parameters
    ----------
    scenario, country : str
        Names of the scenario and of the place.
    years : tuple of int
        Consecutive calendar years.
    values : mapping of str to ndarray, shape (draws, years)
        Draw i of every measure and place belongs to one world, so sums and differences are taken
        draw by draw.

    Examples
    --------
    >>> draws = {"ev_stock": np.array([[1.0, 2.0], [3.0, 4.0]])}
    >>> results = Results("a-b", "A", (2024, 2025), draws)
    >>> results.table.query("quantile == 0.5")["value"].tolist()
    [2.0, 3.0]
    """

    scenario: str
    country: str
    years: tuple[int, ...]
    values: Mapping[str, Array]

    @property
    def count(self) -> int:
        """The number of draws."""
        return len(next(iter(self.values.values()), ()))

    def __repr__(self) -> str:
        count = self.count
        summary = f"{count:,} draws of {len(self.values)} measures"
        span = f"{self.years[0]} to {self.years[-1]}"
        return f"<Results {self.scenario}, {self.country}, {span}: {summary}>"

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per measure, year and quantile; a stock stands on the last day of its period."""
        periods = [year(value) for value in self.years]
        return quantile_table(self.scenario, self.country, self.values, periods)

    @takes(InputError, measure=text())
    def bands(self, measure: str) -> pd.DataFrame:
        """One measure by year: a row per year, a column per quantile, as the table has them.

        Parameters
        ----------
        measure : str
            One of `values`.

        Returns
        -------
        pandas.DataFrame
            In the measure's unit.

        Raises
        ------
        InputError
            Where there is no such measure.

        Examples
        --------
        >>> draws = {"ev_stock": np.array([[1.0], [3.0]])}
        >>> Results("a-b", "A", (2024,), draws).bands("ev_stock")[0.5]
        year
        2024    2.0
        Name: 0.5, dtype: float64
        """
        if measure not in self.values:
            raise no_measure(measure, self.values)
        if measure not in self._bands:
            self._bands[measure] = quantiles_by_year(self.values[measure], self.years)
        return self._bands[measure].copy()

    @cached_property
    def _bands(self) -> dict[str, pd.DataFrame]:
        """The bands of the measures that were asked for: several tables show the same ones, in each
        language again.
        """
        return {}

    def draws(self) -> pd.DataFrame:
        """One row per measure, year and draw.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, country, measure, year, draw, value.

        Examples
        --------
        >>> len(Results("a-b", "A", (2024, 2025), {"ev_stock": np.ones((50, 2))}).draws())
        100
        """
        names = list(self.values)
        cells = [draws.T.ravel() for draws in self.values.values()]
        size = cells[0].size
        rows = len(names) * size
        columns = {
            "scenario": pd.Categorical([self.scenario]).repeat(rows),
            "country": pd.Categorical([self.country]).repeat(rows),
            "measure": pd.Categorical(names, sorted(names)).repeat(size),
            "year": np.tile(np.repeat(self.years, self.count), len(names)),
            "draw": np.tile(np.arange(self.count), rows // self.count),
            "value": np.concatenate(cells),
        }
        return pd.DataFrame(columns)

    @takes(InputError, year=optional(integer()))
    def wide(self, year: int | None = None) -> pd.DataFrame:
        """One year: a row per draw, a column per measure.

        Row i is of one world in the results of all places that share the seed, so rows of two
        countries are added, or given to a function of one's own, one by one. Its label says of how
        many draws it is one, so that no rows of different numbers of draws are taken for the same.

        Parameters
        ----------
        year : int, optional
            By default the last.

        Returns
        -------
        pandas.DataFrame
            In the measures' units.

        Raises
        ------
        InputError
            For a year that the results do not have.

        Examples
        --------
        >>> draws = {"ev_stock": np.array([[1.0, 2.0], [3.0, 4.0]])}
        >>> Results("a-b", "A", (2024, 2025), draws).wide(2025)["ev_stock"].tolist()
        [2.0, 4.0]
        """
        column = self._column(year)
        cells = {measure: draws[:, column] for measure, draws in self.values.items()}
        labels = pd.Index([f"{i} of {self.count}" for i in range(self.count)], name="draw")
        return pd.DataFrame(cells, labels)

    @takes(InputError, above=optional(number()), year=optional(integer()))
    def probability(
        self,
        measure: str | Mapping[str, float],
        above: float | None = None,
        year: int | None = None,
    ) -> float:
        """Probability that a measure exceeds a number in a year, or that several do at once.

        Parameters
        ----------
        measure : str or mapping of str to float
            One of `values`; a mapping of measures to numbers asks for all of them jointly.
        above : float, optional
            In the measure's unit; left out where `measure` is a mapping.
        year : int, optional
            By default the last.

        Returns
        -------
        float
            From 0 to 1.

        Raises
        ------
        InputError
            Where there is no such measure or year, or no number.

        Examples
        --------
        >>> draws = {"ev_stock": np.array([[1.0], [3.0]]), "peak_mw": np.array([[9.0], [2.0]])}
        >>> results = Results("a-b", "A", (2024,), draws)
        >>> results.probability("ev_stock", above=2)
        0.5
        >>> results.probability({"ev_stock": 0.5, "peak_mw": 5})
        0.5
        """
        is_joint = isinstance(measure, Mapping)
        if not is_joint and not isinstance(measure, str):
            raise InputError(
                f"measure is {short_repr(measure)}; give a measure, or measures with their numbers"
            )
        if is_joint and above is not None:
            raise InputError(f"above is {above:g} beside measures that have numbers of their own")
        if not is_joint and above is None:
            raise InputError(f"above is missing; give a number, e.g. above={EXAMPLE_ABOVE}")
        limits = dict(measure) if isinstance(measure, Mapping) else {measure: above}
        if not limits:
            raise InputError("measure is empty; give a measure, or measures with their numbers")
        column = self._column(year)
        exceeds = np.ones(self.count, dtype=bool)
        for name, limit in limits.items():
            if name not in self.values:
                raise no_measure(str(name), self.values)
            exceeds &= self.values[name][:, column] > read(number(), name, limit, InputError)
        return float(exceeds.mean())

    def _column(self, year: int | None) -> int:
        """The place of a year among the years."""
        wanted = self.years[-1] if year is None else year
        if wanted not in self.years:
            raise InputError(
                f"year is {wanted}; {self.scenario} has {self.years[0]} to {self.years[-1]}"
            )
        return self.years.index(wanted)

    @takes(InputError, first_year=integer())
    def since(self, first_year: int) -> Results:
        """The same without the years before.

        Parameters
        ----------
        first_year : int
            First year that is kept.

        Returns
        -------
        Results
            Of the other years.

        Raises
        ------
        InputError
            Where no year is left.

        Examples
        --------
        >>> Results("a-b", "A", (2024, 2025), {"ev_stock": np.array([[1.0, 2.0]])}).since(2025)
        <Results a-b, A, 2025 to 2025: 1 draws of 1 measures>
        """
        years = tuple(value for value in self.years if value >= first_year)
        if not years:
            raise InputError(f"{self.scenario} ends in {self.years[-1]}, before {first_year}")
        return Results(self.scenario, self.country, years, _of_years(self, years))


def _of_years(results: Results, years: Sequence[int]) -> dict[str, Array]:
    """The draws of some of the years of results, by measure.

    >>> made = Results("a-b", "A", (2024, 2025), {"ev_stock": np.array([[1.0, 2.0]])})
    >>> _of_years(made, [2025])
    {'ev_stock': array([[2.]])}
    """
    columns = [results.years.index(value) for value in years]
    return {measure: draws[:, columns] for measure, draws in results.values.items()}


def no_measure(measure: str, measures: Iterable[str]) -> InputError:
    """The error where results lack a measure, with the nearest one that they have.

    >>> no_measure("ev_stok", ["ev_stock"])
    InputError("the results have no measure 'ev_stok'; did you mean ev_stock?")
    """
    names = sorted(measures)
    hint = did_you_mean(measure, names, f"they have {', '.join(names)}")
    return InputError(f"the results have no measure {measure!r}; {hint}")


def quantiles_by_year(draws: Array, years: Sequence[int]) -> pd.DataFrame:
    """Quantiles of draws of years: a row per year, a column per quantile."""
    levels = quantiles(draws, QUANTILES).T
    return pd.DataFrame(levels, pd.Index(years, name="year"), list(QUANTILES))


def yearly_growth(results: Results, measure: str) -> pd.DataFrame:
    """Growth of each year on the one before, from joint draws.

    Parameters
    ----------
    results : Results
        Joint draws of one place, or of a sum.
    measure : str
        A flow of theirs.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, from the second on; a column per quantile, per cent.

    Examples
    --------
    >>> draws = np.array([[100.0, 150.0], [100.0, 250.0]])
    >>> results = Results("a-b", "A", (2024, 2025), {"ev_imports": draws})
    >>> yearly_growth(results, "ev_imports")[0.5].to_dict()
    {2025: 100.0}
    """
    draws = results.values[measure]
    growth = 100 * (draws[:, 1:] / np.maximum(draws[:, :-1], np.finfo(float).tiny) - 1)
    return quantiles_by_year(growth, results.years[1:])


def quantile_table(
    scenario: str, country: str, values: Mapping[str, Array], periods: Sequence[Period]
) -> pd.DataFrame:
    """The quantiles of measures over periods, in the columns of every result.

    Parameters
    ----------
    scenario, country : str
        What the draws are of.
    values : mapping of str to ndarray, shape (draws, periods)
        Draws of each measure.
    periods : sequence of Period
        What the columns of the draws are of.

    Returns
    -------
    pandas.DataFrame
        Columns `RESULT_COLUMNS`, one row per measure, period and quantile.
    """
    level_count = len(QUANTILES)
    starts = np.repeat([period.start.isoformat() for period in periods], level_count)
    ends = np.repeat([period.end.isoformat() for period in periods], level_count)
    units = [MEASURES[measure].unit for measure in values]
    cells = [quantiles(draws, QUANTILES).T.ravel() for draws in values.values()]
    rows = {
        "scenario": scenario,
        "country": country,
        "measure": np.repeat(list(values), len(starts)),
        "unit": np.repeat(units, len(starts)),
        "period_start": np.tile(starts, len(values)),
        "period_end": np.tile(ends, len(values)),
        "quantile": np.tile(QUANTILES, len(periods) * len(values)),
        "value": np.concatenate(cells),
    }
    return pd.DataFrame(rows)


def results_from(draws: pd.DataFrame) -> tuple[Results, ...]:
    """The joint draws of each place, read back from the rows of `Results.draws`."""
    results = []
    for (scenario, country), part in draws.groupby(
        ["scenario", "country"], sort=False, observed=True
    ):
        years = tuple(part["year"].unique().tolist())
        values = {
            str(measure): rows.to_numpy().reshape(len(years), -1).T
            for measure, rows in part.groupby("measure", sort=False, observed=True)["value"]
        }
        results.append(Results(str(scenario), str(country), years, values))
    return tuple(results)


def sum_outlooks(outlooks: Sequence[Results], country: str, scenario: str) -> Results:
    """The sum over places, draw by draw: the region's interval comes from joint draws, never from
    added quantiles.

    Parameters
    ----------
    outlooks : sequence of Results
        Of different places; draw i of each shares the region's shocks where they share the seed.
    country, scenario : str
        Names of the sum.

    Returns
    -------
    Results
        The measures and years that all have, without indices and peaks, which do not add.

    Raises
    ------
    ModelError
        Where there is nothing to add, a place stands twice, or the numbers of draws differ.

    Examples
    --------
    >>> a = Results("a-x", "A", (2024,), {"ev_stock": np.array([[1.0], [2.0]])})
    >>> b = Results("b-x", "B", (2024, 2025), {"ev_stock": np.array([[5.0, 9.0], [5.0, 9.0]])})
    >>> sum_outlooks([a, b], "A and B", "a-and-b").values["ev_stock"].ravel().tolist()
    [6.0, 7.0]
    """
    places = [part.country for part in outlooks]
    names = ", ".join(places)
    if not outlooks or len(set(places)) < len(places):
        raise ModelError(f"a sum needs one outlook per place, and has {names or 'none'}")
    years, measures = _in_common(outlooks, NOT_ADDED)
    for word, common in (("year", years), ("measure", measures)):
        if not common:
            raise ModelError(f"{names} have no {word} in common")
    parts = [_of_years(part, years) for part in outlooks]
    total = {name: np.sum([part[name] for part in parts], axis=0) for name in measures}
    return Results(scenario, country, tuple(years), total)


def _in_common(
    parts: Sequence[Results], ignored: Collection[str] = ()
) -> tuple[list[int], list[str]]:
    """The years and the measures that all parts have, in the order of the first part.

    Raises
    ------
    ModelError
        Where the numbers of draws differ.
    """
    if len({part.count for part in parts}) > 1:
        counts = ", ".join(f"{part.scenario} {part.count}" for part in parts)
        raise ModelError(
            f"the numbers of draws differ: {counts}; run the outlooks with the same draws"
        )
    model = parts[0]
    years = set(model.years).intersection(*(part.years for part in parts))
    measures = set(model.values).intersection(*(part.values for part in parts)) - {*ignored}
    return sorted(years), [name for name in model.values if name in measures]


def _part(value: Any) -> Results:
    """Joint draws from the first year on that the facts do not cover."""
    if isinstance(value, Results):
        return value
    results = getattr(value, "results", None)
    if not isinstance(results, Results):
        raise TypeError
    return results.since(value.first_year)


OUTLOOK_PARTS = sequence(Check("an Outlook", _part), "outlooks, one or more")


@takes(ModelError, outlooks=OUTLOOK_PARTS, scenario=text())
def region_total(outlooks: Collection[Outlook | Results], scenario: str = "baseline") -> Results:
    """The sum of the five countries of Central Asia; other outlooks are ignored.

    Parameters
    ----------
    outlooks : collection of Outlook or Results
        Of these, the countries' outlooks of one scenario are added, draw by draw, from the first
        year on that the facts of none cover. A country of which only shares are known has no
        vehicles to add and is left out.
    scenario : str
        Which scenario of each country.

    Returns
    -------
    Results
        Its `country` names those in the sum: ``central-asia-5``, or the codes of fewer countries
        joined by ``+``.

    Raises
    ------
    ModelError
        Where no country is left, one stands twice, or their draws are not of one number.

    Examples
    --------
    >>> one = {"ev_stock": np.ones((2, 1))}
    >>> names = {"UZ": "uzbekistan-baseline", "KZ": "kazakhstan-baseline", "GE": "georgia-baseline"}
    >>> total = region_total([Results(name, code, (2024,), one) for code, name in names.items()])
    >>> total.country, total.values["ev_stock"].ravel().tolist()
    ('KZ+UZ', [2.0, 2.0])
    """
    members = [
        part
        for part in map(_part, outlooks)
        if part.country in COUNTRIES and not {*HEADLINE}.isdisjoint(part.values)
        if part.scenario == f"{country_slug(part.country)}-{scenario}"
    ]
    members.sort(key=lambda part: COUNTRIES.index(part.country))
    country = "+".join(part.country for part in members)
    if len(members) == len(COUNTRIES):
        country = REGION
    return sum_outlooks(members, country, f"{country}-{scenario}")


def region_places(total: Results) -> tuple[str, ...]:
    """The countries in a sum that `region_total` made.

    >>> region_places(Results("", "KZ+UZ", (2024,), {}))
    ('KZ', 'UZ')
    """
    return COUNTRIES if total.country == REGION else tuple(total.country.split("+"))


def difference(outlook: Results, baseline: Results) -> Results:
    """Scenario minus baseline, draw by draw on common random numbers.

    Parameters
    ----------
    outlook, baseline : Results
        Of one place, with one seed.

    Returns
    -------
    Results
        Of the measures and years that both have.

    Raises
    ------
    ModelError
        Where the places or the numbers of draws differ.

    Examples
    --------
    >>> high = Results("a-high", "A", (2024,), {"ev_stock": np.array([[4.0], [6.0]])})
    >>> base = Results("a-base", "A", (2024,), {"ev_stock": np.array([[1.0], [2.0]])})
    >>> difference(high, base).values["ev_stock"].ravel().tolist()
    [3.0, 4.0]
    """
    if outlook.country != baseline.country:
        raise ModelError(
            f"{outlook.scenario} is of {outlook.country} and {baseline.scenario} of "
            f"{baseline.country}; compare one place"
        )
    years, measures = _in_common([outlook, baseline])
    changed = _of_years(outlook, years)
    baseline_values = _of_years(baseline, years)
    changes = {}
    for name in measures:
        # What rounding alone tells apart is equal: 1e-14 of a per cent is no effect
        same = np.isclose(changed[name], baseline_values[name], rtol=1e-12, atol=0.0)
        changes[name] = np.where(same, 0.0, changed[name] - baseline_values[name])
    name = f"{outlook.scenario} minus {baseline.scenario}"
    return Results(name, outlook.country, tuple(years), changes)
