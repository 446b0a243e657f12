"""Which column of words tells the rows of one period apart."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from forecasting.reading import candidates

KINDS = [f"kind {number}" for number in range(20)]


@pytest.mark.parametrize(
    ("texts", "column"),
    [
        (["a", "a", "a"], None),
        (["a", "b", "c"], None),
        (["a", "b", "b"], 1),
        (["a", "", ""], None),
        ([*KINDS[:12], "kind 1"], 1),
        ([*KINDS[:13], "kind 1"], None),
        (KINDS[:13] + ["kind 1"] * 13, 1),
        (KINDS[:13] + ["kind 1"] * 12, None),
    ],
)
def test_kinds_are_some_and_fewer_than_rows(
    monkeypatch: pytest.MonkeyPatch, texts: list[str], column: int | None
) -> None:
    """At most twelve, or half as many as rows."""
    monkeypatch.setattr(candidates, "place_column", lambda _: 0)
    shape = SimpleNamespace(
        numbers={(0, 3): SimpleNamespace(labels={0, 1, 2})},
        period_columns={2},
        lines=lambda axis: range(len(texts)),
        label=lambda row, _: texts[row],
    )
    assert candidates._kind_column(shape) == column
