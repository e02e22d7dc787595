"""`doctor` says where the log is, how it is written, when it was last backed up, and what this workstation has seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kept_site import Kept, kept_site

from injection_log.acts.backups import make_backup
from injection_log.doctor import Finding
from injection_log.doctor import _backup as backup_of
from injection_log.doctor import _mark as mark_of
from injection_log.doctor import _place as place_of
from injection_log.doctor import _sqlite as engine_of
from injection_log.log_condition import last_backup


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = kept_site(tmp_path)
    yield made
    made.site.ledger.close()


def test_the_place_and_the_engine_are_told(kept: Kept) -> None:
    place, engine = place_of(kept.home), engine_of(kept.home)
    assert place.ok
    assert str(kept.home.ledger_folder) in place.found
    assert "journal DELETE" in engine.found


def test_a_place_in_a_clouds_folder_is_wrong_and_says_what_to_do(kept: Kept) -> None:
    (kept.home.root / ".stfolder").mkdir()
    assert "choose a home outside" in place_of(kept.home).do


def test_a_file_that_was_switched_to_wal_is_wrong(kept: Kept) -> None:
    import sqlite3

    kept.site.ledger.close()
    connection = sqlite3.connect(kept.home.ledger_folder / "ledger.sqlite3")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    assert not engine_of(kept.home).ok


def test_a_log_without_a_recent_backup_is_wrong(kept: Kept, tmp_path: Path) -> None:
    assert backup_of(kept.home) == Finding(
        "backup", False, "the log has never been backed up", backup_of(kept.home).do
    )
    done = make_backup(kept.session("dagny"), tmp_path / "out")
    values = kept.site.ledger.values("ledger:")
    ok, found, _ = last_backup(values, datetime(2026, 11, 25, tzinfo=UTC))
    assert ok
    assert done.folder.name in found
    assert not last_backup(values, datetime(2026, 12, 25, tzinfo=UTC))[0]


def test_a_log_behind_the_high_water_mark_is_wrong(kept: Kept) -> None:
    database = kept.home.ledger_folder / "ledger.sqlite3"
    older = database.read_bytes()
    last = kept.note("new")
    assert f"event {last} was seen here" in mark_of(kept.home).found
    kept.site.ledger.close()
    database.write_bytes(older)
    assert not mark_of(kept.home).ok
    assert "restore" in mark_of(kept.home).do
