"""The catalogues of other languages: brings each in line with the English words, and says what a
translator has to do.

    python binder/languages.py           every language that ships whole
    python binder/languages.py uz        a language, which is begun where there is none
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import nbformat
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from forecasting import cli
from forecasting.demand import (
    chain as demand_chain,
    charging,
    counted_stock,
    fleet,
    load,
    service,
    symbols,
)
from forecasting.demand.corridor import TRUCK_ROAD, stretches
from forecasting.demand.parameters import load_parameters, read_table
from forecasting.evidence import fact, reconcile
from forecasting.evidence.bases import shipped_bases
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.policies import shipped_policies
from forecasting.evidence.rules import FACT_KINDS
from forecasting.parameters.schema import Scenario
from forecasting.reading.questions import OF_DAYS, TABLE_QUESTIONS
from forecasting.reporting import (
    answer,
    article,
    caveat_words,
    charging_tables,
    comparison_files,
    explore,
    grounds,
    html,
    labels,
    more_points,
    past,
    quota_words,
    register_words,
    result_tables,
    score_words,
    site,
    workbook,
    workbook_live,
)
from forecasting.reporting.figures import charging_charts, drawing, fan, scenario_contrast
from forecasting.reporting.labels import COUNTED_UNITS, PARAMETERS, SETTING_WORDS
from forecasting.reporting.result_tables import FROM_DAY, FROM_YEAR, QUOTA_UNIT, SIZE_UNITS
from forecasting.reporting.translation import prose_messages
from forecasting.runs.output import result
from forecasting.scenarios import new_country, what_if, workbook_values
from forecasting.scenarios.question import find_scenarios
from forecasting.scenarios.workbook_values import INPUT_HEADS
from forecasting.vocabulary import sentences
from forecasting.vocabulary.catalogues import (
    ENGLISH,
    catalogue_file,
    languages,
    other_places,
    read_catalogue,
)
from forecasting.vocabulary.measures import CHARGING_COUNTS, HEADLINE, MEASURES
from forecasting.vocabulary.names import shipped_folder
from forecasting.vocabulary.places import COUNTRIES, PLACES, PORTS, REGION, place_name
from forecasting.vocabulary.quantities import QUANTITIES, REFERENCE_WORDS, RELATION_WORDS
from forecasting.writers import numbers, page
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.messages import FigureForm

# A message, its plural where it has one, and the context of a name
Entry = tuple[str, str, str]

NOUNS = ("the whole", "the launch", "loans", fact.ANOTHER_NUMBER, fact.NUMBER_OF)
PARTS = (code for code in PLACES if code.partition("-")[0] in COUNTRIES)
SHOWN = (*COUNTRIES, *PORTS, *PARTS, "AZ", "GE", "RU", "CN", "CN-XJ")
CORRIDORS = {"ports": "Xinjiang's ports", "xinjiang": "Xinjiang"}
STUB = "# A stub:"  # at the head of a catalogue that need not be whole
PLACES_OF_POLICIES = (*COUNTRIES, "KZ-75", "CN", "EAEU")
CARS = (
    "electric vehicles", "electric cars", "battery cars", "plug-in hybrids",
    "battery and plug-in cars", "battery and plug-in vehicles", "battery cars, trucks and buses",
)  # fmt: skip
# What a page is made from: messages are their constants, and what stands where it is said
PAGE_MODULES = (
    answer, article, charging_tables, grounds, more_points, past, quota_words,
    register_words, result_tables, charging_charts, drawing, fan, scenario_contrast, site,
)  # fmt: skip
# Steps of the chain that name the columns of a workbook's formulas
LABELLING_MODULES = (demand_chain, charging, counted_stock, fleet, load, service, workbook_values)
SAYING = ("sentence", "linked_sentence")
TEMPLATES = ("report.html.j2", "index.html.j2", "article.html.j2")
NOTEBOOKS = ("country_outlook.ipynb", "corridor_outlook.ipynb")
# Constants that are names, heads or cells, or nothing that is read
NO_MESSAGES = {
    "ONLY_COUNTED_PLACE", "SIZE_UNITS", "POLICY_WORDS", "VEHICLES_OF_QUOTA", "BEFORE_HEAD",
    "AFTER_HEAD", "YEAR_ON_HEAD", "DIFFERENCE", "HOUSE", "FONT", "LESS_A_YEAR", "BOUND_SYMBOLS",
    "USE_WORDS", "IN_ALL", "LOADER", "DIFFERENCE_COUNTS", "FAILED", "EVENTS",
}  # fmt: skip
# Messages of one word
WORDS = (
    grounds.NO_FACT, charging_tables.REACHED, fan.MEDIAN, fan.COUNTED, fan.WITHOUT_POLICIES,
    scenario_contrast.PRINTED, answer.SCENARIOS.caption, site.ALL,
    *(section["title"] for section in site.INDEX_SECTIONS),
)  # fmt: skip
# The words of cells
CELLS = (
    quota_words.NOT_IN_TIME, *FACT_KINDS, *result_tables.POLICY_WORDS.values(),
    *labels.ANSWER_WORDS.values(), *article.USE_WORDS.values(), article.IN_ALL, "yes", "no",
    "one's own", "same agency", "two agencies", "two definitions", "source", "this scenario",
    "in this scenario", "whole year", "anything", "low", "middle", "high", "baseline",
    "accelerated", "constrained", "battery cars", "electric cars", "plug-in hybrids", "a day", "km",
    "with its date", "without", "one multiplier", "All", "limit",
)  # fmt: skip
# Caveats of what `ev-forecast check` reads, which no brief has
OF_FILES = (
    "named_otherwise", "shares_only", "sizes_ahead", "read_by_words", "lines_left_out",
    "several_places", "two_numbers", "parts_of_count", "facts_undated",
)  # fmt: skip
UNITS = (
    "million USD",
    "billion USD",
    "billion CNY",
    "%",
    "percent",
    "index",
    "GWh",
    "MW",
    "factor",
    "share of imports",
    "vehicles per year",
)
PAGE_WORDS = (
    "Figure",
    "Table",
    "SVG",
    "PNG",
    "CSV",
    "Keep as",
    "Copy",
    "link",
    "quote",
    page.CONTENTS,
    "Sources by number",
    html.NOTEBOOK_LINK,
    *html.SCRIPT_WORDS,
)
SAID_IN_TEMPLATE = re.compile(
    r"\{\{ '([^']*)' \| says|\{% filter says.*?%\}(.*?)\{% endfilter %\}", re.DOTALL
)


def _words(value: Any) -> Iterator[str]:
    """The messages of a constant."""
    if isinstance(value, str) and not isinstance(value, sentences.Term):
        yield value
    elif isinstance(value, TableForm):
        yield from (value.caption, value.nothing)
    elif isinstance(value, FigureForm):
        yield from (value.title, value.subtitle, value.source)
    elif isinstance(value, dict | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words(part)


def _of_module(module: Any, *names: str) -> Iterator[str]:
    """The messages of a module's constants: those that are named, or all that read as messages."""
    defined = set(re.findall("^([A-Z_]+) ?[=:]", inspect.getsource(module), re.MULTILINE))
    for name in names or defined - NO_MESSAGES:
        for words in _words(getattr(module, name)):
            if names or re.search("[a-z]+[ }]", words):
                yield words


def _calls(module: Any, *functions: str) -> Iterator[list[list[str]]]:
    """The texts in each place of the calls of some functions."""
    for call in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in functions:
            yield [[*_texts(place)] for place in call.args]


def _texts(place: ast.AST) -> Iterator[str]:
    for part in ast.walk(place):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def counts() -> Iterator[tuple[str, str]]:
    """The messages about a number of things."""
    for module in (*PAGE_MODULES, caveat_words):
        for _, *forms in _calls(module, "plural"):
            if len(forms) == 2:  # else they are given by a name
                yield from zip(*forms, strict=True)


def messages() -> Iterator[str]:
    """Every message that a page may say."""
    for module in PAGE_MODULES:
        yield from _of_module(module)
        for said, *_ in _calls(module, *SAYING):
            yield from (words for words in said if re.search("[ {]", words))
    for kind, words in (caveat_words.CLAUSES | caveat_words.SENTENCES).items():
        if kind not in OF_FILES:
            yield words
    yield from _of_module(caveat_words, "TWO_NUMBERS", "SIZE_COUNTED", "SIZE_JUDGED", "GAPS")
    yield from _of_module(caveat_words, "STATEMENT_WHEN", "COMPARED_WHEN")
    yield from WORDS
    yield from (reconcile.AGAINST, reconcile.ABOVE)
    yield from _of_module(score_words, "CHAIN_SENTENCE", "RECORD_SENTENCE")
    yield from _of_module(
        labels, "SUBJECTS", "TITLE", "MEMO_TITLE", "SCENARIO_TITLE", "MILLIONS", "UNIT_BY_YEAR",
        "BY_ANSWER", "PARAMETER_OF", "SOURCE",
        "COUNTED", "WITHOUT_UNIT", "MEASURED", "DAY", "ON_UNKNOWN_DAY",
        "PUBLISHED_ON", "PUBLISHED_IN_MONTH", "PUBLISHED_IN_YEAR",
    )  # fmt: skip
    yield from _of_module(
        fact, "ON_DAY", "IN_PERIOD", "ONE_YEAR", "ONE_DAY", "ONE_MONTH", "SEVERAL",
        "FROM_DAY_TO_DAY", "MEASURE_WHEN",
    )  # fmt: skip
    yield from _of_module(numbers, "ENDS", "PERCENT", "OVER", "UNDER")
    yield from _of_module(sentences, "AND", "OR", "DAY_IN_DIGITS")
    yield from (name for name, _ in answer.QUESTIONS.values())
    yield from (*RELATION_WORDS.values(), *REFERENCE_WORDS.values())
    yield from (FROM_DAY, FROM_YEAR, QUOTA_UNIT)
    for quantity in QUANTITIES.values():
        yield from filter(None, (quantity.words, quantity.fall))
    yield from messages_of_pages()
    yield from messages_of_workbooks()
    yield from messages_of_explorer()


def messages_of_pages() -> Iterator[str]:
    """The prose of the notebooks, and what the templates of pages say."""
    for name in NOTEBOOKS:
        for cell in nbformat.read(shipped_folder("notebooks") / name, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield from prose_messages(cell.source)
    yield from PAGE_WORDS
    for name in TEMPLATES:
        for parts in SAID_IN_TEMPLATE.findall(page.template_text(name, html.REPORTING)):
            yield " ".join("".join(parts).split())
    yield from messages_of_commands()


def messages_of_workbooks() -> Iterator[str]:
    """What a workbook says beside its tables."""
    yield from _of_module(
        workbook, "MEDIANS_AS_OF", "RESULTS_TITLE", "ASSUMPTIONS_TITLE", "FACTS_TITLE",
        "FACTS_ELSEWHERE", "CHANGE_IN_WORKBOOK", "CHANGE_IN_PARAMS", "MEASURE_CHART",
        "ANSWERS_CHART",
    )  # fmt: skip
    yield from _of_module(
        comparison_files, "ALL_SCENARIOS", "SIDE_BY_SIDE", "HOW_TO_READ", "HOW_TO_CHOOSE",
        "CHOSEN_TOGETHER",
    )  # fmt: skip
    yield from _of_module(
        workbook_live, "READ_ME", "ABOUT_BUSINESS", "ABOUT_BRIEF", "TAKES", "TO_CHECK", "STEP",
        "COLUMN_LABEL", "YOUR_CELL", "CHECK_INPUTS", "CHECKS_TITLE", "HOLDS", "LOOK_HERE",
        "DO_ALL_HOLD", "ALL_HOLD",
        "SEE_CHECKS", "SET_IN", "HOURS_OF_YEAR", "TARGET_LEVER", "TARGET_YEAR_LEVER", "OWN_FLOW",
        "OWN_PRICE", "NO_PRINTED_PRICE",
    )  # fmt: skip
    yield from workbook_live.CHECKS


def names_in_workbooks() -> Iterator[tuple[str, str]]:
    """The heads of a workbook's tables, and the lines of its charts."""
    heads = [*workbook.QUESTION_HEADS, *INPUT_HEADS, *comparison_files.CHOSEN_HEADS]
    modules = (workbook, workbook_live, comparison_files)
    for value in chain.from_iterable(vars(module).values() for module in modules):
        if isinstance(value, TableForm):
            heads += [words for column in value.columns for words in (column.name, column.unit)]
    yield from (("head", words) for words in heads if words)
    for module in LABELLING_MODULES:
        for of_column, *_ in _calls(module, "labelled", "SharedTable"):
            yield from (("column", words) for words in of_column)
    yield from (("column", words) for words in (*symbols.CURVE, "value"))
    yield from ((name.context, str(name)) for name in comparison_files.SUM_NAMES)
    yield from (("measure to choose", measure) for measure in HEADLINE)
    lines = [name for _, name, *_ in (*workbook.BAND_LINES, *workbook_live.ANSWER_LINES)]
    yield from (("line", name) for name in (*lines, *workbook.ANSWER_WORDS.values()))


def messages_of_explorer() -> Iterator[str]:
    """What the explorer says."""
    yield from _of_module(
        explore, "NO_WIDGETS", "SCENARIO_LABEL", "ADD", "MATTERS", "EVENTS", "FACTS_LABEL", "KEEP",
        "FILE_LABEL", "SAVE", "REPLACE", "KNOWN_ON", "NEW_CARS_A_YEAR", "SIZE_OF_FILE",
        "SIZE_OF_LEDGER", "YOUR_TARGET", "TARGET_HINT", "FROM_LABEL", "READS", "READS_ANEW",
        "IS_THERE", "SAVED",
    )  # fmt: skip
    yield explore.WHAT_IF.caption


def names_in_explorer() -> Iterator[tuple[str, str]]:
    """The events that may be added in the explorer, and the levers that every scenario has."""
    for name, reason in what_if.PRESETS.items():
        code = name.lower().replace(" ", "-")
        yield f"event name {code}", str(labels.event_term(code))
        yield f"event {code}", reason["reason"]
    for name in ("a-quota", *what_if.FLOW_LEVERS.values()):
        yield f"event name {name}", str(labels.event_term(name))
    yield from ((f"event {name}", "set by hand") for name in what_if.FLOW_LEVERS.values())
    for column in explore.WHAT_IF.columns:
        yield from (("head", words) for words in (column.name, column.group) if words)


def messages_of_commands() -> Iterator[str]:
    """What the commands answer that say it in another language."""
    yield from _of_module(
        cli, "YOUR_CHOICE", "NOTHING_MORE", "FIRST_QUESTION", "FORECASTS", "NOTE", "REPORT_IS",
        "RUN_AGAIN", "KEPT", "ASKED", "WRITTEN", "SOURCE_OF_FACT", "ASSUMPTION", "TELLS_OF",
        "JUDGED_COUNT",
    )  # fmt: skip
    yield from _of_module(fact, "FACT_IN_LINE")
    yield from _of_module(
        new_country, "FLOW_ASKED", "NEW_CARS_ASKED", "STOCK_ASKED", "NEWEST",
    )  # fmt: skip
    yield TABLE_QUESTIONS["decimal"].asks
    yield from _of_module(reconcile, "AGAINST", "ABOVE", "BOUND_WORDS")
    yield from _of_module(result, "AGE", "NOW", "NO_REASON")
    yield caveat_words.AGE_TODAY
    yield from _of_module(
        score_words, "CLAIM", "PRINTED_NUMBER", "GROWTH_OF_CLAIM", "ORIGIN_OF_CLAIM",
        "CARS_IN_YEAR", "PERCENT_SIGN", "QUOTA_USED_UP_ON", "QUOTA_CLAIM", "NOT_AT_ALL",
        "FACTOR_HEAD", "CONFLICTS_HEAD",
    )  # fmt: skip


def names_in_questions() -> Iterator[tuple[str, str]]:
    """What is asked about a table, and what may be answered."""
    words = [new_country.COUNTRY_ASKED, new_country.SINCE_ASKED, new_country.HORIZON_ASKED]
    words += [new_country.MOST_OFTEN, new_country.OF_THAT_DAY, new_country.NOT_PRINTED]
    for question in TABLE_QUESTIONS.values():
        words += [question.asks, question.explained, *question.choices.values()]
    words.remove(TABLE_QUESTIONS["decimal"].asks)
    yield from (("question", text) for text in (*words, *OF_DAYS.values()) if text)


def names_in_commands() -> Iterator[tuple[str, str]]:
    """The names in what the commands answer."""
    yield from (("bound", words) for words in score_words.BOUND_NAMES.values())
    yield from (("side of interval", words) for words in score_words.SIDES)
    reasons = (reconcile.TWO_AGENCIES, reconcile.TWO_DEFINITIONS, reconcile.SAME_AGENCY)
    yield from (("conflict", words) for words in reasons)
    yield from (("kind", kind) for kind in (*FACT_KINDS, "source"))
    for key in Scenario.model_fields.keys() - past.NOT_COMPARED:
        yield "part of a scenario", key.replace("_", " ")
    yield from (("status", status) for status in ("done", "failed"))


def heads() -> Iterator[str]:
    """What is read above the columns of the tables of a page."""
    for module in PAGE_MODULES:
        for value in vars(module).values():
            columns = value.columns if isinstance(value, TableForm) else [value]
            for column in columns:
                if isinstance(column, Column):
                    yield from filter(None, (column.name, column.unit, column.group))


def names() -> Iterator[tuple[str, str]]:
    """The names that a page shows, each with its context."""
    yield from names_in_tables()
    yield from names_in_params()
    yield from names_in_commands()
    yield from names_in_questions()
    yield from names_in_workbooks()
    yield from names_in_explorer()
    for row in article.article_checked([]):
        for words in (fact.statement_term(row.fact), row.why, row.doubt):
            if words:
                yield words.context, str(words)
    for stated in central_asia():
        if stated.quote and (fact.in_words(stated) == stated.quote or _is_said_beside(stated)):
            yield f"statement {stated.id}", stated.quote
    for code in SHOWN:
        yield f"place {code}", place_name(code)
    yield from ((f"place {code}", words) for code, words in CORRIDORS.items())
    yield "place ports", "Ports"
    for code in (REGION, "World"):
        yield f"place {code}", place_name(code)
    yield f"place {REGION}", sentences.uncapital(place_name(REGION))
    yield "only place horgos", answer.ONLY_COUNTED_PLACE.format(place=place_name("horgos"))
    yield from (("noun", words) for words in (*CARS, *NOUNS))
    yield from (("noun", words) for words in fact.ONE_UNIT)
    for words in SETTING_WORDS.values():
        yield "parameter", words.removeprefix("public, ")
    for ends in (numbers.GROWTH_ENDS, numbers.ENDS_OF_TWO_UNITS):
        yield ends.context, "{low} to {high}"
    yield from ((noun, "vehicles") for noun in fact.NOUNS_OF_VEHICLES.values())
    yield from names_of_sources()
    yield from (("unit", words) for words in (*COUNTED_UNITS, *SIZE_UNITS.values(), *UNITS))
    yield "agency", "Henan Suda Agreement"
    yield from words_of_tables()


def _is_said_beside(stated: fact.Fact) -> bool:
    """Whether a table of charging says a statement beside its numbers."""
    is_part = "-" in stated.place
    points = stated.measure == "charging_points" and is_part
    return points or (stated.measure in CHARGING_COUNTS and stated.kind == "context")


def names_of_sources() -> Iterator[tuple[str, str]]:
    """Who printed what pages show, and whom they cite."""
    shown = [policy for policy in shipped_policies().values() if policy.place in PLACES_OF_POLICIES]
    sources = [row.source for row in (*central_asia(), *shown)]
    sources += [row["source"] for row in read_table("station_costs.csv")]
    for source in sources:
        for words in labels.source_terms(source):
            if words:
                yield words.context, str(words)


def words_of_tables() -> Iterator[tuple[str, str]]:
    """The heads and the words of the tables of a page."""
    yield from (("head", words) for words in heads())
    yield from (("cell", words) for words in CELLS)
    for stretch in stretches(TRUCK_ROAD):
        columns = ("start", "end", "source", "traffic_source")
        yield from (("cell", stretch[column]) for column in columns if stretch[column])
    yield from (("cell", row["what"]) for row in read_table("station_costs.csv"))
    for row in (*read_table("road_vehicles.csv"), *read_table("truck_outlook.csv")):
        yield "cell", row["unit"]
        yield "parameter", PARAMETERS.get(row["quantity"], row["quantity"].replace("_", " "))
        if row["source"] and row.get("vehicle", "truck") == "truck":
            yield "cell", row["source"]


def names_in_tables() -> Iterator[tuple[str, str]]:
    """What the shipped tables name: measures, agencies, classes of vehicles, policies, units."""
    parameters = load_parameters()
    for name, measure in MEASURES.items():
        label = measure.label
        if measure.of_electric_cars:
            label = re.sub("(?i)electric vehicles", "{vehicles}", label)
        yield f"measure {name}", label
    for code, basis in shipped_bases().items():
        yield f"basis {code}", basis.name
        yield f"counts {code}", basis.counts
    parts = {part for row in parameters.rows for part in row.key.split(".")}
    words_of_parts = {part: part.replace("_", " ") for part in parts} | SETTING_WORDS | PARAMETERS
    yield from (("parameter", words) for words in words_of_parts.values())
    for row in parameters.classes:
        yield row.label.context, str(row.label)
    yield from names_of_policies()
    for row in parameters.rows:
        note = labels.note_term(row)
        if note:
            yield note.context, str(note)
    units = {row.unit for row in (*parameters, *MEASURES.values())}
    yield from (("unit", unit) for unit in units if unit)


def names_of_policies() -> Iterator[tuple[str, str]]:
    """The names of policies, and what they say."""
    for policy in shipped_policies().values():
        if policy.place in PLACES_OF_POLICIES:
            for words in (labels.policy_term(policy.id), labels.quote_term(policy)):
                if words:
                    yield words.context, str(words)
            begins = replace(policy, id=policy.beginning_id)
            if policy.kind == "quota" and begins.id not in shipped_policies():
                for words in (labels.policy_term(begins.id), labels.quote_term(begins)):
                    yield words.context, str(words)


def names_in_params() -> Iterator[tuple[str, str]]:
    """What the shipped params files say: scenarios, their events and notes."""
    for scenario in find_scenarios():
        yield "scenario", scenario.scenario
        for driver in scenario.drivers:
            name = labels.event_term(driver.name)
            reason = labels.reason_term(driver)
            yield name.context, str(name)
            yield reason.context, str(reason)
        yield from (("note", note) for note in scenario.notes)


def template(catalogue: Catalog) -> Catalog:
    """Every entry that a language needs: what is said in English, and each name and noun in the
    cases for which the language asks.

    Parameters
    ----------
    catalogue : Catalog
        Of the language.
    """
    wanted = Catalog(
        catalogue.locale,
        project="ev-forecasting",
        creation_date=catalogue.creation_date,
    )
    for message in messages():
        wanted.add(message)
    counted = (
        site.FAILED,
        *(words[:2] for words in result.TIMES_AGO),
        *past.DIFFERENCE_COUNTS.values(),
        score_words.CONFLICTS_COUNTED,
    )
    for count in (*counts(), *counted, cli.FACTS_COUNTED, cli.SCENARIOS_OF_OUT):
        wanted.add(count)
    for context, words in names():
        wanted.add(words, context=context)
    for entry in catalogue:
        kind = (entry.context or "").partition(", ")[0]
        number = entry.id if isinstance(entry.id, str) else entry.id[-1]
        if ", " in (entry.context or "") and wanted.get(number, kind):
            wanted.add(entry.id, context=entry.context)
    return wanted


def is_stub(catalogue: Catalog) -> bool:
    """Whether a catalogue says at its head that it is a stub: what is missing stays in English."""
    return STUB in catalogue.header_comment


def updated(code: str) -> Catalog:
    """The catalogue of a language, in line with the English words: an entry whose words changed is
    fuzzy until a translator has seen it, one that nothing asks for any more is put aside.

    Parameters
    ----------
    code : str
        Of the language.
    """
    catalogue = Catalog(locale=code)
    if catalogue_file(code).is_file():
        catalogue = read_catalogue(catalogue_file(code))
    # Of a stub nothing is old, so that what is like an entry is another sentence
    catalogue.update(
        template(catalogue), no_fuzzy_matching=is_stub(catalogue), update_header_comment=False
    )
    return catalogue


def tasks(catalogue: Catalog) -> Iterator[str]:
    """What a translator has to do, in lines.

    Parameters
    ----------
    catalogue : Catalog
        As `updated` makes it.
    """
    for entry in catalogue:
        if not entry.id:
            continue
        words = [entry.string or ""] if isinstance(entry.id, str) else [*(entry.string or [""])]
        name = f"{entry.context or 'message'}: {entry.id}"
        if not all(words):
            yield f"missing  {name}"
        elif entry.fuzzy:
            yield f"fuzzy  {name}"
        elif other := other_places(entry):
            yield f"other places, {', '.join(sorted(other))}  {name}"


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue: equal entries give equal bytes.

    Parameters
    ----------
    catalogue : Catalog
        Of a language.
    path : Path
        Its file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, omit_header=False, sort_output=True)


def main(codes: list[str]) -> int:
    """Bring catalogues in line; 1 where something is left to do."""
    left = 0
    shipped = [code for code in languages() if code != ENGLISH]
    whole = [code for code in shipped if not is_stub(read_catalogue(catalogue_file(code)))]
    for code in codes or whole:
        catalogue = updated(code)
        write(catalogue, catalogue_file(code))
        lines = [*tasks(catalogue)]
        left += len(lines)
        print("\n".join([*lines, f"{code}: {len(catalogue)} entries, {len(lines)} to do"]))
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
