"""How far a run is, and what became of it, scenario by scenario: a bar with the time left on a
terminal, plain lines in a log, or lines of JSON for machines; and what sums up all reports of a
folder: how old each is, the long table of every result, and the index page.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from tqdm import tqdm

from forecasting.runs.output.folders import Record, read_json
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.names import FAILURE_RECORD, FAILURES, OUTLOOK_TABLE, RUN_RECORD
from forecasting.vocabulary.sentences import plural, sentence
from forecasting.writers.messages import FigureForm

LogForm = Literal["text", "json"]
# What became of one report
OUTCOME = "{name} {status}[: {reason}]"


def write_event(
    event: str, status: str, *, scenario: str = "", seconds: float = 0.0, reason: str = ""
) -> None:
    """Write one line of JSON to standard error: when, of which scenario, what, how it went, how
    long it took, why.

    Parameters
    ----------
    event, status : str
        ``run`` is started, done, failed or refused; a ``scenario`` is fresh, done or failed.
    scenario : str
        Its name; empty for what is of the whole run.
    seconds : float
        From its start.
    reason : str
        Why it failed; of a run that starts or ends, how many scenarios of which kind.
    """
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "event": event,
        "scenario": scenario,
        "status": status,
        "seconds": round(seconds, 3),
        "reason": reason,
    }
    sys.stderr.write(f"{json.dumps(line, ensure_ascii=False)}\n")


class Progress:
    """Progress of a run on standard error.

    Parameters
    ----------
    total : int
        How many scenarios are to run.
    visible : bool
        Whether to show anything.
    form : {"text", "json"}
        For people, or a line of JSON for each event, from the start of the run to its end.

    Examples
    --------
    >>> with Progress(2, visible=False) as progress:
    ...     progress.advance(RunResult("norway-baseline", "done"))
    """

    def __init__(self, total: int, visible: bool = True, form: LogForm = "text") -> None:
        self._total = total
        self._count = 0
        self._events = visible and form == "json"
        self._lines = visible and not self._events and not sys.stderr.isatty()
        hidden = not visible or self._events or self._lines or not total
        self._bar = tqdm(total=total, unit="report", disable=hidden, leave=False)

    def __enter__(self) -> Progress:
        if self._events:
            write_event("run", "started", reason=f"{self._total} to run")
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def advance(self, result: RunResult) -> None:
        """Count one scenario, and say what became of it."""
        if self._events:
            write_event(
                "scenario",
                result.status,
                scenario=result.name,
                seconds=result.seconds,
                reason=result.reason,
            )
            return
        self._count += 1
        outcome = sentence(OUTCOME, **vars(result))
        self._bar.set_postfix_str(f"{result.name} {result.status}", refresh=False)
        self._bar.update()
        if self._lines or (result.reason and not self._bar.disable):
            self._bar.write(f"[{self._count}/{self._total}] {outcome}", file=sys.stderr)

    def end(self, summary: RunSummary) -> None:
        """Say how the whole run went; a reader of lines hears of the scenarios that were fresh,
        too.
        """
        if not self._events:
            return
        for result in summary.results:
            if result.status == "fresh":
                self.advance(result)
        write_event(
            "run",
            "done" if summary.ok else "failed",
            seconds=summary.seconds,
            reason=summary.counts,
        )


Status = Literal["done", "fresh", "failed", "stale"]


@dataclass(frozen=True)
class RunResult:
    """What became of one scenario.

    Parameters
    ----------
    name : str
        The scenario.
    status : {"done", "fresh", "failed", "stale"}
        Its report was made, was there already, could not be made, or would be made (of a dry run).
    reason : str
        Why it ran, or why it failed.
    seconds : float
        From the start of its process to the end.
    """

    name: str
    status: Status
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, repr=False)
class RunSummary:
    """What became of a run.

    Parameters
    ----------
    folder : Path or str
        Folder of the reports, or its address.
    results : tuple of RunResult
        One per scenario, in the order given.
    seconds : float
        All together, on the wall clock.
    problem : str
        What went wrong beside the scenarios (the index could not be written); mostly empty.
    unused : tuple of str
        Which facts are not used, and what to do about it.

    Examples
    --------
    >>> print(RunSummary(Path("reports"), (RunResult("a-b", "stale", "never run"),)))
    stale  a-b: never run
    1 stale in 0.0 s
    """

    folder: Path | str
    results: tuple[RunResult, ...]
    seconds: float = 0.0
    problem: str = ""
    unused: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[RunResult, ...]:
        """The scenarios that failed."""
        return tuple(result for result in self.results if result.status == "failed")

    @property
    def ok(self) -> bool:
        """Whether everything went well."""
        return not self.failed and not self.problem

    def count(self, status: Status) -> int:
        """Count the scenarios of a status.

        Parameters
        ----------
        status : {"done", "fresh", "failed", "stale"}
            Of `RunResult`.

        Returns
        -------
        int

        Examples
        --------
        >>> RunSummary(Path("reports"), (RunResult("a-b", "fresh"),)).count("fresh")
        1
        """
        return sum(result.status == status for result in self.results)

    @property
    def counts(self) -> str:
        """How many scenarios of each status, in words."""
        status_counts = Counter(result.status for result in self.results)
        return ", ".join(
            f"{status_counts[status]} {status}"
            for status in get_args(Status)
            if status_counts[status]
        )

    def to_dict(self) -> dict[str, Any]:
        """The summary for programs.

        Returns
        -------
        dict
            With the folder under ``out``, ok, seconds, problem, unused and results, of each of
            which name, status, reason and seconds.

        Examples
        --------
        >>> summary = RunSummary(Path("reports"), (RunResult("a-b", "fresh"),)).to_dict()
        >>> summary["out"], summary["ok"], summary["results"][0]["status"]
        ('reports', True, 'fresh')
        """
        return {
            "out": str(self.folder),
            "ok": self.ok,
            "seconds": round(self.seconds, 3),
            "problem": self.problem,
            "unused": list(self.unused),
            "results": [asdict(result) for result in self.results],
        }

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.folder}: {self.counts or 'nothing ran'}>"

    def __str__(self) -> str:
        """One line per scenario that is not fresh, then the counts."""
        lines = []
        for result in self.results:
            if result.status in ("failed", "stale"):
                lines.append(f"{result.status:6} {result.name}: {result.reason}")
        index = "" if self.count("stale") else f"; see {self.folder}/index.html"
        lines.append(f"{self.counts} in {self.seconds:.1f} s{index}")
        if self.problem:
            lines.append(self.problem)
        return "\n".join([*lines, *self.unused])


WRITERS = (
    "forecasting.reporting.site",
    "forecasting.reporting.comparison_files",
    "xlsxwriter",
    "pyarrow.dataset",
)

# How old a report is; the units with their seconds
TIMES_AGO = (
    ("{} day ago", "{} days ago", 86_400),
    ("{} hour ago", "{} hours ago", 3600),
    ("{} minute ago", "{} minutes ago", 60),
)
NOW = "just now"
AGE = "[{failure}; ][report made {age}][missing?no report]"
NO_REASON = "no reason was kept"


def load_writers() -> None:
    """Load what `write_summary` will need; of what draws figures, half is loaded with the first of
    them.
    """
    for module in WRITERS:
        importlib.import_module(module)
    from forecasting.reporting.figures.drawing import Drawing, scatter
    from forecasting.reporting.html import page_template

    for name in ("index.html.j2", "article.html.j2"):
        page_template(name)
    Drawing(FigureForm("")).add(scatter(x=[0], y=[0])).figure()


def read_records(reports: Path) -> list[Record]:
    """List what is known of each scenario: its ``run.json``, and under ``failure`` how its last run
    failed.
    """
    records: dict[str, Record] = {}
    for path in reports.glob(f"*/{RUN_RECORD}"):
        records[path.parent.name] = {"name": path.parent.name} | read_json(path)
    for path in reports.glob(f"{FAILURES}/*/{FAILURE_RECORD}"):
        name = path.parent.name
        records.setdefault(name, {"name": name})["failure"] = read_json(path)
    return [records[name] for name in sorted(records)]


def time_ago(age: dt.timedelta) -> str:
    """How long ago something was, in the largest unit that it fills.

    >>> time_ago(dt.timedelta(minutes=3, seconds=20)), time_ago(dt.timedelta(days=1, hours=5))
    ('3 minutes ago', '1 day ago')
    """
    seconds = max(int(age.total_seconds()), 0)
    for singular, form, length in TIMES_AGO:
        if count := seconds // length:
            return plural(count, singular, form)
    return sentence(NOW)


class ReportAge(NamedTuple):
    """A scenario of a folder: ``done`` or ``failed``, its name, what is to be told of it, and when
    its report was finished, as ISO text; None where there is no report.
    """

    status: str
    name: str
    age: str
    finished: str | None = None


def report_ages(reports: Path, now: dt.datetime) -> list[ReportAge]:
    """What ran into a folder, what failed in its last run, and how old each report is.

    Parameters
    ----------
    reports : Path
        Folder of the reports.
    now : datetime
        With a time zone.

    Returns
    -------
    list of ReportAge
        Failed ones first.

    Raises
    ------
    InputError
        Where the folder holds no report and no failure.
    """
    records = read_records(reports)
    if not records:
        raise InputError(
            f"{reports} holds no report; `ev-forecast run --out {reports}` writes them there"
        )
    rows = []
    for record in records:
        finished = record.get("finished")
        age = finished and time_ago(now - dt.datetime.fromisoformat(finished))
        failure = record.get("failure")
        message = failure and failure.get("message", sentence(NO_REASON))
        words = sentence(AGE, failure=message, age=age, missing=not age)
        status = "failed" if failure else "done"
        rows.append(ReportAge(status, record["name"], words, finished))
    return sorted(rows, key=lambda row: row.status == "done")


def write_summary(reports: Path) -> list[str]:
    """Write ``comparison.parquet``, the same as a workbook and as CSV, and ``index.html`` from the
    reports there.

    Returns
    -------
    list of str
        What is wrong with reports whose results cannot be read; the index tells it, too.
    """
    import pandas as pd

    from forecasting.reporting.site import build_site, languages_of
    from forecasting.scenarios.joint_draws import RESULT_COLUMNS
    from forecasting.scenarios.outlook_files import load_results

    records = read_records(reports)
    tables = []
    damaged = []
    for record in records:
        path = reports / record["name"] / OUTLOOK_TABLE
        try:
            if path.is_file():
                tables.append(load_results(path))
        except InputError as error:
            message = f"{error}; move its folder away and run it again"
            record["failure"] = {"message": message}
            damaged.append(f"{record['name']}: {message}")
    results = pd.DataFrame(columns=RESULT_COLUMNS)
    if tables:
        # It brings what writes workbooks
        from forecasting.reporting.comparison_files import write_comparison

        results = pd.concat(tables, ignore_index=True)
        write_comparison(reports, results, languages_of(reports, records))
    build_site(reports, records, results)
    return damaged
