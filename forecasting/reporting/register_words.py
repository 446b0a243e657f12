"""What stays of the cars that came, as pairs of imports and of a register tell."""

from __future__ import annotations

import numpy as np

from forecasting.panels.registers import KEPT, RegisterGrowth, closed_ways
from forecasting.reporting.labels import day_words
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.registered_imports import register_growths
from forecasting.vocabulary.periods import DAY
from forecasting.vocabulary.places import WORLD, place_name
from forecasting.vocabulary.quantiles import RANGE_LEVELS
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.numbers import readable, whole_percent

REGISTER_SENTENCE = (
    "Of about {imported} electric cars that came to {place} from {start} to {end}, the register "
    "grew by {registered}: {share}[, after {share_before} from {start_before} to {end_before}]; "
    "the rest was passed on to other countries, or was not yet registered.[ A register follows by "
    "about a quarter, and of the cars that were due in those days it took {share_due}.][ Rules "
    "that close a way on which cars left begin on {days}.] Of what comes in {year}, {expected} is "
    "expected to stay.[ To {taker} went {taken} cars of every drive from {taken_start} to "
    "{taken_end} ({printer}).]"
)

LEAST_LAG = 0.02  # by which imports that were due differ from those of the same days


def register_sentence(outlook: Outlook) -> str:
    """What the register of a country took of the cars that came, last and before.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    str
        Empty where no register is printed with imports of the same days, and of buses and trucks,
        of which no share that stays is forecast.

    Examples
    --------
    >>> import forecasting as fc
    >>> register_sentence(fc.outlook("kyrgyzstan-baseline", draws=50))
    'Of about 13,600 electric cars that came to Kyrgyzstan from 1 January 2025 to 31 December 2025,
    the register grew by 9,870: 72 %, after 38 % from 1 January 2023 to 31 December 2023; ...'
    """
    if KEPT not in outlook.results.values:
        return ""
    place = outlook.scenario.place
    all_growths = register_growths(outlook.ledger, outlook.as_of)
    growths = [growth for growth in all_growths if growth.place == place]
    if not growths:
        return ""
    *earlier_growths, newest = growths
    words: dict[str, object] = {}
    if earlier_growths:
        words = {f"{name}_before": text for name, text in _of_growth(earlier_growths[-1]).items()}
    if abs(newest.lagged / newest.imported - 1) > LEAST_LAG:
        words["share_due"] = whole_percent(newest.registered / newest.lagged)
    of_year = outlook.years.index(outlook.headline_year)
    kept = np.quantile(outlook.results.values[KEPT][:, of_year], RANGE_LEVELS) / 100
    rules = closed_ways(place, outlook.as_of)
    return sentence(
        REGISTER_SENTENCE,
        place=place_name(place),
        imported=readable(newest.imported),
        registered=readable(newest.registered),
        days=", ".join(day_words(rule.start) for rule in rules),
        year=outlook.headline_year,
        expected="{1} ({0} to {2})".format(*map(whole_percent, kept)),
        **_of_growth(newest),
        **words,
        **_taker(outlook),
    )


def _taker(outlook: Outlook) -> dict[str, object]:
    """The country to which most cars that leave are printed to go, and the newest year's number."""
    place, day = outlook.scenario.place, outlook.as_of
    exports = outlook.ledger.select(place, "vehicle_exports", partner=None, as_of=day)
    counts = [fact for fact in exports if fact.is_amount and fact.partner != WORLD]
    if not counts:
        return {}
    newest = max(counts, key=lambda fact: (fact.period.end, fact.value))
    return {
        "taker": place_name(newest.partner),
        "taken": readable(newest.value),
        "taken_start": day_words(newest.period.start),
        "taken_end": day_words(newest.period.end),
        "printer": newest.source,
    }


def _of_growth(growth: RegisterGrowth) -> dict[str, str]:
    return {
        "share": whole_percent(growth.registered / growth.imported),
        "start": day_words(growth.start + DAY),
        "end": day_words(growth.end),
    }
