"""The ways by which images come from a PACS. Values only; what each does is in `retrieval` and `web_retrieval`."""
from __future__ import annotations

from dataclasses import dataclass

from dicom_io.pacs.web_address import WebAddress


@dataclass(frozen=True)
class GetOrMove:
    """C-GET, which opens no port here; C-MOVE where the PACS does not offer it. What a site has unless told."""


@dataclass(frozen=True)
class GetOnly:
    """C-GET and nothing else: no port is ever opened here."""


@dataclass(frozen=True)
class MoveOnly:
    """C-MOVE at once, for a PACS whose C-GET is known to be broken."""


@dataclass(frozen=True)
class ByWeb:
    """DICOMweb: QIDO-RS for what there is, WADO-RS for the images."""

    address: WebAddress


Way = GetOrMove | GetOnly | MoveOnly | ByWeb
