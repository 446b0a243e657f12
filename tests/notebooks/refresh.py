"""Run the notebooks and store their outputs: ``python tests/notebooks/refresh.py [NAME...]``, all
without a name.

What differs from run to run is left out (times, versions, the widths of figures), so that a diff
shows what changed. Look at the diff before it is committed: the tests compare with what is stored
here. Each figure is stored as a picture, too, for readers without plotly, such as code hosts; the
Chromium or Chrome of this machine draws them."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import kaleido
import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
PLOTLY, PICTURE, WIDGET = (
    "application/vnd.plotly.v1+json",
    "image/svg+xml",
    "application/vnd.jupyter.widget-view+json",
)
WIDTH = 760  # pixels, about that of a page on a code host


def bundles(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, dict]]:
    """What the outputs show, each with the name of its cell."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield cell.id, output.get("data", {})


def picture(figure: dict, name: str) -> str:
    """A figure as SVG, the same from run to run: plotly names parts by chance, here they are named
    by the cell.
    """
    size = {"format": "svg", "width": WIDTH, "height": figure["layout"].get("height", 420)}
    svg = kaleido.calc_fig_sync(
        {"data": figure["data"], "layout": figure["layout"]}, opts=size
    ).decode()
    (random,) = re.findall(r'id="defs-(\w+)"', svg)
    plain = re.sub(r' class="[^"]*"', "", svg)
    plain = re.sub(r"(\d+\.\d)\d+", r"\1", plain)  # a tenth of a pixel is as fine as a screen shows
    for said_anyway in (
        r"(?:fill-|stroke-)?opacity: 1;? ?",
        r"vector-effect: none; ?",
        r"white-space: pre;? ?",
        r"stroke-miterlimit: 2;? ?",
        r"stroke: rgb\([^)]*\); (stroke-opacity: 1; )?stroke-width: 0px;? ?",
        r"<g/>|<path/>",
        r' style=" ?"',
    ):
        plain = re.sub(said_anyway, "", plain)
    plain = re.sub(
        r"rgb\(([\d, ]+)\)", lambda rgb: "#" + bytes(map(int, rgb[1].split(","))).hex(), plain
    )
    family = re.search(r"font-family: [^;]*;", plain)
    if family:  # said once for the whole picture
        plain = plain.replace(family[0] + " ", "").replace("<svg ", f'<svg style="{family[0]}" ', 1)
    return plain.replace(random, hashlib.sha256(name.encode()).hexdigest()[:6])


def add_pictures(notebook: nbformat.NotebookNode) -> None:
    """Store a picture beside each figure; a widget lives in its kernel only and is not stored."""
    for number, (cell, data) in enumerate(bundles(notebook)):
        data.pop(WIDGET, None)
        if PLOTLY in data:
            data[PICTURE] = picture(data[PLOTLY], f"{cell}-{number}")


def refresh(path: Path) -> None:
    """Run one notebook in a kernel of its own and store it."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    client.execute()
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata.pop("widgets", None)
    add_pictures(notebook)
    nbformat.write(notebook, path)


def main(names: list[str]) -> None:
    """Refresh the notebooks named, or all."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    kaleido.start_sync_server(silence_warnings=True)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if not names or path.stem in names:
            refresh(path)
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")  # noqa: T201
    kaleido.stop_sync_server()


if __name__ == "__main__":
    main(sys.argv[1:])
