"""A params file's comments say what the keys and the kinds of drivers mean, and its examples are
right.
"""

from __future__ import annotations

import re
from pathlib import Path

from forecasting.parameters.schema import Scenario, scenario_from_file
from forecasting.parameters.values import DRIVER_KINDS
from forecasting.parameters.writing import KEY_MEANINGS, new_params


def test_every_key_has_a_comment() -> None:
    assert {*Scenario.model_fields} <= KEY_MEANINGS.keys()
    assert all(KEY_MEANINGS.values())
    assert KEY_MEANINGS["probability"] == "That it happens at all"


def test_help_on_a_scenario_says_what_its_keys_mean() -> None:
    assert "\nhorizon\n    Last year of the outlook.\n" in str(Scenario.__doc__)


def test_the_template_lists_the_kinds_of_drivers_that_a_params_file_takes() -> None:
    _, text = new_params("Norway")
    assert re.findall(r"(?m)^#   (\w+): ", text) == [*DRIVER_KINDS]


def test_what_the_template_shows_as_examples_is_taken(tmp_path: Path) -> None:
    name, text = new_params("Norway")
    text = text.replace("drivers: []", "drivers:").replace("assumptions: {}", "assumptions:")
    text = re.sub(r"(?m)^#(  (- |  )?(?=\w+: ))", r"\1", text)
    text = re.sub(r"(?m)^# (market_size|basis|choice): ", r"\1: ", text)
    path = tmp_path / name
    path.write_text(text)
    scenario = scenario_from_file(path)
    assert [driver.name for driver in scenario.drivers] == ["duty-returns", "programme"]
    assert scenario.assumptions["annual_km"].mode == 12_000
    assert scenario.choice is not None
    assert scenario.market_size == {2024: 150_000}
