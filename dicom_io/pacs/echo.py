"""C-ECHO: does the PACS answer, and does it know us. Nothing is searched or fetched."""
from __future__ import annotations

from pynetdicom import build_context
from pynetdicom.sop_class import Verification

from dicom_io.errors import PacsFailed
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.association import Line, Wanted, associate
from dicom_io.pacs.refusals import not_allowed


def echo(address: PacsAddress) -> None:
    """Ask the PACS for a sign of life. Raises a PacsError that says what is wrong."""
    with associate(address, Wanted([build_context(Verification)], purpose="verification")) as line:
        echo_on(line)


def echo_on(line: Line) -> None:
    """The same over a connection that stands."""
    if not line.allows(Verification):
        raise not_allowed(line.address, "verification")
    code = line.status_of(line.association.send_c_echo())
    if code != 0:
        raise PacsFailed("echo_failed", f"{line.address.called_aet} answered with an error (status 0x{code:04X}).")
