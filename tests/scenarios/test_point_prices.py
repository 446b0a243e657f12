"""What a kWh costs at a point, and what the point earns."""

import numpy as np
import pytest

from forecasting.demand.charging import power_in_use
from forecasting.reporting.charging_tables import business_table
from forecasting.scenarios.outlook import outlook
from forecasting.scenarios.what_if import fast_point_margin, point_prices

pytestmark = pytest.mark.usefixtures("shared_forecasts")


def tariff(quantity, start, size, **more):
    row = {"name": quantity, "kind": "tariff", "quantity": quantity, "start": start, "size": size}
    return row | {"reason": "a test", "source": "judgement"} | more


def test_a_tariff_holds_from_its_day_and_moves_what_a_point_earns():
    drivers = [
        tariff("electricity_price", "2027-07-01", 0.2, end="2029-12-31"),
        # The price of May 2025 that is printed has it already
        tariff("charging_price", "2025-01-01", 5.0),
    ]
    made = outlook("uzbekistan-baseline", drivers=drivers, draws=50)
    usual = outlook("uzbekistan-baseline", draws=50)
    years = [2026, 2027, 2028, 2030]
    prices = point_prices(made, years)
    half = (0.078 + 0.2) / 2
    bought = np.tile([0.078, half, 0.2, 0.078], (50, 1))
    np.testing.assert_allclose(prices["electricity_price"].draws, bought, rtol=0.01)
    np.testing.assert_array_equal(prices["charging_price"].draws, np.full((50, 4), 0.21))
    use = np.full((50, 4), 10.0)
    margins = [fast_point_margin(each, years, use) for each in (made, usual)]
    kwh_sold = power_in_use("destination_dc", years, made.demand.sample) * 8760 * 0.1
    paid_more = kwh_sold / made.demand.sample["charger_efficiency.dc"] * (bought - 0.078)
    np.testing.assert_allclose(margins[1] - margins[0], paid_more, rtol=0.02, atol=1e-6)
    assert not (made.results.values["ev_stock"] != usual.results.values["ev_stock"]).any()


def test_where_no_price_is_printed_the_tariffs_alone_are_known():
    drivers = [
        tariff("electricity_price", "2027-01-01", 0.03),
        tariff("charging_price", "2027-01-01", 0.1),
    ]
    assert point_prices(outlook("turkmenistan-baseline", draws=20), [2028]) == {}
    made = outlook("turkmenistan-baseline", drivers=drivers, draws=20)
    assert [price.median for price in point_prices(made, [2028]).values()] == [0.1, 0.03]
    caption = business_table(made).caption
    assert "Price of charging: 0.1 USD/kWh (Turkmenistan); of its electricity: 0.03" in caption
