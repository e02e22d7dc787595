"""Pictures of the inspection binder for docs: a record, and what a changed byte looks like; phantom only.

`python -m tools.binder_picture OUT`. Plays the practice story without a window, exports the binder as the monitor, and
lets Chromium take the pictures from the disk. Changes nothing but its own temporary folder and OUT.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = [sys.executable, "-m", "injection_log"]
BROWSER = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1300,1080", "--hide-scrollbars")
MILLISECONDS = "20000"
"""Of the page's own time: it ends when nothing is left to do."""


def main(out: Path) -> int:
    """Write `binder.png` and `binder-wrong.png`; 0 when both are there."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        home = ["--home", str(folder / "home")]
        played = [*PROGRAM, "demo", "--headless", *home, "--out", str(folder / "demo")]
        subprocess.run(played, check=True, stdout=subprocess.DEVNULL)
        made = [*PROGRAM, "export", "binder", "--out", str(folder / "binder"), "--user", "monitor", "--password-stdin"]
        subprocess.run([*made, *home], check=True, input="practice-monitor\n", text=True, stdout=subprocess.DEVNULL)
        _take(folder / "binder", "record/SMG-07", out / "binder.png")
        events = folder / "binder" / "data" / "events-0001.js"
        events.write_bytes(events.read_bytes().replace(b"KIT-0417", b"KIT-0418", 1))
        _take(folder / "binder", "check", out / "binder-wrong.png")
    return 0


def _take(binder: Path, page: str, picture: Path) -> None:
    address = f"{(binder / 'index.html').as_uri()}#{page}"
    words = [*BROWSER, f"--screenshot={picture}", f"--virtual-time-budget={MILLISECONDS}", address]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
