"""Names that files, folders and the environment have outside the code, each written once.

A test refuses these names anywhere else in the package: who renames one, or looks for its users,
begins here.

>>> REPORT_PAGE, OUTLOOK_TABLE
('report.html', 'outlook.parquet')
"""

from pathlib import Path

__all__ = [
    "ARCHIVE",
    "ARTICLE_PAGE",
    "ASSETS",
    "COMPARISON_BEFORE",
    "COMPARISON_CSV",
    "COMPARISON_TABLE",
    "COMPARISON_WORKBOOK",
    "DATA",
    "DRAWS_TABLE",
    "FAILURES",
    "FAILURE_RECORD",
    "FETCH_ADDRESS_VARIABLE",
    "INDEX_PAGE",
    "LOCK",
    "LOGS",
    "NOTEBOOKS",
    "OUTLOOK_TABLE",
    "OUTLOOK_WORKBOOK",
    "OUTPUT_VARIABLE",
    "PARAMS",
    "PLOTLY_SCRIPT",
    "REPORT_NOTEBOOK",
    "REPORT_PAGE",
    "RUN_RECORD",
    "RUN_VARIABLE",
    "SHARED_VARIABLE",
    "VARIABLES",
    "WORK",
]

DATA = Path(__file__).parent / "data"  # what ships with the package

# in a working folder, unless the command line says otherwise
PARAMS, NOTEBOOKS = "params", "notebooks"

# in the folder of one report
REPORT_NOTEBOOK, REPORT_PAGE = "report.ipynb", "report.html"
OUTLOOK_TABLE, DRAWS_TABLE, OUTLOOK_WORKBOOK = "outlook.parquet", "draws.parquet", "outlook.xlsx"
RUN_RECORD = "run.json"  # what a report was made from
FAILURE_RECORD = "failure.json"  # in its place where the report could not be made

# in the folder of all reports
ARTICLE_PAGE = "article.html"
INDEX_PAGE = "index.html"
COMPARISON_TABLE, COMPARISON_CSV, COMPARISON_WORKBOOK = (
    "comparison.parquet",
    "comparison.csv",
    "comparison.xlsx",
)
COMPARISON_BEFORE = "comparison_before.parquet"  # as the run before left it
ASSETS, FAILURES, LOGS, WORK = "assets", "failures", "logs", ".work"
PLOTLY_SCRIPT = "plotly.min.js"  # in `ASSETS`, for all pages
ARCHIVE = "archive"  # earlier reports' tables, by day
LOCK = ".lock"

# environment variables
VARIABLES = "EV_FORECAST_"  # what all of the package's own begin with
# Where a notebook stores its results; without it, it stores nothing
OUTPUT_VARIABLE = f"{VARIABLES}OUTPUT"
# Where the processes of a run leave forecasts for each other
SHARED_VARIABLE = f"{VARIABLES}SHARED"
RUN_VARIABLE = f"{VARIABLES}RUN"  # marks the processes of a run, so that none outlives it
FETCH_ADDRESS_VARIABLE = f"{VARIABLES}FETCH_ADDRESS"  # another server for a source of facts
