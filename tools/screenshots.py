"""Takes the pictures of README and docs: the practice tour in the real window, phantom only, a handful kept; then the
states of a record after its signature (`record_states.py`), without pictures; a gland with every kind of mark
(`marked_gland.py`); pages of the report of a blinded reading; the
inspection binder in a browser (`binder_picture.py`); then napari with our reader (`napari_picture.py`).

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
STATES = {
    "signed-gland": "signed-gland",
    "amending": "amending",
    "amended-review": "review-changed",
    "query": "query-to-answer",
    "queries": "queries",
    "conflict": "conflict-typed",
    "addition": "adding",
    "review-by-investigator": "investigator-review",
    "lock": "lock-asked",
}
MARKED = ("outline-proposed", "needle-proposed", "marked-gland", "in-danish", "in-light")
DOTS_PER_INCH = "90"
MANAGER, MANAGER_PASSWORD = "manager", "practice-manager"
REPORT_PAGES = (1, 3)
"""The tables of agreement, and the first pictures."""


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
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "tools.record_states", folder], check=True, stdout=subprocess.DEVNULL)
        for name, taken in STATES.items():
            shutil.copyfile(next(Path(folder).glob(f"1366-*-{taken}.png")), out / f"{name}.png")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "tools.marked_gland", folder], check=True, stdout=subprocess.DEVNULL)
        for name in MARKED:
            shutil.copyfile(next(Path(folder).glob(f"*-{name}.png")), out / f"{name}.png")
    with tempfile.TemporaryDirectory() as folder:
        read_blind(Path(folder), out)
    subprocess.run([sys.executable, "-m", "tools.binder_picture", str(out)], check=True)
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "tools.reading_room", folder, "1280x720"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        for shown in Path(folder).glob("*.png"):
            shutil.copyfile(shown, out / f"reading-{shown.name}")
    subprocess.run([sys.executable, "-m", "tools.napari_picture", str(out / "napari.png")], check=True)
    sys.stdout.write("".join(f"{path}\n" for path in sorted(out.glob("*.png"))))
    return 0


def read_blind(folder: Path, out: Path) -> None:
    """Two pages of the report of a campaign that simulated readers have read."""
    home, password = ["--home", str(folder / "home")], f"{MANAGER_PASSWORD}\n"
    subprocess.run([PROGRAM, "reading", "demo", "--headless", *home], check=True, stdout=subprocess.DEVNULL)
    told = [PROGRAM, "reading", "report", "RC-1", "--out", str(folder), "--user", MANAGER, "--password-stdin", *home]
    subprocess.run(told, check=True, input=password, text=True, stdout=subprocess.DEVNULL)
    for page in REPORT_PAGES:
        words = ["-r", DOTS_PER_INCH, "-png", "-singlefile", "-f", str(page), str(folder / "reading_report_RC-1.pdf")]
        subprocess.run(["pdftoppm", *words, str(out / f"reading-report-{page}")], check=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
