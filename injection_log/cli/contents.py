"""What `injection-log --help` says: every command under its heading, with its words and the file that holds it.

About fifty names are no list to read through, and loading all their files takes longer than a person waits for a
list. So the list is kept here and a file is loaded when one of its commands runs (`lazy.py`); a test compares the
words with those of the commands. A command of an installed plugin that is not named here stands under its own
heading, "Commands", and works like any other.
"""
from __future__ import annotations

PANELS: dict[str, dict[str, str]] = {
    "Begin": {
        "open": "Open the window: of a site, or of a reading package where the folder is one.",
        "demo": "Practise on a simulated participant: practice PACS, practice users, nothing real.",
        "simulate": "Simulate a whole trial of phantom participants: practice users, nothing real, no arm.",
        "quick-card": "Make the quick card: the steps of a record and all keys on one page (PDF).",
        "blank-form": "Make the blank source form (PDF) of each visit, for outages: the same fields on paper.",
        "validate": "Check this installation and its operation on practice data, and write a report to sign.",
        "doctor": "Check display and OpenGL, PACS, database, clock and disk.",
        "setup": "Make the log of a new home: protocol, site, and the first administrator.",
        "join": "Let this workstation work in a shared log that is set up already.",
        "upgrade-shared": "Bring a shared log of an older version up to this one; make a backup before.",
    },
    "Pictures": {
        "pacs": "Ask a PACS, and fetch studies from it.",
        "import": "Take ultrasound pictures of a folder into a visit; each file that is not taken is named with the "
                  "reason.",
        "image": "Show what a DICOM file says of its picture: size, frames, times, regions and calibration.",
        "frame": "Write one frame as it would be shown, full size, as a PNG.",
        "measure": "Give the length of a line on a frame in mm, or say why there is none.",
    },
    "Records": {
        "list": "List participants and visits, and how far each gland record is.",
        "show": "Show both gland records of a visit as they are, or were, signed, and what is missing.",
        "set": "Record one fact of a visit or a gland, as the form does.",
        "sign": "Sign one gland record, after showing it.",
        "sheet": "Make the signed sheet (PDF), one page a gland.",
        "export": "Make one kind of output of the whole log, with a manifest of what it is made of.",
    },
    "After signing": {
        "amend": "Open a signed gland record again, with a reason; the signed version stays, a new signature is asked "
                 "for.",
        "close-amendment": "Close an amendment that changed nothing: the signature of before holds again.",
        "add-images": "Open an addition to a signed gland: pictures and marks that came later, signed for with "
                      "sign-addition.",
        "sign-addition": "Sign the open addition to a gland, after showing it.",
        "review": "Review a signed gland record as the principal investigator, after showing it.",
        "lock": "Lock a gland record, everything of a participant, or (without arguments) the study.",
        "unlock": "Unlock what was locked, with a reason.",
        "withdraw": "Say that a recorded visit does not count, with a reason; everything of it stays and can be read.",
        "not-done": "Say that a planned visit did not take place, with a reason.",
        "reinstate": "Let a visit count again that was withdrawn or recorded as not done, with a reason.",
        "transcribed": "Flag a visit as typed in from paper, before its times are typed.",
        "unblinding": "Record that a participant was unblinded elsewhere: when, by whom, why, planned or not.",
    },
    "Looking through": {
        "history": "Show everything that was ever done to a record, oldest first, in words.",
        "audit": "Show the audit trail of the whole log, newest first, in words; with --csv all of it that is asked "
                 "for.",
        "checks": "List what the checks of the protocol find in the records.",
        "queries": "List the queries, each with the value that was asked about and the value now.",
        "query": "One query: open, answer, close, reopen, show.",
        "verify-source": "Say that a value was compared with its source, or list what was and what was not.",
        "deviations": "List the deviations from the protocol: those reported, and those that the records show.",
        "deviation": "Report a deviation from the protocol.",
    },
    "Trusting and keeping the log": {
        "verify": "Re-hash the whole log, rebuild what follows from it, and name the first thing that is wrong.",
        "export-log": "Write the whole log as files that an inspector checks without this program (check_log.py is "
                      "among them).",
        "backup": "Copy the log and every image it names while others work, and verify the copy; no key is in it.",
        "restore": "Put a backup into the place of the log, as principal investigator and data manager together.",
        "keys": "The keys of this site and workstation.",
        "blank": "Blank the content of events for good, agreed by a principal investigator and a data manager.",
    },
    "People": {
        "users": "People who may log in.",
        "password": "Choose another password.",
        "confirm-key": "Vouch, as a second person, for the new signing key of somebody after a one-time code.",
        "confirm-workstation": "Vouch for the checkpoint key of a workstation that joined.",
    },
    "Copies for readers and for sharing": {
        "coded-copy": "Copies of pictures without who they are of: for readers and for sharing.",
        "archive": "A research archive: coded copies and reports are queued, and sent until it has accepted them.",
        "reading": "Blinded reading: campaigns at a site, and a reader's own work in a reading package.",
    },
}

FILES: dict[str, tuple[str, ...]] = {
    "demo:add_demo_command": ("demo",),
    "simulate:add_simulate_command": ("simulate",),
    "validate:add_validate_command": ("validate",),
    "accounts:add_account_commands": ("setup", "users", "user", "password", "confirm-key", "confirm-workstation"),
    "pacs:add_pacs_commands": ("pacs",),
    "importing:add_import_command": ("import",),
    "records:add_record_commands": ("list", "show"),
    "exporting:add_export_commands": ("sheet", "export"),
    "blank_form:add_blank_form_command": ("blank-form",),
    "verification:add_verify_command": ("verify", "export-log", "blank"),
    "picture:add_picture_commands": ("image", "frame", "measure"),
    "doctor:add_doctor_command": ("doctor",),
    "coded_copies:add_coded_copy_commands": ("coded-copy",),
    "archiving:add_archive_commands": ("archive",),
    "reading:add_reading_commands": ("reading",),
    "keys:add_keys_commands": ("keys",),
    "keeping:add_keeping_commands": ("backup", "restore"),
    "history:add_history_commands": ("history", "audit"),
    "signing:add_signing_commands": ("set", "sign", "sign-addition", "review"),
    "changes:add_change_commands": (
        "amend", "close-amendment", "withdraw", "not-done", "reinstate", "add-images", "transcribed", "unblinding",
    ),
    "locks:add_lock_commands": ("lock", "unlock"),
    "queries:add_query_commands": ("checks", "queries", "query"),
    "source:add_source_command": ("verify-source",),
    "deviations:add_deviation_commands": ("deviations", "deviation"),
    "shared_database:add_shared_commands": ("join", "upgrade-shared"),
}
"""File of this package and its function that joins the commands; the names it joins."""

HIDDEN = ("user",)
"""Names that work and are not listed: another word for one that is."""
