"""What a reading package is, as its own log says it from the first events on: for whom, how to read, in which order.

Frozen values and their stored forms. Nothing here says where a case comes from, and there is no field for it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, cast

from annotate.geometry import reading_from_json, reading_to_json
from annotate.uncertainty import ReadingError
from injection_log.errors import Refused
from injection_log.ledger.canonical import canonical_bytes
from injection_log.ledger.event import Json
from injection_log.protocol.reading_design import GradeKind

FORM = "injection-log reading package 1"
PACKAGE = "package"
"""The field of a package's log that holds all this."""
Task = Literal["read", "adjudicate"]
TASK_OF_ROLE: dict[str, Task] = {"reader": "read", "adjudicator": "adjudicate"}


@dataclass(frozen=True)
class Package:
    """One package: its campaign, what its owner does, how it is read, and its cases in the order of reading.

    `calipers` is how often each diameter is measured; `planes` and `grades` as in the protocol, and how exact a caliper
    is (`caliper_error`).
    """

    campaign: str
    user: str
    task: Task
    planes: tuple[str, ...]
    calipers: int
    grades: tuple[GradeKind, ...]
    cases: tuple[str, ...]
    caliper_error: ReadingError

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return {
            "form": FORM, "campaign": self.campaign, "user": self.user, "task": self.task,
            "planes": list(self.planes), "calipers": self.calipers, "grades": list(self.grades),
            "cases": list(self.cases), "caliper_error": reading_to_json(self.caliper_error),
        }

    @classmethod
    def from_json(cls, stored: Json) -> Package:
        """Read the stored form. Raises Refused for none, and for one of a form that this version does not know."""
        if stored is None:
            raise Refused("not_allowed", "This is no reading package; a reader opens nothing else.")
        said = stored if isinstance(stored, dict) else {}
        if said.get("form") != FORM:
            raise Refused(
                "other_package", "This reading package was made by another version of the program; ask for a new one."
            )
        return cls(
            str(said["campaign"]), str(said["user"]), cast(Task, said["task"]), _texts(said, "planes"),
            int(cast(int, said["calipers"])), cast("tuple[GradeKind, ...]", _texts(said, "grades")),
            _texts(said, "cases"), reading_from_json(said["caliper_error"]),
        )

    @property
    def sha256(self) -> str:
        """The digest (hex) of the stored form; it stands in every event of the package in place of a protocol's."""
        return sha256(canonical_bytes(self.to_json())).hexdigest()


def _texts(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(one) for one in said[name])
