"""What a worker sends is data, whatever it is, and a worker that is silent is given up."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from forecasting.runs.workers import cluster
from forecasting.runs.workers.processes import Task
from forecasting.vocabulary.errors import RunError


class Answer:
    """What a worker sent, as Dask gives it."""

    status = "finished"

    def __init__(self, sent: Any) -> None:
        self.sent = sent

    def result(self) -> Any:
        return self.sent

    def release(self) -> None:
        pass


ENDED = {"status": 0, "seconds": 1.0}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        *((( ENDED, {name: b"x"}), "its worker sent a file named") for name in (
            "../../x", "/etc/cron.d/x", "a/b", "..", ".hidden", "a\\b", "a\0b", "", "run.json\n",
            "x" * 101,
        )),
        ((ENDED, {1: b"x"}), "no report"),
        ((ENDED, {f"f{number}": b"" for number in range(101)}), "sent 101 files of 0 bytes, 100"),
        ((ENDED, {"a": bytes(100_000_000), "b": bytes(100_000_001)}), "200,000,000 bytes are the"),
        ((ENDED, {"run.json": "text"}), "its worker sent a file named 'run.json', no report"),
        (({"status": "well"}, {}), "no report"),
        ((ENDED, None), "no report"),
        (None, "no report"),
        ("a long text" * 100, "no report"),
    ],
)  # fmt: skip
def test_what_a_worker_sends_is_data_and_never_a_path(tmp_path: Path, sent: Any, said: str) -> None:
    task = Task(
        "uz-a", "n.ipynb", str(tmp_path / "work" / "uz-a"), str(tmp_path / "uz-a.log"), {}, {}
    )
    (tmp_path / "work").mkdir()
    outcome = cluster._home(task, Answer(sent))
    assert outcome.status == 1
    assert said in outcome.fault
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


REPORT = {"report.ipynb": b"{}", "report.html": b"x"}
FORGED = b'{"name": "uz-z", "files": 5, "failure": "x", "since": "<b>", "identity": 5, "cells": []}'


def test_what_a_worker_says_of_its_report_is_not_believed(tmp_path: Path) -> None:
    """A record that is none would have the next run refuse the folder, or fail."""
    record = {"identity": {"facts": "a"}, "sources": {"params": "b"}}
    folder = tmp_path / "uz-a"
    task = Task("uz-a", "n.ipynb", str(folder), str(tmp_path / "uz-a.log"), {"seed": 1}, record)
    for files in ({}, REPORT, REPORT | {"run.json": b"\xff{"}, {"run.json": FORGED}):
        outcome = cluster._home(task, Answer((ENDED, dict(files))))
        assert (outcome.status, outcome.fault) == (1, "its worker sent no whole report")
    assert cluster._home(task, Answer((ENDED, REPORT | {"run.json": FORGED}))).status == 0
    written = json.loads((folder / "run.json").read_text())
    assert written.pop("finished")
    expected = {"name": "uz-a", "parameters": {"seed": 1}, "engine": "fork"} | record
    expected |= {"files": {"report.html": 1, "report.ipynb": 2}, "changes": {}}
    assert written == expected | {"seconds": None, "cells": []}
    forged = {"failure.json": b'{"cell": "x", "message": ["\\u001b[2J"], "trace": 5}'}
    assert cluster._home(task, Answer((ENDED | {"status": 1}, forged))).status == 1
    told = json.loads((folder / "failure.json").read_text())
    assert (told["name"], told["cell"], told["trace"]) == ("uz-a", 0, "5")
    assert "\x1b" not in told["message"]


@pytest.mark.parametrize(
    "sent",
    [
        None, "text", [], [None], [{}], [{2: [1.0] * 7}], [{1: [1.0] * 6}], [{1: ["x"] * 7}],
        [{1: [float("nan")] * 7}], [{1: [[1.0] * 7]}], [{1: 5.0}], [{1: [1.0] * 7}] * 2, 5,
    ],
)  # fmt: skip
def test_what_is_no_forecast_is_refused(sent: Any) -> None:
    case = SimpleNamespace(outcomes={1: 5.0})
    with pytest.raises(RunError, match=r"a worker sent .*, no forecast"):
        cluster._read([case], sent)
    told = cluster._read([case], [{1: [*range(7)], 9: "more than was asked"}])
    np.testing.assert_array_equal(told[0][1], range(7))


def test_workers_that_hold_tasks_and_are_silent_for_longer_than_the_limit_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is second 1,000, and 60 seconds of silence are the limit."""
    monkeypatch.setattr(cluster, "time", SimpleNamespace(time=lambda: 1000.0))
    seen = {
        "silent": (939.0, "ours"),
        "silent with two": (10.0, "another's", "ours"),
        "silent for others": (939.0, "another's"),
        "silent and idle": (0.0,),
        "heard at the limit": (940.0, "ours"),
        "heard": (999.0, "ours"),
    }
    workers = {
        address: SimpleNamespace(
            address=address,
            last_seen=moment,
            processing=[SimpleNamespace(key=key) for key in keys],
        )
        for address, (moment, *keys) in seen.items()
    }
    reasons = set()

    async def remove_worker(address: str, stimulus_id: str) -> None:
        reasons.add(stimulus_id)
        del workers[address]

    scheduler = SimpleNamespace(workers=workers, remove_worker=remove_worker)
    assert asyncio.run(cluster.drop_silent(["ours", "and more"], 60.0, scheduler)) == 4
    assert [*workers] == ["silent for others", "silent and idle", "heard at the limit", "heard"]
    assert reasons == {"ev-forecast-silent"}
    assert asyncio.run(cluster.drop_silent([], 0.0, scheduler)) == 4
