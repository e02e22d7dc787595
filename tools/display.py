"""Finds out whether a window can be shown here; runs a command on a virtual display (Xvfb) where not.

`python -m tools.display COMMAND ...` runs the command on an Xvfb of its own and ends that Xvfb, by its own
process, afterwards. It installs nothing, and it does not judge OpenGL: `injection-log doctor` does.
Standard library only: it runs before `.venv` exists.
"""

from __future__ import annotations

import os
import secrets
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SCREEN = "1920x1200x24"
START_SECONDS = 30.0


class NoVirtualDisplay(Exception):
    """Xvfb did not start; the message says why."""


def has_display(environment: Mapping[str, str]) -> bool:
    """True when the Wayland or X display that `environment` names really answers."""
    wayland = environment.get("WAYLAND_DISPLAY", "")
    if wayland and _answers(socket.AF_UNIX, str(Path(environment.get("XDG_RUNTIME_DIR", "/"), wayland))):
        return True
    host, colon, rest = environment.get("DISPLAY", "").rpartition(":")
    number = rest.partition(".")[0]
    if not colon or not number.isdigit():
        return False
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return _answers(socket.AF_UNIX, path) or _answers(socket.AF_UNIX, "\0" + path)
    return _answers(socket.AF_INET, (host, 6000 + int(number)))


def _answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as attempt:
            attempt.settimeout(3.0)
            attempt.connect(address)
    except OSError:
        return False
    return True


@contextmanager
def virtual_display(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Start Xvfb on the first free number; gives `environment` changed to use it. Raises NoVirtualDisplay."""
    with tempfile.TemporaryDirectory(prefix="injection-log-display-") as name:
        folder = Path(name)
        cookie = folder / "Xauthority"
        cookie.write_bytes(_any_host_cookie(secrets.token_bytes(16)))
        server, number = _start_xvfb(cookie, folder / "xvfb.log")
        changed = {key: value for key, value in environment.items() if key != "WAYLAND_DISPLAY"}
        changed |= {"DISPLAY": f":{number}", "XAUTHORITY": str(cookie), "QT_QPA_PLATFORM": "xcb"}
        if "XDG_RUNTIME_DIR" not in changed:  # Qt complains about every start without one
            changed["XDG_RUNTIME_DIR"] = name
        try:
            yield changed
        finally:
            _end(server)


def _any_host_cookie(secret: bytes) -> bytes:
    """One Xauthority entry (libXau, XauReadAuth) for every display number: family 65535 is "wild"."""
    fields = (b"", b"", b"MIT-MAGIC-COOKIE-1", secret)
    return struct.pack(">H", 65535) + b"".join(struct.pack(">H", len(field)) + field for field in fields)


def _start_xvfb(cookie: Path, log: Path) -> tuple[subprocess.Popen[bytes], int]:
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    command += ["-auth", str(cookie)]
    try:
        with log.open("wb") as output:
            server = subprocess.Popen(command, pass_fds=[writer], stdout=output, stderr=output)
    except FileNotFoundError:
        raise NoVirtualDisplay("Xvfb is not installed; install Debian's package xvfb.") from None
    finally:
        os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        ready = select.select([answer], [], [], START_SECONDS)[0]
        number = answer.readline().strip() if ready else b""
    if not number.isdigit():
        _end(server)
        words = log.read_text(errors="replace").strip() or "it gave no display number"
        raise NoVirtualDisplay(f"Xvfb did not start: {words}")
    return server, int(number)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_on_virtual_display(command: list[str]) -> int:
    """Run `command` on a display of its own; gives its exit code. The display ends with it or with us."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with virtual_display(os.environ) as environment:
        process = subprocess.Popen(command, env=environment)
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                _end(process)


def main() -> int:
    """Entry point of `python -m tools.display COMMAND ...`."""
    if len(sys.argv) < 2:
        sys.stderr.write("usage: python -m tools.display COMMAND [ARGUMENT ...]\n")
        return 2
    try:
        return run_on_virtual_display(sys.argv[1:])
    except NoVirtualDisplay as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except FileNotFoundError as error:
        sys.stderr.write(f"{error.filename} is not here; `make test` and `make demo` install what they run.\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
