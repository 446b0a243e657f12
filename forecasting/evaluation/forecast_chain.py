"""A record of forecasts that others can check: one file a day and scenario, each with the hash of
the file before it.

Beside the files stands ``SHA256SUMS``, the list of all in their order, which ``sha256sum --check``
reads, too. A forecast is never taken out: a line of ``withdrawals.csv`` withdraws it with a reason,
and every later file repeats the line.
"""

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.evaluation.track_record import RECORDED
from forecasting.scenarios.outlook_files import load_record, load_results
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.files import AnyPath, read_text, read_whole, write_new, write_whole
from forecasting.vocabulary.measures import HEADLINE
from forecasting.vocabulary.names import CHAIN_LIST, OUTLOOK_TABLE, RUN_RECORD, WITHDRAWALS

MEASURES_ON_RECORD = {*HEADLINE, *RECORDED}
FORECAST_KEYS = ["country", "measure", "unit", "period_start", "period_end"]
CHAIN_REMEDY = "bring back the folder, or begin another"


@dataclass(frozen=True)
class ChainLink:
    """One file of a chain.

    Parameters
    ----------
    file : str
        Its name in the folder, e.g. ``2026-05-01/uzbekistan-baseline.json``.
    sha256 : str
        Of its bytes.
    content : mapping
        What it holds.
    """

    file: str
    sha256: str
    content: Mapping[str, Any]

    @property
    def table(self) -> pd.DataFrame:
        """The quantiles, as `RESULT_COLUMNS` has them."""
        wide = pd.DataFrame(self.content["forecasts"])
        table = wide.melt(FORECAST_KEYS, var_name="quantile")
        return table.assign(
            scenario=self.content["scenario"], quantile=table["quantile"].astype(float)
        )


def chain_of(folder: AnyPath) -> list[ChainLink]:
    """Read a record and check it: all its files, from the first on.

    Parameters
    ----------
    folder : path-like
        It may be missing or empty: no file.

    Raises
    ------
    InputError
        By the name of the file that was changed, is missing, stands in another place, or belongs to
        another chain.

    Examples
    --------
    >>> chain_of("no such folder")
    []
    """
    home = Path(folder)
    files = {path.relative_to(home).as_posix() for path in home.glob("????-??-??/*.json")}
    chain: list[ChainLink] = []
    for sha256, file in _list_entries(home):
        if file not in files:
            raise InputError(f"{home / file} is missing, and {CHAIN_LIST} lists it; {CHAIN_REMEDY}")
        data = read_whole(home / file)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise InputError(f"{home / file} was changed after it was written; {CHAIN_REMEDY}")
        _append(home, chain, _link(home, file, data))
        files.discard(file)
    # A run that was stopped after it wrote a file has not listed it: such files continue the chain
    unlisted_links = [_link(home, file, read_whole(home / file)) for file in sorted(files)]
    while unlisted_links:
        end = _end_of(chain)
        next_links = [link for link in unlisted_links if link.content.get("before") == end]
        if len(next_links) != 1:
            other_files = ", ".join(
                str(home / link.file) for link in (next_links or unlisted_links)[:3]
            )
            raise InputError(
                f"{home} holds more than one chain: {other_files} do not follow from the files that"
                f" {CHAIN_LIST} lists; keep each chain in a folder of its own"
            )
        _append(home, chain, next_links[0])
        unlisted_links.remove(next_links[0])
    _check_withdrawals(home, chain)
    return chain


def _list_entries(home: Path) -> list[tuple[str, str]]:
    """Hash and name of each file in the list."""
    path = home / CHAIN_LIST
    if not path.exists():
        return []
    lines = read_text(path, InputError, CHAIN_REMEDY).splitlines()
    entries = [tuple(line.split("  ", 1)) for line in lines]
    for number, entry in enumerate(entries, 1):
        if len(entry) != 2 or len(entry[0]) != 64:
            raise InputError(
                f"{path}, line {number}: is no hash and name of a file; {CHAIN_REMEDY}"
            )
    return [(entry[0], entry[1]) for entry in entries]


def _link(home: Path, file: str, data: bytes) -> ChainLink:
    """A file of a record, checked."""
    try:
        content = json.loads(data)
        day = dt.date.fromisoformat(content["day"])
        scenario = content["scenario"]
        columns = {*content["forecasts"][0]}
    except (ValueError, TypeError, LookupError, RecursionError):
        columns = set()
    if not {*FORECAST_KEYS} <= columns:
        raise InputError(f"{home / file} is no forecast that a run has kept; {CHAIN_REMEDY}")
    if file != f"{day}/{scenario}.json":
        raise InputError(f"{home / file} holds the forecast of {scenario} on {day}; {CHAIN_REMEDY}")
    return ChainLink(file, hashlib.sha256(data).hexdigest(), content)


def _append(home: Path, chain: list[ChainLink], link: ChainLink) -> None:
    """Add a file to a chain, if it says that it comes after the last."""
    earlier_link = link.content.get("before")
    if earlier_link != _end_of(chain):
        stated_file = earlier_link["file"] if earlier_link else "nothing"
        previous_file = chain[-1].file if chain else "nothing"
        raise InputError(
            f"{home / link.file} was written after {stated_file}, and stands after {previous_file}:"
            f" the order was changed; {CHAIN_REMEDY}"
        )
    if chain and link.content["day"] < chain[-1].content["day"]:
        raise InputError(f"{home / link.file} is of a day before {chain[-1].file}; {CHAIN_REMEDY}")
    chain.append(link)


def _end_of(chain: Sequence[ChainLink]) -> dict[str, str] | None:
    """Name and hash of the last file, which the next one repeats; None of an empty chain."""
    return {"file": chain[-1].file, "sha256": chain[-1].sha256} if chain else None


def withdrawals_of(folder: AnyPath) -> dict[str, str]:
    """Why each withdrawn file of a record was withdrawn.

    Parameters
    ----------
    folder : path-like
        Whose ``withdrawals.csv`` has the columns file and reason; it may be missing.

    Raises
    ------
    InputError
        Where it has other columns, or no reason.

    Examples
    --------
    >>> withdrawals_of("no such folder")
    {}
    """
    path = Path(folder) / WITHDRAWALS
    if not path.exists():
        return {}
    rows = list(csv.reader(io.StringIO(read_text(path, InputError, "save it as UTF-8"))))
    if rows[:1] != [["file", "reason"]]:
        raise InputError(f"{path}, line 1: has other columns than file,reason; name these two")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != 2 or not row[1].strip():
            raise InputError(f"{path}, line {number}: has no reason; say why it is withdrawn")
    return {file: reason.strip() for file, reason in rows[1:]}


def _check_withdrawals(home: Path, chain: Sequence[ChainLink]) -> None:
    withdrawn = withdrawals_of(home)
    if unknown := {*withdrawn} - {link.file for link in chain}:
        raise InputError(f"{home / WITHDRAWALS} withdraws {min(unknown)}, which is no file here")
    for link in chain:
        for file, reason in link.content.get("withdrawals", {}).items():
            if withdrawn.get(file) != reason:
                raise InputError(
                    f"{home / WITHDRAWALS} no longer says of {file} what {link.file} repeats:"
                    f" {reason!r}; {CHAIN_REMEDY}"
                )


def check_day(folder: AnyPath, day: dt.date) -> list[ChainLink]:
    """The chain of a folder, to which forecasts of a day may be added.

    Parameters
    ----------
    folder : path-like
        Of the record; it may be missing.
    day : date
        On which the forecasts are made.

    Raises
    ------
    InputError
        As `chain_of`, and where the record has a later day.
    """
    chain = chain_of(folder)
    if chain and day.isoformat() < chain[-1].content["day"]:
        raise InputError(
            f"{folder} has forecasts of {chain[-1].content['day']}, and today is {day}: a day"
            " before the last cannot be added; set the clock, or begin another folder"
        )
    return chain


def add_to_chain(
    folder: AnyPath, reports: AnyPath, names: Sequence[str], day: dt.date
) -> list[ChainLink]:
    """Add the forecasts of reports to a record; of a scenario that has one of the day, none.

    Parameters
    ----------
    folder : path-like
        Of the record; made if missing.
    reports : path-like
        The output folder of a run; a report without results adds nothing.
    names : sequence of str
        Scenarios whose reports are whole.
    day : date
        On which they were made.

    Returns
    -------
    list of ChainLink
        What was added.

    Raises
    ------
    InputError
        As `check_day`; nothing is written then.
    """
    home = Path(folder)
    chain = check_day(home, day)
    length = len(chain)
    files = {link.file for link in chain}
    for name in sorted(names):
        file = f"{day}/{name}.json"
        if file in files or not (Path(reports) / name / OUTLOOK_TABLE).is_file():
            continue
        content = _forecast_of(Path(reports) / name, name, day)
        content |= {"before": _end_of(chain), "withdrawals": withdrawals_of(home)}
        data = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
        (home / str(day)).mkdir(parents=True, exist_ok=True)
        write_new(home / file, data)
        chain.append(ChainLink(file, hashlib.sha256(data).hexdigest(), content))
    if chain:
        lines = "".join(f"{link.sha256}  {link.file}\n" for link in chain)
        write_whole(home / CHAIN_LIST, lines.encode())
    return chain[length:]


def _forecast_of(report: Path, name: str, day: dt.date) -> dict[str, Any]:
    """A report's entry in a record: its quantiles, and what they were made from."""
    table = load_results(report / OUTLOOK_TABLE)
    table = table[table["measure"].isin(MEASURES_ON_RECORD)]
    table = table.assign(**{column: table[column].astype(str) for column in FORECAST_KEYS})
    wide = table.pivot_table("value", FORECAST_KEYS, "quantile", observed=True, sort=False)
    wide.columns = wide.columns.map(str)
    stored = load_record(report / OUTLOOK_TABLE)
    identity = json.loads(read_whole(report / RUN_RECORD)).get("identity", {})
    inputs = identity | {
        OUTLOOK_TABLE: hashlib.sha256(read_whole(report / OUTLOOK_TABLE)).hexdigest()
    }
    origin = {key: stored.get(key) for key in ("as_of", "first_year", "basis", "facts_used")}
    return origin | {
        "day": day.isoformat(),
        "scenario": name,
        "inputs": inputs,
        "forecasts": wide.reset_index().to_dict("records"),
    }
