"""Params files as plain data: strict YAML 1.2, which runs no code and means what it shows.

YAML 1.1, as most readers speak it, turns ``country: NO`` into false, ``0123`` into 83 and ``12:30``
into 750, lets a later key silently replace an earlier one, and lets tags build objects and anchors
multiply. None of that happens here: only mappings, lists, text, numbers, true, false and null
exist, and a key is the text that was written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from forecasting.errors import Problem, ScenarioError
from forecasting.evidence.files import read_whole

LARGEST_FILE = 1_000_000  # bytes; a params file has a few thousand
MOST_VALUES = 50_000  # of one file; a scenario has some hundred
DEEPEST = 16  # levels of nesting

MOST_PROBLEMS = 100  # of one file; more would hide them

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")  # no octal: 0123 stays text
_FLOAT = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]{0,17})(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
)
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = {"", "~", "null", "Null", "NULL"}

KeyPath = tuple[str | int, ...]


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
        known = next(
            (self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None
        )
        keys = "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in path
        ).lstrip(".")
        return f"{self.name}{f':{known}' if known else ''} {keys}".strip()


def read_yaml(path: str | Path) -> Document:
    """Read one params file.

    Raises
    ------
    ScenarioError
        With every problem found: no such file, not UTF-8, empty, too large, not YAML, or beyond the
        plain subset.
    """
    file = Path(path)
    try:
        text = read_whole(file, LARGEST_FILE).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refuse(file.name, f"is not UTF-8: byte {error.start}", "save it as UTF-8") from None
    except FileNotFoundError:
        raise _refuse(file.name, "does not exist", "give the path of a .yaml") from None
    except (OSError, ValueError) as error:
        fault = getattr(error, "strerror", None) or f"cannot be read: {error}"
        raise _refuse(file.name, fault, "give a params file, of a few thousand bytes") from None
    document = parse_yaml(text, file.name)
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
    forecasting.errors.ScenarioError: uz.yaml:2 seed: the key stands twice (keep one of them)
    """
    if not text.strip():
        raise _refuse(name, "is empty", "`ev-forecast new COUNTRY` writes one to start from")
    builder = _Builder(name)
    try:
        builder.build(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        fault = getattr(error, "problem", None) or str(error).splitlines()[0]
        where = f"{name}:{mark.line + 1}" if mark else name
        builder.problems.append(
            Problem(where, f"is not YAML: {fault}", "key: value lines, indented with spaces")
        )
    if builder.problems:
        raise ScenarioError(builder.problems)
    return builder.document


class _Builder:
    """Builds plain data from YAML's events, so that no tag, anchor or resolver of the YAML library
    has a say.
    """

    def __init__(self, name: str) -> None:
        self.document = Document(name)
        self.problems: list[Problem] = []

    def build(self, events: Iterator[yaml.Event]) -> None:
        """Read the first document; a second one is a problem."""
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                value = self._node(next(events), events, ())
                if documents == 1:
                    self.document.value = value
        if documents > 1:
            self._problem(
                (), f"holds {documents} documents", "one file is one scenario; split it at ---"
            )

    def _problem(self, path: KeyPath, fault: str, hint: str) -> None:
        self.problems.append(Problem(self.document.where(path), fault, hint))
        if len(self.problems) >= MOST_PROBLEMS:
            raise ScenarioError(self.problems)

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], path: KeyPath) -> object:
        self.document.lines[path] = _line(event)
        if len(self.document.lines) > MOST_VALUES:
            self._problem(
                path,
                f"is more than the {MOST_VALUES:,} values that a file may hold",
                "leave some out",
            )
            raise ScenarioError(self.problems)
        if len(path) > DEEPEST:
            self._problem(path, f"is nested deeper than {DEEPEST} levels", "a scenario needs four")
            raise ScenarioError(self.problems)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._problem(
                path, "uses a YAML anchor or alias", "write the value out where it is needed"
            )
        if tag := getattr(event, "tag", None):
            self._problem(
                path,
                f"carries the YAML tag {tag}",
                "leave the tag out; quote what is meant as text",
            )
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        return None

    def _scalar(self, event: yaml.ScalarEvent, path: KeyPath) -> object:
        if any("\ud800" <= letter <= "\udfff" for letter in event.value):
            self._problem(
                path, "holds half a character, which no file can keep", "write the character itself"
            )
        return _scalar(event)

    def _sequence(self, events: Iterator[yaml.Event], path: KeyPath) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[yaml.Event], path: KeyPath) -> dict[str, object]:
        items: dict[str, object] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = event.value if isinstance(event, yaml.ScalarEvent) else "?"
            if key == "?":
                self._node(event, events, (*path, key))
                self._problem((*path, key), "has a key that is not a word", "keys are plain text")
            value_event = next(events)
            if key in items:
                self.document.lines[*path, key] = _line(event)
                self._problem((*path, key), "the key stands twice", "keep one of them")
            items[key] = self._node(value_event, events, (*path, key))
            self.document.lines[*path, key] = _line(event)
        return items


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: yaml.ScalarEvent) -> object:
    """The value of one scalar by YAML 1.2's core schema, in decimal only."""
    text: str = event.value
    if event.style is not None:  # quoted or block: text, whatever it looks like
        return text
    if text in _NULLS:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def _refuse(name: str, fault: str, hint: str) -> ScenarioError:
    return ScenarioError([Problem(name, fault, hint)])
