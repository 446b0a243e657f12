"""What stays of the cars that came, as pairs of imports and of a register tell."""

from __future__ import annotations

from forecasting.panels.registers import RegisterGrowth
from forecasting.reporting.labels import day_words
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.registered_imports import register_growths
from forecasting.vocabulary.periods import DAY
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.numbers import readable, whole_percent

REGISTER_SENTENCE = (
    "Of about {imported} electric cars that came to {place} from {start} to {end}, the register "
    "grew by {registered}: {share}[, after {share_before} from {start_before} to {end_before}]; "
    "the rest was passed on to other countries, or was not yet registered."
)


def register_sentence(outlook: Outlook) -> str:
    """What the register of a country took of the cars that came, last and before.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    str
        Empty where no register is printed with imports of the same days.

    Examples
    --------
    >>> import forecasting as fc
    >>> register_sentence(fc.outlook("kyrgyzstan-baseline", draws=50))
    'Of about 13,600 electric cars that came to Kyrgyzstan from 1 January 2025 to 31 December 2025,
    the register grew by 9,870: 72 %, after 38 % from 1 January 2023 to 31 December 2023; ...'
    """
    place = outlook.scenario.place
    all_growths = register_growths(outlook.ledger, outlook.as_of)
    growths = [growth for growth in all_growths if growth.place == place]
    if not growths:
        return ""
    *earlier_growths, newest = growths
    words: dict[str, object] = {}
    if earlier_growths:
        words = {f"{name}_before": text for name, text in _of_growth(earlier_growths[-1]).items()}
    return sentence(
        REGISTER_SENTENCE,
        place=place_name(place),
        imported=readable(newest.imported),
        registered=readable(newest.registered),
        **_of_growth(newest),
        **words,
    )


def _of_growth(growth: RegisterGrowth) -> dict[str, str]:
    return {
        "share": whole_percent(growth.registered / growth.imported),
        "start": day_words(growth.start + DAY),
        "end": day_words(growth.end),
    }
