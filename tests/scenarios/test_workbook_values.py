"""The checksums by which a workbook that comes back shows what was changed, reckoned by hand."""

import zlib
from functools import reduce
from operator import xor

import numpy as np

from forecasting.scenarios.workbook_values import _marks


def test_a_row_and_a_column_have_the_checksum_of_what_stands_in_them() -> None:
    cells = [
        (0, 1, np.array([7.0, -0.00123456])),  # a column of numbers, from its first row down
        (1, 0, " words "),
        (2, 2, 98_765.4),
        (2, 0, "=A1*0.1234567 + 2"),
        (0, 0, 0),
        (1, 2, True),
    ]
    by_place = {
        (0, 1): 70_000 * 31 + 0,  # five digits, and their power of ten
        (1, 1): -12_346 * 31 - 3,
        (1, 0): zlib.crc32(b"words"),
        (2, 2): 98_765 * 31 + 4,
        (2, 0): zlib.crc32(b"=A1*0.12346+2"),
        (0, 0): 0,
        (1, 2): zlib.crc32(b"True"),
    }
    mixed = {
        (row, column): (7919 * row + 104_729 * column + 31 * content) % 65_521
        for (row, column), content in by_place.items()
    }
    expected = [
        [reduce(xor, (mixed[at] for at in mixed if at[axis] == line)) for line in range(3)]
        for axis in (0, 1)
    ]
    assert _marks(cells) == expected
    assert _marks([]) == [[], []]
