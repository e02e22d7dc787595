"""What is done with a whole visit from the work list: withdrawn, not done, reinstated, locked, unlocked.

Each asks in the page for the reason that is owed. Which of them is offered follows the one table of roles and the
record as it is listed; whether it may be done decides the record's floor.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

from injection_log.acts.locking import GlandScope, ParticipantScope, Scope, StudyScope
from injection_log.people.roles import Command, allowed
from injection_log.record.values import SIDES
from injection_log_napari.presenters.question import Asking, Question, reason_of
from injection_log_napari.presenters.work_list import WorkRow

if TYPE_CHECKING:
    from injection_log.record.values import VisitRecord

ListAct = Literal["not_done", "withdraw", "reinstate", "lock", "unlock"]
TITLES: dict[ListAct, str] = {
    "not_done": "Not done…", "withdraw": "Withdraw…", "reinstate": "Reinstate…", "lock": "Lock…", "unlock": "Unlock…",
}
_COMMANDS: dict[ListAct, Command] = {
    "not_done": "mark_not_done", "withdraw": "withdraw_visit", "reinstate": "reinstate_visit",
    "lock": "lock_record", "unlock": "unlock_record",
}
WITHDRAWING = (
    ("wrong", "recorded for the wrong participant or visit"), ("consent", "consent was withdrawn"),
    ("twice", "recorded twice"),
)
NOT_DONE = (("absent", "the participant did not come"), ("medical", "medical reason"), ("site", "reason at the site"))


class ListDesk(Protocol):
    """What these acts need of the person who is logged in."""

    @property
    def role(self) -> str:
        """Role of the person at work."""

    def withdraw(self, record: VisitRecord, reason: str) -> None:
        """Withdraw a visit."""

    def mark_not_done(self, participant: str, visit: str, reason: str) -> None:
        """Record that a planned visit did not take place."""

    def reinstate(self, record: VisitRecord, reason: str) -> None:
        """Let a visit count again."""

    def lock(self, scopes: tuple[Scope, ...], reason: str) -> None:
        """Lock each of these."""

    def unlock(self, scopes: tuple[Scope, ...], reason: str) -> None:
        """Unlock each of these."""


class ListActs:
    """Asks for and does what the list offers."""

    def __init__(self, desk: ListDesk, asking: Asking, done: Callable[[str], None]) -> None:
        self._desk, self._asking, self._done = desk, asking, done

    @property
    def of_role(self) -> tuple[ListAct, ...]:
        """The acts that this role ever has; their buttons are always in their places."""
        every: tuple[ListAct, ...] = ("not_done", "withdraw", "reinstate", "lock", "unlock")
        return tuple(act for act in every if any(allowed(self._desk.role, _COMMANDS[act], one) for one in _STATES))

    def offered(self, row: WorkRow | None) -> frozenset[ListAct]:
        """The acts that suit a line."""
        if row is None:
            return frozenset()
        found: dict[ListAct, bool] = {
            "not_done": not row.is_gone and (row.record is None or not _was_signed(row.record)),
            "withdraw": row.record is not None and not row.is_gone,
            "reinstate": row.is_gone,
            "lock": bool(self._to_lock(row)),
            "unlock": bool(self._to_unlock(row)),
        }
        return frozenset(act for act in self.of_role if found[act])

    def ask(self, act: ListAct, row: WorkRow) -> None:
        """Ask what the act owes, and do it with the answer."""
        asked: dict[ListAct, Callable[[WorkRow], None]] = {
            "not_done": self._ask_not_done, "withdraw": self._ask_withdraw, "reinstate": self._ask_reinstate,
            "lock": self._ask_lock, "unlock": self._ask_unlock,
        }
        asked[act](row)

    def _ask_not_done(self, row: WorkRow) -> None:
        question = Question(
            f"Why was {_name(row)} not done?", "Record as not done", NOT_DONE, "more, in words",
            enter=f"record {_name(row)} as not done",
        )

        def do(reason: str) -> None:
            self._desk.mark_not_done(row.participant, row.visit, reason)
            self._done(f"{_name(row)} is recorded as not done; Reinstate… takes that back.")

        self._with_reason(question, do)

    def _ask_withdraw(self, row: WorkRow) -> None:
        record = row.record
        if record is None:
            return
        question = Question(
            f"Why does {_name(row)} not count?", "Withdraw the visit", WITHDRAWING, "more, in words",
            enter=f"withdraw {_name(row)}",
        )

        def do(reason: str) -> None:
            self._desk.withdraw(record, reason)
            self._done(f"{_name(row)} is withdrawn; nothing of it is deleted, and Reinstate… takes that back.")

        self._with_reason(question, do)

    def _ask_reinstate(self, row: WorkRow) -> None:
        record = row.record
        if record is None:
            return
        question = Question(
            f"Why does {_name(row)} count again?", "Reinstate the visit", (), "the reason, in words",
            enter=f"reinstate {_name(row)}",
        )

        def do(reason: str) -> None:
            self._desk.reinstate(record, reason)
            self._done(f"{_name(row)} counts again.")

        self._with_reason(question, do)

    def _ask_lock(self, row: WorkRow) -> None:
        choices = self._to_lock(row)
        question = Question(
            "What is locked?", "Lock", _titles(choices), "the reason, where there is one", enter="lock {choice}"
        )

        def do(chosen: str, words: str) -> None:
            self._desk.lock(choices[chosen][1], words)
            self._done(f"Locked: {choices[chosen][0]}. Nothing of it can be changed until it is unlocked.")

        self._asking.ask(question, do)

    def _ask_unlock(self, row: WorkRow) -> None:
        choices = self._to_unlock(row)
        question = Question(
            "What is unlocked, and why?", "Unlock", _titles(choices), "the reason, in words", enter="unlock {choice}"
        )

        def do(chosen: str, words: str) -> None:
            self._desk.unlock(choices[chosen][1], words)
            self._done(f"Unlocked: {choices[chosen][0]}.")

        self._asking.ask(question, do)

    def _with_reason(self, question: Question, act: Callable[[str], None]) -> None:
        self._asking.ask(question, lambda chosen, words: act(reason_of(question, chosen, words)))

    def _to_lock(self, row: WorkRow) -> dict[str, tuple[str, tuple[Scope, ...]]]:
        """What can be locked from a line, by name: its words and the scopes; a lock that stands hides what is in it."""
        glands = row.record.glands if row.record is not None else {}
        wider = {gland.lock.scope for gland in glands.values() if gland.lock is not None}
        found: dict[str, tuple[str, tuple[Scope, ...]]] = {}
        reviewed = tuple(side for side in SIDES if side in glands and glands[side].state == "reviewed")
        scopes = tuple(GlandScope(row.participant, row.visit, side) for side in reviewed)
        if len(scopes) == len(SIDES):
            found["both"] = (f"both glands of {_name(row)}", scopes)
        for side, scope in zip(reviewed, scopes, strict=True):
            found[side] = (f"the {side} gland", (scope,))
        if "participant" not in wider and "study" not in wider:
            found["participant"] = (f"everything of {row.participant}", (ParticipantScope(row.participant),))
        if "study" not in wider:
            found["study"] = ("the whole study", (StudyScope(),))
        return found

    def _to_unlock(self, row: WorkRow) -> dict[str, tuple[str, tuple[Scope, ...]]]:
        """What is locked over a line, by name."""
        found: dict[str, tuple[str, tuple[Scope, ...]]] = {}
        for side, gland in (row.record.glands if row.record is not None else {}).items():
            if gland.lock is None:
                continue
            if gland.lock.scope == "gland":
                found[side] = (f"the {side} gland", (GlandScope(row.participant, row.visit, side),))
            elif gland.lock.scope == "participant":
                found["participant"] = (f"everything of {row.participant}", (ParticipantScope(row.participant),))
            else:
                found["study"] = ("the whole study", (StudyScope(),))
        return found


_STATES = ("", "draft", "reviewed", "locked")


def _was_signed(record: VisitRecord) -> bool:
    return any(gland.signature is not None or gland.earlier for gland in record.glands.values())


def _name(row: WorkRow) -> str:
    return f"{row.participant}, {row.visit_title}"


def _titles(choices: dict[str, tuple[str, tuple[Scope, ...]]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, words) for name, (words, _) in choices.items())
