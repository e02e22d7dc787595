"""The sheet in the language of its protocol: every text of its content put into it, what people wrote left as it is.

A record is signed in English. A sheet in another language is a translation, and says so beside the digest of the text
that was signed; what the signature means stands there in both.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from injection_log.language import ENGLISH, catalogue_of
from injection_log.outputs import SheetContent, SignatureFacts, VolumeLine
from injection_log.protocol.fields import TYPED_TITLES

TRANSLATED = "This sheet is a translation: what was signed is the English text with the SHA-256 below."
_KEPT = TYPED_TITLES | {"Participant", "Reason of the amendment", "Protocol"}


def saying(content: SheetContent) -> Callable[[str], str]:
    """What puts an English text into the language of this sheet."""
    return catalogue_of(content.language).say


def in_its_language(content: SheetContent) -> SheetContent:
    """The same content with every text of the program in the language of the sheet."""
    if content.language == ENGLISH:
        return content
    say = saying(content)
    return replace(
        content,
        visit_title=say(content.visit_title),
        sections=tuple(
            (say(title), tuple((say(label), value if label in _KEPT else say(value)) for label, value in rows))
            for title, rows in content.sections
        ),
        volumes=tuple(VolumeLine(say(one.title), say(one.figures), say(one.words)) for one in content.volumes),
        pictures=tuple((say(title), png) for title, png in content.pictures),
        signature=None if content.signature is None else _signature(content.signature, say),
        notices=tuple(map(say, content.notices)),
        earlier_signatures=tuple(map(say, content.earlier_signatures)),
        after_signature=tuple((say(label), say(words)) for label, words in content.after_signature),
    )


def _signature(signed: SignatureFacts, say: Callable[[str], str]) -> SignatureFacts:
    meaning = say(signed.meaning)
    both = signed.meaning if meaning == signed.meaning else f"{meaning} ({signed.meaning}) {say(TRANSLATED)}"
    return replace(signed, meaning=both)
