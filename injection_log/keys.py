"""The keys of a site and workstation, and where the high-water mark is kept: everything that must not lie beside
the database.

Keys go into the operating system's key store where a real one exists, else into owner-only files (0600 in
0700). The folder is INJECTION_LOG_KEYS, which also forces files, or a folder of the platform's user data,
outside of the home. The high-water mark (`injection_log.high_water`) is always a file: one write an event must be
cheap. Enrols no key: the log does. Does not seal keys for a journey: that is `injection_log.key_file`.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import platformdirs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from injection_log.errors import Refused
from injection_log.high_water import HighWater, mark_text, raised, read_mark
from injection_log.identity_hash import identity_hash, identity_key_check
from injection_log.ledger.errors import KeyMissing, KeyStoreFailed, LedgerError
from injection_log.private_files import (
    amend,
    fresh_file,
    make_private_folder,
    name_finished,
    overwrite,
    sync_file,
    sync_folder,
)

if TYPE_CHECKING:
    from injection_log.key_ring import Ring

VARIABLE = "INJECTION_LOG_KEYS"
KEY_BYTES = 32
KeyKind = Literal["identity", "checkpoint"]


class KeyConflict(LedgerError, Refused):
    """Another key than the one that was to be kept is on this workstation; neither was changed."""

    code = "key_conflict"


class KeyFolder:
    """The keys on this workstation, by the origin of their log."""

    def __init__(self, root: Path, *, use_key_store: bool = False) -> None:
        self.root = root
        self._use_key_store = use_key_store
        self._checkpoint_keys: dict[str, Ed25519PrivateKey] = {}
        self._marks: dict[str, Path] = {}

    @classmethod
    def default(cls) -> KeyFolder:
        """The key folder of whoever runs the program."""
        forced = os.environ.get(VARIABLE, "")
        if forced:
            return cls(Path(forced).expanduser().absolute())
        folder = platformdirs.user_data_path("injection-log", appauthor=False) / "keys"
        return cls(folder, use_key_store=True)

    @property
    def uses_key_store(self) -> bool:
        """Whether keys go into the operating system's key store where there is one."""
        return self._use_key_store

    @cached_property
    def _ring(self) -> Ring | None:
        if not self._use_key_store:
            return None
        from injection_log.key_ring import real_ring  # slow to import

        return real_ring()

    def workstation(self) -> str:
        """The id of this workstation: its host name, readable, and six random characters that stay."""
        path = self.root / "workstation.txt"
        return self._kept(path, _new_workstation).decode("ascii")

    def checkpoint_key(self, origin: str) -> Ed25519PrivateKey:
        """This workstation's key for checkpoints of that log; made at the first call. Raises KeyStoreFailed."""
        if origin not in self._checkpoint_keys:
            secret = self._secret(origin, "checkpoint", make=True)
            self._checkpoint_keys[origin] = Ed25519PrivateKey.from_private_bytes(secret)
        return self._checkpoint_keys[origin]

    def make_identity_key(self, origin: str) -> bytes:
        """The site's identity key, made if it is not there: only for the making of a log. Raises KeyStoreFailed."""
        return self._secret(origin, "identity", make=True)

    def identity_key(self, origin: str) -> bytes:
        """The site's identity key, 32 bytes. Raises KeyMissing, KeyStoreFailed."""
        return self._secret(origin, "identity", make=False)

    def identity_hash(self, origin: str, patient_id: str, issuer: str) -> str:
        """The keyed hash of a patient id at this site, hex. Raises IdentityEmpty, KeyMissing, KeyStoreFailed."""
        return identity_hash(self.identity_key(origin), patient_id, issuer)

    def identity_check(self, origin: str) -> str:
        """What tells this site's identity key from another, hex: the log keeps it from its first event on."""
        return identity_key_check(self.identity_key(origin))

    def high_water(self, origin: str) -> HighWater | None:
        """What this workstation has seen of that log; None when it has seen nothing or the mark is unreadable."""
        try:
            return read_mark(self._mark(origin).read_bytes())
        except OSError:
            return None

    def raise_high_water(self, origin: str, mark: HighWater, *, durable: bool) -> None:
        """Remember that the log has come this far; never goes back. Raises KeyStoreFailed.

        Written in place, because the text only ever grows and fits one disk sector: a power cut leaves
        the old mark or the new one. `durable` waits for the disk, as is done for signatures.
        """
        path = self._mark(origin)
        try:
            try:
                amend(path, partial(raised, mark), durable=durable)
            except FileNotFoundError:
                self._folder(origin)
                overwrite(path, mark_text(mark), durable=durable)
        except OSError as error:
            raise self._failed() from error

    def sync_high_water(self, origin: str) -> None:
        """Wait until the mark is on the disk. Raises OSError."""
        sync_file(self._mark(origin))

    def kept_tree(self, origin: str) -> bytes | None:
        """What `keep_tree` wrote last; None when there is nothing to read. It proves nothing: its reader checks it."""
        try:
            return (self._folder_name(origin) / "tree.json").read_bytes()
        except OSError:
            return None

    def keep_tree(self, origin: str, text: bytes) -> None:
        """Keep what makes the next checkpoint quick, and can be made again from the log. Raises OSError."""
        path = self._folder(origin) / "tree.json"
        fresh = fresh_file(path)
        try:
            fresh.write_bytes(text)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def accept_restored(self, origin: str, mark: HighWater) -> None:
        """Take a mark that lies behind the one that was seen: only after two people restored a backup.

        Replaced as a whole, because the text may become shorter. Raises KeyStoreFailed.
        """
        path = self._mark(origin)
        try:
            self._folder(origin)
            fresh = fresh_file(path)
            fresh.write_bytes(mark_text(mark))
            sync_file(fresh)
            fresh.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            raise self._failed() from error

    def held(self, origin: str, kind: KeyKind) -> bytes | None:
        """A key of that log as it is kept here, 32 bytes, or None; makes none. Raises KeyStoreFailed."""
        try:
            return self._secret(origin, kind, make=False)
        except KeyMissing:
            return None

    def is_in_key_store(self, origin: str, kind: KeyKind) -> bool:
        """Whether the operating system's key store holds this key, and not a file. Raises KeyStoreFailed."""
        in_file = _exists(self._folder_name(origin) / f"{kind}.key", self._failed)
        return not in_file and self.held(origin, kind) is not None

    def put(self, origin: str, kind: KeyKind, secret: bytes) -> bool:
        """Keep a key that came from elsewhere; False when this very key is here. Raises KeyConflict, KeyStoreFailed."""
        here = self.held(origin, kind)
        if here is None:
            kept = self._keep(origin, kind, secret)
            if kept == secret:
                return True
            here = kept
        if here != secret:
            raise KeyConflict(
                f"Another {kind} key of this log is on this workstation, and nothing was changed; find out with"
                " `injection-log keys show` which of the two is the site's before one of them is removed by hand."
            )
        return False

    def origins(self) -> tuple[str, ...]:
        """The logs this workstation knows, sorted. Raises KeyStoreFailed."""
        try:
            found = [path.read_text(encoding="utf-8").strip() for path in sorted(self.root.glob("*/origin.txt"))]
        except (OSError, UnicodeError) as error:
            raise self._failed() from error
        return tuple(sorted(found))

    def _secret(self, origin: str, kind: str, *, make: bool) -> bytes:
        path = self._folder_name(origin) / f"{kind}.key"
        if _exists(path, self._failed):
            return self._whole(path, kind)
        found = self._ring.get(f"{kind}:{origin}") if self._ring else None
        if found is not None and len(found) == KEY_BYTES:
            return found
        if not make:
            raise KeyMissing(
                f"The {kind} key of this site is not on this workstation; bring it over with"
                " `injection-log keys export` there and `injection-log keys import` here."
            )
        return self._keep(origin, kind, secrets.token_bytes(KEY_BYTES))

    def _keep(self, origin: str, kind: str, secret: bytes) -> bytes:
        """Keep a key where there was none; gives the one that is kept, should another have been quicker."""
        self._folder(origin)
        if self._ring and self._ring.put(f"{kind}:{origin}", secret):
            return secret
        path = self._folder_name(origin) / f"{kind}.key"
        self._kept(path, lambda: secret)
        return self._whole(path, kind)

    def _whole(self, path: Path, kind: str) -> bytes:
        secret = self._read(path)
        if len(secret) != KEY_BYTES:
            raise KeyStoreFailed(
                f"The file of the {kind} key in {path.parent} is damaged; put it back from `injection-log keys export`"
                " with `injection-log keys import` after moving the damaged file away."
            )
        return secret

    def _folder(self, origin: str) -> Path:
        """Make the folder of one log. Its name is a hash: an origin read from a database is no safe path."""
        folder = self._folder_name(origin)
        try:
            if not folder.exists():
                make_private_folder(self.root, chosen_by_person=True)
                make_private_folder(folder)
                (folder / "origin.txt").write_text(origin + "\n", encoding="utf-8")
        except OSError as error:
            raise self._failed() from error
        return folder

    def _folder_name(self, origin: str) -> Path:
        return self.root / sha256(origin.encode("utf-8")).hexdigest()[:32]

    def _mark(self, origin: str) -> Path:
        if origin not in self._marks:  # asked for at every act, and a path costs more than the file
            self._marks[origin] = self._folder_name(origin) / "high-water.json"
        return self._marks[origin]

    def _kept(self, path: Path, make: Callable[[], bytes]) -> bytes:
        """What the file holds; made once, whole, and never replaced, whoever else makes it at the same moment."""
        if _exists(path, self._failed):
            return self._read(path)
        try:
            make_private_folder(self.root, chosen_by_person=True)
            fresh = fresh_file(path)
            fresh.write_bytes(make())
            sync_file(fresh)
            name_finished(fresh, path)
        except OSError as error:
            raise self._failed() from error
        return self._read(path)

    def _read(self, path: Path) -> bytes:
        try:
            path.chmod(0o600)
            return path.read_bytes()
        except OSError as error:
            raise self._failed() from error

    def _failed(self) -> KeyStoreFailed:
        return KeyStoreFailed(
            f"The keys of this workstation in {self.root} cannot be read or written;"
            f" check the folder and its rights, or choose another one with {VARIABLE}."
        )


def _exists(path: Path, failed: Callable[[], KeyStoreFailed]) -> bool:
    """Whether a file is there; a folder that may not be looked into is trouble, not a missing key."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise failed() from error
    return True


def _new_workstation() -> bytes:
    host = socket.gethostname().split(".")[0].lower()
    readable = "".join(c if c.isascii() and c.isalnum() else "-" for c in host).strip("-")[:24] or "workstation"
    return f"{readable}-{secrets.token_hex(3)}".encode("ascii")
