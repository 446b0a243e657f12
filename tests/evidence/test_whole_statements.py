"""A made-up fact of every relation and quantity, whole: its words, its row, and the observation
that it is; and what a ledger of them finds in itself. What changed on purpose is stored anew by
``pytest --store`` and read.
"""

import dataclasses
from itertools import product

from forecasting.evidence.fact import Fact, in_words, related, when_words
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.observation import observed_flow
from forecasting.evidence.reconcile import conflicts, nesting, revisions
from forecasting.vocabulary.quantities import QUANTITIES

RELATIONS = ("equals", "about", "at_least", "at_most", "greater_than", "less_than")
VALUES = {"yoy_growth_percent": 150.0, "yoy_difference": -700.0, "market_share_percent": 2.5}
VALUES |= {"share_percent": 40.0}
PERIODS = (("2023-01-01", "2023-12-31"), ("2023-01-01", "2023-04-30"), ("2023-03-05", "2023-09-14"))
TOLD = {"place": "UZ", "basis": "customs", "kind": "outcome", "published": "2024-01-15"}
TOLD |= {"source": "Daily", "url": "https://example.org/a"}


def fact(name, quantity, relation, period, value, **more):
    measure = "ev_stock" if quantity == "stock" else "ev_imports"
    start = "" if quantity == "stock" else period[0]
    cells = {"id": name, "measure": measure, "quantity": quantity, "relation": relation}
    cells |= {"period_start": start, "period_end": period[1], "value": value}
    return Fact(**TOLD | cells | more)


def made_facts():
    reference = {"reference": "ev_imports@UZ:2023-01-01/2023-12-31"}
    for quantity, relation in product(QUANTITIES, RELATIONS):
        periods = PERIODS if relation in ("equals", "at_least") else PERIODS[:1]
        more = reference if quantity == "share_percent" else {}
        for number, period in enumerate(periods):
            value = VALUES.get(quantity, 1230.0)
            yield fact(f"{quantity}-{relation}-{number}", quantity, relation, period, value, **more)


def short(value):
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, tuple):
        return "(" + " ".join(map(short, value)) + ")"
    return str(value)


def observation_line(observation):
    fields = dataclasses.fields(observation)
    left_out = {"fact", "name", "quantity", "basis", "noise"}
    noise = observation.noise  # of a bound its parts are many steps
    ends = noise if len(noise) < 6 else noise[:2] + noise[-3:]
    return f"{len(noise)} parts of noise {short(ends)}, " + ", ".join(
        f"{field.name} {short(getattr(observation, field.name))}"
        for field in fields
        if field.name not in left_out
    )


def test_words_and_observations_of_every_kind_of_statement(same_as_stored):
    lines = []
    for one in made_facts():
        lines.append(f"{one.id}: {in_words(one)} {when_words(one.period)} | {one}")
    flow = observed_flow(Ledger(list(made_facts())), size_known=True)
    lines += [f"{o.name}: {observation_line(o)}" for o in flow.observations]
    lines += map(repr, flow.caveats)
    lines += [related(relation, "5", "vehicles") for relation in RELATIONS]
    same_as_stored("statements.txt", lines)


def test_what_a_ledger_finds_in_itself(same_as_stored):
    year, half, quarter = ("2023-01-01", "2023-12-31"), ("2023-01-01", "2023-06-30"), ()
    quarter = ("2023-01-01", "2023-03-31")
    other = {"basis": "statistics agency"}
    facts = [
        fact("year", "total", "equals", year, 1000.0),
        fact("half", "total", "equals", half, 600.0),
        fact("rest", "total", "equals", ("2023-07-01", "2023-12-31"), 300.0),
        fact("more", "total", "greater_than", quarter, 700.0),
        fact("about", "total", "about", year, 1400.0, **other),
        fact("revised", "total", "equals", year, 1100.0, published="2024-06-01"),
        fact("china", "total", "equals", half, 650.0, partner="China"),
        fact("before", "total", "equals", ("2022-01-01", "2022-06-30"), 200.0),
        fact("growth", "yoy_growth_percent", "equals", half, 100.0),
        fact("share", "share_percent", "equals", half, 30.0, partner="China",
             reference="ev_imports@UZ:2023-01-01/2023-06-30"),
    ]  # fmt: skip
    ledger = Ledger(facts)
    lines = []
    for find in (conflicts, revisions, nesting):
        table = find(ledger)
        lines += [f"== {find.__name__}: {', '.join(map(str, table.columns))}"]
        lines += [" | ".join(map(short, row)) for row in table.itertuples(index=False)]
    same_as_stored("found.txt", lines)
