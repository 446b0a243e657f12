"""How much of a file, of a page or of a message is read or written, each number once.

They are chosen so that a file of at most 1 MB is read or refused in about 2 s of processor and
300 MB, and one of 50 MB within 20 s and 1 GB; the page on limits lists them.

>>> MAX_FILE_BYTES, MAX_LEDGER_ROWS
(50000000, 100000)
"""

# Of any file
MAX_FILE_BYTES = 50_000_000

# Of a table in text, a ledger or another one; a cell of nothing takes time, too
MAX_LINES = 200_000  # blank ones included
MAX_TEXT_CELLS = 3_000_000  # empty ones included
MAX_COLUMNS = 500
MAX_LEDGER_ROWS = 100_000  # of a ledger in its own columns

# Of one flow: each takes some ten milliseconds of a forecast
MAX_FORECAST_FACTS = 1_000

# Of a table in columns of its own, which is shown, and whose words are looked up
MAX_TABLE_CELLS = 5_000  # with something in them, on all sheets that are read
MAX_GRID_CELLS = 100_000  # empty ones included, of the sheets as far as they reach
MAX_TABLE_TEXTS = 500  # different ones, numbers apart
MAX_TABLE_CHARACTERS = 100_000

# Of a workbook, which is compressed
MAX_UNPACKED_BYTES = 20_000_000  # without pictures
MAX_WORKBOOK_PARTS = 1_000
MAX_CELL_ELEMENTS = 60_000  # of its XML: two or three for each cell
MAX_FURTHER_ELEMENTS = 10_000  # styles, links, rules, names
MAX_RANGE_CELLS = 5_000  # of merged ranges, of links, of comments

# Of a workbook of `export --xlsx`, which holds each draw: more than of another one, by its own size
BOOK_BYTES_A_BYTE = 5  # unpacked, of each byte of the file
BOOK_BYTES_AN_ELEMENT = 2  # of the file, for each XML element
MAX_BOOK_COLUMNS = 1_024
MAX_BOOK_ROWS = 1_048_576  # Excel's own

# Of answers to a table, which have a few hundred bytes
MAX_MAPPING_BYTES = 100_000

# Of a params file, which has a few thousand bytes and some hundred values
MAX_PARAMS_BYTES = 200_000
MAX_PARAMS_VALUES = 5_000
MAX_PARAMS_LEVELS = 16

# Of a text of the press
MAX_SENTENCE_CHARACTERS = 600  # what is longer is cut
MAX_PROPOSALS = 100

# Of an answer of a public source
MAX_PAGE_BYTES = 20_000_000
MAX_PAGE_SECONDS = 120
MAX_WAIT_SECONDS = 60  # that a publisher may ask for

# Of a report that a worker of a cluster sends
MAX_REPORT_FILES = 100
MAX_REPORT_BYTES = 200_000_000

# Of a folder of kept forecasts
MAX_ARCHIVE_FILES = 2_000
MAX_REASON_CHARACTERS = 1_000  # why a forecast is withdrawn

# Of a message
MAX_PROBLEMS = 50
MAX_PROBLEM_CHARACTERS = 300
MAX_MESSAGE_CHARACTERS = 1_000  # of one that is one text
