"""What to find out next: the numbers that would narrow the answer most, and the series that are due
to be printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecasting.evidence.bases import basis_name
from forecasting.reporting.display import BulletList, Table, plain_frame
from forecasting.reporting.labels import amount, label_of, readable, uncapital
from forecasting.scenarios.age import series_due
from forecasting.scenarios.find_out import width_left, worth_finding_out

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

MOST = 10  # rows shown of either


def find_out_table(outlook: Outlook, most: int = MOST) -> Table | BulletList:
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
    Table or BulletList
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
        return BulletList(
            ["What an outlook from files does not know is in none of its files: run it anew."]
        )
    found = worth_finding_out(outlook).head(most)
    measures = found.columns[2:].tolist()
    if found.empty:
        return BulletList(
            ["No number that could be printed within a year would narrow this answer."]
        )
    first, year = measures[0], outlook.years[-1]
    low, high = np.quantile(outlook.results.values[first][:, -1], (0.1, 0.9)).tolist()
    shown = {"number": found["number"]}
    shown |= {
        label_of(name): found[name].map(lambda share: f"{100 * share:.0f} %") for name in measures
    }
    caption = f"Of the variance of {year}'s answer, the share that each number would take away."
    if low > 0:
        factor = high / low
        shown["leaves a factor of"] = found[first].map(
            lambda share: readable(factor ** width_left(share), 2)
        )
        caption += (
            f" Now the 80 % interval of {uncapital(label_of(first))} reaches from {amount(low, first)} to {amount(high, first)}, "
            f"a factor of {readable(factor, 2)}; the last column is what would be left of it."
        )
    return Table(plain_frame(shown), caption=caption)


def due_table(outlook: Outlook, most: int = MOST) -> Table | BulletList:
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
    Table or BulletList
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
    'BulletList'
    """
    found = series_due(outlook.facts, outlook.as_of).head(most)
    if found.empty:
        return BulletList(
            [
                "No agency has printed a count of this place three times: nothing can be said to be due."
            ]
        )
    shown = {
        "what": found["measure"].map(label_of),
        "counted by": list(map(basis_name, found["basis"], found["measure"])),
        "printed": [
            f"{prints} times, every {_often(days)}"
            for prints, days in zip(
                found["prints"].tolist(), found["every_days"].tolist(), strict=True
            )
        ],
        "counted until": found["newest_end"].astype(str),
        "last print": found["last_print"].astype(str),
        "next expected": found["next_print"].astype(str),
    }
    caption = f"Of what was printed by {outlook.as_of}"
    return Table(plain_frame(shown), caption=caption, kind="fc-due")


def _often(days: int) -> str:
    """An interval in the unit that one would say it in.

    >>> _often(32), _often(60), _often(100), _often(800)
    ('month', '2 months', '3 months', '2 years')
    """
    if days < 45:
        return "month" if days > 20 else f"{days} days"
    return f"{round(days / 30.44)} months" if days < 550 else f"{round(days / 365.25)} years"
