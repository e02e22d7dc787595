"""The audit trail of the whole log, page by page, newest first; what of it a person may see is decided by the role.

Investigator, data manager and monitor see what was done to records; an administrator sees accounts and log-ins only.
That somebody looked is itself an event. What deserves a second look is `audit_hints`.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from injection_log.acts.history import HistoryLine, line_of
from injection_log.acts.log_words import Pictures, place_of, vocabulary_of
from injection_log.acts.seeing import note_subject_seen
from injection_log.acts.writing import require
from injection_log.errors import Refused
from injection_log.ledger.event import Event, Subject
from injection_log.people.roles import allowed
from injection_log.record.event_sentences import group_of
from injection_log.record.event_words import ACCESS_GROUPS, GROUPS, KINDS, ROLES, Group, role_words
from injection_log.record.reading import gland_subject
from injection_log.record.trail import SIGNED, Entry, changes_data, is_late, local_day
from injection_log.record.values import SIDES
from injection_log.store.pages import Wanted

if TYPE_CHECKING:
    from injection_log.site import Session
    from injection_log.store.ledger_store import Ledger

PAGE = 100
_CHUNK = 500
_LEDGER = Subject("ledger")


@dataclass(frozen=True)
class AuditFilter:
    """Which events to give; what is empty asks nothing. Days are local days, both included.

    `role` is a role's code, `group` one of GROUPS, `kind` a kind of event; `participant` finds the events of their
    visits, glands, pictures and studies.
    """

    user: str = ""
    role: str = ""
    group: str = ""
    kind: str = ""
    participant: str = ""
    since: date | None = None
    until: date | None = None
    only_after_signing: bool = False
    only_late: bool = False

    @property
    def words(self) -> str:
        """What is asked for, in words; "everything" for an empty filter."""
        parts = [f"person {self.user}" if self.user else "", f"role {role_words(self.role)}" if self.role else ""]
        parts += [GROUPS.get(self.group, self.group).lower() if self.group else ""]  # type: ignore[call-overload]
        parts += [KINDS[self.kind].title.lower() if self.kind in KINDS else self.kind]
        parts += [f"participant {self.participant}" if self.participant else ""]
        parts += [f"from {self.since}" if self.since else "", f"to {self.until}" if self.until else ""]
        parts += ["only changes after signing" if self.only_after_signing else ""]
        parts += ["only late entries" if self.only_late else ""]
        return ", ".join(filter(None, parts)) or "everything"


EVERYTHING = AuditFilter()


@dataclass(frozen=True)
class AuditPage:
    """Some lines, newest first, and the number to ask on with (`before`); None where there are no more."""

    lines: tuple[HistoryLine, ...]
    before: int | None


def audit_page(
    session: Session, wanted: AuditFilter = EVERYTHING, before: int | None = None, limit: int = PAGE
) -> AuditPage:
    """Give the newest lines that are asked for, below the number `before`.

    Raises Refused: a role that may see none of it or not this group, or a filter that names what there is not.
    """
    wanted = _within_role(session, _checked(session, wanted))
    reader = _Reader(session, wanted)
    lines: list[HistoryLine] = []
    for event in reader.events(before):
        if len(lines) == limit:
            return AuditPage(tuple(lines), lines[-1].sequence)
        entry = reader.entry(event)
        if entry is not None:
            lines.append(line_of(entry, reader.vocabulary))
    return AuditPage(tuple(lines), None)


def audit_lines(session: Session, wanted: AuditFilter = EVERYTHING) -> Iterator[HistoryLine]:
    """Give every line that is asked for, newest first. Raises Refused as `audit_page`, when the first is asked for."""
    before: int | None = None
    while True:
        page = audit_page(session, wanted, before, _CHUNK)
        yield from page.lines
        if page.before is None:
            return
        before = page.before


def groups_for(session: Session) -> tuple[Group, ...]:
    """The groups of events that this person may see, in the order of their list. Raises Refused for none."""
    role = session.account.role
    if allowed(role, "show_audit"):
        require(session, "show_audit")  # an account that was closed meanwhile sees nothing any more
        return tuple(GROUPS)
    require(session, "show_access_log")
    return tuple(group for group in GROUPS if group in ACCESS_GROUPS)


def _within_role(session: Session, wanted: AuditFilter) -> AuditFilter:
    """The filter, narrowed to what the role may see; and that it was looked at is written down."""
    groups = groups_for(session)
    kinds_group = group_of(wanted.kind) if wanted.kind else ""
    for group in (wanted.group, kinds_group):
        if group and group not in groups:
            seen = ", ".join(GROUPS[one].lower() for one in groups)
            raise Refused("not_allowed", f"Your role ({role_words(session.account.role)}) may see {seen} only.")
    is_whole = len(groups) == len(GROUPS)
    note_subject_seen(session, _LEDGER, "audit" if is_whole else "access", wanted.words)
    if not is_whole and (wanted.participant or wanted.only_after_signing or wanted.only_late):
        raise Refused("not_allowed", "Accounts and log-ins belong to no participant; ask without that filter.")
    return wanted if is_whole or wanted.group or wanted.kind else replace(wanted, group=groups[0])


def require_known_names(session: Session, wanted: AuditFilter) -> None:
    """Refuse a filter by a group, kind, role or person that there is not: an empty list would say too little."""
    if wanted.group and wanted.group not in GROUPS:
        raise Refused("no_such_group", f"There is no such group of events; there are {', '.join(GROUPS)}.")
    if wanted.kind and wanted.kind not in KINDS:
        raise Refused("no_such_kind", "There is no such kind of event; 'injection-log audit --kinds' lists them.")
    if wanted.role and wanted.role not in ROLES:
        raise Refused("no_such_role", f"There is no such role; there are {', '.join(filter(None, ROLES))}.")
    if wanted.user and not session.site.ledger.values(f"user:{wanted.user}"):
        raise Refused("no_such_user", "Nobody has this user id; 'injection-log users list' shows who has one.")


def _checked(session: Session, wanted: AuditFilter) -> AuditFilter:
    require_known_names(session, wanted)
    participant = wanted.participant.strip().upper()
    if participant and not session.site.protocol.accepts_participant(participant):
        raise Refused("malformed_id", "This is not a participant id of this trial; type it as on the list.")
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise Refused("days_crossed", "The first day is after the last one; correct one of the two.")
    return replace(wanted, participant=participant)


class _Reader:
    """Goes backwards through the log for one filter; remembers when glands were first signed."""

    def __init__(self, session: Session, wanted: AuditFilter) -> None:
        self._session, self._wanted = session, wanted
        self._ledger: Ledger = session.site.ledger
        self.vocabulary = vocabulary_of(session)
        self._pictures = Pictures(session.site)
        self._late_after = timedelta(hours=session.site.protocol.checks.late_entry_hours)
        self._signed: dict[str, int | None] = {}

    def events(self, before: int | None) -> Iterator[Event]:
        """Candidates, newest first."""
        if self._wanted.participant:
            yield from self._of_participant(before)
            return
        while True:
            page = self._ledger.events_page(before=before, limit=_CHUNK, wanted=self._indexed())
            yield from page
            if len(page) < _CHUNK or self._is_past(page[-1]):
                return
            before = page[-1].sequence

    def _indexed(self) -> Wanted:
        wanted = self._wanted
        kinds: tuple[str, ...] = (wanted.kind,) if wanted.kind else ()
        if wanted.group and not kinds and wanted.group != "log":
            kinds = tuple(kind for kind, words in KINDS.items() if words.group == wanted.group)
        return Wanted(user=wanted.user, kinds=kinds)

    def _is_past(self, event: Event) -> bool:
        # A day of slack: the clock of a workstation may have been set back between two events.
        return self._wanted.since is not None and local_day(event) < self._wanted.since - timedelta(days=1)

    def _of_participant(self, before: int | None) -> Iterator[Event]:
        of, ledger = self._wanted.participant, self._ledger
        studies = [
            key.removeprefix("study:") for key, values in ledger.values_of("study:").items()
            if values.get("participant") == of
        ]
        pictures = [
            name.removeprefix("image.") for values in ledger.values_of(f"visit:{of}/").values() for name in values
            if name.startswith("image.")
        ]
        prefixes = [f"visit:{of}/", f"gland:{of}/", f"participant:{of}"]
        prefixes += [f"study:{uid}" for uid in studies] + [f"image:{uid}" for uid in pictures]
        found = {event.sequence: event for prefix in prefixes for event in ledger.events_of(prefix)}
        for sequence in sorted(found, reverse=True):
            if before is None or sequence < before:
                yield found[sequence]

    def entry(self, event: Event) -> Entry | None:
        """The event as an entry where it is asked for, else None."""
        wanted = self._wanted
        fits = (
            wanted.user in ("", event.actor.user)
            and wanted.role in ("", event.actor.role)
            and wanted.group in ("", group_of(event.kind))
            and wanted.kind in ("", event.kind)
            and (wanted.since is None or local_day(event) >= wanted.since)
            and (wanted.until is None or local_day(event) <= wanted.until)
            and (not wanted.participant or self._is_of(event, wanted.participant))
        )
        if not fits:
            return None
        late = is_late(event, self._late_after)
        after = changes_data(event) and self._is_signed_before(event)
        if (wanted.only_late and not late) or (wanted.only_after_signing and not after):
            return None
        return Entry(event, 0, after, late)

    def _is_of(self, event: Event, participant: str) -> bool:
        place = place_of(event, self._pictures)
        return place is not None and place[0] == participant

    def _is_signed_before(self, event: Event) -> bool:
        place = place_of(event, self._pictures)
        if place is None or not place[1]:
            return False
        sides = [side for side in SIDES if event.subject.gland in ("", side)]
        firsts = [self._first_signature(gland_subject(*place, side).key) for side in sides]
        return any(first is not None and first < event.sequence for first in firsts)

    def _first_signature(self, gland: str) -> int | None:
        if gland not in self._signed:
            wanted = Wanted(subject_prefix=gland, kinds=(SIGNED,))
            page = self._ledger.events_page(before=None, limit=_CHUNK, wanted=wanted)
            self._signed[gland] = page[-1].sequence if page else None
        return self._signed[gland]
