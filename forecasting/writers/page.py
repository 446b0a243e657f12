"""A notebook's parts as those of a page that opens from disk without a network: prose, figures,
contents; and a template filled with them, which is checked before it is given out.

nbconvert drops figures of plotly's JSON type without a word, and its own pages load scripts from
elsewhere. Here nothing is fetched from outside.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from forecasting.vocabulary.errors import RunError
from forecasting.vocabulary.names import PLOTLY_SCRIPT
from forecasting.vocabulary.sentences import Term, filled, sentence
from forecasting.writers.display import ARABIC_OR_HEBREW
from forecasting.writers.messages import PLOTLY_TYPE, figure_words

if TYPE_CHECKING:
    from nbformat import NotebookNode

Content = dict[str, Any]  # of a figure as plotly stores it, of a part of a page
PAGE_TYPES = (PLOTLY_TYPE, "text/html", "text/markdown", "image/png")
HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)
CONTENTS = "Contents"
CONTENTS_HEAD = '<details class="contents"><summary>{words}</summary><nav aria-label="{words}"><ol>'
# What can be done with a figure, and as what: a file, or text for the clipboard
FIGURE_BUTTONS = {
    "keep": ("Keep as", ("SVG", "PNG", "CSV")),
    "copy": ("Copy", ("link", "quote")),
}
FIGURE_CAPTION = "<b>{title}</b>[ <span>{subtitle}</span>]"
HEADING_CLASSES = {"2": "", "3": ' class="sub"'}
# What a page may do: draw, and run the script of this package and the library beside it. Whatever
# else a file of a stranger brings with it does not run, and nothing is sent.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' 'sha256-{hash}'; style-src 'unsafe-inline'; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'"
)
CONTENTS_PLACE = "<!--contents-->"  # where the page has room for its contents
MAX_PRINT_END = 10_000  # characters of a beginning, and of an end
# The tags that may fetch something, and styles whole: of a long page little is left to be searched
FETCHING_TAG = re.compile(
    r"""<(?:script|link|img|iframe|source|video|object)\b(?:[^>"']|"[^"]*"|'[^']*')*>"""
    r"|<style.*?</style>",
    re.IGNORECASE | re.DOTALL,
)
# What is no text of a page, and each stretch of such letters with what stands between them
TEXT_TO_THE_LEFT = re.compile(
    r"<(script|style|title)\b.*?</\1>|<[^<>]*>|"
    rf"(?P<text>[{ARABIC_OR_HEBREW}]+"
    rf"(?:(?:&#?\w+;|[^<&\w{ARABIC_OR_HEBREW}]|\d)*[{ARABIC_OR_HEBREW}]+)*)",
    re.DOTALL,
)
# What they fetch: an attribute with or without quotation marks, or an address in a style
FETCHED_ADDRESS = re.compile(
    r"""\s(?:src|href|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))"""
    r"|url\(([^)]*)|@import([^;]*)",
    re.IGNORECASE,
)


def template_text(name: str, room: str = "forecasting.writers") -> str:
    """A file of a room's templates."""
    return importlib.resources.files(room).joinpath("templates", name).read_text(encoding="utf-8")


def plotly_script() -> Any:
    """Where the library lies that draws the figures in a browser, as plotly ships it.

    >>> len(plotly_script().read_bytes()) > 1_000_000
    True
    """
    return importlib.resources.files("plotly").joinpath("package_data", PLOTLY_SCRIPT)


@lru_cache(maxsize=1024)  # prose is the same in many reports
def _markdown(source: str) -> str:
    """Prose of a notebook as HTML."""
    # It brings what runs and exports notebooks, and most pages have prose of their own alone
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(escape=False, embed_images=True, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(source))


def _without_colours(text: str) -> str:
    """A traceback without the signs that colour it on a terminal."""
    from nbconvert.filters import strip_ansi

    return str(strip_ansi(text))  # type: ignore[no-untyped-call]


def _says(_: object, message: str, **places: object) -> str:
    """A message in the language of the page; not of the template, which is made once for all."""
    return sentence(" ".join(message.split()), **places)


def _scenario(_: object, name: str) -> str:
    """The name of a scenario in the language of the page."""
    return str(Term(name, "scenario"))


def page_form(source: str) -> Any:
    """A template, ready to be filled."""
    from jinja2 import Environment, StrictUndefined, pass_context

    page = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page.filters |= {
        "markdown": _markdown,
        "without_colours": _without_colours,
        # Of the types that an output has, the one that a page shows best
        "richest": lambda data: next((kind for kind in PAGE_TYPES if kind in data), "text/plain"),
        "shortened": _shortened,
        "says": pass_context(_says),
        "scenario": pass_context(_scenario),
    }
    return page.from_string(source)


def filled_page(form: Any, name: str, script: str, **values: Any) -> str:
    """A template with its values and the only script that may run in it.

    Parameters
    ----------
    form : jinja2.Template
        As `page_form` makes it.
    name : str
        What to call the page in a message.
    script : str
        Of the page.
    **values : object
        What the template names.

    Raises
    ------
    RunError
        If the page would load anything from outside.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = CONTENT_POLICY.format(hash=digest)
    page = str(form.render(script=script, policy=policy, **values))
    check_page(page, name)
    return with_isolated_text(page)


def with_isolated_text(page: str) -> str:
    """A page whose text that runs to the left leaves the numbers beside it in their order.

    >>> with_isolated_text("<p>counted by משרד התחבורה, 2,180 in 2023</p>")
    '<p>counted by <bdi>משרד התחבורה</bdi>, 2,180 in 2023</p>'
    """
    return TEXT_TO_THE_LEFT.sub(
        lambda match: f"<bdi>{match[0]}</bdi>" if match["text"] else match[0], page
    )


def figure_html(figure: Content, name: str) -> str:
    r"""A figure for a page: its title, an empty place and, beside it, the JSON that the page's
    script draws there.

    The alternative text is what the chart gives as ``layout.meta.alt``, else its title.

    Parameters
    ----------
    figure : dict
        ``data`` and ``layout`` as plotly stores them.
    name : str
        Unique in the page.

    Examples
    --------
    >>> page = figure_html({"data": [], "layout": {"title": {"text": "<b>A & B</b>"}}}, "f1")
    >>> print("\n".join(page.splitlines()[:2]))
    <figure class="chart" id="f1-chart"><figcaption><b>A &amp; B</b></figcaption>
    <div class="figure" data-json="f1" role="img" aria-label="A &amp; B" style="height:450px"></div>
    >>> print(page.splitlines()[-1].partition('"layout":')[2])
    {"title":{"text":"\u003cb>A & B\u003c/b>"}}}</script>
    """
    layout = figure["layout"]
    content = {"data": figure["data"], "layout": layout}
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    height = int(layout.get("height") or 450)
    words, alternative = figure_words(layout)
    title, description = map(escape, (words.title, alternative))
    caption = filled(FIGURE_CAPTION, title=title, subtitle=escape(words.subtitle))
    buttons = []
    for action, (verb, kinds) in FIGURE_BUTTONS.items():
        buttons.append(sentence(verb))
        buttons += [
            f'<button type="button" data-{action}="{kind.lower()}" '
            f'aria-label="{sentence(verb)} {sentence(kind)}: {title}">{sentence(kind)}</button>'
            for kind in kinds
        ]
    # A title alone, where there is nothing to draw, is not worth a picture
    keep = f'<p class="keep">{" ".join(buttons)}</p>' if figure["data"] else ""
    return (
        f'<figure class="chart" id="{name}-chart"><figcaption>{caption}</figcaption>\n'
        f'<div class="figure" data-json="{name}" role="img" aria-label="{description}" '
        f'style="height:{height}px"></div>\n{keep}</figure>\n'
        f'<script type="application/json" id="{name}">{text}</script>'
    )


def sections(cells: Iterable[NotebookNode]) -> list[Content]:
    r"""The cells of a notebook as the parts of a page: what is above the first heading of the
    second level is the brief; each such heading begins a part, and the paragraph below is its line.

    Parameters
    ----------
    cells : iterable of NotebookNode
        The first heading is left out: a notebook is about any country, its page has a title of its
        own.

    Examples
    --------
    >>> from nbformat import v4
    >>> words = ("# A", "a", "## B\n\nWhat\nit is.\n\nMore.", "### C")
    >>> for part in sections(map(v4.new_markdown_cell, words)):
    ...     print(part["heading"], part["line"], [source for _, source in part["shown"]])
      ['', 'a']
    ## B What it is. ['More.', '### C']
    """
    parts: list[Content] = [{"heading": "", "line": "", "shown": []}]
    titled = False
    for cell in cells:
        source = cell.source
        if cell.cell_type == "markdown" and source.startswith("# ") and not titled:
            titled = True
            source = source.partition("\n")[2]
        elif cell.cell_type == "markdown" and source.startswith("## "):
            heading, _, body = source.partition("\n\n")
            line, _, source = body.partition("\n\n")
            parts.append({"heading": heading, "line": " ".join(line.split()), "shown": []})
        parts[-1]["shown"].append((cell, source))
    return parts


def with_contents(page: str) -> str:
    r"""Name the headings of a page and put links to them where it has room; for fewer than three
    there are none.

    >>> heads = "".join(f"\n<h2>{name} <i>x</i></h2>" for name in "abc")
    >>> print(with_contents(CONTENTS_PLACE + heads))
    <details class="contents"><summary>Contents</summary><nav aria-label="Contents"><ol>
    <li><a href="#a-x">a x</a></li>
    <li><a href="#b-x">b x</a></li>
    <li><a href="#c-x">c x</a></li>
    </ol></nav></details>
    <h2 id="a-x">a <i>x</i></h2>
    <h2 id="b-x">b <i>x</i></h2>
    <h2 id="c-x">c <i>x</i></h2>
    """
    lines: list[str] = []

    def anchored(heading: re.Match[str]) -> str:
        level, content = heading.groups()
        words = re.sub("<[^>]+>", "", content)
        anchor = re.sub(r"\W+", "-", unescape(words).lower()).strip("-")
        lines.append(f'<li{HEADING_CLASSES[level]}><a href="#{anchor}">{words}</a></li>')
        return f'<h{level} id="{anchor}">{content}</h{level}>'

    page = HEADING.sub(anchored, page)
    head = filled(CONTENTS_HEAD, words=sentence(CONTENTS))
    listed = "\n".join((head, *lines, "</ol></nav></details>"))
    return page.replace(CONTENTS_PLACE, listed if len(lines) > 2 else "", 1)


def _shortened(text: str) -> str:
    """What was printed, for a page: of very much, the beginning and the end."""
    excess = len(text) - 2 * MAX_PRINT_END
    if excess <= 0:
        return text
    gap_words = f"… {excess:,} more characters are in the notebook …"
    return "\n".join((text[:MAX_PRINT_END], gap_words, text[-MAX_PRINT_END:]))


def check_page(page: str, name: str) -> None:
    """See that a page loads nothing from outside.

    Parameters
    ----------
    page : str
        HTML.
    name : str
        What to call it in a message.

    Raises
    ------
    RunError
        If not.

    Examples
    --------
    >>> check_page('<script src="https://cdn.example/x.js"></script>', "uz")
    Traceback (most recent call last):
    forecasting.RunError: the page 'uz' would load https://cdn.example/x.js; a report ...
    """
    addresses = [
        "".join(quoted).strip("\"' ")
        for part in FETCHING_TAG.findall(page)
        for quoted in FETCHED_ADDRESS.findall(unescape(part))
    ]
    outside = [
        address
        for address in addresses
        if "//" in address.partition("?")[0] and not address.startswith("data:")
    ]
    if outside:
        raise RunError(
            f"the page {name!r} would load {', '.join(outside)}; a report must open without a "
            "network"
        )
