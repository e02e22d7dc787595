"""The connection to the PACS as a person tests it: what its administrator must know, our echo, and the PACS's echo.

Words and states only; asking and listening happen elsewhere (`connection.py`). Nobody's data is in any of it.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from injection_log.pacs_callers import caller_sentence
from injection_log_napari.presenters.desk import REFUSALS

if TYPE_CHECKING:
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.pacs.listening import Caller
    from injection_log.connection_card import CardContent, Section

WAIT_SECONDS = 30
Outcome = Literal["untried", "running", "good", "bad"]
_NOT_FORESEEN = "That did not work; try again."


@dataclass(frozen=True)
class Trial:
    """One direction of the test: how it stands, and the sentence about it."""

    outcome: Outcome
    sentence: str


@dataclass(frozen=True)
class ConnectionState:
    """What the page shows. `said` is about copying, saving or a card that could not be made."""

    sections: tuple[Section, ...]
    text: str
    ours: Trial
    theirs: Trial
    said: str
    is_refusal: bool


class ConnectionPresenter:
    """One PACS and us."""

    def __init__(self, address: PacsAddress, changed: Callable[[], None]) -> None:
        self._address, self._changed = address, changed
        self.card: CardContent | None = None
        us, them = address.calling_aet, address.called_aet
        self._ours = Trial("untried", f"{us} asks {them} for a sign of life.")
        self._theirs = Trial("untried", f"{them} asks {us}: its administrator starts the test within 30 seconds.")
        self._said, self._is_refusal = "", False
        self._strangers: tuple[str, ...] = ()

    @property
    def state(self) -> ConnectionState:
        """What the page shows now."""
        card = self.card
        sections, text = (card.sections, card.text()) if card is not None else ((), "")
        return ConnectionState(sections, text, self._ours, self._theirs, self._said, self._is_refusal)

    # ---- the card ------------------------------------------------------------------------------------------
    def take_card(self, card: CardContent) -> None:
        """The card was made."""
        self.card = card
        self._changed()

    def card_failed(self, error: BaseException) -> None:
        """The card could not be made, saved or printed."""
        self._say(_words_of(error), refusal=True)

    def copied(self) -> None:
        """The card is in the clipboard."""
        self._say("Copied. Paste it into a mail to the PACS administrator.", refusal=False)

    def saved(self, paths: Sequence[str]) -> None:
        """The card was written."""
        self._say(f"Saved to print: {', '.join(paths)}", refusal=False)

    # ---- ours to the PACS ----------------------------------------------------------------------------------
    def asking(self) -> bool:
        """Our echo begins; False while one is on its way."""
        if self._ours.outcome == "running":
            return False
        self._ours = Trial("running", f"Asking {self._address.called_aet}…")
        self._clear()
        return True

    def answered(self) -> None:
        """The PACS answered our echo."""
        self._ours = Trial("good", f"{self._address.called_aet} answers: verification accepted.")
        self._changed()

    def not_answered(self, error: BaseException) -> None:
        """Our echo failed."""
        self._ours = Trial("bad", _words_of(error))
        self._changed()

    # ---- the PACS to us ------------------------------------------------------------------------------------
    @property
    def is_waiting(self) -> bool:
        """Whether the PACS's echo is waited for."""
        return self._theirs.outcome == "running"

    def opening(self) -> None:
        """Our port is being opened."""
        self._theirs, self._strangers = Trial("running", f"Opening our port {self._address.listen_port}…"), ()
        self._clear()

    def waiting(self, seconds_left: int) -> None:
        """The PACS's echo is waited for; so many whole seconds are left."""
        address = self._address
        self._theirs = Trial(
            "running",
            f"Waiting for {address.called_aet}'s test on port {address.listen_port}: {seconds_left} s. "
            f"Its administrator starts it now.{_also(self._strangers)}",
        )
        self._clear()

    def called(self, caller: Caller) -> bool:
        """Somebody called; True when that was the PACS and it was answered: nothing is waited for any more."""
        address = self._address
        sentence = caller_sentence(caller, address)
        if caller.echoed and (caller.calling_aet, caller.called_aet) == (address.called_aet, address.calling_aet):
            self._theirs, self._strangers = Trial("good", sentence), ()
            self._changed()
            return True
        self._strangers = tuple(dict.fromkeys((*self._strangers, sentence)))
        return False

    def waited(self) -> None:
        """The time is over and the PACS did not come, or came otherwise than we know it."""
        us = self._address.calling_aet
        nobody = (
            f"No test of {self._address.called_aet} arrived. Check that its administrator has {us}, our host and our "
            "port as on this card, and that this computer's firewall lets the PACS in."
        )
        self._theirs = Trial("bad", " ".join(self._strangers) or nobody)
        self._strangers = ()
        self._changed()

    def not_waited(self, error: BaseException) -> None:
        """Our port could not be opened."""
        self._theirs, self._strangers = Trial("bad", _words_of(error)), ()
        self._changed()

    def stopped(self) -> None:
        """A person stopped the waiting."""
        self._theirs, self._strangers = Trial("untried", "Stopped. Our port is closed again."), ()
        self._changed()

    def _clear(self) -> None:
        self._said, self._is_refusal = "", False
        self._changed()

    def _say(self, sentence: str, *, refusal: bool) -> None:
        self._said, self._is_refusal = sentence, refusal
        self._changed()


def _also(strangers: Sequence[str]) -> str:
    return f" So far: {' '.join(strangers)}" if strangers else ""


def _words_of(error: BaseException) -> str:
    return str(error) if isinstance(error, REFUSALS) else _NOT_FORESEEN
