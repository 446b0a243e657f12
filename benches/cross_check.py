"""The posterior against another sampler: the same model, told in numpyro, its own walk of log-odds,
drawn by NUTS.

pip install numpyro (outside the lock), then: python benches/cross_check.py

Facts: a total of last year, a part-year's total and a bound, in a market whose kind is the usual
one. Shocks are Student t outright here, where the package draws their scales; nothing is made
linear. Printed for each period: the quantiles of both samplers, and their distance in units of the
forecast's own log standard deviation. A total that may be wrong has a second mode far off, which
NUTS does not find: beyond it the outermost quantiles differ. Between 0.1 and 0.9 the two were apart
by at most 0.09, but for the quantile 0.1 of the year with a bound: 0.17.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

import forecasting as fc
from forecasting.evidence.ledger import Ledger
from forecasting.growth.common import COMMON_NU
from forecasting.growth.likelihood import Observation, observe
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.prior import RANGE, REFERENCE, Prior
from forecasting.growth.usable import usable_facts
from forecasting.growth.within_year import POSITION

SIZE, FIRST, LAST = 300_000.0, 2022, 2024
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
WARMUP, SAMPLES = 1500, 4000

CASES: Mapping[str, list[tuple[str, str, str, float]]] = {
    "a year and a part-year": [
        ("equals", "2022-01-01", "2022-12-31", 2180),
        ("equals", "2023-01-01", "2023-04-30", 2544),
    ],
    "a year, a part-year and a bound": [
        ("equals", "2022-01-01", "2022-12-31", 2180),
        ("equals", "2023-01-01", "2023-04-30", 1200),
        ("at_least", "2023-01-01", "2023-09-30", 4000),
    ],
}


def usual_prior() -> Prior:
    """The shipped prior with one kind of market, the usual one."""
    shipped, one = Prior.shipped(), ((1.0, 1.0),)
    return replace(
        shipped, within_year=replace(shipped.within_year, own_seasons=one, steadiness=one)
    )


def nuts(prior: Prior, observations: list[Observation], seed: int) -> np.ndarray:
    """Draws of the flow by year, shape (draws, years)."""
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    numpyro.set_host_device_count(2)
    jax.config.update("jax_enable_x64", True)
    path = LatentPath(
        prior,
        FIRST,
        LAST,
        Start(log_size=math.log(SIZE), log_size_sd=1.0),
        {2022: (math.log(SIZE), 0.05)},
    )
    within, years, at = prior.within_year, path.years, path.at_
    shaped = np.r_[at["follows"], at["pattern"], at["noise"], at["tilt"]]
    shape_map = path.shape_map[:, shaped] * np.sqrt(path.kind_variance[0, shaped])
    common_mean, common_map = path.common_effects

    def flows(z: list, size, shape):  # type: ignore[no-untyped-def,type-arg]
        log_totals = size - jnp.logaddexp(0.0, -jnp.stack(z))
        growth = jnp.diff(log_totals)
        before, after = (
            jnp.concatenate([growth[:1], growth]),
            jnp.concatenate([growth, growth[-1:]]),
        )
        slope = within.slope_on_growth * before + within.slope_on_next * after
        tilted = shape.reshape(years, 12) + slope[:, None] * POSITION
        return (jnp.exp(log_totals)[:, None] * jax.nn.softmax(tilted, axis=1)).ravel()

    def model() -> None:
        unit = dist.Normal(0.0, 1.0)
        level = prior.level + prior.level_sd * numpyro.sample("level", unit)
        slope = prior.slope + prior.slope_sd * numpyro.sample("slope", unit)
        market = numpyro.sample(
            "market", dist.InverseGamma(prior.market_nu / 2, prior.market_nu / 2)
        )
        shock = numpyro.sample(
            "shock", dist.StudentT(prior.shock_nu).expand([years - 1])
        ) * jnp.sqrt(market)
        common = common_mean + common_map @ numpyro.sample(
            "common", dist.StudentT(COMMON_NU).expand([years])
        )
        size = path.size_mean + path.size_map[:, at["size"]] @ numpyro.sample(
            "size", unit.expand([years])
        )
        shape = path.shape_mean + shape_map @ numpyro.sample("shape", unit.expand([len(shaped)]))
        past: list = []  # type: ignore[type-arg]  # shocks, the latest first
        z = [path.start.log_odds + path.start.log_odds_sd * numpyro.sample("start", unit)]
        for y in range(1, years):
            centred = jnp.clip(z[-1], *RANGE) - REFERENCE
            scale = prior.shock_sd * jnp.exp(prior.shock_slope * centred)
            past = [scale * shock[y - 1], *past]
            echo = sum(part * before for part, before in zip(prior.echo, past[1:], strict=False))
            z.append(z[-1] + level + slope * centred + common[y] + past[0] + echo)
        monthly = flows(z, size, shape)
        for i, o in enumerate(observations):
            contrast = jnp.log(o.numerator[:-1] @ monthly)
            w, m, s = (np.array(of) for of in (o.noise.weight, o.noise.mean, o.noise.sd))
            density = jax.scipy.stats.norm.logpdf(o.value + m - contrast, scale=s)
            numpyro.factor(f"fact {i}", jax.scipy.special.logsumexp(jnp.log(w) + density))
        numpyro.deterministic("year", monthly.reshape(years, 12).sum(axis=1))

    kernel = numpyro.infer.NUTS(model, target_accept_prob=0.95)
    sampler = numpyro.infer.MCMC(
        kernel, num_warmup=WARMUP, num_samples=SAMPLES, num_chains=2, progress_bar=False
    )
    sampler.run(jax.random.PRNGKey(seed))
    return np.asarray(sampler.get_samples()["year"])


def main() -> None:
    prior = usual_prior()
    for name, rows in CASES.items():
        table = pd.DataFrame(
            rows, columns=["relation", "period_start", "period_end", "value"]
        ).assign(quantity="total")
        told, _ = usable_facts(Ledger.from_frame(table, measure=None, place=None))
        observations = [observe(fact, FIRST, 12 * (LAST - FIRST + 1)) for fact in told]
        theirs = nuts(prior, observations, seed=1)
        asked = [fc.year(y) for y in range(FIRST, LAST + 1)]
        ours = fc.forecast_flow(table, asked, prior, {2022: SIZE}, draws=8000)
        for i, period in enumerate(asked):
            one, other = (
                np.log(np.quantile(theirs[:, i], LEVELS)),
                np.log(ours.quantiles(LEVELS).loc[period.label]),
            )
            apart = np.abs(one - other.to_numpy()) / np.log(theirs[:, i]).std()
            print(f"{name}, {period}: NUTS {np.exp(one).round().astype(int).tolist()}")
            print(
                f"{'':>{len(name) + 2}}here {np.exp(other).round().astype(int).tolist()}, "
                f"apart by {apart.round(2)}"
            )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
