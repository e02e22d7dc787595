"""DICOM reports of a gland: a TID 1500 measurement report (Comprehensive SR) and a key object selection.

Plain frozen values go in (`values`), the bytes of a DICOM file come out (`measurement_report`, `key_objects`), and
`reading` makes the same values of the bytes again. A report refers to coded copies alone: the original's UIDs and its
patient are not known in this room, and no clock, key or record is either.
"""
