"""Which outputs exist, and the values they are given: the registry between the record and its exporters.

An exporter is a plugin found by its entry point; it receives values that were already allowed for the
reader's role and gives back bytes. Deliberately no file is written here, no record is read, and no exporter
is imported before it is asked for: `kinds()` reads names only.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, Protocol

from injection_log.errors import InjectionLogError

GROUP = "injection_log.outputs"

Cell = str | int | Decimal | None
ColumnKind = Literal["text", "integer", "decimal", "date", "time", "choice", "yes_no", "uid", "hash"]


PRACTICE = "PRACTICE - NOT A PATIENT RECORD"
"""Stands on everything that leaves a log that is practised in."""


class OutputMissing(InjectionLogError):
    """No installed exporter makes this kind of output, or two claim it."""


class OutputImpossible(InjectionLogError):
    """The exporter cannot make its output from the values it was given."""


@dataclass(frozen=True)
class OutputFile:
    """One finished file: a plain name, with folders only as `pictures/one.png`; its media type, its bytes."""

    name: str
    media_type: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """Digest of the bytes, in hex; reckoned once."""
        return sha256(self.data).hexdigest()


class Output(Protocol):
    """What an exporter offers: one kind of content in, finished files out; no clock, store or network."""

    kind: str
    title: str
    content: str
    """What it is given, by its name in `acts.outputs.CONTENTS`; "" for one that only the program itself asks."""

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The files of this content; OutputImpossible when it is not content of this kind."""
        ...


@dataclass(frozen=True)
class SignatureFacts:
    """The signature as printed: who, in which role, meaning what, when by the local clock, which record."""

    printed_name: str
    user: str
    role: str
    meaning: str
    signed_at: str
    """Local time with its offset, ready to print: `2026-11-22 14:02:11 +01:00`."""
    record_sha256: str
    standing: str = ""
    """What has to be said about the key it was made with: `key not yet confirmed`; empty for none."""


@dataclass(frozen=True)
class VolumeLine:
    """One volume of the balance, as it is read: `Injected`, `1.15 ml`, `one point one five millilitres`."""

    title: str
    figures: str
    words: str


@dataclass(frozen=True)
class SheetContent:
    """All that one sheet of paper says about one gland at one visit; texts are ready to print."""

    study: str
    site: str
    participant: str
    visit_title: str
    side: Literal["right", "left"]
    state: str
    version: int
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """The rendering that was signed: (section, ((label, value with unit), ...)), in the order to print."""
    volumes: tuple[VolumeLine, ...]
    """The volume balance in reading order; the last line (injected) is printed largest. May be empty."""
    pictures: tuple[tuple[str, bytes], ...]
    """(title, PNG bytes) of the marked pictures."""
    signature: SignatureFacts | None
    """None prints NOT SIGNED across the signature block."""
    checkpoint: str
    program_version: str
    protocol_id: str
    protocol_version: str
    protocol_sha256: str
    ledger_sequence: int
    printed_at: str
    """Local time with offset; part of the content so that equal content gives equal bytes."""
    practice: bool
    """True prints PRACTICE - NOT A PATIENT RECORD across the head."""
    language: str = "en"
    """In which the sheet is written; its texts come in English, what is not in the catalogue stays so."""
    earlier_signatures: tuple[str, ...] = ()
    """One sentence for each earlier version that was signed and replaced."""
    notices: tuple[str, ...] = ()
    """Sentences that must not be overlooked, printed above everything else: withdrawn, a scale that was set by hand."""
    after_signature: tuple[tuple[str, str], ...] = ()
    """(label, words) of what followed the signature of this version: additions, review, lock."""


@dataclass(frozen=True)
class Column:
    """One column of a table, as the data dictionary describes it."""

    name: str
    title: str
    unit: str
    kind: ColumnKind
    values: str
    """Allowed values in words: `right | left`, `0.00 to 5.00`, or empty."""
    source: str
    """Where the value comes from: `typed by the operator`, `measured on the picture`, `computed`."""


@dataclass(frozen=True)
class TableContent:
    """A table by rows; a row gives a value for each column's name, None (or no entry) prints blank."""

    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Cell], ...]
    name: str = "glands"


def cell_text(value: Cell) -> str:
    """A cell as text: a decimal with its places and never with an exponent, all else as it is."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def kinds() -> tuple[str, ...]:
    """The kinds of output that installed exporters offer, sorted; no exporter is loaded."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def output_of(kind: str) -> Output:
    """The exporter of this kind; OutputMissing says what is installed when there is none, or two."""
    points = _distinct(kind)
    if not points:
        offered = ", ".join(kinds()) or "none"
        raise OutputMissing(f'No output of the kind "{kind}" is installed; these are: {offered}.')
    if len(points) > 1:
        raise OutputMissing(f'Two installed packages offer the output "{kind}"; remove one of them.')
    output: Output = points[0].load()()
    return output


def _distinct(kind: str) -> list[EntryPoint]:
    # An editable installation can list the same entry point twice; two different targets are a conflict.
    return list({point.value: point for point in entry_points(group=GROUP, name=kind)}.values())
