"""Help that can be read in a narrow window: names above what they mean, and no line wider than the
window.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable

import click

NARROW = 60  # columns; in fewer a name and what it means do not fit beside each other
LEAST = 20


class _HelpFormatter(click.HelpFormatter):
    """click's own never writes for fewer than 50 columns."""

    def __init__(
        self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None
    ) -> None:
        columns = shutil.get_terminal_size().columns
        super().__init__(
            indent_increment, max(columns - 1, LEAST) if columns < NARROW else width, max_width
        )

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 34, col_spacing: int = 2
    ) -> None:
        """Write names and what they mean, beside each other where there is room."""
        super().write_dl(rows, 6 if self.width < NARROW else col_max, col_spacing)


class HelpContext(click.Context):
    """Of a command whose help fits the window."""

    formatter_class = _HelpFormatter
