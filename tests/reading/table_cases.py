"""Tables of a few lines, and how the tests of this folder read them."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl

from forecasting.reading.answers import answers_in
from forecasting.reading.cell_files import sheets_of
from forecasting.reading.cells import UserFile
from forecasting.reading.dialogue import proposal_of_table
from forecasting.reading.user_table import UserTable

TABLES = Path(__file__).parent / "tables"
MONTHS = "Month,Petrol,Electric\n2025-01,10,3\n2025-02,11,4\n"
MATRIX = "Month,2023,2024\nJanuary,1,2\nFebruary,3,5\nTotal,4,7\n"
LONG = "Year,Fuel,Cars\n2023,Petrol,900\n2023,Electric,40\n2024,Petrol,800\n2024,Electric,70\n"


def read(text, answers, name="own.csv"):
    """The facts of a table by answers, as value by period; or its problems."""
    data = text if isinstance(text, bytes) else text.encode()
    made = UserTable(UserFile(name, data)).read(answers_in(answers))
    if made.problems:
        return "; ".join(map(str, made.problems))
    return {str(fact.period): fact.value for fact in made.facts}


def proposed(text, name="own.csv"):
    """What the words of a table propose: its series, and what is open."""
    data = text if isinstance(text, bytes) else text.encode()
    proposal = proposal_of_table(UserTable(UserFile(name, data)))
    return [series.counts for series in proposal.answers.read], "; ".join(proposal.doubts)


def workbook(rows, change=None):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def one(measure, lines, **keys):
    rest = "".join(f"    {key}: {value}\n" for key, value in keys.items())
    return f"read:\n  - counts: {measure}\n    {lines}\n{rest}"


def cells_of(name: str, data: bytes) -> int:
    """How many cells are read."""
    return sum(len(sheet.cells) for sheet in sheets_of(UserFile(name, data)).sheets)
