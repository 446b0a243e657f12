"""The draws of a flow as arrays, which a run, a notebook and a report keep: the same question is
then answered without drawing again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np

from forecasting.growth.forecast import FlowForecast
from forecasting.growth.posterior import Posterior
from forecasting.growth.request import FlowDraws, Request
from forecasting.growth.sharing import digest_of, made_once, read_arrays, write_arrays
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.names import FLOW_DRAWS

MANY_FACTS = 12  # with fewer, drawing takes little longer than reading

_REPORT: ContextVar[Path | None] = ContextVar("report", default=None)


def save_flow(forecast: FlowForecast, folder: Path) -> None:
    """Write the draws of a forecast into a folder, where its facts are many.

    Parameters
    ----------
    forecast : FlowForecast
        As `answer_to` gave it.
    folder : Path
        Of a report; what an earlier one left there is removed.

    Raises
    ------
    InputError
        Where the file cannot be written.
    """
    path = folder / FLOW_DRAWS
    path.unlink(missing_ok=True)
    if len(forecast.request.flow.observations) < MANY_FACTS:
        return
    try:
        write_arrays(path, digest_of(forecast.request.key), _arrays_of(forecast), mode=0o666)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}") from None


@contextlib.contextmanager
def flow_of_report(folder: Path | None) -> Iterator[None]:
    """Let `answer_to` read what `save_flow` wrote.

    Parameters
    ----------
    folder : Path or None
        Of a report; None of an outlook that was not read from one.
    """
    token = _REPORT.set(folder)
    try:
        yield
    finally:
        _REPORT.reset(token)


def answer_to(request: Request) -> FlowForecast:
    """The answer to a request, from the draws stored in the report where they belong to it.

    Parameters
    ----------
    request : Request
        What is asked.
    """
    arrays = _stored_in_report(request)
    if arrays is None:
        arrays = {**made_once(lambda: _arrays_of(request.draw()), *request.key)}
    monthly, sizes = arrays.pop("monthly"), arrays.pop("sizes")
    market = np.repeat(arrays.pop("market"), 12, axis=1) if "market" in arrays else None
    posterior = {name: value if value.ndim else value.item() for name, value in arrays.items()}
    return request.answer_of(FlowDraws(monthly, market, sizes, Posterior(**posterior)))


def _stored_in_report(request: Request) -> dict[str, Any] | None:
    """The arrays that the report keeps of a request's answer; None where they are not whole."""
    folder = _REPORT.get()
    if folder is None:
        return None
    arrays = read_arrays(folder / FLOW_DRAWS, digest_of(request.key), of_anybody=True)
    if arrays is None or {name: array.shape for name, array in arrays.items()} != request.shapes:
        return None
    return arrays


def _arrays_of(draws: FlowDraws | FlowForecast) -> dict[str, Any]:
    """The arrays from which `answer_to` makes the forecast again."""
    arrays: dict[str, Any] = {
        name: np.asarray(value) for name, value in vars(draws.posterior).items()
    }
    arrays |= {"monthly": draws.monthly, "sizes": draws.sizes}
    if draws.market is not None:
        arrays["market"] = draws.market[:, ::12]  # one number a year
    return arrays
