"""Words of a figure, and messages whose places lead somewhere."""

from forecasting.writers.display import Link
from forecasting.writers.messages import FigureForm, figure_words, linked_sentence


def test_a_place_that_is_missing_leaves_its_part_out_and_a_link_stays_one():
    count, rumour = Link("2,180", "#fact-a"), Link("3,000", "#fact-b")
    message = "{count} came[, or {rumour}]."
    assert linked_sentence(message, count=count) == [count, " came."]
    both = linked_sentence(message, count=count, rumour=rumour)
    assert both == [count, " came, or ", rumour, "."]


def test_the_words_of_a_figure_come_back_from_its_layout_without_markup():
    layout = {"title": {"text": "<b>1,000</b><br>in 2030", "subtitle": {"text": "R&amp;D"}}}
    words, alternative = figure_words(layout)
    assert words == FigureForm("1,000 in 2030", "R&D")
    assert alternative == words.caption == "1,000 in 2030: R&D"
    assert figure_words(layout | {"meta": {"alt": "A line"}})[1] == "A line"
    assert figure_words({})[0].caption == "Figure"
