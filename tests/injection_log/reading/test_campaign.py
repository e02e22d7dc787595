"""A campaign from set-up to unmasking: the table holds what the readers measured, and both verifiers follow it."""
from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from injection_log.acts import backups, campaign_results, log_export
from injection_log.acts.restoring import Asked, restore_backup
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.people.two_people import Proof2
from injection_log.practice.reading_story import MANAGER
from injection_log.practice.world import INVESTIGATOR
from injection_log.site import Site, log_in
from injection_log.verify import verify

if TYPE_CHECKING:
    from conftest import Played


def test_after_the_unmasking_the_table_holds_every_read_of_every_gland_near_the_truth(played: Played) -> None:
    rows = campaign_results.reading_rows(played.manager(), played.campaign.id)
    first = [row for row in rows if not row.is_repeat]
    assert len(first) == 2 * 2 * 2 * 2  # participants, visits, glands, readers
    for row in rows:
        true = played.truths[row.participant, row.visit].glands[row.gland].volume_ml * 1000
        assert row.volume_ul is not None
        assert abs(row.volume_ul / true - 1) < 0.25


def test_the_log_of_the_site_and_of_each_package_holds(played: Played) -> None:
    keys = KeyFolder(played.keys)
    for home in (played.site.home.root, played.folder / "package-1", played.folder / "package-2"):
        report = verify(home, keys=keys)
        assert report.ok, report.first_wrong


def exported(played: Played, out: Path) -> Path:
    """The site's log with the readings, as an inspector gets it."""
    log_export.export_log(played.manager(), out)
    return out


def outside(folder: Path) -> tuple[int, str]:
    """What the standalone verifier says of an export."""
    run = subprocess.run([sys.executable, folder / "check_log.py", folder], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout


def test_the_standalone_verifier_follows_the_packages_of_an_export(played: Played, tmp_path: Path) -> None:
    code, said = outside(exported(played, tmp_path / "out"))
    assert code == 0, said


@pytest.mark.parametrize("what", ["gone", "cut", "other"])
def test_both_verifiers_see_a_package_that_is_not_the_one_that_came_home(
    what: str, played: Played, tmp_path: Path
) -> None:
    out = exported(played, tmp_path / "out")
    shutil.copytree(played.site.home.root, tmp_path / "home")
    for root in (out, tmp_path / "home"):
        events = root / "readings" / "RC-1-1" / "events.jsonl"
        spoil(what, events, root / "readings" / "RC-1-2" / "events.jsonl")
    assert outside(out)[0] == 1
    report = verify(tmp_path / "home", keys=KeyFolder(played.keys))
    assert report.first_wrong is not None
    assert report.first_wrong.what == "reading"


def spoil(what: str, events: Path, other: Path) -> None:
    if what == "gone":
        events.unlink()
    elif what == "cut":
        events.write_bytes(b"".join(events.read_bytes().splitlines(keepends=True)[:-1]))
    else:
        events.write_bytes(other.read_bytes())


def test_a_restored_backup_gives_the_same_reads_of_the_packages_that_came_home(played: Played, tmp_path: Path) -> None:
    made = backups.make_backup(played.manager(), tmp_path / "out")
    home, keys = Home(tmp_path / "home"), tmp_path / "keys"
    shutil.copytree(played.site.home.root, home.root)
    shutil.copytree(played.keys, keys)
    shutil.rmtree(home.root / "readings")
    both = [Proof2(one.user, one.password) for one in (INVESTIGATOR, MANAGER)]
    restore_backup(home, Asked(made.folder, *both, "the disk broke"), clock=played.site.clock, keys=KeyFolder(keys))
    assert verify(home, keys=KeyFolder(keys)).first_wrong is None
    restored = Site.open(home, keys=KeyFolder(keys))
    manager = log_in(restored, MANAGER.user, MANAGER.password)
    assert campaign_results.reading_rows(manager, "RC-1") == campaign_results.reading_rows(played.manager(), "RC-1")
    restored.ledger.close()


def test_a_backup_carries_the_packages_that_came_home(played: Played, tmp_path: Path) -> None:
    made = backups.make_backup(played.manager(), tmp_path)
    assert verify(made.folder, keys=KeyFolder(tmp_path / "other-keys")).ok
