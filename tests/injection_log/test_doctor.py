"""`doctor` says of each thing whether it is fit, and what to do when it is not."""
from __future__ import annotations

from pathlib import Path

import pytest

from injection_log.doctor import Finding, examine
from injection_log.home import Home
from injection_log.site import Site


def finding(home: Home, check: str) -> Finding:
    """One check of a home."""
    return next(one for one in examine(home) if one.check == check)


def test_every_wrong_finding_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    findings = examine(Home(tmp_path / "nothing"))
    wrong = {one.check: one.do for one in findings if not one.ok}
    assert {"display", "PACS", "database"} <= set(wrong)
    assert all(do for check, do in wrong.items() if check != "OpenGL")


def test_a_sound_log_is_called_verified(site: Site) -> None:
    assert "verified" in finding(site.home, "database").found


def test_a_pacs_that_does_not_answer_is_named_with_what_to_do(site: Site) -> None:
    site.home.settings_file.write_text(
        'default_pacs = "here"\n[pacs.here]\ncalled_aet = "NOBODY"\nhost = "127.0.0.1"\nport = 1\n', encoding="utf-8"
    )
    found = finding(site.home, "PACS")
    assert not found.ok
    assert found.do


def test_a_settings_file_that_cannot_be_read_is_no_crash(site: Site) -> None:
    site.home.settings_file.write_text("[pacs\n", encoding="utf-8")
    assert not finding(site.home, "PACS").ok
