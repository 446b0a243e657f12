"""The draws of a flow beside a report, so that whoever asks the same question again reads them.

A digest of the question and of the draws stands in the file. Where it is another one, as other
facts are known by now or somebody changed the file, the flow is drawn anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import zipfile
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from forecasting import __version__
from forecasting.errors import InputError
from forecasting.growth.forecast import FlowForecast
from forecasting.growth.posterior import Posterior
from forecasting.growth.request import Request
from forecasting.growth.sharing import made_once
from forecasting.names import FLOW_DRAWS

MANY_FACTS = 12  # with fewer, drawing takes little longer than reading
MAX_FLOW_BYTES = 200_000_000  # of a file, unpacked

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
    if len(forecast.evidence) < MANY_FACTS:
        return
    posterior = forecast.posterior
    arrays: dict[str, Any] = {
        field.name: np.asarray(getattr(posterior, field.name)) for field in fields(posterior)
    }
    arrays |= {"monthly": forecast.monthly, "sizes": forecast.sizes}
    if forecast.market is not None:
        arrays["market"] = forecast.market[:, ::12]  # one number a year
    try:
        np.savez_compressed(path, digest=_digest(forecast.request, arrays), **arrays)
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
    """The answer to a request, of the draws beside the report where they are its own.

    Parameters
    ----------
    request : Request
        What is asked.
    """
    folder = _REPORT.get()
    arrays = folder and _stored_arrays(folder / FLOW_DRAWS, request)
    if not arrays:
        return made_once(request.answer, *request.key)
    monthly, sizes = arrays.pop("monthly"), arrays.pop("sizes")
    market = np.repeat(arrays.pop("market"), 12, axis=1) if "market" in arrays else None
    posterior = {name: value if value.ndim else value.item() for name, value in arrays.items()}
    return request.answer_of(monthly, market, sizes, Posterior(**posterior))


def _stored_arrays(path: Path, request: Request) -> dict[str, Any]:
    """The arrays of a file of a request; none of a file that is another's or damaged."""
    # A file that is none of ours fails in many ways, and what it should hold can be drawn
    with contextlib.suppress(Exception), zipfile.ZipFile(path) as file:
        if sum(part.file_size for part in file.infolist()) <= MAX_FLOW_BYTES:
            with np.load(path, allow_pickle=False) as stored:
                arrays = dict(stored)
            if arrays.pop("digest") == _digest(request, arrays):
                return arrays
    return {}


def _digest(request: Request, arrays: Mapping[str, Any]) -> str:
    """What tells a question and its draws from all others."""
    digest = hashlib.sha256(__version__.encode())
    for part in request.key:
        digest.update(pickle.dumps(part))
    for name in sorted(arrays):
        digest.update(pickle.dumps((name, arrays[name].dtype.str, arrays[name].shape)))
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()
