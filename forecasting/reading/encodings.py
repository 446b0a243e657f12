"""The text of a file whose encoding nobody has told: each that its bytes may be.

>>> [*decoded("a.csv", "Год;Продажи электромобилей".encode("cp1251"))]
['cp1251']
"""

from __future__ import annotations

import contextlib
import re

from forecasting.vocabulary.errors import LedgerError

ENCODINGS = ("cp1251", "cp1250", "cp1254", "cp1252", "gb18030", "cp932", "koi8-r", "cp866")


def decoded(name: str, data: bytes, encoding: str = "") -> dict[str, str]:
    """The text of a file by its encoding: one that the file tells, or each that it may be in.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    data : bytes
        What it holds.
    encoding : str
        As a person says it; empty where the file is to tell.

    Raises
    ------
    LedgerError
        Where no encoding that is known here reads it.
    """
    encoding = encoding or _told_encoding(data)
    if encoding:
        return {encoding: _decode(name, data, encoding)}
    try:
        return {"utf-8": data.decode("utf-8-sig")}
    except UnicodeDecodeError:
        return _candidates(name, data)


def _told_encoding(data: bytes) -> str:
    """The encoding that the first bytes tell, of two bytes a sign; empty where they tell none."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if b"\0" not in data[:200]:
        return ""
    return "utf-16-be" if data[:200:2].count(0) > data[1:200:2].count(0) else "utf-16-le"


def _decode(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        hint = f"say another one, e.g. encoding: {ENCODINGS[0]}"
        raise LedgerError.at(name, f"cannot be read: {error}"[:200], hint) from None


def _candidates(name: str, data: bytes) -> dict[str, str]:
    """The texts that bytes may be: that of whole Cyrillic words, or each without signs that no
    table has.
    """
    texts: dict[str, str] = {}
    for encoding in ENCODINGS:
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if not _NO_TEXT.search(text):
                texts[encoding] = text
    if not texts:
        hint = "say it in the answers, e.g. encoding: cp1251"
        raise LedgerError.at(name, "is in an encoding that is not known here", hint)
    cyrillic = {encoding: text for encoding, text in texts.items() if _is_cyrillic(text)}
    return cyrillic if len(cyrillic) == 1 else texts


# Signs of control, of lines and of no meaning, which no table has
_NO_TEXT = re.compile(r"[\x80-\x9f\ue000-\uf8ff\ufffd─-▟]")


def _is_cyrillic(text: str) -> bool:
    """Whether every word with a letter beyond English ones is a whole Cyrillic one, in small or
    capital letters: no two encodings of Russian make that of the same bytes.
    """
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    return all(re.fullmatch("[Ѐ-ӿ]?[а-џґ]+|[Ѐ-ЯҐ]+", word) for word in words)


def differing_lines(texts: dict[str, str]) -> dict[str, str]:
    """The first line in which texts differ, by encoding."""
    if len(texts) < 2:
        return {}
    for lines in zip(*(text.splitlines() for text in texts.values()), strict=False):
        if len({*lines}) > 1:
            return dict(zip(texts, (line[:60] for line in lines), strict=True))
    return {}
