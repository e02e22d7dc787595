"""How a copy was de-identified, said in the copy itself (PS3.15 E.1.1, PS3.16 CID 7050)."""
from __future__ import annotations

from pydicom.dataset import Dataset

from dicom_io.deidentify.request import Dates, DatesShifted

_CODES: dict[str, str] = {
    "113100": "Basic Application Confidentiality Profile",
    "113101": "Clean Pixel Data Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
}


def say_method(copy: Dataset, dates: Dates) -> None:
    """Write (0012,0062/0063/0064), (0028,0301) and (0028,0303)."""
    options = ["113100", "113101", *(["113107"] if isinstance(dates, DatesShifted) else [])]
    copy.PatientIdentityRemoved = "YES"
    copy.DeidentificationMethod = ["PS3.15 Basic Profile by allow-list", "pixels outside the kept area blanked"]
    copy.DeidentificationMethodCodeSequence = [_item(code) for code in options]
    copy.BurnedInAnnotation = "NO"
    copy.LongitudinalTemporalInformationModified = "MODIFIED" if isinstance(dates, DatesShifted) else "REMOVED"


def _item(code: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code, "DCM", _CODES[code]
    return item
