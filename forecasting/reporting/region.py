"""The region on the index: its total from joint draws, and the five countries beside each other as
small charts.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from forecasting.errors import InputError
from forecasting.evidence.places import COUNTRIES, place_name
from forecasting.evidence.places import REGION as FIVE
from forecasting.measures import CHARGING_ANSWERS, HEADLINE
from forecasting.names import DRAWS_TABLE
from forecasting.reporting.answer import median_and_ends
from forecasting.reporting.display import Table
from forecasting.reporting.html import figure_html
from forecasting.reporting.result_tables import measures_by_year
from forecasting.scenarios.joint_draws import Results, region_places, region_total
from forecasting.scenarios.outlook_files import load_draws

REGION = ("ev_registrations", *HEADLINE)
DRAWN = "ev_stock"
ASKED = CHARGING_ANSWERS[:2]  # the third is a rule, which says nothing of a region
SCENARIO = "baseline"


def region_of(out: Path, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The sum of the countries' baselines, draw by draw, in words, and small charts of the sum and
    of each country.

    Parameters
    ----------
    out : Path
        The folder of the reports, each with its ``draws.parquet``.
    runs : sequence of mapping
        name, country, scenario and written of each report.

    Returns
    -------
    dict or None
        title, sentence, table and figures; None where fewer than two countries have a baseline, or their
        draws are not joint.
    """
    mine = [
        run
        for run in runs
        if run["country"] in COUNTRIES and run["scenario"] == SCENARIO and run["written"]
    ]
    paths = [out / run["name"] / DRAWS_TABLE for run in mine]
    # Other seeds, other worlds
    if len({run["seed"] for run in mine}) > 1:
        return None
    try:
        total, parts = _joint([path for path in paths if path.is_file() and path.stat().st_size])
    except InputError:  # the numbers of draws differ, or a file cannot be read
        return None
    if len(parts) < 2:
        return None
    names = [place_name(code) for code in parts]
    title = f"{', '.join(names[:-1])} and {names[-1]} together"
    if total.country == FIVE:
        title = "The five countries together"
    known = [measure for measure in REGION if measure in total.values]
    figures = [
        figure_html(json.loads(chart), f"region-{number}")
        for number, chart in enumerate(_charts(total, parts))
    ]
    return {
        "title": title,
        "sentence": _sentence(total),
        "table": Table(
            measures_by_year(total, known, total.years[:1] + total.years[-1:], "Together")
        ),
        "figures": figures,
    }


def _joint(paths: Sequence[Path]) -> tuple[Results, dict[str, Results]]:
    """The sum of the countries whose draws lie there, and each of those that are in it."""
    read = []
    for path in paths:
        with contextlib.suppress(InputError):  # of shares alone, or damaged: named by its absence
            read.append(load_draws(path, REGION)[0])
    total = region_total(read, SCENARIO)
    return total, {part.country: part for part in read if part.country in region_places(total)}


def _sentence(total: Results) -> str:
    """The vehicles and the charging points at the horizon, each with its interval."""
    last = total.years[-1]
    median, ends = median_and_ends(total, DRAWN, last)
    vehicles = f"{median} electric vehicles on the road at the end of {last} (80 % interval {ends})"
    if not set(ASKED) <= set(total.values):
        return f"{vehicles}."
    need, practice = ("{} ({})".format(*median_and_ends(total, name, last)) for name in ASKED)
    return (
        f"{vehicles}: they need {need} public charging points, and markets with such fleets have "
        f"built {practice}."
    )


def _charts(total: Results, parts: Mapping[str, Results]) -> Iterator[str]:
    from forecasting.reporting.figures.scenario_contrast import small_fan

    yield small_fan(total.bands(DRAWN), DRAWN, "Together").to_json()
    for code in sorted(parts, key=place_name):
        yield small_fan(parts[code].bands(DRAWN), DRAWN, place_name(code)).to_json()
