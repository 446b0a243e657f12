"""The mode of the posterior, by Gauss-Newton on the contrasts of logs."""

from __future__ import annotations

from copy import copy
from functools import cached_property

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs
from scipy.special import softmax

from forecasting.growth.likelihood import Contrasts
from forecasting.growth.path import LatentPath
from forecasting.vocabulary.quantiles import Array

MAX_CLIMB_STEPS = 40
MIN_CLIMB_STEPS = 8
PATIENT_STEPS = 16  # steps after which their length is halved where the change does not shrink
CHANGE_TOLERANCE = 0.02  # the climb ends where no coordinate has more than this left to go
STEP_LENGTH = 0.8
SHRINKAGE = 0.9  # a change above this part of the one before means that steps oscillate
MAX_CHANGE = 2.0  # of a coordinate in one step
NEIGHBOUR_START = 6  # first step of a climb from a neighbour's mode: it needs little inflation
NOISE_INFLATION = 50.0  # by how much the noise is inflated at first, halved at every step


class Covariance:
    """``root root' + diag(noise)``, ready to be divided by, in the smaller of its dimensions.

    LAPACK is called itself: of matrices this small, the checks around it take most of the time.

    Parameters
    ----------
    root : ndarray, shape (n, width)
        Any.
    noise : ndarray, shape (n,)
        Above 0.

    Examples
    --------
    >>> tall = Covariance(np.array([[1.0], [2.0]]), np.array([1.0, 1.0]))  # [[2, 2], [2, 5]]
    >>> tall.solve(np.array([4.0, 7.0])).round(6).tolist(), tall.diagonal.round(4).tolist()
    ([1.0, 1.0], [0.8333, 0.3333])
    """

    def __init__(self, root: Array, noise: Array) -> None:
        self.noise = noise
        self.empty = not root.size
        self.wide = len(root) <= root.shape[1]
        if self.wide:
            square = root @ root.T + np.diag(noise)
        else:
            self.scaled = root / noise[:, None]
            square = np.eye(root.shape[1]) + root.T @ self.scaled
        self.factor: Array = square
        if square.size:
            self.factor, failed = dpotrf(square)
            if failed:
                raise np.linalg.LinAlgError("the covariance of the facts is not positive definite")

    def solve(self, x: Array) -> Array:
        """The inverse times a vector, or the columns of a matrix."""
        if self.empty or not x.size:
            return (x.T / self.noise).T
        if self.wide:
            return np.asarray(dpotrs(self.factor, x)[0])
        inner = dpotrs(self.factor, self.scaled.T @ x)[0]
        return np.asarray((x.T / self.noise).T - self.scaled @ inner)

    @cached_property
    def diagonal(self) -> Array:
        """The diagonal of the inverse."""
        if self.wide:
            return np.diag(self.solve(np.eye(len(self.noise))))
        inner = dpotrs(self.factor, self.scaled.T)[0]
        return np.asarray(1 / self.noise - (self.scaled * inner.T).sum(axis=1))

    @cached_property
    def log_determinant(self) -> float:
        """Log of its determinant."""
        of_noise = float(np.log(self.noise).sum())
        if self.empty:
            return of_noise
        of_factor = 2 * float(np.log(np.diag(self.factor)).sum())
        return of_factor if self.wide else of_factor + of_noise


class Mode:
    """The most probable coordinates given the facts, with the variances and noise that go with
    them.

    Parameters
    ----------
    path : LatentPath
        The map from coordinates to flows.
    facts : Contrasts
        The facts, as contrasts.

    Attributes
    ----------
    x, variance : ndarray, shape (width,)
        Coordinates, and their prior variance: that of mixtures, and of the kind of market.
    kind : ndarray, shape (kinds,)
        Probability of each kind of market.
    log_flows : ndarray, shape (months + years,)
        Logs of the flows at the mode, then of the market's size by year.
    contrast : ndarray, shape (facts,)
        Contrasts at the mode.
    jacobian : ndarray, shape (facts, width)
        Their gradient.
    noise, target : ndarray, shape (facts,)
        Variance of each fact's noise as one normal, and the contrast that it aims at.
    """

    def __init__(self, path: LatentPath, facts: Contrasts) -> None:
        self.path, self.facts = path, facts
        self.x = np.zeros(path.width)
        self.kind = path.kind_share.copy()
        self.variance = self.kind @ path.kind_variance
        self.target = facts.value.copy()
        self.noise = np.full(len(facts.value), 0.1)
        self.linearise()

    def linearise(self) -> None:
        """Contrasts and their gradient at the present coordinates."""
        identity = np.eye(self.path.width)
        point = self.x[None, :]
        tangents = self.path.tangents(point, identity)
        contrast, jacobian = self.facts.tangents(tangents, point, identity)
        self.contrast, self.jacobian = contrast[0], jacobian[0]
        self.log_flows = tangents.log_flows[0]

    @property
    def innovation(self) -> Array:
        """The contrasts that the facts aim at, less those of the linear model at coordinates of
        0.
        """
        return np.asarray(self.target - self.contrast + self.jacobian @ self.x)

    def covariance(self, variance: Array, noise: Array) -> Covariance:
        """Covariance of the contrasts, given the variances of coordinates and of noise."""
        return Covariance(self.jacobian * np.sqrt(variance), noise)

    def climb(self, neighbour: Mode | None = None) -> Mode:
        """Gauss-Newton steps, noise and variances being re-weighted after each.

        Parameters
        ----------
        neighbour : Mode, optional
            One of nearly the same facts, to start from.
        """
        start_step = 0
        if neighbour is not None:
            self.x = neighbour.x.copy()
            self.variance = neighbour.variance.copy()
            self.kind = neighbour.kind.copy()
            start_step = NEIGHBOUR_START
            self.linearise()
        length = STEP_LENGTH
        previous = np.inf
        for step in range(start_step, MAX_CLIMB_STEPS):
            innovation = self.innovation
            # Narrow facts bind gradually, or the first steps would go too far
            noise = self.noise * (1 + NOISE_INFLATION * 0.5**step)
            covariance = self.covariance(self.variance, noise)
            pull = covariance.solve(innovation)
            change = self.variance * (self.jacobian.T @ pull) - self.x
            largest = float(np.abs(change).max())
            if step > PATIENT_STEPS and largest > SHRINKAGE * previous:
                length /= 2
            previous = largest
            self.x = self.x + change * min(length, MAX_CHANGE / max(largest, 1e-9))
            self._reweigh_noise(covariance.diagonal, pull, noise)
            self._reweigh_mixtures(covariance)
            if step % 2 == 0:
                self._weigh_kinds(innovation, noise)
            self.linearise()
            if (1 - length) * largest < CHANGE_TOLERANCE and step >= MIN_CLIMB_STEPS:
                break
        return self

    def moved_to(self, x: Array) -> Mode:
        """The same noise and variances, about other coordinates.

        Parameters
        ----------
        x : ndarray, shape (width,)
            Those.
        """
        moved = copy(self)
        moved.x = x
        moved.linearise()
        return moved

    def leave_one_out(self) -> tuple[Array, Array]:
        """Each contrast as the other facts lead one to expect it: mean and variance."""
        covariance = self.covariance(self.variance, self.noise)
        pull = covariance.solve(self.innovation)
        diagonal = np.maximum(covariance.diagonal, 1e-12)
        return self.target - pull / diagonal, np.maximum(1 / diagonal - self.noise, 0.0)

    def each_left_out(self) -> Array:
        """Coordinates at the mode of the linear model without each fact: shape (facts, width)."""
        covariance = self.covariance(self.variance, self.noise)
        pull = covariance.solve(self.innovation) / np.maximum(covariance.diagonal, 1e-12)
        gain = covariance.solve(self.jacobian) * self.variance
        return np.asarray(self.x - pull[:, None] * gain)

    def _reweigh_noise(self, diagonal: Array, pull: Array, noise: Array) -> None:
        """Approximate each fact's noise by one normal.

        Its components are weighted by how well they explain what the other facts lead one to
        expect. A bound that those keep is then centred on it, and pulls at nothing.
        """
        f, diagonal = self.facts, np.maximum(diagonal, 1e-12)
        cavity_mean = self.target - pull / diagonal - f.value
        spread = np.maximum(1 / diagonal - noise, 0.0)
        part = f.noise.parts(cavity_mean, spread)
        new = np.exp((part * np.log(f.noise.sd**2)).sum(axis=1))
        target = f.value + (part * f.noise.mean).sum(axis=1)
        # Half way: facts that contradict each other would else take turns at being wrong
        self.noise, self.target = np.sqrt(self.noise * new), 0.5 * (self.target + target)

    def _reweigh_mixtures(self, covariance: Covariance) -> None:
        """Variances of mixed coordinates given the coordinates, by expectation-maximisation."""
        at = self.path.mixed
        information = (self.jacobian[:, at] * covariance.solve(self.jacobian[:, at])).sum(axis=0)
        spread = np.maximum(self.variance[at] - self.variance[at] ** 2 * information, 0.0)
        size = np.sqrt(self.x[at] ** 2 + spread)
        mixture = self.path.mixture
        self.variance[at] = 1 / (mixture.parts(size) / mixture.sd**2).sum(axis=1)

    def _weigh_kinds(self, innovation: Array, noise: Array) -> None:
        """How probable each kind of market is, by how well it explains the facts."""
        at = self.path.mixed
        log_part = np.log(self.path.kind_share)
        mixed = self.variance[at].copy()
        for k, variance in enumerate(self.path.kind_variance):
            scale = variance.copy()
            scale[at] = mixed
            covariance = self.covariance(scale, noise)
            square = innovation @ covariance.solve(innovation)
            log_part[k] -= 0.5 * (square + covariance.log_determinant)
        self.kind = 0.5 * (self.kind + softmax(log_part))  # half way, as with the noise
        self.variance = self.kind @ self.path.kind_variance
        self.variance[at] = mixed
