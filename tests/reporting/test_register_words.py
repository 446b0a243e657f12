"""What a report says of registers, of what stays, and of trade in the mirror."""

import numpy as np
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.reporting.register_words import destinations, mirror_table, register_sentence
from forecasting.scenarios.outlook import outlook

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_no_sentence_without_a_register():
    assert register_sentence(outlook("turkmenistan-baseline", draws=50)) == ""


def test_a_port_says_where_its_cars_go_and_what_stays_there():
    """51,000 of 63,000 went to Central Asia in 2023; a share of them goes on."""
    made = outlook("horgos-baseline", draws=500)
    split, arrivals, *countries = destinations(made).lines
    total = np.median(made.results.values["ev_exports"][:, made.years.index(2025)])
    thousands = f"{round(total * 51 / 63, -3):,.0f} of the {round(total, -3):,.0f} of 2025"
    assert "about 51,000 vehicles went to five Central Asian countries: 81 %" in split
    assert f"by that share {thousands} went there" in split
    assert "Kyrgyzstan 10,000 (1 Jan – 25 Sep 2025); Uzbekistan 40,300 (Jan–Sep 2025)" in arrivals
    came = 15_000 + 10_000 + 40_345
    assert f"at least {100 * came / total:.0f} % of the {round(total, -3):,.0f}" in arrivals
    assert [line.split(" to ")[1][:10] for line in countries] == ["Kazakhstan", "Uzbekistan"]
    assert "the register grew by 4,577: 52 %" in countries[0]


def test_ports_of_which_no_split_is_printed_say_so():
    unknown, *countries = destinations(outlook("ports-baseline", draws=50)).lines
    assert unknown == "It is not known where those go that leave through Horgos."
    of_kyrgyzstan = next(line for line in countries if "came to Kyrgyzstan" in line)
    assert "begin on 1 April 2024, 1 May 2025, 22 January 2026, 1 April 2026" in of_kyrgyzstan
    assert "To Russian Federation went 54,000 cars of every drive" in of_kyrgyzstan


def test_what_left_stands_beside_what_arrived_in_the_period_most_alike() -> None:
    row = mirror_table(central_asia(), "KG").frame.iloc[0]
    assert row.tolist()[:5] == [
        "Vehicles of all types exported",
        "about 57,000 vehicles in Jan–Nov 2023",
        "Cars imported",
        "79,131 vehicles in 2023",
        "1.3",
    ]
    assert "cn-car-exports-2023-01-to-11-customs-kg" in row["facts"]


def test_a_country_without_a_common_period_says_so() -> None:
    assert "Nothing has been printed by both sides." in str(mirror_table(central_asia(), "TM"))
