"""What a reader must know of a result: its kind, the facts that it is about, and its values.

A caveat holds no sentence: `forecasting.reporting.caveat_words` has one wording for each kind. So
one is recognised by its kind, compared, kept in a file, and worded where a reader meets it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from forecasting.showing import Shown, caveat_lines


@dataclass(frozen=True, eq=False, repr=False)
class Caveat(Shown):
    """One thing that a reader must know.

    Parameters
    ----------
    kind : str
        What is the matter, e.g. ``disagrees``; each kind has a wording.
    facts : tuple of Fact
        That it is about.
    values : mapping
        What the wording names besides: codes of places, names of measures, numbers, days as
        text; all as JSON has them.

    Examples
    --------
    >>> values = {"driver": "market-limit", "day": "2026-03-31"}
    >>> caveat = Caveat("driver_unpublished", values=values)
    >>> caveat.kind, caveat.facts
    ('driver_unpublished', ())
    >>> caveat == Caveat("driver_unpublished", values=dict(caveat.values))
    True
    """

    kind: str
    facts: tuple[Any, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.kind}: {caveat_lines([self]).strip()}>"

    def row(self) -> dict[str, Any]:
        """The caveat as JSON holds it: each fact in the columns of a ledger, and the period that it
        is compared with.

        Returns
        -------
        dict
            With kind, facts and values.

        Examples
        --------
        >>> Caveat("only_bounds").row()
        {'kind': 'only_bounds', 'facts': [], 'values': {}}
        """
        facts = [fact.row() | {"other": _days(fact.reference_period)} for fact in self.facts]
        return {"kind": self.kind, "facts": facts, "values": dict(self.values)}

    def with_values(self, **values: Any) -> Caveat:
        """The same caveat with further values, as the place of the forecast that it is of.

        Parameters
        ----------
        **values : str, number or list
            By name.

        Returns
        -------
        Caveat
            Another one.

        Examples
        --------
        >>> dict(Caveat("only_differences").with_values(place="UZ").values)
        {'place': 'UZ'}
        """
        return replace(self, values={**self.values, **values})

    @cached_property
    def _text(self) -> str:
        return json.dumps(self.row(), sort_keys=True)

    def __eq__(self, value: object) -> bool:
        return isinstance(value, Caveat) and self._text == value._text

    def __hash__(self) -> int:
        return hash(self._text)


def _days(period: Any) -> list[str] | None:
    """The first and the last day of a period as text."""
    return period and [str(period.start), str(period.end)]


def each_once(caveats: Iterable[Caveat]) -> tuple[Caveat, ...]:
    """Caveats without those that stand before, in their order.

    Parameters
    ----------
    caveats : iterable of Caveat
        Any.

    Examples
    --------
    >>> len(each_once([Caveat("only_bounds"), Caveat("only_bounds")]))
    1
    """
    return tuple(dict.fromkeys(caveats))
