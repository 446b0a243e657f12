"""Tables and notes as a page shows them."""

from __future__ import annotations

import pandas as pd
import pytest

from forecasting.writers.display import BulletList, Table

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_only_the_web_is_linked():
    frame = pd.DataFrame({"source": ["a", "b"]})
    page = Table(
        frame, links={"source": ["javascript:alert(1)", "https://x.org/?a=1&b='2'"]}
    )._repr_html_()
    assert "javascript" not in page
    assert 'href="https://x.org/?a=1&amp;b=&#x27;2&#x27;"' in page


def test_tables_and_notes_escape():
    assert "<b>" not in Table(pd.DataFrame({"<b>": ["<i>"]}), caption="<u>")._repr_html_().replace(
        "<td><", "<td>"
    )
    assert (
        BulletList(["<script>"])._repr_html_()
        == '<ul class="fc-caveats"><li>&lt;script&gt;</li></ul>'
    )


def test_an_empty_table_says_so():
    empty = Table(pd.DataFrame(columns=["a"]))
    assert repr(empty) == "None."
    assert empty._repr_html_() == '<p class="fc-none">None.</p>'
