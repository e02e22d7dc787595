"""What one [pacs.NAME] part of the settings says: where the PACS is, how safely and by which way it is talked to.

Only reads and checks values; no file that they name is opened here, and no connection is made.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from dicom_io.errors import DicomIoError
from dicom_io.pacs.address import LISTEN_PORT, OUR_AE_TITLE, PacsAddress, TlsFiles
from dicom_io.pacs.time_outs import TimeOuts
from dicom_io.pacs.ways import ByWeb, GetOnly, GetOrMove, MoveOnly, Way
from dicom_io.pacs.web_address import BasicSignIn, NoSignIn, SignIn, TokenSignIn, WebAddress
from injection_log.errors import InjectionLogError

_PLACE = {"called_aet", "host", "port"}
WORDS = _PLACE | {
    "address", "calling_aet", "listen_port", "listen_host", "way", "web", "web_password_file", "web_token_file",
    "worklist", "tls", "time_outs",
}
"""The settings that a [pacs.NAME] part may have."""
_TLS_WORDS = {"ca", "certificate", "key"}
_TIME_OUT_WORDS = {one.name for one in fields(TimeOuts)}
_WAYS = ("auto", "get", "move", "web")


class SettingsMalformed(InjectionLogError):
    """The settings file cannot be understood; the sentence says where."""


@dataclass(frozen=True)
class PacsSource:
    """One PACS of a site: its address, the way images are fetched, and where its worklist is asked for.

    Where the settings name no server for the worklist, it is asked for at the PACS itself.
    """

    address: PacsAddress
    way: Way
    worklist: PacsAddress


def words_of(way: Way) -> str:
    """The way images are fetched, in words."""
    match way:
        case ByWeb(address):
            return f"DICOMweb at {address.root_url}"
        case GetOnly():
            return "C-GET"
        case MoveOnly():
            return "C-MOVE"
        case GetOrMove():
            return "C-GET, or C-MOVE where it is not offered"


def read_source(entry: Any, where: str, folder: Path) -> PacsSource:
    """Read one part. `where` names it in sentences; file names are seen from `folder`. Raises SettingsMalformed."""
    if not isinstance(entry, dict):
        raise SettingsMalformed(f"{where}: this has to be a table with address, or with called_aet, host and port.")
    if unknown := entry.keys() - WORDS:
        raise SettingsMalformed(f"{where}: there is no setting {min(unknown)}; there are {', '.join(sorted(WORDS))}.")
    try:
        address = _address(entry, where, folder)
        return PacsSource(address, _way(entry, where, address, folder), _worklist(entry, where, address))
    except DicomIoError as error:
        raise SettingsMalformed(f"{where}: {error.why}") from error


def _address(entry: Mapping[str, Any], where: str, folder: Path) -> PacsAddress:
    if "address" in entry:
        if _PLACE & entry.keys():
            raise SettingsMalformed(f"{where}: give address, or called_aet, host and port, not both.")
        place = PacsAddress.parse(_text(entry, "address", where))
        if "tls" in entry and place.tls is None:
            raise SettingsMalformed(f"{where}: there are TLS files but the address is a plain one; write dicoms://.")
    elif entry.keys() >= _PLACE:
        host = _text(entry, "host", where)
        place = PacsAddress(_text(entry, "called_aet", where), host, _whole(entry, "port", where))
    else:
        raise SettingsMalformed(f"{where}: address is needed, or called_aet, host and port.")
    return replace(
        place,
        calling_aet=_text(entry, "calling_aet", where, OUR_AE_TITLE),
        listen_port=_whole(entry, "listen_port", where, LISTEN_PORT),
        listen_host=_text(entry, "listen_host", where, ""),
        tls=_tls(entry, where, folder) if "tls" in entry else place.tls,
        time_outs=_time_outs(entry, where),
    )


def _tls(entry: Mapping[str, Any], where: str, folder: Path) -> TlsFiles:
    table = _table(entry, "tls", where, _TLS_WORDS)
    within = f"{where[:-1]}.tls]"
    return TlsFiles(**{word: str(folder / Path(_text(table, word, within)).expanduser()) for word in table})


def _time_outs(entry: Mapping[str, Any], where: str) -> TimeOuts:
    return TimeOuts(**_table(entry, "time_outs", where, _TIME_OUT_WORDS))


def _way(entry: Mapping[str, Any], where: str, address: PacsAddress, folder: Path) -> Way:
    """What is said, else DICOMweb where an address for it is given, else C-GET and where need be C-MOVE."""
    way = _text(entry, "way", where, "web" if "web" in entry else "auto")
    if way not in _WAYS:
        raise SettingsMalformed(f"{where}: way is one of {', '.join(_WAYS)}.")
    if way == "web" and "web" not in entry:
        raise SettingsMalformed(f"{where}: the way web needs its address, web = \"https://HOST/dicom-web\".")
    ways: dict[str, Way] = {"auto": GetOrMove(), "get": GetOnly(), "move": MoveOnly()}
    if "web" in entry:  # a wrong one is said even where it is not the way that is used
        root, sign_in = _text(entry, "web", where), _sign_in(entry, where, folder)
        ways["web"] = ByWeb(WebAddress(root, sign_in, address.tls or TlsFiles(), address.time_outs))
    return ways[way]


def _sign_in(entry: Mapping[str, Any], where: str, folder: Path) -> SignIn:
    if "web_password_file" in entry and "web_token_file" in entry:
        raise SettingsMalformed(f"{where}: give web_password_file or web_token_file, not both.")
    if "web_password_file" in entry:
        return BasicSignIn(str(folder / Path(_text(entry, "web_password_file", where)).expanduser()))
    if "web_token_file" in entry:
        return TokenSignIn(str(folder / Path(_text(entry, "web_token_file", where)).expanduser()))
    return NoSignIn()


def _worklist(entry: Mapping[str, Any], where: str, address: PacsAddress) -> PacsAddress:
    if "worklist" not in entry:
        return address
    there = PacsAddress.parse(_text(entry, "worklist", where))
    tls = (address.tls or TlsFiles()) if there.tls is not None else None
    return replace(address, called_aet=there.called_aet, host=there.host, port=there.port, tls=tls)


def _table(entry: Mapping[str, Any], name: str, where: str, known: set[str]) -> Mapping[str, Any]:
    table = entry.get(name, {})
    within = f"{where[:-1]}.{name}]"
    if not isinstance(table, dict):
        raise SettingsMalformed(f"{within}: this has to be a table of its own, written as it stands here.")
    if unknown := table.keys() - known:
        raise SettingsMalformed(f"{within}: there is no setting {min(unknown)}; there are {', '.join(sorted(known))}.")
    return table


def _text(entry: Mapping[str, Any], name: str, where: str, usual: str | None = None) -> str:
    value = entry.get(name, usual)
    if not isinstance(value, str) or (not value and value != usual):
        raise SettingsMalformed(f"{where}: {name} is a text in quotes that is not empty.")
    return value


def _whole(entry: Mapping[str, Any], name: str, where: str, usual: int | None = None) -> int:
    value = entry.get(name, usual)
    if type(value) is not int:
        raise SettingsMalformed(f"{where}: port and listen_port are whole numbers, without quotes.")
    return value
