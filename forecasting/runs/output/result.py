"""How far a run is, and what became of it, scenario by scenario: a bar with the time left on a
terminal, plain lines in a log, or lines of JSON for machines.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from tqdm import tqdm

from forecasting.vocabulary.sentences import sentence

LogForm = Literal["text", "json"]
# What became of one report, and of all
OUTCOME = "{name} {status}[: {reason}]"
OUTCOMES = "{counts} in {seconds:.1f} s[index?; see {folder}/index.html]"


def write_event(
    event: str, status: str, *, scenario: str = "", seconds: float = 0.0, reason: str = ""
) -> None:
    """Write one line of JSON to standard error: when, of which scenario, what, how it went, how
    long it took, why.

    Parameters
    ----------
    event, status : str
        ``run`` is started, done, failed or refused; a ``scenario`` is fresh, done or failed.
    scenario : str
        Its name; empty for what is of the whole run.
    seconds : float
        From its start.
    reason : str
        Why it failed; of a run that starts or ends, how many scenarios of which kind.
    """
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "event": event,
        "scenario": scenario,
        "status": status,
        "seconds": round(seconds, 3),
        "reason": reason,
    }
    sys.stderr.write(f"{json.dumps(line, ensure_ascii=False)}\n")


class Progress:
    """Progress of a run on standard error.

    Parameters
    ----------
    total : int
        How many scenarios are to run.
    visible : bool
        Whether to show anything.
    form : {"text", "json"}
        For people, or a line of JSON for each event, from the start of the run to its end.

    Examples
    --------
    >>> with Progress(2, visible=False) as progress:
    ...     progress.advance(RunResult("norway-baseline", "done"))
    """

    def __init__(self, total: int, visible: bool = True, form: LogForm = "text") -> None:
        self._total = total
        self._count = 0
        self._events = visible and form == "json"
        self._lines = visible and not self._events and not sys.stderr.isatty()
        hidden = not visible or self._events or self._lines or not total
        self._bar = tqdm(total=total, unit="report", disable=hidden, leave=False)

    def __enter__(self) -> Progress:
        if self._events:
            write_event("run", "started", reason=f"{self._total} to run")
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def advance(self, result: RunResult) -> None:
        """Count one scenario, and say what became of it."""
        if self._events:
            write_event(
                "scenario",
                result.status,
                scenario=result.name,
                seconds=result.seconds,
                reason=result.reason,
            )
            return
        self._count += 1
        outcome = sentence(OUTCOME, **vars(result))
        self._bar.set_postfix_str(f"{result.name} {result.status}", refresh=False)
        self._bar.update()
        if self._lines or (result.reason and not self._bar.disable):
            self._bar.write(f"[{self._count}/{self._total}] {outcome}", file=sys.stderr)

    def end(self, summary: RunSummary) -> None:
        """Say how the whole run went; a reader of lines hears of the scenarios that were fresh,
        too.
        """
        if not self._events:
            return
        for result in summary.results:
            if result.status == "fresh":
                self.advance(result)
        write_event(
            "run",
            "done" if summary.ok else "failed",
            seconds=summary.seconds,
            reason=summary.counts,
        )


Status = Literal["done", "fresh", "failed", "stale"]


@dataclass(frozen=True)
class RunResult:
    """What became of one scenario.

    Parameters
    ----------
    name : str
        The scenario.
    status : {"done", "fresh", "failed", "stale"}
        Its report was made, was there already, could not be made, or would be made (of a dry run).
    reason : str
        Why it ran, or why it failed.
    seconds : float
        From the start of its process to the end.
    """

    name: str
    status: Status
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, repr=False)
class RunSummary:
    """What became of a run.

    Parameters
    ----------
    folder : Path or str
        Folder of the reports, or its address.
    results : tuple of RunResult
        One per scenario, in the order given.
    seconds : float
        All together, on the wall clock.
    problem : str
        What went wrong beside the scenarios (the index could not be written); mostly empty.
    unused : tuple of str
        Which facts are not used, and what to do about it.

    Examples
    --------
    >>> print(RunSummary(Path("reports"), (RunResult("a-b", "stale", "never run"),)))
    stale  a-b: never run
    1 stale in 0.0 s
    """

    folder: Path | str
    results: tuple[RunResult, ...]
    seconds: float = 0.0
    problem: str = ""
    unused: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[RunResult, ...]:
        """The scenarios that failed."""
        return tuple(result for result in self.results if result.status == "failed")

    @property
    def ok(self) -> bool:
        """Whether everything went well."""
        return not self.failed and not self.problem

    def count(self, status: Status) -> int:
        """Count the scenarios of a status.

        Parameters
        ----------
        status : {"done", "fresh", "failed", "stale"}
            Of `RunResult`.

        Returns
        -------
        int

        Examples
        --------
        >>> RunSummary(Path("reports"), (RunResult("a-b", "fresh"),)).count("fresh")
        1
        """
        return sum(result.status == status for result in self.results)

    @property
    def counts(self) -> str:
        """How many scenarios of each status, in words."""
        status_counts = Counter(result.status for result in self.results)
        return ", ".join(
            f"{status_counts[status]} {status}"
            for status in get_args(Status)
            if status_counts[status]
        )

    def to_dict(self) -> dict[str, Any]:
        """The summary for programs.

        Returns
        -------
        dict
            With the folder under ``out``, ok, seconds, problem, unused and results, of each of
            which name, status, reason and seconds.

        Examples
        --------
        >>> summary = RunSummary(Path("reports"), (RunResult("a-b", "fresh"),)).to_dict()
        >>> summary["out"], summary["ok"], summary["results"][0]["status"]
        ('reports', True, 'fresh')
        """
        return {
            "out": str(self.folder),
            "ok": self.ok,
            "seconds": round(self.seconds, 3),
            "problem": self.problem,
            "unused": list(self.unused),
            "results": [asdict(result) for result in self.results],
        }

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.folder}: {self.counts or 'nothing ran'}>"

    def __str__(self) -> str:
        """One line per scenario that is not fresh, then the counts."""
        lines = []
        for result in self.results:
            if result.status in ("failed", "stale"):
                lines.append(f"{result.status:6} {result.name}: {result.reason}")
        places = vars(self) | {"counts": self.counts, "index": not self.count("stale")}
        lines.append(sentence(OUTCOMES, **places))
        if self.problem:
            lines.append(self.problem)
        return "\n".join([*lines, *self.unused])
