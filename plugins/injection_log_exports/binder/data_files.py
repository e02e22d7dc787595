"""The data of a binder as scripts: each hands one text to the page, `binder.take("name", "text")`.

The text is JSON in ASCII, and its SHA-256 stands in the index, whose own stands in the page: what lies in the folder
can so be told from what was exported, byte for byte. Deliberately no code beside that one call in any of them.
"""
from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any, NamedTuple

import orjson

from injection_log.binder_content import BinderContent, BinderParticipant, BinderPicture, StoredEvent
from injection_log.outputs import OutputFile
from injection_log_exports.binder.texts import texts_in

FORM = "injection-log binder 1"
_CHUNK = 400
"""Events in one file: enough to load quickly, few enough that the page answers in between."""


class DataText(NamedTuple):
    """A data file before it is written: its name below `data/` without ending, and its text."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        """The digest (hex) of the text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def file(self) -> OutputFile:
        """The script that hands the text to the page."""
        script = f"binder.take({_quoted(self.name)}, {_quoted(self.text)});\n"
        return OutputFile(f"data/{self.name}.js", "text/javascript", script.encode("ascii"))


def data_files(content: BinderContent) -> tuple[DataText, tuple[OutputFile, ...]]:
    """The index, and the scripts of all data with the index first."""
    parts = [*_logs(content), *_participants(content)]
    index = DataText("index", _json(_index(content, parts)))
    return index, (index.file, *(part.file for part in parts))


def _logs(content: BinderContent) -> Iterator[DataText]:
    for number, rows in enumerate(_in_chunks(content.events), start=1):
        yield DataText(f"events-{number:04}", _json([_row(row) for row in rows]))
    for number, words in enumerate(_in_chunks(content.words), start=1):
        yield DataText(f"words-{number:04}", _json([asdict(one) for one in words]))


def _participants(content: BinderContent) -> Iterator[DataText]:
    for one in content.participants:
        yield DataText(f"participant-{one.participant}", _json(_without_bytes(one)))
        for picture in _pictures(one):
            if picture.clean:
                yield DataText(f"picture-{picture.name}-clean", base64.b64encode(picture.clean).decode())
                yield DataText(f"picture-{picture.name}-marks", base64.b64encode(picture.layer).decode())


def _without_bytes(one: BinderParticipant) -> dict[str, Any]:
    said = asdict(one)
    for visit in said["visits"]:
        for gland in visit["glands"]:
            for picture in gland["pictures"]:
                picture["is_shown"] = bool(picture.pop("clean"))
                del picture["layer"]
    return said


def _index(content: BinderContent, parts: list[DataText]) -> dict[str, Any]:
    last = content.events[-1] if content.events else None
    return {
        "form": FORM, "language": content.language, "about": asdict(content.about), "checkpoint": content.checkpoint,
        "late_after_hours": content.late_after_hours, "events": len(content.events),
        "last_hash": last.hash.hex() if last else "", "texts": texts_in(content.language), "names": content.names,
        "participants": [_summary(one) for one in content.participants],
        "queries": [asdict(one) for one in content.queries],
        "deviations": [asdict(one) for one in content.deviations],
        "files": {part.name: part.sha256 for part in parts},
    }


def _summary(one: BinderParticipant) -> dict[str, Any]:
    visits = [
        {
            "visit": visit.visit, "title": visit.title, "day": visit.day, "counts": visit.counts,
            "glands": [
                {
                    "side": gland.side, "subject": gland.subject, "state": gland.state_words, "version": gland.version,
                    "injected": gland.injected, "injected_ul": gland.injected_ul,
                    "pictures": len(gland.pictures),
                }
                for gland in visit.glands
            ],
        }
        for visit in one.visits
    ]
    return {"participant": one.participant, "visits": visits}


def _pictures(one: BinderParticipant) -> Iterator[BinderPicture]:
    for visit in one.visits:
        for gland in visit.glands:
            yield from gland.pictures


def _row(row: StoredEvent) -> list[object]:
    # A body that is no UTF-8 any more, because somebody changed it, becomes another text and so is found.
    body = row.body.decode("utf-8", "replace") if row.body is not None else None
    salt = row.salt.hex() if row.salt is not None else None
    return [row.sequence, body, salt, row.leaf.hex(), row.previous.hex(), row.hash.hex()]


def _in_chunks(rows: tuple[Any, ...]) -> Iterator[list[Any]]:
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


def _json(value: list[Any] | Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _quoted(text: str) -> str:
    """A text as a string of JavaScript in ASCII, which no ending of a line can break."""
    return json.dumps(text, ensure_ascii=True)
