"""How a page is divided: what is read first, the contents beside it, and what is folded away."""

from __future__ import annotations

import copy
import html
import re

import nbformat

HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)
HEAD = '<details class="contents"><summary>Contents</summary><nav aria-label="Contents"><ol>'
SUB = ' class="sub"'
PLACE = "<!--contents-->"  # where the page has room for its contents


def divided(notebook: nbformat.NotebookNode) -> tuple[nbformat.NotebookNode, str]:
    """Mark the cells at which a part of the page ends: the summary at the first heading, a fold at
    the next one.

    Parameters
    ----------
    notebook : NotebookNode
        What is above its first heading of the second level is the summary; a Markdown cell with the
        tag ``folded`` opens a fold under its heading.

    Returns
    -------
    NotebookNode
        A copy whose cells have ``ends`` in their metadata where an element of the page ends before
        them.
    str
        The element that is open after the last cell, if any.

    Examples
    --------
    >>> from nbformat import v4
    >>> cells = [v4.new_markdown_cell(words) for words in ("# A", "## B", "### C", "## D")]
    >>> cells[2].metadata["tags"] = ["folded"]
    >>> made, left = divided(v4.new_notebook(cells=cells))
    >>> [cell.metadata.get("ends", "") for cell in made.cells], left
    (['', 'section', '', 'details'], '')
    """
    copied, unfinished = copy.copy(notebook), "section"
    copied.cells = [copy.copy(cell) for cell in notebook.cells]
    for cell in copied.cells:
        if cell.cell_type != "markdown" or not cell.source.startswith(("## ", "### ")):
            continue
        if unfinished == "details" or (unfinished and cell.source.startswith("## ")):
            cell.metadata = copy.copy(cell.metadata) | {"ends": unfinished}
            unfinished = ""
        if "folded" in cell.metadata.get("tags", []):
            unfinished = "details"
    return copied, unfinished


def with_contents(page: str) -> str:
    """Name the headings of a page and put links to them where it has room; for fewer than three
    there are none.

    >>> print(with_contents(PLACE + "".join(f"<h2>{name} <i>x</i></h2>" for name in "abc")))
    <details class="contents"><summary>Contents</summary><nav aria-label="Contents"><ol>
    <li><a href="#a-x">a x</a></li>
    <li><a href="#b-x">b x</a></li>
    <li><a href="#c-x">c x</a></li>
    </ol></nav></details><h2 id="a-x">a <i>x</i></h2><h2 id="b-x">b <i>x</i></h2><h2 id="c-x">c <i>x</i></h2>
    """
    lines: list[str] = []

    def named(heading: re.Match[str]) -> str:
        level, words = heading[1], re.sub("<[^>]+>", "", heading[2])
        anchor = re.sub(r"\W+", "-", html.unescape(words).lower()).strip("-")
        lines.append(f'<li{SUB if level == "3" else ""}><a href="#{anchor}">{words}</a></li>')
        return f'<h{level} id="{anchor}">{heading[2]}</h{level}>'

    page = HEADING.sub(named, page)
    listed = "\n".join((HEAD, *lines, "</ol></nav></details>")) if len(lines) > 2 else ""
    return page.replace(PLACE, listed, 1)
