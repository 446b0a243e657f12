"""Outlooks as they are stored."""

import json
import pickle

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.fact import Fact
from forecasting.reporting.caveat_words import words_of
from forecasting.scenarios.outlook_files import stored_caveat, stored_caveats
from forecasting.vocabulary.caveats import Caveat

MORE = Fact(
    id="a",
    measure="vehicle_exports",
    place="horgos",
    period_start="2023-01-01",
    period_end="2023-04-30",
    relation="greater_than",
    reference="vehicle_exports@horgos:2022-01-01/2022-12-31",
)


def test_a_caveat_comes_back_from_json_with_its_facts_and_its_words() -> None:
    shipped = central_asia().get("article-07")
    for fact in (MORE, shipped):
        caveat = Caveat("disagrees", (fact,), {"place": "UZ"})
        back = stored_caveat(json.loads(json.dumps(caveat.row())))
        assert back == caveat
        assert words_of(back) == words_of(caveat)
    assert words_of(Caveat("disagrees", (MORE,))) == (
        "more than vehicles of all types exported in 2022 in Jan–Apr 2023 disagrees with the other "
        "facts"
    )
    assert pickle.loads(pickle.dumps(caveat)) == caveat


def test_sentences_of_earlier_versions_are_caveats_of_their_own_kind() -> None:
    (old,) = stored_caveats({"warnings": ["In 5 % {of} the draws."]})
    assert (old.kind, words_of(old)) == ("stored", "In 5 % {of} the draws.")
    assert stored_caveats({"caveats": [], "warnings": []}) == []
    assert stored_caveat("") is None
