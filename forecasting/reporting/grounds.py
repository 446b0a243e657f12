"""What a report's numbers rest on, and which facts do not fit the others, in words."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forecasting.evidence.bases import agency_words, basis_words
from forecasting.evidence.places import place_name
from forecasting.reporting.caveat_words import lines_of
from forecasting.reporting.citations import LEAST, fact_name, mention
from forecasting.reporting.labels import amounts, interval, label_of, parameter_words, readable

if TYPE_CHECKING:
    from forecasting.growth.flow import FlowForecast
    from forecasting.scenarios.outlook import Outlook

DOUBTED = 0.2  # probability of being wrong from which a fact is mentioned
MOST = 3  # facts and assumptions named of each number
# Of the variance, from which an assumption is named: below that chance alone may have sorted it
LEAST_SHARE = 0.02
CHAIN = {
    "ev_registrations": "vehicles imported, less those that leave again, plus those built in the country",
    "ev_stock": "vehicles imported, less those that leave again, plus those built in the country, as their cohorts age",
    "energy_gwh": "the vehicles on the road, how far they drive and what they take",
    "peak_mw": "the energy, and the hours at which vehicles charge",
    "charging_points_need": "the energy that is charged in public, and how busy a point can be",
    "charging_points_practice": "the vehicles on the road, the points that stand, and what other markets built",
    "charging_points_standard": "the vehicles on the road, and the rule",
    "investment_usd": "the points needed by place of charging, and what each costs with its connection",
    "power_share_percent": "the electricity for vehicles, and that of the country",
    "peak_share_percent": "the charging load, and the country's highest",
    "oil_avoided_t": "the vehicles on the road, how far they drive, and what a like vehicle burns",
    "co2_avoided_t": "the fuel avoided, and how the country's electricity is made",
}


@dataclass(frozen=True)
class Paragraphs:
    """Paragraphs with a place in the page that numbers lead to.

    Parameters
    ----------
    rows : tuple of tuple of str
        The anchor, the text, and the same as HTML.
    caveats : bool
        Whether they are caveats.
    """

    rows: tuple[tuple[str, str, str], ...]
    caveats: bool = False

    def __repr__(self) -> str:
        return "\n".join(f"- {text}" for _, text, _ in self.rows)

    def _repr_html_(self) -> str:
        items = "".join(
            f'<li id="{anchor}">{made}</li>' if anchor else f"<li>{made}</li>"
            for anchor, _, made in self.rows
        )
        return f'<ul class="{"fc-caveats" if self.caveats else "fc-grounds"}">{items}</ul>'


def doubts(outlook: Outlook) -> Iterator[tuple[str, str]]:
    """The facts that the others contradict: what was printed, what the others say, and what it
    does; text and HTML.

    Parameters
    ----------
    outlook : Outlook
        Made from facts; one that was read from files tells of none.
    """
    names = _names(outlook)
    for flow in outlook.baseline_forecasts.values():
        fit = flow.fit_table()
        rows: list[Any] = list(
            fit[fit["doubted"] > DOUBTED].sort_values("doubted", ascending=False).itertuples()
        )
        for row in rows:
            name = names.get(row.fact, f"{row.printed}{basis_words(', {}', row.basis)}")
            ends, wrong = interval(row.low, row.high), f"{100 * row.doubted:.0f} %"
            said = f" does not fit the other facts, which lead one to expect {ends}. It is taken to be wrong with a "
            said += f"probability of {wrong}{_effect(flow, row.fact)}."
            yield name + said, mention(row.fact, name) + html.escape(said)


def caveats(outlook: Outlook) -> Paragraphs:
    """What a reader must know before the numbers: what disagrees and what that does, caveats, the
    scenario's notes.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    """
    doubtful = list(doubts(outlook))
    others = [
        caveat
        for caveat in outlook.caveats
        if caveat != outlook.age and not (doubtful and caveat.kind == "disagrees")
    ]
    lines = [*lines_of(others), *outlook.scenario.notes]
    rows = [("", text, made) for text, made in doubtful]
    rows += [("", line, html.escape(line)) for line in lines]
    nothing = (
        "",
        "Nothing to hold against these numbers.",
        "Nothing to hold against these numbers.",
    )
    return Paragraphs(tuple(rows or [nothing]), caveats=True)


def _effect(flow: FlowForecast, fact: str) -> str:
    """What a fact does to the first year's forecast."""
    moves = flow.influence()
    period = flow.periods[0].label
    row = moves[(moves["fact"] == fact) & (moves["period"] == period)]
    if row.empty:
        return ""
    change, without = float(row["change_percent"].iloc[0]), float(row["without"].iloc[0])
    if abs(change) < LEAST:
        return f"; the forecast of {period} would be the same without it"
    side = "lower" if change > 0 else "higher"
    return f"; without it the forecast of {period} would be {readable(without)}, {abs(change):.0f} % {side}"


def _names(outlook: Outlook) -> dict[str, str]:
    return (
        {fact.id: fact_name(fact) for fact in outlook.evidence}
        if outlook.evidence is not None
        else {}
    )


def grounds(outlook: Outlook) -> Paragraphs:
    """What each number of the first screen rests on; the numbers are links to these paragraphs.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    """
    names = _names(outlook)
    rows = [
        _flow_grounds(outlook, place, flow, names)
        for place, flow in outlook.baseline_forecasts.items()
    ]
    return Paragraphs((*rows, *_chain_grounds(outlook)))


def _flow_grounds(
    outlook: Outlook, place: str, flow: FlowForecast, names: dict[str, str]
) -> tuple[str, str, str]:
    """Of the flow: how many facts, whose definition, how much they say, which moves most, which
    events are assumed.
    """
    measure, fit, anchor = (
        outlook.scenario.measure,
        flow.fit_table(),
        f"grounds-{outlook.scenario.measure}",
    )
    if fit.empty:
        size = "" if flow.market is None else " and on the size of the market"
        said = f"{label_of(measure)}: no fact counts it; it rests on other markets{size} alone."
        return anchor, said, html.escape(said)
    own, first = int((fit["basis"] == flow.basis).sum()), flow.periods[0].label
    said = f"{label_of(measure)}, {place_name(place)}: {len(fit)} facts, {own} counted by {agency_words(flow.basis)}."
    if flow.market is not None:
        share = f"{100 * float(flow.contraction().iloc[0]):.0f} %"
        said += f" They take away {share} of what is not known of {first}; the rest is what other markets did."
    events = len(outlook.scenario.drivers)
    after = (
        f" Then {events} assumed {'event' if events == 1 else 'events'} ahead." if events else ""
    )
    moves = flow.influence()
    moves = moves[(moves["period"] == first) & (moves["change_percent"].abs() >= LEAST)].head(MOST)
    most = [(str(row.fact), f" ({row.change_percent:+.0f} %)") for row in moves.itertuples()]
    if most:
        said += " What moves it most: "
        after = f".{after}"
    text = "; ".join(names.get(fact, fact) + by for fact, by in most)
    made = "; ".join(mention(fact, names.get(fact, fact)) + by for fact, by in most)
    return anchor, said + text + after, html.escape(said) + made + after


def _chain_grounds(outlook: Outlook) -> Iterator[tuple[str, str, str]]:
    """Of each step after the flow: what it is made of, and the assumptions that it hangs on most."""
    if outlook.demand is None:
        return
    inputs: list[Any] = list(outlook.demand.sensitivity.itertuples())
    for measure in CHAIN:
        if measure == outlook.scenario.measure or measure not in outlook.results.values:
            continue
        mine = [row for row in inputs if row.output == measure and row.share >= LEAST_SHARE]
        named = sorted(mine, key=lambda row: -abs(row.swing))[:MOST]
        ends = [amounts(min(row.low, row.high), max(row.low, row.high), measure) for row in named]
        hangs = "; ".join(
            f"{parameter_words(row.input)} ({words})"
            for row, words in zip(named, ends, strict=True)
        )
        said = f"{label_of(measure)}: made of {CHAIN[measure]}."
        said += (
            f" It hangs most on {hangs}: its median where each is in its lowest or highest tenth."
            if hangs
            else ""
        )
        yield f"grounds-{measure}", said, html.escape(said)
