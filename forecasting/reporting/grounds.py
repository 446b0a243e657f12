"""What a report's numbers rest on: facts and assumptions in words, what disagrees, and in tables
how much the facts say and how much the prior.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from forecasting.evidence.bases import agency_words, basis_name, basis_words, shipped_bases
from forecasting.evidence.places import place_name
from forecasting.measures import CAR_COUNTS, CHARGING_ANSWERS
from forecasting.reporting.caveat_words import lines_of
from forecasting.reporting.citations import LEAST, fact_name, moves
from forecasting.reporting.display import BulletList, Line, Link, Table, mention, rows_table
from forecasting.reporting.labels import (
    amount,
    amounts,
    capital,
    interval,
    label_of,
    label_words,
    parameter_words,
    percent,
    phrase,
    plural,
    readable,
    uncapital,
)
from forecasting.reporting.result_tables import label_in

if TYPE_CHECKING:
    from forecasting.growth.flow import FlowForecast
    from forecasting.scenarios.outlook import Outlook

NEED, *_ = CHARGING_ANSWERS
FIRST = 3  # doubts that stand in the brief
MINOR = ("history_starts", "few_draws_count")  # caveats that come after all other doubts
DOUBTED = 0.2  # probability of being wrong from which a fact is mentioned
MOST_PERCENT = 1000  # beyond that a fact gives the forecast its scale
MOST = 3  # facts and assumptions named of each number
# Of the variance, from which an assumption is named: below that chance alone may have sorted it
LEAST_SHARE = 0.02
DEPARTS = 0.25  # of growth a year, from where on it is said
WHY_COUNTS_DIFFER = (
    "Counts differ by what they hold (battery cars, plug-in hybrids, buses), by when (at the "
    "border, on the register, at a sale) and by whose (new or used, of firms or of persons)"
)
COMING = "vehicles imported, less those that leave again, plus those built in the country"
REGISTERED = {"ev_registrations": "vehicles registered"}  # where they are what is forecast
CHAIN = {
    "ev_registrations": "{coming}",
    "ev_stock": "{coming}, which leave the road as they grow old",
    "energy_gwh": "the vehicles on the road, how far they drive and what they take",
    "peak_mw": "the energy, and the hours at which vehicles charge",
    "charging_points_need": "the energy that is charged in public, and how busy a point can be",
    "charging_points_practice": "the vehicles on the road, the points that stand, and what other "
    "markets built",
    "charging_points_standard": "the vehicles on the road, and the rule",
    "investment_usd": "the points needed by place of charging, and what each costs with its "
    "connection",
    "power_share_percent": "the electricity for vehicles, and that of the country",
    "peak_share_percent": "the charging load, and the country's highest",
    "oil_avoided_t": "the vehicles on the road, how far they drive, and what a like vehicle burns",
    "co2_avoided_t": "the fuel avoided, and how the country's electricity is made",
}


def doubts(outlook: Outlook) -> Iterator[Line]:
    """The facts that the others contradict: what was printed, what the others say, and what it
    does.

    Parameters
    ----------
    outlook : Outlook
        Made from facts; one that was read from files tells of none.
    """
    names = _names(outlook)
    for flow in outlook.baseline_forecasts.values():
        fit = flow.fit_table()
        doubted = fit[fit["doubted"] > DOUBTED].sort_values("doubted", ascending=False)
        for row in doubted.to_dict("records"):
            printed = f"{row['printed']}{basis_words(', {}', row['basis'])}"
            yield [
                mention(row["fact"], capital(names.get(row["fact"], printed))),
                " does not fit the other facts, which lead one to expect "
                f"{interval(row['low'], row['high'])}. It is wrong with a probability of "
                f"{100 * row['doubted']:.0f} %{_effect(flow, row['fact'])}.",
            ]


def caveats(outlook: Outlook) -> BulletList:
    """The doubts that matter most: facts that the others contradict, what the checks found, and
    what moves the answer most.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.

    Returns
    -------
    BulletList
        Three lines at most; `other_doubts` has the others.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> len(fc.tables.caveats(outlook).lines)
    3
    """
    lines = _all_doubts(outlook)[:FIRST]
    return BulletList(lines or ["The checks of this outlook found nothing to doubt."])


def other_doubts(outlook: Outlook) -> BulletList:
    """The doubts that `caveats` leaves out, and the notes of the scenario's params file.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.

    Returns
    -------
    BulletList
        A line for each; their order is that of their weight.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> type(fc.tables.other_doubts(outlook)).__name__
    'BulletList'
    """
    lines = [*_all_doubts(outlook)[FIRST:], *outlook.scenario.notes]
    return BulletList(lines or ["Nothing more is doubted, and the params file has no note."])


def _all_doubts(outlook: Outlook) -> list[Line]:
    doubtful = list(doubts(outlook))
    others = [caveat for caveat in outlook.caveats if not (doubtful and caveat.kind == "disagrees")]
    major = lines_of(caveat for caveat in others if caveat.kind not in MINOR)
    minor = lines_of(caveat for caveat in others if caveat.kind in MINOR)
    return [*doubtful, *major, *_open(outlook), *minor]


def _open(outlook: Outlook) -> Iterator[str]:
    """What moves the answer most: an assumption about charging, how little the facts say of the
    last year, and the events.
    """
    measure = outlook.scenario.measure
    last = outlook.years[-1]
    if outlook.demand is not None:
        inputs = outlook.demand.sensitivity
        rows = inputs[inputs["output"] == NEED].sort_values("swing", key=lambda by: -by.abs())
        for row in rows.head(1).to_dict("records"):
            low, high = (amount(end, NEED) for end in sorted((row["low"], row["high"])))
            yield (
                f"The need for public charging points in {last} depends most on "
                f"{parameter_words(row['input'])}: the median is {low} at one end of what is "
                f"likely, {high} at the other."
            )
    flow = outlook.baseline_forecast
    if flow is None or len(outlook.forecasts) > 1:
        return
    if flow.market is not None and not flow.fit_table().empty:
        share = 100 * float(flow.contraction().iloc[-1])
        yield (
            f"The facts settle {share:.0f} % of what would be uncertain about {last} without them; "
            "for the rest the forecast follows other markets."
        )
    without, with_them = (
        amount(float(np.median(draws)), measure)
        for draws in (flow.totals(flow.periods[-1]), outlook.results.values[measure][:, -1])
    )
    if without != with_them:
        yield (
            f"Without the events that it assumes, one would expect {without} "
            f"{uncapital(label_in(outlook, measure))} in {last}, not {with_them}."
        )


def _effect(flow: FlowForecast, fact: str) -> str:
    """What a fact does to the first year's forecast."""
    period = flow.periods[0].label
    rows = flow.influence().set_index(["fact", "period"]).to_dict("index")
    row = rows[fact, period]
    change = row["change_percent"]
    if abs(change) < LEAST:
        return f"; the forecast of {period} would be the same without it"
    side = "lower" if change > 0 else "higher"
    without = f"{readable(row['without'])}, {abs(change):.0f} % {side}"
    return f"; without it the forecast of {period} would be {without}"


def _names(outlook: Outlook) -> dict[str, str]:
    return {fact.id: fact_name(fact) for fact in outlook.evidence or ()}


def grounds(outlook: Outlook) -> BulletList:
    """What each number of the first screen rests on; the numbers are links to these paragraphs.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.

    Returns
    -------
    BulletList
        What each number of the headline rests on.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> len(fc.tables.grounds(outlook).lines) > 0
    True
    """
    names = _names(outlook)
    rows: list[tuple[str, Line]] = [
        (outlook.scenario.measure, _flow_grounds(outlook, place, flow, names))
        for place, flow in outlook.baseline_forecasts.items()
    ]
    rows += _chain_grounds(outlook)
    anchors = [f"grounds-{measure}" for measure, _ in rows]
    return BulletList([line for _, line in rows], "fc-grounds", anchors)


def _flow_grounds(
    outlook: Outlook, place: str, flow: FlowForecast, names: Mapping[str, str]
) -> Line:
    """Of the flow: how many facts, whose definition, how much they say, which moves most, which
    events are assumed.
    """
    label = label_in(outlook, outlook.scenario.measure)
    fit = flow.fit_table()
    if fit.empty:
        size = "" if flow.market is None else " and on the size of the market"
        return f"{label}: no fact counts it; it rests on other markets{size} alone."
    own = int((fit["basis"] == flow.basis).sum())
    agency = agency_words(flow.basis)
    line: list[str | Link] = [
        f"{label}, {place_name(place)}: {plural(len(fit), 'fact')}, {own} counted by {agency}."
    ]
    first = flow.periods[0].label
    if flow.market is not None:
        share = f"{100 * float(flow.contraction().iloc[0]):.0f} %"
        line.append(
            f" They settle {share} of what would be uncertain about {first} without them; for the "
            "rest the forecast follows other markets."
        )
    events = len(outlook.scenario.drivers)
    after = phrase(" Then {} ahead.", events and plural(events, "assumed event"))
    moved = moves(flow)[first]
    moved = moved[moved.abs().between(LEAST, MOST_PERCENT)].sort_values(
        key=lambda by: -by.abs(), kind="stable"
    )
    if moved.empty:
        return [*line, after]
    for number, (fact, by) in enumerate(moved.head(MOST).items()):
        before = "; " if number else " What moves it most: "
        line += [before, mention(str(fact), names.get(str(fact), str(fact))), f" ({by:+.0f} %)"]
    return [*line, f".{after}"]


def _chain_grounds(outlook: Outlook) -> Iterator[tuple[str, str]]:
    """Of each step after the flow: what it is made of, and the assumptions that move it most, each
    with the medians where it alone is in its lowest or its highest tenth.
    """
    if outlook.demand is None:
        return
    inputs = outlook.demand.sensitivity
    for measure, parts in CHAIN.items():
        if measure == outlook.scenario.measure or measure not in outlook.results.values:
            continue
        rows = inputs[(inputs["output"] == measure) & (inputs["share"] >= LEAST_SHARE)]
        rows = rows.sort_values("swing", key=lambda swing: -swing.abs(), kind="stable").head(MOST)
        low = rows[["low", "high"]].min(axis=1)
        high = rows[["low", "high"]].max(axis=1)
        moved = "; ".join(
            f"{parameter_words(name)} ({amounts(least, most, measure)})"
            for name, least, most in zip(rows["input"], low, high, strict=True)
        )
        moving = phrase(" It is moved most by {}.", moved)
        made = parts.format(coming=REGISTERED.get(outlook.scenario.measure, COMING))
        yield measure, f"{label_in(outlook, measure)}: it follows from {made}.{moving}"


def counts_table(outlook: Outlook) -> Table:
    """Who counts electric cars: what each counts, its newest number, and how that compares with
    what is forecast.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        The newest number of each agency, of the longest of the last periods, in the unit of its
        measure; and in per cent of what the other facts lead one to expect of the same days.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("uzbekistan-baseline", draws=50)
    >>> list(fc.tables.counts_table(outlook).frame)
    ['who', 'forecast', 'what', 'counts', 'of', 'number', '% of expected', 'fact']
    """
    expected = outlook.fit_table().set_index("fact")["expected"].to_dict()
    if outlook.demand is not None:
        expected |= outlook.demand.balance.set_index("fact")["modelled"].to_dict()
    facts = outlook.facts.select(outlook.scenario.place, kind=("outcome", "estimate", "context"))
    counts = [fact for fact in facts if fact.measure in CAR_COUNTS and fact.is_amount]
    # Of counts of about the same days the longest is the newest
    counts.sort(key=lambda fact: fact.period.end.toordinal() + min(fact.period.days, 365))
    newest = {(fact.measure, fact.basis, fact.product): fact for fact in counts}
    bases = shipped_bases()
    chosen = {flow.basis: "yes" for flow in outlook.forecasts.values()}
    rows = [
        {
            "who": basis_name(fact.basis, fact.measure) or fact.source,
            "forecast": chosen.get(fact.basis, "–"),
            "what": label_of(fact.measure),
            "counts": getattr(bases.get(fact.basis), "counts", fact.product),
            "of": label_words(fact.period.label),
            "number": amount(fact.value, fact.measure),
            "% of expected": readable(100 * fact.value / expected.get(fact.id, np.nan)),
            "fact": fact.id,
        }
        for fact in newest.values()
        if fact.period.end <= outlook.as_of
    ]
    nothing = "Nobody has printed a count of electric cars."
    return rows_table(rows, caption=WHY_COUNTS_DIFFER, nothing=nothing)


def analogues_lines(outlook: Outlook) -> BulletList:
    """What markets at about this share did in the year after, and where the forecast departs from
    the market's own past.

    Parameters
    ----------
    outlook : Outlook
        As it was made from facts.

    Returns
    -------
    BulletList
        Sentences; none where the size of the market is not known.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.tables.analogues_lines(outlook).lines[0][:44]
    '34 market-years stood at about the share of '
    """
    forecast = outlook.forecast
    if forecast is None or forecast.market is None:
        return BulletList([])
    table = forecast.analogues()
    others = table.iloc[:-1]
    own = table.iloc[-1]
    where = f"{place_name(outlook.results.country)} in {own['year']}"
    rates = others["growth"].quantile([0.1, 0.5, 0.9]).tolist()
    rates += own[["growth", "low", "high", "before"]].tolist()
    low, middle, high, here, least, most, before = (percent(100 * rate) for rate in rates)
    lines = [
        f"{plural(len(others), 'market-year')} stood at about the share of {where}, "
        f"{readable(100 * own['share'])} % of new vehicles. In the year after they grew by {low} "
        f"to {high} (four in five of them), half of them by more than {middle}; this forecast says "
        f"{here} ({least} to {most})."
    ]
    if abs(own["growth"] - own["before"]) > DEPARTS:
        alike = readable(others["growth"].corr(others["before"], method="spearman"), 2)
        lines.append(
            f"It departs from the market's own past, {before} in {own['year']}: at one share, last "
            "year's growth says little of next year's (among these market-years their rank "
            f"correlation is {alike}; 0 is none, 1 a full one)."
        )
    return BulletList(lines)
