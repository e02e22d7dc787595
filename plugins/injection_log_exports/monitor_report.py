"""The monitor's report (PDF): enrolment, completeness, source verification, queries, late entries, deviations, hints.

Pure layout: every figure is a count of rows of the tables. Hints are where to look first and no judgement.
"""
from __future__ import annotations

from collections import Counter

from injection_log.outputs import OutputFile, OutputImpossible
from injection_log.report_contents import MonitorContent
from injection_log_exports import report_lists
from injection_log_exports.report_pages import Facts, Head, Listing, report_pdf, text_of

_SIGNED = frozenset({"signed", "reviewed", "locked"})


class MonitorReport:
    """Output `monitor_report`: one PDF."""

    kind = "monitor_report"
    title = "Monitor's report (PDF): enrolment, completeness, queries, late entries, deviations, hints of the trail"
    content = "monitor"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The report; OutputImpossible when it is given something else."""
        if not isinstance(content, MonitorContent):
            raise OutputImpossible("The monitor's report needs all records; make it with `export monitor_report`.")
        return (OutputFile("monitor_report.pdf", "application/pdf", _pdf(content)),)


def _pdf(content: MonitorContent) -> bytes:
    trial = content.trial
    head = report_lists.head_of(trial, "Monitor's report", f"{trial.about.study}, {trial.about.site}")
    asked = [row for row in trial.tables["queries"].rows if row["state"] != "closed"]
    late = _events([row for row in trial.tables["changes"].rows if row["late"] == "yes"])
    return report_pdf(head, [
        Facts((*report_lists.facts_of_export(trial.about, content.checkpoint), *_figures(content, head))),
        _enrolment(content, head),
        _completeness(content, head),
        report_lists.queries(trial, asked, head, "Open and answered queries"),
        report_lists.changes(trial, late, head, "Late entries", "One line for each act that was entered late."),
        report_lists.deviations(trial, trial.tables["deviations"].rows, head),
        Listing(
            "Where to look first in the audit trail", "Hints and no judgement; the numbers are those of the log.",
            (("Kind", 16), ("What", 84)),
            tuple((head.say(kind), head.say(sentence)) for kind, sentence in content.hints),
        ),
    ])  # fmt: skip


def _events(rows: list[report_lists.Row]) -> list[report_lists.Row]:
    """The first row of each event."""
    return list({row["event"]: row for row in reversed(rows)}.values())[::-1]


def _figures(content: MonitorContent, head: Head) -> tuple[tuple[str, str], ...]:
    tables = content.trial.tables
    states = Counter(str(row["state"]) for row in tables["queries"].rows)
    glands = [row for row in tables["glands"].rows if row["visit_state"] == "counts"]
    signed = sum(row["state"] in _SIGNED for row in glands)
    verified, values = (sum(getattr(one, name) for one in content.verification) for name in ("verified", "values"))
    begun = sum(bool(row["visits_begun"]) for row in tables["participants"].rows)
    asked = ", ".join(f"{states[state]} {head.say(state)}" for state in ("open", "answered", "closed"))
    return (
        ("Participants with a visit", f"{begun} / {len(content.enrolled)}"),
        ("Gland records signed", f"{signed} / {len(glands)}"),
        ("Queries", asked),
        ("Deviations", str(len(tables["deviations"].rows))),
        ("Values compared with their source", f"{verified} / {values}{_percent(verified, values)}"),
    )


def _percent(part: int, whole: int) -> str:
    return f" ({100 * part // whole} %)" if whole else ""


def _enrolment(content: MonitorContent, head: Head) -> Listing:
    rows = []
    for name, visit in content.trial.protocol.visits.items():
        begun = [row for row in content.trial.tables["visits"].rows if row["visit"] == name]
        counted = Counter(str(row["visit_state"]) for row in begun)
        signed = sum(row["right_state"] in _SIGNED and row["left_state"] in _SIGNED for row in begun)
        states = (counted[state] for state in ("counts", "withdrawn", "not_done"))
        rows.append((head.say(visit.title), *map(str, (len(content.enrolled), len(begun), *states, signed))))
    return Listing("Enrolment and visits", "", (
        ("Visit", 30), ("Participants", 14), ("Begun", 12), ("Counts", 12), ("Withdrawn", 12), ("Not done", 12),
        ("Both glands signed", 16),
    ), tuple(rows))  # fmt: skip


def _completeness(content: MonitorContent, head: Head) -> Listing:
    verified = {(one.participant, one.visit): one for one in content.verification}
    rows = []
    for row in content.trial.tables["visits"].rows:
        part = verified.get((str(row["participant"]), str(row["visit"])))
        compared = f"{part.verified} / {part.values}{_percent(part.verified, part.values)}" if part else "–"
        rows.append((
            str(row["participant"]), report_lists.place_of(content.trial, row, head), text_of(row["visit_date"]),
            head.say(str(row["right_state"])), head.say(str(row["left_state"])), str(row["images"]),
            report_lists.pending(row, head), compared,
        ))
    return Listing("Completeness and source verification", "A record is whole when both glands are signed.", (
        ("Participant", 12), ("Visit", 20), ("Day", 12), ("Right gland", 12), ("Left gland", 12), ("Pictures", 9),
        ("Images pending", 16), ("Compared with the source", 18),
    ), tuple(rows))  # fmt: skip
