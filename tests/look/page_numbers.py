"""The numbers that the pages of a run say of a measure, by scenario, year and level of the range,
so that two pages can be held against each other.

Tables are read by their heads, cards by their labels, sentences and titles of charts by the words
that stand about a number.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

LEVELS = {"median": 0.5, "10 %": 0.1, "90 %": 0.9}
NUMBER = r"−?\d[\d,.]*\d|\d"
AMOUNT = rf"(?:{NUMBER})(?: million)?"
RANGE = rf"({AMOUNT}) to ({AMOUNT})"
ANSWERS = {
    "Need": "Public charging points: need",
    "By practice elsewhere": "Public charging points: practice",
    "At the pace of this scenario": "Public charging points: practice",
    "By the standard": "Public charging points: standard",
    "Target": "Public charging points: target",
}
# Of a title or a sentence: what it says of one measure, which is a group of its own or its label
SENTENCES = {
    rf"({AMOUNT}) (?P<label>[a-z][^,;:.\d]*?) in (?:the year )?(\d{{4}})"
    rf"(?:, ({AMOUNT}) in (\d{{4}}))?": "",
    rf"we expect ({AMOUNT}) \({RANGE}, four times in five\)": "cars on the road",
    rf"they need about ({AMOUNT}) public charging points(?: \({RANGE}\))?": ANSWERS["Need"],
    rf"at the pace of (?:other markets|this scenario),? there will be ({AMOUNT})": ANSWERS[
        "By practice elsewhere"
    ],
}


class Said(NamedTuple):
    """A number of a measure, and in which words of which page it stands."""

    scenario: str
    label: str
    year: int
    level: float
    value: float
    words: str


def number(words: str) -> float:
    """The value of a number as it is written."""
    digits, _, million = words.strip().replace("−", "-").replace(",", "").partition(" ")
    return float(digits) * (1e6 if million else 1)


def plain(label: str) -> str:
    """A label without which electric cars it counts, as titles leave that out."""
    name = re.sub(r"^(.)", lambda letter: letter[0].lower(), label.strip())
    name = re.sub(r"battery and plug-in cars|battery cars|electric (cars|vehicles)", "cars", name)
    name = name.removesuffix(" needed").replace("GWh of ", "").replace("new cars sold", "cars sold")
    return {"public charging points": "public charging points: need"}.get(name, name)


def text_of(part: Tag) -> str:
    """The words of a part of a page."""
    return re.sub(r"\s+", " ", part.get_text()).replace("\N{NO-BREAK SPACE}", " ").strip()


def heads_and_rows(table: Tag) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """The heads of a table, each with the group that it stands in, and its rows as text."""
    lines = table.select("thead tr")
    first = [
        (text_of(head), int(head.get("colspan", 1)), bool(head.get("rowspan")))
        for head in lines[0].select("th")
    ]
    below = iter([text_of(head) for line in lines[1:] for head in line.select("th")])
    heads = []
    for words, width, is_tall in first:
        grouped = not is_tall and len(lines) > 1
        heads += [(words, next(below)) if grouped else ("", words) for _ in range(width)]
    rows = [list(map(text_of, row.select("td, th"))) for row in table.select("tbody tr")]
    return heads, rows


def in_tables(page: Tag, scenario: str) -> Iterator[Said]:
    """Tables by year, of two years side by side, of the answers, of scenarios."""
    for table in page.select("table"):
        if not table.select("thead"):
            continue
        heads, rows = heads_and_rows(table)
        classes = table.get("class", [])
        first = heads[0][1]
        for row in rows:
            if "fc-answers" in classes and row[0] in ANSWERS:
                year = int(re.search(r"end of (\d{4})", text_of(table.caption))[1])
                yield from said(scenario, ANSWERS[row[0]], year, f"{row[1]} ({row[2]})")
                continue
            for (group, head), cell in zip(heads[1:], row[1:], strict=True):
                of_year = re.fullmatch(r"(.*), (\d{4})", head)
                if "fc-scenarios" in classes and of_year:
                    name = f"{scenario.rpartition('-')[0]}-{row[0].lower()}"
                    yield from said(name, of_year[1], int(of_year[2]), cell)
                elif head in LEVELS and re.fullmatch(AMOUNT, cell):
                    label, year = group, row[0]
                    if first == "what":
                        label, year = year, label
                    if re.fullmatch(r"\d{4}", year) and ", " in label:
                        name = plain(label.rpartition(", ")[0])
                        yield Said(scenario, name, int(year), LEVELS[head], number(cell), cell)


def said(scenario: str, label: str, year: int, words: str) -> Iterator[Said]:
    """A median, and the range in brackets after it if there is one."""
    found = re.fullmatch(rf"({AMOUNT})(?: \({RANGE}\))?", words)
    if found:
        for level, part in zip((0.5, 0.1, 0.9), found.groups(), strict=True):
            if part:
                yield Said(scenario, plain(label), year, level, number(part), words)


def in_sentences(page: Tag, scenario: str) -> Iterator[Said]:
    """The finding, and the titles of charts."""
    lead = page.select_one(".fc-lead")
    texts = [text_of(title) for title in page.select("figcaption b")]
    if lead:
        texts.append(text_of(lead.parent if lead.name != "p" else lead))
    for text in texts:
        for pattern, label in SENTENCES.items():
            for match in re.finditer(pattern, text):
                groups = match.groupdict()
                if "label" in groups:
                    first, name, year, later, end = match.groups()
                    yield from said(scenario, name, int(year), first)
                    if later:
                        yield from said(scenario, name, int(end), later)
                else:
                    year = int(re.search(r"(?:By the end of|needed in) (\d{4})", text)[1])
                    ends = [end for end in match.groups()[1:] if end]
                    range_words = " ({} to {})".format(*ends) if ends else ""
                    yield from said(scenario, label, year, match[1] + range_words)


def in_cards(page: Tag) -> Iterator[Said]:
    """The cards of the index, and its comparisons of countries."""
    for card in page.select("a.card"):
        name = card["href"].partition("/")[0]
        for line in card.select("dl > div"):
            label, _, year = text_of(line.dt).rpartition(", ")
            yield from said(
                name,
                label,
                int(year),
                f"{text_of(line.strong)} ({text_of(line.select('dd span')[0])})",
            )
    for title in page.select("figcaption b"):
        most = re.fullmatch(
            rf"(.*): most in (\w+), ({AMOUNT}) in (\d{{4}}) \((\w+)\)", text_of(title)
        )
        if most:
            label, place, words, year, scenario = most.groups()
            yield from said(f"{place.lower()}-{scenario}", label, int(year), words)
        small = re.fullmatch(rf"(\w+): ({AMOUNT}) in (\d{{4}})", text_of(title))
        if small and small[1] != "Together":
            yield from said(
                f"{small[1].lower()}-baseline", "cars on the road", int(small[3]), small[2]
            )


def numbers_of(path: Path) -> list[Said]:
    """All that can be read of a page of a run: its index, or a report."""
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    if path.name == "index.html":
        return [*in_cards(page)]
    name = path.parent.name
    return [*in_tables(page, name), *in_sentences(page, name)]


def contradictions(numbers: Iterable[Said]) -> list[str]:
    """Numbers of one name that differ."""
    by_name = defaultdict(list)
    for one in numbers:
        by_name[one[:4]].append(one)
    return [
        f"{' '.join(map(str, name))}: {first.words} | {second.words}"
        for name, group in by_name.items()
        for first, second in pairwise(group)
        if first.value != second.value
    ]
