"""DCMTK's programs for tests and benchmarks, found where the system keeps them.

pynetdicom installs scripts of the same names (echoscu, storescu, ...) beside a virtual environment's python, which
an activated environment puts first on the PATH: they would test pynetdicom against itself. Nothing is run here.
"""
from __future__ import annotations

import os
import shutil

SYSTEM = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
"""Where Debian, a build from source and Homebrew put programs."""


def dcmtk_path(program: str) -> str | None:
    """The absolute path of one of DCMTK's programs, None where the system has it not."""
    return shutil.which(program, path=os.pathsep.join(SYSTEM))


def dcmtk(program: str) -> str:
    """The absolute path of one of DCMTK's programs. Raises FileNotFoundError that says what to install."""
    found = dcmtk_path(program)
    if found is None:
        raise FileNotFoundError(f"DCMTK's {program} is not in {', '.join(SYSTEM)}; run: apt-get install dcmtk")
    return found
