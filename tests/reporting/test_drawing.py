"""How figures are drawn: colours, labels, the house style."""

from __future__ import annotations

import json

import pytest

from forecasting.reporting.figures.drawing import (
    BLUE,
    CHARGING_COLOURS,
    INK,
    SCENARIO_COLOURS,
    Drawing,
    label_heights,
    tint,
)
from forecasting.reporting.html import REPORTING
from forecasting.writers.messages import FigureForm
from forecasting.writers.page import template_text

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_dark_mode_knows_every_colour_that_would_vanish():
    script = template_text("figures.js", REPORTING)
    assert all(
        f'"{colour}"' in script
        for colour in (INK, "#5f6b76", "#e6e9ed", "#ffffff", "#003a5d", BLUE)
    )
    assert tint(BLUE, 0.2).startswith("rgba(0,114,178,")
    assert '"rgba(0,114,178,"' in script


def test_colours_of_scenarios_and_chargers_differ():
    assert len(set(SCENARIO_COLOURS.values())) == len(SCENARIO_COLOURS)
    assert len(set(CHARGING_COLOURS.values())) == len(CHARGING_COLOURS)


def test_a_figure_starts_empty_in_the_house_style():
    chart = Drawing(FigureForm("A", "b"), y="c").figure()
    assert json.loads(chart.to_json())["data"] == []
    assert chart.layout.template.layout.barmode == "overlay"


def test_labels_keep_a_line_between_them():
    assert label_heights([50.0, 10.0, 51.0], {"range": [0, 100]}, 0.1) == [50.0, 10.0, 60.0]
