"""Plain words for what happens in the log: kinds of events and their groups, roles and states.

Tables only; fields have their own (`field_words`), and how a sentence is made is `event_sentences`. Whoever gives the
log a new kind of event adds a row here: a test reads the code and fails when one is missing.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal[
    "facts", "marks", "pictures", "scale", "undone", "signature", "changes", "queries", "seen", "exports", "people",
    "reading", "log",
]
GROUPS: dict[Group, str] = {
    "facts": "Facts and volumes",
    "marks": "Marks and measurements",
    "pictures": "Pictures and studies",
    "scale": "Scale of a picture",
    "undone": "Undone and redone",
    "signature": "Signatures and review",
    "changes": "Amendments, withdrawals and locks",
    "queries": "Queries, verification and deviations",
    "seen": "Who looked",
    "exports": "Exports and copies",
    "people": "Accounts and log-ins",
    "reading": "Blinded reading",
    "log": "The log itself",
}
DATA_GROUPS: frozenset[Group] = frozenset({"facts", "marks", "pictures", "scale", "undone", "changes"})
"""Groups that change what a record says."""
ACCESS_GROUPS: frozenset[Group] = frozenset({"people"})
"""Groups without clinical data, which an administrator may read."""


@dataclass(frozen=True)
class KindWords:
    """What one kind of event is called (`title`), and its sentence.

    `{gland}`, `{old}`, `{new}`, `{user}` and names of the event's fields in braces are filled in; where one of them
    is not in the event, or `sentence` is empty, each changed field is told by itself.
    """

    title: str
    group: Group
    sentence: str = ""


ROLES: dict[str, str] = {
    "": "nobody logged in",
    "injector": "injecting physician",
    "operator": "ultrasound operator",
    "principal_investigator": "principal investigator",
    "reader": "blinded reader",
    "adjudicator": "adjudicator",
    "data_manager": "data manager",
    "monitor": "monitor",
    "administrator": "administrator",
}
STATES: dict[str, str] = {
    "draft": "draft",
    "complete": "complete, not signed",
    "signed": "signed",
    "reviewed": "signed and reviewed",
    "locked": "locked",
}

KINDS: dict[str, KindWords] = {
    # ---- what was found and done ----
    "VisitOpened": KindWords("Visit begun", "facts", "The visit was begun, with {opened_on} as its day"),
    "IdentifiersConfirmed": KindWords(
        "Identifiers compared", "facts", "Two identifiers of the participant were compared with the trial's list"
    ),
    "VisitFactSet": KindWords("Fact of the visit", "facts"),
    "GlandFactSet": KindWords("Fact of a gland", "facts"),
    "ImagesPending": KindWords("Images pending", "pictures", "The visit goes on without images: {images_pending}"),
    # ---- pictures ----
    "ParticipantLinked": KindWords(
        "Participant linked", "pictures", "The participant was linked to a patient of the PACS, by a keyed fingerprint"
    ),
    "StudyLinked": KindWords("Study linked", "pictures", "A study was linked to {participant}, visit {visit}"),
    "StudyLinkedToVisit": KindWords("Study linked to the visit", "pictures", "A study was linked to this visit"),
    "StudyPulledWithoutLogIn": KindWords(
        "Study pulled without log-in", "pictures",
        "A study was pulled from the PACS while nobody was logged in; it belongs to no visit by that",
    ),
    "ImageKept": KindWords(
        "Picture kept", "pictures",
        "{picture} was kept with its digests: {columns} × {rows} pixels, frames: {frames}; {calibration_why}",
    ),
    "ImagesJoinedVisit": KindWords("Pictures joined the visit", "pictures", "{pictures} joined the visit"),
    # ---- marks ----
    "CaliperPlaced": KindWords("Caliper placed", "marks", "A caliper was placed on {gland}: {mark}"),
    "NeedleMarked": KindWords("Needle marked", "marks", "The needle was marked on {gland}: {mark}"),
    "ContourTraced": KindWords("Contour traced", "marks", "The outline of {gland} was traced: {mark}"),
    "DepositMarked": KindWords("Deposit marked", "marks", "A deposit was marked in {gland}: {mark}"),
    "StructureTagged": KindWords(
        "Structure tagged", "marks", "A structure to stay away from was tagged at {gland}: {mark}"
    ),
    "MarkMoved": KindWords("Mark changed", "marks", "A mark on {gland} was changed: before {old mark}; now {mark}"),
    "MarkRemoved": KindWords("Mark removed", "marks", "A mark on {gland} was taken out: {old mark}"),
    "MarksMeasuredAgain": KindWords("Marks measured again", "marks"),
    # ---- scale ----
    "ScaleSetByHand": KindWords("Scale set by hand", "scale", "The scale of {picture} was set: {hand_scale}"),
    "HandScaleCleared": KindWords(
        "Scale taken away", "scale", "The scale of {picture} that a person had set was taken away: {old hand_scale}"
    ),
    "ScaleChecked": KindWords(
        "Scale cross-checked", "scale", "The scale of {picture} was cross-checked: {scale_check}"
    ),
    "ScaleCheckWithdrawn": KindWords(
        "Cross-check withdrawn", "scale", "A cross-check of {picture} was withdrawn: {old scale_check}"
    ),
    # ---- taken back by the person who did it ----
    "ActUndone": KindWords("Act undone", "undone", "Event {act} was undone by who did it: {what changed}"),
    "ActRedone": KindWords("Act redone", "undone", "Event {act} that was undone was done again: {what changed}"),
    # ---- signatures ----
    "GlandSigned": KindWords("Gland record signed", "signature", "The record of {gland} was signed: {signature}"),
    "SigningRefused": KindWords("Signing refused", "signature", "A signature that was tried was refused"),
    "GlandReviewed": KindWords("Gland record reviewed", "signature", "The record of {gland} was reviewed: {review}"),
    "AdditionOpened": KindWords("Addition opened", "signature", "An addition to {gland} was opened: {addition_open}"),
    "AdditionSigned": KindWords("Addition signed", "signature", "An addition to {gland} was signed: {addition}"),
    "AdditionClosed": KindWords("Addition closed", "signature", "An addition to {gland} was closed without a mark"),
    # ---- what became of a record ----
    "AmendmentOpened": KindWords(
        "Amendment opened", "changes", "The signed record of {gland} was opened to be amended, as version {version}"
    ),
    "AmendmentClosed": KindWords(
        "Amendment closed", "changes", "The amendment of {gland} was closed, nothing changed; version {version} stands"
    ),
    "VisitWithdrawn": KindWords("Visit withdrawn", "changes", "The visit was withdrawn: it does not count"),
    "VisitNotDone": KindWords("Visit not done", "changes", "The visit was recorded as not done"),
    "VisitReinstated": KindWords("Visit reinstated", "changes", "The visit was reinstated: it counts again"),
    "TranscriptionFlagged": KindWords(
        "Typed in from paper", "changes", "The visit was typed in from paper: {transcribed}"
    ),
    "GlandLocked": KindWords("Gland record locked", "changes", "The record of {gland} was locked"),
    "GlandUnlocked": KindWords("Gland record unlocked", "changes", "The record of {gland} was unlocked"),
    "ParticipantLocked": KindWords("Participant locked", "changes", "All records of the participant were locked"),
    "ParticipantUnlocked": KindWords("Participant unlocked", "changes", "The lock on the participant was taken off"),
    "StudyLocked": KindWords("Study locked", "changes", "All records of the study were locked"),
    "StudyUnlocked": KindWords("Study unlocked", "changes", "The lock on the study was taken off"),
    "UnblindingRecorded": KindWords(
        "Unblinding recorded", "changes", "It was recorded that the participant was unblinded elsewhere: {unblinding}"
    ),
    "SigningFailed": KindWords("Signing failed", "people", "A signature as {user} failed: the password was wrong"),
    "PasswordConfirmed": KindWords("Password given again", "people", "{user} gave the right password again"),
    # ---- what left ----
    "SheetExported": KindWords("Sheet made", "exports", "The sheet of {gland} was made: {last_export}"),
    "TableExported": KindWords("Table exported", "exports", "The table of all glands was exported: {last_export}"),
    "OutputExported": KindWords("Output made", "exports", "An output of the whole log was made: {last_output}"),
    "ListExported": KindWords("List exported", "exports", "A list was exported: {last_export}"),
    "HistoryExported": KindWords(
        "History exported", "exports", "The history of this record was exported: {last_export}"
    ),
    "ReadingSeenExported": KindWords(
        "Pages of what a reader could see", "exports",
        "Every picture, text and file of a reading package was written out as pages"
    ),
    "ReadingReportExported": KindWords(
        "Reading report made", "exports", "The report of a blinded reading was made: {last_export}"
    ),
    "AuditExported": KindWords("Audit trail exported", "exports", "The audit trail was exported: {last_export}"),
    "KeptAreaDrawn": KindWords(
        "Area for copies drawn", "exports", "The part of a scanner's screen that stays in copies was drawn"
    ),
    "KeptAreaConfirmed": KindWords(
        "Area for copies confirmed", "exports", "A second person confirmed the part of the screen that stays in copies"
    ),
    "KeptAreaTakenBack": KindWords(
        "Area for copies taken back", "exports", "The part of a scanner's screen that stays in copies was taken back"
    ),
    "CopyLookConfirmed": KindWords(
        "Frames for copies looked through", "exports", "Every frame that is to be copied was looked through"
    ),
    "LayoutLookedAt": KindWords(
        "Screen of a scanner looked at", "exports", "Pictures of this scanner's screen were looked through for copies"
    ),
    "CodedCopiesWritten": KindWords("Coded copies written", "exports", "Coded copies were written: {coded_copy}"),
    "ObjectArchived": KindWords(
        "Object archived", "exports", "A research archive accepted a coded copy or a report: {archived}"
    ),
    # ---- blinded reading: at the site ----
    "CampaignOpened": KindWords("Reading planned", "reading", "A campaign of blinded reading was set up"),
    "PackageWritten": KindWords("Reading package written", "reading", "A reading package was written for a reader"),
    "PackageReturned": KindWords(
        "Reading package came home", "reading", "A finished reading package was verified, kept and bound into this log"
    ),
    "CampaignUnmasked": KindWords(
        "Reading unmasked", "reading", "Codes and participants of a campaign were joined, agreed by two people"
    ),
    # ---- in a reading package ----
    "PackageMade": KindWords("Reading package made", "reading", "This reading package was made"),
    "SweepSpacingGiven": KindWords(
        "Spacing of a sweep given", "reading", "The package says how far the frames of a sweep lie apart"
    ),
    "CaseAdded": KindWords("Case added", "reading", "A coded case was put into the package"),
    "CaseOpened": KindWords("Case looked at", "reading", "The case was looked at"),
    "GlandGraded": KindWords("Gland graded", "reading"),
    "QualityJudged": KindWords("Quality judged", "reading"),
    "GlandDecided": KindWords("Decided between readings", "reading"),
    "CaseLocked": KindWords("Case locked", "reading", "The reading of the case was locked"),
    # ---- questions, verification, deviations ----
    "QueryOpened": KindWords("Question asked", "queries", "A question was asked about {asked}: {message}"),
    "QueryAnswered": KindWords("Question answered", "queries", "The question was answered: {message}"),
    "QueryClosed": KindWords("Question closed", "queries", "The question was closed: {message}"),
    "QueryReopened": KindWords("Question asked again", "queries", "The question was asked again: {message}"),
    "SourceVerified": KindWords(
        "Compared with the source", "queries", "{verified title} of {record} was compared with its source"
    ),
    "SourceVerificationTakenBack": KindWords(
        "Comparison taken back", "queries", "That {verified title} was compared with its source was taken back"
    ),
    "DeviationReported": KindWords("Deviation reported", "queries", "A deviation was reported ({kind}): {text}"),
    # ---- who looked ----
    "RecordSeen": KindWords("Record looked at", "seen", "The record of this visit was looked at"),
    "PicturesSeen": KindWords("Pictures looked at", "seen", "The pictures of this visit were looked at"),
    "HistorySeen": KindWords("History looked at", "seen", "The history of this record was looked at"),
    "AuditSeen": KindWords("Audit trail looked at", "seen", "The audit trail was looked at"),
    "AccessLogSeen": KindWords("Log of access looked at", "people", "The log of accounts and log-ins was looked at"),
    # ---- people ----
    "UserAdded": KindWords("Account added", "people", "An account was made: {printed_name}, {role}"),
    "LoggedIn": KindWords("Logged in", "people", "{user} logged in"),
    "LoggedOut": KindWords("Logged out", "people", "{user} logged out"),
    "LogInFailed": KindWords("Log-in failed", "people", "A log-in as {user} failed"),
    "AccountLocked": KindWords(
        "Account locked", "people", "The account of {user} was locked after five wrong passwords, until {locked_until}"
    ),
    "AccountUnlocked": KindWords("Account unlocked", "people", "The account of {user} was unlocked"),
    "AccountClosed": KindWords("Account closed", "people", "The account of {user} was closed"),
    "AccountReopened": KindWords("Account opened again", "people", "The account of {user} was opened again"),
    "RoleChanged": KindWords("Role changed", "people", "The role of {user} was changed from {old role} to {role}"),
    "PasswordChanged": KindWords("Password changed", "people", "{user} changed the password"),
    "PasswordChangeFailed": KindWords(
        "Change of password failed", "people", "A change of the password of {user} failed: the old one was wrong"
    ),
    "PasswordStrengthened": KindWords(
        "Password kept more safely", "people", "The password of {user} was kept anew at today's cost; it is the same"
    ),
    "OneTimeCodeMade": KindWords("One-time code made", "people", "A one-time code was made for {user}"),
    "OneTimeCodeGiven": KindWords("One-time code used", "people", "The one-time code of {user} was typed in"),
    "PasswordReset": KindWords(
        "New password after a code", "people", "{user} chose a new password with a one-time code, and has a new key"
    ),
    "PasswordResetFailed": KindWords(
        "One-time code refused", "people", "A new password for {user} failed: the one-time code was wrong"
    ),
    "KeyConfirmed": KindWords("Key confirmed", "people", "The new key for signatures of {user} was confirmed"),
    "AccessDenied": KindWords("Act not allowed", "people", "{user} tried what the role does not allow"),
    "ScreenLocked": KindWords("Screen locked", "people", "The screen of {user} was locked"),
    "WorkstationConfirmed": KindWords(
        "Workstation confirmed", "people", "A second person confirmed the workstation's key for checkpoints"
    ),
    "WorkstationEnrolled": KindWords(
        "Workstation enrolled", "people", "A workstation's key for checkpoints was enrolled"
    ),
    # ---- the log itself ----
    "LedgerOpened": KindWords(
        "Log begun", "log", "The log of the trial {name of the trial} at the site {site} was begun"
    ),
    "ProtocolAdopted": KindWords("Protocol adopted", "log", "A protocol was adopted: {protocol}"),
    "CheckpointMade": KindWords("Checkpoint made", "log", "A checkpoint was made, {checkpoint}"),
    "ClockStepped": KindWords("Clock stepped", "log", "The clock of a workstation was set {clock_step}"),
    "SchemaUpgraded": KindWords("Database upgraded", "log", "The tables of the log were brought to a newer form"),
    "BackupMade": KindWords("Backup made", "log", "A backup of the log was made and verified"),
    "LogExported": KindWords("Log exported", "log", "The whole log was exported, with the verifier"),
    "KeysExported": KindWords("Keys exported", "log", "The keys of the site were written into a sealed file"),
    "LedgerRestored": KindWords("Log restored", "log", "The log was restored from a backup, agreed by two people"),
    "PayloadBlanked": KindWords("Content blanked", "log", "The content of events was blanked, agreed by two people"),
    "ParticipantsCounted": KindWords(
        "Participants counted", "log", "One more participant is linked to a patient of the PACS"
    ),
}


def role_words(role: str) -> str:
    """A role as people say it."""
    return ROLES.get(role, role.replace("_", " "))
