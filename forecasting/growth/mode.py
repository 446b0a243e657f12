"""The mode of the posterior, by Gauss-Newton on the contrasts of logs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.contrasts import Contrasts, responsibilities
from forecasting.growth.covariance import Covariance
from forecasting.growth.path import LatentPath

__all__ = ["Mode"]

Array = NDArray[np.float64]

STEPS, FEWEST_STEPS, SETTLED = 40, 8, 0.1  # and the change of a coordinate at which they end
MOST_OF_STEP, MOST_CHANGE = 0.8, 2.0
NEAR = 6  # the step with which a climb begins that starts near its end
KINDS_EVERY = 2  # steps: kinds of markets change little in one
# The step until which facts are hardly doubted: far from the mode all of them look wrong
TRUSTING = 8
UNHEARD = 1e3  # variance of a bound's noise at first: numbers speak before bounds
LOOSE = 50.0  # by how much the noise is inflated at first, halved at every step


class Mode:
    """The most probable coordinates given the facts, with the scales and noise that go with them.

    Parameters
    ----------
    path : LatentPath
        The map from coordinates to flows.
    facts : Contrasts
        The facts, as contrasts.
    curve : int
        Of the curves that draws of the path may follow, the number of the one that this is the mode
        of.

    Attributes
    ----------
    x, variance : ndarray, shape (width,)
        Coordinates, and their prior variance: the shocks' and the kind of market's.
    kind : ndarray, shape (kinds,)
        Probability of each kind of market.
    contrast : ndarray, shape (facts,)
        Contrasts at the mode.
    jacobian : ndarray, shape (facts, width)
        Their gradient.
    """

    def __init__(self, path: LatentPath, facts: Contrasts, curve: int = 0) -> None:
        self.path, self.facts = path, facts
        self.given = np.zeros(path.width)  # where coordinates without variance stand
        self.given[path.at_["curve"]] = curve
        self.x = self.given.copy()
        self.kind = path.kind_share.copy()
        self.variance = self.kind @ path.kind_variance
        self.target, self.noise = facts.value.copy(), np.where(facts.exact, 0.1, UNHEARD)
        self.jacobian = np.zeros((len(facts.value), path.width))
        self.contrast = np.zeros(len(facts.value))

    def linearise(self) -> None:
        """Contrasts and their gradient where we stand."""
        flows, gradient = self.path.gradient(self.x)
        self.jacobian = self.facts.gradient(flows, gradient, self.x)
        self.contrast = self.facts.at(flows[None, :], self.x[None, :])[0]

    def climb(self, near: Mode | None = None) -> None:
        """Gauss-Newton steps, noise and scales being re-weighted after each.

        Parameters
        ----------
        near : Mode, optional
            One of nearly the same facts, to start from.
        """
        if near is not None:
            self.x, self.variance = near.x.copy(), near.variance.copy()
            self.kind = near.kind.copy()
        for step in range(NEAR if near is not None else 0, STEPS):
            self.linearise()
            innovation = self.target - self.contrast + self.jacobian @ self.x
            noise = self.noise * (1 + LOOSE * 0.5**step)  # the narrow facts bind by and by
            covariance = Covariance(self.jacobian * np.sqrt(self.variance), noise)
            pulled = covariance.solve(innovation)
            change = self.variance * (self.jacobian.T @ pulled) + self.given - self.x
            largest = float(np.abs(change).max())
            # most of the step, and no coordinate by much more than two prior standard deviations at
            # once
            self.x = self.x + change * min(MOST_OF_STEP, MOST_CHANGE / max(largest, 1e-9))
            self._reweigh_noise(
                covariance.diagonal, pulled, noise, min(0.5 ** (TRUSTING - step), 1.0)
            )
            self._rescale_shocks(covariance)
            if step % KINDS_EVERY == 0:
                self._weigh_kinds(innovation, noise)
            if largest < SETTLED and step >= FEWEST_STEPS:
                break
        self.linearise()

    def left_out(self, noise: Array, target: Array, variance: Array) -> tuple[Array, Array]:
        """Each contrast as the other facts lead one to expect it about the mode: mean and variance.

        Parameters
        ----------
        noise, target : ndarray, shape (facts,)
            Variance of each fact's noise, and the contrast that it aims at.
        variance : ndarray, shape (width,)
            Of the coordinates.
        """
        covariance = Covariance(self.jacobian * np.sqrt(variance), noise)
        pulled = covariance.solve(target - self.contrast + self.jacobian @ self.x)
        diagonal = np.maximum(covariance.diagonal, 1e-12)
        return target - pulled / diagonal, np.maximum(1 / diagonal - noise, 0.0)

    def _reweigh_noise(self, diagonal: Array, pulled: Array, noise: Array, doubt: float) -> None:
        """Each fact's noise as one normal: its components, weighted by how well they explain what
        the others leave.
        """
        f, diagonal = self.facts, np.maximum(diagonal, 1e-12)
        residual, weight = f.value - self.target + pulled / diagonal, f.doubting(doubt)
        part, _ = responsibilities(
            residual, np.maximum(1 / diagonal - noise, 0.0), weight, f.mean, f.sd
        )
        there, _ = responsibilities(
            f.value - self.contrast, np.zeros_like(noise), weight, f.mean, f.sd
        )
        # A bound pulls by its slope where we stand: slack, by nothing
        precision = (there / f.sd**2).sum(axis=1)
        exact, target = f.exact, f.value + (part * f.mean).sum(axis=1)
        new = np.where(exact, np.exp((part * np.log(f.sd**2)).sum(axis=1)), 1 / precision)
        target = np.where(
            exact, target, f.value + (there * f.mean / f.sd**2).sum(axis=1) / precision
        )
        # half way, or facts that contradict each other would take turns
        self.noise, self.target = np.sqrt(self.noise * new), 0.5 * (self.target + target)

    def _rescale_shocks(self, covariance: Covariance) -> None:
        """Scales of the shocks given the shocks, as expectation-maximisation has them."""
        prior, at = self.path.prior, self.path.at_["shock"]
        known = (self.jacobian[:, at] * covariance.solve(self.jacobian[:, at])).sum(axis=0)
        left = self.variance[at] - self.variance[at] ** 2 * known
        square = self.x[at] ** 2 + np.maximum(left, 0.0)
        market = 1.0
        for _ in range(3):
            year = (prior.shock_nu + square / market) / (prior.shock_nu + 1)
            market = (prior.market_nu + float((square / year).sum())) / (
                prior.market_nu + len(square)
            )
        self.variance[at] = year * market

    def _weigh_kinds(self, innovation: Array, noise: Array) -> None:
        """How probable each kind of market is, by how well it explains the facts; the variances
        that go with it.
        """
        at, log_part = self.path.at_["shock"], np.log(self.path.kind_share)
        shock = self.variance[at].copy()
        for k, variance in enumerate(self.path.kind_variance):
            root = self.jacobian * np.sqrt(variance)
            root[:, at] = self.jacobian[:, at] * np.sqrt(shock)
            covariance = Covariance(root, noise)
            log_part[k] -= 0.5 * (
                innovation @ covariance.solve(innovation) + covariance.log_determinant
            )
        part = np.exp(log_part - log_part.max())
        self.kind = 0.5 * (self.kind + part / part.sum())  # half way, as with noise
        self.variance = self.kind @ self.path.kind_variance
        self.variance[at] = shock
