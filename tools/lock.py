"""Writes the lock files from the ranges; asks the package index whether they hold on every supported machine.

`python -m tools.lock write [--upgrade]` keeps the versions that still fit unless told to upgrade.
`python -m tools.lock check` needs the network; it downloads no packages, only their descriptions.
No index address is ever written: each machine uses the one it is set up for.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.wheel_tree import REPOSITORY

REQUIREMENTS = REPOSITORY / "requirements"
RUNTIME, TESTS = REQUIREMENTS / "lock.txt", REQUIREMENTS / "lock-tests.txt"
PYTHONS = ("3.11", "3.12", "3.13")
# Ubuntu 22.04 has C library 2.35, Debian 12 has 2.36; Windows is the clinical workstation.
# Linux on ARM is left out: Qt's wheels for it want 2.39 (Ubuntu 24.04, Debian 13).
PLATFORMS = ("x86_64-manylinux_2_35", "x86_64-pc-windows-msvc", "aarch64-apple-darwin")


def _uv(*arguments: str) -> str:
    """Run `uv pip compile`; gives "" when it agrees, else what it said."""
    command = [sys.executable, "-m", "uv", "--quiet", "pip", "compile", "--no-header", "--no-annotate"]
    command += ["--no-emit-index-url", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    return done.stderr.strip() or "uv failed without a word" if done.returncode else ""


def write(options: list[str]) -> list[str]:
    """Write both lock files; the tests' one keeps the runtime's versions. Gives what went wrong."""
    universal = ["--universal", "--python-version", PYTHONS[0], *options]
    sources = ["setup.cfg", "requirements/build.in"]
    wrong = _uv(*universal, *sources, "--output-file", str(RUNTIME))
    if not wrong:
        tests = [*sources, "requirements/tests.in", "--constraint", str(RUNTIME)]
        wrong = _uv(*universal, *tests, "--output-file", str(TESTS))
    return [wrong] if wrong else []


def check() -> list[str]:
    """Resolve the pins anew for each Python and platform, wheels only; gives one text per failure."""
    wrong = []
    with tempfile.TemporaryDirectory(prefix="injection-log-lock-") as folder:
        for python in PYTHONS:
            for platform in PLATFORMS:
                target = ["--python-version", python, "--python-platform", platform, "--only-binary", ":all:"]
                said = _uv(*target, str(TESTS), "--output-file", str(Path(folder, f"{python}-{platform}")))
                sys.stdout.write(f"Python {python} on {platform}: {'fails' if said else 'resolves'}\n")
                wrong += [f"Python {python} on {platform}: {said}"] if said else []
    return wrong


def main() -> int:
    """Entry point of `python -m tools.lock write|check`."""
    act, *options = sys.argv[1:] or [""]
    if act not in ("write", "check"):
        sys.stderr.write("usage: python -m tools.lock write [--upgrade] | check\n")
        return 2
    wrong = write(options) if act == "write" else check()
    sys.stderr.writelines(f"{text}\n" for text in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
