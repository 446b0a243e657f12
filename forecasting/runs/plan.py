"""What is to run, what is fresh, and why.

A report is identified by what it depends on: its parameters, the facts it may use, the prior, the
notebook, the package's code and data, the versions of the libraries and the seed. It is fresh when
all of these are as recorded.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import platform
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from forecasting.parameters.naming import named_again, unsafe_name
from forecasting.runs.output.folders import Record, read_json
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError, Problem, ScenarioError
from forecasting.vocabulary.files import AnyPath, read_whole, write_new
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.names import (
    DATA,
    EXAMPLES,
    FAILURES,
    NOTEBOOKS,
    PACKAGE,
    PARAMS,
    REPORT_NOTEBOOK,
    REPORT_PAGE,
    RUN_RECORD,
    shipped_folder,
)
from forecasting.vocabulary.periods import as_date
from forecasting.vocabulary.sentences import sentence

Hashes = dict[str, str]  # and versions, each by what it is of
VERSIONS = (
    "python",
    "numpy",
    "scipy",
    "pandas",
    "statsmodels",
    "pydantic",
    "plotly",
    "nbconvert",
    "papermill",
    "xlsxwriter",
)
CODE = {".po", ".py", ".j2", ".html", ".css", ".js"}


def environment() -> Hashes:
    """Hash the package's own code and data, and list the versions that matter."""
    hashed: Hashes = dict.fromkeys(("package", "prior", "ledger"), "")
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and (path.suffix in CODE or path.is_relative_to(DATA)):
            hashed[_part(path)] += f"{path.relative_to(PACKAGE)} {file_hash(path)}\n"
    hashes = {part: hash_of(lines.encode()) for part, lines in hashed.items()}
    libraries = {name: metadata.version(name) for name in VERSIONS[1:]}
    return hashes | {"python": platform.python_version()} | libraries


def _part(path: Path) -> str:
    """What a file of the package belongs to."""
    if path.is_relative_to(DATA / "ledger"):
        return "ledger"
    if path.is_relative_to(DATA) and path.name.startswith("prior"):
        return "prior"
    return "package"


def file_hash(path: Path) -> str:
    """Hash what a file holds."""
    return hash_of(read_whole(path))


def hash_of(content: bytes) -> str:
    """Hash some bytes, in sixteen hexadecimal digits: enough to tell a change."""
    return hashlib.sha256(content).hexdigest()[:16]


if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.parameters.schema import Scenario

# Why a report is made again
FORCED = "forced[; also {reason}][fresh? (was fresh)]"
NEW_VERSION = "{key} {old} is now {new}"
NEW_CONTENT = "{key} changed"
# What a whole report has, whatever its notebook stores besides
REPORT_FILES = (REPORT_NOTEBOOK, REPORT_PAGE)
COUNTRY_NOTEBOOK = "country_outlook.ipynb"
CORRIDOR_NOTEBOOK = "corridor_outlook.ipynb"
# Groups under way: enough that a group's first ends before its second begins; what they share takes
# room
GROUPS_AT_ONCE = 8
SHARED_KEYS = ("country", "corridor", "as_of", "seed")


@dataclass(frozen=True)
class Run:
    """One scenario of a run: what it is made from, and whether its report is fresh.

    Parameters
    ----------
    name : str
        The scenario's name, which is the name of its folder.
    template : Path
        The notebook that it fills.
    parameters : dict
        What the notebook is given: JSON values only.
    identity : dict of str to str
        What the report depends on, each as a short hash or a version.
    sources : dict of str to str
        The same before reading: hashes of the files as they lie, which tell at once that nothing
        has changed.
    reason : str
        Why it is to run; empty if the report is fresh.
    """

    name: str
    template: Path
    parameters: Record
    identity: Hashes
    sources: Hashes
    reason: str

    @property
    def fresh(self) -> bool:
        """Whether the report that is there is the one that running would make."""
        return not self.reason


class Survey:
    """Params files and the reports that lie there, looked at without reading what they say.

    That takes a moment, and tells whether anything is to run.

    Parameters
    ----------
    paths : sequence of path-like
        Params files, or folders of them; empty for ``./params``.
    reports : path-like
        Folder of the reports; it is only read.
    as_of : str, optional
        An ISO date that takes the place of every scenario's own.
    ledger : sequence of path-like
        Files of facts of one's own, for every scenario.
    published : date, optional
        Since when those of one's own facts are known that have no date of publication.
    language : sequence of str
        Languages in which every report is written, too, beside those of its params file.

    Raises
    ------
    InputError
        If there is no params file, or one has a name that cannot be that of a folder.
    """

    def __init__(
        self,
        paths: Sequence[AnyPath],
        reports: AnyPath,
        as_of: str | None = None,
        ledger: Sequence[AnyPath] = (),
        published: dt.date | None = None,
        language: Sequence[str] = (),
    ) -> None:
        self.files = find_params(paths)
        self.reports = Path(reports)
        self._as_of = as_of
        self._published = published
        self._language = tuple(language)
        self._ledgers = [str(Path(file).absolute()) for file in ledger]
        problems = []
        for path in self.files:
            name = scenario_name(path)
            if why := unsafe_name(name, f"the name {name[:100]!a}"):
                problems.append(Problem(str(path), why, "e.g. uzbekistan-baseline.yaml"))
        if problems := [*problems, *named_again(self.files)]:
            raise ScenarioError(problems)
        self._environment = environment()
        self._options = {
            "as_of": as_of or "",
            "beside": "\n".join(self._ledgers),
            "published": str(published or ""),
            **({"language": " ".join(language)} if language else {}),
        }
        self._records = {
            path: read_json(self.reports / scenario_name(path) / RUN_RECORD) for path in self.files
        }
        self._fresh = {path: self._known_fresh(path) for path in self.files}

    @property
    def changed(self) -> list[Path]:
        """The params files whose reports may not be fresh."""
        return [path for path in self.files if not self._fresh[path]]

    def _known_fresh(self, path: Path) -> Run | None:
        """The run of a report that is whole, and made from the files as they lie."""
        record = self._records[path]
        parameters = record.get("parameters")
        if not parameters or record.get("sources") != self._sources(path, parameters):
            return None
        run = self._run(path, parameters, record["identity"]["facts"])
        return run if run.fresh else None

    def _sources(self, path: Path, parameters: Record) -> Hashes:
        """Hash the files that a report comes from, without reading what they say."""
        # Of one's own facts, and the mappings beside them
        user_files: list[Path] = []
        for file in map(Path, parameters.get("ledger") or ()):
            user_files += [
                file,
                file.with_name(f"{file.stem}.mapping.yaml"),
                *sorted(file.glob("*.csv")),
            ]
        hashes = "".join(file_hash(file) for file in user_files if file.is_file())
        files = {
            "params": file_hash(path),
            "notebook": file_hash(find_notebook(path, notebook_name(parameters))),
            "own_facts": hash_of(hashes.encode()),
        }
        return self._environment | self._options | files

    @property
    def notebook(self) -> Path | None:
        """The notebook that most of them are likely to fill, if it is there."""
        with contextlib.suppress(InputError):
            return find_notebook(self.files[0], COUNTRY_NOTEBOOK)
        return None

    def runs(self, force: bool = False) -> list[Run]:
        """Say for each params file, in the order given, what would run and why.

        Parameters
        ----------
        force : bool
            Run also what is fresh.

        Raises
        ------
        InputError
            With every problem of every params file.
        """
        read = self._read()
        runs = [self._fresh[path] or self._run(path, *read[path]) for path in self.files]
        if force:
            runs = [
                replace(run, reason=sentence(FORCED, reason=run.reason, fresh=run.fresh))
                for run in runs
            ]
        return runs

    def _read(self) -> dict[Path, tuple[Record, str]]:
        """Read and check params files: the parameters of each, a hash of the facts it may use."""
        if not self.changed:
            return {}
        from forecasting.reading.user_ledgers import facts_of
        from forecasting.scenarios.check_params import read_checked

        user_facts = facts_of(self._ledgers, published=self._published)
        checked = {path: read_checked(path, user_facts, self._published) for path in self.changed}
        if problems := [problem for check in checked.values() for problem in check.problems]:
            raise ScenarioError(problems)
        facts = cache(facts_of)  # many scenarios use the same
        read = {}
        for path, check in checked.items():
            assert check.scenario is not None
            scenario = check.scenario.with_ledger(self._ledgers)
            if self._as_of is not None:
                scenario = scenario.on(as_date(self._as_of))
            languages = tuple(dict.fromkeys([*scenario.language, *self._language]))
            scenario = scenario.model_copy(update={"language": languages})
            ledger = facts(
                scenario.ledger, scenario.shipped_facts, scenario.published, scenario.country or ""
            )
            read[path] = scenario.parameters(), _facts_hash(scenario, ledger)
        return read

    def _run(self, path: Path, parameters: Record, facts: str) -> Run:
        name = scenario_name(path)
        template = find_notebook(path, notebook_name(parameters))
        identity = {
            "parameters": hash_of(canonical(parameters).encode()),
            "facts": facts,
            "notebook": file_hash(template),
        }
        identity |= self._environment
        del identity["ledger"]  # of which a scenario uses a part, its facts
        reason = _reason(self.reports / name, self._records[path], identity)
        sources = self._sources(path, parameters)
        return Run(name, template, parameters, identity, sources, reason)


def find_params(paths: Sequence[AnyPath]) -> list[Path]:
    """List the params files of `paths`; a folder stands for the YAML files in it.

    Raises
    ------
    InputError
        For a path that is not there, and where there is no params file at all.
    """
    if not paths and not Path(PARAMS).exists():
        raise InputError(
            f"there is no folder {PARAMS} here; give params files or names of scenarios; "
            "`ev-forecast new COUNTRY` writes one"
        )
    files = []
    for place in (_existing_path(path) for path in paths or [PARAMS]):
        if place.is_dir():
            files += sorted([*place.glob("*.yaml"), *place.glob("*.yml")])
        elif place.is_file():
            files.append(place)
        else:
            raise InputError.at(
                place,
                "is neither a folder nor a regular file",
                "give a .yaml, or a folder of them",
            )
    if not files:
        raise InputError(
            f"no params file (*.yaml) in {', '.join(map(str, paths or [PARAMS]))}; "
            "`ev-forecast new COUNTRY` writes one"
        )
    return files


def _existing_path(question: AnyPath) -> Path:
    """A path that exists: that of a file or folder, or of the params file of a scenario by name."""
    path = Path(question)
    if path.exists() or path.is_symlink():
        return path
    from forecasting.scenarios.question import existing_file

    return existing_file(path)


def scenario_name(path: Path) -> str:
    """Name a scenario by its params file.

    Examples
    --------
    >>> scenario_name(Path("params/Uzbekistan-Baseline.yaml"))
    'uzbekistan-baseline'
    """
    return path.stem.lower()


def find_notebook(params: Path, name: str) -> Path:
    """Find a notebook: beside the folder of the params file, then where the package keeps its own.

    Raises
    ------
    InputError
        If it is in none of these places, naming them.
    """
    places = [params.absolute().parent.parent / NOTEBOOKS, shipped_folder(NOTEBOOKS)]
    for place in places:
        if (place / name).is_file():
            return place / name
    raise InputError(f"no notebook {name}: looked in {', '.join(map(str, places))}")


def shipped_files() -> dict[str, Path]:
    """The files that ship for a working folder, by where they belong in it.

    Examples
    --------
    >>> shipped_files()["colombia.csv"].name, "params/ports-baseline.yaml" in shipped_files()
    ('colombia.csv', True)
    """
    folders = {EXAMPLES: "", NOTEBOOKS: f"{NOTEBOOKS}/", PARAMS: f"{PARAMS}/"}
    return {
        f"{place}{path.name}": path
        for folder, place in folders.items()
        for path in sorted(shipped_folder(folder).iterdir())
        if path.is_file()
    }


def write_example(name: str) -> Path:
    """Write a file that ships into the working folder.

    Parameters
    ----------
    name : str
        Where it belongs, e.g. ``notebooks/country_outlook.ipynb``.

    Raises
    ------
    InputError
        If no such file ships, or something is there.
    """
    files = shipped_files()
    if name not in files:
        hint = did_you_mean(name, files, "ev-forecast example lists them")
        raise InputError(f"no example {name}; {hint}")
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    try:
        return write_new(path, files[name].read_bytes())
    except FileExistsError:
        raise InputError(f"{path} exists already; move it, or work in another folder") from None


def canonical(parameters: Record) -> str:
    """Write parameters as JSON in one way only, so that equal parameters have equal hashes.

    Examples
    --------
    >>> canonical({"seed": 1, "country": "NO"})
    '{"country":"NO","seed":1}'
    """
    return json.dumps(
        parameters, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def notebook_name(parameters: Record) -> str:
    """Name the notebook that parameters are for."""
    return CORRIDOR_NOTEBOOK if parameters.get("corridor") else COUNTRY_NOTEBOOK


def _facts_hash(scenario: Scenario, ledger: Ledger) -> str:
    """Hash the facts of a scenario's places, known by its day, and those that its drivers cite."""
    from forecasting.scenarios.facts_on_day import day_of_forecast, driver_facts

    day = day_of_forecast(scenario, ledger)
    places = scenario.counted_at
    parts = [ledger.select(place=place, partner=None, as_of=day).hash() for place in places]
    cited = [ledger.get(name).model_dump_json() for name in driver_facts(scenario.drivers)]
    return hash_of("\n".join([day.isoformat(), *parts, *cited]).encode())


def undated_facts(runs: Iterable[Run]) -> list[Caveat]:
    """What to do with the own facts of some runs that are not used, as nobody says since when they
    are known.
    """
    from forecasting.reading.user_files import checked_file

    user_files = [
        file for run in runs if not run.parameters["published"] for file in run.parameters["ledger"]
    ]
    caveats = [
        caveat for file in dict.fromkeys(user_files) for caveat in checked_file(Path(file))[2]
    ]
    return [caveat for caveat in caveats if caveat.kind == "facts_undated"]


def _reason(folder: Path, record: Record, identity: Hashes) -> str:
    """Say why a report is to be made again; empty if it is fresh."""
    if not record:
        failed = (folder.parent / FAILURES / folder.name).exists()
        return "failed last time" if failed else "never run"
    if not all((folder / file).is_file() for file in (*REPORT_FILES, *record.get("files", {}))):
        return "files are missing"
    old_identity = record.get("identity", {})
    changed = {key: value for key, value in identity.items() if old_identity.get(key) != value}
    return "; ".join(
        (NEW_VERSION if key in VERSIONS else NEW_CONTENT).format(
            key=key, old=old_identity.get(key), new=value
        )
        for key, value in changed.items()
    )


def arranged(runs: Iterable[Run]) -> list[tuple[Run, str]]:
    """Order what is to run: the first of a group well before the others, which find its forecasts
    made.

    Parameters
    ----------
    runs : iterable of Run
        Those that are fresh are left out.

    Returns
    -------
    list of (Run, str)
        Each with the name of what it shares with others; empty if it is alone.
    """
    groups: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if not run.fresh:
            # What forecasts before drivers depend on; two named alike by mistake share nothing
            shared = {key: run.parameters.get(key) for key in SHARED_KEYS}
            groups[hash_of(canonical(shared).encode())].append(run)
    ordered: list[tuple[Run, str]] = []
    for start in range(0, len(groups), GROUPS_AT_ONCE):
        batch = [*groups.items()][start : start + GROUPS_AT_ONCE]
        ordered += [(runs[0], name if runs[1:] else "") for name, runs in batch]
        ordered += [(run, name) for name, runs in batch for run in runs[1:]]
    return ordered
