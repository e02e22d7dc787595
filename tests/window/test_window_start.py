"""What the start loads: the first page only what it shows; what a visit needs behind it; PACS and paper when asked."""
from __future__ import annotations

import json
import subprocess
import sys

import pytest
from opened_window import practice_site

BEGIN = """
import json, sys, time
from pathlib import Path
from injection_log_napari.window import application, make_window, start_quickly
start_quickly()
from injection_log.home import Home
from injection_log.people import passwords
from injection_log.site import Site, log_in
passwords.PRODUCTION = passwords.PasswordCost(passes=1, memory_kib=8, lanes=1)
site = Site.open(Home(Path(sys.argv[1])))
app = application()
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QTableWidget
HEAVY = ("numpy", "cv2", "napari", "vispy", "pydicom", "pynetdicom", "imagecodecs", "reportlab", "segno", "PIL",
         "alembic", "injection_log_exports", "dicom_io.decoding", "dicom_io.frames", "dicom_io.gate",
         "dicom_io.pacs.association", "injection_log_napari.views.room_page", "injection_log_napari.canvas")
def loaded():
    return sorted({name for name in HEAVY if name in sys.modules})
seen = {}
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched.parent(), QTableWidget) and "first" not in seen:
            seen["first"] = loaded()
        return False
watch = Watch()
app.installEventFilter(watch)
window = make_window(site, session=log_in(site, "injector", "practice-injector"), canvas="plain")
window.when_loaded(lambda: seen.update(behind=loaded()))
window.show()
end = time.monotonic() + 60
while "behind" not in seen and time.monotonic() < end:
    app.processEvents()
    time.sleep(0.002)
print(json.dumps(seen))
window.close()
"""


@pytest.fixture(scope="module")
def seen(display: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Heavy modules that were there when the work list was painted, and when the canvas was loaded behind it."""
    root = tmp_path_factory.mktemp("start")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(root / "keys"))
        practice_site(root).ledger.close()
        words = [sys.executable, "-c", BEGIN, str(root / "home")]
        done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_work_list_is_painted_before_anything_heavy_is_loaded(seen):
    assert seen["first"] == []


def test_what_a_visit_needs_is_loaded_behind_the_list_and_neither_pacs_nor_paper(seen):
    assert {"injection_log_napari.views.room_page", "dicom_io.frames"} <= set(seen["behind"])
    assert {"pynetdicom", "dicom_io.pacs.association", "injection_log_exports", "reportlab"}.isdisjoint(seen["behind"])
