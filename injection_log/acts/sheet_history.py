"""What a sheet says of a record besides what was signed: earlier versions, review, additions, locks, and warnings.

Texts that are ready to print, gathered from the record and the log; nothing is decided or written here.
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from annotate.readout import BY_HAND
from injection_log.people.key_standing import key_standing
from injection_log.record.checks import cautions
from injection_log.record.origins import late_in_words
from injection_log.record.signed_text import Section, sections_of

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.record.reading import Values
    from injection_log.record.values import GlandRecord, VisitRecord
    from injection_log.record.versions import Signature

_OF_ADDITION = ("Addition", "Added to")
"""Sections of an addition's text that its line below the signature says already."""


def standing_of(values: Values, signature: Signature) -> str:
    """What has to be said about the key of a signature: "key not yet confirmed", or ""."""
    return key_standing(values, signature.user, signature.public_key) if signature.public_key else ""


def earlier_versions(values: Values, gland: GlandRecord) -> tuple[str, ...]:
    """One sentence for each version that was signed and replaced: who signed and reviewed it, who amended it, why."""
    sentences = []
    for one in gland.earlier:
        reviewed = f", reviewed by {_who(values, one.review)}" if one.review else ""
        why = one.replaced_by
        sentences.append(
            f"Version {one.version} was signed by {_who(values, one.signature)}{reviewed}; amended by {why.by}, "
            f"{why.when}: {why.reason} (signed text SHA-256 {one.signature.record_sha256[:16]}…)"
        )
    return tuple(sentences)


def after_the_signature(values: Values, gland: GlandRecord) -> Iterator[tuple[str, str]]:
    """What followed the signature of this version, as label and words: additions, review, lock."""
    for one in gland.additions:
        if one.of_version == gland.version:
            yield f"Addition {one.number}", (
                f"{_who(values, one.signature)}: {one.reason}. {one.signature.meaning} "
                f"SHA-256 {one.signature.record_sha256}"
            )
    if gland.review is not None:
        review = gland.review
        yield "Reviewed", f"{_who(values, review)}: {review.meaning} SHA-256 {review.record_sha256}"
    if gland.lock is not None:
        over = "" if gland.lock.scope == "gland" else f" (the whole {gland.lock.scope})"
        yield "Locked", f"by {gland.lock.by}, {_role(gland.lock.role)}, {gland.lock.when}{over}"


def sections_of_additions(gland: GlandRecord) -> tuple[Section, ...]:
    """What was signed with each addition to this version, part by part."""
    return tuple(
        Section(f"Addition {one.number}: {section.title.lower()}", section.rows)
        for one in gland.additions if one.of_version == gland.version
        for section in sections_of(one.signature.rendering) if section.title not in _OF_ADDITION
    )


def notices(record: VisitRecord, side: Side) -> tuple[str, ...]:
    """What a reader of the sheet must not overlook, in sentences."""
    gland = record.glands[side]
    return (*_of_visit(record), *_of_gland(record, gland), *(one.sentence for one in cautions(record, side)))


def _of_visit(record: VisitRecord) -> Iterator[str]:
    if record.withdrawn is not None:
        one = record.withdrawn
        yield f"WITHDRAWN by {one.by}, {one.when}: {one.reason}. This visit does not count."
    if record.not_done is not None:
        yield f"NOT DONE, recorded by {record.not_done.by}, {record.not_done.when}: {record.not_done.reason}."
    if record.transcribed is not None:
        paper = record.transcribed
        written = f"written {paper.written_on.isoformat()} by {paper.written_by}"
        yield f"TRANSCRIBED FROM PAPER, {written}; typed in by {paper.by}."


def _of_gland(record: VisitRecord, gland: GlandRecord) -> Iterator[str]:
    late = late_in_words({**record.late_minutes, **gland.late_minutes})
    if late:
        yield f"ENTERED LATE: {late}."
    if gland.addition_open is not None:
        yield f"An addition to this record is open since {gland.addition_open.when} and not signed."
    if gland.later_images:
        yield f"{len(gland.later_images)} picture(s) came after the signature, and nobody has signed for them yet."
    for source in sorted({placed.scale.source for placed in gland.marks if placed.scale.is_by_hand}):
        yield f"{BY_HAND}: the lengths and volumes on this sheet depend on a scale {source}."


def _who(values: Values, signature: Signature) -> str:
    standing = standing_of(values, signature)
    said = f" [{standing.upper()}]" if standing else ""
    return f"{signature.printed_name}, {_role(signature.role)}, {signature.when}{said}"


def _role(role: str) -> str:
    return role.replace("_", " ")
