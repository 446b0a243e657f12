"""Pages of an outside publisher, asked for one by one: slowly, again where the line is cut, and
never twice in a day.

A page is kept in the user's cache folder once it could be read, so that a fetch that broke off goes
on where it stopped. Nothing here runs unless `forecasting.evidence.sources.fetching.fetch` is
called.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import hashlib
import json
import math
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from forecasting import __version__
from forecasting.errors import InputError, RunError, shortened
from forecasting.evidence.files import read_whole, write_whole

if TYPE_CHECKING:
    import httpx

__all__ = ["Page", "PageReader", "cache_folder", "count", "json_object", "today"]

T = TypeVar("T")
TRIES, PAUSE = 4, 1.0  # of one page; seconds between two pages
PATIENCE = 60  # the longest wait, in seconds, that a publisher may ask for
LARGEST, LONGEST = 20_000_000, 120  # bytes and seconds of one page
FRESH = dt.timedelta(days=1)  # a page that is kept is not asked for again
PASSING = (429, 500, 502, 503, 504)  # answers that another try may better
HERE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One answer of a publisher.

    Parameters
    ----------
    content : object
        What was read from it.
    address : str
        Where it came from; never with a key.
    retrieved : date
        The day on which it came.
    sha256 : str
        Of its bytes.
    """

    content: T
    address: str
    retrieved: dt.date
    sha256: str

    def stamped(self, row: Mapping[str, str]) -> dict[str, str]:
        """A row with where and when it came, and the hash of the answer; known since then, if it
        says no day itself.
        """
        day = self.retrieved.isoformat()
        said = {"published": row.get("published") or day, "url": self.address}
        return {
            **row,
            **said,
            "note": f"{row['note']}; retrieved {day}, sha256 of the answer {self.sha256}",
        }


def cache_folder() -> Path:
    """Where pages are kept: ``ev-forecast`` in the user's cache folder.

    >>> cache_folder().name
    'ev-forecast'
    """
    default = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or default) / "ev-forecast"


class PageReader:
    """Asks one publisher for pages.

    Parameters
    ----------
    name : str
        What a reader calls the publisher.
    base : str
        The beginning of its addresses, as its documentation has it.
    headers : mapping of str to str, optional
        Sent along, such as a key; they are in no address, no message and no file.
    """

    def __init__(self, name: str, base: str, headers: Mapping[str, str] | None = None) -> None:
        try:
            import httpx
        except ImportError:
            raise InputError("fetching needs httpx: pip install 'ev-forecasting[fetch]'") from None
        self.name = name
        try:
            self.base = httpx.URL(base.rstrip("/") + "/")
        except httpx.InvalidURL as error:
            raise InputError(f"{base!r} is no address: {error}") from None
        self.here = self.base.host in HERE
        if not self.base.host or (
            self.base.scheme != "https" and not (self.here and self.base.scheme == "http")
        ):
            raise InputError(
                f"{base!r}: pages are fetched over https, or from this machine over http"
            )
        said = {"User-Agent": f"ev-forecasting/{__version__}", **(headers or {})}
        self.client = httpx.Client(headers=said, timeout=30, trust_env=not self.here)
        self.key = bool(headers)
        self.last = -math.inf

    def __enter__(self) -> PageReader:
        return self

    def __exit__(self, *error: object) -> None:
        self.client.close()

    def page(self, path: str, parameters: Mapping[str, str], read: Callable[[str], T]) -> Page[T]:
        """One page, from the cache where it came within a day.

        Parameters
        ----------
        path : str
            What follows the base.
        parameters : mapping of str to str
            What follows the question mark.
        read : callable
            Takes the text, gives the content; raises `RunError` where the text is not what it
            should be. Only a page that could be read is kept.

        Raises
        ------
        RunError
            Where the publisher does not answer, or not as it should.
        InputError
            Where it refuses the key, or the cache folder cannot be written.
        """
        address = str(self.base.join(path).copy_merge_params(dict(parameters)))
        kept = cache_folder() / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}.page"
        data, day = _kept(kept)
        if data is not None:
            # It was kept by another version, or somebody changed it
            with contextlib.suppress(RunError):
                return Page(read(_text(data)), address, day, hashlib.sha256(data).hexdigest())
        data = self._asked(address)
        try:
            page = Page(read(_text(data)), address, today(), hashlib.sha256(data).hexdigest())
        except RunError as error:
            raise RunError(f"{self.name}: {error}; the address was {address}") from None
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_whole(kept, data)
        except OSError as error:
            raise InputError(
                f"{kept.parent} cannot be written ({error.strerror}); set XDG_CACHE_HOME"
            ) from None
        return page

    def _asked(self, address: str) -> bytes:
        """The bytes of a page; a passing fault is waited for, and tried again."""
        import httpx

        why = ""
        for number in range(TRIES):
            if not self.here:
                time.sleep(max(0.0, self.last + PAUSE - time.monotonic()))
            try:
                with self.client.stream("GET", address) as answer:
                    if answer.status_code == 200:
                        return self._body(answer)
                    why, wait = f"answered {answer.status_code}", 2.0**number
                    if answer.status_code not in PASSING:
                        raise self._refusal(answer)
                    wait = self._told_wait(answer, wait)
            except httpx.HTTPError as error:
                why, wait = f"the connection failed ({type(error).__name__})", 2.0**number
            finally:
                self.last = time.monotonic()
            if number < TRIES - 1:
                time.sleep(wait)
        again = "what came before is kept: the same command goes on from here"
        raise RunError(f"{self.name} at {self.base.host}: {why}, {TRIES} times; {again}")

    def _body(self, answer: httpx.Response) -> bytes:
        parts, size, end = [], 0, time.monotonic() + LONGEST
        for part in answer.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                raise RunError(
                    f"{self.name} at {self.base.host}: the answer is larger than {LARGEST:,} bytes"
                )
            if time.monotonic() > end:
                raise RunError(
                    f"{self.name} at {self.base.host}: the answer takes longer than {LONGEST} s"
                )
        return b"".join(parts)

    def _told_wait(self, answer: httpx.Response, otherwise: float) -> float:
        """The seconds that a publisher asks to wait, as a number or a date."""
        wait = answer.headers.get("Retry-After", "").strip()
        seconds = otherwise
        if wait.isdecimal():
            seconds = float(wait)
        elif wait:
            with contextlib.suppress(ValueError, TypeError):
                seconds = max(
                    0.0, email.utils.parsedate_to_datetime(wait).timestamp() - time.time()
                )
        if seconds > PATIENCE:
            raise RunError(
                f"{self.name} at {self.base.host}: answered {answer.status_code} and asks to wait {seconds:,.0f} s; "
                "what came before is kept: give the same command after that"
            )
        return seconds

    def _refusal(self, answer: httpx.Response) -> InputError | RunError:
        """What an answer that no other try would better says."""
        what = f"{self.name} at {self.base.host}: answered {answer.status_code}"
        if answer.status_code in (401, 403) and self.key:
            return InputError(f"{what}: the key is refused")
        if answer.is_redirect:
            return RunError(f"{what}: the page has moved, and no other address is documented")
        return RunError(what)


def today() -> dt.date:
    """The day in Greenwich.

    >>> today() >= dt.date(2026, 1, 1)
    True
    """
    return dt.datetime.now(dt.UTC).date()


def _kept(path: Path) -> tuple[bytes | None, dt.date]:
    """The bytes of a page that came within a day, and the day; nothing where there is none."""
    try:
        came = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        fresh = dt.timedelta(0) <= dt.datetime.now(dt.UTC) - came < FRESH
        return (read_whole(path, LARGEST) if fresh else None), came.date()
    except OSError:
        return None, today()


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RunError("the answer is not text in UTF-8") from None


def json_object(text: str) -> Any:
    """What a JSON text holds.

    Raises
    ------
    RunError
        Where it is no JSON; the message shows how it begins.

    Examples
    --------
    >>> json_object("<html>busy</html>")
    Traceback (most recent call last):
    forecasting.errors.RunError: the answer is not JSON; it begins with '<html>busy</html>'
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise RunError(f"the answer is not JSON; it begins with {shortened(text[:60])!r}") from None


def count(row: Mapping[str, Any], field: str, where: str) -> float:
    """A number, 0 or more, of one field.

    Raises
    ------
    RunError
        Where the field is missing or holds something else: the publisher's table has changed.

    Examples
    --------
    >>> count({"qty": 12}, "qty", "data[0]"), count({"qty": "12.5"}, "qty", "data[0]")
    (12.0, 12.5)
    >>> count({"qty": "many"}, "qty", "data[3]")
    Traceback (most recent call last):
    forecasting.errors.RunError: data[3]: qty is 'many', not a number of 0 or more: its table has changed
    """
    if field not in row:
        raise RunError(f"{where}: the field {field} is missing: its table has changed")
    value = row[field]
    try:
        number = math.nan if isinstance(value, bool) or value is None else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        said = shortened(str(value)[:60])
        raise RunError(
            f"{where}: {field} is {said!r}, not a number of 0 or more: its table has changed"
        )
    return number
