"""The mode of the posterior, and the linear algebra of its climb."""

import numpy as np
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.observation import observed_flow
from forecasting.growth.likelihood import as_arrays
from forecasting.growth.mode import Covariance, Mode
from forecasting.growth.prior import Prior
from forecasting.growth.starting import path_of


def test_the_mode_settles_where_facts_contradict_each_other():
    ledger = central_asia().select(place="UZ", measure="ev_imports", as_of="2026-01-01")
    told = observed_flow(ledger, size_known=True).observations
    first, last = (choose(s.period.start.year for s in told) for choose in (min, max))
    bases = {basis: i for i, basis in enumerate(sorted({s.basis for s in told})[1:])}
    path = path_of(Prior.shipped(), 400_000, told, (first, last + 1), len(bases), [])
    mode = Mode(path, as_arrays(told, path, bases)).climb()
    settled = mode.x.copy()
    mode.climb(mode)
    # Where facts contradict each other it is flat
    np.testing.assert_allclose(mode.x, settled, atol=0.8)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (0, 3)])
def test_a_covariance_is_divided_by_in_either_of_its_dimensions(shape):
    rng = np.random.default_rng(0)
    root, noise = rng.standard_normal(shape), rng.uniform(0.5, 2.0, shape[0])
    whole = root @ root.T + np.diag(noise)
    covariance = Covariance(root, noise)
    columns = rng.standard_normal((shape[0], 2))
    np.testing.assert_allclose(covariance.solve(columns), np.linalg.solve(whole, columns))
    np.testing.assert_allclose(covariance.diagonal, np.diag(np.linalg.inv(whole)))
    assert covariance.log_determinant == pytest.approx(np.linalg.slogdet(whole)[1])
