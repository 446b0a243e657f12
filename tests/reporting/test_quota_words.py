"""The sentence and the table on the day on which a quota is used up."""

import re
from dataclasses import replace

import numpy as np
import pytest

import forecasting as fc
from forecasting.evaluation.quota_days import open_quotas
from forecasting.reporting.quota_words import quota_sentence, quota_sentences, quotas_table

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


@pytest.fixture(scope="module")
def kyrgyzstan():
    return fc.outlook("kyrgyzstan-baseline", draws=400)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (2_000, r"The duty-free quota of 2,000 is used up between February and May 2026\."),
        # Of 400 draws the middle one is of one of these months
        (
            15_000,
            r"%, hardly before (May|June), and as likely by (October|November|December) as later",
        ),
        (
            200_000,
            r"200,000 is likely to last: it is used up in 2026 with a probability of (under )?1 %",
        ),
    ],
)
def test_a_sentence_says_when_a_quota_is_used_up(kyrgyzstan, number, sentence):
    (forecast,) = open_quotas(kyrgyzstan)
    other = replace(forecast, quota=replace(forecast.quota, quota=float(number)))
    assert re.search(sentence, quota_sentence(other, "ev_imports"))


def test_the_brief_and_the_table_name_the_open_quota(kyrgyzstan):
    assert "duty-free quota of 15,000" in str(fc.tables.answer(kyrgyzstan))
    table = quotas_table(kyrgyzstan).frame
    (row,) = table.to_dict("records")
    assert (row["quota"], row["from"]) == ("15,000", "2026-01-22")
    assert row["until then"].startswith("15,000")
    assert row["used up"].startswith("2026-")
    assert row["90 %"] == "not in its time"
    caption = quotas_table(kyrgyzstan).caption
    numbers = re.search(
        r"ranges\. (\S+) .*imported in 2026, and (\S+) .*registered, (\S+) ", caption
    )
    imported, registered, unmoved = (float(number.replace(",", "")) for number in numbers.groups())
    assert imported > unmoved >= registered > 0
    (forecast,) = open_quotas(kyrgyzstan)
    assert imported == pytest.approx(forecast.flow.quantiles([0.5])[0.5].iloc[0], rel=0.05)


@pytest.mark.slow
def test_a_quota_of_loans_counts_loans_and_not_cars():
    uzbekistan = fc.outlook("uzbekistan-baseline", draws=400)
    (forecast,) = open_quotas(uzbekistan)
    assert forecast.flow is uzbekistan.baseline_forecast
    sentence = quota_sentence(forecast, uzbekistan.measure)
    assert sentence.startswith("The quota of 15,000 loans is likely to last: it is used up in 2026")
    assert sentence.endswith("It counts loans, which 30 % of the buyers take, a judgement.")
    within_quota, after_quota, _ = forecast.vehicles
    assert np.max(within_quota) == 50_000  # cars, of which 15,000 with a loan
    assert forecast.days.used_up == pytest.approx(np.mean(after_quota > 0), abs=0.02)


def test_a_quota_that_nobody_reaches_is_lifted():
    (sentence,) = quota_sentences(fc.outlook("kyrgyzstan-accelerated", draws=50))
    assert sentence == (
        "This scenario lifts the duty-free quota of 15,000: the 1,000,000 in its place are more "
        "than come."
    )


def test_a_country_without_a_quota_has_no_sentence():
    tajikistan = fc.outlook("tajikistan-baseline", draws=50)
    assert "quota" not in str(fc.tables.answer(tajikistan))
    assert repr(quotas_table(tajikistan)) == "No quota is open."
