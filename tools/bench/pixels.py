"""Frames and clips: the first frame, a whole clip, memory, seeks, other codings, and a step in napari's viewer.

The clip is the phantom's, 120 frames of 800 x 600 in JPEG (YBR_FULL_422), made at run time; the long clip of a real
scanner stands beside it where the shared files are. Peers: one decode of bytes at hand, OpenCV's decoder in a loop,
pydicom, and the same viewer on frames that are decoded already.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, cycle
from pathlib import Path
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pydicom
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels import iter_pixels

from dicom_io.frames import open_frames
from tools.bench.measuring import Figure, at_most, interleaved, ratio
from tools.bench.studies import Maker

REPEATS = 15
BUDGET_MIB = 64
_ALLOWED_MIB = BUDGET_MIB + 16
_RLE, _JPEG_2000 = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.90"
_REAL = Path(os.environ.get("INJECTION_LOG_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


def figures(work: Path) -> list[Figure]:
    """All figures of this group; about a minute on an idle machine."""
    maker = Maker.begin(work)
    clip = maker.jpeg("jpeg", stills=0, clips=1, frames=120).files[0]
    plain = maker.uncompressed("plain", stills=0, clips=1, frames=30).files[0]
    found = _jpeg_figures(clip, "phantom, 120 x 800 x 600")
    real = next(iter(sorted((_REAL / "us").glob("h11*"))), None)
    if real is not None:
        found += _jpeg_figures(real, "real scanner, 120 x 640 x 480")
    found += [_memory(clip), _against_pixel_array(clip), _seek(clip)]
    found += [_uncompressed(plain), _rle(plain, work), *_wavelets(plain, work)]
    return found + _steps(clip)


def _coded_frames(path: Path) -> list[bytes]:
    image = pydicom.dcmread(path)
    return list(generate_frames(image.PixelData, number_of_frames=int(image.NumberOfFrames)))


def _first_frame(path: Path) -> object:
    with open_frames(path, budget_bytes=BUDGET_MIB << 20) as source:
        return source.frame(0)


def _all_frames(path: Path, *, told: bool = True) -> object:
    """Each frame in its turn, as a player asks; two threads decode ahead."""
    with open_frames(path, budget_bytes=BUDGET_MIB << 20) as source:
        if told:
            source.going(1)
        for number in range(len(source)):
            source.frame(number)
    return None


def _jpeg_figures(path: Path, which: str) -> list[Figure]:
    coded = _coded_frames(path)
    arrays = [np.frombuffer(one, np.uint8) for one in coded]
    first = interleaved(
        {
            "ours": lambda: _first_frame(path),
            "decode": lambda: imagecodecs.jpeg8_decode(coded[0], colorspace="YCBCR", outcolorspace="RGB"),
        },
        5 * REPEATS,
    )
    whole = interleaved(
        {
            "ours": lambda: _all_frames(path),
            "cv2": lambda: [cv2.imdecode(one, cv2.IMREAD_COLOR_RGB) for one in arrays] and None,
            "pool": lambda: _bare_pool(coded),
        },
        REPEATS,
    )
    bare = f"two threads that only decode and keep nothing: {ratio(whole, 'pool', 'cv2').words()}"
    opening, playing = ratio(first, "ours", "decode"), ratio(whole, "ours", "cv2")
    return [
        at_most(f"First frame of a clip ({which})", opening, 3, "one decode, bytes at hand"),
        at_most(f"All frames, two threads ({which})", playing, 0.6, "cv2.imdecode on one thread", bare),
    ]


def _bare_pool(coded: list[bytes]) -> None:
    """What two threads can do on this machine at this moment."""

    def decode(one: bytes) -> None:
        imagecodecs.jpeg8_decode(one, colorspace="YCBCR", outcolorspace="RGB")

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(decode, coded))


def played_mib(path: Path, budget_mib: int) -> tuple[float, float]:
    """What a process of its own takes at most to play a clip twice, above what it had before; and the clip decoded."""
    child = [sys.executable, "-c", _PLAYS, str(path), str(budget_mib << 20)]
    told = json.loads(subprocess.run(child, capture_output=True, check=True).stdout)
    return told["peak_kib"] / 1024, told["decoded_bytes"] / 2**20


def _memory(path: Path) -> Figure:
    peak_mib, decoded_mib = played_mib(path, BUDGET_MIB)
    return Figure(
        f"Peak memory of playing a clip of {decoded_mib:.0f} MiB",
        f"{peak_mib:.0f} MiB",
        f"a budget of {BUDGET_MIB} MiB",
        f"<= {_ALLOWED_MIB} MiB",
        peak_mib <= _ALLOWED_MIB,
        "resident memory, mapped file included",
    )


_PLAYS = """
import json, sys
from pathlib import Path
from dicom_io.frames import open_frames
path, budget = Path(sys.argv[1]), int(sys.argv[2])
with open_frames(path, budget_bytes=budget) as source:
    source.frame(0)
def resident_kib(word):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(word))
open("/proc/self/clear_refs", "w").write("5")
before = resident_kib("VmRSS")
with open_frames(path, budget_bytes=budget) as source:
    for round in range(2):
        for number in range(len(source)):
            source.frame(number)
    decoded = source.size
print(json.dumps({"peak_kib": resident_kib("VmHWM") - before, "decoded_bytes": decoded}))
"""


def _against_pixel_array(path: Path) -> Figure:
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: _first_frame(path),
        "pydicom": lambda: pydicom.dcmread(path).pixel_array[0],
    }
    found = ratio(interleaved(ways, 3, warm_up=False), "ours", "pydicom")
    times_faster = f"1/{1 / found.median:,.0f} (1/{1 / found.low:,.0f} to 1/{1 / found.high:,.0f})"
    return Figure("First frame of a JPEG clip", times_faster, "dcmread().pixel_array[0]")


def _seek(path: Path) -> Figure:
    coded = _coded_frames(path)
    places = cycle(range(0, 37 * len(coded), 37))  # each far from the last one, and back only after all others
    with open_frames(path, budget_bytes=4 << 20) as source:
        times = interleaved(
            {
                "ours": lambda: source.frame(next(places) % len(source)),
                "decode": lambda: imagecodecs.jpeg8_decode(coded[60], colorspace="YCBCR", outcolorspace="RGB"),
            },
            10 * REPEATS,
        )
    return Figure("Seek to a frame that is not kept", ratio(times, "ours", "decode").words(), "one JPEG decode")


def _uncompressed(path: Path) -> Figure:
    image = pydicom.dcmread(path, stop_before_pixels=True)
    frame_bytes = image.Rows * image.Columns * 3
    offset = path.stat().st_size - frame_bytes * int(image.NumberOfFrames)

    def read() -> object:
        with path.open("rb") as file:
            file.seek(offset)
            return np.frombuffer(file.read(frame_bytes), np.uint8)

    times = interleaved({"ours": lambda: np.array(_first_frame(path)), "read": read}, 5 * REPEATS)
    found = ratio(times, "ours", "read").words()
    return Figure("First uncompressed frame, copied out of the view", found, "reading its bytes, place known")


def _coded_again(path: Path, target: Path, syntax: str, coded: list[bytes]) -> Path:
    image = pydicom.dcmread(path)
    image.PixelData, image.NumberOfFrames = encapsulate(coded), len(coded)
    image["PixelData"].is_undefined_length = True
    image["PixelData"].VR = "OB"
    image.file_meta.TransferSyntaxUID = syntax
    image.PhotometricInterpretation = "YBR_RCT" if syntax == _JPEG_2000 else "RGB"
    image.save_as(target, enforce_file_format=True)
    return target


def _rle(plain: Path, work: Path) -> Figure:
    def coded(frame: Any) -> bytes:
        packed = [imagecodecs.packbits_encode(np.ascontiguousarray(frame[..., channel])) for channel in range(3)]
        planes = [bytes(plane) + b"\0" * (len(plane) % 2) for plane in packed]
        places = list(accumulate((len(plane) for plane in planes[:-1]), initial=64))
        return struct.pack("<16L", 3, *places, *[0] * 12) + b"".join(planes)

    with open_frames(plain) as source:
        frames = [coded(source.frame(number)) for number in range(len(source))]
    path = _coded_again(plain, work / "rle.dcm", _RLE, frames)
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: _all_frames(path),
        "pydicom": lambda: [frame.shape for frame in iter_pixels(path)] and None,
    }
    found = ratio(interleaved(ways, 5), "ours", "pydicom").words()
    return Figure("All frames of an RLE clip, two threads", found, "pydicom's iter_pixels")


def _wavelets(plain: Path, work: Path) -> list[Figure]:
    with open_frames(plain) as source:
        coded = [
            bytes(imagecodecs.jpeg2k_encode(source.frame(number), reversible=True, codecformat="j2k"))
            for number in range(8)
        ]
    path = _coded_again(plain, work / "wavelet.dcm", _JPEG_2000, coded)
    whole = interleaved(
        {
            "ours": lambda: _all_frames(path),
            "one thread": lambda: [imagecodecs.jpeg2k_decode(one) for one in coded] and None,
        },
        5,
    )
    with open_frames(path, budget_bytes=1 << 20) as source:  # nothing is kept, so that each time counts
        single = interleaved(
            {"reduced": lambda: source.frame(3, reduced=True), "decode": lambda: imagecodecs.jpeg2k_decode(coded[3])}, 5
        )
    return [
        Figure("All frames of a JPEG 2000 clip, two threads", ratio(whole, "ours", "one thread").words(), "one thread"),
        Figure("Reduced JPEG 2000 picture while stepping", ratio(single, "reduced", "decode").words(), "one decode"),
    ]


def _steps(path: Path) -> list[Figure]:
    """A step to the next frame in napari's own viewer: ours, decoding as it goes, against decoded frames."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    from napari.components import ViewerModel
    from napari.qt import QtViewer

    from injection_log_napari.canvas.napari_canvas import RgbFrames

    source = open_frames(path, budget_bytes=BUDGET_MIB << 20)
    shown: dict[str, Any] = {"ours": RgbFrames(source), "numpy": np.asarray(source)}
    models: dict[str, Any] = {name: ViewerModel() for name in shown}
    windows = [QtViewer(model) for model in models.values()]
    for name, window in zip(shown, windows, strict=True):
        window.resize(900, 700)
        window.show()
        models[name].add_image(shown[name], rgb=True)
    application.processEvents()

    def steps(name: str, *, paint: bool) -> Callable[[], float]:
        return lambda: _seconds_a_step(models[name], application.processEvents if paint else lambda: None)

    found = []
    for paint, words in ((False, "slice only"), (True, "slice and paint")):
        times = interleaved({name: steps(name, paint=paint) for name in shown}, REPEATS)
        name = f"Step to the next frame in napari ({words})"
        found.append(at_most(name, ratio(times, "ours", "numpy"), 1.2, "the same step on decoded frames"))
    for window in windows:
        window.close()
    source.close()
    return found


def _seconds_a_step(model: Any, after: Callable[[], object], count: int = 20) -> float:
    """The mean of some steps onwards from where the viewer is; the clip is longer than the budget."""
    start = model.dims.current_step[0]
    began = time.perf_counter()
    for further in range(1, count + 1):
        model.dims.set_point(0, (start + further) % 120)
        after()
    return (time.perf_counter() - began) / count
