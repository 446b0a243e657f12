"""How processes end."""

from __future__ import annotations

import signal
import subprocess

import pytest

from forecasting.runs.endings import ENDING, signal_handlers, sweep
from forecasting.runs.workers.processes import child_environment


@pytest.mark.parametrize("number", ENDING)
def test_each_signal_that_ends_a_process_unwinds_the_run(number: signal.Signals) -> None:
    """What is left then is told by one of them below, and by Ctrl-C."""

    def as_before(*_: object) -> None:
        """What is set by others; by default the process would end, and the tests with it."""

    before = signal.signal(number, as_before)
    try:
        with pytest.raises(SystemExit, match=f"^{128 + number}$"), signal_handlers():
            signal.raise_signal(number)
        assert signal.getsignal(number) is as_before
    finally:
        signal.signal(number, before)


def test_a_signal_that_is_ignored_ends_nothing() -> None:
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signal_handlers():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_signals_that_end_a_process_are_those_of_a_service_and_of_a_terminal() -> None:
    assert {signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT} == {*ENDING}


@pytest.mark.slow
def test_what_bears_the_mark_of_a_run_is_swept_away() -> None:
    marked = subprocess.Popen(
        ["sleep", "100"], env=child_environment("a-token"), start_new_session=True
    )
    other = subprocess.Popen(
        ["sleep", "100"], env=child_environment("another"), start_new_session=True
    )
    sweep("a-token")
    assert marked.wait(60) == -9
    assert other.poll() is None
    other.kill()
    other.wait()
