"""Which facts say no more than an earlier one, by the digits in which they are written."""

import math

import pytest

from forecasting.evidence.fact import Fact
from forecasting.evidence.observation import _falling, _repeats, _silence


def fact(
    value: float,
    rounding: float = 0.0,
    relation: str = "equals",
    quantity: str = "total",
    measure: str = "ev_imports",
) -> Fact:
    return Fact(
        id="a",
        measure=measure,
        place="UZ",
        period_start="2024-01-01",
        period_end="2024-12-31",
        relation=relation,
        quantity=quantity,
        value=value,
        reference="b" if math.isnan(value) else "",
        rounding=rounding,
    )


@pytest.mark.parametrize(
    ("later", "earlier", "repeats"),
    [
        (fact(float("2000")), fact(float("2000.0")), True),
        (fact(2000.0, 500), fact(2000.0, 5), True),
        (fact(2000.0, 5), fact(2000.0, 500), False),  # the same number in more digits
        (fact(2000.0, 50), fact(2050.0), True),
        (fact(2000.0, 50), fact(2051.0), False),
        (fact(2000.0), fact(2001.0), False),
        (fact(float("nan")), fact(float("nan")), True),
        (fact(float("nan")), fact(1.0), False),
    ],
)
def test_a_number_that_is_repeated_or_rounded_is_no_new_one(
    later: Fact, earlier: Fact, repeats: bool
) -> None:
    assert _repeats(later, earlier) is repeats


@pytest.mark.parametrize(
    ("quantity", "value", "falls"),
    [
        ("yoy_growth_percent", -3.1, True),
        ("yoy_growth_percent", -3.0, False),  # no more than a register's error
        ("yoy_growth_percent", 5.0, False),
        ("yoy_difference", -500.0, False),  # of how many is not known
    ],
)
def test_a_growth_tells_a_fall_and_a_difference_in_vehicles_does_not(
    quantity: str, value: float, falls: bool
) -> None:
    register = fact(value, quantity=quantity, measure="ev_stock")
    assert [caveat.facts for caveat in _falling([register])] == ([(register,)] if falls else [])


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (fact(float("nan"), relation="greater_than"), "no_other_period"),
        (fact(float("nan")).model_copy(update={"reference": ""}), "nothing_compared"),
        (fact(0.0, relation="at_least"), "every_count"),
        (fact(0.0, relation="at_most"), ""),
        (fact(0.0), ""),
        (fact(0.0, relation="at_least", quantity="yoy_growth_percent"), ""),
    ],
)
def test_a_fact_that_says_nothing_of_the_flow_is_told(statement: Fact, kind: str) -> None:
    caveat = _silence(statement)
    assert (caveat.kind if caveat else "") == kind
