"""Which PACS a command means: an address that was typed, or a name from the settings."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from injection_log.cli.answers import wrong_use
from injection_log.home import Home

if TYPE_CHECKING:
    from injection_log.settings import PacsSource, Settings

PacsOption = Annotated[
    str,
    typer.Option(
        "--pacs", help="dicom://AETITLE@HOST:PORT (dicoms:// is TLS), or a name from the settings; default from there."
    ),
]
AetOption = Annotated[str, typer.Option("--aet", help="Our own AE title, as the PACS knows it.")]

WayOption = Annotated[str, typer.Option("--way", help="auto, get, move or web; default from the settings.")]
WebOption = Annotated[str, typer.Option("--web", help="DICOMweb address, https://HOST/PATH before /studies.")]


def by_way(source: PacsSource, way: str, web: str, as_json: bool) -> PacsSource:
    """The same PACS by the way that was typed; ends with "wrong use" where that is none."""
    from dicom_io.pacs.address import AddressMalformed, TlsFiles
    from dicom_io.pacs.ways import ByWeb, GetOnly, GetOrMove, MoveOnly, Way
    from dicom_io.pacs.web_address import WebAddress

    ways: dict[str, Way] = {"auto": GetOrMove(), "get": GetOnly(), "move": MoveOnly()}
    if web and way not in ("", "web"):
        wrong_use("--web is only for --way web; give one of the two.", as_json)
    if web:
        usual = source.address
        try:
            return replace(source, way=ByWeb(WebAddress(web, tls=usual.tls or TlsFiles(), time_outs=usual.time_outs)))
        except AddressMalformed as error:
            wrong_use(error.why, as_json)
    if not way or (way == "web" and isinstance(source.way, ByWeb)):
        return source
    if way == "web":
        wrong_use("The settings name no DICOMweb address for this PACS; give --web https://HOST/PATH.", as_json)
    if way not in ways:
        wrong_use("--way is one of auto, get, move, web.", as_json)
    return replace(source, way=ways[way])


def source_of(pacs: str, aet: str, home: Path | None, as_json: bool) -> PacsSource:
    """The PACS that is meant; ends with "wrong use" where there is none.

    To an address that was typed, what the settings say of our own side applies: title, port, TLS files, time-outs.
    """
    from dicom_io.pacs.address import AddressMalformed
    from injection_log.settings import read_settings

    settings = read_settings(Home.locate(home).settings_file)
    try:
        if "://" in pacs:
            return _typed(pacs, aet, settings)
        source = settings.pacs.get(pacs) if pacs else settings.default_source()
        if source is not None and aet:
            titled = replace(source.address, calling_aet=aet)
            source = replace(source, address=titled, worklist=replace(source.worklist, calling_aet=aet))
    except AddressMalformed as error:
        wrong_use(error.why, as_json)
    if source is None:
        named = f"There is no PACS called {pacs} in the settings" if pacs else "No PACS is named"
        wrong_use(f"{named}; give --pacs dicom://AETITLE@HOST:PORT.", as_json)
    return source


def _typed(text: str, aet: str, settings: Settings) -> PacsSource:
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.pacs.ways import GetOrMove
    from injection_log.settings import PacsSource

    address = PacsAddress.parse(text, aet or None)
    usual = settings.default_address()
    if usual is not None:  # what is ours stays ours, whichever PACS is asked
        tls = usual.tls if address.tls is not None and usual.tls is not None else address.tls
        address = replace(
            address, calling_aet=aet or usual.calling_aet, listen_port=usual.listen_port,
            listen_host=usual.listen_host, tls=tls, time_outs=usual.time_outs,
        )
    return PacsSource(address, GetOrMove(), address)
