"""Review and signature: both glands as they will be signed, what is missing first, and the signing dialog's course.

Keeps no password. Each gland is signed by itself: the first with id and password, the second with the password.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from annotate.marks import Side
from injection_log.acts.signing import MEANINGS, Proof, meaning_for
from injection_log.record.checks import Caution, Missing
from injection_log.record.rendering import Rendering, Section
from injection_log.record.values import SIDES, GlandRecord, Signature
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.wording import side_words


@dataclass(frozen=True)
class ReviewGland:
    """One gland as the sheet will print it."""

    side: Side
    title: str
    state: str
    sections: tuple[Section, ...]
    highlights: tuple[tuple[str, str], ...]
    signed: str


@dataclass(frozen=True)
class ReviewState:
    """Both glands, what is missing, and what can be signed now."""

    missing: tuple[Missing, ...]
    cautions: tuple[Caution, ...]
    glands: tuple[ReviewGland, ...]
    to_sign: tuple[Side, ...]


@dataclass(frozen=True)
class SignState:
    """The dialog: the gland being signed, its text, who signs and what it means; `side` is None when all is done."""

    side: Side | None
    title: str
    text: str
    highlights: tuple[tuple[str, str], ...]
    user: str
    printed_name: str
    asks_user: bool
    meaning: str
    when: str
    said: str
    done: tuple[str, ...]


def with_standing(standing: Sequence[Missing], missing: Sequence[Missing]) -> tuple[Missing, ...]:
    """What is still to be done: refused texts that stand first, then what is missing elsewhere."""
    said = {(one.step, one.field) for one in standing}
    return (*standing, *(one for one in missing if (one.step, one.field) not in said))


class ReviewPresenter:
    """Review and sign for the visit on the desk."""

    def __init__(
        self, desk: Desk, changed: Callable[[], None], standing: Callable[[], tuple[Missing, ...]] = lambda: ()
    ) -> None:
        self._desk, self._changed, self._standing = desk, changed, standing
        self._queue: tuple[Side, ...] = ()
        self._signed: tuple[Side, ...] = ()
        self._shown: dict[Side, Rendering] = {}
        self._user = ""
        self._said = ""

    @property
    def state(self) -> ReviewState:
        """What the page shows now."""
        standing = self._standing()
        missing = with_standing(standing, self._desk.missing())
        glands = tuple(self._gland(self._desk.record.glands[side]) for side in SIDES)
        to_sign = tuple(
            side for side in SIDES
            if self._desk.record.glands[side].is_open and not self._desk.missing(side) and not standing
        )  # fmt: skip
        cautions = tuple(one for side in SIDES for one in self._desk.cautions(side))
        return ReviewState(tuple(m for m in missing if self._is_open(m)), cautions, glands, to_sign)

    def _is_open(self, missing: Missing) -> bool:
        return any(gland.is_open and missing.step in (side, "participant", "images")
                   for side, gland in self._desk.record.glands.items())  # fmt: skip

    def _gland(self, gland: GlandRecord) -> ReviewGland:
        signature = gland.signature
        sections = self._desk.render(gland.side).sections
        signed = signed_words(signature) if signature else ""
        title = side_words(gland.side)
        return ReviewGland(gland.side, title, gland.state, sections, highlights(sections), signed)

    # ---- the signing dialog --------------------------------------------------------------------------------
    def begin(self) -> bool:
        """Begin to sign what can be signed; False when nothing can."""
        self._queue, self._signed, self._user, self._said = self.state.to_sign, (), "", ""
        self._shown = {side: self._desk.render(side) for side in self._queue}
        return bool(self._queue)

    @property
    def signing(self) -> SignState:
        """What the dialog shows now."""
        side = self._queue[0] if self._queue else None
        return SignState(
            side=side,
            title=side_words(side) if side else "Signed",
            text=self._shown[side].text if side else "",
            highlights=highlights(self._shown[side].sections) if side else (),
            user=self._user,
            printed_name=self._desk.printed_name,
            asks_user=not self._signed,
            meaning=MEANINGS[meaning_for(self._desk.record, side)] if side else "",
            when=self._desk.now().strftime("%Y-%m-%d %H:%M (UTC%z)"),
            said=self._said,
            done=tuple(f"{side_words(one)} is signed." for one in self._signed),
        )

    def sign(self, user: str, password: str) -> bool:
        """Sign the gland that is shown; False, with the sentence in the dialog, when it was refused."""
        if not self._queue:
            return False
        side = self._queue[0]
        self._user = user.strip() if not self._signed else self._user
        if not self._user or not password:
            self._said = "Type your user id and your password." if not self._signed else "Type your password again."
            return False
        try:
            self._desk.sign(side, Proof(self._user, password, self._shown[side].sha256))
        except REFUSALS as refused:
            self._said = str(refused)
            return False
        self._said, self._signed, self._queue = "", (*self._signed, side), self._queue[1:]
        # What the second signature covers is rendered again: it must be what is stored now, and is shown now.
        self._shown = {one: self._desk.render(one) for one in self._queue}
        self._changed()
        return True


def signed_words(signature: Signature) -> str:
    """Who signed, when (local time with offset), what it means."""
    zone = timezone(timedelta(minutes=signature.offset_minutes))
    at = datetime.fromisoformat(signature.signed_at).astimezone(zone)
    return f"Signed by {signature.printed_name}, {at:%Y-%m-%d %H:%M (UTC%z)}: {signature.meaning}"


HIGHLIGHTS = ("Injected", "INJECTED", "Gland volume", "Needle")


def highlights(sections: tuple[Section, ...]) -> tuple[tuple[str, str], ...]:
    """The rows that a person must read before signing: what was injected, in figures and words, size and needle."""
    rows = [
        (label, value)
        for section in sections
        if section.title in ("Gland", "Volume", "Size", "Needle")
        for label, value in section.rows
        if label in HIGHLIGHTS or label.startswith("Needle, pass")
    ]
    has_figure = any(label == "INJECTED" for label, _ in rows)
    # "Injected: yes" says nothing beside the figure, and the needle's gauge is no needle mark.
    marks = {value for section in sections if section.title == "Needle" for _, value in section.rows}
    return tuple(
        (label, value)
        for label, value in rows
        if not (label == "Injected" and has_figure) and not (label == "Needle" and value not in marks)
    )
