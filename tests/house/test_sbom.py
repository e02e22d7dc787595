"""The bill of materials says what the lock says, and nothing that is GPL alone is required."""
from __future__ import annotations

import json
import re

import pytest

from tools import sbom

GPL_ALONE = re.compile(r"(?<!L)GPL|(?<!Lesser )General Public")
PARTS = {part.name: part for part in sbom.parts()}


def test_the_bill_of_materials_and_the_page_have_every_package_of_the_lock_with_its_version() -> None:
    said = {(one["name"], one["version"]) for one in json.loads(sbom.BOM.read_text("utf-8"))["components"]}
    rows = set(re.findall(r"^\| ([\w.-]+) \| ([^ |]+) \|", sbom.PAGE.read_text("utf-8"), re.MULTILINE)[1:])
    assert said == {(part.name, part.version) for part in sbom.parts()}, "run make sbom"
    assert rows == said


def test_the_bill_of_materials_is_valid_and_says_the_same_each_time() -> None:
    assert sbom.bill() == sbom.bill()


@pytest.mark.parametrize("name", sorted(PARTS))
def test_nothing_that_is_gpl_alone_is_required(name: str) -> None:
    licence = PARTS[name].licence
    choices = re.split(r"\bOR\b|;", licence)
    assert any(not GPL_ALONE.search(one) for one in choices), licence
    assert licence != "not said"
