"""An outlook as an Excel workbook: summary, results with native charts, assumptions, drivers, facts
with links.

What is text stays text: no cell becomes a formula or a link by its looks. Equal outlooks give equal
bytes.
"""

from pathlib import Path

import pandas as pd

from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import in_order, in_words, label_of
from forecasting.reporting.caveat_words import lines_of, size_words
from forecasting.reporting.labels import ANSWER_WORDS, scenario_title, unit_by_year, unit_words
from forecasting.reporting.result_tables import (
    CHAIN_MEASURES,
    assumptions_table,
    drivers_table,
    headline,
)
from forecasting.scenarios.outlook import Outlook
from forecasting.vocabulary.files import write_asked
from forecasting.vocabulary.measures import CAR, CHARGING_ANSWERS, HEADLINE, MEASURES
from forecasting.vocabulary.sentences import Term, sentence
from forecasting.writers.columns import HIGH, LEVEL_HEADS, LOW, Column, TableForm
from forecasting.writers.messages import FigureForm
from forecasting.writers.sheets import Book

COLOURS = ("#0072B2", "#009E73", "#B3659A")
BAND_LINES = (  # column of the sheet Results, its name, its look
    (6, "median", "solid", 2.5, COLOURS[0]),
    (4, "10 %", "dash", 1.25, COLOURS[0]),
    (8, "90 %", "dash", 1.25, COLOURS[0]),
)
CHANGE_IN_WORKBOOK = (
    "These are values. To change an assumption and see the answers move: "
    "ev-forecast export REPORT --xlsx FILE"
)
CHANGE_IN_PARAMS = (
    "These are values, without yellow cells: vehicles that only pass, or are no cars, are led to "
    "no charging points here. To change something, change the params file and run it again."
)
HEADLINE_TABLE = TableForm(
    [
        Column("measure", form=label_of),
        *map(Column, ("year", "median", LOW, HIGH)),
        Column("unit", "measure", unit_words),
    ]
)
RESULTS_TABLE = TableForm(
    [
        Column("measure", form=label_of),
        Column("unit", "measure", unit_words),
        Column("year"),
        *(Column(head, missing="") for head in LEVEL_HEADS.values()),
    ]
)
FACTS_TABLE = TableForm(
    [
        *map(Column, ("id", "period_start", "period_end")),
        Column("value", missing=""),
        *map(Column, ("statement", "basis")),
        Column("kind", form=lambda kind: str(Term(kind, "kind"))),
        Column("published"),
        Column("source", address="url"),
    ]
)
MEDIANS_AS_OF = "As of {day}: medians, and the ends of the 80 % interval"
RESULTS_TITLE = "Results by year"
ASSUMPTIONS_TITLE = "Assumptions and drivers"
FACTS_TITLE = "Facts"
FACTS_ELSEWHERE = "The facts are in the ledger."
QUESTION_HEADS = ("as of", "horizon", "seed", "market")
MEASURE_CHART = FigureForm("{label}", "{unit}")
ANSWERS_CHART = FigureForm("Charging points at 31 December, medians", "public points")


def is_live(outlook: Outlook) -> bool:
    """Whether an outlook has a chain from cars to chargers that a workbook can hold."""
    measure = MEASURES[outlook.measure]
    return "ev_stock" in outlook.results.values and measure.vehicle in ("", CAR)


def write_workbook(outlook: Outlook, path: str | Path) -> Path:
    """Write one outlook as a workbook.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results, computed or read back from files.
    path : path-like
        The file, ``.xlsx``; an older one is replaced.

    Returns
    -------
    Path
    """
    title = scenario_title(outlook.scenario.parameters())
    book = Book(title, outlook.as_of)
    _summary(book, outlook)
    _results(book, outlook)
    grounds(book, outlook)
    return write_asked(path, book.content())


def _summary(book: Book, outlook: Outlook) -> None:
    title = scenario_title(outlook.scenario.parameters())
    sheet = book.sheet("Summary", title, (44, 10, 14, 14, 14, 12))
    note = book.looks["note"]
    sheet.write_string(1, 0, sentence(MEDIANS_AS_OF, day=outlook.as_of), note)
    entries = headline(outlook.results, outlook.measure, outlook.headline_year)
    row = book.table(sheet, 3, HEADLINE_TABLE.table(entries))
    caveats = lines_of([outlook.age, *outlook.caveats])
    change = CHANGE_IN_WORKBOOK if is_live(outlook) else CHANGE_IN_PARAMS
    notes = [str(Term(note, "note")) for note in outlook.scenario.notes]
    lines = [*caveats, *notes, sentence(change)]
    for at, words in enumerate(lines, start=row + 1):
        sheet.merge_range(at, 0, at, 5, words, note)
        sheet.set_row(at, 15 * (1 + len(words) // 95))


def _results(book: Book, outlook: Outlook) -> None:
    """Every measure by year, and charts: some measures with their intervals, and need, practice and
    standard side by side, never averaged.
    """
    sheet = book.sheet("Results", sentence(RESULTS_TITLE), (40, 14, 8, *[13] * len(LEVEL_HEADS)))
    bands = {
        name: outlook.results.bands(name).loc[outlook.first_year :]
        for name in dict.fromkeys((*CHAIN_MEASURES, outlook.measure))
        if name in outlook.results.values
    }
    wide = pd.concat(bands, names=["measure"]).rename(columns=LEVEL_HEADS).reset_index()
    # The first and the last row of each measure on the sheet
    spans = {
        name: (3 + rows[0], 3 + rows[-1]) for name, rows in wide.groupby("measure").groups.items()
    }
    table = RESULTS_TABLE.table(wide.to_dict("records"))
    book.table(sheet, 2, table, frozen=3)
    charts = [
        (chart_words(name), [(spans[name], *line) for line in BAND_LINES])
        for name in (outlook.measure, *HEADLINE[:2])
        if name in spans
    ]
    answers = [
        (spans[name], 6, ANSWER_WORDS[name], "solid", 2.5, colour)
        for name, colour in zip(CHARGING_ANSWERS, COLOURS, strict=True)
        if name in spans
    ]
    if answers:
        charts.append((ANSWERS_CHART.words(), answers))
    book.charts(sheet, len(table.frame.columns) + 1, 2, charts)


def chart_words(measure: str) -> FigureForm:
    """The words of a chart of a measure by year."""
    return MEASURE_CHART.words(label=label_of(measure), unit=unit_by_year(measure))


def grounds(book: Book, outlook: Outlook) -> None:
    """What the numbers rest on: assumptions and facts.

    Parameters
    ----------
    book : Book
        Gains two sheets.
    outlook : Outlook
        A scenario's results.
    """
    widths = (36, 26, 20, 14, 36, 14, 50, 14, 50, 40)
    sheet = book.sheet("Assumptions", sentence(ASSUMPTIONS_TITLE), widths)
    scenario = outlook.scenario
    question = (outlook.as_of, scenario.horizon, scenario.seed, size_words(outlook.size))
    for row, (key, value) in enumerate(zip(QUESTION_HEADS, question, strict=True), start=2):
        book.cell(sheet, row, 0, str(Term(key, "head")))
        book.cell(sheet, row, 1, value)
    row = book.table(sheet, 3 + len(question), drivers_table(outlook))
    assumed = assumptions_table(outlook, all_of_them=True)
    if len(assumed.frame):
        book.table(sheet, row + 1, assumed)
    sheet = book.sheet("Facts", sentence(FACTS_TITLE), (44, 12, 12, 14, 34, 30, 12, 12, 40))
    if outlook.evidence is None:
        sheet.write_string(2, 0, sentence(FACTS_ELSEWHERE), book.looks["note"])
        return
    facts = in_order(outlook.evidence)
    rows = [
        fact.row() | {"statement": in_words(fact), "basis": basis_name(fact.basis, fact.measure)}
        for fact in facts
    ]
    book.table(sheet, 2, FACTS_TABLE.table(rows), frozen=1)
