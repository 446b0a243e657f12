"""What sums up all reports of a folder: the long table of every result, and the index page."""

import datetime as dt
import importlib
from pathlib import Path
from typing import NamedTuple

from forecasting.runs.output.folders import Record, read_json
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.names import FAILURE_RECORD, FAILURES, OUTLOOK_TABLE, RUN_RECORD
from forecasting.vocabulary.sentences import plural, sentence
from forecasting.writers.messages import FigureForm

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
    return NOW


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
        message = failure and failure.get("message", NO_REASON)
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

    from forecasting.reporting.site import build_site
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
        write_comparison(reports, results)
    build_site(reports, records, results)
    return damaged
