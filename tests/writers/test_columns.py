"""Columns of a table as they are declared."""

from __future__ import annotations

import pytest

from forecasting.writers.columns import Column, TableForm, rows_beside

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_a_column_looks_as_its_table_declares():
    form = TableForm(
        [
            Column("what"),
            Column("year", look="date"),
            Column("count"),
            Column("proof", look="id"),
            Column("why", look="words"),
        ]
    )
    row = {"what": "5", "year": "2023", "count": "1,000", "proof": "a-1", "why": "so"}
    assert form.table([row])._repr_html_().partition("<tbody>")[2] == (
        '<tr><td class="number">5</td><td class="number">2023</td><td class="amount">1,000</td>'
        '<td class="id"><a class="fact" href="#fact-a-1">a-1</a></td><td class="words">so</td></tr>'
        "</tbody></table>"
    )


def test_columns_of_a_group_stand_under_one_heading_and_lead_to_places_of_their_own():
    form = TableForm([Column("place")]).with_columns(
        Column(name, name, group="Stock", address=f"#grounds-{name}") for name in ("cars", "buses")
    )
    table = form.table(rows_beside("place", {"cars": {"KZ": 9, "UZ": 8}, "buses": {"UZ": 7}}))
    assert table.frame.columns.tolist() == [("place", ""), ("Stock", "cars"), ("Stock", "buses")]
    assert table.frame.to_numpy().tolist() == [["KZ", 9, "–"], ["UZ", 8, 7]]
    assert '<a href="#grounds-buses">7</a>' in table._repr_html_()
