"""The command ``ev-forecast``: a thin shell over the package.

Exit status: 0 all is well, 1 some runs failed, 2 the input is wrong and nothing ran.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forecasting import __version__
from forecasting.errors import ForecastingError, InputError, shortened
from forecasting.fact_commands import (
    ANY_PATH,
    FACTS_PATH,
    OWN_FACTS,
    PUBLISHED,
    answer_to,
    claim,
    evidence,
    fact,
    fetch,
    known_facts,
    say,
)
from forecasting.names import PARAMS, REPORT_PAGE
from forecasting.narrow_help import HelpContext

if TYPE_CHECKING:
    import pandas as pd

    from forecasting.runs.progress import LogForm
    from forecasting.scenarios.check import Checked


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
CSV = click.option("--csv", type=ANY_PATH, help="Write the table to a file, too.")

START = (
    ("ev-forecast check", "are the ledger and ./params in order?"),
    ("ev-forecast run", "every scenario of ./params, to reports/index.html"),
    ("ev-forecast evidence --place UZ", "what was published, and where agencies disagree"),
)


def _status(error: ForecastingError) -> int:
    """The exit status of an error: the input is wrong, or a run has failed."""
    return 2 if isinstance(error, InputError) else 1


class _Group(click.Group):
    """Says on standard error what the package found wrong, without a traceback; its help fits the
    window.
    """

    context_class = HelpContext

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with the whole of its first sentence, then three to begin with."""
        names = self.list_commands(ctx)
        helps = [self.commands[name].get_short_help_str(limit=200) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(list(zip(names, helps, strict=True)))
        with formatter.section("To begin with"):
            formatter.write_dl(START)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; input that is wrong ends in 2, a run that failed in 1."""
        try:
            return super().invoke(ctx)
        except ForecastingError as error:
            message = str(error)
            if not getattr(error, "problems", ()):
                message = shortened(f"ev-forecast {ctx.invoked_subcommand}: {error}")
            click.echo(message, err=True)
            ctx.exit(_status(error))
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            message = str(error)
            if error.filename and error.strerror:
                message = f"{error.filename}: {error.strerror}"
            say(shortened(f"ev-forecast {ctx.invoked_subcommand}: {message}"), err=True)
            ctx.exit(2)
        except (MemoryError, ImportError) as error:
            # What the loader says of a library for which there is no room
            if isinstance(error, ImportError) and "failed to map" not in str(error):
                raise
            need = "1 GB does for a command, 500 MB more for each job of a run"
            say(f"ev-forecast {ctx.invoked_subcommand}: too little memory; {need}", err=True)
            ctx.exit(1)


@click.group(
    cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="ev-forecast")
def main() -> None:
    """Forecast young markets from published facts, and what they mean for charging."""
    # Where no answer could be read, or no file be found, nothing is begun
    if sys.stdout is None:
        raise InputError("standard output is closed; send it to a file or to /dev/null")
    try:
        os.getcwd()
    except FileNotFoundError:
        raise InputError("the working folder is gone; change to one that is there") from None


@main.command()
@click.argument("params", nargs=-1, type=ANY_PATH)
@click.option(
    "--out", default="reports", show_default=True, type=ANY_PATH, help="Folder of the reports."
)
@click.option(
    "--jobs", default=2, show_default=True, type=click.IntRange(min=1), help="Scenarios at a time."
)
@click.option("--force", is_flag=True, help="Run what is fresh, too.")
@click.option("--dry-run", is_flag=True, help="List what would run, and why; run nothing.")
@click.option(
    "--as-of",
    metavar="DATE",
    help="Use what was published by then, in place of the params' own day.",
)
@click.option(
    "--engine",
    type=click.Choice(["fork", "kernel"]),
    default="fork",
    show_default=True,
    help="Run notebooks in processes forked from one that has loaded everything, "
    "or in plain Jupyter kernels.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Dask scheduler to send the scenarios to, tcp://host:port.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Longest time of one cell.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=100),
    metavar="MB",
    help="Most memory of a scenario's process.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary for machines.")
@click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    help="Tell of each scenario on standard error: for people, or as a line of JSON. "
    "Default text, none with --json.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Days of earlier forecasts that stay in OUT/archive.",
)
@OWN_FACTS
@PUBLISHED
def run(
    params: tuple[Path, ...],
    as_of: str | None,
    as_json: bool,
    log: LogForm | None,
    beside: tuple[Path, ...],
    published: dt.date | None,
    **options: Any,
) -> None:
    """Turn params files into reports; with none given, those of ./params.

    A report is made again only if something that it depends on has changed. One scenario that fails
    does not stop the others: the index names it, and the exit status is 1.
    """
    from forecasting.periods import as_date
    from forecasting.runs.runner import run as run_all

    day = as_of and as_date(as_of).isoformat()
    shown = bool(log) or not as_json
    try:
        summary = run_all(
            params,
            as_of=day,
            ledger=beside,
            published=published,
            progress=shown,
            log=log or "text",
            **options,
        )
    except ForecastingError as error:
        if log == "json":
            from forecasting.runs.progress import write_event

            write_event("run", "refused", reason=str(error))
            raise click.exceptions.Exit(_status(error)) from error
        if isinstance(error, InputError) and (params or Path(PARAMS).exists()):
            # It says more, where the trouble is the params
            _check(params or (Path(PARAMS),), beside, published)
        raise
    say(summary.to_json() if as_json else str(summary))
    if not summary.ok:
        raise click.exceptions.Exit(1)


def _check(paths: Sequence[Path], beside: Sequence[Path], published: dt.date | None) -> Checked:
    """Check files, or raise every problem of all of them."""
    from forecasting.scenarios.check import check_paths

    checked = check_paths(paths, beside, published)
    if checked.problems:
        raise InputError(checked.problems)
    return checked


@main.command()
@click.argument("paths", nargs=-1, type=FACTS_PATH)
@OWN_FACTS
@PUBLISHED
def check(paths: tuple[Path, ...], beside: tuple[Path, ...], published: dt.date | None) -> None:
    """Check params files and ledgers; with none given, the ledger that ships and ./params.

    Every problem of every file is named at once, with line or key path and the nearest right name.
    Nothing is written and nothing in the files is run.
    """
    checked = _check(paths, beside, published)
    for caveat in checked.caveats:
        say(f"note: {caveat}")
    counts = {"scenario": checked.scenarios, "fact": checked.facts}
    words = [f"{n} {name}{'s' if n > 1 else ''}" for name, n in counts.items() if n]
    counted = ", ".join(words) or "no scenario and no fact"
    if checked.unused:
        say(f"{counted}; {checked.unused[-1]}")
    else:
        say(f"in order: {counted}")


@main.command()
@click.argument("country", default="")
@click.option(
    "--ledger",
    type=FACTS_PATH,
    metavar="FILE",
    help="A table of your own: what it cannot say is asked, and the report made.",
)
@click.option("--yes", is_flag=True, help="Take what is proposed, and say it.")
@PUBLISHED
@click.option(
    "--from",
    "workbook",
    type=FILE,
    metavar="FILE.xlsx",
    help="A workbook of `export --xlsx`: write what its yellow cells amount to.",
)
@click.option("--scenario", help="Name of the scenario; default baseline, of a workbook own.")
@click.option(
    "--out", default="params", show_default=True, type=ANY_PATH, help="Folder to write the file to."
)
def new(
    country: str,
    ledger: Path | None,
    workbook: Path | None,
    scenario: str | None,
    out: Path,
    **answers: Any,
) -> None:
    """Write a commented params file for COUNTRY: an ISO 3166 code or a name. Never overwrites.

    With --ledger it is a country of your own facts: the params file reads them, and runs at once.
    """
    from forecasting.evidence.files import write_new
    from forecasting.evidence.places import place_name
    from forecasting.parameters.naming import country_code, unsafe_name
    from forecasting.parameters.template import new_params

    if scenario and (why := unsafe_name(scenario)):
        raise InputError(f"the scenario's name {scenario[:100]!a} {why}; e.g. baseline")
    where = "this workbook"
    if ledger is not None:
        _new_of_table(country, ledger, scenario or "baseline", out, **answers)
        return
    if workbook is not None:
        from forecasting.scenarios.workbook_values import params_of_workbook

        name, text = params_of_workbook(workbook, scenario or "own", out)
    elif country:
        name, text = new_params(country, scenario or "baseline")
        where = place_name(country_code(country))
    else:
        raise click.UsageError("name a country, a table with --ledger, or a workbook with --from")
    path = out / name
    out.mkdir(parents=True, exist_ok=True)
    try:
        write_new(path, text.encode())
    except FileExistsError:
        raise InputError(
            f"{path} exists already; edit it, or give another name with --scenario"
        ) from None
    say(
        f"wrote {path} for {where}; it runs as it is: `ev-forecast run {path}`; "
        f"edit it, then `ev-forecast check {path}`"
    )


def _on_terminal() -> bool:
    return sys.stdin.isatty()


def _new_of_table(
    country: str, table: Path, scenario: str, out: Path, yes: bool, published: dt.date | None
) -> None:
    """Ask what a table cannot say, write the params file, and make the report."""
    from forecasting.runs.runner import run as run_all
    from forecasting.scenarios.new_country import NewCountry

    made = NewCountry(country, table, published)
    asked = not yes and _on_terminal()
    for question in made.questions():
        made.answers[question.key] = answer_to(question, asked)
    params = made.write(out, scenario)
    say(f"wrote {params}, which forecasts {made.flow or 'shares'}")
    for caveat in made.caveats:
        say(f"note: {caveat}")
    summary = run_all([params])
    say(str(summary))
    if not summary.ok:
        raise click.exceptions.Exit(1)
    say(f"the report is {summary.out}/{params.stem}/{REPORT_PAGE}; to change it, edit {params}")


@main.command(short_help="Score past forecasts of markets that you bring.")
@click.option(
    "--panel",
    type=FILE,
    required=True,
    help="Markets to forecast: IEA's Global EV Data, or columns market, year, sales_bev, "
    "sales_phev, sales_share_percent.",
)
@click.option(
    "--train",
    type=FILE,
    help="Markets to learn the prior from; default those of the panel, each left out in turn.",
)
@click.option(
    "--monthly",
    type=FILE,
    help="Forecast these markets from a year's total and a part of the next "
    "(market, month, bev, all_cars); growth is learned from the panel, the months' pattern from "
    "the others here.",
)
@click.option(
    "--peers",
    is_flag=True,
    help="Score other tools on the same markets; rules of thumb always are, with --monthly.",
)
@click.option("--chargers", is_flag=True, help="Score charging points in place of vehicles.")
@click.option(
    "--events",
    is_flag=True,
    help="Forecast the markets of --monthly four months before a privilege ended there, with and "
    "without its date.",
)
@click.option(
    "--policies", type=FILE, help="With --events: a table of policies in place of those that ship."
)
@CSV
def backtest(
    panel: Path,
    train: Path | None,
    monthly: Path | None,
    peers: bool,
    chargers: bool,
    events: bool,
    policies: Path | None,
    csv: Path | None,
) -> None:
    """Forecast markets from what was known then, and score the forecasts.

    The prior of a scored market is learned from other markets, in earlier years alone.
    """
    _refuse_together(monthly, train, peers, chargers, events, policies)
    if chargers:
        from forecasting.evaluation.chargers import backtest_chargers
        from forecasting.reporting.score_words import chargers_text

        scores = backtest_chargers(panel, train)
        say(chargers_text(scores))
    elif events and monthly is not None:
        from forecasting.evaluation.events import event_skill, summarise_events
        from forecasting.reporting.score_words import events_text

        scores = summarise_events(event_skill(panel, monthly, policies))
        say(events_text(scores))
    elif monthly is not None:
        from forecasting.evaluation.part_year import backtest_part_year
        from forecasting.reporting.score_words import part_year_text

        scores = backtest_part_year(panel, monthly, train)
        say(part_year_text(scores))
    else:
        from forecasting.evaluation.backtest import backtest as score
        from forecasting.reporting.score_words import backtest_text

        scores = score(panel, train, peers=peers)
        say(backtest_text(scores))
    _write_csv(scores, csv, index=not chargers)


def _refuse_together(
    monthly: Path | None,
    train: Path | None,
    peers: bool,
    chargers: bool,
    events: bool,
    policies: Path | None,
) -> None:
    """Refuse options of a backtest that do not go together."""
    if events and (monthly is None or peers or chargers or train):
        raise click.UsageError(
            "--events needs --panel and --monthly, and stands without --train, --peers and "
            "--chargers"
        )
    if policies and not events:
        raise click.UsageError("--policies needs --events")
    if chargers and (peers or monthly):
        raise click.UsageError(
            "--chargers stands alone: leave out --peers and --monthly, which are of vehicles"
        )


def _write_csv(table: pd.DataFrame, path: Path | None, index: bool) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        from forecasting.reporting.iamc import write_csv

        write_csv(table.reset_index() if index else table, path)
        say(f"wrote {path}")


@main.command(short_help="Set past forecasts beside what was published since.")
@click.argument("ledger", nargs=-1, type=FACTS_PATH)
@click.option("--place", help="Country, province or port: an ISO 3166 code or a name.")
@click.option(
    "--measure",
    help="Which measure, e.g. ev_imports; default electric vehicles, chargers and ports.",
)
@click.option(
    "--as-of", "days", metavar="DATE", multiple=True, help="Days to forecast on; default year ends."
)
@click.option(
    "--archive",
    type=ANY_PATH,
    metavar="DIR",
    help="Score the reports kept in a folder, as they were made.",
)
@CSV
@OWN_FACTS
def track_record(
    ledger: tuple[Path, ...],
    place: str | None,
    measure: str | None,
    days: tuple[str, ...],
    archive: Path | None,
    csv: Path | None,
    beside: tuple[Path, ...],
) -> None:
    """Set what would have been forecast on past days beside what was published later.

    Every forecast is made from the facts that were public on its day: those that ship, those of the
    place's baseline, or those of LEDGER files and params files. With --archive none is made: the
    outlook.parquet of earlier reports are read, such as `run` keeps in reports/archive.
    """
    if archive is not None:
        if place or measure or days:
            raise click.UsageError(
                "--archive stands without --place, --measure and --as-of: kept forecasts say theirs"
            )
        from forecasting.evaluation.archive import archive_record
        from forecasting.reporting.score_words import archive_text

        kept = archive_record(archive, known_facts(ledger, beside))
        say(archive_text(kept))
        _write_csv(kept.drop(columns=["basis", "outcome_basis", "fact", "facts"]), csv, index=False)
        return
    from forecasting.evaluation.ledger_record import RECORD_COLUMNS, ledger_record
    from forecasting.reporting.score_words import record_text

    record = ledger_record(known_facts(ledger, beside, place), days, place, measure)
    say(record_text(record))
    _write_csv(record[RECORD_COLUMNS], csv, index=False)


@main.command()
@click.argument("out", default="reports", type=ANY_PATH)
def status(out: Path) -> None:
    """What ran into the folder OUT, what failed, and how old each report is.

    The exit status is 1 where the last run of a scenario failed.
    """
    from forecasting.reporting.labels import plural
    from forecasting.runs.output.overview import report_ages

    rows = report_ages(out, dt.datetime.now(dt.UTC))
    say("\n".join(f"{state:6} {name}: {age}" for state, name, age in rows))
    failed = [name for state, name, _ in rows if state == "failed"]
    say(f"{plural(len(rows), 'scenario')}, {len(failed)} failed")
    if failed:
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("report", type=ANY_PATH)
@click.option("--xlsx", type=ANY_PATH, help="Write an Excel workbook.")
@click.option(
    "--iamc", type=ANY_PATH, help="Write the results in the IAMC format (CSV), as pyam reads it."
)
@click.option("--csv", type=ANY_PATH, help="Write the results as one long table (CSV).")
@click.option(
    "--hourly", type=ANY_PATH, help="Write 8,760 hours of charging load of the last year (CSV, MW)."
)
@click.option(
    "--pdf", type=ANY_PATH, help="Print the page, through an installed Chromium or Chrome."
)
@click.option("--brief", is_flag=True, help="With --pdf: print the brief alone, two pages.")
@click.option(
    "--docx",
    type=ANY_PATH,
    help="Write a Word document: summary, tables, figures, numbered sources.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option(
    "--template", type=FILE, help="With --docx: a Word document whose styles are used, .docx."
)
def export(
    report: Path, force: bool, brief: bool, template: Path | None, **files: Path | None
) -> None:
    """Export the folder of one REPORT, e.g. reports/uzbekistan-baseline."""
    from forecasting.reporting.exports import export_report

    if brief and files["pdf"] is None:
        raise click.UsageError("--brief goes with --pdf FILE")
    if template and files["docx"] is None:
        raise click.UsageError("--template goes with --docx FILE")

    wanted = {form: path for form, path in files.items() if path is not None}
    if not wanted:
        raise click.UsageError(
            "nothing to write; give " + ", ".join(f"--{form} FILE" for form in files)
        )
    written = export_report(report, wanted, brief=brief, template=template, force=force)
    say("\n".join(f"wrote {path}" for path in written))


for command in (evidence, fact, fetch, claim):
    main.add_command(command)
for command in main.commands.values():
    command.context_class = HelpContext


if __name__ == "__main__":
    main()
