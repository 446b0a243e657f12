"""Draws of the linear model, moved to where the model itself has them: randomise, then optimise
(Bardsley, Solonen, Haario and Laine 2014).
"""

from __future__ import annotations

import numpy as np

from forecasting.growth.linear_model import LinearModel
from forecasting.growth.mode import Mode
from forecasting.vocabulary.quantiles import Array

LEAST_TOLD = 0.1  # of singular values of the facts in units of the prior, below which a draw stays
MOVE_TOLERANCE = 0.05  # gap in units of the noise at which a move has arrived
FIXED_SLOPE_STEPS = 6  # with the slope at the mode, before those with the slope at the draw
NEWTON_STEPS = 6
MAX_STEP = 2.0  # of one coordinate in one step
NUMBERS_IN_MEMORY = 3_000_000  # of one block of draws


def move_draws(mode: Mode, linear: LinearModel, x: Array) -> tuple[Array, Array, Array]:
    """Draws moved towards where their true contrasts are what the linear ones were; logs of their
    weights, and their contrasts.

    Parameters
    ----------
    mode : Mode
        About which the model was made linear.
    linear : LinearModel
        What came of that.
    x : ndarray, shape (draws, coordinates)
        Its draws.

    Returns
    -------
    tuple of ndarray, shapes (draws, coordinates), (draws,) and (draws, facts)
        A draw that does not arrive has the log weight -inf.
    """
    path, facts = mode.path, mode.facts
    if not len(facts.value):
        return x, np.zeros(len(x)), np.zeros((len(x), 0))
    goal = mode.contrast + (x - mode.x) @ mode.jacobian.T
    move = Move(mode, np.sqrt(facts.precision(goal).mean(axis=0)))
    blocks = 1 + len(x) * move.combine.size // NUMBERS_IN_MEMORY
    parts = [move(x[rows], goal[rows]) for rows in np.array_split(np.arange(len(x)), blocks)]
    end_draws, log_weight, contrast = (np.concatenate(item) for item in zip(*parts, strict=True))
    log_weight += path.log_density(end_draws) - path.log_density(x)
    log_weight += facts.log_density(contrast).sum(axis=1) - linear.log_noise(facts, goal)
    return end_draws, log_weight, contrast


class Move:
    """Randomise, then optimise (Bardsley, Solonen, Haario and Laine 2014).

    The Jacobian at the mode, in units of the noise and of the prior, is ``U s W'``. A draw x of the
    linear model moves along the gain ``A = sd W s / (1 + s^2)`` by the d that solves
    ``U' root (c(x + A d) - goal) + d / (1 + s^2) = 0``. At the mode the matrix of that equation is
    the identity, so that weights of all rounds and hypotheses compare. Where s is small the facts
    say nothing that the prior does not, and a draw stays: the weights are right for any choice of
    directions.
    """

    def __init__(self, mode: Mode, root: Array) -> None:
        self.path, self.facts = mode.path, mode.facts
        variance = 1 / (mode.kind @ (1 / mode.path.kind_variance))
        variance[mode.path.mixed] = mode.variance[mode.path.mixed]
        sd = np.sqrt(variance)
        left_vectors, size, right_vectors = np.linalg.svd(
            root[:, None] * mode.jacobian * sd, full_matrices=False
        )
        informative = size > LEAST_TOLD
        size = size[informative]
        self.inertia = 1 / (1 + size**2)
        self.gain = (right_vectors[informative] * sd).T * (size * self.inertia)
        self.combine = (root[:, None] * left_vectors[:, informative]).T
        # Slopes are made in single precision, in half the time; the gap is not
        self.directions = self.gain.astype("float32")
        self.combine_slopes = self.combine.astype("float32")

    def __call__(self, start: Array, goal: Array) -> tuple[Array, Array, Array]:
        """Draws at the end of their moves, logs of their weights, and their contrasts.

        A draw that does not arrive has no weight.
        """
        d = np.zeros((len(start), len(self.inertia)))
        for _ in range(FIXED_SLOPE_STEPS):
            x = start + d @ self.gain.T
            contrast = self.facts.at(self.path.log_flows(x), x)
            d -= self._limited(self._gap(contrast, goal, d))
        log_weight = np.full(len(d), -np.inf)
        contrast = np.zeros(goal.shape)
        rows = np.arange(len(d))
        for _ in range(NEWTON_STEPS):
            x = start[rows] + d[rows] @ self.gain.T
            tangents = self.path.tangents(x, self.directions)
            current, slope = self.facts.tangents(tangents, x, self.directions)
            slope = self.combine_slopes @ slope + np.diag(self.inertia).astype("float32")
            gap = self._gap(current, goal[rows], d[rows])
            close = np.abs(gap).max(axis=1, initial=0.0) < MOVE_TOLERANCE
            sign, log_volume = np.linalg.slogdet(slope[close])
            arrived = rows[close]
            log_weight[arrived] = np.where(sign > 0, -log_volume, -np.inf)
            contrast[arrived] = current[close]
            rows, gap, slope = rows[~close], gap[~close], slope[~close]
            if not len(rows):
                break
            d[rows] -= self._limited(np.linalg.solve(slope, gap[:, :, None])[:, :, 0])
        return start + d @ self.gain.T, log_weight, contrast

    def _gap(self, contrast: Array, goal: Array, d: Array) -> Array:
        return np.asarray((contrast - goal) @ self.combine.T + d * self.inertia)

    def _limited(self, step: Array) -> Array:
        """A step, shortened so that no coordinate moves by more than `MAX_STEP`."""
        excess = np.abs(step @ self.gain.T).max(axis=1, keepdims=True) / MAX_STEP
        return np.asarray(step / np.maximum(excess, 1.0))
