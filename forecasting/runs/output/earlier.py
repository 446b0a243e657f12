"""Forecasts kept as they were made: the results of a report that one of another day replaces go into ``archive``."""

from __future__ import annotations

import contextlib
from pathlib import Path

from forecasting.evidence.files import read_whole, write_whole
from forecasting.names import ARCHIVE, OUTLOOK_TABLE
from forecasting.runs.output.ownership import made_by_a_run

__all__ = ["keep_earlier"]


def keep_earlier(out: Path, name: str, side: Path) -> None:
    """Keep the results of a report as ``archive/DAY/NAME/outlook.parquet``, if the new report is of another day.

    What is kept already is not replaced: the first forecast of a day is the one that knew least of what came.

    Parameters
    ----------
    out : Path
        The output folder.
    name : str
        The report's.
    side : Path
        The folder of the new report, which is about to take its place.
    """
    from forecasting.scenarios.outlook_files import load_record

    old = out / name / OUTLOOK_TABLE
    with contextlib.suppress(OSError):  # nothing is there yet, or nothing that can be scored
        if old.is_symlink() or not made_by_a_run(out / name):
            return
        day, new_day = (load_record(path).get("as_of") for path in (old, side / OUTLOOK_TABLE))
        kept = out / ARCHIVE / str(day) / name / OUTLOOK_TABLE
        if day and day != new_day and not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_whole(kept, read_whole(old))
