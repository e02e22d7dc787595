"""The table of signatures: every one that was ever given to a gland record, of versions that were replaced too.

Pure. Signature, review and addition are each a row. Whether a signature is mathematically good is not said here:
`injection-log verify` and the one-file verifier check that from the log.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotate.marks import Side
from injection_log.outputs import Cell, TableContent
from injection_log.people.key_standing import Values, fingerprint, key_standing
from injection_log.record.cells import COMPUTED, GLAND_KEY, column, yes_no
from injection_log.record.log_numbers import LogNumbers
from injection_log.record.reading import gland_subject
from injection_log.record.values import SIDES, GlandRecord, VisitRecord
from injection_log.record.versions import Signature

_COLUMNS = (
    *GLAND_KEY, column("version", "Version of the record", "integer"),
    column("kind", "What was signed", "choice", "record | review | addition"),
    column("addition", "Number of the addition", "integer"),
    column("printed_name", "Printed name"), column("user", "User id"), column("role", "Role"),
    column("meaning", "Meaning of the signature"), column("signed_at", "Signed at (UTC)", "time"),
    column("utc_offset_minutes", "Local offset from UTC", "integer"),
    column("record_sha256", "SHA-256 of the signed text", "hash", source=COMPUTED),
    column("key_fingerprint", "Fingerprint of the key; blank for one of before keys were named", source=COMPUTED),
    column("key_standing", "What has to be said about the key; blank for nothing", "choice", "key not yet confirmed",
           COMPUTED),
    column("stands", "The version it signed is the one that stands", "yes_no", "yes | no", COMPUTED),
    column("replaced_by", "Version replaced by an amendment of"), column("replaced_at", "Replaced at (UTC)", "time"),
    column("replaced_reason", "Why it was replaced", source="typed by the person named beside it"),
    column("event", "Number of the event that holds the signature", "integer"),
)  # fmt: skip


def signature_table(records: Sequence[VisitRecord], numbers: LogNumbers, values: Values) -> TableContent:
    """One row for each signature, by version: the record's, its review's, its additions'."""
    rows = tuple(
        row for record in records for side in SIDES for row in _of_gland(record, side, numbers, values)
    )
    return TableContent(_COLUMNS, rows, "signatures")


def _of_gland(record: VisitRecord, side: Side, numbers: LogNumbers, values: Values) -> Iterator[dict[str, Cell]]:
    key = gland_subject(record.participant, record.visit, side).key
    for version, kind, addition, signature, replaced in _signatures(record.glands[side]):
        yield {
            "participant": record.participant, "visit": record.visit, "side": side, "version": version, "kind": kind,
            "addition": addition, **_signed(signature, values), **replaced,
            "event": numbers.signatures.get((key, signature.signed_at, signature.record_sha256)),
        }


def _signatures(gland: GlandRecord) -> Iterator[tuple[int, str, int | None, Signature, dict[str, Cell]]]:
    """Version, kind, number of the addition, the signature, and what replaced it."""
    for one in gland.earlier:
        why: dict[str, Cell] = {
            "stands": "no", "replaced_by": one.replaced_by.by, "replaced_at": one.replaced_by.at,
            "replaced_reason": one.replaced_by.reason,
        }
        yield one.version, "record", None, one.signature, why
        if one.review is not None:
            yield one.version, "review", None, one.review, why
        yield from _additions(gland, one.version, why)
    stands: dict[str, Cell] = {"stands": yes_no(True)}
    if gland.signature is not None:
        yield gland.version, "record", None, gland.signature, stands
    if gland.review is not None:
        yield gland.version, "review", None, gland.review, stands
    if gland.version not in {one.version for one in gland.earlier}:
        yield from _additions(gland, gland.version, stands)


def _additions(
    gland: GlandRecord, version: int, stands: dict[str, Cell]
) -> Iterator[tuple[int, str, int | None, Signature, dict[str, Cell]]]:
    for one in gland.additions:
        if one.of_version == version:
            yield version, "addition", one.number, one.signature, stands


def _signed(signature: Signature, values: Values) -> dict[str, Cell]:
    key = signature.public_key
    return {
        "printed_name": signature.printed_name, "user": signature.user, "role": signature.role,
        "meaning": signature.meaning, "signed_at": signature.signed_at,
        "utc_offset_minutes": signature.offset_minutes, "record_sha256": signature.record_sha256,
        "key_fingerprint": fingerprint(key) if key else None,
        "key_standing": (key_standing(values, signature.user, key) or None) if key else None,
    }
