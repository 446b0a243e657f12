"""A report in another language: what its cells show is said again from the same results, and
nothing is computed again.

The notebook does the first half, while its results are at hand; whoever writes the page the second,
as a notebook does not know its own prose.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import v4

from forecasting.vocabulary.catalogues import language, written_in
from forecasting.writers.page import PAGE_TYPES

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from nbformat import NotebookNode

Output = dict[str, Any]  # of a cell, as a notebook stores it
# A heading, a line of a list or a paragraph: what marks it, and its words
PROSE_BLOCK = re.compile(r"^(#+ |- |)((?:[^\n]+\n(?!\n|- |#))*[^\n]+)", re.MULTILINE)


def said_again(shell: InteractiveShell, code: str) -> NotebookNode:
    """What the cells that ran so far show, in a language.

    Only the last statement of a cell runs again, and none that gives a name its value.

    Parameters
    ----------
    shell : InteractiveShell
        In which the cells ran.
    code : str
        Of a language that ships.

    Returns
    -------
    NotebookNode
        A cell for each, with its number and what it shows; the metadata has the sentences that the
        catalogue lacks.
    """
    with written_in(code) as chosen:
        # The first entry is none of a cell, the last one is the cell that runs
        cells = [
            {
                "cell_type": "code",
                "id": f"cell-{count}",
                "metadata": {},
                "execution_count": count,
                "source": "",
                "outputs": [*_shown_again(shell, source)],
            }
            for count, source in enumerate(shell.user_ns["In"][1:-1], start=1)
        ]
        metadata = {"missing": sorted(chosen.missing)}
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    notebook: NotebookNode = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
    return notebook


def _shown_again(shell: InteractiveShell, source: str) -> Iterator[Output]:
    """What the last statement of a cell shows."""
    from IPython.utils.capture import capture_output

    statements = ast.parse(source).body
    if not statements or not isinstance(statements[-1], ast.Expr | ast.For):
        return
    last = ast.unparse(statements[-1])
    data: dict[str, Any] = {}
    with capture_output() as shown:
        if isinstance(statements[-1], ast.For):
            exec(last, shell.user_ns)
        else:
            value = eval(last, shell.user_ns)
            data, _ = shell.display_formatter.format(value, include=PAGE_TYPES)  # type: ignore
    for content in (*(output.data for output in shown.outputs), data):
        if content:
            yield {"output_type": "display_data", "metadata": {}, "data": content}


def translated(notebook: NotebookNode, shown: NotebookNode) -> NotebookNode:
    """A report with its prose in the language in which words are written now, and what its cells
    show as it was said again.

    Parameters
    ----------
    notebook : NotebookNode
        The report in English.
    shown : NotebookNode
        As of `said_again`.
    """
    chosen = language()
    outputs = {cell.execution_count: cell.outputs for cell in shown.cells if "outputs" in cell}
    # Cells get other words and outputs, but what they show is shared
    report = nbformat.NotebookNode(notebook)  # type: ignore[no-untyped-call]
    report.metadata = nbformat.NotebookNode(notebook.metadata)  # type: ignore[no-untyped-call]
    report.cells = [*map(nbformat.NotebookNode, notebook.cells)]
    for cell in report.cells:
        if cell.cell_type == "markdown":
            cell.source = prose(cell.source)
        elif cell.get("outputs"):
            cell.outputs = outputs.get(cell.execution_count, cell.outputs)
    missing = shown.metadata["missing"]
    note = chosen.note(missing)
    if note:
        report.cells.insert(1, v4.new_markdown_cell(note, id="note-of-catalogue"))  # type: ignore[no-untyped-call]
    report.metadata["missing"] = sorted({*missing, *chosen.missing})
    return report


def prose(source: str) -> str:
    r"""Prose in the language of the page: each heading, paragraph and line of a list is a message.

    >>> prose("## Facts\n\nA line\nand more.\n\n- one\n- two")
    '## Facts\n\nA line and more.\n\n- one\n- two'
    """
    return PROSE_BLOCK.sub(lambda block: block[1] + language().says(_one_line(block)), source)


def prose_messages(source: str) -> list[str]:
    """The messages of some prose."""
    return [_one_line(block) for block in PROSE_BLOCK.finditer(source)]


def _one_line(block: re.Match[str]) -> str:
    """The words of a block, however they are broken into lines."""
    return " ".join(block[2].split())
