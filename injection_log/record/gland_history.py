"""Reads what became of one gland record out of its current values: versions, additions, review, lock.

Pure. While an amendment is open the stored signature is the one of the version being amended: it still stands in the
log, and if nothing is changed it is given back untouched.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from injection_log.ledger.event import Json
from injection_log.record.versions import (
    Addition,
    Amendment,
    Locked,
    OpenAddition,
    Signature,
    SignedVersion,
)

Value = TypeVar("Value")
AMENDMENT, SIGNATURE, REVIEW, ADDITION = "amendment", "signature", "review", "addition"
ADDITION_OPEN, SIGNED_IMAGES, LOCK = "addition_open", "signed_images", "lock"


@dataclass(frozen=True)
class GlandHistory:
    """What became of a gland record so far; `signature` and `review` are those of the version that stands."""

    signature: Signature | None
    review: Signature | None
    amendment: Amendment | None
    earlier: tuple[SignedVersion, ...]
    additions: tuple[Addition, ...]
    addition_open: OpenAddition | None
    lock: Locked | None
    signed_images: tuple[str, ...] | None

    def later_images(self, of_visit: Sequence[str]) -> tuple[str, ...]:
        """The visit's pictures that no signature names yet; none where a signature is older than that list."""
        if self.signature is None or self.signed_images is None:
            return ()
        return tuple(uid for uid in of_visit if uid not in self.signed_images)


def history_of(stored: Mapping[str, Json]) -> GlandHistory:
    """Read the history of a gland from its current values."""
    amendment = _read(stored, AMENDMENT, Amendment.from_json)
    signed, reviewed = _read(stored, SIGNATURE, Signature.from_json), _read(stored, REVIEW, Signature.from_json)
    earlier = [_earlier(stored, version) for version in _numbers(stored, SIGNATURE)]
    if amendment is not None and signed is not None:
        earlier.append(SignedVersion(amendment.of_version, signed, reviewed, amendment))
        signed = reviewed = None
    images = stored.get(SIGNED_IMAGES)
    return GlandHistory(
        signature=signed, review=reviewed, amendment=amendment, earlier=tuple(earlier),
        additions=tuple(
            Addition.from_json(cast(dict[str, Any], stored[f"{ADDITION}.{number}"]))
            for number in _numbers(stored, ADDITION)
        ),
        addition_open=_read(stored, ADDITION_OPEN, OpenAddition.from_json),
        lock=_read(stored, LOCK, Locked.from_json),
        signed_images=tuple(map(str, images)) if isinstance(images, list) else None,
    )


def _earlier(stored: Mapping[str, Json], version: int) -> SignedVersion:
    signature = Signature.from_json(cast(dict[str, Any], stored[f"{SIGNATURE}.{version}"]))
    review = _read(stored, f"{REVIEW}.{version}", Signature.from_json)
    replaced_by = Amendment.from_json(cast(dict[str, Any], stored[f"{AMENDMENT}.{version + 1}"]))
    return SignedVersion(version, signature, review, replaced_by)


def _read(stored: Mapping[str, Json], name: str, reader: Callable[[Mapping[str, Any]], Value]) -> Value | None:
    value = stored.get(name)
    return reader(value) if isinstance(value, dict) else None


def _numbers(stored: Mapping[str, Json], name: str) -> list[int]:
    """The numbers of fields such as `signature.1`, in order."""
    found = (field.removeprefix(f"{name}.") for field in stored if field.startswith(f"{name}."))
    return sorted(int(number) for number in found if number.isdigit())
