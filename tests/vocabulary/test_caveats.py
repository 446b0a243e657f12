"""A caveat is compared, kept once and kept in files by what it holds, not by its words."""

from forecasting.vocabulary.caveats import Caveat, each_once


def test_caveats_are_equal_by_kind_facts_and_values(more_exports) -> None:
    one = Caveat("disagrees", (more_exports,), {"place": "horgos"})
    other = Caveat("disagrees", (more_exports.model_copy(),), {"place": "horgos"})
    assert (one, hash(one)) == (other, hash(other))
    assert one != other.with_values(place="baktu")
    assert one != Caveat("new_vintage", (more_exports,), {"place": "horgos"})
    assert each_once([one, other, Caveat("only_bounds"), one]) == (one, Caveat("only_bounds"))
