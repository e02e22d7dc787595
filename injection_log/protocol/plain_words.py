"""The words of a free text as they are compared with the protocol's list, however they were typed.

Pure. Compatibility forms, accents, invisible characters, letters that look like others, a Danish letter written as
two, and a word cut by signs or letter by letter make no difference. It does not look inside words, so "cellar" is not
"cell", and does not know figures in place of letters or words that mean the same.
"""
from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u2800"))
"""Characters that are letters or signs to Unicode and nothing to the eye; others are of the category Cf or Mn."""
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx")  # Greek: others look alike when small
_LIKE_LATIN = str.maketrans(
    "авеёкмнорстухіјѕһԁԛԝӏ" "αβεικνορτυχγηω" "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ" "ıɑɡɩłđøðħŧ",
    "abeekmhopctyxijshdqwl" "abeikvoptuxynw" "abcdefghijklmnoprstuvwyz" "iagildodht",
)
_PIECE = r"[^\W\d_]+"
_JOINED = re.compile(rf"{_PIECE}(?:(?:[^\w\s]|_)+{_PIECE}|[-\u2010-\u2015]\s+{_PIECE})*")
"""Letters with signs between them, or with a hyphen and a space as at the end of a line."""
_LONGEST_WORD = 40
_SPELLED = re.compile(r"(?<!\w)[^\W\d_](?:[\s\W]+[^\W\d_](?!\w)){2,}")


def plain(text: str) -> str:
    """Give a text in the one form in which it is compared: small Latin letters as they look, nothing invisible."""
    visible = "".join(one for one in text.translate(_INVISIBLE) if unicodedata.category(one) != "Cf")
    folded = unicodedata.normalize("NFKD", visible.translate(_CAPITALS)).translate(_CAPITALS).casefold()
    apart = unicodedata.normalize("NFKD", folded)
    bare = "".join(one for one in apart if unicodedata.category(one) not in ("Mn", "Me"))
    latin = bare.translate(_LIKE_LATIN).replace("æ", "ae").replace("œ", "oe")
    return re.sub("aa+", "a", re.sub("oe+", "o", latin))


def words_of(text: str) -> set[str]:
    """Give the words of a text: runs of letters, and what runs amount to that only signs or single spaces part.

    Digits and signs beside a word do not hide it.
    """
    shown = plain(text)
    chains = [match[0] for pattern in (_JOINED, _SPELLED) for match in pattern.finditer(shown)]
    words: set[str] = set(re.findall(_PIECE, shown))
    for chain in chains:
        pieces = re.findall(_PIECE, chain)
        for first in range(len(pieces)):
            word = ""
            for piece in pieces[first:]:
                word += piece
                if len(word) > _LONGEST_WORD:
                    break
                words.add(word)
    return words
