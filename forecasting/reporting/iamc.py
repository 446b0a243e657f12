"""Results as text: the wide table of the integrated-assessment community (IAMC), which pyam reads,
and a plain CSV.
"""

from pathlib import Path

import pandas as pd

from forecasting.evidence.files import write_asked
from forecasting.evidence.places import place_words
from forecasting.reporting.labels import inert, label_of, phrase
from forecasting.reporting.result_tables import whole_years

MODEL = "EV Forecasting"
NAMES = {  # as the templates of the community have them, where they have one
    "investment_usd": "Investment|Infrastructure|Transportation|Charging",
    "co2_avoided_t": "Emissions|CO2|Avoided|Transportation",
    "oil_avoided_t": "Final Energy|Transportation|Liquids|Oil|Avoided",
    "power_share_percent": "Secondary Energy|Electricity|Share|Transportation",
    "peak_share_percent": "Capacity|Electricity|Peak|Share|Transportation",
    "peak_share_summer_percent": "Capacity|Electricity|Peak|Share|Transportation|Summer",
}


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
    named = pd.DataFrame(
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
    wide = named.pivot_table(index=index, columns="year", values="value", sort=False)
    return wide.sort_index(axis="columns").rename_axis(columns=None).reset_index()


def _variable(measure: str, quantile: float) -> str:
    first, _, rest = label_of(measure).partition(": ")
    name = NAMES.get(measure, first + phrase("|{}", rest.capitalize()))
    return f"{name}|{100 * quantile:.1f}th Percentile"


def write_csv(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write a table as CSV; text that a spreadsheet would take for a formula is made inert.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any table.
    path : path-like
        The file.
    """
    return write_asked(path, csv_bytes(frame))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """What `write_csv` writes."""
    return str(frame.map(inert).to_csv(index=False, lineterminator="\n")).encode()
