"""The practice clip in napari's sample menu."""
from __future__ import annotations

from injection_log_napari.in_napari import sample


def test_the_sample_is_a_simulated_injection_with_a_trusted_scale_made_once(viewer):
    first, second = (viewer.open_sample("injection-log", "practice-clip")[0] for _ in range(2))
    assert (first.name, first.data.shape, first.metadata["calibration"]["state"]) == (
        "Injection, 60 frames", (60, 600, 800, 3), "region",
    )  # fmt: skip
    assert (second.data[34] == first.data[34]).all()
    assert (first.data[0] != first.data[34]).any()
    assert len(sample._folders) == 1
