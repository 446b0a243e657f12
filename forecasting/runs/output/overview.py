"""What sums up all reports of a folder: the long table of every result, and the index page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forecasting.evidence.files import write_whole
from forecasting.runs.output.folders import Store
from forecasting.runs.output.ownership import FAILURE, RECORD, read_json

__all__ = ["read_records", "write_summary"]


def read_records(out: Path) -> list[dict[str, Any]]:
    """List what is known of each scenario: its ``run.json``, and under ``failure`` how its last run failed."""
    failures = {path.parent.name: read_json(path) for path in out.glob(f"failures/*/{FAILURE}")}
    reports = {path.parent.name: read_json(path) for path in out.glob(f"*/{RECORD}") if path.parent.name != ".work"}
    return [
        {"name": name} | reports.get(name, {}) | ({"failure": failures[name]} if name in failures else {})
        for name in sorted({*reports, *failures})
    ]


def write_summary(store: Store) -> None:
    """Write ``comparison.parquet``, the same as a workbook and as CSV, and ``index.html`` from the reports there."""
    from forecasting.reporting.comparison_files import write_comparison
    from forecasting.reporting.site import build_site

    records = read_records(store.out)
    _write_comparison(store.out, [record["name"] for record in records])
    write_comparison(store.out)
    build_site(store.out, records)


def _write_comparison(out: Path, names: list[str]) -> None:
    """Write the table of all results; the one that was there stays beside it, so that changes can be shown."""
    import pandas as pd

    from forecasting.reporting.site import BEFORE

    tables = [pd.read_parquet(path) for name in names if (path := out / name / "outlook.parquet").is_file()]
    if tables:
        table, content = out / "comparison.parquet", pd.concat(tables, ignore_index=True).to_parquet(index=False)
        if table.is_file() and table.stat().st_size:  # in the mirror of an object store some are there by name only
            write_whole(out / BEFORE, table.read_bytes())
        write_whole(table, content)
