"""Numbers of queries, taken by several people in the same instant, in a file and in a real PostgreSQL."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from injection_log.acts.numbering import write_numbered
from injection_log.clock import FixedClock
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.people.account import Account
from injection_log.people.roles import Role
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.site import Session, Site

PEOPLE, EACH = 4, 5


def test_everybody_gets_a_number_of_their_own_and_none_is_left_out(any_place, clock: FixedClock) -> None:
    site = Site(any_place.home, any_place.make(clock), any_place.keys, clock, read_protocol(practice_protocol_text()))
    people = [Session(site, Account(f"one{n}", f"One {n}", Role.MONITOR, "00")) for n in range(PEOPLE)]

    def ask(session: Session) -> list[str]:
        change = Change("state", None, session.account.user)
        return [
            write_numbered(session, "query", lambda free: EventDraft("QueryOpened", free, (change,))).id
            for _number in range(EACH)
        ]

    with ThreadPoolExecutor(PEOPLE) as together:
        taken = list(together.map(ask, people))
    assert sorted(number for numbers in taken for number in numbers) == [
        f"Q-{number:04d}" for number in range(1, PEOPLE * EACH + 1)
    ]
    asked_by = {
        Subject("query", id=number).key: one.account.user
        for one, numbers in zip(people, taken, strict=True) for number in numbers
    }
    assert site.ledger.values_named("query:", "state") == asked_by
    assert site.ledger.values_named("query:", "stat") == {}
    site.ledger.close()
