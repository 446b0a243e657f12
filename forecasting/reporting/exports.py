"""A report in the form that somebody asks for: workbook, table, page on paper, Word document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from forecasting.demand.load import hourly_load
from forecasting.errors import InputError
from forecasting.evidence.files import refuse_existing, write_asked
from forecasting.names import COMPARISON_TABLE, REPORT_NOTEBOOK, REPORT_PAGE
from forecasting.reporting.browser import print_page
from forecasting.reporting.comparison_files import live_comparison
from forecasting.reporting.iamc import iamc_frame, write_csv
from forecasting.reporting.workbook import is_live, write_workbook
from forecasting.reporting.workbook_live import live_workbook
from forecasting.scenarios.outlook import Outlook, load_outlook

OF_THE_PAGE = ("pdf", "docx")


def export_report(
    report: Path,
    wanted: Mapping[str, Path],
    *,
    brief: bool = False,
    template: Path | None = None,
    force: bool = False,
) -> list[Path]:
    """Write a report in several forms.

    Parameters
    ----------
    report : Path
        The folder of one report; of a workbook also that of all reports, whose draws are added.
    wanted : mapping of str to Path
        For each form (xlsx, iamc, csv, hourly, pdf, docx) the file.
    brief : bool
        Of the page, print the brief alone.
    template : Path, optional
        A Word document whose styles the new one has.
    force : bool
        Whether a file that is there is replaced.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        Where a file cannot be written or is there already, the folder holds no report, or something
        is missing that a form needs.
    """
    if len({*wanted.values()}) < len(wanted):
        raise InputError("two forms would be one file; give each a name of its own")
    for path in wanted.values():
        _refuse(path, force)
    if set(wanted) == {"xlsx"} and (report / COMPARISON_TABLE).is_file():
        return [write_asked(wanted["xlsx"], live_comparison(report))]
    outlook = load_outlook(report) if set(wanted) - set(OF_THE_PAGE) else None
    return [_write(form, report, outlook, path, brief, template) for form, path in wanted.items()]


def _refuse(path: Path, force: bool) -> None:
    """Refuse a path that is no place for a file, or where a file is that may be somebody's own."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the name of a file")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder} to write {path.name} into; make it first")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise InputError(f"{path} is a link or a device; give the name of a file")
    refuse_existing(path, force)


def _write(
    form: str,
    report: Path,
    outlook: Outlook | None,
    path: Path,
    brief: bool,
    template: Path | None,
) -> Path:
    if form == "pdf":
        return print_page(report / REPORT_PAGE, path, brief)
    if form == "docx":
        try:
            from forecasting.reporting.document import write_document
        except ImportError:
            raise InputError(
                "python-docx is missing; install it: pip install 'ev-forecasting[documents]'"
            ) from None
        return write_document(report / REPORT_NOTEBOOK, path, template)
    assert outlook is not None
    if form == "xlsx" and is_live(outlook):
        return write_asked(path, live_workbook(outlook))
    if form == "xlsx":
        return write_workbook(outlook, path)
    table = outlook.table
    if form == "hourly":
        table = _hours(report, outlook).reset_index()
    if form == "iamc":
        table = iamc_frame(table)
    return write_csv(table, path)


def _hours(report: Path, outlook: Outlook) -> pd.DataFrame:
    load = outlook.load
    if not load:
        raise InputError(
            f"{report} has no charging by hour: a corridor has none, and an older report is to be "
            "made again"
        )
    return hourly_load(load["gwh"], load["month_shares"], load["interval"], load["year"]).round(6)
