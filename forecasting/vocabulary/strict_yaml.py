"""Params files as plain data: strict YAML 1.2, which runs no code and means what it shows.

YAML 1.1, as most readers speak it, turns ``country: NO`` into false, ``0123`` into 83 and ``12:30``
into 750, lets a later key silently replace an earlier one, and lets tags build objects and anchors
multiply. None of that happens here: only mappings, lists, text, numbers, true, false and null
exist, and a key is the text that was written.
"""

import math
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

import yaml

from forecasting.vocabulary.errors import Problem, ScenarioError
from forecasting.vocabulary.files import read_text
from forecasting.vocabulary.limits import MAX_PARAMS_BYTES, MAX_PARAMS_LEVELS, MAX_PARAMS_VALUES

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")  # no octal: 0123 stays text
_FLOAT = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]{0,17})(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
)
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NULLS = {"", "~", "null", "Null", "NULL"}

Events = Iterator[yaml.Event]
KeyPath = tuple[str | int, ...]
Check = tuple[KeyPath, object, str, str]  # where, whether it is wrong, what is wrong, what to do


@dataclass
class Document:
    """What a file says, and on which line it says it.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    value : object
        Mappings, lists, text, numbers, booleans and None.
    lines : dict
        Line, counted from 1, of each key path such as ``("drivers", 0, "start")``.
    folder : str
        Where the file lies; empty of text that was no file.
    """

    name: str
    value: object = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    folder: str = ""

    def where(self, path: KeyPath) -> str:
        """File, line and key path, as a message names them.

        >>> Document("uz.yaml", lines={("drivers", 0): 7}).where(("drivers", 0, "start"))
        'uz.yaml:7 drivers[0].start'
        """
        line = next(
            (self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None
        )
        keys = "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in path
        ).lstrip(".")
        return f"{self.name}{f':{line}' if line else ''} {keys}".strip()

    def problems(self, checks: Iterable[Check]) -> list[Problem]:
        """What is wrong, each with its line and key."""
        return [
            Problem(self.where(path), fault, hint)
            for path, is_wrong, fault, hint in checks
            if is_wrong
        ]


def read_yaml(path: str | Path) -> Document:
    """Read one params file.

    Raises
    ------
    ScenarioError
        With every problem found: no such file, not UTF-8, empty, too large, not YAML, or beyond the
        plain subset.
    """
    file = Path(path)
    hint = "give the path of a params file; `ev-forecast new COUNTRY` writes one"
    document = parse_yaml(read_text(file, ScenarioError, hint, MAX_PARAMS_BYTES), file.name)
    document.folder = str(file.absolute().parent)
    return document


def parse_yaml(text: str, name: str = "params") -> Document:
    r"""Read the text of one params file.

    Raises
    ------
    ScenarioError
        With every problem found.

    Examples
    --------
    >>> parse_yaml("country: NO\nmarket_size: {2024: 1.5e5}\ncode: 0123").value
    {'country': 'NO', 'market_size': {'2024': 150000.0}, 'code': '0123'}
    >>> parse_yaml("seed: 1\nseed: 2", "uz.yaml")
    Traceback (most recent call last):
    forecasting.ScenarioError: uz.yaml:2 seed: the key stands twice (keep one of them)
    """
    if not text.strip():
        raise ScenarioError.at(
            name, "is empty", "`ev-forecast new COUNTRY` writes one to start from"
        )
    document = _document(text, name)
    return replace(document, value=deepcopy(document.value))


@lru_cache(maxsize=32)
def _document(text: str, name: str) -> Document:
    """The content of a text: a notebook asks for the same files more than once."""
    reader = _Reader(name)
    try:
        reader.read(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        fault = getattr(error, "problem", None) or str(error).splitlines()[0]
        where = f"{name}:{mark.line + 1}" if mark else name
        reader.problems.append(
            Problem(where, f"is not YAML: {fault}", "key: value lines, indented with spaces")
        )
    if reader.problems:
        raise ScenarioError(reader.problems)
    return reader.document


class _Reader:
    """Builds values out of events and notes the line of every key; each key keeps its text, each
    anchor, tag and duplicate is a problem.
    """

    def __init__(self, name: str) -> None:
        self.document = Document(name)
        self.problems: list[Problem] = []

    def read(self, events: Events) -> None:
        """Fill the document with the first of the documents that a text holds."""
        starts = (event for event in events if isinstance(event, yaml.DocumentStartEvent))
        documents = [self._value(next(events), events, ()) for _ in starts]
        self.document.value = next(iter(documents), None)
        count = len(documents)
        fault = f"holds {count} documents"
        self._note([((), count > 1, fault, "one file is one scenario; split it at ---")])

    def _note(self, checks: Iterable[Check]) -> None:
        self.problems += self.document.problems(checks)

    def _value(self, event: yaml.Event, events: Events, path: KeyPath) -> object:
        lines = self.document.lines
        lines[path] = _line(event)
        text = getattr(event, "value", "")
        tag = getattr(event, "tag", None)
        too_many = len(lines) > MAX_PARAMS_VALUES
        deep = len(path) > MAX_PARAMS_LEVELS
        checks: list[Check] = [
            (
                path,
                too_many,
                f"is more than the {MAX_PARAMS_VALUES:,} values that a file may hold",
                "leave some out",
            ),
            (
                path,
                deep,
                f"is nested deeper than {MAX_PARAMS_LEVELS} levels",
                "a scenario needs four",
            ),
            (
                path,
                getattr(event, "anchor", None),
                "uses a YAML anchor or alias",
                "write the value out where it is needed",
            ),
            (
                path,
                tag,
                f"carries the YAML tag {tag}",
                "leave the tag out; quote what is meant as text",
            ),
            (
                path,
                re.search("[\ud800-\udfff]", text),
                "holds half a character, which no file can keep",
                "write the character itself",
            ),
        ]
        self._note(checks)
        if too_many or deep:
            raise ScenarioError(self.problems)
        inner = takewhile(lambda part: not isinstance(part, yaml.CollectionEndEvent), events)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(inner, events, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._value(part, events, (*path, n)) for n, part in enumerate(inner)]
        return _scalar(event) if isinstance(event, yaml.ScalarEvent) else None

    def _mapping(self, keys: Events, events: Events, path: KeyPath) -> dict[str, object]:
        items: dict[str, object] = {}
        for event in keys:
            key = getattr(event, "value", "?")
            place = (*path, key)
            if key == "?":
                self._value(event, events, place)
            self.document.lines[place] = _line(event)
            checks: list[Check] = [
                (place, key == "?", "has a key that is not a word", "keys are plain text"),
                (place, key in items, "the key stands twice", "keep one of them"),
            ]
            self._note(checks)
            items[key] = self._value(next(events), events, place)
            self.document.lines[place] = _line(event)
        return items


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    assert mark is not None
    return mark.line + 1


def _scalar(event: yaml.ScalarEvent) -> object:
    """The value of one scalar by YAML 1.2's core schema, in decimal only."""
    text: str = event.value
    if event.style is not None:  # quoted or block: text, whatever it looks like
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text
