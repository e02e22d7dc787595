"""Asks a PACS to send a study: C-GET first, which needs no open port; C-MOVE where a PACS does not know C-GET.

First the whole study in one request, then, one by one, what did not come. Whether all of it came is never read
from the PACS's counts: the caller compares identifiers. What arrives is the receiver's business.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pynetdicom import build_context, evt
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelGet as StudyRootGet,
)
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelMove as StudyRootMove,
)

from dicom_io.errors import PacsDestinationUnknown, PacsFailed, PacsRefused
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.association import Line, Wanted, associate, our_host
from dicom_io.pacs.find import ImageReference
from dicom_io.pacs.listener import Taking, listening
from dicom_io.pacs.pull_messages import PullTravels
from dicom_io.pacs.receiving import Receiver
from dicom_io.pacs.storage_classes import classes_for, receiving_contexts, receiving_roles
from dicom_io.pacs.ways import GetOnly, MoveOnly, Way

_PENDING = (0xFF00, 0xFF01)
_DESTINATION_UNKNOWN = 0xA801
_NOT_SUPPORTED = (0x0122, 0x0211)
_SUCCESS, _SOME_FAILED, _UNABLE = 0x0000, 0xB000, 0xC000


@dataclass(frozen=True)
class Asked:
    """What is wanted of one study, and by which way; of the ways only those of DIMSE are taken here."""

    study_uid: str
    wanted: Sequence[ImageReference]
    way: Way


def retrieve(address: PacsAddress, asked: Asked, receiver: Receiver) -> None:
    """Have the wanted images of a study sent to the receiver. Raises a PacsError.

    Images that the PACS cannot send are simply not there afterwards.
    """
    classes = classes_for(reference.sop_class_uid for reference in asked.wanted)
    if isinstance(asked.way, MoveOnly):
        _move(address, asked, classes, receiver)
        return
    try:
        _get(address, asked, classes, receiver)
    except (_GetUnknownError, PacsRefused) as refused:
        # Orthanc hangs up on a C-GET that its settings do not allow, instead of saying no.
        if isinstance(refused, PacsRefused) and refused.code not in ("closed_on_request", "not_allowed"):
            raise
        if isinstance(asked.way, GetOnly):
            raise _no_get(address) from refused
        _move(address, asked, classes, receiver)


class _GetUnknownError(Exception):
    """The PACS does not offer C-GET."""


def _get(address: PacsAddress, asked: Asked, classes: tuple[str, ...], receiver: Receiver) -> None:
    contexts = [build_context(StudyRootGet), *receiving_contexts(classes, beside=1)]
    wanted = Wanted(
        contexts, receiving_roles(classes), [(evt.EVT_C_STORE, receiver.handle_store)], "retrieving (C-GET)"
    )
    with associate(address, wanted) as line:
        if not line.allows(StudyRootGet):
            raise _GetUnknownError
        receiver.tell(PullTravels("C-GET"))
        failed = 0
        for keys in _requests(asked, receiver):
            code = _follow(line, line.association.send_c_get(keys, StudyRootGet))
            if code in _NOT_SUPPORTED:
                raise _GetUnknownError
            failed = failed or _failure(code)
        if failed and _nothing_came(receiver):
            raise _cannot_send(address, failed)


def _move(address: PacsAddress, asked: Asked, classes: tuple[str, ...], receiver: Receiver) -> None:
    wanted = Wanted([build_context(StudyRootMove)], purpose="retrieving (C-GET or C-MOVE)")
    with associate(address, wanted) as line:
        taking = Taking(classes, receiver.handle_store, line.watch.moved)
        with listening(address, taking):
            receiver.tell(PullTravels("C-MOVE"))
            failed = 0
            for keys in _requests(asked, receiver):
                code = _follow(line, line.association.send_c_move(keys, address.calling_aet, StudyRootMove))
                if code in _NOT_SUPPORTED:
                    raise _neither(address)
                if code == _DESTINATION_UNKNOWN:
                    raise _destination_unknown(address, code)
                failed = failed or _failure(code)
            if failed and _nothing_came(receiver):
                raise _destination_unknown(address, failed) if failed == _UNABLE else _cannot_send(address, failed)


def _requests(asked: Asked, receiver: Receiver) -> Iterator[Dataset]:
    """The whole study when all of it is wanted; then each image that has not come."""
    study_uid, wanted = asked.study_uid, asked.wanted
    if {reference.sop_instance_uid for reference in wanted} == receiver.asked:
        yield _keys("STUDY", study_uid)
        receiver.settle()
    for reference in wanted:
        uid = reference.sop_instance_uid
        if uid not in receiver.kept and uid not in receiver.rejected and not receiver.disk_full:
            keys = _keys("IMAGE", study_uid)
            keys.SeriesInstanceUID, keys.SOPInstanceUID = reference.series_instance_uid, uid
            yield keys


def _keys(level: str, study_uid: str) -> Dataset:
    keys = Dataset()
    keys.QueryRetrieveLevel, keys.StudyInstanceUID = level, study_uid
    return keys


def _follow(line: Line, responses: Iterator[tuple[Dataset, Dataset | None]]) -> int:
    """Wait for the final status and give it; a connection that ends without one raises a PacsError."""
    code = None
    for status, _ in responses:
        code = line.status_of(status)
        line.watch.moved()
    if code is None or code in _PENDING:
        raise line.broken()
    return code


def _nothing_came(receiver: Receiver) -> bool:
    receiver.settle()
    return not receiver.kept and not receiver.rejected


def _failure(code: int) -> int:
    """The status where it says that the request failed as a whole, else 0.

    That is no end yet: Orthanc fails a whole study over its first file where it has lost that one, and sends the
    others when they are asked for one by one. Only where nothing came at all is it an error.
    """
    return 0 if code in (_SUCCESS, _SOME_FAILED) else code


def _cannot_send(address: PacsAddress, code: int) -> PacsFailed:
    return PacsFailed(
        "retrieve_failed",
        f"{address.called_aet} could not send the study (status 0x{code:04X}); try again, and tell its "
        "administrator if it happens again.",
    )


def _no_get(address: PacsAddress) -> PacsRefused:
    return PacsRefused(
        "get_not_allowed",
        f"{address.called_aet} does not offer C-GET to {address.calling_aet}, and the settings allow no other way; set "
        "way to auto or move, or ask its administrator for C-GET.",
    )


def _neither(address: PacsAddress) -> PacsRefused:
    return PacsRefused(
        "retrieve_not_allowed",
        f"{address.called_aet} offers neither C-GET nor C-MOVE to {address.calling_aet}. "
        + address.for_the_administrator(our_host(address)),
    )


def _destination_unknown(address: PacsAddress, code: int) -> PacsDestinationUnknown:
    # The standard has 0xA801 for this; Orthanc answers 0xC000.
    likely = "" if code == _DESTINATION_UNKNOWN else "most likely "
    return PacsDestinationUnknown(
        "destination_unknown",
        f"{address.called_aet} {likely}does not know where to send images for {address.calling_aet} "
        f"(status 0x{code:04X}). " + address.for_the_administrator(our_host(address)),
    )
