"""Made-up records, whole: their scores, their summaries and how they are read; and what the methods
beside this package forecast of one series. What changed on purpose is stored anew by
``pytest --store`` and read.
"""

import datetime as dt
from itertools import product

import numpy as np
import pandas as pd

from forecasting.evaluation.backtest import REGRESSION, summarise
from forecasting.evaluation.chain_record import lasting_spreads, summarise_chain
from forecasting.evaluation.chargers import BY_DRIFT, CONSTANT_RATIO, summarise_chargers
from forecasting.evaluation.events import WITH_DATE, WITHOUT_DATE, summarise_events
from forecasting.evaluation.part_year import summarise_part_year
from forecasting.evaluation.peers import (
    RULES,
    AnalogueRegression,
    PartYear,
    drift,
    naive,
    rule_of_thumb,
    stock_by_hand,
)
from forecasting.evaluation.quota_record import EVEN_MONTHS, months_used_up, summarise_quotas
from forecasting.evaluation.records import THIS_PACKAGE, Case, results
from forecasting.evaluation.register_record import summarise_registers
from forecasting.evaluation.scores import expected_inside
from forecasting.evaluation.track_record import by_place
from forecasting.reporting.score_words import WORDS_OF_RECORD
from forecasting.vocabulary.errors import EvidenceError

LEVELS = np.array([-1.96, -1.28, -0.67, 0.0, 0.67, 1.28, 1.96])


def table_of(methods, rows):
    """Forecasts that err by chance, each method a little more than the one before."""
    rng = np.random.default_rng(0)
    cases = []
    for row in rows:
        outcome = 1000.0 * np.exp(rng.normal())
        errors = rng.normal(0, 0.2 + 0.1 * np.arange(len(methods)))
        quantiles = outcome * np.exp(errors[:, None] + 0.2 * LEVELS)
        cases.append(Case(row, outcome, dict(zip(methods, quantiles, strict=True))))
    return results([*cases, Case({})], EvidenceError("none"))


def grid(**values):
    return [dict(zip(values, row, strict=True)) for row in product(*values.values())]


def lines_of(name, table, summary):
    text = WORDS_OF_RECORD[name](summary)
    return [f"== {name}", *text.splitlines(), summary.round(4).to_csv(lineterminator="\n")]


def record_rows():
    rng = np.random.default_rng(1)
    for number, (place, own) in enumerate(product(("UZ", "KZ", "KG"), (True, True, False))):
        low, median, high = 100.0 * (number + 1) * np.array([0.5, 1.0, 2.0])
        yield {
            "place": place,
            "measure": "ev_imports",
            "as_of": f"202{number % 4}-06-30",
            "facts": number,
            "period": f"202{number % 4}",
            "low": low,
            "median": median,
            "high": high,
            "outcome": median * np.exp(rng.normal()),
            "inside": number % 3 > 0,
            "score": 0.1 * number,
            "rule_score": 0.2 * number if number else np.nan,
            "own_basis": own,
            "outcome_basis": "kz-register",
        }


def test_records_their_summaries_and_words(same_as_stored):
    ahead = grid(market=["Norway", "China", "Chile"], origin=[2015, 2019], h=[1, 2])
    rows = [
        row | {"scored": row["origin"] + row["h"], "years": 4 + row["h"], "sales": 900.0 * row["h"]}
        | {"share": 0.01 * row["h"]}
        for row in ahead
    ]  # fmt: skip
    panel = table_of([THIS_PACKAGE, REGRESSION, "naive", "drift of log"], rows)
    part_rows = grid(market=["Norway", "China"], year=[2020, 2021], k=[2, 6], h=[0, 1])
    part_rows = [row | {"scored": row["year"] + row["h"]} for row in part_rows]
    months = table_of([THIS_PACKAGE, *RULES], part_rows)
    event_rows = grid(market=["Norway", "China"], months=["last", "three"], scored=[2020, 2021])
    event_rows = [row | {"policy": "tax", "known": row["scored"] > 2020} for row in event_rows]
    events = table_of([WITH_DATE, WITHOUT_DATE], event_rows)
    quotas = table_of([THIS_PACKAGE, EVEN_MONTHS], grid(market=[*"AB"], scored=[2020], k=[2, 6]))
    chargers = table_of([CONSTANT_RATIO, BY_DRIFT], grid(market=[*"ABC"], horizon=[1, 3]))
    chargers.attrs = {"smallest": {"points": 1234.0, "stock": 5678.0}}
    chargers.attrs["faults"] = pd.DataFrame({"fault": ["falls", "falls", "jumps"]})
    chain = pd.DataFrame(grid(what=["stock", "need"], market=[*"ABCDE"]))
    chain["median"] = np.arange(100.0, 200.0, 10.0)
    chain = chain.assign(stands=110.0, in80=chain["median"] < 150)
    chain["ale"] = np.abs(np.log(chain["median"] / chain["stands"]))
    register = pd.DataFrame(
        {"place": [*"AAB"], "score": [0.1, 0.2, 0.4], "all_stays_score": [0.5, 0.5, 0.8]}
    ).assign(last_ratio_score=[0.2, 0.3, 0.3], inside=[True, True, False])
    register.attrs = {"above_one": ["A, 2021"], "left_out": ["B, 2022"]}
    ledger = pd.DataFrame(record_rows())
    ledger.attrs["open"] = 4
    archive = ledger.assign(scenario="uzbekistan-baseline")
    archive.attrs = {"open": 2, "withdrawn": {"a.json": "a mistake"}}
    lines = [
        *lines_of("panel", panel, summarise(panel)),
        *lines_of("monthly", months, summarise_part_year(months)),
        *lines_of("events", events, summarise_events(events)),
        *lines_of("quotas", quotas, summarise_quotas(quotas)),
        *lines_of("chargers", chargers, summarise_chargers(chargers)),
        *lines_of("chain", chain, summarise_chain(chain)),
        *lines_of("registers", register, summarise_registers(register)),
        WORDS_OF_RECORD["ledger"](ledger),
        by_place(ledger).round(4).to_csv(),
        WORDS_OF_RECORD["archive"](archive),
    ]
    same_as_stored("records.txt", lines)


def test_methods_beside_this_package_on_one_series(ten_markets, same_as_stored):
    sales = ten_markets["sales_bev"] + ten_markets["sales_phev"]
    panel = ten_markets.assign(sales=sales, share=ten_markets["sales_share_percent"] / 100)
    history = pd.Series([100.0, 150.0, 320.0, 500.0], index=range(2015, 2019))
    case = PartYear("A", 2023, 4, 1000.0, 500.0, 50.0, None, {})
    counts = [(dt.date(2021, 12, 31), 700.0), (dt.date(2023, 6, 30), 1500.0)]
    forecasts = {"naive": naive(history), "drift": drift(history)}
    forecasts["regression"] = AnalogueRegression(panel).forecast("m0", history, 0.01)
    forecasts["average growth"] = AnalogueRegression(panel, (0,)).forecast("m0", history, np.nan)
    forecasts |= {name: rule_of_thumb(name, case) for name in RULES}
    forecasts["stock"] = {0: stock_by_hand(counts, dt.date(2024, 12, 31))}
    lines = [
        f"{name} {h}: " + " ".join(f"{value:.5g}" for value in quantiles)
        for name, by_horizon in forecasts.items()
        for h, quantiles in by_horizon.items()
    ]
    months = np.array([[10.0, 20.0, 20.0], [1.0, 1.0, 1.0]])
    lines.append(f"used up: {months_used_up(months, 20.0)}")
    errors = pd.DataFrame({"what": "stock", "market": [*"ABCDE"], "error": [-2.0, -1, 0, 1, 2]})
    lines.append(f"lasting: {lasting_spreads(errors.assign(variance=0.1))['stock']:.5g}")
    lines += [f"{count}: {expected_inside(count)}" for count in (0, 1, 5, 20, 100)]
    same_as_stored("methods.txt", lines)
