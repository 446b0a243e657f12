"""How a publisher is asked, by hand: no page is fetched here."""

import datetime as dt
import os
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from forecasting.evidence.sources.polite import (
    CACHE_LIFE,
    PageReader,
    _stored_page,
    only_countries,
)
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.limits import MAX_WAIT_SECONDS

READER = PageReader("X", "https://a.org/api")


@pytest.mark.parametrize("base", ["http://a.org", "ftp://127.0.0.1", "a.org", "https://"])
def test_pages_come_over_https_or_from_this_machine(base: str) -> None:
    with pytest.raises(InputError, match="pages are fetched over https"):
        PageReader("X", base)
    assert PageReader("X", "http://127.0.0.1:9").is_local


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("", 4.0),
        ("7", 7.0),
        ("soon", 4.0),
        (format_datetime(dt.datetime(2020, 1, 1, tzinfo=dt.UTC)), 0.0),
        (str(MAX_WAIT_SECONDS), float(MAX_WAIT_SECONDS)),
    ],
)
def test_a_publisher_is_waited_for_as_it_asks(told: str, seconds: float) -> None:
    answer = httpx.Response(429, headers={"Retry-After": told})
    assert READER._told_wait(answer, 4.0) == seconds


def test_a_publisher_that_asks_to_wait_for_long_is_left() -> None:
    answer = httpx.Response(429, headers={"Retry-After": str(MAX_WAIT_SECONDS + 1)})
    with pytest.raises(RunError, match="answered 429 and asks to wait"):
        READER._told_wait(answer, 4.0)


@pytest.mark.parametrize(
    ("status", "key", "error", "words"),
    [
        (403, True, InputError, "the key is refused"),
        (403, False, RunError, "X at a.org: why"),
        (302, False, RunError, "the page has moved"),
        (404, True, RunError, "why"),
    ],
)
def test_an_answer_that_no_other_try_betters_ends_it(
    status: int, key: bool, error: type[Exception], words: str
) -> None:
    reader = PageReader("X", "https://a.org/api", {"key": "1"} if key else None)
    answer = httpx.Response(status, headers={"Location": "/b"})
    with pytest.raises(error, match=words):
        reader._refuse(answer, "why")
    reader._refuse(httpx.Response(503), "why")


@pytest.mark.parametrize(
    ("age", "is_kept"),
    [
        (dt.timedelta(hours=1), True),
        (CACHE_LIFE - dt.timedelta(minutes=1), True),
        (CACHE_LIFE, False),
        (-dt.timedelta(hours=1), False),  # of a clock that went wrong
    ],
)
def test_a_page_is_kept_for_a_day(tmp_path: Path, age: dt.timedelta, is_kept: bool) -> None:
    file = tmp_path / "a.page"
    file.write_text("content")
    came = (dt.datetime.now(dt.UTC) - age).timestamp()
    os.utime(file, (came, came))
    page = _stored_page(file, "https://a.org", str.upper)
    assert (page and page.content) == ("CONTENT" if is_kept else None)


def test_ports_and_parts_of_countries_are_named() -> None:
    only_countries("X", ["UZ", "NO"])
    with pytest.raises(InputError, match="not CN-XJ, horgos; give an ISO 3166 code"):
        only_countries("X", ["horgos", "UZ", "CN-XJ"])
