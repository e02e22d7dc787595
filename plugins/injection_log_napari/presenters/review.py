"""Review and signature: both glands as they will be signed, what is missing first, and the signing dialog's course.

Keeps no password. Each gland is signed by itself: the first with id and password, the second with the password.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotate.marks import Side
from injection_log.acts import additions, reviewing
from injection_log.acts.signing import MEANINGS, Proof, meaning_for
from injection_log.clock import local_words
from injection_log.people.roles import allowed
from injection_log.record.checks import Missing
from injection_log.record.rendering import Rendering, Section
from injection_log.record.signed_text import sections_of
from injection_log.record.values import SIDES, GlandRecord, Signature
from injection_log.record.versions import SignedVersion, local_time
from injection_log_napari.presenters.access import (
    gland_access,
    owed_now,
    under_words,
    why_not_counted,
)
from injection_log_napari.presenters.comparison import Difference, differences
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.next_act import SigningKind
from injection_log_napari.presenters.to_look_at import to_look_at
from injection_log_napari.presenters.wording import side_words


@dataclass(frozen=True)
class ToSign:
    """One signature that can be given: what it is for, and of which gland."""

    kind: SigningKind
    side: Side


@dataclass(frozen=True)
class EarlierVersion:
    """A version that was signed and replaced: its number, who signed and replaced it, and what was signed."""

    version: int
    words: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class ReviewGland:
    """One gland as the sheet will print it; `changed` is held against the signed version `compared_with` (0: none).

    `to_look_at` are sentences of what does not fit together; they block nothing.
    """

    side: Side
    title: str
    state: str
    sections: tuple[Section, ...]
    highlights: tuple[tuple[str, str], ...]
    signed: str
    under: str = ""
    changed: tuple[Difference, ...] = ()
    compared_with: int = 0
    earlier: tuple[EarlierVersion, ...] = ()
    may_amend: bool = False
    to_look_at: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReviewState:
    """Both glands, what is missing, what to look at in the visit as a whole, and what can be signed now."""

    missing: tuple[Missing, ...]
    to_look_at: tuple[str, ...]
    glands: tuple[ReviewGland, ...]
    to_sign: tuple[ToSign, ...]


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
    button: str = ""
    to_look_at: tuple[str, ...] = ()


_KINDS: tuple[SigningKind, ...] = ("record", "addition", "review")
_DONE: dict[SigningKind, str] = {
    "record": "signed", "review": "signed as reviewed", "addition": "the addition is signed",
}  # fmt: skip
_BUTTONS: dict[SigningKind, str] = {
    "record": "Sign the {side} gland", "review": "Sign the {side} gland as reviewed",
    "addition": "Sign the addition, {side} gland",
}  # fmt: skip
_MEANINGS: dict[SigningKind, str] = {"review": reviewing.MEANING, "addition": additions.MEANING}


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
        self._queue: tuple[ToSign, ...] = ()
        self._signed: tuple[ToSign, ...] = ()
        self._shown: dict[ToSign, Rendering] = {}
        self._user = ""
        self._said = ""

    @property
    def state(self) -> ReviewState:
        """What the page shows now."""
        missing = with_standing(self._standing(), owed_now(self._desk))
        glands = tuple(self._gland(self._desk.record.glands[side]) for side in SIDES)
        return ReviewState(missing, to_look_at(self._desk, None), glands, self.to_sign)

    @property
    def things_to_look_at(self) -> int:
        """How many things there are to look at before what can be signed now is signed."""
        sides = {one.side for one in self.to_sign}
        return sum(len(to_look_at(self._desk, side)) for side in (None, *sides)) if sides else 0

    @property
    def to_sign(self) -> tuple[ToSign, ...]:
        """What the person at work can sign now, in the order in which it is signed."""
        standing = self._standing()
        return tuple(
            ToSign(kind, side) for kind in _KINDS for side in SIDES if not standing and self._can_be_signed(kind, side)
        )

    def _can_be_signed(self, kind: SigningKind, side: Side) -> bool:
        access, gland, role = gland_access(self._desk, side), self._desk.record.glands[side], self._desk.role
        if kind == "record":
            return access.is_open and not self._desk.missing(side) and allowed(role, "sign_gland", "complete")
        if kind == "addition":
            return access.may_sign_addition and not additions.missing(self._desk.record, side)
        is_there = gland.addition_open is None and not why_not_counted(self._desk.record)
        return is_there and allowed(role, "review_gland", gland.state)

    def _gland(self, gland: GlandRecord) -> ReviewGland:
        access, sections = gland_access(self._desk, gland.side), self._sections(gland)
        signatures = [("Signed by", "signature", gland.signature), ("Reviewed by", "review", gland.review)]
        signed = [
            signed_words(one, verb) + self._key_words(gland.side, name)
            for verb, name, one in signatures if one is not None
        ]
        added = [signed_words(one.signature, f"Addition {one.number} signed by") for one in gland.additions]
        earlier = gland.earlier[-1] if gland.earlier else None
        return ReviewGland(
            gland.side, side_words(gland.side), access.standing, (*sections, *self._added(gland)),
            highlights(sections), "\n".join((*signed, *added)),
            under=under_words(gland),
            changed=differences(earlier.signature.rendering, sections) if earlier is not None else (),
            compared_with=earlier.version if earlier is not None else 0,
            earlier=tuple(earlier_of(one) for one in reversed(gland.earlier)),
            may_amend=access.may_amend,
            to_look_at=to_look_at(self._desk, gland.side),
        )

    def _sections(self, gland: GlandRecord) -> tuple[Section, ...]:
        """What is read: of a signed record the text that was signed, else what would be signed now."""
        if gland.signature is not None and not gland.is_open:
            return sections_of(gland.signature.rendering)
        return self._desk.render(gland.side).sections

    def _added(self, gland: GlandRecord) -> tuple[Section, ...]:
        """What came after the signature: of each addition the text that was signed, of an open one what will be."""
        texts = [sections_of(one.signature.rendering) for one in gland.additions]
        if gland.addition_open is not None:
            texts.append(self._desk.changes.render_addition(gland.side).sections)
        return tuple(section for sections in texts for section in sections if section.title != "Record")

    def _key_words(self, side: Side, name: str) -> str:
        standing = self._desk.changes.key_standing(side, name)
        return f"  ▲ {standing}" if standing else ""

    # ---- the signing dialog --------------------------------------------------------------------------------
    def begin(self) -> bool:
        """Begin to sign what can be signed; False when nothing can."""
        self._queue, self._signed, self._user, self._said = self.to_sign, (), "", ""
        self._shown = {one: self._render(one) for one in self._queue}
        return bool(self._queue)

    def _render(self, one: ToSign) -> Rendering:
        if one.kind == "record":
            return self._desk.render(one.side)
        changes = self._desk.changes
        return changes.render_review(one.side) if one.kind == "review" else changes.render_addition(one.side)

    @property
    def signing(self) -> SignState:
        """What the dialog shows now."""
        one = self._queue[0] if self._queue else None
        shown = self._shown[one] if one else None
        return SignState(
            side=one.side if one else None,
            title=side_words(one.side) if one else "Signed",
            text=shown.text if shown else "",
            highlights=highlights(shown.sections) if shown else (),
            user=self._user,
            printed_name=self._desk.printed_name,
            asks_user=not self._signed,
            meaning=self._meaning(one) if one else "",
            when=local_words(self._desk.now()),
            said=self._said,
            done=tuple(f"{side_words(each.side)}: {_DONE[each.kind]}." for each in self._signed),
            button=_BUTTONS[one.kind].format(side=one.side) if one else "",
            to_look_at=(*to_look_at(self._desk, None), *to_look_at(self._desk, one.side)) if one else (),
        )

    def _meaning(self, one: ToSign) -> str:
        return MEANINGS[meaning_for(self._desk.record, one.side)] if one.kind == "record" else _MEANINGS[one.kind]

    def sign(self, user: str, password: str) -> bool:
        """Sign the gland that is shown; False, with the sentence in the dialog, when it was refused."""
        if not self._queue:
            return False
        one = self._queue[0]
        self._user = user.strip() if not self._signed else self._user
        if not self._user or not password:
            self._said = "Type your user id and your password." if not self._signed else "Type your password again."
            return False
        try:
            self._give(one, Proof(self._user, password, self._shown[one].sha256))
        except REFUSALS as refused:
            self._said = str(refused)
            return False
        self._said, self._signed, self._queue = "", (*self._signed, one), self._queue[1:]
        # What the second signature covers is rendered again: it must be what is stored now, and is shown now.
        self._shown = {one: self._render(one) for one in self._queue}
        self._changed()
        return True

    def _give(self, one: ToSign, proof: Proof) -> None:
        if one.kind == "record":
            self._desk.sign(one.side, proof)
        elif one.kind == "review":
            self._desk.changes.review(one.side, proof)
        else:
            self._desk.changes.sign_addition(one.side, proof)


def earlier_of(one: SignedVersion) -> EarlierVersion:
    """A signed version that was replaced, as it is looked at."""
    by = one.replaced_by
    replaced = f"Replaced by {by.printed_name}, {local_time(by.at, by.offset_minutes)}: {by.reason}"
    signed = signed_words(one.signature)
    return EarlierVersion(one.version, f"{signed}\n{replaced}", sections_of(one.signature.rendering))


def signed_words(signature: Signature, verb: str = "Signed by") -> str:
    """Who signed, when (local time with offset), what it means."""
    at = local_time(signature.signed_at, signature.offset_minutes)
    return f"{verb} {signature.printed_name}, {at}: {signature.meaning}"


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
