"""Charts of charging: what is needed and what stands, a road, a day, what matters most."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting.demand.corridor import corridor_plan
from forecasting.reporting import figures
from forecasting.reporting.figures import charging_charts
from forecasting.reporting.figures.charging_charts import PEAKS, spoken_median
from forecasting.vocabulary.errors import InputError

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_the_gap_shows_three_answers_and_what_stands(traces, outlook, ledger):
    chart = figures.charger_gap(outlook)
    assert [trace.name for trace in chart.data if trace.name] == [
        "Need",
        "Practice",
        "Standard",
        "180 points stood, 1 May 2023",
        "60 stations stood, 1 May 2023",
    ]
    (need,) = traces(chart, name="Need")
    assert need.y[0] == pytest.approx(400, rel=1e-3)
    assert list(need.x) == list(range(2023, 2031)) == list(chart.layout.xaxis.tickvals)
    assert [shape.y0 for shape in chart.layout.shapes] == [180.0, 60.0]
    places = [trace.x[0] for trace in traces(chart, hoverinfo="skip") if len(trace.x) == 2]
    assert np.diff(places) == pytest.approx(0.08 * len(need.x))  # as far apart in any years


def test_a_corridor_has_no_charging(outlook):
    corridor = type(outlook)(
        **{name: getattr(outlook, name) for name in outlook.__dataclass_fields__} | {"demand": None}
    )
    with pytest.raises(InputError, match="only a country's outlook has"):
        figures.tornado(corridor)


def test_the_tornado_starts_at_the_median_and_ends_at_its_ends(outlook):
    chart = figures.tornado(outlook)
    low, high = chart.data
    assert list(low.y) == [
        "Kilometres a year<br>6,400 to 7,400",
        "Share of drivers who can charge at home<br>5,300 to 9,500",
    ]
    assert [base + x for base, x in zip(low.base, low.x, strict=True)] == pytest.approx(
        [6380, 9520], rel=1e-2
    )
    assert [base + x for base, x in zip(high.base, high.x, strict=True)] == pytest.approx(
        [7430, 5300], rel=1e-2
    )
    assert chart.layout.yaxis.dtick == 1  # every row has its name, however many there are


@pytest.mark.parametrize(("count", "named"), [(1, 1), (8, 8), (11, 8)])
def test_a_tornado_has_the_eight_assumptions_that_move_most_the_first_at_the_top(
    monkeypatch, outlook, count, named
):
    names = [f"assumption {number}" for number in range(1, count + 1)]
    swings = pd.DataFrame({"input": names, "low": 5000.0, "high": 9000.0})
    monkeypatch.setattr(outlook.demand, "swings_of", lambda _: swings)
    monkeypatch.setattr(charging_charts, "parameter_words", str)
    low, high = figures.tornado(outlook).data
    expected = [f"Assumption {number}<br>5,000 to 9,000" for number in range(named, 0, -1)]
    assert [*low.y] == [*high.y] == expected


def test_a_road_shows_the_middle_case_between_low_and_high():
    plan = corridor_plan("khorgos-almaty-tashkent")
    (bar,) = figures.corridor_chart(plan).data
    first = plan[plan["section"] == "Khorgos-Almaty"].groupby("case")["points"].sum()
    assert bar.y[-1].startswith("Khorgos – Almaty<br>")
    assert bar.x[-1] == first["middle"]
    assert bar.x[-1] + bar.error_x.array[-1] == first["high"]
    assert bar.x[-1] - bar.error_x.arrayminus[-1] == first["low"]


def test_the_load_of_a_day_names_the_peak_of_the_last_year(outlook):
    measure = PEAKS["winter"]
    first, last = (
        spoken_median(outlook.results.bands(measure).iloc[place], measure) for place in (0, -1)
    )
    assert first != last
    assert f"and {last} MW at its peak" in figures.load_chart(outlook).layout.title.text.replace(
        "<br>", " "
    )
