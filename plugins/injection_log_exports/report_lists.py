"""Lists that more than one report has: deviations, queries, signatures, changes, made of the trial's tables.

Pure. A text of the program is put into the report's language; what a person wrote is left as it is. Times are local,
with their offset.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from injection_log.outputs import Cell
from injection_log.record.vocabulary import moment_words
from injection_log.trial_content import ExportFacts, TrialContent
from injection_log_exports.report_pages import Head, Listing, text_of

Row = Mapping[str, Cell]


def head_of(trial: TrialContent, title: str, about: str) -> Head:
    """The head and foot of a report of this trial."""
    facts = trial.about
    say_so = f"{facts.exported_at}, {facts.exported_by}, log event {facts.last_event}"
    return Head(title, about, say_so, facts.program_version, facts.practice, trial.protocol.language)


def facts_of_export(facts: ExportFacts, checkpoint: str) -> tuple[tuple[str, str], ...]:
    """Study, protocol, who made the report when, and the checkpoint that fixes what it rests on."""
    return (
        ("Study", f"{facts.study}, {facts.site}"),
        ("Protocol", f"{facts.protocol_version} (SHA-256 {facts.protocol_sha256[:12]})"),
        ("Made by", f"{facts.exported_by}, {facts.exported_at}"),
        ("State of the log", f"event {facts.last_event}, {facts.origin}"),
        ("Checkpoint", " ".join(checkpoint.split()) or "–"),
    )


def place_of(trial: TrialContent, row: Row, head: Head) -> str:
    """Visit and side of a row in words; a dash for the participant or the study as a whole."""
    visit, side = str(row.get("visit") or ""), str(row.get("side") or "")
    words = [head.say(trial.protocol.visits[visit].title) if visit in trial.protocol.visits else visit]
    words += [head.say(side)] if side else []
    return ", ".join(word for word in words if word) or "–"


def pending(row: Row, head: Head) -> str:
    """Why pictures of a visit are pending, in words."""
    return head.say(text_of(row["images_pending"]).replace("_", " "))


def local(trial: TrialContent, row: Row, time: str) -> str:
    """A stored time of a row as local time with its offset; the offset of the export where the row has none."""
    if not row.get(time):
        return "–"
    given = row.get("utc_offset_minutes")
    exported = datetime.fromisoformat(trial.about.exported_at.replace(" +", "+").replace(" -", "-")).utcoffset()
    offset = int(str(given)) if given is not None else int((exported or timedelta()).total_seconds() // 60)
    return moment_words(str(row[time]), offset)


def queries(trial: TrialContent, rows: Iterable[Row], head: Head, title: str) -> Listing:
    """Queries with all that was said."""
    return Listing(title, "", (
        ("Query", 7), ("Participant", 8), ("Where", 13), ("Field", 11), ("Question", 22), ("State", 7),
        ("Value then and now", 13), ("Asked", 15), ("Last said", 18),
    ), tuple(
        (
            str(row["query"]), text_of(row["participant"]), place_of(trial, row, head), head.say(text_of(row["title"])),
            str(row["question"]), head.say(str(row["state"])),
            f"{text_of(row['value_asked_about'])} / {text_of(row['value_now'])}",
            f"{local(trial, row, 'opened_at')}, {head.say(text_of(row['opened_by']))}",
            f"{text_of(row['last_text'])} ({head.say(str(row['last_act']))}, {head.say(text_of(row['last_by']))})",
        )
        for row in rows
    ))  # fmt: skip


def deviations(trial: TrialContent, rows: Iterable[Row], head: Head, title: str = "Deviations") -> Listing:
    """Deviations, those reported and those that the records show."""
    return Listing(title, "Reported by a person, or found in the record; none is taken off this list.", (
        ("No.", 7), ("Participant", 8), ("Where", 15), ("Kind", 17), ("What", 36), ("Written", 24),
    ), tuple(
        (
            text_of(row["deviation"]), text_of(row["participant"]), place_of(trial, row, head),
            head.say(str(row["title"])),
            str(row["what"]) if row["source"] == "reported" else head.say(str(row["what"])),
            f"{local(trial, row, 'known_at')}, {text_of(row['printed_name'])}",
        )
        for row in rows
    ))  # fmt: skip


def signatures(trial: TrialContent, rows: Iterable[Row], head: Head) -> Listing:
    """Every signature ever given, those of replaced versions too."""
    return Listing("Signatures", "Signatures of versions that were replaced stay here.", (
        ("Where", 14), ("Version", 6), ("What", 10), ("Name, role", 18), ("Meaning", 24), ("Signed at", 16),
        ("SHA-256 of the signed text", 20), ("Stands", 6),
    ), tuple(
        (
            place_of(trial, row, head), str(row["version"]), head.say(str(row["kind"])),
            f"{row['printed_name']}, {head.say(str(row['role']).replace('_', ' '))}", head.say(str(row["meaning"])),
            local(trial, row, "signed_at"), str(row["record_sha256"]),
            head.say(str(row["stands"])) + (f": {row['replaced_reason']}" if row.get("replaced_reason") else ""),
        )
        for row in rows
    ))  # fmt: skip


def changes(trial: TrialContent, rows: Iterable[Row], head: Head, title: str, note: str = "") -> Listing:
    """Changes of fields, oldest first: who, when, what stood there before and after, why."""
    return Listing(title, note, (
        ("Event", 5), ("Entered at", 18), ("By", 15), ("Where", 13), ("Field", 14), ("Before", 14), ("After", 19),
        ("Reason", 12),
    ), tuple(
        (
            str(row["event"]), local(trial, row, "at_utc"), _who(row, head), place_of(trial, row, head),
            head.say(text_of(row["title"])), head.say(text_of(row["old"])), head.say(text_of(row["new"])),
            _reason(row, head),
        )
        for row in rows
    ))  # fmt: skip


def _who(row: Row, head: Head) -> str:
    role = head.say(str(row["role"]).replace("_", " ")) if row.get("role") else ""
    return f"{text_of(row['printed_name'])}, {role}" if role else text_of(row["printed_name"])


def _reason(row: Row, head: Head) -> str:
    words = [str(row["reason"])] if row.get("reason") else []
    words += [head.say("entered late")] if row.get("late") == "yes" else []
    words += [head.say("changed after signing")] if row.get("after_signing") == "yes" else []
    return "; ".join(words)
