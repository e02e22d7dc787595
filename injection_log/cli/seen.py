"""One sentence for whoever reads a record while the log cannot be written: that it was not noted who looked."""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.cli.answers import say

if TYPE_CHECKING:
    from injection_log.site import Session


def say_unwritten(session: Session) -> None:
    """Say, on standard error, what could not be written down of who looked at what."""
    from injection_log.acts.seeing import unwritten_words

    words = unwritten_words(session)
    if words:
        say(words)
