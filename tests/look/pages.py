"""A page as a reader meets it, and what cannot be read there: text without contrast, labels that
lie on each other, on a mark or outside their picture.

It reads what the browser has drawn: for the labels of a chart a picture of the chart without its
text, of which the pixels behind each label are compared with the label's own colour.
"""

import base64
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page

READING = Path(__file__).with_name("reading.js").read_text(encoding="utf-8")
WITHOUT_TEXT = ".figure svg text { visibility: hidden !important; }"
SETTLED = 400  # milliseconds in which a figure is drawn anew
PATIENCE = 300_000  # milliseconds, for a busy machine
PAPER = 660  # pixels between the margins of A4


class Form(NamedTuple):
    """One form of a page: how wide, in which scheme, with open folds, on paper."""

    width: int
    scheme: str
    folds: str = "closed"
    medium: str = "screen"

    @property
    def name(self) -> str:
        """The form as part of a file's name."""
        if self.medium == "print":
            return "print"
        return f"{self.width}-{self.scheme}-{self.folds}"


FORMS = [Form(*form) for form in product((1400, 400), ("light", "dark"), ("closed", "open"))]
FORMS.append(Form(PAPER, "light", "open", "print"))


def open_page(browser: Browser, path: Path, form: Form, scale: float = 1.0) -> Page:
    """A page in one of its forms, with all its figures drawn."""
    context = browser.new_context(
        offline=True,
        viewport={"width": form.width, "height": 900},
        color_scheme=form.scheme,
        device_scale_factor=scale,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(path.resolve().as_uri())
    if form.medium == "print":
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
    elif form.folds == "open":
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        page.wait_for_timeout(SETTLED)
    return page


def unreadable(page: Page) -> Iterator[str]:
    """What cannot be read on a page."""
    page.evaluate(READING)
    yield from page.evaluate("reading.paleText()")
    charts = page.evaluate_handle("reading.charts()")
    for place in charts.get_properties().values():
        chart = place.as_element()
        yield from page.evaluate("place => reading.laidOver(place)", chart)
        picture = base64.b64encode(chart.screenshot(style=WITHOUT_TEXT)).decode()
        address = f"data:image/png;base64,{picture}"
        yield from page.evaluate(
            "([chart, address]) => reading.behind(chart, address)", [chart, address]
        )
