"""The one byte form of a value in the log: RFC 8785 (JSON Canonicalization Scheme), for values without
floats.

Without floats and with ASCII keys orjson's sorted output equals RFC 8785 byte for byte (the tests hold it
against `rfc8785`). What would break that equality is refused here instead of written.
Does not know what an event is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

import orjson

from injection_log.ledger.errors import NotCanonical

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a value in the log can be. At run time a sequence is a list (or tuple), a mapping a dict; read
back as list, dict.
"""

LARGEST_INTEGER = 2**53 - 1
"""RFC 8785 numbers are IEEE doubles; beyond this an integer is no longer exact (RFC 7493, part 2.2)."""

DEEPEST_NESTING = 32


def canonical_bytes(value: Json) -> bytes:
    """Encode `value` as RFC 8785 bytes. Raises NotCanonical for anything that has no exact form."""
    _refuse_inexact(value, depth=0)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise NotCanonical("A text with an unpaired surrogate character cannot be stored; type it again.") from error


def parse_json(data: bytes | str) -> Json:
    """Read JSON that `canonical_bytes` wrote. Raises NotCanonical when it is no JSON."""
    try:
        return cast("Json", orjson.loads(data))
    except orjson.JSONDecodeError as error:
        raise NotCanonical("The stored bytes are not JSON; run `injection-log verify`.") from error


def _refuse_inexact(value: object, *, depth: int) -> None:
    if depth > DEEPEST_NESTING:
        raise NotCanonical(f"A value nested deeper than {DEEPEST_NESTING} levels cannot be stored.")
    if value is None or isinstance(value, (bool, str)):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical("An integer beyond 2^53-1 cannot be stored exactly; use a decimal string.")
        return
    if isinstance(value, (list, tuple)):
        for item in value:
            _refuse_inexact(item, depth=depth + 1)
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise NotCanonical("The key of a stored value must be ASCII text.")
            _refuse_inexact(item, depth=depth + 1)
        return
    raise NotCanonical(
        f"A {type(value).__name__} cannot be stored; use integers, decimal strings, texts, lists and mappings."
    )
