"""Forecasts kept as they were made: the results of a report that one of another day replaces go
into ``archive``.

How many days are kept is the user's to say; without a word, all are.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from forecasting.evidence.files import read_whole, write_whole
from forecasting.names import ARCHIVE, OUTLOOK_TABLE
from forecasting.runs.output.ownership import made_by_a_run

__all__ = ["drop_earlier", "keep_earlier"]


def keep_earlier(out: Path, name: str, side: Path) -> None:
    """Keep the results of a report as ``archive/DAY/NAME/outlook.parquet``, if the new report is of
    another day.

    What is kept already is not replaced: the first forecast of a day is the one that knew least of
    what came.

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


def drop_earlier(out: Path, days: int) -> None:
    """Remove the kept results of all but the newest days; what no run has kept there stays.

    Parameters
    ----------
    out : Path
        The output folder.
    days : int
        How many days of ``archive`` remain.
    """
    from forecasting.scenarios.outlook_files import load_record

    def kept_by_a_run(file: Path) -> bool:
        day, names = file.parent.parent, sorted(path.name for path in file.parent.iterdir())
        linked = any(path.is_symlink() for path in (file, file.parent, day, day.parent))
        return (
            not linked and names == [OUTLOOK_TABLE] and load_record(file).get("as_of") == day.name
        )

    with contextlib.suppress(OSError):  # nobody needs the room so much that a run fails for it
        files = [file for file in out.glob(f"{ARCHIVE}/*/*/{OUTLOOK_TABLE}") if kept_by_a_run(file)]
        kept = sorted({file.parent.parent for file in files})
        old = set(kept[: max(0, len(kept) - days)])
        for file in files:
            if file.parent.parent in old:
                file.unlink()
                file.parent.rmdir()
        for day in old:
            with contextlib.suppress(OSError):  # something else lies there
                day.rmdir()
