"""Which marks a person made of what the picture proposed: the method, and whether its places were changed since.

Pure. Stored beside the mark, under the mark's own id. The places as proposed stand there as a digest, so that whether
they were changed is recomputed by `verify` and not believed. Deliberately no look at the picture: what a method
proposes is not computed again, and the person who took it over answers for the mark.
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from annotate.errors import AnnotateError, MarkMalformed
from annotate.marks import Caliper, Contour, Mark, Needle, OutOfPlaneNeedle, PlacedMark
from annotate.stored_marks import on_grid
from annotate.stored_parts import keys_of, mpx, sha256_of, word_of
from dicom_io.calibration import Point
from injection_log.ledger.canonical import canonical_bytes
from injection_log.ledger.event import Json

ASSISTED = "assisted."
"""The field that says so of a mark; the rest of its name is the mark's id."""
_MARK = "mark."
_KINDS: dict[str, tuple[type[Mark], ...]] = {
    "shaft_in_corridor": (Needle, OutOfPlaneNeedle),
    "outline_from_seed": (Contour,),
    "live_wire": (Contour,),
    "axes_of_contour": (Caliper,),
}
_VERSIONS: dict[str, tuple[str, ...]] = {
    "shaft_in_corridor": ("1",), "outline_from_seed": ("1",), "live_wire": ("1",), "axes_of_contour": ("1",),
}
METHOD_WORDS: dict[str, str] = {
    "shaft_in_corridor": "the needle's shaft along the dragged line",
    "outline_from_seed": "an outline from one click",
    "live_wire": "the way along the capsule between clicks",
    "axes_of_contour": "the longest lines across the contour",
}


@dataclass(frozen=True)
class Proposed:
    """A mark that a person takes over from the picture's proposal; `method` and `version` are the proposal's own.

    `as_proposed` is given where the person changed it before placing it: what the picture had proposed.
    """

    mark: Mark
    method: str
    version: str
    as_proposed: Mark | None = None


@dataclass(frozen=True)
class Assisted:
    """That a mark was proposed by the picture; `is_changed` where its places are no longer the proposed ones.

    `places_sha256` is the digest of the places as proposed.
    """

    method: str
    version: str
    places_sha256: str
    is_changed: bool

    @property
    def words(self) -> str:
        """In a sentence or a signed text: `assisted by shaft in corridor, version 1 (confirmed by the person)`."""
        since = "changed and confirmed" if self.is_changed else "confirmed"
        return f"assisted by {self.method.replace('_', ' ')}, version {self.version} ({since} by the person)"

    def after(self, mark: Mark) -> Assisted:
        """The same help for the mark where it lies now."""
        changed = _digest(mark) != self.places_sha256
        return Assisted(self.method, self.version, self.places_sha256, changed)

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return {
            "method": {"name": self.method, "version": self.version}, "places_sha256": self.places_sha256,
            "changed": self.is_changed,
        }


def assisted_by(proposed: Proposed) -> Assisted:
    """What is stored beside a mark that was made of a proposal. Raises MarkMalformed where no method proposes such."""
    drawn = proposed.as_proposed or proposed.mark
    if not isinstance(drawn, _KINDS.get(proposed.method, ())) or not isinstance(proposed.mark, type(drawn)):
        raise MarkMalformed("This help from the picture proposes no mark of this kind; place the mark by hand.")
    first = Assisted(proposed.method, proposed.version, _digest(on_grid(drawn)), is_changed=False)
    return first.after(on_grid(proposed.mark))


def assisted_from_json(value: object) -> Assisted:
    """What stands beside a mark, of its stored form. Raises MarkMalformed."""
    fields = keys_of(value, "method", "places_sha256", "changed")
    method = keys_of(fields["method"], "name", "version")
    if not isinstance(fields["changed"], bool):
        raise MarkMalformed("A stored help from the picture is none; check the log with `verify`.")
    return Assisted(
        word_of(method["name"]), word_of(method["version"]), sha256_of(fields["places_sha256"]), fields["changed"]
    )


def assisted_values(stored: Mapping[str, Assisted], marks: Mapping[str, PlacedMark | None]) -> dict[str, Json]:
    """The fields of the help that marks of a gland had, once these stand where they do now; None for one that is gone.

    `stored` is what stands beside the gland's marks, by the mark's id.
    """
    return {
        f"{ASSISTED}{mark_id}": stored[mark_id].after(placed.mark).to_json() if placed is not None else None
        for mark_id, placed in marks.items() if mark_id in stored
    }


def wrong_assisted(
    changes: Mapping[str, tuple[Any, Any]], after: Mapping[str, Any], read: Callable[[object], PlacedMark]
) -> str | None:
    """Say what is wrong with the help that an event's marks are said to have had, or None. Never raises for it.

    `changes` are old and new by field, `after` the gland's values once they are applied; `read` reads a stored mark.
    """
    touched = [name.removeprefix(one) for name in changes for one in (ASSISTED, _MARK) if name.startswith(one)]
    for mark_id in dict.fromkeys(touched):
        stored, mark = after.get(f"{ASSISTED}{mark_id}"), after.get(f"{_MARK}{mark_id}")
        if mark is None:
            wrong = None if stored is None else "Help from the picture is recorded for a mark that is not there."
        else:
            wrong = _claimed_later(mark_id, changes) or _wrong_one(stored, mark, read)
        if wrong is not None:
            return wrong
    return None


def _claimed_later(mark_id: str, changes: Mapping[str, tuple[Any, Any]]) -> str | None:
    """Help belongs to the placing of a mark: nothing but whether it was changed is said of one that stands."""
    old, new = changes.get(f"{ASSISTED}{mark_id}", (None, None))
    stood, _ = changes.get(f"{_MARK}{mark_id}", (True, True))
    if stood is not None and _without_changed(old) != _without_changed(new):
        return "A mark that stands was later said to be, or not to be, assisted by the picture."
    return None


def _wrong_one(stored: object, mark: object, read: Callable[[object], PlacedMark]) -> str | None:
    if stored is None:
        return None
    try:
        said, placed = assisted_from_json(stored), read(mark)
        again = said.after(placed.mark)
    except AnnotateError as malformed:
        return malformed.why
    if said.version not in _VERSIONS.get(said.method, ()) or not isinstance(placed.mark, _KINDS[said.method]):
        return f"A mark is said to be assisted by what does not propose such: {said.method} version {said.version}."
    return None if again == said else "A mark assisted by the picture was changed, or not, otherwise than it says."


def _without_changed(value: object) -> object:
    return {name: one for name, one in value.items() if name != "changed"} if isinstance(value, Mapping) else value


def _digest(mark: Mark) -> str:
    """The digest of the places that a picture can have proposed; a skin line and how a tip was seen are none."""
    match mark:
        case Caliper():
            places: tuple[Point, ...] = (mark.start, mark.end)
        case Needle():
            places = (mark.entry, mark.tip)
        case OutOfPlaneNeedle():
            places = (mark.tip,)
        case Contour():
            places = mark.points
        case _:
            places = ()
    stored: Json = {"places_mpx": [[mpx(one.row), mpx(one.column)] for one in places]}
    return hashlib.sha256(canonical_bytes(stored)).hexdigest()
