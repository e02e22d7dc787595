"""What a mark on an image means: typed marks, geometry, volumes, the marked picture.

Deliberately without Qt, database and network; builds on numpy, OpenCV and the value types of `dicom_io`.
"""
