"""What sums up all reports of a folder: the long table of every result, and the index page."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from forecasting.errors import InputError
from forecasting.evidence.files import write_whole
from forecasting.names import (
    COMPARISON_BEFORE,
    COMPARISON_TABLE,
    FAILURE_RECORD,
    FAILURES,
    OUTLOOK_TABLE,
    RUN_RECORD,
    WORK,
)
from forecasting.runs.output.folders import Store
from forecasting.runs.output.ownership import read_json

__all__ = ["load_writers", "read_records", "write_summary"]

WRITERS = (
    "forecasting.reporting.site",
    "forecasting.reporting.comparison_files",
    "xlsxwriter",
    "pyarrow.dataset",
    "jinja2",
)


def load_writers() -> None:
    """Load what `write_summary` will need; of what draws figures, half is loaded with the first of
    them.
    """
    for module in WRITERS:
        importlib.import_module(module)
    from forecasting.reporting.figures.drawing import scatter
    from forecasting.reporting.figures.style import new_chart
    from forecasting.reporting.html import page_template

    for name in ("index.html.j2", "article.html.j2"):
        page_template(name)
    new_chart("", "").add_traces([scatter(x=[0], y=[0])]).figure()


def read_records(out: Path) -> list[dict[str, Any]]:
    """List what is known of each scenario: its ``run.json``, and under ``failure`` how its last run
    failed.
    """
    failures = {
        path.parent.name: read_json(path) for path in out.glob(f"{FAILURES}/*/{FAILURE_RECORD}")
    }
    reports = {
        path.parent.name: read_json(path)
        for path in out.glob(f"*/{RUN_RECORD}")
        if path.parent.name != WORK
    }
    return [
        {"name": name}
        | reports.get(name, {})
        | ({"failure": failures[name]} if name in failures else {})
        for name in sorted({*reports, *failures})
    ]


def write_summary(store: Store) -> list[str]:
    """Write ``comparison.parquet``, the same as a workbook and as CSV, and ``index.html`` from the
    reports there.

    Returns
    -------
    list of str
        What is wrong with reports whose results cannot be read; the index tells it, too.
    """
    from forecasting.reporting.comparison_files import write_comparison
    from forecasting.reporting.site import build_site

    records = read_records(store.out)
    damaged = _write_comparison(store.out, [record["name"] for record in records])
    for record in records:
        if what := damaged.get(record["name"]):
            record["failure"] = {"message": what}
    write_comparison(store.out)
    build_site(store.out, records)
    return [f"{name}: {what}" for name, what in damaged.items()]


def _write_comparison(out: Path, names: list[str]) -> dict[str, str]:
    """Write the table of all results; the one that was there stays beside it, so that changes can
    be shown.
    """
    import pandas as pd

    from forecasting.scenarios.outlook_files import load_results

    tables, damaged = [], dict[str, str]()
    for name in names:
        path = out / name / OUTLOOK_TABLE
        try:
            tables += [load_results(path)] if path.is_file() else []
        except InputError as error:
            damaged[name] = f"{error}; move its folder away and run it again"
    if tables:
        table, content = (
            out / COMPARISON_TABLE,
            pd.concat(tables, ignore_index=True).to_parquet(index=False),
        )
        # In the mirror of an object store some are there by name only
        if table.is_file() and table.stat().st_size:
            write_whole(out / COMPARISON_BEFORE, table.read_bytes())
        write_whole(table, content)
    return damaged
