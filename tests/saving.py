"""People at work through the real save path, in a process that will be killed or whose disk will fail.

Each act that returned is acknowledged by one line, `saved SEQUENCE TEXT` or `signed SEQUENCE PARTICIPANT SIDE`. It is
written with writev, so that whoever counts write calls counts those of the log.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from signed_visits import filled_visit

from injection_log.acts.facts import set_fact
from injection_log.acts.visits import find_visit
from injection_log.clock import SystemClock
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.practice.story import sign
from injection_log.practice.world import INJECTOR, USERS
from injection_log.protocol.reading import practice_protocol_text
from injection_log.record.values import SIDES
from injection_log.site import NOBODY, Session, Site, log_in
from injection_log.verify import verify

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
VISIT = "injection"
REMARK = "visit_remark"
ACTS = ("GlandFactSet", "VisitFactSet", "GlandSigned")


def new_site(home: Home, visits: int) -> None:
    """A site of practice people with filled visits of SMG-10, SMG-11, ..., ready to be signed."""
    site = Site.create(home, practice_protocol_text(), "test", clock=SystemClock())
    for one in USERS:
        account = NewAccount(one.user, one.printed_name, one.role, one.password, CHEAP)
        add_account(site.ledger, NOBODY, account, clock=site.clock, protocol=site.protocol.sha256)
    injector = log_in(site, INJECTOR.user, INJECTOR.password)
    for number in range(visits):
        filled_visit(injector, f"SMG-{10 + number}")
    site.ledger.close()


def at_work(home: Home) -> Session:
    """The injector, logged in."""
    return log_in(Site.open(home), INJECTOR.user, INJECTOR.password)


def say(*words: object) -> None:
    """One line to whoever watches."""
    os.writev(1, [" ".join(map(str, words)).encode() + b"\n"])


def save(session: Session, text: str) -> None:
    """Type a remark, and acknowledge it."""
    record = find_visit(session, "SMG-10", VISIT)
    set_fact(session, record, None, REMARK, text)
    say("saved", _sequence(session, "GlandFactSet", "VisitFactSet"), text)


def sign_next(session: Session) -> bool:
    """Sign the first gland that is open, and acknowledge it; False when all are signed."""
    for number in range(11, 99):  # SMG-10 stays open: its remarks are what is saved
        participant = f"SMG-{number}"
        if f"visit:{participant}/{VISIT}" not in session.site.ledger.subjects(f"visit:{participant}/"):
            return False
        record = find_visit(session, participant, VISIT)
        for side in SIDES:
            if record.glands[side].is_open:
                sign(session, record, side)
                say("signed", _sequence(session, "GlandSigned"), participant, side)
                return True
    return False


def acts_in(session: Session) -> int:
    """How many acts of these kinds the log has, read anew."""
    return sum(event.kind in ACTS for event in session.site.ledger.events())


def _sequence(session: Session, *kinds: str) -> int:
    """The number of the last event of these kinds: there is one writer."""
    last = session.site.ledger.head()[0]
    latest = session.site.ledger.events(after=max(0, last - 9))
    return max((one.sequence for one in latest if one.kind in kinds), default=last)


@dataclass(frozen=True)
class Left:
    """What a log holds after all: acknowledged acts that are lost, and what verification found wrong."""

    lost: tuple[str, ...]
    wrong: str
    events: int


def what_is_left(home: Home, acknowledged: Iterable[str], keys: KeyFolder | None = None) -> Left:
    """Open the log as the program does at its next start, verify it, and look for every acknowledged act."""
    report = verify(home, keys=keys)  # of what the crash left, before anything is played back
    site = Site.open(home, keys=keys)
    found = {event.sequence: event for event in site.ledger.events()}
    site.ledger.close()
    lost = tuple(line for line in acknowledged if not _is_there(line, found))
    return Left(lost, "" if report.first_wrong is None else report.first_wrong.why, len(found))


def _is_there(line: str, found: dict[int, object]) -> bool:
    word, sequence, *rest = line.split(" ")
    event = found.get(int(sequence))
    if event is None:
        return False
    if word == "saved":
        return any(change.field.endswith(REMARK) and change.new == " ".join(rest) for change in event.changes)
    participant, side = rest
    return event.kind == "GlandSigned" and event.subject.key == f"gland:{participant}/{VISIT}/{side}"


def home_at(folder: str | Path) -> Home:
    """The home in a folder."""
    return Home(Path(folder))
