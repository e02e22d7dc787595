"""The byte form of values: equal to RFC 8785, pinned by golden bytes, and closed to what has no exact form."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from injection_log.ledger.canonical import LARGEST_INTEGER, canonical_bytes, parse_json
from injection_log.ledger.errors import NotCanonical

texts = st.text(st.characters(exclude_categories=("Cs",)))
keys = st.text(st.characters(max_codepoint=127))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(values)
@settings(deadline=None)
def test_the_bytes_are_those_of_rfc_8785(value: object) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@given(values)
@settings(deadline=None)
def test_what_was_written_is_read_back(value: object) -> None:
    assert parse_json(canonical_bytes(value)) == value


def test_golden_bytes() -> None:
    value = {"b": [1, -2, LARGEST_INTEGER, True, None], "a": 'ø€\u2028\u007f"\\\n\u0001😀', "A": {"": "3.20"}}
    golden = (
        '{"A":{"":"3.20"},"a":"ø€\u2028\u007f\\"\\\\\\n\\u0001😀","b":[1,-2,9007199254740991,true,null]}'
    ).encode()
    assert canonical_bytes(value) == golden


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        1.0,
        float("nan"),
        LARGEST_INTEGER + 1,
        -LARGEST_INTEGER - 1,
        {"ø": 1},
        {1: 2},
        {"a": {"b": [0.1]}},
        b"bytes",
        {1, 2},
        object(),
        "\ud800",
    ],
)
def test_a_value_without_an_exact_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_bytes(value)


def test_endless_nesting_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(NotCanonical, match="nested"):
        canonical_bytes(value)
