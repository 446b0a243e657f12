"""The ledger as a data package: what its tables hold, who printed it, and on what terms it is
passed on.

``python -m forecasting.evidence.data_package`` writes ``forecasting/data/datapackage.json``, which
any tool that reads Frictionless data packages checks: ``frictionless validate
forecasting/data/datapackage.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from forecasting.evidence.bases import Basis
from forecasting.evidence.ledger import read_ledger
from forecasting.evidence.policies import (
    DATED_BY,
    NEEDED,
    ORIGINS,
    POLICY_COLUMNS,
    POLICY_KINDS,
    PRICES,
    read_policies,
)
from forecasting.evidence.rules import COLUMNS, KINDS
from forecasting.names import DATA
from forecasting.quantities import QUANTITIES, RELATIONS

CC_BY = {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}
FIGURES = {
    "name": "figures-and-short-quotations",
    "title": "Figures and dates, which nobody owns; words are our own or a quotation of at most fifteen words",
}
IEA = {
    "title": "IEA, Global EV Data Explorer, edition 2025 (with the Global EV Outlook 2025)",
    "path": "https://www.iea.org/data-and-statistics/data-tools/global-ev-data-explorer",
    "licence": CC_BY | {"path": "https://www.iea.org/terms/creative-commons-cc-licenses"},
    "use": "prior, practice of charging and energy of a car are estimated from it; no row of it ships",
}
MEANT = {
    "id": "its name; other facts and drivers refer to it",
    "measure": "what is counted; declared in forecasting/measures.py",
    "place": "where: ISO 3166, a port, or a group of countries",
    "partner": "with whom; World is everybody",
    "product": "of what",
    "basis": "who counts by which definition: a code of the table of bases",
    "period_start": "first day of a flow; empty of a stock",
    "period_end": "last day; a stock stands on it",
    "relation": "how the quantity stands to the value or the reference",
    "quantity": "which quantity of the measure",
    "value": "the number, in the unit",
    "unit": "of the value",
    "rounding": "half-width of the printed digits; empty: half a unit of the last one",
    "reference": "instead of a value, or of what it is a share: another fact's id, or measure@place:start/end",
    "kind": "outcome, estimate and judgement enter a forecast; the others are shown",
    "published": "day, month or year: since when it is known",
    "source": "who printed it",
    "url": "where",
    "quote": "what it printed: our own wording, or at most fifteen words",
    "note": "what a reader must know",
}
POLICY_MEANT = MEANT | {
    "id": "its name; scenarios refer to it",
    "kind": "what changes: a privilege ends or begins, trade is blocked, or a level steps",
    "start": "first day with the change; of what ends, the first day without the privilege",
    "end": "last day of it; of a blocked trade, the day of its release",
    "announced": "day, month or year: since when the start is known",
    "end_announced": "day, month or year: since when the end is known; empty: with the start",
    "measure": "what it moves; declared in forecasting/measures.py",
    "vehicles": "class of vehicle",
    "origin": "where the vehicles are built, where that matters",
    "dated_by": "which day of a purchase decides: delivery (or registration, customs), or order",
    "price_share": "part of a price that the privilege is worth; below 0: a step down",
    "quota": "how many vehicles or stations it is for",
    "amount": "printed worth for one vehicle, in the currency",
    "price": "printed price of which the amount is a part",
    "currency": "ISO 4217",
    "price_of": "which price: average, example, limit of the privilege, or a rate of tax",
}
CHOICES = {"relation": RELATIONS, "quantity": tuple(QUANTITIES), "kind": KINDS}
POLICY_CHOICES = {"kind": POLICY_KINDS, "origin": ORIGINS, "dated_by": DATED_BY, "price_of": PRICES}
REQUIRED = ("id", "measure", "place", "kind", "published", "source", "quote")


def data_package(folder: Path = DATA) -> dict[str, Any]:
    """The descriptor of the ledger in a folder of data.

    Parameters
    ----------
    folder : Path
        With ``ledger/*.csv``, ``bases.csv`` and ``policies.csv``.

    Returns
    -------
    dict
        As Frictionless Data Package 1.0 has it; ``licence`` and ``use`` of a source are our own.

    Examples
    --------
    >>> made = data_package()
    >>> [resource["name"] for resource in made["resources"]], made["sources"][0]["licence"]["name"]
    (['facts', 'bases', 'policies'], 'CC-BY-4.0')
    """
    files = sorted(
        path.relative_to(folder).as_posix() for path in (folder / "ledger").glob("*.csv")
    )
    facts = read_ledger(folder / "ledger").frame
    printed = list(facts[["source", "url"]].itertuples(index=False, name=None))
    policies = read_policies(folder / "policies.csv").values()
    printed += [(policy.source, policy.url) for policy in policies]
    return {
        "profile": "data-package",
        "name": "central-asia-ev-ledger",
        "title": "What has been published about electric vehicles in Central Asia",
        "description": "Each row is one statement: a quantity over a period, its source, its date and its sentence.",
        "licenses": [
            {"name": "MIT", "title": "The compilation, as the package that it comes with"}
        ],
        "sources": [IEA, *_sources(printed)],
        "resources": [
            _resource("facts", files, [_field(name) for name in COLUMNS], "id"),
            _resource(
                "bases",
                "bases.csv",
                [_text(name, True) for name in Basis.__dataclass_fields__],
                "code",
            ),
            _resource(
                "policies", "policies.csv", [_policy_field(name) for name in POLICY_COLUMNS], "id"
            ),
        ],
    }


def _sources(printed: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Every publisher that the rows name, by name, with one address and its terms."""
    # Of a publisher's addresses the last one in the alphabet: an empty one comes first
    for title, url in sorted(dict(sorted(printed)).items()):
        licence = FIGURES
        if title.startswith("World Bank"):
            licence = CC_BY
        yield {"title": title} | ({"path": url} if url else {}) | {"licence": licence}


def _resource(
    name: str, path: str | list[str], fields: list[dict[str, Any]], key: str
) -> dict[str, Any]:
    schema = {"fields": fields, "primaryKey": [key], "missingValues": [""]}
    form = {
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
    }
    return {"name": name, "path": path, **form, "schema": schema}


def _text(name: str, required: bool, **more: object) -> dict[str, Any]:
    return {"name": name, "type": "string", **more, "constraints": {"required": required}}


def _field(name: str) -> dict[str, Any]:
    field = _text(name, name in REQUIRED, description=MEANT[name])
    if name in ("value", "rounding"):
        field["type"] = "number"
    if name in ("period_start", "period_end"):
        field["type"] = "date"
    if name in CHOICES:
        field["constraints"]["enum"] = list(CHOICES[name])
    return field


def _policy_field(name: str) -> dict[str, Any]:
    field = _text(name, name in NEEDED, description=POLICY_MEANT[name])
    if name in ("price_share", "quota", "amount", "price"):
        field["type"] = "number"
    if name in ("start", "end"):
        field["type"] = "date"
    if name in POLICY_CHOICES:
        field["constraints"]["enum"] = list(POLICY_CHOICES[name])
    return field


def main() -> None:
    """Write the descriptor beside the tables."""
    text = json.dumps(data_package(), indent=1, ensure_ascii=False)
    (DATA / "datapackage.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
