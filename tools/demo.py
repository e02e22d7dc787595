"""Runs `injection-log demo`: in a window where there is a display, else on a virtual one, leaving pictures.

It sets nothing up (the Makefile has) and knows nothing of the story, which is the program's own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.display import NoVirtualDisplay, has_display, run_on_virtual_display

PROGRAM = str(Path(sys.executable).with_name("injection-log"))
OUT = Path("demo-out")


def main() -> int:
    """Entry point of `python -m tools.demo`."""
    if has_display(os.environ):
        sys.stdout.write("Opening the program on its practice PACS (close the window to end).\n")
        sys.stdout.flush()
        return subprocess.run([PROGRAM, "demo"], check=False).returncode
    sys.stdout.write(f"There is no display here: the story plays on a virtual one, pictures go to {OUT}/.\n")
    sys.stdout.flush()
    try:
        code = run_on_virtual_display([PROGRAM, "demo", "--tour", f"{OUT}/"])
    except NoVirtualDisplay as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if code == 0:
        left = sorted(str(path) for path in OUT.rglob("*") if path.is_file())
        sys.stdout.write("".join(["Left for you:\n", *(f"  {path}\n" for path in left)]))
    return code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
