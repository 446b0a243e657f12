"""What the package has kept and others may have changed: a record of forecasts, an exported
workbook, and stored draws are read as they are, or refused in one message.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from test_fuzzed_files import MANY, fuzzed

import forecasting as fc
from forecasting.evaluation.archive import archive_record
from forecasting.evaluation.forecast_chain import chain_of, mend_chain
from forecasting.growth.sharing import read_arrays, write_arrays
from forecasting.reporting.workbook_live import live_workbook
from forecasting.scenarios.joint_draws import QUANTILES
from forecasting.scenarios.workbook_values import params_of_workbook
from forecasting.vocabulary.limits import MAX_MESSAGE_CHARACTERS

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared_forecasts")]

ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**400, 1e308, "", "x", "2025-13-01", "2025-01-01", "\0", "é"),
    *("x" * 200_000, [], [1], ["x"], {}, {"file": "x"}, {"0.5": 1}, float("nan"), float("inf")),
)


@contextlib.contextmanager
def told_in_one_message() -> Iterator[None]:
    """Whatever happens, it is an error of the package, short and in one line."""
    try:
        yield
    except fc.ForecastingError as error:
        message = str(error)
        assert len(message) <= MAX_MESSAGE_CHARACTERS
        assert "Traceback" not in message


def kept_forecast(name: str, before: dict[str, str] | None) -> dict[str, Any]:
    """A file of a record: imports of Uzbekistan in 2025."""
    row = {"country": "UZ", "measure": "ev_imports", "unit": "vehicles"}
    row |= {"period_start": "2025-01-01", "period_end": "2025-12-31"}
    numbers = {str(level): 40_000.0 + 30_000.0 * level for level in QUANTILES}
    origin = {"as_of": "2024-12-31", "first_year": 2025, "basis": {"UZ": "uz-customs"}}
    return origin | {
        "day": "2025-01-05",
        "scenario": name,
        "facts_used": ["a"],
        "inputs": {"facts": "0" * 64},
        "forecasts": [row | numbers],
        "before": before,
        "withdrawals": {},
    }


def places(content: Any) -> list[tuple[Any, Any]]:
    """Each mapping or list inside, with each of its keys."""
    if not isinstance(content, dict | list):
        return []
    keys = [*content] if isinstance(content, dict) else [*range(len(content))]
    return [(content, key) for key in keys] + [
        place for key in keys for place in places(content[key])
    ]


def write_record(home: Path, contents: list[dict[str, Any]]) -> None:
    lines = []
    for number, content in enumerate(contents):
        file = home / "2025-01-05" / f"uz-{number}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        lines.append(f"{digest}  2025-01-05/{file.name}\n")
        if number + 1 < len(contents) and "before" in contents[number + 1]:
            contents[number + 1]["before"] = {"file": f"2025-01-05/{file.name}", "sha256": digest}
    (home / "SHA256SUMS").write_text("".join(lines))


@fuzzed
@given(data=st.data())
def test_a_record_that_agrees_with_itself_is_read_or_refused(data: st.DataObject) -> None:
    contents = [kept_forecast("uz-0", None), kept_forecast("uz-1", {})]
    content = contents[data.draw(st.integers(0, 1))]
    for _ in range(data.draw(st.integers(1, 3))):
        owner, key = data.draw(st.sampled_from(places(content)))
        if isinstance(owner, dict) and data.draw(st.booleans()):
            owner[str(data.draw(st.sampled_from(ODD)))[:40]] = owner.pop(key, None)
        else:
            owner[key] = data.draw(st.sampled_from(ODD))
    rows = data.draw(
        st.lists(
            st.sampled_from(["2025-01-05/uz-0.json,a slip", ",", "", "x", "2025-01-05/uz-0.json,"])
        )
    )
    with TemporaryDirectory() as folder:
        home = Path(folder)
        write_record(home, contents)
        if rows:
            (home / "withdrawals.csv").write_text("\n".join(["file,reason", *rows]))
        with told_in_one_message():
            assert len(archive_record(home, fc.datasets.central_asia())) >= 1
        files = {path.name: path.read_bytes() for path in home.rglob("*.json")}
        with told_in_one_message():
            mend_chain(home)
            assert len(chain_of(home)) <= 2
        assert {path.name: path.read_bytes() for path in home.rglob("*.json")} == files


@pytest.fixture(scope="module")
def workbook() -> dict[str, bytes]:
    """The parts of an exported workbook."""
    book = live_workbook(fc.outlook("turkmenistan-baseline", draws=12))
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


WORDS = (b"<c/>", b"</row>", b"<v>", b"1e999", b"TRUE", b't="b"', b"&#10;", b"", b"\xff", b"9" * 30)


@settings(fuzzed, max_examples=MANY or 40)  # each is a workbook to write and to read
@given(data=st.data())
def test_a_workbook_that_somebody_has_changed_is_read_or_refused(
    workbook: dict[str, bytes], data: st.DataObject
) -> None:
    parts = dict(workbook)
    name = data.draw(st.sampled_from(sorted(parts)))
    text = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        length = data.draw(st.sampled_from([0, 1, 5, 200]))
        text[place : place + length] = data.draw(st.sampled_from(WORDS))
    parts[name] = bytes(text)
    if data.draw(st.integers(0, 9)) == 0:
        del parts[name]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for part, content in parts.items():
            book.writestr(part, content)
    whole = bytearray(buffer.getvalue())
    if data.draw(st.integers(0, 4)) == 0:
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(whole)
        with told_in_one_message():
            file, text_of_params = params_of_workbook(path, "own", Path(folder))
            (Path(folder) / file).write_text(text_of_params)
            assert fc.load_scenario(Path(folder) / file).country == "TM"


@fuzzed
@given(data=st.data())
def test_stored_draws_are_those_that_were_stored_or_none(data: st.DataObject) -> None:
    arrays = {"monthly": np.arange(24.0).reshape(2, 12), "k": np.array(0.5)}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "flow.npz"
        write_arrays(path, "question", arrays)
        stored = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.integers(0, len(stored)))
            length = data.draw(st.sampled_from([0, 1, 4, 60]))
            stored[place : place + length] = data.draw(st.binary(max_size=6))
        path.write_bytes(stored)
        found = read_arrays(path, "question")
        if found is not None:
            assert found.keys() == arrays.keys()
            for name, array in arrays.items():
                np.testing.assert_array_equal(found[name], array)
        assert read_arrays(path, "another question") is None
        assert path.stat().st_mtime <= dt.datetime.now().timestamp() + 60
