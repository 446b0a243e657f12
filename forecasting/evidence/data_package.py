"""The ledger as a data package: what its tables hold, who printed it, and on what terms it is
passed on.

``python -m forecasting.evidence.data_package`` writes ``forecasting/data/datapackage.json``, which
any tool that reads Frictionless data packages checks: ``frictionless validate
forecasting/data/datapackage.json``.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from forecasting.evidence import policies
from forecasting.evidence.datasets import programmes
from forecasting.evidence.ledger import read_ledger
from forecasting.evidence.rules import MEANINGS, VOCABULARIES
from forecasting.names import DATA

CC_BY = {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}
FIGURES = {
    "name": "figures-and-short-quotations",
    "title": "Figures and dates, which nobody owns; words are our own or a quotation of at most "
    "fifteen words",
}
IEA = {
    "title": "IEA, Global EV Data Explorer, edition 2025 (with the Global EV Outlook 2025)",
    "path": "https://www.iea.org/data-and-statistics/data-tools/global-ev-data-explorer",
    "licence": CC_BY | {"path": "https://www.iea.org/terms/creative-commons-cc-licenses"},
    "use": "prior, practice of charging and energy of a car are estimated from it; "
    "analogues.csv holds sales, shares and growth that are derived from the edition of 2026",
}
BASIS_MEANINGS = {
    "code": "as in the column basis of the facts",
    "name": "what a reader sees",
    "who": "who counts",
    "counts": "what is counted",
    "vehicles": "which electric ones are counted, as a head of a table names them",
    "perimeter": "bases that count the same things have one perimeter",
    "since": "the first year that was counted",
}
PROGRAMME_MEANINGS = {
    "id": "its name",
    "place": MEANINGS["place"],
    "what": "what was to stand",
    "planned": "how many",
    "due": "the day by which",
    "stood": "how many stood when it was counted",
    "counted": "the day of that count",
    "reached": "the day on which, or no later than which, as many stood; empty where none is known",
} | {column: MEANINGS[column] for column in ("source", "url", "quote", "note")}
REQUIRED = ("id", "measure", "place", "kind", "published", "source", "quote")
NUMBERS = ("value", "rounding", "planned", "stood", *policies.NUMBERS)
DATES = ("period_start", "period_end", "start", "end", "due", "counted", "reached")
TYPES = dict.fromkeys(NUMBERS, "number") | dict.fromkeys(DATES, "date")


def data_package() -> dict[str, Any]:
    """The descriptor of the ledger and the tables beside it.

    Returns
    -------
    dict
        As Frictionless Data Package 1.0 has it; ``licence`` and ``use`` of a source are our own.

    Examples
    --------
    >>> made = data_package()
    >>> [resource["name"] for resource in made["resources"]], made["sources"][0]["licence"]["name"]
    (['facts', 'bases', 'policies', 'programmes'], 'CC-BY-4.0')
    """
    files = [f"ledger/{path.name}" for path in sorted((DATA / "ledger").glob("*.csv"))]
    tables = [
        read_ledger(DATA / "ledger").frame,
        pd.read_csv(DATA / "policies.csv"),
        programmes(),
    ]
    printed = pd.concat(tables)[["source", "url"]].fillna("").sort_values(["source", "url"])
    # Of a publisher's addresses the last one in the alphabet: an empty one comes first
    publishers = printed.drop_duplicates("source", keep="last").itertuples(index=False)
    return {
        "profile": "data-package",
        "name": "central-asia-ev-ledger",
        "title": "What has been published about electric vehicles in Central Asia",
        "description": "Each row is one statement: a quantity over a period, its source, its date "
        "and its sentence.",
        "licenses": [
            {"name": "MIT", "title": "The compilation, as the package that it comes with"}
        ],
        "sources": [IEA, *(_source(*publisher) for publisher in publishers)],
        "resources": [
            _resource("facts", files, MEANINGS, REQUIRED, VOCABULARIES),
            _resource(
                "bases", "bases.csv", BASIS_MEANINGS, BASIS_MEANINGS.keys() - {"vehicles"}, {}
            ),
            _resource(
                "policies",
                "policies.csv",
                policies.POLICY_MEANINGS,
                policies.NEEDED,
                policies.VOCABULARIES,
            ),
            _resource("programmes", "programmes.csv", PROGRAMME_MEANINGS, ("id", "url"), {}),
        ],
    }


def _source(title: str, url: str) -> dict[str, Any]:
    """A publisher, with one address and its terms."""
    licence = CC_BY if title.startswith("World Bank") else FIGURES
    source = {"title": title, "path": url, "licence": licence}
    return {key: value for key, value in source.items() if value}


def _resource(
    name: str,
    path: str | list[str],
    meanings: Mapping[str, str],
    required: Collection[str],
    choices: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """A table: each column, what it holds, of what type, and which words it may have."""
    # Other measures may be declared later
    enums = {column: {"enum": [*words]} for column, words in choices.items() if column != "measure"}
    fields = [
        {
            "name": column,
            "type": TYPES.get(column, "string"),
            "description": meaning,
            "constraints": {"required": column in required} | enums.get(column, {}),
        }
        for column, meaning in meanings.items()
    ]
    return {
        "name": name,
        "path": path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": fields,
            "primaryKey": [next(iter(meanings))],
            "missingValues": [""],
        },
    }


def main() -> None:
    """Write the descriptor beside the tables."""
    text = json.dumps(data_package(), indent=1, ensure_ascii=False)
    (DATA / "datapackage.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
