"""Roles, and the one table of command x role x record state: what it does not allow is refused.

A pure table: it asks nobody's password and knows no account. The state "" stands for a command that is
not about one gland record. Administrators have no clinical data; readers and adjudicators work in a
reading package, so nothing of a site's home is open to them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    """What a person is in the trial."""

    INJECTOR = "injector"
    OPERATOR = "operator"
    PRINCIPAL_INVESTIGATOR = "principal_investigator"
    READER = "reader"
    ADJUDICATOR = "adjudicator"
    DATA_MANAGER = "data_manager"
    MONITOR = "monitor"
    ADMINISTRATOR = "administrator"


State = Literal["", "draft", "complete", "signed", "reviewed", "locked"]
Command = Literal[
    "log_in",
    "add_user",
    "list_users",
    "change_settings",
    "verify",
    "list_records",
    "show_record",
    "open_visit",
    "confirm_identifiers",
    "link_study",
    "keep_images",
    "go_on_without_images",
    "place_mark",
    "set_scale",
    "check_scale",
    "set_fact",
    "undo_own_act",
    "sign_gland",
    "amend_gland",
    "withdraw_visit",
    "mark_not_done",
    "reinstate_visit",
    "add_images",
    "sign_addition",
    "flag_transcription",
    "review_gland",
    "lock_record",
    "unlock_record",
    "report_deviation",
    "list_deviations",
    "run_checks",
    "open_query",
    "answer_query",
    "close_query",
    "list_queries",
    "mark_source_verified",
    "record_unblinding",
    "show_history",
    "show_audit",
    "show_access_log",
    "change_own_password",
    "change_role",
    "close_account",
    "unlock_account",
    "reset_password",
    "confirm_key",
    "confirm_workstation",
    "export_log",
    "back_up",
    "restore",
    "blank_payload",
    "export_sheet",
    "export_trial",
    "export_binder",
    "draw_kept_area",
    "confirm_kept_area",
    "plan_copies",
    "look_at_copies",
    "confirm_copies",
    "write_copies",
    "send_to_archive",
    "open_campaign",
    "show_campaigns",
    "write_package",
    "return_package",
    "unmask_campaign",
    "show_readings",
]

_AT_THE_TABLE = frozenset({Role.INJECTOR, Role.OPERATOR})
_SITE = _AT_THE_TABLE | {Role.PRINCIPAL_INVESTIGATOR}
_LOOKING_ON = frozenset({Role.DATA_MANAGER, Role.MONITOR})
_CLINICAL = _SITE | _LOOKING_ON
_IN_A_SITE_HOME = _CLINICAL | {Role.ADMINISTRATOR}
_INVESTIGATOR = frozenset({Role.PRINCIPAL_INVESTIGATOR})
_TWO_PERSONS = frozenset({Role.PRINCIPAL_INVESTIGATOR, Role.DATA_MANAGER})
"""The two of whom each must agree to an act that one person alone may not do."""

_NO_RECORD: frozenset[State] = frozenset({""})
_OPEN: frozenset[State] = frozenset({"", "draft", "complete"})
_UNLOCKED: frozenset[State] = frozenset({"", "draft", "complete", "signed", "reviewed"})
_SIGNED: frozenset[State] = frozenset({"signed", "reviewed", "locked"})
_ANY: frozenset[State] = frozenset({"", "draft", "complete", "signed", "reviewed", "locked"})

TABLE: dict[Command, tuple[frozenset[Role], frozenset[State]]] = {
    "log_in": (_IN_A_SITE_HOME, _NO_RECORD),
    "add_user": (frozenset({Role.ADMINISTRATOR}), _NO_RECORD),
    "list_users": (frozenset({Role.ADMINISTRATOR, Role.PRINCIPAL_INVESTIGATOR}) | _LOOKING_ON, _NO_RECORD),
    "change_settings": (frozenset({Role.ADMINISTRATOR}), _NO_RECORD),
    "verify": (_IN_A_SITE_HOME, _NO_RECORD),
    "list_records": (_CLINICAL, _ANY),
    "show_record": (_CLINICAL, _ANY),
    "open_visit": (_AT_THE_TABLE, _OPEN),
    "confirm_identifiers": (_AT_THE_TABLE, _OPEN),
    "link_study": (_AT_THE_TABLE, _OPEN),
    "keep_images": (_AT_THE_TABLE, _OPEN),
    "go_on_without_images": (_AT_THE_TABLE, _OPEN),
    "place_mark": (_AT_THE_TABLE, _OPEN),
    "set_scale": (_AT_THE_TABLE, _OPEN),
    "check_scale": (_AT_THE_TABLE, _OPEN),
    "set_fact": (_AT_THE_TABLE, _OPEN),
    # Asked besides what the act itself needs, which says in which state of a record it can still be undone.
    "undo_own_act": (_AT_THE_TABLE, _NO_RECORD),
    "sign_gland": (_AT_THE_TABLE, frozenset({"complete"})),
    # A signed record is amended by whoever may write one; what is locked must be unlocked first.
    "amend_gland": (_SITE, frozenset({"signed", "reviewed"})),
    "withdraw_visit": (_SITE, _UNLOCKED),
    "mark_not_done": (_SITE, _OPEN),
    "reinstate_visit": (_SITE, _UNLOCKED),
    "add_images": (_AT_THE_TABLE, frozenset({"signed", "reviewed"})),
    "sign_addition": (_AT_THE_TABLE, frozenset({"signed", "reviewed"})),
    "flag_transcription": (_AT_THE_TABLE, _OPEN),
    "review_gland": (_INVESTIGATOR, frozenset({"signed"})),
    "lock_record": (_INVESTIGATOR, frozenset({"", "reviewed"})),
    "unlock_record": (_INVESTIGATOR, frozenset({"", "locked"})),
    "report_deviation": (_SITE, _ANY),
    "list_deviations": (_CLINICAL, _NO_RECORD),
    "run_checks": (_CLINICAL, _ANY),
    # Nothing but the site changes site data: who asks may not answer, who answers may not close.
    "open_query": (_LOOKING_ON, _ANY),
    "answer_query": (_SITE, _ANY),
    "close_query": (_LOOKING_ON, _ANY),
    "list_queries": (_CLINICAL, _ANY),
    "mark_source_verified": (frozenset({Role.MONITOR}), _ANY),
    "record_unblinding": (_INVESTIGATOR, _NO_RECORD),
    "show_history": (_CLINICAL, _ANY),
    "show_audit": (_INVESTIGATOR | _LOOKING_ON, _NO_RECORD),
    "show_access_log": (_INVESTIGATOR | _LOOKING_ON | {Role.ADMINISTRATOR}, _NO_RECORD),
    "change_own_password": (_IN_A_SITE_HOME, _NO_RECORD),
    "change_role": (frozenset({Role.ADMINISTRATOR}), _NO_RECORD),
    "close_account": (frozenset({Role.ADMINISTRATOR}), _NO_RECORD),
    "unlock_account": (frozenset({Role.ADMINISTRATOR}), _NO_RECORD),
    "reset_password": (frozenset({Role.ADMINISTRATOR}), _NO_RECORD),
    # The administrator who gave the code is never the one who vouches for the new key.
    "confirm_key": (_TWO_PERSONS, _NO_RECORD),
    "confirm_workstation": (_TWO_PERSONS, _NO_RECORD),
    "export_log": (_INVESTIGATOR | _LOOKING_ON, _NO_RECORD),
    "back_up": (_TWO_PERSONS | {Role.ADMINISTRATOR}, _NO_RECORD),
    "restore": (_TWO_PERSONS, _NO_RECORD),
    "blank_payload": (_TWO_PERSONS, _NO_RECORD),
    "export_sheet": (_CLINICAL, _SIGNED),
    "export_trial": (_INVESTIGATOR | _LOOKING_ON, _NO_RECORD),
    # It holds the pictures: a data manager works on codes and sees none of them.
    "export_binder": (_INVESTIGATOR | {Role.MONITOR}, _NO_RECORD),
    # Who may see the pictures draws, looks and confirms; a data manager works on codes and sees none of them.
    "draw_kept_area": (_SITE, _NO_RECORD),
    "confirm_kept_area": (_SITE, _NO_RECORD),
    "plan_copies": (_SITE | {Role.DATA_MANAGER}, _NO_RECORD),
    "look_at_copies": (_SITE, _NO_RECORD),
    "confirm_copies": (_SITE, _NO_RECORD),
    "write_copies": (_SITE | {Role.DATA_MANAGER}, _NO_RECORD),
    "send_to_archive": (_TWO_PERSONS, _NO_RECORD),
    # A campaign of blinded reading is run by who works on codes; what came of it is shown after two people unmasked it.
    "open_campaign": (frozenset({Role.DATA_MANAGER}), _NO_RECORD),
    "show_campaigns": (_INVESTIGATOR | _LOOKING_ON, _NO_RECORD),
    "write_package": (frozenset({Role.DATA_MANAGER}), _NO_RECORD),
    "return_package": (frozenset({Role.DATA_MANAGER}), _NO_RECORD),
    "unmask_campaign": (_TWO_PERSONS, _NO_RECORD),
    "show_readings": (_INVESTIGATOR | _LOOKING_ON, _NO_RECORD),
}
"""Each command with the roles that may give it and the states of the record it may be given in."""


def allowed(role: str, command: str, state: str = "") -> bool:
    """Whether the table allows this; anything it does not know is not allowed."""
    roles, states = TABLE.get(command, (frozenset(), frozenset()))  # type: ignore[call-overload]
    return role in roles and state in states
