"""Which facts of a ledger a likelihood can use: those of one whole flow, each in its latest
vintage.
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from forecasting.evidence.bases import two_things
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import OBSERVATION_KINDS
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import EvidenceError, in_digits
from forecasting.vocabulary.limits import MAX_FORECAST_FACTS
from forecasting.vocabulary.places import WORLD

LARGEST_COUNT = 1e15  # of anything that is counted
# Relative error of a number printed as "about", and the most that any rounding counts
ABOUT_MARGIN = 0.03


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
    caveats: list[Caveat] = []
    whole_flow = _of_whole([fact for fact in ledger if fact.kind in OBSERVATION_KINDS], caveats)
    facts = [_checked(fact, measure) for fact in whole_flow if _is_usable(fact, caveats)]
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
    usable = _without_leading_zeros(_latest(_by_product(facts), caveats), caveats)
    return usable, caveats + _falling(usable)


def _falling(facts: Sequence[Fact]) -> list[Caveat]:
    """A caveat where a stock falls by more than its error: it then tells only the difference of
    what enters and what leaves.
    """
    stocks = [fact for fact in facts if fact.stock and not fact.side]
    ordered = sorted(
        (fact for fact in stocks if fact.is_count), key=lambda fact: (fact.basis, fact.period)
    )
    falls: list[tuple[Fact, ...]] = [pair for pair in pairwise(ordered) if _is_fall(*pair)]
    falls += [(fact,) for fact in stocks if _tells_fall(fact)]
    return [Caveat("stock_falls", falls[-1])] if falls else []


def _is_fall(count: Fact, next_count: Fact) -> bool:
    same_basis = count.basis == next_count.basis
    return same_basis and next_count.value < (1 - ABOUT_MARGIN) * count.value


def _tells_fall(fact: Fact) -> bool:
    is_percent = fact.is_change and fact.declared.is_percent
    return is_percent and fact.value < -100 * ABOUT_MARGIN


def _of_whole(facts: Sequence[Fact], caveats: list[Caveat]) -> list[Fact]:
    """Facts of the whole flow: a count of one partner is a lower bound of it. Where all facts are
    of one partner, the flow with that partner is forecast.
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
        caveats += [Caveat("one_partner", values={"partner": partner}) for partner in partners]
        return list(facts)
    result = []
    for fact in facts:
        if fact.of_world:
            result.append(fact)
        elif _is_positive(fact):
            result.append(fact.model_copy(update={"relation": "at_least"}))
            caveats.append(Caveat("partner_is_bound", (fact,), {"partner": fact.partner}))
        else:
            caveats.append(Caveat("partner_unused", (fact,), {"partner": fact.partner}))
    return result


def _is_usable(fact: Fact, caveats: list[Caveat]) -> bool:
    """Whether a fact says something of the whole flow; if not, a caveat says why."""
    kind = ""
    if math.isnan(fact.value) and not fact.reference:
        kind = "nothing_compared"
    elif fact.compares and fact.reference_period in (None, fact.period):
        kind = "no_other_period"
    elif fact.value == 0 and fact.side == 1 and fact.is_count:
        kind = "every_count"
    caveats += [Caveat(kind, (fact,))] if kind else []
    return not kind


def _checked(fact: Fact, measure: str) -> Fact:
    """The fact, on a basis of its own where it counts another measure than the one that is
    forecast.
    """
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
    another_measure = fact.measure and measure and fact.measure != measure
    return _on_basis(fact, f"{fact.basis} ({fact.measure})") if another_measure else fact


def _on_basis(fact: Fact, basis: str) -> Fact:
    return fact.model_copy(update={"basis": basis.strip()})


def _by_product(facts: Sequence[Fact]) -> list[Fact]:
    """Facts where an agency's counts of any but its most frequent product have a basis of their
    own; a fact that names no product counts as of that one.
    """
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


def _without_leading_zeros(facts: Sequence[Fact], caveats: list[Caveat]) -> list[Fact]:
    """Facts without the zeros that end before the first count does: they tell no trend, as the
    market had not begun.
    """
    start = min((fact.period.end for fact in facts if _is_positive(fact)), default=dt.date.min)
    leading_zeros = [
        fact for fact in facts if fact.value == 0 and fact.is_count and fact.period.end < start
    ]
    if leading_zeros:
        caveats.append(Caveat("zeros_before_start", tuple(leading_zeros)))
    return [fact for fact in facts if not any(fact is zero for zero in leading_zeros)]


def _latest(facts: Sequence[Fact], caveats: list[Caveat]) -> list[Fact]:
    """The latest vintage of each quantity; facts published on one day that differ all stay, and the
    likelihood weighs them.

    A number that is repeated, even if rounded, is no new vintage.
    """
    vintages: dict[tuple[object, ...], list[Fact]] = {_quantity(fact): [] for fact in facts}
    for fact in sorted(facts, key=_publication_day):
        vintage = vintages[_quantity(fact)]
        if any(_repeats(fact, previous) for previous in vintage):
            continue
        day = _publication_day(fact)
        for older in [previous for previous in vintage if _publication_day(previous) < day]:
            caveats.append(Caveat("new_vintage", (older, fact)))
            vintage.remove(older)
        vintage.append(fact)
    return [fact for vintage in vintages.values() for fact in vintage]


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
