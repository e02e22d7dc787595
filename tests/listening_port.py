"""A process with our listening port open, for tests that crowd it: prints "open", ends when its input ends."""
from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from pynetdicom import _config

from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.listener import Taking, listening
from dicom_io.pacs.storage_classes import PICTURE_CLASSES


def main() -> None:
    """Arguments: port, folder. Takes images from "PACS" at 127.0.0.1 for "INJLOG", and throws them away."""
    tempfile.tempdir = sys.argv[2]
    _config.STORE_RECV_CHUNKED_DATASET = True
    address = PacsAddress("PACS", "127.0.0.1", 1, listen_port=int(sys.argv[1]), listen_host="127.0.0.1")

    def thrown_away(event: object) -> int:
        Path(event.dataset_path).unlink()  # type: ignore[attr-defined]
        return 0

    with listening(address, Taking(tuple(PICTURE_CLASSES), thrown_away, lambda: None)):
        sys.stdout.write("open\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
