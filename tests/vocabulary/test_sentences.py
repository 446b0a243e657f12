"""A sentence is one message: its places are filled, and what is missing is left out."""

import numpy as np
import pytest

from forecasting.vocabulary.sentences import plural, sentence

FOUND = "{count:,} came[ to {place}][ ({first}, {later})][late?, late]"


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({}, "2,180 came"),
        ({"place": "UZ"}, "2,180 came to UZ"),
        ({"place": "", "late": True}, "2,180 came, late"),
        ({"first": "a", "later": None}, "2,180 came"),
        ({"first": "a", "later": ["b", "c"]}, "2,180 came (a, bc)"),
        ({"place": "[{x}]"}, "2,180 came to [{x}]"),
    ],
)
def test_a_part_of_which_something_is_missing_is_left_out(places, words):
    assert sentence(FOUND, count=2180, **places) == words


def test_a_place_outside_such_a_part_must_be_given():
    with pytest.raises(KeyError, match="count"):
        sentence(FOUND, place="UZ")


def test_a_number_of_numpy_takes_its_form():
    assert sentence(FOUND, count=np.int64(2180)) == "2,180 came"
    assert sentence("{share:.1f} %", share=np.float32(12.25)) == "12.2 %"


def test_a_number_takes_its_form():
    forms = ("{} scenario, {failed} failed", "{:,} scenarios, {failed} failed")
    assert plural(1, *forms, failed=0) == "1 scenario, 0 failed"
    assert plural(1200, *forms, failed=3) == "1,200 scenarios, 3 failed"
