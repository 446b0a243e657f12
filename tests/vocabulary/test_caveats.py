"""A caveat is compared, kept once and kept in files by what it holds, not by its words."""

from forecasting.evidence.fact import Fact
from forecasting.vocabulary.caveats import Caveat, each_once

MORE = Fact(
    id="a",
    measure="vehicle_exports",
    place="horgos",
    period_start="2023-01-01",
    period_end="2023-04-30",
    relation="greater_than",
    reference="vehicle_exports@horgos:2022-01-01/2022-12-31",
)


def test_caveats_are_equal_by_kind_facts_and_values() -> None:
    one = Caveat("disagrees", (MORE,), {"place": "horgos"})
    other = Caveat("disagrees", (MORE.model_copy(),), {"place": "horgos"})
    assert (one, hash(one)) == (other, hash(other))
    assert one != other.with_values(place="baktu")
    assert one != Caveat("new_vintage", (MORE,), {"place": "horgos"})
    assert each_once([one, other, Caveat("only_bounds"), one]) == (one, Caveat("only_bounds"))
