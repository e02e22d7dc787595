"""A coded copy as a report refers to it, from what the copy was asked to be; nothing is written or decoded.

The copy's header is made again the way `deidentify` makes it, so its UIDs are the copy's own. No value of the
original's header comes out of here.
"""
from __future__ import annotations

from dicom_io.deidentify.header import header_of
from dicom_io.deidentify.request import CopyRequest
from dicom_io.layout import opened
from dicom_io.reading import image_of
from dicom_io.reports.values import CodedPicture


def coded_picture(request: CopyRequest) -> tuple[CodedPicture, str]:
    """The copy that this request makes, and its Study Date, YYYYMMDD or "". Raises `NotReadable`."""
    with opened(request.selection.path) as layout:
        header, image = header_of(layout, request), image_of(layout)
        picture = CodedPicture(
            str(header.SOPClassUID), str(header.SOPInstanceUID), str(header.SeriesInstanceUID),
            str(header.StudyInstanceUID), image.rows, image.columns, len(request.selection.frames),
        )
        return picture, str(header.StudyDate)
