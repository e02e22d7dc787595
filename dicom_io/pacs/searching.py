"""One C-FIND request over a connection that stands, with bounds on what comes back; what it means is the caller's.

Too many answers are cancelled (C-CANCEL), too many bytes cut off: a PACS that ignores the keys of a search would send
its whole archive.
"""
from __future__ import annotations

from collections.abc import Sequence

from pydicom.dataset import Dataset

from dicom_io.errors import PacsFailed
from dicom_io.image import PatientIdentity
from dicom_io.pacs.answers import Answer
from dicom_io.pacs.association import Line
from dicom_io.pacs.refusals import not_allowed
from dicom_io.pacs.watch import cut

MOST_STUDIES = 2000
MOST_IMAGES = 20_000
MOST_BYTES = 64 * 2**20
_AFTER_CANCEL = 1000
_MESSAGE = 1  # pynetdicom's own default for every request; one search runs at a time on a connection


def search(line: Line, keys: Dataset, model: str, most: int) -> tuple[Sequence[Answer], bool]:
    """At most `most` answers, and whether there were more. Raises a PacsError."""
    if not line.allows(model):
        raise not_allowed(line.address, "searching")
    line.watch.wake(most_bytes=MOST_BYTES)
    try:
        return _read(line, keys, model, most)
    except (ValueError, RuntimeError) as error:
        raise PacsFailed("find_failed", "The search could not be sent; try again.") from error
    finally:
        line.watch.most_bytes = None


def identity_of(answer: Answer) -> PatientIdentity:
    """Who an answer is about."""
    return PatientIdentity(
        patient_id=answer.text("PatientID"),
        issuer=answer.text("IssuerOfPatientID"),
        name=answer.text("PatientName"),
        birth_date=answer.text("PatientBirthDate"),
    )


def _read(line: Line, keys: Dataset, model: str, most: int) -> tuple[Sequence[Answer], bool]:
    found: list[Answer] = []
    beyond = 0
    for data_set in line.answers(line.association.send_c_find(keys, model, msg_id=_MESSAGE)):
        if len(found) < most:
            found.append(Answer(data_set))
            continue
        beyond += 1
        if beyond == 1:
            line.association.send_c_cancel(_MESSAGE, query_model=model)
        if beyond > _AFTER_CANCEL:  # it does not hear us
            line.watch.flooded = True
            cut(line.association)
            break
    return found, beyond > 0
