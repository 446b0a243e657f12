"""Certified, published and third-party values that the fits must meet."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.curves.batch import fit_curves
from forecasting.curves.definitions import CURVES
from forecasting.curves.model import GrowthModel

REFERENCE = Path(__file__).parents[1] / "reference"
NIST = json.loads((REFERENCE / "nist_growth.json").read_text())
SERIES = {
    name: np.array(values.split(), dtype=float)
    for name, values in pd.read_csv(REFERENCE / "growth_classics.csv")
    .set_index("series")["values"]
    .items()
}
FITS = pd.read_csv(REFERENCE / "growth_fits.csv")


@pytest.mark.parametrize("start", [0, 1, None])
@pytest.mark.parametrize("name", ["Rat42", "Rat43"])
def test_nist_certified_values_to_ten_digits(name, start):
    case = NIST[name]
    model = GrowthModel(case["y"], curve=case["curve"], kind="stock", time=case["x"])
    results = model.fit(start_params=None if start is None else case["starts"][start])
    np.testing.assert_allclose(results.params, case["params"], rtol=1e-10)
    np.testing.assert_allclose(results.bse, case["se"], rtol=1e-9)
    np.testing.assert_allclose(
        [results.sse, results.scatter], [case["rss"], case["rsd"]], rtol=1e-9
    )
    assert results.converged


@pytest.mark.parametrize(
    "row",
    list(FITS[FITS.quantity != "mse"].itertuples()),
    ids=lambda row: f"{row.series}-{row.quantity}",
)
def test_published_bass_fits_to_every_printed_digit(row):
    results = GrowthModel(SERIES[row.series], curve=row.curve).fit()
    kind, _, name = row.quantity.rpartition("_")
    found = results.bse[name] if kind == "se" else results.params[name]
    assert found == pytest.approx(row.value, abs=1.001 * row.printed)


@pytest.mark.parametrize(
    "row", list(FITS[FITS.quantity == "mse"].itertuples()), ids=lambda row: row.curve
)
def test_mean_squared_error_at_most_that_of_r_diffusion(row):
    fits = fit_curves(SERIES[row.series][None], row.curve)
    assert fits.sse[0] / len(SERIES[row.series]) <= row.value + row.printed


@pytest.mark.parametrize("curve", ["logistic", "gompertz", "bass", "weibull", "shifted_gompertz"])
@pytest.mark.parametrize("name", SERIES)
def test_least_squares_find_the_best_of_many_starts(name, curve):
    y, rng = SERIES[name], np.random.default_rng(0)
    reached, takeover, skew = (
        rng.uniform(0.01, 0.999, 300),
        len(y) * 10 ** rng.uniform(-1, 1, 300),
        rng.lognormal(0, 1, 300),
    )
    starts = np.array(
        [np.ones(300), *CURVES[curve].locate(reached, takeover, skew, float(len(y)))]
    ).T
    starts = starts[np.isfinite(starts).all(axis=1)]
    best = np.nanmin(fit_curves(np.tile(y, (len(starts), 1)), curve, start_params=starts).sse)
    assert fit_curves(y[None], curve).sse[0] <= best * (1 + 1e-6)
    assert GrowthModel(y, curve=curve).fit().sse <= best * (1 + 1e-6)
