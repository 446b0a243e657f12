"""Workers of a cluster that stand still: whoever is not heard of is given up, and no call waits for
it for ever.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

__all__ = ["drop_silent", "within"]

R = TypeVar("R")


def within(seconds: float, call: Callable[..., R], *args: Any, **options: Any) -> R:
    """What a call gives.

    Raises
    ------
    TimeoutError
        If it takes longer; it is left to itself then.

    Examples
    --------
    >>> within(60, max, 1, 2)
    2
    >>> within(0.1, time.sleep, 1)
    Traceback (most recent call last):
    TimeoutError
    """
    answer = Future[R]()

    def ask() -> None:
        try:
            answer.set_result(call(*args, **options))
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    return answer.result(seconds)


async def drop_silent(keys: list[str], limit: float, dask_scheduler: Any) -> int:
    """On the scheduler: give up workers with tasks of ours that have not been heard of for so long,
    as it would later.

    Their tasks go to other workers.

    Returns
    -------
    int
        How many workers there are then.
    """
    late = time.time() - limit
    silent = [
        worker.address
        for worker in dask_scheduler.workers.values()
        if worker.last_seen < late and any(task.key in keys for task in worker.processing)
    ]
    for address in silent:
        await dask_scheduler.remove_worker(address, stimulus_id="ev-forecast-silent")
    return len(dask_scheduler.workers)
