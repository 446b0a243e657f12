"""Estimates of one curve against printed ones, and their likelihood against scipy's."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from forecasting.curves.least_squares import Solver, leaves_open
from forecasting.curves.model import GrowthModel

SALES = [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500]


def test_a_fixed_parameter_leaves_the_others_at_the_printed_minimum():
    """Bates and Watts 1988, A1.4."""
    demand, days = np.array([8.3, 10.3, 19.0, 16.0, 15.6, 19.8]), np.array([1.0, 2, 3, 4, 5, 7])
    results = GrowthModel(demand, curve="weibull", kind="stock", time=days).fit_constrained(
        {"b": 1.0}
    )
    assert results.params["m"] == pytest.approx(19.143, abs=5e-4)
    assert 1 / results.params["a"] == pytest.approx(0.5311, abs=5e-5)


def test_the_log_likelihood_is_that_of_the_residuals():
    results = GrowthModel(SALES).fit()
    spread = np.sqrt(results.sse / results.nobs)
    by_scipy = stats.norm.logpdf(SALES, results.fittedvalues, spread).sum()
    assert results.llf == pytest.approx(by_scipy)


@pytest.mark.parametrize("highest", [np.inf, 2000.0])
def test_a_search_begins_at_the_best_curve_of_the_grid(highest):
    """Of weighted series, each curve at the level within its bounds that fits it best."""
    model = GrowthModel(SALES, curve="logistic")
    problem = model._to_fit(model.curves[0])
    solver = Solver(problem.curve, problem.sampling, problem.bounds | {"m": (0.0, highest)})
    shape, design = solver._grid()
    data = np.array([SALES, SALES[::-1], np.cumsum(SALES)], dtype=float)
    weights = np.random.default_rng(3).uniform(0.1, 3.0, data.shape)
    found = solver.scan(data, weights)
    for number, (values, weight) in enumerate(zip(data, weights, strict=True)):
        errors = []
        for curve in design.T:
            best = np.sum(weight * values * curve) / np.sum(weight * curve * curve)
            level = min(max(best, 0.0), highest)
            errors.append(np.sum(weight * (values - level * curve) ** 2))
        assert found[:, number].tolist() == shape[:, np.argmin(errors)].tolist()


@pytest.mark.parametrize(
    ("reached", "is_open"),
    [(0.0099, True), (0.01, False), (1.0, False), (1.01, True), (-0.5, True), (np.nan, True)],
)
def test_a_ceiling_is_open_where_less_than_a_hundredth_of_it_is_reached(
    reached: float, is_open: bool
) -> None:
    problem = SimpleNamespace(
        spare=1,
        is_estimated=[True],
        curve=SimpleNamespace(ceiling=True, share=lambda *_: np.array([reached])),
        sampling=SimpleNamespace(ends=np.array([1.0])),
    )
    fitted = SimpleNamespace(params=np.array([5.0, 0.3]), converged=True)
    assert leaves_open(problem, fitted) == is_open
    assert leaves_open(problem, SimpleNamespace(params=fitted.params, converged=False))


def test_a_search_without_weights_begins_at_the_best_curve_too():
    model = GrowthModel(SALES, curve="logistic")
    problem = model._to_fit(model.curves[0])
    solver = Solver(problem.curve, problem.sampling, problem.bounds)
    shape, design = solver._grid()
    data = np.array([SALES, SALES[::-1], np.cumsum(SALES)], dtype=float)
    found = solver.scan(data, None)
    for number, values in enumerate(data):
        level = np.maximum(values @ design / (design**2).sum(axis=0), 0.0)
        errors = ((values[:, None] - level * design) ** 2).sum(axis=0)
        assert found[:, number].tolist() == shape[:, np.argmin(errors)].tolist()
