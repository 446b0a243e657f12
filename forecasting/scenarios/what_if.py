"""One scenario that is changed and forecast anew, again and again, beside the scenario as it was
given. The prices of a kWh at a public point, as printed last and as drivers set them, and what a
fast point earns by them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from forecasting.demand.charging import HOURS_A_YEAR, power_in_use, side
from forecasting.demand.parameters import Assumption, Years, load_parameters, parts_of_years
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.policies import BATTERY_CARS, policies_of
from forecasting.parameters.naming import unsafe_name
from forecasting.parameters.schema import Scenario
from forecasting.parameters.values import Driver, Range
from forecasting.parameters.writing import params_text
from forecasting.scenarios.assumptions import ROLLOUT, dated_event
from forecasting.scenarios.facts_on_day import drivers_on_day
from forecasting.scenarios.outlook import DRAW_COUNT, LEDGER, Outlook, outlook
from forecasting.scenarios.place_flows import PlaceFlow
from forecasting.scenarios.question import QUESTION, find_scenario
from forecasting.vocabulary.arguments import flag, optional, path as file_path, takes, text
from forecasting.vocabulary.errors import EvidenceError, InputError
from forecasting.vocabulary.files import write_asked, write_new
from forecasting.vocabulary.measures import CHARGING_ANSWERS, ELECTRICITY_PRICE, EV_FLOWS, PRICES
from forecasting.vocabulary.quantiles import Array

FAST_POINT = "destination_dc"  # the setting of a fast point in a town
YEARS_AHEAD = 2  # of the year that is told of points, from the first that is forecast on


def year_of_points(outlook: Outlook) -> int:
    """The year of which is told what a point earns, and how long drivers wait for it."""
    return min(max(outlook.first_year, outlook.as_of.year) + YEARS_AHEAD, outlook.years[-1])


class PointPrice(NamedTuple):
    """A price of a kWh.

    Parameters
    ----------
    draws : ndarray, shape (draws, years)
        USD.
    fact : Fact or None
        The newest that prints it, if any.
    """

    draws: Array
    fact: Fact | None

    @property
    def median(self) -> float:
        """Of all draws and years."""
        return float(np.median(self.draws))


def point_prices(outlook: Outlook, years: Years) -> dict[str, PointPrice]:
    """The prices of a kWh sold at a public point and of one bought for it, by measure: the newest
    that are printed of the country, or of a part, and from its day on what a driver sets.

    A driver whose day is not after that of the fact is in the fact already. Where none is printed,
    the first driver holds in all years.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    years : sequence of int
        Of which the prices are.

    Returns
    -------
    dict of str to PointPrice
        Without those of which nobody says anything.

    Examples
    --------
    >>> import forecasting as fc
    >>> tariff = {"kind": "tariff", "quantity": "electricity_price", "start": "2027-07-01"}
    >>> dear = fc.outlook("uzbekistan-baseline", drivers={"dear": tariff | {"size": 0.2}}, draws=50)
    >>> point_prices(dear, [2026, 2027, 2028])["electricity_price"].draws[0].round(3)
    array([0.078, 0.14 , 0.2  ])
    """
    printed = _printed_prices(outlook)
    drivers, _ = drivers_on_day(outlook.scenario, outlook.ledger, outlook.as_of)
    prices = {name: _price(outlook, drivers, name, printed.get(name), years) for name in PRICES}
    return {name: price for name, price in prices.items() if price is not None}


def _printed_prices(outlook: Outlook) -> dict[str, Fact]:
    """The newest fact of each price; what is told beside the facts is of households: a station pays
    another price.
    """
    facts = outlook.ledger.select(as_of=outlook.as_of)
    return {
        fact.measure: fact
        for fact in sorted(facts, key=lambda fact: str(fact.period_end))
        if fact.measure in PRICES and fact.place.startswith(outlook.scenario.place)
        if fact.kind != "context"
    }


def _price(
    outlook: Outlook, drivers: Sequence[Driver], name: str, fact: Fact | None, years: Years
) -> PointPrice | None:
    """A price as it is printed, and from their days on as drivers set it."""
    count = outlook.results.count
    events = [
        dated_event(driver, count, outlook.scenario.seed, drivers)
        for driver in drivers
        if driver.quantity == name and (fact is None or driver.start > fact.period.end)
    ]
    if fact is not None:
        draws = np.full((count, len(years)), fact.value)
    elif events:
        draws = events[0].size
    else:
        return None
    for event in events:
        draws = draws + (event.size - draws) * parts_of_years(years, event.start, event.end)
    return PointPrice(draws, fact)


def fast_point_margin(outlook: Outlook, years: Years, use: Array) -> Array | None:
    """What a fast public point earns a year over its electricity.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    years : sequence of int
        Of which it is.
    use : ndarray, shape (draws, years)
        Per cent of the hours in which a car is connected.

    Returns
    -------
    ndarray, shape (draws, years), or None
        USD; None where there is no chain, or one of the prices is not known.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("uzbekistan-baseline", draws=50)
    >>> fast_point_margin(outlook, [2028], np.full((50, 1), 10.0)).mean().round(-3)
    np.float64(4000.0)
    """
    prices = point_prices(outlook, years)
    if outlook.demand is None or not {*PRICES} <= {*prices}:
        return None
    sold, bought = (prices[name].draws for name in PRICES)
    sample = outlook.demand.sample
    kwh_sold = power_in_use(FAST_POINT, years, sample) * HOURS_A_YEAR * use / 100
    margin: Array = kwh_sold * (sold - bought / sample[f"charger_efficiency.{side(FAST_POINT)}"])
    return margin


class WhatIf:
    """A scenario that is changed, its outlook, and that of the scenario as it was given.

    The forecast before drivers is kept: it is drawn again only where the country, the day or the
    market's size changes. Both outlooks have the same random draws, so their difference is the
    effect of the change.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        As `forecasting.outlook` takes it.
    ledger : Ledger, optional
        Facts beside those that the scenario itself reads.
    draws : int
        Number of draws.

    Attributes
    ----------
    start, scenario : Scenario
        As given, and as it is now.
    reference, outlook : Outlook
        Of the one and of the other.

    Examples
    --------
    >>> what_if = WhatIf("turkmenistan-baseline", draws=200)
    >>> far = {"low": 15000, "mode": 20000, "high": 30000}
    >>> more = what_if.change(assumptions={"annual_km": far})
    >>> energy = [made.results.values["energy_gwh"].mean() for made in (more, what_if.reference)]
    >>> bool(energy[0] > energy[1])
    True
    """

    @takes(InputError, ledger=optional(LEDGER), draws=DRAW_COUNT)
    def __init__(
        self, scenario: Scenario | str | Path, ledger: Ledger | None = None, draws: int = 2000
    ) -> None:
        self.ledger = ledger
        self.draws = draws
        self._flow_cache: dict[str, PlaceFlow] = {}
        self.begin(scenario)

    @takes(InputError, scenario=QUESTION)
    def begin(self, scenario: Scenario | str | Path) -> Outlook:
        """Take another scenario as the one that is given."""
        chosen = find_scenario(scenario)
        self.reference = self.outlook = self._forecast(chosen)
        self.start = self.scenario = chosen
        self._show()
        return self.outlook

    def change(self, **changes: Any) -> Outlook:
        """Forecast the scenario with other values for some of its keys.

        Parameters
        ----------
        **changes
            Keys of a params file, as `Scenario.replace` takes them: assumptions and drivers are
            added to those that are there, or change them by name; None takes one back.

        Raises
        ------
        ScenarioError, AssumptionError, EvidenceError
            As for a params file; the scenario then stays as it was.
        """
        return self.set_scenario(self.scenario.replace(**changes))

    @takes(InputError, scenario=QUESTION)
    def set_scenario(self, scenario: Scenario) -> Outlook:
        """Forecast a scenario in place of the one before, beside the same given one.

        Raises
        ------
        EvidenceError
            Where only shares can be forecast: then there is nothing to compare.
        """
        scenario = scenario.as_change_of(self.start)
        candidate = self._forecast(scenario)
        if (
            scenario.measure not in candidate.results.values
            and scenario.measure in self.reference.results.values
        ):
            raise EvidenceError(
                f"{candidate.as_of}: no count and no market size is known by then; "
                "give a later day, or the market's size"
            )
        self.outlook = candidate
        self.scenario = scenario
        self._show()
        return self.outlook

    def _show(self) -> None:
        """Show the outlook after a change, in a class that has a screen; here nothing."""

    def _forecast(self, scenario: Scenario) -> Outlook:
        return outlook(scenario, self.ledger, draws=self.draws, flow_cache=self._flow_cache)

    @takes(InputError, name=text(), folder=optional(file_path()))
    def params(self, name: str, folder: Path | None = None) -> str:
        """The scenario as it is now, as the text of a params file.

        Parameters
        ----------
        name : str
            What the file is to be called, without its ending.
        folder : Path, optional
            Where it is to stand: its ledgers are named from there.

        Returns
        -------
        str
            YAML with comments.

        Raises
        ------
        InputError
            Where the name cannot be one of a scenario.

        Examples
        --------
        >>> print(WhatIf("turkmenistan-baseline", draws=50).params("turkmenistan-mine")[:20])
        # Turkmenistan, mine
        """
        if problem := unsafe_name(name):
            raise InputError(f"{name!r} cannot name a scenario: {problem}; use a-z, 0-9, - and _")
        origin = f"saved from an exploration of {self.reference.name}"
        return params_text(self.scenario, name, origin, folder)

    @takes(InputError, path=file_path(), overwrite=flag())
    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write the scenario as it is now: a commented params file from which a run gives the same
        numbers.

        Parameters
        ----------
        path : path-like
            Ends in ``.yaml``; its stem names the scenario. A folder that is missing is made.
        overwrite : bool
            Whether a file that is there may be replaced.

        Returns
        -------
        pathlib.Path
            The file, absolute.

        Raises
        ------
        InputError
            Where the name cannot be one of a scenario, the file is there already, or the folder
            cannot be written to.
        """
        target = Path(path).expanduser().absolute()
        file = target.resolve()
        if file.suffix != ".yaml":
            raise InputError(f"{str(path)!r} is not the name of a params file: end it in .yaml")
        if os.path.lexists(target) and not overwrite:
            raise InputError(f"{file} is there already; choose another name, or say overwrite=True")
        text = self.params(file.stem, file.parent)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            (write_asked if overwrite else write_new)(file, text.encode())
        except OSError as error:
            raise InputError(
                f"{file} cannot be written: {error.strerror}; save it to another folder"
            ) from None
        return file


FLOW_LEVERS = {"level": "more-or-fewer", "growth": "faster-or-slower"}  # by kind of driver
MAX_ASSUMPTIONS = 8  # assumptions: those that explain most of the answers below


# Events that may be added to any scenario, by what one adds: their kind, what they change (nothing:
# the flow), how large they are at first, and what that says
PRESETS: dict[str, dict[str, Any]] = {
    "A privilege ends": {"kind": "price", "size": 0.1, "reason": "a privilege ends"},
    "A privilege begins": {"kind": "price", "size": -0.1, "reason": "a car costs a tenth less"},
    "A fee": {"kind": "price", "size": 0.1, "reason": "a car costs a tenth more"},
    "Electricity price": {
        "kind": "tariff",
        "quantity": ELECTRICITY_PRICE,
        "reason": "what a station pays for a kWh",
    },
    "Points double": {
        "kind": "demand",
        "quantity": ROLLOUT,
        "size": 2.0,
        "reason": "twice as many points as by practice",
    },
    "Points by a day": {
        "kind": "target",
        "quantity": "charging_points",
        "size": 20_000.0,
        "reason": "so many points are to stand",
    },
}
DEARER = 1.5  # times the price of electricity: where its event begins
USUAL_PRICE = 0.1  # USD a kWh, where none is printed: a judgement


def event_presets(scenario: Scenario, outlook: Outlook) -> dict[str, Driver]:
    """Events that may be added to a scenario, with a size and a day to begin with: the first of the
    year after the first forecast, of a target the last of the horizon.

    Parameters
    ----------
    scenario : Scenario
        Of a country.
    outlook : Outlook
        Its own.

    Returns
    -------
    dict of str to Driver
        By what one adds: the end of a privilege that is known, or of one that is worth a tenth of
        the price, and whatever else any scenario may have.

    Examples
    --------
    >>> import forecasting as fc
    >>> presets = event_presets(find_scenario("UZ"), fc.outlook("UZ", draws=50))
    >>> presets["A privilege ends"].policy, str(presets["A privilege ends"].start)
    ('uz-2019-01-duty', '2027-01-01')
    >>> presets["Electricity price"].size.mode
    0.117
    """
    next_year = max(outlook.first_year, outlook.as_of.year) + 1
    days = {"target": f"{scenario.horizon}-12-31"}
    paid = point_prices(outlook, [next_year]).get(ELECTRICITY_PRICE)
    price = float(f"{DEARER * paid.median:.3g}") if paid else USUAL_PRICE
    presets = {}
    for words, row in (PRESETS | _decided_events(scenario, outlook)).items():
        usual = {
            "name": words.lower().replace(" ", "-"),
            "quantity": scenario.measure,
            "start": days.get(row["kind"], f"{next_year}-01-01"),
            "size": price if row["kind"] == "tariff" else 1.0,
            "source": "judgement",
        }
        presets[words] = Driver.model_validate(usual | row)
    return presets


def _decided_events(scenario: Scenario, outlook: Outlook) -> dict[str, dict[str, Any]]:
    """The end of the first privilege that is in force, and the quota, if any."""
    events: dict[str, dict[str, Any]] = {}
    for policy in policies_of(scenario.country):
        if not policy.is_known(outlook.as_of) or policy.measure not in EV_FLOWS:
            continue
        row = {"policy": policy.id, "reason": policy.quote or policy.id}
        in_force = policy.start <= outlook.as_of <= (policy.end or outlook.as_of)
        if policy.kind == "begins" and policy.vehicles in BATTERY_CARS and in_force:
            events.setdefault("A privilege ends", row | {"kind": "policy"})
        if policy.kind == "quota" and policy.last_day >= outlook.as_of:
            events["A quota"] = row | {"kind": "quota", "size": policy.quota}
    return events


def levers(scenario: Scenario, outlook: Outlook) -> Iterator[Driver]:
    """The levers of every scenario: a factor on the flow, once or each year, from the first year on
    that the facts do not cover.
    """
    begins = f"{max(outlook.first_year, outlook.as_of.year)}-01-01"
    for kind, name in FLOW_LEVERS.items():
        cells = {
            "name": name,
            "kind": kind,
            "quantity": scenario.measure,
            "size": 1.0,
            "source": "judgement",
        }
        yield Driver.model_validate(cells | {"start": begins, "reason": "set by hand"})


def assumptions_that_matter(outlook: Outlook, scenario: Scenario) -> list[Assumption]:
    """The assumptions that a scenario changes, and those that explain most of its answers."""
    if outlook.demand is None:
        return []
    set_by_events = {driver.quantity for driver in scenario.drivers}
    rows = {
        row.key: row
        for row in load_parameters().at(scenario.country)
        if row.key not in set_by_events
    }
    swings = outlook.demand.sensitivity
    of_answers = swings["input"].isin(rows) & swings["output"].isin(
        ["energy_gwh", *CHARGING_ANSWERS]
    )
    share = swings[of_answers].groupby("input")["share"].max().sort_values(ascending=False)
    names = dict.fromkeys([*scenario.assumptions, *share.head(MAX_ASSUMPTIONS).index])
    return [rows[name] for name in names if name in rows]


def shipped(row: Assumption) -> Range:
    """The range of an assumption where a scenario says nothing."""
    return Range(low=row.low, mode=row.mode, high=row.high)


def size_in(row: Assumption, scenario: Scenario) -> Range:
    """What a scenario says of an assumption, or what ships."""
    return scenario.assumptions.get(row.key, shipped(row))


def shift_range(ends: tuple[float, float], start: Range, current: Range | None) -> Range:
    """A range with other ends, between which the likeliest value keeps its relative place.

    >>> shift_range((0.2, 0.6), Range(low=0.0, mode=0.5, high=1.0), None)
    Range(low=0.2, mode=0.4, high=0.6)
    """
    for candidate in (current, start):
        if candidate is not None and (candidate.low, candidate.high) == tuple(ends):
            return candidate
    low, high = (float(f"{end:.6g}") for end in ends)
    place = (start.mode - start.low) / (start.high - start.low) if start.high > start.low else 0.5
    return Range(
        low=low, mode=min(max(float(f"{low + place * (high - low):.6g}"), low), high), high=high
    )
