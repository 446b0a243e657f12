"""Objects show themselves in a notebook: what draws them stands in `reporting`, fetched when asked
for.

As pandas fetches its plotting backend: by name, so that no room of facts and models depends on
figures.
"""

from __future__ import annotations

import importlib
from typing import Any


def words(caveat: Any) -> str:
    """A caveat in words, as `forecasting.reporting.caveat_words` has them."""
    from forecasting.reporting.caveat_words import words_of

    return words_of(caveat)


def show(what: str, thing: Any, *arguments: Any) -> Any:
    """What `forecasting.reporting.objects` makes of a thing.

    >>> from forecasting.evidence.datasets import central_asia
    >>> show("fact_html", central_asia().get("article-07"))[:6]
    '<table'
    """
    return getattr(importlib.import_module("forecasting.reporting.objects"), what)(
        thing, *arguments
    )
