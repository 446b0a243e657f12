"""The shipped ledger, as it is and with one more count."""

import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger


@pytest.fixture(scope="module")
def ledger():
    return central_asia()


@pytest.fixture(scope="session")
def with_count():
    """The shipped ledger with one more count of a part of Uzbekistan."""

    def with_count(measure, part, value, **cells):
        told = central_asia().frame
        row = told[(told["place"] == "UZ-TK") & (told["measure"] == "ev_stock")].iloc[[-1]]
        of_row = {"id": "mine", "measure": measure, "value": value, "place": part}
        of_row |= {"relation": "equals", "quantity": "stock", "rounding": ""}
        mine = row.assign(**(of_row | cells), published="2026-01-02", quote="", reference="")
        return central_asia() + Ledger.from_frame(mine)

    return with_count
