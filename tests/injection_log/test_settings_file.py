"""The settings file names PACSs; whatever is wrong in it is said in one sentence."""
from __future__ import annotations

from pathlib import Path

import pytest

from dicom_io.pacs.address import PacsAddress
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


def settings_of(folder: Path, text: str) -> Settings:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def test_a_pacs_is_found_by_its_name_and_the_default_is_given(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, TWO)
    assert settings.pacs["rh"] == PacsAddress("RHPACS", "pacs.example.org", 104)
    assert settings.default_address() == PacsAddress("OTHER", "10.0.0.1", 11112, "OURS", 4242)


def test_the_only_pacs_is_the_default(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[pacs.rh]\ncalled_aet = "A"\nhost = "h"\nport = 104\n')
    assert settings.default_address() == PacsAddress("A", "h", 104)


def test_no_settings_file_means_no_pacs(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.toml").default_address() is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pacs = 3", "table"),
        ("[pacs.rh]\nhost = 'h'\nport = 104", "called_aet, host and port"),
        ("[pacs.rh]\ncalled_aet = 'A'\nhost = 'h'\nport = '104'", "whole numbers"),
        ("[pacs.rh]\ncalled_aet = 'A'\nhost = 'h'\nport = 0", "1 to 65535"),
        ("[pacs.rh]\ncalled_aet = 'A'\nhost = 'h'\nport = 104\nprot = 1", "no setting prot"),
        ("default_pacs = 'gone'", "default_pacs"),
        ("default_pacs = ['rh']", "default_pacs"),
        ("defualt_pacs = 'rh'", "no setting defualt_pacs"),
        ("[pacs", "TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsMalformed, match=said):
        settings_of(tmp_path, text)
