"""Keys and the high-water mark: outside the home, owner only, made once, and never guessed anew."""

from __future__ import annotations

import base64
import stat
import threading
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.errors import KeyringLocked

from injection_log.high_water import HighWater
from injection_log.home import Home
from injection_log.identity_hash import identity_hash
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import IdentityEmpty, KeyMissing, KeyStoreFailed
from injection_log.store.ledger_store import Ledger

ORIGIN = "injection-log/SMG/01/0011223344556677"


class MemoryKeyring(KeyringBackend):
    """A key store of our own, in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    backend = MemoryKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


def test_keys_stay_the_same(tmp_path: Path) -> None:
    first, second = KeyFolder(tmp_path), KeyFolder(tmp_path)
    assert first.checkpoint_key(ORIGIN).private_bytes_raw() == second.checkpoint_key(ORIGIN).private_bytes_raw()
    assert first.make_identity_key(ORIGIN) == second.identity_key(ORIGIN)
    assert first.workstation() == second.workstation()


def test_every_log_has_keys_of_its_own(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path)
    assert keys.make_identity_key(ORIGIN) != keys.make_identity_key("another")


def test_key_files_are_for_their_owner_only(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys")
    keys.checkpoint_key(ORIGIN)
    keys.make_identity_key(ORIGIN)
    for path in [keys.root, *keys.root.rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert path.name == "origin.txt" or stat.S_IMODE(path.stat().st_mode) == wanted


def test_an_origin_is_never_used_as_a_path(tmp_path: Path) -> None:
    KeyFolder(tmp_path / "keys").checkpoint_key("../../evil")
    assert {path.name for path in tmp_path.iterdir()} == {"keys"}


def test_a_missing_identity_key_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="keys import"):
        KeyFolder(tmp_path).identity_hash(ORIGIN, "0102031234", "")


def test_the_log_knows_its_identity_key(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.identity_hash("0102031234", "") == ledger.keys.identity_hash(ledger.origin, "0102031234", "")
    ledger.keys = KeyFolder(tmp_path / "other")
    ledger.keys.make_identity_key(ledger.origin)
    with pytest.raises(KeyMissing, match="not the one of this site"):
        ledger.identity_hash("0102031234", "")


def test_two_that_make_a_key_at_once_have_one_key(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(KeyFolder(tmp_path).workstation())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert len(set(found)) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"workstation.txt"}


@pytest.mark.parametrize("same", ["010203-1234", " 0102031234 ", "０１０２０３１２３４"])
def test_one_person_has_one_hash_however_the_id_is_written(same: str) -> None:
    assert identity_hash(b"k" * 32, same, "CPR") == identity_hash(b"k" * 32, "0102031234", "cpr")


def test_another_person_issuer_or_key_has_another_hash() -> None:
    hashes = {
        identity_hash(b"k" * 32, "0102031234", "CPR"),
        identity_hash(b"k" * 32, "0102031235", "CPR"),
        identity_hash(b"k" * 32, "0102031234", "RH"),
        identity_hash(b"K" * 32, "0102031234", "CPR"),
        identity_hash(b"k" * 32, "0102031234CPR", ""),
    }
    assert len(hashes) == 5


@pytest.mark.parametrize("nothing", ["", "  ", "-", "^"])
def test_an_empty_patient_id_has_no_hash(nothing: str) -> None:
    with pytest.raises(IdentityEmpty):
        identity_hash(b"k" * 32, nothing, "CPR")


def test_the_high_water_mark_never_goes_back(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path)
    for size in (8, 12, 9, 120):
        keys.raise_high_water(ORIGIN, HighWater(size, f"{size:064x}"), durable=True)
    assert keys.high_water(ORIGIN) == HighWater(120, f"{120:064x}")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"size": "x", "hash": 1}'])
def test_an_unreadable_mark_is_no_mark(tmp_path: Path, content: bytes) -> None:
    keys = KeyFolder(tmp_path)
    keys.raise_high_water(ORIGIN, HighWater(1, "00"), durable=False)
    next(tmp_path.rglob("high-water.json")).write_bytes(content)
    assert keys.high_water(ORIGIN) is None


def test_a_real_key_store_keeps_the_keys(tmp_path: Path, backend: MemoryKeyring) -> None:
    key = KeyFolder(tmp_path, use_key_store=True).checkpoint_key(ORIGIN)
    assert backend.kept == {
        ("injection-log", f"checkpoint:{ORIGIN}"): base64.b64encode(key.private_bytes_raw()).decode()
    }
    assert not list(tmp_path.rglob("*.key"))
    assert KeyFolder(tmp_path, use_key_store=True).checkpoint_key(ORIGIN).private_bytes_raw() == key.private_bytes_raw()


def test_without_a_real_key_store_keys_are_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", FailKeyring)
    KeyFolder(tmp_path, use_key_store=True).checkpoint_key(ORIGIN)
    assert len(list(tmp_path.rglob("checkpoint.key"))) == 1


def test_a_locked_key_store_is_told_and_no_new_key_is_made(
    tmp_path: Path, backend: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> str:
        raise KeyringLocked

    monkeypatch.setattr(backend, "get_password", locked)
    with pytest.raises(KeyStoreFailed, match="unlock it"):
        KeyFolder(tmp_path, use_key_store=True).checkpoint_key(ORIGIN)
    assert backend.kept == {}


def test_the_key_folder_of_the_environment_forces_files(tmp_path: Path, backend: MemoryKeyring, monkeypatch) -> None:
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path))
    KeyFolder.default().checkpoint_key(ORIGIN)
    assert backend.kept == {}
    assert len(list(tmp_path.rglob("checkpoint.key"))) == 1


def test_a_home_is_chosen_before_the_environment_before_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INJECTION_LOG_HOME", "/from/environment")
    assert Home.locate(Path("/chosen")).root == Path("/chosen")
    assert Home.locate().root == Path("/from/environment")
    monkeypatch.delenv("INJECTION_LOG_HOME")
    assert Home.locate().root.name == "home"


def test_keys_and_home_are_never_in_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INJECTION_LOG_HOME")
    monkeypatch.delenv("INJECTION_LOG_KEYS")
    home, keys = Home.locate().root, KeyFolder.default().root
    assert not keys.is_relative_to(home)
    assert not home.is_relative_to(keys)


def test_a_folder_that_a_person_chose_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    home = Home(tmp_path).make()
    KeyFolder(tmp_path).workstation()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE(home.ledger_folder.stat().st_mode) == stat.S_IMODE(home.images.stat().st_mode) == 0o700
