"""The table [checks] of a protocol file: how far values that belong together may lie apart before somebody looks.

    [checks]
    late_entry_hours = 24
    balance_tolerance_ul = 50
    side_ratio_percent = 150
    injection_minutes = [0, 15]
    gland_volume_ul = [1000, 20000]

The table may be missing, and so may each key: files of earlier versions stay valid. The defaults say nothing about a
trial; they are wide enough for any injection of a gland (docs/protocol.md). What is compared is `record.checks`.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from injection_log.errors import ProtocolRefused

_KEYS = frozenset({
    "late_entry_hours", "balance_tolerance_ul", "side_ratio_percent", "injection_minutes", "gland_volume_ul",
})


@dataclass(frozen=True)
class CheckLimits:
    """Limits of the checks, bounds included: hours, microlitres, percent (larger gland of the smaller), minutes.

    `gland_volume_ul` is None where the protocol says nothing about how large a gland can be: then none is too large.
    """

    late_entry_hours: int = 24
    balance_tolerance_ul: int = 50
    side_ratio_percent: int = 150
    injection_minutes: tuple[int, int] = (0, 15)
    gland_volume_ul: tuple[int, int] | None = None


USUAL = CheckLimits()
"""What holds where a protocol file says nothing."""


def read_check_limits(tables: Mapping[str, Any]) -> CheckLimits:
    """Make the limits of what stands under [checks]. Raises ProtocolRefused with the key that is wrong."""
    if "checks" not in tables:
        return USUAL
    table = tables["checks"]
    if not isinstance(table, dict):
        raise ProtocolRefused("The limits of the checks are written as a table, [checks].")
    for key in table:
        if key not in _KEYS:
            raise ProtocolRefused(f"'{key}' in [checks] is not known; the known keys are {', '.join(sorted(_KEYS))}.")
    return CheckLimits(
        late_entry_hours=_whole(table, "late_entry_hours", USUAL.late_entry_hours, (1, 8760)),
        balance_tolerance_ul=_whole(table, "balance_tolerance_ul", USUAL.balance_tolerance_ul, (0, 100_000)),
        side_ratio_percent=_whole(table, "side_ratio_percent", USUAL.side_ratio_percent, (100, 10_000)),
        injection_minutes=_range(table, "injection_minutes") or USUAL.injection_minutes,
        gland_volume_ul=_range(table, "gland_volume_ul"),
    )


def _whole(table: Mapping[str, Any], key: str, usual: int, bounds: tuple[int, int]) -> int:
    value = table.get(key, usual)
    if type(value) is not int or not bounds[0] <= value <= bounds[1]:
        raise ProtocolRefused(f"[checks] {key} must be a whole number from {bounds[0]} to {bounds[1]}.")
    return value


def _range(table: Mapping[str, Any], key: str) -> tuple[int, int] | None:
    if key not in table:
        return None
    value = table[key]
    if not (isinstance(value, list) and len(value) == 2 and all(type(one) is int for one in value)):
        raise ProtocolRefused(f"[checks] {key} must be two whole numbers, written as [lowest, highest].")
    if not 0 <= value[0] <= value[1]:
        raise ProtocolRefused(f"[checks] {key} must not be negative and must begin with the lower number.")
    return value[0], value[1]
