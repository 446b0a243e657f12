"""How far a run is: a bar with the time left on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
from types import TracebackType

from tqdm import tqdm

__all__ = ["Progress"]


class Progress:
    """Progress of a run on standard error.

    Parameters
    ----------
    total : int
        How many scenarios are to run.
    shown : bool
        Whether to show anything.

    Examples
    --------
    >>> with Progress(2, shown=False) as progress:
    ...     progress.advance("norway-baseline done")
    """

    def __init__(self, total: int, shown: bool = True) -> None:
        self._total, self._done = total, 0
        self._lines = shown and not sys.stderr.isatty()
        self._bar = tqdm(total=total, unit="report", disable=not shown or self._lines or not total, leave=False)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def advance(self, text: str, reason: str = "") -> None:
        """Count one scenario, and say what became of it."""
        self._done += 1
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update()
        line = f"[{self._done}/{self._total}] {text}" + (f": {reason}" if reason else "")
        if self._lines:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        elif reason and not self._bar.disable:
            self._bar.write(line, file=sys.stderr)
