"""The settings file names PACSs; whatever is wrong in it is said in one sentence."""
from __future__ import annotations

from pathlib import Path

import pytest

from dicom_io.pacs.address import PacsAddress, TlsFiles
from dicom_io.pacs.time_outs import TimeOuts
from dicom_io.pacs.ways import ByWeb, GetOnly, GetOrMove, MoveOnly
from dicom_io.pacs.web_address import BasicSignIn
from injection_log.settings import Settings, SettingsMalformed, read_settings

TWO = """
default_pacs = "other"
[pacs.rh]
called_aet = "RHPACS"
host = "pacs.example.org"
port = 104
[pacs.other]
called_aet = "OTHER"
host = "10.0.0.1"
port = 11112
calling_aet = "OURS"
listen_port = 4242
"""

ALONE = "[pacs.rh]\naddress = 'dicom://A@h:104'\n"
SAFE = "[pacs.rh]\naddress = 'dicoms://A@h:104'\n"
FULL = """
[pacs.rh]
address = "dicoms://A@h:2762"
calling_aet = "OURS"
listen_port = 4242
listen_host = "10.0.0.7"
web = "https://h/dicom-web"
web_password_file = "password"
worklist = "dicom://RIS@ris:105"
[pacs.rh.tls]
ca = "ca.pem"
certificate = "ours.crt"
key = "/etc/ours.key"
[pacs.rh.time_outs]
connection = 3
dimse = 20.5
"""


def settings_of(folder: Path, text: str) -> Settings:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def test_a_pacs_is_found_by_its_name_and_the_default_is_given(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, TWO)
    assert settings.pacs["rh"].address == PacsAddress("RHPACS", "pacs.example.org", 104)
    assert settings.default_address() == PacsAddress("OTHER", "10.0.0.1", 11112, "OURS", 4242)


def test_the_only_pacs_is_the_default(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[pacs.rh]\ncalled_aet = "A"\nhost = "h"\nport = 104\n')
    assert settings.default_address() == PacsAddress("A", "h", 104)


def test_no_settings_file_means_no_pacs(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.toml").default_address() is None


def test_one_pacs_alone_needs_no_name(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[pacs]\naddress = "dicom://A@h:104"\ncalling_aet = "OURS"\n')
    assert settings.default_address() == PacsAddress("A", "h", 104, "OURS")


def test_everything_that_can_be_set_is_read(tmp_path: Path) -> None:
    source = settings_of(tmp_path, FULL).pacs["rh"]
    tls = TlsFiles(str(tmp_path / "ca.pem"), str(tmp_path / "ours.crt"), "/etc/ours.key")
    slow = TimeOuts(connection=3, dimse=20.5)
    assert source.address == PacsAddress("A", "h", 2762, "OURS", 4242, "10.0.0.7", tls, slow)
    assert isinstance(source.way, ByWeb)
    assert source.way.address.root_url == "https://h/dicom-web"
    assert source.way.address.sign_in == BasicSignIn(str(tmp_path / "password"))
    assert (source.way.address.tls, source.way.address.time_outs) == (tls, slow)
    assert source.worklist == PacsAddress("RIS", "ris", 105, "OURS", 4242, "10.0.0.7", None, slow)


@pytest.mark.parametrize(
    ("line", "way"),
    [("", GetOrMove()), ('way = "auto"', GetOrMove()), ('way = "get"', GetOnly()), ('way = "move"', MoveOnly())],
)
def test_the_way_of_fetching_is_read(tmp_path: Path, line: str, way: object) -> None:
    source = settings_of(tmp_path, f'[pacs.rh]\naddress = "dicom://A@h:104"\n{line}\n').pacs["rh"]
    assert source.way == way
    assert source.worklist == source.address


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pacs = 3", "table"),
        ("[pacs.rh]\nhost = 'h'\nport = 104", "called_aet, host and port"),
        ("[pacs.rh]\ncalled_aet = 'A'\nhost = 'h'\nport = '104'", "whole numbers"),
        ("[pacs.rh]\ncalled_aet = 'A'\nhost = 'h'\nport = 0", "1 to 65535"),
        ("[pacs.rh]\ncalled_aet = 'A'\nhost = 'h'\nport = 104\nprot = 1", "no setting prot; there are address, "),
        ("default_pacs = 'gone'", "default_pacs"),
        ("default_pacs = ['rh']", "default_pacs"),
        ("defualt_pacs = 'rh'", "no setting defualt_pacs; there are default_pacs, language, pacs"),
        ("[pacs", "TOML"),
        (ALONE + "port = 104", "not both"),
        (ALONE + "way = 'fax'", "way is one of auto, get, move, web"),
        (ALONE + "way = 'web'", "way web needs its address"),
        (ALONE + "web = 'pacs/dicom-web'", "DICOMweb address"),
        (ALONE + "web = 'https://h/w'\nweb_password_file = 'a'\nweb_token_file = 'b'", "not both"),
        (ALONE + "worklist = 'RIS'", "not a PACS address"),
        (ALONE + "listen_host = 7", "listen_host is a text"),
        (ALONE + "listen_host = 'a b'", "own address"),
        (SAFE + "tls = 'on'", "table of its own"),
        (ALONE + "[pacs.rh.tls]\nca = 'x'", "write dicoms://"),
        (SAFE + "[pacs.rh.tls]\ncert = 'x'", "no setting cert; there are ca, certificate, key"),
        (SAFE + "[pacs.rh.tls]\ncertificate = 'x'", "belong together"),
        (SAFE + "[pacs.rh.tls]\nca = 1", "ca is a text"),
        (ALONE + "[pacs.rh.time_outs]\ndimse = 0", "0.2 to 600 seconds"),
        (ALONE + "[pacs.rh.time_outs]\ndimse = '8'", "number of seconds"),
        (ALONE + "[pacs.rh.time_outs]\ndimsee = 8", "no setting dimsee"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsMalformed, match=said):
        settings_of(tmp_path, text)


def test_the_language_of_the_site_is_english_unless_it_is_set(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "").language == "en"
    assert settings_of(tmp_path, "language = 'da'").language == "da"
    with pytest.raises(SettingsMalformed, match="language is one of da, en"):
        settings_of(tmp_path, "language = 'dansk'")
