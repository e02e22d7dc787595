"""A restore from a backup: what two people agree to, how it stands in the log, and when it explains a log that
became shorter.

    event      LedgerRestored, subject `ledger:`, changes `incarnation` (one more than any seen) and `restored`
    restored   {backup, taken_at, last_sequence, last_hash, seen_sequence, seen_hash, lost, why, agreement}

Between the backup's last event and LedgerRestored only people, workstations and the log itself have events (the
two log in). Pure: reads no file and no clock; who asks and writes is `injection_log.acts.restoring`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from injection_log.high_water import HighWater
from injection_log.ledger.canonical import Json, canonical_bytes
from injection_log.ledger.errors import LedgerError
from injection_log.ledger.event import parse_body, read_changes
from injection_log.people.agreement import agreement_holds, signers

ACT = "restore"
KIND = "LedgerRestored"
_SUBJECTS = ("ledger:", "user:", "workstation:")


@dataclass(frozen=True)
class Loss:
    """What a restore takes back: backup and its last event, and the last event that was seen here, both with hash."""

    backup: str
    taken_at: str
    last_sequence: int
    last_hash: str
    seen_sequence: int
    seen_hash: str
    why: str

    @property
    def lost(self) -> int:
        """How many events are not in the log any more."""
        return max(0, self.seen_sequence - self.last_sequence)

    def to_json(self, agreement: Json) -> dict[str, Json]:
        """The value of the field `restored`."""
        return {**vars(self), "lost": self.lost, "agreement": agreement}


@dataclass(frozen=True)
class Restored:
    """One restore as the log tells it. `fault` says in words why it is none, "" when it holds."""

    sequence: int
    recorded_at: str
    incarnation: int
    loss: Loss
    people: tuple[str, ...]
    fault: str

    @property
    def words(self) -> str:
        """One sentence for whoever verifies or opens the log."""
        loss = self.loss
        return (
            f"This log was restored at {self.recorded_at} (event {self.sequence}, incarnation {self.incarnation}) from"
            f" the backup {loss.backup}, whose last event is {loss.last_sequence}; the last event seen before was"
            f" {loss.seen_sequence}, so {in_events(loss.lost)} lost; agreed by {' and '.join(self.people)},"
            f' because: "{loss.why}"'
        )


def in_events(count: int) -> str:
    """`no event is`, `1 event is`, `7 events are`."""
    return "no event is" if count == 0 else "1 event is" if count == 1 else f"{count} events are"


def restore_text(origin: str, loss: Loss) -> str:
    """The text that both people sign; its last line binds it to the value of the field `restored`."""
    digest = sha256(canonical_bytes({**vars(loss), "lost": loss.lost})).hexdigest()
    return (
        f"Restore the log {origin} from the backup {loss.backup}, taken at {loss.taken_at}.\n"
        f"Last event of the backup: {loss.last_sequence} ({loss.last_hash}).\n"
        f"Last event seen at this workstation: {loss.seen_sequence} ({loss.seen_hash}).\n"
        f"{in_events(loss.lost).capitalize()} lost; the database that is replaced is kept aside.\n"
        f"Why: {loss.why}\n"
        f"SHA-256 of what is said here: {digest}\n"
    )


def explains(restored: Restored, mark: HighWater) -> bool:
    """Whether a restore is why a log does not reach, or does not hold, the event that a workstation has seen.

    Nothing above what the two people were told is lost may be lost, and a restore explains each mark once: after it
    the mark has its incarnation.
    """
    loss = restored.loss
    within = loss.last_sequence < mark.size <= loss.seen_sequence
    same = mark.size != loss.seen_sequence or mark.hash == loss.seen_hash
    return not restored.fault and restored.incarnation > mark.incarnation and within and same


def restores_in(rows: Iterable[tuple[object, ...]]) -> tuple[Restored, ...]:
    """Every restore that a log tells of, in order, each judged against the events before it.

    `rows` are sequence, body, salt, leaf, previous, hash of every event in order; that they are the log's is for
    others to check.
    """
    reading = _Reading()
    return tuple(found for row in rows if (found := reading.read(row)) is not None)


class _Reading:
    """What must be known of the events before a restore."""

    def __init__(self) -> None:
        self._origin = ""
        self._people: dict[str, dict[str, Json]] = {}
        self._incarnation = 1
        self._tail: dict[int, str] = {}

    def read(self, row: tuple[object, ...]) -> Restored | None:
        sequence, body, _, _, _, last_hash = row
        assert isinstance(sequence, int)
        found = None
        subject = _subject(body) if isinstance(body, bytes) else ""
        if not subject.startswith(_SUBJECTS):
            self._tail.clear()
        elif isinstance(body, bytes):
            found = self._of_people(sequence, body, subject)
        self._tail[sequence] = last_hash.hex() if isinstance(last_hash, bytes) else ""
        return found

    def _of_people(self, sequence: int, body: bytes, subject: str) -> Restored | None:
        try:
            value = parse_body(body)
            changed = {change.field: change.new for change in read_changes(value)}
        except LedgerError:
            return None
        if subject.startswith("user:"):
            self._people.setdefault(subject.removeprefix("user:"), {}).update(changed)
        if sequence == 1:
            self._origin = str(changed.get("origin"))
        if value["kind"] != KIND:
            return None
        before, said = self._incarnation, changed.get("restored")
        incarnation = changed.get("incarnation")
        self._incarnation = incarnation if isinstance(incarnation, int) else before
        loss = _loss(said) if isinstance(said, dict) else None
        if loss is None or not isinstance(said, dict):
            return Restored(sequence, str(value["recorded_at"]), self._incarnation, _NO_LOSS, (), "it is not whole")
        names = tuple(name for _, _, name in signers(said.get("agreement")))
        fault = self._fault(loss, said, before)
        return Restored(sequence, str(value["recorded_at"]), self._incarnation, loss, names, fault)

    def _fault(self, loss: Loss, said: Mapping[str, Json], before: int) -> str:
        agreement = said.get("agreement")
        if self._incarnation <= before:
            return "its incarnation is not a new one"
        if self._tail.get(loss.last_sequence) != loss.last_hash:
            return "the log does not go on from the last event of the backup it names"
        if said.get("lost") != loss.lost:
            return "the number of lost events is not the one that follows from it"
        return agreement_holds(self._origin, agreement, self._key_of) or self._other_agreement(loss, agreement)

    def _other_agreement(self, loss: Loss, agreement: Json) -> str:
        """What is wrong with an agreement that holds as such: another text, or people of other roles."""
        assert isinstance(agreement, dict)
        if agreement.get("act") != ACT or agreement.get("text") != restore_text(self._origin, loss):
            return "the two people agreed to something else"
        if any(self._people[user].get("role") != role for user, role, _ in signers(agreement)):
            return "one of the two did not have that role"
        return ""

    def _key_of(self, user: str) -> str | None:
        key = self._people.get(user, {}).get("public_key")
        return key if isinstance(key, str) else None


_NO_LOSS = Loss("", "", 0, "", 0, "", "")


def _subject(body: bytes) -> str:
    """The subject of a body without reading all of it: in canonical JSON it is the last key of that name."""
    _, _, rest = body.rpartition(b'"subject":"')
    return rest.partition(b'"')[0].decode("utf-8", "replace")


def _loss(said: Mapping[str, Json]) -> Loss | None:
    texts = [said.get(name) for name in ("backup", "taken_at", "last_hash", "seen_hash", "why")]
    numbers = [said.get(name) for name in ("last_sequence", "seen_sequence")]
    if not all(isinstance(text, str) for text in texts) or not all(type(number) is int for number in numbers):
        return None
    backup, taken_at, last_hash, seen_hash, why = (str(text) for text in texts)
    last, seen = (int(str(number)) for number in numbers)
    return Loss(backup, taken_at, last, last_hash, seen, seen_hash, why)
