"""Names that files, folders and the environment have outside the code, each written once.

A test refuses these names anywhere else in the package: who renames one, or looks for its users,
begins here.

>>> REPORT_PAGE, OUTLOOK_TABLE
('report.html', 'outlook.parquet')
"""

import sysconfig
from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).parents[1]
DATA = PACKAGE / "data"  # what ships with the package

# of what runs the cells of a notebook
EngineName = Literal["fork", "kernel"]

# in a working folder, unless the command line says otherwise
PARAMS = "params"
REPORTS = "reports"
NOTEBOOKS = "notebooks"
# what ships to begin with, beside params files and notebooks
EXAMPLES = "examples"

# in the folder of one report
REPORT_NOTEBOOK = "report.ipynb"
REPORT_PAGE = "report.html"
OTHER_NOTEBOOKS = "report.*.ipynb"  # in other languages, such as report.ru.ipynb
OUTLOOK_TABLE = "outlook.parquet"
DRAWS_TABLE = "draws.parquet"
FLOW_DRAWS = "flow.npz"
OUTLOOK_WORKBOOK = "outlook.xlsx"
RUN_RECORD = "run.json"  # what a report was made from
FAILURE_RECORD = "failure.json"  # in its place where the report could not be made

# in the folder of all reports
ARTICLE_PAGE = "article.html"
INDEX_PAGE = "index.html"
COMPARISON_TABLE = "comparison.parquet"
COMPARISON_CSV = "comparison.csv"
COMPARISON_WORKBOOK = "comparison.xlsx"
ASSETS = "assets"
FAILURES = "failures"
LOGS = "logs"
WORK = ".work"
SCRATCH = ".scratch"  # in the folder of a run's work: temporary files of its processes
PLOTLY_SCRIPT = "plotly.min.js"  # in `ASSETS`, for all pages
ARCHIVE = "archive"  # earlier reports' tables, by day
LOCK = ".lock"

# in the folder of a record of forecasts
CHAIN_LIST = "SHA256SUMS"  # the files in their order
WITHDRAWALS = "withdrawals.csv"
CHAIN_ASIDE = "set-aside"  # files that do not follow from the others

# environment variables
VARIABLES = "EV_FORECAST_"  # what all of the package's own begin with
# Where a notebook stores its results; without it, it stores nothing
OUTPUT_VARIABLE = f"{VARIABLES}OUTPUT"
# Where the processes of a run leave forecasts for each other
SHARED_VARIABLE = f"{VARIABLES}SHARED"
# Where this user's notebooks and runs leave forecasts for the next notebook; nothing: nowhere
CACHE_VARIABLE = f"{VARIABLES}CACHE"
CACHE = "ev-forecasting"  # else, in the user's folder of caches
RUN_VARIABLE = f"{VARIABLES}RUN"  # marks the processes of a run, so that none outlives it
FETCH_ADDRESS_VARIABLE = f"{VARIABLES}FETCH_ADDRESS"  # another server for a source of facts


def shipped_folder(name: str) -> Path:
    """Where the package keeps its own params files, notebooks or examples.

    In a checkout they stand beside the package; pip puts them where it puts data.

    >>> shipped_folder("params").name
    'params'
    """
    checkout = PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    installed = [
        checkout,  # as `pip install --target` does
        Path(sysconfig.get_path("data")),
        Path(sysconfig.get_path("data", sysconfig.get_preferred_scheme("user"))),
    ]
    folders = [root / "share" / "ev-forecasting" / name for root in installed]
    return next((folder for folder in folders if folder.is_dir()), folders[1])
