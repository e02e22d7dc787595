"""Takes the pictures of README and docs: the practice tour in the real window, phantom only, a handful kept.

Runs on the display it is given (the Makefile gives a virtual one). The sheet is turned into a picture by poppler.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = str(Path(sys.executable).with_name("injection-log"))
KEPT = {
    "work-list": "02-work-list.png",
    "identity": "04-images-identity.png",
    "images": "05-images.png",
    "right-gland": "06-right-size.png",
    "left-gland": "14-left-volumes.png",
    "review": "16-review.png",
    "sign": "17-sign-first.png",
}
DOTS_PER_INCH = "90"


def main(out: Path) -> int:
    """Fill `out` with the pictures; 0 when all are there."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PROGRAM, "demo", "--tour", folder], check=True)
        for name, taken in KEPT.items():
            shutil.copyfile(Path(folder) / taken, out / f"{name}.png")
        sheet = next(Path(folder).glob("sheet_*_right.pdf"))
        subprocess.run(
            ["pdftoppm", "-r", DOTS_PER_INCH, "-png", "-singlefile", str(sheet), str(out / "sheet")], check=True
        )
    sys.stdout.write("".join(f"{path}\n" for path in sorted(out.glob("*.png"))))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
