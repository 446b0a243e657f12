"""Whatever a file holds, it is read or refused: in few words, by errors of the package, with
nothing written.

A short run is part of `make test`. `make fuzz` runs for long, with another seed each time that it
prints, and keeps in ``cases`` what it finds; every run tries it."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import fsspec
import numpy as np
import pytest
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

import forecasting as fc
from forecasting.runs.output import object_store
from forecasting.scenarios.check import check_paths
from forecasting.vocabulary.limits import MAX_PROBLEM_CHARACTERS, MAX_PROBLEMS
from forecasting.vocabulary.strict_yaml import parse_yaml

pytestmark = pytest.mark.slow

CASES = Path(__file__).parent / "cases"
MANY = int(os.environ.get("FUZZ_EXAMPLES", "0"))
fuzzed = settings(
    max_examples=MANY or 80,
    derandomize=not MANY,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # what is found is kept; making it small takes minutes
    suppress_health_check=list(HealthCheck),
)

PARAMS = sorted((Path(__file__).parents[2] / "params").glob("*.yaml"))
COLUMNS = (
    *(
        "id",
        "measure",
        "place",
        "partner",
        "product",
        "basis",
        "period_start",
        "period_end",
        "relation",
        "quantity",
    ),
    *(
        "value",
        "unit",
        "rounding",
        "reference",
        "kind",
        "published",
        "source",
        "url",
        "quote",
        "note",
    ),
)
GOOD = {
    "id": st.sampled_from(["a", "b", "c", "d"]),
    "measure": st.sampled_from(
        ["ev_imports", "ev_stock", "ev_registrations", "car_imports", "population"]
    ),
    "place": st.sampled_from(["UZ", "KZ", "Uzbekistan", "horgos", "World"]),
    "product": st.sampled_from(["", "battery-cars", "electric-buses"]),
    "period_start": st.sampled_from(["2022-01-01", "2023-01-01", "2023-05-01", ""]),
    "period_end": st.sampled_from(["2022-12-31", "2023-04-30", "2023-12-31"]),
    "relation": st.sampled_from(
        ["equals", "about", "at_least", "at_most", "greater_than", "less_than"]
    ),
    "quantity": st.sampled_from(
        ["total", "stock", "per_day", "share_percent", "yoy_growth_percent", "yoy_difference"]
    ),
    "value": st.sampled_from(["2180", "0", "1", "25.5", "-50", "3e3"]),
    "reference": st.sampled_from(["", "a", "b", "ev_imports@UZ:2022-01-01/2022-12-31"]),
    "kind": st.sampled_from(["", "outcome", "estimate", "target", "judgement"]),
    "published": st.sampled_from(["2023-01", "2024-02-30", "2024-01-10", ""]),
}
HOSTILE = st.sampled_from(
    [
        *(
            "",
            " ",
            "\0",
            "\ufeff",
            "\u202e",
            "\x1b[2J",
            '"',
            "'",
            ",",
            ";",
            "\t",
            "=cmd()",
            "None",
            "nan",
            "inf",
            "-inf",
        ),
        *(
            "1e400",
            "1e308",
            "-1e308",
            "1e-320",
            "9" * 400,
            "2.544",
            "2,544",
            "1_000",
            "٢٠٢٣",
            "½",
            "0x10",
            "1/0",
            "True",
        ),
        *(
            "2023-W01",
            "20230101",
            "2023-13-01",
            "0000-01-01",
            "9999-12-31",
            "10000-01-01",
            "2023",
            "31.12.2023",
            "-5",
        ),
        *(
            "../../x",
            "/etc/passwd",
            "a" * 5000,
            "measure@place:start/end",
            "a@b:2023-01-01/2022-01-01",
            "é" * 40,
        ),
    ]
) | st.text(max_size=12)


def tried(path: Path) -> None:
    """Check a file and, where it is in order, forecast what it counts."""
    before = sorted(path.parent.iterdir())
    problems: tuple[fc.Problem, ...] = ()
    try:
        check_paths([path])
    except fc.InputError as error:
        problems = error.problems
    for problem in problems[:MAX_PROBLEMS]:
        assert len(str(problem)) <= MAX_PROBLEM_CHARACTERS
        assert "\n" not in str(problem)
        assert all(c.isprintable() for c in str(problem)), str(problem)
    if not problems and path.suffix not in (".yaml", ".yml"):
        _forecast(fc.read_ledger(path))
    assert sorted(path.parent.iterdir()) == before


def _forecast(ledger: fc.Ledger) -> None:
    for place, measure in {(fact.place, fact.measure) for fact in ledger}:
        facts = ledger.select(place=place, measure=measure)
        if facts.frame["unit"].eq("vehicles").all() and len(facts):
            try:
                made = fc.forecast_flow(facts, [fc.year(2025)], draws=16)
            except fc.ForecastingError:
                continue
            assert np.isfinite(made.monthly).all()


def hold(name: str, content: bytes, of: Callable[[Path], None] = tried) -> None:
    """Try what a file may hold; what breaks is kept for every later run."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            of(path)
        except BaseException:
            if MANY:
                shutil.copy(path, CASES / f"found-{name}")
            raise


def somewhere(draw: st.DrawFn, length: int) -> int:
    """A place in a content; drawn without its length, which may differ by a byte from one making to
    the next.
    """
    return length * draw(st.integers(0, 1000)) // 1000


@st.composite
def ledgers(draw: st.DrawFn) -> bytes:
    """A table near a good one: cells hostile, columns gone, doubled or renamed, other separators
    and encodings.
    """
    columns = list(COLUMNS)
    if draw(st.booleans()):
        columns[draw(st.integers(0, len(columns) - 1))] = draw(st.sampled_from(COLUMNS) | HOSTILE)
    if draw(st.integers(0, 5)) == 0:
        columns = columns[: draw(st.integers(1, len(columns)))]
    separator = draw(st.sampled_from([",", ",", ",", ";", "\t", "|"]))
    lines = [separator.join(columns)]
    for _ in range(draw(st.integers(0, 5))):
        cells = [draw(GOOD[name]) if name in GOOD else "" for name in COLUMNS[: len(columns)]]
        for _ in range(draw(st.integers(0, 2))):
            cells[draw(st.integers(0, len(cells) - 1))] = draw(HOSTILE)
        lines.append(separator.join(cells))
    text = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])).join(lines)
    data = text.encode(
        draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1251"])), "replace"
    )
    at = somewhere(draw, len(data))
    return (
        data[:at] + draw(st.binary(max_size=3)) + data[at:]
        if draw(st.integers(0, 4)) == 0
        else data
    )


@st.composite
def params(draw: st.DrawFn) -> bytes:
    """A shipped params file with some lines lost, doubled, or given another value."""
    lines = draw(st.sampled_from(PARAMS)).read_text().splitlines()
    lines = [line for line in lines if not line.lstrip().startswith("#")]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        key, colon, _ = lines[at].partition(":")
        other = draw(
            HOSTILE
            | st.sampled_from(
                ["[]", "{}", "[[1]]", "{a: 1}", "&a [*a]", "!!python/object:x", "1e9", "null"]
            )
        )
        lines[at : at + 1] = draw(
            st.sampled_from(
                [
                    [],
                    [lines[at]] * 2,
                    [f"{key}{colon} {other}"],
                    [f"{other}: 1"],
                    [f"  {lines[at]}"],
                    [other],
                ]
            )
        ) or [""]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


@st.composite
def workbooks(draw: st.DrawFn) -> bytes:
    """An Excel file of such a table; of some, the parts inside are cut or changed."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        book.set_properties({"created": dt.datetime(2024, 1, 1)})
        sheet = book.add_worksheet()
        names = draw(
            st.sampled_from([COLUMNS, ("Country", "Year", "EV sales"), ("place", "2022", "2023")])
        )
        sheet.write_row(0, 0, names)
        for row in range(1, draw(st.integers(1, 4))):
            for column, name in enumerate(names):
                cell = draw(
                    GOOD.get(name, st.sampled_from(["NO", "2023", ""]))
                    | HOSTILE
                    | st.floats()
                    | st.booleans()
                )
                sheet.write(row, column, cell)
    if draw(st.booleans()):
        return held.getvalue()
    return _spoilt(held, draw)


def _spoilt(held: io.BytesIO, draw: st.DrawFn) -> bytes:
    parts = {name: zipfile.ZipFile(held).read(name) for name in zipfile.ZipFile(held).namelist()}
    name = draw(st.sampled_from(sorted(parts)))
    at = somewhere(draw, len(parts[name]))
    more = draw(
        st.sampled_from([b"", b"<c", b"</row>", b"999999999999", b"&lol;", b"<!DOCTYPE a>", b"\0"])
    )
    parts[name] = (
        parts[name][:at] + more + parts[name][draw(st.sampled_from([at, at + 1, at + 40, 10**9])) :]
    )
    if draw(st.integers(0, 5)) == 0:
        del parts[name]
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    data = new.getvalue()
    return data[: somewhere(draw, len(data))] if draw(st.integers(0, 5)) == 0 else data


@fuzzed
@given(ledgers())
def test_a_ledger_is_read_or_refused(content: bytes) -> None:
    hold("ledger.csv", content)


@fuzzed
@given(params())
def test_params_are_read_or_refused(content: bytes) -> None:
    hold("uzbekistan-test.yaml", content)


@fuzzed
@given(workbooks())
def test_a_workbook_is_read_or_refused(content: bytes) -> None:
    hold("table.xlsx", content)


@fuzzed
@given(st.text(max_size=60) | st.text(alphabet="a:-[]{}&*!|>'\"#%@`,?\n \t", max_size=60))
def test_yaml_of_any_kind_is_read_or_refused(text: str) -> None:
    said = ""
    try:
        parse_yaml(text)
    except fc.ScenarioError as error:
        said = str(error)
    assert len(said.splitlines()) <= MAX_PROBLEMS + 1


@fuzzed
@given(
    st.lists(
        st.lists(
            st.sampled_from(["..", ".", "", "a", "run.json", "~", "C:", "\0", "\\", "x" * 300])
            | st.text(max_size=6)
        )
    )
)
def test_keys_of_a_store_stay_in_its_mirror(keys: list[list[str]]) -> None:
    system, root = fsspec.core.url_to_fs("memory://fuzz/reports")
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        mirror = Path(folder) / "deep" / "mirror"
        mirror.mkdir(parents=True)
        patch.setattr(
            type(system),
            "find",
            lambda self, path, **_: [f"{root}/{'/'.join(key)}" for key in keys],
        )
        patch.setattr(
            type(system), "get_file", lambda self, path, here, **_: Path(here).write_text("{}")
        )
        with contextlib.suppress(fc.ForecastingError):
            object_store._Remote(system, root, mirror).pull()
        outside = [
            path
            for path in Path(folder).rglob("*")
            if mirror not in path.parents and path not in mirror.parents
        ]
        assert [path for path in outside if path not in (mirror, mirror.parent)] == []


@pytest.mark.parametrize(
    "case", sorted(path.name for path in CASES.iterdir() if path.name != "README.md")
)
def test_what_was_found_before_is_read_or_refused(case: str) -> None:
    hold(case, (CASES / case).read_bytes())
