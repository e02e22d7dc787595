"""What only a widget can do for the room: put the focus somewhere, open a dialog, play, zoom. No rule is in here."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, QTimer

from injection_log_napari.presenters.room_state import Wish, WishKind
from injection_log_napari.views.signature_dialog import SignatureDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from annotate.marks import Side
    from injection_log_napari.presenters.room import RoomPresenter
    from injection_log_napari.views.gland_panel import GlandPanel
    from injection_log_napari.views.images_page import ImagesPage
    from injection_log_napari.views.keys_page import KeysPage
    from injection_log_napari.views.participant_page import ParticipantPage
    from injection_log_napari.views.question_card import QuestionCard
    from injection_log_napari.views.review_page import ReviewPage
    from injection_log_napari.views.step_column import StepColumn
    from injection_log_napari.views.surroundings import Surroundings
    from injection_log_napari.views.taking_back_card import TakingBackCard


class WishingPage(Protocol):
    """The parts of a room's page that wishes are about."""

    room: RoomPresenter
    column: StepColumn
    participant: ParticipantPage
    images_page: ImagesPage
    panels: dict[Side, GlandPanel]
    review: ReviewPage
    keys: KeysPage

    def commit(self) -> None:
        """Report every text that is typed and not yet recorded."""

    def refresh(self) -> None:
        """Show all that the presenters hold."""

    def leave(self) -> None:
        """Back to the list, once nothing that is typed would be lost unsaid."""

    def window(self) -> QWidget:
        """The window around it."""


class RoomWishes:
    """Fulfils the wishes of one room."""

    def __init__(self, page: WishingPage, around: Surroundings) -> None:
        self._page, self._around = page, around
        self._during_dialog: Callable[[SignatureDialog], None] = _nobody

    def fulfil(self, wish: Wish) -> None:
        """Do what is wished for."""
        page, zone = self._page, self._around.zone
        acts: dict[WishKind, Callable[[], None]] = {
            "field": lambda: self._focus_field(wish.target),
            "picture": zone.focus,
            "choose": lambda: page.column.focus_thumb(wish.target),
            "sign": self._sign,
            "leave": page.leave,
            "lock": self._around.lock,
            "play": zone.bar.toggle,
            "play_mode": zone.bar.switch_mode,
            "keys": page.keys.open,
            "reveal": lambda: self._reveal(wish.target),
            "confirm": page.participant.focus_confirm,
            "images": page.images_page.take_focus,
            "next": self.focus_next,
            "ruler": self._focus_ruler,
            "answer": lambda: self._focus_answer(wish.target),
            "question": self._enter_card,
            "card": lambda: self._card().take_focus(),
            "fit": lambda: zone.zoom("fit"),
            "actual": lambda: zone.zoom("actual"),
        }
        acts[wish.kind]()

    def focus_next(self) -> None:
        """Put the focus on the button that goes on."""
        side = self._page.room.side
        _focus((self._page.panels[side] if side else self._page.participant).next)

    def during_dialog(self, play: Callable[[SignatureDialog], None]) -> None:
        """Who plays while the next signature dialog is open (the tour and the tests: a dialog stops its caller)."""
        self._during_dialog = play

    def _reveal(self, name: str) -> None:
        # Once the page has its place: the step may just have been gone to.
        side = self._page.room.side
        forms = self._page.panels[side].forms if side is not None else (self._page.participant.form,)
        for form in forms:
            QTimer.singleShot(0, form, partial(form.reveal, name))

    def _card(self) -> QuestionCard | TakingBackCard:
        """The card that is open on this step."""
        side = self._page.room.side
        if side is None:
            return self._page.participant.question
        panel = self._page.panels[side]
        return panel.taking_back if self._page.room.asking.asked is None else panel.question

    def _enter_card(self) -> None:
        card = self._card()
        card.enter()
        if not card.isHidden():
            card.take_focus()

    def _focus_ruler(self) -> None:
        side = self._page.room.side
        if side is not None:
            self._page.panels[side].ruler.focus()

    def _focus_answer(self, begun: str) -> None:
        side = self._page.room.side
        if side is not None:
            self._page.panels[side].ask.focus(begun)

    def _focus_field(self, name: str) -> None:
        side = self._page.room.side
        if side is not None:
            self._page.panels[side].focus_field(name)
        else:
            self._page.participant.form.focus_field(name)

    def _sign(self) -> None:
        page = self._page
        page.commit()
        if page.room.review.begin():
            dialog = SignatureDialog(page.room.review, page.window())
            QTimer.singleShot(0, dialog, partial(self._during_dialog, dialog))
            dialog.exec()
            dialog.deleteLater()
            page.refresh()
            _focus(page.review.sign)


def _focus(widget: QWidget) -> None:
    widget.setFocus(Qt.FocusReason.OtherFocusReason)


def _nobody(_dialog: SignatureDialog) -> None:
    """Nobody plays: a person signs."""
