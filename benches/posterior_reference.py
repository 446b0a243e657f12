"""The posterior by another method: the density of docs/model.md written once more, and sampled by
sequential Monte Carlo.

python benches/posterior_reference.py CASE [--particles N] [--seeds 0 1] [--split FACT]
    [--out FILE.csv]

Needs JAX (``pip install jax``), which is no dependency of the package. Path, months, agencies'
offsets and noise are computed here from the page; which months a statement covers, and its number,
are the package's observations. Particles start as draws of the prior. The variance of the noise of
all statements is inflated by 1 + xi, with xi falling from a million to 0 so that six particles in
ten stay effective at each step; between steps particles move by Hamiltonian Monte Carlo. Nothing is
made linear. What is drawn beyond the years of facts is the package's, as in a forecast.

Written are, by seed, the log quantiles 0.1, 0.5 and 0.9 of years, the log's standard deviation, and
the probability that each statement is wrong. Particles that pass through many steps lose one
explanation of contradicting numbers or the other by chance: four runs of Kazakhstan doubted its
year with 0.03 to 0.17. With ``--split`` a number is right in one sample and wrong in another, and
the two are pooled by their evidence: 0.12, as the engine has it. Stored are two runs of six of the
seven cases of ``posterior_facts.csv``, Kazakhstan's split by the number of its whole year
(kz-ev-imports-2025-revenue-committee). ``tests/growth/test_posterior_reference.py`` holds the
engine to them.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jax.scipy.special import logsumexp

import forecasting as fc
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.observation import observed_flow
from forecasting.growth.likelihood import Contrasts, flow_weights
from forecasting.growth.mixtures import Mixtures
from forecasting.growth.path import LatentPath
from forecasting.growth.posterior import Posterior
from forecasting.growth.prior import Prior
from forecasting.growth.request import Request, carried_on

jax.config.update("jax_enable_x64", True)

REFERENCE = Path(__file__).parents[1] / "tests/reference"
FACTS = pd.read_csv(REFERENCE / "posterior_facts.csv", keep_default_na=False)
COUNTRIES = ("UZ", "KZ", "KG", "TJ")  # of which no size of the market is told
SIZE = {2022: 80_000.0}


def request_of(case: str) -> Request:
    """What a forecast of a case is asked for, from the facts and the prior that are stored."""
    rows = FACTS[FACTS["case"] == case].drop(columns="case")
    evidence = Ledger.from_frame(rows, measure=None, place=None)
    prior = Prior.from_json((REFERENCE / "posterior_prior.json").read_text(encoding="utf-8"))
    counted = case in COUNTRIES
    years = range(2025, 2029) if counted else range(2022, 2026)
    return Request(
        observed_flow(evidence, not counted, counted),
        tuple(fc.year(y) for y in years),
        prior,
        None if counted else SIZE,
        None,
        2000,
        0,
        counted,
        case if counted else "UZ",
    )


def effects(common: Any, years: range) -> tuple[np.ndarray, np.ndarray]:
    """Mean and square root of the covariance of year effects."""
    last = common.first_year + len(common.mean) - 1
    mean, root = np.zeros(len(years)), np.zeros((len(years), len(years)))
    for i, year in enumerate(years):
        if year > last and i:
            mean[i] = common.persistence * mean[i - 1]
            root[i] = common.persistence * root[i - 1]
            root[i, i] = common.spread * np.sqrt(1 - common.persistence**2)
        elif year > last:
            rho = common.persistence ** (year - last)
            mean[i] = rho * common.mean[-1]
            root[i, i] = np.sqrt((rho * common.sd[-1]) ** 2 + (1 - rho**2) * common.spread**2)
        elif year >= common.first_year:
            mean[i], root[i, i] = (v[year - common.first_year] for v in (common.mean, common.sd))
        else:
            root[i, i] = common.spread
    return mean, root


def sizes(path: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean and root of the market's log size by year, given the sizes that are known."""
    prior, n = path.prior, path.years
    mean, root = effects(prior.size, range(path.first_year, path.last_year + 1))
    variance = np.diag(root) ** 2 + prior.size_sd**2
    mean[0], variance[0] = path.start.log_size, path.start.log_size_sd**2
    walk = np.tri(n)
    mean, covariance = walk @ mean, walk @ np.diag(variance) @ walk.T
    for year, (value, sd) in path.sizes.items():
        row = year - path.first_year
        if 0 <= row < n:
            gain = covariance[:, row] / (covariance[row, row] + sd**2)
            mean = mean + gain * (value - mean[row])
            covariance = covariance - np.outer(gain, covariance[row])
    return mean, np.linalg.cholesky(covariance + 1e-12 * np.eye(n))


class Density:
    """Log density of coordinates before facts, and of facts given coordinates."""

    def __init__(self, path: LatentPath, facts: Contrasts) -> None:
        self.path, self.facts = path, facts
        path, prior = self.path, self.path.prior
        self.at = {name: (part.start, part.stop) for name, part in path.columns.items()}
        years = range(path.first_year, path.last_year + 1)
        self.common = effects(prior.common, years)
        self.sizes = sizes(path)
        lag = np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
        self.months_root = prior.within_year.noise_sd * np.linalg.cholesky(
            prior.within_year.noise_ar**lag
        )
        log_sd = np.linspace(-0.8, 2.2, 8)
        weight = np.exp(-prior.shock_nu * log_sd - 0.5 * prior.shock_nu * np.exp(-2 * log_sd))
        self.shock = np.log(weight / weight.sum()), np.exp(log_sd)
        # No fact speaks of the last year
        self.wider = np.where(np.arange(path.years) == path.years - 1, 1.1, 1.0)[:, None]
        season = prior.within_year.own_seasons
        steady = prior.within_year.steadiness
        self.kinds = [(a * b, s, t) for a, s in season for b, t in steady]
        # Facts on the months of the whole path, and on its years for the market's size
        numerator, denominator, aged = np.zeros(
            (3, len(self.facts.value), path.months + path.years)
        )
        for whole, part in (
            (numerator, self.facts.numerator),
            (denominator, self.facts.denominator),
            (aged, self.facts.aged),
        ):
            whole[:, self.facts.months] = part
        self.weights = numerator, denominator, aged
        self.before = jax.jit(jax.vmap(self._before))
        self.log_noise = jax.jit(jax.vmap(self._log_noise, in_axes=(0, None)))

        def target(x: Any, xi: Any) -> Any:
            return self._before(x) + self._log_noise(x, xi)

        self.slope = jax.jit(jax.vmap(jax.value_and_grad(target), in_axes=(0, None)))

    def part(self, x: Any, name: str) -> Any:
        """Coordinates of one name."""
        start, stop = self.at[name]
        return x[start:stop]

    def _before(self, x: Any) -> Any:
        """Log density of coordinates; its constants are those of normals."""
        path, prior = self.path, self.path.prior
        total = 0.0
        for name in self.at:
            if name not in ("shock", "another_size", "pattern", "tilt", "noise"):
                total = total - 0.5 * jnp.sum(self.part(x, name) ** 2)
        shock = self.part(x, "shock")
        log_weight, sd = self.shock
        student = logsumexp(
            log_weight - jnp.log(self.wider * sd) - 0.5 * (shock[:, None] / self.wider / sd) ** 2,
            axis=1,
        )
        launched = path.start.launch
        after = path.start_index + 1
        if launched and after < path.years:
            launch = prior.launch
            of_launch = (
                jnp.log(launched / launch.growth_sd)
                - 0.5 * ((shock[after] - launch.growth) / launch.growth_sd) ** 2
            )
            other = jnp.logaddexp(jnp.log1p(-launched) + student[after], of_launch)
            student = student.at[after].set(other)
        total = total + jnp.sum(student)
        a = self.part(x, "another_size")[0]
        narrow = 0.02 / 0.7
        total = total + jnp.logaddexp(
            jnp.log(0.9 / narrow) - 0.5 * (a / narrow) ** 2, jnp.log(0.1) - 0.5 * a**2
        )
        season = jnp.sum(self.part(x, "pattern") ** 2)
        uneven = jnp.sum(self.part(x, "tilt") ** 2) + jnp.sum(self.part(x, "noise") ** 2)
        numbers = 13 * path.years
        logs = [
            jnp.log(share)
            - 12 * jnp.log(s)
            - numbers * jnp.log(t)
            - 0.5 * (season / s**2 + uneven / t**2)
            for share, s, t in self.kinds
        ]
        return total + logsumexp(jnp.stack(logs))

    def kind_of(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A kind of market for each particle."""
        season = (x[:, slice(*self.at["pattern"])] ** 2).sum(axis=1)
        uneven = sum((x[:, slice(*self.at[name])] ** 2).sum(axis=1) for name in ("tilt", "noise"))
        numbers = 13 * self.path.years
        logs = np.stack(
            [
                np.log(share)
                - 12 * np.log(s)
                - numbers * np.log(t)
                - 0.5 * (season / s**2 + uneven / t**2)
                for share, s, t in self.kinds
            ],
            axis=1,
        )
        return np.argmax(logs + rng.gumbel(size=logs.shape), axis=1)

    def prior_draws(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Coordinates as they are before any fact."""
        path, prior = self.path, self.path.prior
        share = np.array([kind[0] for kind in self.kinds])
        kind = rng.choice(len(share), count, p=share / share.sum())
        season, uneven = (np.array([k[i] for k in self.kinds])[kind, None] for i in (1, 2))
        x = rng.standard_normal((count, path.width))
        x[:, slice(*self.at["pattern"])] *= season
        x[:, slice(*self.at["tilt"])] *= uneven
        x[:, slice(*self.at["noise"])] *= uneven
        log_weight, sd = self.shock
        shocks = slice(*self.at["shock"])
        part = rng.choice(8, (count, path.years), p=np.exp(log_weight))
        x[:, shocks] *= sd[part] * self.wider[:, 0]
        if path.start.launch and path.start_index + 1 < path.years:
            launched = rng.random(count) < path.start.launch
            after = self.at["shock"][0] + path.start_index + 1
            launch = prior.launch.growth + prior.launch.growth_sd * rng.standard_normal(count)
            x[:, after] = np.where(launched, launch, x[:, after])
        same = rng.random(count) < 0.9
        x[:, self.at["another_size"][0]] *= np.where(same, 0.02 / 0.7, 1.0)
        return x

    def logs(self, x: Any) -> tuple[Any, Any]:
        """Log flows by month, and the market's log size by year."""
        path, prior = self.path, self.path.prior
        size = self.sizes[0] + self.sizes[1] @ self.part(x, "size")
        size = size + 0.7 * self.part(x, "another_size")[0]
        level_sd = np.hypot(np.sqrt(prior.covariance[0][0]), prior.market_sd)
        level = prior.level + level_sd * self.part(x, "level")[0]
        growth = level + self.common[0] + self.common[1] @ self.part(x, "common")
        slope = prior.slope + np.sqrt(prior.covariance[1][1]) * self.part(x, "slope")[0]
        shock = self.part(x, "shock")
        b = path.start_index
        z = {b: path.start.log_odds + path.start.log_odds_sd * self.part(x, "start")[0]}
        steps = [(y, y + 1, 1) for y in range(b, path.years - 1)]
        steps += [(y, y - 1, -1) for y in range(b, 0, -1)]
        for source, target, sign in steps:
            y = max(source, target)
            distance = jnp.clip(z[source] + 4, -5, 5)
            log_scale = prior.shock_slope * distance
            lift = 0.0
            if not path.start.of_flow:
                shortfall = jnp.log(3000.0) - size[source] + jnp.logaddexp(0.0, -z[source])
                log_scale = log_scale + prior.shortfall_slope * jnp.clip(shortfall, 0, 5)
                lift = prior.shortfall_lift * jnp.clip(shortfall, 0, 1)
            step = (
                growth[y] + slope * distance + lift + prior.shock_sd * jnp.exp(log_scale) * shock[y]
            )
            z[target] = z[source] + sign * step
        odds = jnp.stack([z[y] for y in range(path.years)])
        expected = size - jnp.logaddexp(0.0, -odds)
        if path.start.of_flow:
            expected = expected + jnp.logaddexp(0.0, -odds[b])
        market = expected + jnp.logaddexp(0.0, -odds)
        within = prior.within_year
        change = jnp.diff(expected)
        past = jnp.concatenate([change[:1], change])
        past = past.at[b].set(change[min(b, path.years - 2)])
        following = jnp.concatenate([change, change[-1:]])
        tilt = within.slope_on_growth * past + within.slope_on_next * following
        tilt = tilt + within.slope_sd * self.part(x, "tilt")
        came, uneven = expected, jnp.ones(path.years)
        if path.discrete:
            rare = jnp.exp(-jnp.clip(expected, -30, 60))
            kappa = jnp.sqrt(jnp.log1p(rare))
            came = expected + kappa * self.part(x, "chance") - kappa**2 / 2
            uneven = jnp.sqrt(1 + jnp.log1p(12 * 6 * rare) / within.noise_sd**2)
        own = jnp.array(within.pattern) + within.pattern_sd * self.part(x, "pattern")
        noise = self.part(x, "noise").reshape(path.years, 12) @ self.months_root.T
        shape = own + tilt[:, None] * (np.arange(12) - 5.5) / 12 + uneven[:, None] * noise
        shape = shape - logsumexp(shape, axis=1)[:, None]
        return (came[:, None] + shape).ravel(), market

    def contrasts(self, x: Any) -> Any:
        """Contrasts of logs of all facts."""
        facts = self.facts
        numerator, denominator, aged = self.weights
        flows = jnp.exp(jnp.concatenate(self.logs(x)))
        top = jnp.maximum(numerator @ flows, 1e-300)
        constant = facts.constant * jnp.exp(-(facts.base_offsets @ x))
        bottom = jnp.where(
            (denominator.any(axis=1)) | (facts.constant != 0), denominator @ flows + constant, 1.0
        )
        age = (aged @ flows) / top
        scrapped = 0.02 * self.part(x, "scrappage")[0] * age
        return jnp.log(top) - jnp.log(bottom) + facts.offsets @ x - scrapped

    def _log_noise(self, x: Any, xi: Any) -> Any:
        noise = self.facts.noise
        variance = noise.sd**2 * (1 + xi)
        error = (self.contrasts(x) - self.facts.value)[:, None] - noise.mean
        log_part = jnp.log(jnp.maximum(noise.weight, 1e-300)) - 0.5 * jnp.log(variance)
        return jnp.sum(logsumexp(log_part - 0.5 * error**2 / variance, axis=1))


def next_inflation(density: Density, x: np.ndarray, xi: float) -> tuple[float, np.ndarray]:
    """The smallest inflation at which enough particles stay effective, and their log weights."""
    now = np.asarray(density.log_noise(x, xi)) if np.isfinite(xi) else np.zeros(len(x))

    def at(new: float) -> tuple[float, np.ndarray]:
        log_weight = np.asarray(density.log_noise(x, new)) - now
        weight = np.exp(log_weight - log_weight.max())
        return weight.sum() ** 2 / (weight**2).sum() / len(x), log_weight

    if at(0.0)[0] > 0.6:
        return 0.0, at(0.0)[1]
    low, high = np.log(1e-4), np.log(xi if np.isfinite(xi) else 1e9)
    for _ in range(18):
        middle = (low + high) / 2
        low, high = (low, middle) if at(np.exp(middle))[0] > 0.6 else (middle, high)
    if high < np.log(2e-4):
        return 0.0, at(0.0)[1]
    return float(np.exp(high)), at(np.exp(high))[1]


def moved(
    density: Density, x: np.ndarray, xi: float, step: float, rng: np.random.Generator, moves: int
) -> tuple[np.ndarray, float, float]:
    """Particles after some moves of Hamiltonian Monte Carlo, with the step length for the next, and
    the mean share of moves that were taken.
    """
    covariance = np.cov(x.T) + 1e-9 * np.eye(x.shape[1])
    root = np.linalg.cholesky(covariance)
    value, slope = (np.asarray(item) for item in density.slope(x, xi))
    rates = []
    for _ in range(moves):
        momentum = rng.standard_normal(x.shape)
        length = step * np.exp(0.2 * rng.standard_normal())
        new, speed = x, momentum
        energy = value - 0.5 * (momentum**2).sum(axis=1)
        speed = speed + 0.5 * length * slope @ root
        steps = int(rng.integers(6, 18))
        for number in range(steps):
            new = new + length * speed @ root.T
            new_value, new_slope = (np.asarray(item) for item in density.slope(new, xi))
            new_slope = np.clip(np.nan_to_num(new_slope), -1e8, 1e8)
            speed = speed + (1.0 if number < steps - 1 else 0.5) * length * new_slope @ root
        change = new_value - 0.5 * (speed**2).sum(axis=1) - energy
        taken = np.log(rng.random(len(x))) < np.nan_to_num(change, nan=-np.inf)
        x = np.where(taken[:, None], new, x)
        value = np.where(taken, new_value, value)
        slope = np.where(taken[:, None], new_slope, slope)
        rates.append(taken.mean())
        step *= float(np.exp(0.6 * (rates[-1] - 0.75)))
    return x, step, float(np.mean(rates))


def particles_of(density: Density, particles: int, seed: int) -> tuple[np.ndarray, float]:
    """Particles of the posterior, and the log evidence of its facts."""
    started = time.process_time()
    rng = np.random.default_rng(seed)
    x = density.prior_draws(rng, particles)
    at = slice(0, 200)
    package = density.path.log_density(x[at])
    ours = np.asarray(density.before(x[at]))
    print("prior against the package", np.ptp(package - ours))
    facts = density.facts
    contrasts = facts.at(density.path.log_flows(x[at]), x[at])
    package = facts.of_noise(Mixtures.log_density, contrasts).sum(axis=1)
    print("facts against the package", np.abs(package - density.log_noise(x[at], 0.0)).max())
    xi, step, number, log_evidence = np.inf, 0.3, 0, 0.0
    while xi > 0:
        xi, log_weight = next_inflation(density, x, xi)
        weight = np.exp(log_weight - log_weight.max())
        log_evidence += log_weight.max() + np.log(weight.mean())
        edges = np.cumsum(weight) / weight.sum() * particles
        x = x[np.searchsorted(edges, np.arange(particles) + rng.random()).clip(max=particles - 1)]
        x, step, rate = moved(density, x, xi, step, rng, 8 if xi > 0 else 60)
        number += 1
        print(
            f"seed {seed} step {number} xi {xi:.3g} rate {rate:.2f} length {step:.3f}"
            f" {time.process_time() - started:.0f} s",
            flush=True,
        )
    return x, float(log_evidence)


def run(case: str, particles: int, seed: int, split: str | None) -> pd.DataFrame:
    """Quantiles, spreads and doubts of a case."""
    request = request_of(case)
    prepared = request._prepared
    facts = prepared.facts
    density = Density(prepared.path, facts)
    rng = np.random.default_rng([seed, 1])
    strata = [facts]
    if split:
        row = [observation.name for observation in prepared.observations].index(split)
        strata = [facts.decided(row, right) for right in (True, False)]
    samples = [particles_of(Density(prepared.path, part), particles, seed) for part in strata]
    log_part = np.array([log for _, log in samples])
    log_evidence = float(logsumexp(log_part))
    taken = np.round(np.exp(log_part - log_evidence) * particles).astype(int)
    x = np.concatenate(
        [rng.permutation(part)[:count] for (part, _), count in zip(samples, taken, strict=True)]
    )
    empty = np.zeros(0)
    posterior = Posterior(
        x, density.kind_of(x, rng), empty, empty, empty, empty, particles, 0.0, 1, 0.0
    )
    horizon = max(period.end.year for period in request.periods)
    path, long_x = carried_on(
        density.path, posterior.x, posterior.kind, horizon + 1, seed, request.place or ""
    )
    flows = path.flows(long_x)
    rows = [(case, seed, particles, "log evidence", "", log_evidence)]
    for period in request.periods:
        logs = np.log(flows @ flow_weights(period, path.first_year, path.months))
        for level in (0.1, 0.5, 0.9):
            rows.append(
                (case, seed, particles, f"q{level}", period.label, np.quantile(logs, level))
            )
        rows.append((case, seed, particles, "sd", period.label, logs.std()))
    contrast = np.asarray(jax.vmap(density.contrasts)(x))
    for observation, wrong in zip(
        request._prepared.observations, facts.doubt(contrast).mean(axis=0), strict=True
    ):
        rows.append((case, seed, particles, "doubt", observation.name, wrong))
    columns = ["case", "seed", "particles", "what", "of", "value"]
    return pd.DataFrame(rows, columns=columns)


def main() -> None:
    """Runs of one case, appended to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=FACTS["case"].unique())
    parser.add_argument("--particles", type=int, default=4000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--split", help="a fact that is right in one sample, wrong in another")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    for seed in given.seeds:
        table = run(given.case, given.particles, seed, given.split)
        print(table.to_string(), flush=True)
        if given.out:
            table.to_csv(given.out, mode="a", header=not given.out.exists(), index=False)


if __name__ == "__main__":
    main()
