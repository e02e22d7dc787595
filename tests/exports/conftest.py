"""Contents of a made-up gland for the exporters."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from trial_site import TrialSite, drafted_trial, whole_trial

from dicom_io.phantom import ParticipantTruth
from injection_log.outputs import SheetContent, SignatureFacts, VolumeLine
from injection_log.words import volume_figures, volume_in_words

CHECKPOINT = (
    "injection-log/8f14e45fceea167a5a36dedd4bea2543\n1234\nqv2ZB1cV2S0mZr9qJ1wW3k7y0ZpQx8nU5o6t7u8v9w0=\n\n"
    "— workstation-1 AAAAAZb0Y2hlY2twb2ludC1zaWduYXR1cmUtZXhhbXBsZS1vZi02NC1ieXRlcy1oZXJlLXBsZWFzZS1p\n"
)


def picture(rows: int = 300, columns: int = 400) -> bytes:
    """A small speckled picture as PNG."""
    grey = np.random.default_rng(7).integers(0, 255, (rows, columns), np.uint8)
    return cv2.imencode(".png", grey)[1].tobytes()


@pytest.fixture(scope="session")
def sheet_content() -> SheetContent:
    volumes = (("Loaded", 1200), ("Residual", 50), ("Injected", 1150))
    return SheetContent(
        study="TEST-STUDY", site="Sønderby", participant="SMG-07", visit_title="Injection visit", side="right",
        state="signed", version=1,
        sections=(
            ("Procedure", (("Kit code", "K-0042"), ("Assistant", "Søren Ærø-Ågård"), ("Start", "14:02 +01:00"))),
            ("Size", (("Length", "33.2 mm"), ("Width", "22.3 mm ± 0.1 mm"), ("Gland volume", "6.71 ml"))),
            ("Needle", (("Needle", "in plane, depth 16.1 mm, path 23.6 mm, angle 43.1°, tip seen"),)),
        ),
        volumes=tuple(VolumeLine(title, volume_figures(ul), volume_in_words(ul)) for title, ul in volumes),
        pictures=(("Longitudinal, frame 1 of 1", picture()), ("Injection, frame 35 of 60", picture())),
        signature=SignatureFacts(
            "P. Injector", "p.injector", "injector", "I performed this injection.",
            "2026-11-22 14:22:11 +01:00", "9f86d081884c7d65" * 4,
        ),
        checkpoint=CHECKPOINT, program_version="0.1.0", protocol_id="TEST", protocol_version="1.0",
        protocol_sha256="0123456789abcdef" * 4, ledger_sequence=1234,
        printed_at="2026-11-22 14:30:00 +01:00", practice=True,
    )


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory, phantom_visit: ParticipantTruth) -> Iterator[TrialSite]:
    """A signed injection visit with pictures, deposits, a query and a deviation; tests only read it and export it."""
    folder = tmp_path_factory.mktemp("trial")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(folder / "keys"))
        made = whole_trial(folder, phantom_visit)
    yield made
    made.site.ledger.close()


@pytest.fixture
def draft(tmp_path: Path, phantom_visit: ParticipantTruth) -> Iterator[TrialSite]:
    """A trial whose one visit is still being written, of a test's own."""
    made = drafted_trial(tmp_path, phantom_visit)
    yield made
    made.site.ledger.close()
