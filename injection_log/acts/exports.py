"""Sheets: what a role may see is gathered here, an exporter makes the bytes, and the export is an event."""
from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.geometry import measure_contour
from annotate.marks import Contour
from injection_log import __version__
from injection_log.acts.sheet_history import (
    after_the_signature,
    earlier_versions,
    notices,
    sections_of_additions,
    standing_of,
)
from injection_log.acts.writing import require
from injection_log.errors import InjectionLogError, Refused
from injection_log.language import catalogue_of
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.outputs import OutputFile, SheetContent, SignatureFacts, VolumeLine, output_of
from injection_log.record.reading import gland_subject
from injection_log.record.rendering import render, sections_of
from injection_log.words import volume_figures, volume_in_words

if TYPE_CHECKING:
    from annotate.marks import PlacedMark, Side
    from dicom_io.calibration import Scale
    from injection_log.record.values import GlandRecord, Signature, VisitRecord
    from injection_log.site import Session


def export_sheet(session: Session, record: VisitRecord, side: Side) -> tuple[OutputFile, ...]:
    """Make the sheet (PDF) of a signed gland record. Raises Refused when it is not signed."""
    if record.glands[side].signature is None:
        raise Refused("not_signed", f"The {side} gland is not signed yet; a sheet is made of signed records only.")
    require(session, "export_sheet", record.glands[side].state)
    content = sheet_content(session, record, side)
    files = output_of("sheet").files(content)
    subject = gland_subject(record.participant, record.visit, side)
    record_export(session, "SheetExported", subject, files)
    return files


def write_files(files: tuple[OutputFile, ...], folder: Path) -> tuple[Path, ...]:
    """Write finished files into a folder, making it where it is missing. Raises InjectionLogError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            (folder / file.name).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.name).write_bytes(file.data)
    except OSError as error:
        raise InjectionLogError(
            f"The files could not be written to {folder} ({error.strerror}); choose another folder with --out."
        ) from error
    return tuple(folder / file.name for file in files)


def sheet_content(session: Session, record: VisitRecord, side: Side) -> SheetContent:
    """Gather all that the sheet of one gland prints: of a signed record the text that was signed.

    The checkpoint is the latest one; it covers the signature and everything after it.
    """
    site, gland = session.site, record.glands[side]
    signed = gland.signature
    sections = sections_of(signed.rendering) if signed else render(record, side, site.protocol).sections
    sections = (*sections, *sections_of_additions(gland))
    values = site.ledger.values
    sequence, _ = site.ledger.head()
    return SheetContent(
        study=site.protocol.id, site=site.site_name, participant=record.participant,
        visit_title=f"{record.visit_title}, {record.day.isoformat()}", side=side, state=gland.state,
        version=gland.version,
        sections=tuple((section.title, section.rows) for section in sections),
        volumes=_volume_lines(gland),
        pictures=marked_pictures(session, record, side),
        signature=_signature_facts(signed, standing_of(values, signed)) if signed else None,
        checkpoint=site.ledger.latest_checkpoint() or "",
        program_version=__version__, protocol_id=site.protocol.id, protocol_version=site.protocol.version,
        protocol_sha256=site.protocol.sha256, ledger_sequence=sequence,
        printed_at=local_time(site.clock.now(), site.clock.utc_offset_minutes()),
        practice=site.protocol.practice, language=site.protocol.language, notices=notices(record, side),
        earlier_signatures=earlier_versions(values, gland),
        after_signature=tuple(after_the_signature(values, gland)),
    )


def local_time(moment: datetime, offset_minutes: int) -> str:
    """Write a moment as local time with its offset, `2026-11-22 14:02:11 +01:00`."""
    local = moment.astimezone(timezone(timedelta(minutes=offset_minutes)))
    return local.isoformat(sep=" ", timespec="seconds").replace("+", " +")


def marked_pictures(session: Session, record: VisitRecord, side: Side) -> tuple[tuple[str, bytes], ...]:
    """Draw each frame of this gland that carries marks, with its marks, as (title, PNG).

    Of frames of one clip that carry a contour and nothing else only the largest contour is drawn: a traced sweep would
    fill the sheet. Numbers are those of the signed text, which names every one.
    """
    from annotate.picture import (  # OpenCV is loaded only when a picture is drawn
        Wording,
        draw_marked_picture,
        encode_png,
    )
    from dicom_io.frames import open_frames

    pictures: list[tuple[str, bytes]] = []
    reading = session.site.protocol.reading_error
    frames = frames_with_marks(record.glands[side])
    for number, ((uid, frame), marks) in enumerate(frames.items(), start=1):
        if _is_slice_among_others(marks, frames):
            continue
        image = record.image(uid)
        title = f"Picture {number}: {image.plane or 'image'}, frame {frame + 1} of {image.frames}"
        say = catalogue_of(session.site.protocol.language).say
        with open_frames(session.site.image_path(image.sha256)) as clip:
            drawn = draw_marked_picture(
                clip.frame(frame), marks, side=side, scale_bar=scale_of_all(marks),
                caption=Wording(say(f"{record.participant} · {record.visit_title} · {title}"), reading, say),
            )
        pictures.append((title, encode_png(drawn)))
    return tuple(pictures)


def frames_with_marks(gland: GlandRecord) -> dict[tuple[str, int], list[PlacedMark]]:
    """The marks of a gland by picture (SOP Instance UID) and frame, in the order that numbers them on the sheet."""
    frames: dict[tuple[str, int], list[PlacedMark]] = {}
    for placed in gland.marks:
        frames.setdefault((placed.on.sop_instance_uid, placed.on.frame), []).append(placed)
    return frames


def _is_slice_among_others(
    marks: list[PlacedMark], frames: dict[tuple[str, int], list[PlacedMark]]
) -> bool:
    """Whether a frame carries a contour alone, and another such frame of its clip a larger one (or one before it)."""
    if not _is_slice(marks):
        return False
    here = marks[0].on
    slices = [one[0] for (uid, _), one in frames.items() if uid == here.sop_instance_uid and _is_slice(one)]
    largest = max(slices, key=lambda one: measure_contour(one).area_um2)
    return largest is not marks[0]


def _is_slice(marks: list[PlacedMark]) -> bool:
    return len(marks) == 1 and isinstance(marks[0].mark, Contour)


def scale_of_all(marks: list[PlacedMark]) -> Scale | None:
    """The scale of a picture's marks; None where they have several (two regions): no one bar would be true."""
    sizes = {(placed.scale.mm_per_px_row, placed.scale.mm_per_px_column) for placed in marks}
    return marks[0].scale if len(sizes) == 1 else None


def _volume_lines(gland: GlandRecord) -> tuple[VolumeLine, ...]:
    volumes = gland.volumes
    if volumes is None or gland.facts.get("injected") != "yes":
        return ()
    parts = (
        ("Planned", volumes.planned_ul), ("Loaded", volumes.loaded_ul), ("Residual", volumes.residual_ul),
        ("Spilled", volumes.spilled_ul), ("Injected", volumes.injected_ul),
    )
    return tuple(VolumeLine(title, volume_figures(ul), volume_in_words(ul)) for title, ul in parts)


def _signature_facts(signature: Signature, standing: str) -> SignatureFacts:
    signed = local_time(datetime.fromisoformat(signature.signed_at), signature.offset_minutes)
    return SignatureFacts(
        signature.printed_name, signature.user, signature.role, signature.meaning, signed, signature.record_sha256,
        standing,
    )


def record_export(session: Session, kind: str, subject: Subject, files: tuple[OutputFile, ...]) -> None:
    """Write the event of an export, with the digests of its files and a checkpoint, before it leaves."""
    digests = {file.name: file.sha256 for file in files}
    change = Change("last_export", session.site.ledger.values(subject.key).get("last_export"), digests)
    session.site.ledger.append(
        session.actor, [EventDraft(kind, subject, (change,))], protocol=session.site.protocol.sha256,
        checkpoint=True,
    )
