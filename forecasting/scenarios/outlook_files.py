"""An outlook's tables as parquet files, with a record of the rest in the metadata of one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.evidence.fact import Fact, typed_facts
from forecasting.scenarios.joint_draws import RESULT_COLUMNS, Results, results_from
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.names import DRAWS_TABLE, OUTLOOK_TABLE
from forecasting.vocabulary.periods import span

METADATA_KEY = b"ev-forecast"
STORED_CAVEATS = "caveats"
EARLIER_CAVEATS = "warnings"  # in files of version 0.1: sentences


def save_tables(
    folder: str | Path, table: pd.DataFrame, draws: pd.DataFrame, record: dict[str, Any]
) -> None:
    """Write both tables; equal content gives equal bytes.

    Parameters
    ----------
    folder : path-like
        Made where it is missing.
    table, draws : pandas.DataFrame
        Written as ``outlook.parquet`` and ``draws.parquet``.
    record : dict
        JSON-able; kept in the metadata of ``outlook.parquet``.

    Raises
    ------
    InputError
        Where the folder cannot be written to.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name, frame in ((OUTLOOK_TABLE, table), (DRAWS_TABLE, draws)):
        # One thread: to start more takes longer than the conversion
        arrow = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
        if name == OUTLOOK_TABLE:
            metadata = {METADATA_KEY: json.dumps(record, sort_keys=True).encode()}
            arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), **metadata})
        dictionary_columns = [column for column in frame if column != "value"]
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            pq.write_table(arrow, Path(folder, name), use_dictionary=dictionary_columns)
        except OSError as error:
            raise InputError(f"{folder} cannot be written to: {error}") from None


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError, KeyError, NotImplementedError) as error:
        raise InputError(f"{path.name} is damaged: {str(error)[:100]}") from None


def load_tables(folder: str | Path) -> tuple[pd.DataFrame, tuple[Results, ...], dict[str, Any]]:
    """Read back what `save_tables` wrote.

    Raises
    ------
    InputError
        Where a file is missing or was not written by `save_tables`.
    """
    home = Path(folder)
    missing = [name for name in (OUTLOOK_TABLE, DRAWS_TABLE) if not (home / name).is_file()]
    if missing:
        raise InputError(
            f"{home} has no {' and no '.join(missing)}; "
            "give the folder of one report, e.g. reports/uzbekistan-baseline"
        )
    record = load_record(home / OUTLOOK_TABLE)
    if not record:
        raise InputError(f"{home / OUTLOOK_TABLE} was not written by ev-forecast")
    return load_results(home / OUTLOOK_TABLE), load_draws(home / DRAWS_TABLE), record


def load_draws(path: Path, measures: Sequence[str] | None = None) -> tuple[Results, ...]:
    """Read the joint draws of a report, a Results for each of its places.

    Parameters
    ----------
    path : Path
        Of a ``draws.parquet``.
    measures : sequence of str, optional
        Only these.

    Raises
    ------
    InputError
        Where the file is damaged, or no such table.
    """
    filters = None if measures is None else [("measure", "in", [*measures])]
    with _readable(path):
        results = results_from(pd.read_parquet(path, filters=filters))
    if not results:
        raise InputError(
            f"{path.name} has no draws of {', '.join(measures or ['anything'])}; run it again"
        )
    return results


def load_results(path: Path) -> pd.DataFrame:
    """Read one table of results, of a report or of many.

    Raises
    ------
    InputError
        Where the file is damaged, or no such table.
    """
    with _readable(path):
        table = pd.read_parquet(path)
    if not {*RESULT_COLUMNS} <= {*table} or not pd.api.types.is_numeric_dtype(table["value"]):
        raise InputError(f"{path.name} is no table of results")
    return table


def load_record(path: Path) -> dict[str, Any]:
    """The record that a report holds beside its results; empty where it cannot be read."""
    import pyarrow.parquet as pq

    try:
        record = json.loads((pq.read_schema(path).metadata or {})[METADATA_KEY])
    except (ValueError, OSError, KeyError):
        return {}
    return record if isinstance(record, dict) else {}


def stored_caveats(record: Mapping[str, Any]) -> list[Caveat]:
    """The caveats that a report's record holds; in those of earlier versions they are sentences.

    Parameters
    ----------
    record : mapping
        Of `load_record`.

    Examples
    --------
    >>> stored_caveats({"warnings": ["All in all, 5 % are missing."]})[0].values
    {'sentence': 'All in all, 5 % are missing.'}
    """
    rows = record.get(STORED_CAVEATS) or record.get(EARLIER_CAVEATS) or []
    return [caveat for row in rows if (caveat := stored_caveat(row))]


def stored_caveat(row: Mapping[str, Any] | str | None) -> Caveat | None:
    """A caveat from `Caveat.row`, or from a sentence; None where nothing is stored.

    Parameters
    ----------
    row : mapping, str or None
        As a record holds it.
    """
    if not row:
        return None
    if isinstance(row, str):
        return Caveat("stored", values={"sentence": row})
    # Earlier versions stored whether the evidence was old on the day of the forecast
    name = row["kind"].replace("evidence_old", "evidence_new")
    return Caveat(name, tuple(map(_stored_fact, row["facts"])), row["values"])


def _stored_fact(cells: Mapping[str, Any]) -> Fact:
    row = dict(cells)
    days = row.pop("other")
    period = days and span(*days)
    (fact,) = typed_facts([row])
    return fact.model_copy(update={"reference_period": period})
