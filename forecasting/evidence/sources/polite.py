"""Pages of an outside publisher, asked for one by one: slowly, again where the line is cut, and
never twice in a day.

A page is kept in the user's cache folder once it could be read, so that a fetch that broke off goes
on where it stopped. Nothing here runs unless `forecasting.evidence.sources.fetching.fetch` is
called.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import email.utils
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from forecasting import __version__
from forecasting.evidence.rules import Row
from forecasting.vocabulary.errors import InputError, RunError, shortened
from forecasting.vocabulary.files import cache_folder, read_whole, write_whole
from forecasting.vocabulary.limits import MAX_PAGE_BYTES, MAX_PAGE_SECONDS, MAX_WAIT_SECONDS
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.printed_periods import period_cells
from forecasting.vocabulary.quantities import on_a_day
from forecasting.vocabulary.sentences import sentence, uncapital

if TYPE_CHECKING:
    import httpx


TRIES, PAUSE = 4, 1.0  # of one page; seconds before each
CACHE_LIFE = dt.timedelta(days=1)  # a page that is kept is not asked for again
PASSING = (429, 500, 502, 503, 504)  # answers that another try may better
HERE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Page:
    """One answer of a publisher.

    Parameters
    ----------
    content : object
        What was read from it.
    address : str
        Where it came from; never with a key.
    retrieved : date
        The day on which it came.
    data : bytes
        As it came.
    """

    content: Any
    address: str
    retrieved: dt.date
    data: bytes

    def row(
        self,
        measure: str,
        place: str,
        period: Period,
        publisher: str,
        product: str = "",
        **cells: str,
    ) -> Row:
        """A row in a ledger's columns: its name, what it counts, where and when, and further cells;
        with where and when it came, and the hash of the answer. It is known since then, if no day
        of publication is given.

        >>> page = Page("", "https://a.org", dt.date(2026, 3, 31), b"")
        >>> row = page.row("ev_stock", "NO", Period("2024-01-01", "2024-12-31"), "iea", note="n")
        >>> row["id"], row["published"]
        ('no-ev-stock-2024-iea', '2026-03-31')
        """
        parts = (place, measure, period.label, product, publisher)
        day = self.retrieved.isoformat()
        digest = hashlib.sha256(self.data).hexdigest()
        return {
            "id": "-".join(filter(None, parts)).lower().replace("_", "-"),
            "measure": measure,
            "place": place,
            "product": product,
            **period_cells(period, on_a_day(measure, "")),
            **cells,
            "published": cells.get("published") or day,
            "url": self.address,
            "note": f"{cells['note']}; retrieved {day}, sha256 of the answer {digest}",
        }


def _stored_page(cache: Path, address: str, read: Callable[[str], Any]) -> Page | None:
    """A page that came within a day; None of one that came earlier, was kept by another version, or
    was changed by somebody.
    """
    with contextlib.suppress(OSError, RunError):
        came = dt.datetime.fromtimestamp(cache.stat().st_mtime, dt.UTC)
        if dt.timedelta(0) <= dt.datetime.now(dt.UTC) - came < CACHE_LIFE:
            data = read_whole(cache, MAX_PAGE_BYTES)
            return Page(read(_text(data)), address, came.date(), data)
    return None


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
        self.is_local = self.base.host in HERE
        safe = self.base.scheme == "https" or (self.is_local and self.base.scheme == "http")
        if not self.base.host or not safe:
            raise InputError(
                f"{base!r}: pages are fetched over https, or from this machine over http"
            )
        self.key = bool(headers)
        asked_for = {"User-Agent": f"ev-forecasting/{__version__}", "Accept-Encoding": "identity"}
        self.client = partial(
            httpx.AsyncClient,
            headers=asked_for | dict(headers or {}),
            timeout=30,
            trust_env=not self.is_local,
        )

    def page(self, path: str, parameters: Mapping[str, str], read: Callable[[str], Any]) -> Page:
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
        folder = cache_folder()
        cache = folder and folder / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}.page"
        if cache and (stored := _stored_page(cache, address, read)):
            return stored
        data = self._download(address)
        try:
            page = Page(read(_text(data)), address, today(), data)
        except RunError as error:
            raise RunError(f"{self.name}: {error}; the address was {address}") from None
        if cache:
            cache.parent.mkdir(parents=True, exist_ok=True)
            write_whole(cache, data)
        return page

    def _failure(self, fault: str) -> RunError:
        return RunError(f"{self.name} at {self.base.host}: {fault}")

    def _download(self, address: str) -> bytes:
        """The bytes of a page; a passing fault is waited for, and tried again."""
        import httpx

        why = ""
        wait = 0.0 if self.is_local else PAUSE
        for number in range(TRIES):
            time.sleep(wait)
            wait = 2.0**number
            try:
                # The whole exchange, headers too: httpx limits the time of each read
                exchange = asyncio.wait_for(self._exchange(address), MAX_PAGE_SECONDS)
                answer, data = asyncio.run(exchange)
                if answer.status_code == 200:
                    return data
                why = f"answered {answer.status_code}"
                self._refuse(answer, why)
                wait = self._told_wait(answer, wait)
            except TimeoutError:
                raise self._failure(f"the answer takes longer than {MAX_PAGE_SECONDS} s") from None
            except httpx.HTTPError as error:
                why = f"the connection failed ({type(error).__name__})"
        raise self._failure(
            f"{why}, {TRIES} times; what came before is kept: the same command goes on from here"
        )

    async def _exchange(self, address: str) -> tuple[httpx.Response, bytes]:
        """An answer and its body as it came: what is packed could be of any size."""
        async with self.client() as client, client.stream("GET", address) as answer:
            if packing := answer.headers.get("Content-Encoding"):
                raise self._failure(f"the answer is packed ({packing}), which was not asked for")
            data = bytearray()
            async for part in answer.aiter_raw():
                data += part
                if len(data) > MAX_PAGE_BYTES:
                    raise self._failure(f"the answer is larger than {MAX_PAGE_BYTES:,} bytes")
            return answer, bytes(data)

    def _told_wait(self, answer: httpx.Response, otherwise: float) -> float:
        """The seconds that a publisher asks to wait, as a number or a date."""
        wait = answer.headers.get("Retry-After", "").strip()
        seconds = otherwise
        with contextlib.suppress(ValueError, TypeError):
            until = email.utils.parsedate_to_datetime(wait).timestamp()
            seconds = max(0.0, until - time.time())
        if wait.isdecimal():
            seconds = float(wait)
        if seconds > MAX_WAIT_SECONDS:
            raise self._failure(
                f"answered {answer.status_code} and asks to wait {seconds:,.0f} s; "
                "what came before is kept: give the same command after that"
            )
        return seconds

    def _refuse(self, answer: httpx.Response, why: str) -> None:
        """Stop at an answer that no other try would better."""
        if answer.status_code in PASSING:
            return
        if answer.status_code in (401, 403) and self.key:
            raise InputError(f"{self.name} at {self.base.host}: {why}: the key is refused")
        if answer.is_redirect:
            raise self._failure(f"{why}: the page has moved, and no other address is documented")
        raise self._failure(why)


def today() -> dt.date:
    """The day in Greenwich.

    >>> today() >= dt.date(2026, 1, 1)
    True
    """
    return dt.datetime.now(dt.UTC).date()


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RunError("the answer is not text in UTF-8") from None


Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Code = Annotated[str, BeforeValidator(str)]  # written as a number or as text


def read_answer(shape: Any, content: object) -> Any:
    """The content of an answer, in the shape that its publisher documents.

    Parameters
    ----------
    shape : type
        As pydantic has it.
    content : str or object
        JSON, or what has been read from a text of another form.

    Raises
    ------
    RunError
        Where it has another shape: the publisher's table has changed. The message shows how it
        begins.

    Examples
    --------
    >>> read_answer(list[Amount], "[12, 12.5]")
    [12.0, 12.5]
    >>> read_answer(list[Amount], ["many"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    forecasting.RunError: the answer's [0] is 'many': input should be a valid number, ...
    >>> read_answer(list[Amount], "<html>busy</html>")
    Traceback (most recent call last):
    forecasting.RunError: the answer is not JSON; it begins with '<html>busy</html>'
    """
    shaped = TypeAdapter(shape)
    try:
        if isinstance(content, str):
            return shaped.validate_json(content)
        return shaped.validate_python(content)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
    begins = repr(shortened(str(fault["input"])[:60]))
    if fault["type"] == "json_invalid":
        raise RunError(f"the answer is not JSON; it begins with {begins}")
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"])
    raise RunError(
        sentence(
            "the answer['s {part}] is {begins}: {why}: its table has changed",
            part=path.lstrip("."),
            begins=begins,
            why=uncapital(fault["msg"]),
        )
    )


def only_countries(name: str, places: Sequence[str]) -> None:
    """Refuse ports, parts of a country and sums of them, of which a publisher knows nothing.

    Raises
    ------
    InputError
        Names them.
    """
    if groups := sorted(place for place in places if len(place) != 2):
        raise InputError(
            f"{name} is asked for countries, not {', '.join(groups)}; "
            "give an ISO 3166 code such as NO"
        )
