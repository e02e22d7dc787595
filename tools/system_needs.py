"""The system libraries and programs that are needed, for what, and how to see whether each is here.

What is looked for is the library or program itself, not a package's name, so it also holds where no dpkg is.
It installs nothing. Standard library only: it is read before `.venv` exists.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.display import has_display

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".local/share/fonts"))
X_WINDOW = "Qt's window on X"
WAYLAND_WINDOW = "Qt's window on Wayland"


@dataclass(frozen=True)
class Need:
    """One thing a group needs: the Debian package that brings it, what for, and how to see it is here."""

    package: str
    why: str
    is_here: Callable[[], bool]


def _library(package: str, soname: str, why: str) -> Need:
    return Need(package, why, lambda: _loads(soname))


def _program(package: str, name: str, why: str) -> Need:
    # sbin: Orthanc lives there, and a plain user's PATH often leaves it out
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    return Need(package, why, lambda: shutil.which(name, path=places) is not None)


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _has_ensurepip() -> bool:
    return importlib.util.find_spec("venv") is not None and importlib.util.find_spec("ensurepip") is not None


def _has_a_font() -> bool:
    return any(next(Path(folder).rglob("*.[to]tf"), None) for folder in FONT_FOLDERS if Path(folder).is_dir())


def _has_postgres() -> bool:
    return shutil.which("postgres") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


def _has_dicomweb_plugin() -> bool:
    return Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so").exists()


XVFB = _program("xvfb", "Xvfb", "a virtual display where there is no screen")
VENV = Need(f"python3.{sys.version_info.minor}-venv", "makes .venv, with pip in it", _has_ensurepip)
NEEDS: dict[str, tuple[Need, ...]] = {
    "python": (VENV,),
    "window": (
        _library("libegl1", "libEGL.so.1", "OpenGL, which draws the image"),
        _library("libgl1", "libGL.so.1", "OpenGL, which draws the image"),
        _library("libxkbcommon0", "libxkbcommon.so.0", "keyboard layouts"),
        _library("libxkbcommon-x11-0", "libxkbcommon-x11.so.0", "keyboard layouts on X"),
        _library("libdbus-1-3", "libdbus-1.so.3", "Qt's link to the desktop and its key store"),
        _library("libfontconfig1", "libfontconfig.so.1", "finds fonts"),
        _library("libfreetype6", "libfreetype.so.6", "draws fonts"),
        _library("libglib2.0-0", "libgthread-2.0.so.0", "Qt's event loop"),
        _library("libgssapi-krb5-2", "libgssapi_krb5.so.2", "loaded by Qt's network part"),
        _library("libx11-xcb1", "libX11-xcb.so.1", X_WINDOW),
        _library("libxcb-cursor0", "libxcb-cursor.so.0", X_WINDOW),
        _library("libxcb-icccm4", "libxcb-icccm.so.4", X_WINDOW),
        _library("libxcb-keysyms1", "libxcb-keysyms.so.1", X_WINDOW),
        _library("libxcb-randr0", "libxcb-randr.so.0", X_WINDOW),
        _library("libxcb-shape0", "libxcb-shape.so.0", X_WINDOW),
        _library("libxcb-sync1", "libxcb-sync.so.1", X_WINDOW),
        _library("libxcb-xfixes0", "libxcb-xfixes.so.0", X_WINDOW),
        _library("libxcb-xinerama0", "libxcb-xinerama.so.0", X_WINDOW),
        _library("libwayland-cursor0", "libwayland-cursor.so.0", WAYLAND_WINDOW),
        _library("libwayland-egl1", "libwayland-egl.so.1", WAYLAND_WINDOW),
        Need("fonts-dejavu-core", "letters: no font is installed at all", _has_a_font),
    ),
    "display": () if has_display(os.environ) else (XVFB,),
    "tests": (
        XVFB,
        _program("xdotool", "xdotool", "real mouse and keyboard events for the window tests"),
        _program("orthanc", "Orthanc", "the PACS of the tests (as a program; its service stays off)"),
        Need("orthanc-dicomweb", "DICOMweb for the PACS of the tests", _has_dicomweb_plugin),
        _program("dcmtk", "storescp", "a second DICOM implementation to test against"),
        _program("dicom3tools", "dciodvfy", "checks DICOM files that we write"),
        _program("poppler-utils", "pdftotext", "reads the PDF sheets that we write"),
        Need("postgresql", "the shared database of the tests (as a program; its service is not used)", _has_postgres),
        _program("chromium", "chromium", "the browser that opens the inspection binder"),
        _program("strace", "strace", "kills and fails the program at chosen system calls"),
        _program("faketime", "faketime", "steps the clock"),
    ),
}
