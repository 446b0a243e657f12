"""How the documentation is built: offline, with equations as MathML and notebooks as they are
stored.
"""

import os
import shutil
from pathlib import Path

import click
import latex2mathml.converter
from docutils import nodes

import forecasting
from forecasting.cli import main

HERE = Path(__file__).parent

project = "ev-forecasting"
author = "The ev-forecasting team"
release = forecasting.__version__
extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
]
# Links to other libraries' pages take their lists of names from the network: only who asks for them
# reaches it, with DOCS_ONLINE=1
if os.environ.get("DOCS_ONLINE"):
    extensions.append("sphinx.ext.intersphinx")
intersphinx_mapping = {
    "python": ("https://docs.python.org/3", None),
    "numpy": ("https://numpy.org/doc/stable", None),
    "pandas": ("https://pandas.pydata.org/docs", None),
    "statsmodels": ("https://www.statsmodels.org/stable", None),
    "distributed": ("https://distributed.dask.org/en/stable", None),
}
autosummary_generate = True
# On disks that know no capitals, the page of `Outlook` would be that of `outlook`
autosummary_filename_map = {
    "forecasting.fact": "forecasting.fact_function",
    "forecasting.outlook": "forecasting.outlook_function",
}
templates_path = ["style"]
exclude_patterns = ["_build", "paper.md", "style"]  # the paper is for a journal
html_theme = "furo"
html_title = "ev-forecasting"
html_css_files = ["custom.css"]
html_show_copyright = False
html_static_path = ["style"]
html_js_files = ["custom.js"]
pygments_style = "vs"  # dark enough on the ground of a cell
pygments_dark_style = "native"
html_copy_source = False
html_math_renderer = "mathml"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_mime_priority_overrides = [("html", "image/png", 0), ("html", "image/svg+xml", 1)]
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
# Classes of other libraries, whose methods have their pages there
FOREIGN_CLASSES = (
    "BaseModel",
    "Exception",
    "BaseForecaster",
    "BaseEstimator",
    "BaseObject",
    "_PredictProbaMixin",
    "_StateAtMixin",
)
autodoc_default_options = {
    "members": True,
    "inherited-members": ", ".join(FOREIGN_CLASSES),
    "member-order": "bysource",
}
autodoc_typehints = "none"
# A function is called by a short name, as its example shows
add_module_names = False
suppress_warnings = ["mystnb.unknown_mime_type", "myst.xref_missing"]


def _mathml(translator, node: nodes.Node) -> None:
    """A browser draws MathML by itself: no script, no network."""
    block = isinstance(node, nodes.math_block)
    drawn = latex2mathml.converter.convert(node.astext(), display="block" if block else "inline")
    translator.body.append(f'<div class="equation">{drawn}</div>' if block else drawn)
    raise nodes.SkipNode


def _copy_notebooks() -> None:
    pages = HERE / "notebooks"
    pages.mkdir(exist_ok=True)
    for notebook in sorted((HERE.parent / "notebooks").glob("*.ipynb")):
        shutil.copyfile(notebook, pages / notebook.name)


def _clear_stubs() -> None:
    """A page of a name that is public no more would be in no list."""
    for stub in (HERE / "api").glob("*.rst"):
        stub.unlink()


def _write_commands() -> None:
    """The page of the command line is what the commands say of themselves."""
    context = click.Context(main, info_name="ev-forecast", max_content_width=88)
    parts = [
        "# The command line",
        "Exit status: 0 all is well, 1 some runs failed, 2 the input is wrong.",
    ]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        help_text = command.get_help(click.Context(command, context, name, max_content_width=88))
        parts += [f"## {name}", f"```text\n{help_text}\n```"]
    (HERE / "commands.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def setup(app) -> None:
    """Register what is peculiar to this documentation."""
    app.add_html_math_renderer("mathml", (_mathml, None), (_mathml, None))
    _copy_notebooks()
    _clear_stubs()
    _write_commands()
