"""Installation qualification: Python, the packages, the program's own files, and the protocol of the home.

Reads only. Where the program is installed from its source tree, its files have no list of digests to be held against.
"""
from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from injection_log import __version__
from injection_log.errors import InjectionLogError
from injection_log.home import Home
from injection_log.site import Site
from injection_log.validation.report import Check, Name, checked, not_run

_NAME = "injection-log"
_OLDEST = (3, 11)


def installation_checks(home: Home) -> Iterator[Check]:
    """Make the checks of the installation, one after the other."""
    version = sys.version_info[:2]
    yield checked(
        ("IQ-01", "installation", "Python"), f"{_OLDEST[0]}.{_OLDEST[1]} or newer", sys.version.split()[0],
        version >= _OLDEST,
    )
    try:
        found = distribution(_NAME)
    except PackageNotFoundError:
        yield not_run(("IQ-02", "installation", "Program"), "an installed program", "it runs from loose files")
    else:
        yield checked(("IQ-02", "installation", "Program"), __version__, found.version, found.version == __version__)
        yield _packages(found)
        yield _own_files(found)
    yield _protocol(home)


def _packages(program: Distribution) -> Check:
    needed = [Requirement(line) for line in program.requires or ()]
    wanted = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong, versions = [], []
    for one in wanted:
        try:
            version = distribution(one.name).version
        except PackageNotFoundError:
            wrong.append(f"{one.name} is missing")
            continue
        versions.append(f"{one.name} {version}")
        if not one.specifier.contains(version, prereleases=True):
            wrong.append(f"{one.name} {version} is not {one.specifier}")
    observed = "; ".join(wrong) if wrong else ", ".join(sorted(versions))
    return checked(
        ("IQ-03", "installation", "Packages the program needs"), "each in the range it was tested with", observed,
        not wrong,
    )


def _own_files(program: Distribution) -> Check:
    """Every installed file against the digest that the wheel recorded for it (RECORD, PEP 376)."""
    expected = "each file as the wheel had it"
    origin = json.loads(program.read_text("direct_url.json") or "{}")
    if origin.get("dir_info", {}).get("editable"):
        why = "the program is installed from its source tree, which has no list of digests"
        return not_run(("IQ-04", "installation", "The program's own files"), expected, why)
    listed = [(one, one.hash) for one in program.files or () if one.hash is not None]
    changed = [str(one) for one, said in listed if _digest(Path(str(one.locate())), said.mode) != said.value]
    observed = f"changed: {', '.join(changed[:5])}" if changed else f"{len(listed)} files"
    return checked(
        ("IQ-04", "installation", "The program's own files"), expected, observed, bool(listed) and not changed
    )


def _digest(path: Path, mode: str) -> str:
    if not path.is_file():
        return ""
    said = hashlib.new(mode, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(said).rstrip(b"=").decode()


def _protocol(home: Home) -> Check:
    name: Name = ("IQ-05", "installation", "Protocol")
    expected = "a valid protocol in a log that this version reads"
    if not home.has_ledger():
        return not_run(name, expected, "there is no log in this home yet")
    try:
        site = Site.open(home)
    except InjectionLogError as error:
        return checked(name, expected, str(error), ok=False)
    try:
        protocol = site.protocol
        observed = f"{protocol.id} version {protocol.version}, SHA-256 {protocol.sha256}"
    finally:
        site.ledger.close()
    return checked(name, expected, observed, ok=True)
