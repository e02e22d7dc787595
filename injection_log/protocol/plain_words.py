"""The words of a free text as they are compared with the protocol's list, however they were typed.

Pure. Compatibility forms (full-width letters, ligatures), letters composed or not, and invisible characters make no
difference; it does not look inside words, so "cellar" is not "cell".
"""
from __future__ import annotations

import re
import unicodedata


def plain(text: str) -> str:
    """Give a text in the one form in which it is compared: NFKC, without case, without invisible characters."""
    visible = "".join(one for one in text if unicodedata.category(one) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())


def words_of(text: str) -> set[str]:
    """Give the whole words of a text: runs of letters, so that digits and signs beside a word do not hide it."""
    return set(re.findall(r"[^\W\d_]+", plain(text)))
