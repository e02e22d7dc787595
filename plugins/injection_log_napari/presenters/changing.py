"""Changing what was signed: amending, ending an amendment, adding later pictures, saying that paper was copied.

Each asks in the page for the reason that is owed. It keeps no record; the next signature is the review's.
"""
from __future__ import annotations

from collections.abc import Callable

from annotate.marks import Side
from injection_log_napari.presenters.access import Access, gland_access
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.question import Asking, Question, reason_of
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.wording import side_words

AMENDING = (
    ("typing", "typing error"),
    ("source", "the source says otherwise"),
    ("measured", "measured again"),
    ("later", "came to light later"),
    ("query", "answer to a query"),
)
ADDING = (
    ("late", "the scanner sent them late"),
    ("pacs", "the PACS could not be reached"),
    ("elsewhere", "they were stored elsewhere"),
)


class Changing:
    """Acts on the signed glands of the visit on the desk."""

    def __init__(self, desk: Desk, asking: Asking, tell: Tell) -> None:
        self._desk, self._asking, self._tell = desk, asking, tell

    def access(self, side: Side) -> Access:
        """What may be done with one gland's record now."""
        return gland_access(self._desk, side)

    def ask_to_amend(self, side: Side) -> None:
        """Ask why a signed gland is opened again."""
        version = self._desk.record.glands[side].version + 1
        question = Question(
            f"Why is the signed record of the {side} gland amended?", f"Begin version {version}", AMENDING,
            "what is wrong, in words",
        )
        self._ask(question, lambda reason: self._desk.changes.amend(side, reason))

    def end_unchanged(self, side: Side) -> None:
        """End an amendment or an addition in which nothing was changed; refused in words where something was."""
        changes, amends = self._desk.changes, self._desk.record.glands[side].amendment is not None
        try:
            changes.close_amendment(side) if amends else changes.close_addition(side)
        except REFUSALS as refused:
            self._tell.refuse(str(refused))
            return
        what = "amendment" if amends else "addition"
        self._tell.note(f"{side_words(side)}: the {what} is ended without a change; what was signed before it holds.")

    def ask_to_add(self, side: Side) -> None:
        """Ask why pictures came after the signature."""
        question = Question(
            f"Why did the pictures of the {side} gland come after the signature?", "Begin the addition", ADDING,
            "more, in words",
        )
        self._ask(question, lambda reason: self._desk.changes.open_addition(side, reason))

    def ask_for_paper(self) -> None:
        """Ask on which day the paper was written that is typed in here, and then by whom."""
        question = Question("On which day was the paper written?", "Go on", (), "as 2026-11-22")
        self._asking.ask(question, lambda _chosen, day: self._ask_who_wrote(day))

    def _ask_who_wrote(self, day: str) -> None:
        question = Question(f"Who wrote the paper of {day}?", "Flag as copied from paper", (), "printed name")
        changes = self._desk.changes
        self._asking.ask(question, lambda _chosen, name: changes.flag_transcription(day, name))

    def _ask(self, question: Question, act: Callable[[str], None]) -> None:
        self._asking.ask(question, lambda chosen, words: act(reason_of(question, chosen, words)))
