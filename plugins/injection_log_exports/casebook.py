"""A participant's casebook (PDF): visits, a sheet for every gland, signatures, queries, deviations and the history.

One file for each participant with a visit. Pure layout of values already allowed; the sheets are the signed ones, page
for page, and a record that is not signed says so across its signature.
"""
from __future__ import annotations

from injection_log.outputs import OutputFile, OutputImpossible
from injection_log.report_contents import CasebookContent
from injection_log_exports import report_lists
from injection_log_exports.report_lists import Row
from injection_log_exports.report_pages import Facts, Head, Listing, Piece, report_pdf, text_of

_NO_FIGURES = frozenset({"measured", "capsule", "assisted"})
"""Families of fields that only repeat in figures what a mark's own line says."""


class Casebook:
    """Output `casebook`: one PDF for each participant."""

    kind = "casebook"
    title = "Casebook of each participant (PDF): records, signatures, queries, deviations, history"
    content = "casebook"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The casebooks; OutputImpossible when it is given something else."""
        if not isinstance(content, CasebookContent):
            raise OutputImpossible("A casebook needs a participant's records; make it with `export casebook`.")
        return tuple(
            OutputFile(f"casebook_{one}.pdf", "application/pdf", casebook_pdf(content, one)) for one in content.sheets
        )


def casebook_pdf(content: CasebookContent, participant: str) -> bytes:
    """The casebook of one participant."""
    trial = content.trial
    head = report_lists.head_of(trial, "Casebook", participant)
    rows = {
        name: [row for row in trial.tables[name].rows if row.get("participant") == participant]
        for name in ("participants", "visits", "glands", "signatures", "queries", "deviations", "changes")
    }
    facts = Facts((
        ("Participant", participant), *report_lists.facts_of_export(trial.about, content.checkpoint),
        *_told(rows["participants"], head),
    ))
    pieces: list[Piece] = [facts, _visits(content, rows["visits"], head), _volumes(content, rows["glands"], head)]
    pieces += content.sheets[participant]
    pieces += [
        report_lists.signatures(trial, rows["signatures"], head),
        report_lists.queries(trial, rows["queries"], head, "Queries"),
        report_lists.deviations(trial, rows["deviations"], head),
        report_lists.changes(
            trial, filter(_is_told, rows["changes"]), head, "History",
            "Oldest first. What a picture's header said when it came, and measured figures, are in the tables.",
        ),
    ]
    return report_pdf(head, pieces)


def _told(rows: list[Row], head: Head) -> tuple[tuple[str, str], ...]:
    if not rows:
        return ()
    row = rows[0]
    told = [("Locked", head.say(str(row["locked_scope"])))] if row.get("locked_scope") else []
    if row.get("unblindings"):
        told.append(("Unblinded elsewhere", f"{text_of(row['unblinded_at'])}: {text_of(row['unblinding_reason'])}"))
    return tuple(told)


def _visits(content: CasebookContent, rows: list[Row], head: Head) -> Listing:
    return Listing("Visits", "", (
        ("Visit", 24), ("Day", 12), ("Counts", 12), ("Right gland", 14), ("Left gland", 14), ("Pictures", 10),
        ("Remarks", 34),
    ), tuple(
        (
            report_lists.place_of(content.trial, row, head), text_of(row["visit_date"]),
            head.say(str(row["visit_state"]).replace("_", " ")), head.say(f"{row['right_state']}"),
            head.say(f"{row['left_state']}"), str(row["images"]), _remarks(row, head),
        )
        for row in rows
    ))  # fmt: skip


def _remarks(row: Row, head: Head) -> str:
    words = [
        (str(row["withdrawn_reason"]) if row.get("withdrawn_reason") else ""),
        (f"{head.say('images pending')}: {report_lists.pending(row, head)}" if row.get("images_pending") else ""),
        (f"{head.say('typed in from paper of')} {row['transcribed_from_paper_of']}"
         if row.get("transcribed_from_paper_of") else ""),
        (head.say(str(row["entered_late"])) if row.get("entered_late") else ""),
    ]
    return "; ".join(filter(None, words)) or "–"


def _volumes(content: CasebookContent, rows: list[Row], head: Head) -> Listing:
    columns = (
        "volume_loaded_ml", "volume_residual_ml", "volume_spilled_ml", "volume_injected_ml", "length_mm", "width_mm",
        "depth_mm", "gland_volume_ml",
    )
    titles = ("Loaded, ml", "Residual, ml", "Spilled, ml", "Injected, ml", "Length, mm", "Width, mm", "Depth, mm",
              "Gland volume, ml")
    return Listing("Volumes and sizes", "Figures as the tables have them; the sheets say volumes in words.", (
        ("Gland", 26), *((title, 11) for title in titles),
    ), tuple(
        (report_lists.place_of(content.trial, row, head), *(text_of(row.get(name)) for name in columns)) for row in rows
    ))  # fmt: skip


def _is_told(row: Row) -> bool:
    of_header = row["kind"] == "ImageKept" and row["old"] is None
    return not of_header and str(row["field"]).partition(".")[0] not in _NO_FIGURES
