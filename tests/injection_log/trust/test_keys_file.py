"""Keys on a journey: sealed by a passphrase, never over another key, never unrecorded, and told when damaged."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from injection_log.acts.keys import export_keys, import_keys, show_keys
from injection_log.cli import assemble
from injection_log.errors import Refused
from injection_log.high_water import HighWater
from injection_log.home import Home
from injection_log.key_file import (
    KeysFileDamaged,
    PassphraseWrong,
    TravellingKeys,
    open_keys,
    read_keys_file,
    seal_keys,
)
from injection_log.keys import KeyConflict, KeyFolder
from injection_log.ledger.errors import KeyMissing, KeyStoreFailed
from injection_log.ledger.event import Actor
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.errors import PasswordWeak
from injection_log.people.passwords import PasswordCost
from injection_log.site import Session, Site, log_in

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
PASSPHRASE = "nine quiet herons"
KEYS = TravellingKeys("injection-log/SMG/01/0011", "2026-11-22T09:00:00.000Z", "ward-1", {"identity": b"i" * 32})


PASSWORD = "nine calm otters"


@pytest.fixture
def manager(site: Site) -> Session:
    """A data manager at work."""
    new = NewAccount("dagny", "Dagny Holm", "data_manager", PASSWORD, CHEAP)
    administrator = Actor("admin", "administrator")
    add_account(site.ledger, administrator, new, clock=site.clock, protocol=site.protocol.sha256)
    return log_in(site, "dagny", PASSWORD)


@pytest.fixture
def nowhere(tmp_path: Path) -> Home:
    """A home without a log, as on a new computer."""
    return Home(tmp_path / "new-home")


def test_what_was_sealed_is_opened_again() -> None:
    assert open_keys(seal_keys(KEYS, PASSPHRASE, CHEAP), PASSPHRASE) == KEYS


def test_a_wrong_passphrase_and_a_damaged_file_are_told_apart() -> None:
    sealed = seal_keys(KEYS, PASSPHRASE, CHEAP)
    with pytest.raises(PassphraseWrong, match="which is whole"):
        open_keys(sealed, "nine quiet heron")
    with pytest.raises(KeysFileDamaged, match="copy it again"):
        open_keys(sealed[:-20], PASSPHRASE)


def test_no_flipped_byte_of_the_file_is_taken_for_a_wrong_passphrase_or_opened() -> None:
    sealed = seal_keys(KEYS, PASSPHRASE, CHEAP)
    for place in range(len(sealed) - 1):  # the line end is no part of the value
        flipped = bytearray(sealed)
        flipped[place] ^= 1
        with pytest.raises(KeysFileDamaged):
            open_keys(bytes(flipped), PASSPHRASE)


def test_a_file_that_asks_for_the_whole_computers_memory_is_refused() -> None:
    from hashlib import sha256

    from injection_log.ledger.canonical import canonical_bytes

    body = json.loads(seal_keys(KEYS, PASSPHRASE, CHEAP))
    del body["sha256"]
    body["argon2id"]["memory_kib"] = 2**31
    greedy = canonical_bytes(body | {"sha256": sha256(canonical_bytes(body)).hexdigest()})
    with pytest.raises(KeysFileDamaged):
        open_keys(greedy, PASSPHRASE)


def test_a_file_of_a_later_form_is_not_called_damaged() -> None:
    later = seal_keys(KEYS, PASSPHRASE, CHEAP).replace(b"injection-log keys 1", b"injection-log keys 2")
    with pytest.raises(KeysFileDamaged, match="newer version"):
        open_keys(later, PASSPHRASE)


def test_what_is_in_the_file_can_be_read_without_the_passphrase_but_no_key() -> None:
    sealed = seal_keys(KEYS, PASSPHRASE, CHEAP)
    said = read_keys_file(sealed)
    assert (said.origin, said.workstation, list(said.fingerprints)) == (KEYS.origin, KEYS.workstation, ["identity"])
    for form in (b"i" * 32, (b"i" * 32).hex().encode()):
        assert form not in sealed


def test_an_export_is_owner_only_recorded_and_brings_the_site_to_another_computer(
    manager: Session, nowhere: Home, tmp_path: Path
) -> None:
    site, file, there = manager.site, tmp_path / "keys.json", KeyFolder(tmp_path / "there")
    export_keys(manager, file, PASSPHRASE, cost=CHEAP)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    last = list(site.ledger.events())[-1]
    assert (last.kind, last.actor.user) == ("KeysExported", manager.account.user)
    assert import_keys(nowhere, there, file, PASSPHRASE) == {"identity": True}
    assert import_keys(nowhere, there, file, PASSPHRASE) == {"identity": False}
    assert there.identity_key(site.ledger.origin) == site.keys.identity_key(site.ledger.origin)
    assert there.held(site.ledger.origin, "checkpoint") is None


def test_moving_house_takes_the_checkpoint_key_along(manager: Session, nowhere: Home, tmp_path: Path) -> None:
    file, there, origin = tmp_path / "keys.json", KeyFolder(tmp_path / "there"), manager.site.ledger.origin
    export_keys(manager, file, PASSPHRASE, ("identity", "checkpoint"), CHEAP)
    import_keys(nowhere, there, file, PASSPHRASE)
    here = manager.site.keys.checkpoint_key(origin).private_bytes_raw()
    assert there.checkpoint_key(origin).private_bytes_raw() == here


def test_another_key_is_never_replaced_and_nothing_of_the_file_is_kept(
    manager: Session, nowhere: Home, tmp_path: Path
) -> None:
    file, there, origin = tmp_path / "keys.json", KeyFolder(tmp_path / "there"), manager.site.ledger.origin
    export_keys(manager, file, PASSPHRASE, ("identity", "checkpoint"), CHEAP)
    other = there.checkpoint_key(origin).private_bytes_raw()
    with pytest.raises(KeyConflict, match="nothing was changed"):
        import_keys(nowhere, there, file, PASSPHRASE)
    assert KeyFolder(there.root).checkpoint_key(origin).private_bytes_raw() == other
    assert there.held(origin, "identity") is None


def test_keys_of_another_log_are_not_kept(manager: Session, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(seal_keys(KEYS, PASSPHRASE, CHEAP))
    keys = KeyFolder(tmp_path / "there")
    with pytest.raises(Refused, match="another log"):
        import_keys(manager.site.home, keys, file, PASSPHRASE)
    assert not keys.root.exists()


def test_an_export_is_refused_where_it_would_do_harm(manager: Session, tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text("mine")
    for place, words in ((there, "already"), (manager.site.home.root / "keys.json", "beside the log")):
        with pytest.raises(Refused, match=words):
            export_keys(manager, place, PASSPHRASE, cost=CHEAP)
    with pytest.raises(PasswordWeak):
        export_keys(manager, tmp_path / "new.json", "short", cost=CHEAP)
    assert there.read_text() == "mine"
    assert "KeysExported" not in {event.kind for event in manager.site.ledger.events()}


def test_whoever_may_not_keep_backups_may_not_export_keys(injector: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="may not"):
        export_keys(injector, tmp_path / "keys.json", PASSPHRASE, cost=CHEAP)
    assert not (tmp_path / "keys.json").exists()


def test_fingerprints_are_shown_and_are_those_the_log_holds(site: Site) -> None:
    shown = {one.kind: one.fingerprint for one in show_keys(site.keys) if one.origin == site.ledger.origin}
    first = next(site.ledger.events())
    bound = {change.field: change.new for change in first.changes}
    assert shown == {"identity": bound["identity_key_check"], "checkpoint": bound["checkpoint_key"]}


def test_the_commands_bring_keys_over_and_say_what_is_in_the_file(
    manager: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, file = CliRunner(), tmp_path / "keys.json"
    home = str(manager.site.home.root)
    asked = ["keys", "export", str(file), "--user", "dagny", "--home", home, "--password-stdin"]
    done = run.invoke(assemble(), asked, input=f"{PASSWORD}\n{PASSPHRASE}\n")
    assert done.exit_code == 0, done.output
    assert "identity key" in done.output
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "there"))
    asked = ["keys", "import", str(file), "--home", str(tmp_path / "new"), "--passphrase-stdin"]
    done = run.invoke(assemble(), asked, input=f"{PASSPHRASE}\n")
    assert done.exit_code == 0, done.output
    shown = run.invoke(assemble(), ["keys", "show", "--json"])
    assert manager.site.ledger.origin in shown.output


def test_a_damaged_key_file_is_told_in_words_and_no_new_key_is_made(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path)
    keys.make_identity_key("a log")
    path = next(tmp_path.rglob("identity.key"))
    path.write_bytes(b"short")
    with pytest.raises(KeyStoreFailed, match="keys import"):
        KeyFolder(tmp_path).identity_key("a log")
    assert path.read_bytes() == b"short"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_key_folder_that_may_not_be_looked_into_is_trouble_and_not_a_missing_key(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys")
    keys.make_identity_key("a log")
    keys.root.chmod(0)
    try:
        with pytest.raises(KeyStoreFailed, match="cannot be read"):
            KeyFolder(keys.root).identity_key("a log")
    finally:
        keys.root.chmod(0o700)


def test_a_key_folder_that_is_a_file_is_trouble_and_not_a_missing_key(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("in the way")
    with pytest.raises(KeyStoreFailed, match="cannot be read or written"):
        KeyFolder(tmp_path / "keys").identity_key("a log")


def test_a_log_without_its_identity_key_says_where_to_get_it(site: Site, tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match=r"keys export.*keys import"):
        KeyFolder(tmp_path / "empty").identity_key(site.ledger.origin)


def test_the_mark_of_a_restored_log_may_lie_behind_and_keeps_its_incarnation(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path)
    keys.raise_high_water("a log", HighWater(120, "aa"), durable=True)
    keys.accept_restored("a log", HighWater(9, "bb", 2))
    assert keys.high_water("a log") == HighWater(9, "bb", 2)
    keys.raise_high_water("a log", HighWater(10, "cc"), durable=False)
    assert keys.high_water("a log") == HighWater(10, "cc", 2)
