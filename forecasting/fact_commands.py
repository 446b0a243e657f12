"""The commands on facts: list them, append one, and set somebody's number beside the forecast."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forecasting.errors import InputError, visible
from forecasting.names import FETCH_ADDRESS_VARIABLE
from forecasting.parameters.naming import PARAMS_ENDINGS

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.evidence.press import Proposal
    from forecasting.scenarios.new_country import Question


def say(text: str, err: bool = False) -> None:
    """Print, without what a terminal would act on: a ledger or a params file may hold anything."""
    click.echo(visible(text), err=err)


class _AnyPath(click.Path):
    """A path, as it was given; an empty one would be taken for the folder that one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse what is empty."""
        if not str(value).strip():
            self.fail("is empty: give a path", param, ctx)
        return super().convert(value, param, ctx)


class _FactsPath(_AnyPath):
    """A file of facts; an address on the network would lose a slash as a path, and be looked for
    here.
    """

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse what is an address."""
        if "://" in str(value):
            self.fail(
                f"{value} is a network address, and nothing is fetched unasked: save the file here",
                param,
                ctx,
            )
        return super().convert(value, param, ctx)


def _number(text: str) -> float:
    from forecasting.evidence.printed_numbers import printed_number

    number = printed_number(text)
    if number is None:
        raise click.BadParameter(f"{text!r} is not a number")
    return number


ANY_PATH = _AnyPath(path_type=Path)
FACTS_PATH = _FactsPath(path_type=Path)
OWN_FACTS = click.option(
    "--ledger",
    "beside",
    multiple=True,
    type=FACTS_PATH,
    metavar="FILE",
    help="Facts of your own beside those that ship.",
)


def _day_of_publication(text: str) -> dt.date:
    """The last day of the day, month or year that is given."""
    from forecasting.evidence.rules import publication

    if span := publication(text.strip()):
        return span.end
    raise click.BadParameter("is empty: give a day, month or year")


PUBLISHED = click.option(
    "--published",
    type=_day_of_publication,
    metavar="DATE",
    help="Since when those of your own facts are known that have no date of publication.",
)


@click.command()
@click.argument("ledger", nargs=-1, type=FACTS_PATH)
@click.option("--place", help="Country, province or port: an ISO 3166 code or a name.")
@click.option("--measure", help="What is counted, e.g. ev_imports.")
@click.option("--as-of", metavar="DATE", help="Only what was published by then.")
@click.option("--conflicts", is_flag=True, help="Only facts that disagree, side by side.")
@click.option(
    "--sources", is_flag=True, help="Instead, the assumptions of charging that no page shows."
)
@OWN_FACTS
def evidence(
    ledger: tuple[Path, ...],
    place: str | None,
    measure: str | None,
    as_of: str | None,
    conflicts: bool,
    sources: bool,
    beside: tuple[Path, ...],
) -> None:
    """List facts with their sources: those of a place's baseline, or those of LEDGER files.

    LEDGER may be a params file, too: then the facts that its scenario may use.
    """
    if sources:
        _list_judgements()
        return
    known = known_facts(ledger, beside, place)
    chosen = known.select(place, measure, partner=None, as_of=as_of)
    if not conflicts:
        _list(chosen, known)
        return
    from forecasting.evidence.reconcile import conflicts as find_conflicts

    table = find_conflicts(chosen)
    for sentence, why in zip(table["sentence"], table["why"], strict=True):
        say(f"{sentence} [{why}]")
    say(f"{len(table)} conflicts")


def _list_judgements() -> None:
    """The assumptions that ship without a page that shows a number of theirs."""
    from forecasting.demand.parameters import load_parameters

    rows = load_parameters().rows
    judged = [row for row in rows if not row.url]
    for row in judged:
        where = f", {row.place}" if row.place else ""
        say(f"{row.key}{where}: {row.low:g}, {row.mode:g}, {row.high:g} {row.unit}\n    {row.note}")
    shown = len(rows) - len(judged)
    say(f"{len(judged)} of {len(rows)} assumptions are judgements; a page shows {shown}")


def known_facts(
    instead: Sequence[Path], beside: Sequence[Path], place: str | None = None
) -> Ledger:
    """The facts that a question rests on.

    Parameters
    ----------
    instead : sequence of Path
        Ledgers, or params files: what their scenarios read.
    beside : sequence of Path
        Further ledgers.
    place : str, optional
        Without `instead`, what the baseline of this place reads; default the facts that ship.
    """
    from forecasting.evidence.datasets import facts_of

    params = [path for path in instead if path.suffix.lower() in PARAMS_ENDINGS]
    ledgers = [str(path) for path in (*instead, *beside) if path not in params]
    if not params and (instead or place is None):
        return facts_of(ledgers, shipped=not instead)
    from forecasting.scenarios.known import facts_of_place, facts_of_scenario
    from forecasting.scenarios.question import find_scenario

    scenarios = [facts_of_scenario(find_scenario(path)) for path in params]
    ledgers_read = scenarios or [facts_of_place(place or "")]
    return ledgers_read[0].concat(*ledgers_read[1:], facts_of(ledgers, shipped=False))


def _list(facts: Ledger, known: Ledger) -> None:
    for fact in facts:
        where = f"{fact.source}, {fact.published or 'no date'} {fact.url}".rstrip()
        say(f"{fact.id}\n    {fact} [{fact.kind}]\n    {where}")
    say(f"{len(facts)} facts")
    if not len(facts):
        say("the ledger tells of")
        for place, measures in known.frame.groupby("place")["measure"].unique().items():
            say(f"    {place}: {', '.join(sorted(measures))}")


@click.command()
@click.argument("place")
@click.argument("measure")
@click.argument("period")
@click.argument("value", type=_number)
@click.option("--as-of", metavar="DATE", help="Day of the forecast; default the scenario's own.")
@click.option(
    "--params",
    type=ANY_PATH,
    metavar="FILE",
    help="The scenario that is asked: a params file, or a name; default the place's baseline.",
)
@OWN_FACTS
def claim(beside: tuple[Path, ...], **question: Any) -> None:
    """Say where somebody's number lies in the forecast, and what growth it takes: claim UZ
    ev_imports 2030 200,000.
    """
    from forecasting.evaluation.claim import claim_of
    from forecasting.evidence.datasets import facts_of
    from forecasting.reporting.caveat_words import age_today
    from forecasting.reporting.score_words import claim_text

    own = facts_of([*map(str, beside)], shipped=False)
    answer = claim_of(ledger=own, **question)
    say(f"{claim_text(answer)}\n{age_today(answer.made.age, dt.date.today())}")


FETCHED = """\b
comtrade   vehicles that China exported to a country, by month (HS 8703.80 and its neighbours);
           COMTRADE_SUBSCRIPTION_KEY in the environment holds a key, without one it is a preview
iea        sales, stocks and public charging points, by year
worldbank  population and gross domestic product, by year
"""


@click.command(short_help="Propose rows from a public source, for review.", epilog=FETCHED)
@click.argument("source", type=click.Choice(["comtrade", "iea", "worldbank"]))
@click.option(
    "--place",
    default="",
    help="Country: an ISO 3166 code or a name; default the five of Central Asia.",
)
@click.option("--since", type=int, metavar="YEAR", help="First year.")
@click.option(
    "--out",
    type=ANY_PATH,
    metavar="FILE",
    help="A new file for the rows; default proposed-SOURCE.csv.",
)
@click.option(
    "--address",
    default="",
    envvar=FETCH_ADDRESS_VARIABLE,
    show_envvar=True,
    help="Another server of the same interface, over https or on this machine.",
)
def fetch(**question: Any) -> None:
    """Ask SOURCE for its numbers, and write the rows that they would make in a ledger to a file of
    their own.

    Nothing is added to a ledger, and no file is written over. What came within a day is not asked
    for again, so that a fetch that broke off goes on where it stopped.
    """
    from forecasting.evidence.sources.fetching import fetch as propose

    say(str(propose(**question)))


# Of a proposal
SHOWN = ("place", "measure", "quantity", "relation", "value", "period_start", "period_end", "kind")
FACT_COLUMNS = (
    "place", "measure", "value", "relation", "quantity", "partner", "product", "basis", "kind",
    "published", "source", "url", "quote", "note", "id", "reference",
)  # fmt: skip


def _column_options(command: Callable[..., None]) -> Callable[..., None]:
    for name in reversed(FACT_COLUMNS):
        command = click.option(f"--{name}", default="", help=f"The fact's {name}.")(command)
    return command


@click.command(short_help="Append one more fact to a ledger.")
@click.argument("ledger", type=FACTS_PATH)
@click.option("--text", default="", help="A sentence of the press: facts are proposed from it.")
@click.option("--period", default="", help="E.g. 2023, 2023-04, 2023Q1, 2023-01-01/2023-04-30.")
@_column_options
@click.option("--yes", is_flag=True, help="Append what is proposed and sure, without asking.")
def fact(ledger: Path, text: str, period: str, yes: bool, **columns: str) -> None:
    """Check one fact and append it to LEDGER, a file of your own; what is not given is asked for.

    With --text, facts are proposed from a sentence, in English or Russian, with what may be wrong
    with each; numerals of Uzbek and Chinese are read, too. Nothing is appended unless you say so.
    """
    from forecasting.evidence.checking import append_fact
    from forecasting.evidence.rules import normalise, parts_of_a_count

    known = {name: cell for name, cell in columns.items() if cell}
    for cells in _proposed(text, period, known, yes) if text else [_asked(period, known)]:
        say(f"appended {append_fact(ledger, cells)} to {ledger}")
        if doubt := parts_of_a_count(normalise(cells)):
            say(f"     {doubt}")
        if not cells.get("published"):
            say(
                "     it has no date of publication, and is never used without one: "
                "give --published, or fill it in"
            )


def _asked(period: str, known: dict[str, str]) -> dict[str, str]:
    """The columns of one fact: those known, and the needed others as the user answers."""
    from forecasting.evidence.printed_periods import period_cells, period_of
    from forecasting.quantities import on_a_day

    needed = ("place", "measure", "value")
    missing = [name for name in needed if not {name, "reference"} & known.keys()]
    if not period:
        missing.append("period")
    if missing and not sys.stdin.isatty():
        options = ", ".join(f"--{name}" for name in missing)
        raise InputError(f"a fact needs {options}; or give a sentence with --text")
    answers = {name: click.prompt(name) for name in missing}
    period = answers.pop("period", period)
    cells = {"relation": "equals"} | known | answers
    since = "/" in period or ".." in period
    one_day = on_a_day(cells["measure"], cells.get("quantity", ""), since)
    return cells | period_cells(period_of(period), one_day)


def answer_to(question: Question, asked: bool) -> str:
    """The answer of who sits at the terminal, else what is proposed, which is said."""
    because = f" ({question.because})" if question.because else ""
    if not asked:
        if not question.proposed:
            hint = "say it in the name of a column, or answer on a terminal"
            raise InputError(f"{question.asks} Nothing says it: {hint}")
        say(f"{question.asks} {question.proposed}{because}")
        return question.read(question.proposed)
    while True:
        answer = click.prompt(f"{question.asks}{because}", default=question.proposed or None)
        try:
            return question.read(answer)
        except InputError as error:
            say(str(error))


def _proposed(text: str, period: str, known: dict[str, str], yes: bool) -> list[dict[str, str]]:
    """Those of the facts that a sentence may hold which the user takes, or which are sure."""
    from forecasting.evidence.press import propose_facts, quoted
    from forecasting.evidence.printed_periods import period_of
    from forecasting.evidence.rules import publication

    published = publication(known.get("published", ""))
    proposals = propose_facts(
        text,
        published.end if published else None,
        known.get("place", ""),
        known.get("measure", ""),
        period_of(period) if period else None,
    )
    if not proposals:
        raise InputError(
            "the text holds no number that counts something; "
            "give the fact by --value and the others"
        )
    _list_proposals(proposals)
    quote = {"quote": quoted(text)}
    return [quote | proposal.cells | known for proposal in _taken(proposals, yes)]


def _list_proposals(proposals: list[Proposal]) -> None:
    """Proposals as a table, and below it what may be wrong with each."""
    rows = [["", "", *SHOWN]]
    for number, proposal in enumerate(proposals, start=1):
        verdict = "sure" if proposal.sure else "unsure"
        rows.append([f"{number}.", verdict, *(proposal.cells.get(name, "-") for name in SHOWN)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(map(str.ljust, row, widths)).rstrip())
    for number, proposal in enumerate(proposals, start=1):
        for doubt in proposal.doubts:
            say(f"{number}. {doubt}")


def _taken(proposals: list[Proposal], yes: bool) -> list[Proposal]:
    """The proposals that the user takes, asked one by one; those that are sure where he said so
    before.
    """
    if not yes and sys.stdin.isatty():
        numbered = enumerate(proposals, start=1)
        return [one for n, one in numbered if click.confirm(f"Append {n}?", default=one.sure)]
    if not yes:
        say("nothing appended; --yes appends what is sure")
        return []
    sure = [proposal for proposal in proposals if proposal.sure]
    if not sure:
        say("nothing appended: nothing is sure")
    return sure
