"""What to find out next: the numbers that would narrow the answer most, and the series that are due
to be printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.evidence.bases import basis_name
from forecasting.evidence.places import place_name
from forecasting.evidence.words import period_words
from forecasting.reporting.caveat_words import day_words
from forecasting.reporting.display import Table, plain_frame, rows_table
from forecasting.reporting.labels import amount, label_of, readable, uncapital
from forecasting.reporting.result_tables import label_in
from forecasting.scenarios.age import series_due
from forecasting.scenarios.find_out import width_left, worth_finding_out

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

MOST = 10  # rows shown of either
FROM_FILES = "What an outlook from files does not know is in none of its files: run it anew."
NOTHING_NARROWS = "No number that could be printed within a year would narrow this answer."
NOTHING_DUE = (
    "No agency has printed a count of this place three times: nothing can be said to be due."
)
# What each number is called that nobody has printed, unless it is the flow of a period
NUMBERS = {
    "market": "All new vehicles{where} in {period}",
    "ev_stock": "Electric cars on the register at the end of {period}",
    "charging_points_practice": "A count of public charging points at the end of {period}",
    "home_access": "A survey of charging at home",
    "work_access": "A survey of charging at work",
    "annual_km": "A survey of the distance driven in a year",
    "consumption": "Measured consumption of the cars on the road",
    "utilisation_scale": "The use of public points, from an operator",
    "reexport_share": "Vehicles exported again, from customs",
    "survival_scale": "The age at which vehicles are scrapped, from the register",
}


def find_out_table(outlook: Outlook, most: int = MOST) -> Table:
    """Numbers that nobody has printed, by how much of what is open about the last year each would
    take away.

    Parameters
    ----------
    outlook : Outlook
        Made here; of one that was read from files nothing can be said.
    most : int
        Numbers shown.

    Returns
    -------
    Table
        A row for each thing to find out; a line where there is none.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> type(fc.tables.find_out_table(outlook, most=3)).__name__
    'Table'
    """
    if not outlook.forecasts:
        return rows_table([], nothing=FROM_FILES)
    worth = worth_finding_out(outlook).head(most)
    if worth.empty:
        return rows_table([], nothing=NOTHING_NARROWS)
    measures = worth.columns[4:].tolist()
    several = len(outlook.forecasts) > 1
    own = label_in(outlook, outlook.scenario.measure)
    shown = {"number": [_number(row, own, several) for row in worth.to_dict("records")]}
    shown |= {
        label_in(outlook, name): [f"{100 * share:.0f} %" for share in worth[name]]
        for name in measures
    }
    first = measures[0]
    year = outlook.years[-1]
    caption = f"How much of the uncertainty about {year} each number would settle."
    low, high = np.quantile(outlook.results.values[first][:, -1], (0.1, 0.9)).tolist()
    if low > 0:
        factor = high / low
        shown["leaves a factor of"] = [
            readable(factor ** width_left(share), 2) for share in worth[first]
        ]
        caption += (
            f" Now the 80 % range of {uncapital(label_of(first))} goes from "
            f"{amount(low, first)} to {amount(high, first)}, a factor of {readable(factor, 2)}; "
            "the last column is what would be left of it."
        )
    return Table(plain_frame(shown), caption=caption)


def _number(row: Mapping[Any, Any], flow: str, several: bool) -> str:
    """What a row of `worth_finding_out` is called; of several places, with its place."""
    where = f", {place_name(row['place'])}" if several else ""
    period = period_words(row["period"]) if row["period"] else ""
    pattern = NUMBERS.get(row["what"], "{label}{where} in {period}")
    return pattern.format(label=flow, where=where, period=period)


def due_table(outlook: Outlook, most: int = MOST) -> Table:
    """Which printed series is due: how often it was printed, when last, and when the next print may
    be expected.

    Parameters
    ----------
    outlook : Outlook
        Series are ordered as they were due on its day. Whether one is due today, the page says
        that shows the table.
    most : int
        Series shown.

    Returns
    -------
    Table
        A row for each series; a line where none is due.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> type(fc.tables.due_table(outlook, most=3)).__name__
    'Table'
    """
    series = series_due(outlook.facts, outlook.as_of).head(most)
    if series.empty:
        return rows_table([], nothing=NOTHING_DUE)
    shown = {
        "what": series["measure"].map(label_of),
        "counted by": list(map(basis_name, series["basis"], series["measure"])),
        "printed": [
            f"{row['prints']} times, every {_often(row['every_days'])}"
            for row in series.to_dict("records")
        ],
        "counted until": series["newest_end"].astype(str),
        "last print": series["last_print"].astype(str),
        "next expected": series["next_print"].astype(str),
    }
    caption = f"Of what was printed by {day_words(outlook.as_of)}"
    return Table(plain_frame(shown), caption=caption, kind="fc-due")


def _often(days: int) -> str:
    """An interval in the unit that one would say it in.

    >>> _often(32), _often(60), _often(100), _often(800)
    ('month', '2 months', '3 months', '2 years')
    """
    if days <= 20:
        return f"{days} days"
    if days < 45:
        return "month"
    if days < 550:
        return f"{round(days / 30.44)} months"
    return f"{round(days / 365.25)} years"
