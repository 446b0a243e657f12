"""The text of a file whose encoding nobody has told: each that its bytes may be.

>>> [*decoded("a.csv", "Год;Продажи электромобилей".encode("cp1251"))]
['cp1251']
"""

from __future__ import annotations

import re
from functools import lru_cache

from forecasting.vocabulary.errors import LedgerError

CYRILLIC = ("cp1251", "koi8-r", "cp866")
ENCODINGS = (*CYRILLIC, "gb18030", "cp932", "cp1250", "cp1254", "cp1252")
# Of Russian letters read in another encoding, as a part of those that are usual in the right one
MOST_UNUSUAL = 0.8


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
    """The texts that bytes may be, in encodings in which their words are words."""
    texts: dict[str, str] = {}
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text not in texts.values() and _is_plausible(text, encoding):
            texts[encoding] = text
    usual = {name: _usual_letters(texts[name]) for name in CYRILLIC if name in texts}
    for encoding, share in usual.items():
        if share < MOST_UNUSUAL * max(usual.values()):
            del texts[encoding]
    if not texts:
        hint = "say it in the answers, e.g. encoding: cp1251"
        raise LedgerError.at(name, "is in an encoding that is not known here", hint)
    return texts


# Words that no language writes: two scripts in one, a capital behind a small letter, signs of lines
_NO_WORDS = re.compile(
    r"[A-Za-z]{2}[Ѐ-ӿ぀-鿿ｦ-ﾟ]|[Ѐ-ӿ぀-鿿ｦ-ﾟ][A-Za-z]{2}|[À-žɐ-ʯ][Ѐ-ӿ]|[Ѐ-ӿ][À-žɐ-ʯ]|[а-яё][А-ЯЁ]"
    r"|[À-ž]{4}|[\x80-\x9f\ue000-\uf8ff\ufffd─-▟]|[ｦ-ﾟ]{2}|[Ѐ-Џѐ-џҐґ]{2}|\d[À-ž]|[а-яёa-z][ÐÞÝÀ-ÖØ-Þ]"
)


def _is_plausible(text: str, encoding: str) -> bool:
    """Whether the words of a text may be words: few of them are of signs that do not go together.
    Chinese and Japanese are signs in daily use alone.
    """
    signs = [sign for sign in text if sign > "\u2e7f"]
    if signs:
        daily = [sign for sign in signs if _is_daily(sign)]
        letters = re.findall(r"[\x80-\u2e7f]", text)
        return len(daily) > 0.8 * len(signs) and len(letters) < len(signs)
    foreign = len(re.findall(r"[^\x00-\x7f]", text)) or 1
    if encoding in CYRILLIC and not _is_cyrillic(text, foreign):
        return False
    return len(_NO_WORDS.findall(text)) < 0.1 * foreign


def _is_cyrillic(text: str, foreign: int) -> bool:
    """Whether most foreign letters are Cyrillic ones, and few words mix them with Latin ones."""
    letters = re.findall("[Ѐ-ӿ]", text)
    mixed = re.findall(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]", text)
    return 2 * len(letters) >= foreign and len(mixed) <= 0.1 * foreign


def _usual_letters(text: str) -> float:
    """The share of the ten letters that are most frequent in Russian among Cyrillic ones."""
    letters = re.findall("[Ѐ-ӿ]", text.lower())
    return sum(letter in "оеаинтсрвл" for letter in letters) / max(len(letters), 1)


@lru_cache(maxsize=4096)
def _is_daily(sign: str) -> bool:
    """Whether a Chinese sign is among the first 3,755, or a sign is of a Japanese syllable."""
    if "\u3000" <= sign <= "\u30ff" or "\uff01" <= sign <= "\uff5e":
        return True
    try:
        code = sign.encode("gb2312")
    except UnicodeEncodeError:
        return sign in "車数売両気計区県台"
    return 0xB0 <= code[0] <= 0xD7


def differing_lines(texts: dict[str, str]) -> dict[str, str]:
    """The first line in which texts differ, by encoding."""
    if len(texts) < 2:
        return {}
    for lines in zip(*(text.splitlines() for text in texts.values()), strict=False):
        if len({*lines}) > 1:
            return dict(zip(texts, (line[:60] for line in lines), strict=True))
    return {}
