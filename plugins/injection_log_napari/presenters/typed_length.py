"""A length as a person types what is printed at a ruler: with comma or point, and always with its unit. Pure.

Without a unit nothing is assumed: rulers are printed in centimetres as often as in millimetres.
"""
from __future__ import annotations

import re

from injection_log.errors import Refused

_LENGTH = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*(mm|cm)?", re.ASCII | re.IGNORECASE)
_UM = {"mm": 1_000, "cm": 10_000}


def micrometres(text: str) -> int:
    """Read "20 mm", "2 cm" or "2,5cm" as micrometres. Raises Refused with the form that is expected."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise Refused(
            "malformed_number",
            "That is not a length: type it as it is printed, like 20 mm or 2,5 cm, with at most two decimals.",
        )
    if match[3] is None:
        raise Refused("unit_missing", f"Say the unit too: {text.strip()} mm or {text.strip()} cm.")
    hundredths = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    return hundredths * _UM[match[3].lower()] // 100
