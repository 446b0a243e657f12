"""The linear model of a hypothesis."""

from types import SimpleNamespace

import numpy as np
import pytest

from forecasting.growth import linear_model
from forecasting.growth.likelihood import as_arrays
from forecasting.growth.linear_model import Chains, ComponentDraws, _normal_from
from forecasting.growth.posterior import (
    Hypothesis,
    _Pool,
)
from forecasting.growth.prior import Prior
from forecasting.growth.starting import path_of

SIZE = 300_000.0


@pytest.mark.slow
def test_the_evidence_is_the_same_however_many_facts_have_their_components_drawn(
    facts, observed, monkeypatch
):
    """The others have one normal each, and the weights hold what their true noise is besides; with
    that difference taken at the mode alone, eighteen facts were 0.43 off."""
    years = (150, 240, 420, 800, 1100, 1900, 2600, 5200, 8300)
    halves = (60, 100, 180, 330, 480, 800, 1150, 2200, 3600)
    rows = [("equals", "total", 2015 + i, total) for i, total in enumerate(years)]
    rows += [
        ("equals", "total", f"{2015 + i}-01-01/{2015 + i}-06-30", half)
        for i, half in enumerate(halves)
    ]
    told = observed(facts(*rows))
    path = path_of(Prior.shipped(), {2022: SIZE}, told, (2015, 2024), 0, [])
    evidence = []
    for drawn in (0, len(rows)):
        monkeypatch.setattr(linear_model, "EXTRA_DOUBTFUL", drawn)
        rng = np.random.default_rng(0)
        hypothesis = Hypothesis(path, as_arrays(told, path, {}), rng)
        assert len(hypothesis.components.linear.doubtful) == drawn
        chains = Chains(hypothesis.components, 1000, rng)
        pool = _Pool(hypothesis, chains, np.arange(1000))
        pool.draw(rng.standard_normal((1000, path.years)))
        evidence.append(pool.log_evidence)
    assert evidence[0] == pytest.approx(evidence[1], abs=0.1)


def test_a_precision_that_is_none_is_refused():
    precision = np.array([[[2.0, 0.0], [0.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]]])
    mean, spread, log_determinant = _normal_from(precision[:1], np.ones((1, 2)))
    np.testing.assert_allclose(
        [*mean[0], *spread[0], *np.exp(log_determinant)], [0.5, 1, 0.5, 1, 2]
    )
    with pytest.raises(np.linalg.LinAlgError, match="precision of the draws is not positive"):
        _normal_from(precision, np.ones((2, 2)))


def test_expectations_weigh_by_logs_where_the_least_likely_draw_has_no_weight():
    """Of three draws the last has no weight and lies far beyond the others in density."""
    density = np.array([[5.0], [4.0], [-760.0]])
    noise = SimpleNamespace(log_density=lambda mean, spread: density)
    facts = SimpleNamespace(noise=SimpleNamespace(rows=lambda rows: noise), value=np.array([10.0]))
    mode = SimpleNamespace(facts=facts, leave_one_out=lambda: (np.zeros(1), np.ones(1)))
    draws = object.__new__(ComponentDraws)
    draws.linear = SimpleNamespace(doubtful=np.array([0]), path=SimpleNamespace(mixed=[]))
    draws.weight = np.array([0.5, 0.5, 0.0])
    draws.given_others = [np.array([[1.0], [2.0], [3.0]]), np.ones((3, 1))]
    mean, variance = draws.expectations(mode)
    # The first two count as 0.5 / e^5 and 0.5 / e^4
    second = np.e / (1 + np.e)
    assert mean[0] == pytest.approx(11 + second)
    assert variance[0] == pytest.approx(1 + second * (1 - second))
