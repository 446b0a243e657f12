"""One sheet of small pictures of every page: ``make look``.

Each page is drawn 1,400 and 400 pixels wide, in a light and a dark scheme, with its folds closed
and open, and on paper. The sheet lists what cannot be read on each, and, where the folder of an
earlier sheet is given, shows what differs from it: before, now, and the pixels that changed.

    python tests/look/sheet.py reports look [earlier-look]
"""

import base64
import html
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from pages import FORMS, Form, open_page, unreadable
from playwright.sync_api import Browser, Page, sync_playwright

from forecasting.writers.browser import find_browser

SCALE = 0.5  # of a picture, which the sheet shows smaller still
DOCUMENTATION = Path("docs/_build/html")
STYLE = """body { font: 14px/1.5 sans-serif; margin: 2rem; background: #ddd; }
table { border-spacing: 8px; } td, th { vertical-align: top; text-align: left; font-weight: 400; }
img { width: 180px; max-height: 420px; object-fit: cover; object-position: top; background: #fff; }
.difference img { width: 320px; } li { color: #b3261e; }"""
# Two pictures in, the share of their pixels that differ and a picture of these out
DIFFERENCE = """async (addresses) => {
    const images = addresses.map((address) => Object.assign(new Image(), {src: address}));
    await Promise.all(images.map((image) => image.decode()));
    const width = Math.max(...images.map((image) => image.width));
    const height = Math.max(...images.map((image) => image.height));
    const canvas = Object.assign(document.createElement("canvas"), {width, height});
    const context = canvas.getContext("2d", {willReadFrequently: true});
    const [before, now] = images.map((image) => {
        context.clearRect(0, 0, width, height);
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, width, height);
    });
    let count = 0;
    for (let at = 0; at < now.data.length; at += 4) {
        const apart = [at, at + 1, at + 2]
            .some((part) => Math.abs(now.data[part] - before.data[part]) > 24);
        count += apart;
        now.data.set(apart ? [214, 0, 60, 255] : [255, 255, 255, 255], at);
    }
    context.putImageData(now, 0, 0);
    return [count / width / height, canvas.toDataURL()];
}"""


def pages(reports: Path) -> Iterator[tuple[str, Path]]:
    """Each page of a folder of reports, and of the documentation where it is built, by its name."""
    for path in sorted(reports.rglob("*.html")):
        if "archive" not in path.parts:
            yield "-".join(path.relative_to(reports).with_suffix("").parts), path
    for path in sorted(DOCUMENTATION.glob("*.html")):
        yield f"docs-{path.stem}", path


def take_pictures(browser: Browser, path: Path, name: str, out: Path) -> dict[str, list[str]]:
    """Draw a page in all its forms into a folder; by form, what cannot be read there."""
    problems = {}
    for form in FORMS:
        page = open_page(browser, path, form, SCALE)
        page.screenshot(path=out / f"{name}-{form.name}.png", full_page=True)
        if form.folds == "open" and form.medium == "screen":
            problems[form.name] = list(unreadable(page))
        page.context.close()
    return problems


def cell(name: str, form: Form, problems: list[str]) -> str:
    """A cell of the sheet: the picture, which leads to itself, and what cannot be read there."""
    picture = f"{name}-{form.name}.png"
    items = "".join(f"<li>{html.escape(problem)}</li>" for problem in problems)
    return f'<td><a href="{picture}"><img loading="lazy" src="{picture}"></a><ul>{items}</ul></td>'


def differences(page: Page, before: Path, out: Path) -> Iterator[str]:
    """Rows of the pictures that differ from those of the same name in another folder."""
    for path in sorted(out.glob("*.png")):
        other = before / path.name
        if not other.is_file():
            yield f"<tr><th>{path.name}<br>is new</th></tr>"
        elif other.read_bytes() != path.read_bytes():
            addresses = [address(other), address(path)]
            share, difference = page.evaluate(DIFFERENCE, addresses)
            images = "".join(f'<td><img src="{src}"></td>' for src in (*addresses, difference))
            if share:
                yield f"<tr><th>{path.name}<br>{100 * share:.2f} % differ</th>{images}</tr>"


def address(picture: Path) -> str:
    """A picture as an address that holds all of it."""
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()


def write_sheet(reports: Path, out: Path, before: Path | None = None) -> None:
    """Draw all pages of a folder of reports and write the sheet of their pictures."""
    out.mkdir(parents=True, exist_ok=True)
    heads = "".join(f"<th>{form.name}</th>" for form in FORMS)
    rows = []
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        for name, path in pages(reports):
            found[name] = take_pictures(browser, path, name, out)
            cells = "".join(cell(name, form, found[name].get(form.name, [])) for form in FORMS)
            rows.append(f"<tr><th>{name}</th>{cells}</tr>")
        changed = ""
        if before:
            changed = "".join(differences(browser.new_page(), before, out))
        browser.close()
    (out / "unreadable.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    (out / "index.html").write_text(
        f"<!DOCTYPE html><meta charset='utf-8'><title>Pages</title><style>{STYLE}</style>"
        f"<table class='difference'>{changed}</table>"
        f"<table><tr><th></th>{heads}</tr>{''.join(rows)}</table>",
        encoding="utf-8",
    )


if __name__ == "__main__":
    write_sheet(*map(Path, sys.argv[1:4]))
