"""Installs the system libraries and programs that are missing, says which and why, and skips what is there.

`python -m tools.system_packages GROUP ...`, groups: `python` (to make .venv), `window` (what Qt and OpenGL
load), `display` (a virtual display, only where there is no real one), `tests` (the peers the tests talk to).
It never removes or upgrades anything. Standard library only: it runs before `.venv` exists.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.system_needs import NEEDS


def missing(groups: list[str]) -> dict[str, str]:
    """What the groups need and is not here: Debian package -> what it is for, in the order of the table."""
    return {need.package: need.why for group in groups for need in NEEDS[group] if not need.is_here()}


def _root_prefix() -> list[str] | None:
    """What to put before a command so that it runs as root; None when that is not possible."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asks_nothing = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo"] if asks_nothing or sys.stdin.isatty() else None


def install(packages: dict[str, str]) -> str:
    """Install the packages, saying which and why; gives "" when done, else a sentence what to do."""
    by_hand = "apt-get install --no-install-recommends " + " ".join(packages)
    prefix = _root_prefix() if shutil.which("apt-get") else None
    if prefix is None:
        return f"These are missing and cannot be installed from here; ask an administrator to run: {by_hand}"
    sys.stdout.write(f"Installing what this machine lacks, with {' '.join([*prefix, 'apt-get'])}:\n")
    width = max(map(len, packages))
    sys.stdout.writelines(f"  {package:<{width}}  {why}\n" for package, why in packages.items())
    sys.stdout.flush()
    script = Path(__file__).with_name("apt_install.sh")
    done = subprocess.run(
        [*prefix, "sh", str(script), *packages],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write("".join(done.stdout.splitlines(keepends=True)[-20:]))
        return f"apt-get failed (last words above); mend that, or ask an administrator to run: {by_hand}"
    return ""


def main() -> int:
    """Entry point of `python -m tools.system_packages GROUP ...`; says nothing when nothing is missing."""
    groups = sys.argv[1:]
    unknown = [group for group in groups if group not in NEEDS]
    if unknown or not groups:
        sys.stderr.write(f"usage: python -m tools.system_packages {{{','.join(NEEDS)}}} ...\n")
        return 2
    if not sys.platform.startswith("linux"):
        return 0  # the wheels of Windows and macOS bring their libraries with them
    absent = missing(groups)
    sentence = install(absent) if absent else ""
    if not sentence and (left := missing(groups) if absent else {}):
        sentence = f"Installed, but still not found: {', '.join(left)}; look with: ldconfig -p"
    if sentence:
        sys.stderr.write(f"{sentence}\n")
    return 1 if sentence else 0


if __name__ == "__main__":
    sys.exit(main())
