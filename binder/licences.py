"""The licence of every locked package as it is installed, held to a list of those that this project
may rest on.

    python binder/licences.py [LOCK...]       default: what runs, and what the tests need

Ends with 1 where a package has a licence that is not on the list, names none, or is locked but not
installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).parent
LOCKS = (HERE / "requirements.txt", HERE / "requirements-test.txt")
LONGEST = 60  # of a name; what is longer is the licence itself
JOINTS = (" AND ", " OR ")
ALLOWED = {"0BSD", "Apache-2.0", "BSD", "CC0-1.0", "ISC", "MIT", "MPL-2.0", "PSF-2.0", "Zlib"}
# How packages spell them in their classifiers and texts; the first that the text begins with,
# longest first.
SPELLINGS = {
    "0bsd": "0BSD",
    "2-clause bsd": "BSD",
    "apache": "Apache-2.0",
    "artistic": "Artistic",
    "bsd": "BSD",
    "cc0-1.0": "CC0-1.0",
    "gnu general public license": "GPL",
    "gnu lesser general public license": "LGPL",
    "gpl": "GPL",
    "isc": "ISC",
    "lgpl": "LGPL",
    "mit": "MIT",
    "mozilla public license 2.0": "MPL-2.0",
    "mpl-2.0": "MPL-2.0",
    "psf": "PSF-2.0",
    "public domain": "CC0-1.0",
    "python software foundation": "PSF-2.0",
    "the mit license": "MIT",
    "zlib": "Zlib",
}
# What is not on the list and is used all the same: the licence as the package says it, and why that
# is no hindrance.
EXCEPTIONS = {
    "pycountry": (
        "LGPL",
        "a library that is imported as it is, never changed and never shipped with this package",
    ),
    "docutils": (
        "CC0-1.0 AND BSD AND GPL",
        "the GPL is that of an editor's mode; only documentation is built by it",
    ),
    "text-unidecode": (
        "Artistic AND GPL",
        "either licence, at one's choice; only tests of the data package use it",
    ),
}


def licence_of(name: str) -> str:
    """The licences that an installed package names, in SPDX's words as far as they are known; empty
    for none.

    Its own expression counts first, then its classifiers, then the beginning of what it calls its
    licence.
    """
    told = metadata.metadata(name)
    classifiers = [
        word.rpartition(" :: ")[2]
        for word in told.get_all("Classifier") or []
        if "License ::" in word
    ]
    if classifiers and not told.get("License-Expression"):
        return " AND ".join(dict.fromkeys(map(_plain, classifiers)))
    text = " ".join((told.get("License-Expression") or told.get("License") or "").split())
    if len(text) > LONGEST:
        return _plain(text)
    return "".join(
        part if part in JOINTS else _plain(part) for part in re.split("( AND | OR )", text)
    )


def _plain(words: str) -> str:
    """One licence by its usual short name; as it is where that is not known."""
    near = max((said for said in SPELLINGS if words.lower().startswith(said)), key=len, default="")
    return SPELLINGS.get(near, words[:LONGEST])


def allowed(licence: str) -> bool:
    """Whether every part is on the list; of alternatives, one of them.

    >>> allowed("MIT AND 0BSD"), allowed("MIT OR GPL"), allowed("MIT AND GPL"), allowed("")
    (True, True, False, False)
    """
    return all(
        any(word in ALLOWED for word in part.split(" OR ")) for part in licence.split(" AND ")
    )


def locked(locks: Sequence[Path]) -> list[str]:
    """The packages that locks name for this Python and this system."""
    lines = [
        line.rstrip(" \\")
        for lock in locks
        for line in lock.read_text(encoding="utf-8").splitlines()
    ]
    found = [Requirement(line) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    return sorted({each.name for each in found if each.marker is None or each.marker.evaluate()})


def findings(names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Name, licence and what is wrong with it, if anything, of each package."""
    for name in names:
        try:
            licence = licence_of(name)
        except metadata.PackageNotFoundError:
            yield name, "", "is locked and not installed"
            continue
        excused = name in EXCEPTIONS and EXCEPTIONS[name][0] == licence
        wrong = (
            ""
            if excused or allowed(licence)
            else "is not on the list"
            if licence
            else "names no licence"
        )
        yield name, licence, wrong


def main(locks: Sequence[Path]) -> int:
    """Print a line a package; gives the exit status."""
    wrong = 0
    for name, licence, what in findings(locked(locks)):
        print(f"{name:28} {licence or '?'}" + (f"   <- {what}" if what else ""))
        wrong += bool(what)
    print(f"{wrong} packages may not be used" if wrong else "all may be used")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main([Path(word) for word in sys.argv[1:]] or LOCKS))
