"""The ends of sliders by hand, without a notebook."""

from types import SimpleNamespace

import pytest

from forecasting.parameters.schema import scenario_from_parameters
from forecasting.parameters.values import Range
from forecasting.reporting.explore import ControlPanel

WIDGETS = SimpleNamespace(
    FloatSlider="one handle", FloatRangeSlider="two handles", Checkbox="box", Text="text"
)
PANEL = SimpleNamespace(widgets=WIDGETS)
GIVEN = {"country": "UZ", "scenario": "test", "as_of": "2026-03-31", "horizon": 2030, "seed": 1}
SIZES = {"level": 1, "growth": 1, "ceiling": 0.5, "price": 0.1, "tariff": 0.2}
QUANTITIES = {"tariff": "charging_price"}


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        (3, 5, (0, 8)),  # one and a half times its width on both sides
        (1, 3, (0, 6)),
        (8, 8, (0, 16)),  # twice a single size
        (15, 18, (10.5, 20)),
        (0, 0, (0, 1)),
    ],
)
def test_a_slider_reaches_beyond_its_size_within_its_limits(low, high, ends):
    size = Range(low=low, mode=high, high=high)
    kind, look = ControlPanel._slider(PANEL, size, size, (0, 20), "")
    assert (look["min"], look["max"]) == ends
    assert look["step"] == pytest.approx((ends[1] - ends[0]) / 200, rel=0.06)
    assert (kind, look["value"]) == (
        ("one handle", high) if low == high else ("two handles", (low, high))
    )


def test_a_slider_reaches_as_far_as_its_value_now():
    size, now = Range(low=3, mode=4, high=5), Range(low=-2, mode=4, high=30)
    _, look = ControlPanel._slider(PANEL, now, size, (0, 20), "")
    assert (look["min"], look["max"], look["value"]) == (-2, 30, (-2, 30))


@pytest.mark.parametrize(
    ("kind", "limits"),
    [
        ("level", (0, 20)),
        ("growth", (0, 20)),
        ("ceiling", (0, 1)),
        ("price", (-0.9, 3)),
        ("tariff", (0, 10)),
    ],
)
def test_a_slider_of_an_event_takes_what_a_params_file_takes(kind, limits):
    row = {"name": "event", "kind": kind, "start": "2027-01-01", "size": SIZES[kind]}
    row |= {"quantity": QUANTITIES.get(kind, "ev_imports"), "reason": "x", "source": "judgement"}
    scenario = scenario_from_parameters(GIVEN | {"drivers": [row]})
    panel = SimpleNamespace(
        widgets=WIDGETS,
        explorer=SimpleNamespace(scenario=scenario),
        added=(),
        _slider=lambda now, size, limits, tooltip: (limits, {}),
    )
    *_, (_, _, given, _) = ControlPanel._driver(panel, scenario.drivers[0])
    assert given == limits
