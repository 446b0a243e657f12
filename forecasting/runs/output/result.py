"""What became of a run, scenario by scenario."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

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


@dataclass(frozen=True)
class RunSummary:
    """What became of a run.

    Parameters
    ----------
    out : Path or str
        Folder of the reports, or its address.
    results : tuple of RunResult
        One per scenario, in the order given.
    seconds : float
        All together, on the wall clock.
    problem : str
        What went wrong beside the scenarios (the index could not be written); mostly empty.
    unused : tuple of str
        Which facts are not used, and what to do about it.
    """

    out: Path | str
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
        """Count the scenarios of a status."""
        return sum(result.status == status for result in self.results)

    @property
    def counts(self) -> str:
        """How many scenarios of each status, in words."""
        counted = Counter(result.status for result in self.results)
        return ", ".join(
            f"{counted[status]} {status}" for status in get_args(Status) if counted[status]
        )

    def to_json(self) -> str:
        """Write the summary for machines.

        Examples
        --------
        >>> RunSummary(Path("reports"), (RunResult("a-b", "fresh"),)).to_json()
        '{"out": "reports", "ok": true, "seconds": 0.0, "problem": "", "unused": [], "results": ...'
        """
        summary = {
            "out": str(self.out),
            "ok": self.ok,
            "seconds": round(self.seconds, 3),
            "problem": self.problem,
            "unused": list(self.unused),
            "results": [asdict(result) for result in self.results],
        }
        return json.dumps(summary, ensure_ascii=False)

    def __str__(self) -> str:
        """One line per scenario that is not fresh, then the counts."""
        lines = []
        for result in self.results:
            if result.status in ("failed", "stale"):
                lines.append(f"{result.status:6} {result.name}: {result.reason}")
        index = "" if self.count("stale") else f"; see {self.out}/index.html"
        lines.append(f"{self.counts} in {self.seconds:.1f} s{index}")
        if self.problem:
            lines.append(self.problem)
        return "\n".join([*lines, *self.unused])
