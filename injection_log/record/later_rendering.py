"""The texts that are signed after a record was: what an addition adds, and what a review covers.

Pure, as `rendering`. Both hold the digest of the text that was signed first, so that neither can be laid beside
another record.
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from injection_log.record.rendering import (
    Rendering,
    deposit_rows,
    needle_rows,
    picture_rows,
    rendering_of,
    scale_rows,
    size_rows,
)
from injection_log.record.signed_text import Section, sections_of

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.protocol.protocol import Protocol
    from injection_log.record.values import GlandRecord, VisitRecord
    from injection_log.record.versions import OpenAddition, Signature

ADDITION_FORM = "addition to a gland record, form 1"
REVIEW_FORM = "review of a gland record, form 1"


def render_addition(record: VisitRecord, side: Side, protocol: Protocol) -> Rendering:
    """Render the open addition of a gland: why, which pictures came, and every mark and size as they stand with it.

    Raises ValueError when no addition is open.
    """
    gland = record.glands[side]
    if gland.addition_open is None or gland.signature is None:
        raise ValueError("no addition is open")
    return rendering_of(ADDITION_FORM, (
        Section("Addition", tuple(_addition(record, gland, gland.addition_open))),
        Section("Added to", tuple(_signed("Signed", gland.signature))),
        Section("Pictures that came", tuple(_came(record, gland))),
        Section("Size with this addition", tuple(size_rows(gland, protocol.measuring))),
        Section("Needle with this addition", tuple(needle_rows(gland, protocol.reading_error))),
        Section("Deposits with this addition", tuple(deposit_rows(gland))),
        Section("Scale", tuple(scale_rows(record, gland))),
        Section("Marks with this addition", tuple(picture_rows(record, gland))),
    ))


def render_review(record: VisitRecord, side: Side) -> Rendering:
    """Render what a review covers: the signed text, its signature, every addition. Raises ValueError when unsigned."""
    gland = record.glands[side]
    if gland.signature is None:
        raise ValueError("the record is not signed")
    additions = (
        Section(f"Addition {one.number}", (("Reason", one.reason), *_signed("Signed", one.signature)))
        for one in gland.additions if one.of_version == gland.version
    )
    return rendering_of(REVIEW_FORM, (
        *sections_of(gland.signature.rendering),
        Section("Signature", tuple(_signed("Signed", gland.signature))), *additions,
    ))


def _addition(record: VisitRecord, gland: GlandRecord, one: OpenAddition) -> Iterator[tuple[str, str]]:
    yield "Gland", f"{gland.side.upper()} submandibular gland"
    yield "Participant", record.participant
    yield "Visit", f"{record.visit_title}, {record.day.isoformat()}"
    yield "Addition", f"number {one.number}, to version {one.of_version}"
    yield "Opened", f"by {one.by}, {one.role}, {one.when}"
    yield "Reason", one.reason
    added = [placed for placed in gland.marks if placed.mark_id not in one.marks_before]
    yield "Marks placed", str(len(added))


def _signed(label: str, signature: Signature) -> Iterator[tuple[str, str]]:
    yield label, f"by {signature.printed_name}, {signature.role}, {signature.when}"
    yield "Meaning", signature.meaning
    yield "Signed text", f"SHA-256 {signature.record_sha256}"


def _came(record: VisitRecord, gland: GlandRecord) -> Iterator[tuple[str, str]]:
    for number, uid in enumerate(gland.later_images, start=1):
        image = record.image(uid)
        shown = f"{image.plane or 'image'}, {image.frames} frame{'s' if image.frames > 1 else ''}"
        yield f"Picture {number}", f"{shown}; image {uid}, pixel data {image.pixel_data_sha256[:16]}"
