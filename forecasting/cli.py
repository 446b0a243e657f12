"""The command ``ev-forecast``: a thin shell over the package.

Exit status: 0 all is well, 1 some runs failed, 2 the input is wrong and nothing ran; 130 after
Ctrl-C, 143 after SIGTERM, 129 after SIGHUP.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click import UsageError, argument, option
from click.exceptions import Exit

from forecasting import __version__
from forecasting.runs.endings import (
    STOPS,
    Stop,
    name_of_stop,
    signal_handlers,
    status_of_stop,
    with_remedy,
)
from forecasting.vocabulary.arguments import other_languages
from forecasting.vocabulary.catalogues import ENGLISH, written_in
from forecasting.vocabulary.errors import (
    ForecastingError,
    InputError,
    shortened,
    visible,
)
from forecasting.vocabulary.files import allowing, fault_of_place, refuse_existing, write_asked
from forecasting.vocabulary.names import (
    CHAIN_ASIDE,
    FETCH_ADDRESS_VARIABLE,
    PARAMS,
    REPORT_PAGE,
    REPORTS,
)
from forecasting.vocabulary.sentences import Term, plural, sentence

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.reading.press import PressProposal
    from forecasting.reading.questions import Question
    from forecasting.runs.output.result import LogForm
    from forecasting.scenarios.new_country import NewCountry


Paths = tuple[Path, ...]


AS_JSON = "--json"
NO_BREAK = "\u00a0"  # between the digits of a number in some languages


def _is_for_programs() -> bool:
    """Whether the command was asked for JSON."""
    context = click.get_current_context(silent=True)
    return context is not None and context.meta.get(AS_JSON, False)


def say(text: str) -> None:
    """Print for people, without what a terminal would act on: a ledger or a params file may hold
    anything.
    """
    if not _is_for_programs():
        _print(NO_BREAK.join(map(visible, text.split(NO_BREAK))))


def answer(words: str, **figures: Any) -> None:
    """Print what a command was asked: words for people, of which some may have been said before,
    and with --json the figures as one document.
    """
    if not _is_for_programs():
        if words:
            say(words)
        return
    from forecasting.writers.json_text import json_text

    _print(json_text(figures))


def _print(text: str) -> None:
    """Where standard output takes no more, the exit status is 1: something has been done, and 2
    would say that nothing was.
    """
    try:
        click.echo(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        # Python would try once more at its end, and exit with a status of its own
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        click.echo(f"ev-forecast: standard output: {error.strerror}", err=True)
        raise Exit(1) from error


class _QuietStream(io.TextIOWrapper):
    """Standard error that leaves out what its disk or its reader does not take."""

    def write(self, text: str) -> int:
        """Write what can be written."""
        with contextlib.suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what can be handed on."""
        with contextlib.suppress(OSError):
            super().flush()


def _settle_streams() -> None:
    """Have no run fail for want of a standard error: a report is worth more than its log."""
    stream = sys.stderr
    if stream is None:
        # The next file that is opened would take its number, and get what processes print
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    elif isinstance(stream, io.TextIOWrapper) and stream is sys.__stderr__:
        sys.stderr = _QuietStream(
            stream.buffer, stream.encoding, "backslashreplace", line_buffering=True
        )


def path(text: str) -> Path:
    """Where something is or shall be: a script that passes an empty name has no name for it."""
    if not text.strip() or "\0" in text:
        raise click.BadParameter(f"{text!r} is empty or no name: give a path")
    return Path(text)


def facts_path(text: str) -> Path:
    """Where facts are: an address reads as a path whose two slashes are one, and nothing is
    fetched unasked.
    """
    if "://" in text:
        raise click.BadParameter(
            f"{text} is a network address, and nothing is fetched unasked: save the file here"
        )
    return path(text)


# What commands say of scenarios and facts; each is one message with named places
SCENARIOS_COUNTED = ("{} scenario", "{:,} scenarios")
SCENARIOS_OF_OUT = ("{} scenario, {failed} failed", "{:,} scenarios, {failed} failed")
KEPT_FILES = ("{} file", "{:,} files")
MENDED = "the record holds {files}[, the last {last}][whole?; nothing was to be mended]"
KEPT = "the answers so far are kept in {file}, and are proposed the next time"
SET_ASIDE = "moved {file} to {folder}/{file}: it does not follow from the files that stay"
FACTS_COUNTED = ("{} fact", "{:,} facts")
STOPPED = (
    "stopped by {signal}[; {kept}][whole?; what it said it wrote is kept, and no file is half "
    "written]"
)
CHECKED = "[order?in order: ]{counts}[; {unused}]"
WRITTEN = (
    "wrote {path} for [{place}][workbook?this workbook]; it runs as it is: "
    "`ev-forecast run {path}`; edit it, then `ev-forecast check {path}`"
)
ASKED = "{question}[ {answer}][ ({reasons})]"
YOUR_CHOICE = "Your choice (? explains)"
NOTHING_MORE = "there is nothing more to say of it"
FIRST_QUESTION = "this is the first question"
FORECASTS = "wrote {params}, which forecasts [{flow}][shares?shares]"
NOTE = "note: {line}"
REPORT_IS = "the report is {page}; to change it, edit {params}"
RUN_AGAIN = "to run it again: ev-forecast run {params} --allow {folder}"
TELLS_OF = "the ledger tells of"
JUDGED_COUNT = "{judged} of {all} assumptions are judgements; a page shows {shown}"
SOURCE_OF_FACT = "[{source}, ][{published}][undated?no date][ {url}]"
ASSUMPTION = "{key}[, {place}]: {low:g}, {mode:g}, {high:g} {unit}\n    {note}"

OWN_FACTS = option(
    "--ledger",
    multiple=True,
    type=facts_path,
    metavar="FILE",
    help="Facts of your own beside those that ship.",
)


def _written_in(ctx: click.Context, _: click.Parameter, code: str) -> None:
    ctx.with_resource(_answering_in(*other_languages([code]) or (ENGLISH,)))


@contextlib.contextmanager
def _answering_in(code: str) -> Iterator[None]:
    """Answer in a language; where its catalogue is not whole, a line on standard error says so."""
    with written_in(code) as chosen:
        yield
    if (note := chosen.note()) and not _is_for_programs():
        click.echo(note, err=True)


LANGUAGE_OPTION = option(
    "--language",
    metavar="CODE",
    default=ENGLISH,
    expose_value=False,
    callback=_written_in,
    help="Answer in this language, e.g. ru; errors stay in English.",
)


def _day_of_publication(text: str) -> dt.date:
    """The last day of the day, month or year that is given."""
    from forecasting.evidence.rules import publication

    if span := publication(text.strip()):
        return span.end
    raise click.BadParameter("is empty: give a day, month or year")


def _allowed(ctx: click.Context, _: click.Parameter, folders: Paths) -> None:
    ctx.with_resource(allowing(folders))


ALLOW = option(
    "--allow",
    multiple=True,
    type=path,
    metavar="FOLDER",
    expose_value=False,
    callback=_allowed,
    help="A folder whose tables params files may read, beside this one and their own.",
)
PUBLISHED = option(
    "--published",
    type=_day_of_publication,
    metavar="DATE",
    help="Since when those of your own facts are known that have no date of publication.",
)


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PLACE_OPTION = option("--place", help="Country, province or port: an ISO 3166 code or a name.")
CSV = option("--csv", type=path, help="Write the table to a file, too.")
FORCE = option("--force", is_flag=True, help="With --csv: replace a file that is there.")


def _options(words: dict[str, str], **same: Any) -> Callable[[Callable[..., None]], Any]:
    """An option of each name, with what it means; the last decorator stands first in the help."""

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        for name in reversed(words):
            command = option(f"--{name}", help=words[name], **same)(command)
        return command

    return decorated


START = (
    ("ev-forecast check", "are the ledger and ./params in order?"),
    ("ev-forecast run", "every scenario of ./params, to reports/index.html"),
    ("ev-forecast evidence --place UZ", "what was published, and where agencies disagree"),
)


def _words_of_stop(stop: Stop) -> str:
    """What ended a command, and what is kept."""
    notes = "; ".join(getattr(stop, "__notes__", ()))
    return sentence(STOPPED, signal=name_of_stop(stop), kept=notes, whole=not notes)


def _status(error: ForecastingError) -> int:
    """The exit status of an error: the input is wrong, or a run has failed."""
    return 2 if isinstance(error, InputError) else 1


# What each command is called with, the last line of its help
EXAMPLES = {
    "run": "run params/uzbekistan-*.yaml --out reports",
    "check": "check params/norway-baseline.yaml my_facts.csv",
    "new": "new NO --ledger sales.xlsx",
    "example": "example colombia.csv",
    "backtest": "backtest --panel sales.csv --peers",
    "track-record": "track-record --place UZ --measure ev_imports",
    "mend": "mend record",
    "status": "status reports",
    "export": "export reports/uzbekistan-baseline --pdf brief.pdf --brief",
    "evidence": "evidence --place UZ --measure ev_imports --conflicts",
    "claim": "claim UZ ev_imports 2030 150000",
    "fact": 'fact my_facts.csv --text "Norway sold 9,180 electric cars in May 2026"',
}


class _Group(click.Group):
    """Says on standard error what the package found wrong, without a traceback."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with the whole of its first sentence, then three to begin with."""
        names = self.list_commands(ctx)
        helps = [(name, self.commands[name].get_short_help_str(limit=200)) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(helps)
        with formatter.section("To begin with"):
            formatter.write_dl(START, col_max=34)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, which can answer in JSON."""
        words = "Print the answer, or what is wrong, as JSON."
        cmd.params.append(click.Option([AS_JSON], is_flag=True, expose_value=False, help=words))
        super().add_command(cmd, name)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Know whether JSON is asked for before a wrong option is met."""
        is_asked = AS_JSON in args
        context = super().make_context(info_name, args, parent, **extra)
        context.meta[AS_JSON] = is_asked
        return context

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command, whose help ends in an example."""
        command = super().get_command(ctx, name)
        if command is not None and command.epilog is None:
            command.epilog = f"Example: ev-forecast {EXAMPLES[name]}"
        return command

    def main(self, *args: Any, **options: Any) -> Any:
        """Run as a program."""
        _settle_streams()
        # Tables make many objects and hardly a circle; to look for circles took a twentieth
        gc.set_threshold(200_000)
        return super().main(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what a signal ends, Ctrl-C among them, ends in 128 and its number."""
        try:
            with signal_handlers():
                return self._invoke_checked(ctx)
        except click.Abort as error:  # the answers have an end, or one was Ctrl-C
            if not isinstance(error.__context__, KeyboardInterrupt):
                raise
            self._stop(ctx, error.__context__)
        except STOPS as stop:
            if status_of_stop(stop) <= 128:
                raise
            self._stop(ctx, stop)

    def _stop(self, ctx: click.Context, stop: Stop) -> NoReturn:
        self._fail(ctx, stop, status_of_stop(stop), _words_of_stop(stop))

    def _invoke_checked(self, ctx: click.Context) -> Any:
        """Run a command; input that is wrong ends in 2, a run that failed in 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except UsageError as error:
            if not _is_for_programs():
                raise
            message = f"{error.format_message().rstrip('.')}; see ev-forecast --help"
            self._fail(ctx, error, error.exit_code, message)
        except ForecastingError as error:
            self._fail(ctx, error, _status(error), str(error))
        except OSError as error:
            parts = filter(None, (error.filename, error.strerror))
            message = with_remedy(": ".join(map(str, parts)) or str(error))
            self._fail(ctx, error, 2, message)
        except (MemoryError, ImportError) as error:
            # What the loader says of a library for which there is no room
            if isinstance(error, ImportError) and "failed to map" not in str(error):
                raise
            message = (
                "too little memory; 1 GB does for a command, 500 MB more for each job of a run"
            )
            self._fail(ctx, error, 1, message)

    def _fail(
        self, ctx: click.Context, error: BaseException, status: int, message: str
    ) -> NoReturn:
        """Say what went wrong on standard error, and end."""
        if _is_for_programs():
            from forecasting.writers.json_text import error_text

            text = error_text(ctx.invoked_subcommand, status, message, error)
        elif getattr(error, "problems", ()):  # each says where it is
            text = message
        else:
            text = shortened(f"ev-forecast {ctx.invoked_subcommand}: {message}")
        click.echo(text, err=True)
        raise Exit(status)


@click.group(
    cls=_Group,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "show_default": True,
    },
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
@argument("params", nargs=-1, type=path)
@option("--out", default=REPORTS, type=path, help="Folder of the reports.")
@option("--jobs", default=2, type=click.IntRange(min=1), help="Scenarios at a time.")
@_options(
    {"force": "Run what is fresh, too.", "dry-run": "List what would run, and why; run nothing."},
    is_flag=True,
)
@option(
    "--as-of",
    metavar="DATE",
    help="Use what was published by then, in place of the params' own day.",
)
@option(
    "--engine",
    type=click.Choice(["fork", "kernel"]),
    default="fork",
    help="Run notebooks in processes forked from one that has loaded everything, "
    "or in plain Jupyter kernels.",
)
@option(
    "--scheduler",
    metavar="ADDRESS|FILE",
    help="Dask scheduler to send the scenarios to: tcp://host:port, or the file that it writes.",
)
@option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Longest time of one cell.",
)
@option(
    "--memory",
    type=click.IntRange(min=100),
    metavar="MB",
    help="Most memory of a scenario's process.",
)
@option(
    "--log",
    type=click.Choice(["text", "json"]),
    help="Tell of each scenario on standard error: for people, or as a line of JSON. "
    "Default text, none with --json.",
)
@option(
    "--keep",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Days of earlier forecasts that stay in OUT/archive.",
)
@option(
    "--keep-record",
    type=path,
    metavar="FOLDER",
    help="Add today's forecasts to a record that others can check.",
)
@option(
    "--language",
    metavar="CODE",
    multiple=True,
    help="Write every report in this language, too, e.g. ru: report.ru.html beside report.html.",
)
@OWN_FACTS
@PUBLISHED
@ALLOW
def run(
    params: Paths,
    as_of: str | None,
    log: LogForm | None,
    ledger: Paths,
    published: dt.date | None,
    **options: Any,
) -> None:
    """Turn params files into reports; with none given, those of ./params.

    A report is made again only if something that it depends on has changed. One scenario that fails
    does not stop the others: the index names it, and the exit status is 1.
    """
    from forecasting.runs.runner import run as run_all
    from forecasting.vocabulary.periods import as_date

    day = as_date(as_of).isoformat() if as_of else None
    is_visible = bool(log) or not _is_for_programs()
    try:
        summary = run_all(
            params,
            as_of=day,
            ledger=ledger,
            published=published,
            progress=is_visible,
            log=log or "text",
            **options,
        )
    except ForecastingError as error:
        if log == "json":
            from forecasting.runs.output.result import write_event

            write_event("run", "refused", reason=str(error))
            if not _is_for_programs():
                raise Exit(_status(error)) from error
        if isinstance(error, InputError) and (params or Path(PARAMS).exists()):
            # It says more, where the trouble is the params
            from forecasting.scenarios.check import check_paths

            check_paths(params or (Path(PARAMS),), ledger, published)
        raise
    except STOPS as stop:
        if log == "json":
            from forecasting.runs.output.result import write_event

            write_event("run", "stopped", reason=_words_of_stop(stop))
        raise
    with contextlib.suppress(Exit):  # the status is that of the reports
        answer(str(summary), **summary.to_dict())
    if not summary.ok:
        raise Exit(1)


@main.command()
@argument("paths", nargs=-1, type=facts_path)
@OWN_FACTS
@PUBLISHED
@ALLOW
def check(paths: Paths, ledger: Paths, published: dt.date | None) -> None:
    """Check params files and ledgers; with none given, the ledger that ships and ./params.

    Every problem of every file is named at once, with line or key path and the nearest right name.
    Nothing is written and nothing in the files is run.
    """
    from forecasting.scenarios.check import check_paths

    checked = check_paths(paths, ledger, published)
    # What is refused needs none of it
    from forecasting.reporting.caveat_words import lines_of, words_of

    notes = [*lines_of(checked.caveats)]
    for line in notes:
        say(f"note: {line}")
    numbers = ((checked.scenarios, SCENARIOS_COUNTED), (checked.facts, FACTS_COUNTED))
    counts = [plural(number, *forms) for number, forms in numbers if number]
    unused = checked.unused and words_of(checked.unused[-1])
    words = ", ".join(counts) or "no scenario and no fact"
    answer(
        sentence(CHECKED, order=not unused, counts=words, unused=unused),
        files=checked.files,
        scenarios=checked.scenarios,
        facts=checked.facts,
        notes=notes,
        facts_unused=bool(unused),
    )


@main.command()
@argument("country", default="")
@option(
    "--ledger",
    type=facts_path,
    metavar="FILE",
    help="A table of your own: what it cannot say is asked, and the report made.",
)
@option(
    "--sheet",
    "sheets",
    multiple=True,
    metavar="NAME",
    help="Which sheet of a workbook; may be given for several.",
)
@option(
    "--answers",
    "answers_file",
    type=FILE,
    metavar="FILE",
    help="What is answered already; default NAME.mapping.yaml beside the table.",
)
@option("--yes", is_flag=True, help="Take what is certain, and refuse what is not.")
@PUBLISHED
@option(
    "--from",
    "workbook",
    type=FILE,
    metavar="FILE.xlsx",
    help="A workbook of `export --xlsx`: write what its yellow cells amount to.",
)
@option("--scenario", help="Name of the scenario; default baseline, of a workbook own.")
@option("--out", "folder", default="params", type=path, help="Folder to write the file to.")
@LANGUAGE_OPTION
def new(
    country: str,
    ledger: Path | None,
    workbook: Path | None,
    scenario: str | None,
    folder: Path,
    **answers: Any,
) -> None:
    """Write a commented params file for COUNTRY: an ISO 3166 code or a name. Never overwrites.

    With --ledger it is a country of your own facts: the params file reads them, and runs at once.
    """
    from forecasting.parameters.naming import country_code, unsafe_name
    from forecasting.parameters.writing import new_params, write_params
    from forecasting.vocabulary.places import place_name

    if scenario and (why := unsafe_name(scenario, f"the scenario's name {scenario[:100]!a}")):
        raise InputError(f"{why}; e.g. baseline")
    place: str = ""
    if ledger is not None:
        _new_of_table(country, ledger, scenario or "baseline", folder, **answers)
        return
    if workbook is not None:
        from forecasting.scenarios.workbook_values import params_of_workbook

        name, text = params_of_workbook(workbook, scenario or "own", folder)
    elif country:
        name, text = new_params(country, scenario or "baseline")
        code = country_code(country)
        place = Term(place_name(code), f"place {code}")
    else:
        raise UsageError("name a country, a table with --ledger, or a workbook with --from")
    path = folder / name
    write_params(path, text)
    words = sentence(WRITTEN, path=path, place=place, workbook=workbook)
    answer(words, params=path, place=place, workbook=workbook)


@main.command()
@argument("name", default="")
def example(name: str) -> None:
    """Write a file to begin with: a table, a notebook, a params file, a schedule. Never overwrites.

    Without NAME the files are listed. Each is written to where the other commands look for it.
    """
    from forecasting.runs.plan import shipped_files, write_example

    names = [str(write_example(name))] if name else [*shipped_files()]
    answer("\n".join(names) if not name else f"{name} is written", examples=names)


def _on_terminal() -> bool:
    return sys.stdin.isatty() and not _is_for_programs()


def _ask(country: NewCountry) -> None:
    """Ask all questions; where that breaks off, name the file that holds the answers so far."""
    try:
        _ask_each(country)
    except (click.Abort, ForecastingError, *STOPS):
        if file := country.kept_file:
            words = sentence(KEPT, file=file)
            with contextlib.suppress(OSError):  # a terminal that is closed
                click.echo(f"\n{visible(words)}", err=True)
        raise


def _ask_each(country: NewCountry) -> None:
    """Ask each question until it is answered: Enter takes the proposal, ``?`` explains, ``back``
    goes one question back.
    """
    answered_keys: list[str] = []
    question_lines: tuple[str, ...] = ()
    while question := country.waiting():
        question_lines = _show_question(question, question_lines)
        words = f"{question.asks}" if not question.choices else sentence(YOUR_CHOICE)
        proposed = _proposed(question)
        text = click.prompt(words, default=proposed, show_default=bool(proposed))
        if text.strip() == "?":
            say(question.explained or question.reason or sentence(NOTHING_MORE))
            continue
        if text.strip().lower() == "back":
            if answered_keys:
                country.take_back(answered_keys.pop())
            else:
                say(sentence(FIRST_QUESTION))
            question_lines = ()
            continue
        try:
            country.give(question, text)
        except InputError as error:
            say(str(error))
            continue
        answered_keys.append(question.key)
        country.keep()


def _proposed(question: Question) -> str:
    """The proposed answer as it is shown: of a list its number."""
    values = [*question.choices]
    if question.proposed in values:
        return str(values.index(question.proposed) + 1)
    return question.proposed


def _show_question(question: Question, earlier_lines: tuple[str, ...]) -> tuple[str, ...]:
    """Show a question with its choices, once until it is answered."""
    lines = [*question.picture, _question_words(question)]
    for number, (value, words) in enumerate(question.choices.items(), start=1):
        name = "" if value.startswith("{") else value
        lines.append(sentence("{number:>4}  [{name}][ - {words}]", number=number,
                              name=name, words=words).replace("   - ", "  "))  # fmt: skip
    if tuple(lines) != earlier_lines:
        for line in lines if question.choices else ():
            say(line)
    return tuple(lines)


def _question_words(question: Question, answer: str = "") -> str:
    """A question, with its answer and why that is proposed."""
    from forecasting.reporting.caveat_words import size_words

    reasons = "; ".join(filter(None, [size_words(question.origin), question.reason]))
    return sentence(ASKED, question=question.asks, answer=answer, reasons=reasons)


def _take_proposals(country: NewCountry) -> None:
    """Answer each question as it is proposed, and tell how."""
    while question := country.waiting():
        if not question.proposed:
            raise InputError.at(
                question.asks, "Nothing says it for certain", "answer on a terminal"
            )
        country.give(question, question.proposed)
        for line in question.picture or [_question_words(question, question.proposed)]:
            say(line)


def _show_table(country: NewCountry) -> None:
    """The sheets of a table that is asked about, as they stand."""
    from forecasting.reporting.table_picture import picture_of

    for sheet in country.sheets():
        for line in picture_of(country.path.name, sheet):
            say(line)


def _new_of_table(
    country: str,
    table: Path,
    scenario: str,
    folder: Path,
    yes: bool,
    published: dt.date | None,
    sheets: tuple[str, ...],
    answers_file: Path | None,
) -> None:
    """Show a table, ask what it cannot say, write the params file, make the report."""
    from forecasting.reading.answers import read_answers
    from forecasting.scenarios.new_country import NewCountry

    answers = None if answers_file is None else read_answers(answers_file)
    new_country = NewCountry(country, table, published, answers, sheets)
    _show_table(new_country)
    if yes or not _on_terminal():
        new_country.check_certain()
        _take_proposals(new_country)
    else:
        _ask(new_country)
    # A table that is refused needs none of what forecasts
    from forecasting.reporting.caveat_words import lines_of
    from forecasting.runs.runner import run as run_all

    params = new_country.write(folder, scenario)
    flow = new_country.flow
    say(sentence(FORECASTS, params=params, flow=flow, shares=not flow))
    notes = [*lines_of(new_country.caveats)]
    for line in notes:
        say(sentence(NOTE, line=line))
    with written_in(ENGLISH):  # as a run of it would be
        summary = run_all([params], allow=[table.parent])
    page = f"{summary.folder}/{params.stem}/{REPORT_PAGE}"
    answer(str(summary), params=params, flow=flow, notes=notes, page=page, run=summary.to_dict())
    if not summary.ok:
        raise Exit(1)
    say(sentence(REPORT_IS, page=page, params=params))
    if fault_of_place(table, folder)[0]:
        say(sentence(RUN_AGAIN, params=params, folder=table.parent))


@main.command(short_help="Score past forecasts of markets that you bring.")
@option(
    "--panel",
    type=FILE,
    help="Markets to forecast: IEA's Global EV Data, or columns market, year, sales_bev, "
    "sales_phev, sales_share_percent.",
)
@_options(
    {
        "train": "Markets to learn the prior from; default those of the panel, each left out in "
        "turn.",
        "monthly": "Forecast these markets from a year's total and a part of the next "
        "(market, month, bev, all_cars); growth is learned from the panel, the months' pattern "
        "from the others here.",
        "registers": "In place of a panel: imports and registers (place, measure, period_start, "
        "period_end, relation, value), to forecast what of the imports is registered.",
    },
    type=FILE,
)
@_options(
    {
        "peers": "Score other tools on the same markets; rules of thumb always are, with "
        "--monthly.",
        "chargers": "Score charging points in place of vehicles.",
        "chain": "Tell markets their sales alone, and set the cars on the road and the public "
        "points that follow beside what stands.",
        "quotas": "Forecast when artificial quotas in the markets of --monthly are used up.",
        "events": "Forecast the markets of --monthly four months before a privilege ended there, "
        "with and without its date.",
    },
    is_flag=True,
)
@option(
    "--policies", type=FILE, help="With --events: a table of policies in place of those that ship."
)
@option(
    "--scheduler",
    metavar="ADDRESS|FILE",
    help="Dask scheduler whose workers forecast: tcp://host:port, or the file that it writes.",
)
@CSV
@FORCE
def backtest(csv: Path | None, force: bool, **options: Any) -> None:
    """Forecast markets from what was known then, and score the forecasts.

    The prior of a scored market is learned from other markets, in earlier years alone.
    """
    from forecasting.evaluation.records import RECORDS
    from forecasting.runs.workers.cluster import grid

    options_set = {name for name, value in options.items() if value}
    kind = next((name for name in RECORDS if name in options_set), "panel")
    record = RECORDS[kind]
    if record.of_panel and "panel" not in options_set:
        raise UsageError("Missing option '--panel'")
    if missing := {*record.required} - options_set:
        raise UsageError(f"--{kind} needs --panel and --{', --'.join(sorted(missing))}")
    inputs = ("panel", *record.inputs) if record.of_panel else record.inputs
    accepted = {kind, *inputs, *record.implied}
    if "mapped" in accepted:
        accepted.add("scheduler")
    for name in sorted(options_set - accepted):
        raise UsageError(f"--{name} does not go with --{kind}")
    if csv is not None:
        refuse_existing(csv, force)
    with grid(options["scheduler"]) as mapped:
        arguments = options | {"mapped": mapped}
        _tell_scores(kind, csv, **{name: arguments[name] for name in inputs})


def _tell_scores(kind: str, path: Path | None, **inputs: Any) -> None:
    """Make a record, sum it up in words, and write its table where that is asked for."""
    from forecasting.evaluation.records import RECORDS
    from forecasting.reporting.score_words import WORDS_OF_RECORD

    record = RECORDS[kind]
    summary, table = record.scores(**inputs)
    rows = summary.reset_index() if record.summary else table
    answer(WORDS_OF_RECORD[kind](summary), record=kind, rows=rows.to_dict("records"), csv=path)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        from forecasting.writers.sheets import csv_bytes

        write_asked(path, csv_bytes(table))
        say(f"wrote {path}")


@main.command(short_help="Set past forecasts beside what was published since.")
@argument("files", nargs=-1, type=facts_path, metavar="[LEDGER]...")
@PLACE_OPTION
@option(
    "--measure",
    help="Which measure, e.g. ev_imports; default electric vehicles, chargers and ports.",
)
@option("--as-of", metavar="DATE", multiple=True, help="Days to forecast on; default year ends.")
@option(
    "--archive",
    type=path,
    metavar="DIR",
    help="Score the reports kept in a folder, as they were made.",
)
@CSV
@FORCE
@OWN_FACTS
def track_record(
    files: Paths,
    ledger: Paths,
    archive: Path | None,
    csv: Path | None,
    force: bool,
    place: str | None,
    **question: Any,
) -> None:
    """Set what would have been forecast on past days beside what was published later.

    Every forecast is made from the facts that were public on its day: those that ship, those of the
    place's baseline, or those of LEDGER files and params files. With --archive none is made: the
    outlook.parquet of earlier reports are read, such as `run` keeps in reports/archive, or the
    record of `run --keep-record`, which is checked first.
    """
    if csv is not None:
        refuse_existing(csv, force)
    from forecasting.scenarios.facts_on_day import facts_of_files

    facts = facts_of_files(files, ledger, None if archive else place)
    if archive is None:
        question |= {"place": place}
    elif place or any(question.values()):
        raise UsageError(
            "--archive stands without --place, --measure and --as-of: kept forecasts say theirs"
        )
    else:
        question = {"folder": archive}
    _tell_scores("archive" if archive else "ledger", csv, ledger=facts, **question)


@main.command()
@argument("reports", metavar="[OUT]", default=REPORTS, type=path)
@LANGUAGE_OPTION
def status(reports: Path) -> None:
    """What ran into the folder OUT, what failed, and how old each report is.

    The exit status is 1 where the last run of a scenario failed.
    """
    from forecasting.runs.output.result import report_ages

    rows = report_ages(reports, dt.datetime.now(dt.UTC))
    lines = [f"{Term(row.status, 'status'):6} {row.name}: {row.age}" for row in rows]
    failed = [row.name for row in rows if row.status == "failed"]
    counts = plural(len(rows), *SCENARIOS_OF_OUT, failed=len(failed))
    answer("\n".join([*lines, counts]), scenarios=[row._asdict() for row in rows], failed=failed)
    if failed:
        raise Exit(1)


@main.command(short_help="Mend a record of forecasts to which two runs wrote at once.")
@argument("folder", type=path)
def mend(folder: Path) -> None:
    """Set aside the files of the record FOLDER that do not follow from its others.

    Files that SHA256SUMS lists stay, and those that follow from them. The others are moved to
    FOLDER/set-aside as they are, and are no longer scored. No file is changed, and none is removed.
    """
    from forecasting.evaluation.forecast_chain import mend_chain

    chain, moved_files = mend_chain(folder)
    for file in moved_files:
        say(sentence(SET_ASIDE, file=file, folder=CHAIN_ASIDE))
    newest_file = chain[-1].file if chain else ""
    words = sentence(
        MENDED, files=plural(len(chain), *KEPT_FILES), last=newest_file, whole=not moved_files
    )
    answer(words, files=[link.file for link in chain], set_aside=moved_files)


FORMS = {
    "xlsx": "Write an Excel workbook.",
    "iamc": "Write the results in the IAMC format (CSV), as pyam reads it.",
    "hub": "Write the results as forecast hubs take them (CSV, the hubverse's model output).",
    "csv": "Write the results as one long table (CSV).",
    "hourly": "Write 8,760 hours of charging load of the last year (CSV, MW).",
    "pdf": "Print the page, through an installed Chromium or Chrome.",
    "docx": "Write a Word document: summary, tables, figures, numbered sources.",
}


@main.command()
@argument("report", type=path)
@_options(FORMS, type=path)
@_options(
    {
        "brief": "With --pdf or --docx: the brief alone, two pages.",
        "force": "Replace files that are there.",
    },
    is_flag=True,
)
@option(
    "--language",
    metavar="CODE",
    help="Of the workbook, or of the page that was made in it, e.g. ru; default English.",
)
@option("--template", type=FILE, help="With --docx: a Word document whose styles are used, .docx.")
@ALLOW
def export(
    report: Path,
    force: bool,
    brief: bool,
    language: str | None,
    template: Path | None,
    **files: Path | None,
) -> None:
    """Export the folder of one REPORT, e.g. reports/uzbekistan-baseline, or uzbekistan-baseline.

    Of the folder of all reports, --xlsx writes a workbook that adds the draws of chosen countries.
    """
    from forecasting.reporting.exports import export_report

    chosen_files = {form: path for form, path in files.items() if path is not None}
    if brief and not {"pdf", "docx"} & {*chosen_files}:
        raise UsageError("--brief goes with --pdf FILE or --docx FILE")
    if template and "docx" not in chosen_files:
        raise UsageError("--template goes with --docx FILE")
    if not chosen_files:
        forms = ", ".join(f"--{form} FILE" for form in files)
        raise UsageError(f"nothing to write; give {forms}")
    written = export_report(
        report, chosen_files, brief=brief, language=language, template=template, force=force
    )
    answer("\n".join(f"wrote {path}" for path in written), written=written)


@main.command()
@argument("files", nargs=-1, type=facts_path, metavar="[LEDGER]...")
@PLACE_OPTION
@option("--measure", help="What is counted, e.g. ev_imports.")
@option("--as-of", metavar="DATE", help="Only what was published by then.")
@_options(
    {
        "conflicts": "Only facts that disagree, side by side.",
        "sources": "Instead, the assumptions of charging that no page shows.",
    },
    is_flag=True,
)
@OWN_FACTS
@ALLOW
@LANGUAGE_OPTION
def evidence(files: Paths, ledger: Paths, conflicts: bool, sources: bool, **question: Any) -> None:
    """List facts with their sources: those of a place's baseline, or those of LEDGER files.

    LEDGER may be a params file, too: then the facts that its scenario may use.
    """
    if sources:
        _list_judgements()
        return
    from forecasting.scenarios.facts_on_day import facts_of_files

    all_facts = facts_of_files(files, ledger, question["place"])
    chosen = all_facts.select(partner=None, **question)
    if not conflicts:
        _list(chosen, all_facts)
        return
    from forecasting.evidence.reconcile import conflicts as find_conflicts
    from forecasting.reporting.score_words import conflicts_text

    table = find_conflicts(chosen)
    words = conflicts_text(table, get_terminal_size().columns)
    answer(words, conflicts=table.to_dict("records"))


def _list_judgements() -> None:
    """The assumptions that ship without a page that shows a number of theirs."""
    from forecasting.demand.parameters import load_parameters

    rows = load_parameters().rows
    judged = [row for row in rows if not row.url]
    for row in judged:
        say(sentence(ASSUMPTION, **vars(row) | {"key": row.key, "unit": Term(row.unit, "unit")}))
    words = sentence(JUDGED_COUNT, judged=len(judged), all=len(rows), shown=len(rows) - len(judged))
    answer(words, judgements=[vars(row) | {"key": row.key} for row in judged])


def _list(facts: Ledger, all_facts: Ledger) -> None:
    for fact in facts:
        source = sentence(SOURCE_OF_FACT, **vars(fact), undated=not fact.published)
        say(f"{fact.id}\n    {fact} [{Term(fact.kind, 'kind')}]\n    {source}")
    answer(plural(len(facts), *FACTS_COUNTED), facts=[fact.row() for fact in facts])
    if not facts:
        say(sentence(TELLS_OF))
        for place, measures in all_facts.frame.groupby("place")["measure"].unique().items():
            say(f"    {place}: {', '.join(sorted(measures))}")


@main.command()
@argument("place")
@argument("measure")
@argument("period")
@argument("value")
@option("--as-of", metavar="DATE", help="Day of the forecast; default the scenario's own.")
@option(
    "--params",
    type=path,
    metavar="FILE",
    help="The scenario that is asked: a params file, or a name; default the place's baseline.",
)
@option("--partner", metavar="PLACE", help="The partner that is claimed, such as CN.")
@OWN_FACTS
@ALLOW
@LANGUAGE_OPTION
def claim(ledger: Paths, **question: Any) -> None:
    """Say where somebody's number lies in the forecast, and what growth it takes: claim UZ
    ev_imports 2030 200,000.

    With quota as MEASURE, VALUE is a day, and the answer is the probability that the quota of the
    year is used up by then: claim KG quota 2026 2026-06-30.
    """
    from forecasting.evaluation.claim import claim_of
    from forecasting.growth.sharing import read_cache
    from forecasting.reading.user_ledgers import facts_of
    from forecasting.reporting.caveat_words import age_today
    from forecasting.reporting.score_words import claim_text

    read_cache()
    facts = facts_of([*map(str, ledger)], shipped=False)
    if question["measure"] == QUOTA:
        from forecasting.evaluation.quota_days import quota_claim
        from forecasting.reporting.score_words import quota_claim_text

        del question["measure"], question["partner"]
        day = question.pop("value")
        quota = quota_claim(day=day, ledger=facts, **question)
        answer(quota_claim_text(quota), **quota.to_dict())
        return
    claimed = claim_of(ledger=facts, **question)
    words = f"{claim_text(claimed)}\n{age_today(claimed.outlook.age, dt.date.today())}"
    answer(words, **claimed.to_dict())


QUOTA = "quota"  # what is claimed is the day on which it is used up

FETCHED = """\b
comtrade   vehicles that China exported to a country, by month (HS 8703.80 and its neighbours);
           COMTRADE_SUBSCRIPTION_KEY in the environment holds a key, without one it is a preview
iea        sales, stocks and public charging points, by year
worldbank  population and gross domestic product, by year
"""


@main.command(short_help="Propose rows from a public source, for review.", epilog=FETCHED)
@argument("source", type=click.Choice(["comtrade", "iea", "worldbank"]))
@option(
    "--place",
    default="",
    show_default=False,
    help="Country: an ISO 3166 code or a name; default the five of Central Asia.",
)
@option("--since", type=int, metavar="YEAR", help="First year.")
@option(
    "--out", type=path, metavar="FILE", help="A new file for the rows; default proposed-SOURCE.csv."
)
@option(
    "--address",
    default="",
    show_default=False,
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

    fetched = propose(**question)
    answer(str(fetched), **vars(fetched))


# Of a proposal
PROPOSAL_COLUMNS = (
    "place",
    "measure",
    "quantity",
    "relation",
    "value",
    "period_start",
    "period_end",
    "kind",
)
FACT_OPTIONS = (
    "place", "measure", "value", "relation", "quantity", "partner", "product", "basis", "kind",
    "published", "source", "url", "quote", "note", "id", "reference",
)  # fmt: skip


@main.command(short_help="Append one more fact to a ledger.")
@argument("ledger", type=facts_path)
@option("--text", help="A sentence of the press: facts are proposed from it.")
@option("--period", help="E.g. 2023, 2023-04, 2023Q1, 2023-01-01/2023-04-30.")
@_options({name: f"The fact's {name}." for name in FACT_OPTIONS})
@option("--yes", is_flag=True, help="Append what is proposed and sure, without asking.")
def fact(ledger: Path, text: str | None, yes: bool, **columns: str | None) -> None:
    """Check one fact and append it to LEDGER, a file of your own; what is not given is asked for.

    With --text, facts are proposed from a sentence, in English or Russian, with what may be wrong
    with each; numerals of Uzbek and Chinese are read, too. Nothing is appended unless you say so.
    """
    from forecasting.evidence.checking import append_fact, fact_row, missing_columns
    from forecasting.evidence.rules import normalise, parts_of_a_count
    from forecasting.reading.press import propose_facts
    from forecasting.reporting.caveat_words import words_of

    cells = {name: cell for name, cell in columns.items() if cell}
    proposals: list[PressProposal] = []
    if text:
        proposals = propose_facts(text, cells)
        if not proposals:
            raise InputError(
                "the text holds no number that counts something; "
                "give the fact by --value and the others"
            )
        _list_proposals(proposals)
        rows = [proposal.cells for proposal in _chosen(proposals, yes)]
    else:
        if _on_terminal():
            cells |= {name: click.prompt(name) for name in missing_columns(cells)}
        rows = [fact_row(cells)]
    appended = []
    for row in rows:
        name = append_fact(ledger, row)
        say(f"appended {name} to {ledger}")
        notes = []
        if doubt := parts_of_a_count(normalise(row)):
            notes.append(words_of(doubt))
        if not row.get("published"):
            notes.append(
                "it has no date of publication, and is never used without one: "
                "give --published, or fill it in"
            )
        for note in notes:
            say(f"     {note}")
        appended.append({"id": name, "notes": notes})
    answer(
        "", ledger=ledger, proposals=[vars(proposal) for proposal in proposals], appended=appended
    )


def _list_proposals(proposals: list[PressProposal]) -> None:
    """Proposals as a table, and below it what may be wrong with each."""
    rows = [["", "", *PROPOSAL_COLUMNS]]
    for number, proposal in enumerate(proposals, start=1):
        cells = [proposal.cells.get(name, "-") for name in PROPOSAL_COLUMNS]
        rows.append([f"{number}.", "sure" if proposal.sure else "unsure", *cells])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(map(str.ljust, row, widths)).rstrip())
    for number, proposal in enumerate(proposals, start=1):
        for doubt in proposal.doubts:
            say(f"{number}. {doubt}")


def _chosen(proposals: list[PressProposal], yes: bool) -> list[PressProposal]:
    """The proposals that the user confirms, asked one by one; with --yes those that are sure."""
    if yes:
        sure = [proposal for proposal in proposals if proposal.sure]
        if not sure:
            say("nothing appended: nothing is sure")
        return sure
    if not _on_terminal():
        say("nothing appended; --yes appends what is sure")
        return []
    return [
        proposal
        for number, proposal in enumerate(proposals, start=1)
        if click.confirm(f"Append {number}?", default=proposal.sure)
    ]


if __name__ == "__main__":
    main()
