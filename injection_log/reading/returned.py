"""The finished log of a package, as the site keeps it: an export, read back into cases without the package itself.

Reads what `verify.export` wrote and replays the events; that they hold is checked where the package comes home and by
both verifiers. Joins no code with anybody.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from injection_log.ledger.event import Json
from injection_log.reading.case import Case, case_of
from injection_log.reading.package import PACKAGE, Package


@dataclass(frozen=True)
class ReturnedPackage:
    """A package that came home: what it is, and its cases as they were locked."""

    package: Package
    cases: Mapping[str, Case]

    @property
    def unlocked(self) -> tuple[str, ...]:
        """Codes of cases that are not locked, in the order of reading."""
        return tuple(code for code in self.package.cases if self.cases[code].state != "locked")


def read_returned(events: Path) -> ReturnedPackage:
    """Read the events of an export, a line each. Raises OSError, Refused for another form; ValueError for none."""
    values: dict[str, dict[str, Json]] = {}
    for line in events.read_bytes().splitlines():
        body = orjson.loads(orjson.loads(line)["body"])
        stands = values.setdefault(body["subject"], {})
        for change in body["changes"]:
            if change["new"] is None:
                stands.pop(change["field"], None)
            else:
                stands[change["field"]] = change["new"]
    return of_values(values)


def of_values(values: Mapping[str, Mapping[str, Json]]) -> ReturnedPackage:
    """The same from current values by subject."""
    package = Package.from_json(values.get("ledger:", {}).get(PACKAGE))
    cases = {code: case_of(lambda key: values.get(key, {}), package, code) for code in package.cases}
    return ReturnedPackage(package, cases)
