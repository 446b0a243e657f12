"""What the commands `backtest`, `track-record` and `claim` print: scores, records and a claim in
words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING

import pandas as pd

from forecasting.evaluation.scores import LATE_ORIGIN, SHORT_HISTORY, expected_inside
from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import in_words, label_of, place_term, when_words
from forecasting.panels.charger_panel import MIN_POINTS, MIN_VEHICLES
from forecasting.reporting.labels import day_of_print, day_words, source_words, unit_of
from forecasting.vocabulary.catalogues import digits
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.places import WORLD, place_name
from forecasting.vocabulary.quantiles import standing_digits
from forecasting.vocabulary.quantities import quantity_of
from forecasting.vocabulary.sentences import Term, plural, sentence, uncapital
from forecasting.writers.columns import Column, Row, TableForm, inside_words
from forecasting.writers.numbers import whole_percent

if TYPE_CHECKING:
    from forecasting.evaluation.claim import Claim
    from forecasting.evaluation.quota_days import QuotaClaim
    from forecasting.evidence.fact import Fact

# What each column of a backtest is called; an indented one is a part of the one above it
COVERAGE_ROWS = {
    "in80": "outcomes inside the 80 % interval",
    "in95": "outcomes inside the 95 % interval",
    "cases": "cases",
}
BACKTEST = {
    "wis": "interval score",
    "h1": "  1 year ahead",
    "h2": "  2 years",
    "h3": "  3 years",
    "h5": "  5 years",
    "short": f"  at most {SHORT_HISTORY} years of history",
    "ratio": "ratio to the best single-series tool",
    "ratio_h1": "  1 year ahead",
    "ratio_short": f"  at most {SHORT_HISTORY} years of history",
    "ratio_regression": "ratio to the analogue regression",
    **COVERAGE_ROWS,
    "unfit": "  not fitted, with the naive forecast",
}
BY_GROUP = {
    "cases": "cases",
    "wis": "interval score",
    "ratio": "ratio to the analogue regression",
    "late": f"origins from {LATE_ORIGIN} on",
    "in80": "inside 80 %",
}
PART_YEAR = {
    "wis": "interval score, this year",
    "k2": "  knowing January to February",
    "k4": "  January to April",
    "k6": "  January to June",
    "k9": "  January to September",
    "ale": "  median error of the log",
    "next_wis": "interval score, next year",
    "next_ale": "  median error of the log",
    "ratio": "ratio to the best rule, this year",
    "next_ratio": "ratio to the best rule, next year",
    **COVERAGE_ROWS,
}
EVENTS = {
    "wis": "interval score",
    "last": "  last month with the privilege",
    "three": "  three months after",
    "twelve": "  twelve months after",
    "ratio": "ratio to the forecast without its date",
    "ratio_last": "  last month with the privilege",
    "ratio_three": "  three months after",
    "ratio_twelve": "  twelve months after",
    "ratio_known": "  where it had been announced by then",
    **COVERAGE_ROWS,
    "events": "events",
}
# The columns that hold the standard errors of others
ERRORS = {
    "ratio": "ratio_se",
    "late": "late_se",
    "next_ratio": "next_ratio_se",
    "in80": "se80",
    "in95": "se95",
    "mean_ale": "se_ale",
}
CHAIN = {
    "n": "market-years",
    "ratio": "answer over what stands, median",
    "mean_ale": "mean error of the log",
    "in80": "inside 80 %",
}
QUOTAS = {
    "error": "months between median and day, median",
    "in80": "inside 80 %",
    "cases": "quotas",
}
REGISTERS = {
    "n": "outcomes",
    "places": "places",
    "score": "score",
    "inside": "inside 80 %",
}
SIDES = ("below", "inside", "above")  # of an interval
TERMINAL_WIDTH = 80  # characters of a line
FACTOR_WIDTH = 6  # characters of the column of factors
FACTOR_HEAD = "factor"
CONFLICTS_HEAD = "what disagrees, and why"
CONFLICTS_COUNTED = ("{} conflict", "{:,} conflicts")
SCORE_LEGEND = (
    "Interval score: weighted interval score of the log, lower is better, 0.1 is about 10 % off; "
    "± standard error, clustered by market and by the year that is scored."
)
WITHOUT_PRIOR = "Left out, as the other markets teach no growth by then: {years}."


def scores_text(lines: pd.DataFrame, words: Mapping[str, str]) -> str:
    """The scores of a backtest as they are read.

    Parameters
    ----------
    lines : DataFrame
        As its summary in `forecasting.evaluation` has them.
    words : mapping of str to str
        What its columns are called: `BACKTEST`, `PART_YEAR` or `EVENTS`.

    Examples
    --------
    >>> lines = pd.DataFrame({"ratio": [0.68], "ratio_se": [0.03]}, index=["this package"])
    >>> print(scores_text(lines, PART_YEAR).splitlines()[1])
    ratio to the best rule, this year  0.680 ± 0.030
    """
    groups = lines.attrs.get("groups")
    by_group = "" if groups is None else f"\n{figures_in(groups, BY_GROUP).T.to_string()}\n"
    years = ", ".join(lines.attrs.get("without_prior", []))
    left_out = f"{WITHOUT_PRIOR.format(years=years)}\n" if years else ""
    return f"{figures_in(lines, words).to_string()}\n{by_group}{left_out}{SCORE_LEGEND}"


def figures_in(lines: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Figures of several methods: one column per method, one row per figure, in words.

    Parameters
    ----------
    lines : DataFrame
        One line per method, one column per figure.
    words : mapping of str to str
        What each column is called; columns without a word are left out.

    Examples
    --------
    >>> lines = pd.DataFrame({"in80": [0.81], "se80": [0.02], "cases": [40]}, index=["ours"])
    >>> figures_in(lines, {"in80": "inside 80 %", "cases": "cases"})
                        ours
    inside 80 %  0.810 ± 0.020
    cases                   40
    """
    columns = [score_column(name, head) for name, head in words.items() if name in lines]
    frame = TableForm(columns).table(lines.to_dict("records")).frame
    return frame.set_axis(lines.index.rename(None)).T


def score_column(name: str, head: str) -> Column:
    """A figure of each method as it is read, with its standard error where there is one."""

    def words(row: Row) -> str:
        number = row[name]
        if isinstance(number, int):
            return digits(f"{number:,}")
        errors = [row[ERRORS[name]]] if ERRORS.get(name) in row else []
        numbers = [value for value in (number, *errors) if value == value]
        return digits(" ± ".join(f"{value:.3f}" for value in numbers))

    return Column(head, words)


FLAGGED_COUNTS = "{count} counts are flagged as faults[ ({kinds})]; they stay in the score."


CHARGERS = TableForm(
    [
        *map(Column, ("horizon", "n", "method")),
        Column("median_ale", form="{:.3f}".format),
        Column("mean_ale", form="{:.3f}".format),
        Column("mape", form="{:.1f} %".format),
        Column("in80", form=whole_percent),
    ]
)


def chargers_text(scores: pd.DataFrame) -> str:
    """The scores of the chargers' backtest, with what they rest on.

    Parameters
    ----------
    scores : DataFrame
        Of `forecasting.evaluation.chargers.summarise_chargers`.
    """
    smallest = scores.attrs["smallest"]
    faults = scores.attrs["faults"]["fault"].value_counts()
    kinds = ", ".join(f"{kind} {count}" for kind, count in faults.items())
    return "\n".join(
        [
            repr(CHARGERS.table(scores.reset_index().to_dict("records"))),
            f"Forecasts start from {MIN_POINTS} points and {MIN_VEHICLES} vehicles on; the "
            f"smallest had {smallest['points']:,.0f} points, the smallest stock was "
            f"{smallest['stock']:,.0f} vehicles.",
            sentence(FLAGGED_COUNTS, count=faults.sum(), kinds=kinds),
        ]
    )


# By the name of the record in `forecasting.evaluation.records`
MEAN_SCORES = (
    "Score: weighted interval score of the log, mean {score:.2f}, 0.1 is about 10 % off"
    "[has_rule?; rule: the last year annualised and half its growth, mean {rule:.2f}]. "
    "Under `counted by` stands an agency that counts other things than the forecast's."
)


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _other_agency(row: Row) -> str:
    """Who counted an outcome, where not as the forecast counts."""
    return "" if row["own_basis"] else basis_name(row["outcome_basis"])


RECORD_ROWS = TableForm(
    [
        *map(Column, ("place", "measure")),
        Column("as of", "as_of"),
        *map(Column, ("facts", "period")),
        *(Column(name, form=_amount) for name in ("low", "median", "high", "outcome")),
        Column("inside", form=inside_words),
        Column("score", form="{:.2f}".format),
        Column("rule", "rule_score", "{:.2f}".format, missing=""),
        Column("counted by", _other_agency),
    ]
)


def record_text(record: pd.DataFrame) -> str:
    """How past forecasts did, row by row, and how little that can say.

    Parameters
    ----------
    record : DataFrame
        Of `forecasting.evaluation.track_record.ledger_record`.
    """
    places = ", ".join(dict.fromkeys(map(place_name, record["place"])))
    series = len(record.drop_duplicates(["place", "measure"]))
    with_rule = record[record["rule_score"].notna()]
    # No rule of thumb forecasts the day of a quota
    scored = record if with_rule.empty else with_rule
    rule = with_rule["rule_score"].mean()
    means = {"score": scored["score"].mean(), "rule": rule, "has_rule": rule == rule}
    return "\n".join(
        [
            repr(RECORD_ROWS.table(record.to_dict("records"))),
            record_sentence(record),
            f"These are few, and not independent, from {series} series of {places}.",
            sentence(MEAN_SCORES, **means),
            f"Forecasts without an outcome so far: {record.attrs['open']}. Level and spread of "
            "growth come from a prior that has seen later years of other markets; its year effects "
            "end before each forecast's year.",
        ]
    )


def archive_text(record: pd.DataFrame) -> str:
    """How forecasts did that were kept as they were made.

    Parameters
    ----------
    record : DataFrame
        Of `forecasting.evaluation.archive.archive_record`.
    """
    forecasts = len(record.drop_duplicates(["scenario", "as_of"]))
    return "\n".join(
        [
            repr(RECORD_ROWS.table(record.to_dict("records"))),
            record_sentence(record),
            f"These are few, and not independent, from {forecasts} kept forecasts, each with the "
            f"events of its scenario; {record.attrs['open']} more have no outcome so far. Score: "
            f"weighted interval score of the log, mean {record['score'].mean():.2f}; 0.1 is about "
            "10 % off.",
            *(
                f"Withdrawn and not scored: {file}: {reason}"
                for file, reason in record.attrs["withdrawn"].items()
            ),
        ]
    )


FEW_REGISTERS = (
    "{n} outcomes of {places} places[is_few?: too few to say how well ranges hold]. Score: mean "
    "weighted interval score of the log; 0.1 is about 10 % off. The share that is registered is "
    "learned from the other places, and from earlier counts of the same."
)
ENOUGH_REGISTERS = 30  # outcomes, from which a share inside is known to 7 %


def registers_text(lines: pd.DataFrame) -> str:
    """The record of what stays, with what was left out of it.

    Parameters
    ----------
    lines : DataFrame
        From `forecasting.evaluation.register_record.summarise_registers`.

    Examples
    --------
    >>> lines = pd.DataFrame({"n": 5, "places": 3, "score": 0.2, "inside": 0.8}, index=["ours"])
    >>> print(registers_text(lines))
                  ours
    outcomes         5
    places           3
    score        0.200
    inside 80 %  0.800
    5 outcomes of 3 places: ...
    """
    n, places = (int(lines[name].iloc[0]) for name in ("n", "places"))
    notes = [
        *(f"More was registered than came: {words}" for words in lines.attrs.get("above_one", ())),
        *(f"A register fell, not scored: {words}" for words in lines.attrs.get("left_out", ())),
    ]
    told = sentence(FEW_REGISTERS, n=n, places=places, is_few=n < ENOUGH_REGISTERS)
    words = wrap(told, TERMINAL_WIDTH)
    return "\n".join([figures_in(lines, REGISTERS).to_string(), *words, *notes])


WORDS_OF_RECORD: dict[str, Callable[[pd.DataFrame], str]] = {
    "chargers": chargers_text,
    "chain": lambda lines: figures_in(lines, CHAIN).to_string(),
    "registers": registers_text,
    "events": partial(scores_text, words=EVENTS),
    "quotas": lambda lines: figures_in(lines, QUOTAS).to_string(),
    "monthly": partial(scores_text, words=PART_YEAR),
    "ledger": record_text,
    "archive": archive_text,
    "panel": partial(scores_text, words=BACKTEST),
}


CHAIN_SENTENCE = (
    "The same model was tried {n:.0f} times on other markets, of which it was given nothing but "
    "their sales; what markets build, and how wide the ranges are, it had each time learned from "
    "the others alone. Its median came to {stock_ratio:.2f} of the battery cars on the road, the "
    "need to {need_ratio:.2f} of the public points that stood and to {need_fast_ratio:.2f} of "
    "the fast ones, practice to {practice_ratio:.2f} of all. The 80 % ranges held "
    "{stock}, {need}, {need_fast} and {practice} of the counts."
)


def chain_sentence(lines: pd.DataFrame) -> str:
    """How the chain did in other markets, of which it was given nothing but their sales.

    Parameters
    ----------
    lines : DataFrame
        From `forecasting.evaluation.chain_record.summarise_chain`.

    Examples
    --------
    >>> answers = ["stock", "need_fast", "need", "practice"]
    >>> lines = pd.DataFrame({"n": 98, "ratio": 1.0, "in80": 0.75}, index=answers)
    >>> print(chain_sentence(lines))
    The same model was tried 98 times on other markets, of which it was given nothing but their
    sales; what markets build, and how wide the ranges are, it had each time learned from the others
    alone. Its median came to 1.00 of the battery cars on the road, the need to 1.00 of the public
    points that stood and to 1.00 of the fast ones, practice to 1.00 of all. The 80 % ranges held
    75 %, 75 %, 75 % and 75 % of the counts.
    """
    inside = lines["in80"].map(whole_percent)
    ratios = {f"{name}_ratio": ratio for name, ratio in lines["ratio"].items()}
    return sentence(CHAIN_SENTENCE, n=lines.loc["need", "n"], **ratios, **inside)


def conflicts_text(table: pd.DataFrame, width: int = TERMINAL_WIDTH) -> str:
    """Facts that disagree as a table for a terminal: how far apart, and what each side says.

    Parameters
    ----------
    table : DataFrame
        Of `forecasting.evidence.reconcile.conflicts`.
    width : int
        Characters of a line, at most 80.

    Examples
    --------
    >>> columns = ["ratio", "sentence", "why"]
    >>> row = (2.21, "TJ ev_imports 2023: 1,500 (Ministry) against 3,316 (Customs)", "two agencies")
    >>> print(conflicts_text(pd.DataFrame([row], columns=columns)))
    factor  what disagrees, and why
      2.21  TJ ev_imports 2023: 1,500 (Ministry) against 3,316 (Customs) [two
            agencies]
    1 conflict
    """
    head = sentence(FACTOR_HEAD)
    lines = [f"{head:>{FACTOR_WIDTH}}  {sentence(CONFLICTS_HEAD)}"]
    for ratio, words, why in table[["ratio", "sentence", "why"]].itertuples(index=False):
        factor = digits(f"{ratio:>{FACTOR_WIDTH}.3g}  ")
        indent = " " * len(factor)
        room = min(width, TERMINAL_WIDTH)
        lines += wrap(
            f"{words} [{Term(why, 'conflict')}]",
            room,
            initial_indent=factor,
            subsequent_indent=indent,
        )
    return "\n".join([*lines, plural(len(table), *CONFLICTS_COUNTED)])


RECORD_SENTENCE = (
    "{inside} of {outcomes} outcomes counted as the forecast counts lie inside their 80 % range"
    "[is_expected?, where {low} to {high} would be expected]; of all {all_outcomes}, others' "
    "counts among them, {all_inside}."
)


def record_sentence(record: pd.DataFrame) -> str:
    """How many outcomes lie inside their intervals, those of the forecast's own basis first, and
    how many should.

    Parameters
    ----------
    record : DataFrame
        With columns inside and own_basis.

    Examples
    --------
    >>> record = pd.DataFrame({"inside": [True, True, False], "own_basis": [True, True, False]})
    >>> print(record_sentence(record))
    2 of 2 outcomes counted as the forecast counts lie inside their 80 % range, where 1 to 2
    would be expected; of all 3, others' counts among them, 2.
    """
    inside = record["inside"].astype(bool)
    same_basis = record["own_basis"].astype(bool)
    low, high = expected_inside(int(same_basis.sum()))
    return sentence(
        RECORD_SENTENCE,
        inside=(inside & same_basis).sum(),
        outcomes=same_basis.sum(),
        is_expected=same_basis.any(),
        low=low,
        high=high,
        all_outcomes=len(record),
        all_inside=inside.sum(),
    )


CLAIM = (
    "[{bound} ]{value:,.10g} {unit} ([of_growth?growth on the year before of ]{measure}, {place}"
    "[, from {partner}], {period}): "
    "{below} of the draws lie below it[, and it is true in {holds}]. The forecast of {day}"
    "[, as counted by {counted_by}]: {median}{sign}, 80 % interval {low} "
    "to {high}{sign}[two_digits?, of which two digits stand]; the number lies {side}."
    "[ Of what comes from all, {part} come from {partner}, as was printed last.]"
    "[ {comparison}][ Also printed: {prints}.] {facts}"
)
MOST_PRINTS = 8
BOUND_NAMES = {
    "at_least": "At least",
    "at_most": "At most",
    "greater_than": "More than",
    "less_than": "Less than",
}
PRINTED_NUMBER = "Printed[is_estimate? as an estimate]: {statement} ([{agency}, ]{day})."
GROWTH_OF_CLAIM = (
    "From {base}{sign} in {year}[is_estimate?, which this model estimates,] it takes "
    "{growth:+,.0f} % a year; the median takes {expected:+,.0f} %."
    "[ Electric cars on an even way to it: {cars}.]"
)
CARS_IN_YEAR = "{cars} in {year}"
PERCENT_SIGN = " %"  # of a number in percent
NOT_AT_ALL = "not at all"
ORIGIN_OF_CLAIM = (
    "Scenario {scenario}[, from {file}][no_file?: no params file forecasts this, the facts alone "
    "answer]. Facts it rests on: {facts}[, those of {ledgers} among them]."
)
QUOTA_USED_UP_ON = "The quota of {number:,.0f} of {place}, {year}, was used up on {day} ({source})."
QUOTA_CLAIM = (
    "The quota of {number:,.0f} of {place}, {year}, is used up by {day} with a probability of "
    "{probability}. Median {median}, 80 % interval {low} to {high}; it lasts to its end with a "
    "probability of {lasts}. Counted are {flow}, before events of the scenario {scenario}, as of "
    "{as_of}."
)


def claim_text(claim: Claim) -> str:
    """A claim and its place in the forecast.

    Parameters
    ----------
    claim : Claim
        Of `forecasting.evaluation.claim.claim_of`.
    """
    quantity = quantity_of(claim.quantity)
    low, median, high = claim.levels
    return sentence(
        CLAIM,
        bound=Term(BOUND_NAMES.get(claim.relation, ""), "bound"),
        holds=claim.probability_true is not None and whole_percent(claim.probability_true),
        partner=claim.partner != WORLD and place_term(claim.partner),
        part=claim.partner != WORLD and whole_percent(claim.partner_share),
        prints=_prints_beside(claim),
        value=claim.value,
        unit=Term(quantity.unit_of(unit_of(claim.measure)).replace("percent", "%"), "unit"),
        of_growth=quantity.is_percent,
        measure=uncapital(label_of(claim.measure)),
        place=place_term(claim.place),
        period=claim.period.label,
        below=whole_percent(claim.probability_below),
        day=claim.outlook.as_of,
        counted_by=claim.measure == claim.outlook.measure and _counted_by(claim),
        median=_digits(median),
        low=_digits(low),
        high=_digits(high),
        sign=_sign_of_unit(claim),
        two_digits=standing_digits(low, high) == 2,
        side=Term(SIDES[(claim.value >= low) + (claim.value > high)], "side of interval"),
        comparison=_comparison(claim),
        facts=_origin(claim),
    )


def _counted_by(claim: Claim) -> str:
    """Whose definition of the flow is forecast: what another one counts may be a part of it."""
    forecast = claim.outlook.forecasts.get(claim.place)
    return basis_name(forecast.basis) if forecast else ""


def _prints_beside(claim: Claim) -> str:
    """What was printed beside the number that is told already, each once."""
    words = dict.fromkeys(map(_print_words, claim.prints))
    if claim.fact is not None:
        words.pop(_print_words(claim.fact), None)
    return "; ".join([*words][-MOST_PRINTS:])


def _print_words(fact: Fact) -> str:
    """Who printed what of which days."""
    named = basis_name(fact.basis, fact.measure) or source_words(fact.source)
    agency = named or "nobody in particular"
    return f"{in_words(fact)} {when_words(fact.period)} ({agency})"


def quota_claim_text(claim: QuotaClaim) -> str:
    """A day and its place in the forecast of the day on which a quota is used up.

    Parameters
    ----------
    claim : QuotaClaim
        Of `forecasting.evaluation.quota_days.quota_claim`.
    """
    quota = claim.quota
    places = {
        "number": quota.quota,
        "place": place_term(quota.place),
        "year": quota.start.year,
    }
    if not quota.is_open_quota:
        day = day_words(quota.last_day)
        return sentence(QUOTA_USED_UP_ON, **places, day=day, source=source_words(quota.source))
    low, median, high = (day_words(day) if day else sentence(NOT_AT_ALL) for day in claim.days[:3])
    return sentence(
        QUOTA_CLAIM,
        **places,
        day=day_words(claim.day),
        probability=whole_percent(claim.probability),
        low=low,
        median=median,
        high=high,
        lasts=whole_percent(1 - claim.days.used_up),
        flow=uncapital(label_of(claim.measure)),
        scenario=claim.scenario,
        as_of=day_words(claim.as_of),
    )


def _comparison(claim: Claim) -> str:
    """What was printed of it, else the growth that it takes."""
    if claim.fact is not None:
        return sentence(
            PRINTED_NUMBER,
            is_estimate=claim.fact.kind == "estimate",
            statement=in_words(claim.fact),
            agency=basis_name(claim.fact.basis) or source_words(claim.fact.source),
            day=day_of_print(claim.fact),
        )
    growth = claim.growth_to(claim.value)
    if growth != growth:
        return ""
    cars = [
        sentence(CARS_IN_YEAR, cars=_digits(count), year=year) for year, count in claim.path.items()
    ]
    return sentence(
        GROWTH_OF_CLAIM,
        base=digits(f"{claim.base:,.10g}") if claim.base_fact else _digits(claim.base),
        sign=_sign_of_unit(claim),
        year=claim.from_year,
        is_estimate=not claim.base_fact,
        growth=growth,
        expected=claim.growth_to(claim.levels[1]),
        cars=", ".join(cars),
    )


def _sign_of_unit(claim: Claim) -> str:
    """What stands after each number of a share or of a growth."""
    unit = quantity_of(claim.quantity).unit_of(MEASURES[claim.measure].unit)
    return sentence(PERCENT_SIGN) if unit == "percent" else ""


def _origin(claim: Claim) -> str:
    return sentence(
        ORIGIN_OF_CLAIM,
        scenario=claim.outlook.name,
        file=claim.file,
        no_file=not claim.file,
        facts=len(claim.outlook.evidence or ()),
        ledgers=", ".join(claim.outlook.scenario.ledger),
    )


def _digits(number: float) -> str:
    """Three significant digits, written out."""
    return digits(f"{float(f'{number:.3g}'):,.10g}")
