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
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from forecasting.evaluation.track_record import RECORDED
from forecasting.scenarios.outlook_files import load_record, load_results
from forecasting.vocabulary.errors import InputError, RunError, shortened
from forecasting.vocabulary.files import (
    LONGEST_WAIT,
    PART_NAMES,
    AnyPath,
    lock_file,
    read_text,
    read_whole,
    write_new,
    write_whole,
)
from forecasting.vocabulary.limits import MAX_REASON_CHARACTERS
from forecasting.vocabulary.measures import HEADLINE
from forecasting.vocabulary.names import (
    CHAIN_ASIDE,
    CHAIN_LIST,
    LOCK,
    OUTLOOK_TABLE,
    RUN_RECORD,
    WITHDRAWALS,
)
from forecasting.vocabulary.periods import FIRST_YEAR, LAST_YEAR, span

MEASURES_ON_RECORD = {*HEADLINE, *RECORDED}
FORECAST_KEYS = ["country", "measure", "unit", "period_start", "period_end"]
CHAIN_FILES = "????-??-??/*.json"
PART_FILES = f"????-??-??/{PART_NAMES}"
CHAIN_REMEDY = "bring back the folder, or begin another"


LARGEST_VALUE = 1e300  # a larger one has no square
MEND = "`ev-forecast mend {folder}` keeps the chain that the list begins, and sets the rest aside"


def _checked_day(text: str) -> str:
    if dt.date.fromisoformat(text).isoformat() != text:
        raise ValueError("is no day as 2026-05-01")
    return text


def _checked_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a forecast: what it is of, and a finite value at each quantile."""
    if any(not isinstance(row.get(key), str) for key in FORECAST_KEYS):
        raise ValueError(f"lacks a text in one of {', '.join(FORECAST_KEYS)}")
    span(row["period_start"], row["period_end"])
    for name in row.keys() - {*FORECAST_KEYS}:
        value = row[name]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not 0 < float(name) < 1 or not is_number or not abs(value) < LARGEST_VALUE:
            raise ValueError(f"{name[:20]}: {str(value)[:20]} is no number at a quantile")
    return row


Day = Annotated[str, AfterValidator(_checked_day)]
ForecastRow = Annotated[dict[str, Any], AfterValidator(_checked_row)]


class Origin(BaseModel):
    """What a kept forecast was made from, as far as its score depends on it.

    Parameters
    ----------
    as_of : str
        The day of its evidence.
    first_year : int
        The first that is forecast.
    basis : mapping of str to str, optional
        Of each place.
    facts_used : list of str, optional
        Their ids.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    as_of: Day
    first_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    basis: dict[str, str | None] | None = None
    facts_used: list[str] | None = None


class _ChainEnd(BaseModel):
    """The file before another."""

    model_config = ConfigDict(strict=True, frozen=True)

    file: str
    sha256: str


class _KeptForecast(Origin):
    """What a file of a record holds."""

    day: Day
    scenario: str
    before: _ChainEnd | None = None
    withdrawals: dict[str, str] = {}
    forecasts: list[ForecastRow] = Field(min_length=1)


def origin_of(content: Mapping[str, Any], path: AnyPath) -> Origin:
    """What a kept forecast was made from, checked.

    Parameters
    ----------
    content : mapping of str to object
        As a report's record or a file of a chain holds it.
    path : path-like
        Of the file.

    Raises
    ------
    InputError
        Where it does not say of which day it is, or says it in another form.

    Examples
    --------
    >>> origin_of({"as_of": "2026-05-01", "first_year": 2026}, "outlook.parquet").first_year
    2026
    """
    try:
        return Origin.model_validate(content)
    except ValidationError as error:
        raise InputError(
            f"{path} does not say of which day it is, and from which facts ({_first_fault(error)}):"
            " keep the file as `ev-forecast run` wrote it"
        ) from None


def _first_fault(error: ValidationError) -> str:
    """The first fault that was found, with its place."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return " ".join([".".join(map(str, fault["loc"])), fault["msg"]]).strip()


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
    chain = _listed(home)
    # A run that was stopped after it wrote a file has not listed it: such files continue the chain
    links = [_link(home, file, _data(home / file)) for file in sorted(_unlisted(home, chain))]
    while links:
        next_links = _next_links(chain, links)
        if len(next_links) != 1:
            files = ", ".join(str(home / link.file) for link in (next_links or links)[:3])
            raise InputError(
                f"{home} holds more than one chain: {files} do not follow from the files that"
                f" {CHAIN_LIST} lists; {MEND.format(folder=home)}"
            )
        _append(home, chain, next_links[0])
        links.remove(next_links[0])
    _check_withdrawals(home, chain)
    return chain


def _listed(home: Path) -> list[ChainLink]:
    """The files that the list of a record names, each checked, in their order."""
    chain: list[ChainLink] = []
    for sha256, file in _list_entries(home):
        if not fnmatch(file, CHAIN_FILES) or not os.path.lexists(home / file):
            raise InputError(f"{home / file} is missing, and {CHAIN_LIST} lists it; {CHAIN_REMEDY}")
        data = _data(home / file)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise InputError(f"{home / file} was changed after it was written; {CHAIN_REMEDY}")
        _append(home, chain, _link(home, file, data))
    return chain


def _unlisted(home: Path, chain: Sequence[ChainLink]) -> set[str]:
    """The files beside a chain; an empty one is what a run left that was killed."""
    files = {
        path.relative_to(home).as_posix() for path in home.glob(CHAIN_FILES) if not _is_empty(path)
    }
    return files - {link.file for link in chain}


def _is_empty(path: Path) -> bool:
    return path.is_file() and path.stat().st_size == 0


def _next_links(chain: Sequence[ChainLink], links: Sequence[ChainLink]) -> list[ChainLink]:
    """Of some files those that say that they come after the last of a chain."""
    end = _end_of(chain)
    return [link for link in links if link.content.get("before") == end]


def _data(path: Path) -> bytes:
    """The bytes of a file of a record."""
    try:
        return read_whole(path)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; {CHAIN_REMEDY}") from None


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
        forecast = _KeptForecast.model_validate(content)
    except ValidationError as error:
        reason = f" ({_first_fault(error)})"
    except (ValueError, RecursionError):
        reason = ""
    else:
        if file != f"{forecast.day}/{forecast.scenario}.json":
            raise InputError(
                f"{home / file} holds the forecast of {forecast.scenario} on {forecast.day};"
                f" {CHAIN_REMEDY}"
            )
        return ChainLink(file, hashlib.sha256(data).hexdigest(), content)
    raise InputError(f"{home / file} is no forecast that a run has kept{reason}; {CHAIN_REMEDY}")


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
    if not os.path.lexists(path):
        return {}
    text = read_text(path, InputError, "save it as UTF-8")
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error as error:  # a cell of more than 131,072 characters
        raise InputError(f"{path} cannot be read: {error}; shorten its reasons") from None
    if rows[:1] != [["file", "reason"]]:
        raise InputError(f"{path}, line 1: has other columns than file,reason; name these two")
    withdrawals: dict[str, str] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(map(str.strip, row)):
            continue
        if len(row) != 2 or not row[1].strip():
            raise InputError(f"{path}, line {number}: has no reason; say why it is withdrawn")
        file, reason = row[0], row[1].strip()
        if len(reason) > MAX_REASON_CHARACTERS:
            raise InputError(
                f"{path}, line {number}: the reason has {len(reason):,} characters; say it in at"
                f" most {MAX_REASON_CHARACTERS:,}"
            )
        if withdrawals.setdefault(file, reason) != reason:
            raise InputError(
                f"{path}, line {number}: withdraws {file} for another reason than a line above;"
                " keep one of the two"
            )
    return withdrawals


def _check_withdrawals(home: Path, chain: Sequence[ChainLink]) -> None:
    withdrawn = withdrawals_of(home)
    if unknown := {*withdrawn} - {link.file for link in chain}:
        raise InputError(f"{home / WITHDRAWALS} withdraws {min(unknown)}, which is no file here")
    for link in chain:
        for file, reason in link.content.get("withdrawals", {}).items():
            if withdrawn.get(file) != reason:
                raise InputError(
                    f"{home / WITHDRAWALS} no longer says of {file} what {link.file} repeats:"
                    f" {shortened(reason)!r}; {CHAIN_REMEDY}"
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
    RunError
        Where another run holds the record for long.
    """
    home = Path(folder)
    with _lock(home):
        chain = check_day(home, day)
        length = len(chain)
        files = {link.file for link in chain}
        for name in sorted(names):
            file = f"{day}/{name}.json"
            if file in files or not (Path(reports) / name / OUTLOOK_TABLE).is_file():
                continue
            content = _forecast_of(Path(reports) / name, name, day)
            content |= {"before": _end_of(chain), "withdrawals": withdrawals_of(home)}
            data = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False).encode()
            link = _link(home, file, data + b"\n")
            (home / str(day)).mkdir(exist_ok=True)
            if _is_empty(home / file):
                (home / file).unlink()
            write_new(home / file, data + b"\n")
            chain.append(link)
        _write_list(home, chain)
    return chain[length:]


def _write_list(home: Path, chain: Sequence[ChainLink]) -> None:
    if chain:
        lines = "".join(f"{link.sha256}  {link.file}\n" for link in chain)
        write_whole(home / CHAIN_LIST, lines.encode())


@contextmanager
def _lock(home: Path) -> Iterator[None]:
    """Hold a record against other runs: what comes after its last file is written by one of them.
    Parts of files in it are then of runs that were killed, and go.

    Raises
    ------
    RunError
        Where another run holds it for long.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("ab") as file:
        if not lock_file(file, LONGEST_WAIT):
            raise RunError(f"the record {home} is in use by another run: wait until it ends")
        for part_file in home.glob(PART_FILES):
            part_file.unlink()
        yield


def mend_chain(folder: AnyPath) -> tuple[list[ChainLink], list[str]]:
    """Set aside the files of a record that do not follow from the others, as where two runs have
    written to it at once.

    What the list names stays, and what follows from that; where several files follow, the one with
    most files after it. The others are moved into the folder ``set-aside``, as they are.

    Parameters
    ----------
    folder : path-like
        Of the record.

    Returns
    -------
    tuple of list of ChainLink and list of str
        The chain, and the files that were moved.

    Raises
    ------
    InputError
        Where the folder holds no record, where a file that the list names was changed or is
        missing, or where a file of the same name was set aside before.
    RunError
        Where another run holds the record for long.

    Examples
    --------
    >>> mend_chain("no such folder")
    Traceback (most recent call last):
    forecasting.InputError: no such folder holds no record of forecasts; give the folder of `run
    --keep-record`
    """
    home = Path(folder)
    if not (home / CHAIN_LIST).exists() and not any(home.glob(CHAIN_FILES)):
        raise InputError(
            f"{home} holds no record of forecasts; give the folder of `run --keep-record`"
        )
    with _lock(home):
        chain = _listed(home)
        files = sorted(_unlisted(home, chain))
        links = []
        for file in files:
            with suppress(InputError):
                links.append(_link(home, file, _data(home / file)))
        while next_links := _next_links(chain, links):
            _append(home, chain, max(next_links, key=lambda link: _length(link, links)))
        moved_files = [file for file in files if file not in {link.file for link in chain}]
        if files_in_place := [
            file for file in moved_files if os.path.lexists(home / CHAIN_ASIDE / file)
        ]:
            raise InputError(
                f"{home / CHAIN_ASIDE / files_in_place[0]} is there already: move it"
                " elsewhere, and mend again"
            )
        for file in moved_files:
            (home / CHAIN_ASIDE / file).parent.mkdir(parents=True, exist_ok=True)
            (home / file).rename(home / CHAIN_ASIDE / file)
        _write_list(home, chain)
        _check_withdrawals(home, chain)
    return chain, moved_files


def _length(link: ChainLink, links: Sequence[ChainLink]) -> int:
    """How many files come after one, on all ways."""
    members = [link]
    for member in members:
        members += _next_links([member], links)
    return len(members)


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
