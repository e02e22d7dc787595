"""DICOM in and out: PACS, files, pixels, calibration, timing. The only place for pydicom and pynetdicom."""
