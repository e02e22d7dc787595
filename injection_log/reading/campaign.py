"""A campaign of blinded reading as the site's log keeps it: design, readers, cases, packages out and home, unmasking.

Values and their stored forms. Here alone codes and participants stand beside each other, in fields that no list and no
history tells in words; who may join them is decided by the acts.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from annotate.marks import Side
from injection_log.ledger.event import Json, Subject
from injection_log.reading.package import Task

DESIGN, READERS, CASES, PACKAGE_OUT, RETURNED, UNMASKED = (
    "design", "readers", "cases", "package.", "returned.", "unmasked",
)
UNMASK = "unmask a reading"
"""The act that two people sign."""
CampaignState = Literal["set up", "out", "home", "unmasked"]


@dataclass(frozen=True)
class CampaignReader:
    """Who gets a package: the account's id, the printed name, and what they do in it. Packages count from 1."""

    package: int
    user: str
    printed_name: str
    task: Task

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return {"package": self.package, "user": self.user, "printed_name": self.printed_name, "task": self.task}


@dataclass(frozen=True)
class CampaignCase:
    """One visit that is read: whose, which, and its pictures (SOP Instance UIDs of originals) with their side."""

    name: str
    participant: str
    visit: str
    pictures: Mapping[str, Side]

    def to_json(self) -> dict[str, Json]:
        """The stored form, under its name."""
        return {"participant": self.participant, "visit": self.visit, "pictures": dict(self.pictures)}


@dataclass(frozen=True)
class PackageOut:
    """A package that was written: the log it has, how far that had come, and what each code stands for."""

    number: int
    origin: str
    events: int
    package_sha256: str
    codes: Mapping[str, tuple[str, bool]]
    """By code, the name of the case and whether it is the hidden repeat."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """By SOP Instance UID of a copy, that of its original; empty for a package of an earlier version."""

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return {
            "origin": self.origin, "events": self.events, "package_sha256": self.package_sha256,
            "codes": {code: {"case": case, "repeat": repeat} for code, (case, repeat) in self.codes.items()},
            "pictures": dict(self.pictures),
        }


@dataclass(frozen=True)
class PackageHomecoming:
    """A package that came home: its log as far as it goes, bound by its last hash and checkpoint."""

    number: int
    origin: str
    events: int
    last_hash: str
    checkpoint: str
    events_sha256: str

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return {
            "origin": self.origin, "events": self.events, "last_hash": self.last_hash, "checkpoint": self.checkpoint,
            "events_sha256": self.events_sha256,
        }


@dataclass(frozen=True)
class Campaign:
    """One campaign as it stands."""

    id: str
    design: Mapping[str, Any]
    readers: tuple[CampaignReader, ...]
    cases: Mapping[str, CampaignCase]
    out: Mapping[int, PackageOut]
    home: Mapping[int, PackageHomecoming]
    is_unmasked: bool

    @property
    def state(self) -> CampaignState:
        """How far it is, for lists."""
        if self.is_unmasked:
            return "unmasked"
        if self.out and all(one.package in self.home for one in self.readers if one.task == "read"):
            return "home"
        return "out" if self.out else "set up"

    def reader(self, package: int) -> CampaignReader | None:
        """Who gets this package; None for a number that is none."""
        return next((one for one in self.readers if one.package == package), None)

    @property
    def reading(self) -> tuple[CampaignReader, ...]:
        """Those who read, not the adjudicator."""
        return tuple(one for one in self.readers if one.task == "read")

    @property
    def adjudicator(self) -> CampaignReader | None:
        """Who decides between two readings; None where that is not planned."""
        return next((one for one in self.readers if one.task == "adjudicate"), None)


def campaign_subject(campaign: str) -> Subject:
    """The subject under which a campaign stands."""
    return Subject("campaign", id=campaign)


def folder_name(campaign: str, package: int) -> str:
    """The folder of `HOME/readings` that keeps the export of a package that came home."""
    return f"{campaign}-{package}"


def campaign_of(campaign: str, stored: Mapping[str, Json]) -> Campaign:
    """Read a campaign from its current values."""
    cases = cast("dict[str, dict[str, Any]]", stored[CASES])
    return Campaign(
        campaign, cast("dict[str, Any]", stored[DESIGN]),
        tuple(CampaignReader(**one) for one in cast("list[dict[str, Any]]", stored[READERS])),
        {name: CampaignCase(name, **said) for name, said in cases.items()},
        {number: _out(number, said) for number, said in _numbered(stored, PACKAGE_OUT)},
        {number: PackageHomecoming(number, **said) for number, said in _numbered(stored, RETURNED)},
        UNMASKED in stored,
    )


def _numbered(stored: Mapping[str, Json], family: str) -> list[tuple[int, dict[str, Any]]]:
    names = sorted(name for name in stored if name.startswith(family))
    return [(int(name.removeprefix(family)), cast("dict[str, Any]", stored[name])) for name in names]


def _out(number: int, said: Mapping[str, Any]) -> PackageOut:
    codes = {code: (str(one["case"]), bool(one["repeat"])) for code, one in said["codes"].items()}
    return PackageOut(number, said["origin"], said["events"], said["package_sha256"], codes, said.get("pictures", {}))


def unmasking_text(campaign: str, home: Mapping[int, PackageHomecoming]) -> str:
    """What both people read and sign: which campaign, and the digest of every package it rests on."""
    lines = [f"Package {one.number}: {one.events} events, SHA-256 {one.events_sha256}" for one in home.values()]
    return "\n".join([
        f"The blinded reading {campaign} is unmasked: codes and participants are joined for good.",
        "All reads are locked and home:", *lines, "",
    ])
