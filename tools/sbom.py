"""The bill of materials: every package that the program needs, with version and licence, as CycloneDX and as a page.

`python -m tools.sbom` writes docs/sbom.cdx.json and docs/licences.md from requirements/lock.txt and what the installed
packages say of themselves. Without a time or a random number, so that the same lock gives the same bytes; where a
package was downloaded from is not said. Packages of other systems only, which are not installed here, are listed with
their condition and without a licence.
"""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

import injection_log

ROOT = Path(__file__).resolve().parents[1]
LOCK, BOM, PAGE = ROOT / "requirements/lock.txt", ROOT / "docs/sbom.cdx.json", ROOT / "docs/licences.md"
_ELSEWHERE = "not installed here"
_HEAD = """\
# What the program is made of

Made by `make sbom` from [requirements/lock.txt](../requirements/lock.txt) and what each package says of itself; the
same as a bill of materials in CycloneDX form: [sbom.cdx.json](sbom.cdx.json). The program itself is BSD-3-Clause.
Nothing that is GPL alone is required or shipped: Qt for Python and psycopg are used under the LGPL, as installed
libraries that can be exchanged ([decisions/qt-and-licences.md](decisions/qt-and-licences.md)).

| package | version | licence | only where |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Part:
    """One package of the lock; `where` is the condition under which it is installed, "" for always."""

    name: str
    version: str
    where: str
    licence: str


def parts() -> Iterator[Part]:
    """Every package of the lock of the running program, in its order."""
    for line in LOCK.read_text("utf-8").splitlines():
        needed, _, where = line.partition(" ; ")
        name, pinned, version = needed.strip().partition("==")
        if pinned and not name.startswith("#"):
            yield Part(name, version, where.strip(), licence_of(name))


def licence_of(name: str) -> str:
    """The licence as an installed package says it: its expression, else its classifiers, else the first line."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return _ELSEWHERE
    found = (one for one in said.get_all("Classifier") or () if one.startswith("License ::"))
    classifiers = sorted(one.rpartition(" :: ")[2] for one in found)
    expressions, words = said.get_all("License-Expression") or (), said.get_all("License") or ()
    named = next(filter(None, [*expressions, "; ".join(classifiers), *words]), "not said")
    return re.sub(r"\s+", " ", named.strip().splitlines()[0])


def bill() -> str:
    """The bill of materials as CycloneDX 1.6 JSON, checked against its schema."""
    licences, program = LicenseFactory(), Component(
        name="injection-log", version=injection_log.__version__, type=ComponentType.APPLICATION,
        bom_ref=f"injection-log@{injection_log.__version__}",
    )
    program.licenses.add(licences.make_from_string("BSD-3-Clause"))
    bom = Bom()
    bom.metadata.component = program
    components = [_component(part, licences) for part in parts()]
    for one in components:
        bom.components.add(one)
    bom.register_dependency(program, components)
    said: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    said.pop("serialNumber", None)
    said["metadata"].pop("timestamp", None)
    text = json.dumps(said, indent=2, sort_keys=True) + "\n"
    if wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise SystemExit(f"The bill of materials is not valid CycloneDX: {wrong}")
    return text


def page() -> str:
    """The page docs/licences.md."""
    rows = (f"| {one.name} | {one.version} | {one.licence} | {one.where} |\n" for one in parts())
    return _HEAD + "".join(rows)


def _component(part: Part, licences: LicenseFactory) -> Component:
    url = PackageURL("pypi", name=part.name, version=part.version)
    found = Component(name=part.name, version=part.version, purl=url, bom_ref=url.to_string())
    if part.licence != _ELSEWHERE:
        found.licenses.add(licences.make_from_string(part.licence))
    if part.where:
        found.properties.add(Property(name="injection-log:only-where", value=part.where))
    return found


if __name__ == "__main__":
    BOM.write_text(bill(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    print(BOM, PAGE, sep="\n")
