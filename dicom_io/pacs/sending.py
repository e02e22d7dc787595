"""C-STORE: kept images and our reports go to a PACS as they are stored, nothing transcoded, and each answer is judged.

One presentation context for each SOP class and transfer syntax that occurs, so the PACS says beforehand what it takes.
What leaves has no preamble and nothing behind its pixels (`dicom_io.leaving`). It is staged where the caller says,
never in the system's temporary folder, because originals hold identifiers. The files themselves stay untouched;
whether something may leave at all is not decided here.
"""
from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pynetdicom import _config, build_context
from pynetdicom.presentation import PresentationContext

from dicom_io import tags
from dicom_io.errors import NotReadable, PacsError
from dicom_io.layout import opened
from dicom_io.leaving import copy_with_zeroed_preamble
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.association import Line, Wanted, associate
from dicom_io.reading import image_of

DOCUMENTS = frozenset({"1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.88.59"})
"""Objects without a picture that are sent too: Comprehensive SR and key object selections."""
_MOST_CONTEXTS = 128
_MOST_QUEUED = 64
_WARNINGS = {
    0xB000: "The PACS changed some of its values.",
    0xB006: "The PACS left some of its values out.",
    0xB007: "The PACS says that it does not fit its kind, and took it all the same.",
}
_REFUSALS = (
    (range(0xA700, 0xA800), "The PACS has no room for it; tell its administrator."),
    (range(0xA900, 0xAA00), "The PACS says that it does not fit its kind; tell its administrator."),
    (range(0xC000, 0xD000), "The PACS cannot understand it; tell its administrator."),
    (range(0x0124, 0x0125), "The PACS does not allow us to send; ask its administrator."),
    (range(0x0122, 0x0123), "The PACS does not take images of this kind; ask its administrator."),
)


@dataclass(frozen=True)
class Taken:
    """An image that the PACS has. `remark` is what it said beside, "" mostly."""

    path: Path
    sop_instance_uid: str
    remark: str = ""


@dataclass(frozen=True)
class NotTaken:
    """An image that the PACS does not have, and why."""

    path: Path
    sop_instance_uid: str
    why: str


Sent = Taken | NotTaken


@dataclass(frozen=True)
class Outgoing:
    """A file that is to leave: what the PACS has to agree to for it."""

    path: Path
    sop_instance_uid: str
    sop_class: str
    syntax: str


def send(address: PacsAddress, paths: Sequence[Path], incoming: Path) -> tuple[Sent, ...]:
    """Send kept files by C-STORE, and say of each whether the PACS has it, in the order given.

    What leaves is staged in a folder of its own inside `incoming`, that of the image folder, where what a killed
    sending leaves is cleaned up. Raises a PacsError when no connection could be made; one that breaks later is told
    of each image not yet sent.
    """
    found = [outgoing(path) for path in paths]
    answers: dict[Path, Sent] = {one.path: one for one in found if isinstance(one, NotTaken)}
    ready = [one for one in found if isinstance(one, Outgoing)]
    for batch in _batches(ready):
        answers |= _send_batch(address, batch, incoming)
    return tuple(answers[path] for path in paths)


def outgoing(path: Path) -> Outgoing | NotTaken:
    """What a file is, for the PACS to agree to; or why it cannot be sent."""
    try:
        with opened(path) as layout:
            sop_class = layout.word(tags.SOP_CLASS_UID)
            if sop_class in DOCUMENTS:
                return Outgoing(path, layout.word(tags.SOP_INSTANCE_UID), sop_class, layout.syntax.uid)
            image = image_of(layout)
    except NotReadable as refused:
        return NotTaken(path, "", refused.why)
    return Outgoing(path, image.sop_instance_uid, sop_class, image.transfer_syntax)


def _batches(ready: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
    """As many as fit into one association's contexts; nearly always all."""
    batch: list[Outgoing] = []
    kinds: set[tuple[str, str]] = set()
    for one in ready:
        kind = (one.sop_class, one.syntax)
        if kind not in kinds and len(kinds) == _MOST_CONTEXTS:
            yield batch
            batch, kinds = [], set()
        batch.append(one)
        kinds.add(kind)
    if batch:
        yield batch


def _send_batch(address: PacsAddress, batch: Sequence[Outgoing], incoming: Path) -> dict[Path, Sent]:
    _config.STORE_SEND_CHUNKED_DATASET = True  # a long clip is never held whole
    kinds = sorted({(one.sop_class, one.syntax) for one in batch})
    contexts: list[PresentationContext] = [build_context(*kind) for kind in kinds]
    answers: dict[Path, Sent] = {}
    broken: PacsError | None = None
    with (
        tempfile.TemporaryDirectory(prefix="leaving-", dir=incoming) as folder,
        associate(address, Wanted(contexts, purpose="storing (C-STORE)")) as line,
    ):
        _hold_little(line)
        for number, one in enumerate(batch):
            if broken is not None:
                answers[one.path] = NotTaken(one.path, one.sop_instance_uid, f"Not sent: {broken.why}")
                continue
            try:
                answers[one.path] = _send_one(line, one, Path(folder) / f"{number}.dcm")
            except PacsError as error:
                broken = error
                answers[one.path] = NotTaken(one.path, one.sop_instance_uid, error.why)
    return answers


def _hold_little(line: Line) -> None:
    """The library queues a whole file for its network thread; let it wait where the network is slower than the disk."""
    network = line.association.dul
    put = network.send_pdu

    def when_there_is_room(primitive: object) -> None:
        while network.to_provider_queue.qsize() > _MOST_QUEUED and network.is_alive():
            time.sleep(0.002)
        put(primitive)

    network.send_pdu = when_there_is_room


def _send_one(line: Line, one: Outgoing, copy: Path) -> Sent:
    kind = (one.sop_class, one.syntax)
    agreed = {(str(context.abstract_syntax), str(context.transfer_syntax[0])) for context in _accepted(line)}
    if kind not in agreed:
        why = "The PACS does not take images of this kind in the coding they are stored in; ask its administrator."
        return NotTaken(one.path, one.sop_instance_uid, why)
    try:
        copy_with_zeroed_preamble(one.path, copy)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom puts values into its warnings
            code = line.status_of(line.association.send_c_store(copy))
    except NotReadable as refused:
        return NotTaken(one.path, one.sop_instance_uid, refused.why)
    except AttributeError:
        why = "The file does not say in its head what it is, so it cannot be sent; fetch or export it again."
        return NotTaken(one.path, one.sop_instance_uid, why)
    except (RuntimeError, ValueError) as error:  # the library's words for a line that is gone
        raise line.broken() from error
    finally:
        copy.unlink(missing_ok=True)
    return _judged(code, one)


def _accepted(line: Line) -> Sequence[PresentationContext]:
    return list(line.association.accepted_contexts)


def _judged(code: int, one: Outgoing) -> Sent:
    if code == 0:
        return Taken(one.path, one.sop_instance_uid)
    if code in _WARNINGS:
        return Taken(one.path, one.sop_instance_uid, _WARNINGS[code])
    words = next((words for codes, words in _REFUSALS if code in codes), "The PACS did not take it; try again.")
    return NotTaken(one.path, one.sop_instance_uid, f"{words[:-1]} (status 0x{code:04X}).")
