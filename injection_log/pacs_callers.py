"""What is said of somebody who called our port during the connection test: one sentence for the command and the window.

It opens no port and decides nothing; `dicom_io.pacs.listening` does.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.pacs.listening import Caller


def caller_sentence(caller: Caller, address: PacsAddress) -> str:
    """Who called and what came of it; where the titles differ from ours in `address`, what has to be corrected."""
    if not caller.echoed:
        who = f"{caller.calling_aet} at {caller.host}" if caller.calling_aet else caller.host
        return f"{who} called and was not answered. {caller.why}"
    said = f"{caller.calling_aet} at {caller.host} called {caller.called_aet} and was answered."
    if caller.called_aet != address.calling_aet:
        said += f" Our title is {address.calling_aet}: its administrator must correct that, or images will not come."
    if caller.calling_aet != address.called_aet:
        said += f" We know it as {address.called_aet}: images from another title are refused."
    return said
