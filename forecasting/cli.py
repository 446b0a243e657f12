"""The command ``ev-forecast``: a thin shell over the package.

Exit status: 0 all is well, 1 some runs failed, 2 the input is wrong and nothing ran.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forecasting import __version__
from forecasting.errors import ForecastingError, InputError, shortened

if TYPE_CHECKING:
    import pandas as pd

    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.check import Checked

__all__ = ["main"]


class _AnyPath(click.Path):
    """A path, as it was given; an empty one would be taken for the folder that one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse what is empty."""
        if not str(value).strip():
            self.fail("is empty: give a path", param, ctx)
        return super().convert(value, param, ctx)


ANY_PATH = _AnyPath(path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

OWN_FACTS = click.option(
    "--ledger", "beside", multiple=True, type=ANY_PATH, metavar="FILE", help="Facts of your own beside those that ship."
)

START = """\b
ev-forecast check                     are the ledger and ./params in order?
ev-forecast run                       every scenario of ./params, to reports/index.html
ev-forecast evidence --place UZ       what was published, and where agencies disagree
"""


class _Group(click.Group):
    """Says on standard error what the package found wrong, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; input that is wrong ends in 2, a run that failed in 1."""
        try:
            return super().invoke(ctx)
        except ForecastingError as error:
            said = shortened(f"ev-forecast {ctx.invoked_subcommand}: {error}") if _one_line(error) else str(error)
            click.echo(said, err=True)
            ctx.exit(2 if isinstance(error, InputError) else 1)
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            click.echo(shortened(f"ev-forecast {ctx.invoked_subcommand}: {error}"), err=True)
            ctx.exit(2)


def _one_line(error: ForecastingError) -> bool:
    return not getattr(error, "problems", ())


@click.group(
    cls=_Group, epilog=START, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="ev-forecast")
def main() -> None:
    """Forecast young markets from published facts, and what they mean for charging."""


@main.command()
@click.argument("params", nargs=-1, type=ANY_PATH)
@click.option("--out", default="reports", show_default=True, type=ANY_PATH, help="Folder of the reports.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(min=1), help="Scenarios at a time.")
@click.option("--force", is_flag=True, help="Run what is fresh, too.")
@click.option("--dry-run", is_flag=True, help="List what would run, and why; run nothing.")
@click.option("--as-of", metavar="DATE", help="Use what was published by then, in place of the params' own day.")
@click.option(
    "--engine",
    type=click.Choice(["fork", "kernel"]),
    default="fork",
    show_default=True,
    help="Run notebooks in processes forked from a warm one, or in plain Jupyter kernels.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler to send the scenarios to, tcp://host:port.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Longest time of one cell."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary for machines.")
@OWN_FACTS
def run(params: tuple[Path, ...], as_of: str | None, as_json: bool, beside: tuple[Path, ...], **options: Any) -> None:
    """Turn params files into reports; with none given, those of ./params.

    A report is made again only if something that it depends on has changed. One scenario that fails does not stop the
    others: the index names it, and the exit status is 1.
    """
    from forecasting.periods import as_date
    from forecasting.runs.runner import run as run_all

    day = None if as_of is None else as_date(as_of).isoformat()
    try:
        summary = run_all(params, as_of=day, progress=not as_json, ledger=beside, **options)
    except InputError:
        _check(params or (Path("params"),), beside)  # says more, where the trouble is the params
        raise
    click.echo(summary.to_json() if as_json else str(summary))
    if not summary.ok:
        raise click.exceptions.Exit(1)


def _check(paths: Sequence[Path], beside: Sequence[Path] = ()) -> Checked:
    """Check files, or raise every problem of all of them."""
    from forecasting.scenarios.check import check_paths

    checked = check_paths(paths, beside)
    if checked.problems:
        raise InputError(checked.problems)
    return checked


@main.command()
@click.argument("paths", nargs=-1, type=ANY_PATH)
@OWN_FACTS
def check(paths: tuple[Path, ...], beside: tuple[Path, ...]) -> None:
    """Check params files and ledgers; with none given, the ledger that ships and ./params.

    Every problem of every file is named at once, with line or key path and the nearest right name. Nothing is written
    and nothing in the files is run.
    """
    checked = _check(paths, beside)
    for note in checked.notes:
        click.echo(f"note: {note}")
    counts = {"scenario": checked.scenarios, "fact": checked.facts}
    found = [f"{count} {what}{'s' if count > 1 else ''}" for what, count in counts.items() if count]
    click.echo(f"in order: {', '.join(found) or 'no scenario and no fact'}")


@main.command()
@click.argument("country")
@click.option("--scenario", default="baseline", show_default=True, help="Name of the scenario.")
@click.option("--out", default="params", show_default=True, type=ANY_PATH, help="Folder to write the file to.")
def new(country: str, scenario: str, out: Path) -> None:
    """Write a commented params file for COUNTRY: an ISO 3166 code or a name. Never overwrites."""
    from forecasting.parameters.naming import unsafe_name
    from forecasting.parameters.template import new_params

    if why := unsafe_name(scenario):
        raise InputError(f"the scenario's name {scenario[:100]!a} {why}; e.g. baseline")
    name, text = new_params(country, scenario)
    path = out / name
    out.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path} exists already; edit it, or give another name with --scenario") from None
    click.echo(f"wrote {path}; it runs as it is: `ev-forecast run {path}`; edit it, then `ev-forecast check {path}`")


@main.command()
@click.argument("ledger", nargs=-1, type=ANY_PATH)
@click.option("--place", help="Country, province or port: an ISO 3166 code or a name.")
@click.option("--measure", help="What is counted, e.g. ev_imports.")
@click.option("--as-of", metavar="DATE", help="Only what was published by then.")
@click.option("--conflicts", is_flag=True, help="Only facts that disagree, side by side.")
@OWN_FACTS
def evidence(
    ledger: tuple[Path, ...],
    place: str | None,
    measure: str | None,
    as_of: str | None,
    conflicts: bool,
    beside: tuple[Path, ...],
) -> None:
    """List facts with their sources: those that ship, or those of LEDGER files."""
    known = _ledger(ledger, beside)
    chosen = known.select(place, measure, partner=None, as_of=as_of)
    if not conflicts:
        _list(chosen, known)
        return
    from forecasting.evidence.reconcile import conflicts as find_conflicts

    found = find_conflicts(chosen)
    for said, why in zip(found["sentence"], found["why"], strict=True):
        click.echo(f"{said} [{why}]")
    click.echo(f"{len(found)} conflicts")


def _ledger(instead: tuple[Path, ...], beside: tuple[Path, ...]) -> Ledger:
    """The facts that ship or, instead of them, those of some files; and beside them those of others."""
    from forecasting.evidence.datasets import facts_of

    return facts_of([*map(str, instead), *map(str, beside)], shipped=not instead)


def _list(facts: Ledger, known: Ledger) -> None:
    for fact in facts:
        where = f"{fact.source}, {fact.published or 'no date'} {fact.url}".rstrip()
        click.echo(f"{fact.id}\n    {fact} [{fact.kind}]\n    {where}")
    click.echo(f"{len(facts)} facts")
    if not len(facts):
        click.echo("the ledger tells of")
        for place, measures in known.frame.groupby("place")["measure"].unique().items():
            click.echo(f"    {place}: {', '.join(sorted(measures))}")


@main.command(short_help="Score past forecasts of markets that you bring.")
@click.option(
    "--panel",
    type=FILE,
    required=True,
    help="Markets to forecast: IEA's Global EV Data, or columns market, year, sales_bev, sales_phev, "
    "sales_share_percent.",
)
@click.option(
    "--train", type=FILE, help="Markets to learn the prior from; default those of the panel, each left out in turn."
)
@click.option(
    "--monthly",
    type=FILE,
    help="Forecast these markets from a year's total and a part of the next (market, month, bev, all_cars); "
    "growth is learned from the panel, the months' pattern from the others here.",
)
@click.option(
    "--peers", is_flag=True, help="Score other tools on the same markets; rules of thumb always are, with --monthly."
)
@click.option("--chargers", is_flag=True, help="Score charging points in place of vehicles.")
@click.option("--csv", type=ANY_PATH, help="Write the scores to a file, too.")
def backtest(
    panel: Path, train: Path | None, monthly: Path | None, peers: bool, chargers: bool, csv: Path | None
) -> None:
    """Forecast markets from what was known then, and score the forecasts.

    A market that is scored teaches nothing to its own forecast, and no year after it does.
    """
    if chargers and (peers or monthly):
        raise click.UsageError("--chargers stands alone: leave out --peers and --monthly, which are of vehicles")
    if chargers:
        from forecasting.evaluation.chargers import backtest_chargers, score_text

        scores = backtest_chargers(panel, train)
        click.echo(score_text(scores))
    elif monthly is not None:
        from forecasting.evaluation.part_year import backtest_part_year, part_year_text

        scores = backtest_part_year(panel, monthly, train)
        click.echo(part_year_text(scores))
    else:
        from forecasting.evaluation.backtest import backtest as score
        from forecasting.evaluation.backtest import score_text as text

        scores = score(panel, train, peers=peers)
        click.echo(text(scores))
    _write_csv(scores, csv, index=not chargers)


def _write_csv(table: pd.DataFrame, path: Path | None, index: bool) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=index)
        click.echo(f"wrote {path}")


@main.command(short_help="Set past forecasts beside what was published since.")
@click.argument("ledger", nargs=-1, type=ANY_PATH)
@click.option("--place", help="Country, province or port: an ISO 3166 code or a name.")
@click.option("--measure", help="Which measure, e.g. ev_imports; default electric vehicles, chargers and ports.")
@click.option("--as-of", "days", metavar="DATE", multiple=True, help="Days to forecast on; default year ends.")
@click.option("--csv", type=ANY_PATH, help="Write the table to a file, too.")
@OWN_FACTS
def track_record(
    ledger: tuple[Path, ...],
    place: str | None,
    measure: str | None,
    days: tuple[str, ...],
    csv: Path | None,
    beside: tuple[Path, ...],
) -> None:
    """Set what would have been forecast on past days beside what was published later.

    Every forecast is made from the facts that were public on its day: those that ship, or those of LEDGER files.
    """
    from forecasting.evaluation.ledger_record import TOLD, ledger_record, record_text

    record = ledger_record(_ledger(ledger, beside), days, place, measure)
    click.echo(record_text(record))
    _write_csv(record[TOLD], csv, index=False)


@main.command()
@click.argument("place")
@click.argument("measure")
@click.argument("period")
@click.argument("value", type=float)
@click.option("--as-of", metavar="DATE", help="Day of the forecast; default the newest fact of the flow.")
@OWN_FACTS
def claim(beside: tuple[Path, ...], **said: Any) -> None:
    """Say where somebody's number lies in the forecast, and what growth it takes: claim UZ ev_imports 2030 200000."""
    from forecasting.evaluation.claim import claim_of

    click.echo(claim_of(_ledger((), beside), **said).sentence)


@main.command()
@click.argument("report", type=ANY_PATH)
@click.option("--xlsx", type=ANY_PATH, help="Write an Excel workbook.")
@click.option("--iamc", type=ANY_PATH, help="Write the results in the IAMC format (CSV), as pyam reads it.")
@click.option("--csv", type=ANY_PATH, help="Write the results as one long table (CSV).")
@click.option("--hourly", type=ANY_PATH, help="Write 8,760 hours of charging load of the last year (CSV, MW).")
@click.option("--pdf", type=ANY_PATH, help="Print the page, through an installed Chromium or Chrome.")
@click.option("--docx", type=ANY_PATH, help="Write a Word document: summary, tables, figures, numbered sources.")
def export(report: Path, **files: Path | None) -> None:
    """Export the folder of one REPORT, e.g. reports/uzbekistan-baseline."""
    from forecasting.reporting.exports import export_report

    wanted = {form: path for form, path in files.items() if path is not None}
    if not wanted:
        raise click.UsageError("nothing to write; give " + ", ".join(f"--{form} FILE" for form in files))
    click.echo("\n".join(f"wrote {path}" for path in export_report(report, wanted)))


FACT_COLUMNS = ("place", "measure", "value", "relation", "quantity", "partner", "product", "basis", "kind", "published",
                "source", "url", "quote", "note", "id", "reference")  # fmt: skip


def _column_options(command: Callable[..., None]) -> Callable[..., None]:
    for name in reversed(FACT_COLUMNS):
        command = click.option(f"--{name}", default="", help=f"The fact's {name}.")(command)
    return command


@main.command(short_help="Append one more fact to a ledger.")
@click.argument("ledger", type=ANY_PATH)
@click.option("--text", default="", help="A sentence of the press: facts are proposed from it.")
@click.option("--period", default="", help="E.g. 2023, 2023-04, 2023Q1, 2023-01-01/2023-04-30.")
@_column_options
@click.option("--yes", is_flag=True, help="Append what is proposed and sure, without asking.")
def fact(ledger: Path, text: str, period: str, yes: bool, **columns: str) -> None:
    """Check one fact and append it to LEDGER, a file of your own; what is not given is asked for.

    With --text, facts are proposed from a sentence, in English or Russian, with what may be wrong with each; numerals
    of Uzbek and Chinese are read, too. Nothing is appended unless you say so.
    """
    from forecasting.evidence.append import append_fact

    given = {name: cell for name, cell in columns.items() if cell}
    for cells in _chosen(text, period, given, yes) if text else [_asked(period, given)]:
        click.echo(f"appended {append_fact(ledger, cells)} to {ledger}")


def _asked(period: str, given: dict[str, str]) -> dict[str, str]:
    """The columns of one fact: those given, and the needed others as the user answers."""
    from forecasting.evidence.own_tables import period_columns

    needed = [name for name in ("place", "measure", "value") if name not in given and "reference" not in given]
    missing = [*needed, *([] if period else ["period"])]
    if missing and not sys.stdin.isatty():
        raise InputError(f"a fact needs {', '.join(f'--{name}' for name in missing)}; or give a sentence with --text")
    answers = {name: click.prompt(name) for name in missing}
    period = answers.pop("period", period)
    cells = {"relation": "equals"} | given | answers
    return cells | period_columns(period, cells["measure"], cells.get("quantity", ""))


def _chosen(text: str, period: str, given: dict[str, str], yes: bool) -> list[dict[str, str]]:
    """Those of the facts that a sentence may hold which the user takes, or which are sure."""
    from forecasting.evidence.own_tables import period_of
    from forecasting.evidence.press import propose_facts as propose
    from forecasting.evidence.press import quoted
    from forecasting.evidence.rules import publication

    published = publication(given.get("published", ""))
    day = published.end if published else None
    found = propose(text, day, given.get("place", ""), given.get("measure", ""), period_of(period) if period else None)
    for number, proposal in enumerate(found, start=1):
        cells = {key: cell for key, cell in proposal.cells.items() if key != "rounding"}
        click.echo(
            f"{number}. {'sure' if proposal.sure else 'unsure'}: {', '.join(f'{k} {v}' for k, v in cells.items())}"
        )
        for doubt in proposal.doubts:
            click.echo(f"     {doubt}")
    if not found:
        raise InputError("the text holds no number that counts something; give the fact by --value and the others")
    if yes or not sys.stdin.isatty():
        taken = [number for number, proposal in enumerate(found, start=1) if proposal.sure and yes]
        if not taken:
            click.echo("nothing appended" + ("; --yes appends what is sure" if not yes else ": nothing is sure"))
    else:
        answer = click.prompt("Append which? Numbers, or nothing", default="", show_default=False)
        taken = [int(part) for part in answer.replace(",", " ").split() if part.isdecimal() and int(part) <= len(found)]
    return [{"quote": quoted(text)} | found[number - 1].cells | given for number in taken]
