"""Makes what ships in forecasting/data from what it rests on.

python benches/make_data.py priors PANEL MONTHS    prior_*.json and analogues.csv
python benches/make_data.py practice PANEL         practice.json
python benches/make_data.py chain PANEL            chain_record.csv
python benches/make_data.py record                 track_record.csv
python benches/make_data.py package                datapackage.json
python benches/make_data.py schema                 params.schema.json

PANEL is IEA's Global EV Data table, MONTHS a CSV with the columns market, month and registrations
(or bev): both are under terms of their own, and you bring them. Priors rest on the season and the
effects of policies that ship: make them again until nothing changes. The record is due after a
change of facts or engine, the package after one of the tables of the ledger, the schema after one
of the keys of a params file. With --out FOLDER nothing that ships is replaced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from forecasting.evaluation.chain_record import chain_record, summarise_chain
from forecasting.evaluation.track_record import ledger_record
from forecasting.evidence import policies
from forecasting.evidence.datasets import central_asia, programmes
from forecasting.evidence.rules import FACT_VOCABULARIES, MEANINGS
from forecasting.evidence.sources.iea import IEA, annual_sales, read_iea_panel
from forecasting.growth.prior import ANALOGUES, SHIPPED
from forecasting.panels.charger_panel import COUNTS, charger_panel, estimate_practice
from forecasting.panels.growth_prior import estimate_prior
from forecasting.panels.policy_effects import estimate_policy_effects
from forecasting.parameters.schema import CORRIDORS, Scenario
from forecasting.reading.user_ledgers import read_ledger
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.names import DATA
from forecasting.vocabulary.places import COUNTRIES

CHANGES = DATA / "CHANGES.md"  # of the facts, by version

FEWEST_COMPARED = 200  # sales, of which a share is known to a few percent
# From 1,000 to 32 million vehicles
STOCKS = [round(10 ** (power / 8), -2) for power in range(24, 61)]
FEWEST = 5  # markets that make a band
CC_BY = {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}
FIGURES = {
    "name": "figures-and-short-quotations",
    "title": "Figures and dates, which nobody owns; words are our own or a quotation of at most "
    "fifteen words",
}
IEA_SOURCE = {
    "title": "IEA, Global EV Data Explorer, editions 2025 and 2026 "
    "(with the Global EV Outlook 2025)",
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
    "kind": "of which the programme was: cars, charging, plants or buses",
    "what": "what was to stand",
    "planned": "how many",
    "due": "the day by which",
    "stood": "how many stood when it was counted",
    "counted": "the day of that count",
    "reached": "the day on which, or no later than which, as many stood; empty where none is known",
} | {column: MEANINGS[column] for column in ("source", "url", "quote", "note")}
PROGRAMME_KINDS = ("cars", "charging", "plants", "buses")
REQUIRED = ("id", "measure", "place", "kind", "published", "source", "quote")
NUMBERS = ("value", "rounding", "planned", "stood", *policies.POLICY_NUMBERS)
DATES = ("period_start", "period_end", "start", "end", "due", "counted", "reached")
TYPES = dict.fromkeys(NUMBERS, "number") | dict.fromkeys(DATES, "date")
DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
HIDDEN = ("title", "default", "examples")
POSITIVE = {"type": "number", "exclusiveMinimum": 0}
# What a params file may say more shortly than the model that it is read into.
SAID: dict[str, dict[str, Any]] = {
    "as_of": {"anyOf": [DAY, {"const": "latest"}]},
    "since": DAY,
    "start": DAY,
    "end": DAY,
    "notes": TEXTS,
    "ledger": TEXTS,
    "places": TEXTS,
    "corridor": {"type": "string", "examples": sorted(CORRIDORS)},
    "country": {"type": "string", "examples": [*COUNTRIES]},
    "measure": {"enum": [name for name, measure in MEASURES.items() if measure.kind == "flow"]},
    "market_size": {"anyOf": [POSITIVE, {"type": "object", "additionalProperties": POSITIVE}]},
}


@click.group()
def main() -> None:
    pass


OUT = click.option("--out", type=click.Path(path_type=Path), default=DATA)


@main.command()
@click.argument("panel")
@click.argument("months")
@OUT
def priors(panel: str, months: str, out: Path) -> None:
    table = read_iea_panel(panel)
    registrations = pd.read_csv(months).rename(columns={"bev": "registrations"})
    effects = estimate_policy_effects(registrations)
    wide = annual_sales(table, False)
    drift = estimate_drift(annual_sales(table, True), wide[wide["parts"].str.contains("phev")])
    analogues = []
    for perimeter, name in SHIPPED.items():
        sales = annual_sales(table, perimeter == "battery cars")
        analogues.append(analogue_rows(sales, perimeter))
        prior = estimate_prior(sales, registrations, perimeter=perimeter)
        source = (
            f"{prior.source}; {IEA}; {prior.within_year.source}: national agencies as collected by "
            "Robbie Andrew (CC BY 4.0); python benches/make_data.py priors PANEL MONTHS"
        )
        prior = replace(prior, source=source, basis_drift=drift, policies=effects)
        (out / name).write_text(prior.to_json(), encoding="utf-8")
    pd.concat(analogues).to_csv(out / ANALOGUES, index=False)


@main.command()
@click.argument("panel")
@OUT
def practice(panel: str, out: Path) -> None:
    table = charger_panel(read_iea_panel(panel, COUNTS))
    counted = table.dropna()
    rounded = {
        name: [round(x, 4) for x in value] if isinstance(value, tuple) else round(value, 4)
        for name, value in asdict(estimate_practice(table)).items()
    }
    stored = {
        "source": f"estimated on {counted['market'].nunique()} markets with both fast and slow "
        f"points up to {counted['year'].max()}; {IEA}",
        "command": "python benches/make_data.py practice PANEL",
        "practice": rounded,
        "band": bands(table),
    }
    (out / "practice.json").write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


@main.command()
@click.argument("panel")
@OUT
def chain(panel: str, out: Path) -> None:
    summarise_chain(chain_record(panel)).round(3).to_csv(out / "chain_record.csv")


@main.command()
@OUT
def record(out: Path) -> None:
    ledger_record(central_asia()).round(4).to_csv(out / "track_record.csv", index=False)


@main.command()
@OUT
def package(out: Path) -> None:
    text = json.dumps(data_package(), indent=1, ensure_ascii=False)
    (out / "datapackage.json").write_text(text + "\n", encoding="utf-8")


@main.command()
@OUT
def schema(out: Path) -> None:
    text = json.dumps(editor_schema(), indent=1)
    (out / "params.schema.json").write_text(text + "\n", encoding="utf-8")


def estimate_drift(narrow: pd.DataFrame, wide: pd.DataFrame) -> float:
    """How far two counts of different things drift apart in a year, as a random walk of their log
    ratio.

    Parameters
    ----------
    narrow, wide : DataFrame
        Columns market, year, sales: of what one counts, and of what the other counts, too.

    Returns
    -------
    float
        Spread of a year's change: least squares of the changes' variances on their spans.
    """
    both = narrow.merge(wide, on=["market", "year"], suffixes=("", "_wide"))
    both = both[both["sales"] >= FEWEST_COMPARED]
    both = both.assign(ratio=np.log(both["sales_wide"]) - np.log(both["sales"]))
    table = both.pivot(index="year", columns="market", values="ratio")
    table = table.reindex(range(int(table.index.min()), int(table.index.max()) + 1))
    spans = range(1, 6)  # years over which the ratio's change is looked at
    variances = [float(np.nanvar((table - table.shift(span)).to_numpy())) for span in spans]
    return float(np.sqrt(sum(variances) / sum(spans)))


def analogue_rows(sales: pd.DataFrame, perimeter: str) -> pd.DataFrame:
    """Every market-year whose next year is known, with its growth in the year before and after.

    Parameters
    ----------
    sales : pandas.DataFrame
        What `annual_sales` returns.
    perimeter : str
        What was counted.

    Returns
    -------
    pandas.DataFrame
        market, year, perimeter, sales, share, before and growth (1 where sales doubled), source.
    """
    rows = sales.assign(perimeter=perimeter, source="IEA Global EV Data 2026, CC BY 4.0")
    after = rows.groupby(["market", "parts"])[["year", "sales"]].shift(-1)
    growth = after["sales"] / rows["sales"] - 1
    rows["growth"] = growth.where(after["year"] == rows["year"] + 1).round(3)
    rows["before"] = rows.groupby(["market", "parts"])["growth"].shift()
    columns = ["market", "year", "perimeter", "sales", "share", "before", "growth", "source"]
    return rows.dropna(subset=["share", "growth"])[columns].round({"share": 6})


def bands(table: pd.DataFrame) -> list[list[float]]:
    """Public points of markets at the same stock: rows of stock, quantiles 0.1, 0.5 and 0.9, and
    number of markets.

    Each market counts once, at the year in which its stock was nearest, if that was within a factor
    of 1.5.
    """
    counted = table[(table["points"] > 0) & (table["stock"] > 0)]
    result = []
    for stock in STOCKS:
        off = np.abs(np.log(counted["stock"] / stock))
        neighbour = (
            counted[off < np.log(1.5)].assign(off=off).sort_values("off").drop_duplicates("market")
        )
        if len(neighbour) >= FEWEST:
            ends = np.quantile(neighbour["points"], (0.1, 0.5, 0.9)).round().astype(int)
            result.append([stock, *ends.tolist(), len(neighbour)])
    return result


def data_package() -> dict[str, Any]:
    """The descriptor of the ledger and the tables beside it.

    Returns
    -------
    dict
        As Frictionless Data Package 1.0 has it; ``licence`` and ``use`` of a source are our own.
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
        "version": re.findall(r"^## (\S+)$", CHANGES.read_text("utf-8"), re.MULTILINE)[0],
        "title": "What has been published about electric vehicles in Central Asia",
        "description": "Each row is one statement: a quantity over a period, its source, its date "
        "and its sentence.",
        "licenses": [
            {"name": "MIT", "title": "The compilation, as the package that it comes with"}
        ],
        "sources": [IEA_SOURCE, *(_source(*publisher) for publisher in publishers)],
        "resources": [
            _resource("facts", files, MEANINGS, REQUIRED, FACT_VOCABULARIES),
            _resource(
                "bases", "bases.csv", BASIS_MEANINGS, BASIS_MEANINGS.keys() - {"vehicles"}, {}
            ),
            _resource(
                "policies",
                "policies.csv",
                policies.POLICY_MEANINGS,
                policies.REQUIRED_POLICY_COLUMNS,
                policies.POLICY_VOCABULARIES,
            ),
            _resource(
                "programmes",
                "programmes.csv",
                PROGRAMME_MEANINGS,
                ("id", "kind", "url"),
                {"kind": PROGRAMME_KINDS},
            ),
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
    columns: Mapping[str, str],
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
        for column, meaning in columns.items()
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
            "primaryKey": [next(iter(columns))],
            "missingValues": [""],
        },
    }


def editor_schema() -> dict[str, Any]:
    """The schema of a params file.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12.
    """
    made = Scenario.model_json_schema()
    defs = made["$defs"]
    for schema in (made, *defs.values()):
        paragraph = schema["description"].split("\n\n")[0]
        schema["description"] = " ".join(paragraph.split())
        for name, field in schema["properties"].items():
            usual = {key: value for key, value in field.items() if key not in HIDDEN}
            words = {"description": field["description"]}
            schema["properties"][name] = SAID.get(name, usual) | words
    one = {"type": "number", "description": "one number stands for lowest, likeliest and highest"}
    defs["Range"] = {"anyOf": [one, defs["Range"]]}
    made["oneOf"] = [{"required": ["country"]}, {"required": ["corridor"]}]
    return made | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A params file of ev-forecast",
    }


if __name__ == "__main__":
    main()
