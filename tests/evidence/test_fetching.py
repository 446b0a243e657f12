"""Proposed rows from public sources: a real server on this machine answers as the publishers do,
and as they do not.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from forecasting.cli import main
from forecasting.evidence.sources import fetching, polite
from forecasting.evidence.sources.comtrade import COMTRADE_KEY, GOODS, PARTNERS
from forecasting.reading.user_ledgers import read_ledger
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.names import CACHE_VARIABLE

pytestmark = pytest.mark.slow
Reply = tuple[int, dict[str, str], bytes]
Asked = dict[str, str]


@dataclass
class Publisher:
    """What the server answers, and what it was asked."""

    answer: Callable[[str, Asked], Reply] = lambda path, asked: (200, {}, b"")
    paths: list[str] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    address: str = ""
    waits: list[float] = field(default_factory=list)


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    told = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(split.query).items()}
            told.paths.append(split.path)
            told.questions.append(asked)
            told.headers.append(dict(self.headers))
            status, headers, body = told.answer(split.path, asked)
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    ).start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(polite.time, "sleep", told.waits.append)
    monkeypatch.setattr(fetching, "today", lambda: dt.date(2026, 11, 25))
    monkeypatch.delenv(COMTRADE_KEY, raising=False)
    monkeypatch.chdir(tmp_path)
    yield told
    server.shutdown()
    server.server_close()


def fetch(publisher: Publisher, source: str, *words: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, ["fetch", source, "--address", publisher.address, *words])
    assert done.exit_code == status, done.output
    return done


def reply(content: object, status: int = 200, **headers: str) -> Reply:
    return status, headers, json.dumps(content).encode()


def record(period: str, place: str = "UZ", code: str = "870380", **other: Any) -> dict[str, Any]:
    return {
        "typeCode": "C", "freqCode": "M", "refYear": int(period[:4]), "period": period,
        "reporterCode": 156, "flowCode": "X", "partnerCode": PARTNERS[place], "partner2Code": 0,
        "classificationCode": "H6", "cmdCode": code, "customsCode": "C00", "motCode": 0,
        "qtyUnitCode": 5, "qty": 1234.0, "isQtyEstimated": False,
        "altQtyUnitCode": -1, "altQty": 0.0, "primaryValue": 2.5e7,
    } | other  # fmt: skip


def traded(path: str, asked: Asked) -> Reply:
    rows = [record(asked["period"])] if asked["period"] == "202601" else []
    return reply({"elapsedTime": "0.1 secs", "count": len(rows), "data": rows, "error": ""})


def test_vehicles_sent_from_china_become_rows_that_a_ledger_holds(publisher: Publisher) -> None:
    def answer(path: str, asked: Asked) -> Reply:
        month = asked["period"]
        rows = [
            record(month),
            record(month, motCode=3200, qty=900.0),  # a part of the first
            record(
                month, code="870360", qty=17.5, isQtyEstimated=True, altQty=18.0, altQtyUnitCode=5
            ),
            record(month, code="870240", qtyUnitCode=8, qty=90_000.0),  # kilograms
            record(month, code="870460", qty=3.0, isQtyEstimated=True),
        ]
        return reply({"data": rows if month == "202602" else []})

    publisher.answer = answer
    done = fetch(publisher, "comtrade", "--place", "uzbekistan", "--since", "2026")
    assert "wrote 3 proposed rows to proposed-comtrade-uz.csv\n1 records without" in done.stdout
    frame = read_ledger("proposed-comtrade-uz.csv").frame.set_index("product")
    assert frame["value"].to_dict() == {
        "battery-cars": 1234,
        "petrol-plug-in-hybrids": 18,
        "electric-trucks": 3,
    }
    assert frame.loc["electric-trucks", "kind"] == "estimate"
    car = frame.loc["battery-cars"]
    assert (car["measure"], car["place"], car["partner"], car["kind"]) == (
        "ev_imports",
        "UZ",
        "CN",
        "outcome",
    )
    assert (car["period_start"], car["period_end"]) == ("2026-02-01", "2026-02-28")
    body = publisher.answer("", {"period": "202602"})[2]
    assert hashlib.sha256(body).hexdigest() in car["note"]
    assert car["url"].startswith(publisher.address + "/public/v1/preview/C/M/HS?")
    asked = publisher.questions[0]
    assert set(publisher.paths) == {"/public/v1/preview/C/M/HS"}
    assert asked["partnerCode"] == "860"
    assert asked["cmdCode"] == ",".join(GOODS)
    assert asked["period"] == "202601"
    assert publisher.headers[0]["User-Agent"].startswith("ev-forecasting/")


def test_a_key_is_sent_along_and_stands_nowhere(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COMTRADE_KEY, "0123456789abcdefSECRET")
    publisher.answer = traded
    done = fetch(publisher, "comtrade", "--place", "UZ", "--since", "2026")
    assert set(publisher.paths) == {"/data/v1/get/C/M/HS"}
    assert publisher.headers[0]["Ocp-Apim-Subscription-Key"] == "0123456789abcdefSECRET"
    texts = [file.read_text() for file in Path().rglob("*") if file.is_file()]
    assert len(texts) > 1
    assert not any("SECRET" in text for text in [done.output, *texts])
    monkeypatch.setenv(COMTRADE_KEY, "SECRET\r\nX: y")
    assert "SECRET" not in fetch(publisher, "comtrade", "--out", "b.csv", status=2).output
    monkeypatch.setenv(COMTRADE_KEY, "0123456789abcdefSECRET")
    publisher.answer = lambda path, asked: reply(
        {"message": "invalid subscription key SECRET"}, 401
    )
    refused = fetch(publisher, "comtrade", "--place", "KZ", "--out", "b.csv", status=2).output
    assert "the key is refused" in refused
    assert "SECRET" not in refused


def test_a_fetch_that_broke_off_goes_on_where_it_stopped(publisher: Publisher) -> None:
    def cut(path: str, asked: Asked) -> Reply:
        status, headers, body = traded(path, asked)
        return (
            (status, {"Content-Length": "9999"}, body)
            if asked["period"] == "202603"
            else (status, headers, body)
        )

    publisher.answer = cut
    done = fetch(publisher, "comtrade", "--since", "2026", status=1)
    assert "the connection failed (RemoteProtocolError), 4 times" in done.stderr
    assert "goes on from here" in done.stderr
    assert not list(Path().glob("*.csv"))
    assert [asked["period"] for asked in publisher.questions] == [
        "202601",
        "202602",
        *["202603"] * 4,
    ]
    publisher.questions.clear()
    publisher.answer = traded
    fetch(publisher, "comtrade", "--since", "2026")
    assert publisher.questions[0]["period"] == "202603"
    publisher.questions.clear()
    fetch(publisher, "comtrade", "--since", "2026", "--out", "again.csv")
    assert not publisher.questions
    assert Path("again.csv").read_text() == Path("proposed-comtrade.csv").read_text()


@pytest.mark.parametrize(
    ("headers", "waited"),
    [({"Retry-After": "7"}, 7.0), ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
     ({}, 1.0), ({"Retry-After": "soon"}, 1.0)],
)  # fmt: skip
def test_it_waits_as_long_as_it_is_asked_to(
    publisher: Publisher, headers: dict[str, str], waited: float
) -> None:
    publisher.answer = lambda path, asked: (
        reply({}, 429, **headers) if len(publisher.questions) == 1 else traded(path, asked)
    )
    fetch(publisher, "comtrade", "--since", "2026")
    assert [*filter(None, publisher.waits)] == [*filter(None, [waited])]


@pytest.mark.parametrize("told", [lambda: "3600", lambda: formatdate(time() + 3600, usegmt=True)])
def test_a_long_wait_is_left_to_the_user(publisher: Publisher, told: Callable[[], str]) -> None:
    publisher.answer = lambda path, asked: reply({}, 429, **{"Retry-After": told()})
    said = fetch(publisher, "comtrade", status=1).stderr
    assert "answered 429 and asks to wait 3," in said
    assert not any(publisher.waits)
    assert len(publisher.questions) == 1


GOOD = {
    "period": "202601",
    "reporterCode": 156,
    "partnerCode": 860,
    "cmdCode": "870380",
    "flowCode": "X",
}
BAD = {
    "server": (reply({}, 500), "answered 500, 4 times"),
    "gone": (reply({}, 404), "answered 404"),
    "moved": (reply({}, 301, Location="http://example.org/"), "has moved"),
    "page": ((200, {}, b"<html>\x1b[31mbusy</html>"), "not JSON; it begins with '<html>"),
    "bytes": ((200, {}, b"\xff\xfe"), "not text in UTF-8"),
    "nothing": ((200, {}, b""), "not JSON"),
    "deep": ((200, {}, b"[" * 100_000), "not JSON"),
    "list": (reply([1]), "the answer is '[1]': input should be an object"),
    "told": (reply({"error": "too many requests"}), "too many requests"),
    "empty": (reply({"count": 0}), "data is \"{'count': 0}\": field required: its table has"),
    "renamed": (
        reply({"data": [record("202601") | {"period": "202601"}, {"quantity": 1}]}),
        "data[1].period is \"{'quantity': 1}\": field required: its table has changed",
    ),
    "words": (
        reply({"data": [record("202601", qty="many")]}),
        "data[0].qty is 'many': input should be a valid number",
    ),
    "endless": (
        (200, {}, json.dumps({"data": [record("202601", qty=1e999)]}).encode()),
        "qty is 'inf'",
    ),
    "below": (reply({"data": [record("202601", qty=-5)]}), "qty is '-5'"),
    "two": (reply({"data": [record("202601"), record("202601", qty=7)]}), "two counts of 870380"),
    "full": (reply({"data": [record("202601")] * 500}), "some may be missing"),
    "huge": ((200, {}, b" " * 20_000_001), "larger than 20,000,000 bytes"),
    "gzip": (
        (200, {"Content-Encoding": "gzip"}, b"not gzip"),
        "the answer is packed (gzip), which was not asked for",
    ),
    "packed twice": (
        (200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(bytes(10**8)))),
        "the answer is packed (gzip, gzip), which was not asked for",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_source_that_fails_leaves_everything_as_it_was(publisher: Publisher, case: str) -> None:
    answer, said = BAD[case]
    publisher.answer = lambda path, asked: answer
    Path("mine.csv").write_text("mine")
    done = fetch(publisher, "comtrade", "--place", "UZ", "--since", "2026", status=1)
    assert said in done.stderr
    assert done.stderr.startswith("ev-forecast fetch: UN Comtrade")
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr
    assert done.stdout == ""
    assert [file.name for file in Path().iterdir()] == ["mine.csv"]


def test_an_answer_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server that sends its headers one byte at a time."""
    over = threading.Event()

    def trickle(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(10_000)
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100_000:
                connection.send(bytes([byte]))
                if over.wait(0.05):
                    break

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(polite, "MAX_PAGE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=trickle, args=(listening,), daemon=True)
        server.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(RunError, match=r"the answer takes longer than 0.5 s"):
            polite.PageReader("x", address).page("a", {}, str)
        over.set()
        server.join()


def test_wrong_input_asks_nobody(publisher: Publisher) -> None:
    Path("mine.csv").write_text("mine")
    Path("link.csv").symlink_to("nowhere.csv")
    for words, said in {
        ("eurostat",): "'eurostat' is not one of",
        ("comtrade", "--place", "Uzbekistann"): "did you mean UZ",
        ("comtrade", "--place", "NO"): "comtrade is asked for KZ, KG, TJ, TM, UZ, not NO",
        ("worldbank", "--place", "Horgos"): "the World Bank is asked for countries, not horgos",
        ("iea", "--place", "CN-XJ"): "the IEA is asked for countries, not CN-XJ",
        ("iea", "--out", "mine.csv"): "mine.csv is there already",
        ("iea", "--out", "link.csv"): "link.csv is there already",
        ("iea", "--out", "no/such/file.csv"): "no/such is no folder",
        ("iea", "--since", "12"): "give a year from 1990",
        ("iea", "--address", "http://example.org"): "over https, or from this machine",
        ("iea", "--address", "nowhere"): "over https, or from this machine",
    }.items():
        assert said in fetch(publisher, *words, status=2).stderr, words
    assert not publisher.questions
    assert Path("mine.csv").read_text() == "mine"


def test_a_file_made_meanwhile_is_not_written_over(publisher: Publisher) -> None:
    def answer(path: str, asked: Asked) -> Reply:
        Path("proposed-comtrade.csv").write_text("somebody else's")
        return traded(path, asked)

    publisher.answer = answer
    fetch(publisher, "comtrade", "--since", "2026", status=2)
    assert Path("proposed-comtrade.csv").read_text() == "somebody else's"


def test_without_httpx_it_says_what_to_install(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "httpx", None)
    with pytest.raises(InputError, match=r"pip install 'ev-forecasting\[fetch\]'"):
        polite.PageReader("x", publisher.address)


def population(path: str, asked: Asked) -> Reply:
    indicator = path.rsplit("/", 1)[1]
    years = range(2015, 2026)
    values = {year: (33_000_000 + year if indicator == "SP.POP.TOTL" else 9.0e10) for year in years}
    rows = [
        {"indicator": {"id": indicator, "value": "x"}, "countryiso3code": "UZB",
         "country": {"id": "UZ", "value": "Uzbekistan"}, "date": str(year),
         "value": None if year == 2025 else values[year], "unit": ""}
        for year in reversed(years)
    ]  # fmt: skip
    first, last = map(int, asked["date"].split(":"))
    rows = [row for row in rows if first <= int(row["date"]) <= last]
    page, each = int(asked["page"]), 4
    head = {"page": page, "pages": -(-len(rows) // each), "per_page": each, "total": len(rows),
            "sourceid": "2", "lastupdated": "2026-10-01"}  # fmt: skip
    return reply([head, rows[(page - 1) * each : page * each]])


def test_population_comes_in_pages(publisher: Publisher) -> None:
    publisher.answer = population
    done = fetch(publisher, "worldbank", "--place", "UZ", "--since", "2016", "--out", "people.csv")
    assert "wrote 18 proposed rows to people.csv\n2 records without" in done.stdout
    assert "vehicles in use are not proposed" in done.stdout
    frame = read_ledger("people.csv").frame.set_index("id")
    people = frame.loc["uz-population-2024-world-bank"]
    assert (people["value"], people["period_end"], people["published"]) == (
        33_002_024,
        "2024-06-30",
        "2026-10-01",
    )
    assert frame.loc["uz-gdp-2020-world-bank", "value"] == 90
    assert publisher.paths[0] == "/v2/country/UZ/indicator/SP.POP.TOTL"
    assert [asked["page"] for asked in publisher.questions] == ["1", "2", "3"] * 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            [{"message": [{"id": "120", "key": "Invalid value", "value": "not valid"}]}],
            "the answer's [0].pages is \"{'message': [{'id': '120', 'key': 'Invalid value'",
        ),
        ({}, "the answer is '{}': input should be a valid array"),
        ([{"page": 1}, []], "[0].pages is \"{'page': 1}\": field required: its table has changed"),
        ([{"pages": 1, "total": 3}], "[1] is \"[{'pages': 1, 'total': 3}]\": field required"),
        (
            [{"pages": 1}, [{"country": "UZ", "date": "2024", "value": 1}]],
            "[1][0].country is 'UZ': input should be an object",
        ),
        ([{"pages": 1}, [{"country": {"id": "UZ"}, "date": "2024", "value": "x"}]], "value is 'x'"),
        ([{"pages": 10**6}, []], "pages is '1000000': input should be less than or equal to 100"),
    ],
)
def test_a_world_bank_that_has_changed_is_named(
    publisher: Publisher, content: object, said: str
) -> None:
    publisher.answer = lambda path, asked: reply(content)
    assert said in fetch(publisher, "worldbank", status=1).stderr
    assert not list(Path().glob("*.csv"))


def test_no_rows_is_no_failure_and_no_file(publisher: Publisher) -> None:
    publisher.answer = lambda path, asked: reply([{"page": 0, "pages": 0, "total": 0}, None])
    assert "no such rows; nothing is written" in fetch(publisher, "worldbank").stdout
    publisher.answer = lambda path, asked: (200, {}, b"")
    assert "no such rows" in fetch(publisher, "iea").stdout
    told = json.loads(fetch(publisher, "iea", "--json").stdout)
    assert (told["rows"], told["unusable"], told["path"]) == (0, 0, "proposed-iea.csv")
    assert not list(Path().glob("*.csv"))


CSV = """region,category,parameter,mode,powertrain,year,unit,value
Norway,Historical,EV sales,Cars,BEV,2023,Vehicles,100000
Norway,Historical,EV sales,Cars,BEV,2024,Vehicles,114000
Norway,Historical,EV stock,Cars,PHEV,2024,Vehicles,210000
Norway,Historical,"Oil displacement, Mbd",Cars,EV,2024,"Milion barrels per day",0.02
Norway,Historical,EV charging points,EV,Publicly available fast,2024,charging points,9400
Norway,Historical,EV charging points,EV,Publicly available slow,2024,charging points,20000
Norway,Historical,EV charging points,EV,Publicly available slow,2023,charging points,19000
Norway,Projection-STEPS,EV sales,Cars,BEV,2024,Vehicles,1
Sweden,Historical,EV sales,Cars,BEV,2024,Vehicles,2
"""


def test_the_explorer_gives_sales_stock_and_points(publisher: Publisher) -> None:
    publisher.answer = lambda path, asked: (200, {}, b"\xef\xbb\xbf" + CSV.encode())
    done = fetch(publisher, "iea", "--place", "NO", "--since", "2023")
    assert "wrote 4 proposed rows to proposed-iea-no.csv\n1 records" in done.stdout
    ledger = read_ledger("proposed-iea-no.csv")
    values = {fact.id: (fact.value, fact.rounding, fact.place) for fact in ledger}
    assert values == {
        "no-ev-sales-2023-battery-cars-iea": (100_000, 50_000, "NO"),
        "no-ev-sales-2024-battery-cars-iea": (114_000, 500, "NO"),
        "no-ev-stock-2024-plug-in-hybrids-iea": (210_000, 5_000, "NO"),
        "no-charging-points-2024-public-iea": (29_400, 50, "NO"),
    }
    assert publisher.questions == [{"region": "Norway", "csv": "true"}]
    assert publisher.paths == ["/evs"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CSV.replace("powertrain", "fuel"), "no column powertrain"),
        (
            CSV.replace("114000", "n/a"),
            "the answer's [1].value is 'n/a': input should be a valid number",
        ),
        (CSV.replace("2023,Vehicles", "twenty,Vehicles"), "year is 'twenty'"),
        (
            CSV.replace("Vehicles,1\n", "Vehicles,1,5\n"),
            "[7].surplus is \"['5']\": input should be",
        ),
        (CSV[:-12], "[8].value is 'None': input should be a valid number"),
        ("<html>busy</html>", "no column region"),
        ('region,category\n"open', "no CSV"),
    ],
)
def test_an_explorer_that_has_changed_is_named(publisher: Publisher, text: str, said: str) -> None:
    publisher.answer = lambda path, asked: (200, {}, text.encode())
    assert said in fetch(publisher, "iea", "--place", "NO", status=1).stderr
    assert not list(Path().glob("*.csv"))
