"""The columns of the plain table that say what became of a record: signed, amended, added to, reviewed, locked.

Pure; a blank cell means that it did not happen. Times are ISO 8601 in UTC.
"""
from __future__ import annotations

from annotate.marks import Side
from injection_log.outputs import Cell, Column
from injection_log.record.origins import late_in_words
from injection_log.record.values import GlandRecord, VisitRecord
from injection_log.record.versions import Signature

_RECORDED, _COMPUTED, _TYPED = "recorded by the program", "computed", "typed by the person named beside it"
HISTORY_COLUMNS = (
    Column("withdrawn_reason", "Withdrawn or not done: why", "", "text", "", _TYPED),
    Column("withdrawn_by", "Withdrawn or not done: by", "", "text", "", _RECORDED),
    Column("withdrawn_at", "Withdrawn or not done: at (UTC)", "", "time", "", _RECORDED),
    Column("transcribed_from_paper_of", "Transcribed from paper written on", "", "date", "", "typed in"),
    Column("transcribed_written_by", "Paper written by", "", "text", "", "typed in"),
    Column("transcribed_by", "Transcribed by", "", "text", "", _RECORDED),
    Column("entered_late", "Times entered late, and how long after", "", "text", "", _COMPUTED),
    Column("signed_by", "Signed by", "", "text", "", _RECORDED),
    Column("signed_at", "Signed at (UTC)", "", "time", "", _RECORDED),
    Column("record_sha256", "SHA-256 of the signed text", "", "hash", "", _COMPUTED),
    Column("amended_reason", "Why this version amends the one before", "", "text", "", _TYPED),
    Column("amended_by", "Amendment opened by", "", "text", "", _RECORDED),
    Column("amended_at", "Amendment opened at (UTC)", "", "time", "", _RECORDED),
    Column("amendment_open", "An amendment is open", "", "yes_no", "yes | no", _RECORDED),
    Column("additions", "Signed additions to this version: number, by, at, why", "", "text", "", _RECORDED),
    Column("addition_open", "An addition is open", "", "yes_no", "yes | no", _RECORDED),
    Column("pictures_not_signed_for", "Pictures that came after the signature", "", "integer", "", _COMPUTED),
    Column("reviewed_by", "Reviewed by", "", "text", "", _RECORDED),
    Column("reviewed_at", "Reviewed at (UTC)", "", "time", "", _RECORDED),
    Column("locked_scope", "Locked: what", "", "choice", "gland | participant | study", _RECORDED),
    Column("locked_by", "Locked by", "", "text", "", _RECORDED),
    Column("locked_at", "Locked at (UTC)", "", "time", "", _RECORDED),
)


def visit_state(record: VisitRecord) -> str:
    """Whether a visit counts: `counts`, `withdrawn` or `not_done`."""
    if record.withdrawn is not None:
        return "withdrawn"
    return "not_done" if record.not_done is not None else "counts"


def history_cells(record: VisitRecord, side: Side) -> dict[str, Cell]:
    """The cells of one gland."""
    gland, out, paper = record.glands[side], record.withdrawn or record.not_done, record.transcribed
    return {
        "withdrawn_reason": out.reason if out else None,
        "withdrawn_by": out.by if out else None,
        "withdrawn_at": out.at if out else None,
        "transcribed_from_paper_of": paper.written_on.isoformat() if paper else None,
        "transcribed_written_by": paper.written_by if paper else None,
        "transcribed_by": paper.by if paper else None,
        "entered_late": late_in_words({**record.late_minutes, **gland.late_minutes}) or None,
        **_signed("signed", gland.signature),
        "record_sha256": gland.signature.record_sha256 if gland.signature else None,
        **_versions(gland),
        **_signed("reviewed", gland.review),
        "locked_scope": gland.lock.scope if gland.lock else None,
        "locked_by": gland.lock.by if gland.lock else None,
        "locked_at": gland.lock.at if gland.lock else None,
    }


def _signed(how: str, signature: Signature | None) -> dict[str, Cell]:
    return {
        f"{how}_by": signature.printed_name if signature else None,
        f"{how}_at": signature.signed_at if signature else None,
    }


def _versions(gland: GlandRecord) -> dict[str, Cell]:
    amended = gland.made_by
    additions = "; ".join(
        f"{one.number}, {one.signature.printed_name}, {one.signature.signed_at}, {one.reason}"
        for one in gland.additions if one.of_version == gland.version
    )
    return {
        "amended_reason": amended.reason if amended else None,
        "amended_by": amended.by if amended else None,
        "amended_at": amended.at if amended else None,
        "amendment_open": "yes" if gland.amendment else "no",
        "additions": additions or None,
        "addition_open": "yes" if gland.addition_open else "no",
        "pictures_not_signed_for": len(gland.later_images) or None,
    }
