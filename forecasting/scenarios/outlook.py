"""One scenario end to end: the facts of the day, the growth, the drivers, the charging needed."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting import __version__
from forecasting.evidence.ledger import Ledger
from forecasting.growth.flow import save_flow
from forecasting.growth.prior import Prior
from forecasting.growth.sharing import read_cache
from forecasting.panels.registers import KEPT
from forecasting.parameters.schema import Drivers, Scenario, of_counted, stored_scenario
from forecasting.scenarios.assumptions import demand_of, demand_parameters, registered_percent
from forecasting.scenarios.facts_on_day import (
    PartCounts,
    age_of,
    day_of_forecast,
    driver_facts,
    drivers_on_day,
    facts_of_flows,
    facts_of_scenario,
    flow_inputs,
    part_counts,
    unused_facts,
)
from forecasting.scenarios.joint_draws import Results, difference, yearly_growth
from forecasting.scenarios.outlook_files import (
    STORED_CAVEATS,
    load_tables,
    save_tables,
    stored_caveat,
    stored_caveats,
)
from forecasting.scenarios.place_flows import (
    OutlookRequest,
    PlaceFlow,
    by_year,
    monthly_table,
    place_caveats,
    place_flow,
    port_flows,
)
from forecasting.scenarios.question import QUESTION_FORM, find_scenario, find_scenarios
from forecasting.showing import Shown, chart
from forecasting.vocabulary.arguments import (
    instance,
    integer,
    optional,
    path,
    short_repr,
    takes,
    text,
    texts,
)
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import EvidenceError, InputError, LedgerError
from forecasting.vocabulary.files import AnyPath, allowing
from forecasting.vocabulary.measures import CAR, EV_SHARE, MEASURES
from forecasting.vocabulary.periods import DAY, Period, as_date, year
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array

if TYPE_CHECKING:
    from forecasting.demand.demand_outlook import DemandOutlook
    from forecasting.evidence.fact import Fact
    from forecasting.growth.flow import FlowForecast


@dataclass(frozen=True, eq=False)
class Outlook(Shown):
    """The results of a scenario, with everything that they rest on.

    Parameters
    ----------
    scenario : Scenario
        What was asked, on the day of the forecast.
    as_of : date
        Day of the forecast; nothing published later was used.
    age : Caveat
        When the newest outcome of the flow ended and was printed.
    first_year : int
        First year that the facts do not cover.
    evidence : Ledger or None
        Facts that the flows were forecast from; None of an outlook that was read from files.
    forecasts, baseline_forecasts : dict of str to FlowForecast
        Per place, with and without the drivers; empty of an outlook that was read from files.
    parts : tuple of Results
        Joint draws by year, per place; a corridor's last part is the sum of its places.
    monthly : pandas.DataFrame
        The flow by month in the first two years, in the columns of `table`.
    demand : DemandOutlook or None
        From vehicles to chargers; None of a corridor.
    size : Caveat or None
        Where the size of the market comes from; None where it is not known.
    caveats : list of Caveat
        What a reader must know first.
    facts_used : list of str
        Ids of every fact that was used.
    ledger : Ledger
        All facts that the scenario may use, of any day; none of an outlook that was read from files
        whose facts are no longer there.
    load : mapping
        Electricity of the last year by setting and by month, from which hours are made; empty of a
        corridor.
    stored : pandas.DataFrame or None
        The table as it was read from files.
    folder : Path or None
        Where it was read from.
    flow_cache : dict
        Forecasts before drivers, for other scenarios of the place; empty where a caller's own facts
        or prior were given.

    Examples
    --------
    >>> made = outlook("xinjiang-baseline", as_of="2023-06-26", draws=200)
    >>> made.name, made.first_year, made.demand is None
    ('xinjiang-baseline', 2023, True)
    >>> made.table.columns.tolist()[2:6]
    ['measure', 'unit', 'period_start', 'period_end']
    """

    scenario: Scenario
    as_of: dt.date
    age: Caveat
    first_year: int
    evidence: Ledger | None
    forecasts: Mapping[str, FlowForecast]
    baseline_forecasts: Mapping[str, FlowForecast]
    parts: tuple[Results, ...]
    monthly: pd.DataFrame
    demand: DemandOutlook | None = None
    size: Caveat | None = None
    caveats: list[Caveat] = field(default_factory=list)
    facts_used: list[str] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    load: Mapping[str, Any] = field(default_factory=dict)
    stored: pd.DataFrame | None = None
    folder: Path | None = None
    flow_cache: dict[str, PlaceFlow] = field(default_factory=dict)

    @cached_property
    def facts(self) -> Ledger:
        """What had been published on the scenario's places by its day, whatever it is about."""
        places = self.scenario.counted_at
        return Ledger().concat(*(self.ledger.select(place, as_of=self.as_of) for place in places))

    @cached_property
    def counts_of_parts(self) -> PartCounts:
        """What had been counted of the parts of its country by its day."""
        return part_counts(self.ledger, self.scenario.place, self.as_of)

    @cached_property
    def counted_part(self) -> tuple[float, dt.date] | None:
        """What was counted of the first year from 1 January on without a gap, and until when; None
        where nothing was.
        """
        day = year_start = dt.date(self.first_year, 1, 1)
        count = 0.0
        basis = self.forecast.basis if self.forecast else ""
        totals = [
            fact
            for fact in self.evidence or ()
            if (fact.measure, fact.quantity) == (self.scenario.measure, "total")
            and fact.is_exact
            and fact.basis == (basis or fact.basis)
            and len(self.scenario.counted_at) == 1
        ]
        while following := [fact for fact in totals if fact.period.start == day]:
            longest = max(following, key=lambda fact: fact.period.end)
            count += longest.value
            day = longest.period.end + DAY
        return (count, day - DAY) if day > year_start else None

    @property
    def running_year(self) -> int:
        """The year in which the newest fact of all was printed. Where there are no facts, or the
        flow has counts after the day of the forecast, the year of that day.
        """
        counts = [self.ledger.select(place, self.measure) for place in self.scenario.counted_at]
        days = [fact.known_from for facts in counts for fact in facts if fact.known_from]
        if not len(self.ledger) or max(days, default=self.as_of) > self.as_of:
            return self.as_of.year
        return max(self.as_of, self.ledger.latest).year

    @cached_property
    def headline_year(self) -> int:
        """The year that a reader sees first: the running one, or the first that the facts do not
        cover, if that is later.
        """
        return min(max(self.first_year, self.running_year), self.scenario.horizon)

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scenario.name

    @property
    def measure(self) -> str:
        """The flow that is forecast."""
        return self.scenario.measure

    @property
    def forecast(self) -> FlowForecast | None:
        """The forecast of the only, or first, place."""
        return next(iter(self.forecasts.values()), None)

    @property
    def baseline_forecast(self) -> FlowForecast | None:
        """The same before drivers."""
        return next(iter(self.baseline_forecasts.values()), None)

    @property
    def results(self) -> Results:
        """Joint draws by year: of the country, or of the corridor as a whole."""
        return self.parts[-1]

    @takes(InputError)
    def minus(self, baseline: Outlook) -> Results:
        """Minus another scenario of the same place, draw by draw on common random numbers.

        Parameters
        ----------
        baseline : Outlook
            Made with the same seed and as many draws.

        Returns
        -------
        Results
            Of the measures and years that both have, from the first year that the facts do not
            cover.

        Raises
        ------
        InputError
            Where the places, the seeds or the numbers of draws differ.

        Examples
        --------
        >>> high = outlook("turkmenistan-accelerated", draws=50)
        >>> high.minus(outlook("turkmenistan-baseline", draws=50)).scenario
        'turkmenistan-accelerated minus turkmenistan-baseline'
        """
        if not isinstance(baseline, Outlook):
            raise InputError(f"baseline is {short_repr(baseline)}; give an Outlook")
        one, other = self.scenario.seed, baseline.scenario.seed
        if one != other:
            raise InputError(
                f"{self.name} has seed {one} and {baseline.name} seed {other}: their draws are not "
                f"of the same worlds; make one anew with scenario.replace(seed={one})"
            )
        return difference(self.results, baseline.results).since(self.first_year)

    @takes(InputError)
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
            E.g. ``ev_stock``; a mapping of measures to numbers asks for all of them jointly.
        above : float, optional
            In the measure's unit; left out where `measure` is a mapping.
        year : int, optional
            By default the horizon.

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
        >>> made = outlook("turkmenistan-baseline", draws=50)
        >>> made.probability("ev_stock", above=0, year=2030)
        1.0
        >>> made.probability({"ev_stock": 0, "charging_points_need": 1e9})
        0.0
        """
        return self.results.probability(measure, above, year)

    @takes(InputError)
    def bands(self, measure: str) -> pd.DataFrame:
        """One measure by year: a row per year, a column per quantile.

        Parameters
        ----------
        measure : str
            E.g. ``ev_stock``.

        Returns
        -------
        pandas.DataFrame
            In the measure's unit.

        Examples
        --------
        >>> outlook("turkmenistan-baseline", draws=50).bands("ev_stock").loc[2030, [0.1, 0.9]]
        0.1 ...
        0.9 ...
        Name: 2030, dtype: float64
        """
        return self.results.bands(measure)

    @takes(InputError)
    def wide(self, year: int | None = None) -> pd.DataFrame:
        """One year: a row per draw, a column per measure.

        Row i is of one world in every outlook that has the same seed and as many draws: those of
        two countries are added, or given to a function of one's own, row by row.

        Parameters
        ----------
        year : int, optional
            By default the horizon.

        Returns
        -------
        pandas.DataFrame
            In the measures' units.

        Raises
        ------
        InputError
            For a year that the outlook does not have.

        Examples
        --------
        >>> outlook("turkmenistan-baseline", draws=50).wide(2030).shape[0]
        50
        """
        return self.results.wide(year)

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years of the results, from the first fact to the horizon."""
        return self.results.years

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every measure's quantiles, by year to the horizon, and the flow also by month in the
        first two years.
        """
        if self.stored is not None:
            return self.stored
        tables = [part.table for part in self.parts]
        return pd.concat([*tables, self.monthly], ignore_index=True)

    @cached_property
    def draws(self) -> pd.DataFrame:
        """Every measure's draws by year, from the first year that the facts do not cover."""
        return pd.concat(
            [part.since(self.first_year).draws() for part in self.parts], ignore_index=True
        )

    @takes(InputError, folder=path())
    def save(self, folder: str | Path) -> None:
        """Write ``outlook.parquet`` and ``draws.parquet`` into a folder; of a country with many
        facts also ``flow.npz``, from which a workbook is made sooner.

        `forecasting.load_outlook` reads them back.

        Parameters
        ----------
        folder : str or Path
            Where; made if it is not there.

        Raises
        ------
        InputError
            Where the folder cannot be written to.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     outlook("xinjiang-baseline", as_of="2023-06-26", draws=50).save(folder)
        ...     print(*sorted(path.name for path in Path(folder).iterdir()))
        draws.parquet outlook.parquet
        """
        growth = yearly_growth(self.results, self.scenario.measure).loc[self.first_year :]
        record = {
            "version": __version__,
            # The same bytes in every language
            "parameters": self.scenario.model_copy(update={"language": ()}).parameters(),
            "as_of": self.as_of.isoformat(),
            "market": self.size and self.size.row(),
            "age": self.age.row(),
            STORED_CAVEATS: [caveat.row() for caveat in self.caveats],
            "basis": {place: flow.basis for place, flow in self.forecasts.items()},
            "growth": {str(when): row.to_dict() for when, row in growth.iterrows()},
            "first_year": self.first_year,
            "headline_year": self.headline_year,
            "facts_used": self.facts_used,
            "load": self.load,
            "policies": {
                row.id: f"{row.kind} {row.start} {row.end}"
                for flow in self.baseline_forecasts.values()
                for row in flow.policies.rows
            },
        }
        save_tables(folder, self.table, self.draws, record)
        if self.demand is not None and self.baseline_forecast is not None:
            save_flow(self.baseline_forecast, Path(folder))

    def fit_table(self) -> pd.DataFrame:
        """Each fact of the flow, and what the others lead one to expect: `FlowForecast.fit_table`.

        Returns
        -------
        pandas.DataFrame
            One row per fact; of a corridor the facts of all its places.

        Raises
        ------
        InputError
            Of an outlook that was read from files, which keep no forecast.

        Examples
        --------
        >>> outlook("uzbekistan-baseline", draws=50).fit_table().columns[:4].tolist()
        ['fact', 'period', 'basis', 'printed']
        """
        if not self.baseline_forecasts:
            raise InputError(f"{self.name} was read from files, which hold no facts; run it again")
        tables = [flow.fit_table() for flow in self.baseline_forecasts.values()]
        return pd.concat(tables, ignore_index=True)

    @takes(InputError, measure=optional(text()))
    def plot(self, measure: str | None = None) -> Any:
        """A measure with its intervals and the facts that were known, as a plotly figure.

        Parameters
        ----------
        measure : str, optional
            By default the flow that was forecast.

        Returns
        -------
        plotly.graph_objects.Figure
            In the measure's unit.

        Raises
        ------
        InputError
            For a measure that the outlook does not have.

        Examples
        --------
        >>> figure = outlook("xinjiang-baseline", as_of="2023-06-26", draws=50).plot()
        >>> "Median" in [trace.name for trace in figure.data]
        True
        """
        return chart(self, measure or self.scenario.measure)

    def __repr__(self) -> str:
        until = f"as of {self.as_of}, to {self.scenario.horizon}"
        return f"<Outlook {self.name}, {until}, from {len({*self.facts_used})} facts>"


LEDGER = instance(Ledger, words="a Ledger, e.g. fc.datasets.central_asia()")
DRAW_COUNT = integer(8, 100_000)


@takes(
    EvidenceError,
    scenario=QUESTION_FORM,
    ledger=optional(LEDGER),
    prior=optional(instance(Prior, words="a Prior, as fc.estimate_prior makes it")),
    draws=DRAW_COUNT,
    flow_cache=optional(instance(dict, words="a dict, empty at first")),
)
def outlook(
    scenario: Scenario | str | Path,
    ledger: Ledger | None = None,
    prior: Prior | None = None,
    draws: int = 2000,
    flow_cache: dict[str, PlaceFlow] | None = None,
    *,
    as_of: str | dt.date | None = None,
    assumptions: Mapping[str, Any] | None = None,
    drivers: Drivers | None = None,
    allow: Sequence[AnyPath] = (),
) -> Outlook:
    """Run one scenario end to end: the only way from a scenario to its answer.

    What is drawn is kept in the user's cache, and read by whoever asks the same again:
    `EV_FORECAST_CACHE` names another folder; empty, none.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        A params file, the name of a scenario, a country (its baseline), or a Scenario. Names are
        looked for in ``./params``, in ``../params``, and among the scenarios that ship.
    ledger : Ledger, optional
        Facts beside those that the scenario itself reads: the facts that ship, unless it says
        ``shipped_facts: false``, and the files that it names under ``ledger``.
    prior : Prior, optional
        Growth learned from analogue markets; default the one that ships.
    draws : int
        Number of draws.
    flow_cache : dict, optional
        A dictionary that begins empty and is given again with the same ledger and prior. It keeps
        the forecasts before drivers, which are not drawn again where only drivers or assumptions
        have changed.
    as_of : date, optional
        Day of the forecast in place of the scenario's own; nothing published later is used.
    assumptions, drivers
        What is otherwise than in the scenario, as `Scenario.replace` takes it.
    allow : sequence of path-like
        Folders whose tables the scenario may read, beside the working folder and that of its
        params file.

    Returns
    -------
    Outlook

    Raises
    ------
    InputError
        Where there is no such params file, scenario or country.
    EvidenceError
        Where the facts cannot carry the forecast: no count and no market size, or a horizon that
        has passed.
    LedgerError
        Where a driver cites a fact that is not there, or a file of facts is not in order.
    AssumptionError
        Where an assumption is out of its range.

    Examples
    --------
    >>> made = outlook("uzbekistan-baseline", as_of="2023-06-26", draws=200)
    >>> made
    <Outlook uzbekistan-baseline, as of 2023-06-26, to 2030, from ... facts>
    >>> outlook("TM", as_of="2023-06-26", draws=200).caveats[0].kind
    'no_counts'
    >>> {"ev_imports", "ev_stock", "charging_points_need"} <= made.results.values.keys()
    True
    >>> outlook("TM", draws=50, assumptions={"annual_km": 20_000}).name
    'turkmenistan-baseline-changed'
    """
    read_cache()
    with allowing(allow):
        chosen = find_scenario(scenario)
        if as_of is not None:
            chosen = chosen.on(as_date(as_of))
        changes = {"assumptions": assumptions, "drivers": drivers}
        chosen = chosen.replace(**{key: part for key, part in changes.items() if part is not None})
        facts = facts_of_scenario(chosen, ledger)
    chosen = of_counted(chosen, facts)
    day = day_of_forecast(chosen, facts)
    if chosen.horizon < day.year:
        raise EvidenceError(
            f"{chosen.name} ends in {chosen.horizon}, before its day {day}; give a later horizon"
        )
    drivers, omitted = drivers_on_day(chosen, facts, day)
    flow_cache = {} if flow_cache is None else flow_cache
    parts = part_counts(facts, chosen.place, day)
    request = OutlookRequest(chosen.on(day), facts, day, drivers, prior, draws, flow_cache, parts)
    result = _country(request) if chosen.country else _of_flows(request, *port_flows(request))
    caveats = [*unused_facts(chosen, day, ledger or ()), *result.caveats, *omitted]
    shipped = ledger is None and prior is None
    return dataclasses.replace(
        result, caveats=caveats, flow_cache=flow_cache if shipped else result.flow_cache
    )


@takes(EvidenceError, pattern=texts("a name or a pattern of names, or several"), draws=DRAW_COUNT)
def outlooks(pattern: str | Sequence[str] = "*", draws: int = 2000) -> dict[str, Outlook]:
    """Run every scenario of a folder end to end.

    Parameters
    ----------
    pattern : str or sequence of str
        Of the scenarios' names, with ``*`` for anything; one or several. They are those of
        ``./params``, where it is, of ``../params``, or those that ship.
    draws : int
        Number of draws.

    Returns
    -------
    dict of str to Outlook
        By name.

    Raises
    ------
    InputError
        Where no scenario has such a name, or one cannot be run.

    Examples
    --------
    >>> list(outlooks("turkmenistan-*", draws=50))
    ['turkmenistan-accelerated', 'turkmenistan-baseline', 'turkmenistan-constrained']
    """
    flow_cache: dict[str, PlaceFlow] = {}
    return {
        scenario.name: outlook(scenario, draws=draws, flow_cache=flow_cache)
        for scenario in itertools.chain.from_iterable(map(find_scenarios, pattern))
    }


def _country(request: OutlookRequest) -> Outlook:
    scenario = request.scenario
    place = scenario.place
    # First, so that a wrong assumption is refused before the forecast is drawn
    parameters = demand_parameters(scenario, request.drivers, request.draws)
    flow = place_flow(request, place)
    years, yearly = by_year(flow.forecast)
    caveats = place_caveats(scenario, place, flow)
    if flow.shares_only:  # the electric share of new cars, as other markets had it
        results = Results(scenario.name, place, years, {EV_SHARE: yearly})
        country_outlook = _of_flows(request, {place: flow}, (results,), caveats)
        return dataclasses.replace(
            country_outlook,
            scenario=scenario.model_copy(update={"measure": EV_SHARE}),
            age=age_of(country_outlook.evidence, EV_SHARE, country_outlook.as_of),
            monthly=country_outlook.monthly.iloc[:0],
        )
    demand = demand_of(request, flow, parameters)
    measures = {scenario.measure: yearly - demand.displaced} | demand.results
    if MEASURES[scenario.measure].vehicle == CAR:
        measures[KEPT] = registered_percent(request, yearly, demand)
    return _of_flows(
        request,
        {place: flow},
        (Results(scenario.name, place, years, measures),),
        [*caveats, *demand.caveats, *request.parts.faults],
        demand=demand,
        load=demand.of_the_year,
        size=flow.market.origin,
    )


def _of_flows(
    request: OutlookRequest,
    flows: Mapping[str, PlaceFlow],
    parts: Sequence[Results],
    caveats: list[Caveat],
    **outlook_fields: Any,
) -> Outlook:
    """An outlook of one or several flows, with the fields that both kinds share."""
    scenario = request.scenario
    evidence = facts_of_flows(scenario, request.ledger, request.as_of)
    size_facts = [name for flow in flows.values() for name in flow.market.facts]
    monthly = [monthly_table(scenario, place, flow) for place, flow in flows.items()]
    return Outlook(
        scenario=scenario,
        as_of=request.as_of,
        age=age_of(evidence, scenario.measure, request.as_of),
        first_year=max(flow.first_year for flow in flows.values()),
        evidence=evidence,
        forecasts={place: flow.forecast for place, flow in flows.items()},
        baseline_forecasts={place: flow.baseline for place, flow in flows.items()},
        parts=tuple(parts),
        monthly=pd.concat(monthly, ignore_index=True),
        caveats=caveats,
        facts_used=[*(fact.id for fact in evidence), *size_facts, *driver_facts(request.drivers)],
        ledger=request.ledger,
        **outlook_fields,
    )


@takes(InputError, folder=path())
def load_outlook(folder: str | Path) -> Outlook:
    """Read back what `Outlook.save` wrote: results, table, caveats; not the forecast objects.

    Parameters
    ----------
    folder : path-like
        Of one report.

    Returns
    -------
    Outlook
        With the same table, draws and caveats. Its `forecasts` are none: who needs the paths of the
        market makes the outlook anew.

    Raises
    ------
    InputError
        Where the folder has no outlook.

    Examples
    --------
    >>> import tempfile
    >>> made = outlook("turkmenistan-baseline", draws=50)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made.save(folder)
    ...     load_outlook(folder).table.equals(made.table)
    True
    """
    table, parts, record = load_tables(folder)
    length = pd.to_datetime(table["period_end"]) - pd.to_datetime(table["period_start"])
    scenario = stored_scenario(record["parameters"])
    as_of = dt.date.fromisoformat(record["as_of"])
    ledger = Ledger()
    evidence: Ledger | None = None
    with contextlib.suppress(LedgerError):  # its own ledgers may have been moved
        ledger = facts_of_scenario(scenario)
        evidence = facts_of_flows(scenario, ledger, as_of)
    return Outlook(
        scenario=scenario,
        as_of=as_of,
        age=stored_caveat(record.get("age")) or age_of(evidence, scenario.measure, as_of),
        first_year=record["first_year"],
        evidence=evidence,
        ledger=ledger,
        forecasts={},
        baseline_forecasts={},
        parts=parts,
        monthly=table[length <= pd.Timedelta(days=32)].reset_index(drop=True),
        size=stored_caveat(record["market"]),
        caveats=stored_caveats(record),
        facts_used=record["facts_used"],
        stored=table,
        folder=Path(folder),
        load=record.get("load", {}),
    )


# Growth on the year before: of any period, and as it would have been forecast on the day of the
# first printed rate. A value index, and a port whose agencies count different things, are compared
# by growth alone, as their levels cannot be compared.


def growth_in(forecast: FlowForecast, period: Period) -> Array:
    """Growth of a period on the same dates a year before, per cent, one value a draw.

    Parameters
    ----------
    forecast : FlowForecast
        Its path must reach back to the year before.
    period : Period
        Any days inside the path.

    Returns
    -------
    ndarray, shape (draws,)
        Per cent; -100 where nothing is left.

    Raises
    ------
    EvidenceError
        Where the period, or the same dates a year before, lie outside the path.

    Examples
    --------
    >>> from forecasting.growth.flow import annual_totals, forecast_flow
    >>> facts = annual_totals(pd.Series({2021: 10_000, 2022: 15_000}))
    >>> made = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
    >>> round(float(np.median(growth_in(made, year(2022)))), -1)
    50.0
    """
    year_before = np.maximum(forecast.totals(period.year_before()), np.finfo(float).tiny)
    return np.asarray(100 * (forecast.totals(period) / year_before - 1))


def printed_growth(outlook: Outlook, place: str) -> list[Fact]:
    """The rates of growth that the agency of a forecast printed, in the order of their periods.

    Parameters
    ----------
    outlook : Outlook
        As `outlook` made it; one that was read from files does not hold its forecasts.
    place : str
        One of its places.
    """
    basis = outlook.forecasts[place].basis
    facts = (outlook.evidence or Ledger()).select(place, outlook.measure, basis=basis)
    rates = [
        fact for fact in facts if fact.is_change and fact.declared.is_percent and fact.is_exact
    ]
    return sorted(rates, key=lambda fact: (fact.period.end, fact.period.start))


def first_rate_forecasts(
    outlook: Outlook, place: str
) -> tuple[dt.date, dict[Period, list[float]]] | None:
    """What the first printed rate of growth led one to expect of the periods after it.

    The forecast is that of the day on which the agency that is forecast first printed a rate: it
    knows what was published by then, and no event.

    Parameters
    ----------
    outlook : Outlook
        As `outlook` made it; one that was read from files does not hold its forecasts.
    place : str
        One of its places.

    Returns
    -------
    tuple of date and dict of Period to list of float, or None
        The day, and quantiles 0.1, 0.5 and 0.9 of each later printed period and of each of the two
        years after the first rate, per cent. None where its agency has printed no rate after the
        first.
    """
    rates = printed_growth(outlook, place)
    dated = [(fact.known_from, fact.period) for fact in rates if fact.known_from]
    first_day = min((day for day, _ in dated), default=dt.date.max)
    periods = {period for day, period in dated if day > first_day}
    if not periods:
        return None
    start = min(period.end.year for _, period in dated)
    periods |= {year(start), year(start + 1)}
    forecast = _forecast_of(outlook, place, first_day, rates[-1].period.end.year)
    path = Period(forecast.months[0].start, forecast.months[-1].end)
    return first_day, {
        period: np.quantile(growth_in(forecast, period), RANGE_LEVELS).tolist()
        for period in sorted(periods, key=attrgetter("end", "start"))
        if path.covers(Period(period.year_before().start, period.end))
    }


def _forecast_of(outlook: Outlook, place: str, day: dt.date, final_year: int) -> FlowForecast:
    """The place's flow as it would have been forecast on an earlier day, up to a later year."""
    from forecasting.growth.flow import forecast_flow

    assert outlook.evidence is not None
    inputs = flow_inputs(outlook.scenario, place, outlook.evidence, day)
    years = range(day.year, max(final_year, day.year + 1) + 1)
    return forecast_flow(
        inputs.facts,
        [year(value) for value in years],
        prior=inputs.prior,
        market_size=inputs.market.sizes,
        basis=outlook.forecasts[place].basis,
        seed=outlook.scenario.seed,
    )
