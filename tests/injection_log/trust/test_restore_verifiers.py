"""Both verifiers on a log that was restored: a lawful restore holds, a checkpoint from before it contradicts the log,
and a restore that two people did not sign so is named.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from kept_site import Kept, kept_site, proof
from tampering import Attacker, verdicts

from injection_log.acts.backups import make_backup
from injection_log.acts.restoring import Asked, restore_backup


@pytest.fixture
def restored(tmp_path: Path) -> tuple[Attacker, Path, Path]:
    """A restored log, a checkpoint that left it before the lost events, and one that covers them."""
    kept = kept_site(tmp_path)
    backup = make_backup(kept.session("dagny"), tmp_path / "out")
    kept.note("lost")
    early, late = tmp_path / "early.txt", tmp_path / "late.txt"
    late.write_text(checkpoint(kept), encoding="utf-8")
    kept.site.ledger.close()
    asked = Asked(backup.folder, proof("pia"), proof("dagny"), "the disk broke")
    restore_backup(kept.home, asked, clock=kept.site.clock, keys=kept.site.keys)
    kept.reopen()
    early.write_text(next(one for one in checkpoints(kept) if "\n" in one), encoding="utf-8")
    kept.note("new work, so that the log is longer again")
    kept.note("than it was")
    kept.site.ledger.append(kept.session("amina").actor, [], protocol="p1", checkpoint=True)
    kept.site.ledger.close()
    return Attacker(kept.home, kept.site.keys), early, late


def checkpoint(kept: Kept) -> str:
    kept.site.ledger.append(kept.session("amina").actor, [], protocol="p1", checkpoint=True)
    return str(kept.site.ledger.latest_checkpoint())


def checkpoints(kept: Kept) -> list[str]:
    changes = (change for event in kept.site.ledger.events() for change in event.changes)
    values = (change.new for change in changes if change.field == "checkpoint")
    return [str(value["text"]) for value in values if isinstance(value, dict)]


def test_a_lawful_restore_holds_for_both_verifiers_also_with_a_checkpoint_that_the_backup_covers(
    restored: tuple[Attacker, Path, Path], tmp_path: Path
) -> None:
    attacker, early, _ = restored
    found = verdicts(attacker, early, tmp_path)
    assert set(vars(found).values()) == {""}


def test_a_checkpoint_over_lost_events_contradicts_a_restored_log_for_both_verifiers(
    restored: tuple[Attacker, Path, Path], tmp_path: Path
) -> None:
    attacker, _, late = restored
    found = verdicts(attacker, late, tmp_path)
    assert (found.here, found.elsewhere, found.export) == ("", "", "")
    assert found.since == found.export_since
    assert found.since.endswith("outside checkpoint")


def test_a_restore_with_a_signature_of_other_words_is_named_by_both_verifiers(
    restored: tuple[Attacker, Path, Path], tmp_path: Path
) -> None:
    attacker, early, _ = restored
    bodies = attacker.bodies()
    event = next(body for body in bodies if body["kind"] == "LedgerRestored")
    said = next(change["new"] for change in event["changes"] if change["field"] == "restored")
    said["agreement"]["text"] = said["agreement"]["text"].replace("the disk broke", "nothing at all")
    attacker.rewrite(bodies, signing=True)
    found = verdicts(attacker, early, tmp_path)
    number = str(event["sequence"])
    assert found.elsewhere.startswith(number)
    assert found.export.startswith(number)


@pytest.mark.proves("F-03")
def test_an_agreement_under_other_facts_of_a_restore_is_named_by_both_verifiers(
    restored: tuple[Attacker, Path, Path], tmp_path: Path
) -> None:
    attacker, early, _ = restored
    bodies = attacker.bodies()
    event = next(body for body in bodies if body["kind"] == "LedgerRestored")
    said = next(change["new"] for change in event["changes"] if change["field"] == "restored")
    said["backup"] = "another backup"
    attacker.rewrite(bodies, signing=True)
    found = verdicts(attacker, early, tmp_path)
    assert found.elsewhere == found.export
    assert found.export.startswith(str(event["sequence"]))
