"""Where somebody's number lies in a forecast, and what growth it would take."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from forecasting.evidence.bases import agency_words, same_perimeter
from forecasting.evidence.fact import Fact, in_words, when_words
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import OBSERVATION_KINDS
from forecasting.parameters.schema import CORRIDORS, Scenario, scenario_from_parameters
from forecasting.scenarios.facts_on_day import facts_of_scenario
from forecasting.scenarios.outlook import Outlook, outlook
from forecasting.scenarios.question import find_scenario, new_scenario, params_file
from forecasting.vocabulary.errors import InputError, in_digits
from forecasting.vocabulary.measures import CHARGING_ANSWERS, FLOW_OF_COUNT, MEASURES, nearest
from forecasting.vocabulary.periods import Period, as_date, year
from forecasting.vocabulary.places import REGION, WORLD, place_code, place_name
from forecasting.vocabulary.printed_numbers import printed_number
from forecasting.vocabulary.printed_periods import period_of
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array
from forecasting.vocabulary.quantities import BOUNDS, QUANTITIES, default_quantity, quantity_of
from forecasting.vocabulary.sentences import sentence

# A claim of a bound, or of what comes in a day, as it is printed
BOUND_WORDS = {
    "at_least": ("≥", ">=", "at least", "no fewer than"),
    "at_most": ("≤", "<=", "at most", "up to"),
    "greater_than": (">", "more than", "over", "above"),
    "less_than": ("<", "less than", "fewer than", "under", "below"),
}
A_DAY = re.compile(r"\s*(?:/\s*d(?:ay)?|\b(?:a|per|each|every)\s+day|\bdaily)\s*$", re.IGNORECASE)
# Words for which all answers on charging are proposed
CHARGER_WORDS = ("charger", "charging", "point", "station")
FLOWS = (*dict.fromkeys(FLOW_OF_COUNT.values()),)  # those that a scenario may forecast


@dataclass(frozen=True)
class Claim:
    """A number beside the forecast of the same quantity.

    Parameters
    ----------
    place, measure, value
        The claim.
    quantity : str
        Which quantity of the measure: ``total``, ``stock`` or ``yoy_growth_percent``.
    period : Period
        The period of the claim; of a stock its last day counts.
    file : str
        The params file of the scenario that was asked; empty where the facts alone answer.
    outlook : Outlook
        The scenario's answer.
    draws : ndarray
        The forecast of the quantity.
    from_year : int
        The last year before the forecast.
    base_fact : Fact or None
        The count of that year by an agency with the forecast's definition.
    base : float
        Its value, or without one the forecast's median.
    fact : Fact or None
        The newest print of the claim's quantity and period.
    relation : str
        ``equals``, or the bound that is claimed.
    partner : str
        The partner that is claimed, or all of them.
    partner_share : float
        Its part of the flow, 0 to 1, as it was printed last; 1 of all partners.
    prints : tuple of Fact
        What anybody printed on the same thing, the newest last.
    """

    place: str
    measure: str
    quantity: str
    period: Period
    value: float
    file: str
    outlook: Outlook
    draws: Array
    from_year: int
    base_fact: Fact | None
    base: float
    fact: Fact | None
    relation: str = "equals"
    partner: str = WORLD
    partner_share: float = 1.0
    prints: tuple[Fact, ...] = ()

    @property
    def probability_true(self) -> float | None:
        """Share of the draws in which a bound holds; None of a number that is no bound."""
        if self.relation == "equals":
            return None
        below = self.probability_below
        return below if BOUNDS[self.relation] < 0 else 1 - below

    @property
    def probability_below(self) -> float:
        """Share of the draws below the number."""
        return float((self.draws < self.value).mean())

    @property
    def levels(self) -> list[float]:
        """The forecast's median, between the ends of its 80 % interval."""
        return [*np.quantile(self.draws, RANGE_LEVELS).tolist()]

    @property
    def path(self) -> dict[int, float]:
        """Electric cars by year on an even path to a share of cars; empty for other measures."""
        demand = self.outlook.demand
        if demand is None or self.measure not in demand.cars:
            return {}
        return demand.path_to(self.measure, self.value, self.from_year, self.period.end.year)

    def to_dict(self) -> dict[str, Any]:
        """The claim and the forecast for programs.

        Returns
        -------
        dict
            The claim; scenario and day of the forecast; low, median and high of its 80 % interval,
            and the probability that it is below the claim; the growth in percent a year that the
            claim and the median take, from which count of which year; and the fact that printed
            the same quantity.
        """
        low, median, high = self.levels
        return {
            "place": self.place,
            "measure": self.measure,
            "quantity": self.quantity,
            "period": self.period,
            "value": self.value,
            "scenario": self.outlook.name,
            "as_of": self.outlook.as_of,
            "low": low,
            "median": median,
            "high": high,
            "probability_below": self.probability_below,
            "relation": self.relation,
            "probability_true": self.probability_true,
            "partner": self.partner,
            "partner_share": self.partner_share,
            "prints": [fact.row() for fact in self.prints],
            "from_year": self.from_year,
            "base": self.base,
            "growth_percent": self.growth_to(self.value),
            "median_growth_percent": self.growth_to(median),
            "path": self.path,
            "base_fact": self.base_fact and self.base_fact.row(),
            "fact": self.fact and self.fact.row(),
        }

    def growth_to(self, value: float) -> float:
        """Percent a year from the last year before the forecast that a value takes; NaN where
        nothing grows.
        """
        years = self.period.end.year - self.from_year
        is_yearly = MEASURES[self.measure].kind == "stock" or self.period == year(
            self.period.end.year
        )
        is_amount = not quantity_of(self.quantity).is_percent
        grows = is_amount and is_yearly and years > 0 and self.base > 0
        return 100 * ((value / self.base) ** (1 / years) - 1) if grows else np.nan


def claim_of(
    place: str,
    measure: str,
    period: str,
    value: float | str,
    as_of: str | dt.date | None = None,
    params: str | Path | None = None,
    ledger: Ledger | None = None,
    partner: str | None = None,
) -> Claim:
    """Compare a number with the forecast of the same quantity.

    Parameters
    ----------
    place, measure : str
        A country, or a port; a flow, or another measure of an outlook such as ``ev_stock``, also
        without its ``ev_``.
    period : str
        A year, a quarter, a month, months such as Jan-Apr 2026, a day of a stock, or two dates
        joined by ``/``.
    value : float or str
        The number; as text as it is printed, such as ``1.2 million``, of a bound ``>35000``, of
        what comes in a day ``100 a day``, of a percentage ``10 %``, and of growth on the same dates
        a year before ``+10 %``, with its sign.
    as_of : date, optional
        Day of the forecast; default that of the scenario.
    params : str or path-like, optional
        The scenario that is asked, as `forecasting.outlook` takes it; default the baseline of the
        place, or of the corridor that the place belongs to.
    ledger : Ledger, optional
        Facts beside those that the scenario itself reads.
    partner : str, optional
        The partner of a flow that is claimed, such as CN: the forecast is then the part that was
        printed last of all partners'.

    Returns
    -------
    Claim

    Raises
    ------
    InputError
        Where the number, the measure or the period is none that a forecast speaks of, or the
        scenario is one of another place.

    Examples
    --------
    >>> claim = claim_of("UZ", "ev_imports", "2024", 1_000_000, as_of="2023-06-26")
    >>> claim.probability_below, claim.from_year, claim.outlook.name
    (1.0, 2022, 'uzbekistan-baseline')
    """
    measure = _measure_code(measure)
    relation, words = _bound(value)
    claim_period = period_of(period)
    quantity, number = _read(measure, _whole_period(words, measure, claim_period))
    code = place_code(place)
    partner_code = place_code(partner) if partner else WORLD
    file, scenario = _scenario_asked(code, measure, params, ledger)
    day = as_date(as_of) if as_of else scenario.as_of
    final_year = max(scenario.horizon, claim_period.end.year)
    scenario_outlook = outlook(
        scenario.model_copy(update={"as_of": day, "horizon": final_year}), ledger
    )
    asked = (code, measure, quantity, claim_period, partner_code)
    prints = _prints(scenario_outlook, *asked)
    _check_place(scenario_outlook, code, measure, claim_period)
    _check_measure(scenario_outlook, code, measure, prints)
    draws = _draws(scenario_outlook, code, measure, claim_period)
    share = _partner_share(scenario_outlook, code, measure, partner_code, claim_period)
    draws = draws * share
    if quantity_of(quantity).says == "change":
        year_before = _draws(scenario_outlook, code, measure, claim_period.year_before())
        draws = 100 * (draws / (year_before * share) - 1)
    start = max(scenario_outlook.first_year - 1, scenario_outlook.years[0])
    base_fact = None
    if partner_code == WORLD:
        base_fact = _base_fact(scenario_outlook, code, measure, year(start))
    base = share * float(np.median(_draws(scenario_outlook, code, measure, year(start))))
    return Claim(
        place=code,
        measure=measure,
        quantity=quantity,
        period=claim_period,
        value=number,
        file=str(file or ""),
        outlook=scenario_outlook,
        draws=draws,
        from_year=start,
        base_fact=base_fact,
        base=base_fact.value if base_fact else base,
        fact=_newest_print(scenario_outlook, *asked),
        relation=relation,
        partner=partner_code,
        partner_share=share,
        prints=prints,
    )


def _bound(value: float | str) -> tuple[str, float | str]:
    """The relation of a claim, and its number without the words of that."""
    if isinstance(value, str):
        text = value.strip()
        for relation, words in BOUND_WORDS.items():
            for word in words:
                if text.lower().startswith(word):
                    return relation, text[len(word) :].strip()
    return "equals", value


def _whole_period(value: float | str, measure: str, period: Period) -> float | str:
    """What a number a day comes to over the period of a flow; any other number as it is."""
    if not isinstance(value, str) or not A_DAY.search(value):
        return value
    daily = printed_number(A_DAY.sub("", value))
    if daily is None or MEASURES[measure].kind != "flow":
        return value
    return daily * period.days


def _partner_share(
    outlook: Outlook, code: str, measure: str, partner: str, period: Period
) -> float:
    """A partner's part of a flow: that of the claim's own period where both were printed, else the
    newest.
    """
    if partner == WORLD:
        return 1.0
    facts = outlook.ledger.select(
        code, measure, partner=None, as_of=outlook.as_of, kind=OBSERVATION_KINDS
    )
    counts = [fact for fact in facts if fact.quantity == "total" and fact.is_exact]
    totals = {(fact.period, fact.basis): fact.value for fact in counts if fact.partner == WORLD}
    shares = [
        (fact.period == period, fact.period.end, fact.value / totals[fact.period, fact.basis])
        for fact in counts
        if fact.partner == partner and totals.get((fact.period, fact.basis))
    ]
    if not shares:
        label = MEASURES[measure].label.lower()
        raise InputError(
            f"no part of {place_name(partner)} in {label} of {place_name(code)} is printed beside "
            "a total; leave --partner out, and compare with all partners"
        )
    return float(max(shares)[-1])


def _prints(
    outlook: Outlook, code: str, measure: str, quantity: str, period: Period, partner: str
) -> tuple[Fact, ...]:
    """What anybody printed of a quantity and period, by whatever definition; without any, of
    periods that end in the same year.
    """
    facts = [
        fact
        for fact in outlook.ledger.select(code, measure, partner=partner, as_of=outlook.as_of)
        if fact.value == fact.value and fact.period_end
        if fact.quantity in (quantity, "per_day") and fact.kind != "target"
    ]
    of_day = MEASURES[measure].kind == "stock"
    same = [fact for fact in facts if not of_day and fact.period == period]
    if not same:
        same = [fact for fact in facts if fact.period.end.year == period.end.year]
    return tuple(sorted(same, key=lambda fact: (fact.period.end, str(fact.known_from))))


def _scenario_asked(
    code: str, measure: str, params: str | Path | None, ledger: Ledger | None
) -> tuple[Path | None, Scenario]:
    """The scenario that answers, and its params file; none where the facts alone answer."""
    _check_forecast(code)
    file = params_file(params or _corridor_of(code, measure))
    scenario = find_scenario(file or code)
    if code not in (scenario.country, *scenario.places):
        raise InputError(
            f"{file} is of {scenario.place}, the claim of {code}; give a params file of {code}"
        )
    if measure in FLOWS and scenario.measure != measure:
        file = None
    if file is None and scenario.country:
        scenario = _facts_alone(code, measure, facts_of_scenario(scenario, ledger))
    return file, scenario


def _check_forecast(code: str) -> None:
    """Refuse groups of countries, and parts of one that lie in no corridor."""
    if code in (REGION, WORLD):
        raise InputError(
            f"{place_name(code)} has no scenario of its own: the index of the reports has the sum "
            "of the five countries; ask for one of them: KZ, KG, TJ, TM or UZ"
        )
    country, _, part = code.partition("-")
    in_corridors = {place for _, places in CORRIDORS.values() for place in places}
    if part and code not in in_corridors:
        raise InputError(
            f"{place_name(code)} has no scenario of its own: the report of {place_name(country)} "
            f"shares its answers out; ask for {country}"
        )


def _measure_code(measure: str) -> str:
    """The declared measure that a name stands for; the ``ev_`` of electric vehicles may be left
    out.
    """
    counts = [name for name, row in MEASURES.items() if row.kind != "statement"]
    name = re.sub(r"[\s-]+", "_", measure.strip())
    for candidate in (name, f"ev_{name}", f"ev_{name}_percent"):
        if candidate in counts:
            return candidate
    suggestion = nearest(name, counts)
    if name.rstrip("s") in CHARGER_WORDS:
        suggestion = " or ".join(CHARGING_ANSWERS)
    if suggestion:
        raise InputError(f"{measure!r} is unknown; did you mean {suggestion}?")
    raise InputError(
        f"{measure!r} is unknown; ask for one such as ev_imports, ev_stock or charging_points_need"
    )


def _read(measure: str, value: float | str) -> tuple[str, float]:
    """The quantity of a claim, and its number; a number that no forecast has is refused."""
    number = printed_number(value) if isinstance(value, str) else value
    if number is None:
        raise InputError(f"{value!r} is not a number; write it as 100,000 or 1.2 million")
    declared = MEASURES[measure]
    if isinstance(value, str) and "%" in value and not declared.is_share:
        if re.match(r"\s*[-+\N{MINUS SIGN}]", value) and declared.kind == "flow":
            return _growth(value, number)
        raise InputError(
            f"{value!r} is a percentage, and {measure} is in {declared.unit}; give "
            f"{declared.unit}, or +{value.strip()} of a flow for growth on the year before"
        )
    if not np.isfinite(number) or number <= 0:
        raise InputError(f"{in_digits(number)} is no number to compare; give one above 0")
    return default_quantity(declared.kind), number


def _growth(value: str, number: float) -> tuple[str, float]:
    """A growth on the same dates a year before, in percent."""
    quantity = QUANTITIES["yoy_growth_percent"]
    if quantity.fault(number, of_own=False):
        raise InputError(f"{quantity.impossible.format(in_digits(number))}; {quantity.remedy}")
    return quantity.name, number


def _corridor_of(code: str, measure: str) -> str:
    """The corridor in which a port's flow is counted; the place itself where there is none."""
    for corridor, (flow, ports) in CORRIDORS.items():
        if flow == measure and code in ports:
            return corridor
    return code


def _facts_alone(code: str, measure: str, facts: Ledger) -> Scenario:
    """A country's scenario without events: of the flow that is asked for, else of one counted."""
    flow = measure
    if measure not in FLOWS:
        counted_flows = (flow for flow in FLOWS if len(facts.select(code, flow)))
        flow = next(counted_flows, FLOWS[0])
    parameters = new_scenario(code).parameters() | {"measure": flow, "scenario": "facts-alone"}
    return scenario_from_parameters(parameters | {"name": "", "title": ""})


def _check_place(outlook: Outlook, code: str, measure: str, period: Period) -> None:
    """Refuse a place of a corridor that has no forecast, with what was printed of it instead."""
    if outlook.scenario.country or code in outlook.forecasts:
        return
    counts = _counts_of_place(outlook, code, measure)
    if not counts:
        label = MEASURES[measure].label.lower()
        raise InputError(
            f"{place_name(code)} has no forecast: no count of {label} is known; ask for another "
            f"place of {outlook.name}: {', '.join(outlook.forecasts)}"
        )
    fact = max(counts, key=lambda fact: (fact.period == period, fact.period.end))
    newest = max(fact.period.end for fact in counts)
    raise InputError(
        f"{place_name(code)} has no forecast on {outlook.as_of}: its newest count ends on "
        f"{newest}; printed are {in_words(fact)} {when_words(fact.period)} "
        f"({agency_words(fact.basis)}); ask as of a day soon after it, e.g. "
        f"--as-of {newest.replace(month=12, day=31)}"
    )


def _check_measure(outlook: Outlook, code: str, measure: str, prints: Sequence[Fact]) -> None:
    """Refuse a measure that no forecast tells, with what was printed of it."""
    names = sorted(_values(outlook, code))
    if measure in names or measure == outlook.scenario.measure:
        return
    printed = "; ".join(
        f"{in_words(fact)} {when_words(fact.period)} ({agency_words(fact.basis)}, {fact.id})"
        for fact in prints
    )
    alike = [name for name in names if name.startswith(measure)] or names
    raise InputError(
        sentence(
            "[printed: {printed}; ]no forecast of {place} tells {measure}; it tells {alike}",
            printed=printed,
            place=place_name(code),
            measure=measure,
            alike=", ".join(alike),
        )
    )


def _values(outlook: Outlook, code: str) -> Mapping[str, Array]:
    return next(part.values for part in outlook.parts if part.country == code)


def _counts_of_place(outlook: Outlook, code: str, measure: str) -> list[Fact]:
    return [
        fact
        for fact in outlook.facts.select(code, measure)
        if fact.is_observation and fact.is_amount and fact.value == fact.value
    ]


def _base_fact(outlook: Outlook, code: str, measure: str, period: Period) -> Fact | None:
    """The count of a year of the flow that is forecast, by an agency that counts what the forecast
    is of.
    """
    forecast = outlook.forecasts.get(code)
    fact = _newest_print(outlook, code, measure, "total", period)
    if forecast is None or fact is None or measure != outlook.measure:
        return None
    return fact if same_perimeter(fact.basis, forecast.basis) else None


def _newest_print(
    outlook: Outlook,
    code: str,
    measure: str,
    quantity: str,
    period: Period,
    partner: str = WORLD,
) -> Fact | None:
    """The newest print of a quantity and period: by the forecast's own agency, or without one by an
    agency that counts the same.
    """
    of_day = MEASURES[measure].kind == "stock"
    forecast = outlook.forecasts.get(code)
    basis = forecast.basis if forecast else ""
    prints = [
        fact
        for fact in outlook.ledger.select(
            code, measure, partner=partner, kind=("outcome", "estimate"), as_of=outlook.as_of
        )
        if fact.quantity == quantity and fact.value == fact.value
        if (fact.period_end == period.end if of_day else fact.period == period)
    ]
    return max(
        prints,
        key=lambda fact: (
            fact.basis == basis,
            same_perimeter(fact.basis, basis),
            str(fact.known_from),
        ),
        default=None,
    )


def _draws(outlook: Outlook, code: str, measure: str, period: Period) -> Array:
    """The forecast's draws of a quantity over a period, or at its end."""
    in_year = period.end.year
    whole_year = period == year(in_year)
    if measure == outlook.scenario.measure and (not whole_year or in_year not in outlook.years):
        return outlook.forecasts[code].totals(period)
    values = _values(outlook, code)
    if in_year not in outlook.years:
        raise InputError(
            f"{period.label} lies outside the forecast's years, {outlook.years[0]} to "
            f"{outlook.years[-1]}"
        )
    if MEASURES[measure].kind == "flow" and not whole_year:
        raise InputError(f"{measure} is forecast by year; {period.label} is no whole year")
    if period.end != year(in_year).end:
        raise InputError(
            f"{measure} is forecast of the end of each year; {period.label} ends on {period.end}: "
            f"ask for {in_year}"
        )
    return values[measure][:, outlook.years.index(in_year)]
