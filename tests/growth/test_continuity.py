"""A number that moves by a little moves the forecast by a little, wherever it stands."""

import numpy as np
import pytest

from forecasting.growth.flow import forecast_flow
from forecasting.vocabulary.periods import year

SIZE = {2023: 100_000.0}
TABLES = {
    "at 90 % of the market": [("equals", "total", 2023, 90_000)],
    "at the market": [("equals", "total", 2023, 99_950)],
    "a first count": [("equals", "total", 2023, 20)],
    "two years": [("equals", "total", 2022, 4000), ("equals", "total", 2023, 8000)],
    "a stock": [("equals", "stock", "2023-12-31/2023-12-31", 10_000)],
    "a bound": [("equals", "total", 2022, 4000), ("at_least", "total", 2023, 5000)],
    "a growth": [("equals", "total", 2022, 4000), ("equals", "yoy_growth_percent", 2023, 85)],
}


def log_medians(table):
    forecast = forecast_flow(table, [year(2023), year(2024)], market_size=SIZE, draws=4000)
    return np.log(forecast.quantiles([0.5]).to_numpy()[:, 0])


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_number_that_moves_by_a_thousandth_moves_no_median_by_much_more(name, facts):
    rows = TABLES[name]
    before = log_medians(facts(*rows))
    for i, (relation, quantity, period, value) in enumerate(rows):
        moved = [*rows]
        moved[i] = (relation, quantity, period, 1.001 * value)
        after = log_medians(facts(*moved).assign(rounding=0.5))
        np.testing.assert_allclose(after, before, atol=0.02, err_msg=name)


@pytest.mark.slow
def test_a_day_more_or_less_at_the_turn_of_the_year_changes_little(facts):
    spans = ("2023-01-01/2023-12-30", "2023-01-01/2023-12-31", "2023-01-01/2024-01-01")
    of_span = [log_medians(facts(("equals", "total", span, 7000))) for span in spans]
    for other in of_span[1:]:
        np.testing.assert_allclose(other, of_span[0], atol=0.05)
    # The median of this year is what was told, to a day
    assert np.exp(of_span[1][0]) == pytest.approx(7000, rel=0.01)


@pytest.mark.parametrize("count", [1, 3, 10])
def test_a_small_count_is_about_that_count(count, facts):
    forecast = forecast_flow(facts(("equals", "total", 2022, count)), [year(2022)], draws=500)
    assert forecast.quantiles([0.5]).iloc[0, 0] == pytest.approx(count, rel=0.02)
