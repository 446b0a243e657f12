"""A report in the form that somebody asks for: workbook, table, page on paper, Word document; the
wide table of the integrated-assessment community (IAMC), which pyam reads; and the long one of
forecast hubs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import nbformat
import pandas as pd

from forecasting.demand.load import hourly_load
from forecasting.evidence.fact import label_of
from forecasting.reporting.comparison_files import live_comparison
from forecasting.reporting.html import report_title, stored_title
from forecasting.reporting.result_tables import whole_years
from forecasting.reporting.workbook import is_live, write_workbook
from forecasting.reporting.workbook_live import live_workbook
from forecasting.scenarios.outlook import Outlook, load_outlook
from forecasting.scenarios.outlook_files import load_record
from forecasting.vocabulary.arguments import other_languages
from forecasting.vocabulary.catalogues import ENGLISH, file_in, written_in
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.files import refuse_existing, write_asked
from forecasting.vocabulary.names import (
    COMPARISON_TABLE,
    OUTLOOK_TABLE,
    REPORT_NOTEBOOK,
    REPORT_PAGE,
    REPORTS,
)
from forecasting.vocabulary.places import place_words
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.browser import pictures, print_page
from forecasting.writers.sheets import csv_bytes

PAGE_FORMS = ("pdf", "docx")
IN_LANGUAGES = ("xlsx", *PAGE_FORMS)
# of a table of the IAMC
MODEL = "EV Forecasting"
IAMC_VARIABLES = {  # as the templates of the community have them, where they have one
    "investment_usd": "Investment|Infrastructure|Transportation|Charging",
    "co2_avoided_t": "Emissions|CO2|Avoided|Transportation",
    "oil_avoided_t": "Final Energy|Transportation|Liquids|Oil|Avoided",
    "power_share_percent": "Secondary Energy|Electricity|Share|Transportation",
    "peak_share_percent": "Capacity|Electricity|Peak|Share|Transportation",
    "peak_share_summer_percent": "Capacity|Electricity|Peak|Share|Transportation|Summer",
}


def export_report(
    report: Path,
    targets: Mapping[str, Path],
    *,
    brief: bool = False,
    language: str | None = None,
    template: Path | None = None,
    force: bool = False,
) -> list[Path]:
    """Write a report in several forms.

    Parameters
    ----------
    report : Path
        The folder of one report, or the name of one in ``reports``; of a workbook also that of all
        reports, whose draws are added.
    targets : mapping of str to Path
        For each form (xlsx, iamc, hub, csv, hourly, pdf, docx) the file.
    brief : bool
        Of the page and of the document, the brief alone.
    language : str, optional
        Of the workbook, and of the page and the document where the report was made in it; English
        if not given.
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
    if len({*targets.values()}) < len(targets):
        raise InputError("two forms would be one file; give each a name of its own")
    for path in targets.values():
        _refuse(path, force)
    if not report.exists() and Path(REPORTS, report).is_dir():  # one is looked for by its name
        report = Path(REPORTS, report)
    (code,) = other_languages([language] if language else []) or (ENGLISH,)
    if set(targets) == {"xlsx"} and (report / COMPARISON_TABLE).is_file():
        with written_in(code):
            return [write_asked(targets["xlsx"], live_comparison(report))]
    if code != ENGLISH and not {*IN_LANGUAGES} & {*targets}:
        raise InputError(f"a language is of {' or '.join(IN_LANGUAGES)}; the rest is data")
    outlook = load_outlook(report) if set(targets) - set(PAGE_FORMS) else None
    pages = _Pages(report, brief, code)
    written = []
    for form, path in targets.items():
        with written_in(pages.language if form in IN_LANGUAGES else ENGLISH):
            written.append(_write(form, pages, outlook, path, template))
    return written


class _Pages(NamedTuple):
    """The report that is printed or written as a document."""

    report: Path
    brief: bool
    language: str

    def file(self, name: str) -> Path:
        """A file of the report, in the language."""
        path = self.report / file_in(name, self.language)
        if not path.is_file():
            remedy = "" if self.language == ENGLISH else f" --language {self.language}"
            raise InputError(f"{path} is not there; make the report first: ev-forecast run{remedy}")
        return path


def _refuse(path: Path, force: bool) -> None:
    """Refuse a path that is no place for a file, or where a file is that may be somebody's own."""
    folder = path.resolve().parent
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder} to write {path.name} into; make it first")
    if path.is_symlink() or not (path.is_file() or path.is_dir() or not path.exists()):
        raise InputError(f"{path} is a link or a device; give the name of a file")
    refuse_existing(path, force)


def _write(
    form: str,
    pages: _Pages,
    outlook: Outlook | None,
    path: Path,
    template: Path | None,
) -> Path:
    if form == "pdf":
        return print_page(pages.file(REPORT_PAGE), path, pages.brief)
    if form == "docx":
        return _write_document(pages, path, template)
    assert outlook is not None
    if form == "xlsx" and is_live(outlook):
        return write_asked(path, live_workbook(outlook))
    if form == "xlsx":
        return write_workbook(outlook, path)
    table = outlook.table
    if form == "hourly":
        table = _hours(pages.report, outlook).reset_index()
    if form == "iamc":
        table = iamc_frame(table)
    if form == "hub":
        table = hub_frame(
            table[table["period_end"].astype(str) >= str(outlook.first_year)], outlook.as_of
        )
    return write_asked(path, csv_bytes(table))


def _write_document(pages: _Pages, path: Path, template: Path | None) -> Path:
    try:
        from forecasting.writers.document import write_document
    except ImportError:
        raise InputError(
            "python-docx is missing; install it: pip install 'ev-forecasting[documents]'"
        ) from None
    report = pages.report
    notebook = nbformat.read(pages.file(REPORT_NOTEBOOK), as_version=4)  # type: ignore[no-untyped-call]
    title = notebook.metadata.get("title") or stored_title(report) or report_title(notebook)
    day = load_record(report / OUTLOOK_TABLE).get("as_of")
    return write_document(
        notebook,
        path,
        title=title or report.name,
        day=day and dt.date.fromisoformat(day),
        draw=pictures,
        template=template,
        brief=pages.brief,
    )


def _hours(report: Path, outlook: Outlook) -> pd.DataFrame:
    if not outlook.load:
        raise InputError(
            f"{report} has no charging by hour: a corridor has none, and an older report is to be "
            "made again"
        )
    return hourly_load(**outlook.load).round(6)


def iamc_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Yearly results in IAMC's wide form: one row per scenario, region and variable, one column per
    year.

    A quantile is part of the variable's name, as in the IPCC's sixth assessment: ``...|50.0th
    Percentile``.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results: scenario, country, measure, unit, period_start, period_end, quantile, value.

    Returns
    -------
    pandas.DataFrame
        Columns Model, Scenario, Region, Variable, Unit and the years.

    Examples
    --------
    >>> row = {"scenario": "uzbekistan-baseline", "country": "UZ", "unit": "points"}
    >>> row |= {"measure": "charging_points_need", "quantile": 0.5, "value": 1200.0}
    >>> row |= {"period_start": "2030-01-01", "period_end": "2030-12-31"}
    >>> iamc_frame(pd.DataFrame([row])).iloc[0, 1:5].tolist()
    ['baseline', 'Uzbekistan', 'Public charging points|Need|50.0th Percentile', 'points']
    """
    rows = whole_years(table)
    variables = pd.DataFrame(
        {
            "Model": MODEL,
            "Scenario": [str(name).rpartition("-")[2] for name in rows["scenario"]],
            "Region": [place_words(str(code)) for code in rows["country"]],
            "Variable": list(map(_variable, rows["measure"], rows["quantile"])),
            "Unit": rows["unit"].astype(str),
            "year": rows["year"],
            "value": rows["value"].astype(float),
        }
    )
    index = ["Model", "Scenario", "Region", "Variable", "Unit"]
    wide = variables.pivot_table(index=index, columns="year", values="value", sort=False)
    return wide.sort_index(axis="columns").rename_axis(columns=None).reset_index()


def hub_frame(table: pd.DataFrame, origin: dt.date) -> pd.DataFrame:
    """Yearly results as forecast hubs take them, the model output of the hubverse: one row per
    target, horizon, location and quantile.

    Which model it is stands in the name of the file and of its folder, as in
    ``model-output/team-model/2026-03-09-team-model.csv``.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results: country, measure, period_start, period_end, quantile, value.
    origin : date
        Day of the forecast.

    Returns
    -------
    pandas.DataFrame
        ``origin_date``, ``target`` (a measure), ``horizon`` (years from that of the origin; 0 is
        the year in which it lies), ``location`` (ISO 3166), ``output_type`` (``quantile``),
        ``output_type_id`` (its level) and ``value``.

    References
    ----------
    Consortium of Infectious Disease Modeling Hubs, the hubverse's standard of model output.

    Examples
    --------
    >>> row = {"country": "UZ", "measure": "ev_stock", "quantile": 0.5, "value": 1200.0}
    >>> row |= {"period_start": "2030-12-31", "period_end": "2030-12-31"}
    >>> hub_frame(pd.DataFrame([row]), dt.date(2026, 3, 9)).iloc[0].astype(str).tolist()
    ['2026-03-09', 'ev_stock', '4', 'UZ', 'quantile', '0.5', '1200.0']
    """
    rows = whole_years(table)
    hub = pd.DataFrame(
        {
            "origin_date": origin.isoformat(),
            "target": rows["measure"].astype(str),
            "horizon": rows["year"] - origin.year,
            "location": rows["country"].astype(str),
            "output_type": "quantile",
            "output_type_id": rows["quantile"].astype(float),
            "value": rows["value"].astype(float),
        }
    )
    keys = ["target", "location", "horizon", "output_type_id"]
    return hub.sort_values(keys, ignore_index=True)


def _variable(measure: str, quantile: float) -> str:
    kind, _, detail = label_of(measure).partition(": ")
    standard_name = sentence("{kind}[|{detail}]", kind=kind, detail=detail.capitalize())
    name = IAMC_VARIABLES.get(measure, standard_name)
    return f"{name}|{100 * quantile:.1f}th Percentile"
