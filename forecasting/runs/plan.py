"""What is to run, what is fresh, and why.

A report is identified by what it depends on: its parameters, the facts it may use, the prior, the
notebook, the package's code and data, the versions of the libraries and the seed. It is fresh when
all of these are as recorded.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.errors import InputError, Problem, ScenarioError
from forecasting.names import (
    FAILURES,
    LOGS,
    NOTEBOOKS,
    PARAMS,
    REPORT_NOTEBOOK,
    REPORT_PAGE,
    RUN_RECORD,
    shipped_folder,
)
from forecasting.parameters.naming import unsafe_name
from forecasting.periods import as_date
from forecasting.runs.environment import LIBRARIES, environment, file_hash, hash_of
from forecasting.runs.output.ownership import read_json

__all__ = ["Run", "Survey", "find_params"]

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.parameters.schema import Scenario

# What a whole report has, whatever its notebook stores besides
FILES = (REPORT_NOTEBOOK, REPORT_PAGE)
TEMPLATES = ("country_outlook.ipynb", "corridor_outlook.ipynb")
RESERVED = (LOGS, FAILURES)


@dataclass(frozen=True)
class Run:
    """One scenario of a run: what it is made from, and whether its report is fresh.

    Parameters
    ----------
    name : str
        The scenario's name, which is the name of its folder.
    params, template : Path
        The params file, and the notebook that it fills.
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
    params: Path
    template: Path
    parameters: dict[str, Any]
    identity: dict[str, str]
    sources: dict[str, str]
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
    out : path-like
        Folder of the reports; it is only read.
    as_of : str, optional
        An ISO date that takes the place of every scenario's own.
    ledger : sequence of path-like
        Files of facts of one's own, for every scenario.

    Raises
    ------
    InputError
        If there is no params file, or one has a name that cannot be that of a folder.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        out: str | os.PathLike[str],
        as_of: str | None = None,
        ledger: Sequence[str | os.PathLike[str]] = (),
    ) -> None:
        self.files, self.out, self._as_of = find_params(paths), Path(out), as_of
        self._beside = [str(Path(file).absolute()) for file in ledger]
        _check_names(self.files)
        self._environment = environment() | {
            "as_of": as_of or "",
            "beside": "\n".join(self._beside),
        }
        self._records = {
            path: read_json(self.out / scenario_name(path) / RUN_RECORD) for path in self.files
        }
        self._sources = {
            path: _sources(path, self._records[path], self._environment) for path in self.files
        }

    @property
    def changed(self) -> list[Path]:
        """The params files whose reports may not be fresh."""
        return [
            path for path in self.files if self._sources[path] != self._records[path].get("sources")
        ]

    @property
    def notebook(self) -> Path | None:
        """The notebook that most of them are likely to fill, if it is there."""
        with contextlib.suppress(InputError):
            return find_notebook(self.files[0], TEMPLATES[0])
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
        read = _read(self.changed, self._as_of, self._beside)
        return [self._run(path, read.get(path), force) for path in self.files]

    def _run(self, path: Path, read: tuple[dict[str, Any], str] | None, force: bool) -> Run:
        name, record = scenario_name(path), self._records[path]
        parameters, facts = read or (record["parameters"], record["identity"]["facts"])
        template = find_notebook(path, notebook_name(parameters))
        own = {
            "parameters": hash_of(canonical(parameters).encode()),
            "facts": facts,
            "notebook": file_hash(template),
        }
        shared = {
            key: value
            for key, value in self._environment.items()
            if key not in ("ledger", "as_of", "beside")
        }
        reason = _reason(self.out, name, record, own | shared)
        if force:
            reason = f"forced; also {reason}" if reason else "forced (was fresh)"
        quick = self._sources[path] | {
            "notebook": own["notebook"],
            "own_facts": _own_facts(parameters),
        }
        return Run(name, path, template, parameters, own | shared, quick, reason)


def find_params(paths: Sequence[str | os.PathLike[str]]) -> list[Path]:
    """List the params files of `paths`; a folder stands for the YAML files in it.

    Raises
    ------
    InputError
        For a path that is not there, and where there is no params file at all.
    """
    if not paths and not Path(PARAMS).exists():
        hint = "give params files or names of scenarios; `ev-forecast new COUNTRY` writes one"
        raise InputError(f"there is no folder {PARAMS} here; {hint}")
    given = [_there(path) for path in paths or [PARAMS]]
    what = "is neither a folder nor a regular file"
    hint = "give a .yaml, or a folder of them"
    if strange := [path for path in given if not (path.is_dir() or path.is_file())]:
        raise InputError([Problem(str(path), what, hint) for path in strange])
    files = [
        file for path in given for file in (sorted(_yaml_files(path)) if path.is_dir() else [path])
    ]
    if not files:
        raise InputError(
            f"no params file (*.yaml) in {', '.join(map(str, given))}; `ev-forecast new COUNTRY` writes one"
        )
    return files


def _there(question: str | os.PathLike[str]) -> Path:
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


def canonical(parameters: dict[str, Any]) -> str:
    """Write parameters as JSON in one way only, so that equal parameters have equal hashes.

    Examples
    --------
    >>> canonical({"seed": 1, "country": "NO"})
    '{"country":"NO","seed":1}'
    """
    return json.dumps(
        parameters, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _yaml_files(folder: Path) -> Iterable[Path]:
    return (path for pattern in ("*.yaml", "*.yml") for path in folder.glob(pattern))


def _check_names(files: Sequence[Path]) -> None:
    problems, seen = [], dict[str, Path]()
    for path in files:
        name = scenario_name(path)
        if why := unsafe_name(name) or (
            "is the name of a folder that every run writes" if name in RESERVED else ""
        ):
            problems.append(
                Problem(
                    f"{path}", f"the name {name[:100]!a} {why}", "e.g. uzbekistan-baseline.yaml"
                )
            )
        elif name in seen and seen[name].absolute() != path.absolute():
            problems.append(
                Problem(
                    f"{path}", f"names the scenario {name!r} again", f"{seen[name]} has that name"
                )
            )
        elif name in seen:
            problems.append(Problem(f"{path}", "is given twice", "give each params file once"))
        seen[name] = path
    if problems:
        raise ScenarioError(problems)


def notebook_name(parameters: dict[str, Any]) -> str:
    """Name the notebook that parameters are for."""
    of_country, of_corridor = TEMPLATES
    return of_corridor if parameters.get("corridor") else of_country


def _read(
    files: Sequence[Path], as_of: str | None, beside: Sequence[str]
) -> dict[Path, tuple[dict[str, Any], str]]:
    """Read and check params files: the parameters of each, and a hash of the facts that it may use."""
    if not files:
        return {}
    from forecasting.evidence.datasets import facts_of
    from forecasting.scenarios.check_params import read_checked
    from forecasting.scenarios.known import facts_of_scenario

    ledger = facts_of(beside)
    checked = {path: read_checked(path, ledger) for path in files}
    if problems := [problem for each in checked.values() for problem in each.problems]:
        raise ScenarioError(problems)
    said, found = dict[tuple[object, ...], _Facts](), {}
    read = [(path, each.scenario) for path, each in checked.items() if each.scenario is not None]
    for path, given in read:
        scenario = given.with_ledger(beside)
        scenario = scenario if as_of is None else scenario.on(as_date(as_of))
        which = (scenario.ledger, scenario.shipped_facts)
        if which not in said:
            said[which] = _Facts(facts_of_scenario(scenario))
        found[path] = scenario.parameters(), said[which].hash(scenario)
    return found


class _Facts:
    """Hashes of the facts that scenarios may use; many scenarios use the same."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._of_place = cache(
            lambda place, day: ledger.select(place=place, partner=None, as_of=day).hash()
        )
        self._cited = cache(lambda name: ledger.get(name).model_dump_json())

    def hash(self, scenario: Scenario) -> str:
        """Of its places, known by its day, and those that its drivers cite."""
        from forecasting.scenarios.known import driver_facts

        day = scenario.known_by(self._ledger)
        places = [scenario.country] if scenario.country else scenario.places
        parts = [self._of_place(place, day) for place in places]
        cited = [self._cited(name) for name in driver_facts(scenario.drivers)]
        return hash_of("\n".join([day.isoformat(), *parts, *cited]).encode())


def _sources(path: Path, record: dict[str, Any], environment: dict[str, str]) -> dict[str, str]:
    """Hash the files that a recorded report came from, without reading what they say."""
    found = {"params": file_hash(path)} | environment
    if record.get("parameters"):
        found["notebook"] = file_hash(find_notebook(path, notebook_name(record["parameters"])))
        found["own_facts"] = _own_facts(record["parameters"])
    return found


def _own_facts(parameters: dict[str, Any]) -> str:
    """Hash the files of a scenario's own facts, and the mappings beside them."""
    files = [Path(file) for file in parameters.get("ledger") or ()]
    files += [path.with_name(f"{path.stem}.mapping.yaml") for path in files]
    inside = [
        part for path in files for part in (sorted(path.glob("*.csv")) if path.is_dir() else [path])
    ]
    return (
        hash_of("".join(file_hash(path) for path in inside if path.is_file()).encode())
        if inside
        else ""
    )


def _reason(out: Path, name: str, record: dict[str, Any], identity: dict[str, str]) -> str:
    """Say why a report is to be made again; empty if it is fresh."""
    if not record:
        return "failed last time" if (out / FAILURES / name).exists() else "never run"
    if any(not (out / name / file).is_file() for file in {*FILES, *record.get("files", {})}):
        return "files are missing"
    before = record.get("identity", {})
    changed = [
        _change(key, before.get(key), value)
        for key, value in identity.items()
        if before.get(key) != value
    ]
    return "; ".join(changed)


def _change(key: str, before: str | None, now: str) -> str:
    versioned = key in LIBRARIES or key == "python"
    return f"{key} {before} is now {now}" if versioned else f"{key} changed"
