"""A clock that is set back while a run goes on changes nothing: durations, limits and freshness do
not rest on it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from itertools import count
from typing import Any

import pytest
from papermill.engines import NotebookExecutionManager

from forecasting.runs.execute.execution import NotebookError, cell_seconds, execute
from forecasting.runs.runner import run

pytestmark = pytest.mark.slow

HOUR = 3600


@pytest.fixture
def falling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the clock is an hour before the last one."""
    hours = count()
    epoch = time.time()

    def now(_: Any) -> dt.datetime:
        return dt.datetime.fromtimestamp(epoch, dt.UTC) - dt.timedelta(hours=next(hours))

    monkeypatch.setattr(NotebookExecutionManager, "now", now)
    monkeypatch.setattr(time, "time", lambda: epoch - HOUR * next(hours))


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_durations_and_time_limits_hold_while_the_clock_falls(
    project: Any, falling: None, engine: Any
) -> None:
    project.notebook("import time; time.sleep(0.2)")
    seconds = cell_seconds(
        execute(project.template, {}, project.root / "out.ipynb", engine, timeout=HOUR / 2)
    )
    assert 0.2 <= seconds[1] < HOUR
    assert seconds[0] >= 0
    project.notebook("import time; time.sleep(60)")
    with pytest.raises(NotebookError, match="exceeded the time limit of 1 s"):
        execute(project.template, {}, project.root / "out.ipynb", engine, timeout=1)


def test_what_is_fresh_stays_fresh_whatever_the_clock_and_the_files_say(
    project: Any, falling: None
) -> None:
    project.scenario("uz-a")
    done = run([project.params], project.out, progress=False)
    assert done.count("done") == 1
    assert 0 <= done.seconds < HOUR
    assert all(0 <= result.seconds < HOUR for result in done.results)
    for moment in (0, 4_000_000_000):
        for path in [*project.params.iterdir(), project.template, *project.out.rglob("*")]:
            os.utime(path, (moment, moment))
        assert run([project.params], project.out, progress=False).count("fresh") == 1


def test_a_report_from_the_future_is_run_and_shown_like_any_other(reported_project: Any) -> None:
    project = reported_project
    record = json.loads((project.out / "uz-a" / "run.json").read_text())
    (project.out / "uz-a" / "run.json").write_text(
        json.dumps(record | {"finished": "2999-01-01T00:00:00+00:00"})
    )
    project.scenario("uz-b", 9)
    assert run([project.params], project.out, progress=False).count("done") == 1
    assert "2999-01-01 00:00" in (project.out / "index.html").read_text()
