"""The summary of a fitted growth curve in statsmodels' own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecasting.curves.results import GrowthResults

__all__ = ["growth_summary"]


def growth_summary(results: GrowthResults, alpha: float = 0.05) -> Any:
    """Text, HTML and LaTeX through ``statsmodels.iolib.summary.Summary``."""
    from statsmodels.iolib.summary import Summary
    from statsmodels.iolib.table import SimpleTable
    from statsmodels.iolib.tableformatting import fmt_2cols, fmt_params

    summary = Summary()
    table, right = (
        SimpleTable(
            [[value] for _, value in cells], stubs=[name for name, _ in cells], txt_fmt=fmt_2cols
        )
        for cells in (_left(results), _right(results))
    )
    table.title = "Growth curve results"
    table.extend_right(right)
    summary.tables.append(table)
    interval = results.conf_int(alpha)
    body = [
        [
            _number(results.params[name]),
            _number(results.bse[name]),
            *(_number(bound) for bound in interval.loc[name]),
        ]
        for name in results.params.index
    ]
    headers = ["estimate", "std err", f"[{alpha / 2:g}", f"{1 - alpha / 2:g}]"]
    summary.tables.append(
        SimpleTable(body, headers, list(results.params.index), txt_fmt=fmt_params)
    )
    summary.add_extra_txt(_lines(results, interval["lower"], interval["upper"]))
    return summary


def _left(results: GrowthResults) -> list[tuple[str, str]]:
    model = results.model
    return [
        ("Dep. Variable:", model.endog_names),
        (
            "Curve:",
            results.curve if model.curve != "auto" else f"auto, most weight: {results.curve}",
        ),
        ("Formula:", results.formula),
        ("Kind:", model.kind),
        ("Errors:", model.errors.replace("_", " ")),
        ("Sample:", f"{model.index[0]} - {model.index[-1]}"),
    ]


def _right(results: GrowthResults) -> list[tuple[str, str]]:
    return [
        ("No. Observations:", str(results.nobs)),
        ("Log Likelihood:", f"{results.llf:.3f}"),
        ("AIC:", f"{results.aic:.3f}"),
        ("BIC:", f"{results.bic:.3f}"),
        ("Sum of Squares:", _number(results.sse)),
        ("Scatter:", _number(results.scatter)),
    ]


def _number(value: float) -> str:
    return f"{value:.5g}"


def _lines(results: GrowthResults, low: Any, high: Any) -> list[str]:
    lines = [
        "Intervals are posterior quantiles under scale-free priors and "
        f"{results.model.noise.label} scatter; standard errors are asymptotic."
    ]
    if len(results.weights) > 1:
        weights = ", ".join(f"{name} {weight:.2f}" for name, weight in results.weights.items())
        lines.append(f"Forecasts average the curves with weights {weights}.")
    outside = [
        name for name in results.params.index if not low[name] <= results.params[name] <= high[name]
    ]
    if outside and results.model.errors == "least_squares":
        lines.append(
            f"Outside their intervals: {', '.join(outside)}. Least squares weigh the large observations, the posterior"
            " all in proportion; conf_int(method='profile') rests on least squares alone."
        )
    if results.from_prior:
        lines.append(
            "The data do not tell the parameters: estimates are the centre of the posterior, not a minimum."
        )
    if results.has_ceiling:
        kept = results.prior_share
        least, middle, most = results.reached.loc[["lower", "median", "upper"]]
        lines.append(
            f"Share of the ceiling reached at the last observation: {middle:.0%}, 90 % interval"
            f" {least:.0%} - {most:.0%}. {kept:.0%} of its prior variance remains: so much of the ceiling is the"
            " prior's."
        )
    return lines
