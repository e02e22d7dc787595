"""STOW-RS: kept images go to a PACS over HTTP as they are stored, a few in one request, and each is judged.

What leaves has a zeroed preamble and nothing behind its pixels (`dicom_io.leaving`). Nothing is held whole: bodies are
streamed from the mapped files. Whether something may leave at all is not decided here.
"""
from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from dicom_io.elements import Buffer
from dicom_io.errors import NotReadable, PacsError
from dicom_io.leaving import with_zeroed_preamble
from dicom_io.pacs.sending import NotTaken, Outgoing, Sent, Taken, outgoing
from dicom_io.pacs.web_address import WebAddress
from dicom_io.pacs.web_line import WebLine, judge

_A_REQUEST = 4
_PIECE = 2**20
_CONFLICT = 409
_PART_HEAD = b"Content-Type: application/dicom\r\n\r\n"
_REFERENCED, _FAILED = "00081199", "00081198"  # PS3.18 10.5.3
_REASON, _WARNING, _SOP_UID = "00081197", "00081196", "00081155"


def send_by_web(address: WebAddress, paths: Sequence[Path]) -> tuple[Sent, ...]:
    """Send kept files by STOW-RS, and say of each whether the PACS has it, in the order given.

    Raises a PacsError when the PACS cannot be reached at all; one that breaks later is told of each image.
    """
    found = [outgoing(path) for path in paths]
    answers: dict[Path, Sent] = {one.path: one for one in found if isinstance(one, NotTaken)}
    ready = [one for one in found if isinstance(one, Outgoing)]
    line, broken = WebLine(address), None
    try:
        for first in range(0, len(ready), _A_REQUEST):
            batch = ready[first : first + _A_REQUEST]
            if broken is None:
                try:
                    answers |= _send_batch(line, batch)
                except PacsError as error:
                    if not any(isinstance(one, Taken) for one in answers.values()):
                        raise
                    broken = error
            if broken is not None:
                answers |= {one.path: _not_taken(one, f"Not sent: {broken.why}") for one in batch}
    finally:
        line.close()
    return tuple(answers[path] for path in paths)


def _send_batch(line: WebLine, batch: Sequence[Outgoing]) -> dict[Path, Sent]:
    answers: dict[Path, Sent] = {}
    boundary = secrets.token_hex(24)
    with ExitStack() as opened:
        bodies: list[tuple[Buffer, ...]] = []
        sent: list[Outgoing] = []
        for one in batch:
            try:
                bodies.append(opened.enter_context(with_zeroed_preamble(one.path)))
                sent.append(one)
            except NotReadable as refused:
                answers[one.path] = _not_taken(one, refused.why)
        if not sent:
            return answers
        headers = {
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
            "Content-Length": str(_length(bodies, boundary)),
            "Accept": "application/dicom+json",
        }
        with line.post("/studies", headers, _body(bodies, boundary)) as answer:
            if answer.status != _CONFLICT:  # which says of each image what is wrong with it
                judge(answer, line.address, "storing (STOW-RS)")
            told = answer.json()
    return answers | _judged(told, sent)


def _frame(boundary: str) -> tuple[bytes, bytes, bytes]:
    mark = boundary.encode()
    return b"--" + mark + b"\r\n" + _PART_HEAD, b"\r\n", b"--" + mark + b"--\r\n"


def _length(bodies: Sequence[tuple[Buffer, ...]], boundary: str) -> int:
    head, tail, end = _frame(boundary)
    return sum(len(head) + len(tail) + sum(map(len, parts)) for parts in bodies) + len(end)


def _body(bodies: Sequence[tuple[Buffer, ...]], boundary: str) -> Iterator[bytes]:
    head, tail, end = _frame(boundary)
    for parts in bodies:
        yield head
        for part in parts:
            for place in range(0, len(part), _PIECE):
                yield bytes(part[place : place + _PIECE])
        yield tail
    yield end


def _judged(told: Any, sent: Sequence[Outgoing]) -> dict[Path, Sent]:
    """What the answer says of each image; one that it does not name is not taken (PS3.18 10.5.3.2)."""
    taken, failed = _items(told, _REFERENCED), _items(told, _FAILED)
    answers: dict[Path, Sent] = {}
    for one in sent:
        uid = one.sop_instance_uid
        if uid in taken and uid not in failed:  # what is said to be both is not believed to be there
            remark = "The PACS changed some of its values." if _number(taken[uid], _WARNING) else ""
            answers[one.path] = Taken(one.path, uid, remark)
        elif uid in failed:
            code = _number(failed[uid], _REASON)
            why = f"The PACS did not take it (reason 0x{code:04X}); ask its administrator."
            answers[one.path] = _not_taken(one, why)
        else:
            answers[one.path] = _not_taken(one, "The PACS did not say that it has this image; send it again.")
    return answers


def _not_taken(one: Outgoing, why: str) -> NotTaken:
    return NotTaken(one.path, one.sop_instance_uid, why)


def _items(told: Any, tag: str) -> dict[str, Mapping[str, Any]]:
    element = told.get(tag) if isinstance(told, dict) else None
    items = element.get("Value") if isinstance(element, dict) else None
    if not isinstance(items, list):
        return {}
    return {_word(item, _SOP_UID): item for item in items if isinstance(item, dict)}


def _first(item: Mapping[str, Any], tag: str) -> Any:
    element = item.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    return values[0] if isinstance(values, list) and values else None


def _word(item: Mapping[str, Any], tag: str) -> str:
    value = _first(item, tag)
    return value if isinstance(value, str) else ""


def _number(item: Mapping[str, Any], tag: str) -> int:
    value = _first(item, tag)
    return value & 0xFFFF if isinstance(value, int) else 0
