"""Entries of a modality worklist, made at test time with DCMTK's dump2dcm; every person in them is made up."""
from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.dcmtk import dcmtk

WORKLIST_PLUGIN = Path("/usr/share/orthanc/plugins/libModalityWorklists.so")

_DUMP = """(0008,0005) CS [ISO_IR 100]
(0008,0050) SH [{accession}]
(0010,0010) PN [{name}]
(0010,0020) LO [{patient_id}]
(0010,0030) DA [19500101]
(0020,000d) UI [2.25.{number}]
(0032,1060) LO [{procedure}]
(0032,1064) SQ
(fffe,e000) na
(0008,0100) SH [SMGINJ]
(0008,0102) SH [99LOCAL]
(0008,0104) LO [made at test time]
(fffe,e00d) na
(fffe,e0dd) na
(0040,0100) SQ
(fffe,e000) na
(0008,0060) CS [{modality}]
(0040,0001) AE [{station_aet}]
(0040,0002) DA [{day}]
(0040,0003) TM [{time}]
(0040,0006) PN [Nobody]
(0040,0007) LO [trin: {procedure}]
(0040,0009) SH [STEP{number}]
(0040,0010) SH [ROOM-{station_aet}]
(fffe,e00d) na
(fffe,e0dd) na
(0040,1001) SH [REQ{number}]
"""


@dataclass(frozen=True)
class Planned:
    """One entry."""

    patient_id: str
    name: str
    procedure: str
    day: str = "20260203"
    time: str = "090000"
    modality: str = "US"
    station_aet: str = "US1"


def write_worklist(folder: Path, entries: Iterable[Planned]) -> None:
    """Write one .wl file for each entry, in ISO_IR 100."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, entry in enumerate(entries, start=1):
        dump = folder / f"{number}.dump"
        values = {**vars(entry), "number": number, "accession": f"ACC{number}"}
        dump.write_text(_DUMP.format(**values), encoding="latin-1")
        subprocess.run([dcmtk("dump2dcm"), "-q", str(dump), str(folder / f"{number}.wl")], check=True, timeout=30)
        dump.unlink()
