"""What every key does in a room while the picture has the focus. Which key is which act is in `keys.py`."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from injection_log_napari.presenters.hand import FINE
from injection_log_napari.presenters.keys import KeyAct
from injection_log_napari.presenters.room_state import Wish

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log_napari.canvas.interface import KeyEvent
    from injection_log_napari.presenters.gland import GlandPresenter
    from injection_log_napari.presenters.marked_picture import MarkedPicture
    from injection_log_napari.presenters.picture import PicturePresenter
    from injection_log_napari.presenters.taking_up import TakingUp
    from injection_log_napari.presenters.unanswered import MarkQuestion
    from injection_log_napari.presenters.undoing import Undoing

_TO_THE_END = 10**6


class ShowingRoom(Protocol):
    """A room that shows pictures."""

    @property
    def picture(self) -> MarkedPicture:
        """The picture that is shown."""

    @property
    def uids(self) -> tuple[str, ...]:
        """The pictures to turn to, in order."""

    def go_next(self) -> None:
        """Do the next act."""


class KeyedRoom(Protocol):
    """What the keys need of the room of a visit."""

    picture: PicturePresenter
    tools: TakingUp
    undoing: Undoing
    glands: dict[Side, GlandPresenter]

    @property
    def side(self) -> Side | None:
        """The gland at work."""

    @property
    def uids(self) -> tuple[str, ...]:
        """The visit's pictures."""

    @property
    def mark_question(self) -> MarkQuestion | None:
        """What is asked about a drawn mark."""

    def go_next(self) -> None:
        """Do the next act."""

    def answer(self, answer: str) -> bool:
        """Answer what a drawn mark owes."""


class ShowingKeys:
    """The keys that every room with pictures has. `choose` is how a person turns to a picture."""

    def __init__(self, room: ShowingRoom, wish: Callable[[Wish], None], choose: Callable[[str], None]) -> None:
        self._showing, self._wish, self._choose = room, wish, choose

    @property
    def acts(self) -> dict[KeyAct, Callable[[], None]]:
        """What each of them does."""
        return {**self._turning(), **self._wishes()}

    def _turning(self) -> dict[KeyAct, Callable[[], None]]:
        picture = self._showing.picture
        return {
            "previous_frame": lambda: self._arrow(0, -1, lambda: picture.step(-1)),
            "next_frame": lambda: self._arrow(0, 1, lambda: picture.step(1)),
            "ten_back": lambda: self._arrow(0, -FINE, lambda: picture.step(-10)),
            "ten_on": lambda: self._arrow(0, FINE, lambda: picture.step(10)),
            "up": lambda: self._arrow(-1, 0, lambda: None),
            "down": lambda: self._arrow(1, 0, lambda: None),
            "up_fine": lambda: self._arrow(-FINE, 0, lambda: None),
            "down_fine": lambda: self._arrow(FINE, 0, lambda: None),
            "first_frame": lambda: picture.go(0),
            "last_frame": lambda: picture.go(_TO_THE_END),
            "previous_image": lambda: self._other_image(-1),
            "next_image": lambda: self._other_image(1),
        }

    def _wishes(self) -> dict[KeyAct, Callable[[], None]]:
        return {
            "next": self._showing.go_next,
            "play": lambda: self._wish(Wish("play")),
            "play_mode": lambda: self._wish(Wish("play_mode")),
            "fit": lambda: self._wish(Wish("fit")),
            "actual": lambda: self._wish(Wish("actual")),
            "keys": lambda: self._wish(Wish("keys")),
            "lock": lambda: self._wish(Wish("lock")),
        }

    def _arrow(self, rows: float, columns: float, otherwise: Callable[[], None]) -> None:
        hand = self._showing.picture.hand
        if hand.editing is not None:
            hand.nudge(rows, columns)
        else:
            otherwise()

    def _other_image(self, by: int) -> None:
        uids, uid = self._showing.uids, self._showing.picture.uid
        if uid in uids:
            self._choose(uids[(uids.index(uid) + by) % len(uids)])


class RoomKeys(ShowingKeys):
    """The keys of the room of a visit."""

    def __init__(self, room: KeyedRoom, wish: Callable[[Wish], None], choose: Callable[[str], None]) -> None:
        super().__init__(room, wish, choose)
        self._room = room

    def answers(self, event: KeyEvent) -> bool:
        """Let a key answer what is asked about a drawn mark; False for one that is no answer.

        A figure begins a typed answer in its line.
        """
        asked = self._room.mark_question
        if asked is None or event.shift or event.control:
            return False
        answer = asked.choice_at(event.name)
        if answer is not None:
            self._room.answer(answer)
            return True
        begins = bool(asked.typed) and event.name.isdigit()
        if begins:
            self._wish(Wish("answer", event.name))
        return begins

    def do(self, act: KeyAct) -> None:
        """Do what a key stands for."""
        {**self._tools(), **self.acts, "next_field": self._go_to_field}[act]()

    def _tools(self) -> dict[KeyAct, Callable[[], None]]:
        room, picture, hand = self._room, self._room.picture, self._room.picture.hand
        return {
            "length": lambda: room.tools.take_caliper("length", suited=False),
            "width": lambda: room.tools.take_caliper("width", suited=False),
            "depth": lambda: room.tools.take_caliper("depth", suited=False),
            "needle": lambda: room.tools.take_needle(in_plane=True, suited=False),
            "out_of_plane": lambda: room.tools.take_needle(in_plane=False, suited=False),
            "contour": room.tools.take_contour,
            "seed": room.tools.take_seed,
            "take": lambda: picture.when_sharp(picture.help.take),
            "deposit": room.tools.take_deposit,
            "structure": room.tools.take_structure,
            "skin": lambda: picture.when_sharp(hand.set_skin_here),
            "scale": lambda: picture.take_ruler("scale"),
            "check_scale": lambda: picture.take_ruler("check"),
            "edit": lambda: picture.when_sharp(hand.edit),
            "remove": picture.take_back,
            "undo": room.undoing.undo,
            "redo": room.undoing.redo,
            "escape": picture.escape,
        }

    def _go_to_field(self) -> None:
        """The first missing field of the gland at work, else its first field."""
        side = self._room.side
        if side is None:
            return
        state = self._room.glands[side].state
        rows = (*state.before, *state.volume_rows, *state.after)
        chosen = next((row for row in rows if row.is_missing or row.refused), rows[0] if rows else None)
        if chosen is not None:
            self._wish(Wish("field", chosen.name))
