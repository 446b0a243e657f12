"""A backtest on the workers of a Dask cluster: its cases go out in groups, numbers come home."""

import contextlib
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from forecasting.evaluation.records import Forecaster, Mapped, Quantiles
from forecasting.evaluation.scores import SCORE_LEVELS
from forecasting.runs.workers.cluster import Scheduler, sent_by, workers
from forecasting.vocabulary.arguments import short_repr
from forecasting.vocabulary.errors import RunError


@contextlib.contextmanager
def grid(scheduler: Scheduler | None) -> Iterator[Mapped]:
    """By what the cases of a backtest are forecast: by the workers of a Dask scheduler, or here.

    Parameters
    ----------
    scheduler : str, path-like, distributed.Client or None
        As `forecasting.runs.workers.cluster.reached` takes it; None for ``map``.

    Yields
    ------
    callable
        As `forecasting.evaluation.records.forecast_cases` takes it.

    Raises
    ------
    RunError
        As by `cluster`, and where a worker fails or sends what is no forecast.
    """
    if not scheduler:
        yield map
        return
    with workers(scheduler) as client:
        yield partial(_forecast, client)


def _forecast(
    client: Any, method: Forecaster, groups: Iterable[list[Any]]
) -> Iterator[list[Quantiles]]:
    """Have groups of cases forecast; yields their forecasts in the order of the groups."""
    group_list = [*groups]
    futures = client.map(partial(forecast_here, method), group_list, pure=False)
    for group, future in zip(group_list, futures, strict=True):
        yield _read(group, sent_by(future))


def forecast_here(method: Forecaster, cases: list[Any]) -> list[dict[int, list[float]]]:
    """Forecast some cases on a worker, as plain numbers."""
    return [{h: row.tolist() for h, row in forecast.items()} for forecast in method(cases)]


def _read(group: list[Any], sent: Any) -> list[Quantiles]:
    """What a worker sent, read as data: finite numbers for each outcome of each case."""
    with contextlib.suppress(LookupError, TypeError, ValueError):
        forecasts: list[Quantiles] = [
            {h: np.asarray(forecast_sent[h], dtype=float) for h in case.outcomes}
            for case, forecast_sent in zip(group, sent, strict=True)
        ]
        rows = np.array([row for forecast in forecasts for row in forecast.values()])
        if rows.shape[1:] == SCORE_LEVELS.shape and np.isfinite(rows).all():
            return forecasts
    raise RunError(f"a worker sent {short_repr(sent)}, no forecast")
