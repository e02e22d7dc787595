"""Coded copies and reports into a research archive: queued, tried until accepted, each acceptance an event.

Only the trial's own objects, and never the clinical PACS. What an archive has accepted is asked for again there before
the log says so; the log says so before it leaves the queue, so a crash between the two sends an object once more.
"""
from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from injection_log.acts.writing import append, draft_of, require
from injection_log.archive_queue import ArchiveQueue, Waiting
from injection_log.clock import to_text
from injection_log.errors import Refused
from injection_log.record.copies import COPY, archived_field
from injection_log.record.reading import visit_subject
from injection_log.settings import read_settings

if TYPE_CHECKING:
    from dicom_io.pacs.archive import ArchiveAddress
    from injection_log.ledger.event import Json
    from injection_log.site import Session

_WITHIN = ".dcm"


@dataclass(frozen=True)
class Archive:
    """Where to send: the address as typed, our own AE title there, the file with a bearer token; "" for none."""

    to: str
    calling_aet: str = ""
    token_file: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one object at one try: accepted, or why not."""

    waiting: Waiting
    is_accepted: bool
    remark: str


def queue_of(session: Session) -> ArchiveQueue:
    """What waits in this home."""
    require(session, "send_to_archive")
    return ArchiveQueue(session.site.home.archive_folder)


def queue_folder(session: Session, folder: Path, archive: Archive) -> tuple[Waiting, ...]:
    """Queue every DICOM file (.dcm) of a folder, all of them or none; what waits already is not queued again.

    Raises Refused: a role that may not, an address that is none or is the clinical PACS's, a file that is not ours.
    """
    queue = queue_of(session)
    _address(session, archive)
    paths = sorted(path for path in folder.iterdir() if path.suffix == _WITHIN) if folder.is_dir() else []
    if not paths:
        raise Refused("nothing_to_send", f"There is no {_WITHIN} file in {folder}; export or copy something first.")
    found = [_judged(session, path, archive) for path in paths]
    return tuple(waiting for waiting, data in found if queue.add(waiting, data))


def try_all(session: Session) -> Iterator[Outcome]:
    """Try everything that waits once, oldest first; each acceptance is written before the object leaves the queue.

    An archive that cannot be talked to is not asked again for the next object, which would wait as long.
    """
    queue = queue_of(session)
    silent: dict[str, str] = {}
    for waiting in queue.waiting():
        if waiting.to in silent:
            outcome = Outcome(waiting, False, silent[waiting.to])
        else:
            outcome = _try(session, queue, waiting, silent)
        if outcome.is_accepted:
            _record(session, waiting, queue)
            queue.done(waiting)
        else:
            queue.tried(waiting, to_text(session.site.clock.now()), outcome.remark)
        yield outcome


def give_up(session: Session, sha256: str) -> tuple[Waiting, ...]:
    """Take objects out of the queue, by the first letters of their digest. Raises Refused where none begins so."""
    queue = queue_of(session)
    found = tuple(one for one in queue.waiting() if sha256 and one.sha256.startswith(sha256.lower()))
    if not found:
        raise Refused("not_waiting", "Nothing with this digest waits; `injection-log archive queue` lists what does.")
    for one in found:
        queue.done(one)
    return found


def _try(session: Session, queue: ArchiveQueue, waiting: Waiting, silent: dict[str, str]) -> Outcome:
    from dicom_io.errors import DicomIoError, PacsError
    from dicom_io.pacs.archive import Accepted, put
    from dicom_io.reports.own_object import own_object

    path = queue.file(waiting)
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != waiting.sha256:
        return Outcome(waiting, False, "The file that waited is gone or changed; give it up and send it again.")
    try:
        address = _address(session, Archive(waiting.to, waiting.calling_aet, waiting.token_file))
        answer = put(address, path, own_object(path), queue.folder)
    except PacsError as error:
        silent[waiting.to] = error.why
        return Outcome(waiting, False, error.why)
    except (DicomIoError, Refused) as refused:
        return Outcome(waiting, False, refused.why)
    if isinstance(answer, Accepted):
        return Outcome(waiting, True, answer.remark)
    return Outcome(waiting, False, answer.why)


def _record(session: Session, waiting: Waiting, queue: ArchiveQueue) -> None:
    from dicom_io.reports.own_object import own_object

    own, subject = own_object(queue.file(waiting)), visit_subject(waiting.participant, waiting.visit)
    name = archived_field(waiting.sha256, waiting.to)
    draft = draft_of(session, "ObjectArchived", subject, {name: {
        "what": own.title, "to": waiting.to, "sha256": waiting.sha256, "sop_instance_uid": own.sop_instance_uid,
        "sop_class_uid": own.sop_class_uid,
    }})  # fmt: skip
    append(session, [draft], checkpoint=True)


def _address(session: Session, archive: Archive) -> ArchiveAddress:
    """The archive's address. Raises Refused where it is none, or that of a PACS in the settings."""
    from dicom_io.pacs.address import AddressMalformed
    from dicom_io.pacs.archive import archive_address

    settings = read_settings(session.site.home.settings_file)
    usual = settings.default_address()
    try:
        address = archive_address(archive.to, archive.calling_aet, archive.token_file, usual.tls if usual else None)
    except AddressMalformed as error:
        raise Refused(error.code, error.why) from error
    for source in settings.pacs.values():
        places = [(source.address.host, source.address.port), (source.worklist.host, source.worklist.port)]
        web = getattr(source.way, "address", None)
        if web is not None:
            places.append((web.host, web.port))
        if any(_same(place, (address.host, address.port)) for place in places):
            raise Refused(
                "clinical_pacs", "This is the clinical PACS of the settings, where nothing is sent; name an archive."
            )
    return address


def _same(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Whether two places are one computer and port, under whatever name."""
    return one[1] == other[1] and bool(_numbers(one[0]) & _numbers(other[0]))


def _numbers(host: str) -> set[str]:
    """A computer's numbers with its name; the name alone where nobody knows it."""
    try:
        return {host.casefold(), *(str(found[4][0]) for found in socket.getaddrinfo(host, None))}
    except OSError:
        return {host.casefold()}


def _judged(session: Session, path: Path, archive: Archive) -> tuple[Waiting, bytes]:
    """One file as it will wait. Raises Refused where it may not leave, naming the file."""
    from dicom_io.errors import DicomIoError
    from dicom_io.reports.own_object import PICTURES, own_object

    try:
        own = own_object(path)
        data = path.read_bytes()
    except DicomIoError as refused:
        raise Refused(refused.code, f"{path.name}: {refused.why}") from refused
    digest = hashlib.sha256(data).hexdigest()
    values = session.site.ledger.values(visit_subject(own.participant, own.visit).key) if own.visit else {}
    if own.protocol_id != session.site.protocol.id[:64] or "opened_on" not in values:
        raise Refused("other_trial", f"{path.name}: this log has no such participant and visit; send it from its own.")
    if own.sop_class_uid in PICTURES and digest not in _copies_written(values):
        raise Refused(
            "not_written_here",
            f"{path.name}: this log did not write this copy for sharing; make it with `injection-log coded-copy`.",
        )
    now = to_text(session.site.clock.now())
    return Waiting(
        digest, archive.to, path.name, own.title, own.participant, own.visit, now, archive.calling_aet,
        archive.token_file,
    ), data


def _copies_written(values: Mapping[str, Json]) -> set[str]:
    """The digests of all copies for sharing that were written of a visit."""
    written = [cast("dict[str, Any]", value) for name, value in values.items() if name.startswith(COPY)]
    return {digest for one in written if one["for"] == "sharing" for digest in one["files"].values()}
