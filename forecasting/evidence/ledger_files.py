"""Ledgers as files: a CSV file or a folder of them, read and checked as a whole."""

from __future__ import annotations

from forecasting.arguments import Check, takes
from forecasting.arguments import path as file_path
from forecasting.errors import LedgerError, Problem
from forecasting.evidence.ledger import Ledger, ledger_of
from forecasting.evidence.reading import Source, checked_rows, csv_rows

__all__ = ["check_ledger", "read_ledger"]

SOURCE = Check(
    "the path of a ledger, or an open file",
    lambda value: value if hasattr(value, "read") else file_path().read(value),
)


@takes(LedgerError, path=SOURCE)
def check_ledger(path: Source) -> list[Problem]:
    """Every problem of a ledger; an empty list where all is well.

    Parameters
    ----------
    path : str, Path or open file
        A CSV file, or a folder whose ``*.csv`` files are one ledger.

    Examples
    --------
    >>> import io
    >>> print(*check_ledger(io.StringIO('''id,measure,place,period_start,period_end,relation,value
    ... a,ev_import,UZ,2023-01-01,2023-04-30,equals,5
    ... ''')))
    ledger:2 measure: 'ev_import' is unknown (did you mean ev_imports?)
    """
    rows, problems = csv_rows(path)
    return problems + checked_rows(rows)


@takes(LedgerError, path=SOURCE)
def read_ledger(path: Source) -> Ledger:
    """Read and check a ledger.

    Parameters
    ----------
    path : str, Path or open file
        A CSV file in UTF-8, or a folder whose ``*.csv`` files are one ledger.

    Returns
    -------
    Ledger

    Raises
    ------
    LedgerError
        With every problem of the file at once, each with file, line and column.

    Examples
    --------
    >>> import io
    >>> text = "id,measure,place,period_start,period_end,relation,value"
    >>> row = "a,vehicle_exports,Khorgos,2023-01-01,2023-06-26,greater_than,35000"
    >>> print(*read_ledger(io.StringIO(f"{text}{chr(10)}{row}")))
    Horgos, vehicles exported, all types, 2023-01-01..2023-06-26: more than 35,000 vehicles
    """
    rows, problems = csv_rows(path)
    if problems := problems + checked_rows(rows):
        raise LedgerError(problems)
    return ledger_of([row.cells for row in rows])
