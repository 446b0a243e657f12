"""How a year's flow falls on its months: what can be counted on fingers."""

from fractions import Fraction

from forecasting.growth.prior import POSITION


def test_a_month_lies_as_many_twelfths_from_the_middle_of_its_year_as_its_middle_does() -> None:
    # Mid-January is five and a half months before the middle of the year, mid-July half of one
    # behind it
    assert POSITION.tolist() == [float(Fraction(2 * month - 11, 24)) for month in range(12)]
    assert (POSITION[0], POSITION[6]) == (-11 / 24, 1 / 24)
