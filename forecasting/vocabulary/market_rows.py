"""Tables of what other markets counted, by year or by month: read by one rule wherever they come
from.
"""

from collections.abc import Collection

import pandas as pd

from forecasting.vocabulary.arguments import LARGEST_NUMBER
from forecasting.vocabulary.errors import InputError, ModelError, Problem

MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
MOST_LINES = 5  # that a message names


def market_rows(
    table: pd.DataFrame,
    name: str,
    time: str,
    counts: Collection[str],
    optional_counts: Collection[str] = (),
    error: type[InputError] = ModelError,
) -> pd.DataFrame:
    """Rows of markets whose counts are numbers of 0 or more, or missing; any other is refused.

    Parameters
    ----------
    table : DataFrame
        Columns market, the time, and the counts; others stay as they are.
    name : str
        Of the table, for messages: a file, or words.
    time : str
        The column that tells when: ``year``, or ``month`` (YYYY-MM).
    counts : collection of str
        Columns that it must have, with a number in some row.
    optional_counts : collection of str
        Further counts, where they are known.
    error : type of InputError
        What is raised.

    Returns
    -------
    DataFrame
        One row a market and time, as told; counts are floats.

    Raises
    ------
    InputError
        For a table without rows, a column that is missing or there twice, a cell that is something
        else, and a row that is there twice.

    Examples
    --------
    >>> table = pd.DataFrame({"market": ["A"], "month": ["2024-01"], "bev": ["7"]})
    >>> market_rows(table, "the table", "month", ["bev"])["bev"].tolist()
    [7.0]
    """
    columns = ", ".join(map(str, table.columns))
    if not table.columns.is_unique:
        raise error(f"{name} has a column twice: {columns}")
    if table.empty:
        raise error(f"{name} has no rows; give counts by market and {time}")
    required = ["market", time, *counts]
    missing = [column for column in required if column not in table or table[column].isna().all()]
    if missing:
        raise error(f"{name} lacks {', '.join(missing)}; it has {columns}")
    table = table.reset_index(drop=True)
    for column in table.columns.intersection([*required, *optional_counts]):
        cells = table[column]
        values, kind, hint = _read(cells)
        wrong = values.isna() & (cells.notna() | (column in ("market", time)))
        if wrong.any():
            lines = ", ".join(str(row + 2) for row in table.index[wrong][:MOST_LINES])
            cell = f"{str(cells[wrong].iloc[0])!r} is not a {kind}"
            raise error([Problem(f"{name}:{lines} {column}", cell, hint)])
        table[column] = values
    if time == "year":
        table = table.astype({time: int})
    duplicates = table[table.duplicated(["market", time])]
    if len(duplicates):
        duplicate = " ".join(map(str, duplicates[["market", time]].iloc[0]))
        raise error(f"{name} holds {duplicate} twice; keep one row for each market and {time}")
    return table


def _read(cells: pd.Series) -> tuple[pd.Series, str, str]:
    """What some cells say, missing where nothing; and what they should be."""
    texts = cells.astype("str").str.strip()
    if cells.name == "market":
        return texts.where(cells.notna() & (texts != "")), "market", "give its name"
    if cells.name == "month":
        months = texts.where(texts.str.fullmatch(MONTH))
        return months, "month", "write YYYY-MM, as 2024-01"
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    numbers = numbers.where(numbers.between(0, LARGEST_NUMBER))
    if cells.name == "year":
        return numbers.where(numbers % 1 == 0), "year", "write its digits, as 2024"
    return numbers, "count", "write digits and a point, 0 or more"
