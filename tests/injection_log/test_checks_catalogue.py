"""The list of checks in the documents is the list in the code, and every check can find something."""
from __future__ import annotations

import re
from pathlib import Path

from injection_log.protocol.check_limits import USUAL, CheckLimits
from injection_log.record.checks import CHECKS
from injection_log.record.checks.rules import RULES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text("utf-8")
BY_OTHER_MEANS = {"missing", "volume_soft_limit", "late_entry", "picture_doubt"}


def test_the_page_on_the_protocol_lists_every_check_with_its_version_and_what_it_compares() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (hard|soft) \| (.+) \|$", PAGE, re.MULTILINE)
    assert [(name, int(version), severity, compares) for name, version, severity, compares in rows] == [
        (one.name, one.version, one.severity, one.compares) for one in CHECKS.values()
    ]


def test_the_page_on_the_protocol_says_every_limit_and_what_holds_without_it() -> None:
    section = PAGE[PAGE.index("## Checks"):]
    said = dict(re.findall(r"^\| `(\w+)` \| .+ \| ([^|]+) \|$", section, re.MULTILINE))
    limits = {name: getattr(USUAL, name) for name in CheckLimits.__dataclass_fields__}
    assert {name: said[name] for name in limits} == {
        name: _said(value)
        for name, value in limits.items()
    }


def _said(value: object) -> str:
    if value is None:
        return "no gland is too small or too large"
    return str(list(value) if isinstance(value, tuple) else value)


def test_every_check_has_a_rule_or_is_found_by_what_is_owed() -> None:
    assert set(CHECKS) == set(RULES) | BY_OTHER_MEANS
    assert not set(RULES) & BY_OTHER_MEANS
