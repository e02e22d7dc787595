"""How long a PACS may keep us waiting, by the stage it is in: named values that a site can set. Pure.

Each one ends in an error with its own sentence; with the values here that is below 10 s after the peer fell
silent, at any stage. What moves slowly is not cut: the silence counts, not the length of a transfer.
"""
from __future__ import annotations

from dataclasses import dataclass, fields

from dicom_io.errors import DicomIoError

_LONGEST_SECONDS = 600.0
_SHORTEST_SECONDS = 0.2


class TimeOutImpossible(DicomIoError):
    """What was given as a time-out cannot be one."""

    def __init__(self, why: str) -> None:
        super().__init__("time_out_impossible", why)

    def __reduce__(self) -> tuple[type[TimeOutImpossible], tuple[str]]:  # type: ignore[override]
        return type(self), (self.why,)


@dataclass(frozen=True)
class TimeOuts:
    """All in seconds. Raises TimeOutImpossible for one below 0.2 or above 600.

    `connection`: looking up the host's name, and again for the TCP connection. `hand_shake`: the TLS hand-shake.
    `acse`: the answer to our request for an association, and to our release. `dimse`: the silence of a peer that
    owes us an answer. `network`: one read or write on the socket in the middle of a message. `idle`: how long an
    association that is kept for browsing may stand unused before we end it ourselves.
    """

    connection: float = 5.0
    hand_shake: float = 5.0
    acse: float = 8.0
    dimse: float = 8.0
    network: float = 8.0
    idle: float = 60.0

    def __post_init__(self) -> None:
        for one in fields(self):
            seconds = getattr(self, one.name)
            if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
                raise TimeOutImpossible(f"The time-out {one.name} is a number of seconds, without quotes.")
            if not _SHORTEST_SECONDS <= seconds <= _LONGEST_SECONDS:
                raise TimeOutImpossible(f"The time-out {one.name} is from 0.2 to 600 seconds; correct it.")


USUAL = TimeOuts()
"""What holds where a site sets nothing else."""
