"""What a scenario rests on: the facts known on its day, how old they are, and the size of its
market.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.policies import BATTERY_CARS, Policy, policies_of, shipped_policies
from forecasting.evidence.rules import OBSERVATION_KINDS
from forecasting.growth.prior import Prior
from forecasting.parameters.naming import PARAMS_ENDINGS
from forecasting.parameters.schema import Driver, Scenario, scenario_from_file
from forecasting.reading.user_ledgers import facts_of, facts_that_a_file_names
from forecasting.scenarios.question import find_scenario, params_file
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import EvidenceError, InputError
from forecasting.vocabulary.measures import CAR, DIVIDED_BY, MEASURES, NEW_CARS, count_of
from forecasting.vocabulary.periods import as_date
from forecasting.vocabulary.places import WORLD

if TYPE_CHECKING:
    from forecasting.growth.starting import MarketSize


# A market's size is read where some count covers so much of a year that growth within it matters
# little. Then shorter parts of other years count, too, unless they tell mostly the season
MIN_PART_DAYS = 150
MIN_UPDATE_DAYS = 59
JUDGED = Caveat("size_judged")
RECENT_DAYS = 3 * 365  # before the last print; prints in them tell how often a series is printed
SAME_PRINT_DAYS = 14  # prints within these are one
MIN_PRINTS = 3  # of a series
SERIES_COLUMNS = [
    *("measure", "place", "basis", "prints", "every_days"),
    *("newest_end", "last_print", "next_print", "late"),
]
GivenSize = float | Mapping[int, float] | pd.Series | None
MAX_MISSED_PRINTS = 3  # intervals without a print, after which a series may have ended
REGISTER = "vehicle_stock"
OF_USE = ("ev_stock", REGISTER)  # counts by which use follows where the electric cars stand
# Share of the vehicles in parts that are not counted, below which it is the difference of two days
LEAST_REMAINDER = 0.02
MAX_DAYS_APART = 45  # days between the count of a part and that of the country


@dataclass(frozen=True)
class MarketOnDay:
    """New vehicles a year, and where that comes from.

    Parameters
    ----------
    sizes : float, pandas.Series, mapping of Period to float, or None
        What a forecast takes: one number, or numbers by year, as they were given; or counts as
        printed, as a part of a year tells the year less well than the whole.
    facts : tuple of str
        Facts that it was read from.
    origin : Caveat or None
        Where it comes from: from counts, or a judgement; None where it is not known.
    """

    sizes: MarketSize
    facts: tuple[str, ...] = ()
    origin: Caveat | None = None


def facts_of_scenario(scenario: Scenario, added: Ledger | None = None) -> Ledger:
    """All facts that a scenario may use on some day.

    Parameters
    ----------
    scenario : Scenario
        Says whether the facts that ship are among them, and names files of its own.
    added : Ledger, optional
        Facts beside those.

    Raises
    ------
    LedgerError
        Where a file of its own is not there or not in order, or two facts have one id.
    """
    facts = facts_that_a_file_names(
        scenario.ledger, scenario.shipped_facts, scenario.published, scenario.country or ""
    )
    if added is None:
        return facts
    return facts.concat(added)


def facts_of_place(place: str) -> Ledger:
    """All facts that the baseline of a place may use; those that ship where it has none."""
    file = None
    with contextlib.suppress(InputError):  # a place that is no country, or no place at all
        file = params_file(place)
    if file is None:
        return facts_of()
    return facts_of_scenario(scenario_from_file(file))


def facts_of_files(
    files: Sequence[Path], ledger: Sequence[Path] = (), place: str | None = None
) -> Ledger:
    """The facts that a question on the command line rests on.

    Parameters
    ----------
    files : sequence of Path
        Ledgers, which stand for the facts that ship, or params files: what their scenarios read.
    ledger : sequence of Path
        Further ledgers.
    place : str, optional
        Without `files`, what the baseline of this place reads; default the facts that ship.

    Examples
    --------
    >>> len(facts_of_files([])) == len(facts_of())
    True
    """
    params = [path for path in files if path.suffix.lower() in PARAMS_ENDINGS]
    ledgers = [str(path) for path in (*files, *ledger) if path not in params]
    if not params and (files or place is None):
        return facts_of(ledgers, shipped=not files)
    facts = [facts_of_scenario(find_scenario(path)) for path in params]
    if not facts:
        facts = [facts_of_place(place or "")]
    return reduce(Ledger.concat, [*facts, facts_of(ledgers, shipped=False)])


def day_of_forecast(scenario: Scenario, ledger: Ledger) -> dt.date:
    """The day of a scenario's forecast.

    ``latest`` is the last day on which any fact or policy of the country or its partners was
    published, whatever the scenario uses of them: all scenarios of a country have one day. A
    policy counts where it was known by the newest fact of the ledger. Where the flow is not
    counted the day is that of this fact: that nobody has printed a count is known by then.

    Parameters
    ----------
    scenario : Scenario
        With a day, or ``latest``.
    ledger : Ledger
        All facts that it may use.

    Raises
    ------
    EvidenceError
        Where no fact of the ledger has a date of publication.

    Examples
    --------
    >>> day_of_forecast(find_scenario("UZ").on(dt.date(2023, 6, 26)), Ledger())
    datetime.date(2023, 6, 26)
    """
    if scenario.as_of != "latest":
        return as_date(scenario.as_of)
    published = [fact for fact in ledger if fact.known_from]
    if not published:
        raise EvidenceError(
            f"as_of is latest, and no fact that {scenario.name} may use has a date of "
            "publication; give as_of a date, or a ledger with dates"
        )
    if not _is_counted(scenario, published):
        # By the newest of all facts it is known that nobody has printed a count
        return ledger.latest
    places = scenario.counted_at
    # A ledger that ends on a day knows no policy of a later one
    return max([*_days_of_facts(published, places), *_days_of_policies(places, ledger.latest)])


def _is_counted(scenario: Scenario, facts: Iterable[Fact]) -> bool:
    """Whether facts count a scenario's flow, or in a country the stock that it fills."""
    flow = MEASURES[scenario.measure]
    measures = [scenario.measure]
    if scenario.country and flow.electric:
        measures += filter(None, [count_of("stock", flow.vehicle)])
    places = scenario.counted_at
    return any(
        fact.place in places and fact.measure in measures
        for fact in facts
        if fact.of_world and fact.kind in OBSERVATION_KINDS
    )


def _days_of_facts(facts: Sequence[Fact], places: Iterable[str]) -> list[dt.date]:
    """The days on which facts of some places and of their partners were published."""
    sides = [{fact.place, fact.partner} for fact in facts]
    related = set().union(*(side for side in sides if side & {*places})) - {WORLD}
    return [fact.known_from for fact in facts if fact.place in related and fact.known_from]


def _days_of_policies(places: Iterable[str], until: dt.date) -> list[dt.date]:
    """The days on which policies of some places became known, up to a day."""
    policies = chain.from_iterable(map(policies_of, places))
    return [policy.known_from for policy in policies if policy.is_known(until)]


def unused_facts(scenario: Scenario, as_of: dt.date, added: Iterable[Fact] = ()) -> list[Caveat]:
    """Caveats about a user's facts that are not used, as they have no date or are too late.

    Parameters
    ----------
    scenario : Scenario
        With or without files of its own.
    as_of : date
        Day of the forecast.
    added : iterable of Fact
        Further facts, of which only the dates matter.
    """
    unused: list[Caveat] = []
    undated_facts = [fact for fact in added if fact.known_from is None]
    if not scenario.ledger and not undated_facts:
        return unused
    place = scenario.country or ""
    user_facts = facts_of(scenario.ledger, False, scenario.published, place)
    user_facts = user_facts.concat(Ledger(undated_facts))
    days = [fact.known_from for fact in user_facts]
    number = len(days)
    if undated := days.count(None):
        unused.append(Caveat("own_facts_undated", values={"undated": undated, "number": number}))
    if late_count := sum(day > as_of for day in days if day):
        unused.append(
            Caveat(
                "own_facts_late", values={"day": str(as_of), "late": late_count, "number": number}
            )
        )
    return unused


@dataclass(frozen=True)
class FlowInputs:
    """What was known of a flow on a day, as `inputs_on_day` chooses it.

    Parameters
    ----------
    measure : str or None
        The flow.
    day : date
        Nothing published later is known, and no year effect of a year that was not over.
    facts : Ledger
        Outcomes, estimates and judgements of the flow that had been published; may be empty.
    policies : tuple of Policy
        Those that ship, move this flow, and had been announced, or had begun.
    market : MarketOnDay
        New vehicles a year: as given, else what the ledger knew.
    analogues, analogue_months
        As `inputs_on_day` takes them.
    """

    measure: str | None
    day: dt.date
    facts: Ledger
    policies: tuple[Policy, ...]
    market: MarketOnDay
    analogues: Prior | pd.DataFrame | None = None
    analogue_months: pd.DataFrame | None = None

    @cached_property
    def prior(self) -> Prior:
        """The prior from other markets, of the years that were over."""
        last_year = self.day.year - 1
        if not isinstance(self.analogues, pd.DataFrame):
            return (self.analogues or Prior.shipped()).until(last_year)
        # Imported here: only backtests learn a prior, scenarios use the one that ships
        from forecasting.panels.growth_prior import estimate_prior

        panel, months = self.analogues, self.analogue_months
        finished_months = None if months is None else months[months["year"] <= last_year]
        return estimate_prior(panel[panel["year"] <= last_year], finished_months)


def inputs_on_day(
    ledger: Ledger,
    place: str | None,
    measure: str | None,
    day: dt.date,
    given_size: GivenSize = None,
    *,
    size_from_ledger: bool = True,
    since: dt.date | None = None,
    analogues: Prior | pd.DataFrame | None = None,
    analogue_months: pd.DataFrame | None = None,
    sets_quotas: bool = False,
) -> FlowInputs:
    """Choose what was known of a flow on a day: its facts, its policies, the size of its market.

    Reports, the check of params files, track records and backtests all ask here: none of them knows
    more than another.

    Parameters
    ----------
    ledger : Ledger
        All facts, of any day.
    place, measure : str or None
        The flow; None where the ledger holds a single one without a name, as of a market in a
        backtest.
    day : date
        Of the forecast.
    given_size : float, mapping, Series or None
        New vehicles a year, in place of the ledger's; of numbers by year, those of years not over
        by the day are left out as hindsight.
    size_from_ledger : bool
        Whether the ledger's new cars are the market of this flow: they are not of a port, nor of an
        index.
    since : date or None
        The first day of the history that counts.
    analogues : Prior, DataFrame or None
        A prior, or the panel of other markets that it is learned from; None for the prior that
        ships.
    analogue_months : DataFrame or None
        Registrations of other markets, columns market, year, month and registrations: the pattern
        within a year is learned from them. None for the pattern that ships. Read with a panel
        alone.
    sets_quotas : bool
        Whether drivers set the quotas that are not used up: then the table's have no effect.
    """
    policies = [
        policy_on_day.of_all_buyers()
        for policy in policies_of(place)
        if policy.is_known(day) and _moves(policy, measure)
        if (policy_on_day := policy.as_known(day)) is not None
    ]
    if sets_quotas:
        policies = [
            replace(policy, price_share=0.0) if policy.is_open_quota else policy
            for policy in policies
        ]
    facts = facts_of_flow(ledger, place, measure, day, since)
    market = _given(given_size, day.year - 1)
    if market is None:
        market = _from_ledger(ledger, place, day) if size_from_ledger else MarketOnDay(None)
    return FlowInputs(measure, day, facts, tuple(policies), market, analogues, analogue_months)


def _given(size: GivenSize, last_year: int) -> MarketOnDay | None:
    """The market as it was given; None where nothing was, or of no year that was over."""
    if isinstance(size, Mapping | pd.Series):
        sizes = {int(str(year)): float(vehicles) for year, vehicles in size.items()}
        finished_years = {year: sizes[year] for year in sizes if year <= last_year}
        if not finished_years:
            return None
        return MarketOnDay(pd.Series(finished_years, dtype=float), origin=JUDGED)
    return None if size is None else MarketOnDay(float(size), origin=JUDGED)


def _moves(policy: Policy, measure: str | None) -> bool:
    """Whether a policy moves a flow: one of imports also moves registrations.

    A beginning without a size and an announcement is left out, as its effect cannot be known.
    """
    same_measure = policy.measure == measure
    of_imports = policy.measure == "ev_imports" and measure == "ev_registrations"
    no_size = policy.kind == "begins" and not (policy.price_share or policy.announced)
    return policy.vehicles in BATTERY_CARS and (same_measure or of_imports) and not no_size


def flow_inputs(
    scenario: Scenario,
    place: str,
    ledger: Ledger,
    as_of: dt.date,
    analogues: Prior | pd.DataFrame | None = None,
) -> FlowInputs:
    """What a scenario may rest on in one of its places.

    Parameters
    ----------
    scenario : Scenario
        For the measure, the size of the market that it gives, and the first day of the history that
        counts.
    place : str
        Where the flow is counted.
    ledger : Ledger
        All facts.
    as_of : date
        Day of the forecast.
    analogues : Prior, DataFrame or None
        As for `inputs_on_day`.
    """
    flow = MEASURES[scenario.measure]
    # New cars are the market of cars, not of buses, nor of what passes a port
    of_cars = flow.unit == "vehicles" and flow.vehicle in ("", CAR)
    return inputs_on_day(
        ledger,
        place,
        scenario.measure,
        as_of,
        scenario.market_size,
        size_from_ledger=of_cars and bool(scenario.country),
        since=scenario.since,
        analogues=analogues,
        sets_quotas=sets_quotas(scenario),
    )


def sets_quotas(scenario: Scenario) -> bool:
    """Whether a scenario's drivers say what quotas do to its flow."""
    return any(driver.kind == "quota" for driver in scenario.drivers)


def facts_of_flow(
    ledger: Ledger,
    place: str | None,
    measure: str | None,
    as_of: dt.date | None = None,
    since: dt.date | None = None,
) -> Ledger:
    """The facts that a flow is forecast from.

    A flow that is counted on the register is also known from the vehicles registered, so stocks
    join registrations.
    """
    flow = MEASURES.get(measure or "")
    measures = [measure]
    if flow and flow.event == "registrations":
        measures += filter(None, [count_of("stock", flow.vehicle)])
    facts = [
        ledger.select(place, name, kind=OBSERVATION_KINDS, as_of=as_of, since=since)
        for name in measures
    ]
    return reduce(Ledger.concat, facts)


def basis_on_day(scenario: Scenario, evidence: Ledger, ledger: Ledger) -> str | None:
    """The basis that a scenario asks for, where its flow was counted on it by then.

    One that was counted only later, or elsewhere, is ignored; a forecast refuses any other.

    Parameters
    ----------
    scenario : Scenario
        With or without a basis.
    evidence : Ledger
        Facts that the flow is forecast from.
    ledger : Ledger
        All facts, of any day.
    """
    bases = {fact.basis for fact in evidence} - {""}
    unused_bases = {fact.basis for fact in ledger} - bases
    return scenario.basis if bases and scenario.basis not in unused_bases else None


def last_day(evidence: Ledger, as_of: dt.date) -> dt.date:
    """The last day that the facts cover; the day of the forecast where there are none."""
    return min(max((fact.period_end for fact in evidence if fact.period_end), default=as_of), as_of)


def _from_ledger(ledger: Ledger, place: str | None, as_of: dt.date) -> MarketOnDay:
    for measures in NEW_CARS:
        ledgers = [
            ledger.select(place, name, kind=OBSERVATION_KINDS, as_of=as_of) for name in measures
        ]
        if counts := _by_year(chain.from_iterable(ledgers)):
            values = {"measures": [*measures], "years": [*counts]}
            return MarketOnDay(
                {fact.period: fact.value for fact in counts.values()},
                tuple(fact.id for fact in counts.values()),
                Caveat("size_counted", values=values),
            )
    return MarketOnDay(None)


def _by_year(facts: Iterable[Fact]) -> dict[int, Fact]:
    """The longest count of each calendar year."""
    totals = sorted(filter(_is_yearly, facts), key=lambda fact: fact.period.days)
    shortest = MIN_PART_DAYS
    if totals and totals[-1].period.days >= MIN_PART_DAYS:
        shortest = MIN_UPDATE_DAYS
    longest = {fact.period.start.year: fact for fact in totals if fact.period.days >= shortest}
    return dict(sorted(longest.items()))


def _is_yearly(fact: Fact) -> bool:
    """Whether a fact is an exact total inside one calendar year."""
    inside = fact.period.start.year == fact.period.end.year
    return fact.quantity == "total" and fact.is_exact and fact.value > 0 and inside


def driver_facts(drivers: Sequence[Driver]) -> list[str]:
    """Ids of the facts that drivers cite, each once."""
    return list(dict.fromkeys(name for driver in drivers for name in driver.fact_ids()))


def drivers_on_day(
    scenario: Scenario, ledger: Ledger, as_of: dt.date
) -> tuple[list[Driver], list[Caveat]]:
    """The drivers that could be known on the day of the forecast, by start and name, and a caveat
    for each that is left out.

    A driver whose facts were all published later would be hindsight, and so would be one that
    follows it. The order of the params file moves no number.

    Raises
    ------
    LedgerError
        Where a driver cites a fact that the ledger does not have.
    """
    ordered = sorted(scenario.drivers, key=_start_and_name)
    omitted = {driver.name for driver in ordered if _is_unpublished(driver, ledger, as_of)}
    while followers := {
        driver.name for driver in ordered if driver.after in omitted and driver.name not in omitted
    }:
        omitted |= followers
    caveats = [
        Caveat("driver_unpublished", values={"driver": driver.name, "day": str(as_of)})
        for driver in ordered
        if driver.name in omitted
    ]
    return [driver for driver in ordered if driver.name not in omitted], caveats


def _is_unpublished(driver: Driver, ledger: Ledger, as_of: dt.date) -> bool:
    """Whether all facts that a driver cites, or the policy that it is of, were published later."""
    days = [ledger.get(name).known_from for name in driver.fact_ids()]
    if days and all(day is None or day > as_of for day in days):
        return True
    policy = shipped_policies().get(driver.policy)
    return policy is not None and not policy.is_known(as_of)


def _start_and_name(driver: Driver) -> tuple[dt.date, str]:
    return driver.start or dt.date.min, driver.name


def facts_of_flows(scenario: Scenario, ledger: Ledger, as_of: dt.date) -> Ledger:
    """The facts that the flows of all places of a scenario are forecast from, as known on a day."""
    facts = [
        facts_of_flow(ledger, place, scenario.measure, as_of, scenario.since)
        for place in scenario.counted_at
    ]
    return reduce(Ledger.concat, facts)


def age_of(evidence: Ledger | None, measure: str, day: dt.date) -> Caveat:
    """When the newest outcome ended and was printed.

    Its age depends on the day of the reader, and so is no part of the caveat.

    Parameters
    ----------
    evidence : Ledger or None
        Facts that a flow was forecast from.
    measure : str
        The flow.
    day : date
        Of the forecast.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> age_of(central_asia().select("TJ", "ev_imports"), "ev_imports", dt.date(2026, 3, 31)).kind
    'evidence_new'
    """
    dated = [fact for fact in evidence or () if fact.period_end and fact.known_from]
    outcomes = [fact for fact in dated if fact.kind == "outcome"]
    newest = max(outcomes, key=attrgetter("period_end", "known_from"), default=None)
    if newest is None:
        return Caveat("evidence_none", values={"measure": measure, "day": str(day)})
    return Caveat("evidence_new", (newest,))


def series_due(facts: Ledger, day: dt.date) -> pd.DataFrame:
    """When each printed series was printed last, how often it is, and when it may be expected next.

    A series is what one agency counts of one measure at one place. Prints within two weeks are one;
    the interval is the median of those between the prints of the last three years or, where these
    are too few, of all.

    Parameters
    ----------
    facts : Ledger
        All that is known of a place.
    day : date
        Later prints are ignored.

    Returns
    -------
    pandas.DataFrame
        Columns measure, place, basis, prints, every_days, newest_end (of what was counted),
        last_print, next_print, late (intervals since it was due; 0 where it is not due) and ended
        (silent for so long that it may have ended). Those due come first, the longest due before
        the others; those that may have ended come last.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> series = series_due(central_asia().select("UZ"), dt.date(2026, 3, 31))
    >>> series.columns.tolist()[:5], bool((series["prints"] >= 3).all())
    (['measure', 'place', 'basis', 'prints', 'every_days'], True)
    """
    prints_of_series = [
        (fact.measure, fact.place, fact.basis, fact.known_from, fact.period.end)
        for fact in facts.select(kind=("outcome", "estimate"), as_of=day)
        if fact.period_end
    ]
    published = pd.DataFrame(prints_of_series, columns=[*SERIES_COLUMNS[:3], "known", "end"])
    rows = []
    for series, prints in published.groupby(SERIES_COLUMNS[:3], sort=False):
        days = np.unique([*map(dt.date.toordinal, prints["known"])])
        days = days[np.append(np.diff(days) >= SAME_PRINT_DAYS, True)]  # the last day of each print
        if len(days) < MIN_PRINTS:
            continue
        recent = days[days[-1] - days <= RECENT_DAYS]
        typical = recent if len(recent) >= MIN_PRINTS else days
        interval = int(np.median(np.diff(typical)))
        last_print = dt.date.fromordinal(int(days[-1]))
        next_print = last_print + dt.timedelta(days=interval)
        delay = max((day - next_print).days, 0) / interval
        rows.append(
            (*series, len(days), interval, prints["end"].max(), last_print, next_print, delay)
        )
    table = pd.DataFrame(rows, columns=SERIES_COLUMNS)
    table["ended"] = table["late"] > MAX_MISSED_PRINTS
    return table.sort_values(
        ["ended", "late"], ascending=[True, False], kind="stable", ignore_index=True
    )


class PartCount(NamedTuple):
    """A count of a part of a country, and what was counted of the whole about that day."""

    fact: Fact
    whole: float

    @property
    def share(self) -> float:
        """Of the whole."""
        return self.fact.value / self.whole


class PartCounts(NamedTuple):
    """What is counted of the parts of a country: the newest count of each measure and part, by
    part; and caveats about counts that cannot be, which are left out.
    """

    newest: Sequence[PartCount]
    faults: Sequence[Caveat]


def part_counts(ledger: Ledger, place: str, as_of: dt.date) -> PartCounts:
    """The newest count of each part of a country beside which the country's own lies within 45
    days.

    More electric cars than the part has vehicles, or more of anything than the country has, cannot
    be.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    place : str
        ISO code of the country.
    as_of : date
        Nothing published later.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> counts = part_counts(central_asia(), "UZ", dt.date(2026, 3, 31)).newest
    >>> shares = {(count.fact.measure, count.fact.place): count.share for count in counts}
    >>> round(shares["charging_stations", "UZ-TK"], 3)
    0.586
    >>> part_counts(central_asia(), "TM", dt.date(2026, 3, 31)).newest
    []
    """
    counts = _exact_counts(ledger, as_of)
    parts = [fact for fact in counts if fact.place.startswith(f"{place}-")]
    wholes = [fact for fact in counts if fact.place == place]
    faults = {fact.id: _above(fact, fact.place, limit) for fact, limit in _beyond_register(parts)}
    possible_parts = [part for part in parts if part.id not in faults]
    pairs = [*_counts_of_one_time(possible_parts, wholes)]
    for part, whole in pairs:
        if part.value > whole.value:
            faults.setdefault(part.id, _above(part, place, whole.value))
    return PartCounts(_newest_of_parts(pairs), [*faults.values()])


def _exact_counts(ledger: Ledger, as_of: dt.date) -> list[Fact]:
    """What had been counted by a day: numbers with a date, and no bounds."""
    return [
        fact
        for fact in ledger.select(kind=("outcome", "estimate"), as_of=as_of)
        if fact.is_exact and fact.period_end and fact.quantity in ("", "stock")
    ]


def _newest_of_parts(pairs: Iterable[tuple[Fact, Fact]]) -> list[PartCount]:
    """The newest count of each measure and part that is below the country's, by part."""
    newest: dict[tuple[str, str], PartCount] = {}
    for part, whole in pairs:
        if part.value < whole.value:
            newest.setdefault((part.place, part.measure), PartCount(part, whole.value))
    return [newest[key] for key in sorted(newest)]


def _counts_of_one_time(
    parts: Sequence[Fact], wholes: Sequence[Fact]
) -> Iterator[tuple[Fact, Fact]]:
    """Counts of parts, each with those of the country that one agency made about that day: the
    newest first, and of one day those that lie closest.
    """
    measures = (*DIVIDED_BY, REGISTER)
    pairs = [
        (abs((part.period.end - whole.period.end).days), part, whole)
        for part in parts
        if part.measure in measures and part.value > 0
        for whole in wholes
        if (part.measure, part.basis) == (whole.measure, whole.basis) and whole.value > 0
    ]
    pairs.sort(key=lambda pair: (-pair[1].period.end.toordinal(), pair[0]))
    for days_apart, part, whole in pairs:
        if days_apart <= MAX_DAYS_APART:
            yield part, whole


def _beyond_register(counts: Sequence[Fact]) -> Iterator[tuple[Fact, float]]:
    """The newest counts of electric cars of parts that are more than all vehicles of the part, and
    how many these are.
    """
    in_order = sorted(counts, key=lambda fact: fact.period.end)
    newest = {(fact.measure, fact.place): fact for fact in in_order}
    for (measure, place), fact in newest.items():
        register = newest.get((REGISTER, place))
        if measure == "ev_stock" and register and fact.value > register.value:
            yield fact, register.value


def _above(fact: Fact, place: str, limit: float) -> Caveat:
    count = {name: getattr(fact, name) for name in ("id", "measure", "place", "value")}
    return Caveat("part_above_whole", values=count | {"of": place, "limit": limit})


def concentration_of(counts: PartCounts) -> float:
    """How many times a country's electric share is that of the parts where its electric cars stand:
    the mean of the parts' own, weighed by their electric cars. 1 where no part is counted.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> day = dt.date(2026, 3, 31)
    >>> counts = [part_counts(central_asia(), place, day) for place in ("UZ", "KZ", "KG")]
    >>> [round(concentration_of(of_parts), 1) for of_parts in counts]
    [3.7, 3.1, 1.8]
    """
    electric, cars = (
        {count.fact.place: count.share for count in counts.newest if count.fact.measure == name}
        for name in OF_USE
    )
    shares = np.array([[electric[part], cars[part]] for part in electric if part in cars])
    shares = shares.reshape(-1, 2)
    remainder = np.clip(1 - shares.sum(axis=0), 0.0, None)
    if remainder[1] > LEAST_REMAINDER:
        shares = np.vstack([shares, remainder])
    return max(float((shares[:, 0] ** 2 / shares[:, 1]).sum()), 1.0)
