"""Draws beside a report are read by whoever asks the same, and by nobody else."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.growth.flow import (
    FlowForecast,
    annual_totals,
    answer_to,
    flow_of_report,
    forecast_flow,
    save_flow,
)
from forecasting.growth.sharing import digest_of, read_arrays, write_arrays
from forecasting.vocabulary.names import FLOW_DRAWS
from forecasting.vocabulary.periods import year

TOTALS = pd.Series({1999 + n: 100 * 1.4**n for n in range(12)})


@pytest.fixture(scope="module", params=[300_000, None])
def forecast(request: pytest.FixtureRequest) -> FlowForecast:
    facts = annual_totals(TOTALS)
    return forecast_flow(facts, [year(2011)], market_size=request.param, draws=32, seed=3)


def doubled(forecast: FlowForecast) -> FlowForecast:
    """One that nobody would draw, by which one sees that it was read."""
    return replace(forecast, monthly=2 * forecast.monthly)


def read(forecast: FlowForecast, folder: Path) -> FlowForecast:
    with flow_of_report(folder):
        return answer_to(forecast.request)


def same(one: FlowForecast, other: FlowForecast) -> bool:
    return np.array_equal(one.monthly, other.monthly)


def test_what_is_read_is_what_was_drawn(forecast: FlowForecast, tmp_path: Path) -> None:
    save_flow(forecast, tmp_path)
    again = read(forecast, tmp_path)
    assert same(again, forecast)
    assert np.array_equal(again.sizes, forecast.sizes)
    assert (again.market is None) == (forecast.market is None)
    if forecast.market is not None:
        np.testing.assert_array_equal(again.market, forecast.market)
    for field in fields(forecast.posterior):
        value, stored = (getattr(one.posterior, field.name) for one in (forecast, again))
        assert np.array_equal(value, stored), field.name
    assert again.diagnostics == forecast.diagnostics
    assert again.caveats == forecast.caveats
    pd.testing.assert_frame_equal(again.fit_table(), forecast.fit_table())


def test_the_same_question_is_read_and_another_is_drawn(
    forecast: FlowForecast, tmp_path: Path
) -> None:
    save_flow(doubled(forecast), tmp_path)
    assert same(read(forecast, tmp_path), doubled(forecast))
    assert same(answer_to(forecast.request), forecast)
    later = forecast_flow(annual_totals(TOTALS.iloc[:-1]), [year(2011)], draws=32, seed=3)
    assert same(read(later, tmp_path), later)
    other_seed = replace(forecast.request, seed=4)
    with flow_of_report(tmp_path):
        assert same(answer_to(other_seed), other_seed.answer())


def test_what_was_changed_or_is_damaged_is_drawn_anew(
    forecast: FlowForecast, tmp_path: Path
) -> None:
    save_flow(doubled(forecast), tmp_path)
    path = tmp_path / FLOW_DRAWS
    content = path.read_bytes()
    with np.load(path) as file:
        arrays = dict(file)
    objects = np.array([print], dtype=object)
    for changed in (
        arrays | {"monthly": arrays["monthly"] * 1.001},
        arrays | {"tail": np.array(9.0)},
        arrays | {"another": np.zeros(2)},
        arrays | {"kind": objects},
        {name: array for name, array in arrays.items() if name != "digest"},
        {name: array for name, array in arrays.items() if name != "tail"},
    ):
        np.savez_compressed(path, **changed)
        assert same(read(forecast, tmp_path), forecast)
    for damaged in (b"", b"PK", content[:-30], content[:99] + b"0000" + content[103:]):
        path.write_bytes(damaged)
        assert same(read(forecast, tmp_path), forecast)


def test_what_is_not_whole_is_drawn_anew(forecast: FlowForecast, tmp_path: Path) -> None:
    """Even where the file is undamaged and names the question."""
    path = tmp_path / FLOW_DRAWS
    save_flow(doubled(forecast), tmp_path)
    digest = digest_of(forecast.request.key)
    arrays = read_arrays(path, digest)
    assert arrays is not None
    for changed in (
        {name: array for name, array in arrays.items() if name != "monthly"},
        {name: array for name, array in arrays.items() if name != "tail"},
        arrays | {"monthly": arrays["monthly"][:-1]},
    ):
        write_arrays(path, digest, changed)
        assert same(read(forecast, tmp_path), forecast)


@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077])
def test_it_has_the_rights_of_other_files_and_is_read(
    forecast: FlowForecast, tmp_path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        save_flow(doubled(forecast), tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / FLOW_DRAWS).stat().st_mode & 0o777 == 0o666 & ~umask
    assert same(read(forecast, tmp_path), doubled(forecast))


def test_few_facts_are_not_stored_and_leave_no_older_file(tmp_path: Path) -> None:
    (tmp_path / FLOW_DRAWS).touch()
    few = forecast_flow(annual_totals(TOTALS.iloc[:3]), [year(2003)], draws=32)
    save_flow(few, tmp_path)
    assert not any(tmp_path.iterdir())
