"""A statement as a forecast takes it: one plain observation, made of a fact once.

Every observation is ``log(numerator . flow) - log(denominator . flow + constant)``, near a value:
a contrast of logs over the days that it names. The noise is a mixture of normals: a number is
narrow, a bound lies on one side of its number, and each of them may be wrong. What comes after asks
the observation; the fact that it came from is there to be named.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from forecasting.evidence.bases import two_things
from forecasting.evidence.fact import Fact, in_words
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import OBSERVATION_KINDS
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import EvidenceError, in_digits
from forecasting.vocabulary.limits import MAX_FORECAST_FACTS
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.places import WORLD
from forecasting.vocabulary.quantities import FIT, OUTLIER, Quantity, Span
from forecasting.vocabulary.sentences import sentence

LARGEST_COUNT = 1e15  # of anything that is counted
# Relative error of a number printed as "about", and the most that any rounding counts
ABOUT_MARGIN = 0.03
ESTIMATE_SD = 0.03  # extra log standard deviation of an estimate, or of "about" so many
STOCK_FIT = 0.03  # registers are cleaned and vehicles re-exported between two counts
# Probability that a zero means that nobody counted, or that no ship came that month; judgement
NO_DATA = 0.1
# A total of 0 is read as about half a vehicle
ZERO = 0.5
ZERO_SD = 0.8
# A wrong fact is off by about half, or has a slipped digit or unit: part of the wrong facts, and
# log standard deviation
WRONG = ((0.75, 0.5), (0.25, 2.5))
# The same of bounds, as parts of all bounds: they are printed to be on the safe side
WRONG_BOUND = ((0.004, 0.5), (0.0002, 2.5))
# Density of the truth beyond a bound, by distance in steps of the leading digit: SLACK within one
# step, then the distance to the power -FARTHER. It is a mixture of normals whose means, STEPPED,
# double from a tenth of a step on
STEPPED = 0.1 * 2.0 ** np.arange(12)
SLACK = 6.0
FARTHER = 0.6
STEPPED_SD = 0.3  # relative to the mean
# The truth may lie a little on the wrong side, in logs: printed bounds are rounded and revised
BOUND_EDGE = 0.02
BOUND_EDGE_WEIGHT = 0.1
COMPARISON_STEP = 0.3  # the step, in logs, of a bound that is another period's number
COMPARISON_SD = 0.02  # of a number that is another period's
PARTNER_STEP = 1.0  # the step, in logs, of a bound that is one partner's part of the whole

Noise = tuple[tuple[float, float, float], ...]  # weight, mean and standard deviation of each part


def noise_of_number(sd: float, outlier: float = OUTLIER) -> Noise:
    """Where the truth lies, less a printed number, in logs: near, or far where the fact is wrong.

    >>> noise_of_number(0.01)[0]
    (0.98, 0.0, 0.01)
    """
    wrong = [(outlier * part, 0.0, max(wide, 3 * sd)) for part, wide in WRONG]
    return ((1 - outlier, 0.0, sd), *wrong)


def noise_of_bound(step: float, side: int) -> Noise:
    """Where the truth lies beyond a bound, in logs: mostly near, as bounds are rounded numbers.

    The density falls with the distance in steps of the leading digit, ever more slowly, so that a
    bound far from the truth moves nothing.

    >>> weights = [weight for weight, _, _ in noise_of_bound(0.1, side=1)]
    >>> sum(weights[-len(WRONG) :]) < 0.01 < BOUND_EDGE_WEIGHT == weights[0]
    True
    """
    height = np.where(STEPPED < 1, SLACK, STEPPED**-FARTHER)
    weight = (1 - OUTLIER) * height * STEPPED / (height * STEPPED)[STEPPED < 1].sum()
    parts = [
        (w, side * m * step, STEPPED_SD * m * step)
        for w, m in zip(weight.tolist(), STEPPED.tolist(), strict=True)
    ]
    edge = (BOUND_EDGE_WEIGHT, side * BOUND_EDGE, BOUND_EDGE)
    return (edge, *parts, *((part, 0.0, wide) for part, wide in WRONG_BOUND))


@dataclass(frozen=True)
class Observation:
    """What one statement says of a monthly flow.

    Parameters
    ----------
    name : str
        The id of the fact: the way back to its row.
    basis : str
        Whose definition counts it.
    quantity : Quantity
        What is declared of its quantity.
    period : Period
        The days that it speaks of.
    base_period : Period or None
        The days that it compares them with; None where it compares nothing.
    stock, accumulates : bool
        Whether it tells what stands on the last day; whether it counts all that came until then.
    amount : float
        What was printed, in its unit; NaN of a comparison with a number that nobody printed.
    yearly : float
        What a total, or a rate by the day, comes to in a year; the size of a stock or difference.
    is_count, is_rate : bool
        Whether it says how many there are or came, not how that compares with others; whether they
        came over its period, so that it tells of a year's flow.
    years : tuple of int
        First and last year that it speaks of, those included with which it compares.
    bound, side : int
        On which side of that number, and of `value`, the truth lies: 1 above, -1 below, 0 near it.
    numerator, denominator : {"period", "before", "market"} or None
        The flow of which days the contrast is of; ``market`` is all new vehicles of the period.
    constant : float
        Added to the denominator.
    value : float
        What the contrast of logs is said to be.
    noise : tuple of (float, float, float)
        How the truth may lie about that value: weight, mean and standard deviation of each part;
        the last parts are those of a fact that is wrong.
    fact : Fact
        The statement, which a caveat names.
    """

    name: str
    basis: str
    quantity: Quantity
    period: Period
    base_period: Period | None
    stock: bool
    accumulates: bool
    amount: float
    yearly: float
    is_count: bool
    is_rate: bool
    years: tuple[int, int]
    bound: int
    side: int
    numerator: Span
    denominator: Span | None
    constant: float
    value: float
    noise: Noise
    fact: Fact = field(repr=False, compare=False)

    @property
    def printed(self) -> str:
        """What was printed, in words."""
        return in_words(self.fact)

    def residual(self, contrast: float) -> float:
        """How far the value lies from a contrast: of a bound only where it would be broken."""
        residual = self.value - contrast
        return residual if self.side * residual >= 0 else 0.0

    def in_print_unit(self, contrast: float, base: float = 0.0) -> float:
        """The contrast in the unit in which the fact is printed; a difference from its base."""
        ratio = np.exp(np.asarray(contrast))
        if self.quantity.added:
            return float((base + self.constant) * ratio - base) * math.copysign(1.0, self.amount)
        return float(self.quantity.value_of(ratio, self.period.days))


@dataclass(frozen=True)
class ObservedFlow:
    """What is known of one flow.

    Parameters
    ----------
    observations : tuple of Observation
        In the order of the time that they speak of.
    caveats : tuple of Caveat
        Which facts were left out, and why.
    measure, place : str
        What and where, as far as the facts say.
    until : date
        The last day that facts cover; the first of the calendar without facts.
    ledger : Ledger
        The facts, to which new ones may be added.
    """

    observations: tuple[Observation, ...]
    caveats: tuple[Caveat, ...]
    measure: str
    place: str
    until: dt.date
    ledger: Ledger = field(repr=False)


def observed_flow(ledger: Ledger, size_known: bool, in_vehicles: bool = True) -> ObservedFlow:
    """The facts of one flow as observations.

    Parameters
    ----------
    ledger : Ledger
        Facts of one measure and place.
    size_known : bool
        Whether the size of the market is known: without it, some fact must be usable.
    in_vehicles : bool
        Whether the numbers count single things; in any other unit the digits left out say nothing.

    Raises
    ------
    EvidenceError
        Where the facts are of a share, not of one thing, impossible, too many, or none where there
        is no market size.

    Examples
    --------
    >>> from forecasting.evidence.ledger import fact, ledger_of
    >>> flow = observed_flow(ledger_of(fact(2022, 2180)), size_known=False)
    >>> flow.observations[0].printed, flow.until.isoformat()
    ('2,180', '2022-12-31')
    """
    measure = _commonest([fact.measure for fact in ledger])
    if measure and MEASURES[measure].is_share:
        raise EvidenceError(
            f"{measure} is a share, and shares do not add up over months: forecast what is "
            "counted, with its market_size"
        )
    facts, caveats = usable_facts(ledger, measure)
    if not facts and not size_known:
        unused = "; ".join(map(in_words, [fact for caveat in caveats for fact in caveat.facts][:3]))
        raise EvidenceError(
            sentence(
                "no facts[ that a forecast can use (not {unused})] and no market size: give at "
                "least one of them, e.g. market_size=100_000; targets, events and claims enter "
                "no forecast",
                unused=unused,
            )
        )
    facts.sort(key=_order)  # so that the ledger's order does not move the numbers
    return ObservedFlow(
        observations_of(facts, in_vehicles or size_known),
        tuple(caveats),
        measure,
        _commonest([fact.place for fact in ledger]),
        max((fact.period_end for fact in ledger if fact.period_end), default=dt.date.min),
        ledger,
    )


def _commonest(words: Sequence[str]) -> str:
    """The commonest word, of equally common ones the first in the alphabet; empty of none."""
    counts = Counter(words)
    return min(counts, key=lambda word: (-counts[word], word), default="")


def _order(fact: Fact) -> tuple[object, ...]:
    statement = (fact.quantity, fact.relation, fact.value, fact.reference, fact.basis)
    return fact.period, *map(str, statement)


def observations_of(facts: Sequence[Fact], discrete: bool = True) -> tuple[Observation, ...]:
    """Facts as observations, in their order.

    Two numbers of one agency that differ by no more than a revision are one measurement, printed
    twice. Together they say no more than one of them, except that neither is a slip.

    Parameters
    ----------
    facts : sequence of Fact
        Those that `usable_facts` found.
    discrete : bool
        Whether the unit is single things; in any other unit the digits left out say nothing.

    Examples
    --------
    >>> grown = Fact(id="a", measure="ev_export_value_index", place="CN-XJ", relation="equals",
    ...              value=410.4, quantity="yoy_growth_percent", period_start="2023-01-01",
    ...              period_end="2023-05-31")
    >>> round(math.exp(observations_of([grown])[0].value), 3)
    5.104
    """
    observations = [_observation(fact, discrete) for fact in facts]
    by_quantity: dict[tuple[object, ...], list[Observation]] = defaultdict(list)
    for o in observations:
        by_quantity[_quantity(o.fact)].append(o)
    result = []
    for o in observations:
        prints = [p for p in by_quantity[_quantity(o.fact)] if abs(p.value - o.value) <= FIT]
        if not o.side and len(prints) > 1:
            (weight, mean, sd), *wrong = o.noise
            o = replace(o, noise=((weight, mean, sd * math.sqrt(len(prints))), *wrong))
        result.append(o)
    return tuple(result)


def _observation(fact: Fact, discrete: bool) -> Observation:
    """The contrast of logs that a fact speaks of, with its value and noise."""
    declared, period, side = fact.declared, fact.period, fact.side
    base_period = fact.reference_period
    if base_period is None and fact.is_change:
        base_period = period.year_before()
    base = base_period or period
    days = period.days if fact.is_rate else 365
    # The contrast of a fall has the year before as its numerator, which turns a bound round
    is_fall = declared.added and fact.value < 0
    observation = Observation(
        name=fact.id,
        basis=fact.basis,
        quantity=declared,
        period=period,
        base_period=base_period,
        stock=fact.stock,
        accumulates=fact.accumulates,
        amount=fact.value,
        yearly=declared.yearly(abs(fact.value), days),
        is_count=fact.is_count,
        is_rate=fact.is_rate,
        years=(
            min(period.start.year, base.start.year),
            max(period.end.year, base.end.year),
        ),
        bound=side,
        side=-side if is_fall else side,
        numerator="period",
        denominator="before",
        constant=0.0,
        value=0.0,
        noise=noise_of_bound(COMPARISON_STEP, side) if side else noise_of_number(COMPARISON_SD),
        fact=fact,
    )
    if math.isnan(fact.value):  # a comparison with a period whose total need not be printed
        return observation
    contrast = declared.contrast(fact.value, period.days)
    ratio, constant = contrast.ratio, contrast.constant
    if ratio == 0:  # none was counted
        ratio, constant, noise = ZERO, 1.0, noise_of_number(ZERO_SD, NO_DATA)
    else:
        noise = _noise(fact, ratio, discrete, upwards=contrast.numerator == "period")
    return replace(
        observation,
        numerator=contrast.numerator,
        denominator=contrast.denominator,
        constant=constant,
        value=math.log(ratio),
        noise=noise,
    )


def _noise(fact: Fact, ratio: float, discrete: bool, upwards: bool) -> Noise:
    """How the truth may lie about a printed number, or beyond a bound."""
    if fact.side:
        return noise_of_bound(_step(fact, ratio), fact.side if upwards else -fact.side)
    spread = fact.declared.spread
    # Half-width of what the digits leave out, relative
    digits = fact.tolerance / _printed_size(fact, ratio) if discrete else 0.0
    if spread.coarse:
        return noise_of_number(max(digits, spread.fit), spread.outlier)
    variance = spread.fit**2
    if spread.digits:
        variance += digits**2 / 3
    if fact.is_count and (fact.kind == "estimate" or fact.relation == "about"):
        variance += ESTIMATE_SD**2
    if fact.stock:
        variance += STOCK_FIT**2
    sd = math.sqrt(variance)
    if fact.is_count and fact.kind == "judgement":
        sd = max(digits, sd)
    return noise_of_number(sd, spread.outlier)


def _printed_size(fact: Fact, ratio: float) -> float:
    """The number whose digits are printed: of a growth the whole that it makes."""
    return 100 * ratio if fact.declared.is_percent else max(abs(fact.value), 1e-9)


def _step(fact: Fact, ratio: float) -> float:
    """A step of a bound's leading digit, in logs; wide where one partner's part is the bound, as it
    may be any part of the whole.
    """
    if not fact.of_world:
        return PARTNER_STEP
    size = _printed_size(fact, ratio)
    return math.log1p(10.0 ** math.floor(math.log10(size) + 1e-9) / size)


# Which facts a likelihood can use: those of one whole flow, each in its latest vintage.


def usable_facts(ledger: Ledger, measure: str = "") -> tuple[list[Fact], list[Caveat]]:
    """The facts that a likelihood can use.

    Parameters
    ----------
    ledger : Ledger
        Facts of one flow.
    measure : str
        The measure that is forecast; counts of one tied to it are on a basis of their own.

    Returns
    -------
    facts : list of Fact
        A fact printed twice counts once, in its latest vintage.
    caveats : list of Caveat
        What was left out, and why.

    Raises
    ------
    EvidenceError
        Where a value is impossible, a flow's period has no start, or the facts are not of one
        thing, or too many.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"relation": ["equals"], "period_start": "2022-01-01",
    ...                       "period_end": "2022-12-31", "value": 2180})
    >>> facts, caveats = usable_facts(Ledger.from_frame(table))
    >>> facts[0].value, facts[0].period.label
    (2180.0, '2022')
    """
    counted = [fact for fact in ledger if fact.kind in OBSERVATION_KINDS]
    whole_flow, of_partners = _of_whole(counted)
    silences = [(fact, _silence(fact)) for fact in whole_flow]
    silent = [caveat for _, caveat in silences if caveat]
    facts = [fact for fact, caveat in silences if not caveat]
    for fact in facts:
        _refuse_impossible(fact)
    if len(facts) > MAX_FORECAST_FACTS:
        raise EvidenceError(
            f"{len(facts):,} facts are of one flow, {MAX_FORECAST_FACTS:,} are the most that a "
            "forecast takes; keep the newest, e.g. ledger.select(since='2020-01-01')"
        )
    if result := two_things(map(vars, facts)):
        raise EvidenceError(
            f"{result.words}; forecast one of them, e.g. "
            f"ledger.select({result.column}={result.value!r})"
        )
    latest, new_vintages = _latest(_on_own_bases(facts, measure))
    usable, leading_zeros = _without_leading_zeros(latest)
    return usable, of_partners + silent + new_vintages + leading_zeros + _falling(usable)


def _falling(facts: Sequence[Fact]) -> list[Caveat]:
    """A caveat where a stock falls by more than its error: it then tells only the difference of
    what enters and what leaves.
    """
    stocks = [fact for fact in facts if fact.stock and not fact.side]
    ordered = sorted(
        (fact for fact in stocks if fact.is_count), key=lambda fact: (fact.basis, fact.period)
    )
    falls: list[tuple[Fact, ...]] = [pair for pair in pairwise(ordered) if _is_fall(*pair)]
    rates = [fact for fact in stocks if fact.is_change and fact.declared.is_percent]
    falls += [(rate,) for rate in rates if rate.value < -100 * ABOUT_MARGIN]
    return [Caveat("stock_falls", falls[-1])] if falls else []


def _is_fall(count: Fact, next_count: Fact) -> bool:
    """Whether an agency's next count is lower by more than its error."""
    same_basis = count.basis == next_count.basis
    return same_basis and next_count.value < (1 - ABOUT_MARGIN) * count.value


def _of_whole(facts: Sequence[Fact]) -> tuple[Sequence[Fact], list[Caveat]]:
    """Facts of the whole flow, and caveats of those that are of partners: a count of one partner is
    a lower bound of the whole. Where all facts are of one partner, the flow with that partner is
    forecast.
    """
    partners = dict.fromkeys(fact.partner for fact in facts)
    if WORLD not in partners:
        if len(partners) > 1:
            partner, second, *_ = partners
            raise EvidenceError(
                f"the facts are of two partners: {partner} and {second}, and none of {WORLD}; "
                "forecast one of them, e.g. "
                f"ledger.select(partner={partner!r})"
            )
        return facts, [Caveat("one_partner", values={"partner": partner}) for partner in partners]
    result = []
    caveats = []
    for fact in facts:
        if fact.of_world:
            result.append(fact)
        elif _is_positive(fact):
            result.append(fact.model_copy(update={"relation": "at_least"}))
            caveats.append(Caveat("partner_is_bound", (fact,), {"partner": fact.partner}))
        else:
            caveats.append(Caveat("partner_unused", (fact,), {"partner": fact.partner}))
    return result, caveats


def _silence(fact: Fact) -> Caveat | None:
    """The caveat of a fact that says nothing of the whole flow; None of any other."""
    if math.isnan(fact.value) and not fact.reference:
        return Caveat("nothing_compared", (fact,))
    if fact.compares and fact.reference_period in (None, fact.period):
        return Caveat("no_other_period", (fact,))
    if fact.value == 0 and fact.side == 1 and fact.is_count:
        return Caveat("every_count", (fact,))
    return None


def _refuse_impossible(fact: Fact) -> None:
    """Raise an error that names a fact which cannot be, or which tells of no days."""
    name, value = fact.id, fact.value
    if not fact.accumulates and fact.period_start is None:
        raise EvidenceError(
            f"{name}: a flow up to {fact.period_end} has no period_start; give its first day"
        )
    if abs(value) > LARGEST_COUNT:
        raise EvidenceError(
            f"{name}: a {fact.quantity} of {in_digits(value)} is beyond any count; "
            f"the largest taken is {in_digits(LARGEST_COUNT)}"
        )
    if fact.declared.zero and value == 0:
        raise EvidenceError(
            f"{name}: {fact.declared.zero} says nothing of a growing flow; "
            "give the total of 0 instead"
        )


def _on_basis(fact: Fact, basis: str) -> Fact:
    return fact.model_copy(update={"basis": basis.strip()})


def _on_own_bases(facts: Sequence[Fact], measure: str) -> list[Fact]:
    """Facts where an agency's counts of another measure than the one that is forecast, and of any
    but its most frequent product, have a basis of their own; a fact that names no product counts as
    of that one.
    """
    if measure:
        facts = [
            fact
            if fact.measure in ("", measure)
            else _on_basis(fact, f"{fact.basis} ({fact.measure})")
            for fact in facts
        ]
    products: dict[str, Counter[str]] = {}
    for fact in facts:
        products.setdefault(fact.basis, Counter())[fact.product] += 1 if fact.product else 0
    main = {basis: counts.most_common(1)[0][0] for basis, counts in products.items()}
    return [
        fact
        if fact.product in ("", main[fact.basis])
        else _on_basis(fact, f"{fact.basis} ({fact.product})")
        for fact in facts
    ]


def _is_positive(fact: Fact) -> bool:
    """Whether a fact says that some vehicles were counted."""
    return fact.is_count and fact.value > 0 and fact.side != -1


def _without_leading_zeros(facts: Sequence[Fact]) -> tuple[list[Fact], list[Caveat]]:
    """Facts without the zeros that end before the first count does, and a caveat of these: they
    tell no trend, as the market had not begun.
    """
    start = min((fact.period.end for fact in facts if _is_positive(fact)), default=dt.date.min)
    leading_zeros = [
        fact for fact in facts if fact.value == 0 and fact.is_count and fact.period.end < start
    ]
    if not leading_zeros:
        return list(facts), []
    others = [fact for fact in facts if not any(fact is zero for zero in leading_zeros)]
    return others, [Caveat("zeros_before_start", tuple(leading_zeros))]


def _latest(facts: Sequence[Fact]) -> tuple[list[Fact], list[Caveat]]:
    """The latest vintage of each quantity, and caveats of those that it replaces; facts published
    on one day that differ all stay, and the likelihood weighs them.

    A number that is repeated, even if rounded, is no new vintage.
    """
    vintages: dict[tuple[object, ...], list[Fact]] = {_quantity(fact): [] for fact in facts}
    caveats = []
    for fact in sorted(facts, key=_publication_day):
        vintage = vintages[_quantity(fact)]
        if any(_repeats(fact, previous) for previous in vintage):
            continue
        day = _publication_day(fact)
        for older in [previous for previous in vintage if _publication_day(previous) < day]:
            caveats.append(Caveat("new_vintage", (older, fact)))
            vintage.remove(older)
        vintage.append(fact)
    return [fact for vintage in vintages.values() for fact in vintage], caveats


def _quantity(fact: Fact) -> tuple[object, ...]:
    """What a fact is a number of, and from which side."""
    quantity_key = (fact.basis, fact.partner, fact.stock, fact.quantity, fact.accumulates)
    return (*quantity_key, fact.side, fact.period, fact.reference_period)


def _repeats(fact: Fact, previous: Fact) -> bool:
    """Whether a fact says no more than an earlier one does."""
    if math.isnan(fact.value):
        return math.isnan(previous.value)
    if fact.value == previous.value:
        return _spread(fact) >= _spread(previous)
    return _spread(fact) > _spread(previous) and abs(fact.value - previous.value) <= _spread(fact)


def _spread(fact: Fact) -> float:
    """By how much a number may be off as it is written."""
    rough = ABOUT_MARGIN * abs(fact.value)
    return rough if fact.relation == "about" else min(fact.rounding, rough)


def _publication_day(fact: Fact) -> dt.date:
    return fact.known_from or dt.date.min
