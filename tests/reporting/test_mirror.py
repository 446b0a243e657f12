"""Trade in the mirror."""

from forecasting.evidence.datasets import central_asia
from forecasting.reporting.mirror import mirror_table


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
