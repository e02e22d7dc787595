"""Which part of a scanner's screen stays in coded copies: the scanner's own regions, or what two people agree on.

A drawn area is remembered for the device and layout (maker, model, picture size, regions), so it is drawn once
for each scanner. It goes before the scanner's regions: where words were typed into the picture, somebody draws
it smaller. Deliberately writes no copy and shows no picture.
"""
from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from injection_log.acts.writing import require, write
from injection_log.errors import Refused
from injection_log.ledger.event import Json, Subject
from injection_log.record.copies import AREA, AREA_CONFIRMED, AreaFrom, Boxes, DrawnArea, drawn_area, stored_boxes

if TYPE_CHECKING:
    from dicom_io.deidentify.kept_area import KeptArea
    from injection_log.record.values import VisitImage
    from injection_log.site import Session


HAS_REGION = (
    "The scanner's own region already says what stays of these pictures; an area drawn instead puts it out of use, and "
    "no picture of this scanner can be copied until a second person agrees. Ask for that expressly, or leave it."
)


@dataclass(frozen=True)
class StandingArea:
    """The area that holds for a picture now, where it comes from, and the digest of the layout it is for."""

    area: KeptArea
    area_from: AreaFrom
    layout: str


@dataclass(frozen=True)
class OwedArea:
    """No area holds yet; `why` says what to do. `drawn` waits for a second person, or is None.

    `replaces` is the user whose waiting area was just replaced by another's, "" mostly.
    """

    why: str
    layout: str
    drawn: DrawnArea | None
    replaces: str = ""


def area_for(session: Session, image: VisitImage) -> StandingArea | OwedArea:
    """The kept area of a picture as it stands: a drawn and confirmed one, else the scanner's, else what is owed."""
    from dicom_io.deidentify.errors import NoKeptArea
    from dicom_io.deidentify.kept_area import KeptArea, kept_area_of

    layout = layout_of(session, image)
    drawn = drawn_area(session.site.ledger.values(layout.key))
    if drawn is not None and drawn.is_confirmed:
        return StandingArea(KeptArea(drawn.boxes), "drawn", layout.id)
    if drawn is not None:
        why = "The kept area of this scanner's pictures was drawn and waits for a second person to confirm it."
        return OwedArea(why, layout.id, drawn)
    try:
        return StandingArea(kept_area_of(session.site.image_path(image.sha256)), "scanner", layout.id)
    except NoKeptArea as owed:
        return OwedArea(owed.why, layout.id, None)


def draw_kept_area(
    session: Session, image: VisitImage, boxes: Boxes, *, instead_of_the_region: bool = False
) -> StandingArea | OwedArea:
    """Draw what stays of all pictures of this layout, (row0, column0, row1, column1) each; a second person confirms.

    Raises Refused where a box lies outside the picture, and where the scanner's own region holds and is to be put
    out of use without being asked for.
    """
    require(session, "draw_kept_area")
    from dicom_io.deidentify.errors import CopyRefused
    from dicom_io.deidentify.kept_area import KeptArea

    try:
        area = KeptArea(boxes)
        area.mask(image.rows, image.columns)
    except CopyRefused as refused:
        raise Refused(refused.code, refused.why) from refused
    before = area_for(session, image)
    if isinstance(before, StandingArea) and before.area_from == "scanner" and not instead_of_the_region:
        raise Refused("has_region", HAS_REGION)
    drawn: Json = {"boxes": stored_boxes(boxes), "by": session.account.user}
    write(session, "KeptAreaDrawn", layout_of(session, image), {AREA: drawn, AREA_CONFIRMED: None})
    return _replacing(before, area_for(session, image), session.account.user)


def _replacing(before: StandingArea | OwedArea, now: StandingArea | OwedArea, user: str) -> StandingArea | OwedArea:
    """`now`, saying whose waiting area went."""
    if isinstance(before, StandingArea) or isinstance(now, StandingArea) or before.drawn is None:
        return now
    return replace(now, replaces=before.drawn.drawn_by) if before.drawn.drawn_by != user else now


def confirm_kept_area(session: Session, image: VisitImage, shown: Boxes) -> StandingArea | OwedArea:
    """Confirm, as the second person, the area that was drawn and is `shown`.

    Raises Refused for the person who drew it, and where another area was drawn meanwhile.
    """
    require(session, "confirm_kept_area")
    layout = layout_of(session, image)
    drawn = drawn_area(session.site.ledger.values(layout.key))
    if drawn is None:
        raise Refused("no_kept_area", "No kept area was drawn for this scanner's pictures; draw one first.")
    if drawn.boxes != tuple(shown):
        raise Refused("other_area", "Another area was drawn meanwhile; look at it before confirming.")
    if drawn.drawn_by == session.account.user:
        raise Refused("same_person", "Who drew the kept area cannot confirm it; a second person does.")
    confirmed: Json = {"boxes": stored_boxes(drawn.boxes), "by": session.account.user}
    write(session, "KeptAreaConfirmed", layout, {AREA_CONFIRMED: confirmed})
    return area_for(session, image)


def take_back_kept_area(session: Session, image: VisitImage) -> StandingArea | OwedArea:
    """Forget what was drawn for this layout: the scanner's own regions count again, where there are any.

    Raises Refused where nothing was drawn.
    """
    require(session, "draw_kept_area")
    layout = layout_of(session, image)
    if drawn_area(session.site.ledger.values(layout.key)) is None:
        raise Refused("no_kept_area", "No kept area was drawn for this scanner; there is nothing to take back.")
    write(session, "KeptAreaTakenBack", layout, {AREA: None, AREA_CONFIRMED: None})
    return area_for(session, image)


def layout_of(session: Session, image: VisitImage) -> Subject:
    """The subject under which a scanner's screen is remembered."""
    from dicom_io.deidentify.layout_digest import layout_digest

    return Subject("layout", id=layout_digest(session.site.image_path(image.sha256), site_key(session, "layout")))


def site_key(session: Session, what_for: str) -> bytes:
    """A key for one purpose, 32 bytes, from the site's identity key, which itself is handed to no other room."""
    site = session.site
    whole = site.keys.identity_key(site.ledger.origin)
    return hmac.digest(whole, f"injection-log coded copies 1\x00{what_for}".encode(), "sha256")


def boxes_from(numbers: Sequence[Sequence[int]]) -> Boxes:
    """Boxes from typed or drawn corners, put in order: (row0, column0, row1, column1)."""
    ordered = []
    for row_a, column_a, row_b, column_b in numbers:
        ordered.append((min(row_a, row_b), min(column_a, column_b), max(row_a, row_b), max(column_a, column_b)))
    return tuple(ordered)
