"""Outlooks as they are stored."""

import json
import pickle

from forecasting.evidence.datasets import central_asia
from forecasting.reporting.caveat_words import words_of
from forecasting.scenarios.outlook_files import stored_caveat, stored_caveats
from forecasting.vocabulary.caveats import Caveat


def test_a_caveat_comes_back_from_json_with_its_facts_and_its_words(more_exports) -> None:
    shipped = central_asia().get("article-07")
    for fact in (more_exports, shipped):
        caveat = Caveat("disagrees", (fact,), {"place": "UZ"})
        back = stored_caveat(json.loads(json.dumps(caveat.row())))
        assert back == caveat
        assert words_of(back) == words_of(caveat)
    assert words_of(Caveat("disagrees", (more_exports,))) == (
        "more than vehicles of all types exported in 2022 in Jan–Apr 2023 disagrees with the other "
        "facts"
    )
    assert pickle.loads(pickle.dumps(caveat)) == caveat


def test_sentences_of_earlier_versions_are_caveats_of_their_own_kind() -> None:
    (old,) = stored_caveats({"warnings": ["In 5 % {of} the draws."]})
    assert (old.kind, words_of(old)) == ("stored", "In 5 % {of} the draws.")
    assert stored_caveats({"caveats": [], "warnings": []}) == []
    assert stored_caveat("") is None
