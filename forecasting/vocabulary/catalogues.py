r"""The language in which a report is written, and its catalogue.

English is the language of the sources and needs no catalogue. Any other language is one file of
gettext, ``locale/CODE/LC_MESSAGES/forecasting.po``, which Babel reads when the language is asked
for: there is nothing to compile, and so nothing that is older than its source. Numbers, days and
plurals follow CLDR.

>>> with written_in("ru"):
...     digits("16,400.5"), day_in(dt.date(2026, 3, 9), "d MMMM y")
('16\xa0400,5', '9 марта 2026')
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from forecasting.vocabulary.names import PACKAGE

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALE = PACKAGE / "locale"
DOMAIN = "LC_MESSAGES/forecasting.po"
ENGLISH = "en"
CONDITION = re.compile(r"\[(\w+)\?")
DAMAGED = "The catalogue of {code} cannot be read ({damage}): this is in English."
LACKS = (
    "The catalogue of {code} lacks {number} sentences of this version, which stand here in English."
)


class _Missing(NullTranslations):
    """What answers where a catalogue has no entry: the English words, which are noted."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: set[str] = set()

    def gettext(self, message: str) -> str:
        self.messages.add(message)
        return message

    def ngettext(self, one: str, many: str, number: int) -> str:
        self.messages.add(one)
        return super().ngettext(one, many, number)


@dataclass(frozen=True)
class Language:
    """A language, and what is said in it.

    Parameters
    ----------
    code : str
        Of the language, as in the names of files and the attribute ``lang`` of a page.
    damage : str
        Why its catalogue cannot be read; empty where it can.
    """

    code: str
    damage: str = ""
    _entries: NullTranslations = field(default_factory=NullTranslations)
    _missing: _Missing = field(default_factory=_Missing)

    def __post_init__(self) -> None:
        if self.code != ENGLISH:
            self._entries.add_fallback(self._missing)

    @property
    def missing(self) -> Collection[str]:
        """The messages that were asked for and that the catalogue has not."""
        return self._missing.messages

    def note(self, missing: Collection[str] = ()) -> str:
        """That the catalogue cannot be read, or lacks some sentences; empty where it is whole.

        Parameters
        ----------
        missing : collection of str
            Messages that were asked for elsewhere, too, and are missing.
        """
        if self.damage:
            return DAMAGED.format(code=self.code, damage=self.damage)
        number = len({*missing, *self.missing})
        return LACKS.format(code=self.code, number=number) if number else ""

    def says(self, message: str, context: str = "") -> str:
        """A message, or the name of something with a context of its own, in this language; in
        English where the catalogue has no entry.

        Parameters
        ----------
        message : str
            In English.
        context : str
            Of what the entry is, e.g. ``place UZ``; empty of a sentence.
        """
        if not message:  # gettext keeps its own notes under the empty one
            return message
        if context:
            return self._entries.pgettext(context, message)
        return self._entries.gettext(message)

    def counts(self, context: str, one: str, many: str, number: int) -> str:
        """The form of a noun, or a message about a number of things, that the number asks for.

        Parameters
        ----------
        context : str
            Of what the entry is; empty of a message.
        one, many : str
            Of one thing, and of any other number, in English.
        number : int
            Of the things.
        """
        if context:
            return self._entries.npgettext(context, one, many, number)
        return self._entries.ngettext(one, many, number)


_LANGUAGE: ContextVar[Language | None] = ContextVar("language", default=None)
_IN_ENGLISH = Language(ENGLISH)


def language() -> Language:
    """The language in which words are written here and now.

    >>> language().code
    'en'
    """
    return _LANGUAGE.get() or _IN_ENGLISH


def languages() -> list[str]:
    """The codes of the languages that ship.

    >>> languages()[:2]
    ['en', 'ru']
    """
    return [ENGLISH, *sorted(path.parents[1].name for path in LOCALE.glob(f"*/{DOMAIN}"))]


@contextmanager
def written_in(code: str) -> Iterator[Language]:
    """Write every word in a language, as long as the block lasts.

    Parameters
    ----------
    code : str
        Of a language that ships, as `languages` lists them.

    Examples
    --------
    >>> with written_in("ru") as russian:
    ...     russian.says("Uzbekistan", "place UZ")
    'Узбекистан'
    """
    token = _LANGUAGE.set(_IN_ENGLISH if code == ENGLISH else read_language(code))
    try:
        yield language()
    finally:
        _LANGUAGE.reset(token)


def read_language(code: str) -> Language:
    """A language with its catalogue; with an empty one where that is damaged.

    An entry that names a place which its message has not is left out, and so is one that a
    translator marked as fuzzy.

    Parameters
    ----------
    code : str
        Of the language; one that does not ship has an empty catalogue, too, and says why.
    """
    try:
        path = catalogue_file(code)
        return Language(code, _entries=copy(_entries_of(path, path.stat().st_mtime_ns)))
    except (OSError, ValueError) as error:
        return Language(code, damage=str(error) or type(error).__name__)


@cache
def _entries_of(path: Path, changed: int) -> GNUTranslations:
    """The entries of a file as it was on a day, ready to be looked up."""
    from babel.messages.mofile import write_mo

    catalogue = read_catalogue(path)
    for entry in [*catalogue]:
        if entry.id and other_places(entry):
            catalogue.delete(entry.id, entry.context)
    binary = io.BytesIO()
    write_mo(binary, catalogue)
    binary.seek(0)
    return GNUTranslations(binary)


def catalogue_file(code: str) -> Path:
    """Where the catalogue of a language lies.

    >>> catalogue_file("ru").name
    'forecasting.po'
    """
    return LOCALE / code / DOMAIN


def file_in(name: str, code: str) -> str:
    """The name of a report's file in a language.

    >>> file_in("report.html", "ru"), file_in("report.html", "en")
    ('report.ru.html', 'report.html')
    """
    stem, _, ending = name.partition(".")
    return name if code == ENGLISH else f"{stem}.{code}.{ending}"


def read_catalogue(path: Path) -> Catalog:
    """The entries of a file of gettext.

    Parameters
    ----------
    path : Path
        A ``.po`` file.

    Raises
    ------
    ValueError
        Where it is damaged.
    """
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            catalogue = read_po(file, path.parents[1].name, abort_invalid=True)
    except PoFileError as error:
        raise ValueError(f"{path.name}, line {error.lineno}: {error}") from None
    if not len(catalogue):
        raise ValueError(f"{path.name} has no entry")
    return catalogue


def places_in(message: str) -> set[str]:
    """The places of a message, and the conditions of its parts.

    >>> sorted(places_in("[log?In ]{year:d}[, {count}]"))
    ['count', 'log', 'year']
    """
    names = {name for _, name, *_ in Formatter().parse(message) if name}
    return names | {*CONDITION.findall(message)}


def other_places(entry: Any) -> set[str]:
    """The places that a translation names and its message has not.

    Parameters
    ----------
    entry : babel.messages.catalog.Message
        Of a catalogue.
    """
    english = [entry.id] if isinstance(entry.id, str) else entry.id
    words = [entry.string] if isinstance(entry.string, str) else entry.string
    try:
        return set().union(*map(places_in, words)) - set().union(*map(places_in, english))
    except ValueError:  # a brace that nothing closes
        return {"{"}


def digits(number: str) -> str:
    """A number that is written in English, with the marks of the language.

    >>> digits("1,234.5")
    '1,234.5'
    """
    code = language().code
    return number if code == ENGLISH else number.translate(_marks(code))


@cache
def _marks(code: str) -> dict[int, str]:
    """What stands in a language in place of the marks of an English number."""
    symbols = _locale(code).number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"], "-": "\u2212"})


def day_in(day: dt.date, pattern: str) -> str:
    """A day in the words of the language.

    Parameters
    ----------
    day : date
        Any.
    pattern : str
        Of CLDR, e.g. ``d MMMM y``.

    Examples
    --------
    >>> day_in(dt.date(2026, 3, 9), "d MMMM y")
    '9 March 2026'
    """
    return _day_in(day, pattern, language().code)


@cache
def _day_in(day: dt.date, pattern: str, code: str) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale=_locale(code))


def name_of_language(code: str) -> str:
    """A language by its own name.

    >>> name_of_language("ru")
    'Русский'
    """
    return str(_locale(code).display_name).capitalize()


def territory(code: str, name: str) -> str:
    """A country in the language.

    Parameters
    ----------
    code : str
        Of ISO 3166.
    name : str
        In English, which stands where CLDR has none.

    Examples
    --------
    >>> with written_in("ru"):
    ...     territory("TR", "Turkiye")
    'Турция'
    """
    if language().code == ENGLISH:
        return name
    return str(_locale(language().code).territories.get(code, name))


@cache
def _locale(code: str) -> Any:
    from babel import Locale

    return Locale.parse(code)
