"""A notebook shows an object as a table or a figure, which stand in `forecasting.reporting`.

No room of facts and models imports reporting: this module alone does, for `plot()` and
`_repr_html_`, when something is shown.
"""

from collections.abc import Sequence
from typing import Any


class Shown:
    """What a notebook shows as a table; `forecasting.reporting.objects` has one for each class.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> "<table" in central_asia().get("article-07")._repr_html_()
    True
    """

    def _repr_html_(self) -> str:
        from forecasting.reporting.objects import html_of

        return html_of(self)


def caveat_lines(caveats: Sequence[Any]) -> str:
    """What a reader must know, a line each below what an object says of itself."""
    if not caveats:
        return ""
    from forecasting.reporting.objects import caveat_text

    return caveat_text(caveats)


def chart(thing: Any, *options: Any) -> Any:
    """The figure of a forecast, an outlook or a fitted curve, as a plotly figure."""
    from forecasting.reporting.objects import chart_of

    return chart_of(thing, *options)
