"""A PACS address is read strictly and says what the administrator needs."""
from __future__ import annotations

import pytest

from dicom_io.pacs.address import AddressMalformed, PacsAddress


def test_an_address_is_read_and_written_in_the_same_form() -> None:
    address = PacsAddress.parse("dicom://PACS@pacs.example.org:104", calling_aet="OURS")
    assert (address.called_aet, address.host, address.port, address.calling_aet) == (
        "PACS", "pacs.example.org", 104, "OURS",
    )
    assert address.text() == "dicom://PACS@pacs.example.org:104"


def test_an_ipv6_address_keeps_its_brackets_in_text_only() -> None:
    address = PacsAddress.parse("dicom://PACS@[::1]:104")
    assert address.host == "::1"
    assert address.text() == "dicom://PACS@[::1]:104"


@pytest.mark.parametrize(
    "text",
    ["PACS@host:104", "dicom://PACS@host", "dicom://@host:104", "dicom://PACS@host:0", "dicom://PACS@host:70000",
     "dicom://A_TITLE_TOO_LONG_@host:104", "dicom://PACS@:104", "dicom://PÅCS@host:104", ""],
)
def test_a_malformed_address_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(AddressMalformed) as refused:
        PacsAddress.parse(text)
    assert refused.value.why.endswith(".")


def test_the_text_for_the_administrator_has_title_host_and_port() -> None:
    text = PacsAddress("PACS", "h", 104, "OURS", 4242).for_the_administrator("10.1.2.3")
    assert all(part in text for part in ("OURS", "10.1.2.3", "4242", "PACS"))
