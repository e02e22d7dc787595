"""The process of the practice PACS: runs pynetdicom's qrscp and ends when its standard input ends.

Started by `dicom_io.practice.pacs` only; it has no command line of its own.
"""
from __future__ import annotations

import os
import sys
import threading
import warnings

from pynetdicom.apps.qrscp import qrscp


def main() -> None:
    """Serve with the settings file named as the only argument until standard input is closed."""
    warnings.simplefilter("ignore")  # they would hold values of the files
    threading.Thread(target=_end_with_parent, daemon=True).start()
    qrscp.main(["--quiet", "--config", sys.argv[1]])


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1024):
        pass
    os._exit(0)  # the server's own loop has no way to be asked


if __name__ == "__main__":
    main()
